//! Describes candidates: reads their features from the document.

use std::cell::Cell;
use std::cmp::Ordering;
use std::ops::Range;

use super::Feature;
use super::features::{Collector, N_TEMPLATES, Template, length, step, template};
use super::rivals::{Place, Rivals, longest};
use super::surroundings::Surroundings;
use crate::extract::choose::{Chooser, Row, Weighed, clusters, of_kind};
use crate::extract::crf::Span;
use crate::extract::evidence::{CLASS_CODES, Clues, code};
use crate::extract::places::{PlaceHit, Survey};
use crate::lexicon::Hit;
use crate::model::Part;
use crate::text::{Document, Sentence, is_common_han, is_han};

/// Everything that features of one document are read from.
///
/// What tells of a span's beginning alone, of its end alone, of both, and of its type as well is told apart: many spans share
/// one of them, and what they share is weighed once.
pub(super) struct Describer<'a> {
    doc: &'a Document,
    clues: &'a Clues,
    pub(super) around: Surroundings<'a>,
    hits_from: Offsets,
    /// Characters of the longest hit.
    longest_hit: usize,
    /// Names of divisions by where they start.
    places: Vec<PlaceHit>,
    /// Index of the word at each character.
    word_at: Vec<u32>,
    /// The sentence and the first of `places` that were asked for last: spans are described in order.
    sentence: Cell<usize>,
    place: Cell<usize>,
}

/// For things in the order of their positions, at which index those of each position begin.
struct Offsets(Vec<u32>);

impl Offsets {
    /// Of hits in a text of `n` characters.
    fn new(n: usize, hits: &[Hit]) -> Self {
        let mut first = vec![u32::MAX; n + 2];
        for (i, hit) in hits.iter().enumerate().rev() {
            first[hit.start as usize] = i as u32;
        }
        // At positions that have none, those of the next begin.
        let mut next = hits.len() as u32;
        for first in first.iter_mut().rev() {
            next = next.min(*first);
            *first = next;
        }
        Self(first)
    }

    fn at(&self, position: usize) -> Range<usize> {
        self.0[position] as usize..self.0[position + 1] as usize
    }
}

/// What each thing that features speak of adds to a score.
pub(super) type Adds = [f32; N_TEMPLATES];

/// Features that spans share.
#[derive(Default)]
struct Shared {
    /// Where these spans begin or end.
    of: Option<usize>,
    /// What the features add to the score of each type.
    sums: Row,
    /// Those that have weights.
    weighed: Vec<Weighed>,
}

/// Sums for so many ends of spans are kept: no more ends than that lie so near to each other that spans go back to one.
const ENDS: usize = 64;

/// What characters a candidate has besides ideographs, seen in one pass.
#[derive(Default)]
struct Marks {
    opens: u64,
    closes: u64,
    /// Opening brackets less closing ones.
    brackets: i32,
    /// One bit for each sort of mark.
    others: u64,
    /// Kinds of characters in order.
    shape: u64,
}

impl Marks {
    fn of(inner: &[char]) -> Self {
        let mut marks = Self::default();
        let mut last = 0;
        for (i, &ch) in inner.iter().enumerate() {
            let kind = marks.see(ch);
            if i < 40 && kind != last && marks.shape < 1 << 40 {
                marks.shape = marks.shape << 3 | kind;
                last = kind;
            }
        }
        marks
    }

    /// Counts a character; returns its kind.
    fn see(&mut self, ch: char) -> u64 {
        let (bit, kind) = match ch {
            '和' | '及' | '与' => (7, 1),
            ch if is_common_han(ch) => return 1,
            '0'..='9' => return 2,
            '“' => {
                self.opens += 1;
                return 4;
            }
            '”' => {
                self.closes += 1;
                return 4;
            }
            '）' => {
                self.brackets -= 1;
                return 6;
            }
            '（' => {
                self.brackets += 1;
                (3, 6)
            }
            '、' => (0, 5),
            '，' | '。' | '；' | '：' => (1, 6),
            '—' | '－' | '-' | '~' => (2, 6),
            '+' | '＋' => (5, 6),
            '×' | '*' => (6, 6),
            'X' => (6, 3),
            ch if is_han(ch) => return 1,
            ch if ch.is_alphabetic() => return 3,
            _ => return 6,
        };
        self.others |= 1 << bit;
        kind
    }
}

