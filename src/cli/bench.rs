//! `bench`: throughput, where the time goes, growth, memory, and what politeness costs, all on loopback in one run.
//!
//! The simulated portals run in a process of their own, so that the crawler's memory is its own; both share the
//! machine's cores, so pages per second are of the pair. Everything is bounded by the number of cities.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::own_process::peak_mib;
use super::{BenchArguments, Ended, Failure, night, note, print};
use crate::catalogue;
use crate::demo::{Simulation, World};
use crate::engine::clock::Clock;
use crate::engine::night::{Night, Scope};

/// Nights measured with and without durability.
const ROUNDS: u32 = 3;

/// The interval of the polite night: long against loopback's latency, short enough for a bench.
const POLITE: Duration = Duration::from_millis(100);

/// What one measured night gives, handed from the child process to the bench.
#[derive(Debug, Serialize, Deserialize)]
struct Measured {
    cities: usize,
    exchanges: u64,
    seconds: f64,
    fetch: f64,
    read: f64,
    check: f64,
    write: f64,
    megabytes_read: f64,
    /// Seconds that reading the same pages takes one after the other.
    reading_alone: f64,
    peak_mib: f64,
    lower_bound_seconds: f64,
}

pub(super) fn run(arguments: &BenchArguments) -> Result<Ended, Failure> {
    if let Some(folder) = &arguments.measure {
        if let Some(workers) = arguments.chart_workers {
            return super::bench_charts::measure(folder, workers);
        }
        return measure(folder, arguments);
    }
    if let Some(charts) = arguments.charts {
        return super::bench_charts::run(charts);
    }
    if let Some(pages) = arguments.render {
        let config = crate::config::parse(None, &[]).map_err(|error| Failure::Configuration(error.into()))?;
        return super::bench_render::run(&config, pages);
    }
    print(&format!(
        "{:>6} {:>9} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7} {:>10} {:>9}",
        "cities", "requests", "seconds", "pages/s", "fetch", "read", "check", "write", "read MB/s", "peak MiB"
    ))?;
    let mut first: Option<Measured> = None;
    for &cities in &arguments.cities {
        let measured = one_size(cities, Duration::ZERO, true)?;
        print(&row(&measured))?;
        if let Some(first) = &first {
            print(&growth(first, &measured))?;
        } else {
            first = Some(measured);
        }
    }
    if let Some(cities) = arguments.durability.or_else(|| arguments.cities.first().copied()) {
        print(&durability(cities)?)?;
    }
    if !arguments.no_polite {
        let polite = one_size(36, POLITE, true)?;
        print(&format!(
            "\npolite night, 36 cities, {} ms between requests of one server group: {:.2} s; lower bound {:.2} s; ratio {:.3}",
            POLITE.as_millis(),
            polite.seconds,
            polite.lower_bound_seconds,
            polite.seconds / polite.lower_bound_seconds
        ))?;
    }
    Ok(Ended::Done)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn row(measured: &Measured) -> String {
    let work = (measured.fetch + measured.read + measured.check + measured.write).max(f64::EPSILON);
    let share = |part: f64| format!("{:.0} %", 100.0 * part / work);
    format!(
        "{:>6} {:>9} {:>8.1} {:>8.0} {:>7} {:>7} {:>7} {:>7} {:>10.1} {:>9.0}",
        measured.cities,
        measured.exchanges,
        measured.seconds,
        measured.exchanges as f64 / measured.seconds,
        share(measured.fetch),
        share(measured.read),
        share(measured.check),
        share(measured.write),
        measured.megabytes_read / measured.reading_alone.max(f64::EPSILON),
        measured.peak_mib
    )
}

/// What it costs that a run can be resumed: the same night with and without its journal, in turn, the best of each.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn durability(cities: usize) -> Result<String, Failure> {
    let mut best = [0.0_f64; 2];
    for _ in 0..ROUNDS {
        for (best, durable) in best.iter_mut().zip([true, false]) {
            let measured = one_size(cities, Duration::ZERO, durable)?;
            *best = best.max(measured.exchanges as f64 / measured.seconds);
        }
    }
    let [with, without] = best;
    Ok(format!(
        "\ndurability, {cities} cities, best of {ROUNDS}: {with:.0} pages/s with it, {without:.0} without; it costs {:.1} %",
        100.0 * (1.0 - with / without)
    ))
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn growth(first: &Measured, now: &Measured) -> String {
    let cities = now.cities as f64 / first.cities as f64;
    format!(
        "       ↑ {cities:.0} times the cities: {:.1} times the time, {:.1} times the memory",
        now.seconds / first.seconds,
        now.peak_mib / first.peak_mib
    )
}

/// Starts the portals and the crawler, each in a process of its own.
fn one_size(cities: usize, interval: Duration, durable: bool) -> Result<Measured, Failure> {
    let program = std::env::current_exe().context("our own program file")?;
    let folder = std::env::temp_dir().join(format!("portal-probe-bench-{}-{cities}", std::process::id()));
    let targets = folder.join("targets");
    let mut portals = Portals::start(&program, cities, &targets)?;
    let output = Command::new(&program)
        .args(["bench", "--measure"])
        .arg(&folder)
        .args(["--interval-ms", &interval.as_millis().to_string()])
        .args((!durable).then_some("--not-durable"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("the measuring process")?;
    portals.stop();
    // The folder is ours and temporary; a leftover does no harm.
    let _ = std::fs::remove_dir_all(&folder);
    if !output.status.success() {
        return Err(anyhow::anyhow!("the measuring process ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout).context("the measuring process's figures")?)
}

/// The simulated portals in their own process; they end when their standard input closes.
struct Portals(Child);

impl Portals {
    fn start(program: &Path, cities: usize, targets: &Path) -> Result<Self, Failure> {
        let mut child = Command::new(program)
            .args(["simulate", "--prompt", "--port", "0", "--cities", &cities.to_string(), "--catalogue"])
            .arg(targets)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the simulated portals")?;
        let stdout = child.stdout.take().context("the portals' output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).context("the portals' word that they are up")?;
        note(&format!("{cities} simulated cities: {}", line.trim()));
        Ok(Self(child))
    }

    fn stop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Drop for Portals {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The measured night itself.
fn measure(folder: &Path, arguments: &BenchArguments) -> Result<Ended, Failure> {
    let interval = format!("politeness.min_interval={}ms", arguments.interval_ms);
    let presets: Vec<String> = super::demo::PRESETS
        .iter()
        .map(ToString::to_string)
        .chain([interval, "visit.entry_spacing=0s".to_owned(), "fetch.concurrency=128".to_owned()])
        // Rendering is measured by itself.
        .chain(["render.enabled=false".to_owned(), format!("run.durable={}", !arguments.not_durable)])
        .collect();
    let config = crate::config::parse(None, &presets).map_err(|error| Failure::Configuration(error.into()))?;
    let catalogue = catalogue::load(&folder.join("targets"), &crate::extract::dialect::ids())
        .map_err(|error| Failure::Configuration(error.into()))?;
    let targets = catalogue.targets.clone();
    let cities = targets.len();
    let clock = Clock::starting_at(super::demo::NIGHT.parse().context("the simulated night's date")?);
    let context = night::context(targets, catalogue, &config, &clock);
    let night = Night { config, context, clock, out: folder.join("out"), progress: false, scope: Scope::Night };
    let report = night::visit(night)?;
    let peak_mib = peak_mib();
    let (bytes, reading) = crate::engine::replay::reading_speed(&report.folder).map_err(night::failure)?;
    let slowest = report.requests_by_group.values().max().copied().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let measured = Measured {
        cities,
        exchanges: report.exchanges,
        seconds: report.duration.as_secs_f64(),
        fetch: report.stopwatch.fetch.as_secs_f64(),
        read: report.stopwatch.read.as_secs_f64(),
        check: report.stopwatch.check.as_secs_f64(),
        write: report.stopwatch.write.as_secs_f64(),
        megabytes_read: bytes as f64 / 1e6,
        reading_alone: reading.as_secs_f64(),
        peak_mib,
        lower_bound_seconds: slowest.saturating_sub(1) as f64 * arguments.interval_ms as f64 / 1000.0,
    };
    print(&serde_json::to_string(&measured)?)
}

/// `simulate`: the simulated portals alone, for a crawler in another process.
pub(super) fn simulate((cities, prompt): (usize, bool), port: u16, folder: &Path) -> Result<Ended, Failure> {
    let runtime = super::runtime()?;
    let world = if prompt { World::load().prompt() } else { World::load() };
    let simulation = runtime.block_on(Simulation::start_without_log(world.scaled(cities), port))?;
    for (name, text) in simulation.catalogue() {
        let path = folder.join(name);
        let parent = path.parent().context("a folder for the catalogue")?;
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    print(&format!("catalogue in {}; close standard input or press Ctrl-C to stop", folder.display()))?;
    runtime.block_on(async {
        tokio::select! {
            () = night::ctrl_c() => {}
            () = standard_input_closed() => {}
        }
        simulation.stop().await;
    });
    Ok(Ended::Done)
}

async fn standard_input_closed() {
    let read = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink()));
    // Closed or broken, either way nobody is there any more.
    let _ = read.await;
}
