//! A linear-chain conditional random field over characters: decoding with marginals, and training.
//!
//! Labels are O and, for each entity type, B, I, E (a mention has at least two characters). Only the transitions
//! that such labels allow exist, so that a position costs 7 × 7 + 6 × 4 of them instead of 19 × 19.
//! Method: Lafferty, McCallum, Pereira (2001), "Conditional Random Fields"; trained by AdaGrad (Duchi, Hazan,
//! Singer 2011) on the log-likelihood with an L2 prior, single-threaded and in a fixed order, so that the same
//! gold gives the same weights.

use rustc_hash::FxHashMap;

use crate::model::EntityType;
use crate::{Error, Result};

/// Number of entity types.
const T: usize = EntityType::ALL.len();
/// Number of labels.
pub const LABELS: usize = 1 + 3 * T;
/// Weights of one attribute, padded to a multiple of four.
const STRIDE: usize = 20;
const TRANSITIONS: usize = (T + 1) * (T + 1) + 4 * T;

/// Label of the first character of a mention.
pub fn begin(kind: usize) -> usize {
    1 + 3 * kind
}
/// Label of a character between the first and the last.
pub fn inside(kind: usize) -> usize {
    2 + 3 * kind
}
/// Label of the last character.
pub fn end(kind: usize) -> usize {
    3 + 3 * kind
}

/// Index of the transition from leaving state `from` to entering state `to` (0 is O, else type + 1).
fn cross(from: usize, to: usize) -> usize {
    from * (T + 1) + to
}
/// Index of a transition within a mention: 0 B→I, 1 B→E, 2 I→I, 3 I→E.
fn within(kind: usize, step: usize) -> usize {
    (T + 1) * (T + 1) + 4 * kind + step
}

/// The trained weights.
#[derive(Clone, Debug, Default)]
pub struct Crf {
    rows: FxHashMap<u64, u32>,
    weights: Vec<[f32; STRIDE]>,
    transitions: Vec<f32>,
    favour: f32,
}

/// A decoded mention: start and end within the sequence, type index, marginal probability of the whole span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First position.
    pub start: usize,
    /// One past the last position.
    pub end: usize,
    /// Index into [`EntityType::ALL`].
    pub kind: usize,
    /// Probability of exactly this mention, 0 to 1.
    pub probability: f64,
}

/// A labelled sequence.
pub struct Decoded<'a> {
    crf: &'a Crf,
    scores: Vec<[f32; STRIDE]>,
    messages: Option<Messages>,
    /// The best labelling as spans.
    pub spans: Vec<Span>,
}

impl Decoded<'_> {
    /// The marginal probability of a mention of this kind from `start` to `end`.
    pub fn probability(&mut self, start: usize, end: usize, kind: usize) -> f64 {
        let messages = self
            .messages
            .get_or_insert_with(|| Messages::new(&self.scores, &self.crf.transitions));
        self.crf.span_probability(messages, start, end, kind)
    }
}

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

/// Forward and backward messages of one sequence, scaled so that each position sums to one.
struct Messages {
    node: Vec<[f64; LABELS]>,
    alpha: Vec<[f64; LABELS]>,
    beta: Vec<[f64; LABELS]>,
    scale: Vec<f64>,
    edge: [f64; TRANSITIONS],
}

impl Messages {
    fn new(scores: &[[f32; STRIDE]], transitions: &[f32]) -> Self {
        let n = scores.len();
        let mut edge = [0.0; TRANSITIONS];
        for (e, &w) in edge.iter_mut().zip(transitions) {
            *e = f64::from(w).exp();
        }
        let node = scores
            .iter()
            .map(|row| {
                let top = row[..LABELS].iter().copied().fold(f32::MIN, f32::max);
                let mut out = [0.0; LABELS];
                for (o, &s) in out.iter_mut().zip(row) {
                    *o = f64::from(s - top).exp();
                }
                out
            })
            .collect();
        let mut m = Self {
            node,
            alpha: vec![[0.0; LABELS]; n],
            beta: vec![[0.0; LABELS]; n],
            scale: vec![1.0; n],
            edge,
        };
        m.forward();
        m.backward();
        m
    }

