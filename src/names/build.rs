//! Writes the index of names: entries in, one file out, whatever their number in bounded memory.
//!
//! Entries are sorted by rank, which numbers them; then everything that leads to them is sorted, and what comes out in
//! order is written as it comes.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use fst::MapBuilder;
use rayon::prelude::*;
use tempfile::{SpooledTempFile, spooled_tempfile_in};

use super::file::{MAGIC, SECTIONS, hash_of};
use super::{Entry, pinyin};
use crate::identity::plain;
use crate::sorter::{IN_MEMORY, Sorted, Sorter};

/// The keys of so many entries are made at a time.
const AT_A_TIME: usize = 2_000;
/// Bytes of a number behind a record.
const NUMBER: usize = 4;

/// Gathers entries, in any order and each once, and writes their index.
pub struct Writer {
    folder: PathBuf,
    /// Bytes that each of the things that lead to entries keeps in memory.
    most: usize,
    entries: Sorter,
}

/// What leads to entries: keys of names and of pinyin, pairs of neighbouring characters, hashes of IRIs; each with the
/// number of the entry behind it.
struct Ways {
    keys: Sorter,
    pinyin: Sorter,
    pairs: Sorter,
    hashes: Sorter,
    /// Number of entries.
    entries: u32,
}

/// The same of one entry.
struct WaysOf {
    keys: BTreeSet<String>,
    pinyin: BTreeSet<String>,
    pairs: BTreeSet<String>,
    hash: u64,
}

impl WaysOf {
    fn new(entry: &Entry) -> Self {
        let names: Vec<String> = entry.names.iter().map(|name| plain(name)).collect();
        let mut pairs = BTreeSet::new();
        for name in &names {
            let chars: Vec<char> = name.chars().collect();
            pairs.extend(chars.windows(2).map(String::from_iter));
        }
        Self {
            keys: names.into_iter().collect(),
            pinyin: entry.names.iter().flat_map(|n| pinyin::keys(n)).collect(),
            pairs,
            hash: hash_of(&entry.id),
        }
    }
}

/// A part of the file that is written before its turn; a small one stays in memory.
struct Aside(SpooledTempFile);

impl Aside {
    fn new(folder: &Path, most: usize) -> Self {
        Self(spooled_tempfile_in(most, folder))
    }

    fn write_to(mut self, out: &mut impl Write) -> io::Result<()> {
        self.0.rewind()?;
        io::copy(&mut self.0, out).map(drop)
    }
}

/// A list of ascending numbers: its length in bytes, then the steps from each to the next, seven bits a byte.
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

    fn write(&self, out: &mut Counted<impl Write>) -> io::Result<()> {
        out.write_all(&(self.bytes.len() as u32).to_le_bytes())?;
        out.write_all(&self.bytes)
    }
}

/// Counts what is written, so that the sections know where they begin.
struct Counted<W> {
    out: W,
    n: u64,
}

impl<W: Write> Write for Counted<W> {
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

/// The same order as bytes.
fn rank(entry: &Entry) -> [u8; 16] {
    let mut rank = [0; 16];
    rank[..8].copy_from_slice(&(!(entry.statements as u64)).to_be_bytes());
    rank[8..].copy_from_slice(&(!(entry.documents as u64)).to_be_bytes());
    rank
}

/// Writes the index of these entries.
pub fn write(entries: Vec<Entry>, out: &mut impl Write) -> io::Result<()> {
    let mut writer = Writer::new(&std::env::temp_dir());
    for entry in &entries {
        writer.add(entry)?;
    }
    drop(entries);
    writer.write(out)
}

impl Writer {
    /// A writer that keeps in a folder what does not fit into memory.
    pub fn new(folder: &Path) -> Self {
        Self::holding(folder, IN_MEMORY / 3)
    }

    /// The same with so many bytes of each thing in memory.
    pub(super) fn holding(folder: &Path, most: usize) -> Self {
        Self {
            folder: folder.to_owned(),
            most,
            entries: Sorter::new(folder, most),
        }
    }

    /// Takes an entry.
    pub fn add(&mut self, entry: &Entry) -> io::Result<()> {
        let json = serde_json::to_vec(entry)?;
        // An IRI holds no byte of 0.
        self.entries
            .add(&[&rank(entry), entry.id.as_bytes(), &[0], &json])
    }

