//! Forward and backward messages over sequences of characters.

use std::ops::{Add, AddAssign, Mul, Range};

use super::{LABELS, T, TRANSITIONS, begin, cross, end, inside, within};

/// Entering states of a position: O, then one for each type; padded.
pub const WIDTH: usize = 8;
type Lane<N> = [N; WIDTH];

/// What messages are made of: labelling takes single precision, of which twice as many fit into a register, training double.
pub trait Number:
    Copy + Default + PartialOrd + Add<Output = Self> + AddAssign + Mul<Output = Self>
{
    /// One.
    const ONE: Self;
    /// A power of two by which a positive number becomes one from one to two: to multiply with it loses nothing.
    fn balance(self) -> Self;
    /// The nearest of these numbers.
    fn of(number: f64) -> Self;
    /// The same in double precision.
    fn wide(self) -> f64;
}

impl Number for f32 {
    const ONE: Self = 1.0;
    #[inline(always)]
    fn balance(self) -> Self {
        let exponent = self.to_bits() >> (Self::MANTISSA_DIGITS - 1);
        Self::from_bits(254u32.saturating_sub(exponent) << (Self::MANTISSA_DIGITS - 1))
    }
    #[inline(always)]
    fn of(number: f64) -> Self {
        number as Self
    }
    #[inline(always)]
    fn wide(self) -> f64 {
        f64::from(self)
    }
}

impl Number for f64 {
    const ONE: Self = 1.0;
    #[inline(always)]
    fn balance(self) -> Self {
        let exponent = self.to_bits() >> (Self::MANTISSA_DIGITS - 1);
        Self::from_bits(2046u64.saturating_sub(exponent) << (Self::MANTISSA_DIGITS - 1))
    }
    #[inline(always)]
    fn of(number: f64) -> Self {
        number
    }
    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
}

/// What the labels of a sequence weigh.
pub trait Nodes<N> {
    /// The exponentials of the weights of the labels at a position of it.
    fn at(&self, place: usize) -> States<N>;
}

/// A number for each label, so laid out that what is done to all types alike is done at once.
///
/// A type stands at its index plus one in each lane; what stands at no label is zero, or is multiplied with zero.
#[derive(Clone, Copy, Debug, Default)]
pub struct States<N> {
    /// O, and B of each type: the labels that can be entered from outside.
    pub enter: Lane<N>,
    /// I of each type.
    pub inner: Lane<N>,
    /// E of each type.
    pub leave: Lane<N>,
}

impl<N: Number> States<N> {
    /// Takes a number for each label.
    #[inline(always)]
    pub fn set(&mut self, of: impl Fn(usize) -> N) {
        self.enter[0] = of(0);
        for t in 0..T {
            self.enter[t + 1] = of(begin(t));
            self.inner[t + 1] = of(inside(t));
            self.leave[t + 1] = of(end(t));
        }
    }

    /// The number of a label.
    pub fn at(&self, label: usize) -> N {
        match label.checked_sub(1) {
            None => self.enter[0],
            Some(label) => [self.enter, self.inner, self.leave][label % 3][label / 3 + 1],
        }
    }
}

/// The sum over all labels: first lane by lane, then by halves, so that no addition waits for more than a few others.
#[inline(always)]
fn sum<N: Number>(enter: &Lane<N>, inner: &Lane<N>, leave: &Lane<N>) -> N {
    let of_type: Lane<N> = std::array::from_fn(|k| enter[k] + (inner[k] + leave[k]));
    let half: [N; 4] = std::array::from_fn(|k| of_type[k] + of_type[k + 4]);
    (half[0] + half[2]) + (half[1] + half[3])
}

/// Exponentials of the weights of transitions.
#[derive(Clone, Copy, Debug)]
pub struct Edges<N> {
    /// From leaving state to entering state: 0 is O, else type + 1; padded.
    pub cross: [Lane<N>; T + 1],
    /// The same by entering state, then leaving state.
    crossed: [Lane<N>; T + 1],
    /// Within a mention: B→I, B→E, I→I, I→E, each by type.
    pub within: [Lane<N>; 4],
    /// One for O, which is entered and left in one and stands first; in memory, as the compiler would take lanes apart by numbers
    /// that it knows.
    outside: Lane<N>,
    /// One for each type.
    of_types: Lane<N>,
}

impl<N: Number> Default for Edges<N> {
    fn default() -> Self {
        Self::new(&[0.0; TRANSITIONS])
    }
}

