//! `OpenDocument` texts and sheets, slides of `PowerPoint`, and OFD pages: formats whose text lies in plain XML parts.
//!
//! Comes in: a package. Goes out: blocks.

use super::Content;
use super::blocks::Cell;
use super::limits;
use super::package::{Package, Part};
use super::xml::{Piece, Work, walk};
use crate::model::{DocumentKind, DocumentReading};

/// Reads `content.xml` of an `OpenDocument` text or sheet.
pub(super) fn read(package: &mut Package<'_>, kind: DocumentKind) -> Content {
    let Some(part) = package.read("content.xml") else {
        return Content::barred(kind, DocumentReading::Broken);
    };
    let content = Content::new(kind);
    let mut writer = Writer { content, text: Vec::new(), level: None, tables: Vec::new() };
    let whole = walk(&part, &mut Work::default(), |piece| writer.take(piece));
    let mut content = writer.content;
    content.part |= !whole || package.is_cut();
    content
}

/// A table under construction.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<Cell>>,
    repeated: usize,
}

struct Writer {
    content: Content,
    /// Paragraphs that are open, innermost last.
    text: Vec<String>,
    level: Option<u8>,
    tables: Vec<Table>,
}

/// An empty cell that is repeated more often only fills the sheet up.
const REPEATED: usize = 64;

impl Writer {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Start(tag) => match tag.name() {
                "p" | "h" => {
                    self.level = (tag.name() == "h")
                        .then(|| tag.number("outline-level").and_then(|level| u8::try_from(level).ok()).unwrap_or(1));
                    self.text.push(String::new());
                }
                "line-break" => self.push("\n"),
                "tab" | "s" => self.push(" "),
                "table" => self.tables.push(Table::default()),
                "table-row" => {
                    if let Some(table) = self.tables.last_mut() {
                        table.rows.push(Vec::new());
                    }
                }
                "table-cell" => {
                    let repeated = tag.number("number-columns-repeated").unwrap_or(1).max(1);
                    let cell = Cell {
                        columns: tag.number("number-columns-spanned").unwrap_or(1).clamp(1, limits::COLUMNS),
                        rows: tag.number("number-rows-spanned").unwrap_or(1).clamp(1, limits::ROWS),
                        ..Cell::new("")
                    };
                    if let Some(table) = self.tables.last_mut()
                        && let Some(row) = table.rows.last_mut()
                        && row.len() < limits::COLUMNS
                    {
                        table.repeated = repeated;
                        row.push(cell);
                    }
                }
                "image" => self.content.pictures = self.content.pictures.saturating_add(1),
                _ => {}
            },
            Piece::Text(text) => self.push(text),
            Piece::End("p" | "h") => self.finish_paragraph(),
            Piece::End("table-cell") => self.repeat_cell(),
            Piece::End("table") => self.finish_table(),
            Piece::End(_) => {}
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(open) = self.text.last_mut()
            && open.len() + text.len() <= limits::TEXT
        {
            open.push_str(text);
        }
    }

    fn finish_paragraph(&mut self) {
        let Some(text) = self.text.pop() else { return };
        let cell = self.tables.last_mut().and_then(|table| table.rows.last_mut()).and_then(|row| row.last_mut());
        match (cell, self.level.take()) {
            (Some(cell), _) => {
                if !text.trim().is_empty() && cell.text.len() + text.len() <= limits::TEXT {
                    if !cell.text.is_empty() {
                        cell.text.push('\n');
                    }
                    cell.text.push_str(&text);
                }
            }
            (None, Some(level)) => self.content.blocks.heading(level, &text),
            (None, None) => self.content.blocks.paragraph(&text),
        }
    }

    fn repeat_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let repeated = std::mem::replace(&mut table.repeated, 1);
        let Some(row) = table.rows.last_mut() else { return };
        if repeated > REPEATED {
            row.pop();
            return;
        }
        if let Some(cell) = row.last().cloned() {
            row.extend(std::iter::repeat_n(cell, repeated - 1));
        }
    }

    fn finish_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        let rows = table.rows.into_iter().filter(|row| row.iter().any(|cell| !cell.text.is_empty()));
        match self.tables.last_mut().and_then(|outer| outer.rows.last_mut()).and_then(|row| row.last_mut()) {
            Some(cell) => {
                for row in rows {
                    let words: Vec<String> = row.into_iter().map(|inner| inner.text).collect();
                    if cell.text.len() <= limits::TEXT {
                        cell.text.push('\n');
                        cell.text.push_str(&words.join(" "));
                    }
                }
            }
            None => self.content.blocks.table(rows.collect()),
        }
    }
}

