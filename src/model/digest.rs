//! Digests and record identities: the names by which evidence is cited.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest, shown as `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(format!("sha256:{}", data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))))
    }

    /// The digest of several parts, each followed by a line feed, so that `["a", "bc"]` and `["ab", "c"]` differ.
    #[must_use]
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part.as_bytes());
            hasher.update(b"\n");
        }
        Self(format!("sha256:{}", data_encoding::HEXLOWER.encode(&hasher.finalize())))
    }

    /// A digest read back from a record; `None` unless it has the form that [`Digest::of`] gives.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("sha256:")?;
        let well_formed = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The digest with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(format!("sha256:{}", data_encoding::HEXLOWER.encode(&bytes)))
    }

    /// The bytes; all zero for a text that is no digest, which no bytes that we hash give.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        let hex = self.0.strip_prefix("sha256:").unwrap_or_default();
        let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).ok();
        bytes.and_then(|bytes| bytes.try_into().ok()).unwrap_or_default()
    }

    /// The whole text, with its prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first `n` hexadecimal digits, for short names.
    #[must_use]
    pub fn short(&self, n: usize) -> &str {
        let hex = self.0.strip_prefix("sha256:").unwrap_or_default();
        hex.get(..n).unwrap_or(hex)
    }
}

/// Makes a digest from bytes that come piece by piece, such as those of a large file.
#[derive(Debug, Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes taken.
    #[must_use]
    pub fn finish(self) -> Digest {
        Digest(format!("sha256:{}", data_encoding::HEXLOWER.encode(&self.0.finalize())))
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The identity of a WARC record (`WARC-Record-ID`), for example `urn:uuid:…`, without angle brackets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub String);

impl std::fmt::Display for RecordId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(Digest::of_parts(["a", "bc"]), Digest::of_parts(["ab", "c"]));
    }

    #[test]
    fn the_empty_digest_is_the_known_one() {
        let known = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").as_str(), known);
        assert_eq!(Digest::parse(known), Some(Digest::of(b"")));
        assert_eq!(Digest::parse("sha256:E3"), None);
        assert_eq!(Digest::from_bytes(Digest::of(b"").bytes()), Digest::of(b""));
    }
}
