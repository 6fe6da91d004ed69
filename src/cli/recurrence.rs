//! `xiangtu recurrence`: which initiatives recur across regions.

use std::io::Write;

use super::{ConfidenceArgument, Context, Done, Exit, StoreArgument, open, table, write_json};
use crate::graph::recurrence::{Options, recurrence};
use crate::store::PlaceLevel;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, value_enum, default_value = "town")]
    level: PlaceLevel,
    #[arg(long, value_name = "YEAR")]
    since: Option<i32>,
    #[arg(long, default_value_t = 2, value_name = "N")]
    min: usize,
    #[arg(long)]
    rollup: bool,
    #[command(flatten)]
    store: StoreArgument,
    #[command(flatten)]
    confidence: ConfidenceArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open(&arguments.store, context)?;
    let options = Options {
        level: arguments.level,
        since: arguments.since,
        min: arguments.min,
        rollup: arguments.rollup,
        min_confidence: arguments.confidence.min_confidence,
    };
    let rows = recurrence(&store, &options)?;
    let lang = context.lang;
    if context.json {
        write_json(out, &rows)?;
    } else if rows.is_empty() {
        writeln!(out, "{}", lang.fill("recurrence.none", &[&arguments.min]))?;
    } else {
        let headings = [
            "campaign",
            "towns",
            "counties",
            "prefectures",
            "provinces",
            "statements",
            "documents",
            "first",
            "last",
        ];
        let headings = headings.map(|name| lang.find(&format!("col.{name}")).unwrap_or(name));
        let year = |year: Option<i32>| year.map_or_else(String::new, |year| year.to_string());
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let numbers = [
                    row.towns,
                    row.counties,
                    row.prefectures,
                    row.provinces,
                    row.statements,
                    row.documents,
                ];
                let mut cells = vec![row.name.clone()];
                cells.extend(numbers.iter().map(ToString::to_string));
                cells.extend([year(row.first), year(row.last)]);
                cells
            })
            .collect();
        table::write(out, &headings, &cells)?;
    }
    Ok(if rows.is_empty() {
        Exit::Nothing
    } else {
        Exit::Found
    })
}
