//! `xiangtu text`: the text of one document, exactly as offsets count in it.

use std::io::Write;
use std::path::PathBuf;

use super::reading::{ReadArguments, reason_text};
use super::{Context, Done, Exit, write_json};
use crate::read::find_piece;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    read: ReadArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let options = arguments.read.options();
    let piece = find_piece(&arguments.file, &options)?;
    let source = match piece.read(&options) {
        Ok(source) => source,
        Err(reason) => {
            let reason = reason_text(&reason.to_string(), context.lang);
            eprintln!("{}: {reason}", piece.path);
            return Ok(Exit::SetAside);
        }
    };
    if context.json {
        let value = serde_json::json!({
            "path": piece.path, "id": piece.hash(), "metadata": source.metadata, "text": source.text,
        });
        write_json(out, &value)?;
    } else {
        out.write_all(source.text.as_bytes())?;
    }
    Ok(Exit::Found)
}
