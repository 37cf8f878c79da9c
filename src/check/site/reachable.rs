//! `site.reachable`: does the portal's entry open?
//!
//! Comes in: the final exchange of each honest entry attempt. Goes out: how many opened. A refusal (challenge, login,
//! 403) is not an outage, and a failure while our own network is down says nothing of the portal.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::check::phrasing::{Wording, share, word};
use crate::check::view::{ChannelState, View};
use crate::check::{Check, Test};
use crate::model::property::Unit;
use crate::model::{
    Channel, FailureKind, PageKind, PageRecord, Property, PropertyId, Reason, Severity, Stage, SubjectKind, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("site.reachable"),
        subject: SubjectKind::Channel,
        unit: Some(Unit::Ratio),
        title_zh: "门户可访问",
        title_en: "the portal can be reached",
        passed_when: "the entry gave a usable page in all honest attempts but at most the configured share (5 %); one failure that is followed by success is forgiven",
        rationale: "An applicant who cannot open the entry page cannot use any service, however good the guides behind it are.",
        basis: &[
            "国办秘函〔2019〕19号, single veto: over a week of at least 20 visits a day, a share of 5 % or more that do not open within 15 seconds counts as not reachable",
        ],
    },
    version: 1,
    test: Test::PortalChannel(judge),
};

const NOT_REACHABLE: Wording = Wording {
    kind: "entry_unreachable",
    severity: Severity::Error,
    remedy_zh: "检查域名解析、网络和服务器，恢复首页访问，并持续监测。",
    remedy_en: "Check name resolution, network and server, bring the entry page back and keep watching it.",
};

/// What one honest attempt says about the portal.
enum Attempt {
    /// A usable page.
    Opened,
    /// No page, and the cause is on the portal's side: stage and kind.
    Failed { stage: String, kind: String },
    /// The attempt says nothing of whether the portal is up.
    Unjudged(Reason),
}

pub(in crate::check) fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    let entries = view.entry_answers(channel);
    let mut opened = 0;
    let mut failures = Vec::new();
    let mut unjudged = Vec::new();
    for page in &entries {
        match attempt(view, page) {
            Attempt::Opened => opened += 1,
            Attempt::Failed { stage, kind } => failures.push((*page, stage, kind)),
            Attempt::Unjudged(reason) => unjudged.push(reason),
        }
    }
    let judged = opened + failures.len();
    let listed: Vec<Value> = failures.iter().map(|(_, stage, kind)| json!({ "stage": stage, "kind": kind })).collect();
    let mut value = json!({
        "attempts": entries.len(), "ok": opened, "ratio": share(opened, judged), "failures": listed,
    });
    if let Some(reason) = why_not_judged(view, channel, opened, &failures, &unjudged) {
        return citing_all(Verdict::cant_tell(reason).with_value(value), &entries);
    }
    let failing = share(failures.len(), judged).unwrap_or_default();
    if opened == 0 || (failures.len() >= 2 && failing > view.context.settings.max_failure_ratio) {
        return accuse(value, &failures, entries.len());
    }
    if !failures.is_empty() {
        value["passed_after_retry"] = json!(true);
    }
    citing_all(Verdict::passed(value), &entries)
}

fn why_not_judged(
    view: &View<'_>,
    channel: &Channel,
    opened: usize,
    failures: &[(&PageRecord, String, String)],
    unjudged: &[Reason],
) -> Option<Reason> {
    // Attempts that the operator stopped might have opened.
    if opened == 0 && view.stopped(channel) {
        return Some(Reason::BudgetExhausted);
    }
    if view.dossier.own_network == Some(false) && !(opened > 0 && failures.is_empty()) {
        return Some(Reason::OwnNetwork);
    }
    let judged = opened + failures.len();
    if judged == 0 || unjudged.len() > judged || (opened == 0 && !unjudged.is_empty()) {
        let from_state = match view.channel_state(channel) {
            ChannelState::Shut(reason, _) => reason,
            ChannelState::Open(_) | ChannelState::Withdrawn(_) => Reason::Unreachable,
        };
        return Some(unjudged.first().copied().unwrap_or(from_state));
    }
    None
}

fn attempt(view: &View<'_>, page: &PageRecord) -> Attempt {
    if view.usable(page) {
        return Attempt::Opened;
    }
    if let Some(failure) = &page.failure {
        return match failure.kind {
            // A handshake that only we cannot complete (国密 gateways) is no outage; `site.tls` tells what is wrong.
            FailureKind::Tls | FailureKind::RefusedByGuard => Attempt::Unjudged(Reason::Unreachable),
            FailureKind::Local => Attempt::Unjudged(Reason::OwnNetwork),
            FailureKind::DnsNotFound
            | FailureKind::DnsFailed
            | FailureKind::ConnectRefused
            | FailureKind::ConnectFailed
            | FailureKind::Timeout
            | FailureKind::Closed
            | FailureKind::Protocol => {
                if our_network_worked(view) {
                    Attempt::Failed { stage: word(failure.stage), kind: word(failure.kind) }
                } else {
                    Attempt::Unjudged(Reason::Unreachable)
                }
            }
        };
    }
    match (view.page_barrier(page), page.status) {
        // Maintenance is announced for the hours of the night in which we come.
        (Some(reason), _) if page.kind() == Some(PageKind::Challenge) => Attempt::Unjudged(reason),
        (Some(reason @ (Reason::Blocked | Reason::LoginRequired | Reason::NotRendered)), _) => {
            Attempt::Unjudged(reason)
        }
        (_, Some(status @ (404 | 410 | 500..=599))) => {
            Attempt::Failed { stage: word(Stage::Headers), kind: format!("http_{status}") }
        }
        // Refused with any other 4xx: the server is up and does not want to answer us.
        (_, Some(400..=499)) => Attempt::Unjudged(Reason::Blocked),
        _ => Attempt::Unjudged(Reason::Unreadable),
    }
}

