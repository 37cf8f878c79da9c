//! Chart and text laid side by side: steps that do the same act stand together, however they are split or merged.
//!
//! Comes in: the steps of both sides. Goes out: groups of steps, and what one side has without a trace on the other.
//! Must never know: pages, settings, verdicts.

use std::collections::BTreeSet;

use crate::check::process::{Act, acts_of, covers, is_branch, speaks_of};
use crate::check::spans::{self, Compared};
use crate::check::wording::{Agreement, core, same_organisation};
use crate::model::guide::Span;
use crate::model::{Step, TimeUnit};

/// Steps of both sides that together do the same acts.
pub(super) struct Group<'a> {
    pub(super) acts: BTreeSet<Act>,
    pub(super) text: Vec<&'a Step>,
    pub(super) chart: Vec<&'a Step>,
}

/// Both sides.
pub(super) struct Alignment<'a> {
    pub(super) groups: Vec<Group<'a>>,
    /// Steps whose words we do not know, by side; they are shown, and accuse nobody.
    pub(super) unknown_text: Vec<&'a Step>,
    pub(super) unknown_chart: Vec<&'a Step>,
    /// Branches (补正, 不予受理), by side: no steps, but what they speak of is not missing.
    branches_text: Vec<&'a Step>,
    branches_chart: Vec<&'a Step>,
}

/// Which side lacks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Text,
    Chart,
}

/// Lays both sides beside each other.
pub(super) fn align<'a>(text: &'a [Step], chart: &'a [Step]) -> Alignment<'a> {
    let branches = |steps: &'a [Step]| steps.iter().filter(|step| is_branch(&step.name)).collect();
    let mut alignment = Alignment {
        groups: Vec::new(),
        unknown_text: Vec::new(),
        unknown_chart: Vec::new(),
        branches_text: branches(text),
        branches_chart: branches(chart),
    };
    for (side, steps) in [(Side::Text, text), (Side::Chart, chart)] {
        for step in steps.iter().filter(|step| !is_branch(&step.name)) {
            let acts: BTreeSet<Act> = acts_of(&step.name).into_iter().collect();
            if acts.is_empty() {
                match side {
                    Side::Text => alignment.unknown_text.push(step),
                    Side::Chart => alignment.unknown_chart.push(step),
                }
            } else {
                alignment.add(side, step, acts);
            }
        }
    }
    alignment.groups.sort_by_key(|group| group.acts.first().copied());
    alignment
}

impl<'a> Alignment<'a> {
    /// Puts a step into the group of its acts; groups that it joins become one.
    fn add(&mut self, side: Side, step: &'a Step, acts: BTreeSet<Act>) {
        let mut merged = Group { acts, text: Vec::new(), chart: Vec::new() };
        for group in std::mem::take(&mut self.groups) {
            if group.acts.is_disjoint(&merged.acts) {
                self.groups.push(group);
            } else {
                merged.acts.extend(group.acts);
                merged.text.extend(group.text);
                merged.chart.extend(group.chart);
            }
        }
        match side {
            Side::Text => merged.text.push(step),
            Side::Chart => merged.chart.push(step),
        }
        self.groups.push(merged);
    }

    /// The steps of one side whose words we do not know.
    pub(super) fn unknown(&self, side: Side) -> &[&'a Step] {
        match side {
            Side::Text => &self.unknown_text,
            Side::Chart => &self.unknown_chart,
        }
    }

    /// The acts of one side.
    fn acts(&self, side: Side) -> Vec<Act> {
        let mut acts: Vec<Act> =
            self.groups.iter().flat_map(|group| group.of(side)).flat_map(|s| acts_of(&s.name)).collect();
        acts.sort_unstable();
        acts.dedup();
        acts
    }

