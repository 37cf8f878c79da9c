//! What free words belong to (标注): the chart's title, an arrow's label, a node's note, or nothing.
//!
//! Comes in: groups of words, nodes and links. Goes out: each group's place. Must never know: pixels.

use super::arrows::Link;
use super::boxes::Drawn;
use super::loose::Group;
use super::rect::Rect;

/// A label stands this close to its line, in heights of the print.
const LABEL_WITHIN: f32 = 1.1;

/// A label has at most this many characters.
const LONGEST_LABEL: usize = 14;

/// A note stands this close to its node, in heights of the print.
const NOTE_WITHIN: f32 = 1.6;

/// What a group of words is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caption {
    /// The heading of the chart.
    Title,
    /// On a link.
    Label(usize),
    /// Beside a node.
    Note(usize),
    /// Nothing of these.
    Remark,
}

/// Says of each group what it is.
pub(crate) fn captions(groups: &[Group], nodes: &[Drawn], links: &[Link], print: f32) -> Vec<Caption> {
    let title = title(groups, nodes);
    groups
        .iter()
        .enumerate()
        .map(|(index, group)| {
            if Some(index) == title {
                return Caption::Title;
            }
            let label = labelled(group, nodes, links, print);
            let note = noted(group, nodes, print);
            // Words on a line are its label; words as close to a box as to a line are too if they are short.
            let short = group.text.chars().count() <= 6;
            match (label, note) {
                (Some(link), beside) if short || beside.is_none() => Caption::Label(link),
                (_, Some(beside)) => Caption::Note(beside),
                (_, None) => Caption::Remark,
            }
        })
        .collect()
}

/// The heading: the largest words above all nodes; among like ones the topmost.
fn title(groups: &[Group], nodes: &[Drawn]) -> Option<usize> {
    let top = nodes.iter().map(|node| node.rect.top).min()?;
    let above =
        groups.iter().enumerate().filter(|(_, group)| group.rect.bottom <= top + 2 && group.text.chars().count() > 2);
    above.max_by_key(|(_, group)| ((group.print / 3.0) as i32, -group.rect.top)).map(|(index, _)| index)
}

/// The link whose line a short group stands nearest to. Where lines share a stretch, the one of its own counts.
fn labelled(group: &Group, nodes: &[Drawn], links: &[Link], print: f32) -> Option<usize> {
    if group.text.chars().count() > LONGEST_LABEL || group.rect.height() as f32 > 2.6 * print {
        return None;
    }
    let shared = |place: &(i32, i32), own: usize| {
        links.iter().enumerate().filter(|(other, link)| *other != own && link.path.contains(place)).count()
    };
    let near = |link: &Link| {
        link.path
            .iter()
            .map(|place| (group.rect.distance((place.0 as f32, place.1 as f32)), *place))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(distance, _)| *distance <= LABEL_WITHIN * print)
    };
    let mut found: Vec<(i32, usize, i32, usize)> = links
        .iter()
        .enumerate()
        .filter_map(|(index, link)| {
            let (distance, place) = near(link)?;
            let start = nodes.get(link.from).map_or(0.0, |node| node.rect.distance(group.rect.centre()));
            Some(((distance / 4.0) as i32, shared(&place, index), start as i32, index))
        })
        .collect();
    found.sort_unstable();
    found.first().map(|(.., index)| *index)
}

/// The node that a group stands beside, above or below, aligned with it.
fn noted(group: &Group, nodes: &[Drawn], print: f32) -> Option<usize> {
    let near = |rect: &Rect| {
        let (across, down) = (rect.gap_across(&group.rect), rect.gap_down(&group.rect));
        let aligned = across < 0 || down < 0;
        (aligned && across.max(down) as f32 <= NOTE_WITHIN * print).then_some(across.max(down))
    };
    nodes
        .iter()
        .enumerate()
        .filter_map(|(index, node)| near(&node.rect).map(|gap| (gap, index)))
        .min()
        .map(|(_, index)| index)
}
