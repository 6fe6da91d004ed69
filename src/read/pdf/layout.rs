//! From pieces of text with their places to lines, columns and paragraphs.
//!
//! Left out: what stands at the same end of many pages, and page numbers.

use std::collections::HashMap;

/// A piece of text and where it stands: the origin is at the lower left, units are points.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Run {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    /// Height of the type.
    pub(super) size: f32,
    pub(super) text: String,
}

/// A line, or its part in one column.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    left: f32,
    right: f32,
    y: f32,
    size: f32,
    text: String,
}

/// Stretches of lines that follow one another between the same edges.
type Column = Vec<Line>;

/// A gap of so many times the type's height parts words of Latin script, cells, and columns.
const WORD: f32 = 0.2;
const CELL: f32 = 2.0;

/// The text of a document from the runs of its pages.
pub(super) fn text(pages: Vec<Vec<Run>>) -> String {
    let mut pages: Vec<Vec<Column>> = pages.into_iter().map(columns).collect();
    drop_furniture(&mut pages);
    let mut out = String::new();
    let mut open: Option<(Line, Edges)> = None;
    for column in pages
        .into_iter()
        .flatten()
        .filter(|column| !column.is_empty())
    {
        let edges = Edges::of(&column);
        for line in column {
            let goes_on = open
                .as_ref()
                .is_some_and(|(last, at)| continues(last, at, &line, &edges));
            if goes_on {
                let last = out.chars().next_back();
                let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_graphic());
                if latin(last) && latin(line.text.chars().next()) {
                    out.push(' ');
                }
            } else if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&line.text);
            open = Some((line, edges));
        }
    }
    out.push('\n');
    out
}

/// Where most lines of a column begin and end.
#[derive(Clone, Copy, Debug)]
struct Edges {
    left: f32,
    right: f32,
}

impl Edges {
    fn of(column: &[Line]) -> Self {
        let mut left: Vec<f32> = column.iter().map(|line| line.left).collect();
        let mut right: Vec<f32> = column.iter().map(|line| line.right).collect();
        left.sort_by(f32::total_cmp);
        right.sort_by(f32::total_cmp);
        // One line in twenty may stand out.
        let stray = column.len() / 20;
        Self {
            left: left[stray],
            right: right[right.len() - 1 - stray],
        }
    }
}

/// Whether a line was cut at the right edge and the next one goes on at the left.
fn continues(last: &Line, at: &Edges, next: &Line, of: &Edges) -> bool {
    let is_full = last.right >= at.right - 1.5 * last.size;
    let is_indented = next.left > of.left + 0.8 * next.size;
    let same_size = (last.size - next.size).abs() <= 0.15 * last.size.max(next.size);
    // In the next column or on the next page it stands higher.
    let is_apart = last.y - next.y > 2.6 * last.size.max(next.size);
    let is_short = last.text.chars().count() < 8;
    is_full
        && !is_apart
        && !is_indented
        && same_size
        && !is_short
        && !last.text.ends_with(['。', '！', '？', '：', '；'])
}

// ---------------------------------------------------------------- lines and columns

/// The columns of a page in reading order.
fn columns(runs: Vec<Run>) -> Vec<Column> {
    let rows = rows(runs);
    let segments: Vec<Vec<Run>> = rows.iter().map(|row| segments(row)).collect();
    let Some(gutter) = gutter(&segments) else {
        return vec![rows.iter().map(|row| line(row)).collect()];
    };
    let mut columns = Vec::new();
    let (mut left, mut right, mut wide) = (Vec::new(), Vec::new(), Vec::new());
    for (row, parts) in rows.iter().zip(&segments) {
        if parts
            .iter()
            .any(|part| part.x < gutter && part.x + part.width > gutter)
        {
            columns.push(std::mem::take(&mut left));
            columns.push(std::mem::take(&mut right));
            wide.push(line(row));
            continue;
        }
        columns.push(std::mem::take(&mut wide));
        let (a, b): (Vec<Run>, Vec<Run>) = row.iter().cloned().partition(|run| run.x < gutter);
        for (side, runs) in [(&mut left, a), (&mut right, b)] {
            if !runs.is_empty() {
                side.push(line(&runs));
            }
        }
    }
    columns.extend([left, right, wide]);
    columns.retain(|column| !column.is_empty());
    columns
}

