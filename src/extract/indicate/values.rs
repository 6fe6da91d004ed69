//! Values: 财政收入2亿元, 由A增至B, A、B分别达到x、y. A value goes to the name in front of it, in the clause before, or
//! behind the unit.

use super::names::{Class, Name};
use super::passage::Passage;
use super::rows::{Rule, Told, rule};
use super::subject::Subject;
use super::words::{fits, role};
use super::{Reader, Reading};

/// A longer name before a word of level is none.
const LONGEST_OF_LEVEL: usize = 18;

impl Reader<'_> {
    /// Reads `A、B分别达到x、y`; tells whether it is that.
    pub fn read_each(&mut self, passage: &Passage, reading: &Reading) -> bool {
        let Reading {
            at,
            run,
            from,
            ref tail,
            ..
        } = *reading;
        let names = if !passage.blank(from, tail.end) {
            passage.names(from, tail.end, run)
        } else if tail.each {
            self.names_told(passage, run)
        } else {
            None
        };
        let Some(names) = names else {
            return false;
        };
        for (k, name) in names.into_iter().enumerate() {
            if fits(name.kinds, &passage.numbers[at + k]) {
                self.push(
                    passage,
                    at + k,
                    reading.subject,
                    name,
                    Told::Value,
                    rule::EACH,
                );
            }
        }
        true
    }

    /// The last `n` names told in this sentence, or in the one before.
    fn names_told(&self, passage: &Passage, n: usize) -> Option<Vec<Name>> {
        let rows = self.rows_of(passage);
        let names: Vec<&Name> = if rows.len() >= n {
            rows.iter().map(|row| &row.name).collect()
        } else {
            self.before.iter().collect()
        };
        let mut distinct: Vec<Name> = Vec::new();
        for name in names {
            if distinct.iter().all(|n| n.text != name.text) {
                distinct.push(name.clone());
            }
        }
        let skip = distinct.len().checked_sub(n)?;
        Some(distinct.split_off(skip))
    }

    /// Reads a value.
    pub fn read_value(&mut self, passage: &mut Passage, reading: &Reading) {
        let Reading {
            at,
            ref quantity,
            from,
            ref tail,
            ..
        } = *reading;
        // 由A增至B: the new level.
        if let Some(name) = passage.from.take()
            && (tail.to || passage.has(from, quantity.start, role::TO))
        {
            self.push_value(passage, reading, name, rule::TO);
            return;
        }
        if let Some(from_at) = passage.old_level(reading) {
            self.read_old_level(passage, reading, from_at);
            return;
        }
        if passage.qualifies_noun(quantity.end) {
            return;
        }
        // 较上年增加3200亩 tells no total.
        if passage.token_ending(from, tail.end).is_some_and(|t| {
            t.is(role::UP | role::DOWN) && !t.is(role::FIELD | role::HEAD) && !tail.to
        }) {
            if let Some(row) = self.last_row(passage).filter(|row| row.at + 1 == at) {
                row.at = at;
            }
            return;
        }
        if passage.blank(from, tail.end) {
            self.read_nameless(passage, reading);
            return;
        }
        if let Some((place, name)) = self.of_place(passage, reading) {
            let place = Subject::Place(place);
            self.push(passage, at, &place, name, Told::Value, rule::OF_PLACE);
            return;
        }
        let name = passage.name(from, tail.end, false);
        let named = name.and_then(|name| Some((self.rule_of(passage, reading, &name)?, name)));
        match named {
            Some((rule::LEVEL, name)) if name.length() > LONGEST_OF_LEVEL => {}
            Some((rule, name)) => self.push_value(passage, reading, name, rule),
            None => {
                self.read_name_behind(passage, reading);
            }
        }
    }

    /// Reads the A of 由A增至B; 由 stands at `from_at`.
    fn read_old_level(&mut self, passage: &mut Passage, reading: &Reading, from_at: usize) {
        let Reading {
            at,
            ref quantity,
            from,
            ..
        } = *reading;
        let name = if passage.blank(from, from_at) {
            self.rows_of(passage)
                .last()
                .map(|row| row.name.clone())
                .or_else(|| passage.name_before(from, at))
        } else {
            passage.name(from, from_at, true)
        };
        let name = name.filter(|name| match name.class {
            Class::Known => fits(name.kinds, quantity),
            Class::Other => matches!(
                quantity.kind,
                "percent" | "money" | "area" | "people" | "households" | "heads" | "weight"
            ),
            _ => true,
        });
        if let Some(name) = name {
            passage.from = Some(name.clone());
            self.push_value(passage, reading, name, rule::FROM);
        }
    }

    /// `其中青溪镇6.2万亩`: the place, and the name of the figure before that it is a part of; that may stand in the sentence before.
    fn of_place(&self, passage: &Passage, reading: &Reading) -> Option<(String, Name)> {
        let mut rows = self.rows_of(passage);
        if rows.is_empty() {
            if !passage.chars[passage.sentence.start..].starts_with(&['其', '中']) {
                return None;
            }
            rows = &self.rows[self.before_row..];
        }
        let whole = rows
            .iter()
            .rev()
            .find(|row| row.quantity_kind == reading.quantity.kind)?;
        let place = passage.only_place(reading.from, reading.tail.end)?;
        Some((place, whole.name.clone()))
    }

    /// The rule by which a name has a value, if it has.
    fn rule_of(&self, passage: &Passage, reading: &Reading, name: &Name) -> Option<Rule> {
        let Reading { quantity, tail, .. } = reading;
        let ends = passage.ends_clause(quantity.end);
        let short = name.length() <= 8;
        match name.class {
            Class::Known if fits(name.kinds, quantity) => Some(rule::KNOWN),
            Class::Headed if fits(name.kinds, quantity) => Some(rule::HEADED),
            Class::Share if quantity.kind == "percent" => Some(rule::SHARE),
            Class::Field if name.kinds.contains(&quantity.kind) && ends => Some(rule::FIELD),
            Class::Other | Class::Field
                if ends && short && self.continues_list(passage, reading) =>
            {
                Some(rule::LISTED)
            }
            Class::Other
                if ends
                    && short
                    && matches!(quantity.kind, "area" | "heads")
                    && tail.end == quantity.start =>
            {
                Some(rule::THING)
            }
            Class::Other | Class::Known | Class::Headed
                if ends && tail.strong && !name.kinds.contains(&"money") =>
            {
                Some(rule::LEVEL)
            }
            _ => None,
        }
    }

    /// Whether a quantity is one more of a list: `水稻2万亩、玉米6000亩`.
    fn continues_list(&self, passage: &Passage, reading: &Reading) -> bool {
        let Reading {
            at,
            ref quantity,
            from,
            ..
        } = *reading;
        let Some(last) = self.rows_of(passage).last() else {
            return false;
        };
        let listed = || {
            let chars = &passage.chars[from..];
            from > passage.sentence.start && passage.chars[from - 1] == '、'
                || matches!(
                    chars,
                    ['、', ..] | ['其', '中', ..] | ['，', '其', '中', ..]
                )
        };
        last.at + 1 == at
            && last.quantity_kind == quantity.kind
            && match quantity.kind {
                "area" | "weight" | "heads" => true,
                "people" | "households" | "money" | "count" => listed(),
                _ => false,
            }
    }

    /// Reads a value without a name in front of it.
    fn read_nameless(&mut self, passage: &Passage, reading: &Reading) {
        let Reading {
            at,
            ref quantity,
            from,
            ref tail,
            ..
        } = *reading;
        if self.read_name_behind(passage, reading) {
            return;
        }
        let Some(row) = self.last_row(passage) else {
            if tail.strong
                && at == 0
                && let Some(name) = passage.name_before(from, at)
                && fits(name.kinds, quantity)
            {
                self.push_value(passage, reading, name, rule::CLAUSE_BEFORE);
            }
            return;
        };
        if row.at + 1 != at || !fits(row.name.kinds, quantity) {
            return;
        }
        let adjacent = passage.numbers[at - 1].end + 1 >= quantity.start;
        // 2万亩1.5万吨, or another year's value.
        let again = match row.quantity_kind == quantity.kind {
            true => !adjacent && (tail.to || passage.names_year(from, quantity.start)),
            false => adjacent,
        };
        if row.value.is_none() && row.unit.is_none() && row.change.is_some() && tail.level {
            row.value = quantity.value.clone();
            row.unit = Some(quantity.unit.clone());
            row.end = row.end.max(quantity.end);
            row.at = at;
            row.quantity_kind = quantity.kind;
        } else if again {
            let name = row.name.clone();
            self.push_value(passage, reading, name, rule::SAME_NAME);
        }
    }

    /// Reads a value whose name stands behind its unit; tells whether there is one.
    fn read_name_behind(&mut self, passage: &Passage, reading: &Reading) -> bool {
        let name = passage.name_behind(&reading.quantity);
        let found = name.is_some();
        if let Some(name) = name {
            self.push_value(passage, reading, name, rule::BEFORE_NAME);
        }
        found
    }

    fn push_value(&mut self, passage: &Passage, reading: &Reading, name: Name, rule: Rule) {
        self.push(
            passage,
            reading.at,
            reading.subject,
            name,
            Told::Value,
            rule,
        );
    }
}

impl Passage<'_> {
    /// Where 由 or 从 stands, if what follows it is the old level and a new one comes.
    fn old_level(&self, reading: &Reading) -> Option<usize> {
        let to = reading.tail.end;
        let word = self
            .words(reading.from, to)
            .iter()
            .rev()
            .find(|t| t.is(role::FROM))?;
        if !self.chars[word.end..to].iter().all(|c| {
            c.is_ascii_digit()
                || "年月底末初的去上前今同期一二三四五六七八九十“”时约近全".contains(*c)
        }) {
            return None;
        }
        let next = self.numbers.get(reading.at + 1)?;
        let gap = reading.quantity.end..next.start;
        (self.has(gap.start, gap.end, role::TO)
            && !self.chars[gap].iter().any(|c| matches!(c, '；' | '。')))
        .then_some(word.start)
    }
}
