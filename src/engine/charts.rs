//! Drawn charts and pairs of guide and chart through the same reader and the same checks as a night's, without network.
//!
//! Comes in: labels, bytes by digest. Goes out: the scored report. Must never know: how a chart was drawn.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::chart_reader::ChartReader;
use super::evaluation::{self, EvaluationError, Pages};
use super::judge::RunContext;
use crate::chart;
use crate::eval::Half;
use crate::eval::charts::labels;
use crate::eval::charts::{ChartCase, ChartLabels, Judged, Reading, Report};
use crate::model::chart::Chart;
use crate::model::charted::ChartReading;

/// Reads a label file of charts.
///
/// # Errors
/// When the file cannot be read or is no label file of charts.
pub fn read_labels(file: &Path) -> Result<ChartLabels, EvaluationError> {
    let text =
        std::fs::read_to_string(file).map_err(|source| EvaluationError::Read { path: file.to_owned(), source })?;
    Ok(labels::parse(&file.display().to_string(), &text)?)
}

/// Where the charts come from that are held against the text.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// Read from the pictures.
    Read(&'a ChartReader),
    /// As they were drawn, as if every picture had been read without a mistake: what the comparison alone is worth.
    AsDrawn,
    /// There is no reader: pictures stay unread.
    Unread,
}

/// Reads, judges and scores every pair of a half, on every core; the order of reading does not matter.
///
/// # Panics
/// When reading or judging panics.
#[must_use]
pub fn evaluate(set: &ChartLabels, half: Half, pages: &Pages, (context, source): (&RunContext, Source<'_>)) -> Report {
    let cases: Vec<&ChartCase> = set.cases.iter().filter(|case| half.holds(&case.case.id)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((*case, judged(case, pages, (context, source))));
        }
        done
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("reading does not panic")).collect::<Vec<_>>()
    });
    results.sort_by(|(a, _), (b, _)| a.case.id.cmp(&b.case.id));
    let mut report = Report::default();
    for (case, judged) in results {
        match judged {
            Ok(judged) => report.add(case, &judged),
            Err(missing) => report.add_not_measured(&case.case.id, &missing),
        }
    }
    report
}

fn judged(case: &ChartCase, pages: &Pages, (context, source): (&RunContext, Source<'_>)) -> Result<Judged, String> {
    let mut given = evaluation::given(&case.case, pages)?;
    let mut readings = Vec::new();
    for chart in &case.charts {
        let own = given.iter_mut().filter(|(digest, _)| chart.page.as_ref() == Some(digest));
        let mut reading = None;
        for (digest, page) in own {
            page.chart = match source {
                Source::Read(reader) => read(digest, &page.body, reader),
                Source::AsDrawn => as_drawn(case, &chart.chart, &page.body),
                Source::Unread => None,
            };
            reading.clone_from(&page.chart);
        }
        readings.push(reading.map_or(Reading::NoReader, scored));
    }
    Ok(Judged { readings, outcome: evaluation::outcome(context, given) })
}

/// What is read of a file, now or at an earlier evaluation; `None` if it is no picture.
fn read(digest: &str, bytes: &[u8], reader: &ChartReader) -> Option<ChartReading> {
    if let Some(reading) = reader.kept(digest) {
        return Some(reading);
    }
    let reading = reader.read(bytes)?;
    // Without the cache the next evaluation takes its time; nothing else is lost.
    let _ = reader.keep(digest, &reading);
    Some(reading)
}

/// The chart as it was drawn, in the place of a picture that can be read.
fn as_drawn(case: &ChartCase, chart: &Chart, bytes: &[u8]) -> Option<ChartReading> {
    (chart::Form::of(bytes) == chart::Form::Picture).then(|| {
        let refusal = (!case.readable).then(|| "as drawn: the print is too small".to_owned());
        ChartReading { reader: "as drawn".to_owned(), chart: Some(chart.clone()), refusal, ..ChartReading::default() }
    })
}

fn scored(reading: ChartReading) -> Reading {
    match (reading.chart, reading.refusal) {
        (Some(chart), None) => Reading::Read(chart),
        (chart, refusal) => Reading::Refused(refusal.unwrap_or_default(), chart),
    }
}
