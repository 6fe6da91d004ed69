//! Which places resemble each other in what they do, and by which initiatives.
//!
//! What it tells you: the places nearest to a given one, and of each the shared initiatives with their parts of the
//! likeness. What every place does counts little, what few do counts much.
//!
//! Method: cosine of TF-IDF vectors (Spärck Jones 1972; Salton and Buckley 1988): the weight of initiative i at place p is
//! `(1 + ln documents) · ln(1 + places / places of i)`. The cosine is a sum over shared initiatives, so the parts given
//! are exact: they add up to the likeness.
//!
//! Units: 0 (nothing in common) to 1 (the same in the same proportions). Cost: one pass over the table.
//! Example: `xiangtu similar 上高县锦江镇 --top 5`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::adoption::{Selection, Table, adoptions};
use crate::store::Store;
use crate::{Error, Result};

/// A place like another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Similar {
    /// IRI.
    pub id: String,
    /// Name with its county.
    pub name: String,
    /// Cosine of what the two carry out.
    pub cosine: f64,
    /// Number of its initiatives.
    pub campaigns: usize,
    /// What both carry out, the greatest part of the cosine first.
    pub shared: Vec<Shared>,
}

/// An initiative that two places share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shared {
    /// IRI.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it adds to the cosine.
    pub part: f64,
}

/// The places that share an initiative with this one (IRI), the most alike first; at most `top`.
pub fn similar(
    store: &Store,
    selection: &Selection,
    place: &str,
    top: usize,
) -> Result<Vec<Similar>> {
    let (adoptions, atlas) = adoptions(store, selection)?;
    let table = Table::of(&adoptions, &atlas, selection.level);
    let counted = atlas
        .counted(place, selection.level)
        .ok_or_else(|| Error::Query(format!("{place} stands above the level asked for")))?;
    let Ok(number) = table.places.binary_search(&counted) else {
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    for like in Vectors::of(&table)
        .like(&table, number)
        .into_iter()
        .take(top)
    {
        let id = table.places[like.place].clone();
        let mut shared = Vec::new();
        for (campaign, part) in like.shared {
            let id = table.campaigns[campaign].clone();
            let name = store.name_of(&id)?;
            shared.push(Shared { id, name, part });
        }
        rows.push(Similar {
            name: store.full_name_of(&id)?,
            id,
            cosine: like.cosine,
            campaigns: like.campaigns,
            shared,
        });
    }
    Ok(rows)
}

/// A place like another, in numbers of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// The other place.
    pub place: usize,
    /// Cosine.
    pub cosine: f64,
    /// Number of its initiatives.
    pub campaigns: usize,
    /// Shared initiatives and what each adds to the cosine, the greatest first.
    pub shared: Vec<(usize, f64)>,
}

/// The weights of a table: of each place its initiatives with lengths brought to 1.
pub struct Vectors(Vec<Vec<(usize, f64)>>);

impl Vectors {
    /// The weights of a table.
    pub fn of(table: &Table) -> Self {
        let n = table.places.len() as f64;
        let weight = |campaign: usize, place: usize| {
            let documents = table.documents[&(campaign, place)] as f64;
            (1.0 + documents.ln()) * (1.0 + n / table.places_of[campaign].len() as f64).ln()
        };
        let vectors = table.campaigns_of.iter().enumerate();
        Self(
            vectors
                .map(|(place, campaigns)| {
                    let weights: Vec<f64> = campaigns.iter().map(|&c| weight(c, place)).collect();
                    let length = weights.iter().map(|w| w * w).sum::<f64>().sqrt();
                    let weights = weights.into_iter().map(|w| w / length);
                    campaigns.iter().copied().zip(weights).collect()
                })
                .collect(),
        )
    }

    /// The places that share an initiative with this one, the most alike first.
    pub fn like(&self, table: &Table, place: usize) -> Vec<Likeness> {
        let mut shared: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
        for &(campaign, weight) in &self.0[place] {
            for &other in table.places_of[campaign].iter().filter(|p| **p != place) {
                let theirs = &self.0[other];
                let at = theirs
                    .binary_search_by_key(&campaign, |(campaign, _)| *campaign)
                    .expect("both lists are of one table");
                let part = weight * theirs[at].1;
                shared.entry(other).or_default().push((campaign, part));
            }
        }
        let mut likenesses: Vec<Likeness> = shared
            .into_iter()
            .map(|(place, mut shared)| {
                shared.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                Likeness {
                    place,
                    cosine: shared.iter().map(|(_, part)| part).sum(),
                    campaigns: self.0[place].len(),
                    shared,
                }
            })
            .collect();
        likenesses.sort_by(|a, b| b.cosine.total_cmp(&a.cosine).then(a.place.cmp(&b.place)));
        likenesses
    }
}
