//! The Zhejiang service portal: hash routes over the matters service.
//!
//! Lists come from `getMatterListByTheme` by POST, items below items; a guide is a hash route
//! (`#/workguide?localInnerCode=`), whose item the portal also shows as a page of its own with the data in it.

use serde_json::{Map, Value};
use url::Url;

use super::{Answer, Ask, DataKind, DataReading, Dialect, GENERIC, Marks, asking};
use crate::extract::dom::fold;
use crate::extract::page::Page;
use crate::model::{BodyKind, Link, QueryBody, QueryRule};

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "zhejiang",
    name_zh: "浙江政务服务网",
    name_en: "Zhejiang service portal",
    queries: &[LIST],
    recognises: |sight| MARKS.on(sight),
    links,
    route,
    data,
    ..GENERIC
};

const MARKS: Marks = Marks { address: &["zjservice", "localinnercode="], source: &["zjservice"] };

const SERVICE: &str = "open-api/item/getMatterListByTheme";

const LIST: QueryRule = QueryRule {
    dialect: "zhejiang",
    path: "/open-api/item/getMatterListByTheme",
    kind: BodyKind::Form,
    fields: &["current", "handleType", "pageSize", "qlKind", "siteCode", "theme", "themeUserType"],
    note: "a page of the list of matters of a theme, as any visitor's browser asks for it",
};

/// Matters on one page of a list, as the portal's own pages ask for.
const PAGE_SIZE: &str = "40";

/// Matters below matters; the portal has three levels.
const DEEPEST: usize = 4;

/// The page that shows an item with its data in it.
const DETAIL: &str = "/zjservice/item/detail/index.do";

/// Names under which addresses carry the item.
const CODES: [&str; 2] = ["localInnerCode", "qlInnerCode"];

fn route(url: &Url) -> Option<Ask> {
    let is_guide = url.fragment().is_some_and(|fragment| fragment.trim_start_matches('!').starts_with("/workguide"));
    let code = asking::parameter(url, &CODES).filter(|_| is_guide)?;
    Some(Ask { url: detail(url, &code)?, query: None })
}

fn detail(base: &Url, code: &str) -> Option<Url> {
    let mut url = base.join(DETAIL).ok()?;
    url.query_pairs_mut().append_pair("localInnerCode", code);
    Some(url)
}

fn links(page: &Page<'_>, links: &mut Vec<Link>) {
    let (scripts, at) = asking::scripts(page);
    let Some(service) = asking::service(page, &scripts, SERVICE) else { return };
    let named = |names: &[&str]| asking::literal(&scripts, names).unwrap_or_default();
    let query = query(&named(&["siteCode"]), &named(&["theme"]), &named(&["themeUserType"]), 1);
    links.push(asking::data(service, Some(query), at));
}

/// The query for a page of a theme's list.
fn query(site: &str, theme: &str, user: &str, number: u64) -> QueryBody {
    QueryBody::form(&[
        ("current", &number.to_string()),
        ("handleType", "ALL"),
        ("pageSize", PAGE_SIZE),
        ("qlKind", ""),
        ("siteCode", site),
        ("theme", theme),
        ("themeUserType", user),
    ])
}

fn data(answer: &Answer<'_>) -> Option<DataReading> {
    if !answer.url.path().ends_with(LIST.path) {
        return None;
    }
    // The answer is wrapped once, twice or three times.
    let at = ["/data/data/data", "/data/data", "/data"]
        .into_iter()
        .find(|pointer| answer.value.pointer(pointer).is_some_and(|inner| inner.get("list").is_some()))?;
    let inner = answer.value.pointer(at)?.as_object()?;
    let mut links = Vec::new();
    matters(answer.url, inner.get("list")?, &format!("{at}/list"), 0, &mut links);
    links.extend(next(answer, inner, at));
    Some(DataReading { kind: DataKind::List, links, shown_at: None })
}

