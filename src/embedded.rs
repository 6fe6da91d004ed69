//! The knowledge files that are built into the program, with what a user lays over them.

use std::sync::OnceLock;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The weights of the labelling, packed from `data/model/labels.tsv` by the build.
pub const LABELS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/labels.bin"));

/// The dictionary that texts are cut into words by, packed from `data/words/words.tsv` by the build.
pub const WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.bin"));

/// What the recogniser reads of `ontology/campaigns`, one statement a line: concept (empty for that of the line before),
/// predicate, language of a literal, object.
pub const CAMPAIGNS: &str = include_str!(concat!(env!("OUT_DIR"), "/campaigns.tsv"));

/// Version of the program and hash of the sources and knowledge files that decide what a document says.
///
/// Two programs with the same fingerprint extract the same from the same document.
pub const FINGERPRINT: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("XIANGTU_FINGERPRINT"));

/// The folders over which files of a user may be laid.
const LAID_OVER: [&str; 2] = ["data/lexicon", "ontology/campaigns"];

static OVERLAY: OnceLock<Vec<(String, String)>> = OnceLock::new();

/// Lays files, given as path and text, over the built-in ones: in the place of one with the same path, else behind them.
///
/// False, and nothing happens, where a file of these folders was read before.
pub fn lay_over(files: Vec<(String, String)>) -> bool {
    OVERLAY.set(files).is_ok()
}

/// What is laid over the files of a folder, from now on for good.
pub fn overlay(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
    let files: &'static [(String, String)] = match LAID_OVER.contains(&folder) {
        true => OVERLAY.get_or_init(Vec::new),
        false => &[],
    };
    let files = files.iter().map(|(path, text)| (&**path, &**text));
    files.filter(move |(path, _)| is_in(folder, path))
}

fn is_in(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/') && !rest[1..].contains('/'))
}

/// The files of one folder with their text, sorted by path.
pub fn folder(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
    let text = |(path, text)| {
        let laid = overlay(folder).find(|(other, _)| *other == path);
        laid.unwrap_or((path, text))
    };
    let behind = overlay(folder).filter(|(path, _)| built_in(path).is_none());
    built_in_folder(folder).map(text).chain(behind)
}

/// The text of one file.
pub fn file(path: &str) -> Option<&'static str> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let laid = overlay(folder).find(|(other, _)| *other == path);
    laid.map(|(_, text)| text).or_else(|| built_in(path))
}

/// The files of one folder as they are built in, sorted by path.
pub fn built_in_folder(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
    FILES
        .iter()
        .copied()
        .filter(move |(path, _)| is_in(folder, path))
}

/// The text of one file as it is built in.
pub fn built_in(path: &str) -> Option<&'static str> {
    FILES
        .iter()
        .find(|(p, _)| *p == path)
        .map(|(_, text)| *text)
}
