//! Packs `data/model/labels.tsv`: the weights stay readable text in the repository and load in milliseconds, because they are
//! laid out as labelling looks them up (`src/extract/crf/table.rs`) by the build.
//!
//! Little-endian, lists behind their length as `u32`: the weights of transitions as `f32`; for each lane of a row the length of the
//! name of its label as a byte, and the name; then the table. Groups that are no sequences: shift and bits of the start as `u32`,
//! their places as `u32`. Sequences, then forms: numbers of characters as `u16`, cells as `u64`. Heads: group as `u64`, roles as
//! `u16`, shift as a byte, start of the rows as `u32`. Records, as bytes.

use super::sequences::Sequences;
use super::table::{LABELS, LANES, Row, Table};

/// The types of entities, in their order in the program; loading compares the names of lanes.
const KINDS: [&str; LABELS / 3] = [
    "place",
    "enterprise",
    "project",
    "campaign",
    "person",
    "honour",
];

/// The packed form of the table; an error names the line.
pub fn pack(table: &str) -> Result<Vec<u8>, String> {
    let lanes = lanes();
    let mut transitions: Vec<f32> = Vec::new();
    let mut rows: Vec<(u64, Row)> = Vec::new();
    for (n, line) in table.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let bad = || {
            let expected =
                "expected key, name and label:weight cells, as `xiangtu train` writes them";
            format!("line {}: {expected}", n + 1)
        };
        let mut cells = line.split('\t');
        let (key, name) = cells.next().zip(cells.next()).ok_or_else(bad)?;
        if key == "t" {
            let at: usize = name.parse().map_err(|_| bad())?;
            let weight = cells.next().and_then(|w| w.parse().ok()).ok_or_else(bad)?;
            transitions.resize(transitions.len().max(at + 1), 0.0);
            transitions[at] = weight;
            continue;
        }
        let mut row = [0; LANES];
        for cell in cells {
            let (label, weight) = cell.split_once(':').ok_or_else(bad)?;
            let weight: f32 = weight.parse().map_err(|_| bad())?;
            let lane = lanes.iter().position(|l| l == label).ok_or_else(bad)?;
            row[lane] = (weight * 100.0).round() as i16;
        }
        rows.push((u64::from_str_radix(key, 16).map_err(|_| bad())?, row));
    }
    let mut out = Vec::new();
    list(&mut out, &transitions, |w| w.to_le_bytes());
    for label in lanes {
        out.push(label.len() as u8);
        out.extend(label.bytes());
    }
    let table = Table::new(rows);
    out.extend(table.others.shift.to_le_bytes());
    out.extend(table.others.start.to_le_bytes());
    list(&mut out, &table.others.places, |place| place.to_le_bytes());
    sequences(&mut out, &table.sequences);
    sequences(&mut out, &table.forms);
    out.extend((table.heads.len() as u32).to_le_bytes());
    for (head, rows) in &table.heads {
        out.extend(head.group.to_le_bytes());
        out.extend(head.roles.to_le_bytes());
        out.extend(head.shift.to_le_bytes());
        out.extend(rows.to_le_bytes());
    }
    list(&mut out, &table.records, |byte| [*byte]);
    Ok(out)
}

/// The names of labels, lane by lane: O, then B of all types, I of all, E of all.
fn lanes() -> Vec<String> {
    let of = |part: &'static str| KINDS.map(|kind| format!("{part}-{kind}"));
    let types = ["B", "I", "E"].into_iter().flat_map(of);
    std::iter::once("O".to_owned()).chain(types).collect()
}

fn sequences(out: &mut Vec<u8>, of: &Sequences) {
    list(out, &of.numbers, |number| number.to_le_bytes());
    list(out, &of.cells, |cell| cell.0.to_le_bytes());
}

/// Values behind their number.
fn list<T, const N: usize>(out: &mut Vec<u8>, values: &[T], bytes: impl Fn(&T) -> [u8; N]) {
    out.extend((values.len() as u32).to_le_bytes());
    out.extend(values.iter().flat_map(bytes));
}
