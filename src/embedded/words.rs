//! Packs `data/words/words.tsv`: the dictionary stays readable text in the repository and needs no loading at all.
//!
//! A trie in an array (Aoe 1989, "An efficient digital search algorithm by using a double-array structure"): what follows a
//! cell stands at the number of the next character, counted from where its cell says, and tells the number by which it was
//! reached. No two cells count from the same place, so that this number is proof enough.
//!
//! Little-endian: for each character of the basic plane its number as `u16`, 0 for those in no word; the logarithm of all
//! counts together, in units of a cost, as `u32`; `u32` number of tags, the first two letters of each as `u16`; then the cells as
//! `u64`. The words that begin with a character are counted from cell 0.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

/// Parts of a cell, from its lowest bit: number of the last character, where what follows is counted from, cost of the word that
/// ends here plus one, its tag.
pub const BITS: [u32; 4] = [14, 22, 14, 8];
/// Units of cost in a natural logarithm.
pub const UNIT: f64 = 400.0;

/// A word: the numbers of its characters, its cost, its tag.
type Entry = (Vec<u16>, u64, u64);

/// The packed form of the dictionary; an error names the line.
pub fn pack(table: &str) -> Result<Vec<u8>, String> {
    let mut words: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for (n, line) in table.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let bad = || format!("line {}: expected word, count and tag", n + 1);
        let mut cells = line.split('\t');
        let word = cells.next().ok_or_else(bad)?;
        let count = cells.next().and_then(|c| c.parse().ok()).ok_or_else(bad)?;
        let tag = cells.next().ok_or_else(bad)?;
        let is_plain = !word.is_empty() && word.chars().all(|c| (c as u32) < 0x1_0000);
        if !is_plain || count == 0 || tag.is_empty() || words.insert(word, (count, tag)).is_some() {
            return Err(bad());
        }
    }
    let numbers = numbers(&words)?;
    let mut tags: Vec<&str> = words.values().map(|(_, tag)| *tag).collect();
    tags.sort_unstable();
    tags.dedup();
    let all = words
        .values()
        .map(|(count, _)| *count as f64)
        .sum::<f64>()
        .ln();
    let mut entries: Vec<Entry> = Vec::with_capacity(words.len());
    for (word, (count, tag)) in &words {
        let cost = ((all - (*count as f64).ln()) * UNIT).round() as u64;
        let tag = tags.binary_search(tag).expect("each tag is among them") as u64;
        entries.push((word.chars().map(|c| numbers[&c]).collect(), cost, tag));
    }
    entries.sort_unstable();
    let cells = cells(&entries)?;
    let mut plane = vec![0u16; 0x1_0000];
    for (c, number) in numbers {
        plane[c as usize] = number;
    }
    let mut out: Vec<u8> = plane.into_iter().flat_map(u16::to_le_bytes).collect();
    out.extend(((all * UNIT).round() as u32).to_le_bytes());
    out.extend((tags.len() as u32).to_le_bytes());
    for tag in tags {
        let code = tag
            .bytes()
            .take(2)
            .fold(0, |code, b| code << 8 | u16::from(b));
        out.extend(code.to_le_bytes());
    }
    out.extend(cells.into_iter().flat_map(u64::to_le_bytes));
    Ok(out)
}

/// Numbers for characters, from 1: low for those that stand in most words, so that the array has few holes.
fn numbers(words: &BTreeMap<&str, (u64, &str)>) -> Result<BTreeMap<char, u16>, String> {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for c in words.keys().flat_map(|word| word.chars()) {
        *counts.entry(c).or_default() += 1;
    }
    if counts.len() >> BITS[0] > 0 {
        return Err(format!("{} characters are too many", counts.len()));
    }
    let mut chars: Vec<(char, usize)> = counts.into_iter().collect();
    chars.sort_by_key(|(_, count)| Reverse(*count));
    Ok(chars.into_iter().map(|(c, _)| c).zip(1..).collect())
}

