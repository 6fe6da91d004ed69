//! Communities with their members, numbered: what `communities` lists and what an export can be cut down to.
//!
//! Method and cost: those of [`super::communities`]; the numbers are those of the greatest community first.

use std::collections::BTreeSet;

use serde::Serialize;

use super::adoption::Selection;
use super::communities::communities;
use super::projection::{Projected, Projection, project};
use super::undirected::Undirected;
use crate::model::EntityType;
use crate::store::Store;
use crate::text::key;
use crate::{Error, Result};

/// How communities are found.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Above 1 for smaller communities.
    pub resolution: f64,
    /// Runs by which their stability is judged.
    pub runs: usize,
    /// Seed of the first run.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            resolution: 1.0,
            runs: 10,
            seed: 1,
        }
    }
}

/// All communities of a graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Groups {
    /// Number of nodes.
    pub nodes: usize,
    /// Number of edges.
    pub edges: usize,
    /// Modularity of the best run.
    pub modularity: f64,
    /// Mean adjusted Rand index over pairs of runs.
    pub agreement: f64,
    /// Number of runs.
    pub runs: usize,
    /// The communities by number.
    pub communities: Vec<Group>,
}

/// One community.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// From 1.
    pub number: usize,
    /// Number of members.
    pub size: usize,
    /// Mean best Jaccard index in the other runs.
    pub stability: f64,
    /// Part of its edges' weight that stays within.
    pub within: f64,
    /// Those of greatest strength within it first.
    pub members: Vec<Member>,
}

/// A member of a community.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// IRI.
    pub id: String,
    /// Name.
    pub name: String,
    /// What kind of thing it is.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Weight of its edges to other members.
    pub strength: f64,
}

/// The communities of at least `min` members.
pub fn groups(projected: &Projected, settings: &Settings, min: usize) -> Groups {
    let graph = Undirected::of(projected);
    let found = communities(&graph, settings.resolution, settings.runs, settings.seed);
    let mut list: Vec<Group> = found
        .stability
        .iter()
        .enumerate()
        .map(|(number, stability)| Group {
            number: number + 1,
            size: 0,
            stability: *stability,
            within: 0.0,
            members: Vec::new(),
        })
        .collect();
    let mut strength = vec![0.0; list.len()];
    for (node, thing) in projected.node_weights().enumerate() {
        let number = found.of[node];
        let within: f64 = graph
            .ends(node)
            .filter(|(end, _)| found.of[*end] == number)
            .map(|(_, weight)| weight)
            .sum();
        let group = &mut list[number];
        group.size += 1;
        group.within += within;
        strength[number] += graph.strength(node);
        group.members.push(Member {
            id: thing.id.clone(),
            name: thing.name.clone(),
            kind: thing.kind,
            strength: within,
        });
    }
    for (group, strength) in list.iter_mut().zip(strength) {
        group.within /= strength;
        let members = &mut group.members;
        members.sort_by(|a, b| b.strength.total_cmp(&a.strength).then(a.id.cmp(&b.id)));
    }
    list.retain(|group| group.size >= min);
    Groups {
        nodes: graph.len(),
        edges: graph.n_edges(),
        modularity: found.modularity,
        agreement: found.agreement,
        runs: settings.runs.max(1),
        communities: list,
    }
}

/// The members of the community with this number, or that holds the one thing of this name: as `communities` lists them
/// where nothing but the projection is set.
pub fn members(store: &Store, of: Projection, community: &str) -> Result<BTreeSet<String>> {
    let projected = project(store, of, &Selection::default())?;
    let found = groups(&projected, &Settings::default(), 1).communities;
    let number = community.parse::<usize>().ok();
    // A code is a number too; there are not so many communities.
    let group = match number.filter(|number| *number <= found.len()) {
        Some(number) => found.iter().find(|group| group.number == number),
        None => {
            let wanted = key(community);
            let is_it = |member: &Member| key(&member.name) == wanted || member.id == community;
            let named: Vec<&Group> = found
                .iter()
                .filter(|group| group.members.iter().any(is_it))
                .collect();
            match named.as_slice() {
                [one] => Some(*one),
                _ => {
                    let id = store.one(community, None)?;
                    let holds = |group: &&Group| {
                        let mut members = group.members.iter();
                        members.any(|member| member.id == id.as_str())
                    };
                    found.iter().find(holds)
                }
            }
        }
    };
    let group = group.ok_or_else(|| {
        Error::Query(format!(
            "{community}: no community has this number or member; there are {}, see `xiangtu communities --min 1`",
            found.len()
        ))
    })?;
    Ok(group
        .members
        .iter()
        .map(|member| member.id.clone())
        .collect())
}
