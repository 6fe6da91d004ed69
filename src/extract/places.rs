//! Places of a document: where names of divisions stand, and which place the document is about.
//!
//! The home place is told by the whole text: title, how often and in what form a name stands, names of the
//! divisions above it and beside it, villages below it, and whether the text speaks of 全镇, 全县 or 全省. Where two
//! divisions of one name are left and nothing decides, the home has a name and no code.

mod pairs;

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::issuer;
use crate::gazetteer::{Division, DivisionId, Form, FormKind, Gazetteer, Hit, Level, Match};
use crate::knowledge::{Line, Selected};
use crate::text::Document;
use pairs::Pairs;

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

/// 五龙口镇 of 济源市五龙口镇, where it is known by that name.
fn own_name<'a>(division: Division<'a>) -> Option<&'a str> {
    let gazetteer = Gazetteer::get();
    let above = gazetteer.division(gazetteer.parent(division.id)?)?;
    let own = division.name.strip_prefix(above.name)?;
    let is_known = gazetteer.named(own).iter().any(|hit| hit.id == division.id);
    is_known.then_some(own)
}

/// Finds the home place, if no correction says it, and grades every name of a division by it.
pub fn survey(doc: &Document, corrections: &Selected) -> Survey {
    let gazetteer = Gazetteer::get();
    let chars = &doc.text.chars;
    let matches = gazetteer.matches(chars);
    let longest = leftmost_longest(&matches);
    let mut survey = find_home(doc, &longest);
    if let Some((id, line)) = corrections.home(survey.known_home(), &survey.home_name) {
        survey = Survey {
            home: Some(id),
            home_name: gazetteer.division(id).map_or("", usual_name).to_owned(),
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

/// By so much must the score of a home be above that of its namesakes for its code to be told: what the name of its province adds.
const TELLING: f64 = 0.45;
/// What it adds for one of them that the head of the text says in which division above it lies.
const LYING: f64 = 1.6;
/// So many characters are the head of a text.
const EARLY: usize = 200;

/// What speaks for one division.
#[derive(Clone, Debug)]
struct Candidate<'a> {
    hit: &'a Hit,
    full: usize,
    short: usize,
    /// Those of the short ones that are not weak.
    telling: usize,
    in_title: usize,
    early: bool,
    /// It is said whose report this is.
    reports: bool,
    name: &'a str,
}

/// Whether the words between two names say that the first lies in the second.
fn lies_in(between: &[char]) -> bool {
    const WORDS: [&str; 8] = [
        "位于",
        "地处",
        "隶属",
        "隶属于",
        "属",
        "属于",
        "坐落于",
        "坐落在",
    ];
    between.len() <= 3
        && WORDS
            .iter()
            .any(|words| between.iter().copied().eq(words.chars()))
}

/// How often a form stands in the text.
struct Told<'a> {
    form: Form<'a>,
    n: usize,
    in_title: usize,
    early: usize,
    reports: bool,
}

/// Divisions in order, with what speaks for them: so many that a hash map of them would take the longest.
struct Candidates<'a>(Vec<(DivisionId, Candidate<'a>)>);

impl<'a> Candidates<'a> {
    fn new(forms: &[Told<'a>]) -> Self {
        // Code, form and whether it is a full one in one number, as that is sorted fastest.
        let of_form = |(at, told): (usize, &Told<'a>)| {
            let hits = told.form.hits.iter();
            hits.map(move |hit| hit.id.0 << 24 | (at as u64) << 1 | u64::from(hit.kind.has_head()))
        };
        let n_hits: usize = forms.iter().map(|told| told.form.hits.len()).sum();
        let mut hits = Vec::with_capacity(n_hits);
        hits.extend(forms.iter().enumerate().flat_map(of_form));
        hits.sort_unstable();
        let told = |hit: u64| &forms[(hit >> 1 & 0x7F_FFFF) as usize];
        let of_one = |hits: &[u64]| {
            let id = DivisionId(hits[0] >> 24);
            let mut candidate = Candidate::new(told(hits[0]).form.hit(id)?);
            for &hit in hits {
                candidate.add(told(hit), hit & 1 == 1);
            }
            Some((id, candidate))
        };
        let candidates = hits.chunk_by(|a, b| a >> 24 == b >> 24);
        let mut all = Vec::with_capacity(n_hits);
        all.extend(candidates.filter_map(of_one));
        Self(all)
    }

    fn get(&self, id: DivisionId) -> Option<&Candidate<'a>> {
        let at = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(&self.0[at].1)
    }
}

