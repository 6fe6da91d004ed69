//! Recurrence and company against chance, over all sets of places.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use xiangtu::graph::adoption::Level;
use xiangtu::graph::chance::place_fitness;
use xiangtu::graph::cooccur;
use xiangtu::graph::recurrence::{self, Surprise};
use xiangtu::graph::statistics::benjamini_hochberg;
use xiangtu::store::Store;

use super::{
    Adopted, Checked, Report, Table, adopted, counted, distinct, near, same, selection, table,
};

/// How readily each place takes initiatives up.
fn fitness<'a>(table: &Table<'a>) -> BTreeMap<&'a str, f64> {
    let mut columns: BTreeMap<&str, usize> = BTreeMap::new();
    for place in table.values().flat_map(BTreeMap::keys) {
        *columns.entry(place).or_default() += 1;
    }
    let rows: Vec<usize> = table.values().map(BTreeMap::len).collect();
    let degrees: Vec<usize> = columns.values().copied().collect();
    columns
        .into_keys()
        .zip(place_fitness(&rows, &degrees))
        .collect()
}

/// The chance of each outcome over all sets of so many places, a set's weight being the product of its places' fitness.
fn chances<'a>(
    fitness: &BTreeMap<&'a str, f64>,
    size: usize,
    outcome: impl Fn(&BTreeSet<&'a str>) -> usize,
) -> BTreeMap<usize, f64> {
    let all: Vec<(&str, f64)> = fitness.iter().map(|(place, y)| (*place, y.ln())).collect();
    let sets = (0..1_u32 << all.len()).filter(|set| set.count_ones() as usize == size);
    let weighed: Vec<(usize, f64)> = sets
        .map(|set| {
            let members = (0..all.len()).filter(|i| set >> i & 1 == 1);
            let weight = members.clone().map(|i| all[i].1).sum();
            (outcome(&members.map(|i| all[i].0).collect()), weight)
        })
        .collect();
    let most = weighed
        .iter()
        .map(|(_, weight)| *weight)
        .fold(f64::MIN, f64::max);
    let total: f64 = weighed
        .iter()
        .map(|(_, weight)| (weight - most).exp())
        .sum();
    let mut chances = BTreeMap::new();
    for (outcome, weight) in weighed {
        *chances.entry(outcome).or_default() += (weight - most).exp() / total;
    }
    chances
}

pub(super) fn check_recurrence(
    store: &Store,
    reports: &[Report],
    level: Level,
    since: Option<i32>,
) -> Checked {
    let (min, selection) = (1 + usize::from(since.is_some()), selection(level, since));
    let rows = recurrence::recurrence(store, &recurrence::Options { selection, min }).unwrap();
    let adopted = adopted(reports, since);
    let table = table(&adopted, level);
    let listed: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    let enough = table.iter().filter(|(_, places)| places.len() >= min);
    same!(listed, enough.map(|(campaign, _)| *campaign).collect());
    for row in &rows {
        let own = || {
            adopted
                .iter()
                .filter(|(campaign, ..)| *campaign == row.name)
        };
        let at = |level| distinct(own(), |(_, place, ..)| counted(place, level)).len();
        let places = &table[row.name.as_str()];
        same!(
            [
                row.places,
                row.towns,
                row.counties,
                row.prefectures,
                row.provinces,
                row.statements
            ],
            [
                places.len(),
                at(Level::Town),
                at(Level::County),
                at(Level::Prefecture),
                at(Level::Province),
                own().count()
            ],
        );
        same!(
            row.documents,
            distinct(own(), |(.., report)| Some(report)).len()
        );
        let years = distinct(own(), |(_, _, year, _)| *year);
        same!(
            (row.first, row.last),
            (years.first().copied(), years.last().copied())
        );
        for counts in &row.by_year {
            let of_year = |one: &&Adopted<'_>| one.2 == Some(counts.year);
            let place = |one: &Adopted<'_>| counted(one.1, level).map(str::to_owned);
            same!(counts.places, distinct(own().filter(of_year), place).len());
            same!(
                counts.reporting,
                distinct(adopted.iter().filter(of_year), place).len()
            );
        }
        let dated =
            own().filter(|(_, place, year, _)| year.is_some() && counted(place, level).is_some());
        same!(
            row.by_year
                .iter()
                .map(|counts| counts.year)
                .collect::<BTreeSet<i32>>(),
            distinct(dated, |one| one.2)
        );
        let mut provinces: BTreeMap<&str, f64> = BTreeMap::new();
        for place in places.keys() {
            *provinces.entry(&place[..2]).or_default() += 1.0 / places.len() as f64;
        }
        let spread: f64 = provinces.values().map(|p| -p * p.log2()).sum();
        prop_assert!(near(row.spread, spread), "{row:?}");
    }
    let across: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.across.as_ref()))
        .collect();
    check_surprises(&table, &across, (level != Level::Province).then_some(2))?;
    let nearby: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.nearby.as_ref()))
        .collect();
    let is_below = !matches!(level, Level::Province | Level::Prefecture);
    check_surprises(&table, &nearby, is_below.then_some(4))
}

