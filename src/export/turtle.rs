//! Turtle: every triple once, without graphs. A statement names its document, so nothing is lost but the grouping.

use std::io::Write;
use std::path::Path;

use oxigraph::io::{RdfFormat, RdfSerializer};

use crate::store::Store;
use crate::{Error, Result, vocab};

pub(super) fn write(store: &Store, out: &mut dyn Write, path: &Path) -> Result<()> {
    let mut serializer = RdfSerializer::from_format(RdfFormat::Turtle);
    for (prefix, iri) in vocab::PREFIXES {
        serializer = serializer
            .with_prefix(*prefix, *iri)
            .expect("the prefixes are IRIs");
    }
    let mut writer = serializer.for_writer(out);
    for triple in store.triples()? {
        writer
            .serialize_triple(&triple)
            .map_err(|e| Error::file(path, e))?;
    }
    writer
        .finish()
        .and_then(|out| out.flush())
        .map_err(|e| Error::file(path, e))
}
