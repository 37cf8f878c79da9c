//! `site.identity`: does the entry page say whose site it is?
//!
//! Comes in: the entry page with its frames. Goes out: name, domain, identification code and ICP record, or which of
//! them is missing.

use serde_json::json;

use crate::check::phrasing::{Wording, inferred};
use crate::check::site::open_home;
use crate::check::view::View;
use crate::check::{Check, Test};
use crate::model::extraction::SiteFacts;
use crate::model::{
    Channel, Extraction, Located, Locator, PageRecord, Property, PropertyId, Reason, Severity, SubjectKind, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("site.identity"),
        subject: SubjectKind::Channel,
        unit: None,
        title_zh: "网站身份标识完整",
        title_en: "the site says whose it is",
        passed_when: "the entry page carries SiteName, SiteDomain, a SiteIDCode of ten digits, and the ICP record",
        rationale: "The marks let an applicant tell the government's portal from an imitation that collects identity papers and fees.",
        basis: &[
            "国办发〔2017〕47号: the footer carries the ten-digit site identification code and the ICP record",
            "SiteName, SiteDomain and SiteIDCode are the page tags in use on real government sites",
        ],
    },
    version: 1,
    test: Test::PortalChannel(judge),
};

const MISSING: Wording = Wording {
    kind: "identity_missing",
    severity: Severity::Notice,
    remedy_zh: "在首页补充该标识。",
    remedy_en: "Add the mark to the entry page.",
};

const MALFORMED: Wording = Wording {
    kind: "identity_malformed",
    severity: Severity::Notice,
    remedy_zh: "按十位数字填写网站标识码。",
    remedy_en: "Give the site identification code with its ten digits.",
};

/// Digits of a site identification code (网站标识码) by 国办发〔2017〕47号.
const CODE_DIGITS: usize = 10;

/// One mark: how to find it, and its names.
struct Mark {
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    of: fn(&SiteFacts) -> Option<&Located<String>>,
}

const MARKS: [Mark; 4] = [
    Mark { key: "site_name", zh: "网站名称（SiteName）", en: "SiteName", of: |facts| facts.site_name.as_ref() },
    Mark {
        key: "site_domain", zh: "网站域名（SiteDomain）", en: "SiteDomain", of: |facts| facts.site_domain.as_ref()
    },
    Mark {
        key: "site_id_code",
        zh: "网站标识码（SiteIDCode）",
        en: "SiteIDCode",
        of: |facts| facts.site_id_code.as_ref(),
    },
    Mark { key: "icp", zh: "ICP备案号", en: "the ICP record", of: |facts| facts.icp.as_ref() },
];

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    let home = match open_home(view, channel) {
        Ok(home) => home,
        Err(verdict) => return *verdict,
    };
    let pages = view.at_clicks(channel, 0);
    let mut value = json!({});
    let mut stated: Vec<(&PageRecord, &Located<String>)> = Vec::new();
    let mut missing = Vec::new();
    let mut malformed = Vec::new();
    for mark in &MARKS {
        let found = pages.iter().find_map(|(page, reading)| (mark.of)(&reading.site).map(|fact| (*page, fact)));
        value[mark.key] = json!(found.map(|(_, fact)| &fact.value));
        match found {
            None => missing.push(mark),
            Some((page, fact)) if mark.key == "site_id_code" && !is_code(&fact.value) => malformed.push((page, fact)),
            Some(found) => stated.push(found),
        }
    }
    if missing.is_empty() && malformed.is_empty() {
        let verdict = Verdict::passed(value);
        return stated
            .into_iter()
            .fold(verdict, |verdict, (page, fact)| verdict.citing(page.cite(&fact.at, &fact.raw)));
    }
    if let Some(reason) = why_incomplete(view, channel, &pages).filter(|_| malformed.is_empty()) {
        return Verdict::cant_tell(reason).with_value(value).citing(home.cite_whole());
    }
    let mut verdict = Verdict::failed(value);
    let whole = verdict.cite(home.cite(&Locator::Whole, &title_of(home)));
    for mark in missing {
        verdict.findings.push(MISSING.finding(
            format!("首页没有{}。", mark.zh),
            format!("the entry page does not carry {}.", mark.en),
            vec![mark.key.to_owned()],
            vec![whole],
        ));
    }
    for (page, fact) in malformed {
        let at = verdict.cite(page.cite(&fact.at, &fact.raw));
        verdict.findings.push(MALFORMED.finding(
            format!("网站标识码“{}”不是十位数字。", fact.value),
            format!("the site identification code \"{}\" does not have ten digits.", fact.value),
            vec![fact.value.clone()],
            vec![at],
        ));
    }
    inferred(view, verdict)
}

