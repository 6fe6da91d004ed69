//! A linear-chain conditional random field over characters: decoding with marginals, and training.
//!
//! Labels are O and, for each entity type, B, I, E (a mention has at least two characters). Only the transitions
//! that such labels allow exist, so that a position costs 7 × 7 + 6 × 4 of them instead of 19 × 19.
//! Method: Lafferty, McCallum, Pereira (2001), "Conditional Random Fields"; trained by AdaGrad (Duchi, Hazan,
//! Singer 2011) on the log-likelihood with an L2 prior, single-threaded and in a fixed order, so that the same
//! gold gives the same weights.

mod messages;
mod packed;
mod sequences;
mod steps;
mod sums;
mod table;
mod train;

pub use train::{Example, Training};

use std::ops::Range;
use std::sync::LazyLock;

use super::evidence::keys;
use crate::model::EntityType;
use crate::text::double_array;
use messages::Messages as MessagesOf;
use messages::{Edges, Nodes, Number, States, WIDTH};
use pulp::{Arch, NullaryFnOnce};
pub use sums::{Room, Sums};
pub use table::LABELS;
use table::{EMPTY, LANES, Row, Table};

/// Number of entity types.
const T: usize = EntityType::ALL.len();
const _: () = assert!(LABELS == 1 + 3 * T, "O, and three labels for each type");
const TRANSITIONS: usize = (T + 1) * (T + 1) + 4 * T;

/// Label of the first character of a mention.
pub fn begin(kind: usize) -> usize {
    1 + 3 * kind
}
/// Label of a character between the first and the last.
pub fn inside(kind: usize) -> usize {
    2 + 3 * kind
}
/// Label of the last character.
pub fn end(kind: usize) -> usize {
    3 + 3 * kind
}

/// Index of the transition from leaving state `from` to entering state `to` (0 is O, else type + 1).
fn cross(from: usize, to: usize) -> usize {
    from * (T + 1) + to
}
/// Index of a transition within a mention: 0 B→I, 1 B→E, 2 I→I, 3 I→E.
fn within(kind: usize, step: usize) -> usize {
    (T + 1) * (T + 1) + 4 * kind + step
}

/// Where the weights of a label stand in a row: O, then B of all types, I of all, E of all, as messages take them.
fn lane(label: usize) -> usize {
    match label.checked_sub(1) {
        None => 0,
        Some(label) => 1 + label % 3 * T + label / 3,
    }
}

/// Room for the messages of a text, which others can have used.
pub type Messages = MessagesOf<f32>;

/// Hundredths in a weight of one.
const UNIT: f32 = 100.0;

/// The trained weights.
#[derive(Clone, Debug, Default)]
pub struct Crf {
    weights: Table,
    transitions: Vec<f32>,
    edges: Edges<f32>,
}

/// A possible mention: start and end within the sequence, type index, marginal probability of the whole span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First character in the document.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Index into [`EntityType::ALL`].
    pub kind: usize,
    /// Probability of exactly this mention, 0 to 1.
    pub probability: f64,
}

/// How likely every mention of a document is; its stretches are looked at one by one.
pub struct Lattice<'a> {
    edges: &'a Edges<f32>,
    messages: &'a Messages,
    pieces: Vec<Piece>,
}

struct Piece {
    /// First character in the document.
    start: usize,
    /// Its positions in the messages.
    own: Range<usize>,
    evidence: f64,
}

/// The highest of some sums.
#[inline(always)]
fn top(sums: &[i16]) -> i16 {
    sums.iter().copied().fold(i16::MIN, i16::max)
}

/// What messages are passed over.
struct Passing<'a> {
    scores: &'a [Row],
    pieces: &'a [Range<usize>],
    edges: &'a Edges<f32>,
    messages: &'a mut Messages,
}

impl NullaryFnOnce for Passing<'_> {
    type Output = Vec<Piece>;

    // All that is called here must become part of it, or it would be made for the oldest processors.
    #[inline(always)]
    fn call(self) -> Vec<Piece> {
        let mut found = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces {
            let scores = &self.scores[piece.clone()];
            let own = self.messages.add(scores.len());
            self.messages.pass(own.clone(), self.edges, &scores);
            let evidence = self.messages.evidence(&own);
            // Where numbers have run over nothing is known.
            if evidence.is_finite() {
                let start = piece.start;
                found.push(Piece {
                    start,
                    own,
                    evidence,
                });
            }
        }
        found
    }
}

impl<'a> Lattice<'a> {
    fn new(
        scores: &[Row],
        pieces: &[Range<usize>],
        edges: &'a Edges<f32>,
        messages: &'a mut Messages,
    ) -> Self {
        messages.clear();
        // With instructions that not every processor has, where this one has them.
        let pieces = Arch::new().dispatch(Passing {
            scores,
            pieces,
            edges,
            messages: &mut *messages,
        });
        Self {
            pieces,
            edges,
            messages,
        }
    }

