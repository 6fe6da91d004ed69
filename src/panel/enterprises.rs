//! Enterprise × place × year × amount: what an enterprise undertakes, invests or has in a place.

use std::collections::HashMap;

use super::{View, confidence_cell, year_cell};
use crate::model::{EntityType, ID_BASE};
use crate::store::StatementRow;
use crate::{Result, vocab};

/// What one document says of a thing: where it is, how much is invested, how far it is.
#[derive(Default)]
struct Said {
    place: Option<String>,
    yuan: Option<String>,
    status: Option<String>,
}

type SaidOf = HashMap<(String, String), Said>;

pub(super) fn rows(view: &mut View<'_>) -> Result<Vec<Vec<String>>> {
    let located = view.store.statements_of(vocab::LOCATED_IN)?;
    let invested = view.store.statements_of(vocab::INVESTMENT)?;
    let mut said: SaidOf = HashMap::new();
    let of = |row: &StatementRow| (row.document.clone(), row.subject.clone());
    for row in &located {
        said.entry(of(row))
            .or_default()
            .place
            .clone_from(&row.object);
    }
    for row in invested
        .iter()
        .filter(|row| row.base.as_deref() == Some("元"))
    {
        let said = said.entry(of(row)).or_default();
        let number = |yuan: &Option<String>| yuan.as_deref().and_then(|y| y.parse::<f64>().ok());
        if number(&row.amount) > number(&said.yuan) {
            said.yuan.clone_from(&row.amount);
        }
    }
    for row in view.store.statements_of(vocab::STATUS)? {
        said.entry(of(&row))
            .or_default()
            .status
            .clone_from(&row.value);
    }
    let nothing = Said::default();
    let about = |document: &str, id: &str| {
        said.get(&(document.to_owned(), id.to_owned()))
            .unwrap_or(&nothing)
    };
    let mut rows = Vec::new();
    for row in view.store.statements_of(vocab::UNDERTAKES)? {
        if let Some(project) = &row.object {
            let of_project = about(&row.document, project);
            let of_enterprise = about(&row.document, &row.subject);
            let place = of_project
                .place
                .as_deref()
                .or(of_enterprise.place.as_deref());
            rows.extend(cells(
                view,
                &row,
                "undertakes",
                place,
                Some(project),
                of_project,
            )?);
        }
    }
    for row in invested.iter().filter(|row| is_enterprise(&row.subject)) {
        let of_enterprise = about(&row.document, &row.subject);
        let own = Said {
            place: None,
            yuan: row
                .amount
                .clone()
                .filter(|_| row.base.as_deref() == Some("元")),
            status: None,
        };
        rows.extend(cells(
            view,
            row,
            "invests",
            of_enterprise.place.as_deref(),
            None,
            &own,
        )?);
    }
    for row in located.iter().filter(|row| is_enterprise(&row.subject)) {
        rows.extend(cells(
            view,
            row,
            "located",
            row.object.as_deref(),
            None,
            &nothing,
        )?);
    }
    Ok(rows)
}

fn is_enterprise(iri: &str) -> bool {
    let rest = iri.strip_prefix(ID_BASE).unwrap_or("");
    rest.starts_with(EntityType::Enterprise.name())
}

fn cells(
    view: &mut View<'_>,
    row: &StatementRow,
    relation: &str,
    place: Option<&str>,
    project: Option<&str>,
    said: &Said,
) -> Result<Option<Vec<String>>> {
    let place = place.or(view.home(&row.document)).unwrap_or("").to_owned();
    if !view.takes_year(row.year) || !view.takes_place(&place) {
        return Ok(None);
    }
    let mut cells = vec![row.subject.clone(), view.name(&row.subject)?];
    if place.is_empty() {
        cells.extend(vec![String::new(); 6]);
    } else {
        cells.extend(view.place_cells(&place)?);
    }
    let project_name = match project {
        Some(project) => view.name(project)?,
        None => String::new(),
    };
    cells.extend([
        year_cell(row.year),
        relation.to_owned(),
        project.unwrap_or("").to_owned(),
        project_name,
        said.yuan.clone().unwrap_or_default(),
        said.status.clone().unwrap_or_default(),
        confidence_cell(row.confidence),
        row.id.clone(),
        view.file(&row.document),
        row.quote.clone(),
    ]);
    Ok(Some(cells))
}
