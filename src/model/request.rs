//! One thing to be asked of a server, and why.

use serde::{Deserialize, Serialize};
use url::Url;

use super::digest::{Digest, RecordId};
use super::query::QueryBody;
use super::target::{ChannelId, CityCode};

/// Identity of a request: a short digest of target, method, canonical address and purpose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub String);

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The methods a reader needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read a resource.
    Get,
    /// Ask whether a resource is there.
    Head,
    /// Ask for a list or an item that is given in no other way; only queries that a page family declares
    /// ([`super::QueryRule`]) are sent.
    Post,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
        }
    }
}

/// How strictly TLS is judged in this exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Today's rules; a certificate or protocol fault ends the exchange and is the datum.
    Strict,
    /// The second attempt after a TLS fault: faults are recorded and the page is read.
    Lenient,
}

/// As whom we present ourselves; both name this program and a contact address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// A computer.
    Desktop,
    /// A phone, for mobile channels.
    Phone,
}

/// Why a request is made. It decides politeness rank, ceilings, and which checks look at the answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Purpose {
    /// `/robots.txt` of a host, before anything else there.
    Robots,
    /// The channel's entry page; `attempt` counts the honest attempts from 1.
    Entry {
        /// Which of the configured attempts.
        attempt: u8,
    },
    /// An ordinary page found by following a link.
    Page,
    /// A picture or file that a guide offers (form, sample, flowchart).
    Attachment,
    /// An address that cannot exist, to learn how this host says "not found".
    Control404,
    /// The site's own search for a scenario segment.
    Search {
        /// Segment id.
        segment: String,
    },
    /// A link of the stable sample, asked for only to know whether it is dead.
    LinkCheck,
    /// The entry over IPv6 alone.
    Ipv6,
    /// What a page's scripts, styles and frames ask for while a browser renders it.
    Render,
    /// The control probe of our own network; belongs to no city.
    OwnNetwork,
}

impl Purpose {
    /// A short stable word, part of the request's identity.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Robots => "robots".into(),
            Self::Entry { attempt } => format!("entry-{attempt}"),
            Self::Page | Self::Attachment | Self::LinkCheck => "read".into(),
            Self::Control404 => "control404".into(),
            Self::Search { segment } => format!("search-{segment}"),
            Self::Ipv6 => "ipv6".into(),
            Self::Render => "render".into(),
            Self::OwnNetwork => "own-network".into(),
        }
    }
}

/// How we came from a seed to a request, one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Hop {
    /// A link a visitor would click.
    #[serde(rename = "L")]
    Link,
    /// A redirect.
    #[serde(rename = "R")]
    Redirect,
    /// A frame or data file the page itself loads.
    #[serde(rename = "E")]
    Embed,
    /// A prerequisite such as robots.txt or a control fetch.
    #[serde(rename = "P")]
    Prerequisite,
    /// The site's own search.
    #[serde(rename = "S")]
    Search,
}

/// The path from the seed, oldest step first.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HopPath(pub Vec<Hop>);

impl HopPath {
    /// This path with one more step.
    #[must_use]
    pub fn then(&self, hop: Hop) -> Self {
        let mut path = self.0.clone();
        path.push(hop);
        Self(path)
    }

    /// Number of clicks a visitor would need: links only.
    #[must_use]
    pub fn clicks(&self) -> usize {
        self.0.iter().filter(|hop| **hop == Hop::Link).count()
    }

    /// Number of redirects at the end of the path, for the redirect limit.
    #[must_use]
    pub fn trailing_redirects(&self) -> usize {
        self.0.iter().rev().take_while(|hop| **hop == Hop::Redirect).count()
    }
}

/// What an earlier night learnt of an address, to ask "has it changed?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag` as sent.
    pub etag: Option<String>,
    /// `Last-Modified` as sent.
    pub last_modified: Option<String>,
    /// Where the earlier answer is kept.
    pub kept: KeptPayload,
}

/// Where an earlier night's answer stands in the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPayload {
    /// Run id of that night.
    pub run: String,
    /// WARC file name within that run's `evidence` folder.
    pub file: String,
    /// Byte offset of the record.
    pub offset: u64,
    /// The record.
    pub record: RecordId,
    /// Digest of its payload.
    pub payload_digest: Digest,
}

/// One request. Redirects, retries and robots.txt are requests like any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Identity, see [`Request::fingerprint`].
    pub id: RequestId,
    /// The city it is made for.
    pub target: CityCode,
    /// The channel it is made for.
    pub channel: ChannelId,
    /// Canonical address.
    pub url: Url,
    /// Method.
    pub method: Method,
    /// The query's body, for a POST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<QueryBody>,
    /// Why.
    pub purpose: Purpose,
    /// The request on whose answer the address was found.
    pub via: Option<RequestId>,
    /// The way from the seed.
    pub hops: HopPath,
    /// 1 for the first try, then 2, 3 …
    pub attempt: u8,
    /// TLS strictness.
    pub lane: Lane,
    /// Computer or phone.
    pub profile: Profile,
    /// Link words that led here (最多 64 characters), for the log and for priority.
    pub anchor: String,
    /// Higher is sooner, 0–100: what the link's words promise.
    pub priority: u8,
    /// For a conditional request.
    pub validators: Option<Validators>,
}

impl Request {
    /// The first try of a plain GET, strict and as from a computer; all else is set with `..Request::new(…)`.
    #[must_use]
    pub fn new(target: CityCode, channel: ChannelId, url: Url, purpose: Purpose) -> Self {
        Self {
            id: Self::fingerprint(&target, Method::Get, (&url, None), &purpose),
            target,
            channel,
            url,
            method: Method::Get,
            body: None,
            purpose,
            via: None,
            hops: HopPath::default(),
            attempt: 1,
            lane: Lane::Strict,
            profile: Profile::Desktop,
            anchor: String::new(),
            priority: 0,
            validators: None,
        }
    }

    /// The identity of a request for this address, with this query, method and purpose, made for `target`.
    #[must_use]
    pub fn fingerprint(
        target: &CityCode,
        method: Method,
        (url, body): (&Url, Option<&QueryBody>),
        purpose: &Purpose,
    ) -> RequestId {
        let word = purpose.word();
        let mut parts = vec![target.as_str(), method.as_str(), url.as_str(), &word];
        parts.extend(body.map(|body| body.text.as_str()));
        RequestId(Digest::of_parts(parts).short(16).to_owned())
    }

    /// What is asked of the server: the address, and the query where there is one.
    #[must_use]
    pub fn asks(&self) -> (&Url, Option<&QueryBody>) {
        (&self.url, self.body.as_ref())
    }
}
