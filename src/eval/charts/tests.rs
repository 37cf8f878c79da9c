//! Hand-made readings of hand-made drawings: every figure is known beforehand.

use super::counts::{Characters, Counts};
use super::{Judged, Reading, Report, characters, graph, labels, verdicts};
use crate::eval::{Outcome, labels::LabelError};
use crate::model::Observation;
use crate::model::chart::{Area, Chart, Edge, Lane, Node, NodeKind, Words};

fn area(x: u32, y: u32) -> Area {
    Area { x, y, width: 100, height: 40 }
}

fn node(text: &str, area: Area) -> Node {
    Node { text: text.into(), kind: NodeKind::Step, area, confidence: 1.0, lane: None, notes: Vec::new() }
}

fn words(text: &str, area: Area) -> Words {
    Words { text: text.into(), area, confidence: 1.0 }
}

fn edge(from: usize, to: usize) -> Edge {
    Edge { from, to, directed: true, dashed: false, label: None, confidence: 1.0 }
}

/// 申请 → 受理 → 审查, with a limit beside the last, a title and a branch with words.
fn drawn() -> Chart {
    let mut review = node("审查", area(0, 200));
    review.notes.push(words("5个工作日", area(200, 200)));
    let mut branch = edge(1, 3);
    branch.label = Some("否".into());
    Chart {
        title: Some(words("取水许可流程图", Area { x: 0, y: 0, width: 200, height: 20 })),
        nodes: vec![node("申请", area(0, 40)), node("受理", area(0, 120)), review, node("不予受理", area(300, 120))],
        edges: vec![edge(0, 1), edge(1, 2), branch],
        ..Chart::default()
    }
}

/// Words on the branch, at their place.
fn printed() -> Vec<Words> {
    vec![words("否", Area { x: 150, y: 125, width: 14, height: 14 })]
}

fn graph_of(read: &Chart) -> graph::Graph {
    graph::score(&drawn(), &printed(), read)
}

fn characters_of(read: &Chart) -> Characters {
    characters::score(&drawn(), &printed(), read)
}

#[test]
fn a_perfect_reading_has_no_errors_and_an_f1_of_one() {
    let graph = graph_of(&drawn());
    assert_eq!(graph.nodes, Counts { right: 4, read: 4, there: 4 });
    assert_eq!(graph.edges.f1(), Some(1.0));
    assert_eq!(graph.labels, Counts { right: 1, read: 1, there: 1 });
    // 2 + 2 + 2 + 4 in nodes, 5 in the note, 7 in the title.
    assert_eq!(characters_of(&drawn()), Characters { errors: 0, there: 22 });
}

#[test]
fn an_edge_turned_around_is_one_wrong_and_one_missed() {
    let mut read = drawn();
    read.edges[1] = edge(2, 1);
    assert_eq!(graph_of(&read).edges, Counts { right: 2, read: 3, there: 3 });
}

#[test]
fn a_line_whose_head_was_not_seen_claims_no_direction() {
    let mut read = drawn();
    read.edges[1].directed = false;
    assert_eq!(graph_of(&read).edges, Counts { right: 2, read: 2, there: 3 });
}

#[test]
fn a_drawn_line_without_a_head_may_be_read_in_either_direction() {
    let mut truth = drawn();
    truth.edges[0].directed = false;
    let mut read = drawn();
    read.edges[0] = edge(1, 0);
    assert_eq!(graph::score(&truth, &[], &read).edges.f1(), Some(1.0));
}

#[test]
fn a_node_split_in_two_is_one_missed_and_two_wrong_and_its_words_are_still_read() {
    let mut read = drawn();
    let halves = [("不予", 300), ("受理", 350)].map(|(text, x)| node(text, Area { x, y: 120, width: 50, height: 40 }));
    read.nodes.truncate(3);
    read.nodes.extend(halves);
    read.edges.truncate(2);
    let graph = graph_of(&read);
    assert_eq!(graph.nodes, Counts { right: 3, read: 5, there: 4 });
    assert_eq!(graph.edges, Counts { right: 2, read: 2, there: 3 });
    assert_eq!(characters_of(&read).errors, 0);
}

#[test]
fn two_nodes_read_as_one_are_both_missed_unless_its_words_are_one_of_theirs() {
    let mut read = drawn();
    read.nodes[0] = node("申请受理", Area { x: 0, y: 40, width: 100, height: 120 });
    read.nodes.remove(1);
    read.edges.clear();
    assert_eq!(graph_of(&read).nodes, Counts { right: 2, read: 3, there: 4 });
}

#[test]
fn a_note_read_as_a_node_counts_for_nothing() {
    let mut read = drawn();
    read.nodes[2].notes.clear();
    read.nodes.push(node("5个工作日", area(200, 200)));
    read.edges.push(edge(2, 4));
    let graph = graph_of(&read);
    assert_eq!((graph.nodes, graph.edges.f1()), (Counts { right: 4, read: 4, there: 4 }, Some(1.0)));
    assert_eq!(characters_of(&read).errors, 0, "the words are there, whatever they were taken for");
}

