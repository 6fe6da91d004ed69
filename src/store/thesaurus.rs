//! Whether the thesaurus is as it must be: names are unique and every wider campaign exists.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{NamedOrBlankNode, Quad, Term};

use super::{parse_turtle, read::literal};
use crate::thesaurus::Thesaurus;
use crate::{Error, vocab};

/// What is wrong with thesaurus files, given as path and text.
pub fn thesaurus_faults(files: &[(&str, &str)]) -> Vec<Error> {
    let mut faults = Vec::new();
    let mut quads: Vec<(&str, &str, Quad)> = Vec::new();
    for (path, text) in files {
        match parse_turtle(path, text, vocab::THESAURUS_GRAPH) {
            Ok(read) => quads.extend(read.into_iter().map(|quad| (*path, *text, quad))),
            Err(fault) => faults.push(fault),
        }
    }
    let named = |quad: &Quad| match &quad.subject {
        NamedOrBlankNode::NamedNode(iri) => iri.as_str().to_owned(),
        NamedOrBlankNode::BlankNode(_) => String::new(),
    };
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
            let other = names.insert((Thesaurus::key(label.value()), is_domain), concept.clone());
            if let Some(other) = other.filter(|other| *other != concept) {
                faults.push(fault(format!(
                    "{}: names both {other} and {concept}",
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
