//! The folded text: every mention is one sign, so that a pattern can speak of mentions and words alike.
//!
//! `由海河公司投资3亿元的北塘冷库` folds to `由Ⓔ投资3亿元的Ⓟ`. Words inside names cannot be mistaken for cues any more,
//! and a pattern is as short as the sentence it is meant for. What is left out: meaning; a fold only carries text.

use std::ops::Range;

use crate::extract::Context;
use crate::model::{EntityType, Part};
use crate::text::{Sentence, Text, is_common_han};

/// The sign that stands for a mention of this type.
pub fn sign(kind: EntityType) -> char {
    match kind {
        EntityType::Place => 'Ⓛ',
        EntityType::Enterprise => 'Ⓔ',
        EntityType::Project => 'Ⓟ',
        EntityType::Campaign => 'Ⓒ',
        EntityType::Person => 'Ⓝ',
        EntityType::Honour => 'Ⓗ',
    }
}

const SIGNS: [char; 6] = ['Ⓛ', 'Ⓔ', 'Ⓟ', 'Ⓒ', 'Ⓝ', 'Ⓗ'];

/// The length of every sign in bytes.
pub const SIGN: usize = 'Ⓟ'.len_utf8();

/// A mention in the folded text.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Byte at which its sign stands.
    pub at: usize,
    /// Index into [`Context::entities`].
    pub entity: usize,
    /// Type of the thing named.
    pub kind: EntityType,
}

/// A document with its mentions folded; ranges are bytes of `text`.
pub struct Fold<'a> {
    normal: &'a Text,
    /// The folded text.
    pub text: String,
    /// Mentions in order.
    pub marks: Vec<Mark>,
    /// Stretches between marks of punctuation, commas included, in order; they tile the text.
    pub clauses: Vec<Range<usize>>,
    /// Sentences of the document; they tile the text. One that ends inside a name goes on to the end of the next.
    pub sentences: Vec<Range<usize>>,
    /// For each sentence whether the outline finds that it looks ahead.
    pub parts: Vec<Part>,
    /// For each sentence the types of its mentions, one bit each.
    kinds: Vec<u8>,
    /// Lines of the document; they tile the text.
    pub paragraphs: Vec<Range<usize>>,
    /// Stretches of the normal text that were taken over as they are.
    taken: Vec<Taken>,
    /// Where the clause, the sentence and the line begin that are not yet complete.
    open: [usize; 3],
}

/// Where a stretch begins that was taken over.
struct Taken {
    /// Byte of the folded text.
    at: usize,
    /// Byte of the normal text.
    byte: usize,
    /// Character of the normal text.
    position: usize,
}

/// Types, one bit each.
fn bits(kinds: &[EntityType]) -> u8 {
    kinds.iter().fold(0, |bits, kind| bits | 1 << *kind as u8)
}

impl<'a> Fold<'a> {
    /// Folds a document.
    pub fn new(context: &Context<'a>) -> Self {
        let (doc, spans) = (context.doc, &context.spans);
        let mut fold = Self {
            normal: &doc.text,
            text: String::with_capacity(doc.text.byte(doc.text.chars.len())),
            marks: Vec::with_capacity(spans.len()),
            clauses: Vec::new(),
            sentences: Vec::with_capacity(doc.sentences.len()),
            parts: Vec::with_capacity(doc.sentences.len()),
            kinds: Vec::with_capacity(doc.sentences.len()),
            paragraphs: Vec::new(),
            taken: Vec::with_capacity(spans.len() + 1),
            open: [0; 3],
        };
        let n_chars = doc.text.chars.len();
        let mut sentences = &doc.sentences[..];
        let mut i = 0;
        for span in spans {
            // Spans that begin inside an earlier one are passed over.
            if span.start < i || span.end <= span.start || span.end > n_chars {
                continue;
            }
            fold.take(i, span.start, &mut sentences);
            fold.marks.push(Mark {
                at: fold.text.len(),
                entity: span.entity,
                kind: span.kind,
            });
            fold.text.push(sign(span.kind));
            i = span.end;
            fold.end_sentences(i, fold.text.len(), &mut sentences);
        }
        fold.take(i, n_chars, &mut sentences);
        fold.close(doc.sentences.last().map_or(Part::Review, |s| s.part));
        let mut marks = fold.marks.iter().peekable();
        let kinds = fold.sentences.iter().map(|sentence| {
            let mut kinds = 0;
            while let Some(mark) = marks.next_if(|mark| mark.at < sentence.end) {
                kinds |= bits(&[mark.kind]);
            }
            kinds
        });
        fold.kinds.extend(kinds);
        fold
    }

