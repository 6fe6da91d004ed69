//! The attributes of nodes and edges, once for every network format.

use std::collections::BTreeSet;

use super::network::{Edge, Network, Node};
use crate::messages::Lang;

/// The type of an attribute.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Text,
    Int,
    Real,
    Texts,
    Ints,
}

/// The value of an attribute.
pub(super) enum Value {
    Text(String),
    Int(i64),
    Real(f64),
    Texts(Vec<String>),
    Ints(Vec<i32>),
}

/// A name, and the type of what stands under it.
pub(super) type Attribute = (&'static str, Kind);

pub(super) const NODE: &[Attribute] = &[
    ("label", Kind::Text),
    ("type", Kind::Text),
    ("class", Kind::Text),
    ("code", Kind::Text),
    ("path", Kind::Text),
    ("aliases", Kind::Texts),
    ("documents", Kind::Int),
    ("first", Kind::Int),
    ("last", Kind::Int),
    ("colour", Kind::Text),
    ("document", Kind::Text),
    ("quote", Kind::Text),
];

pub(super) const EDGE: &[Attribute] = &[
    ("property", Kind::Text),
    ("label", Kind::Text),
    ("value", Kind::Text),
    ("weight", Kind::Real),
    ("documents", Kind::Int),
    ("first", Kind::Int),
    ("last", Kind::Int),
    ("years", Kind::Ints),
    ("confidence", Kind::Real),
    ("document", Kind::Text),
    ("quote", Kind::Text),
];

/// The values of [`NODE`], in its order; `None` where there is nothing to say.
pub(super) fn of_node(network: &Network, node: &Node, lang: Lang) -> Vec<Option<Value>> {
    let source = node.source.as_ref();
    let values = vec![
        text(&node.name),
        text(node.kind.name()),
        text(node.class_label(lang)),
        text(&node.code),
        text(&node.path.join(" › ")),
        Some(Value::Texts(node.aliases.clone())).filter(|_| !node.aliases.is_empty()),
        Some(Value::Int(node.documents as i64)),
        year(node.years.first()),
        year(node.years.last()),
        text(node.colour()),
        source.and_then(|source| text(network.document_of(source, lang))),
        source.and_then(|source| text(&source.quote)),
    ];
    debug_assert_eq!(values.len(), NODE.len());
    values
}

/// The values of [`EDGE`], in its order.
pub(super) fn of_edge(network: &Network, edge: &Edge, lang: Lang) -> Vec<Option<Value>> {
    let values = vec![
        text(local_name(&edge.property)),
        text(&edge.label),
        text(&edge.value),
        Some(Value::Real(edge.weight as f64)),
        Some(Value::Int(edge.documents as i64)),
        year(edge.years.first()),
        year(edge.years.last()),
        Some(Value::Ints(edge.years.iter().copied().collect())).filter(|_| !edge.years.is_empty()),
        Some(Value::Real(edge.confidence)),
        text(network.document_of(&edge.source, lang)),
        text(&edge.source.quote),
    ];
    debug_assert_eq!(values.len(), EDGE.len());
    values
}

/// The part of an IRI after its last `#`.
pub(super) fn local_name(iri: &str) -> &str {
    iri.rsplit('#').next().unwrap_or(iri)
}

/// Years that follow one another as first and last.
pub(super) fn runs(years: &BTreeSet<i32>) -> Vec<(i32, i32)> {
    let mut runs: Vec<(i32, i32)> = Vec::new();
    for year in years {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *year => *last = *year,
            _ => runs.push((*year, *year)),
        }
    }
    runs
}

impl Value {
    /// As one text; several parts with a mark between them that their own texts do not use.
    pub(super) fn joined(&self, mark: &str) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Int(number) => number.to_string(),
            Self::Real(number) => real(*number),
            Self::Texts(texts) => texts.join(mark),
            Self::Ints(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(i32::to_string).collect();
                numbers.join(mark)
            }
        }
    }

    pub(super) fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Int(number) => (*number).into(),
            Self::Real(number) => (*number).into(),
            Self::Texts(texts) => texts.as_slice().into(),
            Self::Ints(numbers) => numbers.as_slice().into(),
        }
    }
}

/// A number that reads as no whole number, for readers that take their type from its look.
fn real(number: f64) -> String {
    format!("{number:?}")
}

/// The attributes that have a value, as a JSON object.
pub(super) fn object(
    attributes: &[Attribute],
    values: &[Option<Value>],
) -> serde_json::Map<String, serde_json::Value> {
    let given = attributes.iter().zip(values);
    given
        .filter_map(|((name, _), value)| Some(((*name).to_owned(), value.as_ref()?.json())))
        .collect()
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned())).filter(|_| !text.is_empty())
}

fn year(year: Option<&i32>) -> Option<Value> {
    year.map(|year| Value::Int(i64::from(*year)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_their_years_and_no_others() {
        let years = BTreeSet::from([2017, 2018, 2019, 2021, 2023, 2024]);
        let runs = runs(&years);
        assert_eq!(runs, [(2017, 2019), (2021, 2021), (2023, 2024)]);
        let covered: BTreeSet<i32> = runs.iter().flat_map(|(a, b)| *a..=*b).collect();
        assert_eq!(covered, years);
    }
}
