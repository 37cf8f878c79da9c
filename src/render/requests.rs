//! What a page asks for: each request that the browser holds becomes an [`Ask`], and its answer is given to the page.
//!
//! Comes in: paused requests. Goes out: asks, and a count of what became of them. Must never know: how an ask is
//! answered.

use bytes::Bytes;
use data_encoding::BASE64;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use url::Url;

use super::cdp::Cdp;
use super::settings::Settings;
use super::{Answer, Ask};
use crate::model::rendering::{AskRefusal, Asked, AskedFor, RefusedAsk};
use crate::model::{Response, SafeUrl};

/// Refused requests that are listed; the rest is counted.
const LISTED: usize = 40;

/// Addresses that a page wanted to lead to, listed; a page that leads to more wants to be elsewhere altogether.
const LEADS: usize = 20;

/// A request that the browser holds.
#[derive(Debug)]
pub(super) struct Paused {
    session: String,
    id: Value,
    url: Option<Url>,
    method: String,
    what: AskedFor,
    frame: String,
    origin: Option<String>,
    body: Option<String>,
    /// Header fields that a preflight asks for.
    headers_wanted: String,
}

impl Paused {
    /// Reads the event `Fetch.requestPaused`.
    pub(super) fn of(session: String, params: &Value) -> Self {
        let request = &params["request"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let header = |name: &str| {
            let mut headers = request["headers"].as_object()?.iter();
            headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| text(value))
        };
        let ahead = header("sec-purpose").or_else(|| header("purpose")).is_some_and(|why| why.contains("prefetch"));
        let stream = header("accept").is_some_and(|kinds| kinds.contains("text/event-stream"));
        let what = if ahead || stream { AskedFor::Other } else { what(params["resourceType"].as_str()) };
        Self {
            session,
            id: params["requestId"].clone(),
            url: request["url"].as_str().and_then(|url| Url::parse(url).ok()),
            method: text(&request["method"]).unwrap_or_default(),
            what,
            frame: text(&params["frameId"]).unwrap_or_default(),
            origin: header("origin"),
            body: text(&request["postData"]),
            headers_wanted: header("access-control-request-headers").unwrap_or_default(),
        }
    }
}

/// What a request of this type, in the browser's words, is for.
fn what(kind: Option<&str>) -> AskedFor {
    match kind {
        Some("Document") => AskedFor::Frame,
        // The main script of a worker comes without a type of its own.
        Some("Script" | "Other") => AskedFor::Script,
        Some("Stylesheet") => AskedFor::Style,
        Some("XHR" | "Fetch") => AskedFor::Data,
        Some("Image" | "Media" | "Font" | "TextTrack") => AskedFor::Media,
        // Streams, beacons, manifests, prefetches, reports.
        Some(_) | None => AskedFor::Other,
    }
}

/// What is to be done with a held request.
pub(super) enum Verdict {
    /// The page itself: give it the answer that was fetched.
    ThePage(Paused),
    /// The browser answers it out of itself.
    GoOn(Paused),
    /// The browser asks whether it may ask another origin: it may ask us.
    Preflight(Paused),
    /// Somebody must be asked.
    Ask(Paused, Url),
    /// Not at all.
    Refuse(Paused, AskRefusal),
    /// The page wants to be elsewhere: the address is noted, and it stays here.
    Stay(Paused),
}

/// What became of a request.
pub(super) struct Answered {
    what: AskedFor,
    url: String,
    outcome: Result<(u64, bool), AskRefusal>,
}

/// The requests of one page.
#[derive(Debug)]
pub(super) struct Requests {
    main_frame: String,
    delivered: bool,
    asked: Asked,
    made: u32,
    bytes: u64,
    most: u32,
    most_bytes: u64,
}

