//! The answer: who says that the digest existed, and when.

use jiff::Timestamp;
use jiff::civil::DateTime;
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::X509VerifyParam;
use openssl::x509::{X509, X509PurposeId};

use super::StampError;
use super::der::{self, INTEGER, SEQUENCE, TIME};
use super::request::SHA256;
use crate::model::Digest;

/// `CMS_CADES`: the signature must name the certificate it was made with (ESS signing-certificate), as RFC 3161 wants.
const CADES: u32 = 0x10_0000;

/// Certificates that stand behind time-stamps.
#[derive(Debug, Clone)]
pub struct Authority {
    certificates: Vec<X509>,
}

impl Authority {
    /// The certificates in a PEM text.
    ///
    /// # Errors
    /// When there are none.
    pub fn from_pem(path: &str, pem: &[u8]) -> Result<Self, StampError> {
        let refuse = |why: String| StampError::Certificates { path: path.to_owned(), why };
        let certificates = X509::stack_from_pem(pem).map_err(|error| refuse(error.to_string()))?;
        if certificates.is_empty() {
            return Err(refuse("there is none in it".to_owned()));
        }
        Ok(Self { certificates })
    }

    /// A store that trusts these certificates to sign time-stamps, judged by the day of the stamp: an authority's
    /// certificate may have run out since.
    fn store(&self, at: Timestamp) -> Result<X509Store, openssl::error::ErrorStack> {
        let mut store = X509StoreBuilder::new()?;
        for certificate in &self.certificates {
            store.add_cert(certificate.clone())?;
        }
        let mut rules = X509VerifyParam::new()?;
        rules.set_purpose(X509PurposeId::TIMESTAMP_SIGN)?;
        rules.set_time(at.as_second());
        store.set_param(&rules)?;
        Ok(store.build())
    }
}

/// What a time-stamp says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// When the authority saw the digest.
    pub at: Timestamp,
    /// Whether one of the known authorities stands behind it; without, only that the stamp is whole is known.
    pub trusted: bool,
}

/// Checks an answer: that it was granted, is over `digest`, answers the request with this number, and is signed; with an
/// authority, that it stands behind the signer.
///
/// # Errors
/// The first thing that does not hold.
pub fn check(
    reply: &[u8],
    digest: &Digest,
    nonce: Option<&[u8]>,
    authority: Option<&Authority>,
) -> Result<Stamped, StampError> {
    let token = token(reply)?;
    let content = content(token, None)?;
    let said = Said::read(&content).ok_or(StampError::Form("its content cannot be read"))?;
    if said.imprint != digest.bytes() {
        return Err(StampError::Imprint);
    }
    if nonce.is_some_and(|nonce| said.nonce.as_deref() != Some(nonce)) {
        return Err(StampError::Nonce);
    }
    if let Some(authority) = authority {
        let again = self::content(token, Some((authority, said.at)))?;
        if again != content {
            return Err(StampError::Form("its content is ambiguous"));
        }
    }
    Ok(Stamped { at: said.at, trusted: authority.is_some() })
}

/// The signed part of an answer that was granted.
fn token(reply: &[u8]) -> Result<&[u8], StampError> {
    let form = |what| move || StampError::Form(what);
    let (outer, rest) = der::first(reply).ok_or_else(form("it is no DER"))?;
    let parts = der::values(outer.content).ok_or_else(form("it is no DER"))?;
    if !rest.is_empty() || outer.tag != SEQUENCE {
        return Err(StampError::Form("it is no answer of an authority"));
    }
    let status = parts.first().and_then(|info| der::first(info.content));
    match status.map(|(status, _)| status) {
        // Granted, or granted with changes.
        Some(status) if status.tag == INTEGER && matches!(status.content, [0 | 1]) => {}
        Some(status) if status.tag == INTEGER => {
            return Err(StampError::Refused(status.content.last().copied().unwrap_or(u8::MAX)));
        }
        Some(_) | None => return Err(StampError::Form("it has no status")),
    }
    parts.get(1).map(|token| token.whole).ok_or_else(form("it was granted without a token"))
}

/// What was signed; the signature holds.
fn content(token: &[u8], authority: Option<(&Authority, Timestamp)>) -> Result<Vec<u8>, StampError> {
    let broken = |error: openssl::error::ErrorStack| {
        let reason = error.errors().last().and_then(openssl::error::Error::reason).unwrap_or("it cannot be read");
        StampError::Signature(reason.to_owned())
    };
    let mut cms = CmsContentInfo::from_der(token).map_err(broken)?;
    let mut content = Vec::new();
    let flags = CMSOptions::BINARY;
    match authority {
        None => {
            let flags = flags | CMSOptions::NO_SIGNER_CERT_VERIFY;
            cms.verify(None, None, None, Some(&mut content), flags).map_err(broken)?;
        }
        Some((authority, at)) => {
            let store = authority.store(at).map_err(broken)?;
            let mut beside = Stack::new().map_err(broken)?;
            for certificate in &authority.certificates {
                beside.push(certificate.clone()).map_err(broken)?;
            }
            let flags = flags | CMSOptions::from_bits_retain(CADES);
            cms.verify(Some(&beside), Some(&store), None, Some(&mut content), flags).map_err(broken)?;
        }
    }
    Ok(content)
}

/// What `TSTInfo` says that matters here.
struct Said {
    imprint: Vec<u8>,
    at: Timestamp,
    nonce: Option<Vec<u8>>,
}

impl Said {
    fn read(content: &[u8]) -> Option<Self> {
        let (outer, _) = der::first(content)?;
        let parts = der::values(outer.content)?;
        let imprint = parts.get(2).filter(|part| part.tag == SEQUENCE)?;
        let imprint = imprint.content.strip_prefix(&SHA256)?;
        let (imprint, _) = der::first(imprint)?;
        let time = parts.get(4).filter(|part| part.tag == TIME)?;
        let nonce = parts.iter().skip(5).find(|part| part.tag == INTEGER);
        Some(Self {
            imprint: imprint.content.to_vec(),
            at: moment(std::str::from_utf8(time.content).ok()?)?,
            nonce: nonce.map(|nonce| nonce.content.to_vec()),
        })
    }
}

/// A `GeneralizedTime` as RFC 3161 has it: UTC, with or without fractions of a second.
fn moment(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let time = DateTime::strptime("%Y%m%d%H%M%S", whole).ok()?;
    let nanoseconds: i32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let time = time.with().subsec_nanosecond(nanoseconds).build().ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_fractions() {
        for (text, time) in
            [("20261123180000Z", "2026-11-23T18:00:00Z"), ("20261123180000.25Z", "2026-11-23T18:00:00.25Z")]
        {
            assert_eq!(moment(text), Some(time.parse().expect("a time")));
        }
        assert_eq!(moment("20261123180000"), None);
        assert_eq!(moment("20261323180000Z"), None);
    }

    #[test]
    fn what_is_no_answer_is_refused_and_never_panics() {
        let digest = Digest::of(b"root");
        for reply in
            [&b""[..], b"<html>", &[0x30, 3, 2, 1, 0], &[0x30, 5, 0x30, 3, 2, 1, 2], &[0x30, 5, 0x30, 3, 2, 1, 0]]
        {
            assert!(check(reply, &digest, None, None).is_err(), "{reply:?}");
        }
        let refused = check(&[0x30, 5, 0x30, 3, 2, 1, 2], &digest, None, None);
        assert!(matches!(refused, Err(StampError::Refused(2))));
    }
}
