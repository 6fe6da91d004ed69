//! What is looked up to compare names: what documents say of one, which are in a block, which the graph joins.

use std::collections::BTreeSet;

use oxigraph::model::{GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::FxHashMap;

use super::identity::{code_of, is_document};
use super::read::literal;
use super::touched::post;
use super::{Store, failed};
use crate::gazetteer::{DivisionId, Gazetteer, Level};
use crate::identity::{Block, Unit, county};
use crate::model::{EntityType, ID_BASE};
use crate::names::Names;
use crate::{Result, vocab};

/// With more units to look at than this, all are compared anew.
pub(super) const MOST_UNITS: usize = 20_000;
/// With more counties whose enterprises are to be compared than this, all are compared anew.
const MOST_COUNTIES: usize = 200;

/// A join of the graph of judgements, by the IRIs of both and its rule.
pub(super) type Edge = (NamedNode, NamedNode, String);

/// What was looked up, each thing once.
pub(super) struct Looked<'a> {
    pub(super) store: &'a Store,
    names: Names,
    homes: FxHashMap<NamedNode, String>,
    pub(super) units: FxHashMap<NamedNode, Option<Unit>>,
    edges: FxHashMap<NamedNode, BTreeSet<Edge>>,
    /// Townships by the county that they count as.
    townships: FxHashMap<String, Vec<DivisionId>>,
    counties: usize,
}

impl<'a> Looked<'a> {
    pub(super) fn new(store: &'a Store, names: Names) -> Self {
        Self {
            store,
            names,
            homes: FxHashMap::default(),
            units: FxHashMap::default(),
            edges: FxHashMap::default(),
            townships: townships(),
            counties: 0,
        }
    }

    /// All that may be in a block, loaded, in order; `None` where that is too much.
    pub(super) fn members(&mut self, block: &Block) -> Result<Option<BTreeSet<NamedNode>>> {
        let mut ids = BTreeSet::new();
        match block {
            Block::Enterprises(county) => {
                self.counties += 1;
                if self.counties > MOST_COUNTIES {
                    return Ok(None);
                }
                for document in self.documents_at(county)? {
                    self.enterprises_of(&document, &mut ids)?;
                }
            }
            Block::Persons(name) => {
                for number in self.names.exact(name)? {
                    let entry = self.names.entry(number)?;
                    if entry.kind == Some(EntityType::Person) {
                        let node = NamedNode::new_unchecked(entry.id);
                        ids.extend(self.store.members_of(&node)?);
                        ids.insert(node);
                    }
                }
                let persons = format!("{ID_BASE}{}/", EntityType::Person.name());
                let touched = self.store.touched.names.keys();
                ids.extend(
                    touched
                        .filter(|id| id.as_str().starts_with(&persons))
                        .cloned(),
                );
            }
            Block::Projects(county, name) => {
                let kind = EntityType::Project.name();
                for place in self.places_of(county) {
                    let id = format!("{ID_BASE}{kind}/{place}/{name}");
                    ids.insert(NamedNode::new_unchecked(id));
                }
            }
        }
        for id in &ids {
            self.unit(id)?;
        }
        Ok((self.units.len() <= MOST_UNITS).then_some(ids))
    }

    pub(super) fn common_blocks(
        &mut self,
        left: &NamedNode,
        right: &NamedNode,
    ) -> Result<BTreeSet<Block>> {
        let of = |unit: Option<&Unit>| unit.into_iter().flat_map(Block::of).collect();
        let [a, b]: [BTreeSet<Block>; 2] = [of(self.unit(left)?), of(self.unit(right)?)];
        Ok(a.intersection(&b).cloned().collect())
    }

    /// The documents whose home counts as in a county.
    fn documents_at(&mut self, wanted: &str) -> Result<BTreeSet<NamedNode>> {
        let store = self.store;
        let mut documents = BTreeSet::new();
        for place in self.places_of(wanted) {
            let place = super::derive::place_iri(&place);
            for role in [vocab::HOME, vocab::STATED_HOME] {
                let here = Some(place.as_ref().into());
                for quad in store.inner.quads_for_pattern(None, Some(role), here, None) {
                    if let NamedOrBlankNode::NamedNode(document) = quad.map_err(failed)?.subject
                        && county(self.home(&document)?).as_deref() == Some(wanted)
                    {
                        documents.insert(document);
                    }
                }
            }
        }
        Ok(documents)
    }

    /// Codes of a county and of all in it.
    fn places_of(&self, county: &str) -> Vec<String> {
        let gazetteer = Gazetteer::get();
        let towns = self.townships.get(county).map_or(&[][..], Vec::as_slice);
        let mut places: Vec<DivisionId> = towns.to_vec();
        for town in towns {
            places.extend(gazetteer.villages(*town).map(|v| DivisionId(v.code)));
        }
        if let Ok(id) = county.parse().map(DivisionId)
            && id.level() == Level::County
        {
            places.extend(gazetteer.villages(id).map(|v| DivisionId(v.code)));
        }
        places.sort_unstable();
        places.dedup();
        let places = places.iter().map(DivisionId::to_string);
        std::iter::once(county.to_owned()).chain(places).collect()
    }

    fn enterprises_of(&self, document: &NamedNode, ids: &mut BTreeSet<NamedNode>) -> Result<()> {
        let class = vocab::class(EntityType::Enterprise);
        let enterprises = format!("{ID_BASE}{}/", EntityType::Enterprise.name());
        let graph = Some(GraphNameRef::from(document.as_ref()));
        for (property, value) in [
            (vocab::TYPE, Some(class.into())),
            (vocab::REPLACED_BY, None),
        ] {
            let quads = self
                .store
                .inner
                .quads_for_pattern(None, Some(property), value, graph);
            for quad in quads {
                if let NamedOrBlankNode::NamedNode(id) = quad.map_err(failed)?.subject
                    && id.as_str().starts_with(&enterprises)
                {
                    ids.insert(id);
                }
            }
        }
        Ok(())
    }

