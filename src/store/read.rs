//! Typed reading: statements and documents as rows of plain values.

use oxigraph::model::{
    GraphName, GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term,
};
use oxigraph::store::StorageError;
use rayon::prelude::*;
use serde::Serialize;

use super::{Store, failed};
use crate::model::Metadata;
use crate::{Result, vocab};

/// What a graph says of one thing: property and value, in the order read.
#[derive(Default)]
pub(super) struct Node(Vec<(NamedNode, Term)>);

impl Node {
    pub(super) fn push(&mut self, property: NamedNode, value: Term) {
        self.0.push((property, value));
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = &(NamedNode, Term)> {
        self.0.iter()
    }

    pub(super) fn says(&self, property: NamedNodeRef<'_>, value: &Term) -> bool {
        self.values(property).any(|said| said == value)
    }

    fn values(&self, property: NamedNodeRef<'_>) -> impl Iterator<Item = &Term> {
        self.0
            .iter()
            .filter(move |(p, _)| p.as_ref() == property)
            .map(|(_, value)| value)
    }

    pub(super) fn iris(&self, property: NamedNodeRef<'_>) -> impl Iterator<Item = &NamedNode> {
        self.values(property).filter_map(|value| match value {
            Term::NamedNode(iri) => Some(iri),
            _ => None,
        })
    }

    pub(super) fn texts(&self, property: NamedNodeRef<'_>) -> impl Iterator<Item = &str> {
        self.values(property)
            .filter_map(|value| Some(literal(value)?.value()))
    }

    pub(super) fn text(&self, property: NamedNodeRef<'_>) -> Option<&str> {
        self.texts(property).next()
    }

    pub(super) fn zh(&self, property: NamedNodeRef<'_>) -> Option<&str> {
        let labels = || self.values(property).filter_map(literal);
        labels()
            .find(|label| label.language() == Some("zh"))
            .or_else(|| labels().next())
            .map(Literal::value)
    }

    pub(super) fn label(&self, property: NamedNodeRef<'_>, language: &str) -> Option<&str> {
        let mut labels = self.values(property).filter_map(literal);
        labels
            .find(|label| label.language() == Some(language))
            .map(Literal::value)
    }

    pub(super) fn is(&self, class: NamedNodeRef<'_>) -> bool {
        self.iris(vocab::TYPE).any(|iri| iri.as_ref() == class)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn number<T: std::str::FromStr>(&self, property: NamedNodeRef<'_>) -> Option<T> {
        self.text(property)?.parse().ok()
    }

    fn owned(&self, property: NamedNodeRef<'_>) -> Option<String> {
        self.text(property).map(str::to_owned)
    }
}

pub(super) fn literal(term: &Term) -> Option<&Literal> {
    match term {
        Term::Literal(literal) => Some(literal),
        _ => None,
    }
}

pub(super) fn node_of(
    quads: impl Iterator<Item = std::result::Result<Quad, StorageError>>,
) -> Result<Node> {
    let mut node = Node::default();
    for quad in quads {
        let quad = quad.map_err(failed)?;
        node.push(quad.predicate, quad.object);
    }
    Ok(node)
}

/// One statement of one document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatementRow {
    /// IRI.
    pub id: String,
    /// IRI of what it is about.
    pub subject: String,
    /// IRI of the property.
    pub property: String,
    /// IRI of the other entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Literal as written; a status's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Unit as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The value in the base unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The base unit of the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Name of an indicator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// Change of an indicator in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Period of an indicator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// `actual` or `target`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `review` or `plan`.
    pub part: String,
    /// Year spoken of or reported in.
    pub year: Option<i32>,
    /// IRI of the document.
    pub document: String,
    /// The sentence.
    pub quote: String,
    /// Where the sentence begins in the source.
    pub quote_start: usize,
    /// Where it ends.
    pub quote_end: usize,
    /// Where the words that carry the fact begin.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// The rule that found it.
    pub rule: String,
    /// 0 to 1.
    pub confidence: f64,
}

impl StatementRow {
    /// IRI of the entity at the other end, read backwards or forwards.
    pub(super) fn other(&self, inverse: bool) -> Option<&str> {
        match inverse {
            true => Some(&self.subject),
            false => self.object.as_deref(),
        }
    }

