//! Labels outside tables: headings, paragraphs, `dt`, spans, list items, and cards with the number above its label.
//!
//! Comes in: a page. Goes out: fields. Must never know: what values mean.

use super::fields::{Field, Layout, MOST_FIELDS};
use super::page::{Border, Content, Page, gather, heading_level};
use super::slots::{has_filled_twin, is_empty_slot, lacks_value};
use crate::extract::dom::{Node, Piece};
use crate::extract::lexicon::{self, Label, Meaning};
use crate::extract::text::is_han;
use crate::extract::time_limit;
use crate::model::Element;

/// How far up a label looks for content when nothing follows it in its own parent.
const CLIMB: usize = 3;

/// The longest text of a number above its label.
const LONGEST_NUMBER: usize = 16;

/// Elements of a card that are looked at.
const SMALL_CARD: usize = 16;

/// Collects fields of all labels that are not cells of a table.
pub(super) fn fields<'a>(page: &Page<'a>) -> Vec<Field<'a>> {
    page.nodes.iter().filter_map(|node| field(page, *node)).take(MOST_FIELDS).collect()
}

fn field<'a>(page: &Page<'a>, node: Node<'a>) -> Option<Field<'a>> {
    let label = page.label(node)?;
    let ignored = label.meaning == Meaning::Border
        || !page.is_label_box(node)
        || page.is_furniture(node)
        || page.is_linked(node)
        || holds_link(page, node)
        || matches!(node.name(), "td" | "th" | "tr" | "tbody" | "thead" | "body" | "html" | "main")
        || node.descendants().take(8).any(|inner| matches!(inner.name(), "td" | "th" | "li")) && node.name() != "table";
    if ignored {
        return None;
    }
    let border = Border { label: Some(node), ..Border::of(label.meaning) };
    match node.name() {
        "dt" => {
            let values =
                node.following().take_while(|piece| !matches!(piece, Piece::Element(next) if next.name() == "dt"));
            let content = gather(page, values, &Border { free: true, ..Border::of(label.meaning) });
            Some(Field::new(node, label, content, Layout::Definition))
        }
        "li" => list_item(page, node, label),
        _ => {
            if reads_on_as_prose(node, label) {
                return None;
            }
            let content = gather(page, node.following(), &border);
            let layout = if is_heading(node) { Layout::Heading } else { Layout::Siblings };
            if !is_without_words(&content) {
                return Some(Field::new(node, label, content, layout));
            }
            above(page, node, label)
                .or_else(|| stroke_above(page, node, label))
                .or_else(|| climb(page, node, label, layout))
                .or_else(|| expects_value(page, node, label).then(|| blank(node, label, layout)))
        }
    }
}

/// Whether the label is itself a link, so that it promises something elsewhere.
fn holds_link(page: &Page<'_>, node: Node<'_>) -> bool {
    node.descendants().take(8).any(|inner| page.is_linked(inner))
}

fn is_heading(node: Node<'_>) -> bool {
    heading_level(node).is_some() || node.descendants().take(8).any(|inner| heading_level(inner).is_some())
}

/// Nothing but punctuation.
fn is_without_words(content: &Content<'_>) -> bool {
    content.is_empty()
        || (!content.has_picture() && content.lines.iter().all(|line| line.trim_matches([':', '：', '|']).is_empty()))
}

fn blank<'a>(node: Node<'a>, label: &Label, layout: Layout) -> Field<'a> {
    Field::new(node, label, Content::of_text(Vec::new(), node.locator()), layout)
}

/// `<b>申请材料</b>应当齐全`: emphasis within a sentence, not a label.
fn reads_on_as_prose(node: Node<'_>, label: &Label) -> bool {
    if label.colon
        || !matches!(node.name(), "b" | "strong" | "em" | "i" | "u" | "font" | "span")
        || node.attr("class").is_some()
    {
        return false;
    }
    match node.following().next() {
        Some(Piece::Text(text)) => {
            text.chars().next().is_some_and(|c| is_han(c) || matches!(c, '，' | '、' | '。' | '（'))
        }
        _ => false,
    }
}

/// A list item that is a label: its value is the next item, or there is none.
fn list_item<'a>(page: &Page<'a>, node: Node<'a>, label: &Label) -> Option<Field<'a>> {
    let next = node.next().filter(|next| next.name() == "li" && page.label(*next).is_none());
    // Names of tabs and entries of menus are items too: among several labels in a row none has a value.
    let in_menu = node.previous().is_some_and(|before| page.label(before).is_some());
    match next {
        Some(next) if !in_menu => {
            let content = Content::of_node(page, next, &Border::of(label.meaning));
            Some(Field::new(node, label, content, Layout::Siblings))
        }
        _ => label.colon.then(|| blank(node, label, Layout::Siblings)),
    }
}

