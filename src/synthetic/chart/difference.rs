//! What may be different between a guide's text and its chart: kinds that a check must find, and kinds that it must
//! forgive.
//!
//! Comes in: a pair that tells one story twice. Goes out: the pair changed, with what must be found. Must never know:
//! how either side is written or drawn, what any check does.

use super::errand::Errand;
use super::story::{Act, Bodies, Spelling, Step, Story};
use crate::synthetic::random::Random;

/// Whether there is something to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Both sides tell the same.
    Consistent,
    /// One difference that leads a visitor astray.
    Planted,
    /// A difference that leads nobody astray.
    Legitimate,
}

/// A difference.
#[derive(Debug)]
pub(super) struct Difference {
    /// Its name in labels and tables.
    pub(super) name: &'static str,
    /// Class.
    pub(super) class: Class,
    /// What must be found: property, and kind of finding.
    pub(super) finds: Option<(&'static str, &'static str)>,
    /// Makes it; `None` where the pair has no room for it.
    apply: fn(&mut Pair, &mut Random) -> Option<()>,
}

impl Difference {
    /// Makes it; the pair is as it was where it has no room for it.
    pub(super) fn made(&self, pair: &Pair, random: &mut Random) -> Option<Pair> {
        let mut changed = pair.clone();
        (self.apply)(&mut changed, random)?;
        Some(changed)
    }
}

/// How a chart's file fails to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breakage {
    /// The server says that it is not there.
    NotFound,
    /// A page of apology in the place of the file.
    ErrorPage,
    /// Nothing.
    Empty,
}

/// Both sides of a guide.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// The errand of the guide.
    pub(super) errand: Errand,
    /// Another errand.
    pub(super) other: Errand,
    /// The city.
    pub(super) city: &'static str,
    /// The text.
    pub(super) text: Story,
    /// A second text for another channel, with its heading.
    pub(super) online: Option<Story>,
    /// The chart.
    pub(super) chart: Story,
    /// What the chart calls itself; the errand's title if nothing stands here.
    pub(super) chart_title: Option<String>,
    /// Whether the chart has branches for what is refused or returned.
    pub(super) branches: bool,
    /// What is drawn side by side in the place of 审查; nothing if it is one box.
    pub(super) parallel: Vec<String>,
    /// Whether the chart goes on in a second picture after this many steps.
    pub(super) continued: Option<usize>,
    /// Whether the file does not open.
    pub(super) broken: Option<Breakage>,
}

const CONSISTENCY: &str = "guide.flowchart_consistency";

const fn planted(
    name: &'static str,
    kind: &'static str,
    apply: fn(&mut Pair, &mut Random) -> Option<()>,
) -> Difference {
    Difference { name, class: Class::Planted, finds: Some((CONSISTENCY, kind)), apply }
}

const fn legitimate(name: &'static str, apply: fn(&mut Pair, &mut Random) -> Option<()>) -> Difference {
    Difference { name, class: Class::Legitimate, finds: None, apply }
}

/// Every difference.
pub(super) const DIFFERENCES: &[Difference] = &[
    Difference { name: "consistent", class: Class::Consistent, finds: None, apply: |_, _| Some(()) },
    planted("time_limit_of_a_step", "time_limit_differs", limit_of_a_step),
    planted("sum_against_promise", "time_limit_differs", sum_against_promise),
    planted("step_missing_in_chart", "step_missing_in_chart", |pair, random| {
        let limits = pair.text.limits;
        missing(&mut pair.chart, limits, random)
    }),
    planted("step_missing_in_text", "step_missing_in_text", |pair, random| {
        let limits = pair.chart.limits;
        missing(&mut pair.text, limits, random)
    }),
    planted("order", "order_differs", order),
    planted("department", "department_differs", department),
    planted("other_item", "other_item", other_item),
    Difference {
        name: "chart_broken",
        class: Class::Planted,
        finds: Some(("guide.flowchart", "broken|chart_broken")),
        apply: |pair, random| {
            pair.broken = Some(random.pick(&[Breakage::NotFound, Breakage::ErrorPage, Breakage::Empty]));
            Some(())
        },
    },
    legitimate("coarser_grain", coarser),
    legitimate("review_in_two_steps", two_reviews),
    legitimate("making_apart", making_apart),
    legitimate("parallel", parallel),
    legitimate("synonyms", |pair, random| {
        synonyms(pair, random);
        Some(())
    }),
    legitimate("chart_without_limits", |pair, _| {
        pair.chart.limits = false;
        Some(())
    }),
    legitimate("text_without_limits", |pair, _| {
        pair.text.limits = false;
        pair.chart.limits = true;
        Some(())
    }),
    legitimate("spelling_of_limits", |pair, random| {
        (pair.text.limits, pair.chart.limits) = (true, true);
        let other = random.pick(&[Spelling::Bare, Spelling::Spelled, Spelling::Short]);
        let side = if random.chance(50) { &mut pair.chart } else { &mut pair.text };
        side.spelling = other;
        Some(())
    }),
    legitimate("finer_departments", |pair, _| {
        (pair.text.bodies, pair.chart.bodies) = (Bodies::Authority, Bodies::Section);
        Some(())
    }),
    legitimate("special_step_outside", special_outside),
    legitimate("window_and_online", window_and_online),
    legitimate("shared_chart", |pair, random| {
        shared_chart(pair, random);
        Some(())
    }),
    legitimate("continued", |pair, _| {
        pair.continued = Some(pair.chart.steps.len() / 2).filter(|n| *n >= 2);
        pair.continued.map(|_| ())
    }),
    legitimate("branches_only_in_chart", |pair, _| {
        pair.branches = true;
        Some(())
    }),
    legitimate("ends_left_out", |pair, random| {
        let side = if random.chance(50) { &mut pair.chart } else { &mut pair.text };
        // 受理, 审查, 决定 is a complete process by GB/T 36114-2018; a step whose days count may not fall out of the sum.
        let limits = side.limits;
        let uncounted =
            |step: &Step| step.act == Act::Apply || (step.act == Act::Deliver && !(limits && step.days > Some(0)));
        side.steps.retain(|step| !uncounted(step));
        Some(())
    }),
];

