//! What an operator decides about fetching.
//!
//! Comes in: values, from the configuration. Goes out: the same, checked by [`super::Fetcher::new`]. Must never know:
//! where they were written.

use std::time::Duration;

use super::names::AddressFamily;
use super::range::AddressRange;

/// The settings of this stage. The defaults are those of a polite run on the public network.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `User-Agent` of the desktop profile. Must name this program, and should name a contact address.
    pub user_agent: String,
    /// `User-Agent` of the phone profile. Must name this program as well.
    pub phone_user_agent: String,
    /// Longest time to look up the name, connect, and shake hands, together.
    pub connect_timeout: Duration,
    /// Longest time from the connection being ready to the answer's head.
    pub first_byte_timeout: Duration,
    /// Longest time for the body after the head.
    pub body_timeout: Duration,
    /// Longest time for the whole exchange. Waiting at the rate gate does not count.
    pub total_timeout: Duration,
    /// Most bytes of a body, as they come over the wire, content-coded.
    pub max_body: usize,
    /// Most bytes of an answer's head.
    pub max_header_bytes: usize,
    /// Most header lines of an answer.
    pub max_header_count: usize,
    /// Ranges that may be visited although they are not the public network.
    pub allow: Vec<AddressRange>,
    /// Which addresses are dialed when a name has both versions.
    pub address_family: AddressFamily,
    /// Root certificates (DER) trusted beside the public ones.
    pub extra_roots: Vec<Vec<u8>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("portal-probe/", env!("CARGO_PKG_VERSION"), " (no contact address configured)").into(),
            phone_user_agent: concat!(
                "Mozilla/5.0 (Linux; Android 14; Mobile) portal-probe/",
                env!("CARGO_PKG_VERSION"),
                " (no contact address configured)"
            )
            .into(),
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(20),
            body_timeout: Duration::from_secs(40),
            total_timeout: Duration::from_mins(1),
            max_body: 8 * 1024 * 1024,
            max_header_bytes: 64 * 1024,
            max_header_count: 256,
            allow: Vec::new(),
            address_family: AddressFamily::default(),
            extra_roots: Vec::new(),
        }
    }
}
