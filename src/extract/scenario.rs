//! Scenario guidance (场景化服务): packages, wizards, situations to choose from, topic pages.
//!
//! Comes in: a page. Goes out: links that promise guidance and, if the page itself is guidance, that it is. Must never
//! know: which scenario is assessed.

use super::dom::{Css, Node};
use super::links::words_of;
use super::page::MAX_LOOKED_AT;
use super::page::{Page, is_entry_sized, is_in_dated_entry};
use super::words::{any, is_errand, is_newsy, width};
use crate::model::extraction::{GuidanceKind, ScenarioGuidance};
use crate::model::{Link, Locator};

const PACKAGE: [&str; 9] =
    ["一件事", "套餐服务", "一事联办", "服务套餐", "套餐式", "主题套餐", "集成服务", "联办套餐", "一次办"];
const WIZARD: [&str; 10] = [
    "智能导办",
    "问答导办",
    "智能引导",
    "导办",
    "智能导服",
    "情景引导",
    "智能导引",
    "办事向导",
    "智能向导",
    "问答引导",
];
const SITUATIONS: [&str; 7] = ["情形选择", "选择情形", "多情形", "情形引导", "情形导航", "场景选择", "情形"];
const TOPIC: [&str; 9] =
    ["主题服务", "按主题", "场景服务", "场景式服务", "场景导航", "人生事件", "按人生", "经营活动主题", "主题导航"];

/// A link that promises guidance is a label, not a sentence.
const PROMISE_CHARS: usize = 24;

/// So many errands under one title make a package, so many choices make a question.
const SEVERAL: usize = 2;

/// Links that promise guidance, then the page itself if it is guidance.
pub(super) fn read(page: &Page<'_>, links: &[Link]) -> Vec<ScenarioGuidance> {
    let mut found: Vec<ScenarioGuidance> = Vec::new();
    for node in page.dom.select(&Css::new("a, area, [onclick]")).into_iter().take(MAX_LOOKED_AT) {
        let Some(promise) = promise(page, node, links) else { continue };
        if !found.iter().any(|known| known.url == promise.url && known.kind == promise.kind) {
            found.push(promise);
        }
    }
    found.extend(here(page));
    found
}

/// The kind of guidance that words speak of.
fn kind_of(words: &str) -> Option<GuidanceKind> {
    if any(words, &PACKAGE) {
        Some(GuidanceKind::Package)
    } else if any(words, &WIZARD) {
        Some(GuidanceKind::Wizard)
    } else if any(words, &SITUATIONS) {
        Some(GuidanceKind::Situations)
    } else if any(words, &TOPIC) {
        Some(GuidanceKind::Topic)
    } else {
        None
    }
}

fn promise(page: &Page<'_>, node: Node<'_>, links: &[Link]) -> Option<ScenarioGuidance> {
    let words = words_of(node);
    if !(2..=PROMISE_CHARS).contains(&width(&words)) || is_newsy(&words) {
        return None;
    }
    let kind = kind_of(&words)?;
    if is_in_dated_entry(node) {
        return None;
    }
    let at = node.locator();
    let by_href = node.attr("href").and_then(|href| page.resolve(href));
    let url = by_href.or_else(|| links.iter().find(|link| link.at == at).map(|link| link.url.clone()))?;
    // The page's own place in the navigation is not a promise.
    (url != *page.url).then_some(ScenarioGuidance { kind, title: words, url: Some(url), at, here: false })
}

/// What the page itself is.
fn here(page: &Page<'_>) -> Vec<ScenarioGuidance> {
    let mut found = Vec::new();
    let title = page.title_words().to_owned();
    let mut add = |kind, at: Locator| {
        found.push(ScenarioGuidance { kind, title: title.clone(), url: None, at, here: true });
    };
    let is_news = page.article.is_some() || is_newsy(&title);
    if let Some(at) = package(page, is_news) {
        add(GuidanceKind::Package, at);
    }
    if let Some(at) = wizard(page, is_news) {
        add(GuidanceKind::Wizard, at);
    }
    if let Some(at) = situations(page) {
        add(GuidanceKind::Situations, at);
    }
    if let Some(at) = topic(page, is_news) {
        add(GuidanceKind::Topic, at);
    }
    found
}

