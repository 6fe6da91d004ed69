//! Figures of places: 财政收入2.21亿元，增长5%. A figure has a name, a value with its unit or a change, and the place
//! and years that it speaks of.
//!
//! Every number with a unit is asked what stands before it. One file per subject: `words` knows what each word does,
//! `passage` is a sentence with its words, `subject` says who is spoken of, `names` finds names, `values` and `changes` give a number to
//! a name, `periods` says when that was or is to be, and `rows` keeps what was found.
//!
//! Left out on purpose: counts of activities, the size of one project, money of enterprises, comparisons with other
//! places.

mod changes;
mod names;
mod passage;
mod periods;
mod rows;
mod subject;
mod values;
mod words;

use super::quantity::{Quantity, quantities};
use super::{Context, year};
use crate::model::{Indicator, LOCAL, Part};
use crate::text::Sentence;
use names::Name;
use passage::{Passage, Tail};
use rows::Row;
use subject::Subject;
use words::{role, tokens};

/// The figures that a document states, in order of the text.
pub fn indicate(context: &Context) -> Vec<Indicator> {
    let only_plans = context
        .doc
        .sentences
        .iter()
        .all(|s| s.part == Part::Plan || s.heading > 0);
    let mut reader = Reader {
        context,
        chars: &context.doc.text.chars,
        home: context
            .home
            .as_ref()
            .map_or_else(|| format!("{LOCAL}home"), |home| home.id.clone()),
        rows: Vec::new(),
        before: Vec::new(),
        before_row: 0,
        plan_year: context.year.map(|year| {
            // The part of a report that plans may stand alone.
            let is_of_next = !only_plans || year::planned(context.doc) == Some(year + 1);
            year + i32::from(is_of_next)
        }),
    };
    for sentence in &context.doc.sentences {
        reader.sentence(sentence);
    }
    reader.finish()
}

/// Reads a document sentence by sentence.
struct Reader<'a> {
    context: &'a Context<'a>,
    chars: &'a [char],
    /// Id of the place that the document is about.
    home: String,
    rows: Vec<Row>,
    /// Names of the figures of the sentence before.
    before: Vec<Name>,
    /// Index of the first row of the sentence before.
    before_row: usize,
    /// The year that targets speak of.
    plan_year: Option<i32>,
}

/// The quantity, or the list of them, that is read, and what stands before it.
struct Reading<'s> {
    /// Index of the first quantity.
    at: usize,
    /// How many stand in the list.
    run: usize,
    /// The first quantity.
    quantity: Quantity,
    /// Who is spoken of.
    subject: &'s Subject,
    /// Where its clause begins, or the quantity before ends.
    from: usize,
    /// What stands between a name and it.
    tail: Tail,
}

impl<'a> Reader<'a> {
    fn sentence(&mut self, sentence: &'a Sentence) {
        let text = &self.chars[sentence.start..sentence.end];
        if sentence.heading == 9
            || !text
                .iter()
                .any(|c| c.is_ascii_digit() || matches!(c, '番' | 'X' | 'x' | '×' | '*'))
        {
            return;
        }
        let mut numbers = quantities(self.chars, sentence.start, sentence.end);
        if numbers.is_empty() {
            return;
        }
        let tokens = tokens(self.chars, sentence.start, sentence.end);
        // 500万元以上固定资产投资 is a name.
        numbers.retain(|q| {
            !tokens
                .iter()
                .any(|t| t.start <= q.start && q.end <= t.end && t.is(role::NAME))
        });
        let years = self.years(sentence, &tokens);
        let mut passage = Passage {
            context: self.context,
            chars: self.chars,
            sentence,
            tokens,
            numbers,
            years,
            first_row: self.rows.len(),
            from: None,
        };
        let mut subject = Subject::Home;
        let mut seen = sentence.start;
        let mut at = 0;
        while let Some(quantity) = passage.numbers.get(at) {
            let start = quantity.start;
            subject.follow(&passage, &self.home, seen, start);
            seen = start;
            at += self.read(&mut passage, at, &subject);
        }
        let names: Vec<Name> = self
            .rows_of(&passage)
            .iter()
            .map(|row| row.name.clone())
            .collect();
        if !names.is_empty() {
            self.before = names;
            self.before_row = passage.first_row;
        }
    }

    /// Reads the quantity at `at`, or the list of quantities that begins there; returns how many were read.
    fn read(&mut self, passage: &mut Passage, at: usize, subject: &Subject) -> usize {
        let quantity = passage.numbers[at].clone();
        let start = quantity.start;
        let run = passage.run(at);
        let mut from = passage.clause_start(start);
        if at > 0 {
            from = from.max(passage.numbers[at - 1].end);
        }
        if *subject == Subject::Firm
            && !passage.has(from, start, role::PLACE)
            && !self.follows_row(passage, at)
        {
            passage.from = None;
            return run;
        }
        if passage.has(from, start, role::AGAINST) {
            return 1;
        }
        let reading = Reading {
            at,
            run,
            quantity,
            subject,
            from,
            tail: passage.tail(from, start),
        };
        if let Some(growth) = passage.growth(&reading) {
            self.read_growth(passage, &reading, &growth);
            return run;
        }
        if reading.quantity.kind == "times" || reading.quantity.unit == "倍" {
            return 1;
        }
        if run > 1 && self.read_each(passage, &reading) {
            return run;
        }
        self.read_value(passage, &reading);
        1
    }

    /// Whether the quantity before was read as a figure, and this one continues it.
    fn follows_row(&self, passage: &Passage, at: usize) -> bool {
        self.rows_of(passage)
            .last()
            .is_some_and(|row| row.at + 1 == at)
            && (passage.numbers[at].is_rate() || passage.from.is_some())
    }
}

#[cfg(test)]
mod tests;
