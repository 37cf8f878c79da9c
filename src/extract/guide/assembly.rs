//! From fields to the guide: for every element the best statement, its state, and what contradicts it.
//!
//! Comes in: fields, data, chart and title. Goes out: the reading. Must never know: layouts' markup.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::fields::{Field, Found, Layout};
use super::script::Data;
use super::{GuideReading, flowchart, materials, steps, values};
use crate::extract::dom::{Css, Dom};
use crate::extract::lexicon::{self, Meaning};
use crate::extract::text::squeeze;
use crate::extract::time_limit;
use crate::model::extraction::Issue;
use crate::model::{Element, Flowchart, Located, Locator, Reading, ServiceGuide, TimeLimit};

/// What stands around the fields.
pub(super) struct Surroundings<'u> {
    /// The flowchart.
    pub(super) chart: Reading<Flowchart>,
    /// The title outside fields.
    pub(super) title: Reading<String>,
    /// The page is marked as an article (news, notices).
    pub(super) article: bool,
    /// Address for links.
    pub(super) base: &'u Url,
}

/// Elements that say by themselves that a page is about handling an errand.
const CORE: [Element; 14] = [
    Element::Materials,
    Element::Process,
    Element::Conditions,
    Element::StatutoryLimit,
    Element::PromisedLimit,
    Element::LegalBasis,
    Element::Visits,
    Element::Place,
    Element::HandlingKind,
    Element::HandlingForm,
    Element::Fee,
    Element::FeeStandard,
    Element::ItemCode,
    Element::AcceptingBody,
];

/// How fast confidence grows with the sum of weights: two core elements in structure give two thirds.
const GROWTH: f64 = 0.55;

/// What being marked as an article leaves of each label's weight: a guide in a CMS has many labels and stays a guide.
const ARTICLE: f64 = 0.6;

/// What being a list leaves of the confidence.
const LIST: f64 = 0.3;

/// Whether the page is marked as an article: `PubDate` or `ArticleTitle` in its head.
pub(super) fn is_article(dom: &Dom) -> bool {
    dom.select(&Css::new("meta[name]")).iter().any(|meta| {
        let name = meta.attr("name").unwrap_or_default();
        ["pubdate", "articletitle"].iter().any(|known| name.eq_ignore_ascii_case(known))
            && meta.attr("content").is_some_and(|content| !content.is_empty())
    })
}

/// Builds the reading; `None` if nothing on the page speaks of a guide.
pub(super) fn assemble<'a>(mut found: Found<'a>, data: Data<'a>, around: Surroundings<'_>) -> Option<GuideReading> {
    let drawn = flowchart::from_data(&data.fields, around.base);
    found.fields.extend(data.fields);
    let process = steps::read(&found);
    let listed = materials::read(&found, around.base);
    let mut issues = process.issues;
    let mut guide = ServiceGuide {
        materials: better(listed, data.materials),
        steps: better(process.steps, data.steps),
        flowchart: better(around.chart, drawn),
        other_limits: process.other_limits,
        ..ServiceGuide::default()
    };
    if let Some(pictured) = &found.pictured {
        guide.materials = better(guide.materials, pictured.reading(Element::Materials));
        guide.steps = better(guide.steps, pictured.reading(Element::Process));
        guide.flowchart = better(guide.flowchart, pictured.reading(Element::Flowchart));
    }
    let best = choose_elements(&found, &mut guide, &mut issues);
    fill_types(&found.fields, &mut guide, &mut issues);
    let labelled = counts(&guide);
    guide.title = match guide.elements.get(&Element::ItemName) {
        Some(stated @ Reading::Stated(_)) => stated.clone(),
        _ => around.title,
    };
    if guide.title.value().is_some() {
        guide.elements.entry(Element::ItemName).or_insert_with(|| guide.title.clone());
    }
    let trace = !best.is_empty()
        || !guide.materials.is_absent()
        || !guide.steps.is_absent()
        || guide.flowchart.value().is_some();
    if !trace {
        return None;
    }
    let mut confidence = confidence(&guide, &best, around.article);
    if is_list(&found.fields) {
        confidence *= LIST;
        issues.push(issue("looks_like_list", "the same element is stated for several items", &Locator::Whole));
    }
    Some(GuideReading { guide, confidence, issues, labels_with_value: labelled.0, labels_blank: labelled.1 })
}

