//! What families need to ask for data as a page's own scripts would.
//!
//! Comes in: a page's address and source. Goes out: literals of its scripts, links to data and to further pages of a
//! list. Must never know: any one family. No script is ever run.

use serde_json::{Map, Value};
use url::Url;

use crate::extract::dom::{Css, Node};
use crate::extract::page::Page;
use crate::extract::script_links::looks_like_address;
use crate::model::extraction::LinkRole;
use crate::model::{Hop, Link, Locator, QueryBody};

/// Further pages of a list are asked for one after the other; a list that says it has more than this is believed so far.
const MOST_PAGES: u64 = 500;

/// The source of the scripts that stand in the page, and where the first of them stands.
pub(super) fn scripts(page: &Page<'_>) -> (String, Locator) {
    let nodes = page.dom.select(&Css::new("script:not([src])"));
    let at = nodes.first().map_or(Locator::Whole, |node| node.locator());
    (nodes.into_iter().map(Node::source).collect(), at)
}

/// The value of the first of these names that a script of the page sets to a literal: `name = "…"`, `name: '…'`.
pub(super) fn literal(source: &str, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        source.match_indices(name).find_map(|(at, _)| {
            let before = source[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                return None;
            }
            let rest = source[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
            let rest = rest.strip_prefix(['=', ':'])?.trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let length = rest[1..].find(quote)?;
            let value = rest[1..=length].trim();
            let after = rest[length + 2..].trim_start();
            let is_whole = !after.starts_with('+') && !value.is_empty() && value.chars().count() <= 200;
            is_whole.then(|| value.to_owned())
        })
    })
}

/// The address, within quotes in the source, that ends in this word: how the page's own script names a service.
pub(super) fn service(page: &Page<'_>, source: &str, word: &str) -> Option<Url> {
    source.match_indices(word).find_map(|(at, _)| {
        let start = source[..at].rfind(['"', '\'', '`'])? + 1;
        let end = at + word.len() + source[at + word.len()..].find(['"', '\'', '`'])?;
        let address = source.get(start..end)?.split('?').next()?;
        (address.ends_with(word) && looks_like_address(address)).then(|| page.resolve(address))?
    })
}

/// The value of the first of these keys in the address's query, or in the query behind its hash.
pub(super) fn parameter(url: &Url, keys: &[&str]) -> Option<String> {
    let named = |name: &str| keys.iter().any(|key| name.eq_ignore_ascii_case(key));
    let in_query = url.query_pairs().find(|(name, value)| named(name) && !value.is_empty());
    if let Some((_, value)) = in_query {
        return Some(value.into_owned());
    }
    let (_, behind) = url.fragment()?.split_once('?')?;
    url::form_urlencoded::parse(behind.as_bytes())
        .find(|(name, value)| named(name) && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

/// A link to data that the page's scripts load.
pub(super) fn data(url: Url, query: Option<QueryBody>, at: Locator) -> Link {
    Link { url, text: String::new(), hop: Hop::Embed, role: LinkRole::Data, at, query }
}

/// A link to a guide of a list.
pub(super) fn guide(url: Url, title: &str, pointer: String) -> Link {
    let at = Locator::JsonPointer(pointer);
    Link { url, text: title.to_owned(), hop: Hop::Link, role: LinkRole::Page, at, query: None }
}

/// A link to the next page of a list, if by its own numbers there is one.
pub(super) fn next_page(
    (current, size, total): (u64, u64, u64),
    ask: impl FnOnce(u64) -> Option<(Url, Option<QueryBody>)>,
    pointer: &str,
) -> Option<Link> {
    let has_more = size > 0 && current < MOST_PAGES && current.saturating_mul(size) < total;
    let (url, query) = has_more.then(|| ask(current + 1))??;
    let at = Locator::JsonPointer(pointer.to_owned());
    Some(Link { url, text: format!("第{}页", current + 1), hop: Hop::Link, role: LinkRole::Paging, at, query })
}

/// A number that stands as such or as text.
pub(super) fn number(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text under the first of these keys that has one.
pub(super) fn text<'v>(map: &'v Map<String, Value>, keys: &[&str]) -> Option<&'v str> {
    keys.iter().find_map(|key| map.get(*key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_scripts_are_found_and_expressions_are_not() {
        let source = r#"var taskguid = "0a-1"; x.config({ areaCode: '440100', 'deptCode':"7" }); var id = "a" + b;"#;
        assert_eq!(literal(source, &["taskguid"]).as_deref(), Some("0a-1"));
        assert_eq!(literal(source, &["AREA", "areaCode"]).as_deref(), Some("440100"));
        assert_eq!(literal(source, &["deptCode"]).as_deref(), Some("7"));
        assert_eq!(literal(source, &["id"]), None);
        assert_eq!(literal("mytaskguid='1'", &["taskguid"]), None);
    }

    #[test]
    fn parameters_are_read_from_the_query_and_from_behind_the_hash() {
        let url = |text: &str| Url::parse(text).expect("a valid address");
        assert_eq!(parameter(&url("http://h.test/a?Code=1"), &["code"]).as_deref(), Some("1"));
        assert_eq!(parameter(&url("http://h.test/a#/g?code=2"), &["code"]).as_deref(), Some("2"));
        assert_eq!(parameter(&url("http://h.test/a?code="), &["code"]), None);
    }

    #[test]
    fn a_list_goes_on_only_as_far_as_its_numbers_say() {
        let ask = |number: u64| Url::parse(&format!("http://h.test/{number}")).ok().map(|url| (url, None));
        let next = |numbers| next_page(numbers, ask, "").map(|link| link.url.path().to_owned());
        assert_eq!(next((1, 10, 11)).as_deref(), Some("/2"));
        assert_eq!(next((2, 10, 20)), None);
        assert_eq!(next((1, 0, 20)), None);
        assert_eq!(next((500, 10, u64::MAX)), None);
    }
}
