//! Excel 5–2003 and WPS Spreadsheets: the records of a workbook's stream.
//!
//! Comes in: the stream. Goes out: headings and tables for each sheet that is shown. Values are those that Excel stored;
//! formulas are not computed.

use super::Content;
use super::biff::{Record, Records, Strings, counted_string, short_string};
use super::bytes::{f64_at, place_at, u16_at, u32_at};
use super::grid::{self, Grid};
use super::limits;
use crate::model::{DocumentKind, DocumentReading};

/// Reads a workbook.
pub(super) fn read(stream: &[u8]) -> Content {
    let mut book = Book::default();
    if Records::new(stream).next().is_none_or(|record| !matches!(record.kind, 0x0009 | 0x0209 | 0x0409 | 0x0809)) {
        return Content::barred(DocumentKind::Xls, DocumentReading::Broken);
    }
    let mut content = Content::new(DocumentKind::Xls);
    // Streams nest: charts and macros lie between the beginning and end of a sheet.
    let mut sheet: Option<Sheet> = None;
    let mut depth = 0_usize;
    let mut records = Records::new(stream);
    while let Some(record) = records.next() {
        match record.kind {
            0x0009 | 0x0209 | 0x0409 | 0x0809 => {
                depth += 1;
                book.wide = u16_at(record.bytes, 0).is_some_and(|version| version >= 0x0600);
                let is_sheet = u16_at(record.bytes, 2) == Some(0x0010);
                if is_sheet && sheet.is_none() {
                    let hidden = book.sheets.iter().any(|(at, hidden)| *at == record.at && *hidden);
                    sheet = Some(Sheet { hidden, ..Sheet::default() });
                }
            }
            0x000a => {
                depth = depth.saturating_sub(1);
                // A sheet's own end: what lay inside it has ended before.
                if depth == 0
                    && let Some(done) = sheet.take()
                {
                    finish(done, &mut content);
                }
            }
            0x002f => return Content::barred(DocumentKind::Xls, DocumentReading::Encrypted),
            _ => match &mut sheet {
                Some(sheet) if depth == 1 => sheet.take(&record, &mut records, &book),
                Some(sheet) => sheet.take_floating(&record, &mut records),
                None => book.take(&record, &mut records),
            },
        }
    }
    content.part |= records.is_cut() || book.strings.cut;
    if let Some(open) = sheet {
        content.part = true;
        finish(open, &mut content);
    }
    content.pages = u32::try_from(book.sheets.len()).ok();
    content
}

fn finish(sheet: Sheet, content: &mut Content) {
    content.part |= sheet.grid.is_cut() || sheet.unread;
    content.pictures = content.pictures.saturating_add(sheet.pictures);
    if !sheet.hidden {
        sheet.grid.finish(&mut content.blocks);
    }
}

/// What the workbook's own records say.
#[derive(Default)]
struct Book {
    /// BIFF8: texts are Unicode; before it they are bytes in a code page.
    wide: bool,
    /// Place of each sheet's beginning, and whether it is hidden.
    sheets: Vec<(usize, bool)>,
    strings: Strings,
    /// Number formats that show a day.
    day_formats: Vec<usize>,
    /// For each cell style whether it shows a day.
    dated: Vec<bool>,
    from_1904: bool,
}

impl Book {
    fn take(&mut self, record: &Record<'_>, records: &mut Records<'_>) {
        let bytes = record.bytes;
        match record.kind {
            0x0085 if self.sheets.len() < limits::SHEETS * 16 => {
                let at = place_at(bytes, 0).unwrap_or(usize::MAX);
                self.sheets.push((at, bytes.get(4).is_some_and(|state| state & 0x03 != 0)));
            }
            0x00fc => self.strings = Strings::read(record, records),
            0x0022 => self.from_1904 = u16_at(bytes, 0) == Some(1),
            0x041e | 0x001e => {
                let text = if self.wide {
                    counted_string(bytes.get(2..).unwrap_or_default())
                } else {
                    short_string(bytes.get(2..).unwrap_or_default())
                };
                if grid::shows_day(&text) {
                    self.day_formats.extend(u16_at(bytes, 0).map(usize::from));
                }
            }
            0x00e0 if self.dated.len() < limits::CELLS => {
                let format = u16_at(bytes, 2).map_or(0, usize::from);
                self.dated.push(grid::is_day_format(format) || self.day_formats.contains(&format));
            }
            _ => {}
        }
    }

    fn shown(&self, style: usize, value: f64) -> String {
        let dated = self.dated.get(style).copied().unwrap_or(false);
        dated.then(|| grid::day(value, self.from_1904)).flatten().unwrap_or_else(|| grid::number(value))
    }

