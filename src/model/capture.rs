//! What one exchange gave: an answer or a failure, never both, with the facts of the connection.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::digest::{Digest, RecordId};
use super::request::{KeptPayload, Request};

/// One exchange as it is archived.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// The WARC record that holds the answer (or the failure).
    pub record: RecordId,
    /// What was asked.
    pub request: Request,
    /// When the exchange began.
    pub date: Timestamp,
    /// What came back.
    pub exchange: Exchange,
    /// For a `304`: the earlier answer whose body is read in its place.
    pub revisit: Option<KeptPayload>,
}

impl Capture {
    /// The answer, if there is one.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.exchange.outcome.as_ref().ok()
    }

    /// The failure, if there is one.
    #[must_use]
    pub fn failure(&self) -> Option<&FetchFailure> {
        self.exchange.outcome.as_ref().err()
    }

    /// Digest of the transfer-decoded body (still content-coded); `None` for a failure.
    #[must_use]
    pub fn payload_digest(&self) -> Option<Digest> {
        self.response().map(|response| Digest::of(&response.body))
    }
}

/// The outcome of an exchange and the facts of its connection.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Answer or failure.
    pub outcome: Result<Response, FetchFailure>,
    /// The address really connected to.
    pub remote_addr: Option<SocketAddr>,
    /// What the name resolved to.
    pub resolved: Vec<IpAddr>,
    /// Facts of the TLS connection, if there was one.
    pub tls: Option<TlsFacts>,
    /// How long each phase took.
    pub timing: Timing,
}

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// `HTTP/1.1`, `HTTP/2` …
    pub version: String,
    /// Headers in order of arrival; names lower case, values as bytes.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Body after transfer decoding, before content decoding; cut at the ceiling.
    pub body: Bytes,
    /// Why the body is not whole, if it is not.
    pub truncated: Option<Truncated>,
}

impl Response {
    /// The first header of this (lower-case) name, as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// Whether the status is a redirect that names a place.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308) && self.header("location").is_some()
    }
}

/// Why a body was cut (`WARC-Truncated`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truncated {
    /// The size ceiling.
    Length,
    /// The time ceiling.
    Time,
    /// The server closed early.
    Disconnect,
}

impl Truncated {
    /// The word WARC uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Time => "time",
            Self::Disconnect => "disconnect",
        }
    }
}

/// Durations of the phases, in milliseconds; a phase that did not happen is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Name resolution.
    pub dns: Option<f64>,
    /// TCP connection.
    pub connect: Option<f64>,
    /// TLS handshake.
    pub tls: Option<f64>,
    /// From the request sent to the first byte of the answer.
    pub first_byte: Option<f64>,
    /// The whole exchange.
    pub total: f64,
    /// Whether an open connection was used again (then the first three are `None`).
    pub reused: bool,
}

/// Facts of a TLS connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// `TLSv1.3`, `TLSv1.2` …
    pub protocol: Option<String>,
    /// Cipher suite.
    pub cipher: Option<String>,
    /// End of the leaf certificate's validity.
    pub not_after: Option<Timestamp>,
    /// Subject and issuer of the leaf, for people.
    pub subject: Option<String>,
    /// Issuer of the leaf.
    pub issuer: Option<String>,
    /// SHA-256 of each certificate in the chain as sent, leaf first.
    pub chain: Vec<Digest>,
    /// What is wrong with the chain or protocol, in the closed vocabulary of [`TlsFault`].
    pub faults: Vec<TlsFault>,
}

/// What can be wrong with a TLS connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsFault {
    /// The certificate is past its date.
    Expired,
    /// The certificate is not yet valid.
    NotYetValid,
    /// The certificate is for another name.
    WrongHost,
    /// The certificate signs itself.
    SelfSigned,
    /// An intermediate certificate is missing.
    IncompleteChain,
    /// The root is not a known one.
    UntrustedRoot,
    /// Key or signature too weak for today's rules.
    WeakKey,
    /// Only protocols or ciphers that are no longer accepted.
    OldProtocol,
    /// Any other fault of the handshake.
    Other,
}

impl TlsFault {
    /// In Chinese, for findings.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Expired => "证书已过期",
            Self::NotYetValid => "证书尚未生效",
            Self::WrongHost => "证书域名不符",
            Self::SelfSigned => "自签名证书",
            Self::IncompleteChain => "证书链不完整",
            Self::UntrustedRoot => "根证书不受信任",
            Self::WeakKey => "密钥或签名算法过弱",
            Self::OldProtocol => "仅支持已淘汰的协议或套件",
            Self::Other => "握手异常",
        }
    }

    /// In English, for findings.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::Expired => "the certificate has expired",
            Self::NotYetValid => "the certificate is not yet valid",
            Self::WrongHost => "the certificate is for another name",
            Self::SelfSigned => "the certificate is self-signed",
            Self::IncompleteChain => "an intermediate certificate is missing",
            Self::UntrustedRoot => "the root certificate is not trusted",
            Self::WeakKey => "key or signature is too weak",
            Self::OldProtocol => "only outdated protocols or ciphers are offered",
            Self::Other => "the handshake is faulty",
        }
    }
}

/// A failure of an exchange: a datum, with the stage that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchFailure {
    /// What happened.
    pub kind: FailureKind,
    /// How far we got.
    pub stage: Stage,
    /// The library's own words, for people.
    pub detail: String,
}

/// The closed vocabulary of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The name does not exist.
    DnsNotFound,
    /// The name could not be resolved now.
    DnsFailed,
    /// The connection was refused.
    ConnectRefused,
    /// No way to the address, or the connection broke while it was made.
    ConnectFailed,
    /// A phase took longer than allowed.
    Timeout,
    /// The TLS handshake failed or the certificate was not accepted; see the facts.
    Tls,
    /// The server closed or reset the connection.
    Closed,
    /// What came was not HTTP.
    Protocol,
    /// Our own guard refused the address (private, metadata …).
    RefusedByGuard,
    /// The body could not be stored or a local resource ran out.
    Local,
}

impl FailureKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::DnsNotFound,
        Self::DnsFailed,
        Self::ConnectRefused,
        Self::ConnectFailed,
        Self::Timeout,
        Self::Tls,
        Self::Closed,
        Self::Protocol,
        Self::RefusedByGuard,
        Self::Local,
    ];

    /// Whether asking again soon could help.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::DnsFailed | Self::ConnectRefused | Self::ConnectFailed | Self::Timeout | Self::Closed => true,
            Self::DnsNotFound | Self::Tls | Self::Protocol | Self::RefusedByGuard | Self::Local => false,
        }
    }
}

/// The stage an exchange reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Before anything was sent: the guard.
    Guard,
    /// Resolving the name.
    Dns,
    /// Connecting.
    Connect,
    /// TLS handshake.
    Tls,
    /// Request sent, waiting for the answer's head.
    Headers,
    /// Reading the body.
    Body,
}
