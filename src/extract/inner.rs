//! Places that the names of other things hold: 黄岭村 in 黄岭村冷库, 茶岭镇 and 药田乡 in 茶岭镇至药田乡公路.
//!
//! A text need not name such a place by itself. Looked at is where a name puts its places: at its beginning, behind a joint of a
//! road's name, and behind another place.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::LazyLock;

use super::places::{PlaceHit, Survey};
use super::recognise::Name;
use crate::lexicon::rows;
use crate::model::EntityType;
use crate::text::{Document, is_common_han};

/// What stands in front of a place inside a name.
const JOINTS: [char; 9] = ['至', '到', '—', '－', '-', '~', '、', '·', '（'];
/// What names of villages end with.
const VILLAGES: [&str; 3] = ["村", "社区", "嘎查"];
/// What names of townships end with: behind them another name begins.
const TOWNS: [&str; 3] = ["镇", "乡", "街道"];
/// What names end with that are told.
const HEADS: [&str; 13] = [
    "村", "社区", "嘎查", "镇", "乡", "苏木", "街道", "县", "市", "区", "旗", "州", "盟",
];
/// Words by which names of villages are told from what only sounds like them.
struct Words {
    ends: Vec<&'static str>,
    begins: Vec<&'static str>,
    behind: Vec<&'static str>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let at = |wanted: &str| {
        let here = rows("data/lexicon/relate-villages.tsv");
        here.filter(|row| row.get(1) == Some(&wanted))
            .map(|row| row[0])
            .collect()
    };
    Words {
        ends: at("ends"),
        begins: at("begins"),
        behind: at("behind"),
    }
});

/// The places in names of projects and enterprises, as half-open spans of the text.
pub(super) fn places(doc: &Document, survey: &Survey, names: &[Name]) -> Vec<Range<usize>> {
    let things = [EntityType::Project, EntityType::Enterprise];
    let mut things = names.iter().filter(|n| things.contains(&n.kind)).peekable();
    let mut found = Vec::new();
    if things.peek().is_none() {
        return found;
    }
    let mut hits: Vec<&PlaceHit> = survey.hits.iter().collect();
    hits.sort_by_key(|hit| (hit.start, Reverse(hit.end)));
    let chars = &doc.text.chars;
    for name in things {
        let mut at = name.start;
        let mut may_begin = true;
        while at < name.end {
            if may_begin && let Some(end) = place_at(chars, &hits, at..name.end) {
                found.push(at..end);
                at = end;
                continue;
            }
            may_begin = JOINTS.contains(&chars[at]);
            at += 1;
        }
    }
    found
}

/// Where the place ends that stands at the beginning of a part of a name: the longest that is known by its full name, or what ends
/// as villages do. Short names are no places here: what is called 茶亭安置小区 need not lie in the village of 茶亭.
fn place_at(chars: &[char], hits: &[&PlaceHit], part: Range<usize>) -> Option<usize> {
    let first = hits.partition_point(|hit| hit.start < part.start);
    let here = hits[first..]
        .iter()
        .take_while(|hit| hit.start == part.start);
    let within = here.filter(|hit| hit.end < part.end);
    let known = within.filter(|hit| is_told(hit) && has_head(chars, hit.start..hit.end));
    let known = known.filter(|hit| !is_part(chars, hit.end..part.end));
    village(chars, part.clone()).max(known.map(|hit| hit.end).max())
}

/// Whether a name has its head and is near, or of a county or above.
fn is_told(hit: &PlaceHit) -> bool {
    let (near, form, level) = (hit.grade >> 8, hit.grade >> 4 & 0xF, hit.grade & 0xF);
    form == 3 && (near >= 1 || level <= 3)
}

/// Whether a name ends as names of divisions do, and not as those of zones.
fn has_head(chars: &[char], name: Range<usize>) -> bool {
    let name: String = chars[name].iter().collect();
    HEADS.iter().any(|head| name.ends_with(head))
        && !name.ends_with("园区")
        && !name.ends_with("开发区")
}

/// Where a village's name ends that a part of a name begins with.
fn village(chars: &[char], part: Range<usize>) -> Option<usize> {
    let text: String = chars[part.start..part.end.min(part.start + 8)]
        .iter()
        .collect();
    let ends = VILLAGES
        .iter()
        .filter_map(|ending| Some(text.find(ending)? + ending.len()));
    // 青溪镇黄岭村 is two places.
    let above = TOWNS
        .iter()
        .filter_map(|head| Some(text.find(head)? + head.len()));
    let above = above.filter(|end| text[..*end].chars().count() >= 3);
    let name = &text[..ends.chain(above).min()?];
    let length = name.chars().count();
    let end = part.start + length;
    let is_name = (3..=6).contains(&length)
        && end < part.end
        && name
            .chars()
            .all(|c| is_common_han(c) && !JOINTS.contains(&c))
        && !WORDS.ends.iter().any(|word| name.ends_with(word))
        && !TOWNS.iter().any(|head| name.contains(head))
        && !WORDS.begins.iter().any(|word| name.starts_with(word))
        && !is_part(chars, end..part.end);
    is_name.then_some(end)
}

/// Whether what stands behind a place's name makes it part of a longer word.
fn is_part(chars: &[char], behind: Range<usize>) -> bool {
    let behind: String = chars[behind].iter().take(3).collect();
    WORDS.behind.iter().any(|word| behind.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::places;
    use crate::knowledge::Selected;

    /// The places in names, where `【】` stand around the one name of a text.
    fn told(text: &str, kind: EntityType) -> Vec<String> {
        let (before, rest) = text.split_once('【').expect("a name begins");
        let (name, behind) = rest.split_once('】').expect("a name ends");
        let start = before.chars().count();
        let name = Name {
            start,
            end: start + name.chars().count(),
            kind,
            confidence: 1.0,
            corrections: Vec::new(),
        };
        let plain = [before, rest.split_once('】').map_or("", |r| r.0), behind].concat();
        let doc = Document::new("", &plain);
        let survey = places::survey(&doc, &Selected::default());
        let found = super::places(&doc, &survey, &[name]);
        found
            .into_iter()
            .map(|r| doc.text.slice(r.start, r.end).to_owned())
            .collect()
    }

    #[test]
    fn names_hold_the_places_that_they_begin_with_or_join() {
        for (text, expected) in [
            ("启动【付庄村文体广场】建设。", &["付庄村"][..]),
            ("修建【松岭村至石坪村骑行道】。", &["松岭村", "石坪村"]),
            ("建成【基金小镇新桥村幼儿园】。", &[]),
            (
                "推进【河图嘎查至白音嘎查公路】。",
                &["河图嘎查", "白音嘎查"],
            ),
            ("建成【石桥村民宿集群】。", &["石桥村"]),
            ("【黄岭村】投用。", &[]),
            ("建设【府河湾度假村二期】。", &[]),
            ("实施【农村饮水安全工程】。", &[]),
            ("实施【美丽乡村示范点】。", &[]),
            ("实施【城中村改造项目】。", &[]),
            ("建成【茶亭安置小区】。", &[]),
            ("建成【延河社区卫生服务中心】。", &[]),
            ("修【桥头通村公路】。", &[]),
            ("保护【云坪传统古村落】。", &[]),
            ("建设【国营杨柳村酒厂二期】。", &[]),
        ] {
            assert_eq!(told(text, EntityType::Project), expected, "{text}");
        }
        assert_eq!(
            told("【石桥村红叶养殖合作社】", EntityType::Enterprise),
            ["石桥村"]
        );
        assert!(told("实施【石桥村清洁行动】", EntityType::Campaign).is_empty());
    }
}
