//! Entries with a date: news and notices on entry pages and lists, and the article itself.
//!
//! Comes in: a page. Goes out: [`DatedEntry`]s. Must never know: how fresh is fresh enough. A day after the day of
//! capture is left out: nothing can have been published then.

use super::dates;
use super::dom::{Css, Node, fold};
use super::links::words_of;
use super::page::{Page, is_entry_sized};
use super::words::{any, width};
use crate::model::extraction::DatedEntry;

/// A page shows no more entries than this; what goes beyond is a table of cases.
const MAX_ENTRIES: usize = 500;

/// Words of links that are not the entry's title.
const GENERIC: [&str; 9] = ["下载", "查看", "详情", "更多", "查看详情", "阅读全文", "more", "点击下载", "附件"];

/// All dated entries, in document order.
pub(super) fn read(page: &Page<'_>) -> Vec<DatedEntry> {
    let mut entries: Vec<DatedEntry> = Vec::new();
    if let Some(article) = &page.article {
        entries.push(DatedEntry {
            date: article.date,
            title: page.title_words().to_owned(),
            url: Some(page.url.clone()),
            at: article.at.clone(),
        });
    }
    let mut read = 0;
    for node in page.dom.elements() {
        if entries.len() >= MAX_ENTRIES {
            break;
        }
        let Some(entry) = entry(page, node) else { continue };
        read += 1;
        if read > 2 * MAX_ENTRIES {
            break;
        }
        if !entries.iter().any(|known| known.title == entry.title && known.date == entry.date) {
            entries.push(entry);
        }
    }
    entries.retain(|entry| entry.date <= page.date);
    entries
}

/// The entry whose date stands directly in this element.
fn entry(page: &Page<'_>, node: Node<'_>) -> Option<DatedEntry> {
    if matches!(node.name(), "script" | "style" | "title" | "option" | "noscript") {
        return None;
    }
    let own = node.own_text();
    if own.is_empty() || width(&own) > 120 || any(&own, &["今天", "版权", "有效期", "星期", "农历"]) {
        return None;
    }
    let date = dates::first(&own).or_else(|| dates::short(&own, page.date))?;
    let around = container(node)?;
    let text = around.text();
    // Dates of letters are the business of another reader.
    if any(&text, &["咨询时间", "来信时间", "回复时间", "投诉时间", "受理时间", "办结时间", "答复时间"])
    {
        return None;
    }
    let links: Vec<Node<'_>> =
        std::iter::once(around).chain(around.descendants()).filter(|inner| inner.name() == "a").take(4).collect();
    if links.len() > 3 {
        return None;
    }
    let best = links.iter().copied().find(|link| {
        let words = words_of(*link);
        width(&words) >= 4 && !GENERIC.contains(&words.trim())
    });
    // The line under an article's title, with buttons for the size of its letters.
    if best.is_none() && any(&text, &["来源", "浏览", "字号"]) {
        return None;
    }
    let url = best.or(links.first().copied()).and_then(|link| link.attr("href")).and_then(|href| page.resolve(href));
    let title = match best {
        Some(link) => clean(&words_of(link)),
        None => clean(&GENERIC.iter().fold(text, |text, word| text.replace(word, " "))),
    };
    (width(&title) >= 4 && width(&title) <= 120).then(|| DatedEntry { date, title, url, at: node.locator() })
}

/// The box of one entry around a date: the nearest with a link.
fn container(node: Node<'_>) -> Option<Node<'_>> {
    std::iter::once(node)
        .chain(node.ancestors())
        .take(5)
        .take_while(|around| !matches!(around.name(), "body" | "ul" | "ol" | "table" | "tbody"))
        .take_while(|around| is_entry_sized(*around))
        .find(|around| around.name() == "a" || around.first(&Css::new("a")).is_some())
}

/// A title without dates and bullets.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for found in dates::find_all(text) {
        out.push_str(&text[from..found.range.start]);
        from = found.range.end;
    }
    out.push_str(&text[from..]);
    let out = out.replace("[]", "").replace("()", "").replace("（）", "");
    fold(out.trim_matches(|c: char| c.is_whitespace() || matches!(c, '•' | '·' | '■' | '>' | '-' | '●')))
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_page;
    use super::*;

    fn entries(html: &str) -> Vec<(String, String)> {
        with_page("http://h.test/a/", html, |page| {
            read(page).into_iter().map(|entry| (entry.date.to_string(), entry.title)).collect()
        })
    }

    fn pair(date: &str, title: &str) -> (String, String) {
        (date.to_owned(), title.to_owned())
    }

    #[test]
    fn the_usual_lists_are_read() {
        let lists = [
            "<ul><li><a href=1.html>关于放假的通知</a><span>2026-11-01</span></li></ul>",
            "<ul><li><a href=1.html><span>2026-11-01</span>• 关于放假的通知</a></li></ul>",
            "<table><tr><td>·</td><td><a href=1.html>关于放假的通知</a></td><td>2026-11-01</td></tr></table>",
            "<div class=item><p><a href=1.html title='关于放假的通知'>关于放假的…</a></p><em>11-01</em></div>",
            "<ul><li><span>• 关于放假的通知</span><span>2026-11-01 17:50:53</span><a href='#'>下载</a></li></ul>",
        ];
        for html in lists {
            assert_eq!(entries(html), [pair("2026-11-01", "关于放假的通知")], "{html}");
        }
    }

    #[test]
    fn the_article_itself_is_an_entry() {
        let html = "<meta name=PubDate content='2026-10-30 10:25'><title>公告</title><h1>疫情防控公告</h1><p>文</p>";
        assert_eq!(entries(html), [pair("2026-10-30", "疫情防控公告")]);
    }

    #[test]
    fn todays_date_letters_and_the_future_are_not_entries() {
        for html in [
            "<div><a href=/>网站首页入口</a>今天是2026年11月23日</div>",
            "<ul><li><a href=1.html>关于放假的通知</a><span>2027-05-01</span></li></ul>",
            "<ul><li><a href=1.html>关于社保的咨询</a>咨询时间：2026-11-01</li></ul>",
            "<p>项目代码 2019-350128-78-01-026333</p>",
        ] {
            assert!(entries(html).is_empty(), "{html}");
        }
    }
}
