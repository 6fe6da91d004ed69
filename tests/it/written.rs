//! Stores of documents that a test writes down itself, as facts without a text.

use std::collections::BTreeSet;
use std::path::Path;

use xiangtu::model::{Entity, EntityType, Extraction, Fact, Home, Predicate};
use xiangtu::read::content_hash;
use xiangtu::store::{Sourced, Store};

pub const PLACE: &str = "https://w3id.org/xiangtu/id/place/";
pub const CAMPAIGN: &str = "https://w3id.org/xiangtu/id/campaign/";

/// A thing of a document.
pub fn entity(id: String, kind: EntityType, name: &str, code: Option<&str>) -> Entity {
    Entity {
        id,
        kind,
        name: name.to_owned(),
        aliases: Vec::new(),
        code: code.map(str::to_owned),
    }
}

/// A statement that no text is given for.
pub fn fact(
    subject: String,
    predicate: Predicate,
    object: Option<String>,
    value: Option<String>,
) -> Fact {
    Fact {
        subject,
        predicate,
        object,
        value,
        unit: None,
        text: String::new(),
        start: 0,
        end: 0,
        quote: Default::default(),
        part: Default::default(),
        rule: "test".to_owned(),
        confidence: 0.9,
    }
}

/// A report on the year by the place with this code, that says these initiatives are carried out.
pub fn report(code: &str, year: i32, campaigns: &[&str]) -> Extraction {
    let home = format!("{PLACE}{code}");
    let mut entities = vec![entity(home.clone(), EntityType::Place, code, Some(code))];
    let mut facts = Vec::new();
    for name in campaigns {
        let id = format!("{CAMPAIGN}{name}");
        entities.push(entity(id.clone(), EntityType::Campaign, name, None));
        facts.push(Fact {
            text: (*name).to_owned(),
            start: facts.len(),
            end: facts.len() + 1,
            ..fact(home.clone(), Predicate::Implements, Some(id), None)
        });
    }
    Extraction {
        doc: format!("{code}-{year}.txt"),
        home: Some(Home {
            id: home,
            code: code.to_owned(),
            ..Home::default()
        }),
        year: Some(year),
        entities,
        facts,
        ..Extraction::default()
    }
}

/// The store of these documents, in memory.
pub fn store(reports: Vec<Extraction>) -> Store {
    filled(Store::memory().unwrap(), reports)
}

/// The same in a folder, for the program to open.
pub fn store_in(folder: &Path, reports: Vec<Extraction>) {
    filled(Store::create(folder).unwrap(), reports);
}

fn filled(mut store: Store, reports: Vec<Extraction>) -> Store {
    let sourced = reports.into_iter().map(|report| Sourced {
        hash: content_hash(&[report.doc.as_bytes()]),
        paths: BTreeSet::from([report.doc.clone()]),
        content: Ok(report),
        metadata: Default::default(),
    });
    store.replace(sourced.collect()).unwrap();
    store.finish().unwrap();
    store
}
