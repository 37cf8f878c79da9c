//! `summary.json`: the assessment table.

use std::path::Path;

use crate::observe::Summary;

use super::document::{self, Document};
use super::{Record, RunFolder, Sink, SinkError};

/// File name in the run folder.
pub const FILE: &str = "summary.json";

/// Writes the summary.
#[derive(Debug)]
pub struct SummarySink(Document);

impl SummarySink {
    /// Opens the file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &RunFolder) -> Result<Self, SinkError> {
        Document::create(folder.file(FILE)).map(Self)
    }
}

impl Sink for SummarySink {
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        if let Record::Summary(summary) = record {
            self.0.set(json(summary));
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), SinkError> {
        self.0.publish()
    }
}

/// The summary as it stands in the file.
#[must_use]
pub fn json(summary: &Summary) -> String {
    document::text(summary)
}

/// Reads the summary of a run.
///
/// # Errors
/// When the file cannot be read or does not hold a summary.
pub fn read(run_folder: &Path) -> Result<Summary, SinkError> {
    document::read(run_folder, FILE)
}
