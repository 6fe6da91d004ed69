//! Which format a file has: by its first bytes where they decide, else by the ending of its name.

use super::{Reason, table};

/// Bytes that tell the format.
pub(super) const HEAD: usize = 64 << 10;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Plain,
    Html,
    Docx,
    Pdf,
    Csv,
    Jsonl,
    Zip,
    Aside(Reason),
}

impl Format {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "text",
            Self::Html => "html",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Zip => "zip",
            Self::Aside(reason) => reason.name(),
        }
    }
}

/// The format of a file with this name that begins with these bytes.
pub(super) fn of(name: &str, head: &[u8]) -> Format {
    let ending = name
        .rsplit(['/', '\\'])
        .next()
        .and_then(|file| file.rsplit_once('.'))
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = ending.as_deref().unwrap_or("");
    // The bytes win over the name: a .doc may be a .docx, and a .docx with a password is none.
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return match ending {
            "zip" => Format::Zip,
            "xlsx" | "et" => Format::Aside(Reason::Spreadsheet),
            "pptx" | "ofd" => Format::Aside(Reason::Unsupported),
            "odt" => Format::Aside(Reason::OldDocument),
            "docx" | "doc" | "wps" => Format::Docx,
            _ => inside(head),
        };
    }
    if find(&head[..head.len().min(1024)], b"%PDF-").is_some() {
        return Format::Pdf;
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Format::Aside(match ending {
            "xls" | "et" => Reason::Spreadsheet,
            "docx" | "xlsx" | "pptx" => Reason::Protected,
            "ppt" => Reason::Unsupported,
            _ => Reason::OldDocument,
        });
    }
    if head.starts_with(b"{\\rtf") {
        return Format::Aside(Reason::OldDocument);
    }
    by_ending(ending).unwrap_or_else(|| by_likeness(head))
}

fn by_ending(ending: &str) -> Option<Format> {
    Some(match ending {
        "txt" | "md" | "markdown" => Format::Plain,
        "html" | "htm" | "shtml" | "xhtml" => Format::Html,
        "docx" | "zip" | "pdf" => Format::Aside(Reason::Damaged),
        "csv" | "tsv" => Format::Csv,
        "jsonl" | "ndjson" | "json" => Format::Jsonl,
        "doc" | "wps" | "rtf" | "odt" => Format::Aside(Reason::OldDocument),
        "xls" | "xlsx" | "et" => Format::Aside(Reason::Spreadsheet),
        "ofd" | "ppt" | "pptx" => Format::Aside(Reason::Unsupported),
        _ => return None,
    })
}

/// For standard input and files without a known ending.
fn by_likeness(head: &[u8]) -> Format {
    let start = head.trim_ascii_start();
    let start = start.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(start);
    let opens = |tag: &[u8]| {
        start
            .get(..tag.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(tag))
    };
    if opens(b"<!doctype html") || opens(b"<html") || opens(b"<head") {
        Format::Html
    } else if table::is_json(start) {
        Format::Jsonl
    } else if table::is_csv(start) {
        Format::Csv
    } else {
        Format::Plain
    }
}

/// What a package without a telling name holds, by the names of its first entries.
fn inside(head: &[u8]) -> Format {
    if find(head, b"word/").is_some() {
        Format::Docx
    } else if find(head, b"xl/").is_some() && find(head, b"[Content_Types].xml").is_some() {
        Format::Aside(Reason::Spreadsheet)
    } else {
        Format::Zip
    }
}

pub(super) fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_win_over_the_name() {
        assert_eq!(of("a.doc", b"PK\x03\x04"), Format::Docx);
        assert_eq!(of("a.txt", b"%PDF-1.7"), Format::Pdf);
        let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
        assert_eq!(of("a.docx", ole), Format::Aside(Reason::Protected));
        assert_eq!(of("a", ole), Format::Aside(Reason::OldDocument));
        assert_eq!(of("b.zip/a.xls", ole), Format::Aside(Reason::Spreadsheet));
        assert_eq!(of("a.doc", b"text"), Format::Aside(Reason::OldDocument));
    }

    #[test]
    fn standard_input_is_told_by_its_beginning() {
        assert_eq!(of("-", b" <!DOCTYPE html>"), Format::Html);
        assert_eq!(
            of("-", "{\"text\": \"青河镇\"}\n".as_bytes()),
            Format::Jsonl
        );
        assert_eq!(of("-", "标题,正文\n甲,乙\n".as_bytes()), Format::Csv);
        assert_eq!(of("-", "青河镇,正文很好\n".as_bytes()), Format::Plain);
        assert_eq!(of("-", b""), Format::Plain);
    }
}
