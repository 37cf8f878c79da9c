//! The one door to the HTML parser: a document, its nodes, and where they stand.
//!
//! Comes in: decoded text. Goes out: nodes with visible text and a [`Locator`]. Must never know: portals or labels.

use scraper::{ElementRef, Html, Selector};

use crate::model::Locator;

/// A parsed document. Parsing never fails; broken markup is mended as browsers do.
pub struct Dom {
    html: Html,
}

/// A CSS selector that is known to be valid.
pub struct Css(Selector);

impl Css {
    /// Compiles a selector written in our own source.
    ///
    /// # Panics
    /// If the selector is not valid CSS: a mistake in our source, found by the first test that touches it.
    #[must_use]
    pub fn new(selector: &'static str) -> Self {
        Self(Selector::parse(selector).expect("selectors in our source are valid"))
    }
}

/// Elements whose text a visitor never sees.
const INVISIBLE: [&str; 7] = ["script", "style", "noscript", "template", "head", "title", "svg"];

/// Elements that begin and end a line for the eye.
const BLOCKS: [&str; 28] = [
    "p", "div", "br", "li", "ul", "ol", "dl", "dt", "dd", "tr", "td", "th", "table", "h1", "h2", "h3", "h4", "h5",
    "h6", "section", "article", "header", "footer", "nav", "form", "option", "tbody", "hr",
];

/// An element with more descendants than this has no short text: labels are simple.
const SHORT_TEXT_NODES: usize = 48;

impl Dom {
    /// Parses a document or a fragment of one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self { html: Html::parse_document(text) }
    }

    /// The `html` element.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node(self.html.root_element())
    }

    /// All elements that match, in document order.
    #[must_use]
    pub fn select<'a>(&'a self, css: &Css) -> Vec<Node<'a>> {
        self.html.select(&css.0).map(Node).collect()
    }

    /// The first element that matches.
    #[must_use]
    pub fn first<'a>(&'a self, css: &Css) -> Option<Node<'a>> {
        self.html.select(&css.0).next().map(Node)
    }

    /// All elements, in document order.
    pub fn elements(&self) -> impl Iterator<Item = Node<'_>> {
        self.html.root_element().descendants().filter_map(ElementRef::wrap).map(Node)
    }
}

/// An element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Node<'a>(ElementRef<'a>);

