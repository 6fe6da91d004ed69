//! Which block is the article, and its text in lines.

use std::ops::Range;

use super::super::grid::{Grid, Lines, Spare};
use super::head;
use super::known;
use super::walk::{Block, Mark, Page, Place};

/// A line with more characters is a passage.
const PASSAGE: usize = 120;
/// Tables within tables beyond this are read as plain lines.
const TABLES: usize = 16;
/// Characters of a text that is hardly one, when the page has more in links.
const LITTLE: usize = 60;

/// The article, and the block that it was taken from.
pub(super) struct Article {
    pub(super) block: usize,
    /// Whether it is what the page has in links.
    of_links: bool,
}

/// Chooses the article of a page.
pub(super) fn choose(page: &Page) -> Article {
    let blocks = &page.blocks;
    let block = heaviest(blocks, |block| block.words);
    let in_links = |block: &Block| block.words + (block.links - block.menus.min(block.links));
    if blocks[0].words < LITTLE && in_links(&blocks[0]) > 2 * blocks[0].words {
        return Article {
            block: heaviest(blocks, in_links),
            of_links: true,
        };
    }
    Article {
        block,
        of_links: false,
    }
}

/// The text of the article, without the stretches of the page that tell its date and issuer.
pub(super) fn text(page: &Page, article: &Article, told: &[Range<usize>]) -> String {
    let without = text_of(page, article.block, told, |block| {
        let is_menu = article.of_links && block.menus * 2 > block.links;
        block.links >= 30 && block.words * 3 < block.links && (is_menu || !article.of_links)
    });
    let text = if super::super::encoding::has_words(&without) {
        without
    } else {
        text_of(page, article.block, told, |_| false)
    };
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let lines = head::without(&lines);
    let lines: Vec<&str> = lines
        .into_iter()
        .filter(|line| !known::is_no_text(line))
        .collect();
    let end = end_of_article(&lines);
    lines[..end].iter().flat_map(|line| [line, "\n"]).collect()
}

/// All that a page says from its beginning to the end of its article.
pub(super) fn text_to(page: &Page, article: &Article) -> String {
    let end = page.blocks[article.block].end;
    let mut writer = Writer::new(page, &[]);
    writer.write(Place::default(), end);
    writer.finish()
}

/// The line at which something else begins, such as comments: a heading of its own, with nothing as long as a line of the
/// article below it.
fn end_of_article(lines: &[&str]) -> usize {
    // The longest line from each on, so that a page of nothing but such headings costs no more than another.
    let mut below: Vec<usize> = lines.iter().map(|line| line.len()).collect();
    for at in (1..below.len()).rev() {
        below[at - 1] = below[at - 1].max(below[at]);
    }
    let mut above = 0;
    for (at, line) in lines.iter().enumerate() {
        if above >= PASSAGE.max(below[at]) && known::is_after(line) {
            return at;
        }
        above = above.max(line.len());
    }
    lines.len()
}

/// The block that names itself the article; else the smallest that holds nearly all of what counts.
fn heaviest(blocks: &[Block], weight: impl Fn(&Block) -> usize) -> usize {
    let all = weight(&blocks[0]);
    let largest = blocks
        .iter()
        .filter(|block| block.is_container && weight(block) * 4 >= all && weight(block) > 0)
        .map(&weight)
        .max();
    if let Some(largest) = largest {
        // Containers lie in containers: the innermost that still has what the outermost has.
        return blocks
            .iter()
            .rposition(|block| block.is_container && weight(block) * 10 >= largest * 9)
            .expect("the largest is one of them");
    }
    let mut heaviest = vec![0; blocks.len()];
    for (i, block) in blocks.iter().enumerate().skip(1) {
        let best = &mut heaviest[block.parent];
        if *best == 0 || weight(&blocks[*best]) < weight(block) {
            *best = i;
        }
    }
    let mut at = 0;
    // What is lost is worse than what is too much: a block is left only for one that has six sevenths of it.
    while heaviest[at] > at
        && weight(&blocks[heaviest[at]]) * 7 >= weight(&blocks[at]) * 6
        && all > 0
    {
        at = heaviest[at];
    }
    at
}

