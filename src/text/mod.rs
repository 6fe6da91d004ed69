//! Text without knowledge of townships: a document as decoded, its normal form, its sentences.
//!
//! Every later stage works on the normal form and speaks in its indices; [`Text::source_span`] leads back to
//! the source, so that what is printed is always cut from the text as it stands in the file.

mod normal;
mod outline;
mod trie;

pub use normal::normalise;
pub use outline::{Sentence, outline};
pub use trie::Trie;

/// A text with its normal form.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// The source, code point by code point.
    pub source: Vec<char>,
    /// The normal form: one kind of digit, bracket and quotation mark, no layout; paragraphs end in `\n`.
    pub chars: Vec<char>,
    /// For each character of the normal form its index in the source.
    pub at: Vec<u32>,
}

impl Text {
    /// The span of the source that a non-empty span of the normal form was made from.
    pub fn source_span(&self, start: usize, end: usize) -> (usize, usize) {
        debug_assert!(start < end && end <= self.at.len());
        (self.at[start] as usize, self.at[end - 1] as usize + 1)
    }

    /// The source text of a source span.
    pub fn source_text(&self, start: usize, end: usize) -> String {
        self.source[start..end].iter().collect()
    }

    /// The normal text of a span of the normal form.
    pub fn slice(&self, start: usize, end: usize) -> String {
        self.chars[start..end].iter().collect()
    }

    /// The index in the normal form of the first character at or after a source offset.
    pub fn from_source(&self, offset: usize) -> usize {
        self.at.partition_point(|&at| (at as usize) < offset)
    }
}

/// A text ready for extraction.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// File name.
    pub name: String,
    /// Source and normal form.
    pub text: Text,
    /// Sentences in order; they tile the normal form.
    pub sentences: Vec<Sentence>,
    /// The title line or lines, joined; empty if the text begins without one.
    pub title: String,
}

impl Document {
    /// Normalises and outlines a decoded text.
    pub fn new(name: impl Into<String>, source: &str) -> Self {
        let text = normalise(source);
        let (title, sentences) = outline(&text.chars);
        Self {
            name: name.into(),
            text,
            sentences,
            title,
        }
    }

    /// The index of the sentence that holds a position of the normal form.
    pub fn sentence_at(&self, position: usize) -> usize {
        self.sentences
            .partition_point(|s| s.end <= position)
            .min(self.sentences.len().saturating_sub(1))
    }
}

/// Whether a character is a Han ideograph.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{323AF}' | '〇' | '々' | '\u{F900}'..='\u{FAFF}')
}

/// The form in which names are compared: no white space, quotation marks, brackets or middle dots; half-width; lower case.
///
/// ```
/// assert_eq!(xiangtu::text::key("“百企帮扶” 行动"), "百企帮扶行动");
/// ```
pub fn key(name: &str) -> String {
    name.chars()
        .filter_map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0),
            c => Some(c),
        })
        .filter(|c| !c.is_whitespace() && !"“”\"'‘’《》〈〉「」『』()[]【】·".contains(*c))
        .flat_map(char::to_lowercase)
        .collect()
}
