//! The part of the night's loop that has to do with rendering: when it is done, what comes of it, what follows.

use std::sync::Arc;
use std::time::Instant;

use super::EngineError;
use super::night::{Done, Judged, Loop, Scope};
use super::reader::shows_letters;
use super::reading::asked;
use super::render_when::{When, when};
use super::rendered;
use super::rendering::{JobId, Order, RenderDesk};
use super::wishes::{Wish, wishes};
use crate::crash::{self, Point};
use crate::frontier::{Offer, Offered};
use crate::model::extraction::LinkRole;
use crate::model::rendering::{AskRefusal, MadeFor, RenderedPage};
use crate::model::{
    CityCode, CityDossier, Digest, Extraction, Hop, Method, Observation, Outcome, PageKind, PageRecord, Purpose,
    RecordId, Rendering, Request, Response, SubjectKind,
};
use crate::render::Ask;
use crate::state::AckKind;
use crate::telemetry;
use crate::warc::rendering::DOCUMENT_TYPE;

/// A rendering as it is to be stored, and what was read of it.
#[derive(Debug)]
pub(super) struct RenderedJob {
    job: JobId,
    request: Request,
    rendering: Rendering,
    /// Digest of the document before personal data were masked.
    masked_from: Option<Digest>,
    /// The page shows letters of private persons, or may: what was fetched for it is masked too.
    private: bool,
    shown: Option<Extraction>,
}

impl Loop {
    /// Something a page asks for while it is rendered.
    pub(super) fn consider(&mut self, ask: (JobId, Ask)) {
        let now = self.now();
        let Some(desk) = &mut self.rendering else { return };
        let Some(wanted) = desk.consider(ask, &self.kept, &self.night.context.read) else { return };
        let offer = Offer {
            method: if wanted.query.is_some() { Method::Post } else { Method::Get },
            body: wanted.query.clone(),
            profile: wanted.via.profile,
            ..Offer::found(&wanted.via, wanted.url.clone(), Purpose::Render, Hop::Embed)
        };
        match self.frontier.offer(offer, now) {
            // What is known and gave no answer was remembered as such; all else is still to come.
            Offered::Queued(_) | Offered::Duplicate(_) => desk.wait_for(wanted),
            Offered::Skipped(reason) => wanted.refuse(AskRefusal::Skipped(reason)),
        }
    }

    /// Tells pages what the frontier will not ask for after all.
    pub(super) fn refuse_unasked(&mut self) {
        let unasked = self.frontier.unasked();
        let Some(desk) = &mut self.rendering else { return };
        for (request, reason) in unasked {
            desk.refuse(&request, reason);
        }
    }

    /// Renders a page at once, if nothing but a browser will ever show it.
    pub(super) fn render_now(&mut self, page: &PageRecord) {
        if !self.is_ending()
            && page.extraction.as_ref().is_some_and(|extraction| when(&page.request, extraction) == When::Now)
        {
            self.order(page, MadeFor::Reading);
        }
    }

    /// Renders what is left to be rendered of a city that has nothing else to ask; answers whether there is any.
    pub(super) fn render_later(&mut self, city: &CityCode) -> bool {
        if self.rendering.is_none() || self.is_ending() {
            return false;
        }
        let Some(dossier) = self.dossiers.get_mut(city) else { return false };
        dossier.sort();
        let waits = |page: &&PageRecord| {
            page.extraction.as_ref().is_some_and(|extraction| when(&page.request, extraction) != When::Never)
        };
        // A shell that the data of its family have filled needs no browser.
        let joined = crate::check::joined(dossier);
        let is_filled = |page: &PageRecord, seen: &PageRecord| {
            page.kind() == Some(PageKind::EmptyShell) && seen.kind() != Some(PageKind::EmptyShell)
        };
        let pairs = dossier.pages.iter().zip(&joined.pages);
        let left = pairs.filter(|(page, seen)| !is_filled(page, seen)).map(|(page, _)| page);
        let mut pages: Vec<PageRecord> = left.filter(waits).cloned().collect();
        pages.sort_by_key(|page| std::cmp::Reverse(page.request.priority));
        let before = self.reading.get(city).copied().unwrap_or_default();
        for page in &pages {
            self.order(page, MadeFor::Reading);
        }
        self.reading.get(city).copied().unwrap_or_default() > before
    }

