//! `handling.online_depth`: how far can the errand be done online?

use serde_json::{Value, json};

use super::visits::unstated;
use crate::check::judgement::{Judgement, Sheet};
use crate::check::view::View;
use crate::check::{Check, Test};
use crate::model::{Property, PropertyId, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("handling.online_depth"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "网上办理深度",
        title_en: "online depth",
        passed_when: "the online depth is stated; its words and its scale are kept, scales are never converted",
        rationale: "The depth tells whether a visitor can finish online or only read there.",
        basis: &[
            "2020 assessment of 36 cities: online depth of key items (网办深度)",
            "national exchange tables: online depth is an element of an item; three scales are in use",
        ],
    },
    version: 1,
    test: Test::Guide(|view, subject| Sheet::judged(view, subject, judge)),
};

fn judge(view: &View<'_>, sheet: &Sheet<'_>) -> Verdict {
    let depth = &sheet.guide.online_depth;
    let value = depth
        .value()
        .map_or(Value::Null, |depth| json!({"raw": depth.raw, "scale": depth.scale, "level": depth.level}));
    let mut judgement = Judgement::new(view);
    let at = judgement.cite_reading(sheet.page, depth);
    unstated(&mut judgement, depth, at, ("网上办理深度", "online depth"));
    judgement.finish(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, blank, guide, unreadable};
    use crate::model::guide::OnlineDepth;
    use crate::model::{Outcome, Reading, Reason, ServiceGuide};

    fn with(online_depth: Reading<OnlineDepth>) -> Verdict {
        Night::of_guide(&CHECK, ServiceGuide { online_depth, ..guide("公司设立登记") })
    }

    #[test]
    fn a_stated_depth_passes_with_words_scale_and_level() {
        let verdict = Night::of_guide(&CHECK, guide("公司设立登记"));
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value, json!({"raw": "Ⅲ级", "scale": "levels", "level": 3}));
    }

    #[test]
    fn an_empty_label_fails() {
        let verdict = with(blank("网上办理深度"));
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "blank"));
    }

    #[test]
    fn no_label_and_unknown_words_cannot_be_told() {
        assert_eq!(with(Reading::Absent).reason, Some(Reason::NotDiscovered));
        assert_eq!(with(unreadable("深")).reason, Some(Reason::Unreadable));
    }
}
