//! A form as an Excel 97 workbook.
//!
//! Comes in: lines of cells. Goes out: bytes, the same every time.

use std::io::{Cursor, Write};

/// A workbook of one sheet.
pub(super) fn xls(rows: &[Vec<&str>]) -> Vec<u8> {
    let begin = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    let end = || record(0x000a, &[]);
    let mut sheet = begin(0x10);
    for (row, cells) in (0_u16..).zip(rows) {
        for (column, text) in (0_u16..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
            sheet.extend(record(0x0204, &[place, wide(text)].concat()));
        }
    }
    sheet.extend(end());
    // The sheet's place is known once everything before it is: its own record has a fixed length.
    let name = [&[6_u8, 0][..], b"Sheet1"].concat();
    let head = begin(5);
    let length = head.len() + 4 + 6 + name.len() + end().len();
    let place = u32::try_from(length).expect("a form is small").to_le_bytes();
    let named = record(0x0085, &[&place[..], &[0, 0], &name].concat());
    let stream = [head, named, end(), sheet].concat();
    let memory = Cursor::new(Vec::new());
    let mut container = cfb::CompoundFile::create_with_version(cfb::Version::V3, memory).expect("memory is enough");
    container.create_stream("Workbook").expect("a valid name").write_all(&stream).expect("memory is enough");
    container.flush().expect("memory is enough");
    container.into_inner().into_inner()
}

fn record(kind: u16, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("records of a form are short");
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), bytes].concat()
}

/// A text: its length, a flag, two bytes a character.
fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = u16::try_from(units.len()).expect("texts of a form are short");
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.push(1);
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}
