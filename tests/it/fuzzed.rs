//! Targets of coverage-guided fuzzing (`tests/fuzz/`), and the cases that it is sown with and that it found, replayed.
//!
//! A target takes any bytes and panics where a law is broken. Targets of formats that are packages take the parts and make
//! the package, so that mutations reach what is inside: `== NAME` begins a part, what follows is its content. Bytes that
//! begin otherwise are the file itself.
//!
//! `tests/fixtures/fuzz/TARGET/` holds the cases; what a run found stands there under a name that says what was wrong.

use std::collections::BTreeSet;
use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use xiangtu::gold;
use xiangtu::identity::Ledger;
use xiangtu::knowledge::Knowledge;
use xiangtu::messages::Lang;
use xiangtu::model::Extraction;
use xiangtu::pipeline::{extract_document, extract_given, extract_source};
use xiangtu::read::{ENDINGS, Limits, Source};
use xiangtu::store::parse_query_file;

use crate::files::{put, read_all, zip};
use crate::sound::{is_sound, keeps_the_laws, small_limits};

/// Takes any bytes and panics where a law is broken.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 12] = [
    ("any", any),
    ("archive", archive),
    ("docx", docx),
    ("extract", extract),
    ("given", given),
    ("gold", gold_standard),
    ("html", html),
    ("knowledge", knowledge),
    ("pdf", pdf),
    ("query", query),
    ("table", table),
    ("text", text),
];

// ---------------------------------------------------------------- readers

/// Reads a file and holds what comes of it against the laws. Gives the texts.
fn read(name: &str, bytes: &[u8]) -> Vec<Source> {
    let mut options = small_limits();
    // Longer than any input of a fuzzer may take.
    options.limits.time = std::time::Duration::from_secs(5);
    let mut sources = Vec::new();
    let mut paths = BTreeSet::new();
    for (name, read) in read_all(name, bytes, &options) {
        is_sound(&name, &read);
        sources.extend(read);
        assert!(paths.insert(name.clone()), "two pieces are called {name}");
    }
    sources
}

/// Plain text in any character set.
fn text(bytes: &[u8]) {
    for source in read("a.txt", bytes) {
        if source.metadata.format == "text/plain; charset=utf-8" {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            // What a mark says is UTF-8 may be broken; then that is to be seen, and only what is broken is lost.
            let whole = String::from_utf8_lossy(bytes);
            assert!(source.text.ends_with(&*whole));
        }
    }
}

fn html(bytes: &[u8]) {
    read("a.html", bytes);
}

/// CSV, TSV or JSON Lines, as the first byte says.
fn table(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let name = match first {
        b't' => "a.tsv",
        b'j' => "a.jsonl",
        _ => "a.csv",
    };
    read(name, rest);
}

/// A file of which the ending is part of the input: its first line.
fn any(bytes: &[u8]) {
    let end = bytes.iter().position(|b| *b == b'\n');
    let Some((ending, rest)) = end.map(|end| (&bytes[..end], &bytes[end + 1..])) else {
        return;
    };
    if let Some(ending) = ENDINGS.iter().find(|known| known.as_bytes() == ending) {
        read(&format!("a.{ending}"), rest);
    }
}

/// A Word document of these parts.
fn docx(bytes: &[u8]) {
    read("a.docx", &package(bytes));
}

/// An archive of these entries.
fn archive(bytes: &[u8]) {
    read("a.zip", &package(bytes));
}

