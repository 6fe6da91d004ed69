//! One pass over a page: its text, the rows and cells and blocks it lies in, what its head declares.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use rustc_hash::FxHashMap;

use super::super::limits::Deadline;
use super::super::{Aside, Reason};
use super::known::{self, Naming};
use super::pauses::Pauses;

/// Elements open at once; those that are deeper add their text to the one above.
const DEPTH: usize = 1000;
/// Blocks of a page; a report of a thousand pages has fewer.
const BLOCKS: usize = 1 << 20;
/// Characters from which a link is no word of a menu.
const MENU: usize = 10;
/// Characters from which a link is a passage of the text.
const PASSAGE: usize = 60;
/// Bytes of the longest heading, date or issuer.
const NAMED: usize = 400;

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

/// Elements that their next one of the kind ends, with what bounds the search for it.
const IMPLIED: [(&[&str], &[&str], &[&str]); 6] = [
    (&["li"], &["li"], &["ul", "ol", "dir"]),
    (&["dt", "dd"], &["dt", "dd"], &["dl"]),
    (
        &["thead", "tbody", "tfoot"],
        &["thead", "tbody", "tfoot", "tr"],
        &["table"],
    ),
    (&["tr"], &["tr"], &["table"]),
    (&["td", "th"], &["td", "th"], &["tr", "table"]),
    (&["option"], &["option"], &["select"]),
];
/// No end tag but that of a table's parts reaches out of these.
const SCOPES: [&str; 3] = ["td", "th", "table"];

/// Where something begins or ends: bytes of [`Page::text`], and how many marks stand before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) text: usize,
    pub(super) mark: usize,
}

/// A stretch of text that an element holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// Index of the block around it; its own for the first.
    pub(super) parent: usize,
    pub(super) start: Place,
    pub(super) end: Place,
    /// Characters outside of links, and in links that are passages.
    pub(super) words: usize,
    /// Characters in other links.
    pub(super) links: usize,
    /// Those of them in links as short as the words of a menu.
    pub(super) menus: usize,
    /// Whether its id or class says that it is the article.
    pub(super) is_container: bool,
}

/// The parts of tables.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    Table,
    TableEnd,
    Row,
    RowEnd,
    Cell { across: usize, down: usize },
}

/// A stretch whose element says what it is.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) naming: Naming,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What one pass finds.
#[derive(Default)]
pub(super) struct Page {
    /// All text that is seen.
    pub(super) text: String,
    /// Parts of tables, with the byte of the text at which they stand.
    pub(super) marks: Vec<(usize, Mark)>,
    /// In order of their start; the first holds all.
    pub(super) blocks: Vec<Block>,
    /// The page's title.
    pub(super) title: String,
    /// Headings, and elements whose id or class names them title, date or issuer.
    pub(super) named: Vec<Named>,
    /// Names and values of meta elements, and the address of `rel=canonical` under that name.
    pub(super) meta: Vec<(String, String)>,
}

struct Open {
    name: String,
    block: Option<usize>,
    hides: bool,
    is_link: bool,
    named: Option<(Naming, usize)>,
}

#[derive(Default)]
struct Walk {
    page: Page,
    open: Vec<Open>,
    /// Where in `open` the elements of a name are.
    places: FxHashMap<String, Vec<usize>>,
    /// Where those are that begin a line.
    lines: Vec<usize>,
    /// Indices of open blocks.
    within: Vec<usize>,
    hidden: usize,
    links: usize,
    /// Characters of the link so far.
    linked: usize,
    in_title: bool,
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
        within: vec![0],
        drop_furniture,
        ..Walk::default()
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
    walk.page.blocks[0].end = walk.place();
    Ok(walk.page)
}

