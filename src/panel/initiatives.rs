//! Place × year × initiative: whether it is carried out, since when, and how often it is named.

use std::collections::{BTreeMap, BTreeSet};

use super::{View, confidence_cell, year_cell};
use crate::store::StatementRow;
use crate::{Result, vocab};

/// What is stated of an initiative in a place, by year.
#[derive(Default)]
struct Course {
    years: BTreeMap<Option<i32>, Vec<StatementRow>>,
}

impl Course {
    /// The first year in which it is reported as carried out.
    fn first(&self) -> Option<i32> {
        let done = |rows: &&Vec<StatementRow>| rows.iter().any(|row| row.part != "plan");
        let mut years = self.years.iter().filter(|(_, rows)| done(rows));
        years.find_map(|(year, _)| *year)
    }
}

pub(super) fn rows(view: &mut View<'_>) -> Result<Vec<Vec<String>>> {
    let mut courses: BTreeMap<(String, String), Course> = BTreeMap::new();
    let mut places_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in view.store.statements_of(vocab::IMPLEMENTS)? {
        // Earlier years are dropped from the rows only: the first year is that of all reports.
        let Some(campaign) = row.object.clone() else {
            continue;
        };
        places_of
            .entry(campaign.clone())
            .or_default()
            .insert(row.subject.clone());
        if !view.takes_place(&row.subject) {
            continue;
        }
        let course = courses.entry((row.subject.clone(), campaign)).or_default();
        course.years.entry(row.year).or_default().push(row);
    }
    let enough = |campaign: &str| {
        places_of.get(campaign).map_or(0, BTreeSet::len) >= view.options.min_places
    };
    courses.retain(|(_, campaign), _| enough(campaign));
    let mentions = view.store.mention_counts()?;
    if view.options.balanced {
        balance(view, &mut courses);
    }
    let domains = view.store.campaign_domains()?;
    let mut rows = Vec::new();
    for ((place, campaign), course) in courses {
        let place_cells = view.place_cells(&place)?;
        let name = view.name(&campaign)?;
        let mut domain_names = Vec::new();
        for domain in domains.get(&campaign).into_iter().flatten() {
            domain_names.push(view.name(domain)?);
        }
        let first = course.first();
        for (year, statements) in &course.years {
            if !view.takes_year(*year) {
                continue;
            }
            let documents: BTreeSet<&str> =
                statements.iter().map(|row| row.document.as_str()).collect();
            let named: usize = documents
                .iter()
                .filter_map(|d| mentions.get(&((*d).to_owned(), campaign.clone())))
                .sum();
            let planned = statements.iter().filter(|row| row.part == "plan").count();
            let is_adopted = match (first, *year) {
                (Some(first), Some(year)) => first <= year,
                // Where no year is known, what is told of the past was done.
                _ => planned < statements.len(),
            };
            let surest = statements
                .iter()
                .map(|row| row.confidence)
                .fold(0.0, f64::max);
            let mut cells = place_cells.clone();
            cells.extend([
                campaign.clone(),
                name.clone(),
                domain_names.join("、"),
                year_cell(*year),
                u8::from(is_adopted).to_string(),
                year_cell(first),
                named.to_string(),
                statements.len().to_string(),
                planned.to_string(),
                documents.len().to_string(),
                if statements.is_empty() {
                    String::new()
                } else {
                    confidence_cell(surest)
                },
            ]);
            rows.push(cells);
        }
    }
    Ok(rows)
}

/// Adds the initiatives and years of which a place that reports says nothing.
fn balance(view: &View<'_>, courses: &mut BTreeMap<(String, String), Course>) {
    let campaigns: BTreeSet<String> = courses
        .keys()
        .map(|(_, campaign)| campaign.clone())
        .collect();
    let mut reported: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
    for document in view.documents.values() {
        if let (Some(home), Some(year)) = (document.home.as_deref(), document.year)
            && view.takes_place(home)
        {
            reported.entry(home).or_default().insert(year);
        }
    }
    for (place, years) in reported {
        for campaign in &campaigns {
            let course = courses
                .entry((place.to_owned(), campaign.clone()))
                .or_default();
            for year in &years {
                course.years.entry(Some(*year)).or_default();
            }
        }
    }
}
