//! Tables with one text a row: .csv and .jsonl, read row by row, never as a whole.
//!
//! The column of the text must be known by its name; the other known columns become metadata. JSON is read line by line
//! where its first line is an object, else object by object, however it is laid out.

mod columns;
mod csv;
mod json;

use std::io::{BufRead, Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::encoding::{self, Found};
use super::format::Format;
use super::{Aside, Content, Limits, Options, Piece, Pieces, Reason, Source, content_hash};
use crate::model::Metadata;
pub(super) use columns::metadata_of;
pub use columns::{Column, Columns};
use csv::CsvRows;
pub(super) use csv::is_csv;
pub(super) use json::is_json;
use json::{JsonRows, is_laid_out};

/// One row: its text and metadata.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    text: String,
    metadata: Metadata,
}

impl Row {
    pub(super) fn size(&self) -> usize {
        self.text.len()
    }

    pub(super) fn hash(&self) -> String {
        let metadata = serde_json::to_vec(&self.metadata).expect("metadata is plain data");
        content_hash(&[b"row\0", self.text.as_bytes(), b"\0", &metadata])
    }

    pub(super) fn read(&self) -> Result<Source, Aside> {
        if self.text.trim().is_empty() {
            return Err(Reason::Empty.into());
        }
        Ok(Source {
            text: self.text.clone(),
            metadata: self.metadata.clone(),
        })
    }
}

/// The pieces of a table. Fails when its encoding or the column of its texts is unknown.
pub(super) fn rows(
    format: Format,
    mut reader: impl BufRead + Send + 'static,
    path: String,
    options: &Options,
) -> Result<Pieces, Aside> {
    let mut head = Vec::new();
    (&mut reader)
        .take(encoding::SAMPLE as u64)
        .read_to_end(&mut head)
        .map_err(|e| Aside::new(Reason::Unreadable, e))?;
    if head.trim_ascii().is_empty() {
        return Err(Reason::Empty.into());
    }
    let whole = head.len() < encoding::SAMPLE;
    let found = encoding::detect(&head, None, whole).ok_or(Reason::Encoding)?;
    let in_lines = format == Format::Csv || !is_laid_out(&head);
    // Few tables are in UTF-16; and bytes of GB18030 may look like the marks between which objects stand.
    let convert = found.encoding == UTF_16LE
        || found.encoding == UTF_16BE
        || !in_lines && found.encoding != UTF_8;
    let reader = without_bom(found, convert, head, reader, &options.limits)?;
    let common = Common {
        path,
        encoding: if convert { UTF_8 } else { found.encoding },
        guessed: found.guessed,
        limits: options.limits,
    };
    let columns = options.columns.clone();
    Ok(match format {
        Format::Csv => Box::new(CsvRows::new(reader, common, &columns)?),
        _ => Box::new(JsonRows::new(reader, common, columns, in_lines)),
    })
}

/// The reader from its beginning on, without byte order mark; where it is to be converted to UTF-8, as a whole.
fn without_bom(
    found: Found,
    convert: bool,
    head: Vec<u8>,
    rest: impl BufRead + Send + 'static,
    limits: &Limits,
) -> Result<Box<dyn BufRead + Send>, Aside> {
    if convert {
        let bytes = limits.read(Cursor::new(head).chain(rest))?;
        let text = found
            .encoding
            .decode_with_bom_removal(&bytes)
            .0
            .into_owned();
        return Ok(Box::new(Cursor::new(text.into_bytes())));
    }
    let bom = if head.starts_with("\u{FEFF}".as_bytes()) {
        3
    } else {
        0
    };
    let mut head = Cursor::new(head);
    head.set_position(bom);
    Ok(Box::new(head.chain(rest)))
}

struct Common {
    path: String,
    encoding: &'static Encoding,
    guessed: bool,
    limits: Limits,
}

impl Common {
    fn text(&self, bytes: &[u8]) -> String {
        self.encoding
            .decode_without_bom_handling(bytes)
            .0
            .into_owned()
    }

    fn piece(&self, kind: &str, number: u64, mut row: Result<Row, Aside>) -> Piece {
        if let Ok(row) = &mut row {
            row.metadata.guessed = self.guessed;
        }
        Piece {
            path: format!("{}#{kind}={number}", self.path),
            content: match row {
                Ok(row) => Content::Row(row),
                Err(reason) => Content::Aside(reason),
            },
        }
    }
}

fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|b| *b == b'\n').next().unwrap_or(bytes)
}