/// A step with another limit in the chart.
fn limit_of_a_step(pair: &mut Pair, random: &mut Random) -> Option<()> {
    (pair.text.limits, pair.chart.limits) = (true, true);
    (pair.text.spelling, pair.chart.spelling) = (Spelling::Working, Spelling::Working);
    let act = random.pick(&[Act::Review, Act::Review, Act::Decide, Act::Accept]);
    let step = pair.chart.step(act)?;
    let days = step.days?;
    step.days = Some(if days > 3 && random.chance(40) { days - 2 } else { days + random.pick(&[1, 2, 3, 5]) });
    Some(())
}

/// Limits that only the chart gives, and that do not add up to the promise.
fn sum_against_promise(pair: &mut Pair, random: &mut Random) -> Option<()> {
    (pair.text.limits, pair.chart.limits) = (false, true);
    pair.chart.spelling = Spelling::Working;
    let more = random.pick(&[2, 3, 5]);
    let step = pair.chart.step(Act::Review)?;
    step.days = step.days.map(|days| days + more);
    // Days that are explained by not counting delivery or a special step lead nobody astray.
    let optional = |step: &&Step| matches!(step.act, Act::Deliver | Act::Special) && !step.outside;
    let spare: Vec<u32> = pair.chart.steps.iter().filter(optional).filter_map(|step| step.days).collect();
    let explained = (0..1_u32 << spare.len()).any(|choice| {
        let left_out = |(number, days): (usize, &u32)| if choice >> number & 1 == 1 { *days } else { 0 };
        spare.iter().enumerate().map(left_out).sum::<u32>() == more
    });
    (!explained).then_some(())
}

/// A step that one side has and the other does not: one that every visitor passes and that takes its time. Only a limit
/// on the side that tells it says so of a special step.
fn missing(side: &mut Story, told_with_limits: bool, random: &mut Random) -> Option<()> {
    let counted = told_with_limits && side.steps.iter().any(|step| step.act == Act::Special && !step.outside);
    let act =
        if counted && random.chance(40) { Act::Special } else { random.pick(&[Act::Review, Act::Review, Act::Accept]) };
    let place = side.place(act)?;
    side.steps.remove(place);
    Some(())
}

fn order(pair: &mut Pair, random: &mut Random) -> Option<()> {
    let (first, second) = random.pick(&[(Act::Review, Act::Decide), (Act::Accept, Act::Review)]);
    let side = if random.chance(70) { &mut pair.chart } else { &mut pair.text };
    let (a, b) = (side.place(first)?, side.place(second)?);
    side.steps.swap(a, b);
    Some(())
}

fn department(pair: &mut Pair, random: &mut Random) -> Option<()> {
    let bodies = random.pick(&[Bodies::Authority, Bodies::Section]);
    (pair.text.bodies, pair.chart.bodies) = (bodies, bodies);
    let (authority, section) = (format!("{}{}", pair.city, pair.other.authority), pair.other.section);
    if pair.other.authority == pair.errand.authority {
        return None;
    }
    let step = pair.chart.step(Act::Review)?;
    (step.authority, step.section) = (authority, section.to_owned());
    Some(())
}

fn other_item(pair: &mut Pair, random: &mut Random) -> Option<()> {
    if pair.other.outcome == pair.errand.outcome {
        return None;
    }
    let told = super::story::told(&pair.other, pair.city, random);
    pair.chart = Story { steps: told.steps, ..pair.chart.clone() };
    pair.chart_title = Some(pair.other.title.to_owned());
    Some(())
}

/// 审查 and 决定 drawn as one 审批.
fn coarser(pair: &mut Pair, _: &mut Random) -> Option<()> {
    let (review, decide) = (pair.chart.place(Act::Review)?, pair.chart.place(Act::Decide)?);
    if decide != review + 1 {
        return None;
    }
    let decided = pair.chart.steps.remove(decide);
    let step = pair.chart.step(Act::Review)?;
    "审批".clone_into(&mut step.name);
    step.days = step.days.zip(decided.days).map(|(a, b)| a + b);
    Some(())
}

