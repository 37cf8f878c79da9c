//! The judgement shared by `interaction.consultation_timeliness` and `interaction.complaint_timeliness`.
//!
//! Comes in: the published letters of one topic. Goes out: how many working days the replies took. Published lists are
//! a chosen part of all letters, mostly answered ones: what is not on them is never called unanswered.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::channel::entries;
use crate::check::phrasing::{Wording, median, share};
use crate::check::site::open_home;
use crate::check::view::{ReplySubject, View, civil_date};
use crate::model::interaction::Topic;
use crate::model::{Calendar, PageRecord, Reason, Reply, Severity, Verdict};

const LATE: Wording = Wording {
    kind: "late_reply",
    severity: Severity::Warning,
    remedy_zh: "建立催办机制，在规定的工作日内答复并公布答复日期。",
    remedy_en: "Remind the departments in time, answer within the working days allowed, and publish the date of the reply.",
};

const STILL_OPEN: Wording = Wording {
    kind: "open_beyond_limit",
    severity: Severity::Warning,
    remedy_zh: "尽快答复已超过期限的来信；已答复的，更新公布的状态。",
    remedy_en: "Answer the letters that are beyond the limit; if they were answered, publish that.",
};

/// So many letters are quoted in a finding: the worst ones show the pattern.
const QUOTED: usize = 3;

/// A letter with the page it stands on.
type Letter<'a> = (&'a PageRecord, &'a Reply);

