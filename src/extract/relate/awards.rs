//! 获得: which honour has been conferred on whom.
//!
//! An honour counts where the nearest governing word confers it (荣获, 被评为, 入选, 成功创建) and none aims at it or
//! takes it away (争创, 申报, 被取消). The one honoured stands before that word and is of a kind that such an honour is
//! given to; where the text speaks of itself (我镇, 全县) or of nobody, it is the home place.

use std::ops::Range;

use super::fold::{Mark, SIGN};
use super::words::WORDS;
use super::{Facts, Object, Subject, patterns, within};
use crate::model::{EntityType, Part, Predicate};

patterns! {
    /// Words that confer.
    CONFERS = r"荣获|获评|获得|斩获|喜获|获授|获颁|获批|获|得到|被评为|被评定为|被授予|授予|追授|评为|评定为|命名为|命名|认定为|列为|列入|入选|跻身|荣登|荣膺|荣立|荣列|上榜|登上|当选|拿下|拿到|捧回|捧得|摘得|夺得|赢得|成功(?:创建|申创|申报|争创|认定)为?|创成|创建成|成功创成|建成|通过|晋升|评上|评选为|记|追记|表彰为|取得|确定为|入围|进入|步入|迈入|跨入|纳入|公布为|授牌|是|系|作为|享有|素有|誉为|成长为|成为|成了|蝉联|保持|保住|擦亮|挂上|连续[^，。；]{1,4}年(?:被)?";
    /// Words that aim at an honour or take it away, wherever they stand in the clause.
    AIMS = r"争创|力争|争取|冲刺|争当|申报|申创|迎接|力创|退出|取消|摘掉|撤销|未能?|没能?|没有|落选|力促|确保|目标|复审|复评|复核|申请|支持|冲击|鼓励|帮助|努力|计划|拟|推荐|打下基础|为创建|全力创建";
    /// Words that aim at an honour when nothing confers it after them.
    MAKES = r"创建|打造|推进|推动|培育|启动|建设|新增|全力|开展";
    /// What follows an honour that was not conferred, or a mere count of them.
    REFUSED = r"^[”’]?(?:称号|资格|牌子|招牌|创建|评选|复审|复评|复核|申报|认定|命名)?(?:工作|材料)?(?:数量|总数|累计|达到|达|各|及以上|共)*(?:[0-9X*]+(?:家|个|名|户|项|人|处)|[^，。；Ⓗ]{0,10}(?:未|没|候选|提名|落选|退回|取消|摘牌|收回|注销|暂缓|黄牌|搁置|失利|擦肩而过|公示|不达标|差)|，(?:因[^，。；]{1,16}，?)?(?:未|没|至今)|创建(?:工作|活动)|还没|为目标)";
    /// An honour that stands in front of the one honoured.
    BEFORE_NAME = r"^[”’]?(?:、“?Ⓗ”?)*(?:(?:获得者|称号获得者|企业|单位|——|、)?[“]?([ⓃⒺⓅ])|的?Ⓛ*(Ⓛ))";
    /// The one honoured has no name: 获得Ⓗ称号的一家企业.
    UNNAMED = r"^[”’]?(?:称号|荣誉|殊荣)?的(?:某|几|多|一些?[家个名位]|[0-9]+[家个名位]|企业|单位|村子|外地|本地)";
    /// Between items of a list that carry the place above them.
    JOINT = r"^(?:[、和与及]|以及)Ⓛ*$";
    /// Between persons of a list that carry their posts.
    JOINT_OF_PERSONS = r"^(?:[、和与及]|以及)[^，。；：ⒺⓅⓃ]{0,10}$";
    /// So many of something are honoured, or a work.
    OTHERS = r"(?:[0-9一二三四五六七八九十]+(?:项|个|家|名|件|部|人|位|户|支|所|处|种|座|条)[^，。；]{0,8}|》[^，。；]{0,4})$";
    /// What somebody has, not he: Ⓝ家的公牛.
    POSSESSION = r"^[^，。；]{0,3}的[^，。；ⓁⓃⒺⓅ]{1,10}$";
    /// Words after an honour that say the place has it.
    HELD = r"^[”’]?(?:的)?(?:名片|牌子|招牌|美誉|称号|领先地位|金字招牌|品牌|桂冠|荣誉)";
    /// Words after an honour that say the home place got it.
    GOT = r"^[”’]?[^，。；Ⓗ]{0,16}(?:拿下|拿到手|授予(?:我|本)|花落|落户(?:我|本)|授牌|揭牌)";
    /// Honours in a row, then the word for them.
    LISTED = r"^[”’](?:[、“”…]|Ⓗ)*[^。；]{0,8}(?:荣誉|殊荣|奖牌|牌匾)";
    /// Conferred by those above the home place.
    ABOVE = r"被(?:县|市|省|区|州|上级|县里|市里|省里|区里|县委|市委|区委|省委|国务院)";
    /// The home place, without its name.
    SELF = r"(?:全|我|本)(?:镇|乡|县|市|区|省|街道|旗|州)|(?:镇|乡|街道|县|市|(?:^|[^景社园小库山牧林片地校])区)(?:党委|政府|党工委|委|工委)?(?:先后|连续|再次|也|又|还)?(?:被|荣|获|$)|我们";
    /// Words for the enterprise, the place or the person last spoken of.
    AGAIN = r"(该公司|公司|集团|企业|该企业|合作社|该村|村里|村党支部|村党总支|该社区|他|她|这位|本人)";
    /// What may stand between the start of a clause and the word that confers when its subject is left out.
    ADVERBS = r"^(?:[0-9]{4}年|[0-9一二三四五六七八九十]+月|今年|去年|前年|当年|年内|年底|先后|多次|再次|连续|连年|[^，。；]{1,3}年|蝉联|成功|顺利|新|首次|首批|被|也|又|还|并|均|都|同时|已|一举|光荣|相继|双双|率先|分别|近年来?|其中|目前|同期|因此|此外|村|曾|连|在[^，。；]{1,12}中|后|便|而|再|“|”|、|和|以|以来|经|通过|以来|期间|日前|近日|截至|至今|同年|次年|后来|多年|历年|该镇|该乡|该县|该街道|这里|[0-9]{4}[—至-][0-9]{4}年|“十[一二三四]五”)*$";
    /// Places in front of which a word stands that keeps them from being the subject.
    ASIDE = r"(?:在|与|到|从|向|由|为|和|引入|引进|对|于|至|同|往|经|给|赴|把|将|照顾|调解|帮扶|落户)$";
}

