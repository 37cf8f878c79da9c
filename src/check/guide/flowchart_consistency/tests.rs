//! What the comparison of chart and text finds, and what it leaves in peace.

use super::*;
use crate::check::guide_testing::{Night, chart, file, guide, page, stated, step, url};
use crate::model::charted::{ChartReading, Drawn};
use crate::model::extraction::FileFormat;
use crate::model::{FlowchartKind, Outcome, Reading, ServiceGuide};

fn with(text: Vec<Step>, steps: Vec<Step>) -> ServiceGuide {
    ServiceGuide {
        steps: stated(text, "办理流程"),
        flowchart: chart(FlowchartKind::Html, "流程图", steps),
        ..guide("公司设立登记")
    }
}

fn kinds(verdict: &Verdict) -> Vec<&str> {
    verdict.findings.iter().map(|finding| finding.kind.as_str()).collect()
}

fn plain(names: &[&str]) -> Vec<Step> {
    names.iter().map(|name| step(name, None)).collect()
}

fn days(steps: &[(&str, u32)]) -> Vec<Step> {
    steps.iter().map(|(name, days)| step(name, Some(*days))).collect()
}

#[test]
fn chart_and_text_in_other_words_pass_with_their_alignment() {
    let text = plain(&["申请", "受理", "审查", "决定", "送达"]);
    let verdict = Night::of_guide(&CHECK, with(text, plain(&["网上申报", "收件受理", "初审", "复审", "核准", "发证"])));
    assert_eq!(verdict.outcome, Outcome::Passed, "{:?}", verdict.findings);
    assert!(verdict.value.as_array().is_some_and(|rows| rows.len() >= 4));
}

#[test]
fn a_step_that_only_one_side_has_fails_with_both_sides() {
    let full = || plain(&["受理", "审查", "决定", "送达"]);
    let short = || plain(&["受理", "决定", "送达"]);
    let in_chart = Night::of_guide(&CHECK, with(full(), short()));
    assert_eq!(kinds(&in_chart), ["step_missing_in_chart"]);
    assert_eq!(in_chart.findings[0].quotes, ["审查", "受理 → 决定 → 送达"]);
    assert_eq!(in_chart.findings[0].at.len(), 4);
    assert_eq!(kinds(&Night::of_guide(&CHECK, with(short(), full()))), ["step_missing_in_text"]);
}

#[test]
fn a_site_visit_that_only_the_chart_has_fails_and_a_publication_does_not() {
    let text = || days(&[("受理", 1), ("审查", 3), ("决定", 1)]);
    let with_special = |name: &str| {
        let mut steps = text();
        steps.insert(2, step(name, Some(2)));
        steps
    };
    assert_eq!(kinds(&Night::of_guide(&CHECK, with(text(), with_special("现场勘验")))), ["step_missing_in_text"]);
    assert_eq!(Night::of_guide(&CHECK, with(text(), with_special("公示"))).outcome, Outcome::Passed);
}

#[test]
fn another_order_fails() {
    let guide = with(plain(&["受理", "审查", "决定"]), plain(&["受理", "决定", "审查"]));
    let verdict = Night::of_guide(&CHECK, guide);
    assert_eq!(kinds(&verdict), ["order_differs"]);
    assert_eq!(verdict.findings[0].quotes, ["审查 → 决定", "决定 → 审查"]);
}

#[test]
fn limits_are_compared_by_act_and_by_sum() {
    let text = || days(&[("受理", 1), ("审查", 3), ("决定", 1)]);
    let other = days(&[("受理", 1), ("审查", 5), ("决定", 1)]);
    assert_eq!(kinds(&Night::of_guide(&CHECK, with(text(), other))), ["time_limit_differs"]);
    let split = days(&[("受理", 1), ("初审", 1), ("复审", 2), ("决定", 1)]);
    assert_eq!(Night::of_guide(&CHECK, with(text(), split)).outcome, Outcome::Passed);
    let silent = plain(&["受理", "审查", "决定"]);
    let verdict = Night::of_guide(&CHECK, with(silent, days(&[("受理", 1), ("审查", 8), ("决定", 1)])));
    assert_eq!(kinds(&verdict), ["time_limit_differs"]);
}

