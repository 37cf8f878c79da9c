//! The one door to ZIP for reading: a package of named parts, unpacked within ceilings.
//!
//! Comes in: bytes. Goes out: parts by name, as far as the ceilings allow. Must never know: what parts mean.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::limits;

/// A ZIP file whose parts can be read.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    packed: usize,
    unpacked: usize,
    cut: bool,
    encrypted: bool,
}

/// A part's place in its package.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Its name as it stands.
    pub(super) name: String,
    /// Its number in the package.
    pub(super) number: usize,
    /// Unpacked length as the directory says, which may lie.
    pub(super) declared: u64,
}

impl<'a> Package<'a> {
    /// Opens a ZIP file; `None` if its directory cannot be read, or lists more parts than are looked at.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
        let cut = archive.len() > limits::ENTRIES;
        Some(Self { archive, packed: bytes.len(), unpacked: 0, cut, encrypted: false })
    }

    /// The parts that are files, in the order of the directory.
    pub(super) fn parts(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        for number in 0..self.archive.len().min(limits::ENTRIES) {
            let Ok(file) = self.archive.by_index_raw(number) else { continue };
            if file.is_file() {
                parts.push(Part { name: name_of(file.name_raw()), number, declared: file.size() });
            }
            self.encrypted |= file.encrypted();
        }
        parts
    }

    /// Unpacks a part by its name; `None` if it is not there or cannot be unpacked.
    pub(super) fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        let number = self.archive.index_for_name(name)?;
        self.unpack(number, usize::MAX)
    }

    /// Unpacks at most `most` bytes of a part. Fewer come when a ceiling is met, and then [`Package::is_cut`] says so.
    pub(super) fn unpack(&mut self, number: usize, most: usize) -> Option<Vec<u8>> {
        let by_ratio = self.packed.saturating_mul(limits::RATIO).max(limits::RATIO_FREE);
        let room = limits::UNPACKED.min(by_ratio).saturating_sub(self.unpacked);
        let file = self.archive.by_index(number).ok()?;
        let mut bytes = Vec::new();
        let asked = most.min(room.saturating_add(1));
        // A fault in the middle leaves what came before it.
        let read = file.take(u64::try_from(asked).unwrap_or(u64::MAX)).read_to_end(&mut bytes);
        if bytes.len() > room {
            bytes.truncate(room);
            self.cut = true;
        }
        self.unpacked += bytes.len();
        self.cut |= read.is_err();
        (read.is_ok() || !bytes.is_empty()).then_some(bytes)
    }

    /// Whether something was left out because of a ceiling or a fault.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether a part asks for a password; known once [`Package::parts`] was called.
    pub(super) fn is_encrypted(&self) -> bool {
        self.encrypted
    }
}

/// Names that are not UTF-8 are GBK in archives that Chinese programs made.
fn name_of(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GBK.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// The last part of a name that may be a path of any system.
pub(super) fn base_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    base.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::document::testing::zipped;

    #[test]
    fn a_bomb_is_cut_at_the_ceiling() {
        let bomb = zipped(&[("word/document.xml", &vec![b' '; 20 * 1024 * 1024])]);
        assert!(bomb.len() < 40_000, "{}", bomb.len());
        let mut package = Package::open(&bomb).expect("a whole archive");
        let part = package.read("word/document.xml").expect("the part is there");
        assert!(package.is_cut());
        assert!(part.len() <= bomb.len() * limits::RATIO);
    }

    #[test]
    fn many_parts_share_one_ceiling() {
        let part = vec![b'a'; 900 * 1024];
        let bomb = zipped(&[("1", &part), ("2", &part), ("3", &part)]);
        let mut package = Package::open(&bomb).expect("a whole archive");
        let lengths: Vec<usize> =
            ["1", "2", "3"].iter().map(|name| package.read(name).map_or(0, |bytes| bytes.len())).collect();
        assert_eq!(lengths, [900 * 1024, 124 * 1024, 0]);
        assert!(package.is_cut());
    }

    #[test]
    fn a_name_that_climbs_out_is_only_a_name() {
        assert_eq!(base_name("../../etc/cron.d/x.docx"), "x.docx");
        assert_eq!(base_name("C:\\表\\样表.doc"), "样表.doc");
        assert_eq!(name_of(b"\xd1\xf9\xb1\xed.doc"), "样表.doc");
    }
}
