//! `xiangtu diff`: what changed between two stores or two years.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{
    ConfidenceArgument, Context, Done, Exit, StoreArgument, entity_type, file_name, open, table,
    write_json,
};
use crate::diff::{Change, Difference, Differences, Options, Said, stores, years};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::panel::harmless;
use crate::vocab;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "YEAR|STORE")]
    before: String,
    #[arg(value_name = "YEAR|STORE")]
    after: String,
    #[arg(long = "type", value_name = "TYPE", value_parser = entity_type)]
    r#type: Option<EntityType>,
    #[arg(long, value_name = "PLACE")]
    at: Option<String>,
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    store: StoreArgument,
    #[command(flatten)]
    confidence: ConfidenceArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let both_years = year(&arguments.before).zip(year(&arguments.after));
    let folder = |name: &str| StoreArgument {
        store: PathBuf::from(name),
    };
    let first = match both_years {
        Some(_) => open(&arguments.store, context)?,
        None => open(&folder(&arguments.before), context)?,
    };
    let at = match &arguments.at {
        Some(name) => Some(first.one(name, Some(EntityType::Place))?.into_string()),
        None => None,
    };
    let options = Options {
        kind: arguments.r#type,
        at,
        min_confidence: arguments.confidence.min_confidence,
    };
    let found = match both_years {
        Some((before, after)) => years(&first, before, after, &options)?,
        None => stores(&first, &open(&folder(&arguments.after), context)?, &options)?,
    };
    if context.json {
        write_json(out, &found)?;
    } else if arguments.csv {
        write_csv(&found, out)?;
    } else {
        write_table(&found, context.lang, out)?;
    }
    Ok(if found.rows.is_empty() {
        Exit::Nothing
    } else {
        Exit::Found
    })
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
    lang.text(match change {
        Change::Renamed => "diff.renamed",
        Change::Moved => "diff.moved",
        Change::Changed => "diff.changed",
        Change::Began => "diff.began",
        Change::Stopped => "diff.stopped",
        Change::Born => "diff.born",
        Change::Ended => "diff.ended",
    })
}

fn write_csv(found: &Differences, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "change",
        "type",
        "id",
        "name",
        "property",
        "before",
        "before_year",
        "before_document",
        "before_quote",
        "after",
        "after_year",
        "after_document",
        "after_quote",
    ])?;
    for row in &found.rows {
        let mut cells = vec![
            format!("{:?}", row.change).to_lowercase(),
            row.kind.map_or("", EntityType::name).to_owned(),
            row.id.clone(),
            row.name.clone(),
            row.property.clone().unwrap_or_default(),
        ];
        for said in [&row.before, &row.after] {
            let said = said.clone().unwrap_or_default();
            let year = said.year.map_or_else(String::new, |year| year.to_string());
            cells.extend([said.text, year, said.path, said.quote]);
        }
        csv.write_record(cells.iter().map(|cell| harmless(cell)))?;
    }
    Ok(csv.flush()?)
}
