//! `guide.findability`: how many clicks from the entry to the guide?

use serde_json::json;

use crate::check::judgement::{Judgement, READ, Words};
use crate::check::view::{ChannelState, GuideSubject, View};
use crate::check::{Check, Test};
use crate::model::property::Unit;
use crate::model::{Property, PropertyId, Reason, Severity, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.findability"),
        subject: SubjectKind::Guide,
        unit: Some(Unit::Click),
        title_zh: "办事指南易获性",
        title_en: "few clicks lead to the guide",
        passed_when: "at most the configured number of clicks lead from the entry to the guide",
        rationale: "A guide deep below the home page is found only by those who already know that it is there.",
        basis: &["2020 assessment of 36 cities: findability of guides (易获性) was a weak point"],
    },
    version: 1,
    test: Test::Segment(judge),
};

fn judge(view: &View<'_>, subject: &GuideSubject<'_>) -> Verdict {
    let Some(page) = subject.page else {
        return Verdict::cant_tell(view.search_gap(subject.channel).unwrap_or(Reason::NotDiscovered));
    };
    let Some(clicks) = view.clicks_to(subject) else { return Verdict::cant_tell(Reason::NotDiscovered) };
    let limit = view.context.settings.max_clicks;
    let mut judgement = Judgement::new(view);
    let mut at = Vec::new();
    if let ChannelState::Open(entry) = view.channel_state(subject.channel) {
        at.push(judgement.cite_whole(entry));
    }
    at.push(judgement.cite_whole(page));
    if clicks > limit {
        // A page that was not read may hold a shorter way.
        match view.search_gap(subject.channel) {
            Some(reason) => judgement.doubt(reason),
            None => judgement.accuse(words(&subject.title(), clicks, limit), READ, &[&subject.title()], at),
        }
    }
    judgement.finish(json!(clicks))
}

fn words(title: &str, clicks: u32, limit: u32) -> Words {
    Words {
        kind: "too_deep",
        severity: Severity::Warning,
        zh: format!("从首页到“{title}”的办事指南最少需点击{clicks}次，超过{limit}次。"),
        en: format!("The shortest way from the entry to the guide “{title}” takes {clicks} clicks, more than {limit}."),
        remedy_zh: "在首页或一级栏目提供直达入口。".into(),
        remedy_en: "Offer a direct way in on the home page or a first-level page.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, guide, list, page};
    use crate::model::{Outcome, SkipReason};

    fn deep(night: Night, pages: usize) -> Night {
        let mut night = night.home_link("/p1", "更多");
        for at in 1..pages {
            night = night.portal(list(&format!("/p{at}"), "列表").link(&format!("/p{}", at + 1), "更多"));
        }
        night.portal(page(&format!("/p{pages}")).guide(guide("公司设立登记")))
    }

    #[test]
    fn a_guide_two_clicks_away_passes_with_the_number_of_clicks() {
        let verdict = deep(Night::new(), 2).judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!(2)));
    }

    #[test]
    fn a_guide_six_clicks_away_fails() {
        let verdict = deep(Night::new(), 6).judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Failed, json!(6)));
        assert_eq!(verdict.findings[0].kind, "too_deep");
    }

    #[test]
    fn a_long_way_proves_nothing_while_pages_were_left_unread() {
        let mut night = deep(Night::new(), 6);
        night.coverage("portal").budget = Some(SkipReason::BudgetTime);
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::BudgetExhausted)));
    }

    #[test]
    fn a_guide_without_a_known_way_cannot_be_told() {
        let night = Night::new().portal(page("/g").guide(guide("公司设立登记")));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }
}
