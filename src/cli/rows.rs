//! What the analyses print: one list of columns for the table of people, for CSV and for RDF.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNode, Term};
use serde::Serialize;

use super::{
    AtArgument, Context, Done, Exit, SelectionArguments, StoreArgument, open, table, write_json,
};
use crate::export::{Finding, Run, harmless};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::store::Store;
use crate::{Error, vocab};

/// Which store is asked, and what the answer is written as besides the table.
#[derive(clap::Args)]
pub(super) struct AnswerArguments {
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
    #[arg(long, value_name = "FILE")]
    rdf: Option<PathBuf>,
    #[command(flatten)]
    pub(super) store: StoreArgument,
}

impl AnswerArguments {
    /// The store.
    pub(super) fn open(&self, context: &Context) -> anyhow::Result<Store> {
        open(&self.store, context)
    }

    /// Whether a table is asked for, which may have a line above it.
    pub(super) fn is_for_people(&self, context: &Context) -> bool {
        !context.json && !self.csv && self.rdf.as_deref() != Some(Path::new("-"))
    }
}

/// What the analyses of initiatives are asked: which statements, of which store.
#[derive(clap::Args)]
pub(super) struct AnalysisArguments {
    #[command(flatten)]
    pub(super) selection: SelectionArguments,
    #[command(flatten)]
    pub(super) answer: AnswerArguments,
}

/// What the ledgers are asked: of which place, of which store.
#[derive(clap::Args)]
pub(super) struct LedgerArguments {
    #[command(flatten)]
    at: AtArgument,
    #[command(flatten)]
    pub(super) answer: AnswerArguments,
}

impl LedgerArguments {
    /// The store, and the IRI of the place where one is given.
    pub(super) fn open(&self, context: &Context) -> anyhow::Result<(Store, Option<String>)> {
        let store = self.answer.open(context)?;
        let at = self.at.place(&store)?;
        Ok((store, at))
    }
}

/// A row that speaks of something without naming it: what the question was about.
#[derive(Serialize)]
pub(super) struct Of<R> {
    /// IRI of that.
    #[serde(skip)]
    pub(super) of: String,
    /// Its name.
    #[serde(skip)]
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) row: R,
}

impl<R> Of<R> {
    /// All rows of one question.
    pub(super) fn all(of: &str, name: &str, rows: Vec<R>) -> Vec<Self> {
        let of_it = |row| Self {
            of: of.to_owned(),
            name: name.to_owned(),
            row,
        };
        rows.into_iter().map(of_it).collect()
    }
}

/// One value of a row.
pub(super) enum Cell {
    /// A name or sentence as it is.
    Text(String),
    /// IRIs of things.
    Ids(Vec<String>),
    /// A word of the program: CSV has the code, people read its text (`said.CODE`).
    Code(&'static str),
    /// How many there are of several words of the program; none of those of which there is none.
    Tally(Vec<(&'static str, usize)>),
    /// A type of entity: CSV has its code, people read the ontology's label.
    Kind(EntityType),
    /// A whole number.
    Count(usize),
    /// A number, shown to people with so many decimals.
    Number(f64, usize),
    /// An amount in a base unit: CSV has the plain number, people read 万 and 亿.
    Money(f64, String),
    /// A year, where it is known.
    Year(Option<i32>),
    /// Nothing to say.
    Nothing,
}

impl Cell {
    /// A thing's IRI.
    pub(super) fn id(iri: &str) -> Self {
        Self::Ids(vec![iri.to_owned()])
    }

    /// Several IRIs.
    pub(super) fn ids<'a>(iris: impl IntoIterator<Item = &'a String>) -> Self {
        Self::Ids(iris.into_iter().cloned().collect())
    }

    /// A number where there is one.
    pub(super) fn number(value: Option<f64>, decimals: usize) -> Self {
        match value {
            Some(value) if value.is_finite() => Self::Number(value, decimals),
            _ => Self::Nothing,
        }
    }

    fn shown(&self, lang: Lang) -> String {
        match self {
            Self::Code(code) => said(code, lang).to_owned(),
            Self::Tally(counts) => {
                let counts = counts.iter().filter(|(_, n)| *n > 0);
                let counts: Vec<String> = counts
                    .map(|(code, n)| format!("{} {n}", said(code, lang)))
                    .collect();
                counts.join("、")
            }
            Self::Kind(kind) => {
                let class = vocab::class(*kind);
                Ontology::get()
                    .label(class.as_str(), lang.index())
                    .to_owned()
            }
            Self::Number(value, decimals) => format!("{value:.decimals$}"),
            Self::Money(0.0, _) => String::new(),
            Self::Money(amount, unit) => match *amount {
                a if a >= 1e8 => format!("{}亿{unit}", trimmed(a / 1e8)),
                a if a >= 1e4 => format!("{}万{unit}", trimmed(a / 1e4)),
                a => format!("{}{unit}", trimmed(a)),
            },
            _ => self.plain(),
        }
    }

    fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Ids(iris) => iris.join(" "),
            Self::Code(code) => (*code).to_owned(),
            Self::Tally(counts) => {
                let counts = counts.iter().map(|(code, n)| format!("{code} {n}"));
                counts.collect::<Vec<_>>().join(" ")
            }
            Self::Kind(kind) => kind.name().to_owned(),
            Self::Count(n) => n.to_string(),
            Self::Number(value, _) | Self::Money(value, _) => value.to_string(),
            Self::Year(year) => year.map_or_else(String::new, |year| year.to_string()),
            Self::Nothing => String::new(),
        }
    }

