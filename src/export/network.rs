//! The graph as it is drawn: entities as nodes, facts as edges, each with its years, weight and source.
//!
//! Every network format writes this one value. Its texts are cleaned once, here, of what no format can carry
//! or what would mislead a reader, so that a name cannot do harm in any of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::projection;
use super::select::{Projection, Selection, choose};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::store::{DocumentRow, MentionRow, StatementRow, Store};
use crate::{Result, vocab};

/// Nodes, edges, and the facts and documents behind them.
pub(super) struct Network {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) facts: Vec<Fact>,
    pub(super) documents: Vec<Document>,
    /// Whether an edge's two ends differ in role.
    pub(super) directed: bool,
}

/// An entity.
pub(super) struct Node {
    /// IRI.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: EntityType,
    /// IRI of the most specific class.
    pub(super) class: &'static str,
    pub(super) aliases: Vec<String>,
    /// Division code; empty for anything but a place.
    pub(super) code: String,
    /// Names of a place's divisions, from the province down to itself.
    pub(super) path: Vec<String>,
    /// Years of the documents that name it and of what is said of it.
    pub(super) years: BTreeSet<i32>,
    /// Number of documents that name it.
    pub(super) documents: usize,
    /// The sentence that first names it.
    pub(super) source: Option<Source>,
    parent: Option<String>,
}

/// What is stated between two entities.
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// IRI of the property; the name of a projection.
    pub(super) property: String,
    /// What the property is called.
    pub(super) label: String,
    /// A post; empty for other edges.
    pub(super) value: String,
    /// Number of statements; of documents in a projection.
    pub(super) weight: usize,
    pub(super) years: BTreeSet<i32>,
    /// Number of documents; 0 for what the list of divisions gives.
    pub(super) documents: usize,
    /// Highest confidence.
    pub(super) confidence: f64,
    /// The facts behind it.
    pub(super) facts: Vec<usize>,
    /// The sentence that states it best.
    pub(super) source: Source,
}

/// Where a sentence stands.
#[derive(Clone, Default)]
pub(super) struct Source {
    /// The document; `None` for what the list of divisions gives.
    pub(super) document: Option<usize>,
    pub(super) quote: String,
}

/// One statement of one document.
pub(super) struct Fact {
    /// IRI of the statement.
    pub(super) id: String,
    pub(super) subject: usize,
    pub(super) object: Option<usize>,
    /// IRI of the property.
    pub(super) property: String,
    /// What is said, for people; empty where the object says it.
    pub(super) said: String,
    /// The value in the base unit.
    pub(super) amount: Option<String>,
    /// Unit as written.
    pub(super) unit: Option<String>,
    /// A figure that is aimed at.
    pub(super) target: bool,
    pub(super) year: Option<i32>,
    pub(super) plan: bool,
    pub(super) quote: String,
    pub(super) document: usize,
    pub(super) confidence: f64,
}

/// A document.
pub(super) struct Document {
    /// IRI.
    pub(super) id: String,
    /// Its first path.
    pub(super) path: String,
    pub(super) title: String,
    pub(super) year: Option<i32>,
    home: Option<usize>,
}

impl Network {
    /// The selected part of the store. Cost: one pass over statements and mentions; a co-occurrence is
    /// quadratic in the entities of a document.
    pub(super) fn read(store: &Store, selection: &Selection, lang: Lang) -> Result<Self> {
        let chosen = choose(store, selection)?;
        let at: HashMap<&str, usize> = chosen
            .entities
            .iter()
            .enumerate()
            .map(|(i, row)| (row.id.as_str(), i))
            .collect();
        let document_at: HashMap<&str, usize> = chosen
            .documents
            .iter()
            .enumerate()
            .map(|(i, row)| (row.id.as_str(), i))
            .collect();
        let documents = chosen
            .documents
            .iter()
            .map(|row| document(row, &at))
            .collect();
        let facts = chosen
            .statements
            .iter()
            .filter_map(|row| fact(row, &at, &document_at, lang))
            .collect();
        let nodes = chosen.entities.iter().map(|row| Node {
            id: row.id.clone(),
            name: clean(&row.name),
            kind: row.kind,
            class: row.class,
            aliases: row.aliases.iter().map(|alias| clean(alias)).collect(),
            code: row.code.clone(),
            path: Vec::new(),
            years: BTreeSet::new(),
            documents: 0,
            source: None,
            parent: row.parent.clone(),
        });
        let mut network = Self {
            nodes: nodes.collect(),
            edges: Vec::new(),
            facts,
            documents,
            directed: true,
        };
        let mut namings = namings(&chosen.mentions, &at, &document_at);
        network.quote_facts(&mut namings);
        network.describe(&namings);
        match selection.projection {
            None => projection::facts(&mut network, lang),
            Some(Projection::InitiativePlace) => {
                projection::facts(&mut network, lang);
                let implements = vocab::IMPLEMENTS.as_str();
                network.edges.retain(|edge| edge.property == implements);
            }
            Some(Projection::EnterprisePlace) => projection::enterprise_place(&mut network, lang),
            Some(Projection::CoOccurrence) => {
                projection::co_occurrence(&mut network, &namings, lang);
            }
        }
        network.cut(selection);
        Ok(network)
    }

