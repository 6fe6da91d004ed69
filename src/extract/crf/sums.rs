//! Adds up the weights of what is told of characters.
//!
//! Most time here is waiting for weights to come from memory. So what is told gathers until there is enough of it; then all
//! of it is looked up, step by step for all, so that the waits overlap; then it is added.

use std::ops::Range;

use pulp::{Arch, NullaryFnOnce};

use super::table::{Group, Table};
use super::{Crf, LABELS, LANES, Row, Scores};
use crate::extract::evidence::Sink;

/// So much is looked up together.
const TOGETHER: usize = 128;

/// Sums of weights that are being told.
pub struct Sums<'a> {
    crf: &'a Crf,
    rows: Vec<Row>,
    told: Vec<Told>,
    /// The first record that could be that of each group.
    guesses: Vec<u32>,
}

/// A group, and the characters that have attributes of it.
#[derive(Clone, Copy)]
struct Told {
    group: u64,
    way: Way,
}

#[derive(Clone, Copy)]
enum Way {
    /// `first` and so many before it, each in the role of its distance.
    Viewers(u32, u8),
    /// Characters in the first role.
    Run(u32, u32),
    /// Spans, the characters of each in the roles of their places in it, counted from a number.
    Spans([(u32, u32, u8); 3]),
}

impl Way {
    /// About the last role in which characters have attributes.
    #[inline(always)]
    fn last_role(self) -> u8 {
        match self {
            Self::Viewers(_, n) => n - 1,
            Self::Run(..) => 0,
            Self::Spans(_) => 3,
        }
    }
}

/// Adds a row to sums; so plain that the compiler adds as many lanes at once as there are.
///
/// No sum leaves its bounds: a character has some sixty attributes at most, and [`Table`] keeps each weight small.
#[inline(always)]
fn add(sums: &mut Row, weights: &Row) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum = sum.wrapping_add(*weight);
    }
}

/// A part of the record of a group.
struct Part<'a> {
    table: &'a Table,
    group: &'a Group,
    /// Where it begins.
    at: usize,
}

impl Part<'_> {
    /// Adds the weights of a role to the sums of some characters.
    #[inline(always)]
    fn add_role(&self, role: u8, sums: &mut [Row]) {
        if let Some(at) = self.group.row(self.at, role) {
            let weights = self.table.row(at);
            for sums in sums {
                add(sums, &weights);
            }
        }
    }

    /// Adds weights to the characters of a span, whose roles are counted from a number.
    #[inline(always)]
    fn add_span(&self, shift: u8, span: &mut [Row]) {
        let last = span.len().saturating_sub(1);
        match last {
            0 => self.add_role(shift + 3, span),
            _ => {
                self.add_role(shift, &mut span[..1]);
                if last > 1 {
                    self.add_role(shift + 1, &mut span[1..last]);
                }
                self.add_role(shift + 2, &mut span[last..]);
            }
        }
    }

    /// Adds weights to characters, each in the role of its distance from the last of them.
    #[inline(always)]
    fn add_viewers(&self, viewers: &mut [Row]) {
        let mut at = self.at;
        let n = viewers.len() as u8;
        if self.group.is_full(n) {
            for sums in viewers.iter_mut().rev() {
                add(sums, &self.table.row(at));
                at += LABELS;
            }
            return;
        }
        for (role, sums) in (0..n).zip(viewers.iter_mut().rev()) {
            if self.group.has(role) {
                add(sums, &self.table.row(at));
                at += LABELS;
            }
        }
    }
}

impl<'a> Sums<'a> {
    pub(super) fn new(crf: &'a Crf, n_chars: usize) -> Self {
        Self {
            crf,
            rows: vec![[0; LANES]; n_chars],
            told: Vec::with_capacity(TOGETHER),
            guesses: Vec::with_capacity(TOGETHER),
        }
    }

    /// The sums of all that was told.
    pub fn scores(mut self) -> Scores<'a> {
        self.add_told();
        Scores {
            crf: self.crf,
            rows: self.rows,
        }
    }

    #[inline]
    fn push(&mut self, group: u64, way: Way) {
        if !self.crf.weights.may_have(group) {
            return;
        }
        self.told.push(Told { group, way });
        if self.told.len() == TOGETHER {
            self.add_told();
        }
    }

    #[inline(never)]
    fn add_told(&mut self) {
        let Self {
            crf,
            rows,
            told,
            guesses,
        } = self;
        // With instructions that not every processor has, where this one has them.
        Arch::new().dispatch(Adding {
            table: &crf.weights,
            told,
            guesses,
            rows,
        });
        told.clear();
    }
}

/// What is told, and the sums to which it is added.
struct Adding<'a> {
    table: &'a Table,
    told: &'a [Told],
    guesses: &'a mut Vec<u32>,
    rows: &'a mut [Row],
}

