//! Place × year × indicator: one value, chosen where documents say it more than once.

use std::collections::{BTreeMap, BTreeSet};

use super::{View, confidence_cell, year_cell};
use crate::store::StatementRow;
use crate::{Result, vocab};

/// What makes two statements speak of the same observation.
type Key = (
    String,
    Option<i32>,
    String,
    String,
    String,
    String,
    Option<String>,
);

pub(super) fn rows(view: &mut View<'_>) -> Result<Vec<Vec<String>>> {
    let mut same: BTreeMap<Key, Vec<StatementRow>> = BTreeMap::new();
    for row in view.store.statements_of(vocab::REPORTS_INDICATOR)? {
        if view.takes_year(row.year) && view.takes_place(&row.subject) {
            let text = |field: &Option<String>| field.clone().unwrap_or_default();
            let key = (
                row.subject.clone(),
                row.year,
                text(&row.period),
                text(&row.indicator),
                text(&row.kind),
                text(&row.base),
                view.options.all.then(|| row.id.clone()),
            );
            same.entry(key).or_default().push(row);
        }
    }
    let mut rows = Vec::new();
    for ((place, year, period, indicator, kind, unit, _), mut statements) in same {
        let n = statements.len();
        let written: BTreeSet<_> = statements
            .iter()
            .map(|row| row.amount.clone().or(row.value.clone()))
            .collect();
        // The report of the year itself knows best; then the surer statement; then the order of identities.
        statements.sort_by(|a, b| {
            let own = |row: &StatementRow| {
                view.documents.get(&row.document).map(|d| d.year) == Some(row.year)
            };
            (own(b), b.confidence)
                .partial_cmp(&(own(a), a.confidence))
                .unwrap_or(std::cmp::Ordering::Equal)
                .then_with(|| a.id.cmp(&b.id))
        });
        let taken = &statements[0];
        let mut cells = view.place_cells(&place)?;
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        // A value without a unit, or with one that no factor is known of, is its own base.
        let value = taken
            .amount
            .clone()
            .or_else(|| plain(taken.value.as_deref()));
        cells.extend([
            year_cell(year),
            period,
            indicator,
            kind,
            value.unwrap_or_default(),
            unit,
            text(&taken.change),
            text(&taken.value),
            text(&taken.unit),
            n.to_string(),
            written.len().to_string(),
            confidence_cell(taken.confidence),
            taken.id.clone(),
            view.file(&taken.document),
            taken.quote.clone(),
        ]);
        rows.push(cells);
    }
    Ok(rows)
}

/// A plain decimal number.
fn plain(value: Option<&str>) -> Option<String> {
    let value = value?;
    let digits = value.strip_prefix('-').unwrap_or(value);
    let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (is_plain && value.parse::<f64>().is_ok()).then(|| value.to_owned())
}
