//! Why an edge is in the graph: the statements that make it, each with sentence, rule and the mentions that its ends were read from.

use oxigraph::model::{NamedNode, NamedNodeRef, Quad};
use serde::Serialize;

use super::read::{Mentioned, StatementRow};
use super::{DocumentRow, Store, failed};
use crate::model::ID_BASE;
use crate::{Error, Result, vocab};

/// What an end of a statement was read from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "from", rename_all = "lowercase")]
pub enum Source {
    /// Words in the sentence.
    Words {
        /// They and their place.
        mention: Mentioned,
    },
    /// Words elsewhere in the document, the nearest before the sentence.
    Elsewhere {
        /// They and their place.
        mention: Mentioned,
    },
    /// The place that the document is about.
    Home,
}

/// A statement with all that it rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// The statement.
    pub statement: StatementRow,
    /// Name of the subject.
    pub subject_name: String,
    /// Name of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_name: Option<String>,
    /// Where the subject was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_from: Option<Source>,
    /// Where the object was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_from: Option<Source>,
    /// The document.
    pub document: DocumentRow,
}

/// An edge that no document states.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Given {
    /// IRI of the lower end.
    pub subject: String,
    /// IRI of the property.
    pub property: String,
    /// IRI of the upper end.
    pub object: String,
    /// IRI of the graph of knowledge that it comes from.
    pub graph: String,
}

/// Why things are linked.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Explanation {
    /// The statements, in order of year and document.
    pub statements: Vec<Explained>,
    /// Links from the list of divisions or the thesaurus.
    pub given: Vec<Given>,
}

impl Store {
    /// The statement with this IRI, or whose identity begins with these hexadecimal digits.
    pub fn explain_statement(&self, id: &str) -> Result<Explanation> {
        let prefix = format!("{ID_BASE}statement/");
        let digits = id.strip_prefix(&prefix).unwrap_or(id);
        let digits = digits.strip_prefix("statement/").unwrap_or(digits);
        let is_id = digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_id {
            return Err(Error::Query(format!(
                "{id}: no statement; give its IRI or six or more digits of it, or two names"
            )));
        }
        let wanted = format!("{prefix}{digits}");
        let mut rows = Vec::new();
        if digits.len() == 32 {
            rows.extend(self.statement(&wanted)?);
        } else {
            for row in self.all_statements()? {
                if row.id.starts_with(&wanted) {
                    rows.push(row);
                }
            }
        }
        self.explained(rows, Vec::new())
    }

    /// Everything that links two things, in either direction; with a property only that.
    pub fn explain_link(
        &self,
        one: &NamedNode,
        other: &NamedNode,
        property: Option<&str>,
    ) -> Result<Explanation> {
        let mut rows = Vec::new();
        for (subject, object) in [(one, other), (other, one)] {
            let said = self.statements_with(vocab::SUBJECT, subject.as_str())?;
            rows.extend(said.into_iter().filter(|row| {
                row.object.as_deref() == Some(object.as_str())
                    && property.is_none_or(|property| row.property == property)
            }));
        }
        let mut given = Vec::new();
        for (subject, object) in [(one, other), (other, one)] {
            given.extend(self.given(subject, object, property)?);
        }
        self.explained(rows, given)
    }

    /// What gives a thing a literal: a post, an amount, a stage, a figure whose words hold the text.
    pub fn explain_value(&self, of: &NamedNode, property: &str, text: &str) -> Result<Explanation> {
        let mut rows = self.statements_with(vocab::SUBJECT, of.as_str())?;
        rows.retain(|row| {
            let holds = |field: &Option<String>| field.as_ref().is_some_and(|v| v.contains(text));
            let written = row
                .value
                .clone()
                .map(|v| v + row.unit.as_deref().unwrap_or(""));
            row.property == property && (holds(&written) || holds(&row.indicator))
        });
        self.explained(rows, Vec::new())
    }

