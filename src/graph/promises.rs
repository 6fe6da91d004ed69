//! What was promised and what became of it: targets of one report beside the figures of a later one.
//!
//! What it tells you: of each place and indicator the target set for a year, the figure reported for that year, and
//! whether the promise was *kept*, *missed*, or *dropped*: a later report on that year was read and says nothing of
//! it. A target for a year on which no report of the place was read is *open*; one whose figure has another unit or
//! measure is *unlike*: both are shown and nothing is judged.
//!
//! Method: own; targets and figures pair where place, name of the indicator (as written, spaces and brackets apart)
//! and period are the same and the documents are of different reports: those that share a sentence are excerpts or
//! copies of one. A target without a period is for the year after the one that its report is on. Amounts are compared in
//! base units; where either has none, the changes in percent are. More is better, unless the words of the target
//! (控制在、不超过…) or the name (失业率、浓度…) say otherwise or it aims at a fall. Of several figures the one in the report
//! on that very year is taken, then the most certain one. *Dropped* means: not found under this name. An indicator that was
//! renamed or missed by the extraction looks dropped too; the report is named so that one can look.
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

/// Ends of names of which less is better.
const LESS_IS_BETTER: [&str; 10] = [
    "失业率",
    "浓度",
    "能耗",
    "排放量",
    "涨幅",
    "死亡率",
    "死亡人数",
    "发生率",
    "发案率",
    "事故起数",
];

/// A target or figure without what pairs it.
struct Said {
    indicator: String,
    figure: Figure,
    document: String,
    /// Main year of the document.
    year: Option<i32>,
}

/// What pairs a target with figures: place, name of the indicator, period.
type Pair = (String, String, String);

/// The documents, and which of them are one report.
struct Reports {
    documents: BTreeMap<String, DocumentRow>,
    /// Of each document those that share a sentence with a figure: another excerpt or copy of the same report.
    same: BTreeMap<String, BTreeSet<String>>,
}

/// All targets, by place, indicator and period; with `at` (IRI) only those of a place and the divisions in it.
pub fn promises(store: &Store, at: Option<&str>) -> Result<Vec<Promise>> {
    let rows = store.statements_of(vocab::REPORTS_INDICATOR)?;
    let documents = store.documents()?.into_iter();
    let reports = Reports {
        documents: documents.map(|row| (row.id.clone(), row)).collect(),
        same: sharing_sentences(&rows),
    };
    let atlas = Atlas::of(store)?;
    let mut targets: BTreeMap<Pair, Vec<Said>> = BTreeMap::new();
    let mut actuals: BTreeMap<Pair, Vec<Said>> = BTreeMap::new();
    for row in &rows {
        if !at.is_none_or(|at| atlas.is_within(&row.subject, at)) {
            continue;
        }
        if let Some((pair, said)) = reports.read(row) {
            let is_target = row.kind.as_deref() == Some("target");
            let all = if is_target {
                &mut targets
            } else {
                &mut actuals
            };
            all.entry(pair).or_default().push(said);
        }
    }
    let mut promises = Vec::new();
    for (pair, said) in targets {
        let found = actuals.get(&pair).map_or(&[][..], Vec::as_slice);
        let name = store.full_name_of(&pair.0)?;
        let mut seen = BTreeSet::new();
        for target in said {
            // The same target twice, in one report or in two, is one promise.
            if seen.insert(target.figure.text.clone()) {
                promises.push(reports.judge(&pair, name.clone(), target, found));
            }
        }
    }
    Ok(promises)
}

/// Of each document the others with the same sentence of some length.
fn sharing_sentences(rows: &[StatementRow]) -> BTreeMap<String, BTreeSet<String>> {
    const LENGTH: usize = 16;
    let mut of_sentence: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows
        .iter()
        .filter(|row| row.quote.chars().count() >= LENGTH)
    {
        let documents = of_sentence.entry(&row.quote).or_default();
        documents.insert(&row.document);
    }
    let mut same: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for documents in of_sentence.into_values().filter(|all| all.len() > 1) {
        for document in &documents {
            let others = same.entry((*document).to_owned()).or_default();
            others.extend(documents.iter().map(|other| (*other).to_owned()));
        }
    }
    same
}

