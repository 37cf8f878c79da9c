//! Swim lanes (泳道): columns or rows of a frame, each with a heading.
//!
//! Comes in: the lines of frames and nodes. Goes out: lanes, and which nodes were their headings. Must never know: pixels.

use super::boxes::Drawn;
use super::frames::Frames;
use super::loose::Group;
use super::rect::Rect;

/// What lanes are looked for among.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Things<'a> {
    /// Nodes.
    pub(crate) nodes: &'a [Drawn],
    /// For each node, whether a line touches it.
    pub(crate) linked: &'a [bool],
    /// Words that stand free.
    pub(crate) groups: &'a [Group],
    /// Height of the print.
    pub(crate) print: f32,
}

/// The words that stand first in a band.
struct Head<'a> {
    at: i32,
    node: Option<usize>,
    group: Option<usize>,
    rect: &'a Rect,
    title: &'a str,
}

/// A lane on the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Band {
    /// The heading's words.
    pub(crate) title: String,
    /// Place, heading included.
    pub(crate) rect: Rect,
    /// Which node was the heading.
    pub(crate) node: Option<usize>,
    /// Which group was the heading.
    pub(crate) group: Option<usize>,
}

/// The lanes: columns if there are at least two with headings, else rows.
pub(crate) fn lanes(frames: &Frames, things: Things<'_>) -> Vec<Band> {
    let columns = bands(&frames.columns, true);
    let rows = bands(&frames.rows, false);
    let found = |all: Vec<Rect>, upright: bool| -> Vec<Band> {
        all.into_iter().filter_map(|rect| headed(rect, upright, things)).collect()
    };
    let (across, down) = (found(columns, true), found(rows, false));
    let best = if across.len() >= down.len() { across } else { down };
    if best.len() >= 2 { best } else { Vec::new() }
}

/// The spaces between neighbouring lines that run beside each other.
fn bands(lines: &[Rect], upright: bool) -> Vec<Rect> {
    let mut all: Vec<Rect> = Vec::new();
    for (a, b) in lines.iter().zip(lines.iter().skip(1)) {
        let rect = if upright {
            Rect { left: a.right + 1, right: b.left - 1, top: a.top.max(b.top), bottom: a.bottom.min(b.bottom) }
        } else {
            Rect { top: a.bottom + 1, bottom: b.top - 1, left: a.left.max(b.left), right: a.right.min(b.right) }
        };
        let (along, whole) = if upright {
            (rect.height(), a.height().max(b.height()))
        } else {
            (rect.width(), a.width().max(b.width()))
        };
        if along * 5 >= whole * 3 && rect.width() > 0 && rect.height() > 0 {
            all.push(rect);
        }
    }
    all
}

/// A band with the words that stand first in it, if nothing else stands beside them and no arrow touches them.
fn headed(rect: Rect, upright: bool, things: Things<'_>) -> Option<Band> {
    let across = if upright { rect.width() } else { rect.height() };
    if (across as f32) < 2.5 * things.print {
        return None;
    }
    let start = |other: &Rect| if upright { other.top } else { other.left };
    let of_nodes = things.nodes.iter().enumerate().map(|(index, node)| Head {
        at: start(&node.rect),
        node: Some(index),
        group: None,
        rect: &node.rect,
        title: &node.text,
    });
    let of_groups = things.groups.iter().enumerate().map(|(index, group)| Head {
        at: start(&group.rect),
        node: None,
        group: Some(index),
        rect: &group.rect,
        title: &group.text,
    });
    let mut inside: Vec<Head<'_>> = of_nodes.chain(of_groups).filter(|head| rect.holds(head.rect.centre())).collect();
    inside.sort_by_key(|head| head.at);
    let head = inside.first()?;
    let (middle, own) = (rect.centre(), head.rect.centre());
    let off = if upright { (middle.0 - own.0).abs() } else { (middle.1 - own.1).abs() };
    let touched = head.node.is_some_and(|node| things.linked.get(node).copied().unwrap_or(false));
    if head.title.is_empty() || touched || off > 0.25 * across as f32 || inside.len() < 2 {
        return None;
    }
    Some(Band { title: head.title.to_owned(), rect, node: head.node, group: head.group })
}
