//! FollowTheMoney: entities as JSON lines for Aleph and the tools of OpenSanctions.
//!
//! The ontology says what our classes and properties are called there: a place is a `Territory`, an enterprise a `Company`.
//! An edge becomes an entity of its own with the sentence as its description, the document as its proof, its years as dates.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use super::network::{Edge, Fact, Network, Node};
use crate::messages::Lang;
use crate::ontology::Ontology;
use crate::vocab;

type Properties = BTreeMap<String, Vec<String>>;

pub(super) fn write(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let ontology = Ontology::get();
    let schema = |class: &str| ontology.follow_the_money(class);
    if let Some(schema) = schema(vocab::DOCUMENT.as_str()) {
        for document in &network.documents {
            let mut properties = Properties::new();
            put(&mut properties, "fileName", &document.path);
            put(&mut properties, "title", &document.title);
            let year = document.year.map(|year| year.to_string());
            put(&mut properties, "date", year.as_deref().unwrap_or(""));
            entity(out, &id(&document.id), schema, properties)?;
        }
    }
    let mut own: Vec<Vec<&Fact>> = vec![Vec::new(); network.nodes.len()];
    for fact in network.facts.iter().filter(|fact| fact.object.is_none()) {
        own[fact.subject].push(fact);
    }
    let mut links: Vec<Vec<(&str, usize)>> = vec![Vec::new(); network.nodes.len()];
    for edge in &network.edges {
        // An edge that has one name there is a property of the thing it starts from.
        if let Some(property) = schema(&edge.property).filter(|name| !name.contains(' ')) {
            links[edge.from].push((property, edge.to));
        }
    }
    for (i, node) in network.nodes.iter().enumerate() {
        if let Some(schema) = schema(vocab::class(node.kind).as_str()) {
            let mut properties = describe(network, node, &own[i], lang);
            for (property, other) in &links[i] {
                // A post is a literal there; the place stands in the link.
                if *property != "position" {
                    put(&mut properties, property, &id(&network.nodes[*other].id));
                }
            }
            entity(out, &id(&node.id), schema, properties)?;
        }
    }
    for edge in &network.edges {
        let name = schema(&edge.property).unwrap_or("UnknownLink subject object");
        let name = if edge.property == vocab::HOLDS_POST.as_str() {
            "UnknownLink subject object"
        } else {
            name
        };
        if let [schema, from, to] = name.split(' ').collect::<Vec<_>>()[..] {
            let properties = link(network, edge, [from, to]);
            let [a, b] = [edge.from, edge.to].map(|node| network.nodes[node].id.as_str());
            entity(
                out,
                &id(&format!("{a} {} {b}", edge.property)),
                schema,
                properties,
            )?;
        }
    }
    Ok(())
}

fn describe(network: &Network, node: &Node, own: &[&Fact], lang: Lang) -> Properties {
    let ontology = Ontology::get();
    let mut properties = Properties::new();
    put(&mut properties, "name", &node.name);
    for alias in &node.aliases {
        put(&mut properties, "alias", alias);
    }
    put(&mut properties, "country", "cn");
    put(&mut properties, "keywords", node.class_label(lang));
    put(&mut properties, "sourceUrl", &node.id);
    if let Some(name) = ontology.follow_the_money(vocab::CODE.as_str()) {
        put(&mut properties, name, &node.code);
    }
    if node.path.len() > 1 {
        put(&mut properties, "summary", &node.path.concat());
    }
    if let Some(source) = &node.source {
        put(&mut properties, "description", &source.quote);
        if let Some(document) = source.document {
            put(
                &mut properties,
                "proof",
                &id(&network.documents[document].id),
            );
        }
    }
    for fact in own {
        let label = ontology.label(&fact.property, lang.index());
        let year = fact
            .year
            .map_or_else(String::new, |year| format!("（{year}）"));
        put(
            &mut properties,
            "notes",
            &format!("{label}：{}{year}", fact.said),
        );
        let is_yuan = fact
            .unit
            .as_deref()
            .is_some_and(|unit| unit.ends_with('元'));
        match (ontology.follow_the_money(&fact.property), &fact.amount) {
            (Some("amount"), Some(amount)) if is_yuan && has_amount(node) => {
                put(&mut properties, "amount", amount);
                put(&mut properties, "currency", "CNY");
            }
            (Some("amount") | None, _) => {}
            (Some(property), _) => put(&mut properties, property, &fact.said),
        }
    }
    properties
}

/// Only a project has an amount of money in that model.
fn has_amount(node: &Node) -> bool {
    let class = vocab::class(node.kind);
    Ontology::get().follow_the_money(class.as_str()) == Some("Project")
}

fn link(network: &Network, edge: &Edge, ends: [&str; 2]) -> Properties {
    let mut properties = Properties::new();
    for (end, node) in ends.into_iter().zip([edge.from, edge.to]) {
        put(&mut properties, end, &id(&network.nodes[node].id));
    }
    let role = if edge.value.is_empty() {
        &edge.label
    } else {
        &edge.value
    };
    put(&mut properties, "role", role);
    put(&mut properties, "description", &edge.source.quote);
    if let Some(document) = edge.source.document {
        put(
            &mut properties,
            "proof",
            &id(&network.documents[document].id),
        );
    }
    for year in &edge.years {
        put(&mut properties, "date", &year.to_string());
    }
    properties
}

/// Identifiers there may hold few characters: the hash of the IRI, which is stable.
fn id(iri: &str) -> String {
    format!("xiangtu-{}", &blake3::hash(iri.as_bytes()).to_hex()[..32])
}

fn put(properties: &mut Properties, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    let values = properties.entry(name.to_owned()).or_default();
    if !values.iter().any(|known| known == value) {
        values.push(value.to_owned());
    }
}

fn entity(out: &mut dyn Write, id: &str, schema: &str, properties: Properties) -> io::Result<()> {
    let entity = json!({"id": id, "schema": schema, "properties": properties});
    serde_json::to_writer(&mut *out, &entity)?;
    writeln!(out)
}
