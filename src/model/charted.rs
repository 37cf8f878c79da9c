//! The reading of a flowchart picture (流程图) as it is archived beside the picture.
//!
//! Models and reader change between versions, and a picture costs seconds: so what was read is evidence of its own, and
//! a replay takes it from there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::chart::Chart;
use super::digest::RecordId;
use super::guide::Step;
use super::locator::Located;

/// What a reader made of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartReading {
    /// Which reader: its version and its models. Readings of different readers are not the same.
    pub reader: String,
    /// The chart, as far as it could be read.
    pub chart: Option<Chart>,
    /// Why nothing may rest on it, for people; `None` if it was read well enough.
    pub refusal: Option<String>,
}

impl ChartReading {
    /// The chart, if it was read well enough to rest something on it.
    #[must_use]
    pub fn trusted(&self) -> Option<&Chart> {
        self.chart.as_ref().filter(|_| self.refusal.is_none())
    }
}

/// What a reading says of the process.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// What was read.
    pub reading: ChartReading,
    /// Steps, from the top, each with the box it stands in; empty if nothing may rest on the reading.
    pub steps: Vec<Step>,
    /// Unbroken arrows and the places of the boxes say the same order.
    pub is_ordered: bool,
    /// The words of every box were read surely: what is not among the steps is not in the chart.
    pub is_whole: bool,
    /// The chart's own heading.
    pub title: Option<Located<String>>,
    /// All words that are in no step.
    pub words: Vec<String>,
}

/// A reading with the picture it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartedPicture {
    /// Its record.
    pub record: RecordId,
    /// The record of the picture's answer.
    pub of: RecordId,
    /// The picture's address.
    pub url: Url,
    /// When it was read.
    pub date: Timestamp,
    /// What was read.
    pub reading: ChartReading,
}
