//! How an initiative spread: who took it up when, and after whom.
//!
//! What it tells you: the order of adoption of each initiative, and for each place whether a division above it, a
//! neighbour, or a division below it had it in an *earlier* year.
//!
//! Method and its limits. The year of an adoption is the first year for which a document states it. Reports know years
//! only, so places of one year are *tied*: their order cannot be told, and no tie is broken. Nor is every year read: the
//! adoption lies after the last earlier year on which a report of the place was read (and did not state it), and if there is
//! none, its year is *at latest*. Another place was certainly earlier only if its year is not after that last year without.
//! Each adoption is of one way: `first` (no place has an earlier year), `above` (certainly after a division above it:
//! vertical), `nearby` (after a neighbour: horizontal), `both`, `below` (only after a division below: upwards), `unknown` (not read
//! before, or kin of an earlier year whose order is uncertain), `tied` (kin of the same year, none earlier), `apart` (no
//! kin at all). Neighbours are divisions under one parent; the gazetteer has no borders. Reports are read in part and leave
//! things out: that a place did not state an initiative is taken for not having it. That kin was earlier is a possibility, not a
//! cause. Nor is the centre seen here: the year in which policy began an initiative stands beside, where the
//! thesaurus knows it, and whatever a ministry tells everyone at once looks `tied` or `apart`.
//! Which pairs follow each other over *many* initiatives is asked of [`super::netinf`].
//!
//! Units: years. Cost: one pass over the statements, places × divisions above them.
//! Example: `xiangtu diffusion 林长制`, `xiangtu diffusion --min 5`, `xiangtu diffusion --infer 20`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::adoption::{Adoption, Atlas, Selection, adoptions};
use super::netinf::{self, Cascade, Model, netinf};
use crate::Result;
use crate::store::Store;

/// How one initiative spread.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diffusion {
    /// IRI.
    pub id: String,
    /// Name.
    pub name: String,
    /// The year in which policy began it, by the thesaurus.
    pub began: Option<i32>,
    /// First year of an adoption.
    pub first: Option<i32>,
    /// Last year in which a place was new.
    pub last: Option<i32>,
    /// Places without a year: in no order at all.
    pub undated: usize,
    /// Adoptions in order of year; of one year in order of IRI, which means nothing.
    pub steps: Vec<Step>,
}

/// One place takes an initiative up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// IRI of the place.
    pub id: String,
    /// Name with its county.
    pub name: String,
    /// First year for which it is stated.
    pub year: i32,
    /// First year in which it can have been: after the last report without it; `None` if none was read before.
    pub earliest: Option<i32>,
    /// One more than the number of places of earlier years: the rank that all places of the year share.
    pub rank: usize,
    /// Places of the same year, itself included.
    pub tied: usize,
    /// How it may have come.
    pub way: Way,
    /// Kin that was certainly earlier, the latest first; kin of the same year where it is tied.
    pub after: Vec<Relative>,
}

/// A place that another may have followed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Relative {
    /// Its year.
    pub year: i32,
    /// Name.
    pub name: String,
    /// IRI.
    pub id: String,
}

/// How an adoption may have come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// No place has an earlier year.
    First,
    /// The documents do not tell.
    Unknown,
    /// A division above was earlier.
    Above,
    /// A neighbour was earlier.
    Nearby,
    /// A division above and a neighbour were earlier.
    Both,
    /// Only a division below was earlier.
    Below,
    /// Kin adopted in the same year, none earlier.
    Tied,
    /// No kin adopted earlier or in the same year.
    Apart,
}

impl Way {
    /// All ways.
    pub const ALL: [Self; 8] = [
        Self::First,
        Self::Unknown,
        Self::Above,
        Self::Nearby,
        Self::Both,
        Self::Below,
        Self::Tied,
        Self::Apart,
    ];

    /// The word in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Unknown => "unknown",
            Self::Above => "above",
            Self::Nearby => "nearby",
            Self::Both => "both",
            Self::Below => "below",
            Self::Tied => "tied",
            Self::Apart => "apart",
        }
    }
}

impl Diffusion {
    /// Number of adoptions of a way.
    pub fn count(&self, way: Way) -> usize {
        self.steps.iter().filter(|step| step.way == way).count()
    }

