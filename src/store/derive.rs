//! What documents say together: the plain triples and one description an entity.
//!
//! A function of the documents' graphs and of which names are one. The plain triples of the default graph, the graph of entities and the thesaurus
//! hold no triple in common, so that a query may read them as one graph and count (the union of graphs that
//! overlap counts a triple once a graph).
//!
//! Entities are described one by one from what the store has of each, all of them or those that a build has touched, so
//! memory does not grow with the store. A plain triple is written with its document and taken out with its last statement.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use oxigraph::model::{
    GraphName, GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::identity;
use super::quads::zh;
use super::read::{Node, literal, node_of};
use super::touched::{Change, Touched};
use super::{Store, failed};
use crate::gazetteer::{DivisionId, Gazetteer, Level};
use crate::identity::Unit;
use crate::{Result, vocab};

/// What documents together say of one entity.
#[derive(Default)]
struct Described {
    classes: BTreeSet<NamedNode>,
    /// Names as documents give them, each with the number of documents.
    names: BTreeMap<String, usize>,
    aliases: BTreeSet<String>,
    codes: BTreeSet<String>,
    years: BTreeSet<String>,
}

impl Described {
    /// The name that most documents use; of equals the longest, then the first in order of code points.
    fn name(&self) -> Option<&str> {
        let best = self
            .names
            .iter()
            .max_by_key(|(name, n)| (**n, name.chars().count(), Reverse(*name)));
        best.map(|(name, _)| name.as_str())
    }

    fn take(&mut self, property: NamedNodeRef<'_>, value: Term) {
        match value {
            Term::NamedNode(class) if property == vocab::TYPE => {
                self.classes.insert(class);
            }
            Term::Literal(said) => {
                let said = said.value().to_owned();
                if property == vocab::PREF_LABEL {
                    *self.names.entry(said).or_default() += 1;
                } else if property == vocab::ALT_LABEL {
                    self.aliases.insert(said);
                } else if property == vocab::CODE {
                    self.codes.insert(said);
                }
            }
            _ => {}
        }
    }

    /// Adds what the list of divisions has of the place with this code.
    fn add_division(&mut self, code: &str) {
        self.classes.insert(vocab::PLACE.into_owned());
        self.classes
            .extend(vocab::place_class(code).map(Into::into));
        // The official name outweighs what any number of documents say.
        if let Some(name) = official_name(code) {
            self.names.insert(name, usize::MAX);
        }
        self.codes.insert(code.to_owned());
    }
}

/// The years of documents, each looked up once.
#[derive(Default)]
pub(super) struct Years(RwLock<FxHashMap<NamedNode, Option<String>>>);

impl Years {
    fn of(&self, store: &Store, document: &NamedNode) -> Result<Option<String>> {
        let known = |years: &FxHashMap<_, _>| years.get(document).cloned();
        if let Some(year) = known(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(year);
        }
        let graph = GraphNameRef::from(document.as_ref());
        let card = node_of(store.inner.quads_for_pattern(
            Some(document.as_ref().into()),
            Some(vocab::YEAR),
            None,
            Some(graph),
        ))?;
        let year = card.text(vocab::YEAR).map(str::to_owned);
        let mut years = self.0.write().unwrap_or_else(PoisonError::into_inner);
        years.insert(document.clone(), year.clone());
        Ok(year)
    }
}

