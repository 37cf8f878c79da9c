//! One guide by itself, from a file: the same reader and the same checks, without frontier and network.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use url::Url;

use super::judge::{RunContext, judge};
use super::reader::{self, Asked, Read};
use crate::extract;
use crate::model::charted::ChartReading;
use crate::model::{
    Capture, Channel, ChannelId, ChannelKind, City, CityCode, CityDossier, Digest, Exchange, Extraction, HopPath, Lane,
    Method, Observation, Profile, Purpose, QueryBody, RecordId, Request, Response, Target, Timing,
};

/// One page given by hand.
#[derive(Debug, Clone)]
pub struct Page {
    /// The channel it stands for.
    pub channel: ChannelKind,
    /// Its address (`file:` for a file).
    pub url: Url,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// One answer given by hand.
#[derive(Debug, Clone)]
pub struct Given {
    /// The channel it stands for.
    pub channel: ChannelKind,
    /// Its address.
    pub url: Url,
    /// What it is asked for.
    pub purpose: Purpose,
    /// The body of the query, if it is asked for by POST.
    pub query: Option<QueryBody>,
    /// HTTP status.
    pub status: u16,
    /// Headers that matter.
    pub headers: Vec<(String, String)>,
    /// Its bytes.
    pub body: Vec<u8>,
    /// What was read of it, if it is the picture of a flowchart.
    pub chart: Option<ChartReading>,
}

impl Given {
    /// A page as it would have been answered.
    #[must_use]
    pub fn page(page: &Page) -> Self {
        Self {
            channel: page.channel,
            url: page.url.clone(),
            purpose: Purpose::Page,
            query: None,
            status: 200,
            headers: Vec::new(),
            body: page.body.clone(),
            chart: None,
        }
    }
}

/// The city that single guides belong to.
#[must_use]
pub fn nobody(channels: &[(ChannelKind, Url)]) -> Target {
    let channel = |(kind, url): &(ChannelKind, Url)| Channel {
        id: ChannelId(kind.as_str().to_owned()),
        kind: *kind,
        name: None,
        seeds: vec![url.clone()],
        scope: vec![crate::model::target::authority(url)],
        dialect: None,
        politeness_group: None,
    };
    Target {
        city: City { code: CityCode("000000".to_owned()), name: "—".to_owned(), region: "—".to_owned() },
        province: "—".to_owned(),
        verified: None,
        source: "given on the command line".to_owned(),
        channels: channels.iter().map(channel).collect(),
    }
}

/// What was read of each page, and the observations of all together.
#[must_use]
pub fn judge_pages(
    context: &RunContext,
    pages: &[Page],
    date: Timestamp,
) -> (Vec<Option<Extraction>>, Vec<Observation>) {
    let given: Vec<Given> = pages.iter().map(Given::page).collect();
    judge_given(context, &given, date)
}

/// What was read of each answer, and the observations of all together.
#[must_use]
pub fn judge_given(
    context: &RunContext,
    answers: &[Given],
    date: Timestamp,
) -> (Vec<Option<Extraction>>, Vec<Observation>) {
    let mut dossier = CityDossier::new(context.targets.first().cloned().unwrap_or_else(|| nobody(&[])));
    for page in answers {
        let capture = capture(page, date);
        let extraction = match reader::read(&capture, None, Asked::by_hand(page.channel), &context.read) {
            Read::Done(extraction) => Some(*extraction),
            Read::Nothing | Read::Panicked => None,
        };
        let mut record = super::page_record(&capture, extraction.map(Arc::new));
        record.drawn = page.chart.clone().map(|reading| Arc::new(extract::guide::drawn(reading)));
        dossier.pages.push(record);
    }
    // What is read of a page includes the data that its scripts load.
    let joined = crate::check::joined(&dossier);
    let extractions = joined.pages.into_iter().map(|page| page.extraction.map(Arc::unwrap_or_clone)).collect();
    (extractions, judge(context, &mut dossier))
}

fn capture(page: &Given, date: Timestamp) -> Capture {
    let target = CityCode("000000".to_owned());
    let method = if page.query.is_some() { Method::Post } else { Method::Get };
    let request = Request {
        id: Request::fingerprint(&target, method, (&page.url, page.query.as_ref()), &page.purpose),
        target,
        channel: ChannelId(page.channel.as_str().to_owned()),
        url: page.url.clone(),
        method,
        body: page.query.clone(),
        purpose: page.purpose.clone(),
        via: None,
        hops: HopPath::default(),
        attempt: 1,
        lane: Lane::Strict,
        profile: Profile::Desktop,
        anchor: String::new(),
        priority: 100,
        validators: None,
    };
    let response = Response {
        status: page.status,
        version: "HTTP/1.1".to_owned(),
        headers: page.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect(),
        body: Bytes::from(page.body.clone()),
        truncated: None,
    };
    let record = RecordId(format!("urn:sha256:{}", Digest::of(&page.body).short(64)));
    let exchange = Exchange {
        outcome: Ok(response),
        remote_addr: None,
        resolved: Vec::new(),
        tls: None,
        timing: Timing::default(),
    };
    Capture { record, request, date, exchange, revisit: None }
}
