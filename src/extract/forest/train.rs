//! Growing the trees.

use super::{DEPTH, Forest, LEAVES, Tree, kept};

/// What is learned from: columns of candidates, whether each is right, and the log-odds that the trees add to.
#[derive(Clone, Debug)]
pub struct Samples {
    width: usize,
    rows: Vec<f32>,
    right: Vec<bool>,
    odds: Vec<f32>,
}

impl Samples {
    /// None yet, of so many columns.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            rows: Vec::new(),
            right: Vec::new(),
            odds: Vec::new(),
        }
    }

    /// Adds a candidate.
    pub fn push(&mut self, row: &[f32], right: bool, odds: f32) {
        assert_eq!(row.len(), self.width);
        self.rows.extend(row);
        self.right.push(right);
        self.odds.push(odds);
    }

    /// Adds others.
    pub fn extend(&mut self, others: &Self) {
        assert_eq!(others.width, self.width);
        self.rows.extend(&others.rows);
        self.right.extend(&others.right);
        self.odds.extend(&others.odds);
    }
}

/// How trees are grown.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// Number of trees.
    pub trees: usize,
    /// What part of its Newton step each leaf takes.
    pub rate: f32,
    /// Weight of the prior, in candidates of log-odds near zero times four.
    pub l2: f32,
    /// The part of the candidates that each tree sees, and of the columns that it may ask for.
    pub part: f32,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            trees: 400,
            rate: 0.08,
            l2: 10.0,
            part: 0.6,
        }
    }
}

/// Steps in which a column is looked at, at most.
const STEPS: usize = 48;

/// Marsaglia (2003), "Xorshift RNGs".
struct Random(u64);

impl Random {
    /// From 0 to 1.
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// First and second derivative of the loss, summed.
#[derive(Clone, Copy, Default)]
struct Slope {
    first: f32,
    second: f32,
}

impl Slope {
    fn add(&mut self, other: Self) {
        self.first += other.first;
        self.second += other.second;
    }

    fn less(self, other: Self) -> Self {
        Self {
            first: self.first - other.first,
            second: (self.second - other.second).max(0.0),
        }
    }

    /// How much the loss falls if these candidates take the best step of their own.
    fn gain(self, l2: f32) -> f32 {
        self.first * self.first / (self.second + l2)
    }
}

/// The samples in steps, by column a list of what parts them.
struct Stepped {
    parted: Vec<Vec<f32>>,
    /// Row by row.
    steps: Vec<u8>,
}

impl Stepped {
    fn new(samples: &Samples) -> Self {
        let (width, n) = (samples.width, samples.right.len());
        let column = |c: usize| (0..n).map(move |i| samples.rows[i * width + c]);
        let parted: Vec<Vec<f32>> = (0..width)
            .map(|c| {
                let mut sorted: Vec<f32> = column(c).collect();
                sorted.sort_unstable_by(f32::total_cmp);
                parting(&sorted)
            })
            .collect();
        let mut steps = vec![0; n * width];
        for (c, parted) in parted.iter().enumerate() {
            for (i, number) in column(c).enumerate() {
                steps[i * width + c] = parted.partition_point(|above| *above < number) as u8;
            }
        }
        Self { parted, steps }
    }
}

/// Numbers that part a sorted column into parts of about one size; where one number fills most of it, those beside it.
fn parting(sorted: &[f32]) -> Vec<f32> {
    let between = |k: usize| match (k.checked_sub(1).map(|k| sorted[k]), sorted.get(k)) {
        (Some(a), Some(b)) => Some(kept(a.midpoint(*b))).filter(|m| a <= *m && m < b),
        _ => None,
    };
    let behind = |number: f32| sorted.partition_point(|other| *other <= number);
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
        return Vec::new();
    };
    let even = (1..STEPS).map(|s| sorted[s * (sorted.len() - 1) / STEPS]);
    let mut parted: Vec<f32> = even
        .chain([*first])
        .filter_map(|number| between(behind(number)))
        .chain(between(sorted.partition_point(|other| other < last)))
        .collect();
    parted.sort_unstable_by(f32::total_cmp);
    parted.dedup();
    parted.truncate(STEPS);
    parted
}

/// One tree being grown: the candidates and columns that it sees.
struct Growing<'a> {
    stepped: &'a Stepped,
    columns: Vec<usize>,
    /// Steps of the candidates that it sees in its columns.
    steps: Vec<u8>,
    /// Of these candidates.
    slopes: Vec<Slope>,
    l2: f32,
}

