//! Annotated documents: reads `.ann` files and resolves them to character spans.
//!
//! The format is line-based and tab-separated: `home`, `year`, `E` (entity with its surface forms), `X` (an
//! occurrence that is no mention), `F` (fact), `I` (indicator). Every occurrence of a surface form counts, the
//! longest first, without overlaps; white space in the text is passed over.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::model::EntityType;
use crate::{Error, Result};

/// One annotated document.
#[derive(Clone, Debug, Default)]
pub struct Gold {
    /// File name of the text.
    pub doc: String,
    /// The decoded text.
    pub text: String,
    /// Name of the place that the document is about; empty if it cannot be told.
    pub home: String,
    /// Its division code; may be empty.
    pub home_code: String,
    /// Main year; may be empty.
    pub year: String,
    /// Entities in order.
    pub entities: Vec<GoldEntity>,
    /// Mentions in order: start, end (code points of the text), type, index of the entity.
    pub spans: Vec<(usize, usize, EntityType, usize)>,
    /// Predicate, subject id, object id or literal.
    pub facts: Vec<(String, String, String)>,
    /// Place id, name, value, unit, period, change, kind.
    pub indicators: Vec<[String; 7]>,
}

/// An annotated entity.
#[derive(Clone, Debug)]
pub struct GoldEntity {
    /// Id within the file.
    pub id: String,
    /// Type.
    pub kind: EntityType,
    /// Canonical name.
    pub name: String,
    /// Surface forms.
    pub surfaces: Vec<String>,
}

/// Reads every `.ann` file under a folder, sorted by path. The texts stand beside them, or else in the folder `texts`.
pub fn read_folder(folder: &Path, texts: Option<&Path>) -> Result<Vec<Gold>> {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|e| Error::file(&folder, e))? {
            let path = entry.map_err(|e| Error::file(&folder, e))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "ann") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path, texts)).collect()
}

/// Reads one `.ann` file and its text.
pub fn read(ann: &Path, texts: Option<&Path>) -> Result<Gold> {
    let beside: PathBuf = ann.with_extension("txt");
    let text_path = match texts {
        Some(texts) if !beside.exists() => texts.join(beside.file_name().unwrap_or_default()),
        _ => beside,
    };
    let text = std::fs::read_to_string(&text_path).map_err(|e| Error::file(&text_path, e))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned();
    let lines = std::fs::read_to_string(ann).map_err(|e| Error::file(ann, e))?;
    let mut gold = Gold {
        doc: text_path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default(),
        text,
        ..Gold::default()
    };
    let mut drops: Vec<(String, usize, String, usize)> = Vec::new();
    for (n, raw) in lines.lines().enumerate() {
        if raw.trim().is_empty() || raw.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = raw.split('\t').map(str::trim).collect();
        let cell = |i: usize| cells.get(i).copied().unwrap_or_default().to_owned();
        let bad = |what: &str| Error::data(ann.display().to_string(), n + 1, what);
        match cells[0] {
            "home" => (gold.home, gold.home_code) = (cell(1), cell(2)),
            "year" => gold.year = cell(1),
            "E" => gold.entities.push(GoldEntity {
                id: cell(1),
                kind: EntityType::from_name(&cell(2))
                    .ok_or_else(|| bad("the third cell is no entity type"))?,
                name: cell(3),
                surfaces: cell(4)
                    .split('|')
                    .filter(|s| !s.is_empty())
                    .map(str::to_owned)
                    .collect(),
            }),
            "X" => {
                let line = cell(2)
                    .parse()
                    .map_err(|_| bad("the third cell of an X line is a line number"))?;
                drops.push((cell(1), line, bare(&cell(3)), cell(4).parse().unwrap_or(0)));
            }
            "F" => gold.facts.push((cell(1), cell(2), cell(3))),
            "I" => gold.indicators.push([
                cell(1),
                cell(2),
                cell(3),
                cell(4),
                cell(5),
                cell(6),
                cell(7),
            ]),
            _ => return Err(bad("a line begins with home, year, E, X, F or I")),
        }
    }
    resolve(&mut gold, &drops);
    Ok(gold)
}

fn bare(s: &str) -> String {
    s.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Finds every occurrence of every surface form; the longest wins.
fn resolve(gold: &mut Gold, drops: &[(String, usize, String, usize)]) {
    let chars: Vec<char> = gold.text.chars().collect();
    let solid: Vec<usize> = (0..chars.len())
        .filter(|&i| !chars[i].is_whitespace())
        .collect();
    let mut line_of = Vec::with_capacity(chars.len() + 1);
    let mut line = 1;
    for &c in &chars {
        line_of.push(line);
        line += usize::from(c == '\n');
    }
    let mut starts: HashMap<char, Vec<usize>> = HashMap::new();
    for (k, &i) in solid.iter().enumerate() {
        starts.entry(chars[i]).or_default().push(k);
    }
    let mut found = Vec::new();
    for (e, entity) in gold.entities.iter().enumerate() {
        for surface in &entity.surfaces {
            let surface: Vec<char> = bare(surface).chars().collect();
            let Some(first) = surface.first() else {
                continue;
            };
            let name: String = surface.iter().collect();
            let mut nth: HashMap<usize, usize> = HashMap::new();
            let mut from = 0;
            for &k in starts.get(first).map_or(&[][..], Vec::as_slice) {
                let fits = k >= from
                    && k + surface.len() <= solid.len()
                    && (0..surface.len()).all(|d| chars[solid[k + d]] == surface[d]);
                if !fits {
                    continue;
                }
                from = k + surface.len();
                let (start, end) = (solid[k], solid[k + surface.len() - 1] + 1);
                let n = nth.entry(line_of[start]).or_default();
                *n += 1;
                let dropped = drops.iter().any(|(id, l, s, which)| {
                    *id == entity.id
                        && *l == line_of[start]
                        && *s == name
                        && (*which == 0 || *which == *n)
                });
                if !dropped {
                    found.push((start, end, entity.kind, e));
                }
            }
        }
    }
    found.sort_by_key(|s| (std::cmp::Reverse(s.1 - s.0), s.0));
    let mut taken = vec![false; chars.len()];
    for span in found {
        if !taken[span.0..span.1].contains(&true) {
            taken[span.0..span.1].fill(true);
            gold.spans.push(span);
        }
    }
    gold.spans.sort();
}
