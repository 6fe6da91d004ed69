//! Attributes from near by: characters, words, terms and names of divisions at a character or beside it.

use super::super::places::PlaceHit;
use super::{CLASS_CODES, Sink, Template, ToldWord, Word, code, group, kind};
use crate::lexicon::Hit;

/// Single characters, pairs and triples around, and kinds of characters.
pub(super) fn characters<S: Sink>(chars: &[char], sink: &mut S) {
    sink.tell_run(group(Template::Bias, 0), 0, chars.len());
    // Three boundaries stand before the text and behind it.
    let codes = chars.iter().map(|&c| if c == '\n' { 0 } else { code(c) });
    let around = |n: usize| std::iter::repeat_n(0, n);
    let codes: Vec<u64> = around(3).chain(codes).chain(around(5)).collect();
    for (i, codes) in (-3..).zip(codes.windows(3)) {
        let &[a, b, c] = codes else { continue };
        let n = chars.len();
        sink.tell_sequence(1, group(Template::Char, a), i, n);
        sink.tell_sequence(2, group(Template::Pair, a << 16 | b), i, n);
        sink.tell_sequence(3, group(Template::Triple, a << 32 | b << 16 | c), i, n);
    }
    // The kinds of a character and of those beside it.
    let (mut run, mut of_run) = (0, 0);
    let mut kinds = chars.first().map_or(0, |&c| kind(c));
    for i in 0..chars.len() {
        let next = chars.get(i + 1).map_or(0, |&c| kind(c));
        kinds = (kinds << 4 | next) & 0xFFF;
        if kinds != of_run {
            sink.tell_run(group(Template::Kind, of_run), run, i);
            (run, of_run) = (i, kinds);
        }
    }
    sink.tell_run(group(Template::Kind, of_run), run, chars.len());
}

/// Words with their tags, and those beside them.
pub(super) fn words(words: &[Word], n_chars: usize, sink: &mut impl Sink) {
    let edge = Word {
        start: n_chars,
        end: n_chars,
        tag: 0,
        form: 0,
    };
    let at = |w: Option<usize>| w.and_then(|w| words.get(w)).copied().unwrap_or(edge);
    let told = words.iter().enumerate().map(|(w, &word)| {
        let (before, behind) = (at(w.checked_sub(1)), at(Some(w + 1)));
        ToldWord {
            span: word.start..word.end,
            own: [
                group(Template::Word, word.tag),
                group(Template::Neighbours, 1 << 48 | before.tag << 16 | word.tag),
                group(Template::Neighbours, 2 << 48 | word.tag << 16 | behind.tag),
            ],
            form: group(Template::Form, word.form),
        }
    });
    let told: Vec<ToldWord> = told.collect();
    sink.tell_words(&told, group(Template::Form, 0));
}

/// What is told of a span: to its characters where in it they stand, to the one behind it (role 4) and the one before it
/// (role 5) that it is there: each is the only one of its kind, which is place 3.
fn around(told: u64, start: usize, end: usize, n_chars: usize, sink: &mut impl Sink) {
    let behind = end..(end + 1).min(n_chars);
    let before = start.saturating_sub(1)..start;
    sink.tell_spans(told, [(start..end, 0), (behind, 1), (before, 2)]);
}

/// For each class the leftmost longest of its hits that do not overlap, class by class; hits come by start, the longest first.
fn leftmost_longest(hits: &[Hit]) -> Vec<Hit> {
    let n_classes = CLASS_CODES.len();
    let mut ends = vec![0; n_classes];
    // Where the hits of each class begin in the result: the sum of what the classes before it keep.
    let mut starts = vec![0; n_classes + 1];
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let class = hit.class as usize;
        if hit.start >= ends[class] {
            ends[class] = hit.end;
            starts[class + 1] += 1;
            kept.push(*hit);
        }
    }
    for class in 0..n_classes {
        starts[class + 1] += starts[class];
    }
    let mut sorted = kept.clone();
    for hit in kept {
        let at = &mut starts[hit.class as usize];
        sorted[*at] = hit;
        *at += 1;
    }
    sorted
}

/// Terms of the lexicons.
pub(super) fn terms(hits: &[Hit], n_chars: usize, sink: &mut impl Sink) {
    let codes = &*CLASS_CODES;
    for h in leftmost_longest(hits) {
        let told = group(Template::In, codes[h.class as usize]);
        around(told, h.start as usize, h.end as usize, n_chars, sink);
    }
}

/// Names of divisions: of those that begin at one place or lie within another only the longest is told, by the strongest grade.
pub(super) fn place_names(places: &[PlaceHit], n_chars: usize, sink: &mut impl Sink) {
    let mut sorted: Vec<&PlaceHit> = places.iter().collect();
    sorted.sort_by_key(|h| {
        (
            h.start,
            std::cmp::Reverse(h.end),
            std::cmp::Reverse(h.grade),
        )
    });
    let mut last_end = 0;
    for hit in sorted {
        if hit.end <= last_end {
            continue;
        }
        last_end = hit.end;
        let told = group(Template::Place, u64::from(hit.grade));
        around(told, hit.start, hit.end, n_chars, sink);
    }
}
