//! The archive gives back what was put in: captures to bytes to captures.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use jiff::Timestamp;
use portal_probe::model::request::KeptPayload;
use portal_probe::model::{
    BodyKind, Capture, ChannelId, CityCode, Coverage, Digest, Exchange, FailureKind, FetchFailure, Hop, HopPath, Lane,
    Method, Profile, Purpose, QueryBody, RecordId, Request, Response, SkipReason, Stage, Timing, TlsFacts, Truncated,
    Validators, capture::TlsFault,
};
use portal_probe::warc::{
    self, CityCoverage, DamageKind, IndexLine, Place, Reader, RecordType, Sender, WarcRecord, context_record,
    coverage_record, records_of, warcinfo,
};
use proptest::prelude::*;
use url::Url;

fn date() -> Timestamp {
    "2026-11-23T02:03:04.123456789Z".parse().expect("a valid date")
}

fn request(address: &str) -> Request {
    let (target, url) = (CityCode("330100".into()), Url::parse(address).expect("a valid address"));
    Request {
        hops: HopPath(vec![Hop::Link, Hop::Redirect]),
        attempt: 2,
        lane: Lane::Lenient,
        profile: Profile::Phone,
        anchor: "办事指南".into(),
        priority: 70,
        ..Request::new(target, ChannelId("portal".into()), url, Purpose::Search { segment: "registration".into() })
    }
}

fn capture(record: &str, outcome: Result<Response, FetchFailure>) -> Capture {
    Capture {
        record: RecordId(format!("urn:uuid:{record}")),
        request: request("http://127.0.0.1:8080/指南?a=1"),
        date: date(),
        exchange: Exchange {
            outcome,
            remote_addr: Some(SocketAddr::from(([127, 0, 0, 1], 8080))),
            resolved: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            tls: None,
            timing: Timing { first_byte: Some(0.1 + 0.2), total: 12.345_678_901_234_567, ..Timing::default() },
        },
        revisit: None,
    }
}

