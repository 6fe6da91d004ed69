//! The index of names as a build leaves it: a large file, and a small one of what has changed since it was written.
//!
//! What has changed is an index of its own; of the large file it says which entries count no more, and of each of its own
//! entries before which one of the large file it ranks. So a search in both gives what a search in one of all would give.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::Entry;
use super::build::{by_rank, write};
use super::file::{Index, number};
use crate::identity::plain;
use crate::{Error, Result};

/// The last bytes of a file of changes; the number is that of the format.
const MAGIC: &[u8; 8] = b"XTSINCE1";
/// Numbers before it: sizes of both indexes, how many entries count no more.
const FOOT: usize = 3 * 8 + MAGIC.len();

/// The index of names, open for searching.
pub struct Names {
    base: Index,
    since: Option<Since>,
}

/// What has changed since the large file was written.
struct Since {
    index: Index,
    /// Entries of the large file that count no more.
    gone: FxHashSet<u32>,
    /// Of each entry the number in the large file before which it ranks.
    before: Vec<u32>,
}

impl Names {
    /// Opens an index and what has changed since (see [`changes`]); `None` if there is no index.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let Some(base) = Index::open(path)? else {
            return Ok(None);
        };
        let changes = changes(path);
        let since = match std::fs::read(&changes) {
            Ok(bytes) => Some(Since::read(bytes, &base)?),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(Error::file(changes, e)),
        };
        Ok(Some(Self { base, since }))
    }

    /// An index in memory.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self> {
        let base = Index::from_bytes(bytes)?;
        Ok(Self { base, since: None })
    }

    /// The numbers of the entries with exactly this name.
    pub fn exact(&self, name: &str) -> Result<Vec<u32>> {
        self.both(|index| index.exact(name))
    }

    /// The entries whose pinyin this is, whole (`initials` false) or by first letters.
    pub fn by_pinyin(&self, wanted: &str, initials: bool) -> Result<Vec<u32>> {
        self.both(|index| index.by_pinyin(wanted, initials))
    }

    /// The entries one of whose names holds this, or whose pinyin begins so; of the former the first `most` only.
    pub fn part(&self, wanted: &str, most: usize) -> Result<Vec<u32>> {
        // One character is no part of a name but its beginning, and all of those are found.
        let most = match plain(wanted).chars().count() {
            ..2 => usize::MAX,
            _ => most,
        };
        let mut found = self.base.part(wanted, most, &|n| self.counts(n))?;
        if let Some(since) = &self.since {
            let more = since.index.part(wanted, most, &|_| true)?;
            found.extend(more.into_iter().map(|n| self.own(n)));
        }
        let mut found = self.ranked(found);
        found.truncate(most);
        found.extend(self.both(|index| Ok(index.part_of_pinyin(wanted)?.into_iter().collect()))?);
        Ok(self.ranked(found))
    }

    /// The entries whose name or pinyin differs from this by one slip, or by two where it is long and none differs by one;
    /// the nearest first.
    pub fn near(&self, wanted: &str) -> Result<Vec<u32>> {
        let mut nearest: BTreeMap<u32, usize> = BTreeMap::new();
        for slips in 1..=2 {
            let of_base = self.base.near(wanted, slips)?.into_iter();
            let mut found: Vec<(usize, u32)> = of_base.filter(|(_, n)| self.counts(*n)).collect();
            if let Some(since) = &self.since {
                let of_since = since.index.near(wanted, slips)?.into_iter();
                found.extend(of_since.map(|(distance, n)| (distance, self.own(n))));
            }
            for (distance, number) in found {
                let known = nearest.entry(number).or_insert(distance);
                *known = distance.min(*known);
            }
            if !nearest.is_empty() {
                break;
            }
        }
        let mut found: Vec<(u32, usize)> = nearest.into_iter().collect();
        found.sort_by_key(|(number, distance)| (*distance, self.rank(*number)));
        Ok(found.into_iter().map(|(number, _)| number).collect())
    }

    /// Numbers of entries in their order, the most spoken of first, each once.
    pub fn ranked(&self, mut numbers: Vec<u32>) -> Vec<u32> {
        numbers.sort_unstable_by_key(|number| self.rank(*number));
        numbers.dedup();
        numbers
    }

    /// One entry by its number.
    pub fn entry(&self, number: u32) -> Result<Entry> {
        match (number.checked_sub(self.base.len() as u32), &self.since) {
            (Some(own), Some(since)) => since.index.entry(own),
            _ => self.base.entry(number),
        }
    }

    /// All entries in their order. Costs the memory of them all.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        let mut entries = self.each_entry()?.collect::<Result<Vec<_>>>()?;
        entries.sort_unstable_by(by_rank);
        Ok(entries)
    }

    /// All entries one after another: those of the large file that count still, and those that have changed since.
    pub fn each_entry(&self) -> Result<impl Iterator<Item = Result<Entry>>> {
        let base = (0..).zip(self.base.entries()?);
        let base = base.filter(|(number, _)| self.counts(*number));
        let since = match &self.since {
            Some(since) => Some(since.index.entries()?),
            None => None,
        };
        Ok(base
            .map(|(_, entry)| entry)
            .chain(since.into_iter().flatten()))
    }

    /// The entry of an entity.
    pub fn entry_of(&self, id: &str) -> Result<Option<Entry>> {
        if let Some(since) = &self.since
            && let Some(number) = since.index.number_of(id)?
        {
            return since.index.entry(number).map(Some);
        }
        match self.base.number_of(id)?.filter(|n| self.counts(*n)) {
            Some(number) => self.base.entry(number).map(Some),
            None => Ok(None),
        }
    }

    /// What a file of changes is to hold after these, in which an entity without an entry is gone; `None` where there are
    /// so many that one file of all is better.
    pub fn changed(&self, changes: BTreeMap<String, Option<Entry>>) -> Result<Option<Vec<u8>>> {
        let mut gone: BTreeSet<u32> = BTreeSet::new();
        let mut now: FxHashMap<String, (Entry, Option<u32>)> = FxHashMap::default();
        if let Some(since) = &self.since {
            gone.extend(&since.gone);
            for (entry, before) in since.index.entries()?.zip(&since.before) {
                let entry = entry?;
                now.insert(entry.id.clone(), (entry, Some(*before)));
            }
        }
        for (id, entry) in changes {
            gone.extend(self.base.number_of(&id)?);
            match entry {
                Some(entry) => now.insert(id, (entry, None)),
                None => now.remove(&id),
            };
        }
        if now.len().max(gone.len()) > self.base.len() / 32 + 256 {
            return Ok(None);
        }
        let mut now: Vec<(Entry, Option<u32>)> = now.into_values().collect();
        now.sort_unstable_by(|(a, _), (b, _)| by_rank(a, b));
        let mut before = Vec::with_capacity(now.len());
        for (entry, known) in &now {
            before.push(match known {
                Some(before) => *before,
                None => self.place_of(entry)?,
            });
        }
        let mut bytes = Vec::new();
        let entries = now.into_iter().map(|(entry, _)| entry).collect();
        write(entries, &mut bytes)
            .map_err(|e| Error::Store(format!("cannot index the names: {e}")))?;
        let size = bytes.len() as u64;
        for number in gone.iter().chain(&before) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        for number in [self.base.size(), size, gone.len() as u64] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(MAGIC);
        Ok(Some(bytes))
    }

    /// The number in the large file before which an entry ranks.
    fn place_of(&self, entry: &Entry) -> Result<u32> {
        let (mut low, mut high) = (0, self.base.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            if by_rank(&self.base.entry(middle)?, entry).is_lt() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// What both files find, in order.
    fn both(&self, find: impl Fn(&Index) -> Result<Vec<u32>>) -> Result<Vec<u32>> {
        let mut found = find(&self.base)?;
        let Some(since) = &self.since else {
            found.sort_unstable();
            return Ok(found);
        };
        found.retain(|number| self.counts(*number));
        found.extend(find(&since.index)?.into_iter().map(|n| self.own(n)));
        Ok(self.ranked(found))
    }

    /// Whether an entry of the large file counts still.
    fn counts(&self, number: u32) -> bool {
        let since = self.since.as_ref();
        since.is_none_or(|since| !since.gone.contains(&number))
    }

    /// The number by which an entry of what has changed is known outside.
    fn own(&self, number: u32) -> u32 {
        self.base.len() as u32 + number
    }

    fn rank(&self, number: u32) -> (u32, bool, u32) {
        let own = number.checked_sub(self.base.len() as u32);
        match own.zip(self.since.as_ref()) {
            Some((own, since)) => {
                let before = since.before.get(own as usize);
                (before.copied().unwrap_or(u32::MAX), false, own)
            }
            None => (number, true, 0),
        }
    }
}

/// The file beside an index that holds what has changed since.
pub fn changes(index: &Path) -> PathBuf {
    index.with_extension("new")
}

impl Since {
    fn read(mut bytes: Vec<u8>, base: &Index) -> Result<Self> {
        let foot = bytes
            .len()
            .checked_sub(FOOT)
            .ok_or_else(|| base.damaged())?;
        let foot = bytes.split_off(foot);
        let mut numbers = foot.chunks_exact(8).map(number);
        let mut next = || numbers.next().unwrap_or_default();
        let (of_base, size, n_gone) = (next(), next(), next() as usize);
        if !foot.ends_with(MAGIC) || of_base != base.size() || size > bytes.len() as u64 {
            return Err(base.damaged());
        }
        let lists = bytes.split_off(size as usize);
        let index = Index::from_bytes(bytes)?;
        let numbers = lists.chunks_exact(4).map(|bytes| number(bytes) as u32);
        let since = Self {
            gone: numbers.clone().take(n_gone).collect(),
            before: numbers.skip(n_gone).collect(),
            index,
        };
        if since.before.len() != since.index.len() {
            return Err(base.damaged());
        }
        Ok(since)
    }
}
