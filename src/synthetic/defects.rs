//! Defects of known kinds: each changes what a guide says in exactly one way.
//!
//! Comes in: the truths of a case without a fault. Goes out: the same with one defect; what faults follow is worked
//! out from the truths, in `faults.rs`. Must never know: checks.

use super::random::Random;
use super::truth::{Chart, ChartForm, File, Hole, IsForm, Limit, Paper, Step, Truth, is_form};
use crate::model::Element;

/// The truths of one errand.
#[derive(Debug, Clone)]
pub(super) struct Truths {
    pub(super) portal: Truth,
    pub(super) mobile: Option<Truth>,
}

impl Truths {
    /// Does the same to both pages, so that they do not differ.
    #[expect(clippy::unnecessary_wraps, reason = "every defect has the same shape")]
    fn both(&mut self, change: impl Fn(&mut Truth)) -> Option<()> {
        change(&mut self.portal);
        self.mobile.as_mut().map(change);
        Some(())
    }
}

/// A kind of defect. `apply` gives nothing where the guide has no room for it.
pub(super) struct Defect {
    pub(super) name: &'static str,
    pub(super) apply: fn(&mut Truths, &mut Random) -> Option<()>,
}

/// Every kind.
pub(super) const DEFECTS: &[Defect] = &[
    Defect { name: "element missing", apply: |truths, random| hole(truths, random, &Hole::Missing) },
    Defect { name: "element blank", apply: |truths, random| hole(truths, random, &Hole::Blank) },
    Defect { name: "element placeholder", apply: placeholder },
    Defect { name: "promise over the law", apply: promise_over_the_law },
    Defect { name: "steps do not add up", apply: steps_do_not_add_up },
    Defect { name: "no visit but window only", apply: window_only },
    Defect { name: "settled on the spot, in days", apply: on_the_spot_in_days },
    Defect { name: "free with a tariff", apply: free_with_a_tariff },
    Defect { name: "wholly online with visits", apply: online_with_visits },
    Defect { name: "sample is the blank form", apply: |truths, _| sample(truths, Some(File::BlankAgain)) },
    Defect {
        name: "sample is the blank form saved again",
        apply: |truths, _| sample(truths, Some(File::BlankResaved)),
    },
    Defect { name: "sample missing", apply: |truths, _| sample(truths, None) },
    Defect { name: "sample of two bytes", apply: |truths, _| sample(truths, Some(File::Tiny)) },
    Defect { name: "sample is an error page", apply: |truths, _| sample(truths, Some(File::ErrorPage)) },
    Defect { name: "blank form missing", apply: blank_missing },
    Defect { name: "vague material", apply: vague_material },
    Defect { name: "no flowchart", apply: |truths, _| truths.both(|truth| truth.chart = None) },
    Defect { name: "step missing in the chart", apply: step_missing_in_chart },
    Defect { name: "extra step in the chart", apply: extra_step_in_chart },
    Defect { name: "limit differs in the chart", apply: limit_in_chart },
    Defect { name: "chart of another errand", apply: chart_of_another },
    Defect { name: "process of another errand", apply: process_of_another },
    Defect { name: "promise differs between channels", apply: |truths, _| on_mobile(truths, promise_differs) },
    Defect { name: "telephone differs between channels", apply: |truths, _| on_mobile(truths, phone_differs) },
    Defect { name: "place differs between channels", apply: |truths, _| on_mobile(truths, place_differs) },
    Defect { name: "visits differ between channels", apply: |truths, _| on_mobile(truths, visits_differ) },
    Defect { name: "material missing on one channel", apply: |truths, _| on_mobile(truths, material_missing) },
    Defect { name: "fee differs between channels", apply: |truths, _| on_mobile(truths, fee_differs) },
];

const ELEMENTS: &[Element] = &[
    Element::Place,
    Element::Hours,
    Element::ConsultPhone,
    Element::ComplaintPhone,
    Element::LegalBasis,
    Element::Conditions,
    Element::Department,
    Element::PromisedLimit,
    Element::StatutoryLimit,
    Element::Visits,
    Element::Fee,
];

