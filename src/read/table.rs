//! Tables with one text a row: .csv and .jsonl, read row by row, never as a whole.
//!
//! The column of the text must be known by its name; the other known columns become metadata.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Cursor, Read};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::encoding::{self, Found};
use super::format::Format;
use super::{Aside, Content, Limits, Options, Piece, Pieces, Reason, Source, content_hash, dates};
use crate::model::Metadata;
use crate::text::key;

const KNOWN: &str = include_str!("../../data/read/columns.tsv");

/// What a column of a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The text itself.
    Text,
    /// Title.
    Title,
    /// Year, as the table declares it.
    Year,
    /// Day of publication.
    Date,
    /// Who published it.
    Publisher,
    /// Address on the web.
    Url,
    /// Parts of the place, from the widest division down.
    Province,
    /// Prefecture or city.
    Prefecture,
    /// County or district.
    County,
    /// Town.
    Town,
    /// Village.
    Village,
    /// A place in one column.
    Place,
}

impl Column {
    const NAMES: [(&'static str, Self); 12] = [
        ("text", Self::Text),
        ("title", Self::Title),
        ("year", Self::Year),
        ("date", Self::Date),
        ("publisher", Self::Publisher),
        ("url", Self::Url),
        ("province", Self::Province),
        ("prefecture", Self::Prefecture),
        ("county", Self::County),
        ("town", Self::Town),
        ("village", Self::Village),
        ("place", Self::Place),
    ];
}

impl FromStr for Column {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::NAMES.into_iter().find(|(name, _)| *name == text);
        found.map(|(_, column)| column).ok_or_else(|| {
            let names = Self::NAMES.map(|(name, _)| name);
            format!("{text}: expected one of {}", names.join(", "))
        })
    }
}

/// The names of columns that a user gives; they come before the known ones.
pub type Columns = Vec<(Column, String)>;

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
    let reader = without_bom(found, head, reader, &options.limits)?;
    let common = Common {
        path,
        encoding: if is_utf_16(found.encoding) {
            UTF_8
        } else {
            found.encoding
        },
        guessed: found.guessed,
        limits: options.limits,
    };
    Ok(match format {
        Format::Csv => Box::new(CsvRows::new(reader, common, &options.columns)?),
        _ => Box::new(JsonRows {
            reader,
            common,
            columns: options.columns.clone(),
            line: 0,
        }),
    })
}

