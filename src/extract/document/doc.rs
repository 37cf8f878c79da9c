//! Word 97–2003 and WPS Writer: the piece table, the paragraphs' properties, and the cell marks of tables.
//!
//! Comes in: the streams of a container. Goes out: blocks. Text boxes come after the text. Character properties are not
//! read; where a document chooses symbols by them (ticks of symbol fonts), it counts as read in part.

use super::Content;
use super::bytes::{place_at, u16_at, u32_at, utf16};
use super::limits;
use super::ole::Container;
use super::paragraphs::Paragraphs;
use super::table_marks::Writer;
use crate::model::{DocumentKind, DocumentReading};

/// First version of Word 97; earlier ones have another layout.
const WORD_97: u16 = 0x00c1;

/// Pieces of a document that was saved fast over and over; Word itself rewrites it long before.
const MOST_PIECES: usize = 100_000;

/// A piece of the text: characters that stand together in the stream.
struct Piece {
    /// Characters.
    length: usize,
    /// Place in the stream.
    at: usize,
    /// One byte a character, else two.
    narrow: bool,
}

/// Reads a Word document.
pub(super) fn read(main: &[u8], container: &mut Container<'_>) -> Content {
    let broken = || Content::barred(DocumentKind::Doc, DocumentReading::Broken);
    let (Some(ident), Some(version), Some(flags)) = (u16_at(main, 0), u16_at(main, 2), u16_at(main, 10)) else {
        return broken();
    };
    if !matches!(ident, 0xa5ec | 0xa5dc) {
        return broken();
    }
    if flags & 0x0100 != 0 {
        return Content::barred(DocumentKind::Doc, DocumentReading::Encrypted);
    }
    let chinese = u16_at(main, 6).is_some_and(|language| language & 0x03ff == 0x0004);
    if version < WORD_97 {
        return before_97(main, flags, chinese);
    }
    let table = container.stream(if flags & 0x0200 != 0 { "1Table" } else { "0Table" }).unwrap_or_default();
    let Some(pieces) = pieces(main, &table) else { return broken() };
    let mut content = Content::new(DocumentKind::Doc);
    let paragraphs = Paragraphs::read(main, &table);
    let lengths: Vec<usize> = (0..8).map(|part| place_at(main, 0x4c + part * 4).unwrap_or(0)).collect();
    // The text is followed by footnotes, headers, (macros,) comments, endnotes, text boxes.
    let boxes_from = lengths[..6].iter().fold(0_usize, |sum, length| sum.saturating_add(*length));
    let parts = [(0, lengths[0]), (boxes_from, boxes_from.saturating_add(lengths[6]))];
    for (from, to) in parts {
        let mut writer = Writer::new(&mut content, &paragraphs);
        let mut position = 0_usize;
        for piece in &pieces {
            let end = position.saturating_add(piece.length);
            let (first, last) = (from.max(position), to.min(end));
            if first < last {
                let whole = characters(main, piece, (first - position, last - position), chinese, &mut writer);
                content_is_part(&mut writer, whole);
            }
            position = end;
        }
        writer.finish();
    }
    // Symbols chosen by character properties: what they show is not known.
    content.part |= main.windows(2).any(|pair| pair == [0x09, 0x6a]);
    content
}

fn content_is_part(writer: &mut Writer<'_>, whole: bool) {
    if !whole {
        writer.leave_out();
    }
}

/// Gives the characters of a piece from `from` to `to` to the writer; says whether all of them were there.
fn characters(main: &[u8], piece: &Piece, (from, to): (usize, usize), chinese: bool, writer: &mut Writer<'_>) -> bool {
    let width = if piece.narrow { 1 } else { 2 };
    let start = piece.at.saturating_add(from * width);
    let wanted = piece.at.saturating_add(to * width);
    let end = wanted.min(main.len());
    let Some(bytes) = main.get(start..end) else { return false };
    if piece.narrow {
        let (text, encoding_is_double) = narrow_text(bytes, chinese);
        if encoding_is_double {
            // The place of a mark is needed for its paragraph only; marks are single bytes.
            let mut at = start;
            for c in text.chars() {
                writer.take(c, at);
                at += if c.is_ascii() { 1 } else { 2 };
            }
        } else {
            text.chars().enumerate().for_each(|(index, c)| writer.take(c, start + index));
        }
    } else {
        let mut at = start;
        for c in utf16(bytes).chars() {
            writer.take(c, at);
            at += 2 * c.len_utf16();
        }
    }
    end == wanted
}

/// Text of one byte a character. Word writes Latin so; programs that write Chinese so mean GBK.
fn narrow_text(bytes: &[u8], chinese: bool) -> (String, bool) {
    let is_double = chinese && bytes.iter().filter(|byte| **byte >= 0x81).count() >= 2;
    if is_double && let Some(text) = encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(bytes) {
        return (text.into_owned(), true);
    }
    (encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), false)
}

