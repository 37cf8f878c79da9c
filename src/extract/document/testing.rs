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
