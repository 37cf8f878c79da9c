//! What becomes of an answer: it is read beside the loop, settled, archived, and filed, in this order.
//!
//! All but the archiving is done again in the same way when a run is resumed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::EngineError;
use super::journal::Made;
use super::night::{Done, Loop, Scope};
use super::reader::Read;
use super::reading::{ReadPage, read_page};
use super::wishes::{Wish, wishes};
use crate::crash::{self, Point};
use crate::frontier::{Event, Offer};
use crate::model::extraction::LinkRole;
use crate::model::request::KeptPayload;
use crate::model::{Capture, Digest, Lane, Method, PageRecord, Purpose, Request, as_sent};
use crate::telemetry;

impl Loop {
    /// Sends an answer to be read. Until it is, its server group stays taken: what is settled is what is archived, so that
    /// a run that is resumed settles the same.
    pub(super) fn read_beside(&mut self, mut made: Made) {
        let capture = &mut made.capture;
        let outcome = match &capture.exchange.outcome {
            Ok(response) => Ok(response.status),
            Err(failure) => Err(failure),
        };
        telemetry::exchange(&capture.request.url, outcome, capture.exchange.timing.total);
        if outcome == Ok(304) {
            capture.revisit = capture.request.validators.as_ref().map(|validators| validators.kept.clone());
        }
        self.unread += 1;
        *self.reading.entry(capture.request.target.clone()).or_default() += 1;
        let (night, kept) = (Arc::clone(&self.night), Arc::clone(&self.kept));
        self.tasks.spawn_blocking(move || Done::Read(Box::new(read_page(&night.context, &kept, made))));
    }

    /// Tells the frontier, writes the evidence, offers the links, and files the page.
    pub(super) fn keep(&mut self, page: ReadPage) -> Result<(), EngineError> {
        let ReadPage { made, masked_from, read, took } = page;
        self.report.stopwatch.read += took;
        self.unread -= 1;
        if let Some(count) = self.reading.get_mut(&made.capture.request.target) {
            *count -= 1;
        }
        let settled = self.frontier.settle(&made.capture, made.ended);
        self.note_pace(&settled, made.gap);
        crash::reached(Point::Settled);
        let again = settled.events.iter().any(|event| matches!(event, Event::Retry { .. } | Event::Lenient));
        let made = match &mut self.rendering {
            Some(desk) if !again => match desk.exchanged(made, &self.night.context.read) {
                Some(made) => made,
                None => return Ok(()),
            },
            Some(_) | None => made,
        };
        let place = self.archive(&made, masked_from.as_ref())?;
        if let Some(page) = self.file(made.capture, read, place) {
            self.render_now(&page);
        }
        crash::reached(Point::LinksOffered);
        Ok(())
    }

    /// Offers the links of a page and files it; gives it back as the dossier has it.
    pub(super) fn file(&mut self, capture: Capture, read: Read, place: Option<KeptPayload>) -> Option<PageRecord> {
        let request = capture.request.clone();
        if request.purpose == Purpose::Render {
            return None;
        }
        let extraction = match read {
            Read::Done(extraction) => Some(Arc::from(extraction)),
            Read::Nothing => None,
            Read::Panicked => {
                telemetry::reader_panicked(&capture.request.url);
                None
            }
        };
        if let Some(extraction) = &extraction {
            let night = Arc::clone(&self.night);
            for wish in wishes(&request, extraction, &night.context.scenarios, night.config.visit.search) {
                let belongs_to_page = wish.purpose == Purpose::Attachment || wish.role == LinkRole::Data;
                if night.scope == Scope::Night || belongs_to_page {
                    self.offer(&request, wish);
                }
            }
        }
        let page = super::page_record(&capture, extraction);
        if let (Some(desk), Some(place)) = (&mut self.charts, place.or(capture.revisit)) {
            desk.archived(&page, place);
        }
        if let Some(dossier) = self.dossiers.get_mut(&request.target) {
            dossier.pages.push(page.clone());
        }
        Some(page)
    }

    /// Writes an exchange to the evidence, and remembers where it stands; gives the place of its answer.
    pub(super) fn archive(
        &mut self,
        made: &Made,
        masked_from: Option<&Digest>,
    ) -> Result<Option<KeptPayload>, EngineError> {
        let writing = Instant::now();
        let place = self.output.capture(&made.capture, masked_from)?;
        self.report.stopwatch.write += writing.elapsed();
        crash::reached(Point::EvidenceWritten);
        self.acknowledge(made);
        self.stored(&made.capture.request, place.clone());
        Ok(place)
    }

    /// An answer stands in the evidence: a page that is rendered may have it.
    pub(super) fn stored(&mut self, request: &Request, place: Option<KeptPayload>) {
        if let Some(desk) = &mut self.rendering
            && request.method != Method::Head
        {
            desk.archived(request, place);
        }
    }

    pub(super) fn offer(&mut self, from: &Request, mut wish: Wish) {
        if self.rendering.is_none() {
            // Without a browser a hash route shows the same page again.
            wish.url = as_sent(&wish.url);
        }
        let offer = Offer {
            target: from.target.clone(),
            channel: from.channel.clone(),
            // Answers to queries are not kept: one address gives many.
            validators: self.kept.validators(&wish.url).filter(|_| wish.query.is_none()),
            url: wish.url,
            method: if wish.query.is_some() { Method::Post } else { Method::Get },
            body: wish.query,
            purpose: wish.purpose,
            via: Some(from),
            hop: wish.hop,
            anchor: wish.anchor,
            role: wish.role,
            profile: from.profile,
            lane: Lane::Strict,
            not_before: Duration::ZERO,
        };
        let now = self.now();
        self.frontier.offer(offer, now);
    }
}