impl Requests {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            main_frame: String::new(),
            delivered: false,
            asked: Asked::default(),
            made: 0,
            bytes: 0,
            most: settings.max_requests,
            most_bytes: settings.max_bytes,
        }
    }

    /// Names the frame of the page itself.
    pub(super) fn set_main_frame(&mut self, frame: &str) {
        frame.clone_into(&mut self.main_frame);
    }

    /// Decides on a held request.
    pub(super) fn judge(&mut self, paused: Paused) -> Verdict {
        let Some(url) = paused.url.clone() else { return Verdict::Refuse(paused, AskRefusal::NotWanted) };
        if matches!(url.scheme(), "data" | "blob" | "about") {
            return Verdict::GoOn(paused);
        }
        let what = paused.what;
        if what == AskedFor::Frame && paused.frame == self.main_frame {
            if !self.delivered {
                self.delivered = true;
                return Verdict::ThePage(paused);
            }
            self.leads_to(url);
            return Verdict::Stay(paused);
        }
        if paused.method == "OPTIONS" {
            return Verdict::Preflight(paused);
        }
        if what == AskedFor::Other || !matches!(url.scheme(), "http" | "https") {
            return Verdict::Refuse(paused, AskRefusal::NotWanted);
        }
        // Pictures cost nothing: they are on record, or not loaded.
        if what != AskedFor::Media {
            self.made += 1;
            if self.made > self.most || self.bytes > self.most_bytes {
                return Verdict::Refuse(paused, AskRefusal::TooMany);
            }
        }
        Verdict::Ask(paused, url)
    }

    /// Notes where the page wants to lead its visitor by itself.
    pub(super) fn leads_to(&mut self, url: Url) {
        let leads = &mut self.asked.leads_to;
        if matches!(url.scheme(), "http" | "https") && leads.len() < LEADS && !leads.contains(&url) {
            leads.push(url);
        }
    }

    /// Counts what became of a request.
    pub(super) fn count(&mut self, answered: Answered) {
        let Answered { what, url, outcome } = answered;
        match outcome {
            Ok((bytes, from_record)) => {
                self.bytes += bytes;
                self.asked.answered += 1;
                self.asked.from_record += u32::from(from_record);
            }
            Err(_) if what == AskedFor::Media => self.asked.not_wanted += 1,
            Err(why) if self.asked.refused.len() < LISTED => {
                let url = Url::parse(&url).map_or(url, |url| SafeUrl(&url).to_string());
                self.asked.refused.push(RefusedAsk { url, what, why });
            }
            Err(_) => self.asked.refused_more += 1,
        }
    }

    /// All that was asked, when the page is done. Connections that the browser tried by itself are given.
    pub(super) fn finish(mut self, by_itself: u32) -> Asked {
        // The order of arrival is chance; what is stored is not.
        self.asked.refused.sort_by(|a, b| a.url.cmp(&b.url));
        self.asked.by_itself = by_itself;
        self.asked
    }
}

/// Asks, and gives the page what came back.
pub(super) async fn ask(cdp: Cdp, asks: mpsc::Sender<Ask>, paused: Paused, url: Url) -> Answered {
    let what = paused.what;
    let (reply, answer) = oneshot::channel();
    let mut plain = url.clone();
    plain.set_fragment(None);
    let body = paused.body.clone().map(Bytes::from);
    let ask = Ask { url: plain, method: paused.method.clone(), what, body, reply };
    // Whoever answered has gone: the run ends.
    let answer = match asks.send(ask).await {
        Ok(()) => answer.await.unwrap_or(Answer::Refused(AskRefusal::Failed)),
        Err(_) => Answer::Refused(AskRefusal::Failed),
    };
    match answer {
        Answer::Response { response, from_record } => {
            let bytes = response.body.len() as u64;
            fulfil(&cdp, &paused, &response).await;
            Answered { what, url: url.into(), outcome: Ok((bytes, from_record)) }
        }
        Answer::Refused(why) => refuse(cdp, paused, why).await,
    }
}

/// Gives the page an answer.
pub(super) async fn fulfil(cdp: &Cdp, paused: &Paused, response: &Response) {
    let mut headers = Vec::new();
    for name in ["content-type", "location", "content-disposition"] {
        if let Some(value) = response.header(name) {
            headers.push(json!({"name": name, "value": value.replace(['\r', '\n', '\0'], " ")}));
        }
    }
    // We ask without an origin, so the server does not say whom it lets read; page and data are of one portal's scope.
    if let Some(origin) = &paused.origin {
        headers.push(json!({"name": "access-control-allow-origin", "value": origin}));
        headers.push(json!({"name": "access-control-allow-credentials", "value": "true"}));
    }
    let params = json!({
        "requestId": paused.id,
        "responseCode": response.status,
        "responseHeaders": headers,
        "body": BASE64.encode(&response.body),
    });
    // A page that has gone meanwhile does not need it.
    let _ = cdp.call(&paused.session, "Fetch.fulfillRequest", params).await;
}

/// Lets the page ask another origin: the question that follows is held like any other, and goes through the frontier.
pub(super) async fn permit(cdp: Cdp, paused: Paused) {
    let origin = paused.origin.clone().unwrap_or_else(|| "*".to_owned());
    let headers = [
        ("access-control-allow-origin", origin.as_str()),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "GET, HEAD, POST"),
        ("access-control-allow-headers", paused.headers_wanted.as_str()),
    ];
    let headers: Vec<Value> = headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let params = json!({"requestId": paused.id, "responseCode": 204, "responseHeaders": headers});
    let _ = cdp.call(&paused.session, "Fetch.fulfillRequest", params).await;
}

/// Lets the browser answer out of itself.
pub(super) async fn go_on(cdp: Cdp, paused: Paused) {
    let _ = cdp.call(&paused.session, "Fetch.continueRequest", json!({"requestId": paused.id})).await;
}

/// Fails a request.
pub(super) async fn refuse(cdp: Cdp, paused: Paused, why: AskRefusal) -> Answered {
    fail(&cdp, &paused, "BlockedByClient").await;
    Answered { what: paused.what, url: paused.url.map(String::from).unwrap_or_default(), outcome: Err(why) }
}

/// Keeps the page where it is.
pub(super) async fn stay(cdp: Cdp, paused: Paused) {
    // Any other reason would put an error page in the page's place.
    fail(&cdp, &paused, "Aborted").await;
}

async fn fail(cdp: &Cdp, paused: &Paused, reason: &str) {
    let params = json!({"requestId": paused.id, "errorReason": reason});
    let _ = cdp.call(&paused.session, "Fetch.failRequest", params).await;
}
