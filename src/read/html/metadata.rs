//! Title, date, issuer and address that a page gives.

use std::sync::LazyLock;

use regex::Regex;

use super::super::{begins_with, dates};
use super::known;
use super::walk::{CELL, Page, ROW, ROW_END};
use crate::model::Metadata;
use crate::text::key;

/// Characters of a line that may hold `发布时间：…`.
const LINE: usize = 200;

static DATE: LazyLock<Regex> = LazyLock::new(|| known::labelled("label-date", r"(.{6,20})"));
static PUBLISHER: LazyLock<Regex> =
    LazyLock::new(|| known::labelled("label-publisher", r"([\p{Han}A-Za-z]{2,30})"));
static SAVED: LazyLock<Regex> = LazyLock::new(|| {
    // As Internet Explorer and Chrome, and as the extension SingleFile note it in a comment.
    Regex::new(r"(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url: )(\S+)")
        .expect("the pattern is well-formed")
});

/// What a page says of itself: first in its meta elements, then in its lines.
pub(super) fn of(page: &Page, html: &str) -> Metadata {
    let meta = |kind: &'static str| {
        known::values(kind)
            .filter_map(|name| {
                let named = page.meta.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
                named.map(|(_, value)| value.trim().to_owned())
            })
            .find(|value| !value.is_empty())
    };
    let lines = || {
        page.text
            .split(['\n', ROW, CELL, ROW_END])
            .filter(|line| line.chars().nth(LINE).is_none())
    };
    let labelled = |pattern: &Regex| {
        lines().find_map(|line| Some(pattern.captures(line)?[1].trim().to_owned()))
    };
    Metadata {
        title: meta("meta-title")
            .or_else(|| title(page))
            .map(|t| one_line(&t)),
        issued: meta("meta-date")
            .and_then(|date| dates::day(&date))
            .or_else(|| lines().find_map(|line| dates::day(&DATE.captures(line)?[1]))),
        publisher: meta("meta-publisher")
            .or_else(|| labelled(&PUBLISHER))
            .or_else(|| meta("meta-site"))
            .map(|publisher| one_line(&publisher)),
        url: address(page, html).or_else(|| meta("meta-url").and_then(|url| dates::url(&url))),
        ..Metadata::default()
    }
}

/// The heading; else the part of the page's title that does not name the site.
fn title(page: &Page) -> Option<String> {
    let heading = page.heading.trim();
    if !heading.is_empty() && key(&page.title).contains(&key(heading)) {
        return Some(heading.to_owned());
    }
    let title = page.title.trim();
    let first = title.split(['_', '|', '｜', '—']).next().unwrap_or(title);
    let first = first.split(" - ").next().unwrap_or(first).trim();
    let names = |text: &str| (text.chars().count() >= 4).then(|| text.to_owned());
    // A title that is only the site's name stands in the text nowhere.
    names(first)
        .filter(|first| page.heading.is_empty() || begins_with(&page.text, first))
        .or_else(|| names(heading))
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
