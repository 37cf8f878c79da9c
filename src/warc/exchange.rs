//! Captures to records: the set of records that archives one exchange, and our own records about the night.
//!
//! Besides request and answer, a `metadata` record keeps the facts of the exchange that HTTP does not show (why it was
//! made, durations, addresses, TLS), because a replay must know all that the night knew. For a failure this record
//! stands for the answer.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::request::KeptPayload;
use crate::model::{
    Capture, ChannelId, CityCode, Coverage, Digest, FetchFailure, Profile, RecordId, Request, Response, Stage, Timing,
    TlsFacts, as_sent,
};

use super::http_block;
use super::record::{RecordType, WARC_FIELDS, WarcRecord, derived_id};

/// Address of the record that keeps what the run was configured with.
pub const CONTEXT_URN: &str = "urn:portal-probe:context";

/// Beginning of the address of the record that keeps the coverage of one city; its code follows.
pub const COVERAGE_URN: &str = "urn:portal-probe:coverage:";

/// The field of a `metadata` block that holds the facts of the exchange as JSON.
pub(super) const EXCHANGE_FIELD: &str = "exchange";

/// The field of a record whose personal data were masked; its value is the digest of the payload as it came.
pub const MASKED_FIELD: &str = "WARC-Portal-Probe-Masked";

const NOT_MODIFIED_PROFILE: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";

/// The header fields that this program sends with every request, to write the `request` records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// As a computer.
    pub desktop: Vec<(String, String)>,
    /// As a phone.
    pub phone: Vec<(String, String)>,
}

impl Sender {
    /// The fields sent with this profile.
    #[must_use]
    pub fn headers(&self, profile: Profile) -> &[(String, String)] {
        match profile {
            Profile::Desktop => &self.desktop,
            Profile::Phone => &self.phone,
        }
    }
}

/// What a replay must know of an exchange beyond the HTTP messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Facts {
    /// The capture's record.
    pub(super) record: RecordId,
    /// When, to the nanosecond; the record's own date shows milliseconds.
    pub(super) date: Timestamp,
    pub(super) request: Request,
    pub(super) remote_addr: Option<SocketAddr>,
    pub(super) resolved: Vec<IpAddr>,
    pub(super) timing: Timing,
    pub(super) tls: Option<TlsFacts>,
    /// Protocol version of the answer.
    pub(super) version: Option<String>,
    pub(super) failure: Option<FetchFailure>,
    pub(super) revisit: Option<KeptPayload>,
}

/// What the frontier did in one city, and whether our own network was up: archived, so that a replay knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CityCoverage {
    /// By channel.
    pub channels: BTreeMap<ChannelId, Coverage>,
    /// Whether the control probe of our own network succeeded; `None` = not configured.
    pub own_network: Option<bool>,
}

/// The record at the head of every file.
#[must_use]
pub fn warcinfo(run: &str, software: &str, file: &str, date: Timestamp) -> WarcRecord {
    let notes = [
        ("software", software),
        ("format", "WARC File Format 1.1"),
        ("isPartOf", run),
        (
            "framing",
            "chunked framing is removed by the HTTP library; Transfer-Encoding and lengths that no longer hold are renamed X-Archive-Orig-*",
        ),
        (
            "header-order",
            "order across different names and the case of names are not those of the wire; reason phrases are not kept",
        ),
        ("http2", "exchanges over HTTP/2 are written in the form of HTTP/1.1 and carry WARC-Protocol: h2"),
        ("requests", "reconstructed from what the program sends; Cookie is left out"),
        (
            "personal-data",
            "payloads of reply pages are masked before they are stored and carry WARC-Portal-Probe-Masked",
        ),
        (
            "exchange",
            "metadata records hold the facts of their exchange as JSON in the field `exchange`; for a failed exchange they stand for the answer",
        ),
        (
            "rendering",
            "resource records under urn:portal-probe:rendered: and urn:portal-probe:screenshot: hold a page as a browser built it; the metadata record beside them says how, in the field `rendering`",
        ),
    ];
    let block: String = notes.iter().flat_map(|(name, value)| [*name, ": ", value, "\r\n"]).collect();
    WarcRecord::new(RecordType::Warcinfo, &derived_id(run, file), date)
        .with("WARC-Filename", file)
        .with_block(WARC_FIELDS, block.into_bytes())
}

/// The records of one exchange. `masked_from` is the digest of the payload as it came, if it was masked since.
#[must_use]
pub fn records_of(capture: &Capture, sender: &Sender, masked_from: Option<&Digest>) -> Vec<WarcRecord> {
    let mut records = Vec::with_capacity(3);
    if let Some(response) = capture.response() {
        records.push(answer_record(capture, response, masked_from));
    }
    if was_sent(capture) {
        let block = http_block::request_block(&capture.request, sender);
        let id = derived_id(&capture.record.0, "request");
        let record = about(capture, WarcRecord::new(RecordType::Request, &id, capture.date));
        records.push(concurrent(capture, record).with_block("application/http;msgtype=request", block));
    }
    records.push(metadata_record(capture));
    records
}

