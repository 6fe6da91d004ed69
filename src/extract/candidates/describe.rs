//! Describes candidates: reads their features from the document.

use std::cmp::Ordering;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::features::{Collector, Template, length, step};
use super::{Feature, T};
use crate::extract::choose::clusters;
use crate::extract::crf::Span;
use crate::extract::evidence::{CLASS_CODES, Clues, code};
use crate::extract::places::{PlaceHit, Survey};
use crate::lexicon::Hit;
use crate::model::Part;
use crate::text::{Document, is_common_han, is_han};

/// Everything that features of one document are read from.
pub(super) struct Describer<'a> {
    doc: &'a Document,
    clues: &'a Clues,
    spans: &'a [Span],
    /// Spans by where they end, then by where they start.
    by_end: Vec<u32>,
    spans_from: Offsets,
    spans_to: Offsets,
    hits_from: Offsets,
    hits_by_end: Vec<Hit>,
    hits_to: Offsets,
    /// For each surface: how often, in how many of these likely, and the two highest probabilities of each type.
    surfaces: Vec<Surface>,
    /// For each span its surface.
    surface_of: Vec<u32>,
    /// Beginnings and ends of likely names.
    parts: FxHashSet<(&'a [char], usize)>,
    /// Names of divisions by where they start.
    places: Vec<PlaceHit>,
    places_from: Offsets,
    /// Index of the word at each character.
    word_at: Vec<u32>,
    /// Characters of the longest span.
    longest: usize,
}

/// For things in the order of their positions, at which index those of each position begin.
struct Offsets(Vec<u32>);

impl Offsets {
    fn new(n: usize, positions: impl Iterator<Item = usize>) -> Self {
        let mut first = vec![0u32; n + 2];
        for position in positions {
            first[position + 1] += 1;
        }
        for i in 0..=n {
            first[i + 1] += first[i];
        }
        Self(first)
    }

    fn at(&self, position: usize) -> Range<usize> {
        self.0[position] as usize..self.0[position + 1] as usize
    }

    /// The indices of things by the position that `position` gives them; those of one position stay in order.
    fn sorted(&self, n: usize, position: impl Fn(usize) -> usize) -> Vec<u32> {
        let mut next = self.0.clone();
        let mut sorted = vec![0; n];
        for i in 0..n {
            let at = &mut next[position(i)];
            sorted[*at as usize] = i as u32;
            *at += 1;
        }
        sorted
    }
}

#[derive(Clone, Copy, Default)]
struct Surface {
    best: [[f64; 2]; T],
    n: [u32; T],
    n_likely: [u32; T],
}

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

/// A beginning or an end of a likely name, with its type.
type Edge<'a> = (&'a [char], usize);

/// The distinct surfaces of spans, which of them each span has, and the beginnings and ends of likely names.
fn surfaces<'a>(
    chars: &'a [char],
    spans: &[Span],
) -> (Vec<Surface>, Vec<u32>, FxHashSet<Edge<'a>>) {
    let mut numbers: FxHashMap<&[char], u32> = FxHashMap::default();
    let mut surfaces: Vec<Surface> = Vec::new();
    let mut parts = FxHashSet::default();
    // Spans of several types stand one behind the other.
    let mut last = (0, 0, 0);
    let surface_of = spans
        .iter()
        .map(|s| {
            let surface = &chars[s.start..s.end];
            let number = match last {
                (start, end, number) if (start, end) == (s.start, s.end) => number,
                _ => *numbers.entry(surface).or_insert_with(|| {
                    surfaces.push(Surface::default());
                    surfaces.len() as u32 - 1
                }),
            };
            last = (s.start, s.end, number);
            let entry = &mut surfaces[number as usize];
            let best = &mut entry.best[s.kind];
            if s.probability > best[0] {
                *best = [s.probability, best[0]];
            } else {
                best[1] = best[1].max(s.probability);
            }
            entry.n[s.kind] += 1;
            if s.probability >= 0.5 {
                if entry.n_likely[s.kind] == 0 {
                    for n in 2..surface.len() {
                        parts.insert((&surface[..n], s.kind));
                        parts.insert((&surface[surface.len() - n..], s.kind));
                    }
                }
                entry.n_likely[s.kind] += 1;
            }
            number
        })
        .collect();
    (surfaces, surface_of, parts)
}

