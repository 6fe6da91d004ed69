//! CX2: the network for Cytoscape Web, Cytoscape 3.10 and NDEx, with colours mapped from the type.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::attributes::{Attribute, EDGE, Kind, NODE, object, of_edge, of_node};
use super::network::Network;
use crate::messages::Lang;

pub(super) fn write(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let aspects = [
        ("attributeDeclarations", 1),
        ("networkAttributes", 1),
        ("nodes", network.nodes.len()),
        ("edges", network.edges.len()),
        ("visualProperties", 1),
    ];
    let meta: Vec<Value> = aspects
        .iter()
        .map(|(name, count)| json!({"name": name, "elementCount": count}))
        .collect();
    let title = lang.text("export.title");
    let parts = [
        json!({"CXVersion": "2.0", "hasFragments": false}),
        json!({"metaData": meta}),
        json!({"attributeDeclarations": [declarations()]}),
        json!({"networkAttributes": [{"name": title, "directed": network.directed}]}),
    ];
    out.write_all(b"[")?;
    for part in parts {
        serde_json::to_writer(&mut *out, &part)?;
        out.write_all(b",\n")?;
    }
    out.write_all(b"{\"nodes\":[")?;
    for (i, node) in network.nodes.iter().enumerate() {
        let mut values = object(NODE, &of_node(network, node, lang));
        rename(&mut values);
        values.insert("iri".to_owned(), node.id.as_str().into());
        element(out, i, json!({"id": i, "v": values}))?;
    }
    out.write_all(b"]},\n{\"edges\":[")?;
    for (i, edge) in network.edges.iter().enumerate() {
        let mut values = object(EDGE, &of_edge(network, edge, lang));
        rename(&mut values);
        let edge = json!({"id": i, "s": edge.from, "t": edge.to, "v": values});
        element(out, i, edge)?;
    }
    out.write_all(b"]},\n")?;
    serde_json::to_writer(&mut *out, &json!({"visualProperties": [looks(network)]}))?;
    out.write_all(b",\n{\"status\":[{\"success\":true,\"error\":\"\"}]}]\n")
}

fn element(out: &mut dyn Write, i: usize, element: Value) -> io::Result<()> {
    out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
    Ok(serde_json::to_writer(&mut *out, &element)?)
}

/// CX2 calls the caption of a node its `name`, the kind of an edge its `interaction`.
fn name_of(attribute: &str) -> &str {
    match attribute {
        "label" => "name",
        "property" => "interaction",
        other => other,
    }
}

fn rename(values: &mut Map<String, Value>) {
    for name in ["label", "property"] {
        if let Some(value) = values.remove(name) {
            values.insert(name_of(name).to_owned(), value);
        }
    }
}

fn declarations() -> Value {
    let declare = |attributes: &[Attribute]| -> Map<String, Value> {
        let declared = attributes.iter().map(|(name, kind)| {
            let kind = match kind {
                Kind::Text => "string",
                Kind::Int => "integer",
                Kind::Real => "double",
                Kind::Texts => "list_of_string",
                Kind::Ints => "list_of_integer",
            };
            (name_of(name).to_owned(), json!({"d": kind}))
        });
        declared.collect()
    };
    let mut nodes = declare(NODE);
    nodes.insert("iri".to_owned(), json!({"d": "string"}));
    json!({
        "networkAttributes": {"name": {"d": "string"}, "directed": {"d": "boolean"}},
        "nodes": nodes,
        "edges": declare(EDGE),
    })
}

fn looks(network: &Network) -> Value {
    let colours: BTreeMap<&str, &str> = network
        .nodes
        .iter()
        .map(|node| (node.kind.name(), node.colour()))
        .collect();
    let map: Vec<Value> = colours
        .iter()
        .map(|(kind, colour)| json!({"v": kind, "vp": colour}))
        .collect();
    let arrow = if network.directed { "triangle" } else { "none" };
    json!({
        "default": {
            "network": {"NETWORK_BACKGROUND_COLOR": "#FFFFFF"},
            "node": {"NODE_BACKGROUND_COLOR": "#808080", "NODE_SHAPE": "ellipse", "NODE_LABEL_FONT_SIZE": 10},
            "edge": {"EDGE_LINE_COLOR": "#B8BCC2", "EDGE_WIDTH": 1, "EDGE_TARGET_ARROW_SHAPE": arrow},
        },
        "nodeMapping": {
            "NODE_LABEL": {"type": "PASSTHROUGH", "definition": {"attribute": "name", "type": "string"}},
            "NODE_BACKGROUND_COLOR": {
                "type": "DISCRETE", "definition": {"attribute": "type", "type": "string", "map": map},
            },
        },
        "edgeMapping": {},
    })
}
