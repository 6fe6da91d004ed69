//! Which thing each name names, within one document.
//!
//! An entity's IRI is made from content: a place's from its division code, a campaign's from its concept in the
//! thesaurus, a registered firm's and an honour's from the name, anything else from the home place and the name.
//! A short name joins a longer one of its type only when it can belong to no other.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

use super::Span;
use super::places::Survey;
use super::recognise::Name;
use crate::gazetteer::{DivisionId, FormKind, Gazetteer, Level};
use crate::model::{Entity, EntityType, Home, ID_BASE};
use crate::text::{Document, key};
use crate::thesaurus::Thesaurus;

static REGISTERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:有限公司|股份公司|有限责任公司|专业合作社|合作联社|集团公司|有限合伙）?)$")
        .expect("a pattern of this file")
});
static ORDINAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[一二三四五六七八九十0-9]+[期号标段]|第[一二三四五六七八九十0-9]+")
        .expect("a pattern of this file")
});

/// The home place as the extraction tells it.
pub fn home(survey: &Survey, scope: &str) -> Option<Home> {
    let id = survey.home?;
    let gazetteer = Gazetteer::get();
    let certain = survey.certain;
    Some(Home {
        id: if certain {
            format!("{ID_BASE}place/{id}")
        } else {
            format!("{ID_BASE}place/{scope}/{}", iri_part(&survey.home_name))
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

/// What a document's local names are made from: the county of its home, or the text itself.
pub fn scope(doc: &Document, survey: &Survey) -> String {
    match survey.home.filter(|_| survey.certain) {
        Some(id) => Gazetteer::get()
            .lineage(id)
            .find(|id| id.level() <= Level::County)
            .unwrap_or(id)
            .to_string(),
        None => {
            let text: String = doc.text.source.iter().collect();
            blake3::hash(text.as_bytes()).to_hex()[..12].to_owned()
        }
    }
}

/// A name as part of an IRI: what an IRI may not hold is taken out.
fn iri_part(name: &str) -> String {
    key(name)
        .chars()
        .map(|c| {
            if c.is_alphanumeric() {
                c
            } else if matches!(c, '-' | '.' | '_' | '~' | '—') {
                '-'
            } else {
                '_'
            }
        })
        .collect()
}

/// Groups names into entities.
pub fn resolve(
    doc: &Document,
    survey: &Survey,
    home: Option<&Home>,
    scope: &str,
    names: Vec<Name>,
) -> (Vec<Span>, Vec<Entity>) {
    let mut entities: Vec<Entity> = Vec::new();
    let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
    let surfaces: Vec<String> = names
        .iter()
        .map(|n| doc.text.slice(n.start, n.end).replace('\n', ""))
        .collect();
    let joined = join_short_names(doc, &names, &surfaces);
    // What is written alike is the same thing; only of a person the words behind the name tell more.
    let mut known: FxHashMap<(EntityType, &str, &str), usize> = FxHashMap::default();
    let mut spans = Vec::with_capacity(names.len());
    for ((name, surface), joined) in names.iter().zip(&surfaces).zip(&joined) {
        let full = joined.as_deref().unwrap_or(surface);
        let written = (name.kind, full, surface.as_str());
        let found = known.get(&written).copied();
        let entity = found.unwrap_or_else(|| {
            let (id, label, code) = identify(doc, survey, home, scope, name, full);
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
            if !aliases.contains(surface) {
                aliases.push(surface.clone());
            }
            entity
        });
        if name.kind != EntityType::Person {
            known.insert(written, entity);
        }
        spans.push(Span {
            start: name.start,
            end: name.end,
            kind: name.kind,
            entity,
            confidence: name.confidence,
        });
    }
    for entity in &mut entities {
        let name = entity.name.clone();
        entity.aliases.retain(|a| *a != name);
    }
    (spans, entities)
}

/// IRI, label and division code of a name.
fn identify(
    doc: &Document,
    survey: &Survey,
    home: Option<&Home>,
    scope: &str,
    name: &Name,
    full: &str,
) -> (String, String, Option<String>) {
    let part = iri_part(full);
    match name.kind {
        EntityType::Place => match division(survey.home, full) {
            Some(id) if Some(id) == survey.home && home.is_some() => {
                let home = home.expect("checked");
                (
                    home.id.clone(),
                    home.name.clone(),
                    (!home.code.is_empty()).then(|| home.code.clone()),
                )
            }
            Some(id) => {
                let gazetteer = Gazetteer::get();
                let label = gazetteer
                    .division(id)
                    .map_or(full, |d| {
                        d.short
                            .filter(|_| id.level() == Level::Village)
                            .unwrap_or(d.name)
                    })
                    .to_owned();
                (format!("{ID_BASE}place/{id}"), label, Some(id.to_string()))
            }
            None => (
                format!("{ID_BASE}place/{scope}/{part}"),
                full.to_owned(),
                None,
            ),
        },
        EntityType::Campaign => match Thesaurus::get()
            .concept(full)
            .or_else(|| without_head(full).and_then(|n| Thesaurus::get().concept(&n)))
        {
            Some(concept) => (concept.id.clone(), concept.name.clone(), None),
            None => (format!("{ID_BASE}campaign/{part}"), full.to_owned(), None),
        },
        EntityType::Honour => (format!("{ID_BASE}honour/{part}"), full.to_owned(), None),
        EntityType::Enterprise if REGISTERED.is_match(full) && full.chars().count() >= 8 => {
            (format!("{ID_BASE}enterprise/{part}"), full.to_owned(), None)
        }
        EntityType::Person => {
            let behind: String = doc.text.chars[name.end..].iter().take(6).collect();
            let national = ["总书记", "国家主席", "主席在", "总理"]
                .iter()
                .any(|post| behind.starts_with(post));
            let scope = if national { "中国" } else { scope };
            (
                format!("{ID_BASE}person/{scope}/{part}"),
                full.to_owned(),
                None,
            )
        }
        kind => (
            format!("{ID_BASE}{}/{scope}/{part}", kind.name()),
            full.to_owned(),
            None,
        ),
    }
}

/// A campaign's name without a generic word behind it.
fn without_head(name: &str) -> Option<String> {
    [
        "工作", "活动", "行动", "工程", "建设", "战略", "计划", "制度", "改革", "模式", "机制",
    ]
    .iter()
    .find_map(|head| name.strip_suffix(head))
    .filter(|n| n.chars().count() >= 3)
    .map(str::to_owned)
}

/// The division that a name means in a document about `home`: the nearest one, if it is the only one so near.
pub fn division(home: Option<DivisionId>, name: &str) -> Option<DivisionId> {
    let gazetteer = Gazetteer::get();
    let line: Vec<DivisionId> = home
        .map(|h| gazetteer.lineage(h).collect())
        .unwrap_or_default();
    if let Some(home) = home.filter(|h| h.level() >= Level::County)
        && let Some(village) = gazetteer.villages(home).into_iter().find(|v| {
            *v.short == *name
                || *v.name == *name
                || (home.level() == Level::Township && *v.stem == *name)
        })
        && !gazetteer.named(name).iter().any(|h| line.contains(&h.id))
    {
        return Some(DivisionId(village.code));
    }
    let hits = gazetteer.named(name);
    let exists = |id: DivisionId| gazetteer.division(id).is_some_and(|d| d.until.is_none());
    let mut best: Option<(u32, DivisionId)> = None;
    let mut tie = false;
    for hit in hits {
        let near = if line.first() == Some(&hit.id) {
            100
        } else if line.contains(&hit.id) {
            90
        } else {
            gazetteer
                .lineage(hit.id)
                .find(|above| line.contains(above))
                .map_or(0, |common| match common.level() {
                    Level::Township | Level::Village => 85,
                    Level::County => 80,
                    Level::Prefecture => 60,
                    Level::Province => 40,
                })
        };
        // Provinces and prefectures are known everywhere; a full name says more than a short one.
        let rank = match hit.id.level() {
            Level::Province => 45,
            Level::Prefecture => 42,
            Level::County if hit.kind.has_head() => 20,
            Level::County => 15,
            _ => 0,
        };
        let form = match hit.kind {
            FormKind::Full => 3,
            FormKind::Brief | FormKind::Short => 2,
            _ => 0,
        };
        let score = near.max(rank) + form + u32::from(exists(hit.id));
        match best {
            Some((top, _)) if top > score => {}
            Some((top, id)) if top == score => tie |= id != hit.id,
            _ => (best, tie) = (Some((score, hit.id)), false),
        }
    }
    best.filter(|_| !tie).map(|(_, id)| id)
}

/// For each name the longer name of the document that it stands for, if there is exactly one.
fn join_short_names(doc: &Document, names: &[Name], surfaces: &[String]) -> Vec<Option<String>> {
    let mut out = vec![None; names.len()];
    let mut defined: FxHashMap<(EntityType, String), String> = FxHashMap::default();
    for (i, name) in names.iter().enumerate() {
        // X有限公司（以下简称“Y”）
        let behind: String = doc.text.chars[name.end..].iter().take(30).collect();
        if let Some(rest) = behind.strip_prefix('（').and_then(|b| b.split('）').next())
            && let Some(at) = rest.find("简称")
        {
            let short = rest[at + "简称".len()..].trim_matches(|c: char| "“”：为".contains(c));
            if !short.is_empty() {
                defined.insert((name.kind, key(short)), surfaces[i].clone());
            }
        }
    }
    let mut distinct: Vec<(EntityType, &str)> = names
        .iter()
        .zip(surfaces)
        .map(|(n, s)| (n.kind, s.as_str()))
        .filter(|(kind, _)| matches!(kind, EntityType::Enterprise | EntityType::Project))
        .collect();
    distinct.sort_unstable();
    distinct.dedup();
    let written: Vec<Written> = distinct.iter().map(|&(k, s)| Written::new(k, s)).collect();
    let longer_names = LongerNames::new(&written);
    let mut known: FxHashMap<(EntityType, &str), Option<String>> = FxHashMap::default();
    for short in &written {
        let (kind, text) = (short.kind, short.text);
        if let Some(full) = defined.get(&(kind, key(text))) {
            known.insert((kind, text), Some(full.clone()));
            continue;
        }
        let mut longer = longer_names
            .candidates(short)
            .filter(|full| full.text.len() > text.len() && short.stands_for(full));
        if let (Some(full), None) = (longer.next(), longer.next()) {
            known.insert((kind, text), Some(full.text.to_owned()));
        }
    }
    for (i, name) in names.iter().enumerate() {
        out[i] = known
            .get(&(name.kind, surfaces[i].as_str()))
            .cloned()
            .flatten();
    }
    out
}

/// A distinct name with what is compared of it.
struct Written<'a> {
    kind: EntityType,
    text: &'a str,
    key: String,
    ordinals: Vec<&'a str>,
    registered: bool,
}

impl<'a> Written<'a> {
    fn new(kind: EntityType, text: &'a str) -> Self {
        let key = key(text);
        Self {
            kind,
            text,
            ordinals: ORDINAL.find_iter(text).map(|m| m.as_str()).collect(),
            registered: kind == EntityType::Enterprise && REGISTERED.is_match(&key),
            key,
        }
    }

    /// What is left of an enterprise's short name without the words for its form.
    fn brand(&self) -> &str {
        let brand = self.key.trim_end_matches("公司").trim_end_matches("集团");
        if brand.chars().count() >= 2 {
            brand
        } else {
            &self.key
        }
    }

    /// Whether a short name can stand for a longer one: a firm by its brand, a project by the end of its name.
    fn stands_for(&self, full: &Written) -> bool {
        if self.kind != full.kind || self.ordinals != full.ordinals {
            return false;
        }
        match self.kind {
            EntityType::Enterprise => {
                let at = full.key.find(self.brand()).filter(|_| full.registered);
                at.is_some_and(|at| at == 0 || is_division_prefix(&full.key[..at]))
            }
            EntityType::Project => self.key.chars().count() >= 5 && full.key.ends_with(&self.key),
            _ => false,
        }
    }
}

/// The longer names that a short one could stand for, by two characters that they share: of a registered firm any
/// two, of a project its last two. So a text with many names costs no more for each.
struct LongerNames<'a> {
    all: &'a [Written<'a>],
    by_pair: FxHashMap<(EntityType, char, char), Vec<u32>>,
}

impl<'a> LongerNames<'a> {
    fn new(all: &'a [Written<'a>]) -> Self {
        let mut by_pair: FxHashMap<_, Vec<u32>> = FxHashMap::default();
        for (n, name) in (0u32..).zip(all) {
            let chars: Vec<char> = name.key.chars().collect();
            let pairs = chars.windows(2);
            let shared: Vec<&[char]> = match name.kind {
                EntityType::Enterprise if name.registered => pairs.collect(),
                EntityType::Project => pairs.last().into_iter().collect(),
                _ => continue,
            };
            for pair in shared {
                let names = by_pair.entry((name.kind, pair[0], pair[1])).or_default();
                if names.last() != Some(&n) {
                    names.push(n);
                }
            }
        }
        Self { all, by_pair }
    }

    fn candidates(&self, short: &Written) -> impl Iterator<Item = &'a Written<'a>> {
        let pair = match short.kind {
            EntityType::Enterprise => {
                let mut chars = short.brand().chars();
                chars.next().zip(chars.next())
            }
            _ => {
                let mut chars = short.key.chars().rev();
                chars.next().zip(chars.next()).map(|(b, a)| (a, b))
            }
        };
        let all = self.all;
        // Without two characters nothing tells the candidates apart.
        let every = pair.is_none().then(|| 0..all.len() as u32);
        let some = pair.and_then(|(a, b)| self.by_pair.get(&(short.kind, a, b)));
        every
            .into_iter()
            .flatten()
            .chain(some.into_iter().flatten().copied().collect::<Vec<_>>())
            .map(|n| &all[n as usize])
    }
}

fn is_division_prefix(prefix: &str) -> bool {
    let gazetteer = Gazetteer::get();
    let chars: Vec<char> = prefix.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let Some(end) = (at + 2..=chars.len()).rev().find(|&end| {
            gazetteer
                .form(&chars[at..end].iter().collect::<String>())
                .is_some()
        }) else {
            return false;
        };
        at = end;
    }
    true
}
