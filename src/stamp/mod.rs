//! Time-stamps by a third party (RFC 3161): a request over a digest, one bounded exchange with the authority, and the check
//! of its answer.
//!
//! Comes in: the root of a night. Goes out: the authority's word, signed, on when it existed. Must never know: what the
//! root is of. This is the only door to the network besides `fetch`; it leads to the configured authority, which is no
//! portal, and carries a digest.

mod client;
mod der;
mod reply;
mod request;

pub use client::ask;
pub use reply::{Authority, Stamped, check};
pub use request::{nonce_of, request};

/// Why there is no time-stamp, or why one does not hold.
#[derive(Debug, thiserror::Error)]
pub enum StampError {
    /// The address is none that is asked.
    #[error("`{0}` is no address of a time-stamping authority\nhint: `evidence.tsa_url` takes http or https addresses")]
    Address(String),
    /// The exchange failed.
    #[error("the time-stamping authority `{url}` gave no answer: {why}")]
    Exchange {
        /// Its address.
        url: String,
        /// What went wrong.
        why: String,
    },
    /// The authority refused.
    #[error("the time-stamping authority refused (status {0})")]
    Refused(u8),
    /// What it gave is no time-stamp.
    #[error("not a time-stamp: {0}")]
    Form(&'static str),
    /// It is over something else.
    #[error("the time-stamp is over another digest than the root")]
    Imprint,
    /// It answers another request.
    #[error("the time-stamp answers another request (its nonce differs)")]
    Nonce,
    /// The signature does not hold, or none of the configured authorities stands behind it.
    #[error("the time-stamp's signature does not hold: {0}")]
    Signature(String),
    /// The configured certificates cannot be used.
    #[error(
        "`{path}` holds no certificates of a time-stamping authority: {why}\nhint: `evidence.tsa_certificates` names a PEM file"
    )]
    Certificates {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
}
