//! Which initiatives recur across regions: campaigns by the places that report them.
//!
//! What it tells you: of each campaign in how many towns, counties, prefectures and provinces it is carried out, since when, how
//! evenly over the provinces, in how many places each year, and whether its places lie further apart or closer
//! together than chance would put them.
//!
//! What "surprising" means here: the null model ([`super::chance`]) keeps how many places each campaign has, so the
//! number of places cannot surprise by construction. (A null under which all campaigns are equally popular would be
//! refused for every well-known one and tell nothing.) What is tested is *where* the places are: given that many places, drawn with
//! the odds that their number of campaigns gives them among the places of this corpus, how many provinces would
//! they lie in, and how many prefectures? Fewer provinces than that: a regional campaign. More: one that someone
//! carries across the country. Fewer prefectures: neighbours share it. (The gazetteer has no borders; neighbours are
//! places under one prefecture.) Places whose province is not known take no part. Chance is over the places that the
//! documents speak of, not over China.
//!
//! Method: bipartite configuration model conditioned on the campaign's degree; exact two-sided p-values, adjusted over
//! all campaigns listed (Benjamini and Hochberg 1995). Leaving rare campaigns out with `min` keeps this valid, as the
//! number of places is fixed under the null. Spread is Shannon's entropy over provinces.
//!
//! Units: counts of places; spread in bits (0: one province; 3: as even as over eight provinces).
//! Cost: one pass over the statements of `xt:implements`, then places × most places of a campaign × provinces.
//! Example: `xiangtu recurrence --level county --min 3 --by-year`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::adoption::{Adoption, Atlas, Level, Selection, Table, adoptions};
use super::chance::{Comparison, groups_touched};
use super::statistics::{benjamini_hochberg, entropy};
use crate::Result;
use crate::store::{PlaceLevel, Store};

/// What to count.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which statements, and the level of the places that `min` counts and that order the list.
    pub selection: Selection,
    /// Fewest places.
    pub min: usize,
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
    /// Entropy of its places over the provinces, in bits.
    pub spread: f64,
    /// Its provinces against chance; `None` where there is nothing to compare (one place, or places that are provinces).
    pub across: Option<Surprise>,
    /// Its prefectures against chance.
    pub nearby: Option<Surprise>,
    /// Places by year.
    pub by_year: Vec<YearCount>,
}

/// How many regions a campaign's places lie in, against chance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Surprise {
    /// Places whose region is known: as many are drawn at random.
    pub drawn: usize,
    /// Regions they lie in.
    pub observed: usize,
    /// Mean number of regions under chance.
    pub expected: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// The p-value adjusted for all campaigns listed.
    pub q: f64,
}

impl Surprise {
    /// `wider` or `narrower` where the adjusted p-value is at most 0.05, else `chance`.
    pub fn verdict(&self) -> &'static str {
        match self.observed as f64 > self.expected {
            _ if self.q > 0.05 => "chance",
            true => "wider",
            false => "narrower",
        }
    }
}

/// Places in one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct YearCount {
    /// Year.
    pub year: i32,
    /// Places that report the campaign for this year.
    pub places: usize,
    /// Places that report any campaign for this year: what `places` is to be read against.
    pub reporting: usize,
}

#[derive(Default)]
struct Tally {
    at: BTreeMap<PlaceLevel, BTreeSet<String>>,
    counted: BTreeSet<String>,
    documents: BTreeSet<String>,
    /// Years of all statements.
    dates: BTreeSet<i32>,
    /// Places by year; statements of places above the level asked for count for none.
    years: BTreeMap<i32, BTreeSet<String>>,
    statements: usize,
}

/// Campaigns with at least `min` places, those of most places first.
pub fn recurrence(store: &Store, options: &Options) -> Result<Vec<Recurrence>> {
    let level = options.selection.level;
    let (adoptions, atlas) = adoptions(store, &options.selection)?;
    let mut reporting: BTreeMap<i32, BTreeSet<String>> = BTreeMap::new();
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for adoption in &adoptions {
        let tally = tallies.entry(&adoption.campaign).or_default();
        tally.statements += 1;
        tally.documents.insert(adoption.document.clone());
        for (level, place) in atlas.divisions(&adoption.place) {
            tally.at.entry(level).or_default().insert(place);
        }
        let counted = atlas.counted(&adoption.place, level);
        tally.counted.extend(counted.clone());
        tally.dates.extend(adoption.year);
        if let (Some(year), Some(place)) = (adoption.year, counted) {
            let places = tally.years.entry(year).or_default();
            places.insert(place.clone());
            reporting.entry(year).or_default().insert(place);
        }
    }
    tallies.retain(|_, tally| tally.counted.len() >= options.min);
    let mut rows = Vec::new();
    for (id, tally) in &tallies {
        rows.push(row(store, id, tally, &reporting)?);
    }
    compare(&mut rows, &adoptions, &atlas, options);
    let rank = |row: &Recurrence| (row.places, row.provinces, row.counties, row.statements);
    rows.sort_by(|a, b| {
        rank(b)
            .cmp(&rank(a))
            .then_with(|| a.name.cmp(&b.name))
            .then_with(|| a.id.cmp(&b.id))
    });
    Ok(rows)
}

