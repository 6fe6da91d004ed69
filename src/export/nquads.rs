//! N-Quads: every quad, sorted, so that two stores can be compared with `diff`.

use std::io::Write;
use std::path::Path;

use super::rdf::{Wanted, write_lines};
use crate::Result;
use crate::store::Store;

pub(super) fn write(
    store: &Store,
    wanted: &Wanted,
    out: &mut dyn Write,
    path: &Path,
) -> Result<usize> {
    write_lines(out, path, |take| wanted.each_quad(store, take))
}
