//! Files that guides offer: blank forms and filled samples as real documents of Word, Excel and PDF, and QR codes.
//!
//! Comes in: names of forms, texts. Goes out: bytes. Must never know: cities or pages.

mod printed;
mod rich;
mod sheet;
mod workbook;

use std::io::{Cursor, Write};

use image::Luma;
use qrcode::QrCode;
use zip::write::SimpleFileOptions;

use super::flowchart;

/// The fields of a form, with what stands in them on the sample.
const FIELDS: [(&str, &str); 8] = [
    ("单位名称", "某某（示例）有限公司"),
    ("统一社会信用代码", "91330000XXXXXXXXXX"),
    ("住所", "某某市某某区示例路1号"),
    ("法定代表人", "张某某"),
    ("联系电话", "0000-00000000"),
    ("经办人", "李某某"),
    ("申请日期", "2020年3月30日"),
    ("申请事项", "按办事指南填写，打勾选择"),
];

/// In what a form is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Word since 2007.
    Docx,
    /// Excel 97.
    Xls,
    /// PDF with a font that is not embedded.
    Pdf,
    /// Excel since 2007.
    Xlsx,
    /// Rich text, as `WordPad` writes it.
    Rtf,
}

impl Format {
    /// The format in which an errand's forms are offered: portals mix them.
    pub(crate) fn of_errand(number: usize) -> Self {
        match number % 6 {
            2 => Self::Xls,
            4 => Self::Pdf,
            _ => Self::Docx,
        }
    }

    /// The ending of file names.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xls => "xls",
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Rtf => "rtf",
        }
    }

    /// What servers say of such files.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xls => "application/vnd.ms-excel",
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Rtf => "application/rtf",
        }
    }
}

/// A form as a Word document, blank or filled in.
pub(crate) fn docx(title: &str, filled: bool) -> Vec<u8> {
    let form = if filled { Form::sample(title) } else { Form::blank(title) };
    form.write(Format::Docx)
}

/// A form with a title and fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form<'a> {
    /// Its name.
    pub(crate) title: &'a str,
    /// What stands below the title.
    pub(crate) note: &'a str,
    /// Whether the fields are filled in.
    pub(crate) filled: bool,
}

impl<'a> Form<'a> {
    /// The blank form.
    pub(crate) fn blank(title: &'a str) -> Self {
        Self { title, note: "（空白表格，请用黑色签字笔填写）", filled: false }
    }

    /// The filled sample.
    pub(crate) fn sample(title: &'a str) -> Self {
        Self { title, note: "（示例样表，仅供填写时参考）", filled: true }
    }

    /// The form's bytes.
    pub(crate) fn write(self, format: Format) -> Vec<u8> {
        let value = |value: &'static str| if self.filled { value } else { "" };
        match format {
            Format::Docx => self.docx(),
            Format::Xls => workbook::xls(&self.rows()),
            Format::Xlsx => sheet::xlsx(&self.rows()),
            Format::Rtf => rich::rtf(&self.rows()),
            Format::Pdf => {
                let fields = FIELDS.iter().map(|(field, words)| match value(words) {
                    "" => format!("{field}：____________"),
                    words => format!("{field}：{words}"),
                });
                let heads = [self.title, self.note].map(str::to_owned);
                printed::pdf(&heads.into_iter().chain(fields).collect::<Vec<_>>())
            }
        }
    }

    /// Heading, note and fields as lines of cells; empty cells where nothing is filled in.
    fn rows(self) -> Vec<Vec<&'a str>> {
        let fields = FIELDS.iter().map(|(field, words)| vec![*field, if self.filled { words } else { "" }]);
        [vec![self.title], vec![self.note]].into_iter().chain(fields).collect()
    }

    /// A Word document with a table of fields.
    fn docx(self) -> Vec<u8> {
        let rows: Vec<(&str, &str)> =
            FIELDS.iter().map(|(field, value)| (*field, if self.filled { *value } else { "" })).collect();
        table_document(&[self.title, self.note], &rows)
    }
}

/// A Word document: paragraphs, and below them a table of two columns.
pub(crate) fn table_document(paragraphs: &[&str], rows: &[(&str, &str)]) -> Vec<u8> {
    let heads: String = paragraphs.iter().map(|text| paragraph(text)).collect();
    let rows: Vec<String> =
        rows.iter().map(|(left, right)| ["<w:tr>", &cell(left), &cell(right), "</w:tr>"].concat()).collect();
    let rows = rows.concat();
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{heads}\
         <w:tbl><w:tblPr><w:tblW w:w=\"9000\" w:type=\"dxa\"/></w:tblPr>\
         <w:tblGrid><w:gridCol w:w=\"3000\"/><w:gridCol w:w=\"6000\"/></w:tblGrid>{rows}</w:tbl>\
         <w:sectPr/></w:body></w:document>"
    );
    pack(&[("[Content_Types].xml", CONTENT_TYPES), ("_rels/.rels", RELATIONSHIPS), ("word/document.xml", &document)])
}

const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
    <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
    <Override PartName=\"/word/document.xml\" \
    ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";

const RELATIONSHIPS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
    <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" \
    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
    Target=\"word/document.xml\"/></Relationships>";

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn cell(text: &str) -> String {
    format!("<w:tc><w:tcPr><w:tcW w:w=\"3000\" w:type=\"dxa\"/></w:tcPr>{}</w:tc>", paragraph(text))
}

fn pack(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time, so that the same form has the same bytes every night.
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, text) in parts {
        writer.start_file(*name, options).expect("names and memory are valid");
        writer.write_all(text.as_bytes()).expect("writing to memory cannot fail");
    }
    writer.finish().expect("writing to memory cannot fail").into_inner()
}

/// A QR code as a PNG picture.
pub(crate) fn qr(text: &str) -> Vec<u8> {
    let code = QrCode::new(text.as_bytes()).expect("the addresses of the simulation fit into a QR code");
    flowchart::encode(&code.render::<Luma<u8>>().min_dimensions(120, 120).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_differs_from_its_blank_form_in_every_format() {
        for format in [Format::Docx, Format::Xls, Format::Pdf, Format::Xlsx, Format::Rtf] {
            let (blank, sample) = (Form::blank("登记表").write(format), Form::sample("登记表").write(format));
            assert_ne!(blank, sample);
            assert_eq!(blank, Form::blank("登记表").write(format));
        }
    }

    #[test]
    fn a_qr_code_can_be_decoded() {
        let picture = image::load_from_memory(&qr("http://127.36.1.2:8000/")).expect("a picture").to_luma8();
        let mut prepared = rqrr::PreparedImage::prepare(picture);
        let grids = prepared.detect_grids();
        assert_eq!(grids[0].decode().expect("readable").1, "http://127.36.1.2:8000/");
    }
}
