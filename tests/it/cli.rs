//! The real program: what it prints and its exit codes.

use std::path::Path;
use std::process::Output;

use crate::fixture::{small, texts};

/// The program in Chinese, with a store.
pub fn program(store: &Path) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::cargo_bin("xiangtu").unwrap();
    command
        .env("XIANGTU_STORE", store)
        .env_remove("LC_ALL")
        .env("LANG", "zh_CN.UTF-8");
    command
}

pub fn xiangtu(store: &Path, arguments: &[&str]) -> Output {
    program(store).args(arguments).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_build_sums_up_and_look_up_answers() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let built = xiangtu(
        &store,
        &[
            "build",
            &texts().to_string_lossy(),
            "--extractions",
            "tests/fixtures/small.jsonl",
            "--jobs",
            "2",
        ],
    );
    assert_eq!(built.status.code(), Some(0), "{}", text(&built.stderr));
    assert!(
        text(&built.stdout).starts_with("读入 8 份文件，搁置 0 份"),
        "{}",
        text(&built.stdout)
    );
    assert!(built.stderr.is_empty(), "{}", text(&built.stderr));
    let card = text(&xiangtu(&store, &["lookup", "上高县锦江镇"]).stdout);
    for part in [
        "江西省 › 宜春市 › 上高县 › 锦江镇",
        "开展 (5)",
        "财政收入 1.78亿元 增幅 8.5%",
        "屋场夜话 [计划]",
        "周一帆 镇党委书记",
    ] {
        assert!(card.contains(part), "{part} in\n{card}");
    }
    let list = text(&xiangtu(&store, &["lookup", "锦江镇", "--lang", "en"]).stdout);
    assert!(
        list.contains("names 2 things") && list.contains("township"),
        "{list}"
    );
    let none = xiangtu(&store, &["lookup", "无此镇"]);
    assert_eq!(
        (none.status.code(), text(&none.stdout).as_str()),
        (Some(1), "图中没有“无此镇”。\n")
    );
}

#[test]
fn every_line_of_a_table_is_as_wide_as_its_head() {
    let (folder, _) = small();
    let out = text(&xiangtu(&folder.path().join("store"), &["recurrence"]).stdout);
    let widths: Vec<usize> = out
        .lines()
        .map(unicode_width::UnicodeWidthStr::width)
        .collect();
    assert!(
        widths.len() > 3 && widths.iter().all(|w| *w == widths[0]),
        "{out}"
    );
}

#[test]
fn json_is_json() {
    let (folder, _) = small();
    let store = folder.path().join("store");
    for arguments in [
        &["lookup", "河长制", "--json"][..],
        &["lookup", "锦江镇", "--json"],
        &["lookup", "无此镇", "--json"],
        &["query", "towns-of-campaign", "--json"],
        &["query", "--list", "--json"],
        &["recurrence", "--json"],
        &["cooccur", "--json"],
        &["similar", "大瑶镇", "--json"],
        &["communities", "--json"],
        &["central", "--json"],
        &["diffusion", "--json"],
        &["diffusion", "河长制", "--json"],
        &["diffusion", "--infer", "5", "--json"],
        &["promises", "--json"],
        &["money", "--json"],
        &["careers", "--json"],
        &["across", "--json"],
        &["check", "--json"],
    ] {
        let out = xiangtu(&store, arguments);
        serde_json::from_slice::<serde_json::Value>(&out.stdout)
            .unwrap_or_else(|e| panic!("{arguments:?}: {e}: {}", text(&out.stderr)));
    }
    let card: serde_json::Value =
        serde_json::from_slice(&xiangtu(&store, &["lookup", "河长制", "--json"]).stdout).unwrap();
    assert_eq!(card["groups"][0]["lines"].as_array().unwrap().len(), 7);
    let sure: serde_json::Value = serde_json::from_slice(
        &xiangtu(
            &store,
            &["lookup", "河长制", "--json", "--min-confidence", "0.85"],
        )
        .stdout,
    )
    .unwrap();
    assert_eq!(sure["groups"][0]["lines"].as_array().unwrap().len(), 5);
}

