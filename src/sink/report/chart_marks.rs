//! What a finding points at: boxes of a picture, and rows of the comparison.
//!
//! Comes in: an observation that compares chart and text, and the chart as it was read. Goes out: for each box and row
//! the numbers of the findings. Must never know: how it is shown.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::chart::{Area, Chart};
use crate::model::finding::Cite;
use crate::model::{Finding, Locator, Observation};

/// A finding about a step that one side lacks cites the step first, then what the other side has instead.
const LACKS: &str = "step_missing";

/// One row: the steps of both sides that are the same part of the process.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Row {
    /// Steps of the text.
    pub(super) text: Vec<String>,
    /// Steps of the chart, each with the box that it was read from.
    pub(super) chart: Vec<(String, Option<usize>)>,
    /// Numbers of findings, from 1.
    pub(super) findings: Vec<usize>,
}

/// What the findings point at.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// By box, numbers of findings.
    pub(super) boxes: BTreeMap<usize, Vec<usize>>,
    /// Places that are no box: a heading.
    pub(super) places: Vec<(Area, usize)>,
    /// The comparison row by row.
    pub(super) rows: Vec<Row>,
}

/// What the findings of an observation point at.
pub(super) fn marks(seen: &Observation, chart: Option<&Chart>) -> Marks {
    let mut marks = Marks { rows: rows(&seen.value, chart), ..Marks::default() };
    for (index, finding) in seen.findings.iter().enumerate() {
        let number = index + 1;
        let cites: Vec<&Cite> = accused(finding).filter_map(|at| seen.evidence.get(at)).collect();
        for area in cites.iter().filter_map(|cite| area(&cite.locator)) {
            match chart.and_then(|chart| chart.nodes.iter().position(|node| node.area == area)) {
                Some(node) => push(marks.boxes.entry(node).or_default(), number),
                None => marks.places.push((area, number)),
            }
        }
        // Boxes say exactly which row is meant; words of a step may speak of others.
        let has_box = |row: &Row| {
            let boxes = row.chart.iter().filter_map(|(_, node)| marks.boxes.get(node.as_ref()?));
            boxes.into_iter().any(|numbers| numbers.contains(&number))
        };
        let is_quoted = |row: &Row| {
            let mut names = row.text.iter().chain(row.chart.iter().map(|(name, _)| name));
            names.any(|name| cites.iter().any(|cite| names_step(&cite.excerpt, name)))
        };
        let by_box = marks.rows.iter().any(has_box);
        let met: Vec<bool> = marks.rows.iter().map(|row| if by_box { has_box(row) } else { is_quoted(row) }).collect();
        for (row, _) in marks.rows.iter_mut().zip(met).filter(|(_, met)| *met) {
            row.findings.push(number);
        }
    }
    marks
}

/// Of the citations of a finding those that are held against somebody, as indices into the evidence.
fn accused(finding: &Finding) -> impl Iterator<Item = usize> + '_ {
    let most = if finding.kind.starts_with(LACKS) { 1 } else { usize::MAX };
    finding.at.iter().copied().take(most)
}

fn push(numbers: &mut Vec<usize>, number: usize) {
    if !numbers.contains(&number) {
        numbers.push(number);
    }
}

/// The rectangle that a citation names.
fn area(locator: &Locator) -> Option<Area> {
    let Locator::Fragment(words) = locator else { return None };
    // A place on a page of a file says the page first.
    let words = words
        .strip_prefix("page=")
        .map_or(Some(words.as_str()), |rest| rest.split_once('&').map(|(_, place)| place))?;
    let numbers: Option<Vec<u32>> = words.strip_prefix("xywh=")?.split(',').map(|number| number.parse().ok()).collect();
    let [x, y, width, height] = numbers?.try_into().ok()?;
    Some(Area { x, y, width, height })
}

/// The rows of the measured value. A record of another version may have other fields: what is not there is empty.
fn rows(value: &Value, chart: Option<&Chart>) -> Vec<Row> {
    let names = |row: &Value, side: &str| -> Vec<String> {
        let names = row.get(side).and_then(Value::as_array).into_iter().flatten();
        names.filter_map(|name| Some(name.as_str()?.to_owned())).collect()
    };
    let mut used = Vec::new();
    let mut box_of = |name: &str| -> Option<usize> {
        let wanted = squeezed(name);
        let nodes = || chart.into_iter().flat_map(|chart| chart.nodes.iter().enumerate());
        let words = |text: &str| squeezed(text);
        let starts = nodes().find(|(index, node)| !used.contains(index) && words(&node.text).starts_with(&wanted));
        let holds = || nodes().find(|(index, node)| !used.contains(index) && words(&node.text).contains(&wanted));
        let (index, _) = starts.or_else(holds).filter(|_| !wanted.is_empty())?;
        used.push(index);
        Some(index)
    };
    let rows = value.as_array().into_iter().flatten();
    rows.map(|row| {
        let chart = names(row, "chart").into_iter().map(|name| {
            let node = box_of(&name);
            (name, node)
        });
        Row { chart: chart.collect(), text: names(row, "text"), findings: Vec::new() }
    })
    .collect()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether quoted words have the step's name as a word of its own: 审查 in “审查 1个工作日”, not in “根据审查意见决定”.
pub(super) fn names_step(quote: &str, name: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || "（(：:，,；;、→".contains(c);
    quote.split(ends).any(|word| !word.is_empty() && word == name.trim())
}

/// The part of a quoted process that tells this step, if exactly one does.
pub(super) fn said<'a>(process: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = process.split(['；', '→']).map(str::trim).filter(|part| names_step(part, name));
    let part = parts.next()?;
    (parts.next().is_none() && part != name && part != process.trim()).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_named_by_a_word_of_its_own() {
        assert!(names_step("对材料内容进行书面审查 1个工作日 登记注册科 审查", "审查"));
        assert!(names_step("审查（1个工作日）", "审查"));
        assert!(!names_step("根据审查意见作出准予或者不予的决定 决定", "审查"));
    }

    #[test]
    fn what_the_text_says_of_a_step_is_shown_only_if_it_is_clear_which_words() {
        let process = "受理 即时 窗口；审查 1个工作日 登记科；决定 1个工作日";
        assert_eq!(said(process, "审查"), Some("审查 1个工作日 登记科"));
        assert_eq!(said(process, "送达"), None);
        assert_eq!(said("审查 1日；审查 2日", "审查"), None, "two steps have this name");
        assert_eq!(said("受理→审查→决定", "审查"), None, "it says no more than the name");
        assert_eq!(said("受理 审查 决定", "审查"), None, "the whole is no part");
    }

    #[test]
    fn a_place_in_a_picture_is_read_back_and_nothing_else_is_one() {
        let fragment = |words: &str| area(&Locator::Fragment(words.to_owned()));
        assert_eq!(fragment("xywh=1,2,30,40"), Some(Area { x: 1, y: 2, width: 30, height: 40 }));
        assert_eq!(fragment("page=2&xywh=1,2,30,40"), Some(Area { x: 1, y: 2, width: 30, height: 40 }));
        for other in ["xywh=1,2,30", "xywh=1,2,30,-4", "xywh=percent:1,2,3,4", "page=2", "xywh=1,2,3,4,5"] {
            assert_eq!(fragment(other), None, "{other}");
        }
        assert_eq!(area(&Locator::Whole), None);
    }
}
