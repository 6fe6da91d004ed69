//! 获得: which honour has been conferred on whom.
//!
//! An honour counts where the nearest governing word confers it (荣获, 被评为, 入选, 成功创建) and none aims at it or
//! takes it away (争创, 申报, 被取消). The one honoured stands before that word; where nobody does, it is the home place.

use std::ops::Range;

use super::fold::{Mark, SIGN};
use super::{Facts, Object, patterns};
use crate::model::{EntityType, Part, Predicate};

patterns! {
    /// Words that confer.
    CONFERS = r"荣获|获评|获得|斩获|喜获|获授|获颁|获批|获|被评为|被评定为|被授予|授予|追授|评为|评定为|命名为|命名|认定为|列为|列入|入选|跻身|荣登|荣膺|荣立|荣列|上榜|登上|当选|拿下|拿到|捧回|捧得|摘得|夺得|赢得|成功创建为?|创成|创建成|成功创成|建成|通过|晋升|评上|评选为|记|追记|表彰为|取得|确定为|入围|进入|步入|迈入|跨入|纳入|公布为|授牌|是|系|作为|享有|素有|誉为|成为|蝉联|保持|保住|擦亮|挂上|连续[^，。；]{1,4}年(?:被)?";
    /// Words that aim at an honour or take it away.
    DENIES = r"争创|力争|争取|创建|申报|申创|冲刺|争当|迎接|力创|打造|推进|推动|培育|退出|取消|摘掉|撤销|未能?|没能?|没有|落选|新增|力促|确保|目标|迎|复审|复评|复核|申请|支持|启动|冲击|鼓励|帮助|建设|全力|努力|计划|拟|推荐|向";
    /// What follows an honour that was not conferred, or a mere count of them.
    REFUSED = r"^[”’]?(?:称号|资格|牌子|招牌|创建|评选|复审|复评|复核|申报|认定|命名)?(?:工作|材料)?(?:数量|总数|累计|达到|达|各|及以上|共)*(?:[0-9X*]+(?:家|个|名|户|项|人|处)|[^，。；]{0,10}(?:未|没|落选|退回|取消|摘牌|收回|注销|暂缓|黄牌|搁置|失利|擦肩而过|公示|不达标|差)|，(?:因[^，。；]{1,16}，?)?(?:未|没|至今)|创建(?:工作|活动)|还没|为目标)";
    /// An honour that stands in front of the one honoured.
    BEFORE_NAME = r"^[”’]?(?:、“?Ⓗ”?)*(?:获得者|称号获得者|企业|单位|——|、)?[“]?([ⓃⒺⓅ])";
    /// The home place, without its name.
    SELF = r"(?:全|我|本)(?:镇|乡|县|市|区|省|街道|旗|州)";
    /// Words for the enterprise or the place last spoken of.
    AGAIN = r"(该公司|公司|集团|企业|该企业|合作社|该村|村里|村党支部|村党总支|该社区|他|她)";
}

/// Finds who was honoured with what.
pub fn find(facts: &mut Facts) {
    let honours: Vec<Mark> = facts.marks(EntityType::Honour).collect();
    for honour in honours {
        let fold = facts.fold;
        let sentence = fold.sentences[fold.sentence_at(honour.at)].clone();
        let rest = &fold.text[honour.at + SIGN..sentence.end];
        if REFUSED.is_match(rest) {
            continue;
        }
        if let Some(at) = BEFORE_NAME.captures(rest).and_then(|c| c.get(1)) {
            if let Some(named) = fold.mark_at(honour.at + SIGN + at.start()) {
                facts.add(Predicate::Awarded, named.entity, Object::Entity(honour.entity), Facts::between(honour, named), "honour-before-name", 0.8);
                continue;
            }
        }
        let Some(cue) = conferred(facts, &sentence, honour) else { continue };
        for (subject, at, rule, confidence) in subjects(facts, &sentence, cue.clone()) {
            let start = at.unwrap_or(cue.start).min(cue.start);
            facts.add_about(Predicate::Awarded, subject, Object::Entity(honour.entity), start..honour.at + SIGN, rule, confidence);
        }
    }
}

/// The word that confers the honour, if it is the one that governs it.
fn conferred(facts: &Facts, sentence: &Range<usize>, honour: Mark) -> Option<Range<usize>> {
    let text = &facts.fold.text[sentence.start..honour.at];
    let confers = CONFERS.find_iter(text).last()?;
    let denied = DENIES.find_iter(text).last();
    if let Some(denied) = denied {
        // 成功创建 confers although 创建 alone does not.
        let inside = confers.start() <= denied.start() && denied.end() <= confers.end();
        let clause = text.rfind(['，', '：']).map_or(0, |i| i + '，'.len_utf8());
        if !inside && (denied.start() > confers.start() || denied.start() >= clause) {
            return None;
        }
    }
    let words = confers.as_str();
    if facts.part(honour.at) == Part::Plan && !matches!(words, "是" | "擦亮" | "保住" | "被授予" | "被评为" | "荣获") {
        return None;
    }
    // The word must not be clauses away.
    (text[confers.end()..].matches(['，', '：']).count() <= 1).then(|| sentence.start + confers.start()..sentence.start + confers.end())
}

type Subject = (String, Option<usize>, &'static str, f64);

/// Those on whom the honour is conferred.
fn subjects(facts: &Facts, sentence: &Range<usize>, cue: Range<usize>) -> Vec<Subject> {
    let fold = facts.fold;
    let home = facts.context.home.as_ref().map(|h| h.id.clone());
    // 被省政府授予: whoever stands between 被 and the word confers.
    let clause = fold.clauses[fold.clause_at(cue.start)].start;
    let until = fold.text[clause..cue.start].rfind('被').map_or(cue.start, |i| clause + i);
    let named: Vec<Mark> = fold
        .marks_in(sentence.start..until)
        .iter()
        .copied()
        .filter(|m| matches!(m.kind, EntityType::Person | EntityType::Enterprise | EntityType::Place | EntityType::Project))
        .collect();
    let own = SELF.find_iter(&fold.text[sentence.start..until]).last().map(|m| sentence.start + m.start());
    let id = |m: Mark| facts.entity(m).id.clone();
    match (named.last().copied(), own) {
        (Some(last), own) if own.is_none_or(|o| o < last.at) => {
            facts.list_before(last).into_iter().map(|m| (id(m), Some(m.at), "honoured-by-name", 0.88)).collect()
        }
        (_, Some(at)) => home.map(|h| (h, Some(at), "honoured-home", 0.85)).into_iter().collect(),
        _ => {
            let paragraph = fold.paragraphs[fold.paragraph_at(cue.start)].clone();
            let again = AGAIN.find_iter(&fold.text[sentence.start..until]).last();
            if let Some(again) = again {
                let kind = match again.as_str() {
                    "该村" | "村里" | "村党支部" | "村党总支" | "该社区" => EntityType::Place,
                    "他" | "她" => EntityType::Person,
                    _ => EntityType::Enterprise,
                };
                let last = fold.marks_in(paragraph.start..sentence.start).iter().copied().rfind(|m| m.kind == kind);
                return last.map(|m| (id(m), Some(m.at), "honoured-again", 0.75)).into_iter().collect();
            }
            home.map(|h| (h, None, "honoured-home-unnamed", 0.7)).into_iter().collect()
        }
    }
}
