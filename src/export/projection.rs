//! From facts to edges: as they are stated, or as a simpler graph.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::network::{Edge, Fact, Namings, Network, Source};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::vocab;

/// Between which nodes, by which property, rest which facts.
type Grouped = BTreeMap<(usize, String, usize), BTreeSet<usize>>;

/// A document that names two entities, with the sentence for each.
type Together<'a> = (usize, &'a str, &'a str);

/// Every fact between two entities; a post leads to the place whose documents give it; divisions to those above.
pub(super) fn facts(network: &mut Network, lang: Lang) {
    let ontology = Ontology::get();
    let mut grouped = Grouped::new();
    let posts = posts(network);
    for (i, fact) in network.facts.iter().enumerate() {
        let is_edge = ontology.term(&fact.property).is_some_and(|term| term.edge);
        let post = || posts.get(&fact.subject).filter(|_| is_post(fact)).copied();
        if let Some(other) = fact.object.filter(|_| is_edge).or_else(post) {
            grouped
                .entry((fact.subject, fact.property.clone(), other))
                .or_default()
                .insert(i);
        }
    }
    let label = |property: &str| ontology.label(property, lang.index()).to_owned();
    network.edges = edges(network, &grouped, label);
    add_divisions(network, lang);
}

fn is_post(fact: &Fact) -> bool {
    fact.property == vocab::HOLDS_POST.as_str()
}

/// The place of each official: the one whose documents give the post, which itself is text.
///
/// Somebody whose post documents of several places give (总书记) stands beside none of them.
fn posts(network: &Network) -> BTreeMap<usize, usize> {
    let mut homes: BTreeMap<usize, BTreeSet<Option<usize>>> = BTreeMap::new();
    for fact in network.facts.iter().filter(|fact| is_post(fact)) {
        homes
            .entry(fact.subject)
            .or_default()
            .insert(network.home(fact.document));
    }
    let one = |(person, homes): (usize, BTreeSet<Option<usize>>)| match homes.len() {
        1 => Some((person, homes.into_iter().next()??)),
        _ => None,
    };
    homes.into_iter().filter_map(one).collect()
}

fn add_divisions(network: &mut Network, lang: Lang) {
    let at: HashMap<String, usize> = network
        .nodes
        .iter()
        .enumerate()
        .map(|(i, node)| (node.id.clone(), i))
        .collect();
    let property = vocab::PART_OF.as_str();
    for node in 0..network.nodes.len() {
        let Some(above) = network.parent(node, &at) else {
            continue;
        };
        network.edges.push(Edge {
            from: node,
            to: above,
            property: property.to_owned(),
            label: Ontology::get().label(property, lang.index()).to_owned(),
            value: String::new(),
            weight: 1,
            years: BTreeSet::new(),
            documents: 0,
            confidence: 1.0,
            facts: Vec::new(),
            source: Source {
                document: None,
                quote: network.nodes[node].code.clone(),
            },
        });
    }
    network
        .edges
        .sort_by(|a, b| (a.from, &a.property, a.to).cmp(&(b.from, &b.property, b.to)));
}

/// An enterprise and each place where it is, or where a project is that it undertakes.
pub(super) fn enterprise_place(network: &mut Network, lang: Lang) {
    let mut located: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (i, fact) in network.facts.iter().enumerate() {
        if let Some(place) = fact
            .object
            .filter(|_| fact.property == vocab::LOCATED_IN.as_str())
        {
            located.entry(fact.subject).or_default().push((place, i));
        }
    }
    let name = "enterprise-place";
    let mut grouped = Grouped::new();
    let mut put = |enterprise: usize, place: usize, facts: &[usize]| {
        grouped
            .entry((enterprise, name.to_owned(), place))
            .or_default()
            .extend(facts);
    };
    for (subject, places) in &located {
        if network.nodes[*subject].kind == EntityType::Enterprise {
            for (place, fact) in places {
                put(*subject, *place, &[*fact]);
            }
        }
    }
    for (i, fact) in network.facts.iter().enumerate() {
        let project = fact
            .object
            .filter(|_| fact.property == vocab::UNDERTAKES.as_str());
        for (place, located) in project.and_then(|p| located.get(&p)).into_iter().flatten() {
            put(fact.subject, *place, &[i, *located]);
        }
    }
    network.edges = edges(network, &grouped, |_| {
        lang.text("projection.enterprise-place").to_owned()
    });
    for edge in &mut network.edges {
        edge.weight = edge.documents;
    }
}

/// Entities that one document names; where one sentence names both it is the source, else the two that first do.
pub(super) fn co_occurrence(network: &mut Network, namings: &Namings, lang: Lang) {
    let mut by_document: BTreeMap<usize, Vec<(usize, &str)>> = BTreeMap::new();
    for ((document, node), quote) in namings {
        by_document
            .entry(*document)
            .or_default()
            .push((*node, quote));
    }
    let mut pairs: BTreeMap<(usize, usize), Vec<Together<'_>>> = BTreeMap::new();
    for (document, named) in &by_document {
        for (i, (a, quote_a)) in named.iter().enumerate() {
            for (b, quote_b) in &named[i + 1..] {
                pairs
                    .entry((*a, *b))
                    .or_default()
                    .push((*document, quote_a, quote_b));
            }
        }
    }
    network.directed = false;
    network.edges = pairs
        .into_iter()
        .map(|((from, to), together)| {
            let best = together
                .iter()
                .find(|(_, a, b)| a == b && !a.is_empty())
                .unwrap_or(&together[0]);
            let quote = if best.1 == best.2 {
                best.1.to_owned()
            } else {
                format!("{} … {}", best.1, best.2)
            };
            let documents = together.iter().map(|(document, ..)| *document);
            Edge {
                from,
                to,
                property: "co-occurrence".to_owned(),
                label: lang.text("projection.co-occurrence").to_owned(),
                value: String::new(),
                weight: together.len(),
                years: documents
                    .filter_map(|document| network.documents[document].year)
                    .collect(),
                documents: together.len(),
                confidence: 1.0,
                facts: Vec::new(),
                source: Source {
                    document: Some(best.0),
                    quote,
                },
            }
        })
        .collect();
}

fn edges(network: &Network, grouped: &Grouped, label: impl Fn(&str) -> String) -> Vec<Edge> {
    let edge = |((from, property, to), facts): (&(usize, String, usize), &BTreeSet<usize>)| {
        let behind = || facts.iter().map(|fact| &network.facts[*fact]);
        // The surest; of equals the newest.
        let best = behind()
            .reduce(|a, b| {
                if (b.confidence, b.year) > (a.confidence, a.year) {
                    b
                } else {
                    a
                }
            })
            .expect("a group has a fact");
        let documents: BTreeSet<usize> = behind().map(|fact| fact.document).collect();
        let said: BTreeSet<&str> = behind()
            .map(|fact| fact.said.as_str())
            .filter(|said| !said.is_empty())
            .collect();
        Edge {
            from: *from,
            to: *to,
            property: property.clone(),
            label: label(property),
            value: said.into_iter().collect::<Vec<_>>().join("、"),
            weight: facts.len(),
            years: behind().filter_map(|fact| fact.year).collect(),
            documents: documents.len(),
            confidence: best.confidence,
            facts: facts.iter().copied().collect(),
            source: Source {
                document: Some(best.document),
                quote: best.quote.clone(),
            },
        }
    };
    grouped.iter().map(edge).collect()
}
