//! `xiangtu diff`: what changed between two stores or two years.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::rows::{self, AnswerArguments, Cell, Column, hidden, named};
use super::{
    AtArgument, Context, Done, FolderArgument, StoreArgument, entity_type, file_name, open, table,
    write_json,
};
use crate::diff::{Change, Difference, Differences, Options, Said, stores, years};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::store::Store;
use crate::vocab;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "YEAR|STORE")]
    before: String,
    #[arg(value_name = "YEAR|STORE")]
    after: String,
    #[arg(long = "type", value_name = "TYPE", value_parser = entity_type)]
    r#type: Option<EntityType>,
    #[command(flatten)]
    at: AtArgument,
    #[command(flatten)]
    answer: AnswerArguments,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let both_years = year(&arguments.before).zip(year(&arguments.after));
    let answer = &arguments.answer;
    let named = |name: &str| StoreArgument {
        folder: FolderArgument {
            store: PathBuf::from(name),
        },
        ..answer.store.clone()
    };
    let first = match both_years {
        Some(_) => answer.open(context)?,
        None => open(&named(&arguments.before), context)?,
    };
    let second = match both_years {
        Some(_) => None,
        None => Some(open(&named(&arguments.after), context)?),
    };
    let options = Options {
        kind: arguments.r#type,
        at: arguments.at.place(&first)?,
    };
    let found = match (both_years, &second) {
        (None, Some(second)) => stores(&first, second, &options)?,
        (Some((before, after)), _) => years(&first, before, after, &options)?,
        (None, None) => unreachable!("two names are two years or two stores"),
    };
    let sides: Vec<&Store> = [&first].into_iter().chain(&second).collect();
    if rows::write_rdf(out, context, answer, &sides, &found.rows, &columns())? {
    } else if context.json {
        write_json(out, &found)?;
    } else if answer.csv {
        rows::write_csv(out, &found.rows, &columns())?;
    } else {
        write_table(&found, context.lang, out)?;
    }
    Ok(rows::found(&found.rows))
}

/// A year, unless a folder has this name.
fn year(text: &str) -> Option<i32> {
    let is_year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    (is_year && !Path::new(text).is_dir()).then(|| text.parse().ok())?
}

fn write_table(found: &Differences, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    let [before, after] = found.documents;
    writeln!(out, "{}", lang.fill("diff.documents", &[&before, &after]))?;
    if found.left_out > 0 {
        writeln!(out, "{}", lang.fill("diff.left", &[&found.left_out]))?;
    }
    if found.documents.contains(&0) && !found.years.is_empty() {
        let years: Vec<String> = found.years.iter().map(ToString::to_string).collect();
        writeln!(out, "{}", lang.fill("diff.years", &[&years.join("、")]))?;
    }
    if found.rows.is_empty() {
        writeln!(out, "{}", lang.text("diff.none"))?;
        return Ok(());
    }
    for rows in found.rows.chunk_by(|a, b| a.change == b.change) {
        writeln!(out, "\n{} ({})", change(rows[0].change, lang), rows.len())?;
        let cells: Vec<Vec<String>> = rows.iter().map(|row| cells(row, lang)).collect();
        match rows[0].change {
            Change::Born | Change::Ended => {
                let headings = ["col.type", "col.name", "col.quote", "col.document"];
                table::write(out, &headings.map(|key| lang.text(key)), &cells)?;
            }
            Change::Began | Change::Stopped => {
                let headings = [
                    "col.type",
                    "col.name",
                    "col.said",
                    "col.quote",
                    "col.document",
                ];
                table::write(out, &headings.map(|key| lang.text(key)), &cells)?;
            }
            _ => {
                let headings = [
                    "col.type",
                    "col.name",
                    "col.property",
                    "col.before",
                    "col.after",
                ];
                table::write(out, &headings.map(|key| lang.text(key)), &cells)?;
            }
        }
    }
    Ok(())
}

fn cells(row: &Difference, lang: Lang) -> Vec<String> {
    let kind = row.kind.map_or("", |kind| {
        Ontology::get().label(vocab::class(kind).as_str(), lang.index())
    });
    let property = row.property.as_deref();
    let label = property.map_or("", |p| Ontology::get().label(p, lang.index()));
    let mut cells = vec![kind.to_owned(), row.name.clone()];
    match (&row.before, &row.after) {
        (Some(before), Some(after)) => {
            cells.push(label.to_owned());
            for said in [before, after] {
                let year = said
                    .year
                    .map_or_else(String::new, |year| format!(" {year}"));
                cells.push(format!(
                    "{}\n{}\n{}{year}",
                    text(said, property, lang),
                    quote(said),
                    file_name(&said.path)
                ));
            }
        }
        (before, after) => {
            let said = after.as_ref().or(before.as_ref());
            let of = |part: &dyn Fn(&Said) -> String| said.map_or_else(String::new, part);
            let what = |said: &Said| format!("{label} {}", text(said, property, lang));
            cells.extend(property.map(|_| of(&what)));
            cells.push(of(&quote));
            cells.push(of(&|said: &Said| file_name(&said.path).to_owned()));
        }
    }
    cells
}

/// What is said; a stage of progress by its name.
fn text(said: &Said, property: Option<&str>, lang: Lang) -> String {
    if property == Some(vocab::STATUS.as_str()) {
        return Ontology::get()
            .value_label(&said.text, lang.index())
            .to_owned();
    }
    match said.kind {
        Some(_) => format!("{} [{}]", said.text, lang.text("said.target")),
        None => said.text.clone(),
    }
}

fn quote(said: &Said) -> String {
    table::shorten(&said.quote, said.start, said.end)
}

fn change(change: Change, lang: Lang) -> &'static str {
    let text = lang.find(&format!("diff.{}", change.name()));
    text.unwrap_or(change.name())
}

fn columns() -> Vec<Column<Difference>> {
    vec![
        hidden("change", |row| Cell::Code(row.change.name())),
        hidden("type", |row| row.kind.map_or(Cell::Nothing, Cell::Kind)),
        hidden("id", |row| Cell::id(&row.id)),
        named("name", |row| Cell::Text(row.name.clone())),
        hidden("property", |row| Cell::ids(&row.property)),
        hidden("before", |row| of(&row.before, |said| &said.text)),
        hidden("before_year", |row| year_of(&row.before)),
        hidden("before_document", |row| of(&row.before, |said| &said.path)),
        hidden("before_quote", |row| of(&row.before, |said| &said.quote)),
        hidden("before_statement", |row| statement(&row.before)),
        hidden("after", |row| of(&row.after, |said| &said.text)),
        hidden("after_year", |row| year_of(&row.after)),
        hidden("after_document", |row| of(&row.after, |said| &said.path)),
        hidden("after_quote", |row| of(&row.after, |said| &said.quote)),
        hidden("after_statement", |row| statement(&row.after)),
    ]
}

fn of(said: &Option<Said>, part: fn(&Said) -> &String) -> Cell {
    said.as_ref()
        .map_or(Cell::Nothing, |said| Cell::Text(part(said).clone()))
}

fn year_of(said: &Option<Said>) -> Cell {
    Cell::Year(said.as_ref().and_then(|said| said.year))
}

fn statement(said: &Option<Said>) -> Cell {
    Cell::ids(said.as_ref().and_then(|said| said.statement.as_ref()))
}
