//! The flowchart (流程图): picture, drawing, boxes, table or file. Icons and logos never count.
//!
//! Comes in: a page and its fields. Goes out: whether a chart is there, in which form, and its steps where they are text.
//! Must never know: what is drawn in a picture.

use url::Url;

use super::fields::{Field, Found};
use super::forms::{self, Destination};
use super::page::Page;
use super::{step_text, steps, svg, tiles};
use crate::extract::dom::{Node, fold};
use crate::extract::lexicon::{self, Meaning};
use crate::extract::text::squeeze;
use crate::model::{Element, Flowchart, FlowchartKind, Located, Locator, Reading, Step};

/// Pictures up to this many pixels wide or high are decoration.
const LARGEST_ICON: u32 = 64;

/// Words in the name of a picture's file that make it decoration.
const DECORATION: [&str; 16] = [
    "icon",
    "logo",
    "btn",
    "button",
    "qrcode",
    "ewm",
    "erweima",
    "banner",
    "spacer",
    "avatar",
    "loading",
    "bg_",
    "dot",
    "weixin",
    "wechat",
    "blank.gif",
];

/// Whether a picture is decoration by its size or its file name.
pub(super) fn is_icon(image: Node<'_>) -> bool {
    let small = |name: &str| {
        image
            .attr(name)
            .and_then(|size| size.trim_end_matches("px").parse::<u32>().ok())
            .is_some_and(|size| size <= LARGEST_ICON)
    };
    let src = image.attr("src").unwrap_or_default();
    let file = src.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    src.is_empty()
        || small("width")
        || small("height")
        || DECORATION.iter().any(|word| file.contains(word))
        || src.to_ascii_lowercase().contains("/icon")
}

/// Looks for the flowchart of a page.
pub(super) fn read(page: &Page<'_>, found: &Found<'_>) -> Reading<Flowchart> {
    let mut labelled: Vec<&Field<'_>> =
        found.fields.iter().filter(|field| field.meaning == Meaning::Element(Element::Flowchart)).collect();
    labelled.sort_by_key(|field| std::cmp::Reverse(field.layout.strength()));
    let under_label: Vec<Reading<Flowchart>> = labelled.iter().map(|field| under_label(page, found, field)).collect();
    if let Some(stated) = under_label.iter().find(|reading| reading.value().is_some()) {
        return stated.clone();
    }
    by_words(page)
        .or_else(|| in_process(page, found))
        .or_else(|| under_label.into_iter().max_by_key(rank))
        .unwrap_or_default()
}

fn rank(reading: &Reading<Flowchart>) -> u8 {
    match reading {
        Reading::Stated(_) => 4,
        Reading::Unreadable { .. } => 3,
        Reading::Placeholder { .. } => 2,
        Reading::Blank { .. } => 1,
        Reading::Absent => 0,
    }
}

fn stated(kind: FlowchartKind, url: Option<Url>, steps: Vec<Step>, at: Locator, raw: String) -> Reading<Flowchart> {
    Reading::Stated(Located {
        value: Flowchart { kind, url, steps, goes_on: false, tiles: None, drawn: None },
        at,
        raw,
    })
}

/// What stands under the label 流程图: a picture or drawing first, then boxes, then a link to one.
fn under_label(page: &Page<'_>, found: &Found<'_>, field: &Field<'_>) -> Reading<Flowchart> {
    let content = &field.content;
    let text = content.text();
    let seen = content.media.iter().find_map(|node| match node.name() {
        "a" if node.descendants().any(|inner| inner.name() == "img" && !is_icon(inner)) => link(*node, page.base),
        "img" if !is_icon(*node) || says_chart(*node) => picture(*node, page.base),
        "svg" | "object" | "embed" | "iframe" | "table" => embedded(*node, page.base, found),
        _ => None,
    });
    if let Some(reading) = seen {
        return reading;
    }
    if field.is_blank() {
        return Reading::Blank { at: field.label_at.clone(), label: field.label.clone() };
    }
    let links = content.media.iter().filter(|node| leads_to_chart(**node, &text, page.base));
    let linked = links.filter_map(|node| link(*node, page.base)).max_by_key(rank);
    if let Some(reading) = boxes(field).or(linked) {
        return reading;
    }
    let nothing = matches!(squeeze(&text).as_str(), "无" | "没有")
        || lexicon::is_placeholder(Element::Flowchart, &text)
        || lexicon::points_to_flowchart(&text);
    if nothing {
        return Reading::Placeholder { at: content.at.clone(), raw: text };
    }
    Reading::Unreadable { at: content.at.clone(), raw: text }
}

/// Whether a link under the label leads to the chart: it says so, it is a file, or nothing else stands there.
fn leads_to_chart(node: Node<'_>, content: &str, base: &Url) -> bool {
    if node.name() != "a" && node.attr("onclick").is_none() {
        return false;
    }
    let words = node.text();
    let is_file = matches!(forms::destination(node, base), Some(Destination::Url(url)) if kind_of_file(&url).is_some());
    is_file || words == content || ["图", "查看", "下载", "点击", "附件", "详"].iter().any(|word| words.contains(word))
}

