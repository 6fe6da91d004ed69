//! Adds up the weights of what is told of characters.
//!
//! Where the rows of weights begin is looked up as it is told. Only when all is told are the rows of each character added, so
//! that its sums stay near the processor meanwhile and no sum waits for what is looked up.

use std::ops::Range;

use pulp::{Arch, NullaryFnOnce};

use super::keys::{BEFORE, SEEN_BY, n_roles};
use super::table::{LABELS, LANES, NOTHING, Row, Table};
use super::{Crf, Scores};
use crate::extract::evidence::{Sink, ToldWord};

/// Lengths of sequences of characters.
const N_SEQUENCES: usize = SEEN_BY.len();
/// So many characters at most see a sequence.
const SEEING: usize = SEEN_BY[0].1 as usize;
/// Sums that belong to no character stand before and behind those that do, so that whoever tells neighbours need not ask whether
/// there are any.
const PAD: usize = SEEING - 1;
/// Places of a character in a span, as roles.
const FIRST: u8 = 0;
const MIDDLE: u8 = 1;
const LAST: u8 = 2;
const ONLY: u8 = 3;
/// Rows are asked for so many characters or words before they are added: a wait for memory, in the time that these take.
const AHEAD: usize = 8;
/// The last byte of the rows of a sequence of two characters.
const LAST_OF_TWO: usize = LABELS * SEEN_BY[1].1 as usize - 1;
/// Groups of a word.
const OF_WORD: usize = 4;

/// Sums of weights that are being told.
pub struct Sums<'a> {
    crf: &'a Crf,
    room: Room,
}

/// Room for the sums of a text, which others can have used: what lies where others have just been is near the processor.
#[derive(Default)]
pub struct Room {
    /// What is added to each character.
    rows: Vec<Row>,
    /// What is added to each character and all behind it.
    steps: Vec<Row>,
    /// The characters, with the boundaries around them.
    numbers: Vec<u16>,
    /// Where the rows of sequences of one, two and three characters begin, in the order in which these begin.
    sequences: Vec<[u32; N_SEQUENCES]>,
    /// The same for the forms of words.
    forms: Vec<[u32; N_SEQUENCES]>,
    /// The place of each character in its word.
    places: Vec<u8>,
    /// Where the rows of the groups of words begin: of the edge of the text, each word and the other edge.
    of_words: Vec<[u32; OF_WORD]>,
    runs: Vec<Run>,
    terms: Vec<Term>,
}

impl Room {
    /// The sums of each character.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows[PAD..self.rows.len() - PAD]
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

/// Where the rows of a group begin, and the span of which it is told.
struct Term {
    rows: u32,
    from: u32,
    to: u32,
}

impl<'a> Sums<'a> {
    pub(super) fn new(crf: &'a Crf, mut room: Room, n_chars: usize) -> Self {
        for rows in [&mut room.rows, &mut room.steps] {
            rows.clear();
            rows.resize(n_chars + 2 * PAD, [0; LANES]);
        }
        room.sequences.clear();
        room.places.clear();
        room.places.resize(n_chars, MIDDLE);
        room.of_words.clear();
        room.runs.clear();
        room.terms.clear();
        Self { crf, room }
    }

    /// The sums of all that was told.
    pub fn scores(mut self) -> Scores<'a> {
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

impl Adding<'_> {
    /// Adds rows to the characters of spans and those beside them.
    #[inline(always)]
    fn terms(&mut self) {
        for term in &self.room.terms {
            let role = self.table.dense::<6>(term.rows);
            let beside = term.from as usize + PAD - 1..term.to as usize + PAD + 1;
            let [before, own @ .., behind] = &mut self.room.rows[beside] else {
                continue;
            };
            add(before, &role(5));
            add(behind, &role(4));
            match own {
                [only] => add(only, &role(3)),
                [first, middle @ .., last] => {
                    add(first, &role(0));
                    for sums in middle {
                        add(sums, &role(1));
                    }
                    add(last, &role(2));
                }
                [] => {}
            }
        }
    }

    /// Notes where rows begin and end to be added.
    #[inline(always)]
    fn runs(&mut self) {
        let steps = &mut self.room.steps;
        for run in &self.room.runs {
            let weights = self.table.row(run.row as usize);
            add(&mut steps[run.from as usize + PAD], &weights);
            take(&mut steps[run.to as usize + PAD], &weights);
        }
    }