    /// The steps that the other side has and this side does not, not even in coarser words.
    ///
    /// Special steps may be left out unless they have a limit of their own and concern every visitor: a site visit or
    /// a payment does, the others (公示, 听证 …) only where `special_count` says that they count towards the promise.
    pub(super) fn missing_in(&self, side: Side, special_count: bool) -> Vec<&'a Step> {
        let other = match side {
            Side::Text => Side::Chart,
            Side::Chart => Side::Text,
        };
        let (known, others) = (self.acts(side), self.acts(other));
        if known.is_empty() {
            return Vec::new();
        }
        let mut missing: Vec<&'a Step> = Vec::new();
        for group in self.groups.iter().filter(|group| group.of(side).is_empty()) {
            let counted = |step: &&&Step| step.limit.is_some() && !step.outside_limit;
            let special = group.acts.iter().all(|act| act.is_special());
            let firm = group.acts.iter().any(|act| matches!(act, Act::Inspection | Act::Payment));
            if special {
                missing.extend(group.of(other).iter().filter(counted).take(usize::from(special_count || firm)));
            } else if group.acts.iter().any(|act| !covers(&known, &others, *act)) && !self.trace(side, group) {
                missing.extend(group.of(other).first());
            }
        }
        missing
    }

    /// Whether anything that both sides say differs, or one lacks a step.
    pub(super) fn contradicts(&self) -> bool {
        let apart = self.tells_the_end_apart();
        let differs =
            |group: &Group<'_>| (group.limits_differ() && !(apart && group.is_end())) || group.departments_differ();
        self.groups.iter().any(differs)
            || [Side::Text, Side::Chart].iter().any(|side| !self.missing_in(*side, true).is_empty())
    }

    /// Whether one side tells making, issuing or delivering apart and the other does not: then their days lie elsewhere.
    pub(super) fn tells_the_end_apart(&self) -> bool {
        self.groups.iter().any(|group| group.is_end() && group.text.is_empty() != group.chart.is_empty())
    }

    /// Whether the words of an act stand anywhere on a side: in the explanation of another step, or in one whose name
    /// we do not know.
    fn trace(&self, side: Side, group: &Group<'_>) -> bool {
        let (unknown, branches) = match side {
            Side::Text => (&self.unknown_text, &self.branches_text),
            Side::Chart => (&self.unknown_chart, &self.branches_chart),
        };
        let steps = self.groups.iter().flat_map(|group| group.of(side)).chain(unknown).chain(branches);
        steps.into_iter().any(|step| group.acts.iter().any(|act| speaks_of(&step.raw, *act)))
    }
}

/// Pairs of acts that stand in opposite order: the two steps of the text.
pub(super) fn inversions<'a>(text: &'a [Step], chart: &'a [Step]) -> Vec<(&'a Step, &'a Step)> {
    let (text, chart) = (ranked(text), ranked(chart));
    let mut found = Vec::new();
    for (i, (first, first_step)) in text.iter().enumerate() {
        for (second, second_step) in &text[i + 1..] {
            let place = |act: Act| chart.iter().position(|(known, _)| *known == act);
            let (Some(a), Some(b)) = (place(*first), place(*second)) else { continue };
            if a > b && first.rank() != second.rank() {
                found.push((*first_step, *second_step));
            }
        }
    }
    found
}

impl<'a> Group<'a> {
    fn of(&self, side: Side) -> &Vec<&'a Step> {
        match side {
            Side::Text => &self.text,
            Side::Chart => &self.chart,
        }
    }

    /// Whether this is the end of the way: making, issuing, delivering.
    pub(super) fn is_end(&self) -> bool {
        self.acts.iter().any(|act| matches!(act, Act::Make | Act::Issue | Act::Deliver | Act::Conclude))
    }

    /// Limits in hundredths of a unit on both sides, if they can be compared and differ.
    pub(super) fn limits_differ(&self) -> bool {
        let (Some(text), Some(chart)) = (total(&self.text), total(&self.chart)) else { return false };
        // Steps side by side take as long as the longest of them.
        if longest(&self.chart) == Some(text) || longest(&self.text) == Some(chart) {
            return false;
        }
        match (text, chart) {
            (Span::Amount { hundredths: a, unit: u }, Span::Amount { hundredths: b, unit: v }) if u == v => a != b,
            (a, b) => spans::compare(a, b) == Compared::Longer || spans::compare(b, a) == Compared::Longer,
        }
    }

    /// Whether the one step on each side is in the hands of different authorities.
    pub(super) fn departments_differ(&self) -> bool {
        let ([text], [chart]) = (self.text.as_slice(), self.chart.as_slice()) else { return false };
        let (Some(a), Some(b)) = (text.department.as_deref(), chart.department.as_deref()) else { return false };
        rank_of(a).is_some() && rank_of(a) == rank_of(b) && same_organisation(a, b) == Agreement::Differs
    }
}

/// The acts with a place in the order that occur in exactly one step of a side, each with its step.
fn ranked(steps: &[Step]) -> Vec<(Act, &Step)> {
    let all: Vec<(Act, &Step)> =
        steps.iter().flat_map(|step| acts_of(&step.name).into_iter().map(move |act| (act, step))).collect();
    // 初审 may come before 受理, and 材料审核 is part of receiving.
    let early =
        |step: &Step| ["初审", "预审", "形式审查", "材料审", "预约"].iter().any(|word| step.name.contains(word));
    all.iter()
        .filter(|(act, step)| {
            act.rank().is_some() && !early(step) && all.iter().filter(|(other, _)| other == act).count() == 1
        })
        .copied()
        .collect()
}

/// The sum of limits in one unit; `None` unless every step has one.
fn total(steps: &[&Step]) -> Option<Span> {
    let mut sum: Option<(u32, TimeUnit)> = None;
    for step in steps {
        let limit = step.limit.as_ref().filter(|limit| limit.cases.is_empty())?;
        match (limit.span, sum) {
            (Span::Immediate, _) => {}
            (Span::Amount { hundredths, unit }, None) => sum = Some((hundredths, unit)),
            (Span::Amount { hundredths, unit }, Some((known, of))) if unit == of => {
                sum = Some((known.saturating_add(hundredths), unit));
            }
            (Span::NoLimit, _) | (Span::Amount { .. }, Some(_)) => return None,
        }
    }
    if steps.is_empty() {
        return None;
    }
    Some(sum.map_or(Span::Immediate, |(hundredths, unit)| Span::Amount { hundredths, unit }))
}

