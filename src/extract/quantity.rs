//! Numbers with their units: 2.21亿元, 300余户, 5%, 3.5—4万亩, 翻了一番; a redacted number (X亿元) has a unit and no value.
//!
//! Units come from `data/lexicon/units.tsv`. What is left out: dates and spans of time, ordinals, numbers without a unit.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::embedded;

/// A number with its unit, in the normal form.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// First character of the number.
    pub start: usize,
    /// One past the last character of the unit.
    pub end: usize,
    /// Plain decimal number, the lower end of a range; absent where it is redacted.
    pub value: Option<String>,
    /// Unit as written, with its multiple of ten thousand (万亩).
    pub unit: String,
    /// Kind of unit as in `units.tsv`; `heads` for animals, `bare` for a multiple alone (100万), `times` for 翻番, `other` for an unknown unit.
    pub kind: &'static str,
}

impl Quantity {
    /// Whether it is a share or a rate: 5%, 3个百分点, 翻番, 1.5倍.
    pub fn is_rate(&self) -> bool {
        matches!(self.kind, "percent" | "times")
    }

    /// The value as a change in percent: 1.5倍 is 150.
    pub fn change(&self) -> Option<String> {
        let value = self.value.clone()?;
        match self.unit.as_str() {
            "倍" => Some(plain(value.parse::<f64>().ok()? * 100.0)),
            _ => Some(value),
        }
    }
}

/// Units with their kinds.
type Kinds = Vec<(Box<[char]>, &'static str)>;

/// Units by their first character, the longest first.
struct Units(FxHashMap<char, Kinds>);

static UNITS: LazyLock<Units> = LazyLock::new(|| {
    let table = embedded::file("data/lexicon/units.tsv").unwrap_or_default();
    let mut kinds: FxHashMap<Box<[char]>, &'static str> = FxHashMap::default();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        if let (Some(term), Some(kind), Some(base)) = (cells.next(), cells.next(), cells.next())
            && !matches!(term, "万" | "亿")
        {
            kinds.insert(
                term.chars().collect(),
                if base == "头" { "heads" } else { kind },
            );
        }
    }
    let mut by_first: FxHashMap<char, Kinds> = FxHashMap::default();
    for (unit, kind) in kinds {
        if let Some(&first) = unit.first() {
            by_first.entry(first).or_default().push((unit, kind));
        }
    }
    for units in by_first.values_mut() {
        units.sort_unstable_by_key(|(unit, _)| std::cmp::Reverse(unit.len()));
    }
    Units(by_first)
});

/// Words that begin like a unit.
const NO_UNITS: [[char; 2]; 6] = [
    ['台', '阶'],
    ['人', '均'],
    ['人', '民'],
    ['户', '籍'],
    ['家', '庭'],
    ['个', '人'],
];

impl Units {
    /// The longest unit that begins here: its length and kind.
    fn at(&self, chars: &[char]) -> Option<(usize, &'static str)> {
        let units = self.0.get(chars.first()?)?;
        if NO_UNITS.iter().any(|word| chars.starts_with(word)) {
            return None;
        }
        let (unit, kind) = units.iter().find(|(unit, _)| chars.starts_with(unit))?;
        Some((unit.len(), kind))
    }
}

/// The quantities between two positions, in order.
///
/// ```
/// let chars: Vec<char> = "种植水稻3.2万余亩，增长5%".chars().collect();
/// let found = xiangtu::extract::quantity::quantities(&chars, 0, chars.len());
/// assert_eq!(found[0].value.as_deref(), Some("3.2"));
/// assert_eq!(found[0].unit, "万亩");
/// assert_eq!(found[1].kind, "percent");
/// ```
pub fn quantities(chars: &[char], start: usize, end: usize) -> Vec<Quantity> {
    let mut out = Vec::new();
    let mut i = start;
    while i < end {
        let found = match chars[i] {
            '0'..='9' => {
                let number_end = skip_number(chars, i, end);
                if i > start && glued(chars[i - 1]) {
                    i = number_end;
                    continue;
                }
                let found = quantity(chars, start, i, number_end, end);
                if found.is_none() {
                    i = number_end;
                }
                found
            }
            'X' | 'x' | '×' | '*' | '╳' => {
                let run = chars[i..end]
                    .iter()
                    .take_while(|c| matches!(c, 'X' | 'x' | '×' | '*' | '╳' | '.'))
                    .count();
                let free = i == start || !chars[i - 1].is_ascii_alphanumeric();
                let found = if free {
                    redacted(chars, i, i + run, end)
                } else {
                    None
                };
                if found.is_none() {
                    i += run;
                }
                found
            }
            '翻' => {
                let found = multiplied(chars, i, end);
                if found.is_none() {
                    i += 1;
                }
                found
            }
            _ => {
                i += 1;
                continue;
            }
        };
        if let Some(quantity) = found {
            i = quantity.end;
            out.push(quantity);
        }
    }
    out
}

