//! The way from the top to the bottom, what leaves it to the left and right.

use super::super::canvas::{Block, Canvas, MARGIN};
use super::super::plan::{Exit, Item, Plan};
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
    let mut way = Way { canvas, middle, before: Vec::new() };
    for item in &plan.items {
        y += if item.parallel.is_empty() { way.step(item, y, (wide, narrow, aside)) } else { way.fork(item, y, width) };
        y += GAP;
    }
    way.canvas.finish(&plan.remarks, y - GAP)
}

/// The way as far as it is drawn.
struct Way<'a, 'b> {
    canvas: Canvas<'a>,
    middle: f32,
    /// The boxes that lead on, each with the words on its arrow.
    before: Vec<(usize, Option<&'b str>)>,
}

impl<'b> Way<'_, 'b> {
    /// Arrows from what came before to a box in the middle.
    fn lead_to(&mut self, node: usize) {
        let to = self.canvas.rect(node);
        for (previous, label) in std::mem::take(&mut self.before) {
            let from = self.canvas.rect(previous);
            let column = from.middle().0;
            let turn = to.y - GAP / 2.0;
            let path = if (column - self.middle).abs() < 1.0 {
                vec![(column, from.bottom()), (column, to.y)]
            } else {
                vec![(column, from.bottom()), (column, turn), (self.middle, turn), (self.middle, to.y)]
            };
            self.canvas.arrow((previous, node), path, label);
        }
    }

    /// A box in the middle with its ways out; gives its height.
    fn step(&mut self, item: &'b Item, y: f32, (wide, narrow, aside): (f32, f32, f32)) -> f32 {
        let block = self.canvas.item(item, wide, true);
        let sides: Vec<(&Exit, Block)> = item.exits.iter().map(|exit| (exit, self.canvas.exit(exit, narrow))).collect();
        let height = sides.iter().map(|(_, block)| block.height).fold(block.height, f32::max);
        let center = y + height / 2.0;
        let node = self.canvas.node(item, (self.middle, center), block, None);
        let rect = self.canvas.rect(node);
        let above = self.before.first().map(|(previous, _)| *previous);
        self.lead_to(node);
        for (number, (exit, block)) in sides.into_iter().enumerate() {
            // The first to the left, the second to the right.
            let sign = if number % 2 == 0 { -1.0 } else { 1.0 };
            let x = self.middle + sign * (wide / 2.0 + aside + narrow / 2.0);
            let side = self.canvas.side((x, center), block, None);
            let to = self.canvas.rect(side);
            let (start, end) = if sign < 0.0 { (rect.x, to.right()) } else { (rect.right(), to.x) };
            self.canvas.arrow((node, side), vec![(start, center), (end, center)], exit.label);
            if let Some(previous) = above.filter(|_| exit.back) {
                let above = self.canvas.rect(previous);
                let level = above.middle().1;
                let end = if sign < 0.0 { above.x } else { above.right() };
                self.canvas.arrow((side, previous), vec![(x, to.y), (x, level), (end, level)], None);
            }
        }
        self.before = vec![(node, item.label)];
        height
    }

    /// Boxes side by side; gives their height.
    fn fork(&mut self, item: &'b Item, y: f32, width: f32) -> f32 {
        let count = f32::from(u8::try_from(item.parallel.len()).unwrap_or(u8::MAX));
        let cell = (width - 2.0 * MARGIN) / count;
        let boxes: Vec<(Item, Block)> = item
            .parallel
            .iter()
            .map(|name| Item { name: name.clone(), says: None, body: None, ..item.clone() })
            .map(|item| (self.canvas.item(&item, cell - 18.0, true), item))
            .map(|(block, item)| (item, block))
            .collect();
        let height = boxes.iter().map(|(_, block)| block.height).fold(0.0, f32::max);
        let above = std::mem::take(&mut self.before);
        for (number, (item, block)) in boxes.into_iter().enumerate() {
            let place = f32::from(u8::try_from(number).unwrap_or(u8::MAX));
            let column = MARGIN + cell * (place + 0.5);
            let node = self.canvas.node(&item, (column, y + height / 2.0), block, None);
            let to = self.canvas.rect(node);
            for (previous, _) in &above {
                let from = self.canvas.rect(*previous);
                let turn = y - GAP / 2.0;
                let start = from.middle().0;
                let path = if (start - column).abs() < 1.0 {
                    vec![(column, from.bottom()), (column, to.y)]
                } else {
                    vec![(start, from.bottom()), (start, turn), (column, turn), (column, to.y)]
                };
                self.canvas.arrow((*previous, node), path, None);
            }
            self.before.push((node, None));
        }
        height
    }
}
