//! The judgement shared by `interaction.consultation_channel` and `interaction.complaint_channel`.
//!
//! Comes in: the links that promise a way to ask or complain, and what was read behind them. Goes out: an address that
//! works without login, or why none is known. Nothing is ever submitted.

use std::collections::BTreeSet;

use serde_json::json;
use url::Url;

use crate::check::phrasing::{Wording, inferred};
use crate::check::site::open_home;
use crate::check::view::View;
use crate::model::interaction::{Entry, Topic};
use crate::model::{Channel, Locator, Method, PageKind, PageRecord, Reason, Severity, Verdict};

const NO_ENTRY: Wording = Wording {
    kind: "no_entry",
    severity: Severity::Warning,
    remedy_zh: "在门户显著位置设置入口，并保证无需登录即可看到办理方式。",
    remedy_en: "Offer an entry in a visible place, and let it be seen without login.",
};

const DEAD_ENTRY: Wording = Wording {
    kind: "dead_entry",
    severity: Severity::Error,
    remedy_zh: "修复该入口的链接，或指向现行的受理页面。",
    remedy_en: "Repair the entry's link, or point it to the page that is in use.",
};

/// What stands behind an entry link.
enum Behind<'a> {
    /// A page that a visitor can use without login.
    Works(&'a PageRecord),
    /// The place does not exist.
    Dead(&'a PageRecord),
    /// We do not know.
    Unknown(Reason),
}

/// Judges the entries of one topic on one channel.
pub(super) fn judge(view: &View<'_>, channel: &Channel, topic: Topic) -> Verdict {
    let home = match open_home(view, channel) {
        Ok(home) => home,
        Err(verdict) => return *verdict,
    };
    let entries = entries(view, channel, topic);
    let states: Vec<(&PageRecord, &Entry, Behind<'_>)> =
        entries.into_iter().map(|(page, entry)| (page, entry, behind(view, page, entry))).collect();
    // A form is a better proof than a page that we only know to be there.
    let works = states.iter().filter_map(|(page, entry, behind)| match behind {
        Behind::Works(target) => Some((*page, *entry, *target)),
        Behind::Dead(_) | Behind::Unknown(_) => None,
    });
    let best = works.min_by_key(|(_, _, target)| match target.kind() {
        Some(PageKind::InteractionForm) => 0,
        Some(PageKind::ReplyList | PageKind::Reply) => 1,
        _ => 2,
    });
    if let Some((page, entry, target)) = best {
        return Verdict::passed(json!(target.request.url.as_str()))
            .citing(page.cite(&entry.at, &entry.text))
            .citing(target.cite_whole());
    }
    let unknown = states.iter().find_map(|(page, entry, behind)| match behind {
        Behind::Unknown(reason) => Some((*reason, *page, *entry)),
        Behind::Works(_) | Behind::Dead(_) => None,
    });
    if let Some((reason, page, entry)) = unknown {
        return Verdict::cant_tell(reason).citing(page.cite(&entry.at, &entry.text));
    }
    if let Some(reason) = view.search_gap(channel) {
        return Verdict::cant_tell(reason).citing(home.cite_whole());
    }
    inferred(view, accuse(home, &states, topic))
}

fn accuse(home: &PageRecord, states: &[(&PageRecord, &Entry, Behind<'_>)], topic: Topic) -> Verdict {
    let (zh, en) = match topic {
        Topic::Consultation => ("咨询", "consultation"),
        Topic::Complaint => ("投诉", "complaint"),
    };
    let mut verdict = Verdict::failed(json!(null));
    for (page, entry, behind) in states {
        let Behind::Dead(target) = behind else { continue };
        let at = vec![verdict.cite(page.cite(&entry.at, &entry.text)), verdict.cite(target.cite_whole())];
        let (text, address) = (&entry.text, &entry.url);
        verdict.findings.push(DEAD_ENTRY.finding(
            format!("{zh}入口“{text}”打不开：{address}"),
            format!("the {en} entry \"{text}\" leads nowhere: {address}"),
            vec![text.clone()],
            at,
        ));
    }
    if verdict.findings.is_empty() {
        let title = home.extraction.as_ref().and_then(|reading| reading.title.as_ref());
        let words = title.map_or_else(|| home.request.url.to_string(), |title| title.raw.clone());
        let at = verdict.cite(home.cite(&Locator::Whole, &words));
        verdict.findings.push(NO_ENTRY.finding(
            format!("在可到达的页面上没有找到{zh}入口。"),
            format!("no {en} entry was found on the pages within reach."),
            vec![words],
            vec![at],
        ));
    }
    verdict
}

/// The entries of this topic with the page each stands on, one an address.
pub(super) fn entries<'a>(view: &View<'a>, channel: &Channel, topic: Topic) -> Vec<(&'a PageRecord, &'a Entry)> {
    let mut seen: BTreeSet<&Url> = BTreeSet::new();
    view.readings(channel)
        .flat_map(|(page, reading)| reading.entries.iter().map(move |entry| (page, entry)))
        .filter(|(_, entry)| entry.topic == topic && seen.insert(&entry.url))
        .collect()
}

fn behind<'a>(view: &View<'a>, from: &PageRecord, entry: &Entry) -> Behind<'a> {
    let Some(target) = view.dossier.answer(&entry.url) else {
        return Behind::Unknown(view.why_unread(&entry.url));
    };
    if let Some(reason) = view.page_barrier(target) {
        return Behind::Unknown(reason);
    }
    let absent = matches!(target.status, Some(404 | 410)) && target.request.method == Method::Get;
    if absent || view.is_soft_not_found(target) {
        return Behind::Dead(target);
    }
    // A link back to the page itself or to the entry page opens nothing that could be judged (script, or a menu head).
    let leads_back =
        target.request.url == from.request.url || matches!(target.kind(), Some(PageKind::Home | PageKind::MobileHome));
    if leads_back || !view.usable(target) {
        return Behind::Unknown(Reason::Unreadable);
    }
    Behind::Works(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::check::interaction::{complaint_channel, consultation_channel};
    use crate::check::testing::{Visit, World, place, reading, url};
    use crate::model::{Extraction, FailureKind, Outcome, Stage};

    const ASK: &str = "http://portal.test/ask";

    fn home(entries: Vec<Entry>) -> Visit {
        Visit::entry("http://portal.test/", 1).read(Extraction { entries, ..reading(PageKind::Home) })
    }

    fn entry(topic: Topic, address: &str) -> Entry {
        Entry { topic, url: url(address), text: "我要咨询".into(), at: place("html>body>a") }
    }

    fn asking() -> Visit {
        home(vec![entry(Topic::Consultation, ASK)])
    }

    fn verdict(check: &Check, visits: Vec<Visit>) -> Verdict {
        World::of(visits).judge(check)
    }

    #[test]
    fn an_entry_that_opens_a_form_passes_with_its_address() {
        let form = Visit::page(ASK).read(reading(PageKind::InteractionForm));
        let verdict = verdict(&consultation_channel::CHECK, vec![asking(), form]);
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!(ASK)));
        assert_eq!(verdict.evidence.len(), 2);
    }

    #[test]
    fn a_consultation_entry_is_no_complaint_entry() {
        let form = Visit::page(ASK).read(reading(PageKind::InteractionForm));
        let verdict = verdict(&complaint_channel::CHECK, vec![asking(), form]);
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "no_entry"));
    }

    #[test]
    fn an_entry_behind_a_login_is_not_judged() {
        let wall = Visit::page(ASK).read(reading(PageKind::LoginWall));
        let verdict = verdict(&consultation_channel::CHECK, vec![asking(), wall]);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::LoginRequired)));
    }

    #[test]
    fn an_entry_whose_page_does_not_exist_fails() {
        let verdict = verdict(&consultation_channel::CHECK, vec![asking(), Visit::page(ASK).status(404)]);
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "dead_entry"));
        assert_eq!(verdict.findings[0].at, [0, 1]);
    }

    #[test]
    fn an_entry_that_was_not_read_does_not_accuse() {
        let time_out = Visit::page(ASK).failing(FailureKind::Timeout, Stage::Headers);
        for visits in [vec![asking()], vec![asking(), time_out], vec![asking(), Visit::page(ASK).status(403)]] {
            assert_eq!(verdict(&consultation_channel::CHECK, visits).outcome, Outcome::CantTell);
        }
    }

    #[test]
    fn a_link_back_to_the_entry_page_proves_nothing() {
        let verdict =
            verdict(&consultation_channel::CHECK, vec![home(vec![entry(Topic::Consultation, "http://portal.test/")])]);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn a_visit_cut_short_by_its_budget_does_not_accuse() {
        let verdict = World::of(vec![home(Vec::new())])
            .covering(|coverage| coverage.waiting = 3)
            .judge(&consultation_channel::CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::BudgetExhausted)));
    }
}
