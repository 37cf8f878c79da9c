//! Pages that show chart and text side by side: what is on them, what can never be, and how many there are.

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;
use url::Url;

use super::chart_choice::MOST_PAGES;
use super::*;
use crate::model::chart::{Area, Chart, Edge, Node, NodeKind};
use crate::model::charted::{ChartReading, ChartedPicture};
use crate::model::finding::Cite;
use crate::model::property::PropertyId;
use crate::model::{
    Capture, ChannelId, CityDossier, Digest, Exchange, Finding, Locator, Outcome, Purpose, RecordId, Request, Response,
    Statement, Subject, SubjectKind, Target, Timing, Verdict,
};
use crate::sink::EvidenceSink;
use crate::warc::Sender;

const HOSTILE: &str = "审查<script>alert(1)</script>\" onload=\"alert(2)";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nno more is needed here";

fn date() -> Timestamp {
    "2026-11-23T18:00:00Z".parse().expect("a valid date")
}

fn city() -> City {
    City { code: CityCode("530100".into()), name: "昆明市".into(), region: "西南".into() }
}

fn address() -> Url {
    Url::parse("http://127.0.0.1/chart.png").expect("an address")
}

fn capture(body: &'static [u8]) -> Capture {
    let response = Response {
        status: 200,
        version: "HTTP/1.1".into(),
        headers: vec![("content-type".into(), b"image/png".to_vec())],
        body: Bytes::from_static(body),
        truncated: None,
    };
    Capture {
        record: RecordId("urn:uuid:picture".into()),
        request: Request::new(city().code, ChannelId("portal".into()), address(), Purpose::Page),
        date: date(),
        exchange: Exchange {
            outcome: Ok(response),
            remote_addr: None,
            resolved: Vec::new(),
            tls: None,
            timing: Timing::default(),
        },
        revisit: None,
    }
}

fn charted() -> ChartedPicture {
    let node = |text: &str, y: u32, confidence: f32| Node {
        text: text.to_owned(),
        kind: NodeKind::Step,
        area: Area { x: 10, y, width: 80, height: 30 },
        confidence,
        lane: None,
        notes: Vec::new(),
    };
    let edge = Edge { from: 0, to: 1, directed: true, dashed: false, label: None, confidence: 0.9 };
    let chart = Chart {
        size: (100, 200),
        nodes: vec![node("受理", 10, 0.99), node(HOSTILE, 90, 0.98), node("送达", 150, 0.4)],
        edges: vec![edge],
        ..Chart::default()
    };
    ChartedPicture {
        record: RecordId("urn:uuid:reading".into()),
        of: RecordId("urn:uuid:picture".into()),
        url: address(),
        date: date(),
        reading: ChartReading {
            reader: "test".into(),
            chart: Some(chart),
            refusal: None,
            several: false,
            tiles: Vec::new(),
        },
    }
}

fn cite(record: &str, locator: Locator, excerpt: &str) -> Cite {
    Cite {
        record: RecordId(format!("urn:uuid:{record}")),
        target_uri: address(),
        date: date(),
        payload_digest: None,
        locator,
        excerpt: excerpt.to_owned(),
    }
}

fn statement(key: &str, verdict: Verdict) -> Statement {
    Statement {
        property: PropertyId("guide.flowchart_consistency"),
        unit: None,
        version: 1,
        channel: Some(ChannelId("portal".into())),
        subject: Subject {
            kind: SubjectKind::Guide,
            key: key.to_owned(),
            name: format!("登记{HOSTILE}"),
            url: Some("http://127.0.0.1/guide".into()),
            scenario: None,
            segment: None,
        },
        dialect: None,
        verdict,
    }
}

fn differing() -> Verdict {
    let rows = json!([
        {"acts": ["accept"], "text": ["受理"], "chart": ["受理"]},
        {"acts": ["review"], "text": [HOSTILE], "chart": [HOSTILE]},
        {"acts": [], "text": "of another version", "chart": [7]},
    ]);
    let mut verdict = Verdict::failed(rows).with_confidence(0.9);
    verdict.cite(cite("guide", Locator::Whole, "chart.png"));
    verdict.cite(cite("guide", Locator::Whole, "受理 即时 窗口；审查 1日"));
    verdict.cite(cite("picture", Locator::Fragment("xywh=10,90,80,30".into()), HOSTILE));
    verdict.findings.push(Finding {
        kind: "time_limit_differs".into(),
        severity: Severity::Error,
        message_zh: format!("时限不一致：{HOSTILE}"),
        message_en: HOSTILE.into(),
        remedy_zh: HOSTILE.into(),
        remedy_en: HOSTILE.into(),
        quotes: vec![HOSTILE.into(), "5日".into()],
        at: vec![1, 2],
    });
    verdict
}

fn agreeing() -> Verdict {
    let verdict = Verdict::passed(json!([{"acts": ["accept"], "text": ["受理"], "chart": ["受理"]}]));
    verdict.citing(cite("picture", Locator::Whole, "HTTP 200"))
}

