//! Facts of files and pictures, by content and never by name.
//!
//! Comes in: plain bytes. Goes out: [`FileFacts`]. Must never know: why the file was fetched.

use super::raster;
use super::{Settings, charset, document, guide};
use crate::model::Digest;
use crate::model::Issue;
use crate::model::extraction::{FileFacts, FileFormat};

/// Fewer bytes than this are nothing a visitor can use; portals were seen to serve attachments of two bytes.
const TINY: usize = 64;

/// Markup shows itself within this many bytes.
const SNIFF: usize = 1024;

/// How far from the end the closing marks of formats may stand: servers append line feeds and signatures.
const TAIL: usize = 2048;

/// What bytes are.
pub(super) fn format_of(bytes: &[u8]) -> FileFormat {
    if let Some(format) = by_magic(bytes) {
        return format;
    }
    let head = &bytes[..bytes.len().min(SNIFF)];
    if let Some(markup) = markup(head) {
        return markup;
    }
    if bytes.len() < TINY {
        FileFormat::Tiny
    } else if is_text(head) {
        FileFormat::Text
    } else {
        FileFormat::Unknown
    }
}

fn by_magic(bytes: &[u8]) -> Option<FileFormat> {
    const MAGIC: [(&[u8], FileFormat); 9] = [
        (b"\x89PNG\r\n\x1a\n", FileFormat::Png),
        (b"\xff\xd8\xff", FileFormat::Jpeg),
        (b"GIF87a", FileFormat::Gif),
        (b"GIF89a", FileFormat::Gif),
        (b"%PDF-", FileFormat::Pdf),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileFormat::Ole),
        (b"{\\rtf", FileFormat::Rtf),
        (b"PK\x05\x06", FileFormat::Zip),
        (b"BM", FileFormat::Bmp),
    ];
    if bytes.len() < TINY {
        return None;
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(container(bytes));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(FileFormat::Webp);
    }
    let found = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, format)| *format)?;
    // Two letters are a weak sign; a bitmap also carries its own length.
    let is_bitmap = bytes.get(2..6).is_some_and(|length| {
        let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]);
        usize::try_from(length).is_ok_and(|length| length.abs_diff(bytes.len()) < TAIL)
    });
    (found != FileFormat::Bmp || is_bitmap).then_some(found)
}

/// Looks into a ZIP: the names of its entries tell Word and Excel files.
fn container(bytes: &[u8]) -> FileFormat {
    let mut from = 0;
    while let Some(found) = find(&bytes[from..], b"PK\x03\x04") {
        let entry = from + found;
        let length =
            bytes.get(entry + 26..entry + 28).map_or(0, |pair| usize::from(u16::from_le_bytes([pair[0], pair[1]])));
        let name = bytes.get(entry + 30..entry + 30 + length).unwrap_or_default();
        if name.starts_with(b"word/") {
            return FileFormat::Docx;
        }
        if name.starts_with(b"xl/") {
            return FileFormat::Xlsx;
        }
        from = entry + 4;
    }
    FileFormat::Zip
}

pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|byte| *byte == first).map(|at| from + at) {
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// HTML or SVG, by the first tags.
fn markup(head: &[u8]) -> Option<FileFormat> {
    let (text, _) = charset::decode(head, None);
    let lower = text.to_ascii_lowercase();
    let start = lower.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if !start.contains('<') || start.starts_with(['{', '[']) {
        return None;
    }
    let html = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<div",
        "<table",
        "<script",
        "<meta",
        "<input",
        "<a ",
        "<p>",
        "<h1",
        "<ul",
        "<title",
        "<form",
        "<span",
        "<h2",
        "<section",
        "<link",
        "<style",
        "<iframe",
        "<p ",
        "<dl",
        "<main",
        "<nav",
        "<header",
    ];
    let first = |words: &[&str]| words.iter().filter_map(|word| start.find(word)).min();
    match (first(&["<svg"]), first(&html)) {
        (Some(svg), Some(page)) if svg < page => Some(FileFormat::Svg),
        (Some(_), None) => Some(FileFormat::Svg),
        (_, Some(_)) => Some(FileFormat::Html),
        (None, None) => None,
    }
}

fn is_text(head: &[u8]) -> bool {
    let control = head.iter().filter(|byte| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c)).count();
    !head.contains(&0) && control * 100 <= head.len()
}

