//! 位于: in which place an enterprise or a project is.
//!
//! Here by words that say so (位于, 落户, 在Ⓛ建设, Ⓛ的Ⓟ), in `named` by the name itself (黄岭村冷库). Of nested places the finest
//! counts; a road between two places has both.

use std::ops::Range;

use super::fold::{Mark, SIGN};
use super::{Facts, Object, patterns, within};
use crate::model::{EntityType, Part, Predicate};

patterns! {
    /// Ⓟ位于ⓁⓁ.
    LIES = r"([ⓅⒺ])[^。；ⓅⒺⓁ]{0,50}?(?:位于|坐落于|座落于|坐落在|座落在|坐落|座落|地处|落户于?到?在?|落地于?在?|落子|选址于?在?|设在|建在|落在|扎根于?|入驻|地点：|地址：|注册在|搬到了?|迁入|迁到|迁至|开到了?)[^，。；：ⓅⒺⓁ]{0,8}(Ⓛ+)";
    /// Words without which neither [`LIES`] nor [`HERE`] holds.
    LYING = r"位于|坐落|座落|地处|落户|落地|落子|选址|设在|建在|落在|扎根|入驻|地点：|地址：|注册在|搬到|迁入|迁到|迁至|开到";
    /// Ⓟ，在Ⓛ建成.
    STARTS = r"([ⓅⒺ])[^。；ⓅⒺⓁ]{0,20}在(Ⓛ+)[^，。；：ⓅⒺⓁ]{0,8}(?:投产|开业|动工|开工|建设|建成|落成|奠基|竣工|安装|落户|落地|兴建|新建|盖起|破土|试产|启用|投用|投资|施工|建起|办起|开张|建)";
    /// 在Ⓛ建设Ⓟ, 位于Ⓛ的Ⓔ.
    AT = r"(?:在|于|位于|坐落于|地处|落户|落户于|设在|建在|选址)(Ⓛ+)(?:境内|辖区|片区|一带|南侧|北侧|东侧|西侧|村口)?(?:的|[^，。；：ⓅⒺⓁⒸⓃ]{0,12}(?:建设|兴建|新建|建成|建|开办|创办|成立|启动|实施|打造|投资|办起|上马|新上|布局|规划|谋划|引进|落地|改造|修建|设立)(?:了|起)?[^，。；：ⓅⒺⓁⒸⓃ]{0,14})“?([ⓅⒺ])";
    /// Ⓛ的Ⓟ, Ⓛ引进Ⓔ, Ⓛ建成Ⓟ; the places may be a list.
    HAS = r"((?:ⓁⓁ*、)*Ⓛ+)(?:等)?(?:村?委会|党支部|党总支|党委|政府)?(?:的|引进了?|引来了?|引入了?|招引了?|成立了?|建成了?|建起了?|新建了?|建设了?|创办了?|办起了?|打造了?|依托|领办|组建了?|注册成立了?|共建|兴建了?|现有|原有|有|拥有|境内的?|境内有|落户的?)[^，。；：ⓅⒺⓁⒸⓃ]{0,6}“?([ⓅⒺ])";
    /// Ⓛ依托山水，扶持Ⓔ.
    RAISES = r"(?:^|[。；，：])(Ⓛ+)(?:[^，。；：ⓁⓅⒺ]{0,16}，)(?:扶持|培育|建成|建起|办起|开办|创办|新建|引进)了?[^，。；：ⓅⒺⓁⒸⓃ]{0,10}“?([ⓅⒺ])";
    /// 在Ⓛ，返乡青年开办的Ⓔ.
    OPENING = r"(?:^|[。；])(?:在|走进|来到)(Ⓛ+)，[^。；：ⓁⓅⒺ]{0,24}“?([ⓅⒺ])";
    /// Ⓔ落户Ⓛ，投资3亿元建设Ⓟ.
    SETTLED = r"Ⓔ(?:落户|入驻|落地|进驻)[于在到]?(Ⓛ+)，[^。；ⓁⓅ]{0,24}(?:建设|新建|建成|建起|兴建|打造|投资|建)[^，。；ⓁⓅ]{0,16}(Ⓟ)";
    /// Ⓛ现有企业3家，分别是Ⓔ、Ⓔ.
    COUNTED = r"(?:^|[^、和与及])(Ⓛ)[^，。；：ⓁⓅⒺ]{0,8}(?:现有|共有|有|拥有|原有)[^。；ⓁⓅⒺ]{2,40}(?:分别是|分别为|即|有|：|包括)“?([ⓅⒺ])";
    /// Ⓛ引来Ⓔ，投资3亿元建设Ⓟ.
    THROUGH = r"(Ⓛ)(?:引进|引来|引入|招引)[^，。；Ⓛ]{0,6}Ⓔ，[^。；ⓁⓅ]{0,24}(?:建设|新建|建成|建起|兴建|打造|投资|建)[^，。；ⓁⓅ]{0,12}(Ⓟ)";
    /// Ⓔ坐落在本镇境内.
    HERE = r"([ⓅⒺ])[^。；ⓅⒺⓁ]{0,40}?(?:位于|坐落于|座落于|坐落在|座落在|地处|落户|落户于|设在|建在)(?:于|在)?(?:我|本|全)(?:镇|乡|县|市|区|街道|村)";
    /// 境内有Ⓟ, 全镇现有Ⓔ.
    OURS = r"(?:(?:镇内|乡内|境内|辖区内|全镇|全乡|我镇|我乡|区域内|该镇)(?:现有|共有|有|建有|拥有)[^。；ⓅⒺⓁ]{0,12}|(?:镇内|乡内|境内|辖区内))“?([ⓅⒺ])";
    /// 该村建成Ⓟ.
    THAT = r"(?:该村|村里|该社区)(?:(?:的|建成了?|建起了?|新建了?|办起了?|创办的?|成立了?|引进了?|现有|有)[^，。；：ⓅⒺⓁⒸⓃ]{0,4})?“?([ⓅⒺ])";
    /// Whose firms a paragraph counts before it lists them.
    OWNER = r"Ⓛ|全镇|镇内|境内|辖区内|我镇|全乡|全街道|区域内|该镇";
    /// How it counts them.
    PROFILE = r"^[^。；Ⓛ]{0,30}(?:现有|共有|有|拥有|建有)[^。；Ⓛ]{0,20}[0-9一二三四五六七八九十]+(?:家|个|处)";
    /// What stands in front of an item of a list.
    ITEM = r"(?:^|[，。；：、])(?:[一二三四五六七八九十]是|其中|主要有|分别是|分别为|[0-9]+[.、])?$";
    /// Ⓟ（Ⓛ至Ⓛ）, 起于Ⓛ，止于Ⓛ.
    ENDS = r"Ⓟ[^Ⓟ\n]{0,50}?(?:起于|起点为|起自|始于|连接|贯通|途经|（|起点位于|连通)Ⓛ*(Ⓛ)[^，。；ⓁⓅ]{0,8}(?:至|—|到|和|、|与|，)(?:止于|终点为|终至|讫于|止)?[^。；ⓁⓅ]{0,8}?Ⓛ*(Ⓛ)";
    /// 起于Ⓛ，止于Ⓛ in a sentence about the road named last.
    ROUTE = r"(?:起于|起点为|起自|始于|起点位于|起点是|起点)[^，。；ⓁⓅ]{0,3}Ⓛ*(Ⓛ)[^。；ⓁⓅ]{0,16}(?:止于|终点为|终至|讫于|终点位于|终点是|终点|至)[^，。；ⓁⓅ]{0,3}Ⓛ*(Ⓛ)";
}

