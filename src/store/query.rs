//! Named questions and free SPARQL.
//!
//! A query file opens with a head comment: the question in Chinese (`# zh:`) and English (`# en:`), its columns
//! (`# columns:`) and its parameters (`# param NAME (TYPE): DEFAULT  what it is`). In the query a parameter stands as `$NAME`,
//! which SPARQL reads as a variable; a given value replaces it as a serialised term, never as raw text. A
//! parameter whose default is `*` stays a variable where no value is given: the question is then asked of everything. One whose
//! default is empty must be given; `""` is the empty text.

use oxigraph::model::{GraphName, Literal, NamedNode, Term, Variable};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsSerializer};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use serde::Serialize;

use super::{Search, Store};
use crate::model::EntityType;
use crate::names::Match;
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
    /// The answer to a question of yes or no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boolean: Option<bool>,
}

/// One value of an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Value {
    /// IRI or lexical form.
    pub value: String,
    /// Whether it is an IRI.
    #[serde(rename = "iri")]
    pub is_iri: bool,
    /// The whole term, with datatype or language.
    #[serde(skip)]
    pub term: Term,
}

/// The formats in which the SPARQL standards exchange answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum AnswerFormat {
    /// SPARQL 1.1 Query Results CSV: plain values.
    Csv,
    /// SPARQL 1.1 Query Results TSV: terms as in Turtle.
    Tsv,
    /// SPARQL 1.1 Query Results JSON.
    Json,
    /// SPARQL Query Results XML.
    Xml,
}

impl Answer {
    /// Writes the answer in a standard format.
    pub fn write(&self, format: AnswerFormat, out: &mut dyn std::io::Write) -> std::io::Result<()> {
        let serializer = QueryResultsSerializer::from_format(match format {
            AnswerFormat::Csv => QueryResultsFormat::Csv,
            AnswerFormat::Tsv => QueryResultsFormat::Tsv,
            AnswerFormat::Json => QueryResultsFormat::Json,
            AnswerFormat::Xml => QueryResultsFormat::Xml,
        });
        if let Some(yes) = self.boolean {
            serializer.serialize_boolean_to_writer(out, yes)?;
            return Ok(());
        }
        let variables: Vec<Variable> = self.columns.iter().map(Variable::new_unchecked).collect();
        let mut writer = serializer.serialize_solutions_to_writer(out, variables.clone())?;
        for row in &self.rows {
            let bound = variables.iter().zip(row);
            writer.serialize(bound.filter_map(|(v, value)| Some((v, &value.as_ref()?.term))))?;
        }
        writer.finish()?;
        Ok(())
    }
}

