//! What a link's place promises: a form, a sample, a flowchart, another file, or a page.
//!
//! Comes in: a link with its words and address. Goes out: a [`LinkRole`]. Must never know: what the place holds.

use url::Url;

use super::dom::Node;
use super::page::Page;
use super::words;
use crate::model::extraction::LinkRole;
use crate::model::guide::{FormOffer, ServiceGuide};
use crate::model::{Hop, Link, without_anchor};

const BLANK: [&str; 9] =
    ["空白表", "空表", "空白申请", "表格下载", "空白样式", "空白模板", "空白文书", "下载空白", "申请表下载"];
const SAMPLE: [&str; 9] =
    ["样表", "示例样", "示范文本", "填写示例", "填写样例", "样本下载", "示例下载", "填报范例", "样例"];
const FLOWCHART: [&str; 4] = ["流程图", "流程圖", "办理流程图", "审批流程图"];

/// Extensions of files that are not pages.
const FILES: [&str; 24] = [
    "doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "wps", "et", "dps", "rtf", "txt", "zip", "rar", "7z", "ofd",
    "csv", "jpg", "jpeg", "png", "gif", "bmp", "webp", "svg",
];

/// Words of a link that say nothing by themselves: the column's or the row's words count instead.
const BARE: [&str; 10] = ["下载", "查看", "点击下载", "点击查看", "预览", "附件", "打开", "有", "", "查看下载"];

/// The role of a link with these words and this address.
pub(super) fn of_link(node: Node<'_>, text: &str, address: &str) -> LinkRole {
    let name = file_name(address);
    if let Some(role) = by_words(text).or_else(|| by_words(&name)) {
        // A page about samples in general is not a sample; a sample's own words are short.
        if words::width(text) <= 60 {
            return role;
        }
    }
    if BARE.contains(&text.trim())
        && let Some(header) = column_header(node)
        && let Some(role) = by_words(&header).or_else(|| by_column(&header))
    {
        return role;
    }
    if node.attr("download").is_some() || has_file_extension(address) { LinkRole::File } else { LinkRole::Page }
}

fn by_words(words: &str) -> Option<LinkRole> {
    if words::any(words, &SAMPLE) {
        Some(LinkRole::SampleForm)
    } else if words::any(words, &BLANK) {
        Some(LinkRole::BlankForm)
    } else if words::any(words, &FLOWCHART) {
        Some(LinkRole::Flowchart)
    } else {
        None
    }
}

/// Column headings are shorter than the words of links.
fn by_column(header: &str) -> Option<LinkRole> {
    if words::any(header, &["示例", "样本", "范本"]) {
        Some(LinkRole::SampleForm)
    } else if words::any(header, &["空白", "表格"]) {
        Some(LinkRole::BlankForm)
    } else {
        None
    }
}

/// Tables for people have fewer columns.
const MAX_COLUMNS: usize = 60;

/// The heading of the table column that a node stands in.
fn column_header(node: Node<'_>) -> Option<String> {
    let cell = node.ancestors().find(|around| matches!(around.name(), "td" | "th"))?;
    let row = cell.parent()?;
    let mut index = 0;
    for other in row.children().take(MAX_COLUMNS) {
        if other == cell {
            break;
        }
        index += span(other);
    }
    let table = row.ancestors().find(|around| around.name() == "table")?;
    let first = table.descendants().find(|inner| inner.name() == "tr")?;
    let mut at = 0;
    for header in first.children().take(MAX_COLUMNS) {
        if (at..at + span(header)).contains(&index) {
            return (header != cell).then(|| header.text().replace(' ', ""));
        }
        at += span(header);
    }
    None
}

/// Columns that a cell covers; absurd values are cut so that a sum stays a sum.
pub(super) fn span(cell: Node<'_>) -> usize {
    cell.attr("colspan").and_then(|span| span.parse::<usize>().ok()).unwrap_or(1).clamp(1, 100)
}

