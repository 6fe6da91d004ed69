//! What people ask by command: lookup by any spelling, panels, differences, reasons.

use std::path::{Path, PathBuf};

use crate::cli::{text, xiangtu};
use crate::fixture::{build_into, later, later_texts, small, texts};
use xiangtu::diff::{self, Change, Difference};
use xiangtu::names::{Match, Names};
use xiangtu::panel::{Kind, Options, columns, panel};
use xiangtu::store::{Search, Source, Store};

fn search<'a>(name: &'a str) -> Search<'a> {
    Search {
        name,
        kind: None,
        at: None,
        limit: 20,
        farthest: Match::Typo,
    }
}

/// How a name is found in a store, and the names found.
fn found(store: &Store, name: &str) -> Option<(Match, Vec<String>)> {
    let hits = store.search(&search(name)).unwrap()?;
    Some((hits.how, hits.found.into_iter().map(|f| f.name).collect()))
}

#[test]
fn any_spelling_finds_the_name() {
    let (_folder, store) = small();
    let town = || vec!["锦江镇".to_owned(), "锦江镇".to_owned()];
    for (typed, how, names) in [
        ("锦江镇", Match::Name, town()),
        ("jinjiangzhen", Match::Pinyin, town()),
        ("Jǐn jiāng zhèn", Match::Pinyin, town()),
        ("jjz", Match::Initials, town()),
        ("绵江镇", Match::Typo, town()),
        ("jinjiangzehn", Match::Typo, town()),
        (
            "云峰烟花",
            Match::Alias,
            vec!["云峰烟花制造有限公司".to_owned()],
        ),
        (
            "云峰烟花制作有限公司",
            Match::Typo,
            vec!["云峰烟花制造有限公司".to_owned()],
        ),
        (
            "稻米加工",
            Match::Part,
            vec!["锦江稻米加工园项目".to_owned()],
        ),
        ("上高锦江镇", Match::Path, vec!["锦江镇".to_owned()]),
        ("hezhangzhi", Match::Pinyin, vec!["河长制".to_owned()]),
    ] {
        assert_eq!(found(&store, typed), Some((how, names)), "{typed}");
    }
    assert_eq!(found(&store, "无此镇长"), None);
    let at = Search {
        at: Some("江西省"),
        ..search("周一帆")
    };
    let hits = store.search(&at).unwrap().unwrap();
    assert_eq!((hits.total, hits.found[0].id.contains("360923")), (1, true));
}

#[test]
fn the_index_answers_as_the_graph_does() {
    let (folder, indexed) = later();
    let path = folder.path().join("store");
    let typed = [
        "锦江镇",
        "jjz",
        "锦江",
        "李文清",
        "镇",
        "云峰",
        "jinjiang",
        "330000",
    ];
    let with: Vec<_> = typed
        .iter()
        .map(|name| indexed.search(&search(name)).unwrap())
        .collect();
    drop(indexed);
    std::fs::remove_file(path.join("names.idx")).unwrap();
    let bare = Store::open(&path).unwrap();
    for (name, hits) in typed.iter().zip(with) {
        assert_eq!(hits, bare.search(&search(name)).unwrap(), "{name}");
    }
}

#[test]
fn the_index_depends_on_the_documents_alone() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
    build_into(&[texts(), later_texts()], &one, 2);
    build_into(&[later_texts()], &two, 1);
    build_into(&[texts()], &two, 1);
    let entries = |path: &Path| {
        let names = Names::open(&path.join("names.idx")).unwrap();
        names.expect("the build wrote it").entries().unwrap()
    };
    assert_eq!(entries(&one), entries(&two));
    // A build that stops leaves no index that tells of another graph.
    Store::create(&two).unwrap().begin("other").unwrap();
    assert!(!two.join("names.idx").exists());
    assert!(found(&Store::open(&two).unwrap(), "锦江镇").is_some());
}

#[test]
fn one_document_is_one_document() {
    let (folder, _) = small();
    let store = folder.path().join("store");
    let card = |name: &str| text(&xiangtu(&store, &["lookup", name, "--lang", "en"]).stdout);
    assert!(
        card("李文青").contains("named by 1 document ("),
        "{}",
        card("李文青")
    );
    assert!(
        card("河长制").contains("named by 7 documents ("),
        "{}",
        card("河长制")
    );
}

