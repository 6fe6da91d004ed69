//! What figures are called: names of the lexicon, names that end in a head, shares, fields.

use super::passage::Passage;
use super::subject::is_firm;
use super::words::{Token, fits, head_of, is_known, role};
use crate::extract::quantity::Quantity;
use crate::model::EntityType;
use crate::text::is_han;

/// How sure a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A name of the lexicon.
    Known,
    /// It ends in a head.
    Headed,
    /// 占…的比重.
    Share,
    /// A verb of planting or building with its thing.
    Field,
    /// Anything else.
    Other,
}

impl Class {
    /// Whether the lexicon knows the name or its head.
    pub fn is_sure(self) -> bool {
        matches!(self, Self::Known | Self::Headed)
    }

    /// Whether nothing but the passage says that this is a name.
    pub fn is_loose(self) -> bool {
        matches!(self, Self::Other | Self::Field)
    }
}

/// The name of a figure.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name.
    pub text: String,
    /// First character in the normal form.
    pub start: usize,
    /// How sure it is.
    pub class: Class,
    /// Kinds of unit that it is measured in.
    pub kinds: &'static [&'static str],
}

impl Name {
    /// Number of characters.
    pub fn length(&self) -> usize {
        self.text.chars().count()
    }
}

/// The longest name in characters; of more only the end is kept.
const LONGEST: usize = 24;

/// The words that decide what kind of name a passage is.
struct Marks {
    share: Option<Token>,
    /// The word that ends the name.
    last: Option<Token>,
    /// The same, if it is a name of the lexicon.
    known: Option<Token>,
    /// The same, if it is a head.
    head: Option<Token>,
}

