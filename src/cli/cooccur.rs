//! `xiangtu cooccur`: which initiatives travel together.

use std::io::Write;

use super::rows::{self, AnalysisArguments, Cell, Column, hidden, named, shown};
use super::{Context, Done, one};
use crate::graph::cooccur::{Options, Pair, cooccur};
use crate::model::EntityType;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, value_name = "NAME")]
    of: Option<String>,
    #[arg(long, default_value_t = 3, value_name = "N")]
    min: usize,
    #[arg(long, default_value_t = 2, value_name = "N")]
    min_shared: usize,
    #[arg(long, default_value_t = 30, value_name = "N")]
    top: usize,
    #[command(flatten)]
    analysis: AnalysisArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = arguments.analysis.answer.open(context)?;
    let of = match &arguments.of {
        Some(name) => Some(one(&store, name, EntityType::Campaign)?),
        None => None,
    };
    let options = Options {
        selection: arguments.analysis.selection.selection(),
        min: arguments.min,
        min_shared: arguments.min_shared,
        of,
    };
    let mut pairs = cooccur(&store, &options)?;
    if arguments.top > 0 {
        pairs.truncate(arguments.top);
    }
    let none = context.lang.text("cooccur.none");
    let answer = &arguments.analysis.answer;
    rows::write(out, context, answer, &store, &pairs, &columns(), none)
}

fn columns() -> Vec<Column<Pair>> {
    vec![
        hidden("id", |pair| Cell::id(&pair.ids[0])),
        named("campaign", |pair| Cell::Text(pair.names[0].clone())),
        shown("places", |pair| Cell::Count(pair.places[0])),
        hidden("other_id", |pair| Cell::id(&pair.ids[1])),
        named("other", |pair| Cell::Text(pair.names[1].clone())),
        shown("other_places", |pair| Cell::Count(pair.places[1])),
        shown("shared", |pair| Cell::Count(pair.shared)),
        hidden("of_places", |pair| Cell::Count(pair.of_places)),
        shown("lift", |pair| Cell::Number(pair.lift, 2)),
        shown("lift_low", |pair| Cell::Number(pair.interval[0], 2)),
        shown("lift_high", |pair| Cell::Number(pair.interval[1], 2)),
        hidden("p", |pair| Cell::Number(pair.p, 4)),
        shown("q", |pair| Cell::Number(pair.q, 3)),
        hidden("p_degrees", |pair| Cell::Number(pair.p_degrees, 4)),
        shown("q_degrees", |pair| Cell::Number(pair.q_degrees, 3)),
    ]
}
