//! Rows of .csv and .tsv.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::columns::{Column, Columns, roles, row};
use super::{Common, first_line};
use crate::read::{Aside, Limits, Piece, Reason};

pub(super) struct CsvRows {
    reader: ::csv::Reader<Guard>,
    seen: Arc<Seen>,
    common: Common,
    roles: BTreeMap<Column, usize>,
    /// The character between cells.
    delimiter: u8,
    row: u64,
    ended: bool,
}

impl CsvRows {
    pub(super) fn new(
        mut reader: Box<dyn BufRead + Send>,
        common: Common,
        columns: &Columns,
    ) -> Result<Self, Aside> {
        let unreadable = |e: io::Error| Aside::new(Reason::Unreadable, e);
        let delimiter = delimiter(reader.fill_buf().map_err(unreadable)?);
        let seen = Arc::<Seen>::default();
        let guard = Guard {
            inner: reader,
            seen: seen.clone(),
        };
        let mut reader = ::csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(guard);
        seen.left
            .store(allowance(&common.limits), Ordering::Relaxed);
        let mut header = ::csv::ByteRecord::new();
        reader
            .read_byte_record(&mut header)
            .map_err(|_| common.limits.too_large())?;
        let names: Vec<String> = header.iter().map(|name| common.text(name)).collect();
        let roles = roles(&names, columns);
        if !roles.contains_key(&Column::Text) {
            return Err(Aside::new(Reason::NoColumn, names.join(", ")));
        }
        Ok(Self {
            reader,
            seen,
            common,
            roles,
            delimiter,
            row: 1,
            ended: false,
        })
    }

    /// Whether a quotation mark that is not closed, or not doubled within a quoted cell, has made one row of several.
    ///
    /// Then a cell runs over lines, with the character between cells in it and an odd number of quotation marks, as the one
    /// that should have opened the next cell closed it; or the row ends with the file, which has an odd number of them.
    fn has_swallowed(&self, record: &::csv::ByteRecord) -> bool {
        let runs_on = |cell: &&[u8]| cell.contains(&b'\n') && cell.contains(&self.delimiter);
        let is_odd = |cell: &[u8]| cell.iter().filter(|b| **b == b'"').count() % 2 == 1;
        let mut cells = record.iter().filter(runs_on);
        let is_open = self.seen.has_ended.load(Ordering::Relaxed)
            && self.seen.quotes.load(Ordering::Relaxed) % 2 == 1;
        cells.any(|cell| is_odd(cell) || is_open)
    }
}

/// Bytes that may be read for one row; the reader reads ahead.
fn allowance(limits: &Limits) -> u64 {
    limits.size.saturating_add(64 << 10)
}

impl Iterator for CsvRows {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.ended {
            return None;
        }
        let limits = &self.common.limits;
        self.seen.left.store(allowance(limits), Ordering::Relaxed);
        let mut record = ::csv::ByteRecord::new();
        self.row += 1;
        let row = match self.reader.read_byte_record(&mut record) {
            Ok(false) => return None,
            Ok(true) if record.as_slice().len() as u64 > limits.size => Err(limits.too_large()),
            Ok(true) if self.has_swallowed(&record) => {
                let first = record.position().map_or(0, ::csv::Position::line);
                let last = self.reader.position().line();
                Err(Aside::new(
                    Reason::Quotes,
                    format!("{first}-{}", last.saturating_sub(1).max(first)),
                ))
            }
            Ok(true) => {
                let cell = |at: usize| record.get(at).map(|cell| self.common.text(cell));
                let cells = self.roles.iter();
                Ok(row(
                    "text/csv",
                    cells.filter_map(|(c, at)| Some((*c, cell(*at)?))),
                ))
            }
            // A quotation mark that is never closed makes one row of all that follows.
            Err(_) => {
                self.ended = true;
                Err(limits.too_large())
            }
        };
        Some(self.common.piece("row", self.row, row))
    }
}

/// What a reader has seen of a table.
#[derive(Default)]
struct Seen {
    /// Bytes that may still be read for the row.
    left: AtomicU64,
    /// Quotation marks so far.
    quotes: AtomicU64,
    has_ended: AtomicBool,
}

/// A reader that fails once one row has taken more bytes than it may.
struct Guard {
    inner: Box<dyn BufRead + Send>,
    seen: Arc<Seen>,
}

impl Read for Guard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let left = self.seen.left.load(Ordering::Relaxed);
        if n as u64 > left {
            return Err(io::Error::other("the row is too long"));
        }
        let quotes = buffer[..n].iter().filter(|b| **b == b'"').count();
        self.seen.left.store(left - n as u64, Ordering::Relaxed);
        self.seen.quotes.fetch_add(quotes as u64, Ordering::Relaxed);
        self.seen.has_ended.store(n == 0, Ordering::Relaxed);
        Ok(n)
    }
}

/// The character that the first line has most of.
fn delimiter(head: &[u8]) -> u8 {
    let line = first_line(head);
    let count = |delimiter: &u8| line.iter().filter(|b| *b == delimiter).count();
    // Of equals the last is taken: the comma.
    *b";\t,"
        .iter()
        .max_by_key(|d| count(d))
        .expect("three are listed")
}

/// Whether text begins with a line of headings one of which is known to hold texts.
pub(in crate::read) fn is_csv(head: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(first_line(head)) else {
        return false;
    };
    let separator = char::from(delimiter(head));
    let names: Vec<String> = line.split(separator).map(str::to_owned).collect();
    names.len() > 1 && roles(&names, &Vec::new()).contains_key(&Column::Text)
}
