//! `xiangtu review`: which names somebody should look at, and the ledger of what was judged.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Context, Done, Exit, FolderArgument, entity_type, open_folder, table, write_json};
use crate::Error;
use crate::identity::{Endpoint, Judgement, Ledger, Verdict};
use crate::knowledge::Knowledge;
use crate::messages::Lang;
use crate::model::EntityType;
use crate::ontology::Ontology;
use crate::store::{Reviewed, Side, Store};
use crate::{clock, vocab};

/// The ledger of judgements: the file named, else the one beside the store.
#[derive(clap::Args)]
pub(super) struct LedgerArgument {
    #[arg(long, env = "XIANGTU_JUDGEMENTS", value_name = "FILE")]
    judgements: Option<PathBuf>,
}

impl LedgerArgument {
    /// Where the ledger is: in the folder of the user's own knowledge, or `store.judgements.tsv` beside a store `store`, so
    /// that it outlives the store.
    fn path(&self, store: &FolderArgument, knowledge: &Knowledge) -> PathBuf {
        if let Some(path) = &self.judgements {
            return path.clone();
        }
        if let Some(dir) = &knowledge.dir {
            return dir.join("judgements.tsv");
        }
        let folder: &Path = &store.store;
        let mut name = folder.file_name().unwrap_or("store".as_ref()).to_owned();
        name.push(".judgements.tsv");
        folder.with_file_name(name)
    }

    /// The judgements. A file that is named and not there is an error; the one beside the store need not be there.
    pub(super) fn read(
        &self,
        store: &FolderArgument,
        knowledge: &Knowledge,
    ) -> anyhow::Result<Ledger> {
        let path = self.path(store, knowledge);
        if self.judgements.is_some()
            && let Err(e) = std::fs::metadata(&path)
        {
            return Err(Error::file(path, e).into());
        }
        Ok(Ledger::read(&path)?)
    }
}

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long = "type", value_name = "TYPE", value_parser = entity_type)]
    kind: Option<EntityType>,
    #[command(flatten)]
    at: super::AtArgument,
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
    #[arg(long, conflicts_with = "json")]
    tsv: bool,
    #[arg(long, num_args = 2, value_names = ["A", "B"], group = "verdict")]
    same: Option<Vec<String>>,
    #[arg(long, num_args = 2, value_names = ["A", "B"], group = "verdict")]
    different: Option<Vec<String>>,
    #[arg(long, num_args = 2, value_names = ["A", "B"], group = "verdict")]
    unsure: Option<Vec<String>>,
    #[arg(long, num_args = 2, value_names = ["A", "B"], group = "verdict")]
    undo: Option<Vec<String>>,
    #[arg(long, requires = "verdict", value_name = "TEXT")]
    why: Option<String>,
    #[arg(long, requires = "verdict", value_name = "NAME")]
    who: Option<String>,
    #[arg(long, requires = "verdict", value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    ledger: LedgerArgument,
    #[command(flatten)]
    store: FolderArgument,
}

impl Arguments {
    fn verdict(&self) -> Option<(Verdict, &[String])> {
        [
            (Verdict::Same, &self.same),
            (Verdict::Different, &self.different),
            (Verdict::Unsure, &self.unsure),
            (Verdict::Retract, &self.undo),
        ]
        .into_iter()
        .find_map(|(verdict, names)| Some((verdict, names.as_deref()?)))
    }
}

pub(super) fn run(arguments: &Arguments, context: &Context, out: &mut dyn Write) -> Done {
    let store = open_folder(&arguments.store, context)?;
    if let Some((verdict, [one, other])) = arguments.verdict() {
        return judge(arguments, &store, verdict, [one, other], context, out);
    }
    let ledger = arguments
        .ledger
        .read(&arguments.store, &context.knowledge)?;
    let at = arguments.at.place(&store)?;
    let at = at.as_deref().and_then(|iri| iri.rsplit('/').next());
    let (rows, n) = store.review(&ledger, arguments.kind, at, arguments.limit)?;
    if context.json {
        write_json(out, &rows)?;
    } else if arguments.tsv {
        for row in &rows {
            writeln!(out, "{}", ledger_row(row, context.lang))?;
        }
    } else {
        show(&rows, n, context.lang, out)?;
    }
    Ok(if rows.is_empty() {
        Exit::Nothing
    } else {
        Exit::Found
    })
}

