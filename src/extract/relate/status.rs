//! 进度: whether a project is planned, under way or done, as of the document.
//!
//! Every mention of a project is read by the cue nearest to it: after its name in the clause, before its name, or in
//! the clauses that go on about it. A list of projects shares its cue, and a heading that counts projects (在建的8个)
//! lends its cue to those below. The same word says less in a passage that looks ahead (建成 is then still to come),
//! and what the review says of a project outranks what the plan says.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::fold::{Mark, SIGN};
use super::words::{Cue, Progress, WORDS};
use super::{Facts, Object, patterns, within};
use crate::model::{EntityType, Part, Predicate};

patterns! {
    /// What joins the projects of a list.
    JOINT = r"^(?:”?、“?|”?和“?|及|与|以及|”“|）?、)$";
    /// Words of intent: what follows is still to come.
    INTENT = r"力争|确保|计划|拟|将于|将在|预计|争取|推动|促进?|有望|可望|底前|(?:^|[^去上])年底|明年|力促|即将|年内|下步|下一步|早日|尽快|尽早|准备|打算|后将|要|可(?:投|完)|可$";
    /// The next sentence goes on about the project.
    GOES_ON = r"^[（(]?(?:该|此|这|项目|工程|一期|建设单位|建设内容|建设地点|总投资|投资|进展|目前|现|占地|路线|路基|规划|由|其中|截至|已|新村|连接道|主要|主体|概算|计划|拟|公司)";
    /// What stands directly in front of a cue and denies it.
    DENIED = r"(?:未|没有?|未能|没能|无法|不能|尚未|推迟|延期|暂缓|原定|原计划|待)[^，。；]{0,5}$";
    /// The rest of a clause after 完成 that leaves it standing for the whole project.
    WHOLE = r"^(?:了)?(?:[，。；：、！”\n]|$|并|且|验收|竣工|投(?:用|产|入|运)|建设|改造|任务|施工|交付|后|升级|搬迁|整治|修缮|提升|扩建|新建)";
    /// The cue is about papers.
    PAPERS_NEXT = r"^(?:前期|立项|审批|报批|招标|招投标|选址|谋划|可研|设计|规划|论证)";
    /// Parts of a project that come before building.
    PAPERS = r"招标|招投标|设计|立项|选址|可研|环评|规划|批复|报批|备案|预审|勘测|勘察|论证|签约|编制|方案|手续";
    /// 正在 with papers after it: 正在办理环评.
    AT_PAPERS = r"^[^，。；]{0,8}(?:办理|比选|申请|洽谈|招标|设计|立项|选址|可研|环评|规划|批复|报批|审批|勘测|论证|编制|手续|征求|申报)";
    /// 主体完工: a part of the whole.
    PART = r"(?:主体|基础|路基|厂房|土建|框架|结构|桩基|桥台|桥墩|池体|钢构|围墙|场平|土方)[^，。；]{0,4}$";
    /// The sentence has turned to what is to come.
    SOON = r"明年|来年|下一步|下步|今后|接下来";
    /// A heading that counts or names a kind of project.
    COUNTS = r"(?:[0-9一二三四五六七八九十]+[个项]|项目|工程)(?:有)?[】：:。]?[】]?$";
    /// Words of an undertaking that has not begun.
    ENVISAGED = r"计划(?:总|用地)?投资|拟(?:投资|建|用地|采用|与|选)|规划(?:建设|占地|总|装机|面积)|预计(?:总)?投资|投资方式|申办单位|招商|意向|列入[^，。；]{0,10}(?:年计划|规划|项目库)|纳入[^，。；]{0,12}规划";
    /// What is not yet done is the land or the papers: 征地未完成.
    LAND = r"(?:征地|拆迁|征收|征拆|手续|用地|审批|环评|招标)[^，。；]{0,3}(?:未|没有?|尚未)[^，。；]{0,5}$";
    /// What was completed is the papers: 完成Ⓟ可研编制.
    OF_PAPERS = r"^[^，。；、]{0,6}(?:前期|立项|可研|招标|招投标|设计|选址|环评|勘测|规划|方案)[^，。；、]{0,8}(?:[，。；、\n]|$)";
    /// What was completed is the land: 完成Ⓟ200亩征地工作.
    OF_LAND = r"^[^，。；、]{0,8}(?:征地|拆迁|征收|征拆|土地平整|场平|搬迁|勘界)(?:工作|任务)?(?:[，。；、\n]|$)";
    /// A year in front of a cue.
    YEAR = r"((?:19|20)[0-9]{2})年(?:[0-9]{1,2}月)?[^，。；0-9]{0,6}$";
    /// How much of it there is: 新建Ⓟ1公里.
    MEASURED = r"^[0-9]+(?:\.[0-9]+)?(?:公里|千米|米|处|座|个|平方米|亩|栋|盏|条)";
}