impl Reports {
    fn read(&self, row: &StatementRow) -> Option<(Pair, Said)> {
        let document = self.documents.get(&row.document)?;
        let indicator = row.indicator.clone()?;
        let is_target = row.kind.as_deref() == Some("target");
        let period = period(row, document, is_target)?;
        let said = Said {
            figure: figure(row, document),
            document: row.document.clone(),
            year: document.year,
            indicator,
        };
        Some(((row.subject.clone(), key(&said.indicator), period), said))
    }

    fn judge(&self, pair: &Pair, name: String, target: Said, found: &[Said]) -> Promise {
        let (place, _, period) = pair;
        let others = found
            .iter()
            .filter(|actual| !self.is_same(&target.document, &actual.document));
        let actual = best(&target.figure, others, period);
        let silent = self.reports_on(place, period, &target);
        let outcome = match actual {
            Some(actual) => match is_reached(&target.figure, &actual.figure) {
                Some(true) => Outcome::Kept,
                Some(false) => Outcome::Missed,
                None => Outcome::Unlike,
            },
            None if !silent.is_empty() => Outcome::Dropped,
            None => Outcome::Open,
        };
        Promise {
            place: place.clone(),
            name,
            indicator: target.indicator,
            period: period.clone(),
            outcome,
            ratio: actual.and_then(|actual| ratio(&target.figure, &actual.figure)),
            target: target.figure,
            actual: actual.map(|actual| actual.figure.clone()),
            silent: match outcome {
                Outcome::Dropped => silent,
                _ => Vec::new(),
            },
        }
    }

    fn is_same(&self, a: &str, b: &str) -> bool {
        a == b || self.same.get(a).is_some_and(|same| same.contains(b))
    }

    /// Paths of the later reports of a place on the last year of a period.
    ///
    /// The main year of some reports is that in which they are given, a year after the one they report on. A
    /// report whose targets are for its own main year is such a one, and its successor is looked for a year later.
    fn reports_on(&self, place: &str, period: &str, target: &Said) -> Vec<String> {
        let last = period
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|part| part.parse::<i32>().ok())
            .next_back();
        let (Some(last), Some(given)) = (last, target.year) else {
            return Vec::new();
        };
        let wanted = if given == last { last + 1 } else { last };
        let is_on = |document: &&DocumentRow| {
            document.home.as_deref() == Some(place)
                && document.year == Some(wanted)
                && wanted > given
                && !self.is_same(&target.document, &document.id)
        };
        let reports = self.documents.values().filter(is_on);
        reports
            .flat_map(|report| report.paths.first().cloned())
            .collect()
    }
}

/// The figure to hold against a target: one that can be compared, from the report on that very year, the most certain.
fn best<'a>(
    target: &Figure,
    actuals: impl Iterator<Item = &'a Said>,
    period: &str,
) -> Option<&'a Said> {
    let rank = |said: &Said| {
        let is_on_time = said.year.is_some_and(|year| year.to_string() == period);
        (is_reached(target, &said.figure).is_some(), is_on_time)
    };
    actuals.max_by(|a, b| {
        rank(a)
            .cmp(&rank(b))
            .then(a.figure.confidence.total_cmp(&b.figure.confidence))
            .then_with(|| b.figure.statement.cmp(&a.figure.statement))
    })
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

/// Whether less is better: by the indicator's name, or by the words around the figure.
fn sets_limit(row: &StatementRow) -> bool {
    const AROUND: usize = 6;
    let name = row.indicator.as_deref().unwrap_or("");
    if LESS_IS_BETTER.iter().any(|end| name.ends_with(end)) {
        return true;
    }
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

/// Whether a figure reaches a target; `None` where the two cannot be compared.
fn is_reached(target: &Figure, actual: &Figure) -> Option<bool> {
    let amounts = target.amount.zip(actual.amount);
    let amounts = amounts.filter(|_| target.base == actual.base);
    let (wanted, got) = amounts.or_else(|| target.change.zip(actual.change))?;
    let less = target.at_most || target.change.is_some_and(|change| change < 0.0);
    Some(if less { got <= wanted } else { got >= wanted })
}

fn ratio(target: &Figure, actual: &Figure) -> Option<f64> {
    let (wanted, got) = (target.amount?, actual.amount?);
    (target.base == actual.base && wanted != 0.0).then(|| got / wanted)
}
