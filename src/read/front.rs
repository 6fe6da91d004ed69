//! Front matter: the lines between two `---` that Markdown begins with, as site generators and note takers write them
//! (`title: …`, `date: 2024-01-15`). Only plain values are read; what is none of them is passed over.

use super::Columns;
use super::table::metadata_of;
use crate::model::Metadata;

/// Longer ones are no front matter.
const LINES: usize = 200;

/// What the front matter of a text says, and the text below it; `None` for a text without any.
pub(super) fn split<'a>(text: &'a str, columns: &Columns) -> Option<(Metadata, &'a str)> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut end = first.len();
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for line in lines.take(LINES) {
        end += line.len();
        let goes_on = line.starts_with([' ', '\t', '-', '#']);
        match line.trim_end() {
            "---" | "..." => {
                let metadata = metadata_of(&names, &values, columns)?;
                return Some((metadata, &text[end..]));
            }
            "" => {}
            _ if goes_on => {}
            entry => {
                let (name, value) = entry.split_once(':')?;
                names.push(name.trim().to_owned());
                values.push(value.trim().trim_matches(['"', '\'']).to_owned());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_metadata_and_a_line_of_dashes_is_not() {
        let text = "---\ntitle: \"青河镇2023年工作总结\"\ndate: 2024-01-15\ntags:\n  - 总结\n---\n正文：好。\n";
        let (metadata, rest) = split(text, &Vec::new()).unwrap();
        assert_eq!(metadata.title.as_deref(), Some("青河镇2023年工作总结"));
        assert_eq!(metadata.issued.as_deref(), Some("2024-01-15"));
        assert_eq!(rest, "正文：好。\n");
        for text in [
            "---\n青河镇推行河长制。\n---\n",
            "---\n会议时间：昨天\n---\n",
            "---\ntitle: 没有结尾\n",
            "青河镇\n---\ntitle: 甲\n---\n",
            "---",
        ] {
            assert_eq!(split(text, &Vec::new()), None, "{text}");
        }
    }
}
