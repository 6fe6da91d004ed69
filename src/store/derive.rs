//! What documents say together: the plain triples and one description an entity.
//!
//! A function of the documents' graphs and of which names are one. The plain triples of the default graph, the graph of entities and the thesaurus
//! hold no triple in common, so that a query may read them as one graph and count (the union of graphs that
//! overlap counts a triple once a graph).

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{
    GraphName, GraphNameRef, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple,
};
use rustc_hash::FxHashMap;

use super::identity::Homes;
use super::read::{Node, literal, node_of};
use super::{Store, failed, quads::zh};
use crate::gazetteer::{DivisionId, Gazetteer, Level};
use crate::identity::{Resolution, Unit};
use crate::{Result, vocab};

/// What documents together say of one entity.
#[derive(Default)]
struct Described {
    classes: BTreeSet<NamedNode>,
    /// Names as documents give them, each with the number of documents.
    names: BTreeMap<String, usize>,
    aliases: BTreeSet<String>,
    code: Option<String>,
    years: BTreeSet<String>,
}

impl Described {
    /// The name that most documents use; of equals the longest, then the first in order of code points.
    fn name(&self) -> Option<&str> {
        let best = self
            .names
            .iter()
            .max_by_key(|(name, n)| (**n, name.chars().count(), std::cmp::Reverse(*name)));
        best.map(|(name, _)| name.as_str())
    }
}

/// The quads of the default graph and of the graph of entities.
pub(super) fn derive(store: &Store, resolution: &Resolution, homes: &Homes) -> Result<Vec<Quad>> {
    let mut entities: BTreeMap<NamedNode, Described> = BTreeMap::new();
    let mut plain: BTreeSet<(NamedNode, NamedNode, String)> = BTreeSet::new();
    let mut quads = Vec::new();
    for document in store.document_iris()? {
        let nodes = store.nodes_of(document.as_ref())?;
        let home = homes.get(&document).map_or("", String::as_str);
        for (id, node) in &nodes {
            if node.is(vocab::STATEMENT) {
                if let Some(quad) = plain_triple(node)
                    && plain.insert((quad.0.clone(), quad.1.clone(), quad.2.to_string()))
                {
                    quads.push(Quad::new(quad.0, quad.1, quad.2, GraphName::DefaultGraph));
                }
            } else if !node.is(vocab::MENTION) && !node.is(vocab::DOCUMENT) {
                let id = NamedNode::new_unchecked(resolution.node(id.as_str(), home));
                let class = Unit::new(id.as_str()).map(|unit| vocab::class(unit.kind).into_owned());
                let described = entities.entry(id).or_default();
                describe(described, node);
                // What was parted from its IRI has no description of its own.
                described.classes.extend(class);
            }
        }
        let Some(card) = nodes.get(&document) else {
            continue;
        };
        let Some(year) = card.text(vocab::YEAR) else {
            continue;
        };
        for entity in card.iris(vocab::MENTIONS).chain(card.iris(vocab::HOME)) {
            entities
                .entry(entity.clone())
                .or_default()
                .years
                .insert(year.to_owned());
        }
    }
    add_ancestors(&mut entities);
    for (id, described) in &entities {
        quads.extend(description(store, id, described)?);
    }
    Ok(quads)
}

pub(super) fn plain_triple(statement: &Node) -> Option<(NamedNode, NamedNode, Term)> {
    let subject = statement.iris(vocab::SUBJECT).next()?.clone();
    let property = statement.iris(vocab::PREDICATE).next()?.clone();
    if let Some(object) = statement.iris(vocab::OBJECT).next() {
        return Some((subject, property, object.clone().into()));
    }
    let said = if property.as_ref() == vocab::REPORTS_INDICATOR {
        statement.text(vocab::INDICATOR)?.to_owned()
    } else {
        format!(
            "{}{}",
            statement.text(vocab::VALUE)?,
            statement.text(vocab::UNIT_AS_WRITTEN).unwrap_or("")
        )
    };
    Some((subject, property, Literal::from(said).into()))
}

fn describe(described: &mut Described, node: &Node) {
    described.classes.extend(node.iris(vocab::TYPE).cloned());
    for name in node.texts(vocab::PREF_LABEL) {
        *described.names.entry(name.to_owned()).or_default() += 1;
    }
    described
        .aliases
        .extend(node.texts(vocab::ALT_LABEL).map(str::to_owned));
    if let Some(code) = node.text(vocab::CODE) {
        described.code = Some(code.to_owned());
    }
}

