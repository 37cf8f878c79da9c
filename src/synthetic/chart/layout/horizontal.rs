//! The way from the left to the right, what leaves it below.

use super::super::canvas::{Block, Canvas, MARGIN};
use super::super::plan::{Kind, Plan};
use super::super::theme::Theme;
use crate::drawing::{Scene, width_of};

/// Places the plan.
pub(super) fn place(plan: &Plan, theme: &Theme) -> Scene {
    let boxes = theme.size * 9.5;
    let (gate, end) = (theme.size * 12.0, theme.size * 5.5);
    let width_of_item = |kind: Kind| match kind {
        Kind::Gate => gate,
        Kind::End => end,
        Kind::Step => boxes,
    };
    let gap = |label: Option<&str>| label.map_or(0.0, |label| width_of(label, theme.size - 2.0)).max(20.0) + 24.0;
    let total: f32 = plan.items.iter().map(|item| width_of_item(item.kind) + gap(item.label)).sum();
    let width = (total + MARGIN * 2.0).max(420.0);
    let mut canvas = Canvas::new(theme, width);
    let top = canvas.title(plan.title.as_deref());
    let blocks: Vec<Block> = plan.items.iter().map(|item| canvas.item(item, width_of_item(item.kind), true)).collect();
    let height = blocks.iter().map(|block| block.height).fold(0.0, f32::max);
    let level = top + height / 2.0;
    let mut bottom = top + height;
    let mut x = MARGIN;
    // How far boxes below the way reach.
    let mut taken = f32::MIN;
    let mut before: Option<(usize, Option<&str>)> = None;
    for (item, block) in plan.items.iter().zip(blocks) {
        let wide = block.width;
        let node = canvas.node(item, (x + wide / 2.0, level), block, None);
        let rect = canvas.rect(node);
        if let Some((previous, label)) = before {
            let start = canvas.rect(previous).right();
            canvas.arrow((previous, node), vec![(start, level), (rect.x, level)], label);
        }
        let one = item.exits.len() == 1;
        for (number, exit) in item.exits.iter().enumerate() {
            let block = canvas.exit(exit, boxes);
            let middle = rect.middle().0;
            // Two stand side by side under one trunk.
            let sign = if number == 0 { -1.0 } else { 1.0 };
            let column = if one { middle } else { middle + sign * (boxes / 2.0 + 12.0) };
            let (left, right) = (column - boxes / 2.0, column + boxes / 2.0);
            if left < taken + 12.0 || left < MARGIN || right > width - MARGIN {
                // No room below the way: who draws such a chart leaves it out.
                continue;
            }
            taken = right;
            let side = canvas.side((column, top + height + 56.0 + block.height / 2.0), block, None);
            let to = canvas.rect(side);
            let turn = top + height + 20.0;
            let path = if one {
                vec![(middle, rect.bottom()), (middle, to.y)]
            } else {
                vec![(middle, rect.bottom()), (middle, turn), (column, turn), (column, to.y)]
            };
            canvas.arrow((node, side), path, exit.label);
            if let Some((previous, _)) = before.filter(|_| exit.back && number == 0) {
                let above = canvas.rect(previous);
                let (column, level) = (above.x + above.w / 3.0, to.middle().1);
                canvas.arrow((side, previous), vec![(to.x, level), (column, level), (column, above.bottom())], None);
            }
            bottom = bottom.max(to.bottom());
        }
        x += wide + gap(item.label);
        before = Some((node, item.label));
    }
    canvas.finish(&plan.remarks, bottom)
}
