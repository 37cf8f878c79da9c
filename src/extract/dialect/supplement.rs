//! What a family adds to the fields of a guide's page, or takes back.
//!
//! Comes in: the page with its labels, and the fields that the layouts gave. Goes out: the same fields, supplemented.
//! Must never know: what becomes of them.

use crate::extract::dom::Node;
use crate::extract::guide::{Content, Field, Found, GuidePage, Layout, Pictured};
use crate::extract::lexicon::Meaning;
use crate::model::Element;

/// A guide's page on which a family may lay hands.
pub(in crate::extract) struct Supplement<'p, 'a> {
    page: &'p GuidePage<'a>,
    found: &'p mut Found<'a>,
}

impl<'p, 'a> Supplement<'p, 'a> {
    /// Hands a page and its fields to a family.
    pub(in crate::extract) fn new(page: &'p GuidePage<'a>, found: &'p mut Found<'a>) -> Self {
        Self { page, found }
    }

    /// The visible elements of the page, in order.
    pub(in crate::extract) fn nodes(&self) -> impl Iterator<Item = Node<'a>> + use<'p, 'a> {
        self.page.nodes.iter().copied()
    }

    /// The visible elements that carry all of these classes, in order.
    pub(in crate::extract) fn with_classes(
        &self,
        wanted: &'static [&'static str],
    ) -> impl Iterator<Item = Node<'a>> + use<'p, 'a> {
        self.nodes().filter(move |node| wanted.iter().all(|class| has_class(*node, class)))
    }

    /// Whether a field with something in it states this element already.
    pub(in crate::extract) fn states(&self, element: Element) -> bool {
        self.found.fields.iter().any(|field| field.meaning.element() == Some(element) && !field.is_blank())
    }

    /// Says that what stands in `node` is the value of this element. A labelled field that states it goes before.
    pub(in crate::extract) fn add(&mut self, element: Element, node: Node<'a>) {
        self.push(element, node, node.lines(), Layout::Position);
    }

    /// As [`Supplement::add`], where the markup itself names the element, by a class or an id that means nothing else.
    pub(in crate::extract) fn add_named(&mut self, element: Element, node: Node<'a>) {
        self.push(element, node, node.lines(), Layout::Siblings);
    }

    /// As [`Supplement::add_named`], with a part of the node's words.
    pub(in crate::extract) fn add_words(&mut self, element: Element, node: Node<'a>, words: String) {
        self.push(element, node, vec![words], Layout::Siblings);
    }

    /// Says that these elements, where nothing else states them, stand in a picture, which only people can read.
    pub(in crate::extract) fn pictured(&mut self, elements: &'static [Element], picture: Node<'a>) {
        let raw = picture.attr("alt").or_else(|| picture.attr("src")).unwrap_or_default().to_owned();
        self.found.pictured = Some(Pictured { elements, at: picture.locator(), raw });
    }

    fn push(&mut self, element: Element, node: Node<'a>, lines: Vec<String>, layout: Layout) {
        // What may be looked at beside the words: a link to the chart, a picture in the place of words.
        let media = std::iter::once(node)
            .chain(node.descendants())
            .filter(|inner| matches!(inner.name(), "a" | "img" | "svg"))
            .collect();
        let content = Content { roots: vec![node], media, ..Content::of_text(lines, node.locator()) };
        self.found.fields.push(Field {
            meaning: Meaning::Element(element),
            label: String::new(),
            unit: None,
            label_at: node.locator(),
            content,
            means: None,
            layout,
            node: Some(node),
        });
    }

    /// Says what words mean that do not say it themselves. The record keeps the words as they stand.
    pub(in crate::extract) fn translate(&mut self, means: impl Fn(Element, &str) -> Option<&'static str>) {
        for field in &mut self.found.fields {
            if let Some(element) = field.meaning.element()
                && let Some(words) = means(element, &field.content.text())
            {
                field.means = Some(words);
            }
        }
    }
}

/// Whether an element carries a class.
pub(in crate::extract) fn has_class(node: Node<'_>, class: &str) -> bool {
    node.attr("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|one| one == class))
}
