//! A document with its labels found once: the ground that every layout reader stands on.
//!
//! Comes in: a document. Goes out: its visible elements in order, which of them are labels, and the content that belongs
//! to a label. Must never know: what the content means.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::slots;
use crate::extract::dom::{Dom, Node, NodeKey, Piece, fold};
use crate::extract::lexicon::{self, LONGEST_LABEL, Label, Meaning};
use crate::model::{Element, Locator};

/// The longest content that is gathered for one label, in lines: a guard against swallowing a page.
const MOST_LINES: usize = 400;

/// A document with its labels.
pub(in crate::extract) struct Page<'a> {
    /// Address for resolving links.
    pub(in crate::extract) base: &'a Url,
    /// Visible elements in document order.
    pub(in crate::extract) nodes: Vec<Node<'a>>,
    /// Script elements.
    pub(in crate::extract) scripts: Vec<Node<'a>>,
    labels: BTreeMap<NodeKey, Label>,
    furniture: BTreeSet<NodeKey>,
    linked: BTreeSet<NodeKey>,
}

impl<'a> Page<'a> {
    /// Walks the document once.
    pub(super) fn new(dom: &'a Dom, base: &'a Url) -> Self {
        let mut page = Self {
            base,
            nodes: Vec::new(),
            scripts: Vec::new(),
            labels: BTreeMap::new(),
            furniture: BTreeSet::new(),
            linked: BTreeSet::new(),
        };
        let mut hidden = BTreeSet::new();
        for node in dom.elements() {
            let parent = node.parent().map(Node::key);
            if node.name() == "script" {
                page.scripts.push(node);
            }
            if parent.is_some_and(|key| hidden.contains(&key)) || (node.is_invisible() && node.name() != "svg") {
                hidden.insert(node.key());
                continue;
            }
            if node.name() == "svg" {
                hidden.insert(node.key());
            }
            page.note(node, parent);
            page.nodes.push(node);
        }
        page
    }

    fn note(&mut self, node: Node<'a>, parent: Option<NodeKey>) {
        let inherits = |set: &BTreeSet<NodeKey>| parent.is_some_and(|key| set.contains(&key));
        if inherits(&self.furniture) || is_furniture(node) {
            self.furniture.insert(node.key());
        }
        let acts = (node.name() == "a" && node.attr("href").is_some())
            || matches!(node.name(), "button" | "option" | "select" | "textarea" | "nav");
        if inherits(&self.linked) || acts {
            self.linked.insert(node.key());
        }
        if let Some(label) = node.short_text(LONGEST_LABEL).and_then(|text| lexicon::label(&text)) {
            self.labels.insert(node.key(), label);
        }
    }

    /// The label that the element is, as a whole.
    pub(super) fn label(&self, node: Node<'_>) -> Option<&Label> {
        self.labels.get(&node.key())
    }

    /// Takes it back that the element, or anything in it, is a label: it is the header of a column.
    pub(super) fn unlabel(&mut self, node: Node<'_>) {
        self.labels.remove(&node.key());
        for inner in node.descendants() {
            self.labels.remove(&inner.key());
        }
    }

    /// Whether the element belongs to the page's frame: footer, breadcrumb, copyright.
    pub(super) fn is_furniture(&self, node: Node<'_>) -> bool {
        self.furniture.contains(&node.key())
    }

    /// Whether the element is inside a link, button or choice: what it says leads elsewhere.
    pub(super) fn is_linked(&self, node: Node<'_>) -> bool {
        self.linked.contains(&node.key())
    }

    /// Whether the label's box is `node`: the largest element that has no other text, and no empty place for a value.
    pub(super) fn is_label_box(&self, node: Node<'_>) -> bool {
        if self.label(node).is_none() {
            return false;
        }
        let has_slot = |node: Node<'_>| slots::has_empty_slot(self, node);
        let outermost = node.parent().is_none_or(|parent| self.label(parent).is_none() || has_slot(parent));
        outermost && !has_slot(node) && !node.descendants().take(SMALL).any(has_slot)
    }
}

/// A label has no more elements than this.
const SMALL: usize = 48;

/// The page's frame is never part of a guide; contacts in a footer are the site's.
fn is_furniture(node: Node<'_>) -> bool {
    if node.name() == "footer" {
        return true;
    }
    let marked = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["footer", "copyright", "crumb"].iter().any(|word| name.contains(word)) || name == "foot"
    };
    node.attr("class").is_some_and(|classes| classes.split_whitespace().any(marked))
        || node.attr("id").is_some_and(marked)
}

