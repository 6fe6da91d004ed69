//! `--min-confidence`: what is less certain disappears from every answer, and so does what it alone supports.

use std::path::{Path, PathBuf};

use crate::cli::{text, xiangtu};
use crate::written::{CAMPAIGN, PLACE, entity, report, store_in};
use xiangtu::model::{
    EntityType, Extraction, Fact, Indicator, IndicatorKind, Mention, Predicate, Quote,
};

const ID: &str = "https://w3id.org/xiangtu/id/";
const TOWNS: [&str; 2] = ["430181110", "360923102"];

/// What only weak statements name.
fn has_weak(text: &str) -> bool {
    let names = [
        "弱林行动",
        "弱水工程",
        "弱田计划",
        "弱农牧",
        "弱路",
        "弱某",
        "弱镇",
        "弱收入",
    ];
    names.iter().any(|name| text.contains(name))
}

/// A statement of a report; what is called 弱 is weak.
fn state(
    report: &mut Extraction,
    subject: &str,
    predicate: Predicate,
    object: Result<String, [&str; 2]>,
) {
    let at = 100 + 10 * report.facts.len();
    let named = [subject, object.as_deref().unwrap_or("")].concat();
    let is_weak =
        named.contains('弱') || object.as_ref().is_err_and(|value| value[0].contains('弱'));
    let sentence = format!("{named}的句子");
    report.facts.push(Fact {
        subject: subject.to_owned(),
        predicate,
        object: object.clone().ok(),
        value: object.as_ref().err().map(|value| value[0].to_owned()),
        unit: object
            .err()
            .map(|value| value[1].to_owned())
            .filter(|unit| !unit.is_empty()),
        text: String::new(),
        start: at,
        end: at + 5,
        quote: Quote {
            start: at,
            end: at + sentence.chars().count(),
            text: sentence,
        },
        part: Default::default(),
        rule: "test".to_owned(),
        confidence: if is_weak { 0.4 } else { 0.9 },
    });
}

fn figure(town: &str, name: &str, kind: IndicatorKind, value: &str) -> Indicator {
    Indicator {
        place: format!("{PLACE}{town}"),
        name: name.to_owned(),
        value: Some(value.to_owned()),
        unit: Some("万元".to_owned()),
        period: Some("2021".to_owned()),
        change: None,
        kind,
        text: name.to_owned(),
        start: 1,
        end: 3,
        quote: Quote {
            start: 0,
            end: 9,
            text: format!("{name}的句子"),
        },
        rule: "test".to_owned(),
        confidence: if name.contains('弱') { 0.4 } else { 0.9 },
    }
}

/// Reports of two towns on two years. Each says everything twice: surely of what is called 强, weakly of what is called 弱.
fn reports() -> Vec<Extraction> {
    let mut reports = Vec::new();
    for town in TOWNS {
        for year in [2020, 2021] {
            let mut all = report(town, year, &[]);
            let place = format!("{PLACE}{town}");
            let mut n_named = 0;
            for how in ["强", "弱"] {
                let [enterprise, project, person, honour] = [
                    ("enterprise", EntityType::Enterprise, "农牧发展有限公司"),
                    ("project", EntityType::Project, "路"),
                    ("person", EntityType::Person, "某"),
                    ("honour", EntityType::Honour, "镇称号"),
                ]
                .map(|(path, kind, name)| {
                    let name = format!("{how}{name}");
                    let id = format!("{ID}{path}/{name}");
                    all.entities.push(entity(id.clone(), kind, &name, None));
                    n_named += 1;
                    all.mentions.push(Mention {
                        start: 10 * n_named,
                        end: 10 * n_named + name.chars().count(),
                        kind,
                        text: name,
                        entity: id.clone(),
                        confidence: if how == "弱" { 0.4 } else { 0.9 },
                        quote: None,
                        corrections: Vec::new(),
                    });
                    id
                });
                // In the second year one more, so that something begins.
                let campaigns = [
                    format!("{how}林行动"),
                    format!("{how}水工程"),
                    format!("{how}田计划"),
                ];
                for name in &campaigns[..if year == 2021 { 3 } else { 2 }] {
                    let id = format!("{CAMPAIGN}{name}");
                    all.entities
                        .push(entity(id.clone(), EntityType::Campaign, name, None));
                    state(&mut all, &place, Predicate::Implements, Ok(id));
                }
                state(
                    &mut all,
                    &enterprise,
                    Predicate::LocatedIn,
                    Ok(place.clone()),
                );
                state(
                    &mut all,
                    &enterprise,
                    Predicate::Undertakes,
                    Ok(project.clone()),
                );
                state(&mut all, &project, Predicate::LocatedIn, Ok(place.clone()));
                state(
                    &mut all,
                    &project,
                    Predicate::Investment,
                    Err(["2", "亿元"]),
                );
                state(&mut all, &project, Predicate::Status, Err(["ongoing", ""]));
                let post = format!("{how}镇长");
                state(&mut all, &person, Predicate::HoldsPost, Err([&post, ""]));
                state(&mut all, &place, Predicate::Awarded, Ok(honour));
                let (kind, value) = match year {
                    2020 => (IndicatorKind::Target, "200"),
                    _ => (IndicatorKind::Actual, "190"),
                };
                let name = format!("{how}收入");
                all.indicators.push(figure(town, &name, kind, value));
            }
            reports.push(all);
        }
    }
    reports
}

