//! Tables without rules: rows whose gaps lie one below another.

use super::Line;
use super::rows::{self, Row, is_marker, is_spread, pieces};

/// A gap of so many times the type's height is one between columns.
const GAP: f32 = 0.6;
/// With two rows only, the gap must be as wide as this.
const WIDE_GAP: f32 = 2.0;
/// Rows no farther apart than so many times the type's height may be the lines of one cell.
const PITCH: f32 = 1.8;
/// Rows farther apart than so many times the type's height are not of one table.
const APART: f32 = 5.0;

/// The rows of a column as lines; a row of a table is one.
pub(super) fn lines(rows: &[Row]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let (n, columns) = table(&rows[at..]);
        if n == 0 {
            lines.push(rows::line(&rows[at]));
            at += 1;
        } else {
            let table = &rows[at..at + n];
            lines.extend(table_lines(table, &filled(table, columns)));
            at += n;
        }
    }
    lines
}

/// Whether rows are a table from the first to the last.
pub(super) fn is_table(rows: &[Row]) -> bool {
    !rows.is_empty() && table(rows).0 == rows.len()
}

/// From where to where a column of a table goes.
type Span = (f32, f32);

/// How many rows from the first one on are a table, with its columns from left to right; 0 where none begins.
fn table(rows: &[Row]) -> (usize, Vec<Span>) {
    let mut columns: Vec<Span> = Vec::new();
    // Rows that have several pieces: up to the last of them the table reaches.
    let (mut n_parted, mut end) = (0, 0);
    for (i, row) in rows.iter().enumerate() {
        let parts = pieces(row);
        let before = i.checked_sub(1).map(|i| rows[i][0].y - row[0].y);
        let size = row[0].size;
        let is_list = parts.len() == 2 && is_marker(&rows::text(parts[0].runs));
        if row[0].is_row || is_list || before.is_some_and(|gap| gap > APART * size) {
            break;
        }
        if parts.len() < 2 {
            // The next line of a cell other than the first.
            let begins = columns.get(1).map(|column| column.0 - GAP * size);
            let is_next = before.is_some_and(|gap| gap <= PITCH * size);
            if !is_next || begins.is_none_or(|x| row[0].x < x) {
                break;
            }
        }
        let spans = parts.iter().map(|piece| (piece.left, piece.right));
        let joined = joined(&columns, spans, GAP * size);
        if joined.len() < 2 || joined.len() + 1 < columns.len() {
            break;
        }
        columns = joined;
        if parts.len() > 1 {
            n_parted += usize::from(!is_spread(row));
            end = i + 1;
        } else if i == end {
            end = i + 1;
        }
    }
    let gap = columns.windows(2).map(|pair| pair[1].0 - pair[0].1);
    let is_wide = gap.fold(f32::INFINITY, f32::min) > WIDE_GAP * rows[0][0].size;
    let is_table = n_parted >= 3 || n_parted == 2 && is_wide;
    (if is_table { end } else { 0 }, columns)
}

/// Spans with those among them that overlap, or are too near one another, joined; `old` ones are in order.
fn joined(old: &[Span], new: impl Iterator<Item = Span>, gap: f32) -> Vec<Span> {
    let mut all: Vec<Span> = old.iter().copied().chain(new).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut out: Vec<Span> = Vec::new();
    for span in all {
        match out.last_mut() {
            Some(last) if span.0 - last.1 < gap => last.1 = last.1.max(span.1),
            _ => out.push(span),
        }
    }
    out
}

/// Columns of which no row fills both are one: its head is centred above it, its cells begin at the left.
fn filled(rows: &[Row], columns: Vec<Span>) -> Vec<Span> {
    let mut is_filled = vec![vec![false; rows.len()]; columns.len()];
    for (i, row) in rows.iter().enumerate() {
        for run in row {
            is_filled[column(&columns, run.x)][i] = true;
        }
    }
    let mut out: Vec<(Span, Vec<bool>)> = Vec::new();
    for (span, filled) in columns.into_iter().zip(is_filled) {
        match out.last_mut() {
            Some((last, before)) if !before.iter().zip(&filled).any(|(a, b)| *a && *b) => {
                last.1 = span.1;
                before.iter_mut().zip(filled).for_each(|(a, b)| *a |= b);
            }
            _ => out.push((span, filled)),
        }
    }
    out.into_iter().map(|(span, _)| span).collect()
}

/// The column in which a run begins.
fn column(columns: &[Span], x: f32) -> usize {
    columns.partition_point(|column| column.0 <= x).max(1) - 1
}

fn table_lines(rows: &[Row], columns: &[Span]) -> Vec<Line> {
    let gaps: Vec<f32> = rows
        .windows(2)
        .map(|pair| pair[0][0].y - pair[1][0].y)
        .collect();
    let widest = gaps.iter().copied().fold(0.0, f32::max);
    let mut lines: Vec<(Line, Vec<String>)> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let mut cells: Vec<Row> = vec![Vec::new(); columns.len()];
        for run in row {
            cells[column(columns, run.x)].push(run.clone());
        }
        let texts = cells.iter().map(|cell| match cell.as_slice() {
            [] => String::new(),
            runs => rows::text(runs),
        });
        // The next line of cells, where rows stand farther apart than the lines of a cell.
        let gap = i.checked_sub(1).map(|i| gaps[i]);
        let is_near = gap.is_some_and(|gap| gap <= PITCH * row[0].size && 1.3 * gap < widest);
        let before = lines.last_mut().filter(|_| is_near && cells[0].is_empty());
        match before {
            Some((_, before)) => {
                for (cell, text) in before.iter_mut().zip(texts) {
                    rows::go_on(cell, &text, true);
                }
            }
            None => lines.push((rows::place(row), texts.collect())),
        }
    }
    let put = |(line, cells): (Line, Vec<String>)| Line {
        text: cells.join(" | "),
        is_row: true,
        ..line
    };
    lines.into_iter().map(put).collect()
}
