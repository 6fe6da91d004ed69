//! The choice among candidates: one weighted decision over spans that overlap.
//!
//! A semi-Markov model (Sarawagi, Cohen 2004, "Semi-Markov conditional random fields") on the candidates of a
//! document: each has a score linear in its features, a choice of candidates that do not overlap has the sum of
//! their scores, and its probability is the softmax over all such choices. Kept are the candidates that together have
//! the highest sum of probability less a threshold, which is the best expected F1 (minimum Bayes risk). Cost: linear in the
//! number of candidates.

use std::ops::Range;

use prefetch_index::prefetch_index;
use rustc_hash::FxHashMap;

use super::candidates::{Candidate, Feature};
use super::crf::Span;
use crate::model::EntityType;
use crate::{Error, Result};

/// The trained weights of features.
#[derive(Clone, Debug, Default)]
pub struct Chooser {
    weights: Weights,
    /// A candidate less likely than this is never kept.
    pub threshold: f64,
}

/// What features add to the score of each type.
pub type Row = [f64; EntityType::ALL.len()];

/// A group of features that has weights.
pub(super) struct Weighed {
    pub group: u64,
    value: f32,
    /// The number of its weights.
    row: usize,
}

/// The bits of a feature that tell its type; without them it is a group.
const KIND_SHIFT: u32 = 52;
const KIND: u64 = 0xF << KIND_SHIFT;

/// The feature of a group with a type.
pub fn of_kind(group: u64, kind: usize) -> u64 {
    group | (kind as u64) << KIND_SHIFT
}

/// The group of a feature, and the number of its type.
fn group_of(feature: u64) -> (u64, usize) {
    (feature & !KIND, ((feature & KIND) >> KIND_SHIFT) as usize)
}

/// Weights of all types by group. A small index with a part of each hash tells of nearly all groups without weights that they
/// have none; the others lie side by side.
#[derive(Clone, Debug, Default)]
struct Weights {
    /// An open table with linear probing, half empty at least: the number of a group plus one, above it a part of its hash.
    index: Vec<u32>,
    /// Groups in order, each with the weight of every type; 0 for none.
    rows: Vec<(u64, [f32; EntityType::ALL.len()])>,
}

/// So many bits of an entry of the index are the number of a group.
const NUMBER: u32 = 20;

impl Weights {
    /// Where the search for a group begins, and the part of its hash that stands in the index.
    #[inline]
    fn first(&self, group: u64) -> (usize, u32) {
        let hash = group.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let shift = u64::BITS - self.index.len().trailing_zeros();
        ((hash >> shift) as usize, (hash as u32) & (!0 << NUMBER))
    }

    /// The number of the row that is the group's, if it has one.
    #[inline]
    fn find(&self, group: u64) -> Option<usize> {
        if self.index.is_empty() {
            return None;
        }
        let (mut at, part) = self.first(group);
        loop {
            let entry = self.index[at];
            let number = entry & !(!0 << NUMBER);
            if number == 0 {
                return None;
            }
            let row = number as usize - 1;
            if entry & (!0 << NUMBER) == part && self.rows[row].0 == group {
                return Some(row);
            }
            at = (at + 1) & (self.index.len() - 1);
        }
    }

    fn get(&self, feature: u64) -> Option<f32> {
        let (group, kind) = group_of(feature);
        let weight = *self.rows[self.find(group)?].1.get(kind)?;
        Some(weight).filter(|w| *w != 0.0)
    }

    /// In order of the features.
    fn sorted(&self) -> Vec<Feature> {
        let mut all = Vec::new();
        for (group, row) in &self.rows {
            let weights = row.iter().enumerate().filter(|(_, w)| **w != 0.0);
            all.extend(weights.map(|(kind, w)| (of_kind(*group, kind), *w)));
        }
        all.sort_unstable_by_key(|(feature, _)| *feature);
        all
    }
}

