//! Describes candidates: reads their features from the document.

use rustc_hash::{FxHashMap, FxHashSet};

use super::features::{Template, key, length, step};
use super::{Candidate, T};
use crate::extract::crf::Span;
use crate::extract::evidence::{CLASS_CODES, Clues, code};
use crate::extract::places::Survey;
use crate::lexicon::Hit;
use crate::model::Part;
use crate::text::{Document, is_han};

/// Everything that features of one document are read from.
pub(super) struct Describer<'a> {
    doc: &'a Document,
    clues: &'a Clues,
    spans: &'a [Span],
    by_end: Vec<usize>,
    hits_by_start: Vec<Hit>,
    hits_by_end: Vec<Hit>,
    /// For each surface: how often, in how many of these likely, and the two highest probabilities of each type.
    surfaces: FxHashMap<&'a [char], Surface>,
    /// Beginnings and ends of likely names.
    parts: FxHashSet<(&'a [char], usize)>,
    places: FxHashMap<(usize, usize), u16>,
    place_from: FxHashMap<usize, (usize, u16)>,
    /// Index of the word at each character.
    word_at: Vec<u32>,
}

#[derive(Clone, Copy, Default)]
struct Surface {
    best: [[f64; 2]; T],
    n: [u32; T],
    n_likely: [u32; T],
}

impl<'a> Describer<'a> {
    pub(super) fn new(
        doc: &'a Document,
        survey: &Survey,
        clues: &'a Clues,
        spans: &'a [Span],
    ) -> Self {
        let chars = &doc.text.chars;
        let mut surfaces: FxHashMap<&[char], Surface> = FxHashMap::default();
        let mut parts = FxHashSet::default();
        for s in spans {
            let surface = &chars[s.start..s.end];
            let entry = surfaces.entry(surface).or_default();
            let best = &mut entry.best[s.kind];
            if s.probability > best[0] {
                *best = [s.probability, best[0]];
            } else {
                best[1] = best[1].max(s.probability);
            }
            entry.n[s.kind] += 1;
            if s.probability >= 0.5 {
                entry.n_likely[s.kind] += 1;
                for n in 2..surface.len() {
                    parts.insert((&surface[..n], s.kind));
                    parts.insert((&surface[surface.len() - n..], s.kind));
                }
            }
        }
        let mut by_end: Vec<usize> = (0..spans.len()).collect();
        by_end.sort_by_key(|&i| (spans[i].end, spans[i].start));
        let mut hits_by_start = clues.hits.clone();
        hits_by_start.sort_unstable_by_key(|h| (h.start, std::cmp::Reverse(h.end), h.class));
        let mut hits_by_end = clues.hits.clone();
        hits_by_end.sort_unstable_by_key(|h| (h.end, h.start, h.class));
        let mut places: FxHashMap<(usize, usize), u16> = FxHashMap::default();
        let mut place_from: FxHashMap<usize, (usize, u16)> = FxHashMap::default();
        for hit in &survey.hits {
            let grade = places.entry((hit.start, hit.end)).or_default();
            *grade = (*grade).max(hit.grade);
            let longest = place_from.entry(hit.start).or_default();
            *longest = (*longest).max((hit.end, hit.grade));
        }
        let mut word_at = vec![0u32; chars.len()];
        for (i, word) in clues.words.iter().enumerate() {
            word_at[word.start..word.end].fill(i as u32);
        }
        Self {
            doc,
            clues,
            spans,
            by_end,
            hits_by_start,
            hits_by_end,
            surfaces,
            parts,
            places,
            place_from,
            word_at,
        }
    }

    pub(super) fn describe(&self) -> Vec<Candidate> {
        let mut out: Vec<Candidate> = self
            .spans
            .iter()
            .map(|s| {
                let mut candidate = Candidate {
                    start: s.start,
                    end: s.end,
                    kind: s.kind,
                    probability: s.probability,
                    features: Vec::with_capacity(48),
                };
                self.labelling(&mut candidate);
                self.document(&mut candidate);
                self.list(&mut candidate);
                self.terms(&mut candidate);
                self.surroundings(&mut candidate);
                self.inner(&mut candidate);
                candidate
            })
            .collect();
        self.rivals(&mut out);
        out
    }

    fn labelling(&self, c: &mut Candidate) {
        let p = c.probability.clamp(1e-4, 1.0 - 1e-4);
        c.push(Template::Bias, 0);
        c.features.push((
            key(Template::Odds, c.kind, 0),
            ((p / (1.0 - p)).ln() / 3.0) as f32,
        ));
        c.push(Template::Likely, step(c.probability));
    }

