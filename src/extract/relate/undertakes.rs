//! 承担: which enterprise invests in, owns or builds which project.

use rustc_hash::{FxHashMap, FxHashSet};

use super::fold::{Mark, SIGN};
use super::{Facts, Object, patterns, within};
use crate::model::{EntityType, Predicate};

patterns! {
    /// 海河公司投资3亿元建设的Ⓟ, 海河公司的Ⓟ.
    OWNS = r"Ⓔ(?:[、和与及]Ⓔ)*(?:“?的|[^，。；：、ⒺⓅⓃⒸ]{0,10}(?:投资|出资|捐资|斥资|承建|建设|兴建|新建|新上|上马|改建|扩建|建|实施|开发|打造|牵头|总投资|承接|中标|修建|创办|开办|领办|独资|总承包|启动|布局|负责)[^，。；：、ⒺⓅⓃⒸ]{0,24})“?(Ⓟ)";
    /// 引进Ⓔ，投资3亿元建设Ⓟ.
    THEN = r"Ⓔ(?:[、和与及]Ⓔ)*(?:合作|(?:落户|入驻|落地|进驻)[于在到]?Ⓛ*)?，(?:[^，。；：ⒺⓅⓃⒸ]{2,16}，){0,2}(?:该公司|公司|企业)?(?:在Ⓛ*)?(?:总投资|计划投资|计划总投资|投资|出资|建设|兴建|新建|打造|开发|建起|合作|建成)[^，。；：ⒺⓅⓃⒸ]{0,30}“?(Ⓟ)";
    /// 力推Ⓟ，引进Ⓔ，投资3亿元.
    AFTER = r"(Ⓟ)，引进Ⓔ，(?:计划|总)*投资";
    /// Ⓟ由Ⓔ投资建设.
    BY = r"(Ⓟ)[^。；Ⓟ]{0,60}?(?:由|为|：|是)[^，。；：ⒺⓅ]{0,20}?(?:Ⓔ[^，。；：ⒺⓅ]{1,12}成立的)?(Ⓔ(?:[、和与及][^，。；：ⒺⓅ]{0,8}Ⓔ)*)[^，。；：ⒺⓅ]{0,12}?(?:投资|建设|兴建|承建|实施|开发|出资|斥资|合建|援建|捐建|改造|施工|打造|负责|首创|承担|合股)";
    /// Ⓟ，Ⓔ承建.
    BESIDE = r"(Ⓟ)[：，（](?:由)?(Ⓔ)[^，。；：ⒺⓅ]{0,4}(?:投资|承建|建设|出资|实施|开发|施工|负责)";
    /// 由Ⓔ施工 in a sentence that goes on about the project named last.
    NEXT = r"由[^，。；：ⒺⓅⓁ]{0,10}(Ⓔ(?:[、和与及]Ⓔ)*)[^，。；：ⒺⓅ]{0,6}(?:投资|建设|兴建|承建|实施|开发|出资|斥资|合建|援建|捐建|改造|施工|打造|负责|承担)";
    /// How a sentence goes on about a project.
    GOES_ON = r"^(?:[（(]?(?:该|此|项目|工程|[一二三]期|总投资|概算|计划|占地|原定|全长|路线|线路|由)|Ⓛ*项目)";
    /// 承建方是Ⓔ.
    ROLE = r"(?:承建方|承建单位|施工方|施工单位|建设单位|业主单位|项目业主|投资方|投资单位|投资商|投资主体|合作方|合作单位|实施单位|申办单位|建设方|实施主体|承办单位|项目单位|投资企业)(?:为|是|系|：|均为)?[^，。；：ⒺⓅ]{0,6}(Ⓔ(?:[、和与及]Ⓔ)*)";
    /// The verb belongs to the next project: 由Ⓔ建设的Ⓟ.
    OF_NEXT = r"^(?:建设|兴建|承建|开发|打造|[0-9.]+[万亿]元)*的[^，。；ⒺⓅ]{0,16}Ⓟ";
}

