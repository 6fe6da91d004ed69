//! Pairs of characters that begin something: a filter so small that it stays near the processor.

/// A set of pairs of characters with one bit for each hash: it may say of a pair that it is there although it is not.
///
/// ```
/// use xiangtu::text::PairFilter;
/// let filter = PairFilter::new(&[('河', '长'), ('林', '长')]);
/// assert!(filter.may_have('河', '长'));
/// let others = ('一'..='龟').filter(|c| filter.may_have('湖', *c));
/// assert!(others.count() < 3_000);
/// ```
#[derive(Clone, Debug)]
pub struct PairFilter {
    bits: Vec<u64>,
    /// The upper bits of a hash say which bit.
    shift: u32,
}

/// So many bits for each pair, so that one in sixteen of the others is taken for one of them at most.
const BITS: usize = 16;

impl PairFilter {
    /// The filter of some pairs.
    pub fn new(pairs: &[(char, char)]) -> Self {
        let size = (BITS * pairs.len()).next_power_of_two().max(64);
        let mut filter = Self {
            bits: vec![0; size / 64],
            shift: u32::BITS - size.trailing_zeros(),
        };
        for &(a, b) in pairs {
            let bit = filter.bit(a, b);
            filter.bits[bit / 64] |= 1 << (bit % 64);
        }
        filter
    }

    #[inline]
    fn bit(&self, a: char, b: char) -> usize {
        let pair = (a as u32).wrapping_mul(0x9E37_79B1) ^ (b as u32).wrapping_mul(0x85EB_CA6B);
        (pair >> self.shift) as usize
    }

    /// False where a pair is not in the set.
    #[inline]
    pub fn may_have(&self, a: char, b: char) -> bool {
        let bit = self.bit(a, b);
        self.bits[bit / 64] >> (bit % 64) & 1 == 1
    }
}
