//! Which initiatives recur across regions: campaigns by the places that report them.
//!
//! What it tells you: of each campaign in how many towns, counties and provinces it is carried out, and the first and
//! last year. Cost: one pass over the statements of `xt:implements`. Example: `xiangtu recurrence --level county --min 3`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::Result;
use crate::store::{PlaceLevel, PlaceNode, Store};

/// What to count.
#[derive(Clone, Debug)]
pub struct Options {
    /// The level of the places that `min` counts and that order the list.
    pub level: PlaceLevel,
    /// Leaves out reports of earlier years, and those whose year is not known.
    pub since: Option<i32>,
    /// Fewest places.
    pub min: usize,
    /// Counts what is reported of a campaign for the wider ones of the thesaurus too.
    pub rollup: bool,
    /// Leaves out statements less certain than this.
    pub min_confidence: f64,
}

/// One campaign.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recurrence {
    /// IRI.
    pub id: String,
    /// Name.
    pub name: String,
    /// Places of the level asked for.
    pub places: usize,
    /// Towns, and villages counted as their town.
    pub towns: usize,
    /// Counties: those that report themselves and those of the towns.
    pub counties: usize,
    /// Prefectures.
    pub prefectures: usize,
    /// Provinces.
    pub provinces: usize,
    /// Statements.
    pub statements: usize,
    /// Documents.
    pub documents: usize,
    /// First year.
    pub first: Option<i32>,
    /// Last year.
    pub last: Option<i32>,
}

#[derive(Default)]
struct Tally {
    at: BTreeMap<PlaceLevel, BTreeSet<String>>,
    documents: BTreeSet<String>,
    years: BTreeSet<i32>,
    statements: usize,
}

/// Campaigns with at least `min` places, those of most places first.
pub fn recurrence(store: &Store, options: &Options) -> Result<Vec<Recurrence>> {
    let places = store.places()?;
    let broader = if options.rollup {
        store.broader()?
    } else {
        BTreeMap::new()
    };
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for said in store.implementations(options.min_confidence)? {
        if options
            .since
            .is_some_and(|since| said.year.is_none_or(|year| year < since))
        {
            continue;
        }
        let divisions = divisions(&said.place, &places);
        for campaign in with_wider(&said.campaign, &broader) {
            let tally = tallies.entry(campaign).or_default();
            tally.statements += 1;
            tally.documents.insert(said.document.clone());
            tally.years.extend(said.year);
            for (level, place) in &divisions {
                tally.at.entry(*level).or_default().insert(place.clone());
            }
        }
    }
    let mut rows = Vec::new();
    for (id, tally) in tallies {
        let n = |level| tally.at.get(&level).map_or(0, BTreeSet::len);
        if n(options.level) < options.min {
            continue;
        }
        rows.push(Recurrence {
            name: store.name_of(&id)?,
            id,
            places: n(options.level),
            towns: n(PlaceLevel::Town),
            counties: n(PlaceLevel::County),
            prefectures: n(PlaceLevel::Prefecture),
            provinces: n(PlaceLevel::Province),
            statements: tally.statements,
            documents: tally.documents.len(),
            first: tally.years.first().copied(),
            last: tally.years.last().copied(),
        });
    }
    let rank = |row: &Recurrence| (row.places, row.provinces, row.counties, row.statements);
    rows.sort_by(|a, b| {
        rank(b)
            .cmp(&rank(a))
            .then_with(|| a.name.cmp(&b.name))
            .then_with(|| a.id.cmp(&b.id))
    });
    Ok(rows)
}

/// A place and the divisions above it, by level. A place without a code is taken for a town of its own.
fn divisions(place: &str, places: &BTreeMap<String, PlaceNode>) -> Vec<(PlaceLevel, String)> {
    let mut found = Vec::new();
    let mut at = Some(place);
    while let Some(id) = at.take() {
        let node = places.get(id);
        let code = node.map_or("", |node| node.code.as_str());
        match PlaceLevel::of_code(code) {
            Some(level) => found.push((level, id.to_owned())),
            None if code.is_empty() => found.push((PlaceLevel::Town, id.to_owned())),
            None => {}
        }
        at = node
            .and_then(|node| node.parent.as_deref())
            .filter(|_| found.len() < 8);
    }
    found
}

/// A campaign and all campaigns above it, each once.
fn with_wider(campaign: &str, broader: &BTreeMap<String, Vec<String>>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut open = vec![campaign];
    while let Some(campaign) = open.pop() {
        if all.insert(campaign.to_owned()) {
            open.extend(
                broader
                    .get(campaign)
                    .into_iter()
                    .flatten()
                    .map(String::as_str),
            );
        }
    }
    all
}
