//! What chance alone would give: a table of initiatives × places at random, with the degrees as they are.
//!
//! What it tells you: an initiative that many places report, and a place that reports many initiatives, are bound to meet.
//! The null model keeps how many places each initiative has and how many initiatives each place has, and is otherwise as
//! random as can be; what it does not explain is worth a look.
//!
//! Method: the bipartite configuration model (BiCM), the distribution of greatest entropy with these mean degrees: initiative i
//! and place j meet with probability `x_i·y_j / (1 + x_i·y_j)` (Saracco, Di Clemente, Gabrielli, Squartini 2015, *Randomizing bipartite
//! networks: the case of the World Trade Web*; 2017, *Inferring monopartite projections of bipartite networks*). The
//! fitnesses x and y are found by the fixed-point iteration of Vallarano et al. 2021 over distinct degrees.
//! For one initiative the model is then conditioned on its exact number of places d: a set S of d places has a
//! probability proportional to the product of `y_j` over S (the initiative's own fitness cancels), so that the answer
//! depends on d and the places only and is exact, without sampling; the places' degrees hold in the mean.
//!
//! Cost: the fit takes (distinct degrees)² a step, some hundred steps; [`groups_touched`] takes places × d × groups.

use std::collections::BTreeMap;

/// Fitnesses of places under the BiCM, in the order of the degrees given; 0 for a degree of 0.
///
/// `rows` are the degrees of the initiatives, `columns` those of the places; both must sum to the same number. A place that
/// carries out everything has no finite fitness; the iteration stops at one large enough to make its probability 1
/// to within the tolerance of about 1e-6 of a degree.
pub fn place_fitness(rows: &[usize], columns: &[usize]) -> Vec<f64> {
    const STEPS: usize = 5000;
    let (rows, columns_by_degree) = (distinct(rows), distinct(columns));
    let total: f64 = rows.iter().map(|(k, n)| k * n).sum::<f64>().max(1.0);
    let start = |degrees: &[(f64, f64)]| -> Vec<f64> {
        degrees.iter().map(|(k, _)| k / total.sqrt()).collect()
    };
    let (mut x, mut y) = (start(&rows), start(&columns_by_degree));
    for _ in 0..STEPS {
        let moved = step(&rows, &mut x, &columns_by_degree, &y);
        let moved = moved.max(step(&columns_by_degree, &mut y, &rows, &x));
        if moved < 1e-9 {
            break;
        }
    }
    let of: BTreeMap<usize, f64> = columns_by_degree
        .iter()
        .map(|(k, _)| *k as usize)
        .zip(y)
        .collect();
    columns.iter().map(|k| of[k]).collect()
}

/// Distinct degrees, each with how often it occurs.
fn distinct(degrees: &[usize]) -> Vec<(f64, f64)> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for degree in degrees {
        *counts.entry(*degree).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(k, n)| (k as f64, n as f64))
        .collect()
}

/// Sets one side's fitnesses by the other's; the greatest relative change.
fn step(own: &[(f64, f64)], fitness: &mut [f64], others: &[(f64, f64)], other: &[f64]) -> f64 {
    let mut moved: f64 = 0.0;
    for ((degree, _), x) in own.iter().zip(fitness) {
        let sum: f64 = others
            .iter()
            .zip(other)
            .map(|((_, n), y)| n * y / (1.0 + *x * y))
            .sum();
        let new = if *degree == 0.0 { 0.0 } else { degree / sum };
        moved = moved.max((new - *x).abs() / new.max(f64::MIN_POSITIVE));
        *x = new;
    }
    moved
}

/// How many groups (provinces, prefectures) d random places lie in, for several d at once.
///
/// `fitness[j]` and `group[j]` describe place j. For each d of `sizes` the distribution: entry t is the probability that
/// exactly t groups are touched. A d that cannot be drawn (more than there are places) is left out.
pub fn groups_touched(
    fitness: &[f64],
    group: &[usize],
    sizes: &[usize],
) -> BTreeMap<usize, Vec<f64>> {
    let n_possible = fitness.iter().filter(|y| **y > 0.0).count();
    let mut sizes: Vec<usize> = sizes
        .iter()
        .copied()
        .filter(|d| (1..=n_possible).contains(d))
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut members: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (y, group) in fitness.iter().zip(group) {
        members.entry(*group).or_default().push(*y);
    }
    let mut found = BTreeMap::new();
    // Sizes between two powers of two share one table: the scale of fitness is free, and one that fits keeps numbers from vanishing.
    for band in sizes.chunk_by(|a, b| a.ilog2() == b.ilog2()) {
        let (first, last) = (band[0], band[band.len() - 1]);
        let scale = scale_for(fitness, (first + last) as f64 / 2.0);
        let table = table(members.values(), scale, last);
        for &d in band {
            let sum: f64 = table[d].iter().sum();
            if sum > 0.0 {
                found.insert(d, table[d].iter().map(|p| p / sum).collect());
            }
        }
    }
    found
}

