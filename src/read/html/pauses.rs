//! A page as the tokenizer reads it, with pauses in which its stack empties.
//!
//! The states of html5gum that read an attribute call one another, so that 50,000 attributes of one element overflow the
//! stack. A read that fails ends all of these calls, and the tokenizer goes on from where it was when it is asked for the
//! next token: nothing has been taken from the page.

use std::fmt;

use html5gum::{Readable, Reader, StringReader};

/// Reads between two pauses. An attribute takes three or four.
const READS: usize = 256;

pub(super) struct Pauses<'a> {
    page: StringReader<'a>,
    reads: usize,
}

/// A pause is no error; the trait of readers only knows errors.
#[derive(Debug)]
pub(super) struct Pause;

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a pause in reading")
    }
}

impl std::error::Error for Pause {}

impl<'a> Pauses<'a> {
    pub(super) fn new(page: &'a str) -> Self {
        Self {
            page: page.to_reader(),
            reads: 0,
        }
    }
}

impl Reader for Pauses<'_> {
    type Error = Pause;

    fn read_byte(&mut self) -> Result<Option<u8>, Pause> {
        let Ok(byte) = self.page.read_byte();
        Ok(byte)
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Pause> {
        let Ok(is_next) = self.page.try_read_string(text, case_sensitive);
        Ok(is_next)
    }

    /// Pauses are made here alone: every attribute passes here, and no state is halfway through what it reads. Between
    /// the bytes of `&amp;` a pause would lose it.
    fn read_until<'b>(
        &'b mut self,
        needle: &[u8],
        buffer: &'b mut [u8; 4],
    ) -> Result<Option<&'b [u8]>, Pause> {
        self.reads += 1;
        if self.reads.is_multiple_of(READS) {
            return Err(Pause);
        }
        let Ok(found) = self.page.read_until(needle, buffer);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use html5gum::{Token, Tokenizer};

    use super::*;

    #[test]
    fn pauses_change_nothing() {
        let part = "<p class=\"a\" id='b' c=d e>甲&amp;乙&lt;&#37329;&nosuch;\r\n<!-- - -->-<script>if (a < b) {}</script></p a=\"1\">";
        // Parts of which the pauses fall on every read.
        let page = part.repeat(READS + 1);
        let paused: Vec<Token> = Tokenizer::new(Pauses::new(&page)).flatten().collect();
        let tokens: Vec<Token> = Tokenizer::new(&page).flatten().collect();
        assert_eq!(paused, tokens);
    }
}
