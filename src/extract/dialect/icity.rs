//! Inspur iCity (浪潮): an overview table with classes in Chinese, lists by commands.
//!
//! The overview table (`its-table-overview`) has its labels in most rows; in some only the class of the cell says what
//! it holds (`<td class="办理形式">`). Lists come from commands (`…GovProjectCmd/getInitList`), which are asked without
//! a signature: where a portal insists on one, its answer says so and nothing more is tried.

use serde_json::{Value, json};
use url::Url;

use super::{Answer, DataKind, DataReading, Dialect, GENERIC, Marks, Supplement, asking};
use crate::extract::dom::{Node, fold};
use crate::extract::lexicon::{self, Meaning};
use crate::extract::page::Page;
use crate::extract::text::is_han;
use crate::model::{BodyKind, Element, Link, QueryBody, QueryRule};

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "icity",
    name_zh: "浪潮 iCity",
    name_en: "Inspur iCity",
    queries: &[LIST, LIST_SHAANXI, LIST_SHANXI],
    recognises: |sight| MARKS.on(sight),
    fields,
    links,
    data,
    ..GENERIC
};

const MARKS: Marks = Marks { address: &["/icity/"], source: &["its-table-overview", "icity.govservice"] };

const LIST: QueryRule = QueryRule {
    dialect: "icity",
    path: "/app.icity.govservice.GovProjectCmd/getInitList",
    kind: BodyKind::Json,
    fields: &["cat", "ID", "pagemodel", "start", "page", "limit", "ITEM_TYPE", "out_type", "SUIT_ONLINE", "SearchName"],
    note: "the list of items that a theme or department page shows; the command only reads",
};

const LIST_SHAANXI: QueryRule = QueryRule { path: "/shanxi.app.icity.govservice.GovProjectCmd/getInitList", ..LIST };

const LIST_SHANXI: QueryRule = QueryRule {
    path: "/app.icity.govservice.ShanxiItemServiceCmd/getItemByPage",
    fields: &["page", "limit", "type", "title", "serviceObject", "name", "SearchName", "isOnlineProcessed"],
    ..LIST
};

/// Items on one page of a list, as the portal's own pages ask for.
const PAGE_SIZE: u64 = 10;

fn fields(page: &mut Supplement<'_, '_>) {
    let named: Vec<(Element, Node<'_>)> = page
        .nodes()
        .filter(|node| node.name() == "td" && !node.text().is_empty())
        .filter_map(|node| Some((element_of_class(node)?, node)))
        .collect();
    for (element, cell) in named {
        if !page.states(element) {
            page.add_named(element, cell);
        }
    }
}

/// The element that a class in Chinese names.
fn element_of_class(node: Node<'_>) -> Option<Element> {
    let classes = node.attr("class")?;
    classes.split_ascii_whitespace().filter(|class| class.chars().any(is_han)).find_map(|class| {
        match lexicon::label(class)?.meaning {
            Meaning::Element(element) => Some(element),
            _ => None,
        }
    })
}

fn links(page: &Page<'_>, links: &mut Vec<Link>) {
    let (scripts, at) = asking::scripts(page);
    let service = ["GovProjectCmd/getInitList", "ShanxiItemServiceCmd/getItemByPage"]
        .into_iter()
        .find_map(|word| asking::service(page, &scripts, word));
    let Some(service) = service else { return };
    let theme = asking::literal(&scripts, &["ID", "themeId", "id"]).unwrap_or_default();
    let query = query(&service, &theme, 1);
    links.push(asking::data(service, Some(query), at));
}

/// The query for a page of a list.
fn query(service: &Url, theme: &str, number: u64) -> QueryBody {
    if service.path().ends_with(LIST_SHANXI.path) {
        return QueryBody::json(&json!({
            "page": number, "limit": PAGE_SIZE, "type": "all", "title": "", "serviceObject": "", "name": "",
            "SearchName": "", "isOnlineProcessed": "",
        }));
    }
    QueryBody::json(&json!({
        "cat": "theme", "ID": theme, "pagemodel": "person", "start": (number - 1) * PAGE_SIZE, "page": number,
        "limit": PAGE_SIZE, "ITEM_TYPE": "", "out_type": "", "SUIT_ONLINE": "", "SearchName": "",
    }))
}

/// Where a list's entry has its code and its title, best first.
const CODES: [&str; 4] = ["CODE", "code", "ITEM_CODE", "rowGuid"];
const TITLES: [&str; 6] = ["NAME", "name", "ITEM_NAME", "TASK_NAME", "taskName", "SXMC"];

fn data(answer: &Answer<'_>) -> Option<DataReading> {
    let rule = DIALECT.queries.iter().find(|rule| answer.url.path().ends_with(rule.path))?;
    let entries = answer.value.get("data").and_then(Value::as_array)?;
    let mut links = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        // Items of a group stand below it.
        match entry.get("taskList").and_then(Value::as_array) {
            Some(tasks) => {
                for (inner, task) in tasks.iter().enumerate() {
                    links.extend(item(answer.url, task, format!("/data/{index}/taskList/{inner}")));
                }
            }
            None => links.extend(item(answer.url, entry, format!("/data/{index}"))),
        }
    }
    let asked = answer.query.and_then(QueryBody::value);
    let of_query = |key: &str| asked.as_ref().and_then(|asked| asking::number(asked.get(key)));
    let total = ["total", "totalCount"].into_iter().find_map(|key| asking::number(answer.value.get(key)));
    let theme = asked.as_ref().and_then(|asked| asked.get("ID")).and_then(Value::as_str).unwrap_or_default();
    let numbers = (of_query("page").unwrap_or(1), of_query("limit").unwrap_or(0), total.unwrap_or(0));
    let next = |number| {
        let body = query(answer.url, theme, number);
        rule.allows(answer.url, &body).then(|| (answer.url.clone(), Some(body)))
    };
    links.extend(asking::next_page(numbers, next, "/total"));
    Some(DataReading { kind: DataKind::List, links, shown_at: None })
}