/// The facts of a file whose format is known, and the file as a page if it is a document with text. `Html` and `Text`
/// open if the caller finds them to be what was wanted.
pub(super) fn facts(
    bytes: &[u8],
    format: FileFormat,
    settings: &Settings,
    issues: &mut Vec<Issue>,
) -> (FileFacts, Option<String>) {
    let mut page = None;
    let mut facts = FileFacts {
        format,
        length: bytes.len(),
        digest: Digest::of(bytes).as_str().to_owned(),
        pixels: None,
        qr: Vec::new(),
        steps: Vec::new(),
        drawn: None,
        opens: is_whole(bytes, format),
        document: None,
    };
    match format {
        FileFormat::Png | FileFormat::Jpeg | FileFormat::Gif | FileFormat::Webp | FileFormat::Bmp => {
            let picture = raster::read(bytes, settings, issues);
            facts.pixels = picture.pixels;
            facts.qr = picture.qr;
            facts.opens &= picture.opens;
        }
        FileFormat::Svg => {
            let (text, _) = charset::decode(bytes, None);
            let drawn = guide::svg_process(&text);
            facts.steps.clone_from(&drawn.steps);
            facts.drawn = Some(Box::new(drawn));
        }
        FileFormat::Pdf | FileFormat::Docx | FileFormat::Xlsx | FileFormat::Ole | FileFormat::Zip | FileFormat::Rtf => {
            if let Some(read) = document::read(bytes, format, issues) {
                facts.document = Some(Box::new(read.facts));
                page = read.page;
            }
        }
        FileFormat::Html | FileFormat::Text | FileFormat::Tiny | FileFormat::Unknown => {}
    }
    (facts, page)
}

/// Whether the closing marks of the format are there.
fn is_whole(bytes: &[u8], format: FileFormat) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    match format {
        FileFormat::Pdf => find(tail, b"%%EOF").is_some(),
        FileFormat::Docx | FileFormat::Xlsx | FileFormat::Zip => {
            // The end record may carry a comment of up to 64 KiB.
            find(&bytes[bytes.len().saturating_sub(70_000)..], b"PK\x05\x06").is_some()
        }
        // Header, one allocation table and one directory sector.
        FileFormat::Ole => bytes.len() >= 3 * 512,
        FileFormat::Rtf => tail.contains(&b'}'),
        FileFormat::Svg => find(tail, b"</svg").is_some() || find(tail, b"</SVG").is_some(),
        FileFormat::Png
        | FileFormat::Jpeg
        | FileFormat::Gif
        | FileFormat::Webp
        | FileFormat::Bmp
        | FileFormat::Html
        | FileFormat::Text => true,
        FileFormat::Tiny | FileFormat::Unknown => false,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::*;

    fn zip(names: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("writing to memory");
            writer.write_all(&[b'x'; 100]).expect("writing to memory");
        }
        writer.finish().expect("writing to memory").into_inner()
    }

    fn opens(bytes: &[u8]) -> (FileFormat, bool) {
        let format = format_of(bytes);
        (format, facts(bytes, format, &Settings::default(), &mut Vec::new()).0.opens)
    }

    #[test]
    fn containers_are_looked_into() {
        assert_eq!(opens(&zip(&["[Content_Types].xml", "word/document.xml"])), (FileFormat::Docx, true));
        assert_eq!(opens(&zip(&["[Content_Types].xml", "xl/workbook.xml"])), (FileFormat::Xlsx, true));
        assert_eq!(opens(&zip(&["a.txt"])), (FileFormat::Zip, true));
        let whole = zip(&["word/document.xml"]);
        assert_eq!(opens(&whole[..whole.len() - 40]), (FileFormat::Docx, false));
    }

    #[test]
    fn content_decides_and_not_the_name() {
        let padded = |start: &[u8]| [start, &[b' '; 600], &[b'y'; 1000]].concat();
        assert_eq!(opens(b"ok"), (FileFormat::Tiny, false));
        assert_eq!(opens(&padded(b"%PDF-1.4")), (FileFormat::Pdf, false));
        assert_eq!(opens(&[&padded(b"%PDF-1.4")[..], b"%%EOF\n"].concat()), (FileFormat::Pdf, true));
        assert_eq!(opens(&padded(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")), (FileFormat::Ole, true));
        assert_eq!(opens(&padded(b"\r\n<!DOCTYPE html><html>")).0, FileFormat::Html);
        assert_eq!(opens(b"<?xml version='1.0'?><svg xmlns='x'><text>1</text></svg>").0, FileFormat::Svg);
        assert_eq!(opens(&padded(b"BMW is a car")).0, FileFormat::Text);
        assert_eq!(opens(&[0_u8; 100]), (FileFormat::Unknown, false));
        assert_eq!(format_of("<p>办事指南".as_bytes()), FileFormat::Html);
    }
}