/// Writes a judgement into the ledger.
fn judge(
    arguments: &Arguments,
    store: &Store,
    verdict: Verdict,
    names: [&String; 2],
    context: &Context,
    out: &mut dyn Write,
) -> Done {
    let path = arguments.ledger.path(&arguments.store, &context.knowledge);
    let ledger = Ledger::read(&path)?;
    let resolution = store.resolution(&ledger)?;
    let [a, b] = names.map(|name| store.endpoint(&resolution, name));
    let judgement = Judgement {
        a: a?,
        b: b?,
        verdict,
        who: arguments
            .who
            .clone()
            .or_else(|| std::env::var("USER").ok())
            .unwrap_or_default(),
        when: arguments
            .when
            .clone()
            .unwrap_or_else(|| clock::date(clock::now())),
        why: arguments.why.clone().unwrap_or_default(),
        line: 0,
    };
    let is_known = |j: &&Judgement| j.is_on_pair_of(&judgement);
    if verdict == Verdict::Retract && !ledger.judgements.iter().any(|j| is_known(&j)) {
        return Err(Error::Query(format!(
            "{}: no judgement on {} and {}",
            path.display(),
            judgement.a,
            judgement.b
        ))
        .into());
    }
    // What the ledger would then say is tried on the graph first, so that no build stumbles over it.
    let mut after = ledger;
    after
        .judgements
        .retain(|j| !(verdict == Verdict::Retract && is_known(&j)));
    if verdict != Verdict::Retract {
        after.judgements.push(judgement.clone());
        store.resolution(&after)?;
    }
    Ledger::append(&path, &judgement)?;
    if context.json {
        write_json(out, &judgement)?;
    } else {
        writeln!(out, "{}", judgement.row())?;
        let written = context.lang.fill("review.written", &[&path.display()]);
        writeln!(out, "{written}")?;
    }
    Ok(Exit::Found)
}

fn show(rows: &[Reviewed], n: usize, lang: Lang, out: &mut dyn Write) -> anyhow::Result<()> {
    if rows.is_empty() {
        return Ok(writeln!(out, "{}", lang.text("review.none"))?);
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let identity = &row.identity;
            let class = vocab::class(identity.kind);
            let facts = identity.left.statements
                + if identity.one {
                    0
                } else {
                    identity.right.statements
                };
            vec![
                format!("{:.2}", row.weight),
                Ontology::get()
                    .label(class.as_str(), lang.index())
                    .to_owned(),
                side_text(&identity.left),
                side_text(&identity.right),
                lang.text(if identity.one {
                    "review.one"
                } else {
                    "review.two"
                })
                .to_owned(),
                why_text(row.why, lang),
                facts.to_string(),
            ]
        })
        .collect();
    let headings = [
        "review.weight",
        "col.type",
        "review.left",
        "review.right",
        "review.now",
        "review.why",
        "build.statements",
    ];
    table::write(out, &headings.map(|key| lang.text(key)), &cells)?;
    if n > rows.len() {
        writeln!(out, "{}", lang.fill("review.more", &[&(n - rows.len())]))?;
    }
    for (i, row) in rows.iter().enumerate() {
        writeln!(
            out,
            "\n{}. {}",
            i + 1,
            row.identity.change.replace('\t', "  ")
        )?;
        for side in [&row.identity.left, &row.identity.right] {
            for said in &side.quotes {
                let quote: String = said.quote.split_whitespace().collect();
                writeln!(
                    out,
                    "   {}  {}: {quote}",
                    side.name,
                    super::file_name(&said.document)
                )?;
            }
        }
    }
    Ok(writeln!(out, "\n{}", lang.text("review.how"))?)
}

fn side_text(side: &Side) -> String {
    match side.places.first() {
        Some(place) => format!("{}@{place}", side.name),
        None => side.name.clone(),
    }
}

pub(super) fn why_text(why: &str, lang: Lang) -> String {
    let text = lang.find(&format!("review.why.{why}"));
    text.unwrap_or(why).to_owned()
}

/// A line for the ledger: pasted as it is it says that the pair was looked at and is not sure.
fn ledger_row(row: &Reviewed, lang: Lang) -> String {
    let endpoint = |side: &Side| Endpoint::Iri(side.id.clone()).to_string();
    let (left, right) = (&row.identity.left, &row.identity.right);
    [
        endpoint(left),
        endpoint(right),
        Verdict::Unsure.name().to_owned(),
        String::new(),
        String::new(),
        format!(
            "{} | {}: {}",
            side_text(left),
            side_text(right),
            why_text(row.why, lang)
        ),
    ]
    .join("\t")
}
