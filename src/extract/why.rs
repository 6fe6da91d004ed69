//! Why a name is kept or not: what the choice saw of it, what competed with it, and which corrections bear on it.

use serde::Serialize;

use super::candidates::{self, Candidate};
use super::crf::Span;
use super::evidence::Clues;
use super::recognise::{Looked, Name, Recognised, Scene};
use super::{model, places, recognise};
use crate::knowledge::{Selected, reference};
use crate::model::{EntityType, Quote};
use crate::text::{Document, key};

/// One place where a name stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Why {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The source text.
    pub text: String,
    /// The type that it is kept as, or of its likeliest candidate.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Whether it is kept.
    pub kept: bool,
    /// What the choice gives it, 0 to 1; `None` where no candidate was proposed and a correction alone names it.
    pub probability: Option<f64>,
    /// What its features alone give it, before the second look, 0 to 1.
    pub first_look: Option<f64>,
    /// Sum of what its features add.
    pub score: f64,
    /// What each feature adds, as [`candidates::describe_feature`] names it; the largest first.
    pub features: Vec<(String, f64)>,
    /// What overlaps with it, the likeliest first.
    pub rivals: Vec<Rival>,
    /// Corrections that bear on it.
    pub corrections: Vec<String>,
    /// The sentence.
    pub quote: Quote,
}

/// A candidate that overlaps with another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rival {
    /// First code point.
    pub start: usize,
    /// The source text.
    pub text: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// What the choice gives it, 0 to 1.
    pub probability: f64,
    /// Sum of what its features add.
    pub score: f64,
    /// Whether it is kept.
    pub kept: bool,
}

/// At most so many rivals are told.
const MOST_RIVALS: usize = 5;

/// Everything that the choice in one document was made from.
struct Choice<'a> {
    doc: &'a Document,
    candidates: Vec<Candidate>,
    looked: Looked,
    found: Recognised,
}

/// Why a name is kept or not, wherever it stands in a document or was proposed. Costs one extraction without facts.
pub fn why(doc: &Document, corrections: &Selected, name: &str) -> Vec<Why> {
    let survey = places::survey(doc, corrections);
    let rulings = corrections.at(survey.known_home());
    let clues = Clues::new(&doc.text);
    let scene = Scene {
        doc,
        survey: &survey,
        clues: &clues,
    };
    let model = model();
    let candidates = recognise::propose(&model.crf, &scene);
    let chars = &doc.text.chars;
    let spans: Vec<Span> = candidates.iter().map(|c| c.span).collect();
    let choice = Choice {
        doc,
        candidates,
        looked: scene.look(&model.chooser, &model.forest, &spans),
        found: recognise::decide(model, &scene, spans, &rulings),
    };
    let ruled = rulings.names(chars);
    let wanted = key(name);
    let is_meant = |start: usize, end: usize| key(doc.text.slice(start, end)) == wanted;
    let names = choice.found.names.iter();
    let names = names.filter(|n| is_meant(n.start, n.end));
    let mut all: Vec<Why> = names.map(|name| choice.kept(name)).collect();
    let mut i = 0;
    while let Some(c) = choice.candidates.get(i).map(|c| c.span) {
        let span = (c.start, c.end);
        let same = choice.candidates[i..].iter();
        let n = same
            .take_while(|c| (c.span.start, c.span.end) == span)
            .count();
        let is_kept = choice.found.names.iter().any(|n| (n.start, n.end) == span);
        if is_meant(c.start, c.end) && !is_kept {
            let likeliest = (i..i + n)
                .max_by(|&a, &b| {
                    choice.looked.probabilities[a].total_cmp(&choice.looked.probabilities[b])
                })
                .expect("there is one at least");
            // A line that forbids it, and those by which something else stands there.
            let forbids = rulings.forbids(&chars[c.start..c.end]);
            let instead = ruled.iter().filter(|r| r.start < c.end && c.start < r.end);
            let lines = forbids.into_iter().chain(instead.map(|r| r.line));
            let lines = lines.map(reference).collect();
            all.push(choice.explain(span, Some(likeliest), None, lines));
        }
        i += n;
    }
    all.sort_by_key(|why| (why.start, why.end));
    all
}

impl Choice<'_> {
    fn kept(&self, name: &Name) -> Why {
        let span = (name.start, name.end);
        // What a correction gave another type was chosen as it was proposed.
        let same =
            |i: &usize| (self.candidates[*i].span.start, self.candidates[*i].span.end) == span;
        let proposed = (0..self.candidates.len()).filter(same);
        let best = proposed.max_by(|&a, &b| {
            let order = |i: usize| {
                let own = EntityType::ALL[self.candidates[i].span.kind] == name.kind;
                (own, self.looked.probabilities[i])
            };
            order(a)
                .partial_cmp(&order(b))
                .expect("probabilities are numbers")
        });
        let lines = name.corrections.iter().map(|line| reference(*line));
        self.explain(span, best, Some(name.kind), lines.collect())
    }

    fn explain(
        &self,
        (start, end): (usize, usize),
        at: Option<usize>,
        kept: Option<EntityType>,
        corrections: Vec<String>,
    ) -> Why {
        let candidate = at.map(|i| &self.candidates[i]);
        let mut features: Vec<(String, f64)> = candidate.map_or_else(Vec::new, |candidate| {
            let all = model()
                .chooser
                .contributions(&candidate.features)
                .into_iter();
            all.map(|(key, adds)| (candidates::describe_feature(key), adds))
                .collect()
        });
        features.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        let (from, to) = self.doc.text.source_span(start, end);
        Why {
            start: from,
            end: to,
            text: self.doc.text.source_text(from, to),
            kind: kept
                .or(candidate.map(|c| EntityType::ALL[c.span.kind]))
                .expect("what is not kept was proposed"),
            kept: kept.is_some(),
            probability: at.map(|i| self.looked.probabilities[i]),
            first_look: at.map(|i| self.looked.first.probabilities[i]),
            score: features.iter().map(|(_, adds)| adds).sum(),
            features,
            rivals: self.rivals((start, end), at),
            corrections,
            quote: super::quote(self.doc, start, end),
        }
    }

    fn rivals(&self, (start, end): (usize, usize), but: Option<usize>) -> Vec<Rival> {
        let overlap = |i: &usize| {
            self.candidates[*i].span.start < end && start < self.candidates[*i].span.end
        };
        let mut rivals: Vec<usize> = (0..self.candidates.len())
            .filter(|i| Some(*i) != but && overlap(i))
            .collect();
        rivals.sort_by(|&a, &b| {
            self.looked.probabilities[b].total_cmp(&self.looked.probabilities[a])
        });
        rivals.truncate(MOST_RIVALS);
        let rival = |i: usize| {
            let c = &self.candidates[i].span;
            let kind = EntityType::ALL[c.kind];
            let (from, to) = self.doc.text.source_span(c.start, c.end);
            let is = |n: &Name| (n.start, n.end, n.kind) == (c.start, c.end, kind);
            Rival {
                start: from,
                text: self.doc.text.source_text(from, to),
                kind,
                probability: self.looked.probabilities[i],
                score: self.looked.first.scores[i],
                kept: self.found.names.iter().any(is),
            }
        };
        rivals.into_iter().map(rival).collect()
    }
}
