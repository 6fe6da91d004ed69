//! Laws of judgements: replayed on every build, undone by taking a line away, and no statement is rewritten by them.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use xiangtu::graph::{across::across, adoption::Level, careers::careers};
use xiangtu::identity::Ledger;
use xiangtu::model::EntityType;
use xiangtu::pipeline::{BuildOptions, BuildReport, build};
use xiangtu::store::Store;

use crate::fixture::nquads;
use crate::identity::{extracted, homes, sourced, told};

fn ledger(lines: &str) -> Ledger {
    Ledger::parse("judgements.tsv", lines).unwrap()
}

fn fault(lines: &str) -> String {
    Ledger::parse("judgements.tsv", lines)
        .unwrap_err()
        .to_string()
}

/// A store of texts with their names told, in memory.
fn store(kind: EntityType, texts: &[&str], judgements: &str) -> Store {
    let homes = homes();
    let mut store = Store::memory().unwrap();
    let documents = texts
        .iter()
        .enumerate()
        .map(|(n, text)| sourced(n, &extracted(&told(&homes, text, kind))));
    store.replace(documents.collect()).unwrap();
    store.judge(ledger(judgements));
    store.finish().unwrap();
    store
}

fn quads(store: &Store) -> String {
    let mut out = Vec::new();
    store.write_nquads(&mut out, Path::new("memory")).unwrap();
    String::from_utf8(out).unwrap()
}

/// The things of a type, by name.
fn things(store: &Store, kind: EntityType) -> Vec<(String, String)> {
    let things = store.things().unwrap().into_iter();
    let mut named: Vec<_> = things
        .filter(|t| t.kind == kind)
        .map(|t| (t.name, t.id))
        .collect();
    named.sort();
    named
}

const FIRMS: [&str; 3] = [
    "J22 {恒信商贸有限公司}落户{place|锦江镇}，总投资2亿元。",
    "F22 {恒信商贸有限公司}落户{place|新昌镇}，总投资3亿元。",
    "M22 {恒信商贸有限公司}落户{place|蒙山镇}，总投资4亿元。",
];

#[test]
fn a_line_that_cannot_be_read_is_named() {
    assert!(fault("enterprise:甲@上高县\n").contains("judgements.tsv:1: \"\" is neither an IRI"));
    assert!(fault("# 注\n\n甲\tenterprise:乙\tsame\n").starts_with("judgements.tsv:3: \"甲\""));
    assert!(fault("enterprise:甲\tenterprise:乙\tmaybe\n").contains("\"maybe\" is no verdict"));
    assert!(fault("enterprise:甲\tenterprise:“甲”\tsame\n").contains("compared with itself"));
}

#[test]
fn contradictions_are_named_with_their_lines() {
    let two = "enterprise:甲\tenterprise:乙\tsame\nenterprise:乙\tenterprise:甲\tdifferent\n";
    let said = fault(two);
    assert!(
        said.starts_with("judgements.tsv:2:") && said.contains("same in line 1"),
        "{said}"
    );
    // Taken back before it is judged anew, there is none.
    let mended = "enterprise:甲\tenterprise:乙\tsame\nenterprise:乙\tenterprise:甲\tretract\nenterprise:甲\tenterprise:乙\tdifferent\n";
    assert_eq!(ledger(mended).judgements.len(), 1);
    let chain = "enterprise:甲\tenterprise:乙\tsame\nenterprise:丙\tenterprise:丁\tsame\nenterprise:丙\tenterprise:乙\tsame\nenterprise:丁\tenterprise:甲\tdifferent\n";
    let said = fault(chain);
    assert!(
        said.starts_with("judgements.tsv:4:") && said.contains("by line 2, 3, 1"),
        "{said}"
    );
}

#[test]
fn same_joins_and_taking_the_line_away_parts_again() {
    let without = store(EntityType::Enterprise, &FIRMS, "");
    assert_eq!(things(&without, EntityType::Enterprise).len(), 2);
    let line = "enterprise/360923/恒信商贸有限公司\tenterprise:恒信商贸有限公司@宜丰县\tsame\t周\t2024-05-01\t同一法人\n";
    let mut with = store(EntityType::Enterprise, &FIRMS, line);
    assert_eq!(things(&with, EntityType::Enterprise).len(), 1);
    let across = across(&with, Level::County, 2).unwrap();
    assert_eq!((across.len(), across[0].counties), (1, 2));
    // The statements are those of the documents: as many, under the same IRIs, with what each document gives.
    let statements = |store: &Store| -> Vec<String> {
        store
            .all_statements()
            .unwrap()
            .into_iter()
            .map(|row| row.id)
            .collect()
    };
    assert_eq!(statements(&with), statements(&without));
    assert!(
        quads(&with).contains("statedSubject> <https://w3id.org/xiangtu/id/enterprise/360924/")
    );
    assert!(quads(&with).contains("同一法人"));
    // Nobody who asks for enterprises in all graphs together counts one twice.
    let typed = |store: &Store| {
        let quads = quads(store);
        let enterprises = quads
            .lines()
            .filter(|line| line.contains("ontology#Enterprise> <"));
        let ids: std::collections::BTreeSet<String> = enterprises
            .filter_map(|line| Some(line.split(' ').next()?.to_owned()))
            .collect();
        ids.into_iter()
            .filter(|id| id.contains("/id/enterprise/"))
            .count()
    };
    assert_eq!((typed(&without), typed(&with)), (2, 1));
    with.judge(Ledger::default());
    with.finish().unwrap();
    assert!(quads(&with) == quads(&without), "undoing leaves traces");
}

