//! `guide.flowchart_consistency`: do the flowchart and the text tell the same story?
//!
//! A coarser chart, special steps outside the limit, and separate flows for window and web are legitimate and no
//! finding. Of a picture only its words can be relied on: another order, a step more or less and sums are findings only
//! where unbroken arrows agree with the places of the boxes, and a step is missing only where no word of the chart
//! speaks of it.

use serde_json::{Value, json};

use super::alignment::{Alignment, Side, align, inversions};
use crate::check::judgement::{INFERRED, Judgement, Sheet, Words, why_unstated};
use crate::check::process::{Act, acts_of, speaks_of};
use crate::check::spans;
use crate::check::view::{FileState, GuideSubject, View};
use crate::check::wording::{core, mostly_shared};
use crate::check::{Check, Test};
use crate::model::charted::Drawn;
use crate::model::dossier::PageRecord;
use crate::model::guide::Span;
use crate::model::redact::excerpt;
use crate::model::{
    Flowchart, FlowchartKind, Property, PropertyId, Reason, Severity, Step, SubjectKind, TimeUnit, Verdict,
};

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
    /// Order in a drawing depends on arrows, which cannot be trusted.
    ordered: bool,
    /// What was read of a picture, if it is one.
    drawn: Option<&'a Drawn>,
    /// It may go on in another picture.
    goes_on: bool,
}

