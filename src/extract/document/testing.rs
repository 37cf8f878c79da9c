//! Documents made by hand for the tests of their readers.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;

/// A ZIP of these parts.
pub(in crate::extract) fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        writer.start_file(*name, options).expect("a valid name");
        writer.write_all(bytes).expect("writing to memory");
    }
    writer.finish().expect("writing to memory").into_inner()
}

/// A Word document with this body.
pub(in crate::extract) fn docx(body: &str) -> Vec<u8> {
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document.as_bytes())])
}

/// A workbook with these sheets.
pub(in crate::extract) fn xlsx(sheets: &[&str], strings: &str, styles: &str) -> Vec<u8> {
    let each = |make: fn(usize) -> String| (1..=sheets.len()).map(make).collect::<Vec<_>>().concat();
    let list = each(|n| format!("<sheet name='S{n}' r:id='r{n}'/>"));
    let book = format!("<workbook><sheets>{list}</sheets></workbook>");
    let relations = each(|n| format!("<Relationship Id='r{n}' Target='worksheets/sheet{n}.xml'/>"));
    let relations = format!("<R>{relations}</R>");
    let mut parts: Vec<(String, Vec<u8>)> = vec![
        ("xl/workbook.xml".into(), book.into()),
        ("xl/_rels/workbook.xml.rels".into(), relations.into()),
        ("xl/sharedStrings.xml".into(), strings.into()),
        ("xl/styles.xml".into(), styles.into()),
    ];
    for (index, sheet) in sheets.iter().enumerate() {
        let sheet = format!("<worksheet>{sheet}</worksheet>");
        parts.push((format!("xl/worksheets/sheet{}.xml", index + 1), sheet.into()));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zipped(&parts)
}

/// An OLE container of these streams, in the version that old programs write.
pub(in crate::extract) fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let memory = Cursor::new(Vec::new());
    let mut container = cfb::CompoundFile::create_with_version(cfb::Version::V3, memory).expect("memory");
    for (name, bytes) in streams {
        container.create_stream(name).expect("a valid name").write_all(bytes).expect("memory");
    }
    container.flush().expect("memory");
    container.into_inner().into_inner()
}

