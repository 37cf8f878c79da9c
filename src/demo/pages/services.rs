//! Data answers of the families whose pages are built by script: lists page by page, and single items.
//!
//! Comes in: a site, and what its pages' scripts ask for. Goes out: JSON as those services write it. Must never know:
//! sockets.

use serde_json::{Value, json};

use super::{Answer, Page, Site, address};
use crate::demo::content::GuideContent;

const JSON: &str = "application/json;charset=UTF-8";

/// The order of the items in lists; it spreads the six errands over the pages.
const ORDER: [usize; 14] = [6, 0, 9, 1, 8, 2, 10, 7, 3, 12, 4, 11, 5, 13];

/// The item that the Guangdong service answers with an HTML error page, as it sometimes does.
const BROKEN: usize = 13;

/// The item that the Guangdong service keeps in its other, lower-case schema.
const IN_OTHER_SCHEMA: usize = 12;

/// The page that a query by POST names; `None` if this family takes no such query.
pub(super) fn posted(site: &Site<'_>, path: &str, body: &[u8]) -> Option<Page> {
    let is = |name: &str| site.family.paths.get(name).is_some_and(|known| known == path);
    if site.family_name == "spa" {
        let current = url::form_urlencoded::parse(body).find(|(name, _)| name == "current")?.1;
        return current.parse().ok().filter(|_| is("list_data")).map(Page::ListData);
    }
    let query: Value = serde_json::from_slice(body).ok()?;
    let number = |value: &Value| value.as_str().and_then(|text| text.parse::<usize>().ok());
    match site.family_name {
        "icity" if is("list_data") => Some(Page::ListData(query.get("page")?.as_u64()?.try_into().ok()?)),
        "gdapi" if is("list_data") => Some(Page::ListData(number(query.get("PAGENO")?)?)),
        "epoint" if is("list_data") => Some(Page::ListData(number(query.pointer("/params/currentpage")?)? + 1)),
        "epoint" if is("guide_data") => {
            let guid = query.pointer("/params/taskguid")?.as_str()?;
            let found = site.guides.iter().position(|guide| address::guide_key(site.family, guide) == guid);
            Some(found.map_or(Page::Withdrawn, Page::GuideData))
        }
        _ => None,
    }
}

/// The answer for a page of data.
pub(super) fn answer(site: &Site<'_>, page: &Page) -> Option<Answer> {
    let value = match (site.family_name, page) {
        ("gdapi", Page::ListData(n)) => guangdong_list(site, *n),
        ("gdapi", Page::GuideData(BROKEN)) => {
            let body = "<html><head><title>Error</title></head><body><h1>HTTP Status 500</h1></body></html>";
            return Some(Answer::new(200, JSON, body));
        }
        ("gdapi", Page::GuideData(number @ IN_OTHER_SCHEMA)) => package(site, site.guides.get(*number)?),
        ("gdapi", Page::GuideData(number)) => guangdong(site, site.guides.get(*number)?),
        ("epoint", Page::ListData(n)) => epoint_list(site, *n),
        ("epoint", Page::GuideData(number)) => epoint(site, site.guides.get(*number)?),
        ("icity", Page::ListData(n)) => icity_list(site, *n),
        ("spa", Page::ListData(n)) => zhejiang_list(site, *n),
        ("epoint", Page::Withdrawn) => json!({"status": {"code": "0", "text": "该事项不存在！"}, "custom": ""}),
        _ => return None,
    };
    Some(Answer::new(200, JSON, value.to_string()))
}

/// The items of one page of the list.
fn items<'s>(site: &'s Site<'_>, n: usize) -> impl Iterator<Item = &'s GuideContent> {
    let rows = site.family.page_size;
    let start = n.saturating_sub(1) * rows;
    ORDER.iter().skip(start).take(rows).filter_map(|number| site.guides.get(*number))
}

/// The words of the guide in this family, to be taken by their labels.
struct Words(Value);

impl Words {
    fn of(site: &Site<'_>, guide: &GuideContent) -> Self {
        Self(serde_json::to_value(site.view(guide.number)).expect("a view is plain data with text keys"))
    }

    fn row(&self, group: &str, label: &str) -> Value {
        let rows = self.0[group].as_array().map_or(&[][..], Vec::as_slice);
        rows.iter().find(|row| row["label"] == label).map_or(Value::Null, |row| row["value"].clone())
    }
}