#[test]
fn a_card_shows_the_newest_lines_and_says_how_many_are_left() {
    let (folder, _) = later();
    let store = folder.path().join("store");
    let card = |limit: &str| {
        let arguments = ["lookup", "360923102", "--lang", "en", "--limit", limit];
        text(&xiangtu(&store, &arguments).stdout)
    };
    let (one, all) = (card("1"), card("1000"));
    assert!(one.contains("earlier ones are not listed"), "{one}");
    assert!(!all.contains("not listed"), "{all}");
    // What is shown is part of the whole, and of each group the last line.
    let sentences = |card: &str| -> Vec<String> {
        let facts = card.split("\n\n").skip(2);
        let tables = facts.map(|group| {
            let lines = group.lines().skip(3);
            lines.take_while(|line| !line.contains("not listed")).last()
        });
        tables
            .flatten()
            .map(|line| line.split_whitespace().collect())
            .collect()
    };
    assert!(sentences(&all).len() > 2, "{all}");
    assert_eq!(sentences(&one), sentences(&all));
}

#[test]
fn a_card_tells_the_years() {
    let (folder, _) = later();
    let store = folder.path().join("store");
    let card = text(&xiangtu(&store, &["lookup", "360923102"]).stdout);
    let timeline: Vec<&str> = card
        .lines()
        .skip_while(|line| *line != "年表")
        .take_while(|line| !line.is_empty())
        .collect();
    assert_eq!(timeline.len(), 7, "{card}");
    assert!(
        timeline[3].contains("2021") && timeline[3].contains("厕所革命"),
        "{card}"
    );
    assert!(
        timeline[6].contains("2024") && timeline[6].contains("集聚镇"),
        "{card}"
    );
    assert!(!timeline[4].contains("厕所革命"), "{card}");
}

#[test]
fn parameters_are_options_of_the_question() {
    let (folder, _) = small();
    let store = folder.path().join("store");
    let ask = |arguments: &[&str]| xiangtu(&store, arguments);
    let one = ask(&[
        "query",
        "campaigns-of-place",
        "--place",
        "上高县锦江镇",
        "--since",
        "2022",
    ]);
    let same = ["--param", "place=上高县锦江镇", "--param", "since=2022"];
    let two = ask(&[&["query", "campaigns-of-place"][..], &same].concat());
    assert_eq!(
        (one.status.code(), text(&one.stdout)),
        (Some(0), text(&two.stdout))
    );
    assert!(
        !text(&one.stdout).contains("厕所革命"),
        "{}",
        text(&one.stdout)
    );
    let help = text(&ask(&["query", "campaigns-of-place", "--help"]).stdout);
    assert!(
        help.contains("--place <PLACE>") && help.contains("默认 1900"),
        "{help}"
    );
    let wrong = ask(&["query", "documents", "--place", "锦江镇"]);
    assert_eq!(wrong.status.code(), Some(2));
    let shown = text(&ask(&["query", "documents", "--show"]).stdout);
    assert!(
        shown.contains("PREFIX xt:") && shown.contains("SELECT"),
        "{shown}"
    );
    let near = text(&ask(&["query", "campaigns-of-place", "--place", "大窑镇"]).stderr);
    assert!(near.contains("大瑶镇"), "{near}");
    for (format, begins) in [
        ("csv", "document,title"),
        ("tsv", "?document\t"),
        ("json", "{"),
        ("xml", "<?xml"),
    ] {
        let out = ask(&["query", "documents", "--format", format]);
        assert!(
            text(&out.stdout).starts_with(begins),
            "{format}: {}",
            text(&out.stdout)
        );
    }
}

#[test]
fn every_row_of_a_panel_has_its_columns() {
    let (_folder, store) = later();
    for kind in [Kind::Indicators, Kind::Initiatives, Kind::Enterprises] {
        let made = panel(&store, kind, &Options::default()).unwrap();
        assert!(made.rows.len() > 3, "{kind:?}");
        assert!(
            made.rows.iter().all(|row| row.len() == made.columns.len()),
            "{kind:?}"
        );
        for (i, column) in made.columns.iter().enumerate() {
            for row in made.rows.iter().filter(|row| !row[i].is_empty()) {
                let cell = &row[i];
                let fits = match column.kind {
                    "integer" => cell.parse::<i64>().is_ok(),
                    "decimal" => cell.parse::<f64>().is_ok(),
                    "boolean" => cell == "0" || cell == "1",
                    _ => true,
                };
                assert!(fits, "{kind:?} {}: {cell}", column.name);
            }
        }
    }
}

