//! Mentions: candidates for names, and the choice among them.

use super::candidates::{self, Candidate};
use super::choose::Chooser;
use super::crf::Crf;
use super::evidence::{self, Clues};
use super::places::Survey;
use crate::model::EntityType;
use crate::text::Document;

/// What was learned from annotated documents.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Labels characters; proposes names.
    pub crf: Crf,
    /// Decides among the candidates.
    pub chooser: Chooser,
}

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

/// The candidates for names in a document.
pub fn propose(crf: &Crf, doc: &Document, survey: &Survey) -> Vec<Candidate> {
    let clues = Clues::new(&doc.text.chars);
    let mut scores = crf.scores(doc.text.chars.len());
    evidence::tell(doc, &survey.hits, &clues, &mut scores);
    candidates::candidates(doc, survey, &clues, &scores)
}

/// Finds the names in a document.
pub fn recognise(model: &Model, doc: &Document, survey: &Survey) -> Vec<Name> {
    choose(&model.chooser, &propose(&model.crf, doc, survey))
}

/// The names among candidates.
pub fn choose(chooser: &Chooser, candidates: &[Candidate]) -> Vec<Name> {
    chooser
        .choose(candidates)
        .into_iter()
        .map(|(i, confidence)| Name {
            start: candidates[i].start,
            end: candidates[i].end,
            kind: EntityType::ALL[candidates[i].kind],
            confidence,
        })
        .collect()
}
