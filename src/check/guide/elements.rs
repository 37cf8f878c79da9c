//! `guide.elements`: does the guide state every element that a visitor needs?

use std::collections::BTreeMap;

use serde_json::json;

use crate::check::judgement::{Judgement, SEEN, Sheet, Words};
use crate::check::view::View;
use crate::check::wording::says_none;
use crate::check::{Check, Test};
use crate::model::{
    Element, Locator, Property, PropertyId, Reading, Reason, ServiceGuide, Severity, SubjectKind, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.elements"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "办事指南要素完备性",
        title_en: "the guide states every required element",
        passed_when: "every required element is stated",
        rationale: "Each element that is missing is a question the visitor must ask by telephone or at the counter.",
        basis: &[
            "2020 assessment of 36 cities: completeness of elements (要素完备性)",
            "国办秘函〔2019〕19号: eight key classes of elements of a guide",
            "GB/T 39554.2-2020: elements of the implementation list",
        ],
    },
    version: 1,
    test: Test::Guide(|view, subject| Sheet::judged(view, subject, judge)),
};

/// What stands in the place of an element.
#[derive(Debug, Clone, PartialEq)]
struct State {
    word: &'static str,
    at: Option<Locator>,
    raw: String,
}

impl State {
    fn of<T>(reading: &Reading<T>) -> Self {
        let raw = match reading {
            Reading::Blank { label, .. } => label.clone(),
            other => other.raw().unwrap_or_default().to_owned(),
        };
        Self { word: reading.state(), at: reading.at().cloned(), raw }
    }

    /// How much a state tells: of two readings of one element the better one counts.
    fn rank(&self) -> u8 {
        match self.word {
            "stated" => 4,
            "unreadable" => 3,
            "placeholder" => 2,
            "blank" => 1,
            _ => 0,
        }
    }
}

fn judge(view: &View<'_>, sheet: &Sheet<'_>) -> Verdict {
    let mut judgement = Judgement::new(view);
    let required = &view.context.settings.required_elements;
    let states: BTreeMap<Element, State> = Element::ALL
        .iter()
        .filter(|element| required.contains(element) || sheet.guide.elements.contains_key(element))
        .map(|element| (*element, state(sheet.guide, *element)))
        .collect();
    sheet.cite_title(&mut judgement);
    for (element, state) in states.iter().filter(|(element, _)| required.contains(element)) {
        if spared(sheet.guide, *element, state) {
            continue;
        }
        match (state.word, &state.at) {
            ("stated", Some(at)) => {
                judgement.cite(sheet.page, at, &state.raw);
            }
            ("unreadable", at) => {
                if let Some(at) = at {
                    judgement.cite(sheet.page, at, &state.raw);
                }
                judgement.doubt(Reason::Unreadable);
            }
            ("blank" | "placeholder", _) if sheet.is_cut() => judgement.doubt(Reason::Unreadable),
            ("blank" | "placeholder", Some(at)) => {
                let index = judgement.cite(sheet.page, at, &state.raw);
                judgement.accuse(words(*element, state), SEEN, &[&state.raw], vec![index]);
            }
            // Every page of a guide names it somewhere; if we did not see where, that is ours.
            ("absent", _) if *element == Element::ItemName => judgement.doubt(Reason::Unreadable),
            ("absent", _) => match sheet.absence() {
                Ok(confidence) => {
                    let index = sheet.cite_title(&mut judgement);
                    judgement.accuse(words(*element, state), confidence, &[], vec![index]);
                }
                Err(reason) => judgement.doubt(reason),
            },
            _ => {}
        }
    }
    let value: BTreeMap<&str, &str> = states.iter().map(|(element, state)| (element.as_str(), state.word)).collect();
    judgement.finish(json!(value))
}

/// The state of an element: its own label's, its typed reading's, or that of an element that says the same.
fn state(guide: &ServiceGuide, element: Element) -> State {
    let own = State::of(&guide.element(element));
    let typed = match element {
        Element::ItemName => State::of(&guide.title),
        Element::StatutoryLimit => State::of(&guide.statutory),
        Element::PromisedLimit => State::of(&guide.promised),
        Element::Materials => State::of(&guide.materials),
        Element::Process => State::of(&guide.steps),
        Element::Flowchart => State::of(&guide.flowchart),
        Element::Fee => State::of(&guide.fee),
        Element::Visits => State::of(&guide.visits),
        Element::OnlineDepth => State::of(&guide.online_depth),
        Element::Courier => State::of(&guide.courier),
        _ => State::of::<String>(&Reading::Absent),
    };
    let best = if typed.rank() > own.rank() { typed } else { own };
    if best.word == "stated" {
        return best;
    }
    let others = match element {
        Element::ItemCode => vec![
            State::of(&guide.code.clone().map_or(Reading::Absent, Reading::Stated)),
            State::of(&guide.element(Element::HandlingItemCode)),
            State::of(&guide.element(Element::BaseCode)),
        ],
        Element::Department => vec![State::of(&guide.element(Element::AcceptingBody))],
        Element::AcceptingBody => vec![State::of(&guide.element(Element::Department))],
        // A process that is shown as a chart is shown.
        Element::Process => vec![State::of(&guide.flowchart)],
        _ => Vec::new(),
    };
    others.into_iter().find(|state| state.word == "stated" || state.word == "unreadable").unwrap_or(best)
}

