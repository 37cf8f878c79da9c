//! A parsed page with what several readers need of it.
//!
//! Comes in: a document and its address. Goes out: title, headings, base address, whether it is an article. Must never
//! know: what any reader makes of it.

use jiff::civil::Date;
use url::Url;

use super::dates;
use super::dialect::{Ask, Dialect};
use super::dom::{Css, Dom, Node, fold};
use super::words;
use crate::model::target::ChannelKind;
use crate::model::{Located, Locator, Purpose, hash_route, without_anchor};

/// Titles that say nothing: what editors put there before the author does.
const USELESS: [&str; 6] = ["document", "无标题文档", "untitled", "untitled document", "标题", "title"];

/// A page title is not longer than this; longer headings are whole paragraphs in heading's clothes.
const TITLE_CHARS: usize = 80;

/// A page as the readers see it.
pub(super) struct Page<'a> {
    /// The document.
    pub(super) dom: &'a Dom,
    /// Its address.
    pub(super) url: &'a Url,
    /// What relative addresses are relative to.
    pub(super) base: Url,
    /// Day of capture.
    pub(super) date: Date,
    /// The channel it was fetched for.
    pub(super) channel: ChannelKind,
    /// Why it was fetched.
    pub(super) purpose: &'a Purpose,
    /// The page family.
    pub(super) dialect: &'static Dialect,
    /// Best heading, else `<title>`.
    pub(super) title: Option<Located<String>>,
    /// Title, `<title>`, headings and breadcrumb: what the page says it is about.
    pub(super) about: String,
    /// Visible text.
    pub(super) text: String,
    /// The page is a piece of news: it says when it was published.
    pub(super) article: Option<Article>,
}

/// What shows that a page is a piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Article {
    /// Day of publication.
    pub(super) date: Date,
    /// Where it stood.
    pub(super) at: Locator,
    /// The words.
    pub(super) raw: String,
}

impl<'a> Page<'a> {
    /// Looks at a document for the first time.
    pub(super) fn new(dom: &'a Dom, input: &super::Input<'a>, dialect: &'static Dialect) -> Self {
        let text = dom.root().text();
        let title = best_title(dom);
        let about = about(dom, title.as_ref());
        Self {
            dom,
            url: input.url,
            base: base(dom, input.url),
            date: input.date,
            channel: input.channel,
            purpose: input.purpose,
            dialect,
            article: article(dom),
            title,
            about,
            text,
        }
    }

    /// The title's words; empty if there is none.
    pub(super) fn title_words(&self) -> &str {
        self.title.as_ref().map_or("", |title| title.value.as_str())
    }

    /// What a hash route asks for, if its family knows.
    pub(super) fn route(&self, address: &str) -> Option<Ask> {
        if !address.contains('#') {
            return None;
        }
        let url = self.base.join(address.trim()).ok()?;
        url.fragment().filter(|fragment| fragment.starts_with(['/', '!']))?;
        (self.dialect.route)(&url)
    }

    /// An address as a browser would resolve it, without fragment; `None` unless it is http or https.
    pub(super) fn resolve(&self, address: &str) -> Option<Url> {
        resolve(&self.base, address)
    }
}

/// An address as a browser would resolve it, without anchor; `None` unless it is http or https, or a file's own. A hash
/// route is part of it.
pub(super) fn resolve(base: &Url, address: &str) -> Option<Url> {
    let address = address.trim();
    if address.is_empty() {
        return None;
    }
    let url = without_anchor(base.join(address).ok()?);
    if address.starts_with('#') && hash_route(&url).is_none() {
        return None;
    }
    // A page given as a file leads to files beside it; a page of a portal never does.
    let of_a_file = base.scheme() == "file" && url.scheme() == "file";
    ((matches!(url.scheme(), "http" | "https") && url.has_host()) || of_a_file).then_some(url)
}

/// Links whose words are looked at by the readers that look for one thing; the same ceiling as for links themselves.
pub(super) const MAX_LOOKED_AT: usize = 5_000;

/// Elements of one entry of a list; a larger box holds more than one entry.
const ENTRY_ELEMENTS: usize = 60;

/// Whether a box is small enough to be one entry.
pub(super) fn is_entry_sized(node: Node<'_>) -> bool {
    node.descendants().take(ENTRY_ELEMENTS).count() < ENTRY_ELEMENTS
}

/// Whether a node stands in a list entry with a date: then it is news, whatever its words promise.
pub(super) fn is_in_dated_entry(node: Node<'_>) -> bool {
    node.ancestors()
        .find(|around| matches!(around.name(), "li" | "tr" | "dd"))
        .is_some_and(|around| is_entry_sized(around) && dates::first(&around.text()).is_some())
}