/// The cells of some columns of the rows that a test takes.
fn cells(store: &Store, kind: Kind, options: &Options, names: &[&str]) -> Vec<String> {
    let made = panel(store, kind, options).unwrap();
    let at: Vec<usize> = names
        .iter()
        .map(|name| columns(kind).iter().position(|c| c.name == *name).unwrap())
        .collect();
    let row = |row: &Vec<String>| {
        at.iter()
            .map(|i| row[*i].as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    made.rows.iter().map(row).collect()
}

#[test]
fn panels_say_what_the_reports_say() {
    let (_folder, store) = later();
    let at = Options {
        at: Some("https://w3id.org/xiangtu/id/place/360923".to_owned()),
        ..Options::default()
    };
    let figures = cells(
        &store,
        Kind::Indicators,
        &at,
        &[
            "county",
            "year",
            "indicator",
            "kind",
            "value",
            "unit",
            "change",
        ],
    );
    assert_eq!(
        figures,
        [
            "上高县 2021 财政收入 actual 178000000 元 8.5",
            "上高县 2022 财政收入 actual 195000000 元 9.6",
            "上高县 2022 财政收入 target 200000000 元 ",
            "上高县 2023 农业总产值 actual 500000000 元 ",
            "上高县 2024 粮食产量 target 20000 吨 ",
            "上高县 2024 财政收入 actual 230000000 元 ",
            "上高县 2024 财政收入 target 220000000 元 ",
        ]
    );
    let adopted = cells(
        &store,
        Kind::Initiatives,
        &at,
        &[
            "campaign",
            "year",
            "adopted",
            "first_year",
            "mentions",
            "planned",
        ],
    );
    assert_eq!(
        adopted,
        [
            "厕所革命 2021 1 2021 1 0",
            "屋场夜话 2021 0 2022 1 1",
            "屋场夜话 2022 1 2022 1 0",
            "河长制 2021 1 2021 1 0",
            "河长制 2022 1 2021 1 0",
        ]
    );
    let balanced = Options {
        balanced: true,
        min_places: 2,
        ..at
    };
    let filled = cells(
        &store,
        Kind::Initiatives,
        &balanced,
        &["campaign", "year", "adopted", "mentions"],
    );
    assert!(
        filled.contains(&"河长制 2024 1 0".to_owned()),
        "{filled:#?}"
    );
    let names: std::collections::BTreeSet<&str> = filled
        .iter()
        .map(|row| row.split(' ').next().unwrap())
        .collect();
    assert_eq!(filled.len(), names.len() * 4, "{filled:#?}");
    let money = cells(
        &store,
        Kind::Enterprises,
        &Options::default(),
        &[
            "enterprise",
            "county",
            "year",
            "relation",
            "project",
            "amount",
            "status",
        ],
    );
    for row in [
        "青禾米业有限公司 上高县 2021 undertakes 锦江稻米加工园项目 250000000 ongoing",
        "蜀江果业有限公司 彭山区 2022 invests  30000000 ",
        "蜀江果业有限公司 彭山区 2022 located   ",
        "云峰烟花制造有限公司 浏阳市 2022 undertakes 仓储中心项目 80000000 ",
    ] {
        assert!(money.contains(&row.to_owned()), "{row} in {money:#?}");
    }
}

/// A Python that has pandas, if there is one.
fn pandas() -> Option<PathBuf> {
    let pythons = ["target/venv/bin/python", "python3"].map(PathBuf::from);
    pythons.into_iter().find(|python| {
        let mut command = std::process::Command::new(python);
        command
            .args(["-c", "import pandas"])
            .output()
            .is_ok_and(|out| out.status.success())
    })
}

#[test]
fn pandas_reads_the_panels_back() {
    let Some(python) = pandas() else {
        eprintln!("skipped: no Python with pandas; .ci/setup installs it into target/venv");
        return;
    };
    let (folder, _) = later();
    let store = folder.path().join("store");
    for (name, column) in [
        ("indicators", "value"),
        ("initiatives", "adopted"),
        ("enterprises", "amount"),
    ] {
        let path = folder.path().join(format!("{name}.csv"));
        let out = xiangtu(
            &store,
            &["panel", name, "-o", &path.to_string_lossy(), "--bom"],
        );
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        let script = format!(
            "import pandas, sys
d = pandas.read_csv(sys.argv[1]); k = pandas.read_csv(sys.argv[1].replace('.csv', '.dictionary.csv'))
assert list(d.columns) == list(k['column']), list(d.columns)
assert pandas.api.types.is_numeric_dtype(d['{column}']) and d['{column}'].notna().any()
assert pandas.api.types.is_numeric_dtype(d['year']) and d['county'].notna().any()
print(len(d))"
        );
        let mut command = std::process::Command::new(&python);
        let read = command.arg("-c").arg(script).arg(&path).output().unwrap();
        assert!(read.status.success(), "{name}: {}", text(&read.stderr));
        assert!(text(&read.stdout).trim().parse::<usize>().unwrap() > 3);
    }
}

/// Change, name and what is said before and after.
fn told(rows: &[Difference]) -> Vec<String> {
    let said = |said: &Option<diff::Said>| {
        said.as_ref()
            .map_or_else(|| "-".to_owned(), |s| s.text.clone())
    };
    rows.iter()
        .map(|row| {
            format!(
                "{:?} {}: {} > {}",
                row.change,
                row.name,
                said(&row.before),
                said(&row.after)
            )
        })
        .collect()
}

#[test]
fn two_years_of_a_place_are_compared() {
    let (_folder, store) = later();
    let found = diff::years(&store, 2021, 2022, &diff::Options::default()).unwrap();
    assert_eq!((found.documents, found.left_out), ([1, 1], 3));
    let told_2022 = told(&found.rows);
    for row in [
        "Changed 上高县锦江镇: 财政收入 1.78亿元 > 财政收入 1.95亿元",
        "Changed 锦江稻米加工园项目: ongoing > completed",
        "Ended 厕所革命: 厕所革命 > -",
        "Born 李文青: - > 李文青",
    ] {
        assert!(
            told_2022.contains(&row.to_owned()),
            "{row} in {told_2022:#?}"
        );
    }
    for row in &found.rows {
        for said in [&row.before, &row.after].into_iter().flatten() {
            assert!(
                !said.quote.is_empty() && said.path.ends_with(".txt"),
                "{row:?}"
            );
        }
    }
    let same = diff::years(&store, 2021, 2021, &diff::Options::default()).unwrap();
    assert!(same.rows.is_empty(), "{:#?}", told(&same.rows));
}

#[test]
fn two_stores_are_compared() {
    let (_small_folder, before) = small();
    let (_later_folder, after) = later();
    let found = diff::stores(&before, &after, &diff::Options::default()).unwrap();
    assert_eq!(found.documents, [8, 10]);
    let forth = told(&found.rows);
    assert!(
        forth.contains(
            &"Born 江西省农业产业化龙头企业集聚镇: - > 江西省农业产业化龙头企业集聚镇".to_owned()
        ),
        "{forth:#?}"
    );
    assert!(
        found.rows.iter().all(|row| row.change != Change::Ended),
        "{forth:#?}"
    );
    let back = diff::stores(&after, &before, &diff::Options::default()).unwrap();
    assert!(
        back.rows.iter().all(|row| row.change != Change::Born),
        "{:#?}",
        told(&back.rows)
    );
    assert_eq!(back.rows.len(), found.rows.len());
    assert!(
        diff::stores(&after, &after, &diff::Options::default())
            .unwrap()
            .rows
            .is_empty()
    );
}

#[test]
fn an_edge_names_its_sentences() {
    let (folder, store) = small();
    let one = |name: &str| store.one(name, None).unwrap();
    let edge = store
        .explain_link(&one("文家市镇"), &one("河长制"), None)
        .unwrap();
    assert_eq!(edge.statements.len(), 2);
    for explained in &edge.statements {
        assert_eq!(explained.subject_from, Some(Source::Home));
        let Some(Source::Words { mention }) = &explained.object_from else {
            panic!("{explained:?}");
        };
        assert_eq!(mention.text, "河长制");
    }
    let id = &edge.statements[0].statement.id;
    assert_eq!(store.explain_statement(id).unwrap().statements.len(), 1);
    let short = &id.rsplit('/').next().unwrap()[..8];
    assert_eq!(
        &store.explain_statement(short).unwrap().statements[0]
            .statement
            .id,
        id
    );
    assert!(store.explain_statement("锦江镇").is_err());
    let divisions = store
        .explain_link(&one("360923102"), &one("江西省"), None)
        .unwrap();
    assert_eq!(divisions.given.len(), 3);
    let path = folder.path().join("store");
    let shown = text(
        &xiangtu(
            &path,
            &["explain", "青禾米业", "承担", "锦江稻米加工园项目"],
        )
        .stdout,
    );
    assert!(
        shown.contains("【") && shown.contains("规则 fixture"),
        "{shown}"
    );
    let stage = text(
        &xiangtu(
            &path,
            &["explain", "锦江稻米加工园项目", "status", "completed"],
        )
        .stdout,
    );
    assert!(stage.contains("建成投产"), "{stage}");
    assert_eq!(
        xiangtu(&path, &["explain", "文家市镇", "蜀江果业"])
            .status
            .code(),
        Some(1)
    );
}
