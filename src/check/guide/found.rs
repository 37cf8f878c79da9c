//! `guide.found`: does a guide for the errand exist on the channel?

use serde_json::{Value, json};

use crate::check::judgement::{INFERRED, Judgement, Words};
use crate::check::view::{ChannelState, GuideSubject, View};
use crate::check::{Check, Test};
use crate::model::dossier::PageRecord;
use crate::model::{PageKind, Property, PropertyId, Purpose, Reason, Segment, Severity, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.found"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "办事指南可找到",
        title_en: "a guide for the errand is there",
        passed_when: "a guide for the segment was found; failed only if everything in reach was looked at",
        rationale: "Who cannot find a guide has to go to the hall to ask what to bring, and then come again.",
        basis: &[
            "2020 assessment of 36 cities: findability of guides (易获性) and completeness of the list of items (事项齐全性)",
            "国办秘函〔2019〕19号: a portal that offers no services is unqualified",
        ],
    },
    version: 1,
    test: Test::Segment(judge),
};

fn judge(view: &View<'_>, subject: &GuideSubject<'_>) -> Verdict {
    let mut judgement = Judgement::new(view);
    if let (Some(page), Some(guide)) = (subject.page, subject.guide) {
        if judgement.cite_reading(page, &guide.title).is_none() {
            judgement.cite_whole(page);
        }
        return judgement.finish(json!(page.request.url.as_str()));
    }
    let Some(segment) = subject.segment else { return Verdict::cant_tell(Reason::NotDiscovered) };
    let ChannelState::Open(entry) = view.channel_state(subject.channel) else {
        return Verdict::cant_tell(view.search_gap(subject.channel).unwrap_or(Reason::Unreachable));
    };
    if let Some(reason) = view.search_gap(subject.channel) {
        return Verdict::cant_tell(reason);
    }
    if let Some((reason, page)) = lead(view, subject, segment) {
        let verdict = Verdict::cant_tell(reason);
        return match page {
            Some(page) => verdict.citing(page.cite_whole()),
            None => verdict,
        };
    }
    let mut at = vec![judgement.cite_whole(entry)];
    let lists = view.readings(subject.channel).filter(|(_, extraction)| extraction.kind == PageKind::GuideList);
    at.extend(lists.take(LISTS_CITED).map(|(page, _)| judgement.cite_whole(page)));
    judgement.accuse(words(segment), INFERRED, &[&segment.name], at);
    judgement.finish(Value::Null)
}

/// Enough lists to show where we looked, few enough for a record.
const LISTS_CITED: usize = 5;

/// A trace of the errand that was not read to its end: the guide may be behind it.
fn lead<'a>(
    view: &View<'a>,
    subject: &GuideSubject<'_>,
    segment: &Segment,
) -> Option<(Reason, Option<&'a PageRecord>)> {
    let of_channel = || view.dossier.of_channel_owned(&subject.channel.id);
    // The site's own search is a way to the guide; if it was barred, the guide may lie behind it.
    let asked = |page: &PageRecord| page.request.purpose == Purpose::Search { segment: segment.id.clone() };
    if let Some((page, reason)) =
        of_channel().filter(|page| asked(page)).find_map(|page| Some((page, view.page_barrier(page)?)))
    {
        return Some((reason, Some(page)));
    }
    for page in of_channel().filter(|page| page.is_reading()) {
        let extraction = page.extraction.as_deref();
        let title =
            extraction.and_then(|extraction| extraction.title.as_ref()).map_or("", |title| title.value.as_str());
        if segment.names(&page.request.anchor) || segment.names(title) {
            if let Some(reason) = view.page_barrier(page) {
                return Some((reason, Some(page)));
            }
            let other = matches!(page.kind(), Some(PageKind::Other | PageKind::Attachment | PageKind::Data));
            if other && !view.is_soft_not_found(page) {
                return Some((Reason::Unreadable, Some(page)));
            }
        }
        let news = matches!(page.kind(), Some(PageKind::News | PageKind::Reply | PageKind::ReplyList));
        for link in extraction.iter().filter(|_| !news).flat_map(|extraction| &extraction.links) {
            if segment.names(&link.text) && view.dossier.answer(&link.url).is_none() {
                return Some((view.why_unread(&link.url), Some(page)));
            }
        }
    }
    None
}

