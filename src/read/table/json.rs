//! Objects of .jsonl and .json.

use std::io::{self, BufRead};

use super::columns::{Column, Columns, roles, row};
use super::{Common, Row, first_line};
use crate::read::{Aside, Piece, Reason};

pub(super) struct JsonRows {
    reader: Box<dyn BufRead + Send>,
    common: Common,
    columns: Columns,
    /// Whether every line is an object; else objects are told by their braces.
    in_lines: bool,
    number: u64,
}

impl JsonRows {
    pub(super) fn new(
        reader: Box<dyn BufRead + Send>,
        common: Common,
        columns: Columns,
        in_lines: bool,
    ) -> Self {
        Self {
            reader,
            common,
            columns,
            in_lines,
            number: 0,
        }
    }
}

impl Iterator for JsonRows {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let limit = self.common.limits.size;
        loop {
            self.number += 1;
            let (kind, next) = if self.in_lines {
                ("line", next_line(&mut self.reader, limit))
            } else {
                ("item", next_object(&mut self.reader, limit))
            };
            let row = match next {
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
            return Some(self.common.piece(kind, self.number, row));
        }
    }
}

/// The next object of UTF-8 text, whatever stands before it: the brackets and commas of an array, white space. One longer
/// than the limit is passed over without being held; one that the text ends in is given as it is, and is damaged.
fn next_object(reader: &mut impl BufRead, limit: u64) -> io::Result<Option<Line>> {
    let mut object = Vec::new();
    let (mut depth, mut in_string, mut escaped, mut too_long) = (0u64, false, false, false);
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        let mut used = 0;
        let mut ended = false;
        for &byte in buffer {
            used += 1;
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' if depth > 0 => in_string = !in_string,
                _ if in_string => {}
                b'{' => depth += 1,
                b'}' if depth > 0 => {
                    depth -= 1;
                    ended = depth == 0;
                }
                _ => {}
            }
            if depth > 0 && !too_long {
                object.push(byte);
            }
            too_long |= object.len() as u64 > limit;
            if ended {
                break;
            }
        }
        if too_long {
            object = Vec::new();
        }
        reader.consume(used);
        if ended {
            object.push(b'}');
            return Ok(Some(if too_long {
                Line::TooLong
            } else {
                Line::Whole(object)
            }));
        }
    }
    Ok(match (too_long, object.is_empty()) {
        (true, _) => Some(Line::TooLong),
        (false, true) => None,
        (false, false) => Some(Line::Whole(object)),
    })
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

/// Whether text begins with a JSON object, on its first line or laid out.
pub(in crate::read) fn is_json(head: &[u8]) -> bool {
    type Object = serde_json::Map<String, serde_json::Value>;
    if is_laid_out(head) {
        let start = without_mark(head).trim_ascii_start();
        let start = start.strip_prefix(b"[").unwrap_or(start).trim_ascii_start();
        let inner = start.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
        return inner.is_some_and(|inner| inner.starts_with(b"\""));
    }
    let line = first_line(head);
    line.starts_with(b"{")
        && (line.len() == head.len() && head.len() >= 1 << 12
            || serde_json::from_slice::<Object>(line).is_ok())
}

/// Whether JSON begins an array, or an object that goes on in the lines below.
pub(super) fn is_laid_out(head: &[u8]) -> bool {
    let start = without_mark(head).trim_ascii_start();
    start.starts_with(b"[") || first_line(start).trim_ascii() == b"{"
}

fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(head)
}
