//! Which nodes belong together: communities by the Leiden algorithm, and how far they can be trusted.
//!
//! What it tells you: groups of places that do the same things, of initiatives that go together, or of entities that are stated
//! together, more densely within than chance would have it, and how stable each group is when chance falls otherwise.
//!
//! Method: Leiden (Traag, Waltman, van Eck 2019, *From Louvain to Leiden: guaranteeing well-connected communities*)
//! for modularity with a resolution (Reichardt and Bornholdt 2006): fast local moving, refinement, aggregation of the
//! refined partition, until nothing moves. Every community is connected. Stability: the partition of best modularity
//! among several seeds is shown; agreement is the mean adjusted Rand index (Hubert and Arabie 1985) of all pairs of
//! runs; a community's own stability is the mean over the other runs of the best Jaccard index that one of their
//! communities reaches with it (Hennig 2007): below 0.5 it is dissolved, above 0.75 it can be relied on.
//!
//! Units: modularity at most 1; stability and agreement at most 1. Cost: about 20 passes over the edges a run.
//! Example: `xiangtu communities --of places --runs 20`.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::random::Random;
use super::statistics::adjusted_rand_index;
use super::undirected::Undirected;

/// A partition with what speaks for it.
#[derive(Clone, Debug)]
pub struct Communities {
    /// Of each node its community; communities are numbered from the largest to the smallest.
    pub of: Vec<usize>,
    /// Modularity at the resolution asked for.
    pub modularity: f64,
    /// Mean adjusted Rand index over pairs of runs; 1 where there was one run only.
    pub agreement: f64,
    /// Of each community its stability over the other runs.
    pub stability: Vec<f64>,
}

/// The best of `runs` partitions with seeds from `seed` on.
pub fn communities(graph: &Undirected, resolution: f64, runs: usize, seed: u64) -> Communities {
    let seeds: Vec<u64> = (0..runs.max(1) as u64)
        .map(|i| seed.wrapping_add(i))
        .collect();
    let partitions: Vec<Vec<usize>> = seeds
        .par_iter()
        .map(|seed| by_size(&leiden(graph, resolution, *seed)))
        .collect();
    let quality: Vec<f64> = partitions
        .iter()
        .map(|of| modularity(graph, of, resolution))
        .collect();
    let best = (0..partitions.len())
        .max_by(|&a, &b| quality[a].total_cmp(&quality[b]).then(b.cmp(&a)))
        .expect("there is at least one run");
    let mut pairs = Vec::new();
    for (i, a) in partitions.iter().enumerate() {
        pairs.extend(
            partitions[i + 1..]
                .iter()
                .map(|b| adjusted_rand_index(a, b)),
        );
    }
    let agreement = match pairs.len() {
        0 => 1.0,
        n => pairs.iter().sum::<f64>() / n as f64,
    };
    let others: Vec<&Vec<usize>> = (0..partitions.len())
        .filter(|i| *i != best)
        .map(|i| &partitions[i])
        .collect();
    Communities {
        stability: stability(&partitions[best], &others),
        modularity: quality[best],
        agreement,
        of: partitions[best].clone(),
    }
}

/// Modularity of a partition at a resolution: 0 for a graph without edges.
pub fn modularity(graph: &Undirected, of: &[usize], resolution: f64) -> f64 {
    let n_communities = of.iter().max().map_or(0, |most| most + 1);
    let (mut within, mut strength) = (vec![0.0; n_communities], vec![0.0; n_communities]);
    for (node, &community) in of.iter().enumerate() {
        for (end, weight) in graph.ends(node) {
            strength[community] += weight;
            if of[end] == community {
                within[community] += weight;
            }
        }
    }
    let total: f64 = strength.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let terms = within.iter().zip(&strength);
    terms
        .map(|(within, strength)| within / total - resolution * (strength / total).powi(2))
        .sum()
}

/// Numbers communities from the largest on; of equals the one with the first node comes first.
fn by_size(of: &[usize]) -> Vec<usize> {
    let mut communities: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (node, community) in of.iter().enumerate() {
        communities.entry(*community).or_insert((0, node)).0 += 1;
    }
    let mut order: Vec<(usize, (usize, usize))> = communities.into_iter().collect();
    order.sort_by_key(|(_, (size, first))| (std::cmp::Reverse(*size), *first));
    let number: BTreeMap<usize, usize> = order
        .iter()
        .enumerate()
        .map(|(number, (community, _))| (*community, number))
        .collect();
    of.iter().map(|community| number[community]).collect()
}

