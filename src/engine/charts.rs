//! Drawn charts and pairs of guide and chart through the same reader and the same checks as a night's, without network.
//!
//! Comes in: labels, bytes by digest. Goes out: the scored report. Must never know: how a chart was drawn.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::evaluation::{self, EvaluationError, Pages};
use super::judge::RunContext;
use crate::eval::Half;
use crate::eval::charts::labels;
use crate::eval::charts::{ChartCase, ChartLabels, DrawnChart, Judged, Reading, Report};

/// Reads a label file of charts.
///
/// # Errors
/// When the file cannot be read or is no label file of charts.
pub fn read_labels(file: &Path) -> Result<ChartLabels, EvaluationError> {
    let text =
        std::fs::read_to_string(file).map_err(|source| EvaluationError::Read { path: file.to_owned(), source })?;
    Ok(labels::parse(&file.display().to_string(), &text)?)
}

/// Reads, judges and scores every pair of a half, on every core; the order of reading does not matter.
///
/// # Panics
/// When reading or judging panics.
#[must_use]
pub fn evaluate(set: &ChartLabels, half: Half, pages: &Pages, context: &RunContext) -> Report {
    let cases: Vec<&ChartCase> = set.cases.iter().filter(|case| half.holds(&case.case.id)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((*case, judged(case, pages, context)));
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

fn judged(case: &ChartCase, pages: &Pages, context: &RunContext) -> Result<Judged, String> {
    let given = evaluation::given(&case.case, pages)?;
    let readings = case.charts.iter().map(|chart| reading(chart, pages)).collect();
    Ok(Judged { readings, outcome: evaluation::outcome(context, given) })
}

/// What is read of one chart. This is the one place where a reader of charts is plugged in.
fn reading(chart: &DrawnChart, pages: &Pages) -> Reading {
    let Some(_bytes) = chart.page.as_ref().and_then(|page| pages.get(page)) else { return Reading::NoReader };
    Reading::NoReader
}
