//! The store: facts to quads, loading, reading, named queries. The only module that opens a store or runs SPARQL.
//!
//! A *document's graph* holds all that one document says: its entities' names as it gives them, its mentions and
//! its statements. From these graphs, and from nothing else, [`Store::finish`] makes what documents say together: the
//! plain triples of the default graph and one description an entity in the graph of entities. So a document is
//! added, replaced or taken out exactly, and whatever the history of builds, the graph is that of a clean one.
//!
//! On disk a store is a folder with `store.json` (its format), `names.idx` (the index of names) and either RocksDB's folder `db` or, in a program built without
//! the feature `rocksdb`, the file `facts.nq`, sorted, which is read into memory.

mod card;
mod certain;
mod derive;
mod entities;
mod explain;
mod find;
mod history;
mod identity;
mod network;
mod quads;
mod query;
mod read;
mod same;
mod thesaurus;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{
    BlankNode, GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term,
};
use oxigraph::store::{BulkLoader, StorageError};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::identity::Ledger;
use crate::model::{Extraction, Metadata};
use crate::names::Names;
use crate::{Error, Result, embedded, vocab};

pub(crate) use card::property_order;
pub use card::{Card, Found, Group, Line, PlaceStep};
pub(crate) use entities::named;
pub use entities::{EntityRow, MentionRow};
pub use explain::{Explained, Explanation, Given, Source};
pub use find::{Hits, MOST_PARTS, Search};
pub use history::{Held, HeldDocument, Settled};
pub use network::{Counts, Domain, Implementation, Link, PlaceLevel, PlaceNode, Thing};
pub use quads::{document_iri, document_quads};
pub use query::{
    Answer, AnswerFormat, NamedQuery, Parameter, Value, named_queries, parse_query_file,
};
pub use read::{DocumentRow, Mentioned, StatementRow};
pub use same::{Identity, Reviewed, Said, Side};
pub use thesaurus::thesaurus_faults;

/// The format of stores that this program reads and writes.
pub const FORMAT: u32 = 1;

/// A document with its identity and what became of it.
#[derive(Clone, Debug)]
pub struct Sourced {
    /// Identity of the content, 32 hexadecimal digits.
    pub hash: String,
    /// Where the content was found.
    pub paths: BTreeSet<String>,
    /// What the document says, or why it was set aside.
    pub content: Result<Extraction, String>,
    /// What is told about it besides.
    pub metadata: Metadata,
}

/// How a store is kept on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// RocksDB, in the folder `db`.
    Rocksdb,
    /// Sorted N-Quads, in the file `facts.nq`.
    File,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Marker {
    format: u32,
    kind: Kind,
    /// Fingerprint of the knowledge by which documents were extracted.
    #[serde(default)]
    knowledge: String,
    /// Hashes of the documents that were extracted by another one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    outdated: BTreeSet<String>,
    /// Fingerprint of the judgements that the graph was made by; empty without any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    judgements: String,
}

impl Marker {
    fn new(kind: Kind) -> Self {
        Self {
            format: FORMAT,
            kind,
            knowledge: String::new(),
            outdated: BTreeSet::new(),
            judgements: String::new(),
        }
    }
}

/// A knowledge graph, on disk or in memory.
pub struct Store {
    inner: oxigraph::store::Store,
    folder: Option<PathBuf>,
    marker: Marker,
    names: OnceLock<Names>,
    /// What the next `finish` replays.
    ledger: Ledger,
    /// Statements and mentions below this confidence are not read.
    least: f64,
    /// Held as long as the store is open: shared by readers, alone by a build.
    _lock: Option<File>,
}

impl Store {
    /// An empty graph in memory.
    pub fn memory() -> Result<Self> {
        Ok(Self {
            inner: oxigraph::store::Store::new().map_err(failed)?,
            folder: None,
            marker: Marker::new(Kind::File),
            names: OnceLock::new(),
            ledger: Ledger::default(),
            least: 0.0,
            _lock: None,
        })
    }

    /// Opens an existing store for reading.
    pub fn open(folder: &Path) -> Result<Self> {
        let marker = read_marker(folder)?.ok_or_else(|| {
            Error::Store(format!(
                "{}: no store here; make one with `xiangtu build FILES --store {}`",
                folder.display(),
                folder.display()
            ))
        })?;
        let lock = lock(folder, false)?;
        let inner = match marker.kind {
            Kind::File => load_file(folder)?,
            Kind::Rocksdb => open_rocksdb(folder, true)?,
        };
        Ok(Self {
            inner,
            folder: Some(folder.to_owned()),
            marker,
            names: OnceLock::new(),
            ledger: Ledger::default(),
            least: 0.0,
            _lock: Some(lock),
        })
    }

