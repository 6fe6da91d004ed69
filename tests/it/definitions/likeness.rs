//! Likeness, projections and spread.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use xiangtu::graph::adoption::{Level, Selection};
use xiangtu::graph::diffusion::{Way, diffusion};
use xiangtu::graph::projection::{Projection, project};
use xiangtu::graph::similar;
use xiangtu::store::Store;

use super::said::{Said, iri};
use super::{Checked, Report, Table, adopted, local, near, same, selection, table};
use crate::written::{CAMPAIGN, PLACE};

/// Of each place the weights of its initiatives, by TF-IDF.
fn vectors<'a>(table: &Table<'a>) -> BTreeMap<&'a str, BTreeMap<&'a str, f64>> {
    let mut vectors: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    let all: BTreeSet<&str> = table.values().flat_map(BTreeMap::keys).copied().collect();
    for (campaign, places) in table {
        for (place, reports) in places {
            let rare = (1.0 + all.len() as f64 / places.len() as f64).ln();
            let weight = (1.0 + (reports.len() as f64).ln()) * rare;
            vectors.entry(place).or_default().insert(campaign, weight);
        }
    }
    vectors
}

fn cosine(a: &BTreeMap<&str, f64>, b: &BTreeMap<&str, f64>) -> f64 {
    let product = |a: &BTreeMap<&str, f64>, b: &BTreeMap<&str, f64>| {
        a.iter()
            .filter_map(|(name, weight)| Some(weight * b.get(name)?))
            .sum::<f64>()
    };
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

pub(super) fn check_likeness(store: &Store, reports: &[Report], level: Level) -> Checked {
    let vectors = vectors(&table(&adopted(reports, None), level));
    let selection = selection(level, None);
    for (place, own) in &vectors {
        let rows = similar::similar(store, &selection, &format!("{PLACE}{place}"), 99).unwrap();
        prop_assert!(rows.is_sorted_by(|a, b| a.cosine >= b.cosine));
        let others = vectors
            .iter()
            .filter(|(other, theirs)| *other != place && cosine(own, theirs) > 0.0);
        same!(rows.len(), others.count());
        for row in rows {
            let theirs = &vectors[local(&row.id)];
            let parts: f64 = row.shared.iter().map(|shared| shared.part).sum();
            prop_assert!(
                near(row.cosine, cosine(own, theirs)) && near(row.cosine, parts),
                "{row:?}"
            );
            let shared: BTreeSet<&str> = row
                .shared
                .iter()
                .map(|shared| shared.name.as_str())
                .collect();
            same!(
                shared,
                own.keys()
                    .filter(|name| theirs.contains_key(*name))
                    .copied()
                    .collect()
            );
            same!(row.campaigns, theirs.len());
        }
    }
    check_projections(store, reports, level, &vectors)
}

fn check_projections(
    store: &Store,
    reports: &[Report],
    level: Level,
    vectors: &BTreeMap<&str, BTreeMap<&str, f64>>,
) -> Checked {
    let edges = |projection| {
        let graph = project(store, projection, &selection(level, None)).unwrap();
        let ends = |edge| {
            let (a, b) = graph.edge_endpoints(edge).unwrap();
            let mut ends = [a, b].map(|node| graph[node].id.clone());
            ends.sort();
            ends
        };
        let all = graph.edge_indices().map(|edge| (ends(edge), graph[edge]));
        let of_ends: BTreeMap<_, _> = all.collect();
        assert_eq!(
            of_ends.len(),
            graph.edge_count(),
            "one edge joins two nodes"
        );
        of_ends
    };
    let table = table(&adopted(reports, None), level);
    let mut between_places = BTreeMap::new();
    for (a, of_a) in vectors {
        for (b, of_b) in
            vectors.range::<str, _>((std::ops::Bound::Excluded(*a), std::ops::Bound::Unbounded))
        {
            if cosine(of_a, of_b) > 0.0 {
                between_places.insert(
                    [a, b].map(|code| format!("{PLACE}{code}")),
                    cosine(of_a, of_b),
                );
            }
        }
    }
    let found = edges(Projection::Places);
    prop_assert!(found.keys().eq(between_places.keys()), "{found:?}");
    prop_assert!(
        found
            .values()
            .zip(between_places.values())
            .all(|(a, b)| near(*a, *b))
    );
    let mut between_campaigns = BTreeMap::new();
    for (a, of_a) in &table {
        for (b, of_b) in table.iter().filter(|(b, _)| *b > a) {
            let shared = of_a
                .keys()
                .filter(|place| of_b.contains_key(*place))
                .count();
            if shared > 0 {
                between_campaigns.insert(
                    [a, b].map(|name| format!("{CAMPAIGN}{name}")),
                    shared as f64,
                );
            }
        }
    }
    same!(edges(Projection::Campaigns), between_campaigns);
    Ok(())
}

pub(super) fn check_spread(store: &Store, reports: &[Report]) -> Checked {
    let adopted = adopted(reports, None);
    let table = table(&adopted, Level::All);
    let spreads = diffusion(store, &Selection::default(), 1).unwrap();
    same!(spreads.len(), table.len());
    for spread in &spreads {
        let places = &table[spread.name.as_str()];
        let year_of = |place: &str| {
            let own = adopted
                .iter()
                .filter(|one| one.0 == spread.name && one.1 == place);
            own.filter_map(|one| one.2).min()
        };
        let years: BTreeMap<&str, i32> = places
            .keys()
            .filter_map(|place| Some((*place, year_of(place)?)))
            .collect();
        same!(
            (spread.steps.len(), spread.undated),
            (years.len(), places.len() - years.len())
        );
        same!(
            (spread.first, spread.last),
            (years.values().min().copied(), years.values().max().copied())
        );
        prop_assert!(spread.steps.is_sorted_by_key(|step| (step.year, &step.id)));
        for step in &spread.steps {
            let (place, year) = (local(&step.id), years[local(&step.id)]);
            let count =
                |keep: &dyn Fn(i32) -> bool| years.values().filter(|other| keep(**other)).count();
            same!(
                (step.year, step.rank, step.tied),
                (
                    year,
                    1 + count(&|other| other < year),
                    count(&|other| other == year)
                )
            );
            let read = reports
                .iter()
                .filter(|report| report.place == place)
                .filter_map(|report| report.year);
            let without = read.filter(|read| *read < year).max();
            same!(step.earliest, without.map(|year| year + 1));
            let (way, after) = way(place, &years, without);
            prop_assert_eq!(step.way, way, "{:?}", spread);
            let found: BTreeSet<&str> = step
                .after
                .iter()
                .map(|relative| local(&relative.id))
                .collect();
            prop_assert_eq!(found, after, "{:?}", spread);
        }
    }
    Ok(())
}

/// How a place may have come to an initiative, and after whom, given the year of each place and the last year in which
/// a report of the place lacked it.
fn way<'a>(
    place: &str,
    years: &BTreeMap<&'a str, i32>,
    without: Option<i32>,
) -> (Way, BTreeSet<&'a str>) {
    let year = years[place];
    let parent = |code: &str| {
        code.len()
            .checked_sub(if code.len() == 9 { 3 } else { 2 })
            .map(|n| code[..n].to_owned())
    };
    let is_nearby = |other: &str| parent(other) == parent(place) && place.len() > 2;
    let (is_above, is_below) = (
        |other: &str| place.starts_with(other),
        |other: &str| other.starts_with(place),
    );
    let kin = years.iter().filter(|(other, _)| {
        **other != place && (is_above(other) || is_below(other) || is_nearby(other))
    });
    let kin: BTreeMap<&str, i32> = kin
        .filter(|(_, other)| **other <= year)
        .map(|(id, year)| (*id, *year))
        .collect();
    let certain = kin
        .iter()
        .filter(|(_, other)| without.is_some_and(|without| **other <= without));
    let certain: BTreeSet<&str> = certain.map(|(id, _)| *id).collect();
    let (above, nearby) = (
        certain.iter().any(|id| is_above(id)),
        certain.iter().any(|id| is_nearby(id)),
    );
    if years.values().all(|other| *other >= year) {
        return (Way::First, BTreeSet::new());
    }
    let way = match (above, nearby, certain.is_empty()) {
        (true, true, _) => Way::Both,
        (true, false, _) => Way::Above,
        (false, true, _) => Way::Nearby,
        (false, false, false) => Way::Below,
        _ if without.is_none() || kin.values().any(|other| *other < year) => Way::Unknown,
        _ if kin.is_empty() => Way::Apart,
        _ => return (Way::Tied, kin.into_keys().collect()),
    };
    (way, certain)
}

