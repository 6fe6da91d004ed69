//! Packs `data/words/words.tsv`: the dictionary stays readable text in the repository and needs no loading at all.
//!
//! Little-endian: for each character of the basic plane its number as `u16`, 0 for those in no word; the logarithm of all
//! counts together, in units of a cost, as `u32`; `u32` number of tags, the first two letters of each as `u16`; then the cells of
//! a double array (`src/text/double_array.rs`) as `u64`. The value of a word is its cost plus one, and its tag above that.

use std::collections::BTreeMap;

use super::double_array::{self, Entry};

/// Characters that have numbers.
pub const PLANE: usize = 0x1_0000;
/// The bits of a value for the cost.
pub const COST: u32 = 14;
/// Units of cost in a natural logarithm.
pub const UNIT: f64 = 400.0;

/// The packed form of the dictionary; an error names the line.
pub fn pack(table: &str) -> Result<Vec<u8>, String> {
    let mut words: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for (n, line) in table.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let bad = || format!("line {}: expected word, count and tag", n + 1);
        let mut cells = line.split('\t');
        let word = cells.next().ok_or_else(bad)?;
        let count = cells.next().and_then(|c| c.parse().ok()).ok_or_else(bad)?;
        let tag = cells.next().ok_or_else(bad)?;
        let is_plain = !word.is_empty() && word.chars().all(|c| (c as usize) < PLANE);
        if !is_plain || count == 0 || tag.is_empty() || words.insert(word, (count, tag)).is_some() {
            return Err(bad());
        }
    }
    let codes: Vec<u32> = words
        .keys()
        .flat_map(|w| w.chars())
        .map(u32::from)
        .collect();
    let mut numbers = double_array::numbers(codes.iter().copied());
    let mut tags: Vec<&str> = words.values().map(|(_, tag)| *tag).collect();
    tags.sort_unstable();
    tags.dedup();
    let all = words
        .values()
        .map(|(count, _)| *count as f64)
        .sum::<f64>()
        .ln();
    let numbered: Vec<u16> = codes.iter().map(|code| numbers[*code as usize]).collect();
    let mut entries: Vec<Entry> = Vec::with_capacity(words.len());
    let mut end = 0;
    for (word, (count, tag)) in &words {
        let cost = ((all - (*count as f64).ln()) * UNIT).round() as u32;
        let tag = tags.binary_search(tag).expect("each tag is among them") as u32;
        if (cost + 1) >> COST > 0 {
            return Err(format!("{word} is too rare"));
        }
        let start = end;
        end += word.chars().count();
        entries.push((&numbered[start..end], (cost + 1) | (tag << COST)));
    }
    entries.sort_unstable();
    let cells = double_array::cells(&entries)?;
    numbers.resize(PLANE, 0);
    let mut out: Vec<u8> = numbers.into_iter().flat_map(u16::to_le_bytes).collect();
    out.extend(((all * UNIT).round() as u32).to_le_bytes());
    out.extend((tags.len() as u32).to_le_bytes());
    for tag in tags {
        let code = tag
            .bytes()
            .take(2)
            .fold(0, |code, b| code << 8 | u16::from(b));
        out.extend(code.to_le_bytes());
    }
    out.extend(cells.into_iter().flat_map(|cell| cell.0.to_le_bytes()));
    Ok(out)
}
