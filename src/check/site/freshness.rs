//! `site.freshness`: is something on the home page new?
//!
//! Comes in: the dated entries of the entry page, or of the pages one click away where the entry page is navigation
//! only. Goes out: the newest date.

use jiff::civil::Date;
use serde_json::json;

use crate::check::phrasing::{Wording, inferred};
use crate::check::site::open_home;
use crate::check::view::{View, civil_date};
use crate::check::{Check, Test};
use crate::model::extraction::DatedEntry;
use crate::model::{
    Channel, Extraction, Locator, PageRecord, Property, PropertyId, Reason, Severity, SubjectKind, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("site.freshness"),
        subject: SubjectKind::Channel,
        unit: None,
        title_zh: "首页更新及时",
        title_en: "the home page is kept up to date",
        passed_when: "an entry on the home page is newer than the configured age (14 days); where the home page is navigation only, an entry one click away",
        rationale: "A page that nobody tends misleads applicants about hours, rules and closures.",
        basis: &[
            "国办秘函〔2019〕19号, single veto: nothing new on the home page in two weeks; if it is navigation only, the second-level pages count; an item without a date counts as not updated",
        ],
    },
    version: 1,
    test: Test::PortalChannel(judge),
};

const STALE: Wording = Wording {
    kind: "not_updated",
    severity: Severity::Warning,
    remedy_zh: "及时更新首页信息，并标注发布日期。",
    remedy_en: "Publish something new on the home page and date it.",
};

const UNDATED: Wording = Wording {
    kind: "undated",
    severity: Severity::Notice,
    remedy_zh: "为首页信息标注发布日期。",
    remedy_en: "Date the entries of the home page.",
};

/// A dated entry with the page on which it stood.
type Dated<'a> = (&'a PageRecord, &'a DatedEntry);

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    let home = match open_home(view, channel) {
        Ok(home) => home,
        Err(verdict) => return *verdict,
    };
    let today = civil_date(home.date);
    let first = view.at_clicks(channel, 0);
    if let Some(newest) = newest(&first, today) {
        return by_date(view, newest, today);
    }
    if first.iter().any(|(page, _)| page.is_cut()) {
        return Verdict::cant_tell(Reason::Unreadable).citing(home.cite_whole());
    }
    if view.has_unread_frames(channel, &first) {
        return Verdict::cant_tell(Reason::NotRendered).citing(home.cite_whole());
    }
    if !first.iter().any(|(_, reading)| is_navigation(reading)) {
        return inferred(view, undated(home));
    }
    let second = view.at_clicks(channel, 1);
    let newest = newest(&second, today);
    let fresh = newest.is_some_and(|(_, entry)| is_fresh(view, entry.date, today));
    match (newest, unread_beyond(view, channel, &first)) {
        (Some(newest), _) if fresh => by_date(view, newest, today),
        (_, Some(reason)) => Verdict::cant_tell(reason).citing(home.cite_whole()),
        (Some(newest), None) => by_date(view, newest, today),
        (None, None) => inferred(view, undated(home)),
    }
}

fn newest<'a>(pages: &[(&'a PageRecord, &'a Extraction)], today: Date) -> Option<Dated<'a>> {
    // Clocks differ by some hours; what is further ahead is an announcement of something to come, or a mistake.
    let tomorrow = today.tomorrow().unwrap_or(today);
    let dated = pages.iter().flat_map(|(page, reading)| reading.dated.iter().map(|entry| (*page, entry)));
    // The first of equals, so that the evidence stands as high on the page as possible.
    dated
        .filter(|(_, entry)| entry.date <= tomorrow)
        .reduce(|best, next| if next.1.date > best.1.date { next } else { best })
}

fn is_fresh(view: &View<'_>, date: Date, today: Date) -> bool {
    age(date, today) <= i64::from(view.context.settings.freshness_days)
}

fn age(date: Date, today: Date) -> i64 {
    i64::from((today - date).get_days())
}

fn by_date(view: &View<'_>, (page, entry): Dated<'_>, today: Date) -> Verdict {
    let fresh = is_fresh(view, entry.date, today);
    let value = json!(entry.date.to_string());
    let mut verdict = if fresh { Verdict::passed(value) } else { Verdict::failed(value) };
    let at = verdict.cite(page.cite(&entry.at, &format!("{} {}", entry.title, entry.date)));
    if !fresh {
        let (date, age, limit) = (entry.date, age(entry.date, today), view.context.settings.freshness_days);
        verdict.findings.push(STALE.finding(
            format!("最新信息日期为 {date}，距采集日 {age} 天，超过 {limit} 天未更新。"),
            format!(
                "the newest entry is of {date}, {age} days before the visit: nothing new for more than {limit} days."
            ),
            vec![entry.title.clone(), date.to_string()],
            vec![at],
        ));
    }
    verdict
}

