//! GEXF 1.3: the network for Gephi, with typed attributes, colours by type, and the years of nodes and edges as spells.
//!
//! What has no spell is always there: divisions, and what no document dates.

use std::collections::BTreeSet;
use std::io::{self, Write};

use quick_xml::escape::escape;

use super::attributes::{Attribute, EDGE, Kind, NODE, Value, of_edge, of_node, runs};
use super::graphml::rgb;
use super::network::Network;
use crate::messages::Lang;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">
  <meta>
    <creator>xiangtu</creator>
  </meta>
"#;

pub(super) fn write(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    let edges = if network.directed {
        "directed"
    } else {
        "undirected"
    };
    // A spell of whole years holds both its ends.
    writeln!(
        out,
        "  <graph defaultedgetype=\"{edges}\" mode=\"dynamic\" timeformat=\"integer\" timerepresentation=\"interval\">"
    )?;
    declare(out, "node", NODE)?;
    declare(out, "edge", EDGE)?;
    out.write_all(b"    <nodes>\n")?;
    for node in &network.nodes {
        let [id, label] = [&node.id, &node.name].map(escape);
        writeln!(out, "      <node id=\"{id}\" label=\"{label}\">")?;
        values(out, NODE, &of_node(network, node, lang))?;
        spells(out, &node.years)?;
        let [r, g, b] = rgb(node.colour());
        writeln!(out, "        <viz:color r=\"{r}\" g=\"{g}\" b=\"{b}\"/>")?;
        let size = 4.0 + (node.documents as f64).sqrt() * 4.0;
        writeln!(out, "        <viz:size value=\"{size:.1}\"/>")?;
        writeln!(out, "      </node>")?;
    }
    out.write_all(b"    </nodes>\n    <edges>\n")?;
    for (i, edge) in network.edges.iter().enumerate() {
        let [from, to] = [edge.from, edge.to].map(|node| escape(&network.nodes[node].id));
        let (label, kind) = (escape(&edge.label), escape(&edge.property));
        writeln!(
            out,
            "      <edge id=\"{i}\" source=\"{from}\" target=\"{to}\" kind=\"{kind}\" label=\"{label}\" weight=\"{}\">",
            edge.weight
        )?;
        values(out, EDGE, &of_edge(network, edge, lang))?;
        spells(out, &edge.years)?;
        writeln!(out, "      </edge>")?;
    }
    out.write_all(b"    </edges>\n  </graph>\n</gexf>\n")
}

/// The attributes that GEXF has no place of its own for.
fn own(attributes: &[Attribute]) -> impl Iterator<Item = (usize, &Attribute)> {
    attributes
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| !matches!(*name, "label" | "weight"))
}

fn declare(out: &mut dyn Write, of: &str, attributes: &[Attribute]) -> io::Result<()> {
    writeln!(out, "    <attributes class=\"{of}\" mode=\"static\">")?;
    for (i, (name, kind)) in own(attributes) {
        let kind = match kind {
            Kind::Int => "integer",
            Kind::Real => "double",
            Kind::Text | Kind::Texts | Kind::Ints => "string",
        };
        writeln!(
            out,
            "      <attribute id=\"{i}\" title=\"{name}\" type=\"{kind}\"/>"
        )?;
    }
    writeln!(out, "    </attributes>")
}

fn values(
    out: &mut dyn Write,
    attributes: &[Attribute],
    values: &[Option<Value>],
) -> io::Result<()> {
    writeln!(out, "        <attvalues>")?;
    for (i, _) in own(attributes) {
        if let Some(value) = &values[i] {
            let value = value.joined("；");
            writeln!(
                out,
                "          <attvalue for=\"{i}\" value=\"{}\"/>",
                escape(&value)
            )?;
        }
    }
    writeln!(out, "        </attvalues>")
}

fn spells(out: &mut dyn Write, years: &BTreeSet<i32>) -> io::Result<()> {
    if years.is_empty() {
        return Ok(());
    }
    writeln!(out, "        <spells>")?;
    for (first, last) in runs(years) {
        writeln!(out, "          <spell start=\"{first}\" end=\"{last}\"/>")?;
    }
    writeln!(out, "        </spells>")
}
