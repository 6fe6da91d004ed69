//! A table as lines of text: a row is one line with ` | ` between its cells, and can be read alone.
//!
//! ```text
//! 村    | 项目                        村 | 项目
//! 青山村 | 水渠          ->           青山村 | 水渠
//!  〃   | 便桥                        青山村 | 便桥
//! ```
//!
//! A cell over several rows stands in each of them, one over several columns stands in the first. A table that only
//! places passages on a page is read cell by cell. What is repeated is bounded by the length of the document, so that
//! no span costs more than the page it stands in.

use std::collections::BTreeMap;

/// Between the cells of a row.
pub(super) const CELL: &str = " | ";
/// A cell with more characters holds a passage.
const PASSAGE: usize = 120;
/// A cell with more characters is said once, however many rows it spans.
const LABEL: usize = 60;
/// A cell with more lines is no cell of data.
const LINES: usize = 6;
/// No table has more columns; what spans more is an error or an attack. Browsers have the same bound.
const COLUMNS: usize = 1000;

#[derive(Default)]
pub(super) struct Cell {
    /// Lines, one of which may be a row of a table within the cell.
    pub(super) text: String,
    /// Columns and rows that it takes.
    pub(super) across: usize,
    pub(super) down: usize,
    /// Whether it holds words outside of tables.
    has_words: bool,
    /// Whether it holds a table, and whether such a table is one of data.
    has_table: bool,
    has_layout: bool,
}

/// A table whose cells are being filled.
#[derive(Default)]
pub(super) struct Grid {
    rows: Vec<Vec<Cell>>,
}

/// The lines of a table.
pub(super) struct Lines {
    pub(super) text: String,
    /// Whether they are rows of data, not what a table for layout holds.
    pub(super) is_data: bool,
}

/// Bytes that may yet be repeated in one document.
pub(super) struct Spare(pub(super) usize);

impl Spare {
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

impl Cell {
    pub(super) fn push(&mut self, text: &str) {
        self.has_words |= !text.trim().is_empty();
        self.text.push_str(text);
    }

    pub(super) fn push_table(&mut self, lines: &Lines) {
        if lines.text.is_empty() {
            return;
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(&lines.text);
        self.has_table = true;
        self.has_layout |= !lines.is_data;
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        let lines = self.text.lines().map(str::trim);
        lines.filter(|line| !line.is_empty())
    }

    fn is_longer(&self, than: usize) -> bool {
        self.text.trim().chars().nth(than).is_some()
    }

    /// What fits into a row of data.
    fn is_plain(&self) -> bool {
        !self.has_table && !self.is_longer(PASSAGE) && self.lines().nth(LINES).is_none()
    }

    fn is_label(&self) -> bool {
        self.is_plain() && !self.is_longer(LABEL) && self.lines().nth(1).is_none()
    }

    /// Whether it holds rows of data and nothing else.
    fn is_rows(&self) -> bool {
        self.has_table && !self.has_words && !self.has_layout
    }

    fn write_line(&self, out: &mut String) {
        for (at, line) in self.lines().enumerate() {
            out.push_str(if at > 0 { " " } else { "" });
            out.push_str(line);
        }
    }
}

impl Grid {
    pub(super) fn begin_row(&mut self) {
        self.rows.push(Vec::new());
    }

    pub(super) fn begin_cell(&mut self, across: usize, down: usize) {
        if self.rows.is_empty() {
            self.begin_row();
        }
        let row = self.rows.last_mut().expect("there is one");
        row.push(Cell {
            across: across.clamp(1, COLUMNS),
            down,
            ..Cell::default()
        });
    }

    /// The cell that is being filled.
    pub(super) fn cell(&mut self) -> Option<&mut Cell> {
        self.rows.last_mut()?.last_mut()
    }

    /// Where the cell that is being filled is: row and cell.
    pub(super) fn place(&self) -> Option<(usize, usize)> {
        let row = self.rows.len().checked_sub(1)?;
        Some((row, self.rows[row].len().checked_sub(1)?))
    }

    /// Takes away the cell that is being filled, since it only continues one of an earlier row.
    pub(super) fn continue_above(&mut self, (row, cell): (usize, usize)) {
        let Some((last, above)) = self.rows.split_last_mut() else {
            return;
        };
        let n_above = above.len();
        if let Some(begun) = above.get_mut(row).and_then(|row| row.get_mut(cell)) {
            begun.down = n_above + 1 - row;
            last.pop();
        }
    }

