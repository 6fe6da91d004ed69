//! Input that is broken or made to do harm: it is read or set aside, and costs no more than its size.
//!
//! Random bytes and mutated files of every format; what such runs once found stands below as cases of its own.
//!
//! The long run, over every reader and the extraction: `XIANGTU_CASES=20000 cargo test --test it changed_files any_bytes random_texts`.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use proptest::prelude::*;
use xiangtu::pipeline::extract_document;
use xiangtu::pipeline::{BuildOptions, build};
use xiangtu::read::{Limits, Options, Reason, find_piece, list_files, pieces};

use crate::files::{
    PdfFont, REPORT, assemble, docx_of, paragraph, pdf, put, read_all, read_one, zip,
};
use crate::sound::{is_sound, keeps_the_laws, small_limits};

fn reasons(name: &str, bytes: &[u8], options: &Options) -> Vec<Option<Reason>> {
    let all = read_all(name, bytes, options);
    all.into_iter()
        .map(|(_, read)| read.err().map(|aside| aside.reason))
        .collect()
}

// ---------------------------------------------------------------- bombs

fn zeros(n: usize) -> Vec<u8> {
    vec![b'0'; n]
}

#[test]
fn archives_that_grow_too_much_are_stopped_and_the_rest_is_read() {
    let entry = zeros(900 << 10);
    let names: Vec<String> = (0..40).map(|i| format!("{i:02}.txt")).collect();
    let mut entries: Vec<(&str, &[u8])> = vec![("00-first.txt", REPORT[2].as_bytes())];
    entries.extend(names.iter().map(|name| (name.as_str(), entry.as_slice())));
    let found = reasons("a.zip", &zip(&entries), &small_limits());
    assert_eq!((found.len(), found[0]), (41, None));
    assert_eq!(found[1], Some(Reason::NoText));
    assert_eq!(found[40], Some(Reason::Expands));
    let inner = zip(&entries[1..]);
    let found = reasons(
        "a.zip",
        &zip(&[("b.zip", &inner), ("c.zip", &inner)]),
        &small_limits(),
    );
    assert_eq!(found.last(), Some(&Some(Reason::Expands)));
}

#[test]
fn word_documents_and_pdfs_that_grow_too_much_are_stopped() {
    let body = paragraph(&"增".repeat(2 << 20));
    assert_eq!(
        reasons("a.docx", &docx_of(&body, &[]), &small_limits()),
        [Some(Reason::Expands)]
    );
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&zeros(64 << 20)).unwrap();
    let packed = packed.finish().unwrap();
    let mut bytes = b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n\
        2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]>> endobj\n3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R>> endobj\n"
        .to_vec();
    bytes.extend(
        format!(
            "4 0 obj <</Filter/FlateDecode/Length {}>> stream\n",
            packed.len()
        )
        .bytes(),
    );
    bytes.extend(packed);
    bytes.extend(b"\nendstream endobj\ntrailer <</Root 1 0 R/Size 5>>\n%%EOF");
    assert_eq!(
        reasons("a.pdf", &bytes, &small_limits()),
        [Some(Reason::Expands)]
    );
}

#[test]
fn a_number_before_every_paragraph_does_not_grow_without_bound() {
    let pattern = "第".repeat(1 << 16);
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:lvlText w:val=\"{pattern}\"/></w:lvl>\
         </w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
    );
    let numbered = "<w:p><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>镇</w:t></w:r></w:p>";
    let document = |n: usize| docx_of(&numbered.repeat(n), &[("word/numbering.xml", &numbering)]);
    // The pattern is cut to the 255 characters that Word takes.
    let source = read_one("a.docx", &document(2)).unwrap();
    assert_eq!(source.text.chars().count(), 2 * (255 + 2));
    assert_eq!(
        reasons("a.docx", &document(2000), &small_limits()),
        [Some(Reason::TooLarge)]
    );
}

#[test]
fn entities_are_not_expanded() {
    let mut declared = String::from("<!DOCTYPE d [<!ENTITY a0 \"乡\">");
    for i in 1..20 {
        let before = format!("&a{};", i - 1).repeat(10);
        declared.push_str(&format!("<!ENTITY a{i} \"{before}\">"));
    }
    let main = format!("{declared}]><d xmlns:w=\"w\"><w:p><w:t>青河镇&a19;。</w:t></w:p></d>");
    let source = read_one("a.docx", &zip(&[("word/document.xml", main.as_bytes())])).unwrap();
    assert_eq!(source.text, "青河镇&a19;。\n");
}

