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
    /// Judgements by the very confidence that they state, with what it should be.
    pub scores: Vec<Score>,
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

/// Judgements with one stated confidence.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    /// What they state.
    pub stated: f64,
    /// How many are right, out of how many.
    pub right: Share,
    /// What they should state: the share of right ones by Laplace's rule, pooled so that it never falls.
    pub calibrated: f64,
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
        let scores = scores(claims);
        if claims.is_empty() {
            return Self { bins, scores, brier: None, expected_calibration_error: None };
        }
        let square = |claim: &Claim| (claim.confidence - f64::from(u8::from(claim.right))).powi(2);
        let gap = |bin: &Bin| (bin.stated - bin.right.value.unwrap_or(bin.stated)).abs() * bin.right.n as f64;
        Self {
            brier: Some(round(claims.iter().map(square).sum::<f64>() / total)),
            expected_calibration_error: Some(round(bins.iter().map(gap).sum::<f64>() / total)),
            bins,
            scores,
        }
    }
}

/// Pools adjacent violators: where a higher confidence was right less often, both get the share of both together.
#[expect(clippy::cast_precision_loss, reason = "counts of labelled cases are far below 2^52")]
fn scores(claims: &[Claim]) -> Vec<Score> {
    let mut counts: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for claim in claims {
        // Confidences are between 0 and 1: the bits of such numbers are in their order.
        let count = counts.entry(round(claim.confidence).to_bits()).or_default();
        count.0 += u64::from(claim.right);
        count.1 += 1;
    }
    let laplace = |(right, n): (u64, u64)| (right as f64 + 1.0) / (n as f64 + 2.0);
    let mut pools: Vec<((u64, u64), usize)> = Vec::new();
    for count in counts.values() {
        let mut pool = (*count, 1);
        while let Some((before, size)) = pools.last().copied().filter(|(before, _)| laplace(*before) > laplace(pool.0))
        {
            pool = ((pool.0.0 + before.0, pool.0.1 + before.1), pool.1 + size);
            pools.pop();
        }
        pools.push(pool);
    }
    let calibrated = pools.iter().flat_map(|(count, size)| std::iter::repeat_n(round(laplace(*count)), *size));
    let scored = counts.iter().zip(calibrated).map(|((bits, (right, n)), calibrated)| Score {
        stated: f64::from_bits(*bits),
        right: Share::of(*right, *n),
        calibrated,
    });
    scored.collect()
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

    #[test]
    fn scores_that_disagree_with_their_order_are_pooled() {
        let mut claims: Vec<Claim> = (0..8).map(|_| claim(0.9, true)).collect();
        claims.extend((0..8).map(|n| claim(0.95, n > 3)));
        claims.extend((0..98).map(|_| claim(0.98, true)));
        let scores: Vec<(f64, f64)> =
            Reliability::of(&claims).scores.iter().map(|score| (score.stated, score.calibrated)).collect();
        assert_eq!(scores, [(0.9, 0.7222), (0.95, 0.7222), (0.98, 0.99)]);
    }
}