/// A report, removed when its test is over.
struct Written {
    out: PathBuf,
    folder: PathBuf,
}

impl Written {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.out);
    }
}

/// The report of a city with these statements, its picture being these bytes.
fn report(test: &str, body: &'static [u8], statements: Vec<Statement>) -> Written {
    let out = std::env::temp_dir().join(format!("portal-probe-chart-report-{}-{test}", std::process::id()));
    let _ = fs::remove_dir_all(&out);
    let folder = RunFolder::create(&out, "night").expect("a free folder");
    let settings = OutputSettings {
        key: None,
        sender: Sender::default(),
        evidence_file_bytes: 1_000_000,
        started: date(),
        cities: vec![city()],
        properties: Vec::new(),
    };
    let mut evidence = EvidenceSink::open(&folder, &settings).expect("it opens");
    let mut report = Box::new(ReportSink::open(&folder, &settings).expect("it opens"));
    let capture = capture(body);
    evidence.accept(&Record::Capture { capture: &capture, masked_from: None }).expect("it is written");
    let picture = evidence.last_answer().expect("an answer");
    let charted = charted();
    report.accept(&Record::Charted { city: &city().code, charted: &charted, picture: &picture }).expect("it is kept");
    let target =
        Target {
            city: city(), province: "云南省".into(), verified: None, source: String::new(), channels: Vec::new()
        };
    for observation in crate::observe::observe("night", &CityDossier::new(target), statements) {
        report.accept(&Record::Observation(&observation)).expect("it is kept");
    }
    report.finish().expect("it is written");
    Written { out, folder: folder.file(FOLDER) }
}

/// The pages of the folder that show chart and text.
fn pages(report: &Written) -> Vec<String> {
    let entries = fs::read_dir(report.file(CHARTS)).expect("a folder");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.extension().is_some() && !path.ends_with(handbook::FILE));
    files.map(|path| fs::read_to_string(path).expect("a page")).collect()
}

#[test]
fn picture_boxes_and_difference_are_shown_and_no_word_of_a_portal_becomes_markup() {
    let report = report("hostile", PNG, vec![statement("1", differing())]);
    let city = fs::read_to_string(report.file("530100.html")).expect("the city's page");
    let pages = pages(&report);
    let [page] = &pages[..] else { panic!("{} pages", pages.len()) };
    for html in [page, &city] {
        assert!(!html.contains("<script") && !html.contains("onload=\"") && !html.contains(" style="), "{html}");
        assert!(html.contains("审查&lt;script&gt;alert(1)"), "{html}");
        assert!(html.contains("default-src 'none'"));
    }
    assert_eq!(page.matches("class=\"differs\"").count(), 2, "one box and one row: {page}");
    assert_eq!(page.matches("<g class=\"unsure\"").count(), 1, "a box with words that were read unsurely");
    assert!(page.contains("✕1") && page.contains("文字说明") && page.contains("<line class=\"arrow\""), "{page}");
    let name = format!("pictures/{}.png", Digest::of(PNG).short(32));
    assert!(page.replace("&#x2f;", "/").contains(&format!("<image href=\"{name}\"")), "{page}");
    assert_eq!(fs::read(report.file(CHARTS).join(&name)).expect("a copy"), PNG);
    let handbook = fs::read_to_string(report.file(CHARTS).join(handbook::FILE)).expect("the handbook");
    assert!(page.contains("href=\"handbook.html\"") && handbook.contains("<h1>流程图与文字对照：使用说明</h1>"));
    assert!(city.contains("charts/530100-"), "the finding leads to the page: {city}");
}

#[test]
fn what_is_no_raster_picture_is_not_copied_and_the_boxes_are_shown_without_it() {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let report = report("svg", svg, vec![statement("1", differing())]);
    let pages = pages(&report);
    assert_eq!(pages.len(), 1);
    assert!(!pages[0].contains("<image") && pages[0].contains("<g class=\"differs\""), "{}", pages[0]);
    assert!(!report.file(CHARTS).join("pictures").exists());
}

#[test]
fn every_difference_within_reason_has_a_page_and_agreement_only_a_few() {
    let names: Vec<String> = (0..60).map(|number| number.to_string()).collect();
    let made = names.iter().map(|name| match name.len() {
        1 => statement(name, differing()),
        _ => statement(name, agreeing()),
    });
    let report = report("many", PNG, made.collect());
    let of = |outcome| MOST_PAGES.iter().find(|(known, _)| *known == outcome).map_or(0, |(_, most)| *most);
    assert_eq!(pages(&report).len(), 10 + of(Outcome::Passed));
    let city = fs::read_to_string(report.file("530100.html")).expect("the city's page");
    assert!(city.contains("<strong>50</strong>"), "how many there are is said: {city}");
}

#[test]
fn a_chart_of_words_that_agrees_has_no_page() {
    let verdict = Verdict::passed(json!([])).citing(cite("guide", Locator::Whole, "受理 → 送达"));
    let report = report("words", PNG, vec![statement("1", verdict)]);
    assert!(!report.file(CHARTS).exists());
}
