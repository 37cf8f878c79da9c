//! A night once more, from its evidence alone: the same reader, the same checks, no frontier, no network.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::EngineError;
use super::judge::{RunContext, judge};
use super::kept::Kept;
use super::reader::{self, Read};
use super::reading::asked;
use super::rendered;
use crate::extract;
use crate::model::charted::ChartedPicture;
use crate::model::{Capture, CityCode, CityDossier, Observation, PageRecord, Purpose, Rendering};
use crate::sink::evidence;
use crate::warc::{CityCoverage, Restorer};

/// The observations of a run, computed from its evidence, sorted by id.
///
/// # Errors
/// When the folder has no readable evidence, or a record of it is damaged; the message names file and offset.
pub fn observations(run: &Path) -> Result<Vec<Observation>, EngineError> {
    if let Some(lack) = crate::sink::purge::lacking(run)? {
        // Judging without them would say of a city what its pages did not.
        return Err(EngineError::Replay(format!(
            "{}: the run cannot be replayed as it was: {lack}\nhint: the observations that the night made are in \
             observations.jsonl; `portal-probe verify` says whether they are as they were",
            run.display()
        )));
    }
    let kept = Kept::beside(run);
    let mut restorer = Restorer::default();
    let mut replay: Option<Replay> = None;
    let mut fault = None;
    evidence::each_record(run, |record| {
        restorer.accept(record);
        if replay.is_none() {
            match restorer.context().map(Replay::new).transpose() {
                Ok(ready) => replay = ready,
                Err(error) => fault = Some(error),
            }
        }
        if let Some(replay) = &mut replay {
            for capture in restorer.take_captures() {
                replay.file(&capture, &kept);
            }
            for rendering in restorer.take_renderings() {
                replay.renew(&rendering);
            }
            for charted in restorer.take_charted() {
                replay.attach(charted);
            }
        }
    })?;
    if let Some(error) = fault {
        return Err(error);
    }
    let night = restorer.finish();
    if let Some(problem) = night.problems.first() {
        return Err(EngineError::Replay(format!("{}: {problem}", run.display())));
    }
    let missing = || EngineError::Replay(format!("{}: the run's context is not in the evidence", run.display()));
    Ok(replay.ok_or_else(missing)?.judge(&night.coverage))
}

/// Pages that are read again to measure the reading alone: enough for every page family many times over.
const SPEED_SAMPLE: usize = 5_000;

/// Reads the first pages of a run's evidence once more, one after the other: bytes read, and how long the reading alone
/// took.
///
/// # Errors
/// As [`observations`].
pub fn reading_speed(run: &Path) -> Result<(u64, Duration), EngineError> {
    let mut restorer = Restorer::default();
    let (mut bytes, mut took, mut pages) = (0, Duration::ZERO, 0);
    let mut context: Option<RunContext> = None;
    evidence::each_record(run, |record| {
        restorer.accept(record);
        if context.is_none() {
            context = restorer.context().and_then(|context| serde_json::from_value(context.clone()).ok());
        }
        let Some(context) = &context else { return };
        for capture in restorer.take_captures() {
            pages += 1;
            if pages > SPEED_SAMPLE {
                return;
            }
            let channel = asked(context, &capture.request);
            let started = Instant::now();
            let read = reader::read(&capture, None, channel, &context.read);
            if matches!(read, Read::Done(_)) {
                took += started.elapsed();
                bytes += capture.response().map_or(0, |response| response.body.len() as u64);
            }
        }
    })?;
    Ok((bytes, took))
}

struct Replay {
    context: RunContext,
    dossiers: BTreeMap<CityCode, CityDossier>,
}

impl Replay {
    fn new(context: &serde_json::Value) -> Result<Self, EngineError> {
        let context: RunContext = serde_json::from_value(context.clone())
            .map_err(|error| EngineError::Replay(format!("the run's context cannot be read: {error}")))?;
        let dossiers =
            context.targets.iter().map(|target| (target.city.code.clone(), CityDossier::new(target.clone()))).collect();
        Ok(Self { context, dossiers })
    }

    fn file(&mut self, capture: &Capture, kept: &Kept) {
        if capture.request.purpose == Purpose::Render {
            // It was given to a page that was rendered, and is seen there.
            return;
        }
        let Some(dossier) = self.dossiers.get_mut(&capture.request.target) else { return };
        let earlier = capture.revisit.as_ref().and_then(|place| kept.response(place));
        let channel = asked(&self.context, &capture.request);
        let extraction = match reader::read(capture, earlier.as_ref(), channel, &self.context.read) {
            Read::Done(extraction) => Some(Arc::from(extraction)),
            Read::Nothing | Read::Panicked => None,
        };
        dossier.pages.push(super::page_record(capture, extraction));
    }

    /// A page once more, as a browser built it.
    fn renew(&mut self, rendering: &Rendering) {
        let of = |page: &&mut PageRecord| page.record == rendering.of;
        let mut pages = self.dossiers.values_mut().flat_map(|dossier| &mut dossier.pages);
        let Some(page) = pages.find(of) else { return };
        let shown = rendered::read(page, rendering, asked(&self.context, &page.request), &self.context.read);
        if let Some(extraction) = rendered::renewed(page, rendering, shown) {
            page.extraction = Some(extraction);
        }
    }

    /// What was read of a picture, beside the picture.
    fn attach(&mut self, charted: ChartedPicture) {
        let pages = self.dossiers.values_mut().flat_map(|dossier| &mut dossier.pages);
        let drawn = Arc::new(extract::guide::drawn(charted.reading));
        for page in pages.filter(|page| page.record == charted.of) {
            page.drawn = Some(Arc::clone(&drawn));
        }
    }

    fn judge(mut self, coverage: &BTreeMap<CityCode, CityCoverage>) -> Vec<Observation> {
        let mut observations = Vec::new();
        for (city, dossier) in &mut self.dossiers {
            // A city without archived coverage was not finished: the night ended before it was judged.
            let Some(coverage) = coverage.get(city) else { continue };
            dossier.coverage.clone_from(&coverage.channels);
            dossier.own_network = coverage.own_network;
            observations.extend(judge(&self.context, dossier));
        }
        observations.sort_by(|a, b| a.id.cmp(&b.id));
        observations
    }
}
