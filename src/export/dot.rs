//! DOT: the network for Graphviz, coloured by type, laid out by `sfdp`, which copes with thousands of nodes.

use std::io::{self, Write};

use super::network::Network;
use crate::messages::Lang;

pub(super) fn write(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let (graph, arrow) = if network.directed {
        ("digraph", "->")
    } else {
        ("graph", "--")
    };
    writeln!(out, "{graph} xiangtu {{")?;
    writeln!(
        out,
        "  graph [layout=sfdp, overlap=prism, outputorder=edgesfirst, charset=\"UTF-8\", tooltip=\"xiangtu\"];"
    )?;
    let font = "fontname=\"Noto Sans CJK SC, WenQuanYi Zen Hei, sans-serif\"";
    writeln!(
        out,
        "  node [shape=box, style=\"filled,rounded\", fontcolor=white, penwidth=0, margin=\"0.08,0.03\", height=0.2, {font}];"
    )?;
    writeln!(
        out,
        "  edge [color=\"#9aa0a6\", fontcolor=\"#5f6368\", fontsize=8, arrowsize=0.5, {font}];"
    )?;
    for (i, node) in network.nodes.iter().enumerate() {
        let tip = [node.class_label(lang), &node.path.join(" › "), &node.id].join("\n");
        writeln!(
            out,
            "  n{i} [label={}, fillcolor=\"{}\", tooltip={}];",
            quoted(&node.name),
            node.colour(),
            quoted(&tip)
        )?;
    }
    for edge in &network.edges {
        let source = network.document_of(&edge.source, lang);
        let years: Vec<String> = edge.years.iter().map(i32::to_string).collect();
        let tip = [
            &edge.label,
            &edge.value,
            &years.join(" "),
            source,
            &edge.source.quote,
        ];
        writeln!(
            out,
            "  n{} {arrow} n{} [weight={}, penwidth={:.1}, label={}, tooltip={}];",
            edge.from,
            edge.to,
            edge.weight,
            (edge.weight as f64).sqrt(),
            quoted(&edge.label),
            quoted(&tip.join("\n"))
        )?;
    }
    writeln!(out, "}}")
}

/// A text in quotation marks: a backslash would begin an escape (`\N` is the node's name), a line break is one.
fn quoted(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        // Graphviz reads character entities in any label.
        .replace('&', "&amp;")
        .replace('\n', "\\n");
    format!("\"{escaped}\"")
}
