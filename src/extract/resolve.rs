//! Which thing each name names, within one document.
//!
//! An entity's IRI is made from content; by which rules is told in [`crate::identity`]. A short name joins a longer one of
//! its type only when it can belong to no other of the document.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Span;
use super::inner;
use super::longer::Longer;
use super::phases::phases;
use super::places::{Survey, usual_name};
use super::recognise::Name;
use crate::gazetteer::{DivisionId, Gazetteer, Level, Near};
use crate::identity::{Firm, campaign_key, honour, leading_divisions, plain, project_key};
use crate::knowledge::{Line, Rulings};
use crate::model::{Entity, EntityType, Home, ID_BASE};
use crate::text::{Document, is_common_han};
use crate::thesaurus::{Concept, Thesaurus};

/// The home place as the extraction tells it.
pub fn home(survey: &Survey, scope: &Scope) -> Option<Home> {
    let id = survey.home?;
    let gazetteer = Gazetteer::get();
    let certain = survey.certain;
    Some(Home {
        id: if certain {
            format!("{ID_BASE}place/{id}")
        } else {
            format!(
                "{ID_BASE}place/{}/{}",
                scope.home,
                iri_part(&survey.home_name)
            )
        },
        name: survey.home_name.clone(),
        code: if certain {
            id.to_string()
        } else {
            String::new()
        },
        path: if certain {
            gazetteer.path(id).into_iter().map(str::to_owned).collect()
        } else {
            vec![survey.home_name.clone()]
        },
        confidence: survey.confidence,
    })
}

/// What a document's local names are made from.
pub struct Scope {
    /// Code of the home place, or the text itself.
    home: String,
    /// Code of its county, or the text itself.
    county: String,
}

/// The code of a document's home and of its county; where it has none, a hash of the text stands for both.
pub fn scope(doc: &Document, survey: &Survey) -> Scope {
    match survey.home.filter(|_| survey.certain) {
        Some(id) => Scope {
            home: id.to_string(),
            county: Gazetteer::get()
                .lineage(id)
                .find(|id| id.level() <= Level::County)
                .unwrap_or(id)
                .to_string(),
        },
        None => {
            let text = blake3::hash(doc.text.source().as_bytes()).to_hex()[..12].to_owned();
            Scope {
                home: text.clone(),
                county: text,
            }
        }
    }
}

/// A name as part of an IRI: what an IRI may not hold is taken out.
fn iri_part(name: &str) -> String {
    let name = plain(name);
    let stays = |c: char| is_common_han(c) || c.is_alphanumeric();
    if name.chars().all(stays) {
        return name;
    }
    name.chars()
        .map(|c| {
            if stays(c) {
                c
            } else if matches!(c, '-' | '.' | '_' | '~' | '—') {
                '-'
            } else {
                '_'
            }
        })
        .collect()
}

/// Mentions and what they name.
pub struct Resolved {
    /// Mentions, sorted by start, without overlaps.
    pub spans: Vec<Span>,
    /// The things named, behind them places that only names of other things hold.
    pub entities: Vec<Entity>,
    /// So many are named by themselves.
    pub n_named: usize,
}