fn hole(truths: &mut Truths, random: &mut Random, hole: &Hole) -> Option<()> {
    let element = random.pick(ELEMENTS);
    truths.both(|truth| {
        truth.holes.insert(element, hole.clone());
        // What depends on the hole would be a second defect.
        truth.steps.iter_mut().for_each(|step| step.limit = None);
        if let Some(chart) = &mut truth.chart {
            chart.steps.iter_mut().for_each(|step| step.limit = None);
        }
    })
}

fn placeholder(truths: &mut Truths, random: &mut Random) -> Option<()> {
    let words = random.pick(&["详见附件", "见附件", "暂无", "/", "—", "详见《办事须知》附件", "待定"]);
    hole(truths, random, &Hole::Placeholder(words))
}

fn promise_over_the_law(truths: &mut Truths, _: &mut Random) -> Option<()> {
    let Limit::Working(law) = truths.portal.statutory else { return None };
    truths.both(|truth| {
        truth.promised = Limit::Working(law + 50);
        truth.texts.insert(Element::HandlingKind, "承诺件".to_owned());
        no_step_limits(truth);
    })
}

fn no_step_limits(truth: &mut Truth) {
    truth.steps.iter_mut().for_each(|step| step.limit = None);
    if let Some(chart) = &mut truth.chart {
        chart.steps.iter_mut().for_each(|step| step.limit = None);
    }
}

fn steps_do_not_add_up(truths: &mut Truths, _: &mut Random) -> Option<()> {
    let more = |step: &mut Step| {
        if let Some(Limit::Working(tenths)) = step.limit {
            step.limit = Some(Limit::Working(tenths + 30));
        }
    };
    truths.portal.steps.get(1)?.limit?;
    truths.both(|truth| {
        more(&mut truth.steps[1]);
        truth.chart.iter_mut().for_each(|chart| more(&mut chart.steps[1]));
    })
}

fn window_only(truths: &mut Truths, _: &mut Random) -> Option<()> {
    truths.both(|truth| {
        truth.visits = 0;
        truth.courier = false;
        truth.texts.insert(Element::HandlingForm, "窗口办理".to_owned());
        truth.texts.insert(Element::ResultDelivery, "窗口领取".to_owned());
        truth.texts.insert(Element::OnlineDepth, "Ⅱ级".to_owned());
        truth.texts.remove(&Element::VisitReason);
    })
}

fn on_the_spot_in_days(truths: &mut Truths, _: &mut Random) -> Option<()> {
    let Limit::Working(20..) = truths.portal.promised else { return None };
    truths.both(|truth| {
        truth.texts.insert(Element::HandlingKind, "即办件".to_owned());
    })
}

fn free_with_a_tariff(truths: &mut Truths, _: &mut Random) -> Option<()> {
    truths.both(|truth| {
        truth.fee = false;
        truth.texts.insert(Element::FeeStandard, "每件200元".to_owned());
        truth.texts.remove(&Element::FeeBasis);
    })
}

fn online_with_visits(truths: &mut Truths, _: &mut Random) -> Option<()> {
    truths.both(|truth| {
        truth.visits = 2;
        truth.texts.insert(Element::OnlineDepth, "全程网办".to_owned());
        truth.texts.insert(Element::HandlingForm, "窗口办理、网上办理".to_owned());
    })
}

/// A material that is certainly a form.
fn form(truth: &mut Truth) -> Option<&mut Paper> {
    truth.materials.iter_mut().find(|paper| paper.blank.is_some() && is_form(&paper.name) == IsForm::Yes)
}

fn sample(truths: &mut Truths, file: Option<File>) -> Option<()> {
    form(&mut truths.portal)?;
    truths.both(|truth| {
        if let Some(paper) = form(truth) {
            paper.sample = file;
        }
    })
}

fn blank_missing(truths: &mut Truths, _: &mut Random) -> Option<()> {
    form(&mut truths.portal)?;
    truths.both(|truth| {
        if let Some(paper) = form(truth) {
            paper.blank = None;
        }
    })
}

fn vague_material(truths: &mut Truths, random: &mut Random) -> Option<()> {
    let words = random.pick(&["其他材料", "其他相关材料", "法律法规规定的其他材料", "其它有关资料"]);
    truths.both(|truth| truth.materials.push(Paper { name: words.to_owned(), blank: None, sample: None }))
}

