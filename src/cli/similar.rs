//! `xiangtu similar`: which places resemble a place in what they do, and by what.

use std::io::Write;

use super::rows::{self, Cell, Column, CsvArgument, hidden, shown};
use super::{Context, Done, SelectionArguments, StoreArgument, one, open};
use crate::graph::similar::{Similar, similar};
use crate::model::EntityType;

/// Shared initiatives that the table names; JSON and CSV name all.
const NAMED: usize = 5;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "PLACE")]
    place: String,
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    csv: CsvArgument,
    #[command(flatten)]
    store: StoreArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open(&arguments.store, context)?;
    let place = one(&store, &arguments.place, EntityType::Place)?;
    let top = match arguments.top {
        0 => usize::MAX,
        top => top,
    };
    let found = similar(&store, &arguments.selection.selection(), &place.id, top)?;
    let none = context.lang.fill("similar.none", &[&place.describe()]);
    rows::write(out, context, arguments.csv.csv, &found, &columns(), &none)
}

fn columns() -> Vec<Column<Similar>> {
    vec![
        hidden("id", |row| Cell::Text(row.id.clone())),
        shown("place", |row| Cell::Text(row.name.clone())),
        shown("cosine", |row| Cell::Number(row.cosine, 3)),
        shown("campaigns", |row| Cell::Count(row.campaigns)),
        shown("shared", |row| Cell::Count(row.shared.len())),
        shown("by", |row| Cell::Text(names(row, NAMED))),
        hidden("shared_campaigns", |row| Cell::Text(names(row, usize::MAX))),
    ]
}

/// Shared initiatives, each with its part of the likeness in percent.
fn names(row: &Similar, most: usize) -> String {
    let mut names: Vec<String> = row
        .shared
        .iter()
        .take(most)
        .map(|shared| format!("{} {:.0}%", shared.name, 100.0 * shared.part / row.cosine))
        .collect();
    if row.shared.len() > most {
        names.push("…".to_owned());
    }
    names.join("、")
}
