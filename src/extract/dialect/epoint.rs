//! Epoint (新点): skeleton pages whose values come from calls by `taskguid`.
//!
//! A guide's page has every label in its source and no value; its scripts ask `rest/zwdtTask/getTaskBasicInfo` with
//! `{token, params: {taskguid, …}}`. Lists come from `getTaskList`, page by page. The answer's `custom` may be an object
//! or, once more, text.

use serde_json::{Map, Value, json};
use url::Url;

use super::{Answer, DataKind, DataReading, Dialect, GENERIC, Marks, asking};
use crate::extract::dom::fold;
use crate::extract::guide::{self, GuideReading, Vocabulary};
use crate::extract::lexicon::Meaning;
use crate::extract::page::Page;
use crate::model::{BodyKind, Element as E, Link, Located, Locator, QueryBody, QueryRule};

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "epoint",
    name_zh: "新点",
    name_en: "Epoint",
    queries: &[DETAIL, LIST],
    recognises: |sight| MARKS.on(sight),
    links,
    data,
    ..GENERIC
};

const MARKS: Marks = Marks {
    address: &["epoint", "personaleventdetail", "taskguid=", "/rest/zwdttask/"],
    source: &["epointzwmhwz", "zwdtTask/"],
};

const DETAIL: QueryRule = QueryRule {
    dialect: "epoint",
    path: "/rest/zwdtTask/getTaskBasicInfo",
    kind: BodyKind::Json,
    fields: &["token", "params", "taskguid", "taskcaseguid", "isneedall"],
    note: "reads one item by its taskguid; the page of every guide asks for it before it shows anything",
};

const LIST: QueryRule = QueryRule {
    path: "/rest/zwdtTask/getTaskList",
    fields: &[
        "token",
        "params",
        "areacode",
        "usertype",
        "ouguid",
        "dictid",
        "keyword",
        "tasktype",
        "currentpage",
        "pagesize",
    ],
    note: "reads a page of the list of items; the list page of the portal asks for it",
    ..DETAIL
};

/// Items on one page of a list, as the portal's own pages ask for.
const PAGE_SIZE: u64 = 10;

/// The names of these services that the lexicon does not know.
const VOCABULARY: Vocabulary = Vocabulary {
    names: &[
        (Meaning::Element(E::ItemCode), &["itemid"]),
        (Meaning::Element(E::ItemType), &["qlkind"]),
        (Meaning::Element(E::Department), &["implementsubject"]),
        (Meaning::Element(E::ExerciseLevel), &["exerciseclass"]),
        (Meaning::Element(E::ServiceObject), &["managementobj"]),
        (Meaning::Element(E::HandlingKind), &["type"]),
        (Meaning::Element(E::Place), &["handleaddress"]),
        (Meaning::Element(E::Hours), &["handletime"]),
        (Meaning::Element(E::QuantityLimit), &["limitnum"]),
        (Meaning::Element(E::Visits), &["daoxcnum"]),
        (Meaning::Element(E::Result), &["finishfilename"]),
        (Meaning::Element(E::Courier), &["ifexpress"]),
        (Meaning::Element(E::Appointment), &["reservationmangement"]),
        (Meaning::Element(E::HallEntry), &["ifjzhall"]),
        (Meaning::Element(E::ServiceRange), &["crosscope"]),
        (Meaning::Element(E::Conditions), &["handlecondition"]),
        (Meaning::Element(E::LegalBasis), &["setting"]),
        (Meaning::Element(E::Flowchart), &["taskoutimg"]),
        (Meaning::Element(E::Materials), &["taskmaterials"]),
        (Meaning::Element(E::Fee), &["chargeflag"]),
        (Meaning::Element(E::FeeStandard), &["chargestandard"]),
        (Meaning::Element(E::FeeBasis), &["chargebasis"]),
    ],
    shows,
};

