//! Which quads are exported: all of them, or those about what is selected; and in which order.
//!
//! Lines are sorted outside memory where they do not fit into it, so that memory does not grow with the store.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use oxigraph::io::{RdfFormat, RdfParser, RdfSerializer};
use oxigraph::model::{GraphName, Quad, Term, Triple};

use super::network::Network;
use super::select::Selection;
use crate::messages::Lang;
use crate::sorter::{IN_MEMORY, Sorted};
use crate::store::{Store, named};
use crate::{Error, Result, vocab};

/// What is exported. Thesaurus and ontology come whole: they are what the rest means.
pub(super) struct Wanted(Option<Kept>);

/// What a selection keeps, by IRIs.
struct Kept {
    entities: BTreeSet<String>,
    all_entities: BTreeSet<String>,
    facts: BTreeSet<String>,
    documents: BTreeSet<String>,
    mentions: BTreeSet<String>,
    plain: BTreeSet<String>,
}

impl Wanted {
    /// What a selection keeps.
    pub(super) fn new(store: &Store, selection: &Selection, lang: Lang) -> Result<Self> {
        if selection.is_everything() && store.min_confidence() <= 0.0 {
            return Ok(Self(None));
        }
        let network = Network::read(store, selection, lang)?;
        let entities: BTreeSet<String> = network.nodes.into_iter().map(|node| node.id).collect();
        let facts: BTreeSet<String> = network.facts.into_iter().map(|fact| fact.id).collect();
        let plain = store.plain_triples(&facts.iter().map(String::as_str).collect())?;
        Ok(Self(Some(Kept {
            mentions: mentions(store, &entities)?,
            all_entities: store.entity_rows()?.into_iter().map(|row| row.id).collect(),
            documents: network.documents.into_iter().map(|d| d.id).collect(),
            entities,
            facts,
            plain,
        })))
    }

    fn takes(&self, quad: &Quad) -> bool {
        let (Some(kept), Some(subject)) = (&self.0, named(&quad.subject)) else {
            return true;
        };
        // An entity is named only if it is kept; anything else may be named.
        let is_kept = |iri: &str| kept.entities.contains(iri) || !kept.all_entities.contains(iri);
        if let Term::NamedNode(object) = &quad.object
            && !is_kept(object.as_str())
            && !kept.facts.contains(subject)
        {
            return false;
        }
        match &quad.graph_name {
            GraphName::DefaultGraph => {
                let triple = Triple::from(quad.clone()).to_string();
                kept.plain.contains(&triple)
            }
            graph if *graph == vocab::ENTITIES_GRAPH.into() => kept.entities.contains(subject),
            GraphName::NamedNode(graph) if graph.as_str().contains("/id/document/") => {
                kept.documents.contains(graph.as_str())
                    && (subject == graph.as_str()
                        || kept.facts.contains(subject)
                        || kept.mentions.contains(subject)
                        || kept.entities.contains(subject))
            }
            _ => true,
        }
    }

    /// Every quad as a line, sorted by graph.
    pub(super) fn each_quad(
        &self,
        store: &Store,
        take: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        store.each_line(&|quad| self.takes(quad), take)
    }

    /// Every triple once, whatever its graph, apart from the ontology itself; sorted lines. `look` sees the triples first,
    /// in no order and some of them more than once.
    pub(super) fn triples(&self, store: &Store, mut look: impl FnMut(&Triple)) -> Result<Triples> {
        let ontology: GraphName = vocab::ONTOLOGY_GRAPH.into();
        let mut lines = store.sorter(IN_MEMORY);
        store.each_quad(|quad| {
            if quad.graph_name == ontology || !self.takes(&quad) {
                return Ok(());
            }
            let triple = Triple::from(quad);
            look(&triple);
            let line = format!("{triple} .\n");
            lines.add(&[line.as_bytes()]).map_err(|e| store.unsorted(e))
        })?;
        Ok(Triples {
            lines: lines.sorted().map_err(|e| store.unsorted(e))?,
            last: Vec::new(),
        })
    }
}

/// Sorted lines, each once.
pub(super) struct Triples {
    lines: Sorted,
    last: Vec<u8>,
}

impl Triples {
    /// The next line.
    pub(super) fn next(&mut self) -> std::io::Result<Option<&[u8]>> {
        loop {
            match self.lines.next()? {
                None => return Ok(None),
                Some(line) if line == self.last => {}
                Some(line) => {
                    self.last.clear();
                    self.last.extend_from_slice(line);
                    return Ok(Some(&self.last));
                }
            }
        }
    }
}

/// The mentions of entities.
fn mentions(store: &Store, entities: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let mut mentions = BTreeSet::new();
    store.each_quad(|quad| {
        if quad.predicate == vocab::IDENT_REF
            && matches!(&quad.object, Term::NamedNode(iri) if entities.contains(iri.as_str()))
            && let Some(mention) = named(&quad.subject)
        {
            mentions.insert(mention.to_owned());
        }
        Ok(())
    })?;
    Ok(mentions)
}

/// What a line says.
pub(super) fn parsed(line: &[u8]) -> Result<Quad> {
    // The store may hold IRIs that are none: whoever made an extraction elsewhere may have written them.
    let mut quads = RdfParser::from_format(RdfFormat::NQuads)
        .lenient()
        .for_slice(line);
    match quads.next() {
        Some(Ok(quad)) => Ok(quad),
        Some(Err(e)) => Err(Error::Store(format!("the store holds what is no RDF: {e}"))),
        None => Err(Error::Store("the store gave an empty line".to_owned())),
    }
}

/// Writes lines with the prefixes of the project; `each` gives them. The number of lines.
pub(super) fn serialise(
    format: RdfFormat,
    out: &mut dyn Write,
    path: &Path,
    each: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>,
) -> Result<usize> {
    let mut serializer = RdfSerializer::from_format(format);
    for (prefix, iri) in vocab::PREFIXES {
        serializer = serializer
            .with_prefix(*prefix, *iri)
            .expect("the prefixes are IRIs");
    }
    let wrong = |e| Error::file(path, e);
    let mut writer = serializer.for_writer(out);
    let mut n = 0;
    each(&mut |line| {
        n += 1;
        writer.serialize_quad(&parsed(line)?).map_err(wrong)
    })?;
    writer.finish().map_err(wrong)?;
    Ok(n)
}

/// Writes lines as they are; the number of lines.
pub(super) fn write_lines(
    out: &mut dyn Write,
    path: &Path,
    each: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>,
) -> Result<usize> {
    let mut n = 0;
    each(&mut |line| {
        n += 1;
        out.write_all(line).map_err(|e| Error::file(path, e))
    })?;
    Ok(n)
}

/// Gives the lines of sorted triples.
pub(super) fn each_triple(
    mut triples: Triples,
    store: &Store,
    take: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    while let Some(line) = triples.next().map_err(|e| store.unsorted(e))? {
        take(line)?;
    }
    Ok(())
}
