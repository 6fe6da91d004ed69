//! Keys within a few slips of a text: an automaton over the sorted keys.
//!
//! A slip is a character too many, too few or wrong, or two neighbours in each other's place (optimal string alignment).
//! Not the automaton of the crate `fst`: that one does not see a wrong character whose first UTF-8 byte is that of the
//! right one (大窑镇 for 大瑶镇), and grows to tens of megabytes for long names.

use std::rc::Rc;

use fst::Automaton;

/// Accepts what differs from a text by a few slips.
pub(super) struct Slips {
    wanted: Vec<char>,
    /// The characters of the text in UTF-8.
    bytes: Vec<Vec<u8>>,
    most: usize,
}

/// How far the text is matched: the last two rows of the table of distances, and the bytes of an unfinished character.
#[derive(Clone)]
pub(super) struct State {
    rows: Rc<Rows>,
    partial: [u8; 4],
    n_partial: usize,
}

struct Rows {
    row: Vec<usize>,
    before: Vec<usize>,
    last: Option<char>,
    least: usize,
}

impl Slips {
    pub(super) fn new(wanted: &str, most: usize) -> Self {
        let wanted: Vec<char> = wanted.chars().collect();
        let bytes = wanted.iter().map(|c| c.to_string().into_bytes()).collect();
        Self {
            wanted,
            bytes,
            most,
        }
    }

    fn step(&self, rows: &Rows, c: char) -> Rows {
        let mut row = vec![rows.row[0] + 1];
        for (i, wanted) in self.wanted.iter().enumerate() {
            let wrong = rows.row[i] + usize::from(*wanted != c);
            let mut distance = wrong.min(rows.row[i + 1] + 1).min(row[i] + 1);
            let is_swapped = i > 0 && rows.last == Some(*wanted) && self.wanted[i - 1] == c;
            if is_swapped && !rows.before.is_empty() {
                distance = distance.min(rows.before[i - 1] + 1);
            }
            row.push(distance);
        }
        Rows {
            least: row.iter().copied().min().unwrap_or(0),
            row,
            before: rows.row.clone(),
            last: Some(c),
        }
    }
}

impl Automaton for Slips {
    type State = Option<State>;

    fn start(&self) -> Option<State> {
        let rows = Rows {
            row: (0..=self.wanted.len()).collect(),
            before: Vec::new(),
            last: None,
            least: 0,
        };
        Some(State {
            rows: Rc::new(rows),
            partial: [0; 4],
            n_partial: 0,
        })
    }

    fn is_match(&self, state: &Option<State>) -> bool {
        state.as_ref().is_some_and(|state| {
            state.n_partial == 0 && state.rows.row[self.wanted.len()] <= self.most
        })
    }

    fn can_match(&self, state: &Option<State>) -> bool {
        state.as_ref().is_some_and(|s| s.rows.least <= self.most)
    }

    fn accept(&self, state: &Option<State>, byte: u8) -> Option<State> {
        let mut state = state.clone()?;
        *state.partial.get_mut(state.n_partial)? = byte;
        state.n_partial += 1;
        let bytes = &state.partial[..state.n_partial];
        // Where no slip is left only characters of the text lead on.
        if state.rows.least == self.most && !self.bytes.iter().any(|c| c.starts_with(bytes)) {
            return None;
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            let c = text.chars().next()?;
            let rows = self.step(&state.rows, c);
            if rows.least > self.most {
                return None;
            }
            state.rows = Rc::new(rows);
            state.n_partial = 0;
        }
        Some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accepts(wanted: &str, most: usize, key: &str) -> bool {
        let slips = Slips::new(wanted, most);
        let mut state = slips.start();
        for byte in key.bytes() {
            state = slips.accept(&state, byte);
        }
        slips.is_match(&state)
    }

    proptest! {
        #[test]
        fn the_automaton_accepts_what_is_near(a in "[锦绵江镇大窑瑶ab]{0,6}", b in "[锦绵江镇大窑瑶ab]{0,6}", most in 0_usize..3) {
            prop_assert_eq!(accepts(&a, most, &b), strsim::osa_distance(&a, &b) <= most);
        }
    }
}
