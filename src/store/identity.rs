//! Which node each name of a document belongs to, kept in the graph so that it can be undone.
//!
//! A document's graph keeps what the document alone gives: where a mention, a statement or a home was moved to another node, the
//! IRI that it had stands beside it (`xt:statedSubject`, …). So a changed ledger is applied without extracting anything, and
//! whatever was applied before, the graph is the one that the documents and the ledger make.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{
    GraphName, GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::plain::plain_triple;
use super::read::literal;
use super::touched::post;
use super::{Store, failed};
use crate::identity::{Join, Ledger, Resolution, Unit, decide, is_ruled};
use crate::model::{EntityType, ID_BASE};
use crate::{Result, vocab};

/// Where a document's graph names an entity, and where it keeps what the document alone gives.
const ROLES: [(NamedNodeRef<'static>, NamedNodeRef<'static>); 4] = [
    (vocab::SUBJECT, vocab::STATED_SUBJECT),
    (vocab::OBJECT, vocab::STATED_OBJECT),
    (vocab::IDENT_REF, vocab::STATED_ENTITY),
    (vocab::HOME, vocab::STATED_HOME),
];

/// What is to be moved.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// Whatever belongs elsewhere.
    All,
    /// These names, and whatever these documents name.
    Of(&'a BTreeSet<NamedNode>, &'a FxHashSet<NamedNode>),
}

/// Changes are written this many at a time.
const AT_A_TIME: usize = 20_000;

/// Homes of documents by their IRIs: division codes.
pub(super) type Homes = FxHashMap<NamedNode, String>;

impl Store {
    /// The judgements that the next [`Store::finish`] replays.
    pub fn judge(&mut self, ledger: Ledger) {
        self.ledger = ledger;
    }

    /// Whether the graph was made by these judgements.
    pub fn is_judged_by(&self, ledger: &Ledger) -> bool {
        self.marker.judgements == ledger.fingerprint()
    }

    /// Which names are one, by the documents of the store and a ledger. Cost: a pass over all names and posts.
    ///
    /// # Errors
    /// The store fails, or the ledger contradicts itself.
    pub fn resolution(&self, ledger: &Ledger) -> Result<Resolution> {
        decide(self.units(&self.home_codes()?, |_| true)?, ledger)
    }

    /// The same without what neither a rule nor the ledger compares.
    pub(super) fn resolution_of_compared(&self, homes: &Homes) -> Result<Resolution> {
        let is_compared = |kind| is_ruled(kind) || !self.ledger.judgements.is_empty();
        decide(self.units(homes, is_compared)?, &self.ledger)
    }

    /// The division codes of the documents' homes, as the documents alone give them.
    pub(super) fn home_codes(&self) -> Result<Homes> {
        let mut homes = Homes::default();
        for role in [vocab::HOME, vocab::STATED_HOME] {
            for quad in self.inner.quads_for_pattern(None, Some(role), None, None) {
                let quad = quad.map_err(failed)?;
                if let (NamedOrBlankNode::NamedNode(document), Term::NamedNode(place)) =
                    (quad.subject, quad.object)
                {
                    homes.insert(document, code_of(place.as_str()).to_owned());
                }
            }
        }
        Ok(homes)
    }