    /// Takes over a stretch of the normal text with the ends of clauses, sentences and lines in it.
    fn take(&mut self, start: usize, end: usize, sentences: &mut &[Sentence]) {
        let normal = self.normal;
        let (base, first) = (self.text.len(), normal.byte(start));
        self.taken.push(Taken {
            at: base,
            byte: first,
            position: start,
        });
        self.text.push_str(normal.slice(start, end));
        let mut next = sentences.first().map_or(usize::MAX, |s| s.end);
        let mut has_sign = false;
        let mut here = base;
        for (i, &c) in (start..end).zip(&normal.chars[start..end]) {
            let is_letter = is_common_han(c);
            here += c.len_utf8();
            if is_letter && i + 1 < next {
                continue;
            }
            if !is_letter && matches!(c, '，' | '；' | '。' | '！' | '？' | '：' | '\n') {
                self.end_clause(here);
            }
            if i + 1 >= next {
                self.end_sentences(i + 1, here, sentences);
                next = sentences.first().map_or(usize::MAX, |s| s.end);
            }
            if c == '\n' {
                let from = std::mem::replace(&mut self.open[2], here);
                self.paragraphs.push(from..here);
            }
            has_sign |= SIGNS.contains(&c);
        }
        if has_sign {
            // The signs themselves do not occur in reports; where they do they must not pass for mentions.
            let taken = self.text.split_off(base);
            self.text.push_str(&taken.replace(SIGNS, "○"));
        }
    }

    fn end_clause(&mut self, here: usize) {
        let from = std::mem::replace(&mut self.open[0], here);
        self.clauses.push(from..here);
    }

    /// Ends the sentence if one ends at a character, which is a byte of the folded text.
    fn end_sentences(&mut self, position: usize, here: usize, sentences: &mut &[Sentence]) {
        let mut part = None;
        while let [first, rest @ ..] = *sentences
            && first.end <= position
        {
            // A sentence that ends inside a name is none of its own.
            if first.end == position {
                part = Some(first.part);
            }
            *sentences = rest;
        }
        if let Some(part) = part {
            let from = std::mem::replace(&mut self.open[1], here);
            self.sentences.push(from..here);
            self.parts.push(part);
            if self.open[0] < here {
                self.end_clause(here);
            }
        }
    }

    /// Ends what is open at the end of the text.
    fn close(&mut self, part: Part) {
        let end = self.text.len();
        let [clause, sentence, paragraph] = self.open;
        if clause < end {
            self.clauses.push(clause..end);
        }
        if sentence < end {
            self.sentences.push(sentence..end);
            self.parts.push(part);
        }
        if paragraph < end {
            self.paragraphs.push(paragraph..end);
        }
    }

    /// The span of the normal form that a stretch of the folded text was made from.
    pub fn normal(&self, range: Range<usize>) -> (usize, usize) {
        (self.origin(range.start), self.origin(range.end))
    }

    /// The character of the normal form that begins at a byte of the folded text.
    fn origin(&self, at: usize) -> usize {
        let next = self.taken.partition_point(|taken| taken.at <= at);
        let Some(taken) = next.checked_sub(1).map(|i| &self.taken[i]) else {
            return 0;
        };
        // At the latest where the next stretch begins; no two bytes of a text lie farther apart than its characters.
        let byte = taken.byte + at - taken.at;
        let last = taken.position + at - taken.at;
        let last = last.min(self.normal.chars.len());
        self.normal.at_byte_within(byte, taken.position..=last)
    }

    /// The sentences that have mentions of one of each of these types.
    pub fn sentences_with(&self, each: &[&[EntityType]]) -> Vec<Range<usize>> {
        let has_all = |kinds: u8| each.iter().all(|of| kinds & bits(of) != 0);
        let sentences = self.sentences.iter().zip(&self.kinds);
        let those = sentences.filter(|(_, kinds)| has_all(**kinds));
        those.map(|(sentence, _)| sentence.clone()).collect()
    }

    /// Whether the document has a mention of one of these types.
    pub fn has(&self, kinds: &[EntityType]) -> bool {
        self.kinds.iter().any(|told| told & bits(kinds) != 0)
    }

    /// The marks inside a stretch.
    pub fn marks_in(&self, range: Range<usize>) -> &[Mark] {
        let a = self.marks.partition_point(|m| m.at < range.start);
        let b = self.marks.partition_point(|m| m.at < range.end);
        &self.marks[a..b.max(a)]
    }

    /// The mark whose sign stands at a byte.
    pub fn mark_at(&self, at: usize) -> Option<Mark> {
        let i = self.marks.partition_point(|m| m.at < at);
        self.marks.get(i).copied().filter(|m| m.at == at)
    }

    /// The clause that holds a byte.
    pub fn clause_at(&self, at: usize) -> usize {
        holding(&self.clauses, at)
    }

    /// The clauses of a sentence.
    pub fn clauses_in(&self, sentence: &Range<usize>) -> Vec<Range<usize>> {
        let first = self.clause_at(sentence.start);
        let clauses = self.clauses[first..].iter();
        clauses
            .take_while(|clause| clause.start < sentence.end)
            .cloned()
            .collect()
    }

    /// The sentence that holds a byte.
    pub fn sentence_at(&self, at: usize) -> usize {
        holding(&self.sentences, at)
    }

    /// The paragraph that holds a byte.
    pub fn paragraph_at(&self, at: usize) -> usize {
        holding(&self.paragraphs, at)
    }
}

fn holding(ranges: &[Range<usize>], at: usize) -> usize {
    ranges
        .partition_point(|r| r.end <= at)
        .min(ranges.len().saturating_sub(1))
}
