//! From a rendering to what was read of it, the same way in a live night and in a replay.
//!
//! Comes in: a page as the dossier has it, and a rendering of it. Goes out: the page's reading, renewed. Pure.

use std::sync::Arc;

use bytes::Bytes;

use super::reader::{self, Asked, Read};
use crate::extract;
use crate::model::guide::FormOffer;
use crate::model::rendering::{MadeFor, RenderFailure};
use crate::model::{
    Capture, Exchange, Extraction, Issue, Locator, PageKind, PageRecord, Reading, Rendering, Response, ServiceGuide,
    Timing,
};
use crate::warc::rendering::DOCUMENT_TYPE;

/// What is read of the rendered document alone; `None` if there is none.
pub(super) fn read(
    page: &PageRecord,
    rendering: &Rendering,
    asked: Asked<'_>,
    settings: &extract::Settings,
) -> Option<Extraction> {
    let shown = rendering.outcome.as_ref().ok().filter(|shown| !shown.html.is_empty())?;
    let capture = capture(page, rendering, &shown.html);
    match reader::read(&capture, None, asked, settings) {
        Read::Done(mut extraction) => {
            let facts = rendering.facts(true)?;
            if !facts.is_whole()
                && let Some(guide) = &mut extraction.guide
            {
                doubt(guide);
            }
            extraction.rendered = Some(Box::new(facts));
            Some(*extraction)
        }
        Read::Nothing | Read::Panicked => None,
    }
}

/// The page's reading after a rendering: the rendered document's, if it shows more than the answer did; else the
/// answer's, with what was measured. `None` if nothing changes.
pub(super) fn renewed(page: &PageRecord, rendering: &Rendering, shown: Option<Extraction>) -> Option<Arc<Extraction>> {
    if rendering.made_for == MadeFor::Picture {
        return None;
    }
    let answered = page.extraction.as_deref()?;
    match (&rendering.outcome, shown) {
        (Ok(_), Some(shown)) if shows_more(answered, &shown) => Some(Arc::new(shown)),
        (Ok(_), _) => {
            let rendered = rendering.facts(false).map(Box::new);
            Some(Arc::new(Extraction { rendered, ..answered.clone() }))
        }
        (Err(failure), _) => {
            let mut extraction = answered.clone();
            extraction.issues.push(not_rendered(failure));
            Some(Arc::new(extraction))
        }
    }
}

fn not_rendered(failure: &RenderFailure) -> Issue {
    Issue { kind: "not_rendered".to_owned(), detail: failure.detail.clone(), at: Locator::Whole }
}

/// An answer that was whole is not given up for a rendering that met an obstacle.
fn shows_more(answered: &Extraction, shown: &Extraction) -> bool {
    let met_obstacle = match shown.kind {
        PageKind::Challenge | PageKind::LoginWall | PageKind::SoftNotFound | PageKind::EmptyShell => true,
        PageKind::Home
        | PageKind::MobileHome
        | PageKind::Guide
        | PageKind::GuideList
        | PageKind::Scenario
        | PageKind::Attachment
        | PageKind::ReplyList
        | PageKind::Reply
        | PageKind::News
        | PageKind::InteractionForm
        | PageKind::Data
        | PageKind::Other => false,
    };
    let is_whole = shown.rendered.as_ref().is_some_and(|facts| facts.is_whole());
    if answered.kind == PageKind::EmptyShell {
        // What did not come whole proves no absence of anything: only what is there counts.
        return is_whole || (!met_obstacle && shown.text_length > answered.text_length);
    }
    is_whole && !met_obstacle && shown.text_length > answered.text_length
}

/// What looks blank where not everything came may only not have come.
fn doubt(guide: &mut ServiceGuide) {
    guide.elements.values_mut().for_each(doubt_one);
    doubt_one(&mut guide.title);
    doubt_one(&mut guide.statutory);
    doubt_one(&mut guide.promised);
    doubt_one(&mut guide.visits);
    doubt_one(&mut guide.fee);
    doubt_one(&mut guide.online_depth);
    doubt_one(&mut guide.courier);
    doubt_one(&mut guide.materials);
    doubt_one(&mut guide.steps);
    doubt_one(&mut guide.flowchart);
    let Reading::Stated(materials) = &mut guide.materials else { return };
    for material in &mut materials.value {
        for offer in [&mut material.blank_form, &mut material.sample_form] {
            if let FormOffer::Nothing { .. } | FormOffer::Absent = offer {
                *offer = FormOffer::Unfollowable { raw: String::new() };
            }
        }
    }
}

fn doubt_one<T>(reading: &mut Reading<T>) {
    let (at, raw) = match reading {
        Reading::Blank { at, label } => (at.clone(), label.clone()),
        Reading::Placeholder { at, raw } => (at.clone(), raw.clone()),
        Reading::Stated(_) | Reading::Absent | Reading::Unreadable { .. } => return,
    };
    *reading = Reading::Unreadable { at, raw };
}

/// The rendered document in the form in which readers expect a page.
fn capture(page: &PageRecord, rendering: &Rendering, html: &Bytes) -> Capture {
    let response = Response {
        // "Not changed" stands for the answer of an earlier night.
        status: page.status.filter(|status| *status != 304).unwrap_or(200),
        version: "HTTP/1.1".to_owned(),
        headers: vec![("content-type".to_owned(), DOCUMENT_TYPE.as_bytes().to_vec())],
        body: html.clone(),
        truncated: None,
    };
    Capture {
        record: rendering.document.clone(),
        request: page.request.clone(),
        date: page.date,
        exchange: Exchange {
            outcome: Ok(response),
            remote_addr: None,
            resolved: Vec::new(),
            tls: None,
            timing: Timing::default(),
        },
        revisit: None,
    }
}
