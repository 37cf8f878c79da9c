//! `site.tls`: is the connection to the entry safe by today's rules?
//!
//! Comes in: the strict and the lenient exchanges of the entry. Goes out: protocol, cipher, days to expiry, faults.

use std::collections::BTreeMap;

use serde_json::json;

use crate::check::phrasing::{Wording, word};
use crate::check::site::open_home;
use crate::check::view::View;
use crate::check::{Check, Test};
use crate::model::capture::TlsFault;
use crate::model::property::Unit;
use crate::model::target::authority;
use crate::model::{
    Channel, FailureKind, Lane, Locator, PageRecord, Property, PropertyId, Purpose, Reason, Severity, SubjectKind,
    TlsFacts, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("site.tls"),
        subject: SubjectKind::Channel,
        unit: Some(Unit::Day),
        title_zh: "加密连接有效",
        title_en: "the encrypted connection is sound",
        passed_when: "the certificate chain is valid and current and the protocol is accepted today; a plain-http entry is inapplicable",
        rationale: "A browser warns applicants away from a portal with a bad certificate, and whoever clicks past it sends identity papers over a line that others may read.",
        basis: &["requirement of this tool: what an ordinary browser accepts without a warning"],
    },
    version: 1,
    test: Test::PortalChannel(judge),
};

const FAULT: Wording = Wording {
    kind: "tls_fault",
    severity: Severity::Error,
    remedy_zh: "更换为受信任机构签发、域名相符且在有效期内的证书，配齐中间证书，停用过时的协议和套件。",
    remedy_en: "Install a current certificate for this name from a trusted issuer with its intermediates, and switch off outdated protocols and ciphers.",
};

const EXPIRES_SOON: Wording = Wording {
    kind: "certificate_expires_soon",
    severity: Severity::Notice,
    remedy_zh: "尽快续期证书，并设置到期提醒。",
    remedy_en: "Renew the certificate soon and set a reminder.",
};

const SECONDS_A_DAY: i64 = 86_400;

/// The https exchanges of the entry with one server.
#[derive(Default)]
struct Server<'a> {
    strict_answer: Option<&'a PageRecord>,
    strict_fault: Option<&'a PageRecord>,
    lenient_answer: Option<&'a PageRecord>,
}

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    let mut servers: BTreeMap<String, Server<'_>> = BTreeMap::new();
    let mut asked_at_all = false;
    for page in view.dossier.of_channel_owned(&channel.id) {
        if !matches!(page.request.purpose, Purpose::Entry { .. }) {
            continue;
        }
        asked_at_all = true;
        if page.request.url.scheme() != "https" {
            continue;
        }
        let server = servers.entry(authority(&page.request.url)).or_default();
        let handshake_failed = page.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Tls);
        match page.request.lane {
            Lane::Strict if page.status.is_some() => server.strict_answer = Some(page),
            Lane::Strict if handshake_failed => server.strict_fault = Some(page),
            Lane::Lenient if page.status.is_some() => server.lenient_answer = Some(page),
            Lane::Strict | Lane::Lenient => {}
        }
    }
    if servers.is_empty() {
        let plain = asked_at_all || channel.seeds.iter().all(|seed| seed.scheme() == "http");
        let not_open = || open_home(view, channel).err().map_or(Verdict::cant_tell(Reason::Unreachable), |it| *it);
        return if plain { Verdict::inapplicable(None) } else { not_open() };
    }
    // A server that once satisfied the strict rules is sound: a later failure there is an accident of the line.
    let faulty = servers.values().find_map(|server| match (server.strict_answer, server.lenient_answer) {
        (None, Some(lenient)) => server.strict_fault.map(|strict| (strict, lenient)),
        _ => None,
    });
    if let Some((strict, lenient)) = faulty {
        return faults_of(strict, lenient);
    }
    match servers.values().rev().find_map(|server| server.strict_answer) {
        Some(page) => sound(page, view.context.settings.certificate_days),
        None if view.dossier.own_network == Some(false) => Verdict::cant_tell(Reason::OwnNetwork),
        None => {
            let verdict = Verdict::cant_tell(Reason::Unreachable);
            let shown = servers.values().find_map(|server| server.strict_fault);
            shown.map_or(verdict.clone(), |page| verdict.citing(page.cite_whole()))
        }
    }
}

fn sound(page: &PageRecord, wanted_days: i64) -> Verdict {
    let no_facts = TlsFacts::default();
    let facts = page.tls.as_ref().unwrap_or(&no_facts);
    let days = days_to_expiry(page, facts);
    let mut verdict = Verdict::passed(json!({
        "protocol": facts.protocol, "cipher": facts.cipher, "days_to_expiry": days, "faults": [],
    }));
    let at = verdict.cite(page.cite(&Locator::Whole, &in_words(facts)));
    if let Some(days) = days.filter(|days| *days < wanted_days) {
        verdict.findings.push(EXPIRES_SOON.finding(
            format!("证书还有 {days} 天到期，少于 {wanted_days} 天。"),
            format!("the certificate expires in {days} days, fewer than {wanted_days}."),
            facts.not_after.iter().map(ToString::to_string).collect(),
            vec![at],
        ));
    }
    verdict
}

