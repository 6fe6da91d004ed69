//! `xiangtu money`: who invests where, how much, planned and done.

use std::io::Write;

use super::rows::{self, Cell, Column, LedgerArguments, hidden, joined, named, shown};
use super::{Context, Done, file_name};
use crate::graph::money::{By, Named, Stake, Sum, stakes, sums};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, value_enum, default_value = "project")]
    by: By,
    #[arg(long, default_value_t = 30, value_name = "N")]
    top: usize,
    #[command(flatten)]
    ledger: LedgerArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let (store, at) = arguments.ledger.open(context)?;
    let answer = &arguments.ledger.answer;
    let mut found = stakes(&store, at.as_deref())?;
    let none = context.lang.text("money.none");
    let top = match arguments.top {
        0 => usize::MAX,
        top => top,
    };
    if arguments.by == By::Project {
        found.truncate(top);
        return rows::write(out, context, answer, &store, &found, &stake_columns(), none);
    }
    let mut found = sums(&store, &found, arguments.by)?;
    found.truncate(top);
    rows::write(out, context, answer, &store, &found, &sum_columns(), none)
}

fn stake_columns() -> Vec<Column<Stake>> {
    vec![
        hidden("id", |s| Cell::id(&s.subject.id)),
        named("subject", |s| Cell::Text(s.subject.name.clone())),
        hidden("type", |s| Cell::Kind(s.kind)),
        shown("enterprise", |s| Cell::Text(names(&s.enterprises))),
        hidden("enterprise_ids", |s| Cell::ids(ids(&s.enterprises))),
        shown("place", |s| name(s.place.as_ref())),
        hidden("place_id", |s| {
            Cell::ids(s.place.as_ref().map(|place| &place.id))
        }),
        hidden("place_stated", |s| {
            Cell::Code(if s.place_stated { "true" } else { "false" })
        }),
        shown("amount", |s| Cell::Text(s.text.clone())),
        hidden("base_amount", |s| Cell::Number(s.amount, 0)),
        hidden("unit", |s| Cell::Text(s.unit.clone())),
        shown("stated", |s| Cell::Count(s.stated)),
        shown("state", |s| Cell::Code(s.state.name())),
        shown("year", |s| Cell::Year(s.year)),
        joined("document", |s| {
            Cell::Text(file_name(&s.document).to_owned())
        }),
        hidden("document", |s| Cell::Text(s.document.clone())),
        hidden("quote", |s| Cell::Text(s.quote.clone())),
        hidden("statement", |s| Cell::id(&s.statement)),
    ]
}

fn sum_columns() -> Vec<Column<Sum>> {
    vec![
        hidden("id", |s| Cell::ids(s.of.as_ref().map(|of| &of.id))),
        named("name", |s| match &s.of {
            Some(of) => Cell::Text(of.name.clone()),
            None => Cell::Code("none_such"),
        }),
        shown("subjects", |s| Cell::Count(s.subjects)),
        shown("enterprises", |s| Cell::Count(s.enterprises)),
        shown("total", |s| Cell::Money(s.total, s.unit.clone())),
        shown("planned", |s| Cell::Money(s.planned, s.unit.clone())),
        shown("ongoing", |s| Cell::Money(s.ongoing, s.unit.clone())),
        shown("completed", |s| Cell::Money(s.completed, s.unit.clone())),
        shown("state_unknown", |s| Cell::Money(s.unknown, s.unit.clone())),
        hidden("unit", |s| Cell::Text(s.unit.clone())),
    ]
}

fn name(of: Option<&Named>) -> Cell {
    of.map_or(Cell::Nothing, |of| Cell::Text(of.name.clone()))
}

/// The IRIs of several things.
pub(super) fn ids(things: &[Named]) -> impl Iterator<Item = &String> {
    things.iter().map(|thing| &thing.id)
}

/// The names of several things in one cell.
pub(super) fn names(things: &[Named]) -> String {
    let names: Vec<&str> = things.iter().map(|thing| thing.name.as_str()).collect();
    names.join("、")
}
