//! `site.search`: does the portal's own search find the guides of the scenario?
//!
//! Comes in: the result pages of the site's search, one a segment. Goes out: the rank of each segment's guide. A search
//! that works by script is not seen here, so a page without results is no proof that nothing was found.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use url::Url;

use crate::check::phrasing::{Wording, inferred};
use crate::check::site::open_home;
use crate::check::view::{GuideSubject, View};
use crate::check::{Check, Test};
use crate::model::extraction::LinkRole;
use crate::model::{
    Channel, Extraction, Hop, Link, Locator, PageRecord, Property, PropertyId, Purpose, Reason, Severity, SubjectKind,
    Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("site.search"),
        subject: SubjectKind::Channel,
        unit: None,
        title_zh: "站内搜索好用",
        title_en: "the site's own search finds the guides",
        passed_when: "for every segment that has a guide on this channel the search shows it within the configured rank",
        rationale: "Applicants type the errand's name into the search box; a search that misses the guide sends them to a window or to an agent.",
        basis: &[
            "国办函〔2017〕115号: on 22 % of the platforms inspected in 2017 the search could not be used",
            "poor search exists as a deduction item of the website inspection (国办秘函〔2019〕19号); its points are not established",
        ],
    },
    version: 1,
    test: Test::PortalChannel(judge),
};

const NOT_FOUND: Wording = Wording {
    kind: "not_found_by_search",
    severity: Severity::Warning,
    remedy_zh: "将办事指南纳入站内搜索索引，并按事项名称优先排序。",
    remedy_en: "Index the service guides and rank matches of the errand's name first.",
};

/// What the search showed for one segment.
enum Hit<'a> {
    Rank(usize, &'a PageRecord, &'a Link),
    Missing(&'a PageRecord, &'a Extraction),
    Unknown(Reason),
}

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    if let Err(verdict) = open_home(view, channel) {
        return *verdict;
    }
    let guides: Vec<&GuideSubject<'_>> =
        view.segments.iter().filter(|subject| subject.channel.id == channel.id && subject.guide.is_some()).collect();
    let hits: Vec<(&GuideSubject<'_>, Hit<'_>)> =
        guides.into_iter().map(|subject| (subject, look_up(view, channel, subject))).collect();
    let ranks: BTreeMap<&str, Option<usize>> = hits
        .iter()
        .filter_map(|(subject, hit)| {
            let rank = if let Hit::Rank(rank, ..) = hit { Some(*rank) } else { None };
            Some((subject.segment?.id.as_str(), rank))
        })
        .collect();
    let value = json!({ "rank": ranks.values().flatten().max(), "segments": ranks });
    let limit = view.context.settings.search_rank;
    let missed = |hit: &Hit<'_>| matches!(hit, Hit::Missing(..)) || matches!(hit, Hit::Rank(rank, ..) if *rank > limit);
    let unknown = hits.iter().find_map(|(_, hit)| if let Hit::Unknown(reason) = hit { Some(*reason) } else { None });
    let mut verdict = if hits.iter().any(|(_, hit)| missed(hit)) {
        Verdict::failed(value)
    } else if let Some(reason) = unknown {
        Verdict::cant_tell(reason).with_value(value)
    } else if hits.is_empty() {
        return Verdict::cant_tell(Reason::NotDiscovered);
    } else {
        Verdict::passed(value)
    };
    for (subject, hit) in hits {
        report(&mut verdict, subject, &hit, limit);
    }
    inferred(view, verdict)
}

fn report(verdict: &mut Verdict, subject: &GuideSubject<'_>, hit: &Hit<'_>, limit: usize) {
    let title = subject.title();
    match hit {
        Hit::Rank(rank, page, link) => {
            let at = verdict.cite(page.cite(&link.at, &link.text));
            if *rank > limit {
                verdict.findings.push(NOT_FOUND.finding(
                    format!("站内搜索“{title}”，办事指南排在第 {rank} 位，未进入前 {limit} 位。"),
                    format!("the site's search for \"{title}\" shows the guide at rank {rank}, not within {limit}."),
                    vec![link.text.clone()],
                    vec![at],
                ));
            }
        }
        Hit::Missing(page, reading) => {
            let shown = results(reading, &BTreeSet::new(), subject)
                .into_iter()
                .take(3)
                .map(|link| link.text.clone())
                .collect::<Vec<_>>();
            let mut at = vec![verdict.cite(page.cite(&Locator::Whole, &shown.join(" / ")))];
            at.extend(subject.page.map(|guide| verdict.cite(guide.cite(&Locator::Whole, &title))));
            verdict.findings.push(NOT_FOUND.finding(
                format!("站内搜索未找到“{title}”，而该办事指南在门户上。"),
                format!("the site's search does not find \"{title}\", though its guide is on the portal."),
                vec![title.clone()],
                at,
            ));
        }
        Hit::Unknown(_) => {}
    }
}

fn look_up<'a>(view: &View<'a>, channel: &Channel, subject: &GuideSubject<'a>) -> Hit<'a> {
    let Some(segment) = subject.segment else { return Hit::Unknown(Reason::NotDiscovered) };
    let asked: Vec<&PageRecord> = view
        .dossier
        .of_channel_owned(&channel.id)
        .filter(|page| matches!(&page.request.purpose, Purpose::Search { segment: id } if *id == segment.id))
        .filter(|page| page.redirect_to.is_none())
        .collect();
    let Some(page) = asked.iter().copied().find(|page| view.usable(page)).or(asked.last().copied()) else {
        return Hit::Unknown(why_not_asked(view, channel));
    };
    let Some(reading) = page.extraction.as_deref().filter(|_| view.usable(page)) else {
        return Hit::Unknown(view.page_barrier(page).unwrap_or(Reason::Unreadable));
    };
    let everywhere: BTreeSet<&Url> =
        view.at_clicks(channel, 0).into_iter().flat_map(|(_, home)| &home.links).map(|link| &link.url).collect();
    let results = results(reading, &everywhere, subject);
    match results.iter().position(|link| is_about(link, subject)) {
        Some(index) => Hit::Rank(index + 1, page, results[index]),
        None if results.is_empty() => Hit::Unknown(Reason::NotRendered),
        None => Hit::Missing(page, reading),
    }
}