/// The words that the pages show for codes. A promise of `1` is shown as 即办件.
fn shows(key: &str, value: &Value, _: &Map<String, Value>) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let words = match (key, text.as_str()) {
        ("promiseday", "1") => "即办件",
        ("if_express" | "reservationmangement" | "ifjzhall" | "chargeflag", "1") => "是",
        ("if_express" | "reservationmangement" | "ifjzhall" | "chargeflag", "0") => "否",
        _ => return None,
    };
    Some(words.to_owned())
}

fn links(page: &Page<'_>, links: &mut Vec<Link>) {
    let (scripts, at) = asking::scripts(page);
    let token = asking::literal(&scripts, &["token"]).unwrap_or_default();
    if let Some(guid) = asking::parameter(page.url, &["taskguid"]) {
        if let Some(url) = service(page, &scripts, &DETAIL) {
            let query = QueryBody::json(
                &json!({"token": token, "params": {"taskguid": guid, "taskcaseguid": "", "isneedall": "1"}}),
            );
            links.push(asking::data(url, Some(query), at));
        }
        return;
    }
    let is_list = ["eventlist", "tasklist"].iter().any(|word| page.url.path().to_ascii_lowercase().contains(word));
    if is_list && let Some(url) = service(page, &scripts, &LIST) {
        let area = asking::parameter(page.url, &["areacode"])
            .or_else(|| asking::literal(&scripts, &["areacode", "areaCode"]))
            .unwrap_or_default();
        let query = QueryBody::json(&json!({"token": token, "params": {
            "areacode": area, "usertype": "", "keyword": "", "tasktype": "",
            "currentpage": "0", "pagesize": PAGE_SIZE.to_string(),
        }}));
        links.push(asking::data(url, Some(query), at));
    }
}

/// The address of a service: as the page's own script writes it, else beside the folder of the pages.
fn service(page: &Page<'_>, scripts: &str, rule: &QueryRule) -> Option<Url> {
    let name = rule.path.strip_prefix('/')?;
    asking::service(page, scripts, name).or_else(|| {
        let (root, _) = page.url.path().split_once("/epointzwmhwz/")?;
        page.resolve(&format!("{root}{}", rule.path))
    })
}

fn data(answer: &Answer<'_>) -> Option<DataReading> {
    let path = answer.url.path();
    let custom = custom(answer.value);
    if path.ends_with(LIST.path) {
        return custom.and_then(|custom| list(answer, &custom));
    }
    if !path.ends_with(DETAIL.path) {
        return None;
    }
    let says = answer.value.pointer("/status/text").or_else(|| answer.value.pointer("/custom/text"));
    let says = says.and_then(Value::as_str).unwrap_or_default();
    let kind = match custom.as_ref().and_then(|custom| guide(answer, custom)) {
        Some(reading) => DataKind::Guide(Box::new(reading)),
        None if says.contains("不存在") => DataKind::NotFound,
        None => DataKind::Other,
    };
    Some(DataReading { kind, links: Vec::new(), shown_at: None })
}

