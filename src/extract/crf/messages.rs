//! Forward and backward messages over a sequence of characters.

use super::{LABELS, T, TRANSITIONS, begin, cross, end, inside, within};

/// Exponentials of the weights of transitions.
#[derive(Clone, Copy, Debug)]
pub struct Edges {
    /// From leaving state to entering state: 0 is O, else type + 1; padded.
    pub cross: [[f64; 8]; T + 1],
    /// The same by entering state, then leaving state.
    crossed: [[f64; 8]; T + 1],
    /// Within a mention of each type: B→I, B→E, I→I, I→E.
    pub within: [[f64; 4]; T],
}

impl Default for Edges {
    fn default() -> Self {
        Self::new(&[0.0; TRANSITIONS])
    }
}

impl Edges {
    /// From the weights of transitions.
    pub fn new(transitions: &[f32]) -> Self {
        let edge = |i: usize| f64::from(transitions.get(i).copied().unwrap_or_default()).exp();
        let mut edges = Self {
            cross: [[0.0; 8]; T + 1],
            crossed: [[0.0; 8]; T + 1],
            within: std::array::from_fn(|t| std::array::from_fn(|step| edge(within(t, step)))),
        };
        for from in 0..=T {
            for to in 0..=T {
                edges.cross[from][to] = edge(cross(from, to));
                edges.crossed[to][from] = edge(cross(from, to));
            }
        }
        edges
    }
}

/// Forward and backward messages of one sequence, scaled so that each position sums to one.
pub struct Messages {
    pub node: Vec<[f64; LABELS]>,
    pub alpha: Vec<[f64; LABELS]>,
    pub beta: Vec<[f64; LABELS]>,
    pub scale: Vec<f64>,
    pub edges: Edges,
}

/// `Σ weights[i] · rows[i]` over the entering or leaving states, in the order of the states.
fn combine(weights: impl Iterator<Item = f64>, rows: &[[f64; 8]; T + 1]) -> [f64; 8] {
    let mut sum = [0.0; 8];
    for (w, row) in weights.zip(rows) {
        for (s, r) in sum.iter_mut().zip(row) {
            *s += w * r;
        }
    }
    sum
}

impl Messages {
    /// Messages over positions with these exponentials of their labels' weights.
    pub fn new(node: Vec<[f64; LABELS]>, edges: Edges) -> Self {
        let n = node.len();
        let mut m = Self {
            node,
            alpha: vec![[0.0; LABELS]; n],
            beta: vec![[0.0; LABELS]; n],
            scale: vec![1.0; n],
            edges,
        };
        m.forward();
        m.backward();
        m
    }

    fn forward(&mut self) {
        for i in 0..self.node.len() {
            let mut row = [0.0; LABELS];
            let enter = if i == 0 {
                self.edges.cross[0]
            } else {
                let prev = &self.alpha[i - 1];
                for (t, [bi, be, ii, ie]) in self.edges.within.iter().enumerate() {
                    row[inside(t)] = prev[begin(t)] * bi + prev[inside(t)] * ii;
                    row[end(t)] = prev[begin(t)] * be + prev[inside(t)] * ie;
                }
                let leave = std::iter::once(prev[0]).chain((0..T).map(|t| prev[end(t)]));
                combine(leave, &self.edges.cross)
            };
            row[0] = enter[0];
            for t in 0..T {
                row[begin(t)] = enter[t + 1];
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
                let enter = std::iter::once(next[0]).chain((0..T).map(|t| next[begin(t)]));
                let leave = combine(enter, &self.edges.crossed);
                row[0] = leave[0];
                for (t, [bi, be, ii, ie]) in self.edges.within.iter().enumerate() {
                    row[end(t)] = leave[t + 1];
                    row[begin(t)] = next[inside(t)] * bi + next[end(t)] * be;
                    row[inside(t)] = next[inside(t)] * ii + next[end(t)] * ie;
                }
            }
            self.beta[i] = row;
        }
    }

    /// What the last position must be multiplied with: sequences that end inside a mention do not count.
    pub fn evidence(&self) -> f64 {
        let n = self.node.len();
        (0..LABELS)
            .map(|l| self.alpha[n - 1][l] * self.beta[n - 1][l])
            .sum::<f64>()
            .max(f64::MIN_POSITIVE)
    }
}
