//! Fonts: which characters the codes of a string stand for, and how wide their glyphs are.
//!
//! Official typesetters write `GBK-EUC-H` and `UniGB-UCS2-H` without a map to Unicode: there the codes themselves are GBK or
//! UTF-16. A font that says nothing, nor its own program ([`builtin`]), gives unknown glyphs, never a guess.

use encoding_rs::{BIG5, Encoding as Charset, GB18030, UTF_16BE};
use hayro_cmap::CMap as Collection;
use lopdf::{Dictionary, Document, Object};

use super::super::Aside;
use super::builtin;
use super::cmap::CMap;
use super::stream::Streams;

/// How codes are cut from a string, and what they mean where no map says so.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Codes {
    /// One byte.
    Byte,
    /// Two bytes that number glyphs.
    Pair,
    /// Characters of a character set of one to four bytes.
    Set(&'static Charset),
    /// GB2312 in seven bits.
    SevenBit,
}

/// A glyph of a string.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    /// Its characters, where they are known.
    pub(super) text: Option<String>,
    /// In units of the type's height.
    pub(super) width: f32,
    /// A single-byte space, to which word spacing applies.
    pub(super) is_space: bool,
}

/// A font of a page.
#[derive(Debug)]
pub(super) struct Font {
    codes: Codes,
    to_unicode: CMap,
    /// Characters of single bytes, where the font's encoding tells them.
    simple: Vec<Option<String>>,
    /// The collection of characters whose numbers the codes are.
    collection: Option<&'static Collection>,
    widths: Widths,
}

impl Font {
    pub(super) fn new(
        font: &Dictionary,
        document: &Document,
        streams: &mut Streams,
    ) -> Result<Self, Aside> {
        let to_unicode = match font
            .get_deref(b"ToUnicode", document)
            .and_then(Object::as_stream)
        {
            Ok(stream) => CMap::new(&streams.content(stream)?),
            Err(_) => CMap::default(),
        };
        let is_composite = font.get(b"Subtype").and_then(Object::as_name).ok() == Some(b"Type0");
        let encoding = font.get_deref(b"Encoding", document);
        let encoding = encoding.and_then(Object::as_name).unwrap_or_default();
        let codes = if is_composite {
            codes(encoding)
        } else {
            Codes::Byte
        };
        let simple = if codes == Codes::Byte && to_unicode.is_empty() {
            builtin::single_bytes(font, document, streams)?
        } else {
            Vec::new()
        };
        let is_numbered =
            is_composite && encoding.starts_with(b"Identity") && to_unicode.is_empty();
        let collection = is_numbered.then(|| builtin::collection(font, document));
        Ok(Self {
            widths: Widths::new(font, is_composite, document),
            codes,
            to_unicode,
            simple,
            collection: collection.flatten(),
        })
    }

    /// The glyphs of a string.
    pub(super) fn glyphs(&self, bytes: &[u8]) -> Vec<Glyph> {
        let mut glyphs = Vec::with_capacity(bytes.len() / 2 + 1);
        let mut at = 0;
        while at < bytes.len() {
            let n = self.length(&bytes[at..]).clamp(1, bytes.len() - at);
            glyphs.push(self.glyph(&bytes[at..at + n]));
            at += n;
        }
        glyphs
    }

    fn length(&self, bytes: &[u8]) -> usize {
        let next = bytes.get(1).copied().unwrap_or(0);
        match self.codes {
            Codes::Byte => 1,
            Codes::Pair => self.to_unicode.bytes.unwrap_or(2),
            Codes::SevenBit => 2,
            Codes::Set(set) if set == UTF_16BE => {
                if matches!(bytes[0], 0xD8..=0xDB) {
                    4
                } else {
                    2
                }
            }
            Codes::Set(_) if bytes[0] < 0x81 => 1,
            Codes::Set(set) if set == GB18030 && next.is_ascii_digit() => 4,
            Codes::Set(_) => 2,
        }
    }

    fn glyph(&self, bytes: &[u8]) -> Glyph {
        let code = bytes.iter().fold(0, |code, b| code << 8 | u32::from(*b));
        let text = self
            .to_unicode
            .get(code)
            .map(str::to_owned)
            .or_else(|| self.by_set(bytes, code));
        let first = text.as_deref().and_then(|text| text.chars().next());
        let width = match self.codes {
            Codes::Byte | Codes::Pair => self.widths.of(code),
            // Widths go by numbers of glyphs, which only the character set's own tables would tell.
            _ if first.is_some_and(|c| c.is_ascii()) => 0.5,
            _ => 1.0,
        };
        Glyph {
            text,
            width,
            is_space: bytes == b" ",
        }
    }

    fn by_set(&self, bytes: &[u8], code: u32) -> Option<String> {
        let decode = |set: &'static Charset, bytes: &[u8]| {
            let (text, damaged) = set.decode_without_bom_handling(bytes);
            let says = !damaged && !text.chars().any(|c| matches!(c, '\u{E000}'..='\u{F8FF}'));
            says.then(|| text.into_owned())
        };
        match self.codes {
            Codes::Pair => builtin::character(self.collection?, code),
            Codes::Byte => self.simple.get(usize::from(bytes[0])).cloned().flatten(),
            Codes::Set(set) => decode(set, bytes),
            Codes::SevenBit => decode(GB18030, &bytes.iter().map(|b| b | 0x80).collect::<Vec<_>>()),
        }
    }
}

