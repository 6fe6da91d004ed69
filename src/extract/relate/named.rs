//! 位于, where the name of a project or an enterprise holds that of a place (黄岭村冷库). Of nested places the finest counts; a
//! road between two places has both.

use rustc_hash::{FxHashMap, FxHashSet};

use super::fold::{Mark, SIGN};
use super::located::THINGS;
use super::{Facts, Object, patterns, within};
use crate::model::{EntityType, Predicate};

patterns! {
    /// A later stage of a project; where it is stands with the whole.
    STAGE = r"(?:[一二三四五]期|第[一二三四五]期)(?:项目|工程)?$";
}

/// A place of the document with the forms in which names of things carry it.
struct Known {
    entity: usize,
    /// 4 village, 3 township, 2 county, 1 prefecture, 0 province.
    level: u8,
    home: bool,
}

/// The places of a document with the forms in which names carry them.
struct Places<'a> {
    list: Vec<Known>,
    /// Forms by their first two characters: index into `list`, the form, whether it is a full name.
    forms: FxHashMap<[char; 2], Vec<(usize, &'a str, bool)>>,
}

const SUFFIXES: [(&str, u8); 17] = [
    ("居民委员会", 4),
    ("村委会", 4),
    ("社区", 4),
    ("嘎查", 4),
    ("村", 4),
    ("街道", 3),
    ("镇", 3),
    ("民族乡", 3),
    ("苏木", 3),
    ("乡", 3),
    ("自治县", 2),
    ("县", 2),
    ("区", 2),
    ("旗", 2),
    ("市", 1),
    ("自治区", 0),
    ("省", 0),
];

fn known_places<'a>(facts: &Facts<'a>) -> Places<'a> {
    let mut places = Places {
        list: Vec::new(),
        forms: FxHashMap::default(),
    };
    for (entity, e) in facts.context.entities.iter().enumerate() {
        if e.kind != EntityType::Place {
            continue;
        }
        let (suffix, level) = suffix(&e.name).unwrap_or(("", 4));
        places.list.push(Known {
            entity,
            level,
            home: Some(entity) == facts.home,
        });
        let n = places.list.len() - 1;
        let names = std::iter::once(e.name.as_str()).chain(e.aliases.iter().map(String::as_str));
        let names = names
            .map(|name| (name, suffix_of(name)))
            .chain(e.name.strip_suffix(suffix).map(|core| (core, false)));
        for (form, full) in names {
            let mut chars = form.chars();
            if let (Some(a), Some(b)) = (chars.next(), chars.next()) {
                let forms = places.forms.entry([a, b]).or_default();
                forms.push((n, form, full));
            }
        }
    }
    places
}

fn suffix(name: &str) -> Option<(&'static str, u8)> {
    SUFFIXES.iter().copied().find(|(s, _)| name.ends_with(s))
}

fn suffix_of(name: &str) -> bool {
    suffix(name).is_some()
}

/// A place found in a name.
#[derive(Clone, Copy)]
struct Hit<'a> {
    at: usize,
    end: usize,
    full: bool,
    place: &'a Known,
}