/// The first unless only the second states something.
fn better<T>(first: Reading<T>, second: Reading<T>) -> Reading<T> {
    let take_second = first.is_absent() || (first.value().is_none() && second.value().is_some());
    if take_second { second } else { first }
}

fn issue(kind: &str, detail: &str, at: &Locator) -> Issue {
    Issue { kind: kind.to_owned(), detail: detail.chars().take(300).collect(), at: at.clone() }
}

fn rank<T>(reading: &Reading<T>) -> u8 {
    match reading {
        Reading::Stated(_) => 4,
        Reading::Unreadable { .. } => 3,
        Reading::Placeholder { .. } => 2,
        Reading::Blank { .. } => 1,
        Reading::Absent => 0,
    }
}

/// Picks the best statement of every element; says with which layout it was found.
fn choose_elements(
    found: &Found<'_>,
    guide: &mut ServiceGuide,
    issues: &mut Vec<Issue>,
) -> BTreeMap<Element, (Layout, bool)> {
    let mut best = BTreeMap::new();
    let fields = found.fields.as_slice();
    for element in Element::ALL.iter().copied() {
        let own: Vec<&Field<'_>> = fields.iter().filter(|field| field.meaning.element() == Some(element)).collect();
        let reading = match element {
            Element::Materials => summary(&guide.materials),
            Element::Process => summary(&guide.steps),
            Element::Flowchart => summary(&guide.flowchart),
            _ => choose(element, &own, fields, issues),
        };
        let pictured = || found.pictured.as_ref().map_or(Reading::Absent, |picture| picture.reading(element));
        let reading = if reading.is_absent() { pictured() } else { reading };
        if reading.is_absent() {
            continue;
        }
        let surest = own.iter().max_by_key(|field| (!is_weak(field), field.layout.strength()));
        let (layout, weak) = surest.map_or((Layout::Cells, false), |field| (field.layout, is_weak(field)));
        best.insert(element, (layout, weak));
        guide.elements.insert(element, reading);
    }
    best
}

fn is_weak(field: &Field<'_>) -> bool {
    matches!(field.meaning, Meaning::Weak(_))
}

/// The words of a structured reading, with the same state.
fn summary<T>(reading: &Reading<T>) -> Reading<String> {
    match reading {
        Reading::Stated(located) => {
            Reading::Stated(Located { value: located.raw.clone(), at: located.at.clone(), raw: located.raw.clone() })
        }
        Reading::Blank { at, label } => Reading::Blank { at: at.clone(), label: label.clone() },
        Reading::Placeholder { at, raw } => Reading::Placeholder { at: at.clone(), raw: raw.clone() },
        Reading::Unreadable { at, raw } => Reading::Unreadable { at: at.clone(), raw: raw.clone() },
        Reading::Absent => Reading::Absent,
    }
}

