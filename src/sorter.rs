//! Records in order, however many there are: those that do not fit into memory wait in files without a name.
//!
//! A *record* is a run of bytes, and records are ordered by their bytes. Sorted runs are written out and merged (Knuth, TAOCP 3,
//! 5.4), each record without what it has in common with the one before. The files have no name, so a program that is
//! stopped leaves none behind. The crates for this sort values that they serialise, and name their files.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

/// Bytes of records that one sorter keeps in memory, where many are not used at a time.
pub(crate) const IN_MEMORY: usize = 24 << 20;
/// With more runs than this they are merged into one.
const MOST_RUNS: usize = 64;
/// Bytes of a run that are read at a time.
const READ: usize = 64 << 10;

/// Takes records in any order.
pub(crate) struct Sorter {
    folder: PathBuf,
    most: usize,
    bytes: Vec<u8>,
    /// Where each record begins and how long it is.
    at: Vec<(u32, u32)>,
    runs: Vec<Run>,
}

/// Gives records in order.
pub(crate) enum Sorted {
    /// All of them are in memory.
    Memory(Sorter, usize),
    /// They are in files; the first one is the next, or was given already.
    Files(BinaryHeap<Reverse<Run>>, bool),
}

/// Gives records by their *keys*, which go up to the first byte of 0.
pub(crate) struct Groups {
    sorted: Sorted,
    ahead: Option<Vec<u8>>,
    key: Vec<u8>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// A file of sorted records, each as the length of what it has in common with the one before, the length of the rest,
/// and the rest.
pub(crate) struct Run {
    record: Vec<u8>,
    file: BufReader<File>,
}

impl Sorter {
    /// A sorter that keeps `most` bytes in memory and the rest in a folder, or where the system keeps such files if
    /// nothing may be written there.
    pub(crate) fn new(folder: &Path, most: usize) -> Self {
        Self {
            folder: folder.to_owned(),
            most: most.min(u32::MAX as usize),
            bytes: Vec::new(),
            at: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Takes a record, which is made of parts.
    pub(crate) fn add(&mut self, parts: &[&[u8]]) -> io::Result<()> {
        let length = parts.iter().map(|part| part.len()).sum::<usize>();
        let held = self.bytes.len() + size_of::<(u32, u32)>() * self.at.len();
        if held + length > self.most && !self.at.is_empty() {
            self.spill()?;
        }
        let start = self.bytes.len();
        parts
            .iter()
            .for_each(|part| self.bytes.extend_from_slice(part));
        let record = u32::try_from(start).ok().zip(u32::try_from(length).ok());
        self.at.push(record.ok_or(io::ErrorKind::FileTooLarge)?);
        Ok(())
    }

    /// All records in order.
    pub(crate) fn sorted(mut self) -> io::Result<Sorted> {
        if self.runs.is_empty() {
            self.sort();
            return Ok(Sorted::Memory(self, 0));
        }
        self.spill()?;
        self.bytes = Vec::new();
        self.at = Vec::new();
        merged(self.runs)
    }

    fn record(&self, number: usize) -> Option<&[u8]> {
        let (start, length) = *self.at.get(number)?;
        self.bytes
            .get(start as usize..start as usize + length as usize)
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        let record = |&(start, length): &(u32, u32)| {
            &bytes[start as usize..start as usize + length as usize]
        };
        self.at
            .par_sort_unstable_by(|a, b| record(a).cmp(record(b)));
    }

    /// Writes out what is in memory.
    fn spill(&mut self) -> io::Result<()> {
        if self.at.is_empty() {
            return Ok(());
        }
        self.sort();
        let mut run = NewRun::new(&self.folder)?;
        for number in 0..self.at.len() {
            run.write(self.record(number).unwrap_or_default())?;
        }
        self.runs.extend(run.finish()?);
        self.bytes.clear();
        self.at.clear();
        if self.runs.len() >= MOST_RUNS {
            let mut sorted = merged(std::mem::take(&mut self.runs))?;
            let mut run = NewRun::new(&self.folder)?;
            while let Some(record) = sorted.next()? {
                run.write(record)?;
            }
            self.runs.extend(run.finish()?);
        }
        Ok(())
    }
}

fn merged(runs: Vec<Run>) -> io::Result<Sorted> {
    Ok(Sorted::Files(
        runs.into_iter().map(Reverse).collect(),
        false,
    ))
}

impl Sorted {
    /// The next record.
    pub(crate) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        match self {
            Self::Memory(sorter, next) => {
                *next += 1;
                Ok(sorter.record(*next - 1))
            }
            Self::Files(runs, given) => {
                if *given
                    && let Some(mut first) = runs.peek_mut()
                    && !first.0.advance()?
                {
                    PeekMut::pop(first);
                }
                *given = true;
                Ok(runs.peek().map(|run| run.0.record.as_slice()))
            }
        }
    }

    /// The records by their keys.
    pub(crate) fn groups(mut self) -> io::Result<Groups> {
        let ahead = self.next()?.map(<[u8]>::to_vec);
        Ok(Groups {
            sorted: self,
            ahead,
            key: Vec::new(),
            bytes: Vec::new(),
            ends: Vec::new(),
        })
    }
}

impl Groups {
    /// Goes on to the next key; whether there is one.
    pub(crate) fn next(&mut self) -> io::Result<bool> {
        let Some(mut record) = self.ahead.take() else {
            return Ok(false);
        };
        self.bytes.clear();
        self.ends.clear();
        let key = split(&record).0.len();
        self.key.clear();
        self.key.extend_from_slice(&record[..key]);
        loop {
            self.bytes.extend_from_slice(split(&record).1);
            self.ends.push(self.bytes.len());
            match self.sorted.next()? {
                None => return Ok(true),
                Some(next) => {
                    record.clear();
                    record.extend_from_slice(next);
                }
            }
            if split(&record).0 != self.key {
                self.ahead = Some(record);
                return Ok(true);
            }
        }
    }

