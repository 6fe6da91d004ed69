//! `xiangtu extract`: what each document says, as JSON Lines in the order of the files.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use rayon::prelude::*;
use serde::Serialize;

use super::build::read_extractions;
use super::reading::{ReadArguments, reason_text};
use super::{Context, Done, Exit};
use crate::extract;
use crate::knowledge::Corrections;
use crate::model::{Extraction, Metadata};
use crate::pipeline::{
    Numbered, batches, completed, extract_given, extract_pieces, parts, threads,
};
use crate::read::{Options, Source, list_files};

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
    pool.install(extract::load);
    let mut set_aside = false;
    for batch in batches(&files, &options) {
        let parts = parts(&batch, &pool);
        let lines = |part: &&[Numbered]| lines(&files, part, &given, corrections, &options);
        let lines: Vec<Result<String, String>> =
            pool.install(|| parts.par_iter().flat_map(lines).collect());
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

fn lines(
    files: &[PathBuf],
    pieces: &[Numbered],
    given: &BTreeMap<String, Extraction>,
    corrections: &Corrections,
    options: &Options,
) -> Vec<Result<String, String>> {
    let pieces: Vec<&Numbered> = pieces.iter().collect();
    let made = |name: &str, source: &Source| {
        let found = extract_given(name, &source.text, given.get(name)?);
        Some(completed(found, &source.metadata))
    };
    extract_pieces(files, &pieces, options, corrections, made)
        .into_iter()
        .map(|said| {
            let (extraction, metadata) = said.map_err(|reason| reason.to_string())?;
            let printed = Printed {
                extraction,
                metadata,
            };
            serde_json::to_string(&printed).map_err(|e| e.to_string())
        })
        .collect()
}
