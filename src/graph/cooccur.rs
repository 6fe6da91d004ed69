//! Which initiatives travel together: pairs that the same places carry out.
//!
//! What it tells you: of each pair of initiatives in how many places both are carried out, how many times more often that is
//! than if places took them up independently, and whether chance would do as much.
//!
//! Methods: *lift* with an interval of 95 % (delta method on the logarithm, see [`super::statistics::lift`]); `p`, the
//! hypergeometric upper tail (Fisher's exact test), which takes all places for equally likely to take anything up;
//! and `p_degrees`, which does not: the initiative of more places is held fixed, the other one's places are drawn as
//! many as they are, each with the odds that its number of initiatives gives it under the bipartite configuration
//! model ([`super::chance`]). Long reports name much and make everything meet everything, so the second is the one to
//! believe. Both are adjusted (Benjamini and Hochberg 1995) over all pairs of initiatives that have enough places each,
//! also those pairs that never meet, whose p-value is 1.
//!
//! An initiative and a wider one of the thesaurus that it belongs to are no pair when `rollup` counts the one for the other.
//!
//! Units: counts of places; lift 1 means independent. Cost: the square of the initiatives of each place, then places × places of
//! the rarer initiative for each pair that meets. Example: `xiangtu cooccur --min 5 --of 河长制`.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use super::adoption::{Selection, Table, adoptions};
use super::chance::{draw_odds, draws_from};
use super::statistics::{Factorials, benjamini_hochberg, lift};
use crate::Result;
use crate::store::Store;

/// What to pair.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which statements, and what counts as one place.
    pub selection: Selection,
    /// Fewest places of each initiative.
    pub min: usize,
    /// Fewest places that both share.
    pub min_shared: usize,
    /// Only pairs with this initiative (IRI).
    pub of: Option<String>,
}

/// A pair of initiatives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// IRIs of both; the first is the one asked for, else that of more places.
    pub ids: [String; 2],
    /// Names of both.
    pub names: [String; 2],
    /// Number of places of each.
    pub places: [usize; 2],
    /// Places that carry out both.
    pub shared: usize,
    /// Places that carry out anything.
    pub of_places: usize,
    /// How many times more often both occur than if they were independent.
    pub lift: f64,
    /// Interval of 95 % of the lift.
    pub interval: [f64; 2],
    /// Hypergeometric upper tail.
    pub p: f64,
    /// `p` adjusted.
    pub q: f64,
    /// Upper tail given how many initiatives each place has.
    pub p_degrees: f64,
    /// `p_degrees` adjusted.
    pub q_degrees: f64,
}

/// Pairs that share enough places: first those that the degrees explain least.
pub fn cooccur(store: &Store, options: &Options) -> Result<Vec<Pair>> {
    let (adoptions, atlas) = adoptions(store, &options.selection)?;
    let table = Table::of(&adoptions, &atlas, options.selection.level);
    let mut pairs = of_table(&table, options);
    if options.selection.rollup {
        let broader = store.broader()?;
        let is_above = |a: &str, b: &str| super::adoption::with_wider(a, &broader).contains(b);
        pairs.retain(|pair| {
            let [a, b] = &pair.ids;
            !is_above(a, b) && !is_above(b, a)
        });
    }
    for pair in &mut pairs {
        for (name, id) in pair.names.iter_mut().zip(&pair.ids) {
            *name = store.name_of(id)?;
        }
    }
    Ok(pairs)
}

/// The pairs of a table, without names.
pub fn of_table(table: &Table, options: &Options) -> Vec<Pair> {
    let n = table.places.len();
    let degree = |c: usize| table.places_of[c].len();
    let eligible: Vec<bool> = (0..table.campaigns.len())
        .map(|c| degree(c) >= options.min.max(1))
        .collect();
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for campaigns in &table.campaigns_of {
        let campaigns: Vec<usize> = campaigns.iter().copied().filter(|&c| eligible[c]).collect();
        for (i, &a) in campaigns.iter().enumerate() {
            for &b in &campaigns[i + 1..] {
                *shared.entry((a, b)).or_default() += 1;
            }
        }
    }
    let asked = |c: usize| options.of.as_ref() == Some(&table.campaigns[c]);
    if options.of.is_some() {
        shared.retain(|(a, b), _| asked(*a) || asked(*b));
    }
    let n_eligible = eligible.iter().filter(|is| **is).count();
    let n_tests = match options.of {
        Some(_) => n_eligible.saturating_sub(1),
        None => n_eligible * n_eligible.saturating_sub(1) / 2,
    };
    let (factorials, fitness) = (Factorials::up_to(n), table.place_fitness());
    // Odds depend on a number of places only, and few numbers occur.
    let sizes: BTreeSet<usize> = shared
        .keys()
        .map(|(a, b)| degree(*a).min(degree(*b)))
        .collect();
    let odds: BTreeMap<usize, Vec<f64>> = sizes
        .into_iter()
        .map(|d| (d, draw_odds(&fitness, d)))
        .collect();
    let mut pairs: Vec<Pair> = shared
        .into_par_iter()
        .map(|((a, b), shared)| {
            // The more frequent one first; both are sorted by IRI already.
            let swap = asked(b) || (!asked(a) && degree(b) > degree(a));
            let (a, b) = if swap { (b, a) } else { (a, b) };
            let (more, fewer) = if degree(a) >= degree(b) {
                (a, b)
            } else {
                (b, a)
            };
            let drawn = degree(fewer);
            let p_degrees = draws_from(&odds[&drawn], &table.places_of[more], drawn, shared);
            let (lift, interval) = lift(n, degree(a), degree(b), shared);
            let interval = interval.expect("a pair shares at least one place");
            Pair {
                ids: [a, b].map(|c| table.campaigns[c].clone()),
                names: Default::default(),
                places: [degree(a), degree(b)],
                shared,
                of_places: n,
                lift,
                interval: [interval.0, interval.1],
                p: factorials.overlap_at_least(n, degree(a), degree(b), shared),
                q: f64::NAN,
                p_degrees,
                q_degrees: f64::NAN,
            }
        })
        .collect();
    adjust(&mut pairs, n_tests);
    pairs.retain(|pair| pair.shared >= options.min_shared);
    pairs.sort_by(|x, y| {
        x.p_degrees
            .total_cmp(&y.p_degrees)
            .then(y.shared.cmp(&x.shared))
            .then_with(|| x.ids.cmp(&y.ids))
    });
    pairs
}

/// Adjusts p-values over as many tests as there are pairs, met or not.
fn adjust(pairs: &mut [Pair], n_tests: usize) {
    let adjusted = |p: fn(&Pair) -> f64, pairs: &[Pair]| {
        let mut all: Vec<f64> = pairs.iter().map(p).collect();
        all.resize(n_tests.max(pairs.len()), 1.0);
        benjamini_hochberg(&all)
    };
    let (q, q_degrees) = (
        adjusted(|pair| pair.p, pairs),
        adjusted(|pair| pair.p_degrees, pairs),
    );
    for (pair, (q, q_degrees)) in pairs.iter_mut().zip(q.into_iter().zip(q_degrees)) {
        (pair.q, pair.q_degrees) = (q, q_degrees);
    }
}