fn base(dom: &Dom, url: &Url) -> Url {
    dom.first(&Css::new("base[href]"))
        .and_then(|node| node.attr("href"))
        .and_then(|href| url.join(href).ok())
        .filter(|base| matches!(base.scheme(), "http" | "https"))
        .unwrap_or_else(|| url.clone())
}

/// The value of the first meta of this lower-case name, whatever its case on the page.
pub(super) fn meta(dom: &Dom, names: &[&str]) -> Option<Located<String>> {
    dom.select(&Css::new("meta[name], meta[property]")).into_iter().find_map(|node| {
        let name = node.attr("name").or_else(|| node.attr("property"))?.to_ascii_lowercase();
        let value = fold(node.attr("content")?);
        (names.contains(&name.as_str()) && !value.is_empty()).then(|| Located {
            at: node.locator(),
            raw: value.clone(),
            value,
        })
    })
}

fn located(node: Node<'_>, text: String) -> Located<String> {
    Located { at: node.locator(), raw: text.clone(), value: text }
}

fn best_title(dom: &Dom) -> Option<Located<String>> {
    if let Some(article) = meta(dom, &["articletitle"]) {
        return Some(article);
    }
    let of_page = dom.first(&Css::new("head title")).map(|node| (node, fold(&node.source())));
    let of_page = of_page.filter(|(_, text)| !text.is_empty() && !USELESS.contains(&text.to_lowercase().as_str()));
    let whole = of_page.as_ref().map_or("", |(_, text)| text.as_str());
    let fits = |text: &str| (2..=TITLE_CHARS).contains(&words::width(text));
    let site = meta(dom, &["sitename"]).map(|name| name.value).or_else(|| site_in_title(whole));
    let is_site = |text: &str| site.as_deref() == Some(text);
    let first_heading = dom
        .select(&Css::new("h1"))
        .into_iter()
        .map(|node| (node, node.text()))
        .find(|(node, text)| fits(text) && !is_site(text) && !is_in_head_band(*node));
    let heading = |selector: &'static str| {
        dom.select(&Css::new(selector)).into_iter().map(|node| (node, node.text())).find(|(_, text)| fits(text))
    };
    let second = dom.select(&Css::new("h2, h3")).into_iter().map(|node| (node, node.text())).find(|(node, text)| {
        fits(text) && !is_site(text) && !is_in_head_band(*node) && !whole.is_empty() && whole.contains(text.as_str())
    });
    let found = first_heading
        .or_else(|| titled_by_class(dom, whole))
        .or(second)
        .or_else(|| of_page.clone())
        .or_else(|| heading("h1"))
        .or_else(|| heading("h2"))
        .or_else(|| heading("nav .on, [class*=nav] .on, [class*=nav] .active"));
    found.map(|(node, text)| located(node, text))
}

/// Whether a node stands in the band at the top of every page, where the site's own name is.
fn is_in_head_band(node: Node<'_>) -> bool {
    node.ancestors().any(|around| {
        let class = format!("{} {}", around.attr("class").unwrap_or_default(), around.attr("id").unwrap_or_default());
        let mut parts = class.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
        around.name() == "header"
            || parts.any(|part| matches!(part.as_str(), "top" | "topbar" | "head" | "header" | "logo" | "banner"))
    })
}

/// The site's name at the end of a title such as `设立登记_某市政务服务网`.
fn site_in_title(title: &str) -> Option<String> {
    let (_, site) = title.rsplit_once(['_', '-', '|', '—', '–'])?;
    let site = site.trim();
    (!site.is_empty()).then(|| site.to_owned())
}

/// An element whose class speaks of a title and whose words are part of the page's `<title>`.
fn titled_by_class<'a>(dom: &'a Dom, whole: &str) -> Option<(Node<'a>, String)> {
    dom.select(&Css::new("[class*=title], [class*=Title], [id*=title]"))
        .into_iter()
        .filter(|node| node.name() != "title" && node.children().count() <= 2)
        .map(|node| (node, node.text()))
        .find(|(_, text)| (4..=TITLE_CHARS).contains(&words::width(text)) && whole.contains(text.as_str()))
}

fn about(dom: &Dom, title: Option<&Located<String>>) -> String {
    let mut about = title.map(|title| title.value.clone()).unwrap_or_default();
    let mut add = |text: &str| {
        // Long headings are paragraphs; a page has few that matter.
        if !text.is_empty() && words::width(text) <= TITLE_CHARS && about.len() < 2000 {
            about.push('\n');
            about.push_str(text);
        }
    };
    for node in dom.select(&Css::new("head title")) {
        add(&fold(&node.source()));
    }
    if let Some(column) = meta(dom, &["columnname"]) {
        add(&column.value);
    }
    for node in dom.select(&Css::new("h1, h2, h3, caption, legend")) {
        add(&node.text());
    }
    let here = Css::new("[class*=crumb], [class*=location], [class*=position], [class*=dqwz], [class*=weizhi]");
    for node in dom.select(&here).into_iter().take(3) {
        add(&node.text());
    }
    about
}

