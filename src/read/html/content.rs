//! Which block is the article, and its text in lines.

use super::known;
use super::walk::{Block, CELL, Page, ROW, ROW_END};

/// A cell with more characters holds a passage: its table is there for the layout.
const PASSAGE: usize = 120;
/// Tables within tables beyond this are read as plain lines.
const TABLES: usize = 16;

/// The text of the article.
pub(super) fn article(page: &Page) -> String {
    let chosen = choose(&page.blocks);
    let without = text_of(page, chosen, true);
    let text = if super::super::encoding::has_words(&without) {
        without
    } else {
        text_of(page, chosen, false)
    };
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !known::is_no_text(line));
    let lines: Vec<&str> = lines.collect();
    let end = end_of_article(&lines);
    lines[..end].iter().flat_map(|line| [line, "\n"]).collect()
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

/// The block that names itself the article; else the smallest that holds nearly all that is no link.
fn choose(blocks: &[Block]) -> usize {
    let all = blocks[0].words;
    let largest = blocks
        .iter()
        .filter(|block| block.is_container && block.words * 4 >= all)
        .map(|block| block.words)
        .max();
    if let Some(largest) = largest {
        // Containers lie in containers: the innermost that still has what the outermost has.
        return blocks
            .iter()
            .rposition(|block| block.is_container && block.words * 10 >= largest * 9)
            .expect("the largest is one of them");
    }
    let mut heaviest = vec![0; blocks.len()];
    for (i, block) in blocks.iter().enumerate().skip(1) {
        let best = &mut heaviest[block.parent];
        if *best == 0 || blocks[*best].words < block.words {
            *best = i;
        }
    }
    let mut at = 0;
    // What is lost is worse than what is too much: a block is left only for one that has six sevenths of it.
    while heaviest[at] > at && blocks[heaviest[at]].words * 7 >= blocks[at].words * 6 && all > 0 {
        at = heaviest[at];
    }
    at
}

/// The text of a block, with or without the lists of links in it.
fn text_of(page: &Page, chosen: usize, without_links: bool) -> String {
    let Block { start, end, .. } = page.blocks[chosen];
    let mut marked = String::with_capacity(end - start);
    let mut at = start;
    for block in &page.blocks[chosen + 1..] {
        if block.start >= end || !without_links {
            break;
        }
        let is_list_of_links = block.links >= 30 && block.words * 3 < block.links;
        if is_list_of_links && block.start >= at && block.end <= end {
            marked.push_str(&page.text[at..block.start]);
            marked.push('\n');
            at = block.end;
        }
    }
    marked.push_str(&page.text[at..end]);
    lines(&marked)
}

#[derive(Default)]
struct Row {
    cells: Vec<String>,
    holds_table: bool,
}

/// Marks to lines: a row of a table is one line, a table for layout is what stands in it.
fn lines(marked: &str) -> String {
    let mut out = String::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut too_deep = 0usize;
    for part in marked.split_inclusive([ROW, ROW_END, CELL]) {
        let mark = part
            .chars()
            .next_back()
            .filter(|c| [ROW, ROW_END, CELL].contains(c));
        let text = mark.map_or(part, |mark| &part[..part.len() - mark.len_utf8()]);
        match rows.last_mut() {
            Some(row) => match row.cells.last_mut() {
                Some(cell) => cell.push_str(text),
                // Between a row's beginning and its first cell.
                None if !text.trim().is_empty() => row.cells.push(text.to_owned()),
                None => {}
            },
            None => out.push_str(text),
        }
        match mark {
            Some(ROW) if rows.len() < TABLES => rows.push(Row::default()),
            Some(ROW) => too_deep += 1,
            Some(ROW_END) if too_deep > 0 => too_deep -= 1,
            Some(ROW_END) => {
                if let Some(row) = rows.pop() {
                    close(row, &mut rows, &mut out);
                }
            }
            Some(_) => match rows.last_mut() {
                Some(row) if too_deep == 0 => row.cells.push(String::new()),
                Some(row) => {
                    if let Some(cell) = row.cells.last_mut() {
                        cell.push('\n');
                    }
                }
                None => out.push('\n'),
            },
            None => {}
        }
    }
    while let Some(row) = rows.pop() {
        close(row, &mut rows, &mut out);
    }
    out
}

fn close(row: Row, rows: &mut [Row], out: &mut String) {
    let line = line(&row);
    let to = match rows.last_mut() {
        Some(outer) => {
            outer.holds_table = true;
            if outer.cells.is_empty() {
                outer.cells.push(String::new());
            }
            outer.cells.last_mut().expect("there is one")
        }
        None => out,
    };
    if !to.is_empty() && !to.ends_with('\n') {
        to.push('\n');
    }
    to.push_str(&line);
}

fn line(row: &Row) -> String {
    let cells: Vec<&str> = row
        .cells
        .iter()
        .map(|cell| cell.trim_matches('\n'))
        .collect();
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return String::new();
    }
    let is_layout = row.holds_table
        || cells.len() == 1
        || cells.iter().any(|cell| cell.chars().nth(PASSAGE).is_some());
    if is_layout {
        return cells
            .iter()
            .filter(|cell| !cell.is_empty())
            .flat_map(|cell| [*cell, "\n"])
            .collect();
    }
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| cell.replace('\n', " ").trim().to_owned())
        .collect();
    cells.join(" | ") + "\n"
}
