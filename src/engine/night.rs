//! One night: the loop that carries tickets to the network, captures to the evidence, pages to the reader, links back
//! to the frontier, and each finished city to its judgement.
//!
//! The loop owns the frontier and the dossiers; nothing else touches them, so there are no locks. Fetching and reading
//! run beside it and hand their results back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::EngineError;
use super::chart_desk::{ChartDesk, ChartedJob};
use super::clock::Clock;
use super::judge::RunContext;
use super::kept::Kept;
use super::output::RunOutput;
use super::own_network::{self, Probe};
use super::reader::Read;
use super::reading::{ReadPage, new_record_id, read_page};
use super::rendering::{JobId, RenderDesk};
use super::renderings::RenderedJob;
use super::stopping::{LOOK_EVERY, StopFile};
use super::stopwatch::Stopwatch;
use super::wishes::{Wish, wishes};
use crate::config::Config;
use crate::fetch::Fetcher;
use crate::frontier::{Event, Frontier, Next, Offer, Ticket};
use crate::model::extraction::LinkRole;
use crate::model::request::KeptPayload;
use crate::model::{
    Capture, CityCode, CityDossier, Digest, Lane, Method, Observation, PageRecord, Purpose, Request, Severity, as_sent,
};
use crate::render::Ask;
use crate::telemetry::{self, Progress, Status};

/// What a night needs.
pub struct Night {
    /// Configuration.
    pub config: Config,
    /// What the judgement depends on; its targets are the cities visited.
    pub context: RunContext,
    /// The run's clock.
    pub clock: Clock,
    /// Output folder.
    pub out: PathBuf,
    /// Whether to show progress.
    pub progress: bool,
    /// How far the visit goes.
    pub scope: Scope,
}

/// How far a visit goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A whole night: everything in reach, within the budgets.
    Night,
    /// The seeds themselves, the data that their scripts load, and the files they offer.
    OnePage,
}

/// How a night went.
#[derive(Debug, Clone)]
pub struct NightReport {
    /// The run's folder.
    pub folder: PathBuf,
    /// Exchanges made.
    pub exchanges: u64,
    /// From first to last exchange.
    pub duration: Duration,
    /// Where the time went.
    pub stopwatch: Stopwatch,
    /// Requests by server group, for the lower bound of a polite night.
    pub requests_by_group: BTreeMap<String, u64>,
    /// Pages that a browser rendered.
    pub rendered: u64,
    /// Flowchart pictures of which a reading was had.
    pub charts: u64,
    /// Of these, those read in an earlier night.
    pub charts_from_cache: u64,
    /// Findings by severity over all observations.
    pub findings: BTreeMap<Severity, u64>,
    /// The operator ended it early.
    pub interrupted: bool,
}

/// What a task beside the loop hands back.
pub(super) enum Done {
    Fetched { capture: Box<Capture>, took: Duration },
    Read(Box<ReadPage>),
    Probed { city: CityCode, probe: Probe },
    Rendered(Box<RenderedJob>),
    Charted(Box<ChartedJob>),
    Judged { city: CityCode, judged: Judged, took: Duration },
    Nothing,
}

/// What a city's judgement gave.
pub(super) struct Judged {
    pub(super) requests: u64,
    pub(super) observations: Vec<Observation>,
    /// The pages that failed findings speak of.
    pub(super) accused: Vec<PageRecord>,
}

pub(super) struct Loop {
    pub(super) night: Arc<Night>,
    pub(super) frontier: Frontier,
    pub(super) fetcher: Arc<Fetcher>,
    pub(super) output: RunOutput,
    pub(super) stop_file: StopFile,
    pub(super) kept: Arc<Kept>,
    pub(super) tasks: JoinSet<Done>,
    pub(super) dossiers: BTreeMap<CityCode, CityDossier>,
    /// Pages of each city that are being read or rendered.
    pub(super) reading: BTreeMap<CityCode, usize>,
    /// The browsers; `None` without one.
    pub(super) rendering: Option<RenderDesk>,
    /// The reader of pictures; `None` without its models.
    pub(super) charts: Option<ChartDesk>,
    /// Cities that were judged and whose accused pages are being photographed.
    pub(super) judged: BTreeMap<CityCode, Judged>,
    pub(super) idle: BTreeSet<CityCode>,
    pub(super) followed_up: BTreeSet<CityCode>,
    /// Cities for whose sake our own network was looked at again.
    pub(super) probed: BTreeSet<CityCode>,
    in_transit: usize,
    /// Cities are begun in the order of the catalogue; so many have been.
    pub(super) begun: usize,
    pub(super) cities_done: usize,
    pub(super) own_network: Option<bool>,
    pub(super) report: NightReport,
}

