//! Reads the weights that the build has packed; `src/embedded/labels.rs` says how.

use super::double_array::Cell;
use super::sequences::{PLANE, Sequences};
use super::table::{Head, Places, Table};
use super::{Crf, LABELS, NAMES, lane};

impl Crf {
    /// Reads the table of weights that the build made of what [`Crf::to_tsv`] wrote; `None` if it is cut short or for other labels.
    pub fn unpack(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes);
        let transitions = bytes.values(f32::from_le_bytes)?;
        let mut names = [""; LABELS];
        for (label, name) in NAMES.iter().enumerate() {
            names[lane(label)] = name;
        }
        for name in names {
            let [length] = bytes.take()?;
            (bytes.text(length.into())? == name.as_bytes()).then_some(())?;
        }
        let weights = Table {
            others: bytes.places()?,
            sequences: bytes.sequences()?,
            forms: bytes.sequences()?,
            heads: bytes.heads()?,
            records: bytes.values(|[byte]| byte)?,
        };
        Some(Self::of(weights, transitions))
    }
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (&first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(first)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn text(&mut self, length: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(first)
    }

    /// A number of values that have so many bytes each, behind their number.
    fn values<const N: usize, T>(&mut self, value: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
        let n = self.number()? as usize;
        let (values, _) = self.text(n.checked_mul(N)?)?.as_chunks();
        Some(values.iter().map(|bytes| value(*bytes)).collect())
    }

    fn places(&mut self) -> Option<Places> {
        Some(Places {
            shift: self.number()?,
            start: self.number()?,
            places: self.values(u32::from_le_bytes)?,
        })
    }

    fn sequences(&mut self) -> Option<Sequences> {
        let sequences = Sequences {
            numbers: self.values(u16::from_le_bytes)?,
            cells: self.values(|bytes| Cell(u64::from_le_bytes(bytes)))?,
        };
        (sequences.numbers.len() == PLANE).then_some(sequences)
    }

    fn heads(&mut self) -> Option<Vec<(Head, u32)>> {
        let heads = 0..self.number()?;
        heads
            .map(|_| {
                let head = Head {
                    group: u64::from_le_bytes(self.take()?),
                    roles: u16::from_le_bytes(self.take()?),
                    shift: i8::from_le_bytes(self.take()?),
                };
                Some((head, self.number()?))
            })
            .collect()
    }
}
