//! Plain data that every stage shares: what `xiangtu extract` prints, one [`Extraction`] a document.
//!
//! Offsets are half-open and count Unicode code points of the decoded source text.

use serde::{Deserialize, Serialize};

/// Every individual's IRI begins with this.
pub const ID_BASE: &str = "https://w3id.org/xiangtu/id/";

/// Ids that begin with this name a thing within their document only, such as a home place whose name is redacted.
pub const LOCAL: &str = "https://w3id.org/xiangtu/id/local/";

/// What kind of thing a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntityType {
    /// 地名: an administrative division, province to village.
    Place,
    /// 企业: a named business.
    Enterprise,
    /// 项目: one undertaking with a built or invested result.
    Project,
    /// 行动: a named initiative that another region could carry out too.
    Campaign,
    /// 人物: a named person.
    Person,
    /// 荣誉: a named title or award.
    Honour,
}

impl EntityType {
    /// All types, in the order in which they are listed to a reader.
    pub const ALL: [Self; 6] = [
        Self::Place,
        Self::Enterprise,
        Self::Project,
        Self::Campaign,
        Self::Person,
        Self::Honour,
    ];

    /// The lower-case English word used in JSON, IRIs and the annotation files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Enterprise => "enterprise",
            Self::Project => "project",
            Self::Campaign => "campaign",
            Self::Person => "person",
            Self::Honour => "honour",
        }
    }

    /// The type with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How a fact links its subject with its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Predicate {
    /// 位于: enterprise or project in a place.
    LocatedIn,
    /// 承担: enterprise invests in, owns or builds a project.
    Undertakes,
    /// 投资: amount of money of a project or enterprise.
    Investment,
    /// 进度: planned, ongoing or completed.
    Status,
    /// 任职: person and post.
    HoldsPost,
    /// 获得: conferred honour.
    Awarded,
    /// 实施: place carries out a campaign.
    Implements,
}

impl Predicate {
    /// All predicates.
    pub const ALL: [Self; 7] = [
        Self::LocatedIn,
        Self::Undertakes,
        Self::Investment,
        Self::Status,
        Self::HoldsPost,
        Self::Awarded,
        Self::Implements,
    ];

    /// The local name in the ontology and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::LocatedIn => "locatedIn",
            Self::Undertakes => "undertakes",
            Self::Investment => "investment",
            Self::Status => "status",
            Self::HoldsPost => "holdsPost",
            Self::Awarded => "awarded",
            Self::Implements => "implements",
        }
    }

    /// The predicate with this local name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }
}

/// Whether a passage looks back on what was done or ahead to what is planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// 回顾: results.
    #[default]
    Review,
    /// 计划: what is to be done.
    Plan,
}

/// Everything that one document says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// File name of the document.
    pub doc: String,
    /// First line of the text that reads as a title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Length of the decoded text in code points.
    #[serde(default)]
    pub length: usize,
    /// The place the document is about.
    pub home: Option<Home>,
    /// The main year that it reports on.
    pub year: Option<i32>,
    /// Spans that name something, in order of their start.
    #[serde(default)]
    pub mentions: Vec<Mention>,
    /// Every entity that a mention, a fact or an indicator names, once, sorted by id.
    #[serde(default)]
    pub entities: Vec<Entity>,
    /// Stated links and literals.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// Measured quantities of places.
    #[serde(default)]
    pub indicators: Vec<Indicator>,
    /// Corrections of the user that changed something here, as `corrections.tsv:LINE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<String>,
}

/// The place that a document is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Home {
    /// IRI; document-local when the place has no readable name.
    pub id: String,
    /// Full name of the division.
    pub name: String,
    /// Official division code (2, 4, 6, 9 or 12 digits); empty where it cannot be told.
    pub code: String,
    /// Names from the province down to the place itself.
    #[serde(default)]
    pub path: Vec<String>,
    /// 0 to 1.
    #[serde(default)]
    pub confidence: f64,
}

/// A span that names something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// What kind of thing is named.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// The source text of the span, layout included.
    pub text: String,
    /// IRI of the entity.
    pub entity: String,
    /// 0 to 1.
    #[serde(default)]
    pub confidence: f64,
    /// The sentence around an entity's first mention in the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// Corrections of the user by which it is what it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<String>,
}

/// A thing with its names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// IRI made from content: division code, thesaurus concept, or type + scope + name.
    pub id: String,
    /// What kind of thing it is.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// The fullest name.
    pub name: String,
    /// Other surface forms.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Division code of a place that is known for certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A statement about an entity: a link to another (`object`) or a literal (`value`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// IRI of the subject.
    pub subject: String,
    /// What is stated.
    pub predicate: Predicate,
    /// IRI of the object, where it is an entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Literal object: plain decimal number, status or post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Unit of a number, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The words that state it.
    #[serde(default)]
    pub text: String,
    /// First code point of `text`.
    #[serde(default)]
    pub start: usize,
    /// One past its last code point.
    #[serde(default)]
    pub end: usize,
    /// The sentence in which it is stated, as it stands in the source.
    #[serde(default)]
    pub quote: Quote,
    /// Whether the passage looks back or ahead.
    #[serde(default)]
    pub part: Part,
    /// Name of the rule that found it.
    #[serde(default)]
    pub rule: String,
    /// 0 to 1.
    #[serde(default)]
    pub confidence: f64,
}

/// A measured quantity of a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// IRI of the place.
    pub place: String,
    /// Name as written, without words of period.
    pub name: String,
    /// Plain decimal number; absent where only a change is told.
    pub value: Option<String>,
    /// Unit as written.
    pub unit: Option<String>,
    /// Year or years that it speaks of.
    pub period: Option<String>,
    /// Change in percent, or with the unit that the text gives it.
    pub change: Option<String>,
    /// Result or target.
    pub kind: IndicatorKind,
    /// The words that state it.
    #[serde(default)]
    pub text: String,
    /// First code point of `text`.
    #[serde(default)]
    pub start: usize,
    /// One past its last code point.
    #[serde(default)]
    pub end: usize,
    /// The sentence in which it is stated.
    #[serde(default)]
    pub quote: Quote,
    /// Name of the rule that found it.
    #[serde(default)]
    pub rule: String,
    /// 0 to 1.
    #[serde(default)]
    pub confidence: f64,
}

/// Whether a figure was reached or is aimed at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IndicatorKind {
    /// 实绩.
    #[default]
    Actual,
    /// 目标.
    Target,
}

/// A passage cut from the source: `source[start..end] == text`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The passage.
    pub text: String,
}

/// What is told about a document besides its text: by its page, by the columns of its table, by its file's properties.
///
/// A function of the document's content alone, never of its path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Title that the page or the table gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Day of publication, `2023-02-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// Organ or site that published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Address on the web, `http://…` or `https://…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Year that the table declares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Place that the table declares, from the widest division down: `江西省 上高县`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Media type of the content, with the character set of plain text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// Whether the character set was chosen by likeness, or some characters could not be read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub guessed: bool,
}

impl Metadata {
    /// Year and month of publication.
    pub fn published(&self) -> Option<(i32, u32)> {
        let mut parts = self.issued.as_deref()?.split('-');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    }
}