/// A PDF whose parts are objects: `== 4 <</Type/Font>>`, with a content if it is a stream, which is packed where the
/// dictionary says so.
fn pdf(bytes: &[u8]) {
    let parts = parts(bytes);
    if parts.is_empty() {
        read("a.pdf", bytes);
        return;
    }
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (head, content) in parts {
        let Some((number, object)) = head.split_once(' ') else {
            continue;
        };
        let Ok(number) = number.parse::<u16>() else {
            continue;
        };
        places.push((number, out.len()));
        out.extend(format!("{number} 0 obj ").bytes());
        match object.strip_suffix(">>") {
            Some(open) if !content.is_empty() => {
                let content = if open.contains("/FlateDecode") {
                    deflated(content)
                } else {
                    content.to_vec()
                };
                out.extend(format!("{open}/Length {}>> stream\n", content.len()).bytes());
                out.extend(content);
                out.extend(b"\nendstream");
            }
            _ => out.extend(object.bytes()),
        }
        out.extend(b" endobj\n");
    }
    let start = out.len();
    out.extend(b"xref\n0 1\n0000000000 65535 f \n");
    for (number, at) in places {
        out.extend(format!("{number} 1\n{at:010} 00000 n \n").bytes());
    }
    out.extend(b"trailer <</Size 65536/Root 1 0 R/Info 9 0 R>>\nstartxref\n");
    out.extend(format!("{start}\n%%EOF\n").bytes());
    read("a.pdf", &out);
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The names and contents that `== NAME` tells apart; none for bytes that do not begin so.
fn parts(bytes: &[u8]) -> Vec<(String, &[u8])> {
    let mut parts: Vec<(String, &[u8])> = Vec::new();
    let mut rest = bytes;
    while let Some(named) = rest.strip_prefix(b"== ") {
        let end = named.iter().position(|b| *b == b'\n');
        let (name, after) = named.split_at(end.unwrap_or(named.len()));
        let after = after.strip_prefix(b"\n").unwrap_or(after);
        let next = if after.starts_with(b"== ") {
            Some(0)
        } else {
            after.windows(4).position(|four| four == b"\n== ")
        };
        let (content, more) = match next {
            Some(0) if after.starts_with(b"== ") => (&after[..0], after),
            Some(at) => (&after[..at], &after[at + 1..]),
            None => (after, &after[after.len()..]),
        };
        parts.push((String::from_utf8_lossy(name).into_owned(), content));
        rest = more;
    }
    parts
}

/// A .zip of the parts, of which only the first of a name counts.
fn package(bytes: &[u8]) -> Vec<u8> {
    let parts = parts(bytes);
    if parts.is_empty() {
        return bytes.to_vec();
    }
    let mut names = BTreeSet::new();
    let entries: Vec<(&str, &[u8])> = parts
        .iter()
        .filter(|(name, _)| name.len() < 1000 && names.insert(name.as_str()))
        .map(|(name, content)| (name.as_str(), *content))
        .collect();
    zip(&entries)
}

// ---------------------------------------------------------------- extraction

fn extract(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let found = extract_document("fuzz.txt", &source);
    keeps_the_laws(&source, &found);
    let written = serde_json::to_string(&found).unwrap();
    let back: Extraction = serde_json::from_str(&written).unwrap();
    // Not the same bytes: the last digit of a confidence may be read otherwise than it was written.
    keeps_the_laws(&source, &back);
}

/// A text, and an extraction that somebody made of it: statements are found among the names that it tells.
fn given(bytes: &[u8]) {
    let parts = parts(bytes);
    let [(_, source), (_, told), ..] = parts.as_slice() else {
        return;
    };
    let Ok(told) = serde_json::from_slice::<Extraction>(told) else {
        return;
    };
    let source = String::from_utf8_lossy(source);
    let found = extract_given("fuzz.txt", &source, &told);
    for m in &found.mentions {
        assert!(m.start < m.end && m.end <= found.length, "{m:?}");
    }
}

// ---------------------------------------------------------------- files of knowledge

/// What the corrections of a fuzzed folder are applied to.
const CORRECTED: &str = "青河镇2021年工作总结\n全镇推行河长制，青河科技有限公司总投资1.5亿元的楼前学校项目开工，\
    镇党委书记张三同志获评全国先进工作者。上高县锦江镇完成财政收入3.2亿元。\n";

/// A folder of `--knowledge`, file by file.
fn knowledge(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let mut lines_of = std::collections::BTreeMap::new();
    for (name, content) in parts(bytes) {
        let is_plain = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
                && !part.starts_with('.')
                && part.len() < 100
        };
        let file = name.strip_prefix("lexicon/").unwrap_or(&name);
        if !is_plain(file) || name == "lexicon" {
            continue;
        }
        let path = put(folder.path(), &name, content);
        let lines = content.iter().filter(|b| **b == b'\n').count() + 1;
        lines_of.insert(path.display().to_string(), lines);
    }
    let (knowledge, faults) = Knowledge::read(folder.path()).unwrap();
    for fault in &faults {
        // A folder may have a fault by its name.
        let lines = lines_of.get(&fault.path).copied().unwrap_or(1);
        assert!((1..=lines).contains(&fault.line), "{fault:?}");
        assert!(!fault.text(Lang::Zh).is_empty() && !fault.text(Lang::En).is_empty());
    }
    assert_eq!(Knowledge::open(folder.path()).is_ok(), faults.is_empty());
    assert_eq!(knowledge.fingerprint(), knowledge.fingerprint());
    if !knowledge.corrections.is_empty() {
        let source = Source {
            text: CORRECTED.to_owned(),
            ..Source::default()
        };
        let limits = Limits::default();
        let found = extract_source("a.txt", "a.txt", &source, &knowledge.corrections, &limits);
        keeps_the_laws(CORRECTED, &found.unwrap());
    }
    let ledger = folder.path().join("judgements.tsv");
    if let Ok(read) = Ledger::read(&ledger) {
        let rows: String = read
            .judgements
            .iter()
            .map(|judgement| judgement.row() + "\n")
            .collect();
        let again = Ledger::parse("ledger", &rows).unwrap();
        assert_eq!(again.fingerprint(), read.fingerprint());
    }
}

