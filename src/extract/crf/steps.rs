//! Looks up the sequences of a text side by side, and has rows come near before they are needed.

use std::hint::select_unpredictable;

use prefetch_index::prefetch_index;

use super::double_array::Cell;
use super::sequences::Sequences;
use super::table::{Table, rows_at};

/// So many look-ups go side by side: what they ask for fits into the first cache of a processor.
const TOGETHER: usize = 512;

impl Sequences {
    /// Where the rows begin of the sequences of one, two and three characters with which each of `n` places begins, given the
    /// numbers of its characters; those of [`NOTHING`](super::table::NOTHING) where there is none. That is three loads of memory
    /// a place; all places take one step before the next, and ask for the one after it, so that the waits for memory overlap.
    pub fn find_all(
        &self,
        n: usize,
        numbers: impl Fn(usize) -> [u16; 3],
        found: &mut Vec<[u32; 3]>,
    ) {
        for first in (0..n).step_by(TOGETHER) {
            let places = first..n.min(first + TOGETHER);
            let before = found.len();
            found.extend(places.clone().map(|place| {
                let [one, two, _] = numbers(place);
                let cell = self.step(u32::from(one), one);
                [rows_at(cell.value()), self.lead(cell, two), 0]
            }));
            let found = &mut found[before..];
            for (place, [_, at, next]) in places.clone().zip(&mut *found) {
                let [_, two, three] = numbers(place);
                let cell = self.step(*at, two);
                (*at, *next) = (rows_at(cell.value()), self.lead(cell, three));
            }
            for (place, [_, _, at]) in places.zip(found) {
                let [_, _, three] = numbers(place);
                *at = rows_at(self.step(*at, three).value());
            }
        }
    }

    /// The cell to which a number led; none if it belongs to another.
    #[inline(always)]
    fn step(&self, at: u32, number: u16) -> Cell {
        let cell = self.cells[at as usize];
        select_unpredictable(cell.number() == number, cell, Cell::default())
    }

    /// Where a number leads to from a cell, which is asked for: to the first cell, which is none, if nothing follows.
    #[inline(always)]
    fn lead(&self, cell: Cell, number: u16) -> u32 {
        let at = cell.next() + usize::from(number);
        let at = select_unpredictable(cell.next() > 0, at, 0);
        prefetch_index(&self.cells, at);
        at as u32
    }
}

impl Table {
    /// Has the line of memory come near that holds this byte of the rows, without waiting for it.
    #[inline(always)]
    pub fn prefetch(&self, at: usize) {
        prefetch_index(&self.records, at);
    }
}
