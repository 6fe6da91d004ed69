//! Terms by their characters: which of many terms begin at a position.
//!
//! From every position of a text all terms that begin there are found by one walk. The first step is an array load; for
//! the others the characters that can follow a state lie side by side, in order. Each state carries a small filter
//! of them, so that most walks end without a search; and a filter of the first two characters tells of most positions that
//! no walk is worth its beginning. States are numbered level by level, so that the ones that most walks reach lie together:
//! what counts is how little of the trie has to come from memory.

use std::ops::Range;

use super::PairFilter;

/// Terms, each with a number.
#[derive(Clone, Debug)]
pub struct Trie {
    /// For each character of the basic plane the state after it; 0 where no term begins with it. So small that what texts use
    /// of it stays near the processor.
    roots: Vec<u16>,
    /// The state before any character, those after one, those after two and so on, then an empty one.
    states: Vec<State>,
    /// For each state the last character before it.
    by: Vec<char>,
    /// The first two characters of terms.
    pairs: PairFilter,
    /// For each character of the basic plane whether it is a term by itself, one bit each; for all others together the last.
    alone: Vec<u64>,
}

/// What is known after some characters.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// The first of the states that follow; they end where those of the next state begin.
    first: u32,
    /// The number of the term that ends here, plus one; 0 for none.
    term: u32,
    /// Which characters can follow, by five bits of their hash.
    next: u32,
}

const PLANE: usize = 0x1_0000;
/// A walk waits for its second step to come from memory, which is asked for so many characters ahead.
const AHEAD: usize = 6;
/// Among so few characters looking at each is faster than halving.
const FEW: usize = 8;

fn bit(c: char) -> u32 {
    1 << ((c as u32).wrapping_mul(0x9E37_79B1) >> 27)
}

/// A state that is being made: terms that begin alike, and how many characters are alike.
struct Open {
    first: usize,
    end: usize,
    length: usize,
}

