//! RTF: text, tables by their row marks, characters in a code page or by number.
//!
//! Comes in: bytes. Goes out: blocks. Fonts, colours, pictures and what else stands in groups of their own is no text.

use super::Content;
use super::blocks::Cell;
use super::limits;
use crate::model::DocumentKind;

/// Groups that nest deeper than this are not followed.
const DEPTH: usize = 1_000;

/// Groups whose text is not the document's.
const NO_TEXT: [&str; 16] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "header",
    "footer",
    "headerl",
    "headerr",
    "footerl",
    "footerr",
    "object",
    "themedata",
    "datastore",
    "listtable",
    "generator",
];

/// What holds within a group.
#[derive(Debug, Clone, Copy)]
struct Group {
    silent: bool,
    /// Bytes that stand for a character by number, for readers that know no numbers.
    substitutes: usize,
    hidden: bool,
}

/// Reads an RTF document.
pub(super) fn read(bytes: &[u8]) -> Content {
    let mut content = Content::new(DocumentKind::Rtf);
    let mut reader = Reader {
        content: &mut content,
        groups: vec![Group { silent: false, substitutes: 1, hidden: false }],
        encoding: encoding_rs::GBK,
        bytes: Vec::new(),
        text: String::new(),
        high: None,
        skip: 0,
        in_table: false,
        cell: String::new(),
        row: Vec::new(),
        table: Vec::new(),
        length: 0,
    };
    let whole = reader.read(bytes);
    reader.finish();
    content.part |= !whole;
    content
}

struct Reader<'a> {
    content: &'a mut Content,
    groups: Vec<Group>,
    encoding: &'static encoding_rs::Encoding,
    /// Bytes that wait to be decoded together.
    bytes: Vec<u8>,
    text: String,
    /// First half of a character beyond the basic plane.
    high: Option<u16>,
    /// Characters to be passed over after a character by number.
    skip: usize,
    in_table: bool,
    cell: String,
    row: Vec<Cell>,
    table: Vec<Vec<Cell>>,
    length: usize,
}

