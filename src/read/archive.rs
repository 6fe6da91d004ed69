//! Archives: every text in a .zip becomes a piece; nothing is ever written to disk.

use std::collections::HashMap;
use std::io::{Read, Seek};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use zip::ZipArchive;
use zip::result::ZipError;

use super::files::is_known;
use super::limits::megabytes;
use super::{Aside, Limits, Options, Piece, Pieces, Reason, encoding, from_bytes, guarded};

/// Archives may lie in an archive, but not in one that lies in another.
const DEPTH: usize = 1;

/// Where an archive lies, and what it may still unpack to.
#[derive(Clone, Default)]
pub(super) struct Within {
    depth: usize,
    /// Shared by all archives within one file; none outside of any.
    left: Option<Arc<AtomicU64>>,
    /// Paths given so far, shared likewise: `b.zip/c.txt` may be an entry of that name or one of the archive `b.zip`.
    paths: Paths,
}

/// With the number of times that each was wanted: thousands of names may differ in nothing that a path keeps.
type Paths = Arc<Mutex<HashMap<String, usize>>>;

/// The pieces of an archive of so many bytes.
pub(super) fn entries(
    reader: impl Read + Seek + Send + 'static,
    packed: u64,
    path: String,
    within: Within,
    options: &Options,
) -> Result<Pieces, Aside> {
    if within.depth > DEPTH {
        return Err(Reason::Nested.into());
    }
    let archive = guarded(|| ZipArchive::new(reader).map_err(|e| failed(&e)))?;
    let budget = options.limits.unpacked(packed);
    Ok(Box::new(Entries {
        next: 0,
        archive,
        path,
        budget,
        left: within
            .left
            .unwrap_or_else(|| Arc::new(AtomicU64::new(budget))),
        paths: within.paths,
        depth: within.depth,
        options: options.clone(),
        inner: None,
    }))
}

struct Entries<R> {
    archive: ZipArchive<R>,
    next: usize,
    path: String,
    budget: u64,
    left: Arc<AtomicU64>,
    paths: Paths,
    depth: usize,
    options: Options,
    /// The pieces of the entry that is being read: a table or an archive has many.
    inner: Option<Pieces>,
}

impl<R: Read + Seek + Send + 'static> Iterator for Entries<R> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if let Some(piece) = self.inner.as_mut().and_then(Iterator::next) {
                return Some(piece);
            }
            self.inner = None;
            if self.next >= self.archive.len() {
                return None;
            }
            let at = self.next;
            self.next += 1;
            self.inner = self.entry(at);
        }
    }
}

impl<R: Read + Seek + Send + 'static> Entries<R> {
    /// The pieces of one entry; `None` for what is no text by its name.
    fn entry(&mut self, at: usize) -> Option<Pieces> {
        let raw = self.archive.by_index_raw(at);
        let (name, is_dir) = match &raw {
            Ok(entry) => (entry_name(entry.name_raw()), entry.is_dir()),
            Err(_) => (format!("#{}", at + 1), false),
        };
        drop(raw);
        if is_dir || !(is_known(&name) || name.starts_with('#')) || is_hidden(&name) {
            return None;
        }
        let path = self.unused(format!("{}/{name}", self.path));
        Some(match self.unpack(at) {
            Ok(bytes) => {
                let within = Within {
                    depth: self.depth + 1,
                    left: Some(self.left.clone()),
                    paths: self.paths.clone(),
                };
                from_bytes(path, bytes, within, &self.options)
            }
            Err(reason) => Box::new(std::iter::once(Piece::aside(path, reason))),
        })
    }

    /// The path, with a number behind it where it is taken.
    fn unused(&self, wanted: String) -> String {
        let mut paths = self.paths.lock().expect("nothing panics while it is held");
        let mut path = wanted.clone();
        while paths.contains_key(&path) {
            let times = paths.entry(wanted.clone()).or_default();
            *times += 1;
            path = format!("{wanted}({times})");
        }
        paths.insert(path.clone(), 1);
        path
    }

    fn unpack(&mut self, at: usize) -> Result<Vec<u8>, Aside> {
        let left = self.left.load(Ordering::Relaxed);
        let limits = &self.options.limits;
        let bytes = guarded(|| {
            let entry = self.archive.by_index(at).map_err(|e| failed(&e))?;
            read_entry(entry, limits, left, self.budget)
        })?;
        self.left
            .store(left.saturating_sub(bytes.len() as u64), Ordering::Relaxed);
        Ok(bytes)
    }
}

fn read_entry(entry: impl Read, limits: &Limits, left: u64, budget: u64) -> Result<Vec<u8>, Aside> {
    let mut bytes = Vec::new();
    entry
        .take(limits.size.min(left).saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|e| Aside::new(Reason::Damaged, e))?;
    if bytes.len() as u64 > left {
        return Err(Aside::new(
            Reason::Expands,
            format!("> {}", megabytes(budget)),
        ));
    }
    limits.check_size(bytes.len() as u64)?;
    Ok(bytes)
}

/// One named part of a package such as a .docx; `None` where there is none of that name.
pub(super) fn part<R: Read + Seek>(
    package: &mut ZipArchive<R>,
    name: &str,
    limits: &Limits,
    left: &mut u64,
) -> Result<Option<Vec<u8>>, Aside> {
    let entry = match package.by_name(name) {
        Err(ZipError::FileNotFound) => return Ok(None),
        entry => entry.map_err(|e| failed(&e))?,
    };
    let bytes = read_entry(entry, limits, *left, *left)?;
    *left = left.saturating_sub(bytes.len() as u64);
    Ok(Some(bytes))
}

pub(super) fn failed(error: &ZipError) -> Aside {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Reason::Protected.into(),
        error => Aside::new(Reason::Damaged, error),
    }
}

/// Programs for Chinese Windows write names in GBK without saying so. `..` and roots are left out.
fn entry_name(raw: &[u8]) -> String {
    let name = match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => match encoding::decode(raw) {
            Ok(decoded) => decoded.text.into_owned(),
            Err(_) => encoding_rs::GB18030.decode(raw).0.into_owned(),
        },
    };
    let parts: Vec<&str> = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .collect();
    parts.join("/").replace(|c: char| c.is_control(), " ")
}

fn is_hidden(name: &str) -> bool {
    name.split('/')
        .any(|part| part.starts_with('.') || part == "__MACOSX")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_entries_are_labels_below_the_archive() {
        for (raw, expected) in [
            (&b"../../etc/a.txt"[..], "etc/a.txt"),
            (b"/a//b.txt", "a/b.txt"),
            (b"..\\a\\b.txt", "a/b.txt"),
            (b"\xC7\xE0\xBA\xD3\xD5\xF2.txt", "青河镇.txt"),
            (b"a\nb.txt", "a b.txt"),
        ] {
            assert_eq!(entry_name(raw), expected);
        }
        assert!(is_hidden("__MACOSX/._a.txt") && !is_hidden("a/b.txt"));
    }
}