fn answer_record(capture: &Capture, response: &Response, masked_from: Option<&Digest>) -> WarcRecord {
    let kept = capture.revisit.as_ref().filter(|_| response.status == 304);
    let kind = if kept.is_some() { RecordType::Revisit } else { RecordType::Response };
    // A 304 tells the length of what was not sent. A length of 0 in its place would make replay tools show nothing.
    let (block, payload_at) = http_block::response_block(response, kept.is_some());
    let mut record = about(capture, WarcRecord::new(kind, &capture.record, capture.date));
    record = match kept {
        Some(kept) => record
            .with("WARC-Profile", NOT_MODIFIED_PROFILE)
            .with("WARC-Refers-To", &format!("<{}>", kept.record))
            .with("WARC-Refers-To-Target-URI", as_sent(&capture.request.url).as_str())
            .with("WARC-Payload-Digest", kept.payload_digest.as_str()),
        None => record.with("WARC-Payload-Digest", Digest::of(&block[payload_at..]).as_str()),
    };
    record = record.with("WARC-Protocol", protocol(&response.version));
    if let Some(tls) = &capture.exchange.tls {
        let version = tls.protocol.as_deref().and_then(|name| name.strip_prefix("TLSv"));
        record = record
            .with_some("WARC-Protocol", version.map(|version| format!("tls/{version}")).as_deref())
            .with_some("WARC-Cipher-Suite", tls.cipher.as_deref());
    }
    record
        .with_some("WARC-Truncated", response.truncated.map(crate::model::Truncated::as_str))
        .with_some(MASKED_FIELD, masked_from.map(Digest::as_str))
        .with_block("application/http;msgtype=response", block)
}

/// The WARC word for an HTTP version.
fn protocol(version: &str) -> &str {
    match version {
        "HTTP/2" | "HTTP/2.0" => "h2",
        "HTTP/1.0" => "http/1.0",
        "HTTP/0.9" => "http/0.9",
        _ => "http/1.1",
    }
}

fn metadata_record(capture: &Capture) -> WarcRecord {
    let exchange = &capture.exchange;
    let facts = Facts {
        record: capture.record.clone(),
        date: capture.date,
        request: capture.request.clone(),
        remote_addr: exchange.remote_addr,
        resolved: exchange.resolved.clone(),
        timing: exchange.timing,
        tls: exchange.tls.clone(),
        version: capture.response().map(|response| response.version.clone()),
        failure: capture.failure().cloned(),
        revisit: capture.revisit.clone(),
    };
    let json = serde_json::to_string(&facts).expect("plain data with text keys is always JSON");
    let hops: String = capture.request.hops.0.iter().map(word).collect();
    let mut lines = vec![format!("hopsFromSeed: {hops}"), format!("fetchTimeMs: {:.0}", exchange.timing.total)];
    if let Some(failure) = capture.failure() {
        lines.push(format!("failure: {} at {}", word(&failure.kind), word(&failure.stage)));
        lines.push(format!("detail: {}", one_line(&failure.detail)));
    }
    lines.push(format!("{EXCHANGE_FIELD}: {json}\r\n"));
    // The record of a failure is the capture's own; beside an answer it is a further one.
    let record = |id: &RecordId| about(capture, WarcRecord::new(RecordType::Metadata, id, capture.date));
    let record = if capture.failure().is_some() {
        record(&capture.record)
    } else {
        concurrent(capture, record(&derived_id(&capture.record.0, "metadata")))
    };
    record.with_block(WARC_FIELDS, lines.join("\r\n").into_bytes())
}

fn about(capture: &Capture, record: WarcRecord) -> WarcRecord {
    record
        // A hash route is not part of what was asked; the facts of the exchange keep it.
        .with("WARC-Target-URI", as_sent(&capture.request.url).as_str())
        .with_some("WARC-IP-Address", capture.exchange.remote_addr.map(|address| address.ip().to_string()).as_deref())
}

fn concurrent(capture: &Capture, record: WarcRecord) -> WarcRecord {
    record.with("WARC-Concurrent-To", &format!("<{}>", capture.record))
}

/// Whether the request went over the wire; what was stopped before has no `request` record.
fn was_sent(capture: &Capture) -> bool {
    match capture.failure().map(|failure| failure.stage) {
        Some(Stage::Guard | Stage::Dns | Stage::Connect | Stage::Tls) => false,
        Some(Stage::Headers | Stage::Body) | None => true,
    }
}

/// The word by which a unit variant is written.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

/// The record that keeps what the frontier did in one city.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
pub fn coverage_record(run: &str, city: &CityCode, coverage: &CityCoverage, date: Timestamp) -> WarcRecord {
    let json = serde_json::to_vec(coverage).expect("plain data with text keys is always JSON");
    own_record(run, &format!("{COVERAGE_URN}{city}"), json, date)
}

/// The record that keeps what the run was configured with, in whatever form the caller needs to repeat it.
#[must_use]
pub fn context_record(run: &str, context: &Value, date: Timestamp) -> WarcRecord {
    own_record(run, CONTEXT_URN, context.to_string().into_bytes(), date)
}

fn own_record(run: &str, urn: &str, json: Vec<u8>, date: Timestamp) -> WarcRecord {
    WarcRecord::new(RecordType::Resource, &derived_id(run, &format!("{urn} {date}")), date)
        .with("WARC-Target-URI", urn)
        .with("WARC-Payload-Digest", Digest::of(&json).as_str())
        .with_block("application/json", json)
}
