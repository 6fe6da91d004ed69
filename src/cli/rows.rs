//! What the analyses print: one list of columns for the table of people and for CSV.

use std::io::Write;

use serde::Serialize;

use super::{Context, Done, Exit, table, write_json};
use crate::export::harmless;
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::vocab;

/// CSV instead of a table.
#[derive(clap::Args)]
pub(super) struct CsvArgument {
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
}

/// One value of a row.
pub(super) enum Cell {
    /// A name or sentence as it is.
    Text(String),
    /// A word of the program: CSV has the code, people read its text (`said.CODE`).
    Code(&'static str),
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
    /// A number where there is one.
    pub(super) fn number(value: Option<f64>, decimals: usize) -> Self {
        match value {
            Some(value) if value.is_finite() => Self::Number(value, decimals),
            _ => Self::Nothing,
        }
    }

    fn shown(&self, lang: Lang) -> String {
        match self {
            Self::Code(code) => match lang.find(&format!("said.{code}")) {
                Some(text) => text.to_owned(),
                None => (*code).to_owned(),
            },
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
            Self::Code(code) => (*code).to_owned(),
            Self::Kind(kind) => kind.name().to_owned(),
            Self::Count(n) => n.to_string(),
            Self::Number(value, _) | Self::Money(value, _) => value.to_string(),
            Self::Year(year) => year.map_or_else(String::new, |year| year.to_string()),
            Self::Nothing => String::new(),
        }
    }
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
    /// The value.
    pub(super) cell: fn(&R) -> Cell,
}

/// A column for people and CSV.
pub(super) fn shown<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column {
        name,
        shown: true,
        plain: true,
        cell,
    }
}

/// A column of CSV only.
pub(super) fn hidden<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column {
        name,
        shown: false,
        plain: true,
        cell,
    }
}

/// A column for people only: several values in one cell, which CSV has apart.
pub(super) fn joined<R>(name: &'static str, cell: fn(&R) -> Cell) -> Column<R> {
    Column {
        name,
        shown: true,
        plain: false,
        cell,
    }
}

/// Writes rows as JSON, CSV or a table; says `none` where there are no rows and the reader is a person.
pub(super) fn write<R: Serialize>(
    out: &mut dyn Write,
    context: &Context,
    csv: bool,
    rows: &[R],
    columns: &[Column<R>],
    none: &str,
) -> Done {
    if context.json {
        write_json(out, &rows)?;
    } else if csv {
        write_csv(out, rows, columns)?;
    } else if rows.is_empty() {
        writeln!(out, "{none}")?;
    } else {
        write_table(out, context.lang, rows, columns)?;
    }
    Ok(if rows.is_empty() {
        Exit::Nothing
    } else {
        Exit::Found
    })
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

fn write_csv<R>(out: &mut dyn Write, rows: &[R], columns: &[Column<R>]) -> anyhow::Result<()> {
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
