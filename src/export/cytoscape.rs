//! Cytoscape JSON: the network for Cytoscape and cytoscape.js, with a style that colours by type.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::attributes::{EDGE, NODE, object, of_edge, of_node};
use super::network::Network;
use crate::messages::Lang;

pub(super) fn write(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let title = lang.text("export.title");
    out.write_all(b"{\n\"format_version\": \"1.0\",\n\"generated_by\": \"xiangtu\",\n")?;
    out.write_all(b"\"target_cytoscapejs_version\": \"~3.0\",\n\"directed\": ")?;
    serde_json::to_writer(&mut *out, &network.directed)?;
    out.write_all(b",\n\"multigraph\": true,\n\"data\": ")?;
    serde_json::to_writer(&mut *out, &json!({"name": title, "shared_name": title}))?;
    out.write_all(b",\n\"style\": ")?;
    serde_json::to_writer(&mut *out, &style(network.directed))?;
    out.write_all(b",\n\"elements\": {\n\"nodes\": [")?;
    for (i, node) in network.nodes.iter().enumerate() {
        let mut data = object(NODE, &of_node(network, node, lang));
        // Cytoscape shows `name`; networkx takes `value` for the node itself.
        for name in ["id", "value"] {
            data.insert(name.to_owned(), node.id.as_str().into());
        }
        data.insert("name".to_owned(), node.name.as_str().into());
        element(out, i, json!({"data": data}))?;
    }
    out.write_all(b"\n],\n\"edges\": [")?;
    for (i, edge) in network.edges.iter().enumerate() {
        let mut data = object(EDGE, &of_edge(network, edge, lang));
        data.insert("id".to_owned(), format!("e{i}").into());
        data.insert("key".to_owned(), i.into());
        for (end, node) in [("source", edge.from), ("target", edge.to)] {
            data.insert(end.to_owned(), network.nodes[node].id.as_str().into());
        }
        data.insert("interaction".to_owned(), edge.label.as_str().into());
        element(out, i, json!({"data": data}))?;
    }
    out.write_all(b"\n]\n}\n}\n")
}

fn element(out: &mut dyn Write, i: usize, element: Value) -> io::Result<()> {
    out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
    Ok(serde_json::to_writer(&mut *out, &element)?)
}

fn style(directed: bool) -> Value {
    json!([
        {"selector": "node", "style": {
            "label": "data(label)", "background-color": "data(colour)", "font-size": 9, "color": "#222222",
            "text-outline-color": "#ffffff", "text-outline-width": 1.5,
        }},
        {"selector": "edge", "style": {
            "label": "data(label)", "font-size": 6, "width": 1, "line-color": "#b8bcc2", "curve-style": "bezier",
            "color": "#5f6368", "target-arrow-color": "#b8bcc2",
            "target-arrow-shape": if directed { "triangle" } else { "none" },
        }},
    ])
}
