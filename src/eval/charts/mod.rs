//! Reading of drawn charts, and verdicts on pairs of guide and chart, against what was drawn and planted.
//!
//! Comes in: labels, what was read of each chart, the observations on each pair. Goes out: tables by look and by kind
//! of finding, and every false accusation. Must never know: files, clock, how a chart was read or drawn.

pub mod labels;
pub mod report;
pub mod words;

mod characters;
mod counts;
mod geometry;
mod graph;
mod verdicts;

pub use labels::{ChartCase, ChartLabels, Class, DrawnChart};
pub use report::{Report, Table};

use super::Outcome;
use crate::model::chart::Chart;

/// What the program read of one chart.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// A graph that may be relied on.
    Read(Chart),
    /// It was looked at and is not relied on, with the reason; the graph, if there is one, is scored all the same.
    Refused(String, Option<Chart>),
    /// The program has no reader for charts of this form.
    NoReader,
}

/// What the program made of one pair.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Its charts, in the order of the labels.
    pub readings: Vec<Reading>,
    /// What was read of the pages, and the observations.
    pub outcome: Outcome,
}

#[cfg(test)]
mod tests;
