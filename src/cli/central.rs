//! `xiangtu central`: which nodes hold the graph together.

use std::io::Write;

use serde::Serialize;

use super::rows::{self, AnalysisArguments, Cell, Column, hidden, named, shown};
use super::{Context, Done};
use crate::graph::central::{betweenness, cores, pagerank};
use crate::graph::projection::{Projection, project};
use crate::graph::undirected::Undirected;
use crate::model::EntityType;

/// The usual part of steps that follow an edge (Brin and Page 1998).
const DAMPING: f64 = 0.85;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, value_enum, default_value = "network")]
    of: Projection,
    #[arg(long, value_enum, default_value = "pagerank")]
    by: Measure,
    #[arg(long = "type", value_name = "TYPE", value_parser = super::entity_type)]
    r#type: Option<EntityType>,
    #[arg(long, default_value_t = 20, value_name = "N")]
    top: usize,
    #[arg(long, default_value_t = 500, value_name = "N")]
    sources: usize,
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    #[command(flatten)]
    analysis: AnalysisArguments,
}

/// By what the list is ordered.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Measure {
    Pagerank,
    Betweenness,
    Core,
    Degree,
}

#[derive(Serialize)]
struct Central {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: EntityType,
    degree: usize,
    strength: f64,
    pagerank: f64,
    betweenness: f64,
    core: usize,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = arguments.analysis.answer.open(context)?;
    let projected = project(
        &store,
        arguments.of,
        &arguments.analysis.selection.selection(),
    )?;
    let graph = Undirected::of(&projected);
    let rank = pagerank(&graph, DAMPING);
    let between = betweenness(&graph, arguments.sources, arguments.seed);
    let cores = cores(&graph);
    let mut found: Vec<Central> = projected
        .node_weights()
        .enumerate()
        .filter(|(_, thing)| arguments.r#type.is_none_or(|kind| kind == thing.kind))
        .map(|(node, thing)| Central {
            id: thing.id.clone(),
            name: thing.name.clone(),
            kind: thing.kind,
            degree: graph.degree(node),
            strength: graph.strength(node),
            pagerank: rank[node],
            betweenness: between[node],
            core: cores[node],
        })
        .collect();
    let measure = |row: &Central| match arguments.by {
        Measure::Pagerank => row.pagerank,
        Measure::Betweenness => row.betweenness,
        Measure::Core => row.core as f64,
        Measure::Degree => row.degree as f64,
    };
    // Cores tie often, and among equals the better linked one is the likelier answer.
    found.sort_by(|a, b| {
        measure(b)
            .total_cmp(&measure(a))
            .then(b.pagerank.total_cmp(&a.pagerank))
            .then_with(|| a.id.cmp(&b.id))
    });
    if arguments.top > 0 {
        found.truncate(arguments.top);
    }
    let none = context.lang.text("communities.none");
    let answer = &arguments.analysis.answer;
    rows::write(out, context, answer, &store, &found, &columns(), none)
}

fn columns() -> Vec<Column<Central>> {
    vec![
        hidden("id", |row| Cell::id(&row.id)),
        named("name", |row| Cell::Text(row.name.clone())),
        shown("type", |row| Cell::Kind(row.kind)),
        shown("degree", |row| Cell::Count(row.degree)),
        hidden("strength", |row| Cell::Number(row.strength, 2)),
        shown("pagerank", |row| Cell::Number(row.pagerank, 5)),
        shown("betweenness", |row| Cell::Number(row.betweenness, 5)),
        shown("core", |row| Cell::Count(row.core)),
    ]
}
