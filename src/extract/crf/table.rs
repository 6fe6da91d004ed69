//! The weights of attributes, packed so that what is asked for together lies together.
//!
//! A record holds a group of attributes: its head, which says what group it is and which of its roles have weights, then their
//! rows, a byte a label. One step leads from the hash of a group to its record, one step a character to those of sequences,
//! whose heads, which nobody asks for, stand apart. Weights are hundredths. Where a byte does not hold them, the same number is
//! added to all weights of the group, O's too, which changes no odds; weights that are farther apart than even so a byte holds,
//! odds of 12 to 1, are cut.
//!
//! The build makes the table of the built-in weights with this file, and packs it (`src/embedded/labels.rs`).

use std::cmp::Reverse;
use std::hint::select_unpredictable;

use super::keys::{ROLES, group_of, in_role, is_form, n_roles, sequence_of};
use super::sequences::{Sequence, Sequences};

/// Number of labels: O, then B of all types, I of all and E of all, each in its lane.
pub const LABELS: usize = 19;
/// Labels padded to whole vectors of eight, which makes adding a row a handful of instructions.
pub const LANES: usize = 24;
/// Weights of an attribute for every label, each in its lane, in hundredths: sums are exact, whatever their order.
pub type Row = [i16; LANES];
/// The row of an attribute without weights.
pub const EMPTY: Row = [0; LANES];

/// Bytes in front of the rows of a record: its head and a byte of nothing.
const HEAD: usize = 12;
/// Where the rows of a record begin that stands for all groups without weights: empty ones.
pub const NOTHING: u32 = HEAD as u32;
/// Bytes that come from memory together.
const LINE: usize = 64;
/// Records and their rows begin at multiples of this, so that more of them can be told apart in a place.
pub const STEP: usize = 4;
/// What a byte holds at most.
const MOST: i16 = i8::MAX as i16;

/// Rows by group.
#[derive(Clone, Debug)]
pub struct Table {
    /// All groups but those of sequences and forms.
    pub(super) others: Places,
    /// Sequences of characters.
    pub(super) sequences: Sequences,
    /// The forms of words.
    pub(super) forms: Sequences,
    /// The heads of sequences of characters, each with where its rows begin.
    pub(super) heads: Vec<(Head, u32)>,
    pub(super) records: Vec<u8>,
}

/// What is known of a group but for its rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) group: u64,
    /// The roles that have rows, one bit each.
    pub(super) roles: u16,
    /// What is added to its weights.
    pub(super) shift: i8,
}

/// Where the records of groups begin: an open table with linear probing, half empty at least.
///
/// In front of where a record begins stand bits of the hash of its group, so that nearly all look-ups for groups that are not
/// there end here.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) places: Vec<u32>,
    /// The upper bits of a hash are where the search begins.
    pub(super) shift: u32,
    /// The bits of a place that say where the record begins.
    pub(super) start: u32,
}

impl Places {
    /// Places for so many groups, whose records begin before `end`.
    fn new(n: usize, end: usize) -> Self {
        let n = (2 * n).next_power_of_two().max(2);
        Self {
            places: vec![0; n],
            shift: u64::BITS - n.trailing_zeros(),
            start: (end as u32 + 1).next_power_of_two() - 1,
        }
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

    /// The start of the record of a group; 0 if it has none.
    #[inline(always)]
    fn find(&self, group: u64, is_own: impl Fn(u32) -> bool) -> u32 {
        let (mut place, tag) = self.hash(group);
        loop {
            let found = self.places[place & (self.places.len() - 1)];
            let start = found & self.start;
            if found == 0 || (found & !self.start == tag && is_own(start)) {
                return start;
            }
            place += 1;
        }
    }

    fn add(&mut self, group: u64, start: u32) {
        let (mut place, tag) = self.hash(group);
        while self.places[place] != 0 {
            place = (place + 1) % self.places.len();
        }
        self.places[place] = tag | start;
    }

    /// The starts of all records.
    fn starts(&self) -> impl Iterator<Item = u32> {
        let starts = self.places.iter().map(|place| place & self.start);
        starts.filter(|start| *start != 0)
    }
}

impl Default for Table {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Table {
    /// The table of attributes with their weights.
    pub fn new(mut rows: Vec<(u64, Row)>) -> Self {
        rows.sort_unstable_by_key(|(key, _)| group_of(*key));
        let rows = filled(rows);
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
        let (mut heads, mut others) = (Vec::new(), Vec::new());
        let (mut sequences, mut forms) = (Vec::new(), Vec::new());
        for of_group in groups {
            records.resize(records.len().next_multiple_of(STEP), 0);
            let head = Head::new(of_group);
            let codes = sequence_of(head.group);
            let is_form = is_form(head.group);
            if codes.is_some() && !is_form {
                // In as few lines as can be.
                let size = LABELS * of_group.len();
                if records.len() % LINE + size > size.next_multiple_of(LINE) {
                    records.resize(records.len().next_multiple_of(LINE), 0);
                }
                heads.push((head, records.len() as u32));
            } else {
                records.extend(head.group.to_le_bytes());
                records.extend(head.roles.to_le_bytes());
                records.extend([head.shift as u8, 0]);
            }
            let rows = records.len() as u32;
            for (_, row) in of_group {
                records.extend(row[..LABELS].iter().map(|weight| head.byte(*weight)));
            }
            let Some((length, codes)) = codes else {
                others.push((head.group, start_of(rows)));
                continue;
            };
            let alike = if is_form { &mut forms } else { &mut sequences };
            alike.push(Sequence {
                codes,
                length,
                start: start_of(rows),
            });
        }
        let end = (records.len() + ROLES * LABELS + LANES).next_multiple_of(STEP);
        records.resize(end, 0);
        let mut places = Places::new(others.len(), end / STEP);
        for (group, start) in others {
            places.add(group, start);
        }
        Self {
            others: places,
            sequences: Sequences::new(&sequences),
            forms: Sequences::new(&forms),
            heads,
            records,
        }
    }

