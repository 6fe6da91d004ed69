//! Where the weights of attributes stand: a group of attributes is looked up once, its roles are counted off.

use crate::extract::evidence::group_of;

/// Rows by group: an open table with linear probing, half empty at least.
///
/// A place holds the number of a group, counted from 1, and bits of its hash in front: half of the look-ups are for groups that are not
/// there, and those end in this table, which is small.
#[derive(Clone, Debug)]
pub struct Index {
    places: Vec<u32>,
    /// The upper bits of a hash are its place.
    shift: u32,
    /// The bits of a place that are the number of the group.
    number: u32,
    groups: Vec<Group>,
}

/// The rows of a group.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    group: u64,
    /// Row of the first role that has weights; the others follow in order.
    pub first: u32,
    /// The roles that have weights, one bit each.
    roles: u16,
}

/// How many of the eight bits of a number are set: counting them takes a dozen steps on the oldest processors that must do.
const ONES: [u8; 256] = {
    let mut ones = [0; 256];
    let mut n = 1;
    while n < 256 {
        ones[n] = ones[n / 2] + (n % 2) as u8;
        n += 1;
    }
    ones
};

impl Group {
    /// Whether a role has weights.
    pub fn has(&self, role: u8) -> bool {
        self.roles >> role & 1 == 1
    }

    /// Whether the roles that have weights are the first so many.
    pub fn is_full(&self, n: u8) -> bool {
        u32::from(self.roles) == (1 << n) - 1
    }

    /// The row of a role, if it has weights.
    pub fn row(&self, role: u8) -> Option<u32> {
        let below = self.roles & ((1 << role) - 1);
        let n = ONES[usize::from(below & 0xFF)] + ONES[usize::from(below >> 8)];
        self.has(role).then(|| self.first + u32::from(n))
    }
}

impl Default for Index {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Index {
    /// The index of attributes in the order of their rows: by group, then role.
    pub fn new(keys: &[u64]) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut first = 0;
        for of_group in keys.chunk_by(|a, b| group_of(*a).0 == group_of(*b).0) {
            groups.push(Group {
                group: group_of(of_group[0]).0,
                first,
                roles: of_group
                    .iter()
                    .fold(0, |roles, &key| roles | 1 << group_of(key).1),
            });
            first += of_group.len() as u32;
        }
        let size = (2 * groups.len()).next_power_of_two().max(2);
        let mut index = Self {
            places: vec![0; size],
            shift: u64::BITS - size.trailing_zeros(),
            number: (groups.len() as u32 + 1).next_power_of_two() - 1,
            groups,
        };
        for (at, number) in (0..index.groups.len()).zip(1..) {
            let (mut place, tag) = index.hash(index.groups[at].group);
            while index.places[place] != 0 {
                place = (place + 1) & (size - 1);
            }
            index.places[place] = tag | number;
        }
        index
    }

    /// Where the search for a group begins, and what stands there in front of its number.
    fn hash(&self, group: u64) -> (usize, u32) {
        let hash = group.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (
            (hash >> self.shift) as usize,
            (hash >> 14) as u32 & !self.number,
        )
    }

    /// The rows of a group.
    pub fn group(&self, group: u64) -> Option<Group> {
        let (mut place, tag) = self.hash(group);
        loop {
            let found = self.places[place];
            if found == 0 {
                return None;
            }
            if found & !self.number == tag {
                let found = self.groups[(found & self.number) as usize - 1];
                if found.group == group {
                    return Some(found);
                }
            }
            place = (place + 1) & (self.places.len() - 1);
        }
    }

    /// The row of an attribute, if it has weights.
    pub fn row(&self, key: u64) -> Option<u32> {
        let (group, role) = group_of(key);
        self.group(group)?.row(role)
    }
}
