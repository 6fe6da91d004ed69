//! Sequences of one, two and three characters, found step by step.

use super::double_array::{self, Cell, Entry, walk};
use super::table::rows_at;

/// Characters as attributes see them.
pub(super) const PLANE: usize = 0x1_0000;

/// A sequence of one to three characters with where its rows begin.
pub struct Sequence {
    /// Its characters as attributes see them.
    pub codes: [u16; 3],
    /// So many of them are its own.
    pub length: usize,
    /// Where the record of its rows would begin if it had a head.
    pub start: u32,
}

/// Where the rows of sequences begin.
#[derive(Clone, Debug)]
pub struct Sequences {
    /// The number of each character; 0 for those that are in no sequence.
    pub(super) numbers: Vec<u16>,
    /// What comes of the first characters stands first, by their numbers.
    pub(super) cells: Vec<Cell>,
}

impl Sequences {
    /// Sequences of which no two are the same.
    ///
    /// # Panics
    /// If there are some four million of them, two hundred times what a report has characters.
    pub fn new(given: &[Sequence]) -> Self {
        let codes = given.iter().flat_map(|s| &s.codes[..s.length]);
        // One character of the plane at most is left without a number: no text has them all.
        let mut numbers = double_array::numbers(codes.map(|code| u32::from(*code)));
        numbers.resize(PLANE, 0);
        let numbered = |sequence: &Sequence| sequence.codes.map(|code| numbers[usize::from(code)]);
        let numbered: Vec<[u16; 3]> = given.iter().map(numbered).collect();
        let with_start = numbered.iter().zip(given);
        let mut entries: Vec<Entry> = with_start
            .map(|(numbers, sequence)| (&numbers[..sequence.length], sequence.start))
            .collect();
        entries.sort_unstable();
        let cells = double_array::cells(&entries).expect("there are not so many");
        Self { numbers, cells }
    }

    /// The number of a character as attributes see it.
    #[inline(always)]
    pub fn number(&self, code: u16) -> u16 {
        self.numbers[usize::from(code)]
    }

    /// Where the rows begin of the sequences of one, two and three characters with which characters begin that have these
    /// numbers; those of [`NOTHING`](super::table::NOTHING) where there is none.
    pub fn find(&self, numbers: [u16; 3]) -> [u32; 3] {
        let mut found = [rows_at(0); 3];
        let cell = |at: usize| self.cells[at];
        walk(cell, numbers.into_iter(), |length, start| {
            found[length - 1] = rows_at(start);
        });
        found
    }

    /// Where the rows of each sequence begin.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        let values = self.cells.iter().map(|cell| cell.value());
        values.filter(|value| *value > 0).map(rows_at)
    }
}
