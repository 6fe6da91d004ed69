//! An entity to its card: identity, timeline, facts with their sentences.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::read::{Node, StatementRow};
use super::{Store, failed};
use crate::model::{EntityType, ID_BASE};
use crate::ontology::Ontology;
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
    /// The same places' IRIs.
    #[serde(skip)]
    pub(super) homes: Vec<NamedNode>,
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
    /// Divisions of a place that are in the graph.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PlaceStep>,
    /// What is stated in each year, in order.
    pub timeline: Vec<YearSaid>,
    /// Statements grouped by property, in the ontology's order.
    pub groups: Vec<Group>,
    /// For each document the sentence that first names it, once [`Store::naming`] has been asked for them.
    pub named: Vec<Naming>,
}

/// How much is stated of an entity in a year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct YearSaid {
    /// Year.
    pub year: i32,
    /// Number of documents.
    pub documents: usize,
    /// Number of statements.
    pub statements: usize,
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

    /// A place's code, anything else's IRI without the part that all share; `lookup` takes either.
    pub fn short_id(&self) -> &str {
        let id = self.id.strip_prefix(ID_BASE).unwrap_or(&self.id);
        self.code.as_deref().unwrap_or(id)
    }
}

impl Store {
    /// What the graph of entities and the thesaurus say of a thing.
    pub(super) fn description_of(&self, id: &NamedNode) -> Result<(Node, Node)> {
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
        if above.is_empty()
            || path
                .last()
                .is_none_or(|step| (1..9).contains(&step.code.len()))
        {
            return Ok(name);
        }
        Ok(above + &name)
    }

    pub(super) fn place_path(&self, id: &NamedNode) -> Result<Vec<PlaceStep>> {
        let mut path = Vec::new();
        let mut at = Some(id.clone());
        while let Some(id) = at.take() {
            let node = self.node(&id, vocab::ENTITIES_GRAPH.into())?;
            let above = node.iris(vocab::PART_OF).next();
            let code = match node.text(vocab::CODE) {
                Some(code) => code,
                // A village that no list has.
                None if above.is_some() => "",
                None => break,
            };
            let name = node.zh(vocab::PREF_LABEL).unwrap_or(code);
            path.push(PlaceStep {
                id: id.as_str().to_owned(),
                name: name.to_owned(),
                code: code.to_owned(),
            });
            at = above.filter(|_| path.len() < 8).cloned();
        }
        path.reverse();
        Ok(path)
    }

    /// The card of an entity.
    pub fn card(&self, found: &Found) -> Result<Card> {
        let id = NamedNode::new_unchecked(&found.id);
        let (node, concept) = self.description_of(&id)?;
        let groups = self.groups(found)?;
        let year =
            |property: NamedNodeRef<'_>| node.text(property).and_then(|year| year.parse().ok());
        let names = |property| {
            concept
                .iris(property)
                .map(|iri| self.name_of(iri.as_str()))
                .collect::<Result<Vec<_>>>()
        };
        let timeline = timeline(&groups);
        let said = [timeline.first(), timeline.last()].map(|said| said.map(|said| said.year));
        Ok(Card {
            found: found.clone(),
            parts: self.parts(id.as_ref())?,
            years: [
                year(vocab::FIRST_YEAR).or(said[0]),
                year(vocab::LAST_YEAR).or(said[1]),
            ],
            broader: names(vocab::BROADER)?,
            domains: names(vocab::DOMAIN)?,
            timeline,
            groups,
            named: Vec::new(),
        })
    }

    /// What is stated of an entity, by property in the ontology's order, each by year.
    fn groups(&self, found: &Found) -> Result<Vec<Group>> {
        let mut rows: Vec<(StatementRow, bool)> = Vec::new();
        for (role, inverse) in [(vocab::SUBJECT, false), (vocab::OBJECT, true)] {
            let with = self.statements_with(role, &found.id)?;
            rows.extend(with.into_iter().map(|row| (row, inverse)));
        }
        let officials = self.officials(NamedNodeRef::new_unchecked(&found.id))?;
        rows.extend(officials.into_iter().map(|row| (row, true)));
        let others = rows.iter().filter_map(|(row, inverse)| row.other(*inverse));
        let names = each(others, |iri| self.full_name_of(iri))?;
        let documents = rows.iter().map(|(row, _)| row.document.as_str());
        let paths = each(documents, |iri| self.path_of(iri))?;
        let mut grouped: BTreeMap<(String, bool), Vec<Line>> = BTreeMap::new();
        for (row, inverse) in rows {
            let line = Line {
                other: row.other(inverse).map(|iri| names[iri].clone()),
                path: paths[&row.document].clone(),
                statement: row,
            };
            let group = (line.statement.property.clone(), inverse);
            grouped.entry(group).or_default().push(line);
        }
        let mut groups: Vec<Group> = grouped
            .into_iter()
            .map(|((property, inverse), mut lines)| {
                lines.sort_by(|a, b| {
                    let key = |line: &Line| (line.statement.year, line.statement.start);
                    let ((year_a, start_a), (year_b, start_b)) = (key(a), key(b));
                    (year_a, &a.path, start_a).cmp(&(year_b, &b.path, start_b))
                });
                Group {
                    property,
                    inverse,
                    lines,
                }
            })
            .collect();
        let order = property_order(found.kind);
        groups.sort_by_key(|group| {
            order
                .iter()
                .position(|(p, i)| *p == group.property && *i == group.inverse)
                .unwrap_or(order.len())
        });
        Ok(groups)
    }