fn stored() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    store_in(&store, reports());
    (folder, store)
}

fn said(store: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let out = xiangtu(store, arguments);
    (out.status.code(), text(&out.stdout) + &text(&out.stderr))
}

#[test]
fn what_is_weak_disappears_from_every_command() {
    let (_folder, store) = stored();
    let all = "SELECT ?s ?p ?o WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }";
    let file = store.with_file_name("all.rq");
    std::fs::write(&file, all).unwrap();
    let file = file.to_string_lossy();
    for arguments in [
        &["lookup", "430181110"][..],
        &["lookup", "430181110", "--json"],
        &["query", "what-is-said", "--entity", "430181110"],
        &["query", "campaigns-of-place", "--place", "430181110"],
        &["query", "honours-of-place", "--place", "430181110"],
        &["query", "campaigns-together"],
        &["recurrence"],
        &["recurrence", "--by-year"],
        &["cooccur", "--min", "1", "--min-shared", "1"],
        &["similar", "430181110"],
        &["communities", "--of", "network"],
        &["communities", "--of", "campaigns"],
        &["central"],
        &["diffusion", "--min", "1"],
        &["promises"],
        &["money"],
        &["money", "--by", "enterprise"],
        &["careers"],
        &["across", "--level", "town"],
        &["panel", "indicators"],
        &["panel", "initiatives"],
        &["panel", "enterprises"],
        &["diff", "2020", "2021"],
    ] {
        let (code, every) = said(&store, arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {every}");
        assert!(
            has_weak(&every) && every.contains('强'),
            "{arguments:?}: {every}"
        );
        let (code, sure) = said(&store, &[arguments, &["--min-confidence", "0.5"]].concat());
        assert_eq!(code, Some(0), "{arguments:?}: {sure}");
        assert!(
            !has_weak(&sure) && sure.contains('强'),
            "{arguments:?}: {sure}"
        );
    }
    // Descriptions of entities stay; nothing is stated of the weak ones.
    let (_, sure) = said(
        &store,
        &["query", &file, "--format", "tsv", "--min-confidence", "0.5"],
    );
    let weak: Vec<&str> = sure.lines().filter(|line| has_weak(line)).collect();
    let is_description =
        |line: &&str| line.contains("rdf-syntax-ns#type") || line.contains("skos/core#prefLabel");
    let others: Vec<&&str> = weak
        .iter()
        .filter(|line| !is_description(line) && !line.contains("Year>"))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn what_is_weak_disappears_from_every_export() {
    let (folder, store) = stored();
    for format in xiangtu::export::Format::ALL {
        let name = clap::ValueEnum::to_possible_value(&format).unwrap();
        let path = folder.path().join(name.get_name());
        let export = |more: &[&str]| {
            let path = path.to_string_lossy();
            let arguments = ["export", "--format", name.get_name(), "-o", &path];
            let (code, told) = said(&store, &[&arguments, more].concat());
            assert_eq!(code, Some(0), "{told}");
            match format.is_folder() {
                true => std::fs::read_dir(&path[..])
                    .unwrap()
                    .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
                    .collect(),
                false => std::fs::read_to_string(&path[..]).unwrap(),
            }
        };
        let every: String = export(&[]);
        let sure: String = export(&["--min-confidence", "0.5"]);
        assert!(
            every.contains("弱林行动") && sure.contains("强林行动"),
            "{format:?}"
        );
        assert!(!has_weak(&sure), "{format:?}");
    }
}

#[test]
fn a_weak_link_is_not_explained_and_a_threshold_is_a_part_of_one() {
    let (_folder, store) = stored();
    let explain = |what: &str, least: &str| {
        said(
            &store,
            &["explain", "430181110", what, "--min-confidence", least],
        )
        .0
    };
    assert_eq!(
        [explain("弱林行动", "0"), explain("弱林行动", "0.5")],
        [Some(0), Some(1)]
    );
    assert_eq!(
        [explain("强林行动", "0.5"), explain("强林行动", "0.95")],
        [Some(0), Some(1)]
    );
    for wrong in ["-0.1", "1.1", "NaN", "much"] {
        let argument = format!("--min-confidence={wrong}");
        assert_eq!(
            said(&store, &["recurrence", &argument]).0,
            Some(2),
            "{wrong}"
        );
    }
}
