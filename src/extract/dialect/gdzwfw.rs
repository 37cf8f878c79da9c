//! The Guangdong service portal: lists from its item search, guides from its item service.
//!
//! A list page asks the item search (`getCommonAuditItem`) by POST; a guide's page is a shell that asks
//! `getAuditItemDetailCur` for its `TASK_CODE`. Pages of 2021 have their values in the markup and ask for nothing.

use serde_json::{Value, json};
use url::Url;

use super::{Answer, DataKind, DataReading, Dialect, GENERIC, Marks, asking};
use crate::extract::dom::fold;
use crate::extract::guide::{self, Vocabulary};
use crate::extract::lexicon::Meaning;
use crate::extract::page::Page;
use crate::model::{BodyKind, Element, Link, QueryBody, QueryRule};

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "gdzwfw",
    name_zh: "广东政务服务网",
    name_en: "Guangdong service portal",
    queries: &[SEARCH, SEARCH_2021],
    recognises: |sight| MARKS.on(sight),
    links,
    data,
    ..GENERIC
};

const MARKS: Marks = Marks {
    address: &["gdzwfw", "task_code=", "getcommonaudititem", "getaudititemdetailcur"],
    source: &["matters-cond", "getAuditItemDetailCur", "getCommonAuditItem"],
};

const SEARCH: QueryRule = QueryRule {
    dialect: "gdzwfw",
    path: "/solr/getCommonAuditItem",
    kind: BodyKind::Json,
    fields: &[
        "PAGENO",
        "PAGESIZE",
        "TASK_TYPE",
        "DEPT_CODE",
        "AREA_CODE",
        "ISLOCALLEVEL",
        "KEY_WORD",
        "TYPE",
        "IS_ONLINE",
        "TASKTAG",
        "LIMIT_SCENE_SUM",
        "IS_ZERO_SECNE",
    ],
    note: "the item search of the portal: gives a page of the list of items, as any visitor's browser asks for it",
};

const SEARCH_2021: QueryRule = QueryRule {
    path: "/item-solr/getCommonAuditItem",
    kind: BodyKind::Form,
    fields: &[
        "pageNum",
        "pageSize",
        "TASK_TYPE",
        "DEPT_CODE",
        "AREA_CODE",
        "ISLOCALLEVEL",
        "KEY_WORD",
        "TYPE",
        "IS_ONLINE",
        "TASKTAG",
        "LIMIT_SCENE_SUM",
        "IS_ZERO_SECNE",
    ],
    ..SEARCH
};

/// Items on one page of a list, as the portal's own pages ask for.
const PAGE_SIZE: u64 = 10;

/// The names of this service that the lexicon does not know.
const VOCABULARY: Vocabulary = Vocabulary {
    names: &[
        (Meaning::Element(Element::Place), &["lobbyaddress", "windowaddress"]),
        (Meaning::Element(Element::Hours), &["worktime", "lobbyworktime"]),
        (Meaning::Element(Element::Flowchart), &["ckbllctguid", "wsbllctguid"]),
    ],
    ..Vocabulary::GENERIC
};

fn links(page: &Page<'_>, links: &mut Vec<Link>) {
    let (scripts, at) = asking::scripts(page);
    if let Some(service) = asking::service(page, &scripts, "getAuditItemDetailCur")
        && let Some(code) = code_of(page.url)
    {
        let mut url = service;
        url.query_pairs_mut().clear().append_pair("TASK_CODE", &code);
        links.push(asking::data(url, None, at.clone()));
    }
    if let Some(service) = asking::service(page, &scripts, "getCommonAuditItem") {
        let area = asking::parameter(page.url, &["region", "AREA_CODE", "areaCode"])
            .or_else(|| asking::literal(&scripts, &["AREA_CODE", "areaCode", "region"]))
            .unwrap_or_default();
        if let Some(query) = query(&service, &area, 1) {
            links.push(asking::data(service, Some(query), at));
        }
    }
}

/// The item code in a guide's address: `/portal/v2/guide/<code>` or `?TASK_CODE=`.
fn code_of(url: &Url) -> Option<String> {
    let in_path = || {
        let (_, after) = url.path().split_once("/guide/")?;
        after.split('/').next().filter(|code| code.len() >= 20).map(str::to_owned)
    };
    asking::parameter(url, &["TASK_CODE"]).or_else(in_path)
}

