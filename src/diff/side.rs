//! One side of a comparison: what its documents name and state.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Options, Said};
use crate::model::EntityType;
use crate::store::{DocumentRow, Mentioned, StatementRow, Store};
use crate::{Result, vocab};

/// A thing as a side knows it.
pub(super) struct Seen {
    pub(super) kind: Option<EntityType>,
    /// The name in the store.
    pub(super) name: String,
    /// What the side's documents call it, and between stores every name that it has.
    pub(super) names: BTreeSet<String>,
    /// The sentence that names it first.
    pub(super) said: Said,
}

impl Seen {
    /// The name that this side uses: the store's if it is among them, else the longest.
    pub(super) fn shown_name(&self) -> &str {
        if self.names.contains(&self.name) {
            return &self.name;
        }
        let longest = self.names.iter().max_by_key(|name| name.chars().count());
        longest.unwrap_or(&self.name)
    }
}

/// Subject and property, with what else tells values of it apart: an indicator's name, period and kind.
type Of = (String, String, String);

pub(super) struct Side<'a> {
    store: &'a Store,
    documents_of: HashMap<String, DocumentRow>,
    pub(super) documents: usize,
    pub(super) seen: BTreeMap<String, Seen>,
    /// Objects, each with the statement that tells it best.
    pub(super) links: BTreeMap<Of, BTreeMap<String, StatementRow>>,
    /// Literal values, each with its statement.
    pub(super) values: BTreeMap<Of, BTreeMap<String, StatementRow>>,
}

/// The documents that are compared.
pub(super) fn documents(store: &Store, options: &Options) -> Result<Vec<DocumentRow>> {
    let mut rows = store.documents()?;
    if let Some(at) = &options.at {
        let places = store.places()?;
        rows.retain(|row| {
            let parent = |id: &&str| places.get(*id)?.parent.as_deref();
            let mut upwards = std::iter::successors(row.home.as_deref(), parent).take(8);
            upwards.any(|id| id == at)
        });
    }
    rows.retain(|row| row.reason.is_none());
    Ok(rows)
}

/// The places that report in a year.
pub(super) fn homes(store: &Store, year: i32, options: &Options) -> Result<BTreeSet<String>> {
    let rows = documents(store, options)?.into_iter();
    let of_year = rows.filter(|row| row.year == Some(year));
    Ok(of_year.filter_map(|row| row.home).collect())
}

impl<'a> Side<'a> {
    pub(super) fn new(
        store: &'a Store,
        year: Option<(i32, &BTreeSet<String>)>,
        options: &Options,
    ) -> Result<Self> {
        let mut rows = documents(store, options)?;
        if let Some((year, homes)) = year {
            rows.retain(|row| {
                row.year == Some(year) && row.home.as_ref().is_some_and(|home| homes.contains(home))
            });
        }
        let mut side = Self {
            store,
            documents: rows.len(),
            documents_of: HashMap::new(),
            seen: BTreeMap::new(),
            links: BTreeMap::new(),
            values: BTreeMap::new(),
        };
        let kinds: HashMap<String, EntityType> = store
            .things()?
            .into_iter()
            .map(|t| (t.id, t.kind))
            .collect();
        // In order of path, so that the first sentence that names a thing is the same in every store.
        for document in rows {
            let (statements, mentions) = store.said_in(&document.id)?;
            side.documents_of
                .insert(document.id.clone(), document.clone());
            for mention in mentions {
                side.name_thing(&mention, &document, &kinds)?;
            }
            side.name_home(&document, &kinds)?;
            for row in statements {
                side.take(row, &document, year.is_some());
            }
        }
        if year.is_none() {
            for (id, seen) in &mut side.seen {
                seen.names.insert(seen.name.clone());
                seen.names.extend(store.aliases(id)?);
            }
        }
        Ok(side)
    }

