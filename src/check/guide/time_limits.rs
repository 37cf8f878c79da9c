//! `guide.time_limits`: is the promise within the law, and do the steps add up to it?

use serde_json::json;

use crate::check::judgement::{INFERRED, Judgement, READ, Sheet, Words, why_unstated};
use crate::check::spans::{self, Compared, StepsSum};
use crate::check::view::View;
use crate::check::wording::says_none;
use crate::check::{Check, Test};
use crate::model::guide::Span;
use crate::model::{
    Located, Property, PropertyId, Reading, Reason, ServiceGuide, Severity, Step, SubjectKind, TimeLimit, TimeUnit,
    Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.time_limits"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "办理时限合法且前后一致",
        title_en: "the time limits hold together",
        passed_when: "the promised limit does not exceed the statutory one, and the steps add up to the promise",
        rationale: "Visitors plan by the promised limit; a promise longer than the law, or steps that take longer than \
                    the promise, mislead them.",
        basis: &[
            "行政许可法: a time limit is published with each item, and its periods are working days",
            "国发〔2022〕5号: the statutory limit of an item must agree everywhere",
            "rule sets of public checkers: the limits of the counting steps add up to the promised limit",
        ],
    },
    version: 1,
    test: Test::Guide(|view, subject| Sheet::judged(view, subject, judge)),
};

fn judge(view: &View<'_>, sheet: &Sheet<'_>) -> Verdict {
    let guide = sheet.guide;
    let mut judgement = Judgement::new(view);
    let promised_at = judgement.cite_reading(sheet.page, &guide.promised);
    let statutory_at = judgement.cite_reading(sheet.page, &guide.statutory);
    let none = no_statutory(guide);
    match (guide.promised.stated(), none.as_ref().or(guide.statutory.stated())) {
        (Some(promised), Some(statutory)) => match spans::exceeds(&promised.value, &statutory.value) {
            Compared::NotLonger => {}
            Compared::Open => judgement.doubt(Reason::NotComparable),
            Compared::Longer => {
                let at = promised_at.into_iter().chain(statutory_at).collect();
                judgement.accuse(over_the_law(promised, statutory), READ, &[&promised.raw, &statutory.raw], at);
            }
        },
        (None, _) => judgement.doubt(why_unstated(&guide.promised)),
        (_, None) => judgement.doubt(why_unstated(&guide.statutory)),
    }
    let sum = guide.steps.value().and_then(|steps| spans::sum_of_steps(steps));
    if let (Some(promised), Some(sum), Some(steps)) = (guide.promised.stated(), sum, guide.steps.value()) {
        add_up(&mut judgement, sheet, promised, (sum, steps));
    }
    if matches!(guide.steps, Reading::Unreadable { .. }) {
        judgement.doubt(Reason::Unreadable);
    }
    let limit = |reading: &Reading<TimeLimit>| spans::value(reading.value().map(|limit| limit.span));
    let value = json!({
        "statutory": limit(&guide.statutory),
        "promised": limit(&guide.promised),
        "steps_sum": sum.map(|sum| f64::from(sum.counted) / 100.0),
    });
    judgement.finish(value)
}

/// 无 in the place of the statutory limit says that the law sets none.
fn no_statutory(guide: &ServiceGuide) -> Option<Located<TimeLimit>> {
    match &guide.statutory {
        Reading::Placeholder { at, raw } if says_none(raw) => {
            Some(Located { value: TimeLimit::plain(Span::NoLimit), at: at.clone(), raw: raw.clone() })
        }
        _ => None,
    }
}

/// Compares the steps with the promise. Special steps may or may not count, so anything between the two sums agrees.
fn add_up(
    judgement: &mut Judgement,
    sheet: &Sheet<'_>,
    promised: &Located<TimeLimit>,
    (sum, steps): (StepsSum, &[Step]),
) {
    let days = match promised.value.span {
        Span::Immediate => 0,
        Span::Amount { hundredths, unit: TimeUnit::WorkingDay } => hundredths,
        Span::Amount { .. } | Span::NoLimit => return,
    };
    if !promised.value.cases.is_empty() || (sum.counted..=sum.with_special).contains(&days) {
        return;
    }
    let mut at = vec![judgement.cite(sheet.page, &promised.at, &promised.raw)];
    let mut quotes = vec![promised.raw.as_str()];
    for step in steps.iter().filter(|step| step.limit.is_some()) {
        at.push(judgement.cite(sheet.page, &step.at, &step.raw));
        quotes.push(&step.raw);
    }
    judgement.accuse(sum_differs(promised, sum), INFERRED, &quotes, at);
}

