//! Giving the graph to other programs: one file per format.
//!
//! The RDF formats write the store's statements; the others draw the network of entities (`network.rs`), whose attributes
//! `attributes.rs` lists once for all of them. Labels, colours and edges come from the ontology. What is written depends on
//! the store and the selection alone, so the same store gives the same bytes.

mod attributes;
mod csv;
mod cx2;
mod cytoscape;
mod dot;
mod findings;
mod ftm;
mod gexf;
mod graphml;
mod html;
mod jsonld;
mod neo4j;
mod network;
mod nquads;
mod ntriples;
mod projection;
mod rdf;
mod select;
mod trig;
mod turtle;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::messages::Lang;
use crate::store::Store;
use crate::{Error, Result};
pub(crate) use csv::harmless;
pub use findings::{Finding, Run};
use network::Network;
pub use select::{Community, Projection, Selection};

/// A format that another program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One page with an interactive graph, for any browser, without a network.
    Html,
    /// The network for Gephi, yEd, networkx, igraph.
    Graphml,
    /// GEXF 1.3: the network for Gephi, with colours and a timeline.
    Gexf,
    /// The network for Graphviz.
    Dot,
    /// Cytoscape JSON (.cyjs), for Cytoscape and cytoscape.js.
    Cytoscape,
    /// CX2, for Cytoscape Web and NDEx.
    Cx2,
    /// A folder with tables for neo4j-admin and a Cypher script that loads them.
    Neo4j,
    /// A folder with tables of nodes, edges and facts for spreadsheets.
    Csv,
    /// FollowTheMoney entities as JSON lines, for Aleph and OpenSanctions tools.
    Ftm,
    /// JSON-LD, compacted.
    Jsonld,
    /// Every triple once, for RDF editors and validators.
    Turtle,
    /// Every triple once, a line each.
    Ntriples,
    /// Every quad, by graph.
    Trig,
    /// Every quad, sorted: the whole store.
    Nquads,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 14] = [
        Self::Html,
        Self::Graphml,
        Self::Gexf,
        Self::Dot,
        Self::Cytoscape,
        Self::Cx2,
        Self::Neo4j,
        Self::Csv,
        Self::Ftm,
        Self::Jsonld,
        Self::Turtle,
        Self::Ntriples,
        Self::Trig,
        Self::Nquads,
    ];

    /// Whether it is several files in a folder.
    pub fn is_folder(self) -> bool {
        matches!(self, Self::Neo4j | Self::Csv)
    }

    /// Whether it holds statements rather than a drawing of them, and so no projection.
    pub fn is_rdf(self) -> bool {
        matches!(
            self,
            Self::Jsonld | Self::Turtle | Self::Ntriples | Self::Trig | Self::Nquads
        )
    }
}

/// What is written and in which language its labels are.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which part of the graph.
    pub selection: Selection,
    /// Language of labels.
    pub lang: Lang,
}

/// How many things were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Nodes; triples or quads in an RDF format.
    pub nodes: usize,
    /// Edges; 0 in an RDF format.
    pub edges: usize,
}

/// Writes a store in a format that is one file. `path` names the target in errors.
///
/// # Errors
/// When the store fails, the target cannot be written, or the format is a folder.
pub fn write(
    store: &Store,
    format: Format,
    options: &Options,
    out: &mut dyn Write,
    path: &Path,
) -> Result<Written> {
    let Options { selection, lang } = options;
    if format.is_rdf() {
        let wanted = rdf::Wanted::new(store, selection, *lang)?;
        let write = match format {
            Format::Jsonld => jsonld::write,
            Format::Turtle => turtle::write,
            Format::Ntriples => ntriples::write,
            Format::Trig => trig::write,
            _ => nquads::write,
        };
        let nodes = write(store, &wanted, out, path)?;
        out.flush().map_err(|e| Error::file(path, e))?;
        return Ok(Written { nodes, edges: 0 });
    }
    let network = Network::read(store, selection, *lang)?;
    match format {
        Format::Html => html::write(&network, *lang, out),
        Format::Graphml => graphml::write(&network, *lang, out),
        Format::Gexf => gexf::write(&network, *lang, out),
        Format::Dot => dot::write(&network, *lang, out),
        Format::Cytoscape => cytoscape::write(&network, *lang, out),
        Format::Cx2 => cx2::write(&network, *lang, out),
        Format::Ftm => ftm::write(&network, *lang, out),
        _ => Err(std::io::Error::other("this format is a folder of files")),
    }
    .and_then(|()| out.flush())
    .map_err(|e| Error::file(path, e))?;
    Ok(Written {
        nodes: network.nodes.len(),
        edges: network.edges.len(),
    })
}

/// Writes a store in a format that is several files; the folder is made where it is missing.
///
/// # Errors
/// When the store fails, a file cannot be written, or the format is one file.
pub fn write_folder(
    store: &Store,
    format: Format,
    options: &Options,
    folder: &Path,
) -> Result<Written> {
    let network = Network::read(store, &options.selection, options.lang)?;
    std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
    let files: &[(&str, FileWriter)] = match format {
        Format::Csv => csv::FILES,
        Format::Neo4j => neo4j::FILES,
        _ => {
            let message = std::io::Error::other("this format is one file");
            return Err(Error::file(folder, message));
        }
    };
    for (name, write) in files {
        let path = folder.join(name);
        let mut out = BufWriter::new(File::create(&path).map_err(|e| Error::file(&path, e))?);
        write(&network, options.lang, &mut out)
            .and_then(|()| out.flush())
            .map_err(|e| Error::file(&path, e))?;
    }
    Ok(Written {
        nodes: network.nodes.len(),
        edges: network.edges.len(),
    })
}

/// Writes one file of a folder.
type FileWriter = fn(&Network, Lang, &mut dyn Write) -> std::io::Result<()>;