impl<'a> Describer<'a> {
    pub(super) fn new(
        doc: &'a Document,
        survey: &Survey,
        clues: &'a Clues,
        spans: &'a [Span],
    ) -> Self {
        let n = doc.text.chars.len();
        let hits = &clues.hits;
        let mut places = survey.hits.clone();
        places.sort_by_key(|hit| (hit.start, hit.end));
        let mut word_at = Vec::with_capacity(n);
        for (i, word) in (0..).zip(&clues.words) {
            word_at.resize(word.end, i);
        }
        word_at.resize(n, 0);
        Self {
            doc,
            clues,
            around: Surroundings::new(&doc.text.chars, spans),
            hits_from: Offsets::new(n, hits),
            longest_hit: hits.iter().map(|h| h.end - h.start).max().unwrap_or(0) as usize,
            places,
            word_at,
            sentence: Cell::new(0),
            place: Cell::new(0),
        }
    }

    /// The sentence that holds a position.
    fn sentence_at(&self, position: usize) -> Option<&Sentence> {
        let last = self.doc.sentences.get(self.sentence.get());
        if last.is_none_or(|s| !(s.start..s.end).contains(&position)) {
            self.sentence.set(self.doc.sentence_at(position));
        }
        self.doc.sentences.get(self.sentence.get())
    }

    /// The names of divisions from a position on.
    fn places_from(&self, position: usize) -> &[PlaceHit] {
        let (before, behind) = self.places.split_at(self.place.get());
        let at = match before.last() {
            Some(last) if last.start >= position => {
                before.partition_point(|hit| hit.start < position)
            }
            _ => {
                let passed = behind.iter().take_while(|hit| hit.start < position);
                before.len() + passed.count()
            }
        };
        self.place.set(at);
        &self.places[at..]
    }

    /// Tells the features of each span, in order.
    pub(super) fn describe(&self, mut each: impl FnMut(&[Feature])) {
        let mut c = Collector::default();
        let mut places = Vec::new();
        for cluster in clusters(&self.around.spans) {
            Place::of_cluster(&self.around.spans, cluster, &mut places);
            let longest = longest(&places);
            for (at, place) in places.iter().enumerate() {
                let rivals = Rivals::of(&places, at, longest);
                for i in place.spans.clone() {
                    c.groups.clear();
                    self.beginning(&mut c, place.start);
                    self.end(&mut c, place.end);
                    self.both(&mut c, place.start, place.end);
                    self.own(&mut c, i, &rivals);
                    let kind = self.around.spans[i].kind;
                    for feature in &mut c.groups {
                        feature.0 = of_kind(feature.0, kind);
                    }
                    each(&c.groups);
                }
            }
        }
    }

    /// The score of each span by a chooser, in order, and what each thing that features speak of adds to it.
    pub(super) fn weigh(&self, chooser: &Chooser) -> (Vec<f64>, Vec<Adds>) {
        let mut scores = Vec::with_capacity(self.around.spans.len());
        let mut adds = Vec::with_capacity(self.around.spans.len());
        let mut c = Collector::default();
        let mut places = Vec::new();
        let (mut own_ends, mut rows) = (Vec::new(), Vec::new());
        // Of spans that begin together the one before was the last.
        let (mut beginning, mut both) = (Shared::default(), Shared::default());
        let mut ends: [Shared; ENDS] = std::array::from_fn(|_| Shared::default());
        for cluster in clusters(&self.around.spans) {
            Place::of_cluster(&self.around.spans, cluster, &mut places);
            let longest = longest(&places);
            for (at, place) in places.iter().enumerate() {
                let rivals = Rivals::of(&places, at, longest);
                let end = &mut ends[place.end % ENDS];
                c.groups.clear();
                if beginning.of != Some(place.start) {
                    self.beginning(&mut c, place.start);
                }
                let of_beginning = 0..c.groups.len();
                if end.of != Some(place.end) {
                    self.end(&mut c, place.end);
                }
                let of_end = of_beginning.end..c.groups.len();
                self.both(&mut c, place.start, place.end);
                let of_both = of_end.end..c.groups.len();
                own_ends.clear();
                for i in place.spans.clone() {
                    self.own(&mut c, i, &rivals);
                    own_ends.push(c.groups.len());
                }
                chooser.find(&c.groups, &mut rows);
                let mut from = of_both.end;
                let weigh = |part: &mut Shared, of: Option<usize>, told: Range<usize>| {
                    part.of = of;
                    part.weighed.clear();
                    let (groups, rows) = (&c.groups[told.clone()], &rows[told]);
                    part.sums = chooser.of_each(groups, rows, &mut part.weighed);
                };
                if beginning.of != Some(place.start) {
                    weigh(&mut beginning, Some(place.start), of_beginning);
                }
                if end.of != Some(place.end) {
                    weigh(end, Some(place.end), of_end);
                }
                weigh(&mut both, None, of_both);
                for (i, &to) in place.spans.clone().zip(&own_ends) {
                    let kind = self.around.spans[i].kind;
                    let mut by_template = [0.0; N_TEMPLATES];
                    let mut score = 0.0;
                    for part in [&beginning, &*end, &both] {
                        score += part.sums[kind];
                        for weighed in &part.weighed {
                            by_template[template(weighed.group)] += chooser.adds(weighed, kind);
                        }
                    }
                    let mut of_own = 0.0;
                    chooser.of_one(
                        &c.groups[from..to],
                        &rows[from..to],
                        kind,
                        |group, added| {
                            of_own += f64::from(added);
                            by_template[template(group)] += added;
                        },
                    );
                    scores.push(score + of_own);
                    adds.push(by_template);
                    from = to;
                }
            }
        }
        (scores, adds)
    }