    fn units(&self, homes: &Homes, wanted: impl Fn(EntityType) -> bool) -> Result<Vec<Unit>> {
        let mut units: FxHashMap<NamedNode, Unit> = FxHashMap::default();
        for property in [vocab::PREF_LABEL, vocab::ALT_LABEL] {
            for quad in self
                .inner
                .quads_for_pattern(None, Some(property), None, None)
            {
                let quad = quad.map_err(failed)?;
                let (NamedOrBlankNode::NamedNode(id), GraphName::NamedNode(document)) =
                    (quad.subject, quad.graph_name)
                else {
                    continue;
                };
                if !is_document(&document) {
                    continue;
                }
                let Some(name) = literal(&quad.object) else {
                    continue;
                };
                let unit = match units.get_mut(&id) {
                    Some(unit) => unit,
                    None => match Unit::new(id.as_str()).filter(|unit| wanted(unit.kind)) {
                        Some(unit) => units.entry(id).or_insert(unit),
                        None => continue,
                    },
                };
                *unit.names.entry(name.value().to_owned()).or_default() += 1;
                if property == vocab::PREF_LABEL {
                    let home = homes.get(&document).cloned().unwrap_or_default();
                    *unit.homes.entry(home).or_default() += 1;
                }
            }
        }
        for quad in self.inner.quads_for_pattern(
            None,
            Some(vocab::PREDICATE),
            Some(vocab::HOLDS_POST.into()),
            None,
        ) {
            let quad = quad.map_err(failed)?;
            let (NamedOrBlankNode::NamedNode(statement), GraphName::NamedNode(document)) =
                (quad.subject, quad.graph_name)
            else {
                continue;
            };
            let node = self.node(&statement, GraphNameRef::from(document.as_ref()))?;
            if let Some((person, post)) = post(&node)
                && let Some(unit) = units.get_mut(person)
            {
                let home = homes.get(&document).cloned().unwrap_or_default();
                unit.posts.insert((post.to_owned(), home));
            }
        }
        Ok(units.into_values().collect())
    }

    /// Moves every name of a document to the node that it belongs to, and back where it belongs there no more.
    pub(super) fn apply(
        &mut self,
        resolution: &Resolution,
        homes: &Homes,
        scope: Scope<'_>,
    ) -> Result<()> {
        let mut remention: BTreeSet<NamedNode> = BTreeSet::new();
        let mut made: FxHashSet<Quad> = FxHashSet::default();
        for (role, stated) in ROLES {
            let mut changes = Changes::default();
            for ((node, document), id) in self.movable(resolution, scope, role, stated)? {
                let home = homes.get(&document).map_or("", String::as_str);
                let wanted = NamedNode::new_unchecked(resolution.node(id.as_str(), home));
                let kept = (wanted != id).then_some(&id);
                // What leads back is written first and taken out last: a build may be killed between two parts.
                if kept.is_some() {
                    self.set(&mut changes, &node, &document, stated, kept)?;
                }
                let at = changes.0.len();
                let changed = self.set(&mut changes, &node, &document, role, Some(&wanted))?;
                if changed && (role == vocab::SUBJECT || role == vocab::OBJECT) {
                    // Before the statement changes: a build may be killed between two parts.
                    let plain = self.moved_triple(&node, &document, role, &wanted)?;
                    if let Some(quad) = &plain
                        && !self.inner.contains(quad).map_err(failed)?
                        && made.insert(quad.clone())
                    {
                        let property = quad.predicate.as_str().to_owned();
                        *self.touched.sums.facts.entry(property).or_default() += 1;
                    }
                    changes.0.splice(at..at, plain.map(|quad| (quad, true)));
                }
                if kept.is_none() {
                    self.set(&mut changes, &node, &document, stated, None)?;
                }
                if changed {
                    self.regrouped(&changes.0[at..], role);
                }
                if changed && role == vocab::IDENT_REF {
                    remention.insert(document);
                }
            }
            self.change(changes)?;
        }
        let mut changes = Changes::default();
        for document in remention {
            self.set_mentions(&mut changes, &document)?;
        }
        self.change(changes)?;
        let changes = self.descriptions(resolution, homes, scope)?;
        self.regrouped(&changes.0, vocab::REPLACED_BY);
        self.change(changes)
    }

    /// Notes the entities to which changes move names, and those from which they do.
    fn regrouped(&mut self, changes: &[(Quad, bool)], role: NamedNodeRef<'_>) {
        for (quad, _) in changes {
            if quad.predicate != role {
                continue;
            }
            if let Term::NamedNode(entity) = &quad.object {
                self.touched.regroup(entity);
            }
            if let NamedOrBlankNode::NamedNode(name) = &quad.subject
                && role == vocab::REPLACED_BY
            {
                self.touched.regroup(name);
            }
        }
    }

