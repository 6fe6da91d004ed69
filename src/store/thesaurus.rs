//! Whether the thesaurus is as it must be: every campaign has one name, names are unique, every wider campaign exists and
//! none is wider than itself.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{NamedOrBlankNode, Quad, Term};

use super::{parse_turtle, read::literal};
use crate::model::ID_BASE;
use crate::thesaurus::Thesaurus;
use crate::{Error, vocab};

/// A quad with the file that it stands in: path, text.
type Written<'a> = (&'a str, &'a str, Quad);

/// What is wrong with thesaurus files, given as path and text.
pub fn thesaurus_faults(files: &[(&str, &str)]) -> Vec<Error> {
    let mut faults = Vec::new();
    let mut quads: Vec<Written> = Vec::new();
    for (path, text) in files {
        match parse_turtle(path, text, vocab::THESAURUS_GRAPH) {
            Ok(read) => quads.extend(read.into_iter().map(|quad| (*path, *text, quad))),
            Err(fault) => faults.push(fault),
        }
    }
    faults.extend(label_faults(&quads));
    faults.extend(circles(&quads));
    let concepts: BTreeSet<String> = quads
        .iter()
        .filter(|(_, _, q)| q.predicate == vocab::PREF_LABEL)
        .map(|(_, _, q)| named(q))
        .collect();
    let mut names: BTreeMap<(String, bool), String> = BTreeMap::new();
    for (path, text, quad) in &quads {
        let concept = named(quad);
        let fault = |message: String| Error::data(*path, line_of(text, &concept), message);
        let is_preferred = quad.predicate == vocab::PREF_LABEL;
        if let Some(label) = literal(&quad.object).filter(|l| {
            (is_preferred || quad.predicate == vocab::ALT_LABEL) && l.language() == Some("zh")
        }) {
            // Domains and campaigns are told apart by where they stand, so they may share a name.
            let is_domain = concept.contains("/id/domain/");
            // Spellings that are compared as one may both stand in one concept.
            let other = names.insert(
                (Thesaurus::key(label.value()).into_owned(), is_domain),
                concept.clone(),
            );
            if let Some(other) = other.filter(|other| *other != concept) {
                faults.push(fault(format!(
                    "{}: names both {other} and {concept}; take it from one of them",
                    label.value()
                )));
            }
        }
        if (quad.predicate == vocab::BROADER || quad.predicate == vocab::DOMAIN)
            && let Term::NamedNode(above) = &quad.object
            && !concepts.contains(above.as_str())
        {
            faults.push(fault(format!(
                "{concept}: {} is no concept of the thesaurus",
                above.as_str()
            )));
        }
    }
    faults
}

fn named(quad: &Quad) -> String {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(iri) => iri.as_str().to_owned(),
        NamedOrBlankNode::BlankNode(_) => String::new(),
    }
}

/// Campaigns without a preferred Chinese name, or with a second one.
fn label_faults(quads: &[Written]) -> Vec<Error> {
    let campaigns = format!("{ID_BASE}campaign/");
    let mut labels: BTreeMap<String, (&Written, Option<String>)> = BTreeMap::new();
    let mut faults = Vec::new();
    for written in quads {
        let (path, text, quad) = written;
        let concept = named(quad);
        if !concept.starts_with(&campaigns) {
            continue;
        }
        let (_, known) = labels.entry(concept.clone()).or_insert((written, None));
        let label = literal(&quad.object)
            .filter(|l| quad.predicate == vocab::PREF_LABEL && l.language() == Some("zh"));
        if let Some(label) = label {
            match known {
                Some(name) if name != label.value() => faults.push(Error::data(
                    *path,
                    line_of(text, &concept),
                    format!(
                        "{concept} is called {name} already; make {} a skos:altLabel",
                        label.value()
                    ),
                )),
                _ => *known = Some(label.value().to_owned()),
            }
        }
    }
    let unnamed = labels.iter().filter(|(_, (_, label))| label.is_none());
    faults.extend(unnamed.map(|(concept, ((path, text, _), _))| {
        let message = format!("{concept} has no skos:prefLabel in Chinese (\"…\"@zh)");
        Error::data(*path, line_of(text, concept), message)
    }));
    faults
}

/// Campaigns that are wider than themselves, each circle once: where its last link is written.
fn circles(quads: &[Written]) -> Vec<Error> {
    let mut above: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut faults = Vec::new();
    for (path, text, quad) in quads
        .iter()
        .filter(|(_, _, q)| q.predicate == vocab::BROADER)
    {
        let Term::NamedNode(wider) = &quad.object else {
            continue;
        };
        let concept = named(quad);
        let mut to_do = vec![wider.as_str().to_owned()];
        let mut seen = BTreeSet::new();
        while let Some(next) = to_do.pop() {
            if seen.insert(next.clone()) {
                to_do.extend(above.get(&next).into_iter().flatten().cloned());
            }
        }
        if seen.contains(&concept) {
            let message = format!("{concept}: skos:broader leads in a circle through {wider}");
            faults.push(Error::data(*path, line_of(text, &concept), message));
        } else {
            above
                .entry(concept)
                .or_default()
                .push(wider.as_str().to_owned());
        }
    }
    faults
}

/// The line on which a concept's block begins; 0 if it cannot be told.
fn line_of(text: &str, concept: &str) -> usize {
    let local = concept.rsplit('/').next().unwrap_or(concept);
    text.lines()
        .position(|line| {
            line.split_once(':')
                .is_some_and(|(_, rest)| rest.split_whitespace().next() == Some(local))
        })
        .map_or(0, |at| at + 1)
}
