//! Tables and the heads of texts as people have them: unclosed quotation marks, JSON laid out over lines, front matter, a bad
//! byte; and files that hold nothing, or are named in several ways.

use std::collections::BTreeSet;

use encoding_rs::GB18030;
use xiangtu::pipeline::{BuildOptions, build};
use xiangtu::read::{Options, find_piece};
use xiangtu::store::Store;

use crate::files::{put, read_all, read_one, zip};

/// The pieces of a file: each path, and its text or, behind a mark, the reason why it has none.
fn rows(name: &str, bytes: &[u8]) -> Vec<(String, String)> {
    let all = read_all(name, bytes, &Options::default());
    all.into_iter()
        .map(|(path, read)| {
            let read = read.map(|source| source.text.trim_end().to_owned());
            (path, read.unwrap_or_else(|aside| format!("! {aside}")))
        })
        .collect()
}

#[test]
fn a_quotation_mark_that_is_not_closed_costs_its_rows_and_says_so() {
    let table = "编号,正文,年份\n\
        1,\"青河镇推行河长制,2023\n\
        2,\"白沙镇推行林长制。\",2024\n\
        3,\"石桥镇修路,\n两条。\",2024\n\
        4,他说“好,2024\n";
    let found = rows("表.csv", table.as_bytes());
    let [(first, lost), (_, road), (_, plain)] = &found[..] else {
        panic!("{found:?}");
    };
    assert!(first.ends_with("表.csv#row=2"));
    assert_eq!(lost, "! open quotation mark: 2-3");
    assert_eq!(road, "石桥镇修路,\n两条。");
    assert_eq!(plain, "他说“好");
    // One that is open until the end of the table.
    let table = "标题,正文\n甲,\"青河镇推行河长制\n乙,白沙镇推行林长制\n";
    let found = rows("表.csv", table.as_bytes());
    assert_eq!(found[0].1, "! open quotation mark: 2-3");
    assert_eq!(found.len(), 1);
}

#[test]
fn json_is_read_however_it_is_laid_out() {
    let array = r#"[
  {
    "标题": "青河镇2023年工作总结",
    "正文": "全镇{推行}\"河长制\"。"
  },
  {"text": "白沙镇修路]两条。\\"}, 7,
  {"正文": "石桥镇
"#;
    let gbk = GB18030.encode(array).0;
    let name = "表.json";
    for bytes in [array.as_bytes(), gbk.as_ref()] {
        let found = rows(name, bytes);
        let texts: Vec<&str> = found.iter().map(|(_, read)| &**read).collect();
        assert_eq!(texts[0], "全镇{推行}\"河长制\"。");
        assert_eq!(texts[1], "白沙镇修路]两条。\\");
        assert!(texts[2].starts_with("! damaged"));
        assert_eq!(texts.len(), 3);
        assert!(found[1].0.ends_with("表.json#item=2"), "{}", found[1].0);
    }
    let one_by_one = "{\n \"text\": \"青河镇推行河长制。\"\n}\n{\n \"text\": \"白沙镇修路。\"\n}";
    assert_eq!(rows("-.jsonl", one_by_one.as_bytes()).len(), 2);
}

#[test]
fn the_front_matter_of_markdown_is_metadata() {
    let text = "---\ntitle: 青河镇2023年工作总结\ndate: 2024-01-15\nauthor: 青河镇人民政府\n---\n# 一、回顾\n推行河长制。\n";
    let source = read_one("a.md", text.as_bytes()).unwrap();
    assert_eq!(source.text, "# 一、回顾\n推行河长制。\n");
    let metadata = source.metadata;
    assert_eq!(metadata.title.as_deref(), Some("青河镇2023年工作总结"));
    assert_eq!(metadata.issued.as_deref(), Some("2024-01-15"));
    assert_eq!(metadata.publisher.as_deref(), Some("青河镇人民政府"));
    let rule = "---\n推行河长制。\n---\n";
    assert_eq!(read_one("a.md", rule.as_bytes()).unwrap().text, rule);
}

#[test]
fn a_bad_byte_damages_a_character_and_not_the_text() {
    let text = "青河镇2021年工作总结\n全镇推行河长制。\n财政收入增长。\n";
    for bytes in [
        text.as_bytes().to_vec(),
        GB18030.encode(text).0.into_owned(),
    ] {
        let line = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
        let bytes = [&bytes[..line], b"\xFF", &bytes[line..]].concat();
        let source = read_one("a.txt", &bytes).unwrap();
        assert!(source.metadata.guessed && source.text.contains("全镇推行河长制。"));
    }
}

#[test]
fn a_file_that_holds_nothing_is_accounted_for() {
    for (name, bytes) in [
        ("表.csv", "标题,正文\n".as_bytes().to_vec()),
        ("空.zip", zip(&[])),
        ("照片.zip", zip(&[("甲.jpg", b"JFIF")])),
    ] {
        let found = rows(name, &bytes);
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].1, "! empty", "{name}");
    }
}

