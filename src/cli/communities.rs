//! `xiangtu communities`: which nodes belong together.

use std::io::Write;

use super::rows::{self, AnalysisArguments, Cell, Column, hidden, named, shown};
use super::{Context, Done, write_json};
use crate::graph::groups::{Group, Member, Settings, groups};
use crate::graph::projection::{Projection, project};

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
    analysis: AnalysisArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let (lang, answer) = (context.lang, &arguments.analysis.answer);
    let store = answer.open(context)?;
    let projected = project(
        &store,
        arguments.of,
        &arguments.analysis.selection.selection(),
    )?;
    let settings = Settings {
        resolution: arguments.resolution,
        runs: arguments.runs,
        seed: arguments.seed,
    };
    let found = groups(&projected, &settings, arguments.min);
    let members: Vec<(&Group, &Member)> = found
        .communities
        .iter()
        .flat_map(|group| group.members.iter().map(move |member| (group, member)))
        .collect();
    if rows::write_rdf(out, context, answer, &[&store], &members, &member_columns())? {
    } else if context.json {
        write_json(out, &found)?;
    } else if answer.csv {
        rows::write_csv(out, &members, &member_columns())?;
    } else if found.communities.is_empty() {
        writeln!(out, "{}", lang.text("communities.none"))?;
    } else {
        let agreement = format!("{:.2}", found.agreement);
        let modularity = format!("{:.3}", found.modularity);
        let values: [&dyn std::fmt::Display; 5] = [
            &found.nodes,
            &found.edges,
            &modularity,
            &found.runs,
            &agreement,
        ];
        writeln!(out, "{}", lang.fill("communities.head", &values))?;
        rows::write_table(out, lang, &found.communities, &columns())?;
    }
    Ok(rows::found(&found.communities))
}

fn columns() -> Vec<Column<Group>> {
    vec![
        shown("community", |group| Cell::Count(group.number)),
        shown("size", |group| Cell::Count(group.size)),
        shown("stability", |group| Cell::Number(group.stability, 2)),
        shown("within", |group| Cell::Number(group.within, 2)),
        shown("members", |group| Cell::Text(members(group))),
    ]
}

fn members(group: &Group) -> String {
    let names = group.members.iter().take(NAMED);
    let mut names: Vec<&str> = names.map(|member| member.name.as_str()).collect();
    if group.size > NAMED {
        names.push("…");
    }
    names.join("、")
}

fn member_columns<'a>() -> Vec<Column<(&'a Group, &'a Member)>> {
    vec![
        hidden("community", |(group, _)| Cell::Count(group.number)),
        hidden("stability", |(group, _)| Cell::Number(group.stability, 2)),
        hidden("id", |(_, member)| Cell::id(&member.id)),
        named("name", |(_, member)| Cell::Text(member.name.clone())),
        hidden("type", |(_, member)| Cell::Kind(member.kind)),
        hidden("strength", |(_, member)| Cell::Number(member.strength, 3)),
    ]
}