    /// The values in RDF, of the datatype that the property has.
    fn terms(&self, range: Option<&str>) -> Vec<Term> {
        match self {
            Self::Ids(iris) => {
                let iris = iris.iter().map(NamedNode::new_unchecked);
                iris.map(Term::from).collect()
            }
            Self::Number(value, _) | Self::Money(value, _) if !value.is_finite() => Vec::new(),
            _ => match self.plain() {
                text if text.is_empty() => Vec::new(),
                text => {
                    let range = range.unwrap_or(xsd::STRING.as_str());
                    let datatype = NamedNode::new_unchecked(range);
                    vec![Literal::new_typed_literal(text, datatype).into()]
                }
            },
        }
    }
}

/// What people read for a word of the program.
fn said(code: &'static str, lang: Lang) -> &'static str {
    lang.find(&format!("said.{code}")).unwrap_or(code)
}

/// At most two decimals, without zeros at the end.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// One column over rows of `R`.
pub(super) struct Column<R> {
    /// Heading of CSV; `col.NAME` is what people read.
    pub(super) name: &'static str,
    /// Whether people see it.
    pub(super) shown: bool,
    /// Whether CSV has it.
    pub(super) plain: bool,
    /// Whether a finding is called by it.
    pub(super) names: bool,
    /// The value.
    pub(super) cell: fn(&R) -> Cell,
}

/// A column for people and CSV.
pub(super) fn shown<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column {
        name,
        shown: true,
        plain: true,
        names: false,
        cell,
    }
}

/// A column for people and CSV by which a finding is called in RDF.
pub(super) fn named<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column {
        names: true,
        ..shown(name, cell)
    }
}

/// A column of CSV and RDF only.
pub(super) fn hidden<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column {
        shown: false,
        ..shown(name, cell)
    }
}

/// A column for people only: several values in one cell, which CSV and RDF have apart.
pub(super) fn joined<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column {
        plain: false,
        ..shown(name, cell)
    }
}

/// Writes rows as the arguments ask: RDF, and JSON, CSV or a table; says `none` where there are no rows and the reader is
/// a person.
pub(super) fn write<R: Serialize>(
    out: &mut dyn Write,
    context: &Context,
    answer: &AnswerArguments,
    store: &Store,
    rows: &[R],
    columns: &[Column<R>],
    none: &str,
) -> Done {
    let printed = write_rdf(out, context, answer, &[store], rows, columns)?;
    if printed {
    } else if context.json {
        write_json(out, &rows)?;
    } else if answer.csv {
        write_csv(out, rows, columns)?;
    } else if rows.is_empty() {
        writeln!(out, "{none}")?;
    } else {
        write_table(out, context.lang, rows, columns)?;
    }
    Ok(found(rows))
}

/// Whether there is anything to show.
pub(super) fn found<R>(rows: &[R]) -> Exit {
    match rows.is_empty() {
        true => Exit::Nothing,
        false => Exit::Found,
    }
}