impl NullaryFnOnce for Adding<'_> {
    type Output = ();

    // All that is called here must become part of it, or it would be made for the oldest processors.
    #[inline(always)]
    fn call(self) {
        let Self {
            table,
            told,
            guesses,
            rows,
        } = self;
        let near = told.iter().map(|told| table.nears(told.group));
        std::hint::black_box(near.fold(0, |all, place| all | place));
        guesses.clear();
        guesses.extend(told.iter().map(|told| table.guess(told.group)));
        // The records come near before the first of them is needed.
        let near = told.iter().zip(&*guesses);
        let near = near.map(|(told, start)| table.nears_record(*start, told.way.last_role()));
        std::hint::black_box(near.fold(0, |all, byte| all | byte));
        for (told, &guess) in told.iter().zip(&*guesses) {
            let Some(group) = table.guessed(told.group, guess) else {
                continue;
            };
            for at in group.parts() {
                let group = &group;
                let part = Part { table, group, at };
                match told.way {
                    Way::Viewers(first, n) => {
                        let end = first as usize + 1;
                        part.add_viewers(&mut rows[end - usize::from(n)..end]);
                    }
                    Way::Run(from, to) => {
                        part.add_role(0, &mut rows[from as usize..to as usize]);
                    }
                    Way::Spans(spans) => {
                        for (from, to, shift) in spans {
                            part.add_span(shift, &mut rows[from as usize..to as usize]);
                        }
                    }
                }
            }
        }
    }
}

impl Sink for Sums<'_> {
    fn tell(&mut self, group: u64, at: impl Iterator<Item = (usize, u8)>) {
        let table = &self.crf.weights;
        let Some(group) = &table.group(group) else {
            return;
        };
        for (i, role) in at {
            for at in group.parts() {
                let part = Part { table, group, at };
                part.add_role(role, &mut self.rows[i..=i]);
            }
        }
    }

    fn tell_run(&mut self, group: u64, from: usize, to: usize) {
        if from < to {
            self.push(group, Way::Run(from as u32, to as u32));
        }
    }

    fn tell_spans<const N: usize>(&mut self, group: u64, spans: [(Range<usize>, u8); N]) {
        let mut packed = spans
            .into_iter()
            .map(|(span, shift)| (span.start as u32, span.end as u32, shift));
        while let Some(first) = packed.next() {
            let mut next = || packed.next().unwrap_or_default();
            self.push(group, Way::Spans([first, next(), next()]));
        }
    }

    fn tell_viewers(&mut self, group: u64, first: usize, n: u8) {
        self.push(group, Way::Viewers(first as u32, n));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::evidence::group_of;

    #[test]
    fn every_way_of_telling_adds_the_same() {
        let crf = Crf::unpack(crate::embedded::LABELS).expect("the build packed it");
        let keys: Vec<u64> = crf.weights.rows().map(|(key, _)| key).collect();
        for group in [keys.len() / 2, 0].map(|at| group_of(keys[at]).0) {
            tells_the_same(&crf, group);
        }
        // The commonest character has weights in every role.
        let full = 1 << 56 | u64::from('的');
        assert!(
            crf.weights
                .group(full)
                .is_some_and(|found| found.is_full(7))
        );
        tells_the_same(&crf, full);
    }

    fn tells_the_same(crf: &Crf, group: u64) {
        let (mut one, mut other) = (crf.sums(20), crf.sums(20));
        one.tell_viewers(group, 9, 7);
        other.tell(group, (0..7).map(|role| (9 - usize::from(role), role)));
        one.tell_run(group, 12, 15);
        other.tell(group, (12..15).map(|i| (i, 0)));
        one.tell_spans(group, [(0..3, 0), (16..17, 0), (5..5, 0), (17..19, 4)]);
        let places = [(0, 0), (1, 1), (2, 2), (16, 3), (17, 4), (18, 6)];
        other.tell(group, places.into_iter());
        let (one, other) = (one.scores(), other.scores());
        assert_eq!(one.rows, other.rows);
        assert!(one.rows.iter().flatten().any(|w| *w != 0));
    }

    #[test]
    fn weights_larger_than_a_byte_are_kept() {
        let row = |weight: i16| {
            let mut row = [0; LANES];
            row[3] = weight;
            row
        };
        let given: Vec<(u64, Row)> = [1, -127, 128, -300, 508]
            .into_iter()
            .zip([0u64, 1, 2, 1 << 52, 7 << 52 | 2])
            .map(|(weight, key)| (key, row(weight)))
            .collect();
        let mut sorted = given.clone();
        sorted.sort_unstable_by_key(|(key, _)| group_of(*key));
        let crf = Crf::new(given, Vec::new());
        let kept: Vec<(u64, Row)> = crf.weights.rows().collect();
        assert_eq!(kept, sorted);
    }
}
