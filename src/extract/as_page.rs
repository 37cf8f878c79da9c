//! A document that is a guide: some portals publish the whole guide as one Word, Excel or PDF file.
//!
//! Comes in: the document as a simple page. Goes out: the guide, if it is one, with places in the document. Must never
//! know: formats of files.
//!
//! What a guide offers as a form, sample or chart (an attachment) is never read as a guide: a form repeats the labels of
//! its guide.

use serde_json::Value;

use super::dom::{Css, Dom};
use super::{Input, classify, document, guide, shape, words};
use crate::model::{Extraction, Locator, PageKind, Purpose, Reading, ServiceGuide, Step};

/// So many elements with a value make a document a guide; a form has labels, and its values are the applicant's.
const VALUES: usize = 5;

/// Adds to an attachment's extraction what its text says; if that is a guide, the document is one.
pub(super) fn read(input: &Input<'_>, page: &str, extraction: &mut Extraction) {
    let dom = Dom::parse(page);
    let text = dom.root().text();
    extraction.text_length = words::width(&text);
    extraction.text_shape = shape(&text, Some(input.url));
    if *input.purpose == Purpose::Attachment
        && let Some(file) = &mut extraction.file
        && file.document.as_ref().is_some_and(|document| document.is_whole() && document.pictures == 0)
    {
        file.steps = steps_of_chart(&dom, extraction.text_length);
    }
    if *input.purpose == Purpose::Attachment || !(200..300).contains(&input.status) {
        return;
    }
    let Some(reading) = guide::read(&dom, input.url).filter(|reading| classify::is_guide(Some(reading))) else {
        return;
    };
    if reading.labels_with_value < VALUES || !says_guide(&reading.guide, &text) {
        return;
    }
    extraction.kind = PageKind::Guide;
    extraction.kind_because =
        format!("{}; {} labels of a guide with their values", extraction.kind_because, reading.labels_with_value);
    extraction.title = reading.guide.title.stated().cloned();
    extraction.issues.extend(reading.issues);
    extraction.guide = Some(Box::new(with_places(reading.guide)));
    if let Some(title) = &mut extraction.title {
        title.at = document::place(&title.at);
    }
}

/// A document that is a chart and nothing else is no longer than this.
const CHART: usize = 1_000;

/// A chain of fewer steps may be a menu path (首页 > 办事).
const CHAIN: usize = 3;

/// The steps of a flowchart whose text is one chain of arrows. Boxes and lines of a drawing are not read: their words
/// have no order, and a document with two chains has two charts.
fn steps_of_chart(dom: &Dom, length: usize) -> Vec<Step> {
    if length > CHART {
        return Vec::new();
    }
    let nodes = dom.select(&Css::new("p, h1, h2, h3, h4, h5, h6, td"));
    let mut chains = nodes.into_iter().filter_map(|node| {
        let steps = guide::chain_of_steps(&node.text(), &document::place(&node.locator()))?;
        (steps.len() >= CHAIN).then_some(steps)
    });
    match (chains.next(), chains.next()) {
        (Some(only), None) => only,
        _ => Vec::new(),
    }
}

/// A guide says how an errand is done; a form that repeats some of its labels does not.
fn says_guide(guide: &ServiceGuide, text: &str) -> bool {
    let names_itself = ["办事指南", "服务指南", "办理指南", "办事须知"].iter().any(|word| text.contains(word));
    let tells_how = !matches!(guide.materials, Reading::Absent) || !matches!(guide.steps, Reading::Absent);
    let has_limit = !matches!(guide.promised, Reading::Absent) || !matches!(guide.statutory, Reading::Absent);
    (names_itself && (tells_how || has_limit)) || (tells_how && has_limit)
}

/// The guide with every place in the page said as a place in the document.
fn with_places(guide: ServiceGuide) -> ServiceGuide {
    // Places stand at every depth of a guide; its serialised form shows them all alike.
    let Ok(mut value) = serde_json::to_value(&guide) else { return guide };
    say_places(&mut value);
    serde_json::from_value(value).unwrap_or(guide)
}

