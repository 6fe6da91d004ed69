//! The weights of attributes, packed so that what is asked for together lies together.
//!
//! A record holds a group of attributes: its number, which of its roles have weights, then their rows, a byte a label. One
//! step leads from the hash of a group to its record. Weights are hundredths. Where a byte does not hold them, the same number
//! is added to all weights of the group, O's too, which changes no odds; weights that are farther apart than even so a byte
//! holds, odds of 12 to 1, are cut.

use std::cmp::Reverse;

use super::{LABELS, LANES, Row};
use crate::extract::evidence::{ROLES, group_of, in_role, is_one_of_many};

/// Bytes in front of the rows of a record: group, roles, what is added to its weights, nothing.
const HEAD: usize = 12;
/// Where the rows of a record begin that stands for all groups without weights: empty ones.
pub const NOTHING: u32 = HEAD as u32;
/// Bits for each group in the filter, at least.
const BITS: usize = 8;
/// Bytes that come from memory together.
const LINE: usize = 64;
/// Records begin at multiples of this, so that more of them can be told apart in a place.
const STEP: usize = 4;
/// What a byte holds at most.
const MOST: i16 = i8::MAX as i16;

/// Rows by group.
#[derive(Clone, Debug)]
pub struct Table {
    /// Groups of the templates that have few of them: asked for most, so that their places should stay near the processor.
    few: Places,
    many: Places,
    records: Vec<u8>,
    /// A bit for each hash of one of the many groups that is there, which tells of nearly all others that they are not; so small
    /// that it stays near the processor.
    there: Vec<u64>,
    /// The upper bits of a hash are its bit.
    there_shift: u32,
}

/// Where the records of groups begin: an open table with linear probing, a fifth empty at least.
///
/// In front of where a record begins stand bits of the hash of its group: half of the look-ups are for groups that are not there,
/// and those end here.
#[derive(Clone, Debug)]
struct Places {
    places: Vec<u32>,
    /// The bits of a place that say where the record begins.
    start: u32,
}

impl Places {
    /// Places for so many groups, whose records begin before `end`.
    fn new(n: usize, end: usize) -> Self {
        Self {
            places: vec![0; n * 5 / 4 + 1],
            start: (end as u32 + 1).next_power_of_two() - 1,
        }
    }

    /// Where the search for a group begins, and what stands there in front of the start of its record.
    #[inline(always)]
    fn hash(&self, group: u64) -> (usize, u32) {
        let hash = group.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (
            (((hash >> 32) * self.places.len() as u64) >> 32) as usize,
            (hash >> 14) as u32 & !self.start,
        )
    }

    /// The starts of the records that could be that of a group.
    #[inline(always)]
    fn starts(&self, group: u64) -> impl Iterator<Item = u32> {
        let (mut place, tag) = self.hash(group);
        std::iter::from_fn(move || {
            loop {
                let found = self.places[place];
                if found == 0 {
                    return None;
                }
                place = if place + 1 < self.places.len() {
                    place + 1
                } else {
                    0
                };
                if found & !self.start == tag {
                    return Some(found & self.start);
                }
            }
        })
    }

    fn add(&mut self, group: u64, start: u32) {
        let (mut place, tag) = self.hash(group);
        while self.places[place] != 0 {
            place = (place + 1) % self.places.len();
        }
        self.places[place] = tag | start;
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
        // What is not there stands at 0.
        let mut records = vec![0; HEAD + ROLES * LABELS];
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
        records.resize((records.len() + LINE).next_multiple_of(STEP), 0);
        let n_many = groups
            .iter()
            .filter(|group| is_one_of_many(group[0].0))
            .count();
        let bits = (BITS * n_many).next_power_of_two().max(64);
        let end = records.len() / STEP;
        let mut table = Self {
            few: Places::new(groups.len() - n_many, end),
            many: Places::new(n_many, end),
            records,
            there: vec![0; bits / 64],
            there_shift: u64::BITS - bits.trailing_zeros(),
        };
        for start in starts {
            let group = table.group_at(start);
            if is_one_of_many(group) {
                let bit = table.bit(group);
                table.there[bit / 64] |= 1 << (bit % 64);
                table.many.add(group, start);
            } else {
                table.few.add(group, start);
            }
        }
        table
    }

    /// The bit of a group.
    #[inline(always)]
    fn bit(&self, group: u64) -> usize {
        (group.wrapping_mul(0xD1B5_4A32_D192_ED03) >> self.there_shift) as usize
    }