/// What may be somewhere.
pub(super) const THINGS: [EntityType; 2] = [EntityType::Project, EntityType::Enterprise];

/// The firms that a paragraph lists after counting those of the home place are in the home place.
pub fn by_profile(facts: &mut Facts) {
    let Some(home) = facts.home.filter(|_| facts.fold.has(&THINGS)) else {
        return;
    };
    for paragraph in facts.fold.paragraphs.clone() {
        let text = &facts.fold.text[paragraph.clone()];
        if !facts.has(&paragraph, &THINGS) || !may_hold("listed-in-profile", text) {
            continue;
        }
        let mut here: Vec<(Mark, &str, f64)> = Vec::new();
        for found in OURS.captures_iter(text).filter_map(|c| c.get(1)) {
            here.extend(
                facts
                    .fold
                    .mark_at(paragraph.start + found.start())
                    .map(|m| (m, "thing-in-our-place", 0.8)),
            );
        }
        let counted = counted(text).filter(|(owner, _)| {
            let place = facts.fold.mark_at(paragraph.start + owner);
            place.is_none_or(|m| m.entity == home)
        });
        if let Some((_, end)) = counted {
            let listed = facts
                .fold
                .marks_in(paragraph.start + end..paragraph.end)
                .iter()
                .copied();
            here.extend(
                listed
                    .filter(|m| m.kind == EntityType::Enterprise)
                    .filter(|m| {
                        ITEM.is_match(
                            &facts.fold.text[facts.fold.clauses[facts.fold.clause_at(m.at)]
                                .start
                                .max(paragraph.start)
                                ..m.at],
                        )
                    })
                    .map(|m| (m, "listed-in-profile", 0.8)),
            );
        }
        for (mark, rule, confidence) in here {
            if !facts.found.placed.contains(&mark.entity) {
                facts.add(
                    Predicate::LocatedIn,
                    mark.entity,
                    Object::Entity(home),
                    mark.at..mark.at + SIGN,
                    rule,
                    confidence,
                );
            }
        }
    }
}

