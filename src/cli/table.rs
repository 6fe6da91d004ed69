//! Tables for people: columns line up with Han text, as wide as the terminal.

use std::io::{self, IsTerminal, Write};

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, presets};

/// A table with these headings; columns whose every cell is a number stand to the right.
pub(super) fn write(
    out: &mut dyn Write,
    headings: &[&str],
    rows: &[Vec<String>],
) -> io::Result<()> {
    let mut table = Table::new();
    // Lines are of plain hyphens: many terminals of Chinese users draw box characters two columns wide.
    table.load_style(presets::NOTHING.header_separator(LineStyle::none().fill('-').junction('-')));
    table.set_header(headings);
    if let Some(width) = width() {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    for row in rows {
        table.add_row(row.iter().map(|cell| plain(cell)));
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        let is_number = |row: &Vec<String>| {
            row.get(i).is_some_and(|cell| {
                cell.chars()
                    .all(|c| c.is_ascii_digit() || ".-–".contains(c))
            })
        };
        if !rows.is_empty() && rows.iter().all(is_number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    writeln!(out, "{table}")
}

/// A cell without control characters: texts and names of files may hold what a terminal would obey.
fn plain(cell: &str) -> String {
    cell.chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect()
}

/// The terminal's width; `None` where the output goes elsewhere and lines may be as long as they are.
fn width() -> Option<u16> {
    if !io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| width.0)
}

/// A sentence cut to the words that matter: the evidence with some text around it.
///
/// `start` and `end` are the evidence within the quote, in characters.
pub(super) fn shorten(quote: &str, start: usize, end: usize) -> String {
    const AROUND: usize = 14;
    const WHOLE: usize = 44;
    let chars: Vec<char> = quote
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    if chars.len() <= WHOLE {
        return chars.into_iter().collect();
    }
    let (start, end) = if start < end && end <= chars.len() {
        (start, end)
    } else {
        (0, 0)
    };
    let (from, to) = (
        start.saturating_sub(AROUND),
        (end + AROUND)
            .max(WHOLE.min(start + WHOLE))
            .min(chars.len()),
    );
    let mut text: String = chars[from..to].iter().collect();
    if from > 0 {
        text.insert(0, '…');
    }
    if to < chars.len() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_quotes_keep_their_evidence() {
        let quote: String = ('一'..='龥').take(200).collect();
        let evidence: String = quote.chars().skip(90).take(6).collect();
        let short = shorten(&quote, 90, 96);
        assert!(
            short.contains(&evidence) && short.chars().count() < 80,
            "{short}"
        );
        assert_eq!(shorten("短句。", 0, 2), "短句。");
        assert!(shorten(&quote, 500, 900).ends_with('…'));
    }
}
