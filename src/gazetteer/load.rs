//! The gazetteer from the tables built into the program: rows and forms, and the indexes to find forms in a text.

use std::io::Read;

use flate2::read::GzDecoder;
use rustc_hash::{FxHashMap, FxHashSet};

use super::code::{ancestors, parse_code};
use super::forms::Forms;
use super::shorten::table_rows;
use super::villages::Villages;
use super::{DivisionId, FormKind, FormRow, Gazetteer, Hit, Level, Row, WEAK_FROM, shorten};

const DIVISIONS: &[u8] = include_bytes!("../../data/gazetteer/divisions.tsv.gz");
const VILLAGES: &[u8] = include_bytes!("../../data/gazetteer/villages.bin");
pub(super) const EXTRA: &str = include_str!("../../data/gazetteer/extra.tsv");
const WEAK: &str = include_str!("../../data/gazetteer/weak.tsv");
const GENERIC: &str = include_str!("../../data/gazetteer/generic.tsv");

impl Gazetteer {
    /// Reads the tables that the program brings along.
    pub(super) fn read() -> Self {
        let mut table = String::with_capacity(4 << 20);
        GzDecoder::new(DIVISIONS)
            .read_to_string(&mut table)
            .expect("the embedded table was packed by build");
        // The one gazetteer lives as long as the program.
        let table: &'static str = table.leak();
        let mut reader = Reader::with_capacity(80_000);
        table.lines().for_each(|line| reader.division(line));
        table_rows(EXTRA).for_each(|line| reader.extra(line));
        reader.finish()
    }
}

/// Collects rows and forms.
struct Reader {
    rows: Vec<Row>,
    successors: FxHashMap<u64, DivisionId>,
    forms: Vec<FormRow>,
    hits: Vec<(u32, DivisionId, FormKind)>,
    by_text: FxHashMap<&'static str, u32>,
}

impl Reader {
    fn with_capacity(n_forms: usize) -> Self {
        let mut by_text = FxHashMap::default();
        by_text.reserve(n_forms);
        Self {
            rows: Vec::with_capacity(n_forms),
            successors: FxHashMap::default(),
            forms: Vec::with_capacity(n_forms),
            hits: Vec::with_capacity(2 * n_forms),
            by_text,
        }
    }

    /// A line of `divisions.tsv.gz`: code, name, short, briefs; then for what is no more the year, successor and parent.
    fn division(&mut self, line: &'static str) {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let Ok(code) = next().parse() else { return };
        let (name, short, briefs, until, successor, parent) =
            (next(), next(), next(), next(), next(), next());
        if let Ok(successor) = successor.parse() {
            self.former(code, name, short, DivisionId(successor));
            return;
        }
        let id = DivisionId(code);
        let until = until.parse().unwrap_or(0);
        let parent = parent.parse().unwrap_or_else(|_| {
            ancestors(code)
                .find(|&code| {
                    self.rows
                        .binary_search_by_key(&code, |row| row.code)
                        .is_ok()
                })
                .unwrap_or(0)
        });
        self.rows.push(Row {
            code,
            name,
            short,
            parent,
            above: u32::MAX,
            until,
        });
        let (full, bare) = if until == 0 {
            (FormKind::Full, FormKind::Short)
        } else {
            (FormKind::Former, FormKind::FormerShort)
        };
        self.add(name, id, full);
        self.add(short, id, bare);
        let brief = if until == 0 { FormKind::Brief } else { full };
        let briefs = briefs.split(' ');
        briefs.for_each(|name| self.add(name, id, brief));
    }

    fn former(&mut self, code: u64, name: &'static str, short: &'static str, id: DivisionId) {
        if code != id.0 {
            self.successors.insert(code, id);
        }
        self.add(name, id, FormKind::Former);
        self.add(short, id, FormKind::FormerShort);
    }

