//! Which files a run reads.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::shown;
use crate::{Error, Result};

/// Endings of the files that are taken from a folder. The last ones are set aside with the program that converts them.
pub const ENDINGS: [&str; 24] = [
    "txt", "md", "markdown", "html", "htm", "shtml", "xhtml", "docx", "pdf", "csv", "tsv", "jsonl",
    "ndjson", "zip", "doc", "wps", "rtf", "odt", "xls", "xlsx", "et", "ofd", "ppt", "pptx",
];

/// So many of the endings are read.
const READ: usize = 14;

/// The path that means standard input.
pub const STDIN: &str = "-";

/// The files to read: those named, and those in the folders named, in order of path, each once.
///
/// A path that does not exist is an error, and so are paths without any text among them: nobody asks for nothing.
/// A folder below them that cannot be listed stands among the files, and reading it gives the reason.
pub fn list_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    for path in paths {
        if path == Path::new(STDIN) {
            files.insert(path.clone());
            continue;
        }
        let meta = std::fs::metadata(path).map_err(|e| Error::file(path, e))?;
        if meta.is_dir() {
            std::fs::read_dir(path).map_err(|e| Error::file(path, e))?;
            walk(path, &mut files);
        } else {
            files.insert(path.clone());
        }
    }
    if files.is_empty() {
        let named: Vec<String> = paths.iter().map(|path| shown(path)).collect();
        return Err(Error::Unreadable {
            path: named.join(", ").into(),
            message: format!(
                "no text in it (.{}); name a folder that holds texts",
                ENDINGS[..READ].join(", .")
            ),
        });
    }
    Ok(files.into_iter().collect())
}

/// The same files, each by the one path that it has for a store: from the current folder on if it lies there, else from the
/// root. So a file is the same document whether it was named `data/a.txt`, `./data/a.txt` or by its whole path.
pub fn settled_paths(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let here = std::env::current_dir().ok();
    let files: BTreeSet<PathBuf> = files
        .into_iter()
        .map(|file| settled(&file, here.as_deref()).unwrap_or(file))
        .collect();
    files.into_iter().collect()
}

/// `None` where it cannot be told.
fn settled(file: &Path, here: Option<&Path>) -> Option<PathBuf> {
    let climbs = file.components().any(|part| part == Component::ParentDir);
    if file == Path::new(STDIN) || file.is_relative() && !climbs {
        return Some(
            file.components()
                .filter(|part| *part != Component::CurDir)
                .collect(),
        );
    }
    let whole = if climbs {
        // What lies above a link is not told by the names alone.
        file.parent()?.canonicalize().ok()?.join(file.file_name()?)
    } else {
        file.components().collect()
    };
    let below = here.and_then(|here| whole.strip_prefix(here).ok());
    Some(below.map_or_else(|| whole.clone(), Path::to_owned))
}

fn walk(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        files.insert(folder.to_owned());
        return;
    };
    for entry in entries {
        let Ok(entry) = entry else {
            files.insert(folder.to_owned());
            return;
        };
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") || is_page_parts(&path) {
            continue;
        }
        // A link to a folder is not followed: it may lead back here.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, files);
        } else if is_taken(&path) {
            files.insert(path);
        }
    }
}

/// A text by its ending. Pipes and devices are left alone; a link that leads nowhere is taken, to be reported.
fn is_taken(path: &Path) -> bool {
    is_known(&path.to_string_lossy()) && std::fs::metadata(path).map_or(true, |meta| meta.is_file())
}

/// Whether a name has one of the endings.
pub(super) fn is_known(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// The folder `page_files` or `page.files` that browsers save beside `page.html`: scripts, frames and pictures.
fn is_page_parts(folder: &Path) -> bool {
    let name = folder.to_string_lossy();
    ["_files", ".files"].iter().any(|ending| {
        name.strip_suffix(ending).is_some_and(|stem| {
            ["html", "htm"]
                .iter()
                .any(|kind| Path::new(&format!("{stem}.{kind}")).is_file())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_path_however_it_is_named() {
        let here = std::env::current_dir().unwrap();
        let file = here.join("src/read/files.rs");
        let folder = here.file_name().unwrap();
        for name in [
            PathBuf::from("src/read/files.rs"),
            PathBuf::from("./src//read/files.rs"),
            PathBuf::from("src/text/../read/files.rs"),
            Path::new("..").join(folder).join("src/read/files.rs"),
            file.clone(),
        ] {
            let settled = settled_paths(vec![name, file.clone()]);
            assert_eq!(settled, [PathBuf::from("src/read/files.rs")]);
        }
        let elsewhere = PathBuf::from("/no/such/folder/a.txt");
        assert_eq!(settled_paths(vec![elsewhere.clone()]), [elsewhere]);
        assert_eq!(settled_paths(vec![STDIN.into()]), [PathBuf::from(STDIN)]);
    }
}