fn say_places(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.len() == 2
                && let (Some(Value::String(kind)), Some(Value::String(path))) =
                    (fields.get("type"), fields.get("value"))
                && kind == "selector"
                && let Ok(said) = serde_json::to_value(document::place(&Locator::Selector(path.clone())))
            {
                *value = said;
                return;
            }
            fields.values_mut().for_each(say_places);
        }
        Value::Array(items) => items.iter_mut().for_each(say_places),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::document::testing::{docx, xlsx};
    use super::super::testing::input;
    use super::super::{Input, Settings, extract};
    use super::*;
    use crate::model::Element;

    const ROWS: [(&str, &str); 8] = [
        ("事项名称", "企业设立登记"),
        ("实施主体", "市市场监督管理局"),
        ("法定办结时限", "20个工作日"),
        ("承诺办结时限", "3个工作日"),
        ("到办事现场次数", "1次"),
        ("是否收费", "否"),
        ("办理地点", "市政务服务中心2楼"),
        ("咨询电话", "0571-85023456"),
    ];

    fn word(before: &str, rows: &[(&str, &str)], after: &str) -> Vec<u8> {
        let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
        let rows: Vec<String> =
            rows.iter().map(|(label, value)| format!("<w:tr>{}{}</w:tr>", cell(label), cell(value))).collect();
        let line = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
        docx(&format!("{}<w:tbl>{}</w:tbl>{}", line(before), rows.concat(), line(after)))
    }

    fn read(body: &[u8], purpose: &Purpose) -> Extraction {
        let url = Url::parse("http://h.test/files/1.docx").expect("a valid address");
        extract(&Input { purpose, ..input(&url, &[], body) }, &Settings::default())
    }

    #[test]
    fn a_word_file_that_is_a_guide_is_read_as_one_with_places_in_it() {
        let body = word("企业设立登记办事指南", &ROWS, "办理流程：受理 → 审查 → 决定");
        let page = read(&body, &Purpose::Page);
        assert_eq!(page.kind, PageKind::Guide);
        assert!(page.file.is_some(), "it stays a file");
        let guide = page.guide.expect("a guide");
        assert_eq!(guide.title.value().map(String::as_str), Some("企业设立登记"));
        let place = guide.element(Element::Place);
        assert_eq!(place.at(), Some(&Locator::Document("table 1, row 7, cell 2".to_owned())));
        assert_eq!(guide.promised.raw(), Some("3个工作日"));
        assert_eq!(guide.steps.value().map(Vec::len), Some(3));
    }

    #[test]
    fn a_workbook_that_is_a_guide_is_read_as_one() {
        let cell = |text: &str| format!("<c t='inlineStr'><is><t>{text}</t></is></c>");
        let rows: Vec<String> =
            ROWS.iter().map(|(label, value)| format!("<row>{}{}</row>", cell(label), cell(value))).collect();
        let rows = format!("{}<row>{}</row>", rows.concat(), cell("企业设立登记办事指南"));
        let page = read(&xlsx(&[&rows], "<sst/>", "<styleSheet/>"), &Purpose::Page);
        assert_eq!(page.kind, PageKind::Guide);
        assert_eq!(page.guide.expect("a guide").promised.raw(), Some("3个工作日"));
    }

    #[test]
    fn what_a_guide_offers_as_a_form_and_a_form_with_labels_of_a_guide_are_no_guides() {
        let body = word("企业设立登记办事指南", &ROWS, "办理流程：受理 → 审查 → 决定");
        assert_eq!(read(&body, &Purpose::Attachment).kind, PageKind::Attachment);
        let labels = ["事项名称", "实施主体", "办理地点", "联系电话", "申请材料", "承诺办结时限", "法定办结时限"];
        let form = word("公司登记申请表", &labels.map(|label| (label, "")), "申请人签字：");
        assert_eq!(read(&form, &Purpose::Page).kind, PageKind::Attachment);
        let applicant =
            [("事项名称", "设立登记"), ("办理地点", "2楼"), ("咨询电话", "0571-85023456"), ("是否收费", "否")];
        assert_eq!(read(&word("登记表", &applicant, "年 月 日"), &Purpose::Page).kind, PageKind::Attachment);
    }

    #[test]
    fn a_chart_that_is_one_chain_of_arrows_gives_its_steps_and_any_other_none() {
        let steps = |lines: &[&str]| {
            let lines: Vec<String> =
                lines.iter().map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>")).collect();
            let file = read(&docx(&lines.concat()), &Purpose::Attachment).file.expect("a file");
            file.steps.into_iter().map(|step| step.name).collect::<Vec<_>>()
        };
        assert_eq!(steps(&["办理流程图", "受理→审查→决定→送达"]), ["受理", "审查", "决定", "送达"]);
        assert_eq!(steps(&["流程图", "受理→审查→决定", "申请→受理→发证"]), Vec::<String>::new());
        assert_eq!(steps(&["首页→办事"]), Vec::<String>::new());
        let long = "说明".repeat(600);
        assert_eq!(steps(&["受理→审查→决定", &long]), Vec::<String>::new());
    }
}
