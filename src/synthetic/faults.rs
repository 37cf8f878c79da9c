//! Which faults a case has, worked out from what was poured: the contract's words applied to the truths.
//!
//! Comes in: truths. Goes out: faults in the form of the labels. Must never know: checks, layouts, readings.

use serde_json::{Value, json};

use super::defects::Truths;
use super::truth::{Chart, ChartForm, File, Hole, IsForm, Limit, Step, Truth, is_form};
use crate::model::Element;

/// One fault.
struct Fault {
    property: &'static str,
    kind: &'static str,
    about: String,
    optional: bool,
}

impl Fault {
    fn sure(property: &'static str, kind: &'static str, about: impl Into<String>) -> Self {
        Self { property, kind, about: about.into(), optional: false }
    }

    fn arguable(property: &'static str, kind: &'static str, about: impl Into<String>) -> Self {
        Self { optional: true, ..Self::sure(property, kind, about) }
    }

    fn json(&self, page: &str) -> Value {
        json!({
            "page": page, "property": self.property, "kind": self.kind, "about": self.about, "optional": self.optional
        })
    }
}

/// The faults of a case, in the form of the labels.
pub(super) fn of(truths: &Truths) -> Vec<Value> {
    let mut all: Vec<Value> = of_guide(&truths.portal).iter().map(|fault| fault.json("portal")).collect();
    if let Some(mobile) = &truths.mobile {
        all.extend(of_guide(mobile).iter().map(|fault| fault.json("mobile")));
        all.extend(between(&truths.portal, mobile).iter().map(|fault| fault.json("portal")));
    }
    all
}

fn of_guide(truth: &Truth) -> Vec<Fault> {
    let mut faults = holes(truth);
    faults.extend(limits(truth));
    faults.extend(contradictions(truth));
    faults.extend(materials(truth));
    faults.extend(chart(truth));
    let posts = |element| truth.text(element).is_some_and(|words| words.contains("邮寄") || words.contains("快递"));
    if !truth.courier && !posts(Element::ResultDelivery) && !posts(Element::HandlingForm) {
        faults.push(Fault::sure("handling.delivery", "not_offered", ""));
    }
    faults
}

/// The elements that every guide must state, by the shipped configuration.
const REQUIRED: &[Element] = &[
    Element::ItemName,
    Element::Department,
    Element::LegalBasis,
    Element::Conditions,
    Element::Materials,
    Element::Process,
    Element::StatutoryLimit,
    Element::PromisedLimit,
    Element::Fee,
    Element::Place,
    Element::Hours,
    Element::ConsultPhone,
    Element::ComplaintPhone,
    Element::Visits,
];

fn holes(truth: &Truth) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (element, hole) in &truth.holes {
        let kind = match hole {
            Hole::Blank => "blank",
            Hole::Placeholder(_) => "placeholder",
            Hole::Missing => "missing",
            Hole::Unrendered => continue,
        };
        if REQUIRED.contains(element) {
            // An accepting body (受理机构) on the page answers who is in charge.
            let answered = *element == Element::Department && truth.text(Element::AcceptingBody).is_some();
            // 暂无 may say that there is none: no condition, no fee, no limit by law, no visit.
            let none = [Element::Conditions, Element::Fee, Element::StatutoryLimit, Element::Visits];
            let perhaps_none = matches!(hole, Hole::Placeholder("暂无")) && none.contains(element);
            // A tariff says that there is a fee.
            let implied = *element == Element::Fee && truth.text(Element::FeeStandard).is_some();
            let optional = answered || perhaps_none || implied || *element == Element::Process;
            faults.push(Fault { optional, ..Fault::sure("guide.elements", kind, element.zh()) });
        }
        if *element == Element::Visits && *hole != Hole::Missing {
            // 暂无 may mean that none is needed.
            let optional = matches!(hole, Hole::Placeholder("暂无"));
            faults.push(Fault { optional, ..Fault::sure("handling.visits", kind, "") });
        }
    }
    faults
}

