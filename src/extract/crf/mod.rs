//! A linear-chain conditional random field over characters: decoding with marginals, and training.
//!
//! Labels are O and, for each entity type, B, I, E (a mention has at least two characters). Only the transitions
//! that such labels allow exist, so that a position costs 7 × 7 + 6 × 4 of them instead of 19 × 19.
//! Method: Lafferty, McCallum, Pereira (2001), "Conditional Random Fields"; trained by AdaGrad (Duchi, Hazan,
//! Singer 2011) on the log-likelihood with an L2 prior, single-threaded and in a fixed order, so that the same
//! gold gives the same weights.

mod train;

pub use train::{Example, Training};

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::evidence::{Sink, group_of};
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
    /// For each group of attributes the roles that have weights, and the row of the first of them.
    groups: FxHashMap<u64, (u16, u32)>,
    /// The attribute of each row, by group, then role.
    keys: Vec<u64>,
    weights: Vec<[f32; STRIDE]>,
    transitions: Vec<f32>,
}

/// A possible mention: start and end within the sequence, type index, marginal probability of the whole span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First character in the document.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Index into [`EntityType::ALL`].
    pub kind: usize,
    /// Probability of exactly this mention, 0 to 1.
    pub probability: f64,
}

/// How likely every mention of a stretch of characters is.
///
/// Characters that are surely no part of a name cut the stretch into pieces, which are looked at one by one.
pub struct Lattice {
    pieces: Vec<Piece>,
}

struct Piece {
    /// First character in the document.
    start: usize,
    messages: Messages,
    evidence: f64,
}

/// A character is surely outside of names if the weights of any other label are lower by this: odds of 1 to 20,000 at best.
const SURE: f32 = 10.0;

impl Lattice {
    fn new(start: usize, scores: &[[f32; STRIDE]], transitions: &[f32]) -> Self {
        let sure = |row: &[f32; STRIDE]| {
            let top = row[1..LABELS].iter().copied().fold(f32::MIN, f32::max);
            row[0] - top > SURE
        };
        let mut pieces = Vec::new();
        let mut i = 0;
        while i < scores.len() {
            if sure(&scores[i]) {
                i += 1;
                continue;
            }
            let first = i.saturating_sub(1);
            while i < scores.len() && !sure(&scores[i]) {
                i += 1;
            }
            let end = (i + 1).min(scores.len());
            let messages = Messages::new(&scores[first..end], transitions);
            pieces.push(Piece {
                start: start + first,
                evidence: messages.evidence(),
                messages,
            });
        }
        Self { pieces }
    }

    /// The marginal probability of a mention of this kind from `start` to `end`, as places in the document.
    pub fn probability(&self, start: usize, end: usize, kind: usize) -> f64 {
        let piece = self.pieces.partition_point(|p| p.start <= start);
        piece
            .checked_sub(1)
            .map(|i| &self.pieces[i])
            .filter(|p| end <= p.start + p.messages.node.len())
            .map_or(0.0, |p| p.probability(start - p.start, end - p.start, kind))
    }

    /// Every mention with at least this marginal probability.
    pub fn spans(&self, floor: f64) -> impl Iterator<Item = Span> {
        self.pieces.iter().flat_map(move |p| p.spans(floor))
    }
}

impl Piece {
    fn probability(&self, start: usize, end: usize, kind: usize) -> f64 {
        if end < start + 2 {
            return 0.0;
        }
        let m = &self.messages;
        let p = (start + 1..end).fold(m.alpha[start][begin(kind)], |p, i| {
            p * self.step(start, i, end, kind)
        });
        (p * m.beta[end - 1][self::end(kind)] / self.evidence).clamp(0.0, 1.0)
    }

    /// What the label at `i` multiplies within a mention.
    fn step(&self, start: usize, i: usize, stop: usize, kind: usize) -> f64 {
        let m = &self.messages;
        let (label, ends) = match i + 1 == stop {
            true => (end(kind), 1),
            false => (inside(kind), 0),
        };
        let from = if i == start + 1 { 0 } else { 2 };
        m.edge[within(kind, from + ends)] * m.node[i][label] / m.scale[i]
    }

    fn spans(&self, floor: f64) -> Vec<Span> {
        let m = &self.messages;
        let n = m.node.len();
        let mut spans = Vec::new();
        for start in 0..n {
            for kind in 0..T {
                // The probability that a mention begins here and has not ended before `i`.
                let mut open = m.alpha[start][begin(kind)];
                if open * m.beta[start][begin(kind)] < floor * self.evidence {
                    continue;
                }
                for i in start + 1..n {
                    let last = open * self.step(start, i, i + 1, kind);
                    let probability = last * m.beta[i][end(kind)] / self.evidence;
                    if probability >= floor {
                        spans.push(Span {
                            start: self.start + start,
                            end: self.start + i + 1,
                            kind,
                            probability: probability.min(1.0),
                        });
                    }
                    open *= self.step(start, i, i + 2, kind);
                    if open * m.beta[i][inside(kind)] < floor * self.evidence {
                        break;
                    }
                }
            }
        }
        spans
    }
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

/// Sums of weights, character by character.
pub struct Scores<'a> {
    crf: &'a Crf,
    rows: Vec<[f32; STRIDE]>,
}