    /// Steps of the list of divisions or of the thesaurus that lead from one thing up to the other.
    fn given(
        &self,
        from: &NamedNode,
        to: &NamedNode,
        property: Option<&str>,
    ) -> Result<Vec<Given>> {
        for (step, graph) in [
            (vocab::PART_OF, vocab::ENTITIES_GRAPH),
            (vocab::BROADER, vocab::THESAURUS_GRAPH),
        ] {
            if property.is_some_and(|property| property != step.as_str()) {
                continue;
            }
            let path = self.steps_up(from, to, step, graph)?;
            if !path.is_empty() {
                return Ok(path);
            }
        }
        Ok(Vec::new())
    }

    fn steps_up(
        &self,
        from: &NamedNode,
        to: &NamedNode,
        step: NamedNodeRef<'_>,
        graph: NamedNodeRef<'_>,
    ) -> Result<Vec<Given>> {
        // Paths that are not finished yet; eight steps lead from any village to its province.
        let mut open: Vec<Vec<Given>> = vec![Vec::new()];
        for _ in 0..8 {
            let mut next = Vec::new();
            for path in open {
                let at = path
                    .last()
                    .map_or(from.as_str(), |given| given.object.as_str());
                let at = NamedNode::new_unchecked(at);
                for above in self.node(&at, graph.into())?.iris(step) {
                    let mut longer = path.clone();
                    longer.push(Given {
                        subject: at.as_str().to_owned(),
                        property: step.as_str().to_owned(),
                        object: above.as_str().to_owned(),
                        graph: graph.as_str().to_owned(),
                    });
                    if above == to {
                        return Ok(longer);
                    }
                    next.push(longer);
                }
            }
            open = next;
        }
        Ok(Vec::new())
    }

    fn explained(&self, rows: Vec<StatementRow>, given: Vec<Given>) -> Result<Explanation> {
        let mut statements = Vec::new();
        for row in rows {
            let document = self.document(&row.document)?;
            let (_, mentions) = self.said_in(&row.document)?;
            let source = |entity: &str| source(entity, &row, &mentions, &document);
            statements.push(Explained {
                subject_name: self.full_name_of(&row.subject)?,
                object_name: match &row.object {
                    Some(object) => Some(self.full_name_of(object)?),
                    None => None,
                },
                subject_from: source(&row.subject),
                object_from: row.object.as_deref().and_then(source),
                document,
                statement: row,
            });
        }
        statements.sort_by(|a, b| {
            let order = |e: &Explained| {
                (
                    e.statement.year,
                    e.document.paths.clone(),
                    e.statement.start,
                )
            };
            order(a)
                .cmp(&order(b))
                .then_with(|| a.statement.id.cmp(&b.statement.id))
        });
        Ok(Explanation { statements, given })
    }

    /// Whether the plain triple stands in the default graph.
    pub fn states(&self, subject: &str, property: &str, object: &str) -> Result<bool> {
        let node = NamedNode::new_unchecked;
        let quad = Quad::new(
            node(subject),
            node(property),
            node(object),
            oxigraph::model::GraphName::DefaultGraph,
        );
        self.inner.contains(&quad).map_err(failed)
    }
}

fn source(
    entity: &str,
    row: &StatementRow,
    mentions: &[Mentioned],
    document: &DocumentRow,
) -> Option<Source> {
    let of = || mentions.iter().filter(|mention| mention.entity == entity);
    let inside = |m: &&Mentioned| row.quote_start <= m.start && m.end <= row.quote_end;
    // Of several in the sentence the one that is nearest to the evidence.
    let distance = |m: &&Mentioned| m.start.abs_diff(row.start).min(m.end.abs_diff(row.end));
    if let Some(mention) = of().filter(inside).min_by_key(distance) {
        return Some(Source::Words {
            mention: mention.clone(),
        });
    }
    if document.home.as_deref() == Some(entity) {
        return Some(Source::Home);
    }
    let before = of().rfind(|mention| mention.end <= row.quote_start);
    before.or(of().next()).map(|mention| Source::Elsewhere {
        mention: mention.clone(),
    })
}
