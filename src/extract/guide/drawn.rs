//! The steps of a drawn flowchart (流程图), out of its graph.
//!
//! Comes in: what was read of a picture. Goes out: steps in their order with the boxes they stand in, and how far order
//! and completeness can be relied on. Must never know: pixels, and what the text beside the chart says.
//!
//! Words in boxes can be relied on, single arrows cannot (measured: `docs/charts.md`). So the order counts only where
//! unbroken arrows and the places on the page say the same, and a box whose words were read unsurely leaves the chart
//! incomplete.

use super::{step_text, svg};
use crate::extract::text::squeeze;
use crate::model::chart::{Area, Chart, Edge, Node};
use crate::model::charted::{ChartReading, Drawn};
use crate::model::{Located, Locator, Step};

/// Words of a box recognised less surely than this prove nothing.
const SURE: f32 = 0.9;

/// An arrow seen less surely than this joins nothing.
const SURE_ARROW: f32 = 0.5;

/// Beginnings of boxes in which the way ends before its end, or leads back: no steps (不予受理, 补正, 退回).
const SIDE_WAYS: [&str; 10] =
    ["不予", "不符合", "不合格", "不属于", "不通过", "补正", "补齐", "退回", "退件", "告知申请人补"];

/// Beginnings of boxes that explain something and are no steps.
const REMARKS: [&str; 9] =
    ["申请材料", "所需材料", "提交材料", "应提交", "备注", "说明", "注意", "承办机构", "监督电话"];

/// What a reading says of the process.
#[must_use]
pub fn drawn(reading: ChartReading) -> Drawn {
    let Some(chart) = reading.trusted() else {
        return Drawn {
            reading,
            steps: Vec::new(),
            is_ordered: false,
            is_whole: false,
            title: None,
            words: Vec::new(),
        };
    };
    let found: Vec<(usize, Step)> =
        chart.nodes.iter().enumerate().filter_map(|(index, node)| Some((index, step(chart, node)?))).collect();
    let unsure = |node: &Node| node.confidence < SURE && is_step(node);
    let is_whole = !chart.nodes.iter().any(unsure);
    let places: Vec<usize> = found.iter().map(|(index, _)| *index).collect();
    let is_ordered = chain(chart, &places).is_some_and(|order| order == places);
    let words = words_besides(chart, &places);
    let steps = found.into_iter().map(|(_, step)| step).collect();
    let title = chart.title.as_ref().filter(|words| words.confidence >= SURE).map(|words| Located {
        value: words.text.clone(),
        at: place(words.area),
        raw: words.text.clone(),
    });
    Drawn { reading, steps, is_ordered, is_whole, title, words }
}

/// All words that are in no step: questions, side ways, answers on arrows, remarks, headings. What they speak of is not
/// missing in the chart.
fn words_besides(chart: &Chart, steps: &[usize]) -> Vec<String> {
    let nodes = chart.nodes.iter().enumerate().filter(|(index, _)| !steps.contains(index));
    let nodes = nodes.flat_map(|(_, node)| std::iter::once(&node.text).chain(node.notes.iter().map(|note| &note.text)));
    let loose = chart.words.iter().chain(&chart.title).map(|words| &words.text);
    let labels = chart.edges.iter().filter_map(|edge| edge.label.as_ref());
    nodes.chain(loose).chain(labels).chain(chart.lanes.iter().map(|lane| &lane.title)).cloned().collect()
}

/// A place in a picture, in the words of Media Fragments.
fn place(area: Area) -> Locator {
    let Area { x, y, width, height } = area;
    Locator::Fragment(format!("xywh={x},{y},{width},{height}"))
}

/// The step that a node is; `None` for ends, answers at branches, side ways, and words read unsurely.
fn step(chart: &Chart, node: &Node) -> Option<Step> {
    if node.confidence < SURE || !is_step(node) {
        return None;
    }
    let notes = node.notes.iter().filter(|words| words.confidence >= SURE).map(|words| words.text.clone());
    let lines: Vec<String> = std::iter::once(node.text.clone()).chain(notes).collect();
    let mut step = step_text::step(&lines, place(node.area))?;
    if step.department.is_none() {
        let lane = node.lane.and_then(|lane| chart.lanes.get(lane)).map(|lane| squeeze(&lane.title));
        step.department = lane.filter(|title| step_text::is_department(title));
    }
    Some(step)
}

fn is_step(node: &Node) -> bool {
    let words = squeeze(&node.text);
    let asks = node.text.trim_end().ends_with(['？', '?']) || words.starts_with("是否");
    let aside = SIDE_WAYS.iter().chain(&REMARKS).any(|start| words.starts_with(start));
    !asks && !aside && svg::is_step(std::slice::from_ref(&node.text))
}

