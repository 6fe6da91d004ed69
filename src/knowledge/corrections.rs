//! What an analyst mends by hand: `corrections.tsv`, one line a correction.
//!
//! A line says of a text that it is no name, a name of a type, of one type where the program takes it for another, that its
//! thing is called so, or that it is the division with this code; or it says a document's home or year. It may be limited
//! to documents (by path or title, `*` for anything) and to a place. Of several lines that bear on one text the one with
//! the narrower limit holds, the document before the place, then the later one.

use std::collections::BTreeSet;

use super::{Fault, Selected, lines};
use crate::gazetteer::{DivisionId, FormKind, Gazetteer};
use crate::model::EntityType;
use crate::text::{key, normalise};

/// Number of a line in `corrections.tsv`.
pub type Line = u32;

/// All lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Corrections {
    /// The narrower the later.
    rows: Vec<Correction>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Correction {
    pub(super) line: Line,
    /// In the normal form; empty where the line speaks of the document.
    pub(super) text: Vec<char>,
    pub(super) what: What,
    /// What the thing is called.
    pub(super) called: Option<String>,
    /// Pattern of paths or titles.
    document: Option<String>,
    place: Option<DivisionId>,
    /// The line as it is written.
    written: String,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The text is no name.
    NoName,
    /// The text is a name of this type wherever it stands.
    Name(EntityType),
    /// Where it is taken for a name of the first type, it is one of the second.
    Instead(EntityType, EntityType),
    /// The thing that it names is called otherwise.
    Called,
    /// The place that it names is this division.
    Code(DivisionId),
    /// The document is about this division.
    Home(DivisionId),
    /// The document reports on this year.
    Year(i32),
}

/// How a line is named in the graph and in reasons.
pub fn reference(line: Line) -> String {
    format!("corrections.tsv:{line}")
}

impl Corrections {
    /// Reads the lines of a file; a line with a fault is left out.
    pub fn read(path: &str, text: &str, faults: &mut Vec<Fault>) -> Self {
        let mut rows: Vec<Correction> = Vec::new();
        for (n, cells) in lines(text) {
            match Correction::read(n, &cells) {
                Ok(row) => {
                    if let Some((message, other)) =
                        rows.iter().find_map(|other| row.disagrees(other))
                    {
                        faults.push(Fault::new(path, n, message, &[&other]));
                    }
                    rows.push(row);
                }
                Err((message, values)) => {
                    let values: Vec<&dyn std::fmt::Display> =
                        values.iter().map(|v| v as &dyn std::fmt::Display).collect();
                    faults.push(Fault::new(path, n, message, &values));
                }
            }
        }
        rows.sort_by_key(|row| (row.document.is_some(), row.place.is_some(), row.line));
        Self { rows }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All lines as they are written, with their numbers.
    pub fn written(&self) -> String {
        let mut rows: Vec<&Correction> = self.rows.iter().collect();
        rows.sort_by_key(|row| row.line);
        let line = |row: &&Correction| format!("{}\t{}\n", row.line, row.written);
        rows.iter().map(line).collect()
    }

    /// What the line with this reference says; empty for none.
    pub fn says(&self, correction: &str) -> String {
        let mut rows = self.rows.iter();
        let row = rows.find(|row| reference(row.line) == correction);
        row.map_or_else(String::new, Correction::shown)
    }

    /// The lines that are not among these, each as its reference and what it says.
    pub fn without(&self, applied: &BTreeSet<String>) -> Vec<(String, String)> {
        let mut rows: Vec<&Correction> = self.rows.iter().collect();
        rows.sort_by_key(|row| row.line);
        let unused = rows
            .iter()
            .filter(|r| !applied.contains(&reference(r.line)));
        unused
            .map(|row| (reference(row.line), row.shown()))
            .collect()
    }

    /// Whether a line is limited to documents with this path.
    ///
    /// What such a document says is no function of its content alone.
    pub fn bear_on_path(&self, path: &str) -> bool {
        let mut patterns = self.rows.iter().filter_map(|row| row.document.as_deref());
        patterns.any(|pattern| fits_path(pattern, path))
    }

    /// Of these references those whose lines are limited to documents.
    pub fn limited(&self, applied: &BTreeSet<String>) -> bool {
        let mut limited = self.rows.iter().filter(|row| row.document.is_some());
        limited.any(|row| applied.contains(&reference(row.line)))
    }

    /// The lines that may bear on a document, by its path and what titles it has.
    pub fn select(&self, path: &str, titles: &[&str]) -> Selected<'_> {
        let fits = |row: &&Correction| {
            row.document.as_ref().is_none_or(|pattern| {
                fits_path(pattern, path) || titles.iter().any(|title| fits_title(pattern, title))
            })
        };
        Selected {
            rows: self.rows.iter().filter(fits).collect(),
        }
    }
}

