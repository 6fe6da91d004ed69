//! `xiangtu explain`: why an edge or a statement is in the graph; why two names are one thing or two.

use std::io::Write;
use std::path::PathBuf;

use super::reading::ReadArguments;
use super::review::LedgerArgument;
use super::{Context, Done, Exit, StoreArgument, file_name, mention, open, write_json};
use crate::messages::Lang;
use crate::ontology::Ontology;
use crate::store::{Explained, Explanation, Identity, Mentioned, Source, Store};
use crate::{Error, vocab};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "STATEMENT|NAME", num_args = 1..=3, required = true)]
    what: Vec<String>,
    #[arg(long = "in", value_name = "FILE")]
    document: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgument,
    #[command(flatten)]
    store: StoreArgument,
    #[command(flatten)]
    read: ReadArguments,
}

/// What links two things, and whether they are one.
#[derive(serde::Serialize)]
struct Told {
    #[serde(flatten)]
    explanation: Explanation,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<Identity>,
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    if let Some(file) = &arguments.document {
        let [name] = arguments.what.as_slice() else {
            anyhow::bail!("{}", context.lang.text("mention.one_name"));
        };
        return mention::run(name, file, &arguments.read.options(), context, out);
    }
    let store = open(&arguments.store, context)?;
    let mut identity = None;
    let explanation = match arguments.what.as_slice() {
        [statement] => store.explain_statement(statement)?,
        [one, other] => {
            let ledger = arguments
                .ledger
                .read(&arguments.store.folder, &context.knowledge)?;
            let both = store
                .one(one, None)
                .and_then(|a| Ok((a, store.one(other, None)?)));
            identity = match (store.explain_identity(one, other, &ledger), &both) {
                (Ok(identity), _) => identity,
                // Names that no document has, of divisions or initiatives, may be linked all the same.
                (Err(_), Ok(_)) => None,
                (Err(e), Err(_)) => return Err(e.into()),
            };
            match both {
                Ok((a, b)) => store.explain_link(&a, &b, None)?,
                Err(_) if identity.is_some() => Explanation::default(),
                Err(e) => return Err(e.into()),
            }
        }
        [subject, name, object, ..] => {
            let property = property(name)?;
            let subject = store.one(subject, None)?;
            let is_edge = Ontology::get()
                .term(&property)
                .is_some_and(|term| term.edge);
            if is_edge || property == vocab::BROADER.as_str() {
                store.explain_link(&subject, &store.one(object, None)?, Some(&property))?
            } else {
                store.explain_value(&subject, &property, object)?
            }
        }
        [] => Explanation::default(),
    };
    let is_empty =
        explanation.statements.is_empty() && explanation.given.is_empty() && identity.is_none();
    let told = Told {
        explanation,
        identity,
    };
    if context.json {
        write_json(out, &told)?;
    } else {
        if let Some(identity) = &told.identity {
            super::sameness::show(identity, context.lang, out)?;
        }
        let explanation = &told.explanation;
        let is_linked = !explanation.statements.is_empty() || !explanation.given.is_empty();
        if is_linked && told.identity.is_some() {
            writeln!(out)?;
        }
        if is_linked || told.identity.is_none() {
            show(explanation, &store, context.lang, out)?;
        }
    }
    Ok(if is_empty { Exit::Nothing } else { Exit::Found })
}

/// A property by its IRI, local name or label, read forwards or backwards.
fn property(name: &str) -> anyhow::Result<String> {
    let ontology = Ontology::get();
    let known = [
        vocab::REPORTS_INDICATOR,
        vocab::INVESTMENT,
        vocab::STATUS,
        vocab::HOLDS_POST,
    ];
    let known: Vec<&str> = known
        .iter()
        .map(|p| p.as_str())
        .chain(ontology.edges().map(|(iri, _)| iri))
        .chain([vocab::BROADER.as_str()])
        .collect();
    for iri in &known {
        let inverse = ontology.term(iri).and_then(|term| term.inverse.as_deref());
        for way in [Some(*iri), inverse].into_iter().flatten() {
            let labels = [0, 1].map(|language| ontology.label(way, language));
            let local = way.rsplit(['#', '/']).next().unwrap_or(way);
            if way == name || local == name || labels.contains(&name) {
                return Ok((*iri).to_owned());
            }
        }
    }
    let labels: Vec<&str> = known.iter().map(|iri| ontology.label(iri, 0)).collect();
    Err(Error::Query(format!("{name}: no property; known: {}", labels.join("、"))).into())
}

