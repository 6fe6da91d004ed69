//! Candidates: every span of a document that could be a name, and what speaks for and against it.
//!
//! The labelling of characters proposes; so do names that stand elsewhere in the document, terms of the thesaurus
//! and what stands in quotation marks. Each candidate carries features of the whole span, which a labelling of
//! single characters cannot see: its words and edges, its neighbours in a list, other occurrences, its rivals.

mod describe;
mod features;
mod rivals;
mod surroundings;
mod view;

pub use features::describe as describe_feature;
pub use view::{columns, log_odds};

use rustc_hash::{FxHashMap, FxHashSet};

use super::choose::Chooser;
use super::crf::{Messages, Scores, Span};
use super::evidence::Clues;
use super::places::Survey;
use crate::model::EntityType;
use crate::text::{Document, PairFilter};
use describe::Describer;

/// Number of entity types.
const T: usize = EntityType::ALL.len();
/// The labelling proposes what it finds at least this likely.
const FLOOR: f64 = 0.01;
/// A name that is at least this likely somewhere is proposed wherever it stands.
const KNOWN_FROM: f64 = 0.4;
/// Quotations and terms up to this length are proposed.
const LONGEST: usize = 40;

/// A feature with its value.
pub type Feature = (u64, f32);

/// A span that could be a name of one type, with what speaks for and against it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The span, with what the labelling gives it.
    pub span: Span,
    /// Features with their values.
    pub features: Vec<Feature>,
}

/// What the choice makes of spans by their features alone.
#[derive(Clone, Debug)]
pub struct FirstLook {
    /// The score of each.
    pub scores: Vec<f64>,
    /// The probability of each, 0 to 1.
    pub probabilities: Vec<f64>,
}

/// All spans of a document that could be names, sorted by start, then end, then type.
pub fn spans(doc: &Document, clues: &Clues, scores: &Scores, messages: &mut Messages) -> Vec<Span> {
    let lattice = scores.lattice(doc.sentences.iter().map(|s| s.start..s.end), messages);
    let mut spans = lattice.spans(FLOOR);
    let mut proposals = elsewhere(&doc.text.chars, &spans);
    proposals.extend(terms(clues));
    proposals.extend(quotations(&doc.text.chars));
    let place =
        |start: usize, end: usize, kind: usize| (start as u64) << 32 | (8 * end + kind) as u64;
    let mut seen: FxHashSet<u64> = spans
        .iter()
        .map(|s| place(s.start, s.end, s.kind))
        .collect();
    for (start, end, kind) in proposals {
        let sentence = doc.sentence_at(start);
        if doc.sentences.get(sentence).is_some_and(|s| end <= s.end)
            && seen.insert(place(start, end, kind))
        {
            spans.push(Span {
                start,
                end,
                kind,
                probability: lattice.probability(start, end, kind),
            });
        }
    }
    spans.sort_unstable_by_key(|s| (s.start, s.end, s.kind));
    spans
}

/// Tells the features of each span, in order.
pub fn describe(
    doc: &Document,
    survey: &Survey,
    clues: &Clues,
    spans: &[Span],
    each: impl FnMut(&[Feature]),
) {
    Describer::new(doc, survey, clues, spans).describe(each);
}

/// What the choice makes of spans by their features. Of those that it is not sure of it tells what a second look sees: for each its
/// index, what the choice gives it, and its [`columns`].
pub fn look(
    doc: &Document,
    survey: &Survey,
    clues: &Clues,
    spans: &[Span],
    chooser: &Chooser,
    each: impl FnMut(usize, f64, &[f32]),
) -> FirstLook {
    let describer = Describer::new(doc, survey, clues, spans);
    let (scores, adds) = describer.weigh(chooser);
    let probabilities = chooser.probabilities(spans, &scores);
    let first = FirstLook {
        scores,
        probabilities,
    };
    view::tell(&describer.around, &first, &adds, each);
    first
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
    // Nearly all pairs of characters begin no name, and a bit tells that cheaper than the map.
    let pairs: Vec<(char, char)> = by_start.keys().copied().collect();
    let begins = PairFilter::new(&pairs);
    let mut found = Vec::new();
    for (i, pair) in chars.windows(2).enumerate() {
        if !begins.may_have(pair[0], pair[1]) {
            continue;
        }
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
