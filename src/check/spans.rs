//! Lengths of time, compared only as far as their units allow.
//!
//! A bare 日 may be a working day or a calendar day, and a month has no fixed number of working days. So every span
//! has bounds in working days, and a statement is made only where the bounds leave no doubt.
//!
//! Comes in: limits as read. Goes out: an order where it is certain, and sums of steps. Must never know: pages.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::process::{Act, acts_of};
use crate::model::guide::Span;
use crate::model::{Step, TimeLimit, TimeUnit};

/// What can be said of two spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// The first is certainly longer.
    Longer,
    /// The first is certainly not longer.
    NotLonger,
    /// Units or words leave it open.
    Open,
}

/// Least and most working days that a span can mean. `None` where the page says that there is no limit.
fn bounds(span: Span) -> Option<(f64, f64)> {
    Some(match span {
        Span::Immediate => (0.0, 0.0),
        Span::NoLimit => return None,
        Span::Amount { hundredths, unit } => {
            let amount = f64::from(hundredths) / 100.0;
            match unit {
                TimeUnit::WorkingDay => (amount, amount),
                // An hour may be one of 24 or one of 7 office hours.
                TimeUnit::Hour => (amount / 24.0, amount / 7.0),
                TimeUnit::Minute => (amount / 1440.0, amount / 420.0),
                // If calendar days are meant, weekends and a long holiday of up to 12 days may lie within.
                TimeUnit::Day => (((amount - 12.0) * 5.0 / 7.0).max(0.0), amount),
                TimeUnit::Month => (((amount * 28.0 - 12.0) * 5.0 / 7.0).max(0.0), amount * 23.0),
            }
        }
    })
}

/// The working days that a span means outside long holidays, for statements that accuse nobody.
fn usual(span: Span) -> Option<f64> {
    match span {
        Span::Amount { hundredths, unit: TimeUnit::Day } => Some(f64::from(hundredths) / 100.0 * 5.0 / 7.0),
        Span::Amount { hundredths, unit: TimeUnit::Month } => Some(f64::from(hundredths) / 100.0 * 20.0),
        Span::Immediate | Span::Amount { .. } | Span::NoLimit => bounds(span).map(|(least, _)| least),
    }
}

/// Whether `a` is longer than `b`.
pub(crate) fn compare(a: Span, b: Span) -> Compared {
    if let (Span::Amount { hundredths: x, unit: u }, Span::Amount { hundredths: y, unit: v }) = (a, b)
        && u == v
    {
        return if x > y { Compared::Longer } else { Compared::NotLonger };
    }
    let (Some((a_least, a_most)), Some((_, b_most)), Some(b_usual)) = (bounds(a), bounds(b), usual(b)) else {
        return if b == Span::NoLimit { Compared::NotLonger } else { Compared::Open };
    };
    if a_least > b_most {
        Compared::Longer
    } else if a_most <= b_usual {
        Compared::NotLonger
    } else {
        Compared::Open
    }
}

/// Whether a promised limit exceeds a statutory one: cases against the same cases, exclusions kept in mind.
pub(crate) fn exceeds(promised: &TimeLimit, statutory: &TimeLimit) -> Compared {
    let of_case =
        |limit: &TimeLimit, words: &str| limit.cases.iter().find(|(case, _)| case == words).map(|(_, span)| *span);
    let paired: Vec<(Span, Span)> =
        promised.cases.iter().filter_map(|(case, span)| of_case(statutory, case).map(|other| (*span, other))).collect();
    let results: Vec<Compared> = if paired.is_empty() || paired.len() < promised.cases.len() {
        vec![compare(promised.span, statutory.span)]
    } else {
        paired.iter().map(|(a, b)| compare(*a, *b)).collect()
    };
    // What the statutory side leaves out may be counted in on the other side.
    let other_base = statutory.excludes.iter().any(|words| !promised.excludes.contains(words));
    if results.contains(&Compared::Longer) {
        if other_base { Compared::Open } else { Compared::Longer }
    } else if results.contains(&Compared::Open) {
        Compared::Open
    } else {
        Compared::NotLonger
    }
}

/// A span as a value: working days as a number, other units as an object.
pub(crate) fn value(span: Option<Span>) -> Value {
    match span {
        None => Value::Null,
        Some(Span::Immediate) => json!(0.0),
        Some(Span::NoLimit) => json!("none"),
        Some(Span::Amount { hundredths, unit: TimeUnit::WorkingDay }) => json!(f64::from(hundredths) / 100.0),
        Some(Span::Amount { hundredths, unit }) => json!({"amount": f64::from(hundredths) / 100.0, "unit": unit}),
    }
}

/// Sum of the steps, in hundredths of a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StepsSum {
    /// Over the steps that always count: 受理, 审查, 决定, 办结, 制证 …
    pub(crate) counted: u32,
    /// With the special steps (公示, 听证 …) that may or may not count.
    pub(crate) with_special: u32,
}

/// Adds up the steps. `None` unless at least two steps count, each of them has a figure in working days, and nothing
/// hints at parallel branches or two flows in one list.
pub(crate) fn sum_of_steps(steps: &[Step]) -> Option<StepsSum> {
    let parts = parts(steps)?;
    let special: u32 = parts.optional.iter().fold(0, |sum, days| sum.saturating_add(*days));
    Some(StepsSum { counted: parts.counted, with_special: parts.counted.saturating_add(special) })
}

