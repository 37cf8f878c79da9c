//! The way in the middle, papers in a box to the left, who and how long in boxes to the right
//! (the charts of 权力运行流程图).

use super::super::canvas::{Canvas, MARGIN, block, typeset};
use super::super::plan::{Kind, Plan};
use super::super::theme::Theme;
use crate::drawing::{Role, Scene};

/// Places the plan.
pub(super) fn place(plan: &Plan, theme: &Theme) -> Scene {
    let (wide, narrow, across, down) = (theme.size * 15.0, theme.size * 14.0, 70.0, 38.0);
    let mut canvas = Canvas::new(theme, MARGIN * 2.0 + wide + 2.0 * (narrow + across));
    let middle = MARGIN + narrow + across + wide / 2.0;
    let mut y = canvas.title(plan.title.as_deref());
    let mut before: Option<(usize, Option<&str>)> = None;
    let mut papers = Some(&plan.papers);
    for item in &plan.items {
        let words = canvas.item(item, wide, false);
        let facts = [
            item.body.as_ref().map(|body| format!("责任部门：{body}")),
            item.limit.as_ref().map(|limit| format!("办理时限：{limit}")),
        ];
        let small = (theme.size - 2.0, narrow - 16.0);
        let lines: Vec<_> =
            facts.iter().flatten().flat_map(|fact| typeset(fact, small, (false, theme.note.ink))).collect();
        // Ways out to the left, as far as one box goes.
        let exit = item.exits.first().map(|exit| (exit, canvas.exit(exit, narrow)));
        let listed = papers.filter(|papers| item.kind == Kind::Step && exit.is_none() && !papers.is_empty());
        let mut facts = block(lines);
        (facts.width, facts.height) = (narrow, facts.height + 16.0);
        let heights = [words.height, exit.as_ref().map_or(0.0, |(_, block)| block.height), facts.height];
        let height = heights.into_iter().fold(if listed.is_some() { theme.size * 7.0 } else { 0.0 }, f32::max);
        let center = y + height / 2.0;
        let step = canvas.node(item, (middle, center), words, None);
        let rect = canvas.rect(step);
        if let Some((previous, label)) = before {
            canvas.arrow((previous, step), vec![(middle, canvas.rect(previous).bottom()), (middle, rect.y)], label);
        }
        if !facts.lines.is_empty() {
            let at = (middle + wide / 2.0 + across + narrow / 2.0, center);
            let note = canvas.put(Role::Note(step), theme.note, at, facts);
            canvas.tie((step, note), vec![(rect.right(), center), (canvas.rect(note).x, center)]);
        }
        let left = middle - wide / 2.0 - across - narrow / 2.0;
        if let Some((exit, block)) = exit {
            let side = canvas.side((left, center), block, None);
            canvas.arrow((step, side), vec![(rect.x, center), (canvas.rect(side).right(), center)], exit.label);
        } else if let Some(names) = listed {
            papers = None;
            let numbered = names.iter().enumerate().map(|(number, name)| format!("{}.{name}", number + 1));
            let lines: Vec<_> = std::iter::once("申请材料：".to_owned())
                .chain(numbered)
                .flat_map(|text| typeset(&text, small, (false, theme.note.ink)))
                .collect();
            let mut list = block(lines);
            (list.width, list.height) = (narrow, list.height + 16.0);
            let note = canvas.put(Role::Note(step), theme.note, (left, center), list);
            canvas.tie((step, note), vec![(rect.x, center), (canvas.rect(note).right(), center)]);
        }
        before = Some((step, item.label));
        y += height + down;
    }
    canvas.finish(&plan.remarks, y - down)
}
