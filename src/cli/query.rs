//! `xiangtu query`: questions by name, or SPARQL of one's own.
//!
//! The parameters of the question that is asked are options of the command beside its own: `--place 锦江镇`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use super::{Context, Done, Exit, StoreArgument, open, table, write_json};
use crate::messages::Lang;
use crate::model::ID_BASE;
use crate::ontology::Ontology;
use crate::store::{
    Answer, AnswerFormat, NamedQuery, Parameter, Store, named_queries, parse_query_file,
};
use crate::{Error, vocab};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "FILE.rq|NAME", required_unless_present = "list")]
    query: Option<String>,
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = assignment)]
    params: Vec<(String, String)>,
    #[arg(long)]
    list: bool,
    #[arg(long)]
    show: bool,
    #[arg(long, value_enum, conflicts_with = "json")]
    format: Option<AnswerFormat>,
    #[command(flatten)]
    store: StoreArgument,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// What an option for a parameter is called among the arguments.
const PARAMETER: &str = "param:";

/// Adds the parameters of the question that the words name to the options of `query`.
pub(super) fn with_parameters(
    command: clap::Command,
    words: &[OsString],
    lang: Lang,
) -> clap::Command {
    let words: Vec<&str> = words
        .iter()
        .skip(1)
        .filter_map(|word| word.to_str())
        .collect();
    let Some(at) = words.iter().position(|word| *word == "query") else {
        return command;
    };
    // A wrong name is reported when it is asked for.
    let Some(query) = words[at + 1..].iter().find_map(|word| find(word).ok()) else {
        return command;
    };
    command.mut_subcommand("query", |sub| {
        query.parameters.iter().fold(sub, |sub, parameter| {
            sub.arg(
                clap::Arg::new(format!("{PARAMETER}{}", parameter.name))
                    .long(parameter.name.clone())
                    .value_name(parameter.kind.to_uppercase())
                    .help(help(parameter, lang))
                    .help_heading(query.name.clone()),
            )
        })
    })
}

fn help(parameter: &Parameter, lang: Lang) -> String {
    let kind = lang.find(&format!("type.{}", parameter.kind));
    let kind = kind.unwrap_or(&parameter.kind).to_owned();
    match parameter.default.as_str() {
        "" => lang.fill("query.required", &[&kind]),
        "*" | "\"\"" => lang.fill("query.optional", &[&kind]),
        default => lang.fill("query.default", &[&kind, &default]),
    }
}

/// The parameters given as options.
fn given(matches: &clap::ArgMatches) -> Vec<(String, String)> {
    let names = matches
        .ids()
        .filter_map(|id| id.as_str().strip_prefix(PARAMETER));
    names
        .filter_map(|name| {
            let value = matches.get_one::<String>(&format!("{PARAMETER}{name}"))?;
            Some((name.to_owned(), value.trim().to_owned()))
        })
        .collect()
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    if arguments.list {
        list(context, out)?;
        return Ok(Exit::Found);
    }
    let query = find(arguments.query.as_deref().unwrap_or_default())?;
    let mut params = arguments.params.clone();
    let matches = context.matches.subcommand_matches("query");
    params.extend(matches.map(given).unwrap_or_default());
    if arguments.show {
        // Without values the question is shown as it stands, and no store is needed.
        let text = if params.is_empty() {
            query.with_prefixes(&query.text)
        } else {
            open(&arguments.store, context)?.sparql(&query, &params)?
        };
        write!(out, "{text}")?;
        return Ok(Exit::Found);
    }
    let store = open(&arguments.store, context)?;
    let answer = store.ask(&query, &params)?;
    if let Some(format) = arguments.format {
        answer.write(format, out)?;
    } else if context.json {
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
            let parameters = query.parameters.iter().map(|p| match p.default.as_str() {
                "" => format!("--{}", p.name),
                "*" | "\"\"" => format!("[--{}]", p.name),
                default => format!("[--{} {default}]", p.name),
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
    let mut names: HashMap<&str, String> = HashMap::new();
    for row in &answer.rows {
        let mut cells = Vec::new();
        for (column, value) in answer.columns.iter().zip(row) {
            cells.push(match value {
                None => String::new(),
                Some(value) if value.is_iri && value.value.starts_with(vocab::NS) => {
                    Ontology::get().label(&value.value, lang.index()).to_owned()
                }
                Some(value) if value.is_iri => match names.get(value.value.as_str()) {
                    Some(name) => name.clone(),
                    None => {
                        let name = short_name(&value.value, store)?;
                        names.insert(&value.value, name.clone());
                        name
                    }
                },
                Some(value) if column == "quote" => value.value.clone(),
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
        if let Some(at) = answer.columns.iter().position(|column| column == "quote") {
            cells[at] = around_evidence(&cells[at], &cells);
        }
        rows.push(cells);
    }
    Ok(rows)
}

/// A sentence cut around the longest of the row's words that stand in it.
fn around_evidence(quote: &str, cells: &[String]) -> String {
    let found = cells
        .iter()
        .filter(|cell| !cell.is_empty() && *cell != quote)
        .filter_map(|cell| Some((quote.find(cell.as_str())?, cell.chars().count())))
        .max_by_key(|(_, length)| *length);
    let (at, length) = found.unwrap_or((0, 0));
    let start = quote[..at].chars().count();
    table::shorten(quote, start, start + length)
}

/// A thing's name; of a document the name of its file, for paths are long.
fn short_name(iri: &str, store: &Store) -> anyhow::Result<String> {
    let name = store.full_name_of(iri)?;
    let is_document = iri.starts_with(&format!("{ID_BASE}document/"));
    Ok(match name.rsplit_once(['/', '\\']) {
        Some((_, file)) if is_document => file.to_owned(),
        _ => name,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_is_cut_around_what_the_row_tells() {
        let quote = "甲".repeat(60) + "粮食产量达到2万吨" + &"乙".repeat(60);
        let cells = [quote.clone(), "粮食产量".to_owned(), "2万吨".to_owned()];
        assert!(around_evidence(&quote, &cells).contains("甲粮食产量达到2万吨"));
        assert_eq!(around_evidence("短句。", &[]), "短句。");
    }

    #[test]
    fn every_column_of_a_question_has_a_heading() {
        for query in named_queries().unwrap() {
            for column in &query.columns {
                let chinese = heading(column, Lang::Zh);
                assert!(!chinese.is_ascii(), "{}: {column}", query.name);
                assert!(
                    heading(column, Lang::En).is_ascii(),
                    "{}: {column}",
                    query.name
                );
            }
        }
    }
}
