//! The lenient lane: a second attempt for portals whose TLS today's rules refuse. Faults are recorded, the page is read.
//!
//! Comes in: a request with its headers. Goes out: one exchange. Must never know: politeness, cookies, what is asked for.
//! Nothing is ever sent here that must stay secret; only public pages are read.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderValue};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use openssl::error::ErrorStack;
use openssl::ssl::{SslConnector, SslMethod, SslOptions, SslRef, SslVerifyMode, SslVersion};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_openssl::SslStream;
use url::{Host, Url};

use crate::model::capture::TlsFault;
use crate::model::target::authority;
use crate::model::{Exchange, Purpose, Request};

use super::BoxError;
use super::certificate::Judge;
use super::exchange::Exchanging;
use super::names::{AddressFamily, JudgedNames};
use super::settings::Settings;
use super::trace::Tracing;

/// Everything but suites without authentication or encryption, which are no TLS at all.
const CIPHERS: &str = "ALL:COMPLEMENTOFALL:!aNULL:!eNULL:!EXPORT:@SECLEVEL=0";

/// Today's signatures first, then those that only old servers make.
const SIGNATURES: &str = "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA384:RSA+SHA512:\
                          ECDSA+SHA1:RSA+SHA1";

/// `SSL_OP_LEGACY_SERVER_CONNECT`: servers without secure renegotiation (RFC 5746) may be talked to. The binding has no
/// name for it.
const LEGACY_SERVER_CONNECT: SslOptions = SslOptions::from_bits_retain(0x4);

/// The smallest buffer the HTTP library accepts for a head.
const SMALLEST_HEAD: usize = 8 * 1024;

/// The connector of this lane.
pub(super) struct Lenient {
    connector: SslConnector,
    judge: Arc<Judge>,
    names: JudgedNames,
    connect_timeout: Duration,
    max_header_bytes: usize,
    max_header_count: usize,
}