#[test]
fn forms_that_show_one_another_end() {
    let mut objects = vec![
        "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj".to_owned(),
        "2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]>> endobj".to_owned(),
        "3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</A 5 0 R/B 6 0 R>>>>>> endobj".to_owned(),
    ];
    let shows = "/A Do /B Do ".repeat(8);
    for n in 4..=6 {
        let form = if n == 4 {
            ""
        } else {
            "/Subtype/Form/Resources<</XObject<</A 5 0 R/B 6 0 R>>>>"
        };
        objects.push(format!(
            "{n} 0 obj <<{form}/Length {}>> stream\n{shows}\nendstream endobj",
            shows.len()
        ));
    }
    let mut options = small_limits();
    options.limits.time = std::time::Duration::from_secs(2);
    let found = reasons("a.pdf", &assemble(&objects), &options);
    assert!(
        matches!(found[0], Some(Reason::TooSlow | Reason::Expands)),
        "{found:?}"
    );
}

/// A PDF of one page that shows a string in the font 5, with these objects besides.
fn pdf_with(more: &[String]) -> Vec<u8> {
    let shows = "BT /F 9 Tf <0041> Tj ET";
    let mut objects = vec![
        "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj".to_owned(),
        "2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]>> endobj".to_owned(),
        "3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj"
            .to_owned(),
        format!(
            "4 0 obj <</Length {}>> stream\n{shows}\nendstream endobj",
            shows.len()
        ),
    ];
    objects.extend(more.iter().cloned());
    assemble(&objects)
}

#[test]
fn tables_of_a_font_cost_no_more_than_their_size() {
    // Each of few bytes names 65,536 codes, or the same ones again.
    let map = format!("{} endbfrange", "<0000> <FFFF> <E000>\n".repeat(20_000));
    let maps = pdf_with(&[
        "5 0 obj <</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R>> endobj"
            .to_owned(),
        format!(
            "6 0 obj <</Length {}>> stream\n{map}\nendstream endobj",
            map.len()
        ),
    ]);
    let widths = pdf_with(&[
        "5 0 obj <</Type/Font/Subtype/Type0/Encoding/GBK-EUC-H/DescendantFonts[6 0 R]>> endobj"
            .to_owned(),
        format!(
            "6 0 obj <</Type/Font/W[{}]>> endobj",
            "0 7 0 R ".repeat(10_000)
        ),
        format!("7 0 obj [{}] endobj", "1 ".repeat(1 << 16)),
    ]);
    // The limits of one document, of processor time too, are far above what these cost.
    for bytes in [maps, widths] {
        assert!(!reasons("a.pdf", &bytes, &Options::default()).contains(&Some(Reason::TooSlow)));
    }
}

// ---------------------------------------------------------------- memory and time of extraction

#[test]
fn what_costs_too_much_to_extract_is_set_aside_and_the_rest_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let [corpus, worn, clean] = ["corpus", "worn", "clean"].map(|name| folder.path().join(name));
    std::fs::create_dir(&corpus).unwrap();
    let text = REPORT.join("\n");
    std::fs::write(corpus.join("a.txt"), &text).unwrap();
    std::fs::write(corpus.join("b.txt"), text.repeat(100)).unwrap();
    let run = |store: &std::path::Path, limits: Limits| {
        let options = BuildOptions {
            read: Options {
                limits,
                ..Options::default()
            },
            ..BuildOptions::default()
        };
        build(std::slice::from_ref(&corpus), store, &options, &|_, _| {}).unwrap()
    };
    let memory = (text.len() * 99 * 256) as u64;
    let little_memory = Limits {
        memory,
        ..Limits::default()
    };
    let report = run(&worn, little_memory);
    assert_eq!((report.documents, report.done), (2, 1));
    assert!(report.set_aside[0].0.ends_with("b.txt"));
    assert!(report.set_aside[0].1.starts_with("too long: "));
    let no_time = Limits {
        time: std::time::Duration::ZERO,
        ..Limits::default()
    };
    let report = run(&folder.path().join("slow"), no_time);
    assert_eq!((report.documents, report.done), (2, 0));
    assert!(
        report
            .set_aside
            .iter()
            .all(|(_, why)| why == "too slow: > 0 s")
    );
    // With the limits raised both are in, as if they had never been set aside.
    assert_eq!(run(&worn, Limits::default()).done, 2);
    run(&clean, Limits::default());
    crate::history::is_same(&worn, &clean);
}

// ---------------------------------------------------------------- depth and length

