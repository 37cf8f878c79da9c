//! How long ago something was, across the death of a process and of a machine.
//!
//! Within one boot the machine's own clock tells it, whatever is done to the wall clock. After a restart only the wall
//! clock is left, and it may have been set: then a wait is never longer than it was, and never shorter than one gap.

use std::time::Duration;

use jiff::Timestamp;

/// A moment by both clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// By the wall clock.
    pub wall: Timestamp,
    /// Which boot of the machine.
    pub boot: String,
    /// Time since that boot, sleep included.
    pub since_boot: Duration,
}

impl Moment {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        let clock = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(clock.tv_sec).unwrap_or_default();
        let nanoseconds = u32::try_from(clock.tv_nsec).unwrap_or_default();
        // Without it every start counts as a restart of the machine.
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned();
        Self { wall: Timestamp::now(), boot, since_boot: Duration::new(seconds, nanoseconds) }
    }
}

/// A wait that was noted at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// How long to wait from then on.
    pub wait: Duration,
    /// When that was.
    pub at: Moment,
    /// The gap between two requests.
    pub gap: Duration,
}

/// What is left of a wait.
#[must_use]
pub fn remaining(noted: &Noted, now: &Moment) -> Duration {
    let Noted { wait, at, gap } = noted;
    if !now.boot.is_empty() && at.boot == now.boot {
        return wait.saturating_sub(now.since_boot.saturating_sub(at.since_boot));
    }
    // A wall clock that was put back gives no time gone; one that was put forward may give too much.
    let gone: Duration = now.wall.duration_since(at.wall).try_into().unwrap_or_default();
    wait.saturating_sub(gone).max(*wait.min(gap))
}
