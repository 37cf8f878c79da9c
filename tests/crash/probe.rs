//! The program as a child, the simulated portals beside it, and what a run left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use portal_probe::crash::VARIABLE;
use portal_probe::demo::{Arrival, Simulation, World};
use portal_probe::sink::evidence;
use portal_probe::warc::Restorer;
use serde_json::Value;

/// A folder of its own for each test; kept for a look when the test did not pass.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("portal-probe-crash-{}-{number}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() && std::env::var_os("CRASH_MATRIX_KEEP").is_none() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// Simulated portals, and the settings with which they are visited.
pub(crate) struct Portals {
    simulation: Simulation,
    runtime: tokio::runtime::Runtime,
    pub(crate) folder: Folder,
    sets: Vec<String>,
    cities: Vec<String>,
}

impl Portals {
    pub(crate) fn start(name: &str, cities: &[&str], interval: Duration, sets: &[&str]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let simulation = runtime.block_on(Simulation::start(World::load().prompt(), 0)).expect("free addresses");
        let folder = Folder::new(name);
        for (name, text) in simulation.catalogue() {
            let path = folder.0.join("targets").join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, text).expect("a file of the catalogue");
        }
        let interval = format!("politeness.min_interval={}ms", interval.as_millis());
        let standing = [
            "guard.allow=[\"127.32.0.0/11\"]",
            "politeness.latency_factor=0",
            "politeness.backoff_base=50ms",
            "politeness.robots_retry=100ms",
            "visit.entry_spacing=0s",
            "render.enabled=false",
            "chart.enabled=false",
            &interval,
        ];
        let sets = standing.iter().chain(sets).map(ToString::to_string).collect();
        let cities = cities.iter().map(ToString::to_string).collect();
        Self { simulation, runtime, folder, sets, cities }
    }

    /// A run into the folder `out`, to be killed at `crash` if that is given.
    pub(crate) fn command(&self, out: &str, more: &[&str], crash: Option<&str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portal-probe"));
        command.args(["run", "--allow-unverified", "--targets"]).arg(self.folder.0.join("targets"));
        command.arg("--out").arg(self.out(out)).stdin(Stdio::null());
        for set in &self.sets {
            command.args(["--set", set]);
        }
        // Of two settings of one key the later one holds.
        command.args(more);
        for city in &self.cities {
            command.args(["--city", city]);
        }
        if let Some(crash) = crash {
            command.env(VARIABLE, crash);
        }
        command
    }

    pub(crate) fn run(&self, out: &str, more: &[&str], crash: Option<&str>) -> Output {
        self.command(out, more, crash).output().expect("the program runs")
    }

    pub(crate) fn out(&self, out: &str) -> PathBuf {
        self.folder.0.join(out)
    }

    /// How many requests have come so far.
    pub(crate) fn arrived(&self) -> usize {
        self.simulation.log().len()
    }

    /// The requests that came since.
    pub(crate) fn since(&self, before: usize) -> Vec<Arrival> {
        self.simulation.log().split_off(before)
    }

    pub(crate) fn stop(self) {
        self.runtime.block_on(self.simulation.stop());
    }
}

/// The smallest time between two requests that one server group saw.
pub(crate) fn smallest_gap(arrivals: &[Arrival]) -> Option<Duration> {
    let mut last: BTreeMap<&str, std::time::Instant> = BTreeMap::new();
    let gaps = arrivals.iter().filter_map(|arrival| {
        let before = last.insert(&arrival.group, arrival.at)?;
        Some(arrival.at.saturating_duration_since(before))
    });
    gaps.min()
}

pub(crate) fn killed(output: &Output) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    output.status.signal() == Some(9)
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a run left, without what necessarily differs between two runs.
#[derive(Debug, PartialEq)]
pub(crate) struct Left {
    /// The records, byte for byte but for the moments of capture and the milliseconds that were measured.
    pub(crate) observations: Vec<String>,
    pub(crate) ledger: String,
    pub(crate) summary: String,
    /// Record, city, address, purpose and attempt of every exchange.
    pub(crate) exchanges: Vec<String>,
    /// What was rendered, and what was read of pictures.
    pub(crate) seen: Vec<String>,
}

pub(crate) fn left(run: &Path) -> Left {
    let text = |name: &str| std::fs::read_to_string(run.join(name)).expect("a file of the run");
    let mut restorer = Restorer::default();
    evidence::each_record(run, |record| restorer.accept(record)).expect("whole evidence");
    let night = restorer.finish();
    assert!(night.problems.is_empty(), "{:?}", night.problems);
    let mut exchanges: Vec<String> = night
        .captures
        .iter()
        .map(|capture| {
            let request = &capture.request;
            format!("{} {} {} {:?} {}", capture.record, request.target, request.url, request.purpose, request.attempt)
        })
        .collect();
    exchanges.sort();
    let renderings = night.renderings.iter().map(|one| format!("rendered {} {}", one.record, one.url));
    let charted = night.charted.iter().map(|one| format!("read {} {}", one.record, one.url));
    let mut seen: Vec<String> = renderings.chain(charted).collect();
    seen.sort();
    Left {
        observations: text("observations.jsonl").lines().map(timeless).collect(),
        ledger: text("ledger.json"),
        summary: text("summary.json"),
        exchanges,
        seen,
    }
}

/// An observation without its moments and without measured milliseconds.
fn timeless(line: &str) -> String {
    let mut record: Value = serde_json::from_str(line).expect("an observation");
    record["observed_at"] = Value::Null;
    for cite in record["evidence"].as_array_mut().expect("evidence") {
        cite["date"] = Value::Null;
    }
    if record["property"] == "site.response_time" {
        record["value"] = Value::Null;
        for cite in record["evidence"].as_array_mut().expect("evidence") {
            cite["excerpt"] = Value::Null;
        }
    }
    record.to_string()
}

pub(crate) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why().chars().take(1500).collect()) }
}

/// Whether two runs left the same; says what differs first.
pub(crate) fn same(whole: &Left, now: &Left) -> Result<(), String> {
    differs("exchanges", &whole.exchanges, &now.exchanges)?;
    differs("observations", &whole.observations, &now.observations)?;
    differs("renderings and readings", &whole.seen, &now.seen)?;
    ensure(now.ledger == whole.ledger, || "another ledger".to_owned())?;
    ensure(now.ledger.contains("\"balanced\": true"), || "the ledger does not add up".to_owned())?;
    ensure(now.summary == whole.summary, || "another summary".to_owned())
}

fn differs(what: &str, whole: &[String], now: &[String]) -> Result<(), String> {
    let first = whole.iter().zip(now).find(|(a, b)| a != b);
    ensure(whole == now, || format!("{what}: {} instead of {}; first difference {first:#?}", now.len(), whole.len()))
}
