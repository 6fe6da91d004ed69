//! Terms by their characters: which of many terms begin at a position.
//!
//! From every position of a text all terms that begin there are found by one walk, one load a character.

use super::double_array::{self, Cell, walk};
use super::walks::walk_all;

/// Terms, each with a number.
#[derive(Clone, Debug)]
pub struct Trie {
    /// The number of each character by its code; 0 where it is in no term.
    numbers: Vec<u16>,
    cells: Vec<Cell>,
}

impl Trie {
    /// A trie of terms, each with its number; of equal terms the last number counts, and what is empty is no term.
    ///
    /// # Panics
    /// If the terms have more than four million characters that do not begin alike.
    ///
    /// ```
    /// use xiangtu::text::Trie;
    /// let trie = Trie::new(["河长", "河长制", "长"].into_iter().zip(0..));
    /// let text: Vec<char> = "河长制".chars().collect();
    /// let mut found = Vec::new();
    /// trie.find(&text, |end, term| found.push((end, term)));
    /// assert_eq!(found, [(2, 0), (3, 1)]);
    /// assert_eq!(trie.get("长".chars()), Some(2));
    /// ```
    pub fn new<'a>(terms: impl IntoIterator<Item = (&'a str, u32)>) -> Self {
        let terms: Vec<(&str, u32)> = terms.into_iter().collect();
        let codes = terms.iter().flat_map(|(term, _)| term.chars());
        let codes: Vec<u32> = codes.map(u32::from).collect();
        let numbers = double_array::numbers(codes.iter().copied());
        let numbered: Vec<u16> = codes.iter().map(|code| numbers[*code as usize]).collect();
        let mut rest = &*numbered;
        let mut entries = Vec::with_capacity(terms.len());
        for (term, number) in terms {
            // A cell without a value is the end of no term.
            entries.push((cut(&mut rest, term.chars().count()), number + 1));
        }
        entries.retain(|(term, _)| !term.is_empty());
        entries.sort_by_key(|(term, _)| *term);
        entries.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = later.1;
            }
            same
        });
        let cells = double_array::cells(&entries).expect("there are not so many terms");
        Self { numbers, cells }
    }

    #[inline]
    fn number(&self, c: char) -> u16 {
        self.numbers.get(c as usize).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn walk(&self, numbers: impl Iterator<Item = u16>, mut each: impl FnMut(usize, u32)) {
        let cells = &*self.cells;
        walk(
            |at| cells[at],
            numbers,
            |length, term| each(length, term - 1),
        );
    }

    /// All terms that a text begins with, the shortest first: their length in characters and their number.
    #[inline]
    pub fn find(&self, text: &[char], each: impl FnMut(usize, u32)) {
        self.walk(text.iter().map(|c| self.number(*c)), each);
    }

    /// All terms that stand anywhere in a text, by start, then the shortest first: their start and length in characters, their number.
    #[inline]
    pub fn find_all(&self, text: &[char], mut each: impl FnMut(usize, usize, u32)) {
        let numbers = text.iter().map(|c| self.number(*c));
        for found in walk_all(&*self.cells, numbers) {
            each(found.start as usize, found.length as usize, found.value - 1);
        }
    }

    /// Whether a term stands anywhere in a text.
    pub fn occurs_in(&self, text: &[char]) -> bool {
        let mut occurs = false;
        for start in 0..text.len() {
            self.find(&text[start..], |_, _| occurs = true);
        }
        occurs
    }

    /// The number of a term.
    pub fn get(&self, term: impl IntoIterator<Item = char>) -> Option<u32> {
        let (mut n, mut found) = (0, None);
        let numbers = term.into_iter().map(|c| self.number(c));
        self.walk(numbers.inspect(|_| n += 1), |length, term| {
            found = Some((length, term));
        });
        found
            .filter(|(length, _)| *length == n)
            .map(|(_, term)| term)
    }
}

/// Cuts off the first of some numbers.
fn cut<'a>(rest: &mut &'a [u16], n: usize) -> &'a [u16] {
    let (first, behind) = rest.split_at(n);
    *rest = behind;
    first
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Trie;

    proptest! {
        /// What one walk finds is what trying every term finds, in the basic plane and beyond.
        #[test]
        fn finds_every_term_that_begins_there(
            terms in prop::collection::btree_set("[甲乙𠀀]{1,4}", 1..12),
            text in "[甲乙丙𠀀]{0,24}", again in 1..60usize,
        ) {
            let terms: Vec<String> = terms.into_iter().collect();
            let trie = Trie::new(terms.iter().map(String::as_str).zip(0..));
            // Long ones are walked along in several parts.
            let chars: Vec<char> = text.repeat(again).chars().collect();
            for start in 0..chars.len() {
                let mut found = Vec::new();
                trie.find(&chars[start..], |length, term| found.push((length, term)));
                let rest: String = chars[start..].iter().collect();
                let mut expected: Vec<(usize, u32)> = (0..)
                    .zip(&terms)
                    .filter(|(_, term)| rest.starts_with(term.as_str()))
                    .map(|(n, term)| (term.chars().count(), n))
                    .collect();
                expected.sort_unstable();
                prop_assert_eq!(found, expected);
            }
            let mut all = Vec::new();
            trie.find_all(&chars, |start, length, term| all.push((start, length, term)));
            let mut one_by_one = Vec::new();
            for start in 0..chars.len() {
                trie.find(&chars[start..], |length, term| one_by_one.push((start, length, term)));
            }
            prop_assert_eq!(trie.occurs_in(&chars), !all.is_empty());
            prop_assert_eq!(all, one_by_one);
            for (n, term) in (0..).zip(&terms) {
                prop_assert_eq!(trie.get(term.chars()), Some(n));
            }
        }
    }
}
