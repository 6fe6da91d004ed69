//! The index of names: which entities a name, a part of one, its pinyin or a misspelling may mean.
//!
//! Written at the end of a build as one file beside the store, from the entities alone and in a fixed order, so that the
//! same graph gives the same bytes. Searched where it lies: of a file only what a search walks over is read, never the
//! whole. An *entry* is an entity with its names and how often it is spoken of; entries are numbered from the
//! most spoken of down, so that every list of numbers is ranked already.

mod build;
mod file;
mod pinyin;
mod slips;

use std::collections::BTreeSet;

use fst::automaton::{Automaton, Str};
use fst::{IntoStreamer, Streamer};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::model::EntityType;
use crate::text::key;

pub use build::write;
pub use file::Names;
pub use pinyin::{letters, readings};
use slips::Slips;

/// An entity as the index knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// IRI.
    pub id: String,
    /// What kind of thing it is.
    #[serde(rename = "type")]
    pub kind: Option<EntityType>,
    /// The name first, then the others.
    pub names: Vec<String>,
    /// Number of statements with it as subject or object.
    pub statements: usize,
    /// Number of documents that name it.
    pub documents: usize,
}

/// How a name was found, the closest way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// A division code or IRI.
    Code,
    /// The name itself.
    Name,
    /// Another name.
    Alias,
    /// A place's name with divisions above it: 上高县锦江镇.
    Path,
    /// The name's pinyin, in any reading.
    Pinyin,
    /// The first letters of the name's pinyin.
    Initials,
    /// A part of a name, or the beginning of its pinyin.
    Part,
    /// A name that differs by a slip or two.
    Typo,
}

/// At most so many keys are looked at that begin alike: the one letter `j` begins a tenth of all keys.
const MOST_KEYS: usize = 10_000;

impl Names {
    /// The numbers of the entries with exactly this name.
    pub fn exact(&self, name: &str) -> Result<Vec<u32>> {
        match self.keys()?.get(key(name)) {
            Some(value) => self.entries_of(value),
            None => Ok(Vec::new()),
        }
    }

    /// The entries whose pinyin this is, whole (`initials` false) or by first letters.
    pub fn by_pinyin(&self, wanted: &str, initials: bool) -> Result<Vec<u32>> {
        let Some(letters) = letters(wanted) else {
            return Ok(Vec::new());
        };
        match self.pinyin()?.get(pinyin::stored(&letters, initials)) {
            Some(value) => self.entries_of(value),
            None => Ok(Vec::new()),
        }
    }

