//! The ledger of judgements: a plain table that people write, the program appends to, and every build replays.
//!
//! Columns, separated by tabs: A, B, verdict, who, when, why. A and B are IRIs (or their ends, `enterprise/360923/红叶`) or
//! `type:name@place`. The verdict is `same`, `different`, `unsure`, or `retract`, which takes back all earlier lines on the pair.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::Unit;
use super::names::plain;
use crate::model::{EntityType, ID_BASE};
use crate::{Error, Result};

/// What is written above the lines of a new ledger.
const HEAD: &str = "# Whether two names are one thing: judgements that every build replays. Take a line away to undo it.
# Columns: A, B (IRI, or type:name@place), verdict (same, different, unsure, retract), who, when, why
";

/// What somebody holds of two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They are one.
    Same,
    /// They are two.
    Different,
    /// It cannot be told: asked no more, and the rules decide.
    Unsure,
    /// Earlier lines on the pair hold no more.
    Retract,
}

impl Verdict {
    const ALL: [Self; 4] = [Self::Same, Self::Different, Self::Unsure, Self::Retract];

    /// The word in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Unsure => "unsure",
            Self::Retract => "retract",
        }
    }

    /// The value in the graph, as the ontology lists it.
    pub fn notation(self) -> &'static str {
        match self {
            Self::Unsure => "undecided",
            other => other.name(),
        }
    }
}

/// One of the two names of a judgement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Endpoint {
    /// An IRI.
    Iri(String),
    /// A name of a thing of a type, in a place or anywhere.
    Name {
        /// Type.
        #[serde(rename = "type")]
        kind: EntityType,
        /// Name.
        name: String,
        /// Path of names or code; empty where none is given.
        place: String,
    },
}

impl Endpoint {
    /// Reads `https://…`, `enterprise/…` or `type:name@place`.
    ///
    /// ```
    /// use xiangtu::identity::Endpoint;
    /// assert!(Endpoint::parse("person:王卫国@上高县锦江镇").is_some());
    /// assert!(Endpoint::parse("王卫国").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let rest = text.strip_prefix(ID_BASE).unwrap_or(text);
        let is_iri = rest
            .split_once('/')
            .is_some_and(|(kind, name)| EntityType::from_name(kind).is_some() && !name.is_empty());
        if is_iri {
            return Some(Self::Iri(format!("{ID_BASE}{rest}")));
        }
        let (kind, rest) = text.split_once([':', '：'])?;
        let (name, place) = rest.split_once(['@', '＠']).unwrap_or((rest, ""));
        (!name.trim().is_empty()).then_some(Self::Name {
            kind: EntityType::from_name(kind.trim())?,
            name: name.trim().to_owned(),
            place: place.trim().to_owned(),
        })
    }

    /// The form in which endpoints are compared.
    fn key(&self) -> String {
        match self {
            Self::Iri(iri) => iri.clone(),
            Self::Name { kind, name, place } => {
                format!("{}:{}@{}", kind.name(), plain(name), plain(place))
            }
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Iri(iri) => f.write_str(iri.strip_prefix(ID_BASE).unwrap_or(iri)),
            Self::Name { kind, name, place } if place.is_empty() => {
                write!(f, "{}:{name}", kind.name())
            }
            Self::Name { kind, name, place } => write!(f, "{}:{name}@{place}", kind.name()),
        }
    }
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// One name.
    pub a: Endpoint,
    /// The other.
    pub b: Endpoint,
    /// What is held of them.
    pub verdict: Verdict,
    /// Who judged.
    pub who: String,
    /// When, as written.
    pub when: String,
    /// Why.
    pub why: String,
    /// Line of the file.
    pub line: usize,
}

impl Judgement {
    /// The pair in a fixed order.
    fn pair(&self) -> (String, String) {
        let (a, b) = (self.a.key(), self.b.key());
        if a <= b { (a, b) } else { (b, a) }
    }

