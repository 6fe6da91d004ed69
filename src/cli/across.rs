//! `xiangtu across`: enterprises that several regions name.

use std::io::Write;

use super::money::names;
use super::rows::{self, Cell, Column, CsvArgument, hidden, shown};
use super::{ConfidenceArgument, Context, Done, StoreArgument, open};
use crate::graph::across::{Across, across};
use crate::graph::adoption::Level;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, value_enum, default_value = "county")]
    level: Level,
    #[arg(long, default_value_t = 2, value_name = "N")]
    min: usize,
    #[command(flatten)]
    csv: CsvArgument,
    #[command(flatten)]
    store: StoreArgument,
    #[command(flatten)]
    confidence: ConfidenceArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open(&arguments.store, context)?;
    let min_confidence = arguments.confidence.min_confidence;
    let found = across(&store, arguments.level, arguments.min, min_confidence)?;
    let none = context.lang.fill("across.none", &[&arguments.min]);
    rows::write(out, context, arguments.csv.csv, &found, &columns(), &none)
}

fn columns() -> Vec<Column<Across>> {
    vec![
        hidden("ids", |row| Cell::Text(row.ids.join(" "))),
        shown("enterprise", |row| Cell::Text(row.name.clone())),
        shown("joined", |row| Cell::Count(row.joined)),
        shown("counties", |row| Cell::Count(row.counties)),
        shown("provinces", |row| Cell::Count(row.provinces)),
        shown("where", |row| Cell::Text(names(&row.regions))),
        shown("projects", |row| Cell::Count(row.projects.len())),
        hidden("project_names", |row| Cell::Text(names(&row.projects))),
        shown("amount", |row| match row.yuan {
            0.0 => Cell::Nothing,
            yuan => Cell::Money(yuan, "元".to_owned()),
        }),
        shown("documents", |row| Cell::Count(row.documents)),
        shown("first", |row| Cell::Year(row.years.map(|years| years.0))),
        shown("last", |row| Cell::Year(row.years.map(|years| years.1))),
    ]
}
