//! From bytes to text: which encoding Chinese plain text is in.
//!
//! A byte order mark decides, then valid UTF-8, then the look of UTF-16, then a detector whose choice must decode
//! without error into what reads as Chinese. What was chosen by likeness alone is reported as a guess.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{Aside, Reason};
use crate::text::is_han;

/// Bytes shown to the detector, which is fifty times slower than decoding.
pub(super) const SAMPLE: usize = 64 << 10;
/// One character in so many may be damaged, and one in any text, before it counts as being in another encoding.
const DAMAGED: usize = 100;
/// But one in so many of a short text.
const DAMAGED_SHORT: usize = 10;

/// Whether a text with so many good characters may have so many damaged ones.
fn is_slight(damaged: usize, good: usize) -> bool {
    damaged <= 1 + good / DAMAGED && damaged * DAMAGED_SHORT <= good
}

/// A text with its encoding.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<'a> {
    /// The text without byte order mark.
    pub text: Cow<'a, str>,
    /// Name of the encoding, as in the register of character sets.
    pub encoding: &'static str,
    /// Whether the encoding was chosen by likeness, or some characters are damaged.
    pub guessed: bool,
}

/// The text of a file's bytes, without byte order mark.
///
/// ```
/// use xiangtu::read::{Reason, decode};
/// assert_eq!(decode("\u{FEFF}青河镇".as_bytes()).unwrap().text, "青河镇");
/// let gbk = decode(b"\xC7\xE0\xBA\xD3\xD5\xF2").unwrap();
/// assert_eq!((gbk.text.as_ref(), gbk.encoding), ("青河镇", "gb18030"));
/// assert_eq!(decode(b"12345").unwrap_err().reason, Reason::NoText);
/// assert_eq!(decode(b"\x00\x01\x02").unwrap_err().reason, Reason::Binary);
/// ```
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Aside> {
    let decoded = decode_as(bytes, None)?;
    if has_words(&decoded.text) {
        Ok(decoded)
    } else if decoded.text.trim().is_empty() {
        Err(Reason::Empty.into())
    } else {
        Err(Reason::NoText.into())
    }
}

/// Whether there is anything to read in it.
pub(super) fn has_words(text: &str) -> bool {
    text.chars().any(|c| is_han(c) || c.is_alphabetic())
}

/// The same with the character set that a page declares, which is tried before the detector.
pub(super) fn decode_as<'a>(bytes: &'a [u8], label: Option<&[u8]>) -> Result<Decoded<'a>, Aside> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Reason::Empty.into());
    }
    let Some(found) = detect(bytes, label, true) else {
        return Err(if is_binary(bytes) {
            Reason::Binary.into()
        } else {
            Reason::Encoding.into()
        });
    };
    let (text, damaged) = found.encoding.decode_with_bom_removal(bytes);
    // Pairs of bytes behind a mark can be this character as well as single bytes.
    if text.contains('\0') {
        return Err(Reason::Binary.into());
    }
    Ok(Decoded {
        text,
        encoding: name(found.encoding),
        guessed: found.guessed || damaged,
    })
}

/// Names in lower case, as media types have them.
pub(super) fn name(encoding: &'static Encoding) -> &'static str {
    match encoding {
        e if e == UTF_8 => "utf-8",
        e if e == GB18030 => "gb18030",
        e if e == BIG5 => "big5",
        e if e == UTF_16LE => "utf-16le",
        e if e == UTF_16BE => "utf-16be",
        e => e.name(),
    }
}

/// An encoding and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) encoding: &'static Encoding,
    pub(super) guessed: bool,
}

