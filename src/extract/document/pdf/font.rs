//! Fonts of a PDF: from the bytes of a text to its characters and their widths.
//!
//! Comes in: the dictionary of a font. Goes out: characters. Old Chinese PDFs name a national encoding and embed nothing:
//! their codes are GBK, GB 18030 or UTF-16 themselves.

use std::collections::BTreeMap;

use encoding_rs::{BIG5, Encoding, GB18030, SHIFT_JIS, UTF_16BE};

use super::cmap::{CMap, code};
use super::file::File;
use super::lexer::{Dict, Object};

/// How the codes of a font become characters.
#[derive(Debug)]
enum Codes {
    /// A national or Unicode encoding.
    Encoding(&'static Encoding),
    /// Two bytes a code, and only a table says what they mean.
    Table,
    /// One byte a code.
    Single(Box<[char; 256]>),
}

/// A font.
#[derive(Debug)]
pub(super) struct Font {
    codes: Codes,
    table: CMap,
    /// Widths by code, in thousandths of the size.
    widths: BTreeMap<u32, f64>,
    default_width: f64,
}

/// A character that was shown.
#[derive(Debug)]
pub(super) struct Glyph {
    /// What it says; `None` where the font does not tell.
    pub(super) text: Option<String>,
    /// Its width in thousandths of the size.
    pub(super) width: f64,
    /// A blank of one byte, which word spacing widens.
    pub(super) is_blank: bool,
}

/// The fonts of a file, each read once.
#[derive(Debug, Default)]
pub(super) struct Fonts(BTreeMap<u32, Option<std::rc::Rc<Font>>>);

impl Fonts {
    /// A font by its name among a page's resources.
    pub(super) fn get(&mut self, file: &mut File<'_>, resources: &Dict, name: &[u8]) -> Option<std::rc::Rc<Font>> {
        let Some(Object::Dict(fonts)) = file.value(resources, "Font") else { return None };
        let entry = fonts.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())?;
        match entry {
            Object::Reference(number) => {
                if let Some(known) = self.0.get(&number) {
                    return known.clone();
                }
                let font = match file.object(number) {
                    Some(Object::Dict(dict)) => Some(std::rc::Rc::new(Font::read(file, &dict))),
                    _ => None,
                };
                self.0.insert(number, font.clone());
                font
            }
            Object::Dict(dict) => Some(std::rc::Rc::new(Font::read(file, &dict))),
            _ => None,
        }
    }
}

/// Encodings by the beginning of their names.
const ENCODINGS: [(&str, &Encoding); 15] = [
    ("GBK", GB18030),
    ("GBpc-EUC", GB18030),
    ("GB-EUC", GB18030),
    ("UniGB-UCS2", UTF_16BE),
    ("UniGB-UTF16", UTF_16BE),
    ("UniGB-UTF8", encoding_rs::UTF_8),
    ("UniCNS-UCS2", UTF_16BE),
    ("UniCNS-UTF16", UTF_16BE),
    ("UniJIS-UCS2", UTF_16BE),
    ("UniJIS-UTF16", UTF_16BE),
    ("B5pc", BIG5),
    ("ETen-B5", BIG5),
    ("ETenms-B5", BIG5),
    ("90ms-RKSJ", SHIFT_JIS),
    ("90pv-RKSJ", SHIFT_JIS),
];

/// Codes whose widths are kept.
const WIDTHS: usize = 70_000;

impl Font {
    fn read(file: &mut File<'_>, dict: &Dict) -> Self {
        let table = match dict.get("ToUnicode") {
            Some(Object::Reference(number)) => {
                file.stream(*number).map(|(_, bytes)| CMap::read(&bytes)).unwrap_or_default()
            }
            _ => CMap::default(),
        };
        if dict.get("Subtype").and_then(Object::name) == Some(b"Type0") {
            return Self::composite(file, dict, table);
        }
        let mut font = Self {
            codes: Codes::Single(Box::new(single(file, dict))),
            table,
            widths: BTreeMap::new(),
            default_width: 500.0,
        };
        let first = file.value(dict, "FirstChar").and_then(|first| first.count()).unwrap_or(0);
        if let Some(Object::Array(widths)) = file.value(dict, "Widths") {
            for (offset, width) in widths.iter().take(256).enumerate() {
                if let (Some(width), Ok(code)) = (width.number(), u32::try_from(first + offset)) {
                    font.widths.insert(code, width);
                }
            }
        }
        font
    }

