//! Whatever bytes a portal serves, every reader ends without panicking and within the ceilings.
//!
//! The readers are called without the net that catches panics of libraries: a panic of ours must show here.

use proptest::prelude::*;

use super::pdf::testing as pdf;
use super::testing::{self, DocPiece, biff};
use super::{content, facts, limits};
use crate::extract::file::format_of;
use crate::model::Document;
use crate::model::extraction::FileFormat;

/// A whole document of every format, with tables, text boxes and what else has structure.
fn documents() -> Vec<(FileFormat, Vec<u8>)> {
    let body = "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/><w:vMerge w:val='restart'/></w:tcPr><w:p><w:r>\
        <w:t>姓名</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>张三</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let sheet = "<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='C2'><v>43920</v></c></row></sheetData>\
        <mergeCells><mergeCell ref='A1:C9'/></mergeCells>";
    let cell = biff(0x00fd, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let merged = biff(0x00e5, &[1, 0, 0, 0, 9, 0, 0, 0, 9, 0]);
    let text =
        [biff(0x01b6, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0]), biff(0x003c, &[1, 0x2d, 0x4e, 0x87, 0x65])].concat();
    let table = b"1 begincodespacerange <0000><ffff> endcodespacerange 1 beginbfrange <0001><0009><4E00> endbfrange";
    let font = "<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts [<< /W [1 9 500] >>] >>";
    vec![
        (FileFormat::Docx, testing::docx(body)),
        (FileFormat::Xlsx, testing::xlsx(&[sheet], "<sst><si><t>a</t></si></sst>", "<styleSheet/>")),
        (FileFormat::Zip, testing::zipped(&[("样表.doc", b"x"), ("content.xml", b"<a/>"), ("mimetype", b"text")])),
        (
            FileFormat::Ole,
            testing::doc(&[DocPiece::Wide("姓名\u{7}张三\u{7}\u{7}完\r"), DocPiece::Narrow(b"a\r")], &[2]),
        ),
        (FileFormat::Ole, testing::xls(&["姓名", "张三"], &[&[cell, merged, text].concat()])),
        (
            FileFormat::Rtf,
            br"{\rtf1\ansicpg936\uc1 \u22995 x\trowd\intbl \'d0\'d5\cell\row\pard\par{\pict\bin3 abc}}".to_vec(),
        ),
        (FileFormat::Pdf, pdf::page(&pdf::legacy_font("GBK-EUC-H"), &[(9, 9, b"\xb0\xec"), (99, 9, b"a")], &[])),
        (FileFormat::Pdf, pdf::page(font, &[(9, 9, &[0, 1, 0, 2])], &[pdf::stream("", table)])),
    ]
}

fn reads_within_the_ceilings(bytes: &[u8], format: FileFormat) {
    let Some(content) = content(bytes, format) else { return };
    assert!(content.blocks.bytes() <= limits::TEXT);
    let facts = facts(&content);
    assert!(facts.text.len() <= Document::TEXT_BYTES);
    assert!(facts.entries.len() <= limits::ENTRIES_NAMED);
}

#[test]
fn whole_documents_are_read_as_what_they_are() {
    for (format, bytes) in documents() {
        assert_eq!(format_of(&bytes), format);
        let read = content(&bytes, format).expect("a document");
        assert!(format == FileFormat::Zip || !read.blocks.is_empty(), "{format:?}");
    }
}

#[test]
fn documents_that_end_anywhere_are_read() {
    for (format, bytes) in documents() {
        for end in (0..bytes.len()).step_by(bytes.len() / 200 + 1) {
            reads_within_the_ceilings(&bytes[..end], format);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn documents_with_changed_bytes_are_read(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
    ) {
        for (format, mut bytes) in documents() {
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            reads_within_the_ceilings(&bytes, format);
        }
    }

    #[test]
    fn documents_with_numbers_at_their_limits_are_read(
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(vec![0_u32, 1, 0x7fff_ffff, u32::MAX])), 1..6),
    ) {
        for (format, mut bytes) in documents() {
            for (at, number) in &changes {
                let at = at.index(bytes.len() - 4);
                bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
            }
            reads_within_the_ceilings(&bytes, format);
        }
    }

    #[test]
    fn any_bytes_behind_the_marks_of_a_format_are_read(rest in prop::collection::vec(any::<u8>(), 0..2000)) {
        let marks: [(&[u8], FileFormat); 5] = [
            (b"PK\x03\x04", FileFormat::Docx),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileFormat::Ole),
            (b"%PDF-1.4\n1 0 obj\n", FileFormat::Pdf),
            (b"{\\rtf1", FileFormat::Rtf),
            (b"", FileFormat::Zip),
        ];
        for (mark, format) in marks {
            reads_within_the_ceilings(&[mark, &rest].concat(), format);
        }
        reads_within_the_ceilings(&testing::ole(&[("Workbook", &rest)]), FileFormat::Ole);
        reads_within_the_ceilings(&testing::ole(&[("WordDocument", &rest), ("1Table", &rest)]), FileFormat::Ole);
        let xml = String::from_utf8_lossy(&rest);
        reads_within_the_ceilings(&testing::docx(&xml), FileFormat::Docx);
        reads_within_the_ceilings(&testing::xlsx(&[&xml], &xml, &xml), FileFormat::Xlsx);
    }

    #[test]
    fn any_words_of_a_format_in_any_order_are_read(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "<w:p>", "</w:p>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>", "<w:t>字", "</w:t>",
                "<w:vMerge/>", "<w:gridSpan w:val='9'/>", "<w:r>", "<w:u/>", "<mc:Fallback>", "</mc:Fallback>", "<c r='B2'>",
                "<v>7", "</v>", "</c>", "<mergeCell ref='A1:XFD1048576'/>", "<row r='3'>", "</row>", "<si>", "</si>",
            ]),
            0..60,
        ),
        signs in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "\\par ", "\\cell ", "\\row ", "\\intbl ", "\\u-10 ", "\\uc9 ", "\\bin7 ", "\\'d0", "字", "\\*",
                "BT ", "ET ", "/F1 9 Tf ", "(a) Tj ", "[", "]", "<<", ">>", "9 0 R ", "q ", "Q ", "BI ", "ID ", "/X Do ", "1e9 ",
                "-1 0 0 0 9 9 cm ", "0 0 99 99 re S ", "9 9 m 99 9 l S ", "50 0 1 99 re f ", "h ", "(", ")", "<", ">", "%",
            ]),
            0..60,
        ),
    ) {
        let xml = words.concat();
        reads_within_the_ceilings(&testing::docx(&xml), FileFormat::Docx);
        reads_within_the_ceilings(&testing::xlsx(&[&xml], &xml, "<a/>"), FileFormat::Xlsx);
        let signs = signs.concat();
        reads_within_the_ceilings(format!("{{\\rtf1 {signs}").as_bytes(), FileFormat::Rtf);
        let objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Resources << /Font << /F1 5 0 R >> /XObject << /X 4 0 R >> >> >>".to_vec(),
            b"<< /Type /Page /Contents 4 0 R >>".to_vec(),
            pdf::stream("/Subtype /Form", signs.as_bytes()),
            pdf::legacy_font("GBK-EUC-H").into_bytes(),
        ];
        reads_within_the_ceilings(&pdf::pdf(&objects), FileFormat::Pdf);
    }
}