/// Boxes, a list or a sentence with arrows under the label.
fn boxes(field: &Field<'_>) -> Option<Reading<Flowchart>> {
    let (steps, manner) = step_text::from_content(&field.content);
    (steps.len() >= 2 && manner != step_text::Manner::Prose)
        .then(|| stated(FlowchartKind::Html, None, steps, field.content.at.clone(), field.content.text()))
}

/// A link to a chart. Links that only lead to other pages' sections are none.
fn link(node: Node<'_>, base: &Url) -> Option<Reading<Flowchart>> {
    let at = node.locator();
    let raw = node.text();
    if let Some(image) = node.descendants().find(|inner| inner.name() == "img" && !is_icon(*inner)) {
        return match forms::destination(node, base) {
            Some(Destination::Url(url)) if kind_of_file(&url).is_some() => Some(of_url(url, at, raw)),
            _ => picture(image, base),
        };
    }
    match forms::destination(node, base)? {
        Destination::Url(url) => Some(of_url(url, at, raw)),
        Destination::Script(script) => Some(Reading::Unreadable { at, raw: if raw.is_empty() { script } else { raw } }),
    }
}

fn of_url(url: Url, at: Locator, raw: String) -> Reading<Flowchart> {
    let kind = kind_of_file(&url).unwrap_or_else(|| {
        let path = url.path().to_ascii_lowercase();
        let page =
            [".html", ".htm", ".jsp", ".do", ".aspx", ".php", ".shtml"].iter().any(|ending| path.ends_with(ending));
        if page { FlowchartKind::Html } else { FlowchartKind::Image }
    });
    stated(kind, Some(url), Vec::new(), at, raw)
}

/// The kind that the file's ending promises, in the path or at the end of the query (`doc?id=8.svg`).
fn kind_of_file(url: &Url) -> Option<FlowchartKind> {
    let by_query = url.query().and_then(|query| query.rsplit_once('.')).and_then(|(_, ending)| kind_of_ending(ending));
    by_query.or_else(|| {
        let name = forms::file_name(url);
        name.rsplit_once('.').and_then(|(_, ending)| kind_of_ending(ending))
    })
}

fn kind_of_ending(ending: &str) -> Option<FlowchartKind> {
    match ending.to_ascii_lowercase().as_str() {
        "svg" => Some(FlowchartKind::Svg),
        "png" | "jpg" | "jpeg" | "gif" | "bmp" | "webp" => Some(FlowchartKind::Image),
        "pdf" | "doc" | "docx" | "xls" | "xlsx" | "wps" | "ppt" | "pptx" | "vsd" | "zip" | "rar" | "rtf" => {
            Some(FlowchartKind::Document)
        }
        _ => None,
    }
}

fn picture(node: Node<'_>, base: &Url) -> Option<Reading<Flowchart>> {
    let src = node.attr("src").or_else(|| node.attr("data-src")).filter(|src| !src.is_empty())?;
    let at = node.locator();
    let raw = node.attr("alt").or_else(|| node.attr("title")).unwrap_or_default().to_owned();
    let Ok(url) = base.join(src) else { return Some(Reading::Unreadable { at, raw: src.to_owned() }) };
    if url.scheme() == "data" {
        return Some(stated(FlowchartKind::Image, None, Vec::new(), at, raw));
    }
    let kind = kind_of_file(&url).unwrap_or(FlowchartKind::Image);
    let goes_on = has_company(node);
    let tiles = tiles::around(node, base);
    Some(Reading::Stated(Located {
        value: Flowchart { kind, url: Some(url), steps: Vec::new(), goes_on, tiles, drawn: None },
        at,
        raw,
    }))
}

/// Whether other pictures than icons stand close to a picture.
fn has_company(image: Node<'_>) -> bool {
    image.ancestors().take(2).any(|outer| {
        let pictures = outer.descendants().filter(|node| node.name() == "img" && !is_icon(*node));
        pictures.take(2).count() > 1
    })
}

/// Drawings, embedded files and tables under the label.
fn embedded(node: Node<'_>, base: &Url, found: &Found<'_>) -> Option<Reading<Flowchart>> {
    match node.name() {
        "svg" => Some(drawing(node)),
        "table" => {
            let grid = found.grids.iter().find(|grid| grid.is_steps() && grid.table == node)?;
            Some(stated(FlowchartKind::Table, None, steps::from_grid(grid, false), node.locator(), node.text()))
        }
        _ => {
            let address = node.attr("data").or_else(|| node.attr("src")).filter(|address| !address.is_empty())?;
            let url = base.join(address).ok()?;
            Some(of_url(url, node.locator(), String::new()))
        }
    }
}

