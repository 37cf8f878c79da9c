//! The one way through a chart (主流程): in which order its steps stand, if that is beyond doubt.
//!
//! Comes in: a chart, and which of its nodes are steps. Goes out: their order, or nothing. Must never know: what the
//! steps are.
//!
//! Words in boxes can be relied on, single arrows cannot (measured: `docs/charts.md`). So an order is one only where
//! arrows lead from the first step to the last without a gap or a choice, through questions at most, and the places of
//! the boxes do not contradict them. One arrow that is missing or turned leaves no order. A row or a column of boxes
//! without any arrow and without a gap is read as people read it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::chart::{Area, Chart, Edge};

/// An arrow seen less surely than this joins nothing.
const SURE_ARROW: f32 = 0.5;

/// Words on an arrow that leads back or out.
const LEADS_BACK: [&str; 6] = ["否", "不", "退回", "补正", "未", "驳回"];

/// The order of these nodes. `passed` says of any other node whether the way leads through it.
pub(super) fn order(chart: &Chart, steps: &[usize], passed: impl Fn(usize) -> bool) -> Option<Vec<usize>> {
    if steps.len() < 2 {
        return None;
    }
    if chart.edges.iter().all(|edge| !edge.directed) { row(chart, steps) } else { chain(chart, steps, passed) }
}

fn chain(chart: &Chart, steps: &[usize], passed: impl Fn(usize) -> bool) -> Option<Vec<usize>> {
    let leads_on = |edge: &&Edge| {
        edge.directed
            && edge.confidence >= SURE_ARROW
            && !edge.label.as_ref().is_some_and(|words| LEADS_BACK.iter().any(|back| words.starts_with(back)))
    };
    let arrows: Vec<&Edge> = chart.edges.iter().filter(leads_on).collect();
    let mut next: BTreeMap<usize, usize> = BTreeMap::new();
    for step in steps {
        let mut reached = BTreeSet::new();
        let (mut open, mut seen) = (vec![*step], BTreeSet::new());
        while let Some(at) = open.pop() {
            for to in arrows.iter().filter(|edge| edge.from == at).map(|edge| edge.to) {
                if steps.contains(&to) {
                    reached.insert(to);
                } else if passed(to) && seen.insert(to) {
                    open.push(to);
                }
            }
        }
        reached.remove(step);
        match reached.len() {
            0 => {}
            1 => next.extend(reached.first().map(|to| (*step, *to))),
            _ => return None,
        }
    }
    let mut at = *steps.iter().find(|step| !next.values().any(|to| to == *step))?;
    let mut order = vec![at];
    while let Some(to) = next.get(&at).filter(|to| !order.contains(to)) {
        if !follows(place(chart, at)?, place(chart, *to)?) {
            return None;
        }
        order.push(*to);
        at = *to;
    }
    let whole = order.len() == steps.len() && next.len() + 1 == steps.len();
    (whole && follows(place(chart, *order.first()?)?, place(chart, at)?)).then_some(order)
}

fn place(chart: &Chart, node: usize) -> Option<Area> {
    chart.nodes.get(node).map(|node| node.area)
}

fn middle(area: Area) -> (f64, f64) {
    let half = |length: u32| f64::from(length) / 2.0;
    (f64::from(area.x) + half(area.width), f64::from(area.y) + half(area.height))
}

/// Whether a box may come after another by its place: below it, beside it, or at the top of a column further right.
fn follows(first: Area, second: Area) -> bool {
    let ((x, y), (right, below)) = (middle(first), middle(second));
    let row = f64::from(first.height + second.height) / 4.0;
    below >= y - row || right - x > f64::from(first.width.min(second.width)) / 2.0
}

/// Boxes in one row or column, each close to the next: no box can have been overlooked between two of them.
fn row(chart: &Chart, steps: &[usize]) -> Option<Vec<usize>> {
    if steps.len() < 3 || chart.nodes.len() > steps.len() + 2 {
        return None;
    }
    let areas: Vec<(usize, Area)> = steps.iter().filter_map(|step| Some((*step, place(chart, *step)?))).collect();
    let across = |area: Area| (f64::from(area.x), f64::from(area.width), middle(area).1, f64::from(area.height));
    let down = |area: Area| (f64::from(area.y), f64::from(area.height), middle(area).0, f64::from(area.width));
    line(&areas, across).or_else(|| line(&areas, down))
}

