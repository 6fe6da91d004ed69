//! 位于: in which place an enterprise or a project is.
//!
//! The words may say so (位于, 落户, 在Ⓛ建设, Ⓛ的Ⓟ), or the name itself (黄岭村冷库). Of nested places the finest counts; a road
//! between two places has both.

use std::ops::Range;

use super::fold::{Mark, SIGN};
use super::{Facts, Object, patterns};
use crate::model::{EntityType, Predicate};

patterns! {
    /// Ⓟ位于ⓁⓁ.
    LIES = r"([ⓅⒺ])[^。；ⓅⒺⓁ]{0,50}?(?:位于|坐落于|座落于|坐落在|座落在|坐落|座落|地处|落户于?到?在?|落地于?在?|落子|选址于?在?|设在|建在|落在|扎根于?|入驻|地点：|地址：|注册在|搬到了?|迁入|迁到|迁至)[^，。；：ⓅⒺⓁ]{0,8}(Ⓛ+)";
    /// Ⓟ，在Ⓛ建成.
    STARTS = r"([ⓅⒺ])，?[^，。；：ⓅⒺⓁ]{0,10}在(Ⓛ+)[^，。；：ⓅⒺⓁ]{0,8}(?:投产|开业|动工|开工|建设|建成|落成|奠基|竣工|安装|落户|落地|兴建|新建|盖起|破土|试产|启用|投用|投资|施工|建起|办起|开张|建)";
    /// 在Ⓛ建设Ⓟ, 位于Ⓛ的Ⓔ.
    AT = r"(?:在|于|位于|坐落于|地处|落户|落户于|设在|建在|选址)(Ⓛ+)(?:境内|辖区|片区|一带|南侧|北侧|东侧|西侧|村口)?(?:的|[^，。；：ⓅⒺⓁⒸⓃ]{0,12}(?:建设|兴建|新建|建成|建|开办|创办|成立|启动|实施|打造|投资|办起|上马|新上|布局|规划|谋划|引进|落地|改造|修建|设立)(?:了|起)?[^，。；：ⓅⒺⓁⒸⓃ]{0,14})“?([ⓅⒺ])";
    /// Ⓛ的Ⓟ, Ⓛ引进Ⓔ, Ⓛ建成Ⓟ.
    HAS = r"(Ⓛ+)(?:村?委会|党支部|党总支|党委|政府)?(?:的|引进了?|引来了?|引入了?|招引了?|成立了?|建成了?|建起了?|新建了?|建设了?|创办了?|办起了?|依托|领办|组建了?|注册成立了?|共建|兴建了?|现有|有|拥有|境内的?|境内有|落户的?)[^，。；：ⓅⒺⓁⒸⓃ]{0,6}“?([ⓅⒺ])";
    /// Ⓟ（Ⓛ至Ⓛ）, 起于Ⓛ，止于Ⓛ.
    ENDS = r"Ⓟ[^。Ⓟ]{0,50}?(?:起于|起点为|起自|始于|连接|贯通|途经|（|起点位于|连通)Ⓛ*(Ⓛ)[^，。；ⓁⓅ]{0,8}(?:至|—|到|和|、|与|，)(?:止于|终点为|终至|讫于|止)?[^。；ⓁⓅ]{0,8}?Ⓛ*(Ⓛ)";
}

/// Finds where things are.
pub fn find(facts: &mut Facts) {
    by_words(facts);
    by_name(facts);
}

fn by_words(facts: &mut Facts) {
    for sentence in facts.fold.sentences.clone() {
        let text = &facts.fold.text[sentence.clone()];
        if !text.contains('Ⓛ') || !(text.contains('Ⓟ') || text.contains('Ⓔ')) {
            continue;
        }
        let mut links: Vec<(Mark, Mark, Range<usize>, &str, f64)> = Vec::new();
        let shift = sentence.start;
        // The thing and the last sign of a run of places, which is the finest.
        for (pattern, rule, confidence) in [(&LIES, "thing-lies-in-place", 0.92), (&STARTS, "thing-in-place", 0.85)] {
            for found in pattern.captures_iter(text) {
                let (Some(whole), Some(thing), Some(place)) = (found.get(0), found.get(1), found.get(2)) else { continue };
                if let (Some(thing), Some(place)) = (facts.fold.mark_at(shift + thing.start()), facts.fold.mark_at(shift + place.end() - SIGN)) {
                    for thing in facts.list_before(thing) {
                        links.push((thing, place, shift + whole.start()..shift + whole.end(), rule, confidence));
                    }
                }
            }
        }
        for (pattern, rule, confidence) in [(&AT, "in-place-thing", 0.88), (&HAS, "place-has-thing", 0.8)] {
            for found in pattern.captures_iter(text) {
                let (Some(whole), Some(place), Some(thing)) = (found.get(0), found.get(1), found.get(2)) else { continue };
                if let (Some(mut thing), Some(place)) = (facts.fold.mark_at(shift + thing.start()), facts.fold.mark_at(shift + place.end() - SIGN)) {
                    let range = shift + whole.start()..shift + whole.end();
                    links.push((thing, place, range.clone(), rule, confidence));
                    while let Some(next) = listed_after(facts, thing) {
                        links.push((next, place, range.clone(), rule, confidence - 0.1));
                        thing = next;
                    }
                }
            }
        }
        for found in ENDS.captures_iter(text) {
            let (Some(whole), Some(a), Some(b)) = (found.get(0), found.get(1), found.get(2)) else { continue };
            let range = shift + whole.start()..shift + whole.end();
            let Some(thing) = facts.fold.mark_at(range.start) else { continue };
            for place in [a, b] {
                if let Some(place) = facts.fold.mark_at(shift + place.start()) {
                    links.push((thing, place, range.clone(), "road-between-places", 0.85));
                }
            }
        }
        for (thing, place, range, rule, confidence) in links {
            facts.add(Predicate::LocatedIn, thing.entity, Object::Entity(place.entity), range, rule, confidence);
        }
    }
}

