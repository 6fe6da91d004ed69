//! The operators of a content stream, one after another, with their operands.
//!
//! Own code because it holds one operator at a time: a list of all of them takes forty times the stream's size.

/// An operand, as far as text needs it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Number(f32),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Operand>),
    Other,
}

impl Operand {
    pub(super) fn number(&self) -> Option<f32> {
        match self {
            Self::Number(n) if n.is_finite() => Some(*n),
            _ => None,
        }
    }
}

/// Operands that are kept for one operator; a section of a font's map has at most three hundred by the standard.
const OPERANDS: usize = 1 << 16;
/// Members of an array that are kept.
const MEMBERS: usize = 1 << 16;

/// Reads a content stream. Total: what is no operator is passed over.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

enum Token {
    Operand(Operand),
    Operator(Vec<u8>),
    ArrayEnd,
    Nothing,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next operator with its operands; `None` at the end.
    pub(super) fn next(&mut self, operands: &mut Vec<Operand>) -> Option<Vec<u8>> {
        operands.clear();
        loop {
            match self.token()? {
                Token::Operator(name) if name == b"BI" => {
                    self.pass_image();
                    return Some(name);
                }
                Token::Operator(name) => return Some(name),
                Token::Operand(operand) if operands.len() < OPERANDS => operands.push(operand),
                _ => {}
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn token(&mut self) -> Option<Token> {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        let c = self.peek()?;
        self.at += 1;
        Some(match c {
            b'%' => {
                while self.peek().is_some_and(|c| c != b'\n' && c != b'\r') {
                    self.at += 1;
                }
                Token::Nothing
            }
            b'/' => Token::Operand(Operand::Name(self.name())),
            b'(' => Token::Operand(Operand::Text(self.literal())),
            b'<' if self.peek() == Some(b'<') => {
                self.at += 1;
                self.pass_dictionary();
                Token::Operand(Operand::Other)
            }
            b'<' => Token::Operand(Operand::Text(self.hexadecimal())),
            b'[' => Token::Operand(Operand::Array(self.array())),
            b']' => Token::ArrayEnd,
            b'>' | b')' | b'{' | b'}' => Token::Nothing,
            _ => {
                let start = self.at - 1;
                while self
                    .peek()
                    .is_some_and(|c| !is_space(c) && !is_delimiter(c))
                {
                    self.at += 1;
                }
                let word = &self.bytes[start..self.at];
                match number(word) {
                    Some(n) => Token::Operand(Operand::Number(n)),
                    None if matches!(word, b"true" | b"false" | b"null") => {
                        Token::Operand(Operand::Other)
                    }
                    None => Token::Operator(word.to_vec()),
                }
            }
        })
    }

    fn name(&mut self) -> Vec<u8> {
        let mut name = Vec::new();
        while let Some(c) = self.peek().filter(|c| !is_space(*c) && !is_delimiter(*c)) {
            self.at += 1;
            let hex = |k: usize| self.bytes.get(self.at + k).and_then(|c| digit(*c));
            match (c, hex(0), hex(1)) {
                (b'#', Some(a), Some(b)) => {
                    name.push(a << 4 | b);
                    self.at += 2;
                }
                _ => name.push(c),
            }
        }
        name
    }

    fn literal(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut open = 1;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape(&mut out);
                    continue;
                }
                _ => {}
            }
            out.push(c);
        }
        out
    }

