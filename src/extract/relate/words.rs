//! The lexicons that tell facts from mere neighbourhood: cues of progress, posts, organs, words that undo a post.

use std::sync::LazyLock;

use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder, MatchKind};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::embedded;
use crate::model::EntityType;

/// The words that this stage knows.
pub static WORDS: LazyLock<Words> = LazyLock::new(Words::load);

/// How far a project is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// 拟建, 谋划.
    Planned,
    /// 在建.
    Ongoing,
    /// 建成.
    Completed,
}

impl Progress {
    /// The word used in facts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Ongoing => "ongoing",
            Self::Completed => "completed",
        }
    }
}

/// A word by which a report says how far a project is.
#[derive(Clone, Copy, Debug)]
pub struct Cue {
    /// What it says in a passage that looks back.
    pub review: Option<Progress>,
    /// What it says in a passage that looks ahead.
    pub plan: Option<Progress>,
    /// Whether it may stand before the name.
    pub before: bool,
    /// Whether it may stand after the name.
    pub after: bool,
    /// Whether it only implies progress: 建设, 打造.
    pub weak: bool,
}

/// All words of this stage.
pub struct Words {
    cue_terms: CharwiseDoubleArrayAhoCorasick<u32>,
    cues: Vec<Cue>,
    /// Posts without the organ's division.
    pub posts: FxHashSet<&'static str>,
    /// Organs that stand before a post.
    pub organs: FxHashSet<&'static str>,
    /// Length in characters of the longest post or organ.
    pub longest: usize,
    undone: CharwiseDoubleArrayAhoCorasick<u32>,
    tasks: FxHashSet<&'static str>,
    honoured: Vec<(&'static str, Vec<EntityType>)>,
}

/// The lines of a lexicon as cells, without comments.
fn rows(name: &str) -> impl Iterator<Item = Vec<&'static str>> {
    embedded::file(&format!("data/lexicon/{name}.tsv"))
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split('\t').map(str::trim).collect())
}

fn matcher<'a>(terms: impl Iterator<Item = &'a str>) -> CharwiseDoubleArrayAhoCorasick<u32> {
    let mut terms: Vec<(&str, u32)> = terms.zip(0..).collect();
    if terms.is_empty() {
        // An automaton needs one pattern; this one occurs in no report.
        terms.push(("\u{E000}", 0));
    }
    CharwiseDoubleArrayAhoCorasickBuilder::new()
        .match_kind(MatchKind::LeftmostLongest)
        .build_with_values(terms)
        .expect("terms are neither empty nor repeated")
}

fn progress(word: &str) -> Option<Progress> {
    match word {
        "planned" => Some(Progress::Planned),
        "ongoing" => Some(Progress::Ongoing),
        "completed" => Some(Progress::Completed),
        _ => None,
    }
}

impl Words {
    fn load() -> Self {
        // The general list says what a cue means as of the document; the stage's own list adds terms and says
        // what a term means in a passage that looks ahead.
        let mut cues: FxHashMap<&str, Cue> = FxHashMap::default();
        for cells in rows("status-cues") {
            let [term, status, position] = cells[..] else {
                continue;
            };
            let review = progress(status);
            let begins = ["开工", "动工", "启动", "奠基", "开建", "进场"]
                .iter()
                .any(|w| term.contains(w));
            let plan = review.map(|p| {
                if begins {
                    Progress::Planned
                } else {
                    p.min(Progress::Ongoing)
                }
            });
            cues.insert(
                term,
                Cue {
                    review,
                    plan,
                    before: position != "after",
                    after: position != "before",
                    weak: false,
                },
            );
        }
        for cells in rows("relate-status") {
            let [term, review, plan, position, strength] = cells[..] else {
                continue;
            };
            let (before, after) = (position != "after", position != "before");
            cues.insert(
                term,
                Cue {
                    review: progress(review),
                    plan: progress(plan),
                    before,
                    after,
                    weak: strength == "weak",
                },
            );
        }
        let mut terms: Vec<(&str, Cue)> = cues.into_iter().collect();
        terms.sort_unstable_by_key(|(term, _)| *term);
        let cue_terms = matcher(terms.iter().map(|(term, _)| *term));
        let cues = terms.into_iter().map(|(_, cue)| cue).collect();
        let posts: FxHashSet<&str> = rows("posts")
            .filter(|cells| {
                cells.get(1) != Some(&"press")
                    || ["记者", "通讯员", "实习生"]
                        .iter()
                        .any(|w| cells[0].ends_with(w))
            })
            .chain(rows("relate-posts"))
            .map(|cells| cells[0])
            .collect();
        let organs: FxHashSet<&str> = rows("organs").map(|cells| cells[0]).collect();
        let longest = posts
            .iter()
            .chain(&organs)
            .map(|t| t.chars().count())
            .max()
            .unwrap_or(0);
        let mut undone: Vec<&str> = rows("post-negatives").map(|cells| cells[0]).collect();
        undone.sort_unstable();
        undone.dedup();
        let mut honoured: Vec<(&str, Vec<EntityType>)> = rows("relate-honoured")
            .filter_map(|cells| {
                Some((
                    cells[0],
                    cells
                        .get(1)?
                        .split(',')
                        .filter_map(EntityType::from_name)
                        .collect(),
                ))
            })
            .collect();
        honoured.sort_by_key(|(ending, _)| std::cmp::Reverse(ending.len()));
        let tasks = rows("relate-tasks").map(|cells| cells[0]).collect();
        Self {
            cue_terms,
            cues,
            posts,
            organs,
            longest,
            undone: matcher(undone.into_iter()),
            tasks,
            honoured,
        }
    }

    /// The cues of progress in a text, longest first from the left, as byte ranges.
    pub fn cues<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize, Cue)> + 'a {
        self.cue_terms
            .leftmost_find_iter(text)
            .filter_map(|m| Some((m.start(), m.end(), *self.cues.get(m.value() as usize)?)))
    }

    /// The words in a text that make a post past or not yet taken, as byte ranges.
    pub fn undone<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        self.undone
            .leftmost_find_iter(text)
            .map(|m| (m.start(), m.end()))
    }

    /// Whether a clause begins with a verb that sets a task.
    pub fn begins_with_task(&self, clause: &str) -> bool {
        clause
            .char_indices()
            .nth(2)
            .is_some_and(|(end, _)| self.tasks.contains(&clause[..end]))
    }

    /// The types of thing that an honour of this name is conferred on; none if the name does not tell.
    pub fn honoured(&self, honour: &str) -> &[EntityType] {
        let name = honour.trim_end_matches(['”', '’', '"', '）']);
        self.honoured
            .iter()
            .find(|(ending, _)| name.ends_with(ending))
            .map_or(&[], |(_, kinds)| kinds)
    }
}
