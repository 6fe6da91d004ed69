//! `xiangtu panel`: observations as CSV, with their data dictionary.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{AtArgument, Context, Done, Exit, StoreArgument, open, write_json};
use crate::Error;
use crate::panel::{Kind, Options, Panel, columns, panel};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_enum, value_name = "PANEL")]
    panel: Kind,
    #[arg(short, long, default_value = "-", value_name = "FILE")]
    output: PathBuf,
    #[arg(long, value_name = "YEAR")]
    since: Option<i32>,
    #[command(flatten)]
    at: AtArgument,
    #[arg(long)]
    all: bool,
    #[arg(long)]
    balanced: bool,
    #[arg(long, default_value_t = 1, value_name = "N")]
    min: usize,
    #[arg(long)]
    dictionary: bool,
    #[arg(long)]
    bom: bool,
    #[command(flatten)]
    store: StoreArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    if arguments.dictionary {
        let empty = Panel {
            columns: columns(arguments.panel),
            rows: Vec::new(),
        };
        empty.write_dictionary(out)?;
        return Ok(Exit::Found);
    }
    let store = open(&arguments.store, context)?;
    let options = Options {
        since: arguments.since,
        at: arguments.at.place(&store)?,
        all: arguments.all,
        balanced: arguments.balanced,
        min_places: arguments.min,
    };
    let panel = panel(&store, arguments.panel, &options)?;
    if context.json {
        write_json(out, &objects(&panel))?;
    } else if arguments.output == Path::new("-") {
        mark(arguments.bom, out)?;
        panel.write(out)?;
    } else {
        let dictionary = arguments.output.with_extension("dictionary.csv");
        for (path, is_panel) in [(&arguments.output, true), (&dictionary, false)] {
            let wrong = |e| Error::file(path, e);
            let mut file = BufWriter::new(File::create(path).map_err(wrong)?);
            mark(arguments.bom, &mut file)?;
            if is_panel {
                panel.write(&mut file)?;
            } else {
                panel.write_dictionary(&mut file)?;
            }
            file.flush().map_err(wrong)?;
        }
        let values: [&dyn std::fmt::Display; 3] = [
            &panel.rows.len(),
            &arguments.output.display(),
            &dictionary.display(),
        ];
        eprintln!("{}", context.lang.fill("panel.done", &values));
    }
    Ok(if panel.rows.is_empty() {
        Exit::Nothing
    } else {
        Exit::Found
    })
}

/// The mark by which Excel knows UTF-8.
fn mark(wanted: bool, out: &mut dyn Write) -> std::io::Result<()> {
    if wanted {
        out.write_all("\u{FEFF}".as_bytes())?;
    }
    Ok(())
}

/// One object a row; numbers as they are written, what is not known as null.
fn objects(panel: &Panel) -> Vec<serde_json::Map<String, serde_json::Value>> {
    let value = |cell: &str, kind: &str| match (cell, kind) {
        ("", "text") => "".into(),
        ("", _) => serde_json::Value::Null,
        (cell, "text") => cell.into(),
        (cell, _) => serde_json::from_str(cell).unwrap_or_else(|_| cell.into()),
    };
    let rows = panel.rows.iter();
    rows.map(|row| {
        let cells = panel.columns.iter().zip(row);
        cells
            .map(|(column, cell)| (column.name.to_owned(), value(cell, column.kind)))
            .collect()
    })
    .collect()
}
