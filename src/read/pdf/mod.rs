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
use super::{Aside, Limits, Reason, Source, guarded, stated_title};
use crate::model::Metadata;
use stream::Streams;
use walk::Walk;

/// Pages of a document.
const PAGES: usize = 20_000;
/// A text with more unknown glyphs in a hundred is set aside.
const UNKNOWN: usize = 5;
/// Characters a page below which pictures are taken for scans.
const HARDLY_ANY: usize = 10;
/// The library parses objects by recursion.
const STACK: usize = 64 << 20;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, Aside> {
    stream::measure(bytes, limits)?;
    let deadline = limits.deadline();
    let document = open(bytes, deadline)?;
    if document.is_encrypted() {
        return Err(Reason::Protected.into());
    }
    let mut streams = Streams::new(bytes.len(), limits);
    let mut walk = Walk::new(&document, &mut streams, deadline);
    let mut pages = Vec::new();
    for (_, page) in guarded(|| Ok(document.get_pages()))?
        .into_iter()
        .take(PAGES)
    {
        pages.push(walk.page(page)?);
    }
    let seen = std::mem::take(&mut walk.seen);
    if pages.is_empty() {
        return Err(Aside::new(Reason::Damaged, "no pages"));
    }
    if seen.glyphs < HARDLY_ANY * pages.len() && seen.pictures * 2 >= pages.len() {
        return Err(Reason::Scanned.into());
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
