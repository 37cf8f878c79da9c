//! One guide on two channels, element by element: which say the same, which differ.
//!
//! Comes in: the guide as the portal and as the mobile page show it. Goes out: for each element how the two sides
//! stand to each other. Must never know: pages, settings, verdicts.

use super::alignment::{self, Side, align};
use super::contradictions::{handling_forms, immediate};
use crate::check::spans::{self, Compared};
use crate::check::wording::{self, Agreement, amounts, core, says_none, yes_or_no};
use crate::check::{clipped, papers, phones, whereabouts};
use crate::model::guide::{DepthScale, OnlineDepth, Span};
use crate::model::{Element, Located, Locator, Material, Reading, Reason, ServiceGuide, Step, TimeLimit, TimeUnit};

/// How the two sides of one element stand to each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Standing {
    /// Both say the same.
    Same,
    /// They say different things.
    Differs,
    /// Only one side states it, or one side says more and nothing contradicts.
    OneSideOnly,
    /// Both have it, but it was not compared. A reason where that leaves a doubt, none where nothing is stated.
    NotCompared(Option<Reason>),
}

impl Standing {
    /// The word in the value.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::OneSideOnly => "one_side_only",
            Self::NotCompared(_) => "not_compared",
        }
    }
}

impl From<Agreement> for Standing {
    fn from(agreement: Agreement) -> Self {
        match agreement {
            Agreement::Same => Self::Same,
            Agreement::Differs => Self::Differs,
            Agreement::Partly => Self::OneSideOnly,
            Agreement::Unclear => Self::NotCompared(Some(Reason::NotComparable)),
        }
    }
}

/// One element on both sides, with the words and their places.
pub(super) struct Pair {
    pub(super) element: Element,
    pub(super) standing: Standing,
    pub(super) portal: Option<(Locator, String)>,
    pub(super) mobile: Option<(Locator, String)>,
}

/// Elements that both channels show in a form that can be compared.
const TEXTS: &[Element] = &[
    Element::Department,
    Element::HandlingKind,
    Element::HandlingForm,
    Element::LegalBasis,
    Element::ServiceObject,
    Element::Conditions,
    Element::FeeStandard,
    Element::Place,
    Element::Hours,
    Element::ConsultPhone,
    Element::ComplaintPhone,
    Element::Appointment,
    Element::OnlinePayment,
    Element::QuantityLimit,
];

/// Compares every comparable element; elements that neither side labels are left out. `gap` says why one of the pages
/// may not be whole: then a list that lacks something is no difference.
pub(super) fn compare(portal: &ServiceGuide, mobile: &ServiceGuide, gap: Option<Reason>) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = TEXTS
        .iter()
        .filter_map(|element| {
            let (left, right) = (portal.element(*element), mobile.element(*element));
            pair(*element, &left, &right, |a, b| text(*element, (a, portal), (b, mobile)))
        })
        .collect();
    pairs.extend(pair(Element::StatutoryLimit, &portal.statutory, &mobile.statutory, limits));
    pairs.extend(pair(Element::PromisedLimit, &portal.promised, &mobile.promised, limits));
    pairs.extend(pair(Element::Visits, &portal.visits, &mobile.visits, visits));
    pairs.extend(pair(Element::Fee, &portal.fee, &mobile.fee, flags));
    pairs.extend(pair(Element::Courier, &portal.courier, &mobile.courier, flags));
    pairs.extend(pair(Element::OnlineDepth, &portal.online_depth, &mobile.online_depth, depths));
    let whole = |standing: Standing| match (standing, gap) {
        (Standing::Differs, Some(reason)) => Standing::NotCompared(Some(reason)),
        (standing, _) => standing,
    };
    pairs.extend(pair(Element::Materials, &portal.materials, &mobile.materials, |a, b| whole(materials(a, b))));
    pairs.extend(pair(Element::Process, &portal.steps, &mobile.steps, |a, b| whole(steps(a, b))));
    pairs.sort_by_key(|pair| pair.element);
    pairs
}

fn pair<T>(
    element: Element,
    portal: &Reading<T>,
    mobile: &Reading<T>,
    compare: impl Fn(&Located<T>, &Located<T>) -> Standing,
) -> Option<Pair> {
    let standing = match (portal, mobile) {
        (Reading::Absent, Reading::Absent) => return None,
        (Reading::Absent, _) | (_, Reading::Absent) => Standing::OneSideOnly,
        (Reading::Stated(a), Reading::Stated(b)) => compare(a, b),
        (a, b) => match (a.raw(), b.raw()) {
            (Some(a), Some(b)) if core(a) == core(b) && !core(a).is_empty() => Standing::Same,
            _ if matches!(a, Reading::Unreadable { .. }) || matches!(b, Reading::Unreadable { .. }) => {
                Standing::NotCompared(Some(Reason::Unreadable))
            }
            // The label stands there on both sides, a value on one at most.
            _ if a.value().is_some() || b.value().is_some() => Standing::OneSideOnly,
            _ => Standing::NotCompared(None),
        },
    };
    Some(Pair { element, standing, portal: place(portal), mobile: place(mobile) })
}