impl<'a> Node<'a> {
    /// Tag name, lower case.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.0.value().name()
    }

    /// An attribute's value, trimmed.
    #[must_use]
    pub fn attr(self, name: &str) -> Option<&'a str> {
        self.0.value().attr(name).map(str::trim)
    }

    /// The element as HTML, with all that is in it.
    #[must_use]
    pub fn markup(self) -> String {
        self.0.html()
    }

    /// Visible text: scripts and styles left out, white space folded, one blank between blocks and at `<br>`.
    #[must_use]
    pub fn text(self) -> String {
        let mut out = String::new();
        push_text(self.0, &mut out, " ");
        fold(&out)
    }

    /// The beginning of the visible text, at least `bytes` long if there is that much. For labels and captions: the
    /// time it takes does not depend on how large the element is.
    #[must_use]
    pub fn text_up_to(self, bytes: usize) -> String {
        let mut out = String::new();
        push_text_up_to(self.0, &mut out, " ", bytes);
        fold(&out)
    }

    /// Visible text with a line feed between blocks and at `<br>`; each line folded, empty lines left out.
    #[must_use]
    pub fn lines(self) -> Vec<String> {
        let mut out = String::new();
        push_text(self.0, &mut out, "\n");
        out.split('\n').map(fold).filter(|line| !line.is_empty()).collect()
    }

    /// Text that stands directly in this element, without that of child elements, folded.
    #[must_use]
    pub fn own_text(self) -> String {
        let own: String =
            self.0.children().filter_map(|child| child.value().as_text().map(|text| text.to_string())).collect();
        fold(&own)
    }

    /// Raw text of a script or style element.
    #[must_use]
    pub fn source(self) -> String {
        self.0.text().collect()
    }

    /// Child elements.
    pub fn children(self) -> impl Iterator<Item = Node<'a>> {
        self.0.children().filter_map(ElementRef::wrap).map(Node)
    }

    /// All elements below this one, in document order, without itself.
    pub fn descendants(self) -> impl Iterator<Item = Node<'a>> {
        self.0.descendants().skip(1).filter_map(ElementRef::wrap).map(Node)
    }

    /// The enclosing element.
    #[must_use]
    pub fn parent(self) -> Option<Node<'a>> {
        self.0.parent().and_then(ElementRef::wrap).map(Node)
    }

    /// The enclosing elements, nearest first.
    pub fn ancestors(self) -> impl Iterator<Item = Node<'a>> {
        self.0.ancestors().filter_map(ElementRef::wrap).map(Node)
    }

    /// The next sibling element.
    #[must_use]
    pub fn next(self) -> Option<Node<'a>> {
        self.0.next_siblings().find_map(ElementRef::wrap).map(Node)
    }

    /// The previous sibling element.
    #[must_use]
    pub fn previous(self) -> Option<Node<'a>> {
        self.0.prev_siblings().find_map(ElementRef::wrap).map(Node)
    }

    /// Elements below this one that match.
    #[must_use]
    pub fn select(self, css: &Css) -> Vec<Node<'a>> {
        self.0.select(&css.0).map(Node).collect()
    }

    /// The first element below this one that matches.
    #[must_use]
    pub fn first(self, css: &Css) -> Option<Node<'a>> {
        self.0.select(&css.0).next().map(Node)
    }

    /// Whether this element itself matches.
    #[must_use]
    pub fn matches(self, css: &Css) -> bool {
        css.0.matches(&self.0)
    }

    /// A key that tells nodes of one document apart and orders them by their making.
    #[must_use]
    pub fn key(self) -> NodeKey {
        NodeKey(self.0.id())
    }

    /// The visible text if it is short: `None` when it exceeds `limit` characters or is spread over many nodes, without
    /// walking the whole of a large element.
    #[must_use]
    pub fn short_text(self, limit: usize) -> Option<String> {
        let mut out = String::new();
        for (visited, node) in self.0.descendants().enumerate() {
            if visited > SHORT_TEXT_NODES {
                return None;
            }
            if let Some(text) = node.value().as_text() {
                let hidden = node.parent().and_then(ElementRef::wrap).is_some_and(|parent| Node(parent).is_invisible());
                if !hidden {
                    out.push_str(text);
                }
                // Four bytes are the longest character; white space of the source may double it.
                if out.len() > limit.saturating_mul(8).saturating_add(256) {
                    return None;
                }
            } else if node.value().as_element().is_some_and(|element| BLOCKS.contains(&element.name())) {
                out.push(' ');
            }
        }
        let folded = fold(&out);
        (folded.chars().count() <= limit).then_some(folded)
    }

    /// What stands in this element: text and elements, in order.
    pub fn pieces(self) -> impl Iterator<Item = Piece<'a>> {
        self.0.children().filter_map(piece)
    }

    /// What follows this element within its parent: text and elements, in order.
    pub fn following(self) -> impl Iterator<Item = Piece<'a>> {
        self.0.next_siblings().filter_map(piece)
    }

    /// Whether the element begins and ends a line for the eye.
    #[must_use]
    pub fn is_block(self) -> bool {
        BLOCKS.contains(&self.name())
    }

    /// Whether a visitor never sees the element's text.
    #[must_use]
    pub fn is_invisible(self) -> bool {
        INVISIBLE.contains(&self.name())
    }

    /// The CSS path from the root, unique in the document.
    #[must_use]
    pub fn locator(self) -> Locator {
        let mut parts = Vec::new();
        let mut node = Some(self);
        while let Some(here) = node {
            let parent = here.parent();
            let position = parent.map_or(1, |parent| {
                parent
                    .children()
                    .filter(|sibling| sibling.name() == here.name())
                    .position(|sibling| sibling == here)
                    .unwrap_or(0)
                    + 1
            });
            if here.name() == "html" || here.name() == "body" {
                parts.push(here.name().to_owned());
            } else {
                parts.push(format!("{}:nth-of-type({position})", here.name()));
            }
            node = parent;
        }
        parts.reverse();
        Locator::Selector(parts.join(">"))
    }
}

/// Tells nodes of one document apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeKey(ego_tree::NodeId);

/// A piece of an element's content.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// Text as it stands, white space and all.
    Text(&'a str),
    /// An element.
    Element(Node<'a>),
}

fn piece(node: ego_tree::NodeRef<'_, scraper::Node>) -> Option<Piece<'_>> {
    if let Some(element) = ElementRef::wrap(node) {
        return Some(Piece::Element(Node(element)));
    }
    node.value().as_text().map(|text| Piece::Text(text))
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}> {}", self.name(), self.text())
    }
}

