//! A tree from the left to the right: where the way forks, a comb of lines leads to the boxes of each case.

use super::super::canvas::{Block, Canvas, MARGIN};
use super::super::plan::{Exit, Item, Kind, Plan};
use super::super::theme::Theme;
use crate::drawing::{Rect, Scene, width_of};

/// Places the plan. Conditions stand on the arrows, as boxes of their own they would be steps.
pub(super) fn place(plan: &Plan, theme: &Theme) -> Scene {
    let wide = theme.size * 9.0;
    // Words on arrows stand between the trunk of a comb and the boxes.
    let exits_of = |item: &Item| item.exits.iter().filter_map(|exit| exit.label).chain(item.label).collect::<Vec<_>>();
    let labels = plan.items.iter().flat_map(exits_of);
    let across = labels.map(|label| width_of(label, theme.size - 2.0)).fold(40.0, f32::max) + 22.0 + 30.0;
    let items: Vec<&Item> = plan.items.iter().filter(|item| item.kind != Kind::Gate).collect();
    // Where the last item has ways out, their boxes stand in a column of their own.
    let columns = items.len() + usize::from(items.last().is_some_and(|item| !item.exits.is_empty()));
    let columns = columns + usize::from(plan.items.iter().rev().nth(1).is_some_and(|item| item.kind == Kind::Gate));
    let count = f32::from(u8::try_from(columns).unwrap_or(u8::MAX));
    let mut canvas = Canvas::new(theme, MARGIN * 2.0 + count * wide + (count - 1.0).max(0.0) * across);
    let top = canvas.title(plan.title.as_deref());
    let blocks: Vec<Block> = items.iter().map(|item| canvas.item(item, wide, true)).collect();
    // What a question asked is decided where the next step begins.
    let exits = |item: &Item| -> Vec<Exit> {
        let asked = plan.items.iter().zip(plan.items.iter().skip(1));
        let gate = asked.filter(|(gate, next)| gate.kind == Kind::Gate && next.name == item.name);
        gate.flat_map(|(gate, _)| gate.exits.clone()).chain(item.exits.clone()).collect()
    };
    let above =
        items.iter().flat_map(|item| exits(item).into_iter().take(1)).map(|exit| canvas.exit(&exit, wide).height);
    let above = above.fold(0.0, f32::max);
    let highest = blocks.iter().map(|block| block.height).fold(0.0, f32::max);
    let level = top + above + 30.0 + highest / 2.0;
    let mut bottom = level + highest / 2.0;
    let mut before: Option<(usize, &Item)> = None;
    for (number, (item, block)) in items.iter().zip(blocks).enumerate() {
        let x = MARGIN + wide / 2.0 + f32::from(u8::try_from(number).unwrap_or(u8::MAX)) * (wide + across);
        let node = canvas.node(item, (x, level), block, None);
        let rect = canvas.rect(node);
        if let Some((previous, before)) = before {
            let start = canvas.rect(previous).right();
            canvas.arrow((previous, node), vec![(start, level), (rect.x, level)], before.label);
        }
        for (side, exit) in exits(item).iter().enumerate() {
            let block = canvas.exit(exit, wide);
            let column = x + wide + across;
            let y = if side == 0 {
                level - highest / 2.0 - 30.0 - block.height / 2.0
            } else {
                level + highest / 2.0 + 30.0 + block.height / 2.0
            };
            let leaf = canvas.side((column, y), block, None);
            let to: Rect = canvas.rect(leaf);
            let trunk = rect.right() + 22.0;
            canvas.arrow((node, leaf), vec![(rect.right(), level), (trunk, level), (trunk, y), (to.x, y)], exit.label);
            bottom = bottom.max(to.bottom());
        }
        before = Some((node, item));
    }
    canvas.finish(&plan.remarks, bottom)
}