/// Groups names into entities.
pub fn resolve(
    doc: &Document,
    survey: &Survey,
    home: Option<&Home>,
    scope: &Scope,
    names: Vec<Name>,
    rulings: &Rulings,
) -> Resolved {
    let mut entities: Vec<Entity> = Vec::new();
    let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
    let national = national_figures(doc, &names);
    let surfaces: Vec<Cow<str>> = names
        .iter()
        .map(|n| match doc.text.slice(n.start, n.end) {
            text if text.contains('\n') => Cow::Owned(text.replace('\n', "")),
            text => Cow::Borrowed(text),
        })
        .collect();
    let distinct = distinct(&names, &surfaces);
    let longer = Longer::new(survey, &distinct);
    let joined = join_short_names(doc, &longer, &names, &surfaces, &distinct);
    let phases = phases(doc, &names, &surfaces, |kind, surface| {
        joined.get(&(kind, surface)).copied().unwrap_or(surface)
    });
    let campaigns = campaigns(&distinct);
    // Initiatives that the document names by a name that nearly always means them: there a weak name means them too.
    let sure = campaigns.values().filter(|(_, strong)| *strong);
    let concepts = sure.map(|(concept, _)| concept.id.as_str()).collect();
    let identifier = Identifier {
        campaigns: &campaigns,
        firms: longer.firms(),
        survey,
        near: Gazetteer::get().near(survey.home),
        home,
        scope,
        national,
        concepts,
    };
    // What is written alike is the same thing.
    let mut known: FxHashMap<(EntityType, &str, &str), usize> = FxHashMap::default();
    let mut spans = Vec::with_capacity(names.len());
    for (i, (name, surface)) in names.iter().zip(&surfaces).enumerate() {
        let surface: &str = surface;
        let phase = phases.get(&i);
        if phase.is_some_and(Option::is_none) {
            continue; // a phase of nobody knows what
        }
        let joined = joined.get(&(name.kind, surface)).copied();
        let followed = match phase {
            Some(phase) => phase.as_deref(),
            None => followed(doc, name, &campaigns, surface).or(joined),
        };
        let ruled = ruled(rulings, name, surface, followed.unwrap_or(surface));
        let full = ruled.full;
        let written = (name.kind, full, surface);
        let entity = *known.entry(written).or_insert_with(|| {
            let (id, label, code) = match ruled.code {
                Some(id) => identifier.division(id, full),
                None => identifier.identify(name.kind, full),
            };
            let entity = *by_id.entry(id.clone()).or_insert_with(|| {
                entities.push(Entity {
                    id,
                    kind: name.kind,
                    name: label,
                    aliases: Vec::new(),
                    code,
                });
                entities.len() - 1
            });
            let aliases = &mut entities[entity].aliases;
            // Every town has a 二期: the number alone is no name to find or to compare it by.
            if phase.is_none() && !aliases.iter().any(|alias| alias == surface) {
                aliases.push(surface.to_owned());
            }
            entity
        });
        spans.push(Span {
            start: name.start,
            end: name.end,
            kind: name.kind,
            entity,
            confidence: name.confidence,
            corrections: ruled.corrections,
        });
    }
    let n_named = entities.len();
    for place in inner::places(doc, survey, &names) {
        let (id, label, code) = identifier.place(doc.text.slice(place.start, place.end));
        let is_home = home.is_some_and(|home| home.id == id);
        if !is_home && !by_id.contains_key(&id) {
            by_id.insert(id.clone(), entities.len());
            let surface = doc.text.slice(place.start, place.end).to_owned();
            entities.push(Entity {
                id,
                kind: EntityType::Place,
                name: label,
                aliases: vec![surface],
                code,
            });
        }
    }
    for Entity { name, aliases, .. } in &mut entities {
        aliases.retain(|alias| alias != name);
    }
    Resolved {
        spans,
        entities,
        n_named,
    }
}

/// A name as corrections have it.
struct RuledName<'a> {
    /// What the thing is called in full.
    full: &'a str,
    /// The division that it is.
    code: Option<DivisionId>,
    corrections: Vec<Line>,
}

/// What a name that is written so, and so in full, comes to by corrections.
fn ruled<'a>(rulings: &'a Rulings, name: &Name, surface: &str, full: &'a str) -> RuledName<'a> {
    let mut ruled = RuledName {
        full,
        code: None,
        corrections: name.corrections.clone(),
    };
    if rulings.is_empty() {
        return ruled;
    }
    let [surface, longer] = [surface, full].map(|text| text.chars().collect::<Vec<char>>());
    let called = rulings.called(&surface);
    if let Some((told, line)) = called.or_else(|| rulings.called(&longer)) {
        ruled.full = told;
        ruled.corrections.push(line);
    }
    let code = rulings.code(&surface);
    if let Some((id, line)) = code.filter(|_| name.kind == EntityType::Place) {
        ruled.code = Some(id);
        ruled.corrections.push(line);
    }
    ruled.corrections.dedup();
    ruled
}

/// What a name's identity is made of besides the name.
struct Identifier<'a> {
    survey: &'a Survey,
    near: Near<'a>,
    home: Option<&'a Home>,
    scope: &'a Scope,
    /// Plain names of those who hold a post of the country's.
    national: FxHashSet<String>,
    /// Initiatives that the document names beyond doubt.
    concepts: FxHashSet<&'static str>,
    /// What is known of names of the document already.
    campaigns: &'a Campaigns<'a>,
    firms: FxHashMap<&'a str, &'a Firm>,
}

/// IRI, label and division code.
type Identity = (String, String, Option<String>);

