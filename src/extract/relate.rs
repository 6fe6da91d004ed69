//! Facts between mentions.

use super::Context;
use crate::model::Fact;

/// The facts that a document states.
pub fn relate(_context: &Context) -> Vec<Fact> {
    Vec::new()
}
