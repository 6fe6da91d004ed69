//! What stands above an article: its date, its issuer and the box of its index, `索引号 | … | 发布机构 | …`.
//!
//! They are told by their labels, whether label and value share a line, stand in two cells or on two lines. They belong
//! to the metadata and not to the text; a table of the article with such a word has others besides, and stays.

use std::sync::LazyLock;

use regex::Regex;

use super::super::{dates, grid};
use super::known::{self, Label, Pair};

/// A line with more characters is one of the article.
const PASSAGE: usize = 60;
/// Labels from which values may stand beside them with nothing between.
const GLUED: usize = 3;
/// Bytes of a line of buttons.
const BUTTONS: usize = 90;
/// Bytes of a line that may hold labels.
const LINE: usize = 1000;

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*[\[【(（]?\s*(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?\s*[\]】)）]?")
        .expect("the pattern is well-formed")
});

/// What the first line of an article has, and no value: a number of its outline, the end of a sentence, an address to the
/// listeners, a row.
static TEXT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*[（(]?[一二三四五六七八九十]+[、）)]|[。，；！]\s*$|[：:]\s*$|。| \| ")
        .expect("the pattern is well-formed")
});

/// Lines one after another of which each is labels and values.
#[derive(Debug)]
struct Run<'a> {
    end: usize,
    pairs: Vec<Pair<'a>>,
    /// How many of the labels have no colon: those of a table.
    bare: usize,
    /// Whether in some of the lines nothing parts the label from the value.
    is_glued: bool,
}

impl Run<'_> {
    /// Whether it is no text: an index, a date, an issuer, buttons.
    fn is_head(&self) -> bool {
        let strong = self.pairs.iter().filter(|pair| pair.is_strong).count();
        let is_index = strong > 0 && self.pairs.len() > 1;
        if self.bare > 0 {
            // 来源 | 金额 are headings of columns.
            return is_index && strong + self.pairs.len() > 3;
        }
        let tells = |pair: &Pair| match pair.label {
            Label::Date(_) => dates::day(pair.value).is_some(),
            Label::Publisher(_) => {
                !pair.value.is_empty() && pair.value.chars().nth(PASSAGE).is_none()
            }
            Label::Index | Label::Other => false,
        };
        is_index || self.pairs.is_empty() || self.pairs.iter().any(tells)
    }
}

/// The lines of an article without what stands above it.
pub(super) fn without<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let run = run(lines, at);
        let end = run.as_ref().map_or(at + 1, |run| run.end);
        if run.is_none_or(|run| !run.is_head()) {
            if lines[at].chars().nth(PASSAGE).is_some() {
                break;
            }
            kept.extend(&lines[at..end]);
        }
        at = end;
    }
    kept.extend(&lines[at..]);
    kept
}

/// The day and the issuer that lines tell, by the label that says it best.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) issued: Option<String>,
    pub(super) publisher: Option<String>,
}

pub(super) fn told(lines: &[&str]) -> Told {
    let mut issued: Option<(usize, String)> = None;
    let mut publisher: Option<(usize, String)> = None;
    let mut at = 0;
    while at < lines.len() {
        let (pairs, end) = match run(lines, at) {
            Some(run) if run.bare > 0 && !run.is_head() => (Vec::new(), run.end),
            Some(run) => (run.pairs, run.end),
            None if lines[at].len() < LINE => (known::pairs(lines[at]).1, at + 1),
            None => (Vec::new(), at + 1),
        };
        for pair in pairs {
            match pair.label {
                Label::Date(rank) if issued.as_ref().is_none_or(|(best, _)| rank < *best) => {
                    issued = dates::day(pair.value).map(|day| (rank, day)).or(issued);
                }
                Label::Publisher(rank)
                    if publisher.as_ref().is_none_or(|(best, _)| rank < *best) =>
                {
                    publisher = known::publisher(pair.value)
                        .map(|name| (rank, name.to_owned()))
                        .or(publisher);
                }
                _ => {}
            }
        }
        at = end;
    }
    Told {
        issued: issued.map(|(_, day)| day),
        publisher: publisher.map(|(_, name)| name),
    }
}

/// The day that a line begins with, if it is all, or has the time of day or some label behind it.
pub(super) fn day(line: &str) -> Option<String> {
    let day = DAY.find(line)?;
    let is_head = line[day.end()..].trim().is_empty()
        || day.as_str().contains(':')
        || !known::pairs(line).1.is_empty();
    is_head.then(|| dates::day(day.as_str()))?
}

