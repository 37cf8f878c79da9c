//! The run folder: what a run leaves behind, what a crash leaves behind, and who may write.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::Timestamp;
use portal_probe::model::request::KeptPayload;
use portal_probe::model::{
    Capture, ChannelId, City, CityCode, CityDossier, Coverage, Digest, Exchange, Finding, Locator, Observation,
    Outcome, Property, PropertyId, Purpose, Reason, RecordId, Request, Response, Severity, SkipReason, Statement,
    Subject, SubjectKind, Target, Timing, Unit, Verdict, finding::Cite,
};
use portal_probe::observe::{Ledger, Summary, observe};
use portal_probe::sink::{
    Closing, Found, Item, Manifest, OBSERVATION_SCHEMA, OutFolder, OutputSettings, Outputs, Record, RunFolder,
    SinkError, evidence, ledger, manifest, observations, report, summary, walk,
};
use portal_probe::warc::{self, CityCoverage, Sender};
use serde_json::{Value, json};
use url::Url;

const PROPERTIES: [Property; 2] = [
    property("guide.time_limits", SubjectKind::Guide, "时限一致"),
    property("mobile.channels", SubjectKind::City, "移动渠道"),
];

const fn property(id: &'static str, subject: SubjectKind, title_zh: &'static str) -> Property {
    Property {
        id: PropertyId(id),
        subject,
        unit: None,
        title_zh,
        title_en: "title",
        passed_when: "always",
        rationale: "because",
        basis: &[],
    }
}

/// An empty folder of this test's own.
fn out(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sinks").join(test);
    if path.exists() {
        fs::remove_dir_all(&path).expect("the folder is ours");
    }
    fs::create_dir_all(&path).expect("the target folder can be written");
    path
}

fn date() -> Timestamp {
    "2026-11-23T18:00:00Z".parse().expect("a valid date")
}

fn city() -> City {
    City { code: CityCode("330100".into()), name: "杭州市<script>".into(), region: "华东".into() }
}

fn settings(evidence_file_bytes: u64) -> OutputSettings {
    OutputSettings {
        sender: Sender::default(),
        key: None,
        evidence_file_bytes,
        started: date(),
        cities: vec![city()],
        properties: PROPERTIES.to_vec(),
    }
}

fn closing() -> Closing {
    Closing { finished: date(), config_digest: Digest::of(b"config"), complete: true }
}

