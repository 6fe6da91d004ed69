//! N-Triples: every triple once, a line each, sorted.

use std::io::{self, Write};

use oxigraph::io::RdfFormat;
use oxigraph::model::Quad;

use super::rdf::{serialise, triples};

pub(super) fn write(quads: Vec<Quad>, out: &mut dyn Write) -> io::Result<usize> {
    serialise(RdfFormat::NTriples, &triples(quads), out)
}