/// Level of a heading, 1 to 6.
pub(super) fn heading_level(node: Node<'_>) -> Option<u8> {
    match node.name() {
        "h1" => Some(1),
        "h2" => Some(2),
        "h3" => Some(3),
        "h4" => Some(4),
        "h5" => Some(5),
        "h6" => Some(6),
        _ => None,
    }
}

/// What belongs to a label.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Content<'a> {
    /// Lines of visible text.
    pub(in crate::extract) lines: Vec<String>,
    /// Links, pictures, tables and embedded things, in order.
    pub(in crate::extract) media: Vec<Node<'a>>,
    /// Elements at the top of the content.
    pub(in crate::extract) roots: Vec<Node<'a>>,
    /// Every element of the content.
    pub(in crate::extract) keys: BTreeSet<NodeKey>,
    /// Whether text stands at the top, in no element of the content.
    pub(in crate::extract) loose_text: bool,
    /// Where it stands.
    pub(in crate::extract) at: Locator,
}

impl<'a> Content<'a> {
    /// Content that is only text.
    pub(in crate::extract) fn of_text(lines: Vec<String>, at: Locator) -> Self {
        Self { lines, media: Vec::new(), roots: Vec::new(), keys: BTreeSet::new(), loose_text: false, at }
    }

    /// The content of one element.
    ///
    /// A value that happens to be a word of the lexicon (办理形式: 窗口办理) is still a value: then nothing is a border.
    pub(super) fn of_node(page: &Page<'a>, node: Node<'a>, border: &Border<'a>) -> Self {
        let free = page.label(node).is_some();
        let border = Border { free: border.free || free, ..*border };
        let mut content = gather(page, node.pieces(), &Border { label: None, ..border });
        content.keys.insert(node.key());
        if is_media(node) {
            content.media.insert(0, node);
        }
        content.roots = vec![node];
        content.at = node.locator();
        content
    }

    /// The text in one line.
    pub(in crate::extract) fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// Whether neither text nor anything to look at is there.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && !self.has_picture()
    }

    /// Whether a picture, drawing or embedded thing is there.
    pub(super) fn has_picture(&self) -> bool {
        self.media.iter().any(|node| matches!(node.name(), "img" | "svg" | "object" | "embed" | "iframe" | "canvas"))
    }

    /// Whether it is a field to fill in.
    pub(super) fn is_input(&self) -> bool {
        self.media.iter().any(|node| {
            matches!(node.name(), "input" | "select" | "textarea")
                && node.attr("type").is_none_or(|kind| kind != "hidden")
        })
    }
}

/// Where the content of a label ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Border<'a> {
    /// Meaning of the label itself.
    pub(super) own: Option<Meaning>,
    /// The label's box, for siblings of the same style.
    pub(super) label: Option<Node<'a>>,
    /// Whether an element that holds another label ends the content even before that label.
    pub(super) whole: bool,
    /// Whether labels do not end the content.
    pub(super) free: bool,
}

impl<'a> Border<'a> {
    /// Ends at labels of other meaning.
    pub(super) fn of(own: Meaning) -> Self {
        Self { own: Some(own), label: None, whole: false, free: false }
    }

    fn level(&self) -> u8 {
        let own = self
            .label
            .and_then(|label| heading_level(label).or_else(|| label.descendants().take(8).find_map(heading_level)));
        // Content without a heading of its own does not run across sections.
        own.unwrap_or(3)
    }

    fn is_process(&self) -> bool {
        matches!(
            self.own,
            Some(Meaning::Element(Element::Process | Element::Flowchart) | Meaning::Flow(_) | Meaning::SpecialSteps)
        )
    }

    /// Whether `node`, a label, ends the content.
    fn ends_at(&self, page: &Page<'a>, node: Node<'a>, top: bool) -> bool {
        let Some(label) = page.label(node) else { return false };
        if self.free || page.is_linked(node) {
            return false;
        }
        if self.own.is_some_and(|own| own.element().is_some() && own.element() == label.meaning.element()) {
            return top;
        }
        // Step cards repeat 办理时限, 办理结果 …: inside a process they are columns.
        if self.is_process() && heading_level(node).is_none() && !top {
            let words = node.short_text(LONGEST_LABEL).unwrap_or_default();
            if !lexicon::columns(&words).is_empty() {
                return false;
            }
        }
        let same_tag = self.label.is_some_and(|own| own.name() == node.name());
        label.colon || same_tag || node.is_block() || heading_level(node).is_some()
    }