fn value(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// Rows or columns that a cell takes.
fn span(tag: &StartTag<()>, name: &str) -> usize {
    let value = value(tag, name).unwrap_or_default();
    value.trim().parse().unwrap_or(1)
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
        let is_line = LINES.contains(&name.as_str());
        self.close_implied(&name, is_line);
        if is_line {
            self.line_end();
        }
        if self.open.len() >= DEPTH {
            return;
        }
        let hides = self.hides(&name, is_line, tag);
        let is_seen = self.hidden == 0 && !hides;
        if is_seen && matches!(name.as_str(), "td" | "th") {
            let (across, down) = (span(tag, "colspan"), span(tag, "rowspan"));
            self.mark(Mark::Cell { across, down });
        }
        let block = (self.hidden == 0 && BLOCK.contains(&name.as_str())).then(|| self.block(tag));
        match name.as_str() {
            "table" if is_seen => self.mark(Mark::Table),
            "tr" if is_seen => self.mark(Mark::Row),
            "title" => self.in_title = self.page.title.is_empty(),
            "pre" => self.in_pre += 1,
            _ => {}
        }
        // An anchor is only a place, and often not closed.
        let is_anchor = !tag.attributes.contains_key(&b"href"[..])
            && (tag.attributes.contains_key(&b"name"[..])
                || tag.attributes.contains_key(&b"id"[..]));
        let is_link = name == "a" && !is_anchor;
        if is_link && self.links == 0 {
            self.linked = 0;
        }
        let naming = is_seen.then(|| naming(&name, tag)).flatten();
        let at = self.open.len();
        self.places.entry(name.clone()).or_default().push(at);
        if is_line {
            self.lines.push(at);
        }
        self.hidden += usize::from(hides);
        self.links += usize::from(is_link);
        self.open.push(Open {
            name,
            block,
            hides,
            is_link,
            named: naming.map(|naming| (naming, self.page.text.len())),
        });
    }

    fn meta(&mut self, tag: &StartTag<()>) {
        let name = value(tag, "name").or_else(|| value(tag, "property"));
        if let (Some(name), Some(content)) = (name, value(tag, "content")) {
            self.page.meta.push((name, content));
        }
    }

    fn hides(&self, name: &str, is_line: bool, tag: &StartTag<()>) -> bool {
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
            || self.drop_furniture && is_line && (furniture("id") || furniture("class"))
    }

    fn place(&self) -> Place {
        Place {
            text: self.page.text.len(),
            mark: self.page.marks.len(),
        }
    }

    fn block(&mut self, tag: &StartTag<()>) -> usize {
        let container = |attribute: &str| {
            value(tag, attribute).is_some_and(|names| known::is_container(&names))
        };
        let block = Block {
            parent: *self.within.last().expect("the first block is never closed"),
            start: self.place(),
            end: self.place(),
            is_container: container("id") || container("class"),
            ..Block::default()
        };
        self.page.blocks.push(block);
        let index = self.page.blocks.len() - 1;
        self.within.push(index);
        index
    }

    /// Where the innermost open element of these names is.
    fn last(&self, names: &[&str]) -> Option<usize> {
        let places = names.iter().filter_map(|name| self.places.get(*name));
        places.filter_map(|places| places.last().copied()).max()
    }

    fn end(&mut self, name: &str) {
        let is_line = LINES.contains(&name);
        let bound = match name {
            "table" | "html" | "body" => None,
            "td" | "th" | "tr" | "thead" | "tbody" | "tfoot" => self.last(&["table"]),
            // A lost `</span>` does not end the paragraph.
            _ if !is_line && name != "a" && !HIDDEN.contains(&name) => {
                self.last(&SCOPES).max(self.lines.last().copied())
            }
            _ => self.last(&SCOPES),
        };
        match self.last(&[name]) {
            Some(at) if bound.is_none_or(|bound| at > bound) => self.close(at),
            _ if name == "p" => self.line_end(),
            _ => {}
        }
    }

    /// Closes the element at this place and all within it.
    fn close(&mut self, at: usize) {
        while self.open.len() > at {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if let Some(places) = self.places.get_mut(&open.name) {
            places.pop();
            if places.is_empty() {
                self.places.remove(&open.name);
            }
        }
        self.hidden -= usize::from(open.hides);
        self.links -= usize::from(open.is_link);
        if open.is_link && self.links == 0 {
            self.link_end();
        }
        if let Some((naming, start)) = open.named {
            let end = self.page.text.len();
            if (1..NAMED).contains(&(end - start)) {
                self.page.named.push(Named { naming, start, end });
            }
        }
        let is_seen = self.hidden == 0 && !open.hides;
        match open.name.as_str() {
            "title" => self.in_title = false,
            "pre" => self.in_pre -= 1,
            "tr" if is_seen => self.mark(Mark::RowEnd),
            "table" if is_seen => self.mark(Mark::TableEnd),
            _ => {}
        }
        if self.lines.last() == Some(&self.open.len()) {
            self.lines.pop();
            self.line_end();
        }
        if let Some(index) = open.block {
            self.within.pop();
            let end = self.place();
            let block = &mut self.page.blocks[index];
            block.end = end;
            let Block {
                parent,
                words,
                links,
                menus,
                ..
            } = *block;
            let parent = &mut self.page.blocks[parent];
            parent.words += words;
            parent.links += links;
            parent.menus += menus;
        }
    }

    /// Elements that end where the next one begins.
    fn close_implied(&mut self, name: &str, is_line: bool) {
        if name == "a" {
            // No link stands in another; the first was not closed.
            let at = self
                .last(&["a"])
                .filter(|at| Some(*at) > self.last(&SCOPES));
            if let Some(at) = at.filter(|at| Some(at) > self.lines.last()) {
                self.close(at);
            }
            return;
        }
        if let Some((_, closed, stops)) = IMPLIED.iter().find(|(of, ..)| of.contains(&name)) {
            let stop = self.last(stops);
            let mut open = closed.iter().filter_map(|name| self.last(&[*name]));
            if let Some(at) = open.by_ref().filter(|at| Some(*at) > stop).min() {
                self.close(at);
            }
        } else if is_line
            && let Some(at) = self.lines.last()
            && self.open[*at].name == "p"
        {
            self.close(*at);
        }
    }

    fn mark(&mut self, mark: Mark) {
        self.space = false;
        self.page.marks.push((self.page.text.len(), mark));
    }

    fn line_end(&mut self) {
        self.space = false;
        let text = &mut self.page.text;
        if self.hidden == 0 && !text.is_empty() && !text.ends_with('\n') {
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
                if self.space && !out.is_empty() && !out.ends_with('\n') {
                    out.push(' ');
                }
                self.space = false;
                out.push(c);
                seen += usize::from(!c.is_whitespace());
            }
        }
        if self.links > 0 {
            self.linked += seen;
            self.counted().links += seen;
        } else {
            self.counted().words += seen;
        }
    }

    /// The block whose characters are counted.
    fn counted(&mut self) -> &mut Block {
        let block = *self.within.last().expect("the first block is never closed");
        &mut self.page.blocks[block]
    }

    /// A link that is a passage counts as text, and one as short as a word of a menu as such.
    fn link_end(&mut self) {
        let linked = self.linked;
        let block = self.counted();
        // What a link holds in blocks of its own has been counted there.
        let linked = linked.min(block.links);
        if linked >= PASSAGE {
            block.links -= linked;
            block.words += linked;
        } else if linked < MENU {
            block.menus += linked;
        }
    }
}

/// What an element says that it holds.
fn naming(name: &str, tag: &StartTag<()>) -> Option<Naming> {
    match name {
        "h1" => return Some(Naming::Heading),
        "h2" | "h3" => return Some(Naming::Title),
        "time" => return Some(Naming::Date),
        _ => {}
    }
    let named = |attribute| value(tag, attribute).and_then(|names| known::naming(&names));
    named("id").or_else(|| named("class"))
}
