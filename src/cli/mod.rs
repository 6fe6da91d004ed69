//! The commands: one file per command with its arguments and its `run` together.

mod across;
mod build;
mod careers;
mod central;
mod check;
mod communities;
mod completions;
mod cooccur;
mod diff;
mod diffusion;
mod documents;
mod eval;
mod explain;
mod export;
mod extract;
mod fatal;
mod lookup;
mod mention;
mod money;
mod panel;
mod promises;
mod query;
mod reading;
mod recurrence;
mod review;
mod rows;
mod sameness;
mod similar;
mod table;
mod text;
mod train;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::graph::adoption::{Level, Selection};
use crate::knowledge::Knowledge;
use crate::messages::Lang;
use crate::model::EntityType;
use crate::store::Store;

/// What a run came to; scripts read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, with something to show.
    Found = 0,
    /// Done, with nothing to show.
    Nothing = 1,
    /// Failed.
    Error = 2,
    /// Done, but documents were set aside.
    SetAside = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Parser)]
#[command(
    name = "xiangtu",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Arguments {
    #[arg(long, global = true, value_enum)]
    lang: Option<Lang>,
    #[arg(long, global = true)]
    json: bool,
    #[arg(long, global = true, env = "XIANGTU_KNOWLEDGE", value_name = "DIR")]
    knowledge: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Build(build::Arguments),
    Extract(extract::Arguments),
    Text(text::Arguments),
    Documents(documents::Arguments),
    Lookup(lookup::Arguments),
    Query(query::Arguments),
    Recurrence(recurrence::Arguments),
    Cooccur(cooccur::Arguments),
    Similar(similar::Arguments),
    Communities(communities::Arguments),
    Central(central::Arguments),
    Diffusion(diffusion::Arguments),
    Promises(promises::Arguments),
    Money(money::Arguments),
    Careers(careers::Arguments),
    Across(across::Arguments),
    Panel(panel::Arguments),
    Diff(diff::Arguments),
    Explain(explain::Arguments),
    Review(review::Arguments),
    Export(export::Arguments),
    Check(check::Arguments),
    Train(train::Arguments),
    Eval(eval::Arguments),
    Completions(completions::Arguments),
}

/// Where a store is.
#[derive(Args, Clone)]
struct FolderArgument {
    #[arg(
        long,
        env = "XIANGTU_STORE",
        default_value = "store",
        value_name = "DIR"
    )]
    store: PathBuf,
}

/// The store that a command reads, and how certain what it reads must be.
#[derive(Args, Clone)]
struct StoreArgument {
    #[command(flatten)]
    folder: FolderArgument,
    #[arg(long, default_value_t = 0.0, value_name = "0-1", value_parser = part_of_one)]
    min_confidence: f64,
}

fn part_of_one(text: &str) -> Result<f64, String> {
    let number = text.parse().ok();
    let number = number.filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "0-1".to_owned())
}

/// The place that a list is about.
#[derive(Args)]
struct AtArgument {
    #[arg(long, value_name = "PLACE")]
    at: Option<String>,
}

impl AtArgument {
    /// Its IRI.
    fn place(&self, store: &Store) -> anyhow::Result<Option<String>> {
        match &self.at {
            Some(name) => Ok(Some(one(store, name, EntityType::Place)?)),
            None => Ok(None),
        }
    }
}

/// Which statements on initiatives an analysis looks at.
#[derive(Args)]
struct ReportArguments {
    #[arg(long, value_name = "YEAR")]
    since: Option<i32>,
    #[arg(long, value_name = "FIELD")]
    domain: Option<String>,
    #[arg(long)]
    rollup: bool,
}

impl ReportArguments {
    fn selection(&self) -> Selection {
        Selection {
            since: self.since,
            domain: self.domain.clone(),
            rollup: self.rollup,
            ..Selection::default()
        }
    }
}

