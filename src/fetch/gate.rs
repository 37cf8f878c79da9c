//! The rate gate: a second, independent line behind the frontier's clock.
//!
//! Comes in: a politeness group and the gap it asks for. Goes out: the moment when the next exchange may begin; whoever
//! comes too early waits. Must never know: what is asked, or of whom.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

type Limiter = RateLimiter<NotKeyed, InMemoryState, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

/// Waits shorter than this are not counted: between the frontier's clock and this gate lies the scheduling of tasks,
/// and that alone makes a punctual ticket come a little early.
const PUNCTUAL: Duration = Duration::from_millis(10);

/// One cell a period: the gate never saves up leave for a burst.
const ONE: NonZeroU32 = NonZeroU32::MIN;

/// One limiter a group, armed anew by each ticket, because the gap may change from ticket to ticket.
#[derive(Default)]
pub(super) struct Gate {
    groups: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Option<Limiter>>>>>,
    late: AtomicU64,
}

impl Gate {
    /// Returns when an exchange of this group may begin. `interval` is the gap to be kept *after* it.
    pub(super) async fn pass(&self, group: &str, interval: Duration) {
        let limiter = {
            let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(groups.entry(group.to_owned()).or_default())
        };
        // Held while waiting: a third ticket of the group queues behind the second.
        let mut limiter = limiter.lock().await;
        let mut waited = Duration::ZERO;
        if let Some(armed) = limiter.as_ref() {
            while let Err(not_yet) = armed.check() {
                let wait = not_yet.wait_time_from(MonotonicClock.now());
                waited += wait;
                tokio::time::sleep(wait).await;
            }
        }
        if waited > PUNCTUAL {
            self.late.fetch_add(1, Ordering::Relaxed);
        }
        *limiter = Quota::with_period(interval).map(|quota| {
            let armed = RateLimiter::direct_with_clock(quota.allow_burst(ONE), MonotonicClock);
            // The first cell is this ticket's own; a fresh limiter always has it.
            let _ = armed.check();
            armed
        });
    }

    /// How many tickets came so early that they had to wait here.
    pub(super) fn late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    const GAP: Duration = Duration::from_millis(80);

    #[tokio::test]
    async fn a_ticket_that_comes_early_waits_for_the_gap_of_the_one_before() {
        let gate = Gate::default();
        let begin = Instant::now();
        gate.pass("a", GAP).await;
        gate.pass("a", 2 * GAP).await;
        let second = begin.elapsed();
        gate.pass("a", Duration::ZERO).await;
        assert!(second >= GAP, "{second:?}");
        assert!(begin.elapsed() >= 3 * GAP, "the longer gap of the second ticket holds for the third");
        assert_eq!(gate.late(), 2);
    }

    #[tokio::test]
    async fn tickets_of_one_group_that_come_together_are_sent_apart() {
        let gate = Gate::default();
        let begin = Instant::now();
        tokio::join!(gate.pass("a", GAP), gate.pass("a", GAP), gate.pass("a", GAP));
        assert!(begin.elapsed() >= 2 * GAP);
        assert_eq!(gate.late(), 2);
    }

    #[tokio::test]
    async fn groups_do_not_wait_for_each_other_nor_does_a_group_without_a_gap() {
        let gate = Gate::default();
        gate.pass("a", Duration::from_hours(1)).await;
        gate.pass("b", Duration::ZERO).await;
        gate.pass("b", Duration::ZERO).await;
        assert_eq!(gate.late(), 0);
    }
}
