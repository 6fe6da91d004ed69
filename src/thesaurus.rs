//! The thesaurus of campaigns: `ontology/campaigns/*.ttl`, a SKOS concept scheme.
//!
//! Names are compared by [`Thesaurus::key`], which passes over quotation marks, white space, middle dots,
//! enumeration commas, plus signs and brackets, so that 互联网+政务服务 and “互联网＋政务服务” are one name.

use std::sync::LazyLock;

use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{NamedOrBlankNode, Term};
use rustc_hash::FxHashMap;

use crate::{Error, Result, embedded};

const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
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
    /// Domain, such as `ecology`.
    pub domain: String,
    /// `national`, `departmental`, `provincial` or `local`.
    pub level: String,
}

/// All concepts with an index of their names.
#[derive(Clone, Debug, Default)]
pub struct Thesaurus {
    concepts: Vec<Concept>,
    by_key: FxHashMap<String, (u32, bool)>,
    keys: Vec<String>,
}

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(|| {
    Thesaurus::from_files(embedded::folder("ontology/campaigns"))
        .expect("a test reads the built-in thesaurus")
});

impl Thesaurus {
    /// The built-in thesaurus.
    pub fn get() -> &'static Self {
        &THESAURUS
    }

    /// Whether names are compared without this character.
    pub fn ignores(c: char) -> bool {
        c.is_whitespace() || "“”\"'‘’《》〈〉「」『』·、+＋（）()".contains(c)
    }

    /// The form in which names of campaigns are compared.
    pub fn key(name: &str) -> String {
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

    /// Reads Turtle files. The first concept that claims a name keeps it.
    pub fn from_files<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut concepts: Vec<Concept> = Vec::new();
        let mut index: FxHashMap<String, usize> = FxHashMap::default();
        for (path, text) in files {
            for quad in RdfParser::from_format(RdfFormat::Turtle).for_slice(text) {
                let quad = quad.map_err(|e| {
                    Error::data(
                        path,
                        e.location().map_or(1, |at| at.start.line as usize + 1),
                        e.to_string(),
                    )
                })?;
                let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
                    continue;
                };
                let subject = subject.as_str();
                if !subject.starts_with("https://w3id.org/xiangtu/id/campaign/") {
                    continue;
                }
                let at = *index.entry(subject.to_owned()).or_insert_with(|| {
                    concepts.push(Concept {
                        id: subject.to_owned(),
                        ..Concept::default()
                    });
                    concepts.len() - 1
                });
                let concept = &mut concepts[at];
                let predicate = quad.predicate.as_str();
                match &quad.object {
                    Term::Literal(value) if predicate.starts_with(SKOS) => {
                        let text = value.value().to_owned();
                        match (&predicate[SKOS.len()..], value.language()) {
                            ("prefLabel", Some("en")) => concept.english = text,
                            ("prefLabel", _) => concept.name = text,
                            ("altLabel", Some("zh") | None) => concept.alternatives.push(text),
                            ("hiddenLabel", _) => concept.hidden.push(text),
                            _ => {}
                        }
                    }
                    Term::Literal(value) if predicate == format!("{XT}level") => {
                        concept.level = value.value().to_owned()
                    }
                    Term::NamedNode(object) if predicate == format!("{SKOS}broader") => {
                        concept.broader.push(object.as_str().to_owned())
                    }
                    Term::NamedNode(object) if predicate == format!("{XT}domain") => {
                        concept.domain = object
                            .as_str()
                            .rsplit('/')
                            .next()
                            .unwrap_or_default()
                            .to_owned();
                    }
                    _ => {}
                }
            }
        }
        let mut thesaurus = Self {
            concepts,
            ..Self::default()
        };
        thesaurus.index();
        Ok(thesaurus)
    }

    fn index(&mut self) {
        let mut add = |name: &str, at: usize, strong: bool| {
            let key = Self::key(name);
            if key.chars().count() >= 2 && !self.by_key.contains_key(&key) {
                self.by_key.insert(key.clone(), (at as u32, strong));
                self.keys.push(key);
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
            .get(&Self::key(name))
            .map(|&(at, strong)| (&self.concepts[at as usize], strong))
    }
}