/// Of each place the probability to be drawn, alone and before the number is fixed, where `d` places are expected.
pub fn draw_odds(fitness: &[f64], d: usize) -> Vec<f64> {
    let scale = scale_for(fitness, d as f64);
    let fitness = fitness.iter();
    fitness.map(|y| scale * y / (1.0 + scale * y)).collect()
}

/// The probability that of exactly `d` random places at least `k` are among `marked` ones (sorted), given
/// their [`draw_odds`] for d. Cost: places × d.
pub fn draws_from(odds: &[f64], marked: &[usize], d: usize, k: usize) -> f64 {
    let is_marked = |place: &usize| marked.binary_search(place).is_ok();
    let of = |wanted: bool| {
        let places = (0..odds.len()).filter(move |place| is_marked(place) == wanted);
        drawn_of(places.map(|place| odds[place]), d)
    };
    let (inside, outside) = (of(true), of(false));
    let joint: Vec<f64> = (0..=d)
        .map(|drawn| {
            let rest = outside.get(d - drawn).copied().unwrap_or(0.0);
            inside.get(drawn).copied().unwrap_or(0.0) * rest
        })
        .collect();
    let all: f64 = joint.iter().sum();
    (joint[k.min(d)..].iter().sum::<f64>() / all).min(1.0)
}

/// The scale at which `d` places are expected.
fn scale_for(fitness: &[f64], d: f64) -> f64 {
    let expected = |x: f64| fitness.iter().map(|y| x * y / (1.0 + x * y)).sum::<f64>();
    let (mut low, mut high) = (-80.0_f64, 80.0_f64);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if expected(middle.exp()) < d {
            low = middle;
        } else {
            high = middle;
        }
    }
    low.exp()
}

/// `table[c][t]`: the probability that c places are drawn, in t groups.
fn table<'a>(
    groups: impl ExactSizeIterator<Item = &'a Vec<f64>>,
    scale: f64,
    most: usize,
) -> Vec<Vec<f64>> {
    let n_groups = groups.len();
    let mut table = vec![vec![0.0; n_groups.min(most) + 1]; most + 1];
    table[0][0] = 1.0;
    let (mut drawn, mut touched) = (0, 0);
    for members in groups {
        let odds = members.iter().map(|y| scale * y / (1.0 + scale * y));
        let within = drawn_of(odds, most);
        let mut next = vec![vec![0.0; n_groups.min(most) + 1]; most + 1];
        for c in 0..=drawn {
            for t in 0..=touched.min(c) {
                let p = table[c][t];
                if p == 0.0 {
                    continue;
                }
                for (k, q) in within.iter().enumerate().take(most - c + 1) {
                    next[c + k][t + usize::from(k > 0)] += p * q;
                }
            }
        }
        drawn = (drawn + members.len()).min(most);
        touched = (touched + 1).min(most);
        table = next;
    }
    table
}

/// The probability that k of some places are drawn, for k up to `most`.
fn drawn_of(odds: impl Iterator<Item = f64>, most: usize) -> Vec<f64> {
    let mut of = vec![1.0];
    for p in odds {
        of.push(0.0);
        for k in (0..of.len()).rev() {
            let before = if k > 0 { of[k - 1] } else { 0.0 };
            of[k] = of[k] * (1.0 - p) + before * p;
        }
        of.truncate(most + 1);
    }
    of
}

/// How an observed number compares with its distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The mean under chance.
    pub expected: f64,
    /// Probability of so few or fewer.
    pub at_most: f64,
    /// Probability of so many or more.
    pub at_least: f64,
}

impl Comparison {
    /// Compares a number with a distribution over 0, 1, 2…
    pub fn of(observed: usize, distribution: &[f64]) -> Self {
        let sum = |range: &[f64]| range.iter().sum::<f64>().min(1.0);
        let observed = observed.min(distribution.len());
        let weighted = distribution.iter().enumerate();
        Self {
            expected: weighted.map(|(t, p)| t as f64 * p).sum(),
            at_most: sum(&distribution[..(observed + 1).min(distribution.len())]),
            at_least: sum(&distribution[observed..]),
        }
    }