/// Words that begin alike, with the cell in which what is alike ends.
struct Open<'a> {
    cell: usize,
    entries: &'a [Entry],
}

/// The cells of words, which are sorted.
fn cells(entries: &[Entry]) -> Result<Vec<u64>, String> {
    let most = entries.iter().flat_map(|e| &e.0).max();
    let n_numbers = most.map_or(1, |most| usize::from(*most) + 1);
    let shift = |part: usize| BITS[..part].iter().sum::<u32>();
    let mut cells = vec![0u64; n_numbers];
    // Where the words of one character begin is counted from, which cell 0 itself is not.
    let mut places = Places {
        taken: HashSet::from([0]),
        free: 1,
        tried: 1,
    };
    let mut ends = Vec::new();
    let root = Open { cell: 0, entries };
    let mut level = vec![root];
    for length in 0.. {
        if level.is_empty() {
            break;
        }
        let mut wider: Vec<(Vec<u16>, Open)> = Vec::new();
        for open in level {
            let longer = open.entries.iter().position(|e| e.0.len() > length);
            let longer = &open.entries[longer.unwrap_or(open.entries.len())..];
            if let Some((_, cost, tag)) = open.entries.first().filter(|e| e.0.len() == length) {
                if (*cost + 1) >> BITS[2] > 0 || tag >> BITS[3] > 0 {
                    return Err("a word is too rare or there are too many tags".to_owned());
                }
                cells[open.cell] |= (cost + 1) << shift(2) | tag << shift(3);
            }
            let mut next: Vec<u16> = longer.iter().map(|e| e.0[length]).collect();
            next.dedup();
            match next.is_empty() {
                true => ends.push(open.cell),
                false => wider.push((
                    next,
                    Open {
                        entries: longer,
                        ..open
                    },
                )),
            }
        }
        wider.sort_by_key(|(next, _)| Reverse(next.len()));
        level = Vec::new();
        for (next, open) in wider {
            let from = match length {
                0 => 0,
                _ => places.find(&cells, &next),
            };
            let last = from + usize::from(next[next.len() - 1]);
            if cells.len() <= last {
                cells.resize(last + 1, 0);
            }
            cells[open.cell] |= (from as u64) << shift(1);
            for alike in open.entries.chunk_by(|a, b| a.0[length] == b.0[length]) {
                let number = alike[0].0[length];
                let cell = from + usize::from(number);
                cells[cell] = u64::from(number);
                level.push(Open {
                    cell,
                    entries: alike,
                });
            }
        }
    }
    // What follows the last characters of words is counted from where there is nothing.
    let nothing = cells.len();
    for cell in ends {
        cells[cell] |= (nothing as u64) << shift(1);
    }
    cells.resize(nothing + n_numbers, 0);
    if cells.len() >> BITS[1] > 0 {
        return Err(format!("{} cells are too many", cells.len()));
    }
    Ok(cells)
}

/// Where there is place.
struct Places {
    /// From these places something is counted.
    taken: HashSet<usize>,
    /// No cell before this is free.
    free: usize,
    /// Where places for more than one cell are tried first.
    tried: usize,
}

impl Places {
    /// Finds place for cells of these numbers, counted from where no others are.
    fn find(&mut self, cells: &[u64], next: &[u16]) -> usize {
        /// After so many places that were taken what is before them counts as full.
        const PATIENCE: usize = 200;
        let is_free = |at: usize| cells.get(at).is_none_or(|cell| *cell == 0);
        while !is_free(self.free) {
            self.free += 1;
        }
        let first = match next {
            [_] => self.free,
            _ => self.free.max(self.tried),
        };
        let first = first.saturating_sub(usize::from(next[0])).max(1);
        let fits = |from: &usize| {
            !self.taken.contains(from) && next.iter().all(|n| is_free(from + usize::from(*n)))
        };
        let from = (first..).find(fits).expect("all is free at the end");
        if next.len() > 1 && from - first > PATIENCE {
            self.tried = from;
        }
        self.taken.insert(from);
        from
    }
}
