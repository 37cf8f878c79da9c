//! The way from the top to the bottom, what leaves it to the left and right.

use super::super::canvas::{Block, Canvas, MARGIN};
use super::super::plan::{Exit, Plan};
use super::super::theme::Theme;
use crate::drawing::{Scene, width_of};

/// Space between two rows: room for an arrow and its words.
const GAP: f32 = 42.0;

/// Places the plan.
pub(super) fn place(plan: &Plan, theme: &Theme) -> Scene {
    let wide = theme.size * 17.0;
    let narrow = theme.size * 11.0;
    // Arrows to the side carry words; the longest decides how far the boxes stand off.
    let labels = plan.items.iter().flat_map(|item| &item.exits).filter_map(|exit| exit.label);
    let label = labels.map(|label| width_of(label, theme.size - 2.0)).fold(0.0, f32::max);
    let aside = label + 34.0;
    let most = plan.items.iter().map(|item| item.exits.len()).max().unwrap_or(0);
    // Without anything at the side the drawing still leaves room for the words of the heading.
    let (left, right) = (if most >= 1 { narrow + aside } else { 60.0 }, if most >= 2 { narrow + aside } else { 60.0 });
    let width = MARGIN * 2.0 + left + wide + right;
    let middle = MARGIN + left + wide / 2.0;
    let mut canvas = Canvas::new(theme, width);
    let mut y = canvas.title(plan.title.as_deref());
    let mut before: Option<(usize, Option<&str>)> = None;
    for item in &plan.items {
        let block = canvas.item(item, wide, true);
        let sides: Vec<(&Exit, Block)> = item.exits.iter().map(|exit| (exit, canvas.exit(exit, narrow))).collect();
        let height = sides.iter().map(|(_, block)| block.height).fold(block.height, f32::max);
        let center = y + height / 2.0;
        let node = canvas.node(item, (middle, center), block, None);
        let rect = canvas.rect(node);
        if let Some((previous, label)) = before {
            let above = canvas.rect(previous);
            canvas.arrow((previous, node), vec![(middle, above.bottom()), (middle, rect.y)], label);
        }
        for (number, (exit, block)) in sides.into_iter().enumerate() {
            // The first to the left, the second to the right.
            let sign = if number % 2 == 0 { -1.0 } else { 1.0 };
            let x = middle + sign * (wide / 2.0 + aside + narrow / 2.0);
            let side = canvas.side((x, center), block, None);
            let to = canvas.rect(side);
            let (start, end) = if sign < 0.0 { (rect.x, to.right()) } else { (rect.right(), to.x) };
            canvas.arrow((node, side), vec![(start, center), (end, center)], exit.label);
            if let Some((previous, _)) = before.filter(|_| exit.back) {
                let above = canvas.rect(previous);
                let level = above.middle().1;
                let end = if sign < 0.0 { above.x } else { above.right() };
                canvas.arrow((side, previous), vec![(x, to.y), (x, level), (end, level)], None);
            }
        }
        before = Some((node, item.label));
        y += height + GAP;
    }
    canvas.finish(&plan.remarks, y - GAP)
}
