//! Which part of the graph is exported: types, a place, years, a neighbourhood, a community, a projection. How certain it must be
//! is asked of the store ([`Store::at_least`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::Result;
use crate::model::{EntityType, Predicate};
use crate::store::{DocumentRow, EntityRow, MentionRow, StatementRow, Store};
use crate::vocab;

/// A simpler graph made from the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Projection {
    /// Places and the initiatives that they carry out.
    InitiativePlace,
    /// Enterprises and the places where they are, or where a project of theirs is.
    EnterprisePlace,
    /// Any two entities named by one document; the weight is the number of such documents.
    CoOccurrence,
}

/// The members of a community.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Community {
    /// Their IRIs.
    pub members: BTreeSet<String>,
    /// Whether it holds things of all types; of one type its members are linked by what lies between them, which is kept too.
    pub is_whole: bool,
}

/// What to keep. The default keeps everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Entities of these types; all where empty.
    pub types: Vec<EntityType>,
    /// IRI of a place: what is said of it and of what lies in it, and what its documents say.
    pub place: Option<String>,
    /// First year.
    pub since: Option<i32>,
    /// Last year.
    pub until: Option<i32>,
    /// IRI of an entity and how many edges away from it others may be.
    pub around: Option<(String, usize)>,
    /// A community: what is said of its members.
    pub community: Option<Community>,
    /// A simpler graph; networks only.
    pub projection: Option<Projection>,
    /// Least weight of an edge; networks only.
    pub min_weight: usize,
}

impl Selection {
    /// Whether nothing is left out.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// A year that is not known lies in no range.
    fn holds_year(&self, year: Option<i32>) -> bool {
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        year.is_some_and(|year| {
            self.since.is_none_or(|since| since <= year)
                && self.until.is_none_or(|until| year <= until)
        })
    }
}

impl Community {
    fn with_neighbours(&self, statements: &[StatementRow]) -> BTreeSet<String> {
        let mut kept = self.members.clone();
        for row in statements.iter().filter(|_| !self.is_whole) {
            if let Some(object) = &row.object
                && (self.members.contains(object) || self.members.contains(&row.subject))
            {
                kept.extend([row.subject.clone(), object.clone()]);
            }
        }
        kept
    }
}

/// What a selection leaves of the store, before any neighbourhood is cut out.
pub(super) struct Chosen {
    pub(super) entities: Vec<EntityRow>,
    pub(super) statements: Vec<StatementRow>,
    pub(super) mentions: Vec<MentionRow>,
    pub(super) documents: Vec<DocumentRow>,
}

/// Applies types, place, years and confidence. Cost: one pass over the statements and mentions.
pub(super) fn choose(store: &Store, selection: &Selection) -> Result<Chosen> {
    let documents = store.documents()?;
    let by_id: BTreeMap<&str, &DocumentRow> =
        documents.iter().map(|row| (row.id.as_str(), row)).collect();
    let within = selection
        .place
        .as_deref()
        .map(|place| store.within(place))
        .transpose()?;
    let is_within = |id: &str| within.as_ref().is_none_or(|within| within.contains(id));
    let is_home_within = |document: &str| {
        let home = by_id.get(document).and_then(|row| row.home.as_deref());
        within.is_none() || home.is_some_and(is_within)
    };

    let mut statements = Vec::new();
    let properties = Predicate::ALL.map(vocab::property);
    for property in properties.into_iter().chain([vocab::REPORTS_INDICATOR]) {
        statements.extend(store.statements_of(property)?.into_iter().filter(|row| {
            selection.holds_year(row.year)
                && (is_home_within(&row.document)
                    || is_within(&row.subject)
                    || row.object.as_deref().is_some_and(is_within))
        }));
    }
    let mut mentions = store.mention_rows()?;
    mentions.retain(|row| {
        let year = by_id.get(row.document.as_str()).and_then(|d| d.year);
        selection.holds_year(year) && is_home_within(&row.document)
    });

    let mut entities = store.entity_rows()?;
    let filters_facts = within.is_some()
        || selection.since.is_some()
        || selection.until.is_some()
        || store.min_confidence() > 0.0;
    if filters_facts {
        let kept = named_by(&statements, &mentions, within.as_ref(), &entities);
        entities.retain(|row| kept.contains(&row.id));
    }
    if !selection.types.is_empty() {
        entities.retain(|row| selection.types.contains(&row.kind));
    }
    if let Some(community) = &selection.community {
        let kept = community.with_neighbours(&statements);
        entities.retain(|row| kept.contains(&row.id));
    }
    let kept: BTreeSet<&str> = entities.iter().map(|row| row.id.as_str()).collect();
    statements.retain(|row| {
        kept.contains(row.subject.as_str())
            && row.object.as_deref().is_none_or(|id| kept.contains(id))
    });
    mentions.retain(|row| kept.contains(row.entity.as_str()));
    Ok(Chosen {
        statements,
        mentions,
        documents,
        entities,
    })
}

/// The entities that statements and mentions name, the places asked for, and the divisions above all these.
fn named_by(
    statements: &[StatementRow],
    mentions: &[MentionRow],
    within: Option<&BTreeSet<String>>,
    entities: &[EntityRow],
) -> BTreeSet<String> {
    let mut kept: BTreeSet<String> = statements
        .iter()
        .flat_map(|row| [Some(&row.subject), row.object.as_ref()])
        .flatten()
        .chain(mentions.iter().map(|row| &row.entity))
        .chain(within.into_iter().flatten())
        .cloned()
        .collect();
    let parents: BTreeMap<&str, &String> = entities
        .iter()
        .filter_map(|row| Some((row.id.as_str(), row.parent.as_ref()?)))
        .collect();
    let mut to_do: Vec<String> = kept.iter().cloned().collect();
    while let Some(id) = to_do.pop() {
        if let Some(parent) = parents.get(id.as_str())
            && kept.insert((*parent).clone())
        {
            to_do.push((*parent).clone());
        }
    }
    kept
}
