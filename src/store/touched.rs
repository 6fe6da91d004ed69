//! What a build has changed, as far as what documents say together depends on it.
//!
//! A document's *shares* are what it contributes: to each entity's description and rank, and to the plain triples. Those
//! of a document that goes are taken off, those of one that comes are added; an entity all of whose sums are nought
//! is as it was. So the end of a build costs as much as the change, not as much as the store.

use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use rustc_hash::{FxHashMap, FxHashSet};

use super::plain::plain_triple;
use super::read::Node;
use crate::vocab;

/// With more entities changed than this, all are described anew: memory does not grow with a first build.
const MOST_ENTITIES: usize = 20_000;
/// With more plain triples in doubt than this, all are looked at.
const MOST_TRIPLES: usize = 100_000;
/// A document that says more than this is not listed.
const MOST_SAID: usize = 50_000;

/// What documents have come to say more or less of an entity.
#[derive(Default)]
pub(super) struct Change {
    /// Class, names, code and year, with the number of documents more or less.
    pub(super) said: FxHashMap<(NamedNode, Term), i64>,
    /// Statements more or less.
    pub(super) statements: i64,
    /// Documents that name it more or less.
    pub(super) documents: i64,
}

/// Sums of what a store holds, more or less.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) mentions: i64,
    pub(super) statements: FxHashMap<String, i64>,
    pub(super) facts: FxHashMap<String, i64>,
}

/// What a build has changed.
#[derive(Default)]
pub(super) struct Touched {
    /// Whether thesaurus and ontology are to be loaded, and so everything to be described.
    pub(super) knowledge: bool,
    /// Whether there are too many changes to list.
    pub(super) many: bool,
    /// Whether any plain triple may have lost its last statement.
    pub(super) doubtful: bool,
    pub(super) entities: FxHashMap<NamedNode, Change>,
    /// Plain triples of documents that went.
    pub(super) gone: FxHashSet<Triple>,
    pub(super) sums: Sums,
}

impl Touched {
    /// Whether changes are listed one by one.
    pub(super) fn lists(&self) -> bool {
        !self.knowledge && !self.many
    }

    /// Whether a document that says so much is listed; if not, nothing is any more.
    pub(super) fn lists_so_many(&mut self, said: usize) -> bool {
        if self.lists() && said > MOST_SAID {
            self.give_up();
        }
        self.lists()
    }

    /// A plain triple may have lost a statement.
    pub(super) fn doubt(&mut self, triple: Triple) {
        if !self.doubtful {
            self.gone.insert(triple);
            if self.gone.len() > MOST_TRIPLES {
                self.doubtful = true;
                self.gone = FxHashSet::default();
            }
        }
    }

    /// Changes are not worth listing.
    pub(super) fn give_up(&mut self) {
        self.many = true;
        self.entities = FxHashMap::default();
    }

    /// A document goes.
    pub(super) fn subtract(&mut self, document: &NamedNode, nodes: &FxHashMap<NamedNode, Node>) {
        for triple in nodes.values().filter_map(plain_triple) {
            self.doubt(triple);
        }
        self.count(document, nodes, -1);
    }

    /// A document comes, with these quads.
    pub(super) fn add(&mut self, document: &NamedNode, quads: &[Quad]) {
        let mut nodes: FxHashMap<NamedNode, Node> = FxHashMap::default();
        for quad in quads.iter().filter(|q| !q.graph_name.is_default_graph()) {
            if let NamedOrBlankNode::NamedNode(subject) = &quad.subject {
                let node = nodes.entry(subject.clone()).or_default();
                node.push(quad.predicate.clone(), quad.object.clone());
            }
        }
        self.count(document, &nodes, 1);
    }

    fn count(&mut self, document: &NamedNode, nodes: &FxHashMap<NamedNode, Node>, sign: i64) {
        if !self.lists() {
            return;
        }
        let mut named: FxHashSet<&NamedNode> = FxHashSet::default();
        for (id, node) in nodes {
            if node.is(vocab::STATEMENT) {
                for entity in node.iris(vocab::SUBJECT).chain(node.iris(vocab::OBJECT)) {
                    self.change(entity).statements += sign;
                    named.insert(entity);
                }
                for property in node.iris(vocab::PREDICATE) {
                    let property = property.as_str().to_owned();
                    *self.sums.statements.entry(property).or_default() += sign;
                }
            } else if node.is(vocab::MENTION) {
                self.sums.mentions += sign;
            } else if id == document {
                let year = node.pairs().find(|(p, _)| p.as_ref() == vocab::YEAR);
                let mut spoken_of: FxHashSet<&NamedNode> = FxHashSet::default();
                for entity in node.iris(vocab::MENTIONS).chain(node.iris(vocab::HOME)) {
                    named.insert(entity);
                    if spoken_of.insert(entity)
                        && let Some(year) = year
                    {
                        *self.change(entity).said.entry(year.clone()).or_default() += sign;
                    }
                }
            } else {
                for pair in node.pairs() {
                    *self.change(id).said.entry(pair.clone()).or_default() += sign;
                }
            }
        }
        for entity in named {
            self.change(entity).documents += sign;
        }
        if self.entities.len() > MOST_ENTITIES {
            self.give_up();
        }
    }

    fn change(&mut self, entity: &NamedNode) -> &mut Change {
        if !self.entities.contains_key(entity) {
            self.entities.insert(entity.clone(), Change::default());
        }
        self.entities.get_mut(entity).expect("it was just put in")
    }
}
