//! Named questions and free SPARQL.
//!
//! A query file opens with a head comment: the question in Chinese (`# zh:`) and English (`# en:`), its columns
//! (`# columns:`) and its parameters (`# param NAME (TYPE): DEFAULT  what it is`). In the query a parameter stands as `$NAME`,
//! which SPARQL reads as a variable; a given value replaces it as a serialised term, never as raw text. A
//! parameter whose default is `*` stays a variable where no value is given: the question is then asked of everything. One whose
//! default is empty must be given; `""` is the empty text.

use oxigraph::model::{GraphName, Literal, NamedNode, Term};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use serde::Serialize;

use super::{Store, derive::place_iri};
use crate::model::EntityType;
use crate::{Error, Result, embedded, vocab};

/// A question that the program knows by name.
#[derive(Clone, Debug)]
pub struct NamedQuery {
    /// File name without ending.
    pub name: String,
    /// The question in Chinese and in English.
    pub question: [String; 2],
    /// The columns of the answer.
    pub columns: Vec<String>,
    /// What can be set.
    pub parameters: Vec<Parameter>,
    /// The SPARQL text.
    pub text: String,
    path: String,
}

/// A part of a question that can be set.
#[derive(Clone, Debug, Serialize)]
pub struct Parameter {
    /// Name; stands as `$name` in the query.
    pub name: String,
    /// `text`, `integer`, `year`, `decimal`, `entity` or a type of entity.
    #[serde(rename = "type")]
    pub kind: String,
    /// Taken where none is given: empty for one that must be given, `*` for one that may stay open, `""` for the empty text.
    pub default: String,
}

/// An answer: named columns, rows of values.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answer {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows; `None` where a column has no value.
    pub rows: Vec<Vec<Option<Value>>>,
}

/// One value of an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Value {
    /// IRI or lexical form.
    pub value: String,
    /// Whether it is an IRI.
    #[serde(rename = "iri")]
    pub is_iri: bool,
}

/// All named questions, sorted by name.
pub fn named_queries() -> Result<Vec<NamedQuery>> {
    embedded::folder("queries")
        .map(|(path, text)| parse_query_file(path, text))
        .collect()
}

/// Reads the head of a query file.
pub fn parse_query_file(path: &str, text: &str) -> Result<NamedQuery> {
    let stem = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let mut query = NamedQuery {
        name: stem.strip_suffix(".rq").unwrap_or(stem).to_owned(),
        question: Default::default(),
        columns: Vec::new(),
        parameters: Vec::new(),
        text: text.to_owned(),
        path: path.to_owned(),
    };
    for (i, line) in text.lines().enumerate() {
        let Some(head) = line.strip_prefix('#') else {
            break;
        };
        let Some((key, rest)) = head.split_once(':') else {
            continue;
        };
        let rest = rest.trim();
        match key.trim() {
            "zh" => rest.clone_into(&mut query.question[0]),
            "en" => rest.clone_into(&mut query.question[1]),
            "columns" => query.columns = rest.split(',').map(|c| c.trim().to_owned()).collect(),
            key if key.starts_with("param ") => {
                let expected =
                    || Error::data(path, i + 1, "expected `# param NAME (TYPE): DEFAULT`");
                let (name, kind) = key["param ".len()..].split_once('(').ok_or_else(expected)?;
                let kind = kind.trim().strip_suffix(')').ok_or_else(expected)?;
                if !["text", "integer", "year", "decimal", "entity"].contains(&kind)
                    && EntityType::from_name(kind).is_none()
                {
                    return Err(Error::data(
                        path,
                        i + 1,
                        format!("unknown type of parameter `{kind}`"),
                    ));
                }
                query.parameters.push(Parameter {
                    name: name.trim().to_owned(),
                    kind: kind.to_owned(),
                    default: rest.to_owned(),
                });
            }
            _ => {}
        }
    }
    Ok(query)
}

impl NamedQuery {
    /// Checks that the query parses and that its head is whole.
    pub fn check(&self) -> Result<()> {
        if self.question.iter().any(String::is_empty) || self.columns.is_empty() {
            return Err(Error::data(
                &self.path,
                1,
                "the head comment must hold `# zh:`, `# en:` and `# columns:`",
            ));
        }
        for parameter in &self.parameters {
            if !self.text.contains(&format!("${}", parameter.name)) {
                return Err(Error::data(
                    &self.path,
                    1,
                    format!("parameter `{}` does not occur in the query", parameter.name),
                ));
            }
        }
        evaluator()?
            .parse_query(&self.text)
            .map(|_| ())
            .map_err(|e| self.wrong(&e.to_string()))
    }