#[test]
fn another_authority_fails_and_a_counter_does_not() {
    let by = |name: &str| {
        let mut steps = plain(&["受理", "审查", "决定"]);
        steps[1].department = Some(name.into());
        steps
    };
    let verdict = Night::of_guide(&CHECK, with(by("市市场监督管理局"), by("市公安局")));
    assert_eq!(kinds(&verdict), ["department_differs"]);
    let counter = Night::of_guide(&CHECK, with(by("市市场监督管理局"), by("综合受理窗口")));
    assert_eq!(counter.outcome, Outcome::Passed);
    let short = Night::of_guide(&CHECK, with(by("杭州市市场监督管理局"), by("市市场监管局")));
    assert_eq!(short.outcome, Outcome::Passed);
    let sections = Night::of_guide(&CHECK, with(by("登记注册科"), by("政策法规科")));
    assert_eq!(kinds(&sections), ["department_differs"]);
    let section_of_it = Night::of_guide(&CHECK, with(by("市市场监督管理局"), by("登记注册科")));
    assert_eq!(section_of_it.outcome, Outcome::Passed);
}

#[test]
fn a_chart_of_another_errand_fails_and_a_bare_title_does_not() {
    let steps = || plain(&["受理", "审查", "决定"]);
    let titled = |title: &str| ServiceGuide {
        steps: stated(steps(), "办理流程"),
        flowchart: chart(FlowchartKind::Html, title, steps()),
        ..guide("公司设立登记")
    };
    for title in ["公司注销登记流程图", "食品经营许可办理流程图", "公章刻制备案流程图"] {
        assert_eq!(kinds(&Night::of_guide(&CHECK, titled(title))), ["other_item"], "{title}");
    }
    for title in [
        "业务流程图",
        "办理流程图",
        "公司设立登记流程图",
        "企业登记流程图",
        "企业开办流程图",
        "行政许可流程图",
        "一网通办流程图",
        "设立、变更登记流程图",
    ] {
        assert_eq!(Night::of_guide(&CHECK, titled(title)).outcome, Outcome::Passed, "{title}");
    }
}

#[test]
fn a_picture_and_a_missing_text_cannot_be_told() {
    let picture = Flowchart {
        kind: FlowchartKind::Image,
        url: Some(url("portal", "/c.png")),
        steps: Vec::new(),
        goes_on: false,
        tiles: None,
        drawn: None,
    };
    let picture = ServiceGuide { flowchart: stated(picture, "流程图"), ..guide("公司设立登记") };
    let night = Night::new().portal(page("/g").guide(picture)).portal(file("/c.png", FileFormat::Png, "chart"));
    let verdict = night.judge_one(&CHECK, "portal", "registration");
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    let silent = ServiceGuide { steps: Reading::Absent, ..with(Vec::new(), plain(&["受理"])) };
    let verdict = Night::of_guide(&CHECK, silent);
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
}

#[test]
fn a_drawing_in_a_file_is_compared_but_its_order_is_not_trusted() {
    let drawing = Flowchart {
        kind: FlowchartKind::Svg,
        url: Some(url("portal", "/c.svg")),
        steps: Vec::new(),
        goes_on: false,
        tiles: None,
        drawn: None,
    };
    let guide = ServiceGuide {
        steps: stated(plain(&["受理", "审查", "决定"]), "办理流程"),
        flowchart: stated(drawing, "流程图"),
        ..guide("公司设立登记")
    };
    let judge = |steps: &[&str]| {
        let svg = file("/c.svg", FileFormat::Svg, "svg").drawing(plain(steps));
        let night = Night::new().portal(page("/g").guide(guide.clone())).portal(svg);
        night.judge_one(&CHECK, "portal", "registration")
    };
    assert_eq!(judge(&["受理", "决定", "审查"]).outcome, Outcome::Passed);
    let lacking = judge(&["受理", "决定"]);
    assert_eq!(lacking.outcome, Outcome::CantTell, "a box may not have been seen: {lacking:?}");
}

