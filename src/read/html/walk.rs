//! One pass over a page: its text with marks for rows and cells, the blocks it lies in, what its head declares.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::pauses::Pauses;

use super::super::limits::Deadline;
use super::super::{Aside, Reason};
use super::known;

/// Before a row of a table, after it, and before each of its cells. No text holds them: control characters are left out.
pub(super) const ROW: char = '\u{1D}';
/// After a row.
pub(super) const ROW_END: char = '\u{1E}';
/// Before a cell.
pub(super) const CELL: char = '\u{1F}';

/// Elements open at once; those that are deeper add their text to the one above.
const DEPTH: usize = 1000;
/// How far up an end tag looks for its element.
const REACH: usize = 64;
/// Blocks of a page; a report of a thousand pages has fewer.
const BLOCKS: usize = 1 << 20;

const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];
const HIDDEN: [&str; 18] = [
    "script", "style", "noscript", "template", "title", "nav", "footer", "aside", "button",
    "select", "option", "textarea", "iframe", "svg", "object", "canvas", "audio", "video",
];
/// Elements that begin and end a line.
const LINES: [&str; 38] = [
    "address",
    "article",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "html",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];
/// Those among which the article is sought.
const BLOCK: [&str; 19] = [
    "article",
    "blockquote",
    "body",
    "center",
    "div",
    "dl",
    "fieldset",
    "figure",
    "form",
    "header",
    "main",
    "ol",
    "section",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];

/// A stretch of text that an element holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// Index of the block around it; its own for the first.
    pub(super) parent: usize,
    /// Bytes of [`Page::text`].
    pub(super) start: usize,
    pub(super) end: usize,
    /// Characters outside of links.
    pub(super) words: usize,
    /// Characters in links.
    pub(super) links: usize,
    /// Whether its id or class says that it is the article.
    pub(super) is_container: bool,
}

/// What one pass finds.
#[derive(Default)]
pub(super) struct Page {
    /// All text that is seen, with marks.
    pub(super) text: String,
    /// In order of their start; the first holds all.
    pub(super) blocks: Vec<Block>,
    /// The page's title.
    pub(super) title: String,
    /// The first heading of the highest level.
    pub(super) heading: String,
    /// Names and values of meta elements, and the address of `rel=canonical` under that name.
    pub(super) meta: Vec<(String, String)>,
}

struct Open {
    name: String,
    block: Option<usize>,
    hides: bool,
    is_link: bool,
}

struct Walk {
    page: Page,
    open: Vec<Open>,
    /// Indices of open blocks.
    within: Vec<usize>,
    hidden: usize,
    links: usize,
    in_title: bool,
    in_heading: bool,
    in_pre: usize,
    space: bool,
    drop_furniture: bool,
}

