//! What the analyses need of the whole graph, as plain values in a fixed order.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::{GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::touched::Touched;
use super::{Store, failed};
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::{Result, vocab};

/// An entity as a node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Thing {
    /// IRI.
    pub id: String,
    /// What kind of thing it is.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Name.
    pub name: String,
    /// Division code; empty for anything but a place.
    pub code: String,
}

/// What documents state between two entities, as an edge.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// IRI of the subject.
    pub source: String,
    /// IRI of the property.
    pub property: String,
    /// IRI of the object.
    pub target: String,
    /// Number of statements; 0 for what the list of divisions gives.
    pub statements: usize,
    /// Number of documents.
    pub documents: usize,
    /// First and last year.
    pub years: Option<(i32, i32)>,
    /// Highest confidence.
    pub confidence: f64,
}

/// A level at which places can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceLevel {
    /// 乡级.
    Town,
    /// 县级.
    County,
    /// 地级.
    Prefecture,
    /// 省级.
    Province,
}

impl PlaceLevel {
    /// The level of the place with this division code; `None` for a village and for anything that is no code.
    pub fn of_code(code: &str) -> Option<Self> {
        match code.len() {
            2 => Some(Self::Province),
            4 => Some(Self::Prefecture),
            6 => Some(Self::County),
            9 => Some(Self::Town),
            _ => None,
        }
    }
}

/// A place in the order of divisions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaceNode {
    /// Name.
    pub name: String,
    /// Division code; empty if it cannot be told.
    pub code: String,
    /// IRI of the division above.
    pub parent: Option<String>,
}

/// One statement that a place carries out a campaign.
#[derive(Clone, Debug, PartialEq)]
pub struct Implementation {
    /// IRI of the place.
    pub place: String,
    /// IRI of the campaign.
    pub campaign: String,
    /// Year of the report.
    pub year: Option<i32>,
    /// IRI of the document.
    pub document: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// A field of work.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// IRI.
    pub id: String,
    /// Short English code.
    pub code: String,
    /// Name in Chinese and in English.
    pub labels: [String; 2],
}

fn is_domain(id: &NamedNode) -> bool {
    let local = id.as_str().strip_prefix(crate::model::ID_BASE);
    local.is_some_and(|local| local.starts_with("domain/"))
}

/// What is stated between two entities, as it is gathered.
#[derive(Default)]
struct Stated {
    statements: usize,
    documents: BTreeSet<String>,
    years: BTreeSet<i32>,
    confidence: f64,
}

impl Store {
    /// All entities, sorted by IRI.
    pub fn things(&self) -> Result<Vec<Thing>> {
        let mut things = Vec::new();
        for (id, node) in self.nodes_of(vocab::ENTITIES_GRAPH)? {
            let Some(kind) = node
                .iris(vocab::TYPE)
                .find_map(|class| vocab::entity_type(class.as_str()))
            else {
                continue;
            };
            let code = node.text(vocab::CODE).unwrap_or("").to_owned();
            let name = match node.zh(vocab::PREF_LABEL) {
                Some(name) => name.to_owned(),
                None => self.name_of(id.as_str())?,
            };
            things.push(Thing {
                id: id.into_string(),
                kind,
                name,
                code,
            });
        }
        things.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(things)
    }

    /// All edges between entities: stated facts, and which division belongs to which; sorted.
    pub fn links(&self) -> Result<Vec<Link>> {
        let mut links = Vec::new();
        for (property, _) in Ontology::get().edges() {
            if property == vocab::PART_OF.as_str() {
                links.extend(self.division_links()?);
                continue;
            }
            let property = NamedNode::new_unchecked(property);
            let mut between: BTreeMap<(String, String), Stated> = BTreeMap::new();
            for row in self.statements_of(property.as_ref())? {
                let Some(object) = row.object else {
                    continue;
                };
                let link = between.entry((row.subject, object)).or_default();
                link.statements += 1;
                link.documents.insert(row.document);
                link.years.extend(row.year);
                link.confidence = link.confidence.max(row.confidence);
            }
            links.extend(between.into_iter().map(|((source, target), stated)| {
                Link {
                    source,
                    property: property.as_str().to_owned(),
                    target,
                    statements: stated.statements,
                    documents: stated.documents.len(),
                    years: stated
                        .years
                        .first()
                        .copied()
                        .zip(stated.years.last().copied()),
                    confidence: stated.confidence,
                }
            }));
        }
        links.sort_by(|a, b| {
            (&a.source, &a.property, &a.target).cmp(&(&b.source, &b.property, &b.target))
        });
        Ok(links)
    }

