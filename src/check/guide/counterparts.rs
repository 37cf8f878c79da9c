//! One guide on two channels, element by element: which say the same, which differ.
//!
//! Comes in: the guide as the portal and as the mobile page show it. Goes out: for each element how the two sides
//! stand to each other. Must never know: pages, settings, verdicts.

use std::collections::BTreeSet;

use super::contradictions::{handling_forms, immediate};
use crate::check::spans::{self, Compared};
use crate::check::whereabouts;
use crate::check::wording::{self, Agreement, amounts, core, fold, says_none, split_parentheses, yes_or_no};
use crate::model::guide::{DepthScale, OnlineDepth, Span};
use crate::model::{Element, Located, Locator, Material, Reading, Reason, ServiceGuide, TimeLimit};

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
    Element::FeeStandard,
    Element::Place,
    Element::Hours,
    Element::ConsultPhone,
    Element::ComplaintPhone,
    Element::Appointment,
    Element::OnlinePayment,
    Element::QuantityLimit,
];

/// Compares every comparable element; elements that neither side labels are left out.
pub(super) fn compare(portal: &ServiceGuide, mobile: &ServiceGuide) -> Vec<Pair> {
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
    pairs.extend(pair(Element::Materials, &portal.materials, &mobile.materials, materials));
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
    match element {
        Element::Department => wording::same_organisation(left, right).into(),
        Element::Place => whereabouts::same_place(left, right).into(),
        Element::Hours => whereabouts::same_hours(left, right).into(),
        Element::ConsultPhone | Element::ComplaintPhone => whereabouts::same_phones(left, right).into(),
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
        Element::Appointment | Element::OnlinePayment => both(yes_or_no(left), yes_or_no(right)),
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
    let names = |side: &Located<Vec<Material>>| -> BTreeSet<String> {
        side.value.iter().map(|material| name(&material.name)).filter(|name| !name.is_empty()).collect()
    };
    let (left, right) = (names(a), names(b));
    if left.is_empty() || right.is_empty() {
        return Standing::NotCompared(Some(Reason::Unreadable));
    }
    let alone = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
        one.iter().filter(|name| !other.iter().any(|known| alike(name, known))).cloned().collect()
    };
    if alone(&left, &right).is_empty() && alone(&right, &left).is_empty() { Standing::Same } else { Standing::Differs }
}

/// A material's name without number, remarks and punctuation.
fn name(text: &str) -> String {
    let folded = fold(text);
    let outside = split_parentheses(&folded).0;
    let outside = if core(&outside).is_empty() { folded } else { outside };
    core(outside.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-')))
        .trim_end_matches("复印件")
        .trim_end_matches("原件")
        .to_owned()
}

/// The same paper under a longer and a shorter name.
fn alike(a: &str, b: &str) -> bool {
    a == b || (a.chars().count().min(b.chars().count()) >= 3 && wording::abbreviates(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{located, material, stated, working_days};
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
    fn materials_in_another_order_with_other_marks_are_the_same() {
        let list = |names: &[&str]| located(names.iter().map(|name| material(name)).collect::<Vec<_>>(), "材料");
        let portal = list(&["1.《公司登记（备案）申请书》", "公司章程", "住所使用证明（复印件）"]);
        assert_eq!(materials(&portal, &list(&["住所使用证明", "公司章程", "公司登记申请书"])), Standing::Same);
        assert_eq!(materials(&portal, &list(&["公司登记申请书", "公司章程"])), Standing::Differs);
    }

    #[test]
    fn a_stand_in_is_not_compared_and_does_not_differ() {
        let stand_in: Reading<String> = Reading::Placeholder { at: Locator::Whole, raw: "-".into() };
        let pair = pair(Element::Place, &stated("解放路1号".to_owned(), "解放路1号"), &stand_in, |_, _| {
            Standing::Differs
        });
        assert_eq!(pair.map(|pair| pair.standing), Some(Standing::NotCompared(None)));
    }
}