/// The longest limit of several steps; `None` for one step, and where they cannot be compared.
fn longest(steps: &[&Step]) -> Option<Span> {
    let spans: Vec<Span> = steps.iter().filter_map(|step| Some(step.limit.as_ref()?.span)).collect();
    if steps.len() < 2 || spans.len() != steps.len() {
        return None;
    }
    let is_longest = |span: &&Span| spans.iter().all(|other| spans::compare(*other, **span) != Compared::Longer);
    spans.iter().find(is_longest).copied()
}

/// Rank of an authority's name: 1 for an authority, 2 for a section of one; `None` for a counter, a role, or the hall
/// in which the counter stands. Only names of one rank can contradict each other.
fn rank_of(name: &str) -> Option<u8> {
    let name = core(name);
    let role = ["窗口", "大厅", "政务服务", "行政审批", "申请人", "人员", "代表", "领导"];
    if role.iter().any(|word| name.contains(word)) {
        return None;
    }
    match name.chars().last()? {
        '局' | '委' | '厅' | '部' | '院' | '所' | '行' | '会' => Some(1),
        '科' | '处' | '股' => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::step;

    fn steps(names: &[&str]) -> Vec<Step> {
        names.iter().map(|name| step(name, None)).collect()
    }

    fn missing(text: &[&str], chart: &[&str]) -> (Vec<String>, Vec<String>) {
        let (text, chart) = (steps(text), steps(chart));
        let alignment = align(&text, &chart);
        let names = |side| alignment.missing_in(side, false).into_iter().map(|step| step.name.clone()).collect();
        (names(Side::Text), names(Side::Chart))
    }

    const NONE: (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());

    #[test]
    fn splits_merges_and_synonyms_are_no_gap() {
        assert_eq!(
            missing(&["申请", "受理", "审查", "决定", "送达"], &["申报", "收件受理", "初审", "复审", "批准", "发证"]),
            NONE
        );
        assert_eq!(missing(&["受理", "审查", "决定"], &["申请", "受理", "审查与决定", "办结"]), NONE);
        assert_eq!(missing(&["受理", "审查", "决定", "制证", "送达"], &["受理", "审批", "领取"]), NONE);
        assert_eq!(missing(&["受理", "审查", "决定", "送达"], &["受理", "办结"]), NONE);
    }

    #[test]
    fn a_step_without_a_trace_is_a_gap_on_the_side_that_lacks_it() {
        assert_eq!(missing(&["受理", "审查", "决定", "送达"], &["受理", "决定", "送达"]).1, ["审查"]);
        assert_eq!(missing(&["申请", "审查", "决定"], &["申请", "受理", "审查", "决定"]).0, ["受理"]);
    }

    #[test]
    fn a_trace_in_the_words_of_another_step_is_enough() {
        let text = steps(&["受理", "审查", "决定", "送达"]);
        let mut chart = steps(&["受理", "决定", "送达"]);
        chart[1].raw = "决定（审查申请材料后作出）".into();
        assert!(align(&text, &chart).missing_in(Side::Chart, false).is_empty());
    }

    #[test]
    fn special_steps_outside_the_limit_and_branches_may_be_left_out() {
        assert_eq!(missing(&["受理", "审查", "听证", "决定"], &["受理", "不予受理", "审查", "决定", "公示"]), NONE);
        let with = |name, days| vec![step("受理", None), step(name, days), step("决定", None)];
        let chart = steps(&["受理", "决定"]);
        let gaps = |text: &[Step], count| align(text, &chart).missing_in(Side::Chart, count).len();
        assert_eq!(gaps(&with("公示", Some(5)), false), 0);
        assert_eq!(gaps(&with("公示", Some(5)), true), 1);
        assert_eq!(gaps(&with("现场勘验", None), false), 0);
        assert_eq!(gaps(&with("现场勘验", Some(5)), false), 1);
    }

    #[test]
    fn order_is_partial() {
        let order = |text: &[&str], chart: &[&str]| {
            let (text, chart) = (steps(text), steps(chart));
            inversions(&text, &chart).len()
        };
        assert_eq!(order(&["受理", "审查", "决定"], &["受理", "决定", "审查"]), 1);
        assert_eq!(order(&["受理", "初审", "决定"], &["初审", "受理", "决定"]), 0);
        assert_eq!(order(&["决定", "制证", "送达"], &["决定", "送达", "制证"]), 0);
        assert_eq!(order(&["受理", "审查", "决定"], &["申请", "受理", "审查", "决定"]), 0);
    }
}