/// More steps than this that may or may not count leave everything open.
const MOST_OPTIONAL: usize = 8;

/// Every limit that these steps may add up to, in hundredths of a working day, as each step that may or may not count
/// does or does not. `None` as in [`sum_of_steps`].
pub(crate) fn possible_sums(steps: &[Step]) -> Option<BTreeSet<u32>> {
    let parts = parts(steps).filter(|parts| parts.optional.len() <= MOST_OPTIONAL)?;
    let mut sums = BTreeSet::from([parts.counted]);
    for days in parts.optional {
        let with: Vec<u32> = sums.iter().map(|sum| sum.saturating_add(days)).collect();
        sums.extend(with);
    }
    Some(sums)
}

/// What adds up.
struct Parts {
    /// Over the steps that always count.
    counted: u32,
    /// The others that have a figure.
    optional: Vec<u32>,
}

fn parts(steps: &[Step]) -> Option<Parts> {
    let (mut counted, mut optional, mut figures) = (0_u32, Vec::new(), 0);
    for (at, step) in steps.iter().enumerate() {
        let parallel = ["并联", "并行"].iter().any(|word| step.raw.contains(word))
            || ["同时", "同步"].iter().any(|word| step.name.contains(word));
        let again = steps[..at].iter().any(|earlier| earlier.name == step.name);
        if parallel || again {
            return None;
        }
        if step.outside_limit {
            continue;
        }
        let acts = acts_of(&step.name);
        let counts = acts.iter().any(|act| act.counts_towards_limit());
        let days = match &step.limit {
            None if counts => return None,
            None => continue,
            Some(limit) if !limit.cases.is_empty() => return None,
            Some(limit) => match limit.span {
                Span::Immediate => 0,
                Span::Amount { hundredths, unit: TimeUnit::WorkingDay } => hundredths,
                Span::Amount { .. } | Span::NoLimit => return None,
            },
        };
        if counts {
            counted = counted.saturating_add(days);
            figures += 1;
        } else if !acts.contains(&Act::Apply) {
            optional.push(days);
        }
    }
    (figures >= 2).then_some(Parts { counted, optional })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(amount: u32, unit: TimeUnit) -> Span {
        Span::Amount { hundredths: amount * 100, unit }
    }

    #[test]
    fn the_same_unit_is_compared_directly() {
        assert_eq!(compare(span(20, TimeUnit::WorkingDay), span(15, TimeUnit::WorkingDay)), Compared::Longer);
        assert_eq!(compare(span(15, TimeUnit::Day), span(15, TimeUnit::Day)), Compared::NotLonger);
    }

    #[test]
    fn twenty_working_days_against_twenty_bare_days_is_left_open() {
        assert_eq!(compare(span(20, TimeUnit::WorkingDay), span(20, TimeUnit::Day)), Compared::Open);
        assert_eq!(compare(span(20, TimeUnit::Day), span(20, TimeUnit::WorkingDay)), Compared::NotLonger);
        assert_eq!(compare(span(30, TimeUnit::Day), span(20, TimeUnit::WorkingDay)), Compared::Open);
    }

    #[test]
    fn units_far_apart_are_certain() {
        assert_eq!(compare(span(5, TimeUnit::WorkingDay), span(30, TimeUnit::Day)), Compared::NotLonger);
        assert_eq!(compare(span(90, TimeUnit::Day), span(20, TimeUnit::WorkingDay)), Compared::Longer);
        assert_eq!(compare(span(4, TimeUnit::Hour), span(1, TimeUnit::WorkingDay)), Compared::NotLonger);
        assert_eq!(compare(Span::Immediate, span(1, TimeUnit::Minute)), Compared::NotLonger);
    }

    #[test]
    fn no_statutory_limit_is_never_exceeded_and_no_promise_is_open() {
        assert_eq!(compare(span(5, TimeUnit::WorkingDay), Span::NoLimit), Compared::NotLonger);
        assert_eq!(compare(Span::NoLimit, span(5, TimeUnit::WorkingDay)), Compared::Open);
    }

    #[test]
    fn what_only_the_statutory_limit_leaves_out_makes_the_comparison_open() {
        let promised = TimeLimit::plain(span(25, TimeUnit::WorkingDay));
        let mut statutory = TimeLimit::plain(span(20, TimeUnit::WorkingDay));
        assert_eq!(exceeds(&promised, &statutory), Compared::Longer);
        statutory.excludes.push("不含公示时间".into());
        assert_eq!(exceeds(&promised, &statutory), Compared::Open);
    }

    #[test]
    fn cases_are_compared_with_the_same_cases() {
        let limit = |a, b| TimeLimit {
            span: span(b, TimeUnit::WorkingDay),
            excludes: Vec::new(),
            cases: vec![("一般".into(), span(a, TimeUnit::WorkingDay)), ("重要".into(), span(b, TimeUnit::WorkingDay))],
        };
        assert_eq!(exceeds(&limit(8, 12), &limit(6, 12)), Compared::Longer);
        assert_eq!(exceeds(&limit(6, 12), &limit(6, 12)), Compared::NotLonger);
    }
}
