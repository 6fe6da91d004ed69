//! Facts between mentions: what the text says about the things it names.
//!
//! One file per group of predicates. Each works on the folded text (`fold`), in which a mention is one sign:
//! `implements`, `status`, `located`, `named`, `undertakes`, `investment`, `posts`, `awards`.
//! A fact is stated by words of the text; that something is merely true, or near, is no fact.

mod ahead;
mod awards;
mod fold;
mod implements;
mod investment;
mod located;
mod named;
mod posts;
mod status;
mod undertakes;
mod words;

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::Context;
use crate::model::{Entity, EntityType, Fact, LOCAL, Part, Predicate};
use fold::{Fold, Mark};

/// The facts that a document states, in order of the predicates and of the text.
pub fn relate(context: &Context) -> Vec<Fact> {
    let mut relating = Relating::new(context);
    relating.look_ahead();
    for find in FINDERS {
        relating.find(context, find);
    }
    relating.facts()
}

/// Looks for the facts of one group of predicates.
pub(super) type Find = fn(&mut Facts);

/// In the order in which facts are told.
pub(super) const FINDERS: [Find; 14] = [
    located::by_words,
    located::by_route,
    located::by_reference,
    named::by_name,
    located::by_profile,
    undertakes::by_words,
    undertakes::by_next,
    undertakes::roles,
    undertakes::named_after,
    investment::find,
    status::find,
    posts::find,
    awards::find,
    implements::find,
];

/// A document whose facts are looked for, one group after the other: of many documents each group is looked for in all before
/// the next, as what patterns work with is larger than what the processor has at hand.
pub(super) struct Relating<'a> {
    /// Nothing where the document names nothing.
    fold: Option<Fold<'a>>,
    /// For each sentence whether it looks ahead.
    ahead: Vec<bool>,
    /// The entity that is the home place, where the text names it.
    home: Option<usize>,
    found: Found,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    list: Vec<Fact>,
    seen: FxHashSet<(Predicate, Subject, Object)>,
    /// The entities that were found to be somewhere.
    placed: FxHashSet<usize>,
}

impl<'a> Relating<'a> {
    pub(super) fn new(context: &Context<'a>) -> Self {
        let home = context.home.as_ref();
        let named = !context.spans.is_empty();
        let fold = named.then(|| Fold::new(context));
        let n_marks = fold.as_ref().map_or(0, |fold| fold.marks.len());
        Self {
            ahead: Vec::new(),
            home: home.and_then(|home| context.entities.iter().position(|e| e.id == home.id)),
            found: Found {
                list: Vec::with_capacity(n_marks / 2),
                ..Found::default()
            },
            fold,
        }
    }

    /// Tells which sentences look ahead; before any facts are looked for.
    pub(super) fn look_ahead(&mut self) {
        self.ahead = self.fold.as_ref().map(ahead::ahead).unwrap_or_default();
    }

    /// Adds the facts of a group.
    pub(super) fn find(&mut self, context: &Context, find: Find) {
        let Some(fold) = &self.fold else { return };
        let mut facts = Facts {
            context,
            fold,
            ahead: &self.ahead,
            home: self.home,
            found: std::mem::take(&mut self.found),
        };
        find(&mut facts);
        self.found = facts.found;
    }

    /// The facts that were found.
    pub(super) fn facts(self) -> Vec<Fact> {
        self.found.list
    }
}

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Subject {
    /// Index into [`Context::entities`].
    Entity(usize),
    /// The home place where the text does not name it.
    Home,
}

/// The object of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Object {
    /// Index into [`Context::entities`].
    Entity(usize),
    /// A literal with its unit.
    Value(String, Option<String>),
}

/// Collects facts; a link that is stated twice is kept once.
pub(super) struct Facts<'a> {
    context: &'a Context<'a>,
    fold: &'a Fold<'a>,
    /// For each sentence whether it looks ahead.
    ahead: &'a [bool],
    /// The entity that is the home place, where the text names it.
    home: Option<usize>,
    found: Found,
}

