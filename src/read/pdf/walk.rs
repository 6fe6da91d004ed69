//! What a page shows: the runs of text and the rules of its content streams, in its own coordinates.

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::super::Aside;
use super::super::limits::Deadline;
use super::font::Font;
use super::layout::{Page, Rule, Run};
use super::lex::{Lexer, Operand};
use super::stream::Streams;

/// Forms within forms; each may be shown many times, so that depth alone would not end it.
const DEPTH: usize = 6;
/// Runs of one page.
const RUNS: usize = 1 << 18;
/// Rules of one page, and points of one path.
const RULES: usize = 1 << 14;
/// A filled shape no thicker than this many points is a rule.
const THICK: f32 = 3.0;

/// A matrix as PDF writes it: `[a b c d e f]`.
type Matrix = [f32; 6];

const UNIT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `a`, then `b`.
fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// What was seen on the pages so far.
#[derive(Default)]
pub(super) struct Seen {
    /// Glyphs shown.
    pub(super) glyphs: usize,
    /// Glyphs of which nobody knows the characters.
    pub(super) unknown: usize,
    /// Strings in fonts that the file does not hold.
    pub(super) without_font: usize,
    /// Pictures shown.
    pub(super) pictures: usize,
}

/// Walks pages with fonts kept from one to the next.
pub(super) struct Walk<'a> {
    document: &'a Document,
    streams: &'a mut Streams,
    fonts: HashMap<ObjectId, Rc<Font>>,
    deadline: Deadline,
    steps: usize,
    pub(super) seen: Seen,
    runs: Vec<(u8, Run)>,
    rules: Vec<Rule>,
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    spacing: f32,
    word_spacing: f32,
    scale: f32,
    leading: f32,
    rise: f32,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        document: &'a Document,
        streams: &'a mut Streams,
        deadline: Deadline,
    ) -> Self {
        Self {
            document,
            streams,
            fonts: HashMap::new(),
            deadline,
            steps: 0,
            seen: Seen::default(),
            runs: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// One page, turned so that its text reads from left to right.
    pub(super) fn page(&mut self, page: ObjectId) -> Result<Page, Aside> {
        self.runs.clear();
        self.rules.clear();
        let mut content = Vec::new();
        for id in self.document.get_page_contents(page) {
            if let Ok(stream) = self.document.get_object(id).and_then(Object::as_stream) {
                content.extend(self.streams.content(stream)?);
                content.push(b'\n');
            }
        }
        let resources = self.inherited(page, b"Resources");
        self.stream(&content, resources, UNIT, 0)?;
        Ok(upright(
            std::mem::take(&mut self.runs),
            std::mem::take(&mut self.rules),
        ))
    }

    /// An entry of a page or of one of the nodes above it.
    fn inherited(&self, page: ObjectId, key: &[u8]) -> Option<&'a Dictionary> {
        const LEVELS: usize = 64;
        let mut node = self.document.get_dictionary(page).ok()?;
        for _ in 0..LEVELS {
            if let Some(found) = self.dictionary(node.get(key).ok()) {
                return Some(found);
            }
            node = self.dictionary(node.get(b"Parent").ok())?;
        }
        None
    }

    fn dictionary(&self, object: Option<&'a Object>) -> Option<&'a Dictionary> {
        self.document.dereference(object?).ok()?.1.as_dict().ok()
    }

    fn stream(
        &mut self,
        content: &[u8],
        resources: Option<&'a Dictionary>,
        matrix: Matrix,
        depth: usize,
    ) -> Result<(), Aside> {
        let mut state = State {
            matrix,
            font: None,
            size: 1.0,
            spacing: 0.0,
            word_spacing: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        let mut saved: Vec<State> = Vec::new();
        let (mut text, mut line) = (UNIT, UNIT);
        let mut path = Path::default();
        let mut marked = Marked::default();
        let mut lexer = Lexer::new(content);
        let mut operands = Vec::new();
        while let Some(name) = lexer.next(&mut operands) {
            self.steps += 1;
            if self.steps.is_multiple_of(1024) {
                self.deadline.check()?;
            }
            let n = |i: usize| operands.get(i).and_then(Operand::number).unwrap_or(0.0);
            match name.as_slice() {
                b"q" if saved.len() < 512 => saved.push(state.clone()),
                b"Q" => {
                    if let Some(before) = saved.pop() {
                        state = before;
                    }
                }
                b"cm" => state.matrix = times([n(0), n(1), n(2), n(3), n(4), n(5)], state.matrix),
                b"BT" => (text, line) = (UNIT, UNIT),
                b"Tf" => {
                    if let Some(Operand::Name(font)) = operands.first() {
                        state.font = self.font(resources, font)?;
                    }
                    state.size = n(1);
                }
                b"Tc" => state.spacing = n(0),
                b"Tw" => state.word_spacing = n(0),
                b"Tz" => state.scale = n(0) / 100.0,
                b"TL" => state.leading = n(0),
                b"Ts" => state.rise = n(0),
                b"Tm" => {
                    line = [n(0), n(1), n(2), n(3), n(4), n(5)];
                    text = line;
                }
                b"Td" | b"TD" => {
                    if name == b"TD" {
                        state.leading = -n(1);
                    }
                    line = times([1.0, 0.0, 0.0, 1.0, n(0), n(1)], line);
                    text = line;
                }
                b"T*" => {
                    line = times([1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], line);
                    text = line;
                }
                b"'" | b"\"" => {
                    line = times([1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], line);
                    text = line;
                    if name == b"\"" {
                        (state.word_spacing, state.spacing) = (n(0), n(1));
                    }
                    let last = &operands[operands.len().saturating_sub(1)..];
                    self.show(last, &state, &mut text, marked.is_artifact());
                }
                b"Tj" => self.show(&operands, &state, &mut text, marked.is_artifact()),
                b"TJ" => {
                    if let Some(Operand::Array(members)) = operands.first() {
                        self.show(members, &state, &mut text, marked.is_artifact());
                    }
                }
                b"BMC" | b"BDC" => marked.open(operands.first()),
                b"EMC" => marked.close(),
                b"m" => path.move_to(point(state.matrix, n(0), n(1))),
                b"l" => path.line_to(point(state.matrix, n(0), n(1))),
                b"c" => path.jump_to(point(state.matrix, n(4), n(5))),
                b"v" | b"y" => path.jump_to(point(state.matrix, n(2), n(3))),
                b"h" => path.close(),
                b"re" => {
                    let (x, y, w, h) = (n(0), n(1), n(2), n(3));
                    path.move_to(point(state.matrix, x, y));
                    for (x, y) in [(x + w, y), (x + w, y + h), (x, y + h)] {
                        path.line_to(point(state.matrix, x, y));
                    }
                    path.close();
                }
                b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*" => {
                    if name.starts_with(b"s") || name.starts_with(b"b") {
                        path.close();
                    }
                    path.stroked(&mut self.rules);
                    path = Path::default();
                }
                b"f" | b"F" | b"f*" => {
                    path.filled(&mut self.rules);
                    path = Path::default();
                }
                b"n" => path = Path::default(),
                b"BI" => self.seen.pictures += 1,
                b"Do" => {
                    if let Some(Operand::Name(name)) = operands.first() {
                        self.external(resources, name, &state, depth)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A picture or a form.
    fn external(
        &mut self,
        resources: Option<&'a Dictionary>,
        name: &[u8],
        state: &State,
        depth: usize,
    ) -> Result<(), Aside> {
        let forms = self.dictionary(resources.and_then(|r| r.get(b"XObject").ok()));
        let object = forms.and_then(|forms| forms.get(name).ok());
        let Some(Ok((_, Object::Stream(stream)))) = object.map(|o| self.document.dereference(o))
        else {
            return Ok(());
        };
        if stream.dict.get(b"Subtype").and_then(Object::as_name).ok() != Some(b"Form") {
            self.seen.pictures += 1;
            return Ok(());
        }
        if depth >= DEPTH {
            return Ok(());
        }
        let own = stream.dict.get(b"Matrix").ok().and_then(|matrix| {
            let numbers = matrix.as_array().ok()?;
            let numbers: Vec<f32> = numbers.iter().filter_map(|n| n.as_float().ok()).collect();
            Matrix::try_from(numbers).ok()
        });
        let matrix = times(own.unwrap_or(UNIT), state.matrix);
        let inner = self.dictionary(stream.dict.get(b"Resources").ok());
        let content = self.streams.content(stream)?;
        self.stream(&content, inner.or(resources), matrix, depth + 1)
    }

    fn font(
        &mut self,
        resources: Option<&'a Dictionary>,
        name: &[u8],
    ) -> Result<Option<Rc<Font>>, Aside> {
        let fonts = self.dictionary(resources.and_then(|r| r.get(b"Font").ok()));
        let Some(object) = fonts.and_then(|fonts| fonts.get(name).ok()) else {
            return Ok(None);
        };
        let Ok((id, object)) = self.document.dereference(object) else {
            return Ok(None);
        };
        if let Some(font) = id.and_then(|id| self.fonts.get(&id)) {
            return Ok(Some(font.clone()));
        }
        let Ok(dictionary) = object.as_dict() else {
            return Ok(None);
        };
        // One that is no object of its own is made anew each time that it is set.
        self.deadline.check()?;
        let font = Rc::new(Font::new(dictionary, self.document, self.streams)?);
        if let Some(id) = id {
            self.fonts.insert(id, font.clone());
        }
        Ok(Some(font))
    }

    /// Shows strings and moves on by the width of what is shown.
    fn show(&mut self, members: &[Operand], state: &State, text: &mut Matrix, is_artifact: bool) {
        let Some(font) = &state.font else {
            self.seen.without_font += 1;
            return;
        };
        for member in members {
            let bytes = match member {
                Operand::Text(bytes) => bytes,
                Operand::Number(n) => {
                    advance(text, -n / 1000.0 * state.size * state.scale);
                    continue;
                }
                _ => continue,
            };
            let at = times(
                [1.0, 0.0, 0.0, 1.0, 0.0, state.rise],
                times(*text, state.matrix),
            );
            let mut shown = String::new();
            // White space at either end is no part of the run: it is an indent, or hides where a line ends.
            let (mut width, mut begin, mut end) = (0.0, 0.0, 0.0);
            for glyph in font.glyphs(bytes) {
                self.seen.glyphs += 1;
                let space = if glyph.is_space {
                    state.word_spacing
                } else {
                    0.0
                };
                let by = (glyph.width * state.size + state.spacing + space) * state.scale;
                let is_white = glyph.text.as_deref().is_some_and(|t| t.trim().is_empty());
                if shown.is_empty() && is_white {
                    begin += by;
                }
                width += by;
                if !is_white {
                    end = width;
                }
                if !(shown.is_empty() && is_white) {
                    self.seen.unknown += usize::from(glyph.text.is_none());
                    shown.push_str(glyph.text.as_deref().unwrap_or("\u{FFFD}"));
                }
            }
            advance(text, width);
            shown.truncate(shown.trim_end().len());
            let at = times([1.0, 0.0, 0.0, 1.0, begin, 0.0], at);
            let run = run(shown, at, end - begin, state.size);
            if let Some(run) = run.filter(|_| self.runs.len() < RUNS) {
                let run = Run { is_artifact, ..run };
                let direction = direction(at[0], at[1], state.size);
                self.runs.push((direction, run));
            }
        }
    }
}

/// A run with its place; `None` without text, or where the numbers are beyond measure.
fn run(text: String, at: Matrix, width: f32, size: f32) -> Option<Run> {
    let run = Run {
        x: at[4],
        y: at[5],
        width: width.abs() * at[0].hypot(at[1]),
        size: size.abs() * at[2].hypot(at[3]),
        text,
        ..Run::default()
    };
    let is_sound = [run.x, run.y, run.width, run.size]
        .iter()
        .all(|v| v.is_finite());
    (is_sound && run.size > 0.0 && !run.text.is_empty()).then_some(run)
}

fn advance(text: &mut Matrix, by: f32) {
    text[4] += by * text[0];
    text[5] += by * text[1];
}

fn point(matrix: Matrix, x: f32, y: f32) -> (f32, f32) {
    let at = times([1.0, 0.0, 0.0, 1.0, x, y], matrix);
    (at[4], at[5])
}

/// Nested stretches of marked content. Artifacts are what the page shows besides the text: running lines, watermarks
/// (ISO 32000-1, 14.8.2.2).
#[derive(Default)]
struct Marked {
    depth: usize,
    /// Depth of the outermost artifact.
    artifact: Option<usize>,
}

impl Marked {
    fn open(&mut self, tag: Option<&Operand>) {
        self.depth += 1;
        if matches!(tag, Some(Operand::Name(name)) if name == b"Artifact") {
            self.artifact.get_or_insert(self.depth);
        }
    }

    fn close(&mut self) {
        if self.artifact == Some(self.depth) {
            self.artifact = None;
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn is_artifact(&self) -> bool {
        self.artifact.is_some()
    }
}

/// A path under construction: for each of its parts the points, and the straight lines between them.
#[derive(Default)]
struct Path {
    parts: Vec<Vec<(f32, f32)>>,
    points: usize,
    lines: Vec<Rule>,
}

impl Path {
    fn move_to(&mut self, to: (f32, f32)) {
        if self.points < RULES {
            self.points += 1;
            self.parts.push(vec![to]);
        }
    }

    fn line_to(&mut self, to: (f32, f32)) {
        let from = self.parts.last().and_then(|part| part.last()).copied();
        if let Some(from) = from.filter(|_| self.points < RULES) {
            self.lines.push(Rule::between(from, to));
            self.jump_to(to);
        }
    }

    /// Goes on without a straight line.
    fn jump_to(&mut self, to: (f32, f32)) {
        if let Some(part) = self.parts.last_mut().filter(|_| self.points < RULES) {
            self.points += 1;
            part.push(to);
        }
    }

    fn close(&mut self) {
        if let Some(first) = self.parts.last().map(|part| part[0]) {
            self.line_to(first);
        }
    }

    fn stroked(&self, rules: &mut Vec<Rule>) {
        let room = RULES.saturating_sub(rules.len());
        let straight = |line: &&Rule| line.width().min(line.height()) <= 1.0;
        rules.extend(self.lines.iter().filter(straight).take(room).copied());
    }

    /// Many programs draw rules as thin filled shapes.
    fn filled(&self, rules: &mut Vec<Rule>) {
        let room = RULES.saturating_sub(rules.len());
        let boxes = self.parts.iter().filter_map(|part| {
            let first = Rule::between(*part.first()?, *part.first()?);
            let shape = part.iter().fold(first, |shape, p| shape.with(*p));
            (shape.width().min(shape.height()) <= THICK).then_some(shape)
        });
        rules.extend(boxes.take(room));
    }
}

/// 0 for text to the right, 1 upwards, 2 to the left, 3 downwards; 4 for what runs aslant.
fn direction(a: f32, b: f32, size: f32) -> u8 {
    let (a, b) = if size < 0.0 { (-a, -b) } else { (a, b) };
    match (a.abs() > 8.0 * b.abs(), b.abs() > 8.0 * a.abs()) {
        (true, _) => {
            if a > 0.0 {
                0
            } else {
                2
            }
        }
        (_, true) => {
            if b > 0.0 {
                1
            } else {
                3
            }
        }
        _ => 4,
    }
}

/// The runs in the direction that most characters have, and the rules, turned upright. Watermarks run aslant and are left out.
fn upright(runs: Vec<(u8, Run)>, rules: Vec<Rule>) -> Page {
    let weight = |direction: u8| -> usize {
        let of = runs.iter().filter(|(d, _)| *d == direction);
        of.map(|(_, run)| run.text.chars().count()).sum()
    };
    let main = (0..4).rev().max_by_key(|d| weight(*d)).unwrap_or(0);
    let turn = |(x, y): (f32, f32)| match main {
        1 => (y, -x),
        2 => (-x, -y),
        3 => (-y, x),
        _ => (x, y),
    };
    let runs = runs
        .into_iter()
        .filter(|(direction, _)| *direction == main)
        .map(|(_, run)| {
            let (x, y) = turn((run.x, run.y));
            Run { x, y, ..run }
        })
        .collect();
    let rules = rules
        .into_iter()
        .map(|rule| Rule::between(turn((rule.left, rule.bottom)), turn((rule.right, rule.top))));
    Page {
        runs,
        rules: rules.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_lies_on_its_side_is_turned() {
        let run = |x: f32, y: f32, text: &str| Run {
            x,
            y,
            width: 10.0,
            size: 10.0,
            text: text.to_owned(),
            ..Run::default()
        };
        let runs = vec![
            (1, run(100.0, 10.0, "上行")),
            (1, run(120.0, 10.0, "下行")),
            (4, run(0.0, 0.0, "水印")),
        ];
        let turned = upright(runs, Vec::new()).runs;
        assert_eq!(turned.len(), 2);
        assert!(turned[0].y > turned[1].y && turned[0].x == turned[1].x);
    }
}
