//! The folded text: every mention is one sign, so that a pattern can speak of mentions and words alike.
//!
//! `由海河公司投资3亿元的北塘冷库` folds to `由Ⓔ投资3亿元的Ⓟ`. Words inside names cannot be mistaken for cues any more,
//! and a pattern is as short as the sentence it is meant for. What is left out: meaning; a fold only carries text.

use std::ops::Range;

use crate::extract::Context;
use crate::model::{EntityType, Part};

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
pub struct Fold {
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
    /// Lines of the document; they tile the text.
    pub paragraphs: Vec<Range<usize>>,
    /// For each byte the character of the normal form that begins there.
    at: Vec<u32>,
}

impl Fold {
    /// Folds a document.
    pub fn new(context: &Context) -> Self {
        let chars = &context.doc.text.chars;
        let mut fold = Self {
            text: String::with_capacity(chars.len() * 3),
            marks: Vec::with_capacity(context.spans.len()),
            clauses: Vec::new(),
            sentences: Vec::with_capacity(context.doc.sentences.len()),
            parts: Vec::with_capacity(context.doc.sentences.len()),
            paragraphs: Vec::new(),
            at: Vec::with_capacity(chars.len() * 3 + 1),
        };
        let mut sentence_ends = context
            .doc
            .sentences
            .iter()
            .map(|s| (s.end, s.part))
            .peekable();
        let (mut clause, mut sentence, mut paragraph) = (0, 0, 0);
        let mut next_span = 0;
        let mut i = 0;
        while i < chars.len() {
            // Spans that begin inside an earlier one are passed over.
            while context.spans.get(next_span).is_some_and(|s| s.start < i) {
                next_span += 1;
            }
            let here = i;
            let mark = context
                .spans
                .get(next_span)
                .filter(|s| s.start == i && s.end > i && s.end <= chars.len());
            let c = if let Some(span) = mark {
                fold.marks.push(Mark {
                    at: fold.text.len(),
                    entity: span.entity,
                    kind: span.kind,
                });
                next_span += 1;
                i = span.end;
                sign(span.kind)
            } else {
                i += 1;
                match chars[here] {
                    // The signs themselves do not occur in reports; where they do they must not pass for mentions.
                    'Ⓛ' | 'Ⓔ' | 'Ⓟ' | 'Ⓒ' | 'Ⓝ' | 'Ⓗ' => '○',
                    c => c,
                }
            };
            fold.text.push(c);
            fold.at
                .resize(fold.text.len(), u32::try_from(here).unwrap_or(u32::MAX));
            let end = fold.text.len();
            if mark.is_none() && matches!(c, '，' | '；' | '。' | '！' | '？' | '：' | '\n') {
                fold.clauses.push(clause..end);
                clause = end;
            }
            let mut part = None;
            while let Some((e, p)) = sentence_ends.next_if(|&(e, _)| e <= i) {
                // A sentence that ends inside a name is none of its own.
                part = (e == i).then_some(p).or(part);
            }
            if let Some(part) = part {
                fold.sentences.push(sentence..end);
                fold.parts.push(part);
                sentence = end;
                if clause < end {
                    fold.clauses.push(clause..end);
                    clause = end;
                }
            }
            if mark.is_none() && c == '\n' {
                fold.paragraphs.push(paragraph..end);
                paragraph = end;
            }
        }
        let end = fold.text.len();
        if sentence < end {
            fold.parts.push(
                context
                    .doc
                    .sentences
                    .last()
                    .map_or(Part::Review, |s| s.part),
            );
        }
        for (from, list) in [
            (clause, &mut fold.clauses),
            (sentence, &mut fold.sentences),
            (paragraph, &mut fold.paragraphs),
        ] {
            if from < end {
                list.push(from..end);
            }
        }
        fold.at.push(u32::try_from(chars.len()).unwrap_or(u32::MAX));
        fold
    }

    /// The span of the normal form that a stretch of the folded text was made from.
    pub fn normal(&self, range: Range<usize>) -> (usize, usize) {
        (self.at[range.start] as usize, self.at[range.end] as usize)
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
