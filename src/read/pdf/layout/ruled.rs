//! Tables with ruled lines: which runs stand in which cell.

use std::collections::BTreeMap;

use super::rows::{self, Row};
use super::{Rule, Run};

/// Rules no farther apart than this meet, or are one; the borders of neighbouring cells may be two.
const NEAR: f32 = 4.0;
/// Rules and cells beyond these are drawings.
const RULES: usize = 2000;
const CELLS: usize = 10_000;
const GRIDS: usize = 64;
/// A cell with more characters holds a passage: it is read like the text around the table.
const PASSAGE: usize = 120;

/// A rule in one of the two directions: where it lies across, and from where to where it goes.
#[derive(Clone, Copy)]
struct Stroke {
    at: f32,
    from: f32,
    to: f32,
}

impl Stroke {
    fn reaches(&self, at: f32) -> bool {
        self.from - NEAR <= at && at <= self.to + NEAR
    }
}

/// Cells between rules that meet.
#[derive(Debug)]
pub(super) struct Grid {
    /// Edges of columns from left to right.
    xs: Vec<f32>,
    /// Edges of rows from the bottom up.
    ys: Vec<f32>,
    /// For each place of the grid, row by row, the first place of its cell, which may span several.
    cells: Vec<usize>,
}

impl Grid {
    fn new(across: &[Stroke], down: &[Stroke]) -> Option<Self> {
        let edges = |own: &[Stroke], other: &[Stroke]| {
            // A table may lack its outer rules.
            let from = other.iter().map(|s| s.from).fold(f32::INFINITY, f32::min);
            let to = other.iter().map(|s| s.to).fold(f32::NEG_INFINITY, f32::max);
            let mut all: Vec<f32> = own.iter().map(|s| s.at).chain([from, to]).collect();
            all.sort_by(f32::total_cmp);
            all.dedup_by(|b, a| *b - *a <= NEAR);
            all
        };
        let (xs, ys) = (edges(down, across), edges(across, down));
        let (n_columns, n_rows) = (xs.len() - 1, ys.len() - 1);
        if n_columns < 2 || n_rows < 1 || n_columns * n_rows > CELLS {
            return None;
        }
        // The right wall and the upper wall of each place.
        let mut walls = vec![(false, false); n_columns * n_rows];
        let within = |edges: &[f32], stroke: &Stroke| -> Vec<usize> {
            let middle = |i: &usize| (edges[*i] + edges[*i + 1]) / 2.0;
            let all = 0..edges.len() - 1;
            all.filter(|i| stroke.from <= middle(i) && middle(i) <= stroke.to)
                .collect()
        };
        let edge = |edges: &[f32], at: f32| edges.partition_point(|e| *e < at - NEAR);
        for stroke in down {
            if let Some(column) = edge(&xs, stroke.at).checked_sub(1) {
                for row in within(&ys, stroke) {
                    walls[row * n_columns + column.min(n_columns - 1)].0 = true;
                }
            }
        }
        for stroke in across {
            if let Some(row) = edge(&ys, stroke.at).checked_sub(1) {
                for column in within(&xs, stroke) {
                    walls[row.min(n_rows - 1) * n_columns + column].1 = true;
                }
            }
        }
        let mut sets = Sets::new(walls.len());
        for (place, (right, above)) in walls.iter().enumerate() {
            if !right && (place + 1) % n_columns != 0 {
                sets.join(place, place + 1);
            }
            if !above && place + n_columns < walls.len() {
                sets.join(place, place + n_columns);
            }
        }
        let cells = (0..walls.len()).map(|place| sets.find(place)).collect();
        Some(Self { xs, ys, cells })
    }

    /// Whether a point lies in it.
    pub(super) fn holds(&self, x: f32, y: f32) -> bool {
        let within = |edges: &[f32], at: f32| edges[0] <= at && at <= edges[edges.len() - 1];
        within(&self.xs, x) && within(&self.ys, y)
    }

    fn cell(&self, run: &Run) -> Option<usize> {
        // Text begins in its cell, though a font that does not tell its widths may seem to leave it.
        let (x, y) = (
            run.x + 0.5 * run.width.min(run.size),
            run.y + 0.3 * run.size,
        );
        if !self.holds(x, y) {
            return None;
        }
        let place = |edges: &[f32], at: f32| {
            let after = edges.partition_point(|edge| *edge <= at);
            after.clamp(1, edges.len() - 1) - 1
        };
        let n_columns = self.xs.len() - 1;
        Some(self.cells[place(&self.ys, y) * n_columns + place(&self.xs, x)])
    }