#[test]
fn bad_files_are_set_aside_and_lose_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    std::fs::create_dir(&corpus).unwrap();
    let files: [(&str, &[u8]); 7] = [
        ("binary.txt", b"PK\x03\x04\x00\x00"),
        ("bom.txt", "\u{FEFF}青河镇工作总结。\n".as_bytes()),
        ("empty.txt", b" \n"),
        ("gb.txt", b"\xC7\xE0\xBA\xD3\xD5\xF2"),
        ("good.md", "# 青河镇\n丰收。\n".as_bytes()),
        ("numbers.txt", b"1 2 3\n"),
        (
            "ru.txt",
            b"\xCE\xF2\xF7\xB8\xF2 \xEE \xF0\xE0\xE1\xEE\xF2\xE5",
        ),
    ];
    for (name, bytes) in files {
        std::fs::write(corpus.join(name), bytes).unwrap();
    }
    std::fs::write(corpus.join("picture.png"), b"\x89PNG").unwrap();
    let store = folder.path().join("store");
    let out = xiangtu(&store, &["build", &corpus.to_string_lossy()]);
    let said = text(&out.stdout);
    assert_eq!(out.status.code(), Some(3), "{said}");
    assert!(said.starts_with("读入 3 份文件，搁置 4 份"), "{said}");
    assert!(
        said.contains("ru.txt: 认不出文字编码；请用 iconv"),
        "{said}"
    );
    let extracted = xiangtu(&store, &["extract", &corpus.to_string_lossy()]);
    assert_eq!(
        (
            extracted.status.code(),
            text(&extracted.stdout).lines().count()
        ),
        (Some(3), 3)
    );
}

#[test]
fn errors_name_the_file_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let wrong = folder.path().join("wrong.rq");
    std::fs::write(&wrong, "SELECT").unwrap();
    let error = |arguments: &[&str], part: &str| {
        let out = xiangtu(&store, arguments);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}");
        assert!(
            text(&out.stderr).contains(part),
            "{arguments:?}: {}",
            text(&out.stderr)
        );
    };
    error(&["lookup", "锦江镇"], "xiangtu build");
    error(&["build", "no-such-folder"], "no-such-folder");
    let missing = ["--lang", "en", "build", "no-such-folder"];
    let missing = text(&xiangtu(&store, &missing).stderr);
    assert_eq!(missing.matches("os error").count(), 1, "{missing}");
    error(
        &["build", &empty.to_string_lossy()],
        "里面没有文本（.txt, .md,",
    );
    assert!(
        !store.exists(),
        "a build without input leaves nothing behind"
    );
    let (full, _) = small();
    let error = |arguments: &[&str], part: &str| {
        let out = xiangtu(&full.path().join("store"), arguments);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}");
        assert!(
            text(&out.stderr).contains(part),
            "{arguments:?}: {}",
            text(&out.stderr)
        );
    };
    error(&["query", "no-such-question"], "可用的有 ");
    error(&["query", "missing.rq"], "missing.rq");
    error(&["query", &wrong.to_string_lossy()], "wrong.rq");
    error(&["query", "documents", "--param", "nonsense"], "NAME=VALUE");
}

#[test]
fn exports_are_read_by_other_parsers() {
    let (folder, store) = small();
    let path = folder.path().join("store");
    let nquads = text(&xiangtu(&path, &["export", "--format", "nquads"]).stdout);
    assert!(
        nquads == crate::fixture::nquads(&path),
        "the export differs from the store"
    );
    let graphml = folder.path().join("graph.graphml");
    assert_eq!(
        xiangtu(
            &path,
            &[
                "export",
                "--format",
                "graphml",
                "-o",
                &graphml.to_string_lossy()
            ]
        )
        .status
        .code(),
        Some(0)
    );
    let xml = std::fs::read_to_string(&graphml).unwrap();
    let mut reader = quick_xml::Reader::from_str(&xml);
    let (mut nodes, mut edges) = (0, 0);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "node" => nodes += 1,
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "edge" => edges += 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(nodes, store.things().unwrap().len());
    // Besides the stated links, each of the four officials beside the place that reports the post.
    assert_eq!(edges, store.links().unwrap().len() + 4);
    let turtle = xiangtu(&path, &["export", "--format", "turtle"]).stdout;
    let triples = oxigraph::io::RdfParser::from_format(oxigraph::io::RdfFormat::Turtle)
        .for_slice(&turtle)
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    assert!(triples.len() > 500);
}