#[test]
fn a_table_that_is_both_chart_and_text_has_nothing_to_be_compared_with() {
    let steps = plain(&["受理", "审查", "决定"]);
    let same = Flowchart {
        kind: FlowchartKind::Table,
        url: None,
        steps: steps.clone(),
        goes_on: false,
        tiles: None,
        drawn: None,
    };
    let guide =
        ServiceGuide {
            steps: stated(steps, "办理流程"), flowchart: stated(same, "流程图"), ..guide("公司设立登记")
        };
    assert_eq!(Night::of_guide(&CHECK, guide).outcome, Outcome::Inapplicable);
}

/// A picture in which these boxes were read; `other` words stand in no box.
fn drawn(names: &[(&str, Option<u32>)], other: &[&str]) -> DrawnProcess {
    let steps = (0..).zip(names).map(|(number, (name, days))| Step {
        at: crate::model::Locator::Fragment(format!("xywh=0,{},100,40", number * 60)),
        ..step(name, *days)
    });
    DrawnProcess {
        steps: steps.collect(),
        is_ordered: true,
        is_whole: true,
        title: None,
        words: other.iter().map(ToString::to_string).collect(),
    }
}

fn reading() -> ChartReading {
    ChartReading { reader: "test".into(), ..ChartReading::default() }
}

fn against_picture(text: Vec<Step>, process: DrawnProcess) -> Verdict {
    let chart = Flowchart {
        kind: FlowchartKind::Image,
        url: Some(url("portal", "/chart.png")),
        steps: Vec::new(),
        goes_on: false,
        tiles: None,
        drawn: None,
    };
    let guide =
        ServiceGuide {
            steps: stated(text, "办理流程"), flowchart: stated(chart, "流程图"), ..guide("公司设立登记")
        };
    Night::new()
        .portal(page("/g").guide(guide))
        .portal(file("/chart.png", FileFormat::Png, "picture").drawn(Drawn { reading: reading(), process }))
        .judge_one(&CHECK, "portal", "registration")
}

const DRAWN: [(&str, Option<u32>); 4] = [("申请", None), ("受理", Some(1)), ("审查", Some(3)), ("决定", Some(1))];

fn said() -> Vec<Step> {
    vec![step("申请", None), step("受理", Some(1)), step("审查", Some(3)), step("决定", Some(1))]
}

#[test]
fn a_picture_that_says_the_same_passes() {
    let verdict = against_picture(said(), drawn(&DRAWN, &["内资公司设立登记流程图", "是", "否", "不予受理"]));
    assert_eq!(verdict.outcome, Outcome::Passed, "{verdict:?}");
}

#[test]
fn another_limit_in_a_picture_fails_and_points_at_the_box() {
    let mut boxes = DRAWN;
    boxes[2].1 = Some(5);
    let verdict = against_picture(said(), drawn(&boxes, &[]));
    assert_eq!(kinds(&verdict), ["time_limit_differs"]);
    let places: Vec<_> = verdict.findings[0].at.iter().map(|at| &verdict.evidence[*at].locator).collect();
    assert!(places.contains(&&crate::model::Locator::Fragment("xywh=0,120,100,40".into())), "{places:?}");
}

#[test]
fn a_step_is_missing_in_a_picture_only_if_no_word_of_it_speaks_of_the_step() {
    let without = [DRAWN[0], DRAWN[1], DRAWN[3]];
    let outcome = |process: DrawnProcess| {
        let verdict = against_picture(said(), process);
        (verdict.outcome, verdict.reason, kinds(&verdict).join(" "))
    };
    let open = (Outcome::CantTell, Some(Reason::NotComparable), String::new());
    assert_eq!(outcome(drawn(&without, &[])).2, "step_missing_in_chart");
    assert_eq!(outcome(drawn(&without, &["审查是否通过？"])), open);
    assert_eq!(outcome(drawn(&without, &["承办人审批"])), open);
    let misread = [DRAWN[0], DRAWN[1], ("宙查", Some(3)), DRAWN[3]];
    assert_eq!(outcome(drawn(&misread, &[])), open, "a box whose words we do not know may be the step");
    let torn = outcome(DrawnProcess { is_whole: false, ..drawn(&without, &[]) });
    assert_eq!((torn.0, torn.2.as_str()), (Outcome::CantTell, ""), "one box could not be read");
    let loose = outcome(DrawnProcess { is_ordered: false, ..drawn(&without, &[]) });
    assert_eq!((loose.0, loose.2.as_str()), (Outcome::CantTell, ""), "a box may not have been seen");
}