/// The first stated of the surest layout; failing that, the state that says most.
fn choose(element: Element, own: &[&Field<'_>], all: &[Field<'_>], issues: &mut Vec<Issue>) -> Reading<String> {
    let mut sorted: Vec<&Field<'_>> = own.to_vec();
    sorted.sort_by_key(|field| (is_weak(field), std::cmp::Reverse(field.layout.strength())));
    let mut best: Reading<String> = Reading::Absent;
    let mut chosen: Option<&Field<'_>> = None;
    for field in sorted {
        let mut reading = values::state(element, field);
        add_unit(element, field, all, &mut reading);
        // 服务承诺 and the like are limits only if they say one.
        let says_none = is_weak(field)
            && is_limit(element)
            && reading.value().is_some_and(|words| time_limit::parse(words).is_none());
        if says_none {
            continue;
        }
        match (chosen, &best, &reading) {
            (Some(before), Reading::Stated(first), Reading::Stated(second)) => {
                let comparable = !is_weak(field)
                    && field.layout.strength() == before.layout.strength()
                    && before.layout.strength() >= 2;
                if comparable && contradicts(element, &first.value, &second.value) {
                    let detail = format!("{}：{} ｜ {}", element.zh(), first.raw, second.raw);
                    issues.push(issue("stated_twice", &detail, &second.at));
                }
            }
            _ if rank(&reading) > rank(&best) => {
                best = reading;
                chosen = Some(field);
            }
            _ => {}
        }
    }
    if chosen.is_some_and(|field| field.layout == Layout::Position) {
        let at = best.at().cloned().unwrap_or(Locator::Whole);
        issues.push(issue("by_position", element.zh(), &at));
    }
    best
}

fn is_limit(element: Element) -> bool {
    matches!(element, Element::StatutoryLimit | Element::PromisedLimit)
}

/// Whether two statements of one element cannot both be meant. One that contains the other only says more.
fn contradicts(element: Element, first: &str, second: &str) -> bool {
    let (a, b) = (squeeze(first), squeeze(second));
    if a.contains(&b) || b.contains(&a) {
        return false;
    }
    if is_limit(element) {
        return matches!((time_limit::parse(first), time_limit::parse(second)), (Some(a), Some(b)) if a.span != b.span);
    }
    // Long texts are told in other words without meaning something else.
    a.chars().count() <= 60 && b.chars().count() <= 60
}

/// A bare number gets the unit that stands in its label or in a field of its own.
fn add_unit(element: Element, field: &Field<'_>, all: &[Field<'_>], reading: &mut Reading<String>) {
    let Reading::Stated(located) = reading else { return };
    if !is_limit(element) || !time_limit::is_bare_number(&located.value) {
        return;
    }
    let from_field = || {
        all.iter()
            .filter(|unit| {
                unit.meaning == Meaning::Unit(element)
                    && (unit.layout == Layout::Script) == (field.layout == Layout::Script)
            })
            .find_map(|unit| match squeeze(&unit.content.text()).as_str() {
                // Codes of the exchange tables.
                "1" => Some("工作日".to_owned()),
                "2" => Some("自然日".to_owned()),
                words if time_limit::is_bare_unit(words) => Some(words.to_owned()),
                _ => None,
            })
    };
    if let Some(unit) = field.unit.clone().or_else(from_field) {
        located.value = format!("{}{unit}", located.value);
    }
}

