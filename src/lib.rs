//! 乡图: from the reports of Chinese townships, counties and provinces to a knowledge graph whose every fact names its source.

pub mod embedded;
pub mod error;
pub mod extract;
pub mod gazetteer;
pub mod gold;
pub mod lexicon;
pub mod model;
pub mod text;
pub mod thesaurus;

pub use error::{Error, Result};