    /// The marginal probability of a mention of this kind from `start` to `end`, as places in the document.
    pub fn probability(&self, start: usize, end: usize, kind: usize) -> f64 {
        let piece = self.pieces.partition_point(|p| p.start <= start);
        let Some(piece) = piece.checked_sub(1).map(|i| &self.pieces[i]) else {
            return 0.0;
        };
        if end < start + 2 || end > piece.start + piece.own.len() {
            return 0.0;
        }
        let at = |place: usize| place - piece.start + piece.own.start;
        let (start, end) = (at(start), at(end));
        let m = self.messages;
        let p = (start + 1..end).fold(m.alpha[start].enter[kind + 1].wide(), |p, i| {
            p * self.step(start, i, end, kind)
        });
        (p * m.beta[end - 1].leave[kind + 1].wide() / piece.evidence).clamp(0.0, 1.0)
    }

    /// What the label at a position multiplies within a mention.
    fn step(&self, start: usize, i: usize, stop: usize, kind: usize) -> f64 {
        let ends = i + 1 == stop;
        let node = &self.messages.node[i];
        let of_label = if ends { &node.leave } else { &node.inner };
        let from = if i == start + 1 { 0 } else { 2 };
        let edge = self.edges.within[from + usize::from(ends)][kind + 1];
        (edge * of_label[kind + 1] * self.messages.scale[i]).wide()
    }

    /// Every mention with at least this marginal probability.
    pub fn spans(&self, floor: f64) -> Vec<Span> {
        let mut spans = Vec::new();
        for piece in &self.pieces {
            self.spans_of(piece, floor, &mut spans);
        }
        spans
    }

    fn spans_of(&self, piece: &Piece, floor: f64, spans: &mut Vec<Span>) {
        let m = self.messages;
        let least = floor * piece.evidence;
        let place = |i: usize| piece.start + i - piece.own.start;
        // A little less, as the sums of all types at once are rounded.
        let about = (least * 0.999) as f32;
        for start in piece.own.clone() {
            let (before, behind) = (&m.alpha[start].enter, &m.beta[start].enter);
            let likely: [bool; WIDTH] = std::array::from_fn(|k| before[k] * behind[k] >= about);
            if !likely[1..].iter().fold(false, |any, one| any | one) {
                continue;
            }
            for kind in 0..T {
                // The probability that a mention begins here and has not ended before `i`.
                let mut open = m.alpha[start].enter[kind + 1].wide();
                if open * m.beta[start].enter[kind + 1].wide() < least {
                    continue;
                }
                for i in start + 1..piece.own.end {
                    let last = open * self.step(start, i, i + 1, kind);
                    let probability = last * m.beta[i].leave[kind + 1].wide() / piece.evidence;
                    if probability >= floor {
                        spans.push(Span {
                            start: place(start),
                            end: place(i) + 1,
                            kind,
                            probability: probability.min(1.0),
                        });
                    }
                    open *= self.step(start, i, i + 2, kind);
                    if open * m.beta[i].inner[kind + 1].wide() < least {
                        break;
                    }
                }
            }
        }
    }
}

impl Nodes<f32> for &[Row] {
    /// Relative to the highest of them.
    #[inline(always)]
    fn at(&self, place: usize) -> States<f32> {
        let row = &self[place];
        let top = top(&row[..LABELS]);
        // In each lane a type stands at its index plus one; beside them stand labels of other lanes, which count for nothing there.
        let lane = |from: usize| -> [f32; WIDTH] {
            let mut lane = [0.0; WIDTH];
            for (power, sum) in lane.iter_mut().zip(&row[from..from + WIDTH]) {
                *power = power_of(top.saturating_sub(*sum));
            }
            lane
        };
        States {
            enter: lane(0),
            inner: lane(T),
            leave: lane(2 * T),
        }
    }
}

/// e to minus n hundredths, for n from 0 to 3,000; what is lower or higher counts as these: a label is never less likely by more
/// than e to the thirtieth, so that single precision bears any sequence.
#[inline(always)]
fn power_of(n: i16) -> f32 {
    /// What is added to it has its whole part in its last bits.
    const WHOLE: f32 = 12_582_912.0;
    let x = f32::from(n.clamp(0, 3_000)) * (std::f32::consts::LOG2_E / UNIT);
    let whole = x + WHOLE;
    // The series of e to the x, of a part of a power of two from minus a half to a half.
    let part = ((whole - WHOLE) - x) * std::f32::consts::LN_2;
    let series = 1.0 / 720.0;
    let series = series * part + 1.0 / 120.0;
    let series = series * part + 1.0 / 24.0;
    let series = series * part + 1.0 / 6.0;
    let series = series * part + 0.5;
    let series = series * part + 1.0;
    let series = series * part + 1.0;
    const EXPONENT: u32 = f32::MANTISSA_DIGITS - 1;
    series * f32::from_bits(1.0f32.to_bits().wrapping_sub(whole.to_bits() << EXPONENT))
}

