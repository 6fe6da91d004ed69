//! From paths to texts: which files a run reads, and what of them is text.
//!
//! ```text
//! path -> files -> pieces -> source (text and metadata), or the reason why it is set aside
//! ```
//!
//! A *piece* is what becomes one document: a file, an entry of an archive, a row of a table. Pieces come one after
//! another, each with the bytes that tell whether it has changed, and are turned into text only by [`Piece::read`].
//! One file per format; what is not text in any of them is set aside, never guessed.

mod archive;
mod dates;
mod docx;
mod encoding;
mod files;
mod format;
mod front;
mod grid;
mod html;
mod limits;
mod pdf;
mod reason;
mod table;

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

pub use encoding::{Decoded, decode};
pub use files::{ENDINGS, STDIN, list_files, settled_paths};
pub use limits::Limits;
pub use reason::{Aside, Reason};
pub use table::{Column, Columns};

use crate::model::Metadata;
use crate::text::key;
use crate::{Error, Result};
use archive::Within;
use format::Format;

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What one document may cost.
    pub limits: Limits,
    /// Names of a table's columns.
    pub columns: Columns,
}

/// A document's text with what is told about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    /// The text that all offsets refer to.
    pub text: String,
    /// Title, date, issuer and the like.
    pub metadata: Metadata,
}

/// What becomes one document.
#[derive(Debug)]
pub struct Piece {
    /// Where it is found: `a/b.txt`, `a/b.zip/c.txt`, `a/b.csv#row=2`, `a/b.jsonl#line=1`.
    pub path: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Bytes(Format, Vec<u8>),
    Row(table::Row),
    Aside(Aside),
}

impl Piece {
    fn aside(path: impl Into<String>, reason: impl Into<Aside>) -> Self {
        Self {
            path: path.into(),
            content: Content::Aside(reason.into()),
        }
    }

    /// The path from the file's own name on, by which extractions name their document.
    pub fn name(&self, file: &Path) -> String {
        let folder = file.parent().map(shown).unwrap_or_default();
        let name = self.path.strip_prefix(&folder).unwrap_or(&self.path);
        name.trim_start_matches(['/', '\\']).to_owned()
    }

    /// Bytes that it holds in memory.
    pub fn size(&self) -> usize {
        match &self.content {
            Content::Bytes(_, bytes) => bytes.len(),
            Content::Row(row) => row.size(),
            Content::Aside(_) => 0,
        }
    }

    /// The identity of the document: of all that its text and metadata are made from, wherever it lies.
    pub fn hash(&self) -> String {
        match &self.content {
            Content::Bytes(Format::Plain, bytes) => content_hash(&[bytes]),
            // The same bytes are another document when they are read in another way.
            Content::Bytes(format, bytes) => {
                content_hash(&[format.name().as_bytes(), b"\0", bytes])
            }
            Content::Row(row) => row.hash(),
            Content::Aside(_) => content_hash(&[b"set aside\0", self.path.as_bytes()]),
        }
    }

    /// The text, or why there is none. Costs time for what is packed or marked up; never panics.
    pub fn read(&self, options: &Options) -> Result<Source, Aside> {
        let limits = &options.limits;
        let mut source = match &self.content {
            Content::Aside(reason) => return Err(reason.clone()),
            Content::Bytes(_, bytes) if bytes.trim_ascii().is_empty() => {
                return Err(Reason::Empty.into());
            }
            Content::Row(row) => row.read()?,
            Content::Bytes(format, bytes) => match format {
                Format::Plain => return plain(bytes, &options.columns),
                Format::Html => html::read(bytes, limits)?,
                Format::Docx => docx::read(bytes, limits)?,
                Format::Pdf => pdf::read(bytes, limits)?,
                Format::Csv | Format::Jsonl | Format::Zip => {
                    return Err(Aside::new(Reason::Unsupported, format.name()));
                }
                Format::Aside(reason) => return Err((*reason).into()),
            },
        };
        limits.check_size(source.text.len() as u64)?;
        source.text = clean(&source.text);
        if encoding::has_words(&source.text) {
            Ok(source)
        } else {
            Err(Reason::NoText.into())
        }
    }
}