/// The answer with its `custom` as an object, whichever way it was written.
fn custom(answer: &Value) -> Option<Value> {
    match answer.get("custom")? {
        custom @ Value::Object(_) => Some(custom.clone()),
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

fn guide(answer: &Answer<'_>, custom: &Value) -> Option<GuideReading> {
    let value = json!({"custom": with_addresses(answer.url, custom)});
    let mut reading = guide::read_data(&value, answer.url, &VOCABULARY)?;
    let steps = custom.get("specialsteplist").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (index, step) in steps.iter().enumerate() {
        let Some(step) = step.as_object() else { continue };
        let (Some(name), Some(limit)) = (asking::text(step, &["stepname"]), asking::text(step, &["timelimit"])) else {
            continue;
        };
        // A step that counts is part of the process; one that does not is a limit of its own.
        if asking::text(step, &["isinlimit"]).is_some_and(|counts| matches!(counts, "0" | "否")) {
            let (value, at) = (fold(limit), Locator::JsonPointer(format!("/custom/specialsteplist/{index}/timelimit")));
            reading.guide.other_limits.push(Located { value, at, raw: format!("{}：{}", fold(name), fold(limit)) });
        }
    }
    Some(reading)
}

/// Attachments are named by identifiers that the pages put into the address of one service.
fn with_addresses(service: &Url, custom: &Value) -> Value {
    let mut custom = custom.clone();
    let root = service.path().split_once("/rest/").map_or("", |(root, _)| root);
    let rows = custom.get_mut("taskmaterials").and_then(Value::as_array_mut);
    for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
        for (id, form) in [("templateattachguid", "formguid"), ("exampleattachguid", "exampleguid")] {
            let address = row
                .get(id)
                .and_then(Value::as_str)
                .filter(|guid| !guid.is_empty())
                .map(|guid| format!("{root}/rest/auditattach/readAttach?attachguid={guid}"));
            row.insert(form.to_owned(), address.map_or(Value::Null, Value::String));
        }
        if let Some(Value::String(necessary)) = row.get("necessary") {
            let words = if necessary == "1" { "必要" } else { "非必要" };
            row.insert("necessity".to_owned(), words.into());
        }
    }
    custom
}

fn list(answer: &Answer<'_>, custom: &Value) -> Option<DataReading> {
    let items = custom.get("tasklist").and_then(Value::as_array)?;
    let root = answer.url.path().split_once("/rest/").map_or("", |(root, _)| root);
    let mut links: Vec<Link> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| {
            let item = item.as_object()?;
            let (guid, title) = (asking::text(item, &["taskguid"])?, asking::text(item, &["taskname"])?);
            let mut url = answer.url.join(&format!("{root}/epointzwmhwz/pages/legal/personaleventdetail_new")).ok()?;
            url.query_pairs_mut().append_pair("taskguid", guid);
            if let Some(id) = asking::text(item, &["taskid"]) {
                url.query_pairs_mut().append_pair("taskid", id);
            }
            Some(asking::guide(url, &fold(title), format!("/custom/tasklist/{index}")))
        })
        .collect();
    links.extend(next(answer, custom));
    Some(DataReading { kind: DataKind::List, links, shown_at: None })
}

