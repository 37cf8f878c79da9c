//! The fixed parts of a kind of finding, so that a check only states what is special about the case at hand.
//!
//! Comes in: the words of one case. Goes out: a finding. Must never know: what any check judges.

use serde::Serialize;
use serde_json::Value;

use super::view::View;
use crate::model::{Finding, Outcome, Reason, Severity, Verdict};

/// One kind of finding: its word, its weight, and what to do about it.
pub(super) struct Wording {
    /// Short stable word.
    pub(super) kind: &'static str,
    /// Weight.
    pub(super) severity: Severity,
    /// What to do about it, in Chinese.
    pub(super) remedy_zh: &'static str,
    /// What to do about it, in English.
    pub(super) remedy_en: &'static str,
}

impl Wording {
    /// A finding of this kind: the message in Chinese and English, the quoted words, the indices of its evidence.
    pub(super) fn finding(&self, zh: String, en: String, quotes: Vec<String>, at: Vec<usize>) -> Finding {
        Finding {
            kind: self.kind.to_owned(),
            severity: self.severity,
            message_zh: zh,
            message_en: en,
            remedy_zh: self.remedy_zh.to_owned(),
            remedy_en: self.remedy_en.to_owned(),
            quotes,
            at,
        }
    }
}

/// How sure it is that a whole page that was read well does not have something: our reading may have missed it.
const ABSENCE: f64 = 0.9;

/// A verdict that rests on something not being there. Where the configuration asks for more certainty than a missing
/// thing can have, it is not known instead of failed.
pub(super) fn inferred(view: &View<'_>, verdict: Verdict) -> Verdict {
    if verdict.outcome != Outcome::Failed {
        return verdict;
    }
    if ABSENCE >= view.context.settings.min_confidence {
        return verdict.with_confidence(ABSENCE);
    }
    let unsure = Verdict::cant_tell(Reason::Unreadable).with_value(verdict.value).with_confidence(ABSENCE);
    verdict.evidence.into_iter().fold(unsure, Verdict::citing)
}

/// The stable word under which a value of a closed vocabulary stands in records.
pub(super) fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

/// A share with four decimals: enough to compare nights, and the same text on every machine.
#[expect(clippy::cast_precision_loss, reason = "counts of one night are far below 2^52")]
pub(super) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0)
}

/// The middle value; of an even number of values the mean of the two in the middle.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle).copied()?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(values[middle - 1], upper))
}