    /// Where no mention keeps its sentence, one of a fact names the entity as well.
    fn quote_facts(&self, namings: &mut Namings) {
        for fact in &self.facts {
            for node in [Some(fact.subject), fact.object].into_iter().flatten() {
                if let Some(naming) = namings.get_mut(&(fact.document, node))
                    && naming.is_empty()
                {
                    naming.clone_from(&fact.quote);
                }
            }
        }
    }

    /// Years, documents, first sentence and path of every node.
    fn describe(&mut self, namings: &Namings) {
        for ((document, node), naming) in namings {
            let node = &mut self.nodes[*node];
            node.documents += 1;
            node.years.extend(self.documents[*document].year);
            if node.source.is_none() && !naming.is_empty() {
                node.source = Some(Source {
                    document: Some(*document),
                    quote: naming.clone(),
                });
            }
        }
        for fact in &self.facts {
            for node in [Some(fact.subject), fact.object].into_iter().flatten() {
                self.nodes[node].years.extend(fact.year);
            }
        }
        let at: HashMap<String, usize> = (0..self.nodes.len())
            .map(|i| (self.nodes[i].id.clone(), i))
            .collect();
        for i in 0..self.nodes.len() {
            let mut path = Vec::new();
            let mut next = Some(i).filter(|_| self.nodes[i].kind == EntityType::Place);
            while let Some(node) = next.filter(|_| path.len() < 8) {
                path.push(self.nodes[node].name.clone());
                next = self.parent(node, &at);
            }
            path.reverse();
            self.nodes[i].path = path;
        }
    }

    /// The division above a node, if it is a node too.
    pub(super) fn parent(&self, node: usize, at: &HashMap<String, usize>) -> Option<usize> {
        at.get(self.nodes[node].parent.as_deref()?).copied()
    }

    /// Cuts to the edges of enough weight, the neighbourhood and, in a projection, the ends of edges.
    fn cut(&mut self, selection: &Selection) {
        self.edges
            .retain(|edge| edge.weight >= selection.min_weight);
        if let Some((id, hops)) = &selection.around {
            let near = self.near(id, *hops);
            self.keep(|node| near.contains(&node));
        }
        if selection.projection.is_some() || selection.min_weight > 1 {
            let ends: BTreeSet<usize> = self.edges.iter().flat_map(|e| [e.from, e.to]).collect();
            let centre = selection.around.as_ref().map(|(id, _)| id.clone());
            let centre = self
                .nodes
                .iter()
                .position(|node| Some(&node.id) == centre.as_ref());
            self.keep(|node| ends.contains(&node) || Some(node) == centre);
        }
        self.drop_unused_documents();
    }

    /// The nodes at most so many edges away, whichever way an edge points.
    fn near(&self, id: &str, hops: usize) -> BTreeSet<usize> {
        let mut beside: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for edge in &self.edges {
            beside[edge.from].push(edge.to);
            beside[edge.to].push(edge.from);
        }
        let mut near = BTreeSet::new();
        let mut to_do: VecDeque<(usize, usize)> = self
            .nodes
            .iter()
            .position(|node| node.id == id)
            .map(|node| (node, 0))
            .into_iter()
            .collect();
        while let Some((node, away)) = to_do.pop_front() {
            if near.insert(node) && away < hops {
                to_do.extend(beside[node].iter().map(|next| (*next, away + 1)));
            }
        }
        near
    }

    fn keep(&mut self, keeps: impl Fn(usize) -> bool) {
        let mut moved: Vec<Option<usize>> = Vec::with_capacity(self.nodes.len());
        let mut n = 0;
        for node in 0..self.nodes.len() {
            moved.push(keeps(node).then_some(n));
            n += usize::from(keeps(node));
        }
        let mut node = 0..;
        self.nodes
            .retain(|_| moved[node.next().expect("the range is endless")].is_some());
        let mut fact_moved: Vec<Option<usize>> = Vec::with_capacity(self.facts.len());
        let mut n = 0;
        self.facts.retain_mut(|fact| {
            let object = fact.object.map(|object| moved[object]);
            let kept = moved[fact.subject].is_some() && object != Some(None);
            fact_moved.push(kept.then_some(n));
            if kept {
                fact.subject = moved[fact.subject].unwrap_or_default();
                fact.object = object.flatten();
                n += 1;
            }
            kept
        });
        self.edges.retain_mut(|edge| {
            let (Some(from), Some(to)) = (moved[edge.from], moved[edge.to]) else {
                return false;
            };
            (edge.from, edge.to) = (from, to);
            // A projected edge rests on facts whose middle is no node here; those facts are gone, the source stays.
            edge.facts = edge.facts.iter().filter_map(|f| fact_moved[*f]).collect();
            true
        });
        for document in &mut self.documents {
            document.home = document.home.and_then(|home| moved[home]);
        }
    }