/// What one mention says.
#[derive(Clone)]
struct Reading {
    progress: Progress,
    /// 4 stated in review, 3 stated in plan, 2 implied in review, 1 implied in plan.
    rank: u8,
    evidence: Range<usize>,
    rule: &'static str,
}

/// Finds how far projects are.
pub fn find(facts: &mut Facts) {
    let mut readings: FxHashMap<usize, Vec<Reading>> = FxHashMap::default();
    let mut order: Vec<usize> = Vec::new();
    let mut last: Option<(Reading, usize)> = None;
    for group in groups(facts) {
        for mark in &group {
            readings.entry(mark.entity).or_insert_with(|| {
                order.push(mark.entity);
                Vec::new()
            });
        }
        let found = read(facts, &group)
            .or_else(|| inherited(facts, &group, last.as_ref()))
            .or_else(|| headed(facts, &group))
            .or_else(|| envisaged(facts, &group));
        last = found.clone().zip(group.last().map(|m| m.at));
        if let Some(reading) = found {
            for mark in &group {
                if let Some(list) = readings.get_mut(&mark.entity) {
                    list.push(Reading {
                        evidence: span(&reading.evidence, *mark),
                        ..reading
                    });
                }
            }
        }
    }
    for entity in order {
        let Some(list) = readings.remove(&entity) else {
            continue;
        };
        // Of readings that count alike the one that is farthest holds: later chapters repeat and add.
        if let Some(best) = list.into_iter().max_by_key(|r| (r.rank, r.progress)) {
            let stated = match best.rule {
                "cue-after-project" => 0.92,
                "cue-before-project" => 0.87,
                "cue-in-later-clause" => 0.77,
                _ => 0.7,
            };
            // What is merely implied is right less often.
            let confidence = if best.rank >= 3 {
                stated
            } else {
                stated - 0.15
            };
            facts.add(
                Predicate::Status,
                entity,
                Object::Value(best.progress.name().to_owned(), None),
                best.evidence,
                best.rule,
                confidence,
            );
        }
    }
}

fn span(cue: &Range<usize>, mark: Mark) -> Range<usize> {
    cue.start.min(mark.at)..cue.end.max(mark.at + SIGN)
}

/// The projects of each list together.
fn groups(facts: &Facts) -> Vec<Vec<Mark>> {
    let mut groups: Vec<Vec<Mark>> = Vec::new();
    for mark in facts.marks(EntityType::Project) {
        let joined = groups
            .last()
            .and_then(|g| g.last())
            .is_some_and(|last| JOINT.is_match(&facts.fold.text[last.at + SIGN..mark.at]));
        match groups.last_mut() {
            Some(group) if joined => group.push(mark),
            _ => groups.push(vec![mark]),
        }
    }
    groups
}

fn read(facts: &Facts, group: &[Mark]) -> Option<Reading> {
    let (first, last) = (group.first()?, group.last()?);
    let fold = facts.fold;
    let clause =
        fold.clauses[fold.clause_at(first.at)].start..fold.clauses[fold.clause_at(last.at)].end;
    let sentence = fold.sentences[fold.sentence_at(first.at)].start;
    let plan = facts.part(first.at) == Part::Plan
        || SOON.is_match(&fold.text[sentence.min(first.at)..first.at]);
    let marks = fold.marks_in(clause.clone());
    let from = marks
        .iter()
        .filter(|m| m.kind == EntityType::Project && m.at < first.at)
        .map(|m| m.at + SIGN)
        .next_back()
        .unwrap_or(clause.start);
    let next = marks
        .iter()
        .find(|m| m.kind == EntityType::Project && m.at > last.at)
        .map(|m| m.at);
    let until = next.unwrap_or(clause.end);

    let before = cues(facts, from..first.at)
        .into_iter()
        .rev()
        .find(|(_, c)| c.before);
    let after: Vec<_> = cues(facts, last.at + SIGN..until)
        .into_iter()
        .filter(|(_, c)| c.after && !(next.is_some() && c.before))
        .collect();
    if let Some(mut reading) = best(facts, &after, from, until, plan, "cue-after-project") {
        if reading.progress == Progress::Ongoing && !plan && next.is_none() {
            // 3月开工，6月并网: what follows in the sentence may tell more.
            let more = later(facts, group, &clause, plan, false)
                .filter(|m| m.progress == Progress::Completed && m.rank == 4);
            reading = more.unwrap_or(reading);
        }
        return Some(reading);
    }
    let weak = before.as_ref().is_none_or(|(_, c)| c.weak);
    if weak
        && next.is_none()
        && let Some(reading) = later(facts, group, &clause, plan, true)
    {
        return Some(reading);
    }
    let mut reading = best(
        facts,
        &[before?],
        from,
        first.at,
        plan,
        "cue-before-project",
    )?;
    let behind = &fold.text[last.at + SIGN..until];
    if reading.progress == Progress::Completed && OF_PAPERS.is_match(behind) {
        reading.progress = Progress::Planned;
    } else if reading.progress == Progress::Completed && OF_LAND.is_match(behind) {
        reading.progress = Progress::Ongoing;
    }
    if reading.rank == 2
        && reading.progress == Progress::Ongoing
        && (MEASURED.is_match(behind)
            || is_years_ago(facts, &fold.text[from..reading.evidence.start]))
    {
        reading.progress = Progress::Completed;
    }
    Some(reading)
}

