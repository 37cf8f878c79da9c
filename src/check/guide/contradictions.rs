//! The rules by which one part of a guide contradicts another, in one table.
//!
//! Comes in: a guide. Goes out: for each rule the two places that contradict each other, if they do. Must never know:
//! other guides, settings.

use std::collections::BTreeSet;

use crate::check::judgement::{INFERRED, READ, SEEN};
use crate::check::spans::{self, Compared};
use crate::check::wording::{amounts, fold, says_none};
use crate::model::guide::Span;
use crate::model::{Element, Locator, Reading, ServiceGuide, Severity, TimeLimit, TimeUnit};

/// Two places of a guide that cannot both be right.
pub(super) struct Contradiction {
    /// Words with their places; at least two.
    pub(super) sides: Vec<(Locator, String)>,
    /// How certain the reading is.
    pub(super) confidence: f64,
}

/// One rule.
pub(super) struct Rule {
    /// Stable id, the kind of the finding.
    pub(super) id: &'static str,
    pub(super) severity: Severity,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    pub(super) remedy_zh: &'static str,
    pub(super) remedy_en: &'static str,
    /// `None` = the guide does not state what the rule needs.
    pub(super) holds: fn(&ServiceGuide) -> Option<Result<(), Contradiction>>,
}

/// Every rule.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "zero_visits_window_only",
        severity: Severity::Error,
        zh: "到办事现场次数为0，但只能在窗口办理，也不提供快递。",
        en: "The guide says no visit is needed, but it can be handled only at the window and nothing is posted.",
        remedy_zh: "核对到办事现场次数与办理形式。",
        remedy_en: "Check the number of visits against the ways of handling.",
        holds: zero_visits_window_only,
    },
    Rule {
        id: "zero_visits_but_reason",
        severity: Severity::Notice,
        zh: "到办事现场次数为0，却写明了必须现场办理的原因。",
        en: "The guide says no visit is needed, yet it gives a reason why a visit is needed.",
        remedy_zh: "核对到办事现场次数与必须现场办理原因。",
        remedy_en: "Check the number of visits against the reason for a visit.",
        holds: zero_visits_but_reason,
    },
    Rule {
        id: "fully_online_but_visits",
        severity: Severity::Warning,
        zh: "网上办理深度为全程网办（Ⅳ级），但到办事现场次数不为0。",
        en: "The guide says the whole course is online, but it asks for a visit.",
        remedy_zh: "核对网上办理深度与到办事现场次数。",
        remedy_en: "Check the online depth against the number of visits.",
        holds: fully_online_but_visits,
    },
    Rule {
        id: "fully_online_window_only",
        severity: Severity::Warning,
        zh: "网上办理深度为全程网办（Ⅳ级），但办理形式只有窗口办理。",
        en: "The guide says the whole course is online, but the only way of handling is the window.",
        remedy_zh: "核对网上办理深度与办理形式。",
        remedy_en: "Check the online depth against the ways of handling.",
        holds: fully_online_window_only,
    },
    Rule {
        id: "immediate_case_with_days",
        severity: Severity::Warning,
        zh: "办件类型为即办件，但承诺办结时限超过1个工作日。",
        en: "The case is one that is settled on the spot, but the promised limit is longer than one working day.",
        remedy_zh: "核对办件类型与承诺办结时限。",
        remedy_en: "Check the kind of case against the promised limit.",
        holds: immediate_case_with_days,
    },
    Rule {
        id: "commitment_case_on_the_spot",
        severity: Severity::Notice,
        zh: "办件类型为承诺件，但承诺当场办结。",
        en: "The case is one with a promised limit, but the promise is to settle it on the spot.",
        remedy_zh: "当场办结的事项应标为即办件。",
        remedy_en: "Mark an errand that is settled on the spot as such.",
        holds: commitment_case_on_the_spot,
    },
    Rule {
        id: "free_but_tariff",
        severity: Severity::Error,
        zh: "是否收费为“否”，但收费标准列有金额。",
        en: "The guide says there is no fee, but the fee scale names an amount.",
        remedy_zh: "核对是否收费与收费标准。",
        remedy_en: "Check the fee against the fee scale.",
        holds: free_but_tariff,
    },
    Rule {
        id: "fee_without_scale_or_basis",
        severity: Severity::Warning,
        zh: "是否收费为“是”，但收费标准和收费依据都没有内容。",
        en: "The guide says there is a fee, but gives neither its amount nor its basis.",
        remedy_zh: "补充收费标准和收费依据。",
        remedy_en: "State the fee scale and its basis.",
        holds: fee_without_scale_or_basis,
    },
];

