//! `mobile.topic`: does the mobile site inform about the topics of the day?
//!
//! Comes in: the dated entries of the mobile channel and the configured topics. Goes out: the newest date by topic.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::json;

use crate::check::phrasing::{Wording, inferred};
use crate::check::site::open_home;
use crate::check::view::{ChannelState, View, civil_date};
use crate::check::{Check, Test, Topic};
use crate::model::extraction::DatedEntry;
use crate::model::{Channel, Locator, PageRecord, Property, PropertyId, Reason, Severity, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("mobile.topic"),
        subject: SubjectKind::Channel,
        unit: None,
        title_zh: "移动端公开热点信息",
        title_en: "topics of the day on the mobile site",
        passed_when: "for every configured topic an entry on the mobile site is newer than the configured age",
        rationale: "In an emergency people look at their phones first; what is not there sends them to crowded windows or to rumors.",
        basis: &[
            "the 2020 assessment of 36 cities counted the cities whose mobile channel published timely epidemic information",
        ],
    },
    version: 1,
    test: Test::MobileChannel(judge),
};

const NOT_DISCLOSED: Wording = Wording {
    kind: "topic_not_disclosed",
    severity: Severity::Warning,
    remedy_zh: "在移动端及时发布该主题的信息，并标注日期。",
    remedy_en: "Publish current information on the topic on the mobile site, with its date.",
};

/// An entry with the page on which it stands.
type Dated<'a> = (&'a PageRecord, &'a DatedEntry);

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    if let ChannelState::Withdrawn(page) = view.channel_state(channel) {
        return Verdict::inapplicable(None).citing(page.cite_whole());
    }
    let topics = &view.context.settings.topics;
    if topics.is_empty() {
        return Verdict::inapplicable(None);
    }
    let home = match open_home(view, channel) {
        Ok(home) => home,
        Err(verdict) => return *verdict,
    };
    let today = civil_date(home.date);
    let newest: Vec<(&Topic, Option<Dated<'_>>)> =
        topics.iter().map(|topic| (topic, newest(view, channel, topic, today))).collect();
    let dates: BTreeMap<&str, Option<String>> = newest
        .iter()
        .map(|(topic, entry)| (topic.id.as_str(), entry.map(|(_, entry)| entry.date.to_string())))
        .collect();
    let value = json!(dates);
    let stale: Vec<(&Topic, Option<Dated<'_>>)> = newest
        .iter()
        .copied()
        .filter(|(_, entry)| !entry.is_some_and(|(_, entry)| is_current(view, entry.date, today)))
        .collect();
    let gap = stale.iter().find_map(|(topic, _)| why_unseen(view, channel, topic));
    let mut verdict = match (stale.is_empty(), gap) {
        (true, _) => Verdict::passed(value),
        (false, Some(reason)) => Verdict::cant_tell(reason).with_value(value),
        (false, None) => Verdict::failed(value),
    };
    for (page, entry) in newest.iter().filter_map(|(_, entry)| *entry) {
        verdict.cite(cited(page, entry));
    }
    if gap.is_none() {
        for (topic, entry) in stale {
            accuse(&mut verdict, home, topic, entry);
        }
    }
    inferred(view, verdict)
}

fn newest<'a>(view: &View<'a>, channel: &Channel, topic: &Topic, today: Date) -> Option<Dated<'a>> {
    let tomorrow = today.tomorrow().unwrap_or(today);
    view.readings(channel)
        .filter(|(page, _)| page.is_reading() && !view.is_soft_not_found(page))
        .flat_map(|(page, reading)| reading.dated.iter().map(move |entry| (page, entry)))
        .filter(|(_, entry)| entry.date <= tomorrow && is_about(&entry.title, topic))
        .reduce(|best, next| if next.1.date > best.1.date { next } else { best })
}

fn is_about(text: &str, topic: &Topic) -> bool {
    topic.words.iter().any(|word| text.contains(word.as_str()))
}

fn is_current(view: &View<'_>, date: Date, today: Date) -> bool {
    i64::from((today - date).get_days()) <= i64::from(view.context.settings.topic_days)
}

