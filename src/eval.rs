//! How good extraction is: an extraction against the annotations of the same document.
//!
//! Strict throughout: a mention counts with exactly its span and type, an entity with one of its names, a fact with its
//! subject, predicate and object, an indicator with name, value and change. Names are compared without white space,
//! quotation marks and brackets. Intervals come from resampling documents (Efron 1979), 400 times in a fixed order.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;

use crate::gold::Gold;
use crate::model::{EntityType, Extraction, Fact, Indicator, Predicate};

/// Found, predicted and annotated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Predicted and right.
    pub right: usize,
    /// Predicted.
    pub predicted: usize,
    /// Annotated.
    pub gold: usize,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.predicted += other.predicted;
        self.gold += other.gold;
    }

    /// Precision, 0 to 1; 0 where nothing was predicted.
    pub fn precision(&self) -> f64 {
        self.right as f64 / self.predicted.max(1) as f64
    }

    /// Recall, 0 to 1; 0 where nothing is annotated.
    pub fn recall(&self) -> f64 {
        self.right as f64 / self.gold.max(1) as f64
    }

    /// Harmonic mean of both.
    pub fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (self.predicted + self.gold).max(1) as f64
    }
}

/// What was counted of one document: by measure (`mention`, `entity`, `fact`, `indicator`, `home`, `year`) and kind, in order.
pub type Score = BTreeMap<(&'static str, &'static str), Counts>;

/// Confidences with whether what has them was right: what a reliability table is made of.
pub type Reliability = Vec<(f64, bool)>;

/// One row of a table of results.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// `mention`, `entity`, `fact`, `indicator`, `home` or `year`.
    pub measure: &'static str,
    /// Type, predicate or `all`.
    pub kind: &'static str,
    /// The counts.
    pub counts: Counts,
    /// 95 % interval of F1, for sums over kinds.
    pub interval: Option<(f64, f64)>,
}

/// Scores one document; without an extraction everything is missed.
pub fn score(gold: &Gold, found: Option<&Extraction>) -> Score {
    let nothing = Extraction::default();
    let found = found.unwrap_or(&nothing);
    let mut score = Score::new();
    mentions(gold, found, &mut score);
    let matched = entities(gold, found, &mut score);
    let right = facts(gold, found, &matched);
    for predicate in Predicate::ALL {
        let of = |p: &Predicate| *p == predicate;
        let judged = found.facts.iter().zip(&right);
        let counts = Counts {
            right: judged
                .clone()
                .filter(|(f, r)| of(&f.predicate) && **r == Some(true))
                .count(),
            predicted: judged
                .filter(|(f, r)| of(&f.predicate) && r.is_some())
                .count(),
            gold: wanted_facts(gold, predicate).len(),
        };
        score.insert(("fact", predicate.name()), counts);
    }
    let right = indicators(gold, found);
    let counts = Counts {
        right: right.iter().filter(|right| **right).count(),
        predicted: right.len(),
        gold: gold.indicators.len(),
    };
    score.insert(("indicator", "all"), counts);
    if !gold.home_code.is_empty() {
        let code = found.home.as_ref().map_or("", |home| &home.code);
        score.insert(("home", "all"), one(code, &gold.home_code));
    }
    if !gold.year.is_empty() {
        let year = found.year.map_or(String::new(), |year| year.to_string());
        score.insert(("year", "all"), one(&year, &gold.year));
    }
    score
}

fn one(found: &str, wanted: &str) -> Counts {
    Counts {
        right: usize::from(found == wanted),
        predicted: usize::from(!found.is_empty()),
        gold: 1,
    }
}

fn mentions(gold: &Gold, found: &Extraction, score: &mut Score) {
    let wanted: HashSet<_> = gold.spans.iter().map(|s| (s.0, s.1, s.2)).collect();
    let told: HashSet<_> = found
        .mentions
        .iter()
        .map(|m| (m.start, m.end, m.kind))
        .collect();
    for kind in EntityType::ALL {
        score.insert(
            ("mention", kind.name()),
            Counts {
                right: told
                    .iter()
                    .filter(|s| s.2 == kind && wanted.contains(s))
                    .count(),
                predicted: told.iter().filter(|s| s.2 == kind).count(),
                gold: wanted.iter().filter(|s| s.2 == kind).count(),
            },
        );
    }
}