/// Walks a page. `drop_furniture` leaves out what its id or class names as surroundings.
pub(super) fn walk(html: &str, drop_furniture: bool, deadline: Deadline) -> Result<Page, Aside> {
    let mut emitter = DefaultEmitter::default();
    // So that markup in a script is not taken for elements.
    emitter.naively_switch_states(true);
    let mut walk = Walk {
        page: Page {
            blocks: vec![Block::default()],
            ..Page::default()
        },
        open: Vec::new(),
        within: vec![0],
        hidden: 0,
        links: 0,
        in_title: false,
        in_heading: false,
        in_pre: 0,
        space: false,
        drop_furniture,
    };
    for (i, token) in Tokenizer::new_with_emitter(Pauses::new(html), emitter).enumerate() {
        if i.is_multiple_of(4096) {
            deadline.check()?;
        }
        let Ok(token) = token else { continue };
        match token {
            Token::StartTag(tag) => walk.start(&tag),
            Token::EndTag(tag) => walk.end(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => walk.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
        if walk.page.blocks.len() > BLOCKS {
            return Err(Aside::new(Reason::TooLarge, format!("> {BLOCKS} elements")));
        }
    }
    while !walk.open.is_empty() {
        walk.pop();
    }
    let end = walk.page.text.len();
    walk.page.blocks[0].end = end;
    Ok(walk.page)
}

fn value(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

impl Walk {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        match name.as_str() {
            "meta" => self.meta(tag),
            "link" if value(tag, "rel").is_some_and(|rel| rel == "canonical") => {
                let address = value(tag, "href").unwrap_or_default();
                self.page.meta.push(("canonical".to_owned(), address));
            }
            "br" => self.line_end(),
            "hr" => self.line_end(),
            _ => {}
        }
        if VOID.contains(&name.as_str()) {
            return;
        }
        self.close_implied(&name);
        if LINES.contains(&name.as_str()) && !matches!(name.as_str(), "td" | "th") {
            self.line_end();
        }
        if self.open.len() >= DEPTH {
            return;
        }
        match name.as_str() {
            "tr" => self.mark(ROW),
            "td" | "th" => self.mark(CELL),
            "title" => self.in_title = self.page.title.is_empty(),
            "h1" => self.in_heading = self.page.heading.is_empty(),
            "pre" => self.in_pre += 1,
            _ => {}
        }
        let hides = self.hides(&name, tag);
        let is_link = name == "a";
        let block = (BLOCK.contains(&name.as_str()) && self.hidden == 0).then(|| self.block(tag));
        self.hidden += usize::from(hides);
        self.links += usize::from(is_link);
        self.open.push(Open {
            name,
            block,
            hides,
            is_link,
        });
    }

    fn meta(&mut self, tag: &StartTag<()>) {
        let name = value(tag, "name").or_else(|| value(tag, "property"));
        if let (Some(name), Some(content)) = (name, value(tag, "content")) {
            self.page.meta.push((name, content));
        }
    }

    fn hides(&self, name: &str, tag: &StartTag<()>) -> bool {
        if HIDDEN.contains(&name) {
            return true;
        }
        if matches!(name, "html" | "body" | "main" | "article") {
            return false;
        }
        let style = value(tag, "style").unwrap_or_default();
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        let furniture = |attribute: &str| {
            value(tag, attribute).is_some_and(|names| known::is_furniture(&names))
        };
        style.to_ascii_lowercase().contains("display:none")
            || self.drop_furniture
                && LINES.contains(&name)
                && (furniture("id") || furniture("class"))
    }

    fn block(&mut self, tag: &StartTag<()>) -> usize {
        let container = |attribute: &str| {
            value(tag, attribute).is_some_and(|names| known::is_container(&names))
        };
        let at = self.page.text.len();
        let block = Block {
            parent: *self.within.last().expect("the first block is never closed"),
            start: at,
            end: at,
            is_container: container("id") || container("class"),
            ..Block::default()
        };
        self.page.blocks.push(block);
        let index = self.page.blocks.len() - 1;
        self.within.push(index);
        index
    }

    fn end(&mut self, name: &str) {
        let within = self.open.iter().rev().take(REACH);
        let Some(up) = within.enumerate().find(|(_, open)| open.name == name) else {
            if name == "p" {
                self.line_end();
            }
            return;
        };
        for _ in 0..=up.0 {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.hidden -= usize::from(open.hides);
        self.links -= usize::from(open.is_link);
        match open.name.as_str() {
            "title" => self.in_title = false,
            "h1" => self.in_heading = false,
            "pre" => self.in_pre -= 1,
            "tr" => self.mark(ROW_END),
            _ => {}
        }
        if LINES.contains(&open.name.as_str()) {
            self.line_end();
        }
        if let Some(index) = open.block {
            self.within.pop();
            let block = &mut self.page.blocks[index];
            block.end = self.page.text.len();
            let (parent, words, links) = (block.parent, block.words, block.links);
            self.page.blocks[parent].words += words;
            self.page.blocks[parent].links += links;
        }
    }

    /// Elements that end where the next one begins.
    fn close_implied(&mut self, name: &str) {
        let (closed, stops): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "dir"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "tr" => (&["tr"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            name if LINES.contains(&name) => (&["p"], &LINES),
            _ => return,
        };
        for up in 0..self.open.len().min(REACH) {
            let open = self.open[self.open.len() - 1 - up].name.as_str();
            if closed.contains(&open) {
                for _ in 0..=up {
                    self.pop();
                }
                return;
            }
            if stops.contains(&open) {
                return;
            }
        }
    }

    fn mark(&mut self, mark: char) {
        if self.hidden == 0 {
            self.space = false;
            self.page.text.push(mark);
        }
    }

    fn line_end(&mut self) {
        self.space = false;
        let text = &mut self.page.text;
        if self.hidden == 0 && !text.is_empty() && !text.ends_with(['\n', ROW, CELL]) {
            text.push('\n');
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_title {
            self.page.title.push_str(text);
        }
        if self.hidden > 0 {
            return;
        }
        let mut seen = 0;
        for c in text.chars() {
            if c == '\n' && self.in_pre > 0 {
                self.line_end();
            } else if c.is_ascii_whitespace() || c == '\u{A0}' {
                self.space = true;
            } else if !c.is_control() {
                let out = &mut self.page.text;
                if self.space && !out.is_empty() && !out.ends_with(['\n', ROW, CELL, ROW_END]) {
                    out.push(' ');
                }
                self.space = false;
                out.push(c);
                if self.in_heading {
                    self.page.heading.push(c);
                }
                seen += usize::from(!c.is_whitespace());
            }
        }
        let block = *self.within.last().expect("the first block is never closed");
        let block = &mut self.page.blocks[block];
        if self.links > 0 {
            block.links += seen;
        } else {
            block.words += seen;
        }
    }
}
