//! Every named question has a golden answer on the small corpus: `tests/fixtures/golden/NAME.tsv`.
//!
//! A missing answer is written and fails once; `XIANGTU_UPDATE=1` writes them all anew. Read the diff before you accept it.

use std::path::PathBuf;

use crate::fixture::{build_into, later, later_texts, small, texts};
use xiangtu::store::{Answer, AnswerFormat, NamedQuery, Store, named_queries, parse_query_file};

/// What each question is asked with.
const ASKED: &[(&str, &[(&str, &str)])] = &[
    ("campaigns-by-domain", &[]),
    ("campaigns-of-place", &[("place", "上高县锦江镇")]),
    ("campaigns-together", &[]),
    ("careers", &[]),
    (
        "changes-between-years",
        &[("place", "文家市镇"), ("from", "2021"), ("to", "2023")],
    ),
    ("documents", &[]),
    ("enterprises-across-regions", &[]),
    (
        "enterprises-of-place",
        &[("place", "湖南省"), ("since", "2022")],
    ),
    ("first-adopters", &[]),
    ("holders-of-post", &[("at", "江西省")]),
    ("honours-of-place", &[("place", "浏阳市")]),
    ("honours-shared", &[("min", "1")]),
    (
        "indicator-change",
        &[("place", "上高锦江镇"), ("from", "2021"), ("to", "2022")],
    ),
    (
        "indicator-history",
        &[("place", "江西省"), ("indicator", "收入")],
    ),
    ("indicator-ranking", &[("indicator", "收入")]),
    ("investment-by-place", &[]),
    (
        "largest-investments",
        &[("at", "湖南省"), ("least", "90000000")],
    ),
    ("links-of", &[("entity", "文家市镇")]),
    ("narrower-campaigns", &[("campaign", "农村人居环境整治")]),
    ("new-campaigns", &[("since", "2022")]),
    ("officials-of-place", &[("place", "浏阳市")]),
    ("parts-of-place", &[("place", "湖南省")]),
    ("posts-of-person", &[("person", "李文青")]),
    ("project-progress", &[]),
    ("projects-of-enterprise", &[("enterprise", "云峰烟花")]),
    ("projects-of-place", &[("place", "浏阳市")]),
    ("promised-and-reported", &[]),
    ("provinces-of-campaign", &[]),
    ("recurring-campaigns", &[("since", "2022")]),
    ("rules", &[]),
    ("same-names", &[]),
    ("similar-places", &[("place", "文家市镇")]),
    ("spread-of-campaign", &[]),
    ("targets-dropped", &[]),
    ("targets-of-place", &[("place", "360923102")]),
    ("towns-of-campaign", &[]),
    ("unfinished-projects", &[]),
    ("unknown-campaigns", &[]),
    ("weakest-statements", &[]),
    ("what-is-said", &[("entity", "青禾米业")]),
    ("why-linked", &[("one", "文家市镇"), ("other", "河长制")]),
];

/// Questions of time that need the later reports.
const LATER: &[&str] = &["careers", "targets-dropped"];

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
    let (_folder, small) = small();
    let (_later_folder, later) = later();
    let queries = named_queries().unwrap();
    assert!(queries.len() >= 30);
    let names: Vec<&str> = queries.iter().map(|query| query.name.as_str()).collect();
    assert_eq!(
        names,
        ASKED.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    );
    let mut differing = Vec::new();
    for (query, (name, pairs)) in queries.iter().zip(ASKED) {
        query.check().unwrap();
        let store = if LATER.contains(name) { &later } else { &small };
        let answer = store.ask(query, &given(pairs)).unwrap();
        assert_eq!(answer.columns, query.columns, "{name}");
        assert!(!answer.rows.is_empty(), "{name} has no answer");
        let path = PathBuf::from(format!("tests/fixtures/golden/{name}.tsv"));
        let text = written(&answer, store);
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
fn rows_come_in_one_order_from_every_store() {
    let (_folder, store) = later();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    // The documents one by one, the last first, so that the store has met every term in another order.
    let mut files: Vec<PathBuf> = [texts(), later_texts()]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files.iter().rev() {
        build_into(std::slice::from_ref(file), &path, 1);
    }
    let other = Store::open(&path).unwrap();
    for (query, (name, pairs)) in named_queries().unwrap().iter().zip(ASKED) {
        let [one, two] = [&store, &other].map(|store| store.ask(query, &given(pairs)).unwrap());
        assert!(
            one == two,
            "{name}:\n{}\n{}",
            written(&one, &store),
            written(&two, &other)
        );
    }
    let free = parse_query_file("free.rq", "SELECT ?s ?o WHERE { ?s xt:implements ?o }").unwrap();
    let [one, two] = [&store, &other].map(|store| store.ask(&free, &[]).unwrap());
    assert!(one == two && one.rows.len() > 5);
}

#[test]
fn answers_in_the_standard_formats_say_the_same() {
    use oxigraph::sparql::results::{
        QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput,
    };
    let (_folder, store) = small();
    let text = "SELECT ?p ?n ?missing WHERE { ?p xt:code ?n } ORDER BY ?n";
    let answer = store
        .ask(&parse_query_file("q.rq", text).unwrap(), &[])
        .unwrap();
    for (format, theirs) in [
        (AnswerFormat::Json, QueryResultsFormat::Json),
        (AnswerFormat::Xml, QueryResultsFormat::Xml),
        (AnswerFormat::Tsv, QueryResultsFormat::Tsv),
    ] {
        let mut bytes = Vec::new();
        answer.write(format, &mut bytes).unwrap();
        let parsed = QueryResultsParser::from_format(theirs)
            .for_slice(&bytes)
            .unwrap();
        let SliceQueryResultsParserOutput::Solutions(solutions) = parsed else {
            panic!("no solutions");
        };
        let rows: Vec<Vec<Option<String>>> = solutions
            .map(|s| {
                s.unwrap()
                    .values()
                    .iter()
                    .map(|t| Some(t.as_ref()?.to_string()))
                    .collect()
            })
            .collect();
        let ours: Vec<Vec<Option<String>>> = answer
            .rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|v| Some(v.as_ref()?.term.to_string()))
                    .collect()
            })
            .collect();
        assert_eq!(rows, ours, "{format:?}");
    }
    let mut csv = Vec::new();
    answer.write(AnswerFormat::Csv, &mut csv).unwrap();
    assert!(
        String::from_utf8(csv)
            .unwrap()
            .starts_with("p,n,missing\r\n")
    );
    let yes = parse_query_file("q.rq", "ASK { ?p xt:code ?n }").unwrap();
    let mut json = Vec::new();
    store
        .ask(&yes, &[])
        .unwrap()
        .write(AnswerFormat::Json, &mut json)
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["boolean"], true);
}

#[test]
fn what_is_shown_can_be_asked() {
    let (_folder, store) = small();
    for (query, (name, pairs)) in named_queries().unwrap().iter().zip(ASKED) {
        let text = store.sparql(query, &given(pairs)).unwrap();
        let bare = oxigraph::sparql::SparqlEvaluator::new();
        assert!(bare.parse_query(&text).is_ok(), "{name}:\n{text}");
        let mut free = parse_query_file("shown.rq", &text).unwrap();
        free.parameters.clear();
        assert!(
            store.ask(&free, &[]).unwrap() == store.ask(query, &given(pairs)).unwrap(),
            "{name}"
        );
    }
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
    assert!(error(&named("officials-of-place"), &[]).contains("--place"));
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
