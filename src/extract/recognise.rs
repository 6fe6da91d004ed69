//! Mentions: candidates for names, and the choice among them.

use super::candidates::{self, Candidate};
use super::choose::Chooser;
use super::crf::{Crf, Span};
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

/// The spans of a document that could be names, by the labelling of its characters and by what stands elsewhere in it.
pub fn label(crf: &Crf, doc: &Document, survey: &Survey, clues: &Clues) -> Vec<Span> {
    let mut scores = crf.scores(doc.text.chars.len());
    evidence::tell(doc, &survey.hits, clues, &mut scores);
    candidates::spans(doc, clues, &scores)
}

/// The names among the spans that could be names.
pub fn choose(
    chooser: &Chooser,
    doc: &Document,
    survey: &Survey,
    clues: &Clues,
    spans: &[Span],
) -> Vec<Name> {
    let mut scores = Vec::with_capacity(spans.len());
    candidates::describe(doc, survey, clues, spans, |features| {
        scores.push(chooser.score(features));
    });
    kept(chooser, spans, &scores)
}

/// Finds the names in a document.
pub fn recognise(model: &Model, doc: &Document, survey: &Survey) -> Vec<Name> {
    let clues = Clues::new(&doc.text.chars);
    let spans = label(&model.crf, doc, survey, &clues);
    choose(&model.chooser, doc, survey, &clues, &spans)
}

/// The candidates for names in a document, to learn from.
pub fn propose(crf: &Crf, doc: &Document, survey: &Survey) -> Vec<Candidate> {
    let clues = Clues::new(&doc.text.chars);
    let spans = label(crf, doc, survey, &clues);
    let mut features = Vec::with_capacity(spans.len());
    candidates::describe(doc, survey, &clues, &spans, |of| features.push(of.to_vec()));
    spans
        .into_iter()
        .zip(features)
        .map(|(span, features)| Candidate { span, features })
        .collect()
}

/// The names among candidates.
pub fn chosen(chooser: &Chooser, candidates: &[Candidate]) -> Vec<Name> {
    let spans: Vec<Span> = candidates.iter().map(|c| c.span).collect();
    let scores: Vec<f64> = candidates
        .iter()
        .map(|c| chooser.score(&c.features))
        .collect();
    kept(chooser, &spans, &scores)
}

fn kept(chooser: &Chooser, spans: &[Span], scores: &[f64]) -> Vec<Name> {
    chooser
        .choose(spans, scores)
        .into_iter()
        .map(|(i, confidence)| Name {
            start: spans[i].start,
            end: spans[i].end,
            kind: EntityType::ALL[spans[i].kind],
            confidence,
        })
        .collect()
}
