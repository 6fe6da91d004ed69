//! Figures of places.

use super::Context;
use crate::model::Indicator;

/// The figures that a document states.
pub fn indicate(_context: &Context) -> Vec<Indicator> {
    Vec::new()
}