/// A number above its label, as on cards (WCQ: `20工作日` over 法定办结时限).
fn above<'a>(page: &Page<'a>, node: Node<'a>, label: &Label) -> Option<Field<'a>> {
    let element = label.meaning.element()?;
    let limit = matches!(element, Element::StatutoryLimit | Element::PromisedLimit);
    if !limit && element != Element::Visits {
        return None;
    }
    let parent = node.parent()?;
    let before: Vec<Piece<'a>> =
        parent.pieces().take_while(|piece| !matches!(piece, Piece::Element(found) if *found == node)).collect();
    // What stands before may be another card, whose number is its own.
    let labelled = |found: Node<'a>| {
        page.label(found).is_some() || found.descendants().take(SMALL_CARD).any(|inner| page.label(inner).is_some())
    };
    if before.iter().any(|piece| matches!(piece, Piece::Element(found) if labelled(*found))) {
        return None;
    }
    let content = gather(page, before.into_iter(), &Border::of(label.meaning));
    let text: String = content.lines.concat();
    let in_row_of_cards = || lexicon::is_placeholder(element, &text) && has_filled_twin(page, parent);
    let fits = (1..=LONGEST_NUMBER).contains(&text.chars().count())
        && (time_limit::parse(&text).is_some()
            || text == "无"
            || (element == Element::Visits && text.chars().any(|c| c.is_ascii_digit()))
            || in_row_of_cards());
    fits.then(|| {
        let content = Content {
            lines: vec![text],
            at: content.roots.first().map_or(parent.locator(), |root| root.locator()),
            ..content
        };
        Field::new(node, label, content, Layout::Card)
    })
}

/// A card whose number is a stroke: `/` over 承诺办结时限 is the label with decoration, unless other cards have numbers.
fn stroke_above<'a>(page: &Page<'a>, node: Node<'a>, label: &Label) -> Option<Field<'a>> {
    let element = label.meaning.element()?;
    let mut children = node.children().take(3);
    let (Some(number), Some(name), None) = (children.next(), children.next(), children.next()) else { return None };
    let text = number.short_text(LONGEST_NUMBER).filter(|text| !text.is_empty())?;
    let stands_in = page.label(number).is_none() && lexicon::is_placeholder(element, &text);
    if !stands_in || page.label(name).is_none() || !has_filled_twin(page, node) {
        return None;
    }
    let content = Content { roots: vec![number], ..Content::of_text(vec![text], number.locator()) };
    Some(Field::new(name, label, content, Layout::Card))
}

/// Looks for content after the elements around the label, as where a heading is wrapped together with an icon.
fn climb<'a>(page: &Page<'a>, node: Node<'a>, label: &Label, layout: Layout) -> Option<Field<'a>> {
    let mut here = node;
    for _ in 0..CLIMB {
        // Only if the label is all that its parent begins with, and nothing else is labelled there.
        let parent = here
            .parent()
            .filter(|parent| !matches!(parent.name(), "body" | "html" | "td" | "th" | "li" | "dd" | "dl"))?;
        let first = parent.children().find(|child| !child.text().is_empty())?;
        let alone = || parent.descendants().filter(|inner| page.is_label_box(*inner)).all(|inner| inner == node);
        if first != here || !alone() {
            return None;
        }
        let border = Border { label: Some(node), whole: true, ..Border::of(label.meaning) };
        let content = gather(page, parent.following(), &border);
        if !is_without_words(&content) {
            return Some(Field::new(node, label, content, layout));
        }
        here = parent;
    }
    None
}

/// Whether a label without content is an empty field, or only a word that stands alone.
fn expects_value(page: &Page<'_>, node: Node<'_>, label: &Label) -> bool {
    let says = |node: Node<'_>, words: &[&str]| {
        let class = node.attr("class").unwrap_or_default().to_ascii_lowercase();
        words.iter().any(|word| class.contains(word))
    };
    let empty_slot = node.next().is_some_and(|next| is_empty_slot(node, next));
    let unlike_others = || lacks_value(page, node) || node.parent().is_some_and(|row| lacks_value(page, row));
    label.colon
        || is_heading(node)
        || empty_slot
        || unlike_others()
        || says(node, &["label", "title", "tit", "name", "key"])
}
