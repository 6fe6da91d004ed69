//! Initiatives × places: what the analyses of recurrence, company, likeness and spread start from.
//!
//! An *adoption* is that some document says of a place that it carries out an initiative. A place counts at its own
//! level and at those above it; a village counts as its town. A village that the list of divisions lacks counts as the
//! home of the documents that name it, any other place without a code as a town of its own whose divisions above are not known.

use std::collections::{BTreeMap, BTreeSet};

use super::chance::place_fitness;
use crate::store::{PlaceLevel, PlaceNode, Store};
use crate::text::key;
use crate::{Error, Result};

/// What counts as one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Level {
    /// 乡级.
    Town,
    /// 县级, with what its towns report.
    County,
    /// 地级, with what lies below.
    Prefecture,
    /// 省级, with what lies below.
    Province,
    /// Every place for itself, as the documents name it, whatever its level.
    All,
}

impl Level {
    /// The level of the divisions meant; `None` for all.
    pub fn place_level(self) -> Option<PlaceLevel> {
        match self {
            Self::Town => Some(PlaceLevel::Town),
            Self::County => Some(PlaceLevel::County),
            Self::Prefecture => Some(PlaceLevel::Prefecture),
            Self::Province => Some(PlaceLevel::Province),
            Self::All => None,
        }
    }
}

/// Which adoptions to look at.
#[derive(Clone, Debug)]
pub struct Selection {
    /// What counts as one place.
    pub level: Level,
    /// Leaves out statements on earlier years, and those whose year is not known.
    pub since: Option<i32>,
    /// Keeps the initiatives of one field of work: its code or its name in Chinese or English.
    pub domain: Option<String>,
    /// Counts what is reported of an initiative for the wider ones of the thesaurus too.
    pub rollup: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            level: Level::Town,
            since: None,
            domain: None,
            rollup: false,
        }
    }
}

/// One statement that a place carries out an initiative.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// IRI of the initiative.
    pub campaign: String,
    /// IRI of the place as stated.
    pub place: String,
    /// Year of the statement.
    pub year: Option<i32>,
    /// IRI of the document.
    pub document: String,
}

/// The places of a store and how they lie in one another.
pub struct Atlas(BTreeMap<String, PlaceNode>);

impl Atlas {
    /// The places of a store.
    pub fn of(store: &Store) -> Result<Self> {
        Ok(Self(store.places()?))
    }

    /// A place and the divisions above it, by level. A place without a code that lies in none is taken for a town of its own.
    pub fn divisions(&self, place: &str) -> Vec<(PlaceLevel, String)> {
        let mut found = Vec::new();
        let mut at = Some(place);
        while let Some(id) = at.take() {
            let node = self.0.get(id);
            let code = node.map_or("", |node| node.code.as_str());
            match PlaceLevel::of_code(code) {
                Some(level) => found.push((level, id.to_owned())),
                None if node.is_none_or(|node| node.parent.is_none()) && code.is_empty() => {
                    found.push((PlaceLevel::Town, id.to_owned()))
                }
                None => {}
            }
            at = node
                .and_then(|node| node.parent.as_deref())
                .filter(|_| found.len() < 8);
        }
        found
    }

    /// The division of this level that a place is or lies in.
    pub fn above(&self, place: &str, level: PlaceLevel) -> Option<String> {
        let mut divisions = self.divisions(place).into_iter();
        divisions.find(|(at, _)| *at == level).map(|(_, id)| id)
    }

    /// The place that counts at a level; `None` where the place stands above it.
    pub fn counted(&self, place: &str, level: Level) -> Option<String> {
        match level.place_level() {
            Some(level) => self.above(place, level),
            None => Some(place.to_owned()),
        }
    }

    /// Whether a place is a division or lies in it.
    pub fn is_within(&self, place: &str, division: &str) -> bool {
        let mut at = Some(place);
        // The list of divisions is six deep at most; more would be a circle.
        for _ in 0..8 {
            match at {
                Some(id) if id == division => return true,
                Some(id) => at = self.parent(id),
                None => return false,
            }
        }
        false
    }

    /// The division directly above.
    pub fn parent(&self, place: &str) -> Option<&str> {
        self.0.get(place)?.parent.as_deref()
    }
}

/// Every adoption that a selection keeps, in order of document, and the places.
pub fn adoptions(store: &Store, selection: &Selection) -> Result<(Vec<Adoption>, Atlas)> {
    let broader = match selection.rollup {
        true => store.broader()?,
        false => BTreeMap::new(),
    };
    let of_domain = match &selection.domain {
        Some(name) => Some(campaigns_of(store, name)?),
        None => None,
    };
    let mut found = Vec::new();
    for said in store.implementations()? {
        if selection
            .since
            .is_some_and(|since| said.year.is_none_or(|year| year < since))
        {
            continue;
        }
        for campaign in with_wider(&said.campaign, &broader) {
            if of_domain
                .as_ref()
                .is_some_and(|all| !all.contains(&campaign))
            {
                continue;
            }
            found.push(Adoption {
                campaign,
                place: said.place.clone(),
                year: said.year,
                document: said.document.clone(),
            });
        }
    }
    Ok((found, Atlas::of(store)?))
}

