//! The run's clock: monotonic time for politeness, civil time for the records.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Two times that started together. A change of the system's clock during a run changes neither.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    civil: Timestamp,
    /// Time since the start of the run at `started`: more than nothing in a run that was resumed.
    before: Duration,
}

impl Clock {
    /// A clock that starts now and shows the system's time.
    #[must_use]
    pub fn system() -> Self {
        Self { started: Instant::now(), civil: Timestamp::now(), before: Duration::ZERO }
    }

    /// A clock that starts now and shows `civil`: the simulated cities live on a day of their own.
    #[must_use]
    pub fn starting_at(civil: Timestamp) -> Self {
        Self { started: Instant::now(), civil, before: Duration::ZERO }
    }

    /// This clock, of a run that had come so far before it was resumed. The time in between does not count: it shortens
    /// no wait and uses up no city's time.
    #[must_use]
    pub fn going_on(self, before: Duration) -> Self {
        Self { before, ..self }
    }

    /// Time since the start of the run.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.before + self.started.elapsed()
    }

    /// The instant of a time since the start, for timers.
    #[must_use]
    pub fn instant(&self, elapsed: Duration) -> Instant {
        self.started + elapsed.saturating_sub(self.before)
    }

    /// Civil time.
    #[must_use]
    pub fn civil(&self) -> Timestamp {
        // Saturates in the year 9999, which no run reaches.
        self.civil
            .saturating_add(jiff::SignedDuration::try_from(self.started.elapsed()).unwrap_or_default())
            .unwrap_or(self.civil)
    }
}
