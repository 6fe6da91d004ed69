//! The weights of attributes, packed so that what is asked for together lies together.
//!
//! A record holds a group of attributes: its number, which of its roles have weights, then their rows, a byte a label. One
//! step leads from the hash of a group to its record. Weights are hundredths; what a byte cannot hold stands in further
//! parts of the record, which are added up.

use std::cmp::Reverse;

use super::{LABELS, LANES, Row};
use crate::extract::evidence::{group_of, in_role};

/// Bytes in front of the rows of a record: group, roles, number of parts, nothing.
const HEAD: usize = 12;
/// Bits for each group in the filter, at least.
const BITS: usize = 8;
/// Records begin at multiples of this, so that more of them can be told apart in a place.
const STEP: usize = 4;
/// What a byte holds of a weight at most.
const MOST: i16 = i8::MAX as i16;
/// More parts than this no record has: a weight beyond them, odds of a hundred and sixty to one, is cut to what they hold, so that
/// sums of weights cannot leave their bounds.
const PARTS: u16 = 4;

/// Rows by group: an open table with linear probing, a fifth empty at least.
///
/// A place holds where the record of a group begins, and bits of its hash in front: half of the look-ups are for groups that
/// are not there, and those end in this table.
#[derive(Clone, Debug)]
pub struct Table {
    places: Vec<u32>,
    /// The upper bits of a hash are its place.
    shift: u32,
    /// The bits of a place that say where the record begins.
    start: u32,
    records: Vec<u8>,
    /// A bit for each hash of a group that is there, which tells of nearly all others that they are not; so small that it stays
    /// near the processor.
    there: Vec<u64>,
    /// The upper bits of a hash are its bit.
    there_shift: u32,
}

/// The record of a group.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Where the row of the first role begins that has weights; the others follow in order.
    first: usize,
    /// The roles that have weights, one bit each.
    roles: u16,
    n_parts: u8,
}

impl Group {
    /// Whether a role has weights.
    #[inline(always)]
    pub fn has(&self, role: u8) -> bool {
        self.roles >> role & 1 == 1
    }

    /// Whether the roles that have weights are the first so many.
    #[inline(always)]
    pub fn is_full(&self, n: u8) -> bool {
        u32::from(self.roles) == (1 << n) - 1
    }

    /// Where the row of a role begins in a part, if it has weights.
    #[inline(always)]
    pub fn row(&self, part: usize, role: u8) -> Option<usize> {
        let row = part + LABELS * (self.roles & ((1 << role) - 1)).count_ones() as usize;
        self.has(role).then_some(row)
    }

    /// Where the parts begin.
    #[inline(always)]
    pub fn parts(&self) -> impl Iterator<Item = usize> + use<> {
        let (first, size) = (self.first, self.size());
        (0..usize::from(self.n_parts)).map(move |part| first + part * size)
    }

    /// Bytes of a part.
    #[inline(always)]
    fn size(&self) -> usize {
        LABELS * self.roles.count_ones() as usize
    }
}

impl Default for Table {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Table {
    /// The table of attributes with their weights, sorted by group, then role.
    pub fn new(rows: &[(u64, Row)]) -> Self {
        let by_group = || rows.chunk_by(|(a, _), (b, _)| group_of(*a).0 == group_of(*b).0);
        let size = (by_group().count() * 5 / 4 + 1).next_power_of_two();
        // What is not there stands at 0.
        let mut records = vec![0; STEP];
        // Those with most weights are asked for most: together they fill fewer lines of the processor's caches.
        let n_weights = |of_group: &&[(u64, Row)]| {
            let weights = of_group.iter().flat_map(|(_, row)| row);
            Reverse(weights.filter(|weight| **weight != 0).count())
        };
        let mut groups: Vec<&[(u64, Row)]> = by_group().collect();
        groups.sort_by_cached_key(n_weights);
        let starts: Vec<u32> = groups
            .iter()
            .map(|of_group| {
                records.resize(records.len().next_multiple_of(STEP), 0);
                let start = records.len() / STEP;
                record(of_group, &mut records);
                start as u32
            })
            .collect();
        records.resize((records.len() + LANES).next_multiple_of(STEP), 0);
        let bits = (BITS * starts.len()).next_power_of_two().max(64);
        let mut table = Self {
            there: vec![0; bits / 64],
            there_shift: u64::BITS - bits.trailing_zeros(),
            places: vec![0; size],
            shift: u64::BITS - size.trailing_zeros(),
            start: ((records.len() / STEP) as u32 + 1).next_power_of_two() - 1,
            records,
        };
        for start in starts {
            let group = table.group_at(start);
            let bit = table.bit(group);
            table.there[bit / 64] |= 1 << (bit % 64);
            let (mut place, tag) = table.hash(group);
            while table.places[place] != 0 {
                place = (place + 1) & (size - 1);
            }
            table.places[place] = tag | start;
        }
        table
    }

    /// Where the search for a group begins, and what stands there in front of the start of its record.
    #[inline(always)]
    fn hash(&self, group: u64) -> (usize, u32) {
        let hash = group.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (
            (hash >> self.shift) as usize,
            (hash >> 14) as u32 & !self.start,
        )
    }