    fn order(&mut self, page: &PageRecord, made_for: MadeFor) {
        let Some(desk) = &mut self.rendering else { return };
        let Some(answer) = desk.answer_of(&page.request) else { return };
        let Some(order) = desk.order(page, made_for, answer) else { return };
        *self.reading.entry(page.request.target.clone()).or_default() += 1;
        let job = self.job(order);
        self.tasks.spawn(job);
    }

    /// The work of one rendering, from the page's answer to what was read of it.
    fn job(&self, order: Order) -> impl Future<Output = Done> + use<> {
        let (night, kept) = (Arc::clone(&self.night), Arc::clone(&self.kept));
        let page = order.page.clone();
        let work = self.rendering.as_ref().map(|desk| desk.work(order, kept, night.context.read.clone()));
        async move {
            let Some(work) = work else { return Done::Nothing };
            let (job, rendering) = work.run(night.clock.civil()).await;
            // A reader that panics is caught further in; there is nothing else that could end this task.
            let read = tokio::task::spawn_blocking(move || Box::new(read(&night, &page, job, rendering)));
            read.await.map_or(Done::Nothing, Done::Rendered)
        }
    }

    /// Writes the evidence of a rendering, renews the page's reading, and offers what it leads to.
    pub(super) fn keep_rendering(&mut self, done: RenderedJob) -> Result<(), EngineError> {
        let RenderedJob { job, request, rendering, masked_from, private, shown } = done;
        let writing = Instant::now();
        let held = self.rendering.as_mut().map(|desk| desk.done(job)).unwrap_or_default();
        for mut made in held {
            let mut original = None;
            if private
                && let Ok(response) = &made.capture.exchange.outcome
                && let Some(masked) = crate::warc::masked(response)
            {
                made.capture.exchange.outcome = Ok(masked.response);
                original = Some(masked.original);
            }
            self.archive(&made, original.as_ref())?;
        }
        self.output.rendering(&rendering, masked_from.as_ref())?;
        crash::reached(Point::RenderingArchived);
        self.done(AckKind::Rendering, &request.target, Some(&rendering.record));
        self.report.stopwatch.write += writing.elapsed();
        telemetry::rendered(&rendering.url, rendering.outcome.as_ref().err().map(|failure| failure.detail.as_str()));
        self.report.rendered += u64::from(rendering.outcome.is_ok());
        if let Some(count) = self.reading.get_mut(&request.target) {
            *count -= 1;
        }
        if rendering.made_for == MadeFor::Picture {
            return self.pictured(&request.target);
        }
        self.renew(&request, &rendering, shown);
        Ok(())
    }

    /// Renews a page's reading by its rendering, and offers what it leads to.
    pub(super) fn renew(&mut self, request: &Request, rendering: &Rendering, shown: Option<Extraction>) {
        let Some(dossier) = self.dossiers.get_mut(&request.target) else { return };
        let page = dossier.pages.iter_mut().rev().find(|page| page.record == rendering.of);
        let Some(page) = page else { return };
        let Some(renewed) = rendered::renewed(page, rendering, shown) else { return };
        page.extraction = Some(Arc::clone(&renewed));
        self.follow(request, &renewed, rendering);
    }

    /// Offers where a rendered page leads.
    fn follow(&mut self, request: &Request, extraction: &Extraction, rendering: &Rendering) {
        let night = Arc::clone(&self.night);
        let leads = rendering.asked.leads_to.iter().map(|url| Wish {
            purpose: Purpose::Page,
            hop: Hop::Redirect,
            ..Wish::to(url.clone(), LinkRole::Page)
        });
        let found = wishes(request, extraction, &night.context.scenarios, night.config.visit.search);
        for wish in found.into_iter().chain(leads) {
            if night.scope == Scope::Night || wish.purpose == Purpose::Attachment {
                self.offer(request, wish);
            }
        }
    }

