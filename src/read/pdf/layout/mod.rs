//! From pieces of text with their places to lines, columns, rows of tables and paragraphs.
//!
//! ```text
//! runs and rules -> rows -> without running lines -> tables put together -> columns -> lines -> paragraphs
//! ```

mod aligned;
mod columns;
mod rows;
mod ruled;
mod running;

use rows::Row;

/// What a page shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) runs: Vec<Run>,
    pub(super) rules: Vec<Rule>,
}

/// A piece of text and where it stands: the origin is at the lower left, units are points.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Run {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    /// Height of the type.
    pub(super) size: f32,
    pub(super) text: String,
    /// Whether the file says that it is no part of the text.
    pub(super) is_artifact: bool,
    /// Whether it is a row of a table.
    pub(super) is_row: bool,
}

/// A straight line across or down the page, or a thin box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) left: f32,
    pub(super) bottom: f32,
    pub(super) right: f32,
    pub(super) top: f32,
}

impl Rule {
    pub(super) fn between(a: (f32, f32), b: (f32, f32)) -> Self {
        Self {
            left: a.0.min(b.0),
            bottom: a.1.min(b.1),
            right: a.0.max(b.0),
            top: a.1.max(b.1),
        }
    }

    /// The box that holds a point too.
    pub(super) fn with(self, (x, y): (f32, f32)) -> Self {
        Self {
            left: self.left.min(x),
            bottom: self.bottom.min(y),
            right: self.right.max(x),
            top: self.top.max(y),
        }
    }

    pub(super) fn width(&self) -> f32 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f32 {
        self.top - self.bottom
    }

    pub(super) fn is_across(&self) -> bool {
        self.width() > self.height()
    }
}

/// A line of a column, or a row of a table.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    left: f32,
    right: f32,
    y: f32,
    size: f32,
    text: String,
    is_row: bool,
}

/// The text of a document.
pub(super) fn text(mut pages: Vec<Page>) -> String {
    drop_artifacts(&mut pages);
    let grids: Vec<_> = pages.iter().map(|page| ruled::grids(&page.rules)).collect();
    let mut pages: Vec<Vec<Row>> = pages
        .into_iter()
        .map(|page| rows::rows(page.runs))
        .collect();
    running::drop(&mut pages, &grids);
    let mut gutter = None;
    let columns = pages.into_iter().zip(grids).flat_map(|(rows, grids)| {
        let rows = match grids.as_slice() {
            [] => rows,
            grids => rows::rows(ruled::fold(rows.into_iter().flatten().collect(), grids)),
        };
        columns::columns(rows, &mut gutter)
    });
    paragraphs(columns.map(|rows| aligned::lines(&rows)))
}

/// Leaves out what is marked as no part of the text, unless that is most of it.
fn drop_artifacts(pages: &mut [Page]) {
    let length = |is_artifact: bool| -> usize {
        let runs = pages.iter().flat_map(|page| &page.runs);
        let of = runs.filter(|run| run.is_artifact == is_artifact);
        of.map(|run| run.text.len()).sum()
    };
    if length(true) < length(false) {
        for page in pages {
            page.runs.retain(|run| !run.is_artifact);
        }
    }
}