/// The last part of an address, percent-decoded; names of files speak: `…（样表）.xlsx`.
fn file_name(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    percent_decoded(name)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let value = (*first == b'%')
            .then(|| after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(value) = value {
            bytes.push(value);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether an address names a file by its extension, in the path or as a file name in the query.
pub(super) fn has_file_extension(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let ends = |text: &str| text.rsplit_once('.').is_some_and(|(_, extension)| FILES.contains(&extension));
    let (path, query) = lower.split_once('?').unwrap_or((&lower, ""));
    let name = path.rsplit('/').next().unwrap_or_default();
    ends(name) || query.split('&').filter_map(|pair| pair.split_once('=')).any(|(_, value)| ends(value))
}

/// Gives the forms, samples and flowchart that a guide offers their roles, and adds those that are no links of the
/// page because only its data name them.
pub(super) fn of_guide(guide: &ServiceGuide, links: &mut Vec<Link>) {
    let materials = guide.materials.value().map(Vec::as_slice).unwrap_or_default();
    let forms = materials.iter().flat_map(|material| {
        let offers = [(&material.blank_form, LinkRole::BlankForm), (&material.sample_form, LinkRole::SampleForm)];
        offers.into_iter().filter_map(|(offer, role)| match offer {
            FormOffer::Link { url, text } => Some((url.clone(), text.clone(), role, material.at.clone())),
            FormOffer::Nothing { .. } | FormOffer::Unfollowable { .. } | FormOffer::Absent => None,
        })
    });
    let chart = guide
        .flowchart
        .stated()
        .and_then(|chart| Some((chart.value.url.clone()?, chart.raw.clone(), LinkRole::Flowchart, chart.at.clone())));
    for (url, text, role, at) in forms.chain(chart) {
        let url = without_anchor(url);
        if !matches!(url.scheme(), "http" | "https") || links.iter().any(|link| link.url == url && link.role == role) {
            continue;
        }
        match links.iter_mut().find(|link| link.url == url) {
            Some(link) if matches!(link.role, LinkRole::Page | LinkRole::File) => link.role = role,
            Some(_) => {}
            None => links.push(Link { url, text, hop: Hop::Link, role, at, query: None }),
        }
    }
}

/// Whether a picture is a flowchart by its own words, by its name, or because the page is about nothing else.
pub(super) fn is_flowchart_picture(page: &Page<'_>, node: Node<'_>, url: &Url) -> bool {
    let own = [node.attr("alt"), node.attr("title")].into_iter().flatten().any(|text| words::any(text, &FLOWCHART));
    let name = file_name(url.as_str()).to_lowercase();
    if own || words::any(&name, &["流程图", "liuchengtu", "flowchart", "lct.", "flow_chart"]) {
        return true;
    }
    // An article called 流程图 whose body is one picture; a section headed 流程图.
    let in_article = node.ancestors().any(|around| {
        let class = format!("{} {}", around.attr("class").unwrap_or_default(), around.attr("id").unwrap_or_default());
        words::any(&class.to_lowercase(), &["editor", "article_content", "article-content", "content", "zoom"])
    });
    if in_article && words::any(page.title_words(), &FLOWCHART) && page.title_words().ends_with("图") {
        return true;
    }
    heading_before(node).is_some_and(|heading| words::width(&heading) <= 20 && words::any(&heading, &FLOWCHART))
}

/// The words of the nearest element before a node, looking out of at most three boxes.
fn heading_before(node: Node<'_>) -> Option<String> {
    let mut here = node;
    for _ in 0..3 {
        if let Some(before) = here.previous() {
            let text = before.text_up_to(400);
            return (!text.is_empty()).then_some(text);
        }
        here = here.parent()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::dom::{Css, Dom};
    use super::*;

    fn role(html: &str) -> LinkRole {
        let dom = Dom::parse(html);
        let node = dom.first(&Css::new("a")).expect("the test has a link");
        of_link(node, &node.text(), node.attr("href").unwrap_or_default())
    }

    #[test]
    fn words_and_names_give_roles() {
        assert_eq!(role("<a href='/f/1.docx'>空白表格</a>"), LinkRole::BlankForm);
        assert_eq!(role("<a href='/f/2.docx'>示例样表</a>"), LinkRole::SampleForm);
        assert_eq!(
            role("<a href='/f/%E5%8F%82%E4%BF%9D%EF%BC%88%E6%A0%B7%E8%A1%A8%EF%BC%89.xlsx'>参保</a>"),
            LinkRole::SampleForm
        );
        assert_eq!(role("<a href='/a'>点击下载流程图</a>"), LinkRole::Flowchart);
        assert_eq!(role("<a href='/download?name=a.PDF&id=1'>章程</a>"), LinkRole::File);
        assert_eq!(role("<a href='/bszn.html'>办事指南</a>"), LinkRole::Page);
        assert_eq!(role("<a href='http://h.test'>首页</a>"), LinkRole::Page);
    }

    #[test]
    fn what_a_guide_offers_has_its_role_and_is_never_lost() {
        use crate::model::guide::{FormOffer, Material};
        use crate::model::{Located, Locator, Reading};

        let url = |path: &str| Url::parse("http://h.test").and_then(|base| base.join(path)).expect("a valid address");
        let offer = |path: &str| FormOffer::Link { url: url(path), text: "下载".to_owned() };
        let material = Material {
            name: "申请书".to_owned(),
            at: Locator::Whole,
            necessity: None,
            form: None,
            copies: None,
            source: None,
            blank_form: offer("/a.docx"),
            sample_form: offer("/b.docx"),
        };
        let materials = Located { value: vec![material], at: Locator::Whole, raw: String::new() };
        let guide = ServiceGuide { materials: Reading::Stated(materials), ..ServiceGuide::default() };
        let (hop, role) = (Hop::Link, LinkRole::File);
        let (text, at) = ("申请书".to_owned(), Locator::Whole);
        let mut links = vec![Link { url: url("/a.docx"), text, hop, role, at, query: None }];
        of_guide(&guide, &mut links);
        of_guide(&guide, &mut links);
        let roles: Vec<_> = links.iter().map(|link| (link.url.path(), link.role)).collect();
        assert_eq!(roles, [("/a.docx", LinkRole::BlankForm), ("/b.docx", LinkRole::SampleForm)]);
    }

    #[test]
    fn a_bare_word_takes_its_meaning_from_the_column() {
        let table = |cell: &str| {
            format!("<table><tr><th>材料<th>空白表格<th>示例<br>样表</tr><tr><td>申请书{cell}</tr></table>")
        };
        assert_eq!(role(&table("<td><a href='/d?id=1'>下载</a><td>")), LinkRole::BlankForm);
        assert_eq!(role(&table("<td><td><a href='/d?id=2'>下载</a>")), LinkRole::SampleForm);
        assert_eq!(role("<table><tr><th>材料<th>操作</tr><tr><td>x<td><a href='/d'>查看</a></table>"), LinkRole::Page);
    }
}
