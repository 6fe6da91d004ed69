//! Which sentences look ahead, judged more closely than by the headings of the outline.
//!
//! The outline knows chapters. Excerpts without a heading, closing words (下一步：…) and speeches (一要…) are told here
//! by their openings, and by how densely they are packed with verbs without a doer (加快…，推动…，健全…) and how
//! seldom they tell of results.

use std::ops::Range;
use std::sync::LazyLock;

use super::fold::Fold;
use super::words::WORDS;
use super::{patterns, within};
use crate::model::Part;
use crate::text::CharSet;

patterns! {
    /// A heading or opening after which the text looks ahead.
    OPENS = r"^[*#◎●☆【（〔\[]{0,3}(?:[一二三四五六七八九十]{1,3}[、.．是]|（[一二三四五六七八九十]{1,3}）|[0-9]{1,2}[.、．]|第[一二三四五六七八九十]部分)?[—*☆]{0,2}(?:围绕)?(?:下一?步|下一阶段|接下来|今后|明年|来年|下周|下月|新的一年|四季度|下半年|未来|20[0-9]{2}年(?:的)?(?:工作)?(?:打算|计划|安排|目标|任务)|下步|打算|几点打算|工作打算)";
    /// A heading after which the text looks back or around.
    CLOSES = r"回顾|总结|成效|成绩|问题|不足|短板|概况|基本情况|完成情况|进展|一览|产业|资源|动态|速递|快报";
    /// A sentence that says what has to be done.
    MUST = r"^[”*]{0,2}(?:[一二三四五六七八九十]要|(?:我们)?(?:还)?要(?:进一步|继续|抓|把|以|做|加|着力|围绕|全力|坚持)|我们(?:将|要)|将(?:进一步|继续|全力)|(?:同时|另外|此外|其次|最后)，?要)";
    /// A sentence in the middle of a paragraph from which on it looks ahead.
    TURNS = r"^[—*”]{0,2}(?:[一二三四五六七八九十]是)?(?:下一?步|下一阶段|接下来|今后|明年|来年|新的一年|20[0-9]{2}年(?:(?:的)?打算|，?我们[将要])|下半年[，,])[^了]{0,40}";
    /// What stands in front of the verb of a clause.
    LEAD = r"^(?:[一二三四五六七八九十]+(?:是|要)|（[一二三四五六七八九十0-9]+）|[0-9]+[.、．])?(?:要|将|并|以|更|进一步|继续|积极|大力|深入|全面|持续|扎实|稳步|有序|统筹|高质量|高标准|高水平|坚决|着力|切实|全力|不断|务必|更好|迭代|广泛|主动|精心|认真|强力|纵深|系统|协同|常态化)*";
    /// A result.
    RESULT = r"了|已|累计|增长(?:[0-9.]+|了)|达(?:到|成)?[0-9]|同比|荣获|获评|被评|成功|圆满|完成[^，。]{0,14}[0-9]|新增[^，。]{0,10}[0-9]|[0-9.]+(?:%|户|人次|公里|万元|亩)|建成|显著|明显|有力|有效|率先|实现";
}

/// For each sentence of the fold whether it looks ahead.
pub fn ahead(fold: &Fold) -> Vec<bool> {
    let mut out = vec![false; fold.sentences.len()];
    let mut mode = false;
    let density: Vec<(usize, usize)> = fold.paragraphs.iter().map(|p| count(fold, p)).collect();
    let whole = density.iter().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    // Results are counted only where they decide.
    let document = whole.0 >= 12 && whole.0 * 2 >= whole.1 && {
        let all = fold.paragraphs.iter().map(|p| count_results(fold, p));
        whole.0 >= all.sum::<usize>() * 4
    };
    for (paragraph, (verbs, clauses)) in fold.paragraphs.iter().zip(density) {
        let text = fold.text[paragraph.clone()].trim_end();
        let short = within(text, 40);
        let opens = OPENS.is_match(text);
        if opens {
            mode = true;
        } else if short && CLOSES.is_match(text) {
            mode = false;
        }
        let many = clauses >= 6 && verbs * 2 >= clauses;
        let results = if document || many {
            count_results(fold, paragraph)
        } else {
            0
        };
        let dense = many && verbs * 2 >= results * 5;
        let mut turned = false;
        let first = fold.sentence_at(paragraph.start);
        let sentences = fold.sentences[first..]
            .iter()
            .zip(&fold.parts[first..])
            .zip(&mut out[first..]);
        for ((sentence, part), ahead) in sentences.take_while(|((s, _), _)| s.start < paragraph.end)
        {
            let words = &fold.text[sentence.clone()];
            let may = may_turn(words);
            let must = may && MUST.is_match(words);
            turned |= (may && TURNS.is_match(words)) || (must && sentence.start <= paragraph.start);
            *ahead = *part == Part::Plan
                || mode
                || dense
                || turned
                || must
                || (document && verbs >= results);
        }
    }
    out
}

/// The characters without one of which at its beginning a sentence has neither [`MUST`] nor [`TURNS`].
static TURNING: LazyLock<CharSet> =
    LazyLock::new(|| CharSet::new("一二三四五六七八九十我还要将同另此其最下接今明来新2"));

fn may_turn(sentence: &str) -> bool {
    sentence
        .trim_start_matches(['”', '*', '—'])
        .starts_with(|c| TURNING.has(c))
}

/// The characters that [`LEAD`] begins with where it is not empty; asking them first is cheaper.
static LEADING: LazyLock<CharSet> = LazyLock::new(|| {
    CharSet::new(
        "0123456789一二三四五六七八九十（要将并以更进继积大深全持扎稳有统高坚着切不务迭广主精认强纵系协常",
    )
});

/// The clauses of a paragraph but for the shortest.
fn clauses<'a>(fold: &'a Fold, paragraph: &Range<usize>) -> impl Iterator<Item = &'a str> {
    let first = fold.clause_at(paragraph.start);
    let end = paragraph.end;
    let clauses = fold.clauses[first..].iter();
    clauses
        .take_while(move |c| c.start < end)
        .filter(|c| c.len() >= 5 * 3)
        .map(|c| &fold.text[c.clone()])
}

/// Clauses that begin with a verb, all clauses.
fn count(fold: &Fold, paragraph: &Range<usize>) -> (usize, usize) {
    let (mut verbs, mut all) = (0, 0);
    for text in clauses(fold, paragraph) {
        all += 1;
        let lead = if text.starts_with(|c| LEADING.has(c)) {
            LEAD.find(text).map_or(0, |m| m.end())
        } else {
            0
        };
        verbs += usize::from(
            WORDS.begins_with_task(&text[lead..])
                || (lead > 0 && text[..lead].chars().count() >= 2),
        );
    }
    (verbs, all)
}

/// Clauses that tell a result.
fn count_results(fold: &Fold, paragraph: &Range<usize>) -> usize {
    clauses(fold, paragraph)
        .filter(|text| RESULT.is_match(text))
        .count()
}