type Held = Option<Result<(), Contradiction>>;

fn side<T>(reading: &Reading<T>) -> Option<(Locator, String)> {
    let words = match reading {
        Reading::Blank { label, .. } => label.as_str(),
        other => other.raw().unwrap_or_default(),
    };
    reading.at().map(|at| (at.clone(), words.to_owned()))
}

fn clash(sides: [Option<(Locator, String)>; 2], confidence: f64) -> Result<(), Contradiction> {
    Err(Contradiction { sides: sides.into_iter().flatten().collect(), confidence })
}

/// Whether the only way of handling is the window. `None` if the element has words we do not know.
fn window_only(guide: &ServiceGuide) -> Option<bool> {
    let forms = handling_forms(guide.text(Element::HandlingForm)?)?;
    Some(forms.iter().all(|form| *form == "window"))
}

/// The ways of handling in a list of them; `None` if anything else stands there.
pub(super) fn handling_forms(text: &str) -> Option<BTreeSet<&'static str>> {
    const WORDS: &[(&str, &str)] = &[
        ("电脑端网上办理", "online"),
        ("移动端网上办理", "online"),
        ("网上办理", "online"),
        ("在线办理", "online"),
        ("网上申请", "online"),
        ("网办", "online"),
        ("移动端", "online"),
        ("电脑端", "online"),
        ("网上", "online"),
        ("窗口办理", "window"),
        ("现场办理", "window"),
        ("线下办理", "window"),
        ("窗口申请", "window"),
        ("大厅办理", "window"),
        ("窗口", "window"),
        ("快递申请", "courier"),
        ("邮寄申请", "courier"),
        ("快递办理", "courier"),
        ("邮寄办理", "courier"),
        ("快递", "courier"),
        ("邮寄", "courier"),
        ("自助终端办理", "terminal"),
        ("自助终端", "terminal"),
        ("自助办理", "terminal"),
    ];
    let folded: String = fold(text).chars().filter(|c| c.is_alphanumeric()).collect();
    let mut rest = folded.as_str();
    let mut forms = BTreeSet::new();
    while !rest.is_empty() {
        let (word, form) =
            WORDS.iter().filter(|(word, _)| rest.starts_with(word)).max_by_key(|(word, _)| word.len())?;
        forms.insert(*form);
        rest = &rest[word.len()..];
    }
    (!forms.is_empty()).then_some(forms)
}

/// Visits, unless the page only names a ceiling (最多1次).
fn exact_visits(guide: &ServiceGuide) -> Option<u32> {
    let visits = guide.visits.stated()?;
    let ceiling = ["最多", "至多", "不超过", "以内"].iter().any(|word| visits.raw.contains(word));
    (!ceiling || visits.value == 0).then_some(visits.value)
}

fn fully_online(guide: &ServiceGuide) -> Option<bool> {
    let depth = guide.online_depth.value()?;
    Some(depth.level == Some(4) || depth.raw.contains("全程网办"))
}

fn posts(guide: &ServiceGuide) -> bool {
    let delivery = guide.text(Element::ResultDelivery).unwrap_or_default();
    guide.courier.value() == Some(&true) || ["邮", "快递", "EMS"].iter().any(|word| delivery.contains(word))
}

fn zero_visits_window_only(guide: &ServiceGuide) -> Held {
    let (visits, window) = (exact_visits(guide)?, window_only(guide)?);
    let online = guide.text(Element::OnlineAddress).is_some();
    if visits != 0 || !window || posts(guide) || online {
        return Some(Ok(()));
    }
    let confidence = if guide.courier.value() == Some(&false) { READ } else { INFERRED };
    Some(clash([side(&guide.visits), side(&guide.element(Element::HandlingForm))], confidence))
}

fn zero_visits_but_reason(guide: &ServiceGuide) -> Held {
    let visits = exact_visits(guide)?;
    let reason = guide.text(Element::VisitReason)?;
    let denies = says_none(reason) || ["无", "不", "零", "0"].iter().any(|word| reason.contains(word));
    if visits != 0 || denies {
        return Some(Ok(()));
    }
    Some(clash([side(&guide.visits), side(&guide.element(Element::VisitReason))], INFERRED))
}

