//! Joining a page with the data that its scripts load: together they are what a visitor sees.
//!
//! Comes in: a dossier. Goes out: the same dossier, in which a page whose data came says what page and data say, and
//! what stands in the data cites the data's record. Must never know: which family a page is of.
//!
//! The rules of joining are the rules of accusing: what is stated beats what is blank; of two different statements the
//! page's stays and an issue tells of the other; a label that stays empty is blank only where the data themselves say
//! that they hold nothing. Where an answer did not come, or does not speak of an element, nobody knows what a visitor
//! sees, and nobody is accused.

use std::sync::Arc;

use crate::model::dossier::Part;
use crate::model::extraction::LinkRole;
use crate::model::{
    CityDossier, Element, Extraction, Issue, Link, Located, Locator, PageKind, PageRecord, Reading, ServiceGuide,
};

/// Data of one page are a handful of calls; a page with more is read without the rest.
const MOST_ANSWERS: usize = 8;

/// The dossier with every page joined to the data that came for it.
#[must_use]
pub fn joined(dossier: &CityDossier) -> CityDossier {
    let mut joined = dossier.clone();
    let mut used = Vec::new();
    for (index, page) in dossier.pages.iter().enumerate() {
        let calls = data_calls(page);
        if calls.is_empty() {
            continue;
        }
        let answers: Vec<Option<&PageRecord>> =
            calls.iter().map(|link| dossier.answer_to(link.asks()).filter(|answer| holds_data(answer))).collect();
        used.extend(answers.iter().flatten().map(|answer| answer.record.clone()));
        let page = &mut joined.pages[index];
        page.parts = answers.iter().flatten().map(|answer| part(answer)).collect();
        if let Some(extraction) = &page.extraction {
            page.extraction = Some(Arc::new(together(extraction, &answers)));
        }
    }
    // What is shown by a page is not a guide of its own beside it.
    for answer in joined.pages.iter_mut().filter(|page| used.contains(&page.record)) {
        if let Some(extraction) = &answer.extraction
            && extraction.shown_at.is_none()
        {
            let kind = if extraction.kind == PageKind::Guide { PageKind::Data } else { extraction.kind };
            answer.extraction = Some(Arc::new(Extraction { kind, guide: None, ..extraction.as_ref().clone() }));
        }
    }
    joined
}

/// The data calls of a page that was read.
fn data_calls(page: &PageRecord) -> Vec<&Link> {
    let read = page.extraction.as_ref().filter(|extraction| {
        // A page that a browser has built shows what its data say.
        let is_rendered = extraction.rendered.as_ref().is_some_and(|rendered| rendered.is_reading);
        page.is_reading() && super::view::succeeded(page) && !is_rendered
    });
    let links = read.into_iter().flat_map(|extraction| &extraction.links);
    links.filter(|link| link.role == LinkRole::Data).take(MOST_ANSWERS).collect()
}

/// Whether an answer is data that were understood. An error page under the service's address is none.
pub(super) fn holds_data(answer: &PageRecord) -> bool {
    super::view::succeeded(answer)
        && answer.extraction.as_ref().is_some_and(|extraction| match extraction.kind {
            PageKind::Guide
            | PageKind::GuideList
            | PageKind::Data
            | PageKind::Reply
            | PageKind::ReplyList
            | PageKind::SoftNotFound => true,
            PageKind::Home
            | PageKind::MobileHome
            | PageKind::Scenario
            | PageKind::Attachment
            | PageKind::News
            | PageKind::LoginWall
            | PageKind::Challenge
            | PageKind::EmptyShell
            | PageKind::InteractionForm
            | PageKind::Other => false,
        })
}

fn part(answer: &PageRecord) -> Part {
    Part {
        record: answer.record.clone(),
        target_uri: answer.request.url.clone(),
        date: answer.date,
        payload_digest: answer.payload_digest.clone(),
    }
}

