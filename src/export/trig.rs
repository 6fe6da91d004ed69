//! TriG: every quad, grouped by graph; the readable form of N-Quads.

use std::io::{self, Write};

use oxigraph::io::RdfFormat;
use oxigraph::model::Quad;

use super::rdf::serialise;

pub(super) fn write(quads: &[Quad], out: &mut dyn Write) -> io::Result<usize> {
    serialise(RdfFormat::TriG, quads, out)
}
