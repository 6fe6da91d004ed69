//! `xiangtu recurrence`: which initiatives recur across regions.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::rows::{self, Cell, Column, CsvArgument, hidden, joined, shown};
use super::{Context, Done, SelectionArguments, StoreArgument, open, table};
use crate::export::{Finding, write_findings};
use crate::graph::recurrence::{Options, Recurrence, Surprise, YearCount, recurrence};
use crate::messages::Lang;
use crate::{Error, vocab};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, default_value_t = 2, value_name = "N")]
    min: usize,
    #[arg(long)]
    by_year: bool,
    #[arg(long, value_name = "FILE")]
    rdf: Option<PathBuf>,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    csv: CsvArgument,
    #[command(flatten)]
    store: StoreArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open(&arguments.store, context)?;
    let options = Options {
        selection: arguments.selection.selection(),
        min: arguments.min,
    };
    let found = recurrence(&store, &options)?;
    if let Some(path) = &arguments.rdf {
        write_rdf(path, &options, &found)?;
    }
    let none = context.lang.fill("recurrence.none", &[&arguments.min]);
    if !arguments.by_year || context.json || found.is_empty() {
        return rows::write(out, context, arguments.csv.csv, &found, &columns(), &none);
    }
    if arguments.csv.csv {
        let years: Vec<(&Recurrence, &YearCount)> = found
            .iter()
            .flat_map(|row| row.by_year.iter().map(move |year| (row, year)))
            .collect();
        return rows::write(out, context, true, &years, &year_columns(), &none);
    }
    write_years(out, context.lang, &found)?;
    Ok(super::Exit::Found)
}

fn columns() -> Vec<Column<Recurrence>> {
    vec![
        hidden("id", |row| Cell::Text(row.id.clone())),
        shown("campaign", |row| Cell::Text(row.name.clone())),
        hidden("places", |row| Cell::Count(row.places)),
        shown("towns", |row| Cell::Count(row.towns)),
        shown("counties", |row| Cell::Count(row.counties)),
        shown("prefectures", |row| Cell::Count(row.prefectures)),
        shown("provinces", |row| Cell::Count(row.provinces)),
        shown("statements", |row| Cell::Count(row.statements)),
        shown("documents", |row| Cell::Count(row.documents)),
        shown("first", |row| Cell::Year(row.first)),
        shown("last", |row| Cell::Year(row.last)),
        shown("spread", |row| Cell::Number(row.spread, 2)),
        joined("observed_expected", |row| match &row.across {
            Some(s) => Cell::Text(format!("{}/{:.1}", s.observed, s.expected)),
            None => Cell::Nothing,
        }),
        hidden("observed_provinces", |row| {
            of(&row.across, |s| s.observed as f64, 0)
        }),
        hidden("expected_provinces", |row| {
            of(&row.across, |s| s.expected, 1)
        }),
        hidden("p_provinces", |row| of(&row.across, |s| s.p, 4)),
        shown("q_provinces", |row| of(&row.across, |s| s.q, 3)),
        shown("across", |row| verdict(&row.across)),
        hidden("observed_prefectures", |row| {
            of(&row.nearby, |s| s.observed as f64, 0)
        }),
        hidden("expected_prefectures", |row| {
            of(&row.nearby, |s| s.expected, 1)
        }),
        hidden("p_prefectures", |row| of(&row.nearby, |s| s.p, 4)),
        hidden("q_prefectures", |row| of(&row.nearby, |s| s.q, 3)),
        hidden("nearby", |row| verdict(&row.nearby)),
    ]
}

fn of(surprise: &Option<Surprise>, value: fn(&Surprise) -> f64, decimals: usize) -> Cell {
    Cell::number(surprise.as_ref().map(value), decimals)
}

fn verdict(surprise: &Option<Surprise>) -> Cell {
    surprise
        .as_ref()
        .map_or(Cell::Nothing, |surprise| Cell::Code(surprise.verdict()))
}

fn year_columns<'a>() -> Vec<Column<(&'a Recurrence, &'a YearCount)>> {
    vec![
        hidden("id", |(row, _)| Cell::Text(row.id.clone())),
        shown("campaign", |(row, _)| Cell::Text(row.name.clone())),
        shown("year", |(_, year)| Cell::Year(Some(year.year))),
        shown("places", |(_, year)| Cell::Count(year.places)),
        shown("reporting", |(_, year)| Cell::Count(year.reporting)),
    ]
}

/// The rows as findings in Turtle.
fn write_rdf(path: &Path, options: &Options, found: &[Recurrence]) -> anyhow::Result<()> {
    let findings: Vec<Finding> = found.iter().map(finding).collect();
    let selection = &options.selection;
    let level = selection.level.to_possible_value();
    let settings = format!(
        "level={} min={} since={} domain={} rollup={} min-confidence={}",
        level.as_ref().map_or("", |level| level.get_name()),
        options.min,
        selection
            .since
            .map_or_else(String::new, |year| year.to_string()),
        selection.domain.as_deref().unwrap_or(""),
        selection.rollup,
        selection.min_confidence,
    );
    let mut out = BufWriter::new(File::create(path).map_err(|e| Error::file(path, e))?);
    Ok(write_findings(
        "recurrence",
        &settings,
        &findings,
        &mut out,
        path,
    )?)
}

fn finding(row: &Recurrence) -> Finding {
    let mut finding = Finding {
        about: row.id.clone(),
        values: Vec::new(),
    };
    for (property, n) in [
        (vocab::PLACE_COUNT, row.places),
        (vocab::TOWN_COUNT, row.towns),
        (vocab::COUNTY_COUNT, row.counties),
        (vocab::PREFECTURE_COUNT, row.prefectures),
        (vocab::PROVINCE_COUNT, row.provinces),
        (vocab::STATEMENT_COUNT, row.statements),
        (vocab::DOCUMENT_COUNT, row.documents),
    ] {
        finding.count(property, n);
    }
    finding.year(vocab::FIRST_YEAR, row.first);
    finding.year(vocab::LAST_YEAR, row.last);
    finding.number(vocab::SPREAD, row.spread);
    if let Some(surprise) = &row.across {
        finding.number(vocab::EXPECTED_PROVINCES, surprise.expected);
        finding.number(vocab::P_VALUE, surprise.p);
        finding.number(vocab::Q_VALUE, surprise.q);
    }
    finding
}

/// One column a year, and below all campaigns how many places report any.
fn write_years(out: &mut dyn Write, lang: Lang, found: &[Recurrence]) -> anyhow::Result<()> {
    let counts = || found.iter().flat_map(|row| &row.by_year);
    let years: BTreeSet<i32> = counts().map(|count| count.year).collect();
    let names: Vec<String> = years.iter().map(i32::to_string).collect();
    let mut headings = vec![lang.text("col.campaign"), lang.text("col.places")];
    headings.extend(names.iter().map(String::as_str));
    let mut cells = Vec::new();
    for row in found {
        let mut line = vec![row.name.clone(), row.places.to_string()];
        line.extend(years.iter().map(|year| {
            let count = row.by_year.iter().find(|count| count.year == *year);
            count.map_or_else(String::new, |count| count.places.to_string())
        }));
        cells.push(line);
    }
    let mut line = vec![lang.text("recurrence.reporting").to_owned(), String::new()];
    line.extend(years.iter().map(|year| {
        let reporting = counts().find(|count| count.year == *year);
        reporting.map_or_else(String::new, |count| count.reporting.to_string())
    }));
    cells.push(line);
    Ok(table::write(out, &headings, &cells)?)
}
