//! Changes: 增长5%, 同比下降2%, 分别增长7%、12%. A change goes to the figure before it or to the name in front of it.

use super::names::{Class, Name};
use super::passage::Passage;
use super::rows::{Rule, Told, change, rule};
use super::words::role;
use super::{Reader, Reading};

/// A word of change.
pub struct Growth {
    /// Where the words before it end.
    end: usize,
    /// `-` for a fall.
    sign: &'static str,
}

impl Passage<'_> {
    /// The word of change before a rate.
    pub fn growth(&self, reading: &Reading) -> Option<Growth> {
        let Reading {
            ref quantity,
            from,
            ref tail,
            ..
        } = *reading;
        let word = self
            .token_ending(from, tail.end)
            .filter(|t| t.is(role::UP | role::DOWN));
        let (mut end, sign) = match word {
            Some(word) if !tail.to => (word.start, if word.is(role::DOWN) { "-" } else { "" }),
            None if quantity.kind == "times" => (tail.end, ""),
            _ => return None,
        };
        if !quantity.is_rate() && quantity.unit != "倍" {
            return None;
        }
        loop {
            let start = end;
            if let Some(token) = self
                .token_ending(from, end)
                .filter(|t| t.is(role::COMPARE | role::UP | role::DOWN) && !t.is(role::NAME))
            {
                end = token.start;
            }
            end = self.strip_years(from, end);
            if end == start {
                return Some(Growth { end, sign });
            }
        }
    }
}

impl Reader<'_> {
    /// Reads a change, or a list of them.
    pub fn read_growth(&mut self, passage: &Passage, reading: &Reading, growth: &Growth) {
        let nameless = passage.blank(reading.from, growth.end);
        match (reading.run > 1, nameless) {
            (true, true) => self.share_out_changes(passage, reading, growth),
            (true, false) => {
                let names = passage.names(reading.from, growth.end, reading.run);
                for (k, name) in names.into_iter().flatten().enumerate() {
                    self.push_change(passage, reading, k, growth, name, rule::GROWTH);
                }
            }
            (false, true) => self.read_growth_of_row(passage, reading, growth),
            (false, false) => self.read_growth_of_name(passage, reading, growth),
        }
    }

    /// `分别增长7%和9%` behind as many figures.
    fn share_out_changes(&mut self, passage: &Passage, reading: &Reading, growth: &Growth) {
        let Reading { at, run, .. } = *reading;
        let open: Vec<usize> = (passage.first_row..self.rows.len())
            .rev()
            .filter(|&r| self.rows[r].change.is_none())
            .take(run)
            .collect();
        if open.len() < run {
            return;
        }
        for (row, quantity) in open.into_iter().rev().zip(&passage.numbers[at..at + run]) {
            self.rows[row].change = change(quantity, growth.sign);
            self.rows[row].at = at + run - 1;
        }
    }

    /// A change without a name in front of it: of the figure before, or of the name in the clause before.
    fn read_growth_of_row(&mut self, passage: &Passage, reading: &Reading, growth: &Growth) {
        let Reading {
            at,
            ref quantity,
            from,
            ..
        } = *reading;
        if let Some(row) = self
            .last_row(passage)
            .filter(|row| row.change.is_none() && row.at + 1 >= at)
        {
            row.change = change(quantity, growth.sign);
            row.end = quantity.end.max(row.end);
            row.at = at;
        } else if let Some(name) = passage.name_before(from, at) {
            self.push_change(passage, reading, 0, growth, name, rule::CLAUSE_BEFORE);
        }
    }

    /// A change of the name in front of it, or of a whole list of names.
    fn read_growth_of_name(&mut self, passage: &Passage, reading: &Reading, growth: &Growth) {
        let list = passage.names_in(reading.from, growth.end);
        if list.len() > 1 && list.iter().all(|name| name.class.is_sure()) {
            for name in list {
                self.push_change(passage, reading, 0, growth, name, rule::GROWTH);
            }
            return;
        }
        let Some(name) = passage.name(reading.from, growth.end, true) else {
            return;
        };
        let rule = match name.class {
            Class::Known | Class::Headed | Class::Share => rule::GROWTH,
            Class::Other | Class::Field if name.length() <= 12 && reading.quantity.unit != "倍" => {
                rule::GROWTH_OTHER
            }
            Class::Other | Class::Field => return,
        };
        self.push_change(passage, reading, 0, growth, name, rule);
    }

    /// Adds the change that the `k`th quantity of the list tells.
    fn push_change(
        &mut self,
        passage: &Passage,
        reading: &Reading,
        k: usize,
        growth: &Growth,
        name: Name,
        rule: Rule,
    ) {
        let told = Told::Change(growth.sign);
        self.push(passage, reading.at + k, reading.subject, name, told, rule);
    }
}
