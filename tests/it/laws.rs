//! Laws that hold over a graph which the program itself made of `data/samples`, and over what it says of any text.
//!
//! What belongs here needs the extractor; what the store owes whatever it is given stands in `store`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;

use xiangtu::knowledge::Corrections;
use xiangtu::model::{EntityType, Metadata, Predicate};
use xiangtu::pipeline::{BuildOptions, build, extract_document, extract_sources};
use xiangtu::read::{self, Limits, Source, decode, list_files};
use xiangtu::store::{Store, parse_query_file};
use xiangtu::vocab;

use crate::sound::keeps_the_laws;

/// The sample folder.
pub fn samples() -> PathBuf {
    "data/samples".into()
}

/// The sample built once for all tests that only read it.
pub fn built() -> &'static Path {
    static BUILT: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        make(&[samples()], &folder.path().join("store"), 2);
        folder
    });
    static STORE: LazyLock<PathBuf> = LazyLock::new(|| BUILT.path().join("store"));
    &STORE
}

/// Extracts and builds; no document may be set aside.
pub fn make(paths: &[PathBuf], store: &Path, jobs: usize) {
    let report = build(
        paths,
        store,
        &BuildOptions {
            jobs,
            ..BuildOptions::default()
        },
        &|_, _| {},
    )
    .unwrap();
    assert_eq!((report.done, report.set_aside), (report.files, Vec::new()));
}

/// Every statement and mention of a store is cut from its file at its offsets. Returns how many of each there are.
pub fn every_span_is_found(store: &Store) -> (usize, usize) {
    let source = |document: &str| -> Vec<char> {
        let document = store.document(document).unwrap();
        let path = document.paths.first().expect("a document has a path");
        let options = read::Options::default();
        let piece = read::find_piece(Path::new(path), &options).unwrap();
        piece.read(&options).unwrap().text.chars().collect()
    };
    let cut = |text: &[char], start: usize, end: usize| text[start..end].iter().collect::<String>();
    let mut sources = std::collections::HashMap::new();
    let mut statements = 0;
    for property in Predicate::ALL
        .map(vocab::property)
        .into_iter()
        .chain([vocab::REPORTS_INDICATOR])
    {
        for row in store.statements_of(property).unwrap() {
            let text = sources
                .entry(row.document.clone())
                .or_insert_with(|| source(&row.document));
            assert_eq!(
                cut(text, row.quote_start, row.quote_end),
                row.quote,
                "{row:?}"
            );
            assert!(
                row.quote_start <= row.start && row.start < row.end && row.end <= row.quote_end,
                "{row:?}"
            );
            assert!(
                !row.rule.is_empty() && row.confidence > 0.0 && row.confidence <= 1.0,
                "{row:?}"
            );
            statements += 1;
        }
    }
    let query = "SELECT ?document ?begin ?end ?text WHERE { GRAPH ?document {
        ?m a xt:Mention ; nif:beginIndex ?begin ; nif:endIndex ?end ; nif:anchorOf ?text } }";
    let answer = store
        .ask(&parse_query_file("mentions.rq", query).unwrap(), &[])
        .unwrap();
    for row in &answer.rows {
        let [document, begin, end, text] =
            [0, 1, 2, 3].map(|i| row[i].as_ref().unwrap().value.clone());
        let source = sources
            .entry(document.clone())
            .or_insert_with(|| source(&document));
        assert_eq!(
            cut(source, begin.parse().unwrap(), end.parse().unwrap()),
            text,
            "{document}"
        );
    }
    (statements, answer.rows.len())
}

#[test]
fn every_quote_of_the_sample_is_found_at_its_offsets() {
    let store = Store::open(built()).unwrap();
    let (statements, mentions) = every_span_is_found(&store);
    assert!(
        statements > 100 && mentions > 200,
        "{statements} statements, {mentions} mentions"
    );
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one");
    make(&[samples()], &one, 1);
    let (one, two) = (
        crate::fixture::nquads(&one),
        crate::fixture::nquads(built()),
    );
    assert!(one == two, "the stores differ");
}

#[test]
fn the_sample_shows_what_its_readme_promises() {
    let store = Store::open(built()).unwrap();
    let towns = store.find("锦江镇", Some(EntityType::Place), None).unwrap();
    let codes: BTreeSet<&str> = towns.iter().filter_map(|f| f.code.as_deref()).collect();
    assert!(
        codes.contains("360923102") && codes.contains("511403110"),
        "{codes:?}"
    );
    let documents = store.documents().unwrap();
    let years: BTreeSet<i32> = documents.iter().filter_map(|d| d.year).collect();
    assert!(
        documents.len() >= 14 && years.len() >= 3,
        "{} documents, {years:?}",
        documents.len()
    );
    let options = xiangtu::graph::recurrence::Options {
        min: 4,
        ..Default::default()
    };
    let rows = xiangtu::graph::recurrence::recurrence(&store, &options).unwrap();
    assert!(
        rows.iter()
            .any(|row| row.name == "河长制" && row.provinces >= 3),
        "{rows:?}"
    );
}

