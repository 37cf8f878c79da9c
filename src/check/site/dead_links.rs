//! `site.dead_links`: do the portal's own links lead somewhere?
//!
//! Comes in: a stable sample of the links in scope, each asked for once. Goes out: how many are dead. A refusal, a
//! server error or a time-out is no dead link: the place is there, only not for us or not now.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use url::Url;

use crate::check::phrasing::{Wording, share};
use crate::check::site::open_home;
use crate::check::view::View;
use crate::check::{Check, Test};
use crate::model::property::Unit;
use crate::model::target::authority;
use crate::model::{
    Channel, Digest, FailureKind, Hop, Link, Method, PageRecord, Property, PropertyId, Purpose, Reason, Severity,
    SubjectKind, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("site.dead_links"),
        subject: SubjectKind::Channel,
        unit: Some(Unit::Ratio),
        title_zh: "链接有效",
        title_en: "links lead somewhere",
        passed_when: "no link of the stable sample is dead; a page that says \"not found\" with status 200 counts as dead",
        rationale: "A dead link ends the applicant's way to a form or a window, often without another way to it.",
        basis: &[
            "dead links exist as a deduction item of the website inspection (国办秘函〔2019〕19号); its points are not established",
        ],
    },
    version: 1,
    test: Test::PortalChannel(judge),
};

const DEAD: Wording = Wording {
    kind: "dead_link",
    severity: Severity::Warning,
    remedy_zh: "更新或删除该链接；页面已迁移的，设置跳转。",
    remedy_en: "Correct or remove the link; if the page has moved, redirect to it.",
};

/// Where a link stood.
type Source<'a> = (&'a PageRecord, &'a Link);

/// What asking for a link showed.
enum LinkState<'a> {
    Alive,
    Dead(&'a PageRecord, String),
    Unknown,
}

/// The stable sample of a channel's links: the same links every night as long as they stand on the pages.
///
/// The engine asks for those that it has not read yet ([`Purpose::LinkCheck`]). It must call this when the ordinary
/// visit of the channel is over and its coverage is in the dossier; later link checks do not change the sample.
#[must_use]
pub fn sample(view: &View<'_>, channel: &Channel) -> Vec<Url> {
    candidates(view, channel).into_values().map(|(_, link)| link.url.clone()).collect()
}

/// The sample in the order of its digests, each link with one place where it stood.
fn candidates<'a>(view: &View<'a>, channel: &Channel) -> BTreeMap<String, Source<'a>> {
    let settings = view.context.settings;
    let closed: BTreeSet<&Url> =
        view.coverage(channel).into_iter().flat_map(|coverage| &coverage.robots_disallowed).collect();
    let seed = settings.seed.to_string();
    let mut ranked: BTreeMap<String, Source<'a>> = BTreeMap::new();
    let visited = view.readings(channel).filter(|(page, _)| {
        matches!(page.request.purpose, Purpose::Entry { .. } | Purpose::Page) && !view.is_soft_not_found(page)
    });
    for (page, reading) in visited {
        for link in reading.links.iter().filter(|link| link.hop == Hop::Link && link.query.is_none()) {
            let in_scope = matches!(link.url.scheme(), "http" | "https")
                && channel.scope.contains(&authority(&link.url))
                && !closed.contains(&link.url);
            if in_scope {
                // By path and query alone: a site that moves to another host keeps its sample.
                let rank = Digest::of_parts([seed.as_str(), link.url.path(), link.url.query().unwrap_or_default()]);
                ranked.entry(rank.as_str().to_owned()).or_insert((page, link));
            }
        }
    }
    ranked.into_iter().take(settings.link_sample).collect()
}

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    if let Err(verdict) = open_home(view, channel) {
        return *verdict;
    }
    let sampled = candidates(view, channel);
    if sampled.is_empty() {
        return Verdict::cant_tell(Reason::NotDiscovered);
    }
    let states: Vec<(Source<'_>, LinkState<'_>)> =
        sampled.values().map(|source| (*source, state(view, &source.1.url))).collect();
    let checked = states.iter().filter(|(_, state)| !matches!(state, LinkState::Unknown)).count();
    let dead = states.iter().filter(|(_, state)| matches!(state, LinkState::Dead(..))).count();
    let value = json!({
        "sampled": sampled.len(), "checked": checked, "dead": dead, "ratio": share(dead, checked),
    });
    if checked * 2 < sampled.len() {
        return Verdict::cant_tell(Reason::BudgetExhausted).with_value(value);
    }
    let mut verdict = if dead == 0 { Verdict::passed(value) } else { Verdict::failed(value) };
    for ((page, link), state) in states {
        match state {
            LinkState::Alive => {
                if let Some(answer) = view.dossier.answer(&link.url) {
                    verdict.cite(answer.cite_whole());
                }
            }
            LinkState::Dead(answer, seen) => accuse(&mut verdict, (page, link), answer, &seen),
            LinkState::Unknown => {}
        }
    }
    verdict
}