    pub(super) fn lines(&self, spare: &mut Spare) -> Lines {
        let is_data = self.rows.iter().any(|row| is_data(row));
        let mut text = String::new();
        let mut above = Above::default();
        for (at, row) in self.rows.iter().enumerate() {
            let placed = above.places(at, row, spare);
            if row.iter().any(|cell| !cell.is_blank()) {
                write_row(&placed, is_data, spare, &mut text);
            }
        }
        Lines { text, is_data }
    }
}

/// Whether a row is one of data: values beside one another.
fn is_data(row: &[Cell]) -> bool {
    let filled = || row.iter().filter(|cell| !cell.is_blank());
    filled().nth(1).is_some() && filled().all(Cell::is_plain)
        || filled().filter(|cell| cell.is_label()).nth(1).is_some() && !row.iter().any(is_roomy)
}

/// Whether a cell holds what is no value of a table of data: a long list of lines, a table with text around it.
fn is_roomy(cell: &Cell) -> bool {
    match cell.has_table {
        true => !cell.is_rows(),
        false => cell.lines().nth(LINES).is_some(),
    }
}

/// The cells of earlier rows that reach into the next ones.
#[derive(Default)]
struct Above<'a> {
    /// By the column in which they begin.
    cells: BTreeMap<usize, (&'a Cell, usize)>,
}

impl<'a> Above<'a> {
    /// The cells of a row by their columns: its own and those that reach into it from above.
    fn places(&mut self, at: usize, row: &'a [Cell], spare: &mut Spare) -> Vec<Placed<'a>> {
        if row.iter().all(|cell| cell.is_blank() && cell.down == 1) {
            return Vec::new();
        }
        self.cells.retain(|_, (_, end)| *end > at);
        // Each costs something, whether it is said again or not.
        let costs = self.cells.values().map(|(cell, _)| cost(cell));
        if !spare.take(costs.sum()) {
            self.cells.clear();
        }
        let mut placed: Vec<Placed> = Vec::with_capacity(row.len());
        let mut column = 0;
        for cell in row {
            while let Some((above, _)) = self.cells.get(&column) {
                column += above.across;
            }
            placed.push(Placed {
                column,
                cell,
                is_above: false,
            });
            column += cell.across;
        }
        placed.extend(self.cells.iter().map(|(column, (cell, _))| Placed {
            column: *column,
            cell,
            is_above: true,
        }));
        for cell in row.iter().zip(&placed).filter(|(cell, _)| cell.down != 1) {
            // A span of zero rows is one to the end.
            let end = match cell.0.down {
                0 => usize::MAX,
                down => at.saturating_add(down),
            };
            self.cells.insert(cell.1.column, (cell.0, end));
        }
        placed.sort_by_key(|placed| placed.column);
        placed
    }
}

/// Bytes that it may take to say a cell once more.
fn cost(cell: &Cell) -> usize {
    CELL.len() + cell.text.len().min(4 * LABEL)
}

struct Placed<'a> {
    column: usize,
    cell: &'a Cell,
    is_above: bool,
}

fn write_row(placed: &[Placed<'_>], is_data: bool, spare: &mut Spare, out: &mut String) {
    let filled: Vec<&Placed> = placed
        .iter()
        .filter(|placed| !placed.cell.is_blank())
        .filter(|placed| !placed.is_above || is_data && placed.cell.is_label())
        .collect();
    let stands_alone = |placed: &Placed| !is_data || placed.column == 0 || !placed.cell.is_plain();
    let is_layout = match filled[..] {
        [] => return,
        [only] => stands_alone(only),
        _ => {
            let passages = || {
                filled
                    .iter()
                    .filter(|placed| placed.cell.is_longer(PASSAGE))
            };
            filled.iter().any(|placed| is_roomy(placed.cell))
                || !is_data && passages().nth(1).is_some()
                || !is_data && passages().any(|placed| placed.cell.lines().nth(1).is_some())
        }
    };
    let mut with_rows = filled.iter().filter(|placed| placed.cell.is_rows());
    let inner = with_rows
        .next()
        .filter(|_| !is_layout && with_rows.next().is_none());
    if let Some(inner) = inner {
        // What stands beside a table of data holds for each of its rows.
        let beside = filled.iter().filter(|placed| !placed.cell.is_rows());
        let once: usize = beside.map(|placed| cost(placed.cell)).sum();
        if spare.take(once.saturating_mul(inner.cell.lines().count())) {
            for line in inner.cell.lines() {
                join(&filled, Some(line), spare, out);
            }
            return;
        }
    }
    if is_layout || filled.iter().any(|placed| placed.cell.has_table) {
        for line in filled.iter().flat_map(|placed| placed.cell.lines()) {
            out.push_str(line);
            out.push('\n');
        }
        return;
    }
    join(&filled, None, spare, out);
}

/// One line, with `inner` in the place of the cell that holds rows.
fn join(filled: &[&Placed<'_>], inner: Option<&str>, spare: &mut Spare, out: &mut String) {
    let mut column = 0;
    for placed in filled {
        // Places that are empty, or that a cell to the left takes too.
        let apart = placed.column.saturating_sub(column);
        let apart = match apart {
            0 | 1 => apart,
            apart if spare.take(apart * CELL.len()) => apart,
            _ => 1,
        };
        out.extend(std::iter::repeat_n(CELL, apart));
        match inner {
            Some(line) if placed.cell.is_rows() => out.push_str(line),
            _ => placed.cell.write_line(out),
        }
        column = placed.column;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a table whose cells are written as `text`, `text→2` over columns, `text↓2` over rows.
    fn lines(rows: &[&[&str]], spare: usize) -> String {
        let mut grid = Grid::default();
        for row in rows {
            grid.begin_row();
            for cell in *row {
                let (cell, down) = cell.split_once('↓').unwrap_or((cell, "1"));
                let (cell, across) = cell.split_once('→').unwrap_or((cell, "1"));
                grid.begin_cell(across.parse().unwrap(), down.parse().unwrap());
                grid.cell().unwrap().push(cell);
            }
        }
        grid.lines(&mut Spare(spare)).text
    }

    #[test]
    fn every_row_can_be_read_alone() {
        let rows: &[&[&str]] = &[
            &["村↓2", "改厕（户）→2", "备注↓2"],
            &["计划", "完成"],
            &["青山村↓3", "60", "58", ""],
            &["10", "9", "二期"],
            &["", "", "三期"],
            &["合计", "70", "67"],
        ];
        let expected = "村 | 改厕（户） |  | 备注\n村 | 计划 | 完成 | 备注\n青山村 | 60 | 58\n青山村 | 10 | 9 | 二期\n\
                        青山村 |  |  | 三期\n合计 | 70 | 67\n";
        assert_eq!(lines(rows, 1000), expected);
    }

    #[test]
    fn spans_without_end_repeat_no_more_than_is_spare() {
        let first: Vec<&str> = vec!["甲→9999↓0"; 500];
        let rows: Vec<&[&str]> = std::iter::once(&first[..])
            .chain(std::iter::repeat_n(&["乙", "丙"][..], 500))
            .collect();
        assert!(lines(&rows, 10_000).len() < 30_000);
    }

    #[test]
    fn passages_beside_one_another_are_lines_and_a_value_beside_one_is_a_row() {
        let long = "全镇推行河长制，水清岸绿。".repeat(12);
        let two = format!("{long}\n{long}");
        assert_eq!(lines(&[&[&two, &two]], 0).lines().count(), 4);
        assert_eq!(lines(&[&["图为青河", &two]], 0).lines().count(), 3);
        assert_eq!(
            lines(&[&["青山村", &two, "58"]], 0),
            format!("青山村 | {long} {long} | 58\n")
        );
        assert_eq!(lines(&[&["", &two]], 0), format!("{two}\n"));
    }

    #[test]
    fn what_stands_beside_a_table_holds_for_each_of_its_rows() {
        let mut inner = Grid::default();
        for row in [["甲", "1"], ["乙", "2"]] {
            inner.begin_row();
            for cell in row {
                inner.begin_cell(1, 1);
                inner.cell().unwrap().push(cell);
            }
        }
        let rows = inner.lines(&mut Spare(0));
        let mut outer = Grid::default();
        outer.begin_cell(1, 1);
        outer.cell().unwrap().push("青山村");
        outer.begin_cell(1, 1);
        outer.cell().unwrap().push_table(&rows);
        outer.begin_cell(1, 1);
        outer.cell().unwrap().push("58");
        let lines = |spare| outer.lines(&mut Spare(spare)).text;
        assert_eq!(lines(1000), "青山村 | 甲 | 1 | 58\n青山村 | 乙 | 2 | 58\n");
        assert_eq!(lines(0), "青山村\n甲 | 1\n乙 | 2\n58\n");
    }
}
