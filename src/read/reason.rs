//! Why a document is set aside: a name that the store keeps, and what was met in particular.

use std::fmt;

/// Why a document is not read. The messages say for each what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// No bytes, or white space only.
    Empty,
    /// Bytes that are no text of any kind.
    Binary,
    /// Text in no encoding that is read.
    Encoding,
    /// The system does not let it be read.
    Unreadable,
    /// Has no word in it.
    NoText,
    /// More bytes than the limit.
    TooLarge,
    /// Extracting it would take more memory than the limit.
    TooLong,
    /// Takes longer than the limit.
    TooSlow,
    /// Unpacks to many times its size.
    Expands,
    /// Archives within archives, deeper than the limit.
    Nested,
    /// Breaks the rules of its format.
    Damaged,
    /// Needs a password.
    Protected,
    /// Pictures of pages without a text layer.
    Scanned,
    /// Its fonts do not say which characters their glyphs are.
    Fonts,
    /// A table without a column that is known to hold texts.
    NoColumn,
    /// Lines of a table that a quotation mark has made one row of.
    Quotes,
    /// A document of a format that another program must convert to .docx.
    OldDocument,
    /// A spreadsheet, to be saved as .csv.
    Spreadsheet,
    /// Any other format, to be saved as .pdf.
    Unsupported,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 19] = [
        Self::Empty,
        Self::Binary,
        Self::Encoding,
        Self::Unreadable,
        Self::NoText,
        Self::TooLarge,
        Self::TooLong,
        Self::TooSlow,
        Self::Expands,
        Self::Nested,
        Self::Damaged,
        Self::Protected,
        Self::Scanned,
        Self::Fonts,
        Self::NoColumn,
        Self::Quotes,
        Self::OldDocument,
        Self::Spreadsheet,
        Self::Unsupported,
    ];

    /// The words that the store keeps.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Binary => "binary",
            Self::Encoding => "unknown encoding",
            Self::Unreadable => "unreadable",
            Self::NoText => "no text",
            Self::TooLarge => "too large",
            Self::TooLong => "too long",
            Self::TooSlow => "too slow",
            Self::Expands => "expands too much",
            Self::Nested => "archives in archives",
            Self::Damaged => "damaged",
            Self::Protected => "protected",
            Self::Scanned => "scanned",
            Self::Fonts => "unreadable fonts",
            Self::NoColumn => "no text column",
            Self::Quotes => "open quotation mark",
            Self::OldDocument => "old document",
            Self::Spreadsheet => "spreadsheet",
            Self::Unsupported => "not supported",
        }
    }
}

/// A reason with what was met: a size, a line, the columns that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Why.
    pub reason: Reason,
    /// What was met; may be empty. No sentence: numbers, names, a library's words.
    pub detail: String,
}

impl Aside {
    /// A reason with what was met.
    pub fn new(reason: Reason, detail: impl fmt::Display) -> Self {
        // One line, and not a page of a library's debug output.
        let detail = detail.to_string();
        let detail = detail
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(200)
            .collect();
        Self { reason, detail }
    }
}

impl From<Reason> for Aside {
    fn from(reason: Reason) -> Self {
        Self::new(reason, "")
    }
}

impl fmt::Display for Aside {
    /// `too large: 210 MB`: what the store keeps.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.name())?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Aside {}
