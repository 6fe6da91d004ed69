//! JSON-LD, compacted: every triple once, things under their own names, one context made from the data.
//!
//! oxigraph writes JSON-LD flattened and without a context, so the context is made here: a property whose values are all things,
//! all of one datatype or all words in some language says so there, and its values are then plain strings.

use std::collections::BTreeMap;
use std::io::{self, Write};

use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{NamedOrBlankNode, Quad, Term};
use serde_json::{Map, Value, json};

use super::rdf::triples;
use crate::vocab;

/// What all values of a property have in common.
#[derive(Clone, PartialEq)]
enum Form {
    Iri,
    Datatype(String),
    Language,
    Mixed,
}

pub(super) fn write(quads: Vec<Quad>, out: &mut dyn Write) -> io::Result<usize> {
    let triples = triples(quads);
    let forms = forms(&triples);
    out.write_all(b"{\"@context\":")?;
    serde_json::to_writer_pretty(&mut *out, &context(&forms))?;
    out.write_all(b",\n\"@graph\":[")?;
    // Sorted triples: all of a subject stand together.
    for (i, about) in triples.chunk_by(|a, b| a.subject == b.subject).enumerate() {
        out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &node(about, &forms))?;
    }
    out.write_all(b"\n]}\n")?;
    Ok(triples.len())
}

fn forms(triples: &[Quad]) -> BTreeMap<&str, Form> {
    let mut forms: BTreeMap<&str, Form> = BTreeMap::new();
    for triple in triples.iter().filter(|t| t.predicate != rdf::TYPE) {
        let form = match &triple.object {
            Term::Literal(literal) if literal.language().is_some() => Form::Language,
            Term::Literal(literal) => Form::Datatype(literal.datatype().as_str().to_owned()),
            _ => Form::Iri,
        };
        forms
            .entry(triple.predicate.as_str())
            .and_modify(|known| {
                if *known != form {
                    *known = Form::Mixed;
                }
            })
            .or_insert(form);
    }
    forms
}

fn context(forms: &BTreeMap<&str, Form>) -> Value {
    let mut context = Map::new();
    for (prefix, iri) in vocab::PREFIXES {
        context.insert((*prefix).to_owned(), json!({"@id": iri, "@prefix": true}));
    }
    for (property, form) in forms {
        let term = match form {
            Form::Iri => json!({"@id": property, "@type": "@id"}),
            Form::Language => json!({"@id": property, "@container": "@language"}),
            Form::Datatype(datatype) if datatype != xsd::STRING.as_str() => {
                json!({"@id": property, "@type": datatype})
            }
            Form::Datatype(_) | Form::Mixed => continue,
        };
        context.insert(compact(property), term);
    }
    Value::Object(context)
}

/// An IRI with a prefix before it where one fits and the rest cannot be misread.
fn compact(iri: &str) -> String {
    let fitting = vocab::PREFIXES
        .iter()
        .filter_map(|(prefix, start)| Some((prefix, iri.strip_prefix(start)?)));
    match fitting.min_by_key(|(_, rest)| rest.len()) {
        Some((prefix, rest)) if !rest.is_empty() && !rest.starts_with("//") => {
            format!("{prefix}:{rest}")
        }
        _ => iri.to_owned(),
    }
}

fn name(node: &NamedOrBlankNode) -> String {
    match node {
        NamedOrBlankNode::NamedNode(iri) => compact(iri.as_str()),
        NamedOrBlankNode::BlankNode(node) => node.to_string(),
    }
}

fn node(about: &[Quad], forms: &BTreeMap<&str, Form>) -> Value {
    let mut node = Map::new();
    node.insert("@id".to_owned(), name(&about[0].subject).into());
    for triple in about {
        if let (true, Term::NamedNode(class)) = (triple.predicate == rdf::TYPE, &triple.object) {
            add(
                &mut node,
                "@type".to_owned(),
                compact(class.as_str()).into(),
            );
            continue;
        }
        let property = compact(triple.predicate.as_str());
        let form = forms.get(triple.predicate.as_str()).unwrap_or(&Form::Mixed);
        match (&triple.object, form) {
            (Term::Literal(literal), Form::Language) => {
                let words = node.entry(property).or_insert_with(|| json!({}));
                let language = literal.language().unwrap_or("@none").to_owned();
                if let Value::Object(words) = words {
                    add(words, language, literal.value().into());
                }
            }
            (Term::Literal(literal), Form::Datatype(_)) => {
                add(&mut node, property, literal.value().into());
            }
            (Term::Literal(literal), _) => add(&mut node, property, value_object(literal)),
            (Term::NamedNode(iri), Form::Iri) => {
                add(&mut node, property, compact(iri.as_str()).into());
            }
            (Term::BlankNode(blank), Form::Iri) => {
                add(&mut node, property, blank.to_string().into());
            }
            (Term::NamedNode(iri), _) => {
                add(&mut node, property, json!({"@id": compact(iri.as_str())}));
            }
            (Term::BlankNode(blank), _) => {
                add(&mut node, property, json!({"@id": blank.to_string()}));
            }
        }
    }
    Value::Object(node)
}

fn value_object(literal: &oxigraph::model::Literal) -> Value {
    match literal.language() {
        Some(language) => json!({"@value": literal.value(), "@language": language}),
        None if literal.datatype() == xsd::STRING => literal.value().into(),
        None => json!({"@value": literal.value(), "@type": compact(literal.datatype().as_str())}),
    }
}

/// One value stands alone, several in a list.
fn add(node: &mut Map<String, Value>, property: String, value: Value) {
    match node.get_mut(&property) {
        None => {
            node.insert(property, value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(first) => {
            let first_value = first.take();
            *first = Value::Array(vec![first_value, value]);
        }
    }
}
