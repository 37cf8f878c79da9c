//! `handling.delivery`: can documents or results be posted?

use serde_json::{Value, json};

use crate::check::judgement::{Judgement, READ, Sheet, Words, why_unstated};
use crate::check::view::View;
use crate::check::{Check, Test};
use crate::model::{Element, Property, PropertyId, Severity, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("handling.delivery"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "支持物流快递",
        title_en: "documents or results are posted",
        passed_when: "posting of documents or results is offered",
        rationale: "Where the result is posted a visitor saves the last way; cities cut visits by this first.",
        basis: &[
            "2020 assessment of 36 cities: posting of results saved visits; convenience services (便民服务) often differ",
            "national exchange tables: posting of materials and of results are elements of an item",
        ],
    },
    version: 1,
    test: Test::Guide(|view, subject| Sheet::judged(view, subject, judge)),
};

fn judge(view: &View<'_>, sheet: &Sheet<'_>) -> Verdict {
    let mut judgement = Judgement::new(view);
    let courier = &sheet.guide.courier;
    let at = judgement.cite_reading(sheet.page, courier);
    for element in [Element::ResultDelivery, Element::HandlingForm] {
        let reading = sheet.guide.element(element);
        if reading.value().is_some_and(|words| posts(words)) {
            judgement.cite_reading(sheet.page, &reading);
            return judgement.finish(json!(true));
        }
    }
    match (courier.stated(), at) {
        (Some(stated), _) if stated.value => judgement.finish(json!(true)),
        (Some(stated), Some(at)) => {
            judgement.accuse(words(&stated.raw), READ, &[&stated.raw], vec![at]);
            judgement.finish(json!(false))
        }
        _ => {
            judgement.doubt(why_unstated(courier));
            judgement.finish(Value::Null)
        }
    }
}

/// Whether words about handling or delivery offer posting, and do not deny it.
fn posts(words: &str) -> bool {
    let offered = ["邮寄", "快递", "邮政", "寄送", "EMS", "ems"].iter().any(|word| words.contains(word));
    offered && !["不支持", "不提供", "不予", "暂不", "无法", "不可", "未开通"].iter().any(|word| words.contains(word))
}

fn words(raw: &str) -> Words {
    Words {
        kind: "not_offered",
        severity: Severity::Notice,
        zh: format!("不提供物流快递（原文“{raw}”）。"),
        en: format!("Posting is not offered (the page says “{raw}”)."),
        remedy_zh: "开通申请材料或办理结果的邮寄服务。".into(),
        remedy_en: "Offer to post documents or results.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, guide, put, stated};
    use crate::model::{Outcome, Reading, Reason, ServiceGuide};

    fn with(courier: Reading<bool>) -> ServiceGuide {
        ServiceGuide { courier, ..guide("公司设立登记") }
    }

    #[test]
    fn an_offer_passes() {
        let verdict = Night::of_guide(&CHECK, with(stated(true, "是")));
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!(true)));
    }

    #[test]
    fn a_denial_fails_with_its_words() {
        let verdict = Night::of_guide(&CHECK, with(stated(false, "不支持")));
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Failed, json!(false)));
        assert_eq!(verdict.findings[0].quotes, ["不支持"]);
    }

    #[test]
    fn results_by_post_pass_and_post_that_is_not_offered_does_not() {
        let mut guide = with(Reading::Absent);
        put(&mut guide, Element::ResultDelivery, "窗口领取、邮寄送达");
        assert_eq!(Night::of_guide(&CHECK, guide.clone()).outcome, Outcome::Passed);
        put(&mut guide, Element::ResultDelivery, "窗口领取，暂不支持邮寄");
        let verdict = Night::of_guide(&CHECK, guide);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }
}
