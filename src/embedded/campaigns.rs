//! Packs `ontology/campaigns/*.ttl`: what the recogniser reads of the thesaurus, without the cost of a Turtle parser at each start.
//!
//! A line is a statement: the concept's IRI (empty for that of the line before), the predicate, the language of a literal, the object.

use std::fmt::Write as _;

use oxrdf::{NamedOrBlankNode, Term};
use oxttl::TurtleParser;

const CONCEPTS: &str = "https://w3id.org/xiangtu/id/campaign/";

/// The statements of one file about concepts; an error names the line.
pub fn pack(turtle: &str, out: &mut String) -> Result<(), String> {
    let mut last = String::new();
    for triple in TurtleParser::new().for_slice(turtle) {
        let triple = triple.map_err(|e| format!("line {}: {e}", e.location().start.line + 1))?;
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            continue;
        };
        let subject = subject.as_str();
        if !subject.starts_with(CONCEPTS) {
            continue;
        }
        let (object, language) = match &triple.object {
            Term::Literal(value) => (value.value(), value.language().unwrap_or_default()),
            Term::NamedNode(node) => (node.as_str(), "-"),
            _ => continue,
        };
        let object = object.replace(['\t', '\n', '\r'], " ");
        let told = if subject == last { "" } else { subject };
        writeln!(
            out,
            "{told}\t{}\t{language}\t{object}",
            triple.predicate.as_str()
        )
        .expect("writing to a string");
        last = subject.to_owned();
    }
    Ok(())
}