/// The letters of one subject, sorted by what they say.
#[derive(Default)]
struct Sorted<'a> {
    /// Working days that each published reply took.
    answered: Vec<(u32, Letter<'a>)>,
    /// Open beyond the limit, with the working days since submission.
    open_late: Vec<(u32, Letter<'a>)>,
    /// Open, and the limit has not passed.
    censored: usize,
    /// Open or answered later than the longer, calendar-day limit.
    overdue: usize,
    without_dates: usize,
    answered_before_asked: usize,
    in_the_future: usize,
    outside_calendar: usize,
}

pub(super) fn judge(view: &View<'_>, subject: &ReplySubject<'_>) -> Verdict {
    let limit = view.context.settings.reply_working_days;
    let mut sorted = Sorted::default();
    for letter in &subject.letters {
        sort_in(&mut sorted, *letter, view);
    }
    // The worst first; of equals the order of their keys stays.
    sorted.answered.sort_by_key(|(days, _)| std::cmp::Reverse(*days));
    sorted.open_late.sort_by_key(|(days, _)| std::cmp::Reverse(*days));
    let value = value(&sorted, subject, limit);
    let late: Vec<(u32, Letter<'_>)> = sorted.answered.iter().copied().filter(|(days, _)| *days > limit).collect();
    if !late.is_empty() || !sorted.open_late.is_empty() {
        let mut verdict = Verdict::failed(value);
        accuse_late(&mut verdict, &late, sorted.answered.len(), limit);
        accuse_open(&mut verdict, &sorted.open_late, limit);
        return verdict;
    }
    let verdict = if sorted.outside_calendar > 0 {
        Verdict::cant_tell(Reason::CalendarMissing).with_value(value)
    } else if !sorted.answered.is_empty() {
        Verdict::passed(value)
    } else if sorted.censored > 0 {
        Verdict::cant_tell(Reason::RightCensored).with_value(value)
    } else {
        Verdict::cant_tell(why_nothing(view, subject)).with_value(value)
    };
    let shown = sorted.answered.iter().take(QUOTED);
    let verdict = shown.fold(verdict, |verdict, (_, (page, reply))| verdict.citing(page.cite(&reply.at, &reply.raw)));
    subject.pages.iter().take(QUOTED).fold(verdict, |verdict, page| verdict.citing(page.cite_whole()))
}

fn sort_in<'a>(sorted: &mut Sorted<'a>, letter: Letter<'a>, view: &View<'_>) {
    let (page, reply) = letter;
    let (calendar, settings) = (view.context.calendar, view.context.settings);
    let today = civil_date(page.date);
    let Some(asked) = reply.asked else {
        sorted.without_dates += 1;
        return;
    };
    match reply.answered {
        Some(answered) if answered < asked => sorted.answered_before_asked += 1,
        Some(answered) if is_ahead(answered, today) => sorted.in_the_future += 1,
        Some(answered) => match calendar.working_days_between(asked, answered) {
            Some(days) => {
                sorted.answered.push((days, letter));
                sorted.overdue += usize::from(days_between(asked, answered) > i64::from(settings.overdue_days));
            }
            None => sorted.outside_calendar += 1,
        },
        None if !reply.open => sorted.without_dates += 1,
        None if is_ahead(asked, today) => sorted.in_the_future += 1,
        None => {
            let limit = settings.reply_working_days;
            match working_days_open(calendar, asked, today, limit) {
                None => sorted.outside_calendar += 1,
                Some(OpenFor::WithinLimit) => sorted.censored += 1,
                Some(OpenFor::Beyond(days)) => {
                    sorted.open_late.push((days, letter));
                    sorted.overdue += usize::from(days_between(asked, today) > i64::from(settings.overdue_days));
                }
            }
        }
    }
}

/// How long an open letter has been open.
enum OpenFor {
    WithinLimit,
    Beyond(u32),
}

/// The last day of the limit belongs to the authority until midnight.
fn working_days_open(calendar: &Calendar, asked: Date, today: Date, limit: u32) -> Option<OpenFor> {
    // The capture may fall a few hours before the day that a server with another clock writes.
    let today = today.max(asked);
    let open = calendar.working_days_between(asked, today)?;
    if open <= limit {
        return Some(OpenFor::WithinLimit);
    }
    (today > calendar.deadline(asked, limit)?).then_some(OpenFor::Beyond(open))
}

fn is_ahead(date: Date, today: Date) -> bool {
    date > today.tomorrow().unwrap_or(today)
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

fn value(sorted: &Sorted<'_>, subject: &ReplySubject<'_>, limit: u32) -> Value {
    let days: Vec<u32> = sorted.answered.iter().map(|(days, _)| *days).collect();
    let within = days.iter().filter(|days| **days <= limit).count();
    json!({
        "n": days.len(),
        "within_5": within,
        "ratio": share(within, days.len()),
        "median": median(days.iter().map(|days| f64::from(*days)).collect()),
        "p90": percentile_90(days),
        "censored": sorted.censored,
        "overdue_3_months": sorted.overdue,
        "open_late": sorted.open_late.len(),
        "excluded": {
            "without_dates": sorted.without_dates,
            "answered_before_asked": sorted.answered_before_asked,
            "in_the_future": sorted.in_the_future,
            "outside_calendar": sorted.outside_calendar,
            "unreadable": subject.unreadable,
        },
    })
}

/// The smallest value that at least nine tenths do not exceed (nearest rank).
fn percentile_90(mut days: Vec<u32>) -> Option<u32> {
    days.sort_unstable();
    let rank = (days.len() * 9).div_ceil(10);
    days.get(rank.checked_sub(1)?).copied()
}

fn accuse_late(verdict: &mut Verdict, late: &[(u32, Letter<'_>)], observed: usize, limit: u32) {
    let Some((worst, _)) = late.first() else { return };
    let (quotes, at) = quoted(verdict, late);
    let count = late.len();
    verdict.findings.push(LATE.finding(
        format!("已公布的 {observed} 条答复中有 {count} 条超过 {limit} 个工作日，最长 {worst} 个工作日。"),
        format!("of {observed} published replies {count} took more than {limit} working days, the longest {worst}."),
        quotes,
        at,
    ));
}

fn accuse_open(verdict: &mut Verdict, open: &[(u32, Letter<'_>)], limit: u32) {
    if open.is_empty() {
        return;
    }
    let (quotes, at) = quoted(verdict, open);
    let count = open.len();
    verdict.findings.push(STILL_OPEN.finding(
        format!("公布的来信中有 {count} 件页面标明尚未办结，已超过 {limit} 个工作日。"),
        format!("{count} published letters stand as still open on the page itself, beyond {limit} working days."),
        quotes,
        at,
    ));
}

/// Dates, working days and masked titles of the worst letters, with their evidence.
fn quoted(verdict: &mut Verdict, letters: &[(u32, Letter<'_>)]) -> (Vec<String>, Vec<usize>) {
    let worst = letters.iter().take(QUOTED).map(|(days, (page, reply))| {
        let on = |date: Option<Date>| date.map_or_else(|| "未答复".to_owned(), |date| date.to_string());
        let title = crate::model::redact::excerpt(&reply.title);
        let quote = format!("{} → {}（{days}个工作日）{title}", on(reply.asked), on(reply.answered));
        (quote, verdict.cite(page.cite(&reply.at, &reply.raw)))
    });
    worst.unzip()
}

/// Why no letter could be judged.
fn why_nothing(view: &View<'_>, subject: &ReplySubject<'_>) -> Reason {
    if let Err(verdict) = open_home(view, subject.channel) {
        return verdict.reason.unwrap_or(Reason::NotDiscovered);
    }
    if subject.unreadable > 0 || !subject.letters.is_empty() {
        return Reason::Unreadable;
    }
    let topic: Topic = subject.topic;
    let behind_entry = entries(view, subject.channel, topic)
        .into_iter()
        .filter_map(|(_, entry)| view.dossier.answer(&entry.url))
        .find_map(|page| view.page_barrier(page));
    behind_entry.or_else(|| view.search_gap(subject.channel)).unwrap_or(Reason::NotDiscovered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::interaction::{complaint_timeliness, consultation_timeliness};
    use crate::check::testing::{Visit, World, date, place, reading, url};
    use crate::model::interaction::{Entry, ReplyList};
    use crate::model::{Extraction, Outcome, PageKind};

    fn letter(key: &str, asked: &str, answered: Option<&str>) -> Reply {
        Reply {
            key: key.into(),
            topic: None,
            title: format!("来信人：王小明 关于{key}"),
            asked: Some(date(asked)),
            answered: answered.map(date),
            open: answered.is_none(),
            agency: None,
            url: None,
            at: place("html>body>table>tr"),
            raw: format!("{asked} {}", answered.unwrap_or("处理中")),
        }
    }

    fn world(letters: Vec<Reply>) -> World {
        let list = ReplyList { topic: Some(Topic::Consultation), letters, unreadable: 0, at: place("table") };
        World::of(vec![
            Visit::entry("http://portal.test/", 1).read(reading(PageKind::Home)),
            Visit::page("http://portal.test/list")
                .read(Extraction { replies: Some(list), ..reading(PageKind::ReplyList) }),
        ])
    }

    fn verdict(letters: Vec<Reply>) -> Verdict {
        world(letters).judge(&consultation_timeliness::CHECK)
    }

    #[test]
    fn replies_within_five_working_days_pass() {
        let verdict =
            verdict(vec![letter("1", "2026-11-02", Some("2026-11-09")), letter("2", "2026-11-02", Some("2026-11-03"))]);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value["n"], json!(2));
        assert_eq!(verdict.value["median"], json!(3.0));
        assert_eq!(verdict.value["p90"], json!(5));
        assert_eq!(verdict.value["ratio"], json!(1.0));
    }

    #[test]
    fn a_late_reply_fails_with_its_dates_and_a_masked_title() {
        let verdict =
            verdict(vec![letter("1", "2026-11-02", Some("2026-11-10")), letter("2", "2026-11-02", Some("2026-11-03"))]);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["2026-11-02 → 2026-11-10（6个工作日）来信人：王** 关于1"]);
        assert!(verdict.findings[0].message_en.contains("of 2 published replies 1 took more"));
    }

    #[test]
    fn only_the_worst_three_are_quoted() {
        let letters = (10..15).map(|day| letter(&day.to_string(), "2026-09-01", Some(&format!("2026-09-{day}"))));
        let verdict = verdict(letters.collect());
        assert_eq!(verdict.findings[0].quotes.len(), 3);
        assert!(verdict.findings[0].quotes[0].contains("2026-09-14"));
    }

    #[test]
    fn an_open_letter_is_not_late_until_its_fifth_working_day_has_passed() {
        // The visit is on Saturday 2026-11-21: five working days after the 13th end on Friday the 20th, five after the
        // 16th on Monday the 23rd.
        let young = verdict(vec![letter("1", "2026-11-16", None)]);
        assert_eq!((young.outcome, young.reason), (Outcome::CantTell, Some(Reason::RightCensored)));
        assert_eq!(young.value["censored"], json!(1));
        let old = verdict(vec![letter("1", "2026-11-12", None)]);
        assert_eq!((old.outcome, old.findings[0].kind.as_str()), (Outcome::Failed, "open_beyond_limit"));
        assert_eq!(old.value["open_late"], json!(1));
    }

    #[test]
    fn a_letter_without_a_date_of_reply_is_not_called_unanswered() {
        let mut silent = letter("1", "2026-03-02", None);
        silent.open = false;
        let verdict = verdict(vec![silent]);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
        assert_eq!(verdict.value["excluded"]["without_dates"], json!(1));
    }

    #[test]
    fn impossible_dates_are_left_out_and_counted() {
        let verdict = verdict(vec![
            letter("1", "2026-11-10", Some("2026-11-02")),
            letter("2", "2026-11-02", Some("2026-12-02")),
            letter("3", "2026-11-02", Some("2026-11-03")),
        ]);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value["excluded"]["answered_before_asked"], json!(1));
        assert_eq!(verdict.value["excluded"]["in_the_future"], json!(1));
        assert_eq!(verdict.value["n"], json!(1));
    }

    #[test]
    fn a_date_outside_the_calendar_is_refused() {
        let verdict =
            verdict(vec![letter("1", "2025-11-10", Some("2025-11-12")), letter("2", "2026-11-02", Some("2026-11-03"))]);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::CalendarMissing)));
    }

    #[test]
    fn three_months_are_counted_apart() {
        let verdict = verdict(vec![letter("1", "2026-03-02", None), letter("2", "2026-03-02", Some("2026-08-03"))]);
        assert_eq!(verdict.value["overdue_3_months"], json!(2));
    }

    #[test]
    fn no_list_at_all_is_not_an_accusation() {
        let complaints = world(Vec::new()).judge(&complaint_timeliness::CHECK);
        assert_eq!((complaints.outcome, complaints.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
        let entry = Entry {
            topic: Topic::Complaint,
            url: url("http://portal.test/complain"),
            text: "投诉".into(),
            at: place("a"),
        };
        let home = Extraction { entries: vec![entry], ..reading(PageKind::Home) };
        let behind_login = World::of(vec![
            Visit::entry("http://portal.test/", 1).read(home),
            Visit::page("http://portal.test/complain").read(reading(PageKind::LoginWall)),
        ]);
        assert_eq!(behind_login.judge(&complaint_timeliness::CHECK).reason, Some(Reason::LoginRequired));
    }
}