    /// Adds the rows of sequences to those that see them, and to each character what begins at it or before it.
    #[inline(always)]
    fn sequences(&mut self) {
        let Room {
            rows,
            steps,
            sequences,
            ..
        } = &mut *self.room;
        let mut step = [0; LANES];
        for (i, (found, of_step)) in sequences.iter().zip(steps).enumerate() {
            // Those of single characters are few, and those of three lie in one line of memory.
            if let Some([_, two, three]) = sequences.get(i + AHEAD) {
                self.table.prefetch(*two as usize);
                self.table.prefetch(*two as usize + LAST_OF_TWO);
                self.table.prefetch(*three as usize);
            }
            let [one, two, three] = *found;
            let one = self.table.dense::<{ SEEN_BY[0].1 as usize }>(one);
            let two = self.table.dense::<{ SEEN_BY[1].1 as usize }>(two);
            let three = self.table.dense::<{ SEEN_BY[2].1 as usize }>(three);
            add(&mut step, of_step);
            let seeing = &mut rows[i..i + SEEING];
            for (place, sums) in seeing.iter_mut().enumerate() {
                let mut all = *sums;
                // From the last to see it.
                let role = |length: usize| {
                    let (last, roles) = SEEN_BY[length - 1];
                    let role = (last + PAD - BEFORE).wrapping_sub(place);
                    Some(role).filter(|role| *role < usize::from(roles))
                };
                if let Some(role) = role(1) {
                    add(&mut all, &one(role));
                }
                if let Some(role) = role(2) {
                    add(&mut all, &two(role));
                }
                if let Some(role) = role(3) {
                    add(&mut all, &three(role));
                }
                if place == 0 {
                    add(&mut all, &step);
                }
                *sums = all;
            }
        }
    }

    /// Adds the rows of words to their characters.
    #[inline(always)]
    fn words(&mut self) {
        let Room {
            rows,
            places,
            of_words,
            ..
        } = &mut *self.room;
        let mut own = 0;
        for (sums, place) in rows[PAD..].iter_mut().zip(&*places) {
            if matches!(*place, FIRST | ONLY) {
                own += 1;
                if let Some([.., form]) = of_words.get(own + AHEAD) {
                    self.table.prefetch(*form as usize);
                    self.table.prefetch(*form as usize + LABELS * OF_WORD);
                }
            }
            if let Some(words) = of_words[own.max(1) - 1..].first_chunk() {
                add_word(self.table, words, *place, sums);
            }
        }
    }
}

impl NullaryFnOnce for Adding<'_> {
    type Output = ();

    // All that is called here must become part of it, or it would be made for the oldest processors.
    #[inline(always)]
    fn call(mut self) {
        self.runs();
        self.sequences();
        self.terms();
        self.words();
    }
}

impl Sink for Sums<'_> {
    fn tell(&mut self, group: u64, at: impl Iterator<Item = (usize, u8)>) {
        let table = &self.crf.weights;
        let rows = table.group(group);
        for (i, role) in at {
            let at = match n_roles(group) {
                Some(_) => rows as usize + LABELS * usize::from(role),
                None => table.row_of(rows, role),
            };
            add(&mut self.room.rows[i + PAD], &table.row(at));
        }
    }

    fn tell_run(&mut self, group: u64, from: usize, to: usize) {
        if from >= to {
            return;
        }
        let row = self.crf.weights.other(group);
        if row != NOTHING {
            self.room.runs.push(Run {
                row,
                from: from as u32,
                to: to as u32,
            });
        }
    }

    fn tell_term(&mut self, group: u64, span: Range<usize>, _n_chars: usize) {
        self.room.terms.push(Term {
            rows: self.crf.weights.other(group),
            from: span.start as u32,
            to: span.end as u32,
        });
    }

    fn tell_words(&mut self, words: &[ToldWord]) {
        let table = &self.crf.weights;
        let forms = table.forms();
        for word in words {
            let Range { start, end } = word.span;
            self.room.places[end - 1] = LAST;
            self.room.places[start] = if end - start == 1 { ONLY } else { FIRST };
        }
        let Room {
            forms: found,
            of_words,
            ..
        } = &mut self.room;
        let codes = |place: usize| words.get(place).map_or([0; 3], |word| word.form);
        let numbers = |place: usize| codes(place).map(|code| forms.number(code));
        found.clear();
        forms.find_all(words.len() + 1, numbers, found);
        // The last form is that of the edges.
        let with_form = |[.., form]: &[u32; N_SEQUENCES]| [NOTHING, NOTHING, NOTHING, *form];
        of_words.extend(found.last().map(with_form));
        of_words.extend(found.iter().map(with_form));
        for (found, word) in of_words[1..].iter_mut().zip(words) {
            for (found, group) in found.iter_mut().zip(word.own) {
                *found = table.other(group);
            }
        }
    }

    fn tell_sequences(&mut self, codes: &[u16]) {
        let table = &self.crf.weights;
        let sequences = table.sequences();
        let Room {
            numbers,
            sequences: found,
            ..
        } = &mut self.room;
        numbers.clear();
        numbers.extend(codes.iter().map(|code| sequences.number(*code)));
        let n = numbers.len().saturating_sub(N_SEQUENCES - 1);
        let of = |place: usize| std::array::from_fn(|k| numbers[place + k]);
        sequences.find_all(n, of, found);
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
        let texts = lengths.map(|n| report.chars().take(n).collect::<String>());
        // Long ones are told in several parts.
        for text in texts.chain([report.repeat(12)]) {
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
