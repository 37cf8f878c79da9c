//! Word documents since 2007.
//!
//! Comes in: a package. Goes out: blocks in reading order; text boxes stand before the paragraph that holds them.

use std::collections::BTreeMap;

use super::Content;
use super::blocks::{Blocks, Cell};
use super::limits;
use super::package::Package;
use super::xml::{Piece, Tag, Work, walk};
use crate::model::{DocumentKind, DocumentReading};

/// Reads the main part of a Word document.
pub(super) fn read(package: &mut Package<'_>) -> Content {
    let mut content = Content::new(DocumentKind::Docx);
    let mut work = Work::default();
    let levels = package.read("word/styles.xml").map(|part| heading_styles(&part, &mut work)).unwrap_or_default();
    let Some(part) = package.read("word/document.xml") else {
        return Content::barred(DocumentKind::Docx, DocumentReading::Broken);
    };
    let mut writer = Writer::new(levels);
    let whole = walk(&part, &mut work, |piece| writer.take(piece));
    writer.close();
    content.part = !whole || package.is_cut();
    content.pictures = writer.pictures;
    content.blocks = writer.blocks;
    content
}

/// The styles that are headings, with their level: Chinese Word names them `heading 1` or `标题 1`, whatever their id.
fn heading_styles(part: &[u8], work: &mut Work) -> BTreeMap<String, u8> {
    let mut levels = BTreeMap::new();
    let mut id = None;
    walk(part, work, |piece| {
        let Piece::Start(tag) = piece else { return };
        match tag.name() {
            "style" => id = tag.attr("styleId"),
            "name" => {
                let name = tag.attr("val").unwrap_or_default().to_lowercase();
                let number = name.strip_prefix("heading").or_else(|| name.strip_prefix("标题"));
                let level = number.and_then(|number| number.trim().parse::<u8>().ok());
                let level = level.or_else(|| matches!(name.as_str(), "title" | "标题").then_some(1));
                if let (Some(id), Some(level)) = (id.take(), level) {
                    levels.insert(id, level.clamp(1, 6));
                }
            }
            _ => {}
        }
    });
    levels
}

/// A table under construction.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<Merging>>,
    cells: usize,
}

/// A cell that may continue the one above it.
struct Merging {
    cell: Cell,
    continues: bool,
}

/// A paragraph under construction.
#[derive(Default)]
struct Paragraph {
    text: String,
    level: Option<u8>,
}

/// A run's properties that change what is seen.
#[derive(Default)]
struct Run {
    underlined: bool,
    hidden: bool,
}

struct Writer {
    levels: BTreeMap<String, u8>,
    blocks: Blocks,
    tables: Vec<Table>,
    paragraphs: Vec<Paragraph>,
    run: Run,
    /// Inside the text of a run, and not inside the properties of something.
    in_text: bool,
    /// Levels inside an alternative that repeats what was read already.
    skipping: usize,
    pictures: u32,
}

