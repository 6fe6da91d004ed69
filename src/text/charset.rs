//! Sets of characters.

/// A set of characters of the basic plane, asked by one look into memory; a string of them would be searched.
///
/// ```
/// use xiangtu::text::CharSet;
/// let numerals = CharSet::new("一二三");
/// assert!(numerals.has('二') && !numerals.has('四') && !numerals.has('𠀀'));
/// ```
#[derive(Clone, Debug)]
pub struct CharSet(Vec<u64>);

impl CharSet {
    /// The set of the characters of a string; those beyond the basic plane are left out.
    pub fn new(chars: &str) -> Self {
        let mut bits = vec![0; 0x1_0000 / 64];
        for c in chars.chars().map(|c| c as usize) {
            if let Some(word) = bits.get_mut(c / 64) {
                *word |= 1 << (c % 64);
            }
        }
        Self(bits)
    }

    /// Whether a character is in the set.
    #[inline]
    pub fn has(&self, c: char) -> bool {
        let word = self.0.get(c as usize / 64);
        word.is_some_and(|word| word >> (c as usize % 64) & 1 == 1)
    }
}
