//! Forms by their characters: which of many names begin at a position of a text.
//!
//! Names that begin with the same two characters lie side by side, in order; a table leads from these two to them. The four
//! characters behind are one number, so that nearly all names are told without a look at their texts: a name that stands in a
//! text is found in two places of memory, which is what it costs.

use std::ops::Range;

use prefetch_index::prefetch_index;

use crate::text::PairFilter;

use super::FormRow;

/// All forms, in runs of those whose first two characters are the same.
pub(super) struct Forms {
    rows: Vec<FormRow>,
    /// For each row its third to sixth character, the first of them highest; 0 behind the last.
    rests: Vec<u64>,
    /// An open table with linear probing, half empty at least.
    runs: Vec<Run>,
    /// The first two characters of all.
    begins: PairFilter,
}

#[derive(Clone, Copy, Default)]
struct Run {
    /// Both characters.
    pair: u32,
    first: u32,
    /// 0 for none.
    n: u32,
}

/// Characters of a name that the pair and the rest tell.
const TOLD: usize = 6;
/// Among so few forms looking at each is faster than halving.
const FEW: usize = 8;

/// A character as a number; all that names do not have are one.
fn short(c: char) -> u16 {
    u16::try_from(u32::from(c)).unwrap_or(u16::MAX)
}

fn pair_of(a: char, b: char) -> u32 {
    u32::from(short(a)) << 16 | u32::from(short(b))
}

/// The first four of some characters as one number.
fn rest_of(chars: impl Iterator<Item = char>) -> u64 {
    let places = [48, 32, 16, 0];
    let packed = chars
        .zip(places)
        .map(|(c, place)| u64::from(short(c)) << place);
    packed.sum()
}

impl Forms {
    pub(super) fn new(given: &[FormRow]) -> Self {
        let mut keys: Vec<(u32, u64, u32)> = (0..)
            .zip(given)
            .filter_map(|(i, row)| {
                let mut chars = row.text.chars();
                let pair = pair_of(chars.next()?, chars.next()?);
                Some((pair, rest_of(chars), i))
            })
            .collect();
        let text = |key: &(u32, u64, u32)| given[key.2 as usize].text;
        keys.sort_unstable_by(|a, b| {
            let alike = || text(a).cmp(text(b));
            (a.0, a.1).cmp(&(b.0, b.1)).then_with(alike)
        });
        let mut forms = Self {
            rows: keys.iter().map(|key| given[key.2 as usize]).collect(),
            rests: keys.iter().map(|key| key.1).collect(),
            runs: Vec::new(),
            begins: PairFilter::new(&[]),
        };
        let mut first = 0;
        let mut runs = Vec::new();
        for run in keys.chunk_by(|a, b| a.0 == b.0) {
            let n = run.len() as u32;
            let pair = run[0].0;
            runs.push(Run { pair, first, n });
            first += n;
        }
        forms.index(&runs);
        forms
    }

    fn index(&mut self, runs: &[Run]) {
        self.runs = vec![Run::default(); (2 * runs.len()).next_power_of_two().max(2)];
        for run in runs {
            let mut at = self.slot(run.pair);
            while self.runs[at].n > 0 {
                at = (at + 1) & (self.runs.len() - 1);
            }
            self.runs[at] = *run;
        }
        let first_two = |run: &Run| {
            let mut chars = self.rows[run.first as usize].text.chars();
            chars.next().zip(chars.next())
        };
        let pairs: Vec<(char, char)> = runs.iter().filter_map(first_two).collect();
        self.begins = PairFilter::new(&pairs);
    }

    #[inline]
    fn slot(&self, pair: u32) -> usize {
        let shift = u32::BITS - self.runs.len().trailing_zeros();
        (pair.wrapping_mul(0x9E37_79B1) >> shift) as usize
    }

    /// The rows of the forms that begin with two characters.
    #[inline]
    fn run(&self, a: char, b: char) -> Range<usize> {
        let pair = pair_of(a, b);
        let mut at = self.slot(pair);
        loop {
            let Run {
                pair: other,
                first,
                n,
            } = self.runs[at];
            if n == 0 {
                return 0..0;
            }
            if other == pair {
                return first as usize..(first + n) as usize;
            }
            at = (at + 1) & (self.runs.len() - 1);
        }
    }

