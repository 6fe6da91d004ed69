//! Which longer name of a document a short one may stand for.
//!
//! Whatever a name may stand for shares an edge with it: an enterprise the first two characters of its brand, a project
//! the last five of its name, a village all but its last word. So only names with that edge are compared, and the time is not that
//! of all pairs.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

use super::places::Survey;
use crate::gazetteer::Gazetteer;
use crate::identity::{Firm, plain};
use crate::model::EntityType;

static ORDINAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[一二三四五六七八九十0-9]+[期号标段]|第[一二三四五六七八九十0-9]+")
        .expect("a pattern of this file")
});

/// Characters of a project's name that a shorter one must have.
const PROJECT_END: usize = 5;

/// The names of a document, ready to be compared.
pub struct Longer<'a> {
    survey: &'a Survey,
    /// Types and surfaces, each pair once, sorted.
    distinct: &'a [(EntityType, &'a str)],
    /// Plain names of projects.
    projects: FxHashMap<usize, String>,
    firms: FxHashMap<usize, Firm>,
    /// Enterprises by the first two characters of their brand, in order.
    by_brand: FxHashMap<[Option<char>; 2], Vec<usize>>,
    /// Projects by the last characters of their name, in order.
    by_end: FxHashMap<[char; PROJECT_END], Vec<usize>>,
}

fn brand(firm: &Firm) -> [Option<char>; 2] {
    let mut chars = firm.core.chars();
    [chars.next(), chars.next()]
}

fn end(name: &str) -> Option<[char; PROJECT_END]> {
    let mut end = ['\0'; PROJECT_END];
    let mut chars = name.chars().rev();
    for place in end.iter_mut().rev() {
        *place = chars.next()?;
    }
    Some(end)
}

impl<'a> Longer<'a> {
    /// The names of a document: types and surfaces, each pair once, sorted.
    pub fn new(survey: &'a Survey, distinct: &'a [(EntityType, &'a str)]) -> Self {
        let mut longer = Self {
            survey,
            distinct,
            projects: FxHashMap::default(),
            firms: FxHashMap::default(),
            by_brand: FxHashMap::default(),
            by_end: FxHashMap::default(),
        };
        for (i, (kind, name)) in distinct.iter().enumerate() {
            match kind {
                EntityType::Enterprise => {
                    let firm = Firm::of(name);
                    longer.by_brand.entry(brand(&firm)).or_default().push(i);
                    longer.firms.insert(i, firm);
                }
                EntityType::Project => {
                    let name = plain(name);
                    if let Some(end) = end(&name) {
                        longer.by_end.entry(end).or_default().push(i);
                    }
                    longer.projects.insert(i, name);
                }
                _ => {}
            }
        }
        longer
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
        let others = self.by_brand[&brand(firm)].iter().copied();
        let longer: Vec<usize> = others
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
        let others = self.by_end.get(&end(short)?)?.iter().copied();
        let is_short = |j: &usize| *j != i && is_short_project(short, &self.projects[j]);
        only(others.filter(is_short))
    }

    fn of_place(&self, i: usize) -> Option<usize> {
        let short = self.distinct[i].1;
        let unknown = |name: &str| Gazetteer::get().nearest(self.survey.home, name).is_none();
        // A village that the list of divisions does not have may be named without its last word.
        let full = |ending| {
            let full = format!("{short}{ending}");
            let found = self.distinct.binary_search(&(EntityType::Place, &full));
            found.ok().filter(|_| short.chars().count() >= 2)
        };
        let found = ["村", "社区"].into_iter().filter_map(full);
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