fn push_text(element: ElementRef<'_>, out: &mut String, line: &str) {
    push_text_up_to(element, out, line, usize::MAX);
}

fn push_text_up_to(element: ElementRef<'_>, out: &mut String, line: &str, bytes: usize) {
    // A stack of our own: deeply nested hostile markup must not exhaust the thread's.
    enum Visit<'a> {
        Node(ego_tree::NodeRef<'a, scraper::Node>),
        Break,
    }
    let mut stack: Vec<Visit<'_>> = vec![Visit::Node(*element)];
    while let Some(visit) = stack.pop() {
        if out.len() >= bytes {
            return;
        }
        let node = match visit {
            Visit::Break => {
                out.push_str(line);
                continue;
            }
            Visit::Node(node) => node,
        };
        if let Some(text) = node.value().as_text() {
            // Line feeds in the source are white space; only blocks and <br> break lines.
            for c in text.chars() {
                if out.len() >= bytes {
                    return;
                }
                if !c.is_whitespace() {
                    out.push(c);
                } else if !out.ends_with(char::is_whitespace) {
                    out.push(' ');
                }
            }
            continue;
        }
        let Some(tag) = node.value().as_element().map(scraper::node::Element::name) else { continue };
        if INVISIBLE.contains(&tag) && node.id() != element.id() {
            continue;
        }
        if BLOCKS.contains(&tag) {
            out.push_str(line);
            stack.push(Visit::Break);
        }
        stack.extend(node.children().rev().map(Visit::Node));
    }
}

/// White space (also the ideographic and the no-break blank) folded to single blanks, ends trimmed.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in
        text.split(|c: char| c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}').filter(|word| !word.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_leaves_out_scripts_and_breaks_at_blocks() {
        let dom = Dom::parse("<table><tr><th>是否需<br>电子材料<td>20<span>工作日</span><script>x()</script></table>");
        let cells: Vec<String> = dom.select(&Css::new("th, td")).into_iter().map(Node::text).collect();
        assert_eq!(cells, ["是否需 电子材料", "20工作日"]);
    }

    #[test]
    fn a_locator_leads_back_to_its_node() {
        let dom = Dom::parse("<div><p>a</p><p>b</p></div><div><p>c</p></div>");
        for node in dom.select(&Css::new("p")) {
            let Locator::Selector(path) = node.locator() else { panic!("a selector") };
            let found = dom.html.select(&Selector::parse(&path).expect("a valid path")).map(Node).collect::<Vec<_>>();
            assert_eq!(found, [node]);
        }
    }

    #[test]
    fn lines_follow_blocks() {
        let dom = Dom::parse("<div>（1）首次 160元/本<br>\n 补发 160元/本<p>x\ny</p></div>");
        assert_eq!(dom.root().lines(), ["（1）首次 160元/本", "补发 160元/本", "x y"]);
    }

    #[test]
    fn short_text_gives_up_on_long_or_wide_elements() {
        let dom = Dom::parse("<p><b>办理</b><i> 流程</i></p><p>a very long one</p><div><script>var x</script>短</div>");
        let short: Vec<_> = dom.select(&Css::new("p, div")).into_iter().map(|node| node.short_text(6)).collect();
        assert_eq!(short, [Some("办理 流程".to_owned()), None, Some("短".to_owned())]);
        let wide = format!("<div>{}x</div>", "<b></b>".repeat(60));
        assert_eq!(Dom::parse(&wide).first(&Css::new("div")).and_then(|node| node.short_text(6)), None);
    }

    #[test]
    fn pieces_after_a_node_keep_text_and_elements_in_order() {
        let dom = Dom::parse("<p><b>电话</b>：0591 <i>转1</i></p>");
        let label = dom.first(&Css::new("b")).expect("the label");
        let pieces: Vec<String> = label
            .following()
            .map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Element(node) => node.text(),
            })
            .collect();
        assert_eq!(pieces, ["：0591 ", "转1"]);
    }

    #[test]
    fn deep_nesting_does_not_exhaust_the_stack() {
        let deep = format!("{}text{}", "<div>".repeat(5_000), "</div>".repeat(5_000));
        assert_eq!(Dom::parse(&deep).root().text(), "text");
    }
}