fn drawing(node: Node<'_>) -> Reading<Flowchart> {
    let drawn = svg::process(node);
    let shown = drawn.steps.iter().map(|step| step.raw.as_str()).collect::<Vec<_>>().join(" → ");
    // The drawing's own title says whose chart it is.
    let title = node.children().find(|child| child.name() == "title").map(|title| fold(&title.source()));
    let title = title.filter(|title| !title.is_empty()).or_else(|| drawn.title.as_ref().map(|title| title.raw.clone()));
    let raw = title.map_or_else(|| shown.clone(), |title| format!("{title}：{shown}"));
    let (at, steps) = (node.locator(), drawn.steps.clone());
    let value = Flowchart {
        kind: FlowchartKind::Svg,
        url: None,
        steps,
        goes_on: false,
        tiles: None,
        drawn: Some(Box::new(drawn)),
    };
    Reading::Stated(Located { value, at, raw })
}

/// What data says of the chart: an address, nothing, or what only a script understands.
pub(super) fn from_data(fields: &[Field<'_>], base: &Url) -> Reading<Flowchart> {
    let said = fields.iter().filter(|field| field.meaning == Meaning::Element(Element::Flowchart));
    let readings = said.map(|field| {
        let text = field.content.text();
        let at = field.content.at.clone();
        if text.is_empty() {
            return Reading::Blank { at, label: field.label.clone() };
        }
        if lexicon::is_placeholder(Element::Flowchart, &text) || text == "无" {
            return Reading::Placeholder { at, raw: text };
        }
        let is_address = text.starts_with('/') || text.starts_with("http") || text.starts_with('.');
        match base.join(&text) {
            Ok(url) if is_address || kind_of_file(&url).is_some() => of_url(url, at, text),
            _ => Reading::Unreadable { at, raw: text },
        }
    });
    readings.max_by_key(rank).unwrap_or_default()
}

/// Whether words speak of a flowchart.
fn words_say_chart(words: &str) -> bool {
    let key = squeeze(words).to_ascii_lowercase();
    key.contains("流程图") || key.contains("flowchart") || key.contains("flow_chart") || key.contains("liuchengtu")
}

/// Whether a picture's words or file name say that it is a chart.
fn says_chart(node: Node<'_>) -> bool {
    let file = node
        .attr("src")
        .map(|src| forms::percent_decoded(src.rsplit('/').next().unwrap_or_default()))
        .unwrap_or_default();
    let short = file.to_ascii_lowercase();
    let abbreviated = short
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part.trim_end_matches(|c: char| c.is_ascii_digit()) == "lct");
    ["alt", "title"].iter().filter_map(|name| node.attr(name)).any(words_say_chart)
        || words_say_chart(&file)
        || abbreviated
}

/// Pictures, drawings and links that call themselves a flowchart, anywhere on the page.
fn by_words(page: &Page<'_>) -> Option<Reading<Flowchart>> {
    let mut second_best = None;
    for node in page.nodes.iter().filter(|node| !page.is_furniture(**node)) {
        let reading = match node.name() {
            "img" if says_chart(*node) && !is_icon(*node) => picture(*node, page.base),
            "svg" => {
                let named = node
                    .children()
                    .find(|child| child.name() == "title")
                    .map(super::super::dom::Node::source)
                    .is_some_and(|title| words_say_chart(&title))
                    || node.attr("aria-label").is_some_and(words_say_chart)
                    || node
                        .select(&crate::extract::dom::Css::new("text"))
                        .iter()
                        .any(|text| words_say_chart(&text.text()));
                let chart = drawing(*node);
                let step_words = chart
                    .value()
                    .map_or(0, |chart| chart.steps.iter().filter(|step| lexicon::names_a_step(&step.name)).count());
                (named || step_words >= 3).then_some(chart)
            }
            "a" if is_chart_link(page, *node) => link(*node, page.base),
            _ => None,
        };
        match reading {
            Some(Reading::Unreadable { at, raw }) => {
                second_best = second_best.or(Some(Reading::Unreadable { at, raw }));
            }
            Some(reading) => return Some(reading),
            None => {}
        }
    }
    second_best
}

/// 查看流程图, 点击下载流程图: a link whose words are about a chart. The name of a tab or a place in the page is none.
fn is_chart_link(page: &Page<'_>, node: Node<'_>) -> bool {
    let words = node.short_text(lexicon::LONGEST_LABEL + 16).unwrap_or_default();
    let title = node.attr("title").unwrap_or_default();
    let href = node.attr("href").unwrap_or_default();
    let says = words_say_chart(&words) || words_say_chart(title);
    let is_name = href.starts_with('#')
        || href.is_empty()
        || (href.to_ascii_lowercase().starts_with("javascript:") && page.label(node).is_some());
    says && !is_name
}

/// A process that consists of nothing but a picture is drawn in it.
fn in_process(page: &Page<'_>, found: &Found<'_>) -> Option<Reading<Flowchart>> {
    let process = found.fields.iter().filter(|field| field.meaning.element() == Some(Element::Process));
    for field in process {
        let words = field.content.text();
        if !(words.is_empty() || lexicon::points_to_flowchart(&words)) {
            continue;
        }
        for node in &field.content.media {
            let reading = match node.name() {
                "img" if !is_icon(*node) => picture(*node, page.base),
                "svg" => Some(drawing(*node)),
                "a" if !words.is_empty() => link(*node, page.base),
                _ => None,
            };
            if reading.is_some() {
                return reading;
            }
        }
    }
    None
}