fn limits(truth: &Truth) -> Vec<Fault> {
    let mut faults = Vec::new();
    let hidden = |element| truth.holes.contains_key(&element);
    if hidden(Element::PromisedLimit) {
        return faults;
    }
    let over = match (truth.promised, truth.statutory) {
        (Limit::Working(promise), Limit::Working(law)) | (Limit::Natural(promise), Limit::Natural(law)) => {
            promise > law
        }
        _ => false,
    };
    if over && !hidden(Element::StatutoryLimit) {
        faults.push(Fault::sure("guide.time_limits", "promised_exceeds_statutory", ""));
    }
    if let (Some(sum), Limit::Working(promise)) = (sum(&truth.steps), truth.promised)
        && sum != promise
    {
        faults.push(Fault::sure("guide.time_limits", "steps_do_not_add_up", ""));
    }
    faults
}

/// The sum of the steps in tenths of a working day, if every step states its limit.
fn sum(steps: &[Step]) -> Option<u32> {
    steps
        .iter()
        .map(|step| match step.limit? {
            Limit::Working(tenths) => Some(tenths),
            Limit::Immediate => Some(0),
            Limit::Natural(_) | Limit::None => None,
        })
        .sum()
}

fn contradictions(truth: &Truth) -> Vec<Fault> {
    let says = |element, words: &str| truth.text(element) == Some(words);
    let fault = |kind| Fault::sure("guide.self_consistency", kind, "");
    let mut faults = Vec::new();
    let window_only = says(Element::HandlingForm, "窗口办理");
    let visits = (!truth.holes.contains_key(&Element::Visits)).then_some(truth.visits);
    if visits == Some(0) && window_only && !truth.courier {
        faults.push(fault("zero_visits_window_only"));
    }
    if visits.is_some_and(|visits| visits > 0)
        && truth.text(Element::OnlineDepth).is_some_and(|depth| depth.contains("全程"))
    {
        faults.push(fault("fully_online_but_visits"));
    }
    if let Limit::Working(11..) = truth.promised
        && says(Element::HandlingKind, "即办件")
        && !truth.holes.contains_key(&Element::PromisedLimit)
    {
        faults.push(fault("immediate_case_with_days"));
    }
    let fee_known = !truth.holes.contains_key(&Element::Fee);
    if fee_known && !truth.fee && truth.text(Element::FeeStandard).is_some() {
        faults.push(fault("free_but_tariff"));
    }
    faults
}

fn materials(truth: &Truth) -> Vec<Fault> {
    let mut faults = Vec::new();
    if truth.holes.contains_key(&Element::Materials) {
        return faults;
    }
    for paper in &truth.materials {
        let name = paper.name.as_str();
        let open = ["其他", "其它"].iter().any(|word| name.contains(word));
        let nothing_named = name.chars().count() <= 12 && (name.ends_with("材料") || name.ends_with("资料"));
        if open && nothing_named && !name.contains('-') {
            faults.push(Fault::sure("guide.materials_clear", "vague", name));
        } else if open || name.contains("相关") || name.contains("有关") || name.contains('等') {
            faults.push(Fault::arguable("guide.materials_clear", "vague", name));
        }
        faults.extend(forms(truth, name, paper.blank, paper.sample));
    }
    faults
}

fn forms(truth: &Truth, name: &str, blank: Option<File>, sample: Option<File>) -> Vec<Fault> {
    let sure = is_form(name) == IsForm::Yes || blank.is_some();
    let of = |property, kind, sure: bool| Fault { optional: !sure, ..Fault::sure(property, kind, name) };
    let same_name = truth.materials.iter().filter(|paper| paper.name == name).count() > 1;
    let mut faults = Vec::new();
    match blank {
        Some(File::Tiny | File::ErrorPage) => faults.push(of("guide.blank_form", "broken", !same_name)),
        None if is_form(name) != IsForm::No || sample.is_some() => {
            faults.push(of("guide.blank_form", "missing", is_form(name) == IsForm::Yes));
        }
        Some(_) | None => {}
    }
    match sample {
        Some(File::Tiny | File::ErrorPage) => faults.push(of("guide.sample_form", "broken", sure)),
        Some(File::BlankAgain | File::BlankResaved | File::Blank) => {
            faults.push(of("guide.sample_form", "blank_again", sure));
        }
        None if is_form(name) != IsForm::No => faults.push(of("guide.sample_form", "missing", sure)),
        Some(File::Filled) | None => {}
    }
    faults
}

