//! Where the weights of attributes stand: a group of attributes is looked up once, its roles are counted off.

use crate::extract::evidence::group_of;

/// Rows by group: an open table with linear probing, half empty at least.
#[derive(Clone, Debug)]
pub struct Index {
    slots: Vec<Group>,
    /// The upper bits of a hash are its place.
    shift: u32,
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

/// No group has this number: no template does.
const EMPTY: Group = Group {
    group: u64::MAX,
    first: 0,
    roles: 0,
};

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
        let n_groups = keys
            .chunk_by(|a, b| group_of(*a).0 == group_of(*b).0)
            .count();
        let size = (2 * n_groups).next_power_of_two().max(2);
        let mut index = Self {
            slots: vec![EMPTY; size],
            shift: u64::BITS - size.trailing_zeros(),
        };
        let mut first = 0;
        for of_group in keys.chunk_by(|a, b| group_of(*a).0 == group_of(*b).0) {
            let (group, _) = group_of(of_group[0]);
            let at = index.place(group);
            index.slots[at] = Group {
                group,
                first,
                roles: of_group
                    .iter()
                    .fold(0, |roles, &key| roles | 1 << group_of(key).1),
            };
            first += of_group.len() as u32;
        }
        index
    }

    /// The slot of a group, or the empty one where it would stand.
    fn place(&self, group: u64) -> usize {
        let mut at = (group.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize;
        while self.slots[at].group != group && self.slots[at].group != EMPTY.group {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    /// The rows of a group.
    pub fn group(&self, group: u64) -> Option<Group> {
        let slot = self.slots[self.place(group)];
        (slot.group == group).then_some(slot)
    }

    /// The row of an attribute, if it has weights.
    pub fn row(&self, key: u64) -> Option<u32> {
        let (group, role) = group_of(key);
        self.group(group)?.row(role)
    }
}