    /// Opens a store for a build; makes it where there is none.
    pub fn create(folder: &Path) -> Result<Self> {
        let marker = match read_marker(folder)? {
            Some(marker) => marker,
            None => {
                std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
                if std::fs::read_dir(folder)
                    .map_err(|e| Error::file(folder, e))?
                    .next()
                    .is_some()
                {
                    return Err(Error::Store(format!(
                        "{}: not empty and no store; name a new or empty folder",
                        folder.display()
                    )));
                }
                let kind = if cfg!(feature = "rocksdb") {
                    Kind::Rocksdb
                } else {
                    Kind::File
                };
                let marker = Marker::new(kind);
                write_marker(folder, &marker)?;
                marker
            }
        };
        let lock = lock(folder, true)?;
        // Another build may have written it until the lock was taken.
        let marker = read_marker(folder)?.unwrap_or(marker);
        let inner = match marker.kind {
            Kind::File => load_file(folder)?,
            Kind::Rocksdb => open_rocksdb(folder, false)?,
        };
        Ok(Self {
            inner,
            folder: Some(folder.to_owned()),
            marker,
            names: OnceLock::new(),
            ledger: Ledger::default(),
            least: 0.0,
            _lock: Some(lock),
        })
    }

    /// Whether the last build was stopped before its end; the next one completes it.
    pub fn is_unfinished(&self) -> bool {
        self.unfinished_mark().is_some_and(|mark| mark.exists())
    }

