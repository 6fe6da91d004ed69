//! The codes of divisions: what they say of level and place in the order, without a look at any table.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// What a division is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 省级.
    Province,
    /// 地级.
    Prefecture,
    /// 县级.
    County,
    /// 乡级.
    Township,
    /// 村级.
    Village,
}

impl Level {
    pub(super) fn of_code(code: u64) -> Self {
        match code {
            0..=99 => Self::Province,
            100..=9_999 => Self::Prefecture,
            10_000..=999_999 => Self::County,
            1_000_000..=999_999_999 => Self::Township,
            _ => Self::Village,
        }
    }
}

/// A division's code as a number; prints as its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DivisionId(pub u64);

impl DivisionId {
    /// The level, which is told by the number of digits.
    ///
    /// ```
    /// use xiangtu::gazetteer::{DivisionId, Level};
    /// assert_eq!(DivisionId(430181).level(), Level::County);
    /// ```
    pub fn level(self) -> Level {
        Level::of_code(self.0)
    }

    /// Whether another division's code begins with this one.
    ///
    /// ```
    /// use xiangtu::gazetteer::DivisionId;
    /// assert!(DivisionId(43).contains(DivisionId(430181)));
    /// assert!(!DivisionId(430181).contains(DivisionId(43)));
    /// ```
    pub fn contains(self, other: DivisionId) -> bool {
        self == other || ancestors(other.0).any(|code| code == self.0)
    }
}

impl DivisionId {
    /// The codes of each level below, province to township.
    pub(crate) fn below(self) -> impl Iterator<Item = Range<u64>> {
        below(self.0)
    }
}

impl fmt::Display for DivisionId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The digits of a code without the zeros that fill it up; `None` for what is no code.
pub(super) fn parse_code(code: &str) -> Option<u64> {
    if !code.bytes().all(|byte| byte.is_ascii_digit()) || code.starts_with('0') {
        return None;
    }
    let mut code = code;
    for (length, shorter) in [(12, 9), (9, 6), (6, 4), (4, 2)] {
        if code.len() == length && code[shorter..].bytes().all(|byte| byte == b'0') {
            code = &code[..shorter];
        }
    }
    if matches!(code.len(), 2 | 4 | 6 | 9 | 12) {
        code.parse().ok()
    } else {
        None
    }
}

/// The shorter codes that begin a code, longest first, whether in use or not.
pub(super) fn ancestors(code: u64) -> impl Iterator<Item = u64> + Clone {
    std::iter::successors(Some(code), |&code| match Level::of_code(code) {
        Level::Province => None,
        Level::Prefecture | Level::County => Some(code / 100),
        Level::Township | Level::Village => Some(code / 1_000),
    })
    .skip(1)
}

/// The codes of each level below a code, province to township.
pub(super) fn below(code: u64) -> impl Iterator<Item = Range<u64>> {
    let longer = move |levels: u32| {
        let factor = 10_u64.pow(levels);
        code * factor..(code + 1) * factor
    };
    let digits: &[u32] = match Level::of_code(code) {
        Level::Province => &[2, 4],
        Level::Prefecture => &[2, 5],
        Level::County => &[3],
        Level::Township | Level::Village => &[],
    };
    digits.iter().map(move |&digits| longer(digits))
}
