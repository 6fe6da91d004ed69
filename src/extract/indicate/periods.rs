//! When a figure is of: the years that a sentence names, and whether it tells what was or what is aimed at.

use super::Reader;
use super::passage::Passage;
use super::words::{Token, role};
use crate::extract::quantity::Quantity;
use crate::model::{IndicatorKind, Part};
use crate::text::Sentence;

impl Reader<'_> {
    /// The years named in a sentence: where each stands and what it says.
    pub fn years(&mut self, sentence: &Sentence, tokens: &[Token]) -> Vec<(usize, String)> {
        let mut out = calendar_years(self.chars, sentence);
        let Some(year) = self.context.year else {
            return out;
        };
        let plan = sentence.part == Part::Plan;
        let this = self.plan_year.filter(|_| plan).unwrap_or(year);
        out.extend(tokens.iter().filter_map(|token| {
            let said = match token.term.period? {
                "this" => this.to_string(),
                "last" => (this - 1).to_string(),
                "last but one" => (this - 2).to_string(),
                "next" => (year + 1).to_string(),
                "last five" if plan => return None,
                "last five" => format!("{}-{year}", year - 4),
                "next five" => format!("{}-{}", year + 1, year + 5),
                years => years.into(),
            };
            Some((token.start, said))
        }));
        out.sort();
        if plan
            && let Some(first) = out.first().and_then(|(_, text)| text.parse::<i32>().ok())
            && first > year
            && first <= year + 2
        {
            self.plan_year = Some(first);
        }
        out
    }

    /// The period of a quantity, and whether it was reached or is aimed at.
    pub fn when(&self, passage: &Passage, quantity: &Quantity) -> (Option<String>, IndicatorKind) {
        let plan = passage.sentence.part == Part::Plan;
        let clause = passage.clause_start(quantity.start);
        let kind = if plan || passage.has(clause, quantity.start, role::WISH) {
            IndicatorKind::Target
        } else {
            IndicatorKind::Actual
        };
        let said = passage
            .years
            .iter()
            .rev()
            .find(|(at, _)| *at < quantity.start)
            .map(|(_, year)| year.clone());
        let usual = if plan {
            self.plan_year
        } else {
            self.context.year
        };
        (said.or_else(|| usual.map(|year| year.to_string())), kind)
    }
}

/// Years in digits that are none to compare with: 2021年.
fn calendar_years(chars: &[char], sentence: &Sentence) -> Vec<(usize, String)> {
    (sentence.start..sentence.end.saturating_sub(4))
        .filter(|&i| {
            chars[i + 4] == '年'
                && chars[i..i + 4].iter().all(char::is_ascii_digit)
                && matches!(chars[i], '1' | '2')
                && (i == sentence.start || !matches!(chars[i - 1], '比' | '较' | '0'..='9' | '.'))
        })
        .map(|i| (i, chars[i..i + 4].iter().collect()))
        .collect()
}

impl Passage<'_> {
    /// Whether a year is named between two positions.
    pub fn names_year(&self, from: usize, to: usize) -> bool {
        self.years.iter().any(|(at, _)| (from..to).contains(at))
    }

    /// Strips `5年` and `比2016年` from the end of a passage; returns where it ends then.
    pub fn strip_years(&self, from: usize, to: usize) -> usize {
        let passage = &self.chars[from..to];
        if let Some(n) = passage.iter().rposition(|c| matches!(c, '比' | '较'))
            && (3..=12).contains(&(passage.len() - n))
            && passage[n + 1..].iter().all(|c| {
                c.is_ascii_digit()
                    || "年月底末上去前同期初一二三四五六七八九十“”的全个季度增速水平".contains(*c)
            })
        {
            return from + n;
        }
        if let [rest @ .., '年'] = passage {
            let digits = rest
                .iter()
                .rev()
                .take_while(|c| {
                    c.is_ascii_digit() || matches!(c, '一' | '两' | '三' | '四' | '五' | '十')
                })
                .count();
            if digits > 0 {
                return to - 1 - digits;
            }
        }
        to
    }
}
