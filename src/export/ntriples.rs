//! N-Triples: every triple once, a line each, sorted.

use std::io::Write;
use std::path::Path;

use super::rdf::{Wanted, each_triple, write_lines};
use crate::Result;
use crate::store::Store;

pub(super) fn write(
    store: &Store,
    wanted: &Wanted,
    out: &mut dyn Write,
    path: &Path,
) -> Result<usize> {
    let triples = wanted.triples(store, |_| ())?;
    write_lines(out, path, |take| each_triple(triples, store, take))
}
