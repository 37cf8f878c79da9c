//! Errors of the libraries to our closed vocabulary of failures.
//!
//! Comes in: an error with everything below it, and the stage that was reached. Goes out: a [`FetchFailure`], and the
//! faults of TLS that the error itself names. Must never know: how the exchange is performed.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, PeerIncompatible};

use crate::model::capture::TlsFault;
use crate::model::{FailureKind, FetchFailure, Stage};

use super::guard::Refusal;
use super::names::{LookupError, NameFailure};

/// The classified error.
pub(super) struct Classified {
    pub(super) failure: FetchFailure,
    /// Faults named by the error, to be added to those found in the certificates.
    pub(super) faults: Vec<TlsFault>,
}

/// "Too many open files", of this process and of this machine.
const OUT_OF_FILES: [i32; 2] = [24, 23];

/// Classifies an error that ended an exchange at the stage `reached`.
pub(super) fn classify(error: &(dyn Error + 'static), reached: Stage) -> Classified {
    let layers = layers(error);
    let detail = detail(&layers);
    let (kind, stage) = kind(&layers, reached);
    let faults = if kind == FailureKind::Tls { faults(&layers) } else { Vec::new() };
    Classified { failure: FetchFailure { kind, stage, detail }, faults }
}

/// The error and everything below it, outermost first. An I/O error shows what lies below what it wraps, but not the
/// wrapped error itself; that one is often the telling one.
fn layers<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut layers: Vec<&'a (dyn Error + 'static)> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        layers.push(error);
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source());
    }
    layers
}

fn detail(layers: &[&(dyn Error + 'static)]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for layer in layers {
        let text = layer.to_string();
        // Many errors repeat what lies below them.
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
    }
    parts.join(": ")
}

fn find<'a, E: Error + 'static>(layers: &[&'a (dyn Error + 'static)]) -> Option<&'a E> {
    layers.iter().find_map(|layer| layer.downcast_ref::<E>())
}

