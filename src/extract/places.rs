//! Places of a document: where names of divisions stand, and which place the document is about.
//!
//! The home place is told by the whole text: title, how often and in what form a name stands, names of the
//! divisions above it and beside it, villages below it, and whether the text speaks of 全镇, 全县 or 全省. Where two
//! divisions of one name are left and nothing decides, the home has a name and no code.

mod home;
mod named;
mod pairs;

use rustc_hash::FxHashMap;

use crate::gazetteer::{Division, DivisionId, Form, Gazetteer, Hit, Level, Match};
use crate::knowledge::{Line, Selected};
use crate::text::Document;
use home::find_home;

/// An occurrence of a division's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceHit {
    /// First character in the normal form.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Level, form and nearness to the home place, packed.
    pub grade: u16,
}

/// What the text says of its place.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// The place that the document is about.
    pub home: Option<DivisionId>,
    /// Its name as the text gives it, where the division cannot be told.
    pub home_name: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Whether the code is certain enough to be told.
    pub certain: bool,
    /// Names of divisions in the text, overlapping ones too.
    pub hits: Vec<PlaceHit>,
    /// The correction that says the home place.
    pub correction: Option<Line>,
}

impl Survey {
    /// The home place, where its code is certain.
    pub fn known_home(&self) -> Option<DivisionId> {
        self.home.filter(|_| self.certain)
    }
}

/// What a division is called in reports: a village not by its name in the register, a township without the name of the division
/// above it, with which some begin there.
pub(super) fn usual_name<'a>(division: Division<'a>) -> &'a str {
    match division.level() {
        Level::Village => division.short.unwrap_or(division.name),
        Level::Township => own_name(division).unwrap_or(division.name),
        _ => division.name,
    }
}

/// What a division of the gazetteer is called.
fn called(id: DivisionId) -> String {
    let division = Gazetteer::get().division(id);
    division.map_or("", usual_name).to_owned()
}

/// 五龙口镇 of 济源市五龙口镇, where it is known by that name.
fn own_name<'a>(division: Division<'a>) -> Option<&'a str> {
    let gazetteer = Gazetteer::get();
    let above = gazetteer.division(gazetteer.parent(division.id)?)?;
    let own = division.name.strip_prefix(above.name)?;
    let is_known = gazetteer.named(own).iter().any(|hit| hit.id == division.id);
    is_known.then_some(own)
}

/// A place as a table declares it, in official names where they can be told: 江西 赣州 信丰 → 江西省赣州市信丰县. Parts that
/// the title repeats do no harm.
fn declared(place: &str) -> String {
    let parts = || place.split(|c: char| c.is_whitespace() || "/\\-—>|、,，·".contains(c));
    let path = division_of(parts().filter(|part| !part.is_empty()));
    path.map_or_else(
        || parts().collect(),
        |id| Gazetteer::get().path(id).concat(),
    )
}

/// The division that is named from the widest one down, each part by any of its names, or by one without its ending.
///
/// A part that names nothing within the one before, as a village does, ends the path; a path that leads to several divisions
/// leads to none.
fn division_of<'a>(parts: impl Iterator<Item = &'a str>) -> Option<DivisionId> {
    let gazetteer = Gazetteer::get();
    let mut within: Vec<DivisionId> = Vec::new();
    for part in parts {
        let inner = |name: &str| {
            let ids = gazetteer.named(name).iter().map(|hit| hit.id);
            ids.filter(|id| within.is_empty() || within.iter().any(|above| above.contains(*id)))
                .collect::<Vec<_>>()
        };
        let mut found = inner(part);
        if found.is_empty() {
            found = ENDINGS
                .iter()
                .flat_map(|ending| inner(&format!("{part}{ending}")))
                .collect();
        }
        if found.is_empty() {
            break;
        }
        found.sort_unstable();
        found.dedup();
        within = found;
    }
    match within[..] {
        [id] => Some(id),
        _ => None,
    }
}

/// What tables leave out of the names of divisions.
const ENDINGS: [&str; 8] = ["省", "市", "区", "县", "镇", "乡", "街道", "州"];

