//! Counts of right and wrong, and how sure a share of them is.

use serde::Serialize;

/// Counts over one element or property.
///
/// A value that is stated and read otherwise counts twice, as one wrong reading and one value not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Read (found) as labelled.
    pub right: u64,
    /// Read (found), but not so.
    pub wrong: u64,
    /// There, but not read (found).
    pub missed: u64,
    /// There, and the program says that it cannot tell.
    pub cant_tell: u64,
}

impl Tally {
    /// Adds another count.
    pub fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
        self.cant_tell += other.cant_tell;
    }

    /// How much of what was read is so.
    #[must_use]
    pub fn precision(&self) -> Share {
        Share::of(self.right, self.right + self.wrong)
    }

    /// How much of what is there was read; what could not be told counts as not read.
    #[must_use]
    pub fn recall(&self) -> Share {
        Share::of(self.right, self.there())
    }

    /// How much of what is there could not be told.
    #[must_use]
    pub fn unsure(&self) -> Share {
        Share::of(self.cant_tell, self.there())
    }

    /// How much is there.
    #[must_use]
    pub fn there(&self) -> u64 {
        self.right + self.missed + self.cant_tell
    }
}

/// A share with its 95 % confidence interval by Wilson.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub of: u64,
    /// Out of how many.
    pub n: u64,
    /// The share; none if there is nothing to share.
    pub value: Option<f64>,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_985;

impl Share {
    /// `of` out of `n`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of labelled pages are far below 2^52")]
    pub fn of(of: u64, n: u64) -> Self {
        if n == 0 {
            return Self { of, n, value: None, low: 0.0, high: 1.0 };
        }
        let (p, count) = (of as f64 / n as f64, n as f64);
        let z2 = Z * Z;
        let middle = (p + z2 / (2.0 * count)) / (1.0 + z2 / count);
        let half = Z / (1.0 + z2 / count) * (p * (1.0 - p) / count + z2 / (4.0 * count * count)).sqrt();
        Self {
            of,
            n,
            value: Some(round(p)),
            low: round((middle - half).max(0.0)),
            high: round((middle + half).min(1.0)),
        }
    }

    /// For people: `0.987 (0.975–0.993)`.
    #[must_use]
    pub fn words(&self) -> String {
        match self.value {
            Some(value) => format!("{value:.3} ({:.3}–{:.3})", self.low, self.high),
            None => "–".to_owned(),
        }
    }
}

/// Four decimals: enough for any table, and the same on every machine.
pub(super) fn round(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_intervals_are_those_of_the_textbook() {
        // 9 of 10: 0.5958–0.9821; 0 of 10: 0–0.2775 (Newcombe 1998, method 3).
        let nine = Share::of(9, 10);
        assert_eq!((nine.value, nine.low, nine.high), (Some(0.9), 0.5958, 0.9821));
        let zero = Share::of(0, 10);
        assert_eq!((zero.value, zero.low, zero.high), (Some(0.0), 0.0, 0.2775));
        assert_eq!(Share::of(0, 0).value, None);
    }

    #[test]
    fn what_cannot_be_told_lowers_recall_and_not_precision() {
        let tally = Tally { right: 8, wrong: 0, missed: 1, cant_tell: 1 };
        assert_eq!(tally.precision().value, Some(1.0));
        assert_eq!(tally.recall().value, Some(0.8));
        assert_eq!(tally.unsure().value, Some(0.1));
    }
}