fn accuse(verdict: &mut Verdict, (page, link): Source<'_>, answer: &PageRecord, seen: &str) {
    let at = vec![verdict.cite(page.cite(&link.at, &link.text)), verdict.cite(answer.cite_whole())];
    let (text, address, stood_on) = (&link.text, &link.url, &page.request.url);
    verdict.findings.push(DEAD.finding(
        format!("页面 {stood_on} 上的链接“{text}”已失效（{seen}）：{address}"),
        format!("the link \"{text}\" on {stood_on} is dead ({seen}): {address}"),
        vec![text.clone(), seen.to_owned()],
        at,
    ));
}

fn state<'a>(view: &View<'a>, address: &Url) -> LinkState<'a> {
    let Some(answer) = view.dossier.answer(address) else {
        return unanswered(view, address);
    };
    // Some servers answer HEAD with an error although the page is there.
    let by_get = answer.request.method == Method::Get;
    match view.page_barrier(answer) {
        None => {}
        // The place is there; it wants to know who comes.
        Some(Reason::LoginRequired) => return LinkState::Alive,
        Some(_) => return LinkState::Unknown,
    }
    match answer.status {
        Some(status @ (404 | 410)) if by_get => LinkState::Dead(answer, format!("HTTP {status}")),
        Some(200..=399) if view.is_soft_not_found(answer) => LinkState::Dead(answer, "soft 404".to_owned()),
        Some(200..=399) => LinkState::Alive,
        _ => LinkState::Unknown,
    }
}

