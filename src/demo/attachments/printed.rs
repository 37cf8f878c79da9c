//! A form as a PDF in the manner of old Chinese programs: a font that names an encoding and embeds nothing.
//!
//! Comes in: lines. Goes out: bytes, the same every time.

use encoding_rs::GBK;

/// A PDF of one page with these lines, the first of them large.
pub(super) fn pdf(lines: &[String]) -> Vec<u8> {
    let mut content = b"BT\n".to_vec();
    for (index, line) in lines.iter().enumerate() {
        let size = if index == 0 { 18 } else { 11 };
        let height = 780_usize.saturating_sub(index * 26);
        let codes: String = GBK.encode(line).0.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).collect();
        content.extend(format!("/F1 {size} Tf 1 0 0 1 70 {height} Tm <{codes}> Tj\n").bytes());
    }
    content.extend(b"ET");
    let stream = [format!("<< /Length {} >>\nstream\n", content.len()).as_bytes(), &content, b"\nendstream"].concat();
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
          /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_vec(),
        stream,
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /GBK-EUC-H /DescendantFonts [6 0 R] >>"
            .to_vec(),
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 \
          /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>"
            .to_vec(),
    ];
    let mut out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        table.extend([format!("{:010} 00000 n \n", out.len())]);
        out.extend([format!("{number} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
    }
    let end = format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{}\n%%EOF\n", objects.len() + 1, out.len());
    out.extend(table.bytes().chain(end.bytes()));
    out
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).expect("a digit of four bits")
}
