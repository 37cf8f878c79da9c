//! A run of a few records, made without network.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::Timestamp;
use portal_probe::model::{
    Capture, ChannelId, City, CityCode, Digest, Exchange, Purpose, RecordId, Request, Response, Timing,
};
use portal_probe::observe::{Ledger, Summary};
use portal_probe::sink::{Closing, OutputSettings, Outputs, Record, RunFolder};
use portal_probe::warc::Sender;
use serde_json::json;
use url::Url;

/// An empty output folder of this test's own.
pub(crate) fn out(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evidence").join(test);
    if path.exists() {
        fs::remove_dir_all(&path).expect("the folder is ours");
    }
    fs::create_dir_all(&path).expect("the target folder can be written");
    path
}

pub(crate) fn date() -> Timestamp {
    "2026-11-23T18:00:00Z".parse().expect("a valid date")
}

pub(crate) fn settings() -> OutputSettings {
    OutputSettings {
        sender: Sender::default(),
        key: None,
        // Two exchanges or three fill a file.
        evidence_file_bytes: 1500,
        started: date(),
        cities: vec![City { code: CityCode("330100".into()), name: "杭州市".into(), region: "华东".into() }],
        properties: Vec::new(),
    }
}

pub(crate) fn capture(number: u32, purpose: Purpose) -> Capture {
    let url = Url::parse(&format!("http://127.0.0.1/{number}")).expect("a valid address");
    Capture {
        record: RecordId(format!("urn:uuid:00000000-0000-7000-8000-{number:012}")),
        request: Request::new(CityCode("330100".into()), ChannelId("portal".into()), url, purpose),
        date: date(),
        exchange: Exchange {
            outcome: Ok(Response {
                status: 200,
                version: "HTTP/1.1".into(),
                headers: vec![("content-type".into(), b"text/html".to_vec())],
                body: Bytes::from(format!("page {number}")),
                truncated: None,
            }),
            remote_addr: None,
            resolved: Vec::new(),
            tls: None,
            timing: Timing::default(),
        },
        revisit: None,
    }
}

pub(crate) fn begun(out: &Path, run: &str) -> Outputs {
    let mut outputs = Outputs::open(RunFolder::create(out, run).expect("free"), &settings()).expect("it opens");
    let context = json!({"scenario": "企业开办"});
    outputs.accept(&Record::Context { context: &context, date: date() }).expect("written");
    outputs
}

pub(crate) fn add(outputs: &mut Outputs, number: u32, purpose: Purpose) {
    let capture = capture(number, purpose);
    outputs.accept(&Record::Capture { capture: &capture, masked_from: None }).expect("written");
}

pub(crate) fn ended(mut outputs: Outputs) -> PathBuf {
    let cities = settings().cities;
    outputs.accept(&Record::Ledger(&Ledger::of(&cities, &[], &[]))).expect("written");
    outputs.accept(&Record::Summary(&Summary::of(&cities, &[]))).expect("written");
    let closing = Closing { finished: date(), config_digest: Digest::of(b"config"), complete: true };
    outputs.finish(&closing).expect("it ends")
}

/// A complete run with so many pages.
pub(crate) fn run(out: &Path, name: &str, pages: u32) -> PathBuf {
    let mut outputs = begun(out, name);
    (0..pages).for_each(|number| add(&mut outputs, number, Purpose::Page));
    ended(outputs)
}

/// The names of the evidence files, in order.
pub(crate) fn archives(run: &Path) -> Vec<String> {
    let entries = fs::read_dir(run.join("evidence")).expect("evidence");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".warc.gz")).collect();
    names.sort();
    names
}
