//! 实施: which place carries out which campaign.
//!
//! A report is a place's account of its own work, so the home place carries out every campaign that the report
//! names, unless the words around every one of its mentions give it to somebody else.
//! Another place carries one out where the text puts it in front of the campaign as the doer.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::{Facts, Object, patterns};
use crate::model::{EntityType, Predicate};

patterns! {
    /// Another region does it, by its own words: 兰溪镇推行的“四议工作法”, 与青河镇共办“双城市集”.
    OTHER = r"(Ⓛ)(?:、Ⓛ|和Ⓛ|与Ⓛ|党委|党总支|党支部|村委会|政府|街道办事处)*(?:的|率先|先行|也在?|正在|依样|近年来?|已经?|后来|在全[省市县区乡镇村]|三方|双方|两地|三县|两县|一道|共同|一起|联合|携手|合作|积极|主动|深入|全面|大力|持续|扎实|创新|探索|引入|实施|推行|推广|开展|建立|落实|打造|做到|办起|办好|共办|合办|搞|创办|总结|运用|开起了?|签订|试点|先行|做法|的经验|[^，。；：Ⓛ]{0,2}地区)*[“”]*Ⓒ";
    /// Another region is the subject of the clause: 兰溪镇把“四议工作法”教给我们.
    DOES = r"(?:^|[，。；：])(Ⓛ+)(?:[、和与](Ⓛ+))?[^，。；：ⓁⒸ]{0,14}?(?:把|将|推行|推广|实施|探索|建立|开展|打造|搞|办起|创办|开起|引入|率先|落实|总结|首创|创新|运用|书记Ⓝ)[^，。；：ⓁⒸ]{0,10}?“?Ⓒ";
    /// Villages go first with a campaign: Ⓒ，Ⓛ、Ⓛ先行.
    FIRST = r"Ⓒ”?，(Ⓛ)(?:[、和](Ⓛ))*(?:率先|先行|试点|带头)";
    /// A campaign told as another's by the words after it: Ⓒ由县里统筹.
    OTHERS_AFTER = r"^[”’]?(?:工作|建设|试点|项目|活动)?(?:首批)?(?:没有|未把|未将|不含|不包括)(?:我|本)[省市州县区乡镇村]";
    /// A comparison with another place: 兰溪镇搞“退二进三”比我们早.
    COMPARED = r"^[”’]?[^，。；]{0,12}(?:比我们|比我[镇乡县区]|教给我们|传给我们)";
    /// A time that a campaign gives its name to: Ⓒ期间.
    TIME = r"^[”’]?(?:战|工作|行动)?(?:期间|时期|期内|以来)";
    /// Whoever does it since then carries it out: 实施Ⓒ以来.
    DOING = r"(?:开展|实施|推行|推进|启动|打响|实行|部署|创建|组织|落实|施行)[“‘]?$";
}

/// Finds who implements what.
pub fn find(facts: &mut Facts) {
    others(facts);
    home(facts);
}

fn home(facts: &mut Facts) {
    let home = facts.home();
    let campaigns: Vec<_> = facts.marks(EntityType::Campaign).collect();
    let mut told = FxHashSet::default();
    for mark in campaigns {
        // Once is enough, and some are named in every other sentence.
        if told.contains(&mark.entity) {
            continue;
        }
        let sentence = &facts.fold.sentences[facts.fold.sentence_at(mark.at)];
        let before = &facts.fold.text[sentence.start..mark.at];
        let after = &facts.fold.text[mark.at + super::fold::SIGN..sentence.end];
        // The patterns look no farther than this, and hold nowhere without these characters.
        let near = || after.chars().take(20);
        let is_time = near().any(|c| matches!(c, '期' | '来'))
            && TIME.is_match(after)
            && !DOING.is_match(before);
        let compares = near().any(|c| matches!(c, '我' | '本'))
            && (OTHERS_AFTER.is_match(after) || COMPARED.is_match(after));
        if is_time || compares {
            continue;
        }
        told.insert(mark.entity);
        facts.add_about(
            Predicate::Implements,
            home,
            Object::Entity(mark.entity),
            mark.at..mark.at + super::fold::SIGN,
            "home-campaign",
            0.93,
        );
    }
}

fn others(facts: &mut Facts) {
    let home = facts.home;
    let both = [&[EntityType::Campaign][..], &[EntityType::Place]];
    for sentence in facts.fold.sentences_with(&both) {
        for clause in facts.fold.clauses_in(&sentence) {
            others_of(facts, clause, home);
        }
        let text = &facts.fold.text[sentence.clone()];
        // Neither pattern passes over another mark of a clause than those that it tells.
        let does = || {
            let mut clauses = text.split(['，', '。', '；', '：']);
            clauses.any(|clause| clause.starts_with('Ⓛ') && clause.contains('Ⓒ'))
        };
        let first = || text.contains("Ⓒ，Ⓛ") || text.contains("Ⓒ”，Ⓛ");
        let patterns = [(&DOES, does()), (&FIRST, first())];
        for (pattern, _) in patterns.into_iter().filter(|(_, may_hold)| *may_hold) {
            for found in pattern.find_iter(text) {
                let range = sentence.start + found.start()..sentence.start + found.end();
                let marks = facts.fold.marks_in(range.clone());
                let campaign = marks
                    .iter()
                    .copied()
                    .find(|m| m.kind == EntityType::Campaign);
                let places: Vec<_> = marks
                    .iter()
                    .copied()
                    .filter(|m| m.kind == EntityType::Place)
                    .collect();
                for (i, place) in places.iter().enumerate() {
                    // Of nested places the last is the doer.
                    let nested = places
                        .get(i + 1)
                        .is_some_and(|next| next.at == place.at + super::fold::SIGN);
                    if let (Some(campaign), false) =
                        (campaign, nested || Some(place.entity) == home)
                    {
                        facts.add(
                            Predicate::Implements,
                            place.entity,
                            Object::Entity(campaign.entity),
                            range.clone(),
                            "other-place-subject",
                            0.7,
                        );
                    }
                }
            }
        }
    }
}

/// Whose a campaign is by the words between a place and it, none of which ends a clause.
fn others_of(facts: &mut Facts, clause: Range<usize>, home: Option<usize>) {
    let (places, campaigns) = ([EntityType::Place], [EntityType::Campaign]);
    if !facts.gaps(&clause, &places, &campaigns).any(|_| true) {
        return;
    }
    let text = &facts.fold.text[clause.clone()];
    let mut from = 0;
    while let Some(found) = OTHER.captures_at(text, from) {
        let (Some(whole), Some(place)) = (found.get(0), found.get(1)) else {
            break;
        };
        let range = clause.start + whole.start()..clause.start + whole.end();
        let campaign = facts.fold.mark_at(range.end - super::fold::SIGN);
        let places: Vec<_> = facts
            .fold
            .marks_in(range.clone())
            .iter()
            .copied()
            .filter(|m| m.kind == EntityType::Place)
            .collect();
        if let Some(campaign) = campaign {
            for place in places {
                if Some(place.entity) != home {
                    facts.add(
                        Predicate::Implements,
                        place.entity,
                        Object::Entity(campaign.entity),
                        range.clone(),
                        "other-place-campaign",
                        0.7,
                    );
                }
            }
        }
        from = place.end().max(whole.end());
    }
}
