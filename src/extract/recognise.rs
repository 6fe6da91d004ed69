//! Mentions: the best labelling of every sentence under the learned weights.

use super::crf::Crf;
use super::evidence::{self, Evidence};
use super::places::Survey;
use crate::model::EntityType;
use crate::text::Document;

/// A recognised name in the normal form.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Type of the thing named.
    pub kind: EntityType,
    /// 0 to 1.
    pub confidence: f64,
}

/// The attributes of a document's characters.
pub fn evidence_of(doc: &Document, survey: &Survey) -> Evidence {
    evidence::collect(doc, &survey.hits)
}

/// The spans that are labelled one by one: sentences.
pub fn sequences(doc: &Document) -> Vec<(usize, usize)> {
    doc.sentences.iter().map(|s| (s.start, s.end)).collect()
}

/// Finds the names in a document.
pub fn recognise(model: &Crf, doc: &Document, survey: &Survey) -> Vec<Name> {
    let evidence = evidence_of(doc, survey);
    let mut names = Vec::new();
    for (start, end) in sequences(doc) {
        let rows: Vec<Vec<u32>> = evidence.attributes[start..end].iter().map(|keys| keys.iter().filter_map(|&k| model.row(k)).collect()).collect();
        names.extend(model.decode(&rows).into_iter().map(|s| Name {
            start: start + s.start,
            end: start + s.end,
            kind: EntityType::ALL[s.kind],
            confidence: s.probability,
        }));
    }
    names
}