/// The lines of columns as paragraphs, one a line.
fn paragraphs(columns: impl Iterator<Item = Vec<Line>>) -> String {
    let mut out = String::new();
    let mut open: Option<(Line, Edges)> = None;
    for column in columns.filter(|column| !column.is_empty()) {
        let edges = Edges::of(&column);
        for line in column {
            let goes_on = open
                .as_ref()
                .is_some_and(|(last, at)| continues(last, at, &line, &edges));
            if goes_on {
                rows::go_on(&mut out, &line.text, true);
            } else {
                if !out.is_empty() {
                    out.push('\n');
                }
                out.push_str(&line.text);
            }
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
    /// Whether paragraphs begin with an indent.
    is_indented: bool,
}

impl Edges {
    fn of(column: &[Line]) -> Self {
        let lines = || column.iter().filter(|line| !line.is_row);
        let mut left: Vec<f32> = lines().map(|line| line.left).collect();
        let mut right: Vec<f32> = lines().map(|line| line.right).collect();
        left.sort_by(f32::total_cmp);
        right.sort_by(f32::total_cmp);
        // One line in twenty may stand out.
        let stray = left.len() / 20;
        let (Some(left), Some(right)) = (left.get(stray), right.iter().nth_back(stray)) else {
            return Self {
                left: 0.0,
                right: 0.0,
                is_indented: false,
            };
        };
        let indented = lines().filter(|line| {
            let indent = (line.left - left) / line.size;
            (1.0..3.0).contains(&indent)
        });
        Self {
            left: *left,
            right: *right,
            is_indented: indented.count() * 8 >= column.len(),
        }
    }
}

/// Whether a line was cut at the right edge and the next one goes on at the left.
fn continues(last: &Line, at: &Edges, next: &Line, of: &Edges) -> bool {
    // Where indents tell paragraphs apart, the right edge may be ragged; a salutation has no indent.
    let is_told = at.is_indented && of.is_indented && !next.text.ends_with('：');
    let room = if is_told {
        0.2 * (at.right - at.left)
    } else {
        1.5 * last.size
    };
    let is_full = last.right >= at.right - room;
    let is_indented = next.left > of.left + 0.8 * next.size;
    let same_size = (last.size - next.size).abs() <= 0.15 * last.size.max(next.size);
    // In the next column or on the next page it stands higher.
    let is_apart = last.y - next.y > 2.6 * last.size.max(next.size);
    let is_short = last.text.chars().count() < 8;
    is_full
        && !last.is_row
        && !next.is_row
        && !is_apart
        && !is_indented
        && same_size
        && !is_short
        && !last.text.ends_with(['。', '！', '？', '：', '；'])
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
            ..Run::default()
        }
    }

    fn read(pages: Vec<Vec<Run>>) -> String {
        let page = |runs| Page {
            runs,
            rules: Vec::new(),
        };
        text(pages.into_iter().map(page).collect())
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
        let text = read(vec![page]);
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
        let text = read(vec![page]);
        let at = |part: &str| text.find(part).unwrap();
        assert!(at("左7") < at("右0"), "{text}");
    }

    #[test]
    fn columns_go_on_around_tables_and_to_a_last_page_of_few_lines() {
        let columns = |y: f32, n: usize| {
            (0..n).flat_map(move |i| {
                let y = y - 15.0 * i as f32;
                let line = |side: &str| format!("{side}{i}{}", &FULL[..54]);
                [run(0.0, y, &line("左")), run(250.0, y, &line("右"))]
            })
        };
        let mut first: Vec<Run> = columns(700.0, 8).collect();
        for (i, row) in [["指标", "单位"], ["收入", "亿元"], ["人口", "万人"]]
            .iter()
            .enumerate()
        {
            let y = 760.0 - 15.0 * i as f32;
            first.extend([run(20.0, y, row[0]), run(300.0, y, row[1])]);
        }
        let text = read(vec![first, columns(700.0, 3).collect()]);
        let at = |part: &str| text.find(part).unwrap();
        assert!(
            text.starts_with("指标 | 单位\n收入 | 亿元\n人口 | 万人\n"),
            "{text}"
        );
        assert!(at("左7") < at("右0"), "{text}");
        assert!(
            text.rfind("左2").unwrap() < text.rfind("右0").unwrap(),
            "{text}"
        );
    }

    #[test]
    fn a_number_cut_at_the_edge_stays_one() {
        let cut = [
            run(0.0, 85.0, &format!("{}完成收入1", &FULL[..54])),
            run(0.0, 70.0, ".62亿元。"),
        ];
        let text = read(vec![cut.to_vec()]);
        assert!(text.contains("收入1.62亿元"), "{text}");
    }

    /// A grid with these edges.
    fn grid(xs: &[f32], ys: &[f32]) -> Vec<Rule> {
        let (left, right) = (xs[0], xs[xs.len() - 1]);
        let (bottom, top) = (ys[0], ys[ys.len() - 1]);
        let across = ys.iter().map(|y| Rule::between((left, *y), (right, *y)));
        let down = xs.iter().map(|x| Rule::between((*x, bottom), (*x, top)));
        across.chain(down).collect()
    }

    #[test]
    fn a_row_between_rules_is_one_line() {
        let runs = vec![
            run(5.0, 110.0, "项目"),
            run(65.0, 110.0, "内容"),
            run(205.0, 110.0, "备注"),
            // The second row: three cells, the first and last of two lines, the middle one at half height.
            run(5.0, 85.0, "粮食烘"),
            run(205.0, 85.0, "已经"),
            run(65.0, 78.0, "日烘干200吨"),
            run(5.0, 71.0, "干中心"),
            run(205.0, 71.0, "投用"),
            run(0.0, 20.0, "表后的一段。"),
        ];
        let rules = grid(&[0.0, 60.0, 200.0, 260.0], &[65.0, 100.0, 125.0]);
        let text = text(vec![Page { runs, rules }]);
        let rows = "项目 | 内容 | 备注\n粮食烘干中心 | 日烘干200吨 | 已经投用\n";
        assert_eq!(text, format!("{rows}表后的一段。\n"));
    }

    #[test]
    fn a_box_or_a_line_is_no_table() {
        let runs = || vec![run(5.0, 50.0, "青河镇人民政府"), run(5.0, 30.0, "二月三日")];
        for rules in [
            grid(&[0.0, 200.0], &[0.0, 100.0]),
            vec![Rule::between((0.0, 40.0), (200.0, 40.0))],
        ] {
            let page = Page {
                runs: runs(),
                rules,
            };
            assert_eq!(text(vec![page]), "青河镇人民政府\n二月三日\n");
        }
    }

    #[test]
    fn gaps_one_below_another_make_a_table() {
        let rows = [
            ("指标", "2021年", 100.0),
            ("财政收入", "1.5亿元", 75.0),
            // The next line of a cell.
            ("", "含基金", 63.0),
            ("引进企业", "3家", 38.0),
        ];
        let runs = rows.iter().flat_map(|(a, b, y)| {
            let cells = [run(0.0, *y, a), run(120.0, *y, b)];
            cells.into_iter().filter(|run| !run.text.is_empty())
        });
        assert_eq!(
            read(vec![runs.collect()]),
            "指标 | 2021年\n财政收入 | 1.5亿元含基金\n引进企业 | 3家\n"
        );
        // The marks of a list are no column.
        let list = (1..=3).flat_map(|i| {
            let y = 100.0 - 20.0 * i as f32;
            [run(0.0, y, &format!("{i}.")), run(30.0, y, "抓好春耕")]
        });
        assert_eq!(
            read(vec![list.collect()]),
            "1. 抓好春耕\n2. 抓好春耕\n3. 抓好春耕\n"
        );
    }

    /// A page with a header of two parts, these lines and a footer.
    fn page(number: usize, lines: &[&str]) -> Vec<Run> {
        let small = |x: f32, y: f32, text: &str| Run {
            size: 8.0,
            ..run(x, y, text)
        };
        let mut runs = vec![
            small(0.0, 800.0, "青河镇年鉴"),
            small(300.0, 800.0, &format!("{}", number + 6)),
            small(100.0, 20.0, &format!("第{number}页 共2页")),
        ];
        for (i, line) in lines.iter().enumerate() {
            runs.push(run(0.0, 780.0 - 20.0 * i as f32, line));
        }
        runs
    }

    #[test]
    fn running_lines_are_left_out_and_repeated_headings_stay() {
        let lines = |place: &str| format!("{place}的道路已经修好。");
        let [a, b] = ["东山村", "西山村"].map(lines);
        let heading = "一、主要工作";
        let end = "群众满意。";
        let text = read(vec![
            page(1, &[heading, &a, end, end, end]),
            page(2, &[heading, &b, end, end, end]),
        ]);
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [heading, &a, end, end, end, heading, &b, end, end, end]
        );
        assert_eq!(
            read(vec![page(1, &[heading, &a])]).lines().last(),
            Some(a.as_str())
        );
    }

    #[test]
    fn what_a_browser_prints_around_a_page_is_left_out() {
        let runs = vec![
            run(0.0, 800.0, "2024/1/15 09:30"),
            run(300.0, 800.0, "青河镇"),
            run(0.0, 700.0, "全镇推行河长制。"),
            run(0.0, 20.0, "https://www.qinghe.example.gov.cn/1.html"),
            run(500.0, 20.0, "1/1"),
        ];
        assert_eq!(read(vec![runs]), "全镇推行河长制。\n");
    }

    #[test]
    fn artifacts_are_left_out_unless_they_are_most_of_the_text() {
        let artifact = Run {
            is_artifact: true,
            ..run(0.0, 30.0, "青河")
        };
        let line = run(0.0, 70.0, "全镇推行河长制。");
        assert_eq!(
            read(vec![vec![artifact.clone(), line]]),
            "全镇推行河长制。\n"
        );
        assert_eq!(read(vec![vec![artifact]]), "青河\n");
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
        let text = read(pages);
        assert!(!text.contains("文件") && !text.contains("- "), "{text}");
        assert!(text.contains("第4项工作已经完成。\n还有4项。"), "{text}");
    }

    #[test]
    fn cells_are_parted_and_spread_titles_are_not() {
        assert_eq!(
            rows::line(&[run(0.0, 0.0, "名称"), run(100.0, 0.0, "数量")]).text,
            "名称 | 数量"
        );
        assert_eq!(
            rows::line(&[run(0.0, 0.0, "公"), run(50.0, 0.0, "告")]).text,
            "公告"
        );
        assert_eq!(
            rows::line(&[run(0.0, 0.0, "GDP"), run(33.0, 0.0, "2021")]).text,
            "GDP 2021"
        );
    }
}
