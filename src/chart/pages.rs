//! Which page of a file is the chart (多页文件).
//!
//! Comes in: what was read of each page. Goes out: one chart, or why it is none. A file that is called a flowchart may be
//! the whole guide, with prose and tables: only boxes between which arrows lead are a chart there. Charts on several
//! pages may be one that goes on or two that differ, and nobody can tell. Must never know: how pages were drawn.

use super::{Reading, Unreadable};
use crate::model::chart::{Chart, Edge, NodeKind};

/// Boxes of a chart.
const FEWEST_BOXES: usize = 3;

/// Arrows of a chart.
const FEWEST_ARROWS: usize = 2;

/// The chart of a file, out of the readings of its pages, the first page first.
///
/// # Errors
/// When a page could not be read, none holds a chart, or several may.
pub fn of_pages(pages: Vec<Result<Reading, Unreadable>>) -> Result<Reading, Unreadable> {
    let mut found: Option<Reading> = None;
    let mut first_part = None;
    for (page, number) in pages.into_iter().zip(1..) {
        let mut reading = match page {
            Ok(reading) => reading,
            Err(Unreadable::NoWords) => continue,
            Err(why) => return Err(why),
        };
        // What was read badly may be the chart, or a part of it.
        if reading.refusal.is_none() && !has_way(&reading.chart) {
            continue;
        }
        if let Some(first) = first_part {
            return Err(Unreadable::SeveralPages { first, second: number });
        }
        first_part = Some(number);
        reading.chart.page = Some(number);
        found = Some(reading);
    }
    found.filter(|reading| reading.refusal.is_some() || is_chart(&reading.chart)).ok_or(Unreadable::NoChart)
}

/// Whether a line leads from box to box: no table and no prose.
fn has_way(chart: &Chart) -> bool {
    chart.edges.iter().any(|edge| joins_boxes(chart, edge))
}

fn joins_boxes(chart: &Chart, edge: &Edge) -> bool {
    let is_box = |node: usize| chart.nodes.get(node).is_some_and(|node| node.kind != NodeKind::Borderless);
    edge.from != edge.to && is_box(edge.from) && is_box(edge.to)
}

/// Whether boxes and arrows are a chart: several, and most boxes are on the way.
fn is_chart(chart: &Chart) -> bool {
    let boxes: Vec<usize> =
        (0..).zip(&chart.nodes).filter(|(_, node)| node.kind != NodeKind::Borderless).map(|(at, _)| at).collect();
    let ways: Vec<&Edge> = chart.edges.iter().filter(|edge| joins_boxes(chart, edge)).collect();
    let arrows = ways.iter().filter(|edge| edge.directed).count();
    let joined = boxes.iter().filter(|at| ways.iter().any(|edge| edge.from == **at || edge.to == **at)).count();
    boxes.len() >= FEWEST_BOXES && arrows >= FEWEST_ARROWS && joined * 2 >= boxes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chart::{Area, Node};

    #[expect(clippy::unnecessary_wraps, reason = "a page as it is given")]
    fn page(boxes: usize, arrows: &[(usize, usize)]) -> Result<Reading, Unreadable> {
        let node = Node {
            text: "受理".to_owned(),
            kind: NodeKind::Step,
            area: Area::default(),
            confidence: 1.0,
            lane: None,
            notes: Vec::new(),
        };
        let edge = |(from, to): &(usize, usize)| Edge {
            from: *from,
            to: *to,
            directed: true,
            dashed: false,
            label: None,
            confidence: 1.0,
        };
        let chart = Chart { nodes: vec![node; boxes], edges: arrows.iter().map(edge).collect(), ..Chart::default() };
        Ok(Reading { chart, refusal: None })
    }

    #[test]
    fn the_one_page_with_boxes_on_a_way_is_the_chart() {
        let found = of_pages(vec![Err(Unreadable::NoWords), page(12, &[]), page(3, &[(0, 1), (1, 2)])]);
        assert_eq!(found.map(|reading| reading.chart.page), Ok(Some(3)));
    }

    #[test]
    fn tables_and_single_arrows_are_no_chart() {
        assert_eq!(of_pages(vec![page(30, &[])]), Err(Unreadable::NoChart));
        assert_eq!(of_pages(vec![page(3, &[(0, 1)])]), Err(Unreadable::NoChart));
        assert_eq!(of_pages(vec![page(9, &[(0, 1), (1, 2)])]), Err(Unreadable::NoChart), "most boxes lie apart");
        assert_eq!(of_pages(vec![page(3, &[(0, 0), (1, 1)])]), Err(Unreadable::NoChart));
        assert_eq!(of_pages(Vec::new()), Err(Unreadable::NoChart));
    }

    #[test]
    fn a_chart_that_may_go_on_on_another_page_is_not_used() {
        let whole = || page(3, &[(0, 1), (1, 2)]);
        let several = Err(Unreadable::SeveralPages { first: 1, second: 2 });
        assert_eq!(of_pages(vec![whole(), whole()]), several);
        assert_eq!(of_pages(vec![whole(), page(2, &[(0, 1)])]), several, "the end of the chart");
        assert_eq!(of_pages(vec![page(2, &[(0, 1)]), whole()]), several, "its beginning");
    }

    #[test]
    fn a_page_that_was_not_read_or_read_badly_may_be_the_chart() {
        let whole = || page(3, &[(0, 1), (1, 2)]);
        assert_eq!(of_pages(vec![whole(), Err(Unreadable::NotAPicture)]), Err(Unreadable::NotAPicture));
        let small =
            || page(0, &[]).map(|reading| Reading { refusal: Some(Unreadable::SmallPrint { pixels: 5 }), ..reading });
        assert!(matches!(of_pages(vec![small()]), Ok(Reading { refusal: Some(_), .. })));
        assert!(matches!(of_pages(vec![whole(), small()]), Err(Unreadable::SeveralPages { .. })));
    }
}
