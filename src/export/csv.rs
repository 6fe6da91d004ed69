//! CSV: tables of nodes, edges and facts for spreadsheets.
//!
//! They begin with a byte order mark, without which Excel reads Han text as GBK. A cell that a spreadsheet would take for a formula
//! gets an apostrophe before it, which spreadsheets hide.

use std::io::{self, Write};

use super::FileWriter;
use super::attributes::{Attribute, EDGE, NODE, Value, local_name, of_edge, of_node};
use super::network::{Fact, Network};
use crate::messages::Lang;
use crate::ontology::Ontology;

pub(super) const FILES: &[(&str, FileWriter)] = &[
    ("nodes.csv", nodes),
    ("edges.csv", edges),
    ("facts.csv", facts),
];

const FACT: [&str; 15] = [
    "subject",
    "subject_label",
    "property",
    "property_label",
    "object",
    "object_label",
    "said",
    "amount",
    "unit",
    "target",
    "year",
    "part",
    "confidence",
    "document",
    "quote",
];

fn nodes(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut table = table(out)?;
    table.write_record(["id"].into_iter().chain(names(NODE)))?;
    for node in &network.nodes {
        let values = of_node(network, node, lang);
        table.write_record([node.id.clone()].into_iter().chain(cells(&values)))?;
    }
    table.flush()
}

fn edges(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut table = table(out)?;
    let heads = ["source", "target", "source_label", "target_label"];
    table.write_record(heads.into_iter().chain(names(EDGE)))?;
    for edge in &network.edges {
        let [from, to] = [edge.from, edge.to].map(|node| &network.nodes[node]);
        let ends = [
            from.id.clone(),
            to.id.clone(),
            harmless(&from.name),
            harmless(&to.name),
        ];
        let values = of_edge(network, edge, lang);
        table.write_record(ends.into_iter().chain(cells(&values)))?;
    }
    table.flush()
}

fn facts(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut table = table(out)?;
    table.write_record(FACT)?;
    for fact in &network.facts {
        table.write_record(fact_cells(network, fact, lang))?;
    }
    table.flush()
}

fn fact_cells(network: &Network, fact: &Fact, lang: Lang) -> [String; FACT.len()] {
    let subject = &network.nodes[fact.subject];
    let object = fact.object.map(|object| &network.nodes[object]);
    [
        subject.id.clone(),
        harmless(&subject.name),
        local_name(&fact.property).to_owned(),
        Ontology::get()
            .label(&fact.property, lang.index())
            .to_owned(),
        object.map_or_else(String::new, |object| object.id.clone()),
        object.map_or_else(String::new, |object| harmless(&object.name)),
        harmless(&fact.said),
        fact.amount.clone().unwrap_or_default(),
        harmless(fact.unit.as_deref().unwrap_or("")),
        if fact.target { "1" } else { "" }.to_owned(),
        fact.year.map_or_else(String::new, |year| year.to_string()),
        if fact.plan { "plan" } else { "review" }.to_owned(),
        fact.confidence.to_string(),
        harmless(&network.documents[fact.document].path),
        harmless(&fact.quote),
    ]
}

fn table(out: &mut dyn Write) -> io::Result<::csv::Writer<&mut dyn Write>> {
    out.write_all("\u{FEFF}".as_bytes())?;
    Ok(::csv::Writer::from_writer(out))
}

fn names(attributes: &[Attribute]) -> impl Iterator<Item = &'static str> {
    attributes.iter().map(|(name, _)| *name)
}

fn cells(values: &[Option<Value>]) -> impl Iterator<Item = String> {
    values.iter().map(|value| match value {
        None => String::new(),
        Some(value @ (Value::Int(_) | Value::Real(_))) => value.joined(""),
        Some(value) => harmless(&value.joined("；")),
    })
}

/// A text that no spreadsheet takes for a formula; a plain number such as `-5` or `+8%` stays as it is.
pub(crate) fn harmless(text: &str) -> String {
    // Full-width signs begin a formula too where the input method is East Asian.
    let begins = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r']);
    let is_number = || text.trim_end_matches('%').parse::<f64>().is_ok();
    if begins && !is_number() {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        for name in ["=1+1", "+86项目", "-5+3", "@SUM(A1)", "＝1"] {
            assert!(harmless(name).starts_with('\''), "{name}");
        }
        for name in ["河长制=好", "-5", "+8%", "12"] {
            assert_eq!(harmless(name), name);
        }
    }
}
