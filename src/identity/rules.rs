//! What the rules propose to join, block by block. Units that no block holds together are never compared, so a block whose
//! units stay as they were proposes what it proposed before.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::names::{is_generic, plain};
use super::{Firm, Unit, county};
use crate::model::EntityType;

/// Units that the rules compare with each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Block {
    /// The enterprises that documents of a county name; its code.
    Enterprises(String),
    /// The persons of one plain name.
    Persons(String),
    /// The projects of a county (its code) and its towns that have one name.
    Projects(String, String),
}

impl Block {
    /// The blocks that a unit is in.
    pub(crate) fn of(unit: &Unit) -> Vec<Self> {
        match unit.kind {
            EntityType::Enterprise => unit.counties().into_iter().map(Self::Enterprises).collect(),
            EntityType::Person => vec![Self::Persons(plain(unit.name()))],
            EntityType::Project => {
                let name = unit.local_name();
                let county = county(unit.scope()).filter(|_| !is_generic(name));
                let block = county.map(|county| Self::Projects(county, name.to_owned()));
                block.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Whether any rule compares things of a type; no others are in a block.
pub(crate) fn is_ruled(kind: EntityType) -> bool {
    use EntityType::{Enterprise, Person, Project};
    matches!(kind, Enterprise | Person | Project)
}

/// Two units that a rule would join.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Proposal {
    /// Index of the unit that comes first.
    pub(crate) a: usize,
    /// Index of the other.
    pub(crate) b: usize,
    /// Name of the rule.
    pub(crate) rule: &'static str,
    /// 0 to 1.
    pub(crate) confidence: f64,
}

impl Proposal {
    pub(crate) fn new(a: usize, b: usize, rule: &'static str, confidence: f64) -> Self {
        Self {
            a: a.min(b),
            b: a.max(b),
            rule,
            confidence,
        }
    }
}

/// Units, in order of their IRIs, with what is worked out of a name once.
pub(crate) struct Rules<'a> {
    units: &'a [Unit],
    firms: FxHashMap<usize, Firm>,
}

impl<'a> Rules<'a> {
    pub(crate) fn new(units: &'a [Unit]) -> Self {
        let enterprises = units.par_iter().enumerate();
        let enterprises = enterprises.filter(|(_, unit)| unit.kind == EntityType::Enterprise);
        Self {
            units,
            firms: enterprises.map(|(i, unit)| (i, fullest(unit))).collect(),
        }
    }

    /// What is proposed within a block; `members` are the indices of its units, in order.
    pub(crate) fn propose(&self, block: &Block, members: &[usize]) -> Vec<Proposal> {
        match block {
            Block::Enterprises(_) => self.enterprises(members),
            Block::Persons(_) => self.persons(members),
            Block::Projects(county, _) => self.projects(county, members),
        }
    }

    /// A name without its region joins the one with it, and a short name the one full name that it fits.
    fn enterprises(&self, members: &[usize]) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        for &i in members {
            let (rule, found) = stands_for(i, members, &self.firms);
            let confidence = if rule == "region-left-out" { 0.97 } else { 0.9 };
            proposals.extend(found.map(|j| Proposal::new(i, j, rule, confidence)));
        }
        proposals
    }

    /// Persons of one name and one seat are one; who leads the country needs no seat.
    fn persons(&self, members: &[usize]) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        let mut by_seat: BTreeMap<String, usize> = BTreeMap::new();
        let mut national: Option<usize> = None;
        for &i in members {
            let unit = &self.units[i];
            if unit.scope() == "中国" {
                national = Some(i);
            }
            for seat in unit.seats() {
                let first = *by_seat.entry(seat).or_insert(i);
                if first != i {
                    proposals.push(Proposal::new(first, i, "same-seat", 0.95));
                }
            }
        }
        let Some(leader) = national else {
            return proposals;
        };
        for &i in members {
            let unit = &self.units[i];
            let mut posts = unit.posts.iter();
            let without_post = posts.all(|(post, _)| post == "主席" || post == "同志");
            if i != leader && without_post && plain(unit.name()).chars().count() >= 3 {
                proposals.push(Proposal::new(i, leader, "national-figure", 0.8));
            }
        }
        proposals
    }

    /// A project that a county's report names joins the one of that name in the county's only town that has it.
    fn projects(&self, county: &str, members: &[usize]) -> Vec<Proposal> {
        let (wide, narrow): (Vec<usize>, Vec<usize>) = members
            .iter()
            .partition(|i| self.units[**i].scope() == county);
        match (&wide[..], &narrow[..]) {
            (&[a], &[b]) => vec![Proposal::new(a, b, "own-name-in-county", 0.85)],
            _ => Vec::new(),
        }
    }
}

/// What the rules would join, each once, the strongest first.
pub(super) fn proposals(units: &[Unit]) -> Vec<Proposal> {
    let of_units: Vec<Vec<Block>> = units.par_iter().map(Block::of).collect();
    let mut blocks: BTreeMap<Block, Vec<usize>> = BTreeMap::new();
    for (i, of_unit) in of_units.into_iter().enumerate() {
        for block in of_unit {
            blocks.entry(block).or_default().push(i);
        }
    }
    blocks.retain(|_, members| members.len() > 1);
    let rules = Rules::new(units);
    let mut all: Vec<Proposal> = blocks
        .par_iter()
        .flat_map_iter(|(block, members)| rules.propose(block, members))
        .collect();
    strongest_first(&mut all);
    all
}

/// Puts proposals into the order in which they are followed, each once.
pub(crate) fn strongest_first(proposals: &mut Vec<Proposal>) {
    proposals.sort_by(|x, y| {
        y.confidence
            .total_cmp(&x.confidence)
            .then_with(|| (x.a, x.b, x.rule).cmp(&(y.a, y.b, y.rule)))
    });
    proposals.dedup();
}

/// An enterprise's fullest name.
pub(super) fn fullest(unit: &Unit) -> Firm {
    let firms = unit.names.keys().map(|name| (name, Firm::of(name)));
    let best = firms.max_by_key(|(name, firm)| (firm.registered, name.chars().count()));
    best.map(|(_, firm)| firm).unwrap_or_default()
}

/// The one enterprise of a county that a name stands for.
fn stands_for(
    i: usize,
    members: &[usize],
    firms: &FxHashMap<usize, Firm>,
) -> (&'static str, Option<usize>) {
    let short = &firms[&i];
    let others = || members.iter().copied().filter(|&j| j != i);
    let variants: Vec<usize> = others()
        .filter(|j| short.is_variant_of(&firms[j]))
        .collect();
    if let Some(&j) = variants.iter().find(|j| firms[j].region.is_some()) {
        // Two regions that both fit do not fit each other only where they are two firms.
        let agree = variants
            .iter()
            .all(|k| *k == j || firms[k].is_variant_of(&firms[&j]));
        return ("region-left-out", agree.then_some(j));
    }
    let full: Vec<usize> = others()
        .filter(|j| short.is_short_for(&firms[j]) && short.rest_is_trade(&firms[j]))
        .collect();
    let Some(&best) = full.iter().max_by_key(|j| {
        let firm = &firms[j];
        (
            firm.registered,
            firm.core.len(),
            firm.region.is_some(),
            std::cmp::Reverse(**j),
        )
    }) else {
        return ("short-name", None);
    };
    let agree = full.iter().all(|j| {
        *j == best || firms[j].is_variant_of(&firms[&best]) || firms[j].is_short_for(&firms[&best])
    });
    ("short-name", agree.then_some(best))
}