/// What the name of a predefined encoding says of its codes.
fn codes(name: &[u8]) -> Codes {
    let begins = |starts: &[&[u8]]| starts.iter().any(|start| name.starts_with(start));
    if begins(&[b"GB-H", b"GB-V"]) {
        Codes::SevenBit
    } else if begins(&[b"GBK", b"GB-EUC", b"GBpc", b"GBKp", b"GBK2K"]) {
        Codes::Set(GB18030)
    } else if begins(&[b"B5", b"ETen", b"ETHK", b"HKscs"]) {
        Codes::Set(BIG5)
    } else if name.starts_with(b"Uni") && !begins(&[b"UniGB-UTF8", b"UniGB-UTF32"]) {
        Codes::Set(UTF_16BE)
    } else {
        Codes::Pair
    }
}

/// Widths of glyphs by their codes.
#[derive(Debug)]
struct Widths {
    /// First and last code and the width of each between them, in order of the first.
    ranges: Vec<(u32, u32, f32)>,
    default: f32,
}

/// Ranges of widths that are kept; a list may name one array of many widths any number of times.
const RANGES: usize = 1 << 17;

impl Widths {
    fn new(font: &Dictionary, is_composite: bool, document: &Document) -> Self {
        if is_composite {
            Self::composite(font, document).unwrap_or(Self {
                ranges: Vec::new(),
                default: 1.0,
            })
        } else {
            Self::simple(font, document).unwrap_or(Self {
                ranges: Vec::new(),
                default: 0.5,
            })
        }
    }

    fn simple(font: &Dictionary, document: &Document) -> Option<Self> {
        let first = font.get(b"FirstChar").and_then(Object::as_i64).ok()?;
        let widths = font.get_deref(b"Widths", document).ok()?.as_array().ok()?;
        let ranges = widths.iter().zip(first.clamp(0, 255) as u32..=255);
        Some(Self {
            ranges: ranges
                .filter_map(|(width, code)| Some((code, code, em(number(width, document)?))))
                .collect(),
            default: 0.5,
        })
    }

    fn composite(font: &Dictionary, document: &Document) -> Option<Self> {
        let descendants = font.get_deref(b"DescendantFonts", document).ok()?;
        let descendant = descendants.as_array().ok()?.first()?;
        let descendant = document.dereference(descendant).ok()?.1.as_dict().ok()?;
        let default = descendant.get(b"DW").ok().and_then(|w| number(w, document));
        let mut ranges = Vec::new();
        let widths = descendant
            .get_deref(b"W", document)
            .and_then(Object::as_array);
        let mut rest = widths.map_or(&[][..], Vec::as_slice);
        // `c [w1 w2 …]` or `c_first c_last w`.
        while let [first, second, more @ ..] = rest {
            let first = number(first, document)?.max(0.0) as u32;
            if let Ok((_, Object::Array(each))) = document.dereference(second) {
                let room = RANGES.saturating_sub(ranges.len());
                for (i, width) in each.iter().enumerate().take(room.min(1 << 16)) {
                    let code = first.saturating_add(i as u32);
                    ranges.push((code, code, em(number(width, document)?)));
                }
                rest = more;
            } else {
                let [width, more @ ..] = more else { break };
                let last = number(second, document)?.max(0.0) as u32;
                ranges.push((first, last, em(number(width, document)?)));
                rest = more;
            }
        }
        ranges.sort_by_key(|(first, ..)| *first);
        Some(Self {
            ranges,
            default: em(default.unwrap_or(1000.0)),
        })
    }

    fn of(&self, code: u32) -> f32 {
        let at = self.ranges.partition_point(|(first, ..)| *first <= code);
        match at.checked_sub(1).map(|at| self.ranges[at]) {
            Some((_, last, width)) if code <= last => width,
            _ => self.default,
        }
    }
}

fn number(object: &Object, document: &Document) -> Option<f32> {
    document.dereference(object).ok()?.1.as_float().ok()
}

fn em(thousandths: f32) -> f32 {
    (thousandths / 1000.0).clamp(0.0, 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn font(codes: Codes) -> Font {
        Font {
            codes,
            to_unicode: CMap::default(),
            simple: Vec::new(),
            collection: None,
            widths: Widths {
                ranges: vec![(3, 5, 0.6)],
                default: 1.0,
            },
        }
    }

    fn read(font: &Font, bytes: &[u8]) -> Option<String> {
        font.glyphs(bytes).into_iter().map(|g| g.text).collect()
    }

    #[test]
    fn predefined_encodings_are_read_without_a_map() {
        let gbk = font(codes(b"GBK-EUC-H"));
        assert_eq!(
            read(&gbk, b"\xC7\xE0\xBA\xD3 2021").as_deref(),
            Some("青河 2021")
        );
        let ucs = font(codes(b"UniGB-UCS2-H"));
        assert_eq!(read(&ucs, b"\x97\x52\x6C\xB3").as_deref(), Some("青河"));
        let seven = font(codes(b"GB-H"));
        assert_eq!(read(&seven, b"\x47\x60").as_deref(), Some("青"));
    }

    #[test]
    fn a_font_that_says_nothing_gives_nothing() {
        assert_eq!(read(&font(codes(b"Identity-H")), b"\x00\x01"), None);
        assert_eq!(read(&font(Codes::Byte), b"a"), None);
        assert_eq!(font(Codes::Pair).widths.of(4), 0.6);
        assert_eq!(font(Codes::Pair).widths.of(6), 1.0);
    }
}