impl FromIterator<Feature> for Weights {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Self {
        let mut features: Vec<Feature> = features.into_iter().filter(|(_, w)| *w != 0.0).collect();
        features.sort_by_key(|(feature, _)| group_of(*feature).0);
        let mut weights = Self::default();
        for (feature, weight) in features {
            let (group, kind) = group_of(feature);
            if weights.rows.last().is_none_or(|(last, _)| *last != group) {
                weights.rows.push((group, Default::default()));
            }
            let row = weights.rows.last_mut().expect("there is one by now");
            if let Some(slot) = row.1.get_mut(kind) {
                *slot = weight;
            }
        }
        let n = weights.rows.len();
        assert!(n < 1 << NUMBER, "fewer than a million groups");
        weights.index = vec![0; (2 * n).next_power_of_two().max(2)];
        for (number, (group, _)) in (1..).zip(&weights.rows) {
            let (mut at, part) = weights.first(*group);
            while weights.index[at] != 0 {
                at = (at + 1) & (weights.index.len() - 1);
            }
            weights.index[at] = number | part;
        }
        weights
    }
}

/// Candidates of one training document and which of them are right.
pub struct Sample<'a> {
    /// The candidates, sorted by start.
    pub candidates: &'a [Candidate],
    /// Whether each is right.
    pub right: &'a [bool],
}

/// A cluster, which of it is right, and the features as indices of weights with their values.
type Run<'a> = (Vec<Span>, &'a [bool], Vec<Vec<(u32, f32)>>);

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
            threshold: 0.46,
        }
    }
}

/// Runs of spans that hang together by overlaps; they are sorted by start.
pub(super) fn clusters(spans: &[Span]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let first = spans.get(from)?;
        let mut end = first.end;
        let n = spans[from + 1..]
            .iter()
            .take_while(|s| {
                let joins = s.start < end;
                end = end.max(s.end);
                joins
            })
            .count();
        let cluster = from..from + 1 + n;
        from = cluster.end;
        Some(cluster)
    })
}

/// What is hopeless is named by its score: odds of 1 to 50.
const HOPELESS: f64 = -3.9;

/// The probability of which these are the log-odds.
pub fn logistic(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}

fn log_add(a: f64, b: f64) -> f64 {
    let (top, low) = if a > b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY {
        top
    } else {
        top + (low - top).exp().ln_1p()
    }
}

/// The spans of a cluster by the edges at which they begin and end, with buffers for the sums over them.
#[derive(Default)]
struct Lattice {
    /// Positions at which spans begin or end.
    points: Vec<usize>,
    /// For each span the edge at which it begins and the one at which it ends.
    places: Vec<(usize, usize)>,
    /// The spans by the edge at which they end.
    by_end: Vec<usize>,
    forward: Vec<f64>,
    backward: Vec<f64>,
    /// The best sum up to each edge and the span that ends there in it.
    best: Vec<(f64, Option<usize>)>,
}

impl Lattice {
    fn read(&mut self, cluster: &[Span]) {
        self.points.clear();
        self.points
            .extend(cluster.iter().flat_map(|s| [s.start, s.end]));
        self.points.sort_unstable();
        self.points.dedup();
        let at = |p: usize| self.points.partition_point(|&q| q < p);
        self.places.clear();
        self.places
            .extend(cluster.iter().map(|s| (at(s.start), at(s.end))));
        self.by_end.clear();
        self.by_end.extend(0..cluster.len());
        let places = &self.places;
        self.by_end.sort_by_key(|&i| places[i].1);
    }