    fn read(id: &NamedNode, node: &Node) -> Option<Self> {
        let iri = |property| {
            node.iris(property)
                .next()
                .map(|iri| iri.as_str().to_owned())
        };
        Some(Self {
            id: id.as_str().to_owned(),
            subject: iri(vocab::SUBJECT)?,
            property: iri(vocab::PREDICATE)?,
            object: iri(vocab::OBJECT),
            value: node.owned(vocab::VALUE),
            unit: node.owned(vocab::UNIT_AS_WRITTEN),
            amount: node.owned(vocab::AMOUNT),
            base: node.owned(vocab::UNIT),
            indicator: node.owned(vocab::INDICATOR),
            change: node.owned(vocab::CHANGE),
            period: node.owned(vocab::PERIOD),
            kind: node.owned(vocab::KIND),
            part: node.owned(vocab::PART).unwrap_or_default(),
            year: node.number(vocab::YEAR),
            document: iri(vocab::DERIVED_FROM)?,
            quote: node.owned(vocab::QUOTE).unwrap_or_default(),
            quote_start: node.number(vocab::QUOTE_START).unwrap_or(0),
            quote_end: node.number(vocab::QUOTE_END).unwrap_or(0),
            start: node.number(vocab::START).unwrap_or(0),
            end: node.number(vocab::END).unwrap_or(0),
            rule: node.owned(vocab::RULE).unwrap_or_default(),
            confidence: node.number(vocab::CONFIDENCE).unwrap_or(0.0),
        })
    }
}

/// One mention of an entity in a document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mentioned {
    /// IRI of the entity.
    pub entity: String,
    /// The words of the source.
    pub text: String,
    /// Where they begin.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// 0 to 1.
    pub confidence: f64,
    /// The sentence, where this is the document's first mention of the entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Where the sentence begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_start: Option<usize>,
    /// Corrections of the user by which it is what it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<String>,
}

impl Mentioned {
    fn read(node: &Node) -> Option<Self> {
        Some(Self {
            entity: node.iris(vocab::IDENT_REF).next()?.as_str().to_owned(),
            text: node.owned(vocab::ANCHOR_OF).unwrap_or_default(),
            start: node.number(vocab::BEGIN_INDEX)?,
            end: node.number(vocab::END_INDEX)?,
            confidence: node.number(vocab::CONFIDENCE).unwrap_or(0.0),
            quote: node.owned(vocab::QUOTE),
            quote_start: node.number(vocab::QUOTE_START),
            corrections: {
                let mut corrections: Vec<String> =
                    node.texts(vocab::RULE).map(str::to_owned).collect();
                corrections.sort_unstable();
                corrections
            },
        })
    }
}

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DocumentRow {
    /// IRI.
    pub id: String,
    /// Where it was found.
    pub paths: Vec<String>,
    /// Title, where the text has one.
    pub title: Option<String>,
    /// Main year.
    pub year: Option<i32>,
    /// IRI of the place it is about.
    pub home: Option<String>,
    /// `done` or `set aside`.
    pub state: String,
    /// Why it was set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What page, table or file tell about it.
    pub metadata: Metadata,
}

impl DocumentRow {
    /// The name under which people know it: its first path's last part.
    pub fn name(&self) -> &str {
        let path = self.paths.first().map_or("", String::as_str);
        path.rsplit(['/', '\\']).next().unwrap_or(path)
    }
}