/// Finds the home place, if no correction says it, and grades every name of a division by it.
pub fn survey(doc: &Document, corrections: &Selected) -> Survey {
    let gazetteer = Gazetteer::get();
    let chars = &doc.text.chars;
    let matches = gazetteer.matches(chars);
    let longest = leftmost_longest(&matches);
    let mut survey = find_home(doc, &longest);
    // A row of a table often has the title and the place in columns of their own, and the text names neither.
    if !survey.certain
        && let Some(whole) = doc.with_told(declared)
    {
        let matches = gazetteer.matches(&whole.text.chars);
        let mut by_told = find_home(&whole, &leftmost_longest(&matches));
        // The table may name but the county of the town that the text speaks of.
        let mut within = home::namesakes(&survey.home_name);
        within.retain(|id| {
            by_told
                .known_home()
                .is_some_and(|above| above.contains(*id))
        });
        if let [town] = within[..] {
            by_told.home = Some(town);
            by_told.home_name = called(town);
        }
        if by_told.certain || survey.home_name.is_empty() {
            survey = by_told;
        }
    }
    if let Some((id, line)) = corrections.home(survey.known_home(), &survey.home_name) {
        survey = Survey {
            home: Some(id),
            home_name: called(id),
            confidence: 1.0,
            certain: true,
            hits: Vec::new(),
            correction: Some(line),
        };
    }
    survey.hits = grade(gazetteer, chars, &matches, survey.home);
    survey
}

fn leftmost_longest<'a>(matches: &[Match<'a>]) -> Vec<Match<'a>> {
    let mut out: Vec<Match> = Vec::new();
    let mut i = 0;
    while i < matches.len() {
        let start = matches[i].start;
        let mut best = matches[i];
        while i < matches.len() && matches[i].start == start {
            if matches[i].end > best.end {
                best = matches[i];
            }
            i += 1;
        }
        if out.last().is_none_or(|l| l.end <= start) {
            out.push(best);
        }
    }
    out
}

/// How near a division is to the home place, of which the line of divisions above is given with it in front: 5 itself, 4 above
/// or below it, 3 in its county, 2 in its prefecture, 1 in its province, 0 elsewhere.
fn nearness(gazetteer: &Gazetteer, line: &[DivisionId], hit: &Hit) -> u16 {
    let id = hit.id;
    let Some(&home) = line.first() else { return 0 };
    if home == id {
        return 5;
    }
    if line.contains(&id) || home.contains(id) {
        return 4;
    }
    gazetteer
        .first_above(hit, line)
        .map_or(0, |common| match common.level() {
            Level::Province => 1,
            Level::Prefecture => 2,
            _ => 3,
        })
}

fn grade(
    gazetteer: &Gazetteer,
    chars: &[char],
    matches: &[Match],
    home: Option<DivisionId>,
) -> Vec<PlaceHit> {
    let mut hits: Vec<PlaceHit> = Vec::with_capacity(matches.len());
    let mut grades: FxHashMap<usize, u16> = FxHashMap::default();
    let line: Vec<DivisionId> = home
        .into_iter()
        .flat_map(|home| std::iter::once(home).chain(gazetteer.lineage(home).skip(1)))
        .collect();
    let grade_of = |form: &Form| {
        let grades = form.hits.iter().map(|hit| {
            let near = nearness(gazetteer, &line, hit);
            let form = if hit.kind.has_head() {
                3
            } else if form.weak {
                1
            } else {
                2
            };
            let level = match hit.id.level() {
                Level::Province => 1,
                Level::Prefecture => 2,
                Level::County => 3,
                Level::Township => 4,
                Level::Village => 5,
            };
            near << 8 | form << 4 | level
        });
        grades.max().unwrap_or(0)
    };
    for m in matches {
        hits.push(PlaceHit {
            start: m.start,
            end: m.end,
            grade: *grades
                .entry(m.form.hits.as_ptr() as usize)
                .or_insert_with(|| grade_of(&m.form)),
        });
    }
    if let Some(home) = home.filter(|h| h.level() >= Level::County) {
        villages(gazetteer, chars, home, &mut hits);
    }
    hits
}

/// Adds the names of the home's villages, those of a township without their heads too.
fn villages(gazetteer: &Gazetteer, chars: &[char], home: DivisionId, hits: &mut Vec<PlaceHit>) {
    let within_town = home.level() == Level::Township;
    let near = gazetteer.near_villages(home);
    for (start, pair) in chars.windows(2).enumerate() {
        if !near.may_begin(pair[0], pair[1]) {
            continue;
        }
        let first = hits.len();
        for village in near.beginning(pair[0], pair[1]) {
            let stem = Some((&village.stem, 2)).filter(|_| within_town);
            for (name, form) in [(&village.short, 3)].into_iter().chain(stem) {
                let length = name.chars().count();
                let here = chars[start..].iter().take(length).copied();
                let end = start + length;
                // Of two that are called alike the first counts.
                let is_new = |hits: &[PlaceHit]| hits.iter().all(|hit| hit.end != end);
                if length >= 2 && here.eq(name.chars()) && is_new(&hits[first..]) {
                    let grade = 4 << 8 | form << 4 | 5;
                    hits.push(PlaceHit { start, end, grade });
                }
            }
        }
    }
}