    /// The probability of each span under the scores.
    fn marginals(&mut self, scores: &[f64], out: &mut Vec<f64>) {
        let n = self.points.len();
        let (forward, backward) = (&mut self.forward, &mut self.backward);
        forward.clear();
        forward.resize(n, 0.0);
        backward.clear();
        backward.resize(n, 0.0);
        let mut ending = self.by_end.iter().copied().peekable();
        for b in 1..n {
            let mut sum = forward[b - 1];
            while let Some(i) = ending.next_if(|&i| self.places[i].1 == b) {
                sum = log_add(sum, forward[self.places[i].0] + scores[i]);
            }
            forward[b] = sum;
        }
        // The spans that begin at one edge are added in their order.
        let mut to = self.places.len();
        for a in (0..n - 1).rev() {
            let from = self.places[..to].partition_point(|place| place.0 < a);
            let beginning = self.places[from..to].iter().zip(&scores[from..to]);
            backward[a] = beginning.fold(backward[a + 1], |sum, (&(_, b), s)| {
                log_add(sum, backward[b] + s)
            });
            to = from;
        }
        let all = forward[n - 1];
        out.extend(
            self.places
                .iter()
                .zip(scores)
                .map(|(&(a, b), s)| (forward[a] + s + backward[b] - all).exp().min(1.0)),
        );
    }

    /// The spans whose probabilities less the threshold have the highest sum, in order.
    fn choose(&mut self, probabilities: &[f64], threshold: f64) -> Vec<usize> {
        let n = self.points.len();
        self.best.clear();
        self.best.resize(n, (0.0, None));
        let mut ending = self.by_end.iter().copied().peekable();
        for b in 1..n {
            self.best[b] = (self.best[b - 1].0, None);
            while let Some(i) = ending.next_if(|&i| self.places[i].1 == b) {
                let gain = probabilities[i] - threshold;
                let sum = self.best[self.places[i].0].0 + gain;
                if gain > 0.0 && sum > self.best[b].0 {
                    self.best[b] = (sum, Some(i));
                }
            }
        }
        let mut kept = Vec::new();
        let mut b = n - 1;
        loop {
            match self.best[b].1 {
                Some(i) => {
                    kept.push(i);
                    b = self.places[i].0;
                }
                None if b == 0 => break,
                None => b -= 1,
            }
        }
        kept.reverse();
        kept
    }
}

impl Chooser {
    /// What the features of a candidate add up to.
    pub fn score(&self, features: &[Feature]) -> f64 {
        features
            .iter()
            .filter_map(|(key, value)| Some(f64::from(self.weights.get(*key)? * value)))
            .sum()
    }

    /// Looks groups of features up: for each the number of its weights plus one, 0 where it has none. Each asks for what it needs
    /// next from memory while the others do, so that the waits overlap.
    pub(super) fn find(&self, groups: &[Feature], rows: &mut Vec<usize>) {
        let Weights { index, rows: all } = &self.weights;
        rows.clear();
        if index.is_empty() {
            rows.resize(groups.len(), 0);
            return;
        }
        rows.extend(groups.iter().map(|(group, _)| {
            let (at, _) = self.weights.first(*group);
            prefetch_index(index, at);
            at
        }));
        for at in &*rows {
            let number = index[*at] & !(!0 << NUMBER);
            prefetch_index(all, (number as usize).saturating_sub(1));
        }
        let find = |group: u64| self.weights.find(group).map_or(0, |row| row + 1);
        for (row, (group, _)) in rows.iter_mut().zip(groups) {
            *row = find(*group);
        }
    }

    /// What groups of features that were found add to the score of each type; those with weights are kept.
    pub(super) fn of_each(
        &self,
        groups: &[Feature],
        rows: &[usize],
        weighed: &mut Vec<Weighed>,
    ) -> Row {
        let mut sums = Row::default();
        for ((group, value), row) in groups.iter().zip(rows).filter(|(_, row)| **row > 0) {
            let row = row - 1;
            for (sum, weight) in sums.iter_mut().zip(&self.weights.rows[row].1) {
                *sum += f64::from(weight * value);
            }
            weighed.push(Weighed {
                group: *group,
                value: *value,
                row,
            });
        }
        sums
    }