    /// The forms, in order of their places.
    pub(super) fn rows(&self) -> &[FormRow] {
        &self.rows
    }

    /// The form that is this string.
    pub(super) fn find(&self, name: &str) -> Option<&FormRow> {
        let mut chars = name.chars();
        let run = self.run(chars.next()?, chars.next()?);
        let rest = rest_of(chars);
        let rests = &self.rests[run.clone()];
        let from = rests.partition_point(|other| *other < rest);
        let alike = rests[from..].iter().take_while(|other| **other == rest);
        let rows = &self.rows[run.start + from..][..alike.count()];
        rows.iter().find(|row| row.text == name)
    }

    /// False where no form begins with two characters; cheaper to ask than [`Forms::beginning`].
    #[inline]
    pub(super) fn may_begin(&self, a: char, b: char) -> bool {
        self.begins.may_have(a, b)
    }

    /// The forms that a text begins with, the shortest first.
    #[inline]
    pub(super) fn beginning<'a>(&'a self, text: &[char], each: impl FnMut(&'a FormRow)) {
        if let [first, second, ..] = text
            && self.may_begin(*first, *second)
        {
            self.beginning_of(self.run(*first, *second), text, each);
        }
    }

    /// All forms that stand anywhere in a text, by start, then the shortest first: their starts and rows.
    ///
    /// Each start asks for what it needs next from memory while the others do, so that the waits overlap.
    pub(super) fn all<'a>(&'a self, text: &[char], mut each: impl FnMut(usize, &'a FormRow)) {
        const TOGETHER: usize = 512;
        let mut starts: Vec<(usize, Range<usize>)> = Vec::with_capacity(TOGETHER);
        for first in (0..text.len()).step_by(TOGETHER) {
            let pairs = text[first..].windows(2).take(TOGETHER);
            starts.clear();
            for (start, pair) in (first..).zip(pairs) {
                if self.may_begin(pair[0], pair[1]) {
                    prefetch_index(&self.runs, self.slot(pair_of(pair[0], pair[1])));
                    starts.push((start, 0..0));
                }
            }
            for (start, run) in &mut starts {
                *run = self.run(text[*start], text[*start + 1]);
                prefetch_index(&self.rests, run.start);
                prefetch_index(&self.rows, run.start);
            }
            for (start, run) in starts.drain(..) {
                self.beginning_of(run, &text[start..], |row| each(start, row));
            }
        }
    }

    /// The forms of a run that a text begins with, whose first two characters are theirs, the shortest first.
    #[inline]
    fn beginning_of<'a>(
        &'a self,
        mut run: Range<usize>,
        text: &[char],
        mut each: impl FnMut(&'a FormRow),
    ) {
        let here = rest_of(text.iter().skip(2).copied());
        if run.len() > FEW {
            // Those of two characters, and those whose third one is the text's.
            let rests = &self.rests[run.clone()];
            if rests[0] == 0 {
                each(&self.rows[run.start]);
            }
            let third = here >> 48 << 48;
            let from = rests.partition_point(|rest| *rest < third.max(1));
            let same = rests[from..]
                .iter()
                .take_while(|rest| *rest >> 48 == third >> 48);
            run = run.start + from..run.start + from + same.count();
        }
        for (at, &rest) in run.clone().zip(&self.rests[run]) {
            // So many characters of the text as the form has are the same.
            let behind_last = rest.trailing_zeros() / 16 * 16;
            if (here ^ rest).checked_shr(behind_last).unwrap_or(0) != 0 {
                continue;
            }
            let row = &self.rows[at];
            let length = usize::from(row.length);
            if length > TOLD {
                let told = row.text.chars().skip(TOLD);
                if text.len() < length || !told.eq(text[TOLD..length].iter().copied()) {
                    continue;
                }
            }
            each(row);
        }
    }
}
