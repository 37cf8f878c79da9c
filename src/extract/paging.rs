//! Further pages of a list: pagers a visitor clicks, and pages that only a script would make.
//!
//! Comes in: a page. Goes out: paging links, made-up ones bounded. Must never know: how many of them will be visited.

use url::Url;

use super::dom::{Css, Node};
use super::page::Page;
use super::script_links;
use crate::model::extraction::LinkRole;
use crate::model::{Hop, Link, Locator};

/// No more pages than this are made up from a number: a stable sample needs far fewer.
const MAX_PAGES: u32 = 30;

/// Words of pager links.
const TURN: [&str; 11] = ["下一页", "下页", "后一页", "尾页", "末页", "上一页", "上页", "首页>>", ">", ">>", "»"];

/// Parameters that carry a page number.
const PARAMETERS: [&str; 10] =
    ["pageno", "pagenum", "page", "cur_page", "curpage", "pageindex", "currentpage", "pagenumber", "p", "pn"];

/// Whether a link is part of a pager: its words turn the page, or it is a number among numbers.
pub(super) fn is_pager_link(node: Node<'_>, text: &str) -> bool {
    let text = text.trim();
    if TURN.contains(&text) || text.starts_with("下一页") {
        return true;
    }
    if !is_page_number(text) {
        return false;
    }
    let around: Vec<Node<'_>> = node.ancestors().take(3).collect();
    let by_class = around.iter().any(|box_| {
        let class = format!("{} {}", box_.attr("class").unwrap_or_default(), box_.attr("id").unwrap_or_default());
        let class = class.to_ascii_lowercase();
        ["page", "pager", "pagination", "fenye", "paging"].iter().any(|word| class.contains(word))
    });
    // The box of a real pager is small; whole pages are not searched for numbers.
    by_class
        || around.iter().take(2).any(|box_| {
            let links: Vec<String> =
                box_.descendants().filter(|inner| inner.name() == "a").take(20).map(Node::text).collect();
            links.len() < 20 && links.iter().filter(|words| is_page_number(words)).count() >= 2
        })
}

fn is_page_number(text: &str) -> bool {
    let inner = text.trim().trim_matches(['[', ']']);
    (1..=3).contains(&inner.len()) && inner.bytes().all(|b| b.is_ascii_digit())
}

/// Paging that is not a link: hidden inputs with page numbers, scripts that write the pager, and calls with a number.
pub(super) fn read(page: &Page<'_>) -> Vec<Link> {
    let mut links = by_hidden_inputs(page);
    links.extend(by_script(page));
    links.extend(by_calls(page));
    links
}

/// `<a onclick="gotoPage('3')">3</a>`: the page's own address with that number. Only where the address has a place for
/// it: a parameter made up for a server that does not know it would be our mistake, not the portal's.
fn by_calls(page: &Page<'_>) -> Vec<Link> {
    if !page.url.query_pairs().any(|(name, _)| is_page_parameter(&name)) {
        return Vec::new();
    }
    let mut links: Vec<Link> = Vec::new();
    for node in page.dom.select(&Css::new("a[onclick], a[href], span[onclick], li[onclick]")) {
        let href = node.attr("href").and_then(script_links::code_of);
        let Some(number) = [node.attr("onclick"), href].into_iter().flatten().find_map(called_page) else { continue };
        let url = with_page(page.url, number);
        let known = links.iter().any(|link| link.url == url) || url == *page.url;
        if !known && links.len() < MAX_PAGES as usize && is_pager_link(node, &node.text_up_to(PAGER_BYTES)) {
            links.push(paging_link(url, number, node.locator()));
        }
    }
    links
}

/// The words of a pager's link are short.
const PAGER_BYTES: usize = 40;

/// The page number in `gotoPage('3')` or `turnPage(3); return false;`: one call, whose name says that it turns pages.
fn called_page(code: &str) -> Option<u32> {
    let (name, rest) = code.split_once('(')?;
    let (argument, _) = rest.split_once(')')?;
    let name = name.trim().rsplit([' ', ';', '.', ':']).next().unwrap_or_default().to_ascii_lowercase();
    let number: u32 = argument.trim().trim_matches(['\'', '"']).parse().ok()?;
    (name.contains("page") && !name.contains("size") && (1..=MAX_NUMBER).contains(&number)).then_some(number)
}

/// A larger number is an identifier.
const MAX_NUMBER: u32 = 10_000;

fn is_page_parameter(name: &str) -> bool {
    PARAMETERS.contains(&name.to_ascii_lowercase().as_str())
}

/// `pageNo…`, `pageNum…` in hidden inputs: current page and number of pages.
fn by_hidden_inputs(page: &Page<'_>) -> Vec<Link> {
    let mut current = None;
    let mut total = None;
    let mut loose = None;
    for node in page.dom.select(&Css::new("input[type=hidden], input[type=HIDDEN], input[type=Hidden]")) {
        let name = node.attr("name").or_else(|| node.attr("id")).unwrap_or_default().to_ascii_lowercase();
        let Some(value) = node.attr("value").and_then(|value| value.parse::<u32>().ok()) else { continue };
        if ["pagecount", "totalpage", "pagetotal", "pages", "countpage", "maxpage"].iter().any(|n| name.starts_with(n))
        {
            total = total.or(Some((value, node)));
        } else if ["pageno", "curpage", "currentpage", "pageindex", "cur_page", "nowpage"]
            .iter()
            .any(|n| name.starts_with(n))
        {
            current = current.or(Some(value));
        } else if name.starts_with("pagenum") {
            // Beside a current page this is their number; alone it is the current page.
            loose = loose.or(Some((value, node)));
        }
    }
    let total = total.or(if current.is_some() { loose } else { None });
    let Some((total, node)) = total else { return Vec::new() };
    let current = current.or(loose.map(|(value, _)| value)).unwrap_or(1);
    let at = node.locator();
    (1..=total.min(MAX_PAGES))
        .filter(|number| *number != current)
        .map(|number| paging_link(with_page(page.url, number), number, at.clone()))
        .collect()
}

