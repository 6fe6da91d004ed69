//! What was promised and what became of it: targets of one report beside the figures of a later one.
//!
//! What it tells you: of each place and indicator the target set for a year, the figure reported for that year, and
//! whether the promise was *kept*, *missed*, or *dropped*: a later
//! report on that year was read and says nothing of it. A target for a year on which no
//! report of the place was read is *open*; one whose figure has another unit or measure is *unlike*: both are shown and nothing is judged.
//!
//! Method: own; targets and figures pair where place, name of the indicator (as written, spaces and brackets apart) and period are
//! the same and the documents differ. A target without a period is for the year after the one that its report is on.
//! Amounts are compared in base units; where either has none, the changes in percent are. More is better, unless the
//! words of the target say otherwise (控制在、不超过…) or it aims at a fall. Of several figures the one in the
//! report on that very year is taken, then the most certain one. *Dropped* means: not found under this name. An
//! indicator that was renamed or missed by the extraction looks dropped too; the report is named so that one can look.
//!
//! Units: as written, and the base unit for `ratio`. Cost: one pass over the statements of `xt:reportsIndicator`.
//! Example: `xiangtu promises --at 昌乐县红河镇`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::adoption::Atlas;
use crate::Result;
use crate::store::{DocumentRow, StatementRow, Store};
use crate::text::key;
use crate::vocab;

/// What became of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The figure reaches it.
    Kept,
    /// The figure does not.
    Missed,
    /// A report on the year says nothing of it.
    Dropped,
    /// There is a figure, but of another unit or measure.
    Unlike,
    /// No report on the year was read.
    Open,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 5] = [
        Self::Kept,
        Self::Missed,
        Self::Dropped,
        Self::Unlike,
        Self::Open,
    ];

    /// The word in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Missed => "missed",
            Self::Dropped => "dropped",
            Self::Unlike => "unlike",
            Self::Open => "open",
        }
    }
}

/// One target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promise {
    /// IRI of the place.
    pub place: String,
    /// Its name with its county.
    pub name: String,
    /// The indicator as written.
    pub indicator: String,
    /// The year or years it is for.
    pub period: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Figure over target, where both are amounts of one unit.
    pub ratio: Option<f64>,
    /// What was promised.
    pub target: Figure,
    /// What was reported.
    pub actual: Option<Figure>,
    /// Reports on the year that were read and name no figure; for a dropped target only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silent: Vec<String>,
}

/// A figure with its source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Value and unit as written, and the change in percent where one is told.
    pub text: String,
    /// Amount in the base unit.
    pub amount: Option<f64>,
    /// Base unit.
    pub base: Option<String>,
    /// Change in percent.
    pub change: Option<f64>,
    /// Whether less is better.
    pub at_most: bool,
    /// Path of the document.
    pub document: String,
    /// The sentence.
    pub quote: String,
    /// IRI of the statement.
    pub statement: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// Words that set an upper limit.
const AT_MOST: [&str; 9] = [
    "控制在",
    "以内",
    "之内",
    "不超过",
    "不高于",
    "不突破",
    "低于",
    "降至",
    "降到",
];

/// A target or figure without what pairs it.
struct Said {
    figure: Figure,
    document: String,
    /// Main year of the document.
    year: Option<i32>,
}

/// All targets, by place, indicator and period; with `at` (IRI) only those of a place and the divisions in it.
pub fn promises(store: &Store, at: Option<&str>, min_confidence: f64) -> Result<Vec<Promise>> {
    let documents: BTreeMap<String, DocumentRow> = store
        .documents()?
        .into_iter()
        .map(|document| (document.id.clone(), document))
        .collect();
    let atlas = Atlas::of(store)?;
    let mut targets: BTreeMap<(String, String, String), Vec<(String, Said)>> = BTreeMap::new();
    let mut actuals: BTreeMap<(String, String, String), Vec<Said>> = BTreeMap::new();
    for row in store.statements_of(vocab::REPORTS_INDICATOR)? {
        let is_within = at.is_none_or(|at| atlas.is_within(&row.subject, at));
        let Some(document) = documents.get(&row.document) else {
            continue;
        };
        let Some(indicator) = row.indicator.clone() else {
            continue;
        };
        if !is_within || row.confidence < min_confidence {
            continue;
        }
        let is_target = row.kind.as_deref() == Some("target");
        let Some(period) = period(&row, document, is_target) else {
            continue;
        };
        let pair = (row.subject.clone(), key(&indicator), period);
        let said = Said {
            figure: figure(&row, document),
            document: row.document.clone(),
            year: document.year,
        };
        match is_target {
            true => targets.entry(pair).or_default().push((indicator, said)),
            false => actuals.entry(pair).or_default().push(said),
        }
    }
    let mut promises = Vec::new();
    for ((place, name, period), said) in targets {
        let found = actuals.get(&(place.clone(), name, period.clone()));
        let found = found.map_or(&[][..], Vec::as_slice);
        let mut seen = BTreeSet::new();
        for (indicator, target) in said {
            // The same target twice, in one report or in two, is one promise.
            if seen.insert(target.figure.text.clone()) {
                let silent = reports_on(&documents, &place, &period, &target);
                let (outcome, actual) = judge(&target, found, &period, !silent.is_empty());
                promises.push(Promise {
                    name: store.full_name_of(&place)?,
                    place: place.clone(),
                    indicator,
                    period: period.clone(),
                    outcome,
                    ratio: actual.and_then(|actual| ratio(&target.figure, &actual.figure)),
                    target: target.figure,
                    actual: actual.map(|actual| actual.figure.clone()),
                    silent: match outcome {
                        Outcome::Dropped => silent,
                        _ => Vec::new(),
                    },
                });
            }
        }
    }
    Ok(promises)
}

