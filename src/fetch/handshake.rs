//! The strict TLS configuration, with ears: it notes when the handshake begins, which suite is agreed, which chain was
//! sent and what the judge says of it — and then enforces the verdict.
//!
//! Comes in: the judge. Goes out: a `rustls` configuration. Must never know: requests.

use std::sync::{Arc, LazyLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue, WebPkiServerVerifier,
};
use rustls::crypto::cipher::{
    AeadKey, Iv, KeyBlockShape, MessageDecrypter, MessageEncrypter, Tls12AeadAlgorithm, Tls13AeadAlgorithm,
    UnsupportedOperationError,
};
use rustls::crypto::{CipherSuiteCommon, CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CipherSuite, ClientConfig, ConnectionTrafficSecrets, DigitallySignedStruct, NamedGroup, SignatureScheme,
    SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite,
};

use super::certificate::Judge;
use super::trace;

/// The cryptography of the strict lane.
///
/// The key exchange groups are named one by one: the post-quantum ones make the first message longer than one TCP
/// segment, and old gateways in front of portals drop that.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: SUITES.clone(),
        kx_groups: vec![aws_lc_rs::kx_group::X25519, aws_lc_rs::kx_group::SECP256R1, aws_lc_rs::kx_group::SECP384R1],
        ..aws_lc_rs::default_provider()
    }
}

/// The configuration of the strict lane.
pub(super) fn config(judge: Arc<Judge>, provider: Arc<CryptoProvider>) -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(RecordingVerifier { judge }))
        .with_no_client_auth();
    config.resumption = Resumption::store(Arc::new(ForgetfulStore));
    // The HTTP library sets no protocols on a configuration made by others.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Keeps chain and verdict, and enforces the verdict.
#[derive(Debug)]
struct RecordingVerifier {
    judge: Arc<Judge>,
}

impl RecordingVerifier {
    fn inner(&self) -> &WebPkiServerVerifier {
        self.judge.verifier()
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain: Vec<CertificateDer<'_>> = std::iter::once(end_entity).chain(intermediates).cloned().collect();
        let (verdict, faults) = self.judge.judge(&chain, server_name, now);
        if let Some(trace) = trace::current() {
            trace.note(|state| {
                state.chain = chain.iter().map(|der| der.to_vec()).collect();
                state.faults = faults;
            });
        }
        verdict.map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner().verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner().verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner().supported_verify_schemes()
    }
}

/// A session store that stores nothing. A resumed session shows no certificates, and we want them each time; and the
/// moment when the store is asked, while the first message is written, is the moment when TLS begins.
#[derive(Debug)]
struct ForgetfulStore;

fn handshake_begins() {
    if let Some(trace) = trace::current() {
        trace.tls_begun();
    }
}

impl ClientSessionStore for ForgetfulStore {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        handshake_begins();
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        handshake_begins();
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        handshake_begins();
        None
    }
}

/// The library's suites, each wrapped so that it notes its own name when keys are made for it: the HTTP library hides
/// the connection, and with it which suite was agreed. Made once, because a suite must live as long as the program.
static SUITES: LazyLock<Vec<SupportedCipherSuite>> =
    LazyLock::new(|| aws_lc_rs::DEFAULT_CIPHER_SUITES.iter().map(|suite| listening(*suite)).collect());

fn listening(suite: SupportedCipherSuite) -> SupportedCipherSuite {
    let common = |common: &CipherSuiteCommon| CipherSuiteCommon {
        suite: common.suite,
        hash_provider: common.hash_provider,
        confidentiality_limit: common.confidentiality_limit,
    };
    match suite {
        SupportedCipherSuite::Tls13(suite) => SupportedCipherSuite::Tls13(Box::leak(Box::new(Tls13CipherSuite {
            common: common(&suite.common),
            hkdf_provider: suite.hkdf_provider,
            aead_alg: Box::leak(Box::new(Listening { suite: suite.common.suite, inner: suite.aead_alg })),
            quic: None,
        }))),
        SupportedCipherSuite::Tls12(suite) => SupportedCipherSuite::Tls12(Box::leak(Box::new(Tls12CipherSuite {
            common: common(&suite.common),
            prf_provider: suite.prf_provider,
            kx: suite.kx,
            sign: suite.sign,
            aead_alg: Box::leak(Box::new(Listening { suite: suite.common.suite, inner: suite.aead_alg })),
        }))),
    }
}

/// An algorithm that notes its suite's name and otherwise does what `inner` does.
struct Listening<A: ?Sized + 'static> {
    suite: CipherSuite,
    inner: &'static A,
}

impl<A: ?Sized> Listening<A> {
    fn agreed(&self, protocol: &str) {
        if let Some(trace) = trace::current() {
            // The registered names have no version in them; the library adds it to the newer ones.
            let name = self.suite.as_str().map(|name| name.replacen("TLS13_", "TLS_", 1));
            trace.note(|state| {
                state.protocol = Some(protocol.to_owned());
                state.cipher = name;
            });
        }
    }
}

impl Tls13AeadAlgorithm for Listening<dyn Tls13AeadAlgorithm> {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        self.agreed("TLSv1.3");
        self.inner.encrypter(key, iv)
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        self.inner.decrypter(key, iv)
    }

    fn key_len(&self) -> usize {
        self.inner.key_len()
    }

    fn extract_keys(&self, key: AeadKey, iv: Iv) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        self.inner.extract_keys(key, iv)
    }
}

impl Tls12AeadAlgorithm for Listening<dyn Tls12AeadAlgorithm> {
    fn encrypter(&self, key: AeadKey, iv: &[u8], extra: &[u8]) -> Box<dyn MessageEncrypter> {
        self.agreed("TLSv1.2");
        self.inner.encrypter(key, iv, extra)
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        self.inner.decrypter(key, iv)
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        self.inner.key_block_shape()
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: &[u8],
        explicit: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        self.inner.extract_keys(key, iv, explicit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_fits_well_into_one_segment() {
        let provider = Arc::new(provider());
        let judge = Arc::new(Judge::new(&[], Arc::clone(&provider)).expect("the public roots are usable"));
        let config = config(judge, provider).expect("the provider supports the default versions");
        let name = ServerName::try_from("zwfw.a-rather-long-district-name.example.gov.cn").expect("a name");
        let mut client = rustls::ClientConnection::new(Arc::new(config), name).expect("a connection");
        let mut hello = Vec::new();
        client.write_tls(&mut hello).expect("a vector takes all");
        // A post-quantum key share alone has 1,184 bytes.
        assert!((150..600).contains(&hello.len()), "{} bytes", hello.len());
    }
}
