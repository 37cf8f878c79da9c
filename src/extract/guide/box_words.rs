//! The words of a box (框) of a chart, taken apart: the name of the step, who does it, how long it takes.
//!
//! Comes in: a node with its notes and the headings above them. Goes out: a step. Must never know: arrows.

use super::step_text;
use crate::extract::dom::fold;
use crate::extract::lexicon::{self, Column};
use crate::extract::text::squeeze;
use crate::extract::time_limit;
use crate::model::chart::{Area, Chart, Node, Words};
use crate::model::{Locator, Step};

/// Words of a box recognised less surely than this prove nothing.
pub(super) const SURE: f32 = 0.9;

/// Longer words are no name of an office.
const LONGEST_OFFICE: usize = 14;

/// The name of an office that stands right behind an act has so many characters at least.
const SHORTEST_OFFICE: usize = 3;

/// Labels of facts are this long at most: 责任部门, 办理时限.
const LONGEST_LABEL: usize = 6;

/// The step that stands in a box; `None` if no words are left of it.
pub(super) fn step(chart: &Chart, node: &Node) -> Option<Step> {
    let notes: Vec<&Words> =
        node.notes.iter().filter(|words| words.confidence >= SURE && !is_remark(&words.text)).collect();
    let mut lines = facts(&node.text);
    lines.extend(notes.iter().flat_map(|note| told(chart, note)));
    let mut step = step_text::step(&lines, place(chart, node.area))?;
    let all = std::iter::once(node.text.as_str()).chain(notes.iter().map(|note| note.text.as_str()));
    step.raw = fold(&all.collect::<Vec<_>>().join(" "));
    if step.department.is_none() {
        let lane = node.lane.and_then(|lane| chart.lanes.get(lane)).map(|lane| squeeze(&lane.title));
        step.department = lane.filter(|title| lexicon::columns(title).is_empty() && step_text::is_department(title));
    }
    Some(step)
}

/// Beginnings of words that explain the whole chart, wherever they stand.
const REMARKS: [&str; 10] =
    ["申请材料", "所需材料", "提交材料", "应提交", "备注", "说明", "注意", "承办机构", "监督电话", "咨询电话"];

/// Whether the words explain something and are no step, nor a fact of one.
pub(super) fn is_remark(words: &str) -> bool {
    let words = squeeze(words);
    REMARKS.iter().any(|start| words.starts_with(start))
}

/// Whether the words begin with the label of a fact of a step (责任部门：…).
pub(super) fn begins_with_fact(words: &str) -> bool {
    let label: Vec<char> = words.chars().take_while(|c| !matches!(c, '：' | ':')).collect();
    (2..=LONGEST_LABEL).contains(&label.len()) && label.len() < words.chars().count() && is_label(&label)
}

/// A place in a picture, or on a page of a file, in the words of Media Fragments.
pub(super) fn place(chart: &Chart, area: Area) -> Locator {
    let Area { x, y, width, height } = area;
    let page = chart.page.map_or(String::new(), |page| format!("page={page}&"));
    Locator::Fragment(format!("{page}xywh={x},{y},{width},{height}"))
}

/// A note with its meaning: what stands in a column under 责任部门 is a department, under 办理内容 it is none.
fn told(chart: &Chart, note: &Words) -> Vec<String> {
    let (x, y) = (note.area.x + note.area.width / 2, note.area.y + note.area.height / 2);
    let holds =
        |area: Area| (area.x..=area.x + area.width).contains(&x) && (area.y..=area.y + area.height).contains(&y);
    let heading = chart.lanes.iter().find(|lane| holds(lane.area)).map(|lane| squeeze(&lane.title));
    let columns = heading.as_deref().map(lexicon::columns).unwrap_or_default();
    if columns.iter().any(|column| matches!(column, Column::StepDepartment | Column::StepPerson)) {
        return vec![format!("责任部门：{}", note.text)];
    }
    if columns.contains(&Column::StepLimit) {
        return vec![format!("办理时限：{}", note.text)];
    }
    if columns.is_empty() { facts(&note.text) } else { Vec::new() }
}

/// The lines that words run together from.
fn facts(words: &str) -> Vec<String> {
    labelled(words).iter().flat_map(|line| unlabelled(line)).collect()
}

