//! Mentions: the best labelling of every sentence under the learned weights.

use rustc_hash::FxHashMap;

use super::crf::{Crf, Decoded};
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

/// A name that the document gives with at least this probability somewhere is known in all of it.
const KNOWN_FROM: f64 = 0.6;
/// Where a known name stands again it is taken from this probability on.
const AGAIN_FROM: f64 = 0.02;

/// Finds the names in a document: the best labelling of every sentence, then other occurrences of names that it is sure of.
pub fn recognise(model: &Crf, doc: &Document, survey: &Survey) -> Vec<Name> {
    let evidence = evidence_of(doc, survey);
    let sequences = sequences(doc);
    let mut decoded: Vec<Decoded> = sequences
        .iter()
        .map(|&(start, end)| {
            let rows: Vec<Vec<u32>> = evidence.attributes[start..end]
                .iter()
                .map(|keys| keys.iter().filter_map(|&k| model.row(k)).collect())
                .collect();
            model.decode(&rows)
        })
        .collect();
    let mut names = Vec::new();
    for (d, &(start, _)) in decoded.iter().zip(&sequences) {
        names.extend(d.spans.iter().map(|s| Name {
            start: start + s.start,
            end: start + s.end,
            kind: EntityType::ALL[s.kind],
            confidence: s.probability,
        }));
    }
    again(doc, &sequences, &mut decoded, &mut names);
    names.sort_by_key(|n| n.start);
    names
}

/// Adds occurrences of known names that the labelling passed over.
fn again(
    doc: &Document,
    sequences: &[(usize, usize)],
    decoded: &mut [Decoded],
    names: &mut Vec<Name>,
) {
    let chars = &doc.text.chars;
    let mut known: FxHashMap<&[char], (usize, f64)> = FxHashMap::default();
    for name in names.iter().filter(|n| n.confidence >= KNOWN_FROM) {
        let kind = EntityType::ALL
            .iter()
            .position(|&k| k == name.kind)
            .expect("every type is in ALL");
        let entry = known
            .entry(&chars[name.start..name.end])
            .or_insert((kind, 0.0));
        if name.confidence > entry.1 {
            *entry = (kind, name.confidence);
        }
    }
    let mut by_start: FxHashMap<(char, char), Vec<(&[char], usize)>> = FxHashMap::default();
    for (surface, (kind, _)) in known {
        by_start
            .entry((surface[0], surface[1]))
            .or_default()
            .push((surface, kind));
    }
    for surfaces in by_start.values_mut() {
        surfaces.sort_by_key(|(s, _)| std::cmp::Reverse(s.len()));
    }
    let mut taken = vec![false; chars.len()];
    for name in names.iter() {
        taken[name.start..name.end].fill(true);
    }
    for (d, &(start, end)) in decoded.iter_mut().zip(sequences) {
        let mut i = start;
        while i + 1 < end {
            let found = by_start
                .get(&(chars[i], chars[i + 1]))
                .and_then(|surfaces| {
                    surfaces.iter().find_map(|&(surface, kind)| {
                        let stop = i + surface.len();
                        if stop > end
                            || !chars[i..stop].starts_with(surface)
                            || taken[i..stop].contains(&true)
                        {
                            return None;
                        }
                        let probability = d.probability(i - start, stop - start, kind);
                        (probability >= AGAIN_FROM).then_some((stop, kind, probability))
                    })
                });
            match found {
                Some((stop, kind, probability)) => {
                    names.push(Name {
                        start: i,
                        end: stop,
                        kind: EntityType::ALL[kind],
                        confidence: probability,
                    });
                    i = stop;
                }
                None => i += 1,
            }
        }
    }
}
