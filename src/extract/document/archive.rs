//! Archives: what they hold, told by content. Documents in them are not read.
//!
//! Comes in: a package that is no document. Goes out: a list of entries; nothing is ever written anywhere, so a name that
//! climbs out of the archive is only a name.

use super::Content;
use super::limits;
use super::package::{Package, Part, base_name};
use crate::extract::file::format_of;
use crate::model::extraction::FileFormat;
use crate::model::{ArchiveEntry, DocumentKind, DocumentReading};

/// As much of an entry is unpacked: its format shows within the names of the first parts.
const BEGINNING: usize = 64 * 1024;

/// Lists an archive.
pub(super) fn read(package: &mut Package<'_>, parts: &[Part]) -> Content {
    let barrier = if package.is_encrypted() { DocumentReading::Encrypted } else { DocumentReading::NotRead };
    let mut content = Content::barred(DocumentKind::Archive, barrier);
    for part in parts.iter().take(limits::ENTRIES_NAMED) {
        let beginning = package.unpack(part.number, BEGINNING).unwrap_or_default();
        let format = if beginning.is_empty() { FileFormat::Unknown } else { format_of(&beginning) };
        content.entries.push(ArchiveEntry { name: base_name(&part.name), length: part.declared, format });
    }
    content
}

#[cfg(test)]
mod tests {
    use super::super::testing::{docx, zipped};
    use super::*;

    #[test]
    fn entries_are_named_and_known_by_content() {
        let form = docx("<w:p/>");
        let text = [b'a'; 100];
        let bytes = zipped(&[("表/../../样表.doc", &form), ("readme", &text), ("空.txt", b"")]);
        let mut package = Package::open(&bytes).expect("a whole archive");
        let parts = package.parts();
        let content = read(&mut package, &parts);
        let entries: Vec<_> = content.entries.iter().map(|entry| (entry.name.as_str(), entry.format)).collect();
        assert_eq!(
            entries,
            [("样表.doc", FileFormat::Docx), ("readme", FileFormat::Text), ("空.txt", FileFormat::Unknown)]
        );
        assert_eq!(content.barrier, Some(DocumentReading::NotRead));
    }

    #[test]
    fn an_archive_in_an_archive_is_named_and_not_opened() {
        let mut inner = zipped(&[("a.txt", b"x")]);
        for _ in 0..20 {
            inner = zipped(&[("a.zip", &inner)]);
        }
        let mut package = Package::open(&inner).expect("a whole archive");
        let parts = package.parts();
        let content = read(&mut package, &parts);
        assert_eq!((content.entries.len(), content.entries[0].format), (1, FileFormat::Zip));
    }
}
