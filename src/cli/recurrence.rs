//! `xiangtu recurrence`: which initiatives recur across regions.

use std::collections::BTreeSet;
use std::io::Write;

use super::rows::{self, AnalysisArguments, Cell, Column, hidden, joined, named, shown};
use super::{Context, Done, table};
use crate::graph::recurrence::{Options, Recurrence, Surprise, YearCount, recurrence};
use crate::messages::Lang;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, default_value_t = 2, value_name = "N")]
    min: usize,
    #[arg(long)]
    by_year: bool,
    #[command(flatten)]
    analysis: AnalysisArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = arguments.analysis.answer.open(context)?;
    let options = Options {
        selection: arguments.analysis.selection.selection(),
        min: arguments.min,
    };
    let found = recurrence(&store, &options)?;
    let answer = &arguments.analysis.answer;
    let none = context.lang.fill("recurrence.none", &[&arguments.min]);
    if !arguments.by_year || context.json || found.is_empty() {
        return rows::write(out, context, answer, &store, &found, &columns(), &none);
    }
    let years: Vec<(&Recurrence, &YearCount)> = found
        .iter()
        .flat_map(|row| row.by_year.iter().map(move |year| (row, year)))
        .collect();
    if !answer.is_for_people(context) {
        return rows::write(out, context, answer, &store, &years, &year_columns(), &none);
    }
    // People read the years beside each other.
    rows::write_rdf(out, context, answer, &[&store], &years, &year_columns())?;
    write_years(out, context.lang, &found)?;
    Ok(super::Exit::Found)
}

fn columns() -> Vec<Column<Recurrence>> {
    vec![
        hidden("id", |row| Cell::id(&row.id)),
        named("campaign", |row| Cell::Text(row.name.clone())),
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
        hidden("id", |(row, _)| Cell::id(&row.id)),
        named("campaign", |(row, _)| Cell::Text(row.name.clone())),
        named("year", |(_, year)| Cell::Year(Some(year.year))),
        shown("places", |(_, year)| Cell::Count(year.places)),
        shown("reporting", |(_, year)| Cell::Count(year.reporting)),
    ]
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
