//! Where a page leads: links, areas, frames, pictures that matter, refreshes, addresses in handlers and scripts.
//!
//! Comes in: a page. Goes out: [`Link`]s with their words, their role and how a visitor gets there. Must never know:
//! scope, budget, priority; those are the frontier's.

use std::collections::BTreeMap;

use url::Url;

use super::Settings;
use super::dialect::Ask;
use super::dom::{Css, Dom, Node, fold};
use super::page::Page;
use super::roles;
use super::script_links;
use super::{mobile, paging};
use crate::model::extraction::LinkRole;
use crate::model::{Hop, Issue, Link, Locator, QueryBody};

/// The words of one address are collected from at most so many links.
const MAX_WORDS: usize = 3;

/// A link's words are cut here; what is longer is a paragraph inside a link.
const WORDS_CHARS: usize = 120;

/// More of an element's text is not looked at for its words: boxes with handlers can be as large as the page.
const WORDS_BYTES: usize = 1500;

/// All links of a page, in document order, one for each address and role.
pub(super) fn read(page: &Page<'_>, settings: &Settings, issues: &mut Vec<Issue>) -> Vec<Link> {
    let mut links = Collector { links: Vec::new(), known: BTreeMap::new(), max: settings.max_links, full: false };
    for node in page.dom.elements() {
        if links.full {
            break;
        }
        read_node(page, node, &mut links);
    }
    script_links::read(page, &mut links);
    for link in paging::read(page) {
        links.push(link);
    }
    if links.full {
        issues.push(Issue {
            kind: "too_many_links".to_owned(),
            detail: format!("only the first {} links are read", settings.max_links),
            at: Locator::Whole,
        });
    }
    links.links
}

/// Collects links; the same address in the same role is one link with the words of all.
pub(super) struct Collector {
    links: Vec<Link>,
    known: BTreeMap<(Url, Option<QueryBody>, LinkRole), usize>,
    max: usize,
    full: bool,
}

impl Collector {
    /// Adds a link, or its words to the link already known.
    pub(super) fn push(&mut self, link: Link) {
        let Link { url, text, hop, role, at, query } = link;
        self.add((Ask { url, query }, text), (hop, role), || at);
    }

    /// Adds a link that stands at a node. The place is worked out only for a new link: that takes time.
    pub(super) fn push_at(&mut self, node: Node<'_>, url: Url, text: String, how: (Hop, LinkRole)) {
        self.add((Ask { url, query: None }, text), how, || node.locator());
    }

    fn add(&mut self, what: (Ask, String), how: (Hop, LinkRole), at: impl FnOnce() -> Locator) {
        let (Ask { url, query }, mut text) = what;
        let (hop, role) = how;
        if text.chars().count() > WORDS_CHARS {
            text = text.chars().take(WORDS_CHARS).collect();
        }
        let key = (url, query, role);
        if let Some(index) = self.known.get(&key) {
            let known = &mut self.links[*index].text;
            let parts: Vec<&str> = known.split(" · ").collect();
            if !text.is_empty() && !parts.contains(&text.as_str()) && parts.len() < MAX_WORDS {
                *known = if known.is_empty() { text } else { format!("{known} · {text}") };
            }
            return;
        }
        if self.links.len() >= self.max {
            self.full = true;
            return;
        }
        self.links.push(Link { url: key.0.clone(), text, hop, role, at: at(), query: key.1.clone() });
        self.known.insert(key, self.links.len() - 1);
    }
}

fn read_node(page: &Page<'_>, node: Node<'_>, links: &mut Collector) {
    match node.name() {
        "a" | "area" => anchor(page, node, links),
        "iframe" | "frame" => {
            let address = node.attr("src").or_else(|| node.attr("data-src"));
            push(page, node, address, (Hop::Embed, LinkRole::Embed), links);
        }
        "img" => picture(page, node, links),
        "object" | "embed" => {
            let address = node.attr("data").or_else(|| node.attr("src"));
            let role = address.map(|address| roles::of_link(node, &words_of(node), address));
            if let Some(role @ (LinkRole::File | LinkRole::Flowchart)) = role {
                push(page, node, address, (Hop::Embed, role), links);
            }
        }
        "meta" => refresh(page, node, links),
        "link" if is_rel(node, "next") => {
            push(page, node, node.attr("href"), (Hop::Link, LinkRole::Paging), links);
        }
        "noscript" => within_noscript(page, node, links),
        _ => handler(page, node, links),
    }
}