impl Lenient {
    /// A lane that dials what `names` permits.
    pub(super) fn new(settings: &Settings, names: JudgedNames, judge: Arc<Judge>) -> Result<Self, ErrorStack> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        builder.set_security_level(0);
        builder.set_min_proto_version(Some(SslVersion::TLS1))?;
        builder.set_cipher_list(CIPHERS)?;
        builder.set_sigalgs_list(SIGNATURES)?;
        builder.set_options(
            SslOptions::ALLOW_UNSAFE_LEGACY_RENEGOTIATION
                | LEGACY_SERVER_CONNECT
                // Old servers close without saying so; a body that came short is seen by its length.
                | SslOptions::IGNORE_UNEXPECTED_EOF,
        );
        Ok(Self {
            connector: builder.build(),
            judge,
            names,
            connect_timeout: settings.connect_timeout,
            max_header_bytes: settings.max_header_bytes,
            max_header_count: settings.max_header_count,
        })
    }

    /// Performs `request`, which is for an `https` address.
    pub(super) async fn exchange(&self, request: &Request, headers: HeaderMap, exchanging: Exchanging<'_>) -> Exchange {
        let family = if request.purpose == Purpose::Ipv6 { AddressFamily::Ipv6Only } else { self.names.family };
        // Aborted when dropped, and with it the connection closes: this lane keeps none open.
        let mut connection = JoinSet::new();
        let trace = Arc::clone(exchanging.trace());
        match exchanging.head(self.send(request, headers, family, (&mut connection, &trace))).await {
            Ok(answer) => exchanging.finish(answer, trace).await,
            Err(failure) => exchanging.fail(failure),
        }
    }

    async fn send(
        &self,
        request: &Request,
        headers: HeaderMap,
        family: AddressFamily,
        (connection, trace): (&mut JoinSet<()>, &Tracing),
    ) -> Result<http::Response<Incoming>, BoxError> {
        let url = &request.url;
        let stream = self.connect(url, family, trace).await?;
        let (mut sender, driver) = hyper::client::conn::http1::Builder::new()
            .ignore_invalid_headers_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_spaces_after_header_name_in_responses(true)
            .title_case_headers(true)
            .max_headers(self.max_header_count)
            .max_buf_size(self.max_header_bytes.max(SMALLEST_HEAD))
            .handshake(TokioIo::new(stream))
            .await?;
        connection.spawn(async move {
            // What ends the connection is also told to whoever waits for the answer.
            let _ = driver.await;
        });
        let body = request.body.as_ref().map(|body| Bytes::copy_from_slice(body.text.as_bytes())).unwrap_or_default();
        let mut message = http::Request::new(Full::new(body));
        *message.method_mut() = http::Method::from_bytes(request.method.as_str().as_bytes())?;
        *message.uri_mut() = url[url::Position::BeforePath..url::Position::AfterQuery].parse()?;
        *message.headers_mut() = headers;
        message.headers_mut().insert(HOST, HeaderValue::from_str(&authority(url))?);
        Ok(sender.send_request(message).await?)
    }

    async fn connect(
        &self,
        url: &Url,
        family: AddressFamily,
        trace: &Tracing,
    ) -> Result<SslStream<TcpStream>, BoxError> {
        trace.begun();
        let addresses = match url.host() {
            Some(Host::Domain(name)) => JudgedNames { family, ..self.names.clone() }.resolve(name, trace).await?,
            Some(Host::Ipv4(address)) => vec![IpAddr::V4(address)],
            Some(Host::Ipv6(address)) => vec![IpAddr::V6(address)],
            None => return Err("no host".into()),
        };
        let port = url.port_or_known_default().ok_or("no port")?;
        let tcp = self.dial(&addresses, port).await?;
        let peer = tcp.peer_addr()?;
        trace.note(|state| state.peer = Some(peer));
        self.names.guard.judge_address(peer.ip())?;

        trace.tls_begun();
        // Without the brackets of version 6, which belong to URLs.
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let heard: Arc<Mutex<Vec<TlsFault>>> = Arc::default();
        let mut configuration = self.connector.configure()?;
        let listener = Arc::clone(&heard);
        configuration.set_verify_callback(SslVerifyMode::PEER, move |accepted, context| {
            if !accepted && let Some(fault) = fault_of(context.error().as_raw()) {
                listener.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
            }
            true
        });
        let mut stream = SslStream::new(configuration.into_ssl(host)?, tcp)?;
        let shaken = Pin::new(&mut stream).connect().await;
        let heard = heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.note_facts(stream.ssl(), host, heard, trace);
        shaken?;
        trace.connected(peer);
        Ok(stream)
    }

    /// Dials one address after the other; each has its share of the time.
    async fn dial(&self, addresses: &[IpAddr], port: u16) -> std::io::Result<TcpStream> {
        let share = self.connect_timeout / u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
        let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
        for address in addresses {
            match tokio::time::timeout(share, TcpStream::connect(SocketAddr::new(*address, port))).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = error,
                Err(_) => last = std::io::ErrorKind::TimedOut.into(),
            }
        }
        Err(last)
    }

    fn note_facts(&self, ssl: &SslRef, host: &str, heard: Vec<TlsFault>, trace: &Tracing) {
        let chain: Vec<Vec<u8>> =
            ssl.peer_cert_chain().into_iter().flatten().filter_map(|certificate| certificate.to_der().ok()).collect();
        let mut faults = heard;
        if !chain.is_empty()
            && let Ok(name) = ServerName::try_from(host)
        {
            let chain: Vec<CertificateDer<'_>> = chain.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
            faults.extend(self.judge.judge(&chain, &name, UnixTime::now()).1);
        }
        let protocol = ssl.version2().is_some().then(|| ssl.version_str().to_owned());
        if protocol.as_deref().is_some_and(|version| matches!(version, "SSLv3" | "TLSv1" | "TLSv1.1")) {
            faults.push(TlsFault::OldProtocol);
        }
        // A named fault explains what the judge could not name.
        if faults.iter().any(|fault| *fault != TlsFault::Other) {
            faults.retain(|fault| *fault != TlsFault::Other);
        }
        faults.sort_unstable();
        faults.dedup();
        let cipher = ssl.current_cipher();
        let cipher = cipher.map(|cipher| cipher.standard_name().unwrap_or_else(|| cipher.name()).to_owned());
        trace.note(|state| {
            state.chain = chain;
            state.faults = faults;
            state.protocol = protocol.filter(|_| cipher.is_some());
            state.cipher = cipher;
        });
    }
}

/// The fault behind a verification error of OpenSSL (`X509_V_ERR_…`).
///
/// Errors that depend on the root certificates installed on this machine are left to the judge, who has its own roots.
fn fault_of(code: i32) -> Option<TlsFault> {
    match code {
        9 => Some(TlsFault::NotYetValid),
        10 => Some(TlsFault::Expired),
        18 => Some(TlsFault::SelfSigned),
        62 | 64 => Some(TlsFault::WrongHost),
        66..=68 => Some(TlsFault::WeakKey),
        // Unable to get an issuer (2, 20), to verify the first certificate (21), self-signed in the chain (19),
        // not trusted (27).
        0 | 2 | 19 | 20 | 21 | 27 => None,
        _ => Some(TlsFault::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_depend_on_this_machine_name_no_fault() {
        for code in [0, 2, 19, 20, 21, 27] {
            assert_eq!(fault_of(code), None, "{code}");
        }
        assert_eq!(fault_of(10), Some(TlsFault::Expired));
        assert_eq!(fault_of(62), Some(TlsFault::WrongHost));
        assert_eq!(fault_of(79), Some(TlsFault::Other));
    }
}
