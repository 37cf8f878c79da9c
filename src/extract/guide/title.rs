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

/// The best title outside fields: class, heading, a prominent line before the first label, or the document's title
/// without the site's name.
pub(super) fn read(dom: &Dom, page: &Page<'_>) -> Reading<String> {
    let first = page.nodes.iter().position(|node| page.is_label_box(*node) && !page.is_linked(*node));
    let before = &page.nodes[..first.unwrap_or(page.nodes.len())];
    by_class(dom, page)
        .or_else(|| by_heading(page, before))
        .or_else(|| by_prominence(dom, page, before))
        .or_else(|| by_first_label(dom, page, first))
        .or_else(|| by_heading(page, &page.nodes))
        .or_else(|| by_document(dom))
        .unwrap_or_default()
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

fn by_heading(page: &Page<'_>, among: &[Node<'_>]) -> Option<Reading<String>> {
    for level in 1..=3 {
        let found = among.iter().find_map(|node| {
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

/// Names of errands that are labels elsewhere: 行政复议 is one thing as an errand and another as a remedy.
const ERRANDS_TOO: [&str; 4] = ["行政复议", "咨询投诉", "行政诉讼", "投诉举报"];

/// The first label of the page, where it is the name of an errand as well and stands in the place of the title.
fn by_first_label(dom: &Dom, page: &Page<'_>, first: Option<usize>) -> Option<Reading<String>> {
    let node = *page.nodes.get(first?)?;
    let title = node.short_text(LONGEST).filter(|title| ERRANDS_TOO.contains(&title.as_str()))?;
    let document = dom.first(&Css::new("title")).map(|node| fold(&node.source())).unwrap_or_default();
    let named = document.starts_with(&title);
    let in_place = heading_level(node) == Some(1) || set_like_a_title(node) >= 2 || named;
    (in_place && !page.is_furniture(node)).then(|| stated(node, title))
}

/// A line by itself above the guide that is set like a title: bold, centred, or of a class that says title or name.
fn by_prominence(dom: &Dom, page: &Page<'_>, before: &[Node<'_>]) -> Option<Reading<String>> {
    let document = dom.first(&Css::new("title")).map(|node| squeeze(&node.source())).unwrap_or_default();
    let mut best: Option<(u32, Node<'_>, String)> = None;
    for node in before.iter().filter(|node| !page.is_furniture(**node) && !page.is_linked(**node)) {
        let inline = matches!(node.name(), "head" | "title" | "option" | "label" | "script" | "li");
        if inline || (node.own_text().is_empty() && !is_in_pieces(*node)) {
            continue;
        }
        let Some(title) = node.short_text(LONGEST).map(|text| cut(&text)) else { continue };
        if title.chars().count() < 4 || !is_useful(&title) || names_a_site(&title) || is_navigation(&title) {
            continue;
        }
        let named = document.contains(&squeeze(&title));
        // A line put together of pieces is a title only if the document's own title puts them together too.
        if node.own_text().is_empty() && !named {
            continue;
        }
        let score = set_like_a_title(*node) + if named { 3 } else { 0 };
        // Of lines set alike the one nearest to the guide is its title.
        if score >= 2 && best.as_ref().is_none_or(|(known, ..)| score >= *known) {
            best = Some((score, *node, title));
        }
    }
    best.map(|(_, node, title)| stated(node, title))
}

/// Whether an element has no words of its own but inline pieces of one line, as editors leave them.
fn is_in_pieces(node: Node<'_>) -> bool {
    let is_piece = |child: Node<'_>| matches!(child.name(), "span" | "em" | "i" | "b" | "strong" | "font");
    node.children().count() > 1 && node.children().all(is_piece)
}

/// How much an element, or the box it fills, is set like a title.
fn set_like_a_title(node: Node<'_>) -> u32 {
    let text = node.text();
    let boxes = std::iter::once(node).chain(node.ancestors().take(2).filter(|outer| outer.text_up_to(512) == text));
    boxes
        .map(|node| {
            let says = |name: &str| {
                let name = name.to_ascii_lowercase();
                ["title", "tit", "name", "biaoti"].iter().any(|word| name.contains(word))
            };
            let by_name = node.attr("class").is_some_and(|class| class.split_whitespace().any(says))
                || node.attr("id").is_some_and(says);
            let bold = matches!(node.name(), "b" | "strong" | "font" | "center");
            let centred = node.attr("align").is_some_and(|align| align.eq_ignore_ascii_case("center"));
            2 * u32::from(by_name) + 2 * u32::from(bold) + u32::from(centred)
        })
        .sum()
}

/// Words of the frame of a page: where one is, who is logged in, when it was published.
fn is_navigation(title: &str) -> bool {
    ["当前位置", "您的位置", "所在位置", "欢迎", "登录", "首页", ">", "满意度", "浏览次数", "更新时间"]
        .iter()
        .any(|word| title.contains(word))
        // 来源：…, 发布时间：…
        || title.split_once(['：', ':']).is_some_and(|(label, _)| label.chars().count() <= 4)
}

fn names_a_site(title: &str) -> bool {
    ["政务服务网", "人民政府", "政府门户", "办事大厅", "服务平台", "门户网站", "政务服务中心", "政务服务"]
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
        title_in("参保登记", banner)
    }

    fn title_in(document: &str, banner: &str) -> String {
        let html = format!(
            "<title>{document}</title>{banner}<table><tr><th>办件类型</th><td>承诺件</td></tr>\
             <tr><th>办理地点</th><td>市政务大厅</td></tr></table>"
        );
        let url = Url::parse("https://portal.example/guide/1.html").expect("a valid address");
        let reading = read_guide(&Dom::parse(&html), &url).expect("a guide");
        reading.guide.title.value().cloned().unwrap_or_default()
    }

    #[test]
    fn a_prominent_line_above_the_guide_is_its_title_and_the_site_s_name_is_not() {
        let site = "<div class=site-name>江州政务服务</div><div>您的位置：首页</div>";
        for line in [
            "<div class=ewb-event-name>参保登记变更</div>",
            "<table><tr><td align=center><b>参保登记变更</b></td></tr></table>",
            "<div class=detail-title><span>参保登记变更</span></div>",
        ] {
            assert_eq!(title(&format!("{site}{line}")), "参保登记变更", "{line}");
        }
        // A line of prose set like any other is none.
        assert_eq!(title("<div>本页内容由各部门提供</div>"), "参保登记");
    }

    #[test]
    fn an_errand_named_like_a_label_is_a_title_in_a_title_s_place_and_a_section_s_heading_is_none() {
        for line in ["<h1>行政复议</h1>", "<div class=detail-title>行政复议</div>"] {
            assert_eq!(title(line), "行政复议", "{line}");
        }
        assert_eq!(title("<h3>行政复议</h3><p>向市人民政府申请</p>"), "参保登记");
    }

    #[test]
    fn a_title_in_pieces_is_put_together_and_a_banner_gives_its_first_part() {
        let pieces = "<p align=center><b><span>养老保险</span><span>参保登记</span></b></p>";
        assert_eq!(title_in("江州政务-养老保险参保登记", pieces), "养老保险参保登记");
        assert_eq!(title_in("江州政务-参保登记", pieces), "参保登记", "what nothing puts together is no title");
        assert_eq!(title("<div class=title-name><span>参保</span><span>登记</span></div>"), "参保登记");
        assert_eq!(title("<div class=bannertop><span>参保登记</span><i>满意度 98%</i></div>"), "参保登记");
        assert_eq!(title("<div class=title-name>参保登记</div>"), "参保登记");
    }
}
