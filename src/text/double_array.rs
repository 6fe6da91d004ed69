//! Sequences of characters in an array: a trie that takes one load of memory a step.
//!
//! What follows a cell stands at the number of the next character, counted from where the cell says, and tells the number by which
//! it was reached (Aoe 1989, "An efficient digital search algorithm by using a double-array structure"). No two cells count from
//! the same place, so that this number is proof enough. Numbers are low for the characters that stand in most sequences, so that
//! the array has few holes.
//!
//! The build lays out the dictionary and the table of weights with this file; terms are laid out as they are loaded.

use std::cmp::Reverse;

/// The bits of a cell for the number by which it is reached, then for where what follows is counted from; the others hold the
/// value.
const NUMBER: u32 = u16::BITS;
const NEXT: u32 = 22;

/// A step: what sequences that begin alike have in common.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cell(pub u64);

impl Cell {
    /// The number of the last character.
    #[inline(always)]
    pub fn number(self) -> u16 {
        self.0 as u16
    }

    /// Where what follows it is counted from; 0 if nothing does.
    #[inline(always)]
    pub fn next(self) -> usize {
        (self.0 >> NUMBER) as usize & ((1 << NEXT) - 1)
    }

    /// The value of the sequence that ends here; 0 if none does.
    #[inline(always)]
    pub fn value(self) -> u32 {
        (self.0 >> (NUMBER + NEXT)) as u32
    }

    /// Whether it is no step at all.
    fn is_free(self) -> bool {
        self.number() == 0
    }
}

/// Walks along characters by their numbers, and tells the length and the value of each sequence that ends on the way.
#[inline(always)]
pub fn walk(
    cell: impl Fn(usize) -> Cell,
    numbers: impl Iterator<Item = u16>,
    mut each: impl FnMut(usize, u32),
) {
    let mut from = 0;
    for (length, number) in (1..).zip(numbers) {
        let cell = cell(from + usize::from(number));
        if cell.number() != number {
            return;
        }
        if cell.value() > 0 {
            each(length, cell.value());
        }
        from = cell.next();
        if from == 0 {
            return;
        }
    }
}

/// Numbers for characters, by their codes: 0 for those that do not occur, low for those that occur most.
///
/// Where there are more than there are numbers, those that occur least have none.
pub fn numbers(codes: impl Iterator<Item = u32>) -> Vec<u16> {
    let mut counts: Vec<u32> = Vec::new();
    for code in codes.map(|code| code as usize) {
        if counts.len() <= code {
            counts.resize(code + 1, 0);
        }
        counts[code] += 1;
    }
    let mut found: Vec<usize> = (0..counts.len()).filter(|c| counts[*c] > 0).collect();
    found.sort_by_key(|code| Reverse(counts[*code]));
    let mut numbers = vec![0; counts.len()];
    for (code, number) in found.into_iter().zip(1..=u16::MAX) {
        numbers[code] = number;
    }
    numbers
}

/// A sequence of characters that have numbers, and its value.
pub type Entry<'a> = (&'a [u16], u32);

/// Sequences that begin alike, with the cell in which what is alike ends.
struct Open<'a> {
    cell: usize,
    entries: &'a [Entry<'a>],
}

/// The cells of sequences that are sorted, of which no two are the same and none is empty; those of one character are counted
/// from the first cell, which itself stands for a character without a number.
///
/// From wherever something is counted all numbers lead to a cell. An error says what is too large.
pub fn cells(entries: &[Entry]) -> Result<Vec<Cell>, String> {
    let most = entries.iter().flat_map(|(numbers, _)| *numbers).max();
    let n_numbers = most.map_or(1, |most| usize::from(*most) + 1);
    let mut making = Making {
        cells: vec![Cell::default(); n_numbers],
        taken: vec![true],
        tried: [1; 2],
    };
    let mut level = vec![Open { cell: 0, entries }];
    for length in 0.. {
        if level.is_empty() {
            break;
        }
        // Those with most followers first: the longer they wait, the harder place is found for them.
        let mut wider: Vec<(Vec<u16>, Open)> = Vec::new();
        for Open { cell, mut entries } in level {
            if let [(numbers, value), longer @ ..] = entries
                && numbers.len() == length
            {
                if value >> (u64::BITS - NUMBER - NEXT) > 0 {
                    return Err(format!("{value} is too large"));
                }
                making.cells[cell].0 |= u64::from(*value) << (NUMBER + NEXT);
                entries = longer;
            }
            let mut next: Vec<u16> = entries.iter().map(|(n, _)| n[length]).collect();
            next.dedup();
            if !next.is_empty() {
                wider.push((next, Open { cell, entries }));
            }
        }
        wider.sort_by_key(|(next, _)| Reverse(next.len()));
        level = Vec::new();
        for (next, open) in wider {
            let from = match length {
                0 => 0,
                _ => making.place(&next),
            };
            making.put(from, &next);
            making.cells[open.cell].0 |= (from as u64) << NUMBER;
            for alike in open
                .entries
                .chunk_by(|(a, _), (b, _)| a[length] == b[length])
            {
                level.push(Open {
                    cell: from + usize::from(alike[0].0[length]),
                    entries: alike,
                });
            }
        }
    }
    let mut cells = making.cells;
    if cells.len() >> NEXT > 0 {
        return Err(format!("{} cells are too many", cells.len()));
    }
    cells.resize(cells.len() + n_numbers, Cell::default());
    Ok(cells)
}

/// Cells that are being placed.
struct Making {
    cells: Vec<Cell>,
    /// Whether something is counted from a place.
    taken: Vec<bool>,
    /// Where place is sought for one cell, and for several: what is before counts as full.
    tried: [usize; 2],
}

impl Making {
    /// Finds place for cells of these numbers, counted from where no others are.
    fn place(&mut self, next: &[u16]) -> usize {
        /// After so many places that did not fit the next search begins behind them.
        const PATIENCE: usize = 30;
        let is_free = |at: usize| self.cells.get(at).is_none_or(|cell| cell.is_free());
        let fits = |from: usize| {
            let is_taken = self.taken.get(from).is_some_and(|taken| *taken);
            !is_taken && next.iter().all(|n| is_free(from + usize::from(*n)))
        };
        let least = usize::from(next[0]);
        let several = usize::from(next.len() > 1);
        let first = (least + 1).max(self.tried[several]);
        let at = (first..).find(|at| fits(at - least));
        let at = at.expect("all is free at the end");
        if at - first > PATIENCE {
            self.tried[several] = at;
        }
        at - least
    }

    /// Puts cells of these numbers there.
    fn put(&mut self, from: usize, next: &[u16]) {
        if self.taken.len() <= from {
            self.taken.resize(from + 1, false);
        }
        self.taken[from] = true;
        let last = from + usize::from(next[next.len() - 1]);
        if self.cells.len() <= last {
            self.cells.resize(last + 1, Cell::default());
        }
        for number in next {
            self.cells[from + usize::from(*number)] = Cell(u64::from(*number));
        }
    }
}
