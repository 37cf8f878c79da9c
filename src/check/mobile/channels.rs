//! `mobile.channels`: which mobile channels does the city really offer?
//!
//! Comes in: what the pages say of apps, official accounts and mini-programs, and whether the mobile site opened. Goes
//! out: the channels that are confirmed, with their proof. Words alone confirm nothing; neither does the catalogue.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::Url;

use crate::check::phrasing::{Wording, inferred, word};
use crate::check::view::{ChannelState, View};
use crate::check::{Check, Test};
use crate::model::extraction::{MobileClaim, Proof};
use crate::model::finding::Cite;
use crate::model::property::Unit;
use crate::model::{
    ChannelKind, Locator, PageKind, PageRecord, Property, PropertyId, Reason, Severity, SubjectKind, Verdict,
};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("mobile.channels"),
        subject: SubjectKind::City,
        unit: Some(Unit::Count),
        title_zh: "移动端渠道",
        title_en: "mobile channels",
        passed_when: "at least one mobile channel is confirmed: a mobile site that opens, or an app, account or mini-program that the portal offers by link, picture or QR code",
        rationale: "An applicant with only a phone needs a channel made for it, and must be able to get there from the portal.",
        basis: &[
            "the 2020 assessment of 36 cities counted the cities with any mobile channel and with two or more kinds",
            "国办函〔2021〕105号 asked provinces to gather mobile services in one entry, so more kinds are no better",
        ],
    },
    version: 1,
    test: Test::City(judge),
};

const NONE: Wording = Wording {
    kind: "no_mobile_channel",
    severity: Severity::Warning,
    remedy_zh: "提供移动端服务渠道，并在门户首页以链接或二维码公布。",
    remedy_en: "Offer a mobile channel and publish it on the portal's home page by link or QR code.",
};

/// A confirmed channel.
struct Confirmed {
    name: Option<String>,
    /// `page` for a mobile site that opened, else the word of [`Proof`].
    proof: String,
    strength: u8,
    url: Option<Url>,
    cite: Cite,
}

fn judge(view: &View<'_>) -> Verdict {
    let mut confirmed: BTreeMap<ChannelKind, Confirmed> = BTreeMap::new();
    for (kind, found) in open_sites(view).into_iter().chain(proven_claims(view)) {
        // The first of equally strong proofs stays, so that the order of pages decides and nothing else.
        let better = confirmed.get(&kind).is_none_or(|known| found.strength > known.strength);
        if better {
            confirmed.insert(kind, found);
        }
    }
    let list: Vec<Value> = confirmed
        .iter()
        .map(|(kind, found)| {
            let name = found.name.clone().or_else(|| name_in_catalogue(view, *kind));
            json!({ "kind": kind, "name": name, "proof": found.proof, "url": found.url })
        })
        .collect();
    if list.is_empty() {
        return nothing_confirmed(view);
    }
    confirmed.into_values().fold(Verdict::passed(json!(list)), |verdict, found| verdict.citing(found.cite))
}

fn open_sites(view: &View<'_>) -> Vec<(ChannelKind, Confirmed)> {
    let sites = view.dossier.target.channels.iter().filter(|channel| channel.kind == ChannelKind::MobileWeb);
    sites
        .filter_map(|channel| {
            let ChannelState::Open(page) = view.channel_state(channel) else { return None };
            let found = Confirmed {
                name: channel.name.clone(),
                proof: "page".to_owned(),
                strength: u8::MAX,
                url: Some(page.request.url.clone()),
                cite: page.cite_whole(),
            };
            Some((ChannelKind::MobileWeb, found))
        })
        .collect()
}

fn proven_claims(view: &View<'_>) -> Vec<(ChannelKind, Confirmed)> {
    claims(view)
        .into_iter()
        .filter(|(page, claim)| is_offering(page) && claim.kind != ChannelKind::Portal)
        .filter_map(|(page, claim)| {
            let (proof, url) = strengthened(view, page, claim)?;
            let found = Confirmed {
                name: claim.name.clone(),
                proof: word(proof),
                strength: strength(proof)?,
                url,
                cite: page.cite(&claim.at, &claim.raw),
            };
            Some((claim.kind, found))
        })
        .collect()
}

/// Every claim on the pages of the web channels.
fn claims<'a>(view: &View<'a>) -> Vec<(&'a PageRecord, &'a MobileClaim)> {
    let channels = view.dossier.target.web_channels();
    channels
        .flat_map(|channel| view.readings(channel))
        .filter(|(page, _)| page.is_reading() && !view.is_soft_not_found(page))
        .flat_map(|(page, reading)| reading.mobile.iter().map(move |claim| (page, claim)))
        .collect()
}

