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
use super::ending::{Cause, Ending};
use super::journal::{Journal, Leased, Made};
use super::judge::RunContext;
use super::kept::Kept;
use super::output::RunOutput;
use super::own_network::Probe;
use super::reading::ReadPage;
use super::record_ids::RecordIds;
use super::rendering::{JobId, RenderDesk};
use super::renderings::RenderedJob;
use super::resume::{Opened, Reopened};
use super::stopping::{LOOK_EVERY, StopFile};
use super::stopwatch::Stopwatch;
use crate::config::Config;
use crate::crash::{self, Point};
use crate::fetch::Fetcher;
use crate::frontier::{Frontier, Next};
use crate::model::{Capture, CityCode, CityDossier, Observation, PageRecord, RecordId, Severity};
use crate::render::Ask;
use crate::state::Store;
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

impl NightReport {
    /// A night that has done nothing yet.
    pub(super) fn of(folder: PathBuf) -> Self {
        Self {
            folder,
            exchanges: 0,
            duration: Duration::ZERO,
            stopwatch: Stopwatch::default(),
            requests_by_group: BTreeMap::new(),
            rendered: 0,
            charts: 0,
            charts_from_cache: 0,
            findings: BTreeMap::new(),
            interrupted: false,
        }
    }
}

/// What a task beside the loop hands back.
pub(super) enum Done {
    Fetched { made: Box<Made>, took: Duration },
    Read(Box<ReadPage>),
    Probed { city: CityCode, probe: Probe },
    Rendered(Box<RenderedJob>),
    Charted(Box<ChartedJob>),
    Judged { city: CityCode, judged: Judged, took: Duration },
    Committed(Box<Result<Store, EngineError>>),
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
    pub(super) in_transit: usize,
    /// Answers that are being read.
    pub(super) unread: usize,
    pub(super) journal: Journal,
    pub(super) record_ids: RecordIds,
    /// Whether, and how far, the night is on its way to an early end.
    pub(super) ending: Ending,
    /// While what was done is repeated: the moment at which it was done.
    pub(super) repeating: Option<Duration>,
    /// When the room on the disk was last looked at, and whether it was said that it may not do.
    pub(super) disk_looked_at: Duration,
    pub(super) disk_warned: bool,
    /// Cities whose visit had ended before the run was resumed, and that are to be judged.
    pub(super) concluded: Vec<CityDossier>,
    /// Pages that were photographed before the run was resumed.
    pub(super) pictured_before: BTreeSet<RecordId>,
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
    let desk = RenderDesk::open(&night.config.render).await;
    let mut state = Box::new(Loop::begin(&night, desk)?);
    telemetry::run_started(&night.context.run, night.context.targets.len());
    state.probe_own_network().await?;
    state.look_for_stop();
    state.begin_cities();
    Box::pin(state.go(stop)).await
}

/// Goes on with the newest night of the output folder, whose process died or was stopped, to its end, or until `stop`
/// resolves. Cities, settings and catalogue must be those it was begun with; its run id takes the place of the one given.
///
/// # Errors
/// As [`run`]; and when there is no such night, or it would not go on as it began.
pub async fn resume(night: Night, stop: impl Future<Output = ()>) -> Result<NightReport, EngineError> {
    let desk = RenderDesk::open(&night.config.render).await;
    match super::resume::reopened(night, desk)? {
        Reopened::Complete(report) => Ok(*report),
        Reopened::Unfinished(mut state) => {
            telemetry::run_resumed(&state.night.context.run, state.report.exchanges);
            state.probe_own_network().await?;
            state.look_for_stop();
            state.judge_concluded();
            Box::pin(state.go(stop)).await
        }
    }
}

impl Loop {
    async fn go(self: Box<Self>, stop: impl Future<Output = ()>) -> Result<NightReport, EngineError> {
        let mut state = self;
        let night = Arc::clone(&state.night);
        let mut progress = night.progress.then(|| Progress::new(night.context.targets.len()));
        tokio::pin!(stop);
        let mut stopped = false;
        let window = night.config.window;
        let over =
            async { if window.is_zero() { std::future::pending().await } else { tokio::time::sleep(window).await } };
        tokio::pin!(over);
        let mut overrun = false;
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let wait = state.hand_out();
            state.refuse_unasked();
            state.finish_drained()?;
            state.commit()?;
            state.watch_disk();
            state.wind_down();
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
                    state.end(Cause::Operator);
                }
                () = &mut over, if !overrun => {
                    overrun = true;
                    state.end(Cause::Window);
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
        Box::pin(state.finish()).await
    }