    fn document(&self, c: &mut Candidate) {
        let surface = &self.doc.text.chars[c.start..c.end];
        let Some(s) = self.surfaces.get(surface) else {
            return;
        };
        let [first, second] = s.best[c.kind];
        let other = if c.probability >= first {
            second
        } else {
            first
        };
        let n = s.n[c.kind];
        if n > 1 {
            c.push(
                Template::Again,
                (step(c.probability).min(6) << 8) | (step(other) + 1),
            );
        } else {
            c.push(Template::Again, 0);
        }
        let elsewhere = (0..T)
            .filter(|&k| k != c.kind)
            .max_by(|&a, &b| s.best[a][0].total_cmp(&s.best[b][0]))
            .expect("there is more than one type");
        let best = s.best[elsewhere][0];
        if best > 0.0 {
            c.push(Template::AgainOther, (elsewhere as u64) << 8 | step(best));
        }
        let part = (4 * s.n_likely[c.kind]).div_ceil(n.max(1));
        c.push(
            Template::Count,
            u64::from(match n {
                0..=3 => n,
                4..=6 => 4,
                _ => 5,
            }) << 8
                | u64::from(part),
        );
        if self.parts.contains(&(surface, c.kind)) {
            c.push(
                Template::PartOf,
                u64::from(n > 1) << 8 | length(c.end - c.start).min(6),
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

    fn list(&self, c: &mut Candidate) {
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
            let from = self.by_end.partition_point(|&i| self.spans[i].end < end);
            let found = self.by_end[from..]
                .iter()
                .map(|&i| &self.spans[i])
                .take_while(|s| s.end < left);
            let payload = self.item(found, c.kind);
            c.push(Template::ItemBefore, joint << 20 | payload);
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
            let from = self.spans.partition_point(|s| s.start < right + 1);
            let found = self.spans[from..].iter().take_while(|s| s.start <= start);
            let payload = self.item(found, c.kind);
            c.push(Template::ItemBehind, joint << 20 | payload);
        }
    }

    fn terms(&self, c: &mut Candidate) {
        let codes = &*CLASS_CODES;
        let (start, end) = (c.start as u32, c.end as u32);
        let mut once: Vec<(Template, u16)> = Vec::new();
        let mut tell = |c: &mut Candidate, template: Template, hit: &Hit| {
            if !once.contains(&(template, hit.class)) {
                once.push((template, hit.class));
                c.push(template, codes[hit.class as usize]);
            }
        };
        let from = self.hits_by_start.partition_point(|h| h.start < start);
        for h in self.hits_by_start[from..]
            .iter()
            .take_while(|h| h.start == start)
        {
            match h.end.cmp(&end) {
                std::cmp::Ordering::Equal => tell(c, Template::Exact, h),
                std::cmp::Ordering::Less => tell(c, Template::Prefix, h),
                std::cmp::Ordering::Greater => tell(c, Template::Within, h),
            }
        }
        let from = self.hits_by_end.partition_point(|h| h.end < end);
        for h in self.hits_by_end[from..].iter().take_while(|h| h.end == end) {
            match h.start.cmp(&start) {
                std::cmp::Ordering::Greater => tell(c, Template::Suffix, h),
                std::cmp::Ordering::Less => tell(c, Template::Within, h),
                std::cmp::Ordering::Equal => {}
            }
        }
        let (left, right) = self.outer(c);
        let from = self.hits_by_end.partition_point(|h| h.end < left as u32);
        for h in self.hits_by_end[from..]
            .iter()
            .take_while(|h| h.end == left as u32)
        {
            tell(c, Template::After, h);
        }
        let from = self
            .hits_by_start
            .partition_point(|h| h.start < right as u32);
        for h in self.hits_by_start[from..]
            .iter()
            .take_while(|h| h.start == right as u32)
        {
            tell(c, Template::Before, h);
        }
        if let Some(&grade) = self.places.get(&(c.start, c.end)) {
            c.push(Template::Place, 1 << 16 | u64::from(grade));
            c.push(Template::Place, 2 << 16 | u64::from(grade >> 8));
        } else if let Some(&(stop, grade)) = self.place_from.get(&c.start) {
            let longer = u64::from(stop > c.end);
            c.push(
                Template::PlacePrefix,
                longer << 16 | u64::from(grade & 0xFF),
            );
        }
    }

    /// The span with the quotation marks around it.
    fn outer(&self, c: &Candidate) -> (usize, usize) {
        let chars = &self.doc.text.chars;
        let left = c.start - usize::from(c.start > 0 && chars[c.start - 1] == '“');
        let right = c.end + usize::from(chars.get(c.end) == Some(&'”'));
        (left, right)
    }

    fn surroundings(&self, c: &mut Candidate) {
        let chars = &self.doc.text.chars;
        let (left, right) = self.outer(c);
        let at = |i: Option<usize>| {
            i.and_then(|i| chars.get(i))
                .filter(|&&ch| ch != '\n')
                .map_or(0, |&ch| code(ch))
        };
        let before = (at(left.checked_sub(2)), at(left.checked_sub(1)));
        let behind = (at(Some(right)), at(Some(right + 1)));
        c.push(Template::CharBefore, before.1);
        c.push(Template::PairBefore, before.0 << 16 | before.1);
        c.push(Template::CharBehind, behind.0);
        c.push(Template::PairBehind, behind.0 << 16 | behind.1);
        let words = &self.clues.words;
        let (first, last) = (
            words[self.word_at[c.start] as usize],
            words[self.word_at[c.end - 1] as usize],
        );
        let cut = u64::from(first.start == c.start) << 1 | u64::from(last.end == c.end);
        c.push(Template::Edges, cut << 40);
        c.push(Template::Edges, 1 << 44 | cut << 40 | first.tag);
        c.push(Template::Edges, 2 << 44 | cut << 40 | last.tag);
        let tag = |i: Option<usize>| {
            i.and_then(|i| self.word_at.get(i))
                .map_or(0, |&w| words[w as usize].tag)
        };
        let (a, b) = (tag(left.checked_sub(1)), tag(Some(right)));
        c.push(Template::Tags, 1 << 40 | a);
        c.push(Template::Tags, 2 << 40 | b);
        c.push(Template::Tags, 3 << 40 | a << 16 | b);
        if let Some(s) = self.doc.sentences.get(self.doc.sentence_at(c.start)) {
            let first = u64::from(s.start == c.start);
            let last = u64::from(c.end + 1 >= s.end);
            c.push(
                Template::Passage,
                u64::from(s.part == Part::Plan) << 8 | u64::from(s.heading.min(4)),
            );
            c.push(Template::Passage, 1 << 12 | first << 1 | last);
        }
    }

    fn inner(&self, c: &mut Candidate) {
        let chars = &self.doc.text.chars;
        let inner = &chars[c.start..c.end];
        let n = inner.len();
        c.push(Template::Length, length(n));
        c.push(Template::First, code(inner[0]));
        c.push(Template::FirstPair, code(inner[0]) << 16 | code(inner[1]));
        c.push(Template::Last, code(inner[n - 1]));
        c.push(
            Template::LastPair,
            code(inner[n - 2]) << 16 | code(inner[n - 1]),
        );
        let count = |wanted: char| inner.iter().filter(|&&ch| ch == wanted).count() as u64;
        let (opens, closes) = (count('“'), count('”'));
        let around = u64::from(c.start > 0 && chars[c.start - 1] == '“') << 1
            | u64::from(chars.get(c.end) == Some(&'”'));
        c.push(
            Template::Quotes,
            around << 8 | opens.min(2) << 4 | closes.min(2),
        );
        let has = |marks: &[char]| u64::from(inner.iter().any(|ch| marks.contains(ch)));
        let brackets = (count('（') != count('）')) as u64;
        c.push(
            Template::Marks,
            has(&['、'])
                | has(&['，', '。', '；', '：']) << 1
                | has(&['—', '－', '-', '~']) << 2
                | has(&['（']) << 3
                | brackets << 4
                | has(&['+', '＋']) << 5
                | has(&['X', '×', '*']) << 6
                | has(&['和', '及', '与']) << 7,
        );
        let mut shape = 0u64;
        let mut last = 0u64;
        for &ch in inner.iter().take(40) {
            let kind = match ch {
                '0'..='9' => 2,
                ch if is_han(ch) => 1,
                '“' | '”' => 4,
                '、' => 5,
                ch if ch.is_alphabetic() => 3,
                _ => 6,
            };
            if kind != last && shape < 1 << 40 {
                shape = shape << 3 | kind;
                last = kind;
            }
        }
        c.push(Template::Shape, shape);
    }

    /// What competes with each candidate for the same characters.
    fn rivals(&self, candidates: &mut [Candidate]) {
        let longest = self
            .spans
            .iter()
            .map(|s| s.end - s.start)
            .max()
            .unwrap_or(0);
        for (i, c) in candidates.iter_mut().enumerate() {
            // Longer of the same type, longer of another, inside and the same type, inside and another, crossing, same span.
            let mut best = [0.0f64; 6];
            let low = self.spans.partition_point(|s| s.start + longest <= c.start);
            for (j, s) in self.spans[low..].iter().enumerate() {
                if s.start >= c.end {
                    break;
                }
                if s.end <= c.start || low + j == i {
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
                    c.features
                        .push((key(Template::Rival, c.kind, payload), 1.0));
                    let payload = 1 << 24 | own << 8 | payload;
                    c.features
                        .push((key(Template::Rival, c.kind, payload), 1.0));
                }
            }
        }
    }
}