/// Sums of weights, character by character.
pub struct Scores<'a> {
    crf: &'a Crf,
    room: Room,
}

impl Scores<'_> {
    /// The room that the sums have used, for others.
    pub fn into_room(self) -> Room {
        self.room
    }

    fn rows(&self) -> &[Row] {
        self.room.rows()
    }

    /// How likely each labelling of stretches of characters is; they are given in order.
    pub fn lattice<'b>(
        &'b self,
        stretches: impl Iterator<Item = Range<usize>>,
        messages: &'b mut Messages,
    ) -> Lattice<'b> {
        let pieces: Vec<_> = stretches.filter(|s| !s.is_empty()).collect();
        Lattice::new(self.rows(), &pieces, &self.crf.edges, messages)
    }
}

impl Crf {
    fn new(rows: Vec<(u64, Row)>, transitions: Vec<f32>) -> Self {
        Self::of(Table::new(rows), transitions)
    }

    fn of(weights: Table, transitions: Vec<f32>) -> Self {
        Self {
            weights,
            edges: Edges::new(&transitions),
            transitions,
        }
    }

    /// Number of attributes with weights.
    pub fn len(&self) -> usize {
        self.weights.rows().filter(|(_, row)| *row != EMPTY).count()
    }

    /// Whether nothing has been learned.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sums for so many characters, of which nothing is told yet.
    pub fn sums(&self, n_chars: usize) -> Sums<'_> {
        self.sums_in(Room::default(), n_chars)
    }

    /// The same in room that others have used.
    pub fn sums_in(&self, room: Room, n_chars: usize) -> Sums<'_> {
        Sums::new(self, room, n_chars)
    }

    /// Writes the weights as text: key, readable name, then label:weight pairs; transitions first.
    pub fn to_tsv(&self, describe: impl Fn(u64) -> String) -> String {
        use std::fmt::Write as _;
        let mut out = String::new();
        for (i, w) in self.transitions.iter().enumerate() {
            writeln!(out, "t\t{i}\t{w}").expect("writing to a string");
        }
        for (key, weights) in self.weights.rows().filter(|(_, row)| *row != EMPTY) {
            write!(out, "{key:x}\t{}", describe(key)).expect("writing to a string");
            for l in 0..LABELS {
                let w = weights[lane(l)];
                if w != 0 {
                    let w = f32::from(w) / UNIT;
                    write!(out, "\t{}:{w}", NAMES[l]).expect("writing to a string");
                }
            }
            out.push('\n');
        }
        out
    }
}

/// A weight in hundredths, as training rounds it.
fn hundredths(weight: f32) -> i16 {
    (weight * UNIT).round() as i16
}

/// The names of labels, by number.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let of = |kind: EntityType| ["B", "I", "E"].map(|part| format!("{part}-{}", kind.name()));
    std::iter::once("O".to_owned())
        .chain(EntityType::ALL.into_iter().flat_map(of))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of weights without the readable names, which change with the names of lexicons.
    fn cells(table: &str) -> Vec<Vec<&str>> {
        table
            .lines()
            .map(|line| {
                let all = line.split('\t').enumerate();
                all.filter(|(n, _)| *n != 1 || line.starts_with("t\t"))
                    .map(|(_, cell)| cell)
                    .collect()
            })
            .collect()
    }

    #[test]
    fn what_is_packed_is_what_the_table_says() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/data/model/labels.tsv");
        let table = std::fs::read_to_string(file).expect("the weights are part of the project");
        let crf = Crf::unpack(crate::embedded::LABELS).expect("the build packed it");
        let written = crf.to_tsv(|_| String::new());
        assert!(
            cells(&written) == cells(&table),
            "the packed weights differ"
        );
        let packed = crate::embedded::LABELS;
        for cut in [99, packed.len() / 2, packed.len() - 1] {
            assert!(Crf::unpack(&packed[..cut]).is_none());
        }
    }

    #[test]
    fn powers_are_exponentials() {
        for n in i16::MIN..=i16::MAX {
            let exact = (-f64::from(n.clamp(0, 3_000)) / f64::from(UNIT)).exp();
            let power = f64::from(power_of(n));
            assert!((power - exact).abs() <= 3e-6 * exact, "{n}");
        }
    }
}
