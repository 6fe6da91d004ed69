//! Learns the recogniser's weights from annotated documents, and says what they are worth on documents left out.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::candidates::{Candidate, columns, log_odds};
use super::choose::{self, Chooser, Sample};
use super::crf::{self, Crf, Example, Span};
use super::evidence::{self, Clues};
use super::forest::{self, Forest, Samples};
use super::places::{self, Survey};
use super::recognise::{self, Model, Scene};
use super::trust::Trust;
use crate::eval;
use crate::gold::Gold;
use crate::knowledge::{Rulings, Selected};
use crate::model::{EntityType, Extraction};
use crate::text::{Document, Sentence};

/// A gold document with everything that training needs.
pub struct Prepared {
    /// The annotations.
    pub gold: Gold,
    /// The text.
    pub doc: Document,
    /// Documents of one family are left out together.
    pub family: usize,
    survey: Survey,
    clues: Clues,
    examples: Vec<Example>,
}

impl Prepared {
    fn scene(&self) -> Scene<'_> {
        Scene {
            doc: &self.doc,
            survey: &self.survey,
            clues: &self.clues,
        }
    }
}

/// Reads evidence and labels of every document.
pub fn prepare(golds: Vec<Gold>) -> Vec<Prepared> {
    evidence::warm();
    let mut documents: Vec<Prepared> = golds
        .into_par_iter()
        .enumerate()
        .map(|(n, gold)| {
            let doc = Document::new(gold.doc.clone(), &gold.text);
            let survey = places::survey(&doc, &Selected::default());
            let clues = Clues::new(&doc.text);
            let examples = examples(&gold, &doc, &survey, &clues, n as u32);
            Prepared {
                gold,
                doc,
                family: n,
                survey,
                clues,
                examples,
            }
        })
        .collect();
    families(&mut documents);
    documents
}

/// Documents that share a long sentence, such as excerpts of one report, are one family.
fn families(documents: &mut [Prepared]) {
    let mut first: FxHashMap<String, usize> = FxHashMap::default();
    for n in 0..documents.len() {
        let doc = &documents[n].doc;
        let sentences: Vec<String> = doc
            .sentences
            .iter()
            .filter(|s| s.end - s.start >= LONG_SENTENCE)
            .map(|s| doc.text.slice(s.start, s.end).to_owned())
            .collect();
        for sentence in sentences {
            let other = documents[*first.entry(sentence).or_insert(n)].family;
            let (from, to) = (
                documents[n].family.max(other),
                documents[n].family.min(other),
            );
            if from != to {
                documents
                    .iter_mut()
                    .filter(|d| d.family == from)
                    .for_each(|d| d.family = to);
            }
        }
    }
}

/// Sentences from this length on do not stand in two reports by chance.
const LONG_SENTENCE: usize = 40;

fn examples(gold: &Gold, doc: &Document, survey: &Survey, clues: &Clues, n: u32) -> Vec<Example> {
    let mut labels = vec![0u8; doc.text.chars.len()];
    for &(start, end, kind, _) in &gold.spans {
        let (a, b) = (doc.text.from_source(start), doc.text.from_source(end));
        let kind = EntityType::ALL
            .iter()
            .position(|&k| k == kind)
            .expect("every type is in ALL");
        if b < a + 2 || labels[a..b].iter().any(|&l| l != 0) {
            continue;
        }
        labels[a] = crf::begin(kind) as u8;
        labels[a + 1..b - 1].fill(crf::inside(kind) as u8);
        labels[b - 1] = crf::end(kind) as u8;
    }
    let mut attributes = evidence::keys(doc, &survey.hits, clues);
    doc.sentences
        .iter()
        .filter_map(|&Sentence { start, end, .. }| {
            let piece = labels[start..end].to_vec();
            let open = |l: u8| l != 0 && (l - 1) % 3 != 2;
            let cut = piece.last().is_some_and(|&l| open(l))
                || piece.first().is_some_and(|&l| l != 0 && (l - 1) % 3 != 0);
            (!cut).then(|| Example {
                attributes: attributes[start..end]
                    .iter_mut()
                    .map(std::mem::take)
                    .collect(),
                labels: piece,
                document: n,
            })
        })
        .collect()
}

