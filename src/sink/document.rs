//! One JSON document of a run: opened before the run, known at its end.
//!
//! Comes in: the value that the document holds. Goes out: the file, and the value again when the run is read.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::SinkError;
use super::part_file::PartFile;

/// A document that is still to be written.
#[derive(Debug)]
pub(super) struct Document {
    file: PartFile,
    json: Vec<u8>,
}

impl Document {
    /// Opens the file that is to become `path`.
    pub(super) fn create(path: PathBuf) -> Result<Self, SinkError> {
        Ok(Self { file: PartFile::create(path)?, json: Vec::new() })
    }

    /// Keeps the text until the end of the run.
    pub(super) fn set(&mut self, json: String) {
        self.json = json.into_bytes();
    }

    /// Writes the text and gives the file its name.
    pub(super) fn publish(mut self) -> Result<(), SinkError> {
        self.file.write(&self.json)?;
        self.file.publish()
    }
}

/// A value as it stands in its file.
pub(super) fn text(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("plain data with text keys is always JSON");
    text.push('\n');
    text
}

/// Reads the document of this name in a run folder.
pub(super) fn read<T: DeserializeOwned>(run_folder: &Path, name: &str) -> Result<T, SinkError> {
    let path = run_folder.join(name);
    let text = std::fs::read_to_string(&path).map_err(SinkError::file("read", &path))?;
    serde_json::from_str(&text).map_err(|error| SinkError::Content { path, what: error.to_string() })
}