/// The chart in a form that is drawn in the page, so that its words can be read.
fn drawn(truth: &mut Truth) -> Option<&mut Chart> {
    let chart = truth.chart.as_mut()?;
    if matches!(chart.form, ChartForm::Image | ChartForm::Document) {
        chart.form = ChartForm::Html;
    }
    Some(chart)
}

fn in_charts(truths: &mut Truths, change: impl Fn(&mut Chart)) -> Option<()> {
    truths.both(|truth| drawn(truth).into_iter().for_each(&change))
}

fn step_missing_in_chart(truths: &mut Truths, _: &mut Random) -> Option<()> {
    in_charts(truths, |chart| {
        chart.steps.remove(1);
    })
}

fn extra_step_in_chart(truths: &mut Truths, _: &mut Random) -> Option<()> {
    in_charts(truths, |chart| {
        let limit = Some(Limit::Working(20));
        chart
            .steps
            .insert(2, Step { name: "现场勘验".to_owned(), limit, department: chart.steps[1].department.clone() });
    })
}

fn limit_in_chart(truths: &mut Truths, _: &mut Random) -> Option<()> {
    let Some(Limit::Working(_)) = truths.portal.steps.get(1)?.limit else { return None };
    in_charts(truths, |chart| {
        if let Some(Limit::Working(tenths)) = chart.steps[1].limit {
            chart.steps[1].limit = Some(Limit::Working(tenths + 70));
        }
    })
}

/// Another errand, with steps of its own.
const OTHER_TITLES: &[&str] =
    &["律师会见在押人员预约办理流程图", "食品小作坊生产许可办理流程图", "犬只饲养登记办理流程图", "渡口设置审批流程图"];
const OTHER_STEPS: &[[&str; 4]] =
    &[["预约登记", "核验律师证件", "安排会见室", "会见"], ["网上申报", "现场核查", "检验检测", "发证"]];

fn chart_of_another(truths: &mut Truths, random: &mut Random) -> Option<()> {
    let title = random.pick(OTHER_TITLES);
    in_charts(truths, |chart| {
        title.clone_into(&mut chart.title);
        chart.steps = other_steps(OTHER_STEPS[1]);
    })
}

fn process_of_another(truths: &mut Truths, random: &mut Random) -> Option<()> {
    let names = random.pick(OTHER_STEPS);
    in_charts(truths, |_| {})?;
    truths.both(|truth| truth.steps = other_steps(names))
}

fn other_steps(names: [&str; 4]) -> Vec<Step> {
    let step = |name: &&str| Step { name: (*name).to_owned(), limit: None, department: "监所接待室".to_owned() };
    names.iter().map(step).collect()
}

fn on_mobile(truths: &mut Truths, change: fn(&mut Truth) -> Option<()>) -> Option<()> {
    change(truths.mobile.as_mut()?)
}

fn promise_differs(truth: &mut Truth) -> Option<()> {
    let Limit::Working(tenths) = truth.promised else { return None };
    let lower = if tenths > 20 { tenths - 10 } else { return None };
    truth.promised = Limit::Working(lower);
    no_step_limits(truth);
    Some(())
}

#[expect(clippy::unnecessary_wraps, reason = "every defect has the same shape")]
fn phone_differs(truth: &mut Truth) -> Option<()> {
    truth.texts.insert(Element::ConsultPhone, "0797-8555777".to_owned());
    Some(())
}

#[expect(clippy::unnecessary_wraps, reason = "every defect has the same shape")]
fn place_differs(truth: &mut Truth) -> Option<()> {
    truth.texts.insert(Element::Place, "江州市东湖区青年路266号便民服务中心".to_owned());
    Some(())
}

fn visits_differ(truth: &mut Truth) -> Option<()> {
    truth.visits = if truth.visits == 0 { return None } else { truth.visits + 1 };
    Some(())
}

fn material_missing(truth: &mut Truth) -> Option<()> {
    (truth.materials.len() >= 2).then(|| truth.materials.pop()).flatten().map(|_| ())
}

fn fee_differs(truth: &mut Truth) -> Option<()> {
    if truth.fee {
        return None;
    }
    truth.fee = true;
    truth.texts.insert(Element::FeeStandard, "每件50元".to_owned());
    truth.texts.insert(Element::FeeBasis, "《行政事业性收费目录》".to_owned());
    Some(())
}