/// Runs on one base line, from the top down, each from left to right.
fn rows(mut runs: Vec<Run>) -> Vec<Vec<Run>> {
    runs.retain(|run| !run.text.trim().is_empty());
    runs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut rows: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        match rows.last_mut() {
            Some(row) if (row[0].y - run.y).abs() <= 0.4 * row[0].size.max(run.size) => {
                row.push(run)
            }
            _ => rows.push(vec![run]),
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

/// The runs of a row, joined where no column could be between them.
fn segments(row: &[Run]) -> Vec<Run> {
    let mut parts: Vec<Run> = Vec::new();
    for run in row {
        match parts.last_mut() {
            Some(part) if run.x - (part.x + part.width) < 0.9 * run.size => {
                part.width = (run.x + run.width - part.x).max(part.width);
            }
            _ => parts.push(run.clone()),
        }
    }
    parts
}

/// Where the gap between two columns of running text lies; `None` on a page of one column.
fn gutter(rows: &[Vec<Run>]) -> Option<f32> {
    const LINES: usize = 6;
    let parts = || rows.iter().flatten();
    let left = parts().map(|p| p.x).fold(f32::INFINITY, f32::min);
    let right = parts()
        .map(|p| p.x + p.width)
        .fold(f32::NEG_INFINITY, f32::max);
    let width = right - left;
    if rows.len() < LINES || !width.is_finite() || width <= 0.0 {
        return None;
    }
    let crossing = |x: f32| {
        let crosses = |row: &&Vec<Run>| row.iter().any(|p| p.x < x && p.x + p.width > x);
        rows.iter().filter(crosses).count()
    };
    let places = (0..=40).map(|i| left + width * (0.3 + 0.01 * i as f32));
    let x = places.min_by_key(|x| crossing(*x))?;
    if crossing(x) * 3 > rows.len() {
        return None;
    }
    // Both sides are text, most of whose lines fill their side: a table or a list does not.
    let is_text = |side: &dyn Fn(&Run) -> bool, room: f32| {
        let lines: Vec<&Run> = parts().filter(|p| side(p)).collect();
        let full = lines.iter().filter(|p| p.width > 0.7 * room).count();
        lines.len() >= LINES && full * 2 > lines.len()
    };
    (is_text(&|p| p.x + p.width <= x, x - left) && is_text(&|p| p.x >= x, right - x)).then_some(x)
}

fn line(row: &[Run]) -> Line {
    let mut text = String::new();
    let mut end = f32::NEG_INFINITY;
    let spread = is_spread(row);
    for run in row {
        let gap = run.x - end;
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_graphic());
        if !text.is_empty() {
            if gap > CELL * run.size && !spread {
                text.push_str(" | ");
            } else if gap > WORD * run.size
                && latin(text.chars().next_back())
                && latin(run.text.chars().next())
            {
                text.push(' ');
            }
        }
        text.push_str(&run.text);
        end = end.max(run.x + run.width);
    }
    Line {
        left: row[0].x,
        right: end,
        y: row[0].y,
        size: row.iter().map(|run| run.size).fold(0.0, f32::max),
        text: text.trim().to_owned(),
    }
}

/// A title whose characters stand apart, not the cells of a table.
fn is_spread(row: &[Run]) -> bool {
    row.iter().all(|run| run.text.trim().chars().count() <= 1)
}

// ---------------------------------------------------------------- furniture

/// Takes out page numbers, and lines that stand apart at the same end of at least half of the pages.
fn drop_furniture(pages: &mut [Vec<Column>]) {
    let n_pages = pages.len();
    let mut seen: HashMap<(bool, String), usize> = HashMap::new();
    for page in pages.iter() {
        for end in ends(page).iter().filter(|end| end.stands_apart) {
            let key = (end.is_top, pattern(&page[end.column][end.line].text));
            *seen.entry(key).or_default() += 1;
        }
    }
    for page in pages.iter_mut() {
        let mut drop: Vec<(usize, usize)> = ends(page)
            .iter()
            .filter(|end| {
                let text = &page[end.column][end.line].text;
                let n = seen.get(&(end.is_top, pattern(text))).copied().unwrap_or(0);
                let is_repeated = end.stands_apart && n >= 3 && n * 2 >= n_pages;
                n_pages > 1 && (is_repeated || end.is_outermost && is_page_number(text))
            })
            .map(|end| (end.column, end.line))
            .collect();
        drop.sort_unstable();
        drop.dedup();
        for (column, line) in drop.into_iter().rev() {
            page[column].remove(line);
        }
    }
}

/// One of the highest or lowest lines of a page.
struct End {
    column: usize,
    line: usize,
    is_top: bool,
    is_outermost: bool,
    /// A gap wider than between the lines of the text parts it from them.
    stands_apart: bool,
}

fn ends(page: &[Column]) -> Vec<End> {
    const LINES: usize = 2;
    let mut all: Vec<(f32, usize, usize)> = Vec::new();
    for (c, column) in page.iter().enumerate() {
        all.extend(column.iter().enumerate().map(|(l, line)| (line.y, c, l)));
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let gap = |i: usize| all[i].0 - all[i + 1].0;
    let mut gaps: Vec<f32> = (0..all.len().saturating_sub(1)).map(gap).collect();
    gaps.sort_by(f32::total_cmp);
    // The lower quartile: pages of few lines have gaps around headings in plenty.
    let usual = gaps.get(gaps.len() / 4).copied().unwrap_or(f32::INFINITY);
    let mut ends = Vec::new();
    for is_top in [true, false] {
        // The lines before the first wide gap, where that comes soon.
        let nth = |i: usize| if is_top { i } else { all.len() - 1 - i };
        let is_wide = |i: usize| gap(nth(i).min(nth(i + 1))) >= 1.4 * usual;
        let apart = (0..LINES.min(all.len().saturating_sub(1))).find(|i| is_wide(*i));
        for i in 0..apart.map_or(1, |i| i + 1).min(all.len()) {
            let (_, column, line) = all[nth(i)];
            ends.push(End {
                column,
                line,
                is_top,
                is_outermost: i == 0,
                stands_apart: apart.is_some(),
            });
        }
    }
    ends
}

/// A line without its numbers and spaces: headers differ from page to page in these alone.
fn pattern(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !c.is_ascii_digit())
        .collect()
}

/// `12`, `- 12 -`, `第 3 页 共 20 页`, `3/20`.
fn is_page_number(text: &str) -> bool {
    let mut digits = 0;
    let only = text.chars().all(|c| {
        digits += usize::from(c.is_ascii_digit());
        c.is_ascii_digit() || c.is_whitespace() || "-—–－·第页共/，,".contains(c)
    });
    only && (1..=7).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(x: f32, y: f32, text: &str) -> Run {
        Run {
            x,
            y,
            width: 10.0 * text.chars().count() as f32,
            size: 10.0,
            text: text.to_owned(),
        }
    }

    const FULL: &str = "全镇上下凝心聚力推动各项工作取得新的成效和进展";

    #[test]
    fn lines_cut_at_the_edge_are_joined_and_indented_ones_are_not() {
        let page = vec![
            run(20.0, 100.0, &FULL[..FULL.len() - 6]),
            run(0.0, 85.0, FULL),
            run(0.0, 70.0, "到底。"),
            run(20.0, 55.0, "另起一段。"),
        ];
        let text = text(vec![page]);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.ends_with("到底。\n另起一段。\n"), "{text}");
    }

    #[test]
    fn two_columns_are_read_one_after_the_other() {
        let mut page = vec![run(0.0, 300.0, &format!("{FULL}{FULL}"))];
        for i in 0..8 {
            let y = 280.0 - 15.0 * i as f32;
            page.push(run(0.0, y, &format!("左{i}{}", &FULL[..54])));
            page.push(run(250.0, y, &format!("右{i}{}", &FULL[..54])));
        }
        let text = text(vec![page]);
        let at = |part: &str| text.find(part).unwrap();
        assert!(at("左7") < at("右0"), "{text}");
    }

    #[test]
    fn headers_footers_and_page_numbers_are_left_out() {
        let pages = (1..=4)
            .map(|i| {
                vec![
                    run(0.0, 800.0, "青河镇人民政府文件"),
                    run(0.0, 700.0, &format!("第{i}项工作已经完成。")),
                    run(0.0, 680.0, &format!("还有{i}项。")),
                    run(100.0, 20.0, &format!("- {i} -")),
                ]
            })
            .collect();
        let text = text(pages);
        assert!(!text.contains("文件") && !text.contains("- "), "{text}");
        assert!(text.contains("第4项工作已经完成。\n还有4项。"), "{text}");
    }

    #[test]
    fn cells_are_parted_and_spread_titles_are_not() {
        assert_eq!(
            line(&[run(0.0, 0.0, "名称"), run(100.0, 0.0, "数量")]).text,
            "名称 | 数量"
        );
        assert_eq!(
            line(&[run(0.0, 0.0, "公"), run(50.0, 0.0, "告")]).text,
            "公告"
        );
        assert_eq!(
            line(&[run(0.0, 0.0, "GDP"), run(33.0, 0.0, "2021")]).text,
            "GDP 2021"
        );
    }
}
