//! Title, date, issuer and address that a page gives.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::{begins_with, dates};
use super::content::{self, Article};
use super::head;
use super::known::{self, Naming};
use super::walk::{Named, Page};
use crate::model::Metadata;
use crate::text::key;

/// Headings among which the title is sought.
const HEADINGS: usize = 50;
/// Bytes below a title, or behind an article, in which its date and issuer stand.
const NEAR: usize = 600;

static SAVED: LazyLock<Regex> = LazyLock::new(|| {
    // As Internet Explorer and Chrome, and as the extension SingleFile note it in a comment.
    Regex::new(r"(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url: )(\S+)")
        .expect("the pattern is well-formed")
});

/// What a page says of itself, and the stretches of its text that say it without a label.
pub(super) struct Found {
    pub(super) metadata: Metadata,
    pub(super) told: Vec<Range<usize>>,
}

/// What a page says of itself: first in its meta elements, then by labels, then by the names of its elements.
pub(super) fn of(page: &Page, article: &Article, html: &str) -> Found {
    let meta = |kind: &'static str| {
        known::values(kind)
            .filter_map(|name| {
                let named = page.meta.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
                named.map(|(_, value)| value.trim().to_owned())
            })
            .find(|value| !value.is_empty())
    };
    let site = meta("meta-site");
    let title = meta("meta-title").or_else(|| title(page, site.as_deref()));
    let above = content::text_to(page, article);
    let lines: Vec<&str> = above.lines().collect();
    let labelled = head::told(&lines);
    // Some sites say it below the article.
    let end = page.blocks[article.block].end.text;
    let after = &page.text[end..boundary(&page.text, end + NEAR)];
    let after = head::told(&after.lines().collect::<Vec<_>>());
    let below = below(page, title.as_deref());
    let named = |naming| {
        let among = page
            .named
            .iter()
            .filter(move |named| named.naming == naming);
        among.filter(|named| below.start <= named.start && named.end <= below.end)
    };
    let mut told = Vec::new();
    let mut tell = |named: &Named| told.push(named.start..named.end);
    let mut day_of = |named: &Named| {
        let day = head::day(&page.text[named.start..named.end])?;
        tell(named);
        Some(day)
    };
    let issued = named(Naming::Date).find_map(&mut day_of);
    let mut publisher_of = |named: &Named| {
        let (before, pairs) = known::pairs(&page.text[named.start..named.end]);
        let publisher = known::publisher(before).filter(|_| pairs.is_empty())?;
        tell(named);
        Some(publisher.to_owned())
    };
    let publisher = named(Naming::Publisher).find_map(&mut publisher_of);
    let metadata = Metadata {
        issued: meta("meta-date")
            .and_then(|date| dates::day(&date))
            .or(labelled.issued)
            .or(issued)
            .or_else(|| page.text[below].lines().find_map(head::day))
            .or(after.issued),
        publisher: meta("meta-publisher")
            .filter(|publisher| known::publisher(publisher).is_some())
            .or(labelled.publisher)
            .or(publisher)
            .or(after.publisher)
            // A short one is the editor's.
            .or_else(|| meta("meta-author").filter(|author| author.chars().nth(3).is_some()))
            .or(site)
            .map(|publisher| one_line(&publisher)),
        url: address(page, html).or_else(|| meta("meta-url").and_then(|url| dates::url(&url))),
        title: title.map(|title| one_line(&title)),
        ..Metadata::default()
    };
    Found { metadata, told }
}

/// The stretch below the title.
fn below(page: &Page, title: Option<&str>) -> Range<usize> {
    let heading = page.named.iter().find(|named| {
        let text = &page.text[named.start..named.end];
        matches!(named.naming, Naming::Heading | Naming::Title)
            && title.is_some_and(|title| key(title) == key(text))
    });
    let start = heading.map(|heading| heading.end);
    let start =
        start.or_else(|| title.and_then(|title| Some(page.text.find(title)? + title.len())));
    let start = start.unwrap_or(0);
    start..boundary(&page.text, start + NEAR)
}

/// The last boundary of characters up to a byte.
fn boundary(text: &str, byte: usize) -> usize {
    let mut ends = (0..=byte.min(text.len())).rev();
    ends.find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The heading that the page's title has too; else the part of that title that does not name the site.
fn title(page: &Page, site: Option<&str>) -> Option<String> {
    let title = page.title.trim();
    let without_site = title
        .rsplit_once('-')
        .filter(|(_, site)| known::is_site(site.trim()));
    let parts: Vec<&str> = without_site
        .map_or(title, |(title, _)| title)
        .split(['_', '|', '｜', '—'])
        .flat_map(|part| part.split(" - "))
        .map(str::trim)
        .collect();
    let is_site = |text: &str| {
        let names_it = |name: &str| key(name) == key(text);
        site.is_some_and(names_it)
            || known::is_site(text) && (parts.len() > 1 || without_site.is_some())
    };
    let headings = page
        .named
        .iter()
        .filter(|named| matches!(named.naming, Naming::Heading | Naming::Title));
    let words = |named: &Named| page.text[named.start..named.end].trim();
    let first_heading = headings
        .clone()
        .find(|named| named.naming == Naming::Heading);
    let first_heading = first_heading.map(words);
    let headings: Vec<&str> = headings
        .map(words)
        .filter(|heading| heading.chars().nth(3).is_some() && !is_site(heading))
        .take(HEADINGS)
        .collect();
    let whole = key(title);
    // A long title is cut short in the head of some pages.
    let fits = |heading: &&&str| {
        let heading = key(heading);
        let start = key(parts[0].trim_end_matches(['.', '…']));
        whole.contains(&heading) || start.chars().nth(7).is_some() && heading.starts_with(&start)
    };
    if let Some(heading) = headings
        .iter()
        .filter(fits)
        .max_by_key(|heading| heading.len())
    {
        return Some((*heading).to_owned());
    }
    let names = |text: &str| text.chars().nth(3).is_some();
    // A title that is only the site's name stands in the text nowhere.
    let first = parts.iter().find(|part| names(part) && !is_site(part));
    first
        .copied()
        .filter(|first| first_heading.is_none() || begins_with(&page.text, first))
        .or(first_heading)
        .or_else(|| parts.first().copied())
        .filter(|title| names(title))
        .map(str::to_owned)
}

fn address(page: &Page, html: &str) -> Option<String> {
    const HEAD: usize = 2000;
    let head: String = html.chars().take(HEAD).collect();
    let saved = SAVED
        .captures(&head)
        .and_then(|found| dates::url(&found[1]));
    saved.or_else(|| {
        let canonical = page.meta.iter().find(|(name, _)| name == "canonical");
        canonical.and_then(|(_, url)| dates::url(url))
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
