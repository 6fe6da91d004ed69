//! Who invests where, how much, and how far it is: planned, under way, done.
//!
//! What it tells you: every project or enterprise for which an amount is stated, with who undertakes it, where it lies, its
//! state, and sums of these by enterprise, town, county, prefecture or province.
//!
//! Method: own; sums of what documents state, each subject once. Where documents state several amounts for one subject (this
//! year's part and the whole, or a plan that grew) the one of the latest year is taken, of one year the greatest; the
//! others are counted in `stated`. The state is that of the latest year, of one year the furthest; without any, an amount in
//! a plan is planned and the rest `unknown`. The place is where the subject is stated to lie, else the place of the
//! report (`place_stated` tells which). A project of several enterprises counts whole for each of them, so sums by
//! enterprise may exceed the sum of all; sums by place do not. Amounts in other currencies are listed and summed by themselves.
//!
//! An amount of a phase (一期) is part of its project's and left out where one is stated for that.
//!
//! Units: the base unit stated, mostly 元 (yuan). Cost: one pass over four kinds of statements.
//! Example: `xiangtu money --by county`, `xiangtu money --by enterprise --at 浏阳市`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::adoption::Atlas;
use crate::Result;
use crate::identity::{project_key, without_phase};
use crate::model::EntityType;
use crate::store::{PlaceLevel, StatementRow, Store};
use crate::vocab;

/// How far something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing is said.
    Unknown,
    /// 计划.
    Planned,
    /// 在建.
    Ongoing,
    /// 完成.
    Completed,
}

impl State {
    /// The word in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Planned => "planned",
            Self::Ongoing => "ongoing",
            Self::Completed => "completed",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "planned" => Self::Planned,
            "ongoing" => Self::Ongoing,
            "completed" => Self::Completed,
            _ => Self::Unknown,
        }
    }
}

/// A thing with its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// IRI.
    pub id: String,
    /// Name; of a town with its county.
    pub name: String,
}

/// One subject with its amount.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stake {
    /// Project or enterprise.
    pub subject: Named,
    /// Which of the two.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Who undertakes it; the enterprise itself where that is the subject.
    pub enterprises: Vec<Named>,
    /// Where it is.
    pub place: Option<Named>,
    /// Whether a document states so; else the place of the report.
    pub place_stated: bool,
    /// Amount in the base unit.
    pub amount: f64,
    /// Base unit.
    pub unit: String,
    /// As written.
    pub text: String,
    /// Different amounts stated.
    pub stated: usize,
    /// How far it is.
    pub state: State,
    /// Year of the amount.
    pub year: Option<i32>,
    /// Path of the document of the amount.
    pub document: String,
    /// The sentence of the amount.
    pub quote: String,
    /// IRI of the statement of the amount.
    pub statement: String,
}

/// All stakes, the greatest first; with `at` (IRI) only those in a place.
pub fn stakes(store: &Store, at: Option<&str>) -> Result<Vec<Stake>> {
    let atlas = Atlas::of(store)?;
    let context = Context {
        undertakers: by_object(store.statements_of(vocab::UNDERTAKES)?),
        places: by_subject(store.statements_of(vocab::LOCATED_IN)?),
        states: by_subject(store.statements_of(vocab::STATUS)?),
        kinds: store
            .things()?
            .into_iter()
            .map(|thing| (thing.id, thing.kind))
            .collect(),
    };
    let mut stakes = Vec::new();
    let invested = by_subject(store.statements_of(vocab::INVESTMENT)?);
    for (subject, rows) in &invested {
        if wholes(subject)
            .iter()
            .any(|whole| invested.contains_key(whole))
        {
            continue;
        }
        let Some(stake) = context.stake(store, subject, rows)? else {
            continue;
        };
        let lies_within = |at| {
            let place = stake.place.as_ref();
            place.is_some_and(|place| atlas.is_within(&place.id, at))
        };
        if at.is_none_or(lies_within) {
            stakes.push(stake);
        }
    }
    stakes.sort_by(|a, b| {
        b.amount
            .total_cmp(&a.amount)
            .then_with(|| a.subject.id.cmp(&b.subject.id))
    });
    Ok(stakes)
}