/// Plain text is the decoded bytes as they are, so that offsets count in the file itself; but for front matter.
fn plain(bytes: &[u8], columns: &Columns) -> Result<Source, Aside> {
    let decoded = decode(bytes)?;
    let mut source = match front::split(&decoded.text, columns) {
        Some((metadata, text)) if encoding::has_words(text) => Source {
            metadata,
            text: text.to_owned(),
        },
        _ => Source {
            metadata: Metadata::default(),
            text: decoded.text.into_owned(),
        },
    };
    source.metadata.format = format!("text/plain; charset={}", decoded.encoding);
    source.metadata.guessed = decoded.guessed;
    Ok(source)
}

/// A text that a reader made: without control characters, white space at line ends and more than one empty line.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.split(['\n', '\r', '\u{0C}', '\u{2028}', '\u{2029}']) {
        let start = out.len();
        let kept = line.chars().filter(|c| {
            !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}' | '\u{200B}' | '\u{FEFF}')
                || *c == '\t'
        });
        out.extend(kept);
        out.truncate(out.trim_end_matches([' ', '\t', '\u{A0}']).len().max(start));
        if out.len() > start {
            empty = 0;
            out.push('\n');
        } else if !out.is_empty() && empty == 0 {
            empty = 1;
            out.push('\n');
        }
    }
    out.truncate(out.trim_end_matches('\n').len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Runs a parser of another project on input that anyone may have written: a panic in it sets the document aside.
///
/// The only places that catch panics; nothing of ours runs inside except closures that hand bytes over.
fn guarded<T>(parse: impl FnOnce() -> Result<T, Aside>) -> Result<T, Aside> {
    catch_unwind(AssertUnwindSafe(parse))
        .unwrap_or_else(|_| Err(Aside::new(Reason::Damaged, "the parser failed")))
}

/// The identity of content: 32 hexadecimal digits of BLAKE3.
pub fn content_hash(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Whether a text has these words among its first ones.
fn begins_with(text: &str, words: &str) -> bool {
    const HEAD: usize = 300;
    let head: String = text.chars().take(HEAD + words.chars().count()).collect();
    key(&head).contains(&key(words))
}

/// A title among a file's properties, where the text has it too: many are those of a template, or names of files.
fn stated_title(title: &str, text: &str) -> Option<String> {
    let title = title.trim();
    (key(title).chars().count() >= 4 && begins_with(text, title)).then(|| title.to_owned())
}

/// A path as text; bytes that are none stand as `%XX`, so that two paths stay two.
pub fn shown(path: &Path) -> String {
    let mut out = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The pieces of a file, one after another; `-` is standard input.
///
/// A file that cannot be opened is one piece that is set aside.
pub fn pieces(path: &Path, options: &Options) -> Box<dyn Iterator<Item = Piece> + Send> {
    let name = shown(path);
    if path == Path::new(STDIN) {
        return match options.limits.read(io::stdin().lock()) {
            Ok(bytes) => from_bytes(name, bytes, Within::default(), options),
            Err(reason) => one(Piece::aside(name, reason)),
        };
    }
    match open(path, &name, options) {
        Ok(pieces) => some(pieces, name),
        Err(reason) => one(Piece::aside(name, reason)),
    }
}

/// Pieces, or one that is set aside where there are none: a file that holds nothing is to be accounted for as well.
fn some(mut pieces: Pieces, name: String) -> Pieces {
    match pieces.next() {
        Some(first) => Box::new(std::iter::once(first).chain(pieces)),
        None => one(Piece::aside(name, Reason::Empty)),
    }
}

fn one(piece: Piece) -> Box<dyn Iterator<Item = Piece> + Send> {
    Box::new(std::iter::once(piece))
}

type Pieces = Box<dyn Iterator<Item = Piece> + Send>;

fn open(path: &Path, name: &str, options: &Options) -> Result<Pieces, Aside> {
    let unreadable = |e: io::Error| Aside::new(Reason::Unreadable, e);
    let mut file = File::open(path).map_err(unreadable)?;
    let meta = file.metadata().map_err(unreadable)?;
    if meta.is_dir() {
        // A folder comes here only when it could not be listed.
        return Err(Reason::Unreadable.into());
    }
    if !meta.is_file() {
        let bytes = options.limits.read(file)?;
        return Ok(from_bytes(
            name.to_owned(),
            bytes,
            Within::default(),
            options,
        ));
    }
    let mut head = Vec::new();
    (&mut file)
        .take(format::HEAD as u64)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    match format::of(name, &head) {
        Format::Zip => {
            let packed = meta.len();
            archive::entries(
                BufReader::new(file),
                packed,
                name.to_owned(),
                Within::default(),
                options,
            )
        }
        format @ (Format::Csv | Format::Jsonl) => {
            table::rows(format, BufReader::new(file), name.to_owned(), options)
        }
        Format::Aside(reason) if !head.trim_ascii().is_empty() => Err(reason.into()),
        format => {
            let bytes = options.limits.read(file)?;
            Ok(one(Piece {
                path: name.to_owned(),
                content: Content::Bytes(format, bytes),
            }))
        }
    }
}

/// The pieces of bytes found under a name.
fn from_bytes(name: String, bytes: Vec<u8>, within: Within, options: &Options) -> Pieces {
    let format = format::of(&name, &bytes[..bytes.len().min(format::HEAD)]);
    let pieces = match format {
        Format::Zip => {
            let packed = bytes.len() as u64;
            archive::entries(Cursor::new(bytes), packed, name.clone(), within, options)
        }
        Format::Csv | Format::Jsonl => {
            table::rows(format, Cursor::new(bytes), name.clone(), options)
        }
        format => Ok(one(Piece {
            path: name.clone(),
            content: Content::Bytes(format, bytes),
        })),
    };
    match pieces {
        Ok(pieces) => some(pieces, name),
        Err(reason) => one(Piece::aside(name, reason)),
    }
}

/// The one piece that a path names: a file that holds one, or `a.csv#row=2` and `a.zip/b.txt` as [`Piece::path`] has them.
pub fn find_piece(path: &Path, options: &Options) -> Result<Piece> {
    if path.is_dir() {
        return Err(Error::Unreadable {
            path: path.to_owned(),
            message: "is a folder; name a file in it".to_owned(),
        });
    }
    let file = container(path)?;
    let is_whole = path == file;
    let wanted = shown(path);
    let mut found = pieces(&file, options);
    let first = found
        .next()
        .expect("a file that holds nothing is a piece, too");
    let Some(second) = found.next() else {
        // A file that is set aside as a whole has none of its parts.
        let is_it = is_whole || first.path == wanted || matches!(first.content, Content::Aside(_));
        return match is_it {
            true => Ok(first),
            false => Err(unknown(path, is_whole, &first.path)),
        };
    };
    let example = first.path.clone();
    [first, second]
        .into_iter()
        .chain(found)
        .find(|piece| piece.path == wanted)
        .ok_or_else(|| unknown(path, is_whole, &example))
}

fn unknown(path: &Path, is_whole: bool, example: &str) -> Error {
    let what = if is_whole {
        "holds several documents"
    } else {
        "no such document in this file"
    };
    Error::Unreadable {
        path: path.to_owned(),
        message: format!("{what}; name one of them, as {example}"),
    }
}

/// The file that a piece's path begins with.
fn container(path: &Path) -> Result<PathBuf> {
    if path == Path::new(STDIN) {
        return Ok(path.to_owned());
    }
    let Err(missing) = std::fs::metadata(path) else {
        return Ok(path.to_owned());
    };
    let text = shown(path);
    let whole = text
        .rsplit_once('#')
        .map_or(path, |(file, _)| Path::new(file));
    let file = whole.ancestors().find(|file| file.is_file());
    file.map(Path::to_owned)
        .ok_or_else(|| Error::file(path, missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_keeps_every_word_and_one_empty_line() {
        assert_eq!(clean("\n\n甲 \t\r\n\n\n乙\0丙\u{FEFF}\n\n"), "甲\n\n乙丙\n");
        assert_eq!(clean(" \n\t"), "");
        assert_eq!(clean(&clean("甲\n\n\n乙")), clean("甲\n\n\n乙"));
    }
}