    /// A document's description of what belongs to another node keeps its names and loses its class and code, so that
    /// nobody counts it: it says what has taken its place.
    fn descriptions(
        &self,
        resolution: &Resolution,
        homes: &Homes,
        scope: Scope<'_>,
    ) -> Result<Changes> {
        let mut changes = Changes::default();
        let mut described: BTreeSet<(NamedNode, NamedNode)> = BTreeSet::new();
        let mut take = |id: Option<NamedNodeRef<'_>>, property, graph: Option<&NamedNode>| {
            let id = id.map(Into::into);
            let graph = graph.map(|graph| GraphNameRef::from(graph.as_ref()));
            for quad in self
                .inner
                .quads_for_pattern(id, Some(property), None, graph)
            {
                let quad = quad.map_err(failed)?;
                if let (NamedOrBlankNode::NamedNode(id), GraphName::NamedNode(document)) =
                    (quad.subject, quad.graph_name)
                    && is_document(&document)
                    && (graph.is_none() || resolution.moves(id.as_str()))
                {
                    described.insert((id, document));
                }
            }
            Ok::<_, crate::Error>(())
        };
        match scope {
            Scope::All => {
                take(None, vocab::REPLACED_BY, None)?;
                for id in resolution.moved() {
                    take(Some(NamedNodeRef::new_unchecked(id)), vocab::TYPE, None)?;
                }
            }
            Scope::Of(names, documents) => {
                for id in names {
                    take(Some(id.as_ref()), vocab::REPLACED_BY, None)?;
                    take(Some(id.as_ref()), vocab::TYPE, None)?;
                }
                for document in documents {
                    take(None, vocab::PREF_LABEL, Some(document))?;
                }
            }
        }
        for (id, document) in described {
            let home = homes.get(&document).map_or("", String::as_str);
            let node = NamedNode::new_unchecked(resolution.node(id.as_str(), home));
            let code = code_of(id.as_str());
            let (replaced, classes, code) = if node == id {
                let kind = Unit::new(id.as_str()).map(|unit| vocab::class(unit.kind));
                let classes = kind.into_iter().chain(vocab::place_class(code));
                (None, classes.map(Into::into).collect(), Some(code))
            } else {
                (Some(&node), BTreeSet::new(), None)
            };
            self.set_all(&mut changes, &id, &document, vocab::TYPE, classes)?;
            self.set(&mut changes, &id, &document, vocab::REPLACED_BY, replaced)?;
            let graph = GraphNameRef::from(document.as_ref());
            let known = self.node(&id, graph)?;
            let of_code = |code: &str| {
                let code = Literal::from(code);
                Quad::new(id.clone(), vocab::CODE, code, document.clone())
            };
            match (
                known.text(vocab::CODE),
                code.filter(|code| !code.is_empty()),
            ) {
                (Some(code), None) => changes.0.push((of_code(code), false)),
                (None, Some(code)) => changes.0.push((of_code(code), true)),
                _ => {}
            }
        }
        Ok(changes)
    }

    /// The plain triple that a statement is going to support; that which it supports now is put in doubt.
    fn moved_triple(
        &mut self,
        node: &NamedNode,
        document: &NamedNode,
        role: NamedNodeRef<'_>,
        wanted: &NamedNode,
    ) -> Result<Option<Quad>> {
        let statement = self.node(node, GraphNameRef::from(document.as_ref()))?;
        let Some(triple) = plain_triple(&statement) else {
            return Ok(None);
        };
        let mut moved = triple.clone();
        if role == vocab::SUBJECT {
            moved.subject = wanted.clone().into();
        } else {
            moved.object = wanted.clone().into();
        }
        self.touched.doubt(triple);
        Ok(Some(moved.in_graph(GraphName::DefaultGraph)))
    }

    /// Where a role names what may belong elsewhere or was moved before: node and document, with the IRI that the document gives.
    fn movable(
        &self,
        resolution: &Resolution,
        scope: Scope<'_>,
        role: NamedNodeRef<'_>,
        stated: NamedNodeRef<'_>,
    ) -> Result<BTreeMap<(NamedNode, NamedNode), NamedNode>> {
        let mut found = BTreeMap::new();
        let mut take = |property, object: Option<NamedNodeRef<'_>>, graph: Option<&NamedNode>| {
            let object = object.map(Into::into);
            let graph = graph.map(|graph| GraphNameRef::from(graph.as_ref()));
            for quad in self
                .inner
                .quads_for_pattern(None, Some(property), object, graph)
            {
                let quad = quad.map_err(failed)?;
                if let (
                    NamedOrBlankNode::NamedNode(node),
                    Term::NamedNode(id),
                    GraphName::NamedNode(document),
                ) = (quad.subject, quad.object, quad.graph_name)
                    && (graph.is_none() || resolution.moves(id.as_str()))
                {
                    found.entry((node, document)).or_insert(id);
                }
            }
            Ok::<_, crate::Error>(())
        };
        let (names, documents) = match scope {
            Scope::All => {
                take(stated, None, None)?;
                for id in resolution.moved() {
                    take(role, Some(NamedNodeRef::new_unchecked(id)), None)?;
                }
                return Ok(found);
            }
            Scope::Of(names, documents) => (names, documents),
        };
        for document in documents {
            take(role, None, Some(document))?;
        }
        for id in names {
            take(role, Some(id.as_ref()), None)?;
        }
        // Others that belong to one of these names stand there as it does, and say so.
        let mut own = BTreeMap::new();
        for ((node, document), id) in found {
            let graph = GraphNameRef::from(document.as_ref());
            let about = Some(node.as_ref().into());
            let mut stated = self
                .inner
                .quads_for_pattern(about, Some(stated), None, Some(graph));
            if stated.next().transpose().map_err(failed)?.is_none() {
                own.insert((node, document), id);
            }
        }
        let mut found = own;
        for id in names {
            let whom = Some(id.as_ref().into());
            for quad in self.inner.quads_for_pattern(None, Some(stated), whom, None) {
                let quad = quad.map_err(failed)?;
                if let (NamedOrBlankNode::NamedNode(node), GraphName::NamedNode(document)) =
                    (quad.subject, quad.graph_name)
                {
                    found.insert((node, document), id.clone());
                }
            }
        }
        Ok(found)
    }

    /// Makes one value the only one of a property; returns whether that changes anything.
    fn set(
        &self,
        changes: &mut Changes,
        node: &NamedNode,
        document: &NamedNode,
        property: NamedNodeRef<'_>,
        wanted: Option<&NamedNode>,
    ) -> Result<bool> {
        let wanted: BTreeSet<NamedNode> = wanted.into_iter().cloned().collect();
        self.set_all(changes, node, document, property, wanted)
    }

    fn set_all(
        &self,
        changes: &mut Changes,
        node: &NamedNode,
        document: &NamedNode,
        property: NamedNodeRef<'_>,
        mut wanted: BTreeSet<NamedNode>,
    ) -> Result<bool> {
        let before = changes.0.len();
        let graph = GraphNameRef::from(document.as_ref());
        for quad in self.inner.quads_for_pattern(
            Some(node.as_ref().into()),
            Some(property),
            None,
            Some(graph),
        ) {
            let quad = quad.map_err(failed)?;
            let is_wanted = matches!(&quad.object, Term::NamedNode(id) if wanted.remove(id));
            if !is_wanted {
                changes.0.push((quad, false));
            }
        }
        for id in wanted {
            let quad = Quad::new(node.clone(), property.into_owned(), id, document.clone());
            changes.0.push((quad, true));
        }
        Ok(changes.0.len() > before)
    }

    /// What a document mentions, from its mentions.
    fn set_mentions(&self, changes: &mut Changes, document: &NamedNode) -> Result<()> {
        let graph = GraphNameRef::from(document.as_ref());
        let mut named = BTreeSet::new();
        for quad in self
            .inner
            .quads_for_pattern(None, Some(vocab::IDENT_REF), None, Some(graph))
        {
            if let Term::NamedNode(id) = quad.map_err(failed)?.object {
                named.insert(id);
            }
        }
        self.set_all(changes, document, document, vocab::MENTIONS, named)?;
        Ok(())
    }

    /// Writes changes in their order.
    fn change(&mut self, changes: Changes) -> Result<()> {
        for part in changes.0.chunks(AT_A_TIME) {
            let mut transaction = self.inner.start_transaction().map_err(failed)?;
            for (quad, put) in part {
                match put {
                    true => transaction.insert(quad),
                    false => transaction.remove(quad),
                }
            }
            transaction.commit().map_err(failed)?;
            self.wrote(part.len())?;
        }
        Ok(())
    }
}

