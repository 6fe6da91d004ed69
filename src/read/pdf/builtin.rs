//! Characters of fonts that bring no table of them: by the names of glyphs in the font's own program, or by the numbers of
//! one of Adobe's collections of characters.
//!
//! The first is how TeX embeds Latin letters and figures, the second how fonts made for typesetters number Han characters.

use std::sync::OnceLock;

use hayro_cmap::{BfString, CMap, CidFamily, load_embedded};
use lopdf::{Dictionary, Document, Object, dictionary};
use ttf_parser::cff;

use super::super::{Aside, Reason, guarded};
use super::stream::Streams;

/// The collection of simplified or traditional characters whose numbers a composite font writes.
///
/// An embedded TrueType font is none: many programs name a collection for it and then number glyphs as they like.
pub(super) fn collection(font: &Dictionary, document: &Document) -> Option<&'static CMap> {
    static SIMPLIFIED: OnceLock<Option<CMap>> = OnceLock::new();
    static TRADITIONAL: OnceLock<Option<CMap>> = OnceLock::new();
    let dictionary = |object: &Object| -> Option<Dictionary> {
        let (_, object) = document.dereference(object).ok()?;
        object.as_dict().ok().cloned()
    };
    let (_, fonts) = document
        .dereference(font.get(b"DescendantFonts").ok()?)
        .ok()?;
    let own = dictionary(fonts.as_array().ok()?.first()?)?;
    let descriptor = own.get(b"FontDescriptor").ok().and_then(dictionary);
    if descriptor.is_some_and(|descriptor| descriptor.has(b"FontFile2")) {
        return None;
    }
    let system = dictionary(own.get(b"CIDSystemInfo").ok()?)?;
    let named = |key: &[u8], name: &[u8]| {
        let value = system.get_deref(key, document).and_then(Object::as_str);
        value.is_ok_and(|value| value == name)
    };
    let (kept, family) = match () {
        () if !named(b"Registry", b"Adobe") => return None,
        () if named(b"Ordering", b"GB1") => (&SIMPLIFIED, CidFamily::AdobeGB1),
        () if named(b"Ordering", b"CNS1") => (&TRADITIONAL, CidFamily::AdobeCNS1),
        () => return None,
    };
    let read = || CMap::parse(load_embedded(family.ucs2_cmap()?)?, load_embedded);
    kept.get_or_init(read).as_ref()
}

/// The character with this number in a collection.
pub(super) fn character(collection: &CMap, number: u32) -> Option<String> {
    match collection.lookup_bf_string(number)? {
        BfString::Char('\0' | '\u{FFFD}') => None,
        BfString::Char(c) => Some(c.to_string()),
        BfString::String(text) => Some(text),
    }
}

/// The characters of a simple font's 256 codes: by its encoding, else by the one in its embedded program, and where it
/// differs from them by the names of glyphs. A name that says nothing, as those of subsets do, gives no character.
pub(super) fn single_bytes(
    font: &Dictionary,
    document: &Document,
    streams: &mut Streams,
) -> Result<Vec<Option<String>>, Aside> {
    const SYMBOLIC: i64 = 4;
    let at = |of: &'_ Dictionary, key: &[u8]| of.get_deref(key, document).ok().cloned();
    let descriptor = at(font, b"FontDescriptor").and_then(|object| object.as_dict().ok().cloned());
    let flags = descriptor.as_ref().and_then(|of| at(of, b"Flags"));
    let is_symbolic = flags.is_some_and(|flags| flags.as_i64().unwrap_or(0) & SYMBOLIC != 0);
    let encoding = at(font, b"Encoding");
    let changed = encoding.as_ref().and_then(|object| object.as_dict().ok());
    let base = match changed {
        Some(changed) => at(changed, b"BaseEncoding"),
        None => encoding.clone(),
    };
    let mut characters = match descriptor {
        Some(descriptor) if base.is_none() && is_symbolic => {
            let mut characters = Vec::new();
            put(&own_names(&descriptor, document, streams)?, &mut characters);
            characters
        }
        _ => {
            let mut font = dictionary! { "Type" => "Font" };
            font.extend(
                &base.map_or_else(Dictionary::new, |base| dictionary! { "Encoding" => base }),
            );
            (0..=255)
                .map(|code| decoded(&font, document, code))
                .collect()
        }
    };
    if let Some(differences) = changed.and_then(|changed| at(changed, b"Differences")) {
        put(
            &names(differences.as_array().map_or(&[], Vec::as_slice)),
            &mut characters,
        );
    }
    Ok(characters)
}

/// What a font's encoding gives for a code.
fn decoded(font: &Dictionary, document: &Document, code: u8) -> Option<String> {
    let text = guarded(|| {
        let failed = |e| Aside::new(Reason::Damaged, e);
        let encoding = font.get_font_encoding(document).map_err(failed)?;
        Document::decode_text(&encoding, &[code]).map_err(failed)
    });
    text.ok().filter(|text| !text.is_empty())
}

/// Codes and names in a list of differences: each number is the code of the name behind it.
fn names(differences: &[Object]) -> Vec<(u8, String)> {
    let mut names = Vec::new();
    let mut code = 0_i64;
    for object in differences {
        if let Ok(next) = object.as_i64() {
            code = next;
        } else if let (Ok(name), Ok(at)) = (object.as_name(), u8::try_from(code)) {
            names.push((at, String::from_utf8_lossy(name).into_owned()));
            code += 1;
        }
    }
    names
}

