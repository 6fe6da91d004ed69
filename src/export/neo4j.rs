//! Neo4j: tables with typed headers for `neo4j-admin database import`, and a Cypher script that loads them into a running server.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::FileWriter;
use super::attributes::{Attribute, EDGE, Kind, NODE, Value, local_name, of_edge, of_node};
use super::csv::harmless;
use super::network::{Edge, Network, Node};
use crate::messages::Lang;

pub(super) const FILES: &[(&str, FileWriter)] = &[
    ("nodes.csv", nodes),
    ("relationships.csv", relationships),
    ("load.cypher", script),
];

/// Between the parts of a list, as `neo4j-admin` expects it.
const MARK: &str = ";";

fn nodes(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut table = ::csv::Writer::from_writer(out);
    let head = ["id:ID".to_owned()].into_iter().chain(heads(NODE));
    table.write_record(head.chain([":LABEL".to_owned()]))?;
    for node in &network.nodes {
        let values = of_node(network, node, lang);
        let row = [node.id.clone()].into_iter().chain(cells(&values));
        table.write_record(row.chain([labels(node).join(MARK)]))?;
    }
    table.flush()
}

fn relationships(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut table = ::csv::Writer::from_writer(out);
    let ends = [":START_ID", ":END_ID", ":TYPE"].map(str::to_owned);
    table.write_record(ends.into_iter().chain(heads(EDGE)))?;
    for edge in &network.edges {
        let [from, to] = [edge.from, edge.to].map(|node| network.nodes[node].id.clone());
        let values = of_edge(network, edge, lang);
        let row = [from, to, kind(edge)].into_iter().chain(cells(&values));
        table.write_record(row)?;
    }
    table.flush()
}

/// The script names labels and types outright: Cypher takes neither from a table.
fn script(network: &Network, _: Lang, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(SCRIPT_HEAD.as_bytes())?;
    let labelled: BTreeSet<Vec<&str>> = network.nodes.iter().map(labels).collect();
    for labels in &labelled {
        writeln!(
            out,
            "\nLOAD CSV WITH HEADERS FROM 'file:///nodes.csv' AS row\nWITH row WHERE row.`:LABEL` = '{}'\nMERGE (n:Entity {{id: row.`id:ID`}})\nSET n:{},",
            labels.join(MARK),
            labels.join(":")
        )?;
        writeln!(out, "{};", settings("n", NODE))?;
    }
    let kinds: BTreeSet<String> = network.edges.iter().map(kind).collect();
    for kind in &kinds {
        writeln!(
            out,
            "\nLOAD CSV WITH HEADERS FROM 'file:///relationships.csv' AS row\nWITH row WHERE row.`:TYPE` = '{kind}'\nMATCH (a:Entity {{id: row.`:START_ID`}})\nMATCH (b:Entity {{id: row.`:END_ID`}})\nMERGE (a)-[r:{kind}]->(b)\nSET"
        )?;
        writeln!(out, "{};", settings("r", EDGE))?;
    }
    Ok(())
}

const SCRIPT_HEAD: &str = "\
// Offline, into a new database:
//   neo4j-admin database import full --nodes=nodes.csv --relationships=relationships.csv neo4j
// Into a running server: copy both tables into its import folder, then
//   cypher-shell -f load.cypher
CREATE CONSTRAINT xiangtu_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE;
";

fn settings(variable: &str, attributes: &[Attribute]) -> String {
    let set = |attribute: &Attribute| {
        let (name, kind) = attribute;
        let cell = format!("row.`{}`", head(attribute));
        let value = match kind {
            Kind::Text => cell,
            Kind::Int => format!("toInteger({cell})"),
            Kind::Real => format!("toFloat({cell})"),
            Kind::Texts => format!("split({cell}, '{MARK}')"),
            Kind::Ints => format!("[year IN split({cell}, '{MARK}') | toInteger(year)]"),
        };
        format!("  {variable}.{name} = {value}")
    };
    attributes.iter().map(set).collect::<Vec<_>>().join(",\n")
}

/// The name of an attribute with its type; text needs none.
fn head((name, kind): &Attribute) -> String {
    match kind {
        Kind::Text => (*name).to_owned(),
        Kind::Int => format!("{name}:int"),
        Kind::Real => format!("{name}:double"),
        Kind::Texts => format!("{name}:string[]"),
        Kind::Ints => format!("{name}:int[]"),
    }
}

fn heads(attributes: &[Attribute]) -> impl Iterator<Item = String> {
    attributes.iter().map(head)
}

/// A place has its level for a second label.
fn labels(node: &Node) -> Vec<&'static str> {
    let class = local_name(node.class);
    let general = crate::vocab::class(node.kind).as_str();
    let general = local_name(general);
    let mut labels = vec!["Entity", general];
    if class != general {
        labels.push(class);
    }
    labels
}

/// `locatedIn` as `LOCATED_IN`, as is usual in Neo4j.
fn kind(edge: &Edge) -> String {
    let mut kind = String::new();
    for c in local_name(&edge.property).chars() {
        if c.is_ascii_uppercase() {
            kind.push('_');
        }
        kind.push(if c == '-' {
            '_'
        } else {
            c.to_ascii_uppercase()
        });
    }
    kind
}

fn cells(values: &[Option<Value>]) -> impl Iterator<Item = String> {
    values.iter().map(|value| match value {
        None => String::new(),
        Some(Value::Texts(texts)) => {
            let texts: Vec<String> = texts
                .iter()
                .map(|text| cell(&text.replace(MARK, "；")))
                .collect();
            texts.join(MARK)
        }
        Some(Value::Text(text)) => cell(text),
        Some(value) => value.joined(MARK),
    })
}

/// Neo4j's reader takes a backslash before a quotation mark for an escape, against the rules of CSV.
fn cell(text: &str) -> String {
    harmless(&text.replace('\\', "＼"))
}
