//! Enterprises that several regions name: who works in more than one county.
//!
//! What it tells you: of each enterprise the places where documents have it, its projects there and the amounts stated.
//!
//! Method: own; an enterprise is in a place if it is stated to lie there, undertakes a project stated to lie there, or is
//! named in a statement of a report about the place. One node of the graph is one enterprise (see [`crate::identity`]): a
//! registered name with its region joins across counties, 农业公司 of two counties are two. `namesakes` counts the other
//! nodes of the same name; `xiangtu review` lists those that may be one, and a judgement joins them.
//!
//! Units: counts of divisions; amounts in 元 (yuan), each subject once as in [`super::money`], projects of
//! several enterprises whole for each. Cost: one pass over four kinds of statements.
//! Example: `xiangtu across --level province`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::adoption::{Atlas, Level};
use super::money::{Named, stakes};
use crate::Result;
use crate::identity::plain;
use crate::model::EntityType;
use crate::store::Store;
use crate::vocab;

/// One enterprise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Across {
    /// IRI.
    pub id: String,
    /// Name.
    pub name: String,
    /// Other enterprises of that name in the graph.
    pub namesakes: usize,
    /// Divisions of the level asked for.
    pub regions: Vec<Named>,
    /// Counties.
    pub counties: usize,
    /// Provinces.
    pub provinces: usize,
    /// Projects that it undertakes.
    pub projects: Vec<Named>,
    /// Sum of its amounts in yuan.
    pub yuan: f64,
    /// First and last year of the statements.
    pub years: Option<(i32, i32)>,
    /// Number of documents.
    pub documents: usize,
}

/// What is gathered of one enterprise.
#[derive(Default)]
struct Gathered {
    places: BTreeSet<String>,
    projects: BTreeSet<String>,
    documents: BTreeSet<String>,
    years: BTreeSet<i32>,
    yuan: f64,
}

/// Enterprises in at least `min` divisions of a level, those in most first.
pub fn across(store: &Store, level: Level, min: usize) -> Result<Vec<Across>> {
    let atlas = Atlas::of(store)?;
    let names: BTreeMap<String, String> = store
        .things()?
        .into_iter()
        .filter(|thing| thing.kind == EntityType::Enterprise)
        .map(|thing| (thing.id, thing.name))
        .collect();
    let mut all = gather(store, &names)?;
    for stake in stakes(store, None)? {
        for enterprise in stake.enterprises.iter().filter(|_| stake.unit == "元") {
            if let Some(gathered) = all.get_mut(&enterprise.id) {
                gathered.yuan += stake.amount;
            }
        }
    }
    let mut of_name: BTreeMap<String, usize> = BTreeMap::new();
    for name in names.values() {
        *of_name.entry(plain(name)).or_default() += 1;
    }
    let mut rows = Vec::new();
    for (id, gathered) in all {
        let count = |level| {
            let places = gathered.places.iter();
            let regions: BTreeSet<String> = places
                .filter_map(|place| atlas.counted(place, level))
                .collect();
            regions
        };
        let regions = count(level);
        if regions.len() < min {
            continue;
        }
        let named = |ids: &BTreeSet<String>| -> Result<Vec<Named>> {
            let named = ids.iter().map(|id| {
                Ok(Named {
                    name: store.full_name_of(id)?,
                    id: id.clone(),
                })
            });
            named.collect()
        };
        rows.push(Across {
            name: names[&id].clone(),
            namesakes: of_name[&plain(&names[&id])] - 1,
            regions: named(&regions)?,
            counties: count(Level::County).len(),
            provinces: count(Level::Province).len(),
            projects: named(&gathered.projects)?,
            yuan: gathered.yuan,
            years: gathered
                .years
                .first()
                .copied()
                .zip(gathered.years.last().copied()),
            documents: gathered.documents.len(),
            id,
        });
    }
    rows.sort_by(|a, b| {
        (b.regions.len(), b.documents)
            .cmp(&(a.regions.len(), a.documents))
            .then_with(|| (&a.name, &a.id).cmp(&(&b.name, &b.id)))
    });
    Ok(rows)
}

fn gather(store: &Store, names: &BTreeMap<String, String>) -> Result<BTreeMap<String, Gathered>> {
    let mut homes: BTreeMap<String, Option<String>> = BTreeMap::new();
    for document in store.documents()? {
        homes.insert(document.id, document.home);
    }
    let mut lies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in store.statements_of(vocab::LOCATED_IN)? {
        if let Some(place) = row.object {
            lies.entry(row.subject).or_default().insert(place);
        }
    }
    let mut all: BTreeMap<String, Gathered> = BTreeMap::new();
    for property in [
        vocab::LOCATED_IN,
        vocab::UNDERTAKES,
        vocab::INVESTMENT,
        vocab::AWARDED,
    ] {
        for row in store.statements_of(property)? {
            if !names.contains_key(&row.subject) {
                continue;
            }
            let gathered = all.entry(row.subject.clone()).or_default();
            let project = row.object.filter(|_| property == vocab::UNDERTAKES);
            for thing in [Some(&row.subject), project.as_ref()].into_iter().flatten() {
                gathered
                    .places
                    .extend(lies.get(thing).into_iter().flatten().cloned());
            }
            gathered
                .places
                .extend(homes.get(&row.document).cloned().flatten());
            gathered.projects.extend(project);
            gathered.documents.insert(row.document);
            gathered.years.extend(row.year);
        }
    }
    Ok(all)
}