    /// The key.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Number of its records.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Its records in order, without the key.
    pub(crate) fn records(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.bytes[start..*end])
    }
}

/// A record's key and what stands behind it.
pub(crate) fn split(record: &[u8]) -> (&[u8], &[u8]) {
    match record.iter().position(|byte| *byte == 0) {
        Some(at) => (&record[..at], &record[at + 1..]),
        None => (record, &[]),
    }
}

/// A new file without a name.
pub(crate) fn unnamed(folder: &Path) -> io::Result<File> {
    match tempfile::tempfile_in(folder) {
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            tempfile::tempfile()
        }
        file => file,
    }
}

/// A run that is being written.
struct NewRun {
    last: Vec<u8>,
    file: BufWriter<File>,
}

impl NewRun {
    fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            last: Vec::new(),
            file: BufWriter::with_capacity(READ, unnamed(folder)?),
        })
    }

    fn write(&mut self, record: &[u8]) -> io::Result<()> {
        let pairs = self.last.iter().zip(record);
        let common = pairs.take_while(|(a, b)| a == b).count();
        write_number(common, &mut self.file)?;
        write_number(record.len() - common, &mut self.file)?;
        self.file.write_all(&record[common..])?;
        self.last.truncate(common);
        self.last.extend_from_slice(&record[common..]);
        Ok(())
    }

    /// The run at its first record, if it has one.
    fn finish(self) -> io::Result<Option<Run>> {
        let mut file = self.file.into_inner().map_err(|e| e.into_error())?;
        file.rewind()?;
        let mut run = Run {
            record: Vec::new(),
            file: BufReader::with_capacity(READ, file),
        };
        Ok(run.advance()?.then_some(run))
    }
}

/// Seven bits a byte, the lowest first.
fn write_number(mut number: usize, out: &mut impl Write) -> io::Result<()> {
    while number >= 0x80 {
        out.write_all(&[number as u8 | 0x80])?;
        number >>= 7;
    }
    out.write_all(&[number as u8])
}

impl Run {
    /// Goes on to the next record; whether there is one.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(common) = self.read_number()? else {
            return Ok(false);
        };
        let rest = self.read_number()?.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.record.resize(common + rest, 0);
        self.file.read_exact(&mut self.record[common..])?;
        Ok(true)
    }

    fn read_number(&mut self) -> io::Result<Option<usize>> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let mut byte = [0];
            if self.file.read(&mut byte)? == 0 {
                return Ok(None);
            }
            number |= usize::from(byte[0] & 0x7F) << shift;
            if byte[0] < 0x80 {
                return Ok(Some(number));
            }
            shift += 7;
        }
    }
}

impl Ord for Run {
    fn cmp(&self, other: &Self) -> Ordering {
        self.record.cmp(&other.record)
    }
}

impl PartialOrd for Run {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Run {}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut sorted: Sorted) -> Vec<Vec<u8>> {
        let mut records = Vec::new();
        while let Some(record) = sorted.next().unwrap() {
            records.push(record.to_vec());
        }
        records
    }

    /// Some thousand records, many of them alike or equal.
    fn records() -> Vec<Vec<u8>> {
        let mut state = 1_u64;
        let record = |_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            let n = state >> 40;
            format!("https://example.org/{}/{}", n % 7, n % 3000)
                .repeat(1 + usize::from(n.is_multiple_of(5)) * 9)
        };
        (0..5000).map(record).map(String::into_bytes).collect()
    }

    #[test]
    fn whatever_fits_into_memory_the_order_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let mut wanted = records();
        for most in [1, 4 << 10, 1 << 20] {
            let mut sorter = Sorter::new(folder.path(), most);
            for record in records() {
                sorter.add(&[&record[..5], &record[5..]]).unwrap();
            }
            wanted.sort();
            assert!(all(sorter.sorted().unwrap()) == wanted, "{most}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(all(Sorter::new(folder.path(), 9).sorted().unwrap()).is_empty());
    }

    #[test]
    fn groups_are_the_records_of_one_key() {
        for most in [1, 1 << 20] {
            let mut sorter = Sorter::new(&std::env::temp_dir(), most);
            for record in ["b\0", "a\0z", "ab\0x", "a\0y\0", "b\0w", "a"] {
                sorter.add(&[record.as_bytes()]).unwrap();
            }
            let mut groups = sorter.sorted().unwrap().groups().unwrap();
            let mut found = Vec::new();
            while groups.next().unwrap() {
                let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                let records: Vec<String> = groups.records().map(text).collect();
                found.push((text(groups.key()), records.join(",")));
            }
            let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (&a[..], &b[..])).collect();
            assert_eq!(found, [("a", ",y\0,z"), ("ab", "x"), ("b", ",w")]);
        }
    }
}