impl Reader<'_> {
    /// Says whether every group that was opened was closed.
    fn read(&mut self, bytes: &[u8]) -> bool {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' => {
                    self.flush();
                    let group = self.group();
                    if self.groups.len() > DEPTH {
                        return false;
                    }
                    self.groups.push(group);
                    self.skip = 0;
                }
                b'}' => {
                    self.flush();
                    self.skip = 0;
                    if self.groups.len() > 1 {
                        self.groups.pop();
                    }
                    // What follows the last group is no part of the document.
                    if self.groups.len() == 1 {
                        return true;
                    }
                }
                b'\\' => at = self.control(bytes, at),
                b'\r' | b'\n' => {}
                byte => self.byte(*byte),
            }
        }
        false
    }

    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(Group { silent: false, substitutes: 1, hidden: false })
    }

    fn with_group(&mut self, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.last_mut() {
            change(group);
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        if self.is_shown() {
            self.bytes.push(byte);
        }
    }

    fn is_shown(&mut self) -> bool {
        let group = self.group();
        self.length += 1;
        if self.length > limits::TEXT {
            self.content.part = true;
            return false;
        }
        !group.silent && !group.hidden
    }

    /// A control word or sign after the backslash; returns the place behind it.
    fn control(&mut self, bytes: &[u8], at: usize) -> usize {
        let Some(first) = bytes.get(at) else { return at };
        if *first == b'\'' {
            let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
            if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                self.byte(byte);
            }
            return (at + 3).min(bytes.len());
        }
        if !first.is_ascii_alphabetic() {
            match first {
                b'\\' | b'{' | b'}' => self.byte(*first),
                b'~' => self.byte(b' '),
                b'*' => self.with_group(|group| group.silent = true),
                b'\r' | b'\n' => self.paragraph(),
                _ => {}
            }
            return at + 1;
        }
        let letters = bytes[at..].iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = std::str::from_utf8(&bytes[at..at + letters]).unwrap_or_default();
        let mut end = at + letters;
        let negative = bytes.get(end) == Some(&b'-');
        end += usize::from(negative);
        let digits = bytes[end..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&bytes[end..end + digits]).unwrap_or_default().parse::<i64>().ok();
        let number = number.map(|number| if negative { -number } else { number });
        end += digits;
        end += usize::from(bytes.get(end) == Some(&b' '));
        // Binary data may hold braces.
        if word == "bin" {
            let length = number.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
            return end.saturating_add(length).min(bytes.len());
        }
        self.word(word, number);
        end
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        match word {
            "u" => return self.by_number(number.unwrap_or(0)),
            "uc" => {
                let substitutes = number.and_then(|count| usize::try_from(count).ok()).unwrap_or(1).min(16);
                self.with_group(|group| group.substitutes = substitutes);
            }
            "pict" if !self.group().silent => self.content.pictures = self.content.pictures.saturating_add(1),
            "v" => self.with_group(|group| group.hidden = number != Some(0)),
            _ => {}
        }
        if NO_TEXT.contains(&word) {
            self.with_group(|group| group.silent = true);
            return;
        }
        match word {
            "ansicpg" => {
                self.encoding = match number {
                    Some(1252) => encoding_rs::WINDOWS_1252,
                    Some(950) => encoding_rs::BIG5,
                    Some(65001) => encoding_rs::UTF_8,
                    _ => encoding_rs::GBK,
                };
            }
            "par" | "sect" | "page" => self.paragraph(),
            "line" => self.sign('\n'),
            "tab" => self.sign(' '),
            "emdash" => self.sign('—'),
            "lquote" => self.sign('‘'),
            "rquote" => self.sign('’'),
            "ldblquote" => self.sign('“'),
            "rdblquote" => self.sign('”'),
            "intbl" => self.in_table = true,
            "pard" => {
                self.flush();
                self.in_table = false;
            }
            "cell" | "nestcell" => self.end_cell(),
            "row" | "nestrow" => self.end_row(),
            _ => {}
        }
    }

    fn sign(&mut self, c: char) {
        self.flush();
        if self.is_shown() {
            self.text.push(c);
        }
    }

    /// A character by its number in UTF-16, written as a signed one.
    fn by_number(&mut self, number: i64) {
        self.flush();
        self.skip = self.group().substitutes;
        if !self.is_shown() {
            return;
        }
        let Ok(unit) = u16::try_from(number.rem_euclid(0x1_0000)) else { return };
        let units: Vec<u16> = self.high.take().into_iter().chain([unit]).collect();
        if (0xd800..0xdc00).contains(&unit) {
            self.high = Some(unit);
            return;
        }
        self.text.extend(char::decode_utf16(units).filter_map(Result::ok));
    }

    fn flush(&mut self) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            self.text.push_str(&self.encoding.decode_without_bom_handling(&bytes).0);
        }
    }

    fn paragraph(&mut self) {
        self.flush();
        let text = std::mem::take(&mut self.text);
        if self.group().silent {
            return;
        }
        if self.in_table {
            self.line_of_cell(&text);
            return;
        }
        self.end_table();
        self.content.blocks.paragraph(&text);
    }

    fn line_of_cell(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if !self.cell.is_empty() {
            self.cell.push('\n');
        }
        self.cell.push_str(text);
    }

    fn end_cell(&mut self) {
        self.flush();
        let text = std::mem::take(&mut self.text);
        self.line_of_cell(&text);
        let cell = std::mem::take(&mut self.cell);
        if self.row.len() < limits::COLUMNS {
            self.row.push(Cell::new(cell));
        } else {
            self.content.part = true;
        }
    }

    fn end_row(&mut self) {
        self.flush();
        self.text.clear();
        if !self.row.is_empty() {
            self.table.push(std::mem::take(&mut self.row));
        }
    }

    fn end_table(&mut self) {
        self.end_row_if_open();
        self.content.blocks.table(std::mem::take(&mut self.table));
    }

    fn end_row_if_open(&mut self) {
        if !self.row.is_empty() {
            self.table.push(std::mem::take(&mut self.row));
        }
    }

    fn finish(mut self) {
        self.flush();
        let text = std::mem::take(&mut self.text);
        self.end_table();
        self.content.blocks.paragraph(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::Block;
    use super::*;

    #[test]
    fn characters_of_every_way_of_writing_are_read() {
        let source = br"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 \'cb\'ce\'cc\'e5;}}{\*\generator x}\uc2 \u21150\'b1\'ed\u22995 xx\'d0\'d5\par \{a\}\~b}";
        let content = read(source);
        assert_eq!(content.blocks.lines().collect::<Vec<_>>(), ["办姓姓", "{a} b"]);
        assert!(!content.part);
    }

    #[test]
    fn rows_and_cells_make_a_table() {
        let source = br"{\rtf1\ansicpg936 \'b1\'ed\par\trowd\intbl \'d0\'d5\'c3\'fb\cell\cell\row\trowd\intbl a\par b\cell c\cell\row\pard \'cd\'ea\par}";
        let content = read(source);
        assert_eq!(
            content.blocks.list(),
            [
                Block::Paragraph("表".to_owned()),
                Block::Table(vec![vec![Cell::new("姓名"), Cell::new("")], vec![Cell::new("a\nb"), Cell::new("c")]]),
                Block::Paragraph("完".to_owned())
            ]
        );
    }

    #[test]
    fn pictures_and_binary_data_are_no_text_and_an_early_end_is_said() {
        let content = read(b"{\\rtf1 a{\\pict\\bin4 }}}}ffff}b\\par}");
        assert_eq!(content.blocks.lines().collect::<Vec<_>>(), ["ab"]);
        assert_eq!((content.pictures, content.part), (1, false));
        assert!(read(b"{\\rtf1 a").part);
        assert!(read("{".repeat(5_000).as_bytes()).part);
    }
}
