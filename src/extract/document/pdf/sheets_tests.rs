//! Pages for the reader of charts: what is drawn on them, what is a picture, and what must not be read.

use proptest::prelude::*;

use super::scan::Scan;
use super::sheets::{Sheet, sheets};
use super::testing::{legacy_font, pdf, stream};
use crate::chart;
use crate::model::chart::Chart;

/// Instructions that show words at a place, in a font that names UTF-16 as its encoding.
fn words(x: i32, y: i32, text: &str) -> String {
    let codes: Vec<String> = text.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
    format!("BT /F1 12 Tf 1 0 0 1 {x} {y} Tm <{}> Tj ET\n", codes.concat())
}

/// A box with words in its middle.
fn boxed(y: i32, text: &str) -> String {
    format!("1 1 1 rg 0 0 0 RG 1 w 200 {y} 180 40 re B\n{}", words(278, y + 15, text))
}

/// An arrow from one height down to another.
fn arrow(from: i32, to: i32) -> String {
    let neck = to + 8;
    format!("290 {from} m 290 {neck} l S 0 g 285 {neck} m 295 {neck} l 290 {to} l h f\n")
}

fn way() -> String {
    [boxed(700, "申请"), arrow(700, 640), boxed(600, "受理"), arrow(600, 540), boxed(500, "审查")].concat()
}

/// A file of pages, each with its further entries and its instructions; object 3 is the font, 4 and 5 are what is given.
fn file(pages: &[(&str, &str)], given: [Vec<u8>; 2]) -> Vec<u8> {
    let [four, five] = given;
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 6 + 2 * page)).collect();
    let resources = "/Resources << /Font << /F1 3 0 R >> /XObject << /A 4 0 R /B 5 0 R >> >>";
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{}] {resources} /MediaBox [0 0 595 842] >>", kids.join(" ")).into_bytes(),
        legacy_font("UniGB-UCS2-H").into_bytes(),
        four,
        five,
    ];
    for (page, (entries, content)) in pages.iter().enumerate() {
        objects.push(format!("<< /Type /Page /Contents {} 0 R {entries} >>", 7 + 2 * page).into_bytes());
        objects.push(stream("", content.as_bytes()));
    }
    pdf(&objects)
}

fn nothing() -> [Vec<u8>; 2] {
    [b"null".to_vec(), b"null".to_vec()]
}

fn one(content: &str) -> Result<Sheet, String> {
    sheets(&file(&[("", content)], nothing())).map(|mut sheets| sheets.remove(0))
}

fn drawn(sheet: Sheet) -> Chart {
    let Sheet::Drawing(svg) = sheet else { panic!("no drawing: {sheet:?}") };
    chart::read_svg(&svg).expect("a chart")
}

fn texts(chart: &Chart) -> Vec<&str> {
    chart.nodes.iter().map(|node| node.text.as_str()).collect()
}

#[test]
fn boxes_arrows_and_words_of_a_page_are_those_that_were_drawn() {
    let chart = drawn(one(&way()).expect("a page"));
    assert_eq!(texts(&chart), ["申请", "受理", "审查"]);
    let edges: Vec<_> = chart.edges.iter().map(|edge| (edge.from, edge.to, edge.directed)).collect();
    assert_eq!(edges, [(0, 1, true), (1, 2, true)]);
    assert_eq!(chart.size, (595, 842));
    let area = chart.nodes[0].area;
    assert!(area.x.abs_diff(200) <= 2 && area.y.abs_diff(842 - 740) <= 2 && area.width.abs_diff(180) <= 4, "{area:?}");
}

#[test]
fn a_form_in_a_page_and_a_page_that_is_turned_are_read_alike() {
    let form = stream("/Subtype /Form /Matrix [1 0 0 1 0 -100]", way().as_bytes());
    let pages = sheets(&file(&[("", "q 1 0 0 1 0 100 cm /A Do Q")], [form, b"null".to_vec()])).expect("a page");
    assert_eq!(Ok(pages[0].clone()), one(&way()));
    // Drawn lying on its side, for a reader that turns the page upright.
    let lying = format!("0 1 -1 0 842 0 cm {}", way());
    let turned = file(&[("/MediaBox [0 0 842 595] /Rotate 90", &lying)], nothing());
    assert_eq!(texts(&drawn(sheets(&turned).expect("a page").remove(0))), ["申请", "受理", "审查"]);
}

#[test]
fn words_shown_letter_by_letter_are_joined_and_words_apart_are_not() {
    let letters = [words(220, 415, "决"), words(232, 415, "定"), words(300, 415, "窗口")].concat();
    let Ok(Sheet::Drawing(svg)) = one(&(way() + &letters)) else { panic!("a drawing") };
    assert!(svg.contains(">决定</text>") && svg.contains(">窗口</text>"), "{svg}");
}

