//! The main year that a document reports on.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::Part;
use crate::text::Document;

macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("a pattern of this file"));
    };
}

pattern!(YEAR, r"(20[0-3][0-9]|19[89][0-9])\s*(?:年|\.[01]?[0-9]\.)");
pattern!(
    HAN_YEAR,
    r"二[〇○零Oо0][〇○零一二三O0][〇○零一二三四五六七八九O0]年"
);
pattern!(
    DATE,
    r"(?m)(?:^|[\s（(—：:）)】])(20[0-3][0-9])年\s*(1[0-2]|[1-9])\s*月(?:\s*[0-9X×x]{1,2}\s*日)?|(20[0-3][0-9])年\s*(1[0-2]|[1-9])\s*月\s*[0-9X×x]{1,2}\s*日$"
);
pattern!(
    REPORTED,
    r"(20[0-3][0-9])年?(?:度|上半年|下半年|以来)?(?:[^。，\n0-9]{0,16}?)(?:工作总结|总结|工作情况|情况汇报|情况通报|完成情况|执行情况|述职|收官|工作回顾|工作报告|重点项目|重点工作|工作要点|工作计划|工作开展)"
);
pattern!(ANNUAL, r"(20[0-3][0-9])年[^。，\n]{0,12}政府工作报告");
pattern!(
    REVIEWED,
    r"(?m)^[^\n。，0-9]{0,8}(20[0-3][0-9])年(?:度)?(?:的)?(?:主要|重点)?工作?(?:回顾|总结|情况|完成情况|开展情况|成效)"
);
pattern!(
    PLANNED,
    r"(?m)^[^\n。，0-9]{0,8}(20[0-3][0-9])年(?:度)?(?:的)?(?:政府|主要|重点|经济社会发展)?(?:目标|工作|任务)?(?:安排|计划|打算|思路|任务|目标|重点|要点|举措|建议|谋划)"
);
pattern!(
    SUBJECT,
    r"(?:报告|汇报|回顾|总结)[^。，\n0-9]{0,8}(20[0-3][0-9])年(?:度)?(?:以来)?(?:的)?(?:[^。，\n0-9]{0,8})?工作"
);
pattern!(HEADLINE, r"(20[0-3][0-9])年(?:度|[^0-9\s第])");
pattern!(SESSION, r"报告|讲话|会议|代表大会|述职|总结");
pattern!(
    TASK,
    r"(?:^|[。；，\n])(?:要|将|力争|确保|加快|推进|推动|深化|实施|开展|支持|加强|强化|健全|完善)"
);
pattern!(
    REVIEW,
    r"五年来|过去五年|这五年|五年前|去年|一年来|过去一年"
);
pattern!(GOALS, r"[一二三四五六七八九十]五”?时期|未来五年");
pattern!(
    AHEAD,
    r"(?:到|至|—|-|~|力争|迎接|成立于|建于|建成于|创建于|创办于|组建于|设立于|注册于|诞生于|出生于|生于)$"
);
pattern!(
    ONCE,
    r"^(?:[01]?[0-9]\s*月)?(?:[0-3]?[0-9]\s*日)?(?:经[^，。]{0,12}批准)?(?:正式)?(?:成立|设立|建立|组建|创办|注册|出生|生[，、（]|撤乡|撤镇|撤县|撤并|合并|并入|更名|改制|改镇|改乡|[^，。；]{0,3}将|(?:[一二三四]季度)?[年月]?底?(?:前|可))"
);

/// The main year, from the title, what the text says that it reports, a date at its head, the title that a table gives, and the
/// years it names.
///
/// A session of January to March speaks of the year before; an annual report of a province speaks of that year in its
/// first half and of the next in its second, so that an excerpt is judged by which half it is from.
/// Where none of these tells it, the latest year is taken that is not spoken of as the future nor only as the one in which
/// something was founded, unless a national initiative that the text names began (`begun`, years) well after it: then the text
/// is younger than any year in it, and its year is not known.
pub fn main_year(doc: &Document, mut begun: impl Iterator<Item = i32>) -> Option<i32> {
    let told = || doc.with_told(|_| String::new()).as_ref().and_then(stated);
    if let Some(year) = stated(doc).or_else(told) {
        return Some(year);
    }
    let year = latest(doc)?;
    begun.all(|began| began <= year + SLACK).then_some(year)
}

/// So many years before the nation some places had begun.
const SLACK: i32 = 4;

/// The year that the text gives as the one it is about.
fn stated(doc: &Document) -> Option<i32> {
    let head = to_digits(doc.text.slice(0, doc.text.chars.len().min(400)));
    let title = to_digits(&doc.title);
    // Looking for the words is cheaper than the pattern.
    let annual = title.contains("政府工作报告");
    if let Some(c) = Some(&title)
        .filter(|_| annual)
        .and_then(|title| ANNUAL.captures(title))
    {
        let year: i32 = c[1].parse().ok()?;
        return Some(if reviews(doc, &head, year) {
            year
        } else {
            year - 1
        });
    }
    if let Some(c) = REPORTED
        .captures(&title)
        .or_else(|| SUBJECT.captures(&head))
        .or_else(|| REPORTED.captures(&head))
    {
        return c[1].parse().ok();
    }
    if let Some(year) = headline_year(&head) {
        return Some(year);
    }
    if let Some((year, month)) = session(&head) {
        return Some(year_published(year, month, &head));
    }
    None
}

