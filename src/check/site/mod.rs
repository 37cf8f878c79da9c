//! Properties of a portal as a web site: is it up, quick, safe, found, named, and kept up to date.

pub mod dead_links;
pub mod freshness;
pub mod identity;
pub mod ipv6;
pub mod reachable;
pub mod response_time;
pub mod search;
pub mod tls;

use super::view::{ChannelState, View};
use crate::model::{Channel, PageRecord, Reason, Verdict};

/// The channel's entry page; if it gave none, the verdict on everything that stands on it: not known, and why.
pub(in crate::check) fn open_home<'a>(view: &View<'a>, channel: &Channel) -> Result<&'a PageRecord, Box<Verdict>> {
    let (reason, page) = match view.channel_state(channel) {
        ChannelState::Open(page) => return Ok(page),
        ChannelState::Shut(reason, page) => (reason, page),
        ChannelState::Withdrawn(page) => (Reason::Unreachable, Some(page)),
    };
    let verdict = Verdict::cant_tell(reason);
    Err(Box::new(match page {
        Some(page) => verdict.citing(page.cite_whole()),
        None => verdict,
    }))
}
