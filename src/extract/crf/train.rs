//! Training: AdaGrad on the log-likelihood with dropout of attributes.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::keys::group_of;
use super::messages::{Edges, Messages, Nodes, States};
use super::{
    Crf, LABELS, LANES, T, TRANSITIONS, begin, cross, end, hundredths, inside, lane, within,
};

/// Weights of one attribute, padded to a multiple of four.
const STRIDE: usize = 20;

/// One training sequence: attributes of every position and its gold label.
#[derive(Clone, Debug, Default)]
pub struct Example {
    /// Attribute keys, position by position.
    pub attributes: Vec<Vec<u64>>,
    /// Gold labels.
    pub labels: Vec<u8>,
    /// Which document it comes from; attributes seen in too few documents are left out.
    pub document: u32,
}

/// How weights are learned.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// Passes over the examples.
    pub epochs: usize,
    /// First step size.
    pub rate: f32,
    /// Weight of the prior.
    pub l2: f32,
    /// An attribute must occur in so many documents.
    pub min_documents: u32,
    /// Weights smaller than this are dropped.
    pub prune: f32,
    /// Part of the attributes that is hidden at each step.
    pub dropout: f32,
    /// Whether the weights are the mean over the second half of the passes.
    pub average: bool,
    /// The weights are the mean of what so many runs learn that go through the examples in other orders: of a single run a half
    /// of one percent of F1 is chance.
    pub runs: u64,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            epochs: 30,
            rate: 0.05,
            l2: 1.0,
            min_documents: 6,
            prune: 0.05,
            dropout: 0.5,
            average: true,
            runs: 3,
        }
    }
}

/// Weights while they are learned.
struct Learner {
    /// The attribute of each row, by group, then role.
    keys: Vec<u64>,
    weights: Vec<[f32; STRIDE]>,
    transitions: Vec<f32>,
}

impl Crf {
    /// Learns weights.
    pub fn train(examples: &[&Example], options: &Training) -> Self {
        let runs = (0..options.runs.max(1)).into_par_iter();
        let learned: Vec<Learner> = runs
            .map(|run| Learner::learn(examples, options, run))
            .collect();
        Learner::mean(learned).finish(options.prune)
    }
}

/// The exponentials of sums of weights, relative to the highest of them.
impl Nodes<f64> for [[f32; STRIDE]] {
    fn at(&self, place: usize) -> States<f64> {
        let row = &self[place];
        let top = row[..LABELS].iter().copied().fold(f32::MIN, f32::max);
        let mut states = States::default();
        states.set(|label| f64::from(row[label] - top).exp());
        states
    }
}

impl Learner {
    fn sums(&self, attributes: &[Vec<u32>]) -> Vec<[f32; STRIDE]> {
        attributes
            .iter()
            .map(|rows| {
                let mut sum = [0.0f32; STRIDE];
                for &row in rows {
                    for (s, w) in sum.iter_mut().zip(&self.weights[row as usize]) {
                        *s += w;
                    }
                }
                sum
            })
            .collect()
    }

    /// The mean of what several runs have learned from the same examples.
    fn mean(runs: Vec<Self>) -> Self {
        let n = runs.len() as f32;
        let mut runs = runs.into_iter();
        let mut mean = runs.next().expect("there is one run at least");
        for run in runs {
            for (sums, weights) in mean.weights.iter_mut().zip(&run.weights) {
                sums.iter_mut().zip(weights).for_each(|(sum, w)| *sum += w);
            }
            let transitions = mean.transitions.iter_mut().zip(&run.transitions);
            transitions.for_each(|(sum, w)| *sum += w);
        }
        let all = mean.weights.iter_mut().flatten();
        all.chain(&mut mean.transitions).for_each(|sum| *sum /= n);
        mean
    }