/// What a page and the answers to its calls say together; `None` for a call that was not answered with data.
fn together(page: &Extraction, answers: &[Option<&PageRecord>]) -> Extraction {
    let read: Vec<&Extraction> = answers.iter().flatten().filter_map(|answer| answer.extraction.as_deref()).collect();
    let whole = answers.iter().all(Option::is_some);
    let mut out = page.clone();
    let own = page.guide.as_deref().or(page.skeleton.as_deref());
    let said: Vec<(usize, &ServiceGuide)> =
        read.iter().enumerate().filter_map(|(part, answer)| Some((part, answer.guide.as_deref()?))).collect();
    for (part, answer) in read.iter().enumerate() {
        out.links.extend(answer.links.iter().map(|link| Link { at: within(part, &link.at), ..link.clone() }));
        out.issues.extend(answer.issues.iter().map(|issue| Issue { at: within(part, &issue.at), ..issue.clone() }));
        out.text_length += answer.text_length;
        if out.replies.is_none() {
            out.replies.clone_from(&answer.replies);
        }
        if page.dialect == "generic" {
            out.dialect.clone_from(&answer.dialect);
        }
    }
    let is_shell = page.kind == PageKind::EmptyShell;
    if !said.is_empty() {
        let mut guide = own.cloned().unwrap_or_default();
        for (part, other) in said {
            add(&mut guide, &relocated(part, other), is_shell, &mut out.issues);
        }
        leave_open(&mut guide, own, &read);
        out.kind = PageKind::Guide;
        "a page and the data that its scripts load".clone_into(&mut out.kind_because);
        out.guide = Some(Box::new(guide));
    } else if let Some(guide) = &mut out.guide {
        if !whole {
            leave_open(guide, own, &read);
        }
    } else if is_shell && whole && !read.is_empty() {
        let all = |kind| read.iter().all(|answer| answer.kind == kind);
        let kinds = [PageKind::SoftNotFound, PageKind::GuideList, PageKind::ReplyList, PageKind::Reply];
        if let Some(kind) = kinds.into_iter().find(|kind| all(*kind)) {
            out.kind = kind;
            "a shell and the data that its scripts load".clone_into(&mut out.kind_because);
        }
    }
    out
}

/// A place within a part of the page.
fn within(part: usize, at: &Locator) -> Locator {
    Locator::Part(part, Box::new(at.clone()))
}

fn relocate<T: Clone>(part: usize, reading: &Reading<T>) -> Reading<T> {
    match reading {
        Reading::Stated(located) => Reading::Stated(place(part, located)),
        Reading::Blank { at, label } => Reading::Blank { at: within(part, at), label: label.clone() },
        Reading::Placeholder { at, raw } => Reading::Placeholder { at: within(part, at), raw: raw.clone() },
        Reading::Unreadable { at, raw } => Reading::Unreadable { at: within(part, at), raw: raw.clone() },
        Reading::Absent => Reading::Absent,
    }
}

fn place<T: Clone>(part: usize, located: &Located<T>) -> Located<T> {
    Located { at: within(part, &located.at), ..located.clone() }
}

/// A guide whose places all lie within a part.
fn relocated(part: usize, guide: &ServiceGuide) -> ServiceGuide {
    let mut out = ServiceGuide {
        title: relocate(part, &guide.title),
        code: guide.code.as_ref().map(|code| place(part, code)),
        elements: guide.elements.iter().map(|(element, reading)| (*element, relocate(part, reading))).collect(),
        statutory: relocate(part, &guide.statutory),
        promised: relocate(part, &guide.promised),
        other_limits: guide.other_limits.iter().map(|limit| place(part, limit)).collect(),
        visits: relocate(part, &guide.visits),
        fee: relocate(part, &guide.fee),
        online_depth: relocate(part, &guide.online_depth),
        courier: relocate(part, &guide.courier),
        materials: relocate(part, &guide.materials),
        steps: relocate(part, &guide.steps),
        flowchart: relocate(part, &guide.flowchart),
    };
    if let Reading::Stated(materials) = &mut out.materials {
        materials.value.iter_mut().for_each(|material| material.at = within(part, &material.at));
    }
    if let Reading::Stated(steps) = &mut out.steps {
        steps.value.iter_mut().for_each(|step| step.at = within(part, &step.at));
    }
    if let Reading::Stated(chart) = &mut out.flowchart {
        chart.value.steps.iter_mut().for_each(|step| step.at = within(part, &step.at));
    }
    out
}