impl Facts<'_> {
    /// Adds a fact whose evidence is a stretch of the folded text.
    fn add(
        &mut self,
        predicate: Predicate,
        subject: usize,
        object: Object,
        evidence: Range<usize>,
        rule: &str,
        confidence: f64,
    ) {
        if predicate == Predicate::LocatedIn {
            self.found.placed.insert(subject);
        }
        let subject = Subject::Entity(subject);
        self.add_about(predicate, subject, object, evidence, rule, confidence);
    }

    /// The home place.
    fn home(&self) -> Subject {
        self.home.map_or(Subject::Home, Subject::Entity)
    }

    fn id(&self, subject: Subject) -> String {
        match (subject, &self.context.home) {
            (Subject::Entity(i), _) => self.context.entities[i].id.clone(),
            (Subject::Home, Some(home)) => home.id.clone(),
            // A home without a readable name is the document's own.
            (Subject::Home, None) => format!("{LOCAL}home"),
        }
    }

    /// Adds a fact about something that may be no entity of the document.
    fn add_about(
        &mut self,
        predicate: Predicate,
        subject: Subject,
        object: Object,
        evidence: Range<usize>,
        rule: &str,
        confidence: f64,
    ) {
        if evidence.is_empty() || !self.found.seen.insert((predicate, subject, object.clone())) {
            return;
        }
        let (from, to) = self.fold.normal(evidence.clone());
        let (start, end) = self.context.doc.text.source_span(from, to);
        let (object, value, unit) = match object {
            Object::Entity(i) => (Some(self.context.entities[i].id.clone()), None, None),
            Object::Value(value, unit) => (None, Some(value), unit),
        };
        self.found.list.push(Fact {
            subject: self.id(subject),
            predicate,
            object,
            value,
            unit,
            text: self.context.doc.text.source_text(start, end),
            start,
            end,
            quote: self.context.quote(from, to),
            part: self.part(evidence.start),
            rule: rule.to_owned(),
            confidence,
        });
    }

    fn part(&self, at: usize) -> Part {
        if self
            .ahead
            .get(self.fold.sentence_at(at))
            .copied()
            .unwrap_or(false)
        {
            Part::Plan
        } else {
            Part::Review
        }
    }

    fn entity(&self, mark: Mark) -> &Entity {
        &self.context.entities[mark.entity]
    }

    /// The stretch from the first to the last of some marks.
    fn between(a: Mark, b: Mark) -> Range<usize> {
        a.at.min(b.at)..a.at.max(b.at) + fold::SIGN
    }

    /// The marks of one type, in order.
    fn marks(&self, kind: EntityType) -> impl Iterator<Item = Mark> + '_ {
        self.fold
            .marks
            .iter()
            .copied()
            .filter(move |m| m.kind == kind)
    }

    /// Whether a stretch has a mark of one of these types.
    fn has(&self, range: &Range<usize>, kinds: &[EntityType]) -> bool {
        let mut marks = self.fold.marks_in(range.clone()).iter();
        marks.any(|mark| kinds.contains(&mark.kind))
    }

    /// What stands between each mark of the first types in a stretch and the next of these types, where that is of the second;
    /// marks of other types are words like any other.
    fn gaps(
        &self,
        range: &Range<usize>,
        first: &[EntityType],
        second: &[EntityType],
    ) -> impl Iterator<Item = &str> {
        let marks = self.fold.marks_in(range.clone()).iter();
        let mut marks = marks.filter(|m| first.contains(&m.kind) || second.contains(&m.kind));
        let mut last = marks.next();
        std::iter::from_fn(move || {
            loop {
                let (one, next) = (last?, marks.next()?);
                last = Some(next);
                if first.contains(&one.kind) && second.contains(&next.kind) {
                    return Some(&self.fold.text[one.at + fold::SIGN..next.at]);
                }
            }
        })
    }

    /// The mark that is listed after one: `Ⓟ、Ⓟ`.
    fn listed_after(&self, mark: Mark) -> Option<Mark> {
        let rest = &self.fold.text[mark.at + fold::SIGN..];
        let skip = ["”、“", "、", "和", "与", "及", "以及"]
            .iter()
            .find_map(|j| rest.starts_with(j).then_some(j.len()))?;
        self.fold
            .mark_at(mark.at + fold::SIGN + skip)
            .filter(|m| m.kind == mark.kind)
    }

    /// A mark with those that are listed with it and stand before it: `Ⓛ、Ⓛ和Ⓛ` from the last of them.
    fn list_before(&self, last: Mark) -> Vec<Mark> {
        let mut list = vec![last];
        let mut first = last;
        while let Some(previous) = self.listed_before(first) {
            list.push(previous);
            first = previous;
        }
        list.reverse();
        list
    }

    fn listed_before(&self, mark: Mark) -> Option<Mark> {
        let before = &self.fold.text[..mark.at];
        let joined = ["、", "和", "与", "及", "以及", "”、“", "/"]
            .iter()
            .find_map(|j| before.strip_suffix(j))
            .or((mark.kind == EntityType::Person).then_some(before))?;
        let at = joined.len().checked_sub(fold::SIGN)?;
        self.fold.mark_at(at).filter(|m| m.kind == mark.kind)
    }
}

/// Whether a text has at most so many characters; does not look at more of it.
fn within(text: &str, n: usize) -> bool {
    text.chars().nth(n).is_none()
}

/// Compiles the patterns of a file once.
macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $pattern:expr;)+) => {
        $($(#[$doc])* static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("a pattern of this file"));)+
    };
}
use patterns;

#[cfg(test)]
mod tests;