    fn drop_unused_documents(&mut self) {
        let sources = self.edges.iter().map(|edge| &edge.source);
        let sources = sources.chain(self.nodes.iter().filter_map(|node| node.source.as_ref()));
        let mut used: BTreeSet<usize> = sources.filter_map(|source| source.document).collect();
        used.extend(self.facts.iter().map(|fact| fact.document));
        let moved: BTreeMap<usize, usize> = used.iter().copied().zip(0..).collect();
        let mut document = 0..;
        self.documents
            .retain(|_| used.contains(&document.next().expect("the range is endless")));
        for fact in &mut self.facts {
            fact.document = moved[&fact.document];
        }
        let sources = self.edges.iter_mut().map(|edge| &mut edge.source);
        for source in sources.chain(
            self.nodes
                .iter_mut()
                .filter_map(|node| node.source.as_mut()),
        ) {
            source.document = source.document.map(|document| moved[&document]);
        }
    }

    /// The home of a document, as a node.
    pub(super) fn home(&self, document: usize) -> Option<usize> {
        self.documents[document].home
    }

    /// The path of the document of a source; the list of divisions where there is none.
    pub(super) fn document_of(&self, source: &Source, lang: Lang) -> &str {
        source.document.map_or_else(
            || lang.text("export.divisions"),
            |document| &self.documents[document].path,
        )
    }
}

impl Node {
    /// The class's name in the language.
    pub(super) fn class_label(&self, lang: Lang) -> &'static str {
        Ontology::get().label(self.class, lang.index())
    }

    /// The colour of the class.
    pub(super) fn colour(&self) -> &'static str {
        Ontology::get().colour(self.class)
    }
}

/// The first sentence of each document that names each entity; empty where it is not kept.
pub(super) type Namings = BTreeMap<(usize, usize), String>;

fn namings(
    mentions: &[MentionRow],
    at: &HashMap<&str, usize>,
    document_at: &HashMap<&str, usize>,
) -> Namings {
    let mut namings = Namings::new();
    for row in mentions {
        let (Some(&node), Some(&document)) = (
            at.get(row.entity.as_str()),
            document_at.get(row.document.as_str()),
        ) else {
            continue;
        };
        let naming = namings.entry((document, node)).or_default();
        if naming.is_empty() {
            *naming = clean(row.quote.as_deref().unwrap_or(""));
        }
    }
    namings
}

fn document(row: &DocumentRow, at: &HashMap<&str, usize>) -> Document {
    Document {
        id: row.id.clone(),
        path: clean(row.paths.first().map_or("", String::as_str)),
        title: clean(row.title.as_deref().unwrap_or("")),
        year: row.year,
        home: row.home.as_deref().and_then(|home| at.get(home).copied()),
    }
}

fn fact(
    row: &StatementRow,
    at: &HashMap<&str, usize>,
    document_at: &HashMap<&str, usize>,
    lang: Lang,
) -> Option<Fact> {
    let object = row.object.as_deref().map(|id| at.get(id).copied());
    if object == Some(None) {
        return None;
    }
    Some(Fact {
        id: row.id.clone(),
        subject: *at.get(row.subject.as_str())?,
        object: object.flatten(),
        property: row.property.clone(),
        said: clean(&said(row, lang)),
        amount: row.amount.clone(),
        unit: row.unit.clone(),
        target: row.kind.as_deref() == Some("target"),
        year: row.year,
        plan: row.part == "plan",
        quote: clean(&row.quote),
        document: *document_at.get(row.document.as_str())?,
        confidence: row.confidence,
    })
}

/// A literal with its unit, a code by its label, a figure with its name.
fn said(row: &StatementRow, lang: Lang) -> String {
    let mut said = String::new();
    if let Some(indicator) = &row.indicator {
        said.push_str(indicator);
        said.push(' ');
    }
    let value = row.value.as_deref().unwrap_or("");
    if row.property == vocab::STATUS.as_str() {
        said.push_str(Ontology::get().value_label(value, lang.index()));
    } else {
        said.push_str(value);
    }
    said.push_str(row.unit.as_deref().unwrap_or(""));
    if let Some(change) = &row.change {
        let sign = if change.starts_with('-') { "" } else { "+" };
        said.push_str(&format!(" {sign}{change}%"));
    }
    said.trim().to_owned()
}

/// A text that no format misreads: line breaks become spaces, control and direction characters go.
///
/// XML 1.0 cannot write most control characters, and characters that turn the writing direction
/// make a name look like another.
pub(super) fn clean(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
            c => c,
        })
        .filter(|c| {
            !c.is_control()
                && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}')
                && !matches!(
                    c,
                    '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}'
                )
        })
        .collect();
    text.trim().to_owned()
}