fn undated(home: &PageRecord) -> Verdict {
    let mut verdict = Verdict::failed(json!(null));
    let title = home.extraction.as_ref().and_then(|reading| reading.title.as_ref()).map(|title| title.raw.clone());
    let at = verdict.cite(home.cite(&Locator::Whole, title.as_deref().unwrap_or(home.request.url.as_str())));
    verdict.findings.push(UNDATED.finding(
        "首页没有带日期的信息；按检查规则，无日期视为未更新。".to_owned(),
        "no entry of the home page bears a date; by the inspection's rule undated counts as not updated.".to_owned(),
        title.into_iter().collect(),
        vec![at],
    ));
    verdict
}

/// Whether a page is navigation only: most of its visible words are the words of links.
fn is_navigation(reading: &Extraction) -> bool {
    let in_links: usize = reading.links.iter().map(|link| link.text.chars().count()).sum();
    in_links * 2 >= reading.text_length
}

/// Why pages one click away may hold dates that we did not see.
fn unread_beyond(view: &View<'_>, channel: &Channel, home: &[(&PageRecord, &Extraction)]) -> Option<Reason> {
    if let Some(reason) = view.search_gap(channel) {
        return Some(reason);
    }
    let links = home.iter().flat_map(|(_, reading)| &reading.links);
    links.filter(|link| channel.scope.contains(&crate::model::target::authority(&link.url))).find_map(|link| {
        view.dossier.answer(&link.url).map_or_else(|| Some(view.why_unread(&link.url)), |page| view.page_barrier(page))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, dated, link, reading};
    use crate::model::{Outcome, PageKind};

    fn home(entries: Vec<DatedEntry>) -> Visit {
        Visit::entry("http://portal.test/", 1).read(Extraction { dated: entries, ..reading(PageKind::Home) })
    }

    /// A home page whose words are all links.
    fn navigation() -> Visit {
        let links = vec![link("http://portal.test/news", "政务动态")];
        Visit::entry("http://portal.test/", 1).read(Extraction { links, text_length: 4, ..reading(PageKind::Home) })
    }

    fn second(entries: Vec<DatedEntry>) -> Visit {
        Visit::page("http://portal.test/news").read(Extraction { dated: entries, ..reading(PageKind::News) })
    }

    #[test]
    fn a_recent_entry_passes_and_is_cited() {
        let verdict = World::of(vec![home(vec![dated("2026-01-01", "旧"), dated("2026-11-07", "新")])]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!("2026-11-07")));
        assert!(verdict.evidence[0].excerpt.contains('新'));
    }

    #[test]
    fn the_age_is_counted_from_the_chinese_date_of_the_visit() {
        let verdict = World::of(vec![home(vec![dated("2026-11-06", "稍旧")])]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["稍旧", "2026-11-06"]);
    }

    #[test]
    fn an_announcement_of_the_future_is_not_news() {
        let entries = vec![dated("2027-05-01", "活动"), dated("2026-02-01", "旧闻")];
        let verdict = World::of(vec![home(entries)]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Failed, json!("2026-02-01")));
    }

    #[test]
    fn a_page_without_any_date_counts_as_not_updated() {
        let verdict = World::of(vec![home(Vec::new())]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "undated"));
    }

    #[test]
    fn a_home_page_of_links_is_judged_by_the_pages_behind_it() {
        let fresh = World::of(vec![navigation(), second(vec![dated("2026-11-20", "今日")])]).judge(&CHECK);
        assert_eq!(fresh.outcome, Outcome::Passed);
        let stale = World::of(vec![navigation(), second(vec![dated("2025-11-20", "去年")])]).judge(&CHECK);
        assert_eq!(stale.outcome, Outcome::Failed);
        let unread = World::of(vec![navigation()]).judge(&CHECK);
        assert_eq!((unread.outcome, unread.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }

    #[test]
    fn a_home_page_that_could_not_be_read_is_not_judged() {
        let shell = Visit::entry("http://portal.test/", 1).read(reading(PageKind::EmptyShell));
        assert_eq!(World::of(vec![shell]).judge(&CHECK).reason, Some(Reason::NotRendered));
    }
}
