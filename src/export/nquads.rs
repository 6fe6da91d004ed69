//! N-Quads: every quad, sorted, so that two stores can be compared with `diff`.

use std::io::{self, Write};

use oxigraph::io::RdfFormat;
use oxigraph::model::Quad;

use super::rdf::serialise;

pub(super) fn write(quads: &[Quad], out: &mut dyn Write) -> io::Result<usize> {
    serialise(RdfFormat::NQuads, quads, out)
}
