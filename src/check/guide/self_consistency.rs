//! `guide.self_consistency`: does one part of the guide contradict another?

use serde_json::Value;

use super::contradictions::RULES;
use crate::check::judgement::{Judgement, Sheet, Words};
use crate::check::view::View;
use crate::check::{Check, Test};
use crate::model::redact::excerpt;
use crate::model::{Property, PropertyId, Reading, Reason, ServiceGuide, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.self_consistency"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "办事指南前后不矛盾",
        title_en: "the guide does not contradict itself",
        passed_when: "no rule finds two statements of the guide that cannot both be right",
        rationale: "Where two lines contradict each other the visitor does not know which to believe, and has to ask.",
        basis: &[
            "2020 assessment of 36 cities: accuracy of guides (信息准确性)",
            "rule sets of public checkers: visits, ways of handling, kind of case and fees must agree",
        ],
    },
    version: 1,
    test: Test::Guide(|view, subject| Sheet::judged(view, subject, judge)),
};

fn judge(view: &View<'_>, sheet: &Sheet<'_>) -> Verdict {
    let mut judgement = Judgement::new(view);
    sheet.cite_title(&mut judgement);
    let mut applied = 0;
    for rule in RULES {
        match (rule.holds)(sheet.guide) {
            None => {}
            Some(Ok(())) => applied += 1,
            Some(Err(contradiction)) => {
                applied += 1;
                let sides = &contradiction.sides;
                let at: Vec<usize> = sides.iter().map(|(at, words)| judgement.cite(sheet.page, at, words)).collect();
                let excerpts: Vec<String> = sides.iter().map(|(_, words)| excerpt(words)).collect();
                let quotes: Vec<&str> = excerpts.iter().map(String::as_str).collect();
                let words = Words {
                    kind: rule.id,
                    severity: rule.severity,
                    zh: format!("{}原文：{}。", rule.zh, quotes.join(" / ")),
                    en: format!("{} Words: {}.", rule.en, quotes.join(" / ")),
                    remedy_zh: rule.remedy_zh.into(),
                    remedy_en: rule.remedy_en.into(),
                };
                judgement.accuse(words, contradiction.confidence, &quotes, at);
            }
        }
    }
    cite_inputs(&mut judgement, sheet);
    if unread(sheet.guide) {
        judgement.doubt(Reason::Unreadable);
    } else if applied == 0 {
        judgement.doubt(Reason::NotComparable);
    }
    judgement.finish(Value::Null)
}

/// What the rules looked at, so that a pass shows what it rests on.
fn cite_inputs(judgement: &mut Judgement, sheet: &Sheet<'_>) {
    judgement.cite_reading(sheet.page, &sheet.guide.visits);
    judgement.cite_reading(sheet.page, &sheet.guide.fee);
    judgement.cite_reading(sheet.page, &sheet.guide.promised);
    judgement.cite_reading(sheet.page, &sheet.guide.online_depth);
}