/// A list as an iCity command gives it.
fn icity_list(site: &Site<'_>, n: usize) -> Value {
    let list: Vec<Value> = items(site, n)
        .map(|guide| json!({"CODE": guide.code, "NAME": guide.title, "DEPT_NAME": guide.department}))
        .collect();
    json!({"state": "1", "total": ORDER.len(), "data": list})
}

/// A list of matters in its three wrappings; every third matter stands below another one.
fn zhejiang_list(site: &Site<'_>, n: usize) -> Value {
    let matter =
        |guide: &GuideContent| json!({"qlName": guide.title, "qlInnerCode": address::guide_key(site.family, guide)});
    let list: Vec<Value> = items(site, n)
        .enumerate()
        .map(|(index, guide)| match index % 3 {
            2 => json!({"qlName": guide.department, "subMatterList": [matter(guide)]}),
            _ => matter(guide),
        })
        .collect();
    json!({"success": true, "data": {"code": "200", "data": {"data": {"total": ORDER.len().to_string(), "list": list}}}})
}

fn guangdong_list(site: &Site<'_>, n: usize) -> Value {
    let list: Vec<Value> = items(site, n)
        .map(|guide| json!({"TASK_CODE": guide.code, "TASK_NAME": guide.title, "DEPT_NAME": guide.department}))
        .collect();
    let info = json!({"CURRENTPAGEINDEX": n, "PAGESIZE": site.family.page_size, "TOTALNUM": ORDER.len()});
    json!({"errCode": 0, "data": {"CUSTOM": {"AUDIT_ITEMLIST": list, "PAGEINFO": info}}})
}

/// Markup is escaped twice on its way through this service.
fn escaped_twice(paragraphs: &[&str]) -> String {
    paragraphs.iter().flat_map(|text| ["&amp;lt;p&amp;gt;", text, "&amp;lt;/p&amp;gt;"]).collect()
}

