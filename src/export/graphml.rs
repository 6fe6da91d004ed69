//! GraphML: entities as nodes, facts between them as edges, with typed attributes.

use std::io::{self, Write};
use std::path::Path;

use petgraph::visit::EdgeRef;
use quick_xml::escape::escape;

use crate::graph::project;
use crate::ontology::Ontology;
use crate::store::Store;
use crate::{Error, Result};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="label" for="node" attr.name="label" attr.type="string"/>
  <key id="type" for="node" attr.name="type" attr.type="string"/>
  <key id="code" for="node" attr.name="code" attr.type="string"/>
  <key id="property" for="edge" attr.name="property" attr.type="string"/>
  <key id="caption" for="edge" attr.name="label" attr.type="string"/>
  <key id="weight" for="edge" attr.name="weight" attr.type="double"/>
  <key id="statements" for="edge" attr.name="statements" attr.type="int"/>
  <key id="documents" for="edge" attr.name="documents" attr.type="int"/>
  <key id="first" for="edge" attr.name="first" attr.type="int"/>
  <key id="last" for="edge" attr.name="last" attr.type="int"/>
  <key id="confidence" for="edge" attr.name="confidence" attr.type="double"/>
  <graph id="xiangtu" edgedefault="directed">
"#;

pub(super) fn write(
    store: &Store,
    min_confidence: f64,
    out: &mut dyn Write,
    path: &Path,
) -> Result<()> {
    let network = project(store, min_confidence)?;
    write_network(&network, out).map_err(|e| Error::file(path, e))
}

fn write_network(network: &crate::graph::Network, out: &mut dyn Write) -> io::Result<()> {
    let ontology = Ontology::get();
    out.write_all(HEAD.as_bytes())?;
    for thing in network.node_weights() {
        writeln!(out, "    <node id=\"{}\">", escape(&thing.id))?;
        data(out, "label", &thing.name)?;
        data(out, "type", thing.kind.name())?;
        if !thing.code.is_empty() {
            data(out, "code", &thing.code)?;
        }
        writeln!(out, "    </node>")?;
    }
    for edge in network.edge_references() {
        let (source, target) = (&network[edge.source()].id, &network[edge.target()].id);
        let link = edge.weight();
        writeln!(
            out,
            "    <edge id=\"e{}\" source=\"{}\" target=\"{}\">",
            edge.id().index(),
            escape(source),
            escape(target)
        )?;
        data(
            out,
            "property",
            link.property.rsplit('#').next().unwrap_or(&link.property),
        )?;
        data(out, "caption", ontology.label(&link.property, 0))?;
        data(
            out,
            "weight",
            &format!("{:.1}", link.statements.max(1) as f64),
        )?;
        data(out, "statements", &link.statements.to_string())?;
        data(out, "documents", &link.documents.to_string())?;
        if let Some((first, last)) = link.years {
            data(out, "first", &first.to_string())?;
            data(out, "last", &last.to_string())?;
        }
        data(out, "confidence", &link.confidence.to_string())?;
        writeln!(out, "    </edge>")?;
    }
    out.write_all(b"  </graph>\n</graphml>\n")?;
    out.flush()
}

fn data(out: &mut dyn Write, key: &str, value: &str) -> io::Result<()> {
    // XML 1.0 has no way to write most control characters.
    let value: String = value
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\t' | '\n'))
        .collect();
    writeln!(out, "      <data key=\"{key}\">{}</data>", escape(&value))
}
