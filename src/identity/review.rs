//! Pairs of names that somebody should look at: alike and kept apart, or joined on weak evidence.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::decide::{Groups, Join, judged_pairs};
use super::names::{difference, is_generic, is_mark, plain};
use super::rules::fullest;
use super::{Resolution, Unit};
use crate::model::EntityType;
use crate::thesaurus::Thesaurus;

/// A pair to look at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// IRI of the one, as documents alone give it.
    pub left: String,
    /// IRI of the other.
    pub right: String,
    /// Whether they are one node now.
    pub joined: bool,
    /// Why it is asked: the rule that joined them, or the way in which they are alike.
    pub why: &'static str,
    /// How unsure it is, 0 to 1.
    pub doubt: f64,
}

/// A rule's joins are shown below this confidence.
const WEAK: f64 = 0.95;

/// All pairs that nobody judged, each once, in order of their IRIs.
pub fn candidates(resolution: &Resolution) -> Vec<Candidate> {
    let mut found: BTreeMap<(String, String), Candidate> = BTreeMap::new();
    let judged = judged_pairs(resolution);
    let mut add = |a: &Unit, b: &Unit, why: &'static str, doubt: f64| {
        let (a, b) = if a.id <= b.id { (a, b) } else { (b, a) };
        let joined = resolution.node(&a.id, "") == resolution.node(&b.id, "");
        if a.id == b.id || joined || judged.contains(&(a.id.as_str(), b.id.as_str())) {
            return;
        }
        let candidate = Candidate {
            left: a.id.clone(),
            right: b.id.clone(),
            joined,
            why,
            doubt,
        };
        let known = found
            .entry((a.id.clone(), b.id.clone()))
            .or_insert(candidate.clone());
        if known.doubt < doubt {
            *known = candidate;
        }
    };
    namesakes(resolution, &mut add);
    neighbours(resolution, &mut add);
    let weak = needed(resolution).into_iter().filter(|join| {
        join.confidence < WEAK && !judged.contains(&(join.left.as_str(), join.right.as_str()))
    });
    let weak: Vec<Candidate> = weak
        .map(|join| Candidate {
            left: join.left.clone(),
            right: join.right.clone(),
            joined: true,
            why: join.rule,
            doubt: 2.0 * (1.0 - join.confidence),
        })
        .collect();
    let mut all: Vec<Candidate> = found.into_values().chain(weak).collect();
    all.sort_by(|a, b| (&a.left, &a.right).cmp(&(&b.left, &b.right)));
    all
}

/// The joins without those that stronger ones make needless.
fn needed(resolution: &Resolution) -> Vec<&Join> {
    let at = |id: &str| {
        let units = &resolution.units;
        units.binary_search_by(|unit| unit.id.as_str().cmp(id)).ok()
    };
    let mut groups = Groups::new(resolution.units.len());
    let mut needed = Vec::new();
    for join in &resolution.joins {
        if let (Some(a), Some(b)) = (at(&join.left), at(&join.right))
            && groups.of(a) != groups.of(b)
        {
            groups.join(a, b);
            needed.push(join);
        }
    }
    needed
}

/// Where a unit is at home: its counties, or where none is known the text alone.
fn areas(unit: &Unit) -> BTreeSet<String> {
    unit.counties()
}

/// Things of one name in one county or prefecture. More than this many of one name are a common name, which nobody goes through.
const MOST_NAMESAKES: usize = 6;

fn namesakes<'a>(
    resolution: &'a Resolution,
    add: &mut impl FnMut(&'a Unit, &'a Unit, &'static str, f64),
) {
    let mut by_name: BTreeMap<(EntityType, String, String), Vec<&Unit>> = BTreeMap::new();
    for unit in &resolution.units {
        let is_asked = match unit.kind {
            EntityType::Campaign | EntityType::Honour => false,
            EntityType::Project => !is_generic(unit.local_name()),
            // Two codes are two places.
            EntityType::Place => !unit.scope().is_empty(),
            _ => true,
        };
        if !is_asked {
            continue;
        }
        let name = match unit.kind {
            EntityType::Project => unit.local_name().to_owned(),
            _ => plain(unit.name()),
        };
        let wide: BTreeSet<String> = areas(unit)
            .iter()
            .map(|county| county.chars().take(4).collect())
            .collect();
        // A full name without its region may be one firm's in the whole country.
        let anywhere =
            wide.is_empty() || (unit.kind == EntityType::Enterprise && fullest(unit).registered);
        let wide = if anywhere {
            BTreeSet::from([String::new()])
        } else {
            wide
        };
        for prefecture in wide {
            by_name
                .entry((unit.kind, prefecture, name.clone()))
                .or_default()
                .push(unit);
        }
    }
    for units in by_name
        .into_values()
        .filter(|units| units.len() <= MOST_NAMESAKES)
    {
        for (i, a) in units.iter().enumerate() {
            for b in &units[i + 1..] {
                let near = areas(a).intersection(&areas(b)).next().is_some();
                let unknown = areas(a).is_empty() || areas(b).is_empty();
                let doubt = if near {
                    0.6
                } else if unknown {
                    0.5
                } else {
                    0.4
                };
                add(a, b, "namesake", doubt);
            }
        }
    }
}

/// Names of one county that are alike: a short name that fits several, or one character apart.
fn neighbours<'a>(
    resolution: &'a Resolution,
    add: &mut impl FnMut(&'a Unit, &'a Unit, &'static str, f64),
) {
    let concepts: BTreeSet<&str> = Thesaurus::get()
        .concepts()
        .iter()
        .map(|c| c.id.as_str())
        .collect();
    let mut of_county: BTreeMap<(EntityType, String), Vec<&Unit>> = BTreeMap::new();
    for unit in &resolution.units {
        let is_asked = match unit.kind {
            EntityType::Enterprise | EntityType::Project => true,
            EntityType::Campaign => !concepts.contains(unit.id.as_str()),
            _ => false,
        };
        for county in areas(unit).into_iter().filter(|_| is_asked) {
            of_county.entry((unit.kind, county)).or_default().push(unit);
        }
    }
    for ((kind, _), units) in of_county {
        let firms: Vec<_> = match kind {
            EntityType::Enterprise => units.iter().map(|unit| fullest(unit)).collect(),
            _ => Vec::new(),
        };
        let names: Vec<String> = units.iter().map(|unit| plain(unit.name())).collect();
        for i in 0..units.len() {
            for j in i + 1..units.len() {
                let is_short = !firms.is_empty()
                    && (firms[i].is_short_for(&firms[j]) || firms[j].is_short_for(&firms[i]));
                if is_short {
                    add(units[i], units[j], "ambiguous-short-name", 0.8);
                } else if is_near(&names[i], &names[j]) {
                    add(units[i], units[j], "one-character", 0.3);
                }
            }
        }
    }
}

/// Whether two names differ in one character that does not tell two things apart by itself.
fn is_near(a: &str, b: &str) -> bool {
    let (m, n) = (a.chars().count(), b.chars().count());
    if m.min(n) < 4 || m.abs_diff(n) > 1 {
        return false;
    }
    let (x, y) = difference(a, b);
    x.chars().count().max(y.chars().count()) == 1 && !is_mark(&format!("{x}{y}"))
}
