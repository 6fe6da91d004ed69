//! What is wrong in a folder of knowledge: file, line, and what to do about it, in both languages.

use std::fmt::Display;

use crate::Error;
use crate::messages::Lang;

/// A fault of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub path: String,
    /// 1-based line.
    pub line: usize,
    said: Said,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    /// Key of a message, and its values.
    Message(&'static str, Vec<String>),
    /// What another part of the program said of the file.
    Text(String),
}

impl Fault {
    pub(super) fn new(
        path: &str,
        line: usize,
        message: &'static str,
        values: &[&dyn Display],
    ) -> Self {
        let values = values.iter().map(ToString::to_string).collect();
        Self {
            path: path.to_owned(),
            line,
            said: Said::Message(message, values),
        }
    }

    /// What another part of the program found.
    pub(super) fn of(error: Error, path: &str) -> Self {
        let (line, text) = match error {
            Error::Data { line, message, .. } => (line.max(1), message),
            other => (1, other.to_string()),
        };
        Self {
            path: path.to_owned(),
            line,
            said: Said::Text(text),
        }
    }

    /// The fault with its file and line.
    pub fn text(&self, lang: Lang) -> String {
        format!("{}:{}: {}", self.path, self.line, self.message(lang))
    }

    fn message(&self, lang: Lang) -> String {
        match &self.said {
            Said::Text(text) => text.clone(),
            Said::Message(key, values) => {
                let values: Vec<&dyn Display> = values.iter().map(|v| v as &dyn Display).collect();
                lang.fill(key, &values)
            }
        }
    }

    /// The fault as an error that ends a command.
    pub fn into_error(self) -> Error {
        let message = self.message(Lang::En);
        Error::data(self.path, self.line, message)
    }
}
