//! Addresses written out in handlers and scripts. No script is ever run.
//!
//! Comes in: handlers (`onclick`, `javascript:`) and script elements. Goes out: links for literal addresses. Must
//! never know: what a function does; a name and one literal argument is all it goes by.

use super::dom::{Css, Node};
use super::links::{Collector, words_of};
use super::page::Page;
use super::roles;
use super::words;
use crate::model::Hop;
use crate::model::extraction::LinkRole;

/// Statements whose first literal is the address to go to, whatever follows.
const GOES_TO: [&str; 12] = [
    "window.open(",
    "location.href=",
    "location=",
    "location.replace(",
    "location.assign(",
    "window.location=",
    "top.location",
    "parent.location",
    "self.location",
    "window.navigate(",
    "uni.navigateto(",
    "router.push(",
];

/// Keys of objects in scripts that hold an address.
const KEYS: [&str; 9] =
    ["url", "linkUrl", "href", "detailUrl", "taskUrl", "pageUrl", "linkurl", "guideUrl", "targetUrl"];

/// Keys beside the address that hold its words, best first.
const TITLES: [&str; 9] = ["title", "name", "taskName", "itemName", "taskname", "text", "subject", "label", "content"];

/// At most so many addresses are taken from one page's scripts.
const MAX_FROM_SCRIPTS: usize = 500;

/// An object in a script is looked at within this many bytes around its address.
const AROUND: usize = 2000;

/// The code of a `javascript:` address.
pub(super) fn code_of(href: &str) -> Option<&str> {
    let scheme = "javascript:";
    href.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)).map(|_| &href[scheme.len()..])
}

/// A link for the literal address in a handler, if there is exactly one to be had.
pub(super) fn from_handler(page: &Page<'_>, node: Node<'_>, code: &str, links: &mut Collector) {
    let Some(address) = address_in(code) else { return };
    let Some(url) = page.resolve(&address) else { return };
    let text = words_of(node);
    let role = roles::of_link(node, &text, url.as_str());
    links.push_at(node, url, text, (Hop::Link, role));
}

/// A handler that only leads elsewhere is short.
const MAX_HANDLER: usize = 10_000;

/// The one address that a handler goes to.
fn address_in(code: &str) -> Option<String> {
    if code.len() > MAX_HANDLER {
        return None;
    }
    let squeezed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let lower = squeezed.to_ascii_lowercase();
    let going = GOES_TO.iter().filter_map(|word| lower.find(word)).min();
    if let Some(start) = going {
        let literal = literals(&squeezed[start..]).into_iter().next()?;
        return (literal.whole && looks_like_address(&literal.text)).then_some(literal.text);
    }
    let found = literals(&squeezed);
    let [only] = found.as_slice() else { return None };
    let calls_once = squeezed.matches('(').count() <= 2;
    (calls_once && only.whole && only.is_argument && looks_like_address(&only.text)).then(|| only.text.clone())
}

/// A string literal in a script.
struct Literal {
    text: String,
    /// Nothing is added to it with `+`.
    whole: bool,
    /// It stands in brackets.
    is_argument: bool,
}

fn literals(code: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..].find(['\'', '"']).map(|at| from + at) {
        let quote = code[start..].chars().next().unwrap_or('"');
        let Some(length) = code[start + 1..].find(quote) else { break };
        let end = start + 1 + length;
        let (before, after) = (&code[..start], &code[end + 1..]);
        found.push(Literal {
            text: code[start + 1..end].to_owned(),
            whole: !before.ends_with('+') && !after.starts_with('+'),
            is_argument: before.contains('('),
        });
        from = end + 1;
    }
    found
}

/// Whether a literal can be nothing but an address.
pub(super) fn looks_like_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if text.is_empty() || text.contains(['<', '>', '{', '}', '\\', ' ', '^', '|']) || lower.starts_with("javascript") {
        return false;
    }
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    let is_page = [".html", ".htm", ".shtml", ".jsp", ".jspx", ".do", ".action", ".aspx", ".php"];
    lower.starts_with("http://")
        || lower.starts_with("https://")
        || (lower.starts_with('/') && lower.len() > 1)
        || lower.starts_with("./")
        || lower.starts_with("../")
        || is_page.iter().any(|end| path.ends_with(end))
        || roles::has_file_extension(&lower)
}

/// Addresses in script elements: data inside the page, data files it loads, and a script that only leads elsewhere.
pub(super) fn read(page: &Page<'_>, links: &mut Collector) {
    let scripts = page.dom.select(&Css::new("script:not([src])"));
    let mut left = MAX_FROM_SCRIPTS;
    for script in scripts {
        let source = script.source();
        for (address, text) in keyed(&source, left) {
            left -= 1;
            // Settings of a program have addresses too; places for visitors have words.
            if text.is_empty() && !words::is_guide_address(&address) {
                continue;
            }
            if let Some(url) = page.resolve(&address) {
                let role = roles::of_link(script, &text, url.as_str());
                links.push_at(script, url, text, (Hop::Link, role));
            }
        }
        for address in loaded(&source) {
            if let Some(url) = page.resolve(&address) {
                links.push_at(script, url, String::new(), (Hop::Embed, LinkRole::Embed));
            }
        }
        let goes = page.text.is_empty().then(|| address_in(&source)).flatten();
        if let Some(url) = goes.and_then(|address| page.resolve(&address)) {
            links.push_at(script, url, String::new(), (Hop::Redirect, LinkRole::Page));
        }
    }
}

