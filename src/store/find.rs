//! Names to entities: the index of names is asked in ways from the closest to the farthest, until one answers.

use std::collections::BTreeSet;

use oxigraph::model::{GraphName, NamedNode, NamedNodeRef};

use super::card::{Found, PlaceStep};
use super::{Store, failed};
use crate::identity::plain;
use crate::model::{EntityType, ID_BASE};
use crate::names::{Entry, Match};
use crate::{Result, vocab};

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Name, part of one, pinyin, division code or IRI.
    pub name: &'a str,
    /// Only things of this type.
    pub kind: Option<EntityType>,
    /// Only what is in this place, or named by documents of places in it; with or without the divisions above (上高县锦江镇).
    pub at: Option<&'a str>,
    /// At most so many are described.
    pub limit: usize,
    /// The farthest way of finding that is tried.
    pub farthest: Match,
}

/// What was found, all in one way.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Hits {
    /// How.
    pub how: Match,
    /// The things, the most spoken of first.
    pub found: Vec<Found>,
    /// How many there are in all, those beyond the limit included.
    pub total: usize,
}

/// At most so many names that hold a text are found, the most spoken of.
pub const MOST_PARTS: usize = 1000;

/// The ways in the order in which they are tried.
const WAYS: [Match; 7] = [
    Match::Name,
    Match::Alias,
    Match::Path,
    Match::Pinyin,
    Match::Initials,
    Match::Part,
    Match::Typo,
];

impl Store {
    /// The entities that a name may mean, by the closest way that finds any.
    pub fn search(&self, search: &Search<'_>) -> Result<Option<Hits>> {
        if let Some(id) = self.identify(search.name)
            && let Some(found) = self.found(&id)?
        {
            return Ok(Some(Hits {
                how: Match::Code,
                found: vec![found],
                total: 1,
            }));
        }
        for how in WAYS.into_iter().filter(|how| *how <= search.farthest) {
            let hits = self.by(how, search)?;
            if hits.total > 0 {
                return Ok(Some(hits));
            }
        }
        Ok(None)
    }

    /// The entities with this name, another name or a part of it, all of them; no misspellings.
    pub fn find(
        &self,
        name: &str,
        kind: Option<EntityType>,
        at: Option<&str>,
    ) -> Result<Vec<Found>> {
        let hits = self.search(&Search {
            name,
            kind,
            at,
            limit: usize::MAX,
            farthest: Match::Part,
        })?;
        Ok(hits.map_or_else(Vec::new, |hits| hits.found))
    }

    fn by(&self, how: Match, search: &Search<'_>) -> Result<Hits> {
        let names = self.names()?;
        let wanted = plain(search.name);
        let mut entries = Vec::new();
        for number in self.numbers(how, search, &wanted)? {
            let entry = names.entry(number)?;
            let named = entry
                .names
                .first()
                .is_some_and(|name| plain(name) == wanted);
            let fits = match how {
                Match::Name => named,
                Match::Alias => !named,
                _ => true,
            };
            if fits && search.kind.is_none_or(|kind| entry.kind == Some(kind)) {
                entries.push(entry);
            }
        }
        // A concept of the thesaurus that no document names is an answer only when nothing else is.
        let is_said = |e: &Entry| e.statements + e.documents > 0;
        if entries.iter().any(is_said) {
            entries.retain(|e| is_said(e) || e.kind == Some(EntityType::Place));
        }
        let within = search.at.map(|place| {
            let id = self.identify(place).map(NamedNode::into_string);
            (id.unwrap_or_default(), plain(place))
        });
        let mut hits = Hits {
            how,
            found: Vec::new(),
            total: 0,
        };
        for entry in &entries {
            let looks_closer = how == Match::Path || within.is_some();
            if !looks_closer && hits.total >= search.limit {
                hits.total += 1;
                continue;
            }
            let id = NamedNode::new_unchecked(&entry.id);
            let said = (entry.statements, entry.documents);
            let Some(found) = self.found_as(&id, Some(said))? else {
                continue;
            };
            let fits = (how != Match::Path
                || found.path.len() > 1 && path_spells(&found.path, &wanted))
                && match &within {
                    Some((id, place)) => self.is_within(&found, id, place)?,
                    None => true,
                };
            if fits {
                hits.total += 1;
                if hits.found.len() < search.limit {
                    hits.found.push(found);
                }
            }
        }
        Ok(hits)
    }

    fn numbers(&self, how: Match, search: &Search<'_>, wanted: &str) -> Result<Vec<u32>> {
        let names = self.names()?;
        let name = search.name;
        match how {
            Match::Code => Ok(Vec::new()),
            Match::Name | Match::Alias => names.exact(name),
            Match::Path => {
                // The place's own name ends what was asked for: 锦江镇 in 上高县锦江镇.
                let mut numbers = Vec::new();
                for (at, _) in wanted.char_indices().skip(2) {
                    numbers.extend(names.exact(&wanted[at..])?);
                }
                Ok(names.ranked(numbers))
            }
            Match::Pinyin => names.by_pinyin(name, false),
            Match::Initials => names.by_pinyin(name, true),
            // Every name of a million may hold 有限公司; what is asked for within a place or type is looked for among all.
            Match::Part if search.at.is_none() && search.kind.is_none() => {
                names.part(name, MOST_PARTS)
            }
            Match::Part => names.part(name, usize::MAX),
            Match::Typo => names.near(name),
        }
    }

