//! Numbers for a display.

use std::collections::BTreeMap;

use crate::model::SkipReason;

/// Where the requests of the run stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Waiting for their turn.
    pub waiting: u64,
    /// Handed out.
    pub in_transit: u64,
    /// Settled, retries and robots.txt included.
    pub done: u64,
    /// Addresses that are not asked for, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Cities of the run.
    pub cities: usize,
    /// Cities that were closed.
    pub cities_closed: usize,
}
