//! From paths to texts: which files a run reads, and what of them is text.
//!
//! Plain text and markdown in UTF-8, with or without a byte order mark. Nothing is guessed: a file in another
//! encoding is set aside with a reason.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::text::is_han;
use crate::{Error, Result};

/// Endings of the files that are taken from a folder.
pub const ENDINGS: [&str; 2] = ["txt", "md"];

/// Why a file is not read. Its name is what the store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// No bytes, or white space only.
    Empty,
    /// Holds NUL bytes.
    Binary,
    /// Not UTF-8.
    Encoding,
    /// The system does not let it be read.
    Unreadable,
    /// Has no word in it.
    NoText,
}

impl Reason {
    /// The words that the store keeps.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Binary => "binary",
            Self::Encoding => "not UTF-8",
            Self::Unreadable => "unreadable",
            Self::NoText => "no text",
        }
    }
}

/// The files to read: those named, and those in the folders named, in order of path, each once.
///
/// A path that does not exist is an error, and so are paths without any text among them: nobody asks for nothing.
pub fn list_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    for path in paths {
        let meta = std::fs::metadata(path).map_err(|e| Error::file(path, e))?;
        if meta.is_dir() {
            walk(path, &mut files)?;
        } else {
            files.insert(path.clone());
        }
    }
    if files.is_empty() {
        let named = paths
            .iter()
            .map(|p| p.display().to_string())
            .collect::<Vec<_>>()
            .join(", ");
        return Err(Error::Unreadable {
            path: named.into(),
            message: "no .txt or .md file in it; name a folder that holds texts".to_owned(),
        });
    }
    Ok(files.into_iter().collect())
}

fn walk(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|e| Error::file(folder, e))? {
        let entry = entry.map_err(|e| Error::file(folder, e))?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // A link to a folder is not followed: it may lead back here.
        if entry
            .file_type()
            .map_err(|e| Error::file(&path, e))?
            .is_dir()
        {
            walk(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|e| ENDINGS.iter().any(|ending| e.eq_ignore_ascii_case(ending)))
            && !path.is_dir()
        {
            files.insert(path);
        }
    }
    Ok(())
}

/// The text of a file's bytes, without byte order mark.
///
/// ```
/// use xiangtu::read::{Reason, decode};
/// assert_eq!(decode("\u{FEFF}青河镇".as_bytes()), Ok("青河镇"));
/// assert_eq!(decode(b"\xC7\xE0\xBA\xD3"), Err(Reason::Encoding));
/// assert_eq!(decode(b"12345"), Err(Reason::NoText));
/// ```
pub fn decode(bytes: &[u8]) -> Result<&str, Reason> {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Reason::Empty);
    }
    if bytes.contains(&0) {
        return Err(Reason::Binary);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        if looks_binary(bytes) {
            Reason::Binary
        } else {
            Reason::Encoding
        }
    })?;
    if text.chars().any(|c| is_han(c) || c.is_alphabetic()) {
        Ok(text)
    } else {
        Err(Reason::NoText)
    }
}

/// Control characters that no text holds.
fn looks_binary(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .take(4096)
        .any(|b| matches!(b, 1..=6 | 14..=26 | 28..=31))
}
