//! Rows that run to the right and to the left by turns.

use super::super::canvas::{Canvas, MARGIN};
use super::super::plan::Plan;
use super::super::theme::Theme;
use crate::drawing::Scene;

/// Items in a row.
const ROW: usize = 3;

/// Places the plan.
pub(super) fn place(plan: &Plan, theme: &Theme) -> Scene {
    let wide = theme.size * 13.0;
    let (across, down) = (54.0, 46.0);
    let columns = f32::from(u8::try_from(plan.items.len().clamp(1, ROW)).unwrap_or(1));
    let width = MARGIN * 2.0 + columns * wide + (columns - 1.0) * across;
    let mut canvas = Canvas::new(theme, width);
    let mut y = canvas.title(plan.title.as_deref());
    let mut before: Option<usize> = None;
    for (row, items) in plan.items.chunks(ROW).enumerate() {
        let blocks: Vec<_> = items.iter().map(|item| canvas.item(item, wide, true)).collect();
        let height = blocks.iter().map(|block| block.height).fold(0.0, f32::max);
        for (number, (item, block)) in items.iter().zip(blocks).enumerate() {
            let place = if row % 2 == 0 { number } else { ROW - 1 - number };
            let column = f32::from(u8::try_from(place).unwrap_or(0));
            let x = MARGIN + wide / 2.0 + column * (wide + across);
            let node = canvas.node(item, (x, y + height / 2.0), block, None);
            if let Some(previous) = before {
                let (from, to) = (canvas.rect(previous), canvas.rect(node));
                let path = if number == 0 {
                    vec![(x, from.bottom()), (x, to.y)]
                } else if to.x > from.x {
                    vec![(from.right(), y + height / 2.0), (to.x, y + height / 2.0)]
                } else {
                    vec![(from.x, y + height / 2.0), (to.right(), y + height / 2.0)]
                };
                canvas.arrow((previous, node), path, None);
            }
            before = Some(node);
        }
        y += height + down;
    }
    canvas.finish(&plan.remarks, y - down)
}
