//! The way down a first column and on at the top of a second.

use super::super::canvas::{Canvas, MARGIN};
use super::super::plan::Plan;
use super::super::theme::Theme;
use crate::drawing::Scene;

/// Places the plan.
pub(super) fn place(plan: &Plan, theme: &Theme) -> Scene {
    let wide = theme.size * 15.0;
    let (across, down) = (90.0, 38.0);
    let mut canvas = Canvas::new(theme, MARGIN * 2.0 + wide * 2.0 + across);
    let top = canvas.title(plan.title.as_deref());
    let half = plan.items.len().div_ceil(2).max(1);
    let mut before: Option<usize> = None;
    let mut bottom = top;
    for (items, x) in plan.items.chunks(half).zip([MARGIN + wide / 2.0, MARGIN + wide * 1.5 + across]) {
        let mut y = top;
        for (number, item) in items.iter().enumerate() {
            let block = canvas.item(item, wide, true);
            let height = block.height;
            let node = canvas.node(item, (x, y + height / 2.0), block, None);
            if let Some(previous) = before {
                let (from, to) = (canvas.rect(previous), canvas.rect(node));
                let between = f32::midpoint(from.right(), to.x);
                let path = if number == 0 {
                    let (start, end) = (from.middle().1, to.middle().1);
                    vec![(from.right(), start), (between, start), (between, end), (to.x, end)]
                } else {
                    vec![(x, from.bottom()), (x, to.y)]
                };
                canvas.arrow((previous, node), path, None);
            }
            before = Some(node);
            y += height + down;
        }
        bottom = bottom.max(y - down);
    }
    canvas.finish(&plan.remarks, bottom)
}
