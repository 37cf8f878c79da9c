//! Going on where a process died.
//!
//! Comes in: the newest run of an output folder: its acknowledgements and its evidence, walked together. Goes out: the
//! loop as it was when the last batch reached the disk. What was acknowledged is repeated in its order through the code
//! that did it then (`Frontier::repeat`, [`Loop::file`], [`Loop::renew`] …), with the moments of then; nothing is asked and
//! nothing written. What was handed out and not acknowledged still waits, and its server group is left alone for a whole
//! gap, because the request may have arrived the moment the process died.
//!
//! Where evidence and acknowledgements do not agree any more (a disk that lost what it had confirmed), both are cut there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::EngineError;
use super::journal::Journal;
use super::judge::RunContext;
use super::night::{Loop, Night, NightReport, Scope};
use super::output::RunOutput;
use super::reader::{self, Read};
use super::reading::asked;
use super::rendered;
use super::rendering::{Before, RenderDesk};
use crate::config::Config;
use crate::crash::{self, Point};
use crate::frontier::HandedOut;
use crate::model::rendering::MadeFor;
use crate::model::{Capture, CityCode, CityDossier, Digest, Observation, PageRecord, Purpose, Rendering};
use crate::sink::disk;
use crate::sink::{self, Found, Item, Manifest, OutFolder, Record, RunFolder, SinkError, run_folder};
use crate::state::{Ack, AckKind, GroupClock, Lease, Moment, RunRow, RunState, Store};
use crate::telemetry;
use crate::warc::exchange::COVERAGE_URN;
use crate::warc::{CityCoverage, Place};

/// A run that was reopened.
pub(super) enum Reopened {
    /// It had come to its end; only its last word was missing.
    Complete(Box<NightReport>),
    /// It goes on.
    Unfinished(Box<Loop>),
}

/// What a run that begins has open.
pub(super) struct Opened {
    pub(super) output: RunOutput,
    /// `None` in a run that keeps no journal.
    pub(super) store: Option<Store>,
    /// How long each server group must still be left alone.
    pub(super) waits: Vec<(String, Duration)>,
}

/// Opens everything of a run that begins, and enters it in the registry.
pub(super) fn opened(night: &Night) -> Result<Opened, EngineError> {
    look_for_room(night)?;
    let (context, started) = (&night.context, night.clock.civil());
    if !keeps_journal(night) {
        let folder = RunFolder::create(&night.out, &context.run)?;
        let output = RunOutput::create(folder, context, &night.config, started)?;
        return Ok(Opened { output, store: None, waits: Vec::new() });
    }
    run_folder::check_name(&context.run)?;
    let held = OutFolder::hold(&night.out)?;
    let path = run_folder::path_of(&night.out, &context.run);
    if path.exists() {
        return Err(SinkError::RunExists { path }.into());
    }
    let mut store = Store::open(&night.out)?;
    if let Some(last) = store.newest()?.filter(|last| last.state != RunState::Complete) {
        telemetry::given_up(&last.id);
    }
    let waits = store.waits(&Moment::now())?;
    let gap = night.config.frontier.min_interval;
    let clocks = waits.iter().map(|(group, wait)| GroupClock { group: group.clone(), wait: *wait, gap });
    let row = RunRow {
        id: context.run.clone(),
        started,
        settings: settings_digest(context, &night.config),
        state: RunState::Running,
        elapsed: Duration::ZERO,
        records: 0,
    };
    store.begin(&row, &clocks.collect::<Vec<_>>())?;
    crash::reached(Point::RunRegistered);
    let output = RunOutput::create(held.begin(&context.run)?, context, &night.config, started)?;
    crash::reached(Point::ContextWritten);
    Ok(Opened { output, store: Some(store), waits })
}

/// A run that would have to stop at once does not begin.
fn look_for_room(night: &Night) -> Result<(), EngineError> {
    if night.scope != Scope::Night {
        return Ok(());
    }
    let reserve = night.config.disk_reserve;
    // The folder may still have to be made: its disk is that of the next one above it.
    let there = night.out.ancestors().find(|folder| folder.exists());
    match there.and_then(disk::free) {
        Some(free) if free < reserve => Err(SinkError::NoRoom { path: night.out.clone(), free, reserve }.into()),
        Some(_) | None => Ok(()),
    }
}

