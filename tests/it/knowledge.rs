//! A user's own knowledge: what is mended stays mended, what is not said changes nothing, and faults are shown with their line.
//!
//! Words and concepts are installed once in a process, so that they are tried through the program itself.

use std::path::{Path, PathBuf};
use std::process::Output;

use proptest::prelude::*;

use crate::cli::{program, xiangtu};
use crate::fixture::nquads;
use xiangtu::knowledge::{Corrections, Knowledge};
use xiangtu::lexicon::Lexicon;
use xiangtu::model::{EntityType, Extraction, Metadata};
use xiangtu::pipeline::{BuildOptions, BuildReport, build, extract_document, extract_source};
use xiangtu::read::{Limits, Source};

/// Two reports speak of it, and the recogniser takes it for an initiative; say that it is a building.
const WRONG: &str = "rdf#taIdentRef> <https://w3id.org/xiangtu/id/campaign/屋场会>";
const MENDED: &str = "\"夜话广场项目\"@zh";
const MENDING: &str = "屋场夜话\tproject\t夜话广场项目\n";

/// Whether a graph has a mention with this text.
fn mentions(graph: &str, text: &str) -> bool {
    graph.contains(&format!("#anchorOf> \"{text}\""))
}

struct Place {
    _folder: tempfile::TempDir,
    corpus: PathBuf,
    own: PathBuf,
    store: PathBuf,
    clean: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [corpus, own, store, clean] =
            ["corpus", "own", "store", "clean"].map(|name| folder.path().join(name));
        std::fs::create_dir(&corpus).unwrap();
        std::fs::create_dir_all(own.join("lexicon")).unwrap();
        Self {
            _folder: folder,
            corpus,
            own,
            store,
            clean,
        }
    }

    /// Takes a report of the small corpus under a name of its own.
    fn report(&self, from: &str, name: &str) {
        let text = std::fs::read_to_string(crate::fixture::texts().join(from)).unwrap();
        std::fs::write(self.corpus.join(name), text).unwrap();
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.own.join(file), text).unwrap();
    }

    fn build_into(&self, store: &Path, prune: bool) -> BuildReport {
        let options = BuildOptions {
            jobs: 2,
            prune,
            knowledge: Knowledge::open(&self.own).unwrap(),
            ..BuildOptions::default()
        };
        build(
            std::slice::from_ref(&self.corpus),
            store,
            &options,
            &|_, _| {},
        )
        .unwrap()
    }

    fn build(&self) -> BuildReport {
        self.build_into(&self.store, false)
    }

    fn graph(&self) -> String {
        nquads(&self.store)
    }

    fn is_as_clean(&self) {
        let _ = std::fs::remove_dir_all(&self.clean);
        self.build_into(&self.clean, false);
        assert!(self.graph() == nquads(&self.clean), "the stores differ");
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut arguments = arguments.to_vec();
        let own = self.own.to_string_lossy();
        arguments.extend(["--knowledge", &own]);
        xiangtu(&self.store, &arguments)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_wrong_name_is_mended_once_and_stays_mended() {
    let place = Place::new();
    place.report("jinjiang-shanggao-2021.txt", "a.txt");
    place.report("jinjiang-shanggao-2022.txt", "b.txt");
    place.build();
    let wrong = place.graph();
    assert!(wrong.contains(WRONG) && !wrong.contains(MENDED));

    place.write(
        "corrections.tsv",
        &format!("# text\tis\tvalue\n{MENDING}无此名\tnone\n"),
    );
    let report = place.build();
    assert_eq!(report.renewed, 2);
    let unused = ("corrections.tsv:3".to_owned(), "无此名 none".to_owned());
    assert_eq!(report.unused_corrections, [unused]);
    let mended = place.graph();
    assert!(!mended.contains(WRONG) && mended.contains(MENDED));
    // Both reports name it, and mention and document say by what.
    let rule = "ontology#rule> \"corrections.tsv:2\"";
    assert_eq!(mended.matches(rule).count(), 4);
    place.is_as_clean();

    assert_eq!(place.build().unchanged, 2);
    assert_eq!(place.graph(), mended);
    std::fs::remove_file(place.corpus.join("b.txt")).unwrap();
    assert_eq!(place.build_into(&place.store, true).pruned, 1);
    assert!(!place.graph().contains(WRONG) && place.graph().contains(MENDED));
    place.is_as_clean();

    place.report("jinjiang-shanggao-2022.txt", "b.txt");
    place.write("corrections.tsv", "");
    place.build();
    assert_eq!(
        place.graph(),
        wrong,
        "what is taken back is as if it had never been"
    );
}

#[test]
fn a_correction_keeps_to_its_documents_whatever_is_built_when() {
    let place = Place::new();
    // One content under two names, of which the correction is meant for one.
    place.report("dayao-2022.txt", "b.txt");
    place.write("corrections.tsv", "林长制\tnone\t\ta*.txt\n");
    let report = place.build();
    assert!(mentions(&place.graph(), "林长制"));
    assert_eq!(report.unused_corrections.len(), 1);
    place.report("dayao-2022.txt", "a.txt");
    place.build();
    assert!(!mentions(&place.graph(), "林长制"));
    place.is_as_clean();
    let graph = place.graph();
    assert_eq!(place.build().unused_corrections, []);
    assert_eq!(place.graph(), graph);
    std::fs::remove_file(place.corpus.join("a.txt")).unwrap();
    place.build_into(&place.store, true);
    assert!(mentions(&place.graph(), "林长制"));
    place.is_as_clean();
}

/// What a report of the small corpus says by these corrections.
fn corrected(name: &str, year: Option<i32>, lines: &str) -> Extraction {
    let mut faults = Vec::new();
    let corrections = Corrections::read("corrections.tsv", lines, &mut faults);
    assert_eq!(faults, []);
    let source = Source {
        text: std::fs::read_to_string(crate::fixture::texts().join(name)).unwrap(),
        metadata: Metadata {
            year,
            ..Metadata::default()
        },
    };
    let limits = Limits::default();
    extract_source(&format!("x/{name}"), name, &source, &corrections, &limits).unwrap()
}

#[test]
fn a_correction_is_limited_by_path_title_and_place() {
    for (limit, holds) in [
        ("\t", true),
        ("dayao-2022.txt\t", true),
        ("x/*\t", true),
        ("dayao-2023.txt\t", false),
        ("大瑶镇*工作报告\t", true),
        ("大瑶镇2023*\t", false),
        ("\t大瑶镇", true),
        ("\t浏阳市", true),
        ("\t上高县", false),
        ("x/*\t上高县", false),
    ] {
        let line = format!("林长制\tnone\t\t{limit}\n");
        let found = corrected("dayao-2022.txt", None, &line);
        let is_kept = found.mentions.iter().any(|m| m.text == "林长制");
        assert_eq!(
            (is_kept, found.corrections.is_empty()),
            (!holds, !holds),
            "{limit}"
        );
    }
}

#[test]
fn home_code_and_year_are_mended() {
    let name = "jinjiang-shanggao-2021.txt";
    let found = |lines: &str| corrected(name, Some(2019), lines);
    let before = found("");
    assert_eq!(before.home.unwrap().code, "", "it names no county");
    for line in [
        "锦江镇\tcode\t360923102\n",
        "-\thome\t360923102\tjinjiang*\n",
    ] {
        let after = found(&format!("{line}-\tyear\t2021\t{name}\n"));
        let home = after.home.unwrap();
        assert_eq!((home.code.as_str(), after.year), ("360923102", Some(2021)));
        assert_eq!(home.path, ["江西省", "宜春市", "上高县", "锦江镇"]);
        assert_eq!(
            after.corrections,
            ["corrections.tsv:1", "corrections.tsv:2"]
        );
        let towns = after.mentions.iter().filter(|m| m.text == "锦江镇");
        assert!(
            towns
                .map(|m| &m.entity)
                .all(|id| id.ends_with("/place/360923102"))
        );
    }
    let other = found("锦江镇\tcode\t511403110\t\t360923102\n");
    assert_eq!(
        other.home.unwrap().code,
        "",
        "it is limited to another home"
    );
    let swapped = found("屋场夜话\tcampaign>project\t夜话项目\n");
    let project = swapped
        .mentions
        .iter()
        .find(|m| m.text == "屋场夜话")
        .unwrap();
    assert_eq!(project.kind, EntityType::Project);
    let entity = swapped.entities.iter().find(|e| e.id == project.entity);
    assert_eq!(entity.unwrap().name, "夜话项目");
}

/// The words of an extraction without confidences: type and text of mentions.
fn names(found: &Extraction) -> Vec<(EntityType, String)> {
    let names = found.mentions.iter().map(|m| (m.kind, m.text.clone()));
    names.collect()
}

#[test]
fn an_empty_folder_changes_nothing() {
    let place = Place::new();
    for name in ["dayao-2022.txt", "jinjiang-shanggao-2022.txt"] {
        place.report(name, name);
    }
    let corpus = place.corpus.to_string_lossy().into_owned();
    let plain = xiangtu(&place.store, &["build", &corpus]);
    assert_eq!(plain.status.code(), Some(0), "{}", text(&plain.stderr));
    let before = place.graph();
    place.write("corrections.tsv", "# text\tis\n\n");
    place.write("thesaurus.ttl", "# nothing yet\n");
    place.write("lexicon/verbs.tsv", "# term\tbefore\tafter\n");
    place.write("judgements.tsv", "# nothing judged yet\n");
    let out = place.run(&["build", &corpus, "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(
        (report["unchanged"].as_u64(), report["renewed"].as_u64()),
        (Some(2), Some(0))
    );
    std::fs::remove_dir_all(&place.store).unwrap();
    place.run(&["build", &corpus]);
    assert!(before == place.graph(), "the stores differ");
}

#[test]
fn words_and_concepts_are_known_without_recompiling() {
    let place = Place::new();
    let file = place.corpus.join("a.txt");
    let source =
        "青河镇2021年工作总结\n全镇开展屋场恳谈日活动，落实河长巡查日制度。青河大桥点睛。\n";
    std::fs::write(&file, source).unwrap();
    let file = file.to_string_lossy().into_owned();
    let says = |out: Output| -> (Vec<String>, Vec<Option<String>>) {
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        let found: Extraction = serde_json::from_slice(&out.stdout).unwrap();
        let ids = found.entities.iter().map(|e| e.id.clone()).collect();
        (ids, found.facts.iter().map(|f| f.value.clone()).collect())
    };
    let (_, values) = says(xiangtu(&place.store, &["extract", &file]));
    assert!(
        !values.contains(&Some("completed".to_owned())),
        "{values:?}"
    );
    place.write("lexicon/status-cues.tsv", "点睛\tcompleted\tafter\n");
    place.write(
        "thesaurus.ttl",
        "c:屋场恳谈日 skos:prefLabel \"屋场恳谈日\"@zh ; skos:altLabel \"屋场恳谈日活动\"@zh ;\n  \
         skos:broader c:乡村振兴 .\nc:河长制 skos:altLabel \"河长巡查日制度\"@zh .\n",
    );
    let (ids, values) = says(place.run(&["extract", &file]));
    assert!(values.contains(&Some("completed".to_owned())), "{values:?}");
    for concept in ["屋场恳谈日", "河长制"] {
        let id = format!("https://w3id.org/xiangtu/id/campaign/{concept}");
        assert!(ids.contains(&id), "{concept} in {ids:?}");
    }
    place.run(&["build", &file]);
    let graph = place.graph();
    let broader = "campaign/屋场恳谈日> <http://www.w3.org/2004/02/skos/core#broader>";
    assert!(graph.contains(broader));
    // The folder may be named by the environment too, and lies over what is looked up.
    let out = program(&place.store)
        .env("XIANGTU_KNOWLEDGE", &place.own)
        .args(["lookup", "河长巡查日制度"])
        .output()
        .unwrap();
    assert!(
        text(&out.stdout).starts_with("河长制  行动"),
        "{}",
        text(&out.stdout)
    );
}

#[test]
fn check_shows_every_fault_with_its_line_and_a_build_stops_at_it() {
    for (file, content, line, says) in [
        ("lexicon/verb.tsv", "推进\tproject\t-\n", 1, "verbs.tsv"),
        ("lexicon/verbs.tsv", "# x\n点睛\tprojekt\t-\n", 2, "project"),
        ("lexicon/verbs.tsv", "点睛\n", 1, "before"),
        (
            "lexicon/verbs.tsv",
            "点睛\tproject\t-\n点睛\thonour\t-\n",
            2,
            "第 1 行",
        ),
        ("lexicon/verbs.tsv", "-没有这个词\n", 1, "没有“没有这个词”"),
        ("correction.tsv", "", 1, "corrections.tsv"),
        ("corrections.tsv", "富伟达\tfirm\n", 1, "enterprise"),
        (
            "corrections.tsv",
            "富伟达\tnone\n\n富伟达\tnone\n",
            3,
            "第 1 行",
        ),
        (
            "corrections.tsv",
            "富伟达\tnone\n富伟达\tperson\n",
            2,
            "矛盾",
        ),
        (
            "corrections.tsv",
            "锦江镇\tcode\t360923999\n",
            1,
            "360923999",
        ),
        ("corrections.tsv", "-\tyear\t2020\n", 1, "限定"),
        (
            "thesaurus.ttl",
            "c:甲日 skos:altLabel \"甲日行动\"@zh .\n",
            1,
            "prefLabel",
        ),
        (
            "thesaurus.ttl",
            "# x\nc:甲日 skos:prefLabel \"河长制\"@zh .\n",
            2,
            "河长制",
        ),
        (
            "thesaurus.ttl",
            "# x\nc:河长制 skos:prefLabel \"河长之制\"@zh .\n",
            2,
            "altLabel",
        ),
        (
            "thesaurus.ttl",
            "\nc:甲日 skos:prefLabel \"甲日\"@zh ; skos:broader c:无 .\n",
            2,
            "无",
        ),
        (
            "thesaurus.ttl",
            "\nc:甲日 skos:prefLabel \"甲日\"@zh ; skos:broader c:乙日 .\n\
             c:乙日 skos:prefLabel \"乙日\"@zh ; skos:broader c:甲日 .\n",
            3,
            "circle",
        ),
        ("thesaurus.ttl", "\nc:甲日 skos:prefLabel \"甲日\n", 2, ""),
        (
            "thesaurus.ttl",
            "<http://a/b> skos:prefLabel \"甲日\"@zh .\n",
            1,
            "c:",
        ),
    ] {
        let place = Place::new();
        place.write(file, content);
        let out = place.run(&["check"]);
        let said = text(&out.stdout);
        assert_eq!(out.status.code(), Some(2), "{file} {content}: {said}");
        let path = place.own.join(file);
        let begin = format!("{}:{line}: ", path.display());
        let fault = said.lines().find(|l| l.starts_with(&begin));
        let fault = fault.unwrap_or_else(|| panic!("{begin} not in\n{said}"));
        assert!(fault.contains(says), "{says} not in {fault}");
        let out = place.run(&["build", "tests/fixtures/small"]);
        assert_eq!(out.status.code(), Some(2));
        assert!(text(&out.stderr).contains(&begin), "{}", text(&out.stderr));
    }
    let place = Place::new();
    std::fs::write(
        place.own.join("corrections.tsv"),
        b"a\tnone\n\xB8\xBB\tnone\n",
    )
    .unwrap();
    assert!(text(&place.run(&["check"]).stdout).contains("corrections.tsv:2: "));
}

#[test]
fn explain_tells_why_a_name_is_kept_or_not() {
    let place = Place::new();
    let file = "tests/fixtures/small/jinjiang-shanggao-2021.txt";
    let whole = "锦江稻米加工园项目";
    let explain = |place: &Place, name: &str| {
        let out = place.run(&["explain", name, "--in", file, "--json"]);
        let all: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        (all, out.status.code())
    };
    let (kept, code) = explain(&place, whole);
    assert_eq!(code, Some(0));
    let one = &kept[0];
    assert_eq!(
        (one["kept"].as_bool(), one["type"].as_str()),
        (Some(true), Some("project"))
    );
    let adds = |f: &serde_json::Value| f[1].as_f64().unwrap();
    let features: Vec<f64> = one["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(adds)
        .collect();
    assert!(features.len() > 5 && features.windows(2).all(|two| two[0].abs() >= two[1].abs()));
    assert!((features.iter().sum::<f64>() - one["score"].as_f64().unwrap()).abs() < 1e-6);
    assert!(one["corrections"].as_array().unwrap().is_empty());

    place.write(
        "corrections.tsv",
        "稻米加工园项目\tproject\t锦江稻米加工园项目\n锦江镇\tcode\t360923102\tjinjiang-shanggao*\n",
    );
    let (dropped, _) = explain(&place, whole);
    assert_eq!(dropped[0]["kept"], false);
    assert_eq!(dropped[0]["corrections"][0], "corrections.tsv:1");
    let shown = text(
        &place
            .run(&["explain", "稻米加工园项目", "--in", file])
            .stdout,
    );
    for part in [
        "取用",
        "【稻米加工园项目】",
        "依更正 corrections.tsv:1：",
        "竞争者",
        whole,
    ] {
        assert!(shown.contains(part), "{part} not in\n{shown}");
    }
    assert_eq!(explain(&place, "无此名").1, Some(1));
    let two = place.run(&["explain", "甲", "乙", "--in", file]);
    assert_eq!(two.status.code(), Some(2));

    place.run(&["build", "tests/fixtures/small"]);
    let edge = text(&xiangtu(&place.store, &["explain", whole, "status", "completed"]).stdout);
    assert!(edge.contains("，依更正 corrections.tsv:1"), "{edge}");
}

#[test]
fn what_is_in_use_cannot_be_laid_over() {
    let place = Place::new();
    place.write("lexicon/verbs.tsv", "点睛\tproject\t-\n");
    Lexicon::get();
    let knowledge = Knowledge::open(&place.own).unwrap();
    assert_eq!((knowledge.lexicon.added, knowledge.lexicon.removed), (1, 0));
    let said = knowledge.install().unwrap_err().to_string();
    assert!(said.contains("in use already"), "{said}");
    Knowledge::default().install().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any span of a report: told to be a name it is one wherever it stands; told to be none it is nowhere.
    #[test]
    fn what_a_correction_says_holds_everywhere(
        at in any::<prop::sample::Index>(),
        length in 2..12_usize,
        kind in prop::sample::select(EntityType::ALL.to_vec()),
    ) {
        let source = std::fs::read_to_string("data/samples/jinjiang-shanggao-2024.txt").unwrap();
        let chars: Vec<char> = source.chars().collect();
        let start = at.index(chars.len() - length);
        let span: String = chars[start..start + length].iter().collect();
        let is_plain = |c: char| xiangtu::text::is_han(c);
        prop_assume!(span.chars().all(is_plain));
        let given = Source { text: source.clone(), metadata: Metadata::default() };
        let by = |line: &str| {
            let mut faults = Vec::new();
            let corrections = Corrections::read("corrections.tsv", line, &mut faults);
            assert_eq!(faults, []);
            extract_source("a.txt", "a.txt", &given, &corrections, &Limits::default()).unwrap()
        };
        let named = by(&format!("{span}\t{}\n", kind.name()));
        crate::sound::keeps_the_laws(&source, &named);
        let told = names(&named).into_iter().filter(|name| *name == (kind, span.clone())).count();
        prop_assert!(told >= 1 && told <= source.matches(&span).count());
        let forbidden = by(&format!("{span}\tnone\n"));
        crate::sound::keeps_the_laws(&source, &forbidden);
        prop_assert!(names(&forbidden).iter().all(|(_, name)| *name != span));
        let elsewhere = by(&format!("{span}\t{}\t\tb.txt\n", kind.name()));
        prop_assert_eq!(elsewhere, extract_document("a.txt", &source));
    }
}
