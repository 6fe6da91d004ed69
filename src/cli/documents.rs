//! `xiangtu documents`: the ledger of what went into the graph and what was set aside.

use std::io::Write;

use super::reading::reason_text;
use super::{Context, Done, Exit, FolderArgument, open_folder, table, write_json};
use crate::messages::Lang;
use crate::store::{DocumentRow, Store};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: FolderArgument,
    #[arg(long)]
    set_aside: bool,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open_folder(&arguments.store, context)?;
    let all = store.documents()?;
    let n_aside = all.iter().filter(|row| row.reason.is_some()).count();
    let n_all = all.len();
    let rows: Vec<DocumentRow> = all
        .into_iter()
        .filter(|row| row.reason.is_some() || !arguments.set_aside)
        .collect();
    if context.json {
        write_json(out, &objects(&rows, &store)?)?;
    } else {
        if rows.is_empty() {
            writeln!(out, "{}", context.lang.text("documents.none"))?;
        } else {
            show(&rows, &store, context.lang, out)?;
        }
        let done = n_all - n_aside;
        let sum = context
            .lang
            .fill("documents.sum", &[&n_all, &done, &n_aside]);
        writeln!(out, "{sum}")?;
    }
    Ok(if rows.is_empty() {
        Exit::Nothing
    } else {
        Exit::Found
    })
}

fn show(
    rows: &[DocumentRow],
    store: &Store,
    lang: Lang,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut cells = Vec::new();
    for row in rows {
        let home = row.home.as_deref().map(|home| store.full_name_of(home));
        let state = lang
            .find(&format!("state.{}", row.state))
            .unwrap_or(&row.state);
        cells.push(vec![
            short_id(&row.id).to_owned(),
            row.paths.join("\n"),
            row.title.clone().unwrap_or_default(),
            home.transpose()?.unwrap_or_default(),
            row.year.map(|year| year.to_string()).unwrap_or_default(),
            state.to_owned(),
            row.reason
                .as_deref()
                .map(|reason| reason_text(reason, lang))
                .unwrap_or_default(),
        ]);
    }
    let headings = [
        "col.id",
        "col.document.path",
        "col.title",
        "col.home",
        "col.year",
        "col.document.state",
        "col.reason",
    ];
    Ok(table::write(
        out,
        &headings.map(|key| lang.text(key)),
        &cells,
    )?)
}

/// The first digits of the content's hash; the whole is in the output for programs.
fn short_id(iri: &str) -> &str {
    let hash = iri.rsplit('/').next().unwrap_or(iri);
    hash.get(..12).unwrap_or(hash)
}

fn objects(rows: &[DocumentRow], store: &Store) -> anyhow::Result<Vec<serde_json::Value>> {
    let mut objects = Vec::new();
    for row in rows {
        let home = match &row.home {
            Some(home) => serde_json::json!({"id": home, "name": store.full_name_of(home)?}),
            None => serde_json::Value::Null,
        };
        objects.push(serde_json::json!({
            "id": row.id, "paths": row.paths, "title": row.title, "home": home, "year": row.year,
            "state": row.state, "reason": row.reason, "metadata": row.metadata,
        }));
    }
    Ok(objects)
}