fn is_utf_16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// The reader from its beginning on, without byte order mark. UTF-16 is converted as a whole: few tables are in it.
fn without_bom(
    found: Found,
    head: Vec<u8>,
    rest: impl BufRead + Send + 'static,
    limits: &Limits,
) -> Result<Box<dyn BufRead + Send>, Aside> {
    if is_utf_16(found.encoding) {
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

// ---------------------------------------------------------------- csv

struct CsvRows {
    reader: csv::Reader<Guard>,
    left: Arc<AtomicU64>,
    common: Common,
    roles: BTreeMap<Column, usize>,
    row: u64,
    ended: bool,
}

impl CsvRows {
    fn new(
        mut reader: Box<dyn BufRead + Send>,
        common: Common,
        columns: &Columns,
    ) -> Result<Self, Aside> {
        let unreadable = |e: io::Error| Aside::new(Reason::Unreadable, e);
        let delimiter = delimiter(reader.fill_buf().map_err(unreadable)?);
        let left = Arc::new(AtomicU64::new(0));
        let guard = Guard {
            inner: reader,
            left: left.clone(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(guard);
        left.store(allowance(&common.limits), Ordering::Relaxed);
        let mut header = csv::ByteRecord::new();
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
            left,
            common,
            roles,
            row: 1,
            ended: false,
        })
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
        self.left.store(allowance(limits), Ordering::Relaxed);
        let mut record = csv::ByteRecord::new();
        self.row += 1;
        let row = match self.reader.read_byte_record(&mut record) {
            Ok(false) => return None,
            Ok(true) if record.as_slice().len() as u64 > limits.size => Err(limits.too_large()),
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

/// A reader that fails once one row has taken more bytes than it may.
struct Guard {
    inner: Box<dyn BufRead + Send>,
    left: Arc<AtomicU64>,
}

impl Read for Guard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let left = self.left.load(Ordering::Relaxed);
        if n as u64 > left {
            return Err(io::Error::other("the row is too long"));
        }
        self.left.store(left - n as u64, Ordering::Relaxed);
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

fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|b| *b == b'\n').next().unwrap_or(bytes)
}

/// Whether text begins with a line of headings one of which is known to hold texts.
pub(super) fn is_csv(head: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(first_line(head)) else {
        return false;
    };
    let separator = char::from(delimiter(head));
    let names: Vec<String> = line.split(separator).map(str::to_owned).collect();
    names.len() > 1 && roles(&names, &Vec::new()).contains_key(&Column::Text)
}

// ---------------------------------------------------------------- jsonl

struct JsonRows {
    reader: Box<dyn BufRead + Send>,
    common: Common,
    columns: Columns,
    line: u64,
}

impl Iterator for JsonRows {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            self.line += 1;
            let row = match next_line(&mut self.reader, self.common.limits.size) {
                Ok(None) => return None,
                Ok(Some(Line::TooLong)) => Err(self.common.limits.too_large()),
                Ok(Some(Line::Whole(line))) if line.trim_ascii().is_empty() => continue,
                Ok(Some(Line::Whole(line))) => json_row(&self.common.text(&line), &self.columns),
                Err(e) => {
                    // Whether more could be read is not known: the rest is given up.
                    self.reader = Box::new(io::empty());
                    Err(Aside::new(Reason::Unreadable, e))
                }
            };
            return Some(self.common.piece("line", self.line, row));
        }
    }
}

enum Line {
    Whole(Vec<u8>),
    TooLong,
}

/// The next line without its end; one longer than the limit is passed over without being held.
fn next_line(reader: &mut impl BufRead, limit: u64) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut seen = false;
    let mut too_long = false;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        seen = true;
        let end = buffer.iter().position(|b| *b == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        too_long |= (line.len() + part.len()) as u64 > limit;
        if too_long {
            line = Vec::new();
        } else {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    Ok(match (seen, too_long) {
        (false, _) => None,
        (true, true) => Some(Line::TooLong),
        (true, false) => Some(Line::Whole(line)),
    })
}

fn json_row(line: &str, columns: &Columns) -> Result<Row, Aside> {
    let value: serde_json::Value =
        serde_json::from_str(line).map_err(|e| Aside::new(Reason::Damaged, e))?;
    let Some(object) = value.as_object() else {
        return Err(Aside::new(Reason::Damaged, "no JSON object"));
    };
    // Metadata often lie in an object of their own.
    let inner = object.values().filter_map(|value| value.as_object());
    let (names, values): (Vec<String>, Vec<&serde_json::Value>) = std::iter::once(object)
        .chain(inner)
        .flatten()
        .map(|(name, value)| (name.clone(), value))
        .unzip();
    let roles = roles(&names, columns);
    if !roles.contains_key(&Column::Text) {
        return Err(Aside::new(Reason::NoColumn, names.join(", ")));
    }
    let cell = |at: usize| match values[at] {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let cells = roles.iter().filter_map(|(c, at)| Some((*c, cell(*at)?)));
    Ok(row("application/jsonl", cells))
}

/// Whether text begins with a JSON object on its first line.
pub(super) fn is_jsonl(head: &[u8]) -> bool {
    let line = first_line(head);
    line.starts_with(b"{")
        && (line.len() == head.len() && head.len() >= 1 << 12
            || serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line).is_ok())
}

// ---------------------------------------------------------------- columns

/// Which column has which role: as the user says, else the first known name.
fn roles(names: &[String], given: &Columns) -> BTreeMap<Column, usize> {
    let plain = |name: &str| key(name).replace(['_', '-'], "");
    let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let known = KNOWN
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(role, name)| (role.parse().expect("a test reads the list"), name));
    let given = given.iter().map(|(column, name)| (*column, name.as_str()));
    let mut roles = BTreeMap::new();
    for (column, name) in given.chain(known) {
        let name = plain(name);
        if let Some(at) = names.iter().position(|n| *n == name) {
            roles.entry(column).or_insert(at);
        }
    }
    roles
}

fn row(format: &str, cells: impl Iterator<Item = (Column, String)>) -> Row {
    let mut row = Row {
        text: String::new(),
        metadata: Metadata {
            format: format.to_owned(),
            ..Metadata::default()
        },
    };
    let metadata = &mut row.metadata;
    let mut place: Vec<String> = Vec::new();
    for (column, value) in cells {
        if column == Column::Text {
            row.text = value;
            continue;
        }
        let value = value.trim().to_owned();
        if value.is_empty() {
            continue;
        }
        match column {
            Column::Text => {}
            Column::Title => metadata.title = Some(value),
            Column::Year => metadata.year = dates::year(&value),
            Column::Date => metadata.issued = dates::day(&value),
            Column::Publisher => metadata.publisher = Some(value),
            Column::Url => metadata.url = dates::url(&value),
            Column::Province
            | Column::Prefecture
            | Column::County
            | Column::Town
            | Column::Village
            | Column::Place => place.push(value),
        }
    }
    if !place.is_empty() {
        metadata.place = Some(place.join(" "));
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_has_a_role() {
        for line in KNOWN.lines().filter(|line| !line.starts_with('#')) {
            let (role, name) = line.split_once('\t').unwrap();
            assert!(role.parse::<Column>().is_ok() && !name.is_empty(), "{line}");
        }
    }

    #[test]
    fn a_name_that_is_given_comes_before_a_known_one() {
        let names = ["content", "原文", "Full_Text"].map(str::to_owned);
        assert_eq!(roles(&names, &vec![])[&Column::Text], 2);
        let given = vec![(Column::Text, "原文".to_owned())];
        assert_eq!(roles(&names, &given)[&Column::Text], 1);
    }
}