/// Regions are told by so many digits; `None` where nothing is compared.
fn check_surprises(
    table: &Table<'_>,
    rows: &[(&str, Option<&Surprise>)],
    digits: Option<usize>,
) -> Checked {
    let mut fitness = fitness(table);
    fitness.retain(|place, _| digits.is_some_and(|n| place.len() >= n));
    let mut p = Vec::new();
    for (campaign, surprise) in rows {
        let places = table[campaign]
            .keys()
            .filter(|place| fitness.contains_key(*place));
        let places: BTreeSet<&str> = places.copied().collect();
        let Some(digits) = digits.filter(|_| places.len() > 1) else {
            prop_assert!(surprise.is_none(), "{campaign} {surprise:?}");
            continue;
        };
        let surprise = surprise.unwrap();
        let regions = |set: &BTreeSet<&str>| {
            set.iter()
                .map(|place| &place[..digits])
                .collect::<BTreeSet<_>>()
                .len()
        };
        let observed = regions(&places);
        same!(
            (surprise.drawn, surprise.observed),
            (places.len(), observed)
        );
        let chances = chances(&fitness, places.len(), regions);
        let expected: f64 = chances.iter().map(|(n, chance)| *n as f64 * chance).sum();
        let tail = |keep: &dyn Fn(usize) -> bool| {
            chances
                .iter()
                .filter(|(n, _)| keep(**n))
                .map(|(_, p)| p)
                .sum::<f64>()
        };
        let two_sided = (2.0 * tail(&|n| n <= observed).min(tail(&|n| n >= observed))).min(1.0);
        prop_assert!(
            near(surprise.expected, expected) && near(surprise.p, two_sided),
            "{campaign} {surprise:?}: {expected} {two_sided}"
        );
        p.push((surprise, two_sided));
    }
    let q = benjamini_hochberg(&p.iter().map(|(_, p)| *p).collect::<Vec<_>>());
    for ((surprise, _), q) in p.iter().zip(q) {
        prop_assert!(near(surprise.q, q), "{surprise:?}: {q}");
    }
    Ok(())
}

pub(super) fn check_pairs(store: &Store, reports: &[Report], level: Level, min: usize) -> Checked {
    let mut table = table(&adopted(reports, None), level);
    let fitness = fitness(&table);
    let uniform = fitness.keys().map(|place| (*place, 1.0)).collect();
    let options = cooccur::Options {
        selection: selection(level, None),
        min,
        min_shared: 1,
        of: None,
    };
    let pairs = cooccur::cooccur(store, &options).unwrap();
    // What is shown is chosen after what is compared: nothing but the number of rows changes.
    let rarely = cooccur::Options {
        min_shared: 2,
        ..options
    };
    let often: Vec<_> = pairs
        .iter()
        .filter(|pair| pair.shared >= 2)
        .cloned()
        .collect();
    same!(cooccur::cooccur(store, &rarely).unwrap(), often);
    table.retain(|_, places| places.len() >= min);
    let names: Vec<&str> = table.keys().copied().collect();
    let (mut n_met, mut n_tests, mut p) = (0, 0, [Vec::new(), Vec::new()]);
    for (i, a) in names.iter().enumerate() {
        for b in &names[i + 1..] {
            n_tests += 1;
            // Names are in the order of their IRIs.
            let (more, fewer) = if table[b].len() > table[a].len() {
                (b, a)
            } else {
                (a, b)
            };
            let [many, few] =
                [more, fewer].map(|name| table[name].keys().copied().collect::<BTreeSet<&str>>());
            let shared = many.intersection(&few).count();
            let pair = pairs.iter().find(|pair| pair.names == [*more, *fewer]);
            prop_assert_eq!(pair.is_some(), shared > 0, "{} {}", more, fewer);
            let Some(pair) = pair else { continue };
            n_met += 1;
            same!(
                (pair.places, pair.shared, pair.of_places),
                ([many.len(), few.len()], shared, fitness.len())
            );
            let often = |set: &BTreeSet<&str>| set.len() as f64 / fitness.len() as f64;
            let lift = shared as f64 / fitness.len() as f64 / (often(&many) * often(&few));
            prop_assert!(
                near(pair.lift, lift) && pair.interval[0] <= lift && lift <= pair.interval[1],
                "{pair:?}"
            );
            for (at, weights, found) in [(0, &uniform, pair.p), (1, &fitness, pair.p_degrees)] {
                let met = chances(weights, few.len(), |drawn| {
                    usize::from(drawn.intersection(&many).count() >= shared)
                });
                let chance = met.get(&1).copied().unwrap_or(0.0);
                prop_assert!(near(found, chance), "{pair:?}: {chance}");
                p[at].push((chance, [pair.q, pair.q_degrees][at]));
            }
        }
    }
    same!(pairs.len(), n_met);
    for p in p {
        let mut all: Vec<f64> = p.iter().map(|(p, _)| *p).collect();
        all.resize(n_tests, 1.0);
        for ((_, found), q) in p.iter().zip(benjamini_hochberg(&all)) {
            prop_assert!(near(*found, q), "{found} {q}");
        }
    }
    Ok(())
}
