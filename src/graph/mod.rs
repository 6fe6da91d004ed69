//! From the store to petgraph: the network of entities, and one file per analysis.
//!
//! Each analysis is documented alike: what it tells you, the method with its source, units, cost, an example.
//! All of them are functions of the store (or of plain numbers) and a seed: the same question gives the same answer.

pub mod across;
pub mod adoption;
pub mod careers;
pub mod central;
pub mod chance;
pub mod communities;
pub mod cooccur;
pub mod diffusion;
pub mod groups;
pub mod money;
pub mod netinf;
pub mod projection;
pub mod promises;
pub mod random;
pub mod recurrence;
pub mod similar;
pub mod statistics;
pub mod undirected;

use std::collections::HashMap;

use petgraph::graph::{DiGraph, NodeIndex};

use crate::Result;
use crate::store::{Link, Store, Thing};

/// Entities as nodes, stated facts between them as edges, both in a fixed order.
pub type Network = DiGraph<Thing, Link>;

/// Projects the store onto its entities.
///
/// What it tells you: who is linked with whom, by which property, how often and since when. Cost: one pass over the
/// statements. An entity of which only literals are stated is a node without edges.
pub fn project(store: &Store) -> Result<Network> {
    let mut network = Network::new();
    let mut at: HashMap<String, NodeIndex> = HashMap::new();
    for thing in store.things()? {
        at.insert(thing.id.clone(), network.add_node(thing));
    }
    for link in store.links()? {
        if let (Some(&source), Some(&target)) = (at.get(&link.source), at.get(&link.target)) {
            network.add_edge(source, target, link);
        }
    }
    Ok(network)
}
