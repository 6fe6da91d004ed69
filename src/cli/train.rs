//! `xiangtu train`: the recogniser's weights from annotated documents, or what they are worth on documents left out.

use std::io::Write;
use std::path::PathBuf;

use super::{Done, Exit};
use crate::extract::crf::Training;
use crate::extract::{evidence, train};
use crate::{Error, gold};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(required = true, value_name = "GOLD")]
    gold: Vec<PathBuf>,
    #[arg(long, value_name = "DIR")]
    texts: Option<PathBuf>,
    #[arg(
        long,
        short,
        default_value = "data/model/mentions.tsv",
        value_name = "FILE"
    )]
    output: PathBuf,
    #[arg(long, value_name = "FOLDS")]
    left_out: Option<usize>,
    #[arg(long, default_value_t = Training::default().epochs)]
    epochs: usize,
    #[arg(long, default_value_t = Training::default().rate)]
    rate: f32,
    #[arg(long, default_value_t = Training::default().l2)]
    l2: f32,
    #[arg(long, default_value_t = Training::default().min_documents)]
    min_documents: u32,
    #[arg(long, default_value_t = Training::default().prune)]
    prune: f32,
    #[arg(long, default_value_t = Training::default().dropout)]
    dropout: f32,
    #[arg(long, default_value_t = Training::default().favour)]
    favour: f32,
    #[arg(long, hide = true)]
    no_average: bool,
}

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> Done {
    let options = Training {
        epochs: arguments.epochs,
        rate: arguments.rate,
        l2: arguments.l2,
        min_documents: arguments.min_documents,
        prune: arguments.prune,
        dropout: arguments.dropout,
        average: !arguments.no_average,
        favour: arguments.favour,
    };
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
    let model = train::train(&documents, &options, |_| true);
    std::fs::write(&arguments.output, model.to_tsv(evidence::describe))
        .map_err(|e| Error::file(&arguments.output, e))?;
    Ok(Exit::Found)
}
