//! What is read of each page family: pages in the families' real structures, written by us, with what must be read.
//!
//! `fixtures/dialects/<family>/<case>.<html|json|txt>` is an answer; `<case>.expected.json` beside it says at which
//! address it was asked for (`url`, perhaps `query`) and what is read of it. `UPDATE=1` writes what is read now; look at
//! the difference before you commit it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use portal_probe::extract::dialect::DIALECTS;
use portal_probe::extract::{Input, Settings, extract};
use portal_probe::model::guide::FormOffer;
use portal_probe::model::{
    ChannelKind, Extraction, Flowchart, Material, Purpose, QueryBody, Reading, ServiceGuide, Step, TimeLimit,
};
use serde_json::{Map, Value, json};
use url::Url;

/// Families that only have a name: they say in no way of their own that there is nothing.
const NAMES_ONLY: [&str; 2] = ["eui", "visualsitebuilder"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dialects")
}

/// Every case: family, name, file of the answer.
fn cases() -> Vec<(String, String, PathBuf)> {
    let mut found = Vec::new();
    for family in std::fs::read_dir(folder()).expect("the folder of fixtures") {
        let family = family.expect("a readable entry").path();
        for file in std::fs::read_dir(&family).expect("a family's folder") {
            let file = file.expect("a readable entry").path();
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            if let Some((case, _)) = name.split_once('.').filter(|_| !name.ends_with(".expected.json")) {
                let family = family.file_name().expect("a name").to_string_lossy().into_owned();
                found.push((family, case.to_owned(), file));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_case_of_every_family_is_read_as_expected() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for (family, case, file) in cases() {
        let expected_file = file.with_file_name(format!("{case}.expected.json"));
        let text = std::fs::read_to_string(&expected_file)
            .unwrap_or_else(|error| panic!("{}: {error}", expected_file.display()));
        let expected: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", expected_file.display()));
        let read = read(&file, &expected);
        if update {
            let text = serde_json::to_string_pretty(&read).expect("a JSON value") + "\n";
            std::fs::write(&expected_file, text).expect("a writable fixture");
        } else if read != expected {
            let text = serde_json::to_string_pretty(&read).expect("a JSON value");
            wrong.push(format!("{family}/{case} is read as\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_family_has_a_guide_a_list_and_a_page_that_says_there_is_nothing() {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (family, case, file) in cases() {
        let expected = std::fs::read_to_string(file.with_file_name(format!("{case}.expected.json"))).expect("expected");
        let expected: Value = serde_json::from_str(&expected).expect("valid JSON");
        let kind = expected["kind"].as_str().unwrap_or_default().to_owned();
        known.entry(family).or_default().insert(kind);
    }
    let ids: BTreeSet<&str> = DIALECTS.iter().map(|dialect| dialect.id).collect();
    for family in known.keys() {
        assert!(ids.contains(family.as_str()), "fixtures/dialects/{family}: no such family");
    }
    for id in ids.into_iter().filter(|id| *id != "generic") {
        let kinds = known.get(id).unwrap_or_else(|| panic!("no fixtures of {id}"));
        let wanted = ["guide", "guide_list", "soft_not_found"];
        for kind in &wanted[..if NAMES_ONLY.contains(&id) { 2 } else { 3 }] {
            assert!(kinds.contains(*kind), "{id} has no case that is read as {kind}");
        }
    }
}

/// What is read of an answer, with the address it was asked at.
fn read(file: &Path, expected: &Value) -> Value {
    let url =
        Url::parse(expected["url"].as_str().expect("`url` says where the answer was asked for")).expect("an address");
    let query: Option<QueryBody> =
        expected.get("query").map(|query| serde_json::from_value(query.clone()).expect("a query"));
    let channel = if expected["channel"] == "mobile_web" { ChannelKind::MobileWeb } else { ChannelKind::Portal };
    let body = std::fs::read(file).expect("a readable fixture");
    let input = Input {
        built: false,
        url: &url,
        purpose: &Purpose::Page,
        query: query.as_ref(),
        channel,
        dialect: None,
        status: 200,
        headers: &[],
        body: &body,
        date: jiff::civil::date(2026, 11, 23),
    };
    let extraction = extract(&input, &Settings::default());
    let mut told = Map::new();
    for key in ["url", "query", "channel"] {
        told.extend(expected.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    tell(&extraction, &mut told);
    Value::Object(told)
}

fn tell(extraction: &Extraction, told: &mut Map<String, Value>) {
    told.insert("kind".into(), json!(extraction.kind));
    told.insert("dialect".into(), json!(extraction.dialect));
    for (key, value) in [("item", json!(extraction.item)), ("shown_at", json!(extraction.shown_at))] {
        if !value.is_null() {
            told.insert(key.to_owned(), value);
        }
    }
    if let Some(labels) = &extraction.skeleton {
        told.insert("labels".into(), labels.elements.keys().map(|element| json!(element.zh())).collect());
    }
    if extraction.wants_rendering() {
        told.insert("wants_rendering".into(), json!(true));
    }
    let links: Vec<Value> = extraction
        .links
        .iter()
        .map(|link| {
            let mut shown = json!({"role": link.role, "text": link.text, "url": link.url.as_str()});
            if let Some(query) = &link.query {
                shown["query"] = json!(query.text);
            }
            shown
        })
        .collect();
    told.insert("links".into(), Value::Array(links));
    let issues: BTreeSet<&str> = extraction.issues.iter().map(|issue| issue.kind.as_str()).collect();
    told.insert("issues".into(), json!(issues));
    if let Some(guide) = &extraction.guide {
        told.insert("guide".into(), guide_told(guide));
    }
}

fn guide_told(guide: &ServiceGuide) -> Value {
    let elements: BTreeMap<&str, Value> =
        guide.elements.iter().map(|(element, reading)| (element.zh(), state(reading, |words| json!(words)))).collect();
    json!({
        "title": guide.title.value(),
        "code": guide.code.as_ref().map(|code| &code.value),
        "elements": elements,
        "statutory": state(&guide.statutory, limit),
        "promised": state(&guide.promised, limit),
        "visits": state(&guide.visits, |count| json!(count)),
        "fee": state(&guide.fee, |yes| json!(yes)),
        "materials": state(&guide.materials, |list| list.iter().map(material).collect()),
        "steps": state(&guide.steps, |list| list.iter().map(step).collect()),
        "flowchart": state(&guide.flowchart, chart),
        "other_limits": guide.other_limits.iter().map(|limit| &limit.raw).collect::<Vec<_>>(),
    })
}

/// The value, or in brackets what stands in its place.
fn state<T>(reading: &Reading<T>, tell: impl Fn(&T) -> Value) -> Value {
    match reading {
        Reading::Stated(located) => tell(&located.value),
        Reading::Blank { label, .. } => json!({"blank": label}),
        Reading::Placeholder { raw, .. } => json!({"placeholder": raw}),
        Reading::Unreadable { raw, .. } => json!({"unreadable": raw}),
        Reading::Absent => Value::Null,
    }
}

fn limit(limit: &TimeLimit) -> Value {
    json!(limit.span)
}

fn material(material: &Material) -> Value {
    let offer = |offer: &FormOffer| match offer {
        FormOffer::Link { url, .. } => json!(url.as_str()),
        FormOffer::Nothing { raw } => json!({"nothing": raw}),
        FormOffer::Unfollowable { raw } => json!({"unfollowable": raw}),
        FormOffer::Absent => Value::Null,
    };
    json!({
        "name": material.name,
        "necessity": material.necessity,
        "blank_form": offer(&material.blank_form),
        "sample_form": offer(&material.sample_form),
    })
}

fn step(step: &Step) -> Value {
    json!({
        "name": step.name,
        "limit": step.limit.as_ref().map(limit),
        "department": step.department,
        "outside_limit": step.outside_limit,
    })
}

fn chart(chart: &Flowchart) -> Value {
    json!({"kind": chart.kind, "url": chart.url.as_ref().map(Url::as_str), "steps": chart.steps.len()})
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Whatever a service answers, every family reads it or leaves it.
    #[test]
    fn no_answer_makes_a_family_panic(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
        keys in proptest::collection::vec("custom|data|CUSTOM|AUDIT_ITEM|AUDIT_ITEMLIST|PAGEINFO|tasklist|total|\
            taskmaterials|taskbasic|promiseday|specialsteplist|list|rows|result", 0..6),
        leaf in "\\PC{0,12}",
    ) {
        let inner = keys.iter().rev().fold(json!(leaf), |inner, key| {
            json!({key: [inner.clone()], "total": u64::MAX, "PAGESIZE": -1, "x": inner})
        });
        let nested = keys.iter().rev().fold(inner, |inner, key| json!({key: inner})).to_string();
        for address in [
            "http://h.test/web/rest/zwdtTask/getTaskBasicInfo",
            "http://h.test/web/rest/zwdtTask/getTaskList",
            "http://h.test/portal/api/v2/solr/getCommonAuditItem",
            "http://h.test/portal/api/v2/item-event/getAuditItemDetailCur?TASK_CODE=1",
            "http://h.test/jpaas-zjservice-server/open-api/item/getMatterListByTheme",
            "http://h.test/icity/api-v2/app.icity.govservice.GovProjectCmd/getInitList",
        ] {
            let url = Url::parse(address).expect("an address");
            for dialect in DIALECTS {
                for body in [bytes.as_slice(), nested.as_bytes()] {
                    let input = Input {
                        url: &url, purpose: &Purpose::Page, query: None, channel: ChannelKind::Portal,
                        dialect: Some(dialect.id), status: 200, headers: &[], body, built: false,
                        date: jiff::civil::date(2026, 11, 23),
                    };
                    let _ = extract(&input, &Settings::default());
                }
            }
        }
    }
}