/// The order along one axis, if the boxes stand in line: `along` gives begin, extent, and the middle and extent across.
fn line(areas: &[(usize, Area)], along: impl Fn(Area) -> (f64, f64, f64, f64)) -> Option<Vec<usize>> {
    let mut places: Vec<(usize, (f64, f64, f64, f64))> =
        areas.iter().map(|(step, area)| (*step, along(*area))).collect();
    places.sort_by(|(_, a), (_, b)| a.0.total_cmp(&b.0));
    let widest = places.iter().map(|(_, place)| place.3).fold(0.0, f64::max);
    let (least, most) =
        places.iter().fold((f64::MAX, f64::MIN), |(least, most), (_, place)| (least.min(place.2), most.max(place.2)));
    let in_line = most - least <= widest / 2.0;
    let pairs = || places.windows(2).map(|pair| (pair[0].1, pair[1].1));
    let gaps = || pairs().map(|(a, b)| b.0 - (a.0 + a.1));
    let pitches = || pairs().map(|(a, b)| (b.0 + b.1 / 2.0) - (a.0 + a.1 / 2.0));
    let smallest = places.iter().map(|(_, place)| place.1).fold(f64::MAX, f64::min);
    let touch = gaps().all(|gap| gap.abs() <= smallest / 3.0);
    let even = pitches().fold(f64::MIN, f64::max) <= 1.5 * pitches().fold(f64::MAX, f64::min);
    (in_line && (touch || even)).then(|| places.iter().map(|(step, _)| *step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chart::{Node, NodeKind};

    fn chart(places: &[(u32, u32)], edges: &[(usize, usize)]) -> Chart {
        let node = |(x, y): &(u32, u32)| Node {
            text: "步骤".to_owned(),
            kind: NodeKind::Step,
            area: Area { x: *x, y: *y, width: 80, height: 30 },
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
            confidence: 0.9,
        };
        Chart { nodes: places.iter().map(node).collect(), edges: edges.iter().map(edge).collect(), ..Chart::default() }
    }

    #[test]
    fn the_way_leads_through_questions_and_not_through_boxes_beside_it() {
        // 0 → 2 (question) → 1; 2 → 3 (beside the way) → 0.
        let chart = chart(&[(100, 0), (100, 200), (100, 100), (300, 100)], &[(0, 2), (2, 1), (2, 3), (3, 0)]);
        assert_eq!(order(&chart, &[0, 1], |node| node == 2), Some(vec![0, 1]));
        assert_eq!(order(&chart, &[0, 1], |_| false), None);
    }

    #[test]
    fn an_answer_that_leads_back_is_not_the_way() {
        let mut chart = chart(&[(100, 0), (100, 100), (100, 200)], &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(order(&chart, &[0, 1, 2], |_| false), None, "a way that comes back");
        chart.edges[2].label = Some("不通过".to_owned());
        assert_eq!(order(&chart, &[0, 1, 2], |_| false), Some(vec![0, 1, 2]));
    }

    #[test]
    fn rows_that_turn_and_columns_are_ways_and_arrows_upwards_are_none() {
        let snake = [(0, 0), (200, 8), (200, 100), (0, 100)];
        assert!(order(&chart(&snake, &[(0, 1), (1, 2), (2, 3)]), &[0, 1, 2, 3], |_| false).is_some());
        let columns = [(0, 0), (0, 100), (200, 0), (200, 100)];
        assert!(order(&chart(&columns, &[(0, 1), (1, 2), (2, 3)]), &[0, 1, 2, 3], |_| false).is_some());
        let upwards = [(0, 200), (0, 100), (0, 0)];
        assert!(order(&chart(&upwards, &[(0, 1), (1, 2)]), &[0, 1, 2], |_| false).is_none());
    }

    #[test]
    fn rows_without_arrows_are_read_as_people_read_them_unless_there_is_a_gap() {
        let even = chart(&[(0, 5), (100, 0), (200, 3)], &[]);
        assert_eq!(order(&even, &[0, 1, 2], |_| false), Some(vec![0, 1, 2]));
        let table = chart(&[(0, 0), (0, 30), (0, 62), (0, 92)], &[]);
        assert_eq!(order(&table, &[0, 1, 2, 3], |_| false), Some(vec![0, 1, 2, 3]));
        let gap = chart(&[(0, 0), (100, 0), (300, 0), (400, 0)], &[]);
        assert_eq!(order(&gap, &[0, 1, 2, 3], |_| false), None);
        let scattered = chart(&[(0, 0), (100, 60), (200, 0)], &[]);
        assert_eq!(order(&scattered, &[0, 1, 2], |_| false), None);
    }
}
