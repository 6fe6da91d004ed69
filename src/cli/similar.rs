//! `xiangtu similar`: which places resemble a place in what they do, and by what.

use std::io::Write;

use super::rows::{self, AnalysisArguments, Cell, Column, Of, hidden, joined, named, shown};
use super::{Context, Done, one};
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
    analysis: AnalysisArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = arguments.analysis.answer.open(context)?;
    let place = one(&store, &arguments.place, EntityType::Place)?;
    let top = match arguments.top {
        0 => usize::MAX,
        top => top,
    };
    let found = similar(
        &store,
        &arguments.analysis.selection.selection(),
        &place,
        top,
    )?;
    let name = store.full_name_of(&place)?;
    let none = context.lang.fill("similar.none", &[&name]);
    let found = Of::all(&place, &name, found);
    let answer = &arguments.analysis.answer;
    rows::write(out, context, answer, &store, &found, &columns(), &none)
}

fn columns() -> Vec<Column<Of<Similar>>> {
    vec![
        hidden("of_id", |of| Cell::id(&of.of)),
        hidden("of", |of| Cell::Text(of.name.clone())),
        hidden("id", |of| Cell::id(&of.row.id)),
        named("place", |of| Cell::Text(of.row.name.clone())),
        shown("cosine", |of| Cell::Number(of.row.cosine, 3)),
        shown("campaigns", |of| Cell::Count(of.row.campaigns)),
        shown("shared", |of| Cell::Count(of.row.shared.len())),
        joined("by", |of| Cell::Text(names(&of.row, NAMED))),
        hidden("shared_campaigns", |of| {
            Cell::Text(names(&of.row, usize::MAX))
        }),
        hidden("shared_ids", |of| {
            Cell::ids(of.row.shared.iter().map(|shared| &shared.id))
        }),
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
