//! Adds up the weights of what is told of characters.
//!
//! Most time here is waiting for weights to come from memory. So what there are many groups of, sequences of characters and
//! words, gathers until there is enough of it; then all of it is looked up, step by step for all, so that the waits overlap.
//! Only when all is told are the rows of each character added, so that its sums stay near the processor meanwhile.

use std::ops::Range;

use pulp::{Arch, NullaryFnOnce};

use super::table::{NOTHING, Table};
use super::{Crf, LABELS, LANES, Row, Scores};
use crate::extract::evidence::{SEEN_BY, Sink, ToldWord};

/// So much is looked up together.
const TOGETHER: usize = 128;
/// Lengths of sequences of characters.
const N_SEQUENCES: usize = SEEN_BY.len();
/// So many characters at most see a sequence.
const BEYOND: usize = SEEN_BY[0].1 as usize;
/// Groups of a word.
const OF_WORD: usize = 4;

/// Sums of weights that are being told.
pub struct Sums<'a> {
    crf: &'a Crf,
    room: Room,
    n_asked: usize,
}

/// Room for the sums of a text, which others can have used: what lies where others have just been is near the processor.
#[derive(Default)]
pub struct Room {
    /// What is added to each character.
    pub(super) rows: Vec<Row>,
    /// What is added to each character and all behind it.
    steps: Vec<Row>,
    /// Where the rows of groups begin: for each character of the sequences that it is the last to see, then for the edge of
    /// the text, each word and the other edge of what is told of it.
    found: Vec<u32>,
    words: Vec<Range<u32>>,
    asked: Vec<(u64, u32)>,
    /// The first record that could be that of each group asked for.
    guesses: Vec<u32>,
    runs: Vec<Run>,
    spots: Vec<Spot>,
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

/// Takes a row from sums.
#[inline(always)]
fn take(sums: &mut Row, weights: &Row) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum = sum.wrapping_sub(*weight);
    }
}

/// A row, and the characters to which it is added.
struct Run {
    row: u32,
    from: u32,
    to: u32,
}

/// Where the rows of a group begin, and the span to which they are added, its roles counted from a number.
struct Spot {
    rows: u32,
    from: u32,
    to: u32,
    shift: u8,
}

impl<'a> Sums<'a> {
    pub(super) fn new(crf: &'a Crf, mut room: Room, n_chars: usize) -> Self {
        fn fill<T: Copy>(room: &mut Vec<T>, n: usize, with: T) {
            room.clear();
            room.resize(n, with);
        }
        fill(&mut room.rows, n_chars, [0; LANES]);
        fill(&mut room.steps, n_chars + 1, [0; LANES]);
        let n_sequences = N_SEQUENCES * (n_chars + BEYOND);
        fill(&mut room.found, n_sequences, NOTHING);
        fill(&mut room.asked, TOGETHER, (0, 0));
        room.words.clear();
        room.runs.clear();
        room.spots.clear();
        Self {
            crf,
            room,
            n_asked: 0,
        }
    }

    /// The sums of all that was told.
    pub fn scores(mut self) -> Scores<'a> {
        self.look_up();
        // With instructions that not every processor has, where this one has them.
        Arch::new().dispatch(Adding {
            table: &self.crf.weights,
            room: &mut self.room,
        });
        Scores {
            crf: self.crf,
            room: self.room,
        }
    }

    /// So many places of what is found are for sequences of characters.
    fn n_sequences(&self) -> usize {
        N_SEQUENCES * (self.room.rows.len() + BEYOND)
    }

    /// Has one of the many groups looked up when there are enough of them.
    #[inline(always)]
    fn ask(&mut self, group: u64, slot: usize) {
        self.room.asked[self.n_asked] = (group, slot as u32);
        // No branch: it would be taken by chance.
        self.n_asked += usize::from(self.crf.weights.may_have(group));
        if self.n_asked == TOGETHER {
            self.look_up();
        }
    }

    #[inline(never)]
    fn look_up(&mut self) {
        let table = &self.crf.weights;
        let Room {
            asked,
            guesses,
            found,
            ..
        } = &mut self.room;
        let asked = &asked[..std::mem::take(&mut self.n_asked)];
        let near = asked.iter().map(|(group, _)| table.nears(*group));
        std::hint::black_box(near.fold(0, |all, place| all | place));
        guesses.clear();
        guesses.extend(asked.iter().map(|(group, _)| table.guess(*group)));
        // The records come near before the first of them is needed.
        let near = guesses.iter().map(|start| table.nears_record(*start));
        std::hint::black_box(near.fold(0, |all, byte| all | byte));
        for (&(group, slot), &guess) in asked.iter().zip(&*guesses) {
            found[slot as usize] = table.guessed(group, guess);
        }
    }
}