#[test]
fn a_part_that_a_file_does_not_hold_is_not_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::default();
    let table = put(
        folder.path(),
        "表.csv",
        "标题,正文\n甲,青河镇推行河长制。\n".as_bytes(),
    );
    let of = |row: &str| find_piece(format!("{}{row}", table.display()).as_ref(), &options);
    assert_eq!(
        of("").unwrap().read(&options).unwrap().text,
        "青河镇推行河长制。\n"
    );
    assert!(of("#row=2").is_ok());
    let error = of("#row=99").unwrap_err().to_string();
    assert!(
        error.contains("no such document in this file; name one of them, as"),
        "{error}"
    );
    assert!(error.ends_with("表.csv#row=2"), "{error}");
}

#[test]
fn a_file_is_one_document_however_it_is_named() {
    let here = std::env::current_dir().unwrap();
    let folder = tempfile::Builder::new().tempdir_in(&here).unwrap();
    let file = put(folder.path(), "a.txt", "青河镇推行河长制。\n".as_bytes());
    let relative = file.strip_prefix(&here).unwrap().to_owned();
    let store = folder.path().join("store");
    let made = |path: &std::path::Path| {
        build(
            &[path.to_owned()],
            &store,
            &BuildOptions::default(),
            &|_, _| {},
        )
        .unwrap()
    };
    made(&relative);
    put(folder.path(), "a.txt", "青河镇推行林长制。\n".as_bytes());
    let report = made(&file);
    assert_eq!((report.documents, report.store.documents), (1, 1));
    let documents = Store::open(&store).unwrap().documents().unwrap();
    let paths: BTreeSet<_> = documents.iter().flat_map(|d| &d.paths).collect();
    assert_eq!(paths, BTreeSet::from([&relative.display().to_string()]));
}

#[test]
fn short_names_of_divisions_in_the_columns_tell_the_home() {
    let folder = tempfile::tempdir().unwrap();
    for (name, head, row) in [
        (
            "a.csv",
            "省,市,县,乡镇名称,正文",
            "江西,赣州,信丰,小江,推行河长制。",
        ),
        (
            "b.csv",
            "地点,正文",
            "江西省赣州市信丰县小江镇,推行河长制。",
        ),
        (
            "c.csv",
            "省,县,文件标题,正文",
            "江西,信丰,小江镇2023年工作总结,推行河长制。",
        ),
    ] {
        let table = put(folder.path(), name, format!("{head}\n{row}\n").as_bytes());
        let store = folder.path().join(format!("{name}.store"));
        build(&[table], &store, &BuildOptions::default(), &|_, _| {}).unwrap();
        let documents = Store::open(&store).unwrap().documents().unwrap();
        let home = documents[0].home.clone().unwrap_or_default();
        assert!(home.ends_with("/360722106"), "{name}: {home}");
    }
}

#[test]
fn a_text_without_a_year_is_of_the_year_in_which_it_was_published() {
    let folder = tempfile::tempdir().unwrap();
    let table = "标题,发布日期,年份,正文\n\
        青河镇工作总结,2024-01-15,,一年来推行河长制。\n\
        青河镇修路记,2024-01-15,,两条路修通了。\n\
        青河镇修路记,2024-01-15,2022,三条路修通了。\n\
        青河镇修路记,2024-01-15,,2021年四条路修通了。\n";
    let table = put(folder.path(), "表.csv", table.as_bytes());
    let store = folder.path().join("store");
    build(&[table], &store, &BuildOptions::default(), &|_, _| {}).unwrap();
    let documents = Store::open(&store).unwrap().documents().unwrap();
    let year = |row: usize| {
        let ending = format!("#row={row}");
        documents
            .iter()
            .find(|d| d.paths[0].ends_with(&ending))
            .unwrap()
            .year
    };
    assert_eq!([2, 3, 4, 5].map(year), [2023, 2024, 2022, 2021].map(Some));
}
