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
mod change;
mod derive;
mod describe;
mod entities;
mod explain;
mod find;
mod folder;
mod history;
mod identity;
mod index;
mod looked;
mod network;
mod plain;
mod quads;
mod query;
mod read;
mod regroup;
mod same;
mod thesaurus;
mod touched;
mod units;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;

use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{BlankNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use oxigraph::store::StorageError;
use rustc_hash::FxHashMap;

use change::Paths;
use folder::{Kind, Marker};
use touched::Touched;

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
    /// Which document has which paths, as long as a build asks for it.
    paths: Option<Paths>,
    /// What the build has changed.
    touched: Touched,
    /// Quads that transactions have written or taken out and that may lie in memory still.
    in_memory: AtomicUsize,
    /// Held as long as the store is open: shared by readers, alone by a build.
    _lock: Option<folder::Lock>,
}

impl Store {
    /// An empty graph in memory.
    pub fn memory() -> Result<Self> {
        let inner = oxigraph::store::Store::new().map_err(failed)?;
        Ok(Self::new(inner, Marker::new(Kind::File)))
    }

    fn new(inner: oxigraph::store::Store, marker: Marker) -> Self {
        let touched = Touched {
            // Nothing is known of a store that no build has finished.
            knowledge: marker.counts.is_none(),
            ..Touched::default()
        };
        Self {
            inner,
            folder: None,
            marker,
            names: OnceLock::new(),
            ledger: Ledger::default(),
            least: 0.0,
            paths: None,
            touched,
            in_memory: AtomicUsize::new(0),
            _lock: None,
        }
    }

    /// Opens an existing store for reading.
    pub fn open(folder: &Path) -> Result<Self> {
        let marker = folder::read_marker(folder)?.ok_or_else(|| {
            Error::Store(format!(
                "{}: no store here; make one with `xiangtu build FILES --store {}`",
                folder.display(),
                folder.display()
            ))
        })?;
        let lock = folder::lock(folder, false)?;
        let inner = folder::open(folder, marker.kind, true)?;
        Ok(Self {
            folder: Some(folder.to_owned()),
            _lock: Some(lock),
            ..Self::new(inner, marker)
        })
    }

    /// Opens a store for a build; makes it where there is none.
    pub fn create(folder: &Path) -> Result<Self> {
        folder::marker_for_build(folder)?;
        let lock = folder::lock(folder, true)?;
        // Another build may have written it until the lock was taken.
        let marker = folder::marker_for_build(folder)?;
        let inner = folder::open(folder, marker.kind, false)?;
        Ok(Self {
            folder: Some(folder.to_owned()),
            _lock: Some(lock),
            ..Self::new(inner, marker)
        })
    }

    /// Whether the last build was stopped before its end; the next one completes it.
    pub fn is_unfinished(&self) -> bool {
        self.unfinished_mark().is_some_and(|mark| mark.exists())
    }

    fn unfinished_mark(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("unfinished"))
    }

    /// Writes every quad, sorted by graph (the default graph first) and then by line.
    pub fn write_nquads(&self, out: &mut impl Write, path: &Path) -> Result<()> {
        let wrong = |e| Error::file(path, e);
        self.each_line(&|_| true, |line| out.write_all(line).map_err(wrong))?;
        out.flush().map_err(wrong)
    }
}

fn failed(error: StorageError) -> Error {
    Error::Store(format!("the store failed: {error}{}", remedy(&error)))
}

#[cfg(feature = "rocksdb")]
fn failed_at(path: &Path, error: StorageError) -> Error {
    let remedy = remedy(&error);
    Error::Store(format!("{}: {error}{remedy}", path.display()))
}

fn remedy(error: &StorageError) -> &'static str {
    match error {
        StorageError::Io(e) => crate::error::remedy(e),
        StorageError::Corruption(_) => REBUILD,
        _ => "",
    }
}

const REBUILD: &str = "; build it anew in another folder: `xiangtu build FILES --store OTHER`";

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
