//! What a chart is drawn in (格式), told from its bytes.

/// A form that charts come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A picture: png, jpeg, gif, webp, bmp; or bytes that are nothing known.
    Picture,
    /// A drawing in SVG.
    Svg,
    /// A process in BPMN 2.0.
    Bpmn,
}

/// The root element is looked for this far into a text.
const HEAD: usize = 4096;

impl Form {
    /// Tells the form.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let head = String::from_utf8_lossy(bytes.get(..HEAD.min(bytes.len())).unwrap_or_default());
        let text = head.trim_start_matches('\u{feff}').trim_start();
        if !text.starts_with('<') {
            return Self::Picture;
        }
        if text.contains("/BPMN/") && text.contains("definitions") {
            return Self::Bpmn;
        }
        if text.contains("<svg") { Self::Svg } else { Self::Picture }
    }

    /// The media type of the bytes.
    #[must_use]
    pub fn media(self, bytes: &[u8]) -> &'static str {
        match (self, bytes) {
            (Self::Svg, _) => "image/svg+xml",
            (Self::Bpmn, _) => "application/xml",
            (Self::Picture, [0xff, 0xd8, ..]) => "image/jpeg",
            (Self::Picture, [b'G', b'I', b'F', ..]) => "image/gif",
            (Self::Picture, [b'R', b'I', b'F', b'F', ..]) => "image/webp",
            (Self::Picture, [b'B', b'M', ..]) => "image/bmp",
            (Self::Picture, _) => "image/png",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_from_their_first_bytes() {
        assert_eq!(Form::of(b"\x89PNG\r\n"), Form::Picture);
        assert_eq!(Form::of("\u{feff}<?xml version=\"1.0\"?>\n<svg>".as_bytes()), Form::Svg);
        assert_eq!(Form::of(b"<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">"), Form::Bpmn);
        assert_eq!(Form::of(b"<html><p>flow</p></html>"), Form::Picture);
        assert_eq!(Form::of(b""), Form::Picture);
    }
}
