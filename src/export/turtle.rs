//! Turtle: every triple once, without graphs. A statement names its document, so nothing is lost but the grouping.

use std::io::{self, Write};

use oxigraph::io::RdfFormat;
use oxigraph::model::Quad;

use super::rdf::{serialise, triples};

pub(super) fn write(quads: Vec<Quad>, out: &mut dyn Write) -> io::Result<usize> {
    serialise(RdfFormat::Turtle, &triples(quads), out)
}
