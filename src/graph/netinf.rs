//! Who follows whom: a network of influence inferred from many adoptions, none of which says where it came from.
//!
//! What it tells you: of all pairs of places those edges j → i that best explain, over all initiatives together, why i took up what
//! j had taken up a little earlier. An inferred edge is a regularity of order in time; it is no proof of influence:
//! two towns that follow the same superior show it too.
//!
//! Method: NetInf (Gomez-Rodriguez, Leskovec, Krause 2010, *Inferring networks of diffusion and influence*). In a
//! cascade every place has at most one parent, an earlier place or the world outside. A parent j at distance Δ is
//! worth `w = ln(β/(1-β)) + ln(λ·exp(-λΔ)) - ln ε` more than the world outside; edges are added greedily, always the one that adds most
//! to the sum over cascades and places of the best parent's worth. The sum is submodular, so the greedy network reaches at least 63 % of the
//! best possible one, and gains need to be looked at again only when an edge comes to the top (lazy evaluation).
//!
//! Ties and gaps: reports know years only, and not of every year. Place i certainly followed j only if i was read
//! without the initiative at or after the time at which j had it; of places of the same year neither is the other's parent, and a
//! place that was never read before it is stated to have the initiative may be a parent but never a child.
//!
//! Against the R package NetworkInference (Linder and Desmarais, after Desmarais, Harden, Boehmke 2015, *Persistent policy pathways*, on
//! the states of the USA): the same model of cascades, exponential delays and greedy search; that package
//! can estimate the rate and stops by a Vuong test of each edge, here the rate is given and the search stops at a number of
//! edges, or where no edge explains `min_cascades` adoptions. The package itself was not run beside it: `tests/it/influence.rs` holds
//! the search against the algorithm in its published, plain form, and against planted networks.
//!
//! Units: time in years, `rate` per year; gain in natural logarithms of likelihood. Cost: the sum over cascades of the
//! square of their length, once, then one look at a pair's cascades for each update.

use std::collections::{BTreeMap, BinaryHeap};

/// One initiative's adoptions.
#[derive(Clone, Debug, Default)]
pub struct Cascade {
    /// What took it up and when, in any order.
    pub events: Vec<Event>,
}

/// One adoption.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Number of the place.
    pub node: usize,
    /// When, in years.
    pub time: f64,
    /// The last moment at which it was seen without; `None` if it was never seen before.
    pub without: Option<f64>,
}

/// How adoptions pass on.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// λ: how fast; the mean delay is its inverse.
    pub rate: f64,
    /// β: how likely an edge passes an initiative on at all.
    pub beta: f64,
    /// ε: how likely the world outside does.
    pub epsilon: f64,
    /// Most edges to infer.
    pub edges: usize,
    /// Fewest cascades that an edge must better.
    pub min_cascades: usize,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            rate: 1.0,
            beta: 0.5,
            epsilon: 0.01,
            edges: usize::MAX,
            min_cascades: 2,
        }
    }
}

/// An edge that explains adoptions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Who is followed.
    pub from: usize,
    /// Who follows.
    pub to: usize,
    /// What it adds to the logarithm of the likelihood.
    pub gain: f64,
    /// Cascades for which it is the best parent found so far.
    pub cascades: usize,
}

/// A pair with its gain when last looked at; pairs of greater gain come first, of equals those of smaller numbers.
#[derive(PartialEq)]
struct Candidate {
    gain: f64,
    pair: (usize, usize),
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.gain
            .total_cmp(&other.gain)
            .then_with(|| other.pair.cmp(&self.pair))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Edges in the order in which the greedy search finds them.
pub fn netinf(cascades: &[Cascade], model: &Model) -> Vec<Edge> {
    let worths = worths(cascades, model);
    // Of each cascade and place the worth of the best parent so far; the world outside is worth 0.
    let mut best: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let gain = |best: &BTreeMap<(usize, usize), f64>, pair: (usize, usize)| {
        let mut gain = 0.0;
        let mut n = 0;
        for (cascade, worth) in &worths[&pair] {
            let more = worth - best.get(&(*cascade, pair.1)).copied().unwrap_or(0.0);
            if more > 0.0 {
                gain += more;
                n += 1;
            }
        }
        (gain, n)
    };
    let mut open: BinaryHeap<Candidate> = worths
        .keys()
        .map(|&pair| Candidate {
            gain: gain(&best, pair).0,
            pair,
        })
        .collect();
    let mut edges = Vec::new();
    while edges.len() < model.edges
        && let Some(candidate) = open.pop()
    {
        let (now, cascades) = gain(&best, candidate.pair);
        if cascades < model.min_cascades.max(1) {
            // Gains only shrink, so this pair is out for good.
            continue;
        }
        if open.peek().is_some_and(|next| next.gain > now) {
            open.push(Candidate {
                gain: now,
                ..candidate
            });
            continue;
        }
        let (from, to) = candidate.pair;
        for (cascade, worth) in &worths[&candidate.pair] {
            let best = best.entry((*cascade, to)).or_insert(0.0);
            *best = best.max(*worth);
        }
        edges.push(Edge {
            from,
            to,
            gain: now,
            cascades,
        });
    }
    edges
}

/// Of each pair (earlier, later) the cascades in which the earlier one would be a parent better than the world outside.
fn worths(cascades: &[Cascade], model: &Model) -> BTreeMap<(usize, usize), Vec<(usize, f64)>> {
    let start = (model.beta / (1.0 - model.beta)).ln() + model.rate.ln() - model.epsilon.ln();
    let mut worths: BTreeMap<(usize, usize), Vec<(usize, f64)>> = BTreeMap::new();
    for (number, cascade) in cascades.iter().enumerate() {
        for child in &cascade.events {
            let Some(without) = child.without else {
                continue;
            };
            for parent in &cascade.events {
                let worth = start - model.rate * (child.time - parent.time);
                if parent.time <= without && worth > 0.0 {
                    let pair = (parent.node, child.node);
                    worths.entry(pair).or_default().push((number, worth));
                }
            }
        }
    }
    worths
}
