//! The list of what pages consist of, from `data/read/pages.tsv`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

const LIST: &str = include_str!("../../../data/read/pages.tsv");

/// The values of one kind, in order.
pub(super) fn values(kind: &'static str) -> impl Iterator<Item = &'static str> {
    LIST.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .filter(move |(of, _)| *of == kind)
        .map(|(_, value)| value)
}

static CONTAINERS: LazyLock<HashSet<&str>> = LazyLock::new(|| values("container").collect());
static FURNITURE: LazyLock<HashSet<&str>> = LazyLock::new(|| values("furniture").collect());
static NAMINGS: LazyLock<HashMap<&str, Naming>> = LazyLock::new(|| {
    let of = |kind, naming| values(kind).map(move |name| (name, naming));
    of("class-title", Naming::Title)
        .chain(of("class-date", Naming::Date))
        .chain(of("class-publisher", Naming::Publisher))
        .collect()
});
static NO_PUBLISHERS: LazyLock<HashSet<&str>> = LazyLock::new(|| values("no-publisher").collect());
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\p{Han}A-Za-z·]{2,40}").expect("the pattern is well-formed"));
static SITE: LazyLock<Regex> = LazyLock::new(|| whole_line("site"));
static LINES: LazyLock<Regex> = LazyLock::new(|| whole_line("line"));
static AFTER: LazyLock<Regex> = LazyLock::new(|| whole_line("after"));

fn whole_line(kind: &'static str) -> Regex {
    let patterns: Vec<&str> = values(kind).collect();
    Regex::new(&format!(r"^\s*(?:{})\s*$", patterns.join("|"))).expect("a test reads the list")
}

/// Whether an id or a list of classes names the article.
pub(super) fn is_container(names: &str) -> bool {
    names
        .split_ascii_whitespace()
        .any(|name| CONTAINERS.contains(name))
}

/// Whether an id or a list of classes names what surrounds the article.
pub(super) fn is_furniture(names: &str) -> bool {
    names
        .split_ascii_whitespace()
        .any(|name| FURNITURE.contains(name.to_ascii_lowercase().as_str()))
}

/// The issuer that a value begins with.
pub(super) fn publisher(value: &str) -> Option<&str> {
    let name = NAME.find(value.trim_start())?.as_str();
    (!NO_PUBLISHERS.contains(name) && lookup(name).is_none()).then_some(name)
}

/// Whether a title names a site.
pub(super) fn is_site(title: &str) -> bool {
    title.len() < 200 && SITE.is_match(title)
}

/// Whether a line is a button, a credit or the like.
pub(super) fn is_no_text(line: &str) -> bool {
    // The longest pattern is shorter; a line of a megabyte is text.
    line.len() < 600 && LINES.is_match(line)
}

/// Whether a line is the heading of what follows an article: other articles, comments.
pub(super) fn is_after(line: &str) -> bool {
    line.len() < 60 && AFTER.is_match(line)
}

/// What the id or class of an element says that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// `h1`.
    Heading,
    Title,
    Date,
    Publisher,
}

/// What an id or a list of classes says that its element holds.
pub(super) fn naming(names: &str) -> Option<Naming> {
    let mut names = names.split_ascii_whitespace();
    names.find_map(|name| NAMINGS.get(name.to_ascii_lowercase().as_str()).copied())
}

/// What a word before a value announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// The date or the issuer, with the place of the word in the list: what stands first says it best.
    Date(usize),
    Publisher(usize),
    /// Something else that only an index of documents has: `索引号`.
    Index,
    /// What a text may have as well: `标题`, `作者`.
    Other,
}

static LABELS: LazyLock<HashMap<&str, (Label, bool)>> = LazyLock::new(|| {
    let mut labels: HashMap<&str, (Label, bool)> = HashMap::new();
    for (rank, word) in values("label-date").enumerate() {
        labels.insert(word, (Label::Date(rank), word.chars().count() > 2));
    }
    for (rank, word) in values("label-publisher").enumerate() {
        labels.insert(word, (Label::Publisher(rank), word.chars().count() > 2));
    }
    labels.extend(values("label-index").map(|word| (word, (Label::Index, true))));
    labels.extend(values("label-other").map(|word| (word, (Label::Other, false))));
    labels
});
/// Characters of the longest label, and of one that is set wide.
const LONGEST: usize = 10;
const WIDE: usize = 30;

