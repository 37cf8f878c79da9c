//! Taking in again what an earlier process of the same run has done.
//!
//! Comes in: exchanges that were handed out and settled before the process died, in the order of their acknowledgement.
//! Goes out: the frontier as it was then. Must never know: where they are kept.
//!
//! A frontier is a fold over its events, so it is never stored: it is made again from the exchanges themselves. What was
//! handed out and not acknowledged is simply still waiting.

use std::time::Duration;

use super::queue::{InTransit, Waiting};
use super::robots::RobotsDesk;
use super::seen::{Key, Known, State, Way};
use super::{Frontier, Host, Settlement, origin};
use crate::model::Capture;

/// When, and for what, an exchange had been handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOut {
    /// The moment since the start of the run.
    pub since: Duration,
    /// For a robots.txt: the origin it was asked for.
    pub robots_of: Option<String>,
}

impl Frontier {
    /// Hands the request of `capture` out and settles it, as it was done at the moments given.
    pub fn repeat(&mut self, capture: &Capture, handed_out: HandedOut, settled: Duration) -> Settlement {
        let request = &capture.request;
        let Some(city) = self.index.get(&request.target).copied() else {
            let next_allowed = settled;
            return Settlement { request: request.id.clone(), group: None, next_allowed, events: Vec::new() };
        };
        let group = self.queue.group_named(&self.group_name(&request.url));
        self.cities[city].groups.insert(group);
        let HandedOut { since, robots_of } = handed_out;
        let of = robots_of.clone().unwrap_or_else(|| origin(&request.url));
        let desk = of.parse().map_or_else(|_| RobotsDesk::new(&request.url), |of| RobotsDesk::new(&of));
        self.hosts.entry(of).or_insert(Host { robots: desk, lenient: false });
        if robots_of.is_some() {
            let (way, request) = (Way::default(), request.clone());
            let waiting = Waiting { request, way, not_before: since, sequence: 0 };
            self.queue.take_turn(group, city);
            // The ticket was used up by the process that died.
            self.issue(group, InTransit { city, waiting, since, robots_of });
        } else {
            let waiting = self.found_again(city, group, capture, since);
            self.hand_out(group, city, waiting, since);
        }
        self.settle(capture, settled)
    }

    /// Nothing is asked of this group before `until`.
    pub fn hold(&mut self, group: &str, until: Duration) {
        let group = self.queue.group_named(group);
        self.queue.group_mut(group).pace.hold(until);
        self.queue.arm(group);
    }

    /// The request of `capture`, taken out of the queue where it waits. What waits nowhere was asked for by a page that
    /// a browser showed, and is counted like what does.
    fn found_again(&mut self, city: usize, group: usize, capture: &Capture, since: Duration) -> Waiting {
        let request = capture.request.clone();
        let key = Key::of(request.asks(), &request.purpose, request.profile);
        let known = self.cities[city].seen.get(&key);
        if let Some(Known { state: State::Waiting(place), .. }) = known
            && let Some(waiting) = self.queue.take_from(city, place)
        {
            return Waiting { request, ..waiting };
        }
        let way = known.map_or(Way { depth: request.hops.clicks(), list_pages: 0 }, |known| known.way);
        let sequence = self.queue.next_sequence();
        let waiting = Waiting { request, way, not_before: since, sequence };
        let (state, method) = (State::Waiting(waiting.place(group)), waiting.request.method);
        self.cities[city].seen.set(key, Known { state, method, way });
        self.cities[city].waiting += 1;
        self.progress.waiting += 1;
        waiting
    }
}
