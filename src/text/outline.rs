//! Outline: sentences, the headings above them, and whether a passage looks back or ahead.

use std::sync::LazyLock;

use regex::Regex;

use super::Text;
use crate::model::Part;

/// A sentence of the normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// First character in the normal form.
    pub start: usize,
    /// One past its last character, the closing mark or line break included.
    pub end: usize,
    /// Whether it looks back or ahead.
    pub part: Part,
    /// Depth of the heading that it is, 1 for 一、, 9 for the title; 0 for running text.
    pub heading: u8,
}

/// Splits the normal form into sentences that tile it, with the title in front. What is copied along from a page above the
/// title (下载, 打印, 字号) is none of it, nor is a line that is only a date.
///
/// Whether a passage looks back or ahead is told by the nearest first-level heading that says so, by the title,
/// by an opening such as 做好今年工作, and within a look-back passage by words of intent in the sentence.
pub fn outline(text: &Text) -> (String, Vec<Sentence>) {
    let chars = &text.chars[..];
    let mut sentences = Vec::new();
    let mut title = String::new();
    let mut part = Part::Review;
    let mut start = 0;
    let mut n_paragraph = 0;
    let mut only_title = true;
    while start < chars.len() {
        let end = chars[start..]
            .iter()
            .position(|&c| c == '\n')
            .map_or(chars.len(), |n| start + n + 1);
        let blanks = chars[start..end].iter().rev();
        let stop = end - blanks.take_while(|c| c.is_whitespace()).count();
        let length = stop - start;
        let line = text.slice(start, stop);
        let may_be_title = n_paragraph < 6 && only_title;
        let is_tool = may_be_title && length <= 45 && TOOL.is_match(line);
        let heading = match line.chars().next() {
            Some(_) if is_tool => 0,
            Some(first) if opens_heading(first) => heading_level(line),
            _ => 0,
        };
        if is_tool || may_be_title && heading == 0 && length <= 45 && is_title(line) {
            n_paragraph += usize::from(!is_tool);
            if !is_tool && !DATE.is_match(line) {
                title.push_str(line);
            }
            part = if PLAN_TITLE.is_match(&title) && !REVIEW_TITLE.is_match(&title) {
                Part::Plan
            } else {
                Part::Review
            };
            sentences.push(Sentence {
                start,
                end,
                part,
                heading: TITLE,
            });
        } else {
            only_title = false;
            n_paragraph += 1;
            let is_heading = heading > 0 && length <= 50;
            if (1..=2).contains(&heading) || is_heading || length <= 30 {
                let head = line.split(['。', '；']).next().unwrap_or_default();
                if PLAN_HEADING.is_match(head) && !REVIEW_HEADING.is_match(head) {
                    part = Part::Plan;
                } else if REVIEW_HEADING.is_match(head) {
                    part = Part::Review;
                }
            } else if may_open_plan(&chars[start..end]) && PLAN_OPENING.is_match(line) {
                part = Part::Plan;
            }
            split_paragraph(
                chars,
                start,
                end,
                part,
                if is_heading { heading } else { 0 },
                &mut sentences,
            );
        }
        start = end;
    }
    (title, sentences)
}

/// The title as a reader would cite it, from the lines that stand above the text: what a line break cut is put together, and
/// what stands beside the title (masthead and number of the document, its author, the meeting) is left out.
pub fn headline(text: &Text, sentences: &[Sentence]) -> String {
    let mut headline = String::new();
    let lines = sentences
        .iter()
        .take_while(|sentence| sentence.heading == TITLE)
        .map(|sentence| text.slice(sentence.start, sentence.end).trim())
        .filter(|line| !TOOL.is_match(line) && !DAY.is_match(line));
    for line in lines {
        let (is_begun, is_whole) = (!headline.is_empty(), KIND.is_match(&headline));
        let is_subtitle = line.starts_with(['—', '─', '-', '（']);
        if NUMBER.is_match(line) {
            // What stands above it names the organ and the kind of paper.
            headline.clear();
        } else if is_begun && (ISSUE.is_match(line) || is_subtitle && is_whole) {
            headline.push_str(line);
            break;
        } else if is_begun && (is_whole || BYLINE.is_match(line) && !KIND.is_match(line)) {
            break;
        } else {
            headline.push_str(line);
        }
    }
    headline
}

/// What stands for a level in the lines of a title.
const TITLE: u8 = 9;

/// A sentence from this length on ends at the next comma, and at this one anywhere: what has no full stop is a table or
/// damaged, and what looks back over its whole sentence stays linear in the length of the text.
const LONG: usize = 2_000;
const LONGEST: usize = 2_400;

