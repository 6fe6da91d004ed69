//! What `xiangtu explain A B` prints of two names of one type: whether they are one node, why, and what would change it.

use std::fmt::Display;
use std::io::Write;

use super::file_name;
use crate::identity::Ground;
use crate::messages::Lang;
use crate::ontology::Ontology;
use crate::store::{Identity, Side};
use crate::vocab;

/// Prints it all.
pub(super) fn show(identity: &Identity, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    let kind = vocab::class(identity.kind);
    let kind = Ontology::get().label(kind.as_str(), lang.index());
    let (left, right) = (&identity.left, &identity.right);
    let heading = match identity.one {
        true => "same.one",
        false => "same.two",
    };
    writeln!(
        out,
        "{}",
        lang.fill(heading, &[&left.name, &right.name, &kind])
    )?;
    side(left, lang, out)?;
    if left.id != right.id {
        side(right, lang, out)?;
    }
    for (joins, key) in [
        (Some(true), "same.for"),
        (Some(false), "same.against"),
        (None, "same.bears"),
    ] {
        let grounds: Vec<&Ground> = identity
            .grounds
            .iter()
            .filter(|g| g.joins == joins)
            .collect();
        if !grounds.is_empty() {
            writeln!(out, "{}", lang.text(key))?;
        }
        for ground in grounds {
            writeln!(out, "  {}", ground_text(ground, lang))?;
        }
    }
    for join in &identity.joins {
        let rule = super::review::why_text(join.rule, lang);
        let confidence = format!("{:.2}", join.confidence);
        writeln!(out, "{}", lang.fill("same.joined", &[&rule, &confidence]))?;
    }
    for judged in &identity.judged {
        let line = &judged.judgement;
        let verdict = Ontology::get().value_label(line.verdict.notation(), lang.index());
        let values: [&dyn Display; 5] = [&line.line, &verdict, &line.who, &line.when, &line.why];
        writeln!(out, "{}", lang.fill("same.judged", &values))?;
    }
    if identity.joins.is_empty() && identity.judged.is_empty() && !identity.one {
        writeln!(out, "{}", lang.text("same.no_rule"))?;
    }
    writeln!(out, "{}", lang.text("same.change"))?;
    Ok(writeln!(out, "  {}", identity.change)?)
}

fn side(side: &Side, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    let short = |iri: &str| {
        iri.strip_prefix(crate::model::ID_BASE)
            .unwrap_or(iri)
            .to_owned()
    };
    writeln!(out, "· {}  {}", side.name, short(&side.id))?;
    if side.node != side.id {
        writeln!(out, "    → {}", short(&side.node))?;
    }
    let list = |names: &[String]| {
        let shown: Vec<&str> = names.iter().take(8).map(String::as_str).collect();
        if shown.is_empty() {
            "—".to_owned()
        } else {
            shown.join("、")
        }
    };
    let values: [&dyn Display; 3] = [&side.documents, &side.statements, &list(&side.places)];
    writeln!(out, "    {}", lang.fill("same.side", &values))?;
    if !side.aliases.is_empty() {
        writeln!(
            out,
            "    {}",
            lang.fill("same.aliases", &[&list(&side.aliases)])
        )?;
    }
    if !side.posts.is_empty() {
        writeln!(
            out,
            "    {}",
            lang.fill("same.posts", &[&list(&side.posts)])
        )?;
    }
    for said in &side.quotes {
        let quote: String = said.quote.split_whitespace().collect();
        writeln!(out, "    {}: {quote}", file_name(&said.document))?;
    }
    Ok(())
}

fn ground_text(ground: &Ground, lang: Lang) -> String {
    let Some(text) = lang.find(&format!("ground.{}", ground.rule)) else {
        return format!("{} {}", ground.rule, ground.values.join(" "));
    };
    let mut values = ground.values.iter();
    let mut parts = text.split("{}");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(values.next().map_or("", String::as_str));
        out.push_str(part);
    }
    out
}
