//! The store as if nothing stood in it that is less certain than one wishes.

use std::hash::Hash;
use std::sync::Arc;

use oxigraph::model::{GraphName, GraphNameRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, Term};
use oxigraph::store::{QuadIter, StorageError, Store as Quads};
use rustc_hash::{FxHashMap, FxHashSet};
use spareval::{InternalQuad, QueryableDataset};

use super::Store;
use super::plain::plain_triple;
use super::read::Node;
use crate::{Result, vocab};

impl Store {
    /// The store without the statements and mentions of less than this confidence, and without what only they support.
    ///
    /// Every reader of statements and mentions and every query keeps to it. Entities stay, as do the number of
    /// statements beside a name and the list of divisions: they say what the graph holds, not how sure it is.
    #[must_use]
    pub fn at_least(mut self, confidence: f64) -> Self {
        self.least = confidence;
        self
    }

    /// The least confidence of what is read.
    pub fn min_confidence(&self) -> f64 {
        self.least
    }

    /// Whether a statement or mention with this description is read.
    pub(super) fn is_certain(&self, node: &Node) -> bool {
        self.least <= 0.0 || node.number(vocab::CONFIDENCE).unwrap_or(0.0) >= self.least
    }

    /// The quads that queries may see. Cost: one pass over the documents' graphs.
    pub(super) fn certain(&self) -> Result<Certain> {
        let mut weak: FxHashSet<NamedOrBlankNode> = FxHashSet::default();
        let mut stated = Support::default();
        let mut named = Support::default();
        for document in self.document_iris()? {
            for (id, node) in self.nodes_of(document.as_ref())? {
                let is_certain = self.is_certain(&node);
                if node.is(vocab::STATEMENT) {
                    if let Some(triple) = plain_triple(&node) {
                        stated.put(triple, is_certain);
                    }
                } else if node.is(vocab::MENTION) {
                    for entity in node.iris(vocab::IDENT_REF) {
                        named.put((document.clone(), entity.clone()), is_certain);
                    }
                } else {
                    continue;
                }
                if !is_certain {
                    weak.insert(id.into());
                }
            }
        }
        let mentions = named.lost().map(|(document, entity)| {
            let graph = GraphName::from(document.clone());
            Quad::new(document, vocab::MENTIONS, entity, graph)
        });
        let facts = stated
            .lost()
            .map(|triple| triple.in_graph(GraphName::DefaultGraph));
        Ok(Certain {
            quads: self.inner.clone(),
            hidden: Arc::new(Hidden {
                quads: facts.chain(mentions).collect(),
                weak,
            }),
        })
    }
}

/// Of each thing whether something certain supports it.
struct Support<T>(FxHashMap<T, bool>);

impl<T> Default for Support<T> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<T: Eq + Hash> Support<T> {
    fn put(&mut self, thing: T, is_certain: bool) {
        *self.0.entry(thing).or_default() |= is_certain;
    }

    fn lost(self) -> impl Iterator<Item = T> {
        self.0
            .into_iter()
            .filter_map(|(thing, is_certain)| (!is_certain).then_some(thing))
    }
}

struct Hidden {
    /// Statements and mentions: nothing that is said of them is seen.
    weak: FxHashSet<NamedOrBlankNode>,
    /// What only these support.
    quads: FxHashSet<Quad>,
}

/// A store as queries see it where some confidence is asked for.
pub(super) struct Certain {
    quads: Quads,
    hidden: Arc<Hidden>,
}

impl Certain {
    /// The quads of a pattern; `None` where the terms stand in places in which no quad has them.
    fn matching(
        &self,
        subject: Option<&Term>,
        predicate: Option<&Term>,
        object: Option<&Term>,
        graph: Option<Option<&Term>>,
    ) -> Option<QuadIter<'static>> {
        let subject: Option<NamedOrBlankNodeRef<'_>> = match subject {
            None => None,
            Some(Term::NamedNode(iri)) => Some(iri.into()),
            Some(Term::BlankNode(node)) => Some(node.into()),
            Some(_) => return None,
        };
        let predicate = match predicate {
            None => None,
            Some(Term::NamedNode(iri)) => Some(iri.as_ref()),
            Some(_) => return None,
        };
        let graph: Option<GraphNameRef<'_>> = match graph {
            None => None,
            Some(None) => Some(GraphNameRef::DefaultGraph),
            Some(Some(Term::NamedNode(iri))) => Some(iri.into()),
            Some(Some(Term::BlankNode(node))) => Some(node.into()),
            Some(Some(_)) => return None,
        };
        let object = object.map(Term::as_ref);
        Some(
            self.quads
                .quads_for_pattern(subject, predicate, object, graph),
        )
    }
}

impl QueryableDataset<'static> for Certain {
    type InternalTerm = Term;
    type Error = StorageError;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Term>,
        predicate: Option<&Term>,
        object: Option<&Term>,
        graph: Option<Option<&Term>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Term>, StorageError>> + use<> {
        let hidden = Arc::clone(&self.hidden);
        // No graph stands for any named one, in the words of this trait; for any at all in those of the store.
        let only_named = graph.is_none();
        let found = self.matching(subject, predicate, object, graph);
        let is_seen = move |quad: &Quad| {
            !(only_named && quad.graph_name.is_default_graph()
                || hidden.weak.contains(&quad.subject)
                || hidden.quads.contains(quad))
        };
        found
            .into_iter()
            .flatten()
            .filter(move |quad| quad.as_ref().map_or(true, &is_seen))
            .map(|quad| quad.map(internal))
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<Term, StorageError>> + use<> {
        self.quads.named_graphs().map(|graph| graph.map(Term::from))
    }

    fn internalize_term(&self, term: Term) -> Result<Term, StorageError> {
        Ok(term)
    }

    fn externalize_term(&self, term: Term) -> Result<Term, StorageError> {
        Ok(term)
    }
}

fn internal(quad: Quad) -> InternalQuad<Term> {
    InternalQuad {
        subject: quad.subject.into(),
        predicate: quad.predicate.into(),
        object: quad.object,
        graph_name: match quad.graph_name {
            GraphName::NamedNode(iri) => Some(iri.into()),
            GraphName::BlankNode(node) => Some(node.into()),
            GraphName::DefaultGraph => None,
        },
    }
}