/// The confidence of every mention, and whether it was right.
pub fn reliability(gold: &Gold, found: &Extraction) -> Reliability {
    let wanted: HashSet<_> = gold.spans.iter().map(|s| (s.0, s.1, s.2)).collect();
    found
        .mentions
        .iter()
        .map(|m| (m.confidence, wanted.contains(&(m.start, m.end, m.kind))))
        .collect()
}

/// Of every fact and figure its rule, its confidence, and whether it was right; what is told twice counts once.
pub fn judged<'a>(
    gold: &Gold,
    found: &'a Extraction,
) -> impl Iterator<Item = (&'a str, f64, bool)> {
    let matched = entities(gold, found, &mut Score::new());
    let facts = facts(gold, found, &matched);
    let rows = indicators(gold, found);
    let facts = found.facts.iter().zip(facts);
    let facts = facts.filter_map(|(f, right)| Some((&*f.rule, f.confidence, right?)));
    let rows = found.indicators.iter().zip(rows);
    facts.chain(rows.map(|(row, right)| (&*row.rule, row.confidence, right)))
}

/// A name as it is compared: without white space, quotation marks and brackets, half-width, in lower case.
fn plain(name: &str) -> String {
    const PASSED: &str = "“”\"'‘’《》〈〉「」『』()[]【】·";
    name.chars()
        .map(|c| match c {
            '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            c => c,
        })
        .filter(|&c| !c.is_whitespace() && !PASSED.contains(c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Which annotated entity each found one is.
fn entities<'a>(
    gold: &'a Gold,
    found: &'a Extraction,
    score: &mut Score,
) -> HashMap<&'a str, &'a str> {
    let names_of = |i: usize| -> HashSet<String> {
        let e = &gold.entities[i];
        std::iter::once(&e.name)
            .chain(&e.surfaces)
            .map(|name| plain(name))
            .collect()
    };
    let mut matched = HashMap::new();
    let mut used = HashSet::new();
    for kind in EntityType::ALL {
        let wanted: Vec<(usize, HashSet<String>)> = (0..gold.entities.len())
            .filter(|&i| gold.entities[i].kind == kind && !gold.entities[i].surfaces.is_empty())
            .map(|i| (i, names_of(i)))
            .collect();
        let mut counts = Counts {
            gold: wanted.len(),
            ..Counts::default()
        };
        for entity in found.entities.iter().filter(|e| e.kind == kind) {
            counts.predicted += 1;
            let own: Vec<String> = std::iter::once(&entity.name)
                .chain(&entity.aliases)
                .map(|name| plain(name))
                .collect();
            let hit = wanted.iter().find(|(i, names)| {
                !used.contains(i) && own.iter().any(|name| names.contains(name))
            });
            if let Some(&(i, _)) = hit {
                used.insert(i);
                matched.insert(&*entity.id, &*gold.entities[i].id);
                counts.right += 1;
            }
        }
        score.insert(("entity", kind.name()), counts);
    }
    matched
}

/// The annotated facts of a predicate, each once.
fn wanted_facts(gold: &Gold, predicate: Predicate) -> Vec<&(String, String, String)> {
    let of = gold.facts.iter().filter(|f| f.0 == predicate.name());
    of.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether each fact is right; nothing of one that is told a second time.
fn facts(gold: &Gold, found: &Extraction, matched: &HashMap<&str, &str>) -> Vec<Option<bool>> {
    let by_id: HashMap<&str, _> = gold.entities.iter().map(|e| (&*e.id, e)).collect();
    // A home whose name is blacked out has no mention: it is the one place without one.
    let homes: BTreeSet<&str> = gold
        .entities
        .iter()
        .filter(|e| e.kind == EntityType::Place && (e.surfaces.is_empty() || e.name == gold.home))
        .map(|e| &*e.id)
        .collect();
    let home_id = found.home.as_ref().map_or("", |home| &home.id);
    let known: HashSet<&str> = found.entities.iter().map(|e| &*e.id).collect();
    let is = |id: &str, wanted: &str| match matched.get(id) {
        Some(&gold_id) => gold_id == wanted,
        None => (id == home_id || !known.contains(id)) && homes.contains(wanted),
    };
    let holds = |fact: &Fact, wanted: &(String, String, String)| {
        let (predicate, subject, object) = wanted;
        if fact.predicate.name() != predicate || !is(&fact.subject, subject) {
            return false;
        }
        match (by_id.get(object.as_str()), &fact.object) {
            (Some(_), Some(id)) => is(id, object),
            (Some(e), None) => {
                let told = plain(fact.value.as_deref().unwrap_or(&fact.text));
                std::iter::once(&e.name)
                    .chain(&e.surfaces)
                    .any(|name| plain(name) == told)
            }
            (None, Some(_)) => false,
            (None, None) => same_literal(fact, object),
        }
    };
    let mut left: Vec<_> = Predicate::ALL
        .into_iter()
        .flat_map(|predicate| wanted_facts(gold, predicate))
        .collect();
    let mut seen = HashSet::new();
    let mut judge = |fact: &Fact| {
        let hit = left.iter().position(|wanted| holds(fact, wanted));
        if let Some(i) = hit {
            left.remove(i);
        }
        hit.is_some()
    };
    found
        .facts
        .iter()
        .map(|fact| {
            let told = (
                fact.predicate,
                &fact.subject,
                &fact.object,
                &fact.value,
                &fact.unit,
            );
            seen.insert(told).then(|| judge(fact))
        })
        .collect()
}

fn same_literal(fact: &Fact, wanted: &str) -> bool {
    let value = fact.value.as_deref().unwrap_or(&fact.text);
    match fact.predicate {
        Predicate::Investment => {
            let wanted = amount(wanted, "");
            wanted.is_some() && wanted == amount(value, fact.unit.as_deref().unwrap_or_default())
        }
        Predicate::Status => value == wanted,
        _ => like(&plain(wanted), &plain(value)),
    }
}

/// Equal, or one within the other where both have at least two characters.
fn like(a: &str, b: &str) -> bool {
    let long = |s: &str| s.chars().nth(1).is_some();
    a == b || (long(a) && long(b) && (a.contains(b) || b.contains(a)))
}

/// A number with its unit, scaled to the bare unit: 20 亿元 -> (2000000000, 元).
fn amount(value: &str, unit: &str) -> Option<(f64, String)> {
    let text: String = format!("{value}{unit}")
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '，' | '余' | '多' | '约' | '近'))
        .collect();
    let text = text
        .trim_start_matches("超过")
        .trim_start_matches(['超', '逾']);
    let text = text.trim_end_matches("以上").trim_end_matches("左右");
    let split = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .unwrap_or(text.len());
    let mut number: f64 = text[..split].parse().ok()?;
    let mut rest = text[split..].chars();
    loop {
        let mut ahead = rest.clone();
        let scale = match ahead.next() {
            Some('十') => 1e1,
            Some('百') => 1e2,
            Some('千') => 1e3,
            Some('万') => 1e4,
            Some('亿') => 1e8,
            _ => break,
        };
        number *= scale;
        rest = ahead;
    }
    // Sums of money are compared to a tenth of a cent: 0.1 + 0.2 is not 0.3 in binary.
    Some((
        (number * 1000.0).round() / 1000.0,
        rest.as_str().replace("人民币", ""),
    ))
}

/// Whether each figure is right.
fn indicators(gold: &Gold, found: &Extraction) -> Vec<bool> {
    let holds = |row: &Indicator, wanted: &[String; 7]| {
        let value = match wanted[2].is_empty() {
            true => row.value.as_deref().unwrap_or_default().is_empty(),
            false => {
                amount(&wanted[2], &wanted[3])
                    == amount(
                        row.value.as_deref().unwrap_or_default(),
                        row.unit.as_deref().unwrap_or_default(),
                    )
            }
        };
        let number = |text: &str| text.trim_end_matches('%').parse::<f64>().ok();
        let change = row.change.as_deref().unwrap_or_default();
        let change = match wanted[5].is_empty() {
            true => change.is_empty(),
            false => number(&wanted[5]) == number(change),
        };
        like(&plain(&wanted[1]), &plain(&row.name)) && value && change
    };
    let mut left: Vec<_> = gold.indicators.iter().collect();
    let mut judge = |row: &Indicator| {
        let hit = left.iter().position(|wanted| holds(row, wanted));
        if let Some(i) = hit {
            left.remove(i);
        }
        hit.is_some()
    };
    found.indicators.iter().map(&mut judge).collect()
}

/// The table of many documents' scores: sums over kinds first, with their intervals.
pub fn table(scores: &[Score]) -> Vec<Row> {
    let mut rows = Vec::new();
    let sum = |score: &Score, measure: &str| {
        score.iter().filter(|((m, _), _)| *m == measure).fold(
            Counts::default(),
            |mut sum, (_, counts)| {
                sum.add(*counts);
                sum
            },
        )
    };
    for measure in ["mention", "entity", "fact", "indicator", "home", "year"] {
        let each: Vec<Counts> = scores.iter().map(|score| sum(score, measure)).collect();
        rows.push(Row {
            measure,
            kind: "all",
            counts: each.iter().fold(Counts::default(), |mut all, counts| {
                all.add(*counts);
                all
            }),
            interval: interval(&each),
        });
    }
    let mut kinds = Score::new();
    for (key, counts) in scores.iter().flatten() {
        kinds.entry(*key).or_default().add(*counts);
    }
    rows.extend(
        kinds
            .into_iter()
            .filter(|((_, kind), _)| *kind != "all")
            .map(|((measure, kind), counts)| Row {
                measure,
                kind,
                counts,
                interval: None,
            }),
    );
    rows
}

/// 95 % interval of F1 over documents.
fn interval(each: &[Counts]) -> Option<(f64, f64)> {
    const DRAWS: usize = 400;
    if each.len() < 2 {
        return None;
    }
    let mut seed = 0x9E37_79B9_7F4A_7C15u64;
    let mut values: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let mut sum = Counts::default();
            for _ in each {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                sum.add(each[(seed % each.len() as u64) as usize]);
            }
            sum.f1()
        })
        .collect();
    values.sort_by(f64::total_cmp);
    Some((values[DRAWS / 40], values[DRAWS - 1 - DRAWS / 40]))
}