/// A label with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair<'a> {
    pub(super) label: Label,
    /// Whether a text hardly has this label.
    pub(super) is_strong: bool,
    pub(super) value: &'a str,
}

fn lookup(word: &str) -> Option<(Label, bool)> {
    let word: String = word.chars().filter(|c| !c.is_whitespace()).collect();
    LABELS.get(word.as_str()).copied()
}

/// What is a label and nothing else: `发布机构`, `索 引 号：`, `【来源】`; and whether a colon says so.
pub(super) fn label(cell: &str) -> Option<(Pair<'static>, bool)> {
    let cell = cell.trim();
    if cell.len() > 60 {
        return None;
    }
    let word = cell.trim_end_matches(['：', ':']);
    let (label, is_strong) = lookup(word.trim_matches(['【', '】', '[', ']']))?;
    let pair = Pair {
        label,
        is_strong,
        value: "",
    };
    Some((pair, word.len() < cell.len()))
}

/// The pairs `label：value` in a line, and what stands before the first.
pub(super) fn pairs(line: &str) -> (&str, Vec<Pair<'_>>) {
    let colons = line.match_indices(['：', ':']);
    let found: Vec<_> = colons
        .filter_map(|(at, colon)| {
            let (start, label, is_strong) = label_before(&line[..at])?;
            Some((start, at + colon.len(), label, is_strong))
        })
        .collect();
    let ends = found.iter().skip(1).map(|(start, ..)| *start);
    let pairs = found.iter().zip(ends.chain([line.len()]));
    let pairs = pairs.map(|((_, start, label, is_strong), end)| Pair {
        label: *label,
        is_strong: *is_strong,
        value: line[*start..end]
            .trim_matches(|c: char| c.is_whitespace() || "[]【】（）()；;，,|&".contains(c)),
    });
    let before = &line[..found.first().map_or(line.len(), |(start, ..)| *start)];
    (before, pairs.collect())
}

/// A label and its value side by side with nothing between them, as elements in one line leave them.
pub(super) fn glued(cell: &str) -> Option<Pair<'_>> {
    let mut word = String::new();
    let mut longest = None;
    for (at, c) in cell.char_indices().take(WIDE) {
        if c.is_whitespace() {
            continue;
        }
        if !c.is_alphabetic() || word.chars().nth(LONGEST - 1).is_some() {
            break;
        }
        word.push(c);
        if let Some((label, is_strong)) = lookup(&word) {
            let value = cell[at + c.len_utf8()..].trim();
            longest = Some(Pair {
                label,
                is_strong,
                value,
            });
        }
    }
    longest
}

/// The longest label that ends a text, and where it begins. 发 布 机 构 and 标　　题 are set wide in boxes.
fn label_before(text: &str) -> Option<(usize, Label, bool)> {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || "】]".contains(c));
    let mut word: Vec<char> = Vec::new();
    let mut longest = None;
    for (at, c) in text.char_indices().rev().take(WIDE) {
        if c.is_whitespace() {
            continue;
        }
        if c.is_ascii_punctuation() || c.is_ascii_digit() || word.len() == LONGEST {
            break;
        }
        word.push(c);
        if let Some((label, is_strong)) = lookup(&word.iter().rev().collect::<String>()) {
            // A short word is one only where it begins: `会议时间：` is another.
            let before = text[..at].chars().next_back();
            if is_strong || !before.is_some_and(char::is_alphabetic) {
                longest = Some((at, label, is_strong));
            }
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_and_credits_are_told_from_text() {
        for line in [
            "【打印】【关闭】",
            "打印本页 | 关闭窗口",
            "【字体：大 中 小】",
            "上一篇：关于做好河湖长制工作的通知",
            "当前位置：首页 > 政务公开 > 政府工作报告",
            "来源：青河镇人民政府 发布时间：2023-02-01 浏览次数：120",
            "责任编辑：张三",
        ] {
            assert!(is_no_text(line), "{line}");
        }
        for line in [
            "一、2022年工作回顾",
            "返回式集体经济增收12万元。",
            "时间紧、任务重，全镇上下一心。",
            "关闭小煤窑3家。",
            "分享会上，12名青年代表发言，并围绕乡村振兴谈了自己的体会和收获。",
        ] {
            assert!(!is_no_text(line), "{line}");
        }
    }
}
