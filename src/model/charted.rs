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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartReading {
    /// Which reader: its version and its models. Readings of different readers are not the same.
    pub reader: String,
    /// The chart, as far as it could be read.
    pub chart: Option<Chart>,
    /// Why nothing may rest on it, for people; `None` if it was read well enough.
    pub refusal: Option<String>,
    /// Nothing may rest on it because the file may hold several charts: not unread, but not comparable.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub several: bool,
    /// Digests of the pictures that it was put together from, in order; empty for one picture. Areas are then pixels of
    /// the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiles: Vec<String>,
}

impl ChartReading {
    /// The chart, if it was read well enough to rest something on it.
    #[must_use]
    pub fn trusted(&self) -> Option<&Chart> {
        self.chart.as_ref().filter(|_| self.refusal.is_none())
    }
}

/// What a reading of a picture says of the process.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// What was read.
    pub reading: ChartReading,
    /// The process; without steps if nothing may rest on the reading.
    pub process: DrawnProcess,
}

/// The process that a drawing shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnProcess {
    /// Steps, each with the box it stands in: in the order of unbroken arrows, else from the top.
    pub steps: Vec<Step>,
    /// Unbroken arrows, or rows without a gap, say the order, and the places of the boxes do not contradict them.
    pub is_ordered: bool,
    /// Every box that may be a step was read surely.
    pub is_whole: bool,
    /// The heading, if it was read surely.
    pub title: Option<Located<String>>,
    /// Words that are in no step: questions, branches, answers on arrows, remarks, headings.
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
