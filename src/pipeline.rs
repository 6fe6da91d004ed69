//! The plot of the program: the only place that states the order of stages.
//!
//! ```text
//! files -> documents -> mentions -> entities + statements -> store -> graph -> answers
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use rayon::prelude::*;

use crate::extract;
use crate::identity::Ledger;
use crate::knowledge::{Corrections, Knowledge, Selected};
use crate::model::{EntityType, Extraction, Metadata};
use crate::read::{self, Aside, Limits, Piece, Source, list_files, settled_paths};
use crate::store::{Counts, Held, Sourced, Store};
use crate::text::Document;
use crate::{Error, Result, embedded};

/// What one document says: text -> document -> mentions -> entities, facts, indicators. A pure function.
pub fn extract_document(name: &str, source: &str) -> Extraction {
    extract::extract(&Document::new(name, source), &Selected::default())
}

/// The same with home, year, mentions and entities taken from elsewhere; only facts and indicators are found.
pub fn extract_given(name: &str, source: &str, given: &Extraction) -> Extraction {
    extract::given(&Document::new(name, source), given)
}

/// The same with only the names taken from elsewhere: half-open spans of the source with the type of what they name.
pub fn extract_named(name: &str, source: &str, names: &[(usize, usize, EntityType)]) -> Extraction {
    extract::named(&Document::new(name, source), names)
}

/// What texts say, one by one as [`extract_document`]; together they take less time.
pub fn extract_documents(sources: &[&str]) -> Vec<Extraction> {
    let documents: Vec<Document> = sources.iter().map(|text| Document::new("", text)).collect();
    let none = Selected::default();
    let documents: Vec<_> = documents.iter().map(|doc| (doc, &none)).collect();
    let found = extract::extract_unless(&mut |_| false, &documents);
    found.into_iter().flatten().collect()
}

/// A document that was read: its path, its name and what was read.
pub type Read<'a> = (&'a str, &'a str, &'a Source);

/// What a document that was read says, by the corrections that bear on its path or titles; or why it is set aside.
pub fn extract_source(
    path: &str,
    name: &str,
    source: &Source,
    corrections: &Corrections,
    limits: &Limits,
) -> Result<Extraction, Aside> {
    let mut found = extract_sources(&[(path, name, source)], corrections, limits);
    found.pop().expect("one result a document")
}

/// The same of many documents; they take less time than one by one.
pub fn extract_sources(
    sources: &[Read],
    corrections: &Corrections,
    limits: &Limits,
) -> Vec<Result<Extraction, Aside>> {
    // Where much is unpacked from little, what is extracted together stays small all the same.
    runs(sources, TOGETHER, |(_, _, source)| source.text.len())
        .into_iter()
        .flat_map(|part| extract_together(part, corrections, limits))
        .collect()
}

fn extract_together(
    sources: &[Read],
    corrections: &Corrections,
    limits: &Limits,
) -> Vec<Result<Extraction, Aside>> {
    let fits = |source: &Source| limits.check_memory(&source.text);
    let fitting: Vec<&Read> = sources.iter().filter(|s| fits(s.2).is_ok()).collect();
    let mut patience = limits.patience(fitting.len());
    let documents: Vec<(Document, Selected)> = fitting
        .iter()
        .enumerate()
        .map(|(i, (path, name, source))| {
            let doc = Document::new(*name, &source.text).told(&source.metadata);
            let stated = source.metadata.title.as_deref();
            let selected = corrections.select(path, &[&doc.title, stated.unwrap_or_default()]);
            // What was over here already is so at the end of the next stage.
            patience.is_over(i);
            (doc, selected)
        })
        .collect();
    let given: Vec<_> = documents.iter().map(|(doc, sel)| (doc, sel)).collect();
    let found = extract::extract_unless(&mut |i| patience.is_over(i), &given);
    let mut found = found.into_iter().zip(&documents);
    sources
        .iter()
        .map(|(_, _, source)| {
            fits(source)?;
            let (found, (_, selected)) = found.next().expect("one for each that fits");
            let found = found.ok_or_else(|| patience.missed())?;
            let year = found.year.filter(|_| selected.say_year(&found.corrections));
            let mut found = completed(found, &source.metadata);
            found.year = year.or(found.year);
            Ok(found)
        })
        .collect()
}