/// Finds who was honoured with what.
pub fn find(facts: &mut Facts) {
    let honours: Vec<Mark> = facts.marks(EntityType::Honour).collect();
    for honour in honours {
        let fold = facts.fold;
        let sentence = fold.sentences[fold.sentence_at(honour.at)].clone();
        let rest = &fold.text[honour.at + SIGN..sentence.end];
        if REFUSED.is_match(rest) || UNNAMED.is_match(rest) {
            continue;
        }
        let before_name = BEFORE_NAME.captures(rest);
        if let Some(at) = before_name.and_then(|c| c.get(1).or(c.get(2)))
            && let Some(named) = fold.mark_at(honour.at + SIGN + at.start())
        {
            let kinds = WORDS.honoured(&facts.entity(honour).name);
            let fits = match named.kind {
                EntityType::Project => true,
                EntityType::Place => is_of(facts, honour, named, &sentence),
                kind => kinds.is_empty() || kinds.contains(&kind),
            };
            if fits {
                facts.add(
                    Predicate::Awarded,
                    named.entity,
                    Object::Entity(honour.entity),
                    Facts::between(honour, named),
                    "honour-before-name",
                    0.8,
                );
                continue;
            }
        }
        if touching(facts, &sentence, honour) {
            continue;
        }
        if let Some(cue) = conferred(facts, &sentence, honour) {
            let subjects = subjects(facts, &sentence, cue.clone(), honour);
            let own = one_each(facts, &cue, honour, subjects.len());
            for (subject, at, rule, confidence) in
                subjects.into_iter().skip(own.start).take(own.len())
            {
                let start = at.unwrap_or(cue.start).min(cue.start);
                facts.add_about(
                    Predicate::Awarded,
                    subject,
                    Object::Entity(honour.entity),
                    start..honour.at + SIGN,
                    rule,
                    confidence,
                );
            }
            continue;
        }
        held(facts, &sentence, honour);
    }
}