impl<'a> Describer<'a> {
    pub(super) fn new(
        doc: &'a Document,
        survey: &Survey,
        clues: &'a Clues,
        spans: &'a [Span],
    ) -> Self {
        let chars = &doc.text.chars;
        let n = chars.len();
        let (surfaces, surface_of, parts) = surfaces(chars, spans);
        let spans_to = Offsets::new(n, spans.iter().map(|s| s.end));
        let hits = &clues.hits;
        let hits_to = Offsets::new(n, hits.iter().map(|h| h.end as usize));
        let hits_by_end = hits_to.sorted(hits.len(), |i| hits[i].end as usize);
        let mut places = survey.hits.clone();
        places.sort_by_key(|hit| (hit.start, hit.end));
        let mut word_at = vec![0u32; n];
        for (i, word) in clues.words.iter().enumerate() {
            word_at[word.start..word.end].fill(i as u32);
        }
        Self {
            doc,
            clues,
            spans,
            by_end: spans_to.sorted(spans.len(), |i| spans[i].end),
            spans_from: Offsets::new(n, spans.iter().map(|s| s.start)),
            spans_to,
            hits_from: Offsets::new(n, hits.iter().map(|h| h.start as usize)),
            hits_by_end: hits_by_end.into_iter().map(|i| hits[i as usize]).collect(),
            hits_to,
            surfaces,
            surface_of,
            parts,
            places_from: Offsets::new(n, places.iter().map(|hit| hit.start)),
            places,
            word_at,
            longest: spans.iter().map(|s| s.end - s.start).max().unwrap_or(0),
        }
    }

    /// Tells the features of each span, in order.
    pub(super) fn describe(&self, mut each: impl FnMut(&[Feature])) {
        let mut once = Vec::new();
        for cluster in clusters(self.spans) {
            for i in cluster.clone() {
                let mut collector = Collector {
                    span: self.spans[i],
                    features: std::mem::take(&mut once),
                };
                collector.features.clear();
                self.labelling(&mut collector);
                self.document(&mut collector, i);
                self.list(&mut collector);
                self.terms(&mut collector);
                self.surroundings(&mut collector);
                self.inner(&mut collector);
                self.rivals(&mut collector, i, cluster.clone());
                each(&collector.features);
                once = collector.features;
            }
        }
    }

    fn labelling(&self, c: &mut Collector) {
        let p = c.span.probability.clamp(1e-4, 1.0 - 1e-4);
        c.push(Template::Bias, 0);
        c.push_value(Template::Odds, 0, ((p / (1.0 - p)).ln() / 3.0) as f32);
        c.push(Template::Likely, step(c.span.probability));
    }

    fn document(&self, c: &mut Collector, i: usize) {
        let Span {
            start,
            end,
            kind,
            probability,
        } = c.span;
        let surface = &self.doc.text.chars[start..end];
        let s = &self.surfaces[self.surface_of[i] as usize];
        let [first, second] = s.best[kind];
        let other = if probability >= first { second } else { first };
        let n = s.n[kind];
        if n > 1 {
            c.push(
                Template::Again,
                (step(probability).min(6) << 8) | (step(other) + 1),
            );
        } else {
            c.push(Template::Again, 0);
        }
        let elsewhere = (0..T)
            .filter(|&k| k != kind)
            .max_by(|&a, &b| s.best[a][0].total_cmp(&s.best[b][0]))
            .expect("there is more than one type");
        let best = s.best[elsewhere][0];
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
        if self.parts.contains(&(surface, kind)) {
            c.push(
                Template::PartOf,
                u64::from(n > 1) << 8 | length(end - start).min(6),
            );
        }
    }

    /// The likeliest candidate that ends at `end`, as type and step; types other than the candidate's own count half.
    fn item(&self, found: impl Iterator<Item = &'a Span>, kind: usize) -> u64 {
        let (mut same, mut other) = (0.0f64, (0.0f64, 0));
        for s in found {
            if s.kind == kind {
                same = same.max(s.probability);
            } else if s.probability > other.0 {
                other = (s.probability, s.kind + 1);
            }
        }
        let other = if other.0 > same && other.0 > 0.3 {
            other.1
        } else {
            0
        };
        1 << 16 | step(same) << 8 | other as u64
    }

