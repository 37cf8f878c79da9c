//! The request: a digest, a number that nobody can guess, and the wish to be sent the authority's certificates.

use super::der::{self, BOOLEAN, INTEGER, OCTETS, SEQUENCE};
use crate::model::Digest;

/// `AlgorithmIdentifier` of SHA-256.
pub(super) const SHA256: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00];

/// The DER bytes of a request over `digest`.
#[must_use]
pub fn request(digest: &Digest, mut random: [u8; 8]) -> Vec<u8> {
    // A positive number that is always spelled with eight bytes.
    random[0] = random[0] & 0x3f | 0x40;
    let imprint = [&SHA256[..], &der::value(OCTETS, &digest.bytes())].concat();
    let parts = [
        der::value(INTEGER, &[1]),
        der::value(SEQUENCE, &imprint),
        der::value(INTEGER, &random),
        der::value(BOOLEAN, &[0xff]),
    ];
    der::value(SEQUENCE, &parts.concat())
}

/// The number of a request, as it must stand in the answer.
#[must_use]
pub fn nonce_of(request: &[u8]) -> Option<Vec<u8>> {
    let (outer, _) = der::first(request)?;
    der::values(outer.content)?.get(2).filter(|value| value.tag == INTEGER).map(|value| value.content.to_vec())
}