fn split_paragraph(
    chars: &[char],
    start: usize,
    end: usize,
    part: Part,
    heading: u8,
    out: &mut Vec<Sentence>,
) {
    let mut from = start;
    let mut i = start;
    while i < end {
        let c = chars[i];
        i += 1;
        let long =
            i - from >= LONG && matches!(c, '，' | '、' | '：' | '）') || i - from >= LONGEST;
        if long || matches!(c, '。' | '！' | '？' | '；' | '\n') {
            while i < end && matches!(chars[i], '”' | '’' | '）' | '。' | '！' | '？' | '\n')
            {
                i += 1;
            }
            out.push(sentence(chars, from, i, part, heading));
            from = i;
        }
    }
    if from < end {
        out.push(sentence(chars, from, end, part, heading));
    }
}

fn sentence(chars: &[char], start: usize, end: usize, part: Part, heading: u8) -> Sentence {
    let part = match part {
        Part::Review if intends(&chars[start..end]) => Part::Plan,
        part => part,
    };
    Sentence {
        start,
        end,
        part,
        heading,
    }
}

/// Characters from the start of a sentence within which [`INTENT`] is decided, and within which its words begin.
const INTENT_REACH: usize = 64;
const INTENT_BEGINS: usize = 35;

/// Whether words of intent open a sentence; looking for how they begin is cheaper than the pattern.
fn intends(sentence: &[char]) -> bool {
    let begins = |three: &[char]| {
        matches!(
            three,
            ['下', '一', '步' | '年']
                | ['接', '下', '来']
                | ['明', '年', _]
                | ['力', '争', '到' | '在' | '年' | '今']
                | ['我', '们' | '镇' | '乡', '将']
                | ['全', '镇', '将']
                | ['今', '后', '我' | '，' | '要']
                | ['计', '划', '于' | '在' | '明' | '下' | '年']
        )
    };
    let n = sentence.len().min(INTENT_BEGINS + 1);
    (sentence[..n].windows(3).any(begins) || sentence.ends_with(&['明', '年'])) && {
        let opening: String = sentence.iter().take(INTENT_REACH).collect();
        INTENT.is_match(&opening)
    }
}

/// Whether a line has words without which [`PLAN_OPENING`] does not hold.
fn may_open_plan(line: &[char]) -> bool {
    let begins = |three: &[char]| {
        matches!(
            three,
            ['做', '好', '今' | '2']
                | [
                    '今',
                    '年',
                    '政' | '工' | '全' | '我' | '经' | '发' | '的' | '主' | '预'
                ]
                | ['今', '后', '五']
                | ['重', '点', '做' | '抓']
                | ['围', '绕', '上' | '以' | '这']
        )
    };
    line.windows(3).take(42).any(begins)
}

/// The characters that a heading with a number begins with.
fn opens_heading(c: char) -> bool {
    matches!(c, '第' | '【' | '（' | '0'..='9' | '①'..='⑳') || "一二三四五六七八九十".contains(c)
}

/// 1 for `一、`, 2 for `（一）`, 3 for `1.` or `1、`, 0 for none.
fn heading_level(line: &str) -> u8 {
    if H1.is_match(line) {
        1
    } else if H2.is_match(line) {
        2
    } else if H3.is_match(line) {
        3
    } else {
        0
    }
}

fn is_title(line: &str) -> bool {
    !line.ends_with(['。', '；', '，', '！', '：'])
}

macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("a pattern of this file"));
    };
}