    fn unfinished_mark(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("unfinished"))
    }

    /// Puts documents in the place of whatever had their content or their paths before.
    ///
    /// A document with new content under an old path replaces the one that was there; the same content under
    /// another path is the same document with two paths. One that is left without a path stays until
    /// [`Store::settle`]: the build may still come to it elsewhere.
    pub fn replace(&mut self, documents: Vec<Sourced>) -> Result<()> {
        if documents.is_empty() {
            return Ok(());
        }
        let mut paths_of: FxHashMap<NamedNode, BTreeSet<String>> = FxHashMap::default();
        let mut owner_of: FxHashMap<String, NamedNode> = FxHashMap::default();
        for quad in self
            .inner
            .quads_for_pattern(None, Some(vocab::IDENTIFIER), None, None)
        {
            let quad = quad.map_err(failed)?;
            if let (NamedOrBlankNode::NamedNode(document), Term::Literal(path)) =
                (quad.subject, quad.object)
            {
                owner_of.insert(path.value().to_owned(), document.clone());
                paths_of
                    .entry(document)
                    .or_default()
                    .insert(path.value().to_owned());
            }
        }
        let mut merged: FxHashMap<String, Sourced> = FxHashMap::default();
        for document in documents {
            match merged.get_mut(&document.hash) {
                Some(same) => same.paths.extend(document.paths),
                None => {
                    merged.insert(document.hash.clone(), document);
                }
            }
        }
        let mut quads = Vec::new();
        let mut shortened: BTreeSet<NamedNode> = BTreeSet::new();
        for document in merged.values() {
            let iri = document_iri(&document.hash);
            for path in &document.paths {
                if let Some(owner) = owner_of.get(path).filter(|owner| **owner != iri) {
                    paths_of.entry(owner.clone()).or_default().remove(path);
                    shortened.insert(owner.clone());
                }
            }
        }
        for document in merged.values_mut() {
            let iri = document_iri(&document.hash);
            if let Some(before) = paths_of.get(&iri) {
                document.paths.extend(before.iter().cloned());
                self.inner
                    .remove_named_graph(iri.as_ref())
                    .map_err(failed)?;
                shortened.remove(&iri);
            }
            quads.extend(document_quads(document));
        }
        for document in shortened {
            let paths = &paths_of[&document];
            let graph = GraphNameRef::from(document.as_ref());
            let old: Vec<Quad> = self
                .inner
                .quads_for_pattern(
                    Some(document.as_ref().into()),
                    Some(vocab::IDENTIFIER),
                    None,
                    Some(graph),
                )
                .collect::<std::result::Result<_, _>>()
                .map_err(failed)?;
            for quad in old.iter().filter(
                |quad| matches!(&quad.object, Term::Literal(path) if !paths.contains(path.value())),
            ) {
                self.inner.remove(quad).map_err(failed)?;
            }
        }
        self.load(quads)?;
        self.renewed(merged.keys())
    }

    /// Decides which names are one, makes what the documents say together, from all of them, and writes the store out.
    /// Returns how many judgements were applied and how many name what is not in the graph.
    ///
    /// # Errors
    /// The store fails, or the judgements contradict each other: then the documents' graphs stay as they were.
    pub fn finish(&mut self) -> Result<(usize, usize)> {
        let homes = self.home_codes()?;
        let resolution = self.resolution(&self.ledger)?;
        self.apply(&resolution, &homes)?;
        self.marker.judgements = self.ledger.fingerprint();
        for graph in [
            vocab::THESAURUS_GRAPH,
            vocab::ONTOLOGY_GRAPH,
            vocab::ENTITIES_GRAPH,
            vocab::JUDGEMENTS_GRAPH,
        ] {
            self.inner.clear_graph(graph).map_err(failed)?;
        }
        self.inner
            .clear_graph(GraphNameRef::DefaultGraph)
            .map_err(failed)?;
        self.load(knowledge_quads()?)?;
        self.load(identity::judgement_quads(&resolution))?;
        let derived = derive::derive(self, &resolution, &homes)?;
        self.load(derived)?;
        if let Some(folder) = self
            .folder
            .as_ref()
            .filter(|_| self.marker.kind == Kind::File)
        {
            let (path, new) = (folder.join("facts.nq"), folder.join("facts.nq.tmp"));
            let mut out = BufWriter::new(File::create(&new).map_err(|e| Error::file(&new, e))?);
            self.write_nquads(&mut out, &new)?;
            out.into_inner()
                .map_err(|e| Error::file(&new, e.into_error()))?
                .sync_all()
                .map_err(|e| Error::file(&new, e))?;
            std::fs::rename(&new, &path).map_err(|e| Error::file(&path, e))?;
        }
        #[cfg(feature = "rocksdb")]
        self.inner.flush().map_err(failed)?;
        self.drop_names()?;
        self.end()?;
        Ok((resolution.judged.len(), resolution.idle.len()))
    }

    /// Writes every quad, sorted by graph (the default graph first) and then by line.
    pub fn write_nquads(&self, out: &mut impl Write, path: &Path) -> Result<()> {
        let mut graphs: Vec<GraphName> = vec![GraphName::DefaultGraph];
        let mut named: Vec<NamedOrBlankNode> = self
            .inner
            .named_graphs()
            .collect::<std::result::Result<_, _>>()
            .map_err(failed)?;
        named.sort_by_cached_key(ToString::to_string);
        graphs.extend(named.into_iter().map(GraphName::from));
        for graph in graphs {
            let mut lines: Vec<String> = Vec::new();
            for quad in self
                .inner
                .quads_for_pattern(None, None, None, Some(graph.as_ref()))
            {
                lines.push(format!("{} .\n", quad.map_err(failed)?));
            }
            lines.sort_unstable();
            for line in lines {
                out.write_all(line.as_bytes())
                    .map_err(|e| Error::file(path, e))?;
            }
        }
        out.flush().map_err(|e| Error::file(path, e))
    }

    fn load(&mut self, quads: Vec<Quad>) -> Result<()> {
        // One commit a batch: what the loader has read is saved by `commit` only. The memory limit keeps RocksDB's
        // loader below half a gigabyte where its default takes 2 GB a thread.
        let mut loader: BulkLoader<'_> = self
            .inner
            .bulk_loader()
            .with_max_memory_size_in_megabytes(512);
        loader.load_quads(quads).map_err(failed)?;
        loader.commit().map_err(failed)
    }
}

fn failed(error: StorageError) -> Error {
    Error::Store(format!("the store failed: {error}"))
}

fn read_marker(folder: &Path) -> Result<Option<Marker>> {
    let path = folder.join("store.json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::file(path, e)),
    };
    let remedy = format!(
        "build it anew in an empty folder: `xiangtu build FILES --store {}`",
        folder.display()
    );
    // The format is read by itself first: another version may name other kinds.
    let format = serde_json::from_str::<serde_json::Value>(&text)
        .ok()
        .and_then(|v| v.get("format")?.as_u64());
    match format {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            return Err(Error::Store(format!(
                "{}: the store has format {format}, this program reads format {FORMAT}; {remedy}",
                path.display()
            )));
        }
        None => {
            return Err(Error::Store(format!(
                "{}: damaged; {remedy}",
                path.display()
            )));
        }
    }
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|e| Error::Store(format!("{}: {e}; {remedy}", path.display())))
}