    /// Whether another line is on the same two names.
    pub fn is_on_pair_of(&self, other: &Self) -> bool {
        self.pair() == other.pair()
    }

    /// The line as it stands in the ledger.
    pub fn row(&self) -> String {
        let cell = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        [
            self.a.to_string(),
            self.b.to_string(),
            self.verdict.name().to_owned(),
            cell(&self.who),
            cell(&self.when),
            cell(&self.why),
        ]
        .join("\t")
    }
}

/// All judgements that hold, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Where it was read.
    pub path: String,
    /// The judgements that were not taken back.
    pub judgements: Vec<Judgement>,
}

/// What the lines of a ledger may be about.
#[derive(Default)]
pub(crate) struct Meant<'a> {
    iris: BTreeSet<&'a str>,
    /// Plain names with their types.
    names: BTreeSet<(EntityType, String)>,
}

impl Meant<'_> {
    /// Whether a line may be about a thing with this IRI or one of these names.
    pub(crate) fn may_be<'n>(&self, id: &str, mut names: impl Iterator<Item = &'n str>) -> bool {
        self.iris.contains(id)
            || !self.names.is_empty()
                && Unit::kind_of(id)
                    .is_some_and(|kind| names.any(|name| self.names.contains(&(kind, plain(name)))))
    }
}

impl Ledger {
    /// What its lines may be about.
    pub(crate) fn meant(&self) -> Meant<'_> {
        let mut meant = Meant::default();
        for endpoint in self.judgements.iter().flat_map(|line| [&line.a, &line.b]) {
            match endpoint {
                Endpoint::Iri(iri) => {
                    meant.iris.insert(iri);
                }
                Endpoint::Name { kind, name, .. } => {
                    meant.names.insert((*kind, plain(name)));
                }
            }
        }
        meant
    }

    /// Reads a ledger; a file that is not there has no lines.
    ///
    /// # Errors
    /// A line that cannot be read, or lines that contradict each other, all of them named.
    pub fn read(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&path.display().to_string(), &text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(Error::file(path, e)),
        }
    }

    /// Reads the text of a ledger; `path` is named where something is wrong.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let mut ledger = Self {
            path: path.to_owned(),
            judgements: Vec::new(),
        };
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        for (i, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let judgement = read_line(path, i + 1, line)?;
            let pair = judgement.pair();
            if judgement.verdict == Verdict::Retract {
                ledger.judgements.retain(|other| other.pair() != pair);
            } else {
                ledger.judgements.push(judgement);
            }
        }
        ledger.check()?;
        Ok(ledger)
    }

    /// A fingerprint of all that a build takes from it: of the judgements, not of their order or the lines they stand on.
    pub fn fingerprint(&self) -> String {
        if self.judgements.is_empty() {
            return String::new();
        }
        let mut rows: Vec<String> = self.judgements.iter().map(Judgement::row).collect();
        rows.sort_unstable();
        rows.dedup();
        blake3::hash(rows.join("\n").as_bytes()).to_hex()[..32].to_owned()
    }

    /// Appends a line; makes the file with its head where there is none.
    ///
    /// # Errors
    /// The ledger with that line would contradict itself, or cannot be written.
    pub fn append(path: &Path, judgement: &Judgement) -> Result<()> {
        let mut text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => HEAD.to_owned(),
            Err(e) => return Err(Error::file(path, e)),
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&judgement.row());
        text.push('\n');
        Self::parse(&path.display().to_string(), &text)?;
        let new = path.with_extension("new");
        let wrong = |e| Error::file(&new, e);
        let mut file = std::fs::File::create(&new).map_err(wrong)?;
        file.write_all(text.as_bytes()).map_err(wrong)?;
        file.sync_all().map_err(wrong)?;
        std::fs::rename(&new, path).map_err(|e| Error::file(path, e))
    }

    /// Whether lines contradict each other: two verdicts on one pair, or a *different* between names that lines of *same* join.
    fn check(&self) -> Result<()> {
        let mut said: BTreeMap<(String, String), &Judgement> = BTreeMap::new();
        for judgement in &self.judgements {
            if let Some(first) = said.insert(judgement.pair(), judgement)
                && first.verdict != judgement.verdict
            {
                return Err(self.fault(
                    judgement.line,
                    format!(
                        "{} and {}: {} here, {} in line {}; take one line away or add one with retract before this",
                        judgement.a,
                        judgement.b,
                        judgement.verdict.name(),
                        first.verdict.name(),
                        first.line
                    ),
                ));
            }
        }
        let same: Vec<(String, String, usize)> = self
            .with(Verdict::Same)
            .map(|j| (j.a.key(), j.b.key(), j.line))
            .collect();
        for judgement in self.with(Verdict::Different) {
            if let Some(lines) = chain(&same, &judgement.a.key(), &judgement.b.key()) {
                return Err(self.contradiction(judgement, &lines));
            }
        }
        Ok(())
    }

    /// The judgements with one verdict.
    pub(super) fn with(&self, verdict: Verdict) -> impl Iterator<Item = &Judgement> {
        self.judgements
            .iter()
            .filter(move |judgement| judgement.verdict == verdict)
    }

    pub(super) fn contradiction(&self, judgement: &Judgement, lines: &[usize]) -> Error {
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        self.fault(
            judgement.line,
            format!(
                "{} and {} are different here, and the same by line {}",
                judgement.a,
                judgement.b,
                lines.join(", ")
            ),
        )
    }

    pub(super) fn fault(&self, line: usize, message: String) -> Error {
        Error::data(self.path.as_str(), line, message)
    }
}

