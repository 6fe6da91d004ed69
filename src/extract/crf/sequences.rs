//! Sequences of one, two and three characters, found step by step: for a text that is three loads of memory a character.
//!
//! A trie in two arrays made one (Aoe 1989, "An efficient digital search algorithm by using a double-array structure"): what
//! follows a state stands at the number of the next character, counted from where its state says, and says which state it
//! follows. Numbers are low for the characters that follow most others, so that the array has few holes.

use std::cmp::Reverse;
use std::hint::select_unpredictable;

use super::table::{NOTHING, STEP};

/// Characters as attributes see them.
pub(super) const PLANE: usize = 0x1_0000;
/// The bits of a cell that say which state it follows, and those that say where what follows it stands.
const BITS: u32 = 20;
const MOST: u32 = (1 << BITS) - 1;

/// A state: the state before it, where what follows it stands, and where the rows of its sequence begin, packed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell(pub(super) u64);

impl Cell {
    /// No sequence. What follows all characters that are not known, and the first characters, whose state before is asked of
    /// nobody.
    const EMPTY: Self = Self::new(MOST, 0, NOTHING);

    const fn new(before: u32, next: u32, rows: u32) -> Self {
        Self((rows as u64 / STEP as u64) << (2 * BITS) | (next as u64) << BITS | before as u64)
    }

    #[inline(always)]
    fn before(self) -> u32 {
        self.0 as u32 & MOST
    }

    #[inline(always)]
    fn next(self) -> usize {
        (self.0 >> BITS) as usize & MOST as usize
    }

    #[inline(always)]
    fn rows(self) -> u32 {
        (self.0 >> (2 * BITS)) as u32 * STEP as u32
    }
}

/// A sequence of one to three characters with where its rows begin.
pub struct Sequence {
    /// Its characters as attributes see them.
    pub codes: [u16; 3],
    /// So many of them are its own.
    pub length: usize,
    /// Where its rows begin.
    pub rows: u32,
}

/// The same by the numbers of its characters; 0 stands where it has ended.
type Numbered = ([u16; 3], u32);

/// Where the rows of sequences begin.
#[derive(Clone, Debug)]
pub struct Sequences {
    /// The number of each character; 0 for those that are in no sequence.
    pub(super) numbers: Vec<u16>,
    /// The states: first those after one character, by its number.
    pub(super) cells: Vec<Cell>,
}

impl Sequences {
    /// Sequences of which no two are the same.
    ///
    /// # Panics
    /// If there are about a million of them, fifty times what a report has characters.
    pub fn new(given: &[Sequence]) -> Self {
        let numbers = numbers(given);
        let numbered = |sequence: &Sequence| {
            let mut codes = sequence.codes.map(|code| numbers[usize::from(code)]);
            codes[sequence.length..].fill(0);
            (codes, sequence.rows)
        };
        let mut given: Vec<Numbered> = given.iter().map(numbered).collect();
        given.sort_unstable();
        let n_numbers = 1 + numbers.iter().copied().max().map_or(0, usize::from);
        let mut making = Making {
            cells: vec![Some(Cell::EMPTY); n_numbers],
            n_numbers,
            free: n_numbers,
            tried: n_numbers,
        };
        // Those that begin alike, by what their state is: level by level, the ones with most followers first.
        let mut open: Vec<(u32, &[Numbered])> = given
            .chunk_by(|(a, _), (b, _)| a[0] == b[0])
            .map(|alike| (u32::from(alike[0].0[0]), alike))
            .collect();
        let mut next = Vec::new();
        for length in 1..=3 {
            let ended = |sequence: &Numbered| sequence.0.get(length).is_none_or(|next| *next == 0);
            let followers = |alike: &[Numbered], next: &mut Vec<u16>| {
                next.clear();
                let longer = alike.iter().filter(|s| !ended(s));
                next.extend(longer.map(|(codes, _)| codes[length]));
                next.dedup();
            };
            open.sort_by_cached_key(|(_, alike)| {
                followers(alike, &mut next);
                Reverse(next.len())
            });
            let mut longer = Vec::new();
            for (state, alike) in open {
                followers(alike, &mut next);
                let first = making.place(&next, state);
                let n_ended = usize::from(ended(&alike[0]));
                let rows = alike[..n_ended].first().map_or(NOTHING, |(_, rows)| *rows);
                let cell = making.cells[state as usize].get_or_insert(Cell::EMPTY);
                *cell = Cell::new(cell.before(), first, rows);
                let alike = alike[n_ended..].chunk_by(|(a, _), (b, _)| a[length] == b[length]);
                longer.extend(alike.map(|alike| (first + u32::from(alike[0].0[length]), alike)));
            }
            open = longer;
        }
        making.finish(numbers)
    }