    fn learn(examples: &[&Example], options: &Training, run: u64) -> Self {
        let mut seen: FxHashMap<u64, (u32, u32, u32)> = FxHashMap::default();
        for example in examples {
            for &key in example.attributes.iter().flatten() {
                let entry = seen.entry(key).or_insert((example.document, 1, 0));
                entry.2 += 1;
                if entry.0 != example.document {
                    *entry = (example.document, entry.1 + 1, entry.2);
                }
            }
        }
        let mut keys: Vec<u64> = seen
            .iter()
            .filter(|(_, s)| s.1 >= options.min_documents && s.2 >= 3)
            .map(|(&k, _)| k)
            .collect();
        keys.sort_unstable_by_key(|&k| group_of(k));
        let frequency: Vec<f32> = keys.iter().map(|k| seen[k].2 as f32).collect();
        let index: FxHashMap<u64, u32> = keys.iter().copied().zip(0..).collect();
        let mut learner = Self {
            weights: vec![[0.0; STRIDE]; keys.len()],
            keys,
            transitions: vec![0.0; TRANSITIONS],
        };
        let sequences: Vec<(Vec<Vec<u32>>, &[u8])> = examples
            .iter()
            .map(|e| {
                (
                    e.attributes
                        .iter()
                        .map(|a| a.iter().filter_map(|k| index.get(k).copied()).collect())
                        .collect(),
                    &e.labels[..],
                )
            })
            .collect();
        let mut sums = vec![[0.0f32; STRIDE]; learner.keys.len()];
        let mut n_sums = 0.0;
        let mut squares = vec![[1e-2f32; STRIDE]; learner.keys.len()];
        let mut edge_squares = vec![1e-2f32; TRANSITIONS];
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        let mut seed = 0x9E37_79B9_7F4A_7C15u64 ^ run.wrapping_mul(0xD1B5_4A32_D192_ED03);
        for epoch in 0..options.epochs {
            for i in (1..order.len()).rev() {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                order.swap(i, (seed % (i as u64 + 1)) as usize);
            }
            let rate = options.rate / (1.0 + 0.15 * epoch as f32);
            for &s in &order {
                let (attributes, labels) = &sequences[s];
                if attributes.is_empty() {
                    continue;
                }
                // Dropout (Srivastava et al. 2014): with a part of the attributes hidden at each step no single word can
                // carry a decision that the lexicons could carry too.
                let mut kept: Vec<Vec<u32>> = Vec::with_capacity(attributes.len());
                for rows in attributes {
                    kept.push(
                        rows.iter()
                            .copied()
                            .filter(|_| {
                                seed ^= seed << 13;
                                seed ^= seed >> 7;
                                seed ^= seed << 17;
                                (seed >> 40) as f32 / (1u64 << 24) as f32 >= options.dropout
                            })
                            .collect(),
                    );
                }
                learner.step(
                    &kept,
                    1.0 / (1.0 - options.dropout),
                    labels,
                    rate,
                    options.l2,
                    &frequency,
                    &mut squares,
                    &mut edge_squares,
                );
            }
            if options.average && epoch * 2 >= options.epochs {
                n_sums += 1.0;
                for (sum, w) in sums.iter_mut().zip(&learner.weights) {
                    for (s, w) in sum.iter_mut().zip(w) {
                        *s += w;
                    }
                }
            }
        }
        if n_sums > 0.0 {
            for (w, sum) in learner.weights.iter_mut().zip(&sums) {
                for (w, s) in w.iter_mut().zip(sum) {
                    *w = s / n_sums;
                }
            }
        }
        learner
    }

