//! Forward and backward messages over sequences of characters.

use std::ops::Range;

use super::{LABELS, T, TRANSITIONS, begin, cross, end, inside, within};

/// Entering states of a position: O, then one for each type; padded.
const WIDTH: usize = 8;
type Lane = [f64; WIDTH];

/// A number for each label, so laid out that what is done to all types alike is done at once.
///
/// A type stands at its index plus one in each lane; what stands at no label is zero.
#[derive(Clone, Copy, Debug, Default)]
pub struct States {
    /// O, and B of each type: the labels that can be entered from outside.
    pub enter: Lane,
    /// I of each type.
    pub inner: Lane,
    /// E of each type.
    pub leave: Lane,
}

impl States {
    /// Takes a number for each label.
    #[inline(always)]
    pub fn set(&mut self, of: impl Fn(usize) -> f64) {
        self.enter[0] = of(0);
        for t in 0..T {
            self.enter[t + 1] = of(begin(t));
            self.inner[t + 1] = of(inside(t));
            self.leave[t + 1] = of(end(t));
        }
    }

    /// The number of a label.
    pub fn at(&self, label: usize) -> f64 {
        match label.checked_sub(1) {
            None => self.enter[0],
            Some(label) => [self.enter, self.inner, self.leave][label % 3][label / 3 + 1],
        }
    }
}

/// The sum over all labels: first lane by lane, then by halves, so that no addition waits for more than a few others.
#[inline(always)]
fn sum(enter: &Lane, inner: &Lane, leave: &Lane) -> f64 {
    let of_type: Lane = std::array::from_fn(|k| enter[k] + (inner[k] + leave[k]));
    let half: [f64; 4] = std::array::from_fn(|k| of_type[k] + of_type[k + 4]);
    (half[0] + half[2]) + (half[1] + half[3])
}

/// Exponentials of the weights of transitions.
#[derive(Clone, Copy, Debug)]
pub struct Edges {
    /// From leaving state to entering state: 0 is O, else type + 1; padded.
    pub cross: [Lane; T + 1],
    /// The same by entering state, then leaving state.
    crossed: [Lane; T + 1],
    /// Within a mention: B→I, B→E, I→I, I→E, each by type.
    pub within: [Lane; 4],
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
            cross: [Lane::default(); T + 1],
            crossed: [Lane::default(); T + 1],
            within: [Lane::default(); 4],
        };
        for t in 0..T {
            for (step, lane) in edges.within.iter_mut().enumerate() {
                lane[t + 1] = edge(within(t, step));
            }
        }
        for from in 0..=T {
            for to in 0..=T {
                edges.cross[from][to] = edge(cross(from, to));
                edges.crossed[to][from] = edge(cross(from, to));
            }
        }
        edges
    }
}

/// Forward and backward messages of sequences, one behind the other, scaled so that each position sums to one.
#[derive(Default)]
pub struct Messages {
    /// Exponentials of the weights of the labels.
    pub node: Vec<States>,
    /// What is before.
    pub alpha: Vec<States>,
    /// What is behind.
    pub beta: Vec<States>,
    /// What each position was multiplied with.
    pub scale: Vec<f64>,
    /// So many positions belong to sequences; what is behind them is left from others.
    used: usize,
}

/// `Σ weights[i] · rows[i]` over the entering or leaving states, in the order of the states.
#[inline(always)]
fn combine(weights: &Lane, rows: &[Lane; T + 1]) -> Lane {
    let mut sum = Lane::default();
    for (w, row) in weights.iter().zip(rows) {
        for (s, r) in sum.iter_mut().zip(row) {
            *s += w * r;
        }
    }
    sum
}

/// `a · x + b · y` by type.
#[inline(always)]
fn mix(a: &Lane, x: &Lane, b: &Lane, y: &Lane) -> Lane {
    std::array::from_fn(|k| a[k] * x[k] + b[k] * y[k])
}

#[inline(always)]
fn times(a: &Lane, b: &Lane) -> Lane {
    std::array::from_fn(|k| a[k] * b[k])
}