/// An annotated document: the text, then the annotation.
fn gold_standard(bytes: &[u8]) {
    let parts = parts(bytes);
    let [(_, source), (_, annotation), ..] = parts.as_slice() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.txt", source);
    let path = put(folder.path(), "a.ann", annotation);
    let Ok(gold) = gold::read(&path, None) else {
        return;
    };
    let chars: Vec<char> = gold.text.chars().collect();
    let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let mut last = 0;
    for &(start, end, kind, entity) in &gold.spans {
        assert!(last <= start && start < end && end <= chars.len());
        last = end;
        let entity = &gold.entities[entity];
        let cut = bare(&chars[start..end].iter().collect::<String>());
        assert!(entity.kind == kind && entity.surfaces.iter().any(|s| bare(s) == cut));
    }
}

/// A file of `queries/`.
fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(query) = parse_query_file("queries/fuzz.rq", &text) else {
        return;
    };
    assert_eq!(query.text, text);
    if query.check().is_ok() {
        let whole = query.with_prefixes(&query.text);
        let again = parse_query_file("queries/whole.rq", &whole).unwrap();
        assert!(whole.ends_with(&query.text) && again.text == whole);
    }
}

// ---------------------------------------------------------------- replay

#[test]
fn every_case_of_every_target_keeps_the_laws() {
    let root = std::path::Path::new("tests/fixtures/fuzz");
    let names = |folder: &std::path::Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        entries
            .map(|entry| name(entry).into_string().unwrap())
            .collect()
    };
    let known: BTreeSet<String> = TARGETS.map(|(name, _)| name.to_owned()).into();
    assert_eq!(names(root), known, "one folder of cases a target");
    for (target, run) in TARGETS {
        let folder = root.join(target);
        for case in names(&folder) {
            println!("{target}/{case}");
            run(&std::fs::read(folder.join(case)).unwrap());
        }
    }
}

#[test]
fn parts_are_told_apart_by_their_heads() {
    let told = parts(b"== a\n== b c\nx\n== d\n\n== e");
    let expected: [(&str, &[u8]); 4] = [("a", b""), ("b c", b"x"), ("d", b""), ("e", b"")];
    assert_eq!(
        told,
        expected.map(|(name, content)| (name.to_owned(), content))
    );
    assert!(parts(b"%PDF-1.4").is_empty());
}