    fn list(&self, collector: &mut Collector) {
        let (c, collector) = (collector.span, collector);
        let chars = &self.doc.text.chars;
        let joins = |ch: char| matches!(ch, '、' | '和' | '及' | '与' | '或');
        let mark = |ch: char| matches!(ch, '“' | '”');
        let mut left = c.start;
        while left > 0 && mark(chars[left - 1]) {
            left -= 1;
        }
        if left > 1 && joins(chars[left - 1]) {
            let joint = u64::from(chars[left - 1] == '、');
            let mut end = left - 1;
            while end > 0 && mark(chars[end - 1]) {
                end -= 1;
            }
            let ending = self.spans_to.at(end).start..self.spans_to.at(left).start;
            let found = self.by_end[ending].iter().map(|&i| &self.spans[i as usize]);
            let payload = self.item(found, c.kind);
            collector.push(Template::ItemBefore, joint << 20 | payload);
        }
        let mut right = c.end;
        while right < chars.len() && mark(chars[right]) {
            right += 1;
        }
        if right + 1 < chars.len() && joins(chars[right]) {
            let joint = u64::from(chars[right] == '、');
            let mut start = right + 1;
            while start + 1 < chars.len() && mark(chars[start]) {
                start += 1;
            }
            let beginning = self.spans_from.at(right + 1).start..self.spans_from.at(start).end;
            let payload = self.item(self.spans[beginning].iter(), c.kind);
            collector.push(Template::ItemBehind, joint << 20 | payload);
        }
    }

    fn terms(&self, collector: &mut Collector) {
        let c = collector.span;
        let codes = &*CLASS_CODES;
        let first = collector.features.len();
        // Each is told once; there are so few that looking through them is cheapest.
        let mut tell = |template: Template, hit: &Hit| {
            let told = collector.features.len();
            collector.push(template, codes[hit.class as usize]);
            let (earlier, last) = collector.features.split_at(told);
            if earlier[first..].contains(&last[0]) {
                collector.features.pop();
            }
        };
        for h in &self.clues.hits[self.hits_from.at(c.start)] {
            match (h.end as usize).cmp(&c.end) {
                Ordering::Equal => tell(Template::Exact, h),
                Ordering::Less => tell(Template::Prefix, h),
                Ordering::Greater => tell(Template::Within, h),
            }
        }
        for h in &self.hits_by_end[self.hits_to.at(c.end)] {
            match (h.start as usize).cmp(&c.start) {
                Ordering::Greater => tell(Template::Suffix, h),
                Ordering::Less => tell(Template::Within, h),
                Ordering::Equal => {}
            }
        }
        let (left, right) = self.outer(&c);
        for h in &self.hits_by_end[self.hits_to.at(left)] {
            tell(Template::After, h);
        }
        for h in &self.clues.hits[self.hits_from.at(right)] {
            tell(Template::Before, h);
        }
        let places = &self.places[self.places_from.at(c.start)];
        let same = places.iter().filter(|hit| hit.end == c.end);
        if let Some(grade) = same.map(|hit| hit.grade).max() {
            collector.push(Template::Place, 1 << 16 | u64::from(grade));
            collector.push(Template::Place, 2 << 16 | u64::from(grade >> 8));
        } else if let Some((stop, grade)) = places.iter().map(|hit| (hit.end, hit.grade)).max() {
            let longer = u64::from(stop > c.end);
            collector.push(
                Template::PlacePrefix,
                longer << 16 | u64::from(grade & 0xFF),
            );
        }
    }

    /// The span with the quotation marks around it.
    fn outer(&self, c: &Span) -> (usize, usize) {
        let chars = &self.doc.text.chars;
        let left = c.start - usize::from(c.start > 0 && chars[c.start - 1] == '“');
        let right = c.end + usize::from(chars.get(c.end) == Some(&'”'));
        (left, right)
    }

