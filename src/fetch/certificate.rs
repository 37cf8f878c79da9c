//! Certificates judged and read: the verdict of today's rules, and our own reading where the verdict is misleading.
//!
//! Comes in: a chain as sent, the host asked for, the time. Goes out: faults in our closed vocabulary and the facts of
//! the leaf. Must never know: which library made the connection; both lanes are judged by the same roots and rules, so
//! that a fault does not depend on what happens to be installed on this machine.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, RootCertStore};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::oid_registry::{
    OID_PKCS1_MD5WITHRSAENC, OID_PKCS1_SHA1WITHRSA, OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS,
};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;

use crate::model::capture::TlsFault;
use crate::model::{Digest, TlsFacts};

/// Shorter RSA keys are not accepted by today's rules for public certificates.
const SHORTEST_RSA_BITS: usize = 2048;

/// Shorter elliptic curve keys are not accepted by today's rules for public certificates.
const SHORTEST_EC_BITS: usize = 224;

/// The judge: public roots, and those the operator adds.
#[derive(Debug)]
pub(super) struct Judge {
    verifier: Arc<WebPkiServerVerifier>,
}

impl Judge {
    /// A judge that trusts the public roots and `extra` ones (DER).
    pub(super) fn new(extra: &[Vec<u8>], provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for der in extra {
            roots.add(CertificateDer::from(der.as_slice())).map_err(|error| format!("extra root: {error}"))?;
        }
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map(|verifier| Self { verifier })
            .map_err(|error| error.to_string())
    }

    /// The verifier of handshake signatures.
    pub(super) fn verifier(&self) -> &WebPkiServerVerifier {
        &self.verifier
    }

    /// The verdict on a chain, and the faults that explain it.
    pub(super) fn judge(
        &self,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> (Result<(), rustls::Error>, Vec<TlsFault>) {
        let Some((leaf, rest)) = chain.split_first() else {
            return (Err(rustls::Error::NoCertificatesPresented), vec![TlsFault::Other]);
        };
        let verdict = self.verifier.verify_server_cert(leaf, rest, name, &[], now).map(drop);
        let weak = is_weak(leaf).then_some(TlsFault::WeakKey);
        let mut faults: Vec<TlsFault> = weak.into_iter().collect();
        if let Err(error) = &verdict {
            // The verdict names one fault only; a certificate often has several. And what it says of a self-signed one
            // depends on extensions, while the certificate itself is clear.
            faults.extend(date_fault(leaf, now));
            faults.extend(name_fault(leaf, name));
            faults.extend((chain.len() == 1 && is_self_issued(leaf)).then_some(TlsFault::SelfSigned));
            faults.extend(fault_of(error, chain));
            if faults.is_empty() {
                faults.push(TlsFault::Other);
            }
        }
        faults.sort_unstable();
        faults.dedup();
        (verdict, faults)
    }
}

/// The fault that a refused verdict names; `None` where it only echoes a weakness our own reading names better.
fn fault_of(error: &rustls::Error, chain: &[CertificateDer<'_>]) -> Option<TlsFault> {
    use CertificateError as E;
    let rustls::Error::InvalidCertificate(error) = error else { return None };
    match error {
        E::Expired | E::ExpiredContext { .. } => Some(TlsFault::Expired),
        E::NotValidYet | E::NotValidYetContext { .. } => Some(TlsFault::NotYetValid),
        E::NotValidForName | E::NotValidForNameContext { .. } => Some(TlsFault::WrongHost),
        E::UnknownIssuer | E::BadSignature => Some(trust_fault(chain)),
        _ => None,
    }
}

/// Why no trusted root was reached.
///
/// A leaf that came alone and says where its issuer can be fetched lacks its intermediate; without such a pointer, or
/// with intermediates present, one cannot tell a gap from a private root, and the latter is the plainer statement.
fn trust_fault(chain: &[CertificateDer<'_>]) -> TlsFault {
    match chain {
        [leaf] if is_self_issued(leaf) => TlsFault::SelfSigned,
        [leaf] if names_its_issuer(leaf) => TlsFault::IncompleteChain,
        _ => TlsFault::UntrustedRoot,
    }
}

fn parse<'a>(der: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    X509Certificate::from_der(der.as_ref()).ok().map(|(_, certificate)| certificate)
}

fn is_self_issued(der: &CertificateDer<'_>) -> bool {
    parse(der).is_some_and(|certificate| certificate.subject().as_raw() == certificate.issuer().as_raw())
}

fn names_its_issuer(der: &CertificateDer<'_>) -> bool {
    parse(der).is_some_and(|certificate| {
        certificate.extensions().iter().any(|extension| match extension.parsed_extension() {
            ParsedExtension::AuthorityInfoAccess(access) => {
                access.accessdescs.iter().any(|one| one.access_method == OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS)
            }
            _ => false,
        })
    })
}

fn date_fault(der: &CertificateDer<'_>, now: UnixTime) -> Option<TlsFault> {
    let certificate = parse(der)?;
    let now = i64::try_from(now.as_secs()).ok()?;
    let validity = certificate.validity();
    if now > validity.not_after.timestamp() {
        Some(TlsFault::Expired)
    } else if now < validity.not_before.timestamp() {
        Some(TlsFault::NotYetValid)
    } else {
        None
    }
}

fn name_fault(der: &CertificateDer<'_>, name: &ServerName<'_>) -> Option<TlsFault> {
    let certificate = ParsedCertificate::try_from(der).ok()?;
    match rustls::client::verify_server_name(&certificate, name) {
        Err(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => Some(TlsFault::WrongHost),
        _ => None,
    }
}

/// Whether key or signature is too weak. At OpenSSL's lowest level "no error" says nothing, so we read for ourselves.
fn is_weak(der: &CertificateDer<'_>) -> bool {
    let Some(certificate) = parse(der) else { return false };
    let key = match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(rsa)) => rsa.key_size() < SHORTEST_RSA_BITS,
        Ok(PublicKey::EC(point)) => point.key_size() < SHORTEST_EC_BITS,
        Ok(PublicKey::DSA(_)) => true,
        _ => false,
    };
    let signature = &certificate.signature_algorithm.algorithm;
    let ecdsa_with_sha1 = oid!(1.2.840.10045.4.1);
    // The signature of a self-signed certificate proves nothing, so its strength does not matter.
    let signed_weakly = !is_self_issued(der)
        && (*signature == OID_PKCS1_MD5WITHRSAENC
            || *signature == OID_PKCS1_SHA1WITHRSA
            || *signature == ecdsa_with_sha1);
    key || signed_weakly
}

/// The weakness of a leaf, for a handshake that broke before a verdict.
pub(super) fn weakness(chain: &[Vec<u8>]) -> Option<TlsFault> {
    let leaf = CertificateDer::from(chain.first()?.as_slice());
    is_weak(&leaf).then_some(TlsFault::WeakKey)
}

/// The facts of a chain that stand in the certificates themselves.
pub(super) fn read_chain(chain: &[Vec<u8>]) -> TlsFacts {
    let leaf = chain.first().map(|der| CertificateDer::from(der.as_slice()));
    let leaf = leaf.as_ref().and_then(parse);
    TlsFacts {
        not_after: leaf.as_ref().and_then(|leaf| Timestamp::from_second(leaf.validity().not_after.timestamp()).ok()),
        subject: leaf.as_ref().map(|leaf| leaf.subject().to_string()),
        issuer: leaf.as_ref().map(|leaf| leaf.issuer().to_string()),
        chain: chain.iter().map(|der| Digest::of(der)).collect(),
        ..TlsFacts::default()
    }
}
