//! `xiangtu diffusion`: how initiatives spread, and which places follow which.

use std::io::Write;

use super::rows::{self, AnswerArguments, Cell, Column, Of, hidden, joined, named, shown};
use super::{Context, Done, ReportArguments, one};
use crate::graph::diffusion::{Diffusion, Influence, Step, Way, diffusion, influences};
use crate::graph::netinf::Model;
use crate::model::EntityType;

/// Earlier places that the table names; JSON names all.
const NAMED: usize = 3;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "NAME")]
    campaign: Option<String>,
    #[arg(long, default_value_t = 3, value_name = "N")]
    min: usize,
    #[arg(long, value_name = "N", conflicts_with = "campaign")]
    infer: Option<usize>,
    #[arg(long, default_value_t = 1.0, value_name = "PER-YEAR", value_parser = positive)]
    rate: f64,
    #[command(flatten)]
    which: ReportArguments,
    #[command(flatten)]
    answer: AnswerArguments,
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "NUMBER".to_owned())?;
    if number > 0.0 {
        Ok(number)
    } else {
        Err("> 0".to_owned())
    }
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = arguments.answer.open(context)?;
    let (lang, answer) = (context.lang, &arguments.answer);
    let selection = arguments.which.selection();
    if let Some(edges) = arguments.infer {
        let model = Model {
            edges,
            rate: arguments.rate,
            ..Model::default()
        };
        let found = influences(&store, &selection, &model)?;
        let none = lang.text("diffusion.no_edges");
        return rows::write(
            out,
            context,
            answer,
            &store,
            &found,
            &influence_columns(),
            none,
        );
    }
    let Some(name) = &arguments.campaign else {
        let found = diffusion(&store, &selection, arguments.min)?;
        let none = lang.fill("recurrence.none", &[&arguments.min]);
        return rows::write(out, context, answer, &store, &found, &columns(), &none);
    };
    let campaign = one(&store, name, EntityType::Campaign)?;
    let mut found = diffusion(&store, &selection, 1)?;
    found.retain(|spread| spread.id == campaign);
    let spread = found.pop();
    if let Some(spread) = spread.as_ref().filter(|_| answer.is_for_people(context)) {
        let began = spread
            .began
            .map_or_else(|| "?".to_owned(), |year| year.to_string());
        let tied = format!("{:.0}%", 100.0 * spread.tied_pairs());
        let values: [&dyn std::fmt::Display; 5] = [
            &spread.name,
            &began,
            &spread.steps.len(),
            &spread.undated,
            &tied,
        ];
        writeln!(out, "{}", lang.fill("diffusion.head", &values))?;
    }
    let none = lang.text("diffusion.none");
    let steps = spread.map_or_else(Vec::new, |spread| {
        Of::all(&campaign, &spread.name, spread.steps)
    });
    rows::write(out, context, answer, &store, &steps, &step_columns(), none)
}

fn columns() -> Vec<Column<Diffusion>> {
    vec![
        hidden("id", |row| Cell::id(&row.id)),
        named("campaign", |row| Cell::Text(row.name.clone())),
        shown("began", |row| Cell::Year(row.began)),
        shown("first", |row| Cell::Year(row.first)),
        shown("last", |row| Cell::Year(row.last)),
        shown("places", |row| Cell::Count(row.steps.len())),
        shown("undated", |row| Cell::Count(row.undated)),
        shown("tied_pairs", |row| Cell::Number(row.tied_pairs(), 2)),
        joined("way", |row| {
            Cell::Tally(Way::ALL.map(|way| (way.name(), row.count(way))).to_vec())
        }),
        hidden("first_places", |row| Cell::Count(row.count(Way::First))),
        hidden("unknown", |row| Cell::Count(row.count(Way::Unknown))),
        hidden("above", |row| Cell::Count(row.count(Way::Above))),
        hidden("nearby", |row| Cell::Count(row.count(Way::Nearby))),
        hidden("both", |row| Cell::Count(row.count(Way::Both))),
        hidden("below", |row| Cell::Count(row.count(Way::Below))),
        hidden("tied", |row| Cell::Count(row.count(Way::Tied))),
        hidden("apart", |row| Cell::Count(row.count(Way::Apart))),
    ]
}

fn step_columns() -> Vec<Column<Of<Step>>> {
    vec![
        hidden("of_id", |of| Cell::id(&of.of)),
        hidden("campaign", |of| Cell::Text(of.name.clone())),
        hidden("place_id", |of| Cell::id(&of.row.id)),
        joined("rank", |of| {
            let mark = if of.row.tied > 1 { "=" } else { "" };
            Cell::Text(format!("{}{mark}", of.row.rank))
        }),
        hidden("rank", |of| Cell::Count(of.row.rank)),
        hidden("tied", |of| Cell::Count(of.row.tied)),
        joined("year", |of| Cell::Text(years(&of.row))),
        hidden("earliest", |of| Cell::Year(of.row.earliest)),
        hidden("year", |of| Cell::Year(Some(of.row.year))),
        named("place", |of| Cell::Text(of.row.name.clone())),
        shown("way", |of| Cell::Code(of.row.way.name())),
        joined("possibly_after", |of| Cell::Text(after(&of.row, NAMED))),
        hidden("possibly_after", |of| {
            Cell::Text(after(&of.row, usize::MAX))
        }),
        hidden("after_ids", |of| {
            Cell::ids(of.row.after.iter().map(|relative| &relative.id))
        }),
    ]
}

/// The years among which the adoption lies: `2019–2021`, `≤2021`, or the one year.
fn years(step: &Step) -> String {
    match step.earliest {
        None => format!("≤{}", step.year),
        Some(earliest) if earliest < step.year => format!("{earliest}–{}", step.year),
        Some(_) => step.year.to_string(),
    }
}

fn after(step: &Step, most: usize) -> String {
    let named = step.after.iter().take(most);
    let mut names: Vec<String> = named
        .map(|relative| format!("{} {}", relative.year, relative.name))
        .collect();
    if step.after.len() > most {
        names.push("…".to_owned());
    }
    names.join("、")
}

fn influence_columns() -> Vec<Column<Influence>> {
    vec![
        hidden("from_id", |edge| Cell::id(&edge.ids[0])),
        named("from", |edge| Cell::Text(edge.names[0].clone())),
        hidden("to_id", |edge| Cell::id(&edge.ids[1])),
        named("to", |edge| Cell::Text(edge.names[1].clone())),
        shown("campaigns", |edge| Cell::Count(edge.campaigns)),
        shown("gain", |edge| Cell::Number(edge.gain, 2)),
    ]
}