/// How both parts of the model are learned.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// The labelling.
    pub labels: crf::Training,
    /// The choice.
    pub choice: choose::Training,
    /// The second look.
    pub forest: forest::Training,
    /// The choice is learned from candidates that a labelling proposes which has not seen the document, the second look from
    /// what a choice makes of them that has not: parts into which the documents fall for that.
    pub folds: usize,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            labels: crf::Training::default(),
            choice: choose::Training::default(),
            forest: forest::Training::default(),
            folds: 5,
        }
    }
}

/// Candidates of a document with their truth.
struct Proposed {
    candidates: Vec<Candidate>,
    right: Vec<bool>,
}

impl Proposed {
    fn spans(&self) -> Vec<Span> {
        self.candidates.iter().map(|c| c.span).collect()
    }
}

/// Learns the labelling from the documents that are kept.
fn train_labels(documents: &[Prepared], options: &Training, keep: &[bool]) -> Crf {
    let examples: Vec<&Example> = documents
        .iter()
        .zip(keep)
        .filter(|(_, keep)| **keep)
        .flat_map(|(d, _)| &d.examples)
        .collect();
    Crf::train(&examples, &options.labels)
}

/// For each document its part: documents of one family fall into one.
fn parts(documents: &[Prepared], folds: usize) -> Vec<usize> {
    let mut families: Vec<usize> = documents.iter().map(|d| d.family).collect();
    families.sort_unstable();
    families.dedup();
    documents
        .iter()
        .map(|d| {
            families
                .binary_search(&d.family)
                .expect("every family is listed")
                % folds
        })
        .collect()
}

/// Candidates of every document by a labelling learned from the other parts.
fn propose(documents: &[Prepared], options: &Training, parts: &[usize]) -> Vec<Proposed> {
    let folds = parts.iter().max().map_or(0, |m| m + 1);
    let mut out: Vec<(usize, Proposed)> = (0..folds)
        .into_par_iter()
        .flat_map_iter(|fold| {
            let keep: Vec<bool> = parts.iter().map(|&p| p != fold).collect();
            let crf = train_labels(documents, options, &keep);
            (0..documents.len())
                .filter(|&i| parts[i] == fold)
                .map(|i| (i, proposed(&crf, &documents[i])))
                .collect::<Vec<_>>()
        })
        .collect();
    out.sort_by_key(|(i, _)| *i);
    out.into_iter().map(|(_, p)| p).collect()
}

fn proposed(crf: &Crf, document: &Prepared) -> Proposed {
    let candidates = recognise::propose(crf, &document.scene());
    let text = &document.doc.text;
    let gold: FxHashSet<(usize, usize, EntityType)> = document
        .gold
        .spans
        .iter()
        .map(|&(start, end, kind, _)| (text.from_source(start), text.from_source(end), kind))
        .collect();
    let right = candidates
        .iter()
        .map(|c| gold.contains(&(c.span.start, c.span.end, EntityType::ALL[c.span.kind])))
        .collect();
    Proposed { candidates, right }
}

fn train_choice(
    documents: &[Prepared],
    proposed: &[Proposed],
    keep: impl Fn(usize) -> bool,
    options: &Training,
) -> Chooser {
    let samples: Vec<Sample> = (0..documents.len())
        .filter(|&i| keep(i))
        .map(|i| &proposed[i])
        .map(|p| Sample {
            candidates: &p.candidates,
            right: &p.right,
        })
        .collect();
    Chooser::train(&samples, &options.choice)
}

/// Learns a choice from all parts but one, for each part.
fn choosers(
    documents: &[Prepared],
    proposed: &[Proposed],
    parts: &[usize],
    options: &Training,
) -> Vec<Chooser> {
    let folds = parts.iter().max().map_or(0, |m| m + 1);
    let learned = |fold| train_choice(documents, proposed, |i| parts[i] != fold, options);
    (0..folds).into_par_iter().map(learned).collect()
}