    /// Whether `node`, a sibling of the label, looks like another label that we do not know.
    fn is_same_style(&self, node: Node<'_>) -> bool {
        let Some(own) = self.label else { return false };
        if own.name() != node.name() {
            return false;
        }
        let class = own.attr("class").unwrap_or_default();
        if !class.is_empty() && node.attr("class") == Some(class) {
            return true;
        }
        own.name() == "p" && is_all_bold(own) && is_all_bold(node)
    }
}

/// Whether all the text of a paragraph stands in one bold child.
fn is_all_bold(node: Node<'_>) -> bool {
    let mut children = node.children();
    match (children.next(), children.next()) {
        (Some(only), None) => {
            matches!(only.name(), "b" | "strong") && node.own_text().is_empty() && !only.text().is_empty()
        }
        _ => false,
    }
}

/// What the walk over the pieces meets.
enum Visit<'a> {
    Piece(Piece<'a>, bool),
    Break,
}

/// Gathers content from pieces in order, up to the border.
pub(super) fn gather<'a>(page: &Page<'a>, pieces: impl Iterator<Item = Piece<'a>>, border: &Border<'a>) -> Content<'a> {
    let mut content = Content::of_text(Vec::new(), Locator::Whole);
    let mut text = String::new();
    let mut breaks = 0;
    let level = border.level();
    let mut stack: Vec<Visit<'a>> = pieces.map(|piece| Visit::Piece(piece, true)).collect();
    stack.reverse();
    while let Some(visit) = stack.pop() {
        let (piece, top) = match visit {
            Visit::Break => {
                text.push('\n');
                breaks += 1;
                continue;
            }
            Visit::Piece(piece, top) => (piece, top),
        };
        let node = match piece {
            Piece::Text(words) => {
                text.extend(words.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c }));
                content.loose_text |= top && words.chars().any(char::is_alphanumeric);
                continue;
            }
            Piece::Element(node) => node,
        };
        let next_section = heading_level(node).is_some_and(|found| found <= level);
        let ends = next_section
            || border.ends_at(page, node, top)
            || (top && border.is_same_style(node))
            || (top
                && border.whole
                && node.descendants().any(|inner| page.label(inner).is_some() && !page.is_linked(inner)))
            || breaks > MOST_LINES * 4;
        if ends {
            break;
        }
        if node.is_invisible() && node.name() != "svg" {
            continue;
        }
        if is_action(node) {
            continue;
        }
        content.keys.insert(node.key());
        if top {
            content.roots.push(node);
        }
        if is_media(node) {
            content.media.push(node);
        }
        // Choices and buttons are the page's words, not the guide's.
        if matches!(node.name(), "svg" | "select" | "option" | "button" | "textarea") {
            continue;
        }
        if node.is_block() {
            text.push('\n');
            stack.push(Visit::Break);
        }
        let inner: Vec<Piece<'a>> = node.pieces().collect();
        stack.extend(inner.into_iter().rev().map(|piece| Visit::Piece(piece, false)));
    }
    content.lines =
        text.split('\n').map(fold).filter(|line| !line.is_empty() && !is_handle(line)).take(MOST_LINES).collect();
    content
}

/// A link or button that starts something (在线办理): it stands beside a guide's content, not in it.
fn is_action(node: Node<'_>) -> bool {
    if !matches!(node.name(), "a" | "button") {
        return false;
    }
    let text = node.short_text(14).unwrap_or_default();
    [
        "在线办理",
        "立即办理",
        "我要办理",
        "我要申办",
        "在线申请",
        "立即申请",
        "我要申请",
        "网上申请",
        "在线申报",
        "我要申报",
        "申报",
        "网上申报",
        "预约",
        "我要预约",
        "在线预约",
        "收藏",
        "分享",
        "返回",
        "下一步",
        "上一步",
        "上一页",
        "下一页",
        "我已认真阅读并同意",
        "我要咨询",
        "我要投诉",
        "办理入口",
        "去办理",
    ]
    .contains(&text.trim_matches(['>', ' ', '»', '<', '→']))
}

/// Handles of the page's furniture beside a heading: they say nothing about the errand.
fn is_handle(line: &str) -> bool {
    matches!(
        line.trim_matches(['>', '»', '+', '[', ']', ' ', '《', '》', '.']),
        "更多" | "展开" | "收起" | "查看更多" | "展开更多" | "复制" | "返回顶部" | "关闭" | "打印"
    )
}

fn is_media(node: Node<'_>) -> bool {
    matches!(
        node.name(),
        "a" | "img" | "svg" | "table" | "object" | "embed" | "iframe" | "canvas" | "input" | "select" | "textarea"
    ) || node.attr("onclick").is_some()
}
