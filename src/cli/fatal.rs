//! What ended the program, in the language of its user.
//!
//! Errors are told in English where they arise, as a library's are. Here each is looked up among the sentences `error.…` and
//! `system.…` of `data/messages.tsv`: what stands for `{}` there is carried over. What is not among them stays as it is.

use std::ops::Range;

use crate::messages::Lang;

/// The chain of an error as one line.
pub(super) fn told(error: &anyhow::Error, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{error:#}"),
        Lang::Zh => {
            let causes = error.chain().map(|cause| translated(&cause.to_string()));
            causes.collect::<Vec<_>>().join("：")
        }
    }
}

/// A message in Chinese: what to do about it, which stands behind the last semicolon, by itself; the rest as a whole, or
/// behind a path or a name.
fn translated(message: &str) -> String {
    if let Some((cause, remedy)) = message.rsplit_once("; ")
        && let Some(remedy) = sentence(remedy)
    {
        return format!("{}；{remedy}", translated(cause));
    }
    sentence(message).unwrap_or_else(|| {
        let behind = message.match_indices(": ").find_map(|(at, separator)| {
            let told = sentence(&message[at + separator.len()..])?;
            Some(format!("{}：{told}", &message[..at]))
        });
        behind.unwrap_or_else(|| message.to_owned())
    })
}

fn sentence(message: &str) -> Option<String> {
    // The system's number of an error tells its user nothing.
    let message = message.split(" (os error ").next().unwrap_or(message);
    let mut sentences = Lang::pairs("error.").chain(Lang::pairs("system."));
    sentences.find_map(|[zh, en]| {
        let values = values(en, message)?;
        let mut parts = zh.split("{}");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for (part, value) in parts.zip(values) {
            out.push_str(&message[value]);
            out.push_str(part);
        }
        Some(out)
    })
}

/// Where the values of a sentence stand in a message of its kind. Each ends before the first place where the sentence goes on.
fn values(sentence: &str, message: &str) -> Option<Vec<Range<usize>>> {
    let mut parts = sentence.split("{}");
    let first = parts.next()?;
    let mut at = message.starts_with(first).then_some(first.len())?;
    let mut values = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let end = match is_last {
            true => message
                .ends_with(part)
                .then(|| message.len() - part.len())?,
            false => at + message.get(at..)?.find(part)?,
        };
        values.push((at <= end).then_some(at..end)?);
        at = end + part.len();
    }
    (at == message.len()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn errors_are_told_in_chinese_with_their_values() {
        let missing = std::io::Error::from_raw_os_error(2);
        for (error, zh) in [
            (
                Error::Store(
                    "图: no store here; make one with `xiangtu build FILES --store 图`".to_owned(),
                ),
                "图：这里没有图；先用 xiangtu build 文件 --store 图 建一个",
            ),
            (
                Error::file("报告/甲.txt", missing),
                "报告/甲.txt：没有这个文件或文件夹；请核对名称",
            ),
            (
                Error::Query("甲镇: no such name in the store".to_owned()),
                "甲镇：图中没有这个名称",
            ),
            (
                Error::data("a.nq", 3, "谁也没见过的话"),
                "a.nq:3: 谁也没见过的话",
            ),
        ] {
            assert_eq!(told(&error.into(), Lang::Zh), zh);
        }
    }

    #[test]
    fn what_no_sentence_fits_is_told_as_it_is_however_many_parts_it_has() {
        let parts = "a: b; ".repeat(200);
        assert_eq!(translated(&parts), parts);
    }

    #[test]
    fn values_are_what_stands_between_the_words() {
        let ranges = |sentence, message| values(sentence, message);
        assert_eq!(ranges("{} of {}", "1 of 2"), Some(vec![0..1, 5..6]));
        assert_eq!(ranges("a {}, {}", "a , "), Some(vec![2..2, 4..4]));
        assert_eq!(ranges("a", "a b"), None);
        assert_eq!(ranges("{} b", "b"), None);
    }

    /// A sentence that the program does not say any more is dead.
    #[test]
    fn every_translated_sentence_is_said_somewhere() {
        let mut sources = String::new();
        let mut folders = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/src").into()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir::<std::path::PathBuf>(folder).unwrap() {
                match entry.unwrap().path() {
                    path if path.is_dir() => folders.push(path),
                    path => sources.push_str(&std::fs::read_to_string(path).unwrap()),
                }
            }
        }
        for [_, en] in Lang::pairs("error.") {
            for words in en.split("{}").map(str::trim) {
                assert!(sources.contains(words), "{en}: {words}");
            }
        }
    }
}
