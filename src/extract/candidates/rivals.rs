//! Rivals: the spans that compete with one for the same characters.

use std::ops::Range;

use super::T;
use crate::extract::crf::Span;

/// The probabilities of spans of each type; 0 where there is none.
type Each = [f64; T];

fn raise(highest: &mut Each, by: &Each) {
    for (a, b) in highest.iter_mut().zip(by) {
        *a = a.max(*b);
    }
}

/// The highest for other types than one.
fn other(highest: &Each, kind: usize) -> f64 {
    let others = (0..T).filter(|&k| k != kind);
    others.map(|k| highest[k]).fold(0.0, f64::max)
}

/// What competes with a span for the same characters, by types.
#[derive(Default)]
pub(super) struct Rivals {
    /// The span itself.
    same: Each,
    longer: Each,
    inside: Each,
    /// Spans that cross it, of whatever type.
    crossing: f64,
}

/// A span with what the labelling gives each type there.
pub(super) struct Place {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Its spans by their indices.
    pub spans: Range<usize>,
    best: Each,
}

impl Place {
    /// The places of the spans of a cluster, in order.
    pub(super) fn of_cluster(spans: &[Span], cluster: Range<usize>, places: &mut Vec<Self>) {
        places.clear();
        for i in cluster {
            let Span {
                start,
                end,
                kind,
                probability,
            } = spans[i];
            match places.last_mut() {
                Some(last) if (last.start, last.end) == (start, end) => last.spans.end = i + 1,
                _ => places.push(Self {
                    start,
                    end,
                    spans: i..i + 1,
                    best: Each::default(),
                }),
            }
            let last = places.last_mut().expect("there is one by now");
            last.best[kind] = probability;
        }
    }
}

impl Rivals {
    /// What competes with one of the places of a cluster, none of which is longer than `longest`.
    pub(super) fn of(places: &[Place], at: usize, longest: usize) -> Self {
        let Place {
            start, end, best, ..
        } = places[at];
        let mut rivals = Self {
            same: best,
            ..Self::default()
        };
        let mut see = |other: &Place| {
            if other.start <= start && other.end >= end {
                raise(&mut rivals.longer, &other.best);
            } else if other.start >= start && other.end <= end {
                raise(&mut rivals.inside, &other.best);
            } else {
                rivals.crossing = other.best.into_iter().fold(rivals.crossing, f64::max);
            }
        };
        let before = places[..at].iter().rev();
        before
            .take_while(|other| other.start + longest > start)
            .filter(|other| other.end > start)
            .for_each(&mut see);
        let behind = places[at + 1..].iter();
        behind
            .take_while(|other| other.start < end)
            .for_each(&mut see);
        rivals
    }

    /// The likeliest one longer of the same type, longer of another, inside and the same type, inside and another, crossing, same span.
    pub(super) fn best(&self, kind: usize) -> [f64; 6] {
        [
            self.longer[kind],
            other(&self.longer, kind),
            self.inside[kind],
            other(&self.inside, kind),
            self.crossing,
            other(&self.same, kind),
        ]
    }
}

/// Characters of the longest of some places.
pub(super) fn longest(places: &[Place]) -> usize {
    places.iter().map(|p| p.end - p.start).max().unwrap_or(0)
}
