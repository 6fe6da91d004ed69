//! General knowledge of the genre: terms of `data/lexicon`, each with the classes it belongs to.
//!
//! A class is a file, or a file with the value of its second column (`posts:party`), so that whoever adds a term
//! or a file changes what the recogniser sees without touching code. The thesaurus of campaigns joins as the
//! classes `campaigns` and `campaigns:hidden`; its names are matched without regard to quotation marks.

use std::cmp::Reverse;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::text::Trie;
use crate::{embedded, thesaurus::Thesaurus};

/// Index of a class.
pub type Class = u16;

/// An occurrence of a term in a text, as indices of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// Class of the term.
    pub class: Class,
}

/// All terms, ready for matching.
pub struct Lexicon {
    classes: Vec<String>,
    terms: Trie,
    /// The classes of all terms, term by term.
    of_terms: Vec<Class>,
    /// For each term where its classes begin; then their number.
    of_term: Vec<u32>,
    campaigns: Trie,
    /// For each campaign name whether it is a strong one.
    strong: Vec<bool>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

/// The lines of a lexicon file as cells, without comments.
pub fn rows(path: &str) -> impl Iterator<Item = Vec<&'static str>> {
    embedded::file(path)
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split('\t').collect())
}

impl Lexicon {
    /// The built-in lexicon.
    pub fn get() -> &'static Self {
        &LEXICON
    }

    fn load() -> Self {
        let mut classes: Vec<String> = Vec::new();
        let mut index: FxHashMap<String, Class> = FxHashMap::default();
        let mut class = |name: String| {
            *index.entry(name.clone()).or_insert_with(|| {
                classes.push(name);
                Class::try_from(classes.len() - 1).expect("fewer than 65,536 classes")
            })
        };
        let strong_class = class("campaigns".into());
        let hidden_class = class("campaigns:hidden".into());
        debug_assert_eq!((strong_class, hidden_class), (0, 1));
        let mut terms: FxHashMap<&str, Vec<Class>> = FxHashMap::default();
        for (path, _) in embedded::folder("data/lexicon") {
            let stem = path
                .trim_start_matches("data/lexicon/")
                .trim_end_matches(".tsv");
            // Words of the rules for facts and figures are no evidence for names.
            if stem.starts_with("relate-") || stem.starts_with("indicate-") {
                continue;
            }
            for cells in rows(path) {
                let term = cells[0];
                let second = cells.get(1).copied().unwrap_or_default();
                let of = terms.entry(term).or_default();
                match stem {
                    // What a verb introduces and what may follow a name are two classes of evidence.
                    "verbs" => {
                        for kind in second.split(',').filter(|k| *k != "-") {
                            of.push(class(format!("verbs>{kind}")));
                        }
                        for kind in cells
                            .get(2)
                            .copied()
                            .unwrap_or("-")
                            .split(',')
                            .filter(|k| *k != "-")
                        {
                            of.push(class(format!("verbs<{kind}")));
                        }
                    }
                    "organs" | "posts" | "indicators" | "industries" | "honours" | "adverbs" => {
                        of.push(class(stem.into()))
                    }
                    _ if second.is_empty() || second == "-" => of.push(class(stem.into())),
                    _ => of.push(class(format!("{stem}:{second}"))),
                }
            }
        }
        let mut sorted: Vec<(&str, Vec<Class>)> = terms.into_iter().collect();
        sorted.sort_unstable();
        let (mut of_terms, mut of_term) = (Vec::new(), vec![0]);
        for (_, of) in &mut sorted {
            of.sort_unstable();
            of.dedup();
            of_terms.extend_from_slice(of);
            of_term.push(of_terms.len() as u32);
        }
        let (names, strong): (Vec<&str>, Vec<bool>) = Thesaurus::get()
            .names()
            .map(|(name, _, strong)| (name, strong))
            .unzip();
        Self {
            terms: Trie::new(sorted.iter().map(|(term, _)| *term).zip(0..)),
            of_terms,
            of_term,
            campaigns: Trie::new(names.into_iter().zip(0..)),
            strong,
            classes,
        }
    }

    /// Name of a class.
    pub fn class_name(&self, class: Class) -> &str {
        &self.classes[class as usize]
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.classes.len()
    }

    /// The class with this name.
    pub fn class(&self, name: &str) -> Option<Class> {
        self.classes
            .iter()
            .position(|c| c == name)
            .map(|i| i as Class)
    }

    /// Every occurrence of every term, overlapping ones too, one hit a class: by start, the longest first, then by class.
    pub fn hits(&self, chars: &[char]) -> Vec<Hit> {
        let campaigns = self.campaigns(chars);
        let mut campaigns = campaigns.iter().peekable();
        let mut hits = Vec::with_capacity(chars.len());
        let mut found: Vec<(u32, u32, u32)> = Vec::with_capacity(chars.len());
        self.terms.find_all(chars, |start, length, term| {
            found.push((start as u32, (start + length) as u32, term));
        });
        for here in found.chunk_by(|a, b| a.0 == b.0) {
            for &(start, end, term) in here.iter().rev() {
                // What begins earlier, or here and reaches as far.
                while let Some(hit) =
                    campaigns.next_if(|hit| (hit.start, Reverse(hit.end)) <= (start, Reverse(end)))
                {
                    hits.push(*hit);
                }
                let of = |term: u32| self.of_term[term as usize] as usize;
                for &class in &self.of_terms[of(term)..of(term + 1)] {
                    hits.push(Hit { start, end, class });
                }
            }
        }
        hits.extend(campaigns);
        hits
    }

    /// The names of campaigns, in the same order.
    fn campaigns(&self, chars: &[char]) -> Vec<Hit> {
        let (mut text, mut at) = (Vec::with_capacity(chars.len()), Vec::new());
        at.reserve(chars.len());
        for (i, &c) in chars.iter().enumerate() {
            if !Thesaurus::ignores(c) {
                text.push(c);
                at.push(i as u32);
            }
        }
        let mut hits: Vec<Hit> = Vec::new();
        let mut first = 0;
        self.campaigns.find_all(&text, |i, length, name| {
            let (start, end) = (at[i], at[i + length - 1] + 1);
            // The longest comes first of those that begin at one place.
            if hits.last().is_some_and(|last| last.start < start) {
                first = hits.len();
            }
            // A name may hold brackets (河（湖）长制), but none begins before one and ends in it.
            let inner = &chars[start as usize..end as usize];
            if inner.contains(&'（') == inner.contains(&'）') {
                let class = Class::from(!self.strong[name as usize]);
                hits.insert(first, Hit { start, end, class });
            }
        });
        hits
    }
}
