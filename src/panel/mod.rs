//! Panels: what researchers run regressions on, one row an observation, as CSV with a data dictionary.
//!
//! The columns and their meaning stand in `data/panels.tsv`. Cells of text that a spreadsheet would take for a formula are
//! made harmless; numbers are plain. Rows are sorted, so that the same graph gives the same bytes.

mod enterprises;
mod indicators;
mod initiatives;

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use crate::store::{DocumentRow, PlaceLevel, PlaceNode, Store};
use crate::{Error, Result};

const COLUMNS: &str = include_str!("../../data/panels.tsv");

/// Which panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Place × year × indicator.
    Indicators,
    /// Place × year × initiative.
    Initiatives,
    /// Enterprise × place × year × amount.
    Enterprises,
}

impl Kind {
    /// The name in `data/panels.tsv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Indicators => "indicators",
            Self::Initiatives => "initiatives",
            Self::Enterprises => "enterprises",
        }
    }
}

/// What a panel holds.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Leaves out earlier years and what has no year.
    pub since: Option<i32>,
    /// Only this place, by its IRI, and what is in it.
    pub at: Option<String>,
    /// Indicators: a row for every statement, also where several speak of the same.
    pub all: bool,
    /// Initiatives: a row for every year in which a place reports, also where it does not name the initiative.
    pub balanced: bool,
    /// Initiatives: fewest places that carry one out.
    pub min_places: usize,
}

/// A column of a panel.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// `text`, `integer`, `decimal` or `boolean`.
    pub kind: &'static str,
    /// What it is, in Chinese and English.
    pub about: [&'static str; 2],
}

/// A table with its dictionary.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The columns in order.
    pub columns: Vec<Column>,
    /// One observation a row.
    pub rows: Vec<Vec<String>>,
}

/// The columns of a panel.
pub fn columns(kind: Kind) -> Vec<Column> {
    let lines = COLUMNS.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let cells: Vec<&'static str> = line.split('\t').collect();
            let [panel, name, kind_of, zh, en] = cells.try_into().ok()?;
            (panel == kind.name()).then_some(Column {
                name,
                kind: kind_of,
                about: [zh, en],
            })
        })
        .collect()
}

/// Makes a panel. Cost: one pass over the statements of its properties, which it holds in memory.
pub fn panel(store: &Store, kind: Kind, options: &Options) -> Result<Panel> {
    let mut view = View::new(store, options)?;
    let mut rows = match kind {
        Kind::Indicators => indicators::rows(&mut view)?,
        Kind::Initiatives => initiatives::rows(&mut view)?,
        Kind::Enterprises => enterprises::rows(&mut view)?,
    };
    rows.sort();
    Ok(Panel {
        columns: columns(kind),
        rows,
    })
}

impl Panel {
    /// The observations as CSV (RFC 4180, UTF-8).
    pub fn write(&self, out: impl Write) -> Result<()> {
        let is_text: Vec<bool> = self.columns.iter().map(|c| c.kind == "text").collect();
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(self.columns.iter().map(|c| c.name))
            .map_err(unwritten)?;
        for row in &self.rows {
            let cells = row.iter().zip(&is_text);
            csv.write_record(cells.map(|(cell, is_text)| {
                if *is_text {
                    harmless(cell)
                } else {
                    cell.clone()
                }
            }))
            .map_err(unwritten)?;
        }
        csv.flush().map_err(|e| unwritten(e.into()))
    }

    /// The data dictionary as CSV: one column of the panel a row.
    pub fn write_dictionary(&self, out: impl Write) -> Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(["column", "type", "zh", "en"])
            .map_err(unwritten)?;
        for column in &self.columns {
            let [zh, en] = column.about;
            csv.write_record([column.name, column.kind, zh, en])
                .map_err(unwritten)?;
        }
        csv.flush().map_err(|e| unwritten(e.into()))
    }
}

fn unwritten(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(e) => Error::file("-", e),
        other => Error::Store(format!("cannot write the table: {other:?}")),
    }
}