    fn forward(&mut self) {
        for i in 0..self.node.len() {
            let mut row = [0.0; LABELS];
            if i == 0 {
                row[0] = self.edge[cross(0, 0)];
                for t in 0..T {
                    row[begin(t)] = self.edge[cross(0, t + 1)];
                }
            } else {
                let prev = self.alpha[i - 1];
                for to in 0..=T {
                    let mut sum = prev[0] * self.edge[cross(0, to)];
                    for t in 0..T {
                        sum += prev[end(t)] * self.edge[cross(t + 1, to)];
                    }
                    row[if to == 0 { 0 } else { begin(to - 1) }] = sum;
                }
                for t in 0..T {
                    row[inside(t)] = prev[begin(t)] * self.edge[within(t, 0)]
                        + prev[inside(t)] * self.edge[within(t, 2)];
                    row[end(t)] = prev[begin(t)] * self.edge[within(t, 1)]
                        + prev[inside(t)] * self.edge[within(t, 3)];
                }
            }
            let mut sum = 0.0;
            for (r, n) in row.iter_mut().zip(&self.node[i]) {
                *r *= n;
                sum += *r;
            }
            let sum = if sum > 0.0 { sum } else { f64::MIN_POSITIVE };
            for r in &mut row {
                *r /= sum;
            }
            self.scale[i] = sum;
            self.alpha[i] = row;
        }
    }

    fn backward(&mut self) {
        let n = self.node.len();
        for i in (0..n).rev() {
            let mut row = [0.0; LABELS];
            if i + 1 == n {
                row[0] = 1.0;
                for t in 0..T {
                    row[end(t)] = 1.0;
                }
            } else {
                let mut next = self.beta[i + 1];
                for (x, w) in next.iter_mut().zip(&self.node[i + 1]) {
                    *x *= w / self.scale[i + 1];
                }
                for from in 0..=T {
                    let mut sum = next[0] * self.edge[cross(from, 0)];
                    for t in 0..T {
                        sum += next[begin(t)] * self.edge[cross(from, t + 1)];
                    }
                    row[if from == 0 { 0 } else { end(from - 1) }] = sum;
                }
                for t in 0..T {
                    row[begin(t)] = next[inside(t)] * self.edge[within(t, 0)]
                        + next[end(t)] * self.edge[within(t, 1)];
                    row[inside(t)] = next[inside(t)] * self.edge[within(t, 2)]
                        + next[end(t)] * self.edge[within(t, 3)];
                }
            }
            self.beta[i] = row;
        }
    }

    /// What the last position must be multiplied with: sequences that end inside a mention do not count.
    fn evidence(&self) -> f64 {
        let n = self.node.len();
        (0..LABELS)
            .map(|l| self.alpha[n - 1][l] * self.beta[n - 1][l])
            .sum::<f64>()
            .max(f64::MIN_POSITIVE)
    }
}

impl Crf {
    /// The row of an attribute, if it has weights.
    pub fn row(&self, key: u64) -> Option<u32> {
        self.rows.get(&key).copied()
    }

    /// Number of attributes with weights.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing has been learned.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn scores(&self, attributes: &[Vec<u32>]) -> Vec<[f32; STRIDE]> {
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

    /// Adds what favours a mention over none: maximum likelihood finds the likeliest labelling, which misses more names than it
    /// makes up; the favour evens the two out.
    fn favour(&self, scores: &mut [[f32; STRIDE]]) {
        for row in scores {
            for kind in 0..T {
                row[begin(kind)] += self.favour;
            }
        }
    }

