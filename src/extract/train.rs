//! Learns the recogniser's weights from annotated documents, and says what they are worth on documents left out.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::crf::{self, Crf, Example, Training};
use super::{evidence, recognise};
use crate::gold::Gold;
use crate::model::{EntityType, Extraction};
use crate::text::Document;

/// A gold document with everything that training needs.
pub struct Prepared {
    /// The annotations.
    pub gold: Gold,
    /// The text.
    pub doc: Document,
    /// Documents of one family are left out together.
    pub family: usize,
    examples: Vec<Example>,
}

/// Reads evidence and labels of every document.
pub fn prepare(golds: Vec<Gold>) -> Vec<Prepared> {
    evidence::warm();
    let mut documents: Vec<Prepared> = golds
        .into_par_iter()
        .enumerate()
        .map(|(n, gold)| {
            let doc = Document::new(gold.doc.clone(), &gold.text);
            let examples = examples(&gold, &doc, n as u32);
            Prepared {
                gold,
                doc,
                family: n,
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
            .map(|s| doc.text.slice(s.start, s.end))
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

fn examples(gold: &Gold, doc: &Document, n: u32) -> Vec<Example> {
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
    let mut attributes = recognise::evidence_of(doc, &super::places::survey(doc)).attributes;
    recognise::sequences(doc)
        .into_iter()
        .filter_map(|(start, end)| {
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

/// Learns from the documents that `keep` lets through.
pub fn train(documents: &[Prepared], options: &Training, keep: impl Fn(&Prepared) -> bool) -> Crf {
    let examples: Vec<Example> = documents
        .iter()
        .filter(|d| keep(d))
        .flat_map(|d| d.examples.iter().cloned())
        .collect();
    Crf::train(&examples, options)
}

/// Extracts every document with weights learned from the other families: what the recogniser is worth on texts it has not seen.
pub fn left_out(documents: &[Prepared], options: &Training, folds: usize) -> Vec<Extraction> {
    let mut families: Vec<usize> = documents.iter().map(|d| d.family).collect();
    families.sort_unstable();
    families.dedup();
    let fold_of = |d: &Prepared| {
        families
            .binary_search(&d.family)
            .expect("every family is listed")
            % folds
    };
    let mut out: Vec<(usize, Extraction)> = (0..folds)
        .into_par_iter()
        .flat_map_iter(|fold| {
            let model = train(documents, options, |d| fold_of(d) != fold);
            documents
                .iter()
                .enumerate()
                .filter(|(_, d)| fold_of(d) == fold)
                .map(|(i, d)| (i, super::extract_with(&model, &d.doc)))
                .collect::<Vec<_>>()
        })
        .collect();
    out.sort_by_key(|(i, _)| *i);
    out.into_iter().map(|(_, e)| e).collect()
}
