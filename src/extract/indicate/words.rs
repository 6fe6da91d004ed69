//! The words around figures, from `data/lexicon/indicators.tsv` and `data/lexicon/indicate-words.tsv`, and what each of
//! them does there.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::extract::quantity::Quantity;
use crate::lexicon::rows;
use crate::text::Trie;

/// What a word does around a figure; a word can have several roles. `indicate-words.tsv` says what each means.
pub mod role {
    pub const LEAD: u32 = 1;
    pub const SCOPE: u32 = 1 << 1;
    pub const LEVEL: u32 = 1 << 2;
    pub const STRONG: u32 = 1 << 3;
    pub const TO: u32 = 1 << 4;
    pub const UP: u32 = 1 << 5;
    pub const DOWN: u32 = 1 << 6;
    pub const COMPARE: u32 = 1 << 7;
    pub const AGAINST: u32 = 1 << 8;
    pub const SHARE: u32 = 1 << 9;
    pub const EACH: u32 = 1 << 10;
    pub const FROM: u32 = 1 << 11;
    pub const HEAD: u32 = 1 << 12;
    pub const FIELD: u32 = 1 << 13;
    pub const NEVER: u32 = 1 << 14;
    pub const FOREIGN: u32 = 1 << 15;
    pub const PLAN: u32 = 1 << 16;
    pub const WISH: u32 = 1 << 17;
    pub const RANGE: u32 = 1 << 18;
    /// A name of `indicators.tsv`.
    pub const NAME: u32 = 1 << 19;
    pub const PLACE: u32 = 1 << 20;
    pub const PERIOD: u32 = 1 << 21;

    const WRITTEN: [(&str, u32); 21] = [
        ("lead", LEAD),
        ("scope", SCOPE),
        ("level", LEVEL),
        ("strong", STRONG),
        ("to", TO),
        ("up", UP),
        ("down", DOWN),
        ("compare", COMPARE),
        ("against", AGAINST),
        ("share", SHARE),
        ("each", EACH),
        ("from", FROM),
        ("head", HEAD),
        ("field", FIELD),
        ("never", NEVER),
        ("foreign", FOREIGN),
        ("plan", PLAN),
        ("wish", WISH),
        ("range", RANGE),
        ("place", PLACE),
        ("period", PERIOD),
    ];

    /// The role that a word of `indicate-words.tsv` stands for; none for a word unknown.
    pub fn written(word: &str) -> u32 {
        WRITTEN
            .iter()
            .find(|(name, _)| *name == word)
            .map_or(0, |(_, role)| *role)
    }
}

/// What is known of a word.
#[derive(Default)]
pub struct Term {
    roles: u32,
    /// Kinds of unit of a name, a head or a field.
    pub kinds: Vec<&'static str>,
    /// The years that a word of time tells, as `indicate-words.tsv` puts them.
    pub period: Option<&'static str>,
}

/// A word where it stands.
#[derive(Clone, Copy)]
pub struct Token {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// The word.
    pub term: &'static Term,
}

impl Token {
    /// Whether it has one of these roles.
    pub fn is(&self, roles: u32) -> bool {
        self.term.roles & roles != 0
    }
}

/// All words.
struct Vocabulary {
    words: Trie,
    /// What is known of each.
    terms: Vec<Term>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let (words, terms): (Vec<&str>, Vec<Term>) = terms().into_iter().unzip();
    Vocabulary {
        words: Trie::new(words.into_iter().zip(0..)),
        terms,
    }
});

impl Vocabulary {
    /// The longest word that begins here.
    fn token(&'static self, chars: &[char], start: usize, end: usize) -> Option<Token> {
        let mut longest = None;
        self.words.find(&chars[start..end], |length, word| {
            longest = Some((length, word));
        });
        longest.map(|(length, word)| Token {
            start,
            end: start + length,
            term: &self.terms[word as usize],
        })
    }

    /// The entry of a word of two characters or more.
    fn entry(&'static self, word: &[char]) -> Option<&'static Term> {
        let word = Some(word).filter(|word| word.len() >= 2)?;
        let found = self.words.get(word.iter().copied())?;
        Some(&self.terms[found as usize])
    }
}

/// The words of both files with all that is said of them.
fn terms() -> FxHashMap<&'static str, Term> {
    let mut terms: FxHashMap<&'static str, Term> = FxHashMap::default();
    let mut add = |term: &'static str, role: u32, more: &'static str| {
        let entry = terms.entry(term).or_default();
        entry.roles |= role;
        if role == role::PERIOD {
            entry.period = Some(more);
        } else {
            entry
                .kinds
                .extend(more.split(',').filter(|kind| !kind.is_empty()));
        }
    };
    for row in rows("data/lexicon/indicators.tsv") {
        if let [term, kinds, ..] = row[..] {
            add(term, role::NAME, kinds);
        }
    }
    for row in rows("data/lexicon/indicate-words.tsv") {
        if let [term, word, ref rest @ ..] = row[..] {
            add(
                term,
                role::written(word),
                rest.first().copied().unwrap_or_default(),
            );
        }
    }
    // A name with 财政收入 in it speaks of a place as 财政收入 does.
    let of_place: Vec<&str> = terms
        .iter()
        .filter(|(_, term)| term.roles & role::PLACE != 0)
        .map(|(text, _)| *text)
        .collect();
    for (text, term) in &mut terms {
        if term.roles & (role::NAME | role::HEAD) != 0
            && of_place.iter().any(|word| text.contains(word))
        {
            term.roles |= role::PLACE;
        }
    }
    terms
}

/// The words of a passage: from left to right, the longest at each place.
pub fn tokens(chars: &[char], start: usize, end: usize) -> Vec<Token> {
    let mut out = Vec::with_capacity((end - start) / 4);
    let mut i = start;
    while i < end {
        let token = VOCABULARY.token(chars, i, end);
        i = token.map_or(i + 1, |token| token.end);
        out.extend(token);
    }
    out
}

/// Whether this is a name of the lexicon.
pub fn is_known(name: &[char]) -> bool {
    VOCABULARY
        .entry(name)
        .is_some_and(|term| term.roles & role::NAME != 0)
}

/// The head that a name ends in, the longest there is.
pub fn head_of(name: &[char]) -> Option<&[char]> {
    (1..name.len()).find_map(|i| {
        let term = VOCABULARY.entry(&name[i..])?;
        (term.roles & role::HEAD != 0).then_some(&name[i..])
    })
}

/// Whether what is measured in units of these kinds can be measured in the unit of a quantity.
pub fn fits(kinds: &[&str], quantity: &Quantity) -> bool {
    let family = |kind: &str| match kind {
        "households" | "people" | "person-times" | "count" | "heads" => 1,
        "area" | "floor area" => 2,
        "weight" | "volume" => 3,
        "money" | "foreign money" | "money per person" | "money per area" | "money per time" => 4,
        _ => 0,
    };
    quantity.kind == "bare" && !kinds.is_empty()
        || kinds.iter().any(|kind| {
            *kind == quantity.kind || family(kind) != 0 && family(kind) == family(quantity.kind)
        })
}
