//! Boxes beside the way (旁注框): what a step needs, who does it, how long it takes, drawn as a box of its own.
//!
//! Such a box hangs on its step by a line without a head, or only stands beside it; no arrow begins or ends at it. Comes
//! in: nodes and links. Goes out: steps that hold these words, and links without them. Must never know: what words mean.

use super::arrows::Link;
use super::boxes::Drawn;
use super::loose::Group;

/// A box beside the way stands at most this far from its step, in heights of the print.
const NEAR: f32 = 7.0;

/// Puts boxes beside the way into their steps, and names the nodes that went in.
pub(crate) fn folded(nodes: &mut [Drawn], links: &mut Vec<Link>, print: f32) -> Vec<usize> {
    let on_way: Vec<bool> = (0..nodes.len())
        .map(|node| links.iter().any(|link| link.directed && (link.from == node || link.to == node)))
        .collect();
    let steps = on_way.iter().filter(|on_way| **on_way).count();
    if steps < 2 {
        return Vec::new();
    }
    let is_step = |node: usize| on_way.get(node).copied().unwrap_or(false);
    let mut gone = Vec::new();
    for index in (0..nodes.len()).filter(|node| !is_step(*node)) {
        let own: Vec<usize> = links
            .iter()
            .filter(|link| link.from == index || link.to == index)
            .map(|link| if link.from == index { link.to } else { link.from })
            .collect();
        let step = match own.as_slice() {
            [step] if is_step(*step) => Some(*step),
            [] => nodes.get(index).and_then(|node| beside(node, nodes, &is_step, print)),
            _ => None,
        };
        let Some(aside) = nodes.get(index).filter(|node| !node.text.is_empty() && node.body.is_some()) else {
            continue;
        };
        let words = Group { text: aside.text.clone(), rect: aside.rect, score: aside.score, print: 0.0 };
        if let Some(step) = step.and_then(|step| nodes.get_mut(step)) {
            step.cells.push(words);
            gone.push(index);
        }
    }
    links.retain(|link| !gone.contains(&link.from) && !gone.contains(&link.to));
    gone
}

/// The nearest step in the same row.
fn beside(node: &Drawn, nodes: &[Drawn], is_step: &impl Fn(usize) -> bool, print: f32) -> Option<usize> {
    let near = nodes.iter().enumerate().filter(|(index, step)| {
        is_step(*index)
            && step.rect.gap_down(&node.rect) < 0
            && (step.rect.gap_across(&node.rect) as f32) < NEAR * print
            && step.rect.gap_across(&node.rect) >= 0
    });
    near.min_by_key(|(_, step)| step.rect.gap_across(&node.rect)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::super::rect::Rect;
    use super::super::shape::{Body, Spans};
    use super::*;
    use crate::chart::plane::Plane;
    use crate::model::chart::NodeKind;

    fn node(text: &str, left: i32, top: i32) -> Drawn {
        let rect = Rect { left, top, right: left + 100, bottom: top + 40 };
        let spans =
            Spans { rows: vec![Some((rect.left, rect.right)); 41], columns: vec![Some((rect.top, rect.bottom)); 101] };
        let body = Body::of(&spans, &rect, &Plane::new(1, 1), 18.0);
        let text = text.to_owned();
        Drawn { text, score: 1.0, kind: NodeKind::Step, body: Some(body), rect, chevron: false, cells: Vec::new() }
    }

    fn link(from: usize, to: usize, directed: bool) -> Link {
        Link { from, to, directed, confidence: 0.9, path: Vec::new(), gaps: 0 }
    }

    #[test]
    fn a_box_on_a_line_without_a_head_is_a_note_of_its_step() {
        let mut nodes =
            [node("申请", 200, 10), node("受理", 200, 110), node("申请材料", 20, 10), node("窗口", 400, 110)];
        let mut links = vec![link(0, 1, true), link(0, 2, false)];
        assert_eq!(folded(&mut nodes, &mut links, 18.0), [2, 3]);
        assert_eq!((nodes[0].cells[0].text.as_str(), nodes[1].cells[0].text.as_str()), ("申请材料", "窗口"));
        assert_eq!(links, [link(0, 1, true)]);
    }

    #[test]
    fn a_box_that_an_arrow_reaches_stays_a_node() {
        let mut nodes = [node("申请", 200, 10), node("受理", 200, 110), node("不予受理", 20, 110)];
        let mut links = vec![link(0, 1, true), link(1, 2, true)];
        assert!(folded(&mut nodes, &mut links, 18.0).is_empty());
        let mut links = vec![link(0, 1, false), link(1, 2, false)];
        assert!(folded(&mut nodes, &mut links, 18.0).is_empty());
    }
}