/// Splits words before the labels of facts, which stood on lines of their own: 受理承办：综合窗口时限：1个工作日.
pub(super) fn labelled(words: &str) -> Vec<String> {
    let chars: Vec<char> = words.chars().collect();
    let mut cuts = vec![0];
    for colon in chars.iter().enumerate().filter(|(_, c)| matches!(c, '：' | ':')).map(|(at, _)| at) {
        let since = *cuts.last().unwrap_or(&0);
        let longest = (2..=LONGEST_LABEL).rev().filter(|length| since + length <= colon);
        let label = longest.map(|length| colon - length).find(|start| is_label(&chars[*start..colon]));
        if let Some(start) = label.filter(|start| *start > 0) {
            cuts.push(start);
        }
    }
    cuts.push(chars.len());
    let lines = cuts.windows(2).map(|pair| chars[pair[0]..pair[1]].iter().collect::<String>());
    lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Splits a line that ends in an office or in an office and a limit without labels: 登记科3个工作日, 审查登记科.
fn unlabelled(line: &str) -> Vec<String> {
    let both = |(first, second): (&str, &str)| vec![first.to_owned(), second.to_owned()];
    let parts = || line.char_indices().skip(2).map(|(at, _)| line.split_at(at));
    let limited = parts().find(|(who, limit)| {
        is_office(who) && limit.chars().next().is_some_and(is_figure) && time_limit::parse(limit).is_some()
    });
    if let Some(found) = limited {
        return both(found);
    }
    let acts = parts()
        .take(3)
        .find(|(act, who)| lexicon::names_a_step(act) && who.chars().count() >= SHORTEST_OFFICE && is_office(who));
    acts.map_or_else(|| vec![line.to_owned()], both)
}

/// Whether the words are nothing but the name of an office: an explanation may end in one.
fn is_office(words: &str) -> bool {
    step_text::is_department(words)
        && words.chars().count() <= LONGEST_OFFICE
        && !words.contains(|c: char| c.is_ascii_digit() || "、，。；：,;:的并".contains(c))
}

fn is_figure(letter: char) -> bool {
    letter.is_ascii_digit() || "一二三四五六七八九十当即".contains(letter)
}

/// Whether these words name a fact of a step.
fn is_label(words: &[char]) -> bool {
    let words: String = words.iter().collect();
    let columns = lexicon::columns(&words);
    words == "承办"
        || columns
            .iter()
            .any(|column| matches!(column, Column::StepDepartment | Column::StepPerson | Column::StepLimit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chart::{Lane, NodeKind};

    fn node(text: &str, notes: &[(&str, u32)]) -> Node {
        let note = |(text, x): &(&str, u32)| Words {
            text: (*text).to_owned(),
            area: Area { x: *x, y: 50, width: 80, height: 20 },
            confidence: 0.99,
        };
        Node {
            text: text.to_owned(),
            kind: NodeKind::Step,
            area: Area { x: 0, y: 40, width: 100, height: 40 },
            confidence: 0.99,
            lane: None,
            notes: notes.iter().map(note).collect(),
        }
    }

    fn read(chart: &Chart, node: &Node) -> (String, Option<String>, bool) {
        let step = step(chart, node).expect("a step");
        (step.name, step.department, step.limit.is_some())
    }

    #[test]
    fn lines_of_a_box_run_together_are_taken_apart_at_their_labels() {
        let none = Chart::default();
        let read = |text: &str| read(&none, &node(text, &[]));
        let said = |name: &str, who: Option<&str>, limited| (name.to_owned(), who.map(str::to_owned), limited);
        assert_eq!(read("审查承办：注册登记科时限：5个工作日"), said("审查", Some("注册登记科"), true));
        assert_eq!(read("受理时限：1个工作日"), said("受理", None, true));
        assert_eq!(read("决定责任部门：市公安局"), said("决定", Some("市公安局"), false));
        assert_eq!(read("受理（综合窗口，1个工作日）"), said("受理", Some("综合窗口"), true));
        assert_eq!(read("申请"), said("申请", None, false));
        assert_eq!(read("审查登记科"), said("审查", Some("登记科"), false));
        assert_eq!(read("综合窗口受理"), said("综合窗口受理", None, false));
    }

    #[test]
    fn an_explanation_that_ends_in_an_office_names_none() {
        let node = node("受理", &[("材料齐全的转交登记科3个工作日", 900)]);
        assert_eq!(read(&Chart::default(), &node), ("受理".to_owned(), None, true));
    }

    #[test]
    fn a_note_means_what_its_column_is_headed() {
        let lane = |title: &str, x| Lane { title: title.to_owned(), area: Area { x, y: 0, width: 100, height: 200 } };
        let lanes = vec![lane("环节", 0), lane("办理内容", 100), lane("责任部门", 200), lane("办理时限", 300)];
        let chart = Chart { lanes, ..Chart::default() };
        let node = node("审查", &[("转交审批窗口", 110), ("登记科", 210), ("3个工作日", 310)]);
        assert_eq!(read(&chart, &node), ("审查".to_owned(), Some("登记科".to_owned()), true));
        let below = self::node("审查", &[("监督电话：12345", 900), ("登记科3个工作日", 900)]);
        assert_eq!(read(&chart, &below), ("审查".to_owned(), Some("登记科".to_owned()), true));
    }
}