fn words(segment: &Segment) -> Words {
    Words {
        kind: "missing",
        severity: Severity::Error,
        zh: format!("已查看该渠道可到达的全部页面，未找到“{}”的办事指南。", segment.name),
        en: format!(
            "All pages in reach of this channel were looked at; no guide for “{}” is among them.",
            segment.name
        ),
        remedy_zh: "发布该事项的办事指南，并从事项清单链接到它。".into(),
        remedy_en: "Publish a guide for this errand and link to it from the list of services.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, guide, list, page};
    use crate::model::{Outcome, SkipReason};

    #[test]
    fn a_guide_that_was_read_is_found() {
        let night = Night::new().portal(page("/g").guide(guide("公司设立登记")));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value, json!("http://portal.test/g"));
        assert!(!verdict.evidence.is_empty());
    }

    #[test]
    fn an_exhausted_search_without_a_guide_fails_with_evidence_of_where_we_looked() {
        let night = Night::new().portal(list("/list", "办事指南"));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.evidence.len(), 2);
        assert_eq!(verdict.findings[0].at, [0, 1]);
    }

    #[test]
    fn a_promising_page_that_was_not_read_leaves_a_gap_whatever_stood_in_its_way() {
        let reason = |page: crate::check::guide_testing::Page| {
            let verdict = Night::new().portal(page.promising()).judge_one(&CHECK, "portal", "registration");
            (verdict.outcome, verdict.reason)
        };
        let gap = |reason| (Outcome::CantTell, Some(reason));
        assert_eq!(reason(page("/list").status(500)), gap(Reason::Unreachable));
        assert_eq!(reason(page("/list").status(405)), gap(Reason::Blocked));
        assert_eq!(reason(page("/list").kind(PageKind::LoginWall).anchor("办事指南")), gap(Reason::LoginRequired));
        assert_eq!(reason(page("/list").kind(PageKind::Data)), gap(Reason::Unreadable));
        // A page that is gone hides nothing, and neither does the button that begins an errand.
        assert_eq!(reason(page("/list").status(404)).0, Outcome::Failed);
        assert_eq!(reason(page("/do").kind(PageKind::LoginWall).anchor("在线办理")).0, Outcome::Failed);
    }

    #[test]
    fn a_list_whose_rest_comes_by_a_button_leaves_a_gap_until_its_end_was_seen() {
        let reason = |page: crate::check::guide_testing::Page| {
            let verdict = Night::new().portal(page.promising()).judge_one(&CHECK, "portal", "registration");
            (verdict.outcome, verdict.reason)
        };
        let gap = (Outcome::CantTell, Some(Reason::NotRendered));
        let part = || list("/list", "办事指南").with_button();
        assert_eq!(reason(part()), gap, "no browser pressed the button");
        assert_eq!(reason(part().shown(true, 0)), gap, "it goes on after the last round");
        assert_eq!(reason(part().shown(false, 1)), gap, "something did not come");
        assert_eq!(reason(part().shown(false, 0)).0, Outcome::Failed);
        // News behind a button hide no guide.
        assert_eq!(reason(page("/news").kind(PageKind::News).with_button()).0, Outcome::Failed);
    }

    #[test]
    fn a_barred_search_leaves_a_gap_for_its_own_errand_alone() {
        let search = page("/search?q=1").kind(PageKind::Challenge).searched("registration");
        let night = Night::new().portal(list("/list", "办事指南")).portal(search);
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Blocked)));
        assert_eq!(night.judge_one(&CHECK, "portal", "seal").outcome, Outcome::Failed);
    }

    #[test]
    fn a_search_that_ended_early_cannot_tell() {
        let mut night = Night::new();
        night.coverage("portal").budget = Some(SkipReason::BudgetRequests);
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::BudgetExhausted)));
    }

    #[test]
    fn a_page_of_that_name_behind_a_login_is_not_an_absent_guide() {
        let night = Night::new().portal(page("/g").kind(PageKind::LoginWall).anchor("公司设立登记"));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::LoginRequired)));
    }

    #[test]
    fn a_link_of_that_name_to_a_place_out_of_reach_is_not_an_absent_guide() {
        let night = Night::new().portal(list("/list", "办事指南").link("http://elsewhere.test/x", "公司设立登记"));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }

    #[test]
    fn news_about_the_errand_is_neither_a_guide_nor_a_doubt() {
        let night = Night::new().portal(page("/n").kind(PageKind::News).titled("设立登记改革见成效"));
        assert_eq!(night.judge_one(&CHECK, "portal", "registration").outcome, Outcome::Failed);
    }
}
