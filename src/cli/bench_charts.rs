//! `bench --charts N`: how many flowchart pictures are read a minute by one worker and by two, what that takes of
//! memory, and that nothing is read twice.
//!
//! The pictures are drawn by us. Each number of workers has a process of its own, so that its memory is its own, and
//! goes over all pictures twice: reading, and from what was kept.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::own_process::{cpu_seconds, peak_mib};
use super::{Ended, Failure, note, print};
use crate::chart::Form;
use crate::config;
use crate::engine::chart_reader::ChartReader;
use crate::model::Digest;
use crate::sink::chart_cache::ChartCache;
use crate::synthetic;

/// Seed of the pictures: any will do, it only must stay the same for figures to be compared.
const SEED: u64 = 4;

/// One process's figures.
#[derive(Debug, Serialize, Deserialize)]
struct Measured {
    workers: usize,
    charts: usize,
    seconds: f64,
    cpu_seconds: f64,
    peak_mib: f64,
    /// Of the second time over.
    again_seconds: f64,
    again_read: usize,
}

pub(super) fn run(charts: usize) -> Result<Ended, Failure> {
    let folder = std::env::temp_dir().join(format!("portal-probe-bench-charts-{}", std::process::id()));
    let result = draw(&folder, charts).and_then(|()| measured(&folder));
    // The folder is ours and temporary; a leftover does no harm.
    let _ = std::fs::remove_dir_all(&folder);
    result
}

fn measured(folder: &Path) -> Result<Ended, Failure> {
    print(&format!(
        "{:>7} {:>7} {:>9} {:>10} {:>12} {:>9} {:>22}",
        "workers", "charts", "seconds", "charts/min", "CPU s/chart", "peak MiB", "again: seconds, read"
    ))?;
    let one = in_own_process(folder, 1)?;
    print(&row(&one))?;
    let two = in_own_process(folder, 2)?;
    print(&row(&two))?;
    print(&format!(
        "two workers against one: {:.2} times the charts a minute, {:.2} times the memory, {:.2} times the processor time",
        one.seconds / two.seconds,
        two.peak_mib / one.peak_mib.max(f64::EPSILON),
        two.cpu_seconds / one.cpu_seconds.max(f64::EPSILON),
    ))
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn row(measured: &Measured) -> String {
    let charts = measured.charts.max(1) as f64;
    let again = format!("{:.3}, {}", measured.again_seconds, measured.again_read);
    format!(
        "{:>7} {:>7} {:>9.1} {:>10.1} {:>12.3} {:>9.0} {again:>22}",
        measured.workers,
        measured.charts,
        measured.seconds,
        charts * 60.0 / measured.seconds,
        measured.cpu_seconds / charts,
        measured.peak_mib
    )
}

/// Draws pictures of every look in turn; pairs whose chart is no picture have none.
fn draw(folder: &Path, charts: usize) -> Result<(), Failure> {
    let fonts = super::eval_charts::fonts(Path::new("/usr/share/fonts")).map_err(Failure::Configuration)?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    let looks = synthetic::ChartLooks::named(&[]).context("every look")?;
    let mut drawn = 0;
    for number in 0.. {
        let pair = synthetic::chart_pair(&fonts, (SEED, number), &looks).context("drawing a chart")?;
        let is_picture = |name: &str| ["png", "jpg", "gif", "bmp"].iter().any(|ending| name.ends_with(ending));
        for (name, bytes) in pair.files {
            if drawn == charts {
                note(&format!("{charts} charts drawn"));
                return Ok(());
            }
            if is_picture(&name) && !bytes.is_empty() && Form::of(&bytes) == Form::Picture {
                let path = folder.join(name);
                std::fs::write(&path, bytes).with_context(|| format!("cannot write `{}`", path.display()))?;
                drawn += 1;
            }
        }
    }
    Ok(())
}

fn in_own_process(folder: &Path, workers: usize) -> Result<Measured, Failure> {
    let program = std::env::current_exe().context("our own program file")?;
    let output = Command::new(&program)
        .args(["bench", "--measure"])
        .arg(folder)
        .args(["--chart-workers", &workers.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("the measuring process")?;
    if !output.status.success() {
        return Err(anyhow::anyhow!("the measuring process ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout).context("the measuring process's figures")?)
}

/// The measured reading itself: as a night reads, each picture by one thread.
pub(super) fn measure(folder: &Path, workers: usize) -> Result<Ended, Failure> {
    let config = config::parse(None, &[]).map_err(|error| Failure::Configuration(error.into()))?;
    let settings = config::Charts { threads: 1, ..config.chart };
    let kept = folder.join(format!("kept-{workers}"));
    let reader = ChartReader::open(&settings, Some(ChartCache::of(&kept)))?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        files.push(entry.context("an entry of the folder")?.path());
    }
    files.retain(|path| path.is_file());
    files.sort();
    let (started, before) = (Instant::now(), cpu_seconds());
    let read = pass(&reader, &files, workers)?;
    let (seconds, used) = (started.elapsed().as_secs_f64(), cpu_seconds() - before);
    let started = Instant::now();
    let again_read = pass(&reader, &files, workers)?;
    let again_seconds = started.elapsed().as_secs_f64();
    let peak_mib = peak_mib();
    print(&serde_json::to_string(&Measured {
        workers,
        charts: read,
        seconds,
        cpu_seconds: used,
        peak_mib,
        again_seconds,
        again_read,
    })?)
}

/// Goes over all pictures once; answers how many had to be read.
fn pass(reader: &ChartReader, files: &[PathBuf], workers: usize) -> anyhow::Result<usize> {
    let (next, read) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || -> anyhow::Result<()> {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let bytes = std::fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
            let digest = Digest::of(&bytes);
            if reader.kept(digest.short(64)).is_none() {
                read.fetch_add(1, Ordering::Relaxed);
                let reading = reader.read(&bytes).unwrap_or_else(|| reader.no_picture());
                reader.keep(digest.short(64), &reading)?;
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("reading does not panic"))
    })?;
    Ok(read.into_inner())
}
