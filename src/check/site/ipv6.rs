//! `site.ipv6`: does the entry answer over IPv6 judged by itself?
//!
//! Comes in: the IPv6 probe of the entry. Goes out: yes, no, or not known. A line of ours without IPv6 must not accuse,
//! so only the absence of an address in the name service counts as "no".

use serde_json::json;
use url::Host;

use crate::check::phrasing::Wording;
use crate::check::view::{ChannelState, View};
use crate::check::{Check, Test};
use crate::model::{
    Channel, FailureKind, PageRecord, Property, PropertyId, Purpose, Reason, Severity, SubjectKind, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("site.ipv6"),
        subject: SubjectKind::Channel,
        unit: None,
        title_zh: "支持IPv6访问",
        title_en: "reachable over IPv6",
        passed_when: "the entry answers over IPv6 alone",
        rationale: "Phones in many mobile networks speak IPv6 first; a portal without it is slower or out of reach for their owners.",
        basis: &[
            "lack of IPv6 exists as a deduction item of the website inspection (国办秘函〔2019〕19号); its points are not established",
        ],
    },
    version: 1,
    test: Test::PortalChannel(judge),
};

const NO_ADDRESS: Wording = Wording {
    kind: "no_ipv6_address",
    severity: Severity::Notice,
    remedy_zh: "为门户域名配置 AAAA 记录，并开通服务器的 IPv6 访问。",
    remedy_en: "Publish an AAAA record for the portal's name and open the server to IPv6.",
};

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    let probes: Vec<&PageRecord> =
        view.dossier.of_channel_owned(&channel.id).filter(|page| page.request.purpose == Purpose::Ipv6).collect();
    let over_ipv6 = |page: &&PageRecord| page.remote_addr.is_some_and(|address| address.ip().to_canonical().is_ipv6());
    let entries = view.entry_answers(channel);
    let answered = probes.iter().copied().find(|page| page.status.is_some());
    if let Some(page) =
        answered.or_else(|| entries.iter().copied().filter(|page| page.status.is_some()).find(over_ipv6))
    {
        return Verdict::passed(json!(true)).citing(page.cite_whole());
    }
    let Some(probe) = probes.last() else {
        return not_probed(view, channel);
    };
    if view.dossier.own_network == Some(false) {
        return Verdict::cant_tell(Reason::OwnNetwork).citing(probe.cite_whole());
    }
    let no_address =
        probes.iter().all(|page| page.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::DnsNotFound));
    // The same name must have answered over IPv4, or the name itself is the fault and not the missing record.
    let alive = entries
        .iter()
        .copied()
        .find(|page| page.status.is_some() && page.request.url.host_str() == probe.request.url.host_str());
    let (true, Some(alive)) = (no_address, alive) else {
        return Verdict::cant_tell(Reason::Unreachable).citing(probe.cite_whole());
    };
    let mut verdict = Verdict::failed(json!(false));
    let at = vec![verdict.cite(probe.cite_whole()), verdict.cite(alive.cite_whole())];
    let host = probe.request.url.host_str().unwrap_or_default().to_owned();
    verdict.findings.push(NO_ADDRESS.finding(
        format!("域名 {host} 没有 IPv6 地址（AAAA 记录），而 IPv4 可以访问。"),
        format!("the name {host} has no IPv6 address (AAAA record), though it answers over IPv4."),
        vec![host],
        at,
    ));
    verdict
}

fn not_probed(view: &View<'_>, channel: &Channel) -> Verdict {
    let literal = channel.seeds.iter().all(|seed| matches!(seed.host(), Some(Host::Ipv4(_))));
    if literal {
        return Verdict::inapplicable(None);
    }
    match view.channel_state(channel) {
        ChannelState::Shut(reason, _) => Verdict::untested(reason),
        ChannelState::Withdrawn(_) => Verdict::untested(Reason::Unreachable),
        ChannelState::Open(_) if view.coverage(channel).is_some_and(|coverage| coverage.budget.is_some()) => {
            Verdict::untested(Reason::BudgetExhausted)
        }
        ChannelState::Open(_) => Verdict::untested(Reason::NotDiscovered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, reading};
    use crate::model::{Outcome, PageKind, Stage};

    const HOME: &str = "http://portal.test/";

    fn home() -> Visit {
        Visit::entry(HOME, 1).read(reading(PageKind::Home))
    }

    fn probe() -> Visit {
        Visit::of(HOME, Purpose::Ipv6)
    }

    #[test]
    fn an_answer_over_ipv6_passes() {
        let verdict = World::of(vec![home(), probe()]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!(true)));
    }

    #[test]
    fn a_name_without_an_ipv6_address_fails() {
        let verdict = World::of(vec![home(), probe().failing(FailureKind::DnsNotFound, Stage::Dns)]).judge(&CHECK);
        assert_eq!((verdict.outcome, &verdict.value), (Outcome::Failed, &json!(false)));
        assert_eq!(verdict.findings[0].at, [0, 1]);
    }

    #[test]
    fn a_line_of_ours_without_ipv6_does_not_accuse() {
        for kind in [FailureKind::ConnectFailed, FailureKind::Timeout, FailureKind::ConnectRefused] {
            let verdict = World::of(vec![home(), probe().failing(kind, Stage::Connect)]).judge(&CHECK);
            assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreachable)));
        }
    }

    #[test]
    fn a_name_that_does_not_exist_at_all_is_not_an_ipv6_fault() {
        let gone = |visit: Visit| visit.failing(FailureKind::DnsNotFound, Stage::Dns);
        let verdict = World::of(vec![gone(Visit::entry(HOME, 1)), gone(probe())]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::CantTell);
    }

    #[test]
    fn an_ipv4_literal_has_no_name_to_look_up() {
        let world = World::of(vec![Visit::entry("http://127.0.0.2:8080/", 1).read(reading(PageKind::Home))])
            .portal_at("http://127.0.0.2:8080/");
        assert_eq!(world.judge(&CHECK).outcome, Outcome::Inapplicable);
    }

    #[test]
    fn a_portal_that_was_not_probed_is_untested() {
        assert_eq!(World::of(vec![home()]).judge(&CHECK).outcome, Outcome::Untested);
    }
}