fn fully_online_but_visits(guide: &ServiceGuide) -> Held {
    let (online, visits) = (fully_online(guide)?, exact_visits(guide)?);
    if !online || visits == 0 {
        return Some(Ok(()));
    }
    Some(clash([side(&guide.online_depth), side(&guide.visits)], READ))
}

fn fully_online_window_only(guide: &ServiceGuide) -> Held {
    let (online, window) = (fully_online(guide)?, window_only(guide)?);
    if !online || !window {
        return Some(Ok(()));
    }
    Some(clash([side(&guide.online_depth), side(&guide.element(Element::HandlingForm))], READ))
}

/// 即办 or 承诺; `None` where the element names both or neither.
pub(super) fn immediate(guide: &ServiceGuide) -> Option<bool> {
    let kind = guide.text(Element::HandlingKind)?;
    match (kind.contains("即办"), kind.contains("承诺")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

fn immediate_case_with_days(guide: &ServiceGuide) -> Held {
    let (immediate, promised) = (immediate(guide)?, guide.promised.stated()?);
    // Some portals show one working day as 即办件, so one day is no contradiction.
    let one_day = Span::Amount { hundredths: 100, unit: TimeUnit::WorkingDay };
    let longer = spans_of_all_cases(&promised.value, &promised.raw)
        .is_some_and(|spans| spans.into_iter().all(|span| more_than_a_day(span, one_day) == Compared::Longer));
    if !immediate || !longer {
        return Some(Ok(()));
    }
    Some(clash([side(&guide.element(Element::HandlingKind)), side(&guide.promised)], READ))
}

/// The limits of all cases; `None` if the words may hold one more than was told apart, which may be the one meant.
fn spans_of_all_cases(limit: &TimeLimit, raw: &str) -> Option<Vec<Span>> {
    if limit.cases.is_empty() {
        return Some(vec![limit.span]);
    }
    let counted = raw.chars().filter(|c| matches!(c, '日' | '天' | '时' | '月' | '即' | '当')).count();
    (counted == limit.cases.len()).then(|| limit.cases.iter().map(|(_, span)| *span).collect())
}

/// More than one day in any reading of the unit: two bare days are more than one day as well.
fn more_than_a_day(span: Span, one_day: Span) -> Compared {
    match span {
        Span::Amount { hundredths, unit: TimeUnit::Day } if hundredths > 100 => Compared::Longer,
        other => spans::compare(other, one_day),
    }
}

fn commitment_case_on_the_spot(guide: &ServiceGuide) -> Held {
    let (immediate, promised) = (immediate(guide)?, guide.promised.value()?);
    if immediate || promised.span != Span::Immediate || !promised.cases.is_empty() {
        return Some(Ok(()));
    }
    Some(clash([side(&guide.element(Element::HandlingKind)), side(&guide.promised)], READ))
}

fn free_but_tariff(guide: &ServiceGuide) -> Held {
    let fee = *guide.fee.value()?;
    let scale = guide.text(Element::FeeStandard)?;
    let lifted = ["免", "不收", "停征", "停收", "取消", "暂停", "减", "不含", "自理", "第三方"];
    let amount = amounts(scale).iter().any(|amount| amount.chars().any(|c| ('1'..='9').contains(&c)));
    if fee || !amount || lifted.iter().any(|word| scale.contains(word)) {
        return Some(Ok(()));
    }
    Some(clash([side(&guide.fee), side(&guide.element(Element::FeeStandard))], SEEN))
}

fn fee_without_scale_or_basis(guide: &ServiceGuide) -> Held {
    let fee = guide.fee.stated()?;
    let (scale, basis) = (guide.element(Element::FeeStandard), guide.element(Element::FeeBasis));
    let empty = |reading: &Reading<String>| matches!(reading, Reading::Blank { .. } | Reading::Placeholder { .. });
    // 是，160元/本 says the amount in the same breath.
    let says_more = fold(&fee.raw).chars().count() > 4;
    if !fee.value || says_more || !empty(&scale) || !empty(&basis) {
        // A label that is not there at all is `guide.elements`' affair: it may stand on another page.
        return Some(Ok(()));
    }
    Some(clash([side(&guide.fee), side(&scale)], SEEN))
}