/// The links of a result page, without those of the page frame (which stand on the entry page too) and without paging.
fn results<'a>(reading: &'a Extraction, frame: &BTreeSet<&Url>, subject: &GuideSubject<'_>) -> Vec<&'a Link> {
    let mut seen = BTreeSet::new();
    reading
        .links
        .iter()
        .filter(|link| link.hop == Hop::Link && !matches!(link.role, LinkRole::Paging | LinkRole::QrImage))
        .filter(|link| !frame.contains(&link.url) || is_about(link, subject))
        .filter(|link| !link.text.trim().is_empty() && seen.insert(&link.url))
        .collect()
}

fn is_about(link: &Link, subject: &GuideSubject<'_>) -> bool {
    subject.segment.is_some_and(|segment| segment.names(&link.text))
        || subject.page.is_some_and(|page| page.request.url == link.url)
}

fn why_not_asked(view: &View<'_>, channel: &Channel) -> Reason {
    let form = view.readings(channel).find_map(|(_, reading)| reading.search.as_ref());
    let Some(form) = form else { return Reason::NotDiscovered };
    let coverage = view.coverage(channel);
    let closed = coverage.is_some_and(|coverage| {
        coverage
            .robots_disallowed
            .iter()
            .any(|url| url.path() == form.action.path() && url.host() == form.action.host())
    });
    if closed {
        return Reason::RobotsDisallowed;
    }
    if coverage.is_some_and(|coverage| coverage.budget.is_some() || coverage.waiting > 0) {
        return Reason::BudgetExhausted;
    }
    Reason::NotDiscovered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, link, located, place, reading, url};
    use crate::model::extraction::SearchForm;
    use crate::model::{Outcome, PageKind, Reading, ServiceGuide};

    const GUIDE: &str = "http://portal.test/guide/1";

    fn home() -> Visit {
        let search = SearchForm {
            action: url("http://portal.test/search"),
            field: "q".into(),
            hidden: Vec::new(),
            at: place("form"),
        };
        let links = vec![link("http://portal.test/about", "关于我们")];
        Visit::entry("http://portal.test/", 1).read(Extraction {
            links,
            search: Some(search),
            ..reading(PageKind::Home)
        })
    }

    fn guide() -> Visit {
        let title = Reading::Stated(located("企业设立登记".to_owned(), "企业设立登记"));
        let guide = ServiceGuide { title, ..ServiceGuide::default() };
        Visit::page(GUIDE).read(Extraction { guide: Some(Box::new(guide)), ..reading(PageKind::Guide) })
    }

    fn found(links: Vec<Link>) -> Visit {
        Visit::of("http://portal.test/search?q=x", Purpose::Search { segment: "registration".into() })
            .read(Extraction { links, ..reading(PageKind::Other) })
    }

    fn verdict(search: Visit) -> Verdict {
        World::of(vec![home(), guide(), search]).judge(&CHECK)
    }

    fn news(number: usize) -> Link {
        link(&format!("http://portal.test/news/{number}"), "公司注销公告")
    }

    #[test]
    fn the_rank_does_not_count_the_frame_of_the_page() {
        let links = vec![link("http://portal.test/about", "关于我们"), news(1), link(GUIDE, "企业设立登记")];
        let verdict = verdict(found(links));
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value, json!({"rank": 2, "segments": {"registration": 2}}));
    }

    #[test]
    fn results_without_the_guide_fail() {
        let verdict = verdict(found(vec![news(1), news(2)]));
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].at.len(), 2);
        assert!(verdict.evidence[0].excerpt.contains("公司注销公告"));
    }

    #[test]
    fn a_guide_far_down_the_results_fails() {
        let mut links: Vec<Link> = (0..5).map(news).collect();
        links.push(link(GUIDE, "企业设立登记"));
        let verdict = verdict(found(links));
        assert_eq!((verdict.outcome, &verdict.value["rank"]), (Outcome::Failed, &json!(6)));
    }

    #[test]
    fn a_result_page_filled_by_script_does_not_accuse() {
        let links = vec![link("http://portal.test/about", "关于我们")];
        let verdict = verdict(found(links));
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotRendered)));
    }

    #[test]
    fn a_blocked_search_does_not_accuse() {
        let visit = Visit::of("http://portal.test/search?q=x", Purpose::Search { segment: "registration".into() });
        let verdict = verdict(visit.status(403));
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Blocked)));
    }

    #[test]
    fn a_portal_without_a_search_box_or_without_a_guide_is_not_judged() {
        let plain = Visit::entry("http://portal.test/", 1).read(reading(PageKind::Home));
        for visits in [vec![plain, guide()], vec![home(), found(vec![news(1)])]] {
            let verdict = World::of(visits).judge(&CHECK);
            assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
        }
    }

    #[test]
    fn a_search_that_robots_keep_closed_is_not_judged() {
        let verdict = World::of(vec![home(), guide()])
            .covering(|coverage| coverage.robots_disallowed = vec![url("http://portal.test/search?q=a")])
            .judge(&CHECK);
        assert_eq!(verdict.reason, Some(Reason::RobotsDisallowed));
    }
}
