//! Which longer name of a document a short one may stand for.
//!
//! Whatever a name may stand for shares an edge with it: an enterprise all but its words of trade, a project
//! all of its name, a village all but its last word. So only names with that edge are compared, and the time is not that
//! of all pairs: sorted from their ends, the projects that end in a name stand together, and a long name ends in as many
//! shorter ones at most as it has characters.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

use super::places::Survey;
use crate::gazetteer::{Gazetteer, Near};
use crate::identity::{Firm, is_generic, plain};
use crate::model::EntityType;

static ORDINAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[一二三四五六七八九十0-9]+[期号标段]|第[一二三四五六七八九十0-9]+")
        .expect("a pattern of this file")
});

/// Characters that a project's name must have to stand for a longer one.
const PROJECT_END: usize = 5;

/// Of more enterprises than this whose brands begin alike those only are compared that a name is the beginning of. No
/// report names so many.
const MOST_OF_BRAND: usize = 1000;

/// The names of a document, ready to be compared.
pub struct Longer<'a> {
    near: Near<'a>,
    /// Types and surfaces, each pair once, sorted.
    distinct: &'a [(EntityType, &'a str)],
    /// Plain names of projects.
    projects: FxHashMap<usize, String>,
    firms: FxHashMap<usize, Firm>,
    /// Enterprises in order of their brands.
    by_brand: Vec<usize>,
    /// Projects in order of their plain names from the end, and those.
    by_end: Vec<usize>,
    backwards: FxHashMap<usize, String>,
}

/// What a longer name must have of an enterprise's: two characters, and what no word of trade is made of.
fn brand(core: &str) -> &str {
    let ends = core.char_indices().map(|(at, _)| at).chain([core.len()]);
    let mut ends = ends.skip(2);
    let end = ends.find(|at| is_generic(&core[*at..]));
    &core[..end.unwrap_or(core.len())]
}

fn backwards(name: &str) -> String {
    name.chars().rev().collect()
}

/// Those that begin with something, of what is sorted.
fn beginning<'a, 'b>(
    sorted: &'a [usize],
    with: &str,
    text: impl Fn(usize) -> &'b str,
) -> &'a [usize] {
    let from = sorted.partition_point(|one| text(*one) < with);
    let rest = &sorted[from..];
    &rest[..rest.partition_point(|one| text(*one).starts_with(with))]
}

impl<'a> Longer<'a> {
    /// The names of a document: types and surfaces, each pair once, sorted.
    pub fn new(survey: &Survey, distinct: &'a [(EntityType, &'a str)]) -> Self {
        let mut longer = Self {
            near: Gazetteer::get().near(survey.home),
            distinct,
            projects: FxHashMap::default(),
            firms: FxHashMap::default(),
            by_brand: Vec::new(),
            by_end: Vec::new(),
            backwards: FxHashMap::default(),
        };
        for (i, (kind, name)) in distinct.iter().enumerate() {
            match kind {
                EntityType::Enterprise => {
                    let firm = Firm::of(name);
                    longer.by_brand.push(i);
                    longer.firms.insert(i, firm);
                }
                EntityType::Project => {
                    let name = plain(name);
                    longer.by_end.push(i);
                    longer.backwards.insert(i, backwards(&name));
                    longer.projects.insert(i, name);
                }
                _ => {}
            }
        }
        let backwards = &longer.backwards;
        longer
            .by_end
            .sort_by(|a, b| backwards[a].cmp(&backwards[b]));
        let firms = &longer.firms;
        longer
            .by_brand
            .sort_by(|a, b| firms[a].core.cmp(&firms[b].core));
        longer
    }

    /// The enterprises by their names.
    pub fn firms(&self) -> FxHashMap<&'a str, &Firm> {
        let firms = self.firms.iter();
        firms.map(|(i, firm)| (self.distinct[*i].1, firm)).collect()
    }

    /// The one longer name that a name stands for.
    pub fn of(&self, i: usize) -> Option<usize> {
        match self.distinct[i].0 {
            EntityType::Enterprise => self.of_enterprise(i),
            EntityType::Project => self.of_project(i),
            EntityType::Place => self.of_place(i),
            // Of these types no name stands for another.
            EntityType::Campaign | EntityType::Honour | EntityType::Person => None,
        }
    }

    fn of_enterprise(&self, i: usize) -> Option<usize> {
        let (firm, length) = (&self.firms[&i], |i: usize| self.distinct[i].1.len());
        let with = |brand| beginning(&self.by_brand, brand, |j| &self.firms[&j].core);
        let mut others = with(brand(&firm.core));
        if others.len() > MOST_OF_BRAND {
            others = with(&firm.core);
        }
        let longer: Vec<usize> = others
            .iter()
            .copied()
            .filter(|&j| {
                let full = &self.firms[&j];
                j != i
                    && (firm.is_short_for(full)
                        || (firm.is_variant_of(full) && length(j) > length(i)))
            })
            .collect();
        // Of two that say the same the longer one is meant.
        let best = longer.iter().copied().max_by_key(|&j| (length(j), j))?;
        let full = &self.firms[&best];
        let same = |j: usize| {
            let firm = &self.firms[&j];
            j == best || firm.is_variant_of(full) || firm.is_short_for(full)
        };
        longer.iter().all(|&j| same(j)).then_some(best)
    }

    fn of_project(&self, i: usize) -> Option<usize> {
        let short = &self.projects[&i];
        if short.chars().count() < PROJECT_END {
            return None;
        }
        let others = beginning(&self.by_end, &self.backwards[&i], |j| &self.backwards[&j]);
        let is_short = |j: &usize| *j != i && is_short_project(short, &self.projects[j]);
        only(others.iter().copied().filter(is_short))
    }

    fn of_place(&self, i: usize) -> Option<usize> {
        let short = self.distinct[i].1;
        let unknown = |name: &str| self.near.division(name).is_none();
        // A village that the list of divisions does not have may be named without its last word. In order the names that begin
        // with one stand behind it.
        let behind = self.distinct[i + 1..].iter().zip(i + 1..);
        let longer = behind.map_while(|((kind, name), j)| {
            let rest = name
                .strip_prefix(short)
                .filter(|_| *kind == EntityType::Place)?;
            Some((rest, j))
        });
        let is_word = |rest: &str| matches!(rest, "村" | "社区") && short.chars().count() >= 2;
        let found = longer.filter(|(rest, _)| is_word(rest)).map(|(_, j)| j);
        only(found.filter(|&j| unknown(short) && unknown(self.distinct[j].1)))
    }
}

/// The only one there is.
fn only(mut found: impl Iterator<Item = usize>) -> Option<usize> {
    found.next().filter(|_| found.next().is_none())
}

/// Whether a project may be named by the end of its name: 安置小区 for 东林安置小区, but not 小学 for 第一小学.
fn is_short_project(short: &str, full: &str) -> bool {
    let ordinals = |name| {
        ORDINAL
            .find_iter(name)
            .map(|m| m.as_str())
            .collect::<Vec<_>>()
    };
    short.len() < full.len() && full.ends_with(short) && ordinals(short) == ordinals(full)
}