/// What happened and where, the most telling layer first.
fn kind(layers: &[&(dyn Error + 'static)], reached: Stage) -> (FailureKind, Stage) {
    if find::<Refusal>(layers).is_some() || matches!(find::<NameFailure>(layers), Some(NameFailure::Refused(_))) {
        return (FailureKind::RefusedByGuard, Stage::Guard);
    }
    let lookup = match find::<NameFailure>(layers) {
        Some(NameFailure::Lookup(error)) => Some(error),
        _ => find::<LookupError>(layers),
    };
    match lookup {
        Some(LookupError::NotFound(_)) => return (FailureKind::DnsNotFound, Stage::Dns),
        Some(LookupError::Failed(_)) => return (FailureKind::DnsFailed, Stage::Dns),
        None => {}
    }
    if find::<rustls::Error>(layers).is_some() {
        return (FailureKind::Tls, reached);
    }
    // Connectors wrap one I/O error in another that says nothing.
    let mut io = layers.iter().filter_map(|layer| layer.downcast_ref::<io::Error>());
    if let Some(kind) = io.find_map(|error| of_io(error, reached)) {
        return (kind, reached);
    }
    if let Some(error) = find::<openssl::ssl::Error>(layers) {
        // Without a reason of its own the library saw the other side close.
        let said_something = error.ssl_error().is_some_and(|stack| !stack.errors().is_empty());
        return (if said_something { FailureKind::Tls } else { FailureKind::Closed }, reached);
    }
    if find::<openssl::error::ErrorStack>(layers).is_some() {
        return (FailureKind::Tls, reached);
    }
    if let Some(kind) = find::<hyper::Error>(layers).and_then(of_hyper) {
        return (kind, reached);
    }
    if find::<reqwest::Error>(layers).is_some_and(reqwest::Error::is_timeout) {
        return (FailureKind::Timeout, reached);
    }
    let kind = match reached {
        Stage::Guard => FailureKind::RefusedByGuard,
        Stage::Dns => FailureKind::DnsFailed,
        Stage::Connect => FailureKind::ConnectFailed,
        Stage::Tls => FailureKind::Tls,
        Stage::Headers | Stage::Body => FailureKind::Protocol,
    };
    (kind, reached)
}

/// A connection that breaks during the handshake is `Closed`, not `Tls`: an overloaded server does the same, and a
/// fault of TLS must not be laid at its door on that account.
fn of_io(error: &io::Error, reached: Stage) -> Option<FailureKind> {
    use io::ErrorKind as K;
    if error.raw_os_error().is_some_and(|code| OUT_OF_FILES.contains(&code)) {
        return Some(FailureKind::Local);
    }
    let connecting = reached == Stage::Connect;
    match error.kind() {
        K::ConnectionRefused if connecting => Some(FailureKind::ConnectRefused),
        K::TimedOut => Some(FailureKind::Timeout),
        K::ConnectionRefused
        | K::ConnectionReset
        | K::ConnectionAborted
        | K::BrokenPipe
        | K::NotConnected
        | K::UnexpectedEof => Some(if connecting { FailureKind::ConnectFailed } else { FailureKind::Closed }),
        K::HostUnreachable | K::NetworkUnreachable | K::NetworkDown | K::AddrNotAvailable => {
            Some(FailureKind::ConnectFailed)
        }
        K::OutOfMemory => Some(FailureKind::Local),
        _ => None,
    }
}

fn of_hyper(error: &hyper::Error) -> Option<FailureKind> {
    if error.is_parse() || error.is_parse_too_large() {
        Some(FailureKind::Protocol)
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        Some(FailureKind::Closed)
    } else if error.is_timeout() {
        Some(FailureKind::Timeout)
    } else {
        None
    }
}

/// The fault that the end of a handshake names. Only what is certain: "no common parameters" can have many reasons,
/// an unknown version has one.
fn faults(layers: &[&(dyn Error + 'static)]) -> Vec<TlsFault> {
    use PeerIncompatible as P;
    match find::<rustls::Error>(layers) {
        Some(
            rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
            | rustls::Error::PeerIncompatible(
                P::ServerDoesNotSupportTls12Or13 | P::ServerTlsVersionIsDisabledByOurConfig,
            ),
        ) => vec![TlsFault::OldProtocol],
        // The judge of certificates has named these already.
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => Vec::new(),
        _ => vec![TlsFault::Other],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io(kind: io::ErrorKind) -> io::Error {
        io::Error::from(kind)
    }

    fn kind_of(error: &(dyn Error + 'static), reached: Stage) -> (FailureKind, Stage) {
        let failure = classify(error, reached).failure;
        (failure.kind, failure.stage)
    }

    #[test]
    fn the_same_error_means_different_things_at_different_stages() {
        use io::ErrorKind as K;
        for (error, stage, expected) in [
            (K::ConnectionRefused, Stage::Connect, FailureKind::ConnectRefused),
            (K::ConnectionReset, Stage::Connect, FailureKind::ConnectFailed),
            (K::ConnectionReset, Stage::Tls, FailureKind::Closed),
            (K::ConnectionReset, Stage::Headers, FailureKind::Closed),
            (K::UnexpectedEof, Stage::Tls, FailureKind::Closed),
            (K::NetworkUnreachable, Stage::Connect, FailureKind::ConnectFailed),
            (K::TimedOut, Stage::Connect, FailureKind::Timeout),
            (K::Other, Stage::Connect, FailureKind::ConnectFailed),
            (K::Other, Stage::Headers, FailureKind::Protocol),
        ] {
            assert_eq!(kind_of(&io(error), stage), (expected, stage), "{error:?} at {stage:?}");
        }
        assert_eq!(kind_of(&io::Error::from_raw_os_error(24), Stage::Connect).0, FailureKind::Local);
    }

    #[test]
    fn an_error_wrapped_in_an_io_error_is_found() {
        let alert = rustls::Error::AlertReceived(AlertDescription::ProtocolVersion);
        let wrapped = io::Error::new(io::ErrorKind::InvalidData, alert);
        let classified = classify(&wrapped, Stage::Tls);
        assert_eq!(classified.failure.kind, FailureKind::Tls);
        assert_eq!(classified.faults, [TlsFault::OldProtocol]);
        let nested = io::Error::other(io(io::ErrorKind::ConnectionReset));
        assert_eq!(kind_of(&nested, Stage::Tls).0, FailureKind::Closed);
        let wrapped = io::Error::other(Refusal { rule: "loopback", what: "127.0.0.1".into() });
        assert_eq!(kind_of(&wrapped, Stage::Connect), (FailureKind::RefusedByGuard, Stage::Guard));
    }

    #[test]
    fn a_handshake_without_common_parameters_is_not_called_old() {
        let alert = rustls::Error::AlertReceived(AlertDescription::HandshakeFailure);
        assert_eq!(classify(&alert, Stage::Tls).faults, [TlsFault::Other]);
    }

    #[test]
    fn names_tell_absent_from_unanswered() {
        let absent = NameFailure::Lookup(LookupError::NotFound("none".into()));
        let unanswered = NameFailure::Lookup(LookupError::Failed("no answer".into()));
        assert_eq!(kind_of(&absent, Stage::Dns), (FailureKind::DnsNotFound, Stage::Dns));
        assert_eq!(kind_of(&unanswered, Stage::Dns), (FailureKind::DnsFailed, Stage::Dns));
    }

    #[test]
    fn the_detail_says_each_thing_once() {
        let failure = NameFailure::Lookup(LookupError::NotFound("`p.example` has no address".into()));
        assert_eq!(classify(&failure, Stage::Dns).failure.detail, "`p.example` has no address");
    }
}
