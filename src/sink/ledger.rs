//! `ledger.json`: for every target and property exactly one outcome row.

use std::path::Path;

use crate::observe::Ledger;

use super::part_file::PartFile;
use super::{Record, RunFolder, Sink, SinkError};

/// File name in the run folder.
pub const FILE: &str = "ledger.json";

/// Writes the ledger.
#[derive(Debug)]
pub struct LedgerSink {
    file: PartFile,
    json: Vec<u8>,
}

impl LedgerSink {
    /// Opens the file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &RunFolder) -> Result<Self, SinkError> {
        Ok(Self { file: PartFile::create(folder.file(FILE))?, json: Vec::new() })
    }
}

impl Sink for LedgerSink {
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        if let Record::Ledger(ledger) = record {
            self.json = json(ledger).into_bytes();
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), SinkError> {
        self.file.write(&self.json)?;
        self.file.publish()
    }
}

/// The ledger as it stands in the file.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
pub fn json(ledger: &Ledger) -> String {
    let mut text = serde_json::to_string_pretty(ledger).expect("a ledger is plain data with text keys");
    text.push('\n');
    text
}

/// Reads the ledger of a run.
///
/// # Errors
/// When the file cannot be read or does not hold a ledger.
pub fn read(run_folder: &Path) -> Result<Ledger, SinkError> {
    let path = run_folder.join(FILE);
    let text = std::fs::read_to_string(&path).map_err(SinkError::file("read", &path))?;
    serde_json::from_str(&text).map_err(|error| SinkError::Content { path, what: error.to_string() })
}
