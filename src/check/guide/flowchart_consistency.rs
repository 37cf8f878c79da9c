//! `guide.flowchart_consistency`: do the flowchart and the text tell the same story?
//!
//! A coarser chart, special steps outside the limit, and separate flows for window and web are legitimate and no
//! finding. Of a picture only its words can be relied on: another order, a step more or less and sums are findings only
//! where unbroken arrows agree with the places of the boxes, and a step is missing only where no word of the chart
//! speaks of it.

use serde_json::{Value, json};

use super::alignment::{Alignment, Side, align, inversions};
use super::other_item;
use crate::check::judgement::{INFERRED, Judgement, Sheet, Words, why_unstated};
use crate::check::process::{Act, acts_of, speaks_of};
use crate::check::spans;
use crate::check::view::{FileState, GuideSubject, View};
use crate::check::wording::core;
use crate::check::{Check, Test};
use crate::model::charted::DrawnProcess;
use crate::model::dossier::PageRecord;
use crate::model::guide::Span;
use crate::model::redact::excerpt;
use crate::model::{Flowchart, Property, PropertyId, Reason, Severity, Step, SubjectKind, TimeUnit, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.flowchart_consistency"),
        subject: SubjectKind::Guide,
        unit: None,
        title_zh: "流程图与文字一致",
        title_en: "flowchart and text agree",
        passed_when: "chart and text agree on steps, order, time limits and departments",
        rationale: "A visitor follows either the chart or the text; where they differ, one of the two leads astray.",
        basis: &[
            "2020 assessment of 36 cities: in several cities flowchart and text differed",
            "行政许可标准化指引(2016版): the base sequence of steps and the rules for drawing the chart",
        ],
    },
    version: 1,
    test: Test::Guide(judge),
};

/// The chart's steps with the page they were read from.
struct Chart<'a> {
    page: &'a PageRecord,
    steps: &'a [Step],
    /// What is drawn, if it is a picture or a drawing and not written.
    drawn: Option<&'a DrawnProcess>,
    /// It may go on in another picture.
    goes_on: bool,
}

impl Chart<'_> {
    /// Whether the order of its steps is beyond doubt: in a drawing it depends on arrows.
    fn is_ordered(&self) -> bool {
        !self.goes_on && self.drawn.is_none_or(|drawn| drawn.is_ordered)
    }

    /// Whether its steps are all the steps there are: a box that was not seen breaks the chain of arrows.
    fn is_complete(&self) -> bool {
        self.is_ordered() && self.drawn.is_none_or(|drawn| drawn.is_whole)
    }

    /// Whether a step is surely not in the chart: every box was read, and no other word speaks of it.
    fn lacks(&self, step: &Step) -> bool {
        let acts = acts_of(&step.name);
        self.is_complete()
            && self.drawn.is_none_or(|drawn| {
                // 审批 and 办结 may stand for any of what they are made of.
                let speaks = |words: &String| {
                    acts.iter().chain(&[Act::Approve, Act::Conclude]).any(|act| speaks_of(words, *act))
                };
                !drawn.words.iter().any(speaks)
            })
    }
}