/// Writes the marker beside the old one and then puts it in its place, so that there is always a whole one.
fn write_marker(folder: &Path, marker: &Marker) -> Result<()> {
    let (path, new) = (folder.join("store.json"), folder.join("store.json.tmp"));
    let text = serde_json::to_string(marker).expect("a marker is plain data");
    std::fs::write(&new, text + "\n").map_err(|e| Error::file(&new, e))?;
    std::fs::rename(&new, &path).map_err(|e| Error::file(path, e))
}

fn lock(folder: &Path, alone: bool) -> Result<File> {
    let path = folder.join("lock");
    let open = || {
        File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .or_else(|_| File::open(&path))
    };
    let file = open().map_err(|e| Error::file(&path, e))?;
    let taken = if alone {
        file.try_lock()
    } else {
        file.try_lock_shared()
    };
    match taken {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            let who = if alone {
                "another command uses"
            } else {
                "a build is writing"
            };
            Err(Error::Store(format!(
                "{}: {who} this store; wait until it has ended",
                folder.display()
            )))
        }
        Err(std::fs::TryLockError::Error(e)) => Err(Error::file(path, e)),
    }
}

fn load_file(folder: &Path) -> Result<oxigraph::store::Store> {
    let store = oxigraph::store::Store::new().map_err(failed)?;
    let path = folder.join("facts.nq");
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(store),
        Err(e) => return Err(Error::file(path, e)),
    };
    let mut loader = store.bulk_loader();
    // Not `load_from_reader`, which gives nodes without a name new ones at random.
    let quads = RdfParser::from_format(RdfFormat::NQuads).for_reader(BufReader::new(file));
    loader
        .load_ok_quads::<_, oxigraph::store::LoaderError>(quads)
        .map_err(|e| Error::Store(format!("{}: {e}", path.display())))?;
    loader.commit().map_err(failed)?;
    Ok(store)
}

#[cfg(feature = "rocksdb")]
fn open_rocksdb(folder: &Path, reading: bool) -> Result<oxigraph::store::Store> {
    let path = folder.join("db");
    if reading && path.exists() {
        return oxigraph::store::Store::open_read_only(&path).map_err(failed);
    }
    oxigraph::store::Store::open(&path).map_err(failed)
}

#[cfg(not(feature = "rocksdb"))]
fn open_rocksdb(folder: &Path, _: bool) -> Result<oxigraph::store::Store> {
    Err(Error::Store(format!(
        "{}: this store was made by a program with the feature `rocksdb`, which this one lacks; build xiangtu with default features, or build the store anew in an empty folder",
        folder.display()
    )))
}

/// The thesaurus and the ontology, each in its graph.
fn knowledge_quads() -> Result<Vec<Quad>> {
    let mut quads = Vec::new();
    for (path, text) in embedded::folder("ontology").chain(embedded::folder("ontology/campaigns")) {
        let graph = match path {
            "ontology/xiangtu.ttl" => vocab::ONTOLOGY_GRAPH,
            "ontology/shapes.ttl" => continue,
            _ => vocab::THESAURUS_GRAPH,
        };
        quads.extend(parse_turtle(path, text, graph)?);
    }
    Ok(quads)
}

/// Reads Turtle. Nodes without a name get one from the file and their order, so that the same file gives the same bytes.
pub(crate) fn parse_turtle(path: &str, text: &str, graph: NamedNodeRef<'_>) -> Result<Vec<Quad>> {
    let stem = path
        .rsplit('/')
        .next()
        .and_then(|name| name.strip_suffix(".ttl"))
        .unwrap_or("file");
    let stem: String = stem.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut named: FxHashMap<BlankNode, BlankNode> = FxHashMap::default();
    let mut rename = |node: BlankNode| {
        let n = named.len();
        named
            .entry(node)
            .or_insert_with(|| BlankNode::new_unchecked(format!("{stem}{n}")))
            .clone()
    };
    let mut quads = Vec::new();
    for quad in RdfParser::from_format(RdfFormat::Turtle)
        .with_default_graph(graph)
        .for_slice(text)
    {
        let mut quad = quad.map_err(|e| {
            let line = e.location().map_or(0, |at| at.start.line as usize + 1);
            Error::data(path, line, e.to_string())
        })?;
        if let NamedOrBlankNode::BlankNode(node) = quad.subject {
            quad.subject = rename(node).into();
        }
        if let Term::BlankNode(node) = quad.object {
            quad.object = rename(node).into();
        }
        quads.push(quad);
    }
    Ok(quads)
}
