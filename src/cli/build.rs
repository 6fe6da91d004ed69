//! `xiangtu build`: from files and folders to a store.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::reading::{ReadArguments, reason_text};
use super::review::LedgerArgument;
use super::{Context, Done, Exit, FolderArgument, table, write_json};
use crate::model::Extraction;
use crate::ontology::Ontology;
use crate::pipeline::{BuildOptions, BuildReport, build};
use crate::{Error, vocab};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    store: FolderArgument,
    #[arg(long, short, default_value_t = 0, value_name = "N")]
    jobs: usize,
    #[arg(long, value_name = "JSONL")]
    extractions: Option<PathBuf>,
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    ledger: LedgerArgument,
    #[command(flatten)]
    read: ReadArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let extractions = match &arguments.extractions {
        Some(path) => read_extractions(path)?,
        None => BTreeMap::new(),
    };
    let options = BuildOptions {
        jobs: arguments.jobs,
        extractions,
        read: arguments.read.options(),
        prune: arguments.prune,
        judgements: arguments
            .ledger
            .read(&arguments.store, &context.knowledge)?,
        knowledge: context.knowledge.clone(),
    };
    // A progress bar draws on a terminal only; elsewhere it is silent.
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}")
            .expect("the template is well-formed"),
    );
    let progress = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let report = build(
        &arguments.paths,
        &arguments.store.store,
        &options,
        &progress,
    )?;
    bar.finish_and_clear();
    if context.json {
        write_json(out, &report)?;
    } else {
        summary(&report, &arguments.store.store, context, out)?;
    }
    Ok(if report.set_aside.is_empty() {
        Exit::Found
    } else {
        Exit::SetAside
    })
}

/// Reads JSON Lines of extractions by their documents' file names.
pub(super) fn read_extractions(path: &Path) -> anyhow::Result<BTreeMap<String, Extraction>> {
    let file = std::fs::File::open(path).map_err(|e| Error::file(path, e))?;
    let mut extractions = BTreeMap::new();
    for (i, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|e| Error::file(path, e))?;
        if line.trim().is_empty() {
            continue;
        }
        let extraction: Extraction = serde_json::from_str(&line)
            .map_err(|e| Error::data(path.display().to_string(), i + 1, e.to_string()))
            .context("expected one extraction a line")?;
        extractions.insert(extraction.doc.clone(), extraction);
    }
    Ok(extractions)
}

fn summary(
    report: &BuildReport,
    folder: &Path,
    context: &Context,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let lang = context.lang;
    let ontology = Ontology::get();
    let store = &report.store;
    writeln!(
        out,
        "{}",
        lang.fill(
            "build.done",
            &[
                &report.done,
                &report.set_aside.len(),
                &store.documents,
                &store.mentions
            ]
        )
    )?;
    writeln!(
        out,
        "{}",
        lang.fill(
            "build.history",
            &[
                &report.unchanged,
                &report.new,
                &report.changed,
                &report.pruned
            ]
        )
    )?;
    if report.renewed > 0 {
        writeln!(out, "{}", lang.fill("build.renewed", &[&report.renewed]))?;
    }
    if let Some((applied, idle)) = &report.judgements {
        writeln!(out, "{}", lang.fill("build.judgements", &[applied, idle]))?;
    }
    let mut rows = Vec::new();
    for (kind, n) in &store.entities {
        let name = ontology.label(vocab::class(*kind).as_str(), lang.index());
        rows.push(vec![
            lang.text("build.entities").to_owned(),
            name.to_owned(),
            n.to_string(),
            String::new(),
        ]);
    }
    for ((property, facts), (_, statements)) in store.facts.iter().zip(&store.statements) {
        let name = ontology.label(property, lang.index());
        rows.push(vec![
            lang.text("build.facts").to_owned(),
            name.to_owned(),
            facts.to_string(),
            statements.to_string(),
        ]);
    }
    table::write(
        out,
        &[
            lang.text("col.kind"),
            lang.text("col.type"),
            lang.text("col.number"),
            lang.text("build.statements"),
        ],
        &rows,
    )?;
    if !report.set_aside.is_empty() {
        writeln!(out, "{}", lang.count("build.aside", report.set_aside.len()))?;
        for (path, reason) in &report.set_aside {
            writeln!(out, "  {path}: {}", reason_text(reason, lang))?;
        }
    }
    if !report.guessed.is_empty() {
        writeln!(
            out,
            "{}",
            lang.fill("build.guessed", &[&report.guessed.len()])
        )?;
        for (path, format) in &report.guessed {
            writeln!(out, "  {path}: {format}")?;
        }
    }
    if !report.unused_corrections.is_empty() {
        let n = report.unused_corrections.len();
        writeln!(out, "{}", lang.count("build.unused", n))?;
        for (line, says) in &report.unused_corrections {
            writeln!(out, "  {line}: {says}")?;
        }
    }
    Ok(writeln!(
        out,
        "{}",
        lang.fill("build.to", &[&folder.display()])
    )?)
}