/// The years that a figure is for, as written; else the document's year, and the next one for a target.
fn period(row: &StatementRow, document: &DocumentRow, is_target: bool) -> Option<String> {
    let year = document.year.map(|year| year + i32::from(is_target));
    row.period
        .clone()
        .or_else(|| year.map(|year| year.to_string()))
}

fn figure(row: &StatementRow, document: &DocumentRow) -> Figure {
    let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    let unit = row.unit.as_deref().unwrap_or("");
    let change: Option<f64> = number(&row.change);
    Figure {
        text: match (&row.value, change) {
            (Some(value), Some(change)) => format!("{value}{unit}（{change:+}%）"),
            (Some(value), None) => format!("{value}{unit}"),
            (None, Some(change)) => format!("{change:+}%"),
            (None, None) => String::new(),
        },
        amount: number(&row.amount).or_else(|| number(&row.value)),
        base: row.base.clone(),
        change,
        at_most: sets_limit(row),
        document: document.paths.first().cloned().unwrap_or_default(),
        quote: row.quote.clone(),
        statement: row.id.clone(),
        confidence: row.confidence,
    }
}

/// Whether the words around a figure set an upper limit.
fn sets_limit(row: &StatementRow) -> bool {
    const AROUND: usize = 6;
    let from = row.start.saturating_sub(row.quote_start);
    let to = row.end.saturating_sub(row.quote_start) + AROUND;
    let words: String = row
        .quote
        .chars()
        .enumerate()
        .filter(|(i, _)| (from.saturating_sub(AROUND)..to).contains(i))
        .map(|(_, c)| c)
        .collect();
    AT_MOST.iter().any(|limit| words.contains(limit))
}

/// Paths of the later reports of a place on the last year of a period.
fn reports_on(
    documents: &BTreeMap<String, DocumentRow>,
    place: &str,
    period: &str,
    target: &Said,
) -> Vec<String> {
    let last = period
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse::<i32>().ok())
        .next_back();
    let (Some(last), Some(promised)) = (last, target.year) else {
        return Vec::new();
    };
    // The main year of some reports is that in which they were given, a year after the one they report on.
    let is_on = |document: &&DocumentRow| {
        let is_later = |year| year > promised && (last..=last + 1).contains(&year);
        document.home.as_deref() == Some(place) && document.year.is_some_and(is_later)
    };
    let reports = documents.values().filter(is_on);
    reports
        .flat_map(|report| report.paths.first().cloned())
        .collect()
}

fn judge<'a>(
    target: &Said,
    actuals: &'a [Said],
    period: &str,
    is_reported: bool,
) -> (Outcome, Option<&'a Said>) {
    let others = actuals.iter().filter(|a| a.document != target.document);
    let best = others.max_by(|a, b| {
        let rank = |said: &Said| {
            let is_on_time = said.year.is_some_and(|year| year.to_string() == period);
            (
                is_reached(&target.figure, &said.figure).is_some(),
                is_on_time,
            )
        };
        rank(a)
            .cmp(&rank(b))
            .then(a.figure.confidence.total_cmp(&b.figure.confidence))
            .then_with(|| b.figure.statement.cmp(&a.figure.statement))
    });
    let outcome = match best {
        Some(actual) => match is_reached(&target.figure, &actual.figure) {
            Some(true) => Outcome::Kept,
            Some(false) => Outcome::Missed,
            None => Outcome::Unlike,
        },
        None if is_reported => Outcome::Dropped,
        None => Outcome::Open,
    };
    (outcome, best)
}

/// Whether a figure reaches a target; `None` where the two cannot be compared.
fn is_reached(target: &Figure, actual: &Figure) -> Option<bool> {
    if let (Some(wanted), Some(got)) = (target.amount, actual.amount)
        && target.base == actual.base
    {
        return Some(if target.at_most {
            got <= wanted
        } else {
            got >= wanted
        });
    }
    let (wanted, got) = (target.change?, actual.change?);
    let less = target.at_most || wanted < 0.0;
    Some(if less { got <= wanted } else { got >= wanted })
}

fn ratio(target: &Figure, actual: &Figure) -> Option<f64> {
    let (wanted, got) = (target.amount?, actual.amount?);
    (target.base == actual.base && wanted != 0.0).then(|| got / wanted)
}