impl<N: Number> Edges<N> {
    /// From the weights of transitions.
    pub fn new(transitions: &[f32]) -> Self {
        let edge =
            |i: usize| N::of(f64::from(transitions.get(i).copied().unwrap_or_default()).exp());
        let mut edges = Self {
            cross: [Lane::default(); T + 1],
            crossed: [Lane::default(); T + 1],
            within: [Lane::default(); 4],
            outside: Lane::default(),
            of_types: Lane::default(),
        };
        edges.outside[0] = N::ONE;
        edges.of_types[1..=T].fill(N::ONE);
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

/// Forward and backward messages of sequences, one behind the other, scaled so that what is before each position sums to about one.
#[derive(Default)]
pub struct Messages<N> {
    /// Exponentials of the weights of the labels.
    pub node: Vec<States<N>>,
    /// What is before.
    pub alpha: Vec<States<N>>,
    /// What is behind.
    pub beta: Vec<States<N>>,
    /// What each position was multiplied with.
    pub scale: Vec<N>,
    /// So many positions belong to sequences; what is behind them is left from others.
    used: usize,
}

/// `Σ weights[i] · rows[i]` over the entering or leaving states; every other one by itself, so that additions wait for fewer
/// others.
#[inline(always)]
fn combine<N: Number>(weights: &Lane<N>, rows: &[Lane<N>; T + 1]) -> Lane<N> {
    let mut sums: [Lane<N>; 2] = [Lane::default(); 2];
    for (i, (w, row)) in weights.iter().zip(rows).enumerate() {
        for (s, r) in sums[i % 2].iter_mut().zip(row) {
            *s += *w * *r;
        }
    }
    std::array::from_fn(|k| sums[0][k] + sums[1][k])
}

/// `a · x + b · y` by type.
#[inline(always)]
fn mix<N: Number>(a: &Lane<N>, x: &Lane<N>, b: &Lane<N>, y: &Lane<N>) -> Lane<N> {
    std::array::from_fn(|k| a[k] * x[k] + b[k] * y[k])
}

impl<N: Number> Messages<N> {
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
            self.scale.resize(own.end, N::ONE);
        }
        own
    }

    /// Passes the messages of a sequence.
    #[inline(always)]
    pub fn pass(&mut self, own: Range<usize>, edges: &Edges<N>, nodes: &(impl Nodes<N> + ?Sized)) {
        self.forward(own.clone(), edges, nodes);
        self.backward(own, edges);
    }

    #[inline(always)]
    fn forward(&mut self, own: Range<usize>, edges: &Edges<N>, nodes: &(impl Nodes<N> + ?Sized)) {
        let [to_inner, to_leave, stay, ends] = &edges.within;
        let mut prev = States::default();
        let mut mass = N::ONE;
        for (place, i) in own.enumerate() {
            let here = nodes.at(place);
            self.node[i] = here;
            // By the sum of the position before, not by its own: for that all that follows would have to wait.
            let part = mass.balance();
            self.scale[i] = part;
            let (enter, inner, leave);
            if place == 0 {
                (enter, inner, leave) = (edges.cross[0], Lane::default(), Lane::default());
            } else {
                // What can be left for another mention or for none: O, and E of each type.
                let mut outer = prev.leave;
                outer[0] = prev.enter[0];
                enter = combine(&outer, &edges.cross);
                inner = mix(&prev.enter, to_inner, &prev.inner, stay);
                leave = mix(&prev.enter, to_leave, &prev.inner, ends);
            }
            let weigh = |x: &Lane<N>, w: &Lane<N>| -> Lane<N> {
                std::array::from_fn(|k| x[k] * (w[k] * part))
            };
            prev = States {
                enter: weigh(&enter, &here.enter),
                inner: weigh(&inner, &here.inner),
                leave: weigh(&leave, &here.leave),
            };
            mass = sum(&prev.enter, &prev.inner, &prev.leave);
            self.alpha[i] = prev;
        }
    }

    #[inline(always)]
    fn backward(&mut self, own: Range<usize>, edges: &Edges<N>) {
        let [to_inner, to_leave, stay, ends] = &edges.within;
        if let Some(last) = self.beta[own.clone()].last_mut() {
            *last = States::default();
            last.enter[0] = N::ONE;
            last.leave[1..=T].fill(N::ONE);
        }
        for i in (own.start + 1..own.end).rev() {
            let (next, node, scale) = (self.beta[i], &self.node[i], self.scale[i]);
            let weigh = |x: &Lane<N>, w: &Lane<N>| -> Lane<N> {
                std::array::from_fn(|k| x[k] * (w[k] * scale))
            };
            let enter = weigh(&next.enter, &node.enter);
            let inner = weigh(&next.inner, &node.inner);
            let leave = weigh(&next.leave, &node.leave);
            let outer = combine(&enter, &edges.crossed);
            let within = mix(&inner, to_inner, &leave, to_leave);
            self.beta[i - 1] = States {
                enter: std::array::from_fn(|k| within[k] + outer[k] * edges.outside[k]),
                inner: mix(&inner, stay, &leave, ends),
                leave: std::array::from_fn(|k| outer[k] * edges.of_types[k]),
            };
        }
    }

    /// What the last of some positions must be multiplied with: sequences that end inside a mention do not count.
    pub fn evidence(&self, own: &Range<usize>) -> f64 {
        let (alpha, beta) = (&self.alpha[own.end - 1], &self.beta[own.end - 1]);
        let both = |l| alpha.at(l).wide() * beta.at(l).wide();
        (0..LABELS).map(both).sum::<f64>().max(f64::MIN_POSITIVE)
    }
}