/// Where a paragraph says whose firms it counts, and where it has counted them.
///
/// Looked for from each owner on: a pattern that could begin anew at each of them would make an automaton of every way in
/// which they can lie beside each other.
fn counted(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(owner) = OWNER.find_at(text, from) {
        let behind = &text[owner.end()..];
        let stop = behind.find(['。', '；', 'Ⓛ']).unwrap_or(behind.len());
        let behind = &behind[..stop];
        let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
        let mut counts = behind.match_indices(['家', '个', '处']);
        if behind.contains('有')
            && counts.any(|(at, _)| behind[..at].ends_with(is_number))
            && let Some(count) = PROFILE.find(behind)
        {
            return Some((owner.start(), owner.end() + count.end()));
        }
        from = owner.start() + SIGN;
    }
    None
}

/// Whether a sentence has the words without which a rule cannot hold; looking for them is cheaper than the pattern.
fn may_hold(rule: &str, text: &str) -> bool {
    let any = |words: &[&str]| words.iter().any(|w| text.contains(w));
    match rule {
        "thing-lies-here" => LYING.is_match(text),
        "in-place-thing" => any(&["在Ⓛ", "于Ⓛ", "户Ⓛ", "址Ⓛ"]),
        "listed-in-profile" => text.contains('有') || any(&["内Ⓟ", "内Ⓔ", "内“"]),
        "project-through-enterprise" => any(&["Ⓛ引", "Ⓛ招"]),
        "sentence-opens-in-place" => any(&["在Ⓛ", "进Ⓛ", "到Ⓛ"]) && text.contains("Ⓛ，"),
        "project-of-settled-enterprise" => any(&["落户", "入驻", "落地", "进驻"]),
        "road-between-places" => {
            text.contains('Ⓟ')
                && any(&["于Ⓛ", "为Ⓛ", "自Ⓛ", "接Ⓛ", "通Ⓛ", "经Ⓛ", "（Ⓛ"])
                && text.matches('Ⓛ').nth(1).is_some()
        }
        _ => true,
    }
}

/// Whether a rule can hold with these words between a thing and a place that stand next to each other.
fn may_lie_between(rule: &str, gap: &str) -> bool {
    match rule {
        "thing-lies-in-place" => !gap.contains(['。', '；']) && LYING.is_match(gap),
        "thing-in-place" => gap.ends_with('在'),
        "in-place-thing" | "place-has-thing" => !gap.contains(['，', '。', '；', '：']),
        "place-counts-things" => gap.contains('有'),
        "place-raises-thing" | "sentence-opens-in-place" => gap.contains('，'),
        _ => true,
    }
}