fn is_rel(node: Node<'_>, word: &str) -> bool {
    node.attr("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|part| part.eq_ignore_ascii_case(word)))
}

fn push(page: &Page<'_>, node: Node<'_>, address: Option<&str>, how: (Hop, LinkRole), links: &mut Collector) {
    if let Some(url) = address.and_then(|address| page.resolve(address)) {
        links.push_at(node, url, words_of(node), how);
    }
}

fn anchor(page: &Page<'_>, node: Node<'_>, links: &mut Collector) {
    if is_trap(node) {
        return;
    }
    let href = node.attr("href").unwrap_or_default();
    if let Some(code) = script_links::code_of(href) {
        script_links::from_handler(page, node, code, links);
    } else if let Some(ask) = page.route(href) {
        let text = words_of(node);
        let role = roles::of_link(node, &text, ask.url.as_str());
        links.add((ask, text), (Hop::Link, role), || node.locator());
        return;
    } else if let Some(url) = page.resolve(href) {
        let text = words_of(node);
        let role = if is_rel(node, "next") || paging::is_pager_link(node, &text) {
            LinkRole::Paging
        } else {
            roles::of_link(node, &text, url.as_str())
        };
        links.push_at(node, url, text, (Hop::Link, role));
        return;
    }
    handler(page, node, links);
}

/// Handlers and data attributes with a literal address.
fn handler(page: &Page<'_>, node: Node<'_>, links: &mut Collector) {
    let code = node.attr("onclick");
    let data = ["data-url", "data-href", "data-link"].into_iter().find_map(|name| node.attr(name));
    if (code.is_none() && data.is_none()) || is_trap(node) {
        return;
    }
    if let Some(code) = code {
        script_links::from_handler(page, node, code, links);
    }
    if let Some(data) = data.filter(|data| script_links::looks_like_address(data)) {
        let text = words_of(node);
        let role = roles::of_link(node, &text, data);
        push(page, node, Some(data), (Hop::Link, role), links);
    }
}

/// A link that no visitor can see, there to catch robots. Tab panels are hidden too, so only the link itself or a
/// link or list item around it counts.
fn is_trap(node: Node<'_>) -> bool {
    std::iter::once(node).chain(node.ancestors().filter(|around| matches!(around.name(), "a" | "li"))).any(|node| {
        let style: String = node
            .attr("style")
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_lowercase())
            .collect();
        style.contains("display:none") || style.contains("visibility:hidden")
    })
}

/// Pictures are links only where they may be a QR code of a channel or a flowchart.
fn picture(page: &Page<'_>, node: Node<'_>, links: &mut Collector) {
    let address = ["src", "data-src", "data-original", "original"]
        .into_iter()
        .filter_map(|name| node.attr(name))
        .find(|address| !address.is_empty() && !address.starts_with("data:"));
    let Some(url) = address.and_then(|address| page.resolve(address)) else { return };
    let role = if roles::is_flowchart_picture(page, node, &url) {
        LinkRole::Flowchart
    } else if mobile::is_qr_picture(node) && !mobile::is_of_this_page(node) {
        LinkRole::QrImage
    } else {
        return;
    };
    let mut text = words_of(node);
    if text.is_empty() {
        text = mobile::caption(node);
    }
    links.push_at(node, url, text, (Hop::Embed, role));
}

/// `<meta http-equiv="refresh" content="0; url=…">`. A refresh of the page itself leads nowhere.
fn refresh(page: &Page<'_>, node: Node<'_>, links: &mut Collector) {
    if !node.attr("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh")) {
        return;
    }
    let content = node.attr("content").unwrap_or_default();
    let Some((_, address)) = content.split_once([';', ',']) else { return };
    let address = address.trim();
    let address = match address.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => address[3..].trim_start().trim_start_matches('='),
        _ => address,
    };
    let address = address.trim().trim_matches(['"', '\'']);
    if page.resolve(address).as_ref() != Some(page.url) {
        push(page, node, Some(address), (Hop::Redirect, LinkRole::Page), links);
    }
}

/// Visitors without scripts see what is inside `noscript`; the parser keeps it as text.
fn within_noscript(page: &Page<'_>, node: Node<'_>, links: &mut Collector) {
    let inside = Dom::parse(&node.source());
    for anchor in inside.select(&Css::new("a[href]")).into_iter().filter(|anchor| !is_trap(*anchor)) {
        let Some(url) = anchor.attr("href").and_then(|href| page.resolve(href)) else { continue };
        let text = words_of(anchor);
        let role = roles::of_link(anchor, &text, url.as_str());
        links.push_at(node, url, text, (Hop::Link, role));
    }
}