#[test]
fn a_node_that_is_not_there_is_wrong_and_so_is_its_edge() {
    let mut read = drawn();
    read.nodes.push(node("公示", area(300, 400)));
    read.edges.push(edge(2, 4));
    let graph = graph_of(&read);
    assert_eq!(graph.nodes, Counts { right: 4, read: 5, there: 4 });
    assert_eq!(graph.edges, Counts { right: 3, read: 4, there: 3 });
    assert_eq!(characters_of(&read).errors, 2, "words where nothing is printed are insertions");
}

#[test]
fn the_same_words_in_another_place_are_another_node() {
    let mut read = drawn();
    read.nodes[0].area = area(600, 600);
    assert_eq!(graph_of(&read).nodes.right, 3);
}

#[test]
fn wrong_and_missing_characters_are_counted() {
    let mut read = drawn();
    read.nodes[2].notes[0].text = "6个工作日".into();
    read.title = None;
    assert_eq!(characters_of(&read), Characters { errors: 1 + 7, there: 22 });
}

#[test]
fn words_on_arrows_read_as_loose_words_are_no_insertion() {
    let mut read = drawn();
    read.edges[2].label = None;
    read.words.extend(printed());
    assert_eq!(characters_of(&read).errors, 0);
    assert_eq!(graph_of(&read).labels, Counts { right: 0, read: 0, there: 1 });
}

#[test]
fn headings_of_lanes_are_compared_wherever_they_were_put() {
    let lane = |title: &str, x| Lane { title: title.into(), area: Area { x, y: 0, width: 200, height: 600 } };
    let mut truth = drawn();
    truth.lanes = vec![lane("综合窗口", 0), lane("水资源科", 250)];
    let mut read = truth.clone();
    read.lanes.remove(1);
    read.words.push(words("水资原科", Area { x: 620, y: 0, width: 80, height: 20 }));
    let score = characters::score(&truth, &[], &read);
    assert_eq!(score, Characters { errors: 1, there: 30 });
}

#[test]
fn charts_without_places_are_matched_by_their_words() {
    let html = |names: &[&str]| Chart {
        nodes: names.iter().map(|name| node(name, Area::default())).collect(),
        edges: (1..names.len()).map(|to| edge(to - 1, to)).collect(),
        ..Chart::default()
    };
    let graph = graph::score(&html(&["申请", "受理", "审查"]), &[], &html(&["申请", "受理", "决定"]));
    assert_eq!(graph.nodes, Counts { right: 2, read: 3, there: 3 });
    assert_eq!(graph.edges, Counts { right: 1, read: 2, there: 2 });
}

#[test]
fn edges_of_a_drawing_without_arrows_are_not_scored() {
    let mut truth = drawn();
    truth.edges.clear();
    assert_eq!(graph::score(&truth, &[], &drawn()).edges.f1(), None);
}

const CONSISTENCY: &str = "guide.flowchart_consistency";

/// A pair with these faults, each a kind; `readable` as given.
fn pair(class: &str, faults: &[&str], readable: bool) -> labels::ChartCase {
    let digest = "0".repeat(64);
    let faults: Vec<serde_json::Value> = faults
        .iter()
        .map(|kind| serde_json::json!({"page": "portal", "property": CONSISTENCY, "kind": kind}))
        .collect();
    let set = serde_json::json!({"schema": labels::SCHEMA, "cases": [{
        "look": "word", "hard": false, "readable": readable, "difference": "order", "class": class,
        "charts": [{"page": digest, "layout": "vertical", "chart": drawn(), "other": printed()}],
        "case": {
            "id": "charts/1/1",
            "pages": {digest.clone(): {"role": "portal", "urls": ["http://127.0.0.1/guide.html"]}},
            "faults": faults,
        },
    }]});
    labels::parse("a.json", &set.to_string()).expect("well formed").cases.remove(0)
}

/// What was said on the comparison of the page at this address, with findings of these kinds.
fn said(url: &str, outcome: &str, kinds: &[&str]) -> Observation {
    let findings: Vec<serde_json::Value> = kinds
        .iter()
        .map(|kind| {
            serde_json::json!({"kind": kind, "severity": "error", "message_zh": "不一致", "message_en": "", "remedy_zh": "",
                "remedy_en": "", "quotes": [], "at": []})
        })
        .collect();
    serde_json::from_value(serde_json::json!({
        "schema": "portal-probe.observation/1", "id": format!("sha256:{}", "0".repeat(64)), "run": "r",
        "observed_at": "2026-11-24T00:00:00+08:00", "city": {"code": "000000", "name": "", "region": ""},
        "channel": "portal", "subject": {"kind": "guide", "key": "g", "name": "", "url": url}, "property": CONSISTENCY,
        "outcome": outcome, "reason": null, "value": null, "unit": null, "confidence": 0.9, "findings": findings,
        "evidence": [], "procedure": {"tool": "portal-probe", "version": "0", "check": CONSISTENCY, "dialect": null},
    }))
    .expect("an observation")
}

