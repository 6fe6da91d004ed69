//! A sentence with its words and quantities, and the questions that all rules ask of it.

use super::names::Name;
use super::words::{Token, role};
use crate::extract::Context;
use crate::extract::quantity::Quantity;
use crate::model::EntityType;
use crate::text::{Sentence, is_han};

/// A sentence with its words and quantities. Positions are characters of the document's normal form.
pub struct Passage<'a> {
    /// The document.
    pub context: &'a Context<'a>,
    /// All characters of the document.
    pub chars: &'a [char],
    /// The sentence.
    pub sentence: &'a Sentence,
    /// Its words.
    pub tokens: Vec<Token>,
    /// Its quantities.
    pub numbers: Vec<Quantity>,
    /// Where each year stands and what it says.
    pub years: Vec<(usize, String)>,
    /// Index of the first row of the sentence.
    pub first_row: usize,
    /// The name whose old level was told last (由A增至B).
    pub from: Option<Name>,
}

/// What stands between a name and its number.
pub struct Tail {
    /// Where the name ends.
    pub end: usize,
    /// A word of level stands there: 达, 为.
    pub level: bool,
    /// One that shows a total by itself: 突破.
    pub strong: bool,
    /// One that the new level follows: 增至.
    pub to: bool,
    /// One that shares values out in order: 分别.
    pub each: bool,
}

impl Passage<'_> {
    /// The words between two positions.
    pub fn words(&self, from: usize, to: usize) -> &[Token] {
        let a = self.tokens.partition_point(|t| t.start < from);
        let b = a + self.tokens[a..].partition_point(|t| t.end <= to);
        &self.tokens[a..b]
    }

    /// Whether a word with one of these roles stands between two positions.
    pub fn has(&self, from: usize, to: usize, roles: u32) -> bool {
        self.first(from, to, roles).is_some()
    }

    /// The first word with one of these roles between two positions.
    pub fn first(&self, from: usize, to: usize, roles: u32) -> Option<Token> {
        self.words(from, to).iter().find(|t| t.is(roles)).copied()
    }

    /// The word that ends here.
    pub fn token_ending(&self, from: usize, end: usize) -> Option<Token> {
        let i = self.tokens.partition_point(|t| t.end < end);
        let token = self.tokens.get(i).copied();
        token.filter(|t| t.end == end && t.start >= from)
    }

    /// The word that begins here and ends in time.
    pub fn token_at(&self, start: usize, to: usize) -> Option<Token> {
        let i = self.tokens.partition_point(|t| t.start < start);
        let token = self.tokens.get(i).copied();
        token.filter(|t| t.start == start && t.end <= to)
    }

    /// Where the clause of a position begins.
    pub fn clause_start(&self, position: usize) -> usize {
        let from = self.sentence.start;
        self.chars[from..position]
            .iter()
            .rposition(|c| is_break(*c))
            .map_or(from, |n| from + n + 1)
    }

    /// Whether nothing but words of time and linking stands in a passage.
    pub fn blank(&self, from: usize, to: usize) -> bool {
        let mut at = from;
        while at < to {
            let c = self.chars[at];
            if let Some(token) = self.token_at(at, to).filter(|t| {
                t.is(role::LEAD | role::COMPARE | role::LEVEL | role::SCOPE | role::RANGE)
                    && !t.is(role::NAME | role::HEAD | role::FIELD)
            }) {
                at = token.end;
            } else if !is_han(c)
                || matches!(c, '年' | '月' | '底' | '末' | '初')
                    && at > from
                    && matches!(self.chars[at - 1], '0'..='9' | '年' | '月')
            {
                at += 1;
            } else {
                return false;
            }
        }
        true
    }

    /// The place that a passage names and nothing else.
    pub fn only_place(&self, from: usize, to: usize) -> Option<String> {
        let span = self
            .context
            .spans_in(from, to)
            .first()
            .filter(|span| span.kind == EntityType::Place)?;
        ((span.start - from <= 4 || self.blank(from, span.start))
            && (self.blank(span.end, to) || to - span.end <= 2))
            .then(|| self.context.entities[span.entity].id.clone())
    }

    /// How many quantities from this one on stand in one list: `12%和19.6%`.
    pub fn run(&self, i: usize) -> usize {
        let numbers = &self.numbers;
        let mut n = 1;
        while i + n < numbers.len() {
            let gap = &self.chars[numbers[i + n - 1].end..numbers[i + n].start];
            let linked = matches!(gap, ['、' | '和' | '与' | '及'] | ['以', '及']);
            if !linked || numbers[i].is_rate() != numbers[i + n].is_rate() {
                break;
            }
            n += 1;
        }
        n
    }

    /// Strips the words between name and number.
    pub fn tail(&self, from: usize, to: usize) -> Tail {
        let mut tail = Tail {
            end: to,
            level: false,
            strong: false,
            to: false,
            each: false,
        };
        loop {
            let years = if tail.level {
                self.strip_years(from, tail.end)
            } else {
                tail.end
            };
            if years < tail.end {
                tail.end = years;
                continue;
            }
            let Some(token) = self.token_ending(from, tail.end) else {
                break;
            };
            if !token.is(role::LEVEL | role::COMPARE)
                || token.is(role::NAME | role::HEAD | role::UP | role::DOWN)
            {
                break;
            }
            tail.level = true;
            tail.strong |= token.is(role::STRONG);
            tail.to |= token.is(role::TO);
            tail.each |= token.is(role::EACH);
            tail.end = token.start;
        }
        tail
    }

    /// Whether a quantity belongs to the noun behind it: `2.6亿元的项目`, `500亩以上基地`.
    pub fn qualifies_noun(&self, end: usize) -> bool {
        let rest = &self.chars[end..];
        if let ['以', '上' | '内' | '下', rest @ ..] | ['左', '右', rest @ ..] = rest {
            return rest
                .first()
                .is_some_and(|c| is_han(*c) && !matches!(c, '且' | '和' | '并'));
        }
        matches!(rest, ['的', c, ..] if is_han(*c)) || matches!(rest, ['级' | '类' | '型', ..])
    }

    /// Whether the clause, or a part of its list, ends with a quantity.
    pub fn ends_clause(&self, end: usize) -> bool {
        let mut rest = &self.chars[end..];
        if let ['以', '上', after @ ..] | ['左', '右', after @ ..] = rest {
            rest = after;
        }
        rest.first()
            .is_none_or(|c| !is_han(*c) || matches!(c, '和' | '与' | '及'))
    }
}

/// Whether a character ends a clause.
fn is_break(c: char) -> bool {
    matches!(
        c,
        '，' | '；' | '。' | '：' | '！' | '？' | '\n' | '（' | '）' | ';' | '…'
    )
}