#[test]
fn depth_costs_no_stack() {
    let deep = 200_000;
    let page = format!("<body>{}青河镇推行河长制。", "<div><b>".repeat(deep));
    assert_eq!(
        read_one("a.html", page.as_bytes()).unwrap().text,
        "青河镇推行河长制。\n"
    );
    let tables = format!("<body>{}青河镇推行河长制。", "<table><tr><td>".repeat(deep));
    assert!(
        read_one("a.html", tables.as_bytes())
            .unwrap()
            .text
            .contains("青河镇推行河长制。")
    );
    let closed = format!("<p>青河镇{}", "</div>".repeat(deep));
    assert_eq!(
        read_one("a.html", closed.as_bytes()).unwrap().text,
        "青河镇\n"
    );
    let nested = format!(
        "{}{}",
        "<w:tbl><w:tr><w:tc><w:p><w:t>镇</w:t></w:p>".repeat(3000),
        "</w:tc></w:tr></w:tbl>".repeat(3000)
    );
    assert!(read_one("a.docx", &docx_of(&nested, &[])).is_ok());
    let json = format!("{}\n{{\"text\": \"青河镇。\"}}\n", "{\"a\":[".repeat(deep));
    assert_eq!(
        reasons("a.jsonl", json.as_bytes(), &Options::default()),
        [Some(Reason::Damaged), None]
    );
    let array = format!(
        "%PDF-1.4\n1 0 obj {} endobj\ntrailer <</Root 1 0 R>>",
        "[<</A ".repeat(deep)
    );
    assert!(read_one("a.pdf", array.as_bytes()).is_err());
}

#[test]
fn attributes_cost_no_stack() {
    let n = 200_000;
    let distinct: String = (0..n).map(|i| format!("a{i}=\"1\" ")).collect();
    for attributes in ["a=\"1\" ".repeat(n), "a=\"\"".repeat(n), distinct] {
        for page in [
            format!("<p {attributes}>青河镇推行河长制。</p>"),
            format!("<p>青河镇推行河长制。</p {attributes}>"),
            format!("<p>青河镇推行河长制。<p {attributes}"),
        ] {
            assert_eq!(
                read_one("a.html", page.as_bytes()).unwrap().text,
                "青河镇推行河长制。\n"
            );
        }
    }
}

#[test]
fn what_is_too_long_costs_itself_alone() {
    let long = "长".repeat(1 << 20);
    let lines =
        format!("{{\"text\": \"甲镇。\"}}\n{{\"text\": \"{long}\"}}\n{{\"text\": \"乙镇。\"}}\n");
    assert_eq!(
        reasons("a.jsonl", lines.as_bytes(), &small_limits()),
        [None, Some(Reason::TooLarge), None]
    );
    let rows = format!("text\n甲镇。\n{long}\n乙镇。\n");
    assert_eq!(
        reasons("a.csv", rows.as_bytes(), &small_limits())[..2],
        [None, Some(Reason::TooLarge)]
    );
    let open = format!("text\n甲镇。\n\"{}", "乙镇。\n".repeat(300_000));
    assert_eq!(
        reasons("a.csv", open.as_bytes(), &small_limits()),
        [None, Some(Reason::TooLarge)]
    );
    for name in ["a.txt", "a.html", "a.pdf", "a.docx"] {
        let mut bytes = if name == "a.docx" {
            b"PK\x03\x04".to_vec()
        } else {
            b"%PDF-".to_vec()
        };
        bytes.extend(long.as_bytes());
        assert_eq!(
            reasons(name, &bytes, &small_limits()),
            [Some(Reason::TooLarge)],
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_in_circles_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "a.txt", REPORT[2].as_bytes());
    std::os::unix::fs::symlink(root, root.join("loop")).unwrap();
    std::os::unix::fs::symlink("b.txt", root.join("b.txt")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.join("c.txt")).unwrap();
    let options = Options::default();
    let found: Vec<Option<Reason>> = list_files(&[root.to_owned()])
        .unwrap()
        .iter()
        .flat_map(|file| pieces(file, &options))
        .map(|piece| piece.read(&options).err().map(|aside| aside.reason))
        .collect();
    assert_eq!(
        found,
        [None, Some(Reason::Unreadable), Some(Reason::Unreadable)]
    );
    assert!(find_piece(&root.join("loop"), &options).is_err());
}

#[test]
fn names_that_are_markup_are_names() {
    let bytes = zip(&[
        ("\"><script>alert(1)</script>.txt", REPORT[2].as_bytes()),
        ("a b#c?.txt", "甲镇。".as_bytes()),
    ]);
    let all = read_all("包.zip", &bytes, &Options::default());
    assert!(all.iter().all(|(_, read)| read.is_ok()), "{all:?}");
    let page = "<title>\"><script>alert(1)</script></title><meta name=Url content='javascript:alert(1)'><p>青河镇。";
    let source = read_one("a.html", page.as_bytes()).unwrap();
    assert_eq!(
        (source.text.as_str(), source.metadata.url),
        ("\"><script>alert(1)</script>\n青河镇。\n", None)
    );
}

#[test]
fn entries_of_an_archive_and_of_one_within_it_have_paths_of_their_own() {
    let inner = zip(&[("b.txt", "甲镇。".as_bytes())]);
    let bytes = zip(&[("a.zip", &inner), ("a.zip/b.txt", "乙镇。".as_bytes())]);
    let all = read_all("包.zip", &bytes, &Options::default());
    let paths: Vec<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["包.zip/a.zip/b.txt", "包.zip/a.zip/b.txt(2)"]);
}