/// Writes rows as findings where that is asked for; whether they took the place of what is printed (`--rdf -`).
pub(super) fn write_rdf<R>(
    out: &mut dyn Write,
    context: &Context,
    answer: &AnswerArguments,
    stores: &[&Store],
    rows: &[R],
    columns: &[Column<R>],
) -> anyhow::Result<bool> {
    let Some(path) = &answer.rdf else {
        return Ok(false);
    };
    let (analysis, settings) = context.question();
    let findings: Vec<Finding> = rows
        .iter()
        .map(|row| finding(&analysis, row, columns))
        .collect();
    let run = Run::new(analysis, settings, stores)?;
    let wrong = |e| Error::file(path, e);
    if path == Path::new("-") {
        run.write(&findings, out).map_err(wrong)?;
        return Ok(true);
    }
    let mut file = BufWriter::new(File::create(path).map_err(wrong)?);
    run.write(&findings, &mut file).map_err(wrong)?;
    Ok(false)
}

/// A row with the properties that the ontology gives its columns.
fn finding<R>(analysis: &str, row: &R, columns: &[Column<R>]) -> Finding {
    let mut finding = Finding {
        label: String::new(),
        cells: Vec::new(),
        values: Vec::new(),
    };
    let mut names = Vec::new();
    for column in columns.iter().filter(|column| column.plain) {
        let cell = (column.cell)(row);
        let text = cell.plain();
        if let Some((property, term)) = Ontology::get().column(analysis, column.name) {
            let values = cell.terms(term.range.as_deref()).into_iter();
            let property = NamedNode::new_unchecked(property);
            finding
                .values
                .extend(values.map(|value| (property.clone(), value)));
        }
        if column.names && !text.is_empty() {
            names.push(text.clone());
        }
        finding.cells.push(text);
    }
    finding.label = match names.is_empty() {
        true => analysis.to_owned(),
        false => names.join(" · "),
    };
    finding
}

/// The table that people read.
pub(super) fn write_table<R>(
    out: &mut dyn Write,
    lang: Lang,
    rows: &[R],
    columns: &[Column<R>],
) -> anyhow::Result<()> {
    let columns: Vec<&Column<R>> = columns.iter().filter(|column| column.shown).collect();
    let headings: Vec<&str> = columns
        .iter()
        .map(|column| {
            lang.find(&format!("col.{}", column.name))
                .unwrap_or(column.name)
        })
        .collect();
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| columns.iter().map(|c| (c.cell)(row).shown(lang)).collect())
        .collect();
    Ok(table::write(out, &headings, &cells)?)
}

pub(super) fn write_csv<R>(
    out: &mut dyn Write,
    rows: &[R],
    columns: &[Column<R>],
) -> anyhow::Result<()> {
    let columns: Vec<&Column<R>> = columns.iter().filter(|column| column.plain).collect();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns.iter().map(|column| column.name))?;
    for row in rows {
        let cells = columns.iter().map(|column| match (column.cell)(row) {
            Cell::Text(text) => harmless(&text),
            cell => cell.plain(),
        });
        writer.write_record(cells)?;
    }
    Ok(writer.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_rounded_amounts_and_programs_plain_ones() {
        let cell = Cell::Money(123_456_789.0, "元".to_owned());
        assert_eq!(cell.shown(Lang::Zh), "1.23亿元");
        assert_eq!(cell.plain(), "123456789");
        assert_eq!(
            Cell::Money(85_000.0, "元".to_owned()).shown(Lang::Zh),
            "8.5万元"
        );
        assert_eq!(Cell::Number(0.123_456, 2).shown(Lang::En), "0.12");
        assert_eq!(Cell::number(Some(f64::NAN), 2).plain(), "");
        assert_eq!(Cell::Code("kept").shown(Lang::Zh), "兑现");
        assert_eq!(Cell::Code("kept").plain(), "kept");
    }

    #[test]
    fn no_name_is_a_formula() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("@项目", "'@项目"),
            ("-甲", "'-甲"),
            ("+8%", "+8%"),
            ("锦江镇", "锦江镇"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), cell);
        }
    }
}
