//! From the score of a rule to how often judgements with that score are right.
//!
//! Comes in: a score that a check gives by rule. Goes out: a probability. Must never know: properties, pages.
//!
//! The table was measured, not chosen: see `docs/accuracy.md` for the command that prints it.

/// Scores with the share of right judgements that was measured for them, lowest first; between them, a straight line.
const MEASURED: &[(f64, f64)] = &[(0.0, 0.0), (0.9, 0.9962), (0.95, 0.9962), (0.98, 0.9987), (1.0, 1.0)];

/// How often a judgement with this score is right.
pub(crate) fn probability(score: f64) -> f64 {
    MEASURED.windows(2).find(|pair| score <= pair[1].0).map_or(1.0, |pair| {
        let ((low, at_low), (high, at_high)) = (pair[0], pair[1]);
        at_low + (at_high - at_low) * ((score - low) / (high - low)).clamp(0.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::judgement::{INFERRED, READ, SEEN};

    #[test]
    fn a_higher_score_never_means_a_lower_probability() {
        let points: Vec<f64> = (0..=100).map(|n| probability(f64::from(n) / 100.0)).collect();
        assert!(points.windows(2).all(|pair| pair[0] <= pair[1]), "{points:?}");
        assert!(points.iter().all(|point| (0.0..=1.0).contains(point)));
    }

    #[test]
    fn every_score_that_checks_give_was_measured() {
        for score in [INFERRED, SEEN, READ] {
            let known = MEASURED.iter().find(|(known, _)| (known - score).abs() < f64::EPSILON);
            let (_, measured) = known.expect("a measured score");
            assert!((probability(score) - measured).abs() < 1e-9);
        }
    }
}
