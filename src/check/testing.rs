//! A small world for the tests of checks: a city, some visits, and the verdict on them.
//!
//! Every visit takes place on 2026-11-20 18:00 UTC, which is already the 21st in China.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use super::view::View;
use super::{Check, Context, Settings, Topic};
use crate::model::dossier::Coverage;
use crate::model::extraction::{DatedEntry, LinkRole};
use crate::model::{
    Calendar, Channel, ChannelId, ChannelKind, City, CityCode, CityDossier, Digest, Extraction, FailureKind,
    FetchFailure, Hop, Lane, Link, Located, Locator, Method, PageKind, PageRecord, Profile, Purpose, RecordId, Request,
    RequestId, Scenario, Segment, Stage, Statement, Target, Timing, TlsFacts, Verdict,
};

/// The moment of every visit.
pub(crate) const NIGHT: &str = "2026-11-20T18:00:00Z";

pub(crate) fn url(text: &str) -> Url {
    Url::parse(text).expect("tests write valid addresses")
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().expect("tests write valid moments")
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().expect("tests write valid dates")
}

pub(crate) fn place(path: &str) -> Locator {
    Locator::Selector(path.to_owned())
}

pub(crate) fn located<T>(value: T, raw: &str) -> Located<T> {
    Located { value, at: place("html>body"), raw: raw.to_owned() }
}

/// An empty reading of this kind.
pub(crate) fn reading(kind: PageKind) -> Extraction {
    Extraction { text_length: 400, ..Extraction::empty(kind) }
}

pub(crate) fn link(address: &str, text: &str) -> Link {
    let (hop, role, at) = (Hop::Link, LinkRole::Page, place("html>body>a"));
    Link { url: url(address), text: text.to_owned(), hop, role, at, query: None }
}

pub(crate) fn dated(day: &str, title: &str) -> DatedEntry {
    DatedEntry { date: date(day), title: title.to_owned(), url: None, at: place("html>body>ul>li") }
}

/// One exchange, in the making.
#[derive(Debug, Clone)]
pub(crate) struct Visit(PageRecord);

impl Visit {
    /// An answer with status 200 to a request with this purpose. Hosts that begin with `m.` are the mobile channel.
    pub(crate) fn of(address: &str, purpose: Purpose) -> Self {
        let url = url(address);
        let mobile = url.host_str().is_some_and(|host| host.starts_with("m."));
        let channel = if mobile { "mobile_web" } else { "portal" };
        let (city, channel) = (CityCode("330100".to_owned()), ChannelId(channel.to_owned()));
        let request = Request {
            id: RequestId(String::new()),
            profile: if mobile { Profile::Phone } else { Profile::Desktop },
            ..Request::new(city, channel, url, purpose)
        };
        Self(PageRecord {
            record: RecordId(String::new()),
            request,
            date: moment(NIGHT),
            status: Some(200),
            failure: None,
            timing: Timing { total: 100.0, ..Timing::default() },
            remote_addr: Some(SocketAddr::from(([127, 0, 0, 2], 80))),
            tls: None,
            truncated: None,
            payload_digest: Some(Digest::of(address.as_bytes())),
            redirect_to: None,
            parts: Vec::new(),
            drawn: None,
            extraction: None,
        })
    }

    pub(crate) fn entry(address: &str, attempt: u8) -> Self {
        Self::of(address, Purpose::Entry { attempt })
    }

    pub(crate) fn page(address: &str) -> Self {
        Self::of(address, Purpose::Page)
    }

