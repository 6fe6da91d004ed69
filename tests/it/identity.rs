//! One thing is one node and two are two: the pairs of `identity.tsv`, built by the program with the names told.

use std::collections::{BTreeMap, BTreeSet};

use xiangtu::identity::Ledger;
use xiangtu::model::{EntityType, Extraction, Metadata};
use xiangtu::pipeline::extract_named;
use xiangtu::store::{Sourced, Store};

/// A pair of names with the right answer.
struct Case {
    line: usize,
    kind: EntityType,
    same: bool,
    texts: [String; 2],
    why: String,
}

/// Homes by their letter: path of names and the word for the level.
pub type Homes = BTreeMap<String, (String, String)>;

fn cases() -> (Homes, Vec<Case>) {
    let text = include_str!("identity.tsv");
    let (mut homes, mut cases) = (Homes::new(), Vec::new());
    for (i, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        if cells[0] == "home" {
            homes.insert(cells[1].into(), (cells[2].into(), cells[3].into()));
            continue;
        }
        cases.push(Case {
            line: i + 1,
            kind: EntityType::from_name(cells[0]).unwrap(),
            same: match cells[1] {
                "same" => true,
                "different" => false,
                other => panic!("line {}: {other}", i + 1),
            },
            texts: [cells[2].into(), cells[3].into()],
            why: cells[4].into(),
        });
    }
    (homes, cases)
}

/// A text with the names in braces that it tells.
pub struct Told {
    pub source: String,
    names: Vec<(usize, usize, EntityType)>,
    /// Where the names stand that have no type of their own.
    asked: Vec<usize>,
}

pub fn told(homes: &Homes, text: &str, kind: EntityType) -> Told {
    let (head, body) = text.split_once(' ').unwrap();
    let (path, level) = &homes[&head[..1]];
    let mut told = Told {
        source: format!(
            "{path}20{}年工作总结\n全{level}上下团结奋斗。\n",
            &head[1..]
        ),
        names: Vec::new(),
        asked: Vec::new(),
    };
    for piece in body.split('{') {
        let Some((name, rest)) = piece.split_once('}') else {
            told.source.push_str(piece);
            continue;
        };
        let (own, name) = match name.split_once('|') {
            Some((kind, name)) => (EntityType::from_name(kind), name),
            None => (None, name),
        };
        let start = told.source.chars().count();
        told.source.push_str(name);
        let end = told.source.chars().count();
        if own.is_none() {
            told.asked.push(start);
        }
        told.names.push((start, end, own.unwrap_or(kind)));
        told.source.push_str(rest);
    }
    told.source.push('\n');
    told
}

/// The homes of the table.
pub fn homes() -> Homes {
    cases().0
}

/// What the program makes of a text with its names told.
pub fn extracted(told: &Told) -> Extraction {
    let extraction = extract_named("text", &told.source, &told.names);
    assert!(
        extraction.home.as_ref().is_some_and(|h| !h.code.is_empty()),
        "{}: home {:?}",
        told.source,
        extraction.home
    );
    extraction
}

/// The ids of the names that are asked about.
fn asked(told: &Told, extraction: &Extraction) -> Vec<String> {
    let id = |&start: &usize| {
        let mention = extraction
            .mentions
            .iter()
            .find(|m| m.start.abs_diff(start) <= 1);
        mention
            .unwrap_or_else(|| panic!("{}: {start}", told.source))
            .entity
            .clone()
    };
    told.asked.iter().map(id).collect()
}

/// A document of the store with this content.
pub fn sourced(n: usize, extraction: &Extraction) -> Sourced {
    Sourced {
        hash: format!("{n:032x}"),
        paths: BTreeSet::from([format!("{n}.txt")]),
        content: Ok(extraction.clone()),
        metadata: Metadata::default(),
    }
}

/// Whether the two names of a case became one node.
fn is_one(homes: &Homes, case: &Case) -> bool {
    let texts = case.texts.iter().filter(|text| !text.is_empty());
    let told: Vec<Told> = texts.map(|text| told(homes, text, case.kind)).collect();
    let extractions: Vec<Extraction> = told.iter().map(extracted).collect();
    let mut store = Store::memory().unwrap();
    store
        .replace(
            extractions
                .iter()
                .enumerate()
                .map(|(n, e)| sourced(n, e))
                .collect(),
        )
        .unwrap();
    let resolution = store.resolution(&Ledger::default()).unwrap();
    let nodes = |n: usize| -> Vec<String> {
        let home = extractions[n].home.as_ref().map_or("", |home| &home.code);
        let ids = asked(&told[n], &extractions[n]);
        ids.iter()
            .map(|id| resolution.node(id, home).to_owned())
            .collect()
    };
    let first = nodes(0);
    match told.len() {
        1 => first[0] == first[1],
        _ => first[0] == nodes(1)[0],
    }
}

#[test]
fn one_thing_is_one_node() {
    let (homes, cases) = cases();
    // By type: same and found, same, taken for same, different.
    let mut counts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for case in &cases {
        let found = is_one(&homes, case);
        for row in [case.kind.name(), "~all"] {
            let row = counts.entry(row).or_default();
            row[0] += usize::from(case.same && found);
            row[1] += usize::from(case.same);
            row[2] += usize::from(found);
            row[3] += usize::from(!case.same);
        }
        if found != case.same {
            let wrong = if found { "joined" } else { "kept apart" };
            eprintln!(
                "line {}: {wrong}: {} | {} ({})",
                case.line, case.texts[0], case.texts[1], case.why
            );
        }
    }
    eprintln!(
        "{:<12}{:>6}{:>10}{:>11}{:>8}",
        "type", "same", "different", "precision", "recall"
    );
    for (row, [right, same, found, different]) in &counts {
        let percent = |n: usize, of: usize| 100.0 * n as f64 / of.max(1) as f64;
        eprintln!(
            "{row:<12}{same:>6}{different:>10}{:>11.1}{:>8.1}",
            percent(*right, *found),
            percent(*right, *same)
        );
    }
    let [right, same, found, different] = counts["~all"];
    assert!(same + different >= 180 && different >= same);
    assert!(right * 100 >= found * 99, "precision {right} of {found}");
    assert!(right * 100 >= same * 90, "recall {right} of {same}");
}
