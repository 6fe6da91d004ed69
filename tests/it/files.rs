//! Files of every format, made here from a few invented sentences.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use xiangtu::read::{Aside, Options, Piece, Source, pieces};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Sentences of an invented report.
pub const REPORT: [&str; 5] = [
    "青河镇2021年工作总结",
    "一、2021年工作回顾",
    "全镇推行河长制，完成财政收入1.5亿元，增长8.5%。",
    "二、2022年工作计划",
    "继续开展农村人居环境整治，力争引进企业3家。",
];

/// A .zip of these entries.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A Word document with this body, in the markup of its main part.
pub fn docx_of(body: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let main = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    );
    let mut entries = vec![("word/document.xml", main.as_bytes())];
    entries.extend(others.iter().map(|(name, text)| (*name, text.as_bytes())));
    zip(&entries)
}

/// A paragraph in the markup of a Word document.
pub fn paragraph(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// How the font of a PDF encodes its text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PdfFont {
    /// GBK without a map to Unicode.
    Gbk,
    /// UTF-16 without a map to Unicode.
    Ucs2,
    /// Numbers of glyphs with a map to Unicode.
    Mapped,
    /// Numbers of glyphs without one.
    Mute,
}

/// A line of a PDF: where it begins, and its text.
pub type Placed<'a> = (f32, f32, &'a str);

/// A PDF of 12-point type.
pub fn pdf(font: PdfFont, pages: &[Vec<Placed<'_>>]) -> Vec<u8> {
    let code = |c: char| -> Vec<u8> {
        match font {
            PdfFont::Gbk => encoding_rs::GB18030
                .encode(c.encode_utf8(&mut [0; 4]))
                .0
                .into_owned(),
            _ => (c as u32 as u16).to_be_bytes().to_vec(),
        }
    };
    let hex = |text: &str| -> String {
        let bytes = text.chars().flat_map(code);
        bytes.map(|b| format!("{b:02X}")).collect()
    };
    let mut objects: Vec<String> = Vec::new();
    let kids: Vec<String> = (0..pages.len())
        .map(|i| format!("{} 0 R", 10 + 2 * i))
        .collect();
    let encoding = match font {
        PdfFont::Gbk => "GBK-EUC-H",
        PdfFont::Ucs2 => "UniGB-UCS2-H",
        PdfFont::Mapped | PdfFont::Mute => "Identity-H",
    };
    let map = if font == PdfFont::Mapped {
        "/ToUnicode 6 0 R"
    } else {
        ""
    };
    objects.push("1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj".to_owned());
    objects.push(format!(
        "2 0 obj <</Type/Pages/Count {}/Kids[{}]/Resources<</Font<</F1 3 0 R>>>>/MediaBox[0 0 595 842]>> endobj",
        pages.len(),
        kids.join(" ")
    ));
    objects.push(format!(
        "3 0 obj <</Type/Font/Subtype/Type0/BaseFont/FZXBSJW/Encoding/{encoding}/DescendantFonts[4 0 R]{map}>> endobj"
    ));
    objects.push(
        "4 0 obj <</Type/Font/Subtype/CIDFontType0/BaseFont/FZXBSJW/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000>> endobj"
            .to_owned(),
    );
    objects.push("5 0 obj null endobj".to_owned());
    // Codes are the characters' own numbers: the map says so, range by range.
    let ranges: String = (0..=255u32)
        .map(|high| format!("<{high:02X}00> <{high:02X}FF> <{high:02X}00>\n"))
        .collect();
    let map = format!(
        "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 256 beginbfrange\n{ranges}endbfrange endcmap"
    );
    objects.push(format!(
        "6 0 obj <</Length {}>> stream\n{map}\nendstream endobj",
        map.len()
    ));
    for (i, lines) in pages.iter().enumerate() {
        let content: String = lines
            .iter()
            .map(|(x, y, text)| format!("BT /F1 12 Tf 1 0 0 1 {x} {y} Tm <{}> Tj ET\n", hex(text)))
            .collect();
        objects.push(format!(
            "{} 0 obj <</Type/Page/Parent 2 0 R/Contents {} 0 R>> endobj",
            10 + 2 * i,
            11 + 2 * i
        ));
        objects.push(format!(
            "{} 0 obj <</Length {}>> stream\n{content}\nendstream endobj",
            11 + 2 * i,
            content.len()
        ));
    }
    assemble(&objects)
}

/// A PDF of these objects, `N 0 obj … endobj`, the first of which is the catalogue.
pub fn assemble(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for object in objects {
        let number: usize = object.split(' ').next().unwrap().parse().unwrap();
        places.push((number, out.len()));
        out.extend(object.as_bytes());
        out.push(b'\n');
    }
    let start = out.len();
    out.extend(b"xref\n0 1\n0000000000 65535 f \n");
    for (number, at) in &places {
        out.extend(format!("{number} 1\n{at:010} 00000 n \n").as_bytes());
    }
    let size = places.iter().map(|(n, _)| n + 1).max().unwrap();
    out.extend(
        format!("trailer <</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    out
}

/// Writes a file into a folder.
pub fn put(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

/// What the pieces of a file are read to.
pub fn read_all(
    name: &str,
    bytes: &[u8],
    options: &Options,
) -> Vec<(String, Result<Source, Aside>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), name, bytes);
    let read = |piece: Piece| (piece.name(&path), piece.read(options));
    pieces(&path, options).map(read).collect()
}

/// What a file that holds one document is read to.
pub fn read_one(name: &str, bytes: &[u8]) -> Result<Source, Aside> {
    let mut all = read_all(name, bytes, &Options::default());
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0).1
}
