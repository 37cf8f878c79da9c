//! `guide.channel_consistency`: do the portal and the mobile page say the same of one errand?
//!
//! The statement is made once, on the portal's guide. A mobile page is shorter by nature: what it leaves out is no
//! difference.

use std::collections::BTreeMap;

use serde_json::json;

use super::counterparts::{Pair, Standing, compare};
use crate::check::judgement::{INFERRED, Judgement, Sheet, Words};
use crate::check::view::{ChannelState, Counterpart, GuideSubject, View};
use crate::check::{Check, Test};
use crate::model::{ChannelKind, Element, Property, PropertyId, Reason, Severity, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.channel_consistency"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "两渠道办事指南一致",
        title_en: "portal and mobile page say the same",
        passed_when: "all compared elements say the same on the portal and on the mobile page",
        rationale: "A visitor who read the telephone prepares by what it said; at the counter the portal's version holds.",
        basis: &[
            "2020 assessment of 36 cities: only 10 had guides fully the same over two channels",
            "国办函〔2017〕115号: the same matter differed in content and standard between portal and platform",
            "国发〔2022〕5号: the elements of one item must agree everywhere",
        ],
    },
    version: 2,
    test: Test::PortalGuide(judge),
};

fn judge(view: &View<'_>, subject: &GuideSubject<'_>) -> Verdict {
    let mobiles: Vec<_> =
        view.dossier.target.web_channels().filter(|channel| channel.kind == ChannelKind::MobileWeb).collect();
    let gone = |channel| matches!(view.channel_state(channel), ChannelState::Withdrawn(_));
    if mobiles.iter().all(|channel| gone(channel)) {
        let verdict = Verdict::inapplicable(None);
        return mobiles.iter().fold(verdict, |verdict, channel| match view.channel_state(channel) {
            ChannelState::Withdrawn(page) => verdict.citing(page.cite_whole()),
            ChannelState::Open(_) | ChannelState::Shut(..) => verdict,
        });
    }
    let portal = match Sheet::open(view, subject) {
        Ok(sheet) => sheet,
        Err(verdict) => return verdict,
    };
    let counterpart = match view.counterpart(subject) {
        Counterpart::Found(counterpart) => counterpart,
        Counterpart::Unclear => return Verdict::cant_tell(Reason::NotComparable),
        Counterpart::Nowhere => {
            let reason = mobiles.iter().find_map(|channel| view.search_gap(channel)).unwrap_or(Reason::NotDiscovered);
            return Verdict::cant_tell(reason);
        }
    };
    let mobile = match Sheet::open(view, counterpart) {
        Ok(sheet) => sheet,
        Err(verdict) => return verdict,
    };
    let gap = portal.absence().err().or(mobile.absence().err());
    let mut pairs = compare(portal.guide, mobile.guide, gap);
    if portal.is_cut() || mobile.is_cut() {
        // The last value of a page that was cut is not whole.
        let doubt = Standing::NotCompared(Some(Reason::Unreadable));
        pairs
            .iter_mut()
            .filter(|pair| pair.standing == Standing::Differs)
            .for_each(|pair| pair.standing = doubt.clone());
    }
    let mut judgement = Judgement::new(view);
    for pair in &pairs {
        report(&mut judgement, (&portal, &mobile), pair);
    }
    if !pairs.iter().any(|pair| pair.standing == Standing::Same) {
        judgement.doubt(Reason::NotComparable);
    }
    let value: BTreeMap<&str, &str> = pairs.iter().map(|pair| (pair.element.as_str(), pair.standing.word())).collect();
    judgement.finish(json!(value))
}

fn report(judgement: &mut Judgement, (portal, mobile): (&Sheet<'_>, &Sheet<'_>), pair: &Pair) {
    let mut at = Vec::new();
    let mut quotes = Vec::new();
    for (sheet, side) in [(portal, &pair.portal), (mobile, &pair.mobile)] {
        if let Some((locator, words)) = side {
            at.push(judgement.cite(sheet.page, locator, words));
            quotes.push(words.as_str());
        }
    }
    match &pair.standing {
        Standing::Same | Standing::OneSideOnly | Standing::NotCompared(None) => {}
        Standing::NotCompared(Some(reason)) => judgement.doubt(*reason),
        Standing::Differs => judgement.accuse(words(pair.element, &quotes), INFERRED, &quotes, at),
    }
}