    fn name_thing(
        &mut self,
        mention: &Mentioned,
        document: &DocumentRow,
        kinds: &HashMap<String, EntityType>,
    ) -> Result<()> {
        if let Some(seen) = self.seen.get_mut(&mention.entity) {
            seen.names.insert(mention.text.clone());
            return Ok(());
        }
        let inside = |at: usize| at.saturating_sub(mention.quote_start.unwrap_or(at));
        let name = self.store.full_name_of(&mention.entity)?;
        let seen = Seen {
            kind: kinds.get(&mention.entity).copied(),
            names: BTreeSet::from([mention.text.clone()]),
            said: Said {
                text: name.clone(),
                year: document.year,
                path: document.paths.first().cloned().unwrap_or_default(),
                quote: mention
                    .quote
                    .clone()
                    .unwrap_or_else(|| mention.text.clone()),
                start: inside(mention.start),
                end: inside(mention.end),
                kind: None,
                statement: None,
            },
            name,
        };
        self.seen.insert(mention.entity.clone(), seen);
        Ok(())
    }

    /// A place is spoken of by its own report, also where the text leaves its name out.
    fn name_home(
        &mut self,
        document: &DocumentRow,
        kinds: &HashMap<String, EntityType>,
    ) -> Result<()> {
        let Some(home) = document.home.clone() else {
            return Ok(());
        };
        let title = document.title.clone().unwrap_or_default();
        let mention = Mentioned {
            text: self.store.name_of(&home)?,
            entity: home,
            start: 0,
            end: 0,
            confidence: 1.0,
            quote: Some(title),
            quote_start: Some(0),
            corrections: Vec::new(),
        };
        self.name_thing(&mention, document, kinds)
    }

    fn take(&mut self, row: StatementRow, document: &DocumentRow, of_a_year: bool) {
        let is_figure = row.property == vocab::REPORTS_INDICATOR.as_str();
        // A report also tells figures of other years; they are no news of its own.
        if of_a_year
            && is_figure
            && row.kind.as_deref() != Some("target")
            && row.year != document.year
        {
            return;
        }
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let told_apart = match (is_figure, of_a_year) {
            (false, _) => String::new(),
            (true, true) => format!(
                "{} {} {}",
                text(&row.indicator),
                text(&row.kind),
                text(&row.base)
            ),
            (true, false) => format!(
                "{} {} {} {}",
                text(&row.indicator),
                text(&row.kind),
                text(&row.base),
                text(&row.period)
            ),
        };
        let of = (row.subject.clone(), row.property.clone(), told_apart);
        let (all, value) = match &row.object {
            Some(object) => (&mut self.links, object.clone()),
            // 2亿元 and 20000万元 are one amount.
            None => {
                let value = row.amount.clone().map(|amount| amount + &text(&row.base));
                let value = value.or(row.value.clone()).or(row.change.clone());
                (&mut self.values, value.unwrap_or_default())
            }
        };
        let same = all.entry(of).or_default();
        if same
            .get(&value)
            .is_none_or(|known| row.confidence > known.confidence)
        {
            same.insert(value, row);
        }
    }

    pub(super) fn name(&self, iri: &str) -> String {
        match self.seen.get(iri) {
            Some(seen) => seen.name.clone(),
            None => self
                .store
                .full_name_of(iri)
                .unwrap_or_else(|_| iri.to_owned()),
        }
    }

    /// What a statement says, in a few words, with its sentence.
    pub(super) fn said(&self, row: &StatementRow) -> Said {
        let mut parts = Vec::new();
        parts.extend(row.object.as_deref().map(|object| self.name(object)));
        parts.extend(row.indicator.clone());
        if let Some(value) = &row.value {
            parts.push(format!("{value}{}", row.unit.as_deref().unwrap_or("")));
        }
        if let (None, Some(change)) = (&row.value, &row.change) {
            let sign = if change.starts_with('-') { "" } else { "+" };
            parts.push(format!("{sign}{change}%"));
        }
        let document = self.documents_of.get(&row.document);
        Said {
            text: parts.join(" "),
            year: row.year,
            path: document
                .and_then(|d| d.paths.first().cloned())
                .unwrap_or_default(),
            quote: row.quote.clone(),
            start: row.start.saturating_sub(row.quote_start),
            end: row.end.saturating_sub(row.quote_start),
            kind: row.kind.clone().filter(|kind| kind == "target"),
            statement: Some(row.id.clone()),
        }
    }
}
