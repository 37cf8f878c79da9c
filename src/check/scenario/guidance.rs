//! `scenario.guidance`: does the city show the chain of errands as one (场景化服务)?

use serde_json::{Value, json};

use crate::check::judgement::{INFERRED, Judgement, READ, Words};
use crate::check::view::{ChannelState, View};
use crate::check::wording::core;
use crate::check::{Check, Test};
use crate::model::dossier::PageRecord;
use crate::model::extraction::{GuidanceKind, ScenarioGuidance};
use crate::model::{
    Channel, ChannelKind, Extraction, PageKind, Property, PropertyId, Reason, Scenario, Severity, SubjectKind, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("scenario.guidance"),
        subject: SubjectKind::Scenario,
        unit: None,
        title_zh: "提供场景化服务",
        title_en: "the chain of errands is shown as one",
        passed_when: "a package, a wizard, a choice of situations or a topic page for the chain is offered",
        rationale: "Who starts a business thinks of one thing; without guidance the six errands must be found one by one.",
        basis: &[
            "2020 assessment of 36 cities: 14 of them had no scenario guidance (场景化服务)",
            "国发〔2024〕3号: packages of errands (高效办成一件事)",
        ],
    },
    version: 1,
    test: Test::Scenario(judge),
};

/// Guidance on a page, or the promise of it.
type Met<'a> = (&'a PageRecord, &'a Extraction, &'a ScenarioGuidance);

fn judge(view: &View<'_>, scenario: &Scenario) -> Verdict {
    let channels: Vec<&Channel> = view.dossier.target.web_channels().collect();
    if channels.is_empty() {
        return Verdict::inapplicable(None);
    }
    let met: Vec<Met<'_>> = channels
        .iter()
        .flat_map(|channel| view.readings(channel))
        .filter(|(page, extraction)| !is_news(extraction.kind) && !view.is_soft_not_found(page))
        .flat_map(|(page, extraction)| extraction.scenarios.iter().map(move |guidance| (page, extraction, guidance)))
        .filter(|(_, extraction, guidance)| concerns(scenario, extraction, guidance))
        .collect();
    let mut judgement = Judgement::new(view);
    let here = met.iter().filter(|(_, _, guidance)| guidance.here).min_by_key(|(_, _, guidance)| rank(guidance.kind));
    if let Some((page, _, guidance)) = here {
        judgement.rests_on(READ);
        judgement.cite(page, &guidance.at, &guidance.title);
        return judgement.finish(json!(word(guidance.kind)));
    }
    for (page, _, guidance) in &met {
        if let Some(reason) = promise_unread(view, guidance) {
            judgement.cite(page, &guidance.at, &guidance.title);
            judgement.doubt(reason);
        }
    }
    let portals = channels.iter().filter(|channel| channel.kind == ChannelKind::Portal);
    let searched: Vec<&&Channel> =
        if portals.clone().count() > 0 { portals.collect() } else { channels.iter().collect() };
    let mut at = Vec::new();
    for channel in searched {
        if let Some(reason) = view.search_gap(channel) {
            judgement.doubt(reason);
        }
        if let ChannelState::Open(entry) = view.channel_state(channel) {
            at.push(judgement.cite_whole(entry));
        }
    }
    if !judgement.doubts() {
        judgement.accuse(words(scenario), INFERRED, &[&scenario.name], at);
    }
    judgement.finish(Value::Null)
}

fn is_news(kind: PageKind) -> bool {
    matches!(kind, PageKind::News | PageKind::Reply | PageKind::ReplyList)
}

/// Whether guidance is about this scenario: it names it, or the page lists two of its errands.
fn concerns(scenario: &Scenario, extraction: &Extraction, guidance: &ScenarioGuidance) -> bool {
    let title = core(&guidance.title);
    let page_title = extraction.title.as_ref().map(|title| core(&title.value)).unwrap_or_default();
    let named = |title: &str| names_of(scenario).iter().any(|name| title.contains(name.as_str()));
    if named(&title) {
        // 企业设立变更 is a theme of its own; 企业开办、变更、注销 includes the chain.
        return title.contains("开办") || !["注销", "变更"].iter().any(|word| title.contains(word));
    }
    if !guidance.here {
        return false;
    }
    let listed = scenario
        .segments
        .iter()
        .filter(|segment| extraction.links.iter().any(|link| segment.names(&link.text)))
        .count();
    named(&page_title) || (guidance.kind == GuidanceKind::Package && listed >= 2)
}

/// The scenario's name and the other ways to say it.
fn names_of(scenario: &Scenario) -> Vec<String> {
    /// Other words for a scenario's name.
    const OTHER_WORDS: &[(&str, &[&str])] = &[(
        "企业开办",
        &[
            "开办企业",
            "开公司",
            "办公司",
            "公司开办",
            "开办公司",
            "公司设立",
            "设立公司",
            "企业设立",
            "设立企业",
            "新办企业",
            "企业新办",
            "创办企业",
            "新设企业",
            "企业全生命周期",
            "企业注册",
            "公司注册",
            "注册公司",
            "开店办企",
        ],
    )];
    let mut names = vec![scenario.name.clone()];
    for (name, others) in OTHER_WORDS {
        if *name == scenario.name {
            names.extend(others.iter().map(|other| (*other).to_owned()));
        }
    }
    // 企业开办 and 开办企业: a name of two pairs is also said the other way round.
    let chars: Vec<char> = scenario.name.chars().collect();
    if let [a, b, c, d] = chars[..] {
        names.push([c, d, a, b].iter().collect());
    }
    names
}

