//! Looking an entity up: names to entities, an entity to its card.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode};
use serde::Serialize;

use super::read::{Node, StatementRow, literal};
use super::{Store, failed};
use crate::model::{EntityType, ID_BASE};
use crate::ontology::Ontology;
use crate::text::key;
use crate::{Result, vocab};

/// An entity with what tells it apart from its namesakes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// IRI.
    pub id: String,
    /// What kind of thing it is.
    #[serde(rename = "type")]
    pub kind: Option<EntityType>,
    /// Name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Division code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A place's divisions from the province down to itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<PlaceStep>,
    /// Places of the documents that name it, in order of name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Number of statements with it as subject or object.
    pub statements: usize,
    /// Number of documents that name it.
    pub documents: usize,
}

/// One division of a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlaceStep {
    /// IRI.
    pub id: String,
    /// Name; the code where the name is not known.
    pub name: String,
    /// Division code.
    pub code: String,
}

/// All that is known of an entity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Card {
    /// Identity.
    #[serde(flatten)]
    pub found: Found,
    /// First and last year of the documents that name it.
    pub years: [Option<i32>; 2],
    /// Wider campaigns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub broader: Vec<String>,
    /// Fields of work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// Statements grouped by property, in the ontology's order.
    pub groups: Vec<Group>,
    /// For each document the sentence that first names it.
    pub named: Vec<Naming>,
}

/// A sentence that names an entity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Naming {
    /// Year of the document.
    pub year: Option<i32>,
    /// Path of the document.
    pub path: String,
    /// The sentence.
    pub quote: String,
    /// Where the sentence begins in the source.
    pub quote_start: usize,
    /// Where the name begins in the source.
    pub start: usize,
    /// Where the name ends in the source.
    pub end: usize,
}

/// The statements of one property, read forwards or backwards.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// IRI of the property.
    pub property: String,
    /// Whether the entity is the object.
    pub inverse: bool,
    /// One line a statement.
    pub lines: Vec<Line>,
}

/// A statement with names for the reader.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Name of the entity at the other end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// Path of the document.
    pub path: String,
    /// Everything of the statement.
    #[serde(flatten)]
    pub statement: StatementRow,
}

impl Found {
    /// Name with what tells it apart: the path of a place, the places of anything else.
    pub fn describe(&self) -> String {
        if self.path.len() > 1 {
            return self
                .path
                .iter()
                .map(|step| step.name.as_str())
                .collect::<Vec<_>>()
                .join("·");
        }
        if self.places.is_empty() {
            self.name.clone()
        } else {
            format!("{}（{}）", self.name, self.places.join("、"))
        }
    }

    /// A place's code, anything else's IRI.
    pub fn short_id(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.id)
    }

    fn is_within(&self, place: &str, wanted: &str) -> bool {
        self.path
            .iter()
            .any(|step| step.id == place || key(&step.name) == wanted)
            || self.places.iter().any(|p| key(p).contains(wanted))
    }
}