/// Why a current entry may be there although we did not see it.
fn why_unseen(view: &View<'_>, channel: &Channel, topic: &Topic) -> Option<Reason> {
    if let Some(reason) = view.search_gap(channel) {
        return Some(reason);
    }
    // What stands on another site is not disclosed on this one, read or not.
    let in_scope = |url: &url::Url| channel.scope.contains(&crate::model::target::authority(url));
    let links = view.readings(channel).flat_map(|(_, reading)| &reading.links);
    let named = links.filter(|link| is_about(&link.text, topic) && in_scope(&link.url));
    named.into_iter().find_map(|link| {
        let unread = || Some(view.why_unread(&link.url));
        view.dossier.answer(&link.url).map_or_else(unread, |page| view.page_barrier(page))
    })
}

fn cited(page: &PageRecord, entry: &DatedEntry) -> crate::model::finding::Cite {
    page.cite(&entry.at, &format!("{} {}", entry.title, entry.date))
}

fn accuse(verdict: &mut Verdict, home: &PageRecord, topic: &Topic, entry: Option<Dated<'_>>) {
    let name = &topic.name;
    let finding = if let Some((page, entry)) = entry {
        let at = verdict.cite(cited(page, entry));
        let date = entry.date;
        NOT_DISCLOSED.finding(
            format!("移动端关于“{name}”的最新信息日期为 {date}，已不是近期信息。"),
            format!("the newest entry on \"{name}\" on the mobile site is of {date}, which is no longer current."),
            vec![entry.title.clone(), date.to_string()],
            vec![at],
        )
    } else {
        let title = home.extraction.as_ref().and_then(|reading| reading.title.as_ref());
        let words = title.map_or_else(|| home.request.url.to_string(), |title| title.raw.clone());
        let at = verdict.cite(home.cite(&Locator::Whole, &words));
        NOT_DISCLOSED.finding(
            format!("在移动端可到达的页面上没有关于“{name}”的带日期信息。"),
            format!("the pages of the mobile site within reach have no dated entry on \"{name}\"."),
            vec![words],
            vec![at],
        )
    };
    verdict.findings.push(finding);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, dated, link, reading};
    use crate::model::{Extraction, Outcome, PageKind};

    fn home(entries: Vec<DatedEntry>) -> Visit {
        Visit::entry("http://m.test/", 1).read(Extraction { dated: entries, ..reading(PageKind::MobileHome) })
    }

    fn verdict(entries: Vec<DatedEntry>) -> Verdict {
        World::of(vec![home(entries)]).judge(&CHECK)
    }

    #[test]
    fn a_current_entry_on_the_topic_passes() {
        let verdict = verdict(vec![dated("2026-11-10", "疫情防控通告"), dated("2026-01-10", "疫情防控旧闻")]);
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!({"epidemic": "2026-11-10"})));
    }

    #[test]
    fn an_old_entry_fails_and_is_quoted() {
        let verdict = verdict(vec![dated("2026-01-10", "疫情防控旧闻")]);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["疫情防控旧闻", "2026-01-10"]);
    }

    #[test]
    fn a_recent_entry_on_something_else_does_not_count() {
        let verdict = verdict(vec![dated("2026-11-10", "招聘公告")]);
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Failed, json!({"epidemic": null})));
    }

    #[test]
    fn a_link_on_the_topic_that_was_not_read_does_not_accuse() {
        let links = vec![link("http://m.test/epidemic", "疫情防控")];
        let home = Visit::entry("http://m.test/", 1).read(Extraction { links, ..reading(PageKind::MobileHome) });
        let verdict = World::of(vec![home]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
    }

    #[test]
    fn a_visit_cut_short_does_not_accuse() {
        let world = World::of(vec![home(Vec::new())]).covering(|coverage| coverage.waiting = 1);
        assert_eq!(world.judge(&CHECK).reason, Some(Reason::BudgetExhausted));
    }

    #[test]
    fn without_a_topic_or_a_site_the_question_does_not_arise() {
        let no_topic = World::of(vec![home(Vec::new())]).setting(|settings| settings.topics.clear());
        assert_eq!(no_topic.judge(&CHECK).outcome, Outcome::Inapplicable);
        let gone = World::of(vec![Visit::entry("http://m.test/", 1).status(410)]);
        assert_eq!(gone.judge(&CHECK).outcome, Outcome::Inapplicable);
    }
}
