//! The run's clock: monotonic time for politeness, civil time for the records.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Two times that started together. A change of the system's clock during a run changes neither.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    civil: Timestamp,
}

impl Clock {
    /// A clock that starts now and shows the system's time.
    #[must_use]
    pub fn system() -> Self {
        Self { started: Instant::now(), civil: Timestamp::now() }
    }

    /// A clock that starts now and shows `civil`: the simulated cities live on a day of their own.
    #[must_use]
    pub fn starting_at(civil: Timestamp) -> Self {
        Self { started: Instant::now(), civil }
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The instant of a time since the start, for timers.
    #[must_use]
    pub fn instant(&self, elapsed: Duration) -> Instant {
        self.started + elapsed
    }

    /// Civil time.
    #[must_use]
    pub fn civil(&self) -> Timestamp {
        // Saturates in the year 9999, which no run reaches.
        self.civil
            .saturating_add(jiff::SignedDuration::try_from(self.elapsed()).unwrap_or_default())
            .unwrap_or(self.civil)
    }
}
