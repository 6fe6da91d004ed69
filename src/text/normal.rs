//! Normalisation: one kind of digit, bracket and quotation mark; layout taken out; every character remembers where it came from.
//!
//! What layout does to reports: lines cut at a fixed width in mid-word, page numbers between two halves of a
//! sentence, spaces inside words, full-width digits, markdown. What is left alone: wording, order, numbers.

use super::{Text, is_common_han, is_han};

/// One line of the source: its span without outer white space.
struct Line {
    start: usize,
    end: usize,
}

/// Normalises a decoded text.
///
/// ```
/// let text = xiangtu::text::normalise("实施青石公路提质\n改造工程，总投资２０亿元。");
/// assert_eq!(text.chars.iter().collect::<String>(), "实施青石公路提质\n改造工程，总投资20亿元。\n");
/// ```
pub fn normalise(text: &str) -> Text {
    let mut source = Vec::with_capacity(text.len() / 3 + 1);
    source.extend(text.chars());
    let lines = lines(&source);
    let wrap = wrap_width(&source, &lines);
    let mut out = Writer {
        source: &source,
        chars: Vec::with_capacity(source.len()),
        at: Vec::with_capacity(source.len()),
        quote_open: false,
    };
    for (i, line) in lines.iter().enumerate() {
        out.line(line);
        let joins = lines
            .get(i + 1)
            .is_some_and(|next| continues(&source, line, next, wrap));
        if !joins {
            out.paragraph_end(line.end);
        }
    }
    let Writer { chars, at, .. } = out;
    Text::new(text, &source, chars, at)
}

/// The non-empty lines that carry text; page numbers and rules are left out.
fn lines(source: &[char]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let ends_line = |c: char| {
        !is_common_han(c)
            && matches!(
                c,
                '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
            )
    };
    let ends = (0..source.len()).filter(|&i| ends_line(source[i]));
    for end in ends.chain([source.len()]) {
        let (mut a, mut b) = (start, end);
        start = end + 1;
        while a < b && is_layout(source[a]) {
            a += 1;
        }
        while a < b && is_layout(source[b - 1]) {
            b -= 1;
        }
        // A markdown heading, quotation or bullet keeps its text.
        let mut c = a;
        while c < b && matches!(source[c], '#' | '>') {
            c += 1;
        }
        if c == a
            && c + 1 < b
            && matches!(source[c], '*' | '-' | '+' | '•' | '●' | '■' | '◆')
            && source[c + 1] == ' '
        {
            c += 1;
        }
        while c < b && is_layout(source[c]) {
            c += 1;
        }
        if c < b && !is_page_number(&source[c..b]) {
            lines.push(Line { start: c, end: b });
        }
    }
    lines
}

fn is_layout(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{AD}' | '\u{2060}'
        )
}

/// `12`, `- 12 -`, `— 12 —`, `第12页`, `12/30`, `第 3 页 共 20 页`, and rules of dashes or equals signs.
fn is_page_number(line: &[char]) -> bool {
    if line.len() > 16 {
        return line
            .iter()
            .all(|c| matches!(c, '-' | '—' | '=' | '_' | '*' | ' '));
    }
    let mut digits = 0;
    for &c in line {
        match c {
            '0'..='9' | '０'..='９' => digits += 1,
            '-' | '—' | '–' | '―' | '－' | '=' | '_' | '*' | '/' | '·' | '第' | '页' | '共'
            | '，' | ',' | ' ' | '\u{3000}' | '\t' => {}
            _ => return false,
        }
    }
    digits <= 4 && !(digits == 4 && line.len() == 4)
}

/// The width at which the file's lines were cut, or `None` if they were not.
fn wrap_width(source: &[char], lines: &[Line]) -> Option<usize> {
    let width = |l: &Line| l.end - l.start;
    let longest = lines.iter().map(width).max().unwrap_or(0);
    if lines.len() < 6 || !(16..=60).contains(&longest) {
        return None;
    }
    let full = lines.iter().filter(|l| width(l) + 6 >= longest).count();
    let open = lines
        .iter()
        .filter(|l| width(l) + 6 >= longest && !ends_clause(source[l.end - 1]))
        .count();
    (full * 4 >= lines.len() && open * 2 >= full).then_some(longest)
}

fn ends_clause(c: char) -> bool {
    matches!(
        c,
        '。' | '！' | '？' | '；' | '：' | '!' | '?' | ';' | ':' | '”' | '…' | '）' | ')'
    )
}

/// Whether the next line goes on with the sentence of this one.
fn continues(source: &[char], line: &Line, next: &Line, wrap: Option<usize>) -> bool {
    let last = source[line.end - 1];
    if matches!(last, '，' | '、' | ',' | '（' | '(' | '“' | '《') {
        return true;
    }
    if ends_clause(last) || opens_item(&source[next.start..next.end]) {
        return false;
    }
    let indented = next.start >= 2 && source[next.start - 1] == '\u{3000}';
    match wrap {
        Some(longest) => !indented && line.end - line.start + 6 >= longest,
        None => {
            // A single break in mid-sentence: the line holds a clause mark and its last clause is open.
            let has_clause = source[line.start..line.end]
                .iter()
                .any(|&c| matches!(c, '，' | '。' | '；'));
            !indented
                && has_clause
                && line.end - line.start >= 20
                && (is_han(last) || last.is_ascii_alphanumeric())
        }
    }
}