/// Documents are extracted together up to this number and this many bytes: what a stage works with has to come near the
/// processor for each such part, which takes as long as extracting a few documents.
const TOGETHER: usize = 128;
const BYTES_TOGETHER: usize = 512 << 10;

/// The pieces of a batch in parts that are extracted together, enough of them to keep the threads of a pool busy.
pub fn parts<'a>(batch: &'a [Numbered], pool: &rayon::ThreadPool) -> Vec<&'a [Numbered]> {
    let most = (batch.len() / (4 * pool.current_num_threads())).clamp(1, TOGETHER);
    runs(batch, most, |(_, piece)| piece.size())
}

/// Things in runs of so many at most, or of one that is larger than all may be together.
fn runs<T>(all: &[T], most: usize, size: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let (mut n, mut bytes) = (1, all.first().map_or(0, &size));
    let joins = |_: &T, next: &T| {
        let more = size(next);
        let joins = n < most && bytes + more <= BYTES_TOGETHER;
        (n, bytes) = if joins {
            (n + 1, bytes + more)
        } else {
            (1, more)
        };
        joins
    };
    all.chunk_by(joins).collect()
}

/// An extraction with the title that the page or table gives, and with its year where the text tells none, or one far off.
///
/// A table's year may be the one in which a report was given, which is the next after the one it reports on: there the
/// text is right. Where neither tells a year, it is that of the day of publication, or the one before for what looks back
/// and was published in the first months of a year.
pub fn completed(mut extraction: Extraction, metadata: &Metadata) -> Extraction {
    if let Some(title) = &metadata.title {
        extraction.title = Some(title.clone());
    }
    if let Some(declared) = metadata.year {
        let found = extraction.year.filter(|year| year.abs_diff(declared) <= 1);
        extraction.year = found.or(Some(declared));
    }
    if extraction.year.is_none() {
        let title = extraction.title.as_deref().unwrap_or_default();
        let published = metadata.published();
        extraction.year =
            published.map(|(year, month)| extract::year_published(year, month, title));
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
    /// Whether documents are taken out whose files are not among those given.
    pub prune: bool,
    /// What people judged on identity.
    pub judgements: Ledger,
    /// The user's own knowledge. Its words and concepts must be installed; its corrections are applied here.
    pub knowledge: Knowledge,
    /// Statements and mentions that gather before they are saved in one commit; 0 for as many as is fastest.
    pub commit: usize,
}

impl BuildOptions {
    /// Fingerprint of all that an extraction is made from besides its document.
    fn fingerprint(&self) -> String {
        let mut parts = vec![embedded::FINGERPRINT.to_owned()];
        if !self.extractions.is_empty() {
            let given = serde_json::to_vec(&self.extractions).expect("extractions are plain data");
            parts.push(read::content_hash(&[&given]));
        }
        let own = self.knowledge.fingerprint();
        if !own.is_empty() {
            parts.push(format!("+{own}"));
        }
        parts.join(" ")
    }
}

/// What a build did.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct BuildReport {
    /// Files that were looked at.
    pub files: usize,
    /// Documents in them: those done and those set aside.
    pub documents: usize,
    /// Documents that were read, now or by an earlier build.
    pub done: usize,
    /// Documents whose content was in the store already, by the same knowledge.
    pub unchanged: usize,
    /// Documents with content and path that were not in the store.
    pub new: usize,
    /// Documents with new content under a path that was in the store.
    pub changed: usize,
    /// Documents that were in the store and were extracted anew, because it was by another knowledge.
    pub renewed: usize,
    /// Documents taken out because their files are not among those given.
    pub pruned: usize,
    /// Documents that were set aside, each with the reason.
    pub set_aside: Vec<(String, String)>,
    /// Documents that were read by a guess at their character set or with damaged characters, each with its format.
    pub guessed: Vec<(String, String)>,
    /// Judgements that were applied, and those that name what is not in the graph; nothing where the graph stood as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judgements: Option<(usize, usize)>,
    /// Corrections of the user that changed nothing in any document of the store, each with what it says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unused_corrections: Vec<(String, String)>,
    /// What the store holds now.
    pub store: Counts,
}

