//! A row as portals draw it on their pages: numbered circles, or thick arrows, with details below.

use super::super::canvas::{Canvas, MARGIN, block, typeset};
use super::super::plan::{Item, Plan};
use super::super::theme::{DARK, Skin, Theme, WHITE};
use crate::drawing::{Align, Fill, Rect, Role, Scene, Shape};
use crate::model::chart::NodeKind;

/// Numbered circles on a line, the name of the step below each.
pub(super) fn circles(plan: &Plan, theme: &Theme) -> Scene {
    let (cell, radius) = (theme.size * 10.5, 19.0);
    let (mut canvas, top) = begin(plan, theme, cell);
    let level = top + radius;
    let mut before: Option<(usize, f32)> = None;
    let mut bottom = level;
    for (number, item) in plan.items.iter().enumerate() {
        let x = middle(number, cell);
        let badge = Skin {
            shape: Shape::Ellipse,
            fill: Fill::Plain(theme.arrow.color),
            outline: None,
            shadow: false,
            ink: WHITE,
        };
        let mut figure = block(typeset(&(number + 1).to_string(), (theme.size + 2.0, cell), (true, WHITE)));
        (figure.width, figure.height) = (2.0 * radius, 2.0 * radius);
        canvas.put(Role::Print, badge, (x, level), figure);
        let lines = typeset(&item.name, (theme.size + 1.0, cell - 14.0), (true, theme.ink));
        let name = block(lines);
        let rect = Rect::around((x, level + radius + 16.0 + name.height / 2.0), name.width, name.height);
        let node = canvas.words(Role::Node(NodeKind::Borderless, None), rect, name.lines, Align::Middle);
        bottom = bottom.max(details(&mut canvas, item, (node, x, rect.bottom() + 8.0), cell));
        if let Some((previous, end)) = before {
            canvas.arrow((previous, node), vec![(end + radius + 8.0, level), (x - radius - 8.0, level)], None);
        }
        before = Some((node, x));
    }
    canvas.finish(&plan.remarks, bottom)
}

/// Thick arrows with the names in them, one leading to the next by their form alone.
pub(super) fn chevrons(plan: &Plan, theme: &Theme) -> Scene {
    let cell = theme.size * 10.5;
    let (mut canvas, top) = begin(plan, theme, cell);
    let height = theme.size * 3.2;
    let mut bottom = top + height;
    for (number, item) in plan.items.iter().enumerate() {
        let x = middle(number, cell);
        let skin = Skin { shape: Shape::Chevron, outline: None, ink: WHITE, fill: theme.end.fill, shadow: false };
        let mut name = block(typeset(&item.name, (theme.size + 1.0, cell - 40.0), (true, WHITE)));
        (name.width, name.height) = (cell - 4.0, height);
        let node = canvas.put(Role::Node(NodeKind::Step, None), skin, (x, top + height / 2.0), name);
        bottom = bottom.max(details(&mut canvas, item, (node, x, top + height + 14.0), cell));
    }
    canvas.finish(&plan.remarks, bottom)
}

fn begin<'a>(plan: &Plan, theme: &'a Theme, cell: f32) -> (Canvas<'a>, f32) {
    let count = f32::from(u8::try_from(plan.items.len()).unwrap_or(u8::MAX));
    let mut canvas = Canvas::new(theme, MARGIN * 2.0 + cell * count);
    let top = canvas.title(plan.title.as_deref());
    (canvas, top)
}

fn middle(number: usize, cell: f32) -> f32 {
    MARGIN + cell * (f32::from(u8::try_from(number).unwrap_or(u8::MAX)) + 0.5)
}

/// What is done, by whom and how long, below a step; gives the lower edge.
fn details(canvas: &mut Canvas<'_>, item: &Item, (node, x, top): (usize, f32, f32), cell: f32) -> f32 {
    let size = canvas.theme.size - 2.0;
    let facts = [item.says.clone(), item.body.clone(), item.limit.clone()];
    let lines: Vec<_> =
        facts.iter().flatten().flat_map(|fact| typeset(fact, (size, cell - 22.0), (false, DARK))).collect();
    if lines.is_empty() {
        return top;
    }
    let details = block(lines);
    let rect = Rect::around((x, top + details.height / 2.0), details.width, details.height);
    canvas.words(Role::Note(node), rect, details.lines, Align::Middle);
    rect.bottom()
}
