//! Word documents (.docx, also as WPS writes them): paragraphs, headings with their automatic numbers, tables row by row.
//!
//! Left out are headers and footers, comments, footnotes, deleted and hidden passages and field codes.

mod body;
mod numbering;
mod xml;

use std::io::Cursor;

use zip::ZipArchive;

use super::{Aside, Limits, Reason, Source, archive, guarded, stated_title};
use crate::model::Metadata;
use numbering::Numbering;

/// The media type of Word documents.
const FORMAT: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, Aside> {
    let mut parts = Parts::open(bytes, limits)?;
    let name = parts.main()?;
    let Some(main) = parts.get(&name)? else {
        return Err(Aside::new(Reason::Damaged, format!("no {name}")));
    };
    let styles = parts.get("word/styles.xml")?.unwrap_or_default();
    let numbering = Numbering::new(
        &parts.get("word/numbering.xml")?.unwrap_or_default(),
        &styles,
    );
    let text = body::text(&main, numbering, xml::hidden_styles(&styles), limits)?;
    let properties = parts.get("docProps/core.xml")?.unwrap_or_default();
    Ok(Source {
        metadata: Metadata {
            title: xml::first_text(&properties, "title").and_then(|t| stated_title(&t, &text)),
            format: FORMAT.to_owned(),
            ..Metadata::default()
        },
        text,
    })
}

/// The parts of a package as text.
struct Parts<'a> {
    package: ZipArchive<Cursor<&'a [u8]>>,
    limits: &'a Limits,
    left: u64,
}

impl<'a> Parts<'a> {
    fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Aside> {
        let package =
            guarded(|| ZipArchive::new(Cursor::new(bytes)).map_err(|e| archive::failed(&e)))?;
        Ok(Self {
            package,
            limits,
            left: limits.unpacked(bytes.len() as u64),
        })
    }

    fn get(&mut self, name: &str) -> Result<Option<String>, Aside> {
        let (package, limits, left) = (&mut self.package, self.limits, &mut self.left);
        let bytes = guarded(|| archive::part(package, name, limits, left))?;
        // Parts are in UTF-8 or, seldom, UTF-16 with a mark.
        Ok(bytes.map(|bytes| encoding_rs::UTF_8.decode(&bytes).0.into_owned()))
    }

    /// The part that holds the text, as the package says.
    fn main(&mut self) -> Result<String, Aside> {
        let relations = self.get("_rels/.rels")?.unwrap_or_default();
        let target = xml::relation(&relations, "/officeDocument");
        Ok(target.unwrap_or_else(|| "word/document.xml".to_owned()))
    }
}
