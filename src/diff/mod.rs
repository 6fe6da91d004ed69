//! What changed between two stores, or between the reports of two years.
//!
//! What it tells you: which things appear and which are named no more, which links between things of both sides begin and
//! end, which things changed their name or place, and which amounts, posts, stages and figures became others; each with the
//! sentences of both sides. Two *sides* are compared: all documents of a store, or those of a year. Of two years only
//! places that report in both are compared: silence is no news where nobody spoke.
//! Cost: one pass over the documents of both sides, held in memory.

mod side;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::EntityType;
use crate::store::{StatementRow, Store};
use crate::text::key;
use crate::{Result, vocab};

use side::{Seen, Side};

/// What happened to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Another name.
    Renamed,
    /// Another place.
    Moved,
    /// Another amount, post, stage or figure.
    Changed,
    /// A link between two things that are named on both sides begins.
    Began,
    /// Such a link is told no more.
    Stopped,
    /// Named for the first time.
    Born,
    /// Named no more.
    Ended,
}

impl Change {
    /// The word in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Moved => "moved",
            Self::Changed => "changed",
            Self::Began => "began",
            Self::Stopped => "stopped",
            Self::Born => "born",
            Self::Ended => "ended",
        }
    }
}

/// One side of a difference: what is said, and who says it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Said {
    /// In a few words.
    pub text: String,
    /// Year.
    pub year: Option<i32>,
    /// Path of the document.
    pub path: String,
    /// The sentence.
    pub quote: String,
    /// Where the evidence begins within the sentence.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// `target` where a figure is aimed at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// IRI of the statement, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// What happened.
    pub change: Change,
    /// What kind of thing it happened to.
    #[serde(rename = "type")]
    pub kind: Option<EntityType>,
    /// IRI.
    pub id: String,
    /// Name.
    pub name: String,
    /// IRI of the property that changed; none for the thing itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// What the earlier side says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Said>,
    /// What the later side says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Said>,
}

/// What is compared.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only things of this type.
    pub kind: Option<EntityType>,
    /// Only documents about this place, by its IRI, and about places in it.
    pub at: Option<String>,
}

/// All differences, sorted.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Differences {
    /// Documents of each side that were compared.
    pub documents: [usize; 2],
    /// Of two years: all years that the store has documents of, whether compared or not.
    pub years: BTreeSet<i32>,
    /// Places that report in one of two years only and were left out.
    pub left_out: usize,
    /// The differences.
    pub rows: Vec<Difference>,
}

/// Compares two stores.
pub fn stores(before: &Store, after: &Store, options: &Options) -> Result<Differences> {
    let [before, after] = [
        Side::new(before, None, options)?,
        Side::new(after, None, options)?,
    ];
    Ok(compare(&before, &after, 0, options))
}

/// Compares the reports of two years.
pub fn years(store: &Store, before: i32, after: i32, options: &Options) -> Result<Differences> {
    let homes = |year| side::homes(store, year, options);
    let [one, two] = [homes(before)?, homes(after)?];
    let both: BTreeSet<String> = one.intersection(&two).cloned().collect();
    let left_out = one.union(&two).count() - both.len();
    let [before, after] = [
        Side::new(store, Some((before, &both)), options)?,
        Side::new(store, Some((after, &both)), options)?,
    ];
    let documents = side::documents(store, options)?.into_iter();
    let mut found = compare(&before, &after, left_out, options);
    found.years = documents.filter_map(|document| document.year).collect();
    Ok(found)
}

fn compare(before: &Side<'_>, after: &Side<'_>, left_out: usize, options: &Options) -> Differences {
    let mut rows = Vec::new();
    let renamed = renamed(before, after, &mut rows);
    for (id, seen) in &before.seen {
        if !after.seen.contains_key(id) && !renamed.contains(id) {
            rows.push(whole(Change::Ended, id, seen));
        }
    }
    for (id, seen) in &after.seen {
        if !before.seen.contains_key(id) && !renamed.contains(id) {
            rows.push(whole(Change::Born, id, seen));
        }
    }
    links(before, after, &mut rows);
    values(before, after, &mut rows);
    rows.retain(|row| options.kind.is_none_or(|kind| row.kind == Some(kind)));
    rows.sort_by(|a, b| {
        let rank = |d: &Difference| (d.change, d.kind, d.name.clone(), d.id.clone());
        let said =
            |said: &Option<Said>| said.as_ref().map(|s| (s.text.clone(), s.statement.clone()));
        rank(a)
            .cmp(&rank(b))
            .then_with(|| a.property.cmp(&b.property))
            .then_with(|| said(&a.before).cmp(&said(&b.before)))
            .then_with(|| said(&a.after).cmp(&said(&b.after)))
    });
    Differences {
        documents: [before.documents, after.documents],
        years: BTreeSet::new(),
        left_out,
        rows,
    }
}

fn whole(change: Change, id: &str, seen: &Seen) -> Difference {
    let said = Some(seen.said.clone());
    let (before, after) = match change {
        Change::Ended => (said, None),
        _ => (None, said),
    };
    Difference {
        change,
        kind: seen.kind,
        id: id.to_owned(),
        name: seen.name.clone(),
        property: None,
        before,
        after,
    }
}

