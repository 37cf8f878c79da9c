use super::*;
use crate::check::guide::elements;
use crate::check::guide::time_limits;
use crate::check::guide_testing::{Night, Page, blank, guide, page, placeholder, put, stated, working_days};
use crate::model::{Outcome, Reason};

/// A guide's page whose labels are there and whose values only the data have.
fn shell() -> Page {
    let mut labels = guide("办事指南");
    let named: Vec<Element> = labels.elements.keys().copied().collect();
    for element in named {
        labels.elements.insert(element, blank(element.zh()));
    }
    labels.code = None;
    labels.statutory = blank("法定办结时限");
    labels.promised = blank("承诺办结时限");
    labels.visits = blank("到办事现场次数");
    labels.fee = blank("是否收费");
    labels.online_depth = blank("网上办理深度");
    labels.courier = blank("物流快递");
    labels.materials = blank("申请材料");
    labels.steps = blank("办理流程");
    page("/g").kind(PageKind::EmptyShell).skeleton(labels).link_as("/api?id=1", "", LinkRole::Data)
}

fn answered(data: ServiceGuide) -> Night {
    Night::new().portal(shell()).portal(page("/api?id=1").guide(data))
}

fn guide_of(night: &Night) -> (PageRecord, ServiceGuide) {
    let joined = night.joined();
    let page = joined.pages.into_iter().find(|page| page.request.url.path() == "/g").expect("the page");
    let guide = page.extraction.as_ref().and_then(|read| read.guide.as_deref().cloned()).expect("a joined guide");
    (page, guide)
}

#[test]
fn the_page_is_the_subject_and_the_data_are_cited_where_they_stand() {
    let night = answered(guide("公司设立登记"));
    let verdict = night.judge_one(&elements::CHECK, "portal", "registration");
    assert_eq!(verdict.outcome, Outcome::Passed, "{:?}", verdict.findings);
    let statements = night.judge(&elements::CHECK);
    let subject = statements.iter().find(|statement| statement.subject.segment.as_deref() == Some("registration"));
    let url = subject.and_then(|statement| statement.subject.url.clone()).expect("an address");
    assert!(url.ends_with("/g"), "{url}");
    assert!(verdict.evidence.iter().any(|cite| cite.target_uri.path() == "/api"), "{:?}", verdict.evidence);
    assert!(verdict.evidence.iter().all(|cite| !matches!(cite.locator, Locator::Part(..))));
}

#[test]
fn data_that_belong_to_a_page_are_no_second_guide() {
    let statements = answered(guide("公司设立登记")).judge(&elements::CHECK);
    let read = statements.iter().filter(|statement| statement.verdict.outcome == Outcome::Passed).count();
    assert_eq!(read, 1);
}

#[test]
fn a_blank_is_blank_only_where_the_data_themselves_hold_nothing() {
    let mut data = guide("公司设立登记");
    data.elements.insert(Element::Hours, blank("TRANSACT_TIME"));
    let verdict = answered(data).judge_one(&elements::CHECK, "portal", "registration");
    assert_eq!(verdict.outcome, Outcome::Failed);
    let kinds: Vec<&str> = verdict.findings.iter().map(|finding| finding.kind.as_str()).collect();
    assert_eq!(kinds, ["blank"]);
}

#[test]
fn a_label_of_which_the_data_do_not_speak_is_not_known_to_be_blank() {
    let mut data = guide("公司设立登记");
    data.elements.remove(&Element::Hours);
    let verdict = answered(data).judge_one(&elements::CHECK, "portal", "registration");
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    let mut data = guide("公司设立登记");
    data.steps = Reading::Absent;
    data.elements.remove(&Element::Process);
    let (_, merged) = guide_of(&answered(data));
    assert!(matches!(merged.steps, Reading::Unreadable { .. }), "{:?}", merged.steps);
}

#[test]
fn a_page_without_labels_of_its_own_is_not_accused_of_what_its_data_lack() {
    let bare = page("/g").kind(PageKind::EmptyShell).link_as("/api?id=1", "", LinkRole::Data);
    let mut data = guide("公司设立登记");
    data.elements.remove(&Element::Hours);
    let night = Night::new().portal(bare).portal(page("/api?id=1").guide(data));
    let verdict = night.judge_one(&elements::CHECK, "portal", "registration");
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
}