const GUIDE: &str = "http://127.0.0.1/guide.html";

#[test]
fn a_planted_difference_that_is_found_is_right_and_another_finding_a_false_accusation() {
    let case = pair("planted", &["order_differs"], true);
    let verdict = verdicts::score(&case, &[said(GUIDE, "failed", &["order_differs", "time_limit_differs"])]);
    assert_eq!(verdict.kinds["order_differs"].right, 1);
    assert_eq!(verdict.kinds["time_limit_differs"].wrong, 1);
    assert_eq!(verdict.false_accusations.len(), 1);
}

#[test]
fn silence_and_acquittal_are_told_apart() {
    let case = pair("planted", &["order_differs"], true);
    let tally = |outcome: &str| verdicts::score(&case, &[said(GUIDE, outcome, &[])]).kinds["order_differs"];
    assert_eq!((tally("cant_tell").cant_tell, tally("cant_tell").missed), (1, 0));
    assert_eq!((tally("passed").cant_tell, tally("passed").missed), (0, 1));
    assert_eq!(verdicts::score(&case, &[]).kinds["order_differs"].cant_tell, 1, "no statement at all");
}

#[test]
fn statements_on_other_pages_are_no_statements_on_the_pair() {
    let case = pair("consistent", &[], true);
    let verdict = verdicts::score(&case, &[said("http://127.0.0.1/other.html", "failed", &["order_differs"])]);
    assert!(verdict.false_accusations.is_empty() && verdict.compared.is_none());
}

#[test]
fn of_a_chart_that_nobody_can_read_nothing_need_be_found_and_nothing_may_be_invented() {
    let case = pair("planted", &["order_differs"], false);
    assert_eq!(verdicts::score(&case, &[said(GUIDE, "cant_tell", &[])]).kinds["order_differs"].there(), 0);
    let verdict = verdicts::score(&case, &[said(GUIDE, "failed", &["step_missing_in_chart"])]);
    assert_eq!(verdict.false_accusations.len(), 1);
}

#[test]
fn the_report_has_a_row_for_each_look_and_names_false_accusations_with_their_case() {
    let mut report = Report::default();
    let outcome = |observations| Outcome { readings: std::collections::BTreeMap::new(), observations };
    let read = Judged {
        readings: vec![Reading::Read(drawn())],
        outcome: outcome(vec![said(GUIDE, "failed", &["department_differs"])]),
    };
    report.add(&pair("legitimate", &[], true), &read);
    let unread = Judged { readings: vec![Reading::NoReader], outcome: outcome(vec![said(GUIDE, "cant_tell", &[])]) };
    report.add(&pair("planted", &["order_differs"], true), &unread);
    let all = report.all();
    assert_eq!((all.pairs, all.read, all.no_reader, all.cant_tell), (2, 1, 1, 1));
    assert_eq!((all.nodes.f1(), all.characters.rate()), (Some(1.0), Some(0.0)));
    assert_eq!((report.failed(labels::Class::Legitimate), report.failed(labels::Class::Planted)), (1, 0));
    let words = report.words();
    assert!(
        words.contains("1 false accusations") && words.contains("charts/1/1 word order department_differs"),
        "{words}"
    );
    let json = report.json(crate::eval::Half::All);
    assert_eq!(json["looks"]["word"]["node_f1"], 1.0);
    assert_eq!(json["prints"]["normal"]["counts"]["pairs"], 2);
    assert!(json["prints"].get("unreadable").is_none(), "no such look was scored");
}

#[test]
fn a_mistake_in_the_labels_is_named_with_file_and_case() {
    let mut wrong = drawn();
    wrong.edges.push(edge(0, 9));
    let digest = "0".repeat(64);
    let text = |page: &str, chart: &Chart| {
        serde_json::json!({"schema": labels::SCHEMA, "cases": [{
            "look": "word", "hard": false, "readable": true, "difference": "order", "class": "planted",
            "charts": [{"page": page, "layout": "vertical", "chart": chart}],
            "case": {"id": "charts/1/1", "pages": {digest.clone(): {"role": "portal", "urls": [GUIDE]}}},
        }]})
        .to_string()
    };
    let error = |text: &str| -> String {
        let error: LabelError = labels::parse("a.json", text).expect_err("a mistake");
        error.to_string()
    };
    let edge = error(&text(&digest, &wrong));
    assert!(edge.contains("a.json") && edge.contains("charts/1/1") && edge.contains("from 0 to 9"), "{edge}");
    assert!(error(&text(&"1".repeat(64), &drawn())).contains("not among its pages"));
    assert!(error("{\"schema\":\"x\",\"cases\":[]}").contains("is not `portal-probe.chart-labels/1`"));
}