    fn division_links(&self) -> Result<Vec<Link>> {
        let places = self.places()?;
        let above = places
            .into_iter()
            .filter_map(|(id, place)| Some((id, place.parent?)));
        let link = |(source, target)| Link {
            source,
            property: vocab::PART_OF.as_str().to_owned(),
            target,
            statements: 0,
            documents: 0,
            years: None,
            confidence: 1.0,
        };
        Ok(above.map(link).collect())
    }

    /// All places by IRI.
    pub fn places(&self) -> Result<BTreeMap<String, PlaceNode>> {
        let mut places = BTreeMap::new();
        for (id, node) in self.nodes_of(vocab::ENTITIES_GRAPH)? {
            if node.is(vocab::PLACE) {
                let code = node.text(vocab::CODE).unwrap_or("").to_owned();
                let name = node.zh(vocab::PREF_LABEL).unwrap_or(&code).to_owned();
                let parent = node
                    .iris(vocab::PART_OF)
                    .next()
                    .map(|iri| iri.as_str().to_owned());
                places.insert(id.into_string(), PlaceNode { name, code, parent });
            }
        }
        Ok(places)
    }

    /// Every statement that a place carries out a campaign, in order of document.
    pub fn implementations(&self) -> Result<Vec<Implementation>> {
        let rows = self.statements_of(vocab::IMPLEMENTS)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(Implementation {
                    place: row.subject,
                    campaign: row.object?,
                    year: row.year,
                    document: row.document,
                    confidence: row.confidence,
                })
            })
            .collect())
    }

    /// The campaigns above each campaign of the thesaurus.
    pub fn broader(&self) -> Result<BTreeMap<String, Vec<String>>> {
        self.thesaurus_links(vocab::BROADER)
    }

    /// The fields of work of each campaign of the thesaurus.
    pub fn campaign_domains(&self) -> Result<BTreeMap<String, Vec<String>>> {
        self.thesaurus_links(vocab::DOMAIN)
    }

    /// The fields of work, sorted by IRI.
    pub fn domains(&self) -> Result<Vec<Domain>> {
        let mut domains = Vec::new();
        for (id, node) in self.nodes_of(vocab::THESAURUS_GRAPH)? {
            let Some(code) = node.text(vocab::NOTATION).filter(|_| is_domain(&id)) else {
                continue;
            };
            let label = |lang| {
                node.label(vocab::PREF_LABEL, lang)
                    .unwrap_or(code)
                    .to_owned()
            };
            domains.push(Domain {
                code: code.to_owned(),
                labels: [label("zh"), label("en")],
                id: id.into_string(),
            });
        }
        domains.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(domains)
    }

    /// The year in which policy began each campaign of the thesaurus, where it is known.
    pub fn start_years(&self) -> Result<BTreeMap<String, i32>> {
        let nodes = self.nodes_of(vocab::THESAURUS_GRAPH)?.into_iter();
        Ok(nodes
            .filter_map(|(id, node)| Some((id.into_string(), node.number(vocab::START_YEAR)?)))
            .collect())
    }

    /// What one property of the thesaurus links each concept with, sorted.
    fn thesaurus_links(&self, property: NamedNodeRef<'_>) -> Result<BTreeMap<String, Vec<String>>> {
        let mut links: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let graph = GraphNameRef::from(vocab::THESAURUS_GRAPH);
        for quad in self
            .inner
            .quads_for_pattern(None, Some(property), None, Some(graph))
        {
            let quad = quad.map_err(failed)?;
            if let (NamedOrBlankNode::NamedNode(from), Term::NamedNode(to)) =
                (quad.subject, quad.object)
            {
                links
                    .entry(from.into_string())
                    .or_default()
                    .push(to.into_string());
            }
        }
        links.values_mut().for_each(|to| to.sort());
        Ok(links)
    }

    /// How often each document names each entity, by the IRIs of both.
    pub fn mention_counts(&self) -> Result<HashMap<(String, String), usize>> {
        let mut counts: HashMap<(String, String), usize> = HashMap::new();
        for quad in self
            .inner
            .quads_for_pattern(None, Some(vocab::IDENT_REF), None, None)
        {
            let quad = quad.map_err(failed)?;
            if self.min_confidence() > 0.0
                && let NamedOrBlankNode::NamedNode(mention) = &quad.subject
                && !self.is_certain(&self.node(mention, quad.graph_name.as_ref())?)
            {
                continue;
            }
            if let (GraphName::NamedNode(document), Term::NamedNode(entity)) =
                (quad.graph_name, quad.object)
            {
                let key = (document.into_string(), entity.into_string());
                *counts.entry(key).or_default() += 1;
            }
        }
        Ok(counts)
    }

    /// Number of entities of each type, of statements of each property, of documents done and set aside, as they were
    /// when the last build ended.
    pub fn counts(&self) -> Result<Counts> {
        match &self.marker.counts {
            Some(counts) if !self.is_unfinished() => Ok(counts.clone()),
            _ => self.count(None),
        }
    }

    /// The same after a build that touched so much; `entities` where they were counted already.
    pub(super) fn renew_counts(
        &self,
        touched: &Touched,
        entities: Option<BTreeMap<EntityType, usize>>,
    ) -> Result<Counts> {
        let (true, Some(entities), Some(mut counts)) =
            (touched.lists(), &entities, self.marker.counts.clone())
        else {
            return self.count(entities);
        };
        let add = |n: &mut usize, more: i64| *n = n.saturating_add_signed(more as isize);
        let sums = &touched.sums;
        add(&mut counts.mentions, sums.mentions);
        for (list, sums) in [
            (&mut counts.statements, &sums.statements),
            (&mut counts.facts, &sums.facts),
        ] {
            for (property, n) in list {
                add(n, sums.get(property).copied().unwrap_or(0));
            }
        }
        counts.entities = entities.clone();
        (counts.documents, counts.set_aside) = self.count_documents()?;
        Ok(counts)
    }

    fn count_documents(&self) -> Result<(usize, usize)> {
        let states = self.values_of(vocab::STATE)?;
        let done = states.iter().filter(|(_, state)| state == "done").count();
        Ok((done, states.len() - done))
    }

    fn count(&self, entities: Option<BTreeMap<EntityType, usize>>) -> Result<Counts> {
        let quads = |predicate: NamedNodeRef<'_>, object: Option<NamedNodeRef<'_>>, graph| {
            self.inner
                .quads_for_pattern(None, Some(predicate), object.map(Into::into), graph)
                .count()
        };
        let properties: Vec<NamedNodeRef<'_>> = crate::model::Predicate::ALL
            .map(vocab::property)
            .into_iter()
            .chain([vocab::REPORTS_INDICATOR])
            .collect();
        let each = |count: &(dyn Fn(NamedNodeRef<'static>) -> usize + Sync)| {
            let named = |p: &NamedNodeRef<'static>| (p.as_str().to_owned(), count(*p));
            properties.par_iter().map(named).collect()
        };
        let (documents, set_aside) = self.count_documents()?;
        Ok(Counts {
            documents,
            set_aside,
            mentions: quads(vocab::TYPE, Some(vocab::MENTION), None),
            entities: match entities {
                Some(entities) => entities,
                None => self.count_entities()?,
            },
            facts: each(&|p| quads(p, None, Some(GraphNameRef::DefaultGraph))),
            statements: each(&|p| quads(vocab::PREDICATE, Some(p), None)),
        })
    }

    fn count_entities(&self) -> Result<BTreeMap<EntityType, usize>> {
        let mut entities = BTreeMap::new();
        for thing in self.things()? {
            // Divisions that only stand above others are no finding.
            let id = NamedNode::new_unchecked(&thing.id);
            let roles = [vocab::MENTIONS, vocab::HOME, vocab::SUBJECT, vocab::OBJECT];
            let is_said = |role| {
                self.inner
                    .quads_for_pattern(None, Some(role), Some(id.as_ref().into()), None)
                    .next()
                    .is_some()
            };
            if roles.into_iter().any(is_said) {
                *entities.entry(thing.kind).or_default() += 1;
            }
        }
        Ok(entities)
    }
}

/// How much a store holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Documents that were read.
    pub documents: usize,
    /// Documents that were set aside.
    pub set_aside: usize,
    /// Mentions.
    pub mentions: usize,
    /// Entities by type.
    pub entities: BTreeMap<EntityType, usize>,
    /// Plain facts by property.
    pub facts: Vec<(String, usize)>,
    /// Statements by property.
    pub statements: Vec<(String, usize)>,
}