/// The run that begins at a line. None is longer than the lines it takes, so that all runs cost what the lines do.
fn run<'a>(lines: &[&'a str], from: usize) -> Option<Run<'a>> {
    let mut run = Run {
        end: from,
        pairs: Vec::new(),
        bare: 0,
        is_glued: false,
    };
    while run.end < lines.len() {
        let before = run.pairs.len();
        let next = lines.get(run.end + 1).copied();
        let Some(taken) = run.line(lines[run.end], next) else {
            run.pairs.truncate(before);
            break;
        };
        run.end += taken;
    }
    // 发布机构改革 is no label with its value, unless others stand around it.
    let is_run = run.end > from && !(run.is_glued && run.pairs.len() < GLUED);
    is_run.then_some(run)
}

impl<'a> Run<'a> {
    /// Takes the labels and values of a line and says how many lines they are; `None` if it has anything else.
    fn line(&mut self, line: &'a str, next: Option<&'a str>) -> Option<usize> {
        if line.len() > LINE {
            return None;
        }
        let cells: Vec<&str> = line.split(grid::CELL.trim_end()).map(str::trim).collect();
        let is_table = cells.len() > 1;
        let is_in_table = self.bare > 0;
        let mut at = 0;
        while at < cells.len() {
            let cell = cells[at];
            at += 1;
            if cell.is_empty() {
                continue;
            }
            let Some((mut pair, has_colon)) = known::label(cell) else {
                self.inline(cell, is_table)?;
                continue;
            };
            if let Some(value) = cells.get(at).copied().filter(is_value) {
                pair.value = value;
                let is_day = |pair: &Pair| dates::day(pair.value).is_some();
                if !has_colon && matches!(pair.label, Label::Date(_)) && !is_day(&pair) {
                    return None;
                }
                self.pairs.push(pair);
                self.bare += usize::from(!has_colon);
                at += 1;
                continue;
            }
            match next.filter(|next| is_value(next) && is_of(&pair, next)) {
                // On a line of its own: its value is the next one.
                Some(value) if !is_table => {
                    pair.value = value.trim();
                    self.pairs.push(pair);
                    return Some(2);
                }
                _ if has_colon => self.pairs.push(pair),
                // Headings of columns stand beside one another; the last row of a box may lack its last value.
                _ if (is_in_table || self.is_glued) && (at == cells.len() || !is_table) => {
                    self.pairs.push(pair)
                }
                _ => return None,
            }
        }
        Some(1)
    }

    /// Takes a cell that holds labels with their values, a day, or a button.
    fn inline(&mut self, cell: &'a str, is_table: bool) -> Option<()> {
        let (before, found) = known::pairs(cell);
        let day = DAY.find(before);
        let rest = &before[day.map_or(0, |day| day.end())..];
        let rest = rest.trim_matches(|c: char| c.is_whitespace() || "[]【】（）()|".contains(c));
        if rest.len() > BUTTONS || !rest.is_empty() && !known::is_no_text(rest) {
            let pair = known::glued(cell).filter(|_| found.is_empty() && !is_table)?;
            self.pairs.push(pair);
            self.is_glued = true;
            return Some(());
        }
        // A day written in words may be the one of a speech, which the text tells.
        if found.is_empty() && cell.contains('年') {
            return None;
        }
        self.pairs.extend(day.map(|day| Pair {
            label: Label::Date(usize::MAX),
            is_strong: false,
            value: day.as_str(),
        }));
        self.pairs.extend(found);
        Some(())
    }
}

/// Whether the line below a label may be its value. Where the value is missing, that line is the first of the article.
fn is_of(pair: &Pair, line: &str) -> bool {
    if line.chars().nth(PASSAGE).is_some() || TEXT.is_match(line) {
        return false;
    }
    match pair.label {
        Label::Date(_) => dates::day(line).is_some(),
        Label::Publisher(_) => known::publisher(line).is_some(),
        Label::Index | Label::Other => true,
    }
}

/// Whether a cell or a line is no label too.
fn is_value(cell: &&str) -> bool {
    known::label(cell).is_none()
        && known::pairs(cell).1.is_empty()
        && known::glued(cell).is_none_or(|pair| !pair.is_strong)
}