    pub(crate) fn read(mut self, extraction: Extraction) -> Self {
        self.0.extraction = Some(Arc::new(extraction));
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn failing(mut self, kind: FailureKind, stage: Stage) -> Self {
        self.0.status = None;
        self.0.payload_digest = None;
        self.0.failure = Some(FetchFailure { kind, stage, detail: String::new() });
        self
    }

    pub(crate) fn to(mut self, address: &str) -> Self {
        self.0.status = Some(302);
        self.0.redirect_to = Some(url(address));
        self
    }

    pub(crate) fn retry(mut self, attempt: u8) -> Self {
        self.0.request.attempt = attempt;
        self
    }

    pub(crate) fn by(mut self, method: Method) -> Self {
        self.0.request.method = method;
        self
    }

    pub(crate) fn lenient(mut self) -> Self {
        self.0.request.lane = Lane::Lenient;
        self
    }

    pub(crate) fn tls(mut self, facts: TlsFacts) -> Self {
        self.0.tls = Some(facts);
        self
    }

    pub(crate) fn took(mut self, total: f64) -> Self {
        self.0.timing.total = total;
        self
    }
}

/// A city with what was seen of it.
pub(crate) struct World {
    pub(crate) dossier: CityDossier,
    pub(crate) settings: Settings,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) calendar: Calendar,
}

impl World {
    /// A city with a portal at `http://portal.test/`, a mobile site at `http://m.test/`, and these visits.
    pub(crate) fn of(visits: Vec<Visit>) -> Self {
        let mut dossier = CityDossier::new(target());
        dossier.pages = visits.into_iter().map(|visit| visit.0).collect();
        for (number, page) in dossier.pages.iter_mut().enumerate() {
            page.record = RecordId(format!("urn:uuid:{number:04}"));
        }
        for channel in dossier.target.web_channels() {
            dossier.coverage.insert(channel.id.clone(), Coverage::default());
        }
        let (first, last) = (date("2026-01-01"), date("2026-12-31"));
        Self {
            dossier,
            settings: settings(),
            scenarios: scenarios(),
            calendar: Calendar::new(BTreeMap::new(), first, last),
        }
    }

    pub(crate) fn own_network(mut self, up: Option<bool>) -> Self {
        self.dossier.own_network = up;
        self
    }

    pub(crate) fn portal_at(mut self, seed: &str) -> Self {
        self.dossier.target.channels[0] = channel(ChannelKind::Portal, seed);
        self
    }

    pub(crate) fn without_mobile(mut self) -> Self {
        self.dossier.target.channels.truncate(1);
        self
    }

    /// Changes what the frontier did, on every channel.
    pub(crate) fn covering(mut self, change: impl Fn(&mut Coverage)) -> Self {
        self.dossier.coverage.values_mut().for_each(change);
        self
    }

