//! `mobile.reachable`: does the mobile site's entry open, asked for as a phone?

use crate::check::site::reachable::judge;
use crate::check::{Check, Test};
use crate::model::property::Unit;
use crate::model::{Property, PropertyId, SubjectKind};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("mobile.reachable"),
        subject: SubjectKind::Channel,
        unit: Some(Unit::Ratio),
        title_zh: "移动端可访问",
        title_en: "the mobile site can be reached",
        passed_when: "as site.reachable, asked for with a phone's user agent",
        rationale: "Most applicants have a phone and no computer at hand; for them a mobile site that does not open is no service at all.",
        basis: &[
            "国办秘函〔2019〕19号, single veto on sites that do not open within 15 seconds in 5 % or more of the visits, applied here to mobile pages",
        ],
    },
    version: 1,
    test: Test::MobileChannel(judge),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, reading};
    use crate::model::{Outcome, PageKind, Reason};

    const HOME: &str = "http://m.test/";

    #[test]
    fn a_mobile_site_that_opens_passes() {
        let world = World::of(vec![Visit::entry(HOME, 1).read(reading(PageKind::MobileHome))]);
        let statements = world.statements(&CHECK);
        assert_eq!(statements.len(), 1);
        assert_eq!(statements[0].verdict.outcome, Outcome::Passed);
    }

    #[test]
    fn a_mobile_site_that_was_withdrawn_fails() {
        let verdict = World::of(vec![Visit::entry(HOME, 1).status(410)]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["headers/http_410"]);
    }

    #[test]
    fn a_mobile_site_that_refuses_us_is_not_judged() {
        let verdict = World::of(vec![Visit::entry(HOME, 1).status(403)]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Blocked)));
    }
}
