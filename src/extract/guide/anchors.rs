//! Links to places in the page: `#md5` with the words 申请材料, and the place they lead to.
//!
//! Comes in: a page. Goes out: fields of the weakest trusted kind. Must never know: what values mean.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{Field, Layout};
use super::page::{Border, Content, Page, gather};
use crate::extract::dom::Node;
use crate::extract::lexicon::{self, LONGEST_LABEL, Meaning};

/// More links to places of one page than this are an index.
const MOST_LINKS: usize = 60;

/// Collects what links within the page name.
pub(super) fn fields<'a>(page: &Page<'a>) -> Vec<Field<'a>> {
    let links: Vec<Node<'a>> = page
        .nodes
        .iter()
        .copied()
        .filter(|node| {
            node.name() == "a" && node.attr("href").is_some_and(|href| href.len() > 1 && href.starts_with('#'))
        })
        .collect();
    if links.is_empty() {
        return Vec::new();
    }
    let mut places: BTreeMap<&'a str, Node<'a>> = BTreeMap::new();
    for node in &page.nodes {
        let name = node.attr("id").or_else(|| node.attr("name").filter(|_| node.name() == "a"));
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            places.entry(name).or_insert(*node);
        }
    }
    // Several links to one place: the first names it.
    let mut seen = BTreeSet::new();
    links
        .into_iter()
        .take(MOST_LINKS)
        .filter(|link| seen.insert(link.attr("href")))
        .filter_map(|link| field(page, link, &places))
        .collect()
}

fn field<'a>(page: &Page<'a>, link: Node<'a>, places: &BTreeMap<&'a str, Node<'a>>) -> Option<Field<'a>> {
    let label = link.short_text(LONGEST_LABEL).and_then(|text| lexicon::label(&text))?;
    let place = *places.get(link.attr("href")?.strip_prefix('#')?)?;
    if label.meaning == Meaning::Border || page.is_furniture(link) {
        return None;
    }
    let border = Border::of(label.meaning);
    let inside = Content::of_node(page, place, &border);
    let content = if inside.is_empty() {
        gather(page, place.following(), &Border { label: Some(place), whole: true, ..border })
    } else {
        inside
    };
    let field = Field::new(link, &label, content, Layout::Anchor);
    // An empty place says nothing: the labels there speak for themselves.
    (!field.is_blank()).then_some(field)
}
