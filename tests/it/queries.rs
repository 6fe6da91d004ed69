//! Every named question has a golden answer on the small corpus: `tests/fixtures/golden/NAME.tsv`.
//!
//! A missing answer is written and fails once; `XIANGTU_UPDATE=1` writes them all anew. Read the diff before you accept it.

use std::path::PathBuf;

use crate::fixture::small;
use xiangtu::store::{Answer, NamedQuery, Store, named_queries, parse_query_file};

/// What each question is asked with.
const ASKED: &[(&str, &[(&str, &str)])] = &[
    ("campaigns-by-domain", &[]),
    ("campaigns-of-place", &[("place", "上高县锦江镇")]),
    ("campaigns-together", &[]),
    (
        "changes-between-years",
        &[("place", "文家市镇"), ("from", "2021"), ("to", "2023")],
    ),
    ("documents", &[]),
    ("honours-of-place", &[("place", "浏阳市")]),
    (
        "indicator-history",
        &[("place", "江西省"), ("indicator", "收入")],
    ),
    (
        "largest-investments",
        &[("at", "湖南省"), ("least", "90000000")],
    ),
    ("officials-of-place", &[("place", "浏阳市")]),
    ("posts-of-person", &[("person", "李文青")]),
    ("project-progress", &[]),
    ("projects-of-enterprise", &[("enterprise", "云峰烟花")]),
    ("projects-of-place", &[("place", "浏阳市")]),
    ("promised-and-reported", &[]),
    ("recurring-campaigns", &[("since", "2022")]),
    ("same-names", &[]),
    ("similar-places", &[("place", "文家市镇")]),
    ("spread-of-campaign", &[]),
    ("towns-of-campaign", &[]),
    ("what-is-said", &[("entity", "青禾米业")]),
];

fn given(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The answer as a table that can be read aloud.
fn written(answer: &Answer, store: &Store) -> String {
    let mut text = answer.columns.join("\t") + "\n";
    for row in &answer.rows {
        let cells = row.iter().map(|value| match value {
            None => String::new(),
            Some(value) if value.is_iri => store
                .full_name_of(&value.value)
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned(),
            Some(value) => value.value.clone(),
        });
        text += &(cells.collect::<Vec<_>>().join("\t") + "\n");
    }
    text
}

#[test]
fn every_question_has_its_golden_answer() {
    let (_folder, store) = small();
    let queries = named_queries().unwrap();
    let names: Vec<&str> = queries.iter().map(|query| query.name.as_str()).collect();
    assert_eq!(
        names,
        ASKED.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    );
    let mut differing = Vec::new();
    for (query, (name, pairs)) in queries.iter().zip(ASKED) {
        query.check().unwrap();
        let answer = store.ask(query, &given(pairs)).unwrap();
        assert_eq!(answer.columns, query.columns, "{name}");
        assert!(!answer.rows.is_empty(), "{name} has no answer");
        let path = PathBuf::from(format!("tests/fixtures/golden/{name}.tsv"));
        let text = written(&answer, &store);
        if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            differing.push(format!("{name}:\n{text}"));
            if std::env::var_os("XIANGTU_UPDATE").is_some() || !path.exists() {
                std::fs::write(&path, text).unwrap();
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn wrong_questions_say_what_is_wrong() {
    let (_folder, store) = small();
    let named = |name: &str| {
        named_queries()
            .unwrap()
            .into_iter()
            .find(|query| query.name == name)
            .unwrap()
    };
    let error = |query: &NamedQuery, pairs: &[(&str, &str)]| {
        store.ask(query, &given(pairs)).unwrap_err().to_string()
    };
    assert!(error(&named("officials-of-place"), &[]).contains("--param place"));
    let many = error(&named("officials-of-place"), &[("place", "锦江镇")]);
    assert!(
        many.contains("360923102") && many.contains("彭山区"),
        "{many}"
    );
    assert!(error(&named("officials-of-place"), &[("place", "无此镇")]).contains("无此镇"));
    assert!(error(&named("recurring-campaigns"), &[("since", "去年")]).contains("year"));
    assert!(
        error(&named("recurring-campaigns"), &[("sinse", "2021")]).contains("known: min, since")
    );
    let broken = parse_query_file("my.rq", "SELECT ?x WHERE { ?x ").unwrap();
    assert!(error(&broken, &[]).starts_with("my.rq"));
    let free = parse_query_file("my.rq", "ASK { ?x xt:implements campaign:河长制 }").unwrap();
    assert_eq!(
        store.ask(&free, &[]).unwrap().rows[0][0]
            .as_ref()
            .unwrap()
            .value,
        "true"
    );
}