/// Whether a number right behind this character belongs to a name (G107, PM2.5).
fn glued(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '第' | '№' | '#')
}

/// One past the last character of a number that begins with a digit: `1,234.5`.
fn skip_number(chars: &[char], start: usize, end: usize) -> usize {
    let digit = |i: usize| i < end && chars[i].is_ascii_digit();
    let mut i = start;
    while digit(i) || (i < end && matches!(chars[i], ',' | '.') && digit(i + 1)) {
        i += 1;
    }
    i
}

fn number(chars: &[char]) -> Option<String> {
    let text: String = chars.iter().filter(|c| **c != ',').collect();
    text.parse::<f64>().ok().map(|_| text)
}

fn quantity(
    chars: &[char],
    from: usize,
    start: usize,
    number_end: usize,
    end: usize,
) -> Option<Quantity> {
    let mut value = number(&chars[start..number_end])?;
    let mut first = start;
    // A sign stands behind no digit; behind one it is the dash of a range.
    if first > from
        && chars[first - 1] == '-'
        && (first - 1 == from || !chars[first - 2].is_ascii_digit())
    {
        first -= 1;
        value.insert(0, '-');
    }
    // 80—90亿元, 5%—6%, 80至90亿元: the unit of the upper end, the value of the lower.
    let mut unit_start = number_end;
    let percent = usize::from(matches!(chars.get(number_end), Some('%')));
    let dash = number_end + percent;
    if dash + 1 < end
        && (matches!(chars[dash], '-' | '—' | '~' | '～')
            || (matches!(chars[dash], '至' | '到') && percent == 0))
    {
        let mut next = dash + 1;
        while next < end && matches!(chars[next], '-' | '—') {
            next += 1;
        }
        if next < end && chars[next].is_ascii_digit() {
            let upper = skip_number(chars, next, end);
            if percent == 0 || chars.get(upper) == Some(&'%') {
                unit_start = upper;
            }
        }
    }
    let (unit, kind, at) = match unit(chars, unit_start, end) {
        Some(found) => found,
        // 分别达到3400、9500公里: the unit of the last one.
        None => {
            let mut next = number_end;
            loop {
                if !matches!(chars.get(next)?, '、' | '和')
                    || next + 1 >= end
                    || !chars[next + 1].is_ascii_digit()
                {
                    return None;
                }
                next = skip_number(chars, next + 1, end);
                if let Some((unit, kind, _)) = unit(chars, next, end) {
                    break (unit, kind, number_end);
                }
            }
        }
    };
    Some(Quantity {
        start: first,
        end: at,
        value: Some(value),
        unit,
        kind,
    })
}

