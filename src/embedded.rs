//! The knowledge files that are built into the program.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The weights of the labelling, packed from `data/model/labels.tsv` by the build.
pub const LABELS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/labels.bin"));

/// What the recogniser reads of `ontology/campaigns`, one statement a line: concept (empty for that of the line before),
/// predicate, language of a literal, object.
pub const CAMPAIGNS: &str = include_str!(concat!(env!("OUT_DIR"), "/campaigns.tsv"));

/// Version of the program and hash of the sources and knowledge files that decide what a document says.
///
/// Two programs with the same fingerprint extract the same from the same document.
pub const FINGERPRINT: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("XIANGTU_KNOWLEDGE"));

/// The files of one folder with their text, sorted by path.
pub fn folder(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
    FILES.iter().copied().filter(move |(path, _)| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/') && !rest[1..].contains('/'))
    })
}

/// The text of one file.
pub fn file(path: &str) -> Option<&'static str> {
    FILES
        .iter()
        .find(|(p, _)| *p == path)
        .map(|(_, text)| *text)
}