/// Reads the text of slides (`a:t` in paragraphs `a:p`) or of OFD pages (`ofd:TextCode`), part by part.
pub(super) fn read_parts(package: &mut Package<'_>, parts: &[Part], kind: DocumentKind) -> Content {
    let mut content = Content::new(kind);
    let (is_page, tag): (fn(&str) -> bool, &str) = match kind {
        DocumentKind::Pptx => (|name| name.starts_with("ppt/slides/slide"), "t"),
        _ => (|name| name.contains("/Pages/") && name.ends_with("Content.xml"), "TextCode"),
    };
    let mut work = Work::default();
    let mut pages: Vec<&Part> = parts.iter().filter(|part| is_page(&part.name)).collect();
    pages.sort_by_key(|part| (part.name.len(), &part.name));
    content.pages = u32::try_from(pages.len()).ok();
    content.part = pages.len() > limits::PAGES;
    for page in pages.iter().take(limits::PAGES) {
        let Some(bytes) = package.unpack(page.number, usize::MAX) else {
            content.part = true;
            continue;
        };
        let (mut text, mut in_text) = (String::new(), false);
        let whole = walk(&bytes, &mut work, |piece| match piece {
            Piece::Start(start) => in_text |= start.name() == tag,
            Piece::End(name) => {
                in_text &= name != tag;
                if matches!(name, "p" | "TextObject") {
                    content.blocks.paragraph(&std::mem::take(&mut text));
                }
            }
            Piece::Text(words) if in_text && text.len() < limits::TEXT => text.push_str(words),
            Piece::Text(_) => {}
        });
        content.blocks.paragraph(&text);
        content.part |= !whole;
    }
    content.part |= package.is_cut();
    let pictures = parts.iter().filter(|part| part.name.contains("/media/") || part.name.contains("/Res/"));
    content.pictures = u32::try_from(pictures.count()).unwrap_or(u32::MAX);
    content
}

#[cfg(test)]
mod tests {
    use super::super::blocks::Block;
    use super::super::testing::zipped;
    use super::*;

    #[test]
    fn texts_and_sheets_are_read() {
        let body = "<office:body><text:h text:outline-level='2'>指南</text:h><text:p>一<text:line-break/>二</text:p>\
            <table:table><table:table-row><table:table-cell><text:p>姓名</text:p></table:table-cell>\
            <table:table-cell table:number-columns-repeated='2'/>\
            <table:table-cell table:number-columns-repeated='16000'/></table:table-row></table:table></office:body>";
        let bytes =
            zipped(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", body.as_bytes())]);
        let content = read(&mut Package::open(&bytes).expect("a whole archive"), DocumentKind::Odt);
        let row = vec![Cell::new("姓名"), Cell::new(""), Cell::new("")];
        assert_eq!(
            content.blocks.list(),
            [Block::Heading(2, "指南".to_owned()), Block::Paragraph("一\n二".to_owned()), Block::Table(vec![row])]
        );
    }

    #[test]
    fn slides_and_fixed_pages_give_their_text_in_order() {
        let slide = |text: &str| format!("<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
        let (ten, two) = (slide("十"), slide("二"));
        let bytes = zipped(&[("ppt/slides/slide10.xml", ten.as_bytes()), ("ppt/slides/slide2.xml", two.as_bytes())]);
        let mut package = Package::open(&bytes).expect("a whole archive");
        let parts = package.parts();
        let content = read_parts(&mut package, &parts, DocumentKind::Pptx);
        assert_eq!(content.blocks.lines().collect::<Vec<_>>(), ["二", "十"]);
        let page = "<ofd:Page><ofd:TextObject><ofd:TextCode X='1'>办事指南</ofd:TextCode></ofd:TextObject></ofd:Page>";
        let bytes = zipped(&[("OFD.xml", b"<ofd/>"), ("Doc_0/Pages/Page_0/Content.xml", page.as_bytes())]);
        let mut package = Package::open(&bytes).expect("a whole archive");
        let parts = package.parts();
        let content = read_parts(&mut package, &parts, DocumentKind::Ofd);
        assert_eq!((content.blocks.lines().next().as_deref(), content.pages), (Some("办事指南"), Some(1)));
    }
}
