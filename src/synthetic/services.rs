//! Guides whose pages are empty until their scripts have asked: the shell, and the answer of the family's service.
//!
//! Comes in: what a guide says, in words and by elements. Goes out: a shell, where it stands, what it asks for and what
//! comes back. Must never know: how an answer is read. Names of services and keys are those of the families' own
//! software, as its pages call them.

use serde_json::{Value, json};

use super::truth::{Hole, Limit, Truth};
use super::view::View;
use crate::model::{Element, QueryBody};

/// The software behind a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// Guangdong's item service, asked by GET for an item's code.
    Guangdong,
    /// Epoint's task service, asked by POST for a `taskguid`.
    Epoint,
}

/// An answer and what was asked for it.
pub(super) struct Answer {
    /// The address, from the host on.
    pub(super) path: String,
    /// The body of the query, where it is a POST.
    pub(super) query: Option<QueryBody>,
    pub(super) body: Value,
}

/// The token that Epoint's pages send with every query.
const TOKEN: &str = "Pages_Of_Poured_Guides";

/// Elements that these services have no field for, as far as we know.
pub(super) const LACKS: &[Element] = &[
    Element::AcceptingBody,
    Element::JointBodies,
    Element::QuantityLimit,
    Element::Appointment,
    Element::OnlinePayment,
    Element::ResultDelivery,
];

impl Service {
    /// Where the page of the guide stands, from the host on.
    pub(super) fn page(self, case: &str, role: &str, truth: &Truth) -> String {
        match self {
            Self::Guangdong => format!("{case}/portal/v2/guide/{}", code(truth)),
            Self::Epoint => {
                format!("{case}/{role}/epointzwmhwz/pages/legal/personaleventdetail_new?taskguid={}", guid(truth))
            }
        }
    }

    /// Where a file stands, from the host on; `name` is its name or identifier.
    pub(super) fn file(self, case: &str, role: &str, name: &str) -> String {
        match self {
            Self::Guangdong => format!("{case}/{name}"),
            Self::Epoint => format!("{case}/{role}/rest/auditattach/readAttach?attachguid={name}"),
        }
    }

    /// The answer that fills the page. `file` gives the name of a material's file: `b` blank, `s` sample.
    pub(super) fn answer(
        self,
        (case, role): (&str, &str),
        (truth, view): (&Truth, &View),
        file: &dyn Fn(usize, char) -> String,
    ) -> Answer {
        match self {
            Self::Guangdong => Answer {
                path: format!("portal/api/v2/item-event/getAuditItemDetailCur?TASK_CODE={}", code(truth)),
                query: None,
                body: guangdong(truth, view, &|n, kind| format!("/{}", self.file(case, role, &file(n, kind)))),
            },
            Self::Epoint => Answer {
                path: format!("{case}/{role}/rest/zwdtTask/getTaskBasicInfo"),
                query: Some(QueryBody::json(&json!({
                    "token": TOKEN, "params": {"taskguid": guid(truth), "taskcaseguid": "", "isneedall": "1"},
                }))),
                // `custom` is text within the answer, as this software writes it.
                body: json!({"status": {"code": "1", "text": "事项基本信息获取成功"},
                    "custom": epoint(truth, view, file).to_string()}),
            },
        }
    }
}

/// The item's code, 31 characters as both kinds of software have it.
fn code(truth: &Truth) -> &str {
    truth.texts.get(&Element::ItemCode).map_or("11440000000000000X2440000000000", String::as_str)
}

fn guid(truth: &Truth) -> String {
    code(truth).to_ascii_lowercase()
}

/// The words of an element; a hole is an empty value, since the keys are always there.
fn words(view: &View, element: Element) -> &str {
    let rows = [&view.info, &view.limits, &view.place, &view.fee].into_iter().flatten();
    rows.filter(|row| row.element == element.as_str()).map(|row| row.value.as_str()).next().unwrap_or_default()
}

/// A limit as number and unit; words where it is none.
fn split((truth, view): (&Truth, &View), element: Element, limit: Limit) -> (String, &'static str) {
    let whole = |tenths: u32, unit| (format!("{}", f64::from(tenths) / 10.0), unit);
    match limit {
        Limit::Working(tenths) if !truth.holes.contains_key(&element) => whole(tenths, "工作日"),
        Limit::Natural(tenths) if !truth.holes.contains_key(&element) => whole(tenths, "自然日"),
        _ => (words(view, element).to_owned(), ""),
    }
}

fn materials(truth: &Truth) -> impl Iterator<Item = (usize, &super::truth::Paper)> {
    let known = !truth.holes.contains_key(&Element::Materials);
    truth.materials.iter().enumerate().filter(move |_| known)
}

/// Markup is escaped twice on its way through this service.
fn escaped_twice(lines: &[String]) -> String {
    lines.iter().flat_map(|line| ["&amp;lt;p&amp;gt;", line, "&amp;lt;/p&amp;gt;"]).collect()
}