#[test]
fn neither_the_order_of_documents_nor_that_of_lines_matters() {
    let lines = [
        "enterprise/360923/恒信商贸有限公司\tenterprise/360924/恒信商贸有限公司\tsame\n",
        "enterprise:恒信商贸有限公司@蒙山镇\tenterprise:恒信商贸有限公司@锦江镇\tdifferent\n",
    ];
    let turned: Vec<&str> = FIRMS.into_iter().rev().collect();
    let one = store(EntityType::Enterprise, &FIRMS, &lines.concat());
    let homes = homes();
    let mut other = Store::memory().unwrap();
    for (n, text) in turned.iter().enumerate() {
        let document = sourced(
            2 - n,
            &extracted(&told(&homes, text, EntityType::Enterprise)),
        );
        other.replace(vec![document]).unwrap();
    }
    other.judge(ledger(&[lines[1], lines[0]].concat()));
    other.finish().unwrap();
    assert!(quads(&one) == quads(&other));
}

#[test]
fn different_parts_one_name_by_the_homes_of_its_documents() {
    let line = "enterprise:恒信商贸有限公司@上高县锦江镇\tenterprise:恒信商贸有限公司@上高县蒙山镇\tdifferent\n";
    let parted = store(EntityType::Enterprise, &FIRMS, line);
    let ids: Vec<String> = things(&parted, EntityType::Enterprise)
        .into_iter()
        .map(|t| t.1)
        .collect();
    assert_eq!(ids.len(), 3);
    assert!(
        ids.iter()
            .any(|id| id.ends_with("恒信商贸有限公司@360923108")),
        "{ids:?}"
    );
    // Without a place nothing tells which documents mean which.
    let mut vague = store(EntityType::Enterprise, &FIRMS[..1], "");
    vague.judge(ledger(
        "enterprise/360923/恒信商贸有限公司\tenterprise:恒信商贸有限公司\tdifferent\n",
    ));
    let said = vague.finish().unwrap_err().to_string();
    assert!(
        said.starts_with("judgements.tsv:1:") && said.contains("name@place"),
        "{said}"
    );
}

#[test]
fn different_keeps_apart_what_a_rule_would_join() {
    let texts = [
        "J22 {江西红叶家具有限公司}落户{place|锦江镇}。",
        "M22 {红叶家具}落户{place|蒙山镇}。",
    ];
    assert_eq!(
        things(
            &store(EntityType::Enterprise, &texts, ""),
            EntityType::Enterprise
        )
        .len(),
        1
    );
    let line = "enterprise/江西红叶家具有限公司\tenterprise/360923/红叶家具\tdifferent\n";
    assert_eq!(
        things(
            &store(EntityType::Enterprise, &texts, line),
            EntityType::Enterprise
        )
        .len(),
        2
    );
}

#[test]
fn a_judgement_on_what_nobody_names_waits() {
    let line = "enterprise:无此企业@上高县\tenterprise:恒信商贸有限公司@宜丰县\tsame\n";
    let mut waiting = store(EntityType::Enterprise, &FIRMS, line);
    assert_eq!(waiting.finish().unwrap(), (0, 1));
    waiting.judge(ledger(
        "enterprise:恒信商贸有限公司@无此县\tenterprise:恒信商贸有限公司@宜丰县\tsame\n",
    ));
    let said = waiting.finish().unwrap_err().to_string();
    assert!(said.contains("judgements.tsv:1: 无此县"), "{said}");
}

#[test]
fn a_chain_through_two_kinds_of_names_is_seen() {
    let lines = "enterprise/360923/恒信商贸有限公司\tenterprise/360924/恒信商贸有限公司\tsame\nenterprise:恒信商贸有限公司@上高县\tenterprise:恒信商贸有限公司@宜丰县\tdifferent\n";
    let mut store = store(EntityType::Enterprise, &FIRMS, "");
    store.judge(ledger(lines));
    let said = store.finish().unwrap_err().to_string();
    assert!(
        said.starts_with("judgements.tsv:2:") && said.contains("by line 1"),
        "{said}"
    );
}

#[test]
fn officials_of_one_name_in_two_counties_are_two_careers() {
    let texts = [
        "C22 县委书记{陈志刚}讲话。",
        "J22 县委书记{陈志刚}调研。",
        "E22 县委书记{陈志刚}讲话。",
        "C23 县长{陈志刚}讲话。",
    ];
    let store = store(EntityType::Person, &texts, "");
    let careers = careers(&store, None).unwrap();
    let posts: Vec<usize> = careers.iter().map(|career| career.posts.len()).collect();
    assert_eq!(careers.len(), 2, "{careers:#?}");
    assert_eq!(posts.iter().max(), Some(&3), "{careers:#?}");
    assert!(careers.iter().all(|career| career.namesakes == 1));
}