/// Where names say that things are.
pub fn by_name(facts: &mut Facts) {
    let places = known_places(facts);
    let home_level = places.list.iter().find(|p| p.home).map_or(0, |p| p.level);
    if places.list.is_empty() {
        return;
    }
    let entities = &facts.context.entities;
    let projects = entities.iter().filter(|e| e.kind == EntityType::Project);
    let names: FxHashSet<&str> = projects.map(|e| e.name.as_str()).collect();
    let things: Vec<Mark> = facts
        .fold
        .marks
        .iter()
        .copied()
        .filter(|m| THINGS.contains(&m.kind))
        .collect();
    let mut done = FxHashSet::default();
    for mark in things {
        if !done.insert(mark.entity) || facts.found.placed.contains(&mark.entity) {
            continue;
        }
        let name = entities[mark.entity].name.as_str();
        if Some(name)
            .filter(|name| name.contains('期'))
            .and_then(|name| STAGE.find(name))
            .is_some_and(|m| names.contains(&name[..m.start()]))
        {
            continue;
        }
        let mut hits = hits(name, &places);
        hits.retain(|h| h.place.level >= home_level && h.place.level > 0);
        if hits.iter().any(|h| is_section(name, h)) && !name.contains('（') {
            // 甲至乙公路丙段 lies in 丙.
            hits.retain(|h| is_section(name, h));
        }
        // Names inside longer ones do not count; of two places with one core the home comes first, then the coarser.
        let all = hits.clone();
        hits.retain(|h| {
            !all.iter().any(|o| {
                let covers = o.at <= h.at && h.end <= o.end;
                let longer = o.end - o.at > h.end - h.at;
                let same = o.at == h.at && o.end == h.end && o.place.entity != h.place.entity;
                (covers && longer)
                    || (same
                        && (o.full, o.place.home, std::cmp::Reverse(o.place.level))
                            > (h.full, h.place.home, std::cmp::Reverse(h.place.level)))
            })
        });
        let Some(finest) = hits.iter().map(|h| h.place.level).max() else {
            continue;
        };
        let between = name.contains('至') || name.contains('—') || name.contains('到');
        for h in &hits {
            let keep = match mark.kind {
                // A firm's registered name begins with its county; only a village says where it is.
                EntityType::Enterprise => h.place.level == 4 && h.at == 0 && h.full,
                _ => h.place.level == finest || between,
            };
            if keep {
                let sure = if h.full { 0.94 } else { 0.88 };
                let rule = match h.place.entity < facts.context.n_named {
                    true => "place-in-name",
                    false => "place-only-in-name",
                };
                facts.add(
                    Predicate::LocatedIn,
                    mark.entity,
                    Object::Entity(h.place.entity),
                    mark.at..mark.at + SIGN,
                    rule,
                    sure,
                );
            }
        }
    }
}

fn is_section(name: &str, hit: &Hit) -> bool {
    ["段", "互通", "境内段"]
        .iter()
        .any(|s| name[hit.end..].starts_with(s))
}

/// Where a name carries places: a full name anywhere, a core at the beginning of a part. One hit a place.
fn hits<'a>(name: &str, places: &'a Places) -> Vec<Hit<'a>> {
    let mut found: Vec<(usize, Hit)> = Vec::new();
    let pairs = name.char_indices().zip(name.chars().skip(1));
    for ((at, first), second) in pairs {
        let Some(forms) = places.forms.get(&[first, second]) else {
            continue;
        };
        for &(n, form, full) in forms {
            if !name[at..].starts_with(form) || form.len() >= name.len() {
                continue;
            }
            let hit = Hit {
                at,
                end: at + form.len(),
                full,
                place: &places.list[n],
            };
            // 丰乡 is no place in 丰乡村.
            let behind = &name[hit.end..];
            let is_longer = behind.starts_with('村')
                && within(form, 2)
                && !OF_VILLAGES.iter().any(|word| behind.starts_with(word));
            if (full && !is_longer) || (!full && is_core(name, &hit)) {
                found.push((n, hit));
            }
        }
    }
    // The fullest form of each place, then the longest, then the first.
    found.sort_by_key(|(n, h)| (*n, !h.full, std::cmp::Reverse(h.end - h.at), h.at));
    found.dedup_by_key(|(n, _)| *n);
    found.into_iter().map(|(_, hit)| hit).collect()
}

/// Whether a short form stands where a place would: at the beginning of a part, and not in the name of a road or a water.
fn is_core(name: &str, hit: &Hit) -> bool {
    let (before, behind) = (&name[..hit.at], &name[hit.end..]);
    let starts =
        hit.place.home || is_section(name, hit) || before.is_empty() || before.ends_with(PART_ENDS);
    starts
        && !name[hit.at..hit.end].ends_with(['路', '街'])
        && !NATURAL.iter().any(|word| behind.starts_with(word))
}

/// What makes a place's core before it the name of a road or a water.
const NATURAL: [&str; 10] = [
    "大道", "路", "大街", "街道", "溪", "江", "湖", "山", "海", "水库",
];
/// Words of what villages have: 丰乡村级活动场所 is the township's.
const OF_VILLAGES: [&str; 5] = ["村级", "村民", "村史", "村务", "村委"];
/// What stands in front of a place's core inside a name.
const PART_ENDS: [char; 16] = [
    '至', '到', '—', '－', '-', '~', '、', '·', '（', '镇', '乡', '县', '市', '区', '线', '路',
];