    /// False for nearly all of the many groups that are not there.
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

    /// The first record that could be that of one of the many groups; 0 if there is none.
    #[inline(always)]
    pub fn guess(&self, group: u64) -> u32 {
        self.many.starts(group).next().unwrap_or(0)
    }

    /// Reads the place at which the search for one of the many groups begins, so that it comes near; what it returns has no
    /// meaning.
    #[inline(always)]
    pub fn nears(&self, group: u64) -> u32 {
        self.many.places[self.many.hash(group).0]
    }

    /// Reads the first byte of a record and one further on, so that it comes near; what it returns has no meaning.
    #[inline(always)]
    pub fn nears_record(&self, start: u32) -> u32 {
        let first = start as usize * STEP;
        u32::from(self.records[first] | self.records[first + LINE])
    }

    /// Where the rows of a group begin, given the first record that could be its own; those of [`NOTHING`] if it has none.
    #[inline(always)]
    pub fn guessed(&self, group: u64, start: u32) -> u32 {
        match start {
            0 => NOTHING,
            start if self.group_at(start) == group => rows_at(start),
            _ => self.group(group),
        }
    }

    /// Where the rows of a group begin; those of [`NOTHING`] if it has none.
    #[inline(always)]
    pub fn group(&self, group: u64) -> u32 {
        let places = if is_one_of_many(group) {
            &self.many
        } else {
            &self.few
        };
        let mut starts = places.starts(group);
        let start = starts.find(|start| self.group_at(*start) == group);
        start.map_or(NOTHING, rows_at)
    }

    /// The roles that have rows, one bit each, given where the rows begin.
    #[inline(always)]
    fn roles(&self, first: u32) -> u16 {
        u16::from_le_bytes(self.bytes(first as usize - HEAD + 8))
    }

    /// Where the row of a role begins, given where the rows of its group do; that of an empty row if it has none.
    #[inline(always)]
    pub fn row_of(&self, first: u32, role: u8) -> usize {
        let roles = self.roles(first);
        let before = (roles & ((1 << role) - 1)).count_ones() as usize;
        match roles >> role & 1 {
            0 => NOTHING as usize,
            _ => first as usize + LABELS * before,
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
        let starts = [&self.few, &self.many].map(|all| all.places.iter().map(|p| p & all.start));
        let mut starts: Vec<u32> = starts.into_iter().flatten().collect();
        starts.retain(|start| *start != 0);
        starts.sort_unstable_by_key(|start| self.group_at(*start));
        starts.into_iter().flat_map(move |start| {
            let (group, first) = (self.group_at(start), rows_at(start));
            let [shift] = self.bytes(first as usize - HEAD + 10);
            let roles = self.roles(first);
            let given = (0..u16::BITS as u8).filter(move |role| roles >> role & 1 == 1);
            given.map(move |role| {
                let mut row = self.row(self.row_of(first, role));
                row[..LABELS]
                    .iter_mut()
                    .for_each(|weight| *weight -= i16::from(shift as i8));
                row[LABELS..].fill(0);
                (in_role(group, role), row)
            })
        })
    }
}

/// Where the rows of a record begin.
fn rows_at(start: u32) -> u32 {
    start * STEP as u32 + HEAD as u32
}

/// Appends the record of a group.
fn record(of_group: &[(u64, Row)], records: &mut Vec<u8>) {
    let (group, _) = group_of(of_group[0].0);
    let roles = of_group
        .iter()
        .fold(0u16, |roles, (key, _)| roles | 1 << group_of(*key).1);
    let weights = || of_group.iter().flat_map(|(_, row)| row);
    let (least, most) = (weights().min().copied(), weights().max().copied());
    // Only where a byte would not hold them.
    let shift = match (least.unwrap_or(0), most.unwrap_or(0)) {
        (least, most) if least < -MOST || most > MOST => -least.midpoint(most).clamp(-MOST, MOST),
        _ => 0,
    };
    let byte = |weight: i16| weight.saturating_add(shift).clamp(-MOST, MOST) as i8 as u8;
    records.extend(group.to_le_bytes());
    records.extend(roles.to_le_bytes());
    records.extend([byte(0), 0]);
    for (_, row) in of_group {
        records.extend(row[..LABELS].iter().map(|weight| byte(*weight)));
    }
}
