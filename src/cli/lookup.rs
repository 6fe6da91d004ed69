//! `xiangtu lookup`: the card of an entity, each line with its sentence and document.

use std::io::Write;

use super::{ConfidenceArgument, Context, Done, Exit, StoreArgument, open, table, write_json};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::store::{Card, Found, Group, Line};
use crate::text::key;
use crate::vocab;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "NAME")]
    name: String,
    #[arg(long = "type", value_name = "TYPE", value_parser = entity_type)]
    r#type: Option<EntityType>,
    #[arg(long, value_name = "PLACE")]
    at: Option<String>,
    #[command(flatten)]
    store: StoreArgument,
    #[command(flatten)]
    confidence: ConfidenceArgument,
}

pub(super) fn entity_type(name: &str) -> Result<EntityType, String> {
    EntityType::from_name(name).ok_or_else(|| EntityType::ALL.map(EntityType::name).join(", "))
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open(&arguments.store, context)?;
    let lang = context.lang;
    let found = store.find(&arguments.name, arguments.r#type, arguments.at.as_deref())?;
    match found.as_slice() {
        [] => {
            if context.json {
                write_json(out, &found)?;
            } else {
                writeln!(out, "{}", lang.fill("found.none", &[&arguments.name]))?;
            }
            return Ok(Exit::Nothing);
        }
        [one] => {
            let card = store.card(one, arguments.confidence.min_confidence)?;
            if context.json {
                write_json(out, &card)?;
            } else {
                write_card(&card, lang, out)?;
            }
        }
        several if context.json => write_json(out, &several)?,
        several => {
            if several.iter().any(|f| is_exact(f, &arguments.name)) {
                writeln!(
                    out,
                    "{}",
                    lang.fill("found.many", &[&arguments.name, &several.len()])
                )?;
            } else {
                writeln!(out, "{}", lang.fill("found.partial", &[&arguments.name]))?;
            }
            write_list(several, lang, out)?;
        }
    }
    Ok(Exit::Found)
}

/// Whether the thing has this name, rather than one that contains it.
pub(super) fn is_exact(found: &Found, name: &str) -> bool {
    let name = key(name);
    key(&found.name) == name || found.aliases.iter().any(|alias| key(alias) == name)
}

fn type_label(found: &Found, lang: Lang) -> &'static str {
    let level = found.code.as_deref().and_then(vocab::place_class);
    let class = level.or(found.kind.map(vocab::class));
    class.map_or("", |class| {
        Ontology::get().label(class.as_str(), lang.index())
    })
}

fn write_list(found: &[Found], lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    let headings = [
        "col.name",
        "col.type",
        "col.path",
        "col.code",
        "col.statements",
        "col.documents",
    ]
    .map(|key| lang.text(key));
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|f| {
            let at = if f.path.is_empty() {
                f.places.join("、")
            } else {
                path(f, " ")
            };
            vec![
                f.name.clone(),
                type_label(f, lang).to_owned(),
                at,
                f.short_id().to_owned(),
                f.statements.to_string(),
                f.documents.to_string(),
            ]
        })
        .collect();
    Ok(table::write(out, &headings, &rows)?)
}

fn path(found: &Found, joint: &str) -> String {
    found
        .path
        .iter()
        .map(|step| step.name.as_str())
        .collect::<Vec<_>>()
        .join(joint)
}

fn write_card(card: &Card, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    let found = &card.found;
    let years = match card.years {
        [Some(first), Some(last)] if first == last => format!("（{first}）"),
        [Some(first), Some(last)] => format!("（{first}–{last}）"),
        _ => String::new(),
    };
    writeln!(
        out,
        "{}  {}  {}",
        found.name,
        type_label(found, lang),
        found.short_id()
    )?;
    if found.path.len() > 1 {
        writeln!(out, "  {}", path(found, " › "))?;
    }
    for (key, names) in [
        ("card.aliases", &found.aliases),
        ("card.broader", &card.broader),
        ("card.domains", &card.domains),
        ("card.path", &found.places),
    ] {
        if !names.is_empty() {
            writeln!(out, "  {}: {}", lang.text(key), names.join("、"))?;
        }
    }
    writeln!(
        out,
        "  {}{years}",
        lang.fill("card.documents", &[&found.documents])
    )?;
    for group in &card.groups {
        writeln!(out, "\n{} ({})", heading(group, lang), group.lines.len())?;
        let headings = [
            "col.year",
            "col.said",
            "col.quote",
            "col.document",
            "col.confidence",
        ]
        .map(|key| lang.text(key));
        let rows: Vec<Vec<String>> = group.lines.iter().map(|line| row(line, lang)).collect();
        table::write(out, &headings, &rows)?;
    }
    // Where nothing is stated of it, the sentences that name it are what is known.
    if card.groups.is_empty() && !card.named.is_empty() {
        writeln!(out, "\n{} ({})", lang.text("card.named"), card.named.len())?;
        let headings = ["col.year", "col.quote", "col.document"].map(|key| lang.text(key));
        let rows: Vec<Vec<String>> = card
            .named
            .iter()
            .map(|n| {
                let inside = |at: usize| at.saturating_sub(n.quote_start);
                vec![
                    n.year.map_or_else(String::new, |year| year.to_string()),
                    table::shorten(&n.quote, inside(n.start), inside(n.end)),
                    n.path
                        .rsplit(['/', '\\'])
                        .next()
                        .unwrap_or(&n.path)
                        .to_owned(),
                ]
            })
            .collect();
        table::write(out, &headings, &rows)?;
    }
    Ok(())
}

fn heading(group: &Group, lang: Lang) -> &str {
    let ontology = Ontology::get();
    if !group.inverse {
        return ontology.label(&group.property, lang.index());
    }
    match ontology
        .term(&group.property)
        .and_then(|term| term.inverse.as_deref())
    {
        Some(inverse) => ontology.label(inverse, lang.index()),
        // A post is text, so it has no other end: these are the posts that the place's own reports name.
        None => lang.text("card.officials"),
    }
}

fn row(line: &Line, lang: Lang) -> Vec<String> {
    let statement = &line.statement;
    let inside = |at: usize| at.saturating_sub(statement.quote_start);
    let file = line.path.rsplit(['/', '\\']).next().unwrap_or(&line.path);
    vec![
        statement
            .year
            .map_or_else(String::new, |year| year.to_string()),
        said(line, lang),
        table::shorten(
            &statement.quote,
            inside(statement.start),
            inside(statement.end),
        ),
        file.to_owned(),
        format!("{:.2}", statement.confidence),
    ]
}

/// What the statement says, in a few words.
fn said(line: &Line, lang: Lang) -> String {
    let statement = &line.statement;
    let mut parts: Vec<String> = Vec::new();
    parts.extend(line.other.clone());
    parts.extend(statement.indicator.clone());
    if let Some(value) = &statement.value {
        let value = if statement.property == vocab::STATUS.as_str() {
            Ontology::get().value_label(value, lang.index())
        } else {
            value
        };
        parts.push(format!(
            "{value}{}",
            statement.unit.as_deref().unwrap_or("")
        ));
    }
    if let Some(change) = &statement.change {
        parts.push(lang.fill("said.change", &[&format!("{change}%")]));
    }
    if statement.kind.as_deref() == Some("target") {
        parts.push(format!("[{}]", lang.text("said.target")));
    } else if statement.part == "plan" {
        parts.push(format!("[{}]", lang.text("said.plan")));
    }
    parts.join(" ")
}
