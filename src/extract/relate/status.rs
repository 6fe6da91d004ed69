//! 进度: whether a project is planned, under way or done, as of the document.
//!
//! Every mention of a project is read by the cue nearest to it: after its name in the clause, before its name, or in
//! the clauses that go on about it. A list of projects shares its cue. The same word says less in a passage that looks
//! ahead (建成 is then still to come), and what the review says of a project outranks what the plan says.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::fold::{Mark, SIGN};
use super::words::{Cue, Progress, WORDS};
use super::{Facts, Object, patterns};
use crate::model::{EntityType, Part, Predicate};

patterns! {
    /// What joins the projects of a list.
    JOINT = r"^(?:”?、“?|和|及|与|以及|等)$";
    /// Words of intent: what follows is still to come.
    INTENT = r"力争|确保|计划|拟|将于|将在|预计|争取|推动|促进?|有望|可望|底前|明年|力促|即将|年内|下半年将|早日|尽快|尽早|准备|打算|后将|可投|可完成|要";
    /// The next sentence goes on about the project.
    GOES_ON = r"^(?:[（(]?)(?:该|此|这|项目|工程|一期|建设单位|建设内容|总投资|投资|进展|目前|现|占地|路线|规划|由|其中|截至|已|新村|连接道|主要)";
}

/// What one mention says.
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
    for group in groups(facts) {
        for mark in &group {
            if !readings.contains_key(&mark.entity) {
                order.push(mark.entity);
                readings.insert(mark.entity, Vec::new());
            }
        }
        if let Some(reading) = read(facts, &group) {
            for mark in &group {
                if let Some(list) = readings.get_mut(&mark.entity) {
                    list.push(Reading { evidence: span(&reading.evidence, *mark), ..reading });
                }
            }
        }
    }
    for entity in order {
        let Some(list) = readings.remove(&entity) else { continue };
        // Of readings that count alike the one that is farthest holds: later chapters repeat and add.
        if let Some(best) = list.into_iter().max_by_key(|r| (r.rank, r.progress)) {
            let confidence = match best.rank {
                4 => 0.88,
                3 => 0.8,
                2 => 0.65,
                _ => 0.55,
            };
            facts.add(Predicate::Status, entity, Object::Value(best.progress.name().to_owned(), None), best.evidence, best.rule, confidence);
        }
    }
}

fn span(cue: &Range<usize>, mark: Mark) -> Range<usize> {
    cue.start.min(mark.at)..cue.end.max(mark.at + SIGN)
}

/// The projects of each clause, those of one list together.
fn groups(facts: &Facts) -> Vec<Vec<Mark>> {
    let mut groups: Vec<Vec<Mark>> = Vec::new();
    for mark in facts.marks(EntityType::Project) {
        let joined = groups.last().and_then(|g| g.last()).is_some_and(|last| JOINT.is_match(&facts.fold.text[last.at + SIGN..mark.at]));
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
    let clause = fold.clauses[fold.clause_at(last.at)].clone();
    let clause = fold.clauses[fold.clause_at(first.at)].start..clause.end;
    let plan = facts.part(first.at) == Part::Plan;
    let marks: Vec<Mark> = fold.marks_in(clause.clone()).iter().copied().filter(|m| m.kind == EntityType::Project).collect();
    let before_from = marks.iter().filter(|m| m.at < first.at).map(|m| m.at + SIGN).next_back().unwrap_or(clause.start);
    let next = marks.iter().find(|m| m.at > last.at).map(|m| m.at);
    let after = last.at + SIGN..next.unwrap_or(clause.end);
    let before = before_from..first.at;
    let ahead = |until: usize| plan || INTENT.is_match(&fold.text[clause.start.max(before_from)..until]);

    if let Some((at, cue)) = cues(facts, after.clone()).into_iter().find(|(_, c)| c.after && !(next.is_some() && c.before)) {
        if let Some(reading) = reading(cue, ahead(at.start), at, plan, 0, "cue-after-project") {
            return Some(reading);
        }
    }
    let cue_before = cues(facts, before).into_iter().rev().find(|(_, c)| c.before);
    let weak = cue_before.as_ref().is_none_or(|(_, c)| c.weak);
    if weak && next.is_none() {
        if let Some(reading) = later(facts, group, &clause, plan) {
            return Some(reading);
        }
    }
    let (at, cue) = cue_before?;
    let aim = plan || INTENT.is_match(&fold.text[clause.start.max(before_from)..at.start]);
    reading(cue, aim, at, plan, 0, "cue-before-project")
}

/// The clauses after the one that names the project, as long as they go on about it.
fn later(facts: &Facts, group: &[Mark], clause: &Range<usize>, plan: bool) -> Option<Reading> {
    let fold = facts.fold;
    let last = group.last()?;
    let paragraph = fold.paragraphs[fold.paragraph_at(last.at)].clone();
    let heading = fold.text[last.at + SIGN..paragraph.end].chars().count() <= 4;
    let end = if heading { fold.paragraphs.get(fold.paragraph_at(last.at) + 1).map_or(paragraph.end, |p| p.end) } else { paragraph.end };
    let mut sentence = fold.sentence_at(last.at);
    let mut n = fold.clause_at(clause.end.saturating_sub(1)) + 1;
    for _ in 0..8 {
        let next = fold.clauses.get(n).filter(|c| c.start < end)?.clone();
        n += 1;
        let text = &fold.text[next.clone()];
        if text.contains('Ⓟ') {
            return None;
        }
        let here = fold.sentence_at(next.start);
        if here != sentence {
            let ended = fold.text[..next.start].chars().next_back();
            let names_only = fold.sentences[sentence].len() < 40 * 3 && fold.text[last.at + SIGN..next.start].chars().count() <= 2;
            if ended != Some('；') && !names_only && !heading && !GOES_ON.is_match(text) {
                return None;
            }
            if ended == Some('；') && !GOES_ON.is_match(text) {
                return None;
            }
            sentence = here;
        }
        if let Some((at, cue)) = cues(facts, next.clone()).into_iter().find(|(_, c)| c.after) {
            let aim = plan || INTENT.is_match(&fold.text[next.start..at.start]);
            return reading(cue, aim, at, plan, 0, "cue-in-later-clause");
        }
    }
    None
}

fn cues(facts: &Facts, range: Range<usize>) -> Vec<(Range<usize>, Cue)> {
    if range.start >= range.end {
        return Vec::new();
    }
    WORDS.cues(&facts.fold.text[range.clone()]).map(|(a, b, cue)| (range.start + a..range.start + b, cue)).collect()
}

fn reading(cue: Cue, ahead: bool, evidence: Range<usize>, plan: bool, less: u8, rule: &'static str) -> Option<Reading> {
    let progress = if ahead { cue.plan } else { cue.review }?;
    let rank = match (plan, cue.weak) {
        (false, false) => 4,
        (true, false) => 3,
        (false, true) => 2,
        (true, true) => 1,
    };
    Some(Reading { progress, rank: rank - less, evidence, rule })
}
