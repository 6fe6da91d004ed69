//! Mentions: candidates for names, and the choice among them.

use super::candidates::{self, Candidate, FirstLook, log_odds};
use super::choose::{Chooser, logistic};
use super::crf::{self, Crf, Messages, Span};
use super::evidence::{self, Clues};
use super::forest::Forest;
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
    /// Looks again at those of which the choice is not sure.
    pub forest: Forest,
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

/// A document with what is known of it: what candidates are described by.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The text.
    pub doc: &'a Document,
    /// Names of divisions in it.
    pub survey: &'a Survey,
    /// Its words and terms.
    pub clues: &'a Clues,
}

/// What is made of spans that could be names.
#[derive(Clone, Debug)]
pub struct Looked {
    /// By their features alone.
    pub first: FirstLook,
    /// The probability of each, 0 to 1: where its features alone do not make sure of it, by a second look.
    pub probabilities: Vec<f64>,
}

impl Scene<'_> {
    /// Looks at spans that could be names, at some of them twice.
    pub fn look(&self, chooser: &Chooser, forest: &Forest, spans: &[Span]) -> Looked {
        let (mut open, mut rows) = (Vec::new(), Vec::new());
        let first = self.look_once(chooser, spans, |i, _, row| {
            open.push(i);
            rows.extend_from_slice(row);
        });
        let mut probabilities = first.probabilities.clone();
        if !open.is_empty() {
            let sums = forest.sums(rows.len() / open.len(), &rows);
            for (i, sum) in open.into_iter().zip(sums) {
                let p = &mut probabilities[i];
                *p = logistic(log_odds(*p) + f64::from(sum));
            }
        }
        Looked {
            first,
            probabilities,
        }
    }

    /// Looks at spans once; of those that are not sure it tells what a second look sees.
    pub fn look_once(
        &self,
        chooser: &Chooser,
        spans: &[Span],
        each: impl FnMut(usize, f64, &[f32]),
    ) -> FirstLook {
        candidates::look(self.doc, self.survey, self.clues, spans, chooser, each)
    }

    /// The names among spans.
    pub fn choose(&self, chooser: &Chooser, forest: &Forest, spans: &[Span]) -> Vec<Name> {
        let probabilities = self.look(chooser, forest, spans).probabilities;
        let name = |i: usize| Name {
            start: spans[i].start,
            end: spans[i].end,
            kind: EntityType::ALL[spans[i].kind],
            confidence: probabilities[i],
            corrections: Vec::new(),
        };
        let kept = chooser.choose(spans, &probabilities);
        kept.into_iter().map(name).collect()
    }
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
pub fn propose(crf: &Crf, scene: &Scene) -> Vec<Candidate> {
    let Scene { doc, survey, clues } = *scene;
    let spans = label(crf, doc, survey, clues);
    let mut features = Vec::with_capacity(spans.len());
    candidates::describe(doc, survey, clues, &spans, |of| features.push(of.to_vec()));
    spans
        .into_iter()
        .zip(features)
        .map(|(span, features)| Candidate { span, features })
        .collect()
}

/// The names among spans, with corrections as hard constraints.
///
/// What a correction names is chosen wherever it stands, and nothing that overlaps with it; what one forbids is not chosen.
/// Among what is left the choice is free.
pub fn decide(model: &Model, scene: &Scene, mut spans: Vec<Span>, rulings: &Rulings) -> Recognised {
    let Model {
        chooser, forest, ..
    } = model;
    if rulings.is_empty() {
        return scene.choose(chooser, forest, &spans).into();
    }
    let chars = &scene.doc.text.chars;
    let ruled = rulings.names(chars);
    let mut forbidden = Vec::new();
    let is_free = |span: &Span, forbidden: &mut Vec<Line>| {
        let line = rulings.forbids(&chars[span.start..span.end]);
        forbidden.extend(line);
        line.is_none() && !overlaps(&ruled, span.start, span.end)
    };
    spans.retain(|span| is_free(span, &mut forbidden));
    forbidden.sort_unstable();
    forbidden.dedup();
    let mut names = scene.choose(chooser, forest, &spans);
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
