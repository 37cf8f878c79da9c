//! What one city may cost in one night.
//!
//! Comes in: requests, bytes and time spent. Goes out: which limit was reached. Must never know: which pages they were
//! spent on.

use std::time::Duration;

use super::settings::Settings;
use crate::model::{Purpose, SkipReason};

/// What one city has cost so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spent {
    requests: u64,
    bytes: u64,
    since: Option<Duration>,
}

impl Spent {
    /// Counts a request handed out `now`. Returns the city's deadline if it is the first one.
    pub(super) fn request(&mut self, now: Duration, settings: &Settings) -> Option<Duration> {
        self.requests += 1;
        if self.since.is_some() {
            return None;
        }
        self.since = Some(now);
        Some(now.saturating_add(settings.time_per_city))
    }

    pub(super) fn bytes(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    /// The limit that a request of this purpose would break.
    pub(super) fn limit_reached(&self, purpose: &Purpose, now: Duration, settings: &Settings) -> Option<SkipReason> {
        let reserved = match purpose {
            Purpose::Page => settings.requests_reserved,
            Purpose::Robots
            | Purpose::Entry { .. }
            | Purpose::Attachment
            | Purpose::Control404
            | Purpose::Search { .. }
            | Purpose::LinkCheck
            | Purpose::Ipv6
            | Purpose::Render
            | Purpose::OwnNetwork => 0,
        };
        if self.requests >= settings.requests_per_city.saturating_sub(reserved) {
            Some(SkipReason::BudgetRequests)
        } else if self.bytes >= settings.bytes_per_city {
            Some(SkipReason::BudgetBytes)
        } else if self.since.is_some_and(|since| now >= since.saturating_add(settings.time_per_city)) {
            Some(SkipReason::BudgetTime)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_names_itself_and_pages_leave_the_reserve_alone() {
        let settings =
            Settings { requests_per_city: 3, requests_reserved: 1, bytes_per_city: 100, ..Settings::for_tests() };
        let start = Duration::from_secs(50);
        let mut spent = Spent::default();
        assert_eq!(
            spent.limit_reached(&Purpose::Page, Duration::MAX, &settings),
            None,
            "time runs from the first request"
        );
        assert_eq!(spent.request(start, &settings), Some(Duration::from_secs(3650)));
        assert_eq!(spent.request(start, &settings), None);
        assert_eq!(spent.limit_reached(&Purpose::Page, start, &settings), Some(SkipReason::BudgetRequests));
        assert_eq!(spent.limit_reached(&Purpose::LinkCheck, start, &settings), None);
        let late = Duration::from_secs(3650);
        assert_eq!(spent.limit_reached(&Purpose::LinkCheck, late, &settings), Some(SkipReason::BudgetTime));
        spent.bytes(100);
        assert_eq!(spent.limit_reached(&Purpose::LinkCheck, start, &settings), Some(SkipReason::BudgetBytes));
        spent.request(start, &settings);
        assert_eq!(spent.limit_reached(&Purpose::LinkCheck, start, &settings), Some(SkipReason::BudgetRequests));
    }
}