fn show(
    explanation: &Explanation,
    store: &Store,
    lang: Lang,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let label = |iri: &str| Ontology::get().label(iri, lang.index()).to_owned();
    for given in &explanation.given {
        let is_listed = |place: &str| place.ends_with(|c: char| c.is_ascii_digit());
        let from = match given.property == vocab::PART_OF.as_str() {
            true if is_listed(&given.subject) => "explain.divisions",
            true => "explain.unlisted",
            false => "explain.thesaurus",
        };
        writeln!(
            out,
            "{} —{}→ {}  {}",
            store.name_of(&given.subject)?,
            label(&given.property),
            store.name_of(&given.object)?,
            lang.text(from)
        )?;
    }
    let mut last = None;
    for explained in &explanation.statements {
        let row = &explained.statement;
        let edge = (&row.subject, &row.property, &row.object);
        if last != Some(edge) {
            if last.is_some() || !explanation.given.is_empty() {
                writeln!(out)?;
            }
            let same = explanation.statements.iter();
            let same = same.filter(|e| {
                (
                    &e.statement.subject,
                    &e.statement.property,
                    &e.statement.object,
                ) == edge
            });
            writeln!(
                out,
                "{} —{}→ {}  {}",
                explained.subject_name,
                label(&row.property),
                object_text(explained, lang),
                lang.count("explain.statements", same.count())
            )?;
            last = Some(edge);
        }
        write_statement(explained, lang, out)?;
    }
    if explanation.statements.is_empty() && explanation.given.is_empty() {
        writeln!(out, "{}", lang.text("explain.none"))?;
    }
    Ok(())
}

fn object_text(explained: &Explained, lang: Lang) -> String {
    let row = &explained.statement;
    if let Some(name) = &explained.object_name {
        return name.clone();
    }
    let value = row.value.as_deref().unwrap_or("");
    let value = match row.property == vocab::STATUS.as_str() {
        true => Ontology::get().value_label(value, lang.index()),
        false => value,
    };
    let parts = [
        row.indicator.as_deref().unwrap_or(""),
        value,
        row.unit.as_deref().unwrap_or(""),
    ];
    parts.concat()
}

fn write_statement(explained: &Explained, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    let row = &explained.statement;
    let path = explained.document.paths.first().map_or("", String::as_str);
    let id = row.id.rsplit('/').next().unwrap_or(&row.id);
    let year = row
        .year
        .map_or_else(String::new, |year| format!("  {year}"));
    writeln!(
        out,
        "\n  {}{year}  [{}]",
        file_name(path),
        &id[..id.len().min(12)]
    )?;
    let evidence = [row.start, row.end];
    writeln!(out, "    {}", marked(&row.quote, row.quote_start, evidence))?;
    let part = Ontology::get().value_label(&row.part, lang.index());
    let values: [&dyn std::fmt::Display; 5] = [
        &row.rule,
        &format!("{:.2}", row.confidence),
        &part,
        &row.start,
        &row.end,
    ];
    writeln!(out, "    {}", lang.fill("explain.rule", &values))?;
    let ends = [
        (&explained.subject_from, Some(&explained.subject_name)),
        (&explained.object_from, explained.object_name.as_ref()),
    ];
    for (source, name) in ends {
        if let (Some(source), Some(name)) = (source, name) {
            writeln!(out, "    {}", from(source, name, lang))?;
        }
    }
    Ok(())
}

fn from(source: &Source, name: &str, lang: Lang) -> String {
    match source {
        Source::Home => lang.fill("explain.home", &[&name]),
        Source::Words { mention } => {
            let confidence = format!("{:.2}", mention.confidence);
            let said = lang.fill(
                "explain.words",
                &[
                    &name,
                    &mention.text,
                    &mention.start,
                    &mention.end,
                    &confidence,
                ],
            );
            said + &corrected(mention, lang)
        }
        Source::Elsewhere { mention } => {
            let values: [&dyn std::fmt::Display; 4] =
                [&name, &mention.text, &mention.start, &mention.end];
            lang.fill("explain.elsewhere", &values) + &corrected(mention, lang)
        }
    }
}

/// The user's corrections by which a mention is what it is.
fn corrected(mention: &Mentioned, lang: Lang) -> String {
    match mention.corrections.as_slice() {
        [] => String::new(),
        lines => lang.fill("explain.corrected", &[&lines.join(", ")]),
    }
}

/// A sentence with what stands at these offsets of its document between 【 and 】.
pub(super) fn marked(quote: &str, quote_start: usize, evidence: [usize; 2]) -> String {
    let [start, end] = evidence.map(|at| at.saturating_sub(quote_start));
    let mut text = String::new();
    for (i, c) in quote.chars().enumerate() {
        if i == start {
            text.push('【');
        }
        text.push(if c.is_whitespace() { ' ' } else { c });
        if i + 1 == end {
            text.push('】');
        }
    }
    text
}