fn capture(number: u32) -> Capture {
    let url = Url::parse(&format!("http://127.0.0.1/{number}")).expect("a valid address");
    Capture {
        record: RecordId(format!("urn:uuid:{number}")),
        request: Request::new(city().code, ChannelId("portal".into()), url, Purpose::Page),
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

fn statement(property: &'static str, verdict: Verdict) -> Statement {
    Statement {
        property: PropertyId(property),
        unit: Some(Unit::WorkingDay),
        version: 2,
        channel: Some(ChannelId("portal".into())),
        subject: Subject {
            kind: SubjectKind::Guide,
            key: property.into(),
            name: "公司设立登记".into(),
            url: Some("http://127.0.0.1/1".into()),
            scenario: Some("enterprise-start".into()),
            segment: None,
        },
        dialect: Some("generic".into()),
        verdict,
    }
}

fn statements() -> Vec<Statement> {
    let mut failed = Verdict::failed(json!({"promised": 5, "statutory": 3.5})).with_confidence(0.9);
    for locator in [Locator::Selector("html>body".into()), Locator::Whole, Locator::Header("date".into())] {
        failed.cite(Cite {
            record: RecordId("urn:uuid:1".into()),
            target_uri: Url::parse("http://127.0.0.1/1").expect("a valid address"),
            date: date(),
            payload_digest: Some(Digest::of(b"page 1")),
            locator,
            excerpt: "承诺 <img src=http://evil.example/x.png> 5 个工作日".into(),
        });
    }
    failed.findings.push(Finding {
        kind: "promised_exceeds_statutory".into(),
        severity: Severity::Error,
        message_zh: "承诺时限长于法定时限".into(),
        message_en: "promised limit exceeds the statutory one".into(),
        remedy_zh: "核对时限".into(),
        remedy_en: "check the limits".into(),
        quotes: vec!["<b>5 个工作日</b>".into(), "3.5 个工作日".into()],
        at: vec![0, 2],
    });
    vec![
        statement("guide.time_limits", failed),
        statement("mobile.channels", Verdict::cant_tell(Reason::Blocked).with_value(json!([{"kind": "app"}]))),
    ]
}

/// A whole run with `captures` exchanges.
fn run(out: &Path, run: &str, captures: u32) -> Result<PathBuf, SinkError> {
    let folder = RunFolder::create(out, run)?;
    let mut outputs = Outputs::open(folder, &settings(600))?;
    outputs.accept(&Record::Context { context: &json!({"scenario": "企业开办"}), date: date() })?;
    for number in 0..captures {
        outputs.accept(&Record::Capture { capture: &capture(number), masked_from: None })?;
    }
    finish(outputs, statements())
}

fn finish(mut outputs: Outputs, statements: Vec<Statement>) -> Result<PathBuf, SinkError> {
    let coverage = coverage();
    outputs.accept(&Record::Coverage { city: &city().code, coverage: &coverage, date: date() })?;
    let target =
        Target {
            city: city(), province: "浙江省".into(), verified: None, source: String::new(), channels: Vec::new()
        };
    let made = observe("night", &CityDossier::new(target), statements);
    // Sinks take records in any order.
    for observation in made.iter().rev() {
        outputs.accept(&Record::Observation(observation))?;
    }
    let properties: Vec<&str> = PROPERTIES.iter().map(|property| property.id.as_str()).collect();
    outputs.accept(&Record::Ledger(&Ledger::of(&[city()], &properties, &made)))?;
    outputs.accept(&Record::Summary(&Summary::of(&[city()], &made)))?;
    outputs.finish(&closing())
}

fn coverage() -> CityCoverage {
    let channel = Coverage {
        requests: 3,
        bytes: 2_500_000,
        skipped: BTreeMap::from([(SkipReason::Trap, 7)]),
        budget: Some(SkipReason::BudgetRequests),
        ..Coverage::default()
    };
    CityCoverage { channels: BTreeMap::from([(ChannelId("portal".into()), channel)]), own_network: Some(true) }
}

/// Every exchange that the evidence of a run holds.
fn captures(run_folder: &Path) -> Vec<Capture> {
    let mut records = Vec::new();
    evidence::each_record(run_folder, |record| records.push(record.clone())).expect("the evidence is whole");
    warc::captures(records).0
}

#[test]
fn a_run_leaves_everything_and_it_reads_back() {
    let out = out("whole");
    let path = run(&out, "night", 5).expect("the disk takes it");
    let night = evidence::read(&path).expect("the evidence is whole");
    assert_eq!(captures(&path), (0..5).map(capture).collect::<Vec<_>>());
    assert_eq!(night.context, Some(json!({"scenario": "企业开办"})));
    assert_eq!(night.coverage[&city().code], coverage());
    assert_eq!(night.problems, []);

    let made = observations::read(&path).expect("the observations are there");
    assert_eq!(made.len(), 2);
    assert!(made[0].id < made[1].id);
    let balanced = ledger::read(&path).expect("the ledger is there");
    assert!(balanced.balanced && balanced.rows == 2);
    assert_eq!(summary::read(&path).expect("the summary is there").cities, 1);

    let manifest = Manifest::read(&path).expect("the manifest is there");
    assert_eq!(manifest.counts["requests"], 5);
    assert_eq!(manifest.counts["findings"], 1);
    assert_eq!(manifest.files, manifest::files(&path).expect("the files can be read"));
    let names: Vec<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    for name in ["evidence/index.cdxj", "ledger.json", "observations.jsonl", "report/330100.html", "report/index.html"]
    {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(names.iter().filter(|name| name.ends_with(".warc.gz")).count() >= 2, "the limit begins new files");
    assert!(!names.iter().any(|name| name.contains(".part")));
    assert_eq!(fs::read_link(out.join("latest")).expect("it is a link"), Path::new("runs/night"));
}

#[test]
fn every_line_of_the_index_leads_to_its_answer() {
    let out = out("index");
    let path = run(&out, "night", 4).expect("the disk takes it");
    let lines = evidence::read_index(&path).expect("the index is there");
    assert_eq!(lines.len(), 4);
    assert!(lines.is_sorted());
    for line in lines {
        let kept = KeptPayload {
            run: "night".into(),
            file: line.fields.filename.clone(),
            offset: line.fields.offset.parse().expect("a number"),
            record: RecordId(line.fields.record.clone()),
            payload_digest: Digest::parse(&line.fields.digest).expect("a digest"),
        };
        let answer = evidence::kept_answer(&out, &kept).expect("the answer is there");
        assert!(line.fields.url.ends_with(String::from_utf8_lossy(&answer.body).trim_start_matches("page ")));
        let other = KeptPayload { payload_digest: Digest::of(b"other"), ..kept };
        assert!(matches!(evidence::kept_answer(&out, &other), Err(SinkError::Content { .. })));
    }
}

#[test]
fn a_second_run_is_kept_out_until_the_first_ends() {
    let out = out("lock");
    let first = RunFolder::create(&out, "a").expect("the folder is free");
    let error = RunFolder::create(&out, "b").expect_err("the folder is held");
    assert!(matches!(error, SinkError::Held { .. }));
    assert!(error.to_string().contains(&format!("(process {})", std::process::id())), "{error}");
    drop(first);
    let second = RunFolder::create(&out, "b").expect("the lock ended with its holder, although its file is there");
    drop(second);
    assert!(matches!(RunFolder::create(&out, "b"), Err(SinkError::RunExists { .. })));
    assert!(matches!(RunFolder::reopen(&out, "c"), Err(SinkError::NoRun { .. })));
    assert!(matches!(RunFolder::create(&out, "../c"), Err(SinkError::RunName { .. })));
}

#[test]
fn an_interrupted_run_goes_on_where_its_last_acknowledged_record_ends() {
    let out = out("resume");
    let mut outputs =
        Outputs::open(RunFolder::create(&out, "night").expect("free"), &settings(1 << 20)).expect("opens");
    let mut acknowledged = 0;
    for number in 0..4 {
        outputs.accept(&Record::Capture { capture: &capture(number), masked_from: None }).expect("written");
        if number == 1 {
            acknowledged = outputs.records();
        }
    }
    let observations = observed();
    outputs.accept(&Record::Observation(&observations[0])).expect("written");
    let spool_end = outputs.spool_end();
    outputs.accept(&Record::Observation(&observations[1])).expect("written");
    outputs.unsynced().expect("handed to the system");
    drop(outputs);
    let file = out.join("runs/night/evidence/portal-probe-night-00001.warc.gz");
    let length = fs::metadata(&file).expect("it is there").len();
    fs::File::options().write(true).open(&file).and_then(|file| file.set_len(length - 5)).expect("it can be torn");
    let torn = out.join("runs/night/evidence/portal-probe-night-00001.warc.gz.torn");
    assert!(!torn.exists());
    assert!(!out.join("latest").exists(), "a run that did not end is not the latest");

    let folder = OutFolder::hold(&out).and_then(|held| held.reopen("night")).expect("the folder is free again");
    let path = folder.path().to_owned();
    let (mut outputs, kept) = Outputs::reopen(folder, &settings(1 << 20), spool_end).expect("no hindrance");
    assert_eq!(kept, observations[..1]);
    let mut restored = 0;
    walk(&path, |found: Found| -> Result<_, SinkError> {
        let Item::Capture(capture, answer) = found.item else { return Ok(ControlFlow::Continue(())) };
        restored += 1;
        if restored > 2 {
            return Ok(ControlFlow::Continue(()));
        }
        assert!(outputs.restored_capture(&capture, found.masked, answer.as_ref()).is_some());
        Ok(ControlFlow::Continue(()))
    })
    .expect("a torn end is the end");
    assert_eq!(restored, 3, "the torn one is not there");
    outputs.go_on(acknowledged).expect("cut");
    outputs.accept(&Record::Capture { capture: &capture(9), masked_from: None }).expect("written");
    outputs.restored(&Record::Observation(&observations[0])).expect("known");
    outputs.accept(&Record::Observation(&observations[1])).expect("written");
    let path = outputs.finish(&closing()).expect("the disk takes it");
    assert!(torn.exists(), "what was cut is kept");
    assert_eq!(captures(&path), [capture(0), capture(1), capture(9)]);
    assert_eq!(evidence::read_index(&path).expect("the index is there").len(), 3);
    let mut all = observations::read(&path).expect("readable");
    all.sort_by(|a, b| a.id.cmp(&b.id));
    let mut expected = observations;
    expected.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(all, expected, "none lost, none doubled");
    assert_eq!(Manifest::read(&path).expect("a manifest").counts["requests"], 3);
}

fn observed() -> Vec<Observation> {
    let target =
        Target {
            city: city(), province: "浙江省".into(), verified: None, source: String::new(), channels: Vec::new()
        };
    observe("night", &CityDossier::new(target), statements())
}

#[test]
fn damage_in_the_middle_of_the_evidence_is_reported_and_not_cut_away() {
    let out = out("damage");
    let path = run(&out, "night", 3).expect("the disk takes it");
    let file = path.join("evidence/portal-probe-night-00001.warc.gz");
    let mut bytes = fs::read(&file).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&file, &bytes).expect("it can be written");
    assert!(matches!(evidence::read(&path), Err(SinkError::Damaged { .. })));
    let walked = walk(&path, |_| -> Result<_, SinkError> { Ok(ControlFlow::Continue(())) });
    assert!(matches!(walked, Err(SinkError::Damaged { .. })));
    assert_eq!(fs::read(&file).expect("it is there").len(), bytes.len());
}

#[test]
fn a_ledger_that_does_not_add_up_fails_the_run() {
    let out = out("unbalanced");
    let outputs = Outputs::open(RunFolder::create(&out, "night").expect("free"), &settings(600)).expect("opens");
    let twice = [statements(), statements()].concat();
    let error = finish(outputs, twice).expect_err("two records have one id");
    assert!(matches!(error, SinkError::Unbalanced { .. }));
    assert!(error.to_string().contains("occurs twice"), "{error}");
    assert!(out.join("runs/night/ledger.json").exists(), "it is there to be looked at");
    assert!(!out.join("latest").exists());
}

#[test]
fn a_file_that_cannot_be_opened_is_named_before_the_run_starts() {
    let out = out("blocked");
    let folder = RunFolder::create(&out, "night").expect("free");
    fs::create_dir(folder.file("ledger.json.part")).expect("the folder is ours");
    let error = Outputs::open(folder, &settings(600)).expect_err("a folder stands in the way").to_string();
    assert!(error.contains("ledger.json.part") && error.contains("hint: "), "{error}");
}

#[test]
fn the_report_shows_words_of_a_portal_as_words_and_loads_nothing() {
    let out = out("report");
    let path = run(&out, "night", 1).expect("the disk takes it");
    for page in ["report/index.html", "report/330100.html"] {
        let html = fs::read_to_string(path.join(page)).expect("the page is there");
        assert!(html.contains("杭州市&lt;script&gt;"), "{page}");
        for tag in ["<script", "<img", "<link", "<iframe", "@import", "url(", " style="] {
            assert!(!html.contains(tag), "{tag} in {page}");
        }
        let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
        let digest = Digest::of(style.as_bytes());
        let bytes = data_encoding::HEXLOWER.decode(digest.short(64).as_bytes()).expect("hexadecimal");
        assert!(html.contains(&format!("'sha256-{}'", data_encoding::BASE64.encode(&bytes))), "{page}");
    }
    let html = fs::read_to_string(path.join("report/330100.html")).expect("the page is there");
    for words in [
        "承诺时限长于法定时限",
        "&lt;b&gt;5 个工作日&lt;&#x2f;b&gt;",
        "核对时限",
        "urn:uuid:1",
        "访问被拦截",
        "疑似爬虫陷阱",
    ] {
        assert!(html.contains(words), "{words}");
    }
    let before = fs::read(path.join("report/index.html")).expect("the page is there");
    report::rewrite(&path, "night", &PROPERTIES).expect("the folder has all that is needed");
    assert_eq!(fs::read(path.join("report/index.html")).expect("the page is there"), before);
}

#[test]
fn records_satisfy_the_published_schema_and_it_refuses_what_breaks_the_rules() {
    let schema: Value = serde_json::from_str(OBSERVATION_SCHEMA).expect("the schema is JSON");
    assert!(jsonschema::meta::is_valid(&schema), "the schema is a schema");
    let validator = jsonschema::validator_for(&schema).expect("the schema can be used");
    let out = out("schema");
    let path = run(&out, "night", 1).expect("the disk takes it");
    let text = fs::read_to_string(path.join("observations.jsonl")).expect("the file is there");
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for record in &records {
        let errors: Vec<String> = validator.iter_errors(record).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{record}");
    }
    let failed = records.iter().find(|record| record["outcome"] == "failed").expect("one is failed");
    let broken: [(&str, Value); 7] = [
        ("/evidence", json!([])),
        ("/reason", json!("blocked")),
        ("/outcome", json!("pass")),
        ("/observed_at", json!("2026-11-23T18:00:00Z")),
        ("/confidence", json!(1.5)),
        ("/unit", json!("hour")),
        ("/city", json!({"code": "330100", "name": "杭州市", "region": "华东", "mayor": "?"})),
    ];
    for (place, value) in broken {
        let mut record = failed.clone();
        *record.pointer_mut(place).expect("the field is there") = value;
        assert!(!validator.is_valid(&record), "{place}");
    }
}

#[test]
fn the_words_of_the_schema_are_those_of_the_program() {
    let schema: Value = serde_json::from_str(OBSERVATION_SCHEMA).expect("the schema is JSON");
    let words = |name: &str| schema["$defs"][name]["enum"].clone();
    assert_eq!(words("outcome"), json!(Outcome::ALL));
    assert_eq!(words("reason"), json!(Reason::ALL));
    assert_eq!(words("severity"), json!(Severity::ALL));
    assert_eq!(words("unit"), json!(Unit::ALL));
    assert_eq!(words("subject_kind"), json!(SubjectKind::ALL));
    let mut regions = schema["properties"]["city"]["properties"]["region"]["enum"].clone();
    regions.as_array_mut().expect("a list").sort_by_key(ToString::to_string);
    let mut known = portal_probe::observe::summary::REGIONS.to_vec();
    known.sort_unstable();
    assert_eq!(regions, json!(known));
    for (words, spelled) in [
        (json!(Outcome::ALL), Outcome::ALL.map(Outcome::as_str).to_vec()),
        (json!(Reason::ALL), Reason::ALL.map(Reason::as_str).to_vec()),
        (json!(Severity::ALL), Severity::ALL.map(Severity::as_str).to_vec()),
        (json!(Unit::ALL), Unit::ALL.map(Unit::as_str).to_vec()),
        (json!(SubjectKind::ALL), SubjectKind::ALL.map(SubjectKind::as_str).to_vec()),
    ] {
        assert_eq!(words, json!(spelled));
    }
}
