//! Turtle: every triple once, without graphs. A statement names its document, so nothing is lost but the grouping.

use std::io::Write;
use std::path::Path;

use oxigraph::io::RdfFormat;

use super::rdf::{Wanted, each_triple, serialise};
use crate::Result;
use crate::store::Store;

pub(super) fn write(
    store: &Store,
    wanted: &Wanted,
    out: &mut dyn Write,
    path: &Path,
) -> Result<usize> {
    let triples = wanted.triples(store, |_| ())?;
    serialise(RdfFormat::Turtle, out, path, |take| {
        each_triple(triples, store, take)
    })
}
