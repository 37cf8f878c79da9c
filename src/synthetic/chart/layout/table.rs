//! A table of steps under the heading of a flowchart: 环节, 办理内容, 责任部门, 办理时限.
//!
//! Read as a chart, the first cell of a row is its node, the other cells are the node's notes, and the headings are
//! lanes. No arrows are drawn.

use super::super::canvas::{Canvas, MARGIN, block, typeset};
use super::super::plan::{Item, Kind, Plan};
use super::super::theme::{Skin, Theme};
use crate::drawing::{Align, Line, Rect, Role, Scene, Shape, wrapped};
use crate::model::chart::NodeKind;

/// A column: heading, width in characters, what of an item stands in it.
struct Column {
    heading: &'static str,
    width: f32,
    cell: fn(&Item) -> Option<&str>,
}

const NAME: Column = Column { heading: "环节", width: 6.5, cell: |item| Some(&item.name) };
const SAYS: Column = Column { heading: "办理内容", width: 18.0, cell: |item| Some(&item.detail) };
const BODY: Column = Column { heading: "责任部门", width: 11.0, cell: |item| item.body.as_deref() };
const LIMIT: Column = Column { heading: "办理时限", width: 9.0, cell: |item| item.limit.as_deref() };

/// Places the plan.
pub(super) fn place(plan: &Plan, theme: &Theme) -> Scene {
    let items: Vec<&Item> = plan.items.iter().filter(|item| item.kind == Kind::Step).collect();
    let columns: Vec<Column> = [NAME, SAYS, BODY, LIMIT]
        .into_iter()
        .filter(|column| items.iter().any(|item| (column.cell)(item).is_some()))
        .collect();
    let width: f32 = columns.iter().map(|column| column.width * theme.size).sum::<f32>() + 2.0 * MARGIN;
    let mut canvas = Canvas::new(theme, width);
    let mut y = canvas.title(plan.title.as_deref());
    let cell = Skin { shape: Shape::Box, shadow: false, ..theme.step };
    let heading = Skin { shape: Shape::Box, shadow: false, ..theme.side };
    // Headings go down to the last row, so the rows are measured first.
    let heights: Vec<f32> = items.iter().map(|item| height(item, &columns, theme)).collect();
    let first = theme.size * 2.4;
    let total = first + heights.iter().sum::<f32>();
    let mut x = MARGIN;
    for column in &columns {
        let band = Rect { x, y, w: column.width * theme.size, h: total };
        let rect = Rect { h: first, ..band };
        canvas.ornament(heading, rect);
        let lines = typeset(column.heading, (theme.size, rect.w), (theme.bold, heading.ink));
        canvas.words(Role::Lane(band), rect, lines, Align::Middle);
        x += band.w;
    }
    y += first;
    for (item, height) in items.iter().zip(heights) {
        let (mut x, mut node) = (MARGIN, 0);
        for (number, column) in columns.iter().enumerate() {
            let rect = Rect { x, y, w: column.width * theme.size, h: height };
            x += rect.w;
            let lines = lines((column.cell)(item).unwrap_or("—"), column, theme);
            let mut block = block(lines);
            (block.width, block.height) = (rect.w, rect.h);
            if number == 0 {
                node = canvas.put(Role::Node(NodeKind::Step, Some(0)), cell, rect.middle(), block);
            } else {
                canvas.put(Role::Note(node), cell, rect.middle(), block);
            }
        }
        y += height;
    }
    canvas.finish(&plan.remarks, y)
}

fn lines(text: &str, column: &Column, theme: &Theme) -> Vec<Line> {
    let lines = wrapped(text, theme.size, column.width * theme.size - 16.0);
    lines.into_iter().map(|text| Line { text, size: theme.size, bold: false, color: theme.step.ink }).collect()
}

fn height(item: &Item, columns: &[Column], theme: &Theme) -> f32 {
    let of = |column: &Column| block(lines((column.cell)(item).unwrap_or_default(), column, theme)).height;
    columns.iter().map(of).fold(0.0, f32::max) + 16.0
}
