//! Runs on one base line, and the text of such a row.

use super::{Line, Run};

/// Runs on one base line, from left to right; never empty.
pub(super) type Row = Vec<Run>;

/// Gaps of so many times the type's height part words of Latin script, Chinese words, pieces that may be cells, and cells.
const WORD: f32 = 0.2;
const WORDS: f32 = 0.8;
const PIECE: f32 = 0.9;
const CELL: f32 = 2.0;

/// Rows from the top down.
pub(super) fn rows(mut runs: Vec<Run>) -> Vec<Row> {
    runs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut rows: Vec<Row> = Vec::new();
    for run in runs {
        let joins = |row: &&mut Row| {
            let first = &row[0];
            let is_close = (first.y - run.y).abs() <= 0.4 * first.size.max(run.size);
            is_close && !first.is_row && !run.is_row
        };
        match rows.last_mut().filter(joins) {
            Some(row) => row.push(run),
            None => rows.push(vec![run]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.x.total_cmp(&b.x));
        // Bold type is faked by printing twice with a shift.
        row.dedup_by(|b, a| {
            a.text == b.text
                && (a.x - b.x).abs() < 0.25 * a.size
                && (a.y - b.y).abs() < 0.25 * a.size
        });
    }
    rows
}

/// A piece of a row within which there is no gap as between columns or cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece<'a> {
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) runs: &'a [Run],
}

/// The pieces of a row; a title whose characters stand apart is one.
pub(super) fn pieces(row: &[Run]) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut start = 0;
    let is_spread = is_spread(row);
    for (i, run) in row.iter().enumerate() {
        match pieces.last_mut() {
            Some(piece) if is_spread || run.x - piece.right < PIECE * run.size => {
                piece.right = piece.right.max(run.x + run.width);
                piece.runs = &row[start..=i];
            }
            _ => {
                start = i;
                pieces.push(Piece {
                    left: run.x,
                    right: run.x + run.width,
                    runs: &row[i..=i],
                });
            }
        }
    }
    pieces
}

/// A row as one line.
pub(super) fn line(row: &[Run]) -> Line {
    Line {
        text: text(row),
        ..place(row)
    }
}

/// Where a row stands, without its text.
pub(super) fn place(row: &[Run]) -> Line {
    Line {
        left: row[0].x,
        right: row
            .iter()
            .map(|run| run.x + run.width)
            .fold(row[0].x, f32::max),
        y: row[0].y,
        size: row.iter().map(|run| run.size).fold(0.0, f32::max),
        text: String::new(),
        is_row: row[0].is_row,
    }
}

/// The text of runs on one base line.
pub(super) fn text(row: &[Run]) -> String {
    let is_spread = is_spread(row);
    let spacing = spacing(row);
    let mut text = String::new();
    let mut end = f32::NEG_INFINITY;
    for run in row {
        let gap = run.x - end - spacing;
        let is_latin = is_latin(text.chars().next_back()) && is_latin(run.text.chars().next());
        if text.is_empty() || is_spread {
        } else if gap > CELL * run.size && !is_marker(&text) {
            text.push_str(" | ");
        } else if gap > WORDS * run.size || gap > WORD * run.size && is_latin {
            text.push(' ');
        }
        text.push_str(&run.text);
        end = end.max(run.x + run.width);
    }
    text
}

/// Adds the next line of a passage, which was cut where its column or cell ends if `is_cut`.
pub(super) fn go_on(text: &mut String, next: &str, is_cut: bool) {
    let (last, first) = (text.chars().next_back(), next.chars().next());
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    // A cut goes through numbers, not through words.
    if is_latin(last) && is_latin(first) && (!is_cut || is_letter(last) && is_letter(first)) {
        text.push(' ');
    }
    text.push_str(next);
}

fn is_latin(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_graphic())
}

/// `1.`, `（一）`, `●`: what a paragraph of a list begins with.
pub(super) fn is_marker(text: &str) -> bool {
    const LONGEST: usize = 5;
    let n = text.chars().count();
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十（(第".contains(c);
    match text.chars().next_back() {
        Some('.' | '．' | '、' | '）' | ')') => {
            n <= LONGEST && text.chars().take(n - 1).all(is_number)
        }
        Some(c) => n == 1 && "●•■◆★▲○◇□①②③④⑤⑥⑦⑧⑨⑩".contains(c),
        None => false,
    }
}

/// A title whose characters stand apart at equal distances, not the cells of a table.
pub(super) fn is_spread(row: &[Run]) -> bool {
    let is_single = |run: &Run| run.text.chars().count() == 1;
    if row.len() < 2 || !row.iter().all(is_single) || row.iter().all(|run| run.text.is_ascii()) {
        return false;
    }
    let gaps = || {
        row.windows(2)
            .map(|pair| pair[1].x - pair[0].x - pair[0].width)
    };
    let (least, most) = gaps().fold((f32::INFINITY, 0.0), |(a, b), gap| (gap.min(a), gap.max(b)));
    least > 0.0 && most - least <= row[0].size.min(0.5 * most)
}

/// The usual gap between the characters of a line that is set wide.
fn spacing(row: &[Run]) -> f32 {
    const FEWEST: usize = 4;
    if row.len() < FEWEST
        || row
            .iter()
            .filter(|run| run.text.chars().count() > 1)
            .count()
            * 4
            > row.len()
    {
        return 0.0;
    }
    let gaps = row
        .windows(2)
        .map(|pair| pair[1].x - pair[0].x - pair[0].width);
    let mut gaps: Vec<f32> = gaps.collect();
    gaps.sort_by(f32::total_cmp);
    gaps[gaps.len() / 2].clamp(0.0, WORDS * row[0].size)
}