    /// What is told of the beginning of a span alone.
    fn beginning(&self, c: &mut Collector, start: usize) {
        let chars = &self.doc.text.chars;
        let left = self.left(start);
        let first = c.groups.len();
        self.hits_to(left, |h| {
            c.push_once(Template::After, CLASS_CODES[h.class as usize], first);
        });
        let before = (
            self.code_at(left.checked_sub(2)),
            self.code_at(left.checked_sub(1)),
        );
        c.push(Template::CharBefore, before.1);
        c.push(Template::PairBefore, before.0 << 16 | before.1);
        c.push(Template::Tags, 1 << 40 | self.tag_at(left.checked_sub(1)));
        c.push(Template::First, code(chars[start]));
        c.push(
            Template::FirstPair,
            code(chars[start]) << 16 | code(chars[start + 1]),
        );
        if let Some(s) = self.sentence_at(start) {
            c.push(
                Template::Passage,
                u64::from(s.part == Part::Plan) << 8 | u64::from(s.heading.min(4)),
            );
        }
    }

    /// What is told of the end of a span alone.
    fn end(&self, c: &mut Collector, end: usize) {
        let chars = &self.doc.text.chars;
        let right = self.right(end);
        let first = c.groups.len();
        for h in &self.clues.hits[self.hits_from.at(right)] {
            c.push_once(Template::Before, CLASS_CODES[h.class as usize], first);
        }
        let behind = (self.code_at(Some(right)), self.code_at(Some(right + 1)));
        c.push(Template::CharBehind, behind.0);
        c.push(Template::PairBehind, behind.0 << 16 | behind.1);
        c.push(Template::Tags, 2 << 40 | self.tag_at(Some(right)));
        c.push(Template::Last, code(chars[end - 1]));
        c.push(
            Template::LastPair,
            code(chars[end - 2]) << 16 | code(chars[end - 1]),
        );
    }

    /// What is told of a span, whatever its type.
    fn both(&self, c: &mut Collector, start: usize, end: usize) {
        self.terms(c, start, end);
        self.edges(c, start, end);
        self.inner(c, start, end);
    }

    /// What is told of a span of one type.
    fn own(&self, c: &mut Collector, i: usize, rivals: &Rivals) {
        let span = self.around.spans[i];
        self.labelling(c, span.probability);
        self.document(c, i);
        self.list(c, span);
        self.rivals(c, span, rivals);
    }

    /// Where a span begins with the quotation mark in front of it.
    fn left(&self, start: usize) -> usize {
        start - usize::from(start > 0 && self.doc.text.chars[start - 1] == '“')
    }

    /// Where a span ends with the quotation mark behind it.
    fn right(&self, end: usize) -> usize {
        end + usize::from(self.doc.text.chars.get(end) == Some(&'”'))
    }

    fn code_at(&self, i: Option<usize>) -> u64 {
        i.and_then(|i| self.doc.text.chars.get(i))
            .filter(|&&ch| ch != '\n')
            .map_or(0, |&ch| code(ch))
    }

    fn tag_at(&self, i: Option<usize>) -> u64 {
        i.and_then(|i| self.word_at.get(i))
            .map_or(0, |&w| self.clues.words[w as usize].tag)
    }

    /// The hits that end at a position.
    fn hits_to(&self, end: usize, mut each: impl FnMut(&Hit)) {
        let from = self.hits_from.at(end.saturating_sub(self.longest_hit));
        let until = self.hits_from.at(end);
        let hits = &self.clues.hits[from.start..until.start];
        hits.iter()
            .filter(|h| h.end as usize == end)
            .for_each(&mut each);
    }

    fn labelling(&self, c: &mut Collector, probability: f64) {
        let p = probability.clamp(1e-4, 1.0 - 1e-4);
        c.push(Template::Bias, 0);
        c.push_value(Template::Odds, 0, ((p / (1.0 - p)).ln() / 3.0) as f32);
        c.push(Template::Likely, step(probability));
    }

