//! Words that a user adds to the built-in lists, and takes from them.
//!
//! A file has the name and the columns of a built-in list. A line adds a term, or says something else of one that is built
//! in; `-term` takes it out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Fault, file_name, lines, nearest, shown, text};
use crate::{Result, embedded};

/// Word lists as they are with a user's changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Path and text of each list that differs from the built-in one.
    pub files: Vec<(String, String)>,
    /// Lines that were added.
    pub added: usize,
    /// Terms that were taken out.
    pub removed: usize,
}

const FOLDER: &str = "data/lexicon";

/// A column with at most so many values is a choice among them; in others any value may stand.
const MOST_VALUES: usize = 35;

impl Words {
    pub(super) fn read(paths: &[PathBuf], faults: &mut Vec<Fault>) -> Result<Self> {
        let mut words = Self::default();
        for path in paths {
            let name = file_name(path);
            let built_in = format!("{FOLDER}/{name}");
            let Some(list) = embedded::built_in(&built_in).map(List::new) else {
                if name.ends_with(".tsv") || !name.contains('.') {
                    let known = embedded::built_in_folder(FOLDER)
                        .map(|(path, _)| path.rsplit('/').next().unwrap_or(path));
                    let near = nearest(&name, known);
                    faults.push(Fault::new(&shown(path), 1, "fault.lexicon", &[&near]));
                }
                continue;
            };
            if let Some(text) = text(path, faults)? {
                let changes = list.changes(&shown(path), &text, faults);
                words.added += changes.added.len();
                words.removed += changes.removed.len();
                if !changes.added.is_empty() || !changes.removed.is_empty() {
                    words.files.push((built_in, list.with(&changes)));
                }
            }
        }
        Ok(words)
    }
}

/// A built-in list.
struct List {
    text: &'static str,
    columns: Vec<&'static str>,
    terms: BTreeSet<&'static str>,
    /// The values that a column allows, where it is a choice.
    values: Vec<Option<BTreeSet<&'static str>>>,
    /// Whether a term may stand on several lines, told apart by the second column.
    repeats: bool,
}

/// What a user's file does to a list.
#[derive(Default)]
struct Changes<'a> {
    /// Lines by what they replace.
    added: BTreeMap<Vec<&'a str>, Vec<&'a str>>,
    removed: BTreeSet<&'a str>,
}