    /// The part of all pairs of dated places whose order cannot be told.
    pub fn tied_pairs(&self) -> f64 {
        let mut years: BTreeMap<i32, usize> = BTreeMap::new();
        for step in &self.steps {
            *years.entry(step.year).or_default() += 1;
        }
        let pairs = |n: usize| (n * n.saturating_sub(1)) as f64 / 2.0;
        let tied: f64 = years.into_values().map(pairs).sum();
        tied / pairs(self.steps.len()).max(1.0)
    }
}

/// When each place took an initiative up; `None` where no statement has a year.
type Years = BTreeMap<String, Option<i32>>;

/// What is known of the places, whatever the initiative.
struct Context<'a> {
    atlas: &'a Atlas,
    /// Years on which documents about a place report.
    read: BTreeMap<String, BTreeSet<i32>>,
}

/// The spread of each initiative with at least `min` places, those of most places first.
///
/// `selection.level` is not used: every place counts for itself, a village for its town.
pub fn diffusion(store: &Store, selection: &Selection, min: usize) -> Result<Vec<Diffusion>> {
    let (adoptions, atlas) = adoptions(store, selection)?;
    let context = Context {
        read: years_read(store, &atlas)?,
        atlas: &atlas,
    };
    let began = store.start_years()?;
    let mut spreads = Vec::new();
    for (id, years) in first_years(&adoptions, &atlas) {
        if years.len() < min {
            continue;
        }
        let mut steps = context.steps(&years);
        for step in &mut steps {
            step.name = store.full_name_of(&step.id)?;
            for relative in &mut step.after {
                relative.name = store.full_name_of(&relative.id)?;
            }
        }
        spreads.push(Diffusion {
            name: store.name_of(&id)?,
            began: began.get(&id).copied(),
            first: steps.first().map(|step| step.year),
            last: steps.last().map(|step| step.year),
            undated: years.values().filter(|year| year.is_none()).count(),
            steps,
            id,
        });
    }
    let places = |spread: &Diffusion| spread.steps.len() + spread.undated;
    spreads.sort_by(|a, b| {
        places(b)
            .cmp(&places(a))
            .then_with(|| (&a.name, &a.id).cmp(&(&b.name, &b.id)))
    });
    Ok(spreads)
}

/// An inferred edge between places.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Influence {
    /// IRIs: who is followed, who follows.
    pub ids: [String; 2],
    /// Their names.
    pub names: [String; 2],
    /// What the edge adds to the logarithm of the likelihood.
    pub gain: f64,
    /// Initiatives for which it is the best explanation.
    pub campaigns: usize,
}

/// Which places follow which over all initiatives together.
pub fn influences(store: &Store, selection: &Selection, model: &Model) -> Result<Vec<Influence>> {
    let (adoptions, atlas) = adoptions(store, selection)?;
    let read = years_read(store, &atlas)?;
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut cascades = Vec::new();
    for years in first_years(&adoptions, &atlas).into_values() {
        let mut cascade = Cascade::default();
        for (place, year) in years {
            let Some(year) = year else { continue };
            let without = last_year_before(&read, &place, year).map(f64::from);
            let next = numbers.len();
            cascade.events.push(netinf::Event {
                node: *numbers.entry(place).or_insert(next),
                time: f64::from(year),
                without,
            });
        }
        cascades.push(cascade);
    }
    let places: BTreeMap<usize, String> = numbers.into_iter().map(|(id, n)| (n, id)).collect();
    let mut found = Vec::new();
    for edge in netinf(&cascades, model) {
        let ids = [edge.from, edge.to].map(|n| places[&n].clone());
        found.push(Influence {
            names: [store.full_name_of(&ids[0])?, store.full_name_of(&ids[1])?],
            ids,
            gain: edge.gain,
            campaigns: edge.cascades,
        });
    }
    Ok(found)
}

/// A village stands for its town.
fn unit(atlas: &Atlas, place: &str) -> String {
    let own = atlas.divisions(place).into_iter().next();
    own.map_or_else(|| place.to_owned(), |(_, id)| id)
}