#[test]
fn headings_of_what_follows_an_article_cost_no_more_than_other_lines() {
    let page = format!(
        "<body><p>青河镇推行河长制。{}",
        "<p>相关阅读".repeat(100_000)
    );
    let source = read_one("a.html", page.as_bytes()).unwrap();
    assert!(source.text.starts_with("青河镇推行河长制。\n相关阅读\n"));
}

#[test]
fn names_that_become_one_cost_no_more_than_others() {
    // Each character stands for a digit; all of them become spaces.
    let digit = |n: usize, place: u32| char::from(1 + (n / 28usize.pow(place) % 28) as u8);
    let names: Vec<String> = (0..20_000)
        .map(|n| {
            format!(
                "a{}.txt",
                String::from_iter([0, 1, 2].map(|place| digit(n, place)))
            )
        })
        .collect();
    let entries: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &b"1"[..]))
        .collect();
    let bytes = zip(&entries);
    let all = read_all("a.zip", &bytes, &Options::default());
    assert_eq!(all.len(), names.len());
    assert_eq!(all[19_999].0, "a.zip/a   .txt(20000)");
}

// ---------------------------------------------------------------- random and mutated files

/// A whole file of each format.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let text = REPORT.join("\n");
    let body: String = REPORT.iter().map(|line| paragraph(line)).collect();
    let table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let page: Vec<_> = REPORT
        .iter()
        .enumerate()
        .map(|(i, line)| (72.0, 700.0 - 24.0 * i as f32, *line))
        .collect();
    let html = format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>甲_乙</title><meta name=PubDate content=2022-01-12></head><body>\
         <div class=nav><a href=/>首页</a></div><div id=zoom><h1>甲</h1><table><tr><td>一<td>二</table><p>{text}</p></div></body></html>"
    );
    let csv = format!("year,title,full_text\n2021,\"甲\",\"{text}\"\n2022,乙,丙镇。\n");
    let jsonl = format!(
        "{{\"year\":2021,\"text\":{}}}\n{{\"text\":\"乙镇\\u4e59\"}}\n",
        serde_json::json!(text)
    );
    let docx = docx_of(
        &format!("{body}{table}"),
        &[(
            "word/numbering.xml",
            "<w:numbering><w:abstractNum w:abstractNumId=\"1\"/></w:numbering>",
        )],
    );
    let inner = zip(&[
        ("a.txt", text.as_bytes()),
        ("b.csv", csv.as_bytes()),
        ("c.docx", &docx),
    ]);
    vec![
        ("a.txt", text.clone().into_bytes()),
        ("b.txt", encoding_rs::GB18030.encode(&text).0.into_owned()),
        ("a.html", html.into_bytes()),
        ("a.csv", csv.into_bytes()),
        ("a.jsonl", jsonl.into_bytes()),
        (
            "a.zip",
            zip(&[("d.zip", &inner), ("e.txt", text.as_bytes())]),
        ),
        ("a.pdf", pdf(PdfFont::Mapped, &[page.clone(), page.clone()])),
        ("b.pdf", pdf(PdfFont::Gbk, &[page])),
        ("a.docx", docx),
    ]
}

/// How files of several formats begin.
const STARTS: &[&[u8]] = &[
    b"",
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"<html>",
    b"text\n",
    b"{\"text\":\"",
    b"\xFF\xFE",
];