/// The text of a block without those in it that are left out.
fn text_of(
    page: &Page,
    chosen: usize,
    told: &[Range<usize>],
    is_left_out: impl Fn(&Block) -> bool,
) -> String {
    let Block { start, end, .. } = page.blocks[chosen];
    let mut writer = Writer::new(page, told);
    let mut at = start;
    for block in &page.blocks[chosen + 1..] {
        if block.start.text >= end.text {
            break;
        }
        let is_within = block.start.text >= at.text && block.end.text <= end.text;
        if is_within && is_left_out(block) {
            writer.write(at, block.start);
            writer.text("\n");
            at = block.end;
        }
    }
    writer.write(at, end);
    writer.finish()
}

/// Writes stretches of a page: a row of a table is one line, a table for layout is what stands in it.
struct Writer<'a> {
    page: &'a Page,
    told: &'a [Range<usize>],
    out: String,
    grids: Vec<Open>,
    too_deep: usize,
    spare: Spare,
}

/// A table that is being read.
#[derive(Default)]
struct Open {
    grid: Grid,
    in_row: bool,
    /// Whether its rows stand in no table, or in one that begins before the stretch.
    is_implied: bool,
}

impl<'a> Writer<'a> {
    fn new(page: &'a Page, told: &'a [Range<usize>]) -> Self {
        Self {
            page,
            told,
            out: String::new(),
            grids: Vec::new(),
            too_deep: 0,
            spare: Spare(page.text.len()),
        }
    }

    fn write(&mut self, from: Place, to: Place) {
        let page = self.page;
        let mut at = from.text;
        for (place, mark) in &page.marks[from.mark..to.mark] {
            self.stretch(at..*place);
            self.mark(*mark);
            at = *place;
        }
        self.stretch(at..to.text);
    }

    fn stretch(&mut self, stretch: Range<usize>) {
        let page = self.page;
        let mut at = stretch.start;
        for told in self.told {
            if told.start >= at && told.end <= stretch.end {
                self.text(&page.text[at..told.start]);
                at = told.end;
            }
        }
        self.text(&page.text[at..stretch.end]);
    }

    fn text(&mut self, text: &str) {
        if self
            .grids
            .last()
            .is_some_and(|open| open.is_implied && !open.in_row)
            && !text.trim().is_empty()
        {
            self.close();
        }
        let Some(open) = self.grids.last_mut() else {
            self.out.push_str(text);
            return;
        };
        if open.in_row
            && let Some(cell) = open.grid.cell()
        {
            cell.push(text);
        } else if !text.trim().is_empty() {
            // A caption, or what stands between two cells.
            open.cell().push(text);
        }
    }

    fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Table if self.grids.len() < TABLES => self.grids.push(Open::default()),
            Mark::Table => self.too_deep += 1,
            _ if self.too_deep > 0 => {
                self.too_deep -= usize::from(matches!(mark, Mark::TableEnd));
                self.text("\n");
            }
            Mark::TableEnd => while self.close().is_some_and(|open| open.is_implied) {},
            Mark::Row => {
                if self.grids.is_empty() {
                    self.grids.push(Open {
                        is_implied: true,
                        ..Open::default()
                    });
                }
                let open = self.grids.last_mut().expect("there is one");
                open.grid.begin_row();
                open.in_row = true;
            }
            Mark::RowEnd => {
                if let Some(open) = self.grids.last_mut() {
                    open.in_row = false;
                }
            }
            Mark::Cell { across, down } => match self.grids.last_mut() {
                Some(open) => {
                    if !open.in_row {
                        open.grid.begin_row();
                        open.in_row = true;
                    }
                    open.grid.begin_cell(across, down);
                }
                None => self.text("\n"),
            },
        }
    }

    fn close(&mut self) -> Option<Open> {
        let open = self.grids.pop()?;
        let lines = open.grid.lines(&mut self.spare);
        match self.grids.last_mut() {
            Some(outer) => outer.push(&lines),
            None => {
                if !self.out.is_empty() && !self.out.ends_with('\n') {
                    self.out.push('\n');
                }
                self.out.push_str(&lines.text);
            }
        }
        Some(open)
    }

    fn finish(mut self) -> String {
        while self.close().is_some() {}
        self.out
    }
}

impl Open {
    /// The cell that is being filled, or one of its own.
    fn cell(&mut self) -> &mut super::super::grid::Cell {
        if !self.in_row || self.grid.cell().is_none() {
            if !self.in_row {
                self.grid.begin_row();
            }
            self.grid.begin_cell(1, 1);
        }
        self.grid.cell().expect("it has begun")
    }

    fn push(&mut self, lines: &Lines) {
        self.cell().push_table(lines);
    }
}