impl List {
    fn new(text: &'static str) -> Self {
        let head = text
            .lines()
            .filter_map(|line| line.strip_prefix('#'))
            .map(str::trim_start)
            .rfind(|head| head.split('\t').next() == Some("term"));
        let columns: Vec<&str> = head.unwrap_or("term").split('\t').collect();
        let mut terms = BTreeSet::new();
        let mut values = vec![BTreeSet::new(); columns.len()];
        let mut repeats = false;
        for (_, cells) in lines(text) {
            repeats |= !terms.insert(cells[0]);
            for (cell, values) in cells.iter().zip(&mut values).skip(1) {
                values.extend(cell.split(','));
            }
        }
        let choice = |values: BTreeSet<&'static str>| {
            (!values.is_empty() && values.len() <= MOST_VALUES).then_some(values)
        };
        Self {
            text,
            columns,
            terms,
            values: values.into_iter().map(choice).collect(),
            repeats,
        }
    }

    /// What of a line names the line that it replaces.
    fn key<'a>(&self, cells: &[&'a str]) -> Vec<&'a str> {
        cells
            .iter()
            .take(1 + usize::from(self.repeats))
            .copied()
            .collect()
    }

    fn changes<'a>(&self, path: &str, text: &'a str, faults: &mut Vec<Fault>) -> Changes<'a> {
        let mut changes = Changes::default();
        let mut first: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
        let built_in: BTreeSet<Vec<&str>> = lines(self.text).map(|(_, cells)| cells).collect();
        for (n, mut cells) in lines(text) {
            let mut fault = |message, values: &[&dyn std::fmt::Display]| {
                faults.push(Fault::new(path, n, message, values));
            };
            if let Some(term) = cells[0].strip_prefix('-') {
                let term = term.trim();
                match self.terms.contains(term) {
                    false => fault("fault.removed", &[&term]),
                    true if !changes.removed.insert(term) => fault("fault.twice", &[&term]),
                    true => {}
                }
                continue;
            }
            // Spreadsheets leave empty cells at the end of a line.
            while cells.len() > self.columns.len() && cells.last() == Some(&"") {
                cells.pop();
            }
            if cells.len() != self.columns.len() || cells[0].is_empty() {
                let columns = self.columns.join(" ⇥ ");
                fault(
                    "fault.columns",
                    &[&self.columns.len(), &columns, &cells.len()],
                );
                continue;
            }
            if let Some((column, allowed)) = self.not_allowed(&cells) {
                fault(
                    "fault.value",
                    &[&cells[column], &self.columns[column], &allowed],
                );
            }
            let key = self.key(&cells);
            if let Some(before) = first.insert(key.clone(), n) {
                fault("fault.again", &[&cells[0], &before]);
            }
            if built_in.contains(&cells) {
                fault("fault.built_in", &[&cells[0]]);
            }
            changes.added.insert(key, cells);
        }
        for (key, n) in first {
            if changes.removed.contains(key[0]) {
                faults.push(Fault::new(path, n, "fault.both", &[&key[0]]));
            }
        }
        changes
    }

    /// The first column with a value that it does not allow, and those that it does.
    fn not_allowed(&self, cells: &[&str]) -> Option<(usize, String)> {
        cells
            .iter()
            .zip(&self.values)
            .enumerate()
            .skip(1)
            .find_map(|(column, (cell, allowed))| {
                let allowed = allowed.as_ref()?;
                let is_known = cell.split(',').all(|value| allowed.contains(value));
                let list = || allowed.iter().copied().collect::<Vec<_>>().join(", ");
                (!is_known).then(|| (column, list()))
            })
    }

    /// The list with the changes in it.
    fn with(&self, changes: &Changes) -> String {
        let stays = |line: &&str| {
            let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            line.starts_with('#')
                || !changes.removed.contains(cells[0])
                    && !changes.added.contains_key(&self.key(&cells))
        };
        let kept = self.text.lines().filter(stays).map(str::to_owned);
        let added = changes.added.values().map(|cells| cells.join("\t"));
        let mut text = kept.chain(added).collect::<Vec<_>>().join("\n");
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# Words.\n# term\tstrength\n专业合作社\tstrong\n不锈钢\tweak\n";

    fn change(text: &str) -> (String, Vec<usize>) {
        let mut faults = Vec::new();
        let list = List::new(LIST);
        let changes = list.changes("a.tsv", text, &mut faults);
        let lines = faults.iter().map(|fault| fault.line).collect();
        (list.with(&changes), lines)
    }

    #[test]
    fn a_line_adds_a_term_or_says_something_else_of_it_and_a_dash_takes_it_out() {
        assert_eq!(change("# nothing\n\n"), (LIST.to_owned(), Vec::new()));
        let (text, faults) = change("科技园\tstrong\n不锈钢\tstrong\t\n-专业合作社\n");
        assert_eq!(faults, Vec::<usize>::new());
        assert_eq!(
            text,
            "# Words.\n# term\tstrength\n不锈钢\tstrong\n科技园\tstrong\n"
        );
    }

    #[test]
    fn every_fault_has_its_line() {
        for (text, line) in [
            ("科技园\tstrong\n科技园\tweak\n", 2),
            ("# a\n科技园\tmiddling\n", 2),
            ("科技园\n", 1),
            ("不锈钢\tweak\n", 1),
            ("-科技园\n", 1),
            ("-不锈钢\n不锈钢\tstrong\n", 2),
            ("-不锈钢\n-不锈钢\n", 2),
        ] {
            assert_eq!(change(text).1, [line], "{text}");
        }
    }
}