impl Identifier<'_> {
    fn identify(&self, kind: EntityType, full: &str) -> Identity {
        let local = |scope: &str, name: &str| {
            let id = [ID_BASE, kind.name(), "/", scope, "/", &iri_part(name)].concat();
            (id, full.to_owned(), None)
        };
        let certain = self.survey.home.filter(|_| self.survey.certain);
        match kind {
            EntityType::Place => self.place(full),
            EntityType::Campaign => match self.concept(full) {
                Some((concept, strong)) if strong || self.concepts.contains(&*concept.id) => {
                    (concept.id.clone(), concept.name.clone(), None)
                }
                _ => {
                    let id = format!("{ID_BASE}campaign/{}", iri_part(&campaign_key(full)));
                    (id, full.to_owned(), None)
                }
            },
            EntityType::Honour => match honour(full, certain) {
                (Some(who), rest) => local(&who, &rest),
                (None, rest) => local(&self.scope.county, &rest),
            },
            EntityType::Enterprise => {
                let name = plain(full).replace("有限责任公司", "有限公司");
                if self.is_unique(full) {
                    let id = format!("{ID_BASE}enterprise/{}", iri_part(&name));
                    (id, full.to_owned(), None)
                } else {
                    local(&self.scope.county, &name)
                }
            }
            EntityType::Person if self.national.contains(&plain(full)) => local("中国", full),
            EntityType::Person => local(&self.scope.home, full),
            EntityType::Project => {
                let name = plain(full);
                let near = |name: &str| self.near.division(name);
                let place = leading_divisions(&name, near).filter(|&(id, n)| {
                    id.level() >= Level::County && name.chars().count() >= n + 3
                });
                match place {
                    Some((id, n)) => {
                        let rest: String = name.chars().skip(n).collect();
                        local(&id.to_string(), &project_key(&rest))
                    }
                    None => local(&self.scope.home, &project_key(&name)),
                }
            }
        }
    }

    fn concept(&self, full: &str) -> Option<(&'static Concept, bool)> {
        self.campaigns.get(full).copied().or_else(|| concept(full))
    }

    /// Whether a firm's name is one in the whole country.
    fn is_unique(&self, full: &str) -> bool {
        let known = self.firms.get(full).map(|firm| firm.is_unique());
        known.unwrap_or_else(|| Firm::of(full).is_unique())
    }

    fn place(&self, full: &str) -> Identity {
        let name = plain(full);
        let known = self.near.division(&name).or_else(|| {
            let near = |name: &str| self.near.division(name);
            let (id, n) = leading_divisions(&name, near)?;
            (n == name.chars().count()).then_some(id)
        });
        match known {
            Some(id) => self.division(id, full),
            None => {
                let part = iri_part(without_committee(&name));
                let id = format!("{ID_BASE}place/{}/{part}", self.scope.home);
                (id, full.to_owned(), None)
            }
        }
    }

    fn division(&self, id: DivisionId, full: &str) -> Identity {
        if let Some(home) = self.home.filter(|_| Some(id) == self.survey.home) {
            let code = (!home.code.is_empty()).then(|| home.code.clone());
            return (home.id.clone(), home.name.clone(), code);
        }
        let division = Gazetteer::get().division(id);
        let label = division.map_or(full, usual_name).to_owned();
        (format!("{ID_BASE}place/{id}"), label, Some(id.to_string()))
    }
}

/// A village's name without its committee: 东湖村 in 东湖村民委员会.
fn without_committee(name: &str) -> &str {
    ["民委员会", "委会", "居民委员会", "居委会"]
        .iter()
        .filter_map(|ending| name.strip_suffix(ending))
        .find(|rest| rest.chars().count() >= 3 && rest.ends_with(['村', '区']))
        .unwrap_or(name)
}

/// The initiative of the thesaurus that a name means, with or without a year in front and a generic word behind; and
/// whether the name nearly always means it.
fn concept(full: &str) -> Option<(&'static Concept, bool)> {
    let thesaurus = Thesaurus::get();
    let meant = |name: &str| {
        let meant = thesaurus.meant(name);
        meant.or_else(|| thesaurus.meant(without_head(name)?))
    };
    meant(full)
        .or_else(|| {
            let name = plain(full);
            (name != full).then(|| meant(&name)).flatten()
        })
        .or_else(|| meant(&campaign_key(full)))
}