/// What the store is to say of an entity besides what the thesaurus says of it.
fn description(id: &NamedNode, described: &Described, concept: &Node) -> Vec<Quad> {
    if described.classes.is_empty() {
        return Vec::new();
    }
    let mut triples: Vec<(NamedNodeRef<'_>, Term)> = Vec::new();
    triples.extend(
        described
            .classes
            .iter()
            .map(|class| (vocab::TYPE, class.clone().into())),
    );
    let given = concept.label(vocab::PREF_LABEL, "zh");
    let name = given.or_else(|| described.name());
    if given.is_none()
        && let Some(name) = name
    {
        triples.push((vocab::PREF_LABEL, zh(name).into()));
    }
    let others = described
        .names
        .keys()
        .chain(&described.aliases)
        .filter(|alias| Some(alias.as_str()) != name);
    for alias in others.collect::<BTreeSet<_>>() {
        triples.push((vocab::ALT_LABEL, zh(alias).into()));
    }
    if let Some(code) = described.codes.first() {
        triples.push((vocab::CODE, Literal::from(code.as_str()).into()));
        if let Some(above) = divisions_from(code).get(1) {
            triples.push((vocab::PART_OF, place_iri(&above.code).into()));
        }
    } else if let Some(home) = home_of_village(id.as_str()) {
        triples.push((vocab::PART_OF, place_iri(&home).into()));
    }
    let years = [
        (vocab::FIRST_YEAR, described.years.first()),
        (vocab::LAST_YEAR, described.years.last()),
    ];
    for (property, year) in years {
        if let Some(year) = year {
            let year = Literal::new_typed_literal(year, oxigraph::model::vocab::xsd::G_YEAR);
            triples.push((property, year.into()));
        }
    }
    triples
        .into_iter()
        .filter(|(property, object)| !concept.says(*property, object))
        .map(|(property, object)| Quad::new(id.clone(), property, object, vocab::ENTITIES_GRAPH))
        .collect()
}

/// A division of the official list.
pub(super) struct Division {
    pub(super) code: String,
    pub(super) name: Option<String>,
}

/// A division and those above it, from the place itself up to the province.
///
/// A code that the gazetteer does not list still tells the divisions above it by its digits.
pub(super) fn divisions_from(code: &str) -> Vec<Division> {
    let gazetteer = Gazetteer::get();
    let number = |code: &str| code.parse().map(DivisionId).ok();
    let cuts = [12, 9, 6, 4, 2].into_iter().filter_map(|n| code.get(..n));
    let mut found = Vec::new();
    for cut in cuts {
        if let Some(listed) = number(cut).and_then(|id| gazetteer.division(id)) {
            found.extend(
                gazetteer
                    .lineage(listed.id)
                    .filter_map(|id| gazetteer.division(id))
                    .map(|division| {
                        let name = if division.level() == Level::Village {
                            division.short.unwrap_or(division.name)
                        } else {
                            division.name
                        };
                        Division {
                            code: division.id.to_string(),
                            name: Some(name.to_owned()),
                        }
                    }),
            );
            break;
        }
        if cut.len() == code.len() {
            found.push(Division {
                code: cut.to_owned(),
                name: None,
            });
        }
    }
    found
}

/// The division code in a place's IRI.
fn code_of(id: &NamedNode) -> Option<&str> {
    Some(identity::code_of(id.as_str())).filter(|code| !code.is_empty())
}

/// What names of villages end with.
const VILLAGES: [&str; 4] = ["村", "社区", "嘎查", "居委会"];

/// The code of the division to which a village counts that no list has: the home of the documents that name it, which its IRI
/// begins with, or the township above where that is a village too.
fn home_of_village(place: &str) -> Option<String> {
    let local = place.strip_prefix(crate::model::ID_BASE)?;
    let (home, name) = local.strip_prefix("place/")?.split_once('/')?;
    let is_village = VILLAGES.iter().any(|end| name.ends_with(end));
    let is_code = home.len() <= 12 && home.bytes().all(|b| b.is_ascii_digit());
    let divisions = (is_village && is_code).then(|| divisions_from(home))?;
    let mut divisions = divisions.into_iter().map(|division| division.code);
    divisions.find(|code| code.len() <= 9)
}

/// The document whose graph this is.
pub(super) fn document_of(graph: &GraphName) -> Option<&NamedNode> {
    match graph {
        GraphName::NamedNode(graph) => Some(graph).filter(|graph| identity::is_document(graph)),
        _ => None,
    }
}

/// The name that the list of divisions has for a code.
fn official_name(code: &str) -> Option<String> {
    let place = divisions_from(code).into_iter().next();
    place.filter(|place| place.code == code)?.name
}

/// The IRI of the place with this division code.
pub(super) fn place_iri(code: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{}place/{code}", crate::model::ID_BASE))
}

impl Store {
    /// Describes the entities that a build has touched. Returns those that may be described otherwise than before.
    pub(super) fn describe_touched(&self, touched: &Touched) -> Result<FxHashSet<NamedNode>> {
        let years = Years::default();
        // A division stands as long as one below it does, so they go from the longest code up.
        let mut waiting: BTreeSet<(Reverse<usize>, NamedNode)> = BTreeSet::new();
        let mut wait = |id: &NamedNode| {
            waiting.insert((Reverse(code_of(id).map_or(0, str::len)), id.clone()));
        };
        touched.regrouped.iter().for_each(&mut wait);
        for (id, change) in &touched.entities {
            if !touched.regrouped.contains(id) && !self.still_holds(id, change, &years)? {
                wait(id);
            }
        }
        let mut done = FxHashSet::default();
        while let Some((_, id)) = waiting.pop_first() {
            let graph = Some(GraphNameRef::from(vocab::ENTITIES_GRAPH));
            let about = Some(id.as_ref().into());
            let before: FxHashSet<Quad> = self
                .inner
                .quads_for_pattern(about, None, None, graph)
                .collect::<std::result::Result<_, _>>()
                .map_err(failed)?;
            let now: FxHashSet<Quad> = self
                .described(&id, &self.members_of(&id)?, self.is_brought(&id)?, &years)?
                .into_iter()
                .collect();
            let mut transaction = self.inner.start_transaction().map_err(failed)?;
            for quad in before.symmetric_difference(&now) {
                if now.contains(quad) {
                    transaction.insert(quad.as_ref());
                } else {
                    transaction.remove(quad.as_ref());
                }
                match &quad.object {
                    Term::NamedNode(above) if quad.predicate == vocab::PART_OF => {
                        let length = code_of(above).map_or(0, str::len);
                        waiting.insert((Reverse(length), above.clone()));
                    }
                    Term::Literal(code) if quad.predicate == vocab::CODE => {
                        let place = place_iri(code.value());
                        if place != id {
                            waiting.insert((Reverse(code.value().len()), place));
                        }
                    }
                    _ => {}
                }
            }
            transaction.commit().map_err(failed)?;
            done.insert(id);
        }
        Ok(done)
    }

    /// What the store is to say of an entity; `members` are the names that were moved to it, `brought` says that a
    /// division below it is spoken of.
    pub(super) fn described(
        &self,
        id: &NamedNode,
        members: &BTreeSet<NamedNode>,
        brought: bool,
        years: &Years,
    ) -> Result<Vec<Quad>> {
        let mut described = Described::default();
        let mut is_described = false;
        for name in std::iter::once(id).chain(members.iter().filter(|name| *name != id)) {
            self.each_said_as(name, id, |quad| {
                is_described = true;
                described.take(quad.predicate.as_ref(), quad.object);
            })?;
        }
        // What was joined with another or parted from its IRI has no class in the documents' graphs.
        if let Some(unit) = Unit::new(id.as_str()).filter(|_| is_described) {
            described
                .classes
                .insert(vocab::class(unit.kind).into_owned());
        }
        for role in [vocab::MENTIONS, vocab::HOME] {
            for quad in
                self.inner
                    .quads_for_pattern(None, Some(role), Some(id.as_ref().into()), None)
            {
                if let NamedOrBlankNode::NamedNode(document) = quad.map_err(failed)?.subject
                    && let Some(year) = years.of(self, &document)?
                {
                    described.years.insert(year);
                }
            }
        }
        if let Some(code) = code_of(id)
            && (brought || described.codes.contains(code))
        {
            described.add_division(code);
        }
        let concept = self.node(id, vocab::THESAURUS_GRAPH.into())?;
        Ok(description(id, &described, &concept))
    }

    /// What the documents say of a name in which it belongs to this entity, one after another: of a place it may be
    /// what every document says.
    fn each_said_as(
        &self,
        name: &NamedNode,
        entity: &NamedNode,
        mut take: impl FnMut(Quad),
    ) -> Result<()> {
        let about = Some(name.as_ref().into());
        let replaced = Some(vocab::REPLACED_BY);
        let mut here: FxHashSet<GraphName> = FxHashSet::default();
        let mut elsewhere: FxHashSet<GraphName> = FxHashSet::default();
        for quad in self.inner.quads_for_pattern(about, replaced, None, None) {
            let quad = quad.map_err(failed)?;
            if matches!(&quad.object, Term::NamedNode(node) if node == entity) {
                here.insert(quad.graph_name);
            } else {
                elsewhere.insert(quad.graph_name);
            }
        }
        if name != entity && here.is_empty() {
            return Ok(());
        }
        for quad in self.inner.quads_for_pattern(about, None, None, None) {
            let quad = quad.map_err(failed)?;
            let is_here = if name == entity {
                !elsewhere.contains(&quad.graph_name)
            } else {
                here.contains(&quad.graph_name)
            };
            if is_here
                && quad.predicate != vocab::REPLACED_BY
                && document_of(&quad.graph_name).is_some()
            {
                take(quad);
            }
        }
        Ok(())
    }

    /// Whether a place stands above one that is spoken of, or is one that goes by its code.
    fn is_brought(&self, id: &NamedNode) -> Result<bool> {
        let graph = Some(GraphNameRef::from(vocab::ENTITIES_GRAPH));
        let above = Some(id.as_ref().into());
        let mut below = self
            .inner
            .quads_for_pattern(None, Some(vocab::PART_OF), above, graph);
        if below.next().transpose().map_err(failed)?.is_some() {
            return Ok(true);
        }
        let Some(code) = code_of(id) else {
            return Ok(false);
        };
        self.is_said(None, vocab::CODE, &Literal::from(code).into())
    }

    /// Whether an entity is described as before although documents say more or less of it. In doubt it is not.
    ///
    /// Most of what a document says of a place or of a campaign, many others say too: looking for one of them costs
    /// less than reading them all.
    fn still_holds(&self, id: &NamedNode, change: &Change, years: &Years) -> Result<bool> {
        let mut changes = change.said.iter().filter(|(_, n)| **n != 0).peekable();
        if changes.peek().is_none() {
            return Ok(true);
        }
        // Of its names' documents only those with its own IRI are looked at below.
        if !self.members_of(id)?.is_empty() {
            return Ok(false);
        }
        let entity = self.node(id, vocab::ENTITIES_GRAPH.into())?;
        let concept = self.node(id, vocab::THESAURUS_GRAPH.into())?;
        let has_official_name = concept.label(vocab::PREF_LABEL, "zh").is_some()
            || entity.text(vocab::CODE).is_some() && code_of(id).and_then(official_name).is_some();
        let name = entity.text(vocab::PREF_LABEL);
        for ((property, value), n) in changes {
            let property = property.as_ref();
            let is_label = property == vocab::PREF_LABEL || property == vocab::ALT_LABEL;
            let said = literal(value).map(Literal::value).unwrap_or_default();
            let is_weighed = property == vocab::PREF_LABEL && !has_official_name;
            let holds = if property == vocab::YEAR {
                let first = entity.text(vocab::FIRST_YEAR).unwrap_or("9999");
                let last = entity.text(vocab::LAST_YEAR).unwrap_or("");
                if *n > 0 {
                    first <= said && said <= last
                } else {
                    first < said && said < last || self.is_spoken_of_in(id, said, years)?
                }
            } else if is_weighed && (*n > 0) != (name == Some(said)) {
                // A lesser name that gains may win, and the first one that loses may fall behind.
                false
            } else if *n < 0 {
                self.is_said(Some(id), property, value)?
            } else if is_label {
                [vocab::PREF_LABEL, vocab::ALT_LABEL]
                    .into_iter()
                    .any(|label| entity.says(label, value) || concept.says(label, value))
            } else {
                (property == vocab::TYPE || property == vocab::CODE)
                    && (entity.says(property, value) || concept.says(property, value))
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether any document says this.
    fn is_said(
        &self,
        id: Option<&NamedNode>,
        property: NamedNodeRef<'_>,
        value: &Term,
    ) -> Result<bool> {
        let about = id.map(|id| id.as_ref().into());
        for quad in self
            .inner
            .quads_for_pattern(about, Some(property), Some(value.as_ref()), None)
        {
            if document_of(&quad.map_err(failed)?.graph_name).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a document of this year speaks of an entity.
    fn is_spoken_of_in(&self, id: &NamedNode, year: &str, years: &Years) -> Result<bool> {
        for role in [vocab::MENTIONS, vocab::HOME] {
            for quad in
                self.inner
                    .quads_for_pattern(None, Some(role), Some(id.as_ref().into()), None)
            {
                if let NamedOrBlankNode::NamedNode(document) = quad.map_err(failed)?.subject
                    && years.of(self, &document)?.as_deref() == Some(year)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The documents' IRIs in order.
    pub(super) fn document_iris(&self) -> Result<Vec<NamedNode>> {
        let prefix = format!("{}document/", crate::model::ID_BASE);
        let mut iris = Vec::new();
        for graph in self.inner.named_graphs() {
            if let NamedOrBlankNode::NamedNode(iri) = graph.map_err(failed)?
                && iri.as_str().starts_with(&prefix)
            {
                iris.push(iri);
            }
        }
        iris.sort_unstable();
        Ok(iris)
    }

    /// All that one graph says, by what it says it of.
    pub(super) fn nodes_of(
        &self,
        graph: oxigraph::model::NamedNodeRef<'_>,
    ) -> Result<FxHashMap<NamedNode, Node>> {
        let mut nodes: FxHashMap<NamedNode, Node> = FxHashMap::default();
        for quad in self
            .inner
            .quads_for_pattern(None, None, None, Some(GraphNameRef::from(graph)))
        {
            let quad = quad.map_err(failed)?;
            if let NamedOrBlankNode::NamedNode(subject) = quad.subject {
                nodes
                    .entry(subject)
                    .or_default()
                    .push(quad.predicate, quad.object);
            }
        }
        Ok(nodes)
    }

    /// What one graph says of one thing.
    pub(super) fn node(&self, id: &NamedNode, graph: GraphNameRef<'_>) -> Result<Node> {
        node_of(
            self.inner
                .quads_for_pattern(Some(id.as_ref().into()), None, None, Some(graph)),
        )
    }
}