/// Where words say that things are.
pub fn by_words(facts: &mut Facts) {
    for sentence in facts.fold.sentences_with(&[&THINGS]) {
        let text = &facts.fold.text[sentence.clone()];
        let shift = sentence.start;
        let here =
            |_: &usize| text.contains(['我', '本', '全']) && may_hold("thing-lies-here", text);
        if let Some(home) = facts.home.filter(here) {
            for found in HERE.captures_iter(text) {
                let Some(thing) = found
                    .get(1)
                    .and_then(|m| facts.fold.mark_at(shift + m.start()))
                else {
                    continue;
                };
                let whole = found
                    .get(0)
                    .map_or(shift..shift, |m| shift + m.start()..shift + m.end());
                facts.add(
                    Predicate::LocatedIn,
                    thing.entity,
                    Object::Entity(home),
                    whole,
                    "thing-lies-here",
                    0.8,
                );
            }
        }
        if !facts.has(&sentence, &[EntityType::Place]) {
            continue;
        }
        let mut links: Vec<(Mark, Mark, Range<usize>, &str, f64)> = Vec::new();
        let plan = facts.part(shift) == Part::Plan;
        // No pattern passes over a thing or a place: the two stand next to each other, one way or the other.
        let places = [EntityType::Place];
        let gap = |rule| {
            facts
                .gaps(&sentence, &THINGS, &places)
                .any(|gap| may_lie_between(rule, gap))
        };
        // The thing and the last sign of a run of places, which is the finest.
        for (pattern, rule, confidence) in [
            (&LIES, "thing-lies-in-place", 0.92),
            (&STARTS, "thing-in-place", 0.85),
        ] {
            if !gap(rule) {
                continue;
            }
            for found in pattern.captures_iter(text) {
                let (Some(whole), Some(thing), Some(place)) =
                    (found.get(0), found.get(1), found.get(2))
                else {
                    continue;
                };
                // 跟踪Ⓔ落户Ⓛ in a plan is a wish.
                if plan && thing.as_str() == "Ⓔ" && whole.as_str().contains('落') {
                    continue;
                }
                if let (Some(thing), Some(place)) = (
                    facts.fold.mark_at(shift + thing.start()),
                    facts.fold.mark_at(shift + place.end() - SIGN),
                ) {
                    for thing in facts.list_before(thing) {
                        links.push((
                            thing,
                            place,
                            shift + whole.start()..shift + whole.end(),
                            rule,
                            confidence,
                        ));
                    }
                }
            }
        }
        let gap = |rule| {
            facts
                .gaps(&sentence, &places, &THINGS)
                .any(|gap| may_lie_between(rule, gap))
        };
        let patterns = [
            (&AT, "in-place-thing", 0.9),
            (&HAS, "place-has-thing", 0.85),
            (&COUNTED, "place-counts-things", 0.8),
            (&THROUGH, "project-through-enterprise", 0.8),
            (&RAISES, "place-raises-thing", 0.75),
            (&OPENING, "sentence-opens-in-place", 0.75),
            (&SETTLED, "project-of-settled-enterprise", 0.8),
        ];
        for (pattern, rule, confidence) in patterns {
            if !gap(rule) || !may_hold(rule, text) {
                continue;
            }
            for found in pattern.captures_iter(text) {
                let (Some(whole), Some(place), Some(thing)) =
                    (found.get(0), found.get(1), found.get(2))
                else {
                    continue;
                };
                // 在Ⓛ，由Ⓔ承建的: who builds there need not be there.
                let by = text[..thing.start()].trim_end_matches('“').ends_with('由');
                if rule == "sentence-opens-in-place" && by {
                    continue;
                }
                if let (Some(mut thing), Some(place)) = (
                    facts.fold.mark_at(shift + thing.start()),
                    facts.fold.mark_at(shift + place.end() - SIGN),
                ) {
                    let range = shift + whole.start()..shift + whole.end();
                    let raises = rule != "place-raises-thing" || is_village(facts, place);
                    for place in facts.list_before(place).into_iter().filter(|_| raises) {
                        links.push((thing, place, range.clone(), rule, confidence));
                    }
                    while let Some(next) = facts.listed_after(thing) {
                        links.push((next, place, range.clone(), rule, confidence - 0.1));
                        thing = next;
                    }
                }
            }
        }
        let ends = may_hold("road-between-places", text).then(|| ENDS.captures_iter(text));
        for found in ends.into_iter().flatten() {
            let (Some(whole), Some(a), Some(b)) = (found.get(0), found.get(1), found.get(2)) else {
                continue;
            };
            let range = shift + whole.start()..shift + whole.end();
            let Some(thing) = facts.fold.mark_at(range.start) else {
                continue;
            };
            for place in [a, b] {
                if let Some(place) = facts.fold.mark_at(shift + place.start()) {
                    links.push((thing, place, range.clone(), "road-between-places", 0.85));
                }
            }
        }
        for (thing, place, range, rule, confidence) in links {
            facts.add(
                Predicate::LocatedIn,
                thing.entity,
                Object::Entity(place.entity),
                range,
                rule,
                confidence,
            );
        }
    }
}