fn paging_link(url: Url, number: u32, at: Locator) -> Link {
    Link { url, text: format!("第{number}页"), hop: Hop::Link, role: LinkRole::Paging, at, query: None }
}

/// The page's own address with another page number; `pageno` where it has none yet.
fn with_page(url: &Url, number: u32) -> Url {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let known = pairs.iter().position(|(name, _)| is_page_parameter(name));
    let mut next = url.clone();
    next.set_fragment(None);
    {
        let mut query = next.query_pairs_mut();
        query.clear();
        for (index, (name, value)) in pairs.iter().enumerate() {
            if Some(index) == known {
                query.append_pair(name, &number.to_string());
            } else {
                query.append_pair(name, value);
            }
        }
        if known.is_none() {
            query.append_pair("pageno", &number.to_string());
        }
    }
    next
}

/// `createPageHTML(5, 0, "index", "html")`: the list goes on in `index_1.html` … `index_4.html`.
fn by_script(page: &Page<'_>) -> Vec<Link> {
    let call = "createPageHTML(";
    for script in page.dom.select(&Css::new("script:not([src])")) {
        let source = script.source();
        for (at, _) in source.match_indices(call) {
            // The function's own definition has names where the call has values.
            if source[..at].trim_end().ends_with("function") {
                continue;
            }
            let rest = &source[at + call.len()..];
            let Some(end) = rest.find(')') else { continue };
            let arguments: Vec<String> =
                rest[..end].split(',').map(|word| word.trim().trim_matches(['"', '\'']).to_owned()).collect();
            let [pages, current, stem, extension, ..] = arguments.as_slice() else { continue };
            let (Some(pages), Some(current)) = (number_of(&source, pages), number_of(&source, current)) else {
                continue;
            };
            let found: Vec<Link> = (0..pages.min(MAX_PAGES))
                .filter(|index| *index != current)
                .filter_map(|index| {
                    let name =
                        if index == 0 { format!("{stem}.{extension}") } else { format!("{stem}_{index}.{extension}") };
                    Some(paging_link(page.resolve(&name)?, index + 1, script.locator()))
                })
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

/// A number, or the value of a variable set in the same script.
fn number_of(source: &str, word: &str) -> Option<u32> {
    if let Ok(number) = word.parse() {
        return Some(number);
    }
    if word.is_empty() || !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    source.match_indices(word).find_map(|(at, _)| {
        let rest = source[at + word.len()..].trim_start().strip_prefix('=')?.trim_start();
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::links_of;
    use super::*;

    fn paging(url: &str, html: &str) -> Vec<String> {
        links_of(url, html)
            .into_iter()
            .filter(|link| link.role == LinkRole::Paging)
            .map(|link| link.url.to_string())
            .collect()
    }

    #[test]
    fn pagers_are_recognised_and_numbers_elsewhere_are_not() {
        let pager = "<div class=fanye><a href=?p=1>1</a><a href=?p=2>2</a><a href=?p=2>下一页</a></div>";
        assert_eq!(paging("http://h.test/l", pager), ["http://h.test/l?p=1", "http://h.test/l?p=2"]);
        assert!(paging("http://h.test/l", "<p>热线<a href=/hot>12345</a><a href=/x>2020</a></p>").is_empty());
        assert_eq!(paging("http://h.test/l", "<link rel=next href=l2.html>"), ["http://h.test/l2.html"]);
    }

    #[test]
    fn hidden_page_numbers_become_addresses() {
        let inputs = "<input type=hidden id=pageNoDept value=1><input type=hidden id=pageNumDept value=4>";
        assert_eq!(
            paging("http://h.test/l?area=5101&pageno=1", inputs),
            [2, 3, 4].map(|n| format!("http://h.test/l?area=5101&pageno={n}"))
        );
        assert_eq!(paging("http://h.test/l", inputs).len(), 3);
        let many = "<input type=hidden name=pageNo value=1><input type=hidden name=totalPage value=99999>";
        assert_eq!(paging("http://h.test/l", many).len(), 29);
        assert!(paging("http://h.test/l", "<input type=hidden name=pageNum value=4>").is_empty());
    }

    #[test]
    fn calls_with_a_page_number_are_followed_where_the_address_has_a_place_for_it() {
        let pager = "<div class=page><a href='javascript:void(0)' onclick=\"gotoPage('2')\">2</a>\
                     <a href='javascript:turnPage(3)'>3</a><a onclick=\"gotoPage('2')\">下一页</a>\
                     <a onclick=\"setPageSize(50)\">50</a><a onclick=\"openPage('1')\">网上办事</a></div>";
        assert_eq!(
            paging("http://h.test/l?kind=2&pageno=1", pager),
            ["http://h.test/l?kind=2&pageno=2", "http://h.test/l?kind=2&pageno=3"]
        );
        assert!(paging("http://h.test/l?kind=2", pager).is_empty());
    }

    #[test]
    fn a_pager_written_by_script_is_followed() {
        let script =
            r#"<script>function createPageHTML(a,b,c,d){} var n=3; createPageHTML(n, 0, "index", "html");</script>"#;
        assert_eq!(
            paging("http://h.test/a/", script),
            ["http://h.test/a/index_1.html", "http://h.test/a/index_2.html"]
        );
    }
}
