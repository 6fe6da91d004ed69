//! `xiangtu query`: questions by name, or SPARQL of one's own.

use std::io::Write;
use std::path::Path;

use super::{Context, Done, Exit, StoreArgument, open, table, write_json};
use crate::messages::Lang;
use crate::ontology::Ontology;
use crate::store::{Answer, NamedQuery, Store, named_queries, parse_query_file};
use crate::{Error, vocab};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "FILE.rq|NAME", required_unless_present = "list")]
    query: Option<String>,
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = assignment)]
    params: Vec<(String, String)>,
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    store: StoreArgument,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    if arguments.list {
        list(context, out)?;
        return Ok(Exit::Found);
    }
    let query = find(arguments.query.as_deref().unwrap_or_default())?;
    let store = open(&arguments.store, context)?;
    let answer = store.ask(&query, &arguments.params)?;
    if context.json {
        write_json(out, &as_objects(&answer, &store)?)?;
    } else if answer.rows.is_empty() {
        writeln!(out, "{}", context.lang.text("query.none"))?;
    } else {
        let rows = shown(&answer, &store, context.lang)?;
        let headings: Vec<&str> = answer
            .columns
            .iter()
            .map(|c| heading(c, context.lang))
            .collect();
        if !query.question[0].is_empty() {
            writeln!(out, "{}", query.question[context.lang.index()])?;
        }
        table::write(out, &headings, &rows)?;
    }
    Ok(if answer.rows.is_empty() {
        Exit::Nothing
    } else {
        Exit::Found
    })
}

/// A file by its path, else a question by its name.
fn find(name: &str) -> anyhow::Result<NamedQuery> {
    let path = Path::new(name);
    if path.extension().is_some_and(|ending| ending == "rq") || path.is_file() {
        let text = std::fs::read_to_string(path).map_err(|e| Error::file(path, e))?;
        return Ok(parse_query_file(name, &text)?);
    }
    let known = named_queries()?;
    if let Some(query) = known.iter().find(|query| query.name == name) {
        return Ok(query.clone());
    }
    let names: Vec<&str> = known.iter().map(|query| query.name.as_str()).collect();
    Err(Error::Query(format!(
        "no question is called {name}; known: {}; a file must end in .rq",
        names.join(", ")
    ))
    .into())
}

fn list(context: &Context, out: &mut dyn Write) -> anyhow::Result<()> {
    let queries = named_queries()?;
    if context.json {
        let objects: Vec<serde_json::Value> = queries
            .iter()
            .map(|q| serde_json::json!({"name": q.name, "zh": q.question[0], "en": q.question[1], "columns": q.columns, "parameters": q.parameters}))
            .collect();
        return write_json(out, &objects);
    }
    let rows: Vec<Vec<String>> = queries
        .iter()
        .map(|query| {
            let parameters = query.parameters.iter().map(|p| {
                if p.default.is_empty() {
                    p.name.clone()
                } else {
                    format!("{}={}", p.name, p.default)
                }
            });
            vec![
                query.name.clone(),
                query.question[context.lang.index()].clone(),
                parameters.collect::<Vec<_>>().join(" "),
            ]
        })
        .collect();
    let headings =
        ["col.query", "col.question", "col.parameters"].map(|key| context.lang.text(key));
    Ok(table::write(out, &headings, &rows)?)
}

/// One object a row: a literal as text, a thing as its IRI and name.
fn as_objects(
    answer: &Answer,
    store: &Store,
) -> anyhow::Result<Vec<serde_json::Map<String, serde_json::Value>>> {
    let mut objects = Vec::new();
    for row in &answer.rows {
        let mut object = serde_json::Map::new();
        for (column, value) in answer.columns.iter().zip(row) {
            let value = match value {
                None => serde_json::Value::Null,
                Some(value) if value.is_iri => {
                    serde_json::json!({"id": value.value, "name": store.full_name_of(&value.value)?})
                }
                Some(value) => value.value.clone().into(),
            };
            object.insert(column.clone(), value);
        }
        objects.push(object);
    }
    Ok(objects)
}

/// Cells for people: names for IRIs, labels for codes, sentences shortened.
fn shown(answer: &Answer, store: &Store, lang: Lang) -> anyhow::Result<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    for row in &answer.rows {
        let mut cells = Vec::new();
        for (column, value) in answer.columns.iter().zip(row) {
            cells.push(match value {
                None => String::new(),
                Some(value) if value.is_iri && value.value.starts_with(vocab::NS) => {
                    Ontology::get().label(&value.value, lang.index()).to_owned()
                }
                Some(value) if value.is_iri => store.full_name_of(&value.value)?,
                Some(value) if column == "quote" => table::shorten(&value.value, 0, 0),
                Some(value) if value.value == "true" || value.value == "false" => lang
                    .find(&format!("said.{}", value.value))
                    .unwrap_or_default()
                    .to_owned(),
                Some(value) if matches!(column.as_str(), "status" | "part" | "kind") => {
                    Ontology::get()
                        .value_label(&value.value, lang.index())
                        .to_owned()
                }
                Some(value) => value.value.clone(),
            });
        }
        rows.push(cells);
    }
    Ok(rows)
}

/// A column's heading: the program's word, the ontology's, else the variable's name.
fn heading(column: &str, lang: Lang) -> &str {
    if let Some(text) = lang.find(&format!("col.{column}")) {
        return text;
    }
    let ontology = Ontology::get();
    let class = column.chars().next().map(|c| {
        format!(
            "{}{}{}",
            vocab::NS,
            c.to_uppercase(),
            &column[c.len_utf8()..]
        )
    });
    for iri in [Some(format!("{}{column}", vocab::NS)), class]
        .into_iter()
        .flatten()
    {
        if let Some(term) = ontology.term(&iri) {
            return &term.label[lang.index()];
        }
    }
    column
}