fn is_village(facts: &Facts, mark: Mark) -> bool {
    let name = facts.entity(mark).name.as_str();
    ["村", "社区", "嘎查"]
        .iter()
        .any(|head| name.ends_with(head))
}

/// What is said to be in the village that a paragraph named last.
pub fn by_reference(facts: &mut Facts) {
    if !facts.fold.has(&THINGS) || !facts.fold.has(&[EntityType::Place]) {
        return;
    }
    let fold = facts.fold;
    let mut links = Vec::new();
    for found in THAT.captures_iter(&fold.text) {
        let (Some(whole), Some(thing)) = (found.get(0), found.get(1)) else {
            continue;
        };
        let paragraph = fold.paragraphs[fold.paragraph_at(whole.start())].start;
        let before = fold.marks_in(paragraph..whole.start()).iter().copied();
        let village = |m: &Mark| m.kind == EntityType::Place && is_village(facts, *m);
        if let (Some(village), Some(thing)) =
            (before.rev().find(village), fold.mark_at(thing.start()))
        {
            links.push((thing, village, whole.range()));
        }
    }
    for (thing, village, range) in links {
        let village = Object::Entity(village.entity);
        facts.add(
            Predicate::LocatedIn,
            thing.entity,
            village,
            range,
            "thing-in-that-village",
            0.8,
        );
    }
}

/// No more characters lie between a road and the words for where it runs.
const ROUTE_REACH: usize = 60;

/// Where roads run of which the sentence before speaks.
pub fn by_route(facts: &mut Facts) {
    let text = &facts.fold.text;
    if !text.contains(['起', '始']) || !facts.fold.has(&[EntityType::Project]) {
        return;
    }
    let mut links = Vec::new();
    for found in ROUTE.captures_iter(text) {
        let (Some(whole), Some(a), Some(b)) = (found.get(0), found.get(1), found.get(2)) else {
            continue;
        };
        let paragraph = facts.fold.paragraphs[facts.fold.paragraph_at(whole.start())].start;
        let marks = facts.fold.marks_in(paragraph..whole.start()).iter();
        let road = marks.copied().rfind(|m| m.kind == EntityType::Project);
        let Some(road) = road.filter(|m| within(&text[m.at..whole.start()], ROUTE_REACH)) else {
            continue;
        };
        for place in [a, b] {
            let place = facts.fold.mark_at(place.start());
            links.extend(place.map(|place| (road, place, road.at..whole.end())));
        }
    }
    for (road, place, range) in links {
        let place = Object::Entity(place.entity);
        facts.add(
            Predicate::LocatedIn,
            road.entity,
            place,
            range,
            "road-between-places",
            0.85,
        );
    }
}