pattern!(
    TOOL,
    r"^[【\[|\s]*(?:下载|打印|全屏|收藏|关闭|纠错|分享|返回|字[号体](?:大小)?[：:]?|加大|还原|减小|默认|[大中小]|[\s|【】\[\]])+$"
);
pattern!(
    DATE,
    r"^[（(]?(?:20|19)[0-9]{2}年[0-9X×]{1,2}月(?:[0-9X×]{1,2}日)?[）)]?$"
);
pattern!(
    DAY,
    r"^[（(]?[0-9〇○零一二三四五六七八九X×]{4}年[0-9一二三四五六七八九十X×]{1,2}月(?:[0-9一二三四五六七八九十X×]{1,3}日)?[）)]?$"
);
pattern!(
    NUMBER,
    r"^[\p{Han}]{0,12}[〔\[（(](?:19|20)[0-9]{2}[〕\]）)]第?[0-9]{1,4}号$"
);
pattern!(
    ISSUE,
    r"^[（(]?(?:[0-9]{4}年)?第[0-9一二三四五六七八九十]{1,4}期"
);
pattern!(
    KIND,
    r"(?:报告|总结|汇报|通报|简报|快报|周报|月报|公报|纪要|纪实|纪略|见闻|观察|综述|述评|讲话|发言|致辞|计划|规划|要点|安排|打算|思路|方案|意见|办法|通知|决定|公告|通告|公示|函|批复|请示|情况|概况|简介|名单|清单|目录|说明|回顾|展望|材料|章程|手册|年鉴)(?:（[^）]{1,12}）)?$"
);
pattern!(
    BYLINE,
    r"^(?:[■★◆●□*]|本报|记者|通讯员|实习生|特约|作者|撰稿|文[/／]|图[/／]|来源|述职|汇报人|报告人|发言人|时间|地点|索引号)|^[\p{Han}·*XＸ×\s]{2,4}$|^[^关]{0,24}(?:书记|镇长|乡长|县长|区长|市长|省长|州长|旗长|主任|局长|主席|院长|检察长)[\p{Han}XＸ×·\s]{0,6}$"
);
pattern!(
    H1,
    r"^(?:第?[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十]{1,3}(?:部分|章)|【)"
);
pattern!(H2, r"^（[一二三四五六七八九十]{1,3}）");
pattern!(H3, r"^(?:[0-9]{1,2}[.、．][^0-9]|（[0-9]{1,2}）|[①-⑳])");
pattern!(PLAN_TITLE, r"计划|要点|打算|安排|规划|方案|部署|目标");
pattern!(
    REVIEW_TITLE,
    r"总结|回顾|情况|汇报|和.{0,12}(?:计划|打算|安排)|及.{0,12}(?:计划|打算|安排)|暨"
);
pattern!(
    PLAN_HEADING,
    r"(?:今年|明年|下年|来年|下半年|下一步|下一阶段|下阶段|今后|未来|新年度|20[0-9]{2}年|[一二三]季度|五年)[^。]{0,24}(?:安排|打算|计划|思路|重点|目标|任务|部署|举措|措施|建议|要求|展望|方向)|工作(?:安排|打算|计划|思路|目标)|奋斗目标|目标任务|主要任务|总体要求|努力方向|发展目标|主要预期目标|指导思想|工作建议"
);
pattern!(
    REVIEW_HEADING,
    r"回顾|总结|完成情况|开展情况|主要(?:成绩|成效|做法)|取得(?:的)?(?:成绩|成效)|过去|工作情况|基本情况|所做(?:的)?工作|镇情|概况|存在(?:的)?(?:主要)?(?:问题|困难)"
);
pattern!(
    PLAN_OPENING,
    r"^[^。]{0,40}(?:做好今年工作|做好20[0-9]{2}年(?:的)?工作|今年政府工作的?总体要求|今年工作的?总体(?:要求|思路)|今后五年(?:的)?工作|今年(?:全镇|全乡|全县|全市|全省|我们)?(?:经济社会)?(?:发展)?的?(?:主要|预期)[^。]{0,8}目标|重点(?:做好|抓好)(?:以下|如下)|围绕(?:上述|以上|这一)目标)"
);
pattern!(
    INTENT,
    r"^(?:[^。，]{0,20}，)?(?:[^，。]{0,12})?(?:下一步|接下来|明年|下一年|力争(?:到|在|年|今)|我们将|我镇将|我乡将|全镇将|今后(?:我|，|要)|计划(?:于|在)?(?:明年|下半年|年底))"
);

#[cfg(test)]
mod tests {
    use crate::text::Document;

    #[test]
    fn a_headline_is_what_a_reader_would_cite() {
        for (lines, headline) in [
            (
                &[
                    "某镇2023年政府工作报告",
                    "",
                    "某镇人民政府",
                    "（二〇二四年一月八日）",
                    "镇长 丁一",
                ][..],
                "某镇2023年政府工作报告",
            ),
            (
                &[
                    "政府工作报告",
                    "——2024年1月8日在某镇第九届人民代表大会第四次会议上",
                    "镇长 丁一",
                ],
                "政府工作报告——2024年1月8日在某镇第九届人民代表大会第四次会议上",
            ),
            (
                &[
                    "某县人民政府文件",
                    "某政发〔2023〕5号",
                    "某县人民政府关于印发",
                    "某县农村供水实施方案的通知",
                ],
                "某县人民政府关于印发某县农村供水实施方案的通知",
            ),
            (
                &["某区", "园区简报", "第7期（总第61期）", "区委办公室编"],
                "某区园区简报第7期（总第61期）",
            ),
            (
                &["山村修通连心路", "十里果园迎客来", "本报记者 丁一"],
                "山村修通连心路十里果园迎客来",
            ),
        ] {
            let text = format!("{}\n各位代表：\n全镇各项工作顺利完成。\n", lines.join("\n"));
            assert_eq!(
                Document::new("a.txt", &text).headline().as_deref(),
                Some(headline)
            );
        }
    }

    #[test]
    fn what_a_page_puts_above_the_title_is_none_of_it() {
        for (text, title) in [
            (
                "下载\n打印\n全屏\n收藏\n【字号：\n加大\n还原\n减小\n】\n某镇2021年工作总结\n——在大会上\n（2022年1月3日）\n各位代表：",
                "某镇2021年工作总结——在大会上",
            ),
            ("[打印] [关闭]\n某镇概况\n某镇位于河边。", "某镇概况"),
            ("大中村概况\n大中村有八个组。", "大中村概况"),
            ("我镇一年来工作顺利。", ""),
        ] {
            assert_eq!(Document::new("a.txt", text).title, title);
        }
    }
}
