//! A form as an Excel workbook since 2007.
//!
//! Comes in: lines of cells. Goes out: bytes, the same every time.

use super::pack;

/// A workbook of one sheet, its texts within the cells.
pub(super) fn xlsx(rows: &[Vec<&str>]) -> Vec<u8> {
    let mut lines = String::new();
    for (number, row) in (1..).zip(rows) {
        let cells = ('A'..='Z').zip(row).map(|(column, text)| cell(column, number, text));
        lines.extend([format!("<row r=\"{number}\">")].into_iter().chain(cells).chain(["</row>".to_owned()]));
    }
    let sheet = format!("{HEAD}<worksheet xmlns=\"{MAIN}\"><sheetData>{lines}</sheetData></worksheet>");
    let types = format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{TYPE}.sheet.main+xml\"/>\
         <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{TYPE}.worksheet+xml\"/></Types>"
    );
    let workbook = format!(
        "{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>\
         <sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    pack(&[
        ("[Content_Types].xml", &types),
        ("_rels/.rels", &relationship("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", &workbook),
        ("xl/_rels/workbook.xml.rels", &relationship("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// An empty cell keeps its place, as a bordered cell of a form does.
fn cell(column: char, row: usize, text: &str) -> String {
    if text.is_empty() {
        return format!("<c r=\"{column}{row}\"/>");
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn relationship(kind: &str, target: &str) -> String {
    format!(
        "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
    )
}
