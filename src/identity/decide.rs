//! Which nodes of different documents are one: judgements first, then the rules, the strongest evidence first.
//!
//! A pure function of what documents say and of the ledger: neither the order of the documents nor that of the lines matters.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::ledger::{Endpoint, Judgement, Ledger, Verdict, chain};
use super::names::{is_generic, plain};
use super::{Firm, Unit, county, divisions_named};
use crate::gazetteer::DivisionId;
use crate::model::{EntityType, ID_BASE};
use crate::thesaurus::Thesaurus;
use crate::{Error, Result};

/// Two nodes that a rule made one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Join {
    /// IRI of the one.
    pub left: String,
    /// IRI of the other.
    pub right: String,
    /// Name of the rule.
    pub rule: &'static str,
    /// How far the rule is to be trusted, 0 to 1.
    pub confidence: f64,
}

/// A judgement of the ledger with the nodes that it was found to mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judged {
    /// IRI of the one.
    pub left: String,
    /// IRI of the other.
    pub right: String,
    /// The line.
    pub judgement: Judgement,
}

/// Which node each name of a document belongs to.
#[derive(Clone, Debug, Default)]
pub struct Resolution {
    /// All that was compared, sorted by IRI; what judgements parted stands in its parts.
    pub units: Vec<Unit>,
    /// The node of each IRI that is not its own.
    nodes: BTreeMap<String, String>,
    /// What judgements parted: by IRI the places whose documents mean another thing, and that thing's IRI.
    parts: BTreeMap<String, Vec<(DivisionId, String)>>,
    /// What rules joined.
    pub joins: Vec<Join>,
    /// Judgements that meant something.
    pub judged: Vec<Judged>,
    /// Judgements that name what no document names now.
    pub idle: Vec<Judgement>,
}

impl Resolution {
    /// The node that an IRI of a document belongs to; `home` is the code of the place that the document is about, or empty.
    pub fn node<'a>(&'a self, id: &'a str, home: &str) -> &'a str {
        let id = self.part(id, home);
        self.nodes.get(id).map_or(id, String::as_str)
    }

    fn part<'a>(&'a self, id: &'a str, home: &str) -> &'a str {
        let Some(parts) = self.parts.get(id) else {
            return id;
        };
        let within = |place: DivisionId| {
            home.parse()
                .is_ok_and(|home| place.contains(DivisionId(home)))
        };
        parts
            .iter()
            .find(|(place, _)| within(*place))
            .map_or(id, |(_, part)| part)
    }

    /// Whether every name is a node of its own.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.parts.is_empty()
    }

    /// Whether an IRI of a document may belong to another node.
    pub fn moves(&self, id: &str) -> bool {
        self.nodes.contains_key(id) || self.parts.contains_key(id)
    }

    /// The IRIs of documents that may belong to another node.
    pub fn moved(&self) -> impl Iterator<Item = &String> {
        self.nodes.keys().chain(self.parts.keys())
    }

    /// The unit with an IRI.
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        let at = self.units.binary_search_by(|unit| unit.id.as_str().cmp(id));
        at.ok().map(|at| &self.units[at])
    }

    /// All units of a node.
    pub fn members(&self, node: &str) -> Vec<&Unit> {
        let mut ids: Vec<&str> = self
            .nodes
            .iter()
            .filter(|(_, to)| *to == node)
            .map(|(id, _)| id.as_str())
            .collect();
        ids.push(node);
        ids.into_iter().filter_map(|id| self.unit(id)).collect()
    }
}

