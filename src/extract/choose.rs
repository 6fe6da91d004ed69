//! The choice among candidates: one weighted decision over spans that overlap.
//!
//! A semi-Markov model (Sarawagi, Cohen 2004, "Semi-Markov conditional random fields") on the candidates of a
//! document: each has a score linear in its features, a choice of candidates that do not overlap has the sum of
//! their scores, and its probability is the softmax over all such choices. Kept are the candidates that together have
//! the highest sum of probability less a threshold, which is the best expected F1 (minimum Bayes risk). Cost: linear in the
//! number of candidates.

use rustc_hash::FxHashMap;

use super::candidates::Candidate;
use crate::{Error, Result};

/// The trained weights of features.
#[derive(Clone, Debug, Default)]
pub struct Chooser {
    weights: FxHashMap<u64, f32>,
    /// A candidate less likely than this is never kept.
    pub threshold: f64,
}

/// Candidates of one training document and which of them are right.
pub struct Sample<'a> {
    /// The candidates, sorted by start.
    pub candidates: &'a [Candidate],
    /// Whether each is right.
    pub right: &'a [bool],
}

/// A cluster, which of it is right, and the features as indices of weights with their values.
type Run<'a> = (&'a [Candidate], &'a [bool], Vec<Vec<(u32, f32)>>);

/// How the choice is learned.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// Passes over the documents.
    pub epochs: usize,
    /// First step size.
    pub rate: f32,
    /// Weight of the prior.
    pub l2: f32,
    /// A feature must occur with so many candidates.
    pub min_count: u32,
    /// A candidate less likely than this is never kept.
    pub threshold: f64,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            epochs: 12,
            rate: 0.05,
            l2: 8.0,
            min_count: 6,
            threshold: 0.4,
        }
    }
}

/// Runs of candidates that hang together by overlaps.
fn clusters(candidates: &[Candidate]) -> Vec<std::ops::Range<usize>> {
    let mut out = Vec::new();
    let (mut from, mut end) = (0, 0);
    for (i, c) in candidates.iter().enumerate() {
        if i > from && c.start >= end {
            out.push(from..i);
            from = i;
        }
        end = end.max(c.end);
    }
    if from < candidates.len() {
        out.push(from..candidates.len());
    }
    out
}

fn log_add(a: f64, b: f64) -> f64 {
    let (top, low) = if a > b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY {
        top
    } else {
        top + (low - top).exp().ln_1p()
    }
}

/// The edges of a cluster's candidates, sorted, and for each candidate the indices of its edges.
fn edges(cluster: &[Candidate]) -> (usize, Vec<(usize, usize)>) {
    let mut points: Vec<usize> = cluster.iter().flat_map(|c| [c.start, c.end]).collect();
    points.sort_unstable();
    points.dedup();
    let at = |p: usize| points.partition_point(|&q| q < p);
    let places = cluster.iter().map(|c| (at(c.start), at(c.end))).collect();
    (points.len(), places)
}

/// The probability of each candidate of a cluster under the scores.
fn marginals(cluster: &[Candidate], scores: &[f64]) -> Vec<f64> {
    let (n, places) = edges(cluster);
    let mut by_end: Vec<Vec<usize>> = vec![Vec::new(); n];
    let mut by_start: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (i, &(a, b)) in places.iter().enumerate() {
        by_start[a].push(i);
        by_end[b].push(i);
    }
    let mut forward = vec![0.0f64; n];
    for b in 1..n {
        forward[b] = by_end[b].iter().fold(forward[b - 1], |sum, &i| {
            log_add(sum, forward[places[i].0] + scores[i])
        });
    }
    let mut backward = vec![0.0f64; n];
    for a in (0..n - 1).rev() {
        backward[a] = by_start[a].iter().fold(backward[a + 1], |sum, &i| {
            log_add(sum, backward[places[i].1] + scores[i])
        });
    }
    let all = forward[n - 1];
    places
        .iter()
        .zip(scores)
        .map(|(&(a, b), s)| (forward[a] + s + backward[b] - all).exp().min(1.0))
        .collect()
}

impl Chooser {
    fn score(&self, candidate: &Candidate) -> f64 {
        candidate
            .features
            .iter()
            .filter_map(|(key, value)| Some(f64::from(self.weights.get(key)? * value)))
            .sum()
    }

    /// The probability of each candidate, 0 to 1; candidates are sorted by start.
    pub fn probabilities(&self, candidates: &[Candidate]) -> Vec<f64> {
        let mut out = Vec::with_capacity(candidates.len());
        for range in clusters(candidates) {
            let cluster = &candidates[range];
            let scores: Vec<f64> = cluster.iter().map(|c| self.score(c)).collect();
            out.extend(marginals(cluster, &scores));
        }
        out
    }