/// The unit behind a number: its spelling without 余 and 多, its kind, one past its end.
fn unit(chars: &[char], start: usize, end: usize) -> Option<(String, &'static str, usize)> {
    let mut i = start;
    let more = |i: usize| i < end && matches!(chars[i], '余' | '多' | '来' | '几');
    if more(i) {
        i += 1;
    }
    if let Some((n, kind)) = UNITS.at(&chars[i..end])
        && !matches!(chars[i], '年')
    {
        // Of spans of time only an age that is no bound of a group (60岁以上老人).
        let reached = start >= 3
            && chars[..start]
                .iter()
                .rev()
                .take(6)
                .any(|c| matches!(c, '达' | '到' | '为' | '命'));
        if kind == "duration" && (chars[i] != '岁' || !reached) {
            return None;
        }
        let spelling = chars[i..i + n].iter().filter(|c| **c != '余').collect();
        return Some((spelling, kind, i + n));
    }
    let scale = i;
    while i < end && matches!(chars[i], '万' | '亿' | '千' | '百' | '十') {
        i += 1;
    }
    let multiple: String = chars[scale..i].iter().collect();
    if more(i) {
        i += 1;
    }
    if !multiple.is_empty() {
        if let Some((n, kind)) = UNITS.at(&chars[i..end]) {
            let spelling: String = chars[i..i + n].iter().filter(|c| **c != '余').collect();
            return Some((multiple + &spelling, kind, i + n));
        }
        if chars
            .get(i..end)
            .is_some_and(|rest| rest.starts_with(&['美', '金']))
        {
            return Some((multiple + "美金", "foreign money", i + 2));
        }
    }
    let latin = chars[i..end]
        .iter()
        .take_while(|c| c.is_ascii_alphabetic())
        .count();
    let enough = if multiple.is_empty() { 2..=4 } else { 1..=4 };
    if enough.contains(&latin) && chars[i..i + latin].iter().all(|c| c.is_ascii_uppercase()) {
        let spelling: String = chars[i..i + latin].iter().collect();
        return Some((multiple + &spelling, "other", i + latin));
    }
    (!multiple.is_empty()).then_some((multiple, "bare", i))
}

fn redacted(chars: &[char], start: usize, number_end: usize, end: usize) -> Option<Quantity> {
    let (unit, kind, at) = unit(chars, number_end, end)?;
    Some(Quantity {
        start,
        end: at,
        value: None,
        unit,
        kind,
    })
}

/// 翻番, 翻一番, 翻了两番.
fn multiplied(chars: &[char], start: usize, end: usize) -> Option<Quantity> {
    let mut i = start + 1;
    while i < end && matches!(chars[i], '了' | '近' | '约') {
        i += 1;
    }
    let (times, next) = match chars[i..end].first()? {
        '番' => (1, i),
        '一' => (1, i + 1),
        '两' | '二' => (2, i + 1),
        '三' => (3, i + 1),
        '四' => (4, i + 1),
        _ => return None,
    };
    if chars[..end].get(next) != Some(&'番') {
        return None;
    }
    let value = ((1_i64 << times) - 1) * 100;
    Some(Quantity {
        start,
        end: next + 1,
        value: Some(value.to_string()),
        unit: "%".into(),
        kind: "times",
    })
}

/// A number as plain decimals without trailing noughts.
fn plain(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let chars: Vec<char> = text.chars().collect();
        quantities(&chars, 0, chars.len())
            .into_iter()
            .map(|q| (q.value.unwrap_or_default(), q.unit))
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    }

    #[test]
    fn numbers_carry_their_units() {
        assert_eq!(found("实现产值1,200.5万元"), pairs(&[("1200.5", "万元")]));
        assert_eq!(
            found("惠及300余户，存栏1.6亿只"),
            pairs(&[("300", "户"), ("1.6", "亿只")])
        );
        assert_eq!(found("投入4万余元"), pairs(&[("4", "万元")]));
        assert_eq!(found("降低0.5个百分点"), pairs(&[("0.5", "个百分点")]));
    }

    #[test]
    fn ranges_give_their_lower_end() {
        assert_eq!(found("增长5%-6%"), pairs(&[("5", "%")]));
        assert_eq!(found("产值80至90亿元"), pairs(&[("80", "亿元")]));
    }

    #[test]
    fn dates_and_names_are_no_quantities() {
        assert!(found("2021年5月20日，G107沿线第3次").is_empty());
        assert!(found("PM2.5，5G，十四五").is_empty());
    }

    #[test]
    fn redaction_keeps_the_unit() {
        assert_eq!(
            found("收入X亿元，面积××亩"),
            pairs(&[("", "亿元"), ("", "亩")])
        );
    }

    #[test]
    fn doubling_is_a_change() {
        assert_eq!(
            found("翻一番，翻了两番，翻番"),
            pairs(&[("100", "%"), ("300", "%"), ("100", "%")])
        );
    }
}
