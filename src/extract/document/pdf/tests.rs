//! PDFs of every way of writing text that the reader knows, and of those it must own up to.

use super::super::blocks::{Block, Cell};
use super::read;
use super::testing::{legacy_font, page, pdf, stream};
use crate::model::DocumentReading;

fn lines(bytes: &[u8]) -> Vec<String> {
    let content = read(bytes);
    assert_eq!(content.reading(), DocumentReading::Whole);
    content.blocks.lines().collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn national_encodings_without_any_table_are_decoded() {
    let title = "企业设立登记办事指南";
    let gbk = encoding_rs::GBK.encode(title).0.into_owned();
    for encoding in ["GBK-EUC-H", "GBKp-EUC-H", "GBK2K-H", "GB-EUC-H", "GBpc-EUC-V"] {
        assert_eq!(lines(&page(&legacy_font(encoding), &[(100, 700, &gbk)], &[])), [title], "{encoding}");
    }
    for encoding in ["UniGB-UCS2-H", "UniGB-UTF16-H"] {
        assert_eq!(lines(&page(&legacy_font(encoding), &[(100, 700, &utf16(title))], &[])), [title], "{encoding}");
    }
    // A character that only GB 18030 has, in four bytes.
    let rare = encoding_rs::GB18030.encode("㐂某").0.into_owned();
    assert_eq!(lines(&page(&legacy_font("GBK2K-H"), &[(100, 700, &rare)], &[])), ["㐂某"]);
}

#[test]
fn glyph_numbers_are_read_by_their_table_and_not_guessed_without_it() {
    let font = |table: &str| {
        format!(
            "<< /Type /Font /Subtype /Type0 /Encoding /Identity-H {table} /DescendantFonts [<< /Type /Font \
             /Subtype /CIDFontType2 /W [1 [1000 1000]] >>] >>"
        )
    };
    let table =
        b"1 begincodespacerange <0000><ffff> endcodespacerange 2 beginbfchar <0001><5F20> <0002><4E09> endbfchar";
    let bytes = page(&font("/ToUnicode 6 0 R"), &[(50, 50, &[0, 1, 0, 2])], &[stream("", table)]);
    assert_eq!(lines(&bytes), ["张三"]);
    let bytes = page(&font(""), &[(50, 50, &[0, 1, 0, 2])], &[]);
    assert_eq!(read(&bytes).reading(), DocumentReading::Part);
}

#[test]
fn simple_fonts_and_the_places_of_texts_are_followed() {
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /BaseEncoding /WinAnsiEncoding \
                /Differences [1 /one /uni4E2D] >> >>";
    let bytes = page(font, &[(50, 700, b"Form \x01\x02"), (50, 720, b"above"), (300, 700, b"right")], &[]);
    assert_eq!(lines(&bytes), ["above", "Form 1中\tright"]);
}

#[test]
fn packed_streams_objects_in_streams_and_forms_are_unpacked() {
    let zip = |bytes: &[u8]| {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut packed, bytes).expect("memory");
        packed.finish().expect("memory")
    };
    let gbk = encoding_rs::GBK.encode("表单").0.into_owned();
    let shown = [b"BT /F1 9 Tf 10 10 Td (" as &[u8], &gbk, b") Tj ET"].concat();
    let font = legacy_font("GBK-EUC-H");
    let page = "<< /Type /Page /Contents [4 0 R] /Resources << /Font << /F1 8 0 R >> /XObject << /X 5 0 R >> >> >>";
    let inside = format!("8 0 9 {} {font} {page}", font.len() + 1);
    let first = inside.find("<<").expect("the font");
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [9 0 R] >>".to_vec(),
        b"null".to_vec(),
        stream("/Filter /FlateDecode", &zip(b"q 1 0 0 1 0 0 cm /X Do Q")),
        stream("/Type /XObject /Subtype /Form /Filter [/FlateDecode]", &zip(&shown)),
        stream(&format!("/Type /ObjStm /N 2 /First {first} /Filter /FlateDecode"), &zip(inside.as_bytes())),
    ];
    assert_eq!(lines(&pdf(&objects)), ["表单"]);
}

#[test]
fn scanned_encrypted_and_broken_files_are_told_apart() {
    let picture = stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /Filter /DCTDecode", b"\xff\xd8");
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] >>".to_vec(),
        b"<< /Type /Page /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>".to_vec(),
        stream("", b"q 595 0 0 842 0 0 cm /I Do Q"),
        picture,
    ];
    let scanned = read(&pdf(&objects));
    assert_eq!((scanned.reading(), scanned.pictures, scanned.pages), (DocumentReading::NoText, 1, Some(1)));
    let whole = page(&legacy_font("GBK-EUC-H"), &[(1, 1, b"a")], &[]);
    let text = String::from_utf8_lossy(&whole).into_owned();
    let locked = text.replace("/Root 1 0 R", "/Root 1 0 R /Encrypt 9 0 R");
    assert_eq!(read(locked.as_bytes()).reading(), DocumentReading::Encrypted);
    assert_eq!(read(b"%PDF-1.4 nothing %%EOF").reading(), DocumentReading::Broken);
}

#[test]
fn what_is_written_into_form_fields_is_text_and_what_is_drawn_over_a_page_is_counted() {
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R] >> >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] >>".to_vec(),
        b"<< /Type /Page /Annots [4 0 R << /Subtype /Ink >> << /Subtype /Link >>] >>".to_vec(),
        b"<< /FT /Tx /V <FEFF5F204E09> >>".to_vec(),
        b"<< /FT /Btn /V /Off >>".to_vec(),
    ];
    assert_eq!(lines(&pdf(&objects)), ["张三"]);
    assert_eq!(read(&pdf(&objects)).pictures, 1);
}

#[test]
fn a_file_whose_trees_bite_their_tails_ends() {
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [2 0 R 3 0 R 3 0 R] >>".to_vec(),
        b"<< /Type /Page /Contents 4 0 R /Resources << /XObject << /X 4 0 R >> >> >>".to_vec(),
        stream("/Subtype /Form", b"/X Do /X Do /X Do"),
    ];
    let content = read(&pdf(&objects));
    assert_eq!((content.pages, content.reading()), (Some(1), DocumentReading::Part));
}

#[test]
fn boxes_make_a_table_and_empty_ones_are_places_for_values() {
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let boxes =
        b"50 700 100 20 re S 150 700 100 20 re S 50 680 100 20 re S 150 680 m 250 680 l S 250 680 m 250 700 l S ";
    let texts = [
        b"BT /F1 10 Tf 55 705 Td (" as &[u8],
        &gbk("姓名"),
        b") Tj 0 -20 Td (",
        &gbk("住址"),
        b") Tj 0 40 Td (",
        &gbk("申请表"),
        b") Tj ET",
    ];
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        b"<< /Type /Page /Contents 4 0 R >>".to_vec(),
        stream("", &[&boxes[..], &texts.concat()].concat()),
        legacy_font("GBK-EUC-H").into_bytes(),
    ];
    let row = |label: &str| vec![Cell::new(label), Cell::new("")];
    assert_eq!(
        read(&pdf(&objects)).blocks.list(),
        [Block::Paragraph("申请表".to_owned()), Block::Table(vec![row("姓名"), row("住址")])]
    );
}
