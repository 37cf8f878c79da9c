//! All that a night learnt of one city, in a form that does not depend on the order of arrival.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::capture::{Capture, FetchFailure, Timing, TlsFacts, Truncated};
use super::charted::Drawn;
use super::digest::{Digest, RecordId};
use super::extraction::{Extraction, PageKind};
use super::finding::Cite;
use super::locator::Locator;
use super::query::QueryBody;
use super::redact;
use super::rendering::RenderFacts;
use super::request::{Purpose, Request};
use super::route::{carry_route, without_anchor};
use super::target::{ChannelId, Target};

/// Everything about one city.
#[derive(Debug, Clone)]
pub struct CityDossier {
    /// The city and its channels.
    pub target: Target,
    /// Every exchange, sorted by [`CityDossier::sort`].
    pub pages: Vec<PageRecord>,
    /// What the frontier did and did not do, by channel.
    pub coverage: BTreeMap<ChannelId, Coverage>,
    /// Whether the control probe of our own network succeeded; `None` = not configured.
    pub own_network: Option<bool>,
}

impl CityDossier {
    /// An empty dossier.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self { target, pages: Vec::new(), coverage: BTreeMap::new(), own_network: None }
    }

    /// Brings the exchanges into their one order: address, purpose, attempt, lane, date.
    pub fn sort(&mut self) {
        self.pages.sort_by(|a, b| a.order().cmp(&b.order()));
    }

    /// The exchanges of one channel.
    pub fn of_channel<'a>(&'a self, channel: &'a ChannelId) -> impl Iterator<Item = &'a PageRecord> {
        self.pages.iter().filter(move |page| page.request.channel == *channel)
    }

    /// The exchanges of one channel, without borrowing the channel's id for as long.
    pub fn of_channel_owned<'a>(&'a self, channel: &ChannelId) -> impl Iterator<Item = &'a PageRecord> + use<'a> {
        let channel = channel.clone();
        self.pages.iter().filter(move |page| page.request.channel == channel)
    }

    /// The last answered exchange for an address (an anchor is ignored, a hash route is not), redirects followed; `None` if never answered.
    #[must_use]
    pub fn answer(&self, url: &Url) -> Option<&PageRecord> {
        self.answer_to((url, None))
    }

    /// As [`CityDossier::answer`], for an address that may be asked with a query.
    #[must_use]
    pub fn answer_to(&self, (url, body): (&Url, Option<&QueryBody>)) -> Option<&PageRecord> {
        let (mut url, mut body) = (url.clone(), body);
        for _ in 0..8 {
            url = without_anchor(url);
            let page = self
                .pages
                .iter()
                .rev()
                .find(|page| page.is_reading() && page.request.asks() == (&url, body) && page.status.is_some())?;
            match &page.redirect_to {
                Some(next) => {
                    url = next.clone();
                    // A redirect leads to a page, never to a query.
                    body = None;
                }
                None => return Some(page),
            }
        }
        None
    }

    /// The last exchange for an address, answered or failed, redirects not followed.
    #[must_use]
    pub fn exchange(&self, url: &Url) -> Option<&PageRecord> {
        let url = without_anchor(url.clone());
        self.pages.iter().rev().find(|page| page.is_reading() && page.request.asks() == (&url, None))
    }
}

/// An answer whose data belong to a page: what a citation needs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// WARC record.
    pub record: RecordId,
    /// Its address.
    pub target_uri: Url,
    /// When.
    pub date: Timestamp,
    /// Digest of the payload.
    pub payload_digest: Option<Digest>,
}

/// One exchange with what was read from it.
#[derive(Debug, Clone)]
pub struct PageRecord {
    /// WARC record.
    pub record: RecordId,
    /// What was asked.
    pub request: Request,
    /// When.
    pub date: Timestamp,
    /// Status, if answered.
    pub status: Option<u16>,
    /// Failure, if not.
    pub failure: Option<FetchFailure>,
    /// Durations.
    pub timing: Timing,
    /// Address connected to.
    pub remote_addr: Option<SocketAddr>,
    /// TLS facts.
    pub tls: Option<TlsFacts>,
    /// Why the body is not whole.
    pub truncated: Option<Truncated>,
    /// Digest of the payload.
    pub payload_digest: Option<Digest>,
    /// Where a redirect leads, absolute.
    pub redirect_to: Option<Url>,
    /// The answers whose data were joined to what was read; [`Locator::Part`] counts them.
    pub parts: Vec<Part>,
    /// What was read; `None` for failures, redirects and bodies that were not read.
    pub extraction: Option<Arc<Extraction>>,
    /// What was read of a flowchart's picture; `None` if it is none, or nobody tried.
    pub drawn: Option<Arc<Drawn>>,
}

/// Issues of a reading that was cut: what came after the cut is not known.
pub const CUTS: [&str; 2] = ["decoding_incomplete", "decoding_ceiling"];

