//! `xiangtu extract`: what each document says, as JSON Lines in the order of the files.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::build::read_extractions;
use super::reading::{ReadArguments, reason_text};
use super::{Context, Done, Exit};
use crate::knowledge::Corrections;
use crate::model::{Extraction, Metadata};
use crate::pipeline::{batches, completed, extract_given, extract_source, threads};
use crate::read::{Options, Piece, list_files};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[arg(long, value_name = "JSONL")]
    given: Option<PathBuf>,
    #[arg(long, short, default_value_t = 0, value_name = "N")]
    jobs: usize,
    #[command(flatten)]
    read: ReadArguments,
}

/// An extraction with what is told about its document besides.
#[derive(Serialize)]
struct Printed {
    #[serde(flatten)]
    extraction: Extraction,
    metadata: Metadata,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let given = match &arguments.given {
        Some(path) => read_extractions(path)?,
        None => BTreeMap::new(),
    };
    let mut files = Vec::new();
    for path in &arguments.files {
        files.extend(list_files(std::slice::from_ref(path))?);
    }
    let pool = threads(arguments.jobs)?;
    let options = arguments.read.options();
    let corrections = &context.knowledge.corrections;
    let mut set_aside = false;
    for batch in batches(&files, &options) {
        let line =
            |(i, piece): &(usize, Piece)| line(&files[*i], piece, &given, corrections, &options);
        let lines: Vec<Result<String, String>> =
            pool.install(|| batch.par_iter().map(line).collect());
        for ((_, piece), line) in batch.iter().zip(lines) {
            match line {
                Ok(line) => writeln!(out, "{line}")?,
                Err(reason) => {
                    eprintln!("{}: {}", piece.path, reason_text(&reason, context.lang));
                    set_aside = true;
                }
            }
        }
    }
    Ok(if set_aside {
        Exit::SetAside
    } else {
        Exit::Found
    })
}

fn line(
    file: &Path,
    piece: &Piece,
    given: &BTreeMap<String, Extraction>,
    corrections: &Corrections,
    options: &Options,
) -> Result<String, String> {
    let source = piece.read(options).map_err(|reason| reason.to_string())?;
    let name = piece.name(file);
    let extraction = match given.get(&name) {
        Some(given) => completed(extract_given(&name, &source.text, given), &source.metadata),
        None => extract_source(&piece.path, &name, &source, corrections, &options.limits)
            .map_err(|reason| reason.to_string())?,
    };
    let printed = Printed {
        extraction,
        metadata: source.metadata,
    };
    serde_json::to_string(&printed).map_err(|e| e.to_string())
}