/// Decides which units are one.
///
/// Cost: near linear in their number; a county's enterprises are compared in pairs.
///
/// # Errors
/// A judgement whose place or name is not clear, or that contradicts others, with its line.
pub fn decide(mut units: Vec<Unit>, ledger: &Ledger) -> Result<Resolution> {
    units.sort_by(|a, b| a.id.cmp(&b.id));
    let parts = part(&mut units, ledger)?;
    let mut groups = Groups::new(units.len());
    let mut resolution = Resolution {
        parts,
        ..Resolution::default()
    };
    let mut same: Vec<(usize, usize, usize)> = Vec::new();
    let mut different: Vec<(usize, usize, &Judgement)> = Vec::new();
    for judgement in &ledger.judgements {
        let Some((a, b)) = both(&units, ledger, judgement)? else {
            resolution.idle.push(judgement.clone());
            continue;
        };
        match judgement.verdict {
            Verdict::Same if a != b => {
                if units[a].kind != units[b].kind {
                    let types = [a, b].map(|i| units[i].kind.name());
                    let message = format!("{} and {} cannot be one", types[0], types[1]);
                    return Err(ledger.fault(judgement.line, message));
                }
                same.push((a, b, judgement.line));
                groups.join(a, b);
            }
            Verdict::Different => different.push((a, b, judgement)),
            _ => {}
        }
        if a != b {
            resolution.judged.push(Judged {
                left: units[a].id.clone(),
                right: units[b].id.clone(),
                judgement: judgement.clone(),
            });
        }
    }
    for (a, b, judgement) in &different {
        if groups.of(*a) == groups.of(*b) {
            let lines = chain(&same, a, b).unwrap_or_default();
            return Err(ledger.contradiction(judgement, &lines));
        }
    }
    for proposal in proposals(&units) {
        let (a, b) = (groups.of(proposal.a), groups.of(proposal.b));
        let forbidden = different.iter().any(|(x, y, _)| {
            let pair = (groups.of(*x), groups.of(*y));
            pair == (a, b) || pair == (b, a)
        });
        if a != b && !forbidden {
            groups.join(a, b);
            resolution.joins.push(Join {
                left: units[proposal.a].id.clone(),
                right: units[proposal.b].id.clone(),
                rule: proposal.rule,
                confidence: proposal.confidence,
            });
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..units.len() {
        members.entry(groups.of(i)).or_default().push(i);
    }
    for group in members.into_values().filter(|group| group.len() > 1) {
        let head = group.iter().copied().min_by_key(|&i| precedence(&units[i]));
        let head = units[head.expect("a group has members")].id.clone();
        for i in group {
            if units[i].id != head {
                resolution.nodes.insert(units[i].id.clone(), head.clone());
            }
        }
    }
    resolution.units = units;
    Ok(resolution)
}

/// The order in which units of a group would give it their IRI: what is known to a list, what is unique in the country, the wider
/// scope, the longer name.
fn precedence(unit: &Unit) -> (bool, bool, usize, std::cmp::Reverse<usize>, &str) {
    let listed = match unit.kind {
        EntityType::Place => unit.scope().is_empty(),
        EntityType::Campaign => Thesaurus::get().concepts().iter().any(|c| c.id == unit.id),
        _ => false,
    };
    let length = unit.names.keys().map(|name| name.chars().count()).max();
    (
        !listed,
        !matches!(unit.scope(), "" | "中国"),
        unit.scope().len(),
        std::cmp::Reverse(length.unwrap_or(0)),
        &unit.id,
    )
}

/// Sets of units (Galler and Fischer 1964); the least member stands for its set, so the order of joining does not matter.
struct Groups(Vec<usize>);

impl Groups {
    fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    fn of(&self, mut i: usize) -> usize {
        while self.0[i] != i {
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// Parts the units that judgements call different though documents give them one IRI.
fn part(
    units: &mut Vec<Unit>,
    ledger: &Ledger,
) -> Result<BTreeMap<String, Vec<(DivisionId, String)>>> {
    let mut parts: BTreeMap<String, Vec<(DivisionId, String)>> = BTreeMap::new();
    for judgement in ledger.with(Verdict::Different) {
        let Some((a, b)) = both(units, ledger, judgement)? else {
            continue;
        };
        if a != b {
            continue;
        }
        let homes: Vec<DivisionId> = units[a]
            .homes
            .keys()
            .filter_map(|home| Some(DivisionId(home.parse().ok()?)))
            .collect();
        let places = [&judgement.a, &judgement.b].map(|endpoint| match endpoint {
            Endpoint::Name { place, .. } => divisions_named(place)
                .into_iter()
                .find(|place| homes.iter().any(|home| place.contains(*home))),
            Endpoint::Iri(_) => None,
        });
        // Of a town and its county the town is parted off.
        let place = match places {
            [Some(one), Some(other)] if other.contains(one) => one,
            [_, Some(other)] => other,
            [Some(one), None] => one,
            [None, None] => {
                let message = format!(
                    "{} and {} are one node; say whose documents mean another: type:name@place",
                    judgement.a, judgement.b
                );
                return Err(ledger.fault(judgement.line, message));
            }
        };
        let unit = &mut units[a];
        let within = |home: &str| {
            home.parse()
                .is_ok_and(|home| place.contains(DivisionId(home)))
        };
        let mut other = unit.clone();
        other.id = format!("{}@{place}", unit.id);
        other.homes.retain(|home, _| within(home));
        other.posts.retain(|(_, home)| within(home));
        unit.homes.retain(|home, _| !within(home));
        unit.posts.retain(|(_, home)| !within(home));
        parts
            .entry(unit.id.clone())
            .or_default()
            .push((place, other.id.clone()));
        units.push(other);
        units.sort_by(|a, b| a.id.cmp(&b.id));
    }
    for places in parts.values_mut() {
        // The narrower place first.
        places.sort_by_key(|(place, _)| (std::cmp::Reverse(place.level()), place.0));
    }
    Ok(parts)
}

/// The two units of a judgement; `None` where no document names one of them.
fn both(units: &[Unit], ledger: &Ledger, judgement: &Judgement) -> Result<Option<(usize, usize)>> {
    let mut found = [None, None];
    for (found, endpoint) in found.iter_mut().zip([&judgement.a, &judgement.b]) {
        let meant = meant(units, endpoint).map_err(|place| {
            ledger.fault(judgement.line, format!("{place}: no place of this name"))
        })?;
        *found = match meant[..] {
            [] => return Ok(None),
            [one] => Some(one),
            _ => {
                let ids: Vec<&str> = meant
                    .iter()
                    .take(8)
                    .map(|&i| units[i].id.strip_prefix(ID_BASE).unwrap_or(&units[i].id))
                    .collect();
                let message = format!("{endpoint} names several things: {}", ids.join(", "));
                return Err(ledger.fault(judgement.line, message));
            }
        };
    }
    Ok(found[0].zip(found[1]))
}

/// The units that an endpoint names; its place, if nothing is called so.
pub(super) fn meant(
    units: &[Unit],
    endpoint: &Endpoint,
) -> std::result::Result<Vec<usize>, String> {
    let (kind, name, place) = match endpoint {
        Endpoint::Iri(iri) => {
            let at = units.binary_search_by(|unit| unit.id.cmp(iri));
            return Ok(at.into_iter().collect());
        }
        Endpoint::Name { kind, name, place } => (*kind, plain(name), place),
    };
    let places = match place.as_str() {
        "" => Vec::new(),
        named => divisions_named(named),
    };
    if places.is_empty() && !place.is_empty() {
        return Err(place.clone());
    }
    let within = |code: &str| {
        let code = code.parse().map(DivisionId);
        code.is_ok_and(|code| places.iter().any(|place| place.contains(code)))
    };
    let lies = |unit: &Unit| {
        let own = unit.id.rsplit('/').next().unwrap_or_default();
        places.is_empty()
            || unit.homes.keys().any(|home| within(home))
            || (kind == EntityType::Place && within(own))
    };
    Ok((0..units.len())
        .filter(|&i| {
            let unit = &units[i];
            unit.kind == kind && unit.names.keys().any(|n| plain(n) == name) && lies(unit)
        })
        .collect())
}

impl Resolution {
    /// The units that a name of the ledger's form means.
    ///
    /// # Errors
    /// Its place is not known.
    pub fn meant(&self, endpoint: &Endpoint) -> Result<Vec<&Unit>> {
        let found = meant(&self.units, endpoint)
            .map_err(|place| Error::Query(format!("{place}: no place of this name")))?;
        Ok(found.into_iter().map(|i| &self.units[i]).collect())
    }
}

/// Two units that a rule would join.
struct Proposal {
    a: usize,
    b: usize,
    rule: &'static str,
    confidence: f64,
}

/// What the rules would join, the strongest first.
fn proposals(units: &[Unit]) -> Vec<Proposal> {
    let mut all = enterprises(units);
    all.extend(persons(units));
    all.extend(projects(units));
    all.sort_by(|x, y| {
        y.confidence
            .total_cmp(&x.confidence)
            .then_with(|| (x.a, x.b).cmp(&(y.a, y.b)))
    });
    all
}

fn of_kind(units: &[Unit], kind: EntityType) -> impl Iterator<Item = (usize, &Unit)> {
    units
        .iter()
        .enumerate()
        .filter(move |(_, unit)| unit.kind == kind)
}

/// An enterprise's fullest name.
pub(super) fn fullest(unit: &Unit) -> Firm {
    let firms = unit.names.keys().map(|name| (name, Firm::of(name)));
    let best = firms.max_by_key(|(name, firm)| (firm.registered, name.chars().count()));
    best.map(|(_, firm)| firm).unwrap_or_default()
}

/// Within a county a name without its region joins the one with it, and a short name the one full name that it fits.
fn enterprises(units: &[Unit]) -> Vec<Proposal> {
    let mut counties: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut firms: FxHashMap<usize, Firm> = FxHashMap::default();
    for (i, unit) in of_kind(units, EntityType::Enterprise) {
        firms.insert(i, fullest(unit));
        for county in unit.counties() {
            counties.entry(county).or_default().push(i);
        }
    }
    let mut proposals = Vec::new();
    for members in counties.into_values() {
        for &i in &members {
            let (rule, found) = stands_for(i, &members, &firms);
            proposals.extend(found.map(|j| Proposal {
                a: i.min(j),
                b: i.max(j),
                rule,
                confidence: if rule == "region-left-out" { 0.97 } else { 0.9 },
            }));
        }
    }
    proposals
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

/// Persons of one name and one seat are one; who leads the country needs no seat.
fn persons(units: &[Unit]) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    let mut by_seat: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut national: BTreeMap<String, usize> = BTreeMap::new();
    for (i, unit) in of_kind(units, EntityType::Person) {
        let name = plain(unit.name());
        if unit.scope() == "中国" {
            national.insert(name.clone(), i);
        }
        for seat in unit.seats() {
            let first = *by_seat.entry((name.clone(), seat)).or_insert(i);
            if first != i {
                proposals.push(Proposal {
                    a: first,
                    b: i,
                    rule: "same-seat",
                    confidence: 0.95,
                });
            }
        }
    }
    for (i, unit) in of_kind(units, EntityType::Person) {
        let name = plain(unit.name());
        let without_post = unit
            .posts
            .iter()
            .all(|(post, _)| post == "主席" || post == "同志");
        if let Some(&j) = national.get(&name)
            && i != j
            && without_post
            && name.chars().count() >= 3
        {
            proposals.push(Proposal {
                a: i.min(j),
                b: i.max(j),
                rule: "national-figure",
                confidence: 0.8,
            });
        }
    }
    proposals
}

/// A project that a county's report names joins the one of that name in the county's only town that has it.
fn projects(units: &[Unit]) -> Vec<Proposal> {
    /// Units of the county itself and of its towns.
    type WideAndNarrow = (Vec<usize>, Vec<usize>);
    let mut of_county: BTreeMap<(String, &str), WideAndNarrow> = BTreeMap::new();
    for (i, unit) in of_kind(units, EntityType::Project) {
        let name = unit.local_name();
        let Some(county) = county(unit.scope()).filter(|_| !is_generic(name)) else {
            continue;
        };
        let is_county = county == unit.scope();
        let (wide, narrow) = of_county.entry((county, name)).or_default();
        if is_county { wide } else { narrow }.push(i);
    }
    of_county
        .into_values()
        .filter_map(|(wide, narrow)| match (&wide[..], &narrow[..]) {
            (&[a], &[b]) => Some(Proposal {
                a: a.min(b),
                b: a.max(b),
                rule: "own-name-in-county",
                confidence: 0.85,
            }),
            _ => None,
        })
        .collect()
}

/// Every pair of units on which somebody judged.
pub(super) fn judged_pairs(resolution: &Resolution) -> BTreeSet<(&str, &str)> {
    resolution
        .judged
        .iter()
        .map(|judged| (judged.left.as_str(), judged.right.as_str()))
        .flat_map(|(a, b)| [(a, b), (b, a)])
        .collect()
}
