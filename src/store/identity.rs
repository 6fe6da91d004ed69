//! Which node each name of a document belongs to, kept in the graph so that it can be undone.
//!
//! A document's graph keeps what the document alone gives: where a mention, a statement or a home was moved to another node, the
//! IRI that it had stands beside it (`xt:statedSubject`, …). So a changed ledger is applied without extracting anything, and
//! whatever was applied before, the graph is the one that the documents and the ledger make.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{
    GraphName, GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term,
};
use rustc_hash::FxHashSet;

use super::plain::plain_triple;
use super::units::Homes;
use super::{Store, failed};
use crate::identity::{Join, Judged, Ledger, Resolution, Unit};
use crate::model::ID_BASE;
use crate::{Result, vocab};

/// Where a document's graph names an entity, and where it keeps what the document alone gives.
const ROLES: [Role; 4] = [
    (vocab::SUBJECT, vocab::STATED_SUBJECT),
    (vocab::OBJECT, vocab::STATED_OBJECT),
    (vocab::IDENT_REF, vocab::STATED_ENTITY),
    (vocab::HOME, vocab::STATED_HOME),
];

/// A role of a name, and where it is kept what the document gives.
type Role = (NamedNodeRef<'static>, NamedNodeRef<'static>);

/// What is to be moved: node and document, with the IRI that the document gives.
type Movable = BTreeMap<(NamedNode, NamedNode), NamedNode>;

/// Which names are to be moved.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// Whatever belongs elsewhere.
    All,
    /// These names, and whatever these documents name.
    Of(&'a BTreeSet<NamedNode>, &'a FxHashSet<NamedNode>),
}

/// Changes are written this many at a time.
const AT_A_TIME: usize = 20_000;

/// So many names in documents are moved at a time.
const MOVED_AT_A_TIME: usize = 5_000;

impl Store {
    /// The judgements that the next [`Store::finish`] replays.
    pub fn judge(&mut self, ledger: Ledger) {
        self.ledger = ledger;
    }

    /// Whether the graph was made by these judgements.
    pub fn is_judged_by(&self, ledger: &Ledger) -> bool {
        self.marker.judgements == ledger.fingerprint()
    }

    /// Moves every name of a document to the node that it belongs to, and back where it belongs there no more.
    pub(super) fn apply(
        &mut self,
        resolution: &Resolution,
        homes: &Homes,
        scope: Scope<'_>,
    ) -> Result<()> {
        let mut remention: BTreeSet<NamedNode> = BTreeSet::new();
        for role in ROLES {
            match scope {
                Scope::Of(names, documents) => {
                    let movable = self.movable_of(names, documents, resolution, role)?;
                    self.move_names(movable, resolution, homes, role, &mut remention)?;
                }
                Scope::All => self.move_all_of(resolution, homes, role, &mut remention)?,
            }
        }
        let mut changes = Changes::default();
        for document in remention {
            self.set_mentions(&mut changes, &document)?;
            self.change_if_many(&mut changes)?;
        }
        self.change(changes)?;
        self.descriptions(resolution, homes, scope)
    }