impl Trie {
    /// A trie of terms, each with its number; of equal terms the last number counts.
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
        let mut terms: Vec<(&str, u32)> = terms.into_iter().collect();
        // By bytes is by characters.
        terms.sort_by_key(|(term, _)| *term);
        let numbers: Vec<u32> = terms.iter().map(|(_, number)| *number).collect();
        let terms: Vec<Vec<char>> = terms.iter().map(|(t, _)| t.chars().collect()).collect();
        let mut trie = Self {
            roots: vec![0; PLANE],
            states: Vec::new(),
            by: vec!['\0'],
            pairs: PairFilter::new(&[]),
            alone: vec![0; PLANE / 64 + 1],
        };
        let mut open = vec![Open {
            first: 0,
            end: terms.len(),
            length: 0,
        }];
        while let Some(&Open { first, end, length }) = open.get(trie.states.len()) {
            let ends = terms[first..end].partition_point(|term| term.len() == length);
            let term = ends
                .checked_sub(1)
                .map_or(0, |last| numbers[first + last] + 1);
            let mut state = State {
                first: open.len() as u32,
                term: if length > 0 { term } else { 0 },
                next: 0,
            };
            let mut at = first + ends;
            while at < end {
                let c = terms[at][length];
                let n = terms[at..end].partition_point(|term| term[length] == c);
                state.next |= bit(c);
                trie.by.push(c);
                open.push(Open {
                    first: at,
                    end: at + n,
                    length: length + 1,
                });
                at += n;
            }
            trie.states.push(state);
        }
        trie.states.push(State {
            first: open.len() as u32,
            ..State::default()
        });
        trie.begin(&terms);
        trie
    }

    /// Notes how terms begin.
    fn begin(&mut self, terms: &[Vec<char>]) {
        for state in self.following(0) {
            // There are fewer characters than numbers for them: surrogates are none.
            if let Some(root) = self.roots.get_mut(self.by[state] as usize) {
                *root = state as u16;
            }
        }
        let mut pairs = Vec::new();
        for term in terms {
            match **term {
                [first, second, ..] if pairs.last() != Some(&(first, second)) => {
                    pairs.push((first, second));
                }
                [only] => {
                    let at = (only as usize).min(PLANE);
                    self.alone[at / 64] |= 1 << (at % 64);
                }
                _ => {}
            }
        }
        self.pairs = PairFilter::new(&pairs);
    }

    /// Whether a term may begin with these characters, or with the first of them alone.
    #[inline]
    fn may_begin(&self, text: &[char]) -> bool {
        match *text {
            [first, second, ..] if self.pairs.may_have(first, second) => true,
            [first, ..] => self.is_alone(first),
            [] => false,
        }
    }

    /// Whether a character may be a term by itself.
    #[inline]
    fn is_alone(&self, c: char) -> bool {
        let at = (c as usize).min(PLANE);
        self.alone[at / 64] >> (at % 64) & 1 == 1
    }

    /// The states that follow one.
    #[inline]
    fn following(&self, state: usize) -> Range<usize> {
        self.states[state].first as usize..self.states[state + 1].first as usize
    }

    /// The state after the first character; 0 for none.
    #[inline]
    fn root(&self, c: char) -> usize {
        match self.roots.get(c as usize) {
            Some(&state) => usize::from(state),
            None => self.step(0, c).unwrap_or(0),
        }
    }

    #[inline]
    fn step(&self, state: usize, c: char) -> Option<usize> {
        if self.states[state].next & bit(c) == 0 {
            return None;
        }
        let following = self.following(state);
        let by = &self.by[following.clone()];
        let at = if by.len() <= FEW {
            by.iter().position(|&other| other == c)
        } else {
            by.binary_search(&c).ok()
        };
        Some(following.start + at?)
    }

    /// All terms that a text begins with, the shortest first: their length in characters and their number.
    #[inline]
    pub fn find(&self, text: &[char], mut each: impl FnMut(usize, u32)) {
        if self.may_begin(text) {
            self.walk(text, &mut each);
        }
    }

    /// The same where a term may begin.
    #[inline]
    fn walk(&self, text: &[char], mut each: impl FnMut(usize, u32)) {
        let Some((&first, rest)) = text.split_first() else {
            return;
        };
        let mut state = self.root(first);
        if state == 0 {
            return;
        }
        let mut length = 1;
        let mut rest = rest.iter();
        loop {
            let term = self.states[state].term;
            if term > 0 {
                each(length, term - 1);
            }
            let Some(next) = rest.next().and_then(|&c| self.step(state, c)) else {
                return;
            };
            state = next;
            length += 1;
        }
    }

    /// All terms that stand anywhere in a text, by start, then the shortest first: their start and length in characters, their number.
    #[inline]
    pub fn find_all(&self, text: &[char], mut each: impl FnMut(usize, usize, u32)) {
        let begins = |at: usize| match text.get(at..at + 2) {
            Some(&[first, second]) => self.pairs.may_have(first, second),
            _ => false,
        };
        // Whether a term may begin here, one further on and so on, one bit each.
        let mut ahead: usize = (0..AHEAD).map(|at| usize::from(begins(at)) << at).sum();
        for (start, &first) in text.iter().enumerate() {
            if begins(start + AHEAD) {
                ahead |= 1 << AHEAD;
                std::hint::black_box(self.nears(text[start + AHEAD]));
            }
            if ahead & 1 == 1 || self.is_alone(first) {
                self.walk(&text[start..], |length, term| each(start, length, term));
            }
            ahead >>= 1;
        }
    }

    /// Reads a character in the midst of those among which a walk seeks its second one, so that they come near; what it returns
    /// has no meaning.
    #[inline]
    fn nears(&self, first: char) -> char {
        if (first as usize) >= PLANE {
            return first;
        }
        let following = self.following(self.root(first));
        self.by[following.start.midpoint(following.end.max(1) - 1)]
    }

    /// The number of a term.
    pub fn get(&self, term: impl IntoIterator<Item = char>) -> Option<u32> {
        let mut term = term.into_iter();
        let mut state = Some(self.root(term.next()?)).filter(|state| *state > 0)?;
        for c in term {
            state = self.step(state, c)?;
        }
        self.states[state].term.checked_sub(1)
    }
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
            text in "[甲乙丙𠀀]{0,24}",
        ) {
            let terms: Vec<String> = terms.into_iter().collect();
            let trie = Trie::new(terms.iter().map(String::as_str).zip(0..));
            let chars: Vec<char> = text.chars().collect();
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
            prop_assert_eq!(all, one_by_one);
            for (n, term) in (0..).zip(&terms) {
                prop_assert_eq!(trie.get(term.chars()), Some(n));
            }
        }
    }
}
