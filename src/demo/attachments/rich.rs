//! A form as rich text.
//!
//! Comes in: lines of cells. Goes out: bytes, the same every time.

use std::fmt::Write;

/// A document of paragraphs and one table: a line of one cell is a paragraph, any other a row.
pub(super) fn rtf(rows: &[Vec<&str>]) -> Vec<u8> {
    let mut out = String::from(r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\uc1\f0\fs24");
    for row in rows {
        if let [line] = row.as_slice() {
            out.extend([r"\pard ", &escaped(line), r"\par"]);
            out.push('\n');
            continue;
        }
        out.push_str(r"\trowd");
        for column in 1..=row.len() {
            write!(out, r"\cellx{}", column * 4_500).expect("writing to memory cannot fail");
        }
        for cell in row {
            out.extend([r"\pard\intbl ", &escaped(cell), r"\cell"]);
        }
        out.push_str("\\row\n");
    }
    out.push('}');
    out.into_bytes()
}

/// Characters beyond ASCII as signed numbers of 16 bits, each with a stand-in for old readers.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for unit in text.encode_utf16() {
        match char::from_u32(u32::from(unit)).filter(char::is_ascii) {
            Some(special @ ('\\' | '{' | '}')) => out.extend(['\\', special]),
            Some(plain) => out.push(plain),
            None => write!(out, r"\u{}?", unit.cast_signed()).expect("writing to memory cannot fail"),
        }
    }
    out
}
