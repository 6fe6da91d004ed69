//! Which nodes of different documents are one: judgements first, then the rules, the strongest evidence first.
//!
//! A pure function of what documents say and of the ledger: neither the order of the documents nor that of the lines matters.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::ledger::{Endpoint, Judgement, Ledger, Verdict, chain};
use super::names::plain;
use super::rules::{Proposal, proposals};
use super::{Unit, divisions_named};
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

/// What judgements part: by IRI the places whose documents mean another thing, and that thing's IRI.
pub(crate) type Parts = BTreeMap<String, Vec<(DivisionId, String)>>;

/// Which node each name of a document belongs to.
#[derive(Clone, Debug, Default)]
pub struct Resolution {
    /// All that was compared, sorted by IRI; what judgements parted stands in its parts.
    pub units: Vec<Unit>,
    /// The node of each IRI that is not its own.
    nodes: BTreeMap<String, String>,
    /// What judgements parted: by IRI the places whose documents mean another thing, and that thing's IRI.
    parts: Parts,
    /// What rules joined.
    pub joins: Vec<Join>,
    /// Judgements that meant something.
    pub judged: Vec<Judged>,
    /// Judgements that name what no document names now.
    pub idle: Vec<Judgement>,
}

impl Resolution {
    /// The nodes of some IRIs that are not their own, where no judgement parts any.
    pub(crate) fn of_nodes(nodes: BTreeMap<String, String>) -> Self {
        Self {
            nodes,
            ..Self::default()
        }
    }

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
/// Cost: near linear in their number; within a block ([`super::Block`]) they are compared in pairs.
///
/// # Errors
/// A judgement whose place or name is not clear, or that contradicts others, with its line.
pub fn decide(mut units: Vec<Unit>, ledger: &Ledger) -> Result<Resolution> {
    let parts = part(&mut units, ledger)?;
    let proposals = proposals(&units);
    decide_among(units, parts, &proposals, ledger)
}

/// The same where it is known what the rules propose; of the units there may be those only that proposals or judgements
/// are about, in order.
pub(crate) fn decide_among(
    units: Vec<Unit>,
    parts: Parts,
    proposals: &[Proposal],
    ledger: &Ledger,
) -> Result<Resolution> {
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
    for proposal in proposals {
        let (a, b) = (groups.of(proposal.a), groups.of(proposal.b));
        let forbidden = different.iter().any(|(x, y, _)| {
            let pair = (groups.of(*x), groups.of(*y));
            pair == (a, b) || pair == (b, a)
        });
        // What says once more that two are one is kept too: which evidence there is must not depend on the rest of it.
        if !forbidden {
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
pub(crate) fn precedence(unit: &Unit) -> (bool, bool, usize, std::cmp::Reverse<usize>, &str) {
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
pub(super) struct Groups(Vec<usize>);

impl Groups {
    pub(super) fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    pub(super) fn of(&self, mut i: usize) -> usize {
        while self.0[i] != i {
            i = self.0[i];
        }
        i
    }

    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// Puts units in order and parts those that judgements call different though documents give them one IRI.
pub(crate) fn part(units: &mut Vec<Unit>, ledger: &Ledger) -> Result<Parts> {
    units.sort_by(|a, b| a.id.cmp(&b.id));
    let mut parts = Parts::new();
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

/// Every pair of units on which somebody judged.
pub(super) fn judged_pairs(resolution: &Resolution) -> BTreeSet<(&str, &str)> {
    resolution
        .judged
        .iter()
        .map(|judged| (judged.left.as_str(), judged.right.as_str()))
        .flat_map(|(a, b)| [(a, b), (b, a)])
        .collect()
}