/// The encoding of a text; `whole` where the bytes do not end in the midst of it.
pub(super) fn detect(bytes: &[u8], label: Option<&[u8]>, whole: bool) -> Option<Found> {
    let sure = |encoding| {
        Some(Found {
            encoding,
            guessed: false,
        })
    };
    let guess = |encoding| {
        Some(Found {
            encoding,
            guessed: true,
        })
    };
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding != UTF_8 || !bytes.contains(&0))
            .then_some(encoding)
            .and_then(sure);
    }
    let zeros = bytes.contains(&0);
    match std::str::from_utf8(bytes) {
        Ok(_) if !zeros => return sure(UTF_8),
        Err(e) if !zeros && !whole && e.error_len().is_none() => return sure(UTF_8),
        _ => {}
    }
    if let Some(encoding) = [UTF_16LE, UTF_16BE]
        .into_iter()
        .find(|encoding| reads_as_utf_16(encoding, bytes))
    {
        return guess(encoding);
    }
    if is_binary(bytes) {
        return None;
    }
    if is_damaged_utf_8(bytes) {
        return guess(UTF_8);
    }
    let declared = label.and_then(Encoding::for_label).map(chinese);
    if let Some(encoding) = declared.filter(|e| *e != UTF_8 && reads_as(e, bytes, whole)) {
        return sure(encoding);
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() == bytes.len() && whole);
    let likely = chinese(detector.guess(Some(b"cn"), Utf8Detection::Deny));
    // Few bytes tell the detector little: the other of the two is tried after its choice.
    let order = if likely == BIG5 {
        [BIG5, GB18030]
    } else {
        [GB18030, BIG5]
    };
    let encoding = order.into_iter().find(|e| reads_as(e, bytes, whole))?;
    Some(Found {
        encoding,
        guessed: encoding == BIG5,
    })
}

/// GB18030 holds GB2312 and GBK.
fn chinese(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == encoding_rs::GBK {
        GB18030
    } else {
        encoding
    }
}

/// Control characters that no text holds.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.contains(&0)
        || bytes
            .iter()
            .take(4096)
            .any(|b| matches!(b, 1..=6 | 14..=26 | 28..=31))
}

/// Valid but for a few bytes, as in a text cut off at a fixed length.
fn is_damaged_utf_8(bytes: &[u8]) -> bool {
    let (mut damaged, mut good) = (0, 0);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        // Pairs of bytes in GB18030 may be other letters in UTF-8 by chance.
        good += chunk.valid().chars().filter(|&c| is_han(c)).count();
        // What is cut off at the end damages nothing.
        if !chunk.invalid().is_empty() && chunks.peek().is_some() {
            damaged += 1;
        }
    }
    good > 0 && is_slight(damaged, good)
}

/// Whether pairs of bytes are the characters that Chinese texts consist of.
///
/// Text in GB18030 or Big5 does not pass: its pairs read as UTF-16 are Yi, Hangul and private characters.
fn reads_as_utf_16(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    if bytes.len() < 4 || !bytes.len().is_multiple_of(2) {
        return false;
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let (text, damaged) = encoding.decode_without_bom_handling(sample);
    // A sample may end between the halves of a character.
    (!damaged || sample.len() < bytes.len()) && is_plausible(&text, 100)
}

/// Whether the bytes decode, with hardly an error, into what reads as Chinese.
fn reads_as(encoding: &'static Encoding, bytes: &[u8], whole: bool) -> bool {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if damaged {
        let replaced = text.chars().filter(|c| *c == '\u{FFFD}').count();
        let cut = usize::from(!whole || text.ends_with('\u{FFFD}'));
        let good = text.chars().filter(|&c| is_han(c)).count();
        if !is_slight(replaced.saturating_sub(cut), good) {
            return false;
        }
    }
    is_plausible(&text, 85)
}

