//! `eval`: how often readings and findings are right, against labels.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};

use super::{Ended, Failure, night, note, print};
use crate::catalogue;
use crate::config;
use crate::engine::clock::Clock;
use crate::engine::evaluation::{self, EvaluationError, Pages};
use crate::eval::{Half, Shown};
use crate::synthetic;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct EvalArguments {
    /// Label file, or a folder of label files (docs/labels.md).
    #[arg(value_name = "LABELS", required = true)]
    labels: Option<PathBuf>,
    /// Folder that holds the labelled pages, found by their digests; may be repeated. Default: the folder of the
    /// labels and `PORTAL_PROBE_REALDATA`, else ../shared/realdata.
    #[arg(long, value_name = "DIR")]
    pages: Vec<PathBuf>,
    /// Which half of the cases; a case belongs to a half by the digest of its id.
    #[arg(long, value_enum, default_value_t = HalfArgument::All)]
    half: HalfArgument,
    /// Show the misses of the closed half too. Once they were looked at, that half measures nothing any more.
    #[arg(long)]
    show: bool,
    /// For machines.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    command: Option<EvalCommand>,
}

#[derive(Debug, Subcommand)]
enum EvalCommand {
    /// Pour the values of items into the layouts of real page families: pages, files and their labels.
    Synthesise(SynthesiseArguments),
    /// Score the reading of drawn charts, and the verdicts on pairs of guide and chart (docs/charts.md).
    Charts(super::eval_charts::ChartsArguments),
    /// Score the words that readers found in drawn charts, ours and others', with the time they took (docs/charts.md).
    Words(super::eval_words::WordsArguments),
    /// Draw flowcharts with their guides, alike and different: pages, pictures and their labels.
    SynthesiseCharts(super::eval_charts::SynthesiseArguments),
}

#[derive(Debug, clap::Args)]
struct SynthesiseArguments {
    /// Items, one JSON object a line; without it, the errands of the simulated cities.
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
    /// Folder for the label file and the pages.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The same seed gives the same cases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many cases.
    #[arg(long, default_value_t = 480)]
    count: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum HalfArgument {
    Development,
    Closed,
    All,
}

impl From<HalfArgument> for Half {
    fn from(argument: HalfArgument) -> Self {
        match argument {
            HalfArgument::Development => Self::Development,
            HalfArgument::Closed => Self::Closed,
            HalfArgument::All => Self::All,
        }
    }
}

pub(super) fn run(arguments: &EvalArguments) -> Result<Ended, Failure> {
    match &arguments.command {
        Some(EvalCommand::Synthesise(arguments)) => return synthesise(arguments),
        Some(EvalCommand::SynthesiseCharts(arguments)) => return super::eval_charts::synthesise(arguments),
        Some(EvalCommand::Words(arguments)) => return super::eval_words::run(arguments),
        Some(EvalCommand::Charts(arguments)) => return super::eval_charts::evaluate(arguments),
        None => {}
    }
    let labels = arguments.labels.as_deref().expect("the command line requires it");
    let sets = evaluation::read_labels(labels).map_err(|error| match &error {
        EvaluationError::Read { .. } => Failure::Operation(error.into()),
        EvaluationError::Labels(_) | EvaluationError::NoLabels(_) => Failure::Configuration(error.into()),
    })?;
    let pages = Pages::below(&folders(&arguments.pages, labels))?;
    let config = config::parse(None, &[]).map_err(|error| Failure::Configuration(error.into()))?;
    let context = night::context(Vec::new(), catalogue::builtin(), &config, &Clock::system());
    let half = Half::from(arguments.half);
    let report = evaluation::evaluate(&sets, half, &pages, &context);
    let shown = if arguments.show { Shown::All } else { Shown::Open };
    if arguments.json {
        return print(&serde_json::to_string_pretty(&report.json(half, shown))?);
    }
    print(&report.words(shown))
}

fn synthesise(arguments: &SynthesiseArguments) -> Result<Ended, Failure> {
    let items = match &arguments.items {
        None => synthetic::of_the_demo(),
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
            let items = synthetic::parse(&text).with_context(|| format!("`{}`", file.display()));
            items.map_err(Failure::Configuration)?
        }
    };
    if items.is_empty() {
        return Err(Failure::Configuration(anyhow::anyhow!("there is no item to pour")));
    }
    let made = synthetic::synthesise(&items, arguments.seed, arguments.count);
    let pages = arguments.out.join("pages");
    let write = |path: PathBuf, bytes: &[u8]| {
        std::fs::write(&path, bytes).with_context(|| format!("cannot write `{}`", path.display()))
    };
    std::fs::create_dir_all(&pages).with_context(|| format!("cannot make `{}`", pages.display()))?;
    for (name, bytes) in &made.files {
        write(pages.join(name), bytes)?;
    }
    write(arguments.out.join("labels.json"), serde_json::to_string_pretty(&made.labels)?.as_bytes())?;
    for (name, count) in &made.planted {
        note(&format!("{count:>5}  {name}"));
    }
    note(&format!("{} cases in `{}`", arguments.count, arguments.out.display()));
    Ok(Ended::Done)
}

/// Where labelled pages are looked for: the folders that were given, else beside the labels and in the folder of real
/// pages.
pub(super) fn folders(given: &[PathBuf], labels: &std::path::Path) -> Vec<PathBuf> {
    if !given.is_empty() {
        return given.to_vec();
    }
    let beside = if labels.is_dir() { Some(labels.to_owned()) } else { labels.parent().map(ToOwned::to_owned) };
    let real = std::env::var_os("PORTAL_PROBE_REALDATA").map_or_else(|| "../shared/realdata".into(), PathBuf::from);
    beside.into_iter().chain([real]).collect()
}
