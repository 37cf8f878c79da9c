//! Tries the reader on pages that nobody here wrote, where they are at hand (`PORTAL_PROBE_REALDATA`).

use std::path::PathBuf;

use url::Url;

use super::{GuideReading, read};
use crate::extract::dom::Dom;
use crate::model::guide::{FlowchartKind, Span};
use crate::model::{Element, Reading, TimeUnit};

/// The folder of real material, if this machine has it; without it these tests have nothing to say.
fn folder() -> Option<PathBuf> {
    let path =
        std::env::var_os("PORTAL_PROBE_REALDATA").map_or_else(|| PathBuf::from("../shared/realdata"), PathBuf::from);
    path.is_dir().then_some(path)
}

fn read_text(text: &str) -> Option<GuideReading> {
    read(&Dom::parse(text), &Url::parse("https://portal.example/guide/1.html").expect("a valid address"))
}

fn text_of(path: &str) -> Option<String> {
    let bytes = std::fs::read(folder()?.join(path)).expect("the folder of real material is complete");
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn days(count: u32) -> Span {
    Span::Amount { hundredths: count * 100, unit: TimeUnit::WorkingDay }
}

#[test]
fn the_passport_guide_is_read_and_its_notice_look_alike_is_not() {
    let Some(text) = text_of("linyi-h5/shuoming1.html") else { return };
    let GuideReading { guide, confidence, .. } = read_text(&text).expect("a guide");
    assert!(confidence > 0.5, "{confidence}");
    assert_eq!(guide.title.value().map(String::as_str), Some("普通护照首次"));
    assert_eq!(guide.promised.value().map(|limit| limit.span), Some(days(7)));
    assert_eq!(guide.statutory.value().map(|limit| limit.span), Some(days(7)));
    assert_eq!(guide.fee.value(), Some(&true));
    assert_eq!(guide.materials.value().map(Vec::len), Some(6), "{:?}", guide.materials);
    assert!(guide.text(Element::AcceptingBody).is_some());
    assert!(guide.steps.value().is_some_and(|steps| steps.len() == 3), "{:?}", guide.steps);
    let notice = text_of("linyi-h5/shuoming2.html").expect("the folder is there");
    assert!(read_text(&notice).is_none_or(|reading| reading.confidence < 0.5));
}

#[test]
fn the_h5_guides_of_both_layouts_are_guides_with_materials() {
    if folder().is_none() {
        return;
    }
    for number in 1..=24 {
        let text = text_of(&format!("linyi-h5/huzheng/shuoming{number}.html")).expect("the folder is there");
        let reading = read_text(&text).unwrap_or_else(|| panic!("{number} is a guide"));
        assert!(reading.confidence > 0.5, "{number}: {}", reading.confidence);
        assert!(reading.guide.title.value().is_some(), "{number}");
        assert!(reading.guide.materials.value().is_some_and(|materials| !materials.is_empty()), "{number}");
        // The pre-check days of the process are no promise.
        assert!(reading.guide.promised.is_absent(), "{number}: {:?}", reading.guide.promised);
        assert!(reading.guide.statutory.is_absent(), "{number}");
    }
}

#[test]
fn the_tabbed_guide_is_read_and_its_special_limit_is_no_promise() {
    let Some(text) = text_of("pingtan/3办事指南.html") else { return };
    let GuideReading { guide, confidence, issues, .. } = read_text(&text).expect("a guide");
    assert!(confidence > 0.9, "{confidence}");
    assert_eq!(guide.statutory.value().map(|limit| limit.span), Some(days(50)));
    let promised = guide.promised.value().expect("a promise");
    assert_eq!((promised.span, promised.excludes.as_slice()), (days(25), &["不含公示时间".to_owned()][..]));
    assert_eq!(guide.other_limits.len(), 1);
    assert!(guide.other_limits[0].raw.contains("10个工作日"));
    assert_eq!(guide.materials.value().map(Vec::len), Some(4));
    assert_eq!(guide.steps.value().map(Vec::len), Some(4), "{:?}", guide.steps);
    assert_eq!(guide.flowchart.value().map(|chart| chart.kind), Some(FlowchartKind::Image));
    assert!(matches!(guide.element(Element::ItemCode), Reading::Blank { .. }));
    assert_eq!(guide.fee.value(), Some(&false));
    assert!(issues.iter().any(|issue| issue.kind == "second_flow"), "{issues:?}");
    assert!(guide.text(Element::LegalBasis).is_some_and(|words| words.contains("节约能源法")));
    assert!(guide.text(Element::Conditions).is_some_and(|words| words.contains("节能审查")));
}

#[test]
fn lists_policies_homes_and_news_are_no_guides() {
    if folder().is_none() {
        return;
    }
    for path in [
        "pingtan/2申报指引.html",
        "pingtan/4办件公示.html",
        "pingtan/5政策法规.html",
        "pingtan/6下载专区.html",
        "linyi-h5/index.html",
        "linyi-h5/LIST.html",
        "linyi-h5/tab.html",
        "xinxiang/news_detail_saved.html",
        "xinxiang/xxgk_zxgk1_list_gbk.html",
        "sichuan/item_tags_list_fragment_chengdu.html",
        "pingtan-gov/81590_流程图.page.excerpt.html",
    ] {
        let reading = read_text(&text_of(path).expect("the folder is there"));
        assert!(reading.as_ref().is_none_or(|reading| reading.confidence < 0.5), "{path}: {reading:#?}");
    }
}

#[test]
fn a_page_that_is_only_a_chart_has_a_chart() {
    let Some(text) = text_of("pingtan-gov/81590_流程图.page.excerpt.html") else { return };
    let url = read_text(&text).and_then(|reading| reading.guide.flowchart.value().and_then(|chart| chart.url.clone()));
    assert!(url.is_none_or(|url| url.path().ends_with("W020231116375398736649.jpg")));
}

#[test]
fn a_skeleton_before_its_scripts_has_labels_without_values() {
    let Some(folder) = folder() else { return };
    let text =
        std::fs::read_to_string(folder.join("yulin/personaleventdetail_unrendered.txt")).expect("the file is there");
    // Stored as text: each line was a heading or label of its own.
    let lines: Vec<String> = text.lines().skip(4).map(|line| format!("<h4>{line}</h4>")).collect();
    let reading = read_text(&lines.concat()).expect("labels are a trace");
    assert!(reading.labels_blank > reading.labels_with_value * 2, "{reading:#?}");
}

#[test]
fn a_drawn_chart_gives_its_boxes() {
    let Some(folder) = folder() else { return };
    let text = std::fs::read_to_string(folder.join("pingtan/flow/1.svg")).expect("the file is there");
    let steps = super::svg_process(&text).steps;
    assert!(steps.iter().any(|step| step.name.contains("预审")), "{steps:#?}");
    assert!(steps.len() >= 5, "{}", steps.len());
}
