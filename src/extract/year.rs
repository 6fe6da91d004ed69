//! The main year that a document reports on.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Document;

macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a pattern of this file"));
    };
}

pattern!(YEAR, r"(20[0-3][0-9]|19[89][0-9])\s*(?:年|—|-|\.)");
pattern!(HAN_YEAR, r"二[〇○零Oо0][〇○零一二三O0][〇○零一二三四五六七八九O0]年");
pattern!(DATE, r"(20[0-3][0-9])年\s*(1[0-2]|[1-9])月(?:\s*[0-9X×x]{1,2}日)?");
pattern!(REPORTED, r"(20[0-3][0-9])年?(?:[^。，\n]{0,16}?)(?:工作总结|总结|工作情况|情况汇报|情况通报|完成情况|执行情况|述职|收官|工作回顾|主要工作回顾|政府工作报告|工作报告|重点项目|重点工作|工作要点|工作计划|工作开展)");
pattern!(LAST, r"(?:去年|过去的?一年|20[0-3][0-9]年工作回顾|(?:过去|去年)工作回顾)");

/// The main year, from the title, the headings, dates and how often years stand in the text.
///
/// A report of January to March that looks back speaks of the year before; a provincial report names the year it plans.
pub fn main_year(doc: &Document) -> Option<i32> {
    let text = to_digits(&doc.text.slice(0, doc.text.chars.len()));
    let head: String = text.chars().take(260).collect();
    let title: String = to_digits(&doc.title);
    if let Some(c) = REPORTED.captures(&title) {
        return c[1].parse().ok();
    }
    if let Some(c) = REPORTED.captures(&head) {
        let year: i32 = c[1].parse().ok()?;
        return Some(year);
    }
    // A date near the top, of a session or an issue.
    if let Some(c) = DATE.captures(&head) {
        let (year, month): (i32, u32) = (c[1].parse().ok()?, c[2].parse().ok()?);
        let looks_back = title.contains("报告") || head.contains("报告") || LAST.is_match(&head);
        return Some(if month <= 3 && looks_back { year - 1 } else { year });
    }
    let mut counts: std::collections::BTreeMap<i32, f64> = std::collections::BTreeMap::new();
    for (n, c) in YEAR.captures_iter(&text).enumerate() {
        if let Ok(year) = c[1].parse() {
            let at = c.get(0).map_or(0, |m| m.start());
            *counts.entry(year).or_default() += if n == 0 && at < 600 { 2.5 } else if at < 400 { 1.5 } else { 1.0 };
        }
    }
    counts.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0))).map(|(year, _)| year)
}

/// Years in Chinese digits as digits: 二〇〇七年 → 2007年.
fn to_digits(text: &str) -> String {
    HAN_YEAR
        .replace_all(text, |c: &regex::Captures| {
            c[0].chars()
                .map(|c| match "〇一二三四五六七八九".chars().position(|d| d == c) {
                    Some(d) => char::from_digit(d as u32, 10).unwrap_or(c),
                    None if "○零Oо0".contains(c) => '0',
                    None => c,
                })
                .collect::<String>()
        })
        .into_owned()
}