/// The one way through these nodes, if arrows join them to an unbroken chain without branches among themselves.
fn chain(chart: &Chart, nodes: &[usize]) -> Option<Vec<usize>> {
    let joins = |edge: &&Edge| {
        edge.directed && edge.confidence >= SURE_ARROW && nodes.contains(&edge.from) && nodes.contains(&edge.to)
    };
    let edges: Vec<&Edge> = chart.edges.iter().filter(joins).collect();
    if nodes.len() < 2 || edges.len() != nodes.len() - 1 {
        return None;
    }
    let mut at = *nodes.iter().find(|node| !edges.iter().any(|edge| edge.to == **node))?;
    let mut order = vec![at];
    while let Some(edge) = edges.iter().find(|edge| edge.from == at) {
        at = edge.to;
        // A way that comes back to a node is none.
        if order.contains(&at) {
            return None;
        }
        order.push(at);
    }
    (order.len() == nodes.len()).then_some(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chart::{Lane, NodeKind, Words};

    fn node(text: &str, number: u32) -> Node {
        Node {
            text: text.to_owned(),
            kind: NodeKind::Step,
            area: Area { x: 10, y: number * 60, width: 80, height: 30 },
            confidence: 0.99,
            lane: None,
            notes: Vec::new(),
        }
    }

    fn arrow(from: usize, to: usize) -> Edge {
        Edge { from, to, directed: true, dashed: false, label: None, confidence: 0.9 }
    }

    fn chart(texts: &[&str], edges: &[(usize, usize)]) -> Chart {
        let nodes = (0..).zip(texts).map(|(number, text)| node(text, number)).collect();
        Chart { nodes, edges: edges.iter().map(|(from, to)| arrow(*from, *to)).collect(), ..Chart::default() }
    }

    fn read(chart: Chart) -> Drawn {
        drawn(ChartReading { reader: "test".to_owned(), chart: Some(chart), refusal: None })
    }

    fn names(drawn: &Drawn) -> Vec<&str> {
        drawn.steps.iter().map(|step| step.name.as_str()).collect()
    }

    const TEXTS: [&str; 4] = ["申请", "受理（1个工作日）", "审查（市公安局，3个工作日）", "送达"];

    #[test]
    fn boxes_are_steps_with_limits_departments_and_places() {
        let mut chart = chart(&TEXTS, &[(0, 1), (1, 2), (2, 3)]);
        chart.lanes = vec![Lane { title: "综合窗口".to_owned(), area: Area::default() }];
        chart.nodes[1].lane = Some(0);
        let words = |text: &str| Words { text: text.to_owned(), area: Area::default(), confidence: 0.99 };
        chart.nodes[3].notes = vec![words("2个工作日")];
        let drawn = read(chart);
        assert_eq!(names(&drawn), ["申请", "受理", "审查", "送达"]);
        assert_eq!(drawn.steps[1].department.as_deref(), Some("综合窗口"));
        assert_eq!(drawn.steps[2].department.as_deref(), Some("市公安局"));
        assert!(drawn.steps[1..].iter().all(|step| step.limit.is_some()));
        assert_eq!(drawn.steps[2].at, Locator::Fragment("xywh=10,120,80,30".to_owned()));
        assert!(drawn.is_ordered && drawn.is_whole);
    }

    #[test]
    fn ends_branches_and_side_ways_are_no_steps() {
        let drawn = read(chart(&["开始", "申请", "是否符合条件？", "不予受理", "补正材料", "受理", "结束"], &[]));
        assert_eq!(names(&drawn), ["申请", "受理"]);
        assert!(drawn.words.iter().any(|words| words == "是否符合条件？"), "but what they say is known");
    }

    #[test]
    fn one_missing_reversed_or_branching_arrow_leaves_no_order() {
        let ordered = |edges: &[(usize, usize)]| read(chart(&TEXTS, edges)).is_ordered;
        assert!(ordered(&[(0, 1), (1, 2), (2, 3)]));
        for edges in [
            &[(0, 1), (2, 3)][..],
            &[(0, 1), (2, 1), (2, 3)],
            &[(0, 1), (1, 2), (1, 3)],
            &[(0, 1), (1, 2), (2, 3), (3, 1)],
            // Arrows against the places on the page.
            &[(3, 2), (2, 1), (1, 0)],
        ] {
            assert!(!ordered(edges), "{edges:?}");
        }
    }

    #[test]
    fn a_box_read_unsurely_leaves_the_chart_incomplete_and_states_nothing() {
        let mut chart = chart(&TEXTS, &[(0, 1), (1, 2), (2, 3)]);
        chart.nodes[2].confidence = 0.7;
        let drawn = read(chart);
        assert_eq!(names(&drawn), ["申请", "受理", "送达"]);
        assert!(!drawn.is_whole && !drawn.is_ordered);
    }

    #[test]
    fn nothing_rests_on_a_picture_that_was_refused() {
        let refused = ChartReading {
            reader: "test".to_owned(),
            chart: Some(chart(&TEXTS, &[])),
            refusal: Some("the print is too small".to_owned()),
        };
        assert!(drawn(refused).steps.is_empty());
    }
}
