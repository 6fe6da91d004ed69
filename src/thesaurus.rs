//! The thesaurus of campaigns: `ontology/campaigns/*.ttl`, a SKOS concept scheme.
//!
//! Names are compared by [`Thesaurus::key`], which passes over quotation marks, white space, middle dots,
//! enumeration commas, plus signs and brackets, so that 互联网+政务服务 and “互联网＋政务服务” are one name.

use std::borrow::Cow;
use std::sync::LazyLock;

use oxigraph::model::{NamedOrBlankNode, Term};
use rustc_hash::FxHashMap;

use crate::store::parse_turtle;
use crate::text::is_common_han;
use crate::{Result, embedded, vocab};

const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
const REPLACES: &str = "http://purl.org/dc/terms/replaces";
const XT: &str = "https://w3id.org/xiangtu/ontology#";

/// A named initiative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concept {
    /// IRI.
    pub id: String,
    /// Preferred Chinese name.
    pub name: String,
    /// Preferred English name.
    pub english: String,
    /// Names that nearly always mean this initiative.
    pub alternatives: Vec<String>,
    /// Names that mean it only with other evidence.
    pub hidden: Vec<String>,
    /// IRIs of broader concepts.
    pub broader: Vec<String>,
    /// IRIs of the concepts whose place this one took.
    pub replaces: Vec<String>,
    /// Domain, such as `ecology`.
    pub domain: String,
    /// `national`, `departmental`, `provincial` or `local`.
    pub level: String,
    /// First year of the initiative, where known.
    pub began: Option<i32>,
}

impl Concept {
    fn add(&mut self, predicate: &str, language: &str, object: &str) {
        let text = object.to_owned();
        if predicate == REPLACES {
            self.replaces.push(text);
            return;
        }
        if let Some(predicate) = predicate.strip_prefix(SKOS) {
            match (predicate, language) {
                ("prefLabel", "en") => self.english = text,
                ("prefLabel", _) => self.name = text,
                ("altLabel", "zh" | "") => self.alternatives.push(text),
                ("hiddenLabel", _) => self.hidden.push(text),
                ("broader", _) => self.broader.push(text),
                _ => {}
            }
        } else if let Some(predicate) = predicate.strip_prefix(XT) {
            match predicate {
                "level" => self.level = text,
                "startYear" => self.began = object.parse().ok(),
                "domain" => {
                    self.domain = object.rsplit('/').next().unwrap_or_default().to_owned();
                }
                _ => {}
            }
        }
    }
}

/// All concepts with an index of their names.
#[derive(Clone, Debug, Default)]
pub struct Thesaurus {
    concepts: Vec<Concept>,
    by_key: FxHashMap<String, (u32, bool)>,
    keys: Vec<String>,
    /// Of each concept those that took its place.
    successors: FxHashMap<String, Vec<u32>>,
}

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(|| {
    let mut statements = Cow::Borrowed(embedded::CAMPAIGNS);
    for (path, text) in embedded::overlay("ontology/campaigns") {
        let own = statements_of(path, text).expect("what is laid over was read before");
        statements.to_mut().push_str(&own);
    }
    Thesaurus::read(&statements)
});

/// Turtle as the statements that the build packs.
fn statements_of(path: &str, text: &str) -> Result<String> {
    let mut statements = String::new();
    for quad in parse_turtle(path, text, vocab::THESAURUS_GRAPH)? {
        let (language, object) = match &quad.object {
            Term::Literal(value) => (value.language().unwrap_or_default(), value.value()),
            Term::NamedNode(iri) => ("", iri.as_str()),
            _ => continue,
        };
        if let NamedOrBlankNode::NamedNode(concept) = &quad.subject {
            let cells = [concept.as_str(), quad.predicate.as_str(), language, object];
            statements.push_str(&cells.join("\t").replace('\n', " "));
            statements.push('\n');
        }
    }
    Ok(statements)
}

