//! `guide.flowchart`: is a flowchart there, and does it open?

use serde_json::{Value, json};

use crate::check::judgement::{Judgement, SEEN, Sheet, Words};
use crate::check::view::{FileState, View};
use crate::check::{Check, Test};
use crate::model::extraction::LinkRole;
use crate::model::{FlowchartKind, Property, PropertyId, Reading, Reason, Severity, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.flowchart"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "流程图可查看",
        title_en: "a flowchart is there",
        passed_when: "a flowchart is there and opens",
        rationale: "A chart shows at a glance who does what and when; a dead picture shows nothing.",
        basis: &["行政许可标准化指引(2016版): a guide carries a flowchart drawn by given rules"],
    },
    version: 1,
    test: Test::Guide(|view, subject| Sheet::judged(view, subject, judge)),
};

fn judge(view: &View<'_>, sheet: &Sheet<'_>) -> Verdict {
    let mut judgement = Judgement::new(view);
    let link = || sheet.extraction.links.iter().find(|link| link.role == LinkRole::Flowchart);
    let (kind, url) = match &sheet.guide.flowchart {
        Reading::Stated(chart) => {
            judgement.cite(sheet.page, &chart.at, &chart.raw);
            (Some(chart.value.kind), chart.value.url.as_ref())
        }
        Reading::Unreadable { at, raw } => {
            return Verdict::cant_tell(Reason::Unreadable).citing(sheet.page.cite(at, raw));
        }
        reading => match link() {
            Some(link) => {
                judgement.cite(sheet.page, &link.at, &link.text);
                (None, Some(&link.url))
            }
            None => return missing(judgement, sheet, reading),
        },
    };
    let Some(url) = url else { return judgement.finish(json!(kind.map(word))) };
    let kind = match view.file(url) {
        FileState::Opens(page, facts) => {
            judgement.cite_whole(page);
            kind.or(Some(if facts.format.is_picture() { FlowchartKind::Image } else { FlowchartKind::Document }))
        }
        FileState::Broken(page) => {
            let file = judgement.cite_whole(page);
            judgement.accuse(words(true), SEEN, &[url.as_str()], vec![0, file]);
            kind
        }
        FileState::Unknown(reason) => {
            judgement.doubt(reason);
            kind
        }
    };
    judgement.finish(json!(kind.map(word)))
}

fn missing<T>(mut judgement: Judgement, sheet: &Sheet<'_>, reading: &Reading<T>) -> Verdict {
    match (judgement.cite_reading(sheet.page, reading), sheet.absence()) {
        (Some(index), _) => {
            judgement.accuse(words(false), SEEN, &[reading.raw().unwrap_or_default()], vec![index]);
        }
        // The chart of a guide that is a file is often a file beside it.
        (None, Ok(_)) if sheet.is_document() => judgement.doubt(Reason::Unreadable),
        (None, Ok(confidence)) => {
            let index = sheet.cite_title(&mut judgement);
            judgement.accuse(words(false), confidence, &[], vec![index]);
        }
        (None, Err(reason)) => judgement.doubt(reason),
    }
    judgement.finish(Value::Null)
}

fn word(kind: FlowchartKind) -> &'static str {
    match kind {
        FlowchartKind::Image => "image",
        FlowchartKind::Svg => "svg",
        FlowchartKind::Html => "html",
        FlowchartKind::Table => "table",
        FlowchartKind::Document => "document",
    }
}

fn words(broken: bool) -> Words {
    let (kind, zh, en) = if broken {
        ("broken", "流程图链接打不开或不是可用的文件。", "The flowchart does not open, or is not a usable file.")
    } else {
        ("missing", "办事指南没有流程图。", "The guide has no flowchart.")
    };
    Words {
        kind,
        severity: Severity::Warning,
        zh: zh.into(),
        en: en.into(),
        remedy_zh: "发布可打开的流程图。".into(),
        remedy_en: "Publish a flowchart that opens.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, chart, file, guide, page, placeholder, stated, step, unreadable, url};
    use crate::model::extraction::FileFormat;
    use crate::model::{Flowchart, Outcome, ServiceGuide};

    fn with_file() -> ServiceGuide {
        let chart = Flowchart {
            kind: FlowchartKind::Image,
            url: Some(url("portal", "/c.png")),
            steps: Vec::new(),
            goes_on: false,
            tiles: None,
            drawn: None,
        };
        ServiceGuide { flowchart: stated(chart, "流程图"), ..guide("公司设立登记") }
    }

    #[test]
    fn a_chart_in_the_page_passes_with_its_kind() {
        let chart = chart(FlowchartKind::Html, "流程图", vec![step("受理", None)]);
        let verdict = Night::of_guide(&CHECK, ServiceGuide { flowchart: chart, ..guide("公司设立登记") });
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!("html")));
    }

    #[test]
    fn a_picture_passes_only_if_it_opens() {
        let night = Night::new().portal(page("/g").guide(with_file()));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotDiscovered)));
        let night = night.portal(file("/c.png", FileFormat::Png, "chart"));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!("image")));
    }

    #[test]
    fn a_picture_that_is_gone_fails() {
        let night = Night::new().portal(page("/g").guide(with_file())).portal(page("/c.png").status(404));
        let verdict = night.judge_one(&CHECK, "portal", "registration");
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "broken"));
    }

    #[test]
    fn no_chart_and_a_stand_in_fail() {
        assert_eq!(Night::of_guide(&CHECK, guide("公司设立登记")).outcome, Outcome::Failed);
        let guide = ServiceGuide { flowchart: placeholder("-"), ..guide("公司设立登记") };
        assert_eq!(Night::of_guide(&CHECK, guide).outcome, Outcome::Failed);
    }

    #[test]
    fn a_chart_that_could_not_be_read_and_a_link_that_promises_one_are_not_absent() {
        let unread = ServiceGuide { flowchart: unreadable("查看"), ..guide("公司设立登记") };
        assert_eq!(Night::of_guide(&CHECK, unread).outcome, Outcome::CantTell);
        let link = page("/g").guide(guide("公司设立登记")).link_as("/c.png", "流程图", LinkRole::Flowchart);
        let verdict = Night::new().portal(link).judge_one(&CHECK, "portal", "registration");
        assert_eq!(verdict.outcome, Outcome::CantTell);
    }
}
