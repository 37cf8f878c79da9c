//! The only door to the network: one ticket, one exchange.
//!
//! Comes in: a [`Ticket`], taken by value. Goes out: its [`Request`] and the [`Exchange`] that was made, a failure being
//! as good as an answer. Must never know: what a page means, where it is kept, what is asked next. It follows no
//! redirect, retries nothing, and sleeps nowhere but at the rate gate.
//!
//! The guard stands in three places: before a URL is sent, behind every name that is looked up, and at the address
//! really connected to. So neither a redirect, nor an answer of the name server that changes, leads inside.

mod body;
mod certificate;
mod classify;
mod cookies;
mod exchange;
mod gate;
pub mod guard;
mod handshake;
mod lenient;
mod names;
mod range;
mod settings;
mod strict;
mod trace;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, USER_AGENT,
};
use url::Host;

use crate::frontier::Ticket;
use crate::model::{Exchange, FailureKind, FetchFailure, Lane, Profile, Purpose, QueryRule, Request, Stage};

pub use names::{AddressFamily, Lookup, LookupError, StaticNames};
pub use range::{AddressRange, AddressRangeError};
pub use settings::Settings;

use certificate::Judge;
use cookies::Cookies;
use exchange::Exchanging;
use gate::Gate;
use guard::{Guard, judge_query};
use lenient::Lenient;
use names::{JudgedNames, SystemNames};
use strict::Strict;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What we read: pages first, anything else as well.
const ACCEPTED: HeaderValue =
    HeaderValue::from_static("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

/// The portals are Chinese; some answer in English if not asked.
const LANGUAGES: HeaderValue = HeaderValue::from_static("zh-CN,zh;q=0.9");

/// Content codings that the reading stage decodes.
const CODINGS: HeaderValue = HeaderValue::from_static("gzip, deflate, br");

/// The name that both user agents must bear, so that an operator of a portal can see who visits.
const OUR_NAME: &str = "portal-probe";

/// The header fields that go with every request besides the host's own, for the evidence.
#[must_use]
pub fn standing_headers(user_agent: &str) -> Vec<(&'static str, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    vec![
        ("user-agent", user_agent.to_owned()),
        ("accept", text(&ACCEPTED)),
        ("accept-language", text(&LANGUAGES)),
        ("accept-encoding", text(&CODINGS)),
    ]
}