    /// Moves these: node and document, with the IRI that the document gives.
    fn move_names(
        &mut self,
        movable: Movable,
        resolution: &Resolution,
        homes: &Homes,
        (role, stated): Role,
        remention: &mut BTreeSet<NamedNode>,
    ) -> Result<()> {
        let mut made: FxHashSet<Quad> = FxHashSet::default();
        let mut changes = Changes::default();
        for ((node, document), id) in movable {
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
        self.change(changes)
    }

    /// Moves whatever has a role and belongs elsewhere, or was moved before, some thousand at a time.
    fn move_all_of(
        &mut self,
        resolution: &Resolution,
        homes: &Homes,
        of_role: Role,
        remention: &mut BTreeSet<NamedNode>,
    ) -> Result<()> {
        let (role, stated) = of_role;
        let inner = self.inner.clone();
        let mut movable = Movable::new();
        for quad in inner.quads_for_pattern(None, Some(stated), None, None) {
            movable.extend(named_in_document(quad.map_err(failed)?));
            if movable.len() >= MOVED_AT_A_TIME {
                let part = std::mem::take(&mut movable);
                self.move_names(part, resolution, homes, of_role, remention)?;
            }
        }
        let part = std::mem::take(&mut movable);
        self.move_names(part, resolution, homes, of_role, remention)?;
        for id in resolution.moved() {
            let whom = Some(NamedNodeRef::new_unchecked(id).into());
            for quad in inner.quads_for_pattern(None, Some(role), whom, None) {
                if let Some(((node, document), id)) = named_in_document(quad.map_err(failed)?)
                    && !self.is_stated(&node, &document, stated)?
                {
                    movable.insert((node, document), id);
                }
                if movable.len() >= MOVED_AT_A_TIME {
                    let part = std::mem::take(&mut movable);
                    self.move_names(part, resolution, homes, of_role, remention)?;
                }
            }
        }
        self.move_names(movable, resolution, homes, of_role, remention)
    }

    /// Whether what has a role was moved there, so that it says what its document gives.
    fn is_stated(
        &self,
        node: &NamedNode,
        document: &NamedNode,
        stated: NamedNodeRef<'_>,
    ) -> Result<bool> {
        let graph = GraphNameRef::from(document.as_ref());
        let about = Some(node.as_ref().into());
        let mut stated = self
            .inner
            .quads_for_pattern(about, Some(stated), None, Some(graph));
        Ok(stated.next().transpose().map_err(failed)?.is_some())
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

    /// Looks through the documents' descriptions of what belongs to another node, or did, some thousand at a time.
    fn descriptions(
        &mut self,
        resolution: &Resolution,
        homes: &Homes,
        scope: Scope<'_>,
    ) -> Result<()> {
        type Pattern<'a> = (
            Option<&'a str>,
            NamedNodeRef<'static>,
            Option<&'a NamedNode>,
        );
        let patterns: Box<dyn Iterator<Item = Pattern<'_>>> = match scope {
            Scope::All => {
                let moved = resolution.moved().map(|id| id.as_str());
                let moved = moved.map(|id| (Some(id), vocab::TYPE, None));
                Box::new(std::iter::once((None, vocab::REPLACED_BY, None)).chain(moved))
            }
            Scope::Of(names, documents) => {
                let names = names.iter().flat_map(|id| {
                    let id = Some(id.as_str());
                    [(id, vocab::REPLACED_BY, None), (id, vocab::TYPE, None)]
                });
                let documents = documents.iter();
                Box::new(names.chain(documents.map(|d| (None, vocab::PREF_LABEL, Some(d)))))
            }
        };
        let inner = self.inner.clone();
        let mut described: BTreeSet<(NamedNode, NamedNode)> = BTreeSet::new();
        for (id, property, graph) in patterns {
            let id = id.map(|id| NamedNodeRef::new_unchecked(id).into());
            let graph = graph.map(|graph| GraphNameRef::from(graph.as_ref()));
            for quad in inner.quads_for_pattern(id, Some(property), None, graph) {
                let quad = quad.map_err(failed)?;
                if let (NamedOrBlankNode::NamedNode(id), GraphName::NamedNode(document)) =
                    (quad.subject, quad.graph_name)
                    && is_document(&document)
                    && (graph.is_none() || resolution.moves(id.as_str()))
                {
                    described.insert((id, document));
                }
                if described.len() >= MOVED_AT_A_TIME {
                    self.describe_moved(std::mem::take(&mut described), resolution, homes)?;
                }
            }
        }
        self.describe_moved(described, resolution, homes)
    }

    /// A document's description of what belongs to another node keeps its names and loses its class and code, so that
    /// nobody counts it: it says what has taken its place.
    fn describe_moved(
        &mut self,
        described: BTreeSet<(NamedNode, NamedNode)>,
        resolution: &Resolution,
        homes: &Homes,
    ) -> Result<()> {
        let mut changes = Changes::default();
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
        self.regrouped(&changes.0, vocab::REPLACED_BY);
        self.change(changes)
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

    /// Where a role names one of these names, or what belongs elsewhere and stands in one of these documents.
    fn movable_of(
        &self,
        names: &BTreeSet<NamedNode>,
        documents: &FxHashSet<NamedNode>,
        resolution: &Resolution,
        (role, stated): Role,
    ) -> Result<Movable> {
        let mut movable = Movable::new();
        let documents = documents.iter().map(|document| (None, Some(document)));
        for (id, graph) in documents.chain(names.iter().map(|id| (Some(id), None))) {
            let whom = id.map(|id| id.as_ref().into());
            let graph = graph.map(|graph| GraphNameRef::from(graph.as_ref()));
            for quad in self.inner.quads_for_pattern(None, Some(role), whom, graph) {
                // Others that belong to one of these names stand there as it does, and say so.
                if let Some(((node, document), id)) = named_in_document(quad.map_err(failed)?)
                    && (graph.is_none() || resolution.moves(id.as_str()))
                    && !self.is_stated(&node, &document, stated)?
                {
                    movable.entry((node, document)).or_insert(id);
                }
            }
        }
        for id in names {
            let whom = Some(id.as_ref().into());
            for quad in self.inner.quads_for_pattern(None, Some(stated), whom, None) {
                movable.extend(named_in_document(quad.map_err(failed)?));
            }
        }
        Ok(movable)
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

    /// The same where many have gathered.
    fn change_if_many(&mut self, changes: &mut Changes) -> Result<()> {
        if changes.0.len() < AT_A_TIME {
            return Ok(());
        }
        self.change(std::mem::take(changes))
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

/// A quad of a document that names something with an IRI: node and document, and that IRI.
fn named_in_document(quad: Quad) -> Option<((NamedNode, NamedNode), NamedNode)> {
    match (quad.subject, quad.object, quad.graph_name) {
        (
            NamedOrBlankNode::NamedNode(node),
            Term::NamedNode(id),
            GraphName::NamedNode(document),
        ) => Some(((node, document), id)),
        _ => None,
    }
}

/// Quads to take out (`false`) or to put in (`true`).
#[derive(Default)]
struct Changes(Vec<(Quad, bool)>);

/// What people judged.
pub(super) fn judged_quads(judged: &Judged) -> Vec<Quad> {
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
    let verdict = line.verdict.notation();
    judgement([&judged.left, &judged.right, verdict, &line.row()], facts)
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
