//! Certificates good and bad, made on the spot.

use openssl::asn1::{Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::{SslAcceptor, SslAcceptorBuilder, SslMethod, SslOptions, SslVersion};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Extension, X509Name, X509NameBuilder};

/// `authorityInfoAccess` with one place of the issuer's certificate, `http://ca.example/i`, as it stands in DER.
const ISSUER_PLACE: &[u8] = b"\x30\x21\x30\x1f\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86\x13http://ca.example/i";

/// A certificate with its key.
pub(crate) struct Identity {
    pub(crate) certificate: X509,
    pub(crate) key: PKey<Private>,
}

impl Identity {
    /// The certificate in DER.
    pub(crate) fn der(&self) -> Vec<u8> {
        self.certificate.to_der().expect("a certificate has a DER form")
    }
}

/// What a leaf is to look like; the default is a good one for `portal.test`.
#[derive(Clone)]
pub(crate) struct Leaf {
    pub(crate) name: &'static str,
    /// Validity in seconds from now.
    pub(crate) valid: (i64, i64),
    pub(crate) key: PKey<Private>,
    pub(crate) digest: MessageDigest,
    pub(crate) names_its_issuer: bool,
}

impl Default for Leaf {
    fn default() -> Self {
        Self {
            name: "portal.test",
            valid: (-DAY, 30 * DAY),
            key: elliptic_key(),
            digest: MessageDigest::sha256(),
            names_its_issuer: false,
        }
    }
}

/// A day in seconds.
pub(crate) const DAY: i64 = 86_400;

/// A fresh key on P-256.
pub(crate) fn elliptic_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("a known curve");
    PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
}

/// A fresh RSA key.
pub(crate) fn rsa_key(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).expect("a key")).expect("a key")
}

/// A root of its own, or an intermediate below `issuer`.
pub(crate) fn authority(name: &str, issuer: Option<&Identity>) -> Identity {
    let key = elliptic_key();
    let mut builder = builder(&named(name), (-DAY, 365 * DAY), &key);
    let constraints = BasicConstraints::new().critical().ca().build().expect("constraints");
    builder.append_extension(constraints).expect("constraints");
    let usage = KeyUsage::new().critical().key_cert_sign().crl_sign().build().expect("usage");
    builder.append_extension(usage).expect("usage");
    sign(builder, key, issuer, MessageDigest::sha256())
}

/// A leaf below `issuer`, or signed by itself.
pub(crate) fn leaf(leaf: &Leaf, issuer: Option<&Identity>) -> Identity {
    let mut builder = builder(&named(leaf.name), leaf.valid, &leaf.key);
    let names = SubjectAlternativeName::new().dns(leaf.name).build(&builder.x509v3_context(None, None));
    builder.append_extension(names.expect("a name")).expect("a name");
    if leaf.names_its_issuer {
        let place = Asn1OctetString::new_from_bytes(ISSUER_PLACE).expect("bytes");
        let access = Asn1Object::from_str("1.3.6.1.5.5.7.1.1").expect("a known object");
        let extension = X509Extension::new_from_der(&access, false, &place).expect("an extension");
        builder.append_extension(extension).expect("an extension");
    }
    sign(builder, leaf.key.clone(), issuer, leaf.digest)
}

/// A server that presents `chain` (leaf first) and speaks only the versions between `oldest` and `newest`.
pub(crate) fn acceptor(leaf: &Identity, rest: &[&Identity], versions: (SslVersion, SslVersion)) -> SslAcceptor {
    acceptor_builder(leaf, rest, versions).build()
}

/// The same, to be changed further.
pub(crate) fn acceptor_builder(
    leaf: &Identity,
    rest: &[&Identity],
    versions: (SslVersion, SslVersion),
) -> SslAcceptorBuilder {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).expect("an acceptor");
    builder.set_security_level(0);
    builder.set_cipher_list("ALL:@SECLEVEL=0").expect("a list");
    builder.set_min_proto_version(None).expect("any version");
    builder.clear_options(SslOptions::NO_TLSV1 | SslOptions::NO_TLSV1_1);
    builder.set_min_proto_version(Some(versions.0)).expect("a version");
    builder.set_max_proto_version(Some(versions.1)).expect("a version");
    builder.set_private_key(&leaf.key).expect("the key of the certificate");
    builder.set_certificate(&leaf.certificate).expect("a certificate");
    for identity in rest {
        builder.add_extra_chain_cert(identity.certificate.clone()).expect("a certificate");
    }
    builder
}

fn named(name: &str) -> X509Name {
    let mut builder = X509NameBuilder::new().expect("a name");
    builder.append_entry_by_nid(Nid::COMMONNAME, name).expect("a name");
    builder.build()
}

fn builder(subject: &X509Name, (from, until): (i64, i64), key: &PKey<Private>) -> X509Builder {
    let now = i64::try_from(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs(),
    )
    .expect("before the end of time");
    let mut builder = X509::builder().expect("a builder");
    builder.set_version(2).expect("version 3");
    let mut number = BigNum::new().expect("a number");
    number.rand(127, openssl::bn::MsbOption::MAYBE_ZERO, true).expect("a number");
    builder.set_serial_number(&number.to_asn1_integer().expect("a number")).expect("a number");
    builder.set_subject_name(subject).expect("a subject");
    // Its own, until an issuer signs.
    builder.set_issuer_name(subject).expect("an issuer");
    builder.set_not_before(&Asn1Time::from_unix(now + from).expect("a time")).expect("a time");
    builder.set_not_after(&Asn1Time::from_unix(now + until).expect("a time")).expect("a time");
    builder.set_pubkey(key).expect("a key");
    builder
}

fn sign(mut builder: X509Builder, key: PKey<Private>, issuer: Option<&Identity>, digest: MessageDigest) -> Identity {
    if let Some(issuer) = issuer {
        builder.set_issuer_name(issuer.certificate.subject_name()).expect("an issuer");
    }
    builder.sign(issuer.map_or(&key, |issuer| &issuer.key), digest).expect("a signature");
    Identity { certificate: builder.build(), key }
}