/// Of each community the mean over other partitions of the best Jaccard index that one of theirs has with it.
fn stability(of: &[usize], others: &[&Vec<usize>]) -> Vec<f64> {
    let sizes = |of: &[usize]| {
        let mut sizes = vec![0_usize; of.iter().max().map_or(0, |most| most + 1)];
        of.iter().for_each(|&community| sizes[community] += 1);
        sizes
    };
    let own = sizes(of);
    let mut sum = vec![0.0; own.len()];
    for other in others {
        let theirs = sizes(other);
        let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for pair in of.iter().copied().zip(other.iter().copied()) {
            *shared.entry(pair).or_default() += 1;
        }
        let mut best = vec![0.0_f64; own.len()];
        for ((a, b), n) in shared {
            best[a] = best[a].max(n as f64 / (own[a] + theirs[b] - n) as f64);
        }
        sum.iter_mut()
            .zip(best)
            .for_each(|(sum, best)| *sum += best);
    }
    let n = others.len().max(1) as f64;
    sum.into_iter()
        .map(|sum| if others.is_empty() { 1.0 } else { sum / n })
        .collect()
}

/// One partition by the Leiden algorithm.
pub fn leiden(graph: &Undirected, resolution: f64, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let strength: Vec<f64> = (0..graph.len()).map(|node| graph.strength(node)).collect();
    let total: f64 = strength.iter().sum();
    let mut final_of: Vec<usize> = (0..graph.len()).collect();
    if total <= 0.0 {
        return final_of;
    }
    // `final_of` leads from a node to its node in the current, aggregated graph.
    let mut level = Level {
        graph: graph.clone(),
        strength,
        scale: resolution / total,
        heat: 0.01 * total / (2 * graph.n_edges()) as f64,
    };
    let mut of: Vec<usize> = (0..level.graph.len()).collect();
    loop {
        level.move_nodes(&mut of, &mut random);
        let n_communities = renumber(&mut of);
        if n_communities == level.graph.len() {
            break;
        }
        let mut refined = level.refine(&of, n_communities, &mut random);
        let mut n_refined = renumber(&mut refined);
        if n_refined == level.graph.len() {
            // Nothing could be merged; what is left to do is to keep each community in one piece.
            refined = level.connected(&of);
            n_refined = renumber(&mut refined);
            if n_refined == level.graph.len() {
                of = refined;
                break;
            }
        }
        let mut above = vec![0; n_refined];
        for (node, part) in refined.iter().enumerate() {
            above[*part] = of[node];
        }
        level = level.aggregate(&refined, n_refined);
        final_of.iter_mut().for_each(|node| *node = refined[*node]);
        of = above;
    }
    final_of.into_iter().map(|node| of[node]).collect()
}

/// Makes numbers consecutive from 0; how many there are.
fn renumber(of: &mut [usize]) -> usize {
    let mut number = vec![usize::MAX; of.len()];
    let mut next = 0;
    for community in of {
        if number[*community] == usize::MAX {
            number[*community] = next;
            next += 1;
        }
        *community = number[*community];
    }
    next
}

/// The graph at one level of aggregation. What a node holds within itself counts for its strength only.
struct Level {
    graph: Undirected,
    strength: Vec<f64>,
    /// Resolution over twice the total weight: `scale · k · K` is the weight expected between strengths k and K.
    scale: f64,
    /// How readily refinement takes a merger that is not the best, in units of weight.
    heat: f64,
}

/// Weights from one node to each community around it, in an array that is cleaned after use.
struct Around {
    weight: Vec<f64>,
    touched: Vec<usize>,
}

impl Around {
    fn new(n: usize) -> Self {
        Self {
            weight: vec![-1.0; n],
            touched: Vec::new(),
        }
    }

    fn gather(&mut self, level: &Level, node: usize, of: &[usize], keep: impl Fn(usize) -> bool) {
        for community in self.touched.drain(..) {
            self.weight[community] = -1.0;
        }
        for (end, weight) in level.graph.ends(node) {
            if !keep(end) {
                continue;
            }
            let community = of[end];
            if self.weight[community] < 0.0 {
                self.weight[community] = 0.0;
                self.touched.push(community);
            }
            self.weight[community] += weight;
        }
    }
}

impl Level {
    /// Moves nodes to the community that gains most, until no move gains anything.
    fn move_nodes(&self, of: &mut [usize], random: &mut Random) {
        let n = self.graph.len();
        let mut total = vec![0.0; n];
        let mut size = vec![0_usize; n];
        for (node, &community) in of.iter().enumerate() {
            total[community] += self.strength[node];
            size[community] += 1;
        }
        let mut empty: Vec<usize> = (0..n).filter(|&community| size[community] == 0).collect();
        let mut order: Vec<usize> = (0..n).collect();
        random.shuffle(&mut order);
        let mut queue: std::collections::VecDeque<usize> = order.into();
        let mut queued = vec![true; n];
        let mut around = Around::new(n);
        while let Some(node) = queue.pop_front() {
            queued[node] = false;
            let (old, k) = (of[node], self.strength[node]);
            around.gather(self, node, of, |_| true);
            total[old] -= k;
            size[old] -= 1;
            let gain = |community: usize| {
                around.weight[community].max(0.0) - self.scale * k * total[community]
            };
            // To stay wins over an equal gain, so that the loop ends; to stand alone gains nothing.
            let (mut best, mut most) = (old, gain(old));
            for &community in &around.touched {
                let gain = gain(community);
                if gain > most + 1e-12 * k.max(1.0) {
                    (best, most) = (community, gain);
                }
            }
            if most < -1e-12 * k.max(1.0)
                && size[old] > 0
                && let Some(alone) = empty.pop()
            {
                best = alone;
            }
            total[best] += k;
            size[best] += 1;
            if best == old {
                continue;
            }
            of[node] = best;
            if size[old] == 0 {
                empty.push(old);
            }
            for &end in self.graph.neighbours(node) {
                let end = end as usize;
                if of[end] != best && !queued[end] {
                    queued[end] = true;
                    queue.push_back(end);
                }
            }
        }
    }