fn place<T>(reading: &Reading<T>) -> Option<(Locator, String)> {
    reading.at().map(|at| (at.clone(), reading.raw().unwrap_or_default().to_owned()))
}

fn text(
    element: Element,
    (a, portal): (&Located<String>, &ServiceGuide),
    (b, mobile): (&Located<String>, &ServiceGuide),
) -> Standing {
    if core(&a.value) == core(&b.value) {
        return Standing::Same;
    }
    let (left, right) = (a.value.as_str(), b.value.as_str());
    if clipped::is_beginning(left, right) {
        return Standing::OneSideOnly;
    }
    match element {
        Element::Department => wording::same_organisation(left, right).into(),
        Element::Place => whereabouts::same_place(left, right).into(),
        Element::Hours => whereabouts::same_hours(left, right).into(),
        Element::ConsultPhone | Element::ComplaintPhone => phones::same_phones(left, right).into(),
        Element::HandlingForm => both(handling_forms(left), handling_forms(right)),
        Element::HandlingKind => both(immediate(portal), immediate(mobile)),
        Element::FeeStandard => {
            let (left, right) = (amounts(left), amounts(right));
            if left.is_empty() && right.is_empty() {
                Standing::NotCompared(None)
            } else if left.is_empty()
                || right.is_empty()
                || (left != right && (left.is_subset(&right) || right.is_subset(&left)))
            {
                Standing::NotCompared(Some(Reason::NotComparable))
            } else {
                both(Some(left), Some(right))
            }
        }
        Element::LegalBasis => wording::same_laws(left, right).into(),
        Element::ServiceObject => wording::same_people(left, right).into(),
        Element::Appointment | Element::OnlinePayment => both(yes_or_no(left), yes_or_no(right)),
        _ if clipped::is_part(left, right) => Standing::OneSideOnly,
        // Prose: other words need not mean another thing.
        _ => Standing::NotCompared(None),
    }
}

fn both<T: PartialEq>(a: Option<T>, b: Option<T>) -> Standing {
    match (a, b) {
        (Some(a), Some(b)) if a == b => Standing::Same,
        (Some(_), Some(_)) => Standing::Differs,
        _ => Standing::NotCompared(Some(Reason::NotComparable)),
    }
}

fn flags(a: &Located<bool>, b: &Located<bool>) -> Standing {
    both(Some(a.value), Some(b.value))
}

fn visits(a: &Located<u32>, b: &Located<u32>) -> Standing {
    // "At most once" and "none" may both be true.
    let ceiling = |side: &Located<u32>| ["最多", "至多", "不超过"].iter().any(|word| side.raw.contains(word));
    if a.value == b.value {
        Standing::Same
    } else if (ceiling(a) && b.value <= a.value) || (ceiling(b) && a.value <= b.value) {
        Standing::NotCompared(Some(Reason::NotComparable))
    } else {
        Standing::Differs
    }
}

fn limits(a: &Located<TimeLimit>, b: &Located<TimeLimit>) -> Standing {
    let (left, right) = (&a.value, &b.value);
    if left.span == right.span {
        let other = |(case, span): &(String, Span)| {
            right.cases.iter().any(|(known, other)| core(known) == core(case) && other != span)
        };
        return if left.cases.iter().any(other) { Standing::Differs } else { Standing::Same };
    }
    let among = |limit: &TimeLimit, span: Span| limit.cases.iter().any(|(_, known)| *known == span);
    let nothing_said = |side: &Located<TimeLimit>| side.value.span == Span::NoLimit && says_none(&side.raw);
    if among(left, right.span) || among(right, left.span) || nothing_said(a) || nothing_said(b) {
        return Standing::NotCompared(Some(Reason::NotComparable));
    }
    // 即办 and 1个工作日 are two ways in which one platform shows the same value.
    let at_once = |span: Span| match span {
        Span::Immediate => true,
        Span::Amount { hundredths, unit: TimeUnit::WorkingDay | TimeUnit::Day } => hundredths <= 100,
        Span::Amount { .. } | Span::NoLimit => false,
    };
    if (left.span == Span::Immediate || right.span == Span::Immediate) && at_once(left.span) && at_once(right.span) {
        return Standing::NotCompared(Some(Reason::NotComparable));
    }
    let same_unit = match (left.span, right.span) {
        (Span::Amount { unit: u, .. }, Span::Amount { unit: v, .. }) => u == v,
        (Span::Immediate, Span::Amount { .. }) | (Span::Amount { .. }, Span::Immediate) => false,
        _ => true,
    };
    let apart = spans::compare(left.span, right.span) == Compared::Longer
        || spans::compare(right.span, left.span) == Compared::Longer;
    if same_unit || apart { Standing::Differs } else { Standing::NotCompared(Some(Reason::NotComparable)) }
}

