//! Candidates: every span of a document that could be a name, and what speaks for and against it.
//!
//! The labelling of characters proposes; so do names that stand elsewhere in the document, terms of the thesaurus
//! and what stands in quotation marks. Each candidate carries features of the whole span, which a labelling of
//! single characters cannot see: its words and edges, its neighbours in a list, other occurrences, its rivals.

mod describe;
mod features;

pub use features::describe;

use rustc_hash::{FxHashMap, FxHashSet};

use super::crf::{Lattice, Scores, Span};
use super::evidence::Clues;
use super::places::Survey;
use crate::model::EntityType;
use crate::text::Document;
use describe::Describer;

/// Number of entity types.
const T: usize = EntityType::ALL.len();
/// The labelling proposes what it finds at least this likely.
const FLOOR: f64 = 0.01;
/// A name that is at least this likely somewhere is proposed wherever it stands.
const KNOWN_FROM: f64 = 0.4;
/// Quotations and terms up to this length are proposed.
const LONGEST: usize = 40;

/// A span that could be a name of one type.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// First character in the normal form.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Index into [`EntityType::ALL`].
    pub kind: usize,
    /// What the labelling gives it, 0 to 1.
    pub probability: f64,
    /// Features with their values.
    pub features: Vec<(u64, f32)>,
}

/// All candidates of a document, sorted by start, then end, then type.
pub fn candidates(
    doc: &Document,
    survey: &Survey,
    clues: &Clues,
    scores: &Scores,
) -> Vec<Candidate> {
    let lattices: Vec<Lattice> = doc
        .sentences
        .iter()
        .map(|s| scores.lattice(s.start, s.end))
        .collect();
    let mut spans: Vec<Span> = lattices.iter().flat_map(|l| l.spans(FLOOR)).collect();
    let mut proposals = elsewhere(&doc.text.chars, &spans);
    proposals.extend(terms(clues));
    proposals.extend(quotations(&doc.text.chars));
    let mut seen: FxHashSet<(usize, usize, usize)> =
        spans.iter().map(|s| (s.start, s.end, s.kind)).collect();
    for (start, end, kind) in proposals {
        let sentence = doc.sentence_at(start);
        if doc.sentences.get(sentence).is_some_and(|s| end <= s.end)
            && seen.insert((start, end, kind))
        {
            spans.push(Span {
                start,
                end,
                kind,
                probability: lattices[sentence].probability(start, end, kind),
            });
        }
    }
    spans.sort_by_key(|s| (s.start, s.end, s.kind));
    Describer::new(doc, survey, clues, &spans).describe()
}

/// Names and their types by the first two characters.
type ByStart<'a> = FxHashMap<(char, char), Vec<(&'a [char], usize)>>;

/// Other occurrences of likely names.
fn elsewhere(chars: &[char], spans: &[Span]) -> Vec<(usize, usize, usize)> {
    let known: FxHashSet<(&[char], usize)> = spans
        .iter()
        .filter(|s| s.probability >= KNOWN_FROM)
        .map(|s| (&chars[s.start..s.end], s.kind))
        .collect();
    let mut by_start: ByStart = FxHashMap::default();
    for (surface, kind) in known {
        by_start
            .entry((surface[0], surface[1]))
            .or_default()
            .push((surface, kind));
    }
    let mut found = Vec::new();
    for (i, pair) in chars.windows(2).enumerate() {
        for &(surface, kind) in by_start.get(&(pair[0], pair[1])).into_iter().flatten() {
            if chars[i..].starts_with(surface) {
                found.push((i, i + surface.len(), kind));
            }
        }
    }
    found.sort_unstable();
    found
}

fn kind_of(wanted: EntityType) -> usize {
    EntityType::ALL
        .iter()
        .position(|&k| k == wanted)
        .expect("every type is in ALL")
}

/// Names of the thesaurus, the longest at each start.
fn terms(clues: &Clues) -> impl Iterator<Item = (usize, usize, usize)> {
    let campaign = kind_of(EntityType::Campaign);
    clues
        .hits
        .iter()
        .filter(|h| h.class <= 1 && (h.end - h.start) as usize <= LONGEST && h.end - h.start >= 2)
        .map(move |h| (h.start as usize, h.end as usize, campaign))
}

/// What stands in quotation marks, as a campaign.
fn quotations(chars: &[char]) -> Vec<(usize, usize, usize)> {
    let campaign = kind_of(EntityType::Campaign);
    let mut found = Vec::new();
    let mut open = None;
    for (i, &c) in chars.iter().enumerate() {
        match (c, open) {
            ('“', _) => open = Some(i + 1),
            ('”', Some(start)) => {
                if (start + 2..=start + LONGEST).contains(&i) {
                    found.push((start, i, campaign));
                }
                open = None;
            }
            ('\n', _) => open = None,
            _ => {}
        }
    }
    found
}
