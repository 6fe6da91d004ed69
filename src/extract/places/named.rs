//! The divisions that a text names, and what speaks for each as its home.

use std::ops::Index;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::extract::issuer;
use crate::gazetteer::{DivisionId, Form, FormKind, Gazetteer, Hit, Level, Match};
use crate::text::Document;

/// So many characters are the head of a text.
const EARLY: usize = 200;

/// So many of a township's villages count.
pub(super) const MOST_VILLAGES: usize = 8;
/// What each of them adds.
pub(super) const PER_VILLAGE: f64 = 0.7;

/// What speaks for one division.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'a> {
    hit: &'a Hit,
    pub(super) full: usize,
    short: usize,
    /// Those of the short ones that are not weak.
    telling: usize,
    pub(super) in_title: usize,
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
    let is = |words: &&str| between.iter().copied().eq(words.chars());
    WORDS.iter().any(is)
}

/// The divisions that one form names, each with those in it that another names.
fn each_within(above: &Form, below: &Form, mut each: impl FnMut(DivisionId, DivisionId)) {
    for hit in below.hits {
        Gazetteer::get().each_above(hit, |id| {
            if above.hits.iter().any(|above| above.id == id) {
                each(id, hit.id);
            }
        });
    }
}

/// A text that says so often 我县 or 全县 speaks of its own county.
const OFTEN: usize = 2;

/// How often a form stands in the text.
struct Told<'a> {
    form: Form<'a>,
    n: usize,
    in_title: usize,
    early: usize,
    reports: bool,
}

/// Divisions in order, with what speaks for them: so many that a hash map of them would take the longest.
pub(super) struct Candidates<'a>(pub(super) Vec<(DivisionId, Candidate<'a>)>);

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

impl<'a> Index<DivisionId> for Candidates<'a> {
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
pub(super) struct Named<'a> {
    pub(super) candidates: Candidates<'a>,
    /// How often a name stands directly behind that of a division above.
    adjacent: FxHashMap<(DivisionId, DivisionId), usize>,
    about: issuer::SelfReference,
    /// Divisions of which the head of the text says in which division above them they lie.
    pub(super) lying: FxHashSet<DivisionId>,
}

impl<'a> Named<'a> {
    pub(super) fn new(doc: &Document, matches: &[Match<'a>]) -> Self {
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
        let mut lies = Vec::new();
        for m in matches {
            if m.form.generic {
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
            lying: FxHashSet::default(),
        };
        for ((b, at), n) in touching {
            named.touch(&forms[b].form, &forms[at].form, n);
        }
        for (above, below) in lies {
            each_within(&forms[above].form, &forms[below].form, |_, below| {
                named.lying.insert(below);
            });
        }
        named
    }

    /// One form stands `n` times directly behind another.
    fn touch(&mut self, before: &Form, behind: &Form, n: usize) {
        each_within(before, behind, |above, below| {
            *self.adjacent.entry((above, below)).or_default() += n;
        });
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
    pub(super) fn considered(&self, id: DivisionId, c: &Candidate) -> bool {
        if c.full == 0 && c.in_title == 0 && id.level() >= Level::County && c.short < 3 {
            return false;
        }
        id.level() != Level::Township || c.full > 0 || (self.about.township > 0 && c.short >= 2)
    }

    /// The county of a text that speaks of its county and does not name it: the one in which the townships are that it names, where
    /// most of those that no other county has are in one.
    pub(super) fn county_of_towns(&self) -> Option<DivisionId> {
        let gazetteer = Gazetteer::get();
        let about = &self.about;
        if about.county < OFTEN || about.county < about.township || about.county < about.province {
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
    pub(super) fn score(&self, id: DivisionId, villages: usize) -> f64 {
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
    pub(super) fn alike(
        &self,
        id: DivisionId,
        other: DivisionId,
        namesakes: &[DivisionId],
    ) -> bool {
        self.candidates[other].name == self.candidates[id].name
            || namesakes.binary_search(&other).is_ok()
    }
}
