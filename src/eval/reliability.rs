//! Are stated confidences true? Of the judgements that say 0.9, nine in ten should be right.

use std::collections::BTreeMap;

use serde::Serialize;

use super::tally::{Share, round};

/// One judgement, `passed` or `failed`.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) confidence: f64,
    pub(super) failed: bool,
    pub(super) right: bool,
}

/// The reliability of stated confidences.
#[derive(Debug, Clone, Serialize)]
pub struct Reliability {
    /// Judgements by stated confidence, lowest first.
    pub bins: Vec<Bin>,
    /// Mean square of the difference between confidence and truth; 0 is best.
    pub brier: Option<f64>,
    /// Mean difference between confidence and share of right ones, over the bins; 0 is best.
    pub expected_calibration_error: Option<f64>,
}

/// Judgements that state the same confidence.
#[derive(Debug, Clone, Serialize)]
pub struct Bin {
    /// Lower and upper end of the stated confidence in this bin.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Mean of the stated confidences.
    pub stated: f64,
    /// Share of right ones.
    pub right: Share,
    /// How many of them accuse.
    pub failed: u64,
}

/// Upper ends of the bins, in hundredths: fine where most confidences lie.
const ENDS: [u32; 8] = [50, 70, 80, 90, 95, 97, 99, 100];

impl Reliability {
    #[expect(clippy::cast_precision_loss, reason = "counts of labelled cases are far below 2^52")]
    pub(super) fn of(claims: &[Claim]) -> Self {
        let mut binned: BTreeMap<usize, Vec<&Claim>> = BTreeMap::new();
        for claim in claims {
            let bin = ENDS.iter().position(|end| claim.confidence <= f64::from(*end) / 100.0 + 1e-9);
            binned.entry(bin.unwrap_or(ENDS.len() - 1)).or_default().push(claim);
        }
        let total = claims.len() as f64;
        let mean = |claims: &[&Claim]| claims.iter().map(|claim| claim.confidence).sum::<f64>() / claims.len() as f64;
        let bins: Vec<Bin> = binned
            .iter()
            .map(|(bin, claims)| Bin {
                from: if *bin == 0 { 0.0 } else { f64::from(ENDS[bin - 1]) / 100.0 },
                to: f64::from(ENDS[*bin]) / 100.0,
                stated: round(mean(claims)),
                right: Share::of(claims.iter().filter(|claim| claim.right).count() as u64, claims.len() as u64),
                failed: claims.iter().filter(|claim| claim.failed).count() as u64,
            })
            .collect();
        if claims.is_empty() {
            return Self { bins, brier: None, expected_calibration_error: None };
        }
        let square = |claim: &Claim| (claim.confidence - f64::from(u8::from(claim.right))).powi(2);
        let gap = |bin: &Bin| (bin.stated - bin.right.value.unwrap_or(bin.stated)).abs() * bin.right.n as f64;
        Self {
            brier: Some(round(claims.iter().map(square).sum::<f64>() / total)),
            expected_calibration_error: Some(round(bins.iter().map(gap).sum::<f64>() / total)),
            bins,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(confidence: f64, right: bool) -> Claim {
        Claim { confidence, failed: !right, right }
    }

    #[test]
    fn true_confidences_have_no_error_and_false_ones_have() {
        let nine_of_ten: Vec<Claim> = (0..10).map(|n| claim(0.9, n > 0)).collect();
        let honest = Reliability::of(&nine_of_ten);
        assert_eq!(honest.expected_calibration_error, Some(0.0));
        assert_eq!(honest.brier, Some(0.09));
        let boast: Vec<Claim> = (0..10).map(|n| claim(0.9, n > 4)).collect();
        assert_eq!(Reliability::of(&boast).expected_calibration_error, Some(0.4));
        assert_eq!(Reliability::of(&[]).brier, None);
    }
}