/// The next page of the list: the same query with the next number. Pages are counted from 0.
fn next(answer: &Answer<'_>, custom: &Value) -> Option<Link> {
    let asked = answer.query?.value()?;
    let params = asked.get("params")?;
    let [current, size] = ["currentpage", "pagesize"].map(|key| asking::number(params.get(key)).unwrap_or(0));
    let total = asking::number(custom.get("total").or_else(|| custom.get("totalcount")))?;
    let ask = |number: u64| {
        let mut query = asked.clone();
        *query.pointer_mut("/params/currentpage")? = Value::String((number - 1).to_string());
        Some((answer.url.clone(), Some(QueryBody::json(&query))))
    };
    asking::next_page((current + 1, size, total), ask, "/custom/total")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::{answered, extracted};
    use crate::model::PageKind;
    use crate::model::extraction::LinkRole;
    use crate::model::guide::{FormOffer, Span};

    const PAGE: &str = "http://h.test/web/epointzwmhwz/pages/legal/personaleventdetail_new?taskguid=1a-2b&taskid=9";
    const SERVICE: &str = "http://h.test/web/rest/zwdtTask/getTaskBasicInfo";

    #[test]
    fn a_skeleton_asks_for_its_item_and_a_list_page_for_its_list_within_what_is_declared() {
        let labels = "<h3>咨询方式</h3><h3>监督投诉方式</h3><script>var token='T1'</script>";
        let page = extracted(PAGE, labels);
        let call = page.links.iter().find(|link| link.role == LinkRole::Data).expect("a data call");
        assert_eq!(call.url.as_str(), SERVICE);
        let query = call.query.as_ref().expect("a query");
        assert!(query.text.contains("\"taskguid\":\"1a-2b\"") && query.text.contains("\"token\":\"T1\""));
        assert!(DETAIL.allows(&call.url, query));
        assert!(!page.wants_rendering());
        let list = extracted("http://h.test/web/epointzwmhwz/pages/legal/personaleventlist?areacode=610800", "<p>x");
        let call = list.links.iter().find(|link| link.role == LinkRole::Data).expect("a data call");
        assert!(LIST.allows(&call.url, call.query.as_ref().expect("a query")));
    }

    #[test]
    fn the_answer_is_read_in_the_words_that_its_page_shows() {
        let json = r#"{"custom":{"taskguid":"1a-2b","taskname":"公章刻制备案","itemid":"11610800016083345N4610109002000",
            "taskbasic":{"implementsubject":"榆林市公安局","type":"即办件","anticipateday":"3工作日","promiseday":"1",
            "dao_xc_num":"1","handleaddress":"市民中心三楼","linktel":"","if_express":"0"},
            "handlecondition":"<p>已领取营业执照</p>","taskoutimg":"/web/rest/auditattach/readAttach?attachguid=c1",
            "specialsteplist":[{"stepname":"专家评审","timelimit":"10个工作日","isinlimit":"否"},
            {"stepname":"公示","timelimit":"5个工作日","isinlimit":"是"}],
            "taskmaterials":[{"materialname":"申请表","templateattachguid":"b1","exampleattachguid":"","necessary":"1"}]}}"#;
        let read = answered(SERVICE, None, json);
        assert_eq!((read.kind, read.dialect.as_str()), (PageKind::Guide, "epoint"));
        let guide = read.guide.expect("a guide");
        assert_eq!(guide.promised.value().map(|limit| limit.span), Some(Span::Immediate));
        assert_eq!(guide.visits.value(), Some(&1));
        assert_eq!(guide.courier.value(), Some(&false));
        assert_eq!(guide.text(E::Conditions), Some("已领取营业执照"));
        assert!(matches!(guide.element(E::ConsultPhone), crate::model::Reading::Blank { .. }));
        assert_eq!(guide.other_limits.len(), 1);
        assert_eq!(guide.other_limits[0].raw, "专家评审：10个工作日");
        let materials = guide.materials.value().expect("materials");
        assert_eq!(materials[0].necessity.as_deref(), Some("必要"));
        let FormOffer::Link { url, .. } = &materials[0].blank_form else { panic!("{materials:?}") };
        assert_eq!(url.as_str(), "http://h.test/web/rest/auditattach/readAttach?attachguid=b1");
        assert!(matches!(materials[0].sample_form, FormOffer::Nothing { .. }));
        assert!(guide.flowchart.value().is_some());
    }

    #[test]
    fn custom_may_be_text_and_an_item_that_is_gone_is_not_found() {
        let inner = r#"{\"taskname\":\"公章刻制备案\",\"taskbasic\":{\"implementsubject\":\"公安局\",\"promiseday\":\"2工作日\"}}"#;
        let read = answered(SERVICE, None, &format!(r#"{{"custom":"{inner}"}}"#));
        assert_eq!(read.guide.expect("a guide").text(E::PromisedLimit), Some("2工作日"));
        let gone = answered(SERVICE, None, r#"{"custom":"","status":{"code":"0","text":"该事项不存在！"}}"#);
        assert_eq!(gone.kind, PageKind::SoftNotFound);
    }

    #[test]
    fn a_list_leads_to_its_guides_and_to_its_next_page() {
        let url = "http://h.test/web/rest/zwdtTask/getTaskList";
        let query = QueryBody::json(&json!({"token": "T1", "params": {"currentpage": "0", "pagesize": "10"}}));
        let json =
            r#"{"custom":{"total":11,"tasklist":[{"taskguid":"1a-2b","taskid":"9","taskname":"公章刻制备案"}]}}"#;
        let list = answered(url, Some(&query), json);
        assert_eq!(list.kind, PageKind::GuideList);
        let [guide, next] = list.links.as_slice() else { panic!("{:?}", list.links) };
        assert_eq!(guide.url.as_str(), PAGE);
        let next = next.query.as_ref().expect("a query");
        assert!(next.text.contains("\"currentpage\":\"1\"") && next.text.contains("\"token\":\"T1\""));
    }
}