fn judge(view: &View<'_>, subject: &GuideSubject<'_>) -> Verdict {
    let sheet = match Sheet::open(view, subject) {
        Ok(sheet) => sheet,
        Err(verdict) => return verdict,
    };
    let Some(stated) = sheet.guide.flowchart.stated() else {
        return Verdict::cant_tell(why_unstated(&sheet.guide.flowchart));
    };
    let mut judgement = Judgement::new(view);
    let title = judgement.cite(sheet.page, &stated.at, &stated.raw);
    if let Some(words) = other_item::by_title(view, subject, &stated.raw) {
        judgement.accuse(words, INFERRED, &[other_item::shown(&stated.raw), &subject.title()], vec![title]);
        return judgement.finish(Value::Null);
    }
    let Some(chart) = chart_of(view, &sheet, &stated.value) else {
        let reason = if has_several(view, &stated.value) { Reason::NotComparable } else { Reason::Unreadable };
        return Verdict::cant_tell(reason).citing(sheet.page.cite(&stated.at, &stated.raw));
    };
    if let Some(heading) = chart.drawn.and_then(|drawn| drawn.title.as_ref())
        && let Some(words) = other_item::by_title(view, subject, &heading.raw)
    {
        let at = vec![title, judgement.cite(chart.page, &heading.at, &heading.raw)];
        judgement.accuse(words, INFERRED, &[other_item::shown(&heading.raw), &subject.title()], at);
        return judgement.finish(Value::Null);
    }
    let Some(text) = sheet.guide.steps.stated().filter(|steps| !steps.value.is_empty()) else {
        return Verdict::cant_tell(why_unstated(&sheet.guide.steps)).citing(sheet.page.cite(&stated.at, &stated.raw));
    };
    if one_and_the_same(&sheet, &text.value, &chart) {
        return Verdict::inapplicable(Some(Reason::NotComparable)).citing(sheet.page.cite(&stated.at, &stated.raw));
    }
    let alignment = align(&text.value, chart.steps);
    if !alignment.groups.iter().any(|group| !group.text.is_empty() && !group.chart.is_empty()) {
        // Not one step in common: more likely our reading than their chart.
        judgement.doubt(Reason::NotComparable);
        return judgement.finish(value(&alignment));
    }
    let heading = chart.drawn.and_then(|drawn| drawn.title.as_ref()).map(|title| (chart.page, &title.at, &title.raw));
    let (page, at, raw) = heading.unwrap_or((sheet.page, &stated.at, &stated.raw));
    if let Some(words) = other_item::by_title_and_contents(subject, raw).filter(|_| alignment.contradicts()) {
        let at = vec![title, judgement.cite(page, at, raw)];
        judgement.accuse(words, INFERRED, &[other_item::shown(raw), &subject.title()], at);
        return judgement.finish(value(&alignment));
    }
    judgement.cite(sheet.page, &text.at, &text.raw);
    missing_steps(&mut judgement, (&sheet, &chart), (&alignment, &text.value));
    if chart.goes_on {
        judgement.doubt(Reason::NotComparable);
    }
    if chart.drawn.is_some_and(|drawn| !drawn.is_whole) {
        judgement.doubt(Reason::Unreadable);
    }
    if chart.is_ordered() {
        order(&mut judgement, (&sheet, &chart), &text.value);
    }
    limits_and_departments(&mut judgement, (&sheet, &chart), &alignment);
    chart_against_promise(&mut judgement, (&sheet, &chart), (&alignment, &text.value));
    if !alignment.unknown_text.is_empty() && !alignment.unknown_chart.is_empty() && !judgement.accuses() {
        // Both sides have steps whose words we do not know; whether they are the same is not for us to say.
        let names = |steps: &[&Step]| -> Vec<String> { steps.iter().map(|step| core(&step.name)).collect() };
        let (left, right) = (names(&alignment.unknown_text), names(&alignment.unknown_chart));
        if left.iter().any(|name| !right.contains(name)) {
            judgement.doubt(Reason::NotComparable);
        }
    }
    judgement.finish(value(&alignment))
}

fn chart_of<'a>(view: &View<'a>, sheet: &Sheet<'a>, chart: &'a Flowchart) -> Option<Chart<'a>> {
    let goes_on = chart.goes_on;
    if !chart.steps.is_empty() {
        return Some(Chart { page: sheet.page, steps: &chart.steps, drawn: chart.drawn.as_deref(), goes_on });
    }
    match view.file(chart.url.as_ref()?) {
        FileState::Opens(page, facts) => {
            let picture = page.drawn.as_deref().map(|drawn| &drawn.process);
            let drawn = picture.or(facts.drawn.as_deref()).filter(|drawn| !drawn.steps.is_empty())?;
            // What the pictures beside it show was read together with it.
            let tiles = page.drawn.as_deref().map_or(0, |drawn| drawn.reading.tiles.len());
            let goes_on = goes_on && chart.tiles.as_ref().is_none_or(|cut| cut.urls.len() != tiles);
            Some(Chart { page, steps: &drawn.steps, drawn: Some(drawn), goes_on })
        }
        FileState::Broken(_) | FileState::Unknown(_) => None,
    }
}

/// Whether the chart's file was read, and may hold several charts.
fn has_several(view: &View<'_>, chart: &Flowchart) -> bool {
    let file = chart.url.as_ref().map(|url| view.file(url));
    let Some(FileState::Opens(page, _)) = file else { return false };
    page.drawn.as_deref().is_some_and(|drawn| drawn.reading.several)
}

/// Whether the chart is the very table or list that the text is.
fn one_and_the_same(sheet: &Sheet<'_>, text: &[Step], chart: &Chart<'_>) -> bool {
    sheet.page.record == chart.page.record
        && text.len() == chart.steps.len()
        && text.iter().zip(chart.steps).all(|(a, b)| a.at == b.at)
}

