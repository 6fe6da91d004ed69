//! A user's additions to the thesaurus of initiatives: `thesaurus.ttl`, SKOS in Turtle.
//!
//! The prefixes `skos:`, `xt:`, `c:` (campaigns), `d:` (domains), `dct:` and `xsd:` are known without being declared.

use std::collections::BTreeSet;

use oxigraph::model::NamedOrBlankNode;

use super::Fault;
use crate::model::ID_BASE;
use crate::store::{parse_turtle, thesaurus_faults};
use crate::{embedded, vocab};

/// On one line with the first line of the user, so that lines keep their numbers.
const PREFIXES: &str = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . \
    @prefix dct: <http://purl.org/dc/terms/> . \
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . \
    @prefix xt: <https://w3id.org/xiangtu/ontology#> . \
    @prefix c: <https://w3id.org/xiangtu/id/campaign/> . \
    @prefix d: <https://w3id.org/xiangtu/id/domain/> . ";

/// The additions as Turtle that stands by itself; empty where the file adds nothing.
pub(super) fn read(path: &str, text: &str, faults: &mut Vec<Fault>) -> String {
    // Nothing behind it: a file that ends too soon does so in a line of its own.
    let text = format!("{PREFIXES}{text}");
    let quads = match parse_turtle(path, &text, vocab::THESAURUS_GRAPH) {
        Ok(quads) => quads,
        Err(error) => {
            faults.push(Fault::of(error, path));
            return String::new();
        }
    };
    if quads.is_empty() {
        return String::new();
    }
    let campaigns = format!("{ID_BASE}campaign/");
    let mut concepts: BTreeSet<&str> = BTreeSet::new();
    for quad in &quads {
        if let NamedOrBlankNode::NamedNode(subject) = &quad.subject
            && !concepts.contains(subject.as_str())
        {
            concepts.insert(subject.as_str());
            if !subject.as_str().starts_with(&campaigns) {
                let values: [&dyn std::fmt::Display; 2] = [&subject.as_str(), &campaigns];
                faults.push(Fault::new(path, 1, "fault.concept", &values));
            }
        }
    }
    let mut files: Vec<(&str, &str)> = embedded::built_in("ontology/domains.ttl")
        .map(|text| ("ontology/domains.ttl", text))
        .into_iter()
        .chain(embedded::built_in_folder("ontology/campaigns"))
        .collect();
    files.push((path, &text));
    for error in thesaurus_faults(&files) {
        faults.push(Fault::of(error, path));
    }
    // What every concept of the thesaurus says of itself, a user need not write.
    let mut whole = format!("{text}\n");
    for concept in concepts {
        whole.push_str(&format!(
            "<{concept}> a skos:Concept ; skos:inScheme <{ID_BASE}campaigns> .\n"
        ));
    }
    whole
}