impl Writer {
    fn new(levels: BTreeMap<String, u8>) -> Self {
        Self {
            levels,
            blocks: Blocks::default(),
            tables: Vec::new(),
            paragraphs: Vec::new(),
            run: Run::default(),
            in_text: false,
            skipping: 0,
            pictures: 0,
        }
    }

    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Start(tag) if self.skipping > 0 => self.skipping += usize::from(tag.name() == "Fallback"),
            Piece::End("Fallback") => self.skipping = self.skipping.saturating_sub(1),
            Piece::Text(_) | Piece::End(_) if self.skipping > 0 => {}
            Piece::Start(tag) => self.start(&tag),
            Piece::End(name) => self.end(name),
            Piece::Text(text) if self.in_text && !self.run.hidden => {
                // Underlined blanks are a line to write on.
                if self.run.underlined && !text.is_empty() && text.chars().all(char::is_whitespace) {
                    self.push("____");
                } else {
                    self.push(text);
                }
            }
            Piece::Text(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "Fallback" => self.skipping = 1,
            "p" => self.paragraphs.push(Paragraph::default()),
            "pStyle" => {
                let level = tag.attr("val").and_then(|id| self.levels.get(&id).copied());
                self.set_level(level);
            }
            "outlineLvl" => {
                let level = tag.number("val").filter(|level| *level < 6).and_then(|level| u8::try_from(level + 1).ok());
                self.set_level(level);
            }
            "r" => self.run = Run::default(),
            "u" => self.run.underlined = tag.attr("val").is_none_or(|kind| kind != "none"),
            "vanish" => self.run.hidden = tag.attr("val").is_none_or(|value| value != "0" && value != "false"),
            "t" => self.in_text = true,
            // A tab stop among a paragraph's properties has a position.
            "tab" if tag.attr("pos").is_none() => {
                self.push(if self.run.underlined { "____" } else { " " });
            }
            "br" | "cr" => self.push("\n"),
            "sym" => self.push(symbol(tag.attr("char").as_deref())),
            "checkBox" => self.push("□"),
            "checked" if tag.attr("val").is_none_or(|value| value == "1" || value == "true") => self.tick(),
            "blip" | "imagedata" => self.pictures = self.pictures.saturating_add(1),
            "tbl" => self.tables.push(Table::default()),
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    table.rows.push(Vec::new());
                }
            }
            "tc" => self.cell(),
            "gridSpan" => {
                let columns = tag.number("val").unwrap_or(1).clamp(1, limits::COLUMNS);
                self.with_cell(|cell| cell.cell.columns = columns);
            }
            "vMerge" => {
                let continues = tag.attr("val").is_none_or(|value| value == "continue");
                self.with_cell(|cell| cell.continues = continues);
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" => {
                if let Some(paragraph) = self.paragraphs.pop() {
                    self.finish_paragraph(&paragraph);
                }
            }
            "tbl" => {
                if let Some(table) = self.tables.pop() {
                    self.finish_table(table);
                }
            }
            _ => {}
        }
    }

    /// What is still open when the markup ends early.
    fn close(&mut self) {
        while let Some(paragraph) = self.paragraphs.pop() {
            self.finish_paragraph(&paragraph);
        }
        while let Some(table) = self.tables.pop() {
            self.finish_table(table);
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut()
            && paragraph.text.len() + text.len() <= limits::TEXT
        {
            paragraph.text.push_str(text);
        }
    }

    /// The box of a form field that was written before is ticked after all.
    fn tick(&mut self) {
        if let Some(paragraph) = self.paragraphs.last_mut()
            && paragraph.text.ends_with('□')
        {
            paragraph.text.pop();
            paragraph.text.push('☑');
        }
    }

    fn set_level(&mut self, level: Option<u8>) {
        if let (Some(paragraph), Some(level)) = (self.paragraphs.last_mut(), level) {
            paragraph.level = Some(level);
        }
    }

    fn cell(&mut self) {
        if let Some(table) = self.tables.last_mut()
            && let Some(row) = table.rows.last_mut()
            && table.cells < limits::CELLS
        {
            table.cells += 1;
            row.push(Merging { cell: Cell::new(""), continues: false });
        }
    }

    fn with_cell(&mut self, change: impl FnOnce(&mut Merging)) {
        if let Some(cell) =
            self.tables.last_mut().and_then(|table| table.rows.last_mut()).and_then(|row| row.last_mut())
        {
            change(cell);
        }
    }

    fn finish_paragraph(&mut self, paragraph: &Paragraph) {
        if self.tables.is_empty() {
            match paragraph.level {
                Some(level) => self.blocks.heading(level, &paragraph.text),
                None => self.blocks.paragraph(&paragraph.text),
            }
            return;
        }
        self.with_cell(|cell| add_line(&mut cell.cell.text, &paragraph.text));
    }

    /// A table in a cell becomes lines of the cell: one a row.
    fn finish_table(&mut self, table: Table) {
        if self.tables.is_empty() {
            self.blocks.table(merged(table.rows));
            return;
        }
        for row in table.rows {
            let words: Vec<String> = row.into_iter().map(|cell| cell.cell.text.replace('\n', " ")).collect();
            let line = words.join(" ");
            self.with_cell(|cell| add_line(&mut cell.cell.text, &line));
        }
    }
}