    /// A city was judged: the pages where a finding failed are photographed before its records go out.
    pub(super) fn photograph(&mut self, city: &CityCode, judged: Judged) -> Result<(), EngineError> {
        let most = self.rendering.as_ref().map_or(0, RenderDesk::most_pictures);
        if most == 0 || self.is_ending() {
            return self.record(city, judged.requests, judged.observations);
        }
        let pages: Vec<PageRecord> = {
            let accused = judged.accused.iter().take(most);
            accused.filter(|page| !self.pictured_before.contains(&page.record)).cloned().collect()
        };
        self.judged.insert(city.clone(), judged);
        for page in &pages {
            self.order(page, MadeFor::Picture);
        }
        self.pictured(city)
    }

    /// A picture was taken, or could not be: with the last one the city's records go out.
    fn pictured(&mut self, city: &CityCode) -> Result<(), EngineError> {
        if self.reading.get(city).is_some_and(|count| *count > 0) {
            return Ok(());
        }
        let Some(judged) = self.judged.remove(city) else { return Ok(()) };
        self.record(city, judged.requests, judged.observations)
    }
}

/// Reads a rendering; a page that turns out to show letters is masked and read again, and its picture is given up.
fn read(night: &super::night::Night, page: &PageRecord, job: JobId, mut rendering: Rendering) -> RenderedJob {
    let channel = asked(&night.context, &page.request);
    let settings = &night.context.read;
    let mut shown = rendered::read(page, &rendering, channel, settings);
    let letters = shown.as_ref().is_some_and(shows_letters);
    let mut masked_from = None;
    if letters && let Ok(page) = &mut rendering.outcome {
        page.screenshot = None;
        masked_from = mask(page);
    }
    if masked_from.is_some() {
        shown = rendered::read(page, &rendering, channel, settings);
    }
    // Of a page that was not shown it is not known whose data were fetched for it.
    let private = letters || rendering.outcome.is_err();
    RenderedJob { job, request: page.request.clone(), rendering, masked_from, private, shown }
}

/// Masks the personal data of a rendered document; gives the digest of what it was.
fn mask(page: &mut RenderedPage) -> Option<Digest> {
    let as_answer = Response {
        status: 200,
        version: "HTTP/1.1".to_owned(),
        headers: vec![("content-type".to_owned(), DOCUMENT_TYPE.as_bytes().to_vec())],
        body: page.html.clone(),
        truncated: None,
    };
    let masked = crate::warc::masked(&as_answer)?;
    page.html = masked.response.body;
    Some(masked.original)
}

/// The pages that failed findings of guides and entries speak of, each once, those of most findings first.
pub(super) fn accused(dossier: &CityDossier, observations: &[Observation]) -> Vec<PageRecord> {
    let mut counts: std::collections::BTreeMap<&RecordId, usize> = std::collections::BTreeMap::new();
    let of_pages = |observation: &&Observation| {
        observation.outcome == Outcome::Failed
            && matches!(observation.subject.kind, SubjectKind::Guide | SubjectKind::Channel | SubjectKind::Page)
    };
    for observation in observations.iter().filter(of_pages) {
        for cite in observation.findings.iter().flat_map(|finding| &finding.at) {
            if let Some(cite) = observation.evidence.get(*cite) {
                *counts.entry(&cite.record).or_default() += 1;
            }
        }
    }
    let pages = dossier.pages.iter().filter_map(|page| {
        let extraction = page.extraction.as_deref()?;
        let rendered = extraction.rendered.as_deref();
        let document = rendered.and_then(|rendered| rendered.document.as_ref()).map(|(record, _)| record);
        let records = [Some(&page.record), document].into_iter().flatten();
        let count: usize = records.filter_map(|record| counts.get(record)).sum();
        // Photographed already, no page at all, or one of letters.
        let is_page = !shows_letters(extraction) && extraction.file.is_none();
        let has_picture = rendered.is_some_and(|rendered| rendered.screenshot.is_some());
        (count > 0 && is_page && !has_picture).then_some((std::cmp::Reverse(count), page))
    });
    let mut pages: Vec<_> = pages.collect();
    pages.sort_by_key(|(count, _)| *count);
    pages.into_iter().map(|(_, page)| page.clone()).collect()
}
