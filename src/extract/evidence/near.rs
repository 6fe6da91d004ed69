//! Attributes from near by: characters, words, terms and names of divisions at a character or beside it.

use super::super::places::PlaceHit;
use super::{CLASS_CODES, Sink, Template, Word, code, group, kind};
use crate::lexicon::Hit;

/// Position within something of `n` parts: 0 first, 1 middle, 2 last, 3 only.
fn place_in(i: usize, n: usize) -> u8 {
    match (i == 0, i + 1 == n) {
        (true, true) => 3,
        (true, false) => 0,
        (false, true) => 2,
        (false, false) => 1,
    }
}

/// The roles of a character right behind and right before something.
const BEHIND: u8 = 4;
const BEFORE: u8 = 5;

/// Single characters, pairs and triples around, and kinds of characters.
pub(super) fn characters<S: Sink>(chars: &[char], sink: &mut S) {
    let n = chars.len() as i64;
    sink.tell_run(group(Template::Bias, 0), 0, chars.len());
    // What begins at `i` is told to those that see it at a distance of `d` from themselves; the role is `d` less its least value.
    let tell = |sink: &mut S, told: u64, i: i64, least: i64, most: i64| {
        if i >= most && i - least < n {
            sink.tell_viewers(told, (i - least) as usize, (most - least + 1) as u8);
        } else {
            let seen = (least..=most)
                .filter(|d| (0..n).contains(&(i - d)))
                .map(|d| ((i - d) as usize, (d - least) as u8));
            sink.tell(told, seen);
        }
    };
    let around = || std::iter::repeat_n(0, 3);
    let inner = chars
        .iter()
        .map(|&c| if c == '\n' { 0 } else { code(c) })
        .chain(around());
    let (mut b, mut c) = (0, 0);
    // Three boundaries stand before the text and behind it.
    let ahead = around().chain(inner).chain(std::iter::repeat_n(0, 2));
    for (i, next) in (-5..n + 3).zip(ahead) {
        let a = std::mem::replace(&mut b, std::mem::replace(&mut c, next));
        if i < -3 {
            continue;
        }
        tell(sink, group(Template::Char, a), i, -3, 3);
        tell(sink, group(Template::Pair, a << 16 | b), i, -2, 1);
        tell(
            sink,
            group(Template::Triple, a << 32 | b << 16 | c),
            i,
            -2,
            0,
        );
    }
    let mut run = 0;
    let kinds: Vec<u64> = chars.iter().map(|&c| kind(Some(c))).collect();
    let kinds_at = |i: usize| {
        let before = i.checked_sub(1).map_or(0, |i| kinds[i]);
        let behind = kinds.get(i + 1).copied().unwrap_or_default();
        before << 8 | kinds[i] << 4 | behind
    };
    for i in 0..chars.len() {
        if i + 1 == chars.len() || kinds_at(i + 1) != kinds_at(run) {
            sink.tell_run(group(Template::Kind, kinds_at(run)), run, i + 1);
            run = i + 1;
        }
    }
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
    let inside = |word: Word, role: u8| {
        (word.start..word.end).map(move |i| {
            (
                i,
                4 * role + place_in(i - word.start, word.end - word.start),
            )
        })
    };
    for (w, &word) in words.iter().enumerate() {
        let (before, behind) = (at(w.checked_sub(1)), at(Some(w + 1)));
        sink.tell(group(Template::Word, word.tag), inside(word, 0));
        let told = 1 << 48 | before.tag << 16 | word.tag;
        sink.tell(group(Template::Neighbours, told), inside(word, 0));
        let told = 2 << 48 | word.tag << 16 | behind.tag;
        sink.tell(group(Template::Neighbours, told), inside(word, 0));
        let seen = inside(word, 0)
            .chain(inside(behind, 1))
            .chain(inside(before, 2));
        sink.tell(group(Template::Form, word.form), seen);
    }
    if let (Some(&first), Some(&last)) = (words.first(), words.last()) {
        sink.tell(
            group(Template::Form, 0),
            inside(first, 1).chain(inside(last, 2)),
        );
    }
}

/// What is told of a span: to its characters where in it they stand, to those beside it that it is there.
fn around(start: usize, end: usize, n_chars: usize) -> impl Iterator<Item = (usize, u8)> {
    let behind = (end < n_chars).then_some((end, BEHIND));
    let before = start.checked_sub(1).map(|i| (i, BEFORE));
    (start..end)
        .map(move |i| (i, place_in(i - start, end - start)))
        .chain(behind)
        .chain(before)
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
        sink.tell(
            group(Template::In, codes[h.class as usize]),
            around(h.start as usize, h.end as usize, n_chars),
        );
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
        sink.tell(
            group(Template::Place, u64::from(hit.grade)),
            around(hit.start, hit.end, n_chars),
        );
    }
}
