//! `site.response_time`: how long does the entry page take?
//!
//! Comes in: the timings of the entry attempts that gave a page. Goes out: the median of each phase.

use serde_json::json;

use crate::check::phrasing::{Wording, median};
use crate::check::site::open_home;
use crate::check::view::View;
use crate::check::{Check, Test};
use crate::model::property::Unit;
use crate::model::{Channel, PageRecord, Property, PropertyId, Reason, Severity, SubjectKind, Timing, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("site.response_time"),
        subject: SubjectKind::Channel,
        unit: Some(Unit::Ms),
        title_zh: "首页响应时间",
        title_en: "response time of the entry page",
        passed_when: "the median time of the entry page over the honest attempts is within the configured limit",
        rationale: "Applicants leave a page that does not come; many of them are on slow lines and give up before the guide appears.",
        basis: &[
            "国办秘函〔2019〕19号 takes 15 seconds as the end of patience for one visit; the stricter limit is this tool's configuration",
        ],
    },
    version: 1,
    test: Test::PortalChannel(judge),
};

const SLOW: Wording = Wording {
    kind: "slow_entry",
    severity: Severity::Warning,
    remedy_zh: "压缩首页资源，启用缓存，检查服务器和出口带宽。",
    remedy_en: "Make the entry page lighter, let it be cached, and check server and bandwidth.",
};

/// One slow visit is an accident; only repeated measurement accuses.
const FEWEST_MEASUREMENTS: usize = 2;

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    let pages: Vec<&PageRecord> = view.entry_answers(channel).into_iter().filter(|page| view.usable(page)).collect();
    let phase = |of: fn(&Timing) -> Option<f64>| {
        median(pages.iter().filter_map(|page| of(&page.timing)).collect()).map(|ms| (ms * 10.0).round() / 10.0)
    };
    let Some(total) = phase(|timing| Some(timing.total)) else {
        let not_open = open_home(view, channel).err();
        return not_open.map_or(Verdict::cant_tell(Reason::Unreachable), |verdict| *verdict);
    };
    let value = json!({
        "dns": phase(|timing| timing.dns),
        "connect": phase(|timing| timing.connect),
        "tls": phase(|timing| timing.tls),
        "first_byte": phase(|timing| timing.first_byte),
        "total": total,
    });
    let limit = view.context.settings.response_time_ms;
    let too_slow = total > limit;
    let mut verdict = match (too_slow, pages.len() >= FEWEST_MEASUREMENTS) {
        (false, _) => Verdict::passed(value),
        (true, true) => Verdict::failed(value),
        (true, false) => Verdict::cant_tell(Reason::BudgetExhausted).with_value(value),
    };
    let at: Vec<usize> = pages.iter().map(|page| verdict.cite(page.cite_whole())).collect();
    if too_slow && at.len() >= FEWEST_MEASUREMENTS {
        let quotes = pages.iter().map(|page| format!("{:.0} ms", page.timing.total)).collect();
        let visits = pages.len();
        verdict.findings.push(SLOW.finding(
            format!("首页 {visits} 次访问的中位响应时间为 {total:.0} 毫秒，超过 {limit:.0} 毫秒。"),
            format!("the median time of {visits} visits to the entry page is {total:.0} ms, more than {limit:.0} ms."),
            quotes,
            at,
        ));
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, reading};
    use crate::model::{Outcome, PageKind};

    fn home(attempt: u8, total: f64) -> Visit {
        Visit::entry("http://portal.test/", attempt).read(reading(PageKind::Home)).took(total)
    }

    #[test]
    fn the_median_decides() {
        let verdict = World::of(vec![home(1, 100.0), home(2, 9000.0), home(3, 120.0)]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value["total"], json!(120.0));
    }

    #[test]
    fn a_page_that_is_slow_each_time_fails() {
        let verdict = World::of(vec![home(1, 4000.0), home(2, 5000.0)]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["4000 ms", "5000 ms"]);
        assert_eq!(verdict.findings[0].at, [0, 1]);
    }

    #[test]
    fn a_single_slow_visit_does_not_accuse() {
        let verdict = World::of(vec![home(1, 9000.0)]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::BudgetExhausted)));
    }

    #[test]
    fn a_block_page_is_not_timed() {
        let blocked = Visit::entry("http://portal.test/", 1).status(403).took(9000.0);
        let verdict = World::of(vec![blocked]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Blocked)));
    }
}