fn depths(a: &Located<OnlineDepth>, b: &Located<OnlineDepth>) -> Standing {
    let (left, right) = (&a.value, &b.value);
    let (words, others) = (core(&left.raw), core(&right.raw));
    let same_words = !words.is_empty() && (others.contains(&words) || (!others.is_empty() && words.contains(&others)));
    // A level may name another scale's level by the same number.
    let comparable = left.scale == right.scale && left.scale != DepthScale::Unknown;
    if same_words || (comparable && left.level.is_some() && left.level == right.level) {
        return Standing::Same;
    }
    match (left.level, right.level) {
        (Some(_), Some(_)) if comparable => Standing::Differs,
        _ if comparable && left.scale == DepthScale::Provincial => Standing::Differs,
        _ => Standing::NotCompared(Some(Reason::NotComparable)),
    }
}

fn materials(a: &Located<Vec<Material>>, b: &Located<Vec<Material>>) -> Standing {
    let left: Vec<&str> = a.value.iter().map(|material| material.name.as_str()).collect();
    let right: Vec<&str> = b.value.iter().map(|material| material.name.as_str()).collect();
    papers::same_papers(&left, &right).into()
}

/// The process, by the acts of its steps: whether one side has an act of which the other has no trace, in another order,
/// or with another limit.
fn steps(a: &Located<Vec<Step>>, b: &Located<Vec<Step>>) -> Standing {
    // What is done at the window and what is done online are two ways through one errand.
    let way = |side: &Located<Vec<Step>>| {
        let says = |words: &[&str]| words.iter().any(|word| side.raw.contains(word));
        (says(&["网上", "线上", "在线"]), says(&["窗口", "现场", "线下"]))
    };
    let alignment = align(&a.value, &b.value);
    let missing = |side| !alignment.missing_in(side, false).is_empty();
    let differs = missing(Side::Text)
        || missing(Side::Chart)
        || !alignment::inversions(&a.value, &b.value).is_empty()
        || alignment.groups.iter().any(alignment::Group::limits_differ);
    if alignment.groups.is_empty() {
        Standing::NotCompared(None)
    } else if !differs {
        Standing::Same
    } else if way(a) == way(b) {
        Standing::Differs
    } else {
        Standing::NotCompared(Some(Reason::NotComparable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{located, material, stated, step, working_days};
    use crate::model::TimeUnit;

    fn limit(amount: u32, unit: TimeUnit) -> TimeLimit {
        TimeLimit::plain(Span::Amount { hundredths: amount * 100, unit })
    }

    fn standing(a: TimeLimit, b: TimeLimit) -> Standing {
        limits(&located(a, "甲"), &located(b, "乙"))
    }

    #[test]
    fn a_bare_day_is_neither_the_same_as_a_working_day_nor_different() {
        let doubt = Standing::NotCompared(Some(Reason::NotComparable));
        assert_eq!(standing(limit(5, TimeUnit::WorkingDay), limit(5, TimeUnit::Day)), doubt);
        assert_eq!(standing(limit(3, TimeUnit::WorkingDay), limit(60, TimeUnit::Day)), Standing::Differs);
        assert_eq!(standing(limit(3, TimeUnit::WorkingDay), limit(5, TimeUnit::WorkingDay)), Standing::Differs);
    }

    #[test]
    fn on_the_spot_is_the_same_in_all_its_words_and_differs_from_days() {
        let spot = || TimeLimit::plain(Span::Immediate);
        assert_eq!(standing(spot(), spot()), Standing::Same);
        assert_eq!(standing(spot(), working_days(3)), Standing::Differs);
    }

    #[test]
    fn one_case_of_several_is_no_difference() {
        let cases = TimeLimit {
            cases: vec![("一般".into(), working_days(6).span), ("重要".into(), working_days(12).span)],
            ..working_days(12)
        };
        let doubt = Standing::NotCompared(Some(Reason::NotComparable));
        assert_eq!(standing(cases, working_days(6)), doubt);
    }

    #[test]
    fn on_the_spot_and_one_working_day_are_one_value_in_two_clothes() {
        let doubt = Standing::NotCompared(Some(Reason::NotComparable));
        assert_eq!(standing(TimeLimit::plain(Span::Immediate), working_days(1)), doubt);
        assert_eq!(standing(TimeLimit::plain(Span::Immediate), working_days(2)), Standing::Differs);
    }

    #[test]
    fn a_list_on_a_page_that_is_not_whole_lacks_nothing_for_certain() {
        let portal = ServiceGuide { materials: list(&["公司章程", "股东会决议"]), ..ServiceGuide::default() };
        let mobile = ServiceGuide { materials: list(&["公司章程"]), ..ServiceGuide::default() };
        let of = |gap| compare(&portal, &mobile, gap).remove(0).standing;
        assert_eq!(of(None), Standing::Differs);
        assert_eq!(of(Some(Reason::Unreadable)), Standing::NotCompared(Some(Reason::Unreadable)));
    }

    fn list(names: &[&str]) -> Reading<Vec<Material>> {
        stated(names.iter().map(|name| material(name)).collect(), "材料")
    }

    #[test]
    fn steps_are_the_same_act_by_act_and_differ_where_one_is_gone_or_longer() {
        let of = |names: &[(&str, Option<u32>)]| {
            located(names.iter().map(|(name, days)| step(name, *days)).collect::<Vec<_>>(), "流程")
        };
        let portal = of(&[("受理", None), ("审查", Some(3)), ("决定", None), ("送达", None)]);
        let words = of(&[("1.窗口受理", None), ("材料审核", Some(3)), ("作出决定", None), ("领取证照", None)]);
        assert_eq!(steps(&portal, &words), Standing::Same);
        assert_eq!(steps(&portal, &of(&[("受理", None), ("办结", None)])), Standing::Same);
        let gone = of(&[("受理", None), ("决定", None), ("送达", None)]);
        assert_eq!(steps(&portal, &gone), Standing::Differs);
        let longer = of(&[("受理", None), ("审查", Some(5)), ("决定", None), ("送达", None)]);
        assert_eq!(steps(&portal, &longer), Standing::Differs);
        let turned = of(&[("受理", None), ("决定", None), ("审查", Some(3)), ("送达", None)]);
        assert_eq!(steps(&portal, &turned), Standing::Differs);
    }

    #[test]
    fn the_way_over_the_net_and_the_way_to_the_window_are_two_ways() {
        let way =
            |raw: &str, names: &[&str]| located(names.iter().map(|name| step(name, None)).collect::<Vec<_>>(), raw);
        let window = way("窗口办理流程", &["受理", "审查", "决定"]);
        let online = way("网上办理流程", &["受理", "决定"]);
        assert_eq!(steps(&window, &online), Standing::NotCompared(Some(Reason::NotComparable)));
        assert_eq!(steps(&window, &way("窗口办理流程", &["受理", "决定"])), Standing::Differs);
    }

    #[test]
    fn a_stand_in_or_a_blank_beside_a_value_is_one_side_only_and_beside_another_nothing() {
        let value = || stated("解放路1号".to_owned(), "解放路1号");
        let stand_in: Reading<String> = Reading::Placeholder { at: Locator::Whole, raw: "-".into() };
        let blank: Reading<String> = Reading::Blank { at: Locator::Whole, label: "办理地点".into() };
        let of = |a: &Reading<String>, b: &Reading<String>| {
            pair(Element::Place, a, b, |_, _| Standing::Differs).map(|pair| pair.standing)
        };
        assert_eq!(of(&value(), &stand_in), Some(Standing::OneSideOnly));
        assert_eq!(of(&blank, &value()), Some(Standing::OneSideOnly));
        assert_eq!(of(&blank, &stand_in), Some(Standing::NotCompared(None)));
        assert_eq!(of(&value(), &Reading::Absent), Some(Standing::OneSideOnly));
    }

    #[test]
    fn a_value_that_one_side_cuts_short_is_no_difference_and_another_value_is() {
        let of = |element, a: &str, b: &str| {
            let (portal, mobile) = (ServiceGuide::default(), ServiceGuide::default());
            let (a, b) = (located(a.to_owned(), a), located(b.to_owned(), b));
            text(element, (&a, &portal), (&b, &mobile))
        };
        let place = "杭州市解放东路18号市民中心G座2楼";
        assert_eq!(of(Element::Place, place, "杭州市解放东路18号…"), Standing::OneSideOnly);
        assert_eq!(of(Element::Place, place, "杭州市文一西路500号…"), Standing::Differs);
        let basis = "《中华人民共和国公司法》第六条、第二十九条；《市场主体登记管理条例》";
        assert_eq!(of(Element::LegalBasis, basis, "《中华人民共和国公司法》第六条…"), Standing::OneSideOnly);
        assert_eq!(of(Element::LegalBasis, basis, "《公司法》"), Standing::OneSideOnly);
        assert_eq!(of(Element::LegalBasis, basis, "《护照法》第五条"), Standing::Differs);
        let conditions = "有符合规定的名称；有固定的住所。";
        assert_eq!(of(Element::Conditions, conditions, "有符合规定的名称"), Standing::OneSideOnly);
        assert_eq!(of(Element::Conditions, conditions, "年满十八周岁"), Standing::NotCompared(None));
    }
}