/// Without a control probe, any answer of any server to us shows that our own network was not the cause.
fn our_network_worked(view: &View<'_>) -> bool {
    view.dossier.own_network.unwrap_or_else(|| view.dossier.pages.iter().any(|page| page.status.is_some()))
}

fn accuse(value: Value, failures: &[(&PageRecord, String, String)], attempts: usize) -> Verdict {
    let mut verdict = Verdict::failed(value);
    let mut groups: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (page, stage, kind) in failures {
        let at = verdict.cite(page.cite_whole());
        groups.entry((stage, kind)).or_default().push(at);
    }
    for ((stage, kind), at) in groups {
        let count = at.len();
        verdict.findings.push(NOT_REACHABLE.finding(
            format!("首页访问 {attempts} 次，其中 {count} 次未能打开（阶段 {stage}，原因 {kind}）。"),
            format!("of {attempts} visits to the entry page {count} did not open it (stage {stage}, cause {kind})."),
            vec![format!("{stage}/{kind}")],
            at,
        ));
    }
    verdict
}

fn citing_all(verdict: Verdict, pages: &[&PageRecord]) -> Verdict {
    pages.iter().fold(verdict, |verdict, page| verdict.citing(page.cite_whole()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, reading};
    use crate::model::Outcome;
    use crate::model::extraction::{Extraction, Obstacle, ObstacleKind};

    const HOME: &str = "http://portal.test/";

    fn home(attempt: u8) -> Visit {
        Visit::entry(HOME, attempt).read(reading(PageKind::Home))
    }

    fn verdict(visits: Vec<Visit>) -> Verdict {
        World::of(visits).judge(&CHECK)
    }

    #[test]
    fn an_entry_that_opens_each_time_passes_and_cites_each_visit() {
        let verdict = verdict(vec![home(1), home(2)]);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value, json!({"attempts": 2, "ok": 2, "ratio": 1.0, "failures": []}));
        assert_eq!(verdict.evidence.len(), 2);
    }

    #[test]
    fn an_entry_that_never_opens_fails_with_the_stage_it_reached() {
        let failing = |attempt| Visit::entry(HOME, attempt).failing(FailureKind::Timeout, Stage::Connect);
        let verdict = World::of(vec![failing(1), failing(2)]).own_network(Some(true)).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["connect/timeout"]);
        assert_eq!(verdict.findings[0].at, [0, 1]);
    }

    #[test]
    fn server_errors_count_as_not_reachable() {
        let verdict = verdict(vec![Visit::entry(HOME, 1).status(503), Visit::entry(HOME, 2).status(503), home(3)]);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.value["failures"][0], json!({"stage": "headers", "kind": "http_503"}));
    }

    #[test]
    fn one_failure_followed_by_success_is_forgiven() {
        let verdict = verdict(vec![Visit::entry(HOME, 1).status(502), home(2)]);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value["passed_after_retry"], json!(true));
        assert!(verdict.findings.is_empty());
    }

    #[test]
    fn a_retry_within_one_attempt_counts_as_one_attempt() {
        let verdict = verdict(vec![Visit::entry(HOME, 1).status(503), home(1).retry(2)]);
        assert_eq!(verdict.value["attempts"], json!(1));
        assert_eq!(verdict.outcome, Outcome::Passed);
    }

    #[test]
    fn being_refused_is_not_an_outage() {
        for visit in [
            Visit::entry(HOME, 1).status(403),
            Visit::entry(HOME, 1).read(reading(PageKind::Challenge)),
            Visit::entry(HOME, 1).status(503).read(reading(PageKind::Challenge)),
            Visit::entry(HOME, 1).status(400),
        ] {
            let verdict = verdict(vec![visit]);
            assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Blocked)));
        }
        let wall = verdict(vec![Visit::entry(HOME, 1).read(reading(PageKind::LoginWall))]);
        assert_eq!(wall.reason, Some(Reason::LoginRequired));
    }

    #[test]
    fn a_notice_of_maintenance_is_unreachable_and_accuses_nobody() {
        let obstacle = Some(Obstacle { signature: "maintenance".to_owned(), kind: ObstacleKind::Maintenance });
        let notice = Extraction { obstacle, ..reading(PageKind::Challenge) };
        for status in [200, 503] {
            let visit = |attempt| Visit::entry(HOME, attempt).status(status).read(notice.clone());
            let verdict = verdict(vec![visit(1), visit(2)]);
            assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreachable)));
            assert!(verdict.evidence[0].excerpt.ends_with("maintenance `maintenance`"), "{:?}", verdict.evidence);
        }
    }

    #[test]
    fn our_own_outage_is_not_theirs() {
        let failing = || Visit::entry(HOME, 1).failing(FailureKind::ConnectFailed, Stage::Connect);
        let down = World::of(vec![failing()]).own_network(Some(false)).judge(&CHECK);
        assert_eq!((down.outcome, down.reason), (Outcome::CantTell, Some(Reason::OwnNetwork)));
        let unknown = World::of(vec![failing()]).judge(&CHECK);
        assert_eq!((unknown.outcome, unknown.reason), (Outcome::CantTell, Some(Reason::Unreachable)));
    }

    #[test]
    fn a_handshake_that_only_we_cannot_complete_is_no_outage() {
        let visit = Visit::entry("https://portal.test/", 1).failing(FailureKind::Tls, Stage::Tls);
        let verdict = World::of(vec![visit]).own_network(Some(true)).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreachable)));
    }

    #[test]
    fn an_entry_that_was_never_asked_for_is_not_judged() {
        let verdict = verdict(Vec::new());
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreachable)));
    }
}
