//! Who follows whom: influence inferred from planted cascades, and the search against the published algorithm in its plain form.
//!
//! NetInf: Gomez-Rodriguez, Leskovec and Krause 2010 (KDD), 2012 (TKDD 5:21).

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use xiangtu::graph::netinf::{Cascade, Event, Model, netinf};
use xiangtu::graph::random::Random;

/// Cascades over a planted network: each edge passes on with probability 0.5 after an exponential delay of mean 1.
fn planted(
    seed: u64,
    n: usize,
    n_edges: usize,
    n_cascades: usize,
) -> (BTreeSet<(usize, usize)>, Vec<Cascade>) {
    let mut random = Random::new(seed);
    let mut truth = BTreeSet::new();
    while truth.len() < n_edges {
        let (from, to) = (random.below(n), random.below(n));
        if from != to {
            truth.insert((from, to));
        }
    }
    let cascades = (0..n_cascades).map(|_| {
        let mut time = vec![f64::INFINITY; n];
        time[random.below(n)] = 0.0;
        let delays: Vec<((usize, usize), f64)> = truth
            .iter()
            .filter_map(|&edge| {
                let passes = random.unit() < 0.5;
                let delay = -(1.0 - random.unit()).ln();
                passes.then_some((edge, delay))
            })
            .collect();
        // Earliest times, as many rounds as a way can have edges.
        for _ in 0..n {
            for ((from, to), delay) in &delays {
                time[*to] = time[*to].min(time[*from] + delay);
            }
        }
        let reached = time.iter().enumerate().filter(|(_, time)| time.is_finite());
        Cascade {
            events: reached
                .map(|(node, &time)| Event {
                    node,
                    time,
                    without: Some(time.next_down()),
                })
                .collect(),
        }
    });
    let cascades = cascades.collect();
    (truth, cascades)
}

fn share_found(truth: &BTreeSet<(usize, usize)>, cascades: &[Cascade]) -> f64 {
    let model = Model {
        edges: truth.len(),
        ..Model::default()
    };
    let found = netinf(cascades, &model);
    let right = found
        .iter()
        .filter(|edge| truth.contains(&(edge.from, edge.to)))
        .count();
    right as f64 / truth.len() as f64
}

#[test]
fn planted_influence_is_found_again() {
    let (truth, mut cascades) = planted(11, 30, 50, 400);
    let exact = share_found(&truth, &cascades);
    assert!(exact > 0.85, "{exact}");
    // Whole years tie and blur, but leave much more than the 6 % that guesses would hit.
    for event in cascades.iter_mut().flat_map(|cascade| &mut cascade.events) {
        event.time = event.time.floor();
        event.without = Some(event.time - 1.0);
    }
    let years = share_found(&truth, &cascades);
    assert!(years > 0.4 && years <= exact, "{years}");
}

#[test]
fn ties_and_uncertain_years_make_no_edges() {
    let event = |node, time, without| Event {
        node,
        time,
        without,
    };
    let seen = |node, time| event(node, time, Some(time - 1.0));
    let repeated = |events: Vec<Event>| vec![Cascade { events }; 5];
    let infer = |events| {
        let found = netinf(&repeated(events), &Model::default());
        let edges = found.into_iter();
        edges.map(|edge| (edge.from, edge.to, edge.cascades, edge.gain))
    };
    assert_eq!(infer(vec![seen(0, 2020.0), seen(1, 2020.0)]).count(), 0);
    // The later one was never read before, or not since the earlier one had it.
    for without in [None, Some(2018.0)] {
        let later = event(1, 2020.0, without);
        assert_eq!(infer(vec![seen(0, 2019.0), later]).count(), 0);
    }
    let found: Vec<_> = infer(vec![event(0, 2019.0, None), seen(1, 2020.0)]).collect();
    // Five times ln(β/(1-β)) + ln λ - λ - ln ε = 0 + 0 - 1 + ln 100.
    let gain = 5.0 * (100.0_f64.ln() - 1.0);
    assert_eq!(
        (found.len(), found[0].0, found[0].1, found[0].2),
        (1, 0, 1, 5)
    );
    assert!((found[0].3 - gain).abs() < 1e-9);
    // Of two possible parents the nearer one in time is the better one, and then the other adds nothing.
    let found = infer(vec![
        seen(0, 2018.0),
        event(2, 2019.0, None),
        seen(1, 2020.0),
    ]);
    let found: Vec<_> = found.map(|(from, to, _, _)| (from, to)).collect();
    assert_eq!(found, [(2, 1)]);
}

/// The step of the algorithm as it is published: the likelihood of all cascades is worked out anew for every edge that could be
/// added, and the one that adds most is taken; of equals the first.
///
/// In each cascade every node has the likeliest parent of those that the network gives it, else the world outside. A parent
/// at distance Δ has the likelihood β·λ·exp(-λΔ), which stands against (1-β)·ε.
fn best_addition(
    cascades: &[Cascade],
    model: &Model,
    n: usize,
    network: &BTreeSet<(usize, usize)>,
) -> Option<((usize, usize), f64)> {
    let now = log_likelihood(cascades, model, network);
    let mut best: Option<((usize, usize), f64)> = None;
    for pair in (0..n).flat_map(|from| (0..n).map(move |to| (from, to))) {
        let mut with = network.clone();
        if with.insert(pair) {
            let gain = log_likelihood(cascades, model, &with) - now;
            if gain > 1e-9 && best.is_none_or(|(_, most)| gain > most + 1e-9) {
                best = Some((pair, gain));
            }
        }
    }
    best
}