/// Fills the typed fields from the words.
fn fill_types(fields: &[Field<'_>], guide: &mut ServiceGuide, issues: &mut Vec<Issue>) {
    guide.statutory = limit(guide, Element::StatutoryLimit, fields, issues);
    guide.promised = limit(guide, Element::PromisedLimit, fields, issues);
    guide.visits = values::visits(&guide.element(Element::Visits));
    guide.fee = values::fee(&guide.element(Element::Fee));
    let scale = values::fee_from_scale(&guide.element(Element::FeeStandard));
    if guide.fee.is_absent() {
        guide.fee = scale;
    } else if matches!(guide.fee, Reading::Blank { .. }) && scale.value() == Some(&true) {
        // 收费信息 heads a table that names the price: it is a section's name, and the fee is stated.
        guide.fee = scale;
        guide.elements.remove(&Element::Fee);
    }
    guide.online_depth = values::depth(&guide.element(Element::OnlineDepth));
    guide.courier = values::courier(&guide.element(Element::Courier));
    guide.code = [Element::ItemCode, Element::HandlingItemCode, Element::BaseCode]
        .into_iter()
        .find_map(|element| values::code(&guide.element(element)));
    for field in fields.iter().filter(|field| field.meaning == Meaning::OtherLimit && !field.is_blank()) {
        let text = field.content.text();
        if !lexicon::is_placeholder(Element::Place, &text) {
            guide.other_limits.push(Located { value: text.clone(), at: field.content.at.clone(), raw: text });
        }
    }
    for (kind, reading) in [
        ("unparsed_visits", guide.visits.at()),
        ("unparsed_fee", guide.fee.at()),
        ("unparsed_courier", guide.courier.at()),
    ] {
        let unreadable = match kind {
            "unparsed_visits" => matches!(guide.visits, Reading::Unreadable { .. }),
            "unparsed_fee" => matches!(guide.fee, Reading::Unreadable { .. }),
            _ => matches!(guide.courier, Reading::Unreadable { .. }),
        };
        if let Some(at) = reading.filter(|_| unreadable) {
            issues.push(issue(kind, kind, at));
        }
    }
}

/// The typed limit of an element, with what its note excludes.
fn limit(guide: &ServiceGuide, element: Element, fields: &[Field<'_>], issues: &mut Vec<Issue>) -> Reading<TimeLimit> {
    let words = guide.element(element);
    let mut reading = values::limit(&words, element);
    match &mut reading {
        Reading::Stated(located) => {
            if time_limit::is_mended(&located.raw) {
                issues.push(issue("time_limit_mended", &located.raw, &located.at));
            }
            for note in fields.iter().filter(|field| field.meaning == Meaning::Note(element)) {
                let text = note.content.text();
                let excludes = ["不含", "不包括", "不包含", "不计"].iter().any(|word| text.contains(word));
                if excludes && !located.value.excludes.contains(&text) {
                    located.value.excludes.push(text);
                }
            }
        }
        Reading::Unreadable { at, raw } if words.value().is_some() => {
            issues.push(issue("unparsed_time_limit", raw, at));
        }
        _ => {}
    }
    reading
}

/// Elements with something in the place of the value, and elements without.
fn counts(guide: &ServiceGuide) -> (usize, usize) {
    let blank = |reading: &Reading<String>| match reading {
        Reading::Blank { .. } => true,
        Reading::Unreadable { raw, .. } => lexicon::is_unrendered(raw),
        Reading::Stated(_) | Reading::Placeholder { .. } | Reading::Absent => false,
    };
    let blanks = guide.elements.values().filter(|reading| blank(reading)).count();
    (guide.elements.len() - blanks, blanks)
}

fn confidence(guide: &ServiceGuide, best: &BTreeMap<Element, (Layout, bool)>, article: bool) -> f64 {
    let mut sum = 0.0;
    for (element, (layout, weak)) in best {
        let weight = match (CORE.contains(element), weak) {
            (true, false) => 1.0,
            (true, true) | (false, false) => 0.5,
            (false, true) => 0.25,
        };
        let trust = match layout.strength() {
            3 => 1.0,
            2 if *layout == Layout::Script => 0.9,
            2 => 0.7,
            1 => 0.5,
            _ => 0.3,
        };
        sum += weight * trust;
    }
    // A chart that no label belongs to hardly makes a guide.
    if best.len() == 1 && guide.flowchart.value().is_some() && best.contains_key(&Element::Flowchart) {
        sum = 0.3;
    }
    if article {
        sum *= ARTICLE;
    }
    1.0 - (-GROWTH * sum).exp()
}

/// A list states names, codes or limits again and again, each time others.
fn is_list(fields: &[Field<'_>]) -> bool {
    [Element::ItemName, Element::ItemCode, Element::PromisedLimit, Element::Department].iter().any(|element| {
        let different: BTreeSet<String> = fields
            .iter()
            .filter(|field| field.meaning == Meaning::Element(*element) && !field.is_blank())
            .map(|field| squeeze(&field.content.text()))
            .collect();
        different.len() >= 3
    })
}