fn item(service: &Url, entry: &Value, pointer: String) -> Option<Link> {
    let entry = entry.as_object()?;
    let code = asking::text(entry, &CODES)?;
    let title = fold(asking::text(entry, &TITLES)?);
    // `/icity/api-v2/…` serves the pages of `/icity/icity/…`.
    let (root, _) = service.path().split_once("api-v2/")?;
    let mut url = service.join(&format!("{root}icity/proinfo/index")).ok()?;
    url.query_pairs_mut().append_pair("code", code);
    Some(asking::guide(url, &title, pointer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::{answered, extracted};
    use crate::model::PageKind;
    use crate::model::extraction::LinkRole;

    #[test]
    fn cells_known_only_by_a_class_in_chinese_are_read() {
        let html = "<h3 class=text-center>参保登记</h3><table class='table its-table-overview'><tbody>\
            <tr><th>实施主体</th><td>市人社局</td></tr><tr><th>办件类型</th><td class=办件类型>即办件</td></tr>\
            <tr><th></th><td class=办理形式>窗口办理</td><th></th><td class='cell 通办范围'>全市</td></tr>\
            <tr><th></th><td class=备用>x</td><td class=数量限制></td></tr></table>";
        let guide = extracted("http://h.test/icity/icity/proinfo/index?code=1", html).guide.expect("a guide");
        assert_eq!(guide.text(Element::HandlingForm), Some("窗口办理"));
        assert_eq!(guide.text(Element::ServiceRange), Some("全市"));
        assert_eq!(guide.text(Element::HandlingKind), Some("即办件"));
        assert!(guide.element(Element::QuantityLimit).is_absent());
    }

    #[test]
    fn a_list_page_asks_its_command_and_the_answer_leads_to_guides_and_on() {
        let html = "<script>var ID='16'; load('/icity/api-v2/app.icity.govservice.GovProjectCmd/getInitList')</script>";
        let page = extracted("http://h.test/icity/icity/project/index?type=person", html);
        let asked = page.links.iter().find(|link| link.role == LinkRole::Data).expect("data to ask for");
        let query = asked.query.as_ref().expect("a query");
        assert!(LIST.allows(&asked.url, query) && query.text.contains("\"ID\":\"16\""), "{}", query.text);
        let json = r#"{"state":"1","total":11,"data":[{"CODE":"11610000X","NAME":"参保登记"},{"NAME":"无编码"},
            {"taskList":[{"rowGuid":"a-1","taskName":"变更登记"}]}]}"#;
        let list = answered(asked.url.as_str(), Some(query), json);
        assert_eq!((list.kind, list.dialect.as_str()), (PageKind::GuideList, "icity"));
        let addresses: Vec<&str> = list.links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(
            addresses,
            [
                "http://h.test/icity/icity/proinfo/index?code=11610000X",
                "http://h.test/icity/icity/proinfo/index?code=a-1",
                "http://h.test/icity/api-v2/app.icity.govservice.GovProjectCmd/getInitList",
            ]
        );
        let next = list.links[2].query.as_ref().expect("a query");
        assert!(next.text.contains("\"page\":2") && next.text.contains("\"start\":10"), "{}", next.text);
        let ended = answered(asked.url.as_str(), Some(next), r#"{"total":11,"data":[{"CODE":"1","NAME":"参保登记"}]}"#);
        assert!(ended.links.iter().all(|link| link.role != LinkRole::Paging));
    }
}