impl Growing<'_> {
    /// The question that parts the candidates best, all nodes of a level taken together: its column and step.
    fn question(&self, nodes: &[u8], level: usize) -> Option<(usize, usize)> {
        const ROOM: usize = STEPS + 1;
        let n_columns = self.columns.len();
        let mut sums = vec![Slope::default(); (n_columns * ROOM) << level];
        let rows = self.steps.chunks_exact(n_columns);
        for ((steps, slope), node) in rows.zip(&self.slopes).zip(nodes) {
            let of_node = &mut sums[usize::from(*node) * n_columns * ROOM..][..n_columns * ROOM];
            for (sums, step) in of_node.chunks_exact_mut(ROOM).zip(steps) {
                sums[usize::from(*step)].add(*slope);
            }
        }
        let mut gains = vec![0.0; n_columns * ROOM];
        for of_node in sums.chunks_exact(n_columns * ROOM) {
            let by_column = of_node.chunks_exact(ROOM).zip(gains.chunks_exact_mut(ROOM));
            for (sums, gains) in by_column {
                let mut all = Slope::default();
                sums.iter().for_each(|slope| all.add(*slope));
                let mut left = Slope::default();
                for (gain, slope) in gains.iter_mut().zip(sums) {
                    left.add(*slope);
                    let parts = left.gain(self.l2) + all.less(left).gain(self.l2);
                    *gain += parts - all.gain(self.l2);
                }
            }
        }
        let mut best = (0.0, None);
        for (c, gains) in gains.chunks_exact(ROOM).enumerate() {
            let n_steps = self.stepped.parted[self.columns[c]].len();
            for (step, gain) in gains[..n_steps].iter().enumerate() {
                if *gain > best.0 {
                    best = (*gain, Some((c, step)));
                }
            }
        }
        best.1
    }
}

impl Forest {
    /// Grows trees one after the other, single-threaded and in a fixed order; each lowers the log-loss that those before it leave.
    pub fn train(samples: &Samples, options: &Training) -> Self {
        let stepped = Stepped::new(samples);
        let mut odds = samples.odds.clone();
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let mut forest = Self::default();
        for _ in 0..options.trees {
            if let Some(tree) = grow(samples, &stepped, &odds, &mut random, options) {
                let added = Self { trees: vec![tree] };
                let sums = added.sums(samples.width, &samples.rows);
                odds.iter_mut().zip(sums).for_each(|(o, sum)| *o += sum);
                forest.trees.extend(added.trees);
            }
        }
        forest
    }
}

fn grow(
    samples: &Samples,
    stepped: &Stepped,
    odds: &[f32],
    random: &mut Random,
    options: &Training,
) -> Option<Tree> {
    let width = samples.width;
    let seen: Vec<usize> = (0..odds.len())
        .filter(|_| random.next() < options.part)
        .collect();
    let columns: Vec<usize> = (0..width)
        .filter(|c| random.next() < options.part && !stepped.parted[*c].is_empty())
        .collect();
    if seen.is_empty() || columns.is_empty() {
        return None;
    }
    let slope = |i: &usize| {
        let p = 1.0 / (1.0 + (-odds[*i]).exp());
        Slope {
            first: p - f32::from(u8::from(samples.right[*i])),
            second: (p * (1.0 - p)).max(1e-6),
        }
    };
    let steps_of = |i: &usize| {
        let row = &stepped.steps[i * width..(i + 1) * width];
        columns.iter().map(|c| row[*c])
    };
    let growing = Growing {
        stepped,
        steps: seen.iter().flat_map(steps_of).collect(),
        slopes: seen.iter().map(slope).collect(),
        l2: options.l2,
        columns: columns.clone(),
    };
    let mut tree = Tree {
        // A question that is answered with no, for levels at which no question helps.
        questions: [(0, f32::INFINITY); DEPTH],
        leaves: [0.0; LEAVES],
    };
    let mut nodes = vec![0u8; seen.len()];
    for (level, asked) in tree.questions.iter_mut().enumerate() {
        let question = growing.question(&nodes, level);
        if let Some((c, step)) = question {
            *asked = (columns[c] as u16, stepped.parted[columns[c]][step]);
        }
        let rows = growing.steps.chunks_exact(columns.len());
        for (node, steps) in nodes.iter_mut().zip(rows) {
            let yes = question.is_some_and(|(c, step)| usize::from(steps[c]) > step);
            *node = *node << 1 | u8::from(yes);
        }
    }
    let mut sums = [(0.0, 0.0); LEAVES];
    for (node, slope) in nodes.iter().zip(&growing.slopes) {
        let sum: &mut (f64, f64) = &mut sums[usize::from(*node)];
        *sum = (
            sum.0 + f64::from(slope.first),
            sum.1 + f64::from(slope.second),
        );
    }
    for (leaf, (first, second)) in tree.leaves.iter_mut().zip(sums) {
        *leaf = kept(options.rate * (-first / (second + f64::from(options.l2))) as f32);
    }
    Some(tree)
}
