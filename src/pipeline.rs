//! The plot of the program: the only place that states the order of stages.
//!
//! ```text
//! files -> documents -> mentions -> entities + statements -> store -> graph -> answers
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::extract;
use crate::model::Extraction;
use crate::read::{Reason, decode, list_files};
use crate::store::{Counts, Sourced, Store, content_hash};
use crate::text::Document;
use crate::{Error, Result};

/// What one document says: text -> document -> mentions -> entities, facts, indicators. A pure function.
pub fn extract_document(name: &str, source: &str) -> Extraction {
    extract::extract(&Document::new(name, source))
}

/// The same with home, year, mentions and entities taken from elsewhere; only facts and indicators are found.
pub fn extract_given(name: &str, source: &str, given: &Extraction) -> Extraction {
    extract::given(&Document::new(name, source), given)
}

/// How to build.
#[derive(Default)]
pub struct BuildOptions {
    /// Threads; 0 for one a core.
    pub jobs: usize,
    /// Extractions made elsewhere, by file name; such a document is not extracted again.
    pub extractions: BTreeMap<String, Extraction>,
}

/// What a build did.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct BuildReport {
    /// Files that were looked at.
    pub files: usize,
    /// Files that were read.
    pub done: usize,
    /// Files that were set aside, each with the reason.
    pub set_aside: Vec<(String, String)>,
    /// What the store holds now.
    pub store: Counts,
}

/// Files are read and extracted this many at a time, so that memory does not grow with the corpus.
const AT_A_TIME: usize = 64;
/// Documents are written once this many statements and mentions have gathered: a commit has a fixed cost.
const WRITE_FROM: usize = 20_000;

/// Files -> extractions -> store. `progress` is told the number of files done after each.
pub fn build(
    paths: &[PathBuf],
    folder: &Path,
    options: &BuildOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<BuildReport> {
    let files = list_files(paths)?;
    let pool = threads(options.jobs)?;
    let mut store = Store::create(folder)?;
    let mut report = BuildReport {
        files: files.len(),
        ..BuildReport::default()
    };
    store.begin()?;
    let mut waiting: Vec<Sourced> = Vec::new();
    for (i, some) in files.chunks(AT_A_TIME).enumerate() {
        let documents: Vec<Sourced> =
            pool.install(|| some.par_iter().map(|path| source(path, options)).collect());
        for document in &documents {
            match &document.content {
                Ok(_) => report.done += 1,
                Err(reason) => report.set_aside.extend(
                    document
                        .paths
                        .iter()
                        .map(|path| (path.clone(), reason.clone())),
                ),
            }
        }
        waiting.extend(documents);
        let size: usize = waiting
            .iter()
            .filter_map(|d| d.content.as_ref().ok())
            .map(|e| e.facts.len() + e.indicators.len() + e.mentions.len())
            .sum();
        if size >= WRITE_FROM {
            store.replace(std::mem::take(&mut waiting))?;
        }
        progress((i * AT_A_TIME + some.len()).min(files.len()), files.len());
    }
    store.replace(waiting)?;
    store.finish()?;
    report.store = store.counts()?;
    Ok(report)
}

/// A pool of this many threads; 0 for one a core.
pub fn threads(jobs: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .build()
        .map_err(|e| Error::Store(format!("cannot start {jobs} threads: {e}")))
}

/// One file -> what it says, or why it is set aside.
fn source(path: &Path, options: &BuildOptions) -> Sourced {
    let shown = path.to_string_lossy().into_owned();
    let paths = BTreeSet::from([shown.clone()]);
    let Ok(bytes) = std::fs::read(path) else {
        return Sourced {
            hash: content_hash(shown.as_bytes()),
            paths,
            content: Err(Reason::Unreadable.name().to_owned()),
        };
    };
    let name = path
        .file_name()
        .map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned());
    let content = match decode(&bytes) {
        Ok(text) => Ok(options
            .extractions
            .get(&name)
            .cloned()
            .unwrap_or_else(|| extract_document(&name, text))),
        Err(reason) => Err(reason.name().to_owned()),
    };
    Sourced {
        hash: content_hash(&bytes),
        paths,
        content,
    }
}
