//! 承担: which enterprise invests in, owns or builds which project.

use super::fold::{Mark, SIGN};
use super::{Facts, Object, patterns};
use crate::model::{EntityType, Predicate};

patterns! {
    /// 海河公司投资3亿元建设的Ⓟ, 海河公司的Ⓟ.
    OWNS = r"Ⓔ(?:[、和与及]Ⓔ)*[^，。；：ⒺⓅⓃⒸ]{0,10}(?:投资|出资|捐资|斥资|承建|建设|兴建|新建|新上|上马|改建|扩建|建|实施|开发|打造|牵头|运营|的)[^，。；：ⒺⓅⓃⒸ]{0,24}“?Ⓟ";
    /// 引进Ⓔ，投资3亿元建设Ⓟ.
    THEN = r"Ⓔ(?:[、和与及]Ⓔ)*，(?:该公司|公司|企业)?(?:在Ⓛ*)?(?:总投资|计划投资|计划总投资|投资|出资|建设|兴建|新建|打造|开发|建起|合作|建成)[^，。；：ⒺⓅⓃⒸ]{0,30}“?Ⓟ";
    /// Ⓟ由Ⓔ投资建设.
    BY = r"Ⓟ[^。；Ⓟ]{0,60}?(?:由|为)[^，。；：ⒺⓅ]{0,14}Ⓔ(?:[、和与及][^，。；：ⒺⓅ]{0,8}Ⓔ)*[^，。；：ⒺⓅ]{0,12}?(?:投资|建设|兴建|承建|实施|开发|运营|出资|合建|援建|捐建|改造|施工|打造|负责|首创|承担|合作)";
    /// 承建方是Ⓔ.
    ROLE = r"Ⓟ[^。Ⓟ]{0,90}?(?:承建方|承建单位|施工方|施工单位|建设单位|业主单位|业主|投资方|投资单位|投资商|投资主体|合作方|实施单位|申办单位|建设方|实施主体|承办单位|项目单位)(?:为|是|系|：|均为)?[^，。；：ⒺⓅ]{0,6}Ⓔ(?:[、和与及]Ⓔ)*";
}

/// Finds who builds or owns what.
pub fn find(facts: &mut Facts) {
    for sentence in facts.fold.sentences.clone() {
        let text = &facts.fold.text[sentence.clone()];
        if !text.contains('Ⓔ') || !text.contains('Ⓟ') {
            continue;
        }
        let mut links: Vec<(Mark, Mark, &str, f64)> = Vec::new();
        for (pattern, rule, confidence) in [(&OWNS, "investor-of-project", 0.85), (&THEN, "investor-then-project", 0.85)] {
            for found in pattern.find_iter(text) {
                let range = sentence.start + found.start()..sentence.start + found.end();
                let Some(project) = facts.fold.mark_at(range.end - SIGN) else { continue };
                for mark in facts.fold.marks_in(range).iter().filter(|m| m.kind == EntityType::Enterprise) {
                    links.push((*mark, project, rule, confidence));
                    let mut last = project;
                    while let Some(next) = listed_after(facts, last) {
                        links.push((*mark, next, rule, confidence - 0.1));
                        last = next;
                    }
                }
            }
        }
        for found in BY.find_iter(text) {
            let range = sentence.start + found.start()..sentence.start + found.end();
            let Some(project) = facts.fold.mark_at(range.start) else { continue };
            for mark in facts.fold.marks_in(range).iter().filter(|m| m.kind == EntityType::Enterprise) {
                links.push((*mark, project, "project-by-builder", 0.9));
            }
        }
        for (enterprise, project, rule, confidence) in links {
            facts.add(Predicate::Undertakes, enterprise.entity, Object::Entity(project.entity), Facts::between(enterprise, project), rule, confidence);
        }
    }
    roles(facts);
    named_after(facts);
}

fn roles(facts: &mut Facts) {
    for paragraph in facts.fold.paragraphs.clone() {
        let text = &facts.fold.text[paragraph.clone()];
        for found in ROLE.find_iter(text) {
            let range = paragraph.start + found.start()..paragraph.start + found.end();
            let marks = facts.fold.marks_in(range.clone()).to_vec();
            let Some(project) = marks.first().filter(|m| m.kind == EntityType::Project) else { continue };
            let last = marks.iter().rev().take_while(|m| m.kind == EntityType::Enterprise);
            for mark in last {
                facts.add(Predicate::Undertakes, mark.entity, Object::Entity(project.entity), range.clone(), "builder-by-role", 0.85);
            }
        }
    }
}

/// A project named after an enterprise: 海河轴承二期 is 海河轴承's.
fn named_after(facts: &mut Facts) {
    let enterprises: Vec<(usize, Vec<String>)> = names(facts, EntityType::Enterprise);
    if enterprises.is_empty() {
        return;
    }
    let projects: Vec<Mark> = facts.marks(EntityType::Project).collect();
    for mark in projects {
        let name = facts.entity(mark).name.clone();
        let owner = enterprises
            .iter()
            .filter_map(|(entity, names)| names.iter().filter(|n| n.chars().count() >= 2 && name.contains(n.as_str()) && name != **n).map(|n| n.len()).max().map(|n| (n, *entity)))
            .max();
        if let Some((_, enterprise)) = owner {
            facts.add(Predicate::Undertakes, enterprise, Object::Entity(mark.entity), mark.at..mark.at + SIGN, "project-named-after-enterprise", 0.85);
        }
    }
}

fn names(facts: &Facts, kind: EntityType) -> Vec<(usize, Vec<String>)> {
    let mut list: Vec<usize> = facts.marks(kind).map(|m| m.entity).collect();
    list.sort_unstable();
    list.dedup();
    list.into_iter()
        .map(|i| {
            let e = &facts.context.entities[i];
            (i, std::iter::once(&e.name).chain(&e.aliases).cloned().collect())
        })
        .collect()
}

fn listed_after(facts: &Facts, mark: Mark) -> Option<Mark> {
    let rest = &facts.fold.text[mark.at + SIGN..];
    let skip = ["”、“", "、", "和", "与", "及", "以及"].iter().find_map(|j| rest.starts_with(j).then_some(j.len()))?;
    facts.fold.mark_at(mark.at + SIGN + skip).filter(|m| m.kind == mark.kind)
}