fn guangdong(truth: &Truth, view: &View, address: &dyn Fn(usize, char) -> String) -> Value {
    let says = |element| words(view, element);
    let lines = |section: &Option<super::view::Section>| {
        section.as_ref().map(|section| escaped_twice(&section.lines)).unwrap_or_default()
    };
    let offer = |offered: bool, n: usize, kind: char, name: &str| {
        if offered { json!([{"ATTACHNAME": name, "FILEPATH": address(n, kind)}]) } else { json!([]) }
    };
    let papers: Vec<Value> = materials(truth)
        .map(|(n, paper)| {
            json!({"MATERIAL_NAME": paper.name, "IS_NEED": "必要", "PAGE_NUM": "1", "SOURCE_TYPE": "申请人自备",
                "FORM_GUID": offer(paper.blank.is_some(), n, 'b', &paper.name),
                "EXAMPLE_GUID": offer(paper.sample.is_some(), n, 's', &paper.name)})
        })
        .collect();
    let steps: Vec<Value> = view
        .process
        .iter()
        .flat_map(|process| &process.steps)
        .map(|step| json!({"STEP_NAME": step.name, "LIMIT": step.limit, "DEPARTMENT": step.department}))
        .collect();
    let statutory = split((truth, view), Element::StatutoryLimit, truth.statutory);
    let promised = split((truth, view), Element::PromisedLimit, truth.promised);
    json!({
        "AUDIT_ITEM": {
            "TASK_CODE": code(truth), "TASK_NAME": view.title, "TASK_TYPE_TEXT": says(Element::ItemType),
            "DEPT_NAME": says(Element::Department), "USE_LEVEL_TEXT": says(Element::ExerciseLevel),
            "SERVER_TYPE_TEXT": says(Element::ServiceObject), "PROJECT_TYPE_TEXT": says(Element::HandlingKind),
            "HANDLE_FORM": says(Element::HandlingForm), "HANDLE_AREA": says(Element::ServiceRange),
            "ANTICIPATE_DAY": statutory.0, "ANTICIPATE_DAY_TYPE_TEXT": statutory.1,
            "PROMISE_DAY": promised.0, "PROMISE_TYPE_TEXT": promised.1,
            "LIMIT_SCENE_NUM": says(Element::Visits), "LIMIT_SCENE_EXPLAIN": says(Element::VisitReason),
            "WSFWSD": says(Element::OnlineDepth), "IS_EXPRESS": says(Element::Courier),
            "RESULT_NAME": says(Element::Result),
            "BY_LAW": lines(&view.basis), "ACCEPT_CONDITION": lines(&view.conditions),
            "IS_FEE": says(Element::Fee), "FEE_STANDARD": says(Element::FeeStandard),
            "FEE_BASIS": says(Element::FeeBasis), "TRANSACT_ADDR": says(Element::Place),
            "TRANSACT_TIME": says(Element::Hours), "LINK_TEL": says(Element::ConsultPhone),
            "TSTEL": says(Element::ComplaintPhone), "FLOW_CHART": "",
            "CKBLLCT": view.chart.as_ref().map_or("", |chart| chart.url.as_str()),
        },
        "AUDIT_MATERIAL": papers,
        "AUDIT_ITEM_FLOWSHEET": steps,
        "AUDIT_QA": [],
    })
}

fn epoint(truth: &Truth, view: &View, file: &dyn Fn(usize, char) -> String) -> Value {
    let says = |element| words(view, element);
    let lines = |section: &Option<super::view::Section>| {
        section.as_ref().map(|section| section.lines.join("<br>")).unwrap_or_default()
    };
    let flag = |element, is: bool| match truth.holes.get(&element) {
        Some(Hole::Placeholder(words)) => (*words).to_owned(),
        Some(_) => String::new(),
        None => String::from(if is { "1" } else { "0" }),
    };
    let papers: Vec<Value> = materials(truth)
        .map(|(n, paper)| {
            let guid = |offered: bool, kind: char| if offered { file(n, kind) } else { String::new() };
            json!({"materialname": paper.name, "materialsource": "申请人自备", "necessary": "1", "pagenum": "1",
                "templateattachguid": guid(paper.blank.is_some(), 'b'),
                "exampleattachguid": guid(paper.sample.is_some(), 's')})
        })
        .collect();
    // What is done on the spot is a promise of `1` to this software, and 即办件 to a visitor.
    let on_the_spot = truth.promised == Limit::Immediate && !truth.holes.contains_key(&Element::PromisedLimit);
    json!({
        "taskguid": guid(truth), "taskname": view.title, "itemid": code(truth),
        "taskelement": {"onlinehandle": "1"}, "casecondition": [],
        "taskbasic": {
            "qlkind": says(Element::ItemType), "implementsubject": says(Element::Department),
            "exerciseclass": says(Element::ExerciseLevel), "managementobj": says(Element::ServiceObject),
            "type": says(Element::HandlingKind), "handleform": says(Element::HandlingForm),
            "crosscope": says(Element::ServiceRange), "anticipateday": says(Element::StatutoryLimit),
            "promiseday": if on_the_spot { "1" } else { says(Element::PromisedLimit) },
            "dao_xc_num": says(Element::Visits), "limitsceneexplain": says(Element::VisitReason),
            "wsfwsd": says(Element::OnlineDepth), "if_express": flag(Element::Courier, truth.courier),
            "finishfilename": says(Element::Result),
            "handleaddress": says(Element::Place), "handletime": says(Element::Hours),
            "linktel": says(Element::ConsultPhone), "supervisetel": says(Element::ComplaintPhone),
        },
        "handlecondition": lines(&view.conditions),
        "taskmaterials": papers,
        "specialsteplist": [],
        "handleflow": view.process.as_ref().map_or("", |process| process.sentence.as_str()),
        "taskoutimg": view.chart.as_ref().map_or("", |chart| chart.url.as_str()),
        "chargeflag": flag(Element::Fee, truth.fee), "chargestandard": says(Element::FeeStandard),
        "chargebasis": says(Element::FeeBasis), "setting": lines(&view.basis),
    })
}
