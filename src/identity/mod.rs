//! One thing is one node, two things are two: the rules by which names become nodes.
//!
//! **Within a document** (`extract::resolve`) every name gets an IRI that is made from content alone:
//!
//! | type | identity |
//! |---|---|
//! | place 地方 | the division code, which former and short names and paths (上高县锦江镇) lead to; without one, the name under the document's home; a village and its 村委会 are one |
//! | enterprise 企业 | the registered name where it tells its region (江西红叶家具有限公司) or the country (中国…); any other name under the county of the home |
//! | project 项目 | the name without 项目 and 工程 behind it, under the division that it begins with (锦江镇敬老院), else under the home |
//! | campaign 行动 | the thesaurus' concept; unknown ones by wording: no quotation marks, no year in front, no generic head (行动, 工程, 活动) if three characters are left, digits written in one way; nothing more |
//! | person 人物 | the name under the home; who holds a post of the country's, the name alone |
//! | honour 荣誉 | the name under who confers it: the country, or the division that it names or means by its level (省级, 全县), else the county; year, level and grade stay in the name |
//!
//! Script, full width, quotation marks, brackets and spaces never tell two things apart ([`plain`]); numbers, directions and levels
//! always do (一期 / 二期, 第一小学 / 第二小学, 县 / 市). A short name joins a full one of its document where the text defines it
//! (以下简称) or where it fits one only; a brand of two companies joins neither ([`Firm::is_short_for`]).
//!
//! **Across documents** ([`decide()`]) nodes are joined on evidence only: an enterprise's short name with the one full name of the
//! same county that it fits; a person by name and seat ([`seat`]: division and organ of the post), so that a county's secretary is
//! one in all its towns and mayors of two towns are two; a project that county and town name alike, if its name is its own
//! (枫慈公路) and only one town has it. The same short name in two counties stays two.
//!
//! **Judgements** ([`Ledger`]) of people come first: *same* joins, *different* keeps apart whatever the rules say, and it even parts
//! one name by the homes of the documents. They are replayed on every build and undone by taking their line away. A statement keeps
//! what its document alone gives, so nothing is extracted again when a judgement changes.

mod decide;
mod firm;
mod grounds;
mod honours;
mod ledger;
mod names;
mod posts;
mod review;
mod rules;

pub use decide::{Join, Judged, Resolution, decide};
pub(crate) use decide::{decide_among, part, precedence};
pub use firm::Firm;
pub(crate) use grounds::division_name;
pub use grounds::{Ground, grounds};
pub use honours::honour;
pub use ledger::{Endpoint, Judgement, Ledger, Verdict};
pub use names::{
    campaign_key, difference, is_generic, is_mark, leading_divisions, plain, project_key,
    without_phase,
};
pub use posts::seat;
pub use review::{Candidate, candidates};
pub(crate) use rules::{Block, Proposal, Rules, is_ruled, strongest_first};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::gazetteer::{DivisionId, Gazetteer, Level};
use crate::model::{EntityType, ID_BASE};

/// What documents that use one IRI say of it, before anything is joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// IRI that the documents alone give.
    pub id: String,
    /// What kind of thing it is.
    pub kind: EntityType,
    /// Its names, each with the number of documents.
    pub names: BTreeMap<String, usize>,
    /// Homes of the documents that name it, each with their number: division code, or empty where it cannot be told.
    pub homes: BTreeMap<String, usize>,
    /// Posts of a person, each with the home of the document that states it.
    pub posts: BTreeSet<(String, String)>,
}

impl Unit {
    /// A thing that nothing is said of yet; `None` for an IRI of another kind, such as that of a place without a name.
    pub fn new(id: &str) -> Option<Self> {
        Some(Self {
            id: id.to_owned(),
            kind: Self::kind_of(id)?,
            names: BTreeMap::new(),
            homes: BTreeMap::new(),
            posts: BTreeSet::new(),
        })
    }

    /// What kind of thing an IRI names.
    pub(crate) fn kind_of(id: &str) -> Option<EntityType> {
        let (kind, _) = id.strip_prefix(ID_BASE)?.split_once('/')?;
        EntityType::from_name(kind)
    }

    /// What tells which IRI of a group is the group's, and nothing else.
    pub(crate) fn bare(mut self) -> Self {
        let longest = self.names.pop_last();
        let length = |name: &str| name.chars().count();
        let longest = longest.map(|(last, _)| {
            let names = std::mem::take(&mut self.names).into_keys();
            names.fold(last, |best, name| {
                if length(&name) > length(&best) {
                    name
                } else {
                    best
                }
            })
        });
        self.names = longest.into_iter().map(|name| (name, 1)).collect();
        self.homes = BTreeMap::new();
        self.posts = BTreeSet::new();
        self
    }

    /// The name that most documents use; of equals the longest, then the first in order of code points.
    pub fn name(&self) -> &str {
        let best = self
            .names
            .iter()
            .max_by_key(|(name, n)| (**n, name.chars().count(), std::cmp::Reverse(*name)));
        best.map_or(self.id.as_str(), |(name, _)| name)
    }

    /// The IRI's middle part, which tells under what the name stands: a code, `中国` or a text's hash.
    pub fn scope(&self) -> &str {
        let local = self.id.strip_prefix(ID_BASE).unwrap_or(&self.id);
        let mut parts = local.splitn(3, '/').skip(1);
        match (parts.next(), parts.next()) {
            (Some(scope), Some(_)) => scope,
            _ => "",
        }
    }

    /// The IRI's last part, which is made from the name.
    pub fn local_name(&self) -> &str {
        let local = self.id.strip_prefix(ID_BASE).unwrap_or(&self.id);
        local.splitn(3, '/').last().unwrap_or_default()
    }

    /// Codes of the counties that its documents are about (of what is wider, that).
    pub fn counties(&self) -> BTreeSet<String> {
        self.homes.keys().filter_map(|home| county(home)).collect()
    }

    /// The seats of its posts.
    pub fn seats(&self) -> BTreeSet<String> {
        let mut seats: BTreeSet<String> = self
            .posts
            .iter()
            .filter_map(|(post, home)| seat(post, DivisionId(home.parse().ok()?)))
            .collect();
        if self.scope() == "中国" {
            seats.insert("中国/".to_owned());
        }
        seats
    }

    /// Number of documents.
    pub fn documents(&self) -> usize {
        self.homes.values().sum()
    }
}

/// The code of the county that a division lies in, or its own if it is wider; `None` for what is no code.
pub(crate) fn county(code: &str) -> Option<String> {
    // A code that is written otherwise, with zeros in front, could not be found again by the county.
    let id = code.parse().map(DivisionId).ok();
    let id = id.filter(|id| id.to_string() == code)?;
    let gazetteer = Gazetteer::get();
    let county = gazetteer.lineage(id).find(|id| id.level() <= Level::County);
    Some(county.unwrap_or(id).to_string())
}

/// The divisions that a path of names (上高县锦江镇), a name or a code may mean.
pub(crate) fn divisions_named(place: &str) -> Vec<DivisionId> {
    let gazetteer = Gazetteer::get();
    if let Some(division) = gazetteer.by_code(place) {
        return vec![division.id];
    }
    let place = plain(place);
    let near = |name: &str| gazetteer.nearest(None, name);
    let whole = |&(_, n): &(DivisionId, usize)| n == place.chars().count();
    match leading_divisions(&place, near).filter(whole) {
        Some((id, _)) => vec![id],
        None => gazetteer.named(&place).iter().map(|hit| hit.id).collect(),
    }
}
