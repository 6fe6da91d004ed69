//! `xiangtu train`: the recogniser's weights from annotated documents, or what they are worth on documents left out.

use std::io::Write;
use std::path::PathBuf;

use super::{Done, Exit};
use crate::extract::train::Training;
use crate::extract::{candidates, evidence, train};
use crate::{Error, gold};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(required = true, value_name = "GOLD")]
    gold: Vec<PathBuf>,
    #[arg(long, value_name = "DIR")]
    texts: Option<PathBuf>,
    #[arg(long, short, default_value = "data/model", value_name = "DIR")]
    output: PathBuf,
    #[arg(long, value_name = "FOLDS")]
    left_out: Option<usize>,
    #[arg(long, default_value_t = Training::default().labels.epochs)]
    epochs: usize,
    #[arg(long, default_value_t = Training::default().labels.dropout)]
    dropout: f32,
    #[arg(long, default_value_t = Training::default().choice.threshold)]
    threshold: f64,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> Done {
    let mut options = Training::default();
    options.labels.epochs = arguments.epochs;
    options.labels.dropout = arguments.dropout;
    options.choice.threshold = arguments.threshold;
    let mut golds = Vec::new();
    for folder in &arguments.gold {
        golds.extend(gold::read_folder(folder, arguments.texts.as_deref())?);
    }
    let documents = train::prepare(golds);
    if let Some(folds) = arguments.left_out {
        for extraction in train::left_out(&documents, &options, folds.max(2)) {
            serde_json::to_writer(&mut *out, &extraction).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        return Ok(Exit::Found);
    }
    let model = train::train(&documents, &options);
    for (name, text) in [
        ("labels.tsv", model.crf.to_tsv(evidence::describe)),
        (
            "choice.tsv",
            model.chooser.to_tsv(candidates::describe_feature),
        ),
        ("trees.tsv", model.forest.to_tsv(&candidates::columns())),
        ("rules.tsv", model.trust.to_tsv()),
    ] {
        let path = arguments.output.join(name);
        std::fs::write(&path, text).map_err(|e| Error::file(&path, e))?;
    }
    Ok(Exit::Found)
}