impl Thesaurus {
    /// The built-in thesaurus.
    pub fn get() -> &'static Self {
        &THESAURUS
    }

    /// Whether names are compared without this character.
    #[inline]
    pub fn ignores(c: char) -> bool {
        // Nearly every character that is asked for.
        if is_common_han(c) {
            return false;
        }
        matches!(
            c,
            '“' | '”'
                | '"'
                | '\''
                | '‘'
                | '’'
                | '《'
                | '》'
                | '〈'
                | '〉'
                | '「'
                | '」'
                | '『'
                | '』'
                | '·'
                | '、'
                | '+'
                | '＋'
                | '（'
                | '）'
                | '('
                | ')'
        ) || c.is_whitespace()
    }

    /// The form in which names of campaigns are compared.
    pub fn key(name: &str) -> Cow<'_, str> {
        // Nearly all names stay as they are.
        if name.chars().all(is_common_han) {
            return Cow::Borrowed(name);
        }
        name.chars()
            .filter(|&c| !Self::ignores(c))
            .map(|c| match c {
                '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
                    char::from_u32(c as u32 - 0xFEE0).unwrap_or(c)
                }
                c => c,
            })
            .collect()
    }

    /// From statements as the build packs them. The first concept that claims a name keeps it.
    fn read(statements: &str) -> Self {
        let mut concepts: Vec<Concept> = Vec::new();
        let mut index: FxHashMap<&str, usize> = FxHashMap::default();
        let mut at = 0;
        for line in statements.lines() {
            let mut cells = line.splitn(4, '\t');
            let mut next = || cells.next().unwrap_or_default();
            let (subject, predicate, language, object) = (next(), next(), next(), next());
            if !subject.is_empty() {
                at = *index.entry(subject).or_insert_with(|| {
                    concepts.push(Concept {
                        id: subject.to_owned(),
                        ..Concept::default()
                    });
                    concepts.len() - 1
                });
            }
            concepts[at].add(predicate, language, object);
        }
        let mut thesaurus = Self {
            concepts,
            ..Self::default()
        };
        thesaurus.index();
        thesaurus
    }

    fn index(&mut self) {
        let mut add = |name: &str, at: usize, strong: bool| {
            let key = Self::key(name);
            if key.chars().count() >= 2 && !self.by_key.contains_key(&*key) {
                self.by_key
                    .insert(key.clone().into_owned(), (at as u32, strong));
                self.keys.push(key.into_owned());
            }
        };
        for (at, concept) in self.concepts.iter().enumerate() {
            add(&concept.name, at, true);
        }
        for (at, concept) in self.concepts.iter().enumerate() {
            concept
                .alternatives
                .iter()
                .for_each(|name| add(name, at, true));
        }
        for (at, concept) in self.concepts.iter().enumerate() {
            concept.hidden.iter().for_each(|name| add(name, at, false));
            for before in &concept.replaces {
                let next = self.successors.entry(before.clone()).or_default();
                next.push(at as u32);
            }
        }
    }

    /// All concepts, in the order of the files.
    pub fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    /// All names in comparable form, with their concept and whether they are strong.
    pub fn names(&self) -> impl Iterator<Item = (&str, &Concept, bool)> {
        self.keys.iter().map(|key| {
            let (at, strong) = self.by_key[key];
            (key.as_str(), &self.concepts[at as usize], strong)
        })
    }

    /// The concept with this name, however it is punctuated.
    ///
    /// ```
    /// let concept = xiangtu::thesaurus::Thesaurus::get().concept("“最多跑一次”改革").unwrap();
    /// assert_eq!(concept.name, "最多跑一次");
    /// ```
    pub fn concept(&self, name: &str) -> Option<&Concept> {
        self.meant(name).map(|(concept, _)| concept)
    }

    /// The concept with this name, and whether the name nearly always means it (`false`: only with other evidence).
    pub fn meant(&self, name: &str) -> Option<(&Concept, bool)> {
        self.by_key
            .get(&*Self::key(name))
            .map(|&(at, strong)| (&self.concepts[at as usize], strong))
    }

    /// The concept that took another's place, where its name stands around the other's in a text: 巩固拓展脱贫攻坚成果
    /// around 脱贫攻坚, which is named from `start` to `end`.
    pub fn successor(
        &self,
        of: &Concept,
        text: &[char],
        start: usize,
        end: usize,
    ) -> Option<&Concept> {
        let inner = &text[start..end];
        let stands_around = |name: &String| {
            let name: Vec<char> = name.chars().collect();
            let mut places = name.windows(inner.len().max(1)).enumerate();
            places.any(|(before, part)| {
                let from = start.checked_sub(before);
                part == inner && from.is_some_and(|from| text[from..].starts_with(&name))
            })
        };
        let next = self.successors.get(&of.id)?.iter();
        next.map(|&at| &self.concepts[at as usize]).find(|next| {
            let names = std::iter::once(&next.name).chain(&next.alternatives);
            names.chain(&next.hidden).any(stands_around)
        })
    }
}
