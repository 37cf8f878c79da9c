//! `eval synthesise-charts` and `eval charts`: draws the charts that the reader of charts is judged on, and judges it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;

use super::eval::{HalfArgument, folders};
use super::{Ended, Failure, night, note, print};
use crate::catalogue;
use crate::config;
use crate::drawing::Fonts;
use crate::engine::chart_reader::ChartReader;
use crate::engine::charts::{self, Source};
use crate::engine::clock::Clock;
use crate::engine::evaluation::{EvaluationError, Pages};
use crate::eval::Half;
use crate::sink::chart_cache::ChartCache;
use crate::synthetic::{self, ChartLooks, ChartPair};

/// The two faces that charts are drawn with, as Debian installs them.
const FACES: [&str; 2] = ["wqy-microhei.ttc", "uming.ttc"];

#[derive(Debug, clap::Args)]
pub(super) struct ChartsArguments {
    /// Label file of charts.
    #[arg(value_name = "LABELS")]
    labels: PathBuf,
    /// Folder that holds the labelled pages and charts, found by their digests; may be repeated. Default: the folder
    /// of the labels and `PORTAL_PROBE_REALDATA`, else ../shared/realdata.
    #[arg(long, value_name = "DIR")]
    pages: Vec<PathBuf>,
    /// Which half of the pairs; a pair belongs to a half by the digest of its id.
    #[arg(long, value_enum, default_value_t = HalfArgument::Development)]
    half: HalfArgument,
    /// Keep what is read of pictures in this folder, and read none again that is kept there.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Judge the comparison alone: take each picture as it was drawn, as if it had been read without a mistake.
    #[arg(long, conflicts_with = "keep")]
    as_drawn: bool,
    /// For machines.
    #[arg(long)]
    json: bool,
}

pub(super) fn evaluate(arguments: &ChartsArguments) -> Result<Ended, Failure> {
    let set = charts::read_labels(&arguments.labels).map_err(|error| match &error {
        EvaluationError::Read { .. } => Failure::Operation(error.into()),
        EvaluationError::Labels(_) | EvaluationError::NoLabels(_) => Failure::Configuration(error.into()),
    })?;
    let pages = Pages::below(&folders(&arguments.pages, &arguments.labels))?;
    let config = config::parse(None, &[]).map_err(|error| Failure::Configuration(error.into()))?;
    let context = night::context(Vec::new(), catalogue::builtin(), &config, &Clock::system());
    let half = Half::from(arguments.half);
    let reader = if arguments.as_drawn { None } else { reader(&config.chart, arguments.keep.as_deref()) };
    let source = match &reader {
        Some(reader) => Source::Read(reader),
        None if arguments.as_drawn => Source::AsDrawn,
        None => Source::Unread,
    };
    let start = std::time::Instant::now();
    let report = charts::evaluate(&set, half, &pages, (&context, source));
    let table = report.all();
    note(&format!("{} pairs in {:.0} s", table.pairs, start.elapsed().as_secs_f64()));
    if arguments.json {
        return print(&serde_json::to_string_pretty(&report.json(half))?);
    }
    print(&report.words())
}

/// The reader of pictures, if its models are there.
fn reader(settings: &config::Charts, keep: Option<&Path>) -> Option<ChartReader> {
    // Every core reads a picture of its own, so each needs one thread.
    let settings = config::Charts { threads: 1, ..settings.clone() };
    ChartReader::open(&settings, keep.map(ChartCache::of))
        .inspect_err(|missing| note(&format!("pictures are not read: {missing}")))
        .ok()
}

#[derive(Debug, clap::Args)]
pub(super) struct SynthesiseArguments {
    /// Folder for the label file, the pages and the charts.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many pairs of guide and chart.
    #[arg(long, default_value_t = 1200)]
    pairs: usize,
    /// The same seed gives the same pairs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Draw only this look; may be repeated. Default: every look in turn.
    #[arg(long = "look", value_name = "NAME")]
    looks: Vec<String>,
    /// Folder below which the fonts `wqy-microhei.ttc` and `uming.ttc` are (`make setup` installs them).
    #[arg(long, value_name = "DIR", default_value = "/usr/share/fonts")]
    fonts: PathBuf,
}

pub(super) fn synthesise(arguments: &SynthesiseArguments) -> Result<Ended, Failure> {
    let fonts = fonts(&arguments.fonts).map_err(Failure::Configuration)?;
    let looks = ChartLooks::named(&arguments.looks).map_err(|error| Failure::Configuration(error.into()))?;
    let pages = arguments.out.join("pages");
    std::fs::create_dir_all(&pages).with_context(|| format!("cannot make `{}`", pages.display()))?;
    let pairs = drawn((&fonts, &looks), arguments, &pages)?;
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for pair in &pairs {
        *counts.entry(pair.look).or_default() += 1;
        *counts.entry(pair.difference).or_default() += 1;
    }
    let labels: Vec<serde_json::Value> = pairs.into_iter().map(|pair| pair.label).collect();
    let labels = synthetic::chart_labels(arguments.seed, &labels);
    let file = arguments.out.join("labels.json");
    std::fs::write(&file, serde_json::to_string_pretty(&labels)?)
        .with_context(|| format!("cannot write `{}`", file.display()))?;
    for (name, count) in counts {
        note(&format!("{count:>5}  {name}"));
    }
    note(&format!("{} pairs in `{}`", arguments.pairs, arguments.out.display()));
    Ok(Ended::Done)
}

/// Draws on every core; each pair depends on its number alone, so the order of drawing does not matter.
fn drawn(
    (fonts, looks): (&Fonts, &ChartLooks),
    arguments: &SynthesiseArguments,
    pages: &Path,
) -> anyhow::Result<Vec<ChartPair>> {
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<Vec<(usize, ChartPair)>> {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= arguments.pairs {
                return Ok(done);
            }
            let mut pair = synthetic::chart_pair(fonts, (arguments.seed, number), looks)?;
            for (name, bytes) in pair.files.drain(..) {
                let path = pages.join(name);
                std::fs::write(&path, bytes).with_context(|| format!("cannot write `{}`", path.display()))?;
            }
            done.push((number, pair));
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("drawing does not panic")).collect::<Vec<_>>()
    });
    let mut pairs = results.into_iter().collect::<anyhow::Result<Vec<_>>>()?.concat();
    pairs.sort_by_key(|(number, _)| *number);
    Ok(pairs.into_iter().map(|(_, pair)| pair).collect())
}

/// The fonts below a folder.
pub(super) fn fonts(folder: &Path) -> anyhow::Result<Fonts> {
    let mut files = Vec::new();
    for face in FACES {
        let path = below(folder, face).with_context(|| {
            format!("the font `{face}` is not below `{}`; `make setup` installs it", folder.display())
        })?;
        files.push(std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?);
    }
    Ok(Fonts::new(files)?)
}

fn below(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|found| found == name) {
                return Some(path);
            }
        }
    }
    None
}
