//! `xiangtu extract`: what each document says, as JSON Lines in the order of the files.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Done, Exit, build::read_extractions};
use crate::model::Extraction;
use crate::pipeline::{extract_document, extract_given, threads};
use crate::read::{decode, list_files};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[arg(long, value_name = "JSONL")]
    given: Option<PathBuf>,
    #[arg(long, short, default_value_t = 0, value_name = "N")]
    jobs: usize,
}

/// Documents in memory at once.
const AT_A_TIME: usize = 64;

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> Done {
    let given = match &arguments.given {
        Some(path) => read_extractions(path)?,
        None => BTreeMap::new(),
    };
    let mut files = Vec::new();
    for path in &arguments.files {
        files.extend(list_files(std::slice::from_ref(path))?);
    }
    let pool = threads(arguments.jobs)?;
    let mut set_aside = false;
    for some in files.chunks(AT_A_TIME) {
        let lines: Vec<Result<String, String>> =
            pool.install(|| some.par_iter().map(|path| line(path, &given)).collect());
        for (path, line) in some.iter().zip(lines) {
            match line {
                Ok(line) => writeln!(out, "{line}")?,
                Err(reason) => {
                    eprintln!("{}: {reason}", path.display());
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

fn line(path: &Path, given: &BTreeMap<String, Extraction>) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    let text = decode(&bytes).map_err(|reason| reason.name().to_owned())?;
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let extraction = match given.get(&name) {
        Some(given) => extract_given(&name, text, given),
        None => extract_document(&name, text),
    };
    serde_json::to_string(&extraction).map_err(|e| e.to_string())
}