#[test]
fn prose_and_pages_without_boxes_are_no_drawing() {
    assert_eq!(
        one(&(0..30).map(|line| words(60, 800 - 20 * line, "申请人应当提交下列材料")).collect::<String>()),
        Ok(Sheet::Prose)
    );
    assert_eq!(one(&[boxed(700, "申请"), boxed(600, "受理")].concat()), Ok(Sheet::Prose));
    assert_eq!(one(""), Ok(Sheet::Prose));
}

#[test]
fn a_table_is_no_chart() {
    let mut table = String::new();
    for row in 0..8 {
        for (column, text) in ["环节", "时限", "责任部门"].iter().enumerate() {
            let (x, y) = (60 + 150 * i32::try_from(column).expect("small"), 700 - 30 * row);
            table.extend([format!("1 1 1 rg {x} {y} 150 30 re B\n"), words(x + 8, y + 10, text)]);
        }
    }
    let chart = drawn(one(&table).expect("a page"));
    let read = chart::of_pages(vec![Ok(chart::Reading { chart, refusal: None })]);
    assert_eq!(read, Err(chart::Unreadable::NoChart));
}

#[test]
fn a_page_that_cannot_be_read_whole_is_not_read_at_all() {
    let refused = |content: &str| one(content).expect_err("a refusal");
    // No such font.
    let unknown = "BT /F9 12 Tf 1 0 0 1 50 50 Tm <5f20> Tj ET";
    assert!(refused(&(way() + unknown)).contains("page 1 has characters that cannot be decoded"));
    assert!(refused(&(way() + &words(50, 50, "\u{e001}"))).contains("only its own font knows"));
    assert!(refused(&(way() + "BT /F1 12 Tf 0 1 -1 0 50 50 Tm <5f20> Tj ET")).contains("upright"));
    assert!(refused(&(way() + "/OC /L BDC EMC")).contains("hidden"));
    let noted = file(&[("/Annots [<< /Subtype /Ink >>]", &way())], nothing());
    assert!(sheets(&noted).expect_err("a refusal").contains("notes"));
    let many: Vec<(&str, &str)> = vec![("", ""); 30];
    assert!(sheets(&file(&many, nothing())).expect_err("a refusal").contains("30 pages"));
    assert!(sheets(b"%PDF-1.4 nothing %%EOF").is_err());
}

const JPEG: &[u8] =
    b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x10\0\x10\x03\x01\x11\0\x02\x11\x01\x03\x11\x01\xff\xd9";

fn image(entries: &str, bytes: &[u8]) -> Vec<u8> {
    stream(&format!("/Subtype /Image /Width 4 /Height 2 {entries}"), bytes)
}

/// A page that is nothing but a picture.
fn scanned(picture: Vec<u8>) -> Result<Sheet, String> {
    sheets(&file(&[("", "q 595 0 0 842 0 0 cm /A Do Q")], [picture, b"null".to_vec()]))
        .map(|mut sheets| sheets.remove(0))
}

#[test]
fn a_page_that_is_a_picture_gives_the_picture() {
    let jpeg = image("/Filter /DCTDecode /ColorSpace /DeviceRGB", JPEG);
    assert_eq!(scanned(jpeg.clone()), Ok(Sheet::Scan(Scan::Encoded(JPEG.to_vec()), 0)));
    let sideways = file(&[("/Rotate 90", "q 595 0 0 842 0 0 cm /A Do Q")], [jpeg, b"null".to_vec()]);
    assert_eq!(sheets(&sideways), Ok(vec![Sheet::Scan(Scan::Encoded(JPEG.to_vec()), 1)]));
    let gray = image("/BitsPerComponent 8 /ColorSpace /DeviceGray", &[0, 10, 20, 30, 40, 50, 60, 70]);
    let rows: Vec<[u8; 3]> = (0..8).map(|value| [value * 10; 3]).collect();
    assert_eq!(scanned(gray), Ok(Sheet::Scan(Scan::Pixels { width: 4, height: 2, rows: rows.clone() }, 0)));
    // The same, each row told by its difference from the left and from above.
    let parameters = "/BitsPerComponent 8 /ColorSpace /DeviceGray /DecodeParms << /Predictor 15 /Columns 4 >>";
    let packed = image(parameters, &[1, 0, 10, 10, 10, 2, 40, 40, 40, 40]);
    assert_eq!(scanned(packed), Ok(Sheet::Scan(Scan::Pixels { width: 4, height: 2, rows }, 0)));
    let bits = image("/BitsPerComponent 1 /ColorSpace /DeviceGray /Decode [1 0]", &[0b0101_0000, 0b1111_0000]);
    let rows = [255, 0, 255, 0, 0, 0, 0, 0].map(|value| [value; 3]).to_vec();
    assert_eq!(scanned(bits), Ok(Sheet::Scan(Scan::Pixels { width: 4, height: 2, rows }, 0)));
}