fn missing_steps(
    judgement: &mut Judgement,
    (sheet, chart): (&Sheet<'_>, &Chart<'_>),
    (alignment, text): (&Alignment<'_>, &[Step]),
) {
    for (side, page, having) in [(Side::Text, chart.page, chart.steps), (Side::Chart, sheet.page, text)] {
        for step in alignment.missing_in(side, special_steps_count(sheet, having)) {
            let is_sure = match side {
                // The last box of a chain may not have been seen without a gap in the chain.
                Side::Chart => chart.lacks(step) && (chart.drawn.is_none() || is_within(text, step)),
                Side::Text => chart.is_complete() && !speaks(sheet, step),
            };
            // A step whose words we do not know, or read wrongly (決定), may be the one that seems missing.
            let is_sure = is_sure && (chart.drawn.is_none() || alignment.unknown(side).is_empty());
            if !is_sure {
                judgement.doubt(Reason::NotComparable);
                continue;
            }
            let here = judgement.cite(page, &step.at, &step.raw);
            let mut at = vec![here];
            let others: Vec<&Step> = alignment
                .groups
                .iter()
                .flat_map(|group| if side == Side::Text { &group.text } else { &group.chart })
                .copied()
                .collect();
            let other_page = if side == Side::Text { sheet.page } else { chart.page };
            at.extend(others.iter().map(|other| judgement.cite(other_page, &other.at, &other.raw)));
            let shown = others.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(" → ");
            judgement.accuse(missing(side, &step.name, &shown), INFERRED, &[&step.name, &shown], at);
        }
    }
}

/// Whether a step is neither the first nor the last.
fn is_within(steps: &[Step], step: &Step) -> bool {
    let place = steps.iter().position(|known| std::ptr::eq(known, step));
    place.is_some_and(|place| place > 0 && place + 1 < steps.len())
}

/// Whether the text speaks of a step somewhere, although it was not read as one.
fn speaks(sheet: &Sheet<'_>, step: &Step) -> bool {
    let Some(text) = sheet.guide.steps.stated() else { return false };
    acts_of(&step.name).iter().any(|act| speaks_of(&text.raw, *act))
}

/// Whether the promise is met only with the special steps, so that they are steps of the way.
fn special_steps_count(sheet: &Sheet<'_>, steps: &[Step]) -> bool {
    let promised = sheet.guide.promised.value().and_then(|limit| match limit.span {
        Span::Amount { hundredths, unit: TimeUnit::WorkingDay } if limit.cases.is_empty() => Some(hundredths),
        Span::Amount { .. } | Span::Immediate | Span::NoLimit => None,
    });
    let sum = spans::sum_of_steps(steps);
    sum.is_some_and(|sum| sum.counted != sum.with_special && promised == Some(sum.with_special))
}

fn order(judgement: &mut Judgement, (sheet, chart): (&Sheet<'_>, &Chart<'_>), text: &[Step]) {
    let Some((first, second)) = inversions(text, chart.steps).into_iter().next() else { return };
    let at: Vec<usize> = [first, second].iter().map(|step| judgement.cite(sheet.page, &step.at, &step.raw)).collect();
    let in_chart: Vec<&Step> = chart
        .steps
        .iter()
        .filter(|step| {
            let acts = acts_of(&step.name);
            [first, second].iter().any(|known| acts_of(&known.name).iter().any(|act| acts.contains(act)))
        })
        .collect();
    let at =
        at.into_iter().chain(in_chart.iter().map(|step| judgement.cite(chart.page, &step.at, &step.raw))).collect();
    let text_says = format!("{} → {}", first.name, second.name);
    let chart_says = in_chart.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(" → ");
    let words = words(
        ("order_differs", Severity::Warning),
        format!("步骤顺序不一致：文字为“{text_says}”，流程图为“{chart_says}”。"),
        format!("The order differs: the text has “{text_says}”, the chart “{chart_says}”."),
    );
    judgement.accuse(words, INFERRED, &[&text_says, &chart_says], at);
}

fn limits_and_departments(
    judgement: &mut Judgement,
    (sheet, chart): (&Sheet<'_>, &Chart<'_>),
    alignment: &Alignment<'_>,
) {
    let apart = alignment.tells_the_end_apart();
    for group in &alignment.groups {
        let kinds = [
            (group.limits_differ() && !(apart && group.is_end()), "time_limit_differs", "时限", "time limit"),
            (group.departments_differ(), "department_differs", "办理部门", "department"),
        ];
        for (_, kind, zh, en) in kinds.into_iter().filter(|(differs, ..)| *differs) {
            let mut at: Vec<usize> =
                group.text.iter().map(|step| judgement.cite(sheet.page, &step.at, &step.raw)).collect();
            at.extend(group.chart.iter().map(|step| judgement.cite(chart.page, &step.at, &step.raw)));
            let said = |steps: &[&Step]| steps.iter().map(|step| step.raw.as_str()).collect::<Vec<_>>().join("；");
            let (text_says, chart_says) = (excerpt(&said(&group.text)), excerpt(&said(&group.chart)));
            let words = words(
                (kind, Severity::Error),
                format!("{zh}不一致：文字为“{text_says}”，流程图为“{chart_says}”。"),
                format!("The {en} differs: the text has “{text_says}”, the chart “{chart_says}”."),
            );
            judgement.accuse(words, INFERRED, &[&text_says, &chart_says], at);
        }
    }
}

/// Where the text gives no limits by step, the chart's steps are held against the promise.
fn chart_against_promise(
    judgement: &mut Judgement,
    (sheet, chart): (&Sheet<'_>, &Chart<'_>),
    (alignment, text): (&Alignment<'_>, &[Step]),
) {
    let Some(promised) = sheet.guide.promised.stated().filter(|limit| limit.value.cases.is_empty()) else { return };
    let days = match promised.value.span {
        Span::Immediate => 0,
        Span::Amount { hundredths, unit: TimeUnit::WorkingDay } => hundredths,
        Span::Amount { .. } | Span::NoLimit => return,
    };
    // A box of a picture that was not seen would be missing in the sum.
    let Some(sums) = spans::possible_sums(chart.steps).filter(|_| chart.is_complete()) else { return };
    // The days of a step that only the text has may be those that are missing.
    let lacks_steps = !alignment.missing_in(Side::Chart, true).is_empty();
    if lacks_steps || text.iter().any(|step| step.limit.is_some()) || sums.contains(&days) {
        return;
    }
    let mut at = vec![judgement.cite(sheet.page, &promised.at, &promised.raw)];
    at.extend(chart.steps.iter().map(|step| judgement.cite(chart.page, &step.at, &step.raw)));
    let total = format!("{}", f64::from(sums.first().copied().unwrap_or_default()) / 100.0);
    let words = words(
        ("time_limit_differs", Severity::Error),
        format!("流程图各环节合计{total}个工作日，与承诺办结时限“{}”不一致。", promised.raw),
        format!("The chart's steps add up to {total} working days, the promised limit is “{}”.", promised.raw),
    );
    judgement.accuse(words, INFERRED, &[&promised.raw, &total], at);
}

fn missing(side: Side, name: &str, shown: &str) -> Words {
    match side {
        Side::Chart => words(
            ("step_missing_in_chart", Severity::Warning),
            format!("文字中的步骤“{name}”在流程图中没有（流程图：{shown}）。"),
            format!("The text has the step “{name}”; the chart does not (chart: {shown})."),
        ),
        Side::Text => words(
            ("step_missing_in_text", Severity::Warning),
            format!("流程图中的步骤“{name}”在文字中没有（文字：{shown}）。"),
            format!("The chart has the step “{name}”; the text does not (text: {shown})."),
        ),
    }
}

/// A finding on both sides.
pub(super) fn words((kind, severity): (&'static str, Severity), zh: String, en: String) -> Words {
    Words {
        kind,
        severity,
        zh,
        en,
        remedy_zh: "核对流程图与文字说明，使两者一致。".into(),
        remedy_en: "Compare chart and text, and bring them into line.".into(),
    }
}

/// The alignment: one row a group of acts, then the steps whose words we do not know.
fn value(alignment: &Alignment<'_>) -> Value {
    let names = |steps: &[&Step]| -> Vec<String> { steps.iter().map(|step| step.name.clone()).collect() };
    let mut rows: Vec<Value> = alignment
        .groups
        .iter()
        .map(|group| {
            let acts: Vec<&str> = group.acts.iter().map(|act| act.as_str()).collect();
            json!({"acts": acts, "text": names(&group.text), "chart": names(&group.chart)})
        })
        .collect();
    if !alignment.unknown_text.is_empty() || !alignment.unknown_chart.is_empty() {
        rows.push(json!({
            "acts": [], "text": names(&alignment.unknown_text), "chart": names(&alignment.unknown_chart),
        }));
    }
    Value::Array(rows)
}

#[cfg(test)]
mod tests;