/// The same, and what counts as one place.
#[derive(Args)]
struct SelectionArguments {
    #[arg(long, value_enum, default_value = "town")]
    level: Level,
    #[command(flatten)]
    reports: ReportArguments,
}

impl SelectionArguments {
    fn selection(&self) -> Selection {
        Selection {
            level: self.level,
            ..self.reports.selection()
        }
    }
}

/// What every command needs besides its arguments.
struct Context {
    lang: Lang,
    json: bool,
    knowledge: Knowledge,
    /// The words of the command line, as they were understood.
    matches: ArgMatches,
}

impl Context {
    /// The command's name, and what decides its answer: every argument with its value, given or not.
    fn question(&self) -> (String, Vec<String>) {
        let (name, matches) = self.matches.subcommand().expect("a command is required");
        let commands = Arguments::command();
        let command = commands.find_subcommand(name);
        let mut settings: Vec<String> = command
            .into_iter()
            .flat_map(clap::Command::get_arguments)
            .map(|argument| argument.get_id().as_str())
            .filter(|id| !["store", "csv", "rdf"].contains(id))
            .filter_map(|id| Some((id, matches.try_get_raw(id).ok()??)))
            .map(|(id, values)| {
                let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
                format!("{}={}", id.replace('_', "-"), values.join(","))
            })
            .collect();
        settings.sort();
        (name.to_owned(), settings)
    }
}

type Done = anyhow::Result<Exit>;

/// Runs the command that the arguments name.
pub fn run() -> Done {
    let raw: Vec<OsString> = std::env::args_os().collect();
    let lang = language(&raw);
    let matches = query::with_parameters(localised(lang), &raw, lang).get_matches_from(raw);
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|e| e.exit());
    let context = Context {
        lang: arguments.lang.unwrap_or(lang),
        json: arguments.json,
        knowledge: knowledge(arguments.knowledge, &arguments.command)?,
        matches,
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let exit = match arguments.command {
        Command::Build(arguments) => build::run(&arguments, &context, &mut out),
        Command::Extract(arguments) => extract::run(&arguments, &context, &mut out),
        Command::Text(arguments) => text::run(&arguments, &context, &mut out),
        Command::Documents(arguments) => documents::run(&arguments, &context, &mut out),
        Command::Lookup(arguments) => lookup::run(&arguments, &context, &mut out),
        Command::Query(arguments) => query::run(&arguments, &context, &mut out),
        Command::Recurrence(arguments) => recurrence::run(&arguments, &context, &mut out),
        Command::Cooccur(arguments) => cooccur::run(&arguments, &context, &mut out),
        Command::Similar(arguments) => similar::run(&arguments, &context, &mut out),
        Command::Communities(arguments) => communities::run(&arguments, &context, &mut out),
        Command::Central(arguments) => central::run(&arguments, &context, &mut out),
        Command::Diffusion(arguments) => diffusion::run(&arguments, &context, &mut out),
        Command::Promises(arguments) => promises::run(&arguments, &context, &mut out),
        Command::Money(arguments) => money::run(&arguments, &context, &mut out),
        Command::Careers(arguments) => careers::run(&arguments, &context, &mut out),
        Command::Across(arguments) => across::run(&arguments, &context, &mut out),
        Command::Panel(arguments) => panel::run(&arguments, &context, &mut out),
        Command::Diff(arguments) => diff::run(&arguments, &context, &mut out),
        Command::Explain(arguments) => explain::run(&arguments, &context, &mut out),
        Command::Review(arguments) => review::run(&arguments, &context, &mut out),
        Command::Export(arguments) => export::run(&arguments, &context, &mut out),
        Command::Check(arguments) => check::run(&arguments, &context, &mut out),
        Command::Train(arguments) => train::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments, &context, &mut out),
        Command::Completions(arguments) => {
            completions::run(&arguments, localised(context.lang), &mut out)
        }
    }?;
    out.flush()?;
    Ok(exit)
}

