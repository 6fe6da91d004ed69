//! N-Quads: the whole store, sorted, so that two stores can be compared with `diff`.

use std::io::Write;
use std::path::Path;

use crate::Result;
use crate::store::Store;

pub(super) fn write(store: &Store, mut out: &mut dyn Write, path: &Path) -> Result<()> {
    store.write_nquads(&mut out, path)
}
