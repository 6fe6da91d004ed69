//! What the recogniser sees of a text: attributes of every character, from the characters themselves to lists,
//! quotation marks, lexicons and words.
//!
//! An attribute is a key of 64 bits (`keys.rs`), so that it can be looked up without making a string and still be printed for
//! a reader by [`describe`]. A word is looked up once, as a group, and told to all characters that see it.

mod frames;
pub(super) mod keys;
mod near;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

use super::places::PlaceHit;
use crate::lexicon::{Class, Hit, Lexicon};
use crate::model::Part;
use crate::text::{Document, Text, is_common_han, is_han};
use keys::{
    BEFORE, BEHIND, PAYLOAD, SEEN_BY, TEMPLATES, Template, form, group, group_of, in_role, sequence,
};

/// Loads what is loaded on first use, so that timings of single documents are fair.
pub fn warm() {
    Lexicon::get();
}

/// Whoever is told attributes: training keeps their keys, labelling adds up their weights.
pub trait Sink {
    /// Characters, each with its role, have an attribute of a group.
    fn tell(&mut self, group: u64, at: impl Iterator<Item = (usize, u8)>);

    /// Neighbouring characters have an attribute of a group in its first role.
    fn tell_run(&mut self, group: u64, from: usize, to: usize) {
        self.tell(group, (from..to).map(|i| (i, 0)));
    }

    /// The characters of a span have an attribute of a group, each in the role of its place in the span (0 first, 1 middle,
    /// 2 last, 3 only), counted from `shift`.
    fn tell_span(&mut self, group: u64, span: Range<usize>, shift: u8) {
        let place = |i: usize| match (i == span.start, i + 1 == span.end) {
            (true, true) => 3,
            (true, false) => 0,
            (false, true) => 2,
            (false, false) => 1,
        };
        self.tell(group, span.clone().map(|i| (i, shift + place(i))));
    }

    /// The characters of a span have an attribute of a group in the roles of their places, that behind it in role 4 and that
    /// before it in role 5.
    fn tell_term(&mut self, group: u64, span: Range<usize>, n_chars: usize) {
        let behind = (span.end..n_chars).take(1).map(|i| (i, 4));
        let before = span.start.checked_sub(1).map(|i| (i, 5));
        self.tell(group, behind.chain(before));
        self.tell_span(group, span, 0);
    }

    /// Words that tile the text; what is before the first and behind the last has the form of no characters.
    fn tell_words(&mut self, words: &[ToldWord]) {
        let whole = |w: Option<usize>| {
            w.and_then(|w| words.get(w))
                .map_or(0..0, |word| word.span.clone())
        };
        for (w, word) in words.iter().enumerate() {
            let own = word.span.clone();
            for told in word.own {
                self.tell_span(told, own.clone(), 0);
            }
            let form = form(word.form);
            self.tell_span(form, own, 0);
            self.tell_span(form, whole(Some(w + 1)), 4);
            self.tell_span(form, whole(w.checked_sub(1)), 8);
        }
        let edge = form([0; 3]);
        if let (Some(first), Some(last)) = (words.first(), words.last()) {
            self.tell_span(edge, first.span.clone(), 4);
            self.tell_span(edge, last.span.clone(), 8);
        }
    }

    /// The characters around each sequence of one, two or three characters have an attribute of it, each in the role of the
    /// distance at which it sees the sequence begin: the last to see it in role 0. `codes` are characters as attributes see
    /// them, with [`BEFORE`] boundaries in front of those of the text and [`BEHIND`] behind them.
    fn tell_sequences(&mut self, codes: &[u16]) {
        let n = codes.len() - BEFORE - BEHIND;
        for (start, codes) in codes.windows(3).enumerate() {
            for (length, (last, roles)) in (1..).zip(SEEN_BY) {
                let group = sequence(&codes[..length]);
                let seen = (0..roles).map(|role| (start + last, BEFORE + usize::from(role), role));
                let seen =
                    seen.filter_map(|(last, back, role)| Some((last.checked_sub(back)?, role)));
                self.tell(group, seen.filter(|(i, _)| *i < n));
            }
        }
    }
}

/// Groups that are told of a word.
pub struct ToldWord {
    /// Its characters.
    pub span: Range<usize>,
    /// What is told to its own characters, in the roles of their places in it.
    pub own: [u64; 3],
    /// Its form, as three characters: it is told to those of the word behind it too, in roles counted from 4, and to those of
    /// the word before it, from 8.
    pub form: [u16; 3],
}

/// Keeps the keys.
#[derive(Default)]
pub struct Keys {
    /// Keys, character by character.
    pub rows: Vec<Vec<u64>>,
}

impl Sink for Keys {
    fn tell(&mut self, group: u64, at: impl Iterator<Item = (usize, u8)>) {
        for (i, role) in at {
            self.rows[i].push(in_role(group, role));
        }
    }
}

/// A character as attributes see it: digits are one, Latin letters are one, and it fits 16 bits.
pub(super) fn code(c: char) -> u64 {
    match c {
        c if is_common_han(c) => u64::from(c as u32),
        '0'..='9' => u64::from('0' as u32),
        'a'..='z' | 'A'..='Z' => u64::from('A' as u32),
        c if (c as u32) < 0x1_0000 => u64::from(c as u32),
        _ => 0xFFFD,
    }
}

