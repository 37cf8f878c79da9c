//! What free words belong to (标注): the chart's title, an arrow's label, a node's note, or nothing.
//!
//! Comes in: groups of words, nodes and links. Goes out: each group's place. Must never know: pixels.

use std::collections::BTreeSet;

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

/// A note above or below its node stands closer: further down are remarks to the whole chart.
const BELOW_WITHIN: f32 = 1.25;

/// Words in the middle below a node are off it by less than this share of its width.
const MIDDLE: f32 = 0.1;

/// A line that runs along a label covers this share of it.
const ALONG: f32 = 0.6;

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
            // Words on a line are its label; words as close to a box as to a line are too if they are short or the line
            // runs along them.
            let runs_along = |link: usize| links.get(link).is_some_and(|link| is_along(group, link, print));
            let short = group.text.chars().count() <= 6 || label.is_some_and(runs_along);
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

/// Whether a line runs along most of a group, right above or below it.
fn is_along(group: &Group, link: &Link, print: f32) -> bool {
    let near = |y: i32| ((group.rect.top - y).max(y - group.rect.bottom) as f32) < LABEL_WITHIN * print;
    let columns: BTreeSet<i32> = link
        .path
        .iter()
        .filter(|(x, y)| (group.rect.left..=group.rect.right).contains(x) && near(*y))
        .map(|(x, _)| *x)
        .collect();
    columns.len() as f32 >= ALONG * group.rect.width() as f32
}

/// The node that a group stands beside, above or below, aligned with it. What stands below a node and not in its
/// middle is a remark to the whole chart (承办机构, 监督电话).
fn noted(group: &Group, nodes: &[Drawn], print: f32) -> Option<usize> {
    let near = |rect: &Rect| {
        let (across, down) = (rect.gap_across(&group.rect), rect.gap_down(&group.rect));
        let middle = (rect.centre().0 - group.rect.centre().0).abs();
        let below = across < 0 && middle < (MIDDLE * rect.width() as f32).max(0.6 * print);
        let aligned = below || down < 0;
        let within = if across < 0 { BELOW_WITHIN } else { NOTE_WITHIN } * print;
        (aligned && across.max(down) as f32 <= within).then_some(across.max(down))
    };
    nodes
        .iter()
        .enumerate()
        .filter_map(|(index, node)| near(&node.rect).map(|gap| (gap, index)))
        .min()
        .map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::super::rect::Rect;
    use super::*;
    use crate::model::chart::NodeKind;

    fn group(text: &str, (left, top, right): (i32, i32, i32)) -> Group {
        Group { text: text.to_owned(), rect: Rect { left, top, right, bottom: top + 16 }, score: 1.0, print: 16.0 }
    }

    fn node(left: i32, top: i32) -> Drawn {
        let rect = Rect { left, top, right: left + 160, bottom: top + 40 };
        let text = "送达".to_owned();
        Drawn { text, score: 1.0, kind: NodeKind::Step, body: None, rect, chevron: false, cells: Vec::new() }
    }

    #[test]
    fn who_publishes_the_chart_is_no_note_of_its_last_step() {
        let groups = [group("承办机构：市商务局", (100, 148, 220)), group("一个工作日", (140, 148, 220))];
        let found = captions(&groups, &[node(100, 100)], &[], 16.0);
        assert_eq!(found, [Caption::Remark, Caption::Note(0)]);
    }

    #[test]
    fn long_words_along_a_line_are_its_label_also_right_beside_a_box() {
        let path = (261..400).map(|x| (x, 120)).collect();
        let link = Link { from: 0, to: 1, directed: true, confidence: 0.9, path, gaps: 0 };
        let nodes = [node(100, 100), node(400, 100)];
        let along = [group("不属于职权范围的", (265, 100, 390))];
        assert_eq!(captions(&along, &nodes, std::slice::from_ref(&link), 16.0), [Caption::Label(0)]);
        let beside = [group("法定的办理时限内", (265, 100, 390))];
        let upwards = Link { path: (60..100).map(|y| (270, y)).collect(), ..link };
        assert_eq!(captions(&beside, &nodes, &[upwards], 16.0), [Caption::Note(0)]);
    }
}