/// By confidence, in tenths: least confidence of the row, how many, their mean confidence, and what part is right.
pub fn reliability_table(pairs: &Reliability) -> Vec<(f64, usize, f64, f64)> {
    (0..10)
        .filter_map(|tenth| {
            let low = f64::from(tenth) / 10.0;
            let of: Vec<_> = pairs
                .iter()
                .filter(|(c, _)| (c * 10.0).floor().clamp(0.0, 9.0) as i32 == tenth)
                .collect();
            let n = of.len();
            (n > 0).then(|| {
                let mean = of.iter().map(|(c, _)| c).sum::<f64>() / n as f64;
                let right = of.iter().filter(|(_, right)| *right).count() as f64 / n as f64;
                (low, n, mean, right)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_compared_in_the_bare_unit() {
        assert_eq!(amount("20亿元", ""), amount("200000", "万元"));
        assert_eq!(amount("约3.5", "亿元"), amount("35000万元", ""));
        assert_ne!(amount("20", "亿元"), amount("20", "亿美元"));
        assert_eq!(amount("许多", "亿元"), None);
    }

    #[test]
    fn nothing_found_is_everything_missed() {
        let gold = Gold {
            spans: vec![(0, 2, EntityType::Place, 0)],
            ..Gold::default()
        };
        let counts = score(&gold, None)[&("mention", "place")];
        assert_eq!((counts.right, counts.predicted, counts.gold), (0, 0, 1));
        assert_eq!(counts.f1(), 0.0);
    }

    #[test]
    fn an_interval_holds_the_value_and_widens_with_the_differences() {
        let same = vec![
            Counts {
                right: 8,
                predicted: 10,
                gold: 10
            };
            20
        ];
        let (low, high) = interval(&same).expect("more than one document");
        assert!((low - 0.8).abs() < 1e-9 && (high - 0.8).abs() < 1e-9);
        let mut mixed = same;
        for (i, counts) in mixed.iter_mut().enumerate() {
            counts.right = if i % 2 == 0 { 10 } else { 6 };
        }
        let (low, high) = interval(&mixed).expect("more than one document");
        assert!(low < 0.8 && high > 0.8);
    }
}