/// Every place with a code brings the divisions above it.
fn add_ancestors(entities: &mut BTreeMap<NamedNode, Described>) {
    let codes: BTreeSet<String> = entities
        .values()
        .filter_map(|described| described.code.clone())
        .collect();
    for code in codes {
        for above in divisions_from(&code) {
            let described = entities.entry(place_iri(&above.code)).or_default();
            described.classes.insert(vocab::PLACE.into_owned());
            described
                .classes
                .extend(vocab::place_class(&above.code).map(Into::into));
            // The official name outweighs what any number of documents say.
            if let Some(name) = above.name {
                described.names.insert(name, usize::MAX);
            }
            described.code = Some(above.code);
        }
    }
}

fn description(store: &Store, id: &NamedNode, described: &Described) -> Result<Vec<Quad>> {
    let mut triples: Vec<(oxigraph::model::NamedNodeRef<'_>, Term)> = Vec::new();
    triples.extend(
        described
            .classes
            .iter()
            .map(|class| (vocab::TYPE, class.clone().into())),
    );
    let concept = store.thesaurus_label(id)?;
    let name = concept
        .clone()
        .or_else(|| described.name().map(str::to_owned));
    if concept.is_none()
        && let Some(name) = &name
    {
        triples.push((vocab::PREF_LABEL, zh(name).into()));
    }
    let others = described
        .names
        .keys()
        .chain(&described.aliases)
        .filter(|alias| Some(*alias) != name.as_ref());
    for alias in others.collect::<BTreeSet<_>>() {
        triples.push((vocab::ALT_LABEL, zh(alias).into()));
    }
    if let Some(code) = &described.code {
        triples.push((vocab::CODE, Literal::from(code.as_str()).into()));
        if let Some(above) = divisions_from(code).get(1) {
            triples.push((vocab::PART_OF, place_iri(&above.code).into()));
        }
    }
    let years = [
        (vocab::FIRST_YEAR, described.years.first()),
        (vocab::LAST_YEAR, described.years.last()),
    ];
    for (property, year) in years {
        if let Some(year) = year {
            triples.push((
                property,
                Literal::new_typed_literal(year, oxigraph::model::vocab::xsd::G_YEAR).into(),
            ));
        }
    }
    let mut quads = Vec::new();
    for (property, object) in triples {
        let known = Quad::new(id.clone(), property, object.clone(), vocab::THESAURUS_GRAPH);
        if !store.inner.contains(&known).map_err(failed)? {
            quads.push(Quad::new(
                id.clone(),
                property,
                object,
                vocab::ENTITIES_GRAPH,
            ));
        }
    }
    Ok(quads)
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

/// The IRI of the place with this division code.
pub(super) fn place_iri(code: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{}place/{code}", crate::model::ID_BASE))
}

impl Store {
    /// The plain triples that these statements support.
    pub(crate) fn plain_triples(&self, statements: &BTreeSet<&str>) -> Result<BTreeSet<String>> {
        let mut triples = BTreeSet::new();
        for document in self.document_iris()? {
            for (id, node) in self.nodes_of(document.as_ref())? {
                if statements.contains(id.as_str())
                    && let Some((subject, property, object)) = plain_triple(&node)
                {
                    triples.insert(Triple::new(subject, property, object).to_string());
                }
            }
        }
        Ok(triples)
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

    /// The Chinese name of a concept of the thesaurus.
    pub(super) fn thesaurus_label(&self, id: &NamedNode) -> Result<Option<String>> {
        let graph = GraphNameRef::from(vocab::THESAURUS_GRAPH);
        for quad in self.inner.quads_for_pattern(
            Some(id.as_ref().into()),
            Some(vocab::PREF_LABEL),
            None,
            Some(graph),
        ) {
            let quad = quad.map_err(failed)?;
            if let Some(label) =
                literal(&quad.object).filter(|label| label.language() == Some("zh"))
            {
                return Ok(Some(label.value().to_owned()));
            }
        }
        Ok(None)
    }

    /// What one graph says of one thing.
    pub(super) fn node(&self, id: &NamedNode, graph: GraphNameRef<'_>) -> Result<Node> {
        node_of(
            self.inner
                .quads_for_pattern(Some(id.as_ref().into()), None, None, Some(graph)),
        )
    }
}