#[test]
fn an_export_says_what_it_cannot_do_and_what_it_did() {
    let (folder, _) = small();
    let path = folder.path().join("store");
    let export = |arguments: &[&str]| {
        let output = xiangtu(&path, &[&["export", "--format"], arguments].concat());
        let said = text(&output.stdout) + &text(&output.stderr);
        (output.status.code(), said)
    };
    let (code, said) = export(&["csv"]);
    assert!(code == Some(2) && said.contains("-o"), "{said}");
    let (code, said) = export(&["turtle", "--projection", "co-occurrence"]);
    assert!(code == Some(2) && said.contains("--projection"), "{said}");
    // Two towns of one name: the message gives the codes that tell them apart.
    let (code, said) = export(&["dot", "--place", "锦江镇"]);
    assert!(
        code == Some(2) && said.contains("360923102") && said.contains("511403110"),
        "{said}"
    );
    let (code, said) = export(&["dot", "--around", "无此镇"]);
    assert!(code == Some(2) && said.contains("无此镇"), "{said}");
    let (code, _) = export(&["dot", "--since", "2030", "--type", "honour"]);
    assert_eq!(code, Some(1));
    let tables = folder.path().join("tables");
    let (code, said) = export(&[
        "csv",
        "--place",
        "上高县锦江镇",
        "--type",
        "place,campaign",
        "-o",
        &tables.to_string_lossy(),
    ]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("7 个节点、6 条边写入"), "{said}");
    for name in ["nodes.csv", "edges.csv", "facts.csv"] {
        assert!(tables.join(name).is_file(), "{name}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::io::Read;
    let (folder, _) = small();
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("xiangtu"))
        .env("XIANGTU_STORE", folder.path().join("store"))
        .args(["export", "--format", "nquads"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 16];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!(
        (out.status.code(), text(&out.stderr).as_str()),
        (Some(0), "")
    );
}

#[test]
fn completions_and_help_come_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    assert!(text(&xiangtu(folder.path(), &["completions", "bash"]).stdout).contains("recurrence"));
    assert!(text(&xiangtu(folder.path(), &["build", "--help"]).stdout).contains("读入报告"));
    assert!(
        text(&xiangtu(folder.path(), &["build", "--help", "--lang", "en"]).stdout)
            .contains("Example: xiangtu build")
    );
}

#[test]
fn a_bad_file_changes_nothing_of_what_the_others_say() {
    let folder = tempfile::tempdir().unwrap();
    let [corpus, clean, mixed] = ["corpus", "clean", "mixed"].map(|name| folder.path().join(name));
    std::fs::create_dir(&corpus).unwrap();
    for name in ["honghe-2022.txt", "honghe-2023.txt"] {
        std::fs::copy(crate::laws::samples().join(name), corpus.join(name)).unwrap();
    }
    assert_eq!(
        xiangtu(&clean, &["build", &corpus.to_string_lossy()])
            .status
            .code(),
        Some(0)
    );
    let before = crate::fixture::nquads(&clean);
    std::fs::write(corpus.join("broken.txt"), b"\x89PNG\x00\x01").unwrap();
    let out = xiangtu(&mixed, &["build", &corpus.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(3), "{}", text(&out.stderr));
    assert!(
        text(&out.stdout).contains("broken.txt"),
        "{}",
        text(&out.stdout)
    );
    let after = crate::fixture::nquads(&mixed);
    let after: std::collections::BTreeSet<&str> = after.lines().collect();
    let lost: Vec<&str> = before
        .lines()
        .filter(|line| !after.contains(line))
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn a_build_that_cannot_begin_leaves_the_graph_as_it_was() {
    let (folder, store) = small();
    drop(store);
    let store = folder.path().join("store");
    let before = crate::fixture::nquads(&store);
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    for arguments in [
        &["build", "no-such-folder"][..],
        &["build", &empty.to_string_lossy()],
        &["build", "data/samples", "--extractions", "no-such.jsonl"],
    ] {
        assert_eq!(
            xiangtu(&store, arguments).status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
    assert!(
        crate::fixture::nquads(&store) == before,
        "the graph has changed"
    );
    let out = xiangtu(&store, &["lookup", "河长制"]);
    assert_eq!(
        (out.status.code(), text(&out.stderr).as_str()),
        (Some(0), "")
    );
}

#[test]
fn a_store_of_another_version_is_refused_by_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("store.json");
    for (content, part) in [
        (r#"{"format":99,"kind":"tape"}"#, "第 99 版"),
        ("{", "已损坏"),
    ] {
        std::fs::write(&marker, content).unwrap();
        for arguments in [
            &["build", "data/samples"][..],
            &["lookup", "锦江镇"],
            &["query", "documents"],
            &["recurrence"],
            &["export", "--format", "nquads"],
        ] {
            let out = xiangtu(folder.path(), arguments);
            let said = text(&out.stderr);
            assert_eq!(out.status.code(), Some(2), "{arguments:?}");
            assert!(
                said.contains("store.json")
                    && said.contains(part)
                    && said.contains("请在另一个文件夹重建"),
                "{said}"
            );
        }
        assert_eq!(std::fs::read_to_string(&marker).unwrap(), content);
    }
}

#[test]
fn wrong_sparql_names_the_file_and_the_place() {
    let (folder, store) = small();
    drop(store);
    let store = folder.path().join("store");
    let wrong = folder.path().join("wrong.rq");
    for query in [
        "SELECT ?x WHERE { ?x ",
        "SELECT ?x WHERE { ?x nowhere:p ?y }",
        "DELETE WHERE { ?s ?p ?o }",
        "",
    ] {
        std::fs::write(&wrong, query).unwrap();
        let out = xiangtu(&store, &["query", &wrong.to_string_lossy()]);
        let said = text(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{query}: {said}");
        assert!(said.contains("wrong.rq"), "{query}: {said}");
    }
}

#[test]
fn the_knowledge_files_have_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["check"][..], &["check", "."]] {
        let out = xiangtu(folder.path(), arguments);
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stdout));
    }
}

#[test]
fn text_prints_what_offsets_count_in() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("store");
    let source = "青河镇工作总结。\r\n\r\n全镇推行河长制。";
    let file = folder.path().join("a.txt");
    std::fs::write(&file, format!("\u{FEFF}{source}")).unwrap();
    let out = xiangtu(&nowhere, &["text", &file.to_string_lossy()]);
    assert_eq!(
        (out.status.code(), text(&out.stdout).as_str()),
        (Some(0), source)
    );
    let table = folder.path().join("a.csv");
    std::fs::write(&table, "text\n甲镇。\n乙镇。\n").unwrap();
    let table = table.to_string_lossy().into_owned();
    let out = xiangtu(&nowhere, &["text", &format!("{table}#row=3")]);
    assert_eq!(text(&out.stdout), "乙镇。\n");
    let out = xiangtu(&nowhere, &["text", &table]);
    assert_eq!(out.status.code(), Some(2));
    assert!(
        text(&out.stderr).contains("a.csv#row=2"),
        "{}",
        text(&out.stderr)
    );
    let old = folder.path().join("a.doc");
    std::fs::write(&old, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").unwrap();
    let out = xiangtu(&nowhere, &["text", &old.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(3));
    let said = text(&out.stderr);
    assert!(
        said.contains("a.doc") && said.contains("--convert-to docx"),
        "{said}"
    );
}

#[test]
fn standard_input_is_read_by_extract_text_and_build() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    for (arguments, part) in [
        (vec!["text", "-"], "青河镇推行河长制。"),
        (vec!["extract", "-"], "\"doc\":\"-\""),
        (vec!["build", "-"], "读入 1 份文件，搁置 0 份"),
    ] {
        let out = program(&store)
            .args(&arguments)
            .write_stdin("<html><p>青河镇推行河长制。")
            .output()
            .unwrap();
        assert_eq!(out.status.code(), Some(0), "{arguments:?}");
        assert!(text(&out.stdout).contains(part), "{}", text(&out.stdout));
    }
}

#[test]
fn the_ledger_lists_what_was_read_and_what_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let (corpus, store) = (folder.path().join("corpus"), folder.path().join("store"));
    std::fs::create_dir(&corpus).unwrap();
    std::fs::write(
        corpus.join("a.txt"),
        "江西省上高县锦江镇2021年工作总结\n全镇推行河长制。\n",
    )
    .unwrap();
    std::fs::write(corpus.join("b.xls"), b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").unwrap();
    let built = xiangtu(&store, &["build", &corpus.to_string_lossy()]);
    assert_eq!(built.status.code(), Some(3));
    let list = text(&xiangtu(&store, &["documents"]).stdout);
    for part in [
        "a.txt",
        "锦江镇",
        "2021",
        "完成",
        "b.xls",
        "搁置",
        "--convert-to csv",
        "共 2 份文件：完成 1 份，搁置 1 份。",
    ] {
        assert!(list.contains(part), "{part} in\n{list}");
    }
    let aside = xiangtu(&store, &["documents", "--set-aside", "--json"]);
    let rows: serde_json::Value = serde_json::from_slice(&aside.stdout).unwrap();
    assert_eq!(
        (rows.as_array().unwrap().len(), rows[0]["reason"].as_str()),
        (1, Some("spreadsheet"))
    );
}

#[test]
fn what_ends_the_program_is_told_in_the_language_of_its_user() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("图");
    let told = |lang: &str, arguments: &[&str]| {
        let output = xiangtu(&store, &[arguments, &["--lang", lang]].concat());
        assert_eq!(output.status.code(), Some(2));
        text(&output.stderr)
    };
    let shown = store.display();
    assert_eq!(
        told("zh", &["lookup", "青河镇"]),
        format!("xiangtu: {shown}：这里没有图；先用 xiangtu build 文件 --store {shown} 建一个\n")
    );
    assert!(told("en", &["lookup", "青河镇"]).contains("no store here; make one with"));
    let missing = told("zh", &["build", "没有的.txt"]);
    assert_eq!(
        missing,
        "xiangtu: 没有的.txt：没有这个文件或文件夹；请核对名称\n"
    );
}