    fn escape(&mut self, out: &mut Vec<u8>) {
        let Some(c) = self.peek() else { return };
        self.at += 1;
        match c {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(c - b'0');
                for _ in 0..2 {
                    let Some(c @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    value = value * 8 + u32::from(c - b'0');
                    self.at += 1;
                }
                out.push(value as u8);
            }
            c => out.push(c),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut half = None;
        while let Some(c) = self.peek() {
            self.at += 1;
            if c == b'>' {
                break;
            }
            let Some(value) = digit(c) else { continue };
            match half.take() {
                Some(high) => out.push(high << 4 | value),
                None => half = Some(value),
            }
        }
        out.extend(half.map(|high| high << 4));
        out
    }

    /// Arrays within arrays are passed over: no operator of text takes them.
    fn array(&mut self) -> Vec<Operand> {
        let mut members = Vec::new();
        while self.at < self.bytes.len() {
            // An operator inside means that the bracket is never closed.
            let before = self.at;
            match self.token_in_array() {
                Some(Token::Operand(member)) if members.len() < MEMBERS => members.push(member),
                Some(Token::ArrayEnd) | None => break,
                Some(Token::Operator(_)) => {
                    self.at = before;
                    break;
                }
                _ => {}
            }
        }
        members
    }

    fn token_in_array(&mut self) -> Option<Token> {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        if self.peek() == Some(b'[') {
            self.at += 1;
            return Some(Token::Nothing);
        }
        self.token()
    }

    fn pass_dictionary(&mut self) {
        let mut open = 1;
        while open > 0 {
            match self.peek() {
                None => return,
                Some(b'(') => {
                    self.at += 1;
                    self.literal();
                    continue;
                }
                Some(b'<') if self.bytes.get(self.at + 1) == Some(&b'<') => {
                    open += 1;
                    self.at += 1;
                }
                Some(b'>') if self.bytes.get(self.at + 1) == Some(&b'>') => {
                    open -= 1;
                    self.at += 1;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Passes over the data of an image that stands in the stream itself, up to `EI` between white space.
    fn pass_image(&mut self) {
        while let Some(found) = super::super::format::find(&self.bytes[self.at..], b"EI") {
            let (before, after) = (self.at + found, self.at + found + 2);
            self.at = after;
            let opens = before > 0 && is_space(self.bytes[before - 1]);
            if opens && self.bytes.get(after).is_none_or(|c| is_space(*c)) {
                return;
            }
        }
        self.at = self.bytes.len();
    }
}

fn is_space(c: u8) -> bool {
    matches!(c, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(c: u8) -> bool {
    matches!(
        c,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

fn digit(c: u8) -> Option<u8> {
    char::from(c).to_digit(16).map(|d| d as u8)
}

fn number(word: &[u8]) -> Option<f32> {
    let first = *word.first()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    let text = std::str::from_utf8(word).ok()?;
    text.parse().ok().or_else(|| {
        // Some programs write `--5` and `1.2-3`.
        let plain = text.trim_start_matches(['-', '+']);
        let end = plain.find(['-', '+']).unwrap_or(plain.len());
        plain[..end].parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(stream: &str) -> Vec<(String, Vec<Operand>)> {
        let mut lexer = Lexer::new(stream.as_bytes());
        let (mut found, mut operands) = (Vec::new(), Vec::new());
        while let Some(name) = lexer.next(&mut operands) {
            found.push((String::from_utf8(name).unwrap(), operands.clone()));
        }
        found
    }

    #[test]
    fn operators_come_with_their_operands() {
        use Operand::*;
        let stream = "BT /F#31 12 Tf % note\n[(a\\)\\101)-20.5<4E2D>] TJ (b\\\nc(d)) ' ET";
        let expected = vec![
            ("BT".to_owned(), vec![]),
            ("Tf".to_owned(), vec![Name(b"F1".to_vec()), Number(12.0)]),
            (
                "TJ".to_owned(),
                vec![Array(vec![
                    Text(b"a)A".to_vec()),
                    Number(-20.5),
                    Text(vec![0x4E, 0x2D]),
                ])],
            ),
            ("'".to_owned(), vec![Text(b"bc(d)".to_vec())]),
            ("ET".to_owned(), vec![]),
        ];
        assert_eq!(all(stream), expected);
    }

    #[test]
    fn images_and_dictionaries_are_passed_over() {
        let names: Vec<String> = all("/P <</MCID 0 /T (>>)>> BDC BI /W 1 ID \u{1}EIx\u{2} EI Q")
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["BDC", "BI", "Q"]);
        assert_eq!(all("[1 2 Tj")[0].0, "Tj");
        assert!(all("(((((").is_empty());
    }
}
