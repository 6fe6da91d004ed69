//! Reads the index of names where it lies: the file is mapped, and a search touches the pages that it walks over.
//!
//! A file that is cut while it is mapped would end the program. None is: a build writes a new file and puts it in the
//! old one's place, and the old one lives on as long as it is mapped.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use mmap_io::{MemoryMappedFile, MmapIoError};
use rustc_hash::FxHashMap;

use super::Entry;
use crate::{Error, Result};

/// The last bytes of an index; the number is that of the format.
pub(super) const MAGIC: &[u8; 8] = b"XTNAMES2";
/// Keys of names, keys of pinyin, lists of both, pairs of characters, their lists, entries, where each entry begins, and
/// the entries' numbers in order of the hashes of their IRIs.
pub(super) const SECTIONS: usize = 8;
/// Bytes of a hash with its number.
const HASHED: u64 = 12;

/// Sorted keys.
pub(super) type Keys<'a> = fst::Map<&'a [u8]>;

enum Source {
    File(MemoryMappedFile, PathBuf),
    Memory(Vec<u8>),
}

/// One file of entries, open for searching.
pub(super) struct Index {
    source: Source,
    ends: [u64; SECTIONS],
}

impl Index {
    /// Opens the index in this file; `None` if there is no such file or it is of another format.
    pub(super) fn open(path: &Path) -> Result<Option<Self>> {
        match MemoryMappedFile::open_ro(path) {
            Ok(map) => Self::new(Source::File(map, path.to_owned())).map(Some),
            Err(MmapIoError::Io(e)) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::file(path, io::Error::other(e))),
        }
    }

    /// An index in memory.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Result<Self> {
        Self::new(Source::Memory(bytes))
    }

    fn new(source: Source) -> Result<Self> {
        let mut index = Self {
            source,
            ends: [0; SECTIONS],
        };
        let foot = (SECTIONS * 8 + MAGIC.len()) as u64;
        let length = index.bytes().len() as u64;
        let start = length.checked_sub(foot).ok_or_else(|| index.damaged())?;
        let bytes = index.read(start, foot)?;
        if !bytes.ends_with(MAGIC) {
            return Err(index.damaged());
        }
        let ends: Vec<u64> = bytes.chunks_exact(8).take(SECTIONS).map(number).collect();
        index.ends.copy_from_slice(&ends);
        if index.ends[SECTIONS - 1] != start || !index.ends.is_sorted() {
            return Err(index.damaged());
        }
        Ok(index)
    }

    pub(super) fn damaged(&self) -> Error {
        let path = match &self.source {
            Source::File(_, path) => path.display().to_string(),
            Source::Memory(_) => "index of names".to_owned(),
        };
        Error::Store(format!(
            "{path}: damaged or of another version; run `xiangtu build` again, which writes it anew"
        ))
    }

    fn bytes(&self) -> &[u8] {
        match &self.source {
            Source::File(map, _) => {
                let all = map.as_slice_bytes(0, map.len());
                all.expect("a map to read lends all that it holds")
            }
            Source::Memory(bytes) => bytes,
        }
    }

    fn read(&self, start: u64, length: u64) -> Result<&[u8]> {
        self.bytes()
            .get(start as usize..start.saturating_add(length) as usize)
            .ok_or_else(|| self.damaged())
    }

    fn start(&self, section: usize) -> u64 {
        section.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// Reads within a section; asking for more than it holds is an error.
    fn read_in(&self, section: usize, at: u64, length: u64) -> Result<&[u8]> {
        let start = self.start(section).saturating_add(at);
        if start.saturating_add(length) > self.ends[section] {
            return Err(self.damaged());
        }
        self.read(start, length)
    }

    fn map(&self, section: usize) -> Result<Keys<'_>> {
        let start = self.start(section);
        let bytes = self.read(start, self.ends[section] - start)?;
        Keys::new(bytes).map_err(|_| self.damaged())
    }

    pub(super) fn keys(&self) -> Result<Keys<'_>> {
        self.map(0)
    }

    pub(super) fn pinyin(&self) -> Result<Keys<'_>> {
        self.map(1)
    }

    /// The entries that a key's value leads to.
    pub(super) fn entries_of(&self, value: u64) -> Result<Vec<u32>> {
        if value & 1 == 0 {
            return Ok(vec![(value >> 1) as u32]);
        }
        self.list(2, value >> 1)
    }

    /// The entries one of whose names has each of the pairs of neighbours in this text.
    pub(super) fn holding(&self, chars: &[char]) -> Result<Vec<u32>> {
        let pairs = self.map(3)?;
        let mut lists = Vec::new();
        for pair in chars.windows(2) {
            let Some(at) = pairs.get(pair.iter().collect::<String>()) else {
                return Ok(Vec::new());
            };
            lists.push(self.list(4, at)?);
        }
        lists.sort_by_key(Vec::len);
        let mut lists = lists.into_iter();
        let mut found = lists.next().unwrap_or_default();
        for list in lists {
            found.retain(|entry| list.binary_search(entry).is_ok());
        }
        Ok(found)
    }

    /// The entries whose names have at least so many of the pairs of neighbours in this text.
    pub(super) fn sharing(&self, chars: &[char], at_least: usize) -> Result<Vec<u32>> {
        let pairs = self.map(3)?;
        let texts: BTreeSet<String> = chars.windows(2).map(|pair| pair.iter().collect()).collect();
        // A pair that is there twice counts once, on both sides.
        let at_least = at_least
            .saturating_sub(chars.len() - 1 - texts.len())
            .max(1);
        let mut lists = Vec::new();
        for text in &texts {
            lists.push(match pairs.get(text) {
                Some(at) => self.list(4, at)?,
                None => Vec::new(),
            });
        }
        lists.sort_by_key(Vec::len);
        // Whoever has enough of all has one of the rarest; the common ones need not be walked.
        let rarest = (lists.len() + 1).saturating_sub(at_least).min(lists.len());
        let (rare, common) = lists.split_at(rarest);
        let mut shared: FxHashMap<u32, usize> = FxHashMap::default();
        for entry in rare.iter().flatten() {
            *shared.entry(*entry).or_default() += 1;
        }
        for list in common {
            for (entry, n) in &mut shared {
                *n += usize::from(list.binary_search(entry).is_ok());
            }
        }
        let mut found: Vec<u32> = shared
            .into_iter()
            .filter_map(|(entry, n)| (n >= at_least).then_some(entry))
            .collect();
        found.sort_unstable();
        Ok(found)
    }

    fn list(&self, section: usize, at: u64) -> Result<Vec<u32>> {
        let length = self.read_in(section, at, 4)?;
        let length = length.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
        let (mut last, mut step, mut shift) = (0_u32, 0_u32, 0);
        let mut numbers = Vec::new();
        for byte in self.read_in(section, at + 4, length)? {
            step |= u32::from(byte & 0x7F).checked_shl(shift).unwrap_or(0);
            shift += 7;
            if *byte < 0x80 {
                last = last.wrapping_add(step);
                numbers.push(last);
                (step, shift) = (0, 0);
            }
        }
        Ok(numbers)
    }

    /// One entry by its number.
    pub(super) fn entry(&self, number_of: u32) -> Result<Entry> {
        let at = u64::from(number_of) * 8;
        let place = number(self.read_in(6, at, 8)?);
        // The last entry ends with its section.
        let end = match self.read_in(6, at + 8, 8) {
            Ok(next) => number(next),
            Err(_) => self.ends[5],
        };
        let within = place.checked_sub(self.ends[4]).zip(end.checked_sub(place));
        let (at, length) = within.ok_or_else(|| self.damaged())?;
        let line = self.read_in(5, at, length)?;
        serde_json::from_slice(line).map_err(|_| self.damaged())
    }

    /// All entries in their order, one after another.
    pub(super) fn entries(&self) -> Result<impl Iterator<Item = Result<Entry>>> {
        let bytes = self.read(self.start(5), self.ends[5] - self.start(5))?;
        let entries = serde_json::Deserializer::from_slice(bytes).into_iter();
        Ok(entries.map(|entry| entry.map_err(|_| self.damaged())))
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        ((self.ends[6] - self.ends[5]) / 8) as usize
    }

    /// Length in bytes.
    pub(super) fn size(&self) -> u64 {
        self.ends[SECTIONS - 1]
    }

    /// The number of the entry with an IRI.
    pub(super) fn number_of(&self, id: &str) -> Result<Option<u32>> {
        let wanted = hash_of(id);
        let at = |i: u64| {
            let bytes = self.read_in(7, i * HASHED, HASHED)?;
            Ok((number(&bytes[..8]), number(&bytes[8..]) as u32))
        };
        let (mut low, mut high) = (0, self.len() as u64);
        while low < high {
            let middle = (low + high) / 2;
            if at(middle)?.0 < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for i in low..self.len() as u64 {
            let (hash, found) = at(i)?;
            if hash != wanted {
                break;
            }
            if self.entry(found)?.id == id {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// By what an entry is found again.
pub(super) fn hash_of(id: &str) -> u64 {
    number(&blake3::hash(id.as_bytes()).as_bytes()[..8])
}

pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |n, byte| n << 8 | u64::from(*byte))
}