    /// A line of `extra.tsv`: name, old code, code, year, kind.
    fn extra(&mut self, line: &'static str) {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (name, old, code, _year, kind) = (next(), next(), next(), next(), next());
        let Ok(code) = code.parse() else { return };
        let id = DivisionId(code);
        match kind {
            "short" => self.add(name, id, FormKind::Short),
            "brief" => self.add(name, id, FormKind::Brief),
            _ => {
                let old = parse_code(old).unwrap_or(code);
                let short = shorten(name, Level::of_code(old)).short.unwrap_or_default();
                // The rows are few, and the names must live as long as those of the table.
                self.former(old, name, short.leak(), id);
            }
        }
    }

    fn add(&mut self, text: &'static str, id: DivisionId, kind: FormKind) {
        let length = text.chars().count();
        if !(2..64).contains(&length) {
            return;
        }
        let form = *self.by_text.entry(text).or_insert_with(|| {
            self.forms.push(FormRow {
                text,
                first: 0,
                n_hits: 0,
                length: length as u8,
                weak: false,
                generic: false,
            });
            self.forms.len() as u32 - 1
        });
        self.forms[form as usize].n_hits += 1;
        self.hits.push((form, id, kind));
    }

    fn finish(mut self) -> Gazetteer {
        self.rows.sort_by_key(|row| row.code);
        link(&mut self.rows);
        let mut first = 0;
        for form in &mut self.forms {
            (form.first, first) = (first, first + form.n_hits);
            form.n_hits = 0;
        }
        let codes = self.rows.iter().zip(0..);
        let row_of: FxHashMap<u64, u32> = codes.map(|(row, at)| (row.code, at)).collect();
        let by_code = |code| ancestors(code).find(|above| row_of.contains_key(above));
        let moved = self
            .rows
            .iter()
            .filter(|row| by_code(row.code).unwrap_or(0) != row.parent);
        let moved: FxHashSet<u64> = moved.map(|row| row.code).collect();
        let hit_of = |id: DivisionId, kind| {
            let mut codes = std::iter::once(id.0).chain(ancestors(id.0));
            Hit {
                id,
                kind,
                row: row_of.get(&id.0).copied().unwrap_or(u32::MAX),
                astray: codes.any(|code| moved.contains(&code)),
            }
        };
        // Hits to the place of their form: a sort of all of them would take three times as long.
        let mut hits = vec![hit_of(DivisionId(0), FormKind::Full); self.hits.len()];
        for (form, id, kind) in self.hits {
            let form = &mut self.forms[form as usize];
            hits[(form.first + form.n_hits) as usize] = hit_of(id, kind);
            form.n_hits += 1;
        }
        let weak: FxHashSet<&str> = table_rows(WEAK).collect();
        let generic: FxHashSet<&str> = table_rows(GENERIC).collect();
        let mut n_kept = 0;
        for form in &mut self.forms {
            let all = form.first as usize..(form.first + form.n_hits) as usize;
            hits[all.clone()].sort_unstable();
            let first = n_kept;
            for at in all {
                // A name that is both today's and former counts as today's.
                if n_kept == first || hits[n_kept - 1].id != hits[at].id {
                    hits[n_kept] = hits[at];
                    n_kept += 1;
                }
            }
            (form.first, form.n_hits) = (first as u32, (n_kept - first) as u32);
            let bare = n_kept - first >= WEAK_FROM
                && hits[first..n_kept].iter().all(|hit| !hit.kind.has_head());
            form.weak = bare || weak.contains(form.text);
            form.generic = generic.contains(form.text);
        }
        hits.truncate(n_kept);
        Gazetteer {
            row_of,
            rows: self.rows,
            successors: self.successors,
            forms: Forms::new(&self.forms),
            hits,
            villages: Villages::open(VILLAGES).expect("the embedded file was packed by build"),
        }
    }
}

/// Tells each row where that of its parent stands. Rows of one parent mostly follow each other.
fn link(rows: &mut [Row]) {
    let mut last = (0, u32::MAX);
    for i in 0..rows.len() {
        let parent = rows[i].parent;
        if parent != last.0 {
            let above = rows.binary_search_by_key(&parent, |row| row.code);
            last = (parent, above.map_or(u32::MAX, |at| at as u32));
        }
        rows[i].above = last.1;
    }
}