/// The words of a link: its text, else its own or its picture's title or alternative text.
pub(super) fn words_of(node: Node<'_>) -> String {
    let text = node.text_up_to(WORDS_BYTES);
    // Titles cut for the layout stand whole in the title attribute.
    let title = fold(node.attr("title").unwrap_or_default());
    let is_cut = text.ends_with('…') || text.ends_with("...");
    let is_longer = title.chars().count() > text.chars().count();
    if !(text.is_empty() || is_cut && is_longer) {
        return text;
    }
    if !title.is_empty() {
        return title;
    }
    std::iter::once(node)
        .chain(node.descendants().filter(|inner| inner.name() == "img"))
        .flat_map(|inner| [inner.attr("alt"), inner.attr("title"), inner.attr("aria-label")])
        .flatten()
        .map(fold)
        .find(|words| !words.is_empty())
        .or_else(|| {
            // A link inside a link is taken apart by the parser: the first is left without its words.
            node.next().filter(|next| next.name() == "a" && next.attr("href") == Some("#")).map(Node::text)
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{links_of, with_page};
    use super::*;

    fn found(html: &str) -> Vec<(Hop, LinkRole, String, String)> {
        links_of("http://h.test/a/b.html", html)
            .into_iter()
            .map(|link| (link.hop, link.role, link.text, link.url.to_string()))
            .collect()
    }

    fn one(html: &str) -> (Hop, LinkRole, String, String) {
        let links = found(html);
        assert_eq!(links.len(), 1, "{html}: {links:?}");
        links.into_iter().next().expect("just counted")
    }

    fn page(text: &str, url: &str) -> (Hop, LinkRole, String, String) {
        (Hop::Link, LinkRole::Page, text.to_owned(), url.to_owned())
    }

    #[test]
    fn links_areas_and_handlers_are_followed() {
        assert_eq!(one("<a href='c.html#x'>设立登记</a>"), page("设立登记", "http://h.test/a/c.html"));
        assert_eq!(one("<a href=/g title=设立登记><img src=x></a>"), page("设立登记", "http://h.test/g"));
        assert_eq!(one("<a href=/g><img src=x alt=公章刻制></a>"), page("公章刻制", "http://h.test/g"));
        assert_eq!(one("<map><area href=/g alt=受理></map>"), page("受理", "http://h.test/g"));
        assert_eq!(one("<div onclick=\"location.href='/g'\">登记</div>"), page("登记", "http://h.test/g"));
        assert_eq!(one("<a href=\"javascript:openIt('/g')\">登记</a>"), page("登记", "http://h.test/g"));
        assert_eq!(one("<li data-href=/g>登记</li>"), page("登记", "http://h.test/g"));
        assert_eq!(one("<noscript><a href=/g>登记</a></noscript>"), page("登记", "http://h.test/g"));
        assert_eq!(one("<base href=/z/><a href=g>登记</a>"), page("登记", "http://h.test/z/g"));
    }

    #[test]
    fn frames_refreshes_and_pictures_have_their_hops() {
        assert_eq!(one("<iframe src=/f></iframe>").0, Hop::Embed);
        let refresh = one("<meta http-equiv=refresh content=\"0; URL='/new'\">");
        assert_eq!((refresh.0, refresh.3.as_str()), (Hop::Redirect, "http://h.test/new"));
        assert!(found("<meta http-equiv=refresh content='300; url=b.html'>").is_empty());
        assert_eq!(one("<script>location.href='/index.html';</script>").0, Hop::Redirect);
        assert_eq!(one("<img src=/qr.png alt=某市发布微信公众号二维码>").1, LinkRole::QrImage);
        assert_eq!(one("<h3>办理流程图</h3><img src=/1.png>").1, LinkRole::Flowchart);
        assert!(found("<img src=/banner.png><img src=/q.png class=qrcode alt=扫一扫在手机上查看当前页面>").is_empty());
    }

    #[test]
    fn what_a_visitor_cannot_follow_is_not_a_link() {
        for html in [
            "<!-- <a href=/g>x</a> -->",
            "<a href='javascript:void(0)'>x</a>",
            "<a href='#'>x</a>",
            "<a href=mailto:a@h.test>x</a>",
            "<a href=/trap style='display: none'>x</a>",
            "<ul><li style='DISPLAY:NONE'><a href=/trap>x</a></li></ul>",
            "<a onclick=\"collect('x','/g')\">x</a>",
        ] {
            assert!(found(html).is_empty(), "{html}");
        }
    }

    #[test]
    fn tab_panels_hidden_by_style_are_read() {
        assert_eq!(one("<div class=panel style='display:none'><a href=/g>登记</a></div>").3, "http://h.test/g");
    }

    #[test]
    fn one_address_is_one_link_with_all_its_words() {
        assert_eq!(
            one("<a href=/g>设立登记</a><a href=/g>办事指南</a><a href=/g>设立登记</a>"),
            page("设立登记 · 办事指南", "http://h.test/g")
        );
    }

    #[test]
    fn too_many_links_are_cut_and_it_is_said() {
        let html: String = ["1", "2", "3"].map(|n| ["<a href=/", n, ">x</a>"].concat()).concat();
        let settings = Settings { max_links: 2, ..Settings::default() };
        let mut issues = Vec::new();
        let links = with_page("http://h.test/", &html, |page| read(page, &settings, &mut issues));
        assert_eq!((links.len(), issues[0].kind.as_str()), (2, "too_many_links"));
    }
}