fn chart(truth: &Truth) -> Vec<Fault> {
    let Some(chart) = &truth.chart else { return vec![Fault::sure("guide.flowchart", "missing", "")] };
    if matches!(chart.form, ChartForm::Image | ChartForm::Document) || truth.holes.contains_key(&Element::Process) {
        return Vec::new();
    }
    if chart.title.contains(truth.title()) { differences(truth, chart) } else { other_chart() }
}

const CONSISTENCY: &str = "guide.flowchart_consistency";

/// A chart of another errand: whether its title or its steps are named, the visitor is warned.
fn other_chart() -> Vec<Fault> {
    let rest = "step_missing_in_chart|step_missing_in_text|order_differs|time_limit_differs|department_differs";
    vec![
        Fault::sure(CONSISTENCY, "other_item|step_missing_in_chart|step_missing_in_text", ""),
        Fault::arguable(CONSISTENCY, rest, ""),
    ]
}

fn differences(truth: &Truth, chart: &Chart) -> Vec<Fault> {
    let missing = |from: &[Step], among: &[Step]| -> Vec<String> {
        let has = |name: &str| among.iter().any(|step| step.name == name);
        from.iter().filter(|step| !has(&step.name)).map(|step| step.name.clone()).collect()
    };
    let (in_chart, in_text) = (missing(&truth.steps, &chart.steps), missing(&chart.steps, &truth.steps));
    if in_chart.len() == truth.steps.len() {
        // Nothing in common: one finding is enough, whichever side it names.
        return vec![
            Fault::sure(CONSISTENCY, "step_missing_in_chart|step_missing_in_text|other_item", ""),
            Fault::arguable(CONSISTENCY, "department_differs|time_limit_differs", ""),
        ];
    }
    let mut faults: Vec<Fault> = Vec::new();
    // Where a step of the same act is left (复审 for 初审), its limit may be said to differ instead.
    let kinds = "step_missing_in_chart|time_limit_differs";
    faults.extend(in_chart.iter().map(|name| Fault::sure(CONSISTENCY, kinds, name)));
    // A site visit without a limit of its own may be for some cases only: a text may leave it out.
    let counted = |name: &String| chart.steps.iter().any(|step| step.name == *name && step.limit.is_some());
    faults.extend(
        in_text
            .iter()
            .map(|name| Fault { optional: !counted(name), ..Fault::sure(CONSISTENCY, "step_missing_in_text", name) }),
    );
    for step in &truth.steps {
        let limit = |other: &&Step| other.name == step.name && other.limit != step.limit;
        if chart.steps.iter().any(|other| limit(&other)) {
            faults.push(Fault::sure(CONSISTENCY, "time_limit_differs", ""));
        }
    }
    faults
}

/// What the two channels say differently.
fn between(portal: &Truth, mobile: &Truth) -> Vec<Fault> {
    let differs = |element: Element| Fault::sure("guide.channel_consistency", "differs", element.zh());
    let mut faults = Vec::new();
    let mut compare = |element: Element, same: bool| {
        if !same && !portal.holes.contains_key(&element) && !mobile.holes.contains_key(&element) {
            faults.push(differs(element));
        }
    };
    for element in [Element::Department, Element::Place, Element::Hours, Element::ConsultPhone, Element::ComplaintPhone]
    {
        compare(element, portal.texts.get(&element) == mobile.texts.get(&element));
    }
    compare(Element::StatutoryLimit, portal.statutory == mobile.statutory);
    compare(Element::PromisedLimit, portal.promised == mobile.promised);
    compare(Element::Visits, portal.visits == mobile.visits);
    compare(Element::Fee, portal.fee == mobile.fee);
    compare(Element::Courier, portal.courier == mobile.courier);
    let names = |truth: &Truth| {
        let mut names: Vec<String> = truth.materials.iter().map(|paper| paper.name.clone()).collect();
        names.sort();
        names
    };
    compare(Element::Materials, names(portal) == names(mobile));
    faults
}