impl Sink for Scores<'_> {
    fn tell(&mut self, group: u64, at: impl Iterator<Item = (usize, u8)>) {
        let Some(&(roles, first)) = self.crf.groups.get(&group) else {
            return;
        };
        for (i, role) in at {
            if roles >> role & 1 == 1 {
                let row = first + (roles & ((1 << role) - 1)).count_ones();
                for (s, w) in self.rows[i].iter_mut().zip(&self.crf.weights[row as usize]) {
                    *s += w;
                }
            }
        }
    }
}

impl Scores<'_> {
    /// How likely each labelling of a stretch of characters is.
    pub fn lattice(&self, start: usize, end: usize) -> Lattice {
        Lattice::new(start, &self.rows[start..end], &self.crf.transitions)
    }
}

impl Crf {
    fn new(rows: Vec<(u64, [f32; STRIDE])>, transitions: Vec<f32>) -> Self {
        let mut rows = rows;
        rows.sort_unstable_by_key(|(key, _)| group_of(*key));
        let mut groups: FxHashMap<u64, (u16, u32)> = FxHashMap::default();
        for (row, (key, _)) in rows.iter().enumerate() {
            let (group, role) = group_of(*key);
            groups.entry(group).or_insert((0, row as u32)).0 |= 1 << role;
        }
        let (keys, weights) = rows.into_iter().unzip();
        Self {
            groups,
            keys,
            weights,
            transitions,
        }
    }

    /// The row of an attribute, if it has weights.
    fn row(&self, key: u64) -> Option<u32> {
        let (group, role) = group_of(key);
        let &(roles, first) = self.groups.get(&group)?;
        (roles >> role & 1 == 1).then(|| first + (roles & ((1 << role) - 1)).count_ones())
    }

    /// Number of attributes with weights.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether nothing has been learned.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Scores of so many characters, of which nothing is told yet.
    pub fn scores(&self, n_chars: usize) -> Scores<'_> {
        Scores {
            crf: self,
            rows: vec![[0.0; STRIDE]; n_chars],
        }
    }

    /// Writes the weights as text: key, readable name, then label:weight pairs; transitions first.
    pub fn to_tsv(&self, describe: impl Fn(u64) -> String) -> String {
        use std::fmt::Write as _;
        let mut out = String::new();
        for (i, w) in self.transitions.iter().enumerate() {
            writeln!(out, "t\t{i}\t{w}").expect("writing to a string");
        }
        for (&key, weights) in self.keys.iter().zip(&self.weights) {
            write!(out, "{key:x}\t{}", describe(key)).expect("writing to a string");
            for (l, w) in weights.iter().enumerate() {
                if *w != 0.0 {
                    write!(out, "\t{}:{w}", NAMES[l]).expect("writing to a string");
                }
            }
            out.push('\n');
        }
        out
    }

    /// Reads what [`Crf::to_tsv`] wrote.
    pub fn from_tsv(path: &str, text: &str) -> Result<Self> {
        let labels: FxHashMap<&str, usize> = NAMES.iter().map(String::as_str).zip(0..).collect();
        let mut transitions = vec![0.0; TRANSITIONS];
        let mut rows = Vec::new();
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
            if key == "t" {
                let i: usize = name.parse().map_err(|_| bad())?;
                *transitions.get_mut(i).ok_or_else(bad)? =
                    cells.next().and_then(|w| w.parse().ok()).ok_or_else(bad)?;
                continue;
            }
            let mut row = [0.0; STRIDE];
            for cell in cells {
                let (label, weight) = cell.split_once(':').ok_or_else(bad)?;
                let label = labels.get(label).ok_or_else(bad)?;
                row[*label] = weight.parse().map_err(|_| bad())?;
            }
            rows.push((u64::from_str_radix(key, 16).map_err(|_| bad())?, row));
        }
        Ok(Self::new(rows, transitions))
    }
}

/// The names of labels, by number.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let of = |kind: EntityType| ["B", "I", "E"].map(|part| format!("{part}-{}", kind.name()));
    std::iter::once("O".to_owned())
        .chain(EntityType::ALL.into_iter().flat_map(of))
        .collect()
});