/// Why a link that promises guidance proves nothing: its page was not read, or not as what it may be.
fn promise_unread(view: &View<'_>, guidance: &ScenarioGuidance) -> Option<Reason> {
    let url = guidance.url.as_ref()?;
    let Some(page) = view.dossier.answer(url) else { return Some(view.why_unread(url)) };
    if let Some(reason) = view.page_barrier(page) {
        return Some(reason);
    }
    if view.is_soft_not_found(page) || matches!(page.status, Some(404 | 410)) {
        return None;
    }
    match page.kind() {
        Some(
            PageKind::News
            | PageKind::Reply
            | PageKind::ReplyList
            | PageKind::Home
            | PageKind::MobileHome
            | PageKind::InteractionForm
            | PageKind::SoftNotFound,
        ) => None,
        _ => Some(Reason::Unreadable),
    }
}

fn rank(kind: GuidanceKind) -> u8 {
    match kind {
        GuidanceKind::Package => 0,
        GuidanceKind::Wizard => 1,
        GuidanceKind::Situations => 2,
        GuidanceKind::Topic => 3,
    }
}

fn word(kind: GuidanceKind) -> &'static str {
    match kind {
        GuidanceKind::Package => "package",
        GuidanceKind::Wizard => "wizard",
        GuidanceKind::Situations => "situations",
        GuidanceKind::Topic => "topic",
    }
}

fn words(scenario: &Scenario) -> Words {
    Words {
        kind: "missing",
        severity: Severity::Warning,
        zh: format!(
            "已查看可到达的全部页面，未见“{}”的场景化服务（一件事、套餐、情形引导或主题服务）。",
            scenario.name
        ),
        en: format!(
            "All pages in reach were looked at; none guides through “{}” as a package, wizard, choice of situations or topic.",
            scenario.name
        ),
        remedy_zh: format!("提供“{}”一件事专区，把各环节串联起来。", scenario.name),
        remedy_en: "Offer one page that leads through all errands of the chain.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, list, page, url};
    use crate::model::{Outcome, SkipReason};

    fn verdict(night: &Night) -> Verdict {
        night.judge_one(&CHECK, "", "")
    }

    #[test]
    fn guidance_that_names_the_chain_passes_with_its_kind() {
        let topic = page("/t").kind(PageKind::Scenario).scenario(GuidanceKind::Topic, "开办企业主题服务", None);
        let package = page("/p").kind(PageKind::Scenario).scenario(GuidanceKind::Package, "企业开办一件事", None);
        let verdict = verdict(&Night::new().portal(topic).portal(package));
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!("package")));
        assert_eq!(verdict.evidence.len(), 1);
    }

    #[test]
    fn a_package_that_lists_two_of_the_errands_passes() {
        let package = page("/p")
            .kind(PageKind::Scenario)
            .scenario(GuidanceKind::Package, "我要创业", None)
            .link("/a", "公司设立登记")
            .link("/b", "公章刻制备案");
        assert_eq!(verdict(&Night::new().portal(package)).outcome, Outcome::Passed);
    }

    #[test]
    fn no_guidance_on_any_page_in_reach_fails() {
        let verdict = verdict(&Night::new().portal(list("/l", "办事指南")));
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert!(!verdict.findings[0].at.is_empty());
    }

    #[test]
    fn guidance_for_something_else_and_news_do_not_count() {
        let other = page("/p").kind(PageKind::Scenario).scenario(GuidanceKind::Package, "新生儿出生一件事", None);
        let news = page("/n").kind(PageKind::News).scenario(GuidanceKind::Package, "企业开办一件事", None);
        assert_eq!(verdict(&Night::new().portal(other).portal(news)).outcome, Outcome::Failed);
    }

    #[test]
    fn a_promise_whose_page_was_not_read_cannot_be_told() {
        let promise = page("/l").kind(PageKind::GuideList).scenario(
            GuidanceKind::Package,
            "企业开办一件事",
            Some(url("portal", "/unread")),
        );
        let verdict = verdict(&Night::new().portal(promise));
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }

    #[test]
    fn a_promise_that_leads_to_news_is_no_guidance() {
        let promise = page("/l").kind(PageKind::GuideList).scenario(
            GuidanceKind::Package,
            "企业开办一件事改革",
            Some(url("portal", "/n")),
        );
        let night = Night::new().portal(promise).portal(page("/n").kind(PageKind::News));
        assert_eq!(verdict(&night).outcome, Outcome::Failed);
    }

    #[test]
    fn an_early_end_of_the_visit_cannot_be_told() {
        let mut night = Night::new();
        night.coverage("portal").budget = Some(SkipReason::BudgetRequests);
        let verdict = verdict(&night);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::BudgetExhausted)));
    }
}