    pub(crate) fn setting(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// What a check says of its first subject.
    pub(crate) fn judge(self, check: &Check) -> Verdict {
        self.statements(check).into_iter().next().expect("the city has such a subject").verdict
    }

    /// All that a check says. Whatever it says obeys the rules of every check.
    pub(crate) fn statements(mut self, check: &Check) -> Vec<Statement> {
        self.dossier.sort();
        let context = Context { scenarios: &self.scenarios, calendar: &self.calendar, settings: &self.settings };
        let statements = super::run_one(check, &View::new(&self.dossier, &context));
        for Statement { verdict, .. } in &statements {
            assert_well_formed(verdict);
        }
        statements
    }

    /// Works on the view itself.
    pub(crate) fn view<T>(mut self, look: impl FnOnce(&View<'_>, &Channel) -> T) -> T {
        self.dossier.sort();
        let context = Context { scenarios: &self.scenarios, calendar: &self.calendar, settings: &self.settings };
        let view = View::new(&self.dossier, &context);
        look(&view, &self.dossier.target.channels[0])
    }
}

/// The rules that no check may break.
fn assert_well_formed(verdict: &Verdict) {
    use crate::model::Outcome::{CantTell, Failed, Inapplicable, Passed, Untested};
    let judged = matches!(verdict.outcome, Passed | Failed);
    assert!(!judged || verdict.reason.is_none(), "a judgement has no reason: {verdict:?}");
    let open = matches!(verdict.outcome, CantTell | Untested);
    assert!(!open || verdict.reason.is_some(), "what could not be told has a reason: {verdict:?}");
    assert!(!judged || !verdict.evidence.is_empty(), "a judgement cites evidence: {verdict:?}");
    assert!(verdict.outcome != Failed || !verdict.findings.is_empty(), "a failure has findings: {verdict:?}");
    assert!(matches!(verdict.outcome, Passed | Failed | CantTell | Inapplicable | Untested));
    for finding in &verdict.findings {
        assert!(!finding.at.is_empty(), "a finding rests on evidence: {finding:?}");
        assert!(finding.at.iter().all(|at| *at < verdict.evidence.len()), "the evidence is there: {finding:?}");
        for text in [&finding.message_zh, &finding.message_en, &finding.remedy_zh, &finding.remedy_en] {
            assert!(!text.is_empty(), "a finding speaks both languages: {finding:?}");
        }
    }
}

fn channel(kind: ChannelKind, seed: &str) -> Channel {
    let seed = url(seed);
    Channel {
        id: ChannelId(kind.as_str().to_owned()),
        kind,
        name: None,
        scope: vec![crate::model::target::authority(&seed)],
        seeds: vec![seed],
        dialect: None,
        politeness_group: None,
    }
}

fn target() -> Target {
    Target {
        city: City { code: CityCode("330100".into()), name: "杭州市".into(), region: "华东".into() },
        province: "浙江省".into(),
        verified: None,
        source: String::new(),
        channels: vec![
            channel(ChannelKind::Portal, "http://portal.test/"),
            channel(ChannelKind::MobileWeb, "http://m.test/"),
        ],
    }
}

fn scenarios() -> Vec<Scenario> {
    let registration = Segment {
        id: "registration".into(),
        name: "设立登记".into(),
        titles: vec!["设立登记".into()],
        not: vec!["注销".into()],
        required: true,
    };
    vec![Scenario { id: "enterprise-start".into(), name: "企业开办".into(), segments: vec![registration] }]
}

fn settings() -> Settings {
    Settings {
        required_elements: Vec::new(),
        max_clicks: 4,
        response_time_ms: 3000.0,
        max_failure_ratio: 0.05,
        freshness_days: 14,
        reply_working_days: 5,
        overdue_days: 92,
        link_sample: 10,
        seed: 7,
        certificate_days: 14,
        phone_width: 480,
        topics: vec![Topic { id: "epidemic".into(), name: "疫情防控".into(), words: vec!["疫情".into()] }],
        topic_days: 30,
        min_confidence: 0.5,
        search_rank: 3,
    }
}

#[test]
fn every_property_is_named_once_and_explained() {
    let mut known = std::collections::BTreeSet::new();
    for Check { property, version, .. } in super::CHECKS {
        assert!(known.insert(property.id), "{} stands twice", property.id);
        assert!(*version > 0 && !property.basis.is_empty(), "{} has a version and a basis", property.id);
        for text in [property.title_zh, property.title_en, property.passed_when, property.rationale] {
            assert!(!text.is_empty(), "{} is explained", property.id);
        }
    }
}

#[test]
fn a_city_of_which_nothing_was_seen_is_accused_of_nothing() {
    for check in super::CHECKS {
        for Statement { verdict, .. } in World::of(Vec::new()).statements(check) {
            assert!(
                !matches!(verdict.outcome, crate::model::Outcome::Failed | crate::model::Outcome::Passed),
                "{}: {verdict:?}",
                check.property.id
            );
        }
    }
}

#[test]
fn where_more_certainty_is_asked_for_than_an_absence_can_have_nobody_is_accused() {
    let visits = || vec![Visit::entry("http://portal.test/", 1).read(reading(PageKind::Home))];
    let check = &super::site::identity::CHECK;
    assert_eq!(World::of(visits()).judge(check).outcome, crate::model::Outcome::Failed);
    let strict = World::of(visits()).setting(|settings| settings.min_confidence = 0.95);
    assert_eq!(strict.judge(check).outcome, crate::model::Outcome::CantTell);
}