/// Adds the row of a role.
#[inline(always)]
fn add_role(table: &Table, spot: &Spot, role: u8, sums: &mut Row) {
    add(sums, &table.row(table.row_of(spot.rows, spot.shift + role)));
}

/// Adds what is told of a word, the one before it and the one behind it to a character in some place of it.
#[inline(always)]
fn add_word(table: &Table, words: &[[u32; OF_WORD]; 3], place: u8, sums: &mut Row) {
    let [before, own, behind] = words;
    let mut all = *sums;
    for found in &own[..OF_WORD - 1] {
        let at = *found as usize + LABELS * usize::from(place);
        add(&mut all, &table.row(at));
    }
    for (word, shift) in [own, before, behind].into_iter().zip([0, 4, 8]) {
        let at = table.row_of(word[OF_WORD - 1], shift + place);
        add(&mut all, &table.row(at));
    }
    *sums = all;
}

/// What is added, and the sums to which it is.
struct Adding<'a> {
    table: &'a Table,
    room: &'a mut Room,
}

impl NullaryFnOnce for Adding<'_> {
    type Output = ();

    // All that is called here must become part of it, or it would be made for the oldest processors.
    #[inline(always)]
    fn call(self) {
        let Self { table, room } = self;
        let Room {
            rows,
            steps,
            found,
            words,
            runs,
            spots,
            ..
        } = room;
        let (sequences, of_words) = found.split_at(N_SEQUENCES * (rows.len() + BEYOND));
        let sequences = sequences.as_chunks::<N_SEQUENCES>().0;
        let of_words = of_words.as_chunks::<OF_WORD>().0;
        for run in runs {
            let weights = table.row(run.row as usize);
            add(&mut steps[run.from as usize], &weights);
            take(&mut steps[run.to as usize], &weights);
        }
        for spot in spots {
            match &mut rows[spot.from as usize..spot.to as usize] {
                [only] => add_role(table, spot, 3, only),
                [first, middle @ .., last] => {
                    add_role(table, spot, 0, first);
                    for sums in middle {
                        add_role(table, spot, 1, sums);
                    }
                    add_role(table, spot, 2, last);
                }
                [] => {}
            }
        }
        let mut step = [0; LANES];
        let seen = sequences.windows(BEYOND);
        for ((sums, of_step), seen) in rows.iter_mut().zip(&*steps).zip(seen) {
            add(&mut step, of_step);
            let mut all = *sums;
            add(&mut all, &step);
            for (length, (_, n)) in SEEN_BY.into_iter().enumerate() {
                for (role, found) in seen[..usize::from(n)].iter().enumerate() {
                    let at = found[length] as usize + LABELS * role;
                    add(&mut all, &table.row(at));
                }
            }
            *sums = all;
        }
        for (span, forms) in words.iter().zip(of_words.windows(3)) {
            let forms: &[_; 3] = forms.try_into().expect("windows of this length");
            match &mut rows[span.start as usize..span.end as usize] {
                [only] => add_word(table, forms, 3, only),
                [first, middle @ .., last] => {
                    add_word(table, forms, 0, first);
                    for sums in middle {
                        add_word(table, forms, 1, sums);
                    }
                    add_word(table, forms, 2, last);
                }
                [] => {}
            }
        }
    }
}