    fn composite(file: &mut File<'_>, dict: &Dict, table: CMap) -> Self {
        let encoding = file.value(dict, "Encoding");
        let name = encoding.as_ref().and_then(Object::name).map(|name| String::from_utf8_lossy(name).into_owned());
        let known = name.and_then(|name| {
            ENCODINGS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, encoding)| *encoding)
        });
        let mut font = Self {
            codes: known.map_or(Codes::Table, Codes::Encoding),
            table,
            widths: BTreeMap::new(),
            default_width: 1000.0,
        };
        let below = match file.value(dict, "DescendantFonts") {
            Some(Object::Array(list)) => list.first().cloned(),
            _ => None,
        };
        if let Some(Object::Dict(below)) = below.and_then(|below| file.resolved(&below)) {
            if let Some(width) = file.value(&below, "DW").and_then(|width| width.number()) {
                font.default_width = width;
            }
            // Widths are told by glyph; only where codes are glyphs do they help.
            if matches!(font.codes, Codes::Table)
                && let Some(Object::Array(widths)) = file.value(&below, "W")
            {
                font.add_widths(file, &widths);
            }
        }
        font
    }

    /// `first [w w w]` and `first last w`.
    fn add_widths(&mut self, file: &mut File<'_>, pairs: &[Object]) {
        let mut rest = pairs;
        while let [first, second, tail @ ..] = rest {
            let Some(first) = first.number().and(first.count()) else { return };
            match file.resolved(second) {
                Some(Object::Array(widths)) => {
                    for (offset, width) in widths.iter().enumerate() {
                        self.add_width(first + offset, width.number());
                    }
                    rest = tail;
                }
                Some(Object::Number(_)) => {
                    let Some((width, tail)) = tail.split_first() else { return };
                    let last = second.count().unwrap_or(first).min(first + WIDTHS);
                    for code in first..=last {
                        self.add_width(code, width.number());
                    }
                    rest = tail;
                }
                _ => return,
            }
        }
    }

    fn add_width(&mut self, code: usize, width: Option<f64>) {
        if let (Ok(code), Some(width)) = (u32::try_from(code), width)
            && self.widths.len() < WIDTHS
        {
            self.widths.insert(code, width);
        }
    }

    /// The characters of a text.
    pub(super) fn glyphs(&self, bytes: &[u8]) -> Vec<Glyph> {
        match &self.codes {
            Codes::Encoding(encoding) => decoded(encoding, bytes, self.default_width),
            Codes::Table => self.by_table(bytes),
            Codes::Single(characters) => bytes
                .iter()
                .map(|byte| {
                    let code = u32::from(*byte);
                    let own = characters[usize::from(*byte)];
                    let text = self.table.get(code).or_else(|| (own != '\0').then(|| own.to_string()));
                    let width = self.widths.get(&code).copied().unwrap_or(self.default_width);
                    Glyph { text, width, is_blank: *byte == b' ' }
                })
                .collect(),
        }
    }

    fn by_table(&self, bytes: &[u8]) -> Vec<Glyph> {
        let mut glyphs = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let width = self.table.width(rest).unwrap_or(2).min(rest.len());
            let code = code(&rest[..width]);
            let text = if self.table.is_empty() { None } else { self.table.get(code) };
            let advance = self.widths.get(&code).copied().unwrap_or(self.default_width);
            glyphs.push(Glyph { text, width: advance, is_blank: width == 1 && rest[0] == b' ' });
            rest = &rest[width..];
        }
        glyphs
    }
}

/// The characters of a text in a known encoding. Letters and digits are half as wide as Chinese characters.
fn decoded(encoding: &'static Encoding, bytes: &[u8], full: f64) -> Vec<Glyph> {
    let text = encoding.decode_without_bom_handling(bytes).0;
    text.chars()
        .map(|c| Glyph {
            width: if c.is_ascii() { full / 2.0 } else { full },
            is_blank: c == ' ',
            text: (c != char::REPLACEMENT_CHARACTER).then(|| c.to_string()),
        })
        .collect()
}

/// The characters of a font of one byte a code, without its table.
fn single(file: &mut File<'_>, dict: &Dict) -> [char; 256] {
    let mut characters = ['\0'; 256];
    let encoding = file.value(dict, "Encoding");
    let is_symbolic = encoding.is_none() && dict.get("FontDescriptor").is_some();
    // A font with glyphs of its own and no encoding says nothing about its codes.
    if !is_symbolic {
        for (code, character) in (0_u8..=255).zip(&mut characters) {
            let decoded = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[code]).0.chars().next();
            *character = decoded.filter(|c| !c.is_control()).unwrap_or('\0');
        }
    }
    if let Some(Object::Dict(encoding)) = encoding
        && let Some(Object::Array(differences)) = file.value(&encoding, "Differences")
    {
        let mut at = 0;
        for difference in &differences {
            match difference {
                Object::Number(_) => at = difference.count().unwrap_or(256),
                Object::Name(name) => {
                    if let Some(character) = characters.get_mut(at) {
                        *character = named(name).unwrap_or('\0');
                    }
                    at = at.saturating_add(1);
                }
                _ => {}
            }
        }
    }
    characters
}

/// Characters by the names that fonts give to glyphs.
fn named(name: &[u8]) -> Option<char> {
    const NAMES: [(&str, char); 34] = [
        ("space", ' '),
        ("zero", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
        ("period", '.'),
        ("comma", ','),
        ("colon", ':'),
        ("semicolon", ';'),
        ("hyphen", '-'),
        ("parenleft", '('),
        ("parenright", ')'),
        ("slash", '/'),
        ("percent", '%'),
        ("plus", '+'),
        ("equal", '='),
        ("underscore", '_'),
        ("asterisk", '*'),
        ("at", '@'),
        ("numbersign", '#'),
        ("quotesingle", '\''),
        ("quotedbl", '"'),
        ("bracketleft", '['),
        ("bracketright", ']'),
        ("less", '<'),
        ("greater", '>'),
        ("question", '?'),
        ("exclam", '!'),
    ];
    let name = std::str::from_utf8(name).ok()?;
    let mut letters = name.chars();
    if let (Some(only), None) = (letters.next(), letters.next()) {
        return Some(only);
    }
    if let Some(hex) = name.strip_prefix("uni").filter(|hex| hex.len() == 4) {
        return u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
    }
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
}
