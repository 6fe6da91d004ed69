//! Text without knowledge of townships: a document as decoded, its normal form, its sentences.
//!
//! Every later stage works on the normal form and speaks in its indices; [`Text::source_span`] leads back to
//! the source, so that what is printed is always cut from the text as it stands in the file.

mod charset;
pub mod double_array;
mod normal;
mod outline;
mod pairs;
mod trie;
pub mod walks;

pub use charset::CharSet;
pub use normal::normalise;
pub use outline::{Sentence, headline, outline};
pub use pairs::PairFilter;
pub use trie::Trie;

use crate::model::Metadata;

/// A text with its normal form.
#[derive(Clone, Debug, Default)]
pub struct Text {
    source: Letters,
    /// The normal form: one kind of digit, bracket and quotation mark, no layout; paragraphs end in `\n`.
    pub chars: Vec<char>,
    /// For each character of the normal form its index in the source.
    pub at: Vec<u32>,
    normal: Letters,
}

/// A string of which any stretch of code points is cut without a search.
#[derive(Clone, Debug, Default)]
struct Letters {
    text: String,
    /// For each code point the byte at which it begins; then the length of the string.
    starts: Vec<u32>,
}

impl Letters {
    /// A string and its code points.
    fn new(text: String, chars: &[char]) -> Self {
        let mut starts = Vec::with_capacity(chars.len() + 1);
        let mut next = 0;
        starts.extend(chars.iter().map(|c| {
            let start = next;
            next += c.len_utf8() as u32;
            start
        }));
        starts.push(next);
        Self { text, starts }
    }

    fn cut(&self, start: usize, end: usize) -> &str {
        if start == end {
            return "";
        }
        &self.text[self.starts[start] as usize..self.starts[end] as usize]
    }
}

impl Text {
    /// A text and its code points, its normal form, and for each character of that its index in the text.
    fn new(source: &str, letters: &[char], chars: Vec<char>, at: Vec<u32>) -> Self {
        let mut normal = String::with_capacity(3 * chars.len());
        normal.extend(&chars);
        Self {
            source: Letters::new(source.to_owned(), letters),
            normal: Letters::new(normal, &chars),
            chars,
            at,
        }
    }

    /// The source.
    pub fn source(&self) -> &str {
        &self.source.text
    }

    /// Number of code points of the source.
    pub fn source_length(&self) -> usize {
        self.source.starts.len().saturating_sub(1)
    }

    /// The span of the source that a non-empty span of the normal form was made from.
    pub fn source_span(&self, start: usize, end: usize) -> (usize, usize) {
        debug_assert!(start < end && end <= self.at.len());
        (self.at[start] as usize, self.at[end - 1] as usize + 1)
    }

    /// The source text of a source span.
    pub fn source_text(&self, start: usize, end: usize) -> String {
        self.source.cut(start, end).to_owned()
    }

    /// The normal text of a span of the normal form.
    pub fn slice(&self, start: usize, end: usize) -> &str {
        self.normal.cut(start, end)
    }

    /// The byte of the normal text at which a character of the normal form begins; for the number of characters its length.
    pub fn byte(&self, position: usize) -> usize {
        self.normal.starts[position] as usize
    }

    /// The character of the normal form that begins at or after a byte of the normal text.
    pub fn at_byte(&self, byte: usize) -> usize {
        self.normal
            .starts
            .partition_point(|&start| (start as usize) < byte)
    }

    /// The same where the character is known to stand within a stretch of the normal form.
    pub fn at_byte_within(&self, byte: usize, stretch: std::ops::RangeInclusive<usize>) -> usize {
        let first = *stretch.start();
        let starts = &self.normal.starts[stretch];
        first + starts.partition_point(|&start| (start as usize) < byte)
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
    /// The lines above the text, joined; empty if it begins without a title.
    pub title: String,
    /// What a table or a page says of it beside its text, where that is new.
    pub told: Option<Told>,
    /// Year and month in which the page or the table says that it was published.
    pub issued: Option<(i32, u32)>,
}

/// What a table or a page says of a document beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The place, from the widest division down, as it stands in one column or several; may be empty.
    pub place: String,
    /// The title; may be empty.
    pub title: String,
}

impl Document {
    /// Normalises and outlines a decoded text.
    pub fn new(name: impl Into<String>, source: &str) -> Self {
        let text = normalise(source);
        let (title, sentences) = outline(&text);
        Self {
            name: name.into(),
            text,
            sentences,
            title,
            told: None,
            issued: None,
        }
    }

    /// With what a table or a page says of its place, its title and the day of its publication.
    pub fn told(mut self, metadata: &Metadata) -> Self {
        let told = Told {
            place: metadata.place.clone().unwrap_or_default(),
            title: metadata.title.as_deref().unwrap_or_default().trim().into(),
        };
        let is_new = |words: &str| !words.is_empty() && !self.text.source().contains(words);
        let place: String = told.place.split_whitespace().collect();
        if is_new(&place) && !told.title.contains(&place) || is_new(&told.title) {
            self.told = Some(told);
        }
        self.issued = metadata.published();
        self
    }

    /// The title as a reader would cite it; `None` if the text begins without one.
    pub fn headline(&self) -> Option<String> {
        Some(headline(&self.text, &self.sentences)).filter(|title| !title.is_empty())
    }

    /// The text with what is told of it as its first line, if anything is: the place in these words, and the title.
    pub(crate) fn with_told(&self, place: impl Fn(&str) -> String) -> Option<Self> {
        let told = self.told.as_ref()?;
        let line = place(&told.place) + &told.title;
        let text = format!("{line}\n\n{}", self.text.source());
        Some(Self::new(&*self.name, &text))
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
    is_common_han(c)
        || matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{323AF}' | '〇' | '々' | '\u{F900}'..='\u{FAFF}')
}

/// Whether a character is one of the ideographs that nearly all text is made of; cheaper to ask than [`is_han`].
pub(crate) fn is_common_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// The form in which names are compared: no white space, quotation marks, brackets or middle dots; half-width; lower case.
///
/// ```
/// assert_eq!(xiangtu::text::key("“百企帮扶” 行动"), "百企帮扶行动");
/// ```
pub fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for c in name.chars() {
        let c = match c {
            c if is_common_han(c) => {
                key.push(c);
                continue;
            }
            '\u{FF01}'..='\u{FF5E}' => {
                char::from_u32(c as u32 - 0xFEE0).expect("full-width ASCII has a half-width form")
            }
            c => c,
        };
        if !c.is_whitespace() && !"“”\"'‘’《》〈〉「」『』()[]【】·".contains(c)
        {
            key.extend(c.to_lowercase());
        }
    }
    key
}