fn keeps_journal(night: &Night) -> bool {
    night.config.durable && night.scope == Scope::Night
}

/// Digest of everything on which it depends what a run asks and how it judges.
fn settings_digest(context: &RunContext, config: &Config) -> String {
    let context = RunContext { run: String::new(), ..context.clone() };
    let context = serde_json::to_string(&context).expect("the context is plain data with text keys");
    let Config { frontier, fetch, render, chart, visit, cities_at_once, .. } = config;
    let settings = format!("{frontier:?} {fetch:?} {render:?} {chart:?} {visit:?} {cities_at_once}");
    Digest::of_parts([context.as_str(), settings.as_str()]).as_str().to_owned()
}

/// Reopens the newest run of the output folder.
pub(super) fn reopened(mut night: Night, desk: Option<RenderDesk>) -> Result<Reopened, EngineError> {
    let held = OutFolder::hold(&night.out)?;
    look_for_room(&night)?;
    let mut store = Store::open(&night.out)?;
    let row = resumable(&store, &night)?;
    night.context.run.clone_from(&row.id);
    night.clock = night.clock.going_on(row.elapsed);
    let night = Arc::new(night);
    let folder = held.reopen(&row.id)?;
    if Manifest::read(folder.path()).is_ok_and(|manifest| manifest.complete) {
        return Ok(Reopened::Complete(Box::new(complete(folder, &mut store)?)));
    }
    let leases = store.leases(&row.id)?;
    let mut acks = store.acks(&row.id)?;
    let there = agreed(folder.path(), &acks)?;
    if let Some(lost) = acks.get(there) {
        telemetry::evidence_lost(&row.id, acks.len() - there);
        store.take_back(&row.id, lost.seq)?;
        acks.truncate(there);
    }
    let waits = store.waits(&Moment::now())?;
    let numbers = (leases.last().map_or(0, |lease| lease.number) + 1, acks.last().map_or(0, |ack| ack.seq) + 1);
    let spool_end = acks.iter().rev().find(|ack| ack.kind == AckKind::City);
    let spool_end = spool_end.and_then(|ack| ack.outcome.parse().ok()).unwrap_or(0);
    let path = folder.path().to_owned();
    let opening = (row.started, spool_end);
    let (output, observations) = RunOutput::reopen(folder, &night.context, &night.config, opening)?;
    let journal = |run: &str| Journal::new(run, Some(store), numbers);
    let mut state = Box::new(Loop::with(Arc::clone(&night), output, desk, journal)?);
    let repeat = Repeat::of(leases, &acks, observations);
    state.repeat(&path, &acks, repeat)?;
    let records = acks.iter().rev().find_map(|ack| ack.records).unwrap_or_default();
    state.output.go_on(records, &night.context, row.started)?;
    let now = state.now();
    for (group, wait) in waits {
        state.frontier.hold(&group, now + wait);
    }
    crash::reached(Point::Resumed);
    Ok(Reopened::Unfinished(state))
}

/// The newest run, if it can go on as it began.
fn resumable(store: &Store, night: &Night) -> Result<RunRow, EngineError> {
    let refuse = |why: String| Err(EngineError::Resume(why));
    let out = night.out.display();
    let Some(row) = store.newest()? else {
        return refuse(format!("`{out}` holds no run to resume\nhint: leave out `--resume`"));
    };
    if row.state == RunState::Complete {
        return refuse(format!("the newest run `{}` in `{out}` is complete\nhint: leave out `--resume`", row.id));
    }
    if row.settings != settings_digest(&night.context, &night.config) {
        return refuse(format!(
            "the run `{}` was begun with another configuration, catalogue, choice of cities or version of the \
             program\nhint: resume it with what it was begun with, or leave out `--resume` and begin a new one",
            row.id
        ));
    }
    Ok(row)
}

/// Says the last word of a run that had written everything.
fn complete(folder: RunFolder, store: &mut Store) -> Result<NightReport, EngineError> {
    let run = folder.run().to_owned();
    let observations = sink::observations::read(folder.path())?;
    let path = folder.publish(true)?;
    store.set_state(&run, RunState::Complete)?;
    let mut report = NightReport::of(path);
    for finding in observations.iter().flat_map(|observation| &observation.findings) {
        *report.findings.entry(finding.severity).or_default() += 1;
    }
    Ok(report)
}