/// Addresses under the known keys, with the words that stand beside them in the same object.
fn keyed(source: &str, max: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for key in KEYS {
        let mut from = 0;
        while let Some(at) = source[from..].find(key).map(|at| from + at) {
            from = at + key.len();
            if found.len() >= max {
                return in_order(found);
            }
            let Some((value, _)) = value_after(source, at, key) else { continue };
            let is_literal = value.starts_with("http://") || value.starts_with("https://") || value.starts_with('/');
            if is_literal && looks_like_address(&value) && !is_service(&value) {
                found.push((at, value, title_beside(source, at)));
            }
        }
    }
    in_order(found)
}

fn in_order(mut found: Vec<(usize, String, String)>) -> Vec<(String, String)> {
    found.sort();
    found.into_iter().map(|(_, address, text)| (address, text)).collect()
}

/// `url: "/rest/…"` in a call is the address of a service that wants a POST, not a place to visit. Places have words.
fn is_service(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    words::any(&lower, &["/rest/", "/api/", "/ajax", "/interface/", "login", "logout", ".js", ".css"])
}

/// The string value of `key` at `at`, quotes around the key optional; and where it ends.
fn value_after(source: &str, at: usize, key: &str) -> Option<(String, usize)> {
    let before = source[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
        return None;
    }
    let rest = source[at + key.len()..].trim_start_matches(['"', '\'']).trim_start();
    let rest = rest.strip_prefix(':')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let length = rest[1..].find(quote)?;
    let value = rest[1..=length].replace("\\/", "/").replace("\\u0026", "&").replace("&amp;", "&");
    let after = rest[length + 2..].trim_start();
    (!after.starts_with('+')).then(|| (value, source.len() - after.len()))
}

/// The words of the innermost object around `at`.
fn title_beside(source: &str, at: usize) -> String {
    let mut low = at.saturating_sub(AROUND);
    while !source.is_char_boundary(low) {
        low += 1;
    }
    let mut high = (at + AROUND).min(source.len());
    while !source.is_char_boundary(high) {
        high -= 1;
    }
    let start = source[low..at].rfind('{').map_or(low, |found| low + found);
    let end = source[at..high].find('}').map_or(high, |found| at + found);
    let object = &source[start..end];
    TITLES
        .into_iter()
        .find_map(|key| {
            object.match_indices(key).find_map(|(position, _)| value_after(object, position, key)).map(|(text, _)| text)
        })
        .map(|text| super::dom::fold(&text))
        .unwrap_or_default()
}

/// Data files that the page loads with a plain GET.
fn loaded(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in ["$.getJSON(", "$.get(", "fetch(", "axios.get(", "jQuery.getJSON("] {
        for (at, _) in source.match_indices(call) {
            let rest = source[at + call.len()..].trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
            let Some(length) = rest[1..].find(quote) else { continue };
            let address = &rest[1..=length];
            let goes_on = rest[length + 2..].trim_start().starts_with('+');
            let path = address.split('?').next().unwrap_or_default();
            if !goes_on
                && matches!(path.rsplit_once('.'), Some((_, "json")))
                && looks_like_address(&format!("./{address}"))
                && found.len() < 20
            {
                found.push(address.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_addresses_in_handlers_are_found() {
        for (code, address) in [
            ("window.open('/a?b=1&c=2','_blank')", "/a?b=1&c=2"),
            ("location.href = \"x.html\";", "x.html"),
            ("ywblurl('https://h.test/t?itemCode=1-2')", "https://h.test/t?itemCode=1-2"),
            ("void(openWin('/guide/7'));", "/guide/7"),
        ] {
            assert_eq!(address_in(code).as_deref(), Some(address), "{code}");
        }
    }

    #[test]
    fn handlers_without_one_literal_address_stay_silent() {
        for code in [
            "void(0)",
            "clickzhu('bm510107009006')",
            "collect('登记', 'https://h.test/t')",
            "check('1','2','https://h.test/apply')",
            "window.open('/a?id=' + id)",
            "show('申请 说明/须知')",
            "zoom.style.fontSize='24px';",
        ] {
            assert_eq!(address_in(code), None, "{code}");
        }
    }

    #[test]
    fn addresses_in_data_come_with_their_words() {
        let source = r#"var list=[{"taskName":"设立登记","url":"\/guide\/1.html"},{name:'公章刻制',linkUrl:'/guide/2.html'}];
            $.ajax({url:"/rest/getList",type:"POST"}); var u = {url: "/x/" + id}; $.getJSON('data/list.json', f);"#;
        let found = keyed(source, 10);
        assert_eq!(
            found,
            [("/guide/1.html".to_owned(), "设立登记".to_owned()), ("/guide/2.html".to_owned(), "公章刻制".to_owned())]
        );
        assert_eq!(loaded(source), ["data/list.json"]);
    }
}