/// Whether words in front of a cue name a year that lies two or more before the one that the document reports on.
fn is_years_ago(facts: &Facts, in_front: &str) -> bool {
    let year = YEAR
        .captures(in_front)
        .and_then(|c| c[1].parse::<i32>().ok());
    year.zip(facts.context.year)
        .is_some_and(|(then, now)| then + 2 <= now)
}

/// A project that opens the clause after a list goes on with the list.
fn inherited(facts: &Facts, group: &[Mark], last: Option<&(Reading, usize)>) -> Option<Reading> {
    let ((reading, at), first) = (last?, group.first()?);
    let fold = facts.fold;
    let clause = fold.clauses[fold.clause_at(first.at)].start;
    let opens = fold.text[clause..first.at].chars().all(|c| c == '“');
    let near = fold.sentence_at(*at) == fold.sentence_at(first.at)
        && fold.text[*at..first.at].matches('，').count() <= 1;
    (opens && near && reading.rule == "cue-before-project").then(|| Reading {
        rank: reading.rank.saturating_sub(1).max(1),
        ..reading.clone()
    })
}

/// The heading above, if it says of a kind of project how far it is.
fn headed(facts: &Facts, group: &[Mark]) -> Option<Reading> {
    let fold = facts.fold;
    let first = group.first()?;
    let at = fold.sentence_at(first.at);
    for n in (at.saturating_sub(12)..=at).rev() {
        let sentence = fold.sentences[n].clone();
        let text = fold.text[sentence.start..sentence.end.min(first.at)].trim_end();
        let text = if n == at {
            text.rsplit_once('：').map_or("", |(head, _)| head)
        } else {
            text
        };
        if !within(text, 20) || !COUNTS.is_match(text) || text.contains('Ⓟ') {
            continue;
        }
        let found = cues(facts, sentence.start..sentence.start + text.len());
        let plan = facts.part(first.at) == Part::Plan;
        return best(
            facts,
            &found,
            sentence.start,
            sentence.end,
            plan,
            "cue-in-heading",
        )
        .filter(|r| r.rank >= 3)
        .map(|r| Reading { rank: 2, ..r });
    }
    None
}

/// Words that speak of a project as a proposal.
fn envisaged(facts: &Facts, group: &[Mark]) -> Option<Reading> {
    let fold = facts.fold;
    let last = group.last()?;
    let sentence = fold.sentences[fold.sentence_at(last.at)].clone();
    let n = fold.paragraph_at(last.at);
    let ends_here = within(&fold.text[last.at + SIGN..fold.paragraphs[n].end], 3);
    let end = if ends_here {
        fold.paragraphs
            .get(n + 2)
            .or(fold.paragraphs.last())
            .map_or(sentence.end, |p| p.end)
    } else {
        sentence.end
    };
    let end = fold
        .marks_in(last.at + SIGN..end)
        .iter()
        .find(|m| m.kind == EntityType::Project)
        .map_or(end, |m| m.at);
    let found = ENVISAGED.find(&fold.text[last.at..end])?;
    Some(Reading {
        progress: Progress::Planned,
        rank: 1,
        evidence: last.at + found.start()..last.at + found.end(),
        rule: "proposal",
    })
}

