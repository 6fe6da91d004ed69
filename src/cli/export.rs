//! `xiangtu export`: the graph for other programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{ConfidenceArgument, Context, Done, Exit, StoreArgument, open};
use crate::Error;
use crate::export::{Format, write};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, short, value_enum)]
    format: Format,
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    store: StoreArgument,
    #[command(flatten)]
    confidence: ConfidenceArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open(&arguments.store, context)?;
    let confidence = arguments.confidence.min_confidence;
    if arguments.output == Path::new("-") {
        write(&store, arguments.format, confidence, out, Path::new("-"))?;
    } else {
        let path = &arguments.output;
        let mut file = BufWriter::new(File::create(path).map_err(|e| Error::file(path, e))?);
        write(&store, arguments.format, confidence, &mut file, path)?;
    }
    Ok(Exit::Found)
}