    /// Splits each community into well-connected parts: each node alone at first, then merged with a part that it gains by
    /// joining, chosen at random in favour of the greater gain.
    fn refine(&self, of: &[usize], n_communities: usize, random: &mut Random) -> Vec<usize> {
        let n = self.graph.len();
        let mut whole = vec![0.0; n_communities];
        for (node, &community) in of.iter().enumerate() {
            whole[community] += self.strength[node];
        }
        let mut part: Vec<usize> = (0..n).collect();
        let mut total = self.strength.clone();
        let mut alone = vec![true; n];
        // Weight from each part to the rest of its community.
        let mut outward: Vec<f64> = (0..n)
            .map(|node| {
                let ends = self.graph.ends(node);
                ends.filter(|(end, _)| of[*end] == of[node])
                    .map(|(_, weight)| weight)
                    .sum()
            })
            .collect();
        let is_well_connected = |outward: f64, total: f64, whole: f64| {
            outward >= self.scale * total * (whole - total) - 1e-12 * outward
        };
        let mut order: Vec<usize> = (0..n).collect();
        random.shuffle(&mut order);
        let mut around = Around::new(n);
        for node in order {
            let (community, k) = (of[node], self.strength[node]);
            if !alone[node] || !is_well_connected(outward[node], k, whole[community]) {
                continue;
            }
            around.gather(self, node, &part, |end| of[end] == community);
            let gains: Vec<(usize, f64)> = around
                .touched
                .iter()
                .filter(|&&p| is_well_connected(outward[p], total[p], whole[community]))
                .map(|&p| (p, around.weight[p] - self.scale * k * total[p]))
                .filter(|(_, gain)| *gain >= 0.0)
                .collect();
            let Some(chosen) = self.choose(&gains, random) else {
                continue;
            };
            // The part takes the node's ways out, and what lay between them is no way out any more.
            outward[chosen] += outward[node] - 2.0 * around.weight[chosen];
            total[chosen] += k;
            total[node] = 0.0;
            part[node] = chosen;
            alone[node] = false;
            alone[chosen] = false;
        }
        part
    }

    fn choose(&self, gains: &[(usize, f64)], random: &mut Random) -> Option<usize> {
        let most = gains.iter().map(|(_, gain)| *gain).fold(f64::MIN, f64::max);
        let odds: Vec<f64> = gains
            .iter()
            .map(|(_, gain)| ((gain - most) / self.heat).exp())
            .collect();
        let mut left = random.unit() * odds.iter().sum::<f64>();
        for ((part, _), odds) in gains.iter().zip(&odds) {
            left -= odds;
            if left <= 0.0 {
                return Some(*part);
            }
        }
        gains.last().map(|(part, _)| *part)
    }

    /// The connected pieces of each community.
    fn connected(&self, of: &[usize]) -> Vec<usize> {
        let mut piece: Vec<usize> = vec![usize::MAX; self.graph.len()];
        for start in 0..self.graph.len() {
            if piece[start] != usize::MAX {
                continue;
            }
            piece[start] = start;
            let mut open = vec![start];
            while let Some(node) = open.pop() {
                for &end in self.graph.neighbours(node) {
                    let end = end as usize;
                    if of[end] == of[node] && piece[end] == usize::MAX {
                        piece[end] = start;
                        open.push(end);
                    }
                }
            }
        }
        piece
    }

    /// The graph whose nodes are the parts.
    fn aggregate(&self, part: &[usize], n_parts: usize) -> Self {
        let mut strength = vec![0.0; n_parts];
        for (node, &part) in part.iter().enumerate() {
            strength[part] += self.strength[node];
        }
        let edges = (0..self.graph.len()).flat_map(|node| {
            let ends = self.graph.ends(node);
            ends.filter(move |(end, _)| *end > node)
                .map(move |(end, weight)| (part[node], part[end], weight))
        });
        Self {
            graph: Undirected::from_edges(n_parts, edges),
            strength,
            ..*self
        }
    }
}