/// The user's own knowledge, laid over the built-in one; for `check`, which shows its faults, only where it lies.
fn knowledge(dir: Option<PathBuf>, command: &Command) -> anyhow::Result<Knowledge> {
    let Some(dir) = dir.filter(|dir| !dir.as_os_str().is_empty()) else {
        return Ok(Knowledge::default());
    };
    if matches!(command, Command::Check(_)) {
        return Ok(Knowledge {
            dir: Some(dir),
            ..Knowledge::default()
        });
    }
    let knowledge = Knowledge::open(&dir)?;
    knowledge.install()?;
    Ok(knowledge)
}

/// What ended the program, in the language that its arguments or its environment ask for.
pub fn told(error: &anyhow::Error) -> String {
    let raw: Vec<OsString> = std::env::args_os().collect();
    fatal::told(error, language(&raw))
}

/// Whether the reader of our output went away, which is no error.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// The language is needed before the arguments are parsed: the help texts are in it.
fn language(raw: &[OsString]) -> Lang {
    let mut words = raw.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        let value = if word == "--lang" {
            words.next()
        } else {
            word.strip_prefix("--lang=")
        };
        if let Some(lang) = value.and_then(|value| Lang::from_str(value, true).ok()) {
            return lang;
        }
    }
    Lang::from_environment()
}

/// The command line with its help texts in a language.
fn localised(lang: Lang) -> clap::Command {
    let describe = |command: clap::Command, name: &str| {
        let command = match lang.find(&format!("help.{name}")) {
            Some(about) => command.about(about),
            None => command,
        };
        let command = match lang.find(&format!("example.{name}")) {
            Some(example) => command.after_help(example),
            None => command,
        };
        command.mut_args(|arg| {
            let id = arg.get_id().as_str().to_owned();
            let help = lang
                .find(&format!("help.{name}.{id}"))
                .or_else(|| lang.find(&format!("help.{id}")));
            match help {
                Some(help) => arg.help(help),
                None => arg,
            }
        })
    };
    let command = describe(Arguments::command(), "").about(lang.text("program"));
    command.mut_subcommands(|sub| {
        let name = sub.get_name().to_owned();
        describe(sub, &name)
    })
}

/// A type of entity as an argument.
fn entity_type(name: &str) -> Result<EntityType, String> {
    EntityType::from_name(name).ok_or_else(|| EntityType::ALL.map(EntityType::name).join(", "))
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Opens a store for reading, at the confidence asked for, and warns where the last build did not finish.
fn open(argument: &StoreArgument, context: &Context) -> anyhow::Result<Store> {
    Ok(open_folder(&argument.folder, context)?.at_least(argument.min_confidence))
}

/// Opens a whole store for reading.
fn open_folder(folder: &FolderArgument, context: &Context) -> anyhow::Result<Store> {
    let store = Store::open(&folder.store)?;
    if store.is_unfinished() {
        eprintln!("{}", context.lang.text("graph.unfinished"));
    }
    Ok(store)
}

/// The IRI of the one thing of a type that a name names.
fn one(store: &Store, name: &str, kind: EntityType) -> anyhow::Result<String> {
    Ok(store.one(name, Some(kind))?.into_string())
}

/// Writes a value as JSON, indented for reading.
fn write_json(out: &mut dyn Write, value: &impl serde::Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_has_help_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let command = localised(lang);
            command.clone().debug_assert();
            for sub in command.get_subcommands() {
                assert!(sub.get_about().is_some(), "{}", sub.get_name());
                assert!(sub.get_after_help().is_some(), "{}", sub.get_name());
                for arg in sub.get_arguments().filter(|arg| !arg.is_hide_set()) {
                    assert!(
                        arg.get_help().is_some(),
                        "{} {}",
                        sub.get_name(),
                        arg.get_id()
                    );
                }
            }
        }
    }
}
