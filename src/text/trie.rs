//! Terms by their characters: which of many terms begin at a position.
//!
//! From every position of a text all terms that begin there are found by one walk. A step is one entry in an open hash
//! table under the state and the next character; the first step is an array load. Each state carries a small filter
//! of the characters that can follow, so that most walks end without a look into the table; and a filter of the first two
//! characters tells of most positions that no walk is worth its beginning. Building is one pass over the terms, a twentieth
//! of what an Aho-Corasick automaton costs.

use super::PairFilter;

/// Terms, each with a number.
#[derive(Clone, Debug)]
pub struct Trie {
    /// For each character of the basic plane the index of the state after it in `first`; 0 where no term begins with it. So
    /// small that what texts use of it stays near the processor.
    roots: Vec<u16>,
    /// The states after one character, behind an empty one.
    first: Vec<State>,
    slots: Vec<Slot>,
    n_states: u32,
    n_used: usize,
    /// The first two characters of terms.
    pairs: PairFilter,
    /// For each character of the basic plane whether it is a term by itself, one bit each; for all others together the last.
    alone: Vec<u64>,
}

/// What is known after some characters.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Number of the state; 0 for none.
    id: u32,
    /// The number of the term that ends here, plus one; 0 for none.
    term: u32,
    /// Which characters can follow, by five bits of their hash.
    next: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// The state before.
    from: u32,
    /// The character, plus one; 0 where the slot is empty.
    by: u32,
    state: State,
}

const PLANE: usize = 0x1_0000;
/// A walk waits for its second step to come from memory, which is asked for so many characters ahead.
const AHEAD: usize = 6;

fn bit(c: char) -> u32 {
    1 << ((c as u32).wrapping_mul(0x9E37_79B1) >> 27)
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
        let mut trie = Self {
            roots: vec![0; PLANE],
            first: vec![State::default()],
            slots: vec![Slot::default(); 1 << 10],
            n_states: 0,
            n_used: 0,
            pairs: PairFilter::new(&[]),
            alone: vec![0; PLANE / 64 + 1],
        };
        let mut pairs = Vec::new();
        for (term, number) in terms {
            trie.insert(term, number);
            let mut chars = term.chars();
            match (chars.next(), chars.next()) {
                (Some(first), Some(second)) if pairs.last() != Some(&(first, second)) => {
                    pairs.push((first, second));
                }
                (Some(only), None) => {
                    let at = (only as usize).min(PLANE);
                    trie.alone[at / 64] |= 1 << (at % 64);
                }
                _ => {}
            }
        }
        trie.pairs = PairFilter::new(&pairs);
        trie
    }

    /// Whether a term may begin with these characters, or with the first of them alone.
    #[inline]
    fn may_begin(&self, text: &[char]) -> bool {
        match *text {
            [first, second, ..] if self.pairs.may_have(first, second) => true,
            [first, ..] => {
                let at = (first as usize).min(PLANE);
                self.alone[at / 64] >> (at % 64) & 1 == 1
            }
            [] => false,
        }
    }

    fn insert(&mut self, term: &str, number: u32) {
        // The states of the basic plane's characters have an array, all others the table.
        let mut last = None;
        for c in term.chars() {
            let from = last.map_or(0, |at: Place| {
                let state = at.state(self);
                state.next |= bit(c);
                state.id
            });
            last = Some(self.step_or_add(from, c));
        }
        if let Some(at) = last {
            at.state(self).term = number + 1;
        }
    }

    fn step_or_add(&mut self, from: u32, c: char) -> Place {
        let place = if from == 0 && (c as usize) < PLANE {
            if self.roots[c as usize] == 0 {
                // There are fewer characters than numbers for them: surrogates are none.
                self.roots[c as usize] = self.first.len() as u16;
                self.first.push(State::default());
            }
            Place::Root(usize::from(self.roots[c as usize]))
        } else {
            if 2 * self.n_used >= self.slots.len() {
                self.grow();
            }
            let at = self.slot(from, c);
            if self.slots[at].by == 0 {
                self.slots[at].from = from;
                self.slots[at].by = c as u32 + 1;
                self.n_used += 1;
            }
            Place::Slot(at)
        };
        let fresh = self.n_states + 1;
        let state = place.state(self);
        if state.id == 0 {
            state.id = fresh;
            self.n_states = fresh;
        }
        place
    }

    fn grow(&mut self) {
        let size = 2 * self.slots.len();
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
        for slot in old.into_iter().filter(|slot| slot.by != 0) {
            let c = char::from_u32(slot.by - 1).expect("it was made from a character");
            let at = self.slot(slot.from, c);
            self.slots[at] = slot;
        }
    }

    /// Where a step stands in the table, or the empty slot where it would.
    fn slot(&self, from: u32, c: char) -> usize {
        let mut at = self.place(from, c);
        loop {
            let slot = &self.slots[at];
            if slot.by == 0 || (slot.by == c as u32 + 1 && slot.from == from) {
                return at;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Where the search for a step begins in the table.
    fn place(&self, from: u32, c: char) -> usize {
        let key = u64::from(from) << 21 | u64::from(c as u32);
        let shift = u64::BITS - self.slots.len().trailing_zeros();
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize
    }

    fn root(&self, c: char) -> State {
        match self.roots.get(c as usize) {
            Some(&at) => self.first[usize::from(at)],
            None => self.slots[self.slot(0, c)].state,
        }
    }

    fn step(&self, state: State, c: char) -> Option<State> {
        if state.next & bit(c) == 0 {
            return None;
        }
        let next = self.slots[self.slot(state.id, c)].state;
        (next.id != 0).then_some(next)
    }

    /// All terms that a text begins with, the shortest first: their length in characters and their number.
    #[inline]
    pub fn find(&self, text: &[char], mut each: impl FnMut(usize, u32)) {
        let Some((&first, rest)) = text.split_first().filter(|_| self.may_begin(text)) else {
            return;
        };
        let mut state = match self.roots.get(first as usize) {
            Some(0) => return,
            _ => self.root(first),
        };
        let mut length = 1;
        let mut rest = rest.iter();
        loop {
            if state.term > 0 {
                each(length, state.term - 1);
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
        for start in 0..text.len() {
            if let Some(&[first, second]) = text.get(start + AHEAD..start + AHEAD + 2) {
                std::hint::black_box(self.nears(first, second));
            }
            self.find(&text[start..], |length, term| each(start, length, term));
        }
    }

    /// Reads the slot in which a walk takes its second step, so that it comes near; what it returns has no meaning.
    #[inline]
    fn nears(&self, first: char, second: char) -> u32 {
        if (first as usize) >= PLANE || !self.pairs.may_have(first, second) {
            return 0;
        }
        let state = self.root(first);
        if state.next & bit(second) == 0 {
            return 0;
        }
        self.slots[self.place(state.id, second)].by
    }

    /// The number of a term.
    pub fn get(&self, term: impl IntoIterator<Item = char>) -> Option<u32> {
        let mut term = term.into_iter();
        let mut state = self.root(term.next()?);
        for c in term {
            state = self.step(state, c)?;
        }
        state.term.checked_sub(1)
    }
}

/// Where a state is kept.
enum Place {
    Root(usize),
    Slot(usize),
}

impl Place {
    fn state<'a>(&self, trie: &'a mut Trie) -> &'a mut State {
        match *self {
            Self::Root(at) => &mut trie.first[at],
            Self::Slot(at) => &mut trie.slots[at].state,
        }
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
