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
    r"(20[0-3][0-9])年\s*(1[0-2]|[1-9])\s*月(?:\s*[0-9X×x]{1,2}\s*日)?"
);
pattern!(
    REPORTED,
    r"(20[0-3][0-9])年?(?:度|上半年|下半年|以来)?(?:[^。，\n0-9]{0,16}?)(?:工作总结|总结|工作情况|情况汇报|情况通报|完成情况|执行情况|述职|收官|工作回顾|工作报告|重点项目|重点工作|工作要点|工作计划|工作开展)"
);
pattern!(ANNUAL, r"(20[0-3][0-9])年[^。，\n]{0,12}政府工作报告");
pattern!(
    SUBJECT,
    r"(?:报告|汇报|回顾|总结)[^。，\n0-9]{0,8}(20[0-3][0-9])年(?:度)?(?:以来)?(?:的)?(?:[^。，\n0-9]{0,8})?工作"
);
pattern!(SESSION, r"报告|讲话|会议|代表大会|述职|总结");
pattern!(
    RESULT,
    r"增长|同比|累计|已|达到?[0-9]|新增[^，。]{0,10}[0-9]|完成[^，。]{0,14}[0-9]|提高到|荣获|获评|位居|突破|连续|超过?[0-9]"
);
pattern!(AHEAD, r"(?:到|至|—|-|~|力争|迎接)$");

/// The main year, from the title, what the text says that it reports, a date at its head, and the years it names.
///
/// A session of January to March speaks of the year before; an annual report of a province speaks of that year in its
/// first half and of the next in its second, so that an excerpt is judged by which half it is from.
/// Where none of these tells it, the latest year that is not spoken of as the future is taken.
pub fn main_year(doc: &Document) -> Option<i32> {
    let head = to_digits(doc.text.slice(0, doc.text.chars.len().min(400)));
    let title = to_digits(&doc.title);
    if let Some(c) = ANNUAL.captures(&title) {
        let year: i32 = c[1].parse().ok()?;
        let results = doc
            .sentences
            .iter()
            .filter(|s| RESULT.is_match(doc.text.slice(s.start, s.end)))
            .count();
        return Some(if results * 5 < doc.sentences.len() {
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
    if let Some(c) = DATE.captures(&head) {
        let (year, month): (i32, u32) = (c[1].parse().ok()?, c[2].parse().ok()?);
        return Some(if month <= 3 && SESSION.is_match(&head) {
            year - 1
        } else {
            year
        });
    }
    let latest = |part: Option<Part>| {
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
                let years = YEAR
                    .find_iter(&sentence)
                    .filter(|m| !AHEAD.is_match(&sentence[..m.start()]));
                // A year is four digits.
                years
                    .filter_map(|m| m.as_str()[..4].parse::<i32>().ok())
                    .collect::<Vec<_>>()
            })
            .max()
    };
    latest(Some(Part::Review)).or_else(|| latest(None))
}

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