    fn document(&self, c: &mut Collector, i: usize) {
        let Span {
            start,
            end,
            kind,
            probability,
        } = self.around.spans[i];
        let s = self.around.surface(i);
        let other = s.other(kind, probability);
        let n = s.n[kind];
        if n > 1 {
            c.push(
                Template::Again,
                (step(probability).min(6) << 8) | (step(other) + 1),
            );
        } else {
            c.push(Template::Again, 0);
        }
        let (elsewhere, best) = s.as_other_type(kind);
        if best > 0.0 {
            c.push(Template::AgainOther, (elsewhere as u64) << 8 | step(best));
        }
        let part = (4 * s.n_likely[kind]).div_ceil(n.max(1));
        c.push(
            Template::Count,
            u64::from(match n {
                0..=3 => n,
                4..=6 => 4,
                _ => 5,
            }) << 8
                | u64::from(part),
        );
        if s.is_part[kind] {
            c.push(
                Template::PartOf,
                u64::from(n > 1) << 8 | length(end - start).min(6),
            );
        }
    }

    fn list(&self, c: &mut Collector, span: Span) {
        let [before, behind] = self.around.items(span);
        for (template, item) in [
            (Template::ItemBefore, before),
            (Template::ItemBehind, behind),
        ] {
            if let Some(item) = item {
                c.push(template, item.payload());
            }
        }
    }

    fn terms(&self, c: &mut Collector, start: usize, end: usize) {
        let codes = &*CLASS_CODES;
        let first = c.groups.len();
        let mut tell = |template: Template, hit: &Hit| {
            c.push_once(template, codes[hit.class as usize], first);
        };
        for h in &self.clues.hits[self.hits_from.at(start)] {
            match (h.end as usize).cmp(&end) {
                Ordering::Equal => tell(Template::Exact, h),
                Ordering::Less => tell(Template::Prefix, h),
                Ordering::Greater => tell(Template::Within, h),
            }
        }
        self.hits_to(end, |h| match (h.start as usize).cmp(&start) {
            Ordering::Greater => tell(Template::Suffix, h),
            Ordering::Less => tell(Template::Within, h),
            Ordering::Equal => {}
        });
        let places = self.places_from(start).iter();
        let places = places.take_while(|hit| hit.start == start);
        let same = places.clone().filter(|hit| hit.end == end);
        if let Some(grade) = same.map(|hit| hit.grade).max() {
            c.push(Template::Place, 1 << 16 | u64::from(grade));
            c.push(Template::Place, 2 << 16 | u64::from(grade >> 8));
        } else if let Some((stop, grade)) = places.map(|hit| (hit.end, hit.grade)).max() {
            let longer = u64::from(stop > end);
            c.push(
                Template::PlacePrefix,
                longer << 16 | u64::from(grade & 0xFF),
            );
        }
    }

    /// The words at the edges of a span and beside it, and whether it opens or closes its sentence.
    fn edges(&self, c: &mut Collector, start: usize, end: usize) {
        let words = &self.clues.words;
        let (first, last) = (
            words[self.word_at[start] as usize],
            words[self.word_at[end - 1] as usize],
        );
        let cut = u64::from(first.start == start) << 1 | u64::from(last.end == end);
        c.push(Template::Edges, cut << 40);
        c.push(Template::Edges, 1 << 44 | cut << 40 | first.tag);
        c.push(Template::Edges, 2 << 44 | cut << 40 | last.tag);
        let before = self.tag_at(self.left(start).checked_sub(1));
        let behind = self.tag_at(Some(self.right(end)));
        c.push(Template::Tags, 3 << 40 | before << 16 | behind);
        if let Some(s) = self.sentence_at(start) {
            let (opens, closes) = (s.start == start, end + 1 >= s.end);
            let payload = 1 << 12 | u64::from(opens) << 1 | u64::from(closes);
            c.push(Template::Passage, payload);
        }
    }

    fn inner(&self, c: &mut Collector, start: usize, end: usize) {
        let chars = &self.doc.text.chars;
        c.push(Template::Length, length(end - start));
        let Marks {
            opens,
            closes,
            brackets,
            others,
            shape,
        } = Marks::of(&chars[start..end]);
        let around = u64::from(self.left(start) < start) << 1 | u64::from(self.right(end) > end);
        c.push(
            Template::Quotes,
            around << 8 | opens.min(2) << 4 | closes.min(2),
        );
        c.push(Template::Marks, others | u64::from(brackets != 0) << 4);
        c.push(Template::Shape, shape);
    }

    /// What competes with a candidate for the same characters; all of that lies in its cluster.
    fn rivals(&self, c: &mut Collector, span: Span, rivals: &Rivals) {
        let own = step(span.probability).min(7);
        for (place, p) in rivals.best(span.kind).into_iter().enumerate() {
            if p > 0.0 {
                let payload = (place as u64) << 16 | step(p);
                c.push(Template::Rival, payload);
                c.push(Template::Rival, 1 << 24 | own << 8 | payload);
            }
        }
    }
}