impl<'a> std::ops::Index<DivisionId> for Candidates<'a> {
    type Output = Candidate<'a>;

    fn index(&self, id: DivisionId) -> &Candidate<'a> {
        self.get(id)
            .expect("only those that are named are asked for")
    }
}

impl<'a> Candidate<'a> {
    fn new(hit: &'a Hit) -> Self {
        Self {
            hit,
            full: 0,
            short: 0,
            telling: 0,
            in_title: 0,
            early: false,
            reports: false,
            name: "",
        }
    }

    /// Adds what a form tells.
    fn add(&mut self, told: &Told<'a>, full: bool) {
        let weak = told.form.weak && !full;
        if full {
            self.full += told.n;
            if self.name.is_empty() {
                self.name = told.form.text;
            }
        } else {
            self.short += told.n;
            self.telling += if weak { 0 } else { told.n };
        }
        if !weak {
            self.in_title += told.in_title * if full { 2 } else { 1 };
        }
        self.early |= told.early > 0 && full;
        self.reports |= told.reports && !weak;
    }
}

/// The divisions that a text names, and how.
struct Named<'a> {
    candidates: Candidates<'a>,
    /// How often a name stands directly behind that of a division above.
    adjacent: FxHashMap<(DivisionId, DivisionId), usize>,
    about: issuer::SelfReference,
    /// Forms directly in front of a name that is none (柳河 in 柳河经济开发区).
    of_zones: Vec<Form<'a>>,
    /// Divisions of which the head of the text says in which division above them they lie.
    lying: FxHashSet<DivisionId>,
}

