//! Nodes by area and words, edges by the nodes at their ends.

use std::collections::BTreeSet;

use super::counts::Counts;
use super::geometry::{inside, likeness, overlap};
use crate::eval::compare::same_words;
use crate::model::chart::{Area, Chart, Edge, Node, Words};

/// Nodes and edges of one chart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Graph {
    /// Nodes.
    pub(super) nodes: Counts,
    /// Edges with their direction.
    pub(super) edges: Counts,
    /// Words on edges that were read: of edges that are right and carry words, how many carry them.
    pub(super) labels: Counts,
}

/// Compares a graph with what was drawn. Edges of a drawing without arrows are not scored: some read an order out of a
/// table or a row of thick arrows, and are not wrong.
pub(super) fn score(truth: &Chart, other: &[Words], read: &Chart) -> Graph {
    let partner = partners(truth, read);
    let neutral: Vec<bool> = read
        .nodes
        .iter()
        .zip(&partner)
        .map(|(node, own)| own.is_none() && stands_for_words(truth, other, node))
        .collect();
    let matched = partner.iter().flatten().count() as u64;
    let judged = neutral.iter().filter(|neutral| !**neutral).count() as u64;
    let nodes = Counts { right: matched, read: judged, there: truth.nodes.len() as u64 };
    if truth.edges.is_empty() {
        return Graph { nodes, ..Graph::default() };
    }
    let (edges, labels) = edges(truth, read, (&partner, &neutral));
    Graph { nodes, edges, labels }
}

/// For each node that was read, the drawn one that it is: alike in place and words, or nearly the same words. Half of a
/// node is not the node.
fn partners(truth: &Chart, read: &Chart) -> Vec<Option<usize>> {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, seen) in read.nodes.iter().enumerate() {
        for (j, drawn) in truth.nodes.iter().enumerate() {
            let (place, words) = (overlap(seen.area, drawn.area), likeness(&seen.text, &drawn.text));
            let apart = placed(seen.area) && placed(drawn.area) && inside(seen.area, drawn.area) == 0.0;
            if (place >= 0.5 && words >= 0.6) || (words >= 0.8 && !apart) {
                pairs.push((place + words, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut partner = vec![None; read.nodes.len()];
    let mut taken = BTreeSet::new();
    for (_, i, j) in pairs {
        if let Some(free) = partner.get_mut(i).filter(|partner| partner.is_none())
            && taken.insert(j)
        {
            *free = Some(j);
        }
    }
    partner
}

fn placed(area: Area) -> bool {
    area.width > 0 && area.height > 0
}

/// Whether a node that was read stands where the drawing has words that are no node: a note, a heading, a remark.
fn stands_for_words(truth: &Chart, other: &[Words], node: &Node) -> bool {
    let notes = truth.nodes.iter().flat_map(|node| &node.notes);
    let words = notes.chain(&truth.title).chain(&truth.words).chain(other);
    let heading = truth.lanes.iter().any(|lane| likeness(&lane.title, &node.text) >= 0.8);
    let on = |area: Area| {
        inside(area, node.area) >= 0.5 && size(area) * 6 >= size(node.area) || inside(node.area, area) >= 0.5
    };
    heading || words.map(|words| words.area).any(on)
}

fn size(area: Area) -> u64 {
    u64::from(area.width) * u64::from(area.height)
}

fn edges(truth: &Chart, read: &Chart, (partner, neutral): (&[Option<usize>], &[bool])) -> (Counts, Counts) {
    let is_neutral = |node: usize| neutral.get(node).copied().unwrap_or(false);
    let mut counts = Counts { there: truth.edges.len() as u64, ..Counts::default() };
    let mut labels = Counts::default();
    let mut met = vec![false; truth.edges.len()];
    let mut seen = BTreeSet::new();
    for edge in &read.edges {
        if is_neutral(edge.from) || is_neutral(edge.to) || !seen.insert((edge.from, edge.to)) {
            continue;
        }
        let ends = partner.get(edge.from).copied().flatten().zip(partner.get(edge.to).copied().flatten());
        let drawn = ends.and_then(|ends| truth.edges.iter().position(|drawn| joins(drawn, ends)));
        if let Some(number) = drawn
            && !edge.directed
            && truth.edges.get(number).is_some_and(|drawn| drawn.directed)
        {
            // The line was seen and its head was not: no direction is claimed, so none is wrong.
            continue;
        }
        counts.read += 1;
        let Some(number) = drawn.filter(|number| met.get(*number) == Some(&false)) else { continue };
        met[number] = true;
        counts.right += 1;
        if let Some(words) = truth.edges.get(number).and_then(|drawn| drawn.label.as_deref()) {
            labels.there += 1;
            labels.read += u64::from(edge.label.is_some());
            labels.right += u64::from(edge.label.as_deref().is_some_and(|label| same_words(label, words)));
        }
    }
    (counts, labels)
}

/// Whether a drawn edge joins these nodes; one without a head does so in either direction.
fn joins(drawn: &Edge, (from, to): (usize, usize)) -> bool {
    (drawn.from, drawn.to) == (from, to) || (!drawn.directed && (drawn.to, drawn.from) == (from, to))
}
