//! `xiangtu eval`: how good extraction is on annotated documents, as it is or on documents left out of the learning.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::{Context, Done, Exit, table, write_json};
use crate::eval::{self, Reliability, Row, Score};
use crate::extract::train::{self, Learned, Training};
use crate::gold::{self, Gold};
use crate::model::Extraction;
use crate::{Error, pipeline};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(required = true, value_name = "GOLD")]
    gold: Vec<PathBuf>,
    #[arg(long, value_name = "FOLDS")]
    left_out: Option<usize>,
    #[arg(long, value_name = "DIR")]
    texts: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with = "left_out")]
    output: Option<PathBuf>,
    #[arg(long)]
    parts: bool,
}

#[derive(Serialize)]
struct Result {
    /// Subfolder of the gold; empty for all of it.
    part: String,
    documents: usize,
    rows: Vec<Row>,
    /// Of mentions.
    reliability: Vec<(f64, usize, f64, f64)>,
    /// Of facts and figures.
    statements: Vec<(f64, usize, f64, f64)>,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let scored = &arguments.gold[0];
    let mut parts = vec![(String::new(), scored.clone())];
    if arguments.parts {
        parts.extend(subfolders(scored)?);
    }
    let golds = gold::read_folder(scored, arguments.texts.as_deref())?;
    if golds.is_empty() {
        anyhow::bail!(
            "{}: {}",
            scored.display(),
            context.lang.text("eval.no_gold")
        );
    }
    let found = extractions(arguments, &golds)?;
    let mut results = Vec::new();
    for (part, folder) in parts {
        let documents: BTreeMap<String, ()> =
            gold::read_folder(&folder, arguments.texts.as_deref())?
                .into_iter()
                .map(|g| (g.doc, ()))
                .collect();
        let (mut scores, mut names, mut statements) =
            (Vec::<Score>::new(), Reliability::new(), Reliability::new());
        for gold in golds.iter().filter(|g| documents.contains_key(&g.doc)) {
            let extraction = found.get(gold.doc.as_str());
            scores.push(eval::score(gold, extraction));
            if let Some(extraction) = extraction {
                names.extend(eval::reliability(gold, extraction));
                statements.extend(eval::judged(gold, extraction).map(|(_, p, right)| (p, right)));
            }
        }
        results.push(Result {
            part,
            documents: scores.len(),
            rows: eval::table(&scores),
            reliability: eval::reliability_table(&names),
            statements: eval::reliability_table(&statements),
        });
    }
    if context.json {
        write_json(out, &results)?;
        return Ok(Exit::Found);
    }
    for result in &results {
        show(result, context, out)?;
    }
    Ok(Exit::Found)
}

fn subfolders(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| Error::file(folder, e))? {
        let path = entry.map_err(|e| Error::file(folder, e))?.path();
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            found.push((name.into_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

/// What is to be judged: made elsewhere, made by a model that has not seen the document, or by the built-in one.
fn extractions(
    arguments: &Arguments,
    golds: &[Gold],
) -> anyhow::Result<HashMap<String, Extraction>> {
    let list: Vec<Extraction> = if let Some(path) = &arguments.output {
        let text = std::fs::read_to_string(path).map_err(|e| Error::file(path, e))?;
        text.lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(n, line)| {
                serde_json::from_str(line)
                    .map_err(|e| Error::data(path.display().to_string(), n + 1, e.to_string()))
            })
            .collect::<std::result::Result<_, _>>()?
    } else if let Some(folds) = arguments.left_out {
        let mut all = golds.to_vec();
        for folder in &arguments.gold[1..] {
            all.extend(gold::read_folder(folder, arguments.texts.as_deref())?);
        }
        let options = Training {
            folds: folds.max(2),
            ..Training::default()
        };
        Learned::new(&train::prepare(all), options).left_out()
    } else {
        golds
            .par_iter()
            .map(|gold| pipeline::extract_document(&gold.doc, &gold.text))
            .collect()
    };
    Ok(list.into_iter().map(|e| (e.doc.clone(), e)).collect())
}

fn show(result: &Result, context: &Context, out: &mut dyn Write) -> anyhow::Result<()> {
    let text = |key: &'static str| context.lang.text(key);
    let part = match result.part.as_str() {
        "" => text("eval.all"),
        part => part,
    };
    writeln!(out, "{part} ({})", result.documents)?;
    let percent = |x: f64| format!("{:.1}", 100.0 * x);
    let rows: Vec<Vec<String>> = result
        .rows
        .iter()
        .map(|row| {
            let c = &row.counts;
            vec![
                row.measure.to_owned(),
                row.kind.to_owned(),
                percent(c.precision()),
                percent(c.recall()),
                percent(c.f1()),
                row.interval.map_or(String::new(), |(low, high)| {
                    format!("{}–{}", percent(low), percent(high))
                }),
                c.right.to_string(),
                c.predicted.to_string(),
                c.gold.to_string(),
            ]
        })
        .collect();
    let headings = [
        text("eval.measure"),
        text("eval.kind"),
        "P",
        "R",
        "F1",
        "95 %",
        text("eval.right"),
        text("eval.predicted"),
        text("eval.gold"),
    ];
    table::write(out, &headings, &rows)?;
    for (what, table_of) in [
        ("eval.mentions", &result.reliability),
        ("eval.statements", &result.statements),
    ] {
        let rows: Vec<Vec<String>> = table_of
            .iter()
            .map(|(low, n, mean, right)| {
                vec![
                    format!("{low:.1}–{:.1}", low + 0.1),
                    n.to_string(),
                    percent(*mean),
                    percent(*right),
                ]
            })
            .collect();
        let headings = [
            text("eval.confidence"),
            text(what),
            text("eval.mean"),
            text("eval.right_part"),
        ];
        writeln!(out)?;
        table::write(out, &headings, &rows)?;
    }
    Ok(writeln!(out)?)
}
