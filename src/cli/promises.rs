//! `xiangtu promises`: targets of one report beside the figures of a later one.

use std::io::Write;

use super::rows::{self, Cell, Column, LedgerArguments, hidden, joined, named, shown};
use super::{Context, Done, file_name};
use crate::graph::promises::{Figure, Outcome, Promise, promises};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, value_enum)]
    outcome: Option<Outcome>,
    #[command(flatten)]
    ledger: LedgerArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let (store, at) = arguments.ledger.open(context)?;
    let (lang, answer) = (context.lang, &arguments.ledger.answer);
    let all = promises(&store, at.as_deref())?;
    if answer.is_for_people(context) && !all.is_empty() {
        let count = |outcome| all.iter().filter(|p| p.outcome == outcome).count();
        let counts = Outcome::ALL.map(count);
        let mut values: Vec<&dyn std::fmt::Display> = Vec::new();
        counts.iter().for_each(|n| values.push(n));
        writeln!(out, "{}", lang.fill("promises.head", &values))?;
    }
    // What can still come is only listed when asked for: the newest reports are full of it.
    let is_wanted = |promise: &Promise| match arguments.outcome {
        Some(outcome) => promise.outcome == outcome,
        None => promise.outcome != Outcome::Open,
    };
    let found: Vec<Promise> = all.into_iter().filter(is_wanted).collect();
    let none = lang.text("promises.none");
    rows::write(out, context, answer, &store, &found, &columns(), none)
}

fn columns() -> Vec<Column<Promise>> {
    vec![
        hidden("place_id", |p| Cell::id(&p.place)),
        named("place", |p| Cell::Text(p.name.clone())),
        named("indicator", |p| Cell::Text(p.indicator.clone())),
        named("period", |p| Cell::Text(p.period.clone())),
        shown("target", |p| Cell::Text(p.target.text.clone())),
        shown("actual", |p| actual(p, |figure| figure.text.clone())),
        shown("outcome", |p| Cell::Code(p.outcome.name())),
        shown("ratio", |p| Cell::number(p.ratio, 2)),
        hidden("target_amount", |p| Cell::number(p.target.amount, 2)),
        hidden("actual_amount", |p| {
            Cell::number(p.actual.as_ref().and_then(|figure| figure.amount), 2)
        }),
        hidden("unit", |p| {
            Cell::Text(p.target.base.clone().unwrap_or_default())
        }),
        joined("promise", |p| {
            Cell::Text(file_name(&p.target.document).to_owned())
        }),
        hidden("promise", |p| Cell::Text(p.target.document.clone())),
        joined("report", |p| {
            let files: Vec<&str> = reports(p).into_iter().map(file_name).collect();
            Cell::Text(files.join("、"))
        }),
        hidden("report", |p| Cell::Text(reports(p).join("、"))),
        hidden("target_quote", |p| Cell::Text(p.target.quote.clone())),
        hidden("actual_quote", |p| actual(p, |figure| figure.quote.clone())),
        hidden("target_statement", |p| Cell::id(&p.target.statement)),
        hidden("actual_statement", |p| {
            Cell::ids(p.actual.as_ref().map(|figure| &figure.statement))
        }),
    ]
}

/// The documents that give the figure, or that say nothing of it.
fn reports(promise: &Promise) -> Vec<&str> {
    match &promise.actual {
        Some(figure) => vec![&figure.document],
        None => promise.silent.iter().map(String::as_str).collect(),
    }
}

fn actual(promise: &Promise, text: fn(&Figure) -> String) -> Cell {
    promise
        .actual
        .as_ref()
        .map_or(Cell::Nothing, |figure| Cell::Text(text(figure)))
}