/// Whether a page offers what it names. News and letters speak of other people's channels as well.
fn is_offering(page: &PageRecord) -> bool {
    match page.kind() {
        Some(
            PageKind::Home
            | PageKind::MobileHome
            | PageKind::Scenario
            | PageKind::GuideList
            | PageKind::InteractionForm
            | PageKind::Other,
        ) => true,
        Some(
            PageKind::Guide
            | PageKind::Attachment
            | PageKind::ReplyList
            | PageKind::Reply
            | PageKind::News
            | PageKind::LoginWall
            | PageKind::Challenge
            | PageKind::SoftNotFound
            | PageKind::EmptyShell
            | PageKind::Data,
        )
        | None => false,
    }
}

/// The proof with what its picture turned out to say; `None` if what stands behind it refutes the claim.
fn strengthened(view: &View<'_>, page: &PageRecord, claim: &MobileClaim) -> Option<(Proof, Option<Url>)> {
    let answer = claim.url.as_ref().and_then(|address| view.dossier.answer(address));
    match claim.proof {
        Proof::Words => return None,
        Proof::Link | Proof::Qr => {
            let dead =
                answer.is_some_and(|page| matches!(page.status, Some(404 | 410)) || view.is_soft_not_found(page));
            return (!dead).then(|| (claim.proof, claim.url.clone()));
        }
        Proof::Image => {}
    }
    let facts = answer.and_then(|page| page.extraction.as_ref()).and_then(|reading| reading.file.as_ref());
    let Some(code) = facts.and_then(|facts| facts.qr.first()) else {
        return Some((Proof::Image, claim.url.clone()));
    };
    let target = Url::parse(code.trim()).ok();
    // A code that leads back to the page or to the portal's entry shares it; it offers no channel of its own.
    let leads_back = target.as_ref().is_some_and(|target| {
        let portals = view.dossier.target.channels.iter().filter(|channel| channel.kind == ChannelKind::Portal);
        *target == page.request.url || portals.flat_map(|channel| &channel.seeds).any(|seed| seed == target)
    });
    (!leads_back).then_some((Proof::Qr, target))
}

/// Rank of a proof that confirms; `None` for words alone.
fn strength(proof: Proof) -> Option<u8> {
    match proof {
        Proof::Words => None,
        Proof::Image => Some(1),
        Proof::Link => Some(2),
        Proof::Qr => Some(3),
    }
}

fn name_in_catalogue(view: &View<'_>, kind: ChannelKind) -> Option<String> {
    view.dossier.target.channels.iter().find(|channel| channel.kind == kind)?.name.clone()
}

/// Why nothing was confirmed: because there is nothing, or because we did not see it.
fn nothing_confirmed(view: &View<'_>) -> Verdict {
    let mut home = None;
    let mut gap = None;
    for channel in view.dossier.target.web_channels() {
        match (channel.kind, view.channel_state(channel)) {
            (ChannelKind::Portal, ChannelState::Open(page)) if page.is_cut() => {
                return Verdict::cant_tell(Reason::Unreadable).citing(page.cite_whole());
            }
            (ChannelKind::Portal, ChannelState::Open(page)) => home = Some((page, channel)),
            (_, ChannelState::Shut(reason, page)) if page.is_none_or(|page| page.status != Some(404)) => {
                gap = gap.or(Some((reason, page)));
            }
            (_, ChannelState::Open(_) | ChannelState::Shut(..) | ChannelState::Withdrawn(_)) => {}
        }
    }
    if let Some((reason, page)) = gap {
        let verdict = Verdict::cant_tell(reason).with_value(json!([]));
        return page.map_or(verdict.clone(), |page| verdict.citing(page.cite_whole()));
    }
    let Some((page, portal)) = home else {
        return Verdict::cant_tell(Reason::NotDiscovered);
    };
    let named: Vec<(&PageRecord, &MobileClaim)> = claims(view)
        .into_iter()
        .filter(|(page, claim)| is_offering(page) && claim.kind != ChannelKind::Portal)
        .collect();
    // The words promise a channel: the page that offers it may be among those that we did not see.
    if let Some(reason) = view.search_gap(portal).filter(|_| !named.is_empty()) {
        return Verdict::cant_tell(reason).with_value(json!([])).citing(page.cite_whole());
    }
    inferred(view, accuse(page, &named))
}

