//! What a font's `ToUnicode` map says: codes to characters.

use std::collections::HashMap;

use super::lex::{Lexer, Operand};

/// Entries of one map that are looked at; two-byte codes are no more than half of these.
const ENTRIES: usize = 1 << 17;

/// Codes to characters.
#[derive(Debug, Default)]
pub(super) struct CMap {
    map: HashMap<u32, String>,
    /// Entries so far. Not those of `map`: a range of a few bytes may say the same as the last one, or nothing, 65,536 times.
    told: usize,
    /// Bytes of a code, where the map says so.
    pub(super) bytes: Option<usize>,
}

impl CMap {
    pub(super) fn new(stream: &[u8]) -> Self {
        let mut found = Self::default();
        let mut lexer = Lexer::new(stream);
        let mut operands = Vec::new();
        while let Some(name) = lexer.next(&mut operands) {
            match name.as_slice() {
                b"endcodespacerange" => found.code_space(&operands),
                b"endbfchar" => found.characters(&operands),
                b"endbfrange" => found.ranges(&operands),
                _ => {}
            }
        }
        found
    }

    /// The characters of a code; `None` where the map has none or gives what is no character.
    pub(super) fn get(&self, code: u32) -> Option<&str> {
        self.map.get(&code).map(String::as_str)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    fn code_space(&mut self, operands: &[Operand]) {
        let lengths = operands.iter().filter_map(|o| match o {
            Operand::Text(bytes) => Some(bytes.len()),
            _ => None,
        });
        self.bytes = lengths.max().filter(|n| (1..=4).contains(n)).or(self.bytes);
    }

    fn characters(&mut self, operands: &[Operand]) {
        for pair in operands.chunks_exact(2) {
            if let (Some(code), Operand::Text(to)) = (code(&pair[0]), &pair[1]) {
                self.insert(code, utf_16(to));
            }
        }
    }

    fn ranges(&mut self, operands: &[Operand]) {
        for triple in operands.chunks_exact(3) {
            let (Some(from), Some(to)) = (code(&triple[0]), code(&triple[1])) else {
                continue;
            };
            let to = to.min(from.saturating_add(0xFFFF));
            match &triple[2] {
                Operand::Text(first) => {
                    for (i, code) in (from..=to).enumerate() {
                        if self.told >= ENTRIES {
                            return;
                        }
                        self.insert(code, counted(first, i as u32));
                    }
                }
                Operand::Array(each) => {
                    for (code, to) in (from..=to).zip(each) {
                        if let Operand::Text(to) = to {
                            self.insert(code, utf_16(to));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn insert(&mut self, code: u32, text: String) {
        self.told += 1;
        // Private and control characters say nothing: some typesetters fill the map with them.
        let says = !text.is_empty()
            && text.chars().all(|c| {
                !c.is_control()
                    && !matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' | '\u{F0000}'..)
            });
        if says && self.told <= ENTRIES {
            self.map.insert(code, text);
        }
    }
}

fn code(operand: &Operand) -> Option<u32> {
    match operand {
        Operand::Text(bytes) if (1..=4).contains(&bytes.len()) => {
            Some(bytes.iter().fold(0, |code, b| code << 8 | u32::from(*b)))
        }
        _ => None,
    }
}

fn utf_16(bytes: &[u8]) -> String {
    encoding_rs::UTF_16BE
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}

/// The characters that stand so many places after these.
fn counted(first: &[u8], n: u32) -> String {
    let text = utf_16(first);
    let mut chars: Vec<char> = text.chars().collect();
    let Some(last) = chars.last_mut() else {
        return text;
    };
    match char::from_u32(*last as u32 + n) {
        Some(c) => *last = c,
        None => return String::new(),
    }
    chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_ranges_are_read() {
        let map = CMap::new(
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
              2 beginbfchar <0001> <9752> <0002> <E001> endbfchar\n\
              2 beginbfrange <0010> <0012> <6CB3> <0020> <0021> [<9547> <4E00 4E8C>] endbfrange",
        );
        assert_eq!(map.bytes, Some(2));
        let got: Vec<Option<&str>> = [1, 2, 0x10, 0x12, 0x13, 0x20, 0x21]
            .map(|code| map.get(code))
            .to_vec();
        let expected = [
            Some("青"),
            None,
            Some("河"),
            Some("\u{6CB5}"),
            None,
            Some("镇"),
            Some("一二"),
        ];
        assert_eq!(got, expected);
    }
}
