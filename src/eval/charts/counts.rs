//! Counts of what was there, what was read, and what was both.

use serde::Serialize;

use crate::eval::tally::round;

/// Counts over nodes or edges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// There, and read so.
    pub right: u64,
    /// Read.
    pub read: u64,
    /// There.
    pub there: u64,
}

impl Counts {
    /// Adds other counts.
    pub fn add(&mut self, other: Self) {
        self.right += other.right;
        self.read += other.read;
        self.there += other.there;
    }

    /// The harmonic mean of precision and recall; none if nothing was there and nothing was read.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of drawn figures are far below 2^52")]
    pub fn f1(&self) -> Option<f64> {
        let both = self.read + self.there;
        (both > 0).then(|| round(2.0 * self.right as f64 / both as f64))
    }
}

/// Characters that were there, and edits that make what was read into them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Characters {
    /// Insertions, deletions and replacements.
    pub errors: u64,
    /// There.
    pub there: u64,
}

impl Characters {
    /// Adds other counts.
    pub fn add(&mut self, other: Self) {
        self.errors += other.errors;
        self.there += other.there;
    }

    /// Character error rate.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of characters are far below 2^52")]
    pub fn rate(&self) -> Option<f64> {
        (self.there > 0).then(|| round(self.errors as f64 / self.there as f64))
    }
}
