//! Slots: empty places beside a label, where a value was to stand.
//!
//! Comes in: a label's box or row. Goes out: whether it has such a place; a row that is empty shows it by neighbours of
//! the same make that are not. Must never know: what labels mean.

use super::page::Page;
use crate::extract::dom::Node;

/// Neighbours and children looked at; rows of a guide are few, and hostile pages have no end of them.
const MOST: usize = 48;

/// Whether an element holds a label and an empty twin beside it, the place of a value that is missing.
pub(super) fn has_empty_slot(page: &Page<'_>, node: Node<'_>) -> bool {
    let mut children = node.children().take(3);
    match (children.next(), children.next(), children.next()) {
        // A number that should stand above its label is found by a rule of its own.
        (Some(label), Some(slot), None) if !label.text().is_empty() => {
            is_empty_slot(label, slot) || page.label(label).is_some() && lacks_value(page, node)
        }
        _ => false,
    }
}

/// Whether `next`, which follows a label, is an empty place for its value; an icon is not.
pub(super) fn is_empty_slot(label: Node<'_>, next: Node<'_>) -> bool {
    let class = next.attr("class").unwrap_or_default().to_ascii_lowercase();
    let decoration = ["icon", "ico", "arrow", "line", "clear", "more"].iter().any(|word| class.contains(word));
    let nothing_in_it = next.children().next().is_none() || is_hollow(next);
    next.name() == label.name() && !decoration && nothing_in_it && next.text().is_empty()
}

/// Whether `row` holds a label and an empty place for its value, and a neighbour of the same make holds both.
pub(super) fn lacks_value(page: &Page<'_>, row: Node<'_>) -> bool {
    let mut children = row.children().take(3);
    let (Some(first), Some(second), None) = (children.next(), children.next(), children.next()) else { return false };
    let (label, slot) = if page.label(first).is_some() { (first, second) } else { (second, first) };
    page.label(label).is_some() && is_hollow(slot) && has_filled_twin(page, row)
}

/// Whether a neighbour of `row` is made of the same elements and has a label and a value.
pub(super) fn has_filled_twin(page: &Page<'_>, row: Node<'_>) -> bool {
    let make = |node: Node<'_>| -> Vec<(String, bool)> {
        node.children().take(4).map(|child| (child.name().to_owned(), page.label(child).is_some())).collect()
    };
    let own = make(row);
    let Some(parent) = row.parent().filter(|_| own.iter().filter(|(_, label)| *label).count() == 1) else {
        return false;
    };
    let mut others = parent.children().take(MOST).filter(|other| {
        *other != row && other.name() == row.name() && other.attr("class") == row.attr("class") && make(*other) == own
    });
    others.any(|other| other.children().take(4).any(|child| page.label(child).is_none() && !child.text().is_empty()))
}

/// Whether an element shows nothing: no words, nothing to look at, nothing that a script names as its place.
pub(super) fn is_hollow(node: Node<'_>) -> bool {
    let plain = |node: Node<'_>| matches!(node.name(), "div" | "p" | "span" | "br" | "b" | "strong" | "font" | "dd");
    plain(node)
        && node.text().is_empty()
        && std::iter::once(node).chain(node.descendants().take(MOST)).all(|inner| {
            plain(inner) && inner.attr("id").is_none() && inner.attr("style").is_none_or(|style| !style.contains("url"))
        })
}