/// A cell that no spreadsheet takes for a formula: an apostrophe before what would begin one, line ends as spaces.
///
/// ```
/// assert_eq!(xiangtu::panel::harmless("=1+1"), "'=1+1");
/// assert_eq!(xiangtu::panel::harmless("锦江镇"), "锦江镇");
/// ```
pub fn harmless(cell: &str) -> String {
    let plain: String = cell
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    // White space before the sign does not hinder a spreadsheet.
    let begins = plain.trim_start().chars().next();
    match begins {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{plain}"),
        _ => plain,
    }
}

/// The store as the panels see it: names and places looked up once.
struct View<'a> {
    store: &'a Store,
    options: &'a Options,
    places: BTreeMap<String, PlaceNode>,
    documents: HashMap<String, DocumentRow>,
    names: HashMap<String, String>,
}

impl<'a> View<'a> {
    fn new(store: &'a Store, options: &'a Options) -> Result<Self> {
        let documents = store.documents()?.into_iter();
        Ok(Self {
            store,
            options,
            places: store.places()?,
            documents: documents.map(|d| (d.id.clone(), d)).collect(),
            names: HashMap::new(),
        })
    }

    fn name(&mut self, iri: &str) -> Result<String> {
        if let Some(name) = self.names.get(iri) {
            return Ok(name.clone());
        }
        let name = self.store.full_name_of(iri)?;
        self.names.insert(iri.to_owned(), name.clone());
        Ok(name)
    }

    /// Whether a year is one that is asked for.
    fn takes_year(&self, year: Option<i32>) -> bool {
        let since = self.options.since;
        since.is_none_or(|since| year.is_some_and(|year| year >= since))
    }

    fn takes_place(&self, place: &str) -> bool {
        let at = self.options.at.as_deref();
        at.is_none_or(|at| self.upwards(place).any(|above| above == at))
    }

    /// A place and the divisions above it.
    fn upwards<'b>(&'b self, place: &'b str) -> impl Iterator<Item = &'b str> {
        let above = |id: &&'b str| self.places.get(*id)?.parent.as_deref();
        // Eight levels end any circle.
        std::iter::successors(Some(place), above).take(8)
    }

    /// IRI, code, name, province, prefecture and county of a place.
    fn place_cells(&mut self, place: &str) -> Result<Vec<String>> {
        let name = self.name(place)?;
        let code = self.places.get(place).map_or("", |node| &node.code);
        let level = |wanted| {
            let at_level = |id: &&str| {
                let node = self.places.get(*id)?;
                (PlaceLevel::of_code(&node.code) == Some(wanted)).then_some(node.name.clone())
            };
            self.upwards(place)
                .find_map(|id| at_level(&id))
                .unwrap_or_default()
        };
        Ok(vec![
            place.to_owned(),
            code.to_owned(),
            name,
            level(PlaceLevel::Province),
            level(PlaceLevel::Prefecture),
            level(PlaceLevel::County),
        ])
    }

    /// The file of a document.
    fn file(&self, document: &str) -> String {
        self.documents
            .get(document)
            .map_or("", DocumentRow::name)
            .to_owned()
    }

    fn home(&self, document: &str) -> Option<&str> {
        self.documents.get(document)?.home.as_deref()
    }
}

fn year_cell(year: Option<i32>) -> String {
    year.map_or_else(String::new, |year| year.to_string())
}

fn confidence_cell(confidence: f64) -> String {
    format!("{}", (confidence * 1000.0).round() / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_dictionary_is_whole() {
        for line in COLUMNS.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 5, "{line}");
            assert!(cells.iter().all(|cell| !cell.is_empty()), "{line}");
            assert!(
                ["text", "integer", "decimal", "boolean"].contains(&cells[2]),
                "{line}"
            );
        }
    }

    #[test]
    fn no_cell_begins_a_formula() {
        for cell in [
            "=cmd|' /C calc'!A0",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "＝1",
            " =1",
        ] {
            let harmless = harmless(cell);
            assert!(harmless.starts_with('\''), "{cell:?}");
        }
        assert_eq!(harmless("甲\r\n乙\u{0}"), "甲  乙 ");
        assert_eq!(harmless(""), "");
    }
}