fn faults_of(strict: &PageRecord, lenient: &PageRecord) -> Verdict {
    let no_facts = TlsFacts::default();
    let facts = lenient.tls.as_ref().or(strict.tls.as_ref()).unwrap_or(&no_facts);
    let mut faults: Vec<TlsFault> =
        [strict, lenient].iter().filter_map(|page| page.tls.as_ref()).flat_map(|tls| tls.faults.clone()).collect();
    faults.sort_unstable();
    faults.dedup();
    let value = json!({
        "protocol": facts.protocol,
        "cipher": facts.cipher,
        "days_to_expiry": days_to_expiry(lenient, facts),
        "faults": faults.iter().map(word).collect::<Vec<_>>(),
    });
    // A failure that cannot be named may be a weakness of our own library: it is kept, but it accuses nobody.
    let nameless = faults.iter().all(|fault| *fault == TlsFault::Other);
    let mut verdict = if nameless { Verdict::cant_tell(Reason::Unreadable) } else { Verdict::failed(json!(null)) };
    verdict.value = value;
    let refused = verdict.cite(strict.cite_whole());
    let read = verdict.cite(lenient.cite(&Locator::Whole, &in_words(facts)));
    if nameless {
        return verdict;
    }
    for fault in faults.into_iter().filter(|fault| *fault != TlsFault::Other) {
        let mut finding = FAULT.finding(
            format!("加密连接不可信：{}。", fault.zh()),
            format!("the encrypted connection cannot be trusted: {}.", fault.en()),
            vec![quote(fault, facts)],
            vec![refused, read],
        );
        finding.kind = format!("tls_{}", word(fault));
        if matches!(fault, TlsFault::IncompleteChain | TlsFault::OldProtocol) {
            finding.severity = Severity::Warning;
        }
        verdict.findings.push(finding);
    }
    verdict
}

/// Whole days from the capture to the end of the certificate; negative if it was over by then.
fn days_to_expiry(page: &PageRecord, facts: &TlsFacts) -> Option<i64> {
    facts.not_after.map(|end| (end.as_second() - page.date.as_second()).div_euclid(SECONDS_A_DAY))
}

fn in_words(facts: &TlsFacts) -> String {
    let known = [facts.protocol.as_deref(), facts.cipher.as_deref(), facts.subject.as_deref(), facts.issuer.as_deref()];
    let mut words: Vec<String> = known.into_iter().flatten().map(str::to_owned).collect();
    words.extend(facts.not_after.map(|end| format!("not after {end}")));
    words.join("; ")
}

fn quote(fault: TlsFault, facts: &TlsFacts) -> String {
    let end = || facts.not_after.map(|end| format!("not after {end}"));
    let detail = match fault {
        TlsFault::Expired | TlsFault::NotYetValid => end(),
        TlsFault::WrongHost => facts.subject.clone(),
        TlsFault::SelfSigned | TlsFault::IncompleteChain | TlsFault::UntrustedRoot => facts.issuer.clone(),
        TlsFault::OldProtocol => facts.protocol.clone(),
        TlsFault::WeakKey | TlsFault::Other => facts.cipher.clone(),
    };
    detail.unwrap_or_else(|| word(fault))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, moment, reading};
    use crate::model::{Outcome, PageKind, Stage};

    const HOME: &str = "https://portal.test/";

    fn facts(not_after: &str, faults: &[TlsFault]) -> TlsFacts {
        TlsFacts {
            protocol: Some("TLSv1.2".into()),
            cipher: Some("ECDHE".into()),
            not_after: Some(moment(not_after)),
            faults: faults.to_vec(),
            ..TlsFacts::default()
        }
    }

    fn strict_failure() -> Visit {
        Visit::entry(HOME, 1).failing(FailureKind::Tls, Stage::Tls)
    }

    fn lenient(facts: TlsFacts) -> Visit {
        Visit::entry(HOME, 1).lenient().read(reading(PageKind::Home)).tls(facts)
    }

    #[test]
    fn a_sound_connection_passes_with_the_days_left() {
        let home = Visit::entry(HOME, 1).read(reading(PageKind::Home)).tls(facts("2027-11-20T18:00:00Z", &[]));
        let verdict = World::of(vec![home]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value["days_to_expiry"], json!(365));
        assert!(verdict.findings.is_empty());
    }

    #[test]
    fn a_certificate_near_its_end_passes_with_a_notice() {
        let home = Visit::entry(HOME, 1).read(reading(PageKind::Home)).tls(facts("2026-11-22T18:00:00Z", &[]));
        let verdict = World::of(vec![home]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.findings[0].kind, "certificate_expires_soon");
    }

    #[test]
    fn a_fault_is_recorded_though_the_page_was_read() {
        let visits = vec![strict_failure(), lenient(facts("2026-11-18T18:00:00Z", &[TlsFault::Expired]))];
        let verdict = World::of(visits).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.value["days_to_expiry"], json!(-2));
        assert_eq!(verdict.findings[0].kind, "tls_expired");
        assert_eq!(verdict.findings[0].at.len(), 2);
    }

    #[test]
    fn a_plain_entry_is_not_judged() {
        let home = Visit::entry("http://portal.test/", 1).read(reading(PageKind::Home));
        assert_eq!(World::of(vec![home]).judge(&CHECK).outcome, Outcome::Inapplicable);
    }

    #[test]
    fn a_time_out_is_no_fault_of_the_certificate() {
        let visit = Visit::entry(HOME, 1).failing(FailureKind::Timeout, Stage::Tls);
        let verdict = World::of(vec![visit]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreachable)));
    }

    #[test]
    fn a_failure_without_a_name_accuses_nobody() {
        let visits = vec![strict_failure(), lenient(facts("2027-11-18T18:00:00Z", &[TlsFault::Other]))];
        let verdict = World::of(visits).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn a_server_that_once_satisfied_the_strict_rules_is_sound() {
        let good = facts("2027-11-18T18:00:00Z", &[]);
        let visits = vec![
            strict_failure(),
            lenient(facts("2027-11-18T18:00:00Z", &[TlsFault::IncompleteChain])),
            Visit::entry(HOME, 2).read(reading(PageKind::Home)).tls(good),
        ];
        assert_eq!(World::of(visits).judge(&CHECK).outcome, Outcome::Passed);
    }
}
