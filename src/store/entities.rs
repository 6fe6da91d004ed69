//! Entities and mentions as rows of plain values, for exports, which need all of them at once.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Quad};
use rustc_hash::FxHashMap;

use super::read::Node;
use super::{Store, failed};
use crate::model::EntityType;
use crate::sorter::IN_MEMORY;
use crate::{Result, vocab};

/// What the graph says of one entity, documents together.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityRow {
    /// IRI.
    pub id: String,
    /// What kind of thing it is.
    pub kind: EntityType,
    /// IRI of its most specific class: a place's level where its code tells it.
    pub class: &'static str,
    /// Name.
    pub name: String,
    /// Other names, sorted.
    pub aliases: Vec<String>,
    /// Division code; empty for anything but a place.
    pub code: String,
    /// IRI of the division above.
    pub parent: Option<String>,
}

/// A span of a document that names an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct MentionRow {
    /// IRI of the entity.
    pub entity: String,
    /// IRI of the document.
    pub document: String,
    /// First code point.
    pub start: usize,
    /// The sentence, at an entity's first mention in the document.
    pub quote: Option<String>,
    /// 0 to 1.
    pub confidence: f64,
}

impl Store {
    /// All entities, sorted by IRI. Cost: one pass over the graph of entities and one over the thesaurus.
    pub fn entity_rows(&self) -> Result<Vec<EntityRow>> {
        let concepts = self.nodes_of(vocab::THESAURUS_GRAPH)?;
        let nothing = Node::default();
        let mut rows = Vec::new();
        for (id, node) in self.nodes_of(vocab::ENTITIES_GRAPH)? {
            let classes = || node.iris(vocab::TYPE);
            let Some(kind) = classes().find_map(|class| vocab::entity_type(class.as_str())) else {
                continue;
            };
            let concept = concepts.get(&id).unwrap_or(&nothing);
            let code = node.text(vocab::CODE).unwrap_or("").to_owned();
            let name = concept
                .zh(vocab::PREF_LABEL)
                .or_else(|| node.zh(vocab::PREF_LABEL));
            let name = match name {
                Some(name) => name.to_owned(),
                None => self.name_of(id.as_str())?,
            };
            let aliases: BTreeSet<&str> = node
                .texts(vocab::ALT_LABEL)
                .chain(concept.texts(vocab::ALT_LABEL))
                .filter(|alias| *alias != name)
                .collect();
            rows.push(EntityRow {
                kind,
                class: vocab::place_class(&code)
                    .unwrap_or(vocab::class(kind))
                    .as_str(),
                aliases: aliases.into_iter().map(str::to_owned).collect(),
                parent: node
                    .iris(vocab::PART_OF)
                    .next()
                    .map(|iri| iri.as_str().to_owned()),
                id: id.into_string(),
                name,
                code,
            });
        }
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(rows)
    }

    /// All mentions, in order of document and place in it. Cost: one pass over the documents' graphs.
    pub fn mention_rows(&self) -> Result<Vec<MentionRow>> {
        let mut rows = Vec::new();
        for document in self.document_iris()? {
            let nodes: FxHashMap<NamedNode, Node> = self.nodes_of(document.as_ref())?;
            for node in nodes
                .values()
                .filter(|node| node.is(vocab::MENTION) && self.is_certain(node))
            {
                let number = |property| node.text(property).and_then(|text| text.parse().ok());
                let Some(entity) = node.iris(vocab::IDENT_REF).next() else {
                    continue;
                };
                rows.push(MentionRow {
                    entity: entity.as_str().to_owned(),
                    document: document.as_str().to_owned(),
                    start: number(vocab::BEGIN_INDEX).unwrap_or(0),
                    quote: node.text(vocab::QUOTE).map(str::to_owned),
                    confidence: node
                        .text(vocab::CONFIDENCE)
                        .and_then(|text| text.parse().ok())
                        .unwrap_or(0.0),
                });
            }
        }
        rows.sort_by(|a, b| {
            (&a.document, a.start, &a.entity).cmp(&(&b.document, b.start, &b.entity))
        });
        Ok(rows)
    }

    /// The divisions in and under a place, itself among them.
    pub fn within(&self, place: &str) -> Result<BTreeSet<String>> {
        let mut below: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, node) in self.places()? {
            if let Some(parent) = node.parent {
                below.entry(parent).or_default().push(id);
            }
        }
        let mut within = BTreeSet::from([place.to_owned()]);
        let mut to_do = vec![place.to_owned()];
        while let Some(id) = to_do.pop() {
            for child in below.get(&id).into_iter().flatten() {
                if within.insert(child.clone()) {
                    to_do.push(child.clone());
                }
            }
        }
        Ok(within)
    }

    /// Gives every quad, in no order.
    pub(crate) fn each_quad(&self, mut take: impl FnMut(Quad) -> Result<()>) -> Result<()> {
        for quad in self.inner.iter() {
            take(quad.map_err(failed)?)?;
        }
        Ok(())
    }

    /// Gives every quad that is wanted as a line of N-Quads, by graph (the default graph first) and then in order of the
    /// lines. Sorts outside memory what does not fit into it.
    pub(crate) fn each_line(
        &self,
        wanted: &dyn Fn(&Quad) -> bool,
        mut take: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let graphs = self.inner.named_graphs();
        let mut graphs = graphs
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(failed)?;
        graphs.sort_by_cached_key(ToString::to_string);
        let graphs = graphs.into_iter().map(GraphName::from);
        for graph in std::iter::once(GraphName::DefaultGraph).chain(graphs) {
            let mut lines = self.sorter(IN_MEMORY);
            for quad in self
                .inner
                .quads_for_pattern(None, None, None, Some(graph.as_ref()))
            {
                let quad = quad.map_err(failed)?;
                if wanted(&quad) {
                    let line = format!("{quad} .\n");
                    lines
                        .add(&[line.as_bytes()])
                        .map_err(|e| self.unsorted(e))?;
                }
            }
            let mut lines = lines.sorted().map_err(|e| self.unsorted(e))?;
            while let Some(line) = lines.next().map_err(|e| self.unsorted(e))? {
                take(line)?;
            }
        }
        Ok(())
    }
}

/// The IRI of a node with a name.
pub(crate) fn named(node: &NamedOrBlankNode) -> Option<&str> {
    match node {
        NamedOrBlankNode::NamedNode(iri) => Some(iri.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}
