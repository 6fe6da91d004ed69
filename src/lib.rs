//! 乡图: from the reports of Chinese townships, counties and provinces to a knowledge graph whose every fact names its source.

pub mod cli;
mod clock;
pub mod diff;
pub mod embedded;
pub mod error;
pub mod eval;
pub mod export;
pub mod extract;
pub mod gazetteer;
pub mod gold;
pub mod graph;
pub mod identity;
pub mod knowledge;
pub mod lexicon;
pub mod messages;
pub mod model;
pub mod names;
pub mod ontology;
pub mod panel;
pub mod pipeline;
pub mod read;
mod sorter;
pub mod store;
pub mod text;
pub mod thesaurus;
pub mod vocab;

pub use error::{Error, Result};