fn accuse(home: &PageRecord, named: &[(&PageRecord, &MobileClaim)]) -> Verdict {
    let mut verdict = Verdict::failed(json!([]));
    let title = home.extraction.as_ref().and_then(|reading| reading.title.as_ref()).map(|title| title.raw.as_str());
    let mut at = vec![verdict.cite(home.cite(&Locator::Whole, title.unwrap_or(home.request.url.as_str())))];
    let mut quotes = Vec::new();
    for (page, claim) in named.iter().take(3) {
        at.push(verdict.cite(page.cite(&claim.at, &claim.raw)));
        quotes.push(crate::model::redact::excerpt(&claim.raw));
    }
    let (zh, en) = if named.is_empty() {
        ("门户页面上没有可确认的移动端渠道。", "no mobile channel could be confirmed on the portal's pages.")
    } else {
        (
            "移动端渠道只有文字提及，没有链接、图片或二维码可以到达。",
            "mobile channels are only named in words: no link, picture or QR code leads to one.",
        )
    };
    verdict.findings.push(NONE.finding(zh.to_owned(), en.to_owned(), quotes, at));
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, place, reading, url};
    use crate::model::extraction::{FileFacts, FileFormat};
    use crate::model::{Extraction, Outcome};

    const HOME: &str = "http://portal.test/";
    const PICTURE: &str = "http://portal.test/qr.png";

    fn claim(kind: ChannelKind, proof: Proof, address: Option<&str>) -> MobileClaim {
        MobileClaim {
            kind,
            name: Some("浙里办".into()),
            proof,
            url: address.map(url),
            at: place("html>body>footer"),
            raw: "下载浙里办APP".into(),
        }
    }

    fn home(mobile: Vec<MobileClaim>) -> Visit {
        Visit::entry(HOME, 1).read(Extraction { mobile, ..reading(PageKind::Home) })
    }

    fn picture(code: &str) -> Visit {
        let file = FileFacts {
            format: FileFormat::Png,
            length: 900,
            digest: String::new(),
            pixels: Some((200, 200)),
            qr: vec![code.into()],
            steps: Vec::new(),
            drawn: None,
            opens: true,
            document: None,
        };
        Visit::of(PICTURE, crate::model::Purpose::Attachment)
            .read(Extraction { file: Some(file), ..reading(PageKind::Attachment) })
    }

    #[test]
    fn a_mobile_site_that_opens_and_an_app_with_a_link_are_two_kinds() {
        let mobile = Visit::entry("http://m.test/", 1).read(reading(PageKind::MobileHome));
        let app = claim(ChannelKind::App, Proof::Link, Some("http://app.test/get"));
        let words = claim(ChannelKind::WechatMini, Proof::Words, None);
        let verdict = World::of(vec![home(vec![app, words]), mobile]).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Passed);
        let expected = json!([
            {"kind": "mobile_web", "name": null, "proof": "page", "url": "http://m.test/"},
            {"kind": "app", "name": "浙里办", "proof": "link", "url": "http://app.test/get"},
        ]);
        assert_eq!(verdict.value, expected);
    }

    #[test]
    fn a_decoded_picture_is_the_strongest_proof() {
        let image = claim(ChannelKind::WechatOfficial, Proof::Image, Some(PICTURE));
        let verdict =
            World::of(vec![home(vec![image]), picture("http://weixin.test/r/abc")]).without_mobile().judge(&CHECK);
        assert_eq!(verdict.value[0]["proof"], json!("qr"));
        assert_eq!(verdict.value[0]["url"], json!("http://weixin.test/r/abc"));
    }

    #[test]
    fn a_code_of_the_page_itself_is_no_channel() {
        let image = claim(ChannelKind::App, Proof::Image, Some(PICTURE));
        let verdict = World::of(vec![home(vec![image]), picture("http://portal.test/")]).without_mobile().judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
    }

    #[test]
    fn a_link_that_leads_nowhere_confirms_nothing() {
        let link = claim(ChannelKind::App, Proof::Link, Some("http://portal.test/app"));
        let gone = Visit::page("http://portal.test/app").status(404);
        assert_eq!(World::of(vec![home(vec![link]), gone]).without_mobile().judge(&CHECK).outcome, Outcome::Failed);
    }

    #[test]
    fn words_alone_confirm_nothing_and_are_quoted() {
        let words = claim(ChannelKind::App, Proof::Words, None);
        let verdict = World::of(vec![home(vec![words])]).without_mobile().judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["下载浙里办APP"]);
    }

    #[test]
    fn a_news_item_about_an_app_confirms_nothing() {
        let link = claim(ChannelKind::App, Proof::Link, Some("http://app.test/get"));
        let news =
            Visit::page("http://portal.test/news/1").read(Extraction { mobile: vec![link], ..reading(PageKind::News) });
        let verdict = World::of(vec![home(Vec::new()), news]).without_mobile().judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Failed);
    }

    #[test]
    fn a_withdrawn_mobile_site_and_nothing_else_fails() {
        let gone = Visit::entry("http://m.test/", 1).status(410);
        assert_eq!(World::of(vec![home(Vec::new()), gone]).judge(&CHECK).outcome, Outcome::Failed);
    }

    #[test]
    fn a_mobile_site_that_refuses_us_does_not_accuse() {
        let refused = Visit::entry("http://m.test/", 1).status(403);
        let verdict = World::of(vec![home(Vec::new()), refused]).judge(&CHECK);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Blocked)));
    }

    #[test]
    fn a_portal_that_was_not_read_does_not_accuse() {
        let verdict = World::of(vec![Visit::entry(HOME, 1).status(503)]).without_mobile().judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::CantTell);
    }

    #[test]
    fn words_and_a_visit_cut_short_do_not_accuse() {
        let words = claim(ChannelKind::App, Proof::Words, None);
        let world = World::of(vec![home(vec![words])]).without_mobile().covering(|coverage| coverage.waiting = 1);
        assert_eq!(world.judge(&CHECK).reason, Some(Reason::BudgetExhausted));
    }
}
