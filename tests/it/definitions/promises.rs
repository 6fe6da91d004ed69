//! Targets and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use xiangtu::graph::promises::{Outcome, promises};
use xiangtu::store::Store;

use super::said::{Figured, Said, all};
use super::{Checked, Report, local};

pub(super) fn check_promises(store: &Store, reports: &[Report]) -> Checked {
    let figures: Vec<_> = all(reports, |said| match said {
        Said::Figure(figure) => Some(figure),
        _ => None,
    });
    // Place, name and period.
    let pair = |(report, figure): &(&Report, &Figured)| {
        let own = report.year.map(|year| year + i32::from(figure.is_target));
        Some((report.place, figure.name, figure.period.or(own)?))
    };
    let mut expected: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for target in figures.iter().filter(|(_, figure)| figure.is_target) {
        if let Some(pair) = pair(target) {
            let text = format!("{}{}", target.1.value, target.1.unit);
            expected.entry((pair, text)).or_default().push(*target);
        }
    }
    let promises = promises(store, None).unwrap();
    prop_assert_eq!(promises.len(), expected.len());
    for promise in promises {
        let period: i32 = promise.period.parse().unwrap();
        let key = (
            (local(&promise.place), promise.indicator.as_str(), period),
            promise.target.text.clone(),
        );
        let targets = expected
            .iter()
            .find(|(known, _)| **known == key)
            .map(|(_, targets)| targets);
        let targets = targets.expect("a promise is a target of a report");
        let actuals: Vec<_> = figures
            .iter()
            .filter(|one| !one.1.is_target && pair(one) == Some(key.0))
            .collect();
        // The same target in two reports is one promise, judged as that of either.
        let possible: BTreeSet<Outcome> = targets
            .iter()
            .flat_map(|target| outcomes(*target, period, &actuals, reports))
            .collect();
        prop_assert!(
            possible.contains(&promise.outcome),
            "{promise:?} {possible:?}"
        );
    }
    Ok(())
}

/// What may be said of a target: of equally good figures any may be the one that is shown.
fn outcomes(
    (report, target): (&Report, &Figured),
    period: i32,
    actuals: &[&(&Report, &Figured)],
    reports: &[Report],
) -> BTreeSet<Outcome> {
    let is_copied = |report: &Report| {
        report
            .said
            .iter()
            .any(|said| matches!(said, Said::Figure(figure) if figure.is_copied))
    };
    let is_same =
        |other: &Report| std::ptr::eq(report, other) || is_copied(report) && is_copied(other);
    let rank = |(other, actual): &(&Report, &Figured)| {
        (actual.unit == target.unit, other.year == Some(period))
    };
    let others: Vec<_> = actuals
        .iter()
        .filter(|(other, _)| !is_same(other))
        .collect();
    if let Some(best) = others.iter().map(|one| rank(one)).max() {
        let best = others.iter().filter(|one| rank(one) == best);
        let judged = best.map(|(_, actual)| match actual.unit == target.unit {
            false => Outcome::Unlike,
            true if actual.value >= target.value => Outcome::Kept,
            true => Outcome::Missed,
        });
        return judged.collect();
    }
    let is_silent = |other: &&Report| {
        let wanted = if report.year == Some(period) {
            period + 1
        } else {
            period
        };
        let is_later = report.year.is_some_and(|given| wanted > given);
        other.place == report.place && other.year == Some(wanted) && is_later && !is_same(other)
    };
    [if reports.iter().any(|other| is_silent(&other)) {
        Outcome::Dropped
    } else {
        Outcome::Open
    }]
    .into()
}