/// Changes to a file: bytes replaced, stretches cut out, doubled or put elsewhere.
#[derive(Clone, Debug)]
enum Change {
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index, usize),
    Double(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let place = any::<prop::sample::Index>;
    let change = prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        2 => (place(), 1usize..200).prop_map(|(at, n)| Change::Cut(at, n)),
        1 => (place(), 1usize..200).prop_map(|(at, n)| Change::Double(at, n)),
        1 => (place(), prop::collection::vec(any::<u8>(), 1..20)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => (place(), prop::sample::select(PIECES)).prop_map(|(at, piece)| Change::Insert(at, piece.as_bytes().to_vec())),
    ];
    prop::collection::vec(change, 1..12)
}

/// What the formats' grammars are sensitive to.
const PIECES: &[&str] = &[
    "<",
    ">",
    "&",
    "&#0;",
    "&#x110000;",
    "<!--",
    "<![CDATA[",
    "</td>",
    "<tr>",
    "<table>",
    "<w:tbl>",
    "</w:p>",
    "\"",
    "\\",
    "\n",
    "\0",
    "\u{FEFF}",
    "\u{1D}",
    "\u{1F}",
    "endstream",
    "stream\n",
    "<<",
    ">>",
    "[",
    "(",
    "9999999999",
    "-1",
    "1e39",
    "obj",
    "R",
    "/Length 0",
    "/Kids[2 0 R]",
    "/W[0[",
    "/DW",
    "BI ID",
    "q ",
    "beginbfrange <0000> <FFFF> <D800> endbfrange",
    ",",
    "\t",
    "{",
    "\\ud800",
];

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let n = bytes.len();
        match change {
            Change::Set(at, byte) => bytes[at.index(n)] = *byte,
            Change::Cut(at, length) => {
                let at = at.index(n);
                bytes.drain(at..(at + length).min(n));
            }
            Change::Double(at, length) => {
                let at = at.index(n);
                let part = bytes[at..(at + length).min(n)].to_vec();
                bytes.splice(at..at, part);
            }
            Change::Insert(at, part) => {
                let at = at.index(n);
                bytes.splice(at..at, part.iter().copied());
            }
        }
    }
    bytes
}

/// Cases of each property: this many, or more of them for a long run.
pub fn cases(usual: u32) -> u32 {
    let wanted = std::env::var("XIANGTU_CASES").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(96), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_are_read_or_set_aside(at in 0usize..9, changes in changes()) {
        let (name, bytes) = seeds().swap_remove(at);
        let bytes = changed(bytes, &changes);
        let once = read_all(name, &bytes, &small_limits());
        for (_, read) in &once {
            is_sound(name, read);
        }
        prop_assert_eq!(once, read_all(name, &bytes, &small_limits()));
    }

    #[test]
    fn any_bytes_under_any_ending_are_read_or_set_aside(
        ending in prop::sample::select(&xiangtu::read::ENDINGS[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        start in prop::sample::select(STARTS),
    ) {
        let bytes = [start, &bytes].concat();
        let name = format!("a.{ending}");
        for (_, read) in read_all(&name, &bytes, &small_limits()) {
            is_sound(&name, &read);
        }
    }

    #[test]
    fn what_is_read_of_changed_files_is_extracted(at in 0usize..9, changes in changes()) {
        let (name, bytes) = seeds().swap_remove(at);
        for (name, read) in read_all(name, &changed(bytes, &changes), &small_limits()) {
            if let Ok(source) = read {
                keeps_the_laws(&source.text, &extract_document(&name, &source.text));
            }
        }
    }
}

#[test]
fn cells_that_merge_with_nothing_are_cells() {
    use crate::files::{docx_of, paragraph};
    let cell = |properties: &str| {
        let text = paragraph("青河镇推行河长制。");
        format!("<w:tc><w:tcPr>{properties}</w:tcPr>{text}</w:tc>")
    };
    let [goes_on, wide] = ["<w:vMerge/>", "<w:gridSpan w:val=\"65000000\"/>"].map(cell);
    for table in [
        format!("<w:tbl><w:tr>{goes_on}</w:tr></w:tbl>"),
        format!(
            "<w:tbl><w:tr></w:tc>{goes_on}{goes_on}</w:tr><w:tr>{wide}{goes_on}</w:tr></w:tbl></w:tc>"
        ),
        format!("</w:tbl><w:tbl><w:tbl><w:tr>{goes_on}<w:tbl><w:tr>{wide}"),
    ] {
        let read = read_one("a.docx", &docx_of(&table, &[]));
        let is_read = read
            .as_ref()
            .is_ok_and(|source| source.text.contains("推行河长制"));
        assert!(
            is_read || read.is_err_and(|aside| aside.reason == Reason::Damaged),
            "{table}"
        );
    }
}