    /// The joins that the graph holds of a name.
    pub(super) fn edges(&mut self, id: &NamedNode) -> Result<&BTreeSet<Edge>> {
        if !self.edges.contains_key(id) {
            let store = self.store;
            let graph = GraphNameRef::from(vocab::JUDGEMENTS_GRAPH);
            let mut edges = BTreeSet::new();
            for side in [vocab::LEFT, vocab::RIGHT] {
                let whom = Some(id.as_ref().into());
                for quad in store
                    .inner
                    .quads_for_pattern(None, Some(side), whom, Some(graph))
                {
                    let NamedOrBlankNode::NamedNode(judgement) = quad.map_err(failed)?.subject
                    else {
                        continue;
                    };
                    let node = store.node(&judgement, graph)?;
                    let ends = node.iris(vocab::LEFT).zip(node.iris(vocab::RIGHT)).next();
                    if let (Some((left, right)), Some(rule)) = (ends, node.text(vocab::RULE)) {
                        edges.insert((left.clone(), right.clone(), rule.to_owned()));
                    }
                }
            }
            self.edges.insert(id.clone(), edges);
        }
        Ok(&self.edges[id])
    }

    /// What documents say of a name.
    pub(super) fn unit(&mut self, id: &NamedNode) -> Result<Option<&Unit>> {
        if !self.units.contains_key(id) {
            let unit = self.read_unit(id)?;
            self.units.insert(id.clone(), unit);
        }
        Ok(self.units[id].as_ref())
    }

    fn read_unit(&mut self, id: &NamedNode) -> Result<Option<Unit>> {
        let store = self.store;
        let Some(mut unit) = Unit::new(id.as_str()) else {
            return Ok(None);
        };
        let about = Some(id.as_ref().into());
        for property in [vocab::PREF_LABEL, vocab::ALT_LABEL] {
            for quad in store
                .inner
                .quads_for_pattern(about, Some(property), None, None)
            {
                let quad = quad.map_err(failed)?;
                if let (GraphName::NamedNode(document), Some(name)) =
                    (&quad.graph_name, literal(&quad.object))
                    && is_document(document)
                {
                    *unit.names.entry(name.value().to_owned()).or_default() += 1;
                    if property == vocab::PREF_LABEL {
                        let home = self.home(document)?.to_owned();
                        *unit.homes.entry(home).or_default() += 1;
                    }
                }
            }
        }
        if unit.names.is_empty() {
            return Ok(None);
        }
        if unit.kind == EntityType::Person {
            self.add_posts(id, &mut unit)?;
        }
        Ok(Some(unit))
    }

    fn add_posts(&mut self, id: &NamedNode, unit: &mut Unit) -> Result<()> {
        let store = self.store;
        for role in [vocab::SUBJECT, vocab::STATED_SUBJECT] {
            let whom = Some(id.as_ref().into());
            for quad in store.inner.quads_for_pattern(None, Some(role), whom, None) {
                let quad = quad.map_err(failed)?;
                let (NamedOrBlankNode::NamedNode(statement), GraphName::NamedNode(document)) =
                    (quad.subject, quad.graph_name)
                else {
                    continue;
                };
                let node = store.node(&statement, GraphNameRef::from(document.as_ref()))?;
                if let Some((person, post)) = post(&node)
                    && person == id
                {
                    let home = self.home(&document)?.to_owned();
                    unit.posts.insert((post.to_owned(), home));
                }
            }
        }
        Ok(())
    }

    /// The code of a document's home, as the document alone gives it.
    fn home(&mut self, document: &NamedNode) -> Result<&str> {
        if !self.homes.contains_key(document) {
            let graph = GraphNameRef::from(document.as_ref());
            let about = Some(document.as_ref().into());
            let mut code = String::new();
            for role in [vocab::STATED_HOME, vocab::HOME] {
                let inner = &self.store.inner;
                let mut homes = inner.quads_for_pattern(about, Some(role), None, Some(graph));
                let home = homes.next().transpose().map_err(failed)?;
                if let Some(Term::NamedNode(place)) = home.map(|quad| quad.object) {
                    code = code_of(place.as_str()).to_owned();
                    break;
                }
            }
            self.homes.insert(document.clone(), code);
        }
        Ok(&self.homes[document])
    }
}

impl Store {
    /// The names of documents that belong to a node besides its own.
    pub(super) fn members_of(&self, node: &NamedNode) -> Result<BTreeSet<NamedNode>> {
        let mut members = BTreeSet::new();
        let whom = Some(NamedNodeRef::from(node).into());
        let moved = self
            .inner
            .quads_for_pattern(None, Some(vocab::REPLACED_BY), whom, None);
        for quad in moved {
            if let NamedOrBlankNode::NamedNode(name) = quad.map_err(failed)?.subject {
                members.insert(name);
            }
        }
        Ok(members)
    }
}

/// Townships by the county that they count as.
fn townships() -> FxHashMap<String, Vec<DivisionId>> {
    let gazetteer = Gazetteer::get();
    let mut of: FxHashMap<String, Vec<DivisionId>> = FxHashMap::default();
    for town in gazetteer.townships() {
        let above = gazetteer
            .lineage(town)
            .find(|id| id.level() <= Level::County);
        if let Some(above) = above {
            of.entry(above.to_string()).or_default().push(town);
        }
    }
    of
}