fn add_line(text: &mut String, line: &str) {
    if line.trim().is_empty() || text.len() + line.len() > limits::TEXT {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// Cells that continue the one above are left out, and that one covers their row.
fn merged(rows: Vec<Vec<Merging>>) -> Vec<Vec<Cell>> {
    let mut out: Vec<Vec<Cell>> = Vec::new();
    // For each column the cell that reaches down from above: its row and its place in the row.
    let mut above: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for row in rows {
        let mut kept: Vec<Cell> = Vec::new();
        let mut column = 0;
        let at = out.len();
        for Merging { cell, continues } in row {
            let columns = cell.columns;
            match above.get(&column) {
                Some((line, place)) if continues => {
                    if let Some(upper) = out.get_mut(*line).and_then(|row| row.get_mut(*place)) {
                        upper.rows += 1;
                    }
                }
                _ => {
                    above.insert(column, (at, kept.len()));
                    kept.push(cell);
                }
            }
            column += columns;
        }
        out.push(kept);
    }
    out
}

/// Ticks and boxes of the symbol fonts that Word uses for them.
fn symbol(code: Option<&str>) -> &'static str {
    match code.map(str::to_ascii_uppercase).as_deref() {
        Some("F0FE" | "F052" | "00FE" | "0052") => "☑",
        Some("F0FC" | "00FC" | "F050") => "√",
        Some("F0A8" | "F06F" | "F0A3" | "00A8" | "F072") => "□",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::Block;
    use super::super::testing::{docx, zipped};
    use super::*;

    fn read(body: &str) -> Content {
        super::read(&mut Package::open(&docx(body)).expect("a whole archive"))
    }

    #[test]
    fn paragraphs_headings_and_tables_stand_in_order() {
        let styles = "<w:styles><w:style w:styleId='2'><w:name w:val='heading 1'/></w:style></w:styles>";
        let body = "<w:p><w:pPr><w:pStyle w:val='2'/></w:pPr><w:r><w:t>办事</w:t></w:r><w:r><w:t>指南</w:t></w:r></w:p>\
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>地点</w:t></w:r></w:p></w:tc>\
            <w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>一</w:t></w:r></w:p>\
            <w:p><w:r><w:t>二</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>完</w:t></w:r></w:p>";
        let document = format!("<w:document><w:body>{body}</w:body></w:document>");
        let bytes = zipped(&[("word/styles.xml", styles.as_bytes()), ("word/document.xml", document.as_bytes())]);
        let content = super::read(&mut Package::open(&bytes).expect("a whole archive"));
        let wide = Cell { columns: 2, ..Cell::new("一\n二") };
        assert_eq!(
            content.blocks.list(),
            [
                Block::Heading(1, "办事指南".to_owned()),
                Block::Table(vec![vec![Cell::new("地点"), wide]]),
                Block::Paragraph("完".to_owned())
            ]
        );
        assert!(!content.part);
    }

    #[test]
    fn a_cell_that_continues_the_one_above_is_one_cell() {
        let cell = |merge: &str, text: &str| {
            format!("<w:tc><w:tcPr>{merge}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
        };
        let rows =
            [cell("<w:vMerge w:val='restart'/>", "材料") + &cell("", "一"), cell("<w:vMerge/>", "") + &cell("", "二")];
        let content = read(&format!("<w:tbl><w:tr>{}</w:tr><w:tr>{}</w:tr></w:tbl>", rows[0], rows[1]));
        let tall = Cell { rows: 2, ..Cell::new("材料") };
        assert_eq!(content.blocks.list(), [Block::Table(vec![vec![tall, Cell::new("一")], vec![Cell::new("二")]])]);
    }

    #[test]
    fn what_word_shows_is_read_and_what_it_hides_is_not() {
        let run = |properties: &str, inner: &str| format!("<w:r><w:rPr>{properties}</w:rPr>{inner}</w:r>");
        let body = [
            run("", "<w:t>姓名</w:t>"),
            run("<w:u w:val='single'/>", "<w:t xml:space='preserve'>    </w:t>"),
            run("<w:vanish/>", "<w:t>藏</w:t>"),
            run("", "<w:sym w:font='Wingdings' w:char='F0FE'/><w:t>男</w:t><w:sym w:char='F0A8'/><w:t>女</w:t>"),
            "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>".to_owned(),
            "<mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent>\
             </mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></mc:Fallback>\
             </mc:AlternateContent>"
                .to_owned(),
        ]
        .concat();
        let content = read(&format!("<w:p>{body}</w:p>"));
        let lines: Vec<String> = content.blocks.lines().collect();
        assert_eq!(lines, ["框", "姓名____☑男□女"]);
    }

    #[test]
    fn a_document_that_ends_early_keeps_what_was_read() {
        let document =
            "<w:document><w:body><w:p><w:r><w:t>申请表</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>姓";
        let bytes = zipped(&[("word/document.xml", document.as_bytes())]);
        let content = super::read(&mut Package::open(&bytes).expect("a whole archive"));
        assert!(content.part);
        assert_eq!(content.blocks.lines().next().as_deref(), Some("申请表"));
    }
}
