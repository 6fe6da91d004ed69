//! Mentions: candidates for names, and the choice among them.

use super::candidates::{self, Candidate};
use super::choose::Chooser;
use super::crf::{self, Crf, Messages, Span};
use super::evidence::{self, Clues};
use super::places::Survey;
use super::trust::Trust;
use crate::knowledge::{Line, Ruled, Rulings};
use crate::model::EntityType;
use crate::text::Document;

/// What was learned from annotated documents.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Labels characters; proposes names.
    pub crf: Crf,
    /// Decides among the candidates.
    pub chooser: Chooser,
    /// How far each rule for facts and figures is to be trusted.
    pub trust: Trust,
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
    /// Corrections by which it is what it is.
    pub corrections: Vec<Line>,
}

/// The spans of a document that could be names, by the labelling of its characters and by what stands elsewhere in it.
pub fn label(crf: &Crf, doc: &Document, survey: &Survey, clues: &Clues) -> Vec<Span> {
    label_with(&mut Room::default(), crf, doc, survey, clues)
}

/// Room for the labelling of a document, which others can have used.
#[derive(Default)]
pub struct Room {
    sums: crf::Room,
    messages: Messages,
}

/// The same in room that other documents have used.
pub fn label_with(
    room: &mut Room,
    crf: &Crf,
    doc: &Document,
    survey: &Survey,
    clues: &Clues,
) -> Vec<Span> {
    let mut sums = crf.sums_in(std::mem::take(&mut room.sums), doc.text.chars.len());
    evidence::tell(doc, &survey.hits, clues, &mut sums);
    let scores = sums.scores();
    let spans = candidates::spans(doc, clues, &scores, &mut room.messages);
    room.sums = scores.into_room();
    spans
}

/// The score of each span that could be a name.
pub fn scores(
    chooser: &Chooser,
    doc: &Document,
    survey: &Survey,
    clues: &Clues,
    spans: &[Span],
) -> Vec<f64> {
    candidates::scores(doc, survey, clues, spans, chooser)
}

/// The names among the spans that could be names.
pub fn choose(
    chooser: &Chooser,
    doc: &Document,
    survey: &Survey,
    clues: &Clues,
    spans: &[Span],
) -> Vec<Name> {
    kept(chooser, spans, &scores(chooser, doc, survey, clues, spans))
}

/// The names in a document, and the corrections by which something is no name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognised {
    /// Names in order of their start, without overlaps.
    pub names: Vec<Name>,
    /// Corrections that took candidates out.
    pub forbidden: Vec<Line>,
}

impl From<Vec<Name>> for Recognised {
    fn from(names: Vec<Name>) -> Self {
        Self {
            names,
            forbidden: Vec::new(),
        }
    }
}

/// The candidates for names in a document, to learn from.
pub fn propose(crf: &Crf, doc: &Document, survey: &Survey) -> Vec<Candidate> {
    let clues = Clues::new(&doc.text);
    let spans = label(crf, doc, survey, &clues);
    let mut features = Vec::with_capacity(spans.len());
    candidates::describe(doc, survey, &clues, &spans, |of| features.push(of.to_vec()));
    spans
        .into_iter()
        .zip(features)
        .map(|(span, features)| Candidate { span, features })
        .collect()
}

/// The names among spans, each with its score, with corrections as hard constraints.
///
/// What a correction names is chosen wherever it stands, and nothing that overlaps with it; what one forbids is not chosen.
/// Among what is left the choice is free.
pub fn decide(
    chooser: &Chooser,
    chars: &[char],
    mut spans: Vec<Span>,
    mut scores: Vec<f64>,
    rulings: &Rulings,
) -> Recognised {
    if rulings.is_empty() {
        return kept(chooser, &spans, &scores).into();
    }
    let ruled = rulings.names(chars);
    let mut forbidden = Vec::new();
    let is_free = |span: &Span, forbidden: &mut Vec<Line>| {
        let line = rulings.forbids(&chars[span.start..span.end]);
        forbidden.extend(line);
        line.is_none() && !overlaps(&ruled, span.start, span.end)
    };
    let pairs = spans.into_iter().zip(scores);
    (spans, scores) = pairs
        .filter(|(span, _)| is_free(span, &mut forbidden))
        .unzip();
    forbidden.sort_unstable();
    forbidden.dedup();
    let mut names = kept(chooser, &spans, &scores);
    for name in &mut names {
        if let Some((kind, line)) = rulings.instead(&chars[name.start..name.end], name.kind) {
            name.kind = kind;
            name.corrections.push(line);
        }
    }
    names.extend(ruled.iter().map(|ruled| Name {
        start: ruled.start,
        end: ruled.end,
        kind: ruled.kind,
        confidence: 1.0,
        corrections: vec![ruled.line],
    }));
    names.sort_by_key(|name| name.start);
    Recognised { names, forbidden }
}

/// Whether a span overlaps with one of these, which are sorted and do not overlap.
fn overlaps(ruled: &[Ruled], start: usize, end: usize) -> bool {
    let next = ruled.partition_point(|r| r.end <= start);
    ruled.get(next).is_some_and(|r| r.start < end)
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
            corrections: Vec::new(),
        })
        .collect()
}