impl Sink for Sums<'_> {
    fn tell(&mut self, group: u64, at: impl Iterator<Item = (usize, u8)>) {
        let table = &self.crf.weights;
        let rows = table.group(group);
        for (i, role) in at {
            add(&mut self.room.rows[i], &table.row(table.row_of(rows, role)));
        }
    }

    fn tell_run(&mut self, group: u64, from: usize, to: usize) {
        let table = &self.crf.weights;
        let row = table.row_of(table.group(group), 0);
        if from < to && row != NOTHING as usize {
            self.room.runs.push(Run {
                row: row as u32,
                from: from as u32,
                to: to as u32,
            });
        }
    }

    fn tell_spans<const N: usize>(&mut self, group: u64, spans: [(Range<usize>, u8); N]) {
        let rows = self.crf.weights.group(group);
        self.room
            .spots
            .extend(spans.into_iter().map(|(span, shift)| Spot {
                rows,
                from: span.start as u32,
                to: span.end as u32,
                shift,
            }));
    }

    fn tell_words(&mut self, words: &[ToldWord], edge: u64) {
        let span = |word: &ToldWord| word.span.start as u32..word.span.end as u32;
        self.room.words.extend(words.iter().map(span));
        let mut slot = self.n_sequences();
        self.room.found.truncate(slot);
        self.room
            .found
            .resize(slot + OF_WORD * (words.len() + 2), NOTHING);
        for word in words {
            slot += OF_WORD;
            for (k, group) in word.own.into_iter().enumerate() {
                self.room.found[slot + k] = self.crf.weights.group(group);
            }
            self.ask(word.form, slot + OF_WORD - 1);
        }
        for slot in [self.n_sequences(), slot + OF_WORD] {
            self.ask(edge, slot + OF_WORD - 1);
        }
    }

    #[inline(always)]
    fn tell_sequence(&mut self, length: usize, group: u64, start: i64, _n: usize) {
        let last = start + SEEN_BY[length - 1].0;
        if last < 0 {
            return;
        }
        let slot = N_SEQUENCES * last as usize + length - 1;
        if length == 1 {
            self.room.found[slot] = self.crf.weights.group(group);
        } else {
            self.ask(group, slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::evidence::{Clues, tell};
    use crate::text::Document;

    /// Sums that are told everything in the simplest way.
    struct Plain<'a>(Sums<'a>);

    impl Sink for Plain<'_> {
        fn tell(&mut self, group: u64, at: impl Iterator<Item = (usize, u8)>) {
            self.0.tell(group, at);
        }
    }

    #[test]
    fn every_way_of_telling_adds_the_same() {
        let crf = Crf::unpack(crate::embedded::LABELS).expect("the build packed it");
        let report = "青溪镇2023年工作报告\n一是坚持以党建为引领，实施“美丽庭院”行动，引进红叶家具有限公司、\
            海阳纺织厂等5家企业，总投资3.5亿元；枫林产业园项目开工。\n二是持续推进河长制。";
        let lengths = (1..12).chain([report.chars().count()]);
        for text in lengths.map(|n| report.chars().take(n).collect::<String>()) {
            let doc = Document::new("", &text);
            let clues = Clues::new(&doc.text);
            let n = doc.text.chars.len();
            let (mut sums, mut plain) = (crf.sums(n), Plain(crf.sums(n)));
            tell(&doc, &[], &clues, &mut sums);
            tell(&doc, &[], &clues, &mut plain);
            let (sums, plain) = (sums.scores(), plain.0.scores());
            for (i, (row, other)) in sums.rows().iter().zip(plain.rows()).enumerate() {
                assert_eq!(row[..LABELS], other[..LABELS], "{text}: {i}");
            }
            assert!(sums.rows().iter().all(|row| *row != [0; LANES]));
        }
    }

    #[test]
    fn weights_larger_than_a_byte_are_kept() {
        let row = |weight: i16| {
            let mut row = [0; LANES];
            row[3] = weight;
            row
        };
        let table = |weights: [i16; 5]| {
            let keys = [0u64, 1 << 52, 1, 2, 7 << 52 | 2];
            let given: Vec<_> = keys.into_iter().zip(weights.map(row)).collect();
            let crf = Crf::new(given.clone(), Vec::new());
            (given, crf.weights.rows().collect::<Vec<_>>())
        };
        for weights in [[1, -127, 127, 254, 0], [-128, 126, 128, -254, -1]] {
            let (given, kept) = table(weights);
            assert_eq!(given, kept);
        }
        // Of those that are too far apart the ends are cut, but what has no weight gets none.
        let (_, kept) = table([-300, 101, 0, 300, 0]);
        let weights: Vec<i16> = kept.iter().map(|(_, row)| row[3]).collect();
        assert_eq!(weights, [-226, 28, 0, 254, 0]);
    }
}
