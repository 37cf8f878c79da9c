//! Accuracy (准确度): readings and findings against labels written by hand or poured by a generator.
//!
//! Comes in: labels, what was read of the labelled pages, the observations. Goes out: tallies with confidence
//! intervals, every miss, a reliability table, as words and as JSON. Must never know: files, clock, how a page was
//! read, how a page was made.

pub mod charts;
pub mod labels;
pub mod report;

mod compare;
mod expected;
mod fields;
mod findings;
mod readings;
mod reliability;
mod tally;

pub use labels::{Case, Fault, LabelError, LabelSet, Page, Role, Source};
pub use report::{Report, Shown};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Digest, Extraction, Observation};

/// Which part of the cases is scored. A case belongs to a half by the digest of its id, so that no one chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// The half that readers are improved on.
    Development,
    /// The half that is opened only for the figure.
    Closed,
    /// Both.
    All,
}

impl Half {
    /// The half that a case belongs to: the first digit of the SHA-256 of its id, even or odd.
    #[must_use]
    pub fn of(id: &str) -> Self {
        let even = |c: char| c.to_digit(16).is_some_and(|digit| digit % 2 == 0);
        if Digest::of(id.as_bytes()).short(1).chars().all(even) { Self::Development } else { Self::Closed }
    }

    /// Whether a case is scored.
    #[must_use]
    pub fn holds(self, id: &str) -> bool {
        self == Self::All || self == Self::of(id)
    }
}

/// What the program made of one case.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was read, by the digest of the page; nothing for a page that could not be read.
    pub readings: BTreeMap<String, Option<Extraction>>,
    /// The observations of all pages together.
    pub observations: Vec<Observation>,
}

/// One thing that was not as labelled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Miss {
    /// Id of the case.
    pub case: String,
    /// Role of the page and the first digits of its digest.
    pub page: String,
    /// The element or property.
    pub of: String,
    /// What went wrong: `misread`, `unread`, `invented`, `cant_tell`, `false_accusation`, `missed`.
    pub kind: &'static str,
    /// What the label says.
    pub expected: String,
    /// What was read or found.
    pub read: String,
    /// Where.
    pub at: String,
}