#[test]
fn pictures_that_would_be_read_wrongly_are_refused() {
    let refused = |picture: Vec<u8>| scanned(picture).expect_err("a refusal");
    assert!(refused(image("/Filter /CCITTFaxDecode", b"x")).contains("fax"));
    assert!(refused(image("/Filter /JPXDecode", b"x")).contains("JPEG 2000"));
    assert!(refused(image("/Filter /DCTDecode /SMask 5 0 R", JPEG)).contains("shines through"));
    let mut print = JPEG.to_vec();
    print[17] = 4;
    assert!(refused(image("/Filter /DCTDecode", &print)).contains("print"));
    assert!(refused(image("/BitsPerComponent 8 /ColorSpace /DeviceGray", b"ab")).contains("too soon"));
    assert!(refused(image("/BitsPerComponent 16 /ColorSpace /DeviceGray", b"ab")).contains("depth"));
    let huge = stream("/Subtype /Image /Width 99999 /Height 99999 /BitsPerComponent 8 /ColorSpace /DeviceGray", b"");
    assert!(refused(huge).contains("more pixels"));
}

#[test]
fn pictures_among_words_are_not_left_out() {
    let jpeg = || image("/Filter /DCTDecode", JPEG);
    let mixed = |content: String| sheets(&file(&[("", &content)], [jpeg(), jpeg()])).expect_err("a refusal");
    let placed = |size: i32, name: &str| format!("q {size} 0 0 {size} 50 50 cm /{name} Do Q\n");
    assert!(mixed(way() + &placed(100, "A")).contains("pictures among"));
    assert!(mixed(placed(500, "A") + &placed(400, "B")).contains("pictures among"), "a scan in strips");
    assert!(mixed(placed(550, "A") + &words(100, 100, "受理")).contains("over a picture"));
    assert!(mixed("q 500 90 -90 500 90 50 cm /A Do Q".to_owned()).contains("askew"));
    // A seal or a logo of a few points is no word.
    let speck = sheets(&file(&[("", &(way() + &placed(30, "A")))], [jpeg(), jpeg()])).expect("a page");
    assert!(matches!(speck[0], Sheet::Drawing(_)));
    // Recognised words below a scan are not painted.
    let layered = file(&[("", &(placed(550, "A") + "3 Tr " + &words(100, 100, "受埋")))], [jpeg(), jpeg()]);
    assert!(matches!(sheets(&layered).expect("a page")[0], Sheet::Scan(..)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_end_in_sheets_or_a_reason(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
        cut in any::<prop::sample::Index>(),
    ) {
        let gray = image("/BitsPerComponent 8 /ColorSpace /DeviceGray", &[0; 8]);
        let jpeg = image("/Filter /DCTDecode", JPEG);
        let scan = "q 595 0 0 842 0 0 cm /A Do Q";
        for mut bytes in [file(&[("", &way())], nothing()), file(&[("", scan), ("", "q 595 0 0 842 0 0 cm /B Do Q")], [gray, jpeg])] {
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
                for sheet in sheets(bytes).unwrap_or_default() {
                    if let Sheet::Drawing(svg) = sheet {
                        prop_assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
                        let _ = chart::read_svg(&svg);
                    }
                }
            }
        }
    }

    #[test]
    fn any_instructions_end(
        signs in prop::collection::vec(
            prop::sample::select(vec![
                "q ", "Q ", "1e30 ", "-1e300 0 0 1e300 0 0 cm ", "0 0 9 9 re ", "9 9 m ", "1 2 3 4 5 6 c ", "1 2 3 4 v ", "h ", "S ",
                "f* ", "B ", "n ", "W ", "0.5 scn ", "/P scn ", "/C cs ", "/G gs ", "[3 2] 0 d ", "0 w ", "1 g ", "/A Do ", "/B Do ",
                "BT /F1 12 Tf ", "<53d77406> Tj ", "3 Tr ", "0 1 -1 0 0 0 Tm ", "ET ", "/OC /X BDC ", "BI ID xx EI ", "200 300 90 40 re S ",
            ]),
            0..80,
        ),
    ) {
        let form = stream("/Subtype /Form", b"/A Do 0 0 9 9 re f");
        let bytes = file(&[("", &(way() + &signs.concat()))], [form, image("/Filter /DCTDecode", JPEG)]);
        if let Ok(Sheet::Drawing(svg)) = sheets(&bytes).map(|mut sheets| sheets.remove(0)) {
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            let _ = chart::read_svg(&svg);
        }
    }
}