fn response(status: u16, headers: &[(&str, &[u8])], body: &[u8]) -> Response {
    Response {
        status,
        version: "HTTP/1.1".into(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect(),
        body: Bytes::copy_from_slice(body),
        truncated: None,
    }
}

fn sender() -> Sender {
    let fields = |agent: &str| {
        vec![("user-agent".to_owned(), agent.to_owned()), ("cookie".to_owned(), "JSESSIONID=secret".to_owned())]
    };
    Sender { desktop: fields("portal-probe (desktop)"), phone: fields("portal-probe (phone)") }
}

fn archive(captures: &[Capture]) -> Vec<u8> {
    let mut bytes = warcinfo("run-1", "portal-probe/0.1.0", "a.warc.gz", date()).member();
    for capture in captures {
        bytes.extend(records_of(capture, &sender(), None).iter().flat_map(WarcRecord::member));
    }
    bytes
}

fn records(bytes: &[u8]) -> Vec<WarcRecord> {
    Reader::new(bytes).map(|placed| placed.expect("nothing is damaged").record).collect()
}

fn assert_round_trip(captures: &[Capture]) {
    let (read, problems) = warc::captures(records(&archive(captures)));
    assert_eq!(problems, []);
    assert_eq!(read, captures);
}

#[test]
fn answers_of_every_shape_come_back_equal() {
    let gbk: &[u8] = &[0xb0, 0xec, 0xca, 0xc2];
    let mut truncated = response(200, &[("content-length", b"999")], b"cut");
    truncated.truncated = Some(Truncated::Disconnect);
    let mut h2 =
        response(200, &[("content-type", b"text/html"), ("x-archive-orig-foo", b" two  spaces ")], b"\r\n\r\n");
    h2.version = "HTTP/2".into();
    let mut secure = capture("5", Ok(h2));
    secure.exchange.tls = Some(TlsFacts {
        protocol: Some("TLSv1.2".into()),
        cipher: Some("TLS_RSA_WITH_AES_128_CBC_SHA".into()),
        not_after: Some(date()),
        chain: vec![Digest::of(b"leaf")],
        faults: vec![TlsFault::Expired, TlsFault::OldProtocol],
        ..TlsFacts::default()
    });
    assert_round_trip(&[
        capture("1", Ok(response(200, &[("x-title", gbk), ("set-cookie", b"a"), ("set-cookie", b"b")], gbk))),
        capture("2", Ok(response(200, &[("transfer-encoding", b"chunked"), ("x", b"")], &[0, 255, 13, 10, 13, 10]))),
        capture("3", Ok(truncated)),
        capture("4", Ok(response(302, &[("location", b"/next"), ("content-length", b"0")], b""))),
        secure,
    ]);
}

#[test]
fn failures_of_every_kind_come_back_equal() {
    let stages = [Stage::Guard, Stage::Dns, Stage::Connect, Stage::Tls, Stage::Headers, Stage::Body];
    let captures: Vec<Capture> = FailureKind::ALL
        .iter()
        .zip(stages.iter().cycle())
        .enumerate()
        .map(|(index, (kind, stage))| {
            let detail = "连接\r\nexchange: {}".to_owned();
            capture(&index.to_string(), Err(FetchFailure { kind: *kind, stage: *stage, detail }))
        })
        .collect();
    assert_round_trip(&captures);
}

#[test]
fn a_failure_is_one_metadata_record_and_a_request_only_if_it_was_sent() {
    let kinds = |stage| {
        let failure = FetchFailure { kind: FailureKind::Timeout, stage, detail: String::new() };
        let failed = capture("1", Err(failure));
        let records = records_of(&failed, &sender(), None);
        assert_eq!(records.last().and_then(WarcRecord::id), Some(failed.record));
        records.iter().filter_map(WarcRecord::kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(Stage::Dns), [RecordType::Metadata]);
    assert_eq!(kinds(Stage::Headers), [RecordType::Request, RecordType::Metadata]);
}

#[test]
fn a_304_is_a_revisit_that_names_the_kept_answer() {
    let kept = KeptPayload {
        run: "run-0".into(),
        file: "b.warc.gz".into(),
        offset: 77,
        record: RecordId("urn:uuid:kept".into()),
        payload_digest: Digest::of(b"body"),
    };
    let mut not_modified = capture("1", Ok(response(304, &[("etag", b"\"v1\""), ("content-length", b"4")], b"")));
    not_modified.request.validators =
        Some(Validators { etag: Some("\"v1\"".into()), last_modified: None, kept: kept.clone() });
    not_modified.revisit = Some(kept.clone());
    let set = records_of(&not_modified, &sender(), None);
    assert_eq!(set[0].kind(), Some(RecordType::Revisit));
    assert_eq!(set[0].field("WARC-Refers-To"), Some("<urn:uuid:kept>"));
    assert_eq!(set[0].field("WARC-Payload-Digest"), Some(Digest::of(b"body").as_str()));
    let block = String::from_utf8_lossy(set[0].block()).into_owned();
    assert!(block.contains("content-length: 4\r\n") && !block.contains("Content-Length: 0"), "{block}");
    assert!(String::from_utf8_lossy(set[1].block()).contains("if-none-match: \"v1\"\r\n"));
    assert_round_trip(std::slice::from_ref(&not_modified));

    let place = Place { file: "c.warc.gz".into(), offset: 5, length: 6, member: Digest::of(b"m") };
    let line = IndexLine::of(&not_modified, &place).expect("an answer is indexed");
    assert_eq!(line.fields.mime, "warc/revisit");
    assert_eq!(IndexLine::parse(&line.text()), Some(line.clone()));
    assert_eq!(line.validators("run-1").map(|validators| validators.kept), Some(kept));
}

#[test]
fn a_whole_answer_gives_the_next_night_its_validators() {
    let place = Place { file: "c.warc.gz".into(), offset: 5, length: 6, member: Digest::of(b"m") };
    let fresh = capture("1", Ok(response(200, &[("last-modified", b"Mon, 23 Nov 2026 02:00:00 GMT")], b"x")));
    let line = IndexLine::of(&fresh, &place).expect("an answer is indexed");
    assert!(line.text().starts_with("127.0.0.1:8080)/%e6%8c%87%e5%8d%97?a=1 20261123020304 {"), "{}", line.text());
    let validators = line.validators("run-1").expect("a date is a validator");
    assert_eq!((validators.kept.run.as_str(), validators.kept.offset), ("run-1", 5));
    let plain = IndexLine::of(&capture("2", Ok(response(200, &[], b"x"))), &place).expect("an answer is indexed");
    assert_eq!(plain.validators("run-1"), None);
    let mut head = fresh;
    head.request.method = Method::Head;
    assert_eq!(IndexLine::of(&head, &place), None);
}

fn queried(record: &str, text: &str, answer: &[u8]) -> Capture {
    let mut capture = capture(record, Ok(response(200, &[("etag", b"\"1\"")], answer)));
    capture.request.method = Method::Post;
    capture.request.body = Some(QueryBody { kind: BodyKind::Json, text: text.to_owned() });
    capture
}

#[test]
fn queries_to_one_address_are_told_apart_in_the_archive_and_come_back_whole() {
    let captures = [queried("1", r#"{"page":"1"}"#, b"one"), queried("2", r#"{"page":"2"}"#, b"two")];
    let bytes = archive(&captures);
    let (restored, problems) = warc::captures(records(&bytes));
    assert_eq!(problems, []);
    assert_eq!(restored, captures);
    let sent: Vec<String> = records(&bytes)
        .iter()
        .filter(|record| record.kind() == Some(RecordType::Request))
        .map(|record| String::from_utf8_lossy(record.block()).into_owned())
        .collect();
    assert!(sent[0].starts_with("POST ") && sent[0].contains("content-length: 12\r\n"), "{}", sent[0]);
    assert!(sent[0].contains("content-type: application/json"), "{}", sent[0]);
    assert!(sent[0].ends_with("\r\n\r\n{\"page\":\"1\"}"), "{}", sent[0]);

    let place = Place { file: "c.warc.gz".into(), offset: 5, length: 6, member: Digest::of(b"m") };
    let lines: Vec<IndexLine> = captures.iter().filter_map(|capture| IndexLine::of(capture, &place)).collect();
    assert_ne!(lines[0].key, lines[1].key);
    assert!(lines[0].key.contains("__wb_method=post"), "{}", lines[0].key);
    assert_eq!(lines[1].fields.request_body.as_deref(), Some(r#"{"page":"2"}"#));
    assert_eq!(IndexLine::parse(&lines[1].text()).as_ref(), Some(&lines[1]));
    assert_eq!(lines[0].validators("run-1"), None, "the address alone does not say which answer it would be");
}

#[test]
fn http_2_is_written_as_http_1_and_says_so() {
    let mut answer = response(200, &[], b"x");
    answer.version = "HTTP/2".into();
    let set = records_of(&capture("1", Ok(answer)), &sender(), Some(&Digest::of(b"raw")));
    assert!(set[0].block().starts_with(b"HTTP/1.1 200 \r\n"));
    assert_eq!(set[0].field("WARC-Protocol"), Some("h2"));
    assert_eq!(set[0].field("WARC-IP-Address"), Some("127.0.0.1"));
    assert_eq!(set[0].field("WARC-Payload-Digest"), Some(Digest::of(b"x").as_str()));
    assert_eq!(set[0].field("WARC-Portal-Probe-Masked"), Some(Digest::of(b"raw").as_str()));
}

#[test]
fn requests_name_the_phone_and_never_a_cookie() {
    let set = records_of(&capture("1", Ok(response(200, &[], b""))), &sender(), None);
    let block = String::from_utf8_lossy(set[1].block()).into_owned();
    assert!(block.starts_with("GET /%E6%8C%87%E5%8D%97?a=1 HTTP/1.1\r\nhost: 127.0.0.1:8080\r\n"), "{block}");
    assert!(block.contains("user-agent: portal-probe (phone)\r\n"));
    assert!(!block.to_ascii_lowercase().contains("cookie"));
}

#[test]
fn coverage_and_context_come_back_and_the_last_one_counts() {
    let city = CityCode("330100".into());
    let coverage = |requests| CityCoverage {
        channels: BTreeMap::from([(
            ChannelId("portal".into()),
            Coverage { requests, skipped: BTreeMap::from([(SkipReason::Trap, 3)]), ..Coverage::default() },
        )]),
        own_network: Some(true),
    };
    let context = serde_json::json!({"scenario": "企业开办", "limit": 0.1});
    let later = "2026-11-23T03:00:00Z".parse().expect("a valid date");
    let night = warc::night([
        context_record("run-1", &context, date()),
        coverage_record("run-1", &city, &coverage(1), date()),
        coverage_record("run-1", &city, &coverage(2), later),
    ]);
    assert_eq!(night.context, Some(context));
    assert_eq!(night.coverage, BTreeMap::from([(city, coverage(2))]));
    assert_eq!(night.problems, []);
}

#[test]
fn an_altered_byte_in_an_answer_is_found() {
    let good = records_of(&capture("1", Ok(response(200, &[], b"promised"))), &sender(), None);
    let block = String::from_utf8(good[0].block().to_vec()).expect("plain ASCII").replace("promised", "promises");
    let fields = good[0].fields().iter().filter(|(name, _)| name != "WARC-Block-Digest").cloned().collect();
    let forged = WarcRecord::from_parts(fields, block.into_bytes()).member();
    let first = Reader::new(&forged[..]).next().expect("there is a record");
    assert_eq!(first.expect_err("the payload was altered").kind, DamageKind::PayloadDigest);
}

#[test]
fn an_answer_without_its_facts_is_a_problem_and_not_a_capture() {
    let set = records_of(&capture("1", Ok(response(200, &[], b"x"))), &sender(), None);
    let (captures, problems) = warc::captures(set[..2].to_vec());
    assert_eq!((captures.len(), problems.len()), (0, 1));
    let (captures, problems) = warc::captures(set[2..].to_vec());
    assert_eq!((captures.len(), problems.len()), (0, 1));
}

fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = prop_oneof![Just("content-length".to_owned()), "[a-z][a-z0-9-]{0,12}"];
    let byte = any::<u8>().prop_filter("line breaks cannot be in a field", |byte| !matches!(byte, b'\r' | b'\n' | 0));
    (name, prop::collection::vec(byte, 0..24))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_answer_comes_back_equal(
        status in 100u16..1000,
        headers in prop::collection::vec(header(), 0..6),
        body in prop::collection::vec(any::<u8>(), 0..200),
        total in any::<f64>().prop_filter("durations are finite", |value| value.is_finite()),
    ) {
        let answer = Response {
            status, version: "HTTP/1.0".into(), headers, body: Bytes::from(body), truncated: None,
        };
        let mut written = capture("1", Ok(answer));
        written.exchange.timing.total = total;
        let (read, problems) = warc::captures(records(&archive(std::slice::from_ref(&written))));
        prop_assert_eq!(problems, []);
        prop_assert_eq!(read, vec![written]);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Reader::new(&bytes[..]).count() <= bytes.len() + 1);
        prop_assert!(warc::valid_prefix(&bytes[..]).map_or(true, |valid| valid <= bytes.len() as u64));
    }
}