/// Who is said to build or own what.
pub fn by_words(facts: &mut Facts) {
    let (firms, projects) = ([EntityType::Enterprise], [EntityType::Project]);
    for sentence in facts.fold.sentences_with(&[&firms, &projects]) {
        let text = &facts.fold.text[sentence.clone()];
        let mut links: Vec<(Mark, Mark, &str, f64)> = Vec::new();
        // The last firm and the project that a pattern tells stand next to each other, one way or the other.
        let then = |tells: fn(&str) -> bool| facts.gaps(&sentence, &firms, &projects).any(tells);
        let before = |tells: fn(&str) -> bool| facts.gaps(&sentence, &projects, &firms).any(tells);
        let owns = then(|gap| !gap.contains(['，', '。', '；', '：', '、']));
        let invests = then(|gap| gap.starts_with(['，', '合', '落', '入', '进']));
        let follows = before(|gap| gap == "，引进");
        let built = before(|_| true) && text.split('Ⓟ').skip(1).any(may_be_built);
        let beside = before(|gap| gap.starts_with(['：', '，', '（']) && within(gap, 2));
        let patterns = [
            (&OWNS, owns, "investor-of-project", 0.88),
            (&THEN, invests, "investor-then-project", 0.8),
            (&AFTER, follows, "project-then-investor", 0.8),
            (&BY, built, "project-by-builder", 0.88),
            (&BESIDE, beside, "project-beside-builder", 0.8),
        ];
        for (pattern, _, rule, confidence) in patterns.into_iter().filter(|p| p.1) {
            for found in pattern.captures_iter(text) {
                let Some(whole) = found.get(0) else { continue };
                let range = sentence.start + whole.start()..sentence.start + whole.end();
                let Some(project) = found
                    .get(1)
                    .and_then(|m| facts.fold.mark_at(sentence.start + m.start()))
                else {
                    continue;
                };
                if rule == "project-by-builder" && OF_NEXT.is_match(&text[whole.end()..]) {
                    continue;
                }
                let firms = found.get(2).map_or(range.clone(), |m| {
                    sentence.start + m.start()..sentence.start + m.end()
                });
                let shared = whole
                    .as_str()
                    .trim_end_matches(['Ⓟ', '“'])
                    .ends_with("建设");
                for mark in facts
                    .fold
                    .marks_in(firms)
                    .iter()
                    .filter(|m| m.kind == EntityType::Enterprise)
                {
                    links.push((*mark, project, rule, confidence));
                    let mut last = project;
                    while let Some(next) = facts.listed_after(last).filter(|_| shared) {
                        links.push((*mark, next, rule, confidence - 0.1));
                        last = next;
                    }
                }
            }
        }
        for (enterprise, project, rule, confidence) in links {
            facts.add(
                Predicate::Undertakes,
                enterprise.entity,
                Object::Entity(project.entity),
                Facts::between(enterprise, project),
                rule,
                confidence,
            );
        }
    }
}

/// No more characters lie between a project and a sentence that goes on about it.
const NEXT_REACH: usize = 80;

/// Who builds the project of the sentence before.
pub fn by_next(facts: &mut Facts) {
    let (firms, projects) = ([EntityType::Enterprise], [EntityType::Project]);
    if !facts.fold.has(&firms) || !facts.fold.has(&projects) {
        return;
    }
    let fold = facts.fold;
    let mut links = Vec::new();
    for found in NEXT.captures_iter(&fold.text) {
        let (Some(whole), Some(firms)) = (found.get(0), found.get(1)) else {
            continue;
        };
        let n = fold.sentence_at(whole.start());
        let sentence = fold.sentences[n].start;
        if n == 0
            || facts.has(&(sentence..whole.start()), &projects)
            || OF_NEXT.is_match(&fold.text[whole.end()..])
        {
            continue;
        }
        let before = fold.marks_in(fold.sentences[n - 1].start..sentence).iter();
        let project = before.copied().rfind(|m| m.kind == EntityType::Project);
        let near = |m: &Mark| within(&fold.text[m.at..whole.start()], NEXT_REACH);
        // 兰花博览园 … 博览园占地: by its last word.
        let words = &fold.text[sentence..whole.start()];
        let by_end = |m: &Mark| {
            let ends = words.char_indices().map(|(at, c)| at + c.len_utf8());
            let mut ends = ends.skip(1).take(3);
            ends.any(|end| facts.entity(*m).name.ends_with(&words[..end]))
        };
        let near = |m: &Mark| near(m) && (GOES_ON.is_match(&fold.text[sentence..]) || by_end(m));
        if let Some(project) = project.filter(near) {
            let firms = fold.marks_in(firms.range()).iter().copied();
            let firms = firms.filter(|m| m.kind == EntityType::Enterprise);
            links.extend(firms.map(|firm| (firm, project)));
        }
    }
    for (firm, project) in links {
        facts.add(
            Predicate::Undertakes,
            firm.entity,
            Object::Entity(project.entity),
            Facts::between(firm, project),
            "builder-in-next-sentence",
            0.75,
        );
    }
}