/// Whether so many in a hundred characters are such as reports consist of.
fn is_plausible(text: &str, percent: usize) -> bool {
    let (mut good, mut han, mut all) = (0, 0, 0);
    for c in text.chars().take(SAMPLE) {
        all += 1;
        han += usize::from(matches!(c, '\u{4E00}'..='\u{9FFF}'));
        let known = matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{4E00}'..='\u{9FFF}')
            || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2460}'..='\u{2473}' | '\u{3000}'..='\u{303F}')
            || matches!(
                c,
                '\u{FF00}'..='\u{FFEF}' | '·' | '×' | '℃' | '─' | '━' | '●' | '■'
            );
        good += usize::from(known);
    }
    han > 0 && good * 100 >= all * percent
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "青河镇2021年工作总结\r\n全镇推行河长制，完成财政收入1.5亿元，增长8.5%。\n";

    fn utf_16(text: &str, little: bool) -> Vec<u8> {
        let bytes = |unit: u16| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_mark_does_not_make_text_of_bytes() {
        for mark in [b"\xEF\xBB\xBF".as_slice(), b"\xFF\xFE", b"\xFE\xFF"] {
            let bytes = [mark, "青\0\0河镇".as_bytes(), b"\0\0\0\0"].concat();
            let aside = decode(&bytes).expect_err("no text has this character");
            assert_eq!(aside.reason, Reason::Binary);
        }
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let gb = GB18030.encode(TEXT).0.into_owned();
        let cases = [
            (TEXT.as_bytes().to_vec(), "utf-8", false),
            (format!("\u{FEFF}{TEXT}").into_bytes(), "utf-8", false),
            (gb, "gb18030", false),
            (utf_16(&format!("\u{FEFF}{TEXT}"), true), "utf-16le", false),
            (utf_16(&format!("\u{FEFF}{TEXT}"), false), "utf-16be", false),
            (utf_16(TEXT, true), "utf-16le", true),
            (utf_16(TEXT, false), "utf-16be", true),
        ];
        for (bytes, encoding, guessed) in cases {
            let decoded = decode(&bytes).unwrap();
            assert_eq!((decoded.encoding, decoded.guessed), (encoding, guessed));
            assert_eq!(decoded.text, TEXT, "{encoding}");
        }
    }

    #[test]
    fn big5_is_a_guess() {
        let text =
            "青河鎮二零二一年工作總結\n全鎮推行河長制，開展農村環境整治，完成財政收入一億元。\n";
        let bytes = BIG5.encode(text).0.into_owned();
        let decoded = decode(&bytes).unwrap();
        assert_eq!((decoded.encoding, decoded.guessed), ("big5", true));
        assert_eq!(decoded.text, text);
    }

    #[test]
    fn a_text_cut_in_mid_character_is_read_and_reported() {
        for (bytes, encoding) in [
            (TEXT.as_bytes().to_vec(), "utf-8"),
            (GB18030.encode(TEXT).0.into_owned(), "gb18030"),
        ] {
            let cut = &bytes[..bytes.len() - 2];
            let decoded = decode(cut).unwrap();
            assert_eq!((decoded.encoding, decoded.guessed), (encoding, true));
            assert!(decoded.text.starts_with("青河镇2021年工作总结"));
        }
    }

    #[test]
    fn a_bad_byte_in_the_midst_damages_one_character() {
        for (bytes, encoding) in [
            (TEXT.as_bytes().to_vec(), "utf-8"),
            (GB18030.encode(TEXT).0.into_owned(), "gb18030"),
        ] {
            let line = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
            let bytes = [&bytes[..line], b"\xFF", &bytes[line..]].concat();
            let decoded = decode(&bytes).unwrap();
            assert_eq!((decoded.encoding, decoded.guessed), (encoding, true));
            assert_eq!(decoded.text.replace('\u{FFFD}', ""), TEXT);
        }
    }

    #[test]
    fn what_is_no_chinese_text_is_turned_away() {
        let russian = encoding_rs::WINDOWS_1251.encode("Отчёт о работе").0;
        assert_eq!(decode(&russian).unwrap_err().reason, Reason::Encoding);
        let noise: Vec<u8> = (0..4000u32).map(|i| (i * i * 7 + i / 3) as u8).collect();
        assert!(decode(&noise).is_err());
        assert_eq!(decode(b" \n\t").unwrap_err().reason, Reason::Empty);
        assert_eq!(
            decode("\u{FEFF}\n".as_bytes()).unwrap_err().reason,
            Reason::Empty
        );
    }
}
