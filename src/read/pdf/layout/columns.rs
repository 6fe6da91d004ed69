//! Columns of running text.
//!
//! A gutter is the white rectangle with the most lines of text on both its sides, as in Breuel, *Two geometric algorithms for
//! layout analysis* (2002). Lines that cross it cut the page into parts from top to bottom, as in the XY cuts of Nagy and
//! Seth, *Hierarchical representation of optically scanned documents* (1984). Three columns and more are left out.

use super::aligned;
use super::rows::{Piece, Row, pieces};

/// Lines that a column has at least.
const LINES: usize = 5;
/// Characters that a full line of a column has at least.
const CHARACTERS: f32 = 9.0;
/// How much of a column's width a full line takes.
const FULL: f32 = 0.7;
/// And cells of a table next to the columns at most.
const SHORT: f32 = 0.6;
/// Places at which a gutter is looked for.
const PLACES: usize = 200;

/// The rows of a page in parts, in the order in which they are read.
///
/// `last` is the gutter of the pages before, for one that has few lines.
pub(super) fn columns(rows: Vec<Row>, last: &mut Option<Gutter>) -> Vec<Vec<Row>> {
    *last = gutter(&rows).or(*last);
    let Some(gutter) = last else {
        return vec![rows];
    };
    let mut parts = vec![Vec::new()];
    let mut stretch = Vec::new();
    for row in rows {
        if gutter.is_crossed(&pieces(&row)) {
            gutter.part(std::mem::take(&mut stretch), &mut parts);
            parts.last_mut().expect("there is one").push(row);
        } else {
            stretch.push(row);
        }
    }
    gutter.part(stretch, &mut parts);
    parts.retain(|part| !part.is_empty());
    parts
}

/// The gap between two columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gutter {
    x: f32,
    /// Widths of the columns.
    left: f32,
    right: f32,
}