    /// The best labelling of a sequence as spans, each with its marginal probability.
    pub fn decode(&self, attributes: &[Vec<u32>]) -> Decoded<'_> {
        let mut scores = self.scores(attributes);
        self.favour(&mut scores);
        let labels = if scores.is_empty() {
            Vec::new()
        } else {
            self.viterbi(&scores)
        };
        let mut decoded = Decoded {
            crf: self,
            scores,
            messages: None,
            spans: Vec::new(),
        };
        let mut i = 0;
        while i < labels.len() {
            let start = i;
            let label = labels[i] as usize;
            i += 1;
            if label == 0 {
                continue;
            }
            let kind = (label - 1) / 3;
            while i < labels.len() && labels[i] as usize == inside(kind) {
                i += 1;
            }
            i = (i + 1).min(labels.len());
            let probability = decoded.probability(start, i, kind);
            decoded.spans.push(Span {
                start,
                end: i,
                kind,
                probability,
            });
        }
        decoded
    }

    fn span_probability(&self, m: &Messages, start: usize, stop: usize, kind: usize) -> f64 {
        let mut p = m.alpha[start][begin(kind)];
        for i in start + 1..stop {
            let last = i + 1 == stop;
            let step = match (i == start + 1, last) {
                (true, false) => 0,
                (true, true) => 1,
                (false, false) => 2,
                (false, true) => 3,
            };
            let label = if last { end(kind) } else { inside(kind) };
            p *= m.edge[within(kind, step)] * m.node[i][label] / m.scale[i];
        }
        (p * m.beta[stop - 1][end(kind)] / m.evidence()).clamp(0.0, 1.0)
    }

    fn viterbi(&self, scores: &[[f32; STRIDE]]) -> Vec<u8> {
        let n = scores.len();
        let w = &self.transitions;
        let mut best = [f32::NEG_INFINITY; LABELS];
        best[0] = scores[0][0] + w[cross(0, 0)];
        for t in 0..T {
            best[begin(t)] = scores[0][begin(t)] + w[cross(0, t + 1)];
        }
        let mut back = vec![[0u8; LABELS]; n];
        for i in 1..n {
            let mut next = [f32::NEG_INFINITY; LABELS];
            for to in 0..=T {
                let label = if to == 0 { 0 } else { begin(to - 1) };
                let (mut top, mut from_label) = (best[0] + w[cross(0, to)], 0);
                for t in 0..T {
                    let s = best[end(t)] + w[cross(t + 1, to)];
                    if s > top {
                        (top, from_label) = (s, end(t));
                    }
                }
                next[label] = top + scores[i][label];
                back[i][label] = from_label as u8;
            }
            for t in 0..T {
                for (label, from_begin, from_inside) in [
                    (inside(t), within(t, 0), within(t, 2)),
                    (end(t), within(t, 1), within(t, 3)),
                ] {
                    let (a, b) = (
                        best[begin(t)] + w[from_begin],
                        best[inside(t)] + w[from_inside],
                    );
                    next[label] = a.max(b) + scores[i][label];
                    back[i][label] = if a >= b { begin(t) } else { inside(t) } as u8;
                }
            }
            best = next;
        }
        let mut last = 0;
        for t in 0..T {
            if best[end(t)] > best[last] {
                last = end(t);
            }
        }
        let mut labels = vec![0u8; n];
        labels[n - 1] = last as u8;
        for i in (1..n).rev() {
            labels[i - 1] = back[i][labels[i] as usize];
        }
        labels
    }

    /// Learns weights. `describe` is not needed here: keys stay as they are.
    pub fn train(examples: &[Example], options: &Training) -> Self {
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
        keys.sort_unstable();
        let frequency: Vec<f32> = keys.iter().map(|k| seen[k].2 as f32).collect();
        let mut crf = Crf {
            rows: keys
                .iter()
                .enumerate()
                .map(|(i, &k)| (k, i as u32))
                .collect(),
            weights: vec![[0.0; STRIDE]; keys.len()],
            transitions: vec![0.0; TRANSITIONS],
            favour: options.favour,
        };
        let sequences: Vec<(Vec<Vec<u32>>, &[u8])> = examples
            .iter()
            .map(|e| {
                (
                    e.attributes
                        .iter()
                        .map(|a| a.iter().filter_map(|&k| crf.row(k)).collect())
                        .collect(),
                    &e.labels[..],
                )
            })
            .collect();
        let mut sums = vec![[0.0f32; STRIDE]; keys.len()];
        let mut n_sums = 0.0;
        let mut squares = vec![[1e-2f32; STRIDE]; keys.len()];
        let mut edge_squares = vec![1e-2f32; TRANSITIONS];
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        let mut seed = 0x9E37_79B9_7F4A_7C15u64;
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
                crf.step(
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
                for (sum, w) in sums.iter_mut().zip(&crf.weights) {
                    for (s, w) in sum.iter_mut().zip(w) {
                        *s += w;
                    }
                }
            }
        }
        if n_sums > 0.0 {
            for (w, sum) in crf.weights.iter_mut().zip(&sums) {
                for (w, s) in w.iter_mut().zip(sum) {
                    *w = s / n_sums;
                }
            }
        }
        crf.prune(options.prune);
        crf
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
        let mut scores = self.scores(attributes);
        for s in scores.iter_mut().flatten() {
            *s *= scale;
        }
        let m = Messages::new(&scores, &self.transitions);
        let z = m.evidence();
        let n = attributes.len();
        let mut edges = [0.0f64; TRANSITIONS];
        for i in 0..n {
            let mut gradient = [0.0f32; STRIDE];
            let mut largest = 0.0f32;
            for l in 0..LABELS {
                let p = m.alpha[i][l] * m.beta[i][l] / z;
                gradient[l] = p as f32 - f32::from(u8::from(labels[i] as usize == l));
                largest = largest.max(gradient[l].abs());
            }
            if i == 0 {
                for to in 0..=T {
                    let l = if to == 0 { 0 } else { begin(to - 1) };
                    edges[cross(0, to)] += f64::from(gradient[l]);
                }
            } else {
                self.edge_gradient(&m, i, z, labels, &mut edges);
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

    fn edge_gradient(
        &self,
        m: &Messages,
        i: usize,
        z: f64,
        labels: &[u8],
        edges: &mut [f64; TRANSITIONS],
    ) {
        let prev = &m.alpha[i - 1];
        let mut next = m.beta[i];
        for (x, w) in next.iter_mut().zip(&m.node[i]) {
            *x *= w / m.scale[i] / z;
        }
        for from in 0..=T {
            let a = prev[if from == 0 { 0 } else { end(from - 1) }];
            for to in 0..=T {
                edges[cross(from, to)] +=
                    a * m.edge[cross(from, to)] * next[if to == 0 { 0 } else { begin(to - 1) }];
            }
        }
        for t in 0..T {
            for (step, from, to) in [
                (0, begin(t), inside(t)),
                (1, begin(t), end(t)),
                (2, inside(t), inside(t)),
                (3, inside(t), end(t)),
            ] {
                edges[within(t, step)] += prev[from] * m.edge[within(t, step)] * next[to];
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

    fn prune(&mut self, least: f32) {
        let mut keys: Vec<(u64, u32)> = self.rows.iter().map(|(&k, &r)| (k, r)).collect();
        keys.sort_unstable();
        let mut rows = FxHashMap::default();
        let mut weights = Vec::new();
        for (key, row) in keys {
            let mut w = self.weights[row as usize];
            for x in &mut w {
                *x = if x.abs() < least {
                    0.0
                } else {
                    (*x * 100.0).round() / 100.0
                };
            }
            if w.iter().any(|&x| x != 0.0) {
                rows.insert(key, weights.len() as u32);
                weights.push(w);
            }
        }
        self.rows = rows;
        self.weights = weights;
        for w in &mut self.transitions {
            *w = (*w * 1000.0).round() / 1000.0;
        }
    }

    /// Writes the weights as text: key, readable name, then label:weight pairs; transitions first.
    pub fn to_tsv(&self, describe: impl Fn(u64) -> String) -> String {
        use std::fmt::Write as _;
        let mut out = String::new();
        writeln!(out, "f\t{}", self.favour).expect("writing to a string");
        for (i, w) in self.transitions.iter().enumerate() {
            writeln!(out, "t\t{i}\t{w}").expect("writing to a string");
        }
        let mut keys: Vec<(u64, u32)> = self.rows.iter().map(|(&k, &r)| (k, r)).collect();
        keys.sort_unstable();
        for (key, row) in keys {
            write!(out, "{key:x}\t{}", describe(key)).expect("writing to a string");
            for (l, w) in self.weights[row as usize].iter().enumerate() {
                if *w != 0.0 {
                    write!(out, "\t{}:{w}", label_name(l)).expect("writing to a string");
                }
            }
            out.push('\n');
        }
        out
    }

    /// Reads what [`Crf::to_tsv`] wrote.
    pub fn from_tsv(path: &str, text: &str) -> Result<Self> {
        let mut crf = Crf {
            transitions: vec![0.0; TRANSITIONS],
            ..Crf::default()
        };
        for (n, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let bad = || {
                Error::data(
                    path,
                    n + 1,
                    "expected key, name and label:weight cells, as `xiangtu train` writes them",
                )
            };
            let mut cells = line.split('\t');
            let key = cells.next().ok_or_else(bad)?;
            let name = cells.next().ok_or_else(bad)?;
            if key == "f" {
                crf.favour = name.parse().map_err(|_| bad())?;
                continue;
            }
            if key == "t" {
                let i: usize = name.parse().map_err(|_| bad())?;
                *crf.transitions.get_mut(i).ok_or_else(bad)? =
                    cells.next().and_then(|w| w.parse().ok()).ok_or_else(bad)?;
                continue;
            }
            let mut row = [0.0; STRIDE];
            for cell in cells {
                let (label, weight) = cell.split_once(':').ok_or_else(bad)?;
                row[label_index(label).ok_or_else(bad)?] = weight.parse().map_err(|_| bad())?;
            }
            crf.rows.insert(
                u64::from_str_radix(key, 16).map_err(|_| bad())?,
                crf.weights.len() as u32,
            );
            crf.weights.push(row);
        }
        Ok(crf)
    }
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
    /// Added to the score of every beginning of a mention when decoding.
    pub favour: f32,
    /// Whether the weights are the mean over the second half of the passes.
    pub average: bool,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            epochs: 30,
            rate: 0.05,
            l2: 1.0,
            min_documents: 3,
            prune: 0.05,
            dropout: 0.5,
            favour: 1.0,
            average: true,
        }
    }
}

fn label_name(label: usize) -> String {
    if label == 0 {
        "O".into()
    } else {
        format!(
            "{}-{}",
            ["B", "I", "E"][(label - 1) % 3],
            EntityType::ALL[(label - 1) / 3].name()
        )
    }
}

fn label_index(name: &str) -> Option<usize> {
    (0..LABELS).find(|&l| label_name(l) == name)
}
