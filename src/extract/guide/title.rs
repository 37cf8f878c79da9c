//! The title of an errand, where no field 事项名称 says it.
//!
//! Comes in: a page. Goes out: a title with its place. Must never know: the catalogue's names of errands.

use super::page::{Page, heading_level};
use crate::extract::dom::{Css, Dom, Node, fold};
use crate::extract::lexicon;
use crate::extract::text::squeeze;
use crate::model::{Located, Reading};

/// Titles that name no errand.
const USELESS: [&str; 18] = [
    "document",
    "untitled",
    "无标题",
    "无标题文档",
    "新建网页",
    "首页",
    "办事指南",
    "服务指南",
    "事项详情",
    "办理指南",
    "指南详情",
    "办事指南详情",
    "政务服务网",
    "详情",
    "用户须知",
    "办理须知",
    "index",
    "home",
];

/// The longest title.
const LONGEST: usize = 120;

/// The best title outside fields: class, heading, or the document's title without the site's name.
pub(super) fn read(dom: &Dom, page: &Page<'_>) -> Reading<String> {
    by_class(dom, page).or_else(|| by_heading(page)).or_else(|| by_document(dom)).unwrap_or_default()
}

fn stated(node: Node<'_>, title: String) -> Reading<String> {
    Reading::Stated(Located { raw: title.clone(), value: title, at: node.locator() })
}

/// Whether the words can be the title of an errand.
fn is_useful(title: &str) -> bool {
    let key = squeeze(title).to_lowercase();
    let count = key.chars().count();
    (2..=LONGEST).contains(&count)
        && !USELESS.contains(&key.as_str())
        && lexicon::label(title).is_none()
        && !lexicon::is_unrendered(title)
        && title.chars().any(crate::extract::text::is_han)
}

/// Elements whose class says that they hold the title of the item.
fn by_class(dom: &Dom, page: &Page<'_>) -> Option<Reading<String>> {
    let names = [
        "title-name",
        "item-name",
        "itemname",
        "item-title",
        "matter-name",
        "matter-title",
        "bannertop",
        "bszn-title",
        "guide-title",
        "article_title",
        "sx-name",
        "task-name",
    ];
    let document = dom.first(&Css::new("title")).map(|node| squeeze(&node.source())).unwrap_or_default();
    page.nodes
        .iter()
        .filter(|node| !page.is_furniture(**node))
        .filter(|node| {
            node.attr("class").is_some_and(|class| {
                class.split_whitespace().any(|word| names.contains(&word.to_ascii_lowercase().as_str()))
            })
        })
        .find_map(|node| {
            // A banner holds more than the title: then its first part is it. But a title may itself be in pieces,
            // which the document's title puts together.
            let is_whole = node.short_text(LONGEST).is_some_and(|whole| document.contains(&squeeze(&whole)));
            let first = node.children().find(|child| node.own_text().is_empty() && !child.text().is_empty());
            let holder = if is_whole { *node } else { first.unwrap_or(*node) };
            let title = cut(&holder.short_text(LONGEST)?);
            is_useful(&title).then(|| stated(holder, title))
        })
}

fn by_heading(page: &Page<'_>) -> Option<Reading<String>> {
    for level in 1..=3 {
        let found = page.nodes.iter().find_map(|node| {
            let fits = heading_level(*node) == Some(level) && !page.is_furniture(*node) && !page.is_linked(*node);
            // The name of the site stands in a heading with a link home or a logo class.
            let is_site = node.descendants().any(|inner| inner.name() == "a" && inner.attr("href").is_some())
                || node.attr("class").is_some_and(|class| class.to_ascii_lowercase().contains("logo"));
            if !fits || is_site {
                return None;
            }
            let title = cut(&node.short_text(LONGEST)?);
            (is_useful(&title) && !names_a_site(&title)).then(|| stated(*node, title))
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

fn names_a_site(title: &str) -> bool {
    ["政务服务网", "人民政府", "政府门户", "办事大厅", "服务平台", "门户网站", "政务服务中心"]
        .iter()
        .any(|ending| title.ends_with(ending))
}

fn by_document(dom: &Dom) -> Option<Reading<String>> {
    let node = dom.first(&Css::new("title"))?;
    let whole = fold(&node.source());
    let parts = whole.split(['_', '|', '—', '–']).flat_map(|part| part.split(" - ")).flat_map(|part| part.split('-'));
    let title = parts.map(|part| cut(part.trim())).find(|part| is_useful(part) && !names_a_site(part))?;
    Some(stated(node, title))
}

/// Takes a trailing 办事指南 off, and brackets around the title.
fn cut(title: &str) -> String {
    let title = title.trim();
    let shorter = title.strip_suffix("办事指南").or_else(|| title.strip_suffix("服务指南")).unwrap_or(title);
    let shorter = shorter.trim_end_matches(['—', '-', '_', ' ', '·', '：', ':', '的']).trim_matches(['【', '】']);
    if shorter.chars().count() >= 2 { shorter.to_owned() } else { title.to_owned() }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::read as read_guide;
    use super::*;

    fn title(banner: &str) -> String {
        let html = format!(
            "<title>参保登记</title>{banner}<table><tr><th>办件类型</th><td>承诺件</td></tr>\
             <tr><th>办理地点</th><td>市政务大厅</td></tr></table>"
        );
        let url = Url::parse("https://portal.example/guide/1.html").expect("a valid address");
        let reading = read_guide(&Dom::parse(&html), &url).expect("a guide");
        reading.guide.title.value().cloned().unwrap_or_default()
    }

    #[test]
    fn a_title_in_pieces_is_put_together_and_a_banner_gives_its_first_part() {
        assert_eq!(title("<div class=title-name><span>参保</span><span>登记</span></div>"), "参保登记");
        assert_eq!(title("<div class=bannertop><span>参保登记</span><i>满意度 98%</i></div>"), "参保登记");
        assert_eq!(title("<div class=title-name>参保登记</div>"), "参保登记");
    }
}