/// Why words may be missing from what was read although they are on the page.
fn why_incomplete(view: &View<'_>, channel: &Channel, pages: &[(&PageRecord, &Extraction)]) -> Option<Reason> {
    if pages.is_empty() || pages.iter().any(|(page, _)| page.is_cut()) {
        return Some(Reason::Unreadable);
    }
    view.has_unread_frames(channel, pages).then_some(Reason::NotRendered)
}

fn is_code(text: &str) -> bool {
    text.len() == CODE_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn title_of(page: &PageRecord) -> String {
    let title = page.extraction.as_ref().and_then(|reading| reading.title.as_ref());
    title.map_or_else(|| page.request.url.to_string(), |title| title.raw.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, link, located, reading};
    use crate::model::extraction::LinkRole;
    use crate::model::{Hop, Link, Outcome, PageKind};

    fn facts() -> SiteFacts {
        let fact = |text: &str| Some(located(text.to_owned(), text));
        SiteFacts {
            site_name: fact("浙江政务服务网"),
            site_domain: fact("portal.test"),
            site_id_code: fact("3300000087"),
            icp: fact("浙ICP备1号"),
            ..SiteFacts::default()
        }
    }

    fn home(site: SiteFacts, links: Vec<Link>) -> Visit {
        Visit::entry("http://portal.test/", 1).read(Extraction { site, links, ..reading(PageKind::Home) })
    }

    fn frame() -> Link {
        Link { hop: Hop::Embed, role: LinkRole::Embed, ..link("http://portal.test/footer", "") }
    }

    #[test]
    fn a_page_with_all_marks_passes() {
        let verdict = World::of(vec![home(facts(), Vec::new())]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value["site_id_code"], json!("3300000087"));
        assert_eq!(verdict.evidence.len(), 4);
    }

    #[test]
    fn a_missing_mark_is_named() {
        let verdict = World::of(vec![home(SiteFacts { icp: None, ..facts() }, Vec::new())]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings.len(), 1);
        assert_eq!(verdict.findings[0].quotes, ["icp"]);
    }

    #[test]
    fn a_code_of_another_length_is_malformed() {
        let site = SiteFacts { site_id_code: Some(located("33000".to_owned(), "网站标识码33000")), ..facts() };
        let verdict = World::of(vec![home(site, Vec::new())]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "identity_malformed"));
    }

    #[test]
    fn marks_in_a_frame_belong_to_the_page() {
        let footer = Visit::page("http://portal.test/footer").read(Extraction {
            site: SiteFacts { icp: facts().icp, ..SiteFacts::default() },
            ..reading(PageKind::Other)
        });
        let bare = || SiteFacts { icp: None, ..facts() };
        let verdict = World::of(vec![home(bare(), vec![frame()]), footer]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Passed);
        let unread = World::of(vec![home(bare(), vec![frame()])]).judge(&CHECK);
        assert_eq!((unread.outcome, unread.reason), (Outcome::CantTell, Some(Reason::NotRendered)));
    }

    #[test]
    fn a_page_built_by_script_is_not_judged() {
        let shell = Visit::entry("http://portal.test/", 1).read(reading(PageKind::EmptyShell));
        let verdict = World::of(vec![shell]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotRendered)));
    }
}
