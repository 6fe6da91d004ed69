//! A user's own knowledge: a folder that is laid over the knowledge built into the program, without recompiling.
//!
//! The folder may hold `lexicon/NAME.tsv` (words to add to a built-in list, or to take from it), `thesaurus.ttl` (concepts,
//! other names and broader concepts of initiatives) and `corrections.tsv` (names that an analyst saw wrong).
//! `judgements.tsv` lies there too, but is read where identity is decided. Everything is optional.
//!
//! Words and concepts are reached through statics all over extraction, so they are [installed](Knowledge::install) once,
//! before first use. Corrections travel as a value with each document.

mod corrections;
mod fault;
mod lexicon;
mod rulings;
mod thesaurus;

use std::path::{Path, PathBuf};

pub use corrections::{Corrections, Line, reference};
pub use fault::Fault;
pub use lexicon::Words;
pub use rulings::{Ruled, Rulings, Selected};

use crate::read::content_hash;
use crate::{Error, Result, embedded};

/// What a folder adds to the built-in knowledge.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// The folder; `None` for the built-in knowledge alone.
    pub dir: Option<PathBuf>,
    /// Number of files that were read.
    pub files: usize,
    /// Changes of the word lists.
    pub lexicon: Words,
    /// Additions to the thesaurus as Turtle; empty for none.
    pub thesaurus: String,
    /// What is mended by hand.
    pub corrections: Corrections,
}

/// Where the thesaurus of a user stands among the built-in files: behind them, so that a built-in name stays where it is.
const THESAURUS: &str = "ontology/campaigns/~thesaurus.ttl";

impl Knowledge {
    /// Reads a folder. The first fault in it is an error; `xiangtu check` shows all of them.
    pub fn open(dir: &Path) -> Result<Self> {
        let (knowledge, faults) = Self::read(dir)?;
        match faults.into_iter().next() {
            Some(fault) => Err(fault.into_error()),
            None => Ok(knowledge),
        }
    }

    /// Reads a folder, with all its faults in order of file and line. Fails only where the folder cannot be read.
    pub fn read(dir: &Path) -> Result<(Self, Vec<Fault>)> {
        let mut faults = Vec::new();
        let mut knowledge = Self {
            dir: Some(dir.to_owned()),
            ..Self::default()
        };
        for path in entries(dir)? {
            match file_name(&path).as_str() {
                "lexicon" if path.is_dir() => {
                    let paths = entries(&path)?;
                    knowledge.lexicon = Words::read(&paths, &mut faults)?;
                    knowledge.files += paths.len();
                }
                "thesaurus.ttl" => {
                    knowledge.files += 1;
                    if let Some(text) = text(&path, &mut faults)? {
                        knowledge.thesaurus = thesaurus::read(&shown(&path), &text, &mut faults);
                    }
                }
                "corrections.tsv" => {
                    knowledge.files += 1;
                    if let Some(text) = text(&path, &mut faults)? {
                        knowledge.corrections =
                            Corrections::read(&shown(&path), &text, &mut faults);
                    }
                }
                "judgements.tsv" => {}
                // A file of knowledge by a wrong name would be passed over in silence.
                name if name.ends_with(".tsv") || name.ends_with(".ttl") => {
                    let known = [
                        "thesaurus.ttl",
                        "corrections.tsv",
                        "judgements.tsv",
                        "lexicon/",
                    ];
                    let known = known.join(", ");
                    faults.push(Fault::new(&shown(&path), 1, "fault.file", &[&known]));
                }
                _ => {}
            }
        }
        Ok((knowledge, faults))
    }

    /// A hash of all that changes what documents say; empty where nothing does.
    pub fn fingerprint(&self) -> String {
        if self.lexicon.files.is_empty() && self.thesaurus.is_empty() && self.corrections.is_empty()
        {
            return String::new();
        }
        let mut parts: Vec<&[u8]> = Vec::new();
        for (path, text) in &self.lexicon.files {
            parts.extend([path.as_bytes(), text.as_bytes()]);
        }
        let corrections = self.corrections.written();
        parts.extend([b"thesaurus" as &[u8], self.thesaurus.as_bytes()]);
        parts.extend([b"corrections" as &[u8], corrections.as_bytes()]);
        content_hash(&parts)
    }

    /// Lays the words and concepts over the built-in ones for the rest of the process.
    ///
    /// Fails where a built-in word list or the thesaurus was used before: what was made from it would not know of this.
    pub fn install(&self) -> Result<()> {
        let mut files = self.lexicon.files.clone();
        if !self.thesaurus.is_empty() {
            files.push((THESAURUS.to_owned(), self.thesaurus.clone()));
        }
        if files.is_empty() || embedded::lay_over(files) {
            return Ok(());
        }
        Err(Error::Unreadable {
            path: self.dir.clone().unwrap_or_default(),
            message: "the built-in knowledge is in use already; install this before anything is extracted or built"
                .to_owned(),
        })
    }
}

/// The files and folders of a folder, sorted, without hidden ones.
fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let failed = |e| Error::file(dir, e);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if !file_name(&path).starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A file as text without the mark that some editors put before it; a fault where it is not UTF-8.
fn text(path: &Path, faults: &mut Vec<Fault>) -> Result<Option<String>> {
    let bytes = std::fs::read(path).map_err(|e| Error::file(path, e))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text.trim_start_matches('\u{FEFF}').to_owned())),
        Err(wrong) => {
            let good = &wrong.as_bytes()[..wrong.utf8_error().valid_up_to()];
            let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
            faults.push(Fault::new(&shown(path), line, "fault.utf8", &[]));
            Ok(None)
        }
    }
}

/// The lines of a table that are no comments and not blank, numbered from 1, as cells without white space around them.
fn lines(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty())
        .map(|(i, line)| (i + 1, line.split('\t').map(str::trim).collect()))
}

/// The known word that comes nearest to what was written.
fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    known
        .min_by_key(|word| strsim::osa_distance(written, word))
        .unwrap_or_default()
}
