//! The one door to OLE containers: Word, Excel and `PowerPoint` before 2007, WPS, and what newer ones are wrapped in when
//! they ask for a password.
//!
//! Comes in: bytes. Goes out: streams by name within the ceilings, and the document that they are.

use std::io::{Cursor, Read};

use super::{Content, doc, limits, xls};
use crate::model::{DocumentKind, DocumentReading};

/// An OLE container.
pub(super) struct Container<'a> {
    inner: cfb::CompoundFile<Cursor<&'a [u8]>>,
}

impl<'a> Container<'a> {
    /// Opens a container; `None` if its allocation cannot be followed.
    fn open(bytes: &'a [u8]) -> Option<Self> {
        Some(Self { inner: cfb::CompoundFile::open(Cursor::new(bytes)).ok()? })
    }

    fn has(&self, name: &str) -> bool {
        self.inner.exists(name)
    }

    /// A stream, as far as it can be read.
    pub(super) fn stream(&mut self, name: &str) -> Option<Vec<u8>> {
        if !self.inner.is_stream(name) {
            return None;
        }
        let stream = self.inner.open_stream(name).ok()?;
        let mut bytes = Vec::new();
        // A fault in the middle leaves what came before it.
        let read = stream.take(u64::try_from(limits::UNPACKED).unwrap_or(u64::MAX)).read_to_end(&mut bytes);
        (read.is_ok() || !bytes.is_empty()).then_some(bytes)
    }
}

/// Reads the document in a container.
pub(super) fn read(bytes: &[u8]) -> Content {
    let Some(mut container) = Container::open(bytes) else {
        return Content::barred(DocumentKind::OtherOle, DocumentReading::Broken);
    };
    if container.has("EncryptedPackage") {
        return Content::barred(DocumentKind::OtherOle, DocumentReading::Encrypted);
    }
    if let Some(main) = container.stream("WordDocument") {
        return doc::read(&main, &mut container);
    }
    for name in ["Workbook", "Book"] {
        if let Some(book) = container.stream(name) {
            return xls::read(&book);
        }
    }
    let kind = if container.has("PowerPoint Document") { DocumentKind::Ppt } else { DocumentKind::OtherOle };
    Content::barred(kind, DocumentReading::NotRead)
}

#[cfg(test)]
mod tests {
    use super::super::testing::ole;
    use super::*;

    #[test]
    fn containers_are_told_apart_by_their_streams() {
        let kind = |name: &str| {
            let content = read(&ole(&[(name, &[0; 5000])]));
            (content.kind, content.reading())
        };
        assert_eq!(kind("EncryptedPackage"), (DocumentKind::OtherOle, DocumentReading::Encrypted));
        assert_eq!(kind("PowerPoint Document"), (DocumentKind::Ppt, DocumentReading::NotRead));
        assert_eq!(kind("Equation"), (DocumentKind::OtherOle, DocumentReading::NotRead));
        assert_eq!(kind("WordDocument"), (DocumentKind::Doc, DocumentReading::Broken));
        assert_eq!(kind("Workbook"), (DocumentKind::Xls, DocumentReading::Broken));
    }

    #[test]
    fn a_container_that_is_cut_is_broken() {
        let whole = ole(&[("WordDocument", &vec![0; 50_000])]);
        let content = read(&whole[..1024]);
        assert_eq!(content.reading(), DocumentReading::Broken);
    }
}