/// Whether the words behind a project, up to the next one, may tell by which firm it is built.
fn may_be_built(behind: &str) -> bool {
    let sentence = behind.split(['。', '；']).next().unwrap_or_default();
    let ends_before_firm = |part: &str| {
        let clause = part.rfind(['，', '：']).map_or(part, |at| &part[at..]);
        clause.starts_with('：')
            || clause.contains(['由', '为', '是'])
            || clause.ends_with("成立的")
    };
    let parts: Vec<&str> = sentence.split('Ⓔ').collect();
    parts[..parts.len() - 1]
        .iter()
        .any(|part| ends_before_firm(part))
}

/// No more characters lie between such a word and the first firm behind it.
const ROLE_REACH: usize = 9;

/// 建设单位：Ⓔ speaks of the project last named, on the same line or a few lines above.
pub fn roles(facts: &mut Facts) {
    // The last character of each word for who builds stands close before a firm.
    let may_hold = |firm: Mark| {
        let before = facts.fold.text[..firm.at].chars().rev();
        before.take(ROLE_REACH).any(|c| "方位主商体业".contains(c))
    };
    if !facts.marks(EntityType::Enterprise).any(may_hold) {
        return;
    }
    for found in ROLE.captures_iter(&facts.fold.text) {
        let Some(firms) = found.get(1) else { continue };
        let n = facts.fold.paragraph_at(firms.start());
        let here = facts.fold.paragraphs[n].start;
        let above = facts.fold.paragraphs[n.saturating_sub(6)].start;
        let last = |from: usize| {
            facts
                .fold
                .marks_in(from..firms.start())
                .iter()
                .copied()
                .rfind(|m| m.kind == EntityType::Project && !is_end(facts, *m))
        };
        let near = |m: &Mark| within(&facts.fold.text[m.at..firms.start()], 160);
        let Some(project) = last(here).or_else(|| last(above)).filter(near) else {
            continue;
        };
        for mark in facts.fold.marks_in(firms.start()..firms.end()).to_vec() {
            if mark.kind == EntityType::Enterprise {
                facts.add(
                    Predicate::Undertakes,
                    mark.entity,
                    Object::Entity(project.entity),
                    Facts::between(project, mark),
                    "builder-by-role",
                    0.85,
                );
            }
        }
    }
}

/// Whether a project is named only as the end of another: 终点为Ⓟ.
pub fn is_end(facts: &Facts, mark: Mark) -> bool {
    ["为", "至", "到", "于", "接"]
        .iter()
        .any(|w| facts.fold.text[..mark.at].ends_with(w))
}

/// A project named after an enterprise: 海河轴承二期 is 海河轴承's.
pub fn named_after(facts: &mut Facts) {
    if !facts.fold.has(&[EntityType::Project]) {
        return;
    }
    let names = names(facts, EntityType::Enterprise);
    if names.is_empty() {
        return;
    }
    let mut told: FxHashSet<&str> = facts
        .found
        .list
        .iter()
        .filter(|f| f.predicate == Predicate::Undertakes)
        .filter_map(|f| f.object.as_deref())
        .collect();
    let entities = &facts.context.entities;
    let untold = facts.marks(EntityType::Project);
    let projects: Vec<Mark> = untold
        .filter(|mark| told.insert(&entities[mark.entity].id))
        .collect();
    for mark in projects {
        let name = entities[mark.entity].name.as_str();
        let pairs = name.char_indices().zip(name.chars().skip(1));
        let within = pairs.flat_map(|((at, first), second)| {
            let rest = &name[at..];
            let named = names.get(&[first, second]).into_iter().flatten();
            named.filter(move |(n, _)| rest.starts_with(n) && *n != name)
        });
        // The longest name, then the last enterprise.
        let whole = within.map(|(n, enterprise)| (n.len(), *enterprise)).max();
        if let Some((_, enterprise)) = whole {
            facts.add(
                Predicate::Undertakes,
                enterprise,
                Object::Entity(mark.entity),
                mark.at..mark.at + SIGN,
                "project-named-after-enterprise",
                0.85,
            );
        }
    }
}

/// Names, each with the index of its entity, by their first two characters.
type Names<'a> = FxHashMap<[char; 2], Vec<(&'a str, usize)>>;

/// The names of entities of a type.
fn names<'a>(facts: &Facts<'a>, kind: EntityType) -> Names<'a> {
    let mut names = Names::default();
    let entities = facts.context.entities.iter().enumerate();
    for (i, entity) in entities.filter(|(_, e)| e.kind == kind) {
        for name in std::iter::once(&entity.name).chain(&entity.aliases) {
            let mut chars = name.chars();
            if let (Some(a), Some(b)) = (chars.next(), chars.next()) {
                names.entry([a, b]).or_default().push((name, i));
            }
        }
    }
    names
}