/// 作为省级文明村的桃源村: whether an honour in front of a place is its own, not one that the clause is about.
fn is_of(facts: &Facts, honour: Mark, place: Mark, sentence: &Range<usize>) -> bool {
    let name = facts.entity(honour).name.trim_end_matches(['”', '’', '）']);
    let clause = facts.fold.clauses[facts.fold.clause_at(honour.at)].start;
    let before = &facts.fold.text[clause.max(sentence.start)..honour.at];
    let head = ["村", "社区", "镇", "乡", "街道", "县"];
    let head = head.iter().find(|head| name.ends_with(**head));
    let is_as = before.trim_end_matches('“').ends_with("作为");
    (is_as || head.is_some_and(|head| facts.entity(place).name.ends_with(head)))
        && !MAKES.is_match(before)
        && !aims(before)
        && !CONFERS.find_iter(before).any(|m| m.as_str() != "作为")
}

/// Whether words aim at an honour or take it away.
fn aims(text: &str) -> bool {
    let mut aims = AIMS.find_iter(text);
    aims.any(|m| !text[..m.start()].ends_with("成功") || m.as_str() == "支持")
}

/// 青河“蜜柚之乡”的牌子: the place stands in front of its honour.
fn touching(facts: &mut Facts, sentence: &Range<usize>, honour: Mark) -> bool {
    let fold = facts.fold;
    let before = fold.text[sentence.start..honour.at].trim_end_matches(['“', '‘']);
    let place = before
        .len()
        .checked_sub(SIGN)
        .and_then(|n| fold.mark_at(sentence.start + n))
        .filter(|m| m.kind == EntityType::Place);
    let Some(place) = place.filter(|_| HELD.is_match(&fold.text[honour.at + SIGN..sentence.end]))
    else {
        return false;
    };
    facts.add(
        Predicate::Awarded,
        place.entity,
        Object::Entity(honour.entity),
        Facts::between(place, honour),
        "place-with-honour",
        0.75,
    );
    true
}

/// Ⓝ，高级技师，Ⓗ; Ⓗ去年拿下; “Ⓗ”“Ⓗ”……一个个荣誉: honours without a word in front that confers them.
fn held(facts: &mut Facts, sentence: &Range<usize>, honour: Mark) {
    let fold = facts.fold;
    let rest = &fold.text[honour.at + SIGN..sentence.end];
    let before = fold.text[sentence.start..honour.at].trim_end_matches(['“', '‘']);
    if let Some(clauses) = before.strip_suffix('，') {
        // An apposition: every clause back to the name is short.
        let person = fold
            .marks_in(sentence.start..honour.at)
            .iter()
            .copied()
            .rfind(|m| m.kind == EntityType::Person);
        if let Some(person) = person.filter(|p| {
            let from = p.at + SIGN - sentence.start;
            // A card of a person has longer ones: Ⓝ，女，汉族，1989年3月生，现任….
            from <= clauses.len() && {
                let mut clauses = clauses[from..].split('，');
                let card = clauses.clone().any(|c| matches!(c, "男" | "女"));
                clauses.all(|c| card || within(c, 10))
            }
        }) {
            facts.add(
                Predicate::Awarded,
                person.entity,
                Object::Entity(honour.entity),
                Facts::between(person, honour),
                "honour-aside",
                0.75,
            );
            return;
        }
    }
    let listed = LISTED.is_match(rest) && !before.contains(['Ⓛ', 'Ⓔ', 'Ⓝ']);
    if (listed || GOT.is_match(rest))
        && !AIMS.is_match(&fold.text[fold.clauses[fold.clause_at(honour.at)].start..honour.at])
        && facts.context.home.is_some()
    {
        facts.add_about(
            Predicate::Awarded,
            facts.home(),
            Object::Entity(honour.entity),
            honour.at..honour.at + SIGN,
            "honour-got",
            0.7,
        );
    }
}

/// Which of several honoured an honour belongs to: Ⓝ、Ⓝ分别获评Ⓗ、Ⓗ gives each his own.
fn one_each(facts: &Facts, cue: &Range<usize>, honour: Mark, n: usize) -> Range<usize> {
    let fold = facts.fold;
    let clause = fold.clauses[fold.clause_at(honour.at)].clone();
    let honours = fold.marks_in(cue.end..clause.end.max(cue.end)).iter();
    let honours: Vec<&Mark> = honours.filter(|m| m.kind == EntityType::Honour).collect();
    let each = fold.text[..cue.start].ends_with("分别") || fold.text[..cue.start].ends_with('分');
    let place = honours.iter().position(|m| m.at == honour.at);
    match place.filter(|_| each && honours.len() == n) {
        Some(i) => i..i + 1,
        None => 0..n,
    }
}