#[test]
fn order_and_additions_in_a_picture_need_unbroken_arrows() {
    let turned = [DRAWN[0], DRAWN[1], DRAWN[3], DRAWN[2]];
    let more = [DRAWN[0], DRAWN[1], DRAWN[2], ("现场勘验", Some(2)), DRAWN[3]];
    for (boxes, kind) in [(&turned[..], "order_differs"), (&more[..], "step_missing_in_text")] {
        assert_eq!(kinds(&against_picture(said(), drawn(boxes, &[]))), [kind]);
        let loose = against_picture(said(), DrawnProcess { is_ordered: false, ..drawn(boxes, &[]) });
        assert_ne!(loose.outcome, Outcome::Failed, "{kind}: {loose:?}");
    }
}

#[test]
fn a_picture_s_own_heading_names_another_errand() {
    let heading = |words: &str| {
        let title = Some(crate::check::guide_testing::located(words.to_owned(), words));
        against_picture(said(), DrawnProcess { title, ..drawn(&DRAWN, &[]) })
    };
    assert_eq!(kinds(&heading("公司注销登记流程图")), ["other_item"]);
    for harmless in ["公司设立登记流程图", "行政许可流程图", "办理流程图", "业务流程图"] {
        assert_eq!(heading(harmless).outcome, Outcome::Passed, "{harmless}");
    }
}

#[test]
fn a_picture_that_was_refused_is_unreadable() {
    let refused = DrawnProcess { steps: Vec::new(), is_whole: false, is_ordered: false, ..drawn(&[], &[]) };
    let verdict = against_picture(said(), refused);
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
}

#[test]
fn a_chart_that_may_go_on_in_another_picture_lacks_nothing() {
    let chart = Flowchart {
        kind: FlowchartKind::Image,
        url: Some(url("portal", "/chart.png")),
        steps: Vec::new(),
        goes_on: true,
        tiles: None,
        drawn: None,
    };
    let guide =
        ServiceGuide {
            steps: stated(said(), "办理流程"), flowchart: stated(chart, "流程图"), ..guide("公司设立登记")
        };
    let verdict = Night::new()
        .portal(page("/g").guide(guide))
        .portal(
            file("/chart.png", FileFormat::Png, "picture")
                .drawn(Drawn { reading: reading(), process: drawn(&DRAWN[..2], &[]) }),
        )
        .judge_one(&CHECK, "portal", "registration");
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotComparable)));
}

#[test]
fn steps_side_by_side_take_as_long_as_the_longest() {
    let boxes = [DRAWN[0], DRAWN[1], ("规划部门审查", Some(3)), ("消防部门审查", Some(2)), DRAWN[3]];
    let verdict = against_picture(said(), DrawnProcess { is_ordered: false, ..drawn(&boxes, &[]) });
    assert!(!kinds(&verdict).contains(&"time_limit_differs"), "{verdict:?}");
    let other = [DRAWN[0], DRAWN[1], ("规划部门审查", Some(9)), ("消防部门审查", Some(2)), DRAWN[3]];
    assert!(kinds(&against_picture(said(), drawn(&other, &[]))).contains(&"time_limit_differs"));
}

#[test]
fn making_apart_from_delivering_is_no_other_limit() {
    let text = days(&[("受理", 1), ("审查", 3), ("决定", 1), ("送达", 1)]);
    let chart = vec![
        step("受理", Some(1)),
        step("审查", Some(3)),
        step("决定", Some(1)),
        step("制证", Some(1)),
        step("送达", Some(0)),
    ];
    let verdict = Night::of_guide(&CHECK, with(text, chart));
    assert!(!kinds(&verdict).contains(&"time_limit_differs"), "{verdict:?}");
}

#[test]
fn the_last_step_is_not_missed_in_a_picture() {
    let verdict = against_picture(said(), drawn(&DRAWN[..3], &[]));
    assert_ne!(verdict.outcome, Outcome::Failed, "{verdict:?}");
}