#[test]
fn an_answer_that_did_not_come_leaves_the_page_unrendered_and_accuses_nobody() {
    for answer in [
        None,
        Some(page("/api?id=1").status(500)),
        Some(page("/api?id=1").status(403).kind(PageKind::Challenge)),
        // An error page under the address of the data, with status 200.
        Some(page("/api?id=1").kind(PageKind::Other)),
    ] {
        let mut night = Night::new().portal(shell().anchor("公司设立登记"));
        if let Some(answer) = answer {
            night = night.portal(answer);
        }
        for statement in night.judge(&elements::CHECK) {
            assert_eq!(statement.verdict.outcome, Outcome::CantTell, "{:?}", statement.verdict);
        }
        let page = night.joined().pages.into_iter().find(|page| page.request.url.path() == "/g").expect("the page");
        assert_eq!(page.kind(), Some(PageKind::EmptyShell));
    }
}

#[test]
fn of_two_calls_one_answer_is_not_the_whole_page() {
    let mut first = guide("公司设立登记");
    first.elements.remove(&Element::Hours);
    let night = Night::new()
        .portal(shell().link_as("/api?id=2", "", LinkRole::Data))
        .portal(page("/api?id=1").guide(first))
        .portal(page("/api?id=2").status(502));
    let verdict = night.judge_one(&elements::CHECK, "portal", "registration");
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotRendered)));
}

#[test]
fn what_the_page_states_stays_and_what_the_data_say_otherwise_is_told() {
    let mut own = guide("公司设立登记");
    own.elements.remove(&Element::Place);
    let mut data = guide("公司设立登记");
    put(&mut data, Element::Hours, "工作日8:30-17:30");
    data.promised = stated(working_days(9), "9个工作日");
    let night = Night::new()
        .portal(page("/g").guide(own.clone()).skeleton(own).link_as("/api?id=1", "", LinkRole::Data))
        .portal(page("/api?id=1").guide(data));
    let (page, merged) = guide_of(&night);
    assert_eq!(merged.text(Element::Hours), Some("工作日9:00-17:00"));
    assert_eq!(merged.promised.raw(), Some("5个工作日"));
    assert!(matches!(merged.element(Element::Place).at(), Some(Locator::Part(0, _))), "the data fill what is missing");
    let issues = &page.extraction.as_ref().expect("read").issues;
    let told: Vec<&str> = issues.iter().map(|issue| issue.kind.as_str()).collect();
    assert_eq!(told, ["page_and_data_differ"]);
    let verdict = night.judge_one(&time_limits::CHECK, "portal", "registration");
    assert_eq!(verdict.outcome, Outcome::Passed);
}

#[test]
fn a_stand_in_that_a_script_replaces_is_replaced() {
    let mut own = guide("公司设立登记");
    own.elements.insert(Element::Hours, placeholder("--"));
    let night = Night::new()
        .portal(page("/g").guide(own.clone()).skeleton(own).link_as("/api?id=1", "", LinkRole::Data))
        .portal(page("/api?id=1").guide(guide("公司设立登记")));
    assert_eq!(guide_of(&night).1.text(Element::Hours), Some("工作日9:00-17:00"));
}

#[test]
fn a_shell_whose_data_are_a_list_is_a_list_and_one_that_is_gone_is_not_found() {
    let kind = |answer: PageKind| {
        let night = Night::new()
            .portal(page("/g").kind(PageKind::EmptyShell).link_as("/api?id=1", "", LinkRole::Data))
            .portal(page("/api?id=1").kind(answer));
        let joined = night.joined();
        joined.pages.iter().find(|page| page.request.url.path() == "/g").and_then(PageRecord::kind)
    };
    assert_eq!(kind(PageKind::GuideList), Some(PageKind::GuideList));
    assert_eq!(kind(PageKind::SoftNotFound), Some(PageKind::SoftNotFound));
    assert_eq!(kind(PageKind::Data), Some(PageKind::EmptyShell));
}
