//! The text of a document's main part.

use super::super::{Aside, Limits, Reason};
use super::numbering::Numbering;
use super::xml::{Step, Xml, attribute};

/// Between the cells of a row.
const CELL: &str = " | ";
/// Elements whose content is not part of the text: deleted passages, text moved away, pronunciation above
/// characters, and the copy of a drawing for old programs.
const SKIPPED: [&str; 6] = ["del", "moveFrom", "rt", "Fallback", "instrText", "delText"];

/// The paragraphs and tables of the main part, one paragraph or row a line.
pub(super) fn text(part: &str, numbering: Numbering, limits: &Limits) -> Result<String, Aside> {
    let deadline = limits.deadline();
    let mut xml = Xml::new(part);
    let mut walk = Walk {
        numbering,
        out: String::new(),
        paragraphs: Vec::new(),
        tables: Vec::new(),
        skipped: 0,
        in_properties: 0,
        in_text: false,
        labels: 0,
    };
    let mut steps = 0u32;
    loop {
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(4096) {
            deadline.check()?;
            limits.check_size(walk.labels as u64)?;
        }
        match xml.step() {
            Step::Start(start) => {
                let name = start.local_name();
                walk.start(name.as_ref(), |key| attribute(&start, key));
            }
            Step::End(name) => walk.end(&name),
            Step::Text(text) => walk.text(&text),
            Step::Finished => break,
        }
    }
    // What a broken part holds up to the break is not the whole document, and is not passed off as such.
    if xml.broken {
        return Err(Aside::new(Reason::Damaged, "document.xml breaks off"));
    }
    walk.finish();
    Ok(walk.out)
}

#[derive(Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
}

#[derive(Default)]
struct Table {
    cells: Vec<String>,
}

struct Walk {
    numbering: Numbering,
    out: String,
    /// A text box holds paragraphs within a paragraph.
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    skipped: usize,
    in_properties: usize,
    in_text: bool,
    /// Bytes of automatic numbers: the only part of the text that the document does not hold as often as it stands there.
    labels: usize,
}

impl Walk {
    fn start(&mut self, name: &str, value: impl Fn(&str) -> Option<String>) {
        if self.skipped > 0 || SKIPPED.contains(&name) {
            self.skipped += usize::from(SKIPPED.contains(&name));
            return;
        }
        if self.in_properties > 0 {
            self.property(name, value);
            return;
        }
        match name {
            "pPr" => self.in_properties += 1,
            "p" => self.paragraphs.push(Paragraph::default()),
            "t" => self.in_text = true,
            "tab" | "ptab" => self.push('\t'),
            "br" | "cr" => self.push('\n'),
            "noBreakHyphen" => self.push('-'),
            "tbl" => self.tables.push(Table::default()),
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    table.cells.clear();
                }
            }
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    table.cells.push(String::new());
                }
            }
            _ => {}
        }
    }

    fn property(&mut self, name: &str, value: impl Fn(&str) -> Option<String>) {
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        match name {
            "pPr" => self.in_properties += 1,
            "pStyle" => paragraph.style = value("val"),
            "numId" => paragraph.list = value("val"),
            "ilvl" => paragraph.level = value("val").and_then(|level| level.parse().ok()),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if SKIPPED.contains(&name) {
            self.skipped = self.skipped.saturating_sub(1);
            return;
        }
        if self.skipped > 0 {
            return;
        }
        match name {
            "pPr" => self.in_properties = self.in_properties.saturating_sub(1),
            "t" => self.in_text = false,
            "p" => {
                if let Some(paragraph) = self.paragraphs.pop() {
                    self.paragraph(paragraph);
                }
            }
            "tr" => self.row(),
            "tbl" => {
                self.tables.pop();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text
            && self.skipped == 0
            && let Some(paragraph) = self.paragraphs.last_mut()
        {
            paragraph.text.push_str(text);
        }
    }

    fn push(&mut self, c: char) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push(c);
        }
    }

    fn paragraph(&mut self, paragraph: Paragraph) {
        let number = if paragraph.text.trim().is_empty() {
            String::new()
        } else {
            self.numbering.next(
                paragraph.list.as_deref(),
                paragraph.level,
                paragraph.style.as_deref(),
            )
        };
        self.labels += number.len();
        let text = paragraph.text.trim_end();
        match self
            .tables
            .last_mut()
            .and_then(|table| table.cells.last_mut())
        {
            // A row is one line, whatever its cells hold.
            Some(cell) => {
                if !cell.is_empty() && !text.is_empty() {
                    cell.push(' ');
                }
                cell.push_str(&number);
                cell.extend(text.trim().chars().map(|c| if c == '\n' { ' ' } else { c }));
            }
            None => {
                self.out.push_str(&number);
                self.out.push_str(text);
                self.out.push('\n');
            }
        }
    }

    fn row(&mut self) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let cells = std::mem::take(&mut table.cells);
        let row = cells.join(CELL);
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        // A table in a cell becomes part of that cell.
        let outer = self.tables.iter_mut().rev().nth(1);
        match outer.and_then(|table| table.cells.last_mut()) {
            Some(cell) => {
                if !cell.is_empty() {
                    cell.push(' ');
                }
                cell.push_str(&row);
            }
            None => {
                self.out.push_str(&row);
                self.out.push('\n');
            }
        }
    }

    /// Paragraphs that are not closed keep their text.
    fn finish(&mut self) {
        while let Some(paragraph) = self.paragraphs.pop() {
            self.paragraph(paragraph);
        }
    }
}
