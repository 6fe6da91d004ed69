//! Pinyin of names: every reading that a person may type.
//!
//! The readings of characters come from the crate `pinyin`, which gives the most common one of each first; `data/readings.tsv`
//! says how characters and words are read in names (重庆, 六安, 河长). A word's reading stands beside those of its
//! characters, so that whoever types the wrong one finds the name too.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use pinyin::{ToPinyin, ToPinyinMulti};

/// Names longer than this are indexed by one reading of each character: no one types a long name in a rare one.
const FEW: usize = 6;
/// So many ways to read a name at most.
const MOST: usize = 16;
/// Longer names are not looked for by pinyin.
const LONGEST: usize = 24;

static TABLE: &str = include_str!("../../data/readings.tsv");

/// The readings of `data/readings.tsv`, by term, one syllable a character.
fn table() -> &'static HashMap<&'static str, Vec<&'static str>> {
    static WORDS: OnceLock<HashMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| line.split_once('\t'))
            .map(|(term, reading)| (term, reading.split(' ').collect()))
            .collect()
    })
}

/// The ways to read a name, each as its syllables, the likeliest first; other letters and digits stand for themselves.
///
/// ```
/// let readings = xiangtu::names::readings("重庆市");
/// assert_eq!(readings[0].concat(), "chongqingshi");
/// assert!(readings.iter().any(|reading| reading.concat() == "zhongqingshi"));
/// ```
pub fn readings(name: &str) -> Vec<Vec<String>> {
    let chars: Vec<char> = name.chars().collect();
    if chars.len() > LONGEST {
        return Vec::new();
    }
    let mut ways: Vec<Vec<String>> = vec![Vec::new()];
    for options in syllables(&chars) {
        let few = if chars.len() <= FEW { options.len() } else { 1 };
        let room = (MOST / ways.len()).max(1);
        let options = &options[..few.min(room)];
        ways = options
            .iter()
            .flat_map(|option| {
                ways.iter().map(move |way| {
                    let mut way = way.clone();
                    way.push(option.clone());
                    way
                })
            })
            .collect();
    }
    ways.retain(|way| !way.is_empty());
    ways
}

/// For each character its readings, the likeliest first; characters that are not read are left out.
fn syllables(chars: &[char]) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        // The longest word of the table that begins here; words have up to four characters.
        let word = (1..=4.min(chars.len() - i)).rev().find_map(|n| {
            let term: String = chars[i..i + n].iter().collect();
            table().get(term.as_str())
        });
        match word {
            Some(word) => {
                for (offset, syllable) in word.iter().enumerate() {
                    all.push(options(chars[i + offset], Some(syllable)));
                }
                i += word.len();
            }
            None => {
                all.push(options(chars[i], None));
                i += 1;
            }
        }
    }
    all.retain(|options| !options.is_empty());
    all
}

fn options(c: char, first: Option<&str>) -> Vec<String> {
    if c.is_ascii_alphanumeric() {
        return vec![c.to_ascii_lowercase().to_string()];
    }
    let mut options: Vec<String> = first.map(str::to_owned).into_iter().collect();
    let common = c.to_pinyin().map(|reading| reading.plain());
    let others = c.to_pinyin_multi().into_iter().flatten();
    for reading in common.into_iter().chain(others.map(|other| other.plain())) {
        let reading = reading.replace('ü', "v");
        if !options.contains(&reading) {
            options.push(reading);
        }
    }
    options
}

/// The keys under which a name's pinyin is stored: whole and by first letters.
pub(super) fn keys(name: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    if !name.chars().any(crate::text::is_han) {
        return keys;
    }
    for way in readings(name) {
        let first: String = way
            .iter()
            .filter_map(|syllable| syllable.chars().next())
            .collect();
        keys.insert(stored(&way.concat(), false));
        if way.len() > 1 {
            keys.insert(stored(&first, true));
        }
    }
    keys
}

/// A key as it is stored: first letters behind a full stop, so that both kinds share one map.
pub(super) fn stored(letters: &str, initials: bool) -> String {
    if initials {
        format!(".{letters}")
    } else {
        letters.to_owned()
    }
}

/// What was typed as plain letters, if it may be pinyin: tone marks, tone numbers, spaces and apostrophes are dropped.
///
/// ```
/// use xiangtu::names::letters;
/// assert_eq!(letters("Lǜ chūn").as_deref(), Some("lvchun"));
/// assert_eq!(letters("xi'an4").as_deref(), Some("xian"));
/// assert_eq!(letters("锦江"), None);
/// ```
pub fn letters(typed: &str) -> Option<String> {
    const MARKED: [(&str, char); 7] = [
        ("āáǎà", 'a'),
        ("ēéěèê", 'e'),
        ("īíǐì", 'i'),
        ("ōóǒò", 'o'),
        ("ūúǔù", 'u'),
        ("üǖǘǚǜ", 'v'),
        ("ńňǹ", 'n'),
    ];
    let mut letters = String::new();
    for c in typed.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' => letters.push(c),
            ' ' | '\'' | '’' | '-' | '1'..='5' | '\u{300}'..='\u{304}' | '\u{30C}' => {}
            c => letters.push(MARKED.iter().find(|(marked, _)| marked.contains(c))?.1),
        }
    }
    Some(letters).filter(|letters| !letters.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reading_of_the_table_has_a_syllable_a_character() {
        let mut last = "";
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (term, reading) = line.split_once('\t').unwrap();
            assert_eq!(term.chars().count(), reading.split(' ').count(), "{line}");
            assert!(
                reading.bytes().all(|b| b.is_ascii_lowercase() || b == b' '),
                "{line}"
            );
            assert!(last < term, "{line}: out of order");
            last = term;
        }
    }

    #[test]
    fn readings_stay_few() {
        for name in ["重重重重重重重重", "和乐长重行都", "阿"] {
            let n = readings(name).len();
            assert!((1..=MOST).contains(&n), "{name}: {n}");
        }
        assert!(readings("").is_empty());
    }
}
