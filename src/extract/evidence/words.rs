//! Words: the likeliest way to cut characters into words of a dictionary.
//!
//! Each word is as likely as it is frequent, whatever stands beside it; of all ways to cut a line the one whose product of
//! probabilities is highest is found by one pass over all words in it (the unigram model of Sproat et al. 1996, "A stochastic
//! finite-state word-segmentation algorithm for Chinese"). Latin letters and digits that stand together are one word. What
//! else is in no word stays single characters: a model of unknown words tells the labelling nothing that it needs.

use std::sync::LazyLock;

use super::{Word, form_code};
use crate::embedded::WORDS;
use crate::text::walks::{Found, walk_all};

/// Characters that have numbers.
const PLANE: usize = 0x1_0000;
/// The tags of digits, of what has letters too, and of what is in no word, as the dictionary has them.
const NUMERAL: u16 = b'm' as u16;
const LETTERS: u16 = (b'e' as u16) << 8 | b'n' as u16;
const UNKNOWN: u16 = b'x' as u16;
/// The bits of a value for the cost of a word plus one; its tag stands above them, as `src/embedded/words.rs` packs it.
const COST: u32 = 14;

/// Words with their costs, the less the more frequent, and their tags.
struct Dictionary<'a> {
    /// For each character of the basic plane its number, 0 where it is in no word.
    numbers: &'a [[u8; 2]; PLANE],
    /// The cost of what is in no word: that of a word seen once.
    unknown: u64,
    tags: Vec<u16>,
    cells: &'a [[u8; 8]],
}

static DICTIONARY: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::unpack(WORDS).expect("the build packed it"));

impl<'a> Dictionary<'a> {
    fn unpack(bytes: &'a [u8]) -> Option<Self> {
        let (numbers, rest) = bytes.split_at_checked(2 * PLANE)?;
        let (unknown, rest) = rest.split_first_chunk()?;
        let (n_tags, rest) = rest.split_first_chunk()?;
        let (tags, cells) = rest.split_at_checked(2 * u32::from_le_bytes(*n_tags) as usize)?;
        let tags = tags.as_chunks().0.iter();
        Some(Self {
            numbers: numbers.as_chunks().0.try_into().ok()?,
            unknown: u64::from(u32::from_le_bytes(*unknown)),
            tags: tags.map(|tag| u16::from_le_bytes(*tag)).collect(),
            cells: cells.as_chunks().0,
        })
    }

    fn number(&self, c: char) -> u16 {
        let number = self.numbers.get(c as usize);
        number.map_or(0, |number| u16::from_le_bytes(*number))
    }

    /// The words that stand in characters, by start.
    fn words(&self, chars: &[char]) -> Vec<Found> {
        walk_all(self.cells, chars.iter().map(|c| self.number(*c)))
    }

    /// The cost and the tag of a word.
    #[inline(always)]
    fn weigh(&self, word: &Found) -> (u64, u16) {
        let cost = word.value & ((1 << COST) - 1);
        (
            u64::from(cost) - 1,
            self.tags[(word.value >> COST) as usize],
        )
    }
}

/// The cheapest way to cut what is before a position: its cost, and where its last word begins, with the tag of that.
#[derive(Clone, Copy)]
struct Best {
    cost: u64,
    from: u32,
    tag: u16,
}

/// Cuts characters into words; lines are cut one by one.
pub(super) fn cut(chars: &[char]) -> Vec<Word> {
    let mut words = Vec::with_capacity(chars.len() / 2);
    let found = DICTIONARY.words(chars);
    let mut found = found.iter().peekable();
    let mut best = Vec::new();
    let mut start = 0;
    for line in chars.split_inclusive(|c| *c == '\n') {
        let mut here = |at: usize| found.next_if(|word| word.start as usize == start + at);
        cheapest(&DICTIONARY, line, &mut here, &mut best);
        let first = words.len();
        let mut end = line.len();
        while end > 0 {
            let Best { from, tag, .. } = best[end];
            let from = from as usize;
            words.push(Word {
                start: start + from,
                end: start + end,
                tag: u64::from(tag),
                form: form_code(&line[from..end]),
            });
            end = from;
        }
        words[first..].reverse();
        start += line.len();
    }
    words
}

/// Finds the cheapest way to cut a line before each position; `here` gives the next of the words that begin at one, none of
/// which goes beyond its line.
fn cheapest<'a>(
    dictionary: &Dictionary,
    line: &[char],
    here: &mut impl FnMut(usize) -> Option<&'a Found>,
    best: &mut Vec<Best>,
) {
    best.clear();
    let none = Best {
        cost: u64::MAX,
        from: 0,
        tag: UNKNOWN,
    };
    best.resize(line.len() + 1, none);
    best[0].cost = 0;
    let mut run = 0..0;
    for at in 0..line.len() {
        let before = best[at].cost;
        let mut see = |length: usize, cost: u64, tag: u16| {
            let cost = before + cost;
            let best = &mut best[at + length];
            // Of ways that cost the same the one with the longer last word was seen first.
            if cost < best.cost {
                let from = at as u32;
                *best = Best { cost, from, tag };
            }
        };
        while let Some(word) = here(at) {
            let (cost, tag) = dictionary.weigh(word);
            see(word.length as usize, cost, tag);
        }
        if at >= run.end && line[at].is_ascii_alphanumeric() {
            run = at..run_end(line, at);
            let is_numeral = !line[run.clone()].iter().any(char::is_ascii_alphabetic);
            let tag = if is_numeral { NUMERAL } else { LETTERS };
            see(run.len(), dictionary.unknown, tag);
        }
        see(1, dictionary.unknown, UNKNOWN);
    }
}