impl Chart<'_> {
    /// Whether what the chart has more than the text, and what its steps add up to, is sure.
    fn is_one_way(&self) -> bool {
        !self.goes_on && self.drawn.is_none_or(|drawn| drawn.is_ordered)
    }

    /// Whether a step is surely not in the chart: every box was read, and no other word speaks of it.
    fn lacks(&self, step: &Step) -> bool {
        if self.goes_on {
            return false;
        }
        let acts = acts_of(&step.name);
        self.drawn.is_none_or(|drawn| {
            // 审批 and 办结 may stand for any of what they are made of.
            let speaks =
                |words: &String| acts.iter().chain(&[Act::Approve, Act::Conclude]).any(|act| speaks_of(words, *act));
            // A box that was not seen breaks the chain of arrows.
            drawn.is_whole && drawn.is_ordered && !drawn.words.iter().any(speaks)
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
    if let Some(words) = other_item(view, subject, &stated.raw) {
        judgement.accuse(words, INFERRED, &[&stated.raw, &subject.title()], vec![title]);
        return judgement.finish(Value::Null);
    }
    let Some(chart) = chart_of(view, &sheet, &stated.value) else {
        return Verdict::cant_tell(Reason::Unreadable).citing(sheet.page.cite(&stated.at, &stated.raw));
    };
    if let Some(heading) = chart.drawn.and_then(|drawn| drawn.title.as_ref())
        && let Some(words) = other_item(view, subject, &heading.raw)
    {
        let at = vec![title, judgement.cite(chart.page, &heading.at, &heading.raw)];
        judgement.accuse(words, INFERRED, &[&heading.raw, &subject.title()], at);
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
    judgement.cite(sheet.page, &text.at, &text.raw);
    missing_steps(&mut judgement, (&sheet, &chart), (&alignment, &text.value));
    if chart.goes_on {
        judgement.doubt(Reason::NotComparable);
    }
    if chart.drawn.is_some_and(|drawn| !drawn.is_whole) {
        judgement.doubt(Reason::Unreadable);
    }
    if chart.ordered {
        order(&mut judgement, (&sheet, &chart), &text.value);
    }
    limits_and_departments(&mut judgement, (&sheet, &chart), &alignment);
    chart_against_promise(&mut judgement, (&sheet, &chart), &text.value);
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
    if !chart.steps.is_empty() {
        let ordered = chart.kind != FlowchartKind::Svg;
        return Some(Chart { page: sheet.page, steps: &chart.steps, ordered, drawn: None, goes_on: false });
    }
    match view.file(chart.url.as_ref()?) {
        FileState::Opens(page, facts) if !facts.steps.is_empty() => {
            Some(Chart { page, steps: &facts.steps, ordered: false, drawn: None, goes_on: chart.goes_on })
        }
        FileState::Opens(page, _) => {
            let drawn = page.drawn.as_deref().filter(|drawn| !drawn.steps.is_empty())?;
            Some(Chart {
                page,
                steps: &drawn.steps,
                ordered: drawn.is_ordered,
                drawn: Some(drawn),
                goes_on: chart.goes_on,
            })
        }
        FileState::Broken(_) | FileState::Unknown(_) => None,
    }
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
                Side::Text => chart.is_one_way() && !speaks(sheet, step),
            };
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
fn chart_against_promise(judgement: &mut Judgement, (sheet, chart): (&Sheet<'_>, &Chart<'_>), text: &[Step]) {
    let Some(promised) = sheet.guide.promised.stated().filter(|limit| limit.value.cases.is_empty()) else { return };
    let days = match promised.value.span {
        Span::Immediate => 0,
        Span::Amount { hundredths, unit: TimeUnit::WorkingDay } => hundredths,
        Span::Amount { .. } | Span::NoLimit => return,
    };
    // A box of a picture that was not seen would be missing in the sum.
    let Some(sum) = spans::sum_of_steps(chart.steps).filter(|_| chart.drawn.is_none()) else { return };
    if text.iter().any(|step| step.limit.is_some()) || (sum.counted..=sum.with_special).contains(&days) {
        return;
    }
    let mut at = vec![judgement.cite(sheet.page, &promised.at, &promised.raw)];
    at.extend(chart.steps.iter().map(|step| judgement.cite(chart.page, &step.at, &step.raw)));
    let total = format!("{}", f64::from(sum.counted) / 100.0);
    let words = words(
        ("time_limit_differs", Severity::Error),
        format!("流程图各环节合计{total}个工作日，与承诺办结时限“{}”不一致。", promised.raw),
        format!("The chart's steps add up to {total} working days, the promised limit is “{}”.", promised.raw),
    );
    judgement.accuse(words, INFERRED, &[&promised.raw, &total], at);
}

/// Acts on an item that exclude each other: a chart that names one of them for a guide that names another is not its
/// chart.
const ACTS_ON_ITEM: &[&str] = &["设立", "注销", "变更", "延续", "补领", "补办", "换领", "撤销", "迁移", "年检"];

/// The finding that the chart is about another errand, only where its title leaves no doubt.
fn other_item(view: &View<'_>, subject: &GuideSubject<'_>, heading: &str) -> Option<Words> {
    let raw = core(heading);
    let name = raw.split("流程图").next().filter(|name| raw.contains("流程图") && name.chars().count() <= 40)?;
    let name = ["业务办理", "办理", "办事", "业务", "审批", "工作", "登记办理"]
        .iter()
        .fold(name, |name, suffix| name.strip_suffix(suffix).unwrap_or(name));
    if name.chars().count() < 4 {
        return None;
    }
    let title = core(&subject.title());
    let other_act = ACTS_ON_ITEM.iter().any(|act| name.contains(act) && !title.contains(act))
        && ACTS_ON_ITEM.iter().any(|act| title.contains(act) && !name.contains(act));
    let other_segment = subject.segment.is_some_and(|own| {
        !own.names(name)
            && !mostly_shared(name, &title)
            && view.context.scenarios.iter().flat_map(|scenario| &scenario.segments).any(|segment| segment.names(name))
    });
    (other_act || other_segment || shares_nothing(name, &title)).then(|| {
        words(
            ("other_item", Severity::Error),
            format!("流程图标题为“{heading}”，与事项“{}”不符。", subject.title()),
            format!("The chart is titled “{heading}”, the guide is about “{}”.", subject.title()),
        )
    })
}

/// Whether a title that names an errand has nothing in common with the guide's, apart from words that all errands have.
fn shares_nothing(name: &str, title: &str) -> bool {
    const ERRANDS: &[&str] = &["登记", "许可", "备案", "审批", "核准", "申领", "认定", "确认", "缴存", "许可证"];
    const EVERYWHERE: &str = "登记许可备案核准审批申请领认定确的证书业务企单位人事项办理新首次公司和与或";
    let telling = |text: &str| -> Vec<char> { text.chars().filter(|c| !EVERYWHERE.contains(*c)).collect() };
    let (name_says, title_says) = (telling(name), telling(title));
    ERRANDS.iter().any(|word| name.ends_with(word))
        && !name.contains("行政")
        && name_says.len() >= 2
        && title_says.len() >= 2
        && !name_says.iter().any(|c| title_says.contains(c))
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

fn words((kind, severity): (&'static str, Severity), zh: String, en: String) -> Words {
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