    /// The entity that an IRI, the end of one (`enterprise/3609/云峰`) or a division code names outright.
    pub(super) fn identify(&self, name: &str) -> Option<NamedNode> {
        if name.starts_with("https://") || name.starts_with("http://") {
            return NamedNode::new(name).ok();
        }
        if name.contains('/') {
            return NamedNode::new(format!("{ID_BASE}{name}")).ok();
        }
        let is_code =
            matches!(name.len(), 2 | 4 | 6 | 9 | 12) && name.bytes().all(|b| b.is_ascii_digit());
        is_code.then(|| super::derive::place_iri(name))
    }

    /// An entity's identity; `None` if the store does not describe it.
    pub(super) fn found(&self, id: &NamedNode) -> Result<Option<Found>> {
        self.found_as(id, None)
    }

    /// The same where the numbers of statements and documents are known.
    fn found_as(&self, id: &NamedNode, said: Option<(usize, usize)>) -> Result<Option<Found>> {
        let (node, concept) = self.description_of(id)?;
        if node.is_empty() && concept.is_empty() {
            return Ok(None);
        }
        let kind = node
            .iris(vocab::TYPE)
            .find_map(|class| vocab::entity_type(class.as_str()))
            .or(super::index::kind_by_iri(id));
        let code = node.text(vocab::CODE).map(str::to_owned);
        let mut homes = BTreeSet::new();
        let mut n_documents = 0;
        if said.is_none() || kind != Some(EntityType::Place) {
            let documents = self.documents_naming(id.as_ref())?;
            n_documents = documents.len();
            for document in documents.iter().filter(|_| kind != Some(EntityType::Place)) {
                homes.extend(self.home_of(document.as_ref())?);
            }
        }
        let mut places = BTreeSet::new();
        for home in &homes {
            places.insert(self.full_name_of(home.as_str())?);
        }
        let (statements, documents) = match said {
            Some(said) => said,
            None => (self.n_statements(id.as_ref()), n_documents),
        };
        let name = concept
            .zh(vocab::PREF_LABEL)
            .or_else(|| node.zh(vocab::PREF_LABEL))
            .or(code.as_deref())
            .unwrap_or(id.as_str());
        let aliases: BTreeSet<&str> = node
            .texts(vocab::ALT_LABEL)
            .chain(concept.texts(vocab::ALT_LABEL))
            .collect();
        Ok(Some(Found {
            name: name.to_owned(),
            aliases: aliases.into_iter().map(str::to_owned).collect(),
            kind,
            path: self.place_path(id)?,
            code,
            places: places.into_iter().collect(),
            homes: homes.into_iter().collect(),
            statements,
            documents,
            id: id.as_str().to_owned(),
        }))
    }

    /// The other names of an entity.
    pub fn aliases(&self, iri: &str) -> Result<BTreeSet<String>> {
        let (node, concept) = self.description_of(&NamedNode::new_unchecked(iri))?;
        let names = node
            .texts(vocab::ALT_LABEL)
            .chain(concept.texts(vocab::ALT_LABEL));
        Ok(names.map(str::to_owned).collect())
    }

    pub(super) fn n_statements(&self, id: NamedNodeRef<'_>) -> usize {
        let with = |role| {
            let quads = self
                .inner
                .quads_for_pattern(None, Some(role), Some(id.into()), None);
            quads.count()
        };
        with(vocab::SUBJECT) + with(vocab::OBJECT)
    }

    /// The documents that name an entity, are about it, or state something of it.
    fn documents_naming(&self, id: NamedNodeRef<'_>) -> Result<BTreeSet<NamedNode>> {
        let mut documents = BTreeSet::new();
        for role in [vocab::MENTIONS, vocab::HOME, vocab::SUBJECT, vocab::OBJECT] {
            for quad in self
                .inner
                .quads_for_pattern(None, Some(role), Some(id.into()), None)
            {
                if let GraphName::NamedNode(document) = quad.map_err(failed)?.graph_name {
                    documents.insert(document);
                }
            }
        }
        Ok(documents)
    }

    /// Whether a place, or a home of the documents that name anything else, lies in the place asked for.
    fn is_within(&self, found: &Found, place: &str, wanted: &str) -> Result<bool> {
        let lies = |path: &[PlaceStep]| {
            let is_it = |step: &PlaceStep| step.id == place || plain(&step.name) == wanted;
            path.iter().any(is_it) || path.len() > 1 && path_spells(path, wanted)
        };
        if lies(&found.path) {
            return Ok(true);
        }
        for home in &found.homes {
            if lies(&self.place_path(home)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether divisions of the path, in order, spell the text, which ends in the place's own name.
fn path_spells(path: &[PlaceStep], wanted: &str) -> bool {
    let mut rest = wanted;
    for step in path {
        let name = plain(&step.name);
        rest = rest.strip_prefix(name.as_str()).unwrap_or(rest);
        // 上高锦江镇: a division above may lack its suffix.
        let short: String = name
            .chars()
            .take(name.chars().count().saturating_sub(1))
            .collect();
        if short.chars().count() >= 2 && rest != name {
            rest = rest.strip_prefix(short.as_str()).unwrap_or(rest);
        }
    }
    rest.is_empty()
}
