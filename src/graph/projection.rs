//! Graphs without directions for the whole-graph analyses: entities by what is stated, places and initiatives by each other.

use std::collections::HashMap;

use petgraph::graph::UnGraph;
use petgraph::visit::{EdgeRef, IntoNodeReferences};

use super::adoption::{Selection, Table, adoptions};
use super::similar::Vectors;
use crate::Result;
use crate::model::EntityType;
use crate::store::{Store, Thing};

/// What the nodes and edges are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Projection {
    /// Entities, joined by the number of documents that state something between them.
    Network,
    /// Places, joined by the cosine of what they carry out ([`super::similar`]).
    Places,
    /// Initiatives, joined by the number of places that carry out both.
    Campaigns,
}

/// A graph whose nodes have names and whose edges have weights. Every node has an edge.
pub type Projected = UnGraph<Thing, f64>;

/// One projection of a store. Cost: one pass over the statements, and for places and initiatives the square of the
/// degrees of the table's other side.
pub fn project(store: &Store, projection: Projection, selection: &Selection) -> Result<Projected> {
    if projection == Projection::Network {
        return network(store);
    }
    let (adoptions, atlas) = adoptions(store, selection)?;
    let table = Table::of(&adoptions, &atlas, selection.level);
    let (ids, kind, edges) = match projection {
        Projection::Places => (&table.places, EntityType::Place, place_edges(&table)),
        _ => (
            &table.campaigns,
            EntityType::Campaign,
            campaign_edges(&table),
        ),
    };
    let mut graph = Projected::default();
    for id in ids {
        graph.add_node(Thing {
            id: id.clone(),
            kind,
            name: store.full_name_of(id)?,
            code: String::new(),
        });
    }
    for (a, b, weight) in edges {
        graph.add_edge((a as u32).into(), (b as u32).into(), weight);
    }
    Ok(joined(graph))
}

/// What the list of divisions says is left out: that a town lies in its county is stated by no document.
fn network(store: &Store) -> Result<Projected> {
    let directed = super::project(store)?;
    let mut graph = Projected::with_capacity(directed.node_count(), directed.edge_count());
    for (_, thing) in directed.node_references() {
        let mut thing = thing.clone();
        if thing.kind == EntityType::Place {
            thing.name = store.full_name_of(&thing.id)?;
        }
        graph.add_node(thing);
    }
    for edge in directed.edge_references() {
        if edge.weight().statements > 0 {
            graph.add_edge(edge.source(), edge.target(), edge.weight().documents as f64);
        }
    }
    Ok(joined(graph))
}

fn joined(mut graph: Projected) -> Projected {
    graph.retain_nodes(|graph, node| graph.neighbors(node).any(|other| other != node));
    graph
}

fn place_edges(table: &Table) -> Vec<(usize, usize, f64)> {
    let vectors = Vectors::of(table);
    let mut edges = Vec::new();
    for place in 0..table.places.len() {
        let like = vectors.like(table, place).into_iter();
        let later = like.filter(|like| like.place > place);
        edges.extend(later.map(|like| (place, like.place, like.cosine)));
    }
    edges
}

fn campaign_edges(table: &Table) -> Vec<(usize, usize, f64)> {
    let mut shared: HashMap<(usize, usize), usize> = HashMap::new();
    for campaigns in &table.campaigns_of {
        for (i, &a) in campaigns.iter().enumerate() {
            for &b in &campaigns[i + 1..] {
                *shared.entry((a, b)).or_default() += 1;
            }
        }
    }
    let mut edges: Vec<(usize, usize, f64)> = shared
        .into_iter()
        .map(|((a, b), n)| (a, b, n as f64))
        .collect();
    edges.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    edges
}
