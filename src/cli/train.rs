//! `xiangtu train`: the recogniser's weights from annotated documents, and what they are worth on documents left out.

use std::path::PathBuf;

use super::{Done, Exit};
use crate::extract::train::{self, Learned, Training};
use crate::extract::{candidates, evidence};
use crate::{Error, gold};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(required = true, value_name = "GOLD")]
    gold: Vec<PathBuf>,
    #[arg(long, value_name = "DIR")]
    texts: Option<PathBuf>,
    #[arg(long, short, default_value = "data/model", value_name = "DIR")]
    output: PathBuf,
    #[arg(long, value_name = "FILE")]
    left_out: Option<PathBuf>,
    #[arg(long, default_value_t = Training::default().labels.epochs)]
    epochs: usize,
    #[arg(long, default_value_t = Training::default().labels.dropout)]
    dropout: f32,
    #[arg(long, default_value_t = Training::default().choice.threshold)]
    threshold: f64,
}

pub(super) fn run(arguments: &Arguments) -> Done {
    let mut options = Training::default();
    options.labels.epochs = arguments.epochs;
    options.labels.dropout = arguments.dropout;
    options.choice.threshold = arguments.threshold;
    let mut golds = Vec::new();
    for folder in &arguments.gold {
        golds.extend(gold::read_folder(folder, arguments.texts.as_deref())?);
    }
    let documents = train::prepare(golds);
    let learned = Learned::new(&documents, options);
    if let Some(path) = &arguments.left_out {
        let mut lines = Vec::new();
        for extraction in learned.left_out() {
            serde_json::to_writer(&mut lines, &extraction).map_err(std::io::Error::from)?;
            lines.push(b'\n');
        }
        std::fs::write(path, lines).map_err(|e| Error::file(path, e))?;
    }
    let model = learned.model();
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