/// Documents are read and extracted this many at a time, or fewer when they are large, so that memory does not grow
/// with the corpus.
const AT_A_TIME: usize = 1024;
const BYTES_AT_A_TIME: usize = 2 << 20;
/// So many such batches wait at each end of the extraction.
const WAITING: usize = 1;
/// What a build saves in one commit unless it is told otherwise: some half a million quads, of which the loader makes
/// files of the size that it works best with.
const COMMIT: usize = 30_000;

/// A piece with the index of its file.
pub type Numbered = (usize, Piece);

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

/// Files -> extractions -> identity -> store. `progress` is told the number of files done after each.
pub fn build(
    paths: &[PathBuf],
    folder: &Path,
    options: &BuildOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<BuildReport> {
    let files = settled_paths(list_files(paths)?);
    let pool = threads(options.jobs)?;
    let mut store = Store::create(folder)?;
    let mut report = BuildReport {
        files: files.len(),
        ..BuildReport::default()
    };
    let fingerprint = options.fingerprint();
    let mut stands = store.is_current(&fingerprint) && store.is_judged_by(&options.judgements);
    store.judge(options.judgements.clone());
    store.begin(&fingerprint)?;
    let held = store.held()?;
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut waiting: Vec<Sourced> = Vec::new();
    let mut held_back = HeldBack::default();
    let mut size = 0;
    let commit = match options.commit {
        0 => COMMIT,
        size => size,
    };
    // Reading, extracting and writing go on side by side; a stage that is ahead waits for the next one.
    std::thread::scope(|scope| {
        let (read, to_look) = sync_channel::<Vec<Numbered>>(WAITING);
        let (looked, to_write) = sync_channel::<(usize, Vec<Looked>)>(WAITING);
        let (files, held) = (&files, &held);
        scope.spawn(move || {
            for batch in batches(files, &options.read) {
                if read.send(batch).is_err() {
                    break;
                }
            }
        });
        let pool = &pool;
        scope.spawn(move || {
            for batch in to_look {
                let last = batch.last().map_or(0, |(i, _)| i + 1);
                let parts = parts(&batch, pool);
                let look = |part: &&[Numbered]| look_at(files, part, held, options);
                let documents = pool.install(|| parts.par_iter().flat_map(look).collect());
                if looked.send((last, documents)).is_err() {
                    break;
                }
            }
        });
        for (last, documents) in to_write {
            for document in documents {
                report.count(&document);
                seen.entry(document.path).or_default().insert(document.hash);
                if document.goes_by_path {
                    held_back.add(document.sourced);
                    continue;
                }
                let Some(sourced) = document.sourced else {
                    continue;
                };
                stands = false;
                size += 1 + sourced
                    .content
                    .as_ref()
                    .map_or(0, |e| e.facts.len() + e.indicators.len() + e.mentions.len());
                waiting.push(sourced);
                if size >= commit {
                    store.replace(std::mem::take(&mut waiting))?;
                    size = 0;
                }
            }
            progress(last, files.len());
        }
        store.replace(waiting)
    })?;
    let held_back = held_back.changed(&held);
    stands &= held_back.is_empty();
    store.replace(held_back)?;
    let settled = store.settle(&seen, options.prune)?;
    report.pruned = settled.pruned;
    if stands && !settled.changed {
        store.end()?;
    } else {
        let (applied, idle) = pool.install(|| store.finish())?;
        let any = applied + idle > 0;
        report.judgements = any.then_some((applied, idle));
    }
    report.store = store.counts()?;
    let corrections = &options.knowledge.corrections;
    if !corrections.is_empty() {
        report.unused_corrections = corrections.without(&store.corrections()?);
    }
    Ok(report)
}

/// Documents whose corrections are limited by path, so that what they say is no function of their content alone.
///
/// They are extracted in every build and written last. Of one content under several paths the one counts on which most
/// corrections bear, in whatever order they are met.
#[derive(Default)]
struct HeldBack(BTreeMap<String, Sourced>);

impl HeldBack {
    fn add(&mut self, document: Option<Sourced>) {
        let applied = |d: &Sourced| d.content.as_ref().map_or(0, |e| e.corrections.len());
        let Some(document) = document else { return };
        match self.0.get_mut(&document.hash) {
            Some(other) if applied(other) >= applied(&document) => {
                other.paths.extend(document.paths);
            }
            _ => {
                self.0.insert(document.hash.clone(), document);
            }
        }
    }

    /// Those that differ from what the store holds.
    fn changed(self, held: &Held) -> Vec<Sourced> {
        let differs = |d: &Sourced| {
            let known = held.documents.get(&d.hash).filter(|known| known.fresh);
            let applied = d.content.as_ref().map(|e| e.corrections.iter().collect());
            known.is_none_or(|known| {
                Ok(known.corrections.iter().collect::<BTreeSet<_>>()) != applied
            })
        };
        self.0.into_values().filter(differs).collect()
    }
}

/// How a document stands to what was in the store.
#[derive(Clone, Copy)]
enum Standing {
    Unchanged,
    New,
    Changed,
    Renewed,
}

/// One document as a build met it.
struct Looked {
    path: String,
    hash: String,
    standing: Standing,
    /// Why it is set aside.
    reason: Option<String>,
    /// Its format, where it was read by a guess.
    guessed: Option<String>,
    /// What is to be written, where the store does not have it.
    sourced: Option<Sourced>,
    /// Whether corrections that are limited by path bear on it, or did.
    goes_by_path: bool,
}

impl BuildReport {
    fn count(&mut self, document: &Looked) {
        self.documents += 1;
        match document.standing {
            Standing::Unchanged => self.unchanged += 1,
            Standing::New => self.new += 1,
            Standing::Changed => self.changed += 1,
            Standing::Renewed => self.renewed += 1,
        }
        let path = &document.path;
        match &document.reason {
            None => self.done += 1,
            Some(reason) => self.set_aside.push((path.clone(), reason.clone())),
        }
        if let Some(format) = &document.guessed {
            self.guessed.push((path.clone(), format.clone()));
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

/// Pieces of files -> what they say, unless the store has it already.
fn look_at(
    files: &[PathBuf],
    pieces: &[Numbered],
    held: &Held,
    options: &BuildOptions,
) -> Vec<Looked> {
    let looked = pieces.iter().map(|(_, piece)| look(piece, held, options));
    let mut looked: Vec<(Looked, bool)> = looked.collect();
    let wanted = pieces
        .iter()
        .zip(&looked)
        .filter(|(_, (_, wanted))| *wanted);
    let wanted: Vec<&Numbered> = wanted.map(|(piece, _)| piece).collect();
    let mut said = said(files, &wanted, options).into_iter();
    for (looked, _) in looked.iter_mut().filter(|(_, wanted)| *wanted) {
        let (content, metadata) = said.next().expect("one for each that is wanted");
        looked.reason = content.as_ref().err().cloned();
        looked.guessed = metadata.guessed.then(|| metadata.format.clone());
        let known = held.documents.get(&looked.hash).filter(|known| known.fresh);
        let still_aside =
            looked.reason.is_some() && known.is_some_and(|k| k.reason == looked.reason);
        looked.sourced = (!still_aside).then(|| Sourced {
            hash: looked.hash.clone(),
            paths: BTreeSet::from([looked.path.clone()]),
            content,
            metadata,
        });
    }
    looked.into_iter().map(|(looked, _)| looked).collect()
}

/// How a piece of a file stands to the store, and whether it must be read.
fn look(piece: &Piece, held: &Held, options: &BuildOptions) -> (Looked, bool) {
    let hash = piece.hash();
    let known = held.documents.get(&hash);
    let standing = match known {
        Some(known) if known.fresh => Standing::Unchanged,
        Some(_) => Standing::Renewed,
        None if held.paths.contains(&piece.path) => Standing::Changed,
        None => Standing::New,
    };
    let known = known.filter(|known| known.fresh);
    let corrections = &options.knowledge.corrections;
    let goes_by_path = corrections.bear_on_path(&piece.path)
        || known.is_some_and(|known| corrections.limited(&known.corrections));
    // What was set aside is tried again: the reason may lie outside its content. Given extractions go by file name, so
    // the content alone does not tell what one of them says, and taking them costs nothing.
    let stands = known
        .filter(|known| known.reason.is_none() && options.extractions.is_empty() && !goes_by_path);
    let looked = Looked {
        path: piece.path.clone(),
        guessed: stands.and_then(|known| known.guessed.clone()),
        hash,
        standing,
        reason: None,
        sourced: None,
        goes_by_path,
    };
    (looked, stands.is_none())
}

/// Pieces of files -> what they say, or why they are set aside.
fn said(
    files: &[PathBuf],
    pieces: &[&Numbered],
    options: &BuildOptions,
) -> Vec<(Result<Extraction, String>, Metadata)> {
    let corrections = &options.knowledge.corrections;
    extract_pieces(files, pieces, &options.read, corrections, |name, source| {
        let made = options.extractions.get(name)?;
        Some(completed(made.clone(), &source.metadata))
    })
    .into_iter()
    .map(|said| match said {
        Ok((extraction, metadata)) => (Ok(extraction), metadata),
        Err(reason) => (Err(reason.to_string()), Metadata::default()),
    })
    .collect()
}

/// Pieces of files -> what they say, with what is told about them besides, or why they are set aside; `made` gives what
/// need not be extracted, by the name of the document.
pub fn extract_pieces(
    files: &[PathBuf],
    pieces: &[&Numbered],
    options: &read::Options,
    corrections: &Corrections,
    made: impl Fn(&str, &Source) -> Option<Extraction>,
) -> Vec<Result<(Extraction, Metadata), Aside>> {
    let read: Vec<(String, Result<Source, Aside>)> = pieces
        .iter()
        .map(|(i, piece)| (piece.name(&files[*i]), piece.read(options)))
        .collect();
    let made: Vec<Option<Extraction>> = read
        .iter()
        .map(|(name, source)| made(name, source.as_ref().ok()?))
        .collect();
    let sources: Vec<Read> = pieces
        .iter()
        .zip(&read)
        .zip(&made)
        .filter(|(_, made)| made.is_none())
        .filter_map(|((piece, (name, source)), _)| {
            Some((&*piece.1.path, &**name, source.as_ref().ok()?))
        })
        .collect();
    let mut extracted = extract_sources(&sources, corrections, &options.limits).into_iter();
    let said = made.into_iter().zip(&read).map(|(made, (_, source))| {
        source.as_ref().map_err(Aside::clone)?;
        made.map_or_else(|| extracted.next().expect("one a source"), Ok)
    });
    let said: Vec<Result<Extraction, Aside>> = said.collect();
    said.into_iter()
        .zip(read)
        .map(|(said, (_, source))| Ok((said?, source?.metadata)))
        .collect()
}