    /// A night that begins: everything is opened, nothing is asked.
    fn begin(night: &Arc<Night>, desk: Option<RenderDesk>) -> Result<Self, EngineError> {
        let Opened { output, store, waits } = super::resume::opened(night)?;
        let mut state = Self::with(Arc::clone(night), output, desk, |run| Journal::new(run, store, (1, 1)))?;
        for (group, wait) in waits {
            state.frontier.hold(&group, wait);
        }
        Ok(state)
    }

    /// A night of which nothing is known yet.
    pub(super) fn with(
        night: Arc<Night>,
        output: RunOutput,
        rendering: Option<RenderDesk>,
        journal: impl FnOnce(&str) -> Journal,
    ) -> Result<Self, EngineError> {
        let kept = Kept::of_latest(&night.out);
        let fetcher = Fetcher::new(night.config.fetch.clone())
            .map_err(EngineError::fetch)?
            .declaring(crate::extract::dialect::queries());
        let targets = &night.context.targets;
        Ok(Self {
            frontier: Frontier::new(night.config.frontier.clone(), targets),
            fetcher: Arc::new(fetcher),
            report: NightReport::of(output.folder().to_owned()),
            output,
            stop_file: StopFile::new(night.config.stop_file(&night.out)),
            kept: Arc::new(kept),
            tasks: JoinSet::new(),
            dossiers: BTreeMap::new(),
            reading: BTreeMap::new(),
            rendering,
            charts: ChartDesk::open(&night.config.chart, &night.out),
            judged: BTreeMap::new(),
            idle: BTreeSet::new(),
            followed_up: BTreeSet::new(),
            probed: BTreeSet::new(),
            in_transit: 0,
            unread: 0,
            journal: journal(&night.context.run),
            record_ids: RecordIds::of(&night.context.run),
            ending: Ending::default(),
            repeating: None,
            disk_looked_at: Duration::ZERO,
            disk_warned: false,
            concluded: Vec::new(),
            pictured_before: BTreeSet::new(),
            begun: 0,
            cities_done: 0,
            own_network: None,
            night,
        })
    }

    /// Hands out every ticket that is due; answers when to look again, if waiting is all there is to do.
    fn hand_out(&mut self) -> Option<Duration> {
        while !self.is_ending() && self.in_transit < self.night.config.concurrency {
            match self.frontier.next(self.now()) {
                Next::Ready(ticket) => self.lease(ticket),
                Next::Wait(until) => return Some(until),
                Next::InTransit | Next::Drained => return None,
            }
        }
        None
    }

    /// The moment since the start of the run.
    pub(super) fn now(&self) -> Duration {
        self.repeating.unwrap_or_else(|| self.night.clock.elapsed())
    }

    pub(super) fn send(&mut self, leased: Leased) {
        crash::reached(Point::LeaseCommitted);
        let (fetcher, clock) = (Arc::clone(&self.fetcher), self.night.clock);
        let Leased { ticket, record, lease } = leased;
        let gap = ticket.interval();
        *self.report.requests_by_group.entry(ticket.group().to_owned()).or_default() += 1;
        self.tasks.spawn(async move {
            let (date, started) = (clock.civil(), Instant::now());
            crash::reached(Point::BeforeSend);
            let (request, exchange) = fetcher.fetch(ticket).await;
            crash::reached(Point::BodyComplete);
            let capture = Capture { record, request, date, exchange, revisit: None };
            let made = Box::new(Made { capture, lease, ended: clock.elapsed(), gap });
            Done::Fetched { made, took: started.elapsed() }
        });
    }

    fn take(&mut self, done: Done) -> Result<(), EngineError> {
        match done {
            Done::Fetched { made, took } => {
                self.in_transit -= 1;
                self.report.stopwatch.fetch += took;
                self.report.exchanges += 1;
                self.read_beside(*made);
                Ok(())
            }
            Done::Read(page) => self.keep(*page),
            Done::Probed { city, probe } => {
                self.keep_probe(probe.captures)?;
                let up = probe.up && self.own_network != Some(false);
                self.conclude(&city, Some(up))
            }
            Done::Rendered(done) => self.keep_rendering(*done),
            Done::Charted(done) => self.keep_chart(*done),
            Done::Judged { city, judged, took } => {
                self.report.stopwatch.check += took;
                self.photograph(&city, judged)
            }
            Done::Committed(store) => {
                self.committed((*store)?);
                Ok(())
            }
            Done::Nothing => Ok(()),
        }
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
}

/// The next thing that a page asks for while it is rendered; never without a browser.
async fn next_ask(desk: &mut Option<RenderDesk>) -> (JobId, Ask) {
    match desk {
        Some(desk) => desk.ask().await,
        None => std::future::pending().await,
    }
}
