//! What the program says to people, in Chinese and English. The words stand in `data/messages.tsv`.

use std::collections::HashMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../data/messages.tsv");

/// Language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language of a locale such as `en_US.UTF-8`; Chinese where none is set.
    ///
    /// ```
    /// use xiangtu::messages::Lang;
    /// assert_eq!(Lang::of_locale("en_GB.UTF-8"), Lang::En);
    /// assert_eq!(Lang::of_locale("zh_CN.UTF-8"), Lang::Zh);
    /// assert_eq!(Lang::of_locale(""), Lang::Zh);
    /// ```
    pub fn of_locale(locale: &str) -> Self {
        // C and POSIX say nothing about a language.
        let language = locale.split(['_', '.', '-', '@']).next().unwrap_or("");
        if matches!(language, "" | "C" | "POSIX" | "zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// The language that the environment asks for.
    pub fn from_environment() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::of_locale(
            &set("LC_ALL")
                .or_else(|| set("LC_MESSAGES"))
                .or_else(|| set("LANG"))
                .unwrap_or_default(),
        )
    }

    /// 0 for Chinese, 1 for English: where a pair of labels holds it.
    pub fn index(self) -> usize {
        self as usize
    }

    /// A text by its key; the key itself if there is none.
    pub fn text(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    /// A text by its key.
    pub fn find(self, key: &str) -> Option<&'static str> {
        table().get(key).map(|texts| texts[self.index()])
    }

    /// The texts whose keys begin so, in Chinese and English, in the order of the file.
    pub fn pairs(prefix: &str) -> impl Iterator<Item = [&'static str; 2]> {
        let lines = TABLE.lines().filter(move |line| line.starts_with(prefix));
        lines.filter_map(|line| {
            let mut cells = line.split('\t').skip(1);
            Some([cells.next()?, cells.next()?])
        })
    }

    /// A text about a number of things: `KEY.one` for one of them, where the language makes a difference.
    pub fn count(self, key: &'static str, n: usize) -> String {
        let text = match n {
            1 => self.find(&format!("{key}.one")),
            _ => None,
        };
        text.unwrap_or(self.text(key)).replace("{}", &n.to_string())
    }

    /// A text with values in the places of `{}`.
    pub fn fill(self, key: &'static str, values: &[&dyn std::fmt::Display]) -> String {
        let mut parts = self.text(key).split("{}");
        let mut out = parts.next().unwrap_or("").to_owned();
        let mut values = values.iter();
        for part in parts {
            if let Some(value) = values.next() {
                out.push_str(&value.to_string());
            }
            out.push_str(part);
        }
        out
    }
}

fn table() -> &'static HashMap<&'static str, [&'static str; 2]> {
    static MESSAGES: OnceLock<HashMap<&'static str, [&'static str; 2]>> = OnceLock::new();
    MESSAGES.get_or_init(|| {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| {
                let mut cells = line.split('\t');
                Some((cells.next()?, [cells.next()?, cells.next()?]))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_three_cells_and_as_many_values_in_both() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 3, "{line}");
            assert_eq!(
                cells[1].matches("{}").count(),
                cells[2].matches("{}").count(),
                "{line}"
            );
        }
        assert_eq!(Lang::Zh.fill("found.none", &[&"甲"]), "图中没有“甲”。");
        assert_eq!(Lang::En.count("card.documents", 1), "named by 1 document");
        assert_eq!(Lang::En.count("card.documents", 2), "named by 2 documents");
    }

    #[test]
    fn every_key_stands_once() {
        let mut seen = std::collections::HashSet::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let key = line.split('\t').next();
            assert!(seen.insert(key), "{line} stands twice");
        }
    }
}
