//! Names of divisions in a text, graded by what the document knows of them.

/// An occurrence of a division's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceHit {
    /// First character in the normal form.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Level, form and nearness to the home place, packed.
    pub grade: u16,
}