fn words(element: Element, quotes: &[&str]) -> Words {
    let severe = matches!(
        element,
        Element::PromisedLimit | Element::StatutoryLimit | Element::Place | Element::Materials | Element::Visits
    );
    let (portal, mobile) = (quotes.first().copied().unwrap_or_default(), quotes.get(1).copied().unwrap_or_default());
    let short = |words: &str| crate::model::redact::excerpt(words);
    Words {
        kind: "differs",
        severity: if severe { Severity::Error } else { Severity::Warning },
        zh: format!("“{}”两渠道不一致：门户网站为“{}”，手机端为“{}”。", element.zh(), short(portal), short(mobile)),
        en: format!(
            "The {} ({}) differs: the portal says “{}”, the mobile page “{}”.",
            element.en(),
            element.zh(),
            short(portal),
            short(mobile)
        ),
        remedy_zh: format!("核对并统一两渠道的“{}”。", element.zh()),
        remedy_en: format!("Find out which is right and bring the {} into line on both channels.", element.en()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, guide, page, put, stated, unreadable, word, working_days};
    use crate::model::{Outcome, PageKind, Reading, ServiceGuide};

    fn two(portal: ServiceGuide, mobile: ServiceGuide) -> Verdict {
        let night = Night::new().with_mobile().portal(page("/g").guide(portal)).mobile(page("/g").guide(mobile));
        night.judge_one(&CHECK, "portal", "registration")
    }

    fn title() -> ServiceGuide {
        guide("公司设立登记")
    }

    #[test]
    fn two_guides_that_say_the_same_pass() {
        let verdict = two(title(), title());
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(word(&verdict.value, "promised_limit"), "same");
    }

    #[test]
    fn other_clothes_are_the_same() {
        let mut mobile = title();
        put(&mut mobile, Element::ConsultPhone, "（0571）85023456");
        put(&mut mobile, Element::Place, "解放东路18号市民中心G座二楼");
        put(&mut mobile, Element::Hours, "周一至周五 9：00－17：00");
        put(&mut mobile, Element::HandlingForm, "网上办理；窗口办理");
        put(&mut mobile, Element::Department, "市市场监管局");
        let verdict = two(title(), mobile);
        assert_eq!(verdict.outcome, Outcome::Passed, "{:?}", verdict.findings);
    }

    #[test]
    fn another_limit_and_another_phone_fail_with_both_sides() {
        let mut mobile = ServiceGuide { promised: stated(working_days(10), "10个工作日"), ..title() };
        put(&mut mobile, Element::ConsultPhone, "0571-87654321");
        let verdict = two(title(), mobile);
        assert_eq!(verdict.outcome, Outcome::Failed);
        let limit = verdict.findings.iter().find(|finding| finding.quotes == ["5个工作日", "10个工作日"]);
        let limit = limit.expect("the limit is a finding");
        let hosts: Vec<_> = limit.at.iter().map(|at| verdict.evidence[*at].target_uri.host_str()).collect();
        assert_eq!(hosts, [Some("portal.test"), Some("mobile-web.test")]);
        assert_eq!(word(&verdict.value, "consult_phone"), "differs");
    }

    #[test]
    fn what_the_shorter_mobile_page_leaves_out_is_no_difference() {
        let mut mobile = ServiceGuide { statutory: Reading::Absent, materials: Reading::Absent, ..title() };
        mobile.elements.remove(&Element::Place);
        let verdict = two(title(), mobile);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(word(&verdict.value, "place"), "one_side_only");
    }

    #[test]
    fn an_unreadable_side_cannot_be_told() {
        let verdict = two(title(), ServiceGuide { promised: unreadable("详询"), ..title() });
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn a_city_without_mobile_pages_and_a_withdrawn_channel_are_inapplicable() {
        let portal = || page("/g").guide(title());
        let none = Night::new().portal(portal()).judge_one(&CHECK, "portal", "registration");
        assert_eq!(none.outcome, Outcome::Inapplicable);
        let gone = Night::new().with_shut_mobile(410, PageKind::Other).portal(portal());
        let gone = gone.judge_one(&CHECK, "portal", "registration");
        assert_eq!((gone.outcome, gone.evidence.len()), (Outcome::Inapplicable, 1));
    }

    #[test]
    fn a_shut_mobile_channel_and_a_guide_that_was_not_met_cannot_be_told() {
        let portal = || page("/g").guide(title());
        let shut = Night::new().with_shut_mobile(403, PageKind::Challenge).portal(portal());
        let shut = shut.judge_one(&CHECK, "portal", "registration");
        assert_eq!((shut.outcome, shut.reason), (Outcome::CantTell, Some(Reason::Blocked)));
        let missing = Night::new().with_mobile().portal(portal()).judge_one(&CHECK, "portal", "registration");
        assert_eq!((missing.outcome, missing.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }

    #[test]
    fn the_statement_is_made_once_on_the_portal() {
        let night = Night::new().with_mobile().portal(page("/g").guide(title())).mobile(page("/g").guide(title()));
        assert!(
            night
                .judge(&CHECK)
                .iter()
                .all(|statement| statement.channel.as_ref().is_some_and(|id| id.as_str() == "portal"))
        );
    }
}
