//! The process of a drawn flowchart (流程图), out of its graph.
//!
//! Comes in: what was read of a picture or a drawing. Goes out: steps in their order with the boxes they stand in, and
//! how far order and completeness can be relied on. Must never know: pixels, and what the text beside the chart says.

use super::box_words::{self, SURE};
use super::svg;
use super::way;
use crate::extract::text::squeeze;
use crate::model::chart::{Chart, Node};
use crate::model::charted::{ChartReading, Drawn, DrawnProcess};
use crate::model::{Located, Step};

/// Beginnings of boxes in which the way ends before its end, or leads back: no steps (不予受理, 补正, 退回).
const SIDE_WAYS: [&str; 10] =
    ["不予", "不符合", "不合格", "不属于", "不通过", "补正", "补齐", "退回", "退件", "告知申请人补"];

/// What a reading of a picture says of the process.
#[must_use]
pub fn drawn(reading: ChartReading) -> Drawn {
    let process = reading.trusted().map(process).unwrap_or_default();
    Drawn { reading, process }
}

/// What a chart says of the process.
pub(super) fn process(chart: &Chart) -> DrawnProcess {
    let found: Vec<(usize, Step)> =
        chart.nodes.iter().enumerate().filter_map(|(index, node)| Some((index, step(chart, node)?))).collect();
    let unsure = |node: &Node| node.confidence < SURE && is_step(node);
    // A box that begins with a fact is the lower half of one that was read in two.
    let torn = |node: &Node| box_words::begins_with_fact(&node.text);
    let is_whole = !chart.nodes.iter().any(|node| unsure(node) || torn(node));
    let places: Vec<usize> = found.iter().map(|(index, _)| *index).collect();
    let words = words_besides(chart, &places);
    let order = way::order(chart, &places, |index| chart.nodes.get(index).is_some_and(is_passed));
    let is_ordered = order.is_some();
    let mut found: Vec<(usize, Step)> = found;
    if let Some(order) = order {
        found.sort_by_key(|(index, _)| order.iter().position(|known| known == index));
    }
    let steps = found.into_iter().map(|(_, step)| step).collect();
    let title = chart.title.as_ref().filter(|words| words.confidence >= SURE).map(|words| Located {
        value: words.text.clone(),
        at: box_words::place(chart, words.area),
        raw: words.text.clone(),
    });
    DrawnProcess { steps, is_ordered, is_whole, title, words }
}

/// All words that are in no step: questions, side ways, answers on arrows, remarks, headings. What they speak of is not
/// missing in the chart.
fn words_besides(chart: &Chart, steps: &[usize]) -> Vec<String> {
    let nodes = chart.nodes.iter().enumerate().filter(|(index, _)| !steps.contains(index));
    let nodes = nodes.flat_map(|(_, node)| std::iter::once(&node.text).chain(node.notes.iter().map(|note| &note.text)));
    // A heading names the errand (取水许可审批流程图), not a step.
    let loose = chart.words.iter().chain(&chart.title).map(|words| &words.text).filter(|text| !text.contains("流程图"));
    let labels = chart.edges.iter().filter_map(|edge| edge.label.as_ref());
    nodes.chain(loose).chain(labels).chain(chart.lanes.iter().map(|lane| &lane.title)).cloned().collect()
}

/// The step that a node is; `None` for ends, answers at branches, side ways, and words read unsurely.
fn step(chart: &Chart, node: &Node) -> Option<Step> {
    if node.confidence < SURE || !is_step(node) {
        return None;
    }
    box_words::step(chart, node)
}

fn is_step(node: &Node) -> bool {
    !asks(node) && !leaves_the_way(node) && svg::is_step(std::slice::from_ref(&node.text))
}

/// A question at which the way parts (申请材料是否齐全).
fn asks(node: &Node) -> bool {
    let words = squeeze(&node.text);
    node.text.trim_end().ends_with(['？', '?'])
        || words.starts_with("是否")
        || (node.kind == crate::model::chart::NodeKind::Decision && words.contains("是否"))
}

/// A box beside the way.
fn leaves_the_way(node: &Node) -> bool {
    let words = squeeze(&node.text);
    let returns = words.contains("补正") && !words.contains("受理");
    returns
        || box_words::is_remark(&words)
        || box_words::begins_with_fact(&words)
        || SIDE_WAYS.iter().any(|start| words.starts_with(start))
}

/// What the way leads through without being a step: questions and ends.
fn is_passed(node: &Node) -> bool {
    asks(node) || (node.confidence >= SURE && !leaves_the_way(node) && !svg::is_step(std::slice::from_ref(&node.text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Locator;
    use crate::model::chart::{Area, Edge, Lane, NodeKind, Words};

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
        drawn(ChartReading {
            reader: "test".to_owned(),
            chart: Some(chart),
            refusal: None,
            several: false,
            tiles: Vec::new(),
        })
    }

    fn names(drawn: &Drawn) -> Vec<&str> {
        drawn.process.steps.iter().map(|step| step.name.as_str()).collect()
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
        assert_eq!(drawn.process.steps[1].department.as_deref(), Some("综合窗口"));
        assert_eq!(drawn.process.steps[2].department.as_deref(), Some("市公安局"));
        assert!(drawn.process.steps[1..].iter().all(|step| step.limit.is_some()));
        assert_eq!(drawn.process.steps[2].at, Locator::Fragment("xywh=10,120,80,30".to_owned()));
        assert!(drawn.process.is_ordered && drawn.process.is_whole);
    }

    #[test]
    fn ends_branches_and_side_ways_are_no_steps() {
        let drawn = read(chart(&["开始", "申请", "是否符合条件？", "不予受理", "补正材料", "受理", "结束"], &[]));
        assert_eq!(names(&drawn), ["申请", "受理"]);
        assert!(drawn.process.words.iter().any(|words| words == "是否符合条件？"), "but what they say is known");
    }

    #[test]
    fn one_missing_reversed_or_branching_arrow_leaves_no_order() {
        let ordered = |edges: &[(usize, usize)]| read(chart(&TEXTS, edges)).process.is_ordered;
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
        assert!(!drawn.process.is_whole && !drawn.process.is_ordered);
    }

    #[test]
    fn a_box_read_in_two_leaves_the_chart_incomplete() {
        let torn = ["申请", "受理", "审查", "责任部门：市公安局", "送达"];
        let drawn = read(chart(&torn, &[(0, 1), (1, 2), (3, 4)]));
        assert_eq!(names(&drawn), ["申请", "受理", "审查", "送达"]);
        assert!(!drawn.process.is_whole);
    }

    #[test]
    fn nothing_rests_on_a_picture_that_was_refused() {
        let refused = ChartReading {
            reader: "test".to_owned(),
            chart: Some(chart(&TEXTS, &[])),
            refusal: Some("the print is too small".to_owned()),
            several: false,
            tiles: Vec::new(),
        };
        assert!(drawn(refused).process.steps.is_empty());
    }
}