impl Gutter {
    fn is_crossed(&self, row: &[Piece<'_>]) -> bool {
        row.iter().any(|p| p.left < self.x && p.right > self.x)
    }

    /// Parts rows that do not cross it in columns, where they are text on both sides; others go on with the last part.
    fn part(&self, mut rows: Vec<Row>, parts: &mut Vec<Vec<Row>>) {
        // A table above or below the columns may have a gap where the gutter lies.
        let is_short = |row: &&Row| {
            let pieces = pieces(row);
            let room = SHORT * self.left.min(self.right);
            pieces.len() > 1 && pieces.iter().all(|p| p.right - p.left < room)
        };
        let n_above = rows.iter().take_while(is_short).count();
        if aligned::is_table(&rows[..n_above]) {
            let below = rows.split_off(n_above);
            parts.last_mut().expect("there is one").extend(rows);
            rows = below;
        }
        let n_below = rows.iter().rev().take_while(is_short).count();
        let mut below = rows.split_off(rows.len() - n_below);
        if !aligned::is_table(&below) {
            rows.append(&mut below);
        }
        self.part_text(rows, parts);
        parts.last_mut().expect("there is one").extend(below);
    }

    fn part_text(&self, rows: Vec<Row>, parts: &mut Vec<Vec<Row>>) {
        let (mut n_left, mut n_right, mut n_full) = (0, 0, 0);
        for piece in rows.iter().flat_map(|row| pieces(row)) {
            let (n, room) = if piece.left < self.x {
                (&mut n_left, self.left)
            } else {
                (&mut n_right, self.right)
            };
            *n += 1;
            n_full += usize::from(piece.right - piece.left > FULL * room);
        }
        if n_left == 0 || n_right == 0 || n_full * 5 < (n_left + n_right) * 2 {
            parts.last_mut().expect("there is one").extend(rows);
            return;
        }
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for row in rows {
            let (a, b): (Row, Row) = row.into_iter().partition(|run| run.x < self.x);
            left.extend((!a.is_empty()).then_some(a));
            right.extend((!b.is_empty()).then_some(b));
        }
        parts.extend([left, right, Vec::new()]);
    }
}

/// `None` on a page of one column.
fn gutter(rows: &[Row]) -> Option<Gutter> {
    let rows: Vec<Vec<Piece<'_>>> = rows.iter().map(|row| pieces(row)).collect();
    let all = || rows.iter().flatten();
    let left = all().map(|p| p.left).fold(f32::INFINITY, f32::min);
    let right = all().map(|p| p.right).fold(f32::NEG_INFINITY, f32::max);
    let step = 0.5 * (right - left) / PLACES as f32;
    if rows.len() < LINES || !step.is_finite() || step <= 0.0 {
        return None;
    }
    let first = left + 0.25 * (right - left);
    let mut places = [Place::default(); PLACES];
    for row in &rows {
        let mut is_crossed = [false; PLACES];
        for piece in row {
            let at = |x: f32| (((x - first) / step).max(0.0) as usize).min(PLACES);
            is_crossed[at(piece.left)..at(piece.right + step)].fill(true);
        }
        for (i, place) in places.iter_mut().enumerate() {
            let x = first + step * i as f32;
            place.add(row[0].left < x, row[row.len() - 1].right > x, is_crossed[i]);
        }
    }
    let best = places.iter().map(|place| place.best()).max()?;
    // The middle of the widest stretch of places that are equally good.
    let is_best: Vec<bool> = places.iter().map(|place| place.best() == best).collect();
    let mut widest = 0..0;
    let mut start = 0;
    for stretch in is_best.chunk_by(|a, b| a == b) {
        if stretch[0] && stretch.len() > widest.len() {
            widest = start..start + stretch.len();
        }
        start += stretch.len();
    }
    let x = first + step * (widest.start + widest.end) as f32 / 2.0;
    if best == 0 {
        return None;
    }
    let mut gutter = Gutter {
        x,
        left: 0.0,
        right: 0.0,
    };
    // Both sides are text, many of whose lines fill their side: a table or a list does not.
    let stretches = rows.chunk_by(|a, b| gutter.is_crossed(a) == gutter.is_crossed(b));
    let long = stretches.filter(|rows| !gutter.is_crossed(&rows[0]) && rows.len() >= LINES);
    let pieces: Vec<&Piece<'_>> = long.flatten().flatten().collect();
    let (a, b) = pieces.into_iter().partition(|piece| piece.left < x);
    gutter.left = width(a)?;
    gutter.right = width(b)?;
    let (least, most) = (gutter.left.min(gutter.right), gutter.left.max(gutter.right));
    (most < 1.7 * least).then_some(gutter)
}

/// A place where the gutter may be, while rows go by.
#[derive(Clone, Copy, Default)]
struct Place {
    left: usize,
    right: usize,
    /// Rows in stretches with enough lines on both sides.
    rows: usize,
}

impl Place {
    fn add(&mut self, is_left: bool, is_right: bool, is_crossed: bool) {
        if is_crossed {
            *self = Self {
                rows: self.best(),
                ..Self::default()
            };
        } else {
            self.left += usize::from(is_left);
            self.right += usize::from(is_right);
        }
    }

    fn best(&self) -> usize {
        let is_enough = self.left.min(self.right) >= LINES;
        self.rows + if is_enough { self.left + self.right } else { 0 }
    }
}

/// The width of a column, if these are lines of text.
fn width(pieces: Vec<&Piece<'_>>) -> Option<f32> {
    if pieces.len() < LINES {
        return None;
    }
    let ranked = |mut values: Vec<f32>, share: f32| {
        values.sort_by(f32::total_cmp);
        values[(values.len() as f32 * share) as usize]
    };
    let left = pieces.iter().map(|p| p.left).fold(f32::INFINITY, f32::min);
    let right = ranked(pieces.iter().map(|p| p.right).collect(), 0.9);
    let size = ranked(pieces.iter().map(|p| p.runs[0].size).collect(), 0.5);
    let width = right - left;
    let full = pieces.iter().filter(|p| p.right - p.left > FULL * width);
    (width > CHARACTERS * size && full.count() * 5 > pieces.len() * 2).then_some(width)
}
