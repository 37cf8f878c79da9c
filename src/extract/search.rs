//! The site's own search, where it works by GET.
//!
//! Comes in: a page. Goes out: the form that asks. Must never know: what will be asked. Forms that POST are left
//! alone: only reading requests are made.

use super::dom::{Css, Node};
use super::page::Page;
use super::words::any;
use crate::model::extraction::SearchForm;

/// Names of fields that hold the words to search for.
const FIELDS: [&str; 18] = [
    "keyword",
    "keywords",
    "q",
    "searchword",
    "searchwords",
    "key",
    "wd",
    "searchcontent",
    "searchkey",
    "query",
    "kw",
    "words",
    "word",
    "searchtext",
    "qt",
    "s",
    "search",
    "keys",
];

/// Search engines of others say nothing of the site's own search.
const FOREIGN: [&str; 6] = ["baidu.", "sogou.", "so.com", "google.", "bing.", "haosou."];

/// The best search form of a page.
pub(super) fn read(page: &Page<'_>) -> Option<SearchForm> {
    page.dom.select(&Css::new("form")).into_iter().find_map(|form| read_form(page, form))
}

fn read_form(page: &Page<'_>, form: Node<'_>) -> Option<SearchForm> {
    if form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post")) {
        return None;
    }
    let inputs = form.select(&Css::new("input, textarea, select"));
    let kind = |node: &Node<'_>| node.attr("type").unwrap_or("text").to_ascii_lowercase();
    if inputs.iter().any(|node| kind(node) == "password" || node.name() == "textarea") {
        return None;
    }
    let is_text = |node: &&Node<'_>| node.name() == "input" && matches!(kind(node).as_str(), "text" | "search" | "");
    let named: Vec<(&Node<'_>, &str)> = inputs
        .iter()
        .filter(is_text)
        .filter_map(|node| node.attr("name").filter(|name| !name.is_empty()).map(|name| (node, name)))
        .collect();
    let by_name = named.iter().find(|(_, name)| FIELDS.contains(&name.to_ascii_lowercase().as_str()));
    let by_hint = || {
        named.iter().find(|(node, _)| {
            let hint = node.attr("placeholder").or_else(|| node.attr("value")).unwrap_or_default();
            kind(node) == "search" || any(hint, &["搜索", "关键", "检索", "输入您要", "请输入事项"])
        })
    };
    let (_, field) = by_name.or_else(by_hint)?;
    let address = form.attr("action").filter(|action| !action.is_empty());
    let mut action = match address {
        Some(action) => page.resolve(action)?,
        None => page.url.clone(),
    };
    action.set_query(None);
    action.set_fragment(None);
    if any(action.host_str().unwrap_or_default(), &FOREIGN) {
        return None;
    }
    let hidden = inputs
        .iter()
        .filter(|node| kind(node) == "hidden")
        .filter_map(|node| Some((node.attr("name")?.to_owned(), node.attr("value").unwrap_or_default().to_owned())))
        .filter(|(name, _)| !name.is_empty())
        .collect();
    Some(SearchForm { action, field: (*field).to_owned(), hidden, at: form.locator() })
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_page;
    use super::*;

    fn query(html: &str) -> Option<String> {
        with_page("http://h.test/a/", html, |page| read(page).map(|form| form.query("开办").to_string()))
    }

    #[test]
    fn a_search_form_is_found_with_its_hidden_fields() {
        let html =
            "<form action='/s?old=1'><input type=hidden name=site value=7><input name=searchWord><input type=submit>";
        assert_eq!(query(html).as_deref(), Some("http://h.test/s?site=7&searchWord=%E5%BC%80%E5%8A%9E"));
        assert!(query("<form method=get><input name=t1 placeholder=请输入搜索内容></form>").is_some());
    }

    #[test]
    fn other_forms_are_not_a_search() {
        for html in [
            "<form method=POST action=/s><input name=keyword></form>",
            "<form><input name=keyword><input type=password name=p></form>",
            "<form action='https://www.baidu.com/s'><input name=wd></form>",
            "<form><input name=phone></form>",
            "<input name=keyword>",
        ] {
            assert_eq!(query(html), None, "{html}");
        }
    }
}
