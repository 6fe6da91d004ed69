//! The figures found so far, and how they become the output.

use rustc_hash::FxHashSet;

use super::Reader;
use super::names::Name;
use super::passage::Passage;
use super::subject::Subject;
use crate::extract::quantity::Quantity;
use crate::model::{Indicator, IndicatorKind};

/// A rule: its name in the output, and how often it is right.
pub type Rule = (&'static str, f64);

/// The rules.
pub mod rule {
    use super::Rule;

    pub const KNOWN: Rule = ("known-name", 0.93);
    pub const HEADED: Rule = ("headed-name", 0.86);
    pub const SHARE: Rule = ("share", 0.88);
    pub const FIELD: Rule = ("field", 0.85);
    pub const LEVEL: Rule = ("level", 0.68);
    pub const LISTED: Rule = ("listed", 0.9);
    pub const THING: Rule = ("thing", 0.5);
    pub const OF_PLACE: Rule = ("of-place", 0.85);
    pub const BEFORE_NAME: Rule = ("value-before-name", 0.75);
    pub const CLAUSE_BEFORE: Rule = ("clause-before", 0.55);
    pub const SAME_NAME: Rule = ("same-name", 0.5);
    pub const FROM: Rule = ("from", 0.92);
    pub const TO: Rule = ("to", 0.93);
    pub const EACH: Rule = ("each", 0.88);
    pub const GROWTH: Rule = ("growth", 0.94);
    pub const GROWTH_OTHER: Rule = ("growth-other", 0.82);
}

/// A figure.
pub struct Row {
    place: String,
    /// Its name.
    pub name: Name,
    /// The number of its value.
    pub value: Option<String>,
    /// The unit of its value.
    pub unit: Option<String>,
    /// Its change in percent.
    pub change: Option<String>,
    period: Option<String>,
    kind: IndicatorKind,
    start: usize,
    /// One past its last character.
    pub end: usize,
    rule: Rule,
    /// Index of the last quantity read of it, to see what follows at once.
    pub at: usize,
    /// Kind of unit of its value, or of its change if it has none.
    pub quantity_kind: &'static str,
}

/// What a quantity tells of a name.
#[derive(Clone, Copy)]
pub enum Told {
    /// How much there is.
    Value,
    /// How much it changed, with the sign of the word of change.
    Change(&'static str),
}

/// The change in percent that a quantity tells after a word of change with this sign.
pub fn change(quantity: &Quantity, sign: &str) -> Option<String> {
    quantity.change().map(|change| {
        if change.starts_with('-') {
            change
        } else {
            format!("{sign}{change}")
        }
    })
}

impl Reader<'_> {
    /// The rows of this sentence.
    pub fn rows_of(&self, passage: &Passage) -> &[Row] {
        &self.rows[passage.first_row..]
    }

    /// The last row of this sentence.
    pub fn last_row(&mut self, passage: &Passage) -> Option<&mut Row> {
        self.rows[passage.first_row..].last_mut()
    }

    /// Adds what the quantity with index `at` tells of a name.
    pub fn push(
        &mut self,
        passage: &Passage,
        at: usize,
        subject: &Subject,
        name: Name,
        told: Told,
        rule: Rule,
    ) {
        let quantity = &passage.numbers[at];
        let place = match subject {
            Subject::Place(id) => id.clone(),
            Subject::Home | Subject::Firm => self.home.clone(),
        };
        let (period, kind) = self.when(passage, quantity);
        let (value, unit, change) = match told {
            Told::Value => (quantity.value.clone(), Some(quantity.unit.clone()), None),
            Told::Change(sign) => (None, None, change(quantity, sign)),
        };
        self.rows.push(Row {
            place,
            start: name.start.min(quantity.start),
            end: quantity.end,
            name,
            value,
            unit,
            change,
            period,
            kind,
            rule,
            at,
            quantity_kind: quantity.kind,
        });
    }

    /// The figures in order, each once.
    pub fn finish(self) -> Vec<Indicator> {
        let text = &self.context.doc.text;
        let mut out: Vec<Indicator> = Vec::new();
        let mut seen = FxHashSet::default();
        for row in self.rows {
            if row.value.is_none() && row.change.is_none() {
                continue;
            }
            let unit = row.unit.filter(|_| row.value.is_some());
            let key = (
                row.place.clone(),
                row.name.text.clone(),
                row.value.clone(),
                unit.clone(),
                row.change.clone(),
            );
            if !seen.insert(key) {
                continue;
            }
            let (start, end) = text.source_span(row.start, row.end);
            let (rule, confidence) = row.rule;
            out.push(Indicator {
                place: row.place,
                name: row.name.text,
                value: row.value,
                unit,
                period: row.period,
                change: row.change,
                kind: row.kind,
                text: text.source_text(start, end),
                start,
                end,
                quote: self.context.quote(row.start, row.end),
                rule: rule.into(),
                confidence,
            });
        }
        out
    }
}