/// The pieces in the order of the text.
fn pieces(main: &[u8], table: &[u8]) -> Option<Vec<Piece>> {
    let at = place_at(main, 0x01a2)?;
    let length = place_at(main, 0x01a6)?;
    let mut rest = table.get(at..at.checked_add(length)?.min(table.len()))?;
    // Property lists of fast saves come first.
    while rest.first() == Some(&1) {
        let length = usize::from(u16_at(rest, 1)?);
        rest = rest.get(3 + length..)?;
    }
    if rest.first() != Some(&2) {
        return None;
    }
    let length = place_at(rest, 1)?;
    let list = rest.get(5..)?;
    let list = &list[..length.min(list.len())];
    let count = list.len().saturating_sub(4) / 12;
    let mut pieces = Vec::new();
    for index in 0..count.min(MOST_PIECES) {
        let (from, to) = (place_at(list, index * 4)?, place_at(list, index * 4 + 4)?);
        let place = u32_at(list, (count + 1) * 4 + index * 8 + 2)?;
        let narrow = place & 0x4000_0000 != 0;
        let at = usize::try_from(place & 0x3fff_ffff).ok()?;
        let at = if narrow { at / 2 } else { at };
        pieces.push(Piece { length: to.checked_sub(from)?, at, narrow });
    }
    (!pieces.is_empty()).then_some(pieces)
}

/// Word 6 and 95: one run of bytes, if it was not saved fast.
fn before_97(main: &[u8], flags: u16, chinese: bool) -> Content {
    let saved_fast = flags & 0x0004 != 0;
    let bounds = place_at(main, 0x18).zip(place_at(main, 0x1c));
    let text = bounds.and_then(|(from, to)| main.get(from..to.min(main.len())));
    let Some(text) = text.filter(|_| !saved_fast) else {
        return Content::barred(DocumentKind::Doc, DocumentReading::NotRead);
    };
    let mut content = Content::new(DocumentKind::Doc);
    let paragraphs = Paragraphs::default();
    let mut writer = Writer::new(&mut content, &paragraphs);
    let text = narrow_text(&text[..text.len().min(limits::TEXT)], chinese).0;
    text.chars().for_each(|c| writer.take(c, usize::MAX));
    writer.finish();
    content
}

#[cfg(test)]
mod tests {
    use super::super::blocks::{Block, Cell};
    use super::super::ole;
    use super::super::testing::{self, DocPiece};
    use super::*;

    fn read(pieces: &[DocPiece<'_>]) -> Content {
        ole::read(&testing::doc(pieces, &[]))
    }

    #[test]
    fn pieces_of_both_widths_make_one_text() {
        let (gbk, ..) = encoding_rs::GBK.encode("（新设）\r");
        let content = read(&[
            DocPiece::Wide("公司登记\u{7}张三\u{7}\u{7}"),
            DocPiece::Narrow(b"Form 1\r"),
            DocPiece::Narrow(&gbk),
            DocPiece::Wide("结束\r"),
        ]);
        assert_eq!(
            content.blocks.list(),
            [
                Block::Table(vec![vec![Cell::new("公司登记"), Cell::new("张三")]]),
                Block::Paragraph("Form 1".to_owned()),
                Block::Paragraph("（新设）".to_owned()),
                Block::Paragraph("结束".to_owned()),
            ]
        );
        assert_eq!((content.kind, content.part), (DocumentKind::Doc, false));
    }

    #[test]
    fn rows_end_where_the_paragraphs_say_so_and_empty_cells_stay() {
        let text = "姓名\u{7}\u{7}电话\u{7}\u{7}\u{7}住址\u{7}一\r二\u{7}\u{7}\u{7}\u{7}完\r";
        // The marks that end rows, by their number among all marks.
        let content = ole::read(&testing::doc(&[DocPiece::Wide(text)], &[4, 9]));
        let row = |cells: [&str; 4]| cells.map(Cell::new).to_vec();
        assert_eq!(
            content.blocks.list(),
            [
                Block::Table(vec![row(["姓名", "", "电话", ""]), row(["住址", "一\n二", "", ""])]),
                Block::Paragraph("完".to_owned())
            ]
        );
    }

    #[test]
    fn instructions_of_fields_are_no_text_and_pictures_are_counted() {
        let content = read(&[DocPiece::Wide("见\u{13} HYPERLINK x \u{14}链接\u{15}\u{1}。\r\u{8}")]);
        assert_eq!(content.blocks.lines().collect::<Vec<_>>(), ["见链接。"]);
        assert_eq!(content.pictures, 2);
    }

    #[test]
    fn an_encrypted_document_and_a_cut_one_are_told_apart() {
        let mut main = testing::doc_main(&[DocPiece::Wide("密\r")], &[]);
        main.0[11] |= 0x01;
        let content = ole::read(&testing::ole(&[("WordDocument", &main.0), ("1Table", &main.1)]));
        assert_eq!(content.reading(), DocumentReading::Encrypted);
        let main = testing::doc_main(&[DocPiece::Wide(&"长".repeat(3000))], &[]);
        let content = ole::read(&testing::ole(&[("WordDocument", &main.0[..5000]), ("1Table", &main.1)]));
        assert_eq!(content.reading(), DocumentReading::Part);
    }
}
