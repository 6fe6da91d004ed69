//! The index of names: which entities a name, a part of one, its pinyin or a misspelling may mean.
//!
//! Written at the end of a build beside the store, from the entities alone and in a fixed order: one file, and a second one
//! with what has changed since, as long as that is little. The same graph gives the same answers. Searched where it lies:
//! of a file only what a search walks over is read, never the whole. An *entry* is an entity with its names and how often it is spoken of; entries are numbered from the
//! most spoken of down, so that every list of numbers is ranked already.

mod build;
mod file;
mod pinyin;
mod search;
mod since;
mod slips;

use serde::{Deserialize, Serialize};

use crate::model::EntityType;

pub use build::{Writer, write};
pub use pinyin::{letters, readings};
pub use since::{Names, changes};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Result;

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
    fn what_does_not_fit_into_memory_changes_no_byte() {
        let folder = tempfile::tempdir().unwrap();
        let entries: Vec<Entry> = (0..500)
            .map(|i| entry(&format!("第{}村产业园{}", i % 50, i % 7), i % 5))
            .collect();
        let [mut one, mut other] = [Vec::new(), Vec::new()];
        for (most, bytes) in [(1 << 20, &mut one), (300, &mut other)] {
            let mut writer = Writer::holding(folder.path(), most);
            entries.iter().for_each(|e| writer.add(e).unwrap());
            writer.write(bytes).unwrap();
        }
        assert!(one == other);
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
