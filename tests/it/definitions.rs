//! The analyses of random small corpora against their definitions, each written out the plain way.
//!
//! What the definitions need of chance (fitness, adjustment) has its own laws beside the code; here sets of places are
//! counted one by one.

mod ledgers;
mod likeness;
mod promises;
mod said;
mod surprise;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use xiangtu::graph::adoption::{Level, Selection};
use xiangtu::model::Extraction;

use crate::written::{report, store};
use said::Said;

/// Fails with both sides where they differ.
macro_rules! same {
    ($found:expr, $expected:expr $(,)?) => {{
        let (found, expected) = ($found, $expected);
        prop_assert_eq!(found, expected);
    }};
}

use same;

type Checked = Result<(), TestCaseError>;

/// Towns, counties, a prefecture and a province, of three provinces.
const PLACES: [&str; 10] = [
    "430181110",
    "430181112",
    "430181114",
    "430181",
    "43",
    "360923102",
    "360923103",
    "3609",
    "511403110",
    "511403",
];
const CAMPAIGNS: [&str; 5] = ["甲", "乙", "丙", "丁", "戊"];
const LEVELS: [Level; 5] = [
    Level::Town,
    Level::County,
    Level::Prefecture,
    Level::Province,
    Level::All,
];

/// A report: place, year, initiatives, and what it says of enterprises, persons and figures.
#[derive(Clone, Debug)]
struct Report {
    place: &'static str,
    year: Option<i32>,
    campaigns: BTreeSet<&'static str>,
    said: Vec<Said>,
}

fn reports() -> impl Strategy<Value = Vec<Report>> {
    let campaigns = prop::collection::btree_set(prop::sample::select(&CAMPAIGNS[..]), 0..4);
    let year = prop::option::weighted(0.9, 2018..2023);
    let said = prop::collection::vec(said::said(), 0..6);
    let report = (prop::sample::select(&PLACES[..]), year, campaigns, said);
    let report = report.prop_map(|(place, year, campaigns, said)| Report {
        place,
        year,
        campaigns,
        said,
    });
    prop::collection::vec(report, 1..14)
}

fn written(reports: &[Report]) -> Vec<Extraction> {
    let written = reports.iter().enumerate().map(|(n, report)| {
        let campaigns: Vec<&str> = report.campaigns.iter().copied().collect();
        let mut written = self::report(report.place, 0, &campaigns);
        written.doc = format!("{n}.txt");
        written.year = report.year;
        said::write(&report.said, &mut written);
        written
    });
    written.collect()
}

/// The division of a level that a place is or lies in, by the digits of its code.
fn counted(place: &str, level: Level) -> Option<&str> {
    match level {
        Level::Town => place.get(..9),
        Level::County => place.get(..6),
        Level::Prefecture => place.get(..4),
        Level::Province => place.get(..2),
        Level::All => Some(place),
    }
}

/// One statement: initiative, place, year, number of the report.
type Adopted<'a> = (&'a str, &'a str, Option<i32>, usize);

fn adopted(reports: &[Report], since: Option<i32>) -> Vec<Adopted<'_>> {
    let mut all = Vec::new();
    for (n, report) in reports.iter().enumerate() {
        if since.is_none_or(|since| report.year.is_some_and(|year| year >= since)) {
            let campaigns = report.campaigns.iter();
            all.extend(campaigns.map(|campaign| (*campaign, report.place, report.year, n)));
        }
    }
    all
}

/// Of each initiative its places at a level, each with the reports that say so.
type Table<'a> = BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<usize>>>;

fn table<'a>(adopted: &[Adopted<'a>], level: Level) -> Table<'a> {
    let mut table = Table::new();
    for (campaign, place, _, report) in adopted {
        if let Some(place) = counted(place, level) {
            let places = table.entry(campaign).or_default();
            places.entry(place).or_default().insert(*report);
        }
    }
    table
}

fn distinct<'a, T: Ord>(
    all: impl Iterator<Item = &'a Adopted<'a>>,
    of: impl Fn(&'a Adopted<'a>) -> Option<T>,
) -> BTreeSet<T> {
    all.filter_map(of).collect()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

fn selection(level: Level, since: Option<i32>) -> Selection {
    Selection {
        level,
        since,
        ..Selection::default()
    }
}

fn local(id: &str) -> &str {
    id.rsplit('/').next().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: crate::hostile::cases(24), max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn every_analysis_is_what_its_definition_says(reports in reports()) {
        let store = store(written(&reports));
        for level in LEVELS {
            for since in [None, Some(2020)] {
                surprise::check_recurrence(&store, &reports, level, since)?;
            }
            surprise::check_pairs(&store, &reports, level, 1)?;
            surprise::check_pairs(&store, &reports, level, 2)?;
            likeness::check_likeness(&store, &reports, level)?;
        }
        likeness::check_spread(&store, &reports)?;
        ledgers::check(&store, &reports)?;
        promises::check_promises(&store, &reports)?;
        likeness::check_network(&store, &reports)?;
    }
}