/// Where letters and digits end that stand together from a position on, with single joints between them and a percent sign
/// behind them.
fn run_end(line: &[char], start: usize) -> usize {
    let is_part = |at: usize| line.get(at).is_some_and(char::is_ascii_alphanumeric);
    let joins = |at: usize| matches!(line.get(at), Some('.' | '_' | '-'));
    let mut end = start;
    while is_part(end) || joins(end) && is_part(end + 1) {
        end += 1;
    }
    end + usize::from(line.get(end) == Some(&'%'))
}

#[cfg(test)]
use crate::text::double_array;

#[cfg(test)]
#[path = "../../embedded/words.rs"]
mod packing;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// A text cut, with tags where they are asked for.
    fn told(text: &str, tagged: bool) -> String {
        let chars: Vec<char> = text.chars().collect();
        let told = |word: &Word| {
            let mut told: String = chars[word.start..word.end].iter().collect();
            if tagged {
                let letters = [(word.tag >> 8) as u8, word.tag as u8];
                let letters = letters.into_iter().filter(|b| *b > 0).map(char::from);
                told.extend(['/'].into_iter().chain(letters));
            }
            told
        };
        cut(&chars).iter().map(told).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn texts_are_cut_as_they_are_read() {
        for cut in [
            "县委 、 县政府 先后 引进 了 食品 企业",
            "研究 生命 起源",
            "基础设施 建设项目 投资 3.06 亿元",
            "2019 年 评为 A4 级 ， 同比 增长 6.8% 。",
            "第 5 批 ， HTTP-2 ， . 5",
            "第一行 \n 第二行",
            "\u{1F33E} \u{1F33E} 稻米",
            "",
        ] {
            assert_eq!(told(&cut.replace(' ', ""), false), cut);
        }
    }

    #[test]
    fn each_word_has_its_tag() {
        assert_eq!(
            told("2023年A4纸，5个水果", true),
            "2023/m 年/m A4/en 纸/n ，/x 5/m 个/q 水果/n"
        );
    }

    #[test]
    fn the_likelier_way_is_taken_and_of_equal_ones_the_longer_word() {
        let ends = |table: &str| {
            let packed = packing::pack(table).expect("a good table");
            let dictionary = Dictionary::unpack(&packed).expect("as it was packed");
            let line: Vec<char> = "河长制办".chars().collect();
            let found = dictionary.words(&line);
            let mut found = found.iter().peekable();
            let mut here = |at: usize| found.next_if(|word| word.start as usize == at);
            let mut best = Vec::new();
            cheapest(&dictionary, &line, &mut here, &mut best);
            let mut ends = vec![line.len()];
            while let Some(end) = ends.last().filter(|end| **end > 0) {
                ends.push(best[*end].from as usize);
            }
            ends
        };
        assert_eq!(ends("河长\t90\tn\n制办\t90\tn\n长制\t9\tn"), [4, 2, 0]);
        let likelier = "河长\t2\tn\n长制\t90\tn\n河\t90\tn\n办\t90\tn";
        assert_eq!(ends(likelier), [4, 3, 1, 0]);
        // A character that is in no word costs what a word costs that was seen once.
        assert_eq!(ends("长制\t1\tn\n河长制办公\t1\tn"), [4, 3, 1, 0]);
        assert_eq!(ends("河长\t1\tn\n制办\t1\tn\n长制办\t1\tn"), [4, 1, 0]);
    }

    #[test]
    fn each_word_is_found_and_no_other() {
        let table = include_str!("../../../data/words/words.tsv");
        let words = table.lines().filter_map(|line| line.split('\t').next());
        let words: BTreeSet<&str> = words.collect();
        for word in words.iter().step_by(7) {
            let chars: Vec<char> = word.chars().collect();
            let found = DICTIONARY.words(&chars);
            let first = found.iter().take_while(|word| word.start == 0);
            let found: Vec<usize> = first.map(|word| word.length as usize).collect();
            let is_word = |n: &usize| words.contains(&*chars[..*n].iter().collect::<String>());
            let expected: Vec<usize> = (1..=chars.len()).filter(is_word).collect();
            assert_eq!(found, expected, "{word}");
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        for (table, line) in [
            ("河长\t3\tn\n河长\t4\tn", 2),
            ("河长\t0\tn", 1),
            ("# words\n河长\t3", 2),
            ("\t3\tn", 1),
            ("\u{1F33E}\t3\tn", 1),
        ] {
            let problem = packing::pack(table).expect_err(table);
            assert!(problem.starts_with(&format!("line {line}:")), "{problem}");
        }
    }

    proptest! {
        #[test]
        fn words_tile_any_text(text in "[一-龟河长制工程项目A-Z0-9.%\\-\n ，。]{0,60}|\\PC{0,40}") {
            let chars: Vec<char> = text.chars().collect();
            let mut end = 0;
            for word in cut(&chars) {
                prop_assert!(word.start == end && word.end > end);
                end = word.end;
            }
            prop_assert_eq!(end, chars.len());
        }
    }
}
