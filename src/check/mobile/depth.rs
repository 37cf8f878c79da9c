//! `mobile.depth`: can an applicant on the phone read, handle and ask?
//!
//! Comes in: the pages of the mobile channel. Goes out: whether there is information, a way to handle an errand, and a
//! way to ask or complain. A handling entry that leads to a login counts: handling needs one.

use serde_json::json;

use crate::check::phrasing::{Wording, inferred};
use crate::check::site::open_home;
use crate::check::view::{ChannelState, View};
use crate::check::{Check, Test};
use crate::model::finding::Cite;
use crate::model::{
    Channel, Element, Extraction, Locator, PageKind, PageRecord, Property, PropertyId, Severity, SubjectKind, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("mobile.depth"),
        subject: SubjectKind::Channel,
        unit: None,
        title_zh: "移动端服务深度",
        title_en: "depth of the mobile site",
        passed_when: "the mobile site offers information, handling and interaction",
        rationale: "A mobile site that only informs sends the applicant back to a computer or a window for everything else.",
        basis: &["the 2020 assessment of 36 cities found mobile channels mostly informing and shallow on transactions"],
    },
    version: 1,
    test: Test::MobileChannel(judge),
};

const SHALLOW: Wording = Wording {
    kind: "depth_missing",
    severity: Severity::Notice,
    remedy_zh: "在移动端补充该项功能或入口。",
    remedy_en: "Add the function, or an entry to it, to the mobile site.",
};

/// Words of links and buttons that start handling an errand.
const HANDLING_WORDS: [&str; 13] = [
    "我要申办",
    "在线申办",
    "立即申办",
    "在线办理",
    "立即办理",
    "网上办理",
    "我要办",
    "马上办",
    "在线申请",
    "在线申报",
    "立即申请",
    "网上申报",
    "掌上办",
];

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    if let ChannelState::Withdrawn(page) = view.channel_state(channel) {
        return Verdict::inapplicable(None).citing(page.cite_whole());
    }
    let home = match open_home(view, channel) {
        Ok(home) => home,
        Err(verdict) => return *verdict,
    };
    let pages: Vec<(&PageRecord, &Extraction)> =
        view.readings(channel).filter(|(page, _)| page.is_reading() && !view.is_soft_not_found(page)).collect();
    let first = |of: &dyn Fn(&PageRecord, &Extraction) -> Option<Cite>| {
        pages.iter().find_map(|(page, reading)| of(page, reading))
    };
    let parts = [
        ("information", "信息查询", first(&information)),
        ("handling", "在线办理", first(&|page, reading| handling(view, page, reading))),
        ("interaction", "咨询投诉", first(&|page, reading| interaction(view, page, reading))),
    ];
    let mut value = json!({});
    for (key, _, found) in &parts {
        value[*key] = json!(found.is_some());
    }
    let all = parts.iter().all(|(_, _, found)| found.is_some());
    let gap = view.search_gap(channel).filter(|_| !all);
    let mut verdict = match (all, gap) {
        (true, _) => Verdict::passed(value),
        (false, Some(reason)) => Verdict::cant_tell(reason).with_value(value),
        (false, None) => Verdict::failed(value),
    };
    for cite in parts.iter().filter_map(|(_, _, found)| found.clone()) {
        verdict.cite(cite);
    }
    if !all && gap.is_none() {
        let title = home.extraction.as_ref().and_then(|reading| reading.title.as_ref());
        let words = title.map_or_else(|| home.request.url.to_string(), |title| title.raw.clone());
        let at = verdict.cite(home.cite(&Locator::Whole, &words));
        for (key, zh, _) in parts.iter().filter(|(_, _, found)| found.is_none()) {
            verdict.findings.push(SHALLOW.finding(
                format!("在移动端可到达的页面上没有找到{zh}功能。"),
                format!("the pages of the mobile site within reach offer no {key}."),
                vec![(*key).to_owned()],
                vec![at],
            ));
        }
    }
    inferred(view, verdict)
}

fn information(page: &PageRecord, reading: &Extraction) -> Option<Cite> {
    let informs = matches!(reading.kind, PageKind::Guide | PageKind::GuideList | PageKind::News | PageKind::Scenario);
    if informs {
        let words = reading.title.as_ref().map_or("", |title| title.raw.as_str());
        return Some(page.cite(&Locator::Whole, words));
    }
    reading.dated.first().map(|entry| page.cite(&entry.at, &entry.title))
}

fn handling(view: &View<'_>, page: &PageRecord, reading: &Extraction) -> Option<Cite> {
    if let Some(address) = reading
        .guide
        .as_ref()
        .and_then(|guide| guide.elements.get(&Element::OnlineAddress))
        .and_then(|address| address.stated())
    {
        return Some(page.cite(&address.at, &address.raw));
    }
    let link = reading
        .links
        .iter()
        .find(|link| HANDLING_WORDS.iter().any(|word| link.text.contains(word)) && !leads_nowhere(view, &link.url))?;
    Some(page.cite(&link.at, &link.text))
}

fn interaction(view: &View<'_>, page: &PageRecord, reading: &Extraction) -> Option<Cite> {
    if reading.kind == PageKind::InteractionForm {
        return Some(page.cite_whole());
    }
    let entry = reading.entries.iter().find(|entry| !leads_nowhere(view, &entry.url))?;
    Some(page.cite(&entry.at, &entry.text))
}

/// Whether a place is known not to exist; what was not asked for is given the benefit of the doubt.
fn leads_nowhere(view: &View<'_>, address: &url::Url) -> bool {
    view.dossier
        .answer(address)
        .is_some_and(|page| matches!(page.status, Some(404 | 410)) || view.is_soft_not_found(page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, dated, link, place, reading, url};
    use crate::model::dossier::SkipReason;
    use crate::model::interaction::{Entry, Topic};
    use crate::model::{Outcome, Reason};

    const ASK: &str = "http://m.test/ask";

    fn home(handling: bool) -> Visit {
        let entry = Entry { topic: Topic::Consultation, url: url(ASK), text: "我要咨询".into(), at: place("a") };
        let words = if handling { "在线办理" } else { "办事大厅介绍" };
        Visit::entry("http://m.test/", 1).read(Extraction {
            dated: vec![dated("2026-11-01", "通知")],
            links: vec![link("http://m.test/do", words)],
            entries: vec![entry],
            ..reading(PageKind::MobileHome)
        })
    }

    #[test]
    fn a_site_that_informs_handles_and_listens_passes() {
        let wall = Visit::page("http://m.test/do").read(reading(PageKind::LoginWall));
        let verdict = World::of(vec![home(true), wall]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value, json!({"information": true, "handling": true, "interaction": true}));
    }

    #[test]
    fn a_site_that_only_informs_fails_with_what_is_missing() {
        let verdict = World::of(vec![home(false), Visit::page(ASK).status(404)]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        let missing: Vec<&str> = verdict.findings.iter().map(|finding| finding.quotes[0].as_str()).collect();
        assert_eq!(missing, ["handling", "interaction"]);
    }

    #[test]
    fn a_visit_cut_short_does_not_accuse() {
        let world = World::of(vec![home(false)]).covering(|coverage| coverage.budget = Some(SkipReason::BudgetTime));
        let verdict = world.judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::BudgetExhausted)));
        assert_eq!(verdict.value["information"], json!(true));
    }

    #[test]
    fn a_withdrawn_site_is_out_of_question() {
        let gone = Visit::entry("http://m.test/", 1).status(410);
        assert_eq!(World::of(vec![gone]).judge(&CHECK).outcome, Outcome::Inapplicable);
    }
}
