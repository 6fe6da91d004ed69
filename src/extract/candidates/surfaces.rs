//! Surfaces: what candidates with the same characters have in common.

use rustc_hash::FxHashMap;

use super::T;
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

/// The distinct surfaces of spans, and which of them each span has.
pub(super) fn surfaces(chars: &[char], spans: &[Span]) -> (Vec<Surface>, Vec<u32>) {
    let mut numbers: FxHashMap<&[char], u32> = FxHashMap::default();
    numbers.reserve(spans.len());
    let mut surfaces: Vec<Surface> = Vec::with_capacity(spans.len());
    let mut likely: Vec<(&[char], usize)> = Vec::new();
    // Spans of several types stand one behind the other.
    let mut last = (0, 0, 0);
    let mut number_of = |s: &Span| {
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
                likely.push((surface, s.kind));
            }
            entry.n_likely[s.kind] += 1;
        }
        number
    };
    let surface_of = spans.iter().map(&mut number_of).collect();
    for (surface, kind) in likely {
        for n in 2..surface.len() {
            for part in [&surface[..n], &surface[surface.len() - n..]] {
                if let Some(&number) = numbers.get(part) {
                    surfaces[number as usize].is_part[kind] = true;
                }
            }
        }
    }
    (surfaces, surface_of)
}