impl Messages {
    /// Forgets all sequences, but keeps their room for others.
    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// Adds a sequence of so many positions, of which nothing is known yet; returns which positions are its own.
    pub fn add(&mut self, n: usize) -> Range<usize> {
        let own = self.used..self.used + n;
        self.used = own.end;
        if self.node.len() < own.end {
            for states in [&mut self.node, &mut self.alpha, &mut self.beta] {
                states.resize(own.end, States::default());
            }
            self.scale.resize(own.end, 1.0);
        }
        own
    }

    /// Passes the messages of a sequence, whose exponentials of the labels' weights are there.
    #[inline(always)]
    pub fn pass(&mut self, own: Range<usize>, edges: &Edges) {
        self.forward(own.clone(), edges);
        self.backward(own, edges);
    }

    #[inline(always)]
    fn forward(&mut self, own: Range<usize>, edges: &Edges) {
        let [to_inner, to_leave, stay, ends] = &edges.within;
        for i in own.clone() {
            let (before, here) = self.alpha.split_at_mut(i);
            let (mut enter, mut inner, mut leave);
            if i == own.start {
                (enter, inner, leave) = (edges.cross[0], Lane::default(), Lane::default());
            } else {
                let prev = &before[i - 1];
                // What can be left for another mention or for none: O, and E of each type.
                let mut outer = prev.leave;
                outer[0] = prev.enter[0];
                enter = combine(&outer, &edges.cross);
                inner = mix(&prev.enter, to_inner, &prev.inner, stay);
                leave = mix(&prev.enter, to_leave, &prev.inner, ends);
            }
            let node = &self.node[i];
            enter = times(&enter, &node.enter);
            inner = times(&inner, &node.inner);
            leave = times(&leave, &node.leave);
            let sum = sum(&enter, &inner, &leave);
            let sum = if sum > 0.0 { sum } else { f64::MIN_POSITIVE };
            // One division, then multiplications, which cost a fraction of it.
            let part = 1.0 / sum;
            self.scale[i] = part;
            let alpha = &mut here[0];
            for k in 0..WIDTH {
                alpha.enter[k] = enter[k] * part;
                alpha.inner[k] = inner[k] * part;
                alpha.leave[k] = leave[k] * part;
            }
        }
    }

    #[inline(always)]
    fn backward(&mut self, own: Range<usize>, edges: &Edges) {
        let [to_inner, to_leave, stay, ends] = &edges.within;
        if let Some(last) = self.beta[own.clone()].last_mut() {
            *last = States::default();
            last.enter[0] = 1.0;
            last.leave[1..=T].fill(1.0);
        }
        for i in (own.start + 1..own.end).rev() {
            let (before, here) = self.beta.split_at_mut(i);
            let (next, node, scale) = (&here[0], &self.node[i], self.scale[i]);
            let weigh =
                |x: &Lane, w: &Lane| -> Lane { std::array::from_fn(|k| x[k] * (w[k] * scale)) };
            let enter = weigh(&next.enter, &node.enter);
            let inner = weigh(&next.inner, &node.inner);
            let leave = weigh(&next.leave, &node.leave);
            let outer = combine(&enter, &edges.crossed);
            let beta = &mut before[i - 1];
            beta.enter = mix(&inner, to_inner, &leave, to_leave);
            beta.enter[0] = outer[0];
            beta.inner = mix(&inner, stay, &leave, ends);
            beta.leave = outer;
            beta.leave[0] = 0.0;
        }
    }

    /// What the last of some positions must be multiplied with: sequences that end inside a mention do not count.
    pub fn evidence(&self, own: &Range<usize>) -> f64 {
        let (alpha, beta) = (&self.alpha[own.end - 1], &self.beta[own.end - 1]);
        let both = |l| alpha.at(l) * beta.at(l);
        (0..LABELS).map(both).sum::<f64>().max(f64::MIN_POSITIVE)
    }
}