/// 0 boundary, 1 Han, 2 digit, 3 Latin, 4 clause mark, 5 enumeration comma, 6 quotation mark, 7 bracket, 8 other.
fn kind(c: char) -> u64 {
    match c {
        c if is_common_han(c) => 1,
        '\n' => 0,
        '，' | '。' | '；' | '！' | '？' | '：' => 4,
        '、' => 5,
        '0'..='9' => 2,
        '“' | '”' | '‘' | '’' => 6,
        '（' | '）' | '《' | '》' | '【' | '】' | '〈' | '〉' => 7,
        c if is_han(c) => 1,
        c if c.is_alphabetic() => 3,
        _ => 8,
    }
}

/// A word as the segmenter cuts it.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Part of speech: its first two letters.
    pub tag: u64,
    /// The first two and the last character as attributes see them.
    form: [u16; 3],
}

/// What is looked up once in a document and read by several stages.
pub struct Clues {
    /// The words; they tile the text.
    pub words: Vec<Word>,
    /// Terms of the lexicons, overlapping ones too.
    pub hits: Vec<Hit>,
}

impl Clues {
    /// Segments a text and looks up its terms.
    pub fn new(text: &Text) -> Self {
        Self::with_terms(segment(text), text)
    }

    /// Looks up the terms of a text whose words are known.
    pub fn with_terms(words: Vec<Word>, text: &Text) -> Self {
        Self {
            words,
            hits: Lexicon::get().hits(&text.chars),
        }
    }
}

/// Tells everything about every character of a document.
pub fn tell(doc: &Document, places: &[PlaceHit], clues: &Clues, sink: &mut impl Sink) {
    let chars = &doc.text.chars;
    near::characters(chars, sink);
    near::words(&clues.words, chars.len(), sink);
    near::terms(&clues.hits, chars.len(), sink);
    near::place_names(places, chars.len(), sink);
    let landmarks = frames::Landmarks::new(chars, &clues.hits);
    landmarks.frames(sink);
    landmarks.quotes(sink);
    landmarks.lists(sink);
    for s in &doc.sentences {
        let payload = u64::from(s.part == Part::Plan) | u64::from(s.heading.min(4)) << 1;
        sink.tell_run(group(Template::Part, payload), s.start, s.end);
    }
}

/// The keys of every character of a document.
pub fn keys(doc: &Document, places: &[PlaceHit], clues: &Clues) -> Vec<Vec<u64>> {
    let mut keys = Keys {
        rows: vec![Vec::new(); doc.text.chars.len()],
    };
    tell(doc, places, clues, &mut keys);
    keys.rows
}

/// The words of a text.
pub fn segment(text: &Text) -> Vec<Word> {
    words::cut(&text.chars)
}

/// The first two and the last character of a word; the last is told of words of three characters or more.
fn form_code(word: &[char]) -> [u16; 3] {
    let at = |i: usize| word.get(i).map_or(0, |&c| code(c) as u16);
    let last = if word.len() > 2 {
        at(word.len() - 1)
    } else {
        0
    };
    [at(0), at(1), last]
}

fn class_code(class: Class) -> u64 {
    // A class keeps its code when files are added: it is made from its name.
    let name = Lexicon::get().class_name(class);
    name.bytes().fold(0xCBF2_9CE4_8422_2325u64, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3)
    }) & 0xFFFF_FFFF
}

pub(super) static CLASS_CODES: LazyLock<Vec<u64>> = LazyLock::new(|| {
    (0..Lexicon::get().n_classes())
        .map(|c| class_code(c as Class))
        .collect()
});

/// A readable name for an attribute.
pub fn describe(key: u64) -> String {
    let (group, role) = group_of(key);
    let Some(template) = TEMPLATES.get((group >> 56) as usize) else {
        return format!("{key:x}");
    };
    let p = group & PAYLOAD;
    let text = |n: u32| -> String {
        (0..n)
            .rev()
            .filter_map(|i| char::from_u32((p >> (16 * i) & 0xFFFF) as u32))
            .map(|c| if c == '\0' || c == '\n' { '␣' } else { c })
            .collect()
    };
    let tag = |p: u64| -> String {
        [(p >> 8 & 0xFF) as u8, (p & 0xFF) as u8]
            .iter()
            .filter(|b| **b > 0)
            .map(|&b| b as char)
            .collect()
    };
    let class = || {
        let lexicon = Lexicon::get();
        (0..lexicon.n_classes())
            .find(|&c| CLASS_CODES[c] == p)
            .map_or_else(
                || format!("{p:x}"),
                |c| lexicon.class_name(c as Class).to_owned(),
            )
    };
    let within = ["first", "middle", "last", "only", "behind", "before"];
    let role = role as usize;
    match template {
        Template::Char => format!("Char[{:+}]={}", role as i64 - 3, text(1)),
        Template::Pair => format!("Pair[{:+}]={}", role as i64 - 2, text(2)),
        Template::Triple => format!("Triple[{:+}]={}", role as i64 - 2, text(3)),
        Template::Word => format!("Word={} {}", within[role % 4], tag(p)),
        Template::Neighbours => format!(
            "Neighbours{}={} {} {}",
            p >> 48,
            within[role % 4],
            tag(p >> 16),
            tag(p)
        ),
        Template::Form => format!(
            "Form[{:+}]={} {}",
            [0, -1, 1, 2][role / 4],
            within[role % 4],
            text(3).replace('␣', "")
        ),
        Template::In => format!("In={} {}", within[role % 6], class()),
        Template::Place => format!("Place={} {p:x}", within[role % 6]),
        _ => format!("{template:?}={p:x}"),
    }
}