/// The clauses after the one that names the project, as long as they go on about it.
fn later(
    facts: &Facts,
    group: &[Mark],
    clause: &Range<usize>,
    plan: bool,
    beyond: bool,
) -> Option<Reading> {
    let fold = facts.fold;
    let last = group.last()?;
    let n_paragraph = fold.paragraph_at(last.at);
    let paragraph = fold.paragraphs[n_paragraph].clone();
    let heading = within(&fold.text[last.at + SIGN..paragraph.end], 4);
    let end = if heading {
        fold.paragraphs
            .get(n_paragraph + 1)
            .map_or(paragraph.end, |p| p.end)
    } else {
        paragraph.end
    };
    let mut sentence = fold.sentence_at(last.at);
    let mut found: Option<Reading> = None;
    let first = fold.clause_at(clause.end.saturating_sub(1)) + 1;
    for next in fold
        .clauses
        .iter()
        .skip(first)
        .take(10)
        .take_while(|c| c.start < end)
    {
        let text = &fold.text[next.clone()];
        if text.contains('Ⓟ') {
            break;
        }
        let here = fold.sentence_at(next.start);
        if here != sentence {
            let named_only = fold.sentences[fold.sentence_at(last.at)].len() <= 16 * 3
                && within(&fold.text[last.at + SIGN..next.start], 2);
            if !beyond || !(named_only || heading || GOES_ON.is_match(text)) {
                break;
            }
            sentence = here;
        }
        let after: Vec<_> = cues(facts, next.clone())
            .into_iter()
            .filter(|(_, c)| c.after)
            .collect();
        if let Some(reading) = best(
            facts,
            &after,
            next.start,
            next.end,
            plan,
            "cue-in-later-clause",
        ) && found.as_ref().is_none_or(|f| reading.progress > f.progress)
        {
            found = Some(reading);
        }
    }
    found
}

fn cues(facts: &Facts, range: Range<usize>) -> Vec<(Range<usize>, Cue)> {
    if range.start >= range.end {
        return Vec::new();
    }
    WORDS
        .cues(&facts.fold.text[range.clone()])
        .map(|(a, b, cue)| (range.start + a..range.start + b, cue))
        .collect()
}

/// Whether a cue names a time or a thing, not what has come about: 投产后, 已建成的水库.
fn is_aside(rest: &str) -> bool {
    ["后", "以后", "之后", "时", "之时", "前", "之前"]
        .iter()
        .any(|word| rest.starts_with(word))
}

/// The cue that tells most; a denied one outweighs the others.
fn best(
    facts: &Facts,
    cues: &[(Range<usize>, Cue)],
    from: usize,
    until: usize,
    plan: bool,
    rule: &'static str,
) -> Option<Reading> {
    let text = &facts.fold.text;
    let mut found: Option<Reading> = None;
    for (at, cue) in cues {
        let in_front = &text[from.min(at.start)..at.start];
        let rest = text[at.end..until.max(at.end)].trim_end_matches(['，', '。', '；', '\n']);
        if rule != "cue-before-project"
            && (is_aside(rest) || (rule == "cue-in-later-clause" && rest.starts_with('的')))
        {
            continue;
        }
        let past = text[at.clone()].contains(['了', '已'])
            || in_front.ends_with('已')
            || in_front.ends_with("已经");
        let ahead = plan || (!past && INTENT.is_match(in_front));
        let denied = DENIED.is_match(in_front);
        let finishes = text[at.clone()].contains("完成") && rule != "cue-before-project";
        let at_work = matches!(&text[at.clone()], "正在" | "还在" | "仍在");
        let papers = (rule != "cue-before-project" && PAPERS_NEXT.is_match(rest))
            || (at_work && AT_PAPERS.is_match(rest));
        let partly = cue.review == Some(Progress::Completed)
            && rule != "cue-before-project"
            && PART.is_match(in_front);
        let land = LAND.is_match(&text[from.min(at.start)..at.end]);
        let progress = if papers || land {
            Some(Progress::Planned)
        } else if partly {
            Some(Progress::Ongoing)
        } else if denied {
            match cue.review {
                Some(Progress::Completed) => Some(Progress::Ongoing),
                _ => Some(Progress::Planned),
            }
        } else if finishes
            && cue.review == Some(Progress::Completed)
            && !ahead
            && !WHOLE.is_match(rest)
        {
            // 完成六成, 完成管沟开挖: a part, or 完成设备招标: the papers.
            Some(if PAPERS.is_match(rest) && !rest.starts_with("设备") {
                Progress::Planned
            } else {
                Progress::Ongoing
            })
        } else if ahead {
            cue.plan
        } else {
            cue.review
        };
        let Some(progress) = progress else { continue };
        let rank = match (plan, cue.weak) {
            (false, false) => 4,
            (true, false) => 3,
            (false, true) => 2,
            (true, true) => 1,
        };
        let reading = Reading {
            progress,
            rank,
            evidence: at.clone(),
            rule,
        };
        if denied {
            return Some(reading);
        }
        if found
            .as_ref()
            .is_none_or(|f| (reading.rank, reading.progress) > (f.rank, f.progress))
        {
            found = Some(reading);
        }
    }
    found
}