/// What a phase may be part of, by its IRI: the project 枫林产业园 of 枫林产业园一期, or the firm of that name, known everywhere or
/// in the county.
fn wholes(id: &str) -> Vec<String> {
    let Some((before, name)) = id.rsplit_once('/') else {
        return Vec::new();
    };
    let Some((base, scope)) = before.split_once("/project/") else {
        return Vec::new();
    };
    let Some(whole) = without_phase(name).filter(|whole| !whole.is_empty()) else {
        return Vec::new();
    };
    let county: String = scope.chars().take(6).collect();
    vec![
        format!("{before}/{}", project_key(whole)),
        format!("{base}/enterprise/{whole}"),
        format!("{base}/enterprise/{county}/{whole}"),
    ]
}

fn by_subject(rows: Vec<StatementRow>) -> BTreeMap<String, Vec<StatementRow>> {
    let mut by: BTreeMap<String, Vec<StatementRow>> = BTreeMap::new();
    for row in rows {
        by.entry(row.subject.clone()).or_default().push(row);
    }
    by
}

fn by_object(rows: Vec<StatementRow>) -> BTreeMap<String, BTreeSet<String>> {
    let mut by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        if let Some(object) = row.object {
            by.entry(object).or_default().insert(row.subject);
        }
    }
    by
}

struct Context {
    /// Of each project its enterprises.
    undertakers: BTreeMap<String, BTreeSet<String>>,
    places: BTreeMap<String, Vec<StatementRow>>,
    states: BTreeMap<String, Vec<StatementRow>>,
    kinds: BTreeMap<String, EntityType>,
}

impl Context {
    fn stake(&self, store: &Store, subject: &str, rows: &[StatementRow]) -> Result<Option<Stake>> {
        let amounts = rows.iter().filter_map(|row| {
            let amount: f64 = row.amount.as_deref()?.parse().ok()?;
            Some((row, amount, row.base.clone()?))
        });
        let amounts: Vec<(&StatementRow, f64, String)> = amounts.collect();
        let best = amounts.iter().max_by(|a, b| {
            (a.0.year.cmp(&b.0.year))
                .then(a.1.total_cmp(&b.1))
                .then_with(|| b.0.id.cmp(&a.0.id))
        });
        let Some((row, amount, unit)) = best else {
            return Ok(None);
        };
        let named = |id: &str| -> Result<Named> {
            Ok(Named {
                name: store.full_name_of(id)?,
                id: id.to_owned(),
            })
        };
        let kind = self.kinds.get(subject).copied();
        let kind = kind.unwrap_or(EntityType::Project);
        let enterprises = match kind {
            EntityType::Enterprise => vec![named(subject)?],
            _ => {
                let ids = self.undertakers.get(subject).into_iter().flatten();
                ids.map(|id| named(id)).collect::<Result<_>>()?
            }
        };
        let document = store.document(&row.document)?;
        let stated = self.place(subject);
        let place = stated.clone().or_else(|| document.home.clone());
        let different: BTreeSet<(&str, u64)> = amounts
            .iter()
            .map(|(_, amount, unit)| (unit.as_str(), amount.to_bits()))
            .collect();
        Ok(Some(Stake {
            subject: named(subject)?,
            kind,
            enterprises,
            place: place.map(|place| named(&place)).transpose()?,
            place_stated: stated.is_some(),
            amount: *amount,
            unit: unit.clone(),
            text: format!(
                "{}{}",
                row.value.as_deref().unwrap_or(""),
                row.unit.as_deref().unwrap_or("")
            ),
            stated: different.len(),
            state: self.state(subject, row),
            year: row.year,
            document: document.paths.first().cloned().unwrap_or_default(),
            quote: row.quote.clone(),
            statement: row.id.clone(),
        }))
    }

    /// The narrowest place that it is stated to lie in, of the latest year.
    fn place(&self, subject: &str) -> Option<String> {
        let rows = self.places.get(subject)?.iter();
        let best = rows
            .filter(|row| row.object.is_some())
            .max_by_key(|row| (row.year, row.object.as_ref().map(String::len), &row.object));
        best.and_then(|row| row.object.clone())
    }

