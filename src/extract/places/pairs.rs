//! A text by its pairs of characters, to find many names in it.

/// A text by its pairs of characters, to find many names in it.
pub(super) struct Pairs<'a> {
    chars: &'a [char],
    /// For each hash of a pair one past the last place where it stands.
    last: Vec<u32>,
    /// For each place the one before it whose pair has the same hash, plus one.
    before: Vec<u32>,
}

impl<'a> Pairs<'a> {
    pub fn new(chars: &'a [char]) -> Self {
        let mut pairs = Self {
            chars,
            last: vec![0; chars.len().next_power_of_two().max(2)],
            before: vec![0; chars.len()],
        };
        for (i, pair) in chars.windows(2).enumerate() {
            let at = pairs.slot(pair[0], pair[1]);
            pairs.before[i] = std::mem::replace(&mut pairs.last[at], i as u32 + 1);
        }
        pairs
    }

    fn slot(&self, a: char, b: char) -> usize {
        let pair = u64::from(a) << 32 | u64::from(b);
        let shift = u64::BITS - self.last.len().trailing_zeros();
        (pair.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize
    }

    /// Whether the text has a name, which is given as its stem and its ending.
    pub fn names(&self, stem: &[char], ending: &str) -> bool {
        let mut name = stem.iter().copied().chain(ending.chars());
        let (Some(a), Some(b)) = (name.next(), name.next()) else {
            return false;
        };
        let mut at = self.last[self.slot(a, b)] as usize;
        while at > 0 {
            let mut here = self.chars[at - 1..].iter();
            let mut is_here = |c: char| here.next() == Some(&c);
            if stem.iter().all(|c| is_here(*c)) && ending.chars().all(is_here) {
                return true;
            }
            at = self.before[at - 1] as usize;
        }
        false
    }
}