/// Reports on disk that the program reads by itself.
struct Corpus {
    folder: tempfile::TempDir,
}

impl Corpus {
    fn new() -> Self {
        let corpus = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir(corpus.path("texts")).unwrap();
        for (name, text) in [
            (
                "a.txt",
                "江西省宜春市上高县锦江镇2022年工作总结\n2022年，全镇引进恒信商贸有限公司，总投资2亿元。\n",
            ),
            (
                "b.txt",
                "江西省宜春市宜丰县新昌镇2022年工作总结\n2022年，全镇引进恒信商贸有限公司，总投资3亿元。\n",
            ),
        ] {
            std::fs::write(corpus.path("texts").join(name), text).unwrap();
        }
        corpus
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn build(&self, store: &str, judgements: &str, jobs: usize) -> BuildReport {
        let options = BuildOptions {
            jobs,
            judgements: ledger(judgements),
            ..BuildOptions::default()
        };
        build(
            &[self.path("texts")],
            &self.path(store),
            &options,
            &|_, _| {},
        )
        .unwrap()
    }

    fn run(&self, arguments: &[&str]) -> (String, i32) {
        let mut command = Command::cargo_bin("xiangtu").unwrap();
        let done = command
            .env_remove("XIANGTU_JUDGEMENTS")
            .args(arguments)
            .args(["--lang", "en", "--store"])
            .arg(self.path("worn"))
            .output()
            .unwrap();
        let said =
            String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
        (said, done.status.code().unwrap())
    }
}

#[test]
fn a_changed_ledger_is_applied_without_extracting_anything() {
    let corpus = Corpus::new();
    let same = "enterprise:恒信商贸有限公司@上高县\tenterprise:恒信商贸有限公司@宜丰县\tsame\n";
    corpus.build("worn", "", 1);
    let before = nquads(&corpus.path("worn"));
    assert_eq!(before.matches("/恒信商贸有限公司> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/xiangtu/ontology#Enterprise> <https://w3id.org/xiangtu/id/graph/entities>").count(), 2);
    let report = corpus.build("worn", same, 2);
    assert_eq!((report.unchanged, report.renewed), (2, 0));
    assert_eq!(report.judgements, Some((1, 0)));
    corpus.build("clean", same, 1);
    assert!(nquads(&corpus.path("worn")) == nquads(&corpus.path("clean")));
    assert!(nquads(&corpus.path("worn")) != before);
    corpus.build("worn", "", 1);
    assert!(nquads(&corpus.path("worn")) == before);
}

#[test]
fn review_writes_what_build_replays_and_explain_tells() {
    let corpus = Corpus::new();
    let texts = corpus.path("texts");
    let texts = texts.to_str().unwrap();
    corpus.run(&["build", texts]);
    let (said, code) = corpus.run(&["review"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("恒信商贸有限公司@上高县锦江镇") && said.contains("the same name"),
        "{said}"
    );
    let (said, _) = corpus.run(&["review", "--tsv"]);
    let pasted = Ledger::parse("pasted", said.lines().next().unwrap()).unwrap();
    assert_eq!(pasted.judgements.len(), 1);
    let names = ["恒信商贸有限公司@上高县", "恒信商贸有限公司@宜丰县"];
    let (said, code) = corpus.run(&["explain", names[0], names[1]]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("are two") && said.contains("no county in common: 上高县 / 宜丰县"),
        "{said}"
    );
    let (said, code) = corpus.run(&[
        "review", "--same", names[0], names[1], "--why", "one firm", "--who", "Zhou",
    ]);
    assert_eq!(code, 0, "{said}");
    assert!(
        std::fs::read_to_string(corpus.path("worn.judgements.tsv"))
            .unwrap()
            .contains("\tsame\tZhou\t")
    );
    let (said, _) = corpus.run(&["build", texts]);
    assert!(said.contains("1 judgements applied"), "{said}");
    let (said, _) = corpus.run(&["explain", names[0], names[1]]);
    assert!(
        said.contains("are one") && said.contains("one firm"),
        "{said}"
    );
    let (said, code) = corpus.run(&["review"]);
    assert_eq!(code, 1, "{said}");
    // The other verdict must take the first one back.
    let (said, code) = corpus.run(&["review", "--different", names[0], names[1]]);
    assert_eq!(code, 2, "{said}");
    let (said, code) = corpus.run(&["review", "--undo", names[0], names[1]]);
    assert_eq!(code, 0, "{said}");
    let (said, _) = corpus.run(&["build", texts, "--json"]);
    assert!(
        said.contains("\"unchanged\": 2") && !said.contains("\"judgements\""),
        "{said}"
    );
    let (said, _) = corpus.run(&["explain", names[0], names[1], "--json"]);
    assert!(said.contains("\"one\": false"), "{said}");
}