pub(super) fn check_network(store: &Store, reports: &[Report]) -> Checked {
    let mut expected: BTreeMap<(String, String, u8), BTreeSet<usize>> = BTreeMap::new();
    for (n, report) in reports.iter().enumerate() {
        let home = format!("{PLACE}{}", report.place);
        let carried = report
            .campaigns
            .iter()
            .map(|name| (home.clone(), format!("{CAMPAIGN}{name}"), 0));
        let linked = report.said.iter().filter_map(|said| match said {
            Said::Lies(thing, place) => Some((iri(thing), format!("{PLACE}{place}"), 1)),
            Said::Undertakes(enterprise, project) => Some((iri(enterprise), iri(project), 2)),
            _ => None,
        });
        for link in carried.chain(linked) {
            expected.entry(link).or_default().insert(n);
        }
    }
    let mut expected: Vec<(String, String, usize)> = expected
        .into_iter()
        .map(|((a, b, _), in_reports)| (a, b, in_reports.len()))
        .collect();
    let graph = project(store, Projection::Network, &Default::default()).unwrap();
    let mut found: Vec<(String, String, usize)> = graph
        .edge_indices()
        .map(|edge| {
            let (a, b) = graph.edge_endpoints(edge).unwrap();
            (
                graph[a].id.clone(),
                graph[b].id.clone(),
                graph[edge] as usize,
            )
        })
        .collect();
    expected.sort();
    found.sort();
    prop_assert_eq!(found, expected);
    let with_edges: BTreeSet<&str> = graph
        .node_weights()
        .map(|thing| thing.id.as_str())
        .collect();
    prop_assert_eq!(with_edges.len(), graph.node_count());
    prop_assert!(
        graph
            .node_indices()
            .all(|node| graph.neighbors(node).next().is_some())
    );
    Ok(())
}