    /// The entries one of whose names holds this, or whose pinyin begins so; of the former the first `most` only.
    pub fn part(&self, wanted: &str, most: usize) -> Result<Vec<u32>> {
        let text = key(wanted);
        let chars: Vec<char> = text.chars().collect();
        let mut found: BTreeSet<u32> = BTreeSet::new();
        match chars.as_slice() {
            [] => return Ok(Vec::new()),
            [_] => found.extend(self.beginning(&self.keys()?, &text)?),
            _ => {
                for number in self.holding(&chars)? {
                    if self
                        .entry(number)?
                        .names
                        .iter()
                        .any(|n| key(n).contains(&text))
                    {
                        found.insert(number);
                        if found.len() >= most {
                            break;
                        }
                    }
                }
            }
        }
        if let Some(letters) = letters(wanted).filter(|letters| letters.len() > 1) {
            for initials in [false, true] {
                let begin = pinyin::stored(&letters, initials);
                found.extend(self.beginning(&self.pinyin()?, &begin)?);
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The entries whose name or pinyin differs from this by one slip, or two where it is long; the nearest first.
    pub fn near(&self, wanted: &str) -> Result<Vec<u32>> {
        let mut found: Vec<(usize, u32)> = Vec::new();
        let text = key(wanted);
        match text.chars().count() {
            // Two characters of which one may be wrong are any name of that surname.
            ..3 => {}
            3..6 => self.slipped(&self.keys()?, &text, 1, &mut found)?,
            n => self.alike(&text, if n < 9 { 1 } else { 2 }, &mut found)?,
        }
        if let Some(letters) = letters(wanted).filter(|letters| letters.len() >= 5) {
            let slips = if letters.len() >= 10 { 2 } else { 1 };
            let whole = pinyin::stored(&letters, false);
            self.slipped(&self.pinyin()?, &whole, slips, &mut found)?;
        }
        found.sort_unstable();
        let mut seen = BTreeSet::new();
        found.retain(|(_, number)| seen.insert(*number));
        Ok(found.into_iter().map(|(_, number)| number).collect())
    }

    fn beginning(&self, keys: &file::Keys<'_>, begin: &str) -> Result<BTreeSet<u32>> {
        let mut found = BTreeSet::new();
        let mut stream = keys.search(Str::new(begin).starts_with()).into_stream();
        let mut looked_at = 0;
        while let Some((_, value)) = stream.next() {
            found.extend(self.entries_of(value)?);
            looked_at += 1;
            if looked_at == MOST_KEYS {
                break;
            }
        }
        Ok(found)
    }

    fn slipped(
        &self,
        keys: &file::Keys<'_>,
        wanted: &str,
        slips: usize,
        found: &mut Vec<(usize, u32)>,
    ) -> Result<()> {
        let mut stream = keys.search(Slips::new(wanted, slips)).into_stream();
        while let Some((near, value)) = stream.next() {
            let distance = strsim::osa_distance(wanted, &String::from_utf8_lossy(near));
            found.extend(self.entries_of(value)?.into_iter().map(|e| (distance, e)));
        }
        Ok(())
    }

    /// Long names, of which two slips leave too many beginnings open: those that share enough pairs of neighbours, then
    /// the distance. A slip spoils two pairs, two neighbours in each other's place three.
    fn alike(&self, wanted: &str, slips: usize, found: &mut Vec<(usize, u32)>) -> Result<()> {
        let chars: Vec<char> = wanted.chars().collect();
        for number in self.sharing(&chars, chars.len() - 1 - 2 * slips)? {
            let names = self.entry(number)?.names;
            let distances = names
                .iter()
                .map(|name| strsim::osa_distance(wanted, &key(name)));
            found.extend(distances.min().filter(|d| *d <= slips).map(|d| (d, number)));
        }
        for swapped in swaps(wanted) {
            let entries = self.exact(&swapped)?.into_iter();
            found.extend(entries.map(|entry| (1, entry)));
        }
        Ok(())
    }
}

/// The text with each two neighbouring characters in each other's place.
fn swaps(text: &str) -> impl Iterator<Item = String> {
    let chars: Vec<char> = text.chars().collect();
    (1..chars.len()).map(move |i| {
        let mut swapped = chars.clone();
        swapped.swap(i - 1, i);
        swapped.into_iter().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, statements: usize) -> Entry {
        Entry {
            id: format!("https://w3id.org/xiangtu/id/place/{name}"),
            kind: Some(EntityType::Place),
            names: vec![name.to_owned()],
            statements,
            documents: 1,
        }
    }

    fn index(names: &[&str]) -> Names {
        let entries = names
            .iter()
            .enumerate()
            .map(|(i, name)| entry(name, 100 - i));
        let mut bytes = Vec::new();
        write(entries.collect(), &mut bytes).unwrap();
        Names::from_bytes(bytes).unwrap()
    }

    fn shown(names: &Names, found: Vec<u32>) -> Vec<String> {
        let name = |n| names.entry(n).unwrap().names[0].clone();
        found.into_iter().map(name).collect()
    }

    #[test]
    fn a_name_is_found_by_each_way() {
        let names = index(&[
            "锦江镇",
            "重庆市",
            "长沙市",
            "乐清市",
            "六安市",
            "锦江村产业路",
            "River chief",
        ]);
        let by = |found: Result<Vec<u32>>| shown(&names, found.unwrap());
        assert_eq!(by(names.exact("锦 江镇")), ["锦江镇"]);
        assert_eq!(by(names.exact("river CHIEF")), ["River chief"]);
        for (typed, name) in [
            ("jinjiangzhen", "锦江镇"),
            ("Jǐn Jiāng Zhèn", "锦江镇"),
            ("jin3 jiang1 zhen4", "锦江镇"),
            ("chongqingshi", "重庆市"),
            ("zhongqingshi", "重庆市"),
            ("changshashi", "长沙市"),
            ("yueqingshi", "乐清市"),
            ("leqingshi", "乐清市"),
            ("lu'anshi", "六安市"),
        ] {
            assert_eq!(by(names.by_pinyin(typed, false)), [name], "{typed}");
        }
        assert_eq!(by(names.by_pinyin("jjz", true)), ["锦江镇"]);
        assert_eq!(by(names.by_pinyin("cqs", true)), ["重庆市"]);
        assert_eq!(by(names.part("锦江", 9)), ["锦江镇", "锦江村产业路"]);
        assert_eq!(by(names.part("产业路", 9)), ["锦江村产业路"]);
        assert_eq!(by(names.part("锦", 9)), ["锦江镇", "锦江村产业路"]);
        assert_eq!(by(names.part("jinjiang", 9)), ["锦江镇", "锦江村产业路"]);
        assert!(by(names.part("江锦", 9)).is_empty());
        for typed in [
            "绵江镇",
            "江锦镇",
            "锦江小镇",
            "jinjangzhen",
            "jinjiangzehn",
        ] {
            assert_eq!(by(names.near(typed)), ["锦江镇"], "{typed}");
        }
        assert!(by(names.near("河长制")).is_empty());
        for typed in [
            "锦江村产业陆",
            "锦江产业路",
            "锦江村村产业路",
            "绵江村产业路",
            "锦江村业产路",
        ] {
            assert_eq!(by(names.near(typed)), ["锦江村产业路"], "{typed}");
        }
    }

    #[test]
    fn the_most_spoken_of_comes_first() {
        let names = index(&["甲村小学", "乙村小学", "丙村小学"]);
        assert_eq!(
            shown(&names, names.part("村小学", 9).unwrap()),
            ["甲村小学", "乙村小学", "丙村小学"]
        );
    }

    #[test]
    fn the_order_of_entries_does_not_change_a_byte() {
        let entries: Vec<Entry> = (0..200)
            .map(|i| entry(&format!("第{i}村"), i % 7))
            .collect();
        let mut backwards = entries.clone();
        backwards.reverse();
        let [mut one, mut two] = [Vec::new(), Vec::new()];
        write(entries, &mut one).unwrap();
        write(backwards, &mut two).unwrap();
        assert!(one == two);
    }

    #[test]
    fn a_cut_file_is_an_error_and_no_panic() {
        let mut bytes = Vec::new();
        write(vec![entry("锦江镇", 1)], &mut bytes).unwrap();
        for n in 0..bytes.len() {
            if let Ok(names) = Names::from_bytes(bytes[..n].to_vec()) {
                let _ = names.exact("锦江镇");
                let _ = names.part("锦江", 9);
            }
        }
        assert!(Names::from_bytes(bytes[..bytes.len() - 1].to_vec()).is_err());
    }
}