    /// Writes the index.
    pub fn write(self, out: &mut impl Write) -> io::Result<()> {
        let aside = || Aside::new(&self.folder, self.most);
        let sorter = || Sorter::new(&self.folder, self.most);
        let (mut entries, mut places) = (aside(), aside());
        let ways = lead_to(self.entries.sorted()?, sorter, &mut entries, &mut places)?;
        let mut out = Counted { out, n: 0 };
        let mut ends = Vec::with_capacity(SECTIONS);
        let mut lists = Counted {
            out: aside().0,
            n: 0,
        };
        for keys in [ways.keys, ways.pinyin] {
            write_keys(keys.sorted()?, &mut out, &mut lists, false)?;
            ends.push(out.n);
        }
        Aside(lists.out).write_to(&mut out)?;
        ends.push(out.n);

        let mut lists = Counted {
            out: aside().0,
            n: 0,
        };
        write_keys(ways.pairs.sorted()?, &mut out, &mut lists, true)?;
        ends.push(out.n);
        Aside(lists.out).write_to(&mut out)?;
        ends.push(out.n);

        let start = out.n;
        entries.write_to(&mut out)?;
        ends.push(out.n);
        places.0.rewind()?;
        let mut places = BufReader::new(places.0);
        for _ in 0..ways.entries {
            let mut place = [0; 8];
            places.read_exact(&mut place)?;
            out.write_all(&(start + u64::from_le_bytes(place)).to_le_bytes())?;
        }
        ends.push(out.n);
        let mut hashes = ways.hashes.sorted()?;
        while let Some(record) = hashes.next()? {
            let (hash, number) = numbered(record);
            hash.iter()
                .rev()
                .try_for_each(|byte| out.write_all(&[*byte]))?;
            out.write_all(&number.to_le_bytes())?;
        }
        ends.push(out.n);
        for end in ends {
            out.write_all(&end.to_le_bytes())?;
        }
        out.write_all(MAGIC)
    }
}

/// Numbers the entries, writes them and where each begins, and gathers what leads to them.
fn lead_to(
    mut ranked: Sorted,
    sorter: impl Fn() -> Sorter,
    entries: &mut Aside,
    places: &mut Aside,
) -> io::Result<Ways> {
    let mut ways = Ways {
        keys: sorter(),
        pinyin: sorter(),
        pairs: sorter(),
        hashes: sorter(),
        entries: 0,
    };
    let mut place = 0_u64;
    let mut waiting: Vec<Entry> = Vec::new();
    loop {
        let record = ranked.next()?;
        let more = record.is_some();
        if let Some(record) = record {
            let json = crate::sorter::split(&record[16..]).1;
            waiting.push(serde_json::from_slice(json)?);
            places.0.write_all(&place.to_le_bytes())?;
            entries.0.write_all(json)?;
            entries.0.write_all(b"\n")?;
            place += json.len() as u64 + 1;
        }
        if waiting.len() < AT_A_TIME && more {
            continue;
        }
        for of in waiting.par_iter().map(WaysOf::new).collect::<Vec<_>>() {
            ways.add(&of)?;
        }
        waiting.clear();
        if !more {
            return Ok(ways);
        }
    }
}

impl Ways {
    /// Adds what leads to the next entry.
    fn add(&mut self, of: &WaysOf) -> io::Result<()> {
        let number = self.entries.to_be_bytes();
        self.entries += 1;
        for (sorter, keys) in [
            (&mut self.keys, &of.keys),
            (&mut self.pinyin, &of.pinyin),
            (&mut self.pairs, &of.pairs),
        ] {
            for key in keys
                .iter()
                .filter(|key| !key.is_empty() && !key.contains('\0'))
            {
                sorter.add(&[key.as_bytes(), &[0], &number])?;
            }
        }
        self.hashes.add(&[&of.hash.to_be_bytes(), &number])
    }
}

/// What stands before a number, and the number.
fn numbered(record: &[u8]) -> (&[u8], u32) {
    let (key, number) = record.split_at(record.len().saturating_sub(NUMBER));
    let number = number.iter().fold(0, |n, byte| n << 8 | u32::from(*byte));
    (key, number)
}

/// Writes keys as a map; what a key of several entries leads to goes into `lists`, or what every key leads to.
fn write_keys(
    mut records: Sorted,
    out: &mut impl Write,
    lists: &mut Counted<impl Write>,
    all_in_lists: bool,
) -> io::Result<()> {
    let mut map = MapBuilder::new(out).map_err(io::Error::other)?;
    let mut key: Vec<u8> = Vec::new();
    let mut first = 0;
    let mut steps = Steps::default();
    loop {
        let record = records.next()?.map(numbered);
        let record = record.map(|(key, number)| (key.strip_suffix(&[0]).unwrap_or(key), number));
        if let Some((same, number)) = record
            && !steps.bytes.is_empty()
            && same == key
        {
            steps.push(number);
            continue;
        }
        if !steps.bytes.is_empty() {
            let at = lists.n;
            let value = if all_in_lists {
                at
            } else if steps.last > first {
                at << 1 | 1
            } else {
                u64::from(first) << 1
            };
            if all_in_lists || steps.last > first {
                steps.write(lists)?;
            }
            map.insert(&key, value).map_err(io::Error::other)?;
        }
        let Some((next, number)) = record else {
            return map.finish().map_err(io::Error::other);
        };
        key.clear();
        key.extend_from_slice(next);
        first = number;
        steps = Steps::default();
        steps.push(number);
    }
}
