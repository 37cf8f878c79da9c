//! Where the time of a night goes: the sum of the work in each stage, for the benchmark.

use std::time::Duration;

/// Work done in each stage. Stages run side by side, so the sums may exceed the night's length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stopwatch {
    /// Waiting for exchanges.
    pub fetch: Duration,
    /// Decoding, parsing, reading.
    pub read: Duration,
    /// Reading pictures of flowcharts.
    pub chart: Duration,
    /// Judging.
    pub check: Duration,
    /// Writing evidence and records.
    pub write: Duration,
}
