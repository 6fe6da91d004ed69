//! Which quads are exported: all of them, or those about what is selected.

use std::collections::BTreeSet;
use std::io::{self, Write};

use oxigraph::io::{RdfFormat, RdfSerializer};
use oxigraph::model::{GraphName, Quad, Term, Triple};

use super::network::Network;
use super::select::Selection;
use crate::messages::Lang;
use crate::store::{Store, named};
use crate::{Result, vocab};

/// The quads of a selection, sorted by graph. Thesaurus and ontology come whole: they are what the rest means.
pub(super) fn select(store: &Store, selection: &Selection, lang: Lang) -> Result<Vec<Quad>> {
    if selection.is_everything() && store.min_confidence() <= 0.0 {
        return store.quads(&|_| true);
    }
    let network = Network::read(store, selection, lang)?;
    let entities: BTreeSet<&str> = network.nodes.iter().map(|node| node.id.as_str()).collect();
    let facts: BTreeSet<&str> = network.facts.iter().map(|fact| fact.id.as_str()).collect();
    let documents: BTreeSet<&str> = network.documents.iter().map(|d| d.id.as_str()).collect();
    let mentions = mentions(store, &entities)?;
    let plain = store.plain_triples(&facts)?;
    // An entity is named only if it is kept; anything else may be named.
    let all_entities: BTreeSet<String> =
        store.entity_rows()?.into_iter().map(|row| row.id).collect();
    let is_kept = |iri: &str| entities.contains(iri) || !all_entities.contains(iri);
    store.quads(&|quad| {
        let Some(subject) = named(&quad.subject) else {
            return true;
        };
        if let Term::NamedNode(object) = &quad.object
            && !is_kept(object.as_str())
            && !facts.contains(subject)
        {
            return false;
        }
        match &quad.graph_name {
            GraphName::DefaultGraph => plain.contains(&Triple::from(quad.clone()).to_string()),
            graph if *graph == vocab::ENTITIES_GRAPH.into() => entities.contains(subject),
            GraphName::NamedNode(graph) if graph.as_str().contains("/id/document/") => {
                documents.contains(graph.as_str())
                    && (subject == graph.as_str()
                        || facts.contains(subject)
                        || mentions.contains(subject)
                        || entities.contains(subject))
            }
            _ => true,
        }
    })
}

/// The mentions of entities.
fn mentions(store: &Store, entities: &BTreeSet<&str>) -> Result<BTreeSet<String>> {
    let quads = store.quads(&|quad| {
        quad.predicate == vocab::IDENT_REF
            && matches!(&quad.object, Term::NamedNode(iri) if entities.contains(iri.as_str()))
    })?;
    Ok(quads
        .iter()
        .filter_map(|quad| named(&quad.subject).map(str::to_owned))
        .collect())
}

/// Every triple once, whatever its graph, apart from the ontology itself; sorted.
pub(super) fn triples(quads: Vec<Quad>) -> Vec<Quad> {
    let ontology: GraphName = vocab::ONTOLOGY_GRAPH.into();
    let mut triples: Vec<Quad> = quads
        .into_iter()
        .filter(|quad| quad.graph_name != ontology)
        .map(|quad| Triple::from(quad).in_graph(GraphName::DefaultGraph))
        .collect();
    triples.sort_by_cached_key(ToString::to_string);
    triples.dedup();
    triples
}

/// Writes with the prefixes of the project; the number of quads.
pub(super) fn serialise(
    format: RdfFormat,
    quads: &[Quad],
    out: &mut dyn Write,
) -> io::Result<usize> {
    let mut serializer = RdfSerializer::from_format(format);
    for (prefix, iri) in vocab::PREFIXES {
        serializer = serializer
            .with_prefix(*prefix, *iri)
            .expect("the prefixes are IRIs");
    }
    let mut writer = serializer.for_writer(out);
    for quad in quads {
        writer.serialize_quad(quad)?;
    }
    writer.finish()?;
    Ok(quads.len())
}