    fn wrong(&self, message: &str) -> Error {
        Error::Query(format!("{}: {message}", self.path))
    }
}

fn evaluator() -> Result<SparqlEvaluator> {
    let mut evaluator = SparqlEvaluator::new();
    for (prefix, iri) in vocab::PREFIXES {
        evaluator = evaluator
            .with_prefix(*prefix, *iri)
            .map_err(|e| Error::Query(e.to_string()))?;
    }
    Ok(evaluator)
}

impl Store {
    /// Asks a question with the given parameters.
    pub fn ask(&self, query: &NamedQuery, given: &[(String, String)]) -> Result<Answer> {
        if let Some((name, _)) = given
            .iter()
            .find(|(name, _)| !query.parameters.iter().any(|p| p.name == *name))
        {
            let known: Vec<&str> = query.parameters.iter().map(|p| p.name.as_str()).collect();
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            return Err(Error::Query(format!(
                "{}: no parameter `{name}`; known: {known}",
                query.name
            )));
        }
        let mut bound = Vec::new();
        for parameter in &query.parameters {
            let value = given
                .iter()
                .rev()
                .find(|(name, _)| *name == parameter.name)
                .map_or(parameter.default.as_str(), |(_, v)| v);
            match value {
                "" => {
                    return Err(Error::Query(format!(
                        "{}: give --param {}=…",
                        query.name, parameter.name
                    )));
                }
                "*" => {}
                "\"\"" => bound.push((parameter.name.as_str(), Literal::from("").into())),
                value => bound.push((
                    parameter.name.as_str(),
                    self.parameter_term(parameter, value)?,
                )),
            }
        }
        self.run(query, &substitute(&query.text, &bound))
    }

    fn parameter_term(&self, parameter: &Parameter, value: &str) -> Result<Term> {
        let wrong =
            |what: &str| Error::Query(format!("{}={value}: expected {what}", parameter.name));
        let typed = |datatype: oxigraph::model::NamedNodeRef<'_>| {
            Term::from(Literal::new_typed_literal(value, datatype))
        };
        Ok(match parameter.kind.as_str() {
            "text" => Literal::from(value).into(),
            "integer" => {
                Literal::from(value.parse::<i64>().map_err(|_| wrong("a whole number"))?).into()
            }
            "year" if value.len() == 4 && value.bytes().all(|b| b.is_ascii_digit()) => {
                typed(oxigraph::model::vocab::xsd::G_YEAR)
            }
            "year" => return Err(wrong("a year such as 2021")),
            "decimal"
                if value.parse::<f64>().is_ok_and(f64::is_finite)
                    && !value.contains(['e', 'E']) =>
            {
                typed(oxigraph::model::vocab::xsd::DECIMAL)
            }
            "decimal" => return Err(wrong("a number such as 0.8")),
            kind => self.entity_term(EntityType::from_name(kind), &parameter.name, value)?,
        })
    }

    /// One entity by IRI, division code or name; several of that name are an error that tells them apart.
    fn entity_term(&self, kind: Option<EntityType>, parameter: &str, name: &str) -> Result<Term> {
        if name.starts_with("https://") || name.starts_with("http://") {
            let iri = NamedNode::new(name)
                .map_err(|e| Error::Query(format!("{parameter}={name}: {e}")))?;
            return Ok(iri.into());
        }
        if name.bytes().all(|b| b.is_ascii_digit()) && matches!(name.len(), 2 | 4 | 6 | 9 | 12) {
            return Ok(place_iri(name).into());
        }
        let found = self.find(name, kind, None)?;
        match found.as_slice() {
            [] => Err(Error::Query(format!(
                "{parameter}={name}: no such name in the store; `xiangtu lookup {name}` shows what is near"
            ))),
            [one] => Ok(NamedNode::new_unchecked(&one.id).into()),
            several => {
                let list: Vec<String> = several
                    .iter()
                    .map(|f| format!("{} ({})", f.describe(), f.short_id()))
                    .collect();
                Err(Error::Query(format!(
                    "{parameter}={name} names {} things; give one by its code or IRI: {}",
                    several.len(),
                    list.join("; ")
                )))
            }
        }
    }

    fn run(&self, query: &NamedQuery, text: &str) -> Result<Answer> {
        let mut prepared = evaluator()?
            .parse_query(text)
            .map_err(|e| query.wrong(&e.to_string()))?;
        if prepared.dataset().is_default_dataset() {
            prepared.dataset_mut().set_default_graph(vec![
                GraphName::DefaultGraph,
                vocab::ENTITIES_GRAPH.into(),
                vocab::THESAURUS_GRAPH.into(),
                vocab::ONTOLOGY_GRAPH.into(),
            ]);
        }
        let failed = |e: oxigraph::sparql::QueryEvaluationError| query.wrong(&e.to_string());
        match prepared.on_store(&self.inner).execute().map_err(failed)? {
            QueryResults::Boolean(yes) => {
                let value = Value {
                    value: yes.to_string(),
                    is_iri: false,
                };
                Ok(Answer {
                    columns: vec!["answer".to_owned()],
                    rows: vec![vec![Some(value)]],
                })
            }
            QueryResults::Solutions(solutions) => {
                let columns = solutions
                    .variables()
                    .iter()
                    .map(|v| v.as_str().to_owned())
                    .collect();
                let mut rows = Vec::new();
                for solution in solutions {
                    let solution = solution.map_err(failed)?;
                    rows.push(
                        solution
                            .values()
                            .iter()
                            .map(|term| term.as_ref().map(value_of))
                            .collect(),
                    );
                }
                Ok(Answer { columns, rows })
            }
            QueryResults::Graph(triples) => {
                let mut rows = Vec::new();
                for triple in triples {
                    let triple = triple.map_err(failed)?;
                    let terms = [
                        Term::from(triple.subject),
                        triple.predicate.into(),
                        triple.object,
                    ];
                    rows.push(terms.iter().map(|term| Some(value_of(term))).collect());
                }
                Ok(Answer {
                    columns: ["subject", "predicate", "object"]
                        .map(str::to_owned)
                        .to_vec(),
                    rows,
                })
            }
        }
    }
}

