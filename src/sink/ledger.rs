//! `ledger.json`: for every target and property exactly one outcome row.

use std::path::Path;

use crate::observe::Ledger;

use super::document::{self, Document};
use super::{Record, RunFolder, Sink, SinkError};

/// File name in the run folder.
pub const FILE: &str = "ledger.json";

/// Writes the ledger.
#[derive(Debug)]
pub struct LedgerSink(Document);

impl LedgerSink {
    /// Opens the file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &RunFolder) -> Result<Self, SinkError> {
        Document::create(folder.file(FILE)).map(Self)
    }
}

impl Sink for LedgerSink {
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        if let Record::Ledger(ledger) = record {
            self.0.set(json(ledger));
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), SinkError> {
        self.0.publish()
    }
}

/// The ledger as it stands in the file.
#[must_use]
pub fn json(ledger: &Ledger) -> String {
    document::text(ledger)
}

/// Reads the ledger of a run.
///
/// # Errors
/// When the file cannot be read or does not hold a ledger.
pub fn read(run_folder: &Path) -> Result<Ledger, SinkError> {
    document::read(run_folder, FILE)
}