/// Quads to take out (`false`) or to put in (`true`).
#[derive(Default)]
struct Changes(Vec<(Quad, bool)>);

/// The graph of judgements: what people judged and what rules joined.
pub(super) fn judgement_quads(resolution: &Resolution) -> Vec<Quad> {
    let mut quads: Vec<Quad> = resolution.joins.iter().flat_map(join_quads).collect();
    for judged in &resolution.judged {
        let line = &judged.judgement;
        let mut facts = vec![(vocab::RULE, Literal::from("ledger").into())];
        for (property, text) in [
            (vocab::CREATOR, &line.who),
            (vocab::CREATED, &line.when),
            (vocab::REASON, &line.why),
        ] {
            if !text.is_empty() {
                facts.push((property, Literal::from(text.as_str()).into()));
            }
        }
        let row = line.row();
        let verdict = line.verdict.notation();
        quads.extend(judgement(
            [&judged.left, &judged.right, verdict, &row],
            facts,
        ));
    }
    // Two lines that say the same are one judgement.
    let mut seen = BTreeSet::new();
    quads.retain(|quad| seen.insert(quad.to_string()));
    quads
}

/// What a rule joined.
pub(super) fn join_quads(join: &Join) -> Vec<Quad> {
    let decimal = oxigraph::model::vocab::xsd::DECIMAL;
    let confidence = Literal::new_typed_literal(join.confidence.to_string(), decimal);
    judgement(
        [&join.left, &join.right, "same", join.rule],
        vec![
            (vocab::RULE, Literal::from(join.rule).into()),
            (vocab::CONFIDENCE, confidence.into()),
        ],
    )
}

