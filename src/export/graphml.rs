//! GraphML: the network with typed attributes; `r`, `g`, `b` are the colours that Gephi reads.

use std::io::{self, Write};

use quick_xml::escape::escape;

use super::attributes::{Attribute, EDGE, Kind, NODE, Value, of_edge, of_node};
use super::network::Network;
use crate::messages::Lang;

pub(super) fn write(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    out.write_all(b"<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n")?;
    keys(out, "node", NODE)?;
    for part in ["r", "g", "b"] {
        key(out, "node", part, Kind::Int)?;
    }
    keys(out, "edge", EDGE)?;
    let edges = if network.directed {
        "directed"
    } else {
        "undirected"
    };
    writeln!(out, "  <graph id=\"xiangtu\" edgedefault=\"{edges}\">")?;
    for node in &network.nodes {
        writeln!(out, "    <node id=\"{}\">", escape(&node.id))?;
        data(out, "node", NODE, &of_node(network, node, lang))?;
        for (part, value) in ["r", "g", "b"].into_iter().zip(rgb(node.colour())) {
            writeln!(out, "      <data key=\"node-{part}\">{value}</data>")?;
        }
        writeln!(out, "    </node>")?;
    }
    for (i, edge) in network.edges.iter().enumerate() {
        let [from, to] = [edge.from, edge.to].map(|node| escape(&network.nodes[node].id));
        writeln!(
            out,
            "    <edge id=\"e{i}\" source=\"{from}\" target=\"{to}\">"
        )?;
        data(out, "edge", EDGE, &of_edge(network, edge, lang))?;
        writeln!(out, "    </edge>")?;
    }
    out.write_all(b"  </graph>\n</graphml>\n")
}

/// Red, green and blue of `#RRGGBB`.
pub(super) fn rgb(colour: &str) -> [u8; 3] {
    [1, 3, 5].map(|at| {
        colour
            .get(at..at + 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .unwrap_or(128)
    })
}

fn keys(out: &mut dyn Write, of: &str, attributes: &[Attribute]) -> io::Result<()> {
    for (name, kind) in attributes {
        key(out, of, name, *kind)?;
    }
    Ok(())
}

fn key(out: &mut dyn Write, of: &str, name: &str, kind: Kind) -> io::Result<()> {
    let kind = match kind {
        Kind::Int => "int",
        Kind::Real => "double",
        Kind::Text | Kind::Texts | Kind::Ints => "string",
    };
    writeln!(
        out,
        "  <key id=\"{of}-{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
    )
}

fn data(
    out: &mut dyn Write,
    of: &str,
    attributes: &[Attribute],
    values: &[Option<Value>],
) -> io::Result<()> {
    for ((name, _), value) in attributes.iter().zip(values) {
        if let Some(value) = value {
            let value = value.joined("；");
            writeln!(
                out,
                "      <data key=\"{of}-{name}\">{}</data>",
                escape(&value)
            )?;
        }
    }
    Ok(())
}
