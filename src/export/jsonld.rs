//! JSON-LD, compacted: every triple once, things under their own names, one context made from the data.
//!
//! oxigraph writes JSON-LD flattened and without a context, so the context is made here: a property whose values are all things,
//! all of one datatype or all words in some language says so there, and its values are then plain strings.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{NamedOrBlankNode, Quad, Term, Triple};
use serde_json::{Map, Value, json};

use super::rdf::{Wanted, parsed};
use crate::store::Store;
use crate::{Error, Result, vocab};

/// What all values of a property have in common.
#[derive(Clone, PartialEq)]
enum Form {
    Iri,
    Datatype(String),
    Language,
    Mixed,
}

/// Forms by the properties' IRIs.
type Forms = BTreeMap<String, Form>;

pub(super) fn write(
    store: &Store,
    wanted: &Wanted,
    out: &mut dyn Write,
    path: &Path,
) -> Result<usize> {
    let mut forms = Forms::new();
    let mut triples = wanted.triples(store, |triple| look(triple, &mut forms))?;
    let wrong = |e| Error::file(path, e);
    write_head(&forms, out).map_err(wrong)?;
    let (mut n, mut things) = (0, 0);
    let mut about: Vec<Quad> = Vec::new();
    loop {
        let next = triples.next().map_err(|e| store.unsorted(e))?;
        let next = next.map(parsed).transpose()?;
        n += usize::from(next.is_some());
        // Sorted triples: all of a subject stand together.
        let same = about.first().zip(next.as_ref());
        if !about.is_empty() && same.is_none_or(|(a, b)| a.subject != b.subject) {
            let before: &[u8] = if things == 0 { b"\n" } else { b",\n" };
            out.write_all(before).map_err(wrong)?;
            serde_json::to_writer(&mut *out, &node(&about, &forms)).map_err(|e| wrong(e.into()))?;
            things += 1;
            about.clear();
        }
        match next {
            Some(triple) => about.push(triple),
            None => break,
        }
    }
    out.write_all(b"\n]}\n").map_err(wrong)?;
    Ok(n)
}

fn write_head(forms: &Forms, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"@context\":")?;
    serde_json::to_writer_pretty(&mut *out, &context(forms))?;
    out.write_all(b",\n\"@graph\":[")
}

fn look(triple: &Triple, forms: &mut Forms) {
    if triple.predicate == rdf::TYPE {
        return;
    }
    let form = match &triple.object {
        Term::Literal(literal) if literal.language().is_some() => Form::Language,
        Term::Literal(literal) => Form::Datatype(literal.datatype().as_str().to_owned()),
        _ => Form::Iri,
    };
    match forms.get_mut(triple.predicate.as_str()) {
        Some(known) if *known != form => *known = Form::Mixed,
        Some(_) => {}
        None => {
            forms.insert(triple.predicate.as_str().to_owned(), form);
        }
    }
}

fn context(forms: &Forms) -> Value {
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

fn node(about: &[Quad], forms: &Forms) -> Value {
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