    /// The number of a character as attributes see it.
    #[inline(always)]
    pub fn number(&self, code: u16) -> u16 {
        self.numbers[usize::from(code)]
    }

    /// Where the rows begin of the sequences of one, two and three characters with which characters begin that have these
    /// numbers; those of [`NOTHING`] where there is none.
    #[inline(always)]
    pub fn find(&self, [first, second, third]: [u16; 3]) -> [u32; 3] {
        let one = self.cells[usize::from(first)];
        let state = one.next() + usize::from(second);
        let two = self.cells[state];
        let is_known = two.before() == u32::from(first);
        let two = select_unpredictable(is_known, two, Cell::EMPTY);
        let three = self.cells[two.next() + usize::from(third)];
        let is_known = three.before() == state as u32;
        let three = select_unpredictable(is_known, three, Cell::EMPTY);
        [one.rows(), two.rows(), three.rows()]
    }

    /// Where the rows of each sequence begin.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        let rows = self.cells.iter().map(|cell| cell.rows());
        rows.filter(|rows| *rows != NOTHING)
    }
}

/// Numbers for characters: low for those that follow most others.
fn numbers(given: &[Sequence]) -> Vec<u16> {
    let mut counts = vec![0u32; PLANE];
    for sequence in given {
        for code in &sequence.codes[..sequence.length] {
            counts[usize::from(*code)] += 1;
        }
    }
    let mut codes: Vec<u16> = (0..=u16::MAX)
        .filter(|c| counts[usize::from(*c)] > 0)
        .collect();
    codes.sort_by_key(|c| Reverse(counts[usize::from(*c)]));
    let mut numbers = vec![0; PLANE];
    // One character of the plane at most is left without a number: no text has them all.
    for (code, number) in codes.into_iter().zip(1..=u16::MAX) {
        numbers[usize::from(code)] = number;
    }
    numbers
}

/// States while they get their places.
struct Making {
    cells: Vec<Option<Cell>>,
    n_numbers: usize,
    /// No place before this is free.
    free: usize,
    /// Where states with more than one follower are tried first.
    tried: usize,
}

impl Making {
    /// Finds place for what follows a state, by the numbers of the next characters; returns where they are counted from.
    fn place(&mut self, next: &[u16], state: u32) -> u32 {
        /// After so many places that were taken what is before them counts as full.
        const PATIENCE: usize = 200;
        let Some(&least) = next.first() else {
            return 0;
        };
        while self.cells.get(self.free).is_some_and(Option::is_some) {
            self.free += 1;
        }
        let is_free = |at: usize| self.cells.get(at).is_none_or(Option::is_none);
        let from = match next {
            [_] => self.free,
            _ => self.free.max(self.tried),
        };
        let fits = |first: &usize| {
            next.iter()
                .all(|number| is_free(first + usize::from(*number)))
        };
        let from = from - usize::from(least).min(from);
        let first = (from..).find(fits).expect("all is free at the end");
        if next.len() > 1 && first - from > PATIENCE {
            self.tried = first;
        }
        assert!(first + self.n_numbers < MOST as usize, "too many sequences");
        let last = first + usize::from(next[next.len() - 1]);
        if self.cells.len() <= last {
            self.cells.resize(last + 1, None);
        }
        for number in next {
            self.cells[first + usize::from(*number)] = Some(Cell::new(state, 0, NOTHING));
        }
        first as u32
    }

    /// All states, with empty ones where the search for a sequence that is not there can end.
    fn finish(mut self, numbers: Vec<u16>) -> Sequences {
        self.cells.resize(self.cells.len() + self.n_numbers, None);
        let cells = self.cells.into_iter();
        Sequences {
            numbers,
            cells: cells.map(|cell| cell.unwrap_or(Cell::EMPTY)).collect(),
        }
    }
}