/// A name that does not exist is dead, but only when it was asked for more than once and nothing there ever answered.
fn unanswered<'a>(view: &View<'a>, address: &Url) -> LinkState<'a> {
    let Some(last) = view.dossier.exchange(address) else { return LinkState::Unknown };
    let host = authority(address);
    let on_host = || view.dossier.pages.iter().filter(|page| authority(&page.request.url) == host);
    let nameless =
        |page: &&PageRecord| page.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::DnsNotFound);
    let proven = view.dossier.own_network != Some(false)
        && nameless(&last)
        && on_host().all(|page| page.status.is_none())
        && on_host().filter(nameless).count() >= 2;
    if proven { LinkState::Dead(last, "DNS not found".to_owned()) } else { LinkState::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, link, reading};
    use crate::model::{Extraction, Outcome, PageKind, Stage};

    const HOME: &str = "http://portal.test/";

    fn home(links: &[&str]) -> Visit {
        let links = links.iter().map(|address| link(address, "办事指南")).collect();
        Visit::entry(HOME, 1).read(Extraction { links, ..reading(PageKind::Home) })
    }

    fn check(address: &str) -> Visit {
        Visit::of(address, Purpose::LinkCheck)
    }

    fn alive(address: &str) -> Visit {
        check(address).read(reading(PageKind::Other))
    }

    const A: &str = "http://portal.test/a";
    const B: &str = "http://portal.test/b";

    #[test]
    fn links_that_lead_somewhere_pass() {
        let verdict = World::of(vec![home(&[A, B]), alive(A), alive(B)]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value, json!({"sampled": 2, "checked": 2, "dead": 0, "ratio": 0.0}));
    }

    #[test]
    fn a_dead_link_is_named_with_its_page() {
        let verdict = World::of(vec![home(&[A, B]), check(A).status(404), alive(B)]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert!(verdict.findings[0].message_en.contains("on http://portal.test/ is dead (HTTP 404)"));
        assert_eq!(verdict.findings[0].at.len(), 2);
    }

    #[test]
    fn a_page_that_looks_like_the_control_page_is_dead() {
        let shape = || Extraction { text_shape: "sorry".into(), ..reading(PageKind::Other) };
        let control = Visit::of("http://portal.test/no-such", Purpose::Control404).read(shape());
        let verdict = World::of(vec![home(&[A]), control, check(A).read(shape())]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["办事指南", "soft 404"]);
    }

    #[test]
    fn refusals_errors_and_time_outs_are_not_dead_links() {
        for visit in [
            check(A).status(403),
            check(A).status(429),
            check(A).status(503),
            check(A).failing(FailureKind::Timeout, Stage::Connect),
            check(A).read(reading(PageKind::Challenge)),
            check(A).status(404).by(Method::Head),
        ] {
            let verdict = World::of(vec![home(&[A]), visit]).judge(&CHECK);
            assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::BudgetExhausted)));
        }
    }

    #[test]
    fn a_page_behind_a_login_is_not_dead() {
        let wall = check(A).read(reading(PageKind::LoginWall));
        assert_eq!(World::of(vec![home(&[A]), wall]).judge(&CHECK).outcome, Outcome::Passed);
    }

    #[test]
    fn a_link_that_moved_is_alive() {
        let verdict = World::of(vec![home(&[A]), check(A).to(B), alive(B)]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Passed);
    }

    #[test]
    fn a_name_that_does_not_exist_is_dead_only_after_a_second_try() {
        let elsewhere = "http://old.portal.test/a";
        let gone = |attempt| check(elsewhere).failing(FailureKind::DnsNotFound, Stage::Dns).retry(attempt);
        let world = |visits: Vec<Visit>| {
            let mut world = World::of(visits);
            world.dossier.target.channels[0].scope.push("old.portal.test".into());
            world
        };
        let once = world(vec![home(&[elsewhere]), gone(1)]).judge(&CHECK);
        assert_eq!(once.outcome, Outcome::CantTell);
        let twice = world(vec![home(&[elsewhere]), gone(1), gone(2)]).judge(&CHECK);
        assert_eq!(twice.outcome, Outcome::Failed);
    }

    #[test]
    fn a_sample_that_was_hardly_checked_tells_nothing() {
        let verdict = World::of(vec![home(&[A, B, "http://portal.test/c"]), check(A).status(404)]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::BudgetExhausted)));
    }

    #[test]
    fn the_sample_is_stable_and_stays_in_scope() {
        let other = "http://elsewhere.test/x";
        let closed = "http://portal.test/closed";
        let of = |links: &[&str]| {
            World::of(vec![
                home(links),
                alive(A).read(Extraction {
                    links: vec![link("http://portal.test/found-later", "")],
                    ..reading(PageKind::Other)
                }),
            ])
            .covering(|coverage| coverage.robots_disallowed = vec![Url::parse(closed).expect("a valid address")])
            .setting(|settings| settings.link_sample = 2)
            .view(sample)
        };
        let first = of(&[A, B, "http://portal.test/c", other, closed]);
        assert_eq!(first, of(&[closed, "http://portal.test/c", other, B, A]));
        assert_eq!(first.len(), 2);
        assert!(first.iter().all(|url| url.host_str() == Some("portal.test") && url.path().len() == 2));
    }
}