fn judgement(parts: [&str; 4], facts: Vec<(NamedNodeRef<'_>, Term)>) -> Vec<Quad> {
    let id = judgement_iri(parts);
    let common = [
        (vocab::TYPE, Term::from(vocab::JUDGEMENT)),
        (vocab::LEFT, NamedNodeRef::new_unchecked(parts[0]).into()),
        (vocab::RIGHT, NamedNodeRef::new_unchecked(parts[1]).into()),
        (vocab::VERDICT, Literal::from(parts[2]).into()),
    ];
    let facts = common.into_iter().chain(facts);
    let quad =
        |(property, object)| Quad::new(id.clone(), property, object, vocab::JUDGEMENTS_GRAPH);
    facts.map(quad).collect()
}

/// The IRI of a judgement: of both names, the verdict, and the rule or the line.
pub(super) fn judgement_iri(parts: [&str; 4]) -> NamedNode {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes()).update(b"\x1f");
    }
    let id = format!("{ID_BASE}judgement/{}", &hasher.finalize().to_hex()[..32]);
    NamedNode::new_unchecked(id)
}

/// Whether a graph is that of a document.
pub(super) fn is_document(graph: &NamedNode) -> bool {
    let local = graph.as_str().strip_prefix(ID_BASE);
    local.is_some_and(|local| local.starts_with("document/"))
}

/// The division code in a place's IRI; empty where it has none.
pub(super) fn code_of(place: &str) -> &str {
    place
        .strip_prefix(ID_BASE)
        .and_then(|local| local.strip_prefix("place/"))
        .filter(|code| code.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or_default()
}
