//! Walks from all characters of a text at once along the cells of a double array.

use std::ops::Range;

use prefetch_index::prefetch_index;

use super::double_array::Cell;

/// So many walks go side by side: what they ask for fits into the first cache of a processor.
const TOGETHER: usize = 512;

/// The cells of a double array.
pub trait Cells {
    /// One of them.
    fn get(&self, at: usize) -> Cell;
    /// Has one come near, without waiting for it.
    fn prefetch(&self, at: usize);
}

impl Cells for [Cell] {
    #[inline(always)]
    fn get(&self, at: usize) -> Cell {
        self[at]
    }

    #[inline(always)]
    fn prefetch(&self, at: usize) {
        prefetch_index(self, at);
    }
}

/// As the build packs them.
impl Cells for [[u8; 8]] {
    #[inline(always)]
    fn get(&self, at: usize) -> Cell {
        Cell(u64::from_le_bytes(self[at]))
    }

    #[inline(always)]
    fn prefetch(&self, at: usize) {
        prefetch_index(self, at);
    }
}

/// A sequence that stands in a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    /// Where it begins.
    pub start: u32,
    /// So many characters it has.
    pub length: u32,
    /// Its value.
    pub value: u32,
}

/// A walk that began at a character, and the cell to which its next character leads.
#[derive(Clone, Copy)]
struct Walk {
    start: u32,
    at: u32,
}

/// All sequences that stand in a text whose characters have these numbers, by start, then the shortest first.
///
/// Walks go on step by step together: what each needs next from memory is asked for while the others take their step, and which
/// of them end is no branch to guess (group prefetching: Chen et al. 2004, "Improving hash join performance through
/// prefetching").
pub fn walk_all(cells: &(impl Cells + ?Sized), numbers: impl Iterator<Item = u16>) -> Vec<Found> {
    let mut numbers: Vec<u16> = numbers.collect();
    let n = numbers.len();
    // A walk takes one step behind the text at most, and asks for what would follow.
    numbers.extend([0; 2]);
    let mut found = Vec::with_capacity(2 * n);
    let (mut walks, mut here) = (Vec::with_capacity(TOGETHER), Vec::new());
    for first in (0..n).step_by(TOGETHER) {
        let starts = first..n.min(first + TOGETHER);
        walks.clear();
        let begun = starts.clone().map(|start| Walk {
            start: start as u32,
            at: u32::from(numbers[start]),
        });
        // No sequence has a character without a number.
        walks.extend(begun.filter(|walk| walk.at > 0));
        here.clear();
        for length in 1.. {
            if walks.is_empty() {
                break;
            }
            step(cells, &numbers[length - 1..], length, &mut walks, &mut here);
        }
        by_start(&here, starts, &mut found);
    }
    found
}

/// Takes a step of every walk and keeps those that can go on. `numbers` are those of the characters from that to which the step
/// leads from the beginning of the text.
#[inline(always)]
fn step(
    cells: &(impl Cells + ?Sized),
    numbers: &[u16],
    length: usize,
    walks: &mut Vec<Walk>,
    found: &mut Vec<Found>,
) {
    let (mut n_found, mut n_kept) = (found.len(), 0);
    found.resize(n_found + walks.len(), Found::default());
    for i in 0..walks.len() {
        let Walk { start, at } = walks[i];
        let [number, next] = [0, 1].map(|k| numbers[start as usize + k]);
        let cell = cells.get(at as usize);
        let (from, value) = (cell.next(), cell.value());
        let at = from + usize::from(next);
        cells.prefetch(at);
        let is_step = cell.number() == number;
        found[n_found] = Found {
            start,
            length: length as u32,
            value,
        };
        n_found += usize::from(is_step & (value > 0));
        walks[n_kept] = Walk {
            start,
            at: at as u32,
        };
        n_kept += usize::from(is_step & (from > 0));
    }
    found.truncate(n_found);
    walks.truncate(n_kept);
}

/// Adds what was found by length in the order in which it begins.
fn by_start(found: &[Found], starts: Range<usize>, all: &mut Vec<Found>) {
    let mut ends = [0; TOGETHER + 1];
    let place = |one: &Found| one.start as usize - starts.start;
    for one in found {
        ends[place(one) + 1] += 1;
    }
    for at in 0..TOGETHER {
        ends[at + 1] += ends[at];
    }
    let before = all.len();
    all.resize(before + found.len(), Found::default());
    for one in found {
        let end = &mut ends[place(one)];
        all[before + *end] = *one;
        *end += 1;
    }
}