fn guangdong(site: &Site<'_>, guide: &GuideContent) -> Value {
    let words = Words::of(site, guide);
    let attachment = |name: &Value, address: &Value| match address.as_str() {
        Some(address) if !address.is_empty() => json!([{"ATTACHNAME": name, "FILEPATH": address}]),
        _ => json!([]),
    };
    let materials: Vec<Value> = words.0["materials"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .map(|row| {
            json!({"MATERIAL_NAME": row["name"], "MATERIAL_TYPE": row["shape"], "IS_NEED": row["necessity"],
            "PAGE_NUM": row["copies"], "SOURCE_TYPE": row["source"],
            "FORM_GUID": attachment(&row["name"], &row["blank"]),
            "EXAMPLE_GUID": attachment(&row["name"], &row["sample"])})
        })
        .collect();
    let steps: Vec<Value> = words.0["steps"].as_array().map_or(&[][..], Vec::as_slice).iter().map(|row| {
        json!({"STEP_NAME": row["name"], "LIMIT": row["limit"], "DEPARTMENT": row["department"], "CONTENT": row["task"]})
    }).collect();
    json!({
        "AUDIT_ITEM": {
            "TASK_CODE": guide.code, "TASK_NAME": guide.title, "CATALOG_CODE": guide.base_code,
            "TASK_TYPE_TEXT": guide.item_type, "DEPT_NAME": guide.department, "USE_LEVEL_TEXT": "市级",
            "SERVER_TYPE_TEXT": guide.object, "PROJECT_TYPE_TEXT": guide.handling_kind,
            "HANDLE_FORM": guide.handling_form, "HANDLE_AREA": "全市",
            "ANTICIPATE_DAY": words.0["statutory_split"]["number"],
            "ANTICIPATE_DAY_TYPE_TEXT": words.0["statutory_split"]["unit"],
            "PROMISE_DAY": words.0["promised_split"]["number"],
            "PROMISE_TYPE_TEXT": words.0["promised_split"]["unit"],
            "LIMIT_SCENE_NUM": guide.visits.to_string(),
            "LIMIT_SCENE_EXPLAIN": words.row("time", "必须现场办理原因"),
            "WSFWSD": guide.depth, "IS_EXPRESS": words.row("time", "是否支持物流快递"),
            "RESULT_NAME": guide.result, "RESULT_DELIVERY": words.row("time", "结果送达"),
            "BY_LAW": escaped_twice(&[guide.legal_basis]), "ACCEPT_CONDITION": escaped_twice(guide.conditions),
            "IS_FEE": words.row("fee", "是否收费"), "FEE_STANDARD": guide.tariff, "FEE_BASIS": guide.fee_basis,
            "TRANSACT_ADDR": guide.place, "TRANSACT_TIME": guide.hours, "LINK_TEL": guide.consult,
            "TSTEL": guide.complaint, "FLOW_CHART": "", "CKBLLCT": words.0["chart"]["url"],
        },
        "AUDIT_MATERIAL": materials,
        "AUDIT_ITEM_FLOWSHEET": steps,
        "AUDIT_QA": [],
        "SCOPES": [],
    })
}

/// An item in the schema that the service uses for several errands in one.
fn package(site: &Site<'_>, guide: &GuideContent) -> Value {
    let words = Words::of(site, guide);
    let materials: Vec<Value> =
        guide.materials.iter().map(|material| json!({"material_name": material.name})).collect();
    json!({
        "special_item_type": "TC", "task_code": guide.code, "task_name": guide.title, "dept_name": guide.department,
        "legal_period": words.0["statutory_split"]["number"], "legal_period_type": "1",
        "promised_period": words.0["promised_split"]["number"], "promised_period_type": "1",
        "limit_scene_num": guide.visits.to_string(), "accept_condition": guide.conditions.join("\n"),
        "by_law": guide.legal_basis, "transact_addr": guide.place, "transact_time": guide.hours,
        "link_way": guide.consult, "supervise_way": guide.complaint, "material_list": materials,
    })
}

fn epoint_list(site: &Site<'_>, n: usize) -> Value {
    let list: Vec<Value> = items(site, n)
        .map(|guide| json!({"taskguid": address::guide_key(site.family, guide), "taskname": guide.title}))
        .collect();
    json!({"status": {"code": "200"}, "custom": {"code": 1, "tasklist": list, "total": ORDER.len()}})
}

fn epoint(site: &Site<'_>, guide: &GuideContent) -> Value {
    let words = Words::of(site, guide);
    let yes = |is: bool| if is { "1" } else { "0" };
    let materials: Vec<Value> = guide
        .materials
        .iter()
        .map(|material| {
            let blank = if material.is_form { material.blank_file.as_str() } else { "" };
            let sample = if material.has_sample { material.sample_file.as_str() } else { "" };
            json!({"materialname": material.name, "materialform": material.shape, "materialsource": material.source,
                "necessary": "1", "pagenum": "1", "templateattachguid": blank, "exampleattachguid": sample})
        })
        .collect();
    // What is done on the spot is a promise of `1` to this software, and 即办件 to a visitor.
    let promise = if guide.promised.number().is_none() { Value::from("1") } else { words.0["promised"].clone() };
    let custom = json!({
        "taskguid": address::guide_key(site.family, guide), "taskname": guide.title, "itemid": guide.code,
        "taskelement": {"onlinehandle": "1", "appointment": "0"}, "taskcasecount": 0, "casecondition": [],
        "taskbasic": {
            "qlkind": guide.item_type, "implementsubject": guide.department, "exerciseclass": "市级",
            "managementobj": guide.object, "type": guide.handling_kind, "handleform": guide.handling_form,
            "crosscope": "全市", "anticipateday": words.0["statutory"], "promiseday": promise,
            "dao_xc_num": guide.visits.to_string(), "wsfwsd": guide.depth, "if_express": yes(guide.courier),
            "finishfilename": guide.result, "resultdelivery": words.row("time", "结果送达"),
            "handleaddress": guide.place, "handletime": guide.hours, "linktel": guide.consult,
            "supervisetel": guide.complaint,
        },
        "handlecondition": guide.conditions.join("<br>"),
        "taskmaterials": materials,
        "specialsteplist": [{"stepname": "专家评审", "timelimit": "10个工作日", "isinlimit": "否"}],
        "handleflow": words.0["sentence"],
        "taskoutimg": words.0["chart"]["url"],
        "chargeflag": yes(guide.fee), "chargestandard": guide.tariff, "chargebasis": guide.fee_basis,
        "setting": guide.legal_basis,
    });
    // `custom` is text within the answer, as this software writes it.
    json!({"status": {"code": "1", "text": "事项基本信息获取成功"}, "custom": custom.to_string()})
}
