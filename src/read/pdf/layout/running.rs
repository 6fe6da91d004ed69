//! Running lines: headers, footers and page numbers, which are no part of the text.
//!
//! They are told by their place at the edge of the page and by saying the same, or counting, on page after page.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::{Row, pieces, text};
use super::ruled::Grid;

/// Rows at either end of a page that may be running lines.
const ROWS: usize = 4;
/// The part of a page's height, at either end, where they stand.
const ZONE: f32 = 0.15;
/// A running line says the same on at least half of the pages, or on so many.
const PAGES: usize = 3;
/// It stands at the same height, within so many points.
const NEAR: f32 = 3.0;
/// It is parted from the text by more than so many usual gaps between lines, or is in smaller type.
const APART: f32 = 1.2;
const SMALL: f32 = 0.92;
/// What is larger than the text is a title.
const LARGE: f32 = 1.15;

/// One of the outer rows of a page.
struct Candidate {
    page: usize,
    row: usize,
    y: f32,
    numbers: Vec<i64>,
}

/// Which end of a page, and the words of a row without its numbers.
type Key = (bool, String);

/// Takes out the running lines of a document; what stands in a table is none.
pub(super) fn drop(pages: &mut [Vec<Row>], grids: &[Vec<Grid>]) {
    let body = body_size(pages);
    let mut all: BTreeMap<Key, Vec<Candidate>> = BTreeMap::new();
    for (page, (rows, grids)) in pages.iter().zip(grids).enumerate() {
        for is_top in [true, false] {
            for row in outer(rows, grids, is_top) {
                if size(&rows[row]) > LARGE * body {
                    continue;
                }
                let (words, numbers) = parts(&text(&rows[row]));
                let y = rows[row][0].y;
                let candidate = Candidate {
                    page,
                    row,
                    y,
                    numbers,
                };
                all.entry((is_top, words)).or_default().push(candidate);
            }
        }
    }
    let n_pages = pages.len();
    let mut running = BTreeSet::new();
    for ((is_top, _), candidates) in all {
        running.extend(repeated(candidates, n_pages).map(|(page, row)| (page, row, is_top)));
    }
    let mut left_out = Vec::with_capacity(n_pages);
    for (page, (rows, grids)) in pages.iter().zip(grids).enumerate() {
        let usual = usual_gap(rows);
        let mut gone = BTreeSet::new();
        for is_top in [true, false] {
            let outer = outer(rows, grids, is_top);
            // From within: a line beside one that stands apart does so too.
            let mut stands_apart = false;
            let mut kinds = Vec::new();
            for &row in outer.iter().rev() {
                let next = if is_top { row + 1 } else { row.wrapping_sub(1) };
                let gap = rows
                    .get(next)
                    .map(|next| (next[0].y - rows[row][0].y).abs());
                let is_wide = |times: f32| gap.is_none_or(|gap| gap > times * usual);
                let is_running = running.contains(&(page, row, is_top));
                stands_apart = is_running
                    && (stands_apart || is_wide(APART) || size(&rows[row]) < SMALL * body);
                kinds.push((
                    row,
                    stands_apart || says_page(&rows[row], is_wide(2.0 * APART)),
                ));
            }
            let ends = kinds
                .into_iter()
                .rev()
                .take_while(|(_, is_running)| *is_running);
            gone.extend(ends.map(|(row, _)| row));
        }
        left_out.push(gone);
    }
    // Lines around nothing are the text.
    let mut all = pages.iter().zip(&left_out);
    if all.all(|(rows, gone)| gone.len() == rows.len()) {
        return;
    }
    for (rows, gone) in pages.iter_mut().zip(left_out) {
        let mut row = 0;
        rows.retain(|_| {
            row += 1;
            !gone.contains(&(row - 1))
        });
    }
}

fn size(row: &Row) -> f32 {
    row.iter().map(|run| run.size).fold(0.0, f32::max)
}

/// The size of most of the type.
fn body_size(pages: &[Vec<Row>]) -> f32 {
    let runs = pages.iter().flatten().flatten();
    let mut sizes: Vec<(f32, usize)> = runs.map(|run| (run.size, run.text.len())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, n)| n).sum::<usize>() / 2;
    let mut before = 0;
    let middle = sizes.iter().find(|(_, n)| {
        before += n;
        before > half
    });
    middle.map_or(0.0, |(size, _)| *size)
}

/// The outermost rows of a page from its edge inwards, up to the first one in a table.
fn outer(rows: &[Row], grids: &[Grid], is_top: bool) -> Vec<usize> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Vec::new();
    };
    let zone = ZONE * (first[0].y - last[0].y);
    let order: Vec<usize> = match is_top {
        true => (0..rows.len().min(ROWS)).collect(),
        false => (rows.len().saturating_sub(ROWS)..rows.len())
            .rev()
            .collect(),
    };
    let edge = if is_top { first[0].y } else { last[0].y };
    let is_outer = |row: &usize| {
        let run = &rows[*row][0];
        (run.y - edge).abs() <= zone && !grids.iter().any(|grid| grid.holds(run.x, run.y))
    };
    order.into_iter().take_while(is_outer).collect()
}

