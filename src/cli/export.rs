//! `xiangtu export`: the graph, or a part of it, for other programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{ConfidenceArgument, Context, Done, Exit, StoreArgument, entity_type, open};
use crate::Error;
use crate::export::{Format, Options, Projection, Selection, write, write_folder};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::store::{Found, Store};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long, short, value_enum)]
    format: Format,
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    output: PathBuf,
    #[arg(
        long = "type",
        value_name = "TYPE",
        value_parser = entity_type,
        value_delimiter = ','
    )]
    types: Vec<EntityType>,
    #[arg(long, value_name = "PLACE")]
    place: Option<String>,
    #[arg(long, value_name = "YEAR")]
    since: Option<i32>,
    #[arg(long, value_name = "YEAR")]
    until: Option<i32>,
    #[arg(long, value_name = "NAME")]
    around: Option<String>,
    #[arg(long, default_value_t = 1, value_name = "N", requires = "around")]
    hops: usize,
    #[arg(long, value_enum)]
    projection: Option<Projection>,
    #[arg(long, default_value_t = 0, value_name = "N")]
    min_weight: usize,
    #[command(flatten)]
    store: StoreArgument,
    #[command(flatten)]
    confidence: ConfidenceArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let (format, lang) = (arguments.format, context.lang);
    let to_stdout = arguments.output == Path::new("-");
    if format.is_folder() && to_stdout {
        anyhow::bail!(lang.text("export.folder"));
    }
    if format.is_rdf() && (arguments.projection.is_some() || arguments.min_weight > 0) {
        anyhow::bail!(lang.text("export.no_projection"));
    }
    let store = open(&arguments.store, context)?;
    let options = Options {
        selection: selection(arguments, &store, lang)?,
        lang,
    };
    let path = &arguments.output;
    let written = if format.is_folder() {
        write_folder(&store, format, &options, path)?
    } else if to_stdout {
        write(&store, format, &options, out, Path::new("-"))?
    } else {
        let mut file = BufWriter::new(File::create(path).map_err(|e| Error::file(path, e))?);
        write(&store, format, &options, &mut file, path)?
    };
    if written.nodes == 0 {
        eprintln!("{}", lang.text("export.nothing"));
        return Ok(Exit::Nothing);
    }
    if !to_stdout {
        let path = path.display();
        let text = if format.is_rdf() {
            lang.fill("export.triples", &[&written.nodes, &path])
        } else {
            lang.fill("export.done", &[&written.nodes, &written.edges, &path])
        };
        writeln!(out, "{text}")?;
    }
    Ok(Exit::Found)
}

fn selection(arguments: &Arguments, store: &Store, lang: Lang) -> anyhow::Result<Selection> {
    let id = |name: &Option<String>, kind| -> anyhow::Result<Option<String>> {
        name.as_deref()
            .map(|name| Ok(one(store, name, kind, lang)?.id))
            .transpose()
    };
    Ok(Selection {
        types: arguments.types.clone(),
        place: id(&arguments.place, Some(EntityType::Place))?,
        since: arguments.since,
        until: arguments.until,
        min_confidence: arguments.confidence.min_confidence,
        around: id(&arguments.around, None)?.map(|id| (id, arguments.hops)),
        projection: arguments.projection,
        min_weight: arguments.min_weight,
    })
}

/// The one entity of this name; an error lists several with what tells them apart.
fn one(store: &Store, name: &str, kind: Option<EntityType>, lang: Lang) -> anyhow::Result<Found> {
    let mut found = store.find(name, kind, None)?;
    // A name is given to have that thing, not one whose name contains it.
    let key = crate::text::key(name);
    let is_exact = |f: &Found| {
        crate::text::key(&f.name) == key || f.aliases.iter().any(|a| crate::text::key(a) == key)
    };
    if found.iter().any(is_exact) {
        found.retain(is_exact);
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => anyhow::bail!(lang.fill("found.none", &[&name])),
        n => {
            let list: Vec<String> = found
                .iter()
                .take(10)
                .map(|f| format!("  {}  {}", f.short_id(), f.describe()))
                .collect();
            anyhow::bail!(
                "{}\n{}",
                lang.fill("export.many", &[&name, &n]),
                list.join("\n")
            )
        }
    }
}
