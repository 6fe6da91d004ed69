//! Real reports that are not part of the project: they lie in `../shared`, or in the folder that `XIANGTU_SHARED` names.
//!
//! Where the folder is absent each test says so and passes.

use std::path::PathBuf;

use crate::laws::{every_span_is_found, make};
use xiangtu::store::Store;

/// These folders of the shared texts, or none of them.
fn shared(folders: &[&str]) -> Option<Vec<PathBuf>> {
    let root =
        PathBuf::from(std::env::var_os("XIANGTU_SHARED").unwrap_or_else(|| "../shared".into()));
    let paths: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    if let Some(missing) = paths.iter().find(|path| !path.is_dir()) {
        eprintln!("skipped: {} is not there", missing.display());
        return None;
    }
    Some(paths)
}

#[test]
fn real_reports_build_with_none_set_aside() {
    let Some(paths) = shared(&["gold/seeds", "gold/real", "corpus"]) else {
        return;
    };
    // The gold's folders may hold notes in markdown beside the texts: the texts alone are reports.
    let files: Vec<PathBuf> = xiangtu::read::list_files(&paths)
        .unwrap()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    make(&files, &path, 2);
    let store = Store::open(&path).unwrap();
    assert_eq!(
        store
            .documents()
            .unwrap()
            .iter()
            .map(|d| d.paths.len())
            .sum::<usize>(),
        files.len()
    );
    let (statements, mentions) = every_span_is_found(&store);
    assert!(
        statements > 500 && mentions > 1000,
        "{statements} statements, {mentions} mentions"
    );
    let towns = store.find("锦江镇", None, None).unwrap();
    assert!(
        towns.iter().any(|f| f.code.as_deref() == Some("360923102")),
        "{towns:?}"
    );
    let river = store.find("河长制", None, None).unwrap();
    let card = store.card(&river[0]).unwrap();
    let lines: Vec<_> = card.groups.iter().flat_map(|group| &group.lines).collect();
    assert!(
        !lines.is_empty()
            && lines
                .iter()
                .all(|line| !line.statement.quote.is_empty() && !line.path.is_empty())
    );
}