    fn text(&self, bytes: &[u8]) -> String {
        if self.wide {
            return counted_string(bytes);
        }
        let length = u16_at(bytes, 0).map_or(0, usize::from);
        let text = bytes.get(2..).unwrap_or_default();
        encoding_rs::GBK.decode_without_bom_handling(&text[..length.min(text.len())]).0.into_owned()
    }
}

/// A sheet under construction.
#[derive(Default)]
struct Sheet {
    grid: Grid,
    hidden: bool,
    /// Where the text of a formula that follows in a record of its own belongs.
    awaited: Option<(usize, usize)>,
    pictures: u32,
    /// Controls (check boxes) were seen, whose state is not read.
    unread: bool,
}

impl Sheet {
    fn take(&mut self, record: &Record<'_>, records: &mut Records<'_>, book: &Book) {
        let bytes = record.bytes;
        let place = || Some((usize::from(u16_at(bytes, 0)?), usize::from(u16_at(bytes, 2)?)));
        let style = u16_at(bytes, 4).map_or(0, usize::from);
        match record.kind {
            // LABELSST
            0x00fd => {
                if let (Some(place), Some(number)) = (place(), place_at(bytes, 6)) {
                    self.grid.put(place, book.strings.list.get(number).cloned().unwrap_or_default());
                }
            }
            // LABEL, RSTRING
            0x0204 | 0x00d6 => {
                if let Some(place) = place() {
                    self.grid.put(place, book.text(bytes.get(6..).unwrap_or_default()));
                }
            }
            // NUMBER
            0x0203 => {
                if let (Some(place), Some(value)) = (place(), f64_at(bytes, 6)) {
                    self.grid.put(place, book.shown(style, value));
                }
            }
            // RK
            0x027e => {
                if let (Some(place), Some(packed)) = (place(), u32_at(bytes, 6)) {
                    self.grid.put(place, book.shown(style, unpacked(packed)));
                }
            }
            // MULRK
            0x00bd => self.many(bytes, book),
            // FORMULA
            0x0006 | 0x0206 | 0x0406 => self.formula(bytes, book),
            // STRING
            0x0207 => {
                if let Some(place) = self.awaited.take() {
                    self.grid.put(place, book.text(bytes));
                }
            }
            // MERGEDCELLS
            0x00e5 => {
                for area in bytes.get(2..).unwrap_or_default().chunks_exact(8) {
                    let [Some(top), Some(bottom), Some(left), Some(right)] =
                        [0, 2, 4, 6].map(|at| u16_at(area, at).map(usize::from))
                    else {
                        continue;
                    };
                    self.grid.merge((top, left), (bottom, right));
                }
            }
            _ => self.take_floating(record, records),
        }
    }

    /// Drawings over the cells.
    fn take_floating(&mut self, record: &Record<'_>, records: &mut Records<'_>) {
        match record.kind {
            // OBJ: the kind of object stands after the header of its first part.
            0x005d => match u16_at(record.bytes, 4) {
                Some(8) => self.pictures = self.pictures.saturating_add(1),
                Some(0x0b | 0x0c) => self.unread = true,
                _ => {}
            },
            // TXO: the text follows in a record that continues it.
            0x01b6 => {
                let length = u16_at(record.bytes, 10).map_or(0, usize::from);
                if length > 0
                    && let Some(next) = records.continued()
                {
                    let text = super::biff::flagged_characters(next, length);
                    text.lines().for_each(|line| self.grid.float(line));
                }
            }
            _ => {}
        }
    }

    fn many(&mut self, bytes: &[u8], book: &Book) {
        let (Some(row), Some(first)) = (u16_at(bytes, 0), u16_at(bytes, 2)) else { return };
        let values = bytes.get(4..bytes.len().saturating_sub(2)).unwrap_or_default();
        for (index, value) in values.chunks_exact(6).enumerate() {
            if let (Some(style), Some(packed)) = (u16_at(value, 0), u32_at(value, 2)) {
                let place = (usize::from(row), usize::from(first) + index);
                self.grid.put(place, book.shown(usize::from(style), unpacked(packed)));
            }
        }
    }

    fn formula(&mut self, bytes: &[u8], book: &Book) {
        let (Some(row), Some(column)) = (u16_at(bytes, 0), u16_at(bytes, 2)) else { return };
        let place = (usize::from(row), usize::from(column));
        let is_number = u16_at(bytes, 12) != Some(0xffff);
        if is_number {
            if let Some(value) = f64_at(bytes, 6) {
                let style = u16_at(bytes, 4).map_or(0, usize::from);
                self.grid.put(place, book.shown(style, value));
            }
            return;
        }
        match bytes.get(6) {
            Some(0) => self.awaited = Some(place),
            Some(1) => {
                let yes = bytes.get(8) == Some(&1);
                self.grid.put(place, (if yes { "TRUE" } else { "FALSE" }).to_owned());
            }
            _ => {}
        }
    }
}

