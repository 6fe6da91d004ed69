//! Pages saved from government sites: the article without what surrounds it, tables row by row.
//!
//! One pass over the tokens notes the text and the blocks it lies in; then the block of the article is chosen. No tree
//! is built and nothing recurses, so that cost is linear however the page is nested.

mod content;
mod head;
mod known;
mod metadata;
mod pauses;
mod walk;

use super::encoding::decode_as;
use super::format::find;
use super::{Aside, Limits, Reason, Source, begins_with};

/// Bytes in which a page must declare its character set.
const DECLARES: usize = 4096;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, Aside> {
    let decoded = decode_as(bytes, charset(bytes))?;
    let deadline = limits.deadline();
    let mut page = walk::walk(&decoded.text, true, deadline)?;
    let mut article = content::choose(&page);
    let mut found = metadata::of(&page, &article, &decoded.text);
    let mut text = content::text(&page, &article, &found.told);
    if !super::encoding::has_words(&text) {
        // What was taken for furniture by its name was the article.
        page = walk::walk(&decoded.text, false, deadline)?;
        article = content::choose(&page);
        found = metadata::of(&page, &article, &decoded.text);
        text = content::text(&page, &article, &found.told);
    }
    let mut metadata = found.metadata;
    metadata.format = format!("text/html; charset={}", decoded.encoding);
    metadata.guessed = decoded.guessed;
    if let Some(title) = &metadata.title
        && !begins_with(&text, title)
    {
        text.insert_str(0, &format!("{title}\n"));
    }
    if text.trim().is_empty() {
        return Err(Reason::NoText.into());
    }
    Ok(Source { text, metadata })
}

/// The character set that a page declares: `<meta charset="gb2312">` and its older form.
fn charset(bytes: &[u8]) -> Option<&[u8]> {
    let head = &bytes[..bytes.len().min(DECLARES)];
    let at = find(&head.to_ascii_lowercase(), b"charset")? + b"charset".len();
    let rest = head[at..].trim_ascii_start().strip_prefix(b"=")?;
    let rest = rest.trim_ascii_start();
    let rest = rest
        .strip_prefix(b"\"")
        .or(rest.strip_prefix(b"'"))
        .unwrap_or(rest);
    let end = rest
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && !b"-_:".contains(b))
        .unwrap_or(rest.len());
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_character_set_is_found() {
        for page in [
            "<meta charset=gb2312>",
            "<META http-equiv='Content-Type' content='text/html; CHARSET=gb2312'>",
            "<meta charset = \"gb2312\" />",
        ] {
            assert_eq!(charset(page.as_bytes()), Some(&b"gb2312"[..]), "{page}");
        }
        assert_eq!(charset(b"<p>charset"), None);
    }
}
