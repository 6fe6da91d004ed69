//! A weighted graph without directions, packed for fast walks: what the whole-graph algorithms run on.
//!
//! petgraph holds the graphs that people look at, with names on nodes; this is the copy of its structure in two flat
//! arrays (compressed sparse rows), which is several times faster to walk than lists of edges.

use petgraph::graph::UnGraph;
use petgraph::visit::EdgeRef;

/// Nodes are numbers from 0; every edge is listed at both its ends. No loops, no parallel edges.
#[derive(Clone, Debug, Default)]
pub struct Undirected {
    offsets: Vec<usize>,
    /// Apart from the weights: most walks need only these, and the less they read the faster they are.
    ends: Vec<u32>,
    weights: Vec<f64>,
}

impl Undirected {
    /// A graph of `n` nodes. Loops are left out, the weights of parallel edges are added. Cost: one sort a node.
    pub fn from_edges(n: usize, edges: impl IntoIterator<Item = (usize, usize, f64)>) -> Self {
        let edges: Vec<(usize, usize, f64)> =
            edges.into_iter().filter(|(a, b, _)| a != b).collect();
        let mut at = vec![0; n + 1];
        for (a, b, _) in &edges {
            at[a + 1] += 1;
            at[b + 1] += 1;
        }
        for i in 0..n {
            at[i + 1] += at[i];
        }
        let mut unsorted = vec![(0_u32, 0.0); at[n]];
        let mut next = at.clone();
        for (a, b, weight) in edges {
            for (from, to) in [(a, b), (b, a)] {
                unsorted[next[from]] = (to as u32, weight);
                next[from] += 1;
            }
        }
        let mut graph = Self {
            offsets: vec![0],
            ends: Vec::with_capacity(unsorted.len()),
            weights: Vec::with_capacity(unsorted.len()),
        };
        for node in 0..n {
            let ends = &mut unsorted[at[node]..at[node + 1]];
            ends.sort_unstable_by_key(|(to, _)| *to);
            for same in ends.chunk_by(|a, b| a.0 == b.0) {
                graph.ends.push(same[0].0);
                graph
                    .weights
                    .push(same.iter().map(|(_, weight)| weight).sum());
            }
            graph.offsets.push(graph.ends.len());
        }
        graph
    }

    /// The structure of a petgraph graph whose edges carry a weight.
    pub fn of<N>(graph: &UnGraph<N, f64>) -> Self {
        let edges = graph.edge_references();
        Self::from_edges(
            graph.node_count(),
            edges.map(|e| (e.source().index(), e.target().index(), *e.weight())),
        )
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The other ends of a node's edges, in order.
    pub fn neighbours(&self, node: usize) -> &[u32] {
        &self.ends[self.offsets[node]..self.offsets[node + 1]]
    }

    /// The other ends of a node's edges with the edges' weights, in order of node.
    pub fn ends(&self, node: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = self.offsets[node]..self.offsets[node + 1];
        let ends = self.ends[range.clone()].iter().map(|end| *end as usize);
        ends.zip(self.weights[range].iter().copied())
    }

    /// Number of a node's neighbours.
    pub fn degree(&self, node: usize) -> usize {
        self.offsets[node + 1] - self.offsets[node]
    }

    /// Sum of the weights of a node's edges.
    pub fn strength(&self, node: usize) -> f64 {
        self.weights[self.offsets[node]..self.offsets[node + 1]]
            .iter()
            .sum()
    }

    /// Number of edges.
    pub fn n_edges(&self) -> usize {
        self.ends.len() / 2
    }
}
