//! 乡图: from the reports of Chinese townships, counties and provinces to a knowledge graph whose every fact names its source.

pub mod error;
pub mod gazetteer;
pub mod model;
pub mod text;

pub use error::{Error, Result};