/// 审查 told as 初审 and 复审 on one side.
fn two_reviews(pair: &mut Pair, random: &mut Random) -> Option<()> {
    let side = if random.chance(60) { &mut pair.chart } else { &mut pair.text };
    let place = side.place(Act::Review)?;
    let first = side.steps.get_mut(place)?;
    let days = first.days.filter(|days| *days >= 2)?;
    let mut second =
        Step { name: "复审".to_owned(), says: "科室负责人复核意见".to_owned(), ..first.clone() };
    "初审".clone_into(&mut first.name);
    (first.days, second.days) = (Some(days - days / 2), Some(days / 2));
    side.steps.insert(place + 1, second);
    Some(())
}

/// 审查 drawn as what several offices do at the same time; the longest counts.
fn parallel(pair: &mut Pair, random: &mut Random) -> Option<()> {
    let offices = random
        .pick(&[["规划部门审查", "消防部门审查", "环保部门审查"], ["业务科室审查", "法规科室审查", "安全科室审查"]]);
    pair.chart.step(Act::Review)?;
    pair.parallel = offices.map(str::to_owned).to_vec();
    Some(())
}

/// 制证 as a step of its own before 送达.
fn making_apart(pair: &mut Pair, random: &mut Random) -> Option<()> {
    let outcome = pair.errand.outcome;
    let side = if random.chance(60) { &mut pair.chart } else { &mut pair.text };
    let place = side.place(Act::Deliver)?;
    let deliver = side.steps.get_mut(place)?;
    let mut making = Step { name: "制证".to_owned(), says: format!("打印{outcome}"), ..deliver.clone() };
    making.days = deliver.days;
    deliver.days = Some(0);
    side.steps.insert(place, making);
    Some(())
}

fn synonyms(pair: &mut Pair, random: &mut Random) {
    let side = if random.chance(60) { &mut pair.chart } else { &mut pair.text };
    for step in &mut side.steps {
        let names: &[&str] = match step.act {
            Act::Apply => &["申报", "提交申请", "网上申请"],
            Act::Accept => &["收件受理", "窗口受理", "接件受理"],
            Act::Review => &["审核", "业务审查", "材料审核"],
            Act::Decide => &["审定", "批准", "签发"],
            Act::Deliver => &["发证", "领证", "送达与公开", "取件"],
            Act::Special => continue,
        };
        random.pick(names).clone_into(&mut step.name);
    }
}

/// A special step outside the limit that only one side tells.
fn special_outside(pair: &mut Pair, random: &mut Random) -> Option<()> {
    let place = pair.chart.place(Act::Special).filter(|_| pair.errand.special.as_ref().is_some_and(|s| !s.counted))?;
    if random.chance(50) {
        pair.chart.steps.remove(place);
    } else {
        let place = pair.text.place(Act::Special)?;
        pair.text.steps.remove(place);
    }
    Some(())
}

/// The text tells two ways in, the chart draws one of them.
fn window_and_online(pair: &mut Pair, random: &mut Random) -> Option<()> {
    let mut online = pair.text.clone();
    let says = "登录政务服务网，选择事项并上传材料";
    for (act, name, body, says) in [
        (Act::Apply, "网上申报", "申请人", says),
        (Act::Accept, "网上受理", "审批系统", "核对上传的材料并反馈"),
        (Act::Deliver, "邮寄送达", "邮政企业", "按填写的地址寄出结果"),
    ] {
        let step = online.step(act)?;
        (step.name, step.section, step.says) = (name.to_owned(), body.to_owned(), says.to_owned());
    }
    if random.chance(50) {
        pair.chart.steps.clone_from(&online.steps);
    }
    pair.online = Some(online);
    Some(())
}

/// A chart that an authority shows for all its errands: no limits, no names of papers or certificates.
fn shared_chart(pair: &mut Pair, random: &mut Random) {
    let authority = format!("{}{}", pair.city, pair.errand.authority);
    pair.chart_title = Some(
        random
            .pick(
                &[
                    "行政许可".to_owned(),
                    format!("{authority}行政许可"),
                    format!("{}、{}", pair.errand.title, pair.other.title),
                    format!("{authority}政务服务事项"),
                ]
                .each_ref()
                .map(String::as_str),
            )
            .to_owned(),
    );
    pair.chart.limits = false;
    pair.chart.bodies = Bodies::None;
    pair.chart.steps.retain(|step| step.act != Act::Special || !step.outside);
    for step in &mut pair.chart.steps {
        let says = match step.act {
            Act::Apply => "申请人提交申请材料",
            Act::Deliver => "交付办理结果",
            Act::Accept | Act::Special | Act::Review | Act::Decide => continue,
        };
        says.clone_into(&mut step.says);
    }
}