/// The initiative that took the place of the one named, where its name stands around that one's: to consolidate what an
/// initiative has reached is not to carry it out.
fn followed(
    doc: &Document,
    name: &Name,
    campaigns: &Campaigns,
    surface: &str,
) -> Option<&'static str> {
    let named = campaigns.get(surface);
    let (of, _) = named.filter(|_| name.kind == EntityType::Campaign)?;
    let next = Thesaurus::get().successor(of, &doc.text.chars, name.start, name.end)?;
    Some(&next.name)
}

/// Initiatives by the names that a document has for them, and whether the name nearly always means it.
type Campaigns<'a> = FxHashMap<&'a str, (&'static Concept, bool)>;

fn campaigns<'a>(distinct: &[(EntityType, &'a str)]) -> Campaigns<'a> {
    let named = distinct.iter().filter(|d| d.0 == EntityType::Campaign);
    named
        .filter_map(|&(_, name)| Some((name, concept(name)?)))
        .collect()
}

/// The types and surfaces of names, each pair once, sorted.
fn distinct<'a>(names: &[Name], surfaces: &'a [Cow<str>]) -> Vec<(EntityType, &'a str)> {
    let pairs = names.iter().zip(surfaces);
    let mut distinct: Vec<(EntityType, &str)> = pairs.map(|(n, s)| (n.kind, &**s)).collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct
}

/// Who holds a post of the country's, by the words beside one of the name's mentions.
fn national_figures(doc: &Document, names: &[Name]) -> FxHashSet<String> {
    let persons = names.iter().filter(|name| name.kind == EntityType::Person);
    let national = persons.filter(|name| {
        let n = doc.text.chars.len();
        let behind = doc.text.slice(name.end, n.min(name.end + 6));
        let ahead = doc.text.slice(name.start.saturating_sub(8), name.start);
        let posts = ["总书记", "国家主席", "主席在", "主席的重要", "总理"];
        let titles = ["总书记", "国家主席", "中央军委主席", "国务院总理"];
        posts.iter().any(|post| behind.starts_with(post))
            || titles.iter().any(|title| ahead.ends_with(title))
    });
    national
        .map(|name| plain(doc.text.slice(name.start, name.end)))
        .collect()
}

/// A campaign's name without a generic word behind it.
fn without_head(name: &str) -> Option<&str> {
    [
        "工作", "活动", "行动", "工程", "建设", "战略", "计划", "制度", "改革", "模式", "机制",
    ]
    .iter()
    .find_map(|head| name.strip_suffix(head))
    .filter(|n| n.chars().count() >= 3)
}

/// The names that stand for exactly one longer name of the document, with that.
fn join_short_names<'a>(
    doc: &Document,
    longer: &Longer,
    names: &[Name],
    surfaces: &'a [Cow<str>],
    distinct: &[(EntityType, &'a str)],
) -> FxHashMap<(EntityType, &'a str), &'a str> {
    let defined = defined_short_names(doc, names, surfaces);
    let mut known: FxHashMap<(EntityType, &str), &str> = FxHashMap::default();
    for (i, &(kind, short)) in distinct.iter().enumerate() {
        if !defined.is_empty()
            && let Some(full) = defined.get(&(kind, plain(short)))
        {
            known.insert((kind, short), full);
        } else if let Some(full) = longer.of(i) {
            known.insert((kind, short), distinct[full].1);
        }
    }
    // A short form of a shorter form: 红叶 of 红叶家具 of 江西红叶家具有限公司.
    let mut joined = known.clone();
    for ((kind, _), full) in &mut joined {
        *full = known.get(&(*kind, *full)).copied().unwrap_or(full);
    }
    joined
}

/// X有限公司（以下简称“Y”）: full names by type and plain short name.
fn defined_short_names<'a>(
    doc: &Document,
    names: &[Name],
    surfaces: &'a [Cow<str>],
) -> FxHashMap<(EntityType, String), &'a str> {
    let mut defined = FxHashMap::default();
    for (name, surface) in names.iter().zip(surfaces) {
        if doc.text.chars.get(name.end) != Some(&'（') {
            continue;
        }
        let behind = doc
            .text
            .slice(name.end, doc.text.chars.len().min(name.end + 30));
        if let Some(rest) = behind.strip_prefix('（').and_then(|b| b.split('）').next())
            && let Some(at) = rest.find("简称")
        {
            let short = rest[at + "简称".len()..].trim_matches(|c: char| "“”：:为".contains(c));
            if !short.is_empty() {
                defined.insert((name.kind, plain(short)), &**surface);
            }
        }
    }
    defined
}