    #[allow(clippy::too_many_arguments)]
    fn step(
        &mut self,
        attributes: &[Vec<u32>],
        scale: f32,
        labels: &[u8],
        rate: f32,
        l2: f32,
        frequency: &[f32],
        squares: &mut [[f32; STRIDE]],
        edge_squares: &mut [f32],
    ) {
        let mut scores = self.sums(attributes);
        for s in scores.iter_mut().flatten() {
            *s *= scale;
        }
        let mut m: Messages<f64> = Messages::default();
        let edges_of = Edges::new(&self.transitions);
        let own = m.add(scores.len());
        m.pass(own.clone(), &edges_of, &*scores);
        let z = m.evidence(&own);
        let n = attributes.len();
        let mut edges = [0.0f64; TRANSITIONS];
        for i in 0..n {
            let mut gradient = [0.0f32; STRIDE];
            let mut largest = 0.0f32;
            for (l, g) in gradient[..LABELS].iter_mut().enumerate() {
                let p = m.alpha[i].at(l) * m.beta[i].at(l) / z;
                *g = p as f32 - f32::from(u8::from(labels[i] as usize == l));
                largest = largest.max(g.abs());
            }
            if i == 0 {
                for to in 0..=T {
                    let l = if to == 0 { 0 } else { begin(to - 1) };
                    edges[cross(0, to)] += f64::from(gradient[l]);
                }
            } else {
                edge_gradient(&m, &edges_of, i, z, labels, &mut edges);
            }
            if largest < 2e-3 {
                continue;
            }
            for &row in &attributes[i] {
                let row = row as usize;
                let decay = l2 / frequency[row];
                let (w, g2) = (&mut self.weights[row], &mut squares[row]);
                for l in 0..STRIDE {
                    let g = scale * gradient[l] + decay * w[l];
                    g2[l] += g * g;
                    w[l] -= rate * g / g2[l].sqrt();
                }
            }
        }
        for (e, g) in edges.iter().enumerate() {
            let g = *g as f32;
            edge_squares[e] += g * g;
            self.transitions[e] -= rate * g / edge_squares[e].sqrt();
        }
    }

    /// The weights without those that are smaller than `least`, rounded.
    fn finish(self, least: f32) -> Crf {
        let rows = self
            .keys
            .into_iter()
            .zip(self.weights)
            .map(|(key, w)| {
                let mut kept = [0; LANES];
                for (label, x) in w[..LABELS].iter().enumerate() {
                    let is_kept = x.abs() >= least;
                    kept[lane(label)] = if is_kept { hundredths(*x) } else { 0 };
                }
                (key, kept)
            })
            .filter(|(_, w)| w.iter().any(|&x| x != 0))
            .collect();
        let transitions = self
            .transitions
            .iter()
            .map(|w| (w * 1000.0).round() / 1000.0)
            .collect();
        Crf::new(rows, transitions)
    }
}

/// What the transition to a position adds to the gradient of the weights of transitions.
fn edge_gradient(
    m: &Messages<f64>,
    e: &Edges<f64>,
    i: usize,
    z: f64,
    labels: &[u8],
    edges: &mut [f64; TRANSITIONS],
) {
    let prev = &m.alpha[i - 1];
    let next = |label| m.beta[i].at(label) * (m.node[i].at(label) * m.scale[i] / z);
    for from in 0..=T {
        let a = prev.at(if from == 0 { 0 } else { end(from - 1) });
        for to in 0..=T {
            edges[cross(from, to)] +=
                a * e.cross[from][to] * next(if to == 0 { 0 } else { begin(to - 1) });
        }
    }
    for t in 0..T {
        for (step, from, to) in [
            (0, begin(t), inside(t)),
            (1, begin(t), end(t)),
            (2, inside(t), inside(t)),
            (3, inside(t), end(t)),
        ] {
            edges[within(t, step)] += prev.at(from) * e.within[step][t + 1] * next(to);
        }
    }
    let (a, b) = (labels[i - 1] as usize, labels[i] as usize);
    let index = if a == 0 || (a - 1) % 3 == 2 {
        cross(
            if a == 0 { 0 } else { (a - 1) / 3 + 1 },
            if b == 0 { 0 } else { (b - 1) / 3 + 1 },
        )
    } else {
        let t = (a - 1) / 3;
        within(
            t,
            if a == begin(t) {
                usize::from(b == end(t))
            } else {
                2 + usize::from(b == end(t))
            },
        )
    };
    edges[index] -= 1.0;
}