/// The word that confers the honour, if it is the one that governs it.
fn conferred(facts: &Facts, sentence: &Range<usize>, honour: Mark) -> Option<Range<usize>> {
    let text = &facts.fold.text[sentence.start..honour.at];
    // No word of these patterns has a comma, so that clauses can be looked through one by one.
    let mut confers = None;
    let mut end = text.len();
    let mut clause = 0;
    while confers.is_none() && end > 0 {
        clause = text[..end].rfind('，').map_or(0, |i| i + '，'.len_utf8());
        let words = CONFERS.find_iter(&text[clause..end]).last();
        confers = words.map(|m| clause + m.start()..clause + m.end());
        end = clause.saturating_sub('，'.len_utf8());
    }
    let confers = confers?;
    if aims(&text[clause..]) {
        return None;
    }
    // 成功创建 confers although 创建 alone does not.
    let makes = MAKES.find_iter(&text[clause..]).last();
    if makes.is_some_and(|m| clause + m.start() >= confers.end) {
        return None;
    }
    let words = &text[confers.clone()];
    if facts.part(honour.at) == Part::Plan
        && !matches!(words, "是" | "擦亮" | "保住" | "被授予" | "被评为" | "荣获")
        && !text[confers.end..].starts_with('的')
    {
        return None;
    }
    // The word must not be clauses away; 是一家集…为一体的 may be long.
    let far = text[confers.end..].matches(['，', '：']).count();
    (far <= 1 || (words == "是" && far <= 4))
        .then(|| sentence.start + confers.start..sentence.start + confers.end)
}