    fn state(&self, subject: &str, amount: &StatementRow) -> State {
        let rows = self.states.get(subject).into_iter().flatten();
        let stated = rows
            .map(|row| {
                (
                    row.year,
                    State::from_name(row.value.as_deref().unwrap_or("")),
                )
            })
            .max();
        match stated {
            Some((_, state)) => state,
            None if amount.part == "plan" => State::Planned,
            None => State::Unknown,
        }
    }
}

/// By what amounts are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
    /// No sums: every project or enterprise that has an amount.
    Project,
    /// Who undertakes.
    Enterprise,
    /// Where.
    Town,
    /// Where.
    County,
    /// Where.
    Prefecture,
    /// Where.
    Province,
}

/// Amounts of one enterprise or place in one currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sum {
    /// The enterprise or place; `None` for what has none.
    pub of: Option<Named>,
    /// Base unit.
    pub unit: String,
    /// Projects and enterprises with an amount.
    pub subjects: usize,
    /// Enterprises behind them.
    pub enterprises: usize,
    /// All of it.
    pub total: f64,
    /// Part that is planned.
    pub planned: f64,
    /// Part that is under way.
    pub ongoing: f64,
    /// Part that is done.
    pub completed: f64,
    /// Part whose state is not told.
    pub unknown: f64,
}

/// Sums stakes, the greatest first.
pub fn sums(store: &Store, stakes: &[Stake], by: By) -> Result<Vec<Sum>> {
    let atlas = Atlas::of(store)?;
    let level = match by {
        By::Project | By::Enterprise => None,
        By::Town => Some(PlaceLevel::Town),
        By::County => Some(PlaceLevel::County),
        By::Prefecture => Some(PlaceLevel::Prefecture),
        By::Province => Some(PlaceLevel::Province),
    };
    let mut groups: BTreeMap<(Option<String>, &str), Vec<&Stake>> = BTreeMap::new();
    for stake in stakes {
        let place = stake.place.as_ref();
        let keys: Vec<Option<String>> = match level {
            Some(level) => vec![place.and_then(|place| atlas.above(&place.id, level))],
            None if stake.enterprises.is_empty() => vec![None],
            None => stake
                .enterprises
                .iter()
                .map(|e| Some(e.id.clone()))
                .collect(),
        };
        for key in keys {
            groups.entry((key, &stake.unit)).or_default().push(stake);
        }
    }
    let mut sums = Vec::new();
    for ((id, unit), stakes) in groups {
        let of = match id {
            Some(id) => Some(Named {
                name: store.full_name_of(&id)?,
                id,
            }),
            None => None,
        };
        sums.push(sum(of, unit, &stakes));
    }
    sums.sort_by(|a, b| b.total.total_cmp(&a.total).then_with(|| a.of.cmp(&b.of)));
    Ok(sums)
}

fn sum(of: Option<Named>, unit: &str, stakes: &[&Stake]) -> Sum {
    let total = |state: Option<State>| -> f64 {
        let counted = stakes
            .iter()
            .filter(|s| state.is_none_or(|state| s.state == state));
        counted.map(|stake| stake.amount).sum()
    };
    let enterprises: BTreeSet<&Named> = stakes.iter().flat_map(|s| &s.enterprises).collect();
    Sum {
        of,
        unit: unit.to_owned(),
        subjects: stakes.len(),
        enterprises: enterprises.len(),
        total: total(None),
        planned: total(Some(State::Planned)),
        ongoing: total(Some(State::Ongoing)),
        completed: total(Some(State::Completed)),
        unknown: total(Some(State::Unknown)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_part_of_its_project() {
        let part = |name: &str| wholes(&format!("urn:id/project/360722106/{name}"));
        assert_eq!(
            part("枫林产业园项目二期工程"),
            [
                "urn:id/project/360722106/枫林产业园",
                "urn:id/enterprise/枫林产业园项目",
                "urn:id/enterprise/360722/枫林产业园项目"
            ]
        );
        assert!(part("枫林产业园一期").contains(&"urn:id/project/360722106/枫林产业园".to_owned()));
        assert!(part("枫林产业园").is_empty() && part("一期").is_empty());
        assert!(wholes("urn:id/enterprise/枫林二期").is_empty());
    }
}