/// Things with another name: the same identity under names of which none holds another, or, between two stores,
/// an identity that is gone while another has its name as one of its own.
fn renamed(before: &Side<'_>, after: &Side<'_>, rows: &mut Vec<Difference>) -> BTreeSet<String> {
    let mut done = BTreeSet::new();
    let mut by_name: BTreeMap<(Option<EntityType>, String), &str> = BTreeMap::new();
    for (id, seen) in after
        .seen
        .iter()
        .filter(|(id, _)| !before.seen.contains_key(*id))
    {
        for name in &seen.names {
            by_name.insert((seen.kind, key(name)), id);
        }
    }
    for (id, old) in &before.seen {
        let new_id = match after.seen.contains_key(id) {
            true => id.as_str(),
            false => match by_name.get(&(old.kind, key(&old.name))) {
                Some(id) => id,
                None => continue,
            },
        };
        let new = &after.seen[new_id];
        let is_kept = old.names.iter().any(|a| {
            let a = key(a);
            new.names.iter().any(|b| {
                let b = key(b);
                a.contains(&b) || b.contains(&a)
            })
        });
        if id == new_id && is_kept || id != new_id && key(&old.name) == key(&new.name) {
            if id != new_id {
                // The same name under another identity: the judgement changed, not the thing.
                done.extend([id.clone(), new_id.to_owned()]);
            }
            continue;
        }
        done.extend([id.clone(), new_id.to_owned()]);
        let named = |seen: &Seen| Said {
            text: seen.shown_name().to_owned(),
            ..seen.said.clone()
        };
        rows.push(Difference {
            change: Change::Renamed,
            kind: new.kind,
            id: new_id.to_owned(),
            name: new.name.clone(),
            property: Some(vocab::PREF_LABEL.as_str().to_owned()),
            before: Some(named(old)),
            after: Some(named(new)),
        });
    }
    done
}

/// Links that begin or stop between things that both sides name, and places that changed.
fn links(before: &Side<'_>, after: &Side<'_>, rows: &mut Vec<Difference>) {
    let is_known = |side: &Side<'_>, row: &StatementRow| {
        let object = row.object.as_deref().unwrap_or_default();
        side.seen.contains_key(&row.subject) && side.seen.contains_key(object)
    };
    for (of, old) in &before.links {
        let new = after.links.get(of);
        let moved = of.1 == vocab::LOCATED_IN.as_str()
            && new.is_some_and(|new| new.keys().all(|object| !old.contains_key(object)));
        if moved {
            let [a, b] = [old.values().next(), new.and_then(|new| new.values().next())];
            rows.push(difference(
                Change::Moved,
                a.map(|s| (before, s)),
                b.map(|s| (after, s)),
            ));
            continue;
        }
        for (object, row) in old {
            let is_gone = new.is_none_or(|new| !new.contains_key(object));
            if is_gone && is_known(after, row) {
                rows.push(difference(Change::Stopped, Some((before, row)), None));
            }
        }
    }
    for (of, new) in &after.links {
        let old = before.links.get(of);
        let moved = of.1 == vocab::LOCATED_IN.as_str()
            && old.is_some_and(|old| old.keys().all(|object| !new.contains_key(object)));
        for (object, row) in new.iter().filter(|_| !moved) {
            let is_new = old.is_none_or(|old| !old.contains_key(object));
            if is_new && is_known(before, row) {
                rows.push(difference(Change::Began, None, Some((after, row))));
            }
        }
    }
}

/// Literals of which the two sides have no value in common.
fn values(before: &Side<'_>, after: &Side<'_>, rows: &mut Vec<Difference>) {
    for (of, old) in &before.values {
        let Some(new) = after.values.get(of) else {
            continue;
        };
        if old.keys().all(|value| !new.contains_key(value)) {
            let surest = |values: &BTreeMap<String, StatementRow>| {
                let rows = values.values().cloned();
                rows.max_by(|a, b| {
                    let order = a.confidence.total_cmp(&b.confidence);
                    order.then_with(|| b.id.cmp(&a.id))
                })
            };
            let [a, b] = [surest(old), surest(new)];
            let pair = (
                a.as_ref().map(|r| (before, r)),
                b.as_ref().map(|r| (after, r)),
            );
            rows.push(difference(Change::Changed, pair.0, pair.1));
        }
    }
}

/// The difference between two statements of the same thing.
fn difference(
    change: Change,
    before: Option<(&Side<'_>, &StatementRow)>,
    after: Option<(&Side<'_>, &StatementRow)>,
) -> Difference {
    let (side, row) = after.or(before).expect("a difference has a side");
    let seen = side.seen.get(&row.subject);
    Difference {
        change,
        kind: seen.and_then(|seen| seen.kind),
        id: row.subject.clone(),
        name: side.name(&row.subject),
        property: Some(row.property.clone()),
        before: before.map(|(side, row)| side.said(row)),
        after: after.map(|(side, row)| side.said(row)),
    }
}