/// Options of `xiangtu query`, beside which the parameters of a question stand.
const RESERVED: [&str; 10] = [
    "param",
    "list",
    "show",
    "format",
    "store",
    "min-confidence",
    "json",
    "lang",
    "help",
    "version",
];

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
            if RESERVED.contains(&parameter.name.as_str()) {
                let message = format!("parameter `{}` has the name of an option", parameter.name);
                return Err(Error::data(&self.path, 1, message));
            }
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

    /// The text with every prefix that it may use declared.
    pub fn with_prefixes(&self, text: &str) -> String {
        let mut whole = String::from(
            "# Asked of the union of the default graph, g:entities, g:thesaurus and g:ontology.\n",
        );
        for (prefix, iri) in vocab::PREFIXES {
            if text.contains(&format!("{prefix}:")) {
                whole += &format!("PREFIX {prefix}: <{iri}>\n");
            }
        }
        whole + text
    }

    fn refuse_unknown(&self, given: &[(String, String)]) -> Result<()> {
        let is_known = |name: &str| self.parameters.iter().any(|p| p.name == name);
        let Some((name, _)) = given.iter().find(|(name, _)| !is_known(name)) else {
            return Ok(());
        };
        let known: Vec<&str> = self.parameters.iter().map(|p| p.name.as_str()).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        Err(Error::Query(format!(
            "{}: no parameter `{name}`; known: {known}",
            self.name
        )))
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
        let bound = self.bind(query, given)?;
        self.run(query, &substitute(&query.text, &bound))
    }

    /// The SPARQL that [`Store::ask`] would run, with its prefixes, for any other client.
    pub fn sparql(&self, query: &NamedQuery, given: &[(String, String)]) -> Result<String> {
        let bound = self.bind(query, given)?;
        Ok(query.with_prefixes(&substitute(&query.text, &bound)))
    }

    fn bind<'a>(
        &self,
        query: &'a NamedQuery,
        given: &[(String, String)],
    ) -> Result<Vec<(&'a str, Term)>> {
        query.refuse_unknown(given)?;
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
                        "{}: give --{} (or --param {}=…)",
                        query.name, parameter.name, parameter.name
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
        Ok(bound)
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
        self.one(name, kind).map(Term::from).map_err(|e| match e {
            Error::Query(message) => Error::Query(format!("{parameter}={message}")),
            other => other,
        })
    }

    /// The one entity that an IRI, division code or name means; an error that tells several apart, or names what is near.
    pub fn one(&self, name: &str, kind: Option<EntityType>) -> Result<NamedNode> {
        if let Some(id) = self.identify(name) {
            // An IRI may be that of anything; a code is a name like others and must be one of the store's.
            if name.contains('/') || self.found(&id)?.is_some() {
                return Ok(id);
            }
        }
        let found = self.find(name, kind, None)?;
        match found.as_slice() {
            [] => Err(Error::Query(format!(
                "{name}: no such name in the store{}",
                self.near_names(name, kind)?
            ))),
            [one] => Ok(NamedNode::new_unchecked(&one.id)),
            several => {
                let list: Vec<String> = several
                    .iter()
                    .take(8)
                    .map(|f| format!("{} ({})", f.describe(), f.short_id()))
                    .collect();
                Err(Error::Query(format!(
                    "{name} names {} things; give one by its code or IRI: {}",
                    several.len(),
                    list.join("; ")
                )))
            }
        }
    }

    /// What else may have been meant, as the end of a message.
    fn near_names(&self, name: &str, kind: Option<EntityType>) -> Result<String> {
        let hits = self.search(&Search {
            name,
            kind,
            at: None,
            limit: 3,
            farthest: Match::Typo,
        })?;
        let Some(hits) = hits else {
            return Ok(String::new());
        };
        let near: Vec<String> = hits.found.iter().map(|found| found.describe()).collect();
        Ok(format!("; near it: {}", near.join(", ")))
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
        let results = match self.min_confidence() > 0.0 {
            true => prepared.on_queryable_dataset(self.certain()?).execute(),
            false => prepared.on_store(&self.inner).execute(),
        };
        match results.map_err(failed)? {
            QueryResults::Boolean(yes) => {
                let value = value_of(&Literal::from(yes).into());
                Ok(Answer {
                    columns: vec!["answer".to_owned()],
                    rows: vec![vec![Some(value)]],
                    boolean: Some(yes),
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
                if !text.to_ascii_uppercase().contains("ORDER BY") {
                    sort(&mut rows);
                }
                Ok(Answer {
                    columns,
                    rows,
                    boolean: None,
                })
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
                sort(&mut rows);
                Ok(Answer {
                    columns: ["subject", "predicate", "object"]
                        .map(str::to_owned)
                        .to_vec(),
                    rows,
                    boolean: None,
                })
            }
        }
    }
}

fn value_of(term: &Term) -> Value {
    let (value, is_iri) = match term {
        Term::NamedNode(iri) => (iri.as_str().to_owned(), true),
        Term::Literal(literal) => (literal.value().to_owned(), false),
        other => (other.to_string(), false),
    };
    Value {
        value,
        is_iri,
        term: term.clone(),
    }
}

/// Rows that the question leaves in no order come in the same one from every store.
fn sort(rows: &mut [Vec<Option<Value>>]) {
    rows.sort_by_cached_key(|row| {
        let text = |value: &Option<Value>| value.as_ref().map(|v| v.term.to_string());
        row.iter().map(text).collect::<Vec<_>>()
    });
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
