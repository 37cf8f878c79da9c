//! Leave to make one exchange.
//!
//! Comes in: a request whose turn it is. Goes out: a token that `fetch` uses up. Must never know: how the turn was
//! decided.

use std::time::Duration;

use super::HandedOut;
use crate::model::{Purpose, Request};

/// Leave to make one exchange. Only the frontier makes tickets, a ticket cannot be copied, and `fetch` takes it by
/// value: impolite fetching does not compile.
#[derive(Debug)]
pub struct Ticket {
    request: Request,
    group: String,
    interval: Duration,
    handed_out: HandedOut,
}

impl Ticket {
    pub(super) fn new(request: Request, group: String, interval: Duration, handed_out: HandedOut) -> Self {
        Self { request, group, interval, handed_out }
    }

    /// Leave for a control probe of our own network, the one request that belongs to no city and no queue.
    /// `None` for any other purpose.
    #[must_use]
    pub fn own_network(request: Request) -> Option<Self> {
        let group = crate::model::target::authority(&request.url);
        let handed_out = HandedOut { since: Duration::ZERO, robots_of: None };
        (request.purpose == Purpose::OwnNetwork).then_some(Self {
            request,
            group,
            interval: Duration::ZERO,
            handed_out,
        })
    }

    /// What is to be asked.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The politeness group whose clock allowed it.
    #[must_use]
    pub fn group(&self) -> &str {
        &self.group
    }

    /// The smallest gap to the next request of this group.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// When it was handed out, and for what: enough to repeat it ([`Frontier::repeat`](super::Frontier::repeat)).
    #[must_use]
    pub fn handed_out(&self) -> &HandedOut {
        &self.handed_out
    }

    /// The request, the leave being used up.
    #[must_use]
    pub fn into_request(self) -> Request {
        self.request
    }
}
