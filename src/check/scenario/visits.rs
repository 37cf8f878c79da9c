//! `scenario.visits`: how many visits does the whole chain take?
//!
//! Visits of single errands cannot simply be added: several may be done at one counter. So three numbers are stated,
//! and none of them is called the number of trips.

use serde_json::{Value, json};

use crate::check::judgement::{Judgement, Sheet, why_unstated};
use crate::check::view::{GuideSubject, View};
use crate::check::whereabouts::same_place;
use crate::check::wording::Agreement;
use crate::check::{Check, Test};
use crate::model::property::Unit;
use crate::model::{ChannelKind, Element, Property, PropertyId, Reason, Scenario, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("scenario.visits"),
        subject: SubjectKind::Scenario,
        unit: Some(Unit::Visit),
        title_zh: "全链条跑动次数",
        title_en: "visits for the whole chain",
        passed_when: "the number of visits is known for every required errand of the chain",
        rationale: "What counts for a founder is how often the whole chain calls for a way, not a single errand.",
        basis: &[
            "2020 assessment of 36 cities: average trips for starting a business, 1.83",
            "浙江省保障“最多跑一次”改革规定 Art. 2",
        ],
    },
    version: 1,
    test: Test::Scenario(judge),
};

fn judge(view: &View<'_>, scenario: &Scenario) -> Verdict {
    let of_segment = |id: &str| -> Vec<&GuideSubject<'_>> {
        let subjects = view.segments.iter().filter(|subject| {
            subject.channel.kind == ChannelKind::Portal
                && subject.scenario.is_some_and(|known| known.id == scenario.id)
                && subject.segment.is_some_and(|segment| segment.id == id)
        });
        subjects.collect()
    };
    let required: Vec<_> = scenario.segments.iter().filter(|segment| segment.required).collect();
    if required.is_empty() {
        return Verdict::inapplicable(None);
    }
    let mut judgement = Judgement::new(view);
    let (mut sum, mut max) = (0_u32, 0_u32);
    let mut places: Option<Vec<String>> = Some(Vec::new());
    for segment in required {
        let subjects = of_segment(&segment.id);
        let known =
            subjects.iter().copied().find(|subject| subject.guide.is_some_and(|guide| guide.visits.value().is_some()));
        let Some(subject) = known.or_else(|| subjects.first().copied()) else {
            return Verdict::cant_tell(Reason::NotDiscovered);
        };
        let sheet = match Sheet::open(view, subject) {
            Ok(sheet) => sheet,
            Err(verdict) => return verdict,
        };
        judgement.cite_reading(sheet.page, &sheet.guide.visits);
        let Some(visits) = sheet.guide.visits.value().copied() else {
            judgement.doubt(why_unstated(&sheet.guide.visits));
            continue;
        };
        sum = sum.saturating_add(visits);
        max = max.max(visits);
        if visits > 0 {
            let place = sheet.guide.element(Element::Place);
            judgement.cite_reading(sheet.page, &place);
            places = places.and_then(|known| with_place(known, place.value()?));
        }
    }
    let distinct = places.map_or(Value::Null, |places| json!(places.len()));
    let verdict = judgement.finish(json!({"sum": sum, "max": max, "distinct_places": distinct}));
    // Numbers over a part of the chain would look like numbers over the whole.
    if verdict.reason.is_some() { verdict.with_value(Value::Null) } else { verdict }
}

/// Adds a place unless it is known. `None` if it cannot be told whether it is.
fn with_place(mut known: Vec<String>, place: &str) -> Option<Vec<String>> {
    let results: Vec<Agreement> = known.iter().map(|other| same_place(other, place)).collect();
    if results.contains(&Agreement::Same) {
        return Some(known);
    }
    if results.contains(&Agreement::Unclear) {
        return None;
    }
    known.push(place.to_owned());
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, blank, guide, page, put, stated};
    use crate::model::{Outcome, Reading, ServiceGuide};

    fn night(registration: Reading<u32>, seal: Reading<u32>, place: &str) -> Verdict {
        let mut second = ServiceGuide { visits: seal, code: None, ..guide("公章刻制备案") };
        put(&mut second, Element::Place, place);
        let first = ServiceGuide { visits: registration, ..guide("公司设立登记") };
        Night::new().portal(page("/a").guide(first)).portal(page("/b").guide(second)).judge_one(&CHECK, "", "")
    }

    #[test]
    fn known_visits_pass_with_sum_maximum_and_places() {
        let verdict = night(stated(1, "1"), stated(2, "2"), "文一西路500号");
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value, json!({"sum": 3, "max": 2, "distinct_places": 2}));
    }

    #[test]
    fn one_hall_under_two_spellings_is_one_place() {
        let verdict = night(stated(1, "1"), stated(1, "1"), "解放东路18号市民中心G座二楼");
        assert_eq!(verdict.value["distinct_places"], 1);
    }

    #[test]
    fn no_visit_at_all_needs_no_place() {
        let verdict = night(stated(0, "0"), stated(0, "0次"), "");
        assert_eq!(verdict.value, json!({"sum": 0, "max": 0, "distinct_places": 0}));
    }

    #[test]
    fn one_unknown_errand_makes_the_chain_unknown() {
        let verdict = night(stated(1, "1"), blank("到办事现场次数"), "文一西路500号");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
        assert_eq!(verdict.value, Value::Null);
        let missing = Night::new().portal(page("/a").guide(guide("公司设立登记"))).judge_one(&CHECK, "", "");
        assert_eq!((missing.outcome, missing.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }
}
