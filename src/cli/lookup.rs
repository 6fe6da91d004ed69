//! `xiangtu lookup`: the card of an entity, each line with its sentence and document.

use std::collections::BTreeMap;
use std::io::Write;

use super::{Context, Done, Exit, StoreArgument, entity_type, file_name, open, table, write_json};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::names::Match;
use crate::ontology::Ontology;
use crate::store::{Card, Found, Group, Line, MOST_PARTS, Search};
use crate::vocab;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "NAME")]
    name: String,
    #[arg(long = "type", value_name = "TYPE", value_parser = entity_type)]
    r#type: Option<EntityType>,
    #[arg(long, value_name = "PLACE")]
    at: Option<String>,
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
    #[command(flatten)]
    store: StoreArgument,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open(&arguments.store, context)?;
    let hits = store.search(&Search {
        name: &arguments.name,
        kind: arguments.r#type,
        at: arguments.at.as_deref(),
        limit: arguments.limit,
        farthest: Match::Typo,
    })?;
    let lang = context.lang;
    let Some(hits) = hits else {
        if context.json {
            write_json(
                out,
                &serde_json::json!({"how": null, "found": [], "total": 0}),
            )?;
        } else {
            writeln!(out, "{}", lang.fill("found.none", &[&arguments.name]))?;
        }
        return Ok(Exit::Nothing);
    };
    match hits.found.as_slice() {
        [one] if hits.total == 1 => {
            let mut card = store.card(one)?;
            // Where nothing is stated of it, the sentences that name it are what is known.
            if context.json || card.groups.is_empty() {
                card.named = store.naming(one)?;
            }
            if context.json {
                write_json(out, &card)?;
            } else {
                if hits.how == Match::Typo {
                    writeln!(out, "{}", lang.fill("found.nearest", &[&arguments.name]))?;
                }
                write_card(&card, arguments.limit, lang, out)?;
            }
        }
        _ if context.json => write_json(out, &hits)?,
        several => {
            let heading = match hits.how {
                Match::Pinyin | Match::Initials => "found.pinyin",
                Match::Part => "found.partial",
                Match::Typo => "found.near",
                _ => "found.many",
            };
            let total = match (hits.how, hits.total) {
                (Match::Part, MOST_PARTS..) => format!("{MOST_PARTS}+"),
                (_, total) => total.to_string(),
            };
            writeln!(out, "{}", lang.fill(heading, &[&arguments.name, &total]))?;
            write_list(several, lang, out)?;
            if hits.total > several.len() {
                let more = hits.total - several.len();
                writeln!(out, "{}", lang.fill("found.more", &[&more]))?;
            }
        }
    }
    Ok(Exit::Found)
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
                places(&f.places, 3, lang)
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

/// The first few names of a list, and how many there are where that is not all.
fn places(names: &[String], most: usize, lang: Lang) -> String {
    if names.len() <= most {
        return names.join("、");
    }
    lang.fill("said.among", &[&names[..most].join("、"), &names.len()])
}

fn path(found: &Found, joint: &str) -> String {
    found
        .path
        .iter()
        .map(|step| step.name.as_str())
        .collect::<Vec<_>>()
        .join(joint)
}

fn write_card(card: &Card, most: usize, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    let found = &card.found;
    let years = match card.years {
        [Some(first), Some(last)] if first == last => first.to_string(),
        [Some(first), Some(last)] => format!("{first}–{last}"),
        _ => String::new(),
    };
    let years = match years.as_str() {
        "" => years,
        years => lang.fill("card.years", &[&years]),
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
    let parts: Vec<String> = card.parts.iter().map(|part| part.name.clone()).collect();
    for (key, names) in [
        ("card.parts", &parts),
        ("card.aliases", &found.aliases),
        ("card.broader", &card.broader),
        ("card.domains", &card.domains),
        ("card.path", &found.places),
    ] {
        if !names.is_empty() {
            writeln!(out, "  {}: {}", lang.text(key), places(names, 20, lang))?;
        }
    }
    writeln!(
        out,
        "  {}{years}",
        match found.documents {
            0 => lang.text("card.unnamed").to_owned(),
            n => lang.count("card.documents", n),
        }
    )?;
    write_timeline(card, lang, out)?;
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
        let rows: Vec<Vec<String>> = newest(&group.lines, most)
            .iter()
            .map(|line| row(line, lang))
            .collect();
        table::write(out, &headings, &rows)?;
        write_left(group.lines.len(), most, lang, out)?;
    }
    if !card.named.is_empty() {
        writeln!(out, "\n{} ({})", lang.text("card.named"), card.named.len())?;
        let headings = ["col.year", "col.quote", "col.document"].map(|key| lang.text(key));
        let rows: Vec<Vec<String>> = newest(&card.named, most)
            .iter()
            .map(|n| {
                let inside = |at: usize| at.saturating_sub(n.quote_start);
                vec![
                    n.year.map_or_else(String::new, |year| year.to_string()),
                    table::shorten(&n.quote, inside(n.start), inside(n.end)),
                    file_name(&n.path).to_owned(),
                ]
            })
            .collect();
        table::write(out, &headings, &rows)?;
        write_left(card.named.len(), most, lang, out)?;
    }
    Ok(())
}

/// The last so many of what stands in order of year.
fn newest<T>(lines: &[T], most: usize) -> &[T] {
    &lines[lines.len().saturating_sub(most)..]
}

/// Says how many lines are not shown.
fn write_left(n: usize, most: usize, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    if n > most {
        writeln!(out, "{}", lang.fill("card.more", &[&(n - most)]))?;
    }
    Ok(())
}

/// One line a year: how much is said, and what is said for the first time.
fn write_timeline(card: &Card, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    if card.timeline.len() < 2 {
        return Ok(());
    }
    let mut first: BTreeMap<String, i32> = BTreeMap::new();
    let mut texts: BTreeMap<i32, Vec<String>> = BTreeMap::new();
    // Figures differ every year; what is new in a year is what was done, not what was counted.
    let lines = card.groups.iter().flat_map(|group| &group.lines);
    for line in lines
        .clone()
        .filter(|line| line.statement.indicator.is_none())
    {
        if let Some(year) = line.statement.year {
            let seen = first.entry(said(line, lang)).or_insert(year);
            *seen = (*seen).min(year);
        }
    }
    for line in lines {
        let text = said(line, lang);
        if let Some(year) = line.statement.year
            && first.get(&text) == Some(&year)
        {
            let texts = texts.entry(year).or_default();
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    let rows: Vec<Vec<String>> = card
        .timeline
        .iter()
        .map(|said| {
            let new = texts.get(&said.year).map_or(&[][..], Vec::as_slice);
            vec![
                said.year.to_string(),
                said.documents.to_string(),
                said.statements.to_string(),
                places(new, 5, lang),
            ]
        })
        .collect();
    writeln!(out, "\n{}", lang.text("card.timeline"))?;
    let headings =
        ["col.year", "col.documents", "col.statements", "col.news"].map(|key| lang.text(key));
    Ok(table::write(out, &headings, &rows)?)
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
    let file = file_name(&line.path);
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
