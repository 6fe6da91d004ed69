//! Searching one file of the index of names.

use std::collections::BTreeSet;

use fst::automaton::{Automaton, Str};
use fst::{IntoStreamer, Streamer};

use super::file::{Index, Keys};
use super::slips::Slips;
use super::{Entry, letters, pinyin};
use crate::Result;
use crate::identity::plain;

/// At most so many keys are looked at that begin alike: the one letter `j` begins a tenth of all keys.
const MOST_KEYS: usize = 10_000;

impl Index {
    /// The numbers of the entries with exactly this name.
    pub(super) fn exact(&self, name: &str) -> Result<Vec<u32>> {
        match self.keys()?.get(plain(name)) {
            Some(value) => self.entries_of(value),
            None => Ok(Vec::new()),
        }
    }

    /// The entries whose pinyin this is, whole (`initials` false) or by first letters.
    pub(super) fn by_pinyin(&self, wanted: &str, initials: bool) -> Result<Vec<u32>> {
        let Some(letters) = letters(wanted) else {
            return Ok(Vec::new());
        };
        match self.pinyin()?.get(pinyin::stored(&letters, initials)) {
            Some(value) => self.entries_of(value),
            None => Ok(Vec::new()),
        }
    }

    /// The entries one of whose names holds this; the first `most` of those that `counts` takes.
    pub(super) fn part(
        &self,
        wanted: &str,
        most: usize,
        counts: &dyn Fn(u32) -> bool,
    ) -> Result<Vec<u32>> {
        let text = plain(wanted);
        let chars: Vec<char> = text.chars().collect();
        let mut found = Vec::new();
        match chars.as_slice() {
            [] => {}
            [_] => {
                let begun = self.beginning(&self.keys()?, &text)?;
                found.extend(begun.into_iter().filter(|number| counts(*number)));
            }
            _ => {
                let holds = |entry: &Entry| entry.names.iter().any(|n| plain(n).contains(&text));
                for number in self.holding(&chars)? {
                    if counts(number) && holds(&self.entry(number)?) {
                        found.push(number);
                        if found.len() >= most {
                            break;
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    /// The entries whose pinyin begins so.
    pub(super) fn part_of_pinyin(&self, wanted: &str) -> Result<BTreeSet<u32>> {
        let mut found = BTreeSet::new();
        if let Some(letters) = letters(wanted).filter(|letters| letters.len() > 1) {
            for initials in [false, true] {
                let begin = pinyin::stored(&letters, initials);
                found.extend(self.beginning(&self.pinyin()?, &begin)?);
            }
        }
        Ok(found)
    }

    /// The entries whose name or pinyin differs from this by so many slips at most, each with the distance; by two only
    /// where it is long.
    pub(super) fn near(&self, wanted: &str, slips: usize) -> Result<Vec<(usize, u32)>> {
        let mut found: Vec<(usize, u32)> = Vec::new();
        let text = plain(wanted);
        match text.chars().count() {
            // Two characters of which one may be wrong are any name of that surname.
            ..3 => {}
            3..6 if slips == 1 => self.slipped(&self.keys()?, &text, slips, &mut found)?,
            6.. if slips == 1 => self.alike(&text, slips, &mut found)?,
            9.. => self.alike(&text, slips, &mut found)?,
            _ => {}
        }
        let least = if slips == 1 { 5 } else { 10 };
        if let Some(letters) = letters(wanted).filter(|letters| letters.len() >= least) {
            let whole = pinyin::stored(&letters, false);
            self.slipped(&self.pinyin()?, &whole, slips, &mut found)?;
        }
        Ok(found)
    }

    fn beginning(&self, keys: &Keys<'_>, begin: &str) -> Result<BTreeSet<u32>> {
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
        keys: &Keys<'_>,
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
                .map(|name| strsim::osa_distance(wanted, &plain(name)));
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