/// `一、` `（一）` `(1)` `1.` `1、` `①` `一是` `第一，` `【…】` `#`.
fn opens_item(line: &[char]) -> bool {
    let numeral = |c: char| "一二三四五六七八九十".contains(c);
    let first = line[0];
    let mut i = 0;
    if numeral(first) {
        while i < line.len() && numeral(line[i]) {
            i += 1;
        }
        return line
            .get(i)
            .is_some_and(|&c| matches!(c, '、' | '是' | '.' | '．' | '，'));
    }
    if matches!(first, '（' | '(') {
        return line
            .get(1)
            .is_some_and(|&c| numeral(c) || c.is_ascii_digit());
    }
    if first.is_ascii_digit() {
        while i < line.len() && line[i].is_ascii_digit() {
            i += 1;
        }
        return i <= 2
            && line.get(i).is_some_and(|&c| {
                matches!(c, '、' | '．')
                    || (c == '.' && !line.get(i + 1).is_some_and(char::is_ascii_digit))
            });
    }
    matches!(first, '①'..='⑳' | '【' | '#' | '★' | '▲' | '●')
        || (first == '第' && line.get(1).is_some_and(|&c| numeral(c)))
}

struct Writer<'a> {
    source: &'a [char],
    chars: Vec<char>,
    at: Vec<u32>,
    quote_open: bool,
}

impl Writer<'_> {
    fn push(&mut self, c: char, at: usize) {
        self.chars.push(c);
        self.at.push(at as u32);
    }

    fn line(&mut self, line: &Line) {
        let mut i = line.start;
        while i < line.end {
            let c = self.source[i];
            if is_common_han(c) {
                self.push(c, i);
                i += 1;
                continue;
            }
            if c == '*' && self.source.get(i + 1) == Some(&'*') {
                // Bold; three or more asterisks in a row are a redaction and stay.
                let run = self.source[i..line.end]
                    .iter()
                    .take_while(|&&c| c == '*')
                    .count();
                if run == 2 {
                    i += 2;
                    continue;
                }
                for k in 0..run {
                    self.push('*', i + k);
                }
                i += run;
                continue;
            }
            if is_layout(c) {
                let next = self.source[i..line.end].iter().find(|&&c| !is_layout(c));
                let latin = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphabetic());
                if latin(self.chars.last()) && latin(next) {
                    self.push(' ', i);
                }
                while i < line.end && is_layout(self.source[i]) {
                    i += 1;
                }
                continue;
            }
            let c = self.normal_char(c, i, line);
            self.push(c, i);
            i += 1;
        }
    }

    fn paragraph_end(&mut self, at: usize) {
        self.quote_open = false;
        // The break that follows the line, or its last character where the file ends without one.
        self.push('\n', at.min(self.source.len().saturating_sub(1)));
    }

    fn normal_char(&mut self, c: char, i: usize, line: &Line) -> char {
        match c {
            '０'..='９'
            | 'Ａ'..='Ｚ'
            | 'ａ'..='ｚ'
            | '％'
            | '＋'
            | '－'
            | '．'
            | '／'
            | '＝'
            | '＊'
            | '＆'
            | '＃' => {
                char::from_u32(c as u32 - 0xFEE0).expect("full-width ASCII has a half-width form")
            }
            '(' => '（',
            ')' => '）',
            ',' | ';' | ':' | '!' | '?' => {
                let digit = |k: Option<&char>| k.is_some_and(|k| k.is_ascii_digit());
                let before = if i > line.start {
                    self.source.get(i - 1)
                } else {
                    None
                };
                if digit(before) && digit(self.source.get(i + 1)) && matches!(c, ',' | ':') {
                    c
                } else {
                    char::from_u32(c as u32 + 0xFEE0)
                        .expect("ASCII punctuation has a full-width form")
                }
            }
            '"' => {
                self.quote_open = !self.quote_open;
                if self.quote_open { '“' } else { '”' }
            }
            '“' | '「' | '『' | '〝' | '＂' => {
                self.quote_open = true;
                '“'
            }
            '”' | '」' | '』' | '〞' => {
                self.quote_open = false;
                '”'
            }
            '–' | '―' | '─' | '━' | '﹣' => '—',
            '～' | '∼' | '〜' => '~',
            '•' | '‧' | '・' | '∙' | '●' | '﹒' => '·',
            '﹪' | '٪' => '%',
            '﹑' | '､' => '、',
            '｡' => '。',
            c => c,
        }
    }
}
