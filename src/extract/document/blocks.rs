//! A document as its reader sees it: headings, paragraphs and tables, in order.
//!
//! Comes in: what a format's reader found. Goes out: blocks within the ceilings, their text, and whether all of it
//! found room. Must never know: formats.

use super::limits;
use crate::extract::dom::fold;

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading with its level, 1 to 6.
    Heading(u8, String),
    /// A paragraph; line feeds are line breaks.
    Paragraph(String),
    /// A table, row by row.
    Table(Vec<Vec<Cell>>),
}

/// A cell of a table. Cells that others reach over are left out, as in HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its text; line feeds are line breaks.
    pub(super) text: String,
    /// Columns that it covers.
    pub(super) columns: usize,
    /// Rows that it covers.
    pub(super) rows: usize,
}

impl Cell {
    /// A cell of one column and one row.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), columns: 1, rows: 1 }
    }
}

/// Blocks in order, as many as the ceilings allow.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    list: Vec<Block>,
    bytes: usize,
    cells: usize,
    cut: bool,
}

impl Blocks {
    /// Adds a paragraph, unless it is empty.
    pub(super) fn paragraph(&mut self, text: &str) {
        let text = tidy(text);
        if !text.is_empty() && self.has_room(text.len(), 0) {
            self.list.push(Block::Paragraph(text));
        }
    }

    /// Adds a heading, unless it is empty.
    pub(super) fn heading(&mut self, level: u8, text: &str) {
        let text = tidy(text);
        if !text.is_empty() && self.has_room(text.len(), 0) {
            self.list.push(Block::Heading(level.clamp(1, 6), text));
        }
    }

    /// Adds a table, unless it has no cell. Rows beyond the ceilings are left out.
    pub(super) fn table(&mut self, rows: Vec<Vec<Cell>>) {
        let mut kept = Vec::new();
        for row in rows {
            let row: Vec<Cell> = row.into_iter().map(|cell| Cell { text: tidy(&cell.text), ..cell }).collect();
            if row.is_empty() {
                continue;
            }
            if !self.has_room(row.iter().map(|cell| cell.text.len()).sum(), row.len()) {
                break;
            }
            kept.push(row);
        }
        if !kept.is_empty() {
            self.list.push(Block::Table(kept));
        }
    }

    /// Whether bytes of text and cells find room; else nothing more does.
    fn has_room(&mut self, bytes: usize, cells: usize) -> bool {
        if self.cut
            || self.list.len() >= limits::BLOCKS
            || self.bytes + bytes > limits::TEXT
            || self.cells + cells > limits::CELLS
        {
            self.cut = true;
            return false;
        }
        self.bytes += bytes;
        self.cells += cells;
        true
    }

    /// The blocks.
    pub(super) fn list(&self) -> &[Block] {
        &self.list
    }

    /// Whether there is no text.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Whether a ceiling was met.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Bytes of text so far.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// A line for each paragraph and row, with a tab between cells.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.list.iter().flat_map(|block| match block {
            Block::Heading(_, text) | Block::Paragraph(text) => vec![text.replace('\n', " ")],
            Block::Table(rows) => rows
                .iter()
                .map(|row| {
                    let cells: Vec<String> = row.iter().map(|cell| cell.text.replace('\n', " ")).collect();
                    cells.join("\t").trim_end().to_owned()
                })
                .filter(|line| !line.is_empty())
                .collect(),
        })
    }
}

/// Each line folded; lines that are empty left out.
fn tidy(text: &str) -> String {
    let lines: Vec<String> = text
        .split(['\n', '\r', '\u{b}', '\u{c}'])
        .map(|line| fold(&line.replace(|c: char| c.is_control(), " ")))
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exceeds_a_ceiling_is_left_out_and_said() {
        let mut blocks = Blocks::default();
        let line = "字".repeat(1000);
        for _ in 0..limits::TEXT / 3000 + 5 {
            blocks.paragraph(&line);
        }
        assert!(blocks.is_cut());
        assert!(blocks.bytes() <= limits::TEXT);
        let mut cells = Blocks::default();
        let row: Vec<Cell> = (0..limits::COLUMNS).map(|_| Cell::new("")).collect();
        cells.table(vec![row; limits::CELLS / limits::COLUMNS + 1]);
        assert!(cells.is_cut() && cells.is_empty());
    }

    #[test]
    fn a_row_is_a_line_with_tabs() {
        let mut blocks = Blocks::default();
        blocks.heading(9, " 申请表 ");
        blocks.paragraph("  ");
        blocks.table(vec![vec![Cell::new("姓名"), Cell::new("张\n三")], vec![Cell::new(""), Cell::new("")]]);
        assert_eq!(blocks.lines().collect::<Vec<_>>(), ["申请表", "姓名\t张 三"]);
        assert_eq!(blocks.list()[0], Block::Heading(6, "申请表".to_owned()));
    }
}
