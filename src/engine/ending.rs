//! How a night ends: by itself, or early and in order.
//!
//! An early end has two steps. First nothing more is handed out, and what is under way is finished and acknowledged: up to
//! there a resumed run will take it. Then what was seen is judged, so that there is a table and a report to look at; none
//! of that is acknowledged, and a resumed run judges anew.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::EngineError;
use super::night::{Loop, NightReport, Scope};
use super::own_network;
use super::rendering::RenderDesk;
use crate::crash::{self, Point};
use crate::model::Capture;
use crate::sink::SinkError;
use crate::sink::disk::{self, Room, Use};
use crate::state::RunState;
use crate::telemetry;

/// Why a night ends before everything is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The operator asked for it.
    Operator,
    /// Its window is over.
    Window,
    /// The disk would get full.
    Disk,
}

/// Whether, and how far, a night is on its way to an early end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Ending {
    /// It goes on.
    #[default]
    Not,
    /// Nothing more is handed out; what is under way is finished.
    Finishing(Cause),
    /// What was seen is judged.
    Judging(Cause),
}

impl Cause {
    fn state(self) -> RunState {
        match self {
            Self::Operator => RunState::Interrupted,
            Self::Window => RunState::Overrun,
            Self::Disk => RunState::DiskFull,
        }
    }
}

impl Loop {
    /// Whether nothing more is to be begun.
    pub(super) fn is_ending(&self) -> bool {
        self.ending != Ending::Not
    }

    /// Whether only what is under way is finished.
    pub(super) fn is_finishing(&self) -> bool {
        matches!(self.ending, Ending::Finishing(_))
    }

    /// The night is to end early.
    pub(super) fn end(&mut self, cause: Cause) {
        if self.ending == Ending::Not {
            match cause {
                Cause::Operator => telemetry::interrupted(),
                Cause::Window => telemetry::window_over(),
                Cause::Disk => telemetry::disk_full(&self.night.out),
            }
            self.ending = Ending::Finishing(cause);
        }
    }

    /// Looks after the room on the disk, once a second at most.
    pub(super) fn watch_disk(&mut self) {
        /// Far more than is written in a second.
        const EVERY: Duration = Duration::from_secs(1);
        let now = self.night.clock.elapsed();
        if self.night.scope != Scope::Night || self.is_ending() || now < self.disk_looked_at + EVERY {
            return;
        }
        self.disk_looked_at = now;
        let Some(free) = disk::free(&self.night.out) else { return };
        let written = self.output.written();
        let used = Use { written, exchanges: self.report.exchanges, waiting: self.frontier.progress().waiting };
        match disk::room(free, self.night.config.disk_reserve, used) {
            Room::Short { wanted } if !self.disk_warned => {
                self.disk_warned = true;
                telemetry::disk_short(&self.night.out, free, wanted);
            }
            Room::Enough | Room::Short { .. } => {}
            Room::Full => self.end(Cause::Disk),
        }
    }

    /// Judges what was seen, once everything that was under way is acknowledged.
    pub(super) fn wind_down(&mut self) {
        let Ending::Finishing(cause) = self.ending else { return };
        if self.in_transit > 0 || self.unread > 0 || !self.journal.is_settled() {
            return;
        }
        self.journal.close();
        self.ending = Ending::Judging(cause);
        self.frontier.interrupt();
        self.rendering.iter_mut().for_each(RenderDesk::interrupt);
        self.report.interrupted = true;
    }

    /// Asks the control addresses before the first city.
    pub(super) async fn probe_own_network(&mut self) -> Result<(), EngineError> {
        let questions = own_network::questions(&self.night.config.visit.control_urls, &mut self.record_ids);
        if questions.is_empty() {
            return Ok(());
        }
        let probe = own_network::probe(&self.fetcher, self.night.clock, questions).await;
        self.own_network = Some(probe.up);
        self.keep_probe(probe.captures)
    }

    pub(super) fn keep_probe(&mut self, captures: Vec<Capture>) -> Result<(), EngineError> {
        for capture in captures {
            self.output.capture(&capture, None)?;
            self.acknowledge_probe(&capture);
        }
        Ok(())
    }

    /// Brings everything to the disk under its final name.
    pub(super) async fn finish(mut self) -> Result<NightReport, EngineError> {
        crash::reached(Point::NightOver);
        self.report.duration = self.night.clock.elapsed();
        if let Some(desk) = self.rendering.take() {
            desk.close().await;
        }
        let writing = Instant::now();
        let (state, complete) = match self.ending {
            Ending::Not => (RunState::Complete, true),
            Ending::Finishing(cause) | Ending::Judging(cause) => (cause.state(), false),
        };
        let (output, civil, store) = (self.output, self.night.clock.civil(), self.journal.into_store());
        let night = Arc::clone(&self.night);
        let write = move || -> Result<(), EngineError> {
            output.finish(civil, complete)?;
            if let Some(mut store) = store {
                store.set_state(&night.context.run, state)?;
            }
            Ok(())
        };
        tokio::task::spawn_blocking(write).await.map_err(EngineError::task)??;
        if state == RunState::DiskFull {
            let (path, reserve) = (self.night.out.clone(), self.night.config.disk_reserve);
            let free = disk::free(&path).unwrap_or_default();
            return Err(SinkError::NoRoom { path, free, reserve }.into());
        }
        self.report.stopwatch.write += writing.elapsed();
        Ok(self.report)
    }
}