/// Whether this element need not be stated in this guide, or its stand-in is an answer.
fn spared(guide: &ServiceGuide, element: Element, state: &State) -> bool {
    if state.word == "stated" {
        return false;
    }
    let none = state.word == "placeholder" && says_none(&state.raw);
    match element {
        Element::FeeStandard | Element::FeeBasis | Element::OnlinePayment => none || guide.fee.value() != Some(&true),
        Element::VisitReason => none || guide.visits.value().is_none_or(|visits| *visits == 0),
        // 即办件 need no promise in days.
        Element::PromisedLimit => none && guide.text(Element::HandlingKind).is_some_and(|kind| kind.contains("即办")),
        Element::Place => none && guide.visits.value() == Some(&0),
        Element::StatutoryLimit
        | Element::QuantityLimit
        | Element::JointBodies
        | Element::SpecialProcedure
        | Element::Materials
        | Element::Fee
        | Element::Courier
        | Element::Appointment
        | Element::Faq
        | Element::Theme
        | Element::OnlineDepth
        | Element::OnlineAddress
        | Element::Conditions => none,
        _ => false,
    }
}

/// The eight key classes of 国办秘函〔2019〕19号.
const KEY: [Element; 8] = [
    Element::ItemName,
    Element::LegalBasis,
    Element::Conditions,
    Element::Materials,
    Element::Place,
    Element::Hours,
    Element::ConsultPhone,
    Element::Process,
];

fn words(element: Element, state: &State) -> Words {
    let severity = if KEY.contains(&element) { Severity::Error } else { Severity::Warning };
    let (kind, zh, en) = match state.word {
        "blank" => (
            "blank",
            format!("“{}”一栏为空。", element.zh()),
            format!("The label “{}” ({}) is there, but nothing stands beside it.", element.zh(), element.en()),
        ),
        "placeholder" => (
            "placeholder",
            format!("“{}”一栏只写了“{}”，没有实际内容。", element.zh(), state.raw),
            format!("“{}” ({}) says only “{}”, which tells nothing.", element.zh(), element.en(), state.raw),
        ),
        _ => (
            "missing",
            format!("办事指南没有“{}”。", element.zh()),
            format!("The guide does not have “{}” ({}).", element.zh(), element.en()),
        ),
    };
    Words {
        kind,
        severity,
        zh,
        en,
        remedy_zh: format!("补充“{}”的具体内容。", element.zh()),
        remedy_en: format!("State the {}.", element.en()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, blank, guide, page, placeholder, put, unreadable, word};
    use crate::model::Outcome;
    use crate::model::extraction::LinkRole;

    #[test]
    fn a_guide_that_states_everything_passes() {
        let verdict = Night::of_guide(&CHECK, guide("公司设立登记"));
        assert_eq!(verdict.outcome, Outcome::Passed, "{:?}", verdict.findings);
        assert_eq!(word(&verdict.value, "materials"), "stated");
        assert!(verdict.evidence.len() > 10);
    }

    #[test]
    fn absent_blank_and_placeholder_are_told_apart() {
        let mut guide = guide("公司设立登记");
        guide.elements.remove(&Element::Conditions);
        guide.elements.insert(Element::Place, blank("办理地点"));
        guide.elements.insert(Element::Hours, placeholder("详见附件"));
        let verdict = Night::of_guide(&CHECK, guide);
        assert_eq!(verdict.outcome, Outcome::Failed);
        let kinds: Vec<&str> = verdict.findings.iter().map(|finding| finding.kind.as_str()).collect();
        assert_eq!(kinds, ["missing", "blank", "placeholder"]);
        assert!(verdict.findings.iter().all(|finding| finding.severity == Severity::Error && !finding.at.is_empty()));
    }

    #[test]
    fn what_we_could_not_read_is_never_the_guides_fault() {
        let mut guide = guide("公司设立登记");
        guide.elements.insert(Element::Hours, unreadable("□□□"));
        let verdict = Night::of_guide(&CHECK, guide);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn a_statutory_limit_of_none_is_an_answer_and_office_hours_of_none_are_not() {
        let mut guide = guide("公司设立登记");
        guide.elements.insert(Element::StatutoryLimit, placeholder("无"));
        guide.statutory = placeholder("无");
        assert_eq!(Night::of_guide(&CHECK, guide.clone()).outcome, Outcome::Passed);
        guide.elements.insert(Element::Hours, placeholder("无"));
        assert_eq!(Night::of_guide(&CHECK, guide).outcome, Outcome::Failed);
    }

    #[test]
    fn an_accepting_body_stands_in_for_the_department() {
        let mut guide = guide("公司设立登记");
        guide.elements.remove(&Element::Department);
        put(&mut guide, Element::AcceptingBody, "市场监管局");
        assert_eq!(Night::of_guide(&CHECK, guide).outcome, Outcome::Passed);
    }

    #[test]
    fn a_page_whose_frame_was_not_read_is_not_accused_of_gaps() {
        let mut guide = guide("公司设立登记");
        guide.elements.remove(&Element::Conditions);
        let night = Night::new().portal(page("/g").guide(guide).link_as("/frame", "", LinkRole::Embed));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }

    #[test]
    fn a_page_of_which_hardly_anything_was_recognized_is_not_accused_of_gaps() {
        let mut guide = guide("公司设立登记");
        guide.elements.clear();
        let verdict = Night::of_guide(&CHECK, guide);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn a_guide_that_was_not_met_cannot_be_told() {
        let verdict = Night::new().judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }
}
