//! Swim lanes (泳道): a column for each of those in charge, a row for each item.

use super::super::canvas::{Canvas, MARGIN, typeset};
use super::super::plan::Plan;
use super::super::theme::{Skin, Theme};
use crate::drawing::{Align, Fill, Rect, Role, Scene, Shape, width_of};

/// Height of a lane's heading.
const HEADING: f32 = 38.0;
/// Space between two rows.
const GAP: f32 = 44.0;

/// Places the plan.
pub(super) fn place(plan: &Plan, theme: &Theme) -> Scene {
    let mut lanes: Vec<&str> = Vec::new();
    for item in &plan.items {
        if !lanes.contains(&item.lane.as_str()) {
            lanes.push(&item.lane);
        }
    }
    let wide = theme.size * 11.5;
    // Words on an arrow into another lane stand in that lane, clear of the line between.
    let labels = plan.items.iter().flat_map(|item| &item.exits).filter_map(|exit| exit.label);
    let aside = labels.map(|label| width_of(label, theme.size - 2.0) + 18.0).fold(34.0, f32::max);
    let lane_width = wide + 2.0 * aside;
    let count = f32::from(u8::try_from(lanes.len().max(1)).unwrap_or(u8::MAX));
    let mut canvas = Canvas::new(theme, MARGIN * 2.0 + lane_width * count);
    let top = canvas.title(plan.title.as_deref());
    let rows: Vec<(f32, f32)> = rows(&canvas, plan, wide, top + HEADING + 26.0);
    let bottom = rows.last().map_or(top + HEADING, |(y, height)| y + height) + 26.0;
    let middle_of = |lane: usize| MARGIN + lane_width * (f32::from(u8::try_from(lane).unwrap_or(u8::MAX)) + 0.5);
    for (number, title) in lanes.iter().enumerate() {
        let band = Rect { x: middle_of(number) - lane_width / 2.0, y: top, w: lane_width, h: bottom - top };
        let heading = Rect { h: HEADING, ..band };
        canvas.ornament(Skin { shape: Shape::Box, fill: Fill::None, shadow: false, ..theme.side }, band);
        canvas.ornament(Skin { shape: Shape::Box, shadow: false, ..theme.side }, heading);
        let words = typeset(title, (theme.size, lane_width - 12.0), (theme.bold, theme.side.ink));
        canvas.words(Role::Lane(band), heading, words, Align::Middle);
    }
    let mut before: Option<(usize, Option<&str>)> = None;
    for (item, (y, height)) in plan.items.iter().zip(&rows) {
        let lane = lanes.iter().position(|lane| *lane == item.lane).unwrap_or(0);
        let (x, center) = (middle_of(lane), y + height / 2.0);
        // The lane says who is in charge; the box need not.
        let mut shown = item.clone();
        shown.body = None;
        let block = canvas.item(&shown, wide, true);
        let node = canvas.node(&shown, (x, center), block, Some(lane));
        if let Some((previous, label)) = before {
            let (from, to) = (canvas.rect(previous), canvas.rect(node));
            let start = from.middle().0;
            let turn = y - GAP / 2.0;
            let path = if (start - x).abs() < 1.0 {
                vec![(x, from.bottom()), (x, to.y)]
            } else {
                vec![(start, from.bottom()), (start, turn), (x, turn), (x, to.y)]
            };
            canvas.arrow((previous, node), path, label);
        }
        // What is refused or returned stands in the applicant's lane, if that is another one and lies beside.
        if let Some(exit) = item.exits.first().filter(|_| lane == 1) {
            let block = canvas.exit(exit, wide);
            let side = canvas.side((middle_of(0), center), block, Some(0));
            let (from, to) = (canvas.rect(node), canvas.rect(side));
            let border = middle_of(0) + lane_width / 2.0;
            let path = vec![(from.x, center), (border, center), (to.right(), center)];
            canvas.arrow((node, side), path, exit.label);
        }
        before = Some((node, item.label));
    }
    canvas.finish(&plan.remarks, bottom)
}

/// Top and height of each row.
fn rows(canvas: &Canvas<'_>, plan: &Plan, wide: f32, mut y: f32) -> Vec<(f32, f32)> {
    let mut rows = Vec::new();
    for item in &plan.items {
        let exits = item.exits.iter().map(|exit| canvas.exit(exit, wide).height);
        let height = exits.fold(canvas.item(item, wide, true).height, f32::max);
        rows.push((y, height));
        y += height + GAP;
    }
    rows
}
