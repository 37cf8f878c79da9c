//! `handling.visits`: how often must a visitor come in person?

use serde_json::{Value, json};

use crate::check::judgement::{Judgement, SEEN, Sheet, Words};
use crate::check::view::View;
use crate::check::wording::says_none;
use crate::check::{Check, Test};
use crate::model::property::Unit;
use crate::model::{Property, PropertyId, Reading, Reason, Severity, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("handling.visits"),
        subject: SubjectKind::Guide,
        unit: Some(Unit::Visit),
        title_zh: "到办事现场次数",
        title_en: "visits in person",
        passed_when: "the number of visits is stated",
        rationale: "Each visit costs half a day; the number decides whether an errand can be done from home.",
        basis: &[
            "2020 assessment of 36 cities: trips of a chain of errands (跑动次数)",
            "浙江省保障“最多跑一次”改革规定 Art. 2: one visit or none, with complete and lawful materials",
            "GB/T 39554.2-2020 and the national exchange tables: visits are a mandatory element",
        ],
    },
    version: 1,
    test: Test::Guide(|view, subject| Sheet::judged(view, subject, judge)),
};

fn judge(view: &View<'_>, sheet: &Sheet<'_>) -> Verdict {
    let visits = &sheet.guide.visits;
    let value = visits.value().map_or(Value::Null, |visits| json!(visits));
    let mut judgement = Judgement::new(view);
    let at = judgement.cite_reading(sheet.page, visits);
    unstated(&mut judgement, visits, at, ("到办事现场次数", "number of visits"));
    judgement.finish(value)
}

/// What an element that is not stated leads to: an empty label or a stand-in is a fault, anything else a doubt.
///
/// A label that was not met is no fault here: it is `guide.elements` that looks for missing elements, and pages show
/// these three in many places.
pub(super) fn unstated<T>(judgement: &mut Judgement, reading: &Reading<T>, at: Option<usize>, (zh, en): (&str, &str)) {
    let (kind, raw) = match reading {
        Reading::Stated(_) => return,
        Reading::Unreadable { .. } => return judgement.doubt(Reason::Unreadable),
        Reading::Absent => return judgement.doubt(Reason::NotDiscovered),
        // 无 may mean "none at all": not for us to say.
        Reading::Placeholder { raw, .. } if says_none(raw) => return judgement.doubt(Reason::Unreadable),
        Reading::Placeholder { raw, .. } => ("placeholder", raw.as_str()),
        Reading::Blank { label, .. } => ("blank", label.as_str()),
    };
    let words = Words {
        kind,
        severity: Severity::Warning,
        zh: format!("“{zh}”没有填写具体内容，只见“{raw}”。"),
        en: format!("The {en} ({zh}) is not stated; the page shows only “{raw}”."),
        remedy_zh: format!("填写“{zh}”。"),
        remedy_en: format!("State the {en}."),
    };
    judgement.accuse(words, SEEN, &[raw], at.into_iter().collect());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, blank, guide, placeholder, stated};
    use crate::model::{Outcome, ServiceGuide};

    fn with(visits: Reading<u32>) -> Verdict {
        Night::of_guide(&CHECK, ServiceGuide { visits, ..guide("公司设立登记") })
    }

    #[test]
    fn a_stated_number_passes_with_the_number() {
        let verdict = with(stated(0, "0次"));
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!(0)));
        assert_eq!(verdict.evidence[0].excerpt, "0次");
    }

    #[test]
    fn an_empty_label_and_a_stand_in_fail() {
        assert_eq!(with(blank("到办事现场次数")).outcome, Outcome::Failed);
        assert_eq!(with(placeholder("-")).outcome, Outcome::Failed);
    }

    #[test]
    fn no_label_and_a_bare_none_cannot_be_told() {
        let absent = with(Reading::Absent);
        assert_eq!((absent.outcome, absent.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
        assert_eq!(with(placeholder("无")).outcome, Outcome::CantTell);
    }
}