/// How many of the acknowledgements have their evidence.
fn agreed(run_folder: &Path, acks: &[Ack]) -> Result<usize, EngineError> {
    let with_evidence: Vec<usize> = (0..acks.len()).filter(|at| acks[*at].record.is_some()).collect();
    let Some(last) = with_evidence.last() else { return Ok(acks.len()) };
    let whole = sink::holds(run_folder, acks[*last].records.unwrap_or_default())?;
    if whole {
        return Ok(acks.len());
    }
    let mut found = 0;
    sink::walk(run_folder, |_| -> Result<_, SinkError> {
        found += 1;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(with_evidence.get(found).copied().unwrap_or(acks.len()))
}

fn record_of(item: &Item) -> String {
    match item {
        Item::Capture(capture, _) => capture.record.0.clone(),
        Item::Rendering(rendering) => rendering.record.0.clone(),
        Item::Charted(charted) => charted.record.0.clone(),
        Item::Coverage(city, _) => format!("{COVERAGE_URN}{city}"),
    }
}

fn apart(run: &str) -> EngineError {
    EngineError::Resume(format!(
        "the evidence of the run `{run}` and `state.db` do not belong together\nhint: one of them was replaced or \
         damaged; what the evidence holds can be replayed, the run cannot be resumed"
    ))
}

/// What is needed to repeat what was done.
struct Repeat {
    leases: BTreeMap<u64, Lease>,
    observations: BTreeMap<String, Vec<Observation>>,
    /// Cities whose observations are in the spool: their pages need not be read again.
    done: BTreeSet<String>,
}

impl Repeat {
    fn of(leases: Vec<Lease>, acks: &[Ack], all: Vec<Observation>) -> Self {
        let mut observations: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
        for observation in all {
            observations.entry(observation.city.code.0.clone()).or_default().push(observation);
        }
        let done = acks.iter().filter(|ack| ack.kind == AckKind::City).map(|ack| ack.city.clone()).collect();
        Self { leases: leases.into_iter().map(|lease| (lease.number, lease)).collect(), observations, done }
    }
}

impl Loop {
    /// Repeats what was acknowledged.
    fn repeat(&mut self, run_folder: &Path, acks: &[Ack], mut repeat: Repeat) -> Result<(), EngineError> {
        let mut left = acks.iter();
        self.repeating = Some(Duration::ZERO);
        for city in &repeat.done {
            self.frontier.close(&CityCode(city.clone()));
        }
        self.begin_cities();
        if acks.iter().any(|ack| ack.record.is_some()) {
            sink::walk(run_folder, |found| -> Result<_, EngineError> {
                let ack = loop {
                    match left.next() {
                        Some(ack) if ack.record.is_none() => self.repeat_mark(ack, &mut repeat)?,
                        Some(ack) => break ack,
                        None => return Ok(ControlFlow::Break(())),
                    }
                };
                self.repeating = Some(ack.at);
                self.repeat_found(ack, found, &repeat)?;
                Ok(ControlFlow::Continue(()))
            })?;
        }
        for ack in left {
            if ack.record.is_some() {
                return Err(apart(&self.night.context.run));
            }
            self.repeat_mark(ack, &mut repeat)?;
        }
        self.repeating = None;
        Ok(())
    }

    /// What was done without leaving a record.
    fn repeat_mark(&mut self, ack: &Ack, repeat: &mut Repeat) -> Result<(), EngineError> {
        self.repeating = Some(ack.at);
        let city = CityCode(ack.city.clone());
        match ack.kind {
            AckKind::FollowUp if !repeat.done.contains(&ack.city) => self.follow_up(&city),
            AckKind::City => {
                let observations = repeat.observations.remove(&ack.city).unwrap_or_default();
                self.count_city(&city, &observations);
                self.output.restored_observations(observations)?;
            }
            AckKind::FollowUp | AckKind::Exchange | AckKind::Rendering | AckKind::Chart | AckKind::Coverage => {}
        }
        Ok(())
    }

    fn repeat_found(&mut self, ack: &Ack, found: Found, repeat: &Repeat) -> Result<(), EngineError> {
        let done = repeat.done.contains(&ack.city);
        let Found { item, masked } = found;
        if ack.record.as_deref() != Some(record_of(&item).as_str()) {
            return Err(apart(&self.night.context.run));
        }
        match item {
            Item::Capture(capture, answer) => {
                let lease = ack.lease.and_then(|number| repeat.leases.get(&number));
                self.repeat_exchange(*capture, (masked, answer), lease, done);
            }
            Item::Rendering(rendering) => {
                self.output.restored(&Record::Rendering { rendering: &rendering, masked_from: None })?;
                self.report.rendered += u64::from(rendering.outcome.is_ok());
                if !done {
                    self.repeat_rendering(&CityCode(ack.city.clone()), &rendering);
                }
            }
            Item::Charted(charted) => {
                let city = CityCode(ack.city.clone());
                self.report.charts += 1;
                let place = self.charts.as_mut().and_then(|desk| desk.read_before(&city, &charted.of));
                if let Some(picture) = &place {
                    self.output.restored(&Record::Charted { city: &city, charted: &charted, picture })?;
                }
                self.attach(&city, *charted);
            }
            Item::Coverage(city, coverage) => self.repeat_coverage(&city, &coverage, done)?,
        }
        Ok(())
    }

    fn repeat_exchange(
        &mut self,
        capture: Capture,
        (masked, answer): (bool, Option<Place>),
        lease: Option<&Lease>,
        done: bool,
    ) {
        self.record_ids.next(&capture.request);
        let place = self.output.restored_capture(&capture, masked, answer.as_ref());
        self.report.exchanges += 1;
        if capture.request.purpose == Purpose::OwnNetwork {
            return;
        }
        let now = self.now();
        let handed_out = HandedOut {
            since: lease.map_or(now, |lease| lease.since),
            robots_of: lease.and_then(|lease| lease.robots_of.clone()),
        };
        if let Some(lease) = lease {
            *self.report.requests_by_group.entry(lease.group.clone()).or_default() += 1;
        }
        self.frontier.repeat(&capture, handed_out, now);
        if done {
            return;
        }
        self.stored(&capture.request, place.clone());
        if let Some(desk) = &mut self.rendering
            && capture.response().is_none()
        {
            desk.done_before(Before::Failed(&capture.request));
        }
        let earlier = capture.revisit.as_ref().and_then(|place| self.kept.response(place));
        let (context, channel) = (&self.night.context, asked(&self.night.context, &capture.request));
        let read = match capture.request.purpose {
            Purpose::Render => Read::Nothing,
            _ => reader::read(&capture, earlier.as_ref(), channel, &context.read),
        };
        self.file(capture, read, place);
    }

    fn repeat_rendering(&mut self, city: &CityCode, rendering: &Rendering) {
        if rendering.made_for == MadeFor::Picture {
            self.pictured_before.insert(rendering.of.clone());
            return;
        }
        let pages = self.dossiers.get(city).map(|dossier| &dossier.pages);
        let Some(page) = pages.and_then(|pages| pages.iter().rev().find(|page| page.record == rendering.of)) else {
            return;
        };
        if let Some(desk) = &mut self.rendering {
            desk.done_before(Before::Rendered(page));
        }
        let channel = asked(&self.night.context, &page.request);
        let shown = rendered::read(page, rendering, channel, &self.night.context.read);
        let request = page.request.clone();
        self.renew(&request, rendering, shown);
    }

    /// The visit of a city had ended; it is judged again if its observations are not in the spool.
    fn repeat_coverage(&mut self, city: &CityCode, coverage: &CityCoverage, done: bool) -> Result<(), EngineError> {
        let date = self.night.clock.civil();
        self.output.restored(&Record::Coverage { city, coverage, date })?;
        self.frontier.close(city);
        let Some(mut dossier) = self.dossiers.remove(city) else { return Ok(()) };
        dossier.coverage.clone_from(&coverage.channels);
        dossier.own_network = coverage.own_network;
        if !done {
            self.concluded.push(dossier);
        }
        Ok(())
    }

    /// Goes on with what a process had begun and not brought to its end: judges cities whose visit had ended, and renders
    /// pages that nothing but a browser will ever show.
    pub(super) fn judge_concluded(&mut self) {
        let concluded: Vec<CityDossier> = std::mem::take(&mut self.concluded);
        for dossier in concluded {
            let city = dossier.target.city.code.clone();
            self.judge_beside(&city, dossier);
        }
        let pages = self.dossiers.values().flat_map(|dossier| &dossier.pages);
        let pages: Vec<PageRecord> = pages.cloned().collect();
        for page in &pages {
            self.render_now(page);
        }
    }
}