/// The matters of a list and those below them.
fn matters(service: &Url, list: &Value, pointer: &str, depth: usize, links: &mut Vec<Link>) {
    let Some(items) = list.as_array().filter(|_| depth < DEEPEST) else { return };
    for (index, item) in items.iter().enumerate() {
        let Some(map) = item.as_object() else { continue };
        let at = format!("{pointer}/{index}");
        let code = asking::text(map, &CODES).and_then(|code| detail(service, code));
        if let (Some(url), Some(title)) = (code, asking::text(map, &["qlName", "matterName"])) {
            links.push(asking::guide(url, &fold(title), at));
        } else if let Some(below) = map.get("subMatterList") {
            matters(service, below, &format!("{at}/subMatterList"), depth + 1, links);
        }
    }
}

/// The next page, if the list says that it has one.
fn next(answer: &Answer<'_>, inner: &Map<String, Value>, at: &str) -> Option<Link> {
    let asked: Vec<(String, String)> =
        url::form_urlencoded::parse(answer.query?.text.as_bytes()).into_owned().collect();
    let of_query = |name: &str| asked.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let total = ["total", "totalCount", "count"].into_iter().find_map(|key| asking::number(inner.get(key)))?;
    let numbers = (of_query("current").parse().ok()?, of_query("pageSize").parse().ok()?, total);
    let ask = |number| {
        let body = query(of_query("siteCode"), of_query("theme"), of_query("themeUserType"), number);
        Some((answer.url.clone(), Some(body)))
    };
    asking::next_page(numbers, ask, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::{answered, extracted};
    use crate::model::PageKind;
    use crate::model::extraction::LinkRole;

    #[test]
    fn a_hash_route_leads_to_the_page_of_its_item() {
        let html = "<a href='/zjservice-fe/#/workguide?localInnerCode=0a-1&type=2'>参保登记</a>\
                    <a href='/zjservice-fe/#/home'>首页</a>";
        let links = extracted("http://h.test/zjservice-fe/", html).links;
        let addresses: Vec<&str> = links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(
            addresses,
            ["http://h.test/zjservice/item/detail/index.do?localInnerCode=0a-1", "http://h.test/zjservice-fe/#/home"]
        );
    }

    #[test]
    fn a_theme_asks_for_its_matters_and_the_answer_leads_to_them_at_every_level() {
        let html = "<div id=app></div><script>var siteCode='330100', theme='085', themeUserType='1';\
                    post('/jpaas-zjservice-server/open-api/item/getMatterListByTheme')</script>";
        let page = extracted("http://h.test/zjservice-fe/", html);
        let asked = page.links.iter().find(|link| link.role == LinkRole::Data).expect("data to ask for");
        let query = asked.query.as_ref().expect("a query");
        assert!(LIST.allows(&asked.url, query) && query.text.contains("theme=085"), "{}", query.text);
        let json = r#"{"success":true,"data":{"data":{"data":{"total":"41","list":[
            {"qlName":"参保登记","qlInnerCode":"a"},
            {"qlName":"公司登记","subMatterList":[{"qlName":"设立登记","qlInnerCode":"b"},
                {"qlName":"变更","subMatterList":[{"qlName":"变更登记","qlInnerCode":"c"}]}]},
            {"qlName":"没有编码的事项"}, 7]}}}}"#;
        let list = answered(asked.url.as_str(), Some(query), json);
        assert_eq!((list.kind, list.dialect.as_str()), (PageKind::GuideList, "zhejiang"));
        let titles: Vec<&str> = list.links.iter().map(|link| link.text.as_str()).collect();
        assert_eq!(titles, ["参保登记", "设立登记", "变更登记", "第2页"]);
        let next = list.links[3].query.as_ref().expect("a query");
        assert!(next.text.starts_with("current=2&") && next.text.contains("theme=085"), "{}", next.text);
        assert!(answered(asked.url.as_str(), Some(next), json).links.len() == 3, "41 matters are two pages");
    }
}
