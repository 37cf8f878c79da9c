//! Guides and their parts, as a page may state them.

use serde_json::Value;

use super::url;
use crate::model::guide::{DepthScale, FormOffer, OnlineDepth, Span};
use crate::model::{
    Element, Flowchart, FlowchartKind, Located, Locator, Material, Reading, ServiceGuide, Step, TimeLimit, TimeUnit,
};

/// A selector.
pub(crate) fn at(selector: &str) -> Locator {
    Locator::Selector(selector.into())
}

/// A value that stood somewhere.
pub(crate) fn located<T>(value: T, raw: &str) -> Located<T> {
    Located { value, at: at(raw), raw: raw.into() }
}

/// A stated value.
pub(crate) fn stated<T>(value: T, raw: &str) -> Reading<T> {
    Reading::Stated(located(value, raw))
}

/// A label with nothing beside it.
pub(crate) fn blank<T>(label: &str) -> Reading<T> {
    Reading::Blank { at: at(label), label: label.into() }
}

/// A stand-in.
pub(crate) fn placeholder<T>(raw: &str) -> Reading<T> {
    Reading::Placeholder { at: at(raw), raw: raw.into() }
}

/// Something that could not be read.
pub(crate) fn unreadable<T>(raw: &str) -> Reading<T> {
    Reading::Unreadable { at: at(raw), raw: raw.into() }
}

/// So many working days.
pub(crate) fn working_days(amount: u32) -> TimeLimit {
    TimeLimit::plain(Span::Amount { hundredths: amount * 100, unit: TimeUnit::WorkingDay })
}

/// A step; a limit of `None` is no limit.
pub(crate) fn step(name: &str, days: Option<u32>) -> Step {
    Step {
        name: name.into(),
        limit: days.map(working_days),
        department: None,
        outside_limit: false,
        at: at(name),
        raw: name.into(),
    }
}

/// A flowchart within the page.
pub(crate) fn chart(kind: FlowchartKind, title: &str, steps: Vec<Step>) -> Reading<Flowchart> {
    let steps = steps.into_iter().map(|step| Step { at: at(&format!("svg {}", step.name)), ..step }).collect();
    stated(Flowchart { kind, url: None, steps, goes_on: false, tiles: None, drawn: None }, title)
}

/// A material without form or sample.
pub(crate) fn material(name: &str) -> Material {
    Material {
        name: name.into(),
        at: at(name),
        necessity: None,
        form: None,
        copies: None,
        source: None,
        blank_form: FormOffer::Absent,
        sample_form: FormOffer::Absent,
    }
}

/// A link in the place of a form on the portal.
pub(crate) fn offer(path: &str, text: &str) -> FormOffer {
    FormOffer::Link { url: url("portal", path), text: text.into() }
}

/// A guide that states everything well.
pub(crate) fn guide(title: &str) -> ServiceGuide {
    use Element as E;
    let words = [
        (E::ItemName, title),
        (E::Department, "杭州市市场监督管理局"),
        (E::LegalBasis, "《中华人民共和国公司法》第二十九条"),
        (E::Conditions, "有符合规定的名称和住所"),
        (E::HandlingKind, "承诺件"),
        (E::HandlingForm, "窗口办理、网上办理"),
        (E::StatutoryLimit, "20个工作日"),
        (E::PromisedLimit, "5个工作日"),
        (E::Fee, "否"),
        (E::Visits, "1"),
        (E::Courier, "是"),
        (E::OnlineDepth, "Ⅲ级"),
        (E::Place, "杭州市解放东路18号市民中心G座2楼"),
        (E::Hours, "工作日9:00-17:00"),
        (E::ConsultPhone, "0571-85023456"),
        (E::ComplaintPhone, "0571-12345"),
    ];
    ServiceGuide {
        title: stated(title.to_owned(), title),
        code: Some(located("11330100MB2D24374A4000131001000".to_owned(), "11330100MB2D24374A4000131001000")),
        elements: words.iter().map(|(element, words)| (*element, stated((*words).to_owned(), words))).collect(),
        statutory: stated(working_days(20), "20个工作日"),
        promised: stated(working_days(5), "5个工作日"),
        visits: stated(1, "1"),
        fee: stated(false, "否"),
        online_depth: stated(OnlineDepth { raw: "Ⅲ级".into(), scale: DepthScale::Levels, level: Some(3) }, "Ⅲ级"),
        courier: stated(true, "是"),
        materials: stated(vec![material("公司章程")], "公司章程"),
        steps: stated(vec![step("受理", Some(1)), step("审查", Some(3)), step("决定", Some(1))], "受理 审查 决定"),
        ..ServiceGuide::default()
    }
}

/// Puts words in the place of an element.
pub(crate) fn put(guide: &mut ServiceGuide, element: Element, words: &str) {
    guide.elements.insert(element, stated(words.to_owned(), words));
}

/// The state of one element in a verdict's value.
pub(crate) fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