/// Codes and names in a font's embedded program; none where there is no program or it has no names.
fn own_names(
    descriptor: &Dictionary,
    document: &Document,
    streams: &mut Streams,
) -> Result<Vec<(u8, String)>, Aside> {
    let program = |key: &[u8]| {
        let program = descriptor.get_deref(key, document);
        program.and_then(Object::as_stream).ok()
    };
    Ok(if let Some(compact) = program(b"FontFile3") {
        compact_names(&streams.content(compact)?)
    } else if let Some(plain) = program(b"FontFile") {
        plain_names(&streams.content(plain)?)
    } else {
        Vec::new()
    })
}

/// Codes and names of a compact font (Type 1C).
fn compact_names(program: &[u8]) -> Vec<(u8, String)> {
    let Some(table) = cff::Table::parse(program) else {
        return Vec::new();
    };
    let name = |code: u8| {
        let glyph = table.glyph_index(code).filter(|glyph| glyph.0 > 0)?;
        Some((code, table.glyph_name(glyph)?.to_owned()))
    };
    (0..=255).filter_map(name).collect()
}

/// Codes and names of a font in its older form, whose first part is a program: `dup 65 /A put`.
fn plain_names(program: &[u8]) -> Vec<(u8, String)> {
    const FIRST_PART: usize = 1 << 16;
    let text = String::from_utf8_lossy(&program[..program.len().min(FIRST_PART)]);
    let text = text.split("eexec").next().unwrap_or_default();
    let mut names = Vec::new();
    let mut words = text.split_ascii_whitespace();
    while words.any(|word| word == "dup") {
        let (code, name) = (words.next(), words.next());
        let code = code.and_then(|code| code.parse().ok());
        if let Some((code, name)) = code.zip(name.and_then(|name| name.strip_prefix('/'))) {
            names.push((code, name.to_owned()));
        }
    }
    names
}

/// Sets the characters of some codes by the names of their glyphs.
fn put(names: &[(u8, String)], characters: &mut Vec<Option<String>>) {
    if !names.is_empty() {
        characters.resize(256, None);
    }
    for (code, name) in names {
        // The library knows the names; it gives the code 0 no character of its own.
        let differences = vec![Object::Integer(0), Object::Name(name.clone().into())];
        let font = dictionary! {
            "Type" => "Font",
            "Encoding" => dictionary! { "Differences" => differences },
        };
        let known = decoded(&font, &Document::new(), 0);
        characters[usize::from(*code)] = known.or_else(|| by_number(name));
    }
}

/// The character of a name that tells its number: `uni4E00`.
fn by_number(name: &str) -> Option<String> {
    let digits = name
        .strip_prefix("uni")
        .filter(|digits| digits.len() == 4)?;
    let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    Some(c.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::super::Limits;
    use super::*;

    #[test]
    fn names_of_glyphs_are_characters() {
        let program = b"%!PS-AdobeFont-1.0: MADE\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
            dup 2 /one put\ndup 40 /parenleft put\ndup 65 /A put\ndup 66 /uni4E59 put\ndup 67 /g123 put\nreadonly def\n\
            currentfile eexec dup 68 /D put";
        let mut found = Vec::new();
        put(&plain_names(program), &mut found);
        assert_eq!(told(&found), [(2, "1"), (40, "("), (65, "A"), (66, "乙")]);
        assert!(compact_names(b"no font").is_empty());
    }

    fn told(characters: &[Option<String>]) -> Vec<(usize, &str)> {
        let told = characters.iter().enumerate();
        told.filter_map(|(code, text)| Some((code, text.as_deref()?)))
            .collect()
    }

    #[test]
    fn a_difference_that_says_nothing_is_no_guess() {
        let differences = |base: Option<&str>, flags: i64| {
            let list: Vec<Object> = vec![65.into(), "B".into(), "g17".into()];
            let mut encoding = dictionary! { "Type" => "Encoding", "Differences" => list };
            if let Some(base) = base {
                encoding.set("BaseEncoding", Object::Name(base.into()));
            }
            let font = dictionary! {
                "Type" => "Font", "Encoding" => encoding, "FontDescriptor" => dictionary! { "Flags" => flags },
            };
            let mut streams = Streams::new(0, &Limits::default());
            single_bytes(&font, &Document::new(), &mut streams).unwrap_or_default()
        };
        let of = |table: &[Option<String>]| [65, 66, 67].map(|code: usize| table[code].clone());
        let [b, c] = ["B", "C"].map(|text| Some(text.to_owned()));
        assert_eq!(
            of(&differences(Some("WinAnsiEncoding"), 4)),
            [b.clone(), None, c.clone()]
        );
        assert_eq!(of(&differences(None, 32)), [b.clone(), None, c]);
        // A symbolic font without a program: nothing is known of its other codes.
        assert_eq!(of(&differences(None, 4)), [b, None, None]);
    }

    #[test]
    fn numbers_of_a_collection_are_characters() {
        let font = |ordering: &str, descriptor: Dictionary| {
            let system = dictionary! {
                "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal(ordering),
            };
            let own = dictionary! { "CIDSystemInfo" => system, "FontDescriptor" => descriptor };
            dictionary! { "DescendantFonts" => vec![Object::Dictionary(own)] }
        };
        let of = |ordering, descriptor| collection(&font(ordering, descriptor), &Document::new());
        let simplified = of("GB1", Dictionary::new()).unwrap();
        // 一 and 中 in Adobe-GB1.
        assert_eq!(character(simplified, 4162).as_deref(), Some("一"));
        assert_eq!(character(simplified, 4559).as_deref(), Some("中"));
        assert!(of("CNS1", Dictionary::new()).is_some());
        assert!(of("Identity", Dictionary::new()).is_none());
        let embedded = dictionary! { "FontFile2" => Object::Null };
        assert!(of("GB1", embedded).is_none());
    }
}