impl Store {
    /// Identity of the graph: the same for the same documents read with the same knowledge.
    pub fn fingerprint(&self) -> Result<String> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.marker.knowledge.as_bytes());
        for document in self.document_iris()? {
            hasher.update(b"\n");
            hasher.update(document.as_str().as_bytes());
        }
        Ok(hasher.finalize().to_hex()[..32].to_owned())
    }

    /// What people call it: the name of its folder.
    pub fn label(&self) -> &str {
        let name = self.folder.as_ref().and_then(|folder| folder.file_name());
        name.and_then(|name| name.to_str()).unwrap_or("store")
    }

    /// All documents, sorted by path.
    pub fn documents(&self) -> Result<Vec<DocumentRow>> {
        let mut rows = Vec::new();
        for iri in self.document_iris()? {
            rows.push(self.document(iri.as_str())?);
        }
        rows.sort_by(|a, b| (&a.paths, &a.id).cmp(&(&b.paths, &b.id)));
        Ok(rows)
    }

    /// One document. Reads what it is, not what it mentions: a long report mentions hundreds of things.
    pub fn document(&self, iri: &str) -> Result<DocumentRow> {
        let iri = NamedNode::new_unchecked(iri);
        let of = |property| self.told(&iri, property);
        let text = |property| Result::Ok(of(property)?.owned(property));
        Ok(DocumentRow {
            paths: self.paths_of(&iri)?,
            title: text(vocab::TITLE)?,
            year: self.year_of(&iri)?,
            home: self.home_of(iri.as_ref())?.map(NamedNode::into_string),
            state: text(vocab::STATE)?.unwrap_or_default(),
            reason: text(vocab::REASON)?,
            metadata: Metadata {
                title: None,
                issued: text(vocab::ISSUED)?,
                publisher: text(vocab::PUBLISHER)?,
                url: text(vocab::SOURCE)?,
                year: of(vocab::TEMPORAL)?.number(vocab::TEMPORAL),
                place: text(vocab::SPATIAL)?,
                format: text(vocab::FORMAT)?.unwrap_or_default(),
                guessed: of(vocab::GUESSED)?.text(vocab::GUESSED) == Some("true"),
            },
            id: iri.into_string(),
        })
    }

    /// What a document's own graph says of it under one property.
    fn told(&self, document: &NamedNode, property: NamedNodeRef<'_>) -> Result<Node> {
        let graph = GraphNameRef::from(document.as_ref());
        let subject = Some(document.as_ref().into());
        let told = self
            .inner
            .quads_for_pattern(subject, Some(property), None, Some(graph));
        node_of(told)
    }

    /// Where a document was found, in order.
    fn paths_of(&self, document: &NamedNode) -> Result<Vec<String>> {
        let told = self.told(document, vocab::IDENTIFIER)?;
        let mut paths: Vec<String> = told.texts(vocab::IDENTIFIER).map(str::to_owned).collect();
        paths.sort();
        Ok(paths)
    }

    /// The first path of a document; empty if it has none.
    pub(super) fn path_of(&self, document: &str) -> Result<String> {
        let paths = self.paths_of(&NamedNode::new_unchecked(document))?;
        Ok(paths.into_iter().next().unwrap_or_default())
    }

    /// The main year of a document.
    pub(super) fn year_of(&self, document: &NamedNode) -> Result<Option<i32>> {
        Ok(self.told(document, vocab::YEAR)?.number(vocab::YEAR))
    }

    /// The place that a document is about.
    pub(super) fn home_of(&self, document: NamedNodeRef<'_>) -> Result<Option<NamedNode>> {
        let node = self.told(&document.into_owned(), vocab::HOME)?;
        Ok(node.iris(vocab::HOME).next().cloned())
    }

    /// All that a document states and mentions, each in order of place.
    pub fn said_in(&self, document: &str) -> Result<(Vec<StatementRow>, Vec<Mentioned>)> {
        let document = NamedNode::new_unchecked(document);
        let (mut statements, mut mentions) = (Vec::new(), Vec::new());
        for (id, node) in self.nodes_of(document.as_ref())? {
            if !self.is_certain(&node) {
                continue;
            } else if node.is(vocab::STATEMENT) {
                statements.extend(StatementRow::read(&id, &node));
            } else if node.is(vocab::MENTION) {
                mentions.extend(Mentioned::read(&node));
            }
        }
        statements.sort_by(|a, b| (a.start, a.end, &a.id).cmp(&(b.start, b.end, &b.id)));
        mentions.sort_by_key(|m| (m.start, m.end));
        Ok((statements, mentions))
    }

    /// The statements whose subject or object is this entity, in order of document and place in it.
    pub fn statements_with(
        &self,
        role: NamedNodeRef<'_>,
        entity: &str,
    ) -> Result<Vec<StatementRow>> {
        let entity = NamedNode::new_unchecked(entity);
        self.statements(role, entity.as_ref(), None)
    }

    /// The statements with this property.
    pub fn statements_of(&self, property: NamedNodeRef<'_>) -> Result<Vec<StatementRow>> {
        self.statements(vocab::PREDICATE, property, None)
    }

    /// The statements of a document with this property.
    pub fn statements_in(
        &self,
        document: &str,
        property: NamedNodeRef<'_>,
    ) -> Result<Vec<StatementRow>> {
        let document = NamedNode::new_unchecked(document);
        let graph = GraphNameRef::from(document.as_ref());
        self.statements(vocab::PREDICATE, property, Some(graph))
    }

    /// All statements.
    pub fn all_statements(&self) -> Result<Vec<StatementRow>> {
        self.statements(vocab::TYPE, vocab::STATEMENT, None)
    }

    /// One statement by its IRI.
    pub fn statement(&self, iri: &str) -> Result<Option<StatementRow>> {
        let id = NamedNode::new_unchecked(iri);
        let mut found = self.inner.quads_for_pattern(
            Some(id.as_ref().into()),
            Some(vocab::TYPE),
            Some(vocab::STATEMENT.into()),
            None,
        );
        let Some(quad) = found.next() else {
            return Ok(None);
        };
        let node = self.node(&id, quad.map_err(failed)?.graph_name.as_ref())?;
        Ok(StatementRow::read(&id, &node).filter(|_| self.is_certain(&node)))
    }

    fn statements(
        &self,
        role: NamedNodeRef<'_>,
        object: NamedNodeRef<'_>,
        graph: Option<GraphNameRef<'_>>,
    ) -> Result<Vec<StatementRow>> {
        let quads: Vec<Quad> = self
            .inner
            .quads_for_pattern(None, Some(role), Some(object.into()), graph)
            .collect::<std::result::Result<_, _>>()
            .map_err(failed)?;
        let read = |quad: &Quad| -> Result<Option<StatementRow>> {
            let (NamedOrBlankNode::NamedNode(id), GraphName::NamedNode(_)) =
                (&quad.subject, &quad.graph_name)
            else {
                return Ok(None);
            };
            let node = self.node(id, quad.graph_name.as_ref())?;
            Ok(StatementRow::read(id, &node).filter(|_| self.is_certain(&node)))
        };
        let rows: Vec<Option<StatementRow>> = quads.par_iter().map(read).collect::<Result<_>>()?;
        let mut rows: Vec<StatementRow> = rows.into_iter().flatten().collect();
        rows.sort_by(|a, b| {
            (&a.document, a.start, a.end, &a.id).cmp(&(&b.document, b.start, b.end, &b.id))
        });
        Ok(rows)
    }
}