/// Runs a night to its end, or until `stop` resolves; then what is under way is finished and everything is written.
///
/// # Errors
/// When the output folder, a file or the set-up of the network client fails. What was written stays.
pub async fn run(night: Night, stop: impl Future<Output = ()>) -> Result<NightReport, EngineError> {
    let night = Arc::new(night);
    let mut state = Loop::new(Arc::clone(&night))?;
    state.rendering = RenderDesk::open(&night.config.render).await;
    telemetry::run_started(&night.context.run, night.context.targets.len());
    state.probe_own_network().await?;
    state.look_for_stop();
    state.begin_cities();
    let mut progress = night.progress.then(|| Progress::new(night.context.targets.len()));
    tokio::pin!(stop);
    let mut stopped = false;
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let wait = state.hand_out();
        state.refuse_unasked();
        state.finish_drained()?;
        if state.tasks.is_empty() && wait.is_none() {
            if state.over() {
                break;
            }
            continue;
        }
        let timer = async {
            match wait {
                Some(until) => tokio::time::sleep_until(night.clock.instant(until).into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = &mut stop, if !stopped => {
                stopped = true;
                telemetry::interrupted();
                state.frontier.interrupt();
                state.rendering.iter_mut().for_each(RenderDesk::interrupt);
                state.report.interrupted = true;
            }
            Some(done) = state.tasks.join_next() => state.take(done.map_err(EngineError::task)?)?,
            ask = next_ask(&mut state.rendering) => state.consider(ask),
            _ = look.tick() => state.look_for_stop(),
            () = timer => {}
        }
        if let Some(progress) = &mut progress {
            progress.show(&state.status());
        }
    }
    if let Some(progress) = &progress {
        progress.finish();
    }
    state.finish().await
}

impl Loop {
    fn new(night: Arc<Night>) -> Result<Self, EngineError> {
        let output = RunOutput::create(&night.out, &night.context, &night.config, night.clock.civil())?;
        let kept = Kept::of_latest(&night.out);
        let fetcher = Fetcher::new(night.config.fetch.clone())
            .map_err(EngineError::fetch)?
            .declaring(crate::extract::dialect::queries());
        let targets = &night.context.targets;
        Ok(Self {
            frontier: Frontier::new(night.config.frontier.clone(), targets),
            fetcher: Arc::new(fetcher),
            report: NightReport {
                folder: output.folder().to_owned(),
                exchanges: 0,
                duration: Duration::ZERO,
                stopwatch: Stopwatch::default(),
                requests_by_group: BTreeMap::new(),
                rendered: 0,
                charts: 0,
                charts_from_cache: 0,
                findings: BTreeMap::new(),
                interrupted: false,
            },
            output,
            stop_file: StopFile::new(night.config.stop_file(&night.out)),
            kept: Arc::new(kept),
            tasks: JoinSet::new(),
            dossiers: BTreeMap::new(),
            reading: BTreeMap::new(),
            rendering: None,
            charts: ChartDesk::open(&night.config.chart, &night.out),
            judged: BTreeMap::new(),
            idle: BTreeSet::new(),
            followed_up: BTreeSet::new(),
            probed: BTreeSet::new(),
            in_transit: 0,
            begun: 0,
            cities_done: 0,
            own_network: None,
            night,
        })
    }

    /// Hands out every ticket that is due; answers when to look again, if waiting is all there is to do.
    fn hand_out(&mut self) -> Option<Duration> {
        while self.in_transit < self.night.config.concurrency {
            match self.frontier.next(self.night.clock.elapsed()) {
                Next::Ready(ticket) => self.send(ticket),
                Next::Wait(until) => return Some(until),
                Next::InTransit | Next::Drained => return None,
            }
        }
        None
    }

    fn send(&mut self, ticket: Ticket) {
        let (fetcher, clock) = (Arc::clone(&self.fetcher), self.night.clock);
        *self.report.requests_by_group.entry(ticket.group().to_owned()).or_default() += 1;
        self.in_transit += 1;
        self.tasks.spawn(async move {
            let (date, started) = (clock.civil(), Instant::now());
            let (request, exchange) = fetcher.fetch(ticket).await;
            let capture = Capture { record: new_record_id(), request, date, exchange, revisit: None };
            Done::Fetched { capture: Box::new(capture), took: started.elapsed() }
        });
    }

    fn take(&mut self, done: Done) -> Result<(), EngineError> {
        match done {
            Done::Fetched { capture, took } => {
                self.in_transit -= 1;
                self.report.stopwatch.fetch += took;
                self.report.exchanges += 1;
                self.settle(*capture);
                Ok(())
            }
            Done::Read(page) => self.keep(*page),
            Done::Probed { city, probe } => {
                self.keep_probe(&probe.captures)?;
                let up = probe.up && self.own_network != Some(false);
                self.conclude(&city, Some(up))
            }
            Done::Rendered(done) => self.keep_rendering(*done),
            Done::Charted(done) => self.keep_chart(*done),
            Done::Judged { city, judged, took } => {
                self.report.stopwatch.check += took;
                self.photograph(&city, judged)
            }
            Done::Nothing => Ok(()),
        }
    }

    /// Tells the frontier, and sends the answer to be read.
    fn settle(&mut self, mut capture: Capture) {
        let outcome = match &capture.exchange.outcome {
            Ok(response) => Ok(response.status),
            Err(failure) => Err(failure),
        };
        telemetry::exchange(&capture.request.url, outcome, capture.exchange.timing.total);
        let settled = self.frontier.settle(&capture, self.night.clock.elapsed());
        let again = settled.events.iter().any(|event| matches!(event, Event::Retry { .. } | Event::Lenient));
        if outcome == Ok(304) {
            capture.revisit = capture.request.validators.as_ref().map(|validators| validators.kept.clone());
        }
        *self.reading.entry(capture.request.target.clone()).or_default() += 1;
        let (night, kept) = (Arc::clone(&self.night), Arc::clone(&self.kept));
        self.tasks.spawn_blocking(move || Done::Read(Box::new(read_page(&night.context, &kept, (capture, again)))));
    }

    /// Writes the evidence, offers the links, and files the page.
    fn keep(&mut self, page: ReadPage) -> Result<(), EngineError> {
        let ReadPage { capture, masked_from, read, took, again } = page;
        self.report.stopwatch.read += took;
        let request = capture.request.clone();
        if let Some(count) = self.reading.get_mut(&request.target) {
            *count -= 1;
        }
        let capture = match &mut self.rendering {
            Some(desk) if !again => match desk.exchanged(capture, &self.night.context.read) {
                Some(capture) => capture,
                None => return Ok(()),
            },
            Some(_) | None => capture,
        };
        let place = self.archive(&capture, masked_from.as_ref())?;
        if request.purpose == Purpose::Render {
            return Ok(());
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
        if !self.report.interrupted {
            self.render_now(&page);
        }
        if let Some(dossier) = self.dossiers.get_mut(&request.target) {
            dossier.pages.push(page);
        }
        Ok(())
    }

    /// Writes an exchange to the evidence, and remembers where it stands; gives the place of its answer.
    pub(super) fn archive(
        &mut self,
        capture: &Capture,
        masked_from: Option<&Digest>,
    ) -> Result<Option<KeptPayload>, EngineError> {
        let writing = Instant::now();
        let place = self.output.capture(capture, masked_from)?;
        self.report.stopwatch.write += writing.elapsed();
        if let Some(desk) = &mut self.rendering
            && capture.request.method != Method::Head
        {
            desk.archived(&capture.request, place.clone());
        }
        Ok(place)
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
        self.frontier.offer(offer, self.night.clock.elapsed());
    }

    fn over(&self) -> bool {
        self.begun == self.night.context.targets.len() && self.dossiers.is_empty() && self.tasks.is_empty()
    }

    fn status(&self) -> Status {
        let progress = self.frontier.progress();
        Status {
            cities_done: self.cities_done,
            pages: self.report.exchanges,
            waiting: progress.waiting,
            elapsed: self.night.clock.elapsed(),
            left: self.frontier.time_left(),
        }
    }

    /// Asks the control addresses before the first city.
    async fn probe_own_network(&mut self) -> Result<(), EngineError> {
        let addresses = &self.night.config.visit.control_urls;
        if addresses.is_empty() {
            return Ok(());
        }
        let probe = own_network::probe(&self.fetcher, self.night.clock, addresses).await;
        self.own_network = Some(probe.up);
        self.keep_probe(&probe.captures)
    }

    fn keep_probe(&mut self, captures: &[Capture]) -> Result<(), EngineError> {
        captures.iter().try_for_each(|capture| self.output.capture(capture, None).map(drop))?;
        Ok(())
    }

    async fn finish(mut self) -> Result<NightReport, EngineError> {
        self.report.duration = self.night.clock.elapsed();
        if let Some(desk) = self.rendering.take() {
            desk.close().await;
        }
        let writing = Instant::now();
        let interrupted = self.report.interrupted;
        let (output, civil) = (self.output, self.night.clock.civil());
        tokio::task::spawn_blocking(move || output.finish(civil, !interrupted)).await.map_err(EngineError::task)??;
        self.report.stopwatch.write += writing.elapsed();
        Ok(self.report)
    }
}

/// The next thing that a page asks for while it is rendered; never without a browser.
async fn next_ask(desk: &mut Option<RenderDesk>) -> (JobId, Ask) {
    match desk {
        Some(desk) => desk.ask().await,
        None => std::future::pending().await,
    }
}
