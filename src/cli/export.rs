//! `xiangtu export`: the graph, or a part of it, for other programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Context, Done, Exit, StoreArgument, entity_type, open};
use crate::Error;
use crate::export::{Community, Format, Options, Projection, Selection, write, write_folder};
use crate::graph::groups::members;
use crate::graph::projection::Projection as Communities;
use crate::model::EntityType;
use crate::store::Store;

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
    #[arg(long, value_name = "N|NAME")]
    community: Option<String>,
    #[arg(long, value_enum, default_value = "network", requires = "community")]
    community_of: Communities,
    #[arg(long, value_enum)]
    projection: Option<Projection>,
    #[arg(long, default_value_t = 0, value_name = "N")]
    min_weight: usize,
    #[command(flatten)]
    store: StoreArgument,
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
        selection: selection(arguments, &store)?,
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

fn selection(arguments: &Arguments, store: &Store) -> anyhow::Result<Selection> {
    let id = |name: &Option<String>, kind| -> anyhow::Result<Option<String>> {
        name.as_deref()
            .map(|name| Ok(store.one(name, kind)?.into_string()))
            .transpose()
    };
    Ok(Selection {
        types: arguments.types.clone(),
        place: id(&arguments.place, Some(EntityType::Place))?,
        since: arguments.since,
        until: arguments.until,
        around: id(&arguments.around, None)?.map(|id| (id, arguments.hops)),
        community: match &arguments.community {
            Some(name) => Some(Community {
                members: members(store, arguments.community_of, name)?,
                is_whole: arguments.community_of == Communities::Network,
            }),
            None => None,
        },
        projection: arguments.projection,
        min_weight: arguments.min_weight,
    })
}