impl Passage<'_> {
    /// The names of a list of exactly `n`.
    pub fn names(&self, from: usize, to: usize, n: usize) -> Option<Vec<Name>> {
        let names = self.names_in(from, to);
        (names.len() == n).then_some(names)
    }

    /// The names of `A、B和C`; a head that only the last one has is given to all.
    pub fn names_in(&self, from: usize, to: usize) -> Vec<Name> {
        let cuts = self.cuts(from, to);
        let mut names: Vec<Name> = Vec::new();
        for (k, &start) in cuts.iter().enumerate() {
            let mut end = cuts.get(k + 1).copied().unwrap_or(to);
            while end > start
                && k + 1 < cuts.len()
                && matches!(self.chars[end - 1], '、' | '和' | '与' | '及' | '以')
            {
                end -= 1;
            }
            match self.name(start, end, false) {
                Some(name) => names.push(name),
                None => return Vec::new(),
            }
        }
        share_head(&mut names);
        names
    }

    /// Where the parts of a list begin.
    fn cuts(&self, from: usize, to: usize) -> Vec<usize> {
        let mut cuts = vec![from];
        let mut i = from;
        while i < to {
            if let Some(token) = self.token_at(i, to) {
                if token.is(role::RANGE) && !token.is(role::NAME) {
                    cuts.push(token.end);
                }
                i = token.end;
            } else {
                if self.chars[i] == '、' {
                    cuts.push(i + 1);
                }
                i += 1;
            }
        }
        cuts
    }

    /// The name that ends a passage; of something that grows it may be one that has no total of its own.
    pub fn name(&self, from: usize, to: usize, growing: bool) -> Option<Name> {
        let mut to = to;
        while to > from && matches!(self.chars[to - 1], '“' | '》' | '：' | '—' | '的') {
            to -= 1;
        }
        let part = self.chars[from..to]
            .iter()
            .rposition(|c| *c == '、')
            .map_or(from, |n| from + n + 1);
        let share = self.first(part, to, role::SHARE);
        let start = self.name_start(from, part, to, share);
        if start >= to {
            return None;
        }
        let marks = self.marks(start, to, share);
        if self.is_no_name(start, to, growing, &marks) {
            return None;
        }
        let (class, kinds, mut start) = self.class(from, start, to, &marks)?;
        if to - start > LONGEST {
            start = marks.last.map_or(to - LONGEST, |t| t.start);
        }
        let name = |text| Name {
            text,
            start,
            class,
            kinds,
        };
        if let Some(share) =
            share.filter(|t| t.end == to && !self.chars[t.start..t.end].ends_with(&['比']))
        {
            let text = self.share_of(start, share);
            return (text.chars().count() > 3).then(|| name(text));
        }
        let text: String = self.chars[start..to]
            .iter()
            .filter(|c| **c != '\n')
            .collect();
        let n = text.chars().count();
        let han = text.chars().filter(|c| is_han(*c)).count();
        (n >= 2 && (han >= 2 || class == Class::Known)).then(|| name(text))
    }

    /// Where a name begins: behind words of time and linking, dates, places and signs. `part` is where its part of the list begins.
    fn name_start(&self, from: usize, part: usize, to: usize, share: Option<Token>) -> usize {
        let mut start = part;
        let limit = share.map_or(to, |t| t.start.max(part + 1));
        let first = self.tokens.partition_point(|t| t.start < part);
        for token in self.tokens[first..].iter().take_while(|t| t.end <= limit) {
            if token.is(role::LEAD | role::SCOPE) && !token.is(role::NAME) && token.end < limit {
                start = token.end;
            }
        }
        let date = (start + 1..limit.min(to)).rev().find(|&i| {
            matches!(self.chars[i], '年' | '月') && self.chars[i - 1].is_ascii_digit() && i + 1 < to
        });
        if let Some(i) = date {
            start = i + 1;
        }
        loop {
            let opening = start;
            for span in self.context.spans_in(start, to) {
                if span.kind == EntityType::Place && span.start == start && span.end < to {
                    start = span.end;
                }
            }
            while start < to && self.opens_no_name(from, start, to) {
                start += 1;
            }
            if start == opening {
                return start;
            }
        }
    }

    /// Whether a name cannot begin with this character: a sign, or the rest of 年底.
    fn opens_no_name(&self, from: usize, i: usize, to: usize) -> bool {
        let c = self.chars[i];
        let sign = !is_han(c) && !c.is_ascii_alphanumeric() && !matches!(c, '“' | '（');
        sign || i + 1 < to
            && matches!(c, '底' | '末' | '初' | '度')
            && i > from
            && matches!(self.chars[i - 1], '年' | '月')
    }

    fn marks(&self, start: usize, to: usize, share: Option<Token>) -> Marks {
        // 鸡存栏 is a name, and 鸡存栏量 another.
        let longer = matches!(self.chars[to - 1], '量' | '数' | '额' | '率');
        let last = self.token_ending(start, to).or_else(|| {
            self.token_ending(start, to - 1)
                .filter(|t| longer && t.is(role::NAME | role::HEAD))
        });
        Marks {
            share,
            last,
            known: last.filter(|t| t.is(role::NAME)),
            head: last.filter(|t| t.is(role::HEAD)),
        }
    }

    /// Whether a word of the passage, or a firm in it, says that this is no total of a place.
    fn is_no_name(&self, start: usize, to: usize, growing: bool, marks: &Marks) -> bool {
        let never = |t: &Token| t.is(role::NEVER);
        if !growing
            && marks
                .last
                .is_some_and(|t| never(&t) && (t.is(role::NAME) || !t.is(role::HEAD)))
        {
            return true;
        }
        // A rate of anything is a rate of the place; money and counts of projects and activities are not.
        let counted = |t: Token| {
            t.term
                .kinds
                .iter()
                .any(|kind| matches!(*kind, "people" | "count" | "households"))
        };
        let open = marks.share.is_some()
            || marks.known.is_some_and(|t| !counted(t))
            || marks
                .head
                .is_some_and(|t| t.term.kinds.contains(&"percent"));
        if !open {
            let spans = self.context.spans_in(start, to);
            let words = self.words(start, to);
            if spans.iter().any(|s| is_firm(s.kind)) || words.iter().any(|t| never(t) && t.end < to)
            {
                return true;
            }
        }
        marks.known.is_none() && marks.head.is_some_and(|t| never(&t) && t.start < start + 2)
    }

    /// How sure a name is, its kinds of unit, and where it begins then.
    fn class(
        &self,
        from: usize,
        start: usize,
        to: usize,
        marks: &Marks,
    ) -> Option<(Class, &'static [&'static str], usize)> {
        if marks.share.is_some() {
            let of_plan = self.has(from, to, role::PLAN);
            return (!of_plan).then_some((Class::Share, &["percent"], start));
        }
        if let Some(token) = marks.known {
            return Some((Class::Known, &token.term.kinds, start));
        }
        if let Some(token) = marks.head {
            return Some((Class::Headed, &token.term.kinds, start));
        }
        let Some(token) = self.first(from, to, role::FIELD) else {
            return Some((Class::Other, &[], start));
        };
        let kinds = &token.term.kinds;
        let start = if token.end == to {
            if start + 2 > token.start {
                return None;
            }
            start
        } else if kinds.contains(&"heads") && token.end + 2 <= to {
            // 种植水稻 is how much there is, 新造油茶林 is what was added.
            token.end
        } else {
            token.start
        };
        Some((Class::Field, kinds, start))
    }

    /// The name of a share whose word ends it: 茶叶占 is 茶叶占比.
    fn share_of(&self, start: usize, share: Token) -> String {
        let mut end = share.start;
        while let Some(token) = self
            .token_ending(start, end)
            .filter(|t| t.is(role::LEVEL | role::LEAD) && !t.is(role::NAME))
        {
            end = token.start;
        }
        self.chars[start..end].iter().chain(&['占', '比']).collect()
    }

    /// The name that the clause before tells without a number; `i` is the quantity that comes.
    pub fn name_before(&self, from: usize, i: usize) -> Option<Name> {
        let end = from
            .checked_sub(1)
            .filter(|end| *end > self.sentence.start)?;
        let start = self.clause_start(end);
        if i > 0 && self.numbers[i - 1].end > start {
            return None;
        }
        let token = self.first(start, end, role::NAME)?;
        self.name(start, token.end, true)
    }

    /// The name behind a unit: `完成3000亩高标准农田建设`.
    pub fn name_behind(&self, quantity: &Quantity) -> Option<Name> {
        if !matches!(quantity.kind, "area" | "money" | "weight" | "foreign money") {
            return None;
        }
        let start = quantity.end;
        let n = self.chars[start..self.sentence.end]
            .iter()
            .take_while(|c| is_han(**c))
            .count()
            .min(12);
        let mut end = start + n;
        let breaks = self.chars.get(end).is_none_or(|c| !is_han(*c) && *c != '“');
        if let [.., '建', '设'] | [.., '任', '务'] = &self.chars[start..end] {
            end -= 2;
        }
        let token = self
            .words(start, end)
            .iter()
            .find(|t| t.start <= start + 4 && t.end == end && t.is(role::NAME))?;
        (breaks && fits(&token.term.kinds, quantity)).then(|| Name {
            text: self.chars[start..start + n].iter().collect(),
            start: quantity.start,
            class: Class::Known,
            kinds: &token.term.kinds,
        })
    }
}

/// Gives the head of the last name to those before that have none: 水稻、玉米种植面积.
fn share_head(names: &mut [Name]) {
    let Some((last, others)) = names.split_last_mut() else {
        return;
    };
    if !last.class.is_sure() {
        return;
    }
    let chars: Vec<char> = last.text.chars().collect();
    for name in others.iter_mut().filter(|name| name.class.is_loose()) {
        let known = (1..chars.len()).find_map(|cut| {
            let whole: Vec<char> = name.text.chars().chain(chars[cut..].to_vec()).collect();
            is_known(&whole).then(|| whole.iter().collect())
        });
        if let Some(whole) = known {
            name.text = whole;
            name.class = Class::Known;
            name.kinds = last.kinds;
        } else if let Some(head) = head_of(&chars) {
            name.text.extend(head);
            name.class = last.class;
            name.kinds = last.kinds;
        }
    }
}