/// The lower quartile: pages of few lines have gaps around headings in plenty.
fn usual_gap(rows: &[Row]) -> f32 {
    let gaps = rows.windows(2).map(|pair| pair[0][0].y - pair[1][0].y);
    let mut gaps: Vec<f32> = gaps.collect();
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 4).copied().unwrap_or(f32::INFINITY)
}

/// A row's words without white space, each number as `#`, and the numbers.
fn parts(text: &str) -> (String, Vec<i64>) {
    let (mut words, mut numbers) = (String::new(), Vec::new());
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c.to_digit(10).map(i64::from) {
            Some(digit) if words.ends_with('#') => {
                let number = numbers.last_mut().expect("each # has its number");
                *number = (*number % 1_000_000) * 10 + digit;
            }
            Some(digit) => {
                words.push('#');
                numbers.push(digit);
            }
            None if c == '#' => {}
            None => words.push(c),
        }
    }
    (words, numbers)
}

/// Those of rows with the same words that are running lines.
fn repeated(mut all: Vec<Candidate>, n_pages: usize) -> impl Iterator<Item = (usize, usize)> {
    all.sort_by(|a, b| a.y.total_cmp(&b.y));
    // Each number is what most rows have: the same one, or one that counts the pages.
    let mut found: BTreeSet<Vec<(bool, i64)>> = BTreeSet::new();
    let mut rest = all.as_slice();
    while let Some(first) = rest.first() {
        let n = rest.iter().take_while(|c| c.y - first.y <= NEAR).count();
        let numbers: Vec<(bool, i64)> = (0..first.numbers.len())
            .map(|i| {
                let [same, counted] = [false, true].map(|is_counted| {
                    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
                    for candidate in &rest[..n] {
                        *seen.entry(candidate.number(i, is_counted)).or_default() += 1;
                    }
                    let most = seen.into_iter().max_by_key(|(_, n)| *n);
                    most.expect("there is a row")
                });
                let is_counted = counted.1 > same.1;
                (is_counted, if is_counted { counted.0 } else { same.0 })
            })
            .collect();
        let rows = rest[..n].iter().filter(|c| c.says(&numbers));
        let pages: BTreeSet<usize> = rows.map(|c| c.page).collect();
        if pages.len() >= 2 && (pages.len() * 2 >= n_pages || pages.len() >= PAGES) {
            found.insert(numbers);
        }
        rest = &rest[n..];
    }
    all.into_iter()
        .filter(move |c| found.iter().any(|numbers| c.says(numbers)))
        .map(|c| (c.page, c.row))
}

impl Candidate {
    fn number(&self, i: usize, is_counted: bool) -> i64 {
        self.numbers[i] - if is_counted { self.page as i64 } else { 0 }
    }

    fn says(&self, numbers: &[(bool, i64)]) -> bool {
        let mut each = numbers.iter().enumerate();
        each.all(|(i, (is_counted, n))| self.number(i, *is_counted) == *n)
    }
}

/// Whether a row says of itself that it is no text: a page number, or what a browser prints around a page.
fn says_page(row: &Row, is_far: bool) -> bool {
    let pieces: Vec<String> = pieces(row)
        .iter()
        .map(|piece| text(piece.runs).replace('ﬁ', "fi"))
        .collect();
    let is_address = |text: &str| {
        let starts = ["http://", "https://", "file://"];
        starts.iter().any(|start| text.starts_with(start))
    };
    let is_number = |text: &str| is_page_number(text, is_far);
    let is_footer = pieces.iter().any(|text| is_address(text))
        && pieces
            .iter()
            .all(|text| is_address(text) || is_number(text));
    is_footer || is_time(&pieces[0]) || is_number(&text(row))
}

/// `2024/1/15 09:30`, `1/15/24, 9:30 AM`.
fn is_time(text: &str) -> bool {
    let n_digits = text.chars().filter(char::is_ascii_digit).count();
    let only = |c: char| c.is_ascii_digit() || " ,/.-:APM上下午".contains(c);
    text.contains(':') && text.contains(['/', '-', '.']) && n_digits >= 6 && text.chars().all(only)
}

/// `— 12 —`, `第 3 页 共 20 页`, `3/20`; `12` where it is far from the text.
fn is_page_number(text: &str, is_far: bool) -> bool {
    let n_digits = text.chars().filter(char::is_ascii_digit).count();
    let others = || {
        text.chars()
            .filter(|c| !c.is_ascii_digit() && !c.is_whitespace())
    };
    let only = others().all(|c| "-—–－―·第页共/，,".contains(c));
    let is_alone = others().next().is_none() && !text.trim().contains(char::is_whitespace);
    only && (1..=7).contains(&n_digits) && (if is_alone { is_far } else { true })
}