/// The query for a page of the list.
fn query(service: &Url, area: &str, number: u64) -> Option<QueryBody> {
    if service.path().ends_with(SEARCH.path) {
        return Some(QueryBody::json(&json!({
            "PAGENO": number.to_string(), "PAGESIZE": PAGE_SIZE, "TASK_TYPE": "", "DEPT_CODE": "", "AREA_CODE": area,
            "ISLOCALLEVEL": 0, "KEY_WORD": "", "TYPE": "", "IS_ONLINE": "", "TASKTAG": 1, "LIMIT_SCENE_SUM": 0,
            "IS_ZERO_SECNE": "",
        })));
    }
    let (number, size) = (number.to_string(), PAGE_SIZE.to_string());
    service.path().ends_with(SEARCH_2021.path).then(|| {
        QueryBody::form(&[
            ("pageNum", &number),
            ("pageSize", &size),
            ("AREA_CODE", area),
            ("ISLOCALLEVEL", "0"),
            ("TASKTAG", "1"),
        ])
    })
}

fn data(answer: &Answer<'_>) -> Option<DataReading> {
    if answer.url.path().ends_with("getCommonAuditItem") {
        return list(answer);
    }
    if !answer.url.path().ends_with("getAuditItemDetailCur") {
        return None;
    }
    let says = answer.value.get("msg").and_then(Value::as_str).unwrap_or_default();
    let kind = match guide::read_data(answer.value, answer.url, &VOCABULARY) {
        Some(reading) => DataKind::Guide(Box::new(reading)),
        None if says.contains("未找到") => DataKind::NotFound,
        None => DataKind::Other,
    };
    Some(DataReading { kind, links: Vec::new(), shown_at: None })
}

fn list(answer: &Answer<'_>) -> Option<DataReading> {
    let (pointer, custom) = ["/data/CUSTOM", "/CUSTOM"]
        .into_iter()
        .find_map(|pointer| answer.value.pointer(pointer).map(|custom| (pointer, custom)))?;
    let items = custom.get("AUDIT_ITEMLIST").and_then(Value::as_array)?;
    let mut links: Vec<Link> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| {
            let item = item.as_object()?;
            let code = asking::text(item, &["TASK_CODE", "task_code"])?;
            let title = fold(asking::text(item, &["TASK_NAME", "task_name", "CATANAME"])?);
            let url = answer.url.join(&guide_path(answer.url, code)).ok()?;
            Some(asking::guide(url, &title, format!("{pointer}/AUDIT_ITEMLIST/{index}")))
        })
        .collect();
    if let Some(info) = custom.get("PAGEINFO") {
        let numbers =
            ["CURRENTPAGEINDEX", "PAGESIZE", "TOTALNUM"].map(|key| asking::number(info.get(key)).unwrap_or(0));
        let next = |number| Some((answer.url.clone(), Some(query(answer.url, &area_of(answer), number)?)));
        links.extend(asking::next_page(numbers.into(), next, &format!("{pointer}/PAGEINFO")));
    }
    Some(DataReading { kind: DataKind::List, links, shown_at: None })
}

/// The area that a list was asked for.
fn area_of(answer: &Answer<'_>) -> String {
    let Some(query) = answer.query else { return String::new() };
    match query.value() {
        Some(value) => value.get("AREA_CODE").and_then(Value::as_str).unwrap_or_default().to_owned(),
        None => url::form_urlencoded::parse(query.text.as_bytes())
            .find(|(name, _)| name == "AREA_CODE")
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default(),
    }
}

