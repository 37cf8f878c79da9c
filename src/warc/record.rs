//! One WARC record: named fields and a block, and its bytes as a gzip member.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use crate::model::{Digest, RecordId};

/// First line of every record we write.
const VERSION: &str = "WARC/1.1";

/// The gzip level: 6 is where smaller files begin to cost more time than they save on pages of text.
const LEVEL: u32 = 6;

/// Type of the block of [`RecordType::Warcinfo`] and [`RecordType::Metadata`] records. Replay tools show a JSON
/// `metadata` record under the page's address as if it were the page, so ours are never `application/json`.
pub const WARC_FIELDS: &str = "application/warc-fields";

/// The record types that we write and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordType {
    /// About the file.
    Warcinfo,
    /// What was sent.
    Request,
    /// What came back.
    Response,
    /// "Not changed since", with a pointer to the earlier answer.
    Revisit,
    /// Facts of an exchange.
    Metadata,
    /// Something of our own, under an own `urn:`.
    Resource,
    /// What we read of a record's content, in a form of our own.
    Conversion,
}

impl RecordType {
    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::Warcinfo,
        Self::Request,
        Self::Response,
        Self::Revisit,
        Self::Metadata,
        Self::Resource,
        Self::Conversion,
    ];

    /// The word in `WARC-Type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warcinfo => "warcinfo",
            Self::Request => "request",
            Self::Response => "response",
            Self::Revisit => "revisit",
            Self::Metadata => "metadata",
            Self::Resource => "resource",
            Self::Conversion => "conversion",
        }
    }

    /// Whether a set of records that belong together ends with a record of this type.
    #[must_use]
    pub fn ends_a_set(self) -> bool {
        match self {
            Self::Warcinfo | Self::Metadata | Self::Resource | Self::Conversion => true,
            Self::Request | Self::Response | Self::Revisit => false,
        }
    }
}

/// A WARC record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcRecord {
    fields: Vec<(String, String)>,
    block: Vec<u8>,
}

impl WarcRecord {
    /// A record with its obligatory fields and an empty block.
    #[must_use]
    pub fn new(kind: RecordType, id: &RecordId, date: Timestamp) -> Self {
        let record = Self { fields: Vec::new(), block: Vec::new() };
        record
            .with("WARC-Type", kind.as_str())
            .with("WARC-Record-ID", &format!("<{id}>"))
            .with("WARC-Date", &format!("{date:.3}"))
    }

    /// A record as it was read.
    #[must_use]
    pub fn from_parts(fields: Vec<(String, String)>, block: Vec<u8>) -> Self {
        Self { fields, block }
    }

    /// With one more field. A line break in the value would end the field, so it becomes a space.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.replace(['\r', '\n'], " ")));
        self
    }

    /// With this field, if there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With this block, its type, digest and length. Comes last.
    #[must_use]
    pub fn with_block(self, content_type: &str, block: Vec<u8>) -> Self {
        let length = block.len().to_string();
        let mut record = self
            .with("WARC-Block-Digest", Digest::of(&block).as_str())
            .with("Content-Type", content_type)
            .with("Content-Length", &length);
        record.block = block;
        record
    }

    /// The first field of this name; names are compared without regard to case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All fields in order.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The block.
    #[must_use]
    pub fn block(&self) -> &[u8] {
        &self.block
    }

    /// The type; `None` if it is not one of ours.
    #[must_use]
    pub fn kind(&self) -> Option<RecordType> {
        let word = self.field("WARC-Type")?;
        RecordType::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The identity, without angle brackets.
    #[must_use]
    pub fn id(&self) -> Option<RecordId> {
        self.field("WARC-Record-ID").map(|text| RecordId(bare(text).to_owned()))
    }

    /// The record's bytes as they stand inside the gzip member.
    #[must_use]
    pub fn plain(&self) -> Vec<u8> {
        let mut bytes = format!("{VERSION}\r\n").into_bytes();
        for (name, value) in &self.fields {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.block);
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes
    }

    /// The record as one gzip member, the same bytes for the same record.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "writing to memory does not fail")]
    pub fn member(&self) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
        encoder.write_all(&self.plain()).expect("writing to memory does not fail");
        encoder.finish().expect("writing to memory does not fail")
    }
}

/// A URI without the angle brackets that record ids carry.
#[must_use]
pub fn bare(text: &str) -> &str {
    text.trim().trim_start_matches('<').trim_end_matches('>')
}

/// An identity that follows from another one and a word: the core has no randomness, and the same capture must give the
/// same records. It has the form of a UUID of version 8 (RFC 9562: "custom").
#[must_use]
pub fn derived_id(of: &str, word: &str) -> RecordId {
    let digest = Digest::of_parts([of, word]);
    let hex = digest.short(32);
    RecordId(format!("urn:uuid:{}-{}-8{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_record_gives_the_same_bytes() {
        let date: Timestamp = "2026-11-23T02:00:00.123456Z".parse().expect("a valid date");
        let record = |word: &str| {
            WarcRecord::new(RecordType::Resource, &derived_id("run", word), date)
                .with_block("text/plain", b"a".to_vec())
        };
        assert_eq!(record("x").member(), record("x").member());
        assert_ne!(record("x").member(), record("y").member());
        assert_eq!(record("x").field("warc-date"), Some("2026-11-23T02:00:00.123Z"));
    }

    #[test]
    fn a_line_break_cannot_start_a_field() {
        let record = WarcRecord::from_parts(Vec::new(), Vec::new()).with("A", "b\r\nWARC-Type: response");
        assert_eq!(record.kind(), None);
        assert_eq!(record.field("A"), Some("b  WARC-Type: response"));
    }

    #[test]
    fn a_derived_id_has_the_form_of_a_uuid() {
        let id = derived_id("urn:uuid:1", "request");
        assert_eq!(id.0.len(), "urn:uuid:".len() + 36);
        assert_ne!(id, derived_id("urn:uuid:1", "metadata"));
    }
}