    fn surroundings(&self, collector: &mut Collector) {
        let (c, collector) = (collector.span, collector);
        let chars = &self.doc.text.chars;
        let (left, right) = self.outer(&c);
        let at = |i: Option<usize>| {
            i.and_then(|i| chars.get(i))
                .filter(|&&ch| ch != '\n')
                .map_or(0, |&ch| code(ch))
        };
        let before = (at(left.checked_sub(2)), at(left.checked_sub(1)));
        let behind = (at(Some(right)), at(Some(right + 1)));
        collector.push(Template::CharBefore, before.1);
        collector.push(Template::PairBefore, before.0 << 16 | before.1);
        collector.push(Template::CharBehind, behind.0);
        collector.push(Template::PairBehind, behind.0 << 16 | behind.1);
        let words = &self.clues.words;
        let (first, last) = (
            words[self.word_at[c.start] as usize],
            words[self.word_at[c.end - 1] as usize],
        );
        let cut = u64::from(first.start == c.start) << 1 | u64::from(last.end == c.end);
        collector.push(Template::Edges, cut << 40);
        collector.push(Template::Edges, 1 << 44 | cut << 40 | first.tag);
        collector.push(Template::Edges, 2 << 44 | cut << 40 | last.tag);
        let tag = |i: Option<usize>| {
            i.and_then(|i| self.word_at.get(i))
                .map_or(0, |&w| words[w as usize].tag)
        };
        let (a, b) = (tag(left.checked_sub(1)), tag(Some(right)));
        collector.push(Template::Tags, 1 << 40 | a);
        collector.push(Template::Tags, 2 << 40 | b);
        collector.push(Template::Tags, 3 << 40 | a << 16 | b);
        if let Some(s) = self.doc.sentences.get(self.doc.sentence_at(c.start)) {
            let first = u64::from(s.start == c.start);
            let last = u64::from(c.end + 1 >= s.end);
            collector.push(
                Template::Passage,
                u64::from(s.part == Part::Plan) << 8 | u64::from(s.heading.min(4)),
            );
            collector.push(Template::Passage, 1 << 12 | first << 1 | last);
        }
    }

    fn inner(&self, collector: &mut Collector) {
        let (c, collector) = (collector.span, collector);
        let chars = &self.doc.text.chars;
        let inner = &chars[c.start..c.end];
        let n = inner.len();
        collector.push(Template::Length, length(n));
        collector.push(Template::First, code(inner[0]));
        collector.push(Template::FirstPair, code(inner[0]) << 16 | code(inner[1]));
        collector.push(Template::Last, code(inner[n - 1]));
        collector.push(
            Template::LastPair,
            code(inner[n - 2]) << 16 | code(inner[n - 1]),
        );
        let Marks {
            opens,
            closes,
            brackets,
            others,
            shape,
        } = Marks::of(inner);
        let around = u64::from(c.start > 0 && chars[c.start - 1] == '“') << 1
            | u64::from(chars.get(c.end) == Some(&'”'));
        collector.push(
            Template::Quotes,
            around << 8 | opens.min(2) << 4 | closes.min(2),
        );
        collector.push(Template::Marks, others | u64::from(brackets != 0) << 4);
        collector.push(Template::Shape, shape);
    }

    /// What competes with a candidate for the same characters; all of that lies in its cluster.
    fn rivals(&self, collector: &mut Collector, i: usize, cluster: Range<usize>) {
        let c = collector.span;
        // Longer of the same type, longer of another, inside and the same type, inside and another, crossing, same span.
        let mut best = [0.0f64; 6];
        let reach = self.spans_from.at(c.start.saturating_sub(self.longest));
        let rivals = cluster.start.max(reach.start)..cluster.end;
        for (s, j) in self.spans[rivals.clone()].iter().zip(rivals) {
            if s.start >= c.end {
                break;
            }
            if s.end <= c.start || j == i {
                continue;
            }
            let same = s.kind == c.kind;
            let place = if s.start == c.start && s.end == c.end {
                5
            } else if s.start <= c.start && s.end >= c.end {
                usize::from(!same)
            } else if s.start >= c.start && s.end <= c.end {
                2 + usize::from(!same)
            } else {
                4
            };
            best[place] = best[place].max(s.probability);
        }
        let own = step(c.probability).min(7);
        for (place, p) in best.into_iter().enumerate() {
            if p > 0.0 {
                let payload = (place as u64) << 16 | step(p);
                collector.push(Template::Rival, payload);
                collector.push(Template::Rival, 1 << 24 | own << 8 | payload);
            }
        }
    }
}
