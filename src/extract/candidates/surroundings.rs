//! Surroundings: what a candidate finds around it, in lists and at other places with the same characters.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::T;
use super::features::step;
use crate::extract::crf::Span;

/// What is known of a surface, by type.
#[derive(Clone, Copy, Default)]
pub(super) struct Surface {
    /// The two highest probabilities.
    pub best: [[f64; 2]; T],
    /// How many spans have it.
    pub n: [u32; T],
    /// How many of these are likely.
    pub n_likely: [u32; T],
    /// Whether a likely name of each type begins or ends in it and is longer.
    pub is_part: [bool; T],
}

impl Surface {
    /// How likely it is at its best other place than one where it is this likely.
    pub fn other(&self, kind: usize, probability: f64) -> f64 {
        let [first, second] = self.best[kind];
        if probability >= first { second } else { first }
    }

    /// The likeliest other type than one, and how likely it is.
    pub fn as_other_type(&self, kind: usize) -> (usize, f64) {
        let others = (0..T).filter(|&k| k != kind);
        let likeliest = others.max_by(|&a, &b| self.best[a][0].total_cmp(&self.best[b][0]));
        let other = likeliest.expect("there is more than one type");
        (other, self.best[other][0])
    }
}

/// What stands beside a candidate in a list.
pub(super) struct Item {
    /// Whether it is joined by a comma.
    by_comma: bool,
    /// How likely it is a name of the same type.
    pub same: f64,
    /// How likely a name of another type, and the number of that type plus one.
    pub other: (f64, usize),
}

impl Item {
    /// How it is told as a feature.
    pub fn payload(&self) -> u64 {
        // Another type counts half.
        let other = if self.other.0 > self.same && self.other.0 > 0.3 {
            self.other.1
        } else {
            0
        };
        u64::from(self.by_comma) << 20 | 1 << 16 | step(self.same) << 8 | other as u64
    }
}

/// The candidates of a document, each with how likely it is.
pub(super) struct Surroundings<'a> {
    chars: &'a [char],
    /// Sorted by start.
    pub spans: Cow<'a, [Span]>,
    /// Spans by where they end, then by where they start.
    by_end: Vec<u32>,
    surfaces: Vec<Surface>,
    /// For each span its surface.
    surface_of: Vec<u32>,
}

impl<'a> Surroundings<'a> {
    pub fn new(chars: &'a [char], spans: &'a [Span]) -> Self {
        let mut numbers: FxHashMap<&[char], u32> = FxHashMap::default();
        numbers.reserve(spans.len());
        // Spans of several types stand one behind the other.
        let mut last = (0, 0, 0);
        let mut number_of = |s: &Span| {
            let number = match last {
                (start, end, number) if (start, end) == (s.start, s.end) => number,
                _ => {
                    let next = numbers.len() as u32;
                    *numbers.entry(&chars[s.start..s.end]).or_insert(next)
                }
            };
            last = (s.start, s.end, number);
            number
        };
        let surface_of: Vec<u32> = spans.iter().map(&mut number_of).collect();
        let mut surfaces = count(spans, &surface_of, numbers.len());
        for (surface, number) in &numbers {
            let n_likely = surfaces[*number as usize].n_likely;
            if n_likely == [0; T] {
                continue;
            }
            for n in 2..surface.len() {
                for part in [&surface[..n], &surface[surface.len() - n..]] {
                    if let Some(&part) = numbers.get(part) {
                        let is_part = surfaces[part as usize].is_part.iter_mut();
                        is_part.zip(n_likely).for_each(|(is, n)| *is |= n > 0);
                    }
                }
            }
        }
        let mut by_end: Vec<u32> = (0..).take(spans.len()).collect();
        by_end.sort_by_key(|&i| spans[i as usize].end);
        Self {
            chars,
            spans: Cow::Borrowed(spans),
            by_end,
            surfaces,
            surface_of,
        }
    }

    /// The same candidates where each is as likely as told; which surfaces are parts of others is not.
    pub fn with(&self, probabilities: &[f64]) -> Self {
        let told = self.spans.iter().zip(probabilities);
        let spans: Vec<Span> = told
            .map(|(span, &probability)| Span {
                probability,
                ..*span
            })
            .collect();
        Self {
            chars: self.chars,
            by_end: self.by_end.clone(),
            surfaces: count(&spans, &self.surface_of, self.surfaces.len()),
            surface_of: self.surface_of.clone(),
            spans: Cow::Owned(spans),
        }
    }

    /// Characters of the document.
    pub fn length(&self) -> usize {
        self.chars.len()
    }

    /// What is known of the surface of a span.
    pub fn surface(&self, i: usize) -> &Surface {
        &self.surfaces[self.surface_of[i] as usize]
    }

    /// What is likeliest among the items that a candidate is joined with.
    fn item<'s>(found: impl Iterator<Item = &'s Span>, kind: usize, by_comma: bool) -> Item {
        let (mut same, mut other) = (0.0f64, (0.0f64, 0));
        for s in found {
            if s.kind == kind {
                same = same.max(s.probability);
            } else if s.probability > other.0 {
                other = (s.probability, s.kind + 1);
            }
        }
        Item {
            by_comma,
            same,
            other,
        }
    }

    /// The items before and behind a candidate in a list, if there are any.
    pub fn items(&self, c: Span) -> [Option<Item>; 2] {
        let chars = self.chars;
        let joins = |ch: char| matches!(ch, '、' | '和' | '及' | '与' | '或');
        let mark = |ch: char| matches!(ch, '“' | '”');
        let mut items = [None, None];
        let mut left = c.start;
        while left > 0 && mark(chars[left - 1]) {
            left -= 1;
        }
        if left > 1 && joins(chars[left - 1]) {
            let mut end = left - 1;
            while end > 0 && mark(chars[end - 1]) {
                end -= 1;
            }
            let to = |i: &u32| self.spans[*i as usize].end;
            let first = self.by_end.partition_point(|i| to(i) < end);
            let ending = self.by_end[first..].iter().take_while(|i| to(i) < left);
            let ending = ending.map(|&i| &self.spans[i as usize]);
            items[0] = Some(Self::item(ending, c.kind, chars[left - 1] == '、'));
        }
        let mut right = c.end;
        while right < chars.len() && mark(chars[right]) {
            right += 1;
        }
        if right + 1 < chars.len() && joins(chars[right]) {
            let mut start = right + 1;
            while start + 1 < chars.len() && mark(chars[start]) {
                start += 1;
            }
            let first = self.spans.partition_point(|s| s.start <= right);
            let beginning = self.spans[first..].iter().take_while(|s| s.start <= start);
            items[1] = Some(Self::item(beginning, c.kind, chars[right] == '、'));
        }
        items
    }
}

/// What is known of so many surfaces by the spans that have them.
fn count(spans: &[Span], surface_of: &[u32], n: usize) -> Vec<Surface> {
    let mut surfaces = vec![Surface::default(); n];
    for (s, surface) in spans.iter().zip(surface_of) {
        let entry = &mut surfaces[*surface as usize];
        let best = &mut entry.best[s.kind];
        if s.probability > best[0] {
            *best = [s.probability, best[0]];
        } else {
            best[1] = best[1].max(s.probability);
        }
        entry.n[s.kind] += 1;
        entry.n_likely[s.kind] += u32::from(s.probability >= 0.5);
    }
    surfaces
}