fn row(
    store: &Store,
    id: &str,
    tally: &Tally,
    reporting: &BTreeMap<i32, BTreeSet<String>>,
) -> Result<Recurrence> {
    let n = |level| tally.at.get(&level).map_or(0, BTreeSet::len);
    let by_year = tally.years.iter().map(|(year, places)| YearCount {
        year: *year,
        places: places.len(),
        reporting: reporting[year].len(),
    });
    Ok(Recurrence {
        name: store.name_of(id)?,
        id: id.to_owned(),
        places: tally.counted.len(),
        towns: n(PlaceLevel::Town),
        counties: n(PlaceLevel::County),
        prefectures: n(PlaceLevel::Prefecture),
        provinces: n(PlaceLevel::Province),
        statements: tally.statements,
        documents: tally.documents.len(),
        first: tally.dates.first().copied(),
        last: tally.dates.last().copied(),
        spread: 0.0,
        across: None,
        nearby: None,
        by_year: by_year.collect(),
    })
}

/// Sets spread and the comparisons with chance.
fn compare(rows: &mut [Recurrence], adoptions: &[Adoption], atlas: &Atlas, options: &Options) {
    let level = options.selection.level;
    let table = Table::of(adoptions, atlas, level);
    let places: Vec<&[usize]> = rows.iter().map(|row| table.places_of(&row.id)).collect();
    let provinces = table.regions(atlas, PlaceLevel::Province);
    for (row, places) in rows.iter_mut().zip(&places) {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for province in places.iter().filter_map(|&place| provinces[place]) {
            *counts.entry(province).or_default() += 1;
        }
        row.spread = entropy(counts.into_values());
    }
    if level != Level::Province {
        for (row, surprise) in rows.iter_mut().zip(surprises(&table, &provinces, &places)) {
            row.across = surprise;
        }
    }
    if !matches!(level, Level::Province | Level::Prefecture) {
        let prefectures = table.regions(atlas, PlaceLevel::Prefecture);
        for (row, surprise) in rows
            .iter_mut()
            .zip(surprises(&table, &prefectures, &places))
        {
            row.nearby = surprise;
        }
    }
}

/// Of each list of places the number of regions it lies in, against chance.
fn surprises(table: &Table, region: &[Option<usize>], lists: &[&[usize]]) -> Vec<Option<Surprise>> {
    let fitness = table.place_fitness();
    let known = region
        .iter()
        .zip(fitness)
        .filter_map(|(region, y)| Some((y, (*region)?)));
    let (fitness, group): (Vec<f64>, Vec<usize>) = known.unzip();
    let observed: Vec<(usize, usize)> = lists
        .iter()
        .map(|places| {
            let regions: Vec<usize> = places.iter().filter_map(|&place| region[place]).collect();
            let distinct: BTreeSet<usize> = regions.iter().copied().collect();
            (regions.len(), distinct.len())
        })
        .collect();
    let sizes: Vec<usize> = observed.iter().map(|(drawn, _)| *drawn).collect();
    let of_size = groups_touched(&fitness, &group, &sizes);
    let compared: Vec<Option<Comparison>> = observed
        .iter()
        .map(|(drawn, regions)| {
            let distribution = of_size.get(drawn).filter(|_| *drawn > 1)?;
            Some(Comparison::of(*regions, distribution))
        })
        .collect();
    let p: Vec<f64> = compared
        .iter()
        .map(|compared| compared.map_or(f64::NAN, |c| c.p()))
        .collect();
    let q = benjamini_hochberg(&p);
    let rows = observed.into_iter().zip(compared).zip(q);
    rows.map(|(((drawn, observed), compared), q)| {
        let compared = compared?;
        Some(Surprise {
            drawn,
            observed,
            expected: compared.expected,
            p: compared.p(),
            q,
        })
    })
    .collect()
}
