//! The small corpus that the other modules build: eight documents of four towns in three provinces, with their extractions;
//! and two later reports of one of the towns, for questions of time.

use std::path::{Path, PathBuf};

use xiangtu::model::Extraction;
use xiangtu::pipeline::{BuildOptions, BuildReport, build};
use xiangtu::store::Store;

/// The folder of the texts.
pub fn texts() -> PathBuf {
    "tests/fixtures/small".into()
}

/// The folder of two later reports of 上高县锦江镇.
pub fn later_texts() -> PathBuf {
    "tests/fixtures/later".into()
}

/// The extractions by file name.
pub fn options(jobs: usize) -> BuildOptions {
    let read =
        |name: &str| std::fs::read_to_string(format!("tests/fixtures/{name}.jsonl")).unwrap();
    let lines = read("small") + &read("later");
    let extractions = lines
        .lines()
        .map(|line| serde_json::from_str::<Extraction>(line).unwrap())
        .map(|e| (e.doc.clone(), e))
        .collect();
    BuildOptions {
        jobs,
        extractions,
        ..BuildOptions::default()
    }
}

/// Builds paths into a folder.
pub fn build_into(paths: &[PathBuf], folder: &Path, jobs: usize) -> BuildReport {
    build(paths, folder, &options(jobs), &|_, _| {}).unwrap()
}

/// The store of the small corpus, with the folder that it lives in.
pub fn small() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    build_into(&[texts()], &path, 2);
    let store = Store::open(&path).unwrap();
    (folder, store)
}

/// The store of the small corpus and the later reports.
pub fn later() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    build_into(&[texts(), later_texts()], &path, 2);
    let store = Store::open(&path).unwrap();
    (folder, store)
}

/// The whole store as sorted N-Quads.
pub fn nquads(folder: &Path) -> String {
    let mut out = Vec::new();
    Store::open(folder)
        .unwrap()
        .write_nquads(&mut out, folder)
        .unwrap();
    String::from_utf8(out).unwrap()
}
