//! What a build has changed, as far as what documents say together depends on it.
//!
//! A document's *shares* are what it contributes: to each entity's description and rank, and to the plain triples. Those
//! of a document that goes are taken off, those of one that comes are added; an entity all of whose sums are nought
//! is as it was. So the end of a build costs as much as the change, not as much as the store. Documents that come are looked at
//! when all are in, once before their names are moved to the nodes that they belong to, and once after.

use oxigraph::model::{NamedNode, Term, Triple};
use rustc_hash::{FxHashMap, FxHashSet};

use super::identity::code_of;
use super::plain::plain_triple;
use super::read::Node;
use crate::identity::Unit;
use crate::vocab;

/// With more entities changed than this, all are described anew: memory does not grow with a first build.
const MOST_ENTITIES: usize = 20_000;
/// With more plain triples in doubt than this, all are looked at.
const MOST_TRIPLES: usize = 100_000;
/// With documents that say more than this in all, they are not listed.
const MOST_SAID: usize = 100_000;

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

/// What documents say of a name, as far as its identity depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Said {
    /// It is called so.
    Name(String),
    /// Who calls it so is at home in the place with this code.
    Home(String),
    /// It holds this post by a document at home in the place with this code.
    Post(String, String),
}

/// A name of documents that came or went.
#[derive(Default)]
pub(super) struct Name {
    /// With the number of documents, or of statements, more or less.
    pub(super) said: FxHashMap<Said, i64>,
    /// The node that it belonged to, where a document with it went.
    pub(super) node: Option<NamedNode>,
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
    /// By the IRIs that documents alone give them.
    pub(super) names: FxHashMap<NamedNode, Name>,
    /// Documents that came.
    pub(super) fresh: FxHashSet<NamedNode>,
    /// Entities that names were moved to or from.
    pub(super) regrouped: FxHashSet<NamedNode>,
    /// How much the documents that came say.
    pub(super) said: usize,
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
        self.said += said;
        if self.lists() && self.said > MOST_SAID {
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
        self.names = FxHashMap::default();
        self.fresh = FxHashSet::default();
        self.regrouped = FxHashSet::default();
    }

    /// A name was moved to this entity or from it.
    pub(super) fn regroup(&mut self, entity: &NamedNode) {
        if self.lists() && !self.regrouped.contains(entity) {
            self.regrouped.insert(entity.clone());
            if self.regrouped.len() > MOST_ENTITIES {
                self.give_up();
            }
        }
    }

    /// A document goes.
    pub(super) fn subtract(&mut self, document: &NamedNode, nodes: &FxHashMap<NamedNode, Node>) {
        for triple in nodes.values().filter_map(plain_triple) {
            self.doubt(triple);
        }
        // One that came in this build has not been counted.
        if !self.fresh.remove(document) {
            self.count(document, nodes, -1);
            self.count_names(document, nodes, -1);
        }
    }

    /// What a document that came has its names be, before they are moved.
    pub(super) fn add_names(&mut self, document: &NamedNode, nodes: &FxHashMap<NamedNode, Node>) {
        self.count_names(document, nodes, 1);
    }

    /// What a document that came says, when its names have been moved.
    pub(super) fn add(&mut self, document: &NamedNode, nodes: &FxHashMap<NamedNode, Node>) {
        self.count(document, nodes, 1);
    }

    fn count_names(&mut self, document: &NamedNode, nodes: &FxHashMap<NamedNode, Node>, sign: i64) {
        if !self.lists() {
            return;
        }
        let home = nodes.get(document).and_then(|node| {
            let mut homes = node.iris(vocab::STATED_HOME).chain(node.iris(vocab::HOME));
            homes.next()
        });
        let home = home.map_or("", |place| code_of(place.as_str()));
        for (id, node) in nodes {
            if let Some((person, post)) = post(node) {
                let post = Said::Post(post.to_owned(), home.to_owned());
                self.say(person, post, sign);
            }
            if node.is(vocab::STATEMENT) || Unit::new(id.as_str()).is_none() {
                continue;
            }
            for name in node.texts(vocab::PREF_LABEL) {
                self.say(id, Said::Name(name.to_owned()), sign);
                self.say(id, Said::Home(home.to_owned()), sign);
            }
            for name in node.texts(vocab::ALT_LABEL) {
                self.say(id, Said::Name(name.to_owned()), sign);
            }
            if sign < 0
                && let Some(name) = self.names.get_mut(id)
            {
                let node = node.iris(vocab::REPLACED_BY).next().unwrap_or(id);
                name.node.get_or_insert_with(|| node.clone());
            }
        }
        if self.names.len() > MOST_ENTITIES {
            self.give_up();
        }
    }

    fn say(&mut self, id: &NamedNode, said: Said, sign: i64) {
        if !self.names.contains_key(id) {
            self.names.insert(id.clone(), Name::default());
        }
        let name = self.names.get_mut(id).expect("it was just put in");
        *name.said.entry(said).or_default() += sign;
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
                let entity = node.iris(vocab::REPLACED_BY).next().unwrap_or(id);
                let said = node.pairs().filter(|(p, _)| *p != vocab::REPLACED_BY);
                for pair in said {
                    *self.change(entity).said.entry(pair.clone()).or_default() += sign;
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

/// The person and the post of a statement that somebody holds one, as the document alone gives it.
pub(super) fn post(statement: &Node) -> Option<(&NamedNode, &str)> {
    let mut properties = statement.iris(vocab::PREDICATE);
    properties.find(|property| property.as_ref() == vocab::HOLDS_POST)?;
    let stated = statement.iris(vocab::STATED_SUBJECT);
    let person = stated.chain(statement.iris(vocab::SUBJECT)).next()?;
    Some((person, statement.text(vocab::VALUE)?))
}
