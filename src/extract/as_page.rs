//! A document that is a guide: some portals publish the whole guide as one Word, Excel or PDF file.
//!
//! Comes in: the document as a simple page. Goes out: the guide, if it is one, with places in the document. Must never
//! know: formats of files.
//!
//! What a guide offers as a form, sample or chart (an attachment) is never read as a guide: a form repeats the labels of
//! its guide.

use serde_json::Value;

use super::dom::Dom;
use super::{Input, classify, document, guide, shape, words};
use crate::model::{Extraction, Locator, PageKind, Purpose, Reading, ServiceGuide};

/// So many elements with a value make a document a guide; a form has labels, and its values are the applicant's.
const VALUES: usize = 5;

/// Adds to an attachment's extraction what its text says; if that is a guide, the document is one.
pub(super) fn read(input: &Input<'_>, page: &str, extraction: &mut Extraction) {
    let dom = Dom::parse(page);
    let text = dom.root().text();
    extraction.text_length = words::width(&text);
    extraction.text_shape = shape(&text, Some(input.url));
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