/// What a second look sees in each document of the candidates that a choice which has not seen it is not sure of.
fn looked_at(
    documents: &[Prepared],
    proposed: &[Proposed],
    parts: &[usize],
    choosers: &[Chooser],
) -> Vec<Samples> {
    let of_document = |((d, p), &part): ((&Prepared, &Proposed), &usize)| {
        let chooser = &choosers[part];
        let mut samples = Samples::new(columns().len());
        d.scene()
            .look_once(chooser, &p.spans(), |i, probability, row| {
                samples.push(row, p.right[i], log_odds(probability) as f32);
            });
        samples
    };
    let documents = documents.par_iter().zip(proposed).zip(parts);
    documents.map(of_document).collect()
}

fn train_forest(samples: &[Samples], keep: impl Fn(usize) -> bool, options: &Training) -> Forest {
    let mut all = Samples::new(columns().len());
    let kept = samples.iter().enumerate().filter(|(i, _)| keep(*i));
    kept.for_each(|(_, of_document)| all.extend(of_document));
    Forest::train(&all, &options.forest)
}

/// Learns how far each rule is to be trusted from the documents that are kept and have statements annotated, their names told.
fn train_trust(documents: &[Prepared], keep: impl Fn(usize) -> bool + Sync) -> Trust {
    let judged: Vec<Vec<(String, f64, bool)>> = documents
        .par_iter()
        .enumerate()
        .filter(|(i, d)| keep(*i) && !(d.gold.facts.is_empty() && d.gold.indicators.is_empty()))
        .map(|(_, document)| {
            let names: Vec<_> = document
                .gold
                .spans
                .iter()
                .map(|s| (s.0, s.1, s.2))
                .collect();
            let found = super::named(&document.doc, &names);
            eval::judged(&document.gold, &found)
                .map(|(rule, estimate, is_right)| (rule.to_owned(), estimate, is_right))
                .collect()
        })
        .collect();
    let mut trust = Trust::default();
    for (rule, estimate, is_right) in judged.into_iter().flatten() {
        trust.learn(&rule, estimate, is_right);
    }
    trust
}

/// What is learned from documents in parts, each time from all parts but one.
pub struct Learned<'a> {
    documents: &'a [Prepared],
    options: Training,
    /// For each document its part.
    parts: Vec<usize>,
    proposed: Vec<Proposed>,
    /// For each part the choice that has not seen it.
    choosers: Vec<Chooser>,
    samples: Vec<Samples>,
}

impl<'a> Learned<'a> {
    /// Learns from documents in so many parts as the options say.
    pub fn new(documents: &'a [Prepared], options: Training) -> Self {
        let parts = parts(documents, options.folds);
        let proposed = propose(documents, &options, &parts);
        let choosers = choosers(documents, &proposed, &parts, &options);
        let samples = looked_at(documents, &proposed, &parts, &choosers);
        Self {
            documents,
            options,
            parts,
            proposed,
            choosers,
            samples,
        }
    }

    /// Learns all parts of the model from all documents.
    pub fn model(&self) -> Model {
        let Self {
            documents, options, ..
        } = self;
        Model {
            crf: train_labels(documents, options, &vec![true; documents.len()]),
            chooser: train_choice(documents, &self.proposed, |_| true, options),
            forest: train_forest(&self.samples, |_| true, options),
            trust: train_trust(documents, |_| true),
        }
    }

    /// Extracts every document with weights learned from the other parts: what the recogniser is worth on texts it has not seen.
    ///
    /// The labelling that proposes candidates for the choice to learn from has seen the document that is left out, the one
    /// that proposes in that document has not; so it is with the choice and what the second look learns from.
    pub fn left_out(&self) -> Vec<Extraction> {
        let learned: Vec<(Forest, Trust)> = (0..self.choosers.len())
            .into_par_iter()
            .map(|fold| {
                let keep = |i: usize| self.parts[i] != fold;
                let forest = train_forest(&self.samples, keep, &self.options);
                (forest, train_trust(self.documents, keep))
            })
            .collect();
        self.documents
            .par_iter()
            .zip(&self.proposed)
            .zip(&self.parts)
            .map(|((d, p), &part)| {
                let (forest, trust) = &learned[part];
                let names = d.scene().choose(&self.choosers[part], forest, &p.spans());
                super::from_names(&d.doc, &d.survey, names.into(), &Rulings::default(), trust)
            })
            .collect()
    }
}
