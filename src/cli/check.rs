//! `xiangtu check`: whether the knowledge files, built in and the user's own, are as they must be.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Context, Done, Exit, write_json};
use crate::identity::Ledger;
use crate::knowledge::Knowledge;
use crate::ontology::Ontology;
use crate::store::{parse_query_file, thesaurus_faults};
use crate::{Error, embedded};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Where knowledge lies, with the ending of its files.
const FOLDERS: [(&str, &str); 4] = [
    ("data/lexicon", "tsv"),
    ("ontology", "ttl"),
    ("ontology/campaigns", "ttl"),
    ("queries", "rq"),
];

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let files = match &arguments.folder {
        Some(folder) => read_files(folder)?,
        None => FOLDERS
            .iter()
            .flat_map(|(folder, _)| embedded::built_in_folder(folder))
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect(),
    };
    let mut lines: Vec<String> = faults(&files).iter().map(ToString::to_string).collect();
    let mut n_files = files.len();
    if let Some(dir) = &context.knowledge.dir {
        let (own, faults) = Knowledge::read(dir)?;
        n_files += own.files;
        lines.extend(faults.iter().map(|fault| fault.text(context.lang)));
        let judgements = Ledger::read(&dir.join("judgements.tsv"));
        lines.extend(judgements.err().map(|fault| fault.to_string()));
    }
    if context.json {
        write_json(out, &serde_json::json!({"files": n_files, "faults": lines}))?;
    } else {
        for line in &lines {
            writeln!(out, "{line}")?;
        }
        let message = if lines.is_empty() {
            ("check.good", n_files)
        } else {
            ("check.bad", lines.len())
        };
        writeln!(out, "{}", context.lang.count(message.0, message.1))?;
    }
    Ok(if lines.is_empty() {
        Exit::Found
    } else {
        Exit::Error
    })
}

fn read_files(root: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for (folder, ending) in FOLDERS {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries {
            let path = entry.map_err(|e| Error::file(root.join(folder), e))?.path();
            if path.extension().is_some_and(|e| e == ending) {
                let text = std::fs::read_to_string(&path).map_err(|e| Error::file(&path, e))?;
                let name = path
                    .file_name()
                    .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
                files.insert(format!("{folder}/{name}"), text);
            }
        }
    }
    if files.is_empty() {
        return Err(Error::Unreadable {
            path: root.to_owned(),
            message: "no knowledge files in it; name the project's folder".to_owned(),
        }
        .into());
    }
    Ok(files)
}

/// All faults, in order of file and line.
fn faults(files: &BTreeMap<String, String>) -> Vec<Error> {
    let mut faults = Vec::new();
    let mut thesaurus = Vec::new();
    for (path, text) in files {
        if path.ends_with(".tsv") {
            faults.extend(lexicon_faults(path, text));
        } else if path.ends_with(".rq") {
            faults.extend(
                parse_query_file(path, text)
                    .and_then(|query| query.check())
                    .err(),
            );
        } else if path == "ontology/xiangtu.ttl" {
            match Ontology::read(path, text) {
                Ok(ontology) => faults.extend(ontology.faults()),
                Err(fault) => faults.push(fault),
            }
        } else {
            thesaurus.push((path.as_str(), text.as_str()));
        }
    }
    faults.extend(thesaurus_faults(&thesaurus));
    faults
}

/// A lexicon has a head comment whose last line names the columns, then one term a line, sorted, each once a class.
fn lexicon_faults(path: &str, text: &str) -> Vec<Error> {
    let mut faults = Vec::new();
    let mut columns: Option<usize> = None;
    let mut seen = BTreeSet::new();
    let mut last = "";
    for (i, line) in text.lines().enumerate() {
        let mut fault = |message: String| faults.push(Error::data(path, i + 1, message));
        if let Some(comment) = line.strip_prefix('#') {
            if !seen.is_empty() {
                fault("a comment must stand above the terms".to_owned());
            } else if comment.trim_start().starts_with("term\t") || comment.trim() == "term" {
                columns = Some(comment.split('\t').count());
            }
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let term = cells[0];
        match columns {
            None => fault("no line `# term…` names the columns above the first term".to_owned()),
            Some(n) if n != cells.len() => {
                fault(format!("expected {n} columns, found {}", cells.len()))
            }
            Some(_) => {}
        }
        if term.is_empty() || term.trim() != term {
            fault("the term is empty or has white space around it".to_owned());
        }
        // A term may stand in several classes, which the second column names.
        if !seen.insert(cells.iter().take(2).copied().collect::<Vec<&str>>()) {
            fault(format!("{term} stands twice"));
        } else if term < last {
            fault(format!("not sorted: {term} after {last}"));
        }
        last = term;
        if columns.is_none() {
            columns = Some(cells.len());
        }
    }
    if !text.starts_with('#') {
        faults.insert(
            0,
            Error::data(
                path,
                1,
                "expected a head comment that says what the file is for",
            ),
        );
    }
    faults
}