/// Over that of no network.
fn log_likelihood(cascades: &[Cascade], model: &Model, network: &BTreeSet<(usize, usize)>) -> f64 {
    let mut sum = 0.0;
    for cascade in cascades {
        for child in &cascade.events {
            let worths = cascade.events.iter().filter_map(|parent| {
                let delay = child.time - parent.time;
                let may = network.contains(&(parent.node, child.node))
                    && child.without.is_some_and(|without| parent.time <= without);
                let passed = model.beta * model.rate * (-model.rate * delay).exp();
                may.then(|| (passed / ((1.0 - model.beta) * model.epsilon)).ln())
            });
            sum += worths.fold(0.0, f64::max);
        }
    }
    sum
}

/// Cascades over eight nodes, at whole years and so with many ties, some never seen without.
fn cascades() -> impl Strategy<Value = Vec<Cascade>> {
    let event = (0..8_usize, 2010..2016_i32, 0..4_i32);
    let cascade = prop::collection::vec(event, 0..7).prop_map(|events| {
        let mut seen = BTreeSet::new();
        let events = events.into_iter().filter(|(node, ..)| seen.insert(*node));
        let event = |(node, year, gap): (usize, i32, i32)| Event {
            node,
            time: f64::from(year),
            without: (gap > 0).then(|| f64::from(year - gap)),
        };
        Cascade {
            events: events.map(event).collect(),
        }
    });
    prop::collection::vec(cascade, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_edge_is_one_that_the_published_algorithm_takes(cascades in cascades(), rate in 1_u8..4) {
        let model = Model { edges: 12, min_cascades: 1, rate: f64::from(rate), ..Model::default() };
        let found = netinf(&cascades, &model);
        let mut network = BTreeSet::new();
        for edge in &found {
            let (_, best) = best_addition(&cascades, &model, 8, &network).unwrap();
            let before = log_likelihood(&cascades, &model, &network);
            network.insert((edge.from, edge.to));
            let gain = log_likelihood(&cascades, &model, &network) - before;
            // Of edges that add the same any may be taken.
            prop_assert!((edge.gain - gain).abs() < 1e-6 && (gain - best).abs() < 1e-6, "{edge:?} {gain} {best}");
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].gain >= pair[1].gain - 1e-9));
        prop_assert!(found.len() == 12 || best_addition(&cascades, &model, 8, &network).is_none());
    }

    #[test]
    fn two_edges_are_as_good_as_the_bound_of_greedy_search(cascades in cascades()) {
        let model = Model { edges: 2, min_cascades: 1, ..Model::default() };
        let found = netinf(&cascades, &model).iter().map(|edge| (edge.from, edge.to)).collect();
        let pairs: Vec<(usize, usize)> = (0..8).flat_map(|from| (0..8).map(move |to| (from, to))).collect();
        let mut best: f64 = 0.0;
        for (i, one) in pairs.iter().enumerate() {
            for other in &pairs[i + 1..] {
                best = best.max(log_likelihood(&cascades, &model, &BTreeSet::from([*one, *other])));
            }
        }
        // 1 - (1 - 1/2)² of the best, for two edges of a submodular sum (Nemhauser, Wolsey and Fisher 1978).
        prop_assert!(log_likelihood(&cascades, &model, &found) >= 0.75 * best - 1e-9);
    }
}

#[test]
fn ranked_edges_of_planted_cascades_are_those_of_the_published_algorithm() {
    let (truth, cascades) = planted(5, 10, 15, 80);
    let model = Model {
        edges: truth.len(),
        min_cascades: 1,
        ..Model::default()
    };
    let found: Vec<(usize, usize)> = netinf(&cascades, &model)
        .iter()
        .map(|edge| (edge.from, edge.to))
        .collect();
    let mut network = BTreeSet::new();
    for edge in &found {
        let (best, _) = best_addition(&cascades, &model, 10, &network).unwrap();
        assert_eq!(*edge, best);
        network.insert(best);
    }
    assert_eq!(network.len(), truth.len());
}

#[test]
fn more_cascades_tell_more_and_the_first_edges_are_the_surest() {
    // Precision among as many edges as were planted, which is their recall too.
    let shares: BTreeMap<usize, f64> = [25, 100, 400]
        .into_iter()
        .map(|n| {
            let runs = (1..=4).map(|seed| {
                let (truth, cascades) = planted(seed, 30, 50, n);
                share_found(&truth, &cascades)
            });
            (n, runs.sum::<f64>() / 4.0)
        })
        .collect();
    assert!(
        shares[&25] < shares[&100] && shares[&100] < shares[&400],
        "{shares:?}"
    );
    assert!(shares[&100] > 0.6 && shares[&400] > 0.85, "{shares:?}");
    let (truth, cascades) = planted(2, 30, 50, 100);
    let model = Model {
        edges: truth.len(),
        ..Model::default()
    };
    let found = netinf(&cascades, &model);
    let right = |edges: &[xiangtu::graph::netinf::Edge]| {
        let right = edges
            .iter()
            .filter(|edge| truth.contains(&(edge.from, edge.to)));
        right.count() as f64 / edges.len() as f64
    };
    assert!(right(&found[..15]) >= right(&found) && right(&found[..15]) > 0.85);
}