fn value_of(term: &Term) -> Value {
    match term {
        Term::NamedNode(iri) => Value {
            value: iri.as_str().to_owned(),
            is_iri: true,
        },
        Term::BlankNode(node) => Value {
            value: node.to_string(),
            is_iri: false,
        },
        Term::Literal(literal) => Value {
            value: literal.value().to_owned(),
            is_iri: false,
        },
        #[allow(
            unreachable_patterns,
            reason = "RDF 1.2's triple terms exist when another crate switches them on"
        )]
        _ => Value {
            value: term.to_string(),
            is_iri: false,
        },
    }
}

/// Puts serialised terms in the place of `$name`, outside strings, IRIs and comments.
fn substitute(text: &str, bound: &[(&str, Term)]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = match c {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => string_end(rest, c),
            // An IRI has no white space; a comparison is followed by some or by another operator.
            '<' => rest
                .find(['>', ' ', '\n', '\t'])
                .filter(|end| rest[*end..].starts_with('>'))
                .map_or(1, |end| end + 1),
            '$' => {
                let name_end = rest[1..]
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .map_or(rest.len(), |end| end + 1);
                if let Some((_, term)) = bound.iter().find(|(name, _)| *name == &rest[1..name_end])
                {
                    out.push_str(&term.to_string());
                    rest = &rest[name_end..];
                    continue;
                }
                name_end
            }
            c => c.len_utf8(),
        };
        out.push_str(&rest[..skip]);
        rest = &rest[skip..];
    }
    out
}

/// Where the string that opens here ends, its marks included.
fn string_end(text: &str, mark: char) -> usize {
    let long = [mark; 3].iter().collect::<String>();
    let closing = if text.starts_with(&long) {
        long
    } else {
        mark.to_string()
    };
    let mut at = closing.len();
    while at < text.len() {
        if text[at..].starts_with(&closing) {
            return at + closing.len();
        }
        let c = text[at..].chars().next().map_or(1, char::len_utf8);
        at += c;
        if text[at - c..].starts_with('\\') {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_terms_not_text() {
        let nasty = Literal::from("x\" } DROP ALL #");
        let bound = [("name", Term::from(nasty))];
        let text = "SELECT ?x WHERE { ?x ?p $name . FILTER(?x != '$name' && 1 < 2 && ?p != <urn:$name>) } # $name";
        let out = substitute(text, &bound);
        assert_eq!(
            out,
            "SELECT ?x WHERE { ?x ?p \"x\\\" } DROP ALL #\" . FILTER(?x != '$name' && 1 < 2 && ?p != <urn:$name>) } # $name"
        );
        assert!(evaluator().unwrap().parse_query(&out).is_ok());
    }

    #[test]
    fn substitution_survives_any_text() {
        for text in ["$", "'", "\"\"\"", "<", "\\", "'\\", "$名字", "$name$name"] {
            let _ = substitute(text, &[("name", Term::from(Literal::from("v")))]);
        }
    }
}