/// A piece of a Word document's text.
#[derive(Clone, Copy)]
pub(in crate::extract) enum DocPiece<'a> {
    /// Two bytes a character.
    Wide(&'a str),
    /// One byte a character, or GBK.
    Narrow(&'a [u8]),
}

/// A Word 97 document of these pieces. `row_ends` numbers the marks (0x07) that end rows; with none of them the
/// document has no paragraph properties at all.
pub(in crate::extract) fn doc(pieces: &[DocPiece<'_>], row_ends: &[usize]) -> Vec<u8> {
    let (main, table) = doc_main(pieces, row_ends);
    ole(&[("WordDocument", &main), ("1Table", &table)])
}

/// The two streams of such a document.
pub(in crate::extract) fn doc_main(pieces: &[DocPiece<'_>], row_ends: &[usize]) -> (Vec<u8>, Vec<u8>) {
    const TEXT_AT: usize = 1024;
    let mut main = vec![0_u8; TEXT_AT];
    let mut positions = vec![0_u32];
    let mut places = Vec::new();
    // The end of each paragraph in the stream with: in a table, ends a row.
    let mut paragraphs: Vec<(usize, bool, bool)> = Vec::new();
    let mut marks = 0;
    for piece in pieces {
        let at = u32::try_from(main.len()).expect("small");
        let last = *positions.last().expect("begins with 0");
        match piece {
            DocPiece::Wide(text) => {
                places.push(at);
                let mut in_row = false;
                for unit in text.encode_utf16() {
                    main.extend(unit.to_le_bytes());
                    if unit == 7 {
                        let ends_row = row_ends.contains(&marks);
                        paragraphs.push((main.len(), true, ends_row));
                        in_row = !ends_row;
                        marks += 1;
                    } else if unit == 13 {
                        paragraphs.push((main.len(), in_row, false));
                    }
                }
                positions.push(last + u32::try_from(text.encode_utf16().count()).expect("small"));
            }
            DocPiece::Narrow(bytes) => {
                places.push((at * 2) | 0x4000_0000);
                main.extend(*bytes);
                positions.push(last + u32::try_from(bytes.len()).expect("small"));
            }
        }
    }
    let mut list: Vec<u8> = positions.iter().flat_map(|position| position.to_le_bytes()).collect();
    for place in places {
        list.extend([0, 0]);
        list.extend(place.to_le_bytes());
        list.extend([0, 0]);
    }
    let mut table = vec![2];
    table.extend(u32::try_from(list.len()).expect("small").to_le_bytes());
    table.extend(&list);
    put(&mut main, 0, &[0xec, 0xa5, 0xc1, 0x00]);
    put(&mut main, 6, &[0x04, 0x08]);
    put(&mut main, 10, &[0x00, 0x02]);
    put(&mut main, 0x4c, &positions.last().expect("begins with 0").to_le_bytes());
    put(&mut main, 0x01a6, &u32::try_from(table.len()).expect("small").to_le_bytes());
    if !row_ends.is_empty() {
        paragraph_page(&mut main, &mut table, &paragraphs, TEXT_AT);
    }
    (main, table)
}

/// Adds one page of paragraph properties, and the list that names it.
fn paragraph_page(main: &mut Vec<u8>, table: &mut Vec<u8>, paragraphs: &[(usize, bool, bool)], from: usize) {
    main.resize(main.len().next_multiple_of(512), 0);
    let number = u32::try_from(main.len() / 512).expect("small");
    let mut page = vec![0_u8; 512];
    let count = paragraphs.len();
    put(&mut page, 0, &u32::try_from(from).expect("small").to_le_bytes());
    let mut free = 508;
    for (index, (end, in_table, ends_row)) in paragraphs.iter().enumerate() {
        put(&mut page, (index + 1) * 4, &u32::try_from(*end).expect("small").to_le_bytes());
        if *in_table {
            free -= 10;
            let row = u8::from(*ends_row);
            put(&mut page, free, &[5, 0, 0, 0x16, 0x24, 1, 0x17, 0x24, row]);
            page[(count + 1) * 4 + index * 13] = u8::try_from(free / 2).expect("within the page");
        }
    }
    page[511] = u8::try_from(count).expect("few");
    main.extend(page);
    let at = u32::try_from(table.len()).expect("small");
    let last = u32::try_from(paragraphs.last().map_or(from, |paragraph| paragraph.0)).expect("small");
    for value in [u32::try_from(from).expect("small"), last, number] {
        table.extend(value.to_le_bytes());
    }
    put(main, 0x0102, &at.to_le_bytes());
    put(main, 0x0106, &12_u32.to_le_bytes());
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// A record of a workbook's stream.
pub(in crate::extract) fn biff(kind: u16, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("short");
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), bytes].concat()
}

/// A text of BIFF8: length, flags, characters.
pub(in crate::extract) fn biff_text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = u16::try_from(units.len()).expect("short").to_le_bytes().to_vec();
    bytes.push(1);
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}

/// A workbook of Excel 97 with these shared texts and sheets; style 1 shows days.
pub(in crate::extract) fn xls(strings: &[&str], sheets: &[&[u8]]) -> Vec<u8> {
    const RECORD: usize = 8224;
    let begin = |kind: u8| biff(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0]);
    let count = u32::try_from(strings.len()).expect("few").to_le_bytes();
    let mut table = [count, count].concat();
    let mut records = Vec::new();
    for text in strings {
        let bytes = biff_text(text);
        let (head, mut characters) = bytes.split_at(3);
        if table.len() + 8 > RECORD {
            records.push(std::mem::take(&mut table));
        }
        table.extend(head);
        // Characters that find no room go on in a record that begins with flags.
        while table.len() + characters.len() > RECORD {
            let room = (RECORD - table.len()) & !1;
            table.extend(&characters[..room]);
            characters = &characters[room..];
            records.push(std::mem::replace(&mut table, vec![1]));
        }
        table.extend(characters);
    }
    records.push(table);
    let style = |format: u8| biff(0x00e0, &[0, 0, format, 0]);
    let mut book = begin(5);
    let places = book.len();
    for _ in sheets {
        book.extend(biff(0x0085, &[0, 0, 0, 0, 0, 0, 1, 0, b'S']));
    }
    book.extend([style(0), style(14)].concat());
    for (index, bytes) in records.iter().enumerate() {
        book.extend(biff(if index == 0 { 0x00fc } else { 0x003c }, bytes));
    }
    book.extend(biff(0x000a, &[]));
    for (index, sheet) in sheets.iter().enumerate() {
        let at = u32::try_from(book.len()).expect("small");
        put(&mut book, places + index * 13 + 4, &at.to_le_bytes());
        book.extend([&begin(0x10)[..], sheet, &biff(0x000a, &[])].concat());
    }
    // Streams below 4096 bytes live elsewhere in the container; both kinds are met in tests.
    ole(&[("Workbook", &book)])
}