    /// The bit of a group.
    #[inline(always)]
    fn bit(&self, group: u64) -> usize {
        (group.wrapping_mul(0xD1B5_4A32_D192_ED03) >> self.there_shift) as usize
    }

    /// False for nearly all groups that are not there.
    #[inline(always)]
    pub fn may_have(&self, group: u64) -> bool {
        let bit = self.bit(group);
        self.there[bit / 64] >> (bit % 64) & 1 == 1
    }

    #[inline(always)]
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        let bytes = self.records[at..at + N].try_into();
        bytes.expect("a slice of this length")
    }

    #[inline(always)]
    fn group_at(&self, start: u32) -> u64 {
        u64::from_le_bytes(self.bytes(start as usize * STEP))
    }

    /// The first record that could be that of a group; 0 if there is none.
    #[inline(always)]
    pub fn guess(&self, group: u64) -> u32 {
        let (mut place, tag) = self.hash(group);
        loop {
            let found = self.places[place];
            if found == 0 || found & !self.start == tag {
                return found & self.start;
            }
            place = (place + 1) & (self.places.len() - 1);
        }
    }

    /// Reads the place at which the search for a group begins, so that it comes near; what it returns has no meaning.
    #[inline(always)]
    pub fn nears(&self, group: u64) -> u32 {
        self.places[self.hash(group).0]
    }

    /// Reads the first byte behind the head of a record and one in the row of a role as if no role before it were left out,
    /// so that the record comes near; what it returns has no meaning.
    #[inline(always)]
    pub fn nears_record(&self, start: u32, role: u8) -> u32 {
        let first = start as usize * STEP + HEAD;
        let last = (first + LABELS * usize::from(role)).min(self.records.len() - 1);
        u32::from(self.records[first] | self.records[last])
    }

    /// The record of a group, given the first one that could be it.
    #[inline(always)]
    pub fn guessed(&self, group: u64, start: u32) -> Option<Group> {
        match start {
            0 => None,
            start if self.group_at(start) == group => Some(self.at(start)),
            _ => self.group(group),
        }
    }

    #[inline(always)]
    fn at(&self, start: u32) -> Group {
        let at = start as usize * STEP;
        let [a, b, n_parts, _] = self.bytes(at + 8);
        Group {
            first: at + HEAD,
            roles: u16::from_le_bytes([a, b]),
            n_parts,
        }
    }

    /// The record of a group.
    pub fn group(&self, group: u64) -> Option<Group> {
        let (mut place, tag) = self.hash(group);
        loop {
            let found = self.places[place];
            if found == 0 {
                return None;
            }
            let start = found & self.start;
            if found & !self.start == tag && self.group_at(start) == group {
                return Some(self.at(start));
            }
            place = (place + 1) & (self.places.len() - 1);
        }
    }

    /// The row that begins there; behind its labels stands what has no meaning.
    #[inline(always)]
    pub fn row(&self, at: usize) -> Row {
        let bytes: &[u8; LANES] = self.records[at..at + LANES]
            .try_into()
            .expect("a slice of this length");
        let mut row = [0; LANES];
        for (weight, byte) in row.iter_mut().zip(bytes) {
            *weight = i16::from(*byte as i8);
        }
        row
    }

    /// All attributes with their weights, by group, then role.
    pub fn rows(&self) -> impl Iterator<Item = (u64, Row)> {
        let mut starts: Vec<u32> = self.places.iter().map(|p| p & self.start).collect();
        starts.retain(|start| *start != 0);
        starts.sort_unstable_by_key(|start| self.group_at(*start));
        starts.into_iter().flat_map(move |start| {
            let (group, found) = (self.group_at(start), self.at(start));
            let roles = (0..u16::BITS as u8).filter(move |role| found.has(*role));
            roles.map(move |role| {
                let mut row = [0; LANES];
                for at in found.parts().filter_map(|part| found.row(part, role)) {
                    let part = self.row(at);
                    let labels = row.iter_mut().zip(&part[..LABELS]);
                    labels.for_each(|(sum, weight)| *sum += weight);
                }
                (in_role(group, role), row)
            })
        })
    }
}

/// Appends the record of a group.
fn record(of_group: &[(u64, Row)], records: &mut Vec<u8>) {
    let (group, _) = group_of(of_group[0].0);
    let roles = of_group
        .iter()
        .fold(0u16, |roles, (key, _)| roles | 1 << group_of(*key).1);
    let weights = of_group.iter().flat_map(|(_, row)| row);
    let top = weights.map(|w| w.unsigned_abs()).max().unwrap_or(0);
    let n_parts = top.div_ceil(MOST as u16).clamp(1, PARTS);
    records.extend(group.to_le_bytes());
    records.extend(roles.to_le_bytes());
    records.extend(n_parts.to_le_bytes());
    for part in 0..i32::from(n_parts) {
        for (_, row) in of_group {
            records.extend(row[..LABELS].iter().map(|&weight| {
                // The first parts are full where the weight fills them.
                let rest = i32::from(weight).abs() - part * i32::from(MOST);
                let rest = rest.clamp(0, i32::from(MOST)) * i32::from(weight).signum();
                rest as i8 as u8
            }));
        }
    }
}