fn first_years(adoptions: &[Adoption], atlas: &Atlas) -> BTreeMap<String, Years> {
    let mut all: BTreeMap<String, Years> = BTreeMap::new();
    for adoption in adoptions {
        let years = all.entry(adoption.campaign.clone()).or_default();
        let first = years.entry(unit(atlas, &adoption.place)).or_default();
        *first = match (*first, adoption.year) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    all
}

fn years_read(store: &Store, atlas: &Atlas) -> Result<BTreeMap<String, BTreeSet<i32>>> {
    let mut read: BTreeMap<String, BTreeSet<i32>> = BTreeMap::new();
    for document in store.documents()? {
        if let (Some(home), Some(year)) = (document.home, document.year) {
            read.entry(unit(atlas, &home)).or_default().insert(year);
        }
    }
    Ok(read)
}

/// The last year before this one on which a report of a place was read.
fn last_year_before(read: &BTreeMap<String, BTreeSet<i32>>, place: &str, year: i32) -> Option<i32> {
    read.get(place)?.range(..year).next_back().copied()
}

impl Context<'_> {
    fn steps(&self, years: &Years) -> Vec<Step> {
        let mut dated: Vec<(i32, &String)> = years
            .iter()
            .filter_map(|(place, year)| Some(((*year)?, place)))
            .collect();
        dated.sort();
        let first = dated.first().map(|(year, _)| *year);
        let steps = dated.iter().map(|(year, place)| {
            let (way, after) = self.way(place, *year, first == Some(*year), &dated);
            Step {
                id: (*place).clone(),
                name: String::new(),
                year: *year,
                rank: dated.partition_point(|(other, _)| other < year) + 1,
                tied: dated.iter().filter(|(other, _)| other == year).count(),
                earliest: last_year_before(&self.read, place, *year).map(|year| year + 1),
                way,
                after,
            }
        });
        steps.collect()
    }

    fn way(
        &self,
        place: &str,
        year: i32,
        is_first: bool,
        dated: &[(i32, &String)],
    ) -> (Way, Vec<Relative>) {
        if is_first {
            return (Way::First, Vec::new());
        }
        let without = last_year_before(&self.read, place, year);
        let is_earlier = |other: i32| without.is_some_and(|without| other <= without);
        let related: Vec<(i32, &String, Way)> = dated
            .iter()
            .filter(|(other, id)| *other <= year && id.as_str() != place)
            .filter_map(|(other, id)| Some((*other, *id, self.relation(place, id)?)))
            .collect();
        let has = |way| {
            let mut kin = related.iter();
            kin.any(|(other, _, is)| is_earlier(*other) && *is == way)
        };
        let way = match (has(Way::Above), has(Way::Nearby), has(Way::Below)) {
            (true, true, _) => Way::Both,
            (true, false, _) => Way::Above,
            (false, true, _) => Way::Nearby,
            (false, false, true) => Way::Below,
            _ if without.is_none() => Way::Unknown,
            _ if related.iter().any(|(other, _, _)| *other < year) => Way::Unknown,
            _ if related.is_empty() => Way::Apart,
            _ => Way::Tied,
        };
        let mut after: Vec<Relative> = related
            .into_iter()
            .filter(|(other, _, _)| way == Way::Tied || is_earlier(*other))
            .map(|(year, id, _)| Relative {
                year,
                name: String::new(),
                id: id.clone(),
            })
            .collect();
        after.sort_by(|a, b| b.year.cmp(&a.year).then_with(|| a.id.cmp(&b.id)));
        (way, after)
    }

    /// How another place stands to this one: above it, below it, or beside it under one parent.
    fn relation(&self, place: &str, other: &str) -> Option<Way> {
        let is_above = |a: &str, b: &str| {
            self.atlas
                .divisions(b)
                .iter()
                .skip(1)
                .any(|(_, id)| id == a)
        };
        let parent = self.atlas.parent(place);
        if is_above(other, place) {
            Some(Way::Above)
        } else if is_above(place, other) {
            Some(Way::Below)
        } else if parent.is_some() && parent == self.atlas.parent(other) {
            Some(Way::Nearby)
        } else {
            None
        }
    }
}
