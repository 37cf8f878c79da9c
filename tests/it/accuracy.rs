//! The evaluation on guides poured from the demo's errands: it finds what was planted, accuses nobody falsely, and
//! notices when a label or a page is wrong.

use std::sync::LazyLock;

use portal_probe::engine::evaluation::{self, Pages};
use portal_probe::engine::judge::RunContext;
use portal_probe::eval::{self, Half, LabelSet, Report, Shown};
use portal_probe::synthetic::{self, Synthesis};
use url::Url;

use crate::support;

static MADE: LazyLock<Synthesis> = LazyLock::new(|| synthetic::synthesise(&synthetic::of_the_demo(), 7, 60));

fn context() -> RunContext {
    support::single_page(&Url::parse("http://127.0.0.1/").expect("a valid address"))
}

fn labels(text: &serde_json::Value) -> Vec<LabelSet> {
    vec![eval::labels::parse("labels.json", &text.to_string()).expect("the generator writes labels of our format")]
}

fn pages(made: &Synthesis) -> Pages {
    let mut pages = Pages::default();
    made.files.iter().for_each(|(_, bytes)| pages.add(bytes.clone()));
    pages
}

fn score(labels: &serde_json::Value) -> Report {
    evaluation::evaluate(&self::labels(labels), Half::All, &pages(&MADE), &context())
}

fn least(share: Option<f64>, floor: f64, what: &str, report: &Report) {
    assert!(share.is_some_and(|share| share >= floor), "{what} below {floor}\n{}", report.words(Shown::All));
}

#[test]
fn readings_and_findings_of_poured_guides_are_right() {
    let report = score(&MADE.labels);
    assert_eq!((report.cases(), report.not_measured().len()), (60, 0));
    let (elements, findings) = (report.elements(), report.findings());
    least(elements.precision().value, 0.99, "precision of elements", &report);
    least(elements.recall().value, 0.97, "recall of elements", &report);
    least(findings.precision().value, 0.98, "precision of findings", &report);
    least(findings.recall().value, 0.90, "recall of findings", &report);
    assert_eq!(findings.wrong, 0, "{}", report.words(Shown::All));
    assert_eq!(report.failed_on_unmeasurable(), 0, "{}", report.words(Shown::All));
    assert!(MADE.planted.iter().map(|(_, count)| count).sum::<usize>() >= 15, "{:?}", MADE.planted);
}

#[test]
fn a_wrong_label_is_a_miss_and_a_missing_page_is_named() {
    let mut wrong = MADE.labels.clone();
    let case = &mut wrong["cases"][1];
    case["faults"] = serde_json::json!([{"page": "portal", "property": "guide.flowchart", "kind": "missing"}]);
    let page = case["pages"].as_object_mut().and_then(|pages| pages.values_mut().find(|page| page["role"] == "portal"));
    page.expect("the case has a portal page")["says"]["item_type"] = "又一种类型".into();
    wrong["cases"][2]["pages"] = serde_json::json!({"0".repeat(64): {"role": "portal"}});
    let report = score(&wrong);
    let id = wrong["cases"][1]["id"].as_str().unwrap_or_default();
    let kinds: Vec<(&str, &str)> = report
        .misses(Shown::All)
        .iter()
        .filter(|miss| miss.case == id)
        .map(|miss| (miss.of.as_str(), miss.kind))
        .collect();
    assert!(kinds.contains(&("item_type", "misread")) && kinds.contains(&("guide.flowchart", "missed")), "{kinds:?}");
    assert_eq!(report.not_measured().len(), 1);
}

#[test]
fn the_closed_half_keeps_its_misses_and_the_halves_share_no_case() {
    let mut broken = MADE.labels.clone();
    for case in broken["cases"].as_array_mut().into_iter().flatten() {
        for page in case["pages"].as_object_mut().into_iter().flat_map(|pages| pages.values_mut()) {
            if page["says"].is_object() {
                page["says"]["item_type"] = "又一种类型".into();
            }
        }
    }
    let sets = labels(&broken);
    let of = |half| evaluation::evaluate(&sets, half, &pages(&MADE), &context());
    let (development, closed) = (of(Half::Development), of(Half::Closed));
    assert_eq!(development.cases() + closed.cases(), 60);
    assert!(development.cases() > 15 && closed.cases() > 15);
    assert!(!development.misses(Shown::Open).is_empty() && closed.misses(Shown::Open).is_empty());
    assert!(!closed.misses(Shown::All).is_empty());
}

#[test]
fn the_same_seed_gives_the_same_guides_and_labels_keep_their_schema() {
    let again = synthetic::synthesise(&synthetic::of_the_demo(), 7, 60);
    assert_eq!((&again.labels, &again.files), (&MADE.labels, &MADE.files));
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../schemas/labels.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    assert!(validator.is_valid(&MADE.labels), "{:?}", validator.iter_errors(&MADE.labels).next());
    assert!(!validator.is_valid(&serde_json::json!({"schema": "portal-probe.labels/1", "cases": []})));
}