/// Metas that carry the day of publication.
const PUBLISHED: [&str; 7] = [
    "pubdate",
    "publishdate",
    "dispatch date",
    "article:published_time",
    "createdate",
    "publicationdate",
    "firstpublishedtime",
];

/// An article says when it was published near its beginning; lists of cases have hundreds of such labels.
const ARTICLE_CANDIDATES: usize = 30;

fn article(dom: &Dom) -> Option<Article> {
    if let Some(meta) = meta(dom, &PUBLISHED)
        && let Some(date) = dates::first(&meta.value).or_else(|| dates::of_number(&meta.value))
    {
        return Some(Article { date, at: meta.at, raw: meta.raw });
    }
    // A line under the title: when, and often from where.
    let mut candidates = 0;
    for node in dom.elements() {
        let text = node.own_text();
        if text.len() > 200 || !words::any(&text, &["发布时间", "发布日期", "发表时间", "更新时间", "时间：", "日期："])
        {
            continue;
        }
        // Dates of letters are read elsewhere and make no article.
        if words::any(&text, &["咨询", "来信", "投诉", "回复", "答复", "留言", "今天"]) {
            continue;
        }
        candidates += 1;
        if candidates > ARTICLE_CANDIDATES {
            return None;
        }
        let around = node.parent().map(|parent| parent.text_up_to(1000)).unwrap_or_default();
        let line = if dates::first(&text).is_some() { text } else { node.text() };
        let line = if dates::first(&line).is_some() { line } else { around.clone() };
        let is_line = words::width(&line) <= TITLE_CHARS;
        // A day of the last update stands on home pages too.
        let is_article = words::any(&line, &["发布", "发表"])
            || words::any(&around, &["来源", "浏览", "作者", "字体", "字号", "打印"]);
        if let (true, true, Some(date)) = (is_line, is_article, dates::first(&line)) {
            return Some(Article { date, at: node.locator(), raw: line });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(html: &str) -> Option<String> {
        best_title(&Dom::parse(html)).map(|title| title.value)
    }

    #[test]
    fn the_best_heading_wins_over_a_useless_title() {
        assert_eq!(title("<title>Document</title><header><h2>立户分户</h2></header>").as_deref(), Some("立户分户"));
        assert_eq!(title("<title>设立登记_某市</title><h1>设立登记</h1>").as_deref(), Some("设立登记"));
        assert_eq!(
            title("<title>设立登记_某市</title><header><h1>某市</h1></header>").as_deref(),
            Some("设立登记_某市")
        );
        assert_eq!(
            title("<title>流程图_某市</title><div class=article_title>流程图公示</div><div class=a_title>流程图_某市</div>")
                .as_deref(),
            Some("流程图_某市")
        );
        assert_eq!(
            title("<title>设立登记_某市</title><h1>某市</h1><h1>设立登记一次办</h1>").as_deref(),
            Some("设立登记一次办")
        );
        assert_eq!(
            title("<title>设立登记_某市</title><header><h2>某市</h2></header><h2>设立登记</h2>").as_deref(),
            Some("设立登记")
        );
        assert_eq!(title("<title></title><p>x"), None);
    }

    #[test]
    fn an_article_says_when_it_was_published() {
        let dom = Dom::parse("<h1>公告</h1><p><span>发布时间：2020-04-01</span><span>来源：市政府</span></p>");
        assert_eq!(article(&dom).map(|article| article.date.to_string()).as_deref(), Some("2020-04-01"));
        let plain = Dom::parse(
            "<p>更新日期：2020-04-01</p><p>办理时间：工作日</p><p>今天是2020年4月1日</p><p>咨询时间：2020-04-01</p>",
        );
        assert_eq!(article(&plain), None);
    }

    #[test]
    fn addresses_resolve_as_in_a_browser() {
        let base = Url::parse("http://h.test/a/b.html").expect("a valid address");
        let resolved = |address: &str| resolve(&base, address).map(String::from);
        assert_eq!(resolved("../c?x=1#y").as_deref(), Some("http://h.test/c?x=1"));
        assert_eq!(resolved("//k.test/").as_deref(), Some("http://k.test/"));
        for none in ["", "#top", "javascript:void(0)", "mailto:a@b.test", "http://"] {
            assert_eq!(resolved(none), None, "{none}");
        }
    }

    #[test]
    fn a_page_from_a_file_leads_to_files_and_a_page_of_a_portal_never_does() {
        let file = Url::parse("file:///a/b.html").expect("a valid address");
        assert_eq!(resolve(&file, "c.html").map(String::from).as_deref(), Some("file:///a/c.html"));
        let web = Url::parse("http://h.test/a/b.html").expect("a valid address");
        assert_eq!(resolve(&web, "file:///etc/passwd"), None);
    }
}