    /// The rows of the table, and the runs of cells that hold passages.
    fn rows(&self, mut cells: BTreeMap<usize, Vec<Run>>, out: &mut Vec<Run>) {
        let n_columns = self.xs.len() - 1;
        // The cells that begin in a row, from left to right; a cell's highest place is its last one.
        let mut first: Vec<Option<(usize, usize)>> = vec![None; self.cells.len()];
        for (place, cell) in self.cells.iter().enumerate() {
            let (row, column) = (place / n_columns, place % n_columns);
            let leftmost = first[*cell].map_or(column, |(_, c)| c.min(column));
            first[*cell] = Some((row, leftmost));
        }
        let mut by_row: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (cell, at) in first.into_iter().enumerate() {
            if let Some((row, column)) = at {
                by_row.entry(row).or_default().push((column, cell));
            }
        }
        for (row, mut members) in by_row {
            members.sort_unstable();
            let (mut texts, mut shown) = (Vec::new(), Vec::new());
            let n_members = members.len();
            for (_, cell) in members {
                let runs = cells.remove(&cell).unwrap_or_default();
                let length: usize = runs.iter().map(|run| run.text.chars().count()).sum();
                if n_members == 1 || length > PASSAGE {
                    out.extend(runs);
                } else {
                    shown.extend(runs.iter().map(|run| (run.x, run.x + run.width, run.size)));
                    texts.push(cell_text(runs));
                }
            }
            if !shown.is_empty() {
                let left = shown.iter().map(|s| s.0).fold(f32::INFINITY, f32::min);
                let right = shown.iter().map(|s| s.1).fold(left, f32::max);
                out.push(Run {
                    x: left,
                    y: self.ys[row + 1] - 1.0,
                    width: right - left,
                    size: shown[0].2,
                    text: texts.join(" | "),
                    is_row: true,
                    ..Run::default()
                });
            }
        }
    }
}

/// The lines of a cell as one.
fn cell_text(runs: Vec<Run>) -> String {
    let rows: Vec<Row> = rows::rows(runs);
    let lines: Vec<super::Line> = rows.iter().map(|row| rows::line(row)).collect();
    let right = lines.iter().map(|line| line.right).fold(0.0, f32::max);
    let mut text = String::new();
    let mut is_cut = false;
    for line in lines {
        // Cells have no bars within.
        rows::go_on(&mut text, &line.text.replace(" | ", " "), is_cut);
        is_cut = line.right > right - line.size;
    }
    text
}

/// The tables among the rules of a page, the smallest first.
pub(super) fn grids(rules: &[Rule]) -> Vec<Grid> {
    let strokes = |is_across: bool| {
        let of = rules.iter().filter(|rule| rule.is_across() == is_across);
        strokes(of.map(|rule| match is_across {
            true => Stroke {
                at: (rule.bottom + rule.top) / 2.0,
                from: rule.left,
                to: rule.right,
            },
            false => Stroke {
                at: (rule.left + rule.right) / 2.0,
                from: rule.bottom,
                to: rule.top,
            },
        }))
    };
    let (across, down) = (strokes(true), strokes(false));
    if across.len() > RULES || down.len() > RULES {
        return Vec::new();
    }
    let mut sets = Sets::new(across.len() + down.len());
    for (i, a) in across.iter().enumerate() {
        for (j, b) in down.iter().enumerate() {
            if a.reaches(b.at) && b.reaches(a.at) {
                sets.join(i, across.len() + j);
            }
        }
    }
    let mut groups: BTreeMap<usize, (Vec<Stroke>, Vec<Stroke>)> = BTreeMap::new();
    for (i, stroke) in across.iter().enumerate() {
        groups.entry(sets.find(i)).or_default().0.push(*stroke);
    }
    for (j, stroke) in down.iter().enumerate() {
        let set = sets.find(across.len() + j);
        groups.entry(set).or_default().1.push(*stroke);
    }
    let met = groups
        .values()
        .filter(|(a, b)| !a.is_empty() && !b.is_empty());
    let mut grids: Vec<Grid> = met.filter_map(|(a, b)| Grid::new(a, b)).collect();
    let area = |grid: &Grid| {
        let extent = |edges: &[f32]| edges[edges.len() - 1] - edges[0];
        extent(&grid.xs) * extent(&grid.ys)
    };
    grids.sort_by(|a, b| area(a).total_cmp(&area(b)));
    grids.truncate(GRIDS);
    grids
}

/// Rules in one direction, those that continue one another put together.
fn strokes(rules: impl Iterator<Item = Stroke>) -> Vec<Stroke> {
    const SHORTEST: f32 = 6.0;
    let mut all: Vec<Stroke> = rules.collect();
    all.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut out: Vec<Stroke> = Vec::new();
    let mut rest = all.as_mut_slice();
    while let Some(first) = rest.first() {
        let near = first.at + NEAR / 2.0;
        let n = rest.iter().take_while(|stroke| stroke.at <= near).count();
        let (line, after) = rest.split_at_mut(n);
        line.sort_by(|a, b| a.from.total_cmp(&b.from));
        let begin = out.len();
        for stroke in line {
            match out[begin..].last_mut() {
                Some(last) if stroke.from <= last.to + NEAR => last.to = last.to.max(stroke.to),
                _ => out.push(*stroke),
            }
        }
        rest = after;
    }
    out.retain(|stroke| stroke.to - stroke.from >= SHORTEST);
    out
}

/// The runs of a page with those in tables put together row by row.
pub(super) fn fold(runs: Vec<Run>, grids: &[Grid]) -> Vec<Run> {
    let mut out = Vec::new();
    let mut held: Vec<BTreeMap<usize, Vec<Run>>> = vec![BTreeMap::new(); grids.len()];
    for run in runs {
        let found = grids.iter().enumerate();
        let found = found
            .filter_map(|(i, grid)| Some((i, grid.cell(&run)?)))
            .next();
        match found {
            Some((grid, cell)) => held[grid].entry(cell).or_default().push(run),
            None => out.push(run),
        }
    }
    for (grid, cells) in grids.iter().zip(held) {
        grid.rows(cells, &mut out);
    }
    out
}

/// Disjoint sets, each named by one of its members.
struct Sets(Vec<usize>);

impl Sets {
    fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    fn find(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b)] = a.min(b);
    }
}