/// The year that a text with this head is about, of which only the month is known in which it was given or published: what
/// looks back in the first months of a year speaks of the year before.
pub fn year_published(year: i32, month: u32, head: &str) -> i32 {
    if month <= 3 && SESSION.is_match(head) {
        year - 1
    } else {
        year
    }
}

/// Whether an annual report with this year in its title looks back on it; else it is given in that year and looks back on the
/// one before.
///
/// A part that tells only what is to be done is about the year in the title. Else the headings say which year it looks back on
/// (一、2024年工作回顾, 二、2025年工作安排), else the day on which it was read, else the day on which it was published.
fn reviews(doc: &Document, head: &str, year: i32) -> bool {
    let text = to_digits(doc.text.slice(0, doc.text.chars.len()));
    let named = |heading: &Regex| {
        let years = heading.captures_iter(&text).map(|c| c[1].parse());
        years
            .flatten()
            .find(|&named: &i32| named.abs_diff(year) <= 1)
    };
    let looks_back = named(&REVIEWED).map(|named| named == year);
    let looks_ahead = || named(&PLANNED).map(|named| named > year);
    let after = |(given, month): (i32, u32)| given > year || given == year && month >= AUTUMN;
    let published_after = || {
        doc.issued
            .is_some_and(|day| after(day) && day.0 <= year + 1)
    };
    speaks_of_year_ahead(doc)
        || looks_back
            .or_else(looks_ahead)
            .or_else(|| session(head).map(after))
            .unwrap_or_else(published_after)
}

/// The years that headings of a kind name.
fn named(headings: &'static Regex, text: &str) -> impl Iterator<Item = i32> {
    let years = headings.captures_iter(text).map(|c| c[1].parse());
    years.flatten()
}

/// The year of which a heading says that it is planned: 二、2025年工作安排.
pub(super) fn planned(doc: &Document) -> Option<i32> {
    let text = to_digits(doc.text.slice(0, doc.text.chars.len()));
    named(&PLANNED, &text).next()
}

/// Sessions of this month and later look back on the year in which they are held.
const AUTUMN: u32 = 10;

/// The latest year spoken of as past, in the review where there is one.
fn latest(doc: &Document) -> Option<i32> {
    let of_part = |part: Option<Part>| {
        doc.sentences
            .iter()
            .filter(|s| part.is_none_or(|part| s.part == part))
            .filter(|s| {
                doc.text.chars[s.start..s.end]
                    .iter()
                    .any(|c| matches!(c, '年' | '.'))
            })
            .flat_map(|s| {
                let sentence = to_digits(doc.text.slice(s.start, s.end));
                let years = YEAR.find_iter(&sentence).filter(|year| {
                    !AHEAD.is_match(&sentence[..year.start()])
                        && !ONCE.is_match(&sentence[year.end()..])
                });
                // A year is four digits.
                years
                    .filter_map(|m| m.as_str()[..4].parse::<i32>().ok())
                    .collect::<Vec<_>>()
            })
            .max()
    };
    of_part(Some(Part::Review)).or_else(|| of_part(None))
}

/// The one year, not a date, that the lines of a title name.
fn headline_year(head: &str) -> Option<i32> {
    let lines = head
        .lines()
        .take_while(|line| !line.contains('。') && line.chars().count() <= HEADLINE_LENGTH);
    let mut years = lines
        .flat_map(|line| HEADLINE.captures_iter(line))
        .filter_map(|c| c[1].parse().ok());
    let year = years.next()?;
    years.all(|other: i32| other == year).then_some(year)
}

/// Lines of a title have so many characters at most.
const HEADLINE_LENGTH: usize = 40;

/// The year and month of the date that stands by itself at the head of a text, not within a sentence.
fn session(head: &str) -> Option<(i32, u32)> {
    let c = DATE.captures(head)?;
    let part = |first: usize, other: usize| c.get(first).or(c.get(other)).map(|part| part.as_str());
    Some((part(1, 3)?.parse().ok()?, part(2, 4)?.parse().ok()?))
}

/// Whether a part of an annual report tells what is to be done in the year of its session.
///
/// Such a part strings together clauses that begin with what is to be done; a review names the years behind it, and the
/// goals for five years, which stand between the two, name the plan at once.
fn speaks_of_year_ahead(doc: &Document) -> bool {
    let n_title = doc.sentences.first().map_or(0, |s| s.end);
    let text = doc.text.slice(n_title, doc.text.chars.len());
    let count = |pattern: &Regex| pattern.find_iter(text).count();
    let n_clauses = text.matches(['。', '；']).count();
    let head: String = text.chars().take(GOALS_WITHIN).collect();
    count(&TASK) * 10 >= n_clauses * 3 && count(&REVIEW) == 0 && !GOALS.is_match(&head)
}

/// A part about five years says so within so many characters.
const GOALS_WITHIN: usize = 60;

