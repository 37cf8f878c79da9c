//! A strip of three values without labels in reach: visits, statutory limit, promised limit, by position.
//!
//! Comes in: a page without labelled limits. Goes out: fields of the lowest strength. Must never know: portals.

use super::fields::{Field, Layout};
use super::page::{Content, Page};
use crate::extract::dom::Node;
use crate::extract::lexicon::Meaning;
use crate::extract::time_limit;
use crate::model::Element;

/// The longest text of a value in such a strip.
const LONGEST_VALUE: usize = 16;

/// Finds the strip. Only three cells that look exactly like it count.
pub(super) fn fields<'a>(page: &Page<'a>) -> Vec<Field<'a>> {
    page.nodes
        .iter()
        .filter(|node| !page.is_furniture(**node) && !page.is_linked(**node))
        .find_map(|node| strip(*node))
        .unwrap_or_default()
}

fn strip<'a>(row: Node<'a>) -> Option<Vec<Field<'a>>> {
    if !matches!(row.name(), "ul" | "ol" | "div" | "dl") {
        return None;
    }
    let cells: Vec<Node<'a>> = row.children().take(4).collect();
    let [visits, statutory, promised] = cells.as_slice() else { return None };
    let text = |node: &Node<'a>| node.short_text(LONGEST_VALUE).filter(|text| !text.is_empty());
    let visits_text = text(visits)?;
    let count: Vec<char> = visits_text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_visits = matches!(count.as_slice(), [digit, '次'] if digit.is_ascii_digit());
    let limit = |node: &Node<'a>| text(node).and_then(|text| time_limit::parse(&text));
    let (longer, shorter) = (limit(statutory)?, limit(promised)?);
    // A promise is never longer than the law; if it looks so, the strip means something else.
    let plausible = match (longer.working_days(), shorter.working_days()) {
        (Some(longer), Some(shorter)) => longer >= shorter,
        _ => true,
    };
    if !is_visits || !plausible {
        return None;
    }
    let field = |node: &Node<'a>, element: Element| {
        let content = Content { roots: vec![*node], ..Content::of_text(node.lines(), node.locator()) };
        Field {
            meaning: Meaning::Element(element),
            label: String::new(),
            unit: None,
            label_at: node.locator(),
            content,
            means: None,
            layout: Layout::Position,
            node: Some(*node),
        }
    };
    Some(vec![
        field(visits, Element::Visits),
        field(statutory, Element::StatutoryLimit),
        field(promised, Element::PromisedLimit),
    ])
}
