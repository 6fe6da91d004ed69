//! How sure a statement is: the names that it links must be right, and so must the rule that links them.
//!
//! A rule's share of right statements is learned from annotated documents in which the names are told (`data/model/rules.tsv`);
//! a rule that was seen rarely leans on its author's estimate. The probability of a name comes from the choice among candidates.
//! The product of both is the confidence; `xiangtu eval` shows how well it holds.

use rustc_hash::FxHashMap;

use super::{Context, Span};
use crate::model::{Fact, Indicator};
use crate::{Error, Result};

/// The author's estimate counts as much as so many statements.
const PRIOR: f64 = 5.0;

/// What part of a rule's statements is right where the names are.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    rules: FxHashMap<String, Seen>,
}

/// What was seen of a rule.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    n: u32,
    right: u32,
    /// The sum of the author's estimates.
    estimates: f64,
}

impl Seen {
    fn part(&self) -> f64 {
        let estimate = self.estimates / f64::from(self.n.max(1));
        (f64::from(self.right) + PRIOR * estimate) / (f64::from(self.n) + PRIOR)
    }
}

impl Trust {
    /// A statement of a rule was right or not; `estimate` is its author's.
    pub fn learn(&mut self, rule: &str, estimate: f64, is_right: bool) {
        let seen = self.rules.entry(rule.to_owned()).or_default();
        seen.n += 1;
        seen.right += u32::from(is_right);
        seen.estimates += estimate;
    }

    /// What part of a rule's statements is right, 0 to 1; its author's estimate where none was seen.
    fn of(&self, rule: &str, estimate: f64) -> f64 {
        self.rules.get(rule).map_or(estimate, Seen::part)
    }

    /// Writes what was seen as text: rule, number of statements, right ones, the author's mean estimate.
    pub fn to_tsv(&self) -> String {
        use std::fmt::Write as _;
        let mut rules: Vec<_> = self.rules.iter().collect();
        rules.sort_by_key(|(rule, _)| *rule);
        let mut out = String::new();
        for (rule, seen) in rules {
            let estimate = seen.estimates / f64::from(seen.n.max(1));
            writeln!(out, "{rule}\t{}\t{}\t{estimate:.2}", seen.n, seen.right)
                .expect("writing to a string");
        }
        out
    }

    /// Reads what [`Trust::to_tsv`] wrote.
    pub fn from_tsv(path: &str, text: &str) -> Result<Self> {
        let mut trust = Self::default();
        for (n, line) in text.lines().enumerate() {
            let cells: Vec<&str> = line.split('\t').collect();
            let seen = match cells[..] {
                [_, n, right, estimate] => n.parse().ok().zip(right.parse().ok()).zip(
                    estimate
                        .parse()
                        .ok()
                        .filter(|e: &f64| (0.0..=1.0).contains(e)),
                ),
                _ => None,
            };
            let Some(((seen, right), estimate)) =
                seen.filter(|((n, right), _): &((u32, u32), f64)| right <= n)
            else {
                let hint = "expected rule, number, right ones and estimate, as `xiangtu train` writes them";
                return Err(Error::data(path, n + 1, hint));
            };
            let seen = Seen {
                n: seen,
                right,
                estimates: estimate * f64::from(seen),
            };
            trust.rules.insert(cells[0].to_owned(), seen);
        }
        Ok(trust)
    }

    /// Sets the confidence of statements, which still is the estimate of their rules' authors.
    pub(super) fn weigh(&self, context: &Context, facts: &mut [Fact], rows: &mut [Indicator]) {
        let names = Names::new(context);
        for fact in facts {
            let object = fact.object.as_deref().map_or(1.0, |id| names.of(id, fact));
            let both = names.of(&fact.subject, fact) * object;
            fact.confidence = hundredths(both * self.of(&fact.rule, fact.confidence));
        }
        for row in rows {
            row.confidence =
                hundredths(names.home(&row.place) * self.of(&row.rule, row.confidence));
        }
    }
}

/// Confidences are told in hundredths; nothing that is told has none.
fn hundredths(p: f64) -> f64 {
    ((p * 100.0).round() / 100.0).max(0.01)
}

/// How sure the names of a document are.
struct Names<'a> {
    /// Things by their ids.
    entities: FxHashMap<&'a str, usize>,
    /// Of each thing: start and end of its mentions in the source, with their confidence; by thing, then in order.
    mentions: Vec<(usize, usize, usize, f64)>,
    home: Option<(&'a str, f64)>,
}

impl<'a> Names<'a> {
    fn new(context: &'a Context) -> Self {
        let ids = context.entities.iter().map(|e| &*e.id);
        let mention = |span: &Span| {
            let (start, end) = context.doc.text.source_span(span.start, span.end);
            (span.entity, start, end, span.confidence)
        };
        let mut mentions: Vec<_> = context.spans.iter().map(mention).collect();
        mentions.sort_by_key(|m| m.0);
        Self {
            entities: ids.zip(0..).collect(),
            mentions,
            home: context.home.as_ref().map(|h| (&*h.id, h.confidence)),
        }
    }

    /// How sure it is that this is what a fact speaks of: by its name in the evidence, or as the home, or by its surest name.
    fn of(&self, id: &str, fact: &Fact) -> f64 {
        let entity = self.entities.get(id);
        let mentions = entity.map_or(&[][..], |&entity| {
            let rest = &self.mentions[self.mentions.partition_point(|m| m.0 < entity)..];
            &rest[..rest.partition_point(|m| m.0 == entity)]
        });
        let first = mentions.partition_point(|m| m.1 < fact.start);
        let inside = mentions[first..]
            .iter()
            .take_while(|m| m.2 <= fact.end)
            .map(|m| m.3);
        inside.reduce(f64::max).unwrap_or_else(|| match self.home {
            Some((home, confidence)) if home == id => confidence,
            _ => mentions.iter().map(|m| m.3).reduce(f64::max).unwrap_or(1.0),
        })
    }

    /// How sure it is that figures are about this place.
    fn home(&self, id: &str) -> f64 {
        match self.home {
            Some((home, confidence)) if home == id => confidence,
            _ => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_trusted_by_what_was_seen_and_little_by_little() {
        let mut trust = Trust::default();
        assert_eq!(trust.of("r", 0.9), 0.9);
        trust.learn("r", 0.9, false);
        assert!((trust.of("r", 0.9) - 4.5 / 6.0).abs() < 1e-9);
        for _ in 0..994 {
            trust.learn("r", 0.9, true);
        }
        assert!(trust.of("r", 0.9) > 0.99);
        let read = Trust::from_tsv("rules.tsv", &trust.to_tsv()).expect("as it was written");
        assert!((read.of("r", 0.1) - trust.of("r", 0.1)).abs() < 1e-4);
    }

    #[test]
    fn a_wrong_line_is_named() {
        for text in ["a\t1\t1\t0.9\nb\t2", "\na\t1\t2\t0.5", "a\t1\t1\t7"] {
            let error = Trust::from_tsv("rules.tsv", text).expect_err("a line is wrong");
            assert!(error.to_string().contains("rules.tsv"), "{error}");
        }
    }
}