impl Store {
    /// The entities with this name, the best kind of match only: a name, then another name, then part of a name.
    ///
    /// `at` keeps those in a place, or named by documents of places in it. A place may be given with divisions before
    /// its name (上高县锦江镇).
    pub fn find(
        &self,
        name: &str,
        kind: Option<EntityType>,
        at: Option<&str>,
    ) -> Result<Vec<Found>> {
        if let Some(id) = self.identify(name) {
            return Ok(self.found(&id)?.into_iter().collect());
        }
        let wanted = key(name);
        let mut tiers: [BTreeSet<NamedNode>; 4] = Default::default();
        for graph in [vocab::ENTITIES_GRAPH, vocab::THESAURUS_GRAPH] {
            for property in [vocab::PREF_LABEL, vocab::ALT_LABEL] {
                for quad in self.inner.quads_for_pattern(
                    None,
                    Some(property),
                    None,
                    Some(GraphNameRef::from(graph)),
                ) {
                    let quad = quad.map_err(failed)?;
                    let NamedOrBlankNode::NamedNode(id) = quad.subject else {
                        continue;
                    };
                    let Some(label) = literal(&quad.object) else {
                        continue;
                    };
                    let label = key(label.value());
                    let tier = if label == wanted {
                        usize::from(property == vocab::ALT_LABEL)
                    } else if wanted.ends_with(&label) && !label.is_empty() {
                        2
                    } else if label.contains(&wanted) {
                        3
                    } else {
                        continue;
                    };
                    tiers[tier].insert(id);
                }
            }
        }
        // A concept of the thesaurus that no document names is an answer only when nothing else is.
        for (tier, ids) in tiers.iter().enumerate() {
            let mut found = Vec::new();
            for id in ids {
                found.extend(
                    self.found(id)?
                        .filter(|f| kind.is_none_or(|kind| f.kind == Some(kind))),
                );
            }
            if tier == 2 {
                found.retain(|f| f.path.len() > 1 && path_spells(&f.path, &wanted));
            }
            if let Some(place) = at {
                let within = key(place);
                let id = self
                    .identify(place)
                    .map(NamedNode::into_string)
                    .unwrap_or_default();
                found.retain(|f| f.is_within(&id, &within));
            }
            if found.iter().any(|f| f.statements + f.documents > 0) {
                found.retain(|f| {
                    f.statements + f.documents > 0 || f.kind == Some(EntityType::Place)
                });
            }
            if !found.is_empty() {
                found.sort_by(|a, b| {
                    (b.statements, b.documents, &a.id).cmp(&(a.statements, a.documents, &b.id))
                });
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// The entity that an IRI or a division code names outright.
    fn identify(&self, name: &str) -> Option<NamedNode> {
        if name.starts_with("https://") || name.starts_with("http://") {
            return NamedNode::new(name).ok();
        }
        let is_code =
            matches!(name.len(), 2 | 4 | 6 | 9 | 12) && name.bytes().all(|b| b.is_ascii_digit());
        is_code.then(|| super::derive::place_iri(name))
    }

    /// An entity's identity; `None` if the store does not describe it.
    fn found(&self, id: &NamedNode) -> Result<Option<Found>> {
        let (node, concept) = self.description_of(id)?;
        if node.is_empty() && concept.is_empty() {
            return Ok(None);
        }
        let kind = node
            .iris(vocab::TYPE)
            .find_map(|class| vocab::entity_type(class.as_str()));
        let kind = kind.or_else(|| {
            id.as_str()
                .starts_with(&format!("{ID_BASE}campaign/"))
                .then_some(EntityType::Campaign)
        });
        let code = node.text(vocab::CODE).map(str::to_owned);
        let mut statements = 0;
        for role in [vocab::SUBJECT, vocab::OBJECT] {
            statements += self
                .inner
                .quads_for_pattern(None, Some(role), Some(id.as_ref().into()), None)
                .count();
        }
        let mut documents = BTreeSet::new();
        for property in [vocab::MENTIONS, vocab::HOME] {
            for quad in
                self.inner
                    .quads_for_pattern(None, Some(property), Some(id.as_ref().into()), None)
            {
                documents.insert(quad.map_err(failed)?.subject.to_string());
            }
        }
        let mut places = BTreeSet::new();
        for document in documents.iter().filter(|_| kind != Some(EntityType::Place)) {
            if let Some(home) = self.document(document.trim_matches(['<', '>']))?.home {
                places.insert(self.full_name_of(&home)?);
            }
        }
        let name = concept
            .zh(vocab::PREF_LABEL)
            .or_else(|| node.zh(vocab::PREF_LABEL))
            .or(code.as_deref())
            .unwrap_or(id.as_str());
        let aliases: BTreeSet<&str> = node
            .texts(vocab::ALT_LABEL)
            .chain(concept.texts(vocab::ALT_LABEL))
            .collect();
        Ok(Some(Found {
            name: name.to_owned(),
            aliases: aliases.into_iter().map(str::to_owned).collect(),
            kind,
            path: self.place_path(id)?,
            code,
            places: places.into_iter().collect(),
            statements,
            documents: documents.len(),
            id: id.as_str().to_owned(),
        }))
    }

    /// What the graph of entities and the thesaurus say of a thing.
    fn description_of(&self, id: &NamedNode) -> Result<(Node, Node)> {
        Ok((
            self.node(id, vocab::ENTITIES_GRAPH.into())?,
            self.node(id, vocab::THESAURUS_GRAPH.into())?,
        ))
    }

    /// The name under which an entity or document is listed.
    pub fn name_of(&self, iri: &str) -> Result<String> {
        let id = NamedNode::new_unchecked(iri);
        let (node, concept) = self.description_of(&id)?;
        if let Some(name) = concept
            .zh(vocab::PREF_LABEL)
            .or_else(|| node.zh(vocab::PREF_LABEL))
            .or_else(|| node.text(vocab::CODE))
        {
            return Ok(name.to_owned());
        }
        if iri.starts_with(&format!("{ID_BASE}document/")) && !iri.contains('#') {
            let document = self.document(iri)?;
            return Ok(document
                .paths
                .first()
                .cloned()
                .or(document.title)
                .unwrap_or_else(|| iri.to_owned()));
        }
        Ok(iri
            .strip_prefix(ID_BASE)
            .or_else(|| iri.strip_prefix(vocab::NS))
            .unwrap_or(iri)
            .to_owned())
    }

    /// The name with the county's before it, where a town or village needs it to be told from its namesakes.
    pub fn full_name_of(&self, iri: &str) -> Result<String> {
        let name = self.name_of(iri)?;
        let path = self.place_path(&NamedNode::new_unchecked(iri))?;
        let above: String = path
            .iter()
            .rev()
            .skip(1)
            .filter(|step| step.code.len() >= 6)
            .map(|step| step.name.as_str())
            .rev()
            .collect();
        if above.is_empty() || path.last().is_none_or(|step| step.code.len() < 9) {
            return Ok(name);
        }
        Ok(above + &name)
    }

    fn place_path(&self, id: &NamedNode) -> Result<Vec<PlaceStep>> {
        let mut path = Vec::new();
        let mut at = Some(id.clone());
        while let Some(id) = at.take() {
            let node = self.node(&id, vocab::ENTITIES_GRAPH.into())?;
            let Some(code) = node.text(vocab::CODE) else {
                break;
            };
            let name = node.zh(vocab::PREF_LABEL).unwrap_or(code);
            path.push(PlaceStep {
                id: id.as_str().to_owned(),
                name: name.to_owned(),
                code: code.to_owned(),
            });
            at = node
                .iris(vocab::PART_OF)
                .next()
                .filter(|_| path.len() < 8)
                .cloned();
        }
        path.reverse();
        Ok(path)
    }

    /// The card of an entity with the statements of at least this confidence.
    pub fn card(&self, found: &Found, min_confidence: f64) -> Result<Card> {
        let id = NamedNode::new_unchecked(&found.id);
        let (node, concept) = self.description_of(&id)?;
        let mut grouped: BTreeMap<(String, bool), Vec<Line>> = BTreeMap::new();
        for (role, inverse) in [(vocab::SUBJECT, false), (vocab::OBJECT, true)] {
            for row in self.statements_with(role, &found.id)? {
                self.put_line(&mut grouped, row, inverse)?;
            }
        }
        for row in self.officials(id.as_ref())? {
            self.put_line(&mut grouped, row, true)?;
        }
        let order = property_order(found.kind);
        let mut groups: Vec<Group> = grouped
            .into_iter()
            .map(|((property, inverse), mut lines)| {
                lines.retain(|line| line.statement.confidence >= min_confidence);
                lines.sort_by(|a, b| {
                    (a.statement.year, &a.path, a.statement.start).cmp(&(
                        b.statement.year,
                        &b.path,
                        b.statement.start,
                    ))
                });
                Group {
                    property,
                    inverse,
                    lines,
                }
            })
            .filter(|group| !group.lines.is_empty())
            .collect();
        groups.sort_by_key(|group| {
            order
                .iter()
                .position(|(p, i)| *p == group.property && *i == group.inverse)
                .unwrap_or(order.len())
        });
        let year =
            |property: NamedNodeRef<'_>| node.text(property).and_then(|year| year.parse().ok());
        let names = |property| {
            concept
                .iris(property)
                .map(|iri| self.name_of(iri.as_str()))
                .collect::<Result<Vec<_>>>()
        };
        Ok(Card {
            found: found.clone(),
            years: [year(vocab::FIRST_YEAR), year(vocab::LAST_YEAR)],
            broader: names(vocab::BROADER)?,
            domains: names(vocab::DOMAIN)?,
            groups,
            named: self.naming(id.as_ref())?,
        })
    }

    fn put_line(
        &self,
        grouped: &mut BTreeMap<(String, bool), Vec<Line>>,
        row: StatementRow,
        inverse: bool,
    ) -> Result<()> {
        let other = if inverse {
            Some(row.subject.as_str())
        } else {
            row.object.as_deref()
        };
        let other = other.map(|iri| self.full_name_of(iri)).transpose()?;
        let path = self
            .document(&row.document)?
            .paths
            .into_iter()
            .next()
            .unwrap_or_default();
        grouped
            .entry((row.property.clone(), inverse))
            .or_default()
            .push(Line {
                other,
                path,
                statement: row,
            });
        Ok(())
    }

    /// The sentences that first name an entity, one a document.
    fn naming(&self, id: NamedNodeRef<'_>) -> Result<Vec<Naming>> {
        let mut namings = Vec::new();
        for quad in
            self.inner
                .quads_for_pattern(None, Some(vocab::IDENT_REF), Some(id.into()), None)
        {
            let quad = quad.map_err(failed)?;
            let NamedOrBlankNode::NamedNode(mention) = &quad.subject else {
                continue;
            };
            let node = self.node(mention, quad.graph_name.as_ref())?;
            let Some(quote) = node.text(vocab::QUOTE) else {
                continue;
            };
            let number = |property| {
                node.text(property)
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0)
            };
            let Some(document) = node.iris(vocab::DERIVED_FROM).next() else {
                continue;
            };
            let document = self.document(document.as_str())?;
            namings.push(Naming {
                year: document.year,
                path: document.paths.into_iter().next().unwrap_or_default(),
                quote: quote.to_owned(),
                quote_start: number(vocab::QUOTE_START),
                start: number(vocab::BEGIN_INDEX),
                end: number(vocab::END_INDEX),
            });
        }
        namings.sort();
        Ok(namings)
    }

    /// Who holds a post according to the documents of a place.
    fn officials(&self, place: NamedNodeRef<'_>) -> Result<Vec<StatementRow>> {
        let mut documents = BTreeSet::new();
        for quad in self
            .inner
            .quads_for_pattern(None, Some(vocab::HOME), Some(place.into()), None)
        {
            if let NamedOrBlankNode::NamedNode(document) = quad.map_err(failed)?.subject {
                documents.insert(document.into_string());
            }
        }
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self
            .statements_of(vocab::HOLDS_POST)?
            .into_iter()
            .filter(|row| documents.contains(&row.document))
            .collect())
    }
}

/// Whether divisions of the path, in order, spell the text, which ends in the place's own name.
fn path_spells(path: &[PlaceStep], wanted: &str) -> bool {
    let mut rest = wanted;
    for step in path {
        let name = key(&step.name);
        rest = rest.strip_prefix(name.as_str()).unwrap_or(rest);
        // 上高锦江镇: a division above may lack its suffix.
        let short: String = name
            .chars()
            .take(name.chars().count().saturating_sub(1))
            .collect();
        if short.chars().count() >= 2 && rest != name {
            rest = rest.strip_prefix(short.as_str()).unwrap_or(rest);
        }
    }
    rest.is_empty()
}

/// Properties of a type of entity with their direction, in the ontology's order.
pub(crate) fn property_order(kind: Option<EntityType>) -> Vec<(String, bool)> {
    let ontology = Ontology::get();
    let class = kind.map_or(vocab::PLACE, vocab::class);
    let featured = ontology
        .term(class.as_str())
        .map_or(&[][..], |term| &term.featured);
    featured
        .iter()
        .flat_map(|property| {
            let backwards = ontology
                .term(property)
                .and_then(|term| term.inverse.clone());
            [
                Some((property.clone(), false)),
                backwards.map(|inverse| (inverse, true)),
            ]
            .into_iter()
            .flatten()
        })
        .collect()
}
