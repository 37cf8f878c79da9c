//! Tabs: names in one row, panels in the same order elsewhere.
//!
//! Comes in: a page. Goes out: fields. Must never know: what values mean.

use super::fields::{Field, Layout, MOST_FIELDS};
use super::page::{Border, Content, Page};
use crate::extract::dom::Node;
use crate::extract::lexicon::{self, LONGEST_LABEL, Meaning};

/// More tabs than this are a menu.
const MOST_TABS: usize = 24;

/// How many levels above the names the panels are looked for.
const CLIMB: usize = 3;

/// Collects the panels of all tab rows.
pub(super) fn fields<'a>(page: &Page<'a>) -> Vec<Field<'a>> {
    let mut found = Vec::new();
    for row in &page.nodes {
        if found.len() >= MOST_FIELDS {
            break;
        }
        let in_table = matches!(row.name(), "table" | "tbody" | "thead" | "tr" | "td" | "th" | "dl" | "select" | "svg");
        if in_table || page.is_furniture(*row) {
            continue;
        }
        let names: Vec<Node<'a>> = row.children().collect();
        let known = names.iter().filter(|name| meaning(**name).is_some()).count();
        if names.len() < 2 || names.len() > MOST_TABS || known * 2 < names.len() || known < 2 {
            continue;
        }
        if names.iter().any(|name| name.short_text(LONGEST_LABEL).is_none_or(|text| text.is_empty())) {
            continue;
        }
        let Some(panels) = panels(page, *row, names.len()) else { continue };
        for (name, panel) in names.iter().zip(panels) {
            push(page, *name, panel, &mut found);
        }
    }
    found
}

fn meaning(node: Node<'_>) -> Option<Meaning> {
    node.short_text(LONGEST_LABEL).and_then(|text| lexicon::label(&text)).map(|label| label.meaning)
}

fn push<'a>(page: &Page<'a>, name: Node<'a>, panel: Node<'a>, found: &mut Vec<Field<'a>>) {
    let Some(label) = name.short_text(LONGEST_LABEL).and_then(|text| lexicon::label(&text)) else { return };
    if label.meaning == Meaning::Border {
        return;
    }
    let content = Content::of_node(page, panel, &Border::of(label.meaning));
    found.push(Field::new(name, &label, content, Layout::Tab));
}

/// As many panels as there are names: children of what follows, or what follows itself.
fn panels<'a>(page: &Page<'a>, row: Node<'a>, count: usize) -> Option<Vec<Node<'a>>> {
    let mut here = row;
    for _ in 0..CLIMB {
        let after: Vec<Node<'a>> =
            std::iter::successors(here.next(), |node| node.next()).filter(|node| is_panel(*node)).collect();
        for next in after.iter().take(2) {
            let children: Vec<Node<'a>> = next.children().filter(|node| is_panel(*node)).collect();
            if children.len() == count && are_panels(page, &children) {
                return Some(children);
            }
            if let [only] = children.as_slice() {
                let inner: Vec<Node<'a>> = only.children().filter(|node| is_panel(*node)).collect();
                if inner.len() == count && are_panels(page, &inner) {
                    return Some(inner);
                }
            }
        }
        if after.len() == count && are_panels(page, &after) {
            return Some(after);
        }
        here = here.parent().filter(|parent| !matches!(parent.name(), "body" | "html"))?;
    }
    None
}

fn is_panel(node: Node<'_>) -> bool {
    !matches!(node.name(), "script" | "style" | "link" | "br" | "input" | "a" | "span" | "img" | "p")
}

/// Panels hold content and are not themselves names; a second row of names is no row of panels.
fn are_panels(page: &Page<'_>, panels: &[Node<'_>]) -> bool {
    let filled = panels.iter().filter(|panel| panel.short_text(4).is_none()).count();
    // A panel may be nothing but a link such as 点击下载流程图, which reads like a name.
    let names = panels.iter().filter(|panel| page.label(**panel).is_some()).count();
    filled * 2 >= panels.len() && names * 3 <= panels.len()
}