/// The lines of *same* that lead from one name to another, the fewest.
pub(super) fn chain<T: Ord + Clone>(
    same: &[(T, T, usize)],
    from: &T,
    to: &T,
) -> Option<Vec<usize>> {
    let mut open = VecDeque::from([(from.clone(), Vec::new())]);
    let mut seen = BTreeSet::from([from.clone()]);
    while let Some((at, lines)) = open.pop_front() {
        if at == *to {
            return Some(lines);
        }
        for (a, b, line) in same {
            let next = match (*a == at, *b == at) {
                (true, _) => b,
                (_, true) => a,
                _ => continue,
            };
            if seen.insert(next.clone()) {
                let mut lines = lines.clone();
                lines.push(*line);
                open.push_back((next.clone(), lines));
            }
        }
    }
    None
}

fn read_line(path: &str, line: usize, text: &str) -> Result<Judgement> {
    let cells: Vec<&str> = text.split('\t').map(str::trim).collect();
    let cell = |i: usize| cells.get(i).copied().unwrap_or_default();
    let endpoint = |i: usize| {
        Endpoint::parse(cell(i)).ok_or_else(|| {
            let message = format!(
                "{:?} is neither an IRI nor type:name@place (types: {})",
                cell(i),
                EntityType::ALL.map(EntityType::name).join(", ")
            );
            Error::data(path, line, message)
        })
    };
    let (a, b) = (endpoint(0)?, endpoint(1)?);
    let verdict = Verdict::ALL
        .into_iter()
        .find(|verdict| verdict.name() == cell(2))
        .ok_or_else(|| {
            let words = Verdict::ALL.map(Verdict::name).join(", ");
            Error::data(
                path,
                line,
                format!("{:?} is no verdict; one of {words}", cell(2)),
            )
        })?;
    let judgement = Judgement {
        a,
        b,
        verdict,
        who: cell(3).to_owned(),
        when: cell(4).to_owned(),
        why: cell(5).to_owned(),
        line,
    };
    if judgement.a.key() == judgement.b.key() {
        let message = format!("{} is compared with itself", judgement.a);
        return Err(Error::data(path, line, message));
    }
    Ok(judgement)
}
