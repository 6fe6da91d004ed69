//! Giving the graph to other programs: one file per format.

mod findings;
mod graphml;
mod nquads;
mod turtle;

use std::io::Write;
use std::path::Path;

pub use findings::{Finding, write_findings};

use crate::Result;
use crate::store::Store;

/// A format that another program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// The network of entities for Gephi, Cytoscape, yEd.
    Graphml,
    /// Every triple once, for RDF editors and validators.
    Turtle,
    /// Every quad, sorted: the whole store.
    Nquads,
}

/// Writes a store. `path` names the target in errors.
pub fn write(
    store: &Store,
    format: Format,
    min_confidence: f64,
    out: &mut dyn Write,
    path: &Path,
) -> Result<()> {
    match format {
        Format::Graphml => graphml::write(store, min_confidence, out, path),
        Format::Turtle => turtle::write(store, out, path),
        Format::Nquads => nquads::write(store, out, path),
    }
}
