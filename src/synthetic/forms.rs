//! The files behind links to forms (空表、样表): what each is, in the formats that portals offer.
//!
//! Comes in: a material's name, what its link leads to, a format. Goes out: bytes. Must never know: pages.

use super::random::Random;
use super::truth::File;
use crate::demo::attachments::{Form, Format};

/// The formats of a guide's forms, as often as portals have them.
const FORMATS: &[Format] =
    &[Format::Docx, Format::Docx, Format::Docx, Format::Xls, Format::Pdf, Format::Xlsx, Format::Rtf];

/// One of the formats.
pub(super) fn pick(random: &mut Random) -> Format {
    random.pick(FORMATS)
}

/// The bytes of a form.
pub(super) fn bytes(name: &str, file: File, format: Format) -> Vec<u8> {
    match file {
        File::Blank | File::BlankAgain => Form::blank(name).write(format),
        File::Filled => Form::sample(name).write(format),
        File::BlankResaved => Form::blank(&format!("{name}（样表）")).write(format),
        File::Tiny => b"\r\n".to_vec(),
        File::ErrorPage => {
            "<html><head><title>404</title></head><body>您访问的文件不存在或已被删除</body></html>".into()
        }
    }
}