/// Adds what the data say. The name on a shell is the template's, so there the data's goes before it.
fn add(guide: &mut ServiceGuide, data: &ServiceGuide, is_shell: bool, issues: &mut Vec<Issue>) {
    if is_shell && data.title.value().is_some() {
        guide.title = Reading::Absent;
        guide.elements.remove(&Element::ItemName);
    }
    for (element, reading) in &data.elements {
        let own = guide.elements.entry(*element).or_default();
        if let (Reading::Stated(first), Reading::Stated(second)) = (&*own, reading)
            && folded(&first.value) != folded(&second.value)
        {
            let detail = format!("{}：{} ｜ {}", element.zh(), first.raw, second.raw);
            let detail = detail.chars().take(300).collect();
            issues.push(Issue { kind: "page_and_data_differ".to_owned(), detail, at: second.at.clone() });
        }
        take(own, reading);
    }
    take(&mut guide.title, &data.title);
    take(&mut guide.statutory, &data.statutory);
    take(&mut guide.promised, &data.promised);
    take(&mut guide.visits, &data.visits);
    take(&mut guide.fee, &data.fee);
    take(&mut guide.online_depth, &data.online_depth);
    take(&mut guide.courier, &data.courier);
    take(&mut guide.materials, &data.materials);
    take(&mut guide.steps, &data.steps);
    take(&mut guide.flowchart, &data.flowchart);
    guide.code = guide.code.take().or_else(|| data.code.clone());
    guide.other_limits.extend(data.other_limits.iter().cloned());
}

/// The page's own reading, unless only the data know better.
fn take<T: Clone>(own: &mut Reading<T>, data: &Reading<T>) {
    if matches!(own, Reading::Stated(_)) {
        return;
    }
    let replaces = match data {
        Reading::Stated(_) | Reading::Placeholder { .. } | Reading::Unreadable { .. } => true,
        // The label on the page is the better place to point at.
        Reading::Blank { .. } => !matches!(own, Reading::Blank { .. }),
        Reading::Absent => false,
    };
    if replaces {
        *own = data.clone();
    }
}

/// Labels of the page for which no answer has so much as an empty value: what a visitor sees there is not known.
fn leave_open(guide: &mut ServiceGuide, own: Option<&ServiceGuide>, answers: &[&Extraction]) {
    let data = || answers.iter().filter_map(|answer| answer.guide.as_deref());
    let Some(own) = own else { return };
    for (element, reading) in &own.elements {
        let silent = data().all(|data| data.element(*element).is_absent());
        if silent && let Some(merged) = guide.elements.get_mut(element) {
            open(merged, reading);
        }
    }
    macro_rules! open_all {
        ($($field:ident),*) => {
            $(if data().all(|data| data.$field.is_absent()) { open(&mut guide.$field, &own.$field); })*
        };
    }
    open_all!(statutory, promised, visits, fee, online_depth, courier, materials, steps, flowchart);
}

/// An empty place, or a stand-in that a script may replace, becomes one that we could not read.
fn open<T>(merged: &mut Reading<T>, own: &Reading<T>) {
    let (Reading::Blank { at, label: words } | Reading::Placeholder { at, raw: words }) = own else { return };
    if matches!(merged, Reading::Blank { .. } | Reading::Placeholder { .. }) {
        *merged = Reading::Unreadable { at: at.clone(), raw: words.clone() };
    }
}

/// Words without white space, for telling whether two statements differ.
fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests;
