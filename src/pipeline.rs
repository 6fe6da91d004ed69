//! The plot of the program: the only place that states the order of stages.
//!
//! ```text
//! files -> documents -> mentions -> entities + statements -> store -> graph -> answers
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::extract;
use crate::model::{Extraction, Metadata};
use crate::read::{self, Piece, Source, list_files};
use crate::store::{Counts, Sourced, Store};
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

/// What a document that was read says; `given` has mentions and home from elsewhere.
pub fn extract_source(name: &str, source: &Source, given: Option<&Extraction>) -> Extraction {
    let found = match given {
        Some(given) => extract_given(name, &source.text, given),
        None => extract_document(name, &source.text),
    };
    completed(found, &source.metadata)
}

/// An extraction with the title that the page or table gives, and with its year where the text tells none, or one far off.
///
/// A table's year may be the one in which a report was given, which is the next after the one it reports on: there the
/// text is right.
fn completed(mut extraction: Extraction, metadata: &Metadata) -> Extraction {
    if let Some(title) = &metadata.title {
        extraction.title = Some(title.clone());
    }
    if let Some(declared) = metadata.year {
        let found = extraction.year.filter(|year| year.abs_diff(declared) <= 1);
        extraction.year = found.or(Some(declared));
    }
    extraction
}

/// How to build.
#[derive(Default)]
pub struct BuildOptions {
    /// Threads; 0 for one a core.
    pub jobs: usize,
    /// Extractions made elsewhere, by file name; such a document is not extracted again.
    pub extractions: BTreeMap<String, Extraction>,
    /// How files are read.
    pub read: read::Options,
}

/// What a build did.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct BuildReport {
    /// Files that were looked at.
    pub files: usize,
    /// Documents in them: those done and those set aside.
    pub documents: usize,
    /// Documents that were read.
    pub done: usize,
    /// Documents that were set aside, each with the reason.
    pub set_aside: Vec<(String, String)>,
    /// Documents that were read by a guess at their character set or with damaged characters, each with its format.
    pub guessed: Vec<(String, String)>,
    /// What the store holds now.
    pub store: Counts,
}

/// Documents are read and extracted this many at a time, or fewer when they are large, so that memory does not grow
/// with the corpus.
const AT_A_TIME: usize = 64;
const BYTES_AT_A_TIME: usize = 32 << 20;
/// Documents are written once this many statements and mentions have gathered: a commit has a fixed cost.
const WRITE_FROM: usize = 20_000;

/// A piece with the index of its file.
type Numbered = (usize, Piece);

/// The pieces of files in batches that fit into memory, each piece with the index of its file.
pub fn batches<'a>(
    files: &'a [PathBuf],
    options: &'a read::Options,
) -> impl Iterator<Item = Vec<Numbered>> + 'a {
    let mut pieces = files
        .iter()
        .enumerate()
        .flat_map(|(i, path)| read::pieces(path, options).map(move |piece| (i, piece)));
    std::iter::from_fn(move || {
        let mut batch = Vec::new();
        let mut size = 0;
        while batch.len() < AT_A_TIME && size < BYTES_AT_A_TIME {
            let Some((i, piece)) = pieces.next() else {
                break;
            };
            size += piece.size();
            batch.push((i, piece));
        }
        (!batch.is_empty()).then_some(batch)
    })
}

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
    for batch in batches(&files, &options.read) {
        let source = |(i, piece): &Numbered| source(&files[*i], piece, options);
        let documents: Vec<Sourced> = pool.install(|| batch.par_iter().map(source).collect());
        for document in &documents {
            report.count(document);
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
        let last = batch.last().map_or(0, |(i, _)| i + 1);
        progress(last, files.len());
    }
    store.replace(waiting)?;
    store.finish()?;
    report.store = store.counts()?;
    Ok(report)
}

impl BuildReport {
    fn count(&mut self, document: &Sourced) {
        self.documents += 1;
        let path = document.paths.first().cloned().unwrap_or_default();
        match &document.content {
            Ok(_) => self.done += 1,
            Err(reason) => self.set_aside.push((path.clone(), reason.clone())),
        }
        if document.metadata.guessed {
            self.guessed.push((path, document.metadata.format.clone()));
        }
    }
}

/// A pool of this many threads; 0 for one a core.
pub fn threads(jobs: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .build()
        .map_err(|e| Error::Store(format!("cannot start {jobs} threads: {e}")))
}

/// One piece of a file -> what it says, or why it is set aside.
fn source(file: &Path, piece: &Piece, options: &BuildOptions) -> Sourced {
    let name = piece.name(file);
    let (content, metadata) = match piece.read(&options.read) {
        Ok(source) => {
            let extraction = match options.extractions.get(&name) {
                Some(made) => completed(made.clone(), &source.metadata),
                None => extract_source(&name, &source, None),
            };
            (Ok(extraction), source.metadata)
        }
        Err(reason) => (Err(reason.to_string()), Metadata::default()),
    };
    Sourced {
        hash: piece.hash(),
        paths: BTreeSet::from([piece.path.clone()]),
        content,
        metadata,
    }
}
