//! HTML: one page with an interactive graph, its data, and the libraries that draw it; nothing is fetched.
//!
//! The libraries stand in `assets/` as their authors published them: sigma 3.0.3 (drawing by WebGL), graphology 0.26.0 (the graph) and
//! graphology-library 0.8.0 (ForceAtlas2, Noverlap), all under the MIT licence, which the page carries. Texts come in
//! both languages; the reader switches.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::attributes::local_name;
use super::network::{Network, Source};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::store::property_order;
use crate::vocab;

const PAGE: &str = include_str!("assets/page.html");
const PARTS: [(&str, &str); 6] = [
    ("css", include_str!("assets/page.css")),
    ("licences", include_str!("assets/LICENSES.txt")),
    (
        "graphology",
        include_str!("assets/graphology-0.26.0.min.js"),
    ),
    (
        "library",
        include_str!("assets/graphology-library-0.8.0.min.js"),
    ),
    ("sigma", include_str!("assets/sigma-3.0.3.min.js")),
    ("page", include_str!("assets/page.js")),
];

/// The words of the page, by key.
const TEXTS: [&str; 19] = [
    "page.aliases",
    "page.busy",
    "page.close",
    "page.confidence",
    "page.counts",
    "page.divisions",
    "page.documents",
    "page.hint",
    "page.lonely",
    "page.more",
    "page.no_webgl",
    "page.none",
    "page.plan",
    "page.search",
    "page.target",
    "page.title",
    "page.types",
    "page.whole",
    "page.years",
];

const LANGUAGES: [Lang; 2] = [Lang::Zh, Lang::En];

pub(super) fn write(network: &Network, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut rest = PAGE;
    // Cut at the marks of the template, never of what is put in.
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        out.write_all(before.as_bytes())?;
        match PARTS.iter().find(|(part, _)| *part == name) {
            Some((_, text)) => out.write_all(text.as_bytes())?,
            None => out.write_all(data(network, lang).as_bytes())?,
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// The data as JSON that cannot end the element in which it stands.
fn data(network: &Network, lang: Lang) -> String {
    let mut quotes = Quotes::default();
    let nodes = nodes(network, &mut quotes);
    let edges = edges(network, &mut quotes);
    let facts = facts(network, &mut quotes);
    let years = || network.nodes.iter().flat_map(|node| &node.years);
    let documents: Vec<Value> = network
        .documents
        .iter()
        .map(|document| json!({"path": document.path, "title": document.title}))
        .collect();
    let data = json!({
        "lang": lang.index(),
        "directed": network.directed,
        "years": [years().min(), years().max()],
        "texts": texts(),
        "legend": EntityType::ALL.map(EntityType::name),
        "kinds": kinds(),
        "classes": classes(network),
        "properties": properties(network),
        "order": order(),
        "nodes": nodes,
        "edges": edges,
        "facts": facts,
        "documents": documents,
        "quotes": quotes.texts,
    });
    data.to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// Sentences, each once: many facts share one.
#[derive(Default)]
struct Quotes {
    texts: Vec<String>,
    at: HashMap<String, usize>,
}

impl Quotes {
    fn put(&mut self, quote: &str) -> usize {
        if let Some(at) = self.at.get(quote) {
            return *at;
        }
        let at = self.texts.len();
        self.texts.push(quote.to_owned());
        self.at.insert(quote.to_owned(), at);
        at
    }

    fn source(&mut self, source: &Source) -> Value {
        json!([source.document, self.put(&source.quote)])
    }
}

fn nodes(network: &Network, quotes: &mut Quotes) -> Vec<Value> {
    let node = |node: &super::network::Node| {
        json!({
            "n": node.name,
            "k": node.kind.name(),
            "c": local_name(node.class),
            "i": node.code,
            "p": node.path.join(" › "),
            "a": node.aliases,
            "y": node.years,
            "d": node.documents,
            "s": node.source.as_ref().map(|source| quotes.source(source)),
        })
    };
    network.nodes.iter().map(node).collect()
}

fn edges(network: &Network, quotes: &mut Quotes) -> Vec<Value> {
    let edge = |edge: &super::network::Edge| {
        json!({
            "f": edge.from,
            "t": edge.to,
            "p": local_name(&edge.property),
            "v": edge.value,
            "w": edge.weight,
            "y": edge.years,
            "d": edge.documents,
            "s": edge.source.document,
            "q": quotes.put(&edge.source.quote),
            "x": edge.facts,
        })
    };
    network.edges.iter().map(edge).collect()
}

fn facts(network: &Network, quotes: &mut Quotes) -> Vec<Value> {
    let fact = |fact: &super::network::Fact| {
        json!({
            "s": fact.subject,
            "o": fact.object,
            "p": local_name(&fact.property),
            "v": fact.said,
            "y": fact.year,
            "l": fact.plan,
            "g": fact.target,
            "d": fact.document,
            "q": quotes.put(&fact.quote),
            "c": fact.confidence,
        })
    };
    network.facts.iter().map(fact).collect()
}

fn texts() -> Map<String, Value> {
    let both = |key: &'static str| json!(LANGUAGES.map(|lang| lang.text(key)));
    TEXTS
        .iter()
        .map(|key| ((*key).to_owned(), both(key)))
        .collect()
}

fn labels(iri: &str) -> [&str; 2] {
    LANGUAGES.map(|lang| Ontology::get().label(iri, lang.index()))
}

/// What each type is called and its colour.
fn kinds() -> Map<String, Value> {
    let ontology = Ontology::get();
    let kind = |kind: &EntityType| {
        let class = vocab::class(*kind).as_str();
        let about = json!({"label": labels(class), "colour": ontology.colour(class)});
        (kind.name().to_owned(), about)
    };
    EntityType::ALL.iter().map(kind).collect()
}

fn classes(network: &Network) -> Map<String, Value> {
    let classes = network.nodes.iter().map(|node| node.class);
    classes
        .map(|class| (local_name(class).to_owned(), json!(labels(class))))
        .collect()
}

/// What each property is called forwards and backwards.
fn properties(network: &Network) -> BTreeMap<&str, Value> {
    let facts = network.facts.iter().map(|fact| fact.property.as_str());
    let edges = network.edges.iter().map(|edge| edge.property.as_str());
    facts
        .chain(edges)
        .map(|property| (local_name(property), property_labels(property)))
        .collect()
}

fn property_labels(property: &str) -> Value {
    let ontology = Ontology::get();
    let term = ontology.term(property);
    let label = match property {
        "enterprise-place" => LANGUAGES.map(|lang| lang.text("projection.enterprise-place")),
        "co-occurrence" => LANGUAGES.map(|lang| lang.text("projection.co-occurrence")),
        _ => labels(property),
    };
    let back = match term.and_then(|term| term.inverse.as_deref()) {
        Some(inverse) => labels(inverse),
        None if property == vocab::HOLDS_POST.as_str() => {
            LANGUAGES.map(|lang| lang.text("card.officials"))
        }
        None => label,
    };
    json!({"label": label, "back": back})
}

/// The properties of each type, with their direction, in the ontology's order.
fn order() -> Map<String, Value> {
    let order = |kind: &EntityType| {
        let properties: Vec<(String, bool)> = property_order(Some(*kind))
            .into_iter()
            .map(|(property, back)| (local_name(&property).to_owned(), back))
            .collect();
        (kind.name().to_owned(), json!(properties))
    };
    EntityType::ALL.iter().map(order).collect()
}
