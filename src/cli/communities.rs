//! `xiangtu communities`: which nodes belong together.

use std::io::Write;

use serde::Serialize;

use super::rows::{self, Cell, Column, CsvArgument, hidden, shown};
use super::{Context, Done, Exit, SelectionArguments, StoreArgument, open, write_json};
use crate::graph::communities::communities;
use crate::graph::projection::{Projected, Projection, project};
use crate::graph::undirected::Undirected;
use crate::model::EntityType;

/// Members that the table names; JSON and CSV name all.
const NAMED: usize = 8;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, value_enum, default_value = "places")]
    of: Projection,
    #[arg(long, default_value_t = 1.0, value_name = "NUMBER")]
    resolution: f64,
    #[arg(long, default_value_t = 10, value_name = "N")]
    runs: usize,
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    #[arg(long, default_value_t = 2, value_name = "N")]
    min: usize,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    csv: CsvArgument,
    #[command(flatten)]
    store: StoreArgument,
}

/// The whole answer.
#[derive(Serialize)]
struct Report {
    nodes: usize,
    edges: usize,
    modularity: f64,
    /// Mean adjusted Rand index over pairs of runs.
    agreement: f64,
    runs: usize,
    communities: Vec<Community>,
}

#[derive(Serialize)]
struct Community {
    number: usize,
    size: usize,
    /// Mean best Jaccard index in the other runs.
    stability: f64,
    /// Part of its edges' weight that stays within.
    within: f64,
    /// Those of greatest strength within it first.
    members: Vec<Member>,
}

#[derive(Clone, Serialize)]
struct Member {
    #[serde(skip)]
    community: usize,
    #[serde(skip)]
    stability: f64,
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: EntityType,
    /// Weight of its edges to other members.
    strength: f64,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open(&arguments.store, context)?;
    let projected = project(&store, arguments.of, &arguments.selection.selection())?;
    let report = report(&projected, arguments);
    let lang = context.lang;
    let exit = match report.communities.is_empty() {
        true => Exit::Nothing,
        false => Exit::Found,
    };
    if context.json {
        write_json(out, &report)?;
    } else if arguments.csv.csv {
        let members = report.communities.iter().flat_map(|c| c.members.clone());
        let members: Vec<Member> = members.collect();
        return rows::write(out, context, true, &members, &member_columns(), "");
    } else if report.communities.is_empty() {
        writeln!(out, "{}", lang.text("communities.none"))?;
    } else {
        let agreement = format!("{:.2}", report.agreement);
        let modularity = format!("{:.3}", report.modularity);
        let values: [&dyn std::fmt::Display; 5] = [
            &report.nodes,
            &report.edges,
            &modularity,
            &report.runs,
            &agreement,
        ];
        writeln!(out, "{}", lang.fill("communities.head", &values))?;
        rows::write_table(out, lang, &report.communities, &columns())?;
    }
    Ok(exit)
}

fn report(projected: &Projected, arguments: &Arguments) -> Report {
    let graph = Undirected::of(projected);
    let found = communities(&graph, arguments.resolution, arguments.runs, arguments.seed);
    let mut list: Vec<Community> = found
        .stability
        .iter()
        .enumerate()
        .map(|(number, stability)| Community {
            number: number + 1,
            size: 0,
            stability: *stability,
            within: 0.0,
            members: Vec::new(),
        })
        .collect();
    let mut strength = vec![0.0; list.len()];
    for (node, thing) in projected.node_weights().enumerate() {
        let number = found.of[node];
        let ends = graph.ends(node);
        let within: f64 = ends
            .filter(|(end, _)| found.of[*end] == number)
            .map(|(_, weight)| weight)
            .sum();
        let community = &mut list[number];
        community.size += 1;
        community.within += within;
        strength[number] += graph.strength(node);
        community.members.push(Member {
            community: community.number,
            stability: community.stability,
            id: thing.id.clone(),
            name: thing.name.clone(),
            kind: thing.kind,
            strength: within,
        });
    }
    for (community, strength) in list.iter_mut().zip(strength) {
        community.within /= strength;
        let members = &mut community.members;
        members.sort_by(|a, b| b.strength.total_cmp(&a.strength).then(a.id.cmp(&b.id)));
    }
    list.retain(|community| community.size >= arguments.min);
    Report {
        nodes: graph.len(),
        edges: graph.n_edges(),
        modularity: found.modularity,
        agreement: found.agreement,
        runs: arguments.runs.max(1),
        communities: list,
    }
}

fn columns() -> Vec<Column<Community>> {
    vec![
        shown("community", |c| Cell::Count(c.number)),
        shown("size", |c| Cell::Count(c.size)),
        shown("stability", |c| Cell::Number(c.stability, 2)),
        shown("within", |c| Cell::Number(c.within, 2)),
        shown("members", |c| Cell::Text(members(c))),
    ]
}

fn members(community: &Community) -> String {
    let names = community.members.iter().take(NAMED);
    let mut names: Vec<&str> = names.map(|member| member.name.as_str()).collect();
    if community.size > NAMED {
        names.push("…");
    }
    names.join("、")
}

fn member_columns() -> Vec<Column<Member>> {
    vec![
        hidden("community", |m| Cell::Count(m.community)),
        hidden("stability", |m| Cell::Number(m.stability, 2)),
        hidden("id", |m| Cell::Text(m.id.clone())),
        hidden("name", |m| Cell::Text(m.name.clone())),
        hidden("type", |m| Cell::Kind(m.kind)),
        hidden("strength", |m| Cell::Number(m.strength, 3)),
    ]
}