impl PageRecord {
    /// Whether the body is not whole: cut on its way, or where its content coding could not be undone any further.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        let issues = self.extraction.as_ref().map_or(&[][..], |extraction| &extraction.issues);
        self.truncated.is_some() || issues.iter().any(|issue| CUTS.contains(&issue.kind.as_str()))
    }

    /// The record of a capture and what was read from it.
    #[must_use]
    pub fn new(capture: &Capture, extraction: Option<Arc<Extraction>>) -> Self {
        let response = capture.response();
        let redirect_to = response
            .filter(|response| response.is_redirect())
            .and_then(|response| response.header("location"))
            .and_then(|location| capture.request.url.join(location.trim()).ok())
            .map(|url| carry_route(without_anchor(url), &capture.request.url));
        Self {
            record: capture.record.clone(),
            request: capture.request.clone(),
            date: capture.date,
            status: response.map(|response| response.status),
            failure: capture.failure().cloned(),
            timing: capture.exchange.timing,
            remote_addr: capture.exchange.remote_addr,
            tls: capture.exchange.tls.clone(),
            truncated: response.and_then(|response| response.truncated),
            payload_digest: capture.payload_digest(),
            redirect_to,
            parts: Vec::new(),
            extraction,
            drawn: None,
        }
    }

    /// The kind of the page, if it was read.
    #[must_use]
    pub fn kind(&self) -> Option<PageKind> {
        self.extraction.as_ref().map(|extraction| extraction.kind)
    }

    /// Whether this exchange was made to read the address itself (and not as a probe).
    #[must_use]
    pub fn is_reading(&self) -> bool {
        match self.request.purpose {
            Purpose::Entry { .. } | Purpose::Page | Purpose::Attachment | Purpose::LinkCheck => true,
            Purpose::Robots
            | Purpose::Control404
            | Purpose::Search { .. }
            | Purpose::Ipv6
            | Purpose::Render
            | Purpose::OwnNetwork => false,
        }
    }

    /// A citation of what was read: of the rendered document, if the page or the place was read from it, else of the answer.
    #[must_use]
    pub fn cite(&self, locator: &Locator, excerpt: &str) -> Cite {
        if let Locator::Part(index, inner) = locator {
            // A place within a part that is not there is not known better than the whole page.
            let Some(part) = self.parts.get(*index) else { return self.cite(&Locator::Whole, excerpt) };
            let Part { record, target_uri, date, payload_digest } = part.clone();
            let (locator, excerpt) = (inner.as_ref().clone(), redact::excerpt(excerpt));
            return Cite { record, target_uri, date, payload_digest, locator, excerpt };
        }
        let rendered = self.extraction.as_ref().and_then(|extraction| extraction.rendered.as_deref());
        let (beside, locator) = match locator {
            Locator::Rendered(inner) => (true, inner.as_ref()),
            Locator::Selector(_)
            | Locator::JsonPointer(_)
            | Locator::Document(_)
            | Locator::Fragment(_)
            | Locator::Header(_)
            | Locator::Whole
            | Locator::Part(..) => (false, locator),
        };
        let (record, payload_digest) = match rendered.filter(|rendered| rendered.is_reading || beside) {
            Some(RenderFacts { document: Some((record, digest)), .. }) => (record.clone(), Some(digest.clone())),
            Some(_) | None => (self.record.clone(), self.payload_digest.clone()),
        };
        Cite {
            record,
            target_uri: self.request.url.clone(),
            date: self.date,
            payload_digest,
            locator: locator.clone(),
            excerpt: redact::excerpt(excerpt),
        }
    }

    /// A citation of the exchange as a whole: its status line or its failure, and the signature of what stood in the way.
    #[must_use]
    pub fn cite_whole(&self) -> Cite {
        let mut words = match (&self.status, &self.failure) {
            (Some(status), _) => format!("HTTP {status}"),
            (None, Some(failure)) => format!("{:?} at {:?}", failure.kind, failure.stage),
            (None, None) => String::new(),
        };
        if let Some(obstacle) = self.extraction.as_ref().and_then(|extraction| extraction.obstacle.as_ref()) {
            words = format!("{words}, {} `{}`", obstacle.kind.as_str(), obstacle.signature);
        }
        Cite {
            record: self.record.clone(),
            payload_digest: self.payload_digest.clone(),
            ..self.cite(&Locator::Whole, &words)
        }
    }

    fn order(&self) -> (&str, &str, String, u8, u8, Timestamp, &str) {
        let request = &self.request;
        let lane = u8::from(request.lane == super::request::Lane::Lenient);
        let query = request.body.as_ref().map_or("", |body| body.text.as_str());
        (request.url.as_str(), query, request.purpose.word(), request.attempt, lane, self.date, &self.record.0)
    }
}

/// What the frontier did and did not do for one channel. Archived with the night, so that a replay knows it too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Requests made.
    pub requests: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Addresses known but not asked for, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Addresses still waiting when the visit ended.
    pub waiting: u64,
    /// State of robots.txt by host.
    pub robots: BTreeMap<String, RobotsState>,
    /// The addresses that robots.txt kept closed, at most 50.
    pub robots_disallowed: Vec<Url>,
    /// The budget that ended the visit, if one did.
    pub budget: Option<SkipReason>,
}

/// Why an address was not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Host not in scope.
    OutOfScope,
    /// Not http or https.
    Scheme,
    /// robots.txt forbids it.
    RobotsDisallowed,
    /// robots.txt could not be had, so the host is closed for now.
    RobotsUnavailable,
    /// Further from the entry than allowed.
    TooDeep,
    /// Looks like a trap: endless calendar, repeating path, too many queries of one form.
    Trap,
    /// Too many redirects in a row.
    RedirectLimit,
    /// A verb such as submit, delete or logout in the path.
    ForbiddenVerb,
    /// A query by POST that no page family declares, for example where a declared one was redirected to.
    UndeclaredQuery,
    /// The city's budget of requests.
    BudgetRequests,
    /// The city's budget of bytes.
    BudgetBytes,
    /// The city's budget of time.
    BudgetTime,
    /// The server asked us to stay away longer than the night lasts.
    BackedOff,
    /// The operator stopped the run.
    Interrupted,
    /// The operator had the host stopped while the run went on.
    Stopped,
}

/// What is known of a host's robots.txt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RobotsState {
    /// Rules were read.
    Rules,
    /// 4xx: open.
    Open,
    /// 5xx, 429, time-out: closed for now.
    ClosedForNow,
}
