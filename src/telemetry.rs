//! What the program says about itself while it works: log events on standard error, and the progress display.
//!
//! Comes in: named events. Goes out: lines on standard error. Must never know: what an event means for the records.
//! Levels: error = records lost or an operator is needed; warn = unexpected, recovered; info = a run or a city starts
//! or ends; debug = one line an exchange; trace = inside one page.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;

use crate::model::{CityCode, FetchFailure, SafeUrl};

/// Starts logging: `verbosity` 0 shows warnings, 1 info, 2 debug, 3 trace; `RUST_LOG` overrides it.
pub fn start(verbosity: u8) {
    let level = match verbosity {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,usvg=error,portal_probe={level}")));
    // A second start, as in tests, is harmless: the first subscriber stays.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).try_init();
}

/// A run begins.
pub fn run_started(run: &str, cities: usize) {
    tracing::info!(run, cities, "run started");
}

/// A run goes on where a process died or was stopped.
pub fn run_resumed(run: &str, exchanges: u64) {
    tracing::info!(run, exchanges, "run resumed");
}

/// A run begins although the last one had not come to its end.
pub fn given_up(run: &str) {
    tracing::warn!(run, "the last run had not come to its end; `run --resume` would have gone on with it");
}

/// Evidence that was confirmed to be on the disk is not there: the disk does not keep its word.
pub fn evidence_lost(run: &str, acknowledgements: usize) {
    tracing::error!(
        run,
        acknowledgements,
        "the disk lost evidence that it had confirmed; what belongs to it is asked for again"
    );
}

/// A city is done.
pub fn city_done(city: &CityCode, requests: u64, observations: usize) {
    tracing::info!(%city, requests, observations, "city done");
}

/// One exchange is over.
pub fn exchange(url: &url::Url, outcome: Result<u16, &FetchFailure>, total_ms: f64) {
    let url = SafeUrl(url);
    match outcome {
        Ok(status) => tracing::debug!(%url, status, total_ms, "exchange"),
        Err(failure) => {
            tracing::debug!(%url, kind = ?failure.kind, stage = ?failure.stage, total_ms, "exchange failed");
        }
    }
}

/// A reader panicked: a fault of ours. The page counts as unreadable.
pub fn reader_panicked(url: &url::Url) {
    tracing::error!(url = %SafeUrl(url), "the reader failed on this page; it is recorded as unreadable");
}

/// The control probe of our own network failed.
pub fn own_network_down(url: &url::Url) {
    tracing::warn!(url = %SafeUrl(url), "our own network: the control address does not answer");
}

/// Rendering is wished and there is no browser: pages that only scripts build stay unread.
pub fn no_browser(error: &dyn std::fmt::Display) {
    tracing::warn!(
        %error,
        "pages that only scripts build will count as not rendered; install the browser (`apt-get install \
         chromium-headless-shell`), name it in `render.executables`, or switch rendering off (`render.enabled = false`)"
    );
}

/// Pictures are to be read and there are no models: flowcharts that are pictures stay unread.
pub fn no_models(error: &dyn std::fmt::Display) {
    tracing::warn!(
        %error,
        "flowcharts that are pictures will count as unreadable; `make setup` fetches the models, `chart.models` names \
         their folder, and `chart.enabled = false` switches the reading off"
    );
}

/// A picture's reading could not be kept for the next night.
pub fn chart_not_kept(error: &dyn std::fmt::Display) {
    tracing::warn!(%error, "a picture's reading is not kept, and will be read again the next night");
}

/// A page was rendered, or could not be.
pub fn rendered(url: &url::Url, failure: Option<&str>) {
    let url = SafeUrl(url);
    match failure {
        None => tracing::debug!(%url, "rendered"),
        Some(detail) => tracing::debug!(%url, detail, "not rendered"),
    }
}

/// An earlier night's evidence that a conditional request relied on is gone.
pub fn kept_payload_missing(run: &str, detail: &str) {
    tracing::warn!(run, detail, "an unchanged page's earlier copy cannot be read; it is fetched again next night");
}

/// The operator had hosts stopped.
pub fn hosts_stopped(list: &dyn std::fmt::Debug, dropped: u64) {
    tracing::warn!(?list, dropped, "stopped by the stop file: nothing more is asked of these hosts in this night");
}

/// The stop file is there and cannot be read.
pub fn stop_file_unreadable(path: &std::path::Path, error: &str) {
    tracing::error!(path = %path.display(), error, "the stop file cannot be read, so everything is stopped");
}

/// The operator asked for an end.
pub fn interrupted() {
    tracing::warn!("interrupted: waiting for the exchanges under way, then writing what was seen");
}

/// The window of the run is over.
pub fn window_over() {
    tracing::warn!(
        "the window of this run is over (`run.window`): waiting for the exchanges under way; `run --resume` goes on"
    );
}

/// The disk would get full.
pub fn disk_full(out: &std::path::Path) {
    tracing::error!(
        out = %out.display(),
        "the disk has no more room than `run.disk_reserve`: waiting for the exchanges under way; free space, then `run --resume`"
    );
}

/// By what was written so far, the disk will not do for what waits.
pub fn disk_short(out: &std::path::Path, free: u64, wanted: u64) {
    let (free, wanted) = (free >> 20, wanted >> 20);
    tracing::warn!(out = %out.display(), free_mib = free, wanted_mib = wanted, "the disk may not do for what still waits");
}

/// The progress display: a live line on a terminal, a plain line every so often otherwise.
pub struct Progress {
    bar: Option<ProgressBar>,
    cities: usize,
    last_line: Duration,
}

/// What the display shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Status {
    /// Cities done.
    pub cities_done: usize,
    /// Exchanges done.
    pub pages: u64,
    /// Addresses waiting.
    pub waiting: u64,
    /// Time since the run began.
    pub elapsed: Duration,
    /// Lower bound of the time left, from the slowest server's queue and interval.
    pub left: Duration,
}

impl Progress {
    /// A display for a run over so many cities.
    #[must_use]
    pub fn new(cities: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(cities as u64);
            let style = "{spinner} {bar:24} {pos}/{len} cities · {msg}";
            bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { bar, cities, last_line: Duration::ZERO }
    }

    /// Shows this.
    pub fn show(&mut self, status: &Status) {
        /// Plain lines are for logs: one in ten seconds is enough to see that the run lives.
        const LINE_EVERY: Duration = Duration::from_secs(10);
        let seconds = status.elapsed.as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = status.pages as f64 / seconds;
        let message = format!(
            "{} pages · {rate:.0}/s · {} waiting · {} s gone, at least {} s left",
            status.pages,
            status.waiting,
            status.elapsed.as_secs(),
            status.left.as_secs()
        );
        if let Some(bar) = &self.bar {
            bar.set_position(status.cities_done as u64);
            bar.set_message(message);
        } else if status.elapsed.saturating_sub(self.last_line) >= LINE_EVERY {
            self.last_line = status.elapsed;
            tracing::info!("{}/{} cities · {message}", status.cities_done, self.cities);
        }
    }

    /// Takes the display away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