fn over_the_law(promised: &Located<TimeLimit>, statutory: &Located<TimeLimit>) -> Words {
    Words {
        kind: "promised_exceeds_statutory",
        severity: Severity::Error,
        zh: format!("承诺办结时限“{}”长于法定办结时限“{}”。", promised.raw, statutory.raw),
        en: format!("The promised limit “{}” is longer than the statutory limit “{}”.", promised.raw, statutory.raw),
        remedy_zh: "核对两项时限，承诺办结时限不得长于法定办结时限。".into(),
        remedy_en: "Check both limits; the promise must not be longer than the law allows.".into(),
    }
}

fn sum_differs(promised: &Located<TimeLimit>, sum: StepsSum) -> Words {
    let days = f64::from(sum.counted) / 100.0;
    Words {
        kind: "steps_do_not_add_up",
        severity: Severity::Warning,
        zh: format!("各环节时限合计{days}个工作日，与承诺办结时限“{}”不一致。", promised.raw),
        en: format!("The steps add up to {days} working days, the promised limit is “{}”.", promised.raw),
        remedy_zh: "核对各环节时限与承诺办结时限；不计入时限的环节请注明。".into(),
        remedy_en: "Check the steps against the promise, and say which steps do not count.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, guide, placeholder, stated, step, unreadable, working_days};
    use crate::model::Outcome;

    fn steps(steps: Vec<Step>) -> ServiceGuide {
        ServiceGuide { steps: stated(steps, "办理流程"), ..guide("公司设立登记") }
    }

    #[test]
    fn limits_that_hold_together_pass_with_their_numbers() {
        let verdict = Night::of_guide(&CHECK, guide("公司设立登记"));
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value, json!({"statutory": 20.0, "promised": 5.0, "steps_sum": 5.0}));
    }

    #[test]
    fn a_promise_longer_than_the_law_fails_with_both_quotes() {
        let guide =
            ServiceGuide { promised: stated(working_days(25), "25个工作日"), ..guide("公司设立登记") };
        let verdict = Night::of_guide(&CHECK, ServiceGuide { steps: Reading::Absent, ..guide });
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["25个工作日", "20个工作日"]);
        assert_eq!(verdict.findings[0].at.len(), 2);
    }

    #[test]
    fn steps_that_do_not_add_up_fail() {
        let guide = steps(vec![step("受理", Some(1)), step("审查", Some(5)), step("决定", Some(1))]);
        let verdict = Night::of_guide(&CHECK, guide);
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "steps_do_not_add_up"));
        assert_eq!(verdict.value["steps_sum"], 7.0);
    }

    #[test]
    fn special_steps_may_count_or_not() {
        let main = || vec![step("受理", Some(1)), step("审查", Some(3)), step("决定", Some(1))];
        let mut outside = main();
        outside.push(Step { outside_limit: true, ..step("听证", Some(20)) });
        assert_eq!(Night::of_guide(&CHECK, steps(outside)).outcome, Outcome::Passed);
        let mut special = main();
        special.insert(2, step("公示", Some(7)));
        assert_eq!(Night::of_guide(&CHECK, steps(special)).outcome, Outcome::Passed);
        let counted = vec![step("受理", Some(1)), step("现场勘验", Some(3)), step("决定", Some(1))];
        assert_eq!(Night::of_guide(&CHECK, steps(counted)).outcome, Outcome::Passed);
    }

    #[test]
    fn steps_without_figures_or_in_two_flows_are_not_added_up() {
        let open = steps(vec![step("受理", Some(1)), step("审查", None), step("决定", Some(1))]);
        assert_eq!(Night::of_guide(&CHECK, open).outcome, Outcome::Passed);
        let twice = ["受理", "审查", "决定", "受理", "审查", "决定"].map(|name| step(name, Some(2))).to_vec();
        let verdict = Night::of_guide(&CHECK, steps(twice));
        assert_eq!((verdict.outcome, &verdict.value["steps_sum"]), (Outcome::Passed, &serde_json::Value::Null));
    }

    #[test]
    fn bare_days_against_working_days_are_not_comparable() {
        let promised = TimeLimit::plain(Span::Amount { hundredths: 1500, unit: TimeUnit::WorkingDay });
        let statutory = TimeLimit::plain(Span::Amount { hundredths: 1500, unit: TimeUnit::Day });
        let guide = ServiceGuide {
            promised: stated(promised, "15个工作日"),
            statutory: stated(statutory, "15日"),
            steps: Reading::Absent,
            ..guide("公司设立登记")
        };
        let verdict = Night::of_guide(&CHECK, guide);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotComparable)));
    }

    #[test]
    fn an_unreadable_limit_cannot_be_told_and_no_statutory_limit_is_no_fault() {
        let unread = ServiceGuide { promised: unreadable("视情况"), ..guide("公司设立登记") };
        let verdict = Night::of_guide(&CHECK, unread);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
        let none = ServiceGuide { statutory: placeholder("无"), ..guide("公司设立登记") };
        assert_eq!(Night::of_guide(&CHECK, none).outcome, Outcome::Passed);
    }
}
