//! `eval words`: what readers of pictures found in drawn charts, ours and others', and what it cost them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;

use super::eval::HalfArgument;
use super::own_process::{cpu_seconds, peak_mib};
use super::{Ended, Failure, note, print};
use crate::chart::{self, Unreadable};
use crate::config;
use crate::engine::charts;
use crate::engine::evaluation::Pages;
use crate::eval::Half;
use crate::eval::charts::ChartLabels;
use crate::eval::charts::words::{self, FoundPicture, FoundWords, SCHEMA, Word};
use crate::weights;

/// Arguments of `eval words`.
#[derive(Debug, clap::Args)]
pub(super) struct WordsArguments {
    /// Label file of charts; the pictures are in the folder `pages` beside it.
    #[arg(value_name = "LABELS")]
    labels: PathBuf,
    /// Which half of the pairs.
    #[arg(long, value_enum, default_value_t = HalfArgument::Development)]
    half: HalfArgument,
    /// Read the words with our reader, one picture after the other, and write them to this file.
    #[arg(long, value_name = "FILE", conflicts_with = "words")]
    read: Option<PathBuf>,
    /// Threads that our reader may use.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Words that a reader found, in a file like the one that `--read` writes; may be repeated. All are scored alike.
    #[arg(long, value_name = "FILE", required_unless_present = "read")]
    words: Vec<PathBuf>,
}

pub(super) fn run(arguments: &WordsArguments) -> Result<Ended, Failure> {
    let set = charts::read_labels(&arguments.labels).context("the labels")?;
    let half = Half::from(arguments.half);
    if let Some(file) = &arguments.read {
        let found = ours(arguments, &set, half)?;
        let text = serde_json::to_string(&found)?;
        std::fs::write(file, text).with_context(|| format!("cannot write `{}`", file.display()))?;
        return print(&words::table(&set, half, &[found]));
    }
    let read = |file: &PathBuf| -> anyhow::Result<FoundWords> {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        words::parse(&text).map_err(|what| anyhow::anyhow!("`{}`: {what}", file.display()))
    };
    let found = arguments.words.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    print(&words::table(&set, half, &found))
}

/// Reads every picture of the half with our reader.
fn ours(arguments: &WordsArguments, set: &ChartLabels, half: Half) -> Result<FoundWords, Failure> {
    let pages = Pages::below(&[arguments.labels.with_file_name("pages")])?;
    let config = config::parse(None, &[]).map_err(|error| Failure::Configuration(error.into()))?;
    let models = weights::open(config.chart.models.as_deref(), arguments.threads)?;
    let mut pictures = BTreeMap::new();
    for (_, _, digest) in words::charts(set, half) {
        let bytes = pages.get(digest).with_context(|| format!("the chart `{digest}` is not there"))?;
        let (started, before) = (Instant::now(), cpu_seconds());
        let words = match chart::read_words(&bytes, &models, &config.chart.reading) {
            Ok(words) => words,
            // Drawings in SVG and files that do not open are no matter of recognition.
            Err(Unreadable::NotAPicture) => continue,
            Err(why) => {
                note(&format!("{digest}: {why}"));
                Vec::new()
            }
        };
        let (seconds, cpu_seconds) = (started.elapsed().as_secs_f64(), cpu_seconds() - before);
        let words = words.into_iter().map(|word| Word { text: word.text, area: word.area }).collect();
        pictures.insert(digest.to_owned(), FoundPicture { seconds, cpu_seconds, words });
    }
    let reader = format!("portal-probe {}", env!("CARGO_PKG_VERSION"));
    let threads = arguments.threads.max(1);
    Ok(FoundWords { schema: SCHEMA.to_owned(), reader, threads, peak_mib: peak_mib(), pictures })
}