    /// The divisions directly below a place, in order of code.
    fn parts(&self, place: NamedNodeRef<'_>) -> Result<Vec<PlaceStep>> {
        let mut parts = Vec::new();
        for quad in
            self.inner
                .quads_for_pattern(None, Some(vocab::PART_OF), Some(place.into()), None)
        {
            if let NamedOrBlankNode::NamedNode(part) = quad.map_err(failed)?.subject {
                parts.extend(self.place_path(&part)?.pop());
            }
        }
        parts.sort_by(|a, b| (&a.code, &a.id).cmp(&(&b.code, &b.id)));
        Ok(parts)
    }

    /// The sentences that first name an entity, one a document, by year.
    pub fn naming(&self, found: &Found) -> Result<Vec<Naming>> {
        let id = NamedNode::new_unchecked(&found.id);
        let mentions = self.inner.quads_for_pattern(
            None,
            Some(vocab::IDENT_REF),
            Some(id.as_ref().into()),
            None,
        );
        let mentions: Vec<(NamedOrBlankNode, GraphName)> = mentions
            .map(|quad| quad.map(|quad| (quad.subject, quad.graph_name)))
            .collect::<std::result::Result<_, _>>()
            .map_err(failed)?;
        let namings = mentions.par_iter().map(|(mention, graph)| match mention {
            NamedOrBlankNode::NamedNode(mention) => self.naming_by(mention, graph),
            NamedOrBlankNode::BlankNode(_) => Ok(None),
        });
        let namings: Vec<Option<Naming>> = namings.collect::<Result<_>>()?;
        let mut namings: Vec<Naming> = namings.into_iter().flatten().collect();
        namings.sort();
        Ok(namings)
    }

    /// The sentence of a mention, if it is its document's first of the entity.
    fn naming_by(&self, mention: &NamedNode, graph: &GraphName) -> Result<Option<Naming>> {
        let node = self.node(mention, graph.as_ref())?;
        let quote = node.text(vocab::QUOTE).filter(|_| self.is_certain(&node));
        let (Some(quote), Some(document)) = (quote, node.iris(vocab::DERIVED_FROM).next()) else {
            return Ok(None);
        };
        let number = |property| node.number(property).unwrap_or(0);
        Ok(Some(Naming {
            year: self.year_of(document)?,
            path: self.path_of(document.as_str())?,
            quote: quote.to_owned(),
            quote_start: number(vocab::QUOTE_START),
            start: number(vocab::BEGIN_INDEX),
            end: number(vocab::END_INDEX),
        }))
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
        let mut rows = Vec::new();
        for document in documents {
            rows.extend(self.statements_in(&document, vocab::HOLDS_POST)?);
        }
        Ok(rows)
    }
}

/// What is found for each of some IRIs, each looked up once: one document states many things, and many documents the same.
fn each<'a>(
    iris: impl Iterator<Item = &'a str>,
    look_up: impl Fn(&str) -> Result<String> + Sync,
) -> Result<FxHashMap<String, String>> {
    let iris: FxHashSet<&str> = iris.collect();
    let found = iris.into_par_iter();
    found
        .map(|iri| Ok((iri.to_owned(), look_up(iri)?)))
        .collect()
}

fn timeline(groups: &[Group]) -> Vec<YearSaid> {
    let mut years: BTreeMap<i32, (BTreeSet<&str>, usize)> = BTreeMap::new();
    for line in groups.iter().flat_map(|group| &group.lines) {
        if let Some(year) = line.statement.year {
            let said = years.entry(year).or_default();
            said.0.insert(&line.statement.document);
            said.1 += 1;
        }
    }
    let said = |(year, (documents, statements)): (i32, (BTreeSet<&str>, usize))| YearSaid {
        year,
        documents: documents.len(),
        statements,
    };
    years.into_iter().map(said).collect()
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