impl<'a> Named<'a> {
    fn new(doc: &Document, matches: &[Match<'a>]) -> Self {
        let title_end = doc
            .sentences
            .iter()
            .take_while(|s| s.heading == 9)
            .last()
            .map_or(0, |s| s.end);
        // Each form is looked into once, however often it stands there: some are shared by a hundred divisions.
        let mut forms: Vec<Told> = Vec::new();
        let mut index: FxHashMap<usize, usize> = FxHashMap::default();
        let mut touching: FxHashMap<(usize, usize), usize> = FxHashMap::default();
        let mut before: Option<(usize, usize)> = None;
        let (mut of_zones, mut lies) = (Vec::new(), Vec::new());
        for m in matches {
            if Gazetteer::get().is_generic(m.form.text) {
                let touched = before.filter(|(_, end)| *end == m.start);
                of_zones.extend(touched.map(|(at, _)| forms[at].form));
                continue;
            }
            let at = *index
                .entry(m.form.hits.as_ptr() as usize)
                .or_insert_with(|| {
                    forms.push(Told {
                        form: m.form,
                        n: 0,
                        in_title: 0,
                        early: 0,
                        reports: false,
                    });
                    forms.len() - 1
                });
            forms[at].n += 1;
            forms[at].in_title += usize::from(m.start < title_end);
            forms[at].early += usize::from(m.start < EARLY);
            forms[at].reports |= m.start < EARLY && issuer::says_whose(&doc.text.chars, m);
            let between = before.map(|(b, end)| (b, &doc.text.chars[end..m.start]));
            let lying = match between {
                Some((b, [])) => {
                    *touching.entry((b, at)).or_default() += 1;
                    Some((b, at))
                }
                Some((b, between)) if lies_in(between) => Some((at, b)),
                _ => None,
            };
            lies.extend(lying.filter(|_| m.start < EARLY));
            before = Some((at, m.end));
        }
        let mut named = Self {
            candidates: Candidates::new(&forms),
            adjacent: FxHashMap::default(),
            about: issuer::self_reference(&doc.text.chars),
            of_zones,
            lying: FxHashSet::default(),
        };
        for ((b, at), n) in touching {
            named.touch(&forms[b].form, &forms[at].form, n);
        }
        for (above, below) in lies {
            named.lies(&forms[above].form, &forms[below].form);
        }
        named
    }

    /// The head of the text says of what one form names that it lies in what another names.
    fn lies(&mut self, above: &Form, below: &Form) {
        for hit in below.hits {
            Gazetteer::get().each_above(hit, |id| {
                if above.hits.iter().any(|above| above.id == id) {
                    self.lying.insert(hit.id);
                }
            });
        }
    }

    /// One form stands `n` times directly behind another.
    fn touch(&mut self, before: &Form, behind: &Form, n: usize) {
        for hit in behind.hits {
            Gazetteer::get().each_above(hit, |id| {
                let above = before.hits.iter().filter(|above| above.id == id).count();
                if above > 0 {
                    *self.adjacent.entry((id, hit.id)).or_default() += n * above;
                }
            });
        }
    }

    /// How many of the divisions directly below one have their full names told.
    fn told_below(&self, id: DivisionId) -> usize {
        let candidates = &self.candidates.0;
        let is_told = |(_, c): &&(DivisionId, Candidate)| {
            c.full > 0 && Gazetteer::get().listed_below(c.hit) == Some(id)
        };
        let within = |codes: std::ops::Range<u64>| {
            let from = candidates.partition_point(|(id, _)| id.0 < codes.start);
            let rest = candidates[from..].iter();
            let below = rest.take_while(|(id, _)| id.0 < codes.end);
            below.filter(is_told).count()
        };
        id.below().map(within).sum()
    }

    /// Whether enough speaks for a division to be considered.
    fn considered(&self, id: DivisionId, c: &Candidate) -> bool {
        if c.full == 0 && c.in_title == 0 && id.level() >= Level::County && c.short < 3 {
            return false;
        }
        id.level() != Level::Township || c.full > 0 || (self.about.township > 0 && c.short >= 2)
    }

    /// The county of a text that names no more of it than a zone (柳河经济开发区): the only one with this name, or the only one in a
    /// province that the text names.
    fn county_of_zone(&self) -> Option<DivisionId> {
        let gazetteer = Gazetteer::get();
        let is_county = |hit: &&Hit| hit.id.level() == Level::County && gazetteer.exists(hit);
        let hits = self.of_zones.iter().flat_map(|form| form.hits);
        let mut counties: Vec<&Hit> = hits.filter(is_county).collect();
        counties.sort_unstable_by_key(|hit| hit.id);
        counties.dedup_by_key(|hit| hit.id);
        let is_told = |id: DivisionId| {
            let told = self.candidates.get(id);
            id.level() == Level::Province && told.is_some_and(|c| c.full + c.telling > 0)
        };
        if counties.len() > 1 {
            counties.retain(|hit| gazetteer.above(hit).any(is_told));
        }
        match counties[..] {
            [only] => Some(only.id),
            _ => None,
        }
    }

    /// The county of a text that speaks of its county and does not name it: the one in which the townships are that it names, where
    /// most of those that no other county has are in one.
    fn county_of_towns(&self) -> Option<DivisionId> {
        let gazetteer = Gazetteer::get();
        let about = &self.about;
        if about.county == 0 || about.county < about.township || about.county < about.province {
            return None;
        }
        let is_only = |c: &Candidate| {
            let full = |hit: &&Hit| hit.kind == FormKind::Full;
            gazetteer.named(c.name).iter().filter(full).count() == 1
        };
        let mut towns: FxHashMap<DivisionId, usize> = FxHashMap::default();
        for (id, c) in &self.candidates.0 {
            let is_town =
                id.level() == Level::Township && c.full > 0 && c.hit.kind == FormKind::Full;
            if is_town && is_only(c) {
                let above = gazetteer
                    .above(c.hit)
                    .find(|id| id.level() == Level::County);
                *towns.entry(above?).or_default() += 1;
            }
        }
        let all: usize = towns.values().sum();
        let (county, n) = towns.into_iter().max_by_key(|(id, n)| (*n, *id))?;
        (2 * n > all).then_some(county)
    }

    /// What speaks for a division of which so many villages are named.
    fn score(&self, id: DivisionId, villages: usize) -> f64 {
        let gazetteer = Gazetteer::get();
        let c = &self.candidates[id];
        let about = &self.about;
        let log = |n: usize| (1.0 + n as f64).log2();
        let mut score = 1.3 * log(c.full)
            + 0.5 * log(c.short)
            + 2.0 * (c.in_title.min(3) as f64)
            + if c.early { 1.0 } else { 0.0 }
            + if c.reports { 6.0 } else { 0.0 };
        for (depth, above) in gazetteer.above(c.hit).enumerate() {
            let told = self.candidates.get(above);
            let (full, short) = told.map_or((0, 0), |c| (c.full, c.telling));
            let weight = [1.6, 1.0, 0.7][depth.min(2)];
            if full > 0 {
                score += weight;
            } else if short > 0 {
                score += 0.7 * weight;
            }
            let adjacent = self.adjacent.get(&(above, id)).copied().unwrap_or(0);
            score += 0.8 * (adjacent.min(3) as f64);
        }
        score += PER_VILLAGE * (villages.min(MOST_VILLAGES) as f64);
        let above = gazetteer.above(c.hit).next();
        let siblings = match above.filter(|_| id.level() == Level::Township) {
            Some(above) => {
                let own = c.full > 0 && gazetteer.listed_below(c.hit) == Some(above);
                self.told_below(above) - usize::from(own)
            }
            None => 0,
        };
        score += 0.25 * (siblings.min(4) as f64);
        let children = if id.level() == Level::County {
            self.told_below(id)
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
        if !gazetteer.exists(c.hit) {
            score -= 1.0;
        }
        score
    }

    /// Whether two divisions are named alike in the text, or the other is among those with the official name of the one.
    fn alike(&self, id: DivisionId, other: DivisionId, namesakes: &[DivisionId]) -> bool {
        self.candidates[other].name == self.candidates[id].name
            || namesakes.binary_search(&other).is_ok()
    }
}

/// The divisions with an official name, in order.
fn namesakes(name: &str) -> Vec<DivisionId> {
    let gazetteer = Gazetteer::get();
    let is_name = |id: &DivisionId| gazetteer.division(*id).is_some_and(|d| d.name == name);
    let named = gazetteer.named(name).iter();
    named.map(|hit| hit.id).filter(is_name).collect()
}

/// So many of a township's villages count.
const MOST_VILLAGES: usize = 8;
/// What each of them adds.
const PER_VILLAGE: f64 = 0.7;

/// The likeliest home first, then the runner-up and all that are named like the first, each with its score.
///
/// Looking for villages costs most, so that it is done only where it could matter.
fn rank(named: &Named, chars: &[char]) -> Vec<(f64, DivisionId)> {
    let gazetteer = Gazetteer::get();
    let text: LazyLock<Pairs, _> = LazyLock::new(|| Pairs::new(chars));
    let has_villages =
        |id: DivisionId| id.level() == Level::Township && named.candidates[id].full > 0;
    // The most that each can score, a little above for the rounding of sums.
    let mut open: Vec<(f64, DivisionId)> = named
        .candidates
        .0
        .iter()
        .filter(|(id, c)| named.considered(*id, c))
        .map(|&(id, _)| match (named.score(id, 0), has_villages(id)) {
            (least, true) => (least + PER_VILLAGE * MOST_VILLAGES as f64 + 1e-6, id),
            (score, false) => (score, id),
        })
        .collect();
    let exact = |(most, id): (f64, DivisionId)| {
        if !has_villages(id) {
            return (most, id);
        }
        let mut below = 0;
        gazetteer.village_names(id, |stem, ending| {
            below += usize::from(text.names(stem, ending))
        });
        (named.score(id, below), id)
    };
    let order =
        |a: &(f64, DivisionId), b: &(f64, DivisionId)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    open.sort_by(order);
    let mut ranked: Vec<(f64, DivisionId)> = Vec::new();
    let mut next = 0;
    while next < open.len() && ranked.get(1).is_none_or(|second| second.0 <= open[next].0) {
        ranked.push(exact(open[next]));
        ranked.sort_by(order);
        next += 1;
    }
    if let Some(&(_, first)) = ranked.first() {
        let namesakes = namesakes(gazetteer.division(first).map_or("", |d| d.name));
        let alike = open[next..]
            .iter()
            .filter(|(_, id)| named.alike(first, *id, &namesakes));
        ranked.extend(alike.map(|&found| exact(found)));
        ranked.sort_by(order);
    }
    ranked
}

/// How sure a home is that is told by no more than its townships or its zones.
const HINTED: f64 = 0.6;

fn find_home(doc: &Document, matches: &[Match]) -> Survey {
    let gazetteer = Gazetteer::get();
    let chars = &doc.text.chars;
    let named = Named::new(doc, matches);
    let scored = rank(&named, chars);
    let told = scored
        .first()
        .filter(|(best, id)| *best >= 3.0 && is_told(&named.candidates[*id], *id, chars));
    let Some(&(_, first)) = told else {
        let county = named.county_of_towns().or_else(|| named.county_of_zone());
        return county.map_or_else(Survey::default, |county| Survey {
            home: Some(county),
            home_name: gazetteer.division(county).map_or("", |d| d.name).to_owned(),
            confidence: HINTED,
            certain: true,
            ..Survey::default()
        });
    };
    // Among divisions of one name counts too where the head of the text says that it lies; the runner-up of them decides whether
    // the code can be told.
    let of_first = namesakes(gazetteer.division(first).map_or("", |d| d.name));
    let alike = scored
        .iter()
        .filter(|(_, id)| *id == first || named.alike(first, *id, &of_first));
    let mut alike: Vec<(f64, DivisionId)> = alike
        .map(|&(score, id)| {
            (
                score
                    + if named.lying.contains(&id) {
                        LYING
                    } else {
                        0.0
                    },
                id,
            )
        })
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let (best, id) = alike[0];
    let rival = alike.get(1).map(|(score, _)| *score);
    let name = gazetteer.division(id).map_or("", |d| d.name).to_owned();
    let shared = gazetteer
        .named(&name)
        .iter()
        .filter(|h| h.kind == FormKind::Full)
        .count()
        > 1;
    let margin = rival.map_or(best, |r| best - r);
    let certain = !shared || margin >= TELLING;
    let second = scored
        .iter()
        .find(|(_, other)| *other != id)
        .map_or(0.0, |s| s.0);
    let confidence = 1.0 / (1.0 + (-(best - second).min(margin) * 1.2).exp());
    Survey {
        home: Some(id),
        home_name: gazetteer.division(id).map_or("", usual_name).to_owned(),
        confidence: (confidence * 100.0).round() / 100.0,
        certain,
        hits: Vec::new(),
        correction: None,
    }
}

/// Whether the text really gives the name, rather than words that happen to look like it (市和县) or a redacted name (X镇).
fn is_told(candidate: &Candidate, id: DivisionId, chars: &[char]) -> bool {
    let is_words = Gazetteer::get()
        .division(id)
        .is_some_and(|d| d.name == "和县");
    candidate.in_title > 0 || (!is_words && !is_redacted(candidate, chars))
}

/// Whether names are blacked out in a text: a name in it is another place's then, unless the title gives it.
fn is_redacted(candidate: &Candidate, chars: &[char]) -> bool {
    let stars = chars.chunk_by(|a, b| *a == '*' && *b == '*');
    let blanks = stars.map(|run| run.iter().filter(|c| **c == '*').count() / 3);
    let blanks = blanks.sum::<usize>()
        + chars
            .iter()
            .filter(|c| matches!(c, 'X' | '×' | '某'))
            .count();
    blanks >= 10 && blanks > 3 * candidate.full
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The code of the home of a text; its name where the code cannot be told.
    fn home(text: &str) -> String {
        let survey = survey(&Document::new("", text), &Selected::default());
        match survey.known_home() {
            Some(id) => id.0.to_string(),
            None => survey.home_name,
        }
    }

    #[test]
    fn townships_are_known_by_the_names_that_reports_give_them() {
        // In the register: 唐家墩街街道, 峪口地区, 济源市五龙口镇.
        for (text, code) in [
            (
                "唐家墩街道2020年工作总结\n一年来，街道上下一条心。\n",
                "420103009",
            ),
            (
                "平谷区峪口镇2023年工作总结\n全镇上下一条心。\n",
                "110117004",
            ),
            (
                "五龙口镇概况\n五龙口镇在济源市东北，全镇有三十五个村。\n",
                "419001101",
            ),
        ] {
            assert_eq!(home(text), code, "{text}");
        }
        let gazetteer = Gazetteer::get();
        let name = |code| gazetteer.by_code(code).map(usual_name);
        assert_eq!(name("419001101"), Some("五龙口镇"));
        assert_eq!(name("360923102"), Some("锦江镇"));
    }

    #[test]
    fn of_namesakes_the_one_counts_of_which_the_text_says_where_it_lies() {
        for (text, code) in [
            (
                "渠县三汇镇的一年\n全镇上下一条心，三汇镇的码头变了样，合川区也来学习。\n",
                "511725104",
            ),
            (
                "二郎镇概况\n二郎镇位于古蔺县城东，与贵州省习水县隔河相望。全镇有六个村。\n",
                "510525104",
            ),
            (
                "新安镇2025年工作要点\n全镇学习浙江省的经验。\n",
                "330521114",
            ),
            // Nothing tells which.
            ("三汇镇2023年工作总结\n全镇上下一条心。\n", "三汇镇"),
            ("梅江镇2023年工作会\n全镇上下一条心。\n", "梅江镇"),
        ] {
            assert_eq!(home(text), code, "{text}");
        }
    }

    #[test]
    fn names_that_are_none_are_no_home() {
        for (text, code) in [
            (
                "经济开发区2023年工作总结\n经济开发区引进了三家企业，社区面貌一新。\n",
                "",
            ),
            (
                "肇东经济开发区发展情况\n肇东经济开发区在哈尔滨和大庆之间，肇东市和肇东人都看重它，肇东开发区去年有十家企业。\n",
                "231282",
            ),
            (
                "一家药业公司\n该公司位于柳河经济开发区，是吉林省的老厂。\n",
                "220524",
            ),
        ] {
            assert_eq!(home(text), code, "{text}");
        }
    }

    #[test]
    fn a_county_is_told_by_its_towns_where_the_text_speaks_of_its_county() {
        let told = "信访局来访\n昨天，信访局一行来到我县的定江镇，县领导一同前往。我县把这件事放在心上。\n";
        assert_eq!(home(told), "450323");
        assert_eq!(home("客人到访\n昨天，客人来到定江镇。\n"), "");
    }
}
