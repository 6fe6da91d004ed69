//! PDF with a text layer. Pages of pictures, and fonts that do not tell their characters, are set aside with that reason.
//!
//! The library `lopdf` opens the file and gives its objects; the way from content streams to text is our own, because none of
//! four libraries that were compared read GBK-EUC-H and UniGB-UCS2-H right and kept to the reading order.

mod builtin;
mod cmap;
mod font;
mod layout;
mod lex;
mod stream;
mod walk;

use std::sync::mpsc;
use std::thread;

use lopdf::{Document, Object};

use super::limits::Deadline;
use super::{Aside, Limits, Reason, Source, format, guarded, stated_title};
use crate::model::Metadata;
use stream::Streams;
use walk::Walk;

/// Pages of a document.
const PAGES: usize = 20_000;
/// A text with more unknown glyphs in a hundred is set aside.
const UNKNOWN: usize = 5;
/// A page with pictures and fewer glyphs is taken for a scan.
const HARDLY_ANY: usize = 10;
/// The detail of a file that ends early.
const CUT: &str = "cut off before its end";
/// The library parses objects by recursion.
const STACK: usize = 64 << 20;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, Aside> {
    stream::measure(bytes, limits)?;
    let deadline = limits.deadline();
    let document = open(bytes, deadline).map_err(|aside| match aside.reason {
        Reason::Damaged if is_cut(bytes) => Aside::new(Reason::Damaged, CUT),
        _ => aside,
    })?;
    if document.is_encrypted() {
        return Err(Reason::Protected.into());
    }
    let mut streams = Streams::new(bytes.len(), limits);
    let mut walk = Walk::new(&document, &mut streams, deadline);
    let mut pages = Vec::new();
    let (mut n_pictures, mut n_empty) = (0, 0);
    for (_, page) in guarded(|| Ok(document.get_pages()))?
        .into_iter()
        .take(PAGES)
    {
        let (glyphs, pictures) = (walk.seen.glyphs, walk.seen.pictures);
        pages.push(walk.page(page)?);
        if walk.seen.pictures > pictures {
            n_pictures += usize::from(walk.seen.glyphs < glyphs + HARDLY_ANY);
        } else if walk.seen.glyphs == glyphs {
            n_empty += 1;
        }
    }
    let seen = std::mem::take(&mut walk.seen);
    let n_pages = pages.len();
    // What is lost at the end is any object: pages, their contents, their fonts.
    let n_stated = n_stated(&document).unwrap_or(n_pages).min(PAGES);
    if is_cut(bytes) && (n_pages < n_stated || n_empty > 0 || seen.without_font > 0) {
        let detail = format!("{CUT}, {} of {n_stated} pages", n_pages - n_empty);
        return Err(Aside::new(Reason::Damaged, detail));
    }
    if n_pages == 0 {
        return Err(Aside::new(Reason::Damaged, "no pages"));
    }
    if n_pictures * 2 > n_pages - n_empty {
        let detail = format!("{n_pictures} of {n_pages} pages are pictures");
        return Err(Aside::new(Reason::Scanned, detail));
    }
    if seen.unknown * 100 > seen.glyphs * UNKNOWN {
        let detail = format!("{} / {}", seen.unknown, seen.glyphs);
        return Err(Aside::new(Reason::Fonts, detail));
    }
    let text = layout::text(pages);
    Ok(Source {
        metadata: Metadata {
            title: title(&document).and_then(|title| stated_title(&title, &text)),
            format: "application/pdf".to_owned(),
            guessed: seen.unknown > 0,
            ..Metadata::default()
        },
        text,
    })
}

/// Whether the mark that ends every PDF is missing: a download or a copy that broke off.
fn is_cut(bytes: &[u8]) -> bool {
    /// Some servers and mail programs add a few lines.
    const TAIL: usize = 4096;
    format::find(&bytes[bytes.len().saturating_sub(TAIL)..], b"%%EOF").is_none()
}

/// How many pages the document says it has.
fn n_stated(document: &Document) -> Option<usize> {
    let root = document
        .catalog()
        .ok()?
        .get_deref(b"Pages", document)
        .ok()?;
    let count = root.as_dict().ok()?.get_deref(b"Count", document).ok()?;
    usize::try_from(count.as_i64().ok()?).ok()
}

/// Opens a file in a thread of its own, which has the stack that nested objects take and can be left behind when it is slow.
fn open(bytes: &[u8], deadline: Deadline) -> Result<Document, Aside> {
    let bytes = bytes.to_vec();
    let (send, receive) = mpsc::sync_channel(1);
    thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            let opened = guarded(|| {
                let document = Document::load_mem(&bytes);
                document.map_err(|e| Aside::new(Reason::Damaged, e))
            });
            // Nobody waits any more for what comes too late.
            let _ = send.send(opened);
        })
        .map_err(|e| Aside::new(Reason::Unreadable, e))?;
    receive
        .recv_timeout(deadline.left())
        .unwrap_or_else(|_| Err(deadline.missed()))
}

/// The title among the properties.
fn title(document: &Document) -> Option<String> {
    let info = document.trailer.get_deref(b"Info", document).ok()?;
    let Ok(Object::String(bytes, _)) = info.as_dict().ok()?.get_deref(b"Title", document) else {
        return None;
    };
    let title = match bytes.strip_prefix(b"\xFE\xFF") {
        Some(utf_16) => encoding_rs::UTF_16BE.decode_without_bom_handling(utf_16).0,
        None => encoding_rs::GB18030.decode_without_bom_handling(bytes).0,
    };
    Some(title.into_owned())
}
