//! Who is spoken of: the home place, another place, or a firm, whose figures are none of the place.

use super::passage::Passage;
use super::words::{Token, role};
use crate::extract::Span;
use crate::model::EntityType;

/// Who is spoken of.
#[derive(Clone, PartialEq)]
pub enum Subject {
    /// The place that the document is about.
    Home,
    /// Another place, by its id.
    Place(String),
    /// A firm, a project or a person.
    Firm,
}

/// Whether figures of such a thing are none of the place.
pub fn is_firm(kind: EntityType) -> bool {
    matches!(
        kind,
        EntityType::Enterprise | EntityType::Project | EntityType::Person
    )
}

impl Subject {
    /// Follows who is spoken of from one position to another.
    pub fn follow(&mut self, passage: &Passage, home: &str, from: usize, to: usize) {
        let of_word = |word: &Token| {
            if word.is(role::SCOPE) {
                Self::Home
            } else {
                Self::Firm
            }
        };
        let mut words = passage.tokens[passage.tokens.partition_point(|t| t.start < from)..]
            .iter()
            .take_while(|t| t.start < to)
            .filter(|t| t.is(role::SCOPE | role::FOREIGN))
            .peekable();
        for span in passage.context.spans_in(from, to) {
            while let Some(word) = words.next_if(|word| word.start < span.start) {
                *self = of_word(word);
            }
            if is_firm(span.kind) {
                *self = Self::Firm;
            } else if span.kind == EntityType::Place && passage.opens_clause(span) {
                let id = &passage.context.entities[span.entity].id;
                *self = if id == home {
                    Self::Home
                } else {
                    Self::Place(id.clone())
                };
            }
        }
        if let Some(word) = words.last() {
            *self = of_word(word);
        }
    }
}

impl Passage<'_> {
    /// Whether a mention stands at the head of its clause, so that it can be the subject.
    fn opens_clause(&self, span: &Span) -> bool {
        let mut start = self.clause_start(span.start);
        if let Some(n) = self.chars[start..span.start]
            .iter()
            .rposition(|c| *c == '、')
        {
            start += n + 1;
        }
        span.start - start <= 12 && self.blank(start, span.start)
    }
}
