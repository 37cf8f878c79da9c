//! Facts about the site that stand on a page: identity, record numbers, layout width.
//!
//! Comes in: a page. Goes out: [`SiteFacts`]. Must never know: which of them a rule demands.

use super::dom::{Css, Dom, Node, fold};
use super::page::meta;
use crate::model::Located;
use crate::model::extraction::SiteFacts;

/// Reads the facts.
pub(super) fn read(dom: &Dom) -> SiteFacts {
    SiteFacts {
        site_name: meta(dom, &["sitename"]),
        site_domain: meta(dom, &["sitedomain"]),
        site_id_code: meta(dom, &["siteidcode"]).or_else(|| id_code(dom)),
        icp: icp(dom),
        viewport: meta(dom, &["viewport"]),
        widest_fixed: widest_fixed(dom),
        tap_targets: dom.select(&Css::new("a[href], [onclick], button, input[type=submit], input[type=button]")).len(),
    }
}

/// The innermost element whose text holds a word, with its text.
fn element_saying<'a>(dom: &'a Dom, words: &[&str]) -> Option<(Node<'a>, String)> {
    dom.elements()
        .filter(|node| !matches!(node.name(), "script" | "style" | "title" | "noscript"))
        .find(|node| {
            let own = node.own_text();
            words.iter().any(|word| own.contains(word))
        })
        .map(|node| (node, node.text()))
}

/// `网站标识码：3590000001` in the footer.
fn id_code(dom: &Dom) -> Option<Located<String>> {
    let (node, own) = element_saying(dom, &["标识码"])?;
    let read = |text: &str| -> Option<String> {
        let after = &text[text.find("标识码")? + "标识码".len()..];
        let rest = after.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let code: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        // Ten characters by the rule; some older codes begin with letters.
        (code.len() == 10).then_some(code)
    };
    // The number often stands in a link beside the label.
    let around = node.parent().map(Node::text).unwrap_or_default();
    let (text, code) = [own, around].into_iter().find_map(|text| read(&text).map(|code| (text, code)))?;
    Some(Located { value: code, at: node.locator(), raw: shorten(&text) })
}

/// `浙ICP备12345678号-1` in the footer.
fn icp(dom: &Dom) -> Option<Located<String>> {
    let (node, text) = element_saying(dom, &["ICP备", "ICP证", "icp备", "Icp备"])?;
    let at = text.to_ascii_uppercase().find("ICP")?;
    let province: String = text[..at].chars().next_back().filter(|c| !c.is_ascii()).into_iter().collect();
    let rest: String = text[at..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '备' | '证' | '号' | '-' | '－'))
        .collect();
    let value = format!("{province}{rest}");
    value.contains(|c: char| c.is_ascii_digit()).then(|| Located { value, at: node.locator(), raw: shorten(&text) })
}

fn shorten(text: &str) -> String {
    fold(text).chars().take(120).collect()
}

/// The widest width in CSS pixels that an attribute or inline style fixes.
fn widest_fixed(dom: &Dom) -> Option<Located<u32>> {
    let mut widest: Option<Located<u32>> = None;
    for node in dom.select(&Css::new("[width], [style*=width]")) {
        let attribute = node.attr("width").and_then(pixels).map(|value| (value, node.attr("width")));
        let style = node.attr("style").and_then(style_width).map(|value| (value, node.attr("style")));
        for (value, raw) in [attribute, style].into_iter().flatten() {
            if widest.as_ref().is_none_or(|known| value > known.value) {
                widest = Some(Located { value, at: node.locator(), raw: shorten(raw.unwrap_or_default()) });
            }
        }
    }
    widest
}

/// `1002`, `1002px`; shares and other units are not fixed. Beyond 10,000 it is a spacer trick, not a layout.
fn pixels(text: &str) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    let number = text.strip_suffix("px").unwrap_or(&text).trim();
    let whole = number.split('.').next().unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    is_number.then(|| whole.parse().ok()).flatten().filter(|value| *value <= 10_000)
}

/// `width` or `min-width` of an inline style; `max-width` fixes nothing.
fn style_width(style: &str) -> Option<u32> {
    style
        .split(';')
        .filter_map(|part| part.split_once(':'))
        .filter(|(name, value)| {
            let name = name.trim().to_ascii_lowercase();
            (name == "width" || name == "min-width") && value.to_ascii_lowercase().contains("px")
        })
        .filter_map(|(_, value)| pixels(value.to_ascii_lowercase().replace("!important", "").trim()))
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_is_read_whatever_the_case() {
        let facts = read(&Dom::parse(
            "<meta name=SiteName content='某市政府'><META NAME=sitedomain CONTENT=www.h.test>\
             <meta name=viewport content='width=device-width'><footer><p>网站标识码：<a>3590000001</a></p>\
             <p>版权所有 闽ICP备05012345号-2</p><a href=/>首页</a></footer>",
        ));
        let value = |fact: &Option<Located<String>>| fact.as_ref().map(|fact| fact.value.clone()).unwrap_or_default();
        assert_eq!(value(&facts.site_name), "某市政府");
        assert_eq!(value(&facts.site_domain), "www.h.test");
        assert_eq!(value(&facts.site_id_code), "3590000001");
        assert_eq!(value(&facts.icp), "闽ICP备05012345号-2");
        assert_eq!(value(&facts.viewport), "width=device-width");
        assert_eq!(facts.tap_targets, 1);
    }

    #[test]
    fn only_fixed_widths_count() {
        let facts = read(&Dom::parse(
            "<table width='98%'></table><table width=1002></table><div style='max-width:2000px;min-width: 1200px'></div>\
             <p style='width:50%'></p>",
        ));
        assert_eq!(facts.widest_fixed.map(|widest| widest.value), Some(1200));
        assert_eq!(read(&Dom::parse("<p style='border-width:3px'>x")).widest_fixed, None);
    }

    #[test]
    fn a_page_without_facts_stays_silent() {
        let facts = read(&Dom::parse("<script>var a='ICP备1号'</script><p>统一社会信用代码标识码说明</p>"));
        assert_eq!(facts, SiteFacts::default());
    }
}
