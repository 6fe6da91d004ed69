//! `xiangtu explain NAME --in FILE`: why a name is kept in a document, or is not.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::explain::marked;
use super::reading::reason_text;
use super::{Context, Done, Exit, table, write_json};
use crate::extract::why::{Why, why};
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::read::{Options, find_piece};
use crate::text::Document;
use crate::vocab;

/// At most so many features are shown; the others are added up.
const MOST_FEATURES: usize = 12;

pub(super) fn run(
    name: &str,
    file: &Path,
    options: &Options,
    context: &Context,
    out: &mut dyn Write,
) -> Done {
    let piece = find_piece(file, options)?;
    let source = match piece.read(options) {
        Ok(source) => source,
        Err(reason) => {
            let reason = reason_text(&reason.to_string(), context.lang);
            eprintln!("{}: {reason}", piece.path);
            return Ok(Exit::SetAside);
        }
    };
    let doc = Document::new(piece.name(file), &source.text).told(&source.metadata);
    let stated = source.metadata.title.as_deref().unwrap_or_default();
    let corrections = &context.knowledge.corrections;
    let all = why(
        &doc,
        &corrections.select(&piece.path, &[&doc.title, stated]),
        name,
    );
    let is_empty = all.is_empty();
    if context.json {
        write_json(out, &all)?;
    } else if is_empty {
        writeln!(
            out,
            "{}",
            context.lang.fill("mention.none", &[&piece.path, &name])
        )?;
    }
    let shown = if context.json { &[] } else { all.as_slice() };
    for (i, why) in shown.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        show(why, context, out)?;
    }
    Ok(if is_empty { Exit::Nothing } else { Exit::Found })
}

fn type_label(kind: EntityType, lang: Lang) -> &'static str {
    Ontology::get().label(vocab::class(kind).as_str(), lang.index())
}

fn show(why: &Why, context: &Context, out: &mut dyn Write) -> anyhow::Result<()> {
    let lang = context.lang;
    let values: [&dyn std::fmt::Display; 4] =
        [&type_label(why.kind, lang), &why.text, &why.start, &why.end];
    let verdict = match (why.kept, why.probability) {
        (true, Some(p)) => lang.fill(
            "mention.kept",
            &[&format!("{p:.2}"), &format!("{:+.2}", why.score)],
        ),
        (true, None) => lang.text("mention.told").to_owned(),
        (false, p) => {
            let p = format!("{:.2}", p.unwrap_or_default());
            lang.fill("mention.dropped", &[&p, &format!("{:+.2}", why.score)])
        }
    };
    writeln!(out, "{}  {verdict}", lang.fill("mention.head", &values))?;
    let looks = [why.first_look, why.probability].map(|p| format!("{:.2}", p.unwrap_or_default()));
    if looks[0] != looks[1] {
        let text = lang.fill("mention.second", &[&looks[0], &looks[1]]);
        writeln!(out, "  {text}")?;
    }
    let evidence = [why.start, why.end];
    writeln!(
        out,
        "  {}",
        marked(&why.quote.text, why.quote.start, evidence)
    )?;
    for correction in &why.corrections {
        let says = context.knowledge.corrections.says(correction);
        writeln!(
            out,
            "  {}",
            lang.fill("mention.correction", &[correction, &says])
        )?;
    }
    if !why.features.is_empty() {
        let headings = ["col.feature", "col.detail", "col.adds"].map(|key| lang.text(key));
        table::write(out, &headings, &features(why, lang))?;
    }
    if !why.rivals.is_empty() {
        let headings = [
            "col.rival",
            "col.type",
            "col.probability",
            "col.score",
            "col.kept",
        ];
        let rows: Vec<Vec<String>> = why
            .rivals
            .iter()
            .map(|rival| {
                vec![
                    rival.text.replace(char::is_whitespace, ""),
                    type_label(rival.kind, lang).to_owned(),
                    format!("{:.2}", rival.probability),
                    format!("{:+.2}", rival.score),
                    lang.text(if rival.kept {
                        "mention.yes"
                    } else {
                        "mention.no"
                    })
                    .to_owned(),
                ]
            })
            .collect();
        table::write(out, &headings.map(|key| lang.text(key)), &rows)?;
    }
    Ok(())
}

/// Features in words, the largest first. Those whose detail is a number of the program's own are added up by kind.
fn features(why: &Why, lang: Lang) -> Vec<Vec<String>> {
    let mut sums: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for (feature, adds) in &why.features {
        let (_, feature) = feature.split_once(' ').unwrap_or(("", feature));
        let (template, detail) = feature.split_once('=').unwrap_or((feature, ""));
        let speaks = ["Exact", "Prefix", "Suffix", "Within", "After", "Before"].contains(&template)
            || ["Char", "Pair", "First", "Last"]
                .iter()
                .any(|of| template.starts_with(of));
        let detail = if speaks { detail } else { "" };
        *sums.entry((template, detail)).or_default() += adds;
    }
    let mut sums: Vec<((&str, &str), f64)> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let others = sums.split_off(sums.len().min(MOST_FEATURES));
    let row = |name: &str, detail: &str, adds: f64| {
        vec![name.to_owned(), detail.to_owned(), format!("{adds:+.2}")]
    };
    let words = |template: &str| {
        let key = format!("feature.{template}");
        lang.find(&key)
            .map_or_else(|| template.to_owned(), str::to_owned)
    };
    let mut rows: Vec<Vec<String>> = sums
        .iter()
        .map(|((template, detail), adds)| row(&words(template), detail, *adds))
        .collect();
    if !others.is_empty() {
        let sum = others.iter().map(|(_, adds)| adds).sum();
        rows.push(row(&lang.count("mention.others", others.len()), "", sum));
    }
    rows
}