fn title_or_heading(page: &Page<'_>, words: &[&str]) -> Option<Locator> {
    if any(page.title_words(), words) {
        return page.title.as_ref().map(|title| title.at.clone());
    }
    page.dom
        .select(&Css::new("h1, h2"))
        .into_iter()
        .find(|node| {
            let text = node.text();
            width(&text) <= PROMISE_CHARS && any(&text, words) && node.first(&Css::new("a")).is_none()
        })
        .map(Node::locator)
}

/// One title that promises several errands, and the errands.
fn package(page: &Page<'_>, is_news: bool) -> Option<Locator> {
    let at = title_or_heading(page, &PACKAGE)?;
    // An article may well be laid out as a package page; then the errands must be places to go to.
    let errands = errand_links(page);
    let rows = if is_news { 0 } else { errand_rows(page) };
    (errands >= SEVERAL || rows >= SEVERAL).then_some(at)
}

/// Links in the page's body whose words name errands, or that say 办事指南 in a row that does.
fn errand_links(page: &Page<'_>) -> usize {
    let mut places = std::collections::BTreeSet::new();
    for node in page.dom.select(&Css::new("a")) {
        let in_band = node.ancestors().any(|around| matches!(around.name(), "header" | "nav" | "footer"));
        let words = words_of(node);
        let row = node.ancestors().find(|around| matches!(around.name(), "li" | "tr" | "dd"));
        let names_one = is_errand(&words)
            || (any(&words, &["办事指南", "查看指南", "去办理"])
                && row.is_some_and(|row| is_entry_sized(row) && is_errand(&row.text())));
        let place = node.attr("href").or_else(|| node.attr("onclick"));
        if !in_band
            && names_one
            && let Some(place) = place
        {
            places.insert(place);
        }
    }
    places.len()
}

/// Rows of lists and tables that name errands without linking them.
fn errand_rows(page: &Page<'_>) -> usize {
    page.dom
        .select(&Css::new("ol > li, ul > li, td:first-child, td:nth-child(2), dt"))
        .into_iter()
        .filter(|node| {
            let in_band = node.ancestors().any(|around| matches!(around.name(), "header" | "nav" | "footer"));
            let text = node.own_text();
            !in_band && width(&text) <= PROMISE_CHARS && is_errand(&text)
        })
        .count()
}

/// A title that speaks of guiding, and questions with choices.
fn wizard(page: &Page<'_>, is_news: bool) -> Option<Locator> {
    let at = title_or_heading(page, &WIZARD).filter(|_| !is_news)?;
    let choices = page.dom.select(&Css::new("input[type=radio], input[type=checkbox], select option")).len();
    let asks = page
        .dom
        .elements()
        .filter(|node| !matches!(node.name(), "script" | "style" | "title"))
        .any(|node| is_question(&node.own_text()));
    let offers = page.dom.select(&Css::new("button, [onclick], li > a")).len();
    (choices >= SEVERAL || (asks && offers >= SEVERAL)).then_some(at)
}

fn is_question(text: &str) -> bool {
    width(text) <= 60
        && (text.ends_with('？') || text.ends_with('?') || any(text, &["请选择", "是否"]) && width(text) <= 30)
}

/// A label that asks for the situation, and at least two to choose from.
fn situations(page: &Page<'_>) -> Option<Locator> {
    let mut kinds = Vec::new();
    for node in page.dom.elements() {
        if matches!(node.name(), "script" | "style" | "title" | "option" | "a" | "td") {
            continue;
        }
        let label = node.own_text();
        if label.is_empty() || width(&label) > PROMISE_CHARS || is_newsy(&label) {
            continue;
        }
        let asks = any(
            &label,
            &["情形选择", "选择情形", "请选择情形", "选择您的情形", "以下情形", "哪种情形", "办理情形", "业务情形"],
        );
        let bare = matches!(label.trim_end_matches(['：', ':']), "情形" | "类型" | "阶段" | "您的情况");
        if (asks || bare) && choices_after(node) >= SEVERAL {
            if asks || label.starts_with("情形") {
                return Some(node.locator());
            }
            // 类型 × 阶段: two filters that lead to one errand.
            if !kinds.contains(&label) {
                kinds.push(label);
            }
            if kinds.len() >= SEVERAL {
                return Some(node.locator());
            }
        }
    }
    None
}

