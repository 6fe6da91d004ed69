//! Attributes from near by: characters, words, terms and names of divisions at a character or beside it.

use super::super::places::PlaceHit;
use super::keys::{BEFORE, BEHIND, Template, group};
use super::{CLASS_CODES, Sink, ToldWord, Word, code, kind};
use crate::lexicon::Hit;

/// Single characters, pairs and triples around, and kinds of characters.
pub(super) fn characters<S: Sink>(chars: &[char], sink: &mut S) {
    sink.tell_run(group(Template::Bias, 0), 0, chars.len());
    let codes = chars
        .iter()
        .map(|&c| if c == '\n' { 0 } else { code(c) as u16 });
    let mut all = Vec::with_capacity(BEFORE + chars.len() + BEHIND);
    all.resize(BEFORE, 0);
    all.extend(codes);
    all.resize(BEFORE + chars.len() + BEHIND, 0);
    sink.tell_sequences(&all);
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
        form: [0; 3],
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
            form: word.form,
        }
    });
    let told: Vec<ToldWord> = told.collect();
    sink.tell_words(&told);
}

/// Terms of the lexicons: for each class the leftmost longest that do not overlap; hits come by start, the longest first.
pub(super) fn terms(hits: &[Hit], n_chars: usize, sink: &mut impl Sink) {
    let codes = &**CLASS_CODES;
    let mut ends = vec![0; codes.len()];
    for hit in hits {
        let class = hit.class as usize;
        if hit.start >= ends[class] {
            ends[class] = hit.end;
            let span = hit.start as usize..hit.end as usize;
            sink.tell_term(group(Template::In, codes[class]), span, n_chars);
        }
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
        sink.tell_term(told, hit.start..hit.end, n_chars);
    }
}