/// Why fetching could not be set up: settings that cannot be, or a broken installation.
#[derive(Debug, thiserror::Error)]
pub enum FetchSetupError {
    /// A user agent is not a header, or does not say who we are.
    #[error("user agent `{0}` must be plain text and contain `{OUR_NAME}`")]
    UserAgent(String),
    /// A ceiling of zero would refuse everything.
    #[error("`{0}` must not be zero")]
    Zero(&'static str),
    /// TLS could not be configured.
    #[error("cannot set up TLS: {0}")]
    Tls(String),
    /// The HTTP client could not be made.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

/// Performs exchanges. One for a whole run; shared by reference among its tasks.
pub struct Fetcher {
    settings: Settings,
    desktop: HeaderValue,
    phone: HeaderValue,
    guard: Guard,
    gate: Gate,
    cookies: Cookies,
    strict: Strict,
    lenient: Lenient,
    queries: Vec<QueryRule>,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher that asks the name servers of this machine.
    ///
    /// # Errors
    /// See [`FetchSetupError`].
    pub fn new(settings: Settings) -> Result<Self, FetchSetupError> {
        Self::with_lookup(settings, Arc::new(SystemNames::default()))
    }

    /// A fetcher that asks `lookup` for names: for simulated portals and tests.
    ///
    /// # Errors
    /// See [`FetchSetupError`].
    pub fn with_lookup(settings: Settings, lookup: Arc<dyn Lookup>) -> Result<Self, FetchSetupError> {
        refuse_zero(&settings)?;
        let provider = Arc::new(handshake::provider());
        let judge = Judge::new(&settings.extra_roots, Arc::clone(&provider)).map_err(FetchSetupError::Tls)?;
        let judge = Arc::new(judge);
        let tls = handshake::config(Arc::clone(&judge), provider);
        let tls = tls.map_err(|error| FetchSetupError::Tls(error.to_string()))?;
        let guard = Guard::new(settings.allow.clone());
        let names = JudgedNames { lookup, guard: guard.clone(), family: settings.address_family };
        let strict =
            Strict::new(&settings, &names, &tls).map_err(|error| FetchSetupError::Client(error.to_string()))?;
        let lenient = Lenient::new(&settings, names, judge).map_err(|error| FetchSetupError::Tls(error.to_string()))?;
        Ok(Self {
            desktop: user_agent(&settings.user_agent)?,
            phone: user_agent(&settings.phone_user_agent)?,
            guard,
            gate: Gate::default(),
            cookies: Cookies::default(),
            strict,
            lenient,
            queries: Vec::new(),
            settings,
        })
    }

    /// The same fetcher, which may also send the queries by POST that these rules declare; without any it sends none.
    #[must_use]
    pub fn declaring(self, queries: Vec<QueryRule>) -> Self {
        Self { queries, ..self }
    }

    /// Uses the ticket up for exactly one exchange.
    ///
    /// Dropping the future breaks the exchange off; the ticket is gone all the same.
    pub async fn fetch(&self, ticket: Ticket) -> (Request, Exchange) {
        let (group, interval) = (ticket.group().to_owned(), ticket.interval());
        let request = ticket.into_request();
        let exchange = self.perform(&group, interval, &request).await;
        (request, exchange)
    }

    /// How many tickets came so early that they had to wait at the rate gate; zero says that the frontier kept its clock.
    #[must_use]
    pub fn late_tickets(&self) -> u64 {
        self.gate.late()
    }

    async fn perform(&self, group: &str, interval: Duration, request: &Request) -> Exchange {
        if let Err(failure) = self.permit(request) {
            return Exchanging::begin(&self.settings).fail(failure);
        }
        self.gate.pass(group, interval).await;
        let headers = self.headers(request);
        let exchanging = Exchanging::begin(&self.settings);
        let exchange = match request.lane {
            // Without TLS there is nothing to be lenient about.
            Lane::Lenient if request.url.scheme() == "https" => {
                self.lenient.exchange(request, headers, exchanging).await
            }
            Lane::Lenient | Lane::Strict => self.strict.exchange(request, headers, exchanging).await,
        };
        if let Ok(answer) = &exchange.outcome {
            self.cookies.keep(&request.target, &request.url, answer);
        }
        exchange
    }

    /// What can be said of a request before anything is sent.
    fn permit(&self, request: &Request) -> Result<(), FetchFailure> {
        if let Err(refusal) = self.guard.judge_url(&request.url).and_then(|()| judge_query(request, &self.queries)) {
            let (kind, stage) = (FailureKind::RefusedByGuard, Stage::Guard);
            return Err(FetchFailure { kind, stage, detail: refusal.to_string() });
        }
        let literal = match request.url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        let family = match request.purpose {
            Purpose::Ipv6 => AddressFamily::Ipv6Only,
            _ => self.settings.address_family,
        };
        match literal {
            Some(address) if !family.permits(address) => {
                let detail = format!("`{address}` is an address of the other IP version");
                Err(FetchFailure { kind: FailureKind::DnsNotFound, stage: Stage::Dns, detail })
            }
            _ => Ok(()),
        }
    }

    fn headers(&self, request: &Request) -> HeaderMap {
        let agent = match request.profile {
            Profile::Desktop => &self.desktop,
            Profile::Phone => &self.phone,
        };
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, agent.clone());
        headers.insert(ACCEPT, ACCEPTED);
        headers.insert(ACCEPT_LANGUAGE, LANGUAGES);
        headers.insert(ACCEPT_ENCODING, CODINGS);
        if let Some(body) = &request.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.kind.content_type()));
        }
        if let Some(cookie) = self.cookies.header(&request.target, &request.url) {
            headers.insert(COOKIE, cookie);
        }
        if let Some(validators) = &request.validators {
            // A validator that cannot be a header was not sent as one by this server; we ask without it.
            let mut set = |name: HeaderName, value: Option<&String>| {
                if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
                    headers.insert(name, value);
                }
            };
            set(IF_NONE_MATCH, validators.etag.as_ref());
            set(IF_MODIFIED_SINCE, validators.last_modified.as_ref());
        }
        headers
    }
}

fn user_agent(text: &str) -> Result<HeaderValue, FetchSetupError> {
    HeaderValue::from_str(text)
        .ok()
        .filter(|_| text.to_ascii_lowercase().contains(OUR_NAME))
        .ok_or_else(|| FetchSetupError::UserAgent(text.to_owned()))
}

fn refuse_zero(settings: &Settings) -> Result<(), FetchSetupError> {
    let ceilings = [
        ("connect_timeout", settings.connect_timeout.is_zero()),
        ("first_byte_timeout", settings.first_byte_timeout.is_zero()),
        ("body_timeout", settings.body_timeout.is_zero()),
        ("total_timeout", settings.total_timeout.is_zero()),
        ("max_body", settings.max_body == 0),
        ("max_header_bytes", settings.max_header_bytes == 0),
        ("max_header_count", settings.max_header_count == 0),
    ];
    ceilings.into_iter().find(|(_, zero)| *zero).map_or(Ok(()), |(name, _)| Err(FetchSetupError::Zero(name)))
}

#[cfg(test)]
mod tests;
