//! Whether to ask once more.
//!
//! Comes in: a capture. Goes out: no, again, or once in the lenient lane. Must never know: queues.
//!
//! Only what may pass by itself is asked again. A TLS fault does not pass: it is recorded, and the page is read in a
//! second, lenient attempt.

use super::settings::Settings;
use crate::model::{Capture, FailureKind, Lane, Purpose, Stage, Truncated};

/// What to do after a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    /// It stands as it is.
    No,
    /// The same once more, after a back-off.
    Again,
    /// The same once more in the lenient lane.
    Lenient,
}

pub(super) fn after(capture: &Capture, settings: &Settings) -> Retry {
    if wants_lenient(capture) {
        return Retry::Lenient;
    }
    let may_repeat = match capture.request.purpose {
        // Each attempt at an entry is a measurement of its own; only a single one must not be left to chance.
        Purpose::Entry { .. } => settings.entry_attempts <= 1,
        Purpose::Page
        | Purpose::Attachment
        | Purpose::Control404
        | Purpose::Search { .. }
        | Purpose::LinkCheck
        | Purpose::Render => true,
        // robots.txt has its own clock; the other two are measurements.
        Purpose::Robots | Purpose::Ipv6 | Purpose::OwnNetwork => false,
    };
    if may_repeat && capture.request.attempt <= settings.retries && is_transient(capture) {
        Retry::Again
    } else {
        Retry::No
    }
}

/// Whether a TLS fault ended the exchange in the strict lane. An old server may also just hang up during the handshake.
pub(super) fn wants_lenient(capture: &Capture) -> bool {
    let fault = |kind, stage| {
        kind == FailureKind::Tls || (stage == Stage::Tls && matches!(kind, FailureKind::Closed | FailureKind::Protocol))
    };
    capture.request.lane == Lane::Strict && capture.failure().is_some_and(|failure| fault(failure.kind, failure.stage))
}

fn is_transient(capture: &Capture) -> bool {
    match &capture.exchange.outcome {
        // What ran out on our own machine may be there again.
        Err(failure) => failure.kind.is_transient() || failure.kind == FailureKind::Local,
        Ok(response) => {
            let cut = matches!(response.truncated, Some(Truncated::Time | Truncated::Disconnect));
            cut || match response.status {
                // "Not implemented" and "version not supported" will be the same tomorrow.
                501 | 505 => false,
                408 | 425 | 429 | 500..=599 => true,
                _ => false,
            }
        }
    }
}
