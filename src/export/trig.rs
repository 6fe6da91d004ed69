//! TriG: every quad, grouped by graph; the readable form of N-Quads.

use std::io::Write;
use std::path::Path;

use oxigraph::io::RdfFormat;

use super::rdf::{Wanted, serialise};
use crate::Result;
use crate::store::Store;

pub(super) fn write(
    store: &Store,
    wanted: &Wanted,
    out: &mut dyn Write,
    path: &Path,
) -> Result<usize> {
    serialise(RdfFormat::TriG, out, path, |take| {
        wanted.each_quad(store, take)
    })
}