/// Where the portal shows an item: `/portal/v2/guide/<code>`, in 2021 `/portal/guide/<code>`.
fn guide_path(service: &Url, code: &str) -> String {
    let version = if service.path().contains("/v2/") { "/portal/v2/guide/" } else { "/portal/guide/" };
    let encoded: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
    format!("{version}{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::{answered, extracted};
    use crate::model::PageKind;
    use crate::model::extraction::LinkRole;

    const CODE: &str = "11440000006939756B2440101007000";

    #[test]
    fn a_guides_shell_asks_the_item_service_and_a_list_page_the_item_search() {
        let html = r#"<div id=app></div><script>fetch("/portal/api/v2/item-event/getAuditItemDetailCur?TASK_CODE=" + id)</script>"#;
        let shell = extracted(&format!("http://h.test/portal/v2/guide/{CODE}"), html);
        let asked: Vec<_> = shell.links.iter().filter(|link| link.role == LinkRole::Data).collect();
        assert_eq!(asked.len(), 1);
        assert_eq!(
            asked[0].url.as_str(),
            format!("http://h.test/portal/api/v2/item-event/getAuditItemDetailCur?TASK_CODE={CODE}")
        );
        let html = r#"<script>var AREA_CODE="440100"; post('/portal/api/v2/solr/getCommonAuditItem', q)</script>"#;
        let list = extracted("http://h.test/portal/v2/personal", html);
        let query = list.links.iter().find_map(|link| link.query.as_ref()).expect("a query");
        assert!(query.text.contains("\"AREA_CODE\":\"440100\"") && query.text.contains("\"PAGENO\":\"1\""));
        assert!(SEARCH.allows(&list.links.last().expect("a link").url, query));
    }

    #[test]
    fn a_page_of_the_list_leads_to_its_guides_and_to_the_next_page() {
        let url = "http://h.test/portal/item-solr/getCommonAuditItem";
        let query = query(&Url::parse(url).expect("a valid address"), "440100", 1).expect("a query");
        let json = format!(
            r#"{{"errCode":0,"data":{{"CUSTOM":{{"PAGEINFO":{{"CURRENTPAGEINDEX":1,"PAGESIZE":10,"TOTALNUM":"11"}},
                "AUDIT_ITEMLIST":[{{"TASK_CODE":"{CODE}","TASK_NAME":"企业设立登记"}},{{"TASK_NAME":"无码"}}]}}}}}}"#
        );
        let list = answered(url, Some(&query), &json);
        assert_eq!((list.kind, list.dialect.as_str()), (PageKind::GuideList, "gdzwfw"));
        let [guide, next] = list.links.as_slice() else { panic!("{:?}", list.links) };
        assert_eq!(guide.url.path(), format!("/portal/guide/{CODE}"));
        assert_eq!((guide.text.as_str(), next.role), ("企业设立登记", LinkRole::Paging));
        let next = next.query.as_ref().expect("a query");
        assert!(next.text.contains("pageNum=2") && next.text.contains("AREA_CODE=440100"), "{}", next.text);
        assert!(SEARCH_2021.allows(&list.links[1].url, next));
    }

    #[test]
    fn the_item_service_gives_a_guide_or_says_that_there_is_none() {
        let url = format!("http://h.test/portal/api/v2/item-event/getAuditItemDetailCur?TASK_CODE={CODE}");
        let json = format!(
            r#"{{"AUDIT_ITEM":{{"TASK_CODE":"{CODE}","TASK_NAME":"企业设立登记","DEPT_NAME":"市场监管局","PROMISE_DAY":"3",
                "PROMISE_TYPE_TEXT":"工作日","ANTICIPATE_DAY":"20","ANTICIPATE_DAY_TYPE_TEXT":"工作日","LIMIT_SCENE_NUM":"0",
                "ACCEPT_CONDITION":"&amp;lt;p&amp;gt;有住所&amp;lt;/p&amp;gt;"}},
                "AUDIT_MATERIAL":[{{"MATERIAL_NAME":"申请书","FORM_GUID":[{{"ATTACHNAME":"空表.doc","FILEPATH":"/f/1.doc"}}],
                "EXAMPLE_GUID":[]}}]}}"#
        );
        let guide = answered(&url, None, &json);
        assert_eq!(guide.kind, PageKind::Guide);
        let guide = guide.guide.expect("a guide");
        assert_eq!(guide.code.as_ref().map(|code| code.value.as_str()), Some(CODE));
        assert_eq!(guide.promised.value().and_then(crate::model::TimeLimit::working_days), Some(3.0));
        assert_eq!(guide.text(Element::Conditions), Some("有住所"));
        assert_eq!(guide.materials.value().map(Vec::len), Some(1));
        let none = answered(&url, None, r#"{"errCode":500,"msg":"未找到匹配的信息","data":null}"#);
        assert_eq!(none.kind, PageKind::SoftNotFound);
    }
}