/// A number packed into 30 bits: an integer or the upper half of a float, perhaps in hundredths.
fn unpacked(packed: u32) -> f64 {
    let value = if packed & 2 == 0 {
        f64::from_bits(u64::from(packed & 0xffff_fffc) << 32)
    } else {
        f64::from(packed.cast_signed() >> 2)
    };
    if packed & 1 == 0 { value } else { value / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::{Block, Cell};
    use super::super::ole;
    use super::super::testing::{self, biff, biff_text, xls};
    use super::*;

    fn label(row: u16, column: u16, number: u32) -> Vec<u8> {
        biff(0x00fd, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], &number.to_le_bytes()].concat())
    }

    fn rk(row: u16, column: u16, style: u16, packed: u32) -> Vec<u8> {
        let parts = [&row.to_le_bytes()[..], &column.to_le_bytes(), &style.to_le_bytes(), &packed.to_le_bytes()];
        biff(0x027e, &parts.concat())
    }

    #[test]
    fn cells_of_every_kind_stand_in_their_places() {
        let merged = biff(0x00e5, &[1, 0, 0, 0, 0, 0, 0, 0, 2, 0]);
        let formula = biff(0x0006, &[2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0]);
        let text = biff(0x0207, &[2, 0, 1, 0x2d, 0x4e, 0x87, 0x65]);
        let sheet = [
            label(0, 0, 0),
            label(1, 0, 1),
            label(1, 1, 2),
            rk(2, 0, 1, (43_920 << 2) | 2),
            rk(2, 1, 0, (7 << 2) | 2),
            formula,
            text,
            merged,
        ];
        let bytes = xls(&["参保登记表", "姓名", "张三"], &[&sheet.concat()]);
        let content = ole::read(&bytes);
        let rows = vec![
            vec![Cell::new("姓名"), Cell::new("张三"), Cell::new("")],
            vec![Cell::new("2020年3月30日"), Cell::new("7"), Cell::new("中文")],
        ];
        assert_eq!(content.blocks.list(), [Block::Heading(1, "参保登记表".to_owned()), Block::Table(rows)]);
        assert_eq!((content.kind, content.pages, content.part), (DocumentKind::Xls, Some(1), false));
    }

    #[test]
    fn a_text_that_runs_over_the_border_of_a_record_is_whole() {
        let long = "经办人签字并加盖公章".repeat(900);
        let content = ole::read(&xls(&[&long, "末"], &[&[label(0, 0, 0), label(1, 0, 1)].concat()]));
        let lines: Vec<String> = content.blocks.lines().collect();
        assert_eq!((lines[0].as_str(), lines[1].as_str(), content.part), (long.as_str(), "末", false));
    }

    #[test]
    fn a_workbook_with_a_password_is_encrypted_and_text_boxes_are_read() {
        let stream = [biff(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]), biff(0x002f, &[1, 0]), biff(0x000a, &[])].concat();
        assert_eq!(read(&stream).reading(), DocumentReading::Encrypted);
        let mut object = vec![0; 18];
        object[10] = 2;
        let sheet = [label(0, 0, 0), biff(0x01b6, &object), biff(0x003c, &[1, 0x2d, 0x4e, 0x87, 0x65])].concat();
        let content = ole::read(&xls(&["格"], &[&sheet]));
        assert_eq!(content.blocks.lines().collect::<Vec<_>>(), ["格", "中文"]);
    }

    #[test]
    fn texts_before_unicode_are_gbk() {
        let text = [&[0, 0, 1, 0, 0, 0, 4, 0][..], &encoding_rs::GBK.encode("样表").0].concat();
        let begin = |kind: u8| biff(0x0809, &[0, 5, kind, 0, 0, 0, 0, 0]);
        let end = || biff(0x000a, &[]);
        let stream = [begin(5), end(), begin(0x10), biff(0x0204, &text), end()].concat();
        let content = ole::read(&testing::ole(&[("Book", &stream)]));
        assert_eq!(content.blocks.lines().collect::<Vec<_>>(), ["\t样表"]);
        assert_eq!(biff_text("a"), [1, 0, 1, 0x61, 0]);
    }

    #[test]
    fn packed_numbers_are_unpacked() {
        assert!((unpacked((123 << 2) | 3) - 1.23).abs() < 1e-9);
        assert!((unpacked(0x3ff0_0000) - 1.0).abs() < 1e-9);
        assert!((unpacked(((-5_i32).cast_unsigned() << 2) | 2) + 5.0).abs() < 1e-9);
    }
}