/// Whether something that a rule needs is there but could not be read.
fn unread(guide: &ServiceGuide) -> bool {
    fn is<T>(reading: &Reading<T>) -> bool {
        matches!(reading, Reading::Unreadable { .. })
    }
    is(&guide.visits) || is(&guide.fee) || is(&guide.promised) || is(&guide.courier) || is(&guide.online_depth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, blank, guide, put, stated, unreadable, working_days};
    use crate::model::guide::{DepthScale, OnlineDepth};
    use crate::model::{Element, Outcome, TimeLimit};

    fn kinds(guide: ServiceGuide) -> Vec<String> {
        Night::of_guide(&CHECK, guide).findings.into_iter().map(|finding| finding.kind).collect()
    }

    fn with(change: impl Fn(&mut ServiceGuide)) -> ServiceGuide {
        let mut guide = guide("公司设立登记");
        change(&mut guide);
        guide
    }

    fn zero_visits(guide: &mut ServiceGuide) {
        guide.visits = stated(0, "0");
    }

    fn depth(guide: &mut ServiceGuide, raw: &str, level: Option<u8>) {
        let value = OnlineDepth { raw: raw.into(), scale: DepthScale::Levels, level };
        guide.online_depth = stated(value, raw);
    }

    #[test]
    fn a_guide_without_contradictions_passes_with_what_was_looked_at() {
        let verdict = Night::of_guide(&CHECK, guide("公司设立登记"));
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert!(verdict.evidence.len() >= 4);
    }

    #[test]
    fn no_visit_but_only_the_window_is_a_contradiction() {
        let guide = with(|guide| {
            zero_visits(guide);
            put(guide, Element::HandlingForm, "窗口办理");
            guide.courier = stated(false, "不支持");
        });
        let verdict = Night::of_guide(&CHECK, guide);
        assert_eq!(verdict.findings[0].kind, "zero_visits_window_only");
        assert_eq!(verdict.findings[0].quotes, ["0", "窗口办理"]);
        assert_eq!(verdict.findings[0].at.len(), 2);
    }

    #[test]
    fn no_visit_is_right_where_documents_are_posted_or_handled_online() {
        let posted = with(|guide| {
            zero_visits(guide);
            put(guide, Element::HandlingForm, "窗口办理");
        });
        assert!(kinds(posted).is_empty());
        let online = with(|guide| {
            zero_visits(guide);
            guide.courier = stated(false, "否");
        });
        assert!(kinds(online).is_empty());
    }

    #[test]
    fn a_case_settled_on_the_spot_does_not_take_days() {
        let days = with(|guide| put(guide, Element::HandlingKind, "即办件"));
        assert_eq!(kinds(days), ["immediate_case_with_days"]);
        let one_day = with(|guide| {
            put(guide, Element::HandlingKind, "即办件");
            guide.promised = stated(working_days(1), "1个工作日");
        });
        assert!(kinds(one_day).is_empty());
    }

    #[test]
    fn a_case_settled_on_the_spot_is_held_against_the_shortest_of_several_limits() {
        let promised = |raw: &'static str, cases: &[(&str, u32)]| {
            let cases: Vec<_> =
                cases.iter().map(|(words, days)| ((*words).to_owned(), working_days(*days).span)).collect();
            kinds(with(|guide| {
                put(guide, Element::HandlingKind, "即办件");
                let limit = TimeLimit { cases: cases.clone(), ..working_days(20) };
                guide.promised = stated(limit, raw);
            }))
        };
        let both = promised("一般情形10个工作日，复杂情形20个工作日", &[("一般情形", 10), ("复杂情形", 20)]);
        assert_eq!(both, ["immediate_case_with_days"]);
        let general = promised("一般情形1个工作日，复杂情形20个工作日", &[("一般情形", 1), ("复杂情形", 20)]);
        assert!(general.is_empty());
        // The general case has no words of its own, so it is not among the cases.
        assert!(promised("1个工作日，复杂情形20个工作日", &[("复杂情形", 20)]).is_empty());
        assert!(promised("当场办结，复杂情形20个工作日", &[("复杂情形", 20)]).is_empty());
    }

    #[test]
    fn no_fee_contradicts_an_amount_but_not_an_exemption() {
        assert_eq!(kinds(with(|guide| put(guide, Element::FeeStandard, "160元/本"))), ["free_but_tariff"]);
        assert!(kinds(with(|guide| put(guide, Element::FeeStandard, "原收费160元/本，现已免征"))).is_empty());
        assert!(kinds(with(|guide| put(guide, Element::FeeStandard, "0元"))).is_empty());
    }

    #[test]
    fn a_fee_needs_an_amount_or_a_basis() {
        let bare = |guide: &mut ServiceGuide| {
            guide.fee = stated(true, "是");
            guide.elements.insert(Element::FeeStandard, blank("收费标准"));
            guide.elements.insert(Element::FeeBasis, blank("收费依据"));
        };
        assert_eq!(kinds(with(bare)), ["fee_without_scale_or_basis"]);
        let basis = with(|guide| {
            bare(guide);
            put(guide, Element::FeeBasis, "发改价格〔2015〕1号");
        });
        assert!(kinds(basis).is_empty());
        assert!(kinds(with(|guide| guide.fee = stated(true, "是"))).is_empty());
    }

    #[test]
    fn the_whole_course_online_needs_no_visit_but_at_most_one_visit_may_be_none() {
        assert_eq!(kinds(with(|guide| depth(guide, "全程网办（Ⅳ级）", Some(4)))), ["fully_online_but_visits"]);
        let ceiling = with(|guide| {
            depth(guide, "Ⅳ级", Some(4));
            guide.visits = stated(1, "最多跑1次");
        });
        assert!(kinds(ceiling).is_empty());
    }

    #[test]
    fn one_number_for_questions_and_complaints_is_no_contradiction() {
        let same = with(|guide| put(guide, Element::ComplaintPhone, "0571-85023456"));
        assert_eq!(Night::of_guide(&CHECK, same).outcome, Outcome::Passed);
    }

    #[test]
    fn what_could_not_be_read_leaves_a_doubt_and_a_bare_guide_cannot_be_compared() {
        let unread = with(|guide| guide.visits = unreadable("若干"));
        let verdict = Night::of_guide(&CHECK, unread);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
        let bare = ServiceGuide {
            title: stated("公司设立登记".into(), "公司设立登记"), ..ServiceGuide::default()
        };
        let verdict = Night::of_guide(&CHECK, bare);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotComparable)));
    }
}
