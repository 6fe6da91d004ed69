//! Automatic numbers of headings and lists: `一、`, `（二）`, `1.` stand in no paragraph's text, but in the numbering part.
//!
//! Without them the outline of many reports is lost.

use std::collections::HashMap;

use super::xml::{Step, Xml, attribute};

/// Levels that Word knows.
const LEVELS: usize = 9;
/// Characters of a pattern that are kept. Word takes no more than 255; a longer one would stand before every paragraph.
const PATTERN: usize = 255;

/// How one level of a list is numbered.
#[derive(Clone, Default)]
struct Level {
    start: u32,
    format: String,
    /// `第%1章`: where the numbers of this level and those above it stand.
    pattern: String,
}

/// The lists of a document and how far each has counted.
#[derive(Default)]
pub(super) struct Numbering {
    abstracts: HashMap<String, Vec<Level>>,
    lists: HashMap<String, String>,
    /// Numbers of styles: list and level.
    styles: HashMap<String, (Option<String>, usize)>,
    counters: HashMap<String, Vec<Option<u32>>>,
}

impl Numbering {
    pub(super) fn new(numbering: &str, styles: &str) -> Self {
        let mut found = Self::default();
        found.read_lists(numbering);
        found.read_styles(styles);
        found
    }

    fn read_lists(&mut self, part: &str) {
        let mut xml = Xml::new(part);
        let (mut of, mut num, mut at) = (String::new(), String::new(), 0);
        loop {
            let start = match xml.step() {
                Step::Start(start) => start,
                Step::Finished => return,
                _ => continue,
            };
            let value = |key: &str| attribute(&start, key).unwrap_or_default();
            let name = start.local_name();
            match name.as_ref() {
                "abstractNum" => {
                    (of, num) = (value("abstractNumId"), String::new());
                    self.abstracts
                        .insert(of.clone(), vec![Level::default(); LEVELS]);
                }
                "num" => (of, num) = (String::new(), value("numId")),
                "abstractNumId" if !num.is_empty() => {
                    self.lists.insert(num.clone(), value("val"));
                }
                "lvl" => at = value("ilvl").parse().unwrap_or(LEVELS),
                field @ ("start" | "numFmt" | "lvlText") => {
                    let level = self.abstracts.get_mut(&of).and_then(|l| l.get_mut(at));
                    let Some(level) = level else { continue };
                    match field {
                        "start" => level.start = value("val").parse().unwrap_or(1),
                        "numFmt" => level.format = value("val"),
                        _ => level.pattern = value("val").chars().take(PATTERN).collect(),
                    }
                }
                _ => {}
            }
        }
    }

    fn read_styles(&mut self, part: &str) {
        let mut xml = Xml::new(part);
        let mut style = String::new();
        loop {
            let start = match xml.step() {
                Step::Start(start) => start,
                Step::Finished => return,
                _ => continue,
            };
            let value = |key: &str| attribute(&start, key).unwrap_or_default();
            match start.local_name().as_ref() {
                "style" => style = value("styleId"),
                "numId" => self.styles.entry(style.clone()).or_default().0 = Some(value("val")),
                "ilvl" => {
                    self.styles.entry(style.clone()).or_default().1 =
                        value("val").parse().unwrap_or(0);
                }
                _ => {}
            }
        }
    }

    /// The number of the next paragraph of a list, as it is printed; empty for a paragraph without one.
    pub(super) fn next(
        &mut self,
        list: Option<&str>,
        level: Option<usize>,
        style: Option<&str>,
    ) -> String {
        let of_style = style.and_then(|style| self.styles.get(style));
        let list = list.or(of_style.and_then(|(list, _)| list.as_deref()));
        let level = level.or(of_style.map(|(_, level)| *level)).unwrap_or(0);
        let Some(of) = list.and_then(|list| self.lists.get(list)) else {
            return String::new();
        };
        let Some(levels) = self.abstracts.get(of).filter(|levels| level < levels.len()) else {
            return String::new();
        };
        // Lists of one kind go on counting where the last one stopped, as Word does.
        let counters = self
            .counters
            .entry(of.clone())
            .or_insert_with(|| vec![None; LEVELS]);
        let next = counters[level].map_or(levels[level].start, |n| n.saturating_add(1));
        counters[level] = Some(next);
        for deeper in &mut counters[level + 1..] {
            *deeper = None;
        }
        label(levels, level, counters)
    }
}

fn label(levels: &[Level], level: usize, counters: &[Option<u32>]) -> String {
    if matches!(levels[level].format.as_str(), "bullet" | "none") {
        return String::new();
    }
    let mut out = String::new();
    let mut chars = levels[level].pattern.chars();
    while let Some(c) = chars.next() {
        let digit = if c == '%' {
            chars.clone().next().and_then(|c| c.to_digit(10))
        } else {
            None
        };
        let Some(at) = digit.and_then(|d| (d as usize).checked_sub(1)) else {
            out.push(c);
            continue;
        };
        chars.next();
        if let (Some(of), Some(counter)) = (levels.get(at), counters.get(at)) {
            out.push_str(&number(counter.unwrap_or(of.start), &of.format));
        }
    }
    out
}

fn number(n: u32, format: &str) -> String {
    match format {
        "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "chineseLegalSimplified"
        | "ideographDigital" => chinese(n),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if (1..=20).contains(&n) => {
            char::from_u32(0x245F + n)
                .expect("the circled numbers are twenty")
                .to_string()
        }
        "upperLetter" | "lowerLetter" if (1..=26).contains(&n) => {
            let base = if format == "upperLetter" { b'A' } else { b'a' };
            char::from(base + (n - 1) as u8).to_string()
        }
        _ => n.to_string(),
    }
}

/// A number below ten thousand in Chinese; others in digits.
fn chinese(n: u32) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    if n == 0 || n > 9999 {
        return n.to_string();
    }
    let mut out = String::new();
    let mut zero = false;
    for (unit, word) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = (n / unit % 10) as usize;
        if digit == 0 {
            zero = !out.is_empty();
            continue;
        }
        if zero {
            out.push_str(DIGITS[0]);
            zero = false;
        }
        // Ten is 十, not 一十.
        if !(unit == 10 && digit == 1 && out.is_empty()) {
            out.push_str(DIGITS[digit]);
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numbers_are_written_as_headings_have_them() {
        for (n, expected) in [
            (1, "一"),
            (10, "十"),
            (11, "十一"),
            (20, "二十"),
            (105, "一百零五"),
            (110, "一百一十"),
            (2024, "二千零二十四"),
            (0, "0"),
        ] {
            assert_eq!(chinese(n), expected);
        }
    }
}