/// Years in Chinese digits as digits: 二〇〇七年 → 2007年.
fn to_digits(text: &str) -> Cow<'_, str> {
    // Most texts have no such year, and looking for its first digit is cheaper than the pattern.
    if !text.contains("二") {
        return Cow::Borrowed(text);
    }
    HAN_YEAR.replace_all(text, |c: &regex::Captures| {
        c[0].chars()
            .map(
                |c| match "〇一二三四五六七八九".chars().position(|d| d == c) {
                    Some(d) => char::from_digit(d as u32, 10).unwrap_or(c),
                    None if "○零Oо0".contains(c) => '0',
                    None => c,
                },
            )
            .collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Metadata;

    #[test]
    fn a_table_tells_the_year_that_the_text_does_not() {
        let told = Metadata {
            title: Some("某镇2024年工作总结".to_owned()),
            ..Metadata::default()
        };
        let year = |text: &str| {
            let doc = Document::new("a.csv", text).told(&told);
            main_year(&doc, std::iter::empty())
        };
        assert_eq!(year("粮食总产量3万吨。"), Some(2024));
        assert_eq!(year("某镇2023年工作总结\n粮食总产量3万吨。"), Some(2023));
    }

    #[test]
    fn the_day_of_publication_tells_which_year_an_annual_report_looks_back_on() {
        let year = |day: &str| {
            let issued = Metadata {
                issued: Some(day.to_owned()),
                ..Metadata::default()
            };
            let text = "某镇2023年政府工作报告\n去年财政收入增长8%。";
            main_year(&Document::new("a.html", text).told(&issued), [].into_iter())
        };
        assert_eq!(year("2023-02-10"), Some(2022));
        assert_eq!(year("2023-12-30"), Some(2023));
        assert_eq!(year("2024-01-15"), Some(2023));
        assert_eq!(year("2026-01-15"), Some(2022));
    }

    #[test]
    fn the_year_that_is_reported() {
        let plan = "加快推进园区建设。推动企业升级，实施技改。加强监管；深化改革。";
        let review = "财政收入增长8%。五年来，道路全部硬化。去年建成广场。";
        for (text, year) in [
            ("2026年甲省政府工作报告（节选）\n{plan}", Some(2026)),
            ("2026年甲省政府工作报告（节选）\n{review}", Some(2025)),
            (
                "2026年甲省政府工作报告（节选）\n“十五五”时期主要目标是：{plan}",
                Some(2025),
            ),
            (
                "某镇2024年政府工作报告\n一、2024年工作回顾\n{review}",
                Some(2024),
            ),
            (
                "某镇2024年政府工作报告\n一、2023年工作回顾\n{review}\n二、2024年工作安排\n{plan}",
                Some(2023),
            ),
            (
                "某镇2022年政府工作报告\n（2023年2月8日）\n各位代表：\n{review}",
                Some(2022),
            ),
            // Given at the end of the year in its title, which only the day or the plan tells.
            (
                "某镇2023年政府工作报告\n——2023年12月28日在某镇第十九届人民代表大会第四次会议上\n各位代表：\n{review}",
                Some(2023),
            ),
            (
                "某镇2023年政府工作报告\n——2023年1月18日在某镇第十九届人民代表大会第四次会议上\n各位代表：\n{review}",
                Some(2022),
            ),
            (
                "某镇二〇二三年政府工作报告\n{review}\n二、2024年工作安排\n{plan}",
                Some(2023),
            ),
            (
                "某镇二〇二三年政府工作报告\n{review}\n二、二〇二三年工作安排\n{plan}",
                Some(2022),
            ),
            (
                "开发区简报\n第9期\n区委办公室编　2011年11月30日\n园区已建成。",
                Some(2011),
            ),
            ("红星街道\n红星街道成立于2019年4月，面积27平方公里。", None),
            (
                "某厂\n该厂成立于1998年，2007年3月上市，2020年产值6亿元。",
                Some(2020),
            ),
            (
                "某乡\n2020年粮食产量3万吨。2021年我乡将继续发展水稻。",
                Some(2020),
            ),
            (
                "边界小镇答卷\n——某镇2021年经济社会发展综述\n1927年，部队来此。2022年春耕已开始。",
                Some(2021),
            ),
            (
                "某镇2018年工作总结及2019年工作计划\n全镇稳步发展。",
                Some(2018),
            ),
        ] {
            let text = text.replace("{plan}", plan).replace("{review}", review);
            let doc = Document::new("a.txt", &text);
            assert_eq!(main_year(&doc, [].into_iter()), year, "{text}");
        }
    }

    #[test]
    fn a_text_that_names_a_later_initiative_is_younger_than_its_years() {
        let works = "水厂1997年投产，矿业公司位于镇东。";
        for (text, began, year) in [
            (works, vec![1994], Some(1997)),
            (works, vec![1994, 2017], None),
            (works, vec![2000], Some(1997)),
            ("某镇2012年工作总结\n全镇稳步发展。", vec![2014], Some(2012)),
        ] {
            let doc = Document::new("a.txt", text);
            assert_eq!(main_year(&doc, began.into_iter()), year, "{text}");
        }
    }
}
