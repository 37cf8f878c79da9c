//! `summary.json`: the assessment table.

use std::path::Path;

use crate::observe::Summary;

use super::part_file::PartFile;
use super::{Record, RunFolder, Sink, SinkError};

/// File name in the run folder.
pub const FILE: &str = "summary.json";

/// Writes the summary.
#[derive(Debug)]
pub struct SummarySink {
    file: PartFile,
    json: Vec<u8>,
}

impl SummarySink {
    /// Opens the file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &RunFolder) -> Result<Self, SinkError> {
        Ok(Self { file: PartFile::create(folder.file(FILE))?, json: Vec::new() })
    }
}

impl Sink for SummarySink {
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        if let Record::Summary(summary) = record {
            self.json = json(summary).into_bytes();
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), SinkError> {
        self.file.write(&self.json)?;
        self.file.publish()
    }
}

/// The summary as it stands in the file.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
pub fn json(summary: &Summary) -> String {
    let mut text = serde_json::to_string_pretty(summary).expect("a summary is plain data with text keys");
    text.push('\n');
    text
}

/// Reads the summary of a run.
///
/// # Errors
/// When the file cannot be read or does not hold a summary.
pub fn read(run_folder: &Path) -> Result<Summary, SinkError> {
    let path = run_folder.join(FILE);
    let text = std::fs::read_to_string(&path).map_err(SinkError::file("read", &path))?;
    serde_json::from_str(&text).map_err(|error| SinkError::Content { path, what: error.to_string() })
}
