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
pub(super) fn characters(chars: &[char], sink: &mut impl Sink) {
    let n = chars.len() as i64;
    let inner = 0..n;
    let at = |i: i64| match inner.contains(&i) && chars[i as usize] != '\n' {
        true => code(chars[i as usize]),
        false => 0,
    };
    let kind_at = |i: i64| kind(inner.contains(&i).then(|| chars[i as usize]));
    sink.tell(group(Template::Bias, 0), (0..chars.len()).map(|i| (i, 0)));
    // What begins at `i` is told to those that see it at a distance of `d` from themselves; the role is `d` less its least value.
    let seen = |i: i64, least: i64, most: i64| {
        (least..=most).filter_map(move |d| {
            let viewer = i - d;
            (0..n)
                .contains(&viewer)
                .then_some((viewer as usize, (d - least) as u8))
        })
    };
    for i in -3..n + 3 {
        let (a, b, c) = (at(i), at(i + 1), at(i + 2));
        sink.tell(group(Template::Char, a), seen(i, -3, 3));
        sink.tell(group(Template::Pair, a << 16 | b), seen(i, -2, 1));
        sink.tell(
            group(Template::Triple, a << 32 | b << 16 | c),
            seen(i, -2, 0),
        );
    }
    for i in 0..n {
        let kinds = kind_at(i - 1) << 8 | kind_at(i) << 4 | kind_at(i + 1);
        sink.tell(
            group(Template::Kind, kinds),
            std::iter::once((i as usize, 0)),
        );
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

/// For each class the leftmost longest of its hits that do not overlap.
fn leftmost_longest(hits: &[Hit]) -> Vec<Hit> {
    let mut hits = hits.to_vec();
    hits.sort_unstable_by_key(|h| (h.class, h.start, std::cmp::Reverse(h.end)));
    let mut last: Option<Hit> = None;
    hits.retain(|h| {
        let keep = last.is_none_or(|l| l.class != h.class || h.start >= l.end);
        if keep {
            last = Some(*h);
        }
        keep
    });
    hits
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
