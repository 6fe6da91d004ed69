//! Places of a document: where names of divisions stand, and which place the document is about.
//!
//! The home place is told by the whole text: title, how often and in what form a name stands, names of the
//! divisions above it and beside it, villages below it, and whether the text speaks of 全镇, 全县 or 全省. Where two
//! divisions of one name are left and nothing decides, the home has a name and no code.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::gazetteer::{DivisionId, FormKind, Gazetteer, Level, Match, Village};
use crate::text::Document;

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
}

/// How a text speaks of itself: 全镇 → a town, 全县 → a county.
struct SelfReference {
    township: usize,
    county: usize,
    province: usize,
}

/// Finds the home place and grades every name of a division by it.
pub fn survey(doc: &Document) -> Survey {
    let gazetteer = Gazetteer::get();
    let chars = &doc.text.chars;
    let matches = gazetteer.matches(chars);
    let longest = leftmost_longest(&matches);
    let mut survey = find_home(doc, &longest);
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

fn count(text: &str, words: &[&str]) -> usize {
    words.iter().map(|w| text.matches(w).count()).sum()
}

fn self_reference(text: &str) -> SelfReference {
    SelfReference {
        township: count(
            text,
            &[
                "全镇",
                "我镇",
                "本镇",
                "该镇",
                "镇党委",
                "镇政府",
                "全乡",
                "我乡",
                "该乡",
                "乡党委",
                "乡政府",
                "街道党工委",
                "全街道",
                "我街道",
                "街道办",
                "苏木党委",
                "全苏木",
            ],
        ),
        county: count(
            text,
            &[
                "全县", "我县", "全区", "我区", "全市", "我市", "该县", "全旗", "我旗",
            ],
        ),
        province: count(text, &["全省", "我省", "省政府工作", "全自治区"]),
    }
}

/// What speaks for one division.
#[derive(Clone, Debug, Default)]
struct Candidate {
    full: usize,
    short: usize,
    in_title: usize,
    early: bool,
    name: String,
}

fn find_home(doc: &Document, matches: &[Match]) -> Survey {
    let gazetteer = Gazetteer::get();
    let chars = &doc.text.chars;
    let text: String = chars.iter().collect();
    let title_end = doc
        .sentences
        .iter()
        .take_while(|s| s.heading == 9)
        .last()
        .map_or(0, |s| s.end);
    let mut candidates: FxHashMap<DivisionId, Candidate> = FxHashMap::default();
    let mut named: FxHashMap<DivisionId, (usize, usize)> = FxHashMap::default();
    let mut adjacent: FxHashMap<(DivisionId, DivisionId), usize> = FxHashMap::default();
    let mut before: Option<&Match> = None;
    for m in matches {
        let touching = before.filter(|b| b.end == m.start);
        for hit in m.form.hits {
            let full = hit.kind.has_head();
            let weak = m.form.weak && !full;
            let entry = named.entry(hit.id).or_default();
            if full {
                entry.0 += 1
            } else if !weak {
                entry.1 += 1
            }
            if let Some(b) = touching {
                for above in b.form.hits {
                    if above.id != hit.id && gazetteer.lineage(hit.id).any(|id| id == above.id) {
                        *adjacent.entry((above.id, hit.id)).or_default() += 1;
                    }
                }
            }
            let candidate = candidates.entry(hit.id).or_default();
            if full {
                candidate.full += 1;
                if candidate.name.is_empty() {
                    candidate.name = m.form.text.to_owned();
                }
            } else {
                candidate.short += 1;
            }
            if m.start < title_end && !weak {
                candidate.in_title += if full { 2 } else { 1 };
            }
            candidate.early |= m.start < 200 && full;
        }
        before = Some(m);
    }
    let about = self_reference(&text);
    let bigrams: LazyLock<FxHashSet<(char, char)>, _> =
        LazyLock::new(|| chars.windows(2).map(|w| (w[0], w[1])).collect());
    let mut scored: Vec<(f64, DivisionId)> = Vec::new();
    for (&id, c) in &candidates {
        if c.full == 0 && c.in_title == 0 && id.level() >= Level::County && c.short < 3 {
            continue;
        }
        if id.level() == Level::Township && c.full == 0 && (about.township == 0 || c.short < 2) {
            continue;
        }
        let log = |n: usize| (1.0 + n as f64).log2();
        let mut score = 1.3 * log(c.full)
            + 0.5 * log(c.short)
            + 2.0 * (c.in_title.min(3) as f64)
            + if c.early { 1.0 } else { 0.0 };
        for (depth, above) in gazetteer.lineage(id).skip(1).enumerate() {
            let (full, short) = named.get(&above).copied().unwrap_or_default();
            let weight = [1.6, 1.0, 0.7][depth.min(2)];
            if full > 0 {
                score += weight;
            } else if short > 0 {
                score += 0.7 * weight;
            }
            score += 0.8 * (adjacent.get(&(above, id)).copied().unwrap_or(0).min(3) as f64);
        }
        if id.level() == Level::Township && c.full > 0 {
            let below = gazetteer
                .villages(id)
                .into_iter()
                .filter(|v| names_village(&text, &bigrams, v))
                .count();
            score += 0.7 * (below.min(8) as f64);
        }
        let siblings = gazetteer.parent(id).map_or(0, |p| {
            if matches!(id.level(), Level::Township) {
                gazetteer
                    .children(p)
                    .iter()
                    .filter(|s| **s != id && named.get(s).is_some_and(|n| n.0 > 0))
                    .count()
            } else {
                0
            }
        });
        score += 0.25 * (siblings.min(4) as f64);
        let children = if id.level() == Level::County {
            gazetteer
                .children(id)
                .iter()
                .filter(|s| named.get(s).is_some_and(|n| n.0 > 0))
                .count()
        } else {
            0
        };
        score += 0.3 * (children.min(8) as f64);
        let town_text = about.township > 0 && about.township * 2 >= about.county;
        score += match id.level() {
            Level::Township if town_text => 2.5,
            Level::Township
                if c.in_title == 0 && about.county + about.province > about.township =>
            {
                -3.0
            }
            Level::County | Level::Prefecture
                if about.county > about.township && about.county >= about.province =>
            {
                2.0
            }
            Level::County | Level::Prefecture if town_text && c.in_title < 2 => -3.0,
            Level::Province if about.province > about.county && about.province > about.township => {
                3.0
            }
            Level::Province if about.province < about.county + about.township => -2.5,
            Level::Prefecture => -0.5,
            _ => 0.0,
        };
        // A division that is gone yields to one that exists.
        if gazetteer.division(id).is_some_and(|d| d.until.is_some()) {
            score -= 1.0;
        }
        scored.push((score, id));
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let Some(&(best, id)) = scored.first() else {
        return Survey::default();
    };
    if best < 3.0 || !is_told(&candidates[&id], id, &text) {
        return Survey::default();
    }
    let name = gazetteer.division(id).map_or("", |d| d.name).to_owned();
    // The runner-up of the same name decides whether the code can be told.
    let rival = scored
        .iter()
        .skip(1)
        .filter(|(_, other)| {
            candidates[other].name == candidates[&id].name
                || gazetteer.division(*other).is_some_and(|d| d.name == name)
        })
        .map(|(s, _)| *s)
        .next();
    let shared = gazetteer
        .named(&name)
        .iter()
        .filter(|h| h.kind == FormKind::Full)
        .count()
        > 1;
    let margin = rival.map_or(best, |r| best - r);
    let certain = !shared || margin >= 0.6;
    let second = scored.get(1).map_or(0.0, |s| s.0);
    let confidence = 1.0 / (1.0 + (-(best - second).min(margin) * 1.2).exp());
    Survey {
        home: Some(id),
        home_name: name,
        confidence: (confidence * 100.0).round() / 100.0,
        certain,
        hits: Vec::new(),
    }
}

/// Whether the text really gives the name, rather than a word that happens to be one (街道) or a redacted name (X镇).
fn is_told(candidate: &Candidate, id: DivisionId, text: &str) -> bool {
    let gazetteer = Gazetteer::get();
    let generic = gazetteer
        .division(id)
        .is_some_and(|d| matches!(d.name, "街道" | "城镇" | "和县" | "开发区" | "城区"));
    // Where names are blacked out, a name in the text is another place's unless the title gives it.
    let blanks = count(text, &["X", "×", "***", "某"]);
    let redacted = candidate.in_title == 0 && blanks >= 10 && blanks > 3 * candidate.full;
    let no_name = gazetteer.division(id).is_some_and(|d| d.name == "街道");
    !no_name && (!generic || candidate.in_title > 0) && !redacted
}

fn names_village(text: &str, bigrams: &FxHashSet<(char, char)>, village: &Village) -> bool {
    let mut c = village.short.chars();
    let (Some(a), Some(b)) = (c.next(), c.next()) else {
        return false;
    };
    bigrams.contains(&(a, b)) && text.contains(&*village.short)
}

/// How near a division is to the home place: 5 itself, 4 above or below it, 3 in its county, 2 in its prefecture, 1 in its province, 0 elsewhere.
fn nearness(gazetteer: &Gazetteer, home: Option<DivisionId>, id: DivisionId) -> u16 {
    let Some(home) = home else { return 0 };
    if home == id {
        return 5;
    }
    let line: Vec<DivisionId> = gazetteer.lineage(home).collect();
    if line.contains(&id) || home.contains(id) {
        return 4;
    }
    gazetteer
        .lineage(id)
        .find(|above| line.contains(above))
        .map_or(0, |common| match common.level() {
            Level::Province => 1,
            Level::Prefecture => 2,
            _ => 3,
        })
}

/// Names of villages, with their form, by the first two characters.
type Villages = FxHashMap<(char, char), Vec<(Vec<char>, u16)>>;

fn grade(
    gazetteer: &Gazetteer,
    chars: &[char],
    matches: &[Match],
    home: Option<DivisionId>,
) -> Vec<PlaceHit> {
    let mut hits: Vec<PlaceHit> = Vec::with_capacity(matches.len());
    let mut near_cache: FxHashMap<DivisionId, u16> = FxHashMap::default();
    for m in matches {
        let mut best = 0u16;
        for hit in m.form.hits {
            let near = *near_cache
                .entry(hit.id)
                .or_insert_with(|| nearness(gazetteer, home, hit.id));
            let form = if hit.kind.has_head() {
                3
            } else if m.form.weak {
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
            best = best.max(near << 8 | form << 4 | level);
        }
        hits.push(PlaceHit {
            start: m.start,
            end: m.end,
            grade: best,
        });
    }
    if let Some(home) = home.filter(|h| h.level() >= Level::County) {
        let within_town = home.level() == Level::Township;
        let mut names: Villages = FxHashMap::default();
        for village in gazetteer.villages(home) {
            for (name, form) in [(&*village.short, 3u16), (&*village.stem, 2)] {
                let name: Vec<char> = name.chars().collect();
                if name.len() >= 2 && (within_town || form == 3) {
                    let names = names.entry((name[0], name[1])).or_default();
                    if !names.iter().any(|(n, _)| *n == name) {
                        names.push((name, form));
                    }
                }
            }
        }
        for (start, pair) in chars.windows(2).enumerate() {
            let Some(names) = names.get(&(pair[0], pair[1])) else {
                continue;
            };
            for (name, form) in names {
                if chars[start..].starts_with(name) {
                    hits.push(PlaceHit {
                        start,
                        end: start + name.len(),
                        grade: 4 << 8 | form << 4 | 5,
                    });
                }
            }
        }
    }
    hits
}