/// The initiatives of a field of work, given by its code or name.
fn campaigns_of(store: &Store, name: &str) -> Result<BTreeSet<String>> {
    let domains = store.domains()?;
    let wanted = key(name);
    let domain = domains
        .iter()
        .find(|domain| {
            domain.id == name
                || key(&domain.code) == wanted
                || domain.labels.iter().any(|label| key(label) == wanted)
        })
        .ok_or_else(|| {
            let known: Vec<String> = domains
                .iter()
                .map(|domain| format!("{} ({})", domain.code, domain.labels[0]))
                .collect();
            Error::Query(format!(
                "no field of work is called {name}; known: {}",
                known.join(", ")
            ))
        })?;
    let campaigns = store.campaign_domains()?.into_iter();
    Ok(campaigns
        .filter(|(_, domains)| domains.contains(&domain.id))
        .map(|(campaign, _)| campaign)
        .collect())
}

/// A campaign and all campaigns above it, each once.
pub(super) fn with_wider(
    campaign: &str,
    broader: &BTreeMap<String, Vec<String>>,
) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut open = vec![campaign];
    while let Some(campaign) = open.pop() {
        if all.insert(campaign.to_owned()) {
            let above = broader.get(campaign).into_iter().flatten();
            open.extend(above.map(String::as_str));
        }
    }
    all
}

/// Which place carries out which initiative, each pair once, with numbers in the place of IRIs.
pub struct Table {
    /// IRIs of the initiatives, sorted.
    pub campaigns: Vec<String>,
    /// IRIs of the places, sorted.
    pub places: Vec<String>,
    /// Of each initiative the places, sorted.
    pub places_of: Vec<Vec<usize>>,
    /// Of each place the initiatives, sorted.
    pub campaigns_of: Vec<Vec<usize>>,
    /// Number of documents that say so, by initiative and place.
    pub documents: BTreeMap<(usize, usize), usize>,
}

impl Table {
    /// The table of some adoptions at a level; places that stand above the level are left out.
    pub fn of(adoptions: &[Adoption], atlas: &Atlas, level: Level) -> Self {
        let mut pairs: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
        for adoption in adoptions {
            if let Some(place) = atlas.counted(&adoption.place, level) {
                pairs
                    .entry((&adoption.campaign, place))
                    .or_default()
                    .insert(&adoption.document);
            }
        }
        let campaigns: BTreeSet<&str> = pairs.keys().map(|(campaign, _)| *campaign).collect();
        let campaigns: Vec<String> = campaigns.into_iter().map(str::to_owned).collect();
        let places: BTreeSet<&String> = pairs.keys().map(|(_, place)| place).collect();
        let places: Vec<String> = places.into_iter().cloned().collect();
        let mut table = Self {
            places_of: vec![Vec::new(); campaigns.len()],
            campaigns_of: vec![Vec::new(); places.len()],
            documents: BTreeMap::new(),
            campaigns,
            places,
        };
        for ((campaign, place), documents) in &pairs {
            let find = |list: &[String], id: &str| {
                list.binary_search_by(|known| known.as_str().cmp(id))
                    .expect("the lists are made of these pairs")
            };
            let (c, p) = (find(&table.campaigns, campaign), find(&table.places, place));
            table.places_of[c].push(p);
            table.campaigns_of[p].push(c);
            table.documents.insert((c, p), documents.len());
        }
        table
    }

    /// The places of an initiative; none if it is not in the table.
    pub fn places_of(&self, campaign: &str) -> &[usize] {
        let found = self
            .campaigns
            .binary_search_by(|known| known.as_str().cmp(campaign));
        found.map_or(&[], |c| &self.places_of[c])
    }

    /// Of each place the division of this level that it lies in, as a number from 0; `None` where it is not known.
    pub fn regions(&self, atlas: &Atlas, level: PlaceLevel) -> Vec<Option<usize>> {
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let places = self.places.iter();
        places
            .map(|place| {
                let next = numbers.len();
                Some(*numbers.entry(atlas.above(place, level)?).or_insert(next))
            })
            .collect()
    }

    /// How readily each place takes up initiatives, under the null model that keeps all degrees.
    pub fn place_fitness(&self) -> Vec<f64> {
        let degrees = |lists: &[Vec<usize>]| lists.iter().map(Vec::len).collect::<Vec<_>>();
        place_fitness(&degrees(&self.places_of), &degrees(&self.campaigns_of))
    }
}