    /// The two-sided p-value: twice the smaller tail, which is never too small.
    pub fn p(&self) -> f64 {
        (2.0 * self.at_most.min(self.at_least)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Weights of all sets of d places, the plain way.
    fn naive(fitness: &[f64], group: &[usize], d: usize) -> Vec<f64> {
        let mut of = vec![0.0; fitness.len() + 1];
        for set in 0..1_u32 << fitness.len() {
            if set.count_ones() as usize != d {
                continue;
            }
            let members = (0..fitness.len()).filter(|j| set >> j & 1 == 1);
            let weight: f64 = members.clone().map(|j| fitness[j]).product();
            let touched: std::collections::BTreeSet<usize> = members.map(|j| group[j]).collect();
            of[touched.len()] += weight;
        }
        let sum: f64 = of.iter().sum();
        of.iter().map(|w| w / sum).collect()
    }

    #[test]
    fn a_known_case_by_hand() {
        // Two places in one group, one in another, all alike: of three pairs one lies within a group.
        let of = &groups_touched(&[1.0, 1.0, 1.0], &[0, 0, 1], &[2])[&2];
        assert!((of[1] - 1.0 / 3.0).abs() < 1e-12 && (of[2] - 2.0 / 3.0).abs() < 1e-12);
        let compared = Comparison::of(1, of);
        assert!((compared.expected - 5.0 / 3.0).abs() < 1e-12);
        assert!((compared.p() - 2.0 / 3.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn groups_are_those_of_all_sets(
            places in prop::collection::vec((0.01_f64..20.0, 0_usize..4), 1..10),
        ) {
            let (fitness, group): (Vec<f64>, Vec<usize>) = places.into_iter().unzip();
            let sizes: Vec<usize> = (1..=fitness.len() + 1).collect();
            let found = groups_touched(&fitness, &group, &sizes);
            prop_assert_eq!(found.len(), fitness.len());
            for (d, of) in found {
                let expected = naive(&fitness, &group, d);
                for (t, p) in of.iter().enumerate() {
                    prop_assert!((p - expected[t]).abs() < 1e-9, "{} {} {} {}", d, t, p, expected[t]);
                }
            }
        }

        #[test]
        fn draws_are_those_of_all_sets(
            places in prop::collection::vec((0.05_f64..10.0, prop::bool::ANY), 2..9), d in 1_usize..8,
        ) {
            let d = d.min(places.len());
            let fitness: Vec<f64> = places.iter().map(|(y, _)| *y).collect();
            let marked: Vec<usize> = (0..places.len()).filter(|&j| places[j].1).collect();
            let (mut all, mut of) = (0.0, vec![0.0; d + 1]);
            for set in 0..1_u32 << places.len() {
                if set.count_ones() as usize == d {
                    let members = (0..places.len()).filter(|j| set >> j & 1 == 1);
                    let weight: f64 = members.clone().map(|j| fitness[j]).product();
                    of[members.filter(|j| places[*j].1).count()] += weight;
                    all += weight;
                }
            }
            for k in 0..=d {
                let expected = of[k..].iter().sum::<f64>() / all;
                prop_assert!((draws_from(&draw_odds(&fitness, d), &marked, d, k) - expected).abs() < 1e-9);
            }
        }

        #[test]
        fn fitness_gives_back_the_degrees(rows in prop::collection::vec(prop::collection::vec(prop::bool::ANY, 8), 2..9)) {
            let row_degrees: Vec<usize> = rows.iter().map(|row| row.iter().filter(|b| **b).count()).collect();
            let columns: Vec<usize> = (0..8).map(|j| rows.iter().filter(|row| row[j]).count()).collect();
            // Saturated degrees have no finite fitness.
            prop_assume!(columns.iter().all(|k| *k < rows.len()) && row_degrees.iter().all(|k| *k < 8));
            let y = place_fitness(&row_degrees, &columns);
            for (j, k) in columns.iter().enumerate() {
                let expected: f64 = row_degrees.iter().map(|&d| {
                    let scale = if d == 0 { 0.0 } else { scale_for(&y, d as f64) };
                    scale * y[j] / (1.0 + scale * y[j])
                }).sum();
                // Degrees at the edge of what is possible have no finite fitness either, and are approached slowly.
                prop_assert!((expected - *k as f64).abs() < 0.02, "{} {}", expected, k);
            }
        }
    }
}
