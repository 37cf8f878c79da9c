//! Flowcharts that are tables (表格式流程): a column of steps, and beside each step its content, department and limit.
//!
//! Comes in: nodes and the columns with headings. Goes out: steps that hold the other cells of their rows. Must never know:
//! pixels.

use super::boxes::Drawn;
use super::lanes::{Band, Things};
use super::loose::Group;
use super::rect::Rect;

/// Words in the heading of the column that names the steps.
const STEPS: [&str; 6] = ["环节", "步骤", "程序", "阶段", "流程", "节点"];

/// Words in headings of columns that only describe them.
const NOT_STEPS: [&str; 5] = ["内容", "说明", "时限", "要求", "部门"];

/// Columns of cells that touch each other, where no frame was seen: on photographs lines are not straight. At least two
/// columns and three rows, all rows alike.
pub(crate) fn columns(things: Things<'_>) -> Vec<Band> {
    let mut rows: Vec<Vec<(usize, &Drawn)>> = Vec::new();
    let mut order: Vec<(usize, &Drawn)> =
        things.nodes.iter().enumerate().filter(|(_, node)| node.body.is_some()).collect();
    order.sort_by_key(|(_, node)| (node.rect.left, node.rect.top));
    for (index, node) in order {
        let touches = |(_, last): &(usize, &Drawn)| {
            let gap = last.rect.gap_across(&node.rect) as f32;
            let overlap = -last.rect.gap_down(&node.rect);
            gap.abs() < 0.7 * things.print && overlap * 2 > last.rect.height().min(node.rect.height())
        };
        match rows.iter_mut().find(|row| row.last().is_some_and(touches)) {
            Some(row) => row.push((index, node)),
            None => rows.push(vec![(index, node)]),
        }
    }
    rows.sort_by_key(|row| row.first().map(|(_, node)| node.rect.top));
    let Some(header) = rows.first().filter(|header| header.len() >= 2).cloned() else { return Vec::new() };
    // A cell may be empty or unread: most rows must be as long as the header.
    let like = rows.iter().filter(|row| row.len() == header.len()).count();
    if rows.len() < 3 || like * 3 < rows.len() * 2 || rows.iter().any(|row| row.len() > header.len()) {
        return Vec::new();
    }
    let bottom = rows.iter().flatten().map(|(_, node)| node.rect.bottom).max().unwrap_or(0);
    let band = |(index, node): &(usize, &Drawn)| Band {
        title: node.text.clone(),
        rect: Rect { bottom, ..node.rect },
        node: Some(*index),
        group: None,
    };
    header.iter().map(band).collect()
}

/// Puts the cells beside each step into the step, and names the nodes that went in. A frame whose nodes are joined by
/// lines is no table, unless its cells touch each other: then such lines are its own.
pub(crate) fn folded(nodes: &mut [Drawn], bands: &[Band], linked: &[bool], touching: bool) -> Vec<usize> {
    let names_steps = |band: &&Band| {
        STEPS.iter().any(|word| band.title.contains(word)) && !NOT_STEPS.iter().any(|word| band.title.contains(word))
    };
    let Some(column) = bands.iter().find(names_steps) else { return Vec::new() };
    let headings: Vec<Option<usize>> = bands.iter().map(|band| band.node).collect();
    let inside = |node: &Drawn, band: &Band| band.rect.holds(node.rect.centre());
    let cells: Vec<usize> = (0..nodes.len())
        .filter(|index| !headings.contains(&Some(*index)))
        .filter(|index| nodes.get(*index).is_some_and(|node| bands.iter().any(|band| inside(node, band))))
        .collect();
    if !touching && cells.iter().any(|cell| linked.get(*cell) == Some(&true)) {
        return Vec::new();
    }
    let (steps, others): (Vec<usize>, Vec<usize>) =
        cells.into_iter().partition(|index| nodes.get(*index).is_some_and(|node| inside(node, column)));
    let mut gone = Vec::new();
    for index in others {
        let Some(other) = nodes.get(index) else { continue };
        let (cell, middle) = (
            Group { text: other.text.clone(), rect: other.rect, score: other.score, print: 0.0 },
            other.rect.centre().1 as i32,
        );
        let beside = steps
            .iter()
            .copied()
            .find(|step| nodes.get(*step).is_some_and(|step| (step.rect.top..=step.rect.bottom).contains(&middle)));
        if let Some(step) = beside.and_then(|step| nodes.get_mut(step)) {
            step.cells.push(cell);
            gone.push(index);
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chart::NodeKind;

    fn cell(text: &str, left: i32, top: i32) -> Drawn {
        let rect = Rect { left, top, right: left + 98, bottom: top + 38 };
        let text = text.to_owned();
        Drawn { text, score: 1.0, kind: NodeKind::Step, body: None, rect, chevron: false, cells: Vec::new() }
    }

    fn table() -> (Vec<Drawn>, Vec<Band>) {
        let nodes = [("环节", 0, 0), ("办理时限", 100, 0), ("受理", 0, 40), ("1个工作日", 100, 40), ("审查", 0, 80)];
        let band = |title: &str, left: i32, node: usize| Band {
            title: title.to_owned(),
            rect: Rect { left, top: 0, right: left + 98, bottom: 200 },
            node: Some(node),
            group: None,
        };
        let nodes = nodes.into_iter().map(|(text, left, top)| cell(text, left, top)).collect();
        (nodes, vec![band("环节", 0, 0), band("办理时限", 100, 1)])
    }

    #[test]
    fn a_step_holds_the_cells_of_its_row() {
        let (mut nodes, bands) = table();
        assert_eq!(folded(&mut nodes, &bands, &[false; 5], false), [3]);
        assert_eq!(nodes[2].cells[0].text, "1个工作日");
        assert!(nodes[4].cells.is_empty());
    }

    #[test]
    fn lanes_whose_nodes_are_joined_by_arrows_stay_lanes() {
        let (mut nodes, bands) = table();
        assert!(folded(&mut nodes, &bands, &[false, false, true, true, false], false).is_empty());
        // Cells that touch have no room for arrows.
        let (mut nodes, bands) = table();
        assert_eq!(folded(&mut nodes, &bands, &[false, false, true, true, false], true), [3]);
        let (mut nodes, mut bands) = table();
        bands[0].title = "窗口".to_owned();
        assert!(folded(&mut nodes, &bands, &[false; 5], false).is_empty());
    }
}