type Wrong = (&'static str, Vec<String>);

impl Correction {
    fn read(n: usize, cells: &[&str]) -> Result<Self, Wrong> {
        let wrong = |message, value: &str| Err((message, vec![value.to_owned()]));
        let cell = |i: usize| {
            let cell = cells.get(i).copied().unwrap_or_default();
            (!matches!(cell, "" | "-")).then_some(cell)
        };
        let Some(verdict) = cell(1) else {
            return wrong("fault.verdict", "");
        };
        let value = cell(2);
        let needed = |message| value.ok_or((message, vec![verdict.to_owned()]));
        let code = |message| {
            let code = needed(message)?;
            let division = Gazetteer::get().by_code(code);
            let id = division.map(|division| division.id);
            id.ok_or(("fault.code", vec![code.to_owned()]))
        };
        let types = verdict.split_once('>');
        let types = types.map(|(a, b)| (EntityType::from_name(a), EntityType::from_name(b)));
        let what = match (verdict, EntityType::from_name(verdict), types) {
            ("none", ..) => What::NoName,
            ("named", ..) => needed("fault.no_value").map(|_| What::Called)?,
            ("code", ..) => What::Code(code("fault.no_value")?),
            ("home", ..) => What::Home(code("fault.no_value")?),
            ("year", ..) => {
                let year = needed("fault.no_value")?;
                let number = year.parse().ok().filter(|y| (1900..2100).contains(y));
                What::Year(number.ok_or(("fault.year", vec![year.to_owned()]))?)
            }
            (_, Some(kind), _) => What::Name(kind),
            (_, _, Some((Some(from), Some(to)))) if from != to => What::Instead(from, to),
            _ => return wrong("fault.verdict", verdict),
        };
        let of_document = matches!(what, What::Home(_) | What::Year(_));
        let text = match (of_document, cell(0)) {
            (true, None) => Vec::new(),
            (true, Some(text)) => return wrong("fault.text", text),
            (false, None) => return wrong("fault.no_text", ""),
            (false, Some(text)) => normal(text),
        };
        if !of_document && text.len() < 2 {
            return wrong("fault.short", cells[0]);
        }
        if matches!(what, What::NoName) && value.is_some() {
            return wrong("fault.no_value_here", value.unwrap_or_default());
        }
        let named = matches!(what, What::Name(_) | What::Instead(..) | What::Called);
        let place = match cell(4) {
            Some(place) => Some(division(place)?),
            None => None,
        };
        if of_document && cell(3).is_none() && place.is_none() {
            return wrong("fault.no_limit", verdict);
        }
        Ok(Self {
            line: n as Line,
            text,
            what,
            called: value.filter(|_| named).map(str::to_owned),
            document: cell(3).map(str::to_owned),
            place,
            written: cells.join("\t"),
        })
    }

    fn shown(&self) -> String {
        self.written
            .split('\t')
            .filter(|cell| !cell.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Why this line cannot stand beside an earlier one, and the number of that.
    fn disagrees(&self, other: &Self) -> Option<(&'static str, Line)> {
        let same_limits = self.document == other.document && self.place == other.place;
        if !same_limits || self.text != other.text {
            return None;
        }
        if self.what == other.what && self.called == other.called {
            return Some(("fault.repeated", other.line));
        }
        let called = self.called.is_some() && other.called.is_some() && self.called != other.called;
        let at_odds = match (self.what, other.what) {
            (What::NoName, _) | (_, What::NoName) => true,
            (What::Name(a), What::Name(b)) => a != b || called,
            (What::Instead(a, b), What::Instead(c, d)) => a == c && b != d || called,
            (What::Name(_), What::Instead(..)) | (What::Instead(..), What::Name(_)) => true,
            (What::Name(kind), What::Code(_)) | (What::Code(_), What::Name(kind)) => {
                kind != EntityType::Place
            }
            (What::Code(_), What::Code(_))
            | (What::Home(_), What::Home(_))
            | (What::Year(_), What::Year(_)) => true,
            _ => called,
        };
        at_odds.then_some(("fault.contradicts", other.line))
    }

    pub(super) fn holds_at(&self, home: Option<DivisionId>) -> bool {
        self.place.is_none_or(|place| {
            home.is_some_and(|home| Gazetteer::get().lineage(home).any(|id| id == place))
        })
    }
}

/// A text as it stands in normal form.
fn normal(text: &str) -> Vec<char> {
    let mut chars = normalise(text).chars;
    chars.retain(|c| *c != '\n');
    chars
}

/// The division with this code, or the only one with this full name.
fn division(written: &str) -> Result<DivisionId, Wrong> {
    let gazetteer = Gazetteer::get();
    if written.bytes().all(|b| b.is_ascii_digit()) {
        let division = gazetteer.by_code(written);
        let id = division.map(|division| division.id);
        return id.ok_or(("fault.code", vec![written.to_owned()]));
    }
    let full = gazetteer.named(written).iter();
    let full: Vec<DivisionId> = full
        .filter(|hit| hit.kind == FormKind::Full)
        .map(|hit| hit.id)
        .collect();
    match full[..] {
        [one] => Ok(one),
        _ => {
            let values = vec![written.to_owned(), full.len().to_string()];
            Err(("fault.place", values))
        }
    }
}

/// Whether a pattern is this text, `*` standing for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether a pattern is this path, its file name, or the path from one of its folders on.
fn fits_path(pattern: &str, path: &str) -> bool {
    let ends = path
        .match_indices(['/', '\\'])
        .map(|(at, _)| &path[at + 1..]);
    std::iter::once(path)
        .chain(ends)
        .any(|end| fits(pattern, end))
}

fn fits_title(pattern: &str, title: &str) -> bool {
    !title.is_empty() && fits(&key(pattern), &key(title))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Corrections, Vec<Fault>) {
        let mut faults = Vec::new();
        let corrections = Corrections::read("corrections.tsv", text, &mut faults);
        (corrections, faults)
    }

    #[test]
    fn a_pattern_is_a_path_its_end_or_a_title() {
        for (pattern, path, fits) in [
            ("a.txt", "x/y/a.txt", true),
            ("y/a.txt", "x/y/a.txt", true),
            ("x/*", "x/y/a.txt", true),
            ("y/*", "x/y/a.txt", true),
            ("*.txt", "a.txt", true),
            ("a*a", "a", false),
            ("a", "x/y/a.txt", false),
            ("锦江*2022*", "锦江镇2022年.txt", true),
            ("锦江*2022*", "锦江镇2021年.txt", false),
        ] {
            assert_eq!(fits_path(pattern, path), fits, "{pattern} {path}");
        }
        assert!(fits_title("锦江镇 “十四五”*", "锦江镇十四五规划"));
    }

    #[test]
    fn the_narrower_and_then_the_later_line_holds() {
        let (all, faults) = read(
            "恒砚科\tenterprise\t\ta.txt\n恒砚科\tnone\n恒砚科\tproject\t\t\t360923\n恒砚科\tperson\t\t*.txt\n",
        );
        assert_eq!(faults, []);
        let chars: Vec<char> = "引进恒砚科".chars().collect();
        let at = |path: &str, home: Option<u64>| {
            let rulings = all.select(path, &[]).at(home.map(DivisionId));
            let names = rulings.names(&chars);
            names.first().map(|name| (name.start, name.kind))
        };
        assert_eq!(at("b.md", None), None);
        assert_eq!(at("b.md", Some(360923102)), Some((2, EntityType::Project)));
        assert_eq!(at("a.txt", Some(360923102)), Some((2, EntityType::Person)));
        let chars: Vec<char> = "恒砚科".chars().collect();
        let rulings = all.select("b.md", &[]);
        assert_eq!(rulings.at(None).forbids(&chars), Some(2));
    }

    #[test]
    fn every_fault_has_its_line_and_its_text_in_both_languages() {
        use crate::messages::Lang;
        for (text, line) in [
            ("恒砚科\n", 1),
            ("恒砚科\tfirm\n", 1),
            ("恒砚科\tproject>project\n", 1),
            ("富\tenterprise\n", 1),
            ("\tenterprise\n", 1),
            ("恒砚科\tnone\t恒砚新材料\n", 1),
            ("恒砚科\tnamed\n", 1),
            ("锦江镇\tcode\n", 1),
            ("锦江镇\tcode\t999999999\n", 1),
            ("# x\n-\thome\t360923102\n", 2),
            ("镇\thome\t360923102\ta.txt\n", 1),
            ("-\tyear\t20\ta.txt\n", 1),
            ("恒砚科\tnone\t\t\t锦江镇\n", 1),
            ("恒砚科\tnone\t\t\t999999\n", 1),
            ("恒砚科\tnone\n恒砚科\tnone\n", 2),
            ("恒砚科\tnone\n恒砚科\tenterprise\n", 2),
            ("恒砚科\tproject\n恒砚科\tenterprise\n", 2),
            ("恒砚科\tproject\n恒砚科\tproject>enterprise\n", 2),
            ("恒砚科\tnamed\t甲公司\n恒砚科\tenterprise\t乙公司\n", 2),
            ("锦江镇\tcode\t360923102\n锦江镇\tcode\t511403110\n", 2),
            ("-\tyear\t2020\ta.txt\n-\tyear\t2021\ta.txt\n", 2),
        ] {
            let (_, faults) = read(text);
            let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
            assert_eq!(lines, [line], "{text}");
            for lang in [Lang::Zh, Lang::En] {
                let said = faults[0].text(lang);
                assert!(said.len() > "corrections.tsv:1: ".len() + 10, "{said}");
                assert!(!said.contains("fault.") && !said.contains("{}"), "{said}");
            }
        }
    }

    #[test]
    fn lines_with_other_limits_or_about_other_things_stand_side_by_side() {
        let (all, faults) = read(
            "# text\tis\tvalue\tdocument\tplace\tnote\n恒砚科\tnone\n恒砚科\tenterprise\t\ta.txt\n\
             锦江镇\tplace\n锦江镇\tcode\t360923102\n-\thome\t360923102\ta.txt\t-\t看过\n\
             -\tyear\t2021\ta.txt\n恒砚新材料\tproject>enterprise\t恒砚新材料有限公司\n",
        );
        assert_eq!(faults, []);
        let none = BTreeSet::new();
        assert_eq!(all.without(&none).len(), 7);
        let applied = BTreeSet::from(["corrections.tsv:3".to_owned()]);
        assert!(all.limited(&applied) && !all.limited(&none));
        assert!(all.bear_on_path("x/a.txt") && !all.bear_on_path("b.txt"));
        let selected = all.select("a.txt", &[]);
        assert_eq!(selected.home(None, "").unwrap().0, DivisionId(360923102));
        assert_eq!(selected.at(None).year, Some((2021, 7)));
    }
}