/// Things to choose from in the box after a label, or around it.
fn choices_after(label: Node<'_>) -> usize {
    let css = Css::new("input[type=radio], input[type=checkbox], option, li, span, a, button, label");
    let mut here = label;
    for _ in 0..3 {
        if let Some(next) = here.next() {
            return next.select(&css).len();
        }
        match here.parent() {
            Some(parent) if parent.name() != "body" => here = parent,
            _ => return 0,
        }
    }
    0
}

fn topic(page: &Page<'_>, is_news: bool) -> Option<Locator> {
    let at = title_or_heading(page, &TOPIC).filter(|_| !is_news)?;
    (errand_links(page) > SEVERAL).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_page;
    use super::*;

    fn found(html: &str) -> Vec<(GuidanceKind, bool)> {
        with_page("http://h.test/x", html, |page| {
            read(page, &[]).into_iter().map(|guidance| (guidance.kind, guidance.here)).collect()
        })
    }

    #[test]
    fn links_promise_guidance() {
        let html =
            "<nav><a href=/1>高效办成一件事</a><a href=/2>智能导办</a><a href=/3>主题服务</a><a href=/4>首页</a></nav>";
        assert_eq!(
            found(html),
            [(GuidanceKind::Package, false), (GuidanceKind::Wizard, false), (GuidanceKind::Topic, false)]
        );
    }

    #[test]
    fn news_about_guidance_is_not_guidance() {
        for html in [
            "<ul><li><a href=/n>企业开办一件事受好评</a><span>2026-11-20</span></li></ul>",
            "<a href=/n>我市推进一件事改革</a>",
            "<h1>企业开办一件事上线</h1><p>发布时间：2026-11-20 来源：市府</p><p>设立登记、公章刻制一次办好。</p>",
            "<h1>一件事一次办</h1><p>敬请期待</p>",
        ] {
            assert!(found(html).is_empty(), "{html}");
        }
    }

    #[test]
    fn a_title_with_its_errands_is_a_package() {
        let html =
            "<h1>企业开办一件事</h1><ul><li><a href=/g/1>设立登记</a></li><li><a href=/g/2>公章刻制</a></li></ul>";
        assert_eq!(found(html), [(GuidanceKind::Package, true)]);
    }

    #[test]
    fn questions_make_a_wizard() {
        let html = "<h1>企业开办智能导办</h1><p>您要办理哪类企业？</p><label><input type=radio name=k>公司</label>\
            <label><input type=radio name=k>个体</label>";
        assert_eq!(found(html), [(GuidanceKind::Wizard, true)]);
        assert!(found("<h1>智能导办</h1><p>请登录后使用</p>").is_empty());
    }

    #[test]
    fn situations_to_choose_from_are_seen_and_a_column_head_is_not() {
        let html = "<h1>设立登记</h1><div><b>情形选择</b></div><div><span>有限公司</span><span>个体工商户</span></div>";
        assert_eq!(found(html), [(GuidanceKind::Situations, true)]);
        let filter = "<div><b>类型</b></div><div><span>市政</span><span>房建</span></div>\
            <div><b>阶段</b></div><div><span>立项</span><span>施工</span></div>";
        assert_eq!(found(filter), [(GuidanceKind::Situations, true)]);
        assert!(
            found("<table><tr><th>事项</th><th>适用情形</th></tr><tr><td>x</td><td>y</td></tr></table>").is_empty()
        );
        assert!(found("<div><b>类型</b></div><div><span>市政</span><span>房建</span></div>").is_empty());
    }
}