/// Who is honoured, where that is said, by which rule and how surely.
type Honoured = (Subject, Option<usize>, &'static str, f64);

/// Those on whom the honour is conferred.
fn subjects(
    facts: &Facts,
    sentence: &Range<usize>,
    cue: Range<usize>,
    honour: Mark,
) -> Vec<Honoured> {
    let fold = facts.fold;
    let home = facts.context.home.as_ref().map(|_| facts.home());
    let id = |m: Mark| Subject::Entity(m.entity);
    let kinds = WORDS.honoured(&facts.entity(honour).name);
    let fits = |m: &Mark| match m.kind {
        EntityType::Person | EntityType::Enterprise | EntityType::Place | EntityType::Project => {
            kinds.is_empty() || kinds.contains(&m.kind)
        }
        _ => false,
    };
    let mut n = fold.clause_at(cue.start);
    let mut first = true;
    loop {
        let clause = fold.clauses[n].clone();
        let from = clause.start.max(sentence.start);
        let until = clause.end.min(cue.start);
        // 被省政府授予: whoever stands between 被 and the word confers.
        let until = fold.text[from..until]
            .rfind('被')
            .map_or(until, |i| from + i);
        let text = &fold.text[from..until];
        let own = SELF.find_iter(text).last().map(|m| from + m.start());
        let named: Vec<Mark> = fold
            .marks_in(from..until)
            .iter()
            .copied()
            .filter(|m| fits(m) && !ASIDE.is_match(&fold.text[from..m.at]))
            .filter(|m| {
                !first
                    || m.kind != EntityType::Person
                    || !POSSESSION.is_match(&fold.text[m.at + SIGN..until])
            })
            .collect();
        let person = named.iter().copied().find(|m| m.kind == EntityType::Person);
        // 某某蹲点的Ⓛ，评上Ⓗ: the clause is a name with what describes it.
        let described = named.last().filter(|m| {
            fold.text[from..m.at].ends_with('的') && within(&fold.text[m.at + SIGN..until], 1)
        });
        let subject = if first || described.is_some() {
            named.last().copied()
        } else {
            person.or(named.first().copied())
        };
        if let Some(subject) = subject.filter(|s| own.is_none_or(|o| o < s.at)) {
            let mut list = facts.list_before(subject);
            while let Some(more) = joined_before(facts, from, list[0]) {
                list.insert(0, more);
            }
            let mut last = subject;
            while let Some(next) = facts.listed_after(last) {
                list.push(next);
                last = next;
            }
            return list
                .into_iter()
                .map(|m| (id(m), Some(m.at), "honoured-by-name", 0.9))
                .collect();
        }
        if own.is_some() && (kinds.is_empty() || kinds.contains(&EntityType::Place)) {
            if !home_fits(facts, honour) {
                return Vec::new();
            }
            return home
                .map(|h| (h, own, "honoured-home", 0.8))
                .into_iter()
                .collect();
        }
        if let Some(again) = AGAIN
            .find(text)
            .filter(|m| text[..m.start()].chars().count() <= 6)
            .filter(|m| !first || is_subject(&text[m.end()..]))
        {
            let kind = match again.as_str() {
                "该村" | "村里" | "村党支部" | "村党总支" | "该社区" => {
                    EntityType::Place
                }
                "他" | "她" | "这位" | "本人" => EntityType::Person,
                _ => EntityType::Enterprise,
            };
            let paragraph = fold.paragraphs[fold.paragraph_at(cue.start)].start;
            let spoken = |from: usize| -> Option<Mark> {
                let marks = fold.marks_in(from..cue.start);
                let subject = |m: &&Mark| {
                    m.kind == kind
                        && (kind != EntityType::Enterprise
                            || !ASIDE.is_match(
                                &fold.text[fold.clauses[fold.clause_at(m.at)].start..m.at],
                            ))
                };
                marks.iter().rfind(subject).copied()
            };
            let last = spoken(sentence.start)
                .or_else(|| spoken(paragraph))
                .or_else(|| spoken(0));
            return last
                .map(|m| (id(m), Some(m.at), "honoured-again", 0.75))
                .into_iter()
                .collect();
        }
        let bare = ADVERBS.is_match(text.trim_end_matches(['，', '：']));
        if first && OTHERS.is_match(text) {
            return Vec::new();
        }
        if first && !bare && text.chars().count() > 12 {
            // The clause has a subject of its own that is no name.
            break;
        }
        if n == 0 || fold.clauses[n - 1].end <= sentence.start {
            break;
        }
        n -= 1;
        first = false;
    }
    // Nobody is named: the report speaks of its own place.
    let text = &fold.text[fold.clauses[fold.clause_at(cue.start)].start..cue.start];
    let told = text.rfind('被').map_or(text, |i| &text[..i]);
    // A province's report tells of honours of its counties and firms; only what it is plainly said to get is its own.
    let province = facts
        .context
        .home
        .as_ref()
        .is_some_and(|h| h.name.ends_with(['省']) || h.name.ends_with("自治区"));
    if province && !matches!(&fold.text[cue.clone()], "荣获" | "获得" | "获评" | "获") {
        return Vec::new();
    }
    let bare = ADVERBS.is_match(told) || ABOVE.is_match(text);
    if bare && home_fits(facts, honour) && (kinds.is_empty() || kinds.contains(&EntityType::Place))
    {
        return home
            .map(|h| (h, None, "honoured-home-unnamed", 0.7))
            .into_iter()
            .collect();
    }
    Vec::new()
}

/// The one in front of another in a list whose items carry a post or the place above: 村主任Ⓝ、护林员Ⓝ, ⓁⓁ、ⓁⓁ.
fn joined_before(facts: &Facts, from: usize, first: Mark) -> Option<Mark> {
    let joint = match first.kind {
        EntityType::Person => &JOINT_OF_PERSONS,
        _ => &JOINT,
    };
    let before = facts.fold.marks_in(from..first.at).iter().rev();
    let mut before = before.filter(|m| m.kind == first.kind);
    before
        .find(|m| joint.is_match(&facts.fold.text[m.at + SIGN..first.at]))
        .copied()
}

/// Whether what stands behind a word leaves it the subject: 企业先后, not 企业接待中心.
fn is_subject(behind: &str) -> bool {
    ADVERBS.is_match(behind) || behind.starts_with(['“', '的', '自', '产', '还'])
}

/// Whether the home place can have an honour of this name: 示范村 is not a county's.
fn home_fits(facts: &Facts, honour: Mark) -> bool {
    let home = facts.context.home.as_ref().map_or("", |h| h.name.as_str());
    let name = facts.entity(honour).name.trim_end_matches(['”', '’', '）']);
    let same: &[&str] = match name.chars().next_back() {
        _ if home.is_empty() => return true,
        Some('村') => &["村"],
        Some('镇' | '乡') => &["镇", "乡", "街道"],
        Some('县') => &["县", "区", "市", "旗"],
        Some('省') => &["省", "区"],
        _ if name.ends_with("社区") => &["社区", "街道"],
        _ => return true,
    };
    same.iter().any(|s| home.ends_with(s)) || name.ends_with("之乡")
}
