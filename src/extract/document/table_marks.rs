//! Characters of an old Word document in order become paragraphs and tables: cells end with marks, and so do rows.
//!
//! Comes in: characters with their places. Goes out: blocks.

use super::Content;
use super::blocks::Cell;
use super::limits;
use super::paragraphs::Paragraphs;

/// The mark that ends a cell, and also a row.
const CELL: char = '\u{7}';

/// Writes characters as blocks.
pub(super) struct Writer<'a> {
    content: &'a mut Content,
    paragraphs: &'a Paragraphs,
    line: String,
    /// Lines of the cell that is open.
    cell: String,
    row: Vec<Cell>,
    table: Vec<Vec<Cell>>,
    /// Instructions of fields that are open: their text is not shown.
    instructions: usize,
    instruction: String,
    bytes: usize,
}

impl<'a> Writer<'a> {
    /// Writes into a content.
    pub(super) fn new(content: &'a mut Content, paragraphs: &'a Paragraphs) -> Self {
        Self {
            content,
            paragraphs,
            line: String::new(),
            cell: String::new(),
            row: Vec::new(),
            table: Vec::new(),
            instructions: 0,
            instruction: String::new(),
            bytes: 0,
        }
    }

    /// Something was left out.
    pub(super) fn leave_out(&mut self) {
        self.content.part = true;
    }

    /// The next character with its place in the stream.
    pub(super) fn take(&mut self, c: char, place: usize) {
        match c {
            '\u{13}' => self.instructions += 1,
            '\u{14}' | '\u{15}' if self.instructions > 0 => self.end_instruction(),
            '\u{14}' | '\u{15}' => {}
            c if self.instructions > 0 => {
                if self.instruction.len() < 64 {
                    self.instruction.push(c);
                }
            }
            CELL => self.mark(place),
            '\r' | '\u{c}' => self.end_line(place),
            '\u{b}' => self.line.push('\n'),
            '\u{1}' | '\u{8}' => self.content.pictures = self.content.pictures.saturating_add(1),
            '\u{1e}' => self.line.push('-'),
            '\u{1f}' | '\u{2}' | '\u{5}' | '\0' => {}
            c => {
                self.bytes += c.len_utf8();
                if self.bytes <= limits::TEXT {
                    self.line.push(c);
                } else {
                    self.content.part = true;
                }
            }
        }
    }

    fn end_instruction(&mut self) {
        self.instructions -= 1;
        if self.instructions == 0 {
            // Whether the box is ticked stands in another stream.
            if self.instruction.contains("FORMCHECKBOX") {
                self.line.push('□');
                self.content.part = true;
            }
            self.instruction.clear();
        }
    }

    fn mark(&mut self, place: usize) {
        let known = self.paragraphs.at(place);
        let nothing_before = self.line.trim().is_empty() && self.cell.is_empty();
        let ends_row = match known {
            Some(properties) => properties.ends_row,
            // Without properties two marks in a row are taken as the end of one: empty cells are lost.
            None => nothing_before && !self.row.is_empty(),
        };
        if ends_row && nothing_before {
            self.line.clear();
            self.table.push(std::mem::take(&mut self.row));
            return;
        }
        add(&mut self.cell, &std::mem::take(&mut self.line));
        self.row.push(Cell::new(std::mem::take(&mut self.cell)));
        if self.row.len() > limits::COLUMNS {
            self.content.part = true;
            self.row.pop();
        }
    }

    fn end_line(&mut self, place: usize) {
        let known = self.paragraphs.at(place);
        let in_table = known.map_or(!self.row.is_empty(), |properties| properties.in_table);
        if in_table {
            add(&mut self.cell, &std::mem::take(&mut self.line));
            return;
        }
        self.end_table();
        let line = std::mem::take(&mut self.line);
        match known.and_then(|properties| properties.heading) {
            Some(level) => self.content.blocks.heading(level, &line),
            None => self.content.blocks.paragraph(&line),
        }
    }

    fn end_table(&mut self) {
        if !self.cell.is_empty() {
            self.row.push(Cell::new(std::mem::take(&mut self.cell)));
        }
        if !self.row.is_empty() {
            self.table.push(std::mem::take(&mut self.row));
        }
        self.content.blocks.table(std::mem::take(&mut self.table));
    }

    /// The text has ended.
    pub(super) fn finish(mut self) {
        self.end_table();
        let line = std::mem::take(&mut self.line);
        self.content.blocks.paragraph(&line);
    }
}

fn add(cell: &mut String, line: &str) {
    if line.trim().is_empty() {
        return;
    }
    if !cell.is_empty() {
        cell.push('\n');
    }
    cell.push_str(line);
}
