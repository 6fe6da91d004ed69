//! Whole-graph algorithms on a made-up graph of 200,000 nodes and a million edges, four fifths of them within
//! groups of a hundred: `cargo bench --no-default-features --bench graph`.

use std::sync::LazyLock;

use xiangtu::graph::central::{betweenness, cores, pagerank};
use xiangtu::graph::communities::leiden;
use xiangtu::graph::random::Random;
use xiangtu::graph::undirected::Undirected;

const NODES: usize = 200_000;
const EDGES: usize = 1_000_000;
const GROUP: usize = 100;

static GRAPH: LazyLock<Undirected> = LazyLock::new(|| {
    let mut random = Random::new(1);
    let edges = (0..EDGES).map(|_| {
        let from = random.below(NODES);
        let to = match random.below(5) {
            0 => random.below(NODES),
            _ => from / GROUP * GROUP + random.below(GROUP),
        };
        (from, to, 1.0)
    });
    let edges: Vec<_> = edges.collect();
    Undirected::from_edges(NODES, edges)
});

fn main() {
    LazyLock::force(&GRAPH);
    divan::main();
}

#[divan::bench(sample_count = 3)]
fn rank() -> Vec<f64> {
    pagerank(&GRAPH, 0.85)
}

#[divan::bench(sample_count = 3)]
fn core() -> Vec<usize> {
    cores(&GRAPH)
}

#[divan::bench(sample_count = 3)]
fn communities() -> Vec<usize> {
    leiden(&GRAPH, 1.0, 1)
}

#[divan::bench(sample_count = 3)]
fn between_64_sources() -> Vec<f64> {
    betweenness(&GRAPH, 64, 1)
}
