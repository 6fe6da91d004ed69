//! Writes the index of names: entries in, one file out.

use std::cmp::Ordering;
use std::io::{self, Write};

use fst::MapBuilder;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::file::{MAGIC, SECTIONS, hash_of};
use super::{Entry, pinyin};
use crate::identity::plain;

/// Keys with the entries they lead to, gathered before they are sorted; one run of bytes instead of a string each.
#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    at: Vec<(usize, usize, u32)>,
}

impl Gathered {
    fn add(&mut self, key: &str, entry: u32) {
        if !key.is_empty() {
            self.at.push((self.bytes.len(), key.len(), entry));
            self.bytes.extend_from_slice(key.as_bytes());
        }
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        let text = |&(start, length, _): &(usize, usize, u32)| &bytes[start..start + length];
        self.at
            .par_sort_unstable_by(|a, b| (text(a), a.2).cmp(&(text(b), b.2)));
    }

    /// Writes the keys, which are in order, as a map; what a key of several entries leads to goes into `lists`.
    fn write(self, out: &mut impl Write, lists: &mut Vec<u8>) -> io::Result<()> {
        let bytes = self.bytes;
        let text = |&(start, length, _): &(usize, usize, u32)| &bytes[start..start + length];
        let mut map = MapBuilder::new(out).map_err(io::Error::other)?;
        for same in self.at.chunk_by(|a, b| text(a) == text(b)) {
            let mut entries: Vec<u32> = same.iter().map(|(_, _, entry)| *entry).collect();
            entries.dedup();
            let value = match entries.as_slice() {
                [one] => u64::from(*one) << 1,
                several => {
                    let at = (lists.len() as u64) << 1 | 1;
                    write_list(several, lists);
                    at
                }
            };
            map.insert(text(&same[0]), value)
                .map_err(io::Error::other)?;
        }
        map.finish().map_err(io::Error::other)
    }
}

/// The keys of all names, in order.
fn gathered(entries: &[Entry], keys_of: impl Fn(&str, &mut dyn FnMut(&str))) -> Gathered {
    let mut keys = Gathered::default();
    for (number, entry) in (0..).zip(entries) {
        for name in &entry.names {
            keys_of(name, &mut |key| keys.add(key, number));
        }
    }
    keys.sort();
    keys
}

/// A list of ascending numbers: its length in bytes, then the steps from each to the next, seven bits a byte.
fn write_list(numbers: &[u32], out: &mut Vec<u8>) {
    let mut steps = Steps::default();
    numbers.iter().for_each(|n| steps.push(*n));
    steps.write(out);
}

#[derive(Default)]
struct Steps {
    last: u32,
    bytes: Vec<u8>,
}

impl Steps {
    /// Appends a number not below the last; the same one again is left out.
    fn push(&mut self, number: u32) {
        if !self.bytes.is_empty() && number == self.last {
            return;
        }
        let mut step = number - self.last;
        self.last = number;
        while step >= 0x80 {
            self.bytes.push(step as u8 | 0x80);
            step >>= 7;
        }
        self.bytes.push(step as u8);
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.bytes.len() as u32).to_le_bytes());
        out.extend_from_slice(&self.bytes);
    }
}

/// Counts what is written, so that the sections know where they begin.
struct Counted<'a, W> {
    out: &'a mut W,
    n: u64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.n += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The order of entries: the most spoken of first.
pub(super) fn by_rank(a: &Entry, b: &Entry) -> Ordering {
    let weight = |e: &Entry| (e.statements, e.documents);
    weight(b).cmp(&weight(a)).then_with(|| a.id.cmp(&b.id))
}

/// Writes the index of these entries. Cost: some 300 bytes of memory an entry while it runs.
pub fn write(mut entries: Vec<Entry>, out: &mut impl Write) -> io::Result<()> {
    entries.sort_unstable_by(by_rank);
    let mut out = Counted { out, n: 0 };
    let mut ends = Vec::with_capacity(SECTIONS);
    let mut lists = Vec::new();
    let numbered = || (0..).zip(&entries);

    let (keys, pinyin) = rayon::join(
        || gathered(&entries, |name, take| take(&plain(name))),
        || {
            gathered(&entries, |name, take| {
                pinyin::keys(name).iter().for_each(|stored| take(stored));
            })
        },
    );
    keys.write(&mut out, &mut lists)?;
    ends.push(out.n);
    pinyin.write(&mut out, &mut lists)?;
    ends.push(out.n);

    out.write_all(&lists)?;
    ends.push(out.n);

    let mut holding: FxHashMap<[char; 2], Steps> = FxHashMap::default();
    for (number, entry) in numbered() {
        for name in &entry.names {
            let chars: Vec<char> = plain(name).chars().collect();
            for pair in chars.windows(2) {
                holding.entry([pair[0], pair[1]]).or_default().push(number);
            }
        }
    }
    let mut pairs: Vec<([char; 2], Steps)> = holding.into_iter().collect();
    pairs.sort_unstable_by_key(|(pair, _)| *pair);
    let mut lists = Vec::new();
    let mut map = MapBuilder::new(&mut out).map_err(io::Error::other)?;
    for (pair, steps) in &pairs {
        let text: String = pair.iter().collect();
        map.insert(text, lists.len() as u64)
            .map_err(io::Error::other)?;
        steps.write(&mut lists);
    }
    map.finish().map_err(io::Error::other)?;
    ends.push(out.n);
    out.write_all(&lists)?;
    ends.push(out.n);

    let mut places = Vec::with_capacity(entries.len() * 8);
    for entry in &entries {
        places.extend_from_slice(&out.n.to_le_bytes());
        serde_json::to_writer(&mut out, entry)?;
        out.write_all(b"\n")?;
    }
    ends.push(out.n);
    out.write_all(&places)?;
    ends.push(out.n);
    let mut hashed: Vec<(u64, u32)> = numbered().map(|(n, e)| (hash_of(&e.id), n)).collect();
    hashed.sort_unstable();
    for (hash, number) in hashed {
        out.write_all(&hash.to_le_bytes())?;
        out.write_all(&number.to_le_bytes())?;
    }
    ends.push(out.n);
    for end in ends {
        out.write_all(&end.to_le_bytes())?;
    }
    out.write_all(MAGIC)
}