    /// What a group of features with weights adds to the score of a type.
    pub(super) fn adds(&self, weighed: &Weighed, kind: usize) -> f32 {
        self.weights.rows[weighed.row].1[kind] * weighed.value
    }

    /// What each group of features that was found adds to the score of one type.
    pub(super) fn of_one(
        &self,
        groups: &[Feature],
        rows: &[usize],
        kind: usize,
        mut each: impl FnMut(u64, f32),
    ) {
        let found = groups.iter().zip(rows).filter(|(_, row)| **row > 0);
        found.for_each(|((group, value), row)| {
            each(*group, self.weights.rows[row - 1].1[kind] * value)
        });
    }

    /// What each feature adds to the score, features without weight left out.
    pub fn contributions(&self, features: &[Feature]) -> Vec<(u64, f64)> {
        features
            .iter()
            .filter_map(|(key, value)| Some((*key, f64::from(self.weights.get(*key)? * value))))
            .collect()
    }

    /// The probability of each span, 0 to 1; they are sorted by start, each with its score.
    pub fn probabilities(&self, spans: &[Span], scores: &[f64]) -> Vec<f64> {
        let mut out = Vec::with_capacity(spans.len());
        let mut lattice = Lattice::default();
        for range in clusters(spans) {
            let scores = &scores[range.clone()];
            // A span is never likelier than if it had no rivals, which its score alone tells; where all are so unlikely, rivals
            // take next to nothing from it.
            if scores.iter().all(|&score| score < HOPELESS) {
                out.extend(scores.iter().map(|score| logistic(*score)));
                continue;
            }
            lattice.read(&spans[range]);
            lattice.marginals(scores, &mut out);
        }
        out
    }

    /// The spans that are kept, as indices, in order; they are sorted by start, each with its probability.
    pub fn choose(&self, spans: &[Span], probabilities: &[f64]) -> Vec<usize> {
        let mut kept = Vec::new();
        let mut lattice = Lattice::default();
        for range in clusters(spans) {
            let probabilities = &probabilities[range.clone()];
            if probabilities.iter().any(|&p| p > self.threshold) {
                lattice.read(&spans[range.clone()]);
                let chosen = lattice.choose(probabilities, self.threshold);
                kept.extend(chosen.into_iter().map(|i| range.start + i));
            }
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
            let spans: Vec<Span> = sample.candidates.iter().map(|c| c.span).collect();
            for range in clusters(&spans) {
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
                runs.push((
                    spans[range.clone()].to_vec(),
                    &sample.right[range],
                    features,
                ));
            }
        }
        let mut order: Vec<usize> = (0..runs.len()).collect();
        let (mut lattice, mut marginals) = (Lattice::default(), Vec::new());
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
                marginals.clear();
                lattice.read(cluster);
                lattice.marginals(&scores, &mut marginals);
                for ((p, &y), f) in marginals.iter().zip(*right).zip(features) {
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
            .collect();
        Self {
            weights,
            threshold: options.threshold,
        }
    }

    /// Writes the weights as text: key, readable name, weight.
    pub fn to_tsv(&self, describe: impl Fn(u64) -> String) -> String {
        use std::fmt::Write as _;
        let mut out = format!("threshold\t-\t{}\n", self.threshold);
        for (key, weight) in self.weights.sorted() {
            writeln!(out, "{key:x}\t{}\t{weight}", describe(key)).expect("writing to a string");
        }
        out
    }

    /// Reads what [`Chooser::to_tsv`] wrote.
    pub fn from_tsv(path: &str, text: &str) -> Result<Self> {
        let mut threshold = 0.0;
        let mut weights = Vec::new();
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
                threshold = value.parse().map_err(|_| bad())?;
            } else {
                weights.push((
                    u64::from_str_radix(key, 16).map_err(|_| bad())?,
                    value.parse().map_err(|_| bad())?,
                ));
            }
        }
        Ok(Self {
            weights: weights.into_iter().collect(),
            threshold,
        })
    }
}
