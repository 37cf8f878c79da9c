//! A small writer of PDFs for the tests of the reader.

/// A PDF of these objects, numbered from 1; the first is its root. Streams are written by [`stream`].
pub(in crate::extract) fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", index + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    out.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes());
    out
}

/// A stream with entries of its dictionary.
pub(in crate::extract) fn stream(entries: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("<< {entries} /Length {} >>\nstream\n", bytes.len());
    [head.as_bytes(), bytes, b"\nendstream"].concat()
}

/// A PDF of one page that shows texts with one font: each text's bytes at its place, the font's dictionary, and further
/// objects from number 6 on.
pub(in crate::extract) fn page(font: &str, texts: &[(i32, i32, &[u8])], further: &[Vec<u8>]) -> Vec<u8> {
    let mut content = b"BT /F1 12 Tf\n".to_vec();
    for (x, y, text) in texts {
        content.extend(format!("1 0 0 1 {x} {y} Tm <").bytes());
        content.extend(text.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()));
        content.extend(b"> Tj\n");
    }
    content.extend(b"ET");
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>".to_vec(),
        stream("", &content),
        font.as_bytes().to_vec(),
    ];
    objects.extend(further.iter().cloned());
    pdf(&objects)
}

/// A font that names a national encoding and embeds nothing.
pub(in crate::extract) fn legacy_font(encoding: &str) -> String {
    format!(
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /{encoding} /DescendantFonts [<< /Type /Font \
         /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> \
         /DW 1000 >>] >>"
    )
}