    /// The groups of sequences of characters.
    #[inline(always)]
    pub fn sequences(&self) -> &Sequences {
        &self.sequences
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

    /// The forms of words, as sequences of three characters.
    #[inline(always)]
    pub fn forms(&self) -> &Sequences {
        &self.forms
    }

    /// Where the rows of a group begin; those of [`NOTHING`] if it has none.
    pub fn group(&self, group: u64) -> u32 {
        let Some((length, codes)) = sequence_of(group) else {
            return self.other(group);
        };
        let numbers = match is_form(group) {
            true => &self.forms,
            false => &self.sequences,
        };
        numbers.find(codes.map(|code| numbers.number(code)))[length - 1]
    }

    /// The same for a group that is no sequence and no form.
    #[inline(always)]
    pub fn other(&self, group: u64) -> u32 {
        match self
            .others
            .find(group, |start| self.group_at(start) == group)
        {
            0 => NOTHING,
            start => rows_at(start),
        }
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
        let at = first as usize + LABELS * before;
        select_unpredictable(roles >> role & 1 == 1, at, NOTHING as usize)
    }

    /// The row that begins there; behind its labels stands what has no meaning.
    #[inline(always)]
    pub fn row(&self, at: usize) -> Row {
        row(&self.records[at..], 0)
    }

    /// The rows of a group that has one for each of so many roles, given where they begin.
    #[inline(always)]
    pub fn dense<const ROLES: usize>(&self, first: u32) -> impl Fn(usize) -> Row {
        let rows = &self.records[first as usize..][..LABELS * (ROLES - 1) + LANES];
        move |role| row(rows, role)
    }

    /// All attributes with their weights, by group, then role.
    pub fn rows(&self) -> impl Iterator<Item = (u64, Row)> {
        let with_head = self.others.starts().map(rows_at).chain(self.forms.rows());
        let with_head = with_head.map(|rows| (self.head(rows), rows));
        let mut heads: Vec<(Head, u32)> = with_head.chain(self.heads.iter().copied()).collect();
        heads.sort_unstable_by_key(|(head, _)| head.group);
        heads.into_iter().flat_map(move |(head, first)| {
            let given = (0..u16::BITS as u8).filter(move |role| head.roles >> role & 1 == 1);
            given.enumerate().map(move |(n, role)| {
                let mut row = self.row(first as usize + LABELS * n);
                row[..LABELS]
                    .iter_mut()
                    .for_each(|weight| *weight -= i16::from(head.shift));
                row[LABELS..].fill(0);
                (in_role(head.group, role), row)
            })
        })
    }

    /// What stands in front of rows that are none of a sequence.
    fn head(&self, rows: u32) -> Head {
        let start = rows as usize - HEAD;
        let [shift] = self.bytes(start + 10);
        Head {
            group: self.group_at(start_of(rows)),
            roles: self.roles(rows),
            shift: shift as i8,
        }
    }
}

impl Head {
    fn new(of_group: &[(u64, Row)]) -> Self {
        let weights = || of_group.iter().flat_map(|(_, row)| row);
        let (least, most) = (weights().min().copied(), weights().max().copied());
        // Only where a byte would not hold them.
        let shift = match (least.unwrap_or(0), most.unwrap_or(0)) {
            (least, most) if least < -MOST || most > MOST => {
                -least.midpoint(most).clamp(-MOST, MOST)
            }
            _ => 0,
        };
        Self {
            group: group_of(of_group[0].0).0,
            roles: of_group
                .iter()
                .fold(0, |roles, (key, _)| roles | 1 << group_of(*key).1),
            shift: shift as i8,
        }
    }

    /// A weight as a record has it.
    fn byte(&self, weight: i16) -> u8 {
        let weight = weight.saturating_add(i16::from(self.shift));
        weight.clamp(-MOST, MOST) as i8 as u8
    }
}

/// Rows with empty ones for the roles that a group leaves out, where those are few or their rows are added without asking.
fn filled(rows: Vec<(u64, Row)>) -> Vec<(u64, Row)> {
    let mut filled = Vec::with_capacity(rows.len() * 5 / 4);
    for of_group in rows.chunk_by(|(a, _), (b, _)| group_of(*a).0 == group_of(*b).0) {
        let (group, _) = group_of(of_group[0].0);
        let Some(n) = n_roles(group) else {
            filled.extend_from_slice(of_group);
            continue;
        };
        let mut given = of_group.iter().copied().peekable();
        filled.extend((0..n).map(|role| {
            let key = in_role(group, role);
            given.next_if(|(k, _)| *k == key).unwrap_or((key, EMPTY))
        }));
    }
    filled
}

/// One of several rows.
#[inline(always)]
fn row(rows: &[u8], role: usize) -> Row {
    let bytes = &rows[LABELS * role..][..LANES];
    std::array::from_fn(|k| i16::from(bytes[k] as i8))
}

/// Where the rows of a record begin.
pub(super) fn rows_at(start: u32) -> u32 {
    start * STEP as u32 + HEAD as u32
}

/// Where a record with a head begins whose rows begin there.
fn start_of(rows: u32) -> u32 {
    (rows - HEAD as u32) / STEP as u32
}