#[test]
fn every_sample_extraction_keeps_the_laws() {
    for path in list_files(&[samples()]).unwrap() {
        let source = std::fs::read_to_string(&path).unwrap();
        keeps_the_laws(&source, &extract_document("sample.txt", &source));
    }
}

#[test]
fn a_place_without_a_name_stays_in_its_document() {
    let folder = tempfile::tempdir().unwrap();
    let (corpus, path) = (folder.path().join("corpus"), folder.path().join("store"));
    std::fs::create_dir(&corpus).unwrap();
    for (name, income) in [("a.txt", "1.5"), ("b.txt", "2.5")] {
        let text = format!("××镇2021年工作总结\n2021年，全镇完成财政收入{income}亿元。\n");
        std::fs::write(corpus.join(name), text).unwrap();
    }
    make(&[corpus], &path, 1);
    let rows = Store::open(&path)
        .unwrap()
        .statements_of(vocab::REPORTS_INDICATOR)
        .unwrap();
    let places: BTreeSet<&str> = rows.iter().map(|row| row.subject.as_str()).collect();
    assert_eq!((rows.len(), places.len()), (2, 2), "{rows:?}");
}

#[test]
fn texts_that_are_hardly_texts_keep_the_laws() {
    let cases = [
        "",
        "\n",
        " \t\r\n\u{3000}",
        "。",
        "\u{FEFF}青河镇",
        "镇镇镇镇镇镇镇镇",
        "一、\n（一）\n1.\n一是",
        "青\n河\n镇\n2\n0\n2\n1\n年",
        "“《（【『",
        "亿亿亿元分别增长-%、.%和％",
        "0.0.0.0%到9999999999999999999999999999亿元",
        "增长１２．５％，达到3．2亿元",
        "\u{0}\u{7}\u{1B}[31m青河镇\u{200B}河\u{200D}长\u{202E}制",
        "👩‍👩‍👧‍👦镇党委书记👍🏽同志",
        "𠀀𠀁村党支部书记𪚥𪚥",
        "е́镇é村",
    ];
    for case in cases {
        keeps_the_laws(case, &extract_document("case.txt", case));
    }
}

/// Pieces of which random texts are made: what reports consist of, and what no report should hold.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "青河镇", "上高县锦江镇", "江西省", "村", "县", "该镇", "我镇", "全县", "2021年", "近三年", "去年",
    "一、", "（二）", "1.", "一是", "工作总结", "下一年工作计划", "推行河长制", "“厕所革命”", "扎实开展",
    "人居环境整治", "引进", "有限公司", "科技", "投资", "总投资", "1.5亿元", "３００万元", "完成", "分别",
    "增长", "同比", "8.5%", "财政收入", "由", "增至", "翻番", "以上", "镇党委书记", "张三", "欧阳", "同志",
    "荣获", "全国文明村镇", "称号", "项目", "开工建设", "竣工", "拟", "尚未", "未获评", "，", "。", "；",
    "、", "：", "“", "”", "（", "）", "《", "》", "\n", "\r\n", " ", "\u{3000}", "**", "# ", "| 甲 | 乙 |",
    "- 3 -", "×××", "X", "0", "９", "%", "亿", "万", "\u{FEFF}", "\u{200B}", "\u{202E}", "\u{0}", "\u{7F}",
    "\u{85}", "👍🏽", "🇨🇳", "𠀀", "e\u{301}", "ﬁ", "①", "㎡", "Ⅷ",
];

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(PIECES).prop_map(str::to_owned),
        2 => "[一-龥]{1,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::hostile::cases(256), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_texts_keep_the_laws(source in texts()) {
        let found = extract_document("random.txt", &source);
        keeps_the_laws(&source, &found);
        prop_assert_eq!(found, extract_document("random.txt", &source));
    }

    #[test]
    fn any_bytes_are_decoded_or_turned_away(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(source) = decode(&bytes) {
            keeps_the_laws(&source.text, &extract_document("random.txt", &source.text));
        }
    }
}

#[test]
fn documents_say_together_what_each_says_alone() {
    let sources: Vec<Source> = list_files(&[samples()])
        .unwrap()
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .map(|text| Source {
            text,
            metadata: Metadata::default(),
        })
        .collect();
    let longest = sources.iter().map(|s| s.text.len()).max().unwrap();
    // All but the longest, so that those that are set aside stand among those that are not.
    let limits = Limits {
        memory: 256 * longest as u64 - 1,
        ..Limits::default()
    };
    let read: Vec<_> = sources.iter().map(|s| ("a.txt", "a.txt", s)).collect();
    let together = extract_sources(&read, &Corrections::default(), &limits);
    assert_eq!(together.len(), sources.len());
    for (source, said) in sources.iter().zip(together) {
        assert_eq!(said.is_err(), source.text.len() == longest);
        if let Ok(said) = said {
            assert_eq!(said, extract_document("a.txt", &source.text));
        }
    }
}
