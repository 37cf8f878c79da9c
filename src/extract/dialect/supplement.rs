//! What a family adds to the fields of a guide's page, or takes back.
//!
//! Comes in: the page with its labels, and the fields that the layouts gave. Goes out: the same fields, supplemented.
//! Must never know: what becomes of them.

use crate::extract::dom::Node;
use crate::extract::guide::{Content, Field, Found, GuidePage, Layout};
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

    /// Whether a field with something in it states this element already.
    pub(in crate::extract) fn states(&self, element: Element) -> bool {
        self.found.fields.iter().any(|field| field.meaning.element() == Some(element) && !field.is_blank())
    }

    /// Says that what stands in `node` is the value of this element. A labelled field that states it goes before.
    pub(in crate::extract) fn add(&mut self, element: Element, node: Node<'a>) {
        self.add_words(element, node, node.lines());
    }

    /// As [`Supplement::add`], with other words than the node's own: a part of them, or a code put into words.
    pub(in crate::extract) fn add_words(&mut self, element: Element, node: Node<'a>, lines: Vec<String>) {
        let content = Content { roots: vec![node], ..Content::of_text(lines, node.locator()) };
        self.found.fields.push(Field {
            meaning: Meaning::Element(element),
            label: String::new(),
            unit: None,
            label_at: node.locator(),
            content,
            layout: Layout::Position,
            node: Some(node),
        });
    }
}
