//! Which nodes hold a graph together: PageRank, betweenness, k-core.
//!
//! What it tells you: *PageRank*, who is linked with those who are well linked themselves; *betweenness*, through whom
//! the shortest ways between others lead (an enterprise that joins two counties, an initiative that joins two fields); *core*,
//! in how dense a company a node stands: in core k every member has at least k neighbours who are members too.
//!
//! Methods: PageRank (Brin and Page 1998) by power iteration, own code because petgraph 0.8's `page_rank` is wrong and quadratic
//! (petgraph#960, #992); betweenness (Brandes 2001) over unweighted ways, estimated from random sources where the
//! graph is large (Brandes and Pich 2007); cores (Batagelj and Zaversnik 2003).
//!
//! Units: PageRank sums to 1 over all nodes; betweenness is the part of all pairs of other nodes whose shortest ways
//! lead through a node (0 to 1; ways of equal length share); core is a number of neighbours.
//! Cost: PageRank edges × steps (about 60); betweenness edges × sources; cores one pass over the edges.
//! Example: `xiangtu central --of network --by betweenness --top 20`.

use rayon::prelude::*;

use super::random::Random;
use super::undirected::Undirected;

/// PageRank of every node: the part of its time that a walker spends there who follows edges by weight, and with the
/// probability `1 - damping` jumps anywhere. A walker at a node without edges jumps.
pub fn pagerank(graph: &Undirected, damping: f64) -> Vec<f64> {
    const STEPS: usize = 200;
    const TOLERANCE: f64 = 1e-12;
    let n = graph.len();
    let strength: Vec<f64> = (0..n).map(|node| graph.strength(node)).collect();
    let mut rank = vec![1.0 / n as f64; n];
    for _ in 0..STEPS {
        let stuck: f64 = (0..n)
            .filter(|&node| strength[node] <= 0.0)
            .map(|node| rank[node])
            .sum();
        let base = (1.0 - damping + damping * stuck) / n as f64;
        let share: Vec<f64> = rank
            .iter()
            .zip(&strength)
            .map(|(rank, strength)| {
                if *strength > 0.0 {
                    rank / strength
                } else {
                    0.0
                }
            })
            .collect();
        // Edges go both ways, so a node can gather from its own ends.
        let next: Vec<f64> = (0..n)
            .map(|node| {
                let gathered: f64 = graph.ends(node).map(|(end, w)| share[end] * w).sum();
                base + damping * gathered
            })
            .collect();
        let moved: f64 = next.iter().zip(&rank).map(|(a, b)| (a - b).abs()).sum();
        rank = next;
        if moved < TOLERANCE {
            break;
        }
    }
    rank
}

/// Betweenness of every node, from `sources` random sources; from all of them, and exact, where that many or more exist.
pub fn betweenness(graph: &Undirected, sources: usize, seed: u64) -> Vec<f64> {
    /// Sources whose sums are added before they meet the others': fixed, so that threads change nothing.
    const CHUNK: usize = 16;
    let n = graph.len();
    let mut order: Vec<usize> = (0..n).collect();
    if sources < n {
        Random::new(seed).shuffle(&mut order);
        order.truncate(sources);
    }
    let parts: Vec<Vec<f64>> = order
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut walk = Walk::new(n);
            let mut sum = vec![0.0; n];
            for &source in chunk {
                walk.add(graph, source, &mut sum);
            }
            sum
        })
        .collect();
    let mut sum = vec![0.0; n];
    for part in parts {
        for (total, x) in sum.iter_mut().zip(part) {
            *total += x;
        }
    }
    // Each pair of others is seen from both ends when all are sources.
    let pairs = n.saturating_sub(1) as f64 * n.saturating_sub(2) as f64;
    let scale = match order.len() {
        0 => 0.0,
        k if pairs > 0.0 => n as f64 / k as f64 / pairs,
        _ => 0.0,
    };
    sum.into_iter().map(|x| x * scale).collect()
}

/// The working memory of one search from a source.
struct Walk {
    seen: Vec<Seen>,
    reached: Vec<u32>,
}

/// What a search knows of a node; together, since they are read together.
#[derive(Clone, Copy)]
struct Seen {
    distance: u32,
    /// Number of shortest ways from the source.
    ways: f64,
    /// What leads through the node, summed over the nodes behind it.
    through: f64,
}

impl Seen {
    const NOT: Self = Self {
        distance: u32::MAX,
        ways: 0.0,
        through: 0.0,
    };
}

impl Walk {
    fn new(n: usize) -> Self {
        Self {
            seen: vec![Seen::NOT; n],
            reached: Vec::new(),
        }
    }

    /// Adds to each node the part of the shortest ways from `source` that lead through it.
    fn add(&mut self, graph: &Undirected, source: usize, sum: &mut [f64]) {
        let seen = &mut self.seen;
        seen[source] = Seen {
            distance: 0,
            ways: 1.0,
            through: 0.0,
        };
        self.reached.push(source as u32);
        let mut at = 0;
        while at < self.reached.len() {
            let node = self.reached[at] as usize;
            at += 1;
            let Seen { distance, ways, .. } = seen[node];
            for &end in graph.neighbours(node) {
                let other = &mut seen[end as usize];
                if other.distance == u32::MAX {
                    other.distance = distance + 1;
                    self.reached.push(end);
                }
                if other.distance == distance + 1 {
                    other.ways += ways;
                }
            }
        }
        for &node in self.reached.iter().rev() {
            let node = node as usize;
            let Seen {
                distance,
                ways,
                through,
            } = seen[node];
            let share = (1.0 + through) / ways;
            for &end in graph.neighbours(node) {
                let other = &mut seen[end as usize];
                if other.distance + 1 == distance {
                    other.through += other.ways * share;
                }
            }
            if node != source {
                sum[node] += through;
            }
        }
        for node in self.reached.drain(..) {
            seen[node as usize] = Seen::NOT;
        }
    }
}

/// The core number of every node: the largest k for which it belongs to the k-core. Weights do not count.
pub fn cores(graph: &Undirected) -> Vec<usize> {
    let n = graph.len();
    let mut degree: Vec<usize> = (0..n).map(|node| graph.degree(node)).collect();
    let most = degree.iter().copied().max().unwrap_or(0);
    // Nodes in order of degree, with where each degree begins and where each node stands.
    let mut begin = vec![0; most + 2];
    for &d in &degree {
        begin[d + 1] += 1;
    }
    for d in 0..=most {
        begin[d + 1] += begin[d];
    }
    let (mut order, mut place, mut next) = (vec![0; n], vec![0; n], begin.clone());
    for node in 0..n {
        place[node] = next[degree[node]];
        order[place[node]] = node;
        next[degree[node]] += 1;
    }
    for at in 0..n {
        let node = order[at];
        for &end in graph.neighbours(node) {
            let end = end as usize;
            if degree[end] > degree[node] {
                // The end moves to the front of its degree, then that degree begins one later.
                let (front, here) = (begin[degree[end]], place[end]);
                let other = order[front];
                order.swap(front, here);
                (place[end], place[other]) = (front, here);
                begin[degree[end]] += 1;
                degree[end] -= 1;
            }
        }
    }
    degree
}