    /// The candidates that are kept, as indices with their probability, in order.
    pub fn choose(&self, candidates: &[Candidate]) -> Vec<(usize, f64)> {
        let probabilities = self.probabilities(candidates);
        let mut kept = Vec::new();
        for range in clusters(candidates) {
            let cluster = &candidates[range.clone()];
            let (n, places) = edges(cluster);
            // The best sum up to each edge and the candidate that ends there in it.
            let mut best = vec![(0.0f64, None::<usize>); n];
            let mut by_end: Vec<Vec<usize>> = vec![Vec::new(); n];
            for (i, &(_, b)) in places.iter().enumerate() {
                by_end[b].push(i);
            }
            for b in 1..n {
                best[b] = (best[b - 1].0, None);
                for &i in &by_end[b] {
                    let gain = probabilities[range.start + i] - self.threshold;
                    let sum = best[places[i].0].0 + gain;
                    if gain > 0.0 && sum > best[b].0 {
                        best[b] = (sum, Some(i));
                    }
                }
            }
            let first = kept.len();
            let mut b = n - 1;
            loop {
                match best[b].1 {
                    Some(i) => {
                        kept.push((range.start + i, probabilities[range.start + i]));
                        b = places[i].0;
                    }
                    None if b == 0 => break,
                    None => b -= 1,
                }
            }
            kept[first..].reverse();
        }
        kept
    }

    /// Learns weights by AdaGrad on the log-likelihood, single-threaded and in a fixed order.
    pub fn train(samples: &[Sample], options: &Training) -> Self {
        let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
        for (key, _) in samples
            .iter()
            .flat_map(|s| s.candidates)
            .flat_map(|c| &c.features)
        {
            *counts.entry(*key).or_default() += 1;
        }
        let mut keys: Vec<u64> = counts
            .iter()
            .filter(|(_, n)| **n >= options.min_count)
            .map(|(k, _)| *k)
            .collect();
        keys.sort_unstable();
        let index: FxHashMap<u64, u32> = keys.iter().zip(0u32..).map(|(&k, i)| (k, i)).collect();
        let mut weights = vec![0.0f32; keys.len()];
        let mut squares = vec![1e-2f32; keys.len()];
        let mut sums = vec![0.0f32; keys.len()];
        let mut n_sums = 0.0f32;
        let mut runs: Vec<Run> = Vec::new();
        for sample in samples {
            for range in clusters(sample.candidates) {
                let cluster = &sample.candidates[range.clone()];
                let features = cluster
                    .iter()
                    .map(|c| {
                        c.features
                            .iter()
                            .filter_map(|(k, v)| Some((*index.get(k)?, *v)))
                            .collect()
                    })
                    .collect();
                runs.push((cluster, &sample.right[range], features));
            }
        }
        let mut order: Vec<usize> = (0..runs.len()).collect();
        let mut seed = 0x9E37_79B9_7F4A_7C15u64;
        for epoch in 0..options.epochs {
            for i in (1..order.len()).rev() {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                order.swap(i, (seed % (i as u64 + 1)) as usize);
            }
            let rate = options.rate / (1.0 + 0.15 * epoch as f32);
            for &r in &order {
                let (cluster, right, features) = &runs[r];
                let scores: Vec<f64> = features
                    .iter()
                    .map(|f| {
                        f.iter()
                            .map(|&(i, v)| f64::from(weights[i as usize] * v))
                            .sum()
                    })
                    .collect();
                for ((p, &y), f) in marginals(cluster, &scores).iter().zip(*right).zip(features) {
                    let error = *p as f32 - f32::from(u8::from(y));
                    if error.abs() < 1e-3 {
                        continue;
                    }
                    for &(i, v) in f {
                        let i = i as usize;
                        let g = error * v + options.l2 * weights[i] / counts[&keys[i]] as f32;
                        squares[i] += g * g;
                        weights[i] -= rate * g / squares[i].sqrt();
                    }
                }
            }
            if epoch * 2 >= options.epochs {
                n_sums += 1.0;
                for (s, w) in sums.iter_mut().zip(&weights) {
                    *s += w;
                }
            }
        }
        let weights = keys
            .iter()
            .zip(&sums)
            .map(|(&k, s)| (k, (s / n_sums.max(1.0) * 1000.0).round() / 1000.0))
            .filter(|(_, w)| *w != 0.0)
            .collect();
        Self {
            weights,
            threshold: options.threshold,
        }
    }

    /// Writes the weights as text: key, readable name, weight.
    pub fn to_tsv(&self, describe: impl Fn(u64) -> String) -> String {
        use std::fmt::Write as _;
        let mut keys: Vec<(&u64, &f32)> = self.weights.iter().collect();
        keys.sort_unstable_by_key(|(k, _)| **k);
        let mut out = format!("threshold\t-\t{}\n", self.threshold);
        for (key, weight) in keys {
            writeln!(out, "{key:x}\t{}\t{weight}", describe(*key)).expect("writing to a string");
        }
        out
    }

    /// Reads what [`Chooser::to_tsv`] wrote.
    pub fn from_tsv(path: &str, text: &str) -> Result<Self> {
        let mut chooser = Self::default();
        for (n, line) in text.lines().enumerate() {
            let bad = || {
                Error::data(
                    path,
                    n + 1,
                    "expected key, name and weight, as `xiangtu train` writes them",
                )
            };
            let mut cells = line.split('\t');
            let key = cells.next().ok_or_else(bad)?;
            let value = cells.nth(1).ok_or_else(bad)?;
            if key == "threshold" {
                chooser.threshold = value.parse().map_err(|_| bad())?;
            } else {
                chooser.weights.insert(
                    u64::from_str_radix(key, 16).map_err(|_| bad())?,
                    value.parse().map_err(|_| bad())?,
                );
            }
        }
        Ok(chooser)
    }
}
