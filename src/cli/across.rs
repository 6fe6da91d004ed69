//! `xiangtu across`: enterprises that several regions name.

use std::io::Write;

use super::money::{ids, names};
use super::rows::{self, AnswerArguments, Cell, Column, hidden, named, shown};
use super::{Context, Done};
use crate::graph::across::{Across, across};
use crate::graph::adoption::Level;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, value_enum, default_value = "county")]
    level: Level,
    #[arg(long, default_value_t = 2, value_name = "N")]
    min: usize,
    #[command(flatten)]
    answer: AnswerArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = arguments.answer.open(context)?;
    let found = across(&store, arguments.level, arguments.min)?;
    let none = context.lang.fill("across.none", &[&arguments.min]);
    let answer = &arguments.answer;
    rows::write(out, context, answer, &store, &found, &columns(), &none)
}

fn columns() -> Vec<Column<Across>> {
    vec![
        hidden("id", |row| Cell::id(&row.id)),
        named("enterprise", |row| Cell::Text(row.name.clone())),
        shown("namesakes", |row| Cell::Count(row.namesakes)),
        shown("counties", |row| Cell::Count(row.counties)),
        shown("provinces", |row| Cell::Count(row.provinces)),
        shown("where", |row| Cell::Text(names(&row.regions))),
        hidden("region_ids", |row| Cell::ids(ids(&row.regions))),
        shown("projects", |row| Cell::Count(row.projects.len())),
        hidden("project_names", |row| Cell::Text(names(&row.projects))),
        hidden("project_ids", |row| Cell::ids(ids(&row.projects))),
        shown("amount", |row| match row.yuan {
            0.0 => Cell::Nothing,
            yuan => Cell::Money(yuan, "元".to_owned()),
        }),
        hidden("unit", |row| match row.yuan {
            0.0 => Cell::Nothing,
            _ => Cell::Code("元"),
        }),
        shown("documents", |row| Cell::Count(row.documents)),
        shown("first", |row| Cell::Year(row.years.map(|years| years.0))),
        shown("last", |row| Cell::Year(row.years.map(|years| years.1))),
    ]
}