fn listed_after(facts: &Facts, mark: Mark) -> Option<Mark> {
    let rest = &facts.fold.text[mark.at + SIGN..];
    let skip = ["”、“", "、", "和", "与", "及", "以及"].iter().find_map(|j| rest.starts_with(j).then_some(j.len()))?;
    facts.fold.mark_at(mark.at + SIGN + skip).filter(|m| m.kind == mark.kind)
}

/// A place of the document with the forms in which names of things carry it.
struct Known {
    entity: usize,
    /// 4 village, 3 township, 2 county, 1 prefecture, 0 province.
    level: u8,
    full: Vec<String>,
    core: Option<String>,
}

const SUFFIXES: [(&str, u8); 15] = [
    ("居民委员会", 4),
    ("村委会", 4),
    ("社区", 4),
    ("村", 4),
    ("街道", 3),
    ("镇", 3),
    ("民族乡", 3),
    ("乡", 3),
    ("自治县", 2),
    ("县", 2),
    ("区", 2),
    ("旗", 2),
    ("市", 1),
    ("自治区", 0),
    ("省", 0),
];

fn known_places(facts: &Facts) -> Vec<Known> {
    let mut list: Vec<usize> = facts.marks(EntityType::Place).map(|m| m.entity).chain(facts.home()).collect();
    list.sort_unstable();
    list.dedup();
    list.into_iter()
        .filter_map(|entity| {
            let e = &facts.context.entities[entity];
            let mut names: Vec<String> = std::iter::once(&e.name).chain(&e.aliases).filter(|n| n.chars().count() >= 2).cloned().collect();
            names.sort_by_key(|n| std::cmp::Reverse(n.len()));
            let (suffix, level) = SUFFIXES.iter().copied().find(|(s, _)| e.name.ends_with(s)).unwrap_or(("", 4));
            let core = e.name.strip_suffix(suffix).filter(|c| c.chars().count() >= 2).map(str::to_owned);
            (!names.is_empty()).then_some(Known { entity, level, full: names, core })
        })
        .collect()
}

fn by_name(facts: &mut Facts) {
    let places = known_places(facts);
    let home = facts.home();
    let things: Vec<Mark> = facts.fold.marks.iter().copied().filter(|m| matches!(m.kind, EntityType::Project | EntityType::Enterprise)).collect();
    let mut done = rustc_hash::FxHashSet::default();
    for mark in things {
        if !done.insert(mark.entity) {
            continue;
        }
        let name = facts.entity(mark).name.clone();
        // Where in the name each place stands.
        let mut hits: Vec<(usize, usize, &Known)> = Vec::new();
        for place in &places {
            let hit = place
                .full
                .iter()
                .chain(&place.core)
                .filter_map(|n| name.find(n.as_str()).map(|at| (at, at + n.len())))
                .filter(|(a, b)| b - a < name.len())
                .max_by_key(|(a, b)| (b - a, std::cmp::Reverse(*a)));
            if let Some((a, b)) = hit {
                hits.push((a, b, place));
            }
        }
        let inner: Vec<usize> = (0..hits.len()).filter(|&i| hits.iter().enumerate().any(|(j, h)| j != i && h.0 <= hits[i].0 && hits[i].1 <= h.1 && (h.1 - h.0 > hits[i].1 - hits[i].0))).collect();
        let hits: Vec<(usize, usize, &Known)> = hits.iter().enumerate().filter(|(i, _)| !inner.contains(i)).map(|(_, h)| *h).collect();
        let Some(finest) = hits.iter().map(|h| h.2.level).max() else { continue };
        let between = name.contains('至') || name.contains('—') || name.contains("到");
        for (at, _, place) in &hits {
            let keep = match mark.kind {
                // A firm's registered name begins with its county; only a village says where it is.
                EntityType::Enterprise => place.level == 4 && *at == 0,
                _ => place.level == finest || between,
            };
            if keep {
                let sure = if Some(place.entity) == home { 0.8 } else { 0.88 };
                facts.add(Predicate::LocatedIn, mark.entity, Object::Entity(place.entity), mark.at..mark.at + SIGN, "place-in-name", sure);
            }
        }
    }
}
