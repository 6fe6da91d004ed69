//! The text of a document's main part.

use std::collections::{BTreeMap, HashSet};

use super::super::grid::{Grid, Spare};
use super::super::{Aside, Limits, Reason};
use super::numbering::Numbering;
use super::xml::{Step, Xml, attribute, is_on};

/// Tables within tables beyond this are read as plain paragraphs.
const TABLES: usize = 16;
/// Elements whose content is not part of the text: deleted passages, text moved away, properties that were changed,
/// pronunciation above characters, and the copy of a drawing for old programs.
const SKIPPED: [&str; 10] = [
    "del",
    "moveFrom",
    "rPrChange",
    "pPrChange",
    "trPrChange",
    "tcPrChange",
    "rt",
    "Fallback",
    "instrText",
    "delText",
];

/// The paragraphs and tables of the main part, one paragraph or row a line. `hidden` are the styles of text that is not
/// shown.
pub(super) fn text(
    part: &str,
    numbering: Numbering,
    hidden: HashSet<String>,
    limits: &Limits,
) -> Result<String, Aside> {
    let deadline = limits.deadline();
    let mut xml = Xml::new(part);
    let mut walk = Walk {
        numbering,
        out: String::new(),
        paragraphs: Vec::new(),
        tables: Vec::new(),
        too_deep: 0,
        runs: Vec::new(),
        hidden,
        skipped: 0,
        in_properties: 0,
        in_text: false,
        labels: 0,
        spare: Spare(part.len()),
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
    is_hidden: bool,
}

#[derive(Default)]
struct Table {
    grid: Grid,
    /// The column of the next cell, and of the one that is being filled.
    next: usize,
    column: usize,
    /// Whether the cell that is being filled only continues the one above.
    continues: bool,
    /// By their columns, the cells that the next rows may continue: row and cell.
    begun: BTreeMap<usize, (usize, usize)>,
}

struct Walk {
    numbering: Numbering,
    out: String,
    /// A text box holds paragraphs within a paragraph.
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    too_deep: usize,
    /// Whether each open run is hidden: a text box holds runs within a run.
    runs: Vec<bool>,
    hidden: HashSet<String>,
    skipped: usize,
    in_properties: usize,
    in_text: bool,
    /// Bytes of automatic numbers: the only part of the text that the document does not hold as often as it stands there.
    labels: usize,
    spare: Spare,
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
            "r" => self.runs.push(self.is_hidden()),
            "vanish" | "rStyle" => self.hide(name, value("val")),
            "tbl" if self.tables.len() < TABLES => self.tables.push(Table::default()),
            "tbl" => self.too_deep += 1,
            "tr" | "tc" | "gridBefore" | "gridSpan" | "vMerge" if self.too_deep == 0 => {
                self.table(name, value("val"));
            }
            _ => {}
        }
    }

    /// A run that is not shown, as its own properties or its style say.
    fn hide(&mut self, name: &str, value: Option<String>) {
        let hides = match (name, value.as_deref()) {
            ("vanish", value) => is_on(value),
            (_, style) => {
                self.is_hidden() || style.is_some_and(|style| self.hidden.contains(style))
            }
        };
        if let Some(run) = self.runs.last_mut() {
            *run = hides;
        }
    }

    fn is_hidden(&self) -> bool {
        self.runs.last() == Some(&true) || self.paragraphs.last().is_some_and(|p| p.is_hidden)
    }

    fn table(&mut self, name: &str, value: Option<String>) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let number = || value.as_deref().and_then(|n| n.parse::<u16>().ok());
        match name {
            "tr" => {
                table.grid.begin_row();
                table.next = 0;
            }
            "gridBefore" => table.next += usize::from(number().unwrap_or(0)),
            "tc" => {
                // What is merged is said once the cell is open, so that its width is not known yet.
                table.grid.begin_cell(1, 1);
                (table.column, table.continues) = (table.next, false);
                table.next += 1;
            }
            "gridSpan" => {
                let across = usize::from(number().unwrap_or(1)).max(1);
                if let Some(cell) = table.grid.cell() {
                    cell.across = across;
                    table.next = table.column + across;
                }
            }
            _ if value.as_deref() == Some("restart") => {
                if let Some(place) = table.grid.place() {
                    table.begun.insert(table.column, place);
                }
            }
            _ => table.continues = table.begun.contains_key(&table.column),
        }
    }

    fn property(&mut self, name: &str, value: impl Fn(&str) -> Option<String>) {
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        match name {
            "pPr" => self.in_properties += 1,
            "pStyle" => {
                paragraph.style = value("val");
                let style = paragraph.style.as_ref();
                paragraph.is_hidden = style.is_some_and(|style| self.hidden.contains(style));
            }
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
            "r" => {
                self.runs.pop();
            }
            "tc" if self.too_deep == 0 => self.cell_end(),
            "tbl" if self.too_deep > 0 => self.too_deep -= 1,
            "tbl" => self.table_end(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text
            && self.skipped == 0
            && !self.is_hidden()
            && let Some(paragraph) = self.paragraphs.last_mut()
        {
            paragraph.text.push_str(text);
        }
    }

    fn push(&mut self, c: char) {
        if !self.is_hidden()
            && let Some(paragraph) = self.paragraphs.last_mut()
        {
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
        match self.tables.last_mut().and_then(|table| table.grid.cell()) {
            Some(cell) => {
                cell.push(&number);
                cell.push(text.trim());
                cell.push("\n");
            }
            None => {
                self.out.push_str(&number);
                self.out.push_str(text);
                self.out.push('\n');
            }
        }
    }

    fn cell_end(&mut self) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let is_blank = table.grid.cell().is_none_or(|cell| cell.is_blank());
        let continues = std::mem::take(&mut table.continues) && is_blank;
        match table.begun.get(&table.column) {
            Some(place) if continues => table.grid.continue_above(*place),
            Some(place) if Some(*place) != table.grid.place() => {
                table.begun.remove(&table.column);
            }
            _ => {}
        }
    }

    fn table_end(&mut self) {
        let Some(table) = self.tables.pop() else {
            return;
        };
        let lines = table.grid.lines(&mut self.spare);
        match self.tables.last_mut().and_then(|table| table.grid.cell()) {
            Some(cell) => cell.push_table(&lines),
            None => self.out.push_str(&lines.text),
        }
    }

    /// Paragraphs and tables that are not closed keep their text.
    fn finish(&mut self) {
        while let Some(paragraph) = self.paragraphs.pop() {
            self.paragraph(paragraph);
        }
        while !self.tables.is_empty() {
            self.table_end();
        }
    }
}
